"""What an operator sent beside what is known: towers, cables and prices row by row, coverage against the evidence.

Towers are the same within NEAR_M of each other where they are of one operator, or where either does not say whose it
is; a tower of somebody else there may be one that both use. Which of two differing rows is right nobody can know from
here: each difference says what both say, and the office decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import KDTree

from merata.region._published import METRES_PER_DEGREE, metres
from merata.region.kinds import DIFFERENCES
from merata.region.prices import COMPONENTS
from merata.region.values import fold

#: Towers nearer to each other than this may be one; GPS of a phone and a list's rounding to four places are within it.
NEAR_M = 300.0
#: Heights that differ by no more are told alike: lists round, and count the lightning rod or not.
HEIGHT_M = 2.0
#: Cable within so many metres of known cable is that cable.
ALONG_M = 100.0
#: Shares of a route along known cable: from here on it is known; up to here it is new.
KNOWN_SHARE, NEW_SHARE = 0.9, 0.1

_GENERATIONS = {
    "2G": re.compile(r"(?i)2\s?G|GSM|GPRS|EDGE"),
    "3G": re.compile(r"(?i)3\s?G|UMTS|WCDMA|HSPA"),
    "4G": re.compile(r"(?i)4\s?G|LTE"),
    "5G": re.compile(r"(?i)5\s?G|\bNR\b"),
}

_Row = Mapping[Any, Any]


@dataclass(frozen=True)
class Difference:
    """One row of theirs beside what is known; empty where a side has none."""

    kind: str
    """One of DIFFERENCES."""
    name: str
    """What their row is called, or the village that it is about."""
    row: int
    """Row in their file; 0: it is not of one row."""
    theirs: str
    known: str
    known_from: str
    """The file that the known row came from; or how what is known is known."""
    metres: float | None = None
    """How far apart the two stand."""
    file: str = ""
    """Their file, and its sheet or layer."""
    sheet: str = ""
    known_sheet: str = ""
    known_row: int = 0
    """Of the known row, where it is one: its sheet, and its row in `known_from`."""


def compare(
    theirs: Mapping[str, pd.DataFrame], known: Mapping[str, pd.DataFrame], places: gpd.GeoDataFrame | None
) -> list[Difference]:
    """All differences, most pressing first.

    Parameters
    ----------
    theirs
        The tables of the region's form with their rows alone.
    known
        The region's tables without their rows.
    places
        Settlements as the newest run knows them, with village_code, village, people, access_now and known_by; None:
        there was no run, and claims are held against nothing.
    """
    found = [
        *_sites(theirs["sites"], known["sites"]),
        *_links(theirs["links"], known["links"]),
        *_prices(theirs["prices"], known["prices"]),
        *(_claims(theirs["claims"], places) if places is not None else ()),
    ]
    return sorted(found, key=lambda one: (DIFFERENCES.index(one.kind), one.row, one.name, one.known))


def _sites(theirs: pd.DataFrame, known: pd.DataFrame) -> Iterator[Difference]:
    ours, yours = known[~known.geometry.isna()], theirs[~theirs.geometry.isna()]
    if yours.empty:
        return
    every = np.concatenate([_lonlat(ours), _lonlat(yours)])
    flat = metres(every[:, 0], every[:, 1])
    here, there = flat[: len(ours)], flat[len(ours) :]
    pairs = _pairs(here, there, _operators(ours), _operators(yours))
    for n, row in enumerate(yours.to_dict("records")):
        match, off_m = pairs.get(n, (None, 0.0))
        if match is None:
            yield Difference("new site", _title(row), _number(row), _told(row), "", "", **_theirs(row))
        else:
            yield from _of_one(row, ours.iloc[match].to_dict(), off_m)
    # What a list of all towers of an operator lacks, maybe is not there.
    named, matched = set(_operators(yours)) - {""}, {match for match, _ in pairs.values()}
    for n, (row, operator) in enumerate(zip(ours.to_dict("records"), _operators(ours), strict=True)):
        if operator in named and n not in matched:
            yield Difference(
                "not in theirs", _title(row), 0, "", _told(row), str(row["source"]), **_known(row)
            )


def _pairs(
    here: np.ndarray, there: np.ndarray, ours: list[str], yours: list[str]
) -> dict[int, tuple[int, float]]:
    """Of each of theirs the known one that it is, and how far off: those of its operator first, each known one once."""
    if not len(here) or not len(there):
        return {}
    near = KDTree(there).sparse_distance_matrix(KDTree(here), NEAR_M, output_type="coo_matrix")
    found = sorted(
        (bool(ours[b] and yours[a] and ours[b] != yours[a]), float(m), int(a), int(b))
        for a, b, m in zip(near.row, near.col, near.data, strict=True)
    )
    # Two at one and the same spot are no entry of a sparse matrix.
    same = KDTree(there).query_ball_tree(KDTree(here), 1e-6)
    found += sorted(
        (bool(ours[b] and yours[a] and ours[b] != yours[a]), 0.0, a, b)
        for a, some in enumerate(same)
        for b in some
    )
    pairs: dict[int, tuple[int, float]] = {}
    taken: set[int] = set()
    for _, off_m, a, b in sorted(found):
        if a not in pairs and b not in taken:
            pairs[a] = (b, off_m)
            taken.add(b)
    return pairs


def _of_one(row: _Row, ours: _Row, off_m: float) -> Iterator[Difference]:
    where = (_title(row), _number(row))
    source, off, at = str(ours["source"]), round(off_m, 1), {**_theirs(row), **_known(ours)}
    one, other = fold(_text(row["operator"])), fold(_text(ours["operator"]))
    if one and other and one != other:
        yield Difference(
            "operator", *where, _text(row["operator"]), _text(ours["operator"]), source, off, **at
        )
        return
    mine, known = generations(row["technologies"]), generations(ours["technologies"])
    if mine and known and mine != known:
        yield Difference(
            "technologies", *where, " ".join(sorted(mine)), " ".join(sorted(known)), source, off, **at
        )
    heights = [_value(side["height_m"]) for side in (row, ours)]
    if None not in heights and abs(heights[0] - heights[1]) > HEIGHT_M:  # type: ignore[operator]
        yield Difference("height", *where, f"{heights[0]:g} m", f"{heights[1]:g} m", source, off, **at)


def _links(theirs: pd.DataFrame, known: pd.DataFrame) -> Iterator[Difference]:
    yours, ours = theirs[~theirs.geometry.isna()], known[~known.geometry.isna()]
    flat, there = _flat(yours), _flat(ours)
    tree = shapely.STRtree(there) if len(ours) else None
    for line, row in zip(flat, yours.to_dict("records"), strict=True):
        near = [] if tree is None else tree.query(line, predicate="dwithin", distance=ALONG_M).tolist()
        along = shapely.union_all(shapely.buffer(there[near], ALONG_M)) if near else None
        share = line.intersection(along).length / line.length if along is not None and line.length else 0.0
        where, km = (_title(row), _number(row)), line.length / 1000
        if share < NEW_SHARE:
            yield Difference("new route", *where, f"{km:.1f} km", "", "", **_theirs(row))
        elif share < KNOWN_SHARE:
            yield Difference(
                "partly new route", *where, f"{km:.1f} km", f"{share * km:.1f} km",
                ", ".join(sorted({str(ours["source"].iloc[n]) for n in near})), **_theirs(row),
            )  # fmt: skip
        else:
            nearest = min(near, key=lambda n: (float(shapely.hausdorff_distance(line, there[n])), n))
            yield from _of_one_link(row, ours.iloc[nearest].to_dict(), where)


def _of_one_link(row: _Row, ours: _Row, where: tuple[str, int]) -> Iterator[Difference]:
    source, at = str(ours["source"]), {**_theirs(row), **_known(ours)}
    one, other = _text(row["status"]) or "operational", _text(ours["status"]) or "operational"
    if one != other:
        yield Difference("status", *where, one, other, source, **at)
    capacities = [_value(side["capacity_mbps"]) for side in (row, ours)]
    if None not in capacities and capacities[0] != capacities[1]:
        mine, known = (f"{mbps:g} Mbit/s" for mbps in capacities)
        yield Difference("capacity", *where, mine, known, source, **at)


def _prices(theirs: pd.DataFrame, known: pd.DataFrame) -> Iterator[Difference]:
    """Prices whose range does not touch that which the plan reckons with: the newest list's, else the default's."""
    listed = known[known["component"].notna()].sort_values("source_date", kind="stable", na_position="first")
    newest = {str(row["component"]): row for row in listed.to_dict("records")}
    for row in theirs[theirs["component"].notna()].to_dict("records"):
        key = str(row["component"])
        mine = _range(row)
        default = COMPONENTS[key]
        ours = _range(newest[key]) if key in newest else (default.low_idr, default.high_idr)
        if mine and ours and (mine[0] > ours[1] or mine[1] < ours[0]):
            source = str(newest[key]["source"]) if key in newest else default.known_by
            yield Difference(
                "price", _text(row["item"]), _number(row), _idr(mine), _idr(ours), source, **_theirs(row)
            )


def _claims(claims: pd.DataFrame, places: gpd.GeoDataFrame) -> Iterator[Difference]:
    """Villages in which somebody lives in a claimed area and has, as far as is known, nothing."""
    bare = places[(places["access_now"] == "none") & ~places.geometry.isna()]
    for area, row in zip(claims.geometry, claims.to_dict("records"), strict=True):
        inside = bare[shapely.intersects(area, bare.geometry.to_numpy())]
        said = " ".join(filter(None, (_text(row["operator"]), _text(row["technology"]))))
        for (village, known_by), some in inside.groupby(["village", "known_by"], sort=True):
            seen = known_by in ("measured", "reported", "made up")
            kind = "claims against measurement" if seen else "claims against model"
            yield Difference(
                kind,
                str(village),
                _number(row),
                said,
                f"{round(some['people'].sum()):d}",
                str(known_by),
                **_theirs(row),
            )


def _lonlat(rows: pd.DataFrame) -> np.ndarray:
    return shapely.get_coordinates(shapely.point_on_surface(rows.geometry.to_numpy())).reshape(-1, 2)


def _flat(rows: pd.DataFrame) -> np.ndarray:
    """Lines in metres, true at the equator's latitude, which is near enough for Indonesia's."""
    lines: np.ndarray = shapely.transform(rows.geometry.to_numpy(), lambda xy: xy * METRES_PER_DEGREE)
    return lines


def _operators(rows: pd.DataFrame) -> list[str]:
    return [fold(_text(name)) for name in rows["operator"].tolist()]


def generations(technologies: Any) -> set[str]:
    """The generations of mobile networks that a text names: {'2G', '4G'}."""
    return {name for name, words in _GENERATIONS.items() if words.search(_text(technologies))}


def _told(row: _Row) -> str:
    height = _value(row["height_m"])
    parts = (
        _text(row["operator"]),
        _text(row["technologies"]),
        f"{height:g} m" if height is not None else "",
    )
    return ", ".join(part for part in parts if part)


def _theirs(row: _Row) -> dict[str, Any]:
    return {"file": _text(row["source"]), "sheet": _text(row["sheet"])}


def _known(row: _Row) -> dict[str, Any]:
    return {"known_sheet": _text(row["sheet"]), "known_row": _number(row)}


def _title(row: _Row) -> str:
    return _text(row["name"]) or _text(row["id"])


def _number(row: _Row) -> int:
    return int(row["source_row"]) if pd.notna(row["source_row"]) else 0


def _text(value: Any) -> str:
    return "" if value is None or pd.isna(value) else str(value)


def _value(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


def _range(row: _Row) -> tuple[int, int] | None:
    given = [int(row[name]) for name in ("low_idr", "high_idr") if pd.notna(row[name])]
    return (min(given), max(given)) if given else None


def _idr(prices: tuple[int, int]) -> str:
    low, high = (f"{price:,}" for price in prices)
    return f"IDR {low}" if low == high else f"IDR {low}–{high}"
