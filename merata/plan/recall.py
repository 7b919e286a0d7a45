"""A plan that was written, read as the arrays that it was found as."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from merata.plan.frames import words
from merata.plan.instance import NONE, Solution
from merata.plan.pose import Posed
from merata.plan.result import Plan


def recall(plan: Plan, posed: Posed) -> Solution:
    """The solution that a plan's points and works stand for; what is not known any more is left out."""
    instance = posed.instance
    years = instance.years
    result = Solution.nothing(instance)
    names = words(posed.places["place"])[instance.place]
    keys = _index(zip(names, words(posed.offers["option"]), words(posed.offers["node"]), strict=True))
    points = plan.points
    found = (words(points["place"]), words(points["option"]), words(points["node"]))
    for key, year, until in zip(zip(*found, strict=True), points["year"], points["until"], strict=True):
        offer = keys.get(key, NONE)
        if offer != NONE and int(year) in years:
            result.offer_start[offer] = years.index(int(year))
            result.offer_end[offer] = len(years) if pd.isna(until) else years.index(int(until)) + 1
    works = dict(zip(words(plan.works["id"]), plan.works["year"], strict=True))
    for start, table, name in (
        (result.node_start, posed.nodes, "node"),
        (result.link_start, posed.links, "link"),
    ):
        _starts(start, words(table[name]), works, years)
    return result


def _index(keys: Iterable[object]) -> dict[object, int]:
    """Position of each key, the first of equals."""
    found: dict[object, int] = {}
    for n, key in enumerate(keys):
        found.setdefault(key, n)
    return found


def _starts(start: np.ndarray, names: np.ndarray, works: dict[str, int], years: Sequence[int]) -> None:
    for n, name in enumerate(names.tolist()):
        if name in works:
            start[n] = list(years).index(int(works[name]))
