"""HiGHS for the planner: one linear or integer programme that grows by cuts, always solved the same way."""

from __future__ import annotations

import math
import time
from typing import Any

import highspy
import numpy as np
import scipy.sparse as sp

from merata.plan import stop
from merata.plan.programme import Programme

#: Always the same, so that the same problem gives the same plan.
_SEED = 1


class Solver:
    """A linear programme in HiGHS: maximise, with rows that can be added and bounds that can be changed."""

    def __init__(self, programme: Programme) -> None:
        self._highs = _Quiet()  # type: ignore[no-untyped-call]
        if stop.heeded():
            self._highs.cbSimplexInterrupt += _end_if_asked
            self._highs.cbMipInterrupt += _end_if_asked
        self._columns = np.arange(programme.columns.count, dtype=np.int32)
        self._whole = programme.columns.whole
        self.set(threads=1, parallel="off", random_seed=_SEED, mip_abs_gap=0.0)
        _check(self._highs.passModel(_lp(programme)))
        self.values = np.zeros(len(self._columns))
        """Of every column, after the last solve that found any."""
        self.reduced = np.zeros(len(self._columns))
        """Reduced costs, after a linear solve."""

    def set(self, **options: bool | float | str) -> None:
        """Options of HiGHS, by its names."""
        for name, value in options.items():
            _check(self._highs.setOptionValue(name, value))

    def add(self, matrix: sp.csr_matrix, least: np.ndarray, most: np.ndarray) -> None:
        """More rows."""
        if matrix.shape[0]:
            _check(
                self._highs.addRows(
                    matrix.shape[0], least, most, matrix.nnz, matrix.indptr[:-1], matrix.indices, matrix.data
                )
            )

    def bounds(self, lower: np.ndarray, upper: np.ndarray) -> None:
        """Other bounds of the columns."""
        _check(self._highs.changeColsBounds(len(self._columns), self._columns, lower, upper))

    def pose(self, programme: Programme) -> None:
        """Another programme that differs in the objective and in the bounds of its rows, the first ones, alone."""
        which = np.arange(len(programme.most), dtype=np.int32)
        # The stubs of highspy lack it.
        _check(self._highs.changeRowsBounds(len(which), which, programme.least, programme.most))  # type: ignore[attr-defined]
        _check(self._highs.changeColsCost(len(self._columns), self._columns, programme.worth))

    def whole(self, yes: bool) -> None:
        """Whether decisions are whole numbers from now on."""
        kinds = np.full(len(self._columns), highspy.HighsVarType.kContinuous)
        kinds[: self._whole] = highspy.HighsVarType.kInteger if yes else highspy.HighsVarType.kContinuous
        _check(self._highs.changeColsIntegrality(len(self._columns), self._columns, kinds))

    def start(self, values: np.ndarray) -> None:
        """A plan to start the search of whole numbers from."""
        solution = highspy.HighsSolution()
        solution.col_value = values.tolist()
        self._highs.setSolution(solution)

    def solve(self, until: float) -> highspy.HighsModelStatus:
        """Solve until a time of `time.monotonic`; the status says how it went.

        Whoever is asked to stop has no time left.
        """
        left = 0.0 if stop.asked() else until - time.monotonic()
        # HiGHS counts the time of all runs of one model together.
        self.set(time_limit=self._highs.getRunTime() + max(0.05, left))
        if self._ran() == highspy.HighsStatus.kError:
            # Its presolve may fail where nearly everything is fixed: once more without.
            self.set(presolve="off")
            self._ran()
            self.set(presolve="choose")
        info = self._highs.getInfo()
        if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
            solution = self._highs.getSolution()
            self.values = np.array(solution.col_value)
            if solution.dual_valid:
                self.reduced = np.array(solution.col_dual)
        status = self._highs.getModelStatus()
        interrupted = status == highspy.HighsModelStatus.kInterrupt
        return highspy.HighsModelStatus.kTimeLimit if interrupted else status

    def _ran(self) -> highspy.HighsStatus:
        with stop.solving():
            return self._highs.run()

    @property
    def feasible(self) -> bool:
        """Whether the last solve found values that keep every row."""
        status = self._highs.getInfo().primal_solution_status
        return bool(status == highspy.SolutionStatus.kSolutionStatusFeasible)

    @property
    def worth(self) -> float:
        """The objective of the last solve."""
        return float(self._highs.getInfo().objective_function_value)

    @property
    def ceiling(self) -> float:
        """What no whole-number solution can exceed, after such a solve; inf where nothing is proven."""
        bound = float(self._highs.getInfo().mip_dual_bound)
        return bound if math.isfinite(bound) else math.inf


class _Quiet(highspy.Highs):
    """A solver that prints nothing: not even its name, which would stand in the middle of a command's JSON."""

    def enableCallbacks(self) -> None:  # noqa: N802 — the name in highspy; its constructor calls it
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def _end_if_asked(event: Any) -> None:
    """What HiGHS does every now and then where somebody takes requests to stop."""
    if stop.asked():
        event.interrupt()


def _lp(programme: Programme) -> highspy.HighsLp:
    lp = highspy.HighsLp()
    rows, columns = programme.matrix.shape
    lp.num_col_, lp.num_row_ = columns, rows
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = programme.worth
    lp.col_lower_, lp.col_upper_ = programme.lower, programme.upper
    lp.row_lower_, lp.row_upper_ = programme.least, programme.most
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = programme.matrix.indptr
    lp.a_matrix_.index_ = programme.matrix.indices
    lp.a_matrix_.value_ = programme.matrix.data
    return lp


def _check(status: highspy.HighsStatus) -> None:
    if status == highspy.HighsStatus.kError:
        raise RuntimeError(
            "HiGHS refused the model of the plan: this is a mistake of Merata; please report it"
        )
