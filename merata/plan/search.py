"""Finds the best decision with HiGHS: a linear bound, a plan rounded from it, then branch and bound where needed."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np

from merata.plan.decision import NONE, Decision
from merata.plan.model import Model, model
from merata.plan.problem import Problem

#: Always the same, so that the same problem gives the same plan.
_SEED = 1
_WHOLE = 1e-6
#: Work is limited by counts, not by the clock, so that every machine ends at the same plan: villages decided anew on
#: the border beside those that the linear values split, branches of the tree there, and for the whole programme
#: branches, fewer when it has more columns.
_BORDER = 10
_BORDER_NODES = 20
#: Where the border is more than this share of all, the whole programme is as quick.
_SMALL = 0.6
_NODES = 2_000
#: Branches grow dearer faster than columns: so many over columns to the power 1.6 (1,600 for 20 villages with three
#: funds, 20 for 230, none beyond 65,000 columns, where the rounded plan is near enough anyway).
_NODE_COLUMNS = 5e7


@dataclass(frozen=True)
class Found:
    """A decision and how good any could be."""

    decision: Decision
    bound: float
    stopped_early: bool

    @property
    def gap(self) -> float:
        """(bound - objective) / bound; 0 when the bound is 0."""
        return gap_of(self.decision.objective, self.bound)


def gap_of(objective: float, bound: float) -> float:
    """How much better any plan could be, as a share of the bound; 0 when the bound is 0."""
    return max(0.0, (bound - objective) / bound) if bound > 0 else 0.0


def search(
    problem: Problem, gap: float, seconds: float, progress: Callable[[str], None] | None = None
) -> Found:
    """The best decision that is found, with a proven bound.

    Parameters
    ----------
    problem : what to choose from.
    gap : stop when the decision is proven to be within this share of the best.
    seconds : stop after so long anyway; `stopped_early` is then true and another machine may find another decision.
    progress : is told what has been found so far.

    """
    say = progress or (lambda _: None)
    best = Decision(problem)
    best.improve()
    ceiling = _ceiling(problem)
    if gap_of(best.objective, ceiling) <= gap or not len(problem.place):
        return Found(best, max(ceiling, best.objective), stopped_early=False)
    programme = model(problem)
    if not len(programme.offer):
        return Found(best, best.objective, stopped_early=False)
    say(f"{len(programme.offer):,} choices, {len(programme.upper):,} rules")
    run = _Run(programme, best, ceiling, gap, time.monotonic() + seconds)
    for step in (run.relax, run.near, run.whole):
        step()
        say(f"within {gap_of(run.best.objective, run.bound):.2%} of the best possible")
        if run.stopped_early or gap_of(run.best.objective, run.bound) <= gap:
            break
    return Found(run.best, max(run.bound, run.best.objective), run.stopped_early)


def _ceiling(problem: Problem) -> float:
    """No plan brings more than the best offer of every place in the first year in which anything can be paid."""
    best = np.zeros(problem.shape[0])
    np.maximum.at(best, problem.place, problem.weight)
    payable = np.flatnonzero((problem.budget > 0).any(axis=0))
    free = bool(len(problem.place)) and bool((problem.capex + problem.opex == 0).any())
    first = 0 if free else (int(payable[0]) if len(payable) else None)
    return math.fsum(best) * float(problem.value[first]) if first is not None else 0.0


class _Run:
    """One search: its solver, the best decision so far, and the bound so far."""

    def __init__(self, programme: Model, best: Decision, bound: float, gap: float, until: float) -> None:
        self.programme = programme
        self.best = best
        self.bound = bound
        self.stopped_early = False
        self._gap = gap
        self._until = until
        self._columns = np.arange(len(programme.offer), dtype=np.int32)
        self._values = np.zeros(len(programme.offer))
        self._duals = np.zeros(len(programme.offer))
        self._solver = _solver(programme)

    def relax(self) -> None:
        """Solve without whole numbers, which gives a bound, and round the result."""
        if self._solve() != highspy.HighsModelStatus.kOptimal:
            self.stopped_early = True
            return
        self.bound = min(self.bound, float(self._solver.getInfo().objective_function_value))
        solution = self._solver.getSolution()
        self._values, self._duals = np.array(solution.col_value), np.array(solution.col_dual)
        self._take(self._values)

    def near(self) -> None:
        """Decide anew only about the villages on the border between built and not; the others stay as they are."""
        free = self._border()
        if free.mean() > _SMALL:
            return
        lower = np.where(free, 0.0, np.round(self._values))
        upper = np.where(free, self.programme.number.astype(float), np.round(self._values))
        self._solver = _solver(self.programme)
        self._bounds(lower, upper)
        self._integral()
        self._options(
            mip_rel_gap=self._gap / 4,
            mip_max_nodes=_BORDER_NODES,
            objective_target=self.bound * (1 - self._gap / 2),
        )
        self._solve()
        self._take_found()

    def whole(self) -> None:
        """Solve with whole numbers, started from the best decision so far; nothing where that is too big."""
        nodes = min(_NODES, int(_NODE_COLUMNS / len(self._columns) ** 1.6))
        if nodes < 1:
            return
        self._solver = _solver(self.programme)
        self._integral()
        self._options(mip_rel_gap=self._gap, mip_max_nodes=nodes, objective_target=highspy.kHighsInf)
        start = highspy.HighsSolution()
        start.col_value = _counts(self.programme, self.best)
        self._solver.setSolution(start)
        self._solve()
        bound = float(self._solver.getInfo().mip_dual_bound)
        self.bound = min(self.bound, bound) if math.isfinite(bound) else self.bound
        self._take_found()

    def _border(self) -> np.ndarray:
        """Columns of the villages whose linear values are split, and of those that cost least to decide otherwise."""
        programme = self.programme
        split = np.abs(self._values - np.round(self._values)) > _WHOLE
        # The same offer in the same year from another fund is no other decision.
        keys = np.stack([programme.class_of, programme.offer, programme.year])
        _, group = np.unique(keys, axis=1, return_inverse=True)
        resting = np.bincount(group, self._values)[group] < _WHOLE
        least = np.full(int(programme.class_of.max()) + 1, np.inf)
        np.minimum.at(least, programme.class_of[resting], np.abs(self._duals[resting]))
        divided = np.unique(programme.class_of[split])
        least[divided] = -1.0
        free = np.zeros(len(least), dtype=bool)
        free[np.argsort(least, kind="stable")[: len(divided) + _BORDER]] = True
        result: np.ndarray = free[programme.class_of]
        return result

    def _solve(self) -> highspy.HighsModelStatus:
        self._options(time_limit=max(0.01, self._until - time.monotonic()))
        _check(self._solver.run())
        status = self._solver.getModelStatus()
        self.stopped_early = status == highspy.HighsModelStatus.kTimeLimit
        return status

    def _take_found(self) -> None:
        if self._solver.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
            self._take(np.array(self._solver.getSolution().col_value))

    def _take(self, values: np.ndarray) -> None:
        decision = _rounded(self.programme, values)
        self.best = decision if decision.objective > self.best.objective else self.best

    def _bounds(self, lower: np.ndarray, upper: np.ndarray) -> None:
        _check(self._solver.changeColsBounds(len(self._columns), self._columns, lower, upper))

    def _integral(self) -> None:
        kinds = np.full(len(self._columns), highspy.HighsVarType.kInteger)
        _check(self._solver.changeColsIntegrality(len(self._columns), self._columns, kinds))

    def _options(self, **options: float) -> None:
        for name, value in options.items():
            _check(self._solver.setOptionValue(name, value))


class _Quiet(highspy.Highs):
    """A solver that prints nothing: not even its name, which would stand in the middle of a command's JSON."""

    def enableCallbacks(self) -> None:  # noqa: N802 — the name in highspy; its constructor calls it
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def _solver(programme: Model) -> highspy.Highs:
    solver = _Quiet()  # type: ignore[no-untyped-call]
    fixed: dict[str, bool | float | str] = {
        "threads": 1,
        "parallel": "off",
        "random_seed": _SEED,
        "mip_abs_gap": 0.0,
        "mip_allow_restart": False,
    }
    for name, value in fixed.items():
        solver.setOptionValue(name, value)
    lp = highspy.HighsLp()
    rows, columns = programme.matrix.shape
    lp.num_col_, lp.num_row_ = columns, rows
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = programme.cost
    lp.col_lower_ = np.zeros(columns)
    lp.col_upper_ = programme.number.astype(float)
    lp.row_lower_ = np.full(rows, -highspy.kHighsInf)
    lp.row_upper_ = programme.upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = programme.matrix.indptr
    lp.a_matrix_.index_ = programme.matrix.indices
    lp.a_matrix_.value_ = programme.matrix.data
    _check(solver.passModel(lp))
    return solver


def _check(status: highspy.HighsStatus) -> None:
    if status == highspy.HighsStatus.kError:
        raise RuntimeError(
            "HiGHS refused the model of the plan: this is a mistake of Merata; please report it"
        )


def _counts(programme: Model, decision: Decision) -> np.ndarray:
    """The values of the programme's columns that stand for a decision."""
    position = {key: n for n, key in enumerate(_keys(programme))}
    values = np.zeros(len(programme.offer))
    for n, group in enumerate(programme.classes.places):
        for places in group:
            for place, like in zip(places.tolist(), group[0].tolist(), strict=True):
                if decision.offer[place] != NONE:
                    offer = _twin(programme.problem, int(decision.offer[place]), place, like)
                    values[position[n, offer, int(decision.year[place]), int(decision.fund[place])]] += 1
            start = position.get((n, NONE, decision.start(int(places[0])), NONE))
            if start is not None:
                values[start] += 1
    return values


def _keys(programme: Model) -> zip[tuple[int, int, int, int]]:
    columns = (programme.class_of, programme.offer, programme.year, programme.fund)
    return zip(*(column.tolist() for column in columns), strict=True)


def _twin(problem: Problem, offer: int, place: int, like: int) -> int:
    """The offer of place `like` that stands where `offer` stands among those of `place`."""
    first = np.searchsorted(problem.place, [place, like])
    return offer - int(first[0]) + int(first[1])


def _rounded(programme: Model, values: np.ndarray) -> Decision:
    """The decision that whole parts of `values` stand for, as far as the rules allow, then improved."""
    whole = np.floor(values + _WHOLE).astype(np.int64)
    points: list[tuple[int, int, int, int]] = []
    for places, columns in _positions(programme, np.flatnonzero(whole)):
        years = np.repeat(columns, whole[columns])
        years = years[np.argsort(programme.year[years], kind="stable")][: len(places)]
        for place, column in zip(places.tolist(), years.tolist(), strict=False):
            offer = int(programme.offer[column])
            twin = _twin(programme.problem, offer, int(programme.problem.place[offer]), place)
            points.append((int(programme.year[column]), place, twin, int(programme.fund[column])))
    decision = Decision(programme.problem)
    # By year, and within it in order of places, in which the office comes first.
    for year, place, offer, fund in sorted(points):
        decision.put_if_allowed(place, offer, year, fund)
    decision.improve()
    return decision


def _positions(programme: Model, columns: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each place of each class that has something: that place in all its villages, and its columns."""
    by_place: dict[tuple[int, int], list[int]] = {}
    for column in columns.tolist():
        offer = int(programme.offer[column])
        if offer != NONE:
            key = (int(programme.class_of[column]), int(programme.problem.place[offer]))
            by_place.setdefault(key, []).append(column)
    result = []
    for (n, place), here in sorted(by_place.items()):
        group = programme.classes.places[n]
        position = int(np.flatnonzero(group[0] == place)[0])
        result.append((group[:, position], np.array(here)))
    return result
