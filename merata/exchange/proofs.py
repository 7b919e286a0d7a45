"""Proofs as files: that an entry is in a log (C2SP tlog-proof), and that a log continues what it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from merata.errors import FileError, InputError
from merata.exchange import checkpoints, notes, tree
from merata.exchange.checkpoints import Checkpoint
from merata.exchange.reader import Reader
from merata.exchange.tree import ProofError

_MARK = "c2sp.org/tlog-proof@v1"
_OLD = "old "
LARGEST_BYTES = 300_000


@dataclass(frozen=True)
class Proof:
    """That an entry is the `index`-th of a log."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: Checkpoint
    entry: bytes | None
    """The entry itself, where the proof brings it along. `check` shows that it is the one."""

    def __str__(self) -> str:
        extra = "" if self.entry is None else f"extra {notes.b64(self.entry)}\n"
        lines = "".join(f"{notes.b64(each)}\n" for each in self.hashes)
        return f"{_MARK}\n{extra}index {self.index}\n{lines}\n{self.checkpoint.note}"

    def check(self, entry: bytes | None = None) -> bytes:
        """The entry, shown to be under the root of the checkpoint; the checkpoint is checked by a policy.

        Raises
        ------
        ProofError
            It is not.
        FileError
            The proof brings no entry along, and none was given.
        """
        found = self.entry if entry is None else entry
        if found is None:
            raise FileError("This proof does not bring its entry along. Give it (--leaf).")
        leaf = tree.leaf_hash(found)
        tree.check_inclusion(leaf, self.index, self.checkpoint.size, self.hashes, self.checkpoint.root)
        return found


class Growth(NamedTuple):
    """That a log continues the first `old` entries of it: what a witness is asked with."""

    old: int
    hashes: tuple[bytes, ...]
    checkpoint: Checkpoint

    def __str__(self) -> str:
        lines = "".join(f"{notes.b64(each)}\n" for each in self.hashes)
        return f"{_OLD}{self.old}\n{lines}\n{self.checkpoint.note}"

    def check(self, before: Checkpoint) -> None:
        """Check that it continues an older checkpoint.

        Raises
        ------
        ProofError
            It does not: history was rewritten.
        """
        _same_log(before, self.checkpoint)
        if before.size != self.old:
            raise ProofError(
                f"The proof is from {self.old} entries on, the older checkpoint has {before.size}."
            )
        tree.check_consistency(self.old, before.root, self.checkpoint.size, self.hashes, self.checkpoint.root)


def prove(reader: Reader, index: int, checkpoint: Checkpoint) -> Proof:
    """The proof of an entry, with the entry. The reader has the size of the checkpoint.

    Raises
    ------
    InputError
        There is no entry of that number under the checkpoint.
    ProofError
        The files of the log are not those that were signed: no proof is made of them.
    """
    if index >= checkpoint.size:
        raise InputError(
            f"Entry {index} is not under the newest checkpoint, which has {checkpoint.size} entries (numbers from 0). "
            "If it was added since, sign first: merata exchange checkpoint."
        )
    made = Proof(index, tuple(reader.inclusion(index)), checkpoint, reader.entry(index))
    made.check()
    return made


def growth(reader: Reader, old: int, checkpoint: Checkpoint) -> Growth:
    """The proof that a log continues its first `old` entries. The reader has the size of the checkpoint.

    Raises
    ------
    InputError
        The checkpoint has fewer.
    """
    return Growth(old, tuple(reader.consistency(old)), checkpoint)


def parse(data: bytes) -> Proof | Growth | Checkpoint:
    """What a file shows: a proof of an entry, one of growth, or a checkpoint alone.

    Raises
    ------
    FileError
        It is none of these.
    """
    if len(data) > LARGEST_BYTES:
        raise FileError(f"A proof of more than {LARGEST_BYTES} bytes is not read.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise FileError("A proof is text in UTF-8; this is not.") from None
    if text.startswith(_MARK + "\n"):
        return _proof(text)
    return _growth(text) if text.startswith(_OLD) else checkpoints.parse(text)


def _proof(text: str) -> Proof:
    head, note = _halves(text)
    lines = head.split("\n")[1:]
    extra = notes.unb64(lines.pop(0)[6:]) if lines[0].startswith("extra ") else None
    if not lines or not lines[0].startswith("index "):
        raise FileError("A proof has a line `index NUMBER`. Expected that.")
    index = checkpoints.number(lines[0][6:])
    return Proof(index, _hashes(lines[1:]), checkpoints.parse(note), extra)


def _growth(text: str) -> Growth:
    head, note = _halves(text)
    first, *lines = head.split("\n")
    return Growth(checkpoints.number(first.removeprefix(_OLD)), _hashes(lines), checkpoints.parse(note))


def _halves(text: str) -> tuple[str, str]:
    head, blank, note = text.partition("\n\n")
    if not blank:
        raise FileError("A proof ends with a checkpoint after an empty line. Expected that.")
    return head, note


def _hashes(lines: list[str]) -> tuple[bytes, ...]:
    if len(lines) > tree.LONGEST_PROOF:
        raise FileError(f"A proof has {tree.LONGEST_PROOF} hashes at most.")
    return tuple(checkpoints.hash_of(line) for line in lines)


def _same_log(one: Checkpoint, other: Checkpoint) -> None:
    if one.origin != other.origin:
        raise ProofError(f"Two logs: {one.origin} and {other.origin}.")
