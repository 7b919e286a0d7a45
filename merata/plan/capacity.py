"""Cuts for capacity: what hangs on any set of nodes is no more than what the links and nodes into it can carry.

For a set S of nodes found by a smallest cut (L. R. Ford and D. R. Fulkerson, "Maximal flow through a network", 1956),
the Mbit/s of the offers that serve in S in a year are at most those of the links built into S and of the nodes that
bound it. Where no set breaks this, the load can be carried.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from merata.plan.cuts import at_values
from merata.plan.instance import NONE
from merata.plan.programme import Programme, Rows, until

#: Loads are whole kbit/s for the maximum flow.
_KBPS = 1000
_PLENTY = 2**30
#: Mbit/s by which a set may be overloaded before it counts.
_SLACK = 1e-3


def limited(programme: Programme) -> bool:
    """Whether anything has a capacity at all."""
    instance = programme.instance
    return bool(np.isfinite(instance.link_mbps).any() or np.isfinite(instance.node_mbps).any())


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
    source, sink = 2 * size, 2 * size + 1
    inner, outer = np.arange(size), size + np.arange(size)  # into a node, and out of it again
    e0, e1 = instance.ends.T
    through = _whole(instance.node_mbps)
    carry = _whole(
        np.where(built > 1 - 1e-6, instance.link_mbps, np.nan_to_num(instance.link_mbps, posinf=1e6) * built)
    )
    roots = np.flatnonzero(instance.root)
    tail = np.concatenate([inner, outer[e0], outer[e1], np.full(len(roots), source), outer])
    head = np.concatenate([outer, inner[e1], inner[e0], inner[roots], np.full(size, sink)])
    room = np.concatenate(
        [through, carry, carry, np.full(len(roots), _PLENTY), np.floor(load * _KBPS).astype(np.int64)]
    )
    graph = sp.coo_array((room.astype(np.int32), (tail, head)), shape=(2 * size + 2,) * 2).tocsr()
    result = maximum_flow(graph, source, sink)
    if result.flow_value >= np.floor(load * _KBPS).sum() - _SLACK * _KBPS:
        return None
    residual = sp.csr_array(graph - result.flow)
    residual.data[residual.data < 0] = 0
    residual.eliminate_zeros()
    fed = np.zeros(2 * size + 2, dtype=bool)
    fed[breadth_first_order(residual, source, return_predecessors=False)] = True
    inside = ~fed[outer]
    links = (fed[outer[e0]] & ~fed[inner[e1]]) | (fed[outer[e1]] & ~fed[inner[e0]])
    nodes = fed[inner] & ~fed[outer]
    return inside, np.flatnonzero(links), np.flatnonzero(nodes)


def _whole(mbps: np.ndarray) -> np.ndarray:
    whole: np.ndarray = np.minimum(np.nan_to_num(mbps, posinf=1e9) * _KBPS, _PLENTY).astype(np.int64)
    return whole


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
