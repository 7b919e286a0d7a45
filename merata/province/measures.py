"""What is compared: access, inequality, cost, days to connect and to repair, promises kept; one function each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from merata.access.inequality import gini, theil, worst_tenth
from merata.assure.enough import ENOUGH
from merata.assure.repair import curve, median_hours
from merata.province import sure
from merata.province.settings import AlikeSettings
from merata.province.sure import Interval
from merata.publish.commitments import in_time
from merata.region.tables import LEVELS

SEED, DRAWS = 20, 200
ALL = ""
"""Stands for all regions together, where a row is of no single one."""
FEWEST_COSTED = 5
"""Villages that a cost for each person needs behind it."""
FEWEST_PROMISED = 5
"""Promises that a share kept needs behind it."""

Row = dict[str, Any]
Frame = pd.DataFrame


def _spread(name: str, interval: Interval) -> Row:
    return {name: interval.value, f"{name}_low": interval.low, f"{name}_high": interval.high}


def _each(rows: Frame) -> Iterator[tuple[str, Frame]]:
    """Each region's rows, and all of them; nothing of none."""
    yield from ((str(region), mine) for region, mine in rows.groupby("region", sort=True))
    if len(rows):
        yield ALL, rows


def _chance(villages: Frame) -> pd.Series:
    """Each village's share of people at the promised level; NaN where nobody lives or it is not known."""
    people = villages["people"].where(villages["people"] > 0)
    return (1 - villages["people_below"] / people).clip(0, 1)


# Access


def access(villages: Frame, settings: AlikeSettings) -> Frame:
    """Access by region: people by level now, and the share at the promised level as it is and in like places."""
    known = villages.assign(chance=_chance(villages)).dropna(subset=["chance"])
    weights = {str(kind): float(n) for kind, n in known.groupby("kind")["people"].sum().items()}
    rows = []
    for region, mine in _each(known):
        people = mine["people"].sum()
        level = {
            f"share_{word}": mine.loc[mine["access_now"] == word, "people"].sum() / people for word in LEVELS
        }
        alike = sure.standardised(_by_kind(mine, settings.least), weights, settings.least_cover)
        rows.append({
            "region": region, "villages": len(mine), "people": people, "promised": _promised(mine), **level,
            **_spread("reached", sure.share_known(mine["people"], mine["chance"])),
            **_spread("alike", alike.interval), "covered": alike.covered,
        })  # fmt: skip
    return pd.DataFrame(rows)


def _promised(villages: Frame) -> str:
    """The level that most people are promised; all levels, most people first, where regions or villages differ."""
    people = villages.groupby("promised")["people"].sum().sort_values(ascending=False, kind="stable")
    return " ".join(str(level) for level in people.index if level)


def _by_kind(villages: Frame, least: int) -> dict[str, Interval]:
    return {
        str(kind): sure.share_known(mine["people"], mine["chance"])
        for kind, mine in villages.groupby("kind")
        if len(mine) >= least
    }


def access_by_kind(villages: Frame, settings: AlikeSettings) -> Frame:
    """Access by kind of place, and within each by region; a region's group of few villages is in the whole only."""
    known = villages.assign(chance=_chance(villages)).dropna(subset=["chance"])
    rows = [
        {
            "terrain": terrain, "remoteness": remoteness, "region": region, "villages": len(mine),
            "people": mine["people"].sum(), **_spread("reached", sure.share_known(mine["people"], mine["chance"])),
        }
        for (terrain, remoteness), group in known.groupby(["terrain", "remoteness"], sort=True)
        for region, mine in _with_whole(group, settings.least)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _with_whole(group: Frame, least: int) -> Iterator[tuple[str, Frame]]:
    """All regions of a group together, then each that has enough; the group is left out where even all have too few."""
    if len(group) >= least:
        yield ALL, group
        for region, mine in group.groupby("region", sort=True):
            if len(mine) >= least:
                yield str(region), mine


# Inequality


def inequality(villages: Frame) -> Frame:
    """How unevenly access is spread within each region, between its villages; how much lies between kinds."""
    known = villages.assign(chance=_chance(villages)).dropna(subset=["chance"])
    rows = []
    for region, mine in _each(known):
        people = mine["people"].to_numpy(float)
        draws = sure.drawn(mine["chance"], mine["chance_pm"], DRAWS, SEED)
        rows.append({
            "region": region, "villages": len(mine),
            **_spread("gini", _drawn(gini, mine["chance"], people, draws)),
            **_spread("worst_tenth", _drawn(worst_tenth, mine["chance"], people, draws)),
            "between_kinds": between(mine["chance"], people, mine["kind"]),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _drawn(
    figure: Callable[..., float], chance: pd.Series, people: sure.Floats, draws: sure.Floats
) -> Interval:
    found = [figure(row, people) for row in draws]
    value = figure(chance, people)
    low, high = np.quantile(found, [0.025, 0.975])
    return Interval(value, min(value, float(low)), max(value, float(high)))


def between(chance: pd.Series, people: Any, kind: pd.Series) -> float:
    """The share of the Theil index that lies between kinds of place and not within them (Shorrocks 1980); NaN: even."""
    whole = theil(chance, people)
    if whole <= 1e-12:
        return np.nan
    groups = pd.DataFrame(
        {"have": chance.to_numpy(float) * people, "people": people, "kind": kind.to_numpy()}
    )
    sums = groups.groupby("kind")[["have", "people"]].sum()
    return float(np.clip(theil(sums["have"] / sums["people"], sums["people"]) / whole, 0, 1))


# Cost


def cost(villages: Frame) -> Frame:
    """Money of the plan for each person whom it brings to the promise, by option and terrain: once, and every year."""
    planned = villages[
        (villages["option"] != "") & villages["year"].notna() & (villages["people_served"] > 0)
    ]
    rows = [
        {
            "option": option, "terrain": terrain, "region": region, "villages": len(mine),
            "people_served": mine["people_served"].sum(),
            **_spread("capex_idr", sure.ratio(mine["capex_idr"], mine["people_served"])),
            **_spread("opex_idr_per_year", sure.ratio(mine["opex_idr_per_year"], mine["people_served"])),
        }
        for (option, terrain), group in planned.groupby(["option", "terrain"], sort=True)
        for region, mine in _with_whole(group, FEWEST_COSTED)
    ]  # fmt: skip
    return pd.DataFrame(rows)


# Days


def connected(points: Frame, on: dt.date) -> Frame:
    """Days from contract to service by option and remoteness; points that still wait count for as long as they have."""
    began = points["contracted_on"]
    end = points["connected_on"].fillna(points["known_until"]).fillna(pd.Timestamp(on))
    days = (end - began).dt.days
    fine = began.notna() & (days >= 0)
    return _waits(
        points[fine].assign(lasted=days[fine].astype(float), ended=points["connected_on"].notna()[fine]),
        "days",
    )


def repaired(outages: Frame) -> Frame:
    """Hours from failure to repair by option and remoteness; the hours that count against the link.

    Pieces that follow each other at a point without a gap (planned work in between) are one outage.
    """
    rows = outages[outages["cause"].isin(["link", "region-wide"])].sort_values(["region", "point", "start"])
    counted = (rows["counts"] == "down") * (rows["end"] - rows["start"]).dt.total_seconds() / 3600
    follows = rows["start"] <= rows.groupby(["region", "point"])["end"].shift()
    rows = rows.assign(lasted=counted.clip(lower=0), outage=(~follows).cumsum())
    how = {"lasted": "sum", "ended": "last", "option": "first", "remoteness": "first", "region": "first"}
    whole = rows.groupby("outage").agg(how)
    return _waits(whole[whole["lasted"] > 0], "hours")


def _waits(rows: Frame, unit: str) -> Frame:
    """Median wait by Kaplan and Meier (1958) with the interval of Brookmeyer and Crowley (1982); ∞: more than seen."""
    made = []
    for (option, remoteness), group in rows.groupby(["option", "remoteness"], sort=True):
        for region, mine in _with_whole(group, ENOUGH.repairs):
            median = Interval(*median_hours(curve(mine["lasted"], mine["ended"])))
            made.append({
                "option": option, "remoteness": remoteness, "region": region, "cases": len(mine),
                "open": int((~mine["ended"].astype(bool)).sum()), **_spread(unit, median),
            })  # fmt: skip
    columns = ["option", "remoteness", "region", "cases", "open", unit, f"{unit}_low", f"{unit}_high"]
    return pd.DataFrame(made, columns=columns)


# Promises


def kept(promises: Frame, settings: AlikeSettings, on: dt.date) -> Frame:
    """Of promises whose year is over, how many were kept in it; one put off is not taken out of the count."""
    due = in_time(promises, on)
    weights = {str(kind): float(n) for kind, n in due.groupby("kind").size().items()}
    centre = float(due["kept"].mean()) if len(due) else np.nan
    rows = []
    for region, mine in _each(due):
        hits, n = int(mine["kept"].sum()), len(mine)
        by_kind = {
            str(kind): sure.share_counted(int(group["kept"].sum()), len(group))
            for kind, group in mine.groupby("kind")
            if len(group) >= settings.least
        }
        alike = sure.standardised(by_kind, weights, settings.least_cover)
        enough = n >= FEWEST_PROMISED
        limits = [
            sure.funnel(centre, n, share) if region and enough else (np.nan, np.nan)
            for share in (0.95, 0.998)
        ]
        rows.append({
            "region": region, "due": n, "kept": hits, "moved": int(mine["moved"].sum()),
            **_spread("share", sure.share_counted(hits, n) if enough else sure.NOTHING),
            **_spread("alike", alike.interval if enough else sure.NOTHING), "covered": alike.covered,
            "chance_low": limits[0][0], "chance_high": limits[0][1],
            "rare_low": limits[1][0], "rare_high": limits[1][1],
        })  # fmt: skip
    return pd.DataFrame(rows)
