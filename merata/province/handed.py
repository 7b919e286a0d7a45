"""What signed bundles tell of regions whose sites nobody here can ask: their age and signer, and what came of points.

A bundle holds groups of points, not villages: so what is set side by side is means over points, by option and by the
bundle's own words for terrain, and no share of people. Regions whose open data is taken stand in the other tables.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t as student

from merata.exchange.bundle import Bundle
from merata.exchange.bundle_csv import Row
from merata.province import sure
from merata.province.sure import NOTHING, Interval

#: Figure of the comparison -> column of a bundle, and that of its standard deviation over points; empty: it has none.
FIGURES = {
    "days_to_connect": ("days_to_connect", "days_spread"),
    "availability": ("availability", "availability_spread"),
    "days_to_repair": ("days_to_repair", ""),
    "paid_idr": ("paid_idr", ""),
}


def bundles(found: Sequence[Bundle], on: dt.date) -> pd.DataFrame:
    """Each bundle: region, name, number, date, age in days, key that signed it, licence, and points behind it."""
    return pd.DataFrame(
        {
            "region": one.about.code, "name": one.about.name, "serial": one.about.serial, "date": one.about.date,
            "age_days": max((on - dt.date.fromisoformat(one.about.date)).days, 0), "signer": one.signer.name,
            "key": str(one.signer), "made_up": one.about.made_up, "licence": one.about.licence,
            "villages": sum(row["villages"] for row in one.tables["villages"]),
            "points": sum(row["points"] for row in one.tables["outcomes"]),
        }
        for one in sorted(found, key=lambda one: one.about.code)
    )  # fmt: skip


def outcomes(found: Sequence[Bundle]) -> pd.DataFrame:
    """By option and terrain each region's points: days to connect and to repair, availability, promises kept, fees."""
    rows = [
        {"region": one.about.code, **row}
        for one in sorted(found, key=lambda one: one.about.code)
        for row in one.tables["outcomes"]
    ]
    return pd.DataFrame(list(_groups(rows)))


def _groups(rows: list[Row]) -> Iterator[Row]:
    keys = sorted({(row["option"], row["terrain"], row["region"]) for row in rows})
    for option, terrain, region in keys:
        mine = [
            row for row in rows if (row["option"], row["terrain"], row["region"]) == (option, terrain, region)
        ]
        made: dict[str, Any] = {
            "option": option, "terrain": terrain, "region": region, "points": sum(row["points"] for row in mine),
        }  # fmt: skip
        for name, (column, spread) in FIGURES.items():
            made |= _ends(name, _mean(mine, column, spread))
        judged = sum(row["judged"] or 0 for row in mine)
        hits = round(sum((row["kept"] or 0.0) * (row["judged"] or 0) for row in mine))
        yield (
            made | {"judged": judged} | _ends("kept", sure.share_counted(hits, judged) if judged else NOTHING)
        )


def _ends(name: str, interval: Interval) -> dict[str, float]:
    return {name: interval.value, f"{name}_low": interval.low, f"{name}_high": interval.high}


def _mean(rows: list[Row], column: str, spread: str) -> Interval:
    """The mean over the points of some groups, at 95 % where the groups tell how far their points lie apart."""
    told = [row for row in rows if row[column] is not None]
    count = np.array([row["points"] for row in told], dtype=float)
    if not count.sum():
        return NOTHING
    weight = count / count.sum()
    value = float(weight @ np.array([row[column] for row in told], dtype=float))
    if not spread or any(row[spread] is None for row in told):
        return Interval(value, np.nan, np.nan)
    error = np.sqrt(sum(w**2 * row[spread] ** 2 / n for w, row, n in zip(weight, told, count, strict=True)))
    half = float(student.ppf(0.975, max(count.sum() - len(told), 1)) * error)
    most = 1.0 if column == "availability" else np.inf
    return Interval(value, max(value - half, 0.0), min(value + half, most))
