"""Finds a plan that nobody can better by much: a quick first plan, a bound, and parts of the plan decided anew.

1. A first plan, step by step (`greedy`). 2. A bound by prices of money, at any size (`layers`). 3. A better one where
it can be had in time: a linear programme made stronger by cuts (`relaxation`). 4. The plan filled up again step by
step, led by what that one, or else the prices, make of the network (`anew`). 5. The whole programme with only those
decisions that the linear one makes at all, in whole numbers; where they hold no good plan that keeps the rules, one by
way of plans that break some (`elastic`). 6. Parts of the plan decided anew in whole numbers while the rest stays (P.
Shaw, "Using constraint programming and local search methods to solve vehicle routing problems", 1998: large
neighbourhoods), near each other in the network or drawn by lot. 7. What is left between plan and bound: the whole
programme, without the decisions that the bound rules out. A tight cap on inequality is searched level by level
(`levels`); a plan that lacks some rupiah is made payable (`afford`).
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from merata.errors import NoPlanError
from merata.plan import stop
from merata.plan.afford import affordable
from merata.plan.alike import Alike, alike
from merata.plan.anew import Anew, Guide, Keeps
from merata.plan.audit import faults
from merata.plan.columns import columns
from merata.plan.elastic import keeping
from merata.plan.greedy import greedy
from merata.plan.instance import NONE, Instance, Solution, objective
from merata.plan.layers import Pricing
from merata.plan.levels import levels
from merata.plan.memory import Memory
from merata.plan.parts import part
from merata.plan.programme import Floor, Programme, programme
from merata.plan.reading import solution_of, values_of
from merata.plan.whole import Whole, search_whole

#: Always the same, so that the same problem gives the same plan.
_SEED = 1
#: Work is limited by counts first, so that every machine ends at the same plan; the clock is the last resort. The whole
#: programme is searched where it has so few columns, with so many branches times columns.
_SUPPORT_BRANCHES, _PART_BRANCHES = 30, 5
_WHOLE_BRANCHES, _WHOLE_COLUMNS = 500_000, 10_000
#: Programmes of more columns are filled anew; smaller ones are soon decided in whole numbers.
_ANEW_COLUMNS = 3_000
#: So many parts are taken apart and filled up anew, fewer in a large problem, for that share of the time.
_ANEW_LEAST, _ANEW_MOST, _ANEW_WORK, _ANEW_TIME = 200, 800, 6_000_000, 0.2
#: So many times as many, for as much longer, where prices lead: no linear programme then betters the plan by much.
_ANEW_ALONE = 3
#: So many prices of money are tried for the first bound, fewer in a large problem, for that share of the time.
_TRIALS_LEAST, _TRIALS_MOST, _TRIALS_WORK, _TRIALS_TIME = 60, 120, 50_000_000, 0.2
#: What a tier has to bring is held to this share of what was found for it: the solver's own precision.
_ROUNDING = 1e-7
#: Parts that are decided anew in a row without any gain, before the search turns to the whole.
_IDLE = 6
#: Nodes in the first part, and by how much the next one is larger when that was easy.
_NODES, _GROWTH = 30, 1.2
#: The problem is posed anew when at most this share of its places is left to decide apart.
_NARROWER = 0.8
#: So many decisions that were nearly made, beside those that were made.
_NEAR = 1_000
#: The share of the time that one search in whole numbers may take at most.
_LAST = 0.2
#: Shares of the time: until the bound is there at all, until it is good, and until the turn to the whole.
_FIRST_TIME, _BOUND_TIME, _PART_TIME, _LARGE_PART_TIME = 0.15, 0.4, 0.75, 0.95
#: A plan so far below the bound is looked for anew by way of plans that break rules, for that share of the time.
_FAR, _MEND_TIME = 0.05, 0.3
#: The share of the time that is left for each level but the last.
_LEVEL_TIME = 0.7

NO_PLAN = "no plan keeps every rule"
NONE_FOUND = "no plan that keeps every rule was found in {seconds:.3g} s; `plan.seconds` gives more time"

Progress = Callable[[float, float], None]
"""Told the objective of the best plan so far and the bound."""


@dataclass(frozen=True)
class Found:
    """A plan and how good any could be.

    With tiers, objective and bound are sums over them: each tier's bound holds for plans that bring for the tiers
    before it what this one brings.
    """

    solution: Solution
    objective: float
    bound: float
    stopped_early: bool
    by_hand: bool = False
    """Somebody ended the search: the plan is not what the problem alone determines."""

    @property
    def stopped_by(self) -> str:
        """What ended the search before its time: 'hand', 'clock', or '' when nothing did."""
        return stop.HAND if self.by_hand else stop.CLOCK if self.stopped_early else ""

    @property
    def gap(self) -> float:
        """(bound - objective) / bound; 0 when the bound is 0."""
        return gap_of(self.objective, self.bound)


def gap_of(worth: float, bound: float) -> float:
    """How much better any plan could be, as a share of the bound; 0 when the bound is 0."""
    return max(0.0, (bound - worth) / bound) if bound > 0 else 0.0


def search(
    instance: Instance,
    gap: float = 1e-3,
    seconds: float = 60.0,
    start: Solution | None = None,
    progress: Progress | None = None,
    memory: Memory | None = None,
    floors: Sequence[Floor] = (),
    *,
    soon: bool = False,
) -> Found:
    """The best plan that is found for an instance, with a proven bound.

    Parameters
    ----------
    instance : what to choose from; see merata.plan.instance for what is best.
    gap : stop when the plan is proven within this share of the best.
    seconds : stop after so long anyway; `stopped_early` is then true and another machine may find another plan.
    start : a plan to begin from, such as the last one; left aside when it does not keep the rules.
    soon : leave out what takes long and brings little, where there is much to decide: the gap tells what is left then.
    progress : told of each better plan and each better bound.
    memory : what searches for problems alike learnt before, and what this one will.
    floors : what every plan has to bring besides.

    Raises
    ------
    NoPlanError
        No plan keeps every rule, or none was found in time.
    """
    tell = progress or (lambda worth, bound: None)
    tiers = np.unique(instance.tier).tolist() or [0]
    tier = instance.tier if len(instance.tier) else np.zeros(len(instance.village), dtype=np.int64)
    kept = list(floors)
    same = alike(instance, floors)
    memory = memory or Memory()
    total, bound, early = 0.0, 0.0, False
    for n in tiers:
        worth = np.where((tier == n)[:, None], instance.worth, 0.0)
        stage = dataclasses.replace(instance, worth=worth)
        found = _search(stage, same, kept, gap, seconds / len(tiers), start, tell, memory, soon)
        start, early = found.solution, early or found.stopped_early
        total, bound = total + found.objective, bound + found.bound
        kept.append(Floor(worth, found.objective * (1 - _ROUNDING)))
    return Found(found.solution, total, bound, early)


def _search(
    instance: Instance,
    same: Alike,
    floors: list[Floor],
    gap: float,
    seconds: float,
    start: Solution | None,
    progress: Progress,
    memory: Memory,
    soon: bool,
) -> Found:
    """The best plan of one tier."""
    quick, runs = greedy(instance), list[_Run]()
    # The time is for the search, not for what the first plan on a machine compiles.
    until = time.monotonic() + seconds
    at = levels(instance)
    for level in at:
        left = (until - time.monotonic()) * (1.0 if level is at[-1] else _LEVEL_TIME)
        own = same if level is instance else alike(level, floors)
        # Another level's linear programme begins anew: where the last one ended is far from where it will.
        learnt, tell = (Memory(), lambda worth, bound: None) if runs else (memory, progress)
        run = _Run(level, own, floors, gap, left, tell, learnt, soon)
        run.search([start, quick], max((run.worth for run in runs), default=-math.inf))
        runs.append(run)
    best = max(runs, key=lambda run: (run.worth, not run.impossible))
    if best.best is None:
        raise NoPlanError(NO_PLAN if best.impossible else NONE_FOUND.format(seconds=seconds))
    return best.found(best.best, max(run.most for run in runs), any(run.late or run.hurried for run in runs))


class _Run:
    """One search: the best plan so far, the bound so far, and what is known of the programme."""

    def __init__(
        self,
        instance: Instance,
        same: Alike,
        floors: list[Floor],
        gap: float,
        seconds: float,
        progress: Progress,
        memory: Memory,
        soon: bool,
    ) -> None:
        self._soon = soon
        self.instance = instance
        self._floors = floors
        self.best: Solution | None = None
        self._refused: Solution | None = None
        self.worth = self._than = -math.inf
        self.late = False
        """Whether the time for all of it is up."""
        self.hurried = False
        """Whether the clock ended any step of it, so that another machine may find another plan."""
        self._gap = gap
        self._began = time.monotonic()
        self._seconds = seconds
        self._progress = progress
        self._memory = memory
        self._ceiling = math.inf
        self._guides: list[Guide] = []
        """What prices make of the network, those of the lowest bound first."""
        self._random = np.random.default_rng(_SEED)
        self._pose(same)

    def _pose(self, same: Alike) -> None:
        """The programme of what is left to decide."""
        self._same = same
        self._small = dataclasses.replace(same.small, worth=same.worth(self.instance.worth))
        floors = [same.shrunk(floor) for floor in self._floors]
        self._programme: Programme = programme(self._small, floors, same.copies)
        self._relaxation = self._memory.relaxation(self._programme)
        self._free_always = self._programme.columns.following(self._relaxation.large)

    def search(self, plans: Sequence[Solution | None], than: float) -> None:
        """All steps, until the plan is good enough; `plans` to begin with, `than`: what is to be had elsewhere."""
        self._than = than
        for plan in plans:
            self.take(plan)
        for step in self._steps():
            step()
            if self.done:
                return

    def _steps(self) -> list[Callable[[], None]]:
        """What is done, in order. What looks at the whole programme once more takes far too long for a large one."""
        quick = [self.price, self.anew, self.mend]
        if self._relaxation.large:
            return quick if self._soon else [*quick, self.parts]
        first = [self.price, self.relax, self.anew, self.support, self.mend]
        if self._soon and self._much:
            return first
        return [*first, self.narrow, self.near, self.anew, self.parts, self.whole]

    @property
    def _much(self) -> bool:
        """Whether there is much to decide: else all is soon decided in whole numbers."""
        return self._programme.columns.count > _ANEW_COLUMNS

    @property
    def most(self) -> float:
        """What no plan can exceed; -inf: there is none."""
        # Everything served from the first year on is a bound where the linear programme found none in time.
        return -math.inf if self.impossible else min(self.bound, float(self.instance.worth.sum()))

    @property
    def bound(self) -> float:
        """What no plan can exceed."""
        return min(self._ceiling, self._relaxation.bound)

    @property
    def impossible(self) -> bool:
        """Whether it is proven that no plan keeps every rule."""
        return self.best is None and self._relaxation.infeasible

    @property
    def done(self) -> bool:
        """Whether the plan is near enough to the bound, no plan is possible, the time is up, or somebody stops it."""
        self.late |= self._now() >= self._seconds or stop.asked()
        worth = max(self.worth, self._than)
        near = math.isfinite(worth) and gap_of(worth, self.bound) <= self._gap
        return near or self.late or self._relaxation.infeasible

    def found(self, plan: Solution, most: float, late: bool) -> Found:
        """The best plan; `most`: what none can exceed here or elsewhere, `late`: whether the clock ended any step."""
        bound = max(most, self.worth)
        return Found(plan, self.worth, bound, late and gap_of(self.worth, bound) > self._gap)

    def take(self, plan: Solution | None) -> None:
        """Keep a plan when it is better than the best and keeps every rule."""
        if plan is None:
            return
        worth = objective(self.instance, plan)
        if self.best is not None and worth <= self.worth + 1e-9:
            return
        if self._keeps_floors(plan) and not faults(self.instance, plan):
            self.best, self.worth = plan, worth
            self._progress(self.worth, self.bound)
        else:
            self._refused = plan

    def _keeps_floors(self, plan: Solution) -> bool:
        """Whether a plan brings for the tiers before what it has to."""
        for floor in self._floors:
            share = self.instance.share if floor.share is None else floor.share
            of_floor = dataclasses.replace(self.instance, worth=floor.worth, share=share)
            if objective(of_floor, plan) < floor.least - 1e-9 * max(1.0, floor.least):
                return False
        return True

    def price(self) -> None:
        """A first bound, by prices of money, and what they make of the network."""
        instance = self.instance
        size = (len(instance.place) + 2 * len(instance.links)) * len(instance.years)
        # A small problem is soon decided in whole numbers.
        trials = int(np.clip(_TRIALS_WORK // max(1, size), _TRIALS_LEAST, _TRIALS_MOST)) if self._much else 1
        until, worth = self._end(_TRIALS_TIME), max(self.worth, self._than, 0.0)

        def enough(bound: float) -> bool:
            late = time.monotonic() > until
            self.hurried |= late
            return late or stop.asked() or gap_of(worth, bound) <= self._gap

        found = Pricing(instance, columns(instance)).best(trials, enough)
        self._ceiling = min(self._ceiling, found[0].worth)
        self._guides = [Guide(near.lit, near.carries) for near in found]
        self._progress(max(self.worth, 0.0), self.bound)

    def relax(self) -> None:
        """The bound; where the linear programme is not even solved once in a part of the time, it is left alone."""
        enough = max(self._than, self.worth) / (1 - self._gap)
        until = self._began + self._seconds * _BOUND_TIME
        first = min(until, self._end(_FIRST_TIME))
        tell = lambda bound: self._progress(max(self.worth, 0.0), self.bound)  # noqa: E731
        self._relaxation.tighten(until, tell, enough, first)
        self.hurried |= time.monotonic() > (until if self._relaxation.values.any() else first)

    def support(self) -> None:
        """A plan from those decisions that the linear programme makes at all."""
        self._among(self._made(), self._gap / 2)

    def near(self) -> None:
        """A plan from those decisions, and from some that the linear programme came near to making."""
        if self.best is None:
            return
        made = self._made()
        reduced = np.where(self._worthless(), -np.inf, self._relaxation.reduced)
        nearest = np.argsort(-np.where(made, np.inf, reduced), kind="stable")[: int(made.sum()) + _NEAR]
        made[nearest[np.isfinite(reduced[nearest])]] = True
        self._among(made, self._gap / 10)

    def _made(self) -> np.ndarray:
        """Columns that the linear programme or the best plan uses."""
        made: np.ndarray = self._relaxation.made | self._free_always
        if self.best is not None:
            made |= self._values(self.best) > 0
        return made

    def _among(self, columns: np.ndarray, gap: float) -> None:
        upper = np.where(columns, self._programme.upper, 0.0)
        self._whole(self._programme.lower, upper, _SUPPORT_BRANCHES, _LAST, gap)

    def anew(self) -> None:
        """Parts of the best plan taken apart and filled up again."""
        if self.best is None or not self._much:
            return
        instance, size = self.instance, len(self.instance.place) + len(self.instance.links)
        steps = int(np.clip(_ANEW_WORK // max(1, size * len(instance.years)), _ANEW_LEAST, _ANEW_MOST))
        solved = self._relaxation.bound <= self._ceiling
        times = 1 if solved else _ANEW_ALONE
        until = self._end(_ANEW_TIME * times)
        guides = [Guide(*self._relaxation.network)] if solved else self._guides
        keeps: Keeps = lambda plan: self._keeps_floors(plan) and not faults(instance, plan)  # noqa: E731
        made = Anew(instance, self.best, keeps, self._random, guides)
        made.go(steps * times, until, self.bound * (1 - self._gap))
        self.hurried |= made.late
        self.take(made.best)

    def mend(self) -> None:
        """Where the likely decisions hold no good plan that keeps every rule: one by way of plans that break some."""
        if self.best is not None and (self._relaxation.large or gap_of(self.worth, self.bound) <= _FAR):
            return
        until = self._end(_MEND_TIME)
        start = None if self._refused is None else self._values(self._refused)
        values = keeping(self._relaxation, self._made(), start, until)
        self.hurried |= time.monotonic() > until
        if values is not None:
            self._take_values(values)

    def narrow(self) -> None:
        """Leave out what no better plan can use, and take together the villages that are alike without it.

        A decision whose reduced cost is more than what lies between plan and bound is in no better plan than this.
        """
        if self.best is None:
            return
        narrower = self._same.without(self._programme.columns, self._worthless())
        same = alike(narrower, self._floors)
        if len(same.small.village) > _NARROWER * len(self._small.village):
            return
        self._ceiling = self.bound
        self._pose(same)
        for step in (self.relax, self.support):
            if not self.done:
                step()

    def _worthless(self) -> np.ndarray:
        """Columns that are in no better plan and not in the best."""
        slack = self._relaxation.bound - max(self.worth, 0.0)
        worthless: np.ndarray = self._relaxation.costing(slack) & ~self._free_always
        if self.best is not None:
            worthless &= self._values(self.best) == 0
        return worthless

    def parts(self) -> None:
        """Parts of the plan decided anew, until nothing is gained or the time for it is up.

        A part is larger when the last one was soon decided, and smaller when it was not.
        """
        idle, size = 0, float(_NODES)
        most = self._seconds * (_LARGE_PART_TIME if self._relaxation.large else _PART_TIME)
        while self.best is not None and idle < _IDLE and not self.done:
            if self._now() >= most:
                self.hurried = True
                return
            before = self.worth
            free = self._free(part(self._small, self._random, int(size)))
            values = self._values(self.best)
            lower = np.where(free, self._programme.lower, values)
            upper = np.where(free, self._programme.upper, values)
            result = self._whole(lower, upper, _PART_BRANCHES, _LAST, self._gap / 10)
            soon = result.values is not None and gap_of(result.worth, result.ceiling) <= self._gap
            size = min(size * _GROWTH, 8 * _NODES) if soon else max(size / _GROWTH**2, _NODES / 3)
            idle = 0 if self.worth > before + 1e-9 * max(1.0, before) else idle + 1

    def whole(self) -> None:
        """The whole programme without what the bound rules out: a decision that would cost more than the gap."""
        slack = self._relaxation.bound - max(self.worth, 0.0)
        values, reduced = self._relaxation.values, self._relaxation.reduced
        upper = np.where(self._worthless(), 0.0, self._programme.upper)
        certain = (values > upper - 1e-9) & (reduced > slack * (1 + 1e-9)) & ~self._free_always
        lower = np.where(certain, upper, self._programme.lower)
        free = int((upper > lower).sum())
        if self.best is not None and free > _WHOLE_COLUMNS:
            return
        branches = _WHOLE_BRANCHES // max(1, free)
        result = self._whole(lower, upper, branches, 1.0, self._gap)
        if math.isfinite(result.ceiling):
            self._relaxation.bound = min(self.bound, max(result.ceiling, self.worth))
        if self.best is None and result.infeasible:
            self._relaxation.infeasible = True

    def _whole(self, lower: np.ndarray, upper: np.ndarray, branches: int, share: float, gap: float) -> Whole:
        until = self._end(share)
        start = None if self.best is None else self._values(self.best)
        result = search_whole(self._relaxation, lower, upper, start, until=until, branches=branches, gap=gap)
        self.hurried |= not result.in_time
        if result.values is not None:
            self._take_values(result.values)
        return result

    def _take_values(self, values: np.ndarray) -> None:
        self.take(affordable(self.instance, self._plan(values)))

    def _now(self) -> float:
        return time.monotonic() - self._began

    def _end(self, share: float) -> float:
        """The time of `time.monotonic` when a step ends that has a share of all the time, from now on."""
        return self._began + min(self._seconds, self._now() + self._seconds * share)

    def _values(self, plan: Solution) -> np.ndarray:
        """Values of the columns that stand for a plan."""
        at, years = self._programme.columns, len(self.instance.years)
        never = np.full(len(self._small.place), years)
        network = Solution(plan.node_start, plan.link_start, never, never)
        values = values_of(self._programme, network)
        for family, count in zip((at.starts, at.serves), self._same.counts(plan), strict=True):
            values[family[family != NONE]] = count[family != NONE]
        return values

    def _plan(self, values: np.ndarray) -> Solution:
        """The plan that values stand for."""
        at = self._programme.columns
        starts, serves = (
            np.where(family != NONE, np.rint(values[np.maximum(family, 0)]), 0).astype(np.int64)
            for family in (at.starts, at.serves)
        )
        return self._same.plan(solution_of(self._programme, values), starts, serves)

    def _free(self, of: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        """Columns that are decided anew for a part: its nodes and places."""
        nodes, places = of
        instance = self._small
        links = nodes[instance.ends].any(axis=1)
        own = self._programme.columns.of(places[instance.place], nodes, links)
        free: np.ndarray = own | self._free_always
        return free
