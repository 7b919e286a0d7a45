"""The numbers of the indicators that a run yields: by area, period and class, with interval and how each is known."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.stats import norm

from merata.access.columns import numbers, words
from merata.access.gap import SDS_OF_95, gap_by
from merata.publish.counted import Counted, counted, district_of, region_code
from merata.publish.indicators import TOTAL
from merata.publish.observed import Observation
from merata.publish.tables import Results
from merata.region.tables import KNOWN_BY, LEVELS

_OF_LEVELS = {"people": "PEOPLE_LEVEL", "households": "HOUSEHOLDS_LEVEL"}


def of_run(results: Results, hidden: set[tuple[str, str]]) -> list[Observation]:
    """All numbers that a run yields, of the year of its newest input.

    Parameters
    ----------
    results
        All that the run found.
    hidden
        Cells (area, level) of people and households that are kept back: `small_cells.kept_back`.

    """
    access, settings = results.access, results.settings
    there = counted(access, settings)
    marks = boundaries(results)
    period = results.inputs_date[:4]
    rows = [
        *_by_level(there, hidden),
        *_promised(results),
        *_villages(results),
        *_facilities(results),
        *_inequality(results),
        *_covered(results),
        *_village_index(results),
        *_money(results),
    ]
    weakest = _weakest(access.settlements["known_by"])
    return [
        replace(
            row,
            period=period,
            run=results.run_id,
            boundary=marks[row.area],
            known_by=row.known_by or weakest,
            value=_rounded(row.value),
            low=_rounded(row.low),
            high=_rounded(row.high),
        )
        for row in rows
    ]


def _rounded(value: float | None) -> float | None:
    """To six significant places behind the point: what is written is what is compared."""
    return None if value is None or not np.isfinite(value) else round(float(value), 6)


def boundaries(results: Results) -> dict[str, str]:
    """Area -> mark of its borders: the codes of its villages and their borders to about a metre."""
    villages = results.access.villages
    own = {}
    for code, shape in zip(words(villages["code"]), villages.geometry, strict=True):
        told = b"" if shape is None else shape.normalize().wkb
        own[code] = hashlib.sha256(code.encode() + told).hexdigest()
    found = {code: mark[:8] for code, mark in own.items()}
    region = region_code(results.settings, list(own))
    for area in sorted({district_of(code) for code in own}):
        found[area] = _together(own, [code for code in own if district_of(code) == area])
    found[region] = _together(own, list(own))
    return found


def _together(own: Mapping[str, str], codes: list[str]) -> str:
    return hashlib.sha256("".join(own[code] for code in sorted(codes)).encode()).hexdigest()[:8]


def _row(indicator: str, area: str, **values: object) -> Observation:
    return Observation(indicator, area, "A", "", **values)  # type: ignore[arg-type]


def _weakest(known: pd.Series) -> str:
    there = set(known.dropna())
    return next((word for word in reversed(KNOWN_BY) if word in there), "")


def _by_level(there: Counted, hidden: set[tuple[str, str]]) -> Iterator[Observation]:
    for unit, cells in there.cells.items():
        for (area, level), value in cells.items():
            if level not in (*LEVELS, TOTAL):
                continue
            if (area, level) in hidden:
                yield _row(_OF_LEVELS[unit], area, level=level, status="Q")
            else:
                yield _row(_OF_LEVELS[unit], area, level=level, value=float(value))


def _areas(results: Results) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """The gap by (how, area code): region, districts by code, villages."""
    access = results.access
    villages = access.villages.set_index(words(access.villages["code"]))
    as_districts = access.villages.assign(
        district=[district_of(code) for code in words(access.villages["code"])]
    )
    renamed = replace(access, villages=as_districts)
    region = region_code(results.settings, list(villages.index))
    yield "region", region, gap_by(access, "region")
    yield "district", "", gap_by(renamed, "district")
    yield "village", "", gap_by(access, "village")


def _promised(results: Results) -> Iterator[Observation]:
    for _, area, table in _areas(results):
        for row in table.to_dict("records"):
            if row["total"] > 0:
                yield _row(
                    "PEOPLE_PROMISED",
                    area or str(row["key"]),
                    value=1 - row["expected_below"] / row["total"],
                    low=1 - row["high"] / row["total"],
                    high=1 - row["low"] / row["total"],
                )


def _groups(results: Results, codes: list[str]) -> list[tuple[str, list[int]]]:
    """The region and each district with the places of their rows."""
    region = region_code(results.settings, list(words(results.access.villages["code"])))
    found: dict[str, list[int]] = {region: list(range(len(codes)))}
    for place, code in enumerate(codes):
        found.setdefault(district_of(code), []).append(place)
    return list(found.items())


def _villages(results: Results) -> Iterator[Observation]:
    villages = results.access.villages
    levels = list(words(villages["access_now"]))
    for area, rows in _groups(results, list(words(villages["code"]))):
        for level in LEVELS:
            count = sum(levels[i] == level for i in rows)
            yield _row("VILLAGES_LEVEL", area, level=level, value=float(count))
        yield _row("VILLAGES_LEVEL", area, value=float(len(rows)))


def _facilities(results: Results) -> Iterator[Observation]:
    rows = results.access.facilities
    sectors, levels = list(words(rows["sector"])), list(words(rows["access_now"]))
    for area, places in _groups(results, list(words(rows["village_code"]))):
        for sector in (*sorted(set(sectors)), TOTAL):
            mine = [i for i in places if sector in (sectors[i], TOTAL)]
            for level in (*LEVELS, TOTAL):
                count = float(sum(level in (levels[i], TOTAL) for i in mine))
                yield _row("FACILITIES_LEVEL", area, sector=sector, level=level, value=count)
    region = region_code(results.settings, list(words(results.access.villages["code"])))
    for row in gap_by(results.access, "sector").to_dict("records"):
        ends = {
            "low": 1 - row["high"] / row["total"],
            "high": 1 - row["low"] / row["total"],
            "value": 1 - row["expected_below"] / row["total"],
        }
        yield _row("FACILITIES_PROMISED", region, sector=str(row["key"]), **ends)


def _inequality(results: Results) -> Iterator[Observation]:
    region = region_code(results.settings, list(words(results.access.villages["code"])))
    now = results.inequality["now"]
    for code, key in (("GINI", "gini"), ("THEIL", "theil"), ("WORST_TENTH", "worst_tenth")):
        yield _row(code, region, value=float(now[key]))


def _covered(results: Results) -> Iterator[Observation]:
    """SDG 9.c.1 of 4G: modelled, whatever was measured of rates."""
    homes, settings = results.access.settlements, results.settings
    people, power = numbers(homes["people"]), numbers(homes["rsrp_dbm"])
    if not np.isfinite(power).any() and results.coverage_path is None:
        return
    threshold = settings.levels["basic"].signal_dbm
    # Without a site in reach there is no power: that is no signal.
    chance = np.where(np.isfinite(power), norm.cdf((power - threshold) / settings.radio.sigma_db), 0.0)
    codes = list(words(homes["village_code"]))
    areas = [*_groups(results, codes), *_each(codes)]
    for area, rows in areas:
        total = people[rows].sum()
        if total > 0:
            share = (people[rows] * chance[rows]).sum() / total
            spread = _together_wrong(people[rows], chance[rows], [codes[i] for i in rows]) / total
            low, high = max(0.0, share - SDS_OF_95 * spread), min(1.0, share + SDS_OF_95 * spread)
            yield _row("SDG_9C1", area, technology="4G", value=share, low=low, high=high, known_by="modelled")


def _each(codes: list[str]) -> list[tuple[str, list[int]]]:
    found: dict[str, list[int]] = {}
    for place, code in enumerate(codes):
        found.setdefault(code, []).append(place)
    return list(found.items())


def _together_wrong(weight: np.ndarray, chance: np.ndarray, codes: list[str]) -> float:
    """Standard deviation of a sum whose parts in one village are wrong together: as `access.gap` has it."""
    sd = pd.Series(weight * np.sqrt(np.clip(chance * (1 - chance), 0, None))).groupby(np.array(codes)).sum()
    return float(np.sqrt((sd**2).sum()))


def _village_index(results: Results) -> Iterator[Observation]:
    villages, facilities = results.access.villages, results.access.facilities
    offices = facilities[words(facilities["kind"]) == "village office"]
    for code, rows, column in (
        ("INDEX_HOME", villages, "code"),
        ("INDEX_OFFICE", offices, "village_code"),
    ):
        have = (words(rows["access_now"]) != "none").astype(float)
        known, codes = rows["known_by"], list(words(rows[column]))
        for area, places in [*_groups(results, codes), *_each(codes)]:
            if places:
                value = float(have[places].mean())
                yield _row(code, area, value=value, known_by=_weakest(known.iloc[places]))


def _money(results: Results) -> Iterator[Observation]:
    """Cost by point and by person; the works that points share are the region's."""
    plan = results.plan
    points = plan.points
    known = _weakest(points["price_known_by"]) if len(points) else ""
    names = ("capex_idr", "capex_low_idr", "capex_high_idr")
    for area, rows in _groups(results, list(words(points["village_code"]))):
        whole = area == region_code(results.settings, list(words(results.access.villages["code"])))
        sums = [
            float(numbers(points[name])[rows].sum() + (numbers(plan.works[name]).sum() if whole else 0))
            for name in names
        ]
        people = float(np.nansum(numbers(points["people"])[rows])) if rows else 0.0
        for code, over in (("COST_PERSON", people), ("COST_POINT", float(len(rows)))):
            if over > 0:
                value, low, high = (amount / over for amount in sums)
                yield _row(code, area, value=value, low=low, high=high, known_by=known)
