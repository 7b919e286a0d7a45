"""Puts land cover tiles (ESA WorldCover) together on the region's grid: the commonest class of each pixel."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rasterio.transform import Affine
from rasterio.warp import Resampling, reproject

from merata.errors import FileError
from merata.region import _rasters
from merata.region.findings import Finding, FindingList
from merata.region.grid import Grid
from merata.region.records import Source

#: Class of ESA WorldCover (Product User Manual 2.0, 2022) -> its name in English and Indonesian.
CLASSES: dict[int, tuple[str, str]] = {
    10: ("Tree cover", "Pepohonan"),
    20: ("Shrubland", "Semak belukar"),
    30: ("Grassland", "Padang rumput"),
    40: ("Cropland", "Lahan pertanian"),
    50: ("Built-up", "Lahan terbangun"),
    60: ("Bare or sparse vegetation", "Lahan terbuka"),
    70: ("Snow and ice", "Salju dan es"),
    80: ("Permanent water", "Perairan"),
    90: ("Herbaceous wetland", "Rawa"),
    95: ("Mangroves", "Bakau"),
    100: ("Moss and lichen", "Lumut"),
}
UNKNOWN = 0

_OUT = "clutter.tif"
_WORDS = ("worldcover", "landcover", "land cover", "tutupan lahan", "lulc")
_MOST_SOURCE_PIXELS = 36_000_000
_SIDE = 1024


def recognises(path: Path, file: str) -> bool:
    """Whether a file is a GeoTIFF of bytes that are all classes of WorldCover, and either says so or must be."""
    seen = _rasters.look(path, file)
    if seen is None or seen.bands != 1 or seen.dtype != np.uint8:
        return False
    classes = set(np.unique(seen.values).tolist()) - {UNKNOWN}
    if not classes <= CLASSES.keys():
        return False
    named = any(f" {word}" in seen.words for word in _WORDS)
    return named or len(classes) >= 3


def mosaic(sources: list[Source], grid: Grid, out: Path) -> list[Finding]:
    """Write the land cover of all sources on the grid to `out`, and say what they lack.

    Each pixel gets the class that most of it has; where sources overlap, the finest is taken.

    Parameters
    ----------
    sources
        Land cover files with the classes of WorldCover, of any projection and resolution.
    grid
        The region's grid.
    out
        The GeoTIFF to write: one band, uint8, a key of CLASSES, 0 where unknown. The same input gives the same
        bytes.

    Raises
    ------
    FileError
        A source is damaged, says in no projection where it lies, or does not hold bytes.

    """
    tiles = sorted((_tile(source) for source in sources), key=lambda tile: tile.pixel_m)
    known = 0
    with _rasters.created(out, grid, "uint8", ("land cover, ESA WorldCover class",), UNKNOWN, 1) as dataset:
        for part in _rasters.parts(grid, _side(tiles, grid)):
            classes = _merged(tiles, part.grid(grid))
            known += int(np.count_nonzero(classes))
            dataset.write(classes, 1, window=part.window)
    return _tell(tiles, known, grid)


def read(path: Path) -> tuple[npt.NDArray[np.uint8], Grid]:
    """Land cover classes (rows, columns; 0 where unknown), and the grid.

    Raises
    ------
    FileError
        The file was not written by `mosaic`, or is damaged.

    """
    with _rasters.opened(path, path.name) as dataset:
        if dataset.count != 1 or dataset.dtypes[0] != "uint8":
            raise FileError(
                f"{path.name}: expected one band of bytes; it has {dataset.count} of {dataset.dtypes[0]}"
            )
        return dataset.read(1), _rasters.grid_of(dataset, path.name)


@dataclass
class _Tile:
    """One source, known by where it lies; its pixels are read when needed."""

    source: Source
    crs: Any
    transform: Affine
    width: int
    height: int
    pixel_m: float
    touches: bool = False
    used: bool = False
    strange: bool = False


def check(source: Source) -> None:
    """Refuse a file that is no raster of classes before it enters the region; raises FileError."""
    _tile(source)


def _tile(source: Source) -> _Tile:
    with _rasters.opened(source.path, source.file) as dataset:
        if dataset.count != 1 or dataset.dtypes[0] != "uint8":
            raise FileError(
                f"{source.file}: expected one band of bytes with the classes of ESA WorldCover; it has "
                f"{dataset.count} of {dataset.dtypes[0]}"
            )
        pixel_m = _rasters.pixel_m(dataset.crs, dataset.transform)
        return _Tile(source, dataset.crs, dataset.transform, dataset.width, dataset.height, pixel_m)


def _side(tiles: list[_Tile], grid: Grid) -> int:
    """Side of the squares that the grid is worked in, so that no source window outgrows memory."""
    finest = min((tile.pixel_m for tile in tiles), default=grid.resolution_m)
    fitting = int(math.sqrt(_MOST_SOURCE_PIXELS) * finest / grid.resolution_m)
    return max(64, min(_SIDE, fitting // 64 * 64))


def _merged(tiles: list[_Tile], grid: Grid) -> npt.NDArray[np.uint8]:
    """Classes on a grid from the finest tile that has one at each pixel; 0 where none has."""
    classes = np.zeros(grid.shape, dtype="uint8")
    for tile in tiles:
        if classes.all():
            break
        warped = _warped(tile, grid)
        if warped is not None:
            new = (classes == UNKNOWN) & (warped != UNKNOWN)
            classes[new] = warped[new]
            tile.used |= bool(new.any())
    return classes


def _warped(tile: _Tile, grid: Grid) -> npt.NDArray[np.uint8] | None:
    """One tile's classes on a grid; None where they do not meet."""
    bounds = _rasters.bounds_in(_rasters.grid_bounds(grid), grid.crs, tile.crs)
    pad = 4 + math.ceil(2 * grid.resolution_m / tile.pixel_m)
    window = _rasters.window_of(bounds, tile.transform, tile.width, tile.height, pad)
    if window is None:
        return None
    tile.touches = True
    with _rasters.opened(tile.source.path, tile.source.file) as dataset:
        values = dataset.read(1, window=window)
    values = _only_classes(values, tile)
    warped = np.zeros(grid.shape, dtype="uint8")
    reproject(
        values,
        warped,
        src_transform=_rasters.window_transform(window, tile.transform),
        src_crs=tile.crs,
        src_nodata=UNKNOWN,
        dst_transform=grid.transform,
        dst_crs=grid.crs,
        dst_nodata=UNKNOWN,
        resampling=Resampling.mode if grid.resolution_m > tile.pixel_m else Resampling.nearest,
    )
    return warped


_KNOWN = np.isin(np.arange(256), list(CLASSES))


def _only_classes(values: npt.NDArray[np.uint8], tile: _Tile) -> npt.NDArray[np.uint8]:
    known = _KNOWN[values]
    tile.strange |= bool((~known & (values != UNKNOWN) & (values != 255)).any())
    return np.where(known, values, np.uint8(UNKNOWN))


def _tell(tiles: list[_Tile], known: int, grid: Grid) -> list[Finding]:
    findings = FindingList("")
    for tile in sorted(tiles, key=lambda tile: tile.source.file):
        findings.file = tile.source.file
        if not tile.touches:
            findings.add("note", "This land cover does not touch the region.", "Not used.", "Remove it.")
        elif not tile.used:
            findings.add(
                "note", "Finer land cover covers all that this one does, or it is blank there.", "Not used."
            )
        if tile.strange:
            classes = ", ".join(map(str, CLASSES))
            findings.add("error", f"Values that are no class of WorldCover ({classes}).", "Taken as unknown.")
    findings.file = _OUT
    _tell_unknown(known, grid, findings)
    return list(findings)


def _tell_unknown(known: int, grid: Grid, findings: FindingList) -> None:
    pixels = grid.width * grid.height
    km2 = (grid.resolution_m / 1000) ** 2
    settle = "Add the WorldCover tiles that cover the region."
    if known == 0:
        findings.add("error", "No land cover of the region is known.", "Left blank.", settle)
        return
    findings.add(
        "note",
        f"Land cover of {100 * known / pixels:.1f} % of the map's {pixels * km2:,.0f} km² is known.",
        "The rest is left blank." if known < pixels else "Used.",
        settle if known < pixels else "",
    )
