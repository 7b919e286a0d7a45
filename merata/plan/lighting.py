"""Over what each node of a plan is lit, who hangs on it, and the cheapest way to light another one in a year."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import dijkstra

from merata.plan.audit import lit
from merata.plan.instance import NONE, Instance, Solution, Things
from merata.plan.ledger import Changes
from merata.plan.pay import LINK, NODE
from merata.plan.tidy import parents

#: A way of no cost still is a way: rupiah that stand for it in the search of cheapest ways.
_LITTLE = 1.0


class Tree:
    """The way of each node of a plan from a root, and how many places and offers hang on each node and link."""

    def __init__(self, instance: Instance, solution: Solution) -> None:
        self._instance = instance
        never = len(instance.years)
        self._before, self._over = parents(instance, solution)
        hanging = np.flatnonzero((solution.offer_start < never) & (instance.node != NONE))
        self.offers = (np.zeros(len(instance.root), int), np.zeros(len(instance.links), int))
        """Offers that hang on each node and on each link at any time, or works that have to be there."""
        self.places = (np.zeros(len(instance.root), int), np.zeros(len(instance.links), int))
        """Places, likewise."""
        over: dict[int, tuple[set[int], set[int]]] = {}
        for offer in hanging.tolist():
            way = self.way(int(instance.node[offer]))
            there = over.setdefault(int(instance.place[offer]), (set(), set()))
            for kind in (NODE, LINK):
                self.offers[kind][way[kind]] += 1
                there[kind].update(way[kind])
        for there in over.values():
            for kind in (NODE, LINK):
                self.places[kind][sorted(there[kind])] += 1
        for node in self._due(solution):
            way = self.way(node)
            for kind in (NODE, LINK):
                self.offers[kind][way[kind]] += 1
        self._spare = self._left(solution, hanging)

    def _due(self, solution: Solution) -> list[int]:
        """Nodes that have to be lit because they, or a link at them, have to be there."""
        instance, never = self._instance, len(self._instance.years)
        links = instance.links.must & (solution.link_start < never)
        due = instance.nodes.must & (solution.node_start < never)
        due[instance.ends[links].ravel()] = True
        return [int(node) for node in np.flatnonzero(due)]

    def _left(self, solution: Solution, hanging: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Mbit/s that each node and link has to spare in each year when all takes its way here, (N, T) and (E, T)."""
        instance, never = self._instance, len(self._instance.years)
        caps = (instance.node_mbps, instance.link_mbps)
        left = tuple(np.repeat(cap[:, None].astype(float), never, axis=1) for cap in caps)
        for offer in hanging.tolist():
            span = slice(int(solution.offer_start[offer]), int(solution.offer_end[offer]))
            way = self.way(int(instance.node[offer]), root=True)
            for kind in (NODE, LINK):
                left[kind][way[kind], span] -= instance.mbps[offer]
        over = (left[0] < 0).any(axis=0) | (left[1] < 0).any(axis=0)
        for spare in left:
            spare[:, over] = -np.inf  # the load goes other ways too in these years
        return left[0], left[1]

    def spare(self, node: int, start: int, end: int) -> float:
        """Mbit/s that surely can be added at a lit node in the years start <= t < end."""
        nodes, links = self.way(node, root=True)
        least = self._spare[0][nodes, start:end].min(initial=np.inf)
        return float(min(least, self._spare[1][links, start:end].min(initial=np.inf)))

    def way(self, node: int, *, root: bool = False) -> tuple[list[int], list[int]]:
        """Nodes and links from a node to its root, with or without the root itself."""
        nodes: list[int] = []
        links: list[int] = []
        while node != NONE and not self._instance.root[node]:
            nodes.append(node)
            if self._over[node] != NONE:
                links.append(int(self._over[node]))
            node = int(self._before[node])
        return ([*nodes, node] if root and node != NONE else nodes), links


@dataclass(frozen=True, eq=False)
class _Year:
    """The cheapest ways of one year."""

    distance: np.ndarray
    before: np.ndarray
    key: np.ndarray
    """Of each arc, its tail * N + its head, ascending."""
    link: np.ndarray
    """The cheapest link of each arc."""


class Ways:
    """The cheapest ways to light nodes earlier than a plan does, or at all, everything else as planned."""

    def __init__(self, instance: Instance, solution: Solution) -> None:
        self._instance = instance
        self._starts = (solution.node_start, solution.link_start)
        years = len(instance.years)
        there = lit(instance, solution.node_start, solution.link_start)
        self.lit = np.where(there.any(axis=1), there.argmax(axis=1), years)
        """First year in which each node is lit, T: never, (N,)."""
        self._years: dict[int, _Year] = {}

    def to(self, node: int, year: int) -> Changes | None:
        """Nodes and links that have to be in service from `year` on so that a node is lit then; None: no way."""
        path = self.path(node, year)
        if path is None:
            return None
        never = len(self._instance.years)
        needed = [*((NODE, n) for n in path[0][:-1]), *((LINK, e) for e in path[1])]
        return {(kind, n): (year, never) for kind, n in needed if self._starts[kind][n] > year}

    def path(self, node: int, year: int) -> tuple[list[int], list[int]] | None:
        """Nodes from a node to one that is lit in a year, and the links between them; None: no way."""
        if node == NONE or self.lit[node] <= year:
            return [node], []
        if year not in self._years:
            self._years[year] = self._ways(year)
        ways, size = self._years[year], len(self._instance.root)
        if not np.isfinite(ways.distance[node]):
            return None
        path = [node]
        while self.lit[path[-1]] > year:
            path.append(int(ways.before[path[-1]]))
        keys = np.array([b * size + a for a, b in itertools.pairwise(path)], dtype=np.int64)
        return path, [int(link) for link in ways.link[np.searchsorted(ways.key, keys)]]

    def carries(self, path: tuple[list[int], list[int]], mbps: float) -> bool:
        """Whether what is new on a path surely carries so much; what the plan lights later may be taken by others."""
        instance, never = self._instance, len(self._instance.years)
        new = path[0][:-1]
        caps = [*instance.node_mbps[new], *instance.link_mbps[path[1]]]
        return bool((self.lit[new] == never).all()) and min(caps, default=np.inf) >= mbps

    def _ways(self, year: int) -> _Year:
        instance, size = self._instance, len(self._instance.root)
        node_cost = _added(instance, instance.nodes, self._starts[NODE], year)
        link_cost = _added(instance, instance.links, self._starts[LINK], year)
        node_cost[instance.root] = 0.0
        tail, head = np.concatenate([instance.ends, instance.ends[:, ::-1]]).T
        link = np.tile(np.arange(len(instance.links)), 2)
        weight = link_cost[link] + node_cost[head] + _LITTLE
        fine = np.isfinite(weight)
        order = np.lexsort((link[fine], weight[fine], head[fine], tail[fine]))
        tail, head, link, weight = (column[fine][order] for column in (tail, head, link, weight))
        key, first = np.unique(tail * size + head, return_index=True)
        graph = sp.csr_array((weight[first], (tail[first], head[first])), shape=(size, size))
        lit_now = np.flatnonzero(self.lit <= year)
        if not len(lit_now):
            return _Year(np.full(size, np.inf), np.full(size, NONE), key, link[first])
        distance, before, _ = dijkstra(graph, indices=lit_now, min_only=True, return_predecessors=True)
        return _Year(distance, before, key, link[first])


def payable(instance: Instance, things: Things) -> np.ndarray:
    """Whether some fund may pay every cost of each thing, (n,)."""
    some = np.asarray((instance.ceiling > 0).any(axis=1), dtype=bool)
    capital = some[things.capital_class] | (things.capital == 0).all(axis=1)
    running = some[things.running_class] | (things.running == 0).all(axis=1)
    result: np.ndarray = capital & running
    return result


def _added(instance: Instance, things: Things, start: np.ndarray, year: int) -> np.ndarray:
    """Rupiah to the plan's end that service from a year on costs over what is planned; inf: it can't be, (n,)."""
    never = len(instance.years)
    onwards = np.zeros((len(things), never + 1))
    onwards[:, :never] = np.cumsum(things.running[:, ::-1], axis=1)[:, ::-1]
    rows = np.arange(len(things))
    planned = start < never
    then = np.where(planned, start, never - 1)
    now = things.capital[rows, np.maximum(year - things.lead, 0)] + onwards[:, year]
    later = things.capital[rows, np.maximum(then - things.lead, 0)] + onwards[rows, then]
    added = np.maximum(now - np.where(planned, later, 0), 0.0)
    may = payable(instance, things) & (things.first <= year) & (things.lead <= year)
    may &= planned | (year <= things.last)
    result: np.ndarray = np.where(start <= year, 0.0, np.where(may, added, np.inf))
    return result
