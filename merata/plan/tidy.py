"""A plan without what is of no use to it: nodes and links over which nothing is served, dearer ways to the same end."""

from __future__ import annotations

import numpy as np

from merata.plan.audit import faults
from merata.plan.instance import NONE, Instance, Solution, objective
from merata.plan.reading import directions


def tidy(instance: Instance, solution: Solution) -> Solution:
    """The same service for no more money: a plan is never made worse, nor one that breaks a rule it did not break."""
    for step in (_without_idle, _cheaper, _without_idle):
        changed = step(instance, solution)
        same = abs(objective(instance, changed) - objective(instance, solution)) < 1e-9
        if same and not faults(instance, changed):
            solution = changed
    return solution


def parents(instance: Instance, solution: Solution) -> tuple[np.ndarray, np.ndarray]:
    """The node before each node on its way from a root, and the link between the two; NONE at roots, (N,) twice."""
    size = len(instance.nodes)
    before, over = np.full(size, NONE), np.full(size, NONE)
    into = directions(instance, solution)
    links = np.flatnonzero(into != NONE)
    head = instance.ends[links, into[links]]
    before[head] = instance.ends[links, 1 - into[links]]
    over[head] = links
    return before, over


def _without_idle(instance: Instance, solution: Solution) -> Solution:
    """Nodes and links only from when something is served over them, or they have to be there."""
    years = len(instance.years)
    result = solution.copy()
    before, over = parents(instance, solution)
    node_need = np.where(instance.nodes.must, solution.node_start, years)
    serving = np.flatnonzero((solution.offer_start < years) & (instance.node != NONE))
    np.minimum.at(node_need, instance.node[serving], solution.offer_start[serving])
    link_need = np.where(instance.links.must, solution.link_start, years)
    for link in np.flatnonzero(instance.links.must & (solution.link_start < years)).tolist():
        for node in instance.ends[link].tolist():
            node_need[node] = min(node_need[node], solution.link_start[link])
    for node in np.argsort(node_need, kind="stable").tolist():
        at, start = node, int(node_need[node])
        while start < years and before[at] != NONE:
            link_need[over[at]] = min(int(link_need[over[at]]), start)
            at = int(before[at])
            node_need[at] = min(int(node_need[at]), start)
    free = ~instance.root & (solution.node_start < years)
    result.node_start[free] = np.maximum(node_need, solution.node_start)[free]
    built = solution.link_start < years
    result.link_start[built] = np.maximum(link_need, solution.link_start)[built]
    return result


def _cheaper(instance: Instance, solution: Solution) -> Solution:
    """Where another offer over what is lit anyway serves a place as well for less, that one."""
    years = len(instance.years)
    result = solution.copy()
    cost = _cost(instance)
    for offer in np.flatnonzero((solution.offer_start < years) & (solution.offer_end == years)).tolist():
        start = int(solution.offer_start[offer])
        alike = np.flatnonzero(
            (instance.place == instance.place[offer])
            & (instance.share == instance.share[offer])
            & (instance.lasting == instance.lasting[offer])
            & ~instance.offers.must
            & (instance.offers.lead <= start)
            & (instance.offers.first <= start)
            & (start <= instance.offers.last)
            & (instance.offers.capital_class == instance.offers.capital_class[offer])
            & (instance.offers.running_class == instance.offers.running_class[offer])
        )
        node = instance.node[alike]
        alike = alike[(node == NONE) | (solution.node_start[np.maximum(node, 0)] <= start)]
        best = int(alike[np.argmin(cost[alike, start])]) if len(alike) else offer
        if best != offer and cost[best, start] < cost[offer, start] and not instance.offers.must[offer]:
            result.offer_start[offer] = result.offer_end[offer] = years
            result.offer_start[best], result.offer_end[best] = start, years
    return result


def _cost(instance: Instance) -> np.ndarray:
    """Rupiah to the plan's end by offer and year of start, (O, T)."""
    things = instance.offers
    years = len(instance.years)
    running = np.cumsum(things.running[:, ::-1], axis=1)[:, ::-1]
    paid = np.maximum(np.arange(years) - things.lead[:, None], 0)
    result: np.ndarray = np.take_along_axis(things.capital, paid, axis=1) + running
    return result
