"""The ground of a region by window: from arrays in memory, or from files that need not fit into it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import rasterio
import rasterio.crs
from rasterio.errors import RasterioError
from rasterio.windows import Window

from merata.errors import FileError
from merata.radio import coast, land
from merata.radio.land import Ground
from merata.region.grid import Grid
from merata.region.settings import RadioSettings

#: A map of so many pixels is read at once: 9 bytes each.
MOST_PIXELS = 32_000_000
#: Pixels along the side of the squares that a file is looked through in.
_SIDE = 2048


@dataclass(frozen=True)
class Rectangle:
    """A rectangle of a grid, in its pixels."""

    row0: int
    column0: int
    rows: int
    columns: int

    def grid(self, whole: Grid) -> Grid:
        """The grid of this rectangle alone."""
        west_m = whole.west_m + self.column0 * whole.resolution_m
        north_m = whole.north_m - self.row0 * whole.resolution_m
        return Grid(whole.crs, west_m, north_m, whole.resolution_m, self.columns, self.rows)

    def meets(self, other: Rectangle) -> bool:
        """Whether the two share a pixel."""
        return (
            self.row0 < other.row0 + other.rows
            and other.row0 < self.row0 + self.rows
            and self.column0 < other.column0 + other.columns
            and other.column0 < self.column0 + self.columns
        )


def rectangles(grid: Grid, side: int) -> Iterator[Rectangle]:
    """The grid in squares of at most `side` pixels, row by row."""
    for row in range(0, grid.height, side):
        for column in range(0, grid.width, side):
            yield Rectangle(row, column, min(side, grid.height - row), min(side, grid.width - column))


def around(row: float, column: float, radius_km: float, grid: Grid) -> Rectangle:
    """The pixels of `grid` within `radius_km` of a place on it, and one more each way."""
    reach = radius_km * 1000 / grid.resolution_m + 1
    top, left = max(math.floor(row - reach), 0), max(math.floor(column - reach), 0)
    bottom = min(math.ceil(row + reach) + 1, grid.height)
    right = min(math.ceil(column + reach) + 1, grid.width)
    return Rectangle(top, left, bottom - top, right - left)


class GroundSource(Protocol):
    """Where the ground comes from."""

    @property
    def grid(self) -> Grid:
        """All its pixels."""

    @property
    def assumptions(self) -> list[str]:
        """What it assumes, in plain English."""

    def window(self, part: Rectangle) -> Ground:
        """The ground of a rectangle of `grid`."""


@dataclass(frozen=True, eq=False)
class Whole:
    """A ground that is in memory."""

    ground: Ground
    assumptions: list[str] = field(default_factory=list)

    @property
    def grid(self) -> Grid:
        """The pixels."""
        return self.ground.grid

    def window(self, part: Rectangle) -> Ground:
        """The ground of a rectangle."""
        cut = (slice(part.row0, part.row0 + part.rows), slice(part.column0, part.column0 + part.columns))
        made = self.ground
        return Ground(made.heights_m[cut], made.clutter_m[cut], made.zone[cut], part.grid(made.grid))


def from_files(
    terrain: Path | None,
    clutter: Path | None,
    grid: Grid,
    settings: RadioSettings,
    most_pixels: int = MOST_PIXELS,
) -> GroundSource:
    """The ground of terrain.tif and clutter.tif: in memory up to `most_pixels`, else by window. It is the same.

    Raises
    ------
    FileError
        A file can't be read, or does not lie on `grid`.

    """
    files = Files(terrain, clutter, grid, settings)
    if grid.width * grid.height > most_pixels:
        return files
    return Whole(files.window(Rectangle(0, 0, grid.height, grid.width)), files.assumptions)


def _same_projection(found: Any, wanted: str) -> bool:
    return found is not None and bool(found == rasterio.crs.CRS.from_user_input(wanted))


class Files:
    """The ground of terrain.tif and clutter.tif, read by window; the same as `land.ground` of the whole."""

    def __init__(
        self, terrain: Path | None, clutter: Path | None, grid: Grid, settings: RadioSettings
    ) -> None:
        """Look once through the files, for where the sea is and what is not known.

        Raises
        ------
        FileError
            A file can't be read, or does not lie on `grid`.

        """
        self.grid = grid
        self._files, self._settings = (terrain, clutter), settings
        self._shore = coast.coast(self._survey(), grid)
        self.assumptions = self._told()

    def window(self, part: Rectangle) -> Ground:
        """The ground of a rectangle."""
        heights, cover = self._read(part)
        own = part.grid(self.grid)
        return land.ground_within(heights, cover, own, self._settings, self._shore, part.row0, part.column0)

    def _parts(self) -> Iterator[Rectangle]:
        block = coast.block_of(self.grid)
        return rectangles(self.grid, max(1, _SIDE // block) * block)

    def _survey(self) -> coast.Survey:
        block = coast.block_of(self.grid)
        shape = (math.ceil(self.grid.height / block), math.ceil(self.grid.width / block))
        whole: dict[str, Any] = {
            name: np.zeros(shape, np.float64 if name == "level_sum_m" else np.int64)
            for name in ("pixels", "water", "low", "level_sum_m", "level_count")
        }
        for part in self._parts():
            seen = land.surveyed(*self._read(part), part.grid(self.grid))
            at = (part.row0 // block, part.column0 // block)
            for name, array in whole.items():
                found = getattr(seen, name)
                array[at[0] : at[0] + found.shape[0], at[1] : at[1] + found.shape[1]] = found
        return coast.Survey(**whole)

    def _told(self) -> list[str]:
        tallies = [land.tally(self.window(part), self._read(part)[1]) for part in self._parts()]
        seen = sum(tallies[1:], tallies[0])
        return land.assumptions(seen, self._files[0] is not None, self._files[1] is not None)

    def _read(self, part: Rectangle) -> tuple[npt.NDArray[np.float32] | None, npt.NDArray[np.uint8] | None]:
        heights, cover = (self._band(path, part) for path in self._files)
        return heights, cover

    def _checked(self, path: Path, band: npt.NDArray[Any], part: Rectangle) -> npt.NDArray[Any]:
        """The band, or FileError with the first height that can't be and where it is in the file."""
        if path == self._files[0]:
            wrong = land.impossible(band)
            if wrong.any():
                row, column = np.argwhere(wrong)[0]
                raise FileError(
                    f"{path.name}: the height at row {part.row0 + row}, column {part.column0 + column} is "
                    f"{band[row, column]:g} m; expected -500 to 9000, or NaN where it is not known. Fetch its "
                    "sources again."
                )
        return band

    def _band(self, path: Path | None, part: Rectangle) -> Any:
        if path is None:
            return None
        window = Window(part.column0, part.row0, part.columns, part.rows)
        try:
            with rasterio.Env(GDAL_CACHEMAX=128 << 20), rasterio.open(path, driver="GTiff") as file:
                grid = self.grid
                same_place = file.transform.almost_equals(grid.transform, 1e-6)
                if file.shape != grid.shape or not same_place or not _same_projection(file.crs, grid.crs):
                    raise FileError(
                        f"{path.name}: does not lie on the map's grid. Put terrain and land cover together again: "
                        "`merata add` any file of theirs."
                    )
                return self._checked(path, file.read(1, window=window), part)
        except RasterioError as error:
            raise FileError(f"{path.name}: can't be read ({error}). Fetch its sources again.") from error
