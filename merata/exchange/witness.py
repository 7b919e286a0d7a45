"""A witness: it cosigns a checkpoint when the log continues what it saw before (C2SP tlog-witness)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from merata.errors import FileError
from merata.exchange import checkpoints, notes, proofs, tree, written
from merata.exchange.checkpoints import Checkpoint
from merata.exchange.notes import SecretKey, Signature
from merata.exchange.policy import Policy
from merata.exchange.proofs import Growth
from merata.exchange.reader import Reader
from merata.exchange.source import Source
from merata.exchange.tree import ProofError

EVIDENCE = "evidence"


class RefusedError(ProofError):
    """A checkpoint that is not cosigned; `status` as HTTP has it, `size` what the witness saw last."""

    def __init__(self, status: int, why: str, size: int | None = None) -> None:
        super().__init__(why)
        self.status, self.size = status, size


class Witness:
    """Cosigns checkpoints of the logs that it knows.

    Parameters
    ----------
    key
        Its key.
    policy
        The logs that it knows.
    folder
        Where it keeps the last checkpoint of each, and what it refused as evidence. Lost, it has to be set up anew
        with a new key: else it might cosign a second history.
    now_s
        The time in seconds since 1970.
    """

    def __init__(self, key: SecretKey, policy: Policy, folder: Path, now_s: Callable[[], int]) -> None:
        self.key, self.policy, self.folder, self.now_s = key, policy, folder, now_s

    def last(self, origin: str) -> Checkpoint | None:
        """The last checkpoint of a log that it cosigned."""
        try:
            return checkpoints.parse(self._kept(origin).read_bytes())
        except FileNotFoundError:
            return None
        except FileError as error:
            raise FileError(f"{self._kept(origin)}: {error} Take it from a copy that is as new.") from error

    def add(self, asked: Growth) -> Signature:
        """Cosign a checkpoint; that it did is on disk before this returns.

        Raises
        ------
        RefusedError
            It does not continue the last one, or is not signed by a log that is known.
        """
        self._check_signed(asked.checkpoint)
        with written.alone(self.folder / "lock", str(self.folder)):
            self._check_continues(asked)
            written.settle(self._kept(asked.checkpoint.origin), str(asked.checkpoint.note).encode())
            return self.key.sign(asked.checkpoint.note.text, self.now_s())

    def look(self, source: Source) -> tuple[Checkpoint, Signature]:
        """Read a log's newest checkpoint and its tiles, and cosign it.

        Raises
        ------
        RefusedError
            It does not continue the last one, or is not signed by a log that is known.
        FileError
            There is no log.
        """
        if (data := source.get("checkpoint")) is None:
            raise FileError(f"{source}: has no checkpoint. Expected the folder or address of a log.")
        found = checkpoints.parse(data)
        self._check_signed(found)
        last = self.last(found.origin)
        old = last.size if last else 0
        if old > found.size:
            raise RefusedError(409, _rolled_back(found, old), old)
        asked = proofs.growth(Reader(source, found.size), old, found)
        return found, self.add(asked)

    def _check_signed(self, found: Checkpoint) -> None:
        if not any(key.name == found.origin for key in self.policy.logs):
            raise RefusedError(404, f"{found.origin}: this log is not known here.")
        try:
            found.check(self.policy.logs)
        except ProofError as error:
            raise RefusedError(403, str(error)) from error

    def _check_continues(self, asked: Growth) -> None:
        found = asked.checkpoint
        last = self.last(found.origin)
        size, root = (last.size, last.root) if last else (0, tree.EMPTY)
        if asked.old > found.size:
            raise RefusedError(
                400, f"From {asked.old} entries to {found.size}: the older size is the larger one."
            )
        if found.size < size:
            raise RefusedError(409, _rolled_back(found, size), size)
        if asked.old != size:
            raise RefusedError(
                409, f"{found.origin}: seen here last with {size} entries. Prove it from there.", size
            )
        try:
            tree.check_consistency(size, root, found.size, asked.hashes, found.root)
        except ProofError as error:
            self._keep_evidence(last, asked)
            raise RefusedError(
                409 if found.size == size else 422, f"{found.origin}: {error}", size
            ) from error

    def _keep_evidence(self, last: Checkpoint | None, asked: Growth) -> None:
        """Keep two checkpoints of one log that were not shown to go together, both signed by it.

        Each state of the log once, whatever the proof: anybody may send a wrong proof, but only the log can sign.
        """
        text = asked.checkpoint.note.text
        path = self.folder / EVIDENCE / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.txt"
        if not path.exists():
            written.settle(path, f"{last.note if last else ''}\n{asked}".encode())

    def _kept(self, origin: str) -> Path:
        return self.folder / f"{hashlib.sha256(origin.encode()).hexdigest()[:32]}.checkpoint"


def _rolled_back(found: Checkpoint, size: int) -> str:
    return f"{found.origin}: has {found.size} entries, but had {size}: entries were taken away."


def answer(signature: Signature) -> bytes:
    """A cosignature as it is handed back: a line that goes under the checkpoint."""
    return signature.line.encode()


def answered(data: bytes) -> tuple[Signature, ...]:
    """Cosignatures that a witness handed back.

    Raises
    ------
    FileError
        They are none.
    """
    try:
        return notes.signatures(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise FileError("Expected lines that begin with —, as a witness hands them back.") from None
