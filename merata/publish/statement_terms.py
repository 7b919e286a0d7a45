"""The terms of contracts in a provider's statement: fee, caps, promises, and each rule in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from merata.assure import terms as ladders
from merata.assure.judged import SILENT_DAYS
from merata.assure.programme import NOTICE_HOURS
from merata.publish import pieces
from merata.publish import statement_pieces as parts
from merata.publish.statement import Statement
from merata.publish.words import NBSP, Tongue

#: Column of contracts.csv -> what it promises.
_PROMISES = {
    "availability": "availability", "down_mbps": "down_mbps", "up_mbps": "up_mbps", "latency_ms": "latency",
    "repair_hours": "repair",
}  # fmt: skip


def terms(s: Statement, t: Tongue) -> Iterator[pieces.Piece]:
    """Each contract: its fee and caps, its promises, its rules."""
    yield pieces.heading(t("h_terms"))
    row: Any
    for row in s.contracts.rename(columns={"from": "begins"}).itertuples():
        yield pieces.heading(t("contract", name=row.contract), 2)
        yield pieces.table((), "ll", [*_terms(row, t), *_stood(s, str(row.contract), t)])
        yield pieces.para(t("promises", promises="; ".join(_promises(row, t))))
        rules = s.rules[s.rules["contract"] == row.contract]
        if rules.empty:
            yield pieces.para(t("no_rules"))
            continue
        heads = ("r_what", "r_when", "r_share", "r_cap")
        ordered = sorted(ladders.ladders(rules), key=lambda ladder: list(ladders.PER).index(ladder.what))
        rows = [rule_said(ladder, step, t) for ladder in ordered for step in ladder.steps]
        yield pieces.table([t(h) for h in heads], "llll", rows, (1.1, 1.2, 2.6, 1.3))


def _terms(row: Any, t: Tongue) -> Iterator[tuple[str, str]]:
    yield t("t_fee"), parts.rupiah(row.monthly_idr, t)
    for name, key, of in (("cap", "t_cap", "share_of_fee"), ("year_cap", "t_year_cap", "share_of_year")):
        share = getattr(row, name)
        yield t(key), t(of, share=percent(share if share == share else 1.0, t))
    if np.isfinite([row.begins, row.until]).any():
        yield t("t_force"), " – ".join(_end(when) for when in (row.begins, row.until))
    grace, notice = (_or(row.grace_hours, 0.0), _or(row.notice_hours, NOTICE_HOURS))
    yield t("t_grace"), t("hours", n=t.number(grace))
    yield t("t_notice"), t("hours", n=t.number(notice))
    yield t("t_suspended"), t("share_of_rested", share=percent(_or(row.suspended_share, 0.0), t))
    free, share = int(_or(row.silent_days, SILENT_DAYS)), _or(row.silent_share, 1.0)
    yield (
        t("t_silence"),
        t("silence_due", days=free, share=percent(share, t)) if share < 1 else t("silence_free"),
    )
    yield t("t_power"), t.word("power_by", row.power_by or "village")


def _stood(s: Statement, contract: str, t: Tongue) -> Iterator[tuple[str, str]]:
    """At which points it stood for a part of the time alone, and when."""
    rows = s.stood[s.stood["contract"] == contract]
    places = zip(rows["point"], rows["low"], rows["high"], strict=True)
    told = [t("stood_at", point=point, low=_end(low), high=_end(high)) for point, low, high in places]
    if told:
        yield t("t_stood"), ", ".join(told)


def _end(when: float) -> str:
    return parts.moment(when) if np.isfinite(when) else "…"


def _or(number: float, otherwise: float) -> float:
    return number if number == number else otherwise


def _promises(row: Any, t: Tongue) -> Iterator[str]:
    for column, what in _PROMISES.items():
        number = getattr(row, column)
        if number == number:
            yield f"{t.word('promise', what)} {limit(what, number, t)}"


def limit(what: str, number: float, t: Tongue) -> str:
    """A limit with its unit, as short as it goes."""
    if what == "availability":
        return percent(number, t)
    unit = {"latency": "ms", "repair": "jam" if t.language == "id" else "h"}.get(what, "Mbit/s")
    return f"{_short(number, t)}{NBSP}{unit}"


def percent(share: float, t: Tongue) -> str:
    """A share as a percentage with as many places as it has."""
    return f"{_short(share * 100, t)}%"


def _short(number: float, t: Tongue) -> str:
    text = f"{number:.6f}".rstrip("0").rstrip(".")
    return t.number(text, len(text.partition(".")[2]))


def rule_said(ladder: ladders.Ladder, step: Any, t: Tongue) -> list[str]:
    """A step as a row: what, when, how much, at most how much."""
    at, share = float(step[0]), percent(float(step[1]), t)
    word = {"latency": "above", "repair": "longer"}.get(ladder.what, "below")
    once = "per_repair" if ladder.what == "repair" else "per_once"
    key = {
        "": once, "percent": "per_points" if ladder.what == "availability" else "per_percent",
        "hour": "per_late" if ladder.what == "repair" else "per_hour", "lost": "per_lost",
    }[ladder.per]  # fmt: skip
    most = t("share_of_fee", share=percent(float(ladder.cap), t)) if ladder.cap <= 1 else "–"
    return [t.word("what", ladder.what), t(word, limit=limit(ladder.what, at, t)), t(key, share=share), most]
