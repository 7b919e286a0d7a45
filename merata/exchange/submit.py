"""Asking witnesses to cosign a log's newest checkpoint, over HTTP."""

from __future__ import annotations

from merata.errors import FileError, MissingError
from merata.exchange import proofs, source, witness
from merata.exchange.checkpoints import Checkpoint
from merata.exchange.log import Log
from merata.exchange.notes import Signature
from merata.exchange.reader import Reader
from merata.exchange.tree import ProofError

_TRIES = 3


def ask(log: Log, url: str, known: int = 0) -> tuple[Checkpoint, tuple[Signature, ...]]:
    """The newest checkpoint, and a witness's cosignatures of it, which are not checked here.

    Parameters
    ----------
    log
        The log.
    url
        The witness's address; `/add-checkpoint` is put behind it.
    known
        How many entries it saw last, as far as is known; it says so itself where that is wrong.

    Raises
    ------
    ProofError
        It refuses; it says why.
    FileError
        It does not answer.
    """
    if (made := log.checkpoint()) is None:
        raise MissingError(f"{log.folder}: has no checkpoint yet. `merata exchange checkpoint` makes one.")
    for _ in range(_TRIES):
        status, body = source.ask(f"{url.rstrip('/')}/add-checkpoint", _asked(log, known, made))
        if status == 200:
            return made, witness.answered(body)
        if status != 409:
            raise ProofError(
                f"{url}: refused the checkpoint ({status}): {body[:500].decode('utf-8', 'replace').strip()}"
            )
        known = _size(url, body, made, known)
    raise FileError(f"{url}: saw other checkpoints meanwhile. Try again.")


def _asked(log: Log, old: int, made: Checkpoint) -> bytes:
    return str(proofs.growth(Reader(log.source, made.size), old, made)).encode()


def _size(url: str, body: bytes, made: Checkpoint, known: int) -> int:
    text = body.decode("ascii", "replace").strip()
    if not text.isdigit():
        raise FileError(f"{url}: answered {text[:80]!r}, and the size that it saw last was expected.")
    if (size := int(text)) > made.size:
        raise ProofError(
            f"{url}: saw {size} entries of {made.origin}, and this checkpoint has {made.size}: entries were taken away."
        )
    if size == known:
        raise ProofError(
            f"{url}: saw {size} entries of {made.origin} with another root: history was rewritten, here or there."
        )
    return size
