"""The numbers of the indicators that a run yields: by area, period and class, with interval and how each is known."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from merata.access.columns import Floats, numbers, words
from merata.access.gap import By, gap_by
from merata.publish.counted import Counted, counted, district_of, region_code
from merata.publish.indicators import INDICATORS, TOTAL
from merata.publish.observations_coverage import of_coverage
from merata.publish.observed import Observation
from merata.publish.observed_areas import each, groups, region_of, told, weakest
from merata.publish.tables import Results
from merata.region.tables import LEVELS

#: Of SDMX CL_SEX.
SEXES = ("F", "M")
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
        *of_coverage(results),
        *_village_index(results),
        *_money(results),
    ]
    unsure = weakest(access.settlements["known_by"])
    return [
        replace(
            row,
            period=period,
            run=results.run_id,
            boundary=marks[row.area],
            definition=INDICATORS[row.indicator].version,
            known_by=row.known_by or unsure,
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
        border = b"" if shape is None else shape.normalize().wkb
        own[code] = hashlib.sha256(code.encode() + border).hexdigest()
    found = {code: mark[:8] for code, mark in own.items()}
    region = region_code(results.settings, list(own))
    for area in sorted({district_of(code) for code in own}):
        found[area] = _together(own, [code for code in own if district_of(code) == area])
    found[region] = _together(own, list(own))
    return found


def _together(own: Mapping[str, str], codes: list[str]) -> str:
    return hashlib.sha256("".join(own[code] for code in sorted(codes)).encode()).hexdigest()[:8]


def _by_level(there: Counted, hidden: set[tuple[str, str]]) -> Iterator[Observation]:
    for unit, cells in there.cells.items():
        for (area, level), value in cells.items():
            if level not in (*LEVELS, TOTAL):
                continue
            if (area, level) in hidden:
                yield told(_OF_LEVELS[unit], area, level=level, status="Q")
            else:
                yield told(_OF_LEVELS[unit], area, level=level, value=float(value))


def _promised(results: Results) -> Iterator[Observation]:
    everybody = numbers(results.access.settlements["people"])
    yield from _share_promised(results, everybody, ("region", "district", "village"))
    shares = _sexes(results)
    for sex in SEXES:
        if shares is None:
            yield told("PEOPLE_PROMISED", region_of(results), sex=sex, status="O")
        else:
            codes = words(results.access.settlements["village_code"])
            part = numbers(shares[sex].reindex(codes))
            yield from _share_promised(results, everybody * part, ("region", "district"), sex)


def _share_promised(
    results: Results, people: Floats, of: Sequence[By], sex: str = TOTAL
) -> Iterator[Observation]:
    """The share of some people at the promise, by area; `people` of each settlement."""
    access = results.access
    as_districts = [district_of(code) for code in words(access.villages["code"])]
    counted_so = replace(
        access,
        settlements=access.settlements.assign(people=people),
        villages=access.villages.assign(district=as_districts),
    )
    for by in of:
        for group in gap_by(counted_so, by).to_dict("records"):
            if group["total"] > 0:
                ends = {"value": "expected_below", "low": "high", "high": "low"}
                values = {end: 1 - group[name] / group["total"] for end, name in ends.items()}
                area = region_of(results) if by == "region" else str(group["key"])
                yield told("PEOPLE_PROMISED", area, sex=sex, **values)


def _sexes(results: Results) -> pd.DataFrame | None:
    """By village the share of each sex; None where the sources do not tell it of every village that is lived in."""
    people = results.tables.get("people")
    if people is None or not {"women", "men"} <= set(people.columns):
        return None
    rows = people.dropna(subset=["women", "men"]).drop_duplicates("village_code").set_index("village_code")
    women, men = numbers(rows["women"]), numbers(rows["men"])
    shares = pd.DataFrame({"F": women, "M": men}, index=rows.index).div(women + men, axis=0).dropna()
    homes = results.access.settlements
    lived_in = set(words(homes["village_code"])[numbers(homes["people"]) > 0])
    return shares if lived_in <= set(shares.index) else None


def _villages(results: Results) -> Iterator[Observation]:
    villages = results.access.villages
    levels = list(words(villages["access_now"]))
    for area, rows in groups(results, list(words(villages["code"]))):
        for level in LEVELS:
            count = sum(levels[i] == level for i in rows)
            yield told("VILLAGES_LEVEL", area, level=level, value=float(count))
        yield told("VILLAGES_LEVEL", area, value=float(len(rows)))


def _facilities(results: Results) -> Iterator[Observation]:
    rows = results.access.facilities
    sectors, levels = list(words(rows["sector"])), list(words(rows["access_now"]))
    for area, places in groups(results, list(words(rows["village_code"]))):
        for sector in (*sorted(set(sectors)), TOTAL):
            mine = [i for i in places if sector in (sectors[i], TOTAL)]
            for level in (*LEVELS, TOTAL):
                count = float(sum(level in (levels[i], TOTAL) for i in mine))
                yield told("FACILITIES_LEVEL", area, sector=sector, level=level, value=count)
    region = region_of(results)
    for row in gap_by(results.access, "sector").to_dict("records"):
        ends = {
            "low": 1 - row["high"] / row["total"],
            "high": 1 - row["low"] / row["total"],
            "value": 1 - row["expected_below"] / row["total"],
        }
        yield told("FACILITIES_PROMISED", region, sector=str(row["key"]), **ends)


def _inequality(results: Results) -> Iterator[Observation]:
    region = region_of(results)
    now = results.inequality["now"]
    for code, key in (("GINI", "gini"), ("THEIL", "theil"), ("WORST_TENTH", "worst_tenth")):
        yield told(code, region, value=float(now[key]))


def _village_index(results: Results) -> Iterator[Observation]:
    villages, facilities = results.access.villages, results.access.facilities
    offices = facilities[words(facilities["kind"]) == "village office"]
    for code, rows, column in (
        ("INDEX_HOME", villages, "code"),
        ("INDEX_OFFICE", offices, "village_code"),
    ):
        have = (words(rows["access_now"]) != "none").astype(float)
        known, codes = rows["known_by"], list(words(rows[column]))
        for area, places in [*groups(results, codes), *each(codes)]:
            if places:
                value = float(have[places].mean())
                yield told(code, area, value=value, known_by=weakest(known.iloc[places]))


def _money(results: Results) -> Iterator[Observation]:
    """Cost by point and by person; the works that points share are the region's."""
    plan = results.plan
    points = plan.points
    known = weakest(points["price_known_by"]) if len(points) else ""
    names = ("capex_idr", "capex_low_idr", "capex_high_idr")
    for area, rows in groups(results, list(words(points["village_code"]))):
        whole = area == region_of(results)
        sums = [
            float(numbers(points[name])[rows].sum() + (numbers(plan.works[name]).sum() if whole else 0))
            for name in names
        ]
        people = float(np.nansum(numbers(points["people"])[rows])) if rows else 0.0
        for code, over in (("COST_PERSON", people), ("COST_POINT", float(len(rows)))):
            if over > 0:
                value, low, high = (amount / over for amount in sums)
                yield told(code, area, value=value, low=low, high=high, known_by=known)
