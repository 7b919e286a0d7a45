"""Tiny problems with the tables that a region's problem has, and the truth about them by trying everything."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from itertools import product

import numpy as np
import pandas as pd
from brute import _Networks, _orderly, _schedules, _solution

from merata.plan.again import Case
from merata.plan.catalogue import prices
from merata.plan.costs import Items
from merata.plan.funds import Funds
from merata.plan.ground import ground
from merata.plan.instance import NONE, Instance, Rule, Solution
from merata.plan.pose import Posed
from merata.plan.ruled import Ruled
from merata.plan.search import search
from merata.region.settings import PlanSettings, parse_settings

SETTINGS = parse_settings('[region]\nprojection = "EPSG:32650"\n')


def posed(instance: Instance, rules: list[Rule] | None = None, items: Items | None = None) -> Posed:
    """A problem posed without a region: places p0, p1, … in villages v0, v1, …, offers of options a and b."""
    count = len(instance.village)
    places = pd.DataFrame({
        "place": [f"p{n}" for n in range(count)],
        "village_code": [f"v{v}" for v in instance.village],
        "kind": "school", "access_now": "none", "district": [f"d{v % 2}" for v in instance.village],
        "people_below": 10.0, "is_office": False, "growth": 0.0, "x_m": np.arange(count) * 1000.0, "y_m": 0.0,
    })  # fmt: skip
    nodes = pd.DataFrame({
        "node": [f"n{n}" for n in range(len(instance.root))], "kind": "tower", "village_code": "",
        "x_m": 0.0, "y_m": 0.0,
    })  # fmt: skip
    links = pd.DataFrame({
        "link": [f"l{n}" for n in range(len(instance.ends))], "kind": "fibre", "length_km": 1.0,
        "a": [f"n{n}" for n in instance.ends[:, 0]], "b": [f"n{n}" for n in instance.ends[:, 1]],
    })  # fmt: skip
    second = np.concatenate([[False], instance.place[1:] == instance.place[:-1]])[: len(instance.place)]
    offers = pd.DataFrame({
        "place_no": instance.place, "option": np.where(second, "fibre", "leo"),
        "village_code": [f"v{instance.village[p]}" for p in instance.place],
        "people": 10.0 * instance.share, "reuse_items": [{} for _ in instance.place],
    })  # fmt: skip
    table = prices(None, SETTINGS)
    made_of = items or Items.of([{} for _ in range(sum(instance.shape[1:]))], table)
    base = dataclasses.replace(instance, rules=[])
    ruled = Ruled(base, ground(base, places), [*instance.rules, *(rules or [])], [], instance.tier)
    funds = Funds(instance.funds, instance.years, instance.money, instance.carry, [])
    return Posed(places, nodes, links, offers, table, pd.DataFrame(), funds, made_of, ruled, [])


def case(problem: Posed) -> Case:
    """The problem with its best plan."""
    plan = PlanSettings(gap=0.0, seconds=20.0)
    return Case(problem, search(problem.instance, gap=0.0, seconds=20.0), plan)


def every(instance: Instance) -> Iterator[tuple[float, Solution]]:
    """Every plan that keeps all conditions, one network for each way to serve the places, with what it brings."""
    networks = _Networks(instance, False)
    ways = [list(_schedules(instance, p)) for p in range(len(instance.village))]
    for chosen in product(*ways):
        steps = tuple(step for way in chosen for step in way)
        if _orderly(instance, steps) and (network := networks.that_fits(steps)) is not None:
            worth = sum(
                float(instance.share[o] * instance.worth[instance.place[o], s:e].sum()) for o, s, e in steps
            )
            yield worth, _solution(instance, steps, network)


def simple(instance: Instance) -> Instance:
    """One tier; nothing that has to be there."""
    return dataclasses.replace(
        instance, tier=np.zeros(0, dtype=np.int64),
        **{name: dataclasses.replace(getattr(instance, name), must=np.zeros_like(getattr(instance, name).must))
           for name in ("nodes", "links", "offers")},
    )  # fmt: skip


__all__ = ["NONE", "SETTINGS", "case", "every", "posed", "simple"]
