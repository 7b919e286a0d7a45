"""The bound of large programmes: it holds at any prices, comes near the optimum, and a search can live on it."""

import dataclasses
import time

import numpy as np
import pytest
from brute import best
from highspy import HighsModelStatus
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import seeded

from merata.errors import NoPlanError
from merata.plan import first_order, relaxation
from merata.plan.audit import faults
from merata.plan.first_order import FirstOrder, bound_of, once
from merata.plan.instance import Instance
from merata.plan.programme import MILLION, Programme, programme
from merata.plan.search import search
from merata.plan.solver import Solver


def _programme(seed: int) -> Programme:
    """The programme of a tiny problem, with an upper bound for its money as well."""
    instance = seeded(seed)
    made = programme(instance)
    most = max(1.0, float(instance.money.sum()) / MILLION)
    return dataclasses.replace(made, upper=np.where(np.isfinite(made.upper), made.upper, most))


def _optimum(made: Programme) -> float | None:
    """Of the linear programme as it stands, by the simplex method; None where nothing keeps its rows."""
    exact = Solver(made)
    optimal = exact.solve(time.monotonic() + 20) == HighsModelStatus.kOptimal
    return exact.worth if optimal else None


@pytest.fixture
def everything_is_large(monkeypatch):
    """Every programme is solved as a large one."""
    monkeypatch.setattr(relaxation, "_LARGE", -1)


@given(seed=st.integers(0, 300), prices=st.integers(0, 2**32 - 1), size=st.floats(0.001, 100))
@settings(max_examples=40)
def test_no_prices_give_a_bound_below_the_optimum(seed, prices, size):
    made = _programme(seed)
    optimum = _optimum(made)
    any_prices = size * np.random.default_rng(prices).normal(size=len(made.most))
    bound, _ = bound_of(made, any_prices, once(made.columns, made.instance))
    assert optimum is None or bound >= optimum - 1e-6


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.slow
def test_the_bound_comes_near_the_optimum_and_goes_on_where_it_ended(seed):
    made = _programme(seed)
    optimum = _optimum(made)
    solver, bounds = FirstOrder(made), []
    for _ in range(2):
        solver.solve(made, 2_000, time.monotonic() + 20)
        bounds.append(solver.bound)
    assert optimum is None or optimum - 1e-6 <= bounds[1] <= min(bounds[0], optimum * 1.02 + 1e-6)


def test_the_bound_is_the_same_on_one_core_and_on_two(monkeypatch):
    bounds = []
    for threads in (1, 2):
        monkeypatch.setattr(first_order, "_THREADS", threads)
        solver = FirstOrder(_programme(3))
        solver.solve(_programme(3), 500, time.monotonic() + 20)
        bounds.append(solver.bound)
    assert bounds[0] == bounds[1]


def _holds(instance: Instance) -> bool:
    """Whether the search of a large programme keeps every rule, and its bound is no less than the best there is."""
    truth = best(instance, dark=True)
    try:
        found = search(instance, gap=0.0, seconds=3.0)
    except NoPlanError:
        return True
    assert truth is not None
    return (
        not faults(instance, found.solution)
        and found.objective - 1e-6 <= truth.objective <= found.bound + 1e-6
    )


@pytest.mark.slow
def test_a_search_that_takes_everything_for_large_keeps_every_rule_and_a_true_bound(everything_is_large):
    wrong = [
        seed
        for seed in range(12)
        if not _holds(dataclasses.replace(seeded(seed), tier=np.zeros(0, np.int64)))
    ]
    assert wrong == []
