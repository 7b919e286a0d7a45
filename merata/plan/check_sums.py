"""Checks the sums of a plan: villages, years and funds add up to its points, works and payments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from merata.plan.check_facts import Facts, Row, rows
from merata.plan.check_network import users
from merata.region.tables import LEVELS

_SLACK = 1e-6
#: By how much a chance that is found by 2,000 draws may differ: five standard deviations.
_DRAWN = 0.056
_COSTS = ("capex_idr", "opex_idr_per_year")


def sums(facts: Facts) -> Iterator[str]:
    """What does not add up."""
    yield from _villages(facts)
    yield from _parts(facts)
    yield from _years(facts)
    yield from _fund_years(facts)


def _of_villages(facts: Facts) -> dict[str, list[Row]]:
    """The points of each village, in their order."""
    found = defaultdict(list)
    for row in facts.told["points"]:
        found[row["village_code"]].append(row)
    return found


def _villages(facts: Facts) -> Iterator[str]:
    told = facts.told["villages"]
    if sorted(row["code"] for row in told) != sorted(row["code"] for row in facts.villages):
        yield "not every village is in the plan's table exactly once"
    points = _of_villages(facts)
    for row in told:
        own = points.get(row["code"], [])
        yield from _first(row, own)
        yield from _served(row, own)
        if not row["reason_en"] or not row["reason_id"]:
            yield f"{row['code']}: without a reason"
    levels = _office_levels(facts)
    for row in told:
        if row["access_then"] != levels.get(row["code"], row["access_then"]):
            yield f"{row['code']}: its office then has {levels[row['code']]}, not {row['access_then']}"


def _first(row: Row, own: list[Row]) -> Iterator[str]:
    first = min((point["year"] for point in own), default=None)
    ways = [(p["option"], p["fund"] or None) for p in own if p["year"] == first] or [(None, None)]
    if row["year"] != first or (row["option"], row["fund"] or None) not in ways:
        yield f"{row['code']}: its year, option or fund is not that of its first point"


def _served(row: Row, own: list[Row]) -> Iterator[str]:
    lasting = [point for point in own if point["until"] is None]
    people = sum(point["people"] or 0.0 for point in lasting)
    if abs((row["people_served"] or 0.0) - people) > _SLACK * max(1.0, people):
        yield f"{row['code']}: people_served is {row['people_served']}, but its points add up to {people}"
    chances = [1.0 if point["chance"] is None else point["chance"] for point in lasting]
    low, high = max(chances, default=0.0), min(1.0, sum(chances))
    spare = _DRAWN if lasting else 0.0
    if not max(0.0, low - spare) <= (row["chance_served"] or 0.0) <= min(1.0, high + spare):
        yield f"{row['code']}: chance_served is {row['chance_served']}, but its points have {low:g} to {high:g}"


def _office_levels(facts: Facts) -> dict[str, str]:
    """The level of each village's office at the end: the best of its offices, else that of the village now."""
    built = {p.place["place"]: p.row["level"] for p in facts.serving if p.end == len(facts.years)}
    offices: dict[str, list[str]] = defaultdict(list)
    for row in rows(facts.access.facilities.drop(columns="geometry")):
        if row["kind"] == "village office":
            offices[row["village_code"]] += [row["access_now"], built.get(row["id"]) or row["access_now"]]
    return {
        row["code"]: max(offices.get(row["code"], [row["access_now"]]), key=LEVELS.index)
        for row in facts.villages
    }


def _parts(facts: Facts) -> Iterator[str]:
    """Villages pay for their points and an even part of the works that they share; nothing is lost or twice."""
    points, works = _of_villages(facts), facts.told["works"]
    for name in _COSTS:
        whole = sum(row[name] for row in (*facts.told["points"], *works))
        told = sum(row[name] for row in facts.told["villages"])
        if told != whole:
            yield f"{name} of the villages adds up to Rp {told:,}, that of points and works to Rp {whole:,}"
        shared = _shared(facts, works, name)
        for row in facts.told["villages"]:
            own = sum(point[name] for point in points.get(row["code"], []))
            part = None if shared is None else shared.get(row["code"], 0.0)
            if row[name] < own or (part is not None and abs(row[name] - own - part) > len(works)):
                yield f"{row['code']}: {name} is Rp {row[name]:,}, but its points cost Rp {own:,}, its part {part}"


def _shared(facts: Facts, works: list[Row], name: str) -> dict[str, float] | None:
    """Each village's part of the works; None where that is not certain."""
    over = users(facts)
    if over is None:
        return None
    found: dict[str, float] = defaultdict(float)
    for row in works:
        codes = [place["village_code"] for place in over.get(row["id"], [])] or [row["village_code"]]
        if not codes[0] and row[name]:
            return None
        for code in codes:
            found[code] += row[name] / len(codes)
    return found


def _years(facts: Facts) -> Iterator[str]:
    told = facts.told["years"]
    if [row["year"] for row in told] != facts.years:
        yield "the table of years does not have each planned year once, in order"
        return
    payments = facts.told["payments"]
    first = {code: min(p["year"] for p in own) for code, own in _of_villages(facts).items()}
    for t, row in enumerate(told):
        expected = {
            "budget_idr": sum(amount for (_, y), amount in facts.budgets.items() if y == row["year"]),
            "capex_idr": _paid(payments, row["year"], "capital"),
            "opex_idr": _paid(payments, row["year"], "running"),
            "villages_served": sum(year <= row["year"] for year in first.values()),
            "points_built": sum(point.start == t for point in facts.serving),
            "people_served": sum(
                (point.row["people"] or 0.0) * (1 + point.place["growth"]) ** t
                for point in facts.serving
                if point.serves(t)
            ),
        }
        for name, value in expected.items():
            if abs(row[name] - value) > (_SLACK * max(1.0, value) if name == "people_served" else 0):
                yield f"{row['year']}: {name} is {row[name]}, but it adds up to {value}"
        yield from _chances(row)


def _paid(payments: list[Row], year: int, cost: str) -> int:
    return sum(row["amount_idr"] for row in payments if row["year"] == year and row["cost"] == cost)


def _chances(row: Row) -> Iterator[str]:
    if row["budget_chance"] is None or not 0 <= row["budget_chance"] <= 1:
        yield f"{row['year']}: budget_chance {row['budget_chance']} is no chance"
    low, high = row["people_low"], row["people_high"]
    if low is None or high is None or not 0 <= low <= high:
        yield f"{row['year']}: people from {low} to {high}"


def _fund_years(facts: Facts) -> Iterator[str]:
    spent: dict[tuple[str, int], int] = defaultdict(int)
    kept: dict[tuple[str, int], int] = defaultdict(int)
    for row in facts.told["payments"]:
        spent[row["fund"], row["year"]] += row["amount_idr"]
        kept[row["fund"], row["year"]] += row["amount_idr"] if row["money_of"] < row["year"] else 0
    told = facts.told["fund_years"]
    if sorted((row["fund"], row["year"]) for row in told) != sorted(facts.budgets):
        yield "not every fund and year is in the table of funds exactly once"
    for row in told:
        key = (row["fund"], row["year"])
        expected = {
            "budget_idr": facts.budgets.get(key, 0), "spent_idr": spent[key], "kept_idr": kept[key],
        }  # fmt: skip
        for name, value in expected.items():
            if row[name] != value:
                yield f"{row['fund']}, {row['year']}: {name} is {row[name]}, but it adds up to {value}"
