"""Checks who a plan serves by what: each point is an offer of the supply, in the order that is asked for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise

from merata.plan.check_decided import Decided
from merata.plan.check_facts import Facts, Row, Serving
from merata.plan.check_need import Need
from merata.plan.frames import weakest
from merata.region.tables import LEVELS

_SLACK = 1e-6


def service(facts: Facts, need: Need, decided: Decided) -> Iterator[str]:
    """What is wrong with the points themselves."""
    for row in facts.told["points"]:
        if facts.served_by(row) is None:
            yield (
                f"{row['village_code']} {row['place']}: {row['option']} from {row['year']} to {row['until']} over "
                f"{row['node'] or 'nothing'} can't be built there"
            )
        if not row["reason_en"] or not row["reason_id"]:
            yield f"{row['village_code']} {row['place']}: {row['option']} without a reason"
    for point in facts.serving:
        yield from _point(facts, point)
        yield from _prices(facts, point, decided)
    yield from _one_at_a_time(facts)
    yield from _office_first(facts, need)
    yield from _villages_a_year(facts)
    yield from _worth(facts, need)


def _point(facts: Facts, point: Serving) -> Iterator[str]:
    row, place, offer = point.row, point.place, point.offer
    expected = {
        "village_code": place["village_code"], "kind": place["kind"], "level": offer["level"],
        "chance": offer["share"], "people": offer["people"] or 0.0,
    }  # fmt: skip
    for name, value in expected.items():
        if not _same(row[name] if name != "people" else row[name] or 0.0, value):
            yield f"{point.name}: {name} is {row[name]}, but {value} in what could be built"
    if LEVELS.index(row["level"]) < LEVELS.index(place["promised"]):
        yield f"{point.name}: does not reach the promise"
    if not 0 <= (row["chance"] or 0) <= 1:
        yield f"{point.name}: chance {row['chance']} is no chance"


def _same(a: object, b: object) -> bool:
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return abs(a - b) <= _SLACK * max(1.0, abs(b))
    return a == b


def _prices(facts: Facts, point: Serving, decided: Decided) -> Iterator[str]:
    items, row = point.offer["items"], point.row
    lead = decided.lead_of_point(point)
    if point.start < lead:
        yield f"{point.name}: serves from {row['year']}, but would have to be paid before the plan begins"
        return
    paid = decided.is_paid(point)
    yield from priced(facts, point.name, items, row, 0 if paid else 1, point.start - lead, point.start)
    known = weakest([*(facts.prices[key]["known_by"] for key in items), point.offer["known_by"]])
    if row["price_known_by"] != known:
        yield f"{point.name}: its prices are {known}, not {row['price_known_by']}"


def priced(
    facts: Facts,
    name: str,
    items: dict[str, float],
    row: Row,
    times: int,
    built: int,
    runs: int,
) -> Iterator[str]:
    """What is wrong with the prices of a row: paid once in year `built`, each year from `runs` on."""
    for column, end in (("used_idr", ""), ("low_idr", "_low"), ("high_idr", "_high")):
        capital = times * facts.cost(items, "capital", built, column)
        running = facts.cost(items, "running", runs, column)
        for part, value in ((f"capex{end}_idr", capital), (f"opex{end}_idr_per_year", running)):
            if row[part] != value:
                yield f"{name}: {part} is {row[part]}, but comes to {value} at the catalogue's prices"


def _one_at_a_time(facts: Facts) -> Iterator[str]:
    """Each place at most one option at a time, served stays served, only stop-gaps end and for something better."""
    of_place = defaultdict(list)
    for point in facts.serving:
        of_place[point.place["place"]].append(point)
    for points in of_place.values():
        points.sort(key=lambda point: (point.start, point.end))
        for before, then in pairwise(points):
            if then.start < before.end:
                yield f"{then.name}: starts while {before.row['option']} serves there"
            elif then.start > before.end:
                yield f"{then.name}: the place is without service before it"
            if before.offer["lasting"]:
                yield f"{before.name}: is no stop-gap, and {then.row['option']} follows it"
            elif not then.offer["lasting"]:
                yield f"{then.name}: a stop-gap follows a stop-gap"
        if points[-1].end < len(facts.years):
            yield f"{points[-1].name}: ends, and nothing follows"


def _office_first(facts: Facts, need: Need) -> Iterator[str]:
    for point in facts.serving:
        office = facts.office.get(point.place["village_code"]) or point.place["place"]
        first = need.served_from.get(office)
        if first is None or point.start < first:
            yield f"{point.name}: built in {point.row['year']}, before the village office"


def _villages_a_year(facts: Facts) -> Iterator[str]:
    limit = facts.settings.plan.villages_per_year
    first: dict[str, int] = {}
    for point in facts.serving:
        code = point.place["village_code"]
        first[code] = min(first.get(code, point.start), point.start)
    for t, number in sorted(Counter(first.values()).items()):
        if limit and number > limit:
            yield f"{facts.years[t]}: {number} villages start, more than {limit}"


def _worth(facts: Facts, need: Need) -> Iterator[str]:
    plan = facts.plan
    worth = sum(
        need.worth(point.place, t) * point.offer["share"]
        for point in facts.serving
        for t in range(point.start, point.end)
    )
    slack = _SLACK * max(1.0, abs(plan.objective))
    if abs(worth - plan.objective) > slack:
        yield f"the objective is {plan.objective}, but the points bring {worth}"
    if plan.bound < plan.objective - slack:
        yield f"the bound {plan.bound} is below the objective {plan.objective}"
    gap = max(0.0, (plan.bound - plan.objective) / plan.bound) if plan.bound > 0 else 0.0
    if not abs(plan.gap - gap) <= _SLACK:
        yield f"the gap is {plan.gap}, but bound and objective give {gap}"
