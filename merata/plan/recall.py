"""A plan that was written, read as the arrays that it was found as."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from merata.access.result import Access
from merata.errors import MissingError
from merata.plan.frames import words
from merata.plan.instance import NONE, Solution
from merata.plan.pay import Payments, payments
from merata.plan.pose import Posed, pose
from merata.plan.result import Plan
from merata.plan.supply import Supply
from merata.region.settings import Settings


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


def solved_again(
    plan: Plan, supply: Supply, access: Access, tables: Mapping[str, pd.DataFrame], settings: Settings
) -> tuple[Posed, Solution, Payments]:
    """A written plan, the problem that it solves, and who pays what of it.

    Raises MissingError where the plan can't be paid with the money that there is now.
    """
    posed = pose(supply, access, tables, settings)
    solution = recall(plan, posed)
    paid = payments(posed.instance, solution)
    if paid is None:
        raise MissingError(
            "the plan can't be paid with the money of today's region.toml; `merata run FOLDER` makes it anew"
        )
    return posed, solution, paid


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
