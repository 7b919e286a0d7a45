"""One sentence why a place or village gets what it gets, or what would have to change; true by construction.

Every statement is looked up or reckoned from the decision: the cheapest option from all offers of the place, the money
that lacks from what each fund has left in each year, everything else staying as planned.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from merata.access.result import Access
from merata.plan import words as say
from merata.plan.change import Change, least_change
from merata.plan.decision import NONE, Decision
from merata.plan.frames import numbers, words
from merata.plan.options import Choices
from merata.plan.problem import Problem
from merata.plan.sentences import tell
from merata.plan.words import Language


class Reasons:
    """Sentences about one decision, in English or Indonesian."""

    def __init__(self, choices: Choices, problem: Problem, decision: Decision, access: Access) -> None:
        self._problem = problem
        self._decision = decision
        self._places: list[dict[str, Any]] = _records(choices.places)
        self._offers: list[dict[str, Any]] = _records(choices.offers)
        self._offers_at: dict[int, list[dict[str, Any]]] = {}
        for offer in self._offers:
            self._offers_at.setdefault(int(offer["place_no"]), []).append(offer)
        self._places_of: dict[str, list[int]] = {}
        for n, place in enumerate(self._places):
            self._places_of.setdefault(place["village_code"], []).append(n)
        rows = access.villages
        columns = (words(rows["code"]), numbers(rows["chance_below"]), words(rows["known_by"]))
        self._villages = {str(c): (float(p), str(k)) for c, p, k in zip(*columns, strict=True)}
        self._no_money = not (problem.budget > 0).any()

    def places_of(self, code: str) -> list[int]:
        """Positions of the village's places below their promise, office first."""
        return self._places_of.get(code, [])

    def offers_of(self, place: int) -> list[dict[str, Any]]:
        """Every offer of a place, also those below its promise."""
        return self._offers_at.get(place, [])

    def offer(self, number: int) -> dict[str, Any]:
        """An offer by its number in the problem."""
        return self._offers[int(self._problem.row[number])]

    def of_points(self, language: Language) -> list[str]:
        """A sentence for each built place, in order of places."""
        return [self.of_place(int(n), language) for n in np.flatnonzero(self._decision.offer != NONE)]

    def of_place(self, place: int, language: Language) -> str:
        """Why a built place gets its option in its year."""
        return _sentence(self._why_option(place, language), self._why_not_earlier(place, language))

    def of_village(self, code: str, language: Language) -> str:
        """Why a village gets what it gets, or why nothing and what would have to change."""
        places = self.places_of(code)
        if not places:
            chance, known_by = self._villages[code]
            return tell("served", language, known=say.known(known_by, language), chance=f"{chance:.0%}")
        built = [n for n in places if self._decision.offer[n] != NONE]
        if not built:
            return _sentence(self._why_nothing(places, language))
        first = min(built, key=lambda n: (int(self._decision.year[n]), n))
        return _sentence(
            self._what(first, language),
            self._why_option(first, language),
            self._why_not_earlier(first, language),
            self._then([n for n in built if n != first], language),
            self._waiting([n for n in places if n not in built], language),
        )

    def name(self, place: int, language: Language) -> str:
        """The kind of a place."""
        return say.kind(self._places[place]["kind"], language)

    def _what(self, place: int, language: Language) -> str:
        offer = self._chosen(place)
        return tell(
            "what",
            language,
            name=self.name(place, language),
            option=say.option(offer["option"], language),
            year=self._year(place),
            fund=self._problem.funds[int(self._decision.fund[place])],
            capex=say.money(offer["capex_idr"], language),
            opex=say.money(offer["opex_idr"], language),
        )

    def _why_option(self, place: int, language: Language) -> str:
        """Why this option and no cheaper one."""
        chosen, year = self._chosen(place), int(self._decision.year[place])
        others = [offer for offer in self.offers_of(place) if offer["reaches"]]
        cheapest = min(others, key=lambda offer: self._cost(offer, year))
        level = say.level(self._places[place]["promised"], language)
        if self._cost(cheapest, year) >= self._cost(chosen, year):
            return tell("only" if len(others) == 1 else "cheapest", language, level=level)
        return tell(
            self._why_dearer(place, chosen, cheapest),
            language,
            other=say.option(cheapest["option"], language),
            cost=say.money(self._cost(cheapest, year), language),
            own=say.money(self._cost(chosen, year), language),
            more=say.count(chosen["people"], language),
            fewer=say.count(cheapest["people"], language),
            year=self._year(place),
        )

    def _why_dearer(self, place: int, chosen: dict[str, Any], cheapest: dict[str, Any]) -> str:
        if cheapest["people"] < chosen["people"]:
            return "reaches_more"
        numbers_of = np.flatnonzero(self._problem.place == place).tolist()
        number = next((n for n in numbers_of if self.offer(n)["option"] == cheapest["option"]), NONE)
        without = self._decision.copy()
        without.take(place)
        missing = (
            without.missing(number, int(self._decision.year[place])).sum(axis=1) if number != NONE else 0
        )
        return "no_room" if np.all(missing > 0) else "within_gap"

    def _why_not_earlier(self, place: int, language: Language) -> str:
        """What stood in the way of the year before; empty for the first year."""
        year = int(self._decision.year[place])
        if year == 0:
            return ""
        change = least_change(self._decision, place, year - 1)
        return tell(
            "not_in",
            language,
            year=self._problem.years[year - 1],
            why=self.hindrance(change, place, language),
        )

    def hindrance(self, change: Change, place: int, language: Language) -> str:
        """What stands in the way of a place, in a few words."""
        if change.hindrance == "money":
            return self._lacks(change, language)
        level = say.level(self._places[place]["promised"], language)
        return tell(change.hindrance or "room", language, level=level, limit=self._problem.villages_per_year)

    def _lacks(self, change: Change, language: Language) -> str:
        lacking = [(year, n) for year, n in zip(self._problem.years, change.lacking, strict=True) if n]
        if len(lacking) > 1:
            total = say.money(change.lacking_idr, language)
            text = tell("over_years", language, amount=total, first=lacking[0][0], last=lacking[-1][0])
        else:
            text = tell("in_year", language, amount=say.money(lacking[0][1], language), year=lacking[0][0])
        return tell("lacks", language, fund=self._problem.funds[change.fund], list=text)

    def _why_nothing(self, places: list[int], language: Language) -> str:
        """Why none of a village's places is built, and the least that would have to change."""
        first = self._first(places)
        change = least_change(self._decision, first)
        why = self.hindrance(change, first, language)
        if change.hindrance == "money":
            why = tell(
                "not_paid",
                language,
                option=say.option(self.offer(change.offer)["option"], language),
                name=self.name(first, language),
                year=self._problem.years[change.year],
                lacks=why,
            )
            why = f"{tell('no_budget', language)}; {why}" if self._no_money else why
        return tell("nothing", language, why=why)

    def _first(self, places: list[int]) -> int:
        """With what a village would begin: its office, else the place that lacks least."""
        if self._places[places[0]]["is_office"]:
            return places[0]
        changes = {n: least_change(self._decision, n) for n in places}
        return min(places, key=lambda n: (changes[n].hindrance == "no option", changes[n].lacking_idr, n))

    def _then(self, built: list[int], language: Language) -> str:
        groups = Counter((self._year(n), self.name(n, language), self._chosen(n)["option"]) for n in built)
        texts = [
            f"{_times(number)}{name} {year} ({say.option(option, language)})"
            for (year, name, option), number in sorted(groups.items())
        ]
        return tell("then", language, list=", ".join(texts)) if texts else ""

    def _waiting(self, places: list[int], language: Language) -> str:
        groups = Counter(self.name(n, language) for n in places)
        texts = [f"{_times(number)}{name}" for name, number in sorted(groups.items())]
        return tell("waiting", language, list=", ".join(texts)) if texts else ""

    def _chosen(self, place: int) -> dict[str, Any]:
        return self.offer(int(self._decision.offer[place]))

    def _year(self, place: int) -> int:
        return self._problem.years[int(self._decision.year[place])]

    def _cost(self, offer: dict[str, Any], year: int) -> int:
        """Rupiah from `year` to the plan's end."""
        return int(offer["capex_idr"]) + int(offer["opex_idr"]) * (len(self._problem.years) - year)


def _records(table: Any) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def _times(number: int) -> str:
    return f"{number} × " if number > 1 else ""


def _sentence(*parts: str) -> str:
    text = "; ".join(part for part in parts if part)
    return text[:1].upper() + text[1:] + "."
