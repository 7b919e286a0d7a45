"""What the readers of rasters share: opening them safely, their look, and grids written as GeoTIFF."""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
import rasterio
from rasterio.errors import RasterioError
from rasterio.transform import Affine
from rasterio.windows import Window

from merata.errors import FileError
from merata.region._published import METRES_PER_DEGREE
from merata.region.grid import Grid

#: Sizes above which a file is not what it claims: no published tile comes near them.
_MOST_BLOCK_BYTES = 512 << 20
_MOST_BLOCKS = 200_000
_CACHE_BYTES = 128 << 20  # by itself GDAL would take a twentieth of the machine
_TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
_LOOK_PIXELS = 64
_LOOK_PLACES = (0.08, 0.5, 0.92)
Bounds = tuple[float, float, float, float]


def is_tiff(path: Path) -> bool:
    """Whether a file begins like a TIFF."""
    with path.open("rb") as stream:
        return stream.read(4) in _TIFF


@contextlib.contextmanager
def opened(path: Path, file: str) -> Iterator[Any]:
    """A GeoTIFF as rasterio's dataset, with its projection known and blocks of a sane size.

    Raises
    ------
    FileError
        It is no GeoTIFF, is damaged (also when that shows only later, while it is read), lies nowhere, or is
        built so that one pixel can't be read without reading far too much.

    """
    try:
        # Only this driver, and no side files: a raster may not point to other files.
        with (
            rasterio.Env(
                GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR",
                GTIFF_IGNORE_READ_ERRORS=False,
                GDAL_CACHEMAX=_CACHE_BYTES,
            ),
            rasterio.open(path, driver="GTiff") as dataset,
        ):
            _check(dataset, file)
            _check_whole(dataset, path, file)
            yield dataset
    except (RasterioError, OSError) as error:
        text = " ".join(str(error).replace(str(path), file).split())[:200]
        raise FileError(
            f"{file}: not a whole GeoTIFF ({text}). Fetch it again, and see that it arrives whole"
        ) from None


def _check(dataset: Any, file: str) -> None:
    rows, columns = dataset.block_shapes[0]
    if rows * columns * np.dtype(dataset.dtypes[0]).itemsize > _MOST_BLOCK_BYTES:
        raise FileError(
            f"{file}: built of blocks of {columns} x {rows} pixels. Write it anew with tiles of 256 or 512"
        )
    if dataset.crs is None:
        raise FileError(
            f"{file}: says in no projection where it lies. Set its projection (EPSG code) and add it again"
        )
    if dataset.transform.a == 0 or dataset.transform.e == 0 or dataset.transform.b or dataset.transform.d:
        raise FileError(
            f"{file}: its rows do not run from west to east. Warp it to EPSG:4326 and add it again"
        )
    if dataset.transform.e > 0:
        raise FileError(f"{file}: its first row is the southernmost. Warp it to EPSG:4326 and add it again")


def _check_whole(dataset: Any, path: Path, file: str) -> None:
    """Find a file that was cut short, even where the part that lacks is not needed: it would be missed later."""
    down, along = dataset.block_shapes[0]
    rows, columns = math.ceil(dataset.height / down), math.ceil(dataset.width / along)
    step = max(1, rows * columns // _MOST_BLOCKS)
    size = path.stat().st_size
    for block in range(0, rows * columns, step):
        place = f"{block % columns}_{block // columns}"
        offset = dataset.get_tag_item(f"BLOCK_OFFSET_{place}", "TIFF", bidx=1)
        length = dataset.get_tag_item(f"BLOCK_SIZE_{place}", "TIFF", bidx=1)
        if offset and length and int(offset) + int(length) > size:
            raise FileError(
                f"{file}: not a whole GeoTIFF: its end is missing. Fetch it again, and see that it arrives whole"
            )


@dataclass(frozen=True)
class Look:
    """A first look at a raster: what tells terrain, land cover and people apart."""

    words: str
    """Name and tags, in lower case, with a space for each sign that is no letter or digit."""
    name: str
    bands: int
    dtype: np.dtype[Any]
    nodata: float | None
    projection: str
    pixel_m: float
    values: npt.NDArray[Any]
    """Some pixels of several places, without nodata and NaN."""


def look(path: Path, file: str) -> Look | None:
    """A first look at a file; None when it is no GeoTIFF that can be read."""
    if not is_tiff(path):
        return None
    try:
        with opened(path, file) as dataset:
            tags = {**dataset.tags(), **dataset.tags(1)}
            texts = (file, *dataset.descriptions, *tags.keys(), *tags.values())
            words = re.sub(r"[^a-z0-9]+", " ", " ".join(str(text) for text in texts if text).lower())
            return Look(
                f" {words} ",
                Path(file).name.lower(),
                dataset.count,
                np.dtype(dataset.dtypes[0]),
                dataset.nodata,
                dataset.crs.to_string(),
                pixel_m(dataset.crs, dataset.transform),
                _some_values(dataset),
            )
    except FileError:
        return None


def _some_values(dataset: Any) -> npt.NDArray[Any]:
    """Pixels of nine places: reading a whole country for a look would take minutes."""
    parts = []
    for down in _LOOK_PLACES:
        for along in _LOOK_PLACES:
            row = min(int(dataset.height * down), max(dataset.height - _LOOK_PIXELS, 0))
            column = min(int(dataset.width * along), max(dataset.width - _LOOK_PIXELS, 0))
            width, height = min(_LOOK_PIXELS, dataset.width), min(_LOOK_PIXELS, dataset.height)
            parts.append(dataset.read(1, window=Window(column, row, width, height)).ravel())
    values: npt.NDArray[Any] = np.concatenate(parts)
    if np.issubdtype(values.dtype, np.floating):
        values = values[np.isfinite(values)]
    return values if dataset.nodata is None else values[values != dataset.nodata]


def pixel_m(crs: Any, transform: Affine) -> float:
    """About the height of a pixel in metres."""
    if crs.is_geographic:
        return abs(float(transform.e)) * METRES_PER_DEGREE
    return abs(float(transform.e)) * float(crs.linear_units_factor[1])


def bounds_in(bounds: Sequence[float], crs: Any, target: Any) -> Bounds:
    """Bounds (west, south, east, north) in another projection, holding all of the original's area.

    In degrees, west is above east where the area lies on both sides of 180 degrees of longitude.
    """
    if str(crs) == str(target):
        return (bounds[0], bounds[1], bounds[2], bounds[3])
    transformer = pyproj.Transformer.from_crs(_pyproj(crs), _pyproj(target), always_xy=True)
    west, south, east, north = bounds
    box: Bounds = transformer.transform_bounds(west, south, east, north, densify_pts=41)
    return box


def _pyproj(crs: Any) -> pyproj.CRS:
    return pyproj.CRS.from_user_input(crs if isinstance(crs, str) else crs.to_wkt())


def grid_bounds(grid: Grid) -> Bounds:
    """West, south, east, north of a grid in its own projection, metres."""
    east = grid.west_m + grid.width * grid.resolution_m
    south = grid.north_m - grid.height * grid.resolution_m
    return (grid.west_m, south, east, grid.north_m)


def window_of(
    bounds: Sequence[float], transform: Affine, width: int, height: int, pad: int = 0
) -> Window | None:
    """The window of a raster that holds `bounds` (in its projection) with `pad` pixels; None: no overlap.

    Of bounds on both sides of 180 degrees (see `bounds_in`) it holds the side that the raster's middle is on.
    """
    west, south, east, north = bounds
    if not all(math.isfinite(side) for side in bounds):
        return None
    if west > east:
        west, east = (west, east + 360) if transform.c + transform.a * width / 2 > 0 else (west - 360, east)
    left = math.floor((west - transform.c) / transform.a) - pad
    right = math.ceil((east - transform.c) / transform.a) + pad
    top = math.floor((north - transform.f) / transform.e) - pad
    bottom = math.ceil((south - transform.f) / transform.e) + pad
    left, right, top, bottom = max(left, 0), min(right, width), max(top, 0), min(bottom, height)
    if left >= right or top >= bottom:
        return None
    return Window(left, top, right - left, bottom - top)


def window_transform(window: Window, transform: Affine) -> Affine:
    """Where a window of a raster lies."""
    t = transform
    return Affine(t.a, t.b, t.c + window.col_off * t.a, t.d, t.e, t.f + window.row_off * t.e)


@dataclass(frozen=True)
class Part:
    """A rectangle of a grid, in its pixels."""

    row: int
    column: int
    height: int
    width: int

    def grown(self, pixels: int, grid: Grid) -> Part:
        """The rectangle with a margin, as far as the grid goes."""
        row, column = max(self.row - pixels, 0), max(self.column - pixels, 0)
        bottom = min(self.row + self.height + pixels, grid.height)
        right = min(self.column + self.width + pixels, grid.width)
        return Part(row, column, bottom - row, right - column)

    def inside(self, other: Part) -> tuple[slice, slice]:
        """Where this rectangle lies in the array of another that holds it."""
        top, left = self.row - other.row, self.column - other.column
        return slice(top, top + self.height), slice(left, left + self.width)

    def grid(self, whole: Grid) -> Grid:
        """The grid of this rectangle alone."""
        west = whole.west_m + self.column * whole.resolution_m
        north = whole.north_m - self.row * whole.resolution_m
        return Grid(whole.crs, west, north, whole.resolution_m, self.width, self.height)

    @property
    def window(self) -> Window:
        """The rectangle as rasterio's window."""
        return Window(self.column, self.row, self.width, self.height)


def parts(grid: Grid, side: int) -> Iterator[Part]:
    """The grid in squares of at most `side` pixels, row by row."""
    for row in range(0, grid.height, side):
        for column in range(0, grid.width, side):
            yield Part(row, column, min(side, grid.height - row), min(side, grid.width - column))


@contextlib.contextmanager
def created(
    out: Path, grid: Grid, dtype: str, bands: Sequence[str], nodata: float, predictor: int
) -> Iterator[Any]:
    """A new tiled GeoTIFF on the grid, to write parts into in any order that is always the same."""
    profile = {
        "driver": "GTiff", "dtype": dtype, "count": len(bands), "width": grid.width, "height": grid.height,
        "crs": grid.crs, "transform": grid.transform, "nodata": nodata, "tiled": True, "blockxsize": 256,
        "blockysize": 256, "compress": "deflate", "predictor": predictor, "interleave": "band",
    }  # fmt: skip
    with rasterio.open(out, "w", **profile) as dataset:
        for index, name in enumerate(bands, 1):
            dataset.set_band_description(index, name)
        yield dataset


def grid_of(dataset: Any, file: str) -> Grid:
    """The grid that a raster written by `created` lies on.

    Raises
    ------
    FileError
        Its pixels are no squares in a metric projection.

    """
    transform = dataset.transform
    if dataset.crs.is_geographic or transform.a != -transform.e:
        raise FileError(
            f"{file}: expected square pixels in a metric projection. Remove it; `merata check` makes it anew"
        )
    return Grid(dataset.crs.to_string(), transform.c, transform.f, transform.a, dataset.width, dataset.height)
