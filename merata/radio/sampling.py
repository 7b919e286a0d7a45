"""What a coverage map says at places: settlements, facilities, measurements."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from merata.errors import InputError
from merata.radio.coverage_map import BANDS, Coverage
from merata.region.tables import LEVELS


def sample(coverage: Coverage, points: gpd.GeoSeries) -> npt.NDArray[np.float64]:
    """Received power at each point, dBm: the middle value of the nine pixels around it.

    People live around a point, not on it, and the point itself is rough: the middle value (median) is not swayed
    by one lucky hilltop. A pixel without a site in reach counts as the weakest. NaN: no site in reach, the point is
    outside the map, or there is no point.
    """
    out = np.full(len(points), np.nan)
    here, rows, columns = _middle(coverage, points)
    out[here] = coverage.rsrp_dbm[rows, columns]
    return out


def sample_table(coverage: Coverage, points: gpd.GeoSeries) -> pd.DataFrame:
    """All that the map says at each point, one row a point with the index of `points`.

    The columns are the arrays of `Coverage`, at the pixel of the nine around the point whose power is their middle
    value, so that they belong together; `level` is a word. Where nothing is known numbers are NaN or <NA>, and the
    level is missing.
    """
    here, rows, columns = _middle(coverage, points)
    table = {}
    for band in BANDS:
        values = np.full(len(points), np.nan)
        values[here] = getattr(coverage, band.name)[rows, columns]
        table[band.name] = values
    made = pd.DataFrame(table, index=points.index)
    unheard = made["rsrp_dbm"].isna()
    for name in ("best_site", "best_sector"):
        made[name] = made[name].mask(unheard).astype("Int32")
    words = np.array(LEVELS, dtype=object)[made["level"].fillna(0).to_numpy().astype(int)]
    made["level"] = pd.Series(words, points.index, dtype="string").mask(made["level"].isna())
    return made.round(
        {"rsrp_dbm": 1, "second_dbm": 1, "sinr_db": 1, "down_mbps": 2, "up_mbps": 2, "sigma_db": 1}
    )


def _middle(
    coverage: Coverage, points: gpd.GeoSeries
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Which points are on the map, and of each the pixel of the nine around it with the middle power."""
    grid = coverage.grid
    placed = np.flatnonzero(~(points.is_empty | points.isna()).to_numpy())
    nothing = np.empty(0, np.int64)
    if not len(placed):
        return nothing, nothing, nothing
    if points.crs is None:
        raise InputError(
            "places: nobody says which projection the points are in; expected points with a crs."
        )
    where = points.iloc[placed].to_crs(grid.crs)
    row, column = (
        np.floor(at).astype(np.int64) for at in grid.pixels(where.x.to_numpy(), where.y.to_numpy())
    )
    inside = (row >= 0) & (row < grid.height) & (column >= 0) & (column < grid.width)
    offsets = np.array([(r, c) for r in (-1, 0, 1) for c in (-1, 0, 1)])
    rows = np.clip(row[inside, None] + offsets[:, 0], 0, grid.height - 1)
    columns = np.clip(column[inside, None] + offsets[:, 1], 0, grid.width - 1)
    power = coverage.rsrp_dbm[rows, columns].astype(float)
    fifth = np.argsort(np.where(np.isnan(power), -np.inf, power), axis=1, kind="stable")[:, 4]
    each = np.arange(len(fifth))
    return placed[inside], rows[each, fifth], columns[each, fifth]
