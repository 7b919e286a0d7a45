"""People and households by area and service level: whole numbers that add up, and small ones among them kept back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from merata.access.columns import numbers, words
from merata.access.result import Access
from merata.publish.indicators import TOTAL
from merata.publish.small_limits import HOUSEHOLDS, PEOPLE, Rule
from merata.publish.small_numbers import System, protect
from merata.region.settings import Settings
from merata.region.tables import LEVELS

#: Of a settlement's own row: its people have one level.
SETTLEMENT = "settlement"
#: Those below the promise, in tables that tell them apart: a sum of levels.
BELOW = "below"
_RULES: dict[str, Rule] = {"people": PEOPLE, "households": HOUSEHOLDS}
Key = tuple[str, str]
Rows = TypeVar("Rows", bound=pd.DataFrame)


@dataclass(frozen=True)
class Counted:
    """Whole people and households by (area, level); of settlements by (id, 'settlement'). Every sum adds up."""

    cells: Mapping[str, dict[Key, int]]
    """By 'people' and 'households'."""
    sums: list[tuple[Key, tuple[Key, ...]]]
    known: frozenset[Key]
    """How many live in each village, district and the region: official statistics, known to everybody."""

    def system(self, unit: str) -> System:
        """The cells of people or households as what is protected."""
        values = {key: float(value) for key, value in self.cells[unit].items()}
        return System(values, list(self.sums), self.known)  # type: ignore[arg-type]


def district_of(code: str) -> str:
    """The district's code in a village's: 64.02.01 of 64.02.01.2001."""
    return code.rpartition(".")[0] or f"{code}-"


def region_code(settings: Settings, codes: Iterable[str]) -> str:
    """The region's code: that of the settings, else what its villages' codes have in common, else R."""
    if settings.region.code:
        return settings.region.code
    parts = {tuple(code.split(".")[:2]) for code in codes}
    return ".".join(parts.pop()) if len(parts) == 1 else "R"


def counted(access: Access, settings: Settings) -> Counted:
    """People and households by settlement, village, district, region and level."""
    homes, villages = access.settlements, access.villages
    codes = list(words(villages["code"]))
    region = region_code(settings, codes)
    of_home = list(words(homes["village_code"]))
    ids, levels = list(words(homes["id"])), list(words(homes["access_now"]))
    below = tuple(LEVELS[: LEVELS.index(settings.promise.people)])
    cells: dict[str, dict[Key, int]] = {}
    for unit in ("people", "households"):
        whole = _whole(numbers(homes[unit]), of_home, dict(zip(codes, numbers(villages[unit]), strict=True)))
        cells[unit] = _cells(whole, ids, of_home, levels, codes, region, below)
    known = frozenset((area, TOTAL) for area in (*codes, *{district_of(code) for code in codes}, region))
    return Counted(cells, _sums(ids, of_home, levels, codes, region, below), known)


def _whole(
    parts: npt.NDArray[np.float64], of: list[str], totals: Mapping[str, float]
) -> npt.NDArray[np.int64]:
    """Parts as whole numbers that add up to their village's: the largest remainders are rounded up."""
    made = np.zeros(len(parts), np.int64)
    rows: dict[str, list[int]] = {}
    for place, code in enumerate(of):
        rows.setdefault(code, []).append(place)
    for code, places in rows.items():
        share = np.nan_to_num(parts[places])
        total = round(float(np.nan_to_num(totals.get(code, share.sum()))))
        exact = (
            share * (total / share.sum()) if share.sum() > 0 else np.full(len(places), total / len(places))
        )
        low = np.floor(exact + 1e-9).astype(np.int64)
        order = np.argsort(-(exact - low), kind="stable")
        low[order[: total - int(low.sum())]] += 1
        made[places] = low
    return made


def _cells(
    whole: npt.NDArray[np.int64],
    ids: list[str],
    of: list[str],
    levels: list[str],
    codes: list[str],
    region: str,
    below: tuple[str, ...],
) -> dict[Key, int]:
    areas = [*codes, *sorted({district_of(code) for code in codes}), region]
    found: dict[Key, int] = {(area, level): 0 for area in areas for level in (*LEVELS, BELOW, TOTAL)}
    for key, code, level, count in zip(ids, of, levels, whole.tolist(), strict=True):
        found[key, SETTLEMENT] = count
        for area in (code, district_of(code), region):
            for name in (level, TOTAL, *((BELOW,) if level in below else ())):
                found[area, name] += count
    return found


def _sums(
    ids: list[str], of: list[str], levels: list[str], codes: list[str], region: str, below: tuple[str, ...]
) -> list[tuple[Key, tuple[Key, ...]]]:
    districts: dict[str, list[str]] = {}
    for code in codes:
        districts.setdefault(district_of(code), []).append(code)
    made: list[tuple[Key, tuple[Key, ...]]] = []
    for area in (*codes, *districts, region):
        made.append(((area, TOTAL), tuple((area, level) for level in LEVELS)))
        made.append(((area, BELOW), tuple((area, level) for level in below)))
    for level in LEVELS:
        made += [
            ((area, level), tuple((code, level) for code in inside)) for area, inside in districts.items()
        ]
        made.append(((region, level), tuple((area, level) for area in districts)))
    homes: dict[Key, list[Key]] = {(code, level): [] for code in codes for level in LEVELS}
    for key, code, level in zip(ids, of, levels, strict=True):
        homes[code, level].append((key, SETTLEMENT))
    return [*made, *((cell, tuple(parts)) for cell, parts in homes.items())]


def kept_back(there: Counted, before: Iterable[Key] = ()) -> set[Key]:
    """The cells that do not leave, of people and of households alike: who knows one could reckon the other.

    `before` are those that earlier publications kept back.
    """
    hidden: set[Key] = set(before)
    while True:
        size = len(hidden)
        for unit, rule in _RULES.items():
            found = protect(there.system(unit), rule, hidden)
            hidden |= {key for key in there.cells[unit] if key in found}
        if len(hidden) == size:
            return hidden


def small_settlements(access: Access, settings: Settings) -> set[str]:
    """Ids of the settlements whose people and households do not leave, in any table."""
    hidden = kept_back(counted(access, settings))
    return {name for name, of in hidden if of == SETTLEMENT}


def open_counts(rows: Rows, key: str, small: set[str]) -> Rows:
    """Rows without the counts of people and households of small settlements; their level and place stay."""
    if not small:
        return rows
    made = rows.copy()
    hidden = np.array([name in small for name in words(made[key])], dtype=bool)
    for name in ("people", "households"):
        if name in made:
            made[name] = made[name].mask(hidden)
    return made
