"""Reads SRTM's own tiles (.hgt, .hgt.zip): one degree of heights in a square, placed by the file's name."""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rasterio.transform import Affine, from_origin
from rasterio.windows import Window

from merata.errors import FileError
from merata.region import archives

#: Samples along a side, of tiles of 3 and of 1 arc-second.
SIDES = (1201, 3601)
_SIZES = {2 * side * side: side for side in SIDES}
_NAME = re.compile(r"(?<![a-z0-9])([ns])(\d{2})([ew])(\d{3})(?!\d)", re.IGNORECASE)
_MOST_BYTES = 64_000_000


@dataclass(frozen=True)
class Place:
    """Where a tile lies (EPSG:4326)."""

    side: int
    transform: Affine


def recognises(path: Path, file: str) -> bool:
    """Whether a file is an HGT tile by its ending: its content has no mark of its own."""
    return file.lower().endswith((".hgt", ".hgt.zip"))


def place(path: Path, file: str) -> Place:
    """Where the tile lies, from its name (its south-west corner) and its size.

    The outermost samples stand on the degree lines, so that neighbours share them.

    Raises
    ------
    FileError
        Its name is not like N00E117.hgt, or its size is of no whole tile.

    """
    corner = _NAME.search(Path(file).name)
    if corner is None:
        raise FileError(
            f"{file}: an HGT tile is placed by its name, like N00E117.hgt. Give it back its published name"
        )
    side = _side(_size(path, file), file)
    south = int(corner[2]) * (1 if corner[1] in "nN" else -1)
    west = int(corner[4]) * (1 if corner[3] in "eE" else -1)
    step = 1 / (side - 1)
    return Place(side, from_origin(west - step / 2, south + 1 + step / 2, step, step))


def read(path: Path, file: str, window: Window) -> npt.NDArray[Any]:
    """Heights in a window of a tile, metres, big-endian int16, -32768 for a void.

    Raises
    ------
    FileError
        The tile is cut short or damaged.

    """
    side = _side(_size(path, file), file)
    rows = slice(window.row_off, window.row_off + window.height)
    columns = slice(window.col_off, window.col_off + window.width)
    if not _is_packed(file):
        return np.asarray(np.memmap(path, ">i2", "r", shape=(side, side))[rows, columns])
    data = _unpacked(path, file)
    if len(data) != 2 * side * side:
        raise FileError(f"{file}: its tile is not as long as the archive declares. Fetch it again")
    return np.frombuffer(data, ">i2").reshape(side, side)[rows, columns]


def _side(size: int, file: str) -> int:
    if size not in _SIZES:
        expected = " or ".join(f"{size:,}" for size in _SIZES)
        raise FileError(f"{file}: a whole HGT tile has {expected} bytes, this one {size:,}. Fetch it again")
    return _SIZES[size]


def _size(path: Path, file: str) -> int:
    if not _is_packed(file):
        return path.stat().st_size
    name = _member(path, file)
    with zipfile.ZipFile(path) as archive:
        return archive.getinfo(name).file_size


def _is_packed(file: str) -> bool:
    return file.lower().endswith(".zip")


def _member(path: Path, file: str) -> str:
    names = archives.check_zip(path, file, max_total_bytes=_MOST_BYTES, max_members=20, inflate=False)
    tiles = [name for name in names if name.lower().endswith(".hgt")]
    if len(tiles) != 1:
        raise FileError(
            f"{file}: expected one .hgt tile in it; it holds {len(tiles)}. Unpack it and add the tiles"
        )
    return tiles[0]


def _unpacked(path: Path, file: str) -> bytes:
    name = _member(path, file)
    try:
        with zipfile.ZipFile(path) as archive, archive.open(name) as stream:
            return stream.read(archive.getinfo(name).file_size + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError) as error:
        raise FileError(f"{file}: {name!r} in it is damaged ({error}). Fetch it again") from None
