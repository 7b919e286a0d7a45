"""Terms of contracts: from what was missed to the share of a month's fee that is deducted, exactly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

#: What may be deducted for -> for each so much of it (see `Ladder.share_of`).
PER = {
    "availability": ("", "percent", "hour", "lost"),
    "down_mbps": ("", "percent"),
    "up_mbps": ("", "percent"),
    "latency": ("", "percent"),
    "repair": ("", "hour"),
}
LESS_IS_BETTER = ("latency", "repair")
LADDER = ["contract", "what", "per"]


def exact(value: float) -> Fraction:
    """A number as it is written to six places behind the point: what is in a CSV file gives the same."""
    return Fraction(f"{value:.6f}")


@dataclass(frozen=True)
class Ladder:
    """The steps by which a contract deducts for one thing, the mildest first."""

    contract: str
    what: str
    """A key of `PER`."""
    per: str
    steps: tuple[tuple[Fraction, Fraction], ...]
    """Limit, and share of the fee."""
    cap: Fraction = Fraction(10**6)
    """At most so much of the fee of a month."""

    @property
    def marginal(self) -> bool:
        """Whether a step counts from its own limit to the next one's, as taxes do; else the furthest passed counts."""
        return self.per == "percent" or (self.what == "repair" and self.per == "hour")

    def passed(self, value: Fraction) -> list[tuple[Fraction, Fraction]]:
        """The steps whose limits are missed."""
        return [(limit, share) for limit, share in self.steps if self._beyond(value, limit) > 0]

    def terms(self, value: Fraction, down_hours: Fraction) -> list[tuple[Fraction, Fraction]]:
        """Share of the fee and times how much of it, for each step that counts.

        Parameters
        ----------
        value
            Availability (share), rate (Mbit/s), latency (ms) or how long a repair took (h).
        down_hours
            Down time of the month, h, for a ladder of availability per hour.
        """
        passed = self.passed(value)
        if not passed:
            return []
        if not self.marginal:
            times = {"": Fraction(1), "hour": down_hours, "lost": 1 - value}[self.per]
            return [(passed[-1][1], times)]
        ends = [limit for limit, _ in passed[1:]] + [value]
        return [
            (share, self._beyond(end, limit) * self._scale(limit))
            for (limit, share), end in zip(passed, ends, strict=True)
        ]

    def share_of(self, value: Fraction, down_hours: Fraction = Fraction(0)) -> Fraction:
        """So much of the fee of the month is deducted, its own cap kept."""
        return min(sum((s * t for s, t in self.terms(value, down_hours)), Fraction(0)), self.cap)

    def _beyond(self, value: Fraction, limit: Fraction) -> Fraction:
        return value - limit if self.what in LESS_IS_BETTER else limit - value

    def _scale(self, limit: Fraction) -> Fraction:
        """From the unit of a limit to percent: points of availability, parts of the limit elsewhere; hours stay."""
        if self.per == "hour":
            return Fraction(1)
        return Fraction(100) if self.what == "availability" else 100 / limit


def ladders(deductions: pd.DataFrame) -> list[Ladder]:
    """The ladders of the table of deductions (`programme_tables.DEDUCTIONS`), in an order that rows do not change."""
    found = []
    for (contract, what, per), rows in deductions.groupby(LADDER, sort=True):
        steps = sorted((exact(a), exact(b)) for a, b in zip(rows["limit"], rows["share"], strict=True))
        cap = rows["cap"].iloc[0]
        limit = {} if np.isnan(cap) else {"cap": exact(cap)}
        mildest = steps if what in LESS_IS_BETTER else steps[::-1]
        found.append(Ladder(str(contract), str(what), str(per), tuple(mildest), **limit))
    return found


#: What can be wrong with a row of the table of deductions.
FAULTS = {
    "misfit": "does not fit what is deducted for",
    "no share": "is no share from 0 to 1: 98 % is 0.98",
    "no limit": "can't be the limit: nothing is below it, or everything above it",
    "less for more": "is less than where less was missed: give at least as much",
    "caps differ": "differs from that of another step for the same: give all the same",
}


def faults(rows: pd.DataFrame) -> Iterator[tuple[str, Any, str]]:
    """Column, which rows, and why (a key of `FAULTS`): terms that can't be, or deduct less where more was missed."""
    fitting = [p in PER[w] for w, p in zip(rows["what"], rows["per"], strict=True)]
    yield "per", ~np.array(fitting, bool), "misfit"
    less_is_better = rows["what"].isin(LESS_IS_BETTER)
    of_time = rows["what"] == "availability"
    yield "limit", of_time & (rows["limit"] > 1), "no share"
    free = (rows["limit"] == 0) & (
        ~less_is_better | ((rows["what"] == "latency") & (rows["per"] == "percent"))
    )
    yield "limit", free, "no limit"
    ordered = rows.assign(worse=rows["limit"].where(less_is_better, -rows["limit"]))
    ordered = ordered.sort_values([*LADDER, "worse"], kind="stable")
    marginal = (ordered["per"] == "percent") | ((ordered["what"] == "repair") & (ordered["per"] == "hour"))
    less = (ordered["share"] < ordered.groupby(LADDER)["share"].shift()) & ~marginal
    yield "share", less.reindex(rows.index), "less for more"
    differs = rows.groupby(LADDER)["cap"].transform("nunique", dropna=False) > 1
    yield "cap", differs, "caps differ"
