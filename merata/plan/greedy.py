"""A first plan, quickly: year by year the step that brings most for a rupiah, as long as the funds can pay for it.

A step is one offer for one place, or the lighting of a node over the cheapest new way to it together with every offer
that then hangs on it. What a step brings is reckoned to the plan's end, and so is what it costs. Rules and what has to
be there are not looked at here (see `search`): this plan is a start, not an answer.
"""

from __future__ import annotations

import itertools

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import dijkstra

from merata.plan.columns import reach
from merata.plan.instance import NONE, Instance, Solution, Things
from merata.plan.lighting import payable
from merata.plan.purse import Purse

#: Steps that were not affordable are tried again only in the next year; so many failures end a year.
_FAILURES = 60
#: A way of no cost still is a way: rupiah that stand for it in the search of cheapest ways.
_LITTLE = 1.0


class _Greedy:
    """The plan so far, what it needs, and what every place counts already."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.years = len(instance.years)
        self.plan = Solution.nothing(instance)
        self.needs = np.zeros((len(instance.ceiling), self.years), dtype=np.int64)
        self.purse = Purse.of(instance)
        self.using = np.full(len(instance.village), NONE)
        self.begun = np.zeros(int(instance.village.max(initial=NONE)) + 1, dtype=bool)
        onwards = np.cumsum(instance.worth[:, ::-1], axis=1)[:, ::-1]
        self.onwards = onwards[instance.place] * instance.share[:, None]
        self.payable = [
            payable(instance, things) for things in (instance.nodes, instance.links, instance.offers)
        ]
        self.reach = reach(instance)
        self._order = np.argsort(instance.node, kind="stable")
        self._sorted = instance.node[self._order]

    def hanging(self, node: int) -> np.ndarray:
        """The offers that hang on a node."""
        low, high = np.searchsorted(self._sorted, [node, node + 1])
        return self._order[low:high]

    def cost(self, things: Things, which: np.ndarray, year: int) -> np.ndarray:
        """Rupiah to the plan's end of things that start in a year."""
        paid = np.maximum(year - things.lead[which], 0)
        result: np.ndarray = things.capital[which, paid] + things.running[which, year:].sum(axis=1)
        return result

    def may_start(self, things: Things, which: np.ndarray, year: int) -> np.ndarray:
        """Whether things may start in a year."""
        first = np.maximum(things.first[which], things.lead[which])
        result: np.ndarray = (first <= year) & (year <= things.last[which])
        return result

    def gain(self, offers: np.ndarray, year: int) -> np.ndarray:
        """What offers would bring from a year on over what their places have; 0 where they may not start."""
        instance = self.instance
        place = instance.place[offers]
        now = self.using[place]
        has = np.where(now != NONE, self.onwards[np.maximum(now, 0), year], 0.0)
        ends = (now == NONE) | ~instance.lasting[np.maximum(now, 0)]
        gate = instance.gate[place]
        open_ = (gate == NONE) | (self.using[np.maximum(gate, 0)] != NONE)
        may = ends & open_ & self.payable[2][offers] & self.may_start(instance.offers, offers, year)
        # A stop-gap is no step forward for a place that has one.
        may &= (now == NONE) | instance.lasting[offers]
        result: np.ndarray = np.where(may, np.maximum(self.onwards[offers, year] - has, 0.0), 0.0)
        return result

    def year(self, year: int) -> None:
        """All steps of one year, the best first."""
        failures = 0
        barred_nodes: set[int] = set()
        barred = np.zeros(len(self.instance.place), dtype=bool)
        ways = self.ways(year)
        while failures < _FAILURES:
            single, rate = self._best_offer(year, barred)
            node, node_rate = self._best_node(year, ways, barred_nodes)
            if max(rate, node_rate) <= 0:
                return
            if node_rate >= rate:
                done = self._light(node, year, ways)
                barred_nodes |= set() if done else {node}
                ways = self.ways(year) if done else ways
            else:
                done = self._start([single], [], [], year)
                barred[single] |= not done
            failures += not done

    def _best_offer(self, year: int, barred: np.ndarray) -> tuple[int, float]:
        instance = self.instance
        lit = np.ones(len(barred), dtype=bool)
        on = instance.node != NONE
        lit[on] = self.plan.node_start[instance.node[on]] <= year
        offers = np.flatnonzero(lit & ~barred)
        rate = self.gain(offers, year) / np.maximum(self.cost(instance.offers, offers, year), 1)
        if not len(rate):
            return NONE, 0.0
        best = int(np.argmax(rate))
        return int(offers[best]), float(rate[best])

    def ways(self, year: int) -> tuple[np.ndarray, np.ndarray]:
        """Rupiah of the cheapest way from what is lit to every node in a year, and the node before each on it."""
        instance = self.instance
        size = len(instance.nodes)
        usable = self.may_start(instance.links, np.arange(len(instance.links)), year) & self.payable[1]
        usable |= self.plan.link_start <= year
        cost = np.where(
            self.plan.link_start <= year, 0, self.cost(instance.links, np.arange(len(instance.links)), year)
        )
        own = np.where(
            self.plan.node_start <= year, 0, self.cost(instance.nodes, np.arange(size), year)
        ).astype(float)
        own[~(self.payable[0] & (self.reach <= year)) & (self.plan.node_start > year)] = np.inf
        links = np.flatnonzero(usable)
        tail = np.concatenate([instance.ends[links, 0], instance.ends[links, 1]])
        head = np.concatenate([instance.ends[links, 1], instance.ends[links, 0]])
        weight = np.concatenate([cost[links], cost[links]]) + own[head] + _LITTLE
        fine = np.isfinite(weight)
        order = np.lexsort((weight[fine], head[fine], tail[fine]))
        tail, head, weight = tail[fine][order], head[fine][order], weight[fine][order]
        first = np.ones(len(tail), dtype=bool)
        first[1:] = (np.diff(tail) != 0) | (np.diff(head) != 0)
        graph = sp.csr_array((weight[first], (tail[first], head[first])), shape=(size, size))
        lit = np.flatnonzero(self.plan.node_start <= year)
        if not len(lit):
            return np.full(size, np.inf), np.full(size, NONE)
        distance, before, _ = dijkstra(graph, indices=lit, min_only=True, return_predecessors=True)
        return distance, before

    def _best_node(
        self, year: int, ways: tuple[np.ndarray, np.ndarray], barred: set[int]
    ) -> tuple[int, float]:
        """The dark node whose lighting brings most for a rupiah, with all that then hangs on it."""
        instance = self.instance
        on = np.flatnonzero(instance.node != NONE)
        gain = self.gain(on, year)
        size = len(instance.nodes)
        # One place counts once, with its best offer of a node; most nodes have one for each anyway.
        worth = np.bincount(instance.node[on], gain, minlength=size)
        cost = np.bincount(
            instance.node[on], self.cost(instance.offers, on, year) * (gain > 0), minlength=size
        )
        rate = np.where(np.isfinite(ways[0]), worth / np.maximum(ways[0] + cost, 1), 0.0)
        rate[self.plan.node_start <= year] = 0.0
        rate[list(barred)] = 0.0
        best = int(np.argmax(rate)) if size else NONE
        return best, float(rate[best]) if size else 0.0

    def _light(self, node: int, year: int, ways: tuple[np.ndarray, np.ndarray]) -> bool:
        """Light a node and start its offers, best first, as many as can be paid; nothing when not one can."""
        path = [node]
        while self.plan.node_start[path[-1]] > year:
            path.append(int(ways[1][path[-1]]))
        nodes = path[:-1]
        links = [self._link(a, b, year) for a, b in itertools.pairwise(path)]
        links = [link for link in links if self.plan.link_start[link] > year]
        offers = self.hanging(node)
        gain = self.gain(offers, year)
        rate = gain / np.maximum(self.cost(self.instance.offers, offers, year), 1)
        wanted = self._one_each(offers[gain > 0], rate[gain > 0])
        while wanted:
            if self._start(wanted, nodes, links, year):
                return True
            wanted = wanted[: len(wanted) // 2]
        return False

    def _one_each(self, offers: np.ndarray, rate: np.ndarray) -> list[int]:
        """The best offer of each place, best first."""
        seen: dict[int, int] = {}
        for offer in offers[np.argsort(-rate, kind="stable")].tolist():
            seen.setdefault(int(self.instance.place[offer]), offer)
        return list(seen.values())

    def _link(self, a: int, b: int, year: int) -> int:
        """The cheapest link between two nodes."""
        ends = self.instance.ends
        between = np.flatnonzero(
            ((ends[:, 0] == a) & (ends[:, 1] == b)) | ((ends[:, 0] == b) & (ends[:, 1] == a))
        )
        cost = np.where(
            self.plan.link_start[between] <= year, 0, self.cost(self.instance.links, between, year)
        )
        return int(between[np.argmin(cost)])

    def _start(self, offers: list[int], nodes: list[int], links: list[int], year: int) -> bool:
        """Put things in service in a year, unless the funds or the number of villages forbid it."""
        instance = self.instance
        needs = self.needs.copy()
        for things, which in ((instance.nodes, nodes), (instance.links, links), (instance.offers, offers)):
            _charge(needs, things, which, year, self.years)
        for offer in offers:
            old = int(self.using[instance.place[offer]])
            if old != NONE:
                things = instance.offers
                needs[things.running_class[old], year:] -= things.running[old, year:]
        if not (self._villages_allow(offers, year) and self.purse.holds(needs)):
            return False
        self.needs = needs
        self.plan.node_start[nodes] = year
        self.plan.link_start[links] = year
        for offer in offers:
            place = int(instance.place[offer])
            old = int(self.using[place])
            if old != NONE:
                self.plan.offer_end[old] = year
                if self.plan.offer_start[old] == year:
                    self.plan.offer_start[old] = self.years
            self.plan.offer_start[offer], self.plan.offer_end[offer] = year, self.years
            self.using[place] = offer
            self.begun[instance.village[place]] = True
        return True

    def _villages_allow(self, offers: list[int], year: int) -> bool:
        limit = int(self.instance.villages_per_year[year])
        if limit == NONE:
            return True
        places = self.instance.place[offers]
        new = set(self.instance.village[places].tolist()) - set(np.flatnonzero(self.begun).tolist())
        served = np.flatnonzero(self.using != NONE)
        starts = self.plan.offer_start[self.using[served]]
        first = np.full(len(self.begun), self.years)
        np.minimum.at(first, self.instance.village[served], starts)
        return int((first == year).sum()) + len(new) <= limit


def _charge(needs: np.ndarray, things: Things, which: list[int], year: int, years: int) -> None:
    for n in which:
        paid = year - int(things.lead[n])
        needs[things.capital_class[n], paid] += things.capital[n, paid]
        needs[things.running_class[n], year:years] += things.running[n, year:years]


def greedy(instance: Instance) -> Solution:
    """A first plan that keeps within the money, the network and the order of places; not the rules, not the musts."""
    state = _Greedy(instance)
    for year in range(state.years):
        state.year(year)
    return state.plan
