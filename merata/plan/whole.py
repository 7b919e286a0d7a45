"""Plans in whole numbers from parts of the programme: what is not free stays as it is, cuts are added as needed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import highspy
import numpy as np

from merata.plan.relaxation import Relaxation
from merata.plan.solver import Solver


@dataclass(frozen=True)
class Whole:
    """What a search in whole numbers found: values (None: nothing), their worth, and what nothing can exceed there."""

    values: np.ndarray | None
    worth: float
    ceiling: float
    infeasible: bool
    in_time: bool


def search_whole(
    relaxation: Relaxation,
    lower: np.ndarray,
    upper: np.ndarray,
    start: np.ndarray | None,
    *,
    until: float,
    branches: int,
    gap: float,
) -> Whole:
    """The best plan within the bounds of every column, found with at most so many branches.

    Whatever the network still allows that is no plan (nodes lit in a ring, too much on a link) is cut off, and the
    search begins again.
    """
    ceiling = math.inf
    while True:
        solver = Solver(relaxation.strengthened())
        solver.bounds(lower, upper)
        solver.whole(True)
        solver.set(mip_rel_gap=gap, mip_max_nodes=branches, mip_allow_restart=False)
        if start is not None:
            solver.start(start)
        status = solver.solve(until)
        ceiling = min(ceiling, solver.ceiling)
        in_time = status != highspy.HighsModelStatus.kTimeLimit
        infeasible = status == highspy.HighsModelStatus.kInfeasible
        if not solver.feasible:
            return Whole(None, -math.inf, ceiling, infeasible, in_time)
        values = solver.values.copy()
        count = relaxation.programme.columns.whole
        values[:count] = np.round(values[:count])
        blocks = relaxation.broken(values)
        if not blocks:
            return Whole(values, solver.worth, ceiling, False, in_time)
        if not in_time:
            return Whole(None, -math.inf, ceiling, False, False)
        relaxation.add(blocks)
        start = None
