"""What a plan needs when some of it starts or ends in other years, everything else as planned; exact, in rupiah."""

from __future__ import annotations

import numpy as np

from merata.plan.instance import NONE, Instance, Solution, Things
from merata.plan.pay import LINK, NODE, OFFER, bills

Thing = tuple[int, int]
"""NODE, LINK or OFFER, and the row."""
Changes = dict[Thing, tuple[int, int]]
"""From which year on and before which year things are in service instead; start T: never."""


class Ledger:
    """The needs of one plan, and of every plan that differs from it in a few things."""

    def __init__(self, instance: Instance, solution: Solution) -> None:
        self._instance = instance
        self._never = len(instance.years)
        self._shape = (len(instance.ceiling), self._never)
        self._things = (instance.nodes, instance.links, instance.offers)
        nodes = np.where(instance.root, self._never, solution.node_start)
        self._start = (nodes, solution.link_start, solution.offer_start)
        self._end = solution.offer_end
        self.needs: np.ndarray = bills(instance, solution).needs(*self._shape)
        pools = np.unique(instance.pool[instance.pool != NONE]).tolist()
        self._pooled = {int(pool): np.flatnonzero(instance.pool == pool) for pool in pools}
        self._taken = {pool: self._taken_over(pool, {}) for pool in self._pooled}

    def service(self, kind: int, row: int, changes: Changes) -> tuple[int, int]:
        """From which year on and before which year a thing is in service."""
        planned = (int(self._start[kind][row]), int(self._end[row]) if kind == OFFER else self._never)
        return changes.get((kind, row), planned)

    def needs_with(self, changes: Changes) -> np.ndarray:
        """Rupiah that each payment class needs in each year with the changes, (C, T)."""
        result = self.needs.copy()
        for (kind, row), (start, end) in changes.items():
            things = self._things[kind]
            _add(result, things, row, *self.service(kind, row, {}), -1)
            _add(result, things, row, start, end, 1)
        touched = {int(self._instance.pool[row]) for kind, row in changes if kind == OFFER} - {NONE}
        for pool in sorted(touched):
            result += self._taken[pool] - self._taken_over(pool, changes)
        return result

    def cost(self, changes: Changes, over: Changes) -> int:
        """Rupiah in all years that a plan with `changes` costs more than one with the changes `over`."""
        return int((self.needs_with(changes) - self.needs_with(over)).sum())

    def _taken_over(self, pool: int, changes: Changes) -> np.ndarray:
        """What offers of a pool need not pay because others of it have ended, (C, T): as `instance.needs` has it."""
        result = np.zeros(self._shape, dtype=np.int64)
        members, things = self._pooled[pool], self._instance.offers
        start, end = self._start[OFFER][members], self._end[members]
        for (kind, row), span in changes.items():
            if kind == OFFER and self._instance.pool[row] == pool:
                at = int(np.searchsorted(members, row))
                start[at], end[at] = span
        ended = np.bincount(end[(start < self._never) & (end < self._never)], minlength=self._never)
        left = 0
        for t in range(self._never) if ended.any() else ():
            left += int(ended[t])
            heirs = members[np.flatnonzero(start == t)[:left]]
            left -= len(heirs)
            paid = t - things.lead[heirs]
            saved = np.minimum(self._instance.reuse[heirs], things.capital[heirs, paid])
            np.add.at(result, (things.capital_class[heirs], paid), saved)
        return result


def _add(needs: np.ndarray, things: Things, row: int, start: int, end: int, sign: int) -> None:
    """Add what a thing needs, or take it away."""
    if start < needs.shape[1]:
        paid = start - int(things.lead[row])
        needs[things.capital_class[row], paid] += sign * things.capital[row, paid]
        needs[things.running_class[row], start:end] += sign * things.running[row, start:end]


def starts(instance: Instance, solution: Solution, changes: Changes) -> Solution:
    """The plan with the changes."""
    result = solution.copy()
    own = {NODE: result.node_start, LINK: result.link_start, OFFER: result.offer_start}
    for (kind, row), (start, end) in changes.items():
        own[kind][row] = start
        if kind == OFFER:
            result.offer_end[row] = end
    return result
