"""The coverage map as a cloud-optimised GeoTIFF: written in pieces or whole, read back as it was."""

from __future__ import annotations

import contextlib
import json
import math
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import rasterio.shutil
from rasterio.errors import RasterioError
from rasterio.windows import Window

from merata.errors import FileError
from merata.radio.coverage_map import BANDS, Band, Coverage
from merata.radio.windows import MOST_PIXELS
from merata.region.grid import Grid

_TAG = "MERATA_COVERAGE"
_COG = {
    "driver": "COG",
    "COMPRESS": "DEFLATE",
    "LEVEL": 3,
    # Rounded numbers repeat as they are: their differences press worse (by a half in a whole regency) and take longer.
    "PREDICTOR": "NO",
    "BLOCKSIZE": 256,
    "OVERVIEWS": "AUTO",
    # A smaller picture shows pixels that are there: positions and levels have no mean.
    "RESAMPLING": "NEAREST",
    "NUM_THREADS": "ALL_CPUS",
}


#: Rows that are read at once: as many as a block of the file has.
_ROWS = 256
#: Bytes of blocks that GDAL keeps.
_CACHE = 128 << 20


class Writer:
    """Takes the pieces of a map."""

    def __init__(self, dataset: Any) -> None:
        self._dataset = dataset

    def put(self, piece: Coverage, row0: int, column0: int) -> None:
        """Write a piece whose first pixel is (`row0`, `column0`) of the map."""
        rows, columns = piece.grid.shape
        window = Window(column0, row0, columns, rows)
        for index, band in enumerate(BANDS, 1):
            self._dataset.write(getattr(piece, band.name).astype(np.float32), index, window=window)


@contextlib.contextmanager
def writing(path: Path, grid: Grid, assumptions: Sequence[str]) -> Iterator[Writer]:
    """A map that is written in pieces; `path` appears when all are there."""
    facts = {
        "crs": grid.crs,
        "resolution_m": grid.resolution_m,
        "west_m": grid.west_m,
        "north_m": grid.north_m,
        "assumptions": list(assumptions),
    }
    with described(path, grid, [band.about for band in BANDS]) as dataset:
        dataset.update_tags(**{_TAG: json.dumps(facts)})
        yield Writer(dataset)


def write(coverage: Coverage, path: Path) -> None:
    """Write `coverage` as a cloud-optimised GeoTIFF; the same map gives the same bytes."""
    with writing(path, coverage.grid, coverage.assumptions) as writer:
        writer.put(coverage, 0, 0)


def read(path: Path) -> Coverage:
    """The coverage map that `write` wrote; raises FileError when the file is not one.

    A map of more than `windows.MOST_PIXELS` lies in files that go with it, so that memory does not grow with it.
    """
    try:
        # GDAL would keep a twentieth of the machine's memory full of blocks that nobody asks for again.
        with rasterio.Env(GDAL_CACHEMAX=_CACHE), rasterio.open(path, driver="GTiff") as file:
            facts = json.loads(file.tags()[_TAG])
            if file.descriptions != tuple(band.about for band in BANDS):
                raise ValueError("its bands are other ones")
            rows, columns = file.shape
            grid = Grid(facts["crs"], facts["west_m"], facts["north_m"], facts["resolution_m"], columns, rows)
            arrays = [_empty(band, file.shape) for band in BANDS]
            for row0 in range(0, rows, _ROWS):
                # All bands at once, as they lie in one block.
                window = Window(0, row0, columns, min(_ROWS, rows - row0))
                for array, values in zip(arrays, file.read(window=window), strict=True):
                    array[row0 : row0 + _ROWS] = values
            named = {band.name: array for band, array in zip(BANDS, arrays, strict=True)}
            return Coverage(grid=grid, assumptions=tuple(facts["assumptions"]), **named)
    except (RasterioError, OSError, LookupError, ValueError, TypeError) as error:
        raise FileError(
            f"{path}: not a coverage map of this version of Merata ({error}). `merata run` makes a new one."
        ) from error


def _empty(band: Band, shape: tuple[int, int]) -> Any:
    """An array of a map, to be filled; that of a large map lies in a file, not in memory."""
    if shape[0] * shape[1] <= MOST_PIXELS:
        return np.empty(shape, band.dtype)
    with tempfile.TemporaryFile(prefix="merata-map-") as scratch:
        return np.memmap(scratch, band.dtype, "w+", shape=shape)


def write_power(power_dbm: Any, names: Sequence[str], grid: Grid, path: Path) -> None:
    """Write power by sector and band, (bands of the file, rows, columns), as a cloud-optimised GeoTIFF.

    `grid` is that of the arrays; the same power gives the same bytes.
    """
    with described(path, grid, names) as dataset:
        dataset.write(power_dbm.astype(np.float32))


@contextlib.contextmanager
def described(path: Path, grid: Grid, names: Sequence[str]) -> Iterator[Any]:
    """A dataset of float32 bands called `names`, to be filled; `path` then appears as a cloud-optimised GeoTIFF."""
    with tempfile.TemporaryDirectory(prefix=f".{path.stem}-", dir=path.parent) as folder:
        plain, done = Path(folder) / "plain.tif", Path(folder) / path.name
        with _created(plain, grid, names) as dataset:
            yield dataset
        rasterio.shutil.copy(plain, done, **_COG)
        done.replace(path)


@contextlib.contextmanager
def _created(path: Path, grid: Grid, names: Sequence[str]) -> Iterator[Any]:
    profile = {
        "driver": "GTiff", "dtype": "float32", "count": len(names), "width": grid.width, "height": grid.height,
        "crs": grid.crs, "transform": grid.transform, "nodata": math.nan, "tiled": True, "blockxsize": 256,
        "blockysize": 256, "interleave": "band", "BIGTIFF": "IF_SAFER",
    }  # fmt: skip
    with rasterio.Env(GDAL_CACHEMAX=_CACHE), rasterio.open(path, "w", **profile) as dataset:
        for index, name in enumerate(names, 1):
            dataset.set_band_description(index, name)
        yield dataset
