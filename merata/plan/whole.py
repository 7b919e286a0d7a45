"""Plans in whole numbers from parts of the programme: what is not free stays as it is, cuts are added as needed."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Protocol

import highspy
import numpy as np
import scipy.sparse as sp

from merata.plan.programme import Programme
from merata.plan.relaxation import Block
from merata.plan.solver import Solver

#: Rows are judged with this slack.
_SLACK = 1e-9
#: Values whose worth differs from the worth told by more than this share are not those that were found.
_ODD = 1e-6


class Cuttable(Protocol):
    """A programme and what is cut off of it: see `merata.plan.relaxation.Relaxation`."""

    programme: Programme

    def strengthened(self) -> Programme:
        """The programme with all the cuts found so far."""

    def broken(self, values: np.ndarray) -> list[Block]:
        """Rows that the values break."""

    def add(self, blocks: list[Block]) -> None:
        """Keep rows that were found to be broken."""


@dataclass(frozen=True)
class Whole:
    """What a search in whole numbers found: values (None: nothing), their worth, and what nothing can exceed there."""

    values: np.ndarray | None
    worth: float
    ceiling: float
    infeasible: bool
    in_time: bool


def search_whole(
    relaxation: Cuttable,
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
        small = _smaller(relaxation.strengthened(), lower, upper)
        if small is None:
            return Whole(None, -math.inf, ceiling, True, True)
        part, free = small
        solver = Solver(part)
        solver.whole(True)
        solver.set(mip_rel_gap=gap, mip_max_nodes=branches, mip_allow_restart=False)
        if start is not None:
            solver.start(start[free])
        status = solver.solve(until)
        fixed = float(relaxation.programme.worth[~free] @ lower[~free])
        ceiling = min(ceiling, solver.ceiling + fixed)
        in_time = status != highspy.HighsModelStatus.kTimeLimit
        infeasible = status == highspy.HighsModelStatus.kInfeasible
        if not solver.feasible:
            return Whole(None, -math.inf, ceiling, infeasible, in_time)
        if start is not None and abs(part.worth @ solver.values - solver.worth) > _ODD * max(
            1.0, solver.worth
        ):
            # HiGHS 1.16 may count what its presolve made of the start, and hand back the start itself.
            start = None
            continue
        values = lower.copy()
        values[free] = solver.values
        count = relaxation.programme.columns.whole
        values[:count] = np.round(values[:count])
        blocks = relaxation.broken(values)
        if not blocks:
            return Whole(values, solver.worth + fixed, ceiling, False, in_time)
        if not in_time:
            return Whole(None, -math.inf, ceiling, False, False)
        relaxation.add(blocks)
        start = None


def _smaller(whole: Programme, lower: np.ndarray, upper: np.ndarray) -> tuple[Programme, np.ndarray] | None:
    """The programme of those columns alone that are free, and which they are; None where the others break a row."""
    free = upper > lower
    matrix = whole.matrix.tocsc()
    settled = matrix[:, ~free] @ lower[~free]
    least, most = whole.least - settled, whole.most - settled
    inside = matrix[:, free].tocsr()
    high, low = _extremes(inside, lower[free], upper[free])
    if ((high < least - _SLACK) | (low > most + _SLACK)).any():
        return None
    open_ = (high > most + _SLACK) | (low < least - _SLACK)
    columns = dataclasses.replace(
        whole.columns, count=int(free.sum()), whole=int(free[: whole.columns.whole].sum())
    )
    part = dataclasses.replace(
        whole,
        columns=columns,
        worth=whole.worth[free],
        lower=lower[free],
        upper=upper[free],
        matrix=inside[open_],
        least=least[open_],
        most=most[open_],
    )
    return part, free


def _extremes(matrix: sp.csr_matrix, lower: np.ndarray, upper: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The most and the least that every row can come to."""
    up, down = matrix.copy(), matrix.copy()
    up.data, down.data = np.maximum(up.data, 0), np.minimum(down.data, 0)
    endless = np.isinf(upper)
    finite = np.where(endless, 0.0, upper)
    high = up @ finite + down @ lower
    low = up @ lower + down @ finite
    high[np.asarray(up[:, endless].sum(axis=1)).ravel() > 0] = np.inf
    low[np.asarray(down[:, endless].sum(axis=1)).ravel() < 0] = -np.inf
    return high, low
