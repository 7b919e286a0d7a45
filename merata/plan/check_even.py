"""How evenly a plan spreads access over people, reckoned anew for the check: mean, Gini, Theil, the worst tenth."""

from __future__ import annotations

import math
from collections import defaultdict

from merata.plan.check_facts import Facts

Groups = list[tuple[float, float]]
"""Access and people of each group of people, those with least access first."""


def groups(facts: Facts, t: int | None) -> Groups:
    """People by access at the end of a year; None: before the plan.

    Of each village those who have the promise now have 1, those below it the chance of service of its settlements.
    """
    below: dict[str, float] = defaultdict(float)
    got: dict[str, float] = defaultdict(float)
    for place in facts.places:
        below[place["village_code"]] += place["people_below"] or 0.0
    for point in facts.serving if t is not None else []:
        if point.serves(t or 0):
            got[point.place["village_code"]] += (point.place["people_below"] or 0.0) * point.offer["share"]
    found: Groups = []
    for village in facts.villages:
        code, people = village["code"], float(village["people"] or 0)
        without = min(float(village["people_below"] or 0.0), people)
        found += [
            (1.0, people - without),
            (got[code] / below[code] if below[code] > 0 else 0.0, without),
        ]
    return sorted((access, people) for access, people in found if people > 0)


def indices(those: Groups) -> dict[str, float]:
    """The figures of `merata.plan.fairness.FAIRNESS` over people."""
    people = sum(number for _, number in those)
    held = sum(access * number for access, number in those)
    if not people:
        return dict.fromkeys(("mean", "gini", "theil", "worst_tenth"), 0.0)
    mean = held / people
    return {
        "mean": mean,
        "gini": _differences(those) / (people * people * mean) if mean > 0 else 0.0,
        "theil": sum(
            number * (access / mean) * math.log(access / mean) for access, number in those if access > 0
        )
        / people,
        "worst_tenth": _worst(those, people / 10),
    }


def _differences(those: Groups) -> float:
    """The differences of access between all pairs of people, each pair once."""
    total = poorer = poorer_held = 0.0
    for access, number in those:
        total += number * (access * poorer - poorer_held)
        poorer += number
        poorer_held += number * access
    return total


def _worst(those: Groups, wanted: float) -> float:
    """The mean access of so many people who have least."""
    left, held = wanted, 0.0
    for access, number in those:
        counted = min(left, number)
        held += counted * access
        left -= counted
    return held / wanted
