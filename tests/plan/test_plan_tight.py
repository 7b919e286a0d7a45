"""Where rules or money are tight a plan is still found: whenever trying everything finds one."""

import dataclasses
import time

import numpy as np
import pytest
from brute import Best, best
from fair_cases import Case, Spot
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import instances, seeded, things

from merata.plan.afford import affordable
from merata.plan.audit import faults
from merata.plan.elastic import keeping
from merata.plan.greedy import greedy
from merata.plan.instance import Instance, Rule, Solution, objective
from merata.plan.levels import boxes, levels
from merata.plan.programme import programme
from merata.plan.reading import solution_of, values_of
from merata.plan.relaxation import Relaxation
from merata.plan.rules import KEY
from merata.plan.search import search

SECONDS = 20.0


def _with(instance: Instance, *rules: Rule) -> Instance:
    return dataclasses.replace(instance, rules=[*instance.rules, *rules], tier=np.zeros(0, dtype=np.int64))


def _tightest(instance: Instance, year: int) -> tuple[Instance, Best] | None:
    """The instance with the highest floor that any plan keeps in a year, and its best plan; None: there is no plan."""
    every = np.arange(len(instance.village))
    for least in range(len(every), -1, -1):
        floor = Rule("plan.floor", "", every, np.full(len(every), year), np.ones(len(every)), float(least))
        tight = _with(instance, floor)
        truth = best(tight)
        if truth is not None:
            return tight, truth
    return None


def _spread(instance: Instance, least: float) -> Instance:
    """Even and odd places are districts whose shares may differ by so much in the last year."""
    every, last = np.arange(len(instance.village)), len(instance.years) - 1
    share = np.where(every % 2, 1 / max(1, len(every) // 2), -1 / ((len(every) + 1) // 2))
    year = np.full(len(every), last)
    key = f"{KEY}spread"
    return _with(
        instance,
        *(Rule(key, "", every, year, sign * share, -least) for sign in (1.0, -1.0) if len(every) > 1),
    )


def _driven(tight: Instance) -> Solution | None:
    """The plan that `keeping` finds from nothing but a first plan that breaks rules."""
    quick, posed = greedy(tight), programme(tight)
    relaxation = Relaxation(posed)
    relaxation.tighten(time.monotonic() + SECONDS, lambda bound: None)
    until = time.monotonic() + SECONDS
    values = keeping(relaxation, posed.columns.following(), values_of(posed, quick), until)
    return None if values is None else affordable(tight, solution_of(posed, values))


def _tight_cases(seeds: range) -> list[Instance]:
    """The tightest floors, where the first plan does not keep them."""
    pairs = [(seed, seeded(seed)) for seed in seeds]
    found = [(_tightest(instance, seed % len(instance.years))) for seed, instance in pairs]
    return [pair[0] for pair in found if pair is not None and faults(pair[0], greedy(pair[0]))]


def _assert_all_are_driven_out(seeds: range, at_least: int) -> None:
    cases = _tight_cases(seeds)
    plans = [_driven(tight) for tight in cases]
    assert len(cases) >= at_least
    assert [n for n, plan in enumerate(plans) if plan is None or faults(cases[n], plan)] == []


@pytest.mark.slow
def test_broken_rules_are_driven_out_of_a_plan_wherever_a_plan_exists():
    _assert_all_are_driven_out(range(20), 3)


@pytest.mark.slow
def test_broken_rules_are_driven_out_of_a_plan_in_hundreds_of_cases():
    _assert_all_are_driven_out(range(20, 420), 80)


def _assert_found_as_good_as_the_truth(tight: Instance, truth: Best) -> None:
    found = search(tight, gap=0.0, seconds=SECONDS)
    assert faults(tight, found.solution) == []
    assert found.objective >= truth.objective - 1e-6
    assert found.bound >= truth.objective - 1e-6


def test_the_tightest_floor_that_can_be_kept_is_kept():
    found = [_tightest(seeded(seed), 0) for seed in range(8)]
    assert any(found)
    for pair in found:
        if pair is not None:
            _assert_found_as_good_as_the_truth(*pair)


@pytest.mark.slow
@settings(max_examples=60)
@given(instances(), st.integers(0, 2))
def test_a_plan_is_found_under_the_tightest_floor_whenever_there_is_one(tiny, year):
    found = _tightest(tiny, year % len(tiny.years))
    if found is not None:
        _assert_found_as_good_as_the_truth(*found)


@pytest.mark.slow
@settings(max_examples=60)
@given(instances(), st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.7]))
def test_a_plan_is_found_under_a_cap_on_inequality_whenever_there_is_one(tiny, least):
    tight = _spread(tiny, least)
    truth = best(tight)
    if truth is not None:
        _assert_found_as_good_as_the_truth(tight, truth)


@given(
    st.lists(st.integers(1, 12), min_size=2, max_size=8),
    st.floats(0, 0.6),
    st.data(),
)
def test_levels_hold_just_the_plans_whose_shares_differ_by_little(sizes, spread, data):
    served = [data.draw(st.integers(0, n)) for n in sizes]
    shares = [k / n for k, n in zip(served, sizes, strict=True)]
    inside = [
        all(low <= k <= high for low, k, high in zip(lows, served, highs, strict=True))
        for lows, highs in boxes(sizes, spread)
    ]
    difference = max(shares) - min(shares)
    if abs(difference - spread) > 1e-6:
        assert any(inside) == (difference < spread)


def test_two_and_three_villages_are_served_all_or_none_where_shares_may_hardly_differ():
    assert boxes([2, 3], 0.1) == [((0, 0), (0, 0)), ((2, 3), (2, 3))]


def _districts(sizes: list[int], spread: float, money: list[int]) -> Instance:
    spots = [Spot(f"{d}{n}", d) for d, size in zip("ABCDEFG", sizes, strict=False) for n in range(size)]
    case = Case(spots, years=len(money), money=money)
    return case.ruled(f"[plan.fair]\nspread = {spread}").instance()


def test_all_are_served_where_shares_may_hardly_differ_and_the_money_is_there():
    instance = _districts([2, 3, 5], 0.1, [10, 10])
    assert len(levels(instance)) == 2
    found = search(instance, gap=0.0, seconds=SECONDS)
    assert (found.solution.offer_start < 2).sum() == 10


def test_none_is_served_where_shares_may_hardly_differ_and_the_money_for_all_is_not_there():
    found = search(_districts([2, 3, 5], 0.1, [9]), gap=0.0, seconds=SECONDS)
    assert (found.objective, found.bound) == (0.0, 0.0)


def test_without_a_cap_on_inequality_there_are_no_levels():
    instance = seeded(1)
    assert levels(instance) == [instance]


def _shop(*money: int, rules: tuple[Rule, ...] = ()) -> Instance:
    """Three places, two years, an offer of 10 rupiah for each that brings 5, 3 and 1 a year."""
    base = Case([Spot("a"), Spot("b"), Spot("c")], years=2, money=list(money)).instance
    worth = np.array([[5.0, 5.0], [3.0, 3.0], [1.0, 1.0]])
    return dataclasses.replace(base, worth=worth, offers=things(np.full((3, 2), 10)), rules=list(rules))


def _all_at_once(instance: Instance) -> Solution:
    plan = Solution.nothing(instance)
    plan.offer_start[:] = 0
    return plan


def test_of_a_plan_that_lacks_a_rupiah_what_brings_least_is_left_out():
    instance = _shop(29, 0)
    made = affordable(instance, _all_at_once(instance))
    assert made.offer_start.tolist() == [0, 0, 2]


def test_of_a_plan_that_lacks_a_rupiah_what_brings_least_waits_for_a_year_with_money():
    instance = _shop(29, 10)
    made = affordable(instance, _all_at_once(instance))
    assert made.offer_start.tolist() == [0, 0, 1]


def test_a_rule_is_kept_when_something_is_left_out_for_want_of_money():
    third = Rule("plan.floor", "", np.array([2]), np.array([1]), np.ones(1), 1.0)
    instance = _shop(29, 0, rules=(third,))
    made = affordable(instance, _all_at_once(instance))
    assert made.offer_start.tolist() == [0, 2, 0]


def test_a_plan_that_can_be_paid_is_left_as_it_is():
    instance = _shop(30, 0)
    plan = _all_at_once(instance)
    assert affordable(instance, plan) is plan


def test_a_plan_that_breaks_a_rule_is_not_made_payable():
    nobody = Rule("plan.cap", "", np.array([0]), np.array([1]), -np.ones(1), 0.0)
    instance = _shop(29, 0, rules=(nobody,))
    plan = _all_at_once(instance)
    assert affordable(instance, plan) is plan


@pytest.mark.slow
def test_money_that_lacks_a_rupiah_costs_a_plan_little_of_what_it_brings():
    mended = 0
    for seed in range(40):
        truth = best(seeded(seed))
        if truth is None or not truth.objective:
            continue
        instance = seeded(seed)
        short = dataclasses.replace(instance, money=np.maximum(instance.money - 1, 0))
        made = affordable(short, truth.solution)
        if made is not truth.solution:
            assert faults(short, made) == []
            assert objective(short, made) <= truth.objective + 1e-9
            mended += 1
    assert mended >= 8
