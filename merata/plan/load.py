"""Whether the network of a plan can carry what hangs on it in a year, as one flow from the roots."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components, maximum_flow

from merata.plan.instance import NONE, Instance, Solution

#: Loads are whole kbit/s for the maximum flow.
KBPS = 1000
_PLENTY = 2**27


def limited(instance: Instance) -> bool:
    """Whether anything has a capacity at all."""
    return bool(np.isfinite(instance.link_mbps).any() or np.isfinite(instance.node_mbps).any())


def carries(instance: Instance, solution: Solution, year: int) -> bool:
    """Whether all that hangs on the network in a year can be carried (to a kbit/s for each offer)."""
    size = len(instance.root)
    there = _lit(instance, solution, year)
    serves = (solution.offer_start <= year) & (year < solution.offer_end) & (instance.node != NONE)
    load = np.bincount(instance.node[serves], instance.mbps[serves], size)
    due = np.floor(load * KBPS + 1e-6).astype(np.int64)
    built = (solution.link_start <= year) & there[instance.ends].all(axis=1)
    graph = flow_graph(instance, np.where(built, instance.link_mbps, 0.0), due)
    return int(maximum_flow(graph, 2 * size, 2 * size + 1).flow_value) >= int(due.sum())


def flow_graph(instance: Instance, link_mbps: np.ndarray, due_kbps: np.ndarray) -> sp.csr_array:
    """What a network with links of so many Mbit/s (E,) can carry to nodes where so much is due (N,), kbit/s.

    Each node n of N is two: n, into which the links lead, and N + n, out of which they lead, with what the node can
    carry in between. 2 N is the source, before the roots; 2 N + 1 the sink, behind what is due.
    """
    size = len(instance.root)
    source, sink, inner, outer = 2 * size, 2 * size + 1, np.arange(size), size + np.arange(size)
    a, b = instance.ends.T
    roots = np.flatnonzero(instance.root)
    carry = _whole(link_mbps)
    tail = np.concatenate([inner, outer[a], outer[b], np.full(len(roots), source), outer])
    head = np.concatenate([outer, inner[b], inner[a], inner[roots], np.full(size, sink)])
    room = np.concatenate([_whole(instance.node_mbps), carry, carry, np.full(len(roots), _PLENTY), due_kbps])
    return sp.coo_array((room.astype(np.int32), (tail, head)), shape=(2 * size + 2,) * 2).tocsr()


def _lit(instance: Instance, solution: Solution, year: int) -> np.ndarray:
    """Whether each node is joined to a root over what is in service in a year, (N,)."""
    size = len(instance.root)
    built = instance.root | (solution.node_start <= year)
    a, b = instance.ends[(solution.link_start <= year) & built[instance.ends].all(axis=1)].T
    graph = sp.csr_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(size, size))
    count, part = connected_components(graph, directed=False)
    rooted = np.zeros(count, dtype=bool)
    rooted[part[instance.root]] = True
    result: np.ndarray = rooted[part] & built
    return result


def _whole(mbps: np.ndarray) -> np.ndarray:
    result: np.ndarray = np.minimum(np.nan_to_num(mbps, posinf=1e9) * KBPS, _PLENTY).astype(np.int64)
    return result
