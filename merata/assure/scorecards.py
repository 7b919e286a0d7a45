"""Scorecards: by point, village, provider, technology and district, by month and year, with what drove them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from merata.assure import availability, repair, speed, under
from merata.assure.enough import ENOUGH, verdict
from merata.assure.programme import Programme

#: What a scorecard is of -> the column of points.csv; an offer is a provider's points of one technology.
GROUPS = {
    "point": "point",
    "village": "village",
    "provider": "provider",
    "technology": "option",
    "district": "district",
    "offer": "offer",
}
DRIVERS = 3
"""So many outages are named that took most time of a scorecard."""
KEY = ("of", "name", "period", "points")
VOTED = ("down_mbps", "up_mbps", "latency_ms", "down_mbps_p20", "up_mbps_p20")
"""Of these each point of a group has one vote; of the next the group has the sum."""
SUMMED = (
    "down_mbps_tests", "up_mbps_tests", "latency_beats", "repairs", "repairs_open", "repairs_late",
    "repairs_maybe_late", "gb", "clients",
)  # fmt: skip
PROMISES = ("availability", "down_mbps", "up_mbps", "latency", "repair")


def scorecards(parts: dict[str, pd.DataFrame], programme: Programme, months: list[str]) -> pd.DataFrame:
    """All scorecards of some months, and of their years where there are several months.

    Parameters
    ----------
    parts
        `sums` (`availability.by_month`), `repairs` (`repair.repairs` with `month`), `tests` (at busy hours), `latency`,
        `use` and `busy`, each by `point` and `month` (number in `months`).

    Returns
    -------
    DataFrame
        By `of` (a key of `GROUPS`), `name` and `period` (2026-11 or 2026): what docs/explanation/scores.md says.
    """
    years = {i: month[:4] for i, month in enumerate(months)}
    whole = [of_period(parts, programme, dict(enumerate(months)))]
    if len(months) > 1:
        whole.append(of_period(parts, programme, years))
    made = pd.concat([w for w in whole if len(w)], ignore_index=True) if any(map(len, whole)) else whole[0]
    made = made[[*KEY, *(c for c in made if c not in KEY)]]
    order = {of: i for i, of in enumerate(GROUPS)}
    return made.sort_values(
        ["period", "of", "name"], key=lambda c: c.map(order) if c.name == "of" else c
    ).reset_index(drop=True)


def of_period(parts: dict[str, pd.DataFrame], programme: Programme, period: dict[int, str]) -> pd.DataFrame:
    """The scorecards of periods, each made of months: number of the month -> name of its period."""
    named = {name: frame.assign(period=frame["month"].map(period)) for name, frame in parts.items()}
    points = _verdicts(_points(named, programme), programme)
    found = [points]
    for of, column in GROUPS.items():
        if of != "point":
            found.append(_group(of, column, points, named, programme))
    return pd.concat([f for f in found if len(f)], ignore_index=True) if any(map(len, found)) else found[0]


# Points


def _points(named: dict[str, pd.DataFrame], programme: Programme) -> pd.DataFrame:
    by = ["point", "period"]
    sums = named["sums"].groupby(by)[list(availability.SUMS)].sum()
    made = sums.join(availability.shares(sums))
    for column, name in (("down_mbps", "down_mbps"), ("up_mbps", "up_mbps")):
        made = made.join(speed.quantiles(named["tests"], by, column, name))
    made = made.join(_latency(named["latency"], by)).join(_use(named, by))
    made = made.join(_repairs(named["repairs"], by)).join(_late(named["repairs"], programme, by))
    for name in (
        "down_mbps_tests",
        "up_mbps_tests",
        "latency_beats",
        "repairs",
        "repairs_open",
        "repairs_late",
        "repairs_maybe_late",
    ):
        made[name] = made[name].fillna(0)
    made = made.reset_index().rename(columns={"point": "name"})
    return made.assign(of="point", points=1)


def _latency(latency: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Median round trip with its interval and the 95th percentile; of several months the median of theirs."""
    some = latency[latency["n"] > 0].rename(
        columns={"median_ms": "latency_ms", "low_ms": "latency_ms_low", "high_ms": "latency_ms_high",
                 "p95_ms": "latency_p95_ms"}
    )  # fmt: skip
    columns = ["latency_ms", "latency_ms_low", "latency_ms_high", "latency_p95_ms"]
    groups = some.groupby(by)
    made = groups[columns].median()
    made.insert(0, "latency_beats", groups["n"].sum())
    made.loc[made["latency_beats"] < ENOUGH.beats, columns] = np.nan
    return made


def _use(named: dict[str, pd.DataFrame], by: list[str]) -> pd.DataFrame:
    """Bytes, clients and busy hours: of the point, never of a person."""
    groups = named["use"].groupby(by)
    looks = groups["client_looks"].sum()
    made = pd.DataFrame(
        {"gb": groups["kb"].sum() / 1e6, "clients": groups["clients"].sum() / looks.where(looks > 0)}
    )
    # Of a year: the last month's in which use was counted.
    busy = named["busy"].sort_values(["counted", "month"], kind="stable").groupby(by).last()
    made["busy_hours"] = busy["hours"].map(speed.hours_said)
    made["busy_known_by"] = busy["counted"].map({True: "measured", False: "assumed"})
    return made


def _repairs(repairs: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """What there is to say of repairs (`repair.summary`), by group."""
    ordered = repairs.sort_values(by, kind="stable")
    groups = ordered.groupby(by).size()
    hours, ended = ordered["hours"].to_numpy(float), ordered["ended"].to_numpy(bool)
    first = np.r_[0, np.cumsum(groups.to_numpy())].astype(int)
    rows = [repair.summary(hours[a:b], ended[a:b]) for a, b in pairwise(first)]
    return pd.DataFrame(rows, index=groups.index, columns=list(repair.SUMMARY), dtype=float)


def _late(repairs: pd.DataFrame, programme: Programme, by: list[str]) -> pd.DataFrame:
    """How many outages surely, and how many perhaps, lasted longer than the contract has it."""
    at = under.promised_at(programme, repairs["point"], repairs["start"])
    promised = at["repair_hours"].to_numpy()
    late = repairs["least_hours"].to_numpy() > promised
    maybe = (repairs["most_hours"].to_numpy() > promised) & ~late
    rows = repairs[by].assign(repairs_late=late.astype(float), repairs_maybe_late=maybe.astype(float))
    return rows.groupby(by).sum()


def _verdicts(points: pd.DataFrame, programme: Programme) -> pd.DataFrame:
    """With what each promise came to, by the contract that stood longest in the period."""
    promised = under.promised_in(programme, points["name"], points["period"])
    made = points.copy()
    rows = zip(
        points["availability_low"],
        points["availability_high"],
        promised["availability"],
        points["enough"],
        strict=True,
    )
    made["availability_verdict"] = [verdict(a, b, p, enough=bool(e)) for a, b, p, e in rows]
    for name in ("down_mbps", "up_mbps"):
        ends = zip(points[f"{name}_low"], points[f"{name}_high"], promised[name], strict=True)
        made[f"{name}_verdict"] = [verdict(a, b, p) for a, b, p in ends]
    ends = zip(points["latency_ms_low"], points["latency_ms_high"], promised["latency_ms"], strict=True)
    kept = np.select(
        [promised["repair_hours"].isna(), points["repairs_late"] > 0, ~points["enough"].astype(bool)],
        ["", "missed", "too little"],
        np.where(points["repairs_maybe_late"] > 0, "unsure", "kept"),
    )
    made["repair_verdict"] = kept
    made["latency_verdict"] = [verdict(a, b, p, more_is_better=False) for a, b, p in ends]
    return made


# Groups of points


def _group(
    of: str, column: str, points: pd.DataFrame, named: dict[str, pd.DataFrame], programme: Programme
) -> pd.DataFrame:
    """Scorecards of all points that share a column. Time is summed; of rates each point has one vote."""
    group = _groups(programme)[column]
    mine = points.assign(group=under.group_in(programme, group, points["name"], points["period"]))
    mine = mine[mine["group"] != ""]
    if mine.empty:
        return mine
    by = ["group", "period"]
    groups = mine.groupby(by)
    sums = groups[list(availability.SUMS)].sum()
    made = sums.join(availability.shares(sums)).join(groups.size().rename("points"))
    which = groups.ngroup().to_numpy()
    voted = [_votes(which, mine[name], sums.index) for name in VOTED]
    made = made.join(pd.concat([*voted, groups[list(SUMMED)].sum(min_count=1)], axis=1))
    repairs = named["repairs"]
    repairs = repairs.assign(group=under.group_in(programme, group, repairs["point"], repairs["period"]))
    found = _repairs(repairs, by)
    made = made.join(found[["repair_h", "repair_h_low", "repair_h_high", "longest_h"]])
    hits = {
        f"{what}_{word}": (mine[f"{what}_verdict"] == word).to_numpy(float)
        for what in PROMISES
        for word in ("kept", "missed")
    }
    made = made.join(pd.DataFrame(hits).groupby(which).sum().set_axis(sums.index))
    return made.reset_index().rename(columns={"group": "name"}).assign(of=of)


def _groups(programme: Programme) -> pd.DataFrame:
    """Each point (index) with what it belongs to."""
    points = programme.points.set_index("point", drop=False)
    both = points["provider"] + " · " + points["option"]
    return points.assign(offer=both.where((points[["provider", "option"]] != "").all(axis=1), ""))


def _votes(which: npt.NDArray[np.integer[Any]], points: pd.Series, index: pd.Index) -> pd.DataFrame:
    """Median of the points' medians, with its interval by order statistics; `which` row of `index` each point is of."""
    votes = points.to_numpy()  # as exact as they are: the median of two is rounded like them
    order = np.lexsort((votes, which))
    order = order[~np.isnan(votes[order])]
    first = np.searchsorted(which[order], np.arange(len(index) + 1))
    rows = [_middle(votes[order[a:b]]) for a, b in pairwise(first)]
    return pd.DataFrame(
        rows, index=index, columns=[f"{points.name}{end}" for end in ("", "_low", "_high")], dtype=float
    )


def _middle(ordered: npt.NDArray[np.floating]) -> tuple[float, float, float]:
    """The median of sorted values, and the interval in which that of all like them lies."""
    if not len(ordered):
        return np.nan, np.nan, np.nan
    _, low, high = speed.ranks(len(ordered), 0.5)
    least = 0.0 if low < 0 else ordered[low]
    return np.median(ordered), least, np.inf if high >= len(ordered) else ordered[high]


# What drove them


def drivers(monthly: pd.DataFrame, programme: Programme, months: list[str]) -> pd.DataFrame:
    """The outages that took most down time of each scorecard.

    Parameters
    ----------
    monthly
        Pieces cut at months (`availability.cut`).

    Returns
    -------
    DataFrame
        `of`, `name`, `period`, `rank` (1 for the longest), `point`, `outage`, `cause`, `hours`, `share` of the
        down time.
    """
    down = monthly[monthly["counts"] == "down"]
    down = down.assign(hours=(down["end"] - down["start"]) / 3600)
    found: list[pd.DataFrame] = []
    periods = [dict(enumerate(months)), {i: m[:4] for i, m in enumerate(months)}]
    for period in periods[: len(months)]:
        by = ["point", "period", "outage", "cause"]
        named = down.assign(period=down["month"].map(period)).groupby(by)["hours"].sum().reset_index()
        for of, column in GROUPS.items():
            group = _groups(programme)[column]
            name = under.group_in(programme, group, named["point"], named["period"])
            mine = named.assign(name=name, of=of)
            found.append(_most(mine[mine["name"] != ""]))
    made = pd.concat(found, ignore_index=True)
    return made[["of", "name", "period", "rank", "point", "outage", "cause", "hours", "share"]]


def _most(rows: pd.DataFrame) -> pd.DataFrame:
    by = ["name", "period"]
    rows = rows.sort_values(
        [*by, "hours", "point", "outage"], ascending=[True, True, False, True, True], kind="stable"
    )
    rows = rows.assign(share=rows["hours"] / rows.groupby(by)["hours"].transform("sum"))
    rows["rank"] = rows.groupby(by).cumcount() + 1
    return rows[rows["rank"] <= DRIVERS]
