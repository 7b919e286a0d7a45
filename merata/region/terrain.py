"""Puts terrain tiles (SRTM HGT, Copernicus and DEMNAS GeoTIFF) together on the region's grid, voids filled."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
from rasterio.crs import CRS
from rasterio.fill import fillnodata
from rasterio.transform import Affine
from rasterio.warp import Resampling, reproject
from rasterio.windows import Window

from merata.errors import FileError
from merata.region import _hgt, _rasters
from merata.region._published import METRES_PER_DEGREE
from merata.region._rasters import Part
from merata.region.findings import Finding, FindingList
from merata.region.grid import Grid
from merata.region.records import Source

#: Lower or higher is no land: the shore of the Dead Sea, and Everest with room to spare.
LOWEST_M, HIGHEST_M = -430.0, 9000.0
FILL_M = 2000.0
"""Voids are filled from heights at most this far away."""
AS_SOURCE, FILLED, MISSING = 0, 1, 2

_WORDS = (
    "dem",
    "dtm",
    "dsm",
    "srtm",
    "demnas",
    "copernicus",
    "elevation",
    "aster",
    "gdem",
    "alos",
    "nasadem",
    "terrain",
)
_OTHER_WORDS = (
    "slope",
    "aspect",
    "hillshade",
    "population",
    "worldcover",
    "water",
    "mask",
    "wbm",
    "hem",
    "edm",
    "flm",
)
_TILE_NAME = re.compile(r"(?<![a-z0-9])[ns]\d{2}_?(00_)?[ew]\d{3}(?!\d)")
_MOST_SOURCE_PIXELS = 16_000_000
_SIDE = 1024
_OUT = "terrain.tif"
_BANDS = ("height above sea level, m", "0 source, 1 filled, 2 missing")
_UNREACHED = -9999.0
#: Tiles stand on one lattice when their points differ by no more than this from a whole number of points.
_OFF_LATTICE = 0.01
_VOIDS = (-32768, -32767, -9999)
"""Marks of a void in use, also where a file does not declare its own."""


def recognises(path: Path, file: str) -> bool:
    """Whether a file is an HGT tile, or a GeoTIFF that by its name and content can only be heights."""
    if _hgt.recognises(path, file):
        return True
    seen = _rasters.look(path, file)
    if seen is None or seen.bands != 1 or seen.dtype not in (np.int16, np.float32, np.float64, np.int32):
        return False
    values = seen.values[~np.isin(seen.values, _VOIDS)]
    if len(values) and (values.min() < LOWEST_M or values.max() > HIGHEST_M):
        return False
    if any(f" {word} " in seen.words for word in _OTHER_WORDS):
        return False
    named = any(f" {word}" in seen.words for word in _WORDS) or bool(_TILE_NAME.search(seen.name))
    return named and seen.pixel_m <= 1000


def mosaic(sources: list[Source], grid: Grid, out: Path) -> list[Finding]:
    """Write the heights of all sources on the grid to `out`, and say what they lack.

    Where sources overlap, the finest is taken. Heights are averaged over a pixel of the grid that is larger
    than the source's, else interpolated. Voids within 2 km of a height are filled from around them.

    Parameters
    ----------
    sources
        Terrain files of any projection and resolution; any number of tiles.
    grid
        The region's grid.
    out
        The GeoTIFF to write: band 1 height above sea level, m, float32, NaN where missing; band 2 how each
        height came: 0 as the source has it, 1 filled, 2 missing. The same input gives the same bytes.

    Raises
    ------
    FileError
        A source is damaged, or says in no projection where it lies.

    """
    tiles = sorted((_tile(source) for source in sources), key=lambda tile: tile.pixel_m)
    tally = _Tally()
    halo = math.ceil(FILL_M / grid.resolution_m)
    with _rasters.created(out, grid, "float32", _BANDS, math.nan, 3) as dataset:
        for part in _rasters.parts(grid, _side(tiles, grid)):
            heights, flags = _filled(tiles, part, halo, grid)
            dataset.write(heights, 1, window=part.window)
            dataset.write(flags.astype("float32"), 2, window=part.window)
            tally.add(flags, part, grid)
    return [*_tell_tiles(tiles), *_tell(tally, grid)]


def read(path: Path) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8], Grid]:
    """Heights in metres above sea level (rows, columns; NaN where missing), their flags, and the grid.

    Flags: 0 as the source has it, 1 filled, 2 missing.

    Raises
    ------
    FileError
        The file was not written by `mosaic`, or is damaged.

    """
    with _rasters.opened(path, path.name) as dataset:
        if dataset.count != 2:
            raise FileError(f"{path.name}: expected two bands, height and flag; it has {dataset.count}")
        return dataset.read(1), dataset.read(2).astype("uint8"), _rasters.grid_of(dataset, path.name)


@dataclass
class _Tile:
    """One source, known by where it lies; its pixels are read when needed."""

    source: Source
    crs: Any
    transform: Affine
    width: int
    height: int
    pixel_m: float
    is_hgt: bool
    touches: bool = False
    used: bool = False
    absurd: bool = False

    def read(self, window: Window) -> npt.NDArray[np.float32]:
        """Heights of a window, NaN where there is none."""
        if self.is_hgt:
            return self._real(_hgt.read(self.source.path, self.source.file, window), None)
        with _rasters.opened(self.source.path, self.source.file) as dataset:
            return self._real(dataset.read(1, window=window), dataset.nodata)

    def _real(self, values: npt.NDArray[Any], nodata: float | None) -> npt.NDArray[np.float32]:
        heights = values.astype("float32")
        for void in (nodata, *_VOIDS):
            if void is not None:
                heights[values == void] = np.nan
        absurd = (heights < LOWEST_M) | (heights > HIGHEST_M)
        self.absurd |= bool(absurd.any())
        heights[absurd] = np.nan
        return heights


def check(source: Source) -> None:
    """Refuse a file that is no raster of heights before it enters the region; raises FileError."""
    _tile(source)


def _tile(source: Source) -> _Tile:
    if _hgt.recognises(source.path, source.file):
        place = _hgt.place(source.path, source.file)
        crs = CRS.from_epsg(4326)
        pixel_m = abs(place.transform.e) * METRES_PER_DEGREE
        return _Tile(source, crs, place.transform, place.side, place.side, pixel_m, is_hgt=True)
    with _rasters.opened(source.path, source.file) as dataset:
        if dataset.count != 1:
            raise FileError(f"{source.file}: expected one band of heights; it has {dataset.count} bands")
        pixel_m = _rasters.pixel_m(dataset.crs, dataset.transform)
        return _Tile(
            source, dataset.crs, dataset.transform, dataset.width, dataset.height, pixel_m, is_hgt=False
        )


def _side(tiles: list[_Tile], grid: Grid) -> int:
    """Side of the squares that the grid is worked in, so that no source window outgrows memory."""
    finest = min((tile.pixel_m for tile in tiles), default=grid.resolution_m)
    fitting = int(math.sqrt(_MOST_SOURCE_PIXELS) * finest / grid.resolution_m)
    return max(64, min(_SIDE, fitting // 64 * 64))


def _filled(
    tiles: list[_Tile], part: Part, halo: int, grid: Grid
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
    """Heights and flags of a part of the grid; its surroundings are read too, for the filling."""
    wide = part.grown(halo, grid)
    heights = _merged(tiles, wide.grid(grid))
    inner = part.inside(wide)
    void = np.isnan(heights)
    flags = np.where(void, MISSING, AS_SOURCE).astype("uint8")
    if void[inner].any() and not void.all():
        heights[void] = _UNREACHED
        heights = fillnodata(heights, ~void, max_search_distance=halo, smoothing_iterations=0)
        flags[void & (heights != _UNREACHED)] = FILLED
        heights[heights == _UNREACHED] = np.nan
    return np.round(heights[inner], 1), flags[inner]


def _merged(tiles: list[_Tile], grid: Grid) -> npt.NDArray[np.float32]:
    """Heights on a grid from the finest tile that has one at each pixel; NaN where none has."""
    heights = np.full(grid.shape, np.nan, dtype="float32")
    for tile in tiles:
        if not np.isnan(heights).any():
            break
        warped = _warped(tile, grid, tiles)
        if warped is not None:
            new = np.isnan(heights) & ~np.isnan(warped)
            heights[new] = warped[new]
            tile.used |= bool(new.any())
    return heights


def _warped(tile: _Tile, grid: Grid, tiles: list[_Tile]) -> npt.NDArray[np.float32] | None:
    """One tile's heights on a grid; None where they do not meet. Beyond its edge stand its neighbours' of `tiles`."""
    bounds = _rasters.bounds_in(_rasters.grid_bounds(grid), grid.crs, tile.crs)
    pad = 4 + math.ceil(2 * grid.resolution_m / tile.pixel_m)
    window = _rasters.window_of(bounds, tile.transform, tile.width, tile.height, pad)
    if window is None:
        return None
    tile.touches = True
    warped = np.full(grid.shape, np.nan, dtype="float32")
    heights, wide = _with_neighbours(tile, window, pad, tiles)
    how: dict[str, Any] = {
        "src_transform": _rasters.window_transform(wide, tile.transform),
        "src_crs": tile.crs,
        "dst_transform": grid.transform,
        "dst_crs": grid.crs,
    }
    coarse = grid.resolution_m > 1.5 * tile.pixel_m
    resampling = Resampling.average if coarse else Resampling.bilinear
    reproject(heights, warped, src_nodata=np.nan, dst_nodata=np.nan, resampling=resampling, **how)
    if wide != window:
        own, inside = np.zeros(heights.shape, "uint8"), np.zeros(grid.shape, "uint8")
        row, column = int(window.row_off - wide.row_off), int(window.col_off - wide.col_off)
        own[row : row + int(window.height), column : column + int(window.width)] = 1
        reproject(own, inside, resampling=Resampling.nearest, **how)
        warped[inside == 0] = np.nan  # the neighbour's to say
    return warped


def _with_neighbours(
    tile: _Tile, window: Window, pad: int, tiles: list[_Tile]
) -> tuple[npt.NDArray[np.float32], Window]:
    """Heights of a window and, where it ends at the tile's edge, of `pad` points more from tiles on the same lattice.

    Between the last point of a tile and the first of the next one the height is then between theirs: each tile by
    itself would carry its last height on, and leave a step.
    """
    top, left = int(window.row_off), int(window.col_off)
    bottom, right = top + int(window.height), left + int(window.width)
    row0, column0 = top - pad * (top == 0), left - pad * (left == 0)
    row1, column1 = bottom + pad * (bottom == tile.height), right + pad * (right == tile.width)
    heights = np.full((row1 - row0, column1 - column0), np.nan, dtype="float32")
    wide = Window(column0, row0, column1 - column0, row1 - row0)
    for other in tiles if heights.size > window.height * window.width else []:
        for row, column in _lattice(tile, other):
            r0, r1 = max(row0, row), min(row1, row + other.height)
            c0, c1 = max(column0, column), min(column1, column + other.width)
            if r0 < r1 and c0 < c1:
                part = heights[r0 - row0 : r1 - row0, c0 - column0 : c1 - column0]
                found = other.read(Window(c0 - column, r0 - row, c1 - c0, r1 - r0))
                part[np.isnan(part)] = found[np.isnan(part)]
    own = slice(top - row0, bottom - row0), slice(left - column0, right - column0)
    heights[own] = np.nan
    if np.isnan(heights).all():  # nobody is beside it
        return tile.read(window), window
    heights[own] = tile.read(window)
    return heights, wide


def _lattice(tile: _Tile, other: _Tile) -> Iterator[tuple[int, int]]:
    """Row and column of the other tile's first point, counted in the tile's points, when both stand on one lattice.

    In degrees the other one also stands a whole turn farther east and west.
    """
    a, b = tile.transform, other.transform
    if tile is other or tile.crs != other.crs or not np.allclose((a.a, a.e), (b.a, b.e), rtol=1e-9, atol=0):
        return
    for turn in (0, 360, -360) if tile.crs.is_geographic else (0,):
        row, column = (b.f - a.f) / a.e, (b.c + turn - a.c) / a.a
        if abs(row - round(row)) < _OFF_LATTICE and abs(column - round(column)) < _OFF_LATTICE:
            yield round(row), round(column)


@dataclass
class _Tally:
    """Pixels of the grid by flag, and where the missing ones lie."""

    pixels: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(3, dtype=np.int64))
    degrees: set[tuple[int, int]] = field(default_factory=set)

    def add(self, flags: npt.NDArray[np.uint8], part: Part, grid: Grid) -> None:
        self.pixels += np.bincount(flags.ravel(), minlength=3)
        # Naming the tiles that lack needs no more than a look every 500 m or so.
        step = max(1, round(500 / grid.resolution_m))
        rows, columns = np.nonzero(flags[::step, ::step] == MISSING)
        if len(rows):
            x = grid.west_m + (part.column + columns * step + 0.5) * grid.resolution_m
            y = grid.north_m - (part.row + rows * step + 0.5) * grid.resolution_m
            lon, lat = pyproj.Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True).transform(x, y)
            self.degrees |= set(
                zip(np.floor(lat).astype(int).tolist(), np.floor(lon).astype(int).tolist(), strict=True)
            )


def tile_name(south: int, west: int) -> str:
    """The name that a one-degree tile is published under, from its south-west corner, degrees: N00E117."""
    return f"{'S' if south < 0 else 'N'}{abs(south):02d}{'W' if west < 0 else 'E'}{abs(west):03d}"


def _tell_tiles(tiles: Iterable[_Tile]) -> list[Finding]:
    """What is to be said of single sources, in the order of their names."""
    findings = FindingList("")
    for tile in sorted(tiles, key=lambda tile: tile.source.file):
        findings.file = tile.source.file
        if not tile.touches:
            findings.add(
                "note",
                "This terrain does not touch the region.",
                "Not used.",
                "Remove it, or add the region's.",
            )
        elif not tile.used:
            findings.add(
                "note", "Finer terrain covers all that this one does, or it is void there.", "Not used."
            )
        if tile.absurd:
            what = f"Heights below {LOWEST_M:.0f} m or above {HIGHEST_M:.0f} m."
            findings.add("repaired", what, "Taken as voids.")
    return list(findings)


def _tell(tally: _Tally, grid: Grid) -> list[Finding]:
    findings = FindingList(_OUT)
    km2 = tally.pixels * (grid.resolution_m / 1000) ** 2
    share = 100 * km2 / km2.sum()
    settle = (
        "Fetch and add the tiles " + ", ".join(sorted(tile_name(*corner) for corner in tally.degrees)) + "."
    )
    if km2[MISSING] == km2.sum():
        findings.add("error", "No terrain of the region is known.", "Heights are left blank.", settle)
        return list(findings)
    what = (
        f"Heights of {share[AS_SOURCE]:.1f} % of the map's {km2.sum():,.0f} km² are as the sources have them"
    )
    if km2[FILLED]:
        what += f"; {km2[FILLED]:,.1f} km² ({share[FILLED]:.1f} %) near them had none"
        done = f"Filled from the heights around, up to {FILL_M / 1000:.0f} km away, and flagged."
    else:
        done = "Used."
    findings.add("note", what + ".", done)
    if km2[MISSING]:
        findings.add(
            "note",
            f"No heights for {km2[MISSING]:,.1f} km² ({share[MISSING]:.1f} %) of the map.",
            "Left blank, and flagged.",
            settle + " Nothing, where they are sea.",
        )
    return list(findings)
