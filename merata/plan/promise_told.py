"""What becomes of each promise of a re-planned run: why it is not kept, what keeping it would cost, who comes instead.

The cost is that of an exact trial: the promise kept, everything else in the plan as it is (see merata.plan.hindrance).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from merata.plan import words as say
from merata.plan.frames import frame, words
from merata.plan.hindrance import Trial
from merata.plan.instance import NONE
from merata.plan.pay import OFFER
from merata.plan.promise_words import tell
from merata.plan.replan import KEPT
from merata.plan.result import PROMISES
from merata.plan.why import Why
from merata.plan.why_words import listed, sentence
from merata.plan.words import Language

#: So many villages that come instead are named in a sentence.
_NAMED = 3


def promise_rows(fates: pd.DataFrame, why: Why, promised: pd.DataFrame) -> pd.DataFrame:
    """`PROMISES` of a plan.

    Parameters
    ----------
    fates : `merata.plan.replan.fates` of the plan.
    why : the reasons of the same plan.
    promised : rows of `merata.plan.promises.PROMISED`, one for each of `fates`.

    """
    teller = _Teller(why, promised)
    rows = fates.assign(kind=words(promised["kind"])).to_dict("records")
    return frame(PROMISES, [teller.row({str(k): v for k, v in row.items()}) for row in rows])


class _Teller:
    """Sentences about promises that are not kept."""

    def __init__(self, why: Why, promised: pd.DataFrame) -> None:
        self._why, self._facts = why, why.facts
        self._years = why.facts.instance.years
        self._row_of = {str(p["place"]): n for n, p in enumerate(why.facts.places)}
        first = promised.groupby(words(promised["village_code"]))["year"].min()
        self._promised_from = {str(code): int(year) for code, year in first.items()}
        self._begins = self._villages_begin()

    def row(self, fate: dict[str, Any]) -> dict[str, Any]:
        """A row of `PROMISES`."""
        if fate["kept"] in KEPT:
            return fate
        trial = self._trial(fate)
        instead = self._instead(fate)
        told = {
            f"reason_{language}": self._sentence(fate, trial, instead, language) for language in ("en", "id")
        }
        known = trial is not None and bool(trial.changes)
        money = {"keep_idr": trial.cost_idr, "lacking_idr": trial.lacking_idr} if trial and known else {}
        return {**fate, **money, **told, "instead": ", ".join(instead)}

    def _villages_begin(self) -> dict[str, int]:
        """First year of service of each village, counted from 0; those that are served at all."""
        first = self._facts.trials.first
        begins = {code: min(int(first[p]) for p in places) for code, places in self._facts.places_of.items()}
        return {code: year for code, year in begins.items() if year < len(self._years)}

    def _due(self, fate: Mapping[str, Any]) -> int:
        return max(int(fate["promised_year"]) - self._years[0], 0)

    def _trial(self, fate: Mapping[str, Any]) -> Trial | None:
        """The promise kept in the way that lacks least, everything else as planned."""
        trials, due = self._facts.trials, self._due(fate)
        place = self._row_of.get(str(fate["place"]), NONE)
        if place == NONE or due >= len(self._years):
            return None
        offers = trials.offers_of(place)
        same = [o for o in offers if self._facts.options[o] == fate["promised_option"]]
        serving = trials.serving(place)
        left = serving[0] if len(serving) == 1 else NONE
        out = (
            trials.without(left)
            if left != NONE
            else {(OFFER, o): (trials.never, trials.never) for o in serving}
        )
        tried = [trials.trial(o, due, trials.never, out, left) for o in same or offers]
        return min(tried, key=lambda trial: trial.nearness, default=None)

    def _instead(self, fate: Mapping[str, Any]) -> list[str]:
        """Villages that begin by the year of a promise and were not promised so early, those of that year first."""
        if fate["kept"] == "other way":
            return []
        due = self._due(fate)
        early = [
            (-year, code)
            for code, year in self._begins.items()
            if year <= due < self._promised_from.get(code, 10**6) - self._years[0]
        ]
        return [code for _, code in sorted(early)]

    def _sentence(
        self, fate: Mapping[str, Any], trial: Trial | None, instead: list[str], language: Language
    ) -> str:
        option = fate["option"]
        facts = {
            "village": self._why.village_name(str(fate["village_code"])),
            "kind": say.kind(str(fate["kind"]), language),
            "promised": say.option(str(fate["promised_option"]), language),
            "due": fate["promised_year"],
            "option": say.option(str(option), language) if option else "",
            "year": fate["year"],
        }
        why = f"{fate['why']} other way" if fate["kept"] == "other way" else str(fate["why"])
        why = why if why in _OWN else str(fate["why"])
        return sentence(
            tell(str(fate["kept"]), language, **facts),
            tell(why, language, **facts),
            self._keeping(trial, language),
            self._instead_said(instead, facts["due"], language),
        )

    def _keeping(self, trial: Trial | None, language: Language) -> str:
        if trial is None or not trial.changes:
            return ""
        key = "keep_money" if trial.kind == "money" else "keep_hindered" if trial.kind else "keep_free"
        cost = say.money(trial.cost_idr, language)
        return tell(key, language, cost=cost, why=self._why.hindrance(trial, language))

    def _instead_said(self, codes: list[str], due: object, language: Language) -> str:
        if not codes:
            return ""
        named = [self._why.village_name(code) for code in codes[:_NAMED]]
        rest = len(codes) - len(named)
        parts = [*named, tell("more", language, number=rest)] if rest else named
        return tell("instead", language, due=due, list=listed(parts, language))


_OWN = ("no option other way", "too early other way")


def counts(promises: pd.DataFrame) -> dict[str, int]:
    """How many promises fare how, by `kept`, in the declared order; those that there are none of are left out."""
    column = next(c for c in PROMISES.columns if c.name == "kept")
    number = promises["kept"].value_counts()
    return {state: int(number[state]) for state in column.choices if number.get(state, 0)}


def broken(promises: pd.DataFrame) -> pd.DataFrame:
    """The promises that are not kept: dropped, then later, then kept in another way; each by year and village."""
    rank = {"dropped": 0, "later": 1, "other way": 2}
    rows = promises[promises["kept"].isin(list(rank))]
    order = np.lexsort(
        (words(rows["place"]), words(rows["village_code"]), rows["promised_year"], rows["kept"].map(rank))
    )
    return rows.iloc[order].reset_index(drop=True)
