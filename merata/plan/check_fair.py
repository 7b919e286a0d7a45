"""Checks the rules of [plan.fair] in a plan, and its tables of districts and of fairness, reckoned anew.

The order of who goes first (`plan.fair.order`) can't be told from a plan alone: what could have been had for the first
takes a search to know.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from merata.plan.check_even import groups, indices
from merata.plan.check_facts import Facts, Row
from merata.plan.check_need import Need

_SLACK = 1e-6


def fair(facts: Facts, need: Need) -> Iterator[str]:
    """What is wrong with how evenly a plan serves, and with what it says of that."""
    yield from _floor(facts, need)
    yield from _each_year(facts, need)
    yield from _worst_first(facts, need)
    yield from _spread(facts, need)
    yield from _longest_wait(facts, need)
    yield from _districts(facts, need)
    yield from _fairness(facts)


def _in_need(facts: Facts, need: Need, count: str, t: int) -> dict[str, list[tuple[float, Row]]]:
    """What counts in a year, by district: weight and place."""
    found = defaultdict(list)
    for place in facts.places:
        weight = need.weight(place, count)
        if weight > 0 and need.begin[place["place"]] <= t:
            found[place["district"]].append((weight, place))
    return dict(sorted(found.items()))


def _got(need: Need, those: list[tuple[float, Row]], t: int) -> float:
    return sum(weight for weight, place in those if need.served(place["place"], t))


def _whole(those: list[tuple[float, Row]]) -> float:
    return sum(weight for weight, _ in those)


def _less(got: float, least: float) -> bool:
    return got < least - _SLACK * max(1.0, abs(least))


def _floor(facts: Facts, need: Need) -> Iterator[str]:
    rules = facts.settings.plan.fair
    for name, share in rules.floor.items():
        if int(name) not in facts.years:
            continue
        t = facts.years.index(int(name))
        for district, those in _in_need(facts, need, rules.count, t).items():
            least = share * _whole(those)
            least = math.ceil(least - 1e-9) if rules.count == "villages" else least
            if _less(_got(need, those, t), least):
                yield f"{district}: {_got(need, those, t):g} {rules.count} by {name}, less than the floor of {least:g}"


def _each_year(facts: Facts, need: Need) -> Iterator[str]:
    each = facts.settings.plan.fair.each_year
    asked: dict[str, int] = defaultdict(int)
    for t in range(len(facts.years) if each else 0):
        for district, those in _in_need(facts, need, "villages", t).items():
            possible = sum(need.earliest[place["place"]] <= t for _, place in those)
            asked[district] = min(asked[district] + each, possible)
            got = _got(need, those, t)
            if _less(got, asked[district]):
                yield f"{district}: {got:g} villages by {facts.years[t]}, {asked[district]} are due each year added up"


def _worst(facts: Facts, need: Need, count: str) -> list[str]:
    """Districts by the share of their villages or people in need, the worst first."""
    inside: dict[str, float] = defaultdict(float)
    sizes: dict[str, float] = defaultdict(float)
    for place in facts.places:
        inside[place["district"]] += need.own_weight(place, count)
    for village in facts.villages:
        sizes[village["district"]] += 1.0 if count == "villages" else float(village["people"] or 0)
    share = {name: number / max(sizes[name], number, 1e-9) for name, number in inside.items()}
    return sorted(inside, key=lambda name: (-share[name], -inside[name], name))


def _worst_first(facts: Facts, need: Need) -> Iterator[str]:
    rules = facts.settings.plan.fair
    for t in range(len(facts.years) if rules.worst_first else 0):
        districts = _in_need(facts, need, rules.count, t)
        if len(districts) < 2:
            continue
        total = sum(map(_whole, districts.values()))
        got = {name: _got(need, those, t) for name, those in districts.items()}
        worst = [name for name in _worst(facts, need, rules.count) if name in districts]
        for name in worst[: rules.worst_first]:
            due = _whole(districts[name]) / total * sum(got.values())
            behind = 1 - 1 / total if rules.count == "villages" else max(w for w, _ in districts[name])
            if _less(got[name], due - behind):
                yield f"{name}: {got[name]:g} {rules.count} by {facts.years[t]}, behind its part of {due:g}"


def _spread(facts: Facts, need: Need) -> Iterator[str]:
    rules, last = facts.settings.plan.fair, len(facts.years) - 1
    if rules.spread is None:
        return
    shares = {
        name: _got(need, those, last) / _whole(those)
        for name, those in _in_need(facts, need, rules.count, last).items()
    }
    if shares and max(shares.values()) - min(shares.values()) > rules.spread + _SLACK:
        low, high = min(shares, key=lambda name: shares[name]), max(shares, key=lambda name: shares[name])
        yield f"{low} ({shares[low]:.1%}) and {high} ({shares[high]:.1%}) are further apart than {rules.spread:.1%}"


def _longest_wait(facts: Facts, need: Need) -> Iterator[str]:
    rules, first = facts.settings.plan.fair, facts.years[0]
    for place in facts.places if rules.longest_wait_years is not None else []:
        name, since = place["place"], place.get("since")
        if need.weight(place, "villages") <= 0:
            continue
        begin = need.begin[name]
        due = begin + (rules.longest_wait_years or 0)
        if rules.wait_from == "known" and since is not None and since < first and begin == 0:
            due = max(int(since) - first + (rules.longest_wait_years or 0), need.earliest[name])
        if due < len(facts.years) and not need.served(name, due):
            yield f"{place['village_code']}: waits beyond {facts.years[due]}"


def _districts(facts: Facts, need: Need) -> Iterator[str]:
    count = facts.settings.plan.fair.count
    expected = {}
    for t, year in enumerate(facts.years):
        for name in sorted({place["district"] for place in facts.places}):
            here = [p for p in facts.places if p["district"] == name and need.begin[p["place"]] <= t]
            reach = [(need.weight(place, count), place) for place in here]
            expected[year, name] = {
                "in_need": sum(need.own_weight(place, count) for place in here),
                "in_reach": _whole(reach),
                "served": _got(need, reach, t),
            }
    told = facts.told["districts"]
    if sorted((row["year"], row["district"]) for row in told) != sorted(expected):
        yield "not every year and district is in the table of districts exactly once"
        return
    for row in told:
        own = expected[row["year"], row["district"]]
        own |= {"share": min(1.0, own["served"] / own["in_reach"]) if own["in_reach"] > 0 else 0.0}
        for column, value in own.items():
            if abs((row[column] or 0.0) - value) > _SLACK * max(1.0, value):
                yield f"{row['district']}, {row['year']}: {column} is {row[column]}, but {value:g} in the points"


def _fairness(facts: Facts) -> Iterator[str]:
    told, shares = facts.told["fairness"], facts.told["districts"]
    if [row["year"] for row in told] != [None, *facts.years]:
        yield "the table of fairness does not have a row for before the plan and one for each year"
        return
    for row in told:
        name = row["year"] or "before the plan"
        own = [r for r in shares if r["year"] == row["year"] and (r["in_reach"] or 0) > 0]
        reach, served = sum(r["in_reach"] for r in own), sum(r["served"] for r in own)
        low, high = (f((r["share"] for r in own), default=0.0) for f in (min, max))
        expected = {
            "share": min(1.0, served / reach) if reach else 0.0,
            "lowest": low,
            "highest": high,
            "spread": high - low,
        }
        for column, value in expected.items():
            if abs((row[column] or 0.0) - value) > _SLACK:
                yield f"fairness, {name}: {column} is {row[column]}, but {value:g} in the table of districts"
        t = None if row["year"] is None else facts.years.index(row["year"])
        for column, value in indices(groups(facts, t)).items():
            if not abs(row[column] - value) <= _SLACK:
                yield f"fairness, {name}: {column} is {row[column]}, but {value:g} over the people"
