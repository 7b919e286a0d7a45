"""The chance that a phone reaches a service level, pixel by pixel, with its ±: the coverage map, corrected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.errors import RasterioError
from rasterio.windows import Window

from merata.errors import FileError
from merata.radio import against, coverage_file
from merata.radio.chance import chance_served
from merata.radio.correct import Correction
from merata.radio.coverage_map import Coverage
from merata.radio.margin import Network, Seen, margins
from merata.region.grid import Grid
from merata.region.settings import LevelSettings

Floats = npt.NDArray[np.float32]

#: Rows that are reckoned at once: the numbers in between are many.
_ROWS = 128
#: The bands of the file.
_BANDS = (
    "Chance that a phone reaches the level promised to people, 0 to 1",
    "Standard uncertainty of that chance, 0 to 1: the ± of 78 % ± 9",
)


class Rows(NamedTuple):
    """Some rows of the map; NaN where no site is in reach."""

    row0: int
    power_dbm: Floats
    """Corrected."""
    chance: Floats
    """0 to 1."""
    uncertainty: Floats
    """Its standard uncertainty, 0 to 1."""


@dataclass(frozen=True, eq=False)
class ChanceMap:
    """A whole map of the chance, (rows, columns) on `grid`, as its file has it."""

    chance: Floats
    uncertainty: Floats
    grid: Grid


def chance_rows(
    coverage: Coverage,
    correction: Correction,
    needs: LevelSettings,
    sites: gpd.GeoDataFrame,
    cover: npt.NDArray[np.uint8] | None = None,
    net: Network | None = None,
) -> Iterator[Rows]:
    """The map from north to south, some rows at a time, so that memory does not grow with it.

    Parameters
    ----------
    coverage
        The coverage map, for phones outdoors unless its setting `building` says otherwise.
    correction
        From measured signal (`radio.against.correction_of`), or `no_correction`.
    needs
        The level's.
    sites
        The table `sites` that the map was made from.
    cover
        (rows, columns) classes of ESA WorldCover on the map's grid; None: not known.
    net
        The map's sites, for rates; None: the level is judged by power alone.

    Raises
    ------
    ValueError
        The land cover has not the map's shape.

    """
    if cover is not None and cover.shape != coverage.grid.shape:
        raise ValueError(f"land cover is {cover.shape}, the map is {coverage.grid.shape}")
    masts = sites.geometry.to_crs(coverage.grid.crs)
    for row0 in range(0, coverage.grid.height, _ROWS):
        yield _rows(coverage, slice(row0, row0 + _ROWS), correction, needs, masts, cover, net)


def _rows(
    coverage: Coverage,
    rows: slice,
    correction: Correction,
    needs: LevelSettings,
    masts: gpd.GeoSeries,
    cover: npt.NDArray[np.uint8] | None,
    net: Network | None,
) -> Rows:
    seen_at = ~np.isnan(coverage.rsrp_dbm[rows])
    row, column = np.nonzero(seen_at)
    at = (row + rows.start, column)
    model, sinr, up, band = (
        getattr(coverage, name)[at].astype(np.float64)
        for name in ("rsrp_dbm", "sinr_db", "up_mbps", "band_mhz")
    )
    seen = Seen(model, sinr, up, band, coverage.best_site[at].astype(np.int64))
    grid = coverage.grid
    east = grid.west_m + (column.astype(np.float64) + 0.5) * grid.resolution_m
    north = grid.north_m - (at[0].astype(np.float64) + 0.5) * grid.resolution_m
    distance_km = against.distance_km(seen.site, east, north, masts)
    clutter = np.full(len(row), -1) if cover is None else against.cover_class(cover[at])
    power, sigma = correction.apply(seen.model_dbm, seen.band_mhz, clutter, distance_km)
    spread = against.spread_at(seen.band_mhz, coverage.sigma_db[at], correction, grid.resolution_m)
    least_db = margins(seen, power, net, needs).least_db
    chance, uncertainty = chance_served(least_db, 0.0, spread, sigma)
    return Rows(rows.start, _laid(power, seen_at), _laid(chance, seen_at), _laid(uncertainty, seen_at))


def _laid(values: npt.NDArray[np.float64], seen_at: npt.NDArray[np.bool_]) -> Floats:
    out = np.full(seen_at.shape, np.nan, np.float32)
    # To a hundredth, for no chance is known better; so the file is small, and the same on every machine.
    out[seen_at] = np.round(values, 2)
    return out


def write_chance(rows: Iterator[Rows], grid: Grid, path: Path) -> None:
    """Write `chance_rows` as a cloud-optimised GeoTIFF, band 1 the chance and band 2 its ±; same map, same bytes."""
    with coverage_file.described(path, grid, _BANDS) as file:
        for part in rows:
            window = Window(0, part.row0, grid.width, len(part.chance))
            file.write(np.stack([part.chance, part.uncertainty]), window=window)


def read_chance(path: Path) -> ChanceMap:
    """The map that `write_chance` wrote; raises FileError when the file is not one."""
    try:
        with rasterio.open(path, driver="GTiff") as file:
            if file.descriptions != _BANDS:
                raise ValueError("its bands are other ones")
            rows, columns = file.shape
            to = file.transform
            grid = Grid(file.crs.to_string(), to.c, to.f, to.a, columns, rows)
            return ChanceMap(file.read(1), file.read(2), grid)
    except (RasterioError, OSError, ValueError) as error:
        raise FileError(
            f"{path}: not a map of the chance of this version of Merata ({error}). `merata run` makes a new one."
        ) from error
