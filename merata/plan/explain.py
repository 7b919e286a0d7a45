"""Why one village gets what the plan gives it: what is there now, what was weighed, what would have to change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from merata.access.result import Access
from merata.errors import MissingError
from merata.plan import rule_words
from merata.plan import words as say
from merata.plan.frames import words
from merata.plan.instance import NONE, Instance, Solution
from merata.plan.pay import Payments
from merata.plan.pose import Posed
from merata.plan.result import Plan
from merata.plan.technology import COSTS, Bill
from merata.plan.why import Why, about_in
from merata.plan.why_words import decimal, percents, tell
from merata.plan.words import Language

#: So many rules of a village are told, those without anything to spare first.
_RULES = 8
_PROVEN = 1e-9


@dataclass(frozen=True)
class Explanation:
    """What there is to say about one village; everything in it can be written as JSON."""

    code: str
    name: str
    district: str
    text_en: str
    """Paragraphs in English, a blank line between them."""
    text_id: str
    """The same in Indonesian."""
    options: list[dict[str, Any]]
    """Every option that was weighed: place, kind, option, level, reaches, chosen, capex_idr, opex_idr (a year) …"""
    assumptions: list[str]


def explain(
    plan: Plan,
    posed: Posed,
    solution: Solution,
    payments: Payments,
    access: Access,
    code: str,
    offers: pd.DataFrame | None = None,
    instance: Instance | None = None,
) -> Explanation:
    """Why village `code` gets what `plan` gives it, or nothing, and the least that would have to change.

    Parameters
    ----------
    plan, posed, solution, payments : a plan, the problem that it solves, and the same plan as arrays.
    access : who has which level now.
    code : the village's official code.
    offers : all offers of the supply, also those that don't reach the promise.
    instance : what the plan was made for, where that is not the posed one (a plan that holds back money, say).

    Raises
    ------
    MissingError
        No village has this code.

    """
    rows = access.villages[words(access.villages["code"]) == code]
    if rows.empty:
        raise MissingError(
            f"{code}: no village has this code. `merata explain FOLDER NAME` takes a name too."
        )
    why = Why(posed, instance or posed.instance, solution, payments, access, plan.gap, offers)
    teller = _Teller(plan, posed, why, {str(k): v for k, v in rows.iloc[0].items()})
    return Explanation(
        code=code,
        name=str(rows["name"].iloc[0]),
        district=str(rows["district"].iloc[0]),
        text_en="\n\n".join(teller.paragraphs("en")),
        text_id="\n\n".join(teller.paragraphs("id")),
        options=teller.options(),
        assumptions=list(dict.fromkeys([*access.assumptions, *plan.assumptions])),
    )


@dataclass(frozen=True, eq=False)
class _Weighed:
    """One offer for one place, and what speaks for or against it."""

    place: int
    row: Mapping[str, Any]
    cost: Mapping[str, Any]
    """COSTS at the first year's prices, and `price_known_by`."""
    taken: bool
    added_idr: int | None
    """What it adds, or would add, to the costs of all years with its network; None: it can't be."""
    why: tuple[str, str]


class _Teller:
    def __init__(self, plan: Plan, posed: Posed, why: Why, village: dict[str, Any]) -> None:
        self._plan, self._posed, self._why, self._village = plan, posed, why, village
        self._facts = why.facts
        self._places = self._facts.places_of.get(str(village["code"]), [])
        self._bill = Bill(posed.prices)
        self._weighed = {place: self._of_place(place) for place in self._places}

    def paragraphs(self, language: Language) -> list[str]:
        """What is there now, what the plan gives, each place with what was weighed, the rules, the proof."""
        places = [self._place(n, language) for n in self._places]
        rules = [self._rules(language)] if self._places else []
        return [self._now(language), self._planned(language), *places, *rules, self._proof(language)]

    def _now(self, language: Language) -> str:
        village = self._village
        text = tell(
            "now",
            language,
            village=village["name"],
            district=village["district"],
            people=say.count(float(village["people"]), language),
            level=say.level(str(village["access_now"]), language),
            known=say.known(str(village["known_by"]), language),
            promised=say.level(str(village["promised"]), language),
            chance=f"{float(village['chance_below']):.0%}",
        )
        evidence = village.get("evidence")
        known = evidence is not None and not pd.isna(evidence) and str(evidence)
        return text + (tell("evidence", language, evidence=evidence) if known else "")

    def _planned(self, language: Language) -> str:
        return tell("plan", language, reason=self._why.of_village(str(self._village["code"]), language))

    def _place(self, place: int, language: Language) -> str:
        row = self._facts.places[place]
        name = self._why.name(place, language)
        own = str(row.get("name") or "")
        label = f"{name} {own}" if own and own != name else name
        told = "; ".join(self._offer(weighed, language) for weighed in self._weighed[place])
        told = told or tell("none_known", language)
        return f"{label[:1].upper()}{label[1:]}: {told}. " + self._why.of_place(place, language)

    def _offer(self, weighed: _Weighed, language: Language) -> str:
        row, cost = weighed.row, weighed.cost
        share = float(row["share"])
        percent = percents([share, 1.0, 0.0], language)[0]
        told = share == 1 or f"{share:.0%}" in str(row["detail_en"])
        adds, network = weighed.added_idr, "adds_network" if row["node"] else "adds"
        return tell(
            "weighed",
            language,
            option=say.option(str(row["option"]), language),
            detail=row[f"detail_{language}"],
            level=say.level(str(row["level"]), language),
            short="" if row["reaches"] else tell("short", language),
            chance="" if told else tell("chance", language, chance=percent),
            capex=say.money(cost["capex_idr"], language),
            low=say.money(cost["capex_low_idr"], language),
            high=say.money(cost["capex_high_idr"], language),
            opex=say.money(cost["opex_idr"], language),
            all="" if adds is None else tell(network, language, cost=say.money(adds, language)),
            known=say.known(str(cost["price_known_by"]), language),
            why=say.in_language(weighed.why, language),
        )

    def _of_place(self, place: int) -> list[_Weighed]:
        """Every offer of a place: those of the problem, then those that don't reach the promise."""
        own = [self._one(place, offer) for offer in self._facts.trials.offers_of(place)]
        level = str(self._facts.places[place]["promised"])
        low = (
            tell("too_low", "en", level=say.level(level, "en")),
            tell("too_low", "id", level=say.level(level, "id")),
        )
        short = [
            _Weighed(place, row, self._cost(row), False, None, low) for row in self._why.unfit.get(place, [])
        ]
        return own + short

    def _cost(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return self._bill.priced(row["items"], [str(row["known_by"])])

    def _one(self, place: int, offer: int) -> _Weighed:
        row = {str(k): v for k, v in self._posed.offers.iloc[offer].items()}
        serving = self._facts.trials.serving(place)
        added: int | None
        if offer in serving:
            added, why = self._facts.trials.own_cost(offer), self._taken(offer)
        elif serving:
            added, why = self._against(offer, next(o for o in serving if offer in self._facts.rivals(o)))
        else:
            added, why = self._unserved(place, offer)
        return _Weighed(place, row, self._cost(row), offer in serving, added, why)

    def _taken(self, offer: int) -> tuple[str, str]:
        solution, never = self._facts.solution, self._facts.never
        start, end = int(solution.offer_start[offer]), int(solution.offer_end[offer])
        key = "taken" if end >= never else "taken_until"
        facts = {"year": self._why.year(start), "last": self._why.year(end - 1)}
        return tell(key, "en", **facts), tell(key, "id", **facts)

    def _against(self, offer: int, taken: int) -> tuple[int | None, tuple[str, str]]:
        """What an offer would cost instead of the one that is taken, and why not."""
        trial = self._facts.trials.instead(taken, offer)
        start = int(self._facts.solution.offer_start[taken])
        added = trial.cost_idr if trial.possible else None
        more = trial.cost_idr - self._facts.trials.own_cost(taken)
        told = []
        for language in ("en", "id"):
            why = self._compared(more, offer, taken, language) if trial.possible else ""
            if trial.kind:
                hindrance = self._why.hindrance(trial, language)
                text = tell("in", language, year=self._why.year(start), why=hindrance)
                why = tell("and_less", language, first=why, last=text) if why else text
            told.append(why)
        return added, (told[0], told[1])

    def _compared(self, more: int, offer: int, taken: int, language: Language) -> str:
        key = "more_dear" if more > 0 else "less_dear" if more < 0 else "same_cost"
        amount = say.money(abs(more), language)
        text = tell(key, language, more=amount, less=amount)
        share = self._facts.instance.share
        if share[offer] >= share[taken] - _PROVEN:
            return text
        less = self._why.less(taken, offer, language)
        return tell("and_less", language, first=text, last=less)

    def _unserved(self, place: int, offer: int) -> tuple[int | None, tuple[str, str]]:
        """The least that would have to change for an offer of a place that gets nothing."""
        trial = self._facts.trials.least(place, offer)
        added = trial.cost_idr if trial.possible else None
        told = []
        for language in ("en", "id"):
            why = self._why.hindrance(trial, language)
            year = None if trial.year == NONE else self._why.year(trial.year)
            told.append(tell("in", language, year=year, why=why) if trial.kind == "money" else why)
        return added, (told[0], told[1])

    def _rules(self, language: Language) -> str:
        """Decisions and rules in which the village's places stand."""
        trials, instance = self._facts.trials, self._facts.instance
        offers = [offer for place in self._places for offer in trials.offers_of(place)]
        decided = dict.fromkeys(
            about_in(d.about, language) for o in offers for d in self._facts.decisions_near(o)
        )
        told = list(decided)
        rules = {n: spare for place in self._places for n, spare in trials.rules_on(place)}
        for n, spare in sorted(rules.items(), key=lambda item: (item[1] > _PROVEN, item[0])):
            about = about_in((instance.rules[n].about, instance.rules[n].about_id), language)
            key = "rule_kept" if spare > _PROVEN else "rule_tight"
            if about not in decided:
                told.append(tell(key, language, about=about, spare=decimal(spare, language)))
        told += self._limits(language)
        if len(told) > _RULES:
            told = [*told[:_RULES], tell("more_rules", language, number=len(told) - _RULES)]
        return tell("rules", language, list="; ".join(told)) if told else tell("no_rules", language)

    def _limits(self, language: Language) -> list[str]:
        most = sorted({int(n) for n in self._facts.instance.villages_per_year if n != NONE})
        return [about_in(rule_words.says("villages_per_year", most=n), language) for n in most]

    def _proof(self, language: Language) -> str:
        plan = self._plan
        numbers = [f"{plan.bound:,.2f}", f"{plan.objective:,.2f}", f"{plan.gap:.2%}"]
        bound, objective, gap = (say.localized(number, language) for number in numbers)
        key = "proof" if plan.gap >= _PROVEN else "optimal"
        return tell(key, language, bound=bound, objective=objective, gap=gap)

    def options(self) -> list[dict[str, Any]]:
        """Every offer of the village's places as plain values."""
        return [self._plain_row(weighed) for place in self._places for weighed in self._weighed[place]]

    def _plain_row(self, weighed: _Weighed) -> dict[str, Any]:
        left_out = ("place_no", "village_code", "items", "reuse_items", "offer", "pool")
        place = self._facts.places[weighed.place]
        return {
            "place": str(place["place"]),
            "kind": str(place["kind"]),
            "chosen": weighed.taken,
            **{k: _plain(v) for k, v in weighed.row.items() if k not in left_out},
            **{k: weighed.cost[k] for k in (*COSTS, "price_known_by")},
            "added_idr": weighed.added_idr,
            "why_en": weighed.why[0],
            "why_id": weighed.why[1],
        }


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value
