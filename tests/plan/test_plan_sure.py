"""How sure a plan is agrees with what can be reckoned by hand; money that is set aside buys the wanted chance."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from money_cases import plain_things, problem, seeds

from merata.errors import InputError
from merata.plan.costs import Items, costs
from merata.plan.instance import NONE, Instance, Solution, needs
from merata.plan.pay import bills
from merata.plan.purse import Purse
from merata.plan.sure import Outlook, chances, made_sure, needs_drawn, reserve, set_aside

#: A component from 100 to 300 once, one from 10 to 10 a month.
PRICES = pd.DataFrame(
    {"unit": ["once", "per month"], "low_idr": [100, 10], "high_idr": [300, 10], "used_idr": [200, 10]},
    index=pd.Index(["kit", "line"], name="component"),
)
THOUSANDS = PRICES.assign(**{name: PRICES[name] * 1000 for name in ("low_idr", "high_idr", "used_idr")})


def offers(
    rows: list[dict[str, float]],
    start: list[int],
    money: list[int],
    prices: pd.DataFrame = PRICES,
    **more: float,
) -> tuple[Instance, Solution, Outlook]:
    """Offers of such items, nothing else, one fund that may pay all; `more` of the outlook."""
    years = len(money)
    instance, plan = plain_things(years, [(0, 0, s) for s in start])
    items = Items.of(rows, prices)
    capital, running = costs(items, prices, years, float(more.get("growth", 0)))
    none = [Items.of([{}] * count, prices) for count in instance.shape[1:3]]
    return (
        replace(
            instance, offers=replace(instance.offers, capital=capital, running=running), money=np.array([money]),
        ),
        plan,
        Outlook(Items.joined([*none, items]), prices, np.full(len(rows), 10.0), **more),
    )  # fmt: skip


@pytest.mark.parametrize(("money", "chance"), [(99, 0), (150, 1 / 8), (200, 1 / 2), (250, 7 / 8), (301, 1)])
def test_one_component_holds_with_the_chance_of_the_triangle(money, chance):
    case = offers([{"kit": 1000}], [0], [money * 1000], together=1.0, draws=20_000)
    assert chances(*case).budget[0] == pytest.approx(chance, abs=0.015)


def test_half_together_of_one_thing_is_the_sum_of_two_triangles():
    """Mean 200, variance (1/4 + 1/4) of the triangle's (300 - 100)² / 24."""
    instance, plan, outlook = offers([{"kit": 1}], [0], [0], prices=THOUSANDS, draws=20_000)
    drawn = needs_drawn(instance, plan, outlook)[:, 0, 0] / 1000
    assert drawn.mean() == pytest.approx(200, abs=1)
    assert drawn.var() == pytest.approx(200**2 / 24 / 2, rel=0.03)
    assert drawn.min() >= 100
    assert drawn.max() <= 300


def test_what_is_drawn_for_each_thing_alone_evens_out():
    """Of 400 things that have nothing in common, the variance of the sum is 400 times that of one."""
    many = offers([{"kit": 1}] * 400, [0] * 400, [0], prices=THOUSANDS, together=0.0, draws=4000)
    drawn = needs_drawn(*many)[:, 0, 0] / 1000
    assert drawn.var() == pytest.approx(400 * 200**2 / 24, rel=0.1)
    alike = replace(many[2], together=1.0)
    assert needs_drawn(many[0], many[1], alike)[:, 0, 0].var() / 1e6 == pytest.approx(
        400**2 * 200**2 / 24, rel=0.1
    )


def test_prices_that_are_known_leave_no_doubt():
    instance, plan, outlook = offers([{"line": 2}], [1], [0, 240, 240])
    assert (needs_drawn(instance, plan, outlook) == needs(instance, plan)).all()
    found = chances(instance, plan, outlook)
    assert (found.budget.tolist(), found.budgets_all) == ([1, 1, 1], 1)
    assert found.need.tolist() == [[0, 240, 240]] * 3
    short = chances(replace(instance, money=np.array([[0, 240, 239]])), plan, outlook)
    assert (short.budget.tolist(), short.budgets_all) == ([1, 1, 0], 0)


@pytest.mark.parametrize(("price", "mean"), [("low_idr", 200), ("high_idr", 200)])
def test_prices_turn_out_as_they_do_wherever_the_plan_reckons(price, mean):
    case = offers([{"kit": 1000}], [0], [0], prices=PRICES.assign(used_idr=PRICES[price]))
    assert needs_drawn(*case).mean() / 1000 == pytest.approx(mean, abs=2)


def test_growth_moves_what_is_drawn():
    case = offers([{"kit": 1000}], [2], [0, 0, 0], growth=0.5)
    drawn = needs_drawn(*case)
    assert drawn[:, 0, :2].max() == 0
    assert drawn[:, 0, 2].mean() / 1000 == pytest.approx(450, abs=5)


@given(seed=seeds)
@settings(max_examples=30)
def test_things_without_items_cost_what_is_planned(seed):
    instance, plan = problem(seed, rich=3.0)
    items = Items.of([{}] * sum(instance.shape[1:]), PRICES)
    outlook = Outlook(items, PRICES, np.ones(instance.shape[3]), draws=5)
    planned = needs(instance, plan)
    assert (needs_drawn(instance, plan, outlook) == planned).all()
    lacks = Purse.of(instance).shortage(planned).sum(axis=0)
    assert chances(instance, plan, outlook).budget.tolist() == (lacks == 0).tolist()


def test_a_terminal_that_is_taken_over_makes_no_cost_unsure():
    """Offer 1 takes over all of offer 0's terminal: nothing of its capital is left that could be dearer."""
    instance, plan, outlook = offers([{"kit": 1}] * 2, [0, 1], [400, 400], prices=PRICES)
    instance = replace(instance, pool=np.array([0, 0]), reuse=np.array([200, 200]))
    plan.offer_end = np.array([1, 2])
    assert needs_drawn(instance, plan, outlook)[:, 0, 1].max() == 0
    half = replace(instance, reuse=np.array([100, 100]))
    drawn = needs_drawn(half, plan, outlook)[:, 0, 1]
    assert (bills(half, plan).amount.tolist(), drawn.min() >= 50, drawn.max() <= 150) == (
        [200, 100],
        True,
        True,
    )


def served(
    share: list[float], village: list[int], node: list[int], draws: int = 20_000
) -> tuple[Instance, Solution, Outlook]:
    count = len(share)
    instance, plan, outlook = offers([{"line": 1}] * count, [0] * count, [10**6, 10**6], draws=draws)
    return (
        replace(instance, share=np.array(share), village=np.array(village), node=np.array(node)),
        plan,
        outlook,
    )


def test_places_of_a_village_stand_alone_without_a_common_node():
    found = chances(*served([0.5, 0.4, 1.0, 0.0], [0, 0, 1, 3], [NONE] * 4))
    assert found.village_any == pytest.approx([1 - 0.5 * 0.6, 1, 0, 0], abs=0.015)
    assert found.village_all == pytest.approx([0.5 * 0.4, 1, 0, 0], abs=0.015)
    assert found.people_planned.tolist() == [40, 40]
    low, middle, high = found.people[:, 1]
    assert (low, middle, high) == (10, 20, 30)


def test_places_on_one_node_stand_or_fall_together_by_half():
    """For two of chance ½ with normal correlation ½: both serve with ¼ + arcsin(½) / 2π = ⅓."""
    found = chances(*served([0.5, 0.5], [0, 0], [3, 3]))
    assert found.village_all[0] == pytest.approx(1 / 3, abs=0.015)
    assert found.village_any[0] == pytest.approx(2 / 3, abs=0.015)


def test_the_same_seed_says_the_same_and_another_one_nearly():
    case = offers([{"kit": 1000}] * 5, [0, 0, 1, 1, 2], [420_000, 650_000, 400_000])
    first, again = chances(*case), chances(*case)
    assert first.budget.tolist() == again.budget.tolist()
    assert first.people.tolist() == again.people.tolist()
    other = chances(case[0], case[1], replace(case[2], seed=7))
    assert other.budget == pytest.approx(first.budget, abs=0.06)
    assert other.budget.tolist() != first.budget.tolist()


@pytest.mark.parametrize("sure", [0.5, 0.8, 0.95])
def test_a_plan_that_needs_all_but_the_reserve_holds_with_the_wanted_chance(sure):
    instance, plan, outlook = offers([{"kit": 1000}] * 3, [0, 1, 1], [10**6, 10**6], draws=5000)
    aside = reserve(instance, plan, outlook, sure)
    tight = replace(instance, money=needs(instance, plan) + aside)
    budget = chances(tight, plan, outlook).budget
    assert (budget >= sure).all()
    assert (budget <= sure + 0.01).all()


def test_the_reserve_is_held_by_those_who_pay_what_is_unsure():
    instance, plan, outlook = offers([{"kit": 1000}, {"line": 1000}], [0, 0], [500_000])
    instance = replace(
        instance, funds=["a", "b"], money=np.array([[500_000], [500_000]]), carry=np.zeros(2, dtype=np.int64),
        ceiling=np.array([[1.0, 0.0], [0.0, 1.0]]),
        offers=replace(instance.offers, capital_class=np.array([0, 0]), running_class=np.array([1, 1])),
    )  # fmt: skip
    aside = reserve(instance, plan, outlook, 0.9)
    assert aside[1, 0] == 0
    assert 20_000 < aside[0, 0] < 100_000


def test_planning_again_with_less_money_until_it_is_sure():
    """Six kits at 200 each and money for five: a plan with less is made until it holds."""
    instance, plan, outlook = offers([{"kit": 1000}] * 5, [0] * 5, [1_000_000])

    def solve(less: Instance) -> Solution:
        fits = int(less.money[0, 0] // 200_000)
        return replace(plan, offer_start=np.where(np.arange(5) < fits, 0, 1))

    safe = made_sure(instance, plan, outlook, 0.9, solve)
    assert safe.reached
    assert safe.chances.budget[0] >= 0.9
    assert (safe.price, safe.rounds) == (pytest.approx(1.0), 1)
    assert 0 < safe.aside[0, 0] < 200_000
    assert chances(instance, plan, outlook).budget[0] < 0.6
    nothing = made_sure(instance, plan, outlook, 0.9, lambda _: None)
    assert (nothing.reached, nothing.price, nothing.aside.any()) == (False, 0, False)
    assert made_sure(instance, safe.solution, outlook, 0.9, solve).rounds == 0


def test_money_that_is_set_aside_never_falls_below_zero():
    instance, _ = problem(5)
    assert (set_aside(instance, instance.money + 1).money == 0).all()


def test_what_cannot_be_reckoned_is_named():
    instance, plan, outlook = offers([{"kit": 1}], [0], [100])
    with pytest.raises(InputError, match="can't be paid at planned prices"):
        reserve(instance, plan, outlook, 0.9)
    with pytest.raises(InputError, match="expected more than 0"):
        reserve(instance, plan, outlook, 1.0)
    with pytest.raises(InputError, match="items of 0 things"):
        chances(instance, plan, replace(outlook, items=Items.of([], PRICES)))


def test_a_plan_of_nothing_is_sure():
    instance, plan, outlook = offers([{"kit": 1}], [2], [100, 100])
    found = chances(instance, plan, outlook)
    assert (found.budget.tolist(), found.people.max(), found.village_any.tolist()) == ([1, 1], 0, [0])
