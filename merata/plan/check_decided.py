"""Checks the decisions of [[plan.decide]] in a plan, row by row, and says what they mean for what is paid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from merata.plan.check_facts import Facts, Row, Serving
from merata.plan.check_need import Need
from merata.region.settings_rules import DecideSettings


@dataclass(frozen=True, eq=False)
class Decided:
    """The rows of [[plan.decide]] beside the plan."""

    facts: Facts
    need: Need

    def faults(self) -> Iterator[str]:
        """What the plan does against a decision."""
        for number, row in enumerate(self.facts.settings.plan.decide, 1):
            wrong = self._site(row) if row.site else self._places(row)
            for text in wrong:
                yield f"row {number} of plan.decide ({row.decision} {row.subject}): {text}"

    def is_paid(self, point: Serving) -> bool:
        """Whether what it takes to build a point is paid already."""
        return (point.place["place"], point.row["option"]) in self._paid_points

    def lead_of_point(self, point: Serving) -> int:
        """Years between paying for a point and its service."""
        return 0 if self.is_paid(point) else self.facts.lead(point.row["option"])

    def lead_of_work(self, thing: Row, name: str) -> int:
        """Years between paying for works and their service."""
        return 0 if name in self.paid_works else self.facts.lead(thing["kind"])

    @cached_property
    def paid_works(self) -> set[str]:
        """Nodes and links that are paid for already."""
        return {row.site for row in self.facts.settings.plan.decide if row.paid and row.site}

    @cached_property
    def _paid_points(self) -> set[tuple[str, str]]:
        found = set()
        for row in self.facts.settings.plan.decide:
            goal = self._goal(row)
            if row.paid and goal is not None:
                found.add((goal, row.option))
        return found

    def only_fund(self, point: Serving) -> tuple[int, str] | None:
        """The fund that alone pays for a point by a decision, with the row's number; None: any."""
        found = None
        for number, row in enumerate(self.facts.settings.plan.decide, 1):
            mine = row.option in ("", point.row["option"]) and self._goal(row) == point.place["place"]
            if row.fund and mine:
                found = (number, row.fund)
        return found

    def _those(self, row: DecideSettings) -> list[str]:
        """The places that a row is about."""
        return [
            place["place"]
            for place in self.facts.places
            if row.village in ("", place["village_code"]) and row.place in ("", place["place"])
        ]

    def _goal(self, row: DecideSettings) -> str | None:
        """The place through which a row wants something served: of a village, the one that stands for it."""
        if row.site or row.decision in ("forbid", "postpone"):
            return None
        offered = {o["place"] for o in self.facts.offers if row.option in ("", o["option"])}
        places = self._those(row)
        among = [place for place in places if place in offered] or places
        return next((place for place in among if place in self.need.leads), among[0] if among else None)

    def _due(self, row: DecideSettings) -> int:
        """The year of a row, from 0; the number of years for one after them all."""
        years = self.facts.years
        if row.year is None:
            return len(years) if row.decision == "forbid" else len(years) - 1
        return min(max(0, row.year - years[0]), len(years))

    def _site(self, row: DecideSettings) -> Iterator[str]:
        node = self.facts.nodes.get(row.site)
        if node is not None and node["root"]:
            return
        built = self.facts.built.get(row.site)
        start = None if built is None else built.start
        due = self._due(row)
        if row.decision in ("forbid", "postpone"):
            if start is not None and start < due:
                yield f"in service from {self.facts.years[start]}"
        elif due < len(self.facts.years):
            yield from self._in_time(row, start, due)

    def _in_time(self, row: DecideSettings, start: int | None, due: int) -> Iterator[str]:
        if start is None or start > due:
            yield f"not in service by {self.facts.years[due]}"
        elif row.decision == "fix" and start < due:
            yield f"in service from {self.facts.years[start]}, before {self.facts.years[due]}"

    def _places(self, row: DecideSettings) -> Iterator[str]:
        due, goal = self._due(row), self._goal(row)
        if goal is None:
            yield from self._nothing_before(row, self._those(row), due)
        elif due < len(self.facts.years):
            if row.decision == "fix":
                held = [goal] if row.option else self._those(row)
                yield from self._nothing_before(row, held, due)
            starts = [p.start for p in self._points(row, [goal])]
            if min(starts, default=len(self.facts.years)) > due:
                yield f"{goal} is not served so by {self.facts.years[due]}"

    def _nothing_before(self, row: DecideSettings, places: list[str], due: int) -> Iterator[str]:
        if row.decision in ("forbid", "postpone", "fix"):
            for point in self._points(row, places):
                if point.start < due:
                    yield f"{point.name} serves from {point.row['year']}"

    def _points(self, row: DecideSettings, places: list[str]) -> list[Serving]:
        return [
            point
            for point in self.facts.serving
            if point.place["place"] in places and row.option in ("", point.row["option"])
        ]
