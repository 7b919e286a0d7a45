"""The least money that would do, and whether anything would: plans that are looked for with another aim than worth."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from merata.plan.afford import affordable
from merata.plan.audit import faults
from merata.plan.audit_money import money_faults
from merata.plan.greedy import greedy
from merata.plan.instance import NONE, Instance, Solution, Things
from merata.plan.lighting import Ways
from merata.plan.memory import Memory
from merata.plan.programme import MILLION, Programme, programme
from merata.plan.reading import solution_of, values_of
from merata.plan.relaxation import Relaxation
from merata.plan.whole import Whole, search_whole

#: Branches of the search in whole numbers, among the likely decisions and among all, and branches times decisions.
_LIKELY, _ALL = 300, 2000
_WORK = 600_000
_BOUND_TIME, _LIKELY_TIME = 0.4, 0.7
#: Whole rupiah that the solver may be off; a plan that is off by so little is looked for with that much less.
_OFF_IDR = 5
MORE = "more money"
"""Name of the fund that is added; it may pay for anything."""


@dataclass(frozen=True)
class Short:
    """The least money that has to be added for some plan to keep every rule.

    idr: rupiah in all; by_year: where they are spent, (T,); at_least: proven that less than this does not do (the two
    are alike when the least was found); solution: a plan that does with it.
    """

    idr: int
    by_year: np.ndarray
    at_least: int
    solution: Solution


def with_fund(instance: Instance, by_year: np.ndarray, carry: int = 0) -> Instance:
    """The instance with one fund more, which may pay for anything: rupiah by year, (T,)."""
    every = np.ones((len(instance.ceiling), 1))
    return replace(
        instance,
        funds=[*instance.funds, MORE],
        money=np.concatenate([instance.money, np.asarray(by_year, dtype=np.int64)[None]]),
        carry=np.append(instance.carry, carry),
        ceiling=np.concatenate([instance.ceiling, every], axis=1),
    )


def _added(instance: Instance, idr: int) -> Instance:
    """So much more, to be spent whenever it is needed."""
    years = len(instance.years)
    return with_fund(instance, np.where(np.arange(years) == 0, idr, 0), years - 1)


def everything_costs(instance: Instance) -> int:
    """What everything together could cost at most, rupiah."""
    parts: tuple[Things, ...] = (instance.nodes, instance.links, instance.offers)
    return 1 + sum(int(t.capital.max(axis=1, initial=0).sum()) + int(t.running.sum()) for t in parts)


def least_money(
    instance: Instance,
    gap: float = 1e-3,
    seconds: float = 60.0,
    around: tuple[Solution, np.ndarray, int] | None = None,
    memory: Memory | None = None,
) -> Short | None:
    """The least rupiah to add, whenever they are needed, for some plan to keep every rule; None: none was found.

    `gap`: stop when the amount is proven within this share of the least. `around`: a plan, places (P,) bool and a
    year: first a plan is looked for that differs from that one only in these places and in what it takes to light
    their nodes by the year.
    """
    rich = _added(instance, everything_costs(instance))
    base = programme(rich)
    worth = np.zeros(base.columns.count)
    spent = base.columns.keeps[len(instance.funds), 0]
    worth[spent[spent != NONE]] = -1.0
    aim = _Aim(replace(base, worth=worth), gap, seconds, memory or Memory())
    if around is not None:
        aim.near(*around)
    aim.search()
    if aim.best is None:
        return None
    idr = _needed(instance, aim.best)
    at_least = 0 if math.isinf(aim.bound) else min(idr, math.floor(-aim.bound * MILLION + 0.5))
    return Short(idr, _by_year(instance, aim.best, idr), max(0, at_least), aim.best)


def feasible(instance: Instance, seconds: float = 20.0, memory: Memory | None = None) -> bool | None:
    """Whether any plan keeps every rule of an instance; None: not known after so many seconds.

    What is said to be possible is a plan that was checked to the rupiah, so it is certain. What is said not to be was
    not found by the solver with a tolerance of a rupiah in the plan's favour.
    """
    return plan_for(instance, seconds, memory)[0]


def plan_for(
    instance: Instance, seconds: float = 20.0, memory: Memory | None = None
) -> tuple[bool | None, Solution | None]:
    """As `feasible`, with the plan where there is one."""
    quick = greedy(instance)
    if not faults(instance, quick):
        return True, quick
    memory = memory or Memory()
    for off in (0, _OFF_IDR):
        tight = replace(instance, money=np.maximum(instance.money - off, 0))
        base = programme(tight)
        aim = _Aim(replace(base, worth=np.zeros(base.columns.count)), 0.0, seconds, memory)
        aim.search()
        made = None if aim.best is None else affordable(instance, aim.best)
        if made is not None and not faults(instance, made):
            return True, made
        if off == 0 and aim.impossible:
            return False, None
        if aim.best is None:
            break
    return None, None


class _Aim:
    """A search for the plan that does best by the programme's own worths."""

    def __init__(self, aim: Programme, gap: float, seconds: float, memory: Memory) -> None:
        self._programme, self._gap, self._seconds = aim, gap, seconds
        self._relaxation: Relaxation = memory.relaxation(aim)
        self._began = time.monotonic()
        self.best: Solution | None = None
        self._worth = -math.inf

    @property
    def bound(self) -> float:
        """What no plan can exceed."""
        return self._relaxation.bound

    @property
    def impossible(self) -> bool:
        """Whether it is proven that there is no plan."""
        return self._relaxation.infeasible

    def take(self, plan: Solution, worth: float) -> None:
        """A plan to do better than."""
        if worth > self._worth:
            self.best, self._worth = plan, worth

    def search(self) -> None:
        """Look for it: the bound, then the likely decisions, then all."""
        self._relaxation.tighten(self._until(_BOUND_TIME), lambda bound: None)
        for step in (self._likely, self._all):
            if self._enough() or self.impossible:
                return
            step()

    def near(self, plan: Solution, places: np.ndarray, year: int) -> None:
        """A plan like another but for some places, with the cheapest ways to light their nodes by a year."""
        programme, instance, at = self._programme, self._programme.instance, self._programme.columns
        free = at.following()
        offers = places[instance.place]
        ways = Ways(instance, plan)
        nodes, links = ((s > year) & (s < len(instance.years)) for s in (plan.node_start, plan.link_start))
        for node in np.unique(instance.node[offers & (instance.node != NONE)]).tolist():
            path = ways.path(node, year)
            if path is not None:
                nodes[path[0]], links[path[1]] = True, True
        for family in (at.starts[offers], at.serves[offers], at.lit[nodes], at.way[links], at.extra[links]):
            free[family[family != NONE]] = True
        values = values_of(programme, plan)
        lower, upper = np.where(free, programme.lower, values), np.where(free, programme.upper, values)
        self._whole(lower, upper, _LIKELY, _BOUND_TIME)

    def _enough(self) -> bool:
        """Whether no plan is better by more than the gap, or by a rupiah."""
        return self.best is not None and self.bound - self._worth <= max(
            self._gap * abs(self._worth), 0.5 / MILLION
        )

    def _likely(self) -> None:
        used = (self._relaxation.values > 1e-7) | self._programme.columns.following()
        if self.best is not None:
            used |= values_of(self._programme, self.best) > 0
        upper = np.where(used, self._programme.upper, 0.0)
        self._whole(self._programme.lower, upper, _LIKELY, _LIKELY_TIME)

    def _all(self) -> None:
        lower, upper = self._programme.lower, self._programme.upper
        if self.best is not None and math.isfinite(self.bound):
            slack = self.bound - self._worth
            values, reduced = self._relaxation.values, self._relaxation.reduced
            worthless = (values < 1e-9) & (reduced < -slack - 1e-6) & ~self._programme.columns.following()
            upper = np.where(worthless, 0.0, upper)
        result = self._whole(lower, upper, _ALL, 1.0)
        if math.isfinite(result.ceiling):
            self._relaxation.bound = min(self.bound, max(result.ceiling, self._worth))
        if result.infeasible and self.best is None:
            self._relaxation.infeasible = True

    def _whole(self, lower: np.ndarray, upper: np.ndarray, branches: int, share: float) -> Whole:
        start = None if self.best is None else values_of(self._programme, self.best)
        most = min(branches, 1 + _WORK // (1 + int((upper > lower).sum())))
        result = search_whole(
            self._relaxation, lower, upper, start, until=self._until(share), branches=most, gap=self._gap
        )
        if result.values is not None:
            self.take(solution_of(self._programme, result.values), result.worth)
        return result

    def _until(self, share: float) -> float:
        return self._began + self._seconds * share


def lowest(low: int, high: int, does: Callable[[int], bool]) -> int:
    """The lowest whole number from low to high that does; `high` has to do, and all above one that does do too."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if does(middle) else (middle + 1, high)
    return high


def payable(instance: Instance, solution: Solution) -> bool:
    """Whether the funds can pay for a plan, to the rupiah."""
    return not list(money_faults(instance, solution))


def _needed(instance: Instance, solution: Solution) -> int:
    """Rupiah to add for the funds to be able to pay for a plan."""
    return lowest(0, everything_costs(instance), lambda idr: payable(_added(instance, idr), solution))


def _by_year(instance: Instance, solution: Solution, idr: int) -> np.ndarray:
    """In which years an amount that is just enough has to be there, as late as can be, (T,)."""
    years = len(instance.years)
    result = np.zeros(years, dtype=np.int64)
    left = idr
    for t in range(years - 1):
        before = with_fund(instance, result)

        def does(now: int, before: Instance = before, t: int = t, left: int = left) -> bool:
            rest = np.zeros(years, dtype=np.int64)
            rest[t], rest[t + 1] = now, left - now
            return payable(with_fund(before, rest, years - 1), solution)

        result[t] = lowest(0, left, does)
        left -= int(result[t])
    result[years - 1] += left
    return result
