"""A plan read from the values of the linear programme's columns, and written as such values."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import breadth_first_order

from merata.plan.instance import NONE, Instance, Solution
from merata.plan.programme import Programme

_HALF = 0.5


def solution_of(programme: Programme, values: np.ndarray) -> Solution:
    """The plan that whole-number values stand for."""
    instance, at = programme.instance, programme.columns
    years = len(instance.years)
    result = Solution.nothing(instance)
    families = (
        (at.lit, result.node_start),
        (at.way[:, 0], result.link_start),
        (at.way[:, 1], result.link_start),
        (at.extra, result.link_start),
        (at.starts, result.offer_start),
    )
    for family, start in families:
        n, t = np.nonzero(_yes(family, values))
        np.minimum.at(start, n, t)
    ending = np.flatnonzero(~instance.lasting)
    serving = _yes(at.serves[ending], values)
    some = serving.any(axis=1)
    result.offer_start[ending] = np.where(some, np.argmax(serving, axis=1), years)
    result.offer_end[ending] = np.where(some, years - np.argmax(serving[:, ::-1], axis=1), years)
    return result


def _yes(family: np.ndarray, values: np.ndarray) -> np.ndarray:
    result: np.ndarray = (family != NONE) & (values[np.maximum(family, 0)] > _HALF)
    return result


def values_of(programme: Programme, solution: Solution) -> np.ndarray:
    """Values of the decisions' columns that stand for a plan; those of money stay 0."""
    instance, at = programme.instance, programme.columns
    years = len(instance.years)
    values = np.zeros(at.count + 1)  # the last takes what has no column
    into = directions(instance, solution)
    tree = np.flatnonzero((solution.link_start < years) & (into != NONE))
    values[at.way[tree, into[tree], solution.link_start[tree]]] = 1.0
    beside = np.flatnonzero((solution.link_start < years) & (into == NONE))
    values[at.extra[beside, solution.link_start[beside]]] = 1.0
    for family, start in (
        (at.lit, np.where(instance.root, years, solution.node_start)),
        (at.starts, solution.offer_start),
    ):
        n = np.flatnonzero(start < years)
        values[family[n, start[n]]] = 1.0
    values[at.serves[solution.serving(years) & (at.serves != NONE)]] = 1.0
    return values[:-1]


def directions(instance: Instance, solution: Solution) -> np.ndarray:
    """Towards which end (0 or 1) each built link carries when nodes are lit one after the other; NONE: not needed."""
    years = len(instance.years)
    size = len(instance.nodes)
    into = np.full(len(instance.ends), NONE)
    lit = instance.root.copy()
    for year in range(years):
        built = np.flatnonzero(solution.link_start <= year)
        there = built[(solution.node_start[instance.ends[built]] <= year).all(axis=1)]
        for link, towards in _tree(instance, lit, there, size):
            into[link] = towards
            lit[instance.ends[link, towards]] = True
    return into


def _tree(instance: Instance, lit: np.ndarray, links: np.ndarray, size: int) -> list[tuple[int, int]]:
    """The links over which dark nodes are reached from lit ones, in order, and towards which end."""
    if not len(links):
        return []
    ends = np.where(lit[instance.ends[links]], size, instance.ends[links])
    between: dict[tuple[int, int], tuple[int, int]] = {}
    for link, (a, b) in zip(links.tolist(), ends.tolist(), strict=True):
        between.setdefault((a, b), (link, 1))
        between.setdefault((b, a), (link, 0))
    keys = np.array(list(between), dtype=np.int64)
    graph = sp.csr_array((np.ones(len(keys)), (keys[:, 0], keys[:, 1])), shape=(size + 1, size + 1))
    order, before = breadth_first_order(graph, size)
    return [between[int(before[n]), n] for n in order.tolist() if n != size]
