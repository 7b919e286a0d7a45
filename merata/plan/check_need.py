"""Who is in need, from when on something could serve them, and what that counts: reckoned anew for the check."""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from merata.plan.check_facts import Facts, Row, Serving

#: What a place without any service counts, beside one with some (see the head of merata.plan.pose).
UNSERVED = 3.0
#: What a facility counts for which region.toml has no weight.
OTHER_WEIGHT = 1.0
PEOPLE = "people"


@dataclass(frozen=True, eq=False)
class Need:
    """Places in need; years are counted from 0, T: never."""

    facts: Facts

    @cached_property
    def average_people(self) -> float:
        """People of an average village; 1 where nobody counted any."""
        known = [float(row["people"]) for row in self.facts.villages if row["people"] is not None]
        mean = float(np.mean(known)) if known else 0.0
        return mean if mean > 0 else 1.0

    def worth(self, place: Row, t: int) -> float:
        """What full service of a place in a year counts."""
        facts = self.facts
        if facts.years[t] < place["from_year"]:
            return 0.0
        weight = self._people_weight(place) if place["kind"] == PEOPLE else self._facility_weight(place)
        urgent = UNSERVED if place["access_now"] == "none" else 1.0
        early = (1 - facts.settings.plan.early_discount) ** t
        growth: float = (1 + place["growth"]) ** t
        return weight * urgent * early * growth

    def _people_weight(self, place: Row) -> float:
        return float(place["people_below"] or 0.0) / self.average_people

    def _facility_weight(self, place: Row) -> float:
        plan = self.facts.settings.plan
        weights = {
            "village office": plan.office_weight,
            "district office": plan.office_weight,
            "school": plan.school_weight,
            "health post": plan.health_post_weight,
        }
        share = float(place["village_people"] or 0.0) / max(place["number_of_kind"], 1) / self.average_people
        kind = weights.get(place["kind"], OTHER_WEIGHT)
        return float(kind * (1 + share) / 2 * place["chance_below"])

    @cached_property
    def begin(self) -> dict[str, int]:
        """The first year in which each place counts; 0 for one that never does."""
        years = range(len(self.facts.years))
        return {
            place["place"]: next((t for t in years if self.worth(place, t) > 0), 0)
            for place in self.facts.places
        }

    @cached_property
    def lit(self) -> dict[str, int]:
        """The first year in which each node could be in service; nodes that never can be are not there."""
        facts, beside = self.facts, defaultdict(list)
        for link in facts.links.values():
            wait = facts.lead(link["kind"])
            beside[link["a"]].append((link["b"], wait))
            beside[link["b"]].append((link["a"], wait))
        found: dict[str, int] = {}
        todo = [(0, name) for name, node in sorted(facts.nodes.items()) if node["root"]]
        while todo:
            year, name = heapq.heappop(todo)
            if name in found or year >= len(facts.years):
                continue
            found[name] = year
            for other, wait in beside[name]:
                if other not in found:
                    heapq.heappush(todo, (max(year, wait, facts.lead(facts.nodes[other]["kind"])), other))
        return found

    @cached_property
    def earliest(self) -> dict[str, int]:
        """The first year in which some offer could serve each place, not before its office; T: never."""
        facts, never = self.facts, len(self.facts.years)
        found = {place["place"]: never for place in facts.places}
        for offer in facts.offers:
            at = self.lit.get(offer["node"], never) if offer["node"] else 0
            found[offer["place"]] = min(found[offer["place"]], max(at, facts.lead(offer["option"])))
        gate = {place["place"]: facts.office.get(place["village_code"]) for place in facts.places}
        return {name: max(year, found[gate[name] or name]) for name, year in found.items()}

    @cached_property
    def leads(self) -> set[str]:
        """The places that stand for their villages: the office, else those people who are most, else the first."""
        never = len(self.facts.years)
        best: dict[str, tuple[tuple[bool, int, bool, float], str]] = {}
        for place in self.facts.places:
            name = place["place"]
            rank = (
                self.earliest[name] >= never,
                self.begin[name],
                not place["is_office"],
                -float(place["people_below"] or 0.0),
            )
            code = place["village_code"]
            if code not in best or rank < best[code][0]:
                best[code] = (rank, name)
        return {name for _, name in best.values()}

    def own_weight(self, place: Row, count: str) -> float:
        """What a place counts in shares: 1 for one that stands for its village, or its people."""
        if count == "villages":
            return float(place["place"] in self.leads)
        return float(place["people_below"] or 0.0)

    def weight(self, place: Row, count: str) -> float:
        """The same; 0 where nothing can reach it."""
        reached = self.earliest[place["place"]] < len(self.facts.years)
        return self.own_weight(place, count) if reached else 0.0

    @cached_property
    def served_from(self) -> dict[str, int]:
        """The first year in which the plan serves each place; places that it never serves are not there."""
        found: dict[str, int] = {}
        for point in self.facts.serving:
            name = point.place["place"]
            found[name] = min(found.get(name, point.start), point.start)
        return found

    def served(self, name: str, t: int) -> bool:
        """Whether the plan serves a place in a year."""
        return any(point.serves(t) for point in self._points[name])

    @cached_property
    def _points(self) -> dict[str, list[Serving]]:
        found: dict[str, list[Serving]] = defaultdict(list)
        for point in self.facts.serving:
            found[point.place["place"]].append(point)
        return found
