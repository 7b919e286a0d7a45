"""The bound: the linear programme, made stronger by cuts until nothing more is found or its time is up.

A programme of a usual size is solved by the simplex method, one that is large by a method of first order.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np
import scipy.sparse as sp

from merata.plan import capacity, stop
from merata.plan.cuts import ALL, SOME, Cut, Dark, Search, Separator, at_values
from merata.plan.first_order import FirstOrder
from merata.plan.load import limited
from merata.plan.programme import Programme
from merata.plan.solver import Solver

Block = tuple[sp.csr_matrix, np.ndarray, np.ndarray]

#: So many rounds of cuts in a row that better the bound by little are the last.
_TAIL = 3
#: A programme with so many entries is large; it takes so many steps at first, and after each round of cuts.
_LARGE = 1_500_000
_FIRST_STEPS, _STEPS = 300, 300


@dataclass(frozen=True)
class Solved:
    """What to make of a linear solution."""

    made: float
    """What is decided to this extent counts as made in part."""
    little: float
    """A round of cuts that betters the bound by less than this share brings little."""
    cuts: Search
    """How thoroughly broken cuts are looked for."""


_EXACT = Solved(made=1e-7, little=1e-5, cuts=ALL)
_NEAR = Solved(made=0.1, little=3e-4, cuts=SOME)


class Relaxation:
    """A programme, the cuts found for it so far, and the linear bound."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.large = programme.matrix.nnz > _LARGE
        """Whether there is no exact solution, only a bound and values near one."""
        self._solved = _NEAR if self.large else _EXACT
        self.separator = Separator(programme)
        self.limited = limited(programme.instance)
        self.bound = math.inf
        self.infeasible = False
        """Whether no plan at all keeps every rule."""
        self.values = np.zeros(programme.columns.count)
        self.reduced = np.zeros(programme.columns.count)
        self._blocks: list[Block] = [(programme.matrix, programme.least, programme.most)]
        self._strong: Programme | None = None
        self._solver = FirstOrder(programme) if self.large else Solver(programme)
        if self.large:
            # Each call of a method of first order is long: it had better know from the first on.
            self.learn(*self.separator.beforehand())

    @property
    def made(self) -> np.ndarray:
        """Which decisions the linear solution makes, at least in part, (count,) bool."""
        result: np.ndarray = self.values > self._solved.made
        return result

    @property
    def network(self) -> tuple[np.ndarray, np.ndarray]:
        """How far the linear solution lights each node by each year, (N, T), and uses each link in the end, (E,)."""
        columns = self.programme.columns
        lit = np.cumsum(at_values(self.values, columns.lit), axis=1)
        return lit, at_values(self.values, columns.way).sum(axis=(1, 2))

    def costing(self, slack: float) -> np.ndarray:
        """Which decisions would lower the bound by more than `slack`, (count,) bool."""
        # The bound of a large programme comes from prices alone, and holds for what they leave at 0.
        result: np.ndarray = ((self.values < 1e-9) | self.large) & (self.reduced < -slack * (1 + 1e-9))
        return result

    def pose(self, programme: Programme) -> None:
        """Go on with other bounds of rows or another objective: same columns, same rows; the cuts hold for it too."""
        self.programme = programme
        self.bound, self.infeasible = math.inf, False
        self._blocks[0] = (programme.matrix, programme.least, programme.most)
        self._strong = None
        self._solver.pose(programme)

    def learn(self, cuts: list[Cut], dark: list[Dark]) -> None:
        """Take over what was found for another programme over the same network: see `Separator.found`."""
        self.add([block for block in self.separator.again(cuts, dark) if block[0].shape[0]])

    def strengthened(self) -> Programme:
        """The programme with all the cuts found so far."""
        if self._strong is None:
            matrix = sp.vstack([block[0] for block in self._blocks], format="csr")
            least, most = (np.concatenate([block[n] for block in self._blocks]) for n in (1, 2))
            self._strong = dataclasses.replace(self.programme, matrix=matrix, least=least, most=most)
        return self._strong

    def broken(self, values: np.ndarray, how: Search = ALL) -> list[Block]:
        """Rows that the values break; empty for whole numbers: they stand for a plan."""
        blocks = [self.separator.dark(values, how), self.separator.rows(self.separator.broken(values, how))]
        if self.limited:
            blocks.append(capacity.overloads(self.programme, values))
        return [block for block in blocks if block[0].shape[0]]

    def add(self, blocks: list[Block]) -> None:
        """Keep rows that were found to be broken."""
        self._blocks += blocks
        self._strong = None
        if isinstance(self._solver, Solver):
            for block in blocks:
                self._solver.add(*block)

    def tighten(self, until: float, say: Callable[[float], None], enough: float = -math.inf) -> None:
        """Solve, add what is broken, and again, until a time of `time.monotonic` or a bound that is low enough.

        `say` is told each bound.
        """
        tail, before = 0, math.inf
        while self._solve(until):
            say(self.bound)
            tail = tail + 1 if before - self.bound < self._solved.little * abs(before) else 0
            if tail >= _TAIL or self.bound <= enough or time.monotonic() > until:
                return
            blocks = self.broken(self.values, self._solved.cuts)
            if not blocks:
                return
            before = self.bound
            self.add(blocks)

    def _solve(self, until: float) -> bool:
        if isinstance(self._solver, FirstOrder):
            return self._near(self._solver, until)
        return self._exact(self._solver, until)

    def _near(self, solver: FirstOrder, until: float) -> bool:
        if stop.asked() or time.monotonic() > until:
            return False
        solver.solve(self.strengthened(), _STEPS if self.values.any() else _FIRST_STEPS, until)
        self.bound = min(self.bound, solver.bound)
        self.values, self.reduced = solver.values, solver.reduced
        return True

    def _exact(self, solver: Solver, until: float) -> bool:
        status = solver.solve(until)
        if status == highspy.HighsModelStatus.kInfeasible:
            self.infeasible = True
            return False
        if status != highspy.HighsModelStatus.kOptimal:
            return False
        self.bound = min(self.bound, solver.worth)
        self.values, self.reduced = solver.values, solver.reduced
        return True
