"""The best plan of a tiny instance, by trying everything: the truth that the search is held to.

Every way to serve the places is tried from the best down, against every way to build the network, until one fits. What
fits is decided by cuts: money and capacity are flows, and a flow exists when no cut is too small (Ford and Fulkerson
1956); in a tiny instance all cuts can be listed. So nothing here is shared with the search or with the audit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from merata.plan.instance import NONE, Instance, Solution, Things

ENOUGH = 1e9
Schedule = tuple[tuple[int, int, int], ...]
"""How a place is served: (offer, first year, year in which it ends), in order of time."""


@dataclass(frozen=True)
class Best:
    """The best that can be had: by tier, in all, and a plan that brings it."""

    by_tier: tuple[float, ...]
    solution: Solution

    @property
    def objective(self) -> float:
        return sum(self.by_tier)


def best(instance: Instance, dark: bool = False) -> Best | None:
    """The best plan, or None when no plan keeps all conditions; `dark`: things may be built before they are lit."""
    networks = _Networks(instance, dark)
    ways = [list(_schedules(instance, p)) for p in range(len(instance.village))]
    worths = [[_worth(instance, p, way) for way in ways[p]] for p in range(len(ways))]
    tiers = int(instance.tier.max(initial=0)) + 1
    listed = [
        (tuple(np.round(sum((worths[p][k] for p, k in enumerate(ks)), np.zeros(tiers)), 9)), ks)
        for ks in product(*(range(len(way)) for way in ways))
    ]
    for by_tier, ks in sorted(listed, key=lambda row: tuple(-w for w in row[0])):
        chosen = tuple(step for p, k in enumerate(ks) for step in ways[p][k])
        if _orderly(instance, chosen) and (network := networks.that_fits(chosen)) is not None:
            return Best(by_tier, _solution(instance, chosen, network))
    return None


def _starts(instance: Instance, things: Things, n: int) -> list[int]:
    years = len(instance.years)
    first = max(int(things.first[n]), int(things.lead[n]))
    inside = list(range(first, min(int(things.last[n]), years - 1) + 1))
    return inside if things.must[n] else [*inside, years]


def _schedules(instance: Instance, place: int) -> Iterator[Schedule]:
    years = len(instance.years)
    offers = np.flatnonzero(instance.place == place).tolist()
    starts = {o: [s for s in _starts(instance, instance.offers, o) if s < years] for o in offers}
    must = {o for o in offers if instance.offers.must[o]}
    if not must:
        yield ()
    for o in offers:
        for s in starts[o]:
            if must <= {o}:
                yield ((o, s, years),)
            for q in offers:
                if not instance.lasting[o] and instance.lasting[q] and must <= {o, q}:
                    yield from (((o, s, e), (q, e, years)) for e in starts[q] if e > s)


def _worth(instance: Instance, place: int, way: Schedule) -> np.ndarray:
    """Worth by tier."""
    result = np.zeros(int(instance.tier.max(initial=0)) + 1)
    tier = int(instance.tier[place]) if len(instance.tier) else 0
    for o, s, e in way:
        result[tier] += instance.share[o] * instance.worth[place, s:e].sum()
    return result


def _orderly(instance: Instance, chosen: Schedule) -> bool:
    years = len(instance.years)
    first = np.full(len(instance.village), years)
    for o, s, _ in chosen:
        first[instance.place[o]] = min(first[instance.place[o]], s)
    gated = instance.gate != NONE
    if (first[instance.gate[gated]] > first[gated]).any():
        return False
    begun = {v: int(first[instance.village == v].min()) for v in set(instance.village.tolist())}
    for t, most in enumerate(instance.villages_per_year.tolist()):
        if most != NONE and sum(b == t for b in begun.values()) > most:
            return False
    served = first[:, None] <= np.arange(years)
    return all(
        (rule.coefficient * served[rule.place, rule.year]).sum() >= rule.least - 1e-9
        for rule in instance.rules
    )


def _solution(instance: Instance, chosen: Schedule, network: np.ndarray) -> Solution:
    result = Solution.nothing(instance)
    nodes = len(instance.root)
    result.node_start = np.where(instance.root, 0, network[:nodes])
    result.link_start = network[nodes:].copy()
    for o, s, e in chosen:
        result.offer_start[o], result.offer_end[o] = s, e
    return result


class _Networks:
    """Every way to build nodes and links, with when each node is lit, what all cuts of it carry, and what it costs."""

    def __init__(self, instance: Instance, dark: bool) -> None:
        self.instance, self.years = instance, len(instance.years)
        nodes = len(instance.root)
        choices = [
            [self.years] if instance.root[n] else _starts(instance, instance.nodes, n) for n in range(nodes)
        ]
        choices += [_starts(instance, instance.links, e) for e in range(len(instance.links))]
        self.start = np.array(list(product(*choices)), dtype=np.int64).reshape(
            -1, nodes + len(instance.links)
        )
        self.lit = self._lit()
        if not dark:
            self._keep(self._all_lit())
        self._cuts_of_money()
        self.room = self.paid_by - self._bill() @ self.weight.T
        self.carried = self._cuts_of_capacity()

    def _keep(self, those: np.ndarray) -> None:
        self.start, self.lit = self.start[those], self.lit[those]

    def _built(self) -> np.ndarray:
        nodes = len(self.instance.root)
        return np.where(self.instance.root, 0, self.start[:, :nodes])

    def _lit(self) -> np.ndarray:
        """First year in which each node is lit, (K, N): the least of all paths' latest things."""
        built, nodes = self._built(), len(self.instance.root)
        lit = np.where(self.instance.root, 0, np.full_like(built, self.years))
        for _ in range(nodes):
            for e, (a, b) in enumerate(self.instance.ends.tolist()):
                link = self.start[:, nodes + e]
                for here, there in ((a, b), (b, a)):
                    through = np.maximum(np.maximum(lit[:, here], link), built[:, there])
                    lit[:, there] = np.minimum(lit[:, there], through)
        return lit

    def _all_lit(self) -> np.ndarray:
        nodes = len(self.instance.root)
        there = (self._built() == self.lit).all(axis=1)
        for e, (a, b) in enumerate(self.instance.ends.tolist()):
            start = self.start[:, nodes + e]
            there &= (start == self.years) | (np.maximum(self.lit[:, a], self.lit[:, b]) <= start)
        return there

    def _bill(self) -> np.ndarray:
        """What each way to build costs, (K, C * T), rupiah."""
        bill = np.zeros((len(self.start), len(self.instance.ceiling), self.years))
        nodes = len(self.instance.root)
        for k in range(self.start.shape[1]):
            things, n = (self.instance.nodes, k) if k < nodes else (self.instance.links, k - nodes)
            for s in range(int(things.lead[n]), self.years):
                bill[self.start[:, k] == s] += _cost(self.instance, things, n, s, self.years)
        return bill.reshape(len(bill), len(self.instance.ceiling) * self.years)

    def _cuts_of_money(self) -> None:
        """All cuts between funds and needs: weight (cuts, C * T) times needs is at most what is paid by (cuts,)."""
        funds, weights, amounts = len(self.instance.funds), [], []
        t = np.arange(self.years)
        for open_years in product((False, True), repeat=funds * self.years):
            pays = np.array(open_years).reshape(funds, self.years)
            share = self.instance.ceiling @ pays
            amount = 0
            for f, a in np.ndindex(funds, self.years):
                reach = (t >= a) & (t <= a + self.instance.carry[f])
                amount += int(self.instance.money[f, a]) * bool((reach & ~pays[f]).any())
            weights.append(np.maximum(0.0, 1.0 - share).ravel())
            amounts.append(amount + 0.5)
        self.weight, self.paid_by = np.array(weights), np.array(amounts)

    def _cuts_of_capacity(self) -> np.ndarray | None:
        """What every cut carries, (K, T, cuts); a node is before the cut (0), cut itself (1) or behind it (2)."""
        instance, nodes = self.instance, len(self.instance.root)
        if np.isinf(instance.node_mbps).all() and np.isinf(instance.link_mbps).all():
            return None
        states = [(0, 1) if root else (0, 1, 2) for root in instance.root]
        self.sides = np.array(list(product(*states)))
        t = np.arange(self.years)
        lit = self.lit[:, :, None] <= t
        built = self.start[:, nodes:, None] <= t
        room = np.minimum(instance.node_mbps, ENOUGH)[:, None] * lit
        carried = np.einsum("knt,sn->kts", room, self.sides == 1)
        for e, (a, b) in enumerate(instance.ends.tolist()):
            cut = np.abs(self.sides[:, a] - self.sides[:, b]) == 2
            used = built[:, e] & lit[:, a] & lit[:, b]
            carried += used[:, :, None] * cut * min(float(instance.link_mbps[e]), ENOUGH)
        return carried

    def that_fits(self, chosen: Schedule) -> np.ndarray | None:
        """Starts of nodes and links that carry and leave money for a choice of offers; None: there are none."""
        instance = self.instance
        fits = np.ones(len(self.start), dtype=bool)
        load = np.zeros((len(instance.root), self.years))
        bill = np.zeros((len(instance.ceiling), self.years))
        for o, s, e in chosen:
            bill += _cost(instance, instance.offers, o, s, e)
            if instance.node[o] != NONE:
                fits &= self.lit[:, instance.node[o]] <= s
                load[instance.node[o], s:e] += instance.mbps[o]
        _come_back(instance, chosen, bill)
        if not fits.any():
            return None
        fits &= (self.room >= self.weight @ bill.ravel()).all(axis=1)
        if self.carried is not None:
            behind = np.einsum("nt,sn->ts", load, self.sides != 0)
            fits &= (self.carried >= behind - 1e-9).all(axis=(1, 2))
        return self.start[int(fits.argmax())] if fits.any() else None


def _cost(instance: Instance, things: Things, n: int, start: int, end: int) -> np.ndarray:
    bill = np.zeros((len(instance.ceiling), len(instance.years)))
    paid = start - int(things.lead[n])
    bill[things.capital_class[n], paid] += things.capital[n, paid]
    bill[things.running_class[n], start:end] += things.running[n, start:end]
    return bill


def _come_back(instance: Instance, chosen: Schedule, bill: np.ndarray) -> None:
    """What ended offers leave goes to the first that start then or later, once each."""
    left = sorted((e, int(instance.pool[o])) for o, _, e in chosen if e < len(instance.years))
    for s, o in sorted((s, o) for o, s, _ in chosen):
        for row in left:
            if row[1] != NONE and row[1] == instance.pool[o] and row[0] <= s:
                left.remove(row)
                paid = s - int(instance.offers.lead[o])
                bill[instance.offers.capital_class[o], paid] -= min(
                    int(instance.reuse[o]), int(instance.offers.capital[o, paid])
                )
                break
