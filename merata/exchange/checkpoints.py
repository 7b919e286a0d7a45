"""Checkpoints (C2SP tlog-checkpoint): how many entries a log has and the root over them, signed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from merata.errors import FileError
from merata.exchange import notes
from merata.exchange.notes import LOG, Note, PublicKey, SecretKey
from merata.exchange.tree import HASH_BYTES, ProofError

_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


class Checkpoint(NamedTuple):
    """A state of a log: its name, the number of its entries, the root over them, and the note that says so."""

    origin: str
    size: int
    root: bytes
    note: Note

    def check(self, keys: Iterable[PublicKey]) -> PublicKey:
        """The key of its log that signed it.

        Parameters
        ----------
        keys
            Those that are trusted.

        Raises
        ------
        ProofError
            None of them did, or a signature by one is false.
        """
        own = [key for key in keys if key.name == self.origin and key.kind == LOG]
        signed = self.note.by(own)
        if not signed:
            raise ProofError(
                f"The checkpoint of {self.origin} is not signed by a key of it that you trust. "
                "If its key was changed, give the proof of that (--handover)."
            )
        return next(iter(signed))


def body(origin: str, size: int, root: bytes) -> str:
    """The text of a checkpoint."""
    return f"{origin}\n{size}\n{notes.b64(root)}\n"


def signed(key: SecretKey, size: int, root: bytes) -> Checkpoint:
    """A checkpoint by a log's key, whose name is the log's."""
    text = body(key.public.name, size, root)
    return Checkpoint(key.public.name, size, root, Note(text, (key.sign(text),)))


def parse(data: bytes | str) -> Checkpoint:
    """A checkpoint from its bytes.

    Raises
    ------
    FileError
        They are none.
    """
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
    except UnicodeDecodeError:
        raise FileError("A checkpoint is text in UTF-8; this is not.") from None
    note = notes.parse(text)
    lines = note.text.removesuffix("\n").split("\n")
    if len(lines) < 3 or not all(lines):
        raise FileError("A checkpoint has three lines: the log's name, the number of entries, the root.")
    origin, size, root = lines[:3]
    return Checkpoint(origin, number(size), hash_of(root), note)


def number(text: str) -> int:
    """A whole number as checkpoints have it: no sign, no leading zeros.

    Raises
    ------
    FileError
        It is none.
    """
    if not _NUMBER.fullmatch(text) or int(text) >= 1 << 63:
        raise FileError(f"{text[:80]!r} is no number of entries.")
    return int(text)


def hash_of(text: str) -> bytes:
    """A SHA-256 hash in base 64.

    Raises
    ------
    FileError
        It is none.
    """
    data = notes.unb64(text)
    if len(data) != HASH_BYTES:
        raise FileError(f"{text[:80]!r} is no hash: {HASH_BYTES} bytes in base 64.")
    return data
