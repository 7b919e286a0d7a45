"""Checks the frame of an OpenStreetMap PBF file, so that a cut or swollen one is refused before it is read."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from merata.errors import FileError

#: Limits of the format's own description.
_MOST_HEADER_BYTES = 64 << 10
_MOST_BLOB_BYTES = 32 << 20
_MOST_EXPANSION = 50
_EXPANSION_COUNTS_ABOVE_BYTES = 200_000_000


def begins_like_pbf(path: Path) -> bool:
    """Whether a file begins with the header blob of an OpenStreetMap file."""
    with path.open("rb") as stream:
        start = stream.read(64)
    return len(start) >= 16 and start[4:6] == b"\n\x09" and start[6:15] == b"OSMHeader"


def check(path: Path, file: str) -> None:
    """Walk over all blobs of a file, without unpacking them.

    Raises
    ------
    FileError
        It is no OpenStreetMap PBF file, is cut short, or unpacks to far more than such a file does.

    """
    if not begins_like_pbf(path):
        raise FileError(f"{file}: not an OpenStreetMap file (.osm.pbf). Fetch it again")
    size, total = path.stat().st_size, 0
    with path.open("rb") as stream:
        while stream.tell() < size:
            total += _blob(stream, size, file)
            if total > max(_EXPANSION_COUNTS_ABOVE_BYTES, _MOST_EXPANSION * size):
                raise FileError(
                    f"{file}: unpacks to more than {_MOST_EXPANSION} times its size, so it was not read"
                )


def _blob(stream: IO[bytes], size: int, file: str) -> int:
    """Skip one blob; how many bytes it unpacks to."""
    cut = FileError(f"{file}: cut short or damaged at byte {stream.tell():,} of {size:,}. Fetch it again")
    length = int.from_bytes(stream.read(4), "big")
    if not 0 < length <= _MOST_HEADER_BYTES:
        raise cut
    header = _numbers(stream.read(length))
    data_size = header.get(3, 0)
    end = stream.tell() + data_size
    if not 0 < data_size <= _MOST_BLOB_BYTES or end > size:
        raise cut
    raw_size = _numbers(stream.read(min(data_size, 32))).get(2, data_size)
    if raw_size > _MOST_BLOB_BYTES:
        raise cut
    stream.seek(end)
    return raw_size


def _numbers(message: bytes) -> dict[int, int]:
    """The plain numbers of a protobuf message, by field; of a message that is cut, those before the cut."""
    found: dict[int, int] = {}
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        if kind not in (0, 2):
            break
        value, at = _varint(message, at)
        if kind == 0:
            found[key >> 3] = value
        else:
            at += value
    return found


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(message) and shift < 64:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            break
    return value, at
