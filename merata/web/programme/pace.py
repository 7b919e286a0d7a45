"""How fast points come into service against the targets; which are stuck, and at whose turn. Few queries."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

from merata.web.models import Change, Commitment, ServicePoint, WeeklyTarget
from merata.web.programme.steps import turn

WEEK = dt.timedelta(days=7)
#: Fewer points than these that went on from a state say nothing of what is usual.
ENOUGH = 5
RECENT_WEEKS = 4


@dataclass(frozen=True)
class Life:
    """What the changes of points tell: when each came into service first, and how long states usually last."""

    came: dict[int, dt.date]
    """Point -> day."""
    usual_days: dict[str, float]
    """State -> median days of those that went on from it."""


@dataclass(frozen=True)
class Week:
    """One week: points in service by its end, of those that should be; None where no target is set."""

    monday: dt.date
    came: int
    in_all: int | None
    """None for weeks to come."""
    target: int | None


@dataclass(frozen=True)
class Pace:
    """What is left to keep the year's promise."""

    left: int
    weeks_left: int
    needed_a_week: float
    recent_a_week: float
    promised: bool
    """By commitments of the year; else by the year's last weekly target."""


@dataclass(frozen=True)
class Stuck:
    """A point that waits: overdue, or longer in its state than usual."""

    point: ServicePoint
    turn: str
    days: int
    overdue_days: int
    usual_days: float | None


def life(points: Iterable[ServicePoint]) -> Life:
    """What became of points, from their changes that were not undone; one query."""
    held = {point.pk: point for point in points}
    rows = Change.objects.filter(model="servicepoint", undone_by=None, undoes=None, after__has_key="state")
    since: dict[int, str] = {}
    came: dict[int, dt.date] = {}
    spans: dict[str, list[int]] = defaultdict(list)
    for key, before, after in rows.order_by("pk").values_list("key", "before", "after"):
        number = int(key)
        began, ended = before.get("since", since.get(number)), after.get("since", since.get(number))
        since[number] = ended
        if number not in held or ended is None:
            continue
        if before.get("state") and began:
            spans[before["state"]].append((dt.date.fromisoformat(ended) - dt.date.fromisoformat(began)).days)
        if after["state"] == "in service":
            came.setdefault(number, dt.date.fromisoformat(ended))
    for point in held.values():
        if point.state == "in service":
            came.setdefault(point.pk, point.since)
    usual = {state: float(median(days)) for state, days in spans.items() if len(days) >= ENOUGH}
    return Life(came, usual)


def weeks(came: Iterable[dt.date], targets: Iterable[WeeklyTarget], today: dt.date) -> list[Week]:
    """The weeks of the year up to its last target or this week, whichever is later."""
    days, wanted = sorted(came), {row.monday: row.in_service for row in targets}
    year = today.year
    own = [monday for monday in wanted if (monday + WEEK).year == year or monday.year == year]
    this = monday_of(today)
    first = min([*own, this, *(monday_of(day) for day in days if day.year == year)])
    last = max([*own, this])
    found = []
    while first <= last:
        until = bisect_right(days, first + WEEK - dt.timedelta(days=1))
        before = bisect_right(days, first - dt.timedelta(days=1))
        found.append(Week(first, until - before, until if first <= this else None, wanted.get(first)))
        first += WEEK
    return found


def pace(found: list[Week], promises: Iterable[Commitment], came: Iterable[dt.date], today: dt.date) -> Pace:
    """What is left of the year's promise, and the points a week that keep it."""
    open_ones = [
        row for row in promises if row.year <= today.year and row.state in ("promised", "on the way", "late")
    ]
    promised = bool(open_ones) or any(row.year == today.year for row in promises)
    done = sum(1 for _ in came)
    last_target = next((week.target for week in reversed(found) if week.target is not None), 0)
    left = len(open_ones) if promised else max(0, last_target - done)
    weeks_left = max(1, (dt.date(today.year, 12, 31) - today).days // 7 + 1)
    recent = [week.came for week in found if week.monday + WEEK <= today][-RECENT_WEEKS:]
    return Pace(left, weeks_left, left / weeks_left, sum(recent) / len(recent) if recent else 0.0, promised)


def targets_of(rows: Iterable[WeeklyTarget], provider: int | None) -> list[WeeklyTarget]:
    """The targets of one provider; those of all, or where there are none the sum of the providers', otherwise."""
    rows = list(rows)
    whole = [row for row in rows if row.provider_id == provider]
    if whole or provider is not None:
        return whole
    sums: Counter[dt.date] = Counter()
    for row in rows:
        sums[row.monday] += row.in_service
    return [WeeklyTarget(monday=monday, in_service=count) for monday, count in sorted(sums.items())]


def stuck(points: Iterable[ServicePoint], usual_days: dict[str, float], today: dt.date) -> list[Stuck]:
    """Points whose next step is overdue, or that stand longer in a state than usual; the longest wait first."""
    found = []
    for point in points:
        whose = turn(point)
        if not whose:
            continue
        days = (today - point.since).days
        overdue = (today - point.due).days if point.due and point.due < today else 0
        usual = usual_days.get(point.state)
        if overdue or (usual is not None and days > usual):
            found.append(Stuck(point, whose, days, overdue, usual))
    return sorted(found, key=lambda one: (-one.overdue_days, -one.days, one.point.code))


def by_group(
    points: Iterable[ServicePoint], waiting: Iterable[Stuck], group: Any
) -> list[tuple[Any, Counter[str]]]:
    """(group, counts of all, in service, going on, stuck), by `group` of a point."""
    counts: dict[Any, Counter[str]] = defaultdict(Counter)
    for point in points:
        counted = counts[group(point)]
        counted["all"] += 1
        counted["in service"] += point.state == "in service"
        counted["going on"] += bool(turn(point))
    for one in waiting:
        counts[group(one.point)]["stuck"] += 1
    return sorted(counts.items(), key=lambda pair: str(pair[0]))


def monday_of(day: dt.date) -> dt.date:
    """The Monday of a day's week."""
    return day - dt.timedelta(days=day.weekday())
