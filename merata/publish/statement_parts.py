"""The parts of a provider's statement in their order: whose, sums, points, terms, deductions, January, how."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

import pandas as pd

from merata.assure.owed import WHAT
from merata.publish.pieces import Piece, heading, para, table
from merata.publish.statement import Statement
from merata.publish.statement_pieces import moment, period_said, rupiah
from merata.publish.statement_terms import terms
from merata.publish.statement_traced import deductions, excused, suspended
from merata.publish.words import Tongue, is_empty


def pieces(s: Statement, t: Tongue) -> Iterator[Piece]:
    """All parts in their order."""
    parts = (head, summary, months, points, terms, deductions, suspended, excused, january, how)
    return chain.from_iterable(part(s, t) for part in parts)


def head(s: Statement, t: Tongue) -> Iterator[Piece]:
    """Whose statement it is, of what."""
    first, last = (period_said(p, t) for p in (s.months["period"].min(), s.months["period"].max()))
    period = f"{s.period} ({first} – {last})" if s.yearly else first
    rows = [
        (t("of_provider"), s.provider), (t("of_period"), period), (t("of_region"), s.region),
        (t("of_contracts"), ", ".join(s.contracts["contract"])),
        (t("of_points"), t.number(s.totals["point"].nunique())),
        (t("known_until"), f"{moment(s.as_of)} WITA"),
    ]  # fmt: skip
    yield table((), "ll", [r for r in rows if r[1]], size=10)
    yield para(t("wita"), "small")


def summary(s: Statement, t: Tongue) -> Iterator[Piece]:
    """The sums, what is in doubt, and what was not judged."""
    yield heading(t("h_summary"))
    rows = [(t("due"), rupiah(s.sum_of("due_idr"), t))]
    rows += [
        (t("deducted_for", what=t.word("what", what)), rupiah(-amount, t))
        for what in WHAT
        if (amount := s.sum_of(f"{what}_idr"))
    ]
    if s.sum_of("over_cap_idr"):
        rows.append((t("over_cap"), rupiah(s.sum_of("over_cap_idr"), t)))
    rows += [
        (t("deducted"), rupiah(-s.sum_of("deducted_idr"), t)),
        (t("owed"), rupiah(s.sum_of("owed_idr"), t)),
    ]
    yield table((), "lr", rows, (1, 0), bold=[len(rows) - 1], size=10)
    likely, deducted = s.sum_of("likely_deducted_idr"), s.sum_of("deducted_idr")
    words = t("no_doubt") if likely == deducted else ""
    yield para(words or t("doubt", likely=rupiah(likely, t), deducted=rupiah(deducted, t)))
    if lacking := _lacking(s, t):
        yield para(t("too_little", what=lacking))
    if s.flagged:
        found = (f"{name} ({_kinds(kinds, t)})" for name, kinds in s.flagged.items())
        yield para(t("flagged", what="; ".join(found)))


def _lacking(s: Statement, t: Tongue) -> str:
    rows = s.months[s.months["too_little"] != ""]
    found = []
    row: Any
    for row in rows.itertuples():
        what = ", ".join(t.word("what", w) for w in str(row.too_little).split())
        named = _named(s, str(row.point), str(row.contract), t)
        found.append(f"{named}{f' {period_said(str(row.period), t)}' if s.yearly else ''} ({what})")
    return "; ".join(found)


def _kinds(kinds: str, t: Tongue) -> str:
    return ", ".join(t.word("kind", k) for k in kinds.split(", "))


_SUMS = {
    "due_idr": "c_due", "availability_idr": "c_availability", "rates_idr": "c_rates", "latency_idr": "c_latency",
    "repair_idr": "c_repair", "silence_idr": "c_silence", "over_cap_idr": "c_over_cap", "deducted_idr": "c_deducted",
    "owed_idr": "c_owed", "likely_deducted_idr": "c_likely",
}  # fmt: skip


def _summed(s: Statement) -> list[str]:
    """The columns of sums; that of days without evidence where something is deducted for them."""
    return [name for name in _SUMS if name != "silence_idr" or s.sum_of(name)]


def _sums(s: Statement, rows: pd.DataFrame, t: Tongue) -> list[str]:
    made = rows.assign(rates_idr=rows["down_mbps_idr"] + rows["up_mbps_idr"])
    return [t.number(int(made[name].sum())) for name in _summed(s)]


def _sum_heads(s: Statement, t: Tongue) -> list[str]:
    return [t(_SUMS[name]) for name in _summed(s)]


def months(s: Statement, t: Tongue) -> Iterator[Piece]:
    """A year's months, and what its cap gives back."""
    if not s.yearly:
        return
    yield heading(t("h_months"))
    rows = [
        [period_said(str(month), t), *_sums(s, mine, t)]
        for month, mine in s.months.groupby("period", sort=True)
    ]
    columns = [str(n) for n in s.months if str(n).endswith("_idr")]
    over = s.totals[columns].sum() - s.months[columns].sum()
    if over["deducted_idr"] or over["likely_deducted_idr"]:
        rows.append([t("year_cap_row"), *_sums(s, over.to_frame().T, t)])
    rows.append([t("sum"), *_sums(s, s.totals, t)])
    heads = _sum_heads(s, t)
    yield table([t("month"), *heads], "l" + "r" * len(heads), rows, [1.3] + [1] * len(heads),
                bold=[len(rows) - 1], size=7.6)  # fmt: skip


def points(s: Statement, t: Tongue) -> Iterator[Piece]:
    """A row for each point; where two of the provider's contracts followed each other there, a row for each."""
    yield heading(t("h_points"))
    rows = []
    for (point, contract), mine in s.totals.groupby(["point", "contract"], sort=True):
        named = _named(s, str(point), str(contract), t)
        rows.append([named, _days(mine.iloc[0], t), *_sums(s, mine, t)])
    rows.append([t("sum"), "", *_sums(s, s.totals, t)])
    heads = _sum_heads(s, t)
    yield table([t("point"), t("days"), *heads], "lr" + "r" * len(heads), rows,
                [1.1, 0.9] + [1.1] * len(heads), bold=[len(rows) - 1], size=7.6)  # fmt: skip
    yield para(t("points_note"), "small")


def _named(s: Statement, point: str, contract: str, t: Tongue) -> str:
    """A point; with its contract where two of the provider's followed each other there."""
    twice = s.totals["point"][s.totals["point"].duplicated()]
    return t("under", point=point, contract=contract) if twice.isin([point]).any() else point


def _days(row: Any, t: Tongue) -> str:
    rested = t("of_them_suspended", n=row["suspended_days"]) if row["suspended_days"] else ""
    return f"{row['days']}/{row['of_days']}{rested}"


def january(s: Statement, t: Tongue) -> Iterator[Piece]:
    """Keep, renegotiate or replace, and what that would cost."""
    if s.january.empty:
        return
    yield heading(t("h_january"))
    order = s.january["of"].map({"provider": 0, "contract": 1, "point": 2})
    rows = s.january.assign(order=order).sort_values(["order", "name"], kind="stable")
    heads = ("j_of", "j_verdict", "j_missed", "j_share", "j_chance", "j_most")
    yield table([t(h) for h in heads], "llrrrl", [_verdict(row, t) for row in rows.itertuples()],
                (1.6, 1.1, 0.8, 1, 0.7, 1.6), bold=[0])  # fmt: skip
    yield para(t("j_rule"), "small")
    whole = rows[rows["of"] == "provider"]
    gone = rows[(rows["of"] == "point") & (rows["verdict"] == "replace")]
    row: Any
    for row in whole[whole["replaced"] > 0].itertuples():
        other, difference = row.other_monthly_idr, row.other_monthly_idr - row.monthly_idr
        yield para(
            t(
                "j_cost",
                n=t.number(row.replaced),
                now=_or(row.monthly_idr, t),
                other=_or(other, t),
                difference=_or(difference, t),
                install=_or(row.install_idr, t),
                known=t.word("known", row.known_by),
            )
        )
        yield para(t("j_planner", points=", ".join(gone["name"])))


def _or(idr: float, t: Tongue) -> str:
    return t("not_known") if is_empty(idr) else rupiah(idr, t)


def _verdict(row: Any, t: Tongue) -> list[str]:
    most = ", ".join(t.word("what", w) for w in row.missed_most.split())
    flagged = f" [{_kinds(row.flagged, t)}]" if row.flagged and row.of == "point" else ""
    return [
        f"{t.word('of', row.of)} {row.name}",
        t.word("verdict", row.verdict), f"{row.missed}/{row.judged}",
        f"{t.share(row.share_low)} – {t.share(row.share_high)}", t.chance(row.chance), (most or "–") + flagged,
    ]  # fmt: skip


def how(s: Statement, t: Tongue) -> Iterator[Piece]:
    """The rules of reckoning, and the files that anybody can reckon it again from."""
    yield heading(t("h_how"))
    for key in (
        "how_due",
        "how_follow",
        "how_sure",
        "how_silence",
        "how_excused",
        "how_again",
        "how_contest",
    ):
        yield para(t(key))
    yield heading(t("h_inputs"), 2)
    yield {"kind": "files", "rows": [[name, digest] for name, digest in s.inputs.items()]}
