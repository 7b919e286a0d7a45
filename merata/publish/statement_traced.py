"""In a provider's statement: every deduction with its outages and tests, and what does not count."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from merata.publish.pieces import Piece, heading, para, table
from merata.publish.statement import Statement
from merata.publish.statement_pieces import formula, moment, period_said, value
from merata.publish.words import NBSP, Tongue


def deductions(s: Statement, t: Tongue) -> Iterator[Piece]:
    """By point, contract and month: each deduction, then the outages and tests that they come from."""
    yield heading(t("h_deductions"))
    if s.deductions.empty:
        yield para(t("no_deductions"))
    for (point, contract, month), mine in s.deductions.groupby(["point", "contract", "month"], sort=True):
        yield heading(f"{t('under', point=point, contract=contract)}, {period_said(str(month), t)}", 2)
        heads = ("r_what", "d_value", "d_likely", "d_formula", "d_amount")
        rows = [_deduction(row, t) for row in mine.itertuples()]
        yield table([t(h) for h in heads], "lrrrr", rows, (1.7, 1, 2, 1.8, 0.8))
        yield from _behind(s, mine, t)


def _deduction(row: Any, t: Tongue) -> list[str]:
    what, of = row.what, {"down_mbps": "rates", "up_mbps": "rates"}.get(row.what, row.what)
    if what == "silence":
        days, of_what = value(what, row.sure, t), t.word("what", what)
        return [of_what, days, "–", formula(row.formula, t), t.number(row.amount_idr)]
    by = f", {t.word('per', row.per)}" if row.per else ""
    evidence = row.outages if what == "repair" else t.number(row.evidence)
    likely, unit = value(what, row.likely, t), value(what, 1.0, t).split(NBSP)[1:]
    ends = " – ".join(value(what, end, t).split(NBSP)[0] for end in (row.low, row.high))
    interval = f"{likely.split(NBSP)[0]} ({ends}){NBSP if unit else ''}{''.join(unit)}"
    return [
        f"{t.word('what', what)}{by} ({t(f'e_{of}', n=evidence)})", value(what, row.sure, t), interval,
        formula(row.formula, t) if row.formula else t("d_doubt"), t.number(row.amount_idr),
    ]  # fmt: skip


def _behind(s: Statement, mine: pd.DataFrame, t: Tongue) -> Iterator[Piece]:
    for of, counts in (("outages_of", "down"), ("silence_of", "unknown")):
        numbers = {int(n) for text in _of(mine, counts)["outages"] for n in text.split()}
        if numbers:
            rows = _same(s.outages, mine)
            yield para(t(of), "over")
            yield _outages(rows[rows["outage"].isin(numbers) & (rows["counts"] == counts)], t)
    tests = _same(s.tests, mine)
    words = [
        t(f"tests_{way}", values="  ".join(t.number(v, 2) for v in sorted(tests[f"{way}_mbps"].dropna())))
        for way in ("down", "up")
        if f"{way}_mbps" in set(mine["what"])
    ]
    if words:
        yield para(f"{t('tests_of')} {'; '.join(words)}", "small")


def _of(deductions: pd.DataFrame, counts: str) -> pd.DataFrame:
    """The deductions for what was down, or for time of which nothing is known."""
    silence = deductions["what"] == "silence"
    return deductions[silence if counts == "unknown" else ~silence]


def _same(rows: pd.DataFrame, mine: pd.DataFrame) -> pd.DataFrame:
    """The rows of the point, contract and month that deductions are of."""
    first = mine.iloc[0]
    return rows[
        (rows[["point", "contract", "month"]] == first[["point", "contract", "month"]].tolist()).all(axis=1)
    ]


def _outages(rows: pd.DataFrame, t: Tongue, reason: bool = False) -> Piece:
    heads = ("o_number", "o_start", "o_end", "o_hours", "o_sure", "reason" if reason else "o_cause")
    made = []
    row: Any
    for row in rows.itertuples():
        sure = (row.start_wide_s + row.end_wide_s) / 2 / 60 + row.sure_s / 60
        end = moment(row.end) if row.ended or row.was_cut else f"{moment(row.end)} ({t('o_open')})"
        why = row.excused_by if reason and row.excused_by else row.cause
        made.append(
            [
                str(row.outage),
                moment(row.start),
                end,
                t.number(row.hours, 2),
                t.number(sure, 1),
                t.word("cause", why),
            ]
        )
    return table([t(h) for h in heads], "rllrrl", made, (0.5, 1.2, 2.3, 0.9, 0.7, 1.9), size=7.6)


def suspended(s: Statement, t: Tongue) -> Iterator[Piece]:
    """When service rested, by what order, and what of the fee is due for it."""
    if s.suspended.empty:
        return
    yield heading(t("h_suspended"))
    yield para(t("suspended_note"))
    rows = [
        [point, moment(low), moment(high) if np.isfinite(high) else t("o_goes_on"), why]
        for point, low, high, why in s.suspended.to_numpy(object).tolist()
    ]
    heads = ("point", "o_start", "o_end", "reason")
    yield table([t(h) for h in heads], "llll", rows, (1, 1.2, 1.2, 3))


def excused(s: Statement, t: Tongue) -> Iterator[Piece]:
    """What does not count: of a month each outage, of a year the hours by point and reason."""
    yield heading(t("h_excused"))
    silence = _of(s.deductions, "unknown")
    told = {
        (m, int(n))
        for m, text in zip(silence["month"], silence["outages"], strict=True)
        for n in text.split()
    }
    above = [key in told for key in zip(s.outages["month"], s.outages["outage"], strict=True)]
    rows = s.outages[(s.outages["counts"] != "down") & ~np.array(above, bool)]
    rows = rows.assign(why=rows["excused_by"].where(rows["excused_by"] != "", rows["cause"]))
    if rows.empty:
        yield para(t("nothing_excused"))
        return
    yield para(t("excused_note"))
    if not s.yearly:
        for point, mine in rows.groupby("point", sort=True):
            yield heading(str(point), 2)
            yield _outages(mine, t, reason=True)
        return
    yield para(t("excused_sums"))
    sums = rows.pivot_table(index="point", columns="why", values="hours", aggfunc="sum").sort_index(axis=1)
    made = [
        [str(point), *(t.number(h, 2) for h in hours)]
        for point, hours in zip(sums.index, sums.to_numpy(), strict=True)
    ]
    made.append([t("sum"), *(t.number(float(sums[c].sum()), 2) for c in sums)])
    yield table([t("point"), *(t.word("cause", c) for c in sums)], "l" + "r" * len(sums.columns), made,
                [1] * (1 + len(sums.columns)), bold=[len(made) - 1])  # fmt: skip
