"""What a plan reaches in figures, and what a change of the problem costs: told so that it is true however near the plans are."""

# ruff: noqa: E501 — declared data: one sentence a line reads better than a folded one.
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from merata.plan import words as say
from merata.plan.again import Case
from merata.plan.frames import records
from merata.plan.frontier import reached
from merata.plan.instance import Instance, Solution
from merata.plan.pay import payments
from merata.plan.whatif import Cost
from merata.plan.whatif_words import Spoken, gap_said
from merata.plan.why_words import decimal
from merata.plan.words import Language

#: key -> (English, Indonesian).
SENTENCES: dict[str, tuple[str, str]] = {
    "costs": ("It costs {lost} of {before} weighted years of service, {share}", "Itu mengurangi {lost} dari {before} tahun layanan berbobot, {share}"),
    "gains": ("It brings {lost} more weighted years of service on top of {before}, {share}", "Itu menambah {lost} pada {before} tahun layanan berbobot, {share}"),
    "same": ("It costs nothing: the plan brings {before} weighted years of service as before", "Tanpa biaya: rencana memberi {before} tahun layanan berbobot seperti semula"),
    "between": (
        "; between the best plans without and with it lie {least} to {most}, as is proven",
        "; selisih antara rencana terbaik tanpa dan dengannya terbukti {least} sampai {most}",
    ),
    "unclear": (
        "; that is within what the plans are proven to, so it may as well be nothing",
        "; itu masih di dalam ketelitian yang terbukti, jadi mungkin juga tidak ada bedanya",
    ),
    "nobody": ("No village comes earlier or later.", "Tidak ada desa yang lebih awal atau lebih lambat."),
    "moves": ("Villages that move: {list}.", "Desa yang berpindah: {list}."),
    "new": ("new", "baru"),
    "earlier": ("earlier", "lebih awal"),
    "later": ("later", "lebih lambat"),
    "dropped": ("dropped", "tidak jadi"),
    "village": ("  {village}, {moved}: {before} → {after}", "  {village}, {moved}: {before} → {after}"),
    "never": ("not in these years", "belum pada tahun-tahun ini"),
    "rest": ("  … and {number} more (--json gives them all)", "  … dan {number} lagi (--json memberi semuanya)"),
    "objective": ("weighted years of service", "tahun layanan berbobot"),
    "villages_served": ("villages served at the end", "desa terlayani pada akhirnya"),
    "people_served": ("people brought to the promise at the end", "warga yang mencapai janji pada akhirnya"),
    "spread": ("difference between districts' shares", "selisih bagian antarkecamatan"),
    "budget_idr": ("money of the funds", "uang semua dana"),
    "spent_idr": ("money spent", "uang yang dipakai"),
    "figure": ("  {name}: {before} → {after}", "  {name}: {before} → {after}"),
}  # fmt: skip

_tell = say.teller(SENTENCES)
_LISTED = 20
_SAME = 1e-6
_MOVES = ("new", "earlier", "later", "dropped")


@dataclass(frozen=True)
class Outcome:
    """What a plan reaches."""

    objective: float
    villages_served: int
    people_served: float
    spread: float
    budget_idr: int
    spent_idr: int


@dataclass(frozen=True)
class Told:
    """A change beside the plan as it is, in figures."""

    before: Outcome
    after: Outcome
    at_least: float | None
    """The best plan with the change brings at least so much less than the best without; None: not proven."""
    at_most: float | None
    """And at most so much less."""
    gap_before: float
    gap: float
    moved: pd.DataFrame
    """Villages served otherwise: code, year_before, year_after, moved."""

    @property
    def lost(self) -> float:
        """What the plan found brings less; below 0: more."""
        return self.before.objective - self.after.objective

    def counts(self) -> dict[str, int]:
        """Villages by how they move, those that do."""
        found = self.moved["moved"].value_counts()
        return {name: int(found[name]) for name in _MOVES if name in found}

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        own = {name: getattr(self, name) for name in ("lost", "at_least", "at_most", "gap_before", "gap")}
        return {
            "before": vars(self.before),
            "after": vars(self.after),
            **own,
            "moved": records(self.moved),
        }

    def text(self, spoken: Spoken, language: Language) -> list[str]:
        """Sentences and lines: what it costs, figures that change, villages that move."""
        return [self._cost(language), *self._figures(language), *self._moves(spoken, language)]

    def _cost(self, language: Language) -> str:
        key = "same" if abs(self.lost) < _SAME else "costs" if self.lost > 0 else "gains"
        before = self.before.objective
        share = self.lost / before if before else 0.0
        text = _tell(
            key, language, lost=number(abs(self.lost), language), before=number(before, language),
            share=_percent(abs(share), language),
        )  # fmt: skip
        return text + gap_said(self.gap, language) + self._proven(language) + "."

    def _proven(self, language: Language) -> str:
        """Between what the cost of the change lies: nothing is told of tiers, whose bounds hold one under another."""
        if self.at_least is None or self.at_most is None or abs(self.lost) < _SAME:
            return ""
        if self.at_least <= 0 <= self.at_most:
            return _tell("unclear", language)
        ends = sorted((abs(self.at_least), abs(self.at_most)))
        return _tell("between", language, least=number(ends[0], language), most=number(ends[1], language))

    def _figures(self, language: Language) -> list[str]:
        return [
            _tell("figure", language, name=_tell(name, language), before=before, after=after)
            for name, value in vars(self.before).items()
            if (before := _figure(name, value, language))
            != (after := _figure(name, getattr(self.after, name), language))
        ]

    def _moves(self, spoken: Spoken, language: Language) -> list[str]:
        if self.moved.empty:
            return [_tell("nobody", language)]
        counts = ", ".join(f"{n} {_tell(name, language)}" for name, n in self.counts().items())
        rows = self.moved.to_dict("records")
        lines = [
            _tell(
                "village", language, village=spoken.village(row["code"]), moved=_tell(row["moved"], language),
                before=_year(row["year_before"], language), after=_year(row["year_after"], language),
            )
            for row in rows[:_LISTED]
        ]  # fmt: skip
        rest = len(rows) - _LISTED
        return [_tell("moves", language, list=counts), *lines] + (
            [_tell("rest", language, number=rest)] if rest > 0 else []
        )


def told(case: Case, instance: Instance, cost: Cost) -> Told:
    """What a changed problem (`instance`, solved by `merata.plan.whatif.beside`) costs, in figures."""
    at_least, at_most = cost.before - cost.found.bound, case.found.bound - cost.after
    tiers = max(len(np.unique(i.tier)) for i in (case.instance, instance)) > 1
    return Told(
        outcome(case, case.instance, case.found.solution, cost.before),
        outcome(case, instance, cost.found.solution, cost.after),
        None if tiers else at_least,
        None if tiers else at_most,
        cost.gap_before,
        cost.gap,
        cost.moved,
    )


def outcome(case: Case, instance: Instance, solution: Solution, objective: float) -> Outcome:
    """What a plan reaches; `instance` is the problem that it was found for."""
    paid = payments(instance, solution)
    return Outcome(
        objective=objective,
        budget_idr=int(instance.money.sum()),
        spent_idr=0 if paid is None else int(paid.amount.sum()),
        **reached(case.posed, solution),
    )


def _figure(name: str, value: float, language: Language) -> str:
    if name.endswith("_idr"):
        return say.money(int(value), language)
    if name == "spread":
        return _percent(value, language)
    return number(value, language) if name == "objective" else say.count(value, language)


def number(value: float, language: Language) -> str:
    """With one decimal, or as many as it takes to tell it from nothing."""
    if value == 0 or abs(value) >= 0.05:
        return decimal(value, language)
    return say.localized(f"{value:.2g}", language)


def _percent(share: float, language: Language) -> str:
    return say.localized(f"{share:.1%}", language)


def _year(year: Any, language: Language) -> str:
    return _tell("never", language) if pd.isna(year) else str(int(year))
