"""A plan that keeps tight rules, by way of plans that break some: what is lacking has a price, and so it is driven out.

Every row that asks for something (a rule, what has to be there, what earlier tiers brought) gets a column that makes
up for what it lacks, at a price (an elastic programme: J. Chinneck, "Feasibility and Infeasibility in Optimization",
2008). So there is always a plan to begin from. The search is among the likely decisions first, then also among those
that would help the rules that are broken, with the ways to light their nodes. Where that helps no further, what is
lacking costs more, what was decided may come in other years as well, and more and more is drawn in by lot.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import scipy.sparse as sp

from merata.plan.columns import any_of
from merata.plan.instance import NONE
from merata.plan.lighting import Ways
from merata.plan.programme import Programme
from merata.plan.reading import solution_of
from merata.plan.relaxation import Block, Relaxation
from merata.plan.whole import search_whole

#: Always the same, so that the same problem gives the same plan.
_SEED = 1
#: The first price of what a rule lacks, in units of the most that any place counts, and by how much it grows.
_PRICE, _DEARER = 2.0, 10.0
#: Branches of one search in whole numbers, and how near to the best of its decisions it ends.
_BRANCHES, _GAP = 100, 1e-4
#: Places that are drawn into one search, and searches in all.
_PLACES, _ROUNDS = 40, 30
_SLACK = 1e-7
#: Where that helps no further: the share of all places and nodes that is drawn by lot besides, time after time.
_DRAWN = (0.0, 0.05, 0.1, 0.2, 0.4, 1.0)


class Elastic:
    """A relaxation whose rules may be broken at a price: what `search_whole` asks of one.

    The columns that make up for what is lacking stand behind all others, in units of a row's largest coefficient.
    """

    def __init__(self, relaxation: Relaxation) -> None:
        base = relaxation.programme
        self._relaxation = relaxation
        self.asks = np.flatnonzero(np.isfinite(base.least) & np.isinf(base.most))
        """Rows that ask for something."""
        unit = abs(base.matrix[self.asks]).max(axis=1).toarray().ravel() if len(self.asks) else np.zeros(0)
        unit[unit == 0] = 1.0
        shape = (base.matrix.shape[0], len(self.asks))
        self._makes_up = sp.csr_matrix((unit, (self.asks, np.arange(len(self.asks)))), shape=shape)
        self._price = _PRICE * float(base.instance.worth.sum(axis=1).max(initial=1.0) or 1.0)
        self.programme = self._widened(base)

    def dearer(self) -> None:
        """What is lacking costs more from now on."""
        self._price *= _DEARER
        self.programme = self._widened(self._relaxation.programme)

    def strengthened(self) -> Programme:
        """The programme with all the cuts found so far."""
        return self._widened(self._relaxation.strengthened())

    def broken(self, values: np.ndarray) -> list[Block]:
        """Rows that the values break: see `Relaxation.broken`."""
        return self._relaxation.broken(values[: self._relaxation.programme.columns.count])

    def add(self, blocks: list[Block]) -> None:
        """Keep rows that were found to be broken."""
        self._relaxation.add(blocks)

    def _widened(self, base: Programme) -> Programme:
        many = len(self.asks)
        below = sp.csr_matrix((base.matrix.shape[0] - self._makes_up.shape[0], many))
        makes_up = sp.vstack([self._makes_up, below], format="csr")
        return dataclasses.replace(
            base,
            columns=dataclasses.replace(base.columns, count=base.columns.count + many),
            worth=np.concatenate([base.worth, np.full(many, -self._price)]),
            lower=np.concatenate([base.lower, np.zeros(many)]),
            upper=np.concatenate([base.upper, np.full(many, np.inf)]),
            matrix=sp.hstack([base.matrix, makes_up], format="csr"),
        )


def keeping(
    relaxation: Relaxation, likely: np.ndarray, start: np.ndarray | None, until: float
) -> np.ndarray | None:
    """Values of the columns that keep every row, found by a time of `time.monotonic`; None: none were found.

    `likely`: columns that are tried first, bool; `start`: values that may break what rows ask, but nothing else.
    """
    elastic, helping = Elastic(relaxation), _Helping(relaxation.programme)
    base, many, count = relaxation.programme, len(elastic.asks), relaxation.programme.columns.count
    likely = likely if start is None else likely | (start > 0)
    values = None if start is None else np.concatenate([start, np.zeros(many)])
    free, least, idle = likely, math.inf, 0
    for _ in range(_ROUNDS):
        lower = np.concatenate([base.lower, np.zeros(many)])
        upper = np.concatenate([np.where(free, base.upper, base.lower), np.full(many, np.inf)])
        found = search_whole(elastic, lower, upper, values, until=until, branches=_BRANCHES, gap=_GAP)
        if found.values is None:
            return None
        values, own, lacks = found.values, found.values[:count], found.values[count:]
        if lacks.max(initial=0.0) <= _SLACK:
            return own
        idle = 0 if lacks.sum() < least - _SLACK else idle + 1
        if idle > len(_DRAWN):
            return None
        least = min(least, float(lacks.sum()))
        free = likely | (own > 0) | helping.columns(elastic.asks[lacks > _SLACK], own)
        if idle:
            free |= helping.other_years(own) | helping.drawn(_DRAWN[idle - 1])
            elastic.dearer()
    return None


class _Helping:
    """Which columns would help rows that ask for more, and which stand for the same things in other years."""

    def __init__(self, programme: Programme) -> None:
        self._programme = programme
        self._at = programme.columns
        self._random = np.random.default_rng(_SEED)
        self._offer, self._year = np.full((2, self._at.count), NONE)
        for family in (self._at.starts, self._at.serves):
            o, t = np.nonzero(family != NONE)
            self._offer[family[o, t]], self._year[family[o, t]] = o, t

    def columns(self, rows: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Columns of offers that would help some rows, of works that they ask for, and of the cheapest ways there."""
        instance, at = self._programme.instance, self._at
        asked = self._programme.matrix[rows].tocoo()
        row, column = asked.row[asked.data > 0], asked.col[asked.data > 0]
        offers, due = self._offers(row, column, values)
        works = np.zeros(at.count, dtype=bool)
        works[column[self._offer[column] == NONE]] = True
        nodes, links = any_of(at.lit, works), any_of(at.way, works) | any_of(at.extra, works)
        wanted = {(int(n), int(t)) for n, t in zip(instance.node[offers], due, strict=True) if n != NONE}
        ends = np.unique(np.concatenate([np.flatnonzero(nodes), instance.ends[links].ravel()]))
        wanted |= {(int(n), len(instance.years) - 1) for n in ends}
        ways = Ways(instance, solution_of(self._programme, values))
        for node, year in sorted(wanted):
            path = ways.path(node, year)
            if path is not None:
                nodes[path[0]], links[path[1]] = True, True
        return at.of(offers, nodes, links)

    def other_years(self, values: np.ndarray) -> np.ndarray:
        """All columns of the offers, nodes and links that values use."""
        used, at = values > _SLACK, self._at
        offers = any_of(at.starts, used) | any_of(at.serves, used)
        return at.of(offers, any_of(at.lit, used), any_of(at.way, used) | any_of(at.extra, used))

    def drawn(self, share: float) -> np.ndarray:
        """Columns of places and of nodes with their links, so many of all, drawn by lot."""
        instance = self._programme.instance
        places, nodes = (self._random.random(len(x)) < share for x in (instance.village, instance.root))
        links = nodes[instance.ends].any(axis=1)
        return self._at.of(places[instance.place], nodes, links)

    def _offers(
        self, row: np.ndarray, column: np.ndarray, values: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Offers of places that rows want served and that are not, and by when they want it, the latest year of each.

        Of many such places some are drawn by lot; what has to be served before them is wanted with them.
        """
        instance = self._programme.instance
        mine = self._offer[column] != NONE
        row, column = row[mine], column[mine]
        place = instance.place[self._offer[column]]
        _, pair = np.unique(np.stack([row, place]), axis=1, return_inverse=True)
        pair = pair.ravel()
        served = np.bincount(pair, weights=values[column], minlength=1)[pair]
        open_ = served < self._programme.copies[place] - 0.5
        by = np.full(len(instance.village), NONE)
        np.maximum.at(by, place[open_], self._year[column[open_]])
        places = np.flatnonzero(by != NONE)
        if len(places) > _PLACES:
            by[self._random.choice(places, len(places) - _PLACES, replace=False)] = NONE
        gated = np.flatnonzero((by != NONE) & (instance.gate != NONE))
        np.maximum.at(by, instance.gate[gated], by[gated])
        offers = np.flatnonzero(by[instance.place] != NONE)
        return offers, by[instance.place[offers]]
