"""Better plans by taking a part of one apart and filling it up again: ruin and recreate.

A part is what is lit near a node with all that hangs behind it, or some nodes drawn by lot, and some of what hangs on
no network. What is filled in then sees everything a little better or worse than it is, so that it differs from what was
there (G. Schrimpf and others, "Record breaking optimization results using the ruin and recreate principle", Journal of
Computational Physics 159, 2000). A plan that brings a little less may be gone on from, less and less so.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from merata.plan import stop
from merata.plan.board import Bools
from merata.plan.fill import Taste, fill
from merata.plan.greedy import price_of
from merata.plan.instance import NONE, Instance, Solution, objective
from merata.plan.layout import board, plan_of, state
from merata.plan.tidy import parents

#: How many nodes a part has, from few to many, and the share of what hangs on no network that goes with it at most.
_FEW, _MANY, _ALONE = 2, 25, 0.3
#: By how much things seem better or worse than they are.
_NOISE = 0.25
#: The share of plans that are filled from nothing where something leads; how good what that does not make seems.
_FRESH, _DARK = 0.5, 0.1
#: How often a part is drawn by lot, and among how many times as many nodes near one another it is looked for else.
_BY_LOT, _WIDE = 0.3, 4
#: How far ways bend towards what is of worth beside them.
_LEANS = (0.0, 0.5)
#: How much less a plan may bring to be gone on from, as a share, at the beginning.
_WORSE = 1e-3
#: Failures that end a year of a filling.
_FAILURES = 6
#: So many good plans in a row that break what filling does not look at are the last.
_REFUSED = 60

Keeps = Callable[[Solution], bool]


@dataclass(frozen=True)
class Guide:
    """What a linear solution, or prices of money, make of the network."""

    lit: np.ndarray
    """How far each node is lit by each year, (N, T)."""
    carries: np.ndarray
    """How far each link carries in the end, (E,)."""


class Anew:
    """Goes from plan to plan of a problem; the best is kept."""

    def __init__(
        self,
        instance: Instance,
        plan: Solution,
        keeps: Keeps,
        random: np.random.Generator,
        guides: Sequence[Guide] = (),
    ) -> None:
        """`keeps`: whether a plan keeps what filling does not look at; each filling follows one of the guides."""
        self._guides = guides
        self._instance, self._keeps = instance, keeps
        self._board = board(instance)
        self._random = random
        self._now, self._worth = plan, objective(instance, plan)
        self.best, self.worth = plan, self._worth
        self._refused = 0
        self.late = False
        """Whether the clock ended it."""
        self._fixed = self._needed()
        self._near = _neighbours(instance)

    def go(self, steps: int, until: float, enough: float = math.inf) -> None:
        """So many parts anew, until a time of `time.monotonic` at the latest, or a plan that brings enough."""
        fresh = int(_FRESH * steps) if self._guides else 0
        self._refused = 0
        for step in range(steps):
            if self.worth >= enough or self._refused == _REFUSED:
                return
            self.late = time.monotonic() > until
            if self.late or stop.asked():
                return
            start = Solution.nothing(self._instance) if step < fresh else self._ruined()
            self._step(start, 0.0 if step < fresh else _WORSE * (1 - step / steps))

    def _step(self, start: Solution, worse: float) -> None:
        filled = state(self._instance, self._board, start)
        price = price_of(self._instance, self._now)
        fill(self._board, filled, self._taste(price))
        plan = plan_of(filled)
        worth = objective(self._instance, plan)
        if worth < self._worth - worse * self.worth:
            return
        if not self._keeps(plan):
            self._refused += 1
            return
        self._refused, self._now, self._worth = 0, plan, worth
        if worth > self.worth + 1e-9 * max(1.0, self.worth):
            self.best, self.worth = plan, worth

    def _taste(self, price: float) -> Taste:
        instance, random = self._instance, self._random
        noise = _NOISE * float(random.random())
        offers, nodes, links = (
            np.exp(noise * random.standard_normal(len(of)))
            for of in (instance.place, instance.root, instance.ends)
        )
        seen = np.repeat(nodes[:, None], len(instance.years), axis=1)
        if self._guides:
            guide, led = self._guides[int(random.integers(len(self._guides)))], float(random.random())
            seen *= 1 - led + led * (_DARK + guide.lit)
            links *= 1 - led * (1 - _DARK) * np.minimum(guide.carries, 1.0)
        lean = _LEANS[int(random.integers(len(_LEANS)))]
        return Taste(lean, price, offers, seen, links, _FAILURES)

    def _needed(self) -> Bools:
        """Nodes that have to stay, because they, links at them, or offers on them have to be there."""
        instance = self._instance
        result = instance.nodes.must.copy()
        result[instance.ends[instance.links.must].ravel()] = True
        on = instance.node[instance.offers.must & (instance.node != NONE)]
        result[on] = True
        return result

    def _ruined(self) -> Solution:
        """The present plan without a part."""
        instance, years = self._instance, len(self._instance.years)
        before, _ = parents(instance, self._now)
        gone = self._with_behind(self._part(before), before)
        result = self._now.copy()
        served = result.offer_start < years
        out = served & (instance.node != NONE) & gone[np.maximum(instance.node, 0)]
        out |= (
            served
            & (instance.node == NONE)
            & (self._random.random(len(served)) < _ALONE * self._random.random())
        )
        self._drop(result, out & ~instance.offers.must)
        result.node_start[gone] = years
        result.link_start[gone[instance.ends].any(axis=1)] = years
        return result

    def _part(self, before: np.ndarray) -> np.ndarray:
        """Nodes that are lit: near one another, or drawn by lot."""
        instance, years = self._instance, len(self._instance.years)
        lit = np.flatnonzero(~instance.root & (self._now.node_start < years))
        if not len(lit):
            return lit
        count = int(self._random.integers(_FEW, _MANY))
        behind = _behind(before, lit)
        if self._random.random() < _BY_LOT:
            near = self._random.permutation(lit)
        else:
            near = self._around(int(self._random.choice(lit)), _WIDE * count)
            near = near[np.isin(near, lit)]
        near = near[behind[near] <= count]
        result: np.ndarray = near[np.cumsum(behind[near]) <= 2 * count]
        return result

    def _around(self, node: int, count: int) -> np.ndarray:
        """So many nodes around one, nearest by number of links first."""
        first, other = self._near
        seen, inside = {node}, [node]
        for at in inside:
            if len(inside) >= count:
                break
            for n in other[first[at] : first[at + 1]].tolist():
                if n not in seen:
                    seen.add(n)
                    inside.append(n)
        return np.array(inside[:count], dtype=np.int64)

    def _with_behind(self, nodes: np.ndarray, before: np.ndarray) -> Bools:
        """These nodes and all behind them, but for what has to stay and the ways to it, (N,) bool."""
        instance = self._instance
        gone = np.zeros(len(instance.root) + 1, dtype=bool)
        gone[nodes] = True
        above = np.where(before == NONE, len(before), before)
        while True:
            more = gone[above] & ~gone[:-1]
            if not more.any():
                break
            gone[:-1] |= more
        stays = np.append(self._fixed & (self._now.node_start < len(instance.years)), False)
        while True:
            up = np.zeros_like(stays)
            up[above[stays[:-1]]] = True
            if not (up & ~stays)[:-1].any():
                break
            stays |= up
            stays[-1] = False
        result: Bools = gone[:-1] & ~stays[:-1] & ~instance.root
        return result

    def _drop(self, plan: Solution, out: Bools) -> None:
        """Take away all that serves the places of some offers, and those that wait for these places."""
        instance, years = self._instance, len(self._instance.years)
        places = np.zeros(len(instance.village), dtype=bool)
        places[instance.place[out]] = True
        fixed = np.zeros(len(places), dtype=bool)
        fixed[instance.place[instance.offers.must]] = True
        places &= ~fixed
        gated = instance.gate != NONE
        while True:
            more = gated & ~places
            more[more] = places[instance.gate[more]]
            if not more.any():
                break
            places |= more
        all_out = places[instance.place]
        plan.offer_start[all_out] = plan.offer_end[all_out] = years


def _behind(before: np.ndarray, lit: np.ndarray) -> np.ndarray:
    """How many nodes each of the lit ones joins to a root, itself included, (N,)."""
    depth = np.zeros(len(before), dtype=np.int64)
    at = before.copy()
    while (at != NONE).any():
        depth += at != NONE
        at = np.where(at == NONE, NONE, before[at])
    result = np.ones(len(before), dtype=np.int64)
    for node in lit[np.argsort(-depth[lit], kind="stable")].tolist():
        if before[node] != NONE:
            result[before[node]] += result[node]
    return result


def _neighbours(instance: Instance) -> tuple[np.ndarray, np.ndarray]:
    """Where the nodes next to each node begin, and these nodes."""
    a, b = np.concatenate([instance.ends, instance.ends[:, ::-1]]).T
    order = np.argsort(a, kind="stable")
    return np.searchsorted(a[order], np.arange(len(instance.root) + 1)), b[order]
