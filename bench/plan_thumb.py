"""Rules of thumb for planning, as programmes and school-connection tools use them; written anew, for one fund.

`greedy`: the cheapest per person first, year by year, joining what is built already. `economies`: every site is joined
to the nearest that is joined (Prim's tree); leaves that cost more than terminals for the same people are cut off;
trees with the lowest cost per person come first, and what is left goes to the cheapest terminals. `priority`: the same
with nothing cut off: the network before terminals. The last two follow what the documentation of Giga's open cost
model calls economies of scale and priorities under a budget (github.com/unicef/giga-open-cost-model).
"""

from __future__ import annotations

import heapq

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree

from merata.plan.instance import NONE, Instance, Solution, Things

FAILS_A_YEAR = 60
"""After so many things that the money of a year has no room for, the greedy rule goes on to the next year."""


def greedy(instance: Instance) -> Solution:
    """The cheapest per person first."""
    draft = Draft(instance)
    for t in range(draft.years):
        _greedy_year(draft, t)
    return draft.solution


def economies(instance: Instance) -> Solution:
    """Join the nearest joined, cut off dear leaves, the cheapest trees first, then terminals."""
    return _trees(instance, cut=True)


def priority(instance: Instance) -> Solution:
    """The network in the order of its trees' cost per person, then terminals."""
    return _trees(instance, cut=False)


class Draft:
    """A plan that grows, with its money; one fund that may pay everything, no rules, no limit on capacity."""

    def __init__(self, instance: Instance) -> None:
        if len(instance.funds) != 1 or (instance.ceiling < 1).any() or _has_rules(instance):
            raise ValueError("The rules of thumb know one fund that pays all, and no rules.")
        self.instance, self.years = instance, len(instance.years)
        self.solution = Solution.nothing(instance)
        self.need = [0] * self.years
        self.served = np.zeros(len(instance.village), dtype=bool)
        self.money, self.carry = instance.money[0].tolist(), int(instance.carry[0])
        hanging = np.flatnonzero(instance.node != NONE)
        self.on_node = hanging[np.argsort(instance.node[hanging], kind="stable")]
        self.first = np.searchsorted(instance.node[self.on_node], np.arange(len(instance.root) + 1))

    def offers_at(self, nodes: list[int], t: int) -> np.ndarray:
        """The best offers on these nodes for places not served yet, one a place."""
        there = [self.on_node[self.first[n] : self.first[n + 1]] for n in nodes]
        offers = np.concatenate([np.zeros(0, dtype=np.int64), *there])
        offers = offers[~self.served[self.instance.place[offers]] & (self.instance.offers.first[offers] <= t)]
        offers = offers[np.argsort(-self.instance.share[offers], kind="stable")]
        _, best = np.unique(self.instance.place[offers], return_index=True)
        return offers[np.sort(best)]

    def add(self, nodes: list[int], links: list[int], t: int, offers: np.ndarray | None = None) -> bool:
        """Put things in service from year t, with all that the nodes can serve, if there is money for it."""
        inst = self.instance
        if offers is None:
            offers = self.offers_at(nodes, t)
        need = list(self.need)
        for things, those in ((inst.nodes, nodes), (inst.links, links), (inst.offers, offers.tolist())):
            for n in those:
                if not _add_cost(need, things, n, t):
                    return False
        if not self._affordable(need):
            return False
        self.need = need
        self.solution.node_start[nodes] = t
        self.solution.link_start[links] = t
        self.solution.offer_start[offers] = t
        self.served[inst.place[offers]] = True
        return True

    def _affordable(self, need: list[int]) -> bool:
        left = [0] * self.years
        for t, amount in enumerate(need):
            left[t] = self.money[t]
            for a in range(max(0, t - self.carry), t + 1):
                paid = min(left[a], amount)
                left[a] -= paid
                amount -= paid
            if amount:
                return False
        return True


def _has_rules(instance: Instance) -> bool:
    musts = any(things.must.any() for things in (instance.nodes, instance.links, instance.offers))
    limits = (instance.villages_per_year != NONE).any() or (instance.gate != NONE).any()
    return bool(instance.rules) or musts or bool(limits)


def _add_cost(need: list[int], things: Things, n: int, t: int) -> bool:
    """Add what a thing in service from t costs; False when it can't be in service then."""
    paid = t - int(things.lead[n])
    if t < things.first[n] or t > things.last[n] or paid < 0:
        return False
    need[paid] += int(things.capital[n, paid])
    for year in range(t, len(need)):
        need[year] += int(things.running[n, year])
    return True


def _whole_cost(things: Things, t: int) -> np.ndarray:
    """What each thing costs from year t to the end."""
    cost: np.ndarray = things.capital[:, t] + things.running[:, t:].sum(axis=1)
    return cost.astype(float)


class _Ways:
    """The cheapest link of each pair of nodes, as a graph of both directions."""

    def __init__(self, instance: Instance, t: int) -> None:
        self.nodes = len(instance.root)
        cost = _whole_cost(instance.links, t) + 1.0
        pairs = np.sort(instance.ends, axis=1)
        order = np.lexsort((cost, pairs[:, 1], pairs[:, 0]))
        _, first = np.unique(pairs[order], axis=0, return_index=True)
        self.link = order[first]
        self.a, self.b = instance.ends[self.link].T
        self.cost = cost[self.link]
        self.of_pair = {
            pair: int(e) for pair, e in zip(map(tuple, pairs[self.link].tolist()), self.link, strict=True)
        }

    def graph(self, entering: np.ndarray) -> csr_array:
        """Directed costs: of the link and of the node that it leads to."""
        cost = np.concatenate([self.cost + entering[self.b], self.cost + entering[self.a]])
        at = (np.concatenate([self.a, self.b]), np.concatenate([self.b, self.a]))
        return coo_array((cost, at), shape=(self.nodes, self.nodes)).tocsr()

    def between(self, a: int, b: int) -> int:
        """The cheapest link of two nodes."""
        return self.of_pair[min(a, b), max(a, b)]


def _greedy_year(draft: Draft, t: int) -> None:
    inst, ways = draft.instance, _Ways(draft.instance, t)
    worth = inst.worth[:, t:].sum(axis=1)[inst.place] * inst.share
    alone = np.flatnonzero(inst.node == NONE)
    ratio = _whole_cost(inst.offers, t)[alone] / np.maximum(worth[alone], 1e-9)
    waiting = alone[np.argsort(ratio, kind="stable")][::-1].tolist()
    price = dict(zip(alone.tolist(), ratio.tolist(), strict=True))
    node_cost = _whole_cost(inst.nodes, t)
    blocked = np.zeros(len(inst.root), dtype=bool)
    fails = 0
    while fails < FAILS_A_YEAR:
        lit = inst.root | (draft.solution.node_start <= t)
        far, before, _ = dijkstra(
            ways.graph(np.where(lit, 0.0, node_cost)),
            indices=np.flatnonzero(lit), min_only=True, return_predecessors=True,
        )  # fmt: skip
        open_offers = draft.on_node[~draft.served[inst.place[draft.on_node]]]
        gain = np.bincount(inst.node[open_offers], worth[open_offers], minlength=len(lit))
        per_person = np.where(lit | blocked | (gain <= 0), np.inf, far / np.maximum(gain, 1e-9))
        site = int(per_person.argmin())
        fails += _terminals(draft, waiting, price, float(per_person[site]), t)
        if not np.isfinite(per_person[site]):
            return
        if not _join(draft, ways, site, before, lit, t):
            blocked[site] = True
            fails += 1


def _terminals(draft: Draft, waiting: list[int], price: dict[int, float], until: float, t: int) -> int:
    """Terminals that are cheaper per person than the next site; how many had no room."""
    fails = 0
    while waiting and price[waiting[-1]] <= until and fails < FAILS_A_YEAR:
        offer = waiting.pop()
        if not draft.served[draft.instance.place[offer]]:
            fails += not draft.add([], [], t, np.array([offer]))
    return fails


def _join(draft: Draft, ways: _Ways, site: int, before: np.ndarray, lit: np.ndarray, t: int) -> bool:
    nodes, links, at = [], [], site
    while not lit[at]:
        nodes.append(at)
        links.append(ways.between(int(before[at]), at))
        at = int(before[at])
    return draft.add(nodes, links, t)


def _trees(instance: Instance, cut: bool) -> Solution:
    draft, ways = Draft(instance), _Ways(instance, 0)
    parent, order = _prim(instance, ways)
    people, terminal_cost = _own_people(instance)
    own = _whole_cost(instance.nodes, 0)
    link = np.array(
        [ways.between(int(parent[n]), n) if parent[n] != NONE else NONE for n in range(len(parent))]
    )
    cost = np.where(link == NONE, 0.0, own + _whole_cost(instance.links, 0)[link])
    kept = _kept(parent, order, cost, people, terminal_cost if cut else np.full(len(parent), np.inf))
    top = np.arange(len(parent))
    for n in order:
        top[n] = top[parent[n]]
    cost_of, people_of = (
        np.bincount(top[order], x[order] * kept[order], len(parent)) for x in (cost, people)
    )
    price = cost_of / np.maximum(people_of, 1e-9)
    for root in sorted(np.flatnonzero(instance.root).tolist(), key=lambda r: (float(price[r]), r)):
        for n in (n for n in order if top[n] == root and kept[n]):
            _first_year(draft, n, int(parent[n]), int(link[n]))
    _terminals_last(draft)
    return draft.solution


def _first_year(draft: Draft, n: int, parent: int, link: int) -> None:
    for t in range(int(draft.solution.node_start[parent]), draft.years):
        if draft.add([n], [link], t):
            return


def _terminal_prices(instance: Instance) -> tuple[np.ndarray, np.ndarray]:
    """Offers that hang on no node, and what each costs per person and year it serves, when it starts at once."""
    alone = np.flatnonzero(instance.node == NONE)
    worth = instance.worth.sum(axis=1)[instance.place[alone]] * instance.share[alone]
    return alone, _whole_cost(instance.offers, 0)[alone] / np.maximum(worth, 1e-9)


def _terminals_last(draft: Draft) -> None:
    alone, price = _terminal_prices(draft.instance)
    fails = 0
    for offer in alone[np.argsort(price, kind="stable")].tolist():
        if draft.served[draft.instance.place[offer]]:
            continue
        fails = 0 if any(draft.add([], [], t, np.array([offer])) for t in range(draft.years)) else fails + 1
        if fails == FAILS_A_YEAR:
            return


def _prim(instance: Instance, ways: _Ways) -> tuple[np.ndarray, list[int]]:
    """The tree that joins each node to the nearest joined: parents (NONE: a root), nodes in the order of joining."""
    nodes, roots = len(instance.root), np.flatnonzero(instance.root)
    a, b = np.concatenate([ways.a, np.full(len(roots), nodes)]), np.concatenate([ways.b, roots])
    cost = np.concatenate([ways.cost + 1.0, np.full(len(roots), 0.5)])
    tree = minimum_spanning_tree(coo_array((cost, (a, b)), shape=(nodes + 1, nodes + 1)).tocsr())
    both = (tree + tree.T).tocsr()
    parent, order, joined = np.full(nodes, NONE), [], {nodes}
    heap = [(0.5, nodes, int(r)) for r in roots]
    while heap:
        _, above, n = heapq.heappop(heap)
        if n in joined:
            continue
        joined.add(n)
        if above < nodes:
            parent[n] = above
            order.append(n)
        for k in range(both.indptr[n], both.indptr[n + 1]):
            if int(both.indices[k]) not in joined:
                heapq.heappush(heap, (float(both.data[k]), n, int(both.indices[k])))
    return parent, order


def _own_people(instance: Instance) -> tuple[np.ndarray, np.ndarray]:
    """Worth of each node when every place goes to its surest, and what terminals for the same worth would cost."""
    nodes, places = len(instance.root), len(instance.village)
    on = np.flatnonzero(instance.node != NONE)
    best = on[np.lexsort((-instance.share[on], instance.place[on]))]
    _, first = np.unique(instance.place[best], return_index=True)
    best = best[first]
    worth = (instance.worth.sum(axis=1)[instance.place] * instance.share)[best]
    alone, each = _terminal_prices(instance)
    price = np.full(places, np.inf)
    np.minimum.at(price, instance.place[alone], each)
    people = np.bincount(instance.node[best], worth, nodes)
    cost = np.zeros(nodes)
    np.add.at(cost, instance.node[best], price[instance.place[best]] * worth)
    return people, cost


def _kept(
    parent: np.ndarray, order: list[int], cost: np.ndarray, people: np.ndarray, otherwise: np.ndarray
) -> np.ndarray:
    """Which nodes stay when leaves that serve nobody, or cost more than it costs otherwise, are cut off."""
    kept = np.ones(len(parent), dtype=bool)
    children = np.bincount(parent[order], minlength=len(parent))
    for n in reversed(order):
        if children[n] == 0 and (people[n] <= 0 or cost[n] > otherwise[n]):
            kept[n] = False
            children[parent[n]] -= 1
    return kept
