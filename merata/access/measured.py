"""Measurements counted at places: how many tests near each reach which level."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.spatial import KDTree

from merata.access.columns import (
    MADE_UP,
    Bools,
    Floats,
    Ranks,
    Words,
    dates,
    flags,
    numbers,
    plural,
    words,
    years_before,
)
from merata.access.named import by_name, folded, names
from merata.region.settings import Settings
from merata.region.store import with_shapes
from merata.region.tables import LEVELS

#: A measurement speaks for places within this distance, m.
NEAR_M = 3000.0
#: One degree of latitude, m, on a sphere of 6371 km.
METRES_PER_DEGREE = 111_195.0
#: One row counts as so many tests at most: a thousand tests of one household are not a thousand households.
MOST_TESTS = 20


@dataclass(frozen=True)
class Counts:
    """Tests by place, weighted by age."""

    by_level: Floats
    """(n, 4): tests whose highest level is that."""
    some_signal: Bools
    made_up: Bools
    """All of the tests are made up."""
    text: Words


def count(places: gpd.GeoDataFrame, measurements: pd.DataFrame, settings: Settings, today: dt.date) -> Counts:
    """Count the measurements that speak for each of `places` (village_code, placed, geometry in EPSG:4326)."""
    rows = _usable(measurements, settings, today)
    place, row = _pairs(places, rows)
    n = len(places)
    weight = rows["weight"].to_numpy()[row]
    level = rows["level"].to_numpy()[row]
    cells = np.bincount(place * len(LEVELS) + level, weight, n * len(LEVELS))
    by_level = cells.reshape(n, len(LEVELS)).astype(np.float64)
    signal = np.bincount(place, rows["signal"].to_numpy()[row], n) > 0
    real = np.bincount(place, ~rows["made_up"].to_numpy()[row], n) > 0
    return Counts(by_level, signal, ~real, _texts(n, place, row, rows))


def _usable(measurements: pd.DataFrame, settings: Settings, today: dt.date) -> gpd.GeoDataFrame:
    """Rows that tell a level: level (rank), weight, signal, made_up, day, tests, rates, source, geometry."""
    table = with_shapes(measurements)
    day = dates(table["when"]).fillna(dates(table["source_date"]))
    half_life = settings.defaults.report_half_life_years
    age = np.nan_to_num(years_before(day, today), nan=half_life)
    tests = np.nan_to_num(numbers(table["tests"]), nan=1.0)
    level = ranks(table, settings)
    rows = gpd.GeoDataFrame(
        {
            "id": words(table["id"]),
            "village_code": words(table["village_code"]),
            "level": level,
            "tests": tests,
            "weight": np.minimum(tests, MOST_TESTS) * 0.5 ** (age / half_life),
            "signal": _some_signal(table, level),
            "made_up": words(table["known_by"]) == MADE_UP,
            "year": day.dt.year.to_numpy(dtype=float),
            "down_mbps": numbers(table["down_mbps"]),
            "signal_dbm": numbers(table["signal_dbm"]),
            "source": words(table["source"]),
            "where": [folded(place) for place in words(table["place"])],
        },
        geometry=table.geometry.to_numpy(),
        crs=table.crs,
    )
    return rows[level >= 0].reset_index(drop=True)


def ranks(table: pd.DataFrame, settings: Settings) -> Ranks:
    """The rank of the highest level that each measurement meets; -1 where it measured nothing that tells.

    Rates and latency go before signal; what was not measured is not held against a level.
    """
    down, up = numbers(table["down_mbps"]), numbers(table["up_mbps"])
    latency, signal = numbers(table["latency_ms"]), numbers(table["signal_dbm"])
    works = numbers(table["availability"])
    with_rates = ~(np.isnan(down) & np.isnan(up))
    by_rate, by_signal = np.zeros(len(table), np.int64), np.zeros(len(table), np.int64)
    for rank, name in enumerate(LEVELS[1:], 1):
        level = settings.levels[name]  # type: ignore[index]
        met = ~(down < level.down_mbps) & ~(up < level.up_mbps) & ~(latency > level.latency_ms)
        met &= ~(works < level.availability)
        by_rate = np.where(met & (by_rate == rank - 1), rank, by_rate)
        by_signal = np.where((signal >= level.signal_dbm) & (by_signal == rank - 1), rank, by_signal)
    technology = table["technology"].astype("string").fillna("")
    fourth = flags(technology.str.contains(r"(?i)[45]\s?G|LTE|NR\b"))
    third = flags(technology.str.contains(r"(?i)3\s?G|UMTS|WCDMA|HSPA")) & ~fourth
    second = flags(technology.str.contains(r"(?i)2\s?G|GSM|GPRS|EDGE")) & ~fourth & ~third
    by_signal = np.where(second, 0, np.where(third, np.minimum(by_signal, 1), by_signal))
    by_signal = np.where(np.isnan(signal), -1, by_signal)
    return np.where(with_rates, by_rate, by_signal)


def _some_signal(table: pd.DataFrame, level: Ranks) -> Bools:
    rate = np.nan_to_num(numbers(table["down_mbps"])) > 0
    # Below -125 dBm a phone shows no bars and keeps no call.
    return (level > 0) | rate | (np.nan_to_num(numbers(table["signal_dbm"]), nan=-200.0) >= -125.0)


def _pairs(places: gpd.GeoDataFrame, rows: gpd.GeoDataFrame) -> tuple[Ranks, Ranks]:
    """Positions of places and of measurements that speak for them, each pair once, in order.

    A row speaks for what is near it, or for its village; one of a facility's own link for that facility alone, and
    then nothing else does.
    """
    placed = flags(places["placed"])
    own = (rows["where"] != "").to_numpy()
    point = ~(rows.geometry.isna() | rows.geometry.is_empty).to_numpy() & ~own
    near = _near(places, placed, rows, point)
    there = pd.DataFrame(
        {"row": np.arange(len(rows)), "village_code": rows["village_code"], "where": rows["where"]}
    )
    same = by_name(places).merge(there[there["village_code"] != ""], on="village_code")
    place, row = same["place"].to_numpy(np.int64), same["row"].to_numpy(np.int64)
    loose = np.where(own[row], names(same), ~placed[place] | ~point[row])
    pairs = np.unique(np.concatenate([near, np.column_stack([place[loose], row[loose]])]), axis=0)
    has_own = np.isin(pairs[:, 0], pairs[own[pairs[:, 1]], 0])
    pairs = pairs[own[pairs[:, 1]] | ~has_own]
    return pairs[:, 0], pairs[:, 1]


def _near(places: gpd.GeoDataFrame, placed: Bools, rows: gpd.GeoDataFrame, point: Bools) -> Ranks:
    here, there = np.flatnonzero(placed), np.flatnonzero(point)
    if not len(here) or not len(there):
        return np.empty((0, 2), np.int64)
    degrees = [
        part.get_coordinates().to_numpy() for part in (places.geometry.iloc[here], rows.geometry.iloc[there])
    ]
    # Flat metres, true at the middle of the places: a region is small, and 3 km is no sharp border.
    scale = METRES_PER_DEGREE * np.array([np.cos(np.radians(degrees[0][:, 1].mean())), 1.0])
    trees = [KDTree(part * scale) for part in degrees]
    found = trees[0].sparse_distance_matrix(trees[1], NEAR_M, output_type="ndarray")
    return np.column_stack([here[found["i"]], there[found["j"]]]).astype(np.int64)


def _texts(n: int, place: Ranks, row: Ranks, rows: gpd.GeoDataFrame) -> Words:
    """What was measured at each place, in a few words; empty where nothing was."""
    out = np.full(n, "", dtype=object)
    if not len(place):
        return out
    seen = pd.DataFrame(rows.drop(columns="geometry")).iloc[row].assign(place=place)
    groups = seen.groupby("place", sort=True)
    facts = groups.agg(
        tests=("tests", "sum"),
        down=("down_mbps", "median"),
        dbm=("signal_dbm", "median"),
        year=("year", "max"),
    )
    sources = seen.sort_values(["place", "weight", "source"], ascending=[True, False, True], kind="stable")
    facts["source"] = sources.drop_duplicates("place").set_index("place")["source"]
    facts["more"] = groups["source"].nunique() - 1
    for fact in facts.itertuples():
        out[int(fact[0])] = _text(*fact[1:])
    return out


def _text(tests: float, down: float, dbm: float, year: float, source: str, more: int) -> str:
    what = "" if np.isnan(dbm) else f", median {dbm:.0f} dBm"
    what = what if np.isnan(down) else f", median {down:.1f} Mbit/s down"
    when = "" if np.isnan(year) else f", {year:.0f}"
    others = f" and {plural(more, 'other source', 'other sources')}" if more else ""
    return f"measured: {plural(int(tests), 'test', 'tests')}{what} ({source}{others}{when})"
