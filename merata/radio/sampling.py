"""What a coverage map says at places: settlements, facilities, measurements."""

from __future__ import annotations

from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from merata.errors import InputError
from merata.radio.coverage_map import BANDS, Coverage
from merata.region.grid import Grid
from merata.region.tables import LEVELS


class Pixels(NamedTuple):
    """The points that lie on a map, each with its place in it."""

    here: npt.NDArray[np.int64]
    """Their positions among all points."""
    east_m: npt.NDArray[np.float64]
    """In the map's projection."""
    north_m: npt.NDArray[np.float64]
    rows: npt.NDArray[np.int64]
    columns: npt.NDArray[np.int64]


def pixels_of(grid: Grid, points: gpd.GeoSeries) -> Pixels:
    """Which points are on the map, and their pixels; InputError where the points do not say their projection."""
    placed = np.flatnonzero(~(points.is_empty | points.isna()).to_numpy())
    if len(placed) and points.crs is None:
        raise InputError(
            "places: nobody says which projection the points are in; expected points with a crs."
        )
    where = points.iloc[placed].to_crs(grid.crs) if len(placed) else points.iloc[:0]
    east, north = where.x.to_numpy(float), where.y.to_numpy(float)
    row, column = (np.floor(at) for at in grid.pixels(east, north))
    inside = (row >= 0) & (row < grid.height) & (column >= 0) & (column < grid.width)
    rows, columns = row[inside].astype(np.int64), column[inside].astype(np.int64)
    return Pixels(placed[inside], east[inside], north[inside], rows, columns)


def middle_of(coverage: Coverage, at: Pixels) -> Pixels:
    """The same points with the pixel of the nine around each that has the middle power."""
    grid = coverage.grid
    offsets = np.array([(r, c) for r in (-1, 0, 1) for c in (-1, 0, 1)])
    rows = np.clip(at.rows[:, None] + offsets[:, 0], 0, grid.height - 1)
    columns = np.clip(at.columns[:, None] + offsets[:, 1], 0, grid.width - 1)
    power = coverage.rsrp_dbm[rows, columns].astype(float)
    fifth = np.argsort(np.where(np.isnan(power), -np.inf, power), axis=1, kind="stable")[:, 4]
    each = np.arange(len(fifth))
    return at._replace(rows=rows[each, fifth], columns=columns[each, fifth])


def sample(coverage: Coverage, points: gpd.GeoSeries) -> npt.NDArray[np.float64]:
    """Received power at each point, dBm: the middle value of the nine pixels around it.

    People live around a point, not on it, and the point itself is rough: the middle value (median) is not swayed
    by one lucky hilltop. A pixel without a site in reach counts as the weakest. NaN: no site in reach, the point is
    outside the map, or there is no point.
    """
    return power_at(coverage, middle_of(coverage, pixels_of(coverage.grid, points)), len(points))


def sample_table(coverage: Coverage, points: gpd.GeoSeries) -> pd.DataFrame:
    """All that the map says at each point, one row a point with the index of `points`.

    The columns are the arrays of `Coverage`, at the pixel of the nine around the point whose power is their middle
    value, so that they belong together; `level` is a word. Where nothing is known numbers are NaN or <NA>, and the
    level is missing.
    """
    return table_at(coverage, middle_of(coverage, pixels_of(coverage.grid, points)), points.index)


def power_at(coverage: Coverage, middle: Pixels, count: int) -> npt.NDArray[np.float64]:
    """`sample` of `count` points whose pixels are known."""
    out = np.full(count, np.nan)
    out[middle.here] = coverage.rsrp_dbm[middle.rows, middle.columns]
    return out


def table_at(coverage: Coverage, middle: Pixels, index: pd.Index[Any]) -> pd.DataFrame:
    """`sample_table` of the points of `index` whose pixels are known."""
    table = {}
    for band in BANDS:
        values = np.full(len(index), np.nan)
        values[middle.here] = getattr(coverage, band.name)[middle.rows, middle.columns]
        table[band.name] = values
    made = pd.DataFrame(table, index=index)
    unheard = made["rsrp_dbm"].isna()
    for name in ("best_site", "best_sector"):
        made[name] = made[name].mask(unheard).astype("Int32")
    words = np.array(LEVELS, dtype=object)[made["level"].fillna(0).to_numpy().astype(int)]
    made["level"] = pd.Series(words, index, dtype="string").mask(made["level"].isna())
    return made.round(
        {"rsrp_dbm": 1, "second_dbm": 1, "sinr_db": 1, "down_mbps": 2, "up_mbps": 2, "sigma_db": 1}
    )
