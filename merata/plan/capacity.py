"""Cuts for capacity: what hangs on any set of nodes is no more than what the links and nodes into it can carry.

For a set S of nodes found by a smallest cut (L. R. Ford and D. R. Fulkerson, "Maximal flow through a network", 1956),
the Mbit/s of the offers that serve in S in a year are at most those of the links built into S and of the nodes that
bound it. Where no set breaks this, the load can be carried.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import maximum_flow

from merata.plan.cuts import at_values, left_over, reached
from merata.plan.instance import NONE
from merata.plan.load import KBPS, flow_graph
from merata.plan.programme import Programme, Rows, until

#: A part of a link without a limit carries that part of so much.
_ENDLESS_MBPS = 1e6
#: Mbit/s by which a set may be overloaded before it counts.
_SLACK = 1e-3


def overloads(programme: Programme, values: np.ndarray) -> tuple[sp.csr_matrix, np.ndarray, np.ndarray]:
    """Rows that the values break because too much hangs on some set of nodes in some year; one a year at most."""
    rows = Rows()
    for year in range(len(programme.instance.years)):
        overload = _overload(programme, values, year)
        if overload is not None:
            _row(programme, rows, year, *overload)
    return rows.built(programme.columns.count)


def _overload(
    programme: Programme, values: np.ndarray, year: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """Nodes whose load counts, links and nodes whose capacity bounds it, for a set that is overloaded."""
    instance = programme.instance
    size = len(instance.nodes)
    built = _built(programme, values, year)
    load = _load(programme, values, year)
    inner, outer = (
        np.arange(size),
        size + np.arange(size),
    )  # into a node, and out of it again: see `flow_graph`
    e0, e1 = instance.ends.T
    part = np.nan_to_num(instance.link_mbps, posinf=_ENDLESS_MBPS) * built
    due = np.floor(load * KBPS).astype(np.int64)
    graph = flow_graph(instance, np.where(built > 1 - 1e-6, instance.link_mbps, part), due)
    result = maximum_flow(graph, 2 * size, 2 * size + 1)
    if result.flow_value >= due.sum() - _SLACK * KBPS:
        return None
    fed = reached(left_over(graph, result.flow), 2 * size)
    inside = ~fed[outer]
    links = (fed[outer[e0]] & ~fed[inner[e1]]) | (fed[outer[e1]] & ~fed[inner[e0]])
    nodes = fed[inner] & ~fed[outer]
    return inside, np.flatnonzero(links), np.flatnonzero(nodes)


def _built(programme: Programme, values: np.ndarray, year: int) -> np.ndarray:
    """How far each link is built by the end of a year, 0 to 1."""
    at = programme.columns
    carrying = at_values(values, at.way[:, :, : year + 1]).sum(axis=(1, 2))
    result: np.ndarray = np.minimum(carrying + at_values(values, at.extra[:, : year + 1]).sum(axis=1), 1.0)
    return result


def _load(programme: Programme, values: np.ndarray, year: int) -> np.ndarray:
    """Mbit/s that hang on each node in a year."""
    instance, at = programme.instance, programme.columns
    serving = np.where(
        instance.lasting,
        at_values(values, at.starts[:, : year + 1]).sum(axis=1),
        at_values(values, at.serves[:, year]),
    )
    on = instance.node != NONE
    weights = (serving * instance.mbps)[on]
    result: np.ndarray = np.bincount(instance.node[on], weights, minlength=len(instance.nodes))
    return result


def _row(
    programme: Programme, rows: Rows, year: int, inside: np.ndarray, links: np.ndarray, nodes: np.ndarray
) -> None:
    instance, at = programme.instance, programme.columns
    offers = np.flatnonzero((instance.node != NONE) & (instance.mbps > 0))
    offers = offers[inside[instance.node[offers]]]
    lasts = offers[instance.lasting[offers]]
    ends = offers[~instance.lasting[offers]]
    # A link without a limit carries at most all that there could ever be.
    carried = np.minimum(instance.link_mbps[links], instance.mbps[offers].sum())
    parts = []
    for family, which, mbps in (
        (at.starts, lasts, instance.mbps[lasts]),
        (at.way[:, 0], links, -carried),
        (at.way[:, 1], links, -carried),
        (at.extra, links, -carried),
        (at.lit, nodes[~instance.root[nodes]], -instance.node_mbps[nodes[~instance.root[nodes]]]),
    ):
        which_row = np.arange(len(which))
        again, column = until(family, which_row, which, np.full(len(which), year))
        parts.append((np.zeros(len(again), dtype=np.int64), column, mbps[again]))
    parts.append((np.zeros(len(ends), dtype=np.int64), at.serves[ends, year], instance.mbps[ends]))
    rows.at_most(parts, np.array([float(instance.node_mbps[nodes[instance.root[nodes]]].sum())]))
