"""Turns written coordinates into places; mends what the village's polygon or the region's border settles."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from merata.region._readings import Reading, parse
from merata.region.findings import Finding, Severity, row_ranges
from merata.region.values import is_blank

#: How far outside of a polygon a point may lie and still count as in it, 500 m: borders on maps are drawn coarsely.
TOLERANCE_DEGREES = 0.0045

_SAME_PLACE_DEGREES = 0.0005
_SINGLY = 20
_GEOD = pyproj.Geod(ellps="WGS84")

Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Placed:
    """Where written coordinates are, in degrees (WGS 84)."""

    longitude: float
    latitude: float
    how: str
    certain: bool
    """False when another reading fits as well."""
    in_village: bool = True
    """False when a village is known and the place lies outside of it."""


def place(
    x: str | None,
    y: str | None,
    xy: str | None = None,
    *,
    village: BaseGeometry | None = None,
    border: BaseGeometry | None = None,
) -> Placed | None:
    """Where written coordinates are: the least doubtful reading in the village, else inside the region's border.

    `village` and `border` are polygons in EPSG:4326; a point up to 500 m outside counts as in. Without a border
    coordinates are taken as written. None when no reading fits.
    """
    readings = parse(x, y, xy, utm_zones(border))
    if not readings:
        return None
    points = shapely.points([(r.longitude, r.latitude) for r in readings])
    at_home = shapely.dwithin(points, village, TOLERANCE_DEGREES) if village is not None else None
    return _decide(readings, at_home, _in_border(points, border, readings))


def utm_zones(border: BaseGeometry | None) -> tuple[int, ...]:
    """The UTM zones that a region touches or borders on."""
    if border is None or border.is_empty:
        return ()
    west, _, east, _ = border.bounds
    first, last = (int((longitude + 180) // 6) + 1 for longitude in (west - 1, east + 1))
    return tuple(sorted({(zone - 1) % 60 + 1 for zone in range(first, last + 1)}))


def place_rows(
    rows: pd.DataFrame, villages: gpd.GeoDataFrame, file: str
) -> tuple[gpd.GeoSeries, list[Finding]]:
    """The points (EPSG:4326, None where there is none) of `rows`, and what was mended or could not be placed.

    `rows`: any of the columns given_x, given_y, given_xy (text), village_code, sheet, source_row. `villages`:
    columns code and geometry (EPSG:4326). Rows that were mended alike share one finding.
    """
    border = _border(villages)
    homes = dict(zip(villages["code"], villages.geometry, strict=True))
    codes = _cells(rows, "village_code")
    around = [homes.get(code) for code in codes]
    columns = ("given_x", "given_y", "given_xy")
    given = list(zip(*([_given(cell) for cell in _cells(rows, name)] for name in columns), strict=True))
    placed = _place_all(given, around, border)
    points = [shapely.Point(p.longitude, p.latitude) if p and p.certain else None for p in placed]
    numbers = [int(number or 0) for number in _cells(rows, "source_row")]
    found = _Rows(file, _cells(rows, "sheet"), numbers, given, placed, around, codes).findings()
    return gpd.GeoSeries(points, index=rows.index, crs="EPSG:4326", name="geometry"), found


def _cells(rows: pd.DataFrame, name: str) -> list[str]:
    """A column as text, '' where blank or absent."""
    return ["" if pd.isna(cell) else str(cell) for cell in rows[name]] if name in rows else [""] * len(rows)


def _given(cell: str) -> str:
    return "" if is_blank(cell) else " ".join(cell.split())


def _border(villages: gpd.GeoDataFrame) -> BaseGeometry | None:
    if not len(villages):
        return None
    union: BaseGeometry = shapely.union_all(shapely.make_valid(villages.geometry.to_numpy()))
    shapely.prepare(union)
    return union


def _place_all(
    given: list[tuple[str, str, str]], homes: list[BaseGeometry | None], border: BaseGeometry | None
) -> list[Placed | None]:
    """As `place`, for many rows at once."""
    zones = utm_zones(border)
    readings = [parse(*words, zones) for words in given]
    sizes = [len(r) for r in readings]
    flat = [reading for row in readings for reading in row]
    points = shapely.points([(r.longitude, r.latitude) for r in flat]) if flat else np.array([], dtype=object)
    around = np.repeat(np.array([*homes, None], dtype=object)[:-1], sizes)
    at_home = shapely.dwithin(around, points, TOLERANCE_DEGREES) if flat else np.array([], dtype=bool)
    inside = _in_border(points, border, flat)
    ends = np.cumsum([0, *sizes])
    result = []
    for row, (start, end) in enumerate(pairwise(ends)):
        known = at_home[start:end] if homes[row] is not None else None
        result.append(_decide(readings[row], known, inside[start:end]))
    return result


def _in_border(
    points: npt.NDArray[np.object_], border: BaseGeometry | None, readings: list[Reading]
) -> Booleans:
    if border is None:
        return np.array([reading.doubt == 0 for reading in readings], dtype=bool)
    return np.asarray(shapely.dwithin(border, points, TOLERANCE_DEGREES), dtype=bool).reshape(len(readings))


def _decide(readings: list[Reading], at_home: Booleans | None, inside: Booleans) -> Placed | None:
    if at_home is not None and at_home.any():
        return _least_doubtful([r for r, fits in zip(readings, at_home, strict=True) if fits], True)
    return _least_doubtful([r for r, fits in zip(readings, inside, strict=True) if fits], at_home is None)


def _least_doubtful(fitting: list[Reading], in_village: bool) -> Placed | None:
    if not fitting:
        return None
    best = fitting[0]
    rivals = [r for r in fitting[1:] if r.doubt == best.doubt and not _same_place(r, best)]
    return Placed(best.longitude, best.latitude, best.how, not rivals, in_village)


def _same_place(a: Reading, b: Reading) -> bool:
    return max(abs(a.longitude - b.longitude), abs(a.latitude - b.latitude)) < _SAME_PLACE_DEGREES


@dataclass(frozen=True)
class _Rows:
    """The rows of one file and what became of their coordinates."""

    file: str
    sheets: list[str]
    numbers: list[int]
    given: list[tuple[str, str, str]]
    placed: list[Placed | None]
    homes: list[BaseGeometry | None]
    codes: list[str]

    def findings(self) -> list[Finding]:
        alike: dict[tuple[str, str], list[int]] = defaultdict(list)
        lost, away = [], []
        for at, (words, placed) in enumerate(zip(self.given, self.placed, strict=True)):
            if not any(words):
                continue
            if placed is None or not placed.certain:
                lost.append(at)
                continue
            if placed.how != "as written":
                alike[placed.how, self.sheets[at]].append(at)
            if not placed.in_village:
                away.append(at)
        found = [self._mended(how, at) for (how, _), at in alike.items()]
        found += self._each(lost, self._lost, "error", "more rows have coordinates that can't be placed")
        return found + self._each(away, self._away, "note", "more rows lie outside of their village")

    def _each(
        self, at: list[int], one: Callable[[int], Finding], severity: Severity, more: str
    ) -> list[Finding]:
        """A finding for each of the first rows, and one for all others."""
        found, rest = [one(row) for row in at[:_SINGLY]], at[_SINGLY:]
        if rest:
            what = f"{len(rest)} {more}{self._listed(rest)}."
            found.append(self._finding(severity, rest, what, "As with the rows before.", _CORRECT))
        return found

    def _mended(self, how: str, at: list[int]) -> Finding:
        plain = re.fullmatch(r"UTM \d+[NS]|longitude first", how)
        count = "1 row" if len(at) == 1 else f"{len(at)} rows"
        what = f"Coordinates of {count}{self._listed(at)} are not degrees with the {_ORDER}."
        first = self.placed[at[0]]
        assert first
        by = "village" if self.homes[at[0]] is not None and first.in_village else "region's border"
        example = f"{self._words(at[0])} is longitude {first.longitude:.5f}, latitude {first.latitude:.5f}"
        done = f"Read as: {how}; the {by} settles it. {example}."
        return self._finding("note" if plain else "repaired", at, what, done, _FINE)

    def _lost(self, at: int) -> Finding:
        words = self._words(at)
        if self.placed[at]:
            why = f"Coordinates {words} can be read in several ways that all fit."
        elif not re.sub(r"[0.,\s]", "", "".join(self.given[at])):
            return self._finding("note", [at], f"Coordinates {words} stand for none.", _LOST, _CORRECT)
        elif not parse(*self.given[at], (50,)):
            why = f"Coordinates {words} can't be read."
        else:
            why = f"Coordinates {words} lie outside of the region, however they are read."
        return self._finding("error", [at], why, _LOST, _CORRECT)

    def _away(self, at: int) -> Finding:
        placed, home = self.placed[at], self.homes[at]
        assert placed
        assert home is not None
        line = shapely.shortest_line(home, shapely.Point(placed.longitude, placed.latitude))
        distance_km = _GEOD.geometry_length(line) / 1000
        village = f"village {self.codes[at]}, which the row names"
        what = f"Coordinates {self._words(at)} lie {distance_km:.1f} km from {village}."
        return self._finding("note", [at], what, "Kept as written.", _WHICH)

    def _words(self, at: int) -> str:
        return " and ".join(f"'{word[:60]}'" for word in self.given[at] if word)

    def _listed(self, at: list[int]) -> str:
        numbers = [self.numbers[row] for row in at]
        return f" (rows {row_ranges(numbers)})" if len(at) > 1 and all(numbers) else ""

    def _finding(self, severity: Severity, at: list[int], what: str, done: str, settle: str) -> Finding:
        place = (self.sheets[at[0]], self.numbers[at[0]], "coordinates")
        return Finding(severity, self.file, what, done, settle, *place)


_ORDER = "longitude and the latitude in their places"
_LOST = "Left without a place."
_FINE = "Nothing, if that is right; else correct them in the file and add it again."
_CORRECT = "Correct the coordinates in the file and add it again; degrees with a decimal point are best."
_WHICH = "Look which is right, the village or the place; correct it in the file and add it again."
