"""Where a log's files lie (C2SP tlog-tiles), and how entries stand in a bundle."""

from __future__ import annotations

import struct
from collections.abc import Iterable

from merata.errors import InputError
from merata.exchange.tree import HASH_BYTES, ProofError, fold

HEIGHT = 8
#: Hashes in a full tile, entries in a full bundle.
WIDTH = 1 << HEIGHT
ENTRIES = "entries"
LONGEST_ENTRY = 0xFFFF
_LENGTH = struct.Struct(">H")


def path(level: int | str, index: int, width: int = WIDTH) -> str:
    """Path of a tile of hashes, or of a bundle where the level is `ENTRIES`, below the folder of a log."""
    parts = [f"{index % 1000:03d}"]
    while index := index // 1000:
        parts.insert(0, f"x{index % 1000:03d}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(parts)}{partial}"


def widths(size: int) -> list[tuple[int, int, int]]:
    """Level, index and width of the last tile of each level of a tree that is not empty."""
    found = []
    level = 0
    while count := size >> (HEIGHT * level):
        index, width = divmod(count, WIDTH)
        found.append((level, index, width) if width else (level, index - 1, WIDTH))
        level += 1
    return found


def hashes(tile: bytes, width: int) -> list[bytes]:
    """The first `width` hashes of a tile.

    Raises
    ------
    ProofError
        It holds fewer.
    """
    if len(tile) < width * HASH_BYTES:
        raise ProofError(f"A tile of {width} hashes has {len(tile)} bytes only: something was cut off.")
    return [tile[i * HASH_BYTES : (i + 1) * HASH_BYTES] for i in range(width)]


def subtree(tile: list[bytes], height: int, place: int) -> bytes:
    """Hash of the `place`-th subtree of 2^height neighbours in a tile."""
    return fold(tile[place << height : (place + 1) << height])


def bundle(entries: Iterable[bytes]) -> bytes:
    """Entries as they stand in a bundle: each after its length, two bytes, the higher one first.

    Raises
    ------
    InputError
        One is longer than 65,535 bytes.
    """
    out = bytearray()
    for entry in entries:
        if len(entry) > LONGEST_ENTRY:
            raise InputError(f"An entry has {len(entry)} bytes; {LONGEST_ENTRY} are the most.")
        out += _LENGTH.pack(len(entry))
        out += entry
    return bytes(out)


def entries(data: bytes, width: int) -> list[bytes]:
    """The first `width` entries of a bundle.

    Raises
    ------
    ProofError
        It holds fewer.
    """
    found: list[bytes] = []
    at = 0
    while len(found) < width:
        end = at + 2 + (_LENGTH.unpack_from(data, at)[0] if at + 2 <= len(data) else 0)
        if at + 2 > len(data) or end > len(data):
            raise ProofError(f"A bundle of {width} entries ends after {len(found)}: something was cut off.")
        found.append(data[at + 2 : end])
        at = end
    return found
