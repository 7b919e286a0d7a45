"""What a month's fee is judged by: days that are due, and what was delivered, surely and at its likeliest."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from merata.assure import availability, repair, speed, terms, under
from merata.assure import windows as excusing
from merata.assure.enough import ENOUGH, UTC_OFFSET_H
from merata.assure.looks import Centre
from merata.assure.programme import Programme

Floats = npt.NDArray[np.float64]
BY = ["point", "contract"]
KEY = [*BY, "month"]
_DAY = 86400.0


@dataclass(frozen=True)
class Evidence:
    """What statements are made from: see `score.of`."""

    programme: Programme
    pieces: pd.DataFrame
    """Outages (`outages.outages`)."""
    services: pd.DataFrame
    """When points were in service (`service.services`)."""
    tests: pd.DataFrame
    """Speed tests at the busy hours (`speed.at_busy_hours`)."""
    latency: pd.DataFrame
    """Round trips by point and month."""
    edges: Floats
    """Where the months begin and the last one ends, s since 1970."""
    as_of: float
    """Nothing later is known, s since 1970."""
    months: list[str]
    centre: Centre | None = None
    """How many looks missed the centre; None: it was up."""
    probes: pd.DataFrame | None = None
    """When a probe stood at which point (`service.stood`); None: always."""

    @cached_property
    def windows(self) -> pd.DataFrame:
        """What is excused (`windows.windows`)."""
        return excusing.windows(self.programme)

    @cached_property
    def in_force(self) -> pd.DataFrame:
        """In service, and a contract in force: a row for each point and contract.

        `point`, `contract`, `provider`, `fee_idr` a month (NaN: none), `follows` (another stood there before),
        `begins`, `until` (s since 1970), and the point's own as `service_begins` and `service_until`.
        """
        ends = {"begins": "service_begins", "until": "service_until"}
        made = self.services.rename(columns=ends).merge(under.spans(self.programme), on="point")
        terms = self.programme.contracts.set_index("contract")
        first, last = (
            made["contract"].map(terms[name]).fillna(open_end)
            for name, open_end in (("from", -np.inf), ("until", np.inf))
        )
        begins = made[["service_begins", "low"]].max(axis=1).clip(lower=first)
        until = made[["service_until", "high"]].min(axis=1).clip(upper=last)
        found: pd.DataFrame = made.assign(begins=begins, until=until)[begins < until]
        return found.reset_index(drop=True)

    @cached_property
    def judged(self) -> pd.DataFrame:
        """The same without the time of grace and without time in which service rested: rows of one stretch each.

        `begun` and `ended`: whether the stretch begins and ends as the service does.
        """
        grace = self.in_force["contract"].map(self.programme.contracts.set_index("contract")["grace_hours"])
        after = self.in_force["service_begins"] + grace.fillna(0.0) * 3600
        made = self.in_force.assign(begins=self.in_force["begins"].clip(lower=after))
        made = under.without(made[made["begins"] < made["until"]], under.rested(self.windows))
        made["begun"] = made["begins"] == made["service_begins"]
        made["ended"] = made["until"] == made["service_until"]
        return made[[*BY, "begins", "until", "begun", "ended"]]

    @cached_property
    def judged_tests(self) -> pd.DataFrame:
        """The tests in that time, with the contract that stood then."""
        made = self.tests.merge(self.judged[[*BY, "begins", "until"]], on="point")
        found = made[(made["time"] >= made["begins"]) & (made["time"] < made["until"])]
        kept: pd.DataFrame = found.drop(columns=["begins", "until"]).reset_index(drop=True)
        return kept


# What is due


def dues(evidence: Evidence) -> pd.DataFrame:
    """The fee that is due for each point and contract, and month in which both were in force.

    Returns
    -------
    DataFrame
        `KEY` (month: its number), `provider`, `days` in service and `of_days` of the month (local days, a day begun
        counts; one on which contracts follow each other is the earlier one's), `suspended_days` of them: whole days on
        which service rested, `fee_idr` of a whole month, `due_idr`: fee × (days, of suspended ones the contract's
        share) / days of the month, half a rupiah up; `provisional`: the month is not over yet. Without a fee nothing
        is due, and there is no row.
    """
    spans = evidence.in_force
    spans = spans[spans["fee_idr"].notna() & np.isfinite(spans["begins"])].reset_index(drop=True)
    first, known = np.floor(_local(spans["begins"])), np.ceil(_local(evidence.as_of))
    first = first.mask(spans["follows"] & spans["begins"].eq(spans["low"]), np.ceil(_local(spans["begins"])))
    last = np.ceil(_local(spans["until"]))
    begin, end = (np.round(_local(evidence.edges[i : len(evidence.edges) - 1 + i])) for i in (0, 1))
    low, high = np.maximum(first.to_numpy()[:, None], begin), np.minimum(last.to_numpy()[:, None], end)
    days = np.minimum(high, known) - low
    at, month = np.nonzero(days > 0)
    stretch = spans.iloc[at].reset_index(drop=True)
    made: pd.DataFrame = stretch[[*BY, "provider"]].assign(
        month=month, days=days[at, month].astype(int), of_days=(end - begin)[month].astype(int),
        fee_idr=stretch["fee_idr"].astype(int), provisional=(high > known)[at, month],
    )  # fmt: skip
    made["suspended_days"] = _suspended(evidence, made, low[at, month], np.minimum(high, known)[at, month])
    share = (
        made["contract"].map(evidence.programme.contracts.set_index("contract")["suspended_share"]).fillna(0)
    )
    rows = zip(*(made[name] for name in ("fee_idr", "days", "suspended_days", "of_days")), share, strict=True)
    made["due_idr"] = [_due(int(f), int(d), int(s), int(of), terms.exact(part)) for f, d, s, of, part in rows]
    return made


def _due(fee_idr: int, days: int, suspended: int, of_days: int, share: Fraction) -> int:
    """The part of a month's fee, to the nearest rupiah, half a rupiah up."""
    return math.floor(fee_idr * (days - suspended + suspended * share) / of_days + Fraction(1, 2))


def _suspended(evidence: Evidence, rows: pd.DataFrame, low: Floats, high: Floats) -> Any:
    """How many whole days, of those between local days `low` and `high`, service rested at each row's point."""
    found = np.zeros(len(rows), int)
    for point, begins, until in under.rested(evidence.windows).itertuples(index=False):
        mine = np.flatnonzero(rows["point"] == point)
        from_day, to_day = np.ceil(_local(begins)), np.floor(_local(until))
        found[mine] += np.maximum(np.minimum(high[mine], to_day) - np.maximum(low[mine], from_day), 0).astype(
            int
        )
    return found


def _local(seconds: Any) -> Any:
    """Local days since 1970, with parts."""
    return (seconds + UTC_OFFSET_H * 3600) / _DAY


# What is judged


def judged_pieces(evidence: Evidence) -> pd.DataFrame:
    """The outages while a contract is in force, with it; what reaches over an end of what is judged is cut there."""
    made = evidence.pieces.merge(evidence.judged[[*BY, "begins", "until"]], on="point")
    early, late = made["start"] < made["begins"], made["end"] > made["until"]
    made = made.assign(
        start=made["start"].clip(lower=made["begins"]),
        end=made["end"].clip(upper=made["until"]),
        start_wide_s=made["start_wide_s"].mask(early, 0.0),
        end_wide_s=made["end_wide_s"].mask(late, 0.0),
        ended=made["ended"].astype(bool) & ~late,
    )
    found: pd.DataFrame = made[made["end"] > made["start"]].drop(columns=["begins", "until"])
    return found.reset_index(drop=True)


def values(evidence: Evidence, pieces: pd.DataFrame) -> pd.DataFrame:
    """What was delivered of each promise but repair, by point, contract and month.

    Parameters
    ----------
    pieces
        Of `judged_pieces`.

    Returns
    -------
    DataFrame
        `KEY`, `what`, `likely` with its interval `low` and `high`, `sure`: the end of it that is better for
        the provider, `likely_hours` and `sure_hours` down (NaN but for availability), `evidence`: known hours, tests or
        heartbeats, and `enough`. Numbers are rounded to six places, as they are written.
    """
    tests = evidence.judged_tests
    made = [_availability(evidence, pieces), *(_rate(tests, name) for name in ("down_mbps", "up_mbps"))]
    made.append(_latency(evidence))
    columns = [
        *KEY,
        "what",
        "sure",
        "likely",
        "low",
        "high",
        "sure_hours",
        "likely_hours",
        "evidence",
        "enough",
    ]
    found = pd.concat([m.reindex(columns=columns) for m in made if len(m)] or [pd.DataFrame(columns=columns)])
    numbers = columns[len(KEY) + 1 : -1]
    found[numbers] = found[numbers].astype(float).round(6)
    return found.reset_index(drop=True)


def _availability(evidence: Evidence, pieces: pd.DataFrame) -> pd.DataFrame:
    sums = availability.by_month(pieces, evidence.judged, evidence.edges, evidence.as_of, BY)
    made = sums.join(availability.shares(sums))
    counted = (made["period_s"] - made["excused_s"]) / 3600
    return made[KEY].assign(
        what="availability", sure=made["availability_high"], likely=made["availability"],
        low=made["availability_low"], high=made["availability_high"],
        sure_hours=(1 - made["availability_high"]) * counted, likely_hours=made["down_s"] / 3600,
        evidence=counted - made["unknown_s"] / 3600, enough=made["enough"].astype(bool),
    )  # fmt: skip


def _rate(tests: pd.DataFrame, name: str) -> pd.DataFrame:
    made = speed.quantiles(tests, KEY, name, name).reset_index()
    found: pd.DataFrame = made[KEY].assign(
        what=name, sure=made[f"{name}_high"], likely=made[name], low=made[f"{name}_low"], high=made[f"{name}_high"],
        evidence=made[f"{name}_tests"], enough=made[name].notna(),
    )  # fmt: skip
    return found


def _latency(evidence: Evidence) -> pd.DataFrame:
    """Round trips of whole months: those into which grace, suspension or the contract's ends reach are not judged."""
    made = evidence.latency.merge(evidence.judged, on="point")
    month = made["month"].to_numpy(int)
    begins, ends = evidence.edges[month], evidence.edges[month + 1]
    inside = (made["begins"] < ends) & (made["until"] > begins)
    whole = (made["begun"] | (begins >= made["begins"])) & (made["ended"] | (ends <= made["until"]))
    made = made[inside & whole]
    found: pd.DataFrame = made[KEY].assign(
        what="latency", sure=made["low_ms"], likely=made["median_ms"], low=made["low_ms"], high=made["high_ms"],
        evidence=made["n"], enough=(made["n"] >= ENOUGH.beats).to_numpy(),
    )  # fmt: skip
    return found


def repairs(evidence: Evidence, pieces: pd.DataFrame) -> pd.DataFrame:
    """The outages that count against the link, by the month in which they began; hours rounded as they are written."""
    made = repair.repairs(pieces, BY)
    made["month"] = np.searchsorted(evidence.edges, made["start"], side="right") - 1
    made = made[(made["month"] >= 0) & (made["month"] < len(evidence.months))]
    hours = ["hours", "least_hours", "most_hours"]
    made[hours] = made[hours].round(6)
    return made.sort_values([*KEY, "start"], kind="stable").reset_index(drop=True)


def down(evidence: Evidence, pieces: pd.DataFrame) -> pd.DataFrame:
    """By `KEY`: `outages` (their numbers, with blanks between them) and `hours` down."""
    cut = availability.cut(pieces[pieces["counts"] == "down"], np.minimum(evidence.edges, evidence.as_of))
    cut = cut.assign(hours=(cut["end"] - cut["start"]) / 3600)
    groups = cut.sort_values([*KEY, "start"], kind="stable").groupby(KEY)
    return pd.DataFrame({"outages": groups["outage"].agg(_numbers), "hours": groups["hours"].sum()})


# Silence


SILENT_DAYS = 7
"""Of a month, so many days without any evidence cost nothing where the contract says no other number.

A probe that falls silent is seen the same day; within a week somebody can travel to any village and set another.
"""


def silent(evidence: Evidence, pieces: pd.DataFrame) -> pd.DataFrame:
    """Whole local days of which nothing is known, though a probe stood there, the centre was up and nothing excuses it.

    Parameters
    ----------
    pieces
        Of `judged_pieces`.

    Returns
    -------
    DataFrame
        `KEY`, `silent`: how many days, `outages`: numbers of the pieces, with blanks between them.
    """
    unknown = pieces[pieces["counts"] == "unknown"]
    first, last = (round(float(_local(evidence.edges[at]))) for at in (0, -1))
    edges: Floats = (np.arange(first, last + 1, dtype=np.float64) - UTC_OFFSET_H / 24) * _DAY
    made = availability.cut(unknown, np.minimum(edges, evidence.as_of)).rename(columns={"month": "day"})
    made["lasted"] = made["end"] - made["start"]
    by = [*BY, "day"]
    whole = made.groupby(by)["lasted"].transform("sum") >= _DAY - 1
    made = made[whole]
    made = made[~_held_by_none(evidence, made["point"], edges[made["day"]])]
    made["month"] = np.searchsorted(evidence.edges, edges[made["day"]], side="right") - 1
    groups = made.sort_values([*KEY, "start"], kind="stable").groupby(KEY)
    numbers = groups["outage"].agg(_numbers)
    return pd.DataFrame({"silent": groups["day"].nunique(), "outages": numbers}).reset_index()


def _numbers(of: pd.Series) -> str:
    return " ".join(str(number) for number in dict.fromkeys(of))


def _held_by_none(evidence: Evidence, points: pd.Series, begins: Floats) -> Any:
    """Days (by when they begin) that something excuses at their point, without a probe, or when the centre was away."""
    days = pd.DataFrame({"point": points.to_numpy(), "begins": begins, "at": np.arange(len(points))})
    pairs = days.merge(evidence.windows, on="point")
    touched = pairs[(pairs["begins"] < pairs["high"]) & (pairs["begins"] + _DAY > pairs["low"])]
    free = days["at"].isin(touched["at"]).to_numpy()
    if evidence.probes is not None:
        pairs = days.merge(evidence.probes, on="point")
        had = pairs[(pairs["low"] <= pairs["begins"]) & (pairs["high"] >= pairs["begins"] + _DAY)]
        free = free | ~days["at"].isin(had["at"]).to_numpy()
    return free if evidence.centre is None else free | ~evidence.centre.up(begins, begins + _DAY - 1)
