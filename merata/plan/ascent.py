"""Cuts of the network found beforehand, by dual ascent: whatever wants to be lit pays for the ways into where it is.

Each node that something hangs on grows a set around itself: all nodes from which it can be reached over links that are
paid for. While the set holds no root, what leads into it is made cheaper by as much as its cheapest link costs, and the
node pays that once. What all pay together is no more than the cheapest network costs, and each set on the way is a
directed cut (R. T. Wong, "A dual ascent approach for Steiner tree problems on a directed graph", Mathematical
Programming 28, 1984). A node that pays only up to a prize stays dark where that is cheaper.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from merata.plan.instance import NONE, Instance, Things
from merata.radio._compile import jitable, kernel, lean

Integers = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

#: A prize that nothing exhausts.
ENDLESS = 2**62
#: At most so many sets from one ascent.
_MOST = 20_000
#: Prizes are what a plan of the present price would pay for what hangs on a node, times each of these; and endless.
_TIMES = (1, 3)


@dataclass(frozen=True)
class Arcs:
    """A network one way: arcs sorted by the node that they lead to; N nodes, of which the last stands for all roots."""

    first: Integers
    """First arc into each node, and behind the last node how many arcs there are, (N + 1,)."""
    tail: Integers
    cost: Integers
    """Whole rupiah of each arc, with the node that it leads to."""


@dataclass(frozen=True)
class Ascent:
    """What an ascent found."""

    bound: int
    """What every network costs at least, with the prizes of those who stay dark."""
    sets: Bools
    """Sets of nodes, none of which holds the root, (sets, N)."""


def ascend(arcs: Arcs, nodes: Integers, prizes: Integers, most: int = _MOST) -> Ascent:
    """Raise what nodes pay, each up to its prize, until each is joined to the root or has paid all.

    Parameters
    ----------
    arcs : the network.
    nodes : who wants to be joined.
    prizes : whole rupiah for each of them; `ENDLESS`: joined at any price.
    most : at most so many sets are kept.
    """
    bound, sets = _ascended(arcs.first, arcs.tail, arcs.cost.copy(), nodes, prizes.copy(), most)
    return Ascent(int(bound), sets)


def sets_of(instance: Instance) -> Bools:
    """Sets of nodes around which cuts are likely to bind, each once, (sets, N + 1); the last is all roots."""
    at, wanted = arcs_of(instance), np.unique(instance.node[instance.node != NONE])
    wanted = wanted[~instance.root[wanted]].astype(np.int64)
    if not len(wanted) or not instance.root.any():
        return np.zeros((0, len(instance.root) + 1), dtype=bool)
    found = [ascend(at, wanted, prizes).sets for prizes in _prizes(instance, wanted)]
    packed = np.unique(np.packbits(np.concatenate(found), axis=1), axis=0)
    return np.unpackbits(packed, axis=1, count=len(instance.root) + 1).astype(bool)


def arcs_of(instance: Instance) -> Arcs:
    """The network with what everything costs to the plan's end when it starts as early as it can."""
    root = len(instance.root)
    tail, head = np.concatenate([instance.ends, instance.ends[:, ::-1]]).T
    cost = np.tile(_cost(instance, instance.links), 2) + _cost(instance, instance.nodes)[head]
    kept = ~instance.root[head] & (np.tile(_first(instance.links), 2) < len(instance.years))
    kept &= _first(instance.nodes)[head] < len(instance.years)
    tail, head, cost = np.where(instance.root[tail], root, tail)[kept], head[kept], cost[kept]
    order = np.lexsort((tail, head))
    first = np.searchsorted(head[order], np.arange(root + 2))
    return Arcs(first.astype(np.int64), tail[order].astype(np.int64), cost[order])


def _first(things: Things) -> Integers:
    result: Integers = np.maximum(things.first, things.lead)
    return result


def _cost(instance: Instance, things: Things) -> Integers:
    """Rupiah to the plan's end of each thing that starts as early as it can, (n,)."""
    years, n = len(instance.years), np.arange(len(things))
    start = np.minimum(_first(things), years - 1)
    onwards = np.cumsum(things.running[:, ::-1], axis=1)[:, ::-1]
    result: Integers = things.capital[n, np.maximum(start - things.lead, 0)] + onwards[n, start]
    return result.astype(np.int64)


def _prizes(instance: Instance, wanted: Integers) -> list[Integers]:
    """What each node would pay: the more hangs on it, times prices of a unit of worth; and any price."""
    on = instance.node != NONE
    each = (instance.worth[instance.place].sum(axis=1) * instance.share)[on]
    worth = np.bincount(instance.node[on], each, minlength=len(instance.root))[wanted]
    price = float(instance.money.sum()) / max(float(instance.worth.sum()), 1e-9)
    most = min(ENDLESS, 2**53)
    some = [np.minimum(worth * price * times, most).astype(np.int64) for times in _TIMES]
    return [*some, np.full(len(wanted), ENDLESS)]


@kernel()
def _ascended(
    first: Integers, tail: Integers, left: Integers, nodes: Integers, prizes: Integers, most: int
) -> tuple[int, Bools]:
    """See `ascend`; `left`, what each arc still costs, and `prizes` are used up. Small sets pay first."""
    size = len(first) - 1
    sets = np.zeros((most, size), np.bool_)
    inside, queue = np.zeros(size, np.bool_), np.empty(size, np.int64)
    heap = [(0, k) for k in range(len(nodes))]
    heapq.heapify(heap)
    bound, count = 0, 0
    while len(heap):
        wide, k = heapq.heappop(heap)
        many = _grown(first, tail, left, nodes[k], inside, queue)
        if inside[size - 1]:
            continue
        into, least = _into(first, tail, left, inside, queue[:many])
        if into > wide and len(heap) and into > heap[0][0]:
            heapq.heappush(heap, (into, k))
            continue
        if count < most:
            sets[count] = inside
            count += 1
        paid = min(least, prizes[k])
        if paid == ENDLESS:
            continue
        bound += paid
        prizes[k] -= paid
        _lower(first, tail, left, inside, queue[:many], paid)
        if prizes[k] > 0:
            heapq.heappush(heap, (into, k))
    return bound, sets[:count]


@jitable
def _grown(first: Integers, tail: Integers, left: Integers, node: int, inside: Bools, queue: Integers) -> int:
    """Mark all from which a node is reached for nothing; returns how many, which stand in `queue`."""
    inside[:] = False
    inside[node] = True
    queue[0] = node
    at, many = 0, 1
    while at < many:
        head = queue[at]
        at += 1
        for arc in range(first[head], first[head + 1]):
            if left[arc] == 0 and not inside[tail[arc]]:
                inside[tail[arc]] = True
                queue[many] = tail[arc]
                many += 1
    return many


@lean
def _into(
    first: Integers, tail: Integers, left: Integers, inside: Bools, members: Integers
) -> tuple[int, int]:
    """How many arcs lead into a set, and what the cheapest still costs (`ENDLESS` where there is none)."""
    count, least = 0, ENDLESS
    for head in members:
        for arc in range(first[head], first[head + 1]):
            if not inside[tail[arc]]:
                count += 1
                least = min(least, left[arc])
    return count, least


@lean
def _lower(
    first: Integers, tail: Integers, left: Integers, inside: Bools, members: Integers, paid: int
) -> None:
    """All arcs into a set cost so much less."""
    for head in members:
        for arc in range(first[head], first[head + 1]):
            if not inside[tail[arc]]:
                left[arc] -= paid
