"""Columns of tables as plain arrays and back: blanks, dates and declared types handled in one place."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from merata.region.store import CRS, REAL, TEXT, TRUTH, framed, placed
from merata.region.tables import Table

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Words = npt.NDArray[np.object_]
Ranks = npt.NDArray[np.int64]

MADE_UP = "made up"


def numbers(values: pd.Series) -> Floats:
    """Numbers as floats; a blank is NaN."""
    found = pd.to_numeric(values, errors="coerce").astype(REAL)
    return np.asarray(found.to_numpy(dtype=np.float64, na_value=np.nan), np.float64)


def words(values: pd.Series) -> Words:
    """Words as objects; a blank is the empty string."""
    return values.astype(TEXT).to_numpy(dtype=object, na_value="")


def flags(values: pd.Series) -> Bools:
    """Truth values; a blank is False."""
    return values.astype(TRUTH).to_numpy(dtype=bool, na_value=False)


def dates(values: pd.Series) -> pd.Series:
    """Days as datetime64; a blank or a word that is no ISO date is NaT."""
    return pd.to_datetime(values.astype(TEXT).str.slice(0, 10), format="%Y-%m-%d", errors="coerce")


def years_before(days: pd.Series, today: dt.date) -> Floats:
    """Years from each day to `today`, never below 0; NaN where the day is not known."""
    years = (pd.Timestamp(today) - days).dt.days / 365.25
    return np.asarray(np.maximum(years.to_numpy(dtype=np.float64), 0.0), np.float64)


def shaped(rows: pd.DataFrame, geometry: gpd.GeoSeries, table: Table) -> gpd.GeoDataFrame:
    """`rows` with exactly the columns of `table`, typed, with `geometry` (EPSG:4326), in the order of its key."""
    frame = placed(framed(rows, table.columns), gpd.GeoSeries(geometry.to_numpy(), crs=CRS))
    return frame.sort_values(list(table.key), kind="stable", ignore_index=True)


def newest(rows: pd.DataFrame, key: str) -> pd.DataFrame:
    """One row a key, indexed by it: the one with the newest source date, the last of equals; blanks dropped."""
    known = rows[rows[key].notna()]
    order = dates(known["source_date"]).fillna(pd.Timestamp(0)).argsort(kind="stable")
    return known.iloc[order].drop_duplicates(key, keep="last").set_index(key)


def plural(count: int, one: str, many: str) -> str:
    """'1 village has' or '3 villages have'."""
    return f"1 {one}" if count == 1 else f"{count:,} {many}"
