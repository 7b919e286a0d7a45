"""The search against the truth: every tiny case by brute force, Steiner trees with known answers."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from brute import best
from hypothesis import given, settings
from hypothesis import strategies as st
from steiner import as_instance, cheapest_trees, grid, most_prize, planted, sparse
from tiny import instances, loaded, seeded

from merata.errors import NoPlanError
from merata.plan.audit import faults
from merata.plan.instance import Instance, objective
from merata.plan.search import Found, search

CLOSE = 1e-6
SECONDS = 20.0


def _best_by_tier(instance: Instance, found: Found) -> tuple[float, ...]:
    serving = found.solution.serving(len(instance.years))
    worth = (serving * instance.worth[instance.place] * instance.share[:, None]).sum(axis=1)
    tiers = int(instance.tier.max(initial=0)) + 1
    tier = instance.tier if len(instance.tier) else np.zeros(len(instance.village), dtype=np.int64)
    return tuple(np.bincount(tier[instance.place], weights=worth, minlength=tiers))


def _assert_agrees(instance: Instance) -> None:
    """Between the best of what is lit as soon as it is built and the best of what may lie dark: mostly the same."""
    lit, dark = best(instance), best(instance, dark=True)
    if dark is None or lit is None:
        try:
            found = search(instance, gap=0.0, seconds=SECONDS)
        except NoPlanError:
            return
        assert dark is not None, found
    found = search(instance, gap=0.0, seconds=SECONDS)
    assert faults(instance, found.solution) == []
    assert found.objective == pytest.approx(objective(instance, found.solution), abs=CLOSE)
    assert found.objective <= dark.objective + CLOSE
    assert lit is None or found.objective >= lit.objective - CLOSE
    assert found.bound == pytest.approx(found.objective, abs=CLOSE)
    assert not found.stopped_early


def _one_tier(instance: Instance) -> Instance:
    return dataclasses.replace(instance, tier=np.zeros(0, dtype=np.int64))


def _disagreeing(make: Callable[[int], Instance], seeds: range) -> list[tuple[int, str]]:
    wrong = []
    for seed in seeds:
        try:
            _assert_agrees(_one_tier(make(seed)))
        except (AssertionError, NoPlanError, pytest.fail.Exception) as error:
            wrong.append((seed, str(error)[:200]))
    return wrong


@pytest.mark.slow
def test_the_search_finds_what_trying_everything_finds():
    assert _disagreeing(seeded, range(8)) == []


def test_the_search_finds_what_can_be_carried_over_several_links():
    assert _disagreeing(loaded, range(3)) == []


@pytest.mark.slow
@pytest.mark.parametrize("hundred", range(2))
def test_the_search_finds_what_trying_everything_finds_in_hundreds_of_cases(hundred):
    assert _disagreeing(seeded, range(max(8, 100 * hundred), 100 * hundred + 100)) == []


@pytest.mark.slow
def test_the_search_finds_what_can_be_carried_in_a_hundred_cases():
    assert _disagreeing(loaded, range(3, 60)) == []


@pytest.mark.slow
@settings(max_examples=25)
@given(instances())
def test_the_search_finds_what_trying_everything_finds_in_what_hypothesis_makes_up(tiny):
    _assert_agrees(_one_tier(tiny))


@pytest.mark.slow
@settings(max_examples=25)
@given(instances(), st.integers(0, 3), st.integers(1, 3))
def test_more_money_never_serves_fewer(tiny, fund, steps):
    free = dataclasses.replace(tiny, tier=np.zeros(0, dtype=np.int64))
    if best(free) is None:
        return
    richer = dataclasses.replace(free, money=free.money.copy())
    richer.money[fund % len(free.money)] += steps * 20_000_000
    poor, rich = (search(instance, gap=0.0, seconds=SECONDS) for instance in (free, richer))
    assert rich.objective >= poor.objective - CLOSE


@pytest.mark.slow
@settings(max_examples=25)
@given(instances(), st.randoms(use_true_random=False))
def test_other_numbers_for_the_same_villages_change_nothing(tiny, random):
    if best(tiny) is None:
        return
    order = np.arange(len(tiny.village))
    random.shuffle(order)
    to = np.argsort(order)
    other = dataclasses.replace(
        tiny,
        worth=tiny.worth[order],
        village=tiny.village[order],
        gate=np.where(tiny.gate[order] < 0, -1, to[tiny.gate[order]]),
        tier=tiny.tier[order] if len(tiny.tier) else tiny.tier,
        place=to[tiny.place],
        rules=[dataclasses.replace(rule, place=to[rule.place]) for rule in tiny.rules],
    )
    one, two = (search(instance, gap=0.0, seconds=SECONDS) for instance in (tiny, other))
    assert one.objective == pytest.approx(two.objective, abs=CLOSE)


@pytest.mark.parametrize("seed", range(3))
def test_the_same_problem_gives_the_same_plan(seed):
    if best(seeded(seed)) is not None:
        one, two = (search(seeded(seed), gap=0.0, seconds=SECONDS).solution for _ in range(2))
        for name in ("node_start", "link_start", "offer_start", "offer_end"):
            assert (getattr(one, name) == getattr(two, name)).all()


CASES = [sparse(seed, 25, 50, 7) for seed in range(2)] + [grid(seed, 5, 7) for seed in range(2)]


@pytest.mark.parametrize("case", [0, 2])
@pytest.mark.slow
def test_the_most_prize_within_nearly_all_of_a_budget_is_found(case):
    _assert_most_prize_is_found(case, 0.9)


@pytest.mark.slow
@pytest.mark.parametrize("case", range(len(CASES)))
@pytest.mark.parametrize("part", [0.3, 0.6, 0.9, 1.0])
def test_the_most_prize_within_a_budget_is_found(case, part):
    _assert_most_prize_is_found(case, part)


def _assert_most_prize_is_found(case, part):
    graph = CASES[case]
    trees = cheapest_trees(graph)
    budget = int(part * trees[-1])
    found = search(as_instance(graph, budget), gap=0.0, seconds=SECONDS)
    assert faults(as_instance(graph, budget), found.solution) == []
    assert found.objective == most_prize(graph, trees, budget)


def _assert_planted_is_found(nodes: int, years: int, gap: float, seconds: float) -> None:
    """The budget is just the cost of the planted tree: all terminals can be served, in all years."""
    graph, cost = planted(0, nodes, 2 * nodes)
    instance = as_instance(graph, cost, years)
    found = search(instance, gap=gap, seconds=seconds)
    assert faults(instance, found.solution) == []
    assert found.objective >= (1 - gap) * years * graph.prize.sum()
    assert found.bound == pytest.approx(years * graph.prize.sum())


@pytest.mark.parametrize("years", [1, pytest.param(3, marks=pytest.mark.slow)])
def test_a_planted_steiner_tree_is_found_within_the_gap(years):
    _assert_planted_is_found(40, years, gap=0.001, seconds=SECONDS)


@pytest.mark.slow
@pytest.mark.parametrize("nodes", [60, 120])
def test_a_larger_planted_steiner_tree_is_found_within_the_gap(nodes):
    _assert_planted_is_found(nodes, 3, gap=0.02, seconds=60.0)


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))])
def test_a_small_planted_steiner_tree_is_found(seed):
    graph, cost = planted(seed, 24, 48)
    found = search(as_instance(graph, cost), gap=0.0, seconds=SECONDS)
    assert found.objective == found.bound == graph.prize.sum()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_one_step_less_than_the_planted_tree_costs_leaves_out_at_least_one(seed):
    graph, cost = planted(seed, 24, 48)
    found = search(as_instance(graph, cost - 1), gap=0.0, seconds=SECONDS)
    assert found.objective <= graph.prize.sum() - graph.prize.min()
    assert found.objective == pytest.approx(found.bound)
