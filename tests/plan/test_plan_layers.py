"""The bound by prices of money: no plan exceeds it at any prices, and it comes near."""

import dataclasses

import numpy as np
import pytest
from brute import best
from hypothesis import given, settings
from hypothesis import strategies as st
from steiner import as_instance, cheapest_trees, cut_off, grid, most_prize, planted, sparse
from tiny import STEP_IDR, instances, seeded, things

from merata.errors import NoPlanError
from merata.plan import relaxation, search
from merata.plan.audit import faults
from merata.plan.columns import columns
from merata.plan.instance import NONE, Instance
from merata.plan.layers import Bound, Pricing


def _pricing(instance: Instance) -> Pricing:
    return Pricing(instance, columns(instance))


def _bound(instance: Instance, trials: int = 80) -> Bound:
    return _pricing(instance).best(trials)[0]


@given(instance=instances(), seed=st.integers(0, 2**32 - 1), size=st.floats(1e-3, 1e3))
@settings(max_examples=40)
def test_no_plan_exceeds_the_bound_at_any_prices(instance, seed, size):
    truth = best(instance)
    if truth is None:
        return
    draw = np.random.default_rng(seed)
    count = len(instance.ceiling) * len(instance.years)
    prices = size * draw.exponential(size=count) / STEP_IDR
    assert _pricing(instance).bound(np.append(prices, draw.random())).worth >= truth.objective - 1e-9


@pytest.mark.slow
def test_no_plan_exceeds_the_lowest_bound_in_hundreds_of_cases():
    truths = {seed: best(seeded(seed)) for seed in range(100)}
    too_low = [
        seed
        for seed, truth in truths.items()
        if truth is not None and _bound(seeded(seed)).worth < truth.objective - 1e-9
    ]
    assert too_low == []


@pytest.mark.parametrize("graph", [sparse(1, 12, 20, 6), sparse(2, 12, 20, 6), grid(1, 4, 6), grid(2, 4, 6)])
@pytest.mark.parametrize("budget", [8, 20, 60])
def test_the_most_prize_that_a_budget_buys_is_within_the_bound(graph, budget):
    found, prize = _bound(as_instance(graph, budget)).worth, most_prize(graph, cheapest_trees(graph), budget)
    assert prize <= found <= graph.prize.sum() * (1 + 1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_for_most_of_a_planted_tree_the_bound_is_near_what_is_bought(seed):
    graph, cost = planted(seed, 200, 400)
    half = _bound(as_instance(graph, cost // 2)).worth
    whole = _bound(as_instance(graph, cost)).worth
    assert whole >= graph.prize.sum() * (1 - 1e-6)
    assert half < 0.95 * graph.prize.sum()


def _office_and_school(waits: bool) -> Instance:
    """Two places beside each other: the office costs 8 and brings 1, the school costs 1 and brings 4."""
    costs = np.array([[8], [1]]) * STEP_IDR
    whole = as_instance(sparse(1, 4, 3, 2), 1)
    return dataclasses.replace(
        whole,
        worth=np.array([[1.0], [4.0]]),
        village=np.zeros(2, dtype=np.int64),
        gate=np.array([NONE, 0 if waits else NONE]),
        offers=things(costs),
        node=np.full(2, NONE),
        money=np.array([[4 * STEP_IDR]]),
    )


def test_a_place_pays_for_the_one_that_it_waits_for():
    alone, waiting = _bound(_office_and_school(False)).worth, _bound(_office_and_school(True)).worth
    assert alone >= 4.0
    assert waiting < 3.0, "4 of money buy less than half of both, which bring 5"


def test_what_no_way_leads_to_brings_nothing():
    graph = sparse(1, 12, 20, 3)
    alone = cut_off(as_instance(graph, 100), int(graph.terminals[0]))
    assert _bound(alone).worth <= graph.prize[1:].sum() * (1 + 1e-6)


def test_what_is_paid_for_is_joined_to_a_root():
    instance = as_instance(grid(3, 5, 6), 30, years=2)
    found = _bound(instance)
    assert found.lit[instance.root].all()
    assert (found.lit[:, 1] >= found.lit[:, 0]).all()
    assert found.carries.any()
    assert found.lit[instance.ends[found.carries], -1].all()


def test_the_trials_end_when_it_is_enough():
    instance = as_instance(grid(3, 5, 6), 30)
    told: list[float] = []

    def enough(worth: float) -> bool:
        told.append(worth)
        return len(told) == 3

    assert _pricing(instance).best(1_000, enough)[0].worth == min(told)
    assert sorted(told, reverse=True) == told


@pytest.fixture
def everything_is_large(monkeypatch):
    """Every programme is searched as one that takes too long to be solved."""
    monkeypatch.setattr(relaxation, "_LARGE", -1)
    monkeypatch.setattr(search, "_ANEW_COLUMNS", -1)


def _holds(instance: Instance) -> bool:
    """Whether the search keeps every rule, and its bound is no less than the best there is."""
    truth = best(instance, dark=True)
    try:
        found = search.search(instance, gap=0.0, seconds=3.0)
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
