"""What receivers acknowledged, in files that only grow: framed records, on disk before anybody is answered."""

from __future__ import annotations

import errno
import fcntl
import os
import struct
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from merata.assure import heard, index
from merata.errors import BusyError
from merata.region.change import sync

FOLDER = heard.SPOOL
_MARK = b"\xa7mR1"
_FRAME = struct.Struct("<4sII")
_HEAD = struct.Struct("<BIQ")
LARGEST_BYTES = 1 << 20
"""No record is larger: a length beyond it is damage."""

#: How a record came: in a datagram, in a batch, or from the centre's own checks.
HEARTBEAT, BATCH, CENTRE = 1, 2, 3


class Record(NamedTuple):
    """One record as it was received."""

    how: int
    probe: int
    received_ms: int
    body: bytes


class Spool:
    """The files of one receiver, which holds their folder alone as long as it lives.

    Parameters
    ----------
    measurements
        The folder `measurements` of a region.
    name
        Name of the receiver; without one, the first of `r1`, `r2` … that no living receiver holds.
    file_bytes, file_s
        A file that is larger or older is closed: compaction takes closed files.
    spare_bytes
        So much of the disk is left free: compaction, which gives room back, needs some first.
    """

    def __init__(
        self,
        measurements: Path,
        name: str = "",
        *,
        file_bytes: int = 1 << 25,
        file_s: float = 60,
        spare_bytes: int = 1 << 28,
    ) -> None:
        self.file_bytes, self.file_s, self.spare_bytes = file_bytes, file_s, spare_bytes
        self.folder, self._lock = _hold(measurements / FOLDER, name)
        # A number is never used twice: compaction takes files away, and remembers up to which. Listed before that is
        # read: whatever it takes away in between, it has noted before.
        listed = max(numbers(self.folder), default=0)
        self._number = max(listed, index.load(measurements).spool.get(self.folder.name, (0, 0))[0])
        self._file = -1
        self._length = 0
        self._began = 0.0

    def append(self, records: Sequence[Record]) -> None:
        """Write records; when this returns they outlast a power cut.

        Raises
        ------
        OSError
            Nothing of them is kept for sure (a full disk, say); what was kept before is as it was.
        """
        frames = b"".join(map(framed, records))
        disk = os.statvfs(self.folder)
        if disk.f_bavail * disk.f_frsize < len(frames) + self.spare_bytes:
            raise OSError(errno.ENOSPC, "the disk is nearly full", str(self.folder))
        if self._file < 0:
            self._open()
        try:
            _write(self._file, frames)
            os.fdatasync(self._file)
        except OSError:
            self._abandon()
            raise
        self._length += len(frames)
        if self._length > self.file_bytes:
            self.rotate()

    def rotate_if_old(self) -> None:
        """Close the file when its time is over, so that compaction can have it."""
        if self._file >= 0 and time.monotonic() - self._began > self.file_s:
            self.rotate()

    def rotate(self) -> None:
        """Close the file; the next record begins a new one."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def close(self) -> None:
        """Close the file and let the folder go."""
        self.rotate()
        os.close(self._lock)

    def _open(self) -> None:
        self._number += 1
        new = self.folder / "new"
        self._file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o640)
        self._length, self._began = 0, time.monotonic()
        try:
            # Held before it has its name: a file that is listed and not held is one that nobody writes to any more.
            fcntl.flock(self._file, fcntl.LOCK_EX)
            new.rename(self.folder / f"{self._number:09d}.log")
            sync(self.folder)
        except OSError:
            self.rotate()
            raise

    def _abandon(self) -> None:
        # Half a record may stand at the end, and after a failed fsync nobody knows what stands there at all: what
        # comes next goes to a new file.
        try:
            os.ftruncate(self._file, self._length)
        except OSError:
            pass
        finally:
            self.rotate()


def framed(record: Record) -> bytes:
    """A record as it stands in the file: mark, length, CRC-32, then how, probe, receipt and body."""
    content = _HEAD.pack(record.how, record.probe, record.received_ms) + record.body
    return _FRAME.pack(_MARK, len(content), zlib.crc32(content)) + content


def _write(file: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


def _hold(spool: Path, name: str) -> tuple[Path, int]:
    for chosen in [name] if name else (f"r{i}" for i in range(1, 1000)):
        folder = spool / chosen
        folder.mkdir(parents=True, exist_ok=True)
        for made in (spool, spool.parent):
            sync(made)
        if (lock := _locked(folder / "lock")) is not None:
            return folder, lock
    raise BusyError(
        f"{spool / name}: another receiver writes there. Give this one a name of its own, or none at all."
    )


def _locked(path: Path) -> int | None:
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o640)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


def set_aside(path: Path, records: Iterable[Record]) -> None:
    """Write records to a file of their own, so that it outlasts a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(map(framed, records)))
    for made in (path, path.parent, path.parent.parent):
        sync(made)


def numbers(folder: Path) -> list[int]:
    """Numbers of the files of a receiver, rising."""
    return sorted(int(path.stem) for path in folder.glob("*.log") if path.stem.isdigit())


def path_of(measurements: Path, receiver: str, number: int) -> Path:
    """Where a receiver's file lies."""
    return measurements / FOLDER / receiver / f"{number:09d}.log"


def closed(measurements: Path) -> list[tuple[str, int]]:
    """Receiver and number of every file that nobody writes to any more, in the order of each receiver."""
    return [
        (folder.name, number)
        for folder in sorted(path for path in (measurements / FOLDER).glob("*") if path.is_dir())
        for number in numbers(folder)
        if not _held(path_of(measurements, folder.name, number))
    ]


def _held(path: Path) -> bool:
    lock = _locked(path)
    if lock is not None:
        os.close(lock)
    return lock is None


def read(path: Path, begin: int = 0) -> Iterator[tuple[Record, int]]:
    """Records of a file from position `begin` on, each with the position after it; what is damaged is passed over.

    A record whose CRC is wrong is as if it had not been written: the end of a file that was being written when the
    power failed, of which nothing was acknowledged. Reading goes on at the next mark that has a sound record.
    """
    data = path.read_bytes()
    at = begin
    while (at := data.find(_MARK, at)) >= 0:
        content = _content(data, at)
        if content is None:
            at += 1
            continue
        at += _FRAME.size + len(content)
        how, probe, received_ms = _HEAD.unpack_from(content)
        yield Record(how, probe, received_ms, content[_HEAD.size :]), at


def _content(data: bytes, at: int) -> bytes | None:
    if len(data) < at + _FRAME.size:
        return None
    _, length, crc = _FRAME.unpack_from(data, at)
    content = data[at + _FRAME.size : at + _FRAME.size + length]
    sound = _HEAD.size <= length <= LARGEST_BYTES and len(content) == length and zlib.crc32(content) == crc
    return content if sound else None
