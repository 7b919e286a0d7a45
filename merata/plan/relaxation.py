"""The bound: the linear programme, made stronger by cuts until nothing more is found or its time is up."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable

import highspy
import numpy as np
import scipy.sparse as sp

from merata.plan import capacity
from merata.plan.cuts import Cut, Dark, Separator, at_values
from merata.plan.load import limited
from merata.plan.programme import Programme
from merata.plan.solver import Solver

Block = tuple[sp.csr_matrix, np.ndarray, np.ndarray]

#: So many rounds of cuts in a row that better the bound by little are the last.
_TAIL = 3
#: A round of cuts that betters the bound by less than this share brings little.
_LITTLE = 1e-5
#: What is decided to this extent counts as made in part.
_MADE = 1e-7
#: A programme with so many entries is large.
_LARGE = 1_500_000


class Relaxation:
    """A programme, the cuts found for it so far, and the linear bound."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.large = programme.matrix.nnz > _LARGE
        """Whether it takes far too long to be solved: the bound then comes from prices of money alone (`layers`)."""
        self.separator = Separator(programme)
        self.limited = limited(programme.instance)
        self.bound = math.inf
        self.infeasible = False
        """Whether no plan at all keeps every rule."""
        self.values = np.zeros(programme.columns.count)
        self.reduced = np.zeros(programme.columns.count)
        self._blocks: list[Block] = [(programme.matrix, programme.least, programme.most)]
        self._strong: Programme | None = None
        self._solver: Solver | None = None

    @property
    def made(self) -> np.ndarray:
        """Which decisions the linear solution makes, at least in part, (count,) bool."""
        result: np.ndarray = self.values > _MADE
        return result

    @property
    def network(self) -> tuple[np.ndarray, np.ndarray]:
        """How far the linear solution lights each node by each year, (N, T), and uses each link in the end, (E,)."""
        columns = self.programme.columns
        lit = np.cumsum(at_values(self.values, columns.lit), axis=1)
        return lit, at_values(self.values, columns.way).sum(axis=(1, 2))

    def costing(self, slack: float) -> np.ndarray:
        """Which decisions would lower the bound by more than `slack`, (count,) bool."""
        result: np.ndarray = (self.values < 1e-9) & (self.reduced < -slack * (1 + 1e-9))
        return result

    def pose(self, programme: Programme) -> None:
        """Go on with other bounds of rows or another objective: same columns, same rows; the cuts hold for it too."""
        self.programme = programme
        self.bound, self.infeasible = math.inf, False
        self._blocks[0] = (programme.matrix, programme.least, programme.most)
        self._strong = None
        if self._solver is not None:
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

    def broken(self, values: np.ndarray) -> list[Block]:
        """Rows that the values break; empty for whole numbers: they stand for a plan."""
        blocks = [self.separator.dark(values), self.separator.rows(self.separator.broken(values))]
        if self.limited:
            blocks.append(capacity.overloads(self.programme, values))
        return [block for block in blocks if block[0].shape[0]]

    def add(self, blocks: list[Block]) -> None:
        """Keep rows that were found to be broken."""
        self._blocks += blocks
        self._strong = None
        if self._solver is not None:
            for block in blocks:
                self._solver.add(*block)

    def tighten(
        self, until: float, say: Callable[[float], None], enough: float = -math.inf, first: float = math.inf
    ) -> None:
        """Solve, add what is broken, and again, until a time of `time.monotonic` or a bound that is low enough.

        `say` is told each bound. What is not solved once by a time `first` is left alone.
        """
        tail, before = 0, math.inf
        while self._solve(until if self.values.any() else min(until, first)):
            say(self.bound)
            tail = tail + 1 if before - self.bound < _LITTLE * abs(before) else 0
            if tail >= _TAIL or self.bound <= enough or time.monotonic() > until:
                return
            blocks = self.broken(self.values)
            if not blocks:
                return
            before = self.bound
            self.add(blocks)

    def _solve(self, until: float) -> bool:
        if self._solver is None:
            self._solver = Solver(self.strengthened())
        status = self._solver.solve(until)
        if status == highspy.HighsModelStatus.kInfeasible:
            self.infeasible = True
            return False
        if status != highspy.HighsModelStatus.kOptimal:
            return False
        self.bound = min(self.bound, self._solver.worth)
        self.values, self.reduced = self._solver.values, self._solver.reduced
        return True
