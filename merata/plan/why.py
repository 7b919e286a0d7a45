"""Why each place and village gets what it gets, in one sentence in English or Indonesian; true by construction.

Every statement is looked up in the plan or found by an exact trial, everything else staying as planned (see
merata.plan.hindrance). Costs are of all planned years. That no better plan exists is only said where it is proven.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from merata.access.result import Access
from merata.plan import words as say
from merata.plan.frames import numbers, words
from merata.plan.hindrance import Trial
from merata.plan.instance import NONE, Instance, Rule, Solution
from merata.plan.pay import Payments
from merata.plan.pose import Posed
from merata.plan.why_facts import Chosen, Facts, unfit
from merata.plan.why_words import decimal, listed, percents, sentence, tell
from merata.plan.words import Language

#: A gap below this is none: the plan is proven to be best.
_PROVEN = 1e-9
#: So many rules are told in a sentence.
_RULES = 2
#: Rules that name one place before those of many.
_CLOSEST = ("plan.decide", "plan.fair.longest_wait_years", "plan.fair.each_year", "plan.fair.floor")


class Why:
    """Sentences about one plan.

    Parameters
    ----------
    posed, instance : the problem; the instance under the rules that the plan was made for.
    solution, payments : the plan.
    access : who has which level now; names of villages.
    gap : how much better any plan could be, as a share; 0: none is.
    offers : all offers of the supply, also those that don't reach the promise: they say why nothing reaches a place.

    """

    def __init__(
        self,
        posed: Posed,
        instance: Instance,
        solution: Solution,
        payments: Payments,
        access: Access,
        gap: float,
        offers: pd.DataFrame | None = None,
    ) -> None:
        self.facts = Facts(posed, instance, solution, payments)
        self._instance, self._solution, self._gap = instance, solution, gap
        self._never = len(instance.years)
        self._supply = offers
        rows = access.villages
        columns = (
            words(rows["code"]),
            words(rows["name"]),
            numbers(rows["chance_below"]),
            words(rows["known_by"]),
        )
        self._villages = {str(c): (str(n), float(p), str(k)) for c, n, p, k in zip(*columns, strict=True)}

    @cached_property
    def unfit(self) -> dict[int, list[dict[str, Any]]]:
        """By place the offers that don't reach its promise."""
        return unfit(self._supply)

    def of_points(self, language: Language) -> list[str]:
        """A sentence for each offer that serves at any time, by place and start."""
        return [self.of_point(offer, language) for offer in self.facts.points()]

    def of_point(self, offer: int, language: Language) -> str:
        """What an offer of the plan is, when, who pays, why it, what it hangs on, which rule, why not earlier."""
        return sentence(*self._point(offer, language))

    def of_place(self, place: int, language: Language) -> str:
        """A sentence for each offer that serves a place; or why none does."""
        serving = self.facts.trials.serving(place)
        if not serving:
            return self.why_nothing([place], language)
        return " ".join(self.of_point(offer, language) for offer in serving)

    def of_village(self, code: str, language: Language) -> str:
        """Why a village gets what it gets, or nothing, and what would have to change."""
        places = self.facts.places_of.get(code, [])
        if not places:
            _, chance, known_by = self._villages[code]
            return tell("served", language, known=say.known(known_by, language), chance=f"{chance:.0%}")
        first = self.facts.trials.first
        served = [p for p in places if first[p] < self._never]
        if not served:
            return self.why_nothing(places, language)
        begin = min(served, key=lambda p: int(first[p]))
        return sentence(
            *self._point(self.facts.trials.serving(begin)[0], language),
            self._then([p for p in served if p != begin], language),
            self._waiting([p for p in places if p not in served], language),
        )

    def why_nothing(self, places: list[int], language: Language) -> str:
        """Why none of some places of a village is served, and the least that would have to change."""
        place = self.facts.village_begins(places)
        trial = self.facts.least(place)
        why = self._why_nothing(place, trial, language)
        if not self._instance.money.any():
            why = "; ".join((tell("no_budget", language), why))
        return sentence(tell("nothing", language, why=why))

    def _why_nothing(self, place: int, trial: Trial, language: Language) -> str:
        if trial.kind == "no option":
            return self._out_of_reach(place, language)
        facts = {
            "option": self.option(trial.offer, language),
            "name": self.name(place, language),
            "why": self.hindrance(trial, language),
        }
        if trial.kind != "money":
            return tell("hindered", language, **facts)
        cost = say.money(trial.cost_idr, language)
        return tell("least_of", language, year=self.year(trial.year), cost=cost, **facts)

    def name(self, place: int, language: Language) -> str:
        """The kind of a place."""
        return say.kind(str(self.facts.places[place]["kind"]), language)

    def village_name(self, code: str) -> str:
        """The name of a village; its code where it has none."""
        return self._villages.get(code, (code,))[0]

    def option(self, offer: int, language: Language) -> str:
        """The option of an offer."""
        return say.option(self.facts.options[offer], language)

    def year(self, year: int) -> int:
        """The calendar year."""
        return int(self._instance.years[year])

    def _level(self, place: int, language: Language) -> str:
        return say.level(str(self.facts.places[place]["promised"]), language)

    def _point(self, offer: int, language: Language) -> list[str]:
        before, _ = self.facts.place_span(offer)
        after = "" if before == NONE else tell("after", language, option=self.option(before, language))
        return [
            self._gets(offer, language), after, self.why_option(offer, language), self._hangs(offer, language),
            *self._rules(offer, language), self._not_earlier(offer, language),
        ]  # fmt: skip

    def _gets(self, offer: int, language: Language) -> str:
        end = int(self._solution.offer_end[offer])
        _, after = self.facts.place_span(offer)
        until = ""
        if after != NONE:
            key = "one_year" if end - 1 == self._solution.offer_start[offer] else "until"
            until = tell(key, language, last=self.year(end - 1), next=self.option(after, language))
        return tell(
            "gets",
            language,
            name=self.name(int(self._instance.place[offer]), language),
            option=self.option(offer, language),
            year=self.year(int(self._solution.offer_start[offer])),
            until=until,
            money=self._money(offer, language),
        )

    def _money(self, offer: int, language: Language) -> str:
        funds = self.facts.funds(offer)
        if funds:
            capex, opex = (say.money(n, language) for n in (self.facts.capex(offer), self.facts.opex(offer)))
            return tell("paid", language, capex=capex, opex=opex, funds=_funds(funds, language))
        works = self.facts.works_funds(offer)
        return (
            tell("free_works", language, funds=_funds(works, language)) if works else tell("free", language)
        )

    def why_option(self, offer: int, language: Language) -> str:
        """Why an offer of the plan and none of the others of its place."""
        chosen = self.facts.chosen(offer)
        before, after = self.facts.place_span(offer)
        what = "stop_gap" if after != NONE else "lasting" if before != NONE else "any"
        able = tell("able", language, year=self.year(int(self._solution.offer_start[offer])))
        facts = {
            "what": tell(what, language),
            "level": self._level(int(self._instance.place[offer]), language),
            "able": able if chosen.some_unable else "",
        }
        if chosen.other is None:
            return tell("only_one", language, **facts) + (able if chosen.kind == "only_able" else "")
        facts |= {
            "own": say.money(chosen.own_idr, language),
            "other": self.option(chosen.other.offer, language),
            "cost": say.money(chosen.other.cost_idr, language),
            "part": tell("with_part", language) if chosen.part_idr else "",
        }
        if chosen.kind != "dearer":
            return tell(chosen.kind, language, **facts)
        return self._dearer(offer, chosen, chosen.other, facts, language)

    def _dearer(
        self, offer: int, chosen: Chosen, other: Trial, facts: dict[str, str], language: Language
    ) -> str:
        """Why not a cheaper offer."""
        less, more = (float(self._instance.share[o]) for o in (other.offer, offer))
        if less < more - _PROVEN:
            return tell("dearer", language, why=self.less(offer, other.offer, language), **facts)
        if other.kind:
            return tell("dearer", language, why=self.hindrance(other, language), **facts)
        better = less > more + _PROVEN and self._gap >= _PROVEN
        return tell("better" if better else "as_good", language, gap=self.gap(language), **facts)

    def less(self, offer: int, other: int, language: Language) -> str:
        """By how much another offer serves less surely, or fewer, than one of the plan."""
        people = [say.count(float(self.facts.people[o]), language) for o in (other, offer)]
        if self.facts.places[int(self._instance.place[offer])]["kind"] == "people" and people[0] != people[1]:
            return tell("fewer", language, less=people[0], more=people[1])
        less, more = percents([float(self._instance.share[o]) for o in (other, offer)], language)
        return tell("less_sure", language, less=less, more=more)

    def gap(self, language: Language) -> str:
        """The proven gap in words."""
        text = f"{self._gap:.2%}" if self._gap >= 5e-5 else f"{self._gap * 100:.1g}%"
        return say.localized(text, language)

    def _hangs(self, offer: int, language: Language) -> str:
        works = self.facts.works(offer)
        if works.none:
            return ""
        number = works.others
        shared = tell(
            "alone" if not number else "one_other" if number == 1 else "others", language, others=number
        )
        parts = [
            self._sites(kind, works.sites, language) for kind in dict.fromkeys(k for k, _ in works.sites)
        ]
        if works.cable_km >= 0.05:
            parts.append(tell("fibre", language, km=decimal(works.cable_km, language)))
        if works.hops:
            parts.append(tell("microwave" if works.hops == 1 else "microwaves", language, number=works.hops))
        if works.satellite:
            parts.append(tell("satellite", language))
        return tell("hangs", language, list=listed(parts, language), shared=shared) if parts else ""

    def _sites(self, kind: str, sites: tuple[tuple[str, str], ...], language: Language) -> str:
        """Sites of a kind: how many, and where the nearest to the place is."""
        codes = [code for k, code in sites if k == kind]
        number = len(codes)
        known = kind in ("new tower", "tower", "cell", "repeater")
        key = (kind if number == 1 else f"{kind}s") if known else "works"
        what = tell(key, language, number=number, kind=kind)
        village = self._villages.get(codes[0])
        if not village:
            return what
        return tell("works_in" if number == 1 else "works_nearest", language, what=what, village=village[0])

    def _rules(self, offer: int, language: Language) -> list[str]:
        """Decisions that have an offer served, and the rules that would not be kept without its place."""
        decided = [about_in(d.about, language) for d in self._musts(offer)]
        told = [tell("must", language, about=about) for about in decided]
        if not told and self._instance.offers.must[offer]:
            told = [tell("must_unknown", language, year=self.year(int(self._instance.offers.last[offer])))]
        place = int(self._instance.place[offer])
        if self.facts.place_span(offer)[0] == NONE:
            leaning = sorted(self.facts.trials.leaning(place), key=_closeness)
            rules = [about_in((r.about, r.about_id), language) for r in leaning]
            told += [tell("needed", language, about=about) for about in rules if about not in decided]
        return told[:_RULES]

    def _musts(self, offer: int) -> list[Any]:
        decisions = self.facts.decisions_on(offer)
        return [
            d
            for d in decisions
            if any(
                c.things == "offers" and c.last is not None and offer in np.asarray(c.rows) for c in d.changes
            )
        ]

    def _not_earlier(self, offer: int, language: Language) -> str:
        trial = self.facts.earlier(offer)
        if trial is None:
            return ""
        year = self.year(int(self._solution.offer_start[offer]) - 1)
        return tell("not_in", language, year=year, why=self.hindrance(trial, language))

    def hindrance(self, trial: Trial, language: Language) -> str:
        """What stands in the way of a trial, in a few words."""
        if trial.kind == "money" and trial.lacking is not None:
            return self._lacks(trial.lacking, language)
        if trial.kind == "":
            return tell(
                "room_gap" if self._gap >= _PROVEN else "room_proven", language, gap=self.gap(language)
            )
        if trial.kind == "rule" and trial.rule is not None:
            return tell("rule", language, about=about_in((trial.rule.about, trial.rule.about_id), language))
        if trial.kind == "decided":
            return self._decided(trial, language)
        limit = int(self._instance.villages_per_year[trial.year]) if trial.year != NONE else 0
        lead = int(self._instance.offers.lead[trial.offer]) if trial.offer != NONE else 0
        key = "must_have" if trial.kind == "must" else trial.kind
        return tell(key, language, limit=limit, lead=lead, level="")

    def _lacks(self, lacking: np.ndarray, language: Language) -> str:
        by_year = lacking.sum(axis=0)
        years = np.flatnonzero(by_year).tolist()
        amounts = [
            tell("lacking", language, amount=say.money(int(by_year[t]), language), year=self.year(t))
            for t in years
        ]
        funds = [self._instance.funds[f] for f in self.facts.trials.funds_for(lacking)]
        key = "lacks_all" if len(funds) == len(self._instance.funds) else "lacks_of"
        return tell(key, language, list=listed(amounts, language), funds=listed(funds, language))

    def _decided(self, trial: Trial, language: Language) -> str:
        never = self._instance.offers.first[trial.offer] >= self._never
        about = [about_in(d.about, language) for d in self.facts.decisions_on(trial.offer)]
        text = f" ({'; '.join(about)})" if about else ""
        return tell("forbidden" if never else "decided", language, about=text)

    def _then(self, served: list[int], language: Language) -> str:
        trials = self.facts.trials
        groups = Counter(
            (
                self.year(int(trials.first[p])),
                self.name(p, language),
                self.option(trials.serving(p)[0], language),
            )
            for p in served
        )
        texts = [
            f"{_times(number)}{name} {year} ({option})"
            for (year, name, option), number in sorted(groups.items())
        ]
        return tell("then", language, list=", ".join(texts)) if texts else ""

    def _waiting(self, places: list[int], language: Language) -> str:
        groups = Counter(self.name(p, language) for p in places)
        texts = [f"{_times(number)}{name}" for name, number in sorted(groups.items())]
        return tell("waiting", language, list=", ".join(texts)) if texts else ""

    def _out_of_reach(self, place: int, language: Language) -> str:
        """Why no offer reaches a place, from what the supply has and lacks there."""
        reasons = [tell(key, language, **facts) for key, facts in self._lacking_ways(place)]
        reasons += [
            tell(
                "below",
                language,
                option=say.option(str(offer["option"]), language),
                level=say.level(str(offer["level"]), language),
            )
            for offer in self.unfit.get(place, [])
        ]
        text = f" ({', '.join(dict.fromkeys(reasons))})" if reasons else ""
        level = self._level(place, language)
        return tell("out_of_reach", language, level=level, name=self.name(place, language), list=text)

    def _lacking_ways(self, place: int) -> list[tuple[str, dict[str, object]]]:
        """Which kinds of offers a place lacks altogether."""
        if self._supply is None:
            return []
        row = self.facts.places[place]
        there = {str(offer["option"]) for offer in self.unfit.get(place, [])}
        found: list[tuple[str, dict[str, object]]] = []
        if pd.isna(row["x_m"]):
            found.append(("no_position", {}))
        if row["kind"] != "people" and "fibre" not in there:
            found.append(("no_fibre", {}))
        if not there & {"fixed_wireless", "cell", "repeater"}:
            found.append(("no_signal", {}))
        if not there & {"leo", "leo_solar", "hotspot_leo", "geo"}:
            found.append(("no_sky", {}))
        return found


def _funds(shares: list[tuple[str, float]], language: Language) -> str:
    """'A' or 'A (80%) and B (20%)'."""
    if len(shares) == 1:
        return shares[0][0]
    told = percents([share for _, share in shares], language)
    return listed([f"{fund} ({text})" for (fund, _), text in zip(shares, told, strict=True)], language)


def about_in(pair: tuple[str, str], language: Language) -> str:
    """What a rule says in the language; English where it is said in no other."""
    return pair[0] if language == "en" or not pair[1] else pair[1]


def _closeness(rule: Rule) -> int:
    return next((n for n, key in enumerate(_CLOSEST) if rule.key.startswith(key)), len(_CLOSEST))


def _times(number: int) -> str:
    return f"{number} × " if number > 1 else ""
