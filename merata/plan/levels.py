"""The cap on inequality, level by level: each problem holds the plans that serve every district to about one level.

Shares of few villages are coarse: of two villages none, one or both are served. Where the shares of any two districts
may differ by little, few levels are left at which every district has a share at all. The linear programme knows nothing
of that and serves parts of villages, so neither its decisions nor its bound are of much use. At one level they are: the
rule is then a least and a most number of villages for each district.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from merata.plan.instance import Instance, Rule
from merata.plan.rules import KEY

#: Where more levels are left than so many, the linear programme fares well enough without.
_MOST = 4
_SLIP = 1e-9


def levels(instance: Instance) -> list[Instance]:
    """Problems that together have the plans of the instance, the highest level first; or itself alone."""
    rules = [rule for rule in instance.rules if rule.key == f"{KEY}spread"]
    parts = {tuple(rule.place[rule.coefficient > 0].tolist()): rule for rule in rules}
    shares = [rule.coefficient[rule.coefficient > 0] for rule in parts.values()]
    if not rules or any(np.ptp(share) > _SLIP for share in shares):
        return [instance]
    found = boxes([len(share) for share in shares], -rules[0].least)
    if len(found) > _MOST:
        return [instance]
    made = [
        [row for part, low, high in zip(parts.values(), *box, strict=True) for row in _rows(part, low, high)]
        for box in reversed(found)
    ]
    return [dataclasses.replace(instance, rules=[*instance.rules, *rows]) for rows in made]


def boxes(sizes: Sequence[int], spread: float) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Least and most villages of each district, (districts,) twice, for every level at which all have a share.

    All plans whose shares differ by at most `spread` are in one of them; none lies within another.
    """
    size = np.array(sizes)
    found = []
    for level in sorted({k / n for n in set(sizes) for k in range(n + 1)}):
        low = np.ceil(level * size - _SLIP).astype(int)
        high = np.floor(np.minimum(level + spread, 1.0) * size + _SLIP).astype(int)
        if (low <= high).all():
            found.append((tuple(low.tolist()), tuple(high.tolist())))
    kept = list(dict.fromkeys(found))
    return [box for box in kept if not any(_within(box, other) for other in kept if other != box)]


def _within(box: tuple[tuple[int, ...], ...], other: tuple[tuple[int, ...], ...]) -> bool:
    lower = all(a >= b for a, b in zip(box[0], other[0], strict=True))
    return lower and all(a <= b for a, b in zip(box[1], other[1], strict=True))


def _rows(part: Rule, low: int, high: int) -> list[Rule]:
    """At least and at most so many places of a district: those that a rule of the spread counts for it."""
    own = part.coefficient > 0
    places, years, one = part.place[own], part.year[own], np.ones(int(own.sum()))
    return [
        Rule(part.key, f"{part.about}: at least {low}", places, years, one, float(low)),
        Rule(part.key, f"{part.about}: at most {high}", places, years, -one, -float(high)),
    ]
