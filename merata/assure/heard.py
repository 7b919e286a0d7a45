"""What was last heard of each probe, where other processes see it at once: a small file beside a receiver's spool."""

from __future__ import annotations

import os
import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

SPOOL = "spool"
FILE = "heard"
GONE_S = 60.0
"""Who listens says every second that it is there; after so long without that it is not."""

#: Who listens: a receiver of what probes send, or the centre's own checks.
RECEIVER, CHECKS = 1, 2
ROUTERS_FROM = 1 << 31
"""Routers are numbered from here on, where probes never come."""

_HEAD = struct.Struct("<4sIQQ")
_WORD = struct.Struct("<IIQQIHH")
MOST_MISSED = 0xFFFF
_CRC = struct.Struct("<I")
_MARK = b"\xa7mH1"
_SLOT = _WORD.size + _CRC.size
_FRONT = _HEAD.size + _CRC.size
_TRIES = 3


class Word(NamedTuple):
    """The newest message of a probe that came, or the newest check of a router that went well."""

    probe: int
    number: int
    received_ms: int
    """By the centre's clock."""
    up_ms: int
    """When it was measured, by the probe's clock that goes on."""
    boot: int
    flags: int
    """Of a heartbeat."""
    missed: int = 0
    """Looks so far that reached the outside and not the centre, told afterwards in batches; 0 again after 65535."""


class Ear(NamedTuple):
    """One that listens, and what it heard."""

    kind: int
    since_s: float
    """It has listened since, s since 1970."""
    there_s: float
    """It said so last, s since 1970; 0: it ended."""
    words: dict[int, Word]


class Hearing:
    """Keeps the newest word of each probe in a file of slots, in a folder that this process holds alone.

    Nothing is forced to the disk: what a power cut takes is heard again within minutes. A message whose number is not
    higher than that of the one before changes nothing but the count of what its probe missed, so an old one that
    somebody sends again makes nobody look alive.
    """

    def __init__(self, folder: Path, kind: int, now_ms: int) -> None:
        self._kind, self._since_ms = kind, now_ms
        self._file = os.open(folder / FILE, os.O_RDWR | os.O_CREAT, 0o640)
        before = list(_sound((folder / FILE).read_bytes()[_FRONT:]))
        self._newest = {word.probe: (slot, word) for slot, word in enumerate(before) if word}
        self._slots = len(before)

    def hear(self, word: Word) -> None:
        """Note a word, where it is newer than the one before, and in any case what it says to have missed since.

        Raises
        ------
        OSError
            The disk has no room: it is not noted.
        """
        slot, before = self._newest.get(word.probe, (self._slots, None))
        is_newer = before is None or word.number > before.number
        if not is_newer and not word.missed:
            return
        missed = (word.missed + (before.missed if before else 0)) & MOST_MISSED
        kept = (word if is_newer or before is None else before)._replace(missed=missed)
        _put(self._file, _WORD.pack(*kept), _FRONT + slot * _SLOT)
        self._newest[word.probe] = slot, kept
        self._slots = max(self._slots, slot + 1)

    def there(self, now_ms: int) -> None:
        """Say that it listens.

        Raises
        ------
        OSError
            The file is new and the disk has no room.
        """
        _put(self._file, _HEAD.pack(_MARK, self._kind, self._since_ms, now_ms), 0)

    def close(self) -> None:
        """Say that it listens no more."""
        with suppress(OSError):
            self.there(0)
        os.close(self._file)


def _put(file: int, data: bytes, at: int) -> None:
    os.pwrite(file, data + _CRC.pack(zlib.crc32(data)), at)


def ears(measurements: Path) -> list[Ear]:
    """Whoever listens in a region, or did: what they heard."""
    found = (_of(path) for path in sorted((measurements / SPOOL).glob(f"*/{FILE}")))
    return [ear for ear in found if ear]


def listening_since(heard: list[Ear], kind: int, now_s: float) -> float | None:
    """Since when somebody of a kind has been listening without a break, s since 1970; None: nobody does now."""
    there = [ear.since_s for ear in heard if ear.kind == kind and now_s - ear.there_s < GONE_S]
    return min(there) if there else None


def newest(heard: list[Ear], kind: int) -> dict[int, Word]:
    """The newest word of each probe (receivers) or router (checks), whoever wrote it down: folders change hands.

    What a probe missed is counted by each receiver that was told of it: together.
    """
    found: dict[int, Word] = {}
    missed: Counter[int] = Counter()
    for ear in heard:
        for number, word in ear.words.items():
            mine = (number >= ROUTERS_FROM) == (kind == CHECKS)
            missed[number] += word.missed
            if mine and (number not in found or word.number > found[number].number):
                found[number] = word
    for number in (n for n, count in missed.items() if count and n in found):
        found[number] = found[number]._replace(missed=missed[number] & MOST_MISSED)
    return found


def _of(path: Path) -> Ear | None:
    """What a file says; None where it is none. What is being written while it is read is read again."""
    for _ in range(_TRIES):
        try:
            data = path.read_bytes()
        except OSError:
            return None
        words, torn = {}, False
        for part in _sound(data[_FRONT:]):
            if part is None:
                torn = True
            else:
                words[part.probe] = part
        if not torn:
            break
    head = data[: _HEAD.size]
    if len(data) < _FRONT or _CRC.unpack(data[_HEAD.size : _FRONT])[0] != zlib.crc32(head):
        return None
    mark, kind, since_ms, there_ms = _HEAD.unpack(head)
    return Ear(kind, since_ms / 1000, there_ms / 1000, words) if mark == _MARK else None


def _sound(data: bytes) -> Iterator[Word | None]:
    for at in range(0, len(data) - _SLOT + 1, _SLOT):
        part = data[at : at + _WORD.size]
        good = _CRC.unpack_from(data, at + _WORD.size)[0] == zlib.crc32(part)
        yield Word(*_WORD.unpack(part)) if good else None
