"""The bound of a plan by prices of money alone, whatever the network: no linear programme is solved.

But for the network that they share, it is only money that holds the places of a plan against each other. So each
payment class gets a price in each year, in worth per rupiah, and plans may spend what they like: what a plan brings,
less its costs at these prices, with the budgets at these prices, is no less than what it brings within the budgets (A.
M. Geoffrion, "Lagrangean relaxation for integer programming", Mathematical Programming Study 2, 1974).

What is left is to choose who is joined when: a network with prizes and a layer for each year, where what is built early
serves in all later years. Its bound is a dual ascent (R. T. Wong, 1984, as in `ascent`). Each place has in each year
what its best offer brings. From that it pays for what keeps it from the root: the offer's own cost, and all ways into
the set of nodes from which the offer's is reached over what is paid for. Whoever is joined keeps the rest, whoever has
nothing left stays dark; a place that is joined but waits for another one hands the rest to that one. What all keep
together is no less than what any network brings.

The prices are moved while that lowers the bound: all together, early against late, year by year, class by class. One
bound takes about as long as the sets grow: places times years times the ways near them.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from merata.plan.columns import Columns, ways
from merata.plan.cuts import reached
from merata.plan.instance import NONE, Instance, Things
from merata.radio._compile import kernel, lean

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

#: What can't be had costs so much, and brings less than nothing by as much.
_NEVER = 1e300
#: By which powers of e prices are moved, from far to near.
_STEPS = (0.5, 0.25, 0.12, 0.06, 0.03, 0.015)
#: What a terminal that is taken over is worth at the first year's end, as a share of what it saves, to begin with.
_TAKEN = 0.5
#: What other prices make of the network is of use where their bound is no higher than by this share.
_NEAR = 0.01
#: Sums of many numbers are wrong by no more than this share.
_ROUNDING = 1e-9


class State(NamedTuple):
    """What an ascent uses up, and where it lies: A ways by the node they lead to, O offers by place; root node N."""

    first: Integers
    """First way into each node, (N + 2,)."""
    tail: Integers
    """(A,)."""
    ways: Floats
    """What is still to be paid for each way, by the year in which it starts, (A, T)."""
    of_place: Integers
    """First offer of each place, (P + 1,)."""
    node: Integers
    """(O,)."""
    gain: Floats
    """What each offer still brings in each year, (O, T)."""
    own: Floats
    """What is still to be paid for it by the year in which it starts, (O, T)."""
    each: Floats
    """And for each year in which it serves, (O, T)."""
    nothing: float
    """What costs no more is paid for; who asks for no more keeps nothing."""


@dataclass(frozen=True)
class Bound:
    """What no plan exceeds, and what the prices that say so make of the network."""

    worth: float
    lit: Bools
    """Nodes that are joined to a root over ways that are paid for, by year, (N, T)."""
    carries: Bools
    """Links that are paid for and lead on from such a node in the last year, (E,)."""


class Pricing:
    """One problem, made ready for bounds at any prices: A ways, O offers of any use, N nodes, behind them the root."""

    def __init__(self, instance: Instance, at: Columns) -> None:
        """`at`: which decisions are of any use."""
        self._instance = instance
        self._network(at)
        self._services(at)
        pays = (at.pays != NONE).swapaxes(0, 1)
        self._keeps = (at.keeps != NONE)[:, :, None] & pays[:, None]
        """Whether fund f may spend money of year a on class c in year t, (F, T, C, T)."""

    def _network(self, at: Columns) -> None:
        """Ways by the node that they lead to: where those to each node begin, (N + 2,), and (A,) for each way."""
        instance = self._instance
        link, towards, tail, head = ways(instance, at)
        order = np.argsort(head, kind="stable")
        self._link, self._tail, self._head = link[order], tail[order].astype(np.int64), head[order]
        self._first = np.searchsorted(self._head, np.arange(len(instance.root) + 2)).astype(np.int64)
        self._usable = at.way[self._link, towards[order]] != NONE

    def _services(self, at: Columns) -> None:
        """Offers by place: where those of each place begin, (P + 1,), and (O,) for each offer."""
        instance = self._instance
        there = np.flatnonzero((at.starts != NONE).any(axis=1))
        self._offer = there[np.argsort(instance.place[there], kind="stable")]
        place = instance.place[self._offer]
        self._of_place = np.searchsorted(place, np.arange(len(instance.village) + 1)).astype(np.int64)
        on = instance.node[self._offer]
        rooted = (on == NONE) | instance.root[np.maximum(on, 0)]
        self._node = np.where(rooted, len(instance.root), on).astype(np.int64)
        self._starts = at.starts[self._offer] != NONE
        served = np.logical_or.accumulate(self._starts, axis=1)
        worth = instance.worth[place] * instance.share[self._offer][:, None]
        self._gain = np.where(served, worth, -_NEVER)
        self._lasting = instance.lasting[self._offer]
        pooled = (instance.pool[self._offer] != NONE) & (instance.reuse[self._offer] > 0)
        self._reuse = np.where(pooled, instance.reuse[self._offer], 0)

    def best(self, trials: int, enough: Callable[[float], bool] = lambda worth: False) -> list[Bound]:
        """The lowest bound of so many prices at most, and behind it others that came near it on the way.

        Parameters
        ----------
        trials : how many prices, at least 1.
        enough : told the lowest bound so far, says whether to end there.
        """
        instance = self._instance
        classes, years = len(instance.ceiling), len(instance.years)
        money = float(instance.money.sum())
        level = float(instance.worth.sum()) / (2 * money) if money > 0 else 1.0
        search = _Search(self, np.append(np.full(classes * years, level), _TAKEN), trials, enough)
        directions = _directions(classes, years, taken=bool(self._reuse.any()))
        for step in _STEPS:
            fell = True
            while fell:
                fell = bool(np.any([search.along(way * step) for way in directions]))
        return search.near()

    def bound(self, levels: Floats) -> Bound:
        """At levels, prices of each class and year and the share of `_TAKEN`, all at least 0, (C T + 1,)."""
        instance = self._instance
        years = len(instance.years)
        prices = levels[:-1].reshape(-1, years)
        costs = np.where(self._usable, self._way_costs(prices), _NEVER)
        own, each = self._own_costs(prices, float(levels[-1]))
        nothing = _ROUNDING * max(float(instance.worth.max(initial=0.0)), 1e-300)
        state = State(
            self._first, self._tail, costs, self._of_place, self._node, self._gain.copy(), own, each, nothing
        )
        kept = _ascended(state, instance.gate.astype(np.int64)) + nothing * instance.worth.size
        worth = (kept + self._budgets(prices)) * (1 + _ROUNDING)
        return Bound(worth, *self._joined(costs, nothing))

    def _way_costs(self, prices: Floats) -> Floats:
        """Of each way with the node that it leads to, by the year in which it starts to carry, (A, T)."""
        links, nodes = (_priced(things, prices) for things in (self._instance.links, self._instance.nodes))
        result: Floats = links[self._link] + nodes[self._head]
        return result

    def _own_costs(self, prices: Floats, taken: float) -> tuple[Floats, Floats]:
        """Of each offer by the year in which it starts, and for each year in which it serves, both (O, T).

        What an offer leaves when it ends may be taken over once, by then or later. That has a price too, which falls
        with the years: who takes over pays it, who leaves gets it. So a start costs what it costs with all taken over,
        and each year of service the fall of that price.
        """
        things, lasting = self._instance.offers, self._lasting[:, None]
        capital, running, whole = (
            cost(things, prices)[self._offer] for cost in (_capital, _running, _priced)
        )
        saved = self._saved(prices)
        rent = self._rents(saved, taken)
        start = np.where(lasting, whole + rent, capital) - saved
        yearly = running + rent - np.append(rent[:, 1:], np.zeros((len(rent), 1)), axis=1)
        return np.where(self._starts, start, _NEVER), np.where(lasting, 0.0, yearly)

    def _saved(self, prices: Floats) -> Floats:
        """What an offer that takes over need not pay, by the year in which it starts, (O, T)."""
        things = self._instance.offers
        paid = _paid(things, prices.shape[1])[self._offer]
        price = prices[things.capital_class[self._offer, None], paid]
        result: Floats = np.minimum(self._reuse[:, None], things.capital[self._offer[:, None], paid]) * price
        return result

    def _rents(self, saved: Floats, taken: float) -> Floats:
        """The price of taking over in each year: the same for a pool, less with the years, at most what is saved."""
        years, pool = saved.shape[1], self._instance.pool[self._offer]
        least = np.full((int(pool.max(initial=NONE)) + 2, years), _NEVER)
        np.minimum.at(least, pool + 1, np.where(self._starts, saved, _NEVER))
        falling = np.minimum.accumulate(least, axis=1)
        # Before anybody can start, the price is that of who starts first.
        falling = np.where(
            falling < _NEVER, falling, np.where(falling < _NEVER, falling, 0.0).max(axis=1)[:, None]
        )
        result: Floats = (falling * min(taken, 1.0) * (years - np.arange(years)) / years)[pool + 1]
        return np.where(self._reuse[:, None] > 0, result, 0.0)

    def _budgets(self, prices: Floats) -> float:
        """What all funds' money is worth where it is worth most."""
        best = np.where(self._keeps, prices, 0.0).max(axis=(2, 3), initial=0.0)
        return float((best * self._instance.money).sum())

    def _joined(self, costs: Floats, nothing: float) -> tuple[Bools, Bools]:
        """What is joined over the ways that cost nothing any more: see `Bound`."""
        instance, root = self._instance, len(self._instance.root)
        paid = np.minimum.accumulate(costs, axis=1) <= nothing
        graphs = (
            sp.csr_array((free[free], (self._tail[free], self._head[free])), shape=(root + 1, root + 1))
            for free in paid.T
        )
        lit = np.stack([reached(graph, root) for graph in graphs], axis=1)
        carries = np.zeros(len(instance.links), dtype=bool)
        carries[self._link[paid[:, -1] & lit[self._tail, -1]]] = True
        return lit[:-1] | instance.root[:, None], carries


class _Search:
    """Goes from prices to better ones."""

    def __init__(
        self, pricing: Pricing, levels: Floats, trials: int, enough: Callable[[float], bool]
    ) -> None:
        self._pricing, self._levels = pricing, levels
        self._left, self._enough = trials - 1, enough
        self.best = pricing.bound(levels)
        self._all = [self.best]

    def near(self) -> list[Bound]:
        """The lowest bounds, the lowest first."""
        most = self.best.worth * (1 + _NEAR)
        return sorted((found for found in self._all if found.worth <= most), key=lambda found: found.worth)

    def along(self, direction: Floats) -> bool:
        """Move one way, or else the other, as long as the bound falls; whether it did at all."""
        return self._moved(np.exp(direction)) or self._moved(np.exp(-direction))

    def _moved(self, factors: Floats) -> bool:
        fell = False
        while self._left > 0 and not self._enough(self.best.worth):
            self._left -= 1
            levels = self._levels * factors
            found = self._pricing.bound(levels)
            self._all.append(found)
            if found.worth >= self.best.worth:
                break
            self.best, self._levels, fell = found, levels, True
        return fell


def _directions(classes: int, years: int, *, taken: bool) -> list[Floats]:
    """How levels are moved: all prices, early against late, each year, each class; what is taken over; (C T + 1,)."""
    every = np.ones((classes, years))
    tilt = every * (np.arange(years) / max(1, years - 1) - 0.5)
    by_year = [every * (np.arange(years) == year) for year in range(years)] if years > 1 else []
    by_class = [every * (np.arange(classes) == n)[:, None] for n in range(classes)] if classes > 1 else []
    prices = [np.append(way.ravel(), 0.0) for way in (every, tilt, *by_year, *by_class) if way.any()]
    return [*prices, np.append(np.zeros(classes * years), 2.0)] if taken else prices


def _paid(things: Things, years: int) -> Integers:
    """The year in which each thing is paid for, by that in which its service starts, (n, T); before all: the first."""
    result: Integers = np.maximum(np.arange(years) - things.lead[:, None], 0)
    return result


def _capital(things: Things, prices: Floats) -> Floats:
    """Capital at prices by the year in which service starts, (n, T); before that could be: of no meaning."""
    n, paid = np.arange(len(things))[:, None], _paid(things, prices.shape[1])
    result: Floats = things.capital[n, paid] * prices[things.capital_class[:, None], paid]
    return result


def _running(things: Things, prices: Floats) -> Floats:
    """Running cost at prices in each year, (n, T)."""
    result: Floats = things.running * prices[things.running_class]
    return result


def _priced(things: Things, prices: Floats) -> Floats:
    """All that things cost to the plan's end, by the year in which their service starts, (n, T)."""
    onwards = np.cumsum(_running(things, prices)[:, ::-1], axis=1)[:, ::-1]
    result: Floats = _capital(things, prices) + onwards
    return result


@kernel()
def _ascended(state: State, gate: Integers) -> float:
    """What all places keep in all years together; a place-year is place T + year. Small sets pay first."""
    years, size = state.gain.shape[1], len(state.first) - 1
    count = (len(state.of_place) - 1) * years
    seen, queue = np.zeros(size, np.int64), np.empty(size, np.int64)
    joined, waiting = np.zeros(count, np.bool_), np.ones(count, np.bool_)
    kept, mark = 0.0, 0
    heap = [(0, k) for k in range(count)]
    heapq.heapify(heap)
    while len(heap):
        wide, k = heapq.heappop(heap)
        waiting[k] = False
        place, year = k // years, k % years
        ask, below = _asks(state, place, year)
        if ask <= state.nothing:
            continue
        mark += 1
        many = _grown(state, place, year, ask, seen, queue, mark)
        if seen[size - 1] == mark:
            other = gate[place] * years + year
            if gate[place] == NONE or joined[other]:
                joined[k] = True
                kept += ask
                continue
            _hand(state, place, gate[place], year, ask)
            if not waiting[other]:
                waiting[other] = True
                heapq.heappush(heap, (wide, other))
            continue
        into, least = _into(state, place, year, ask, seen, queue[:many], mark)
        if into <= wide or not len(heap) or into <= heap[0][0]:
            _pay(state, place, year, ask, min(least, ask - below), seen, queue[:many], mark)
        waiting[k] = True
        heapq.heappush(heap, (into, k))
    return kept


@lean
def _asks(state: State, place: int, year: int) -> tuple[float, float]:
    """What the best offers of a place still bring, and the next best, or 0."""
    ask, below = 0.0, 0.0
    for o in range(state.of_place[place], state.of_place[place + 1]):
        brings = state.gain[o, year]
        if brings > ask:
            ask, below = brings, ask
        elif below < brings < ask:
            below = brings
    return ask, below


@lean
def _left(costs: Floats, n: int, year: int) -> float:
    """What a way or offer still costs at least, when it starts by a year."""
    least: float = costs[n, 0]
    for start in range(1, year + 1):
        least = min(least, costs[n, start])
    return least


@lean
def _charge(state: State, offer: int, year: int) -> float:
    """What an offer itself still costs to serve in a year."""
    charge: float = state.each[offer, year] + _left(state.own, offer, year)
    return charge


@lean
def _grown(
    state: State, place: int, year: int, ask: float, seen: Integers, queue: Integers, mark: int
) -> int:
    """Mark all nodes from which a best offer is reached over what is paid for; returns how many stand in `queue`."""
    at, many = 0, 0
    for o in range(state.of_place[place], state.of_place[place + 1]):
        node = state.node[o]
        if state.gain[o, year] == ask and seen[node] != mark and _charge(state, o, year) <= state.nothing:
            seen[node] = mark
            queue[many] = node
            many += 1
    while at < many:
        head = queue[at]
        at += 1
        for way in range(state.first[head], state.first[head + 1]):
            tail = state.tail[way]
            if seen[tail] != mark and _left(state.ways, way, year) <= state.nothing:
                seen[tail] = mark
                queue[many] = tail
                many += 1
    return many


@lean
def _into(
    state: State, place: int, year: int, ask: float, seen: Integers, members: Integers, mark: int
) -> tuple[int, float]:
    """How many ways lead into a set, best offers not paid for among them, and what the cheapest still costs."""
    count, least = 0, _NEVER
    for o in range(state.of_place[place], state.of_place[place + 1]):
        if state.gain[o, year] == ask and seen[state.node[o]] != mark:
            count += 1
            least = min(least, _charge(state, o, year))
    for head in members:
        for way in range(state.first[head], state.first[head + 1]):
            if seen[state.tail[way]] != mark:
                count += 1
                least = min(least, _left(state.ways, way, year))
    return count, least


@lean
def _pay(
    state: State, place: int, year: int, ask: float, paid: float, seen: Integers, members: Integers, mark: int
) -> None:
    """All ways into the set cost so much less, and the best offers bring so much less."""
    for o in range(state.of_place[place], state.of_place[place + 1]):
        if state.gain[o, year] != ask:
            continue
        state.gain[o, year] -= paid
        if seen[state.node[o]] != mark:
            at_once = min(paid, state.each[o, year])
            state.each[o, year] -= at_once
            for start in range(year + 1):
                state.own[o, start] -= paid - at_once
    for head in members:
        for way in range(state.first[head], state.first[head + 1]):
            if seen[state.tail[way]] != mark:
                for start in range(year + 1):
                    state.ways[way, start] -= paid


@lean
def _hand(state: State, place: int, other: int, year: int, ask: float) -> None:
    """What a place keeps goes to the one that it waits for."""
    for o in range(state.of_place[place], state.of_place[place + 1]):
        state.gain[o, year] -= ask
    for o in range(state.of_place[other], state.of_place[other + 1]):
        state.gain[o, year] += ask
