"""What a provider's spreadsheet, or a change of many points, would change: row by row, before anything is changed."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from django.utils import timezone

from merata.region.values import fold
from merata.web.models import ServicePoint, User
from merata.web.programme import filters
from merata.web.programme.columns import Row
from merata.web.programme.places import places
from merata.web.programme.said import Choice, Key, Problem
from merata.web.programme.steps import FIELDS, STEPS, Wanted, change_many, fields_of, new_batch, problems
from merata.web.rights import reach

if TYPE_CHECKING:
    from merata.region.names import Candidate

_T = TypeVar("_T")
_DAYS = ("on", "tested_on")
_MOST_ASKED = 5


@dataclass
class Proposal:
    """One row: the point that it means, what would change, and what is wrong with it."""

    number: int
    point: ServicePoint | None = None
    to: str = ""
    on: dt.date | None = None
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    villages: Sequence[Candidate] = ()
    points: Sequence[ServicePoint] = ()
    """Those that a row without a code may mean."""
    said: str = ""
    """How the row names its village."""
    title: str = ""

    @property
    def changes(self) -> list[tuple[str, Any, Any]]:
        """(field, before, after), the step first."""
        if self.point is None:
            return []
        found: list[tuple[str, Any, Any]] = [("state", self.point.state, self.to)] if self.to else []
        return found + [(name, getattr(self.point, name), value) for name, value in self.values.items()]

    @property
    def outcome(self) -> str:
        """asks, wrong, same or changes."""
        if self.villages or self.points:
            return "asks"
        if self.problems or self.point is None:
            return "wrong"
        return "changes" if self.changes else "same"


def of_rows(rows: Iterable[Row], by: User, answers: Mapping[str, str] | None = None) -> list[Proposal]:
    """What the rows of a spreadsheet would change; `answers`: row number -> the village or point that it means."""
    points = list(filters.shown(reach(by, ServicePoint.objects.all())))
    finder = _Finder(points)
    proposed, taken = [], set()
    for row in rows:
        one = _of_row(row, finder, (answers or {}).get(str(row.number), ""), by)
        if one.point is not None and one.changes:
            if one.point.pk in taken:
                one.problems.append(Problem("row_twice", {"code": one.point.code}))
            taken.add(one.point.pk)
        proposed.append(one)
    return proposed


def of_points(
    points: Iterable[ServicePoint], by: User, to: str, on: dt.date | None, values: Mapping[str, Any]
) -> list[Proposal]:
    """What a step and fields would change in many points."""
    return [_judged(Proposal(0, point), by, to, on, values) for point in points]


def apply(proposals: Iterable[Proposal], by: User, *, why: str, way: str) -> tuple[str, int]:
    """Change what can be changed, in one go: its batch and how many points changed.

    Raises
    ------
    RefusedError
        Something changed since it was looked at: nothing is changed then.
    """
    batch = new_batch()
    wanted = [
        Wanted(one.point, one.values, one.to, one.on)
        for one in proposals
        if one.outcome == "changes" and one.point is not None
    ]
    change_many(wanted, by, why=why, way=way, batch=batch)
    return batch, len(wanted)


def mark_of(proposals: Iterable[Proposal]) -> str:
    """A mark of what a preview showed: another one means that something changed since."""
    told = [
        (
            one.number,
            one.point.pk if one.point else 0,
            one.outcome,
            [[name, str(before), str(after)] for name, before, after in one.changes],
        )
        for one in proposals
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


class _Finder:
    """Finds the points that rows mean, among those within reach."""

    def __init__(self, points: list[ServicePoint]) -> None:
        known = places()
        listed = [(code, place.name, place.district) for code, place in known.items()]
        import pandas as pd  # here: pages need no tables

        from merata.region.names import VillageIndex

        self.villages = VillageIndex(pd.DataFrame(listed, columns=["code", "name", "district"]))
        self.by_code = {fold(point.code): point for point in points}
        self.by_key = {str(point.pk): point for point in points}
        self.by_village = _grouped(points, lambda point: point.village_code)

    def find(self, row: Row, answer: str, one: Proposal) -> ServicePoint | None:
        """The point of a row; where it is not certain, the proposal says what is to be asked."""
        if answer.startswith("t"):
            return self._known(self.by_key.get(answer[1:]), one)
        if code := row.cells.get("code"):
            return self._known(self.by_code.get(fold(code)), one)
        village = answer[1:] if answer.startswith("d") else self._village(row, one)
        if not village:
            return None
        return self._at(village, str(row.cells.get("place", "")), one)

    def _village(self, row: Row, one: Proposal) -> str:
        name, district, code = (
            str(row.cells.get(key, "")) for key in ("village", "district", "village_code")
        )
        if not name and not code:
            one.problems.append(Problem("row_names_nothing"))
            return ""
        match = self.villages.match(name, district, code)
        if match.sure and match.code:
            return match.code
        own = [candidate for candidate in match.candidates if candidate.code in self.by_village]
        one.villages = own[:_MOST_ASKED]
        if not own:
            one.problems.append(Problem("row_village_unknown", {"name": name or code}))
        return ""

    def _at(self, village: str, place: str, one: Proposal) -> ServicePoint | None:
        here = [p for p in self.by_village.get(village, []) if p.state not in ("replaced", "ended")]
        named = [p for p in here if fold(p.place) == fold(place)] or [
            p for p in here if place and (fold(place) in fold(p.place) or fold(p.place) in fold(place))
        ]
        fitting = named if place else here
        if len(fitting) == 1:
            return fitting[0]
        if not here:
            return self._known(None, one)
        one.points = (fitting or here)[:12]
        return None

    def _known(self, point: ServicePoint | None, one: Proposal) -> ServicePoint | None:
        if point is None:
            one.problems.append(Problem("row_point_unknown"))
        return point


def _of_row(row: Row, finder: _Finder, answer: str, by: User) -> Proposal:
    named = [
        str(row.cells[key])
        for key in ("code", "village", "village_code", "district", "place")
        if key in row.cells
    ]
    one = Proposal(row.number, problems=list(row.problems), said=" · ".join(named))
    one.point = finder.find(row, answer, one)
    if one.point is None:
        return one
    cells = {name: _from_json(name, value) for name, value in row.cells.items()}
    values = {name: cells[name] for name in FIELDS["provider"] if name in cells}
    return _judged(one, by, str(cells.get("state", "")), cells.get("on"), values)


def _from_json(name: str, value: Any) -> Any:
    return dt.date.fromisoformat(value) if name in _DAYS else value


def _judged(one: Proposal, by: User, to: str, on: dt.date | None, values: Mapping[str, Any]) -> Proposal:
    """The proposal with what would change and what keeps it from changing."""
    point = one.point
    assert point is not None
    one.values = {name: value for name, value in values.items() if getattr(point, name) != value}
    one.to, one.on = (to if to != point.state else ""), on
    asked = STEPS[one.to].asks if one.to in STEPS else ()
    own = fields_of(point, by)
    for name in one.values:
        if name not in (*own, *asked):
            one.problems.append(Problem("field_not_yours", {"field": Key(f"f_{name}")}))
    if one.to:
        on = on or timezone.localdate()
        one.problems += (
            problems(point, one.to, by, on, one.values) if one.to != "proposed" else [_back(point)]
        )
    return one


def _back(point: ServicePoint) -> Problem:
    return Problem("step_back", {"now": Choice("point_state", point.state)})


def _grouped(points: Iterable[_T], key: Any) -> dict[str, list[_T]]:
    groups: dict[str, list[_T]] = defaultdict(list)
    for point in points:
        groups[key(point)].append(point)
    return dict(groups)
