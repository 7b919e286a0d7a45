"""What is owed: a statement for each point, month and year, and every deduction with the outages that it comes from.

A deduction is made for what was surely missed: the end of the interval that is better for the provider must miss the
limit. Beside it stands what would be deducted at the likeliest value. Money is whole rupiah: each deduction is rounded
down, and every sum is a sum of what stands in the rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from merata.assure import judged, terms
from merata.assure.judged import KEY, Evidence
from merata.assure.terms import Ladder, exact


class Deduction(NamedTuple):
    """A row of the scorer's deductions.csv."""

    provider: str
    contract: str
    point: str
    month: str
    what: str
    """One of `WHAT`."""
    per: str
    sure: float
    """The value that is deducted for: share, Mbit/s, ms; hours that an outage lasted."""
    likely: float
    low: float
    high: float
    sure_hours: float
    """Down time, h, that is deducted for; of availability."""
    likely_hours: float
    evidence: float
    """Known hours, tests, heartbeats or outages behind it."""
    outages: str
    """Numbers of rows of outages.csv, with blanks between them."""
    due_idr: int
    amount_idr: int
    """Is deducted, before the cap on all of the month's deductions."""
    likely_idr: int
    """Would be, at the likeliest value."""
    formula: str


def owed(evidence: Evidence, flagged: dict[str, str]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Statements, deductions and the speed tests behind those of rates.

    Parameters
    ----------
    flagged
        Point -> kinds of suspicion about it. They change no amount; statements say them.
    """
    pieces = judged.judged_pieces(evidence)
    dues, values = judged.dues(evidence), judged.values(evidence, pieces)
    dues["period"] = np.array(evidence.months, object)[dues["month"]]
    ladders = terms.ladders(evidence.programme.deductions)
    rows = list(_by_value(evidence, ladders, dues, values, judged.down(evidence, pieces)))
    rows += _by_repair(evidence, ladders, dues, judged.repairs(evidence, pieces))
    rows += _by_silence(evidence, dues, judged.silent(evidence, pieces))
    deductions = pd.DataFrame(rows, columns=list(Deduction._fields))
    deductions = deductions.astype({"due_idr": int, "amount_idr": int, "likely_idr": int})
    deductions = deductions.sort_values(
        ["month", "provider", "point", "contract", "what", "per"], kind="stable", ignore_index=True
    )
    lacking = _lacking(ladders, dues, values)
    months = statements(dues, deductions, evidence, lacking)
    months["flagged"] = [flagged.get(point, "") for point in months["point"]]
    found = [months, years(months, evidence)] if len(evidence.months) > 1 else [months]
    made = pd.concat(found, ignore_index=True)
    return made, deductions, _tests(evidence, deductions)


# Deductions


def _by_value(
    evidence: Evidence, ladders: list[Ladder], dues: pd.DataFrame, values: pd.DataFrame, down: pd.DataFrame
) -> Iterator[Deduction]:
    """Of availability, rates and latency."""
    joined = values[values["enough"].astype(bool)].merge(dues, on=KEY).join(down, on=KEY)
    for ladder in ladders:
        if ladder.what == "repair":
            continue
        mine = joined[(joined["contract"] == ladder.contract) & (joined["what"] == ladder.what)]
        limit = float(ladder.steps[0][0])
        missed = mine["likely"] > limit if ladder.what == "latency" else mine["likely"] < limit
        row: Any
        for row in mine[missed].itertuples(index=False):
            yield _valued(ladder, row)


def _valued(ladder: Ladder, row: Any) -> Deduction:
    hours = [exact(h) if h == h else Fraction(0) for h in (row.sure_hours, row.likely_hours)]
    # With too few tests an end of the interval is infinite: then nothing is surely missed.
    sure = ladder.share_of(exact(row.sure), hours[0]) if np.isfinite(row.sure) else Fraction(0)
    likely = ladder.share_of(exact(row.likely), hours[1])
    of_time, due = ladder.what == "availability", int(row.due_idr)
    return Deduction(
        row.provider, row.contract, row.point, row.period, ladder.what, ladder.per, row.sure, row.likely, row.low,
        row.high, row.sure_hours, row.likely_hours, row.evidence,
        row.outages if of_time and row.outages == row.outages else "", due,
        int(due * sure), max(int(due * likely), int(due * sure)),
        _formula(ladder, exact(row.sure), hours[0], due, ladder.cap) if sure else "",
    )  # fmt: skip


def _by_repair(
    evidence: Evidence, ladders: list[Ladder], dues: pd.DataFrame, repairs: pd.DataFrame
) -> Iterator[Deduction]:
    """Of outages that lasted too long, a row each; a cap of their own is used up in the order in which they began."""
    joined = repairs.merge(dues, on=KEY)
    for ladder in ladders:
        if ladder.what != "repair":
            continue
        mine = joined[(joined["contract"] == ladder.contract) & (joined["hours"] > float(ladder.steps[0][0]))]
        used: dict[tuple[str, str], tuple[Fraction, Fraction]] = {}  # a ladder is one contract's
        row: Any
        for row in mine.sort_values([*KEY, "start"], kind="stable").itertuples(index=False):
            sure, likely = used.get((row.point, row.period), (Fraction(0), Fraction(0)))
            part = min(ladder.share_of(exact(row.least_hours)), ladder.cap - sure)
            likely_part = min(ladder.share_of(exact(row.hours)), ladder.cap - likely)
            how = _formula(ladder, exact(row.least_hours), Fraction(0), int(row.due_idr), ladder.cap - sure)
            used[row.point, row.period] = sure + part, likely + likely_part
            yield _repaired(ladder, row, part, likely_part, how if part else "")


def _repaired(ladder: Ladder, row: Any, part: Fraction, likely: Fraction, how: str) -> Deduction:
    due = int(row.due_idr)
    return Deduction(
        row.provider, row.contract, row.point, row.period, "repair", ladder.per, row.least_hours, row.hours,
        row.least_hours, row.most_hours, np.nan, np.nan, 1.0, str(row.outage), due,
        int(due * part), int(due * likely), how,
    )  # fmt: skip


def _by_silence(evidence: Evidence, dues: pd.DataFrame, silent: pd.DataFrame) -> Iterator[Deduction]:
    """Of days without any evidence, beyond those that cost nothing, where the contract has them due in part."""
    terms_of = evidence.programme.contracts.set_index("contract")[["silent_days", "silent_share"]]
    joined = silent.merge(dues, on=KEY).join(terms_of, on="contract")
    row: Any
    for row in joined[joined["silent_share"] < 1].itertuples(index=False):
        free = judged.SILENT_DAYS if np.isnan(row.silent_days) else int(row.silent_days)
        if row.silent > free:
            yield _unheard(row, free)


def _unheard(row: Any, free: int) -> Deduction:
    left, days = 1 - exact(row.silent_share), float(row.silent)
    amount = min(int(row.fee_idr * (row.silent - free) * left / row.of_days), int(row.due_idr))
    how = f"{_said(left)} × ({row.silent} − {free}) / {row.of_days} × {row.fee_idr}"
    return Deduction(
        row.provider, row.contract, row.point, row.period, "silence", "day", days, days, days, days, np.nan, np.nan,
        days, row.outages, int(row.due_idr), amount, amount, how,
    )  # fmt: skip


def _formula(ladder: Ladder, value: Fraction, hours: Fraction, due: int, left: Fraction) -> str:
    """How much is deducted, as arithmetic: `(0.02 × 1.5 + 0.05 × 2) × 1500000, at most 0.2 × 1500000`."""
    parts = [
        _said(share) if not ladder.per else f"{_said(share)} × {_said(times)}"
        for share, times in ladder.terms(value, hours)
    ]
    if not parts:
        return ""
    sum_of = parts[0] if len(parts) == 1 else f"({' + '.join(parts)})"
    most = "" if ladder.share_of(value, hours) < left else f", at most {_said(left)} × {due}"
    return f"{sum_of} × {due}{most}"


def _said(number: Fraction) -> str:
    return f"{float(number):.6f}".rstrip("0").rstrip(".")


# Statements

WHAT = (*terms.PER, "silence")
"""What deductions are for; the last one is no promise that was missed: days without any evidence."""


def statements(
    dues: pd.DataFrame, deductions: pd.DataFrame, evidence: Evidence, lacking: dict[tuple[str, str, int], str]
) -> pd.DataFrame:
    """A row for each point, contract and month: what is due, what is deducted by what, and what is owed.

    Returns
    -------
    DataFrame
        `provider`, `contract`, `point`, `period` (2026-11), `provisional`, `days`, `of_days`, `suspended_days`,
        `fee_idr`, `due_idr`, a column of deductions for each of `WHAT`, `over_cap_idr`: what of them the cap forgoes,
        `deducted_idr`, `owed_idr`, `likely_deducted_idr`, and `too_little`: what there was too little evidence for.
    """
    made = dues.copy()
    sums = deductions.pivot_table(
        index=["point", "contract", "month"], columns="what", values="amount_idr", aggfunc="sum"
    )
    sums = sums.reindex(pd.MultiIndex.from_frame(made[["point", "contract", "period"]])).fillna(0)
    for what in WHAT:
        made[f"{what}_idr"] = sums[what].to_numpy().astype(int) if what in sums else 0
    hoped = deductions.groupby(["point", "contract", "month"])["likely_idr"].sum()
    likely = hoped.reindex(sums.index).fillna(0).to_numpy(int)
    caps = evidence.programme.contracts.set_index("contract")["cap"].reindex(made["contract"]).fillna(1.0)
    most = np.array([int(int(d) * exact(c)) for d, c in zip(made["due_idr"], caps, strict=True)], int)
    asked = made[[f"{what}_idr" for what in WHAT]].sum(axis=1).to_numpy(int)
    made["deducted_idr"] = np.minimum(asked, most).astype(int)
    made["over_cap_idr"] = asked - made["deducted_idr"]
    made["owed_idr"] = made["due_idr"] - made["deducted_idr"]
    made["likely_deducted_idr"] = np.minimum(likely, most)
    made["too_little"] = [lacking[key] for key in zip(*(made[name] for name in KEY), strict=True)]
    made = made.sort_values(["period", "provider", "point", "contract"], kind="stable", ignore_index=True)
    return made[list(COLUMNS)]


COLUMNS = (
    "provider", "contract", "point", "period", "provisional", "days", "of_days", "suspended_days", "fee_idr", "due_idr",
    *(f"{what}_idr" for what in WHAT), "over_cap_idr", "deducted_idr", "owed_idr", "likely_deducted_idr", "too_little",
)  # fmt: skip


def years(months: pd.DataFrame, evidence: Evidence) -> pd.DataFrame:
    """The sums of each point's months by year; a yearly cap gives back what was deducted above it."""
    by = ["provider", "contract", "point", "year"]
    groups = months.assign(year=months["period"].str[:4]).groupby(by, sort=True)
    numbers = [c for c in months if str(c).endswith("_idr") or c in ("days", "of_days", "suspended_days")]
    words = groups.agg(too_little=("too_little", _joined), flagged=("flagged", "first"))
    made = groups[numbers].sum().join(groups["provisional"].any()).join(words).reset_index()
    caps = (
        evidence.programme.contracts.set_index("contract")["year_cap"].reindex(made["contract"]).fillna(1.0)
    )
    most = [int(int(d) * exact(c)) for d, c in zip(made["due_idr"], caps, strict=True)]
    deducted = np.minimum(made["deducted_idr"], most)
    made["over_cap_idr"] += made["deducted_idr"] - deducted
    made["deducted_idr"] = deducted
    made["owed_idr"] = made["due_idr"] - deducted
    made["likely_deducted_idr"] = np.minimum(made["likely_deducted_idr"], most)
    return made.rename(columns={"year": "period"})[[*COLUMNS, "flagged"]]


def _joined(texts: pd.Series) -> str:
    return " ".join(dict.fromkeys(" ".join(texts).split()))


def _lacking(
    ladders: list[Ladder], dues: pd.DataFrame, values: pd.DataFrame
) -> dict[tuple[str, str, int], str]:
    """Point, contract and month -> what their contract deducts for, and there was too little evidence to judge."""
    judged_of = values[values["enough"].astype(bool)]
    had = set(zip(*(judged_of[name] for name in (*KEY, "what")), strict=True))
    wanted: dict[str, list[str]] = {}
    for ladder in ladders:
        if ladder.what != "repair" and ladder.what not in wanted.setdefault(ladder.contract, []):
            wanted[ladder.contract].append(ladder.what)
    rows = zip(*(dues[name] for name in KEY), strict=True)
    return {
        key: " ".join(w for w in WHAT if w in wanted.get(key[1], []) and (*key, w) not in had) for key in rows
    }


def _tests(evidence: Evidence, deductions: pd.DataFrame) -> pd.DataFrame:
    """The speed tests behind deductions of rates: `point`, `contract`, `month`, `time`, `down_mbps`, `up_mbps`."""
    mine = deductions[deductions["what"].isin(["down_mbps", "up_mbps"])][
        ["point", "contract", "month"]
    ].drop_duplicates()
    tests = evidence.judged_tests
    tests = tests[tests["month"] >= 0]
    tests = tests.assign(month=np.array(evidence.months, object)[tests["month"].to_numpy(int)])
    made = tests.merge(mine, on=["point", "contract", "month"]).sort_values(["point", "time"], kind="stable")
    return made[["point", "contract", "month", "time", "down_mbps", "up_mbps"]].reset_index(drop=True)
