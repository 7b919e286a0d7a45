"""The bound of large programmes by PDLP, whose prices give a bound that holds however far it came.

A simplex method follows one corner after the other, of which a large programme has too many. PDLP (D. Applegate and
others, "Practical large-scale linear programming using primal-dual hybrid gradient", 2021; OR-Tools) only multiplies by
the matrix. It ends near the optimum, not at it. But any prices y of the rows bound every plan (weak duality):
y @ row limits + what columns of a positive reduced cost, worth - matrix.T @ y, bring at their upper bounds. Of columns
that say in which year one thing starts only the best counts: it starts once.

Two changes make it quick; neither changes the problem. Columns that count 'starts in year t' become 'has started by
year t', which turns long sums of years into single entries. Money is counted in about a year's budget, and worth in the
largest worth of a column, so that all numbers are of one size.
"""

from __future__ import annotations

import dataclasses
import time

import numpy as np
import scipy.sparse as sp
from ortools.pdlp import solvers_pb2
from ortools.pdlp.python import pdlp

from merata.plan.columns import Columns
from merata.plan.instance import NONE, Instance
from merata.plan.programme import MILLION, Programme

#: As far as PDLP goes by itself, as a share; more steps better the bound by less than that.
_ENOUGH = 1e-6
#: Sums are taken in so many parts, whoever does them: the same on any number of threads.
_SHARDS, _THREADS = 8, 2
#: How far prices weigh against values. PDLP would look for it anew with each call.
_WEIGHT = 0.3


class FirstOrder:
    """A linear programme that grows by cuts: values near the best, prices, and the bound that they give."""

    def __init__(self, programme: Programme) -> None:
        money, columns = programme.instance.money, programme.columns
        some = money[money > 0]
        self._most_money = float(money.sum()) / MILLION
        self._unit = max(1.0, float(some.mean()) / MILLION / 2) if len(some) else 1.0
        self._money = np.arange(columns.count) >= columns.whole
        self._scale = np.where(self._money, self._unit, 1.0)
        self._spread = _by_year(columns, programme.instance)
        self._order = _order(self._spread)
        self._once = once(columns, programme.instance)
        self._matrix, self._row_scale = sp.csr_array((0, columns.count)), np.zeros(0)
        self._primal: np.ndarray | None = None
        self._prices, self._order_prices = np.zeros(0), np.zeros(self._order.shape[0])
        self.values = np.zeros(columns.count)
        """Of every column, near a solution: rows are kept but for a little."""
        self.reduced = np.zeros(columns.count)
        """Reduced costs at the prices that `bound` was made of."""
        self.bound = np.inf
        """The lowest that any prices gave so far."""

    def pose(self, programme: Programme) -> None:
        """Another programme that differs in the objective and in the bounds of its rows, the first ones, alone.

        Its bound is another; where the last one ended is a start for it.
        """
        self.bound = np.inf

    def solve(self, programme: Programme, steps: int, until: float) -> None:
        """So many steps from where the last ones ended; rows may have been added behind those there were.

        Parameters
        ----------
        programme : with all rows.
        steps : how many, at most.
        until : no longer than this time of `time.monotonic`.
        """
        self._grow(programme.matrix)
        upper = np.where(np.isfinite(programme.upper), programme.upper, self._most_money)
        worth_unit = max(float(np.abs(programme.worth).max(initial=0.0)), 1e-9)
        rows, many = self._row_scale, self._order.shape[0]
        result = pdlp.primal_dual_hybrid_gradient(
            _quadratic(
                sp.vstack([self._matrix, self._order], format="csc"),
                (self._spread.T @ programme.worth) * self._scale / worth_unit,
                np.concatenate([programme.least * rows, np.zeros(many)]),
                np.concatenate([programme.most * rows, np.full(many, np.inf)]),
                upper / self._scale,
            ),
            _parameters(steps, until),
            *self._start(),
        )
        self._primal, prices = np.array(result.primal_solution), np.array(result.dual_solution)
        self._prices, self._order_prices = prices[: len(rows)], prices[len(rows) :]
        self.values = np.clip(self._spread @ (self._primal * self._scale), 0.0, upper)
        self._take(dataclasses.replace(programme, upper=upper), -self._prices * rows * worth_unit)

    def _grow(self, matrix: sp.csr_matrix) -> None:
        """Take in the rows that are new, in the units that PDLP is given."""
        new = matrix[self._matrix.shape[0] :]
        amounts = np.asarray(abs(new) @ self._money).ravel() > 0
        scale = np.where(amounts, 1 / self._unit, 1.0)
        rows = sp.csr_array(sp.diags_array(scale) @ new @ self._spread @ sp.diags_array(self._scale))
        self._matrix = sp.vstack([self._matrix, _without_zeros(rows)], format="csr")
        self._row_scale = np.concatenate([self._row_scale, scale])

    def _start(self) -> tuple[pdlp.PrimalAndDualSolution, ...]:
        if self._primal is None:
            return ()
        start = pdlp.PrimalAndDualSolution()
        start.primal_solution = self._primal
        new = np.zeros(len(self._row_scale) - len(self._prices))
        start.dual_solution = np.concatenate([self._prices, new, self._order_prices])
        return (start,)

    def _take(self, programme: Programme, prices: np.ndarray) -> None:
        """The bound that prices of rows give, when it is the lowest so far, and its reduced costs."""
        bound, reduced = bound_of(programme, prices, self._once)
        if bound <= self.bound:
            self.bound, self.reduced = bound, reduced


def bound_of(programme: Programme, prices: np.ndarray, once: np.ndarray) -> tuple[float, np.ndarray]:
    """What no solution of a programme can exceed by weak duality, and by how much each column lowers that at least.

    Parameters
    ----------
    programme : all of whose columns have an upper bound, and 0 as the lower one.
    prices : of the rows, any numbers at all (R,): of a row that only has a most, or only a least, a price of the wrong
        sign counts as none.
    once : columns of one number are together at most their upper bound, (count,).

    Returns
    -------
    The bound, and for each column what the bound loses for each unit of it, at most 0, (count,).
    """
    wrong = ((prices > 0) & ~np.isfinite(programme.most)) | ((prices < 0) & ~np.isfinite(programme.least))
    prices = np.where(wrong, 0.0, prices)
    reduced = programme.worth - programme.matrix.T @ prices
    limit = np.where(prices > 0, programme.most, programme.least)
    rows = float(limit[prices != 0] @ prices[prices != 0])
    best, upper = np.zeros(once.max(initial=NONE) + 1), np.zeros(once.max(initial=NONE) + 1)
    np.maximum.at(best, once, reduced)
    np.maximum.at(upper, once, programme.upper)
    return rows + float(best @ upper), reduced - best[once]


def _chains(at: Columns, instance: Instance) -> list[np.ndarray]:
    """The families of columns of which each row starts once, each (things, T)."""
    families = (at.lit, at.way, at.extra, at.begun, at.starts[instance.lasting])
    return [family.reshape(-1, family.shape[-1]) for family in families]


def once(at: Columns, instance: Instance) -> np.ndarray:
    """A number for each column: columns of one number say when one thing starts, and are together at most 1 of it."""
    result = np.arange(at.count)
    for chain in _chains(at, instance):
        first = np.where(chain != NONE, chain, at.count).min(axis=1, initial=at.count)
        there = chain != NONE
        result[chain[there]] = np.broadcast_to(first[:, None], chain.shape)[there]
    return result


def _by_year(at: Columns, instance: Instance) -> sp.csr_array:
    """The columns by what has started by a year: a matrix S with columns = S @ (started by each year)."""
    late, early = [], []
    for chain in _chains(at, instance):
        both = (chain[:, 1:] != NONE) & (chain[:, :-1] != NONE)
        late.append(chain[:, 1:][both])
        early.append(chain[:, :-1][both])
    row, column = np.concatenate(late), np.concatenate(early)
    ones = np.ones(len(row))
    spread = sp.eye_array(at.count) - sp.coo_array((ones, (row, column)), shape=(at.count, at.count))
    return sp.csr_array(spread)


def _order(spread: sp.csr_array) -> sp.csr_array:
    """Rows that say: what has started by a year has by the next."""
    return spread[np.diff(spread.indptr) > 1]


def _without_zeros(matrix: sp.csr_array) -> sp.csr_array:
    matrix.data[np.abs(matrix.data) < 1e-12] = 0.0
    matrix.eliminate_zeros()
    return matrix


def _quadratic(
    matrix: sp.csc_array, worth: np.ndarray, least: np.ndarray, most: np.ndarray, upper: np.ndarray
) -> pdlp.QuadraticProgram:
    """The programme in the words of PDLP, which makes least what ours makes most."""
    result = pdlp.QuadraticProgram()
    result.objective_vector = -worth
    result.constraint_matrix = sp.csc_matrix(matrix)
    result.constraint_lower_bounds, result.constraint_upper_bounds = least, most
    result.variable_lower_bounds, result.variable_upper_bounds = np.zeros(len(worth)), upper
    return result


def _parameters(steps: int, until: float) -> solvers_pb2.PrimalDualHybridGradientParams:
    result = solvers_pb2.PrimalDualHybridGradientParams()
    result.num_threads, result.num_shards, result.verbosity_level = _THREADS, _SHARDS, 0
    result.presolve_options.use_glop = False
    enough = result.termination_criteria.simple_optimality_criteria
    enough.eps_optimal_relative = enough.eps_optimal_absolute = _ENOUGH
    result.termination_criteria.iteration_limit = steps
    result.initial_primal_weight, result.primal_weight_update_smoothing = _WEIGHT, 0.0
    result.termination_criteria.time_sec_limit = max(0.05, until - time.monotonic())
    return result
