"""Questions that solve again, against the truth by trying everything: least money, prices of rules, promises kept."""

import dataclasses
from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pytest
from again_cases import SETTINGS as SETTINGS_OF
from again_cases import case, every, posed, simple
from brute import best
from tiny import STEP_IDR, seeded, things

from merata.errors import NoPlanError
from merata.plan.again import kept, served_from, with_decisions, with_money
from merata.plan.audit import faults
from merata.plan.catalogue import prices
from merata.plan.conflicts import conflicting
from merata.plan.costs import Items, costs
from merata.plan.frontier import against_money
from merata.plan.instance import NONE, Instance, Rule, objective
from merata.plan.least import feasible, least_money, with_fund
from merata.plan.memory import Memory
from merata.plan.replan import OTHER_WAY, promises_of, replan
from merata.plan.search import search
from merata.plan.whatif import cost_of, earlier, price_of_rules
from merata.region.settings_rules import DecideSettings

CLOSE = 1e-6
FINE_IDR = STEP_IDR // 1000


def _seeds(first: int, rest: Iterable[int]) -> list:
    """So many seeds at once; the rest are slow."""
    every = list(rest)
    return [*every[:first], *(pytest.param(seed, marks=pytest.mark.slow) for seed in every[first:])]


def _added(instance: Instance, idr: int) -> Instance:
    years = len(instance.years)
    return with_fund(instance, np.where(np.arange(years) == 0, idr, 0), years - 1)


def _served(instance: Instance, place: int, year: int) -> Rule:
    return Rule("t", "t", np.array([place]), np.array([year]), np.ones(1), 1.0)


@pytest.mark.parametrize("seed", _seeds(4, range(14)))
def test_the_least_money_does_and_less_does_not(seed):
    tiny = simple(seeded(seed))
    asked = dataclasses.replace(tiny, rules=[*tiny.rules, _served(tiny, 0, len(tiny.years) - 1)])
    found = least_money(asked, gap=0.0, seconds=20.0)
    if found is None:
        assert best(_added(asked, 10**12)) is None
        return
    assert faults(_added(asked, found.idr), found.solution) == []
    assert faults(with_fund(asked, found.by_year), found.solution) == []
    assert found.by_year.sum() == found.idr
    assert found.idr - 2 <= found.at_least <= found.idr
    if found.idr > FINE_IDR:
        assert best(_added(asked, found.idr - FINE_IDR), dark=True) is None


@pytest.mark.parametrize("seed", [6, 7])
def test_the_least_money_lies_between_what_is_proven_and_what_does_when_there_is_little_work_for_it(
    seed, monkeypatch
):
    tiny = simple(seeded(seed))
    asked = dataclasses.replace(tiny, rules=[*tiny.rules, _served(tiny, 0, len(tiny.years) - 1)])
    true = least_money(asked, gap=0.0)
    monkeypatch.setattr("merata.plan.least._WORK", 0)
    found = least_money(asked, gap=0.0)
    assert found.at_least - 2 <= true.idr <= found.idr
    assert faults(_added(asked, found.idr), found.solution) == []


@pytest.mark.parametrize("seed", _seeds(6, range(20)))
def test_whether_any_plan_is_possible_is_answered_truly(seed):
    tiny = seeded(seed)
    answer = feasible(tiny)
    lit, dark = best(tiny), best(tiny, dark=True)
    assert answer is not None
    assert lit is None or answer is True
    assert dark is not None or answer is False


def test_one_rupiah_decides_whether_a_plan_is_possible():
    for price in (20_000_000, 1_999_999_999):
        alone = _one_place(price, price)
        assert feasible(alone) is True
        assert feasible(dataclasses.replace(alone, money=alone.money - 1)) is not True


def _one_place(price: int, money: int) -> Instance:
    tiny = _shared([price], money)
    return dataclasses.replace(tiny, rules=[_served(tiny, 0, 0)])


def _shared(prices_idr: list[int], money: int, years: int = 1) -> Instance:
    """Places in villages of their own, each with one lasting offer of such a price; one fund with so much a year."""
    count = len(prices_idr)
    whole = simple(seeded(0))
    capital = np.repeat(np.array(prices_idr, dtype=np.int64)[:, None], years, axis=1)
    none = things(np.zeros((0, years), dtype=np.int64))
    return dataclasses.replace(
        whole, years=list(range(2025, 2025 + years)), worth=np.ones((count, years)), village=np.arange(count),
        gate=np.full(count, NONE), nodes=things(np.zeros((1, years), dtype=np.int64)), root=np.array([True]),
        node_mbps=np.array([np.inf]), links=none, ends=np.zeros((0, 2), dtype=np.int64), link_mbps=np.zeros(0),
        offers=things(capital), place=np.arange(count), node=np.full(count, NONE), share=np.ones(count),
        lasting=np.ones(count, dtype=bool), mbps=np.zeros(count), reuse=np.zeros(count, dtype=np.int64),
        pool=np.full(count, NONE), funds=["fund"], money=np.full((1, years), money), carry=np.zeros(1, dtype=np.int64),
        ceiling=np.ones((1, 1)), villages_per_year=np.full(years, NONE), rules=[],
    )  # fmt: skip


@pytest.mark.parametrize("seed", _seeds(2, range(8)))
def test_what_one_search_learnt_changes_no_answer_of_the_next(seed):
    tiny, memory = simple(seeded(seed)), Memory()
    asked = [
        dataclasses.replace(tiny, money=tiny.money * 2),
        tiny,
        dataclasses.replace(tiny, rules=[]),
        dataclasses.replace(tiny, money=tiny.money // STEP_IDR // 2 * STEP_IDR),
        dataclasses.replace(tiny, money=tiny.money * 3),
    ]
    for instance in asked:
        truth = best(instance)
        if truth is None or best(instance, dark=True).by_tier != truth.by_tier:
            continue
        found = search(instance, gap=0.0, seconds=20.0, memory=memory)
        assert found.objective == pytest.approx(truth.objective, abs=CLOSE)
        assert found.bound == pytest.approx(truth.objective, abs=CLOSE)


@pytest.mark.parametrize("seed", _seeds(1, [2, 5, 11, 17]))
def test_the_price_of_a_rule_is_what_the_plan_reaches_without_it(seed):
    tiny = dataclasses.replace(simple(seeded(seed)), rules=[])
    rule = dataclasses.replace(_served(tiny, len(tiny.village) - 1, 0), key="plan.fair.floor.2025")
    with_it, without = best(dataclasses.replace(tiny, rules=[rule])), best(tiny)
    if with_it is None:
        pytest.skip("the rule can't be kept")
    asked = case(posed(tiny, [rule]))
    cost = price_of_rules(asked)["plan.fair.floor"]
    assert -cost.lost == pytest.approx(without.objective - with_it.objective, abs=CLOSE)


def test_what_a_decision_costs_the_others_is_told_by_village():
    tiny = _shared([3, 3, 6], 6)
    asked = case(posed(tiny))
    assert asked.found.objective == 2
    cost = cost_of(asked, [DecideSettings(decision="force", village="v2", reason="a clinic")])
    assert cost.lost == 1
    moves = dict(zip(cost.moved["code"], cost.moved["moved"], strict=True))
    assert moves == {"v0": "dropped", "v1": "dropped", "v2": "new"}
    assert with_decisions(asked.posed, []).instance.rules == []


@pytest.mark.parametrize("seed", _seeds(1, range(6)))
def test_a_village_comes_earlier_for_the_money_told_with_nobody_later(seed):
    tiny = dataclasses.replace(simple(seeded(seed)), rules=[])
    asked = case(posed(tiny))
    first = served_from(tiny, asked.found.solution)
    for village in sorted(set(asked.posed.places["village_code"])):
        answer = earlier(asked, village, neighbours=1)
        for change in (c for c in answer.changes if c.kind == "money"):
            rich = with_fund(tiny, np.array(change.by_year))
            assert faults(rich, change.how) == []
            now = served_from(tiny, change.how)
            assert (now <= first).all()
            assert change.at_least == pytest.approx(change.idr, abs=2)


@pytest.mark.slow
def test_more_money_a_lower_price_and_a_neighbour_are_found_and_checked():
    table = prices(None, SETTINGS_OF)
    made_of = Items.of(
        [{}, {"tower": 1}, {}, {"geo_terminal": 1}, {"geo_terminal": 1}, {"base_station": 1}], table
    )
    tiny = _tower(made_of, table, spare=0)
    asked = case(posed(tiny, items=made_of))
    assert asked.found.objective == 100
    answer = earlier(asked, "v0")
    changes = {change.kind: change for change in answer.changes}
    terminal, tower = (int(table.loc[key, "used_idr"]) for key in ("geo_terminal", "tower"))
    assert changes["money"].idr == changes["money"].at_least == tower + terminal
    assert changes["money"].chosen
    # No price of the tower alone leaves money for the terminal.
    assert "price" not in changes
    asked = case(posed(_tower(made_of, table, spare=terminal + 5), items=made_of))
    changes = {change.kind: change for change in earlier(asked, "v0").changes}
    assert (changes["price"].component, changes["price"].idr) == ("tower", 5)
    assert (changes["neighbour"].neighbour, changes["neighbour"].site) == ("v1", "n1")


def _tower(made_of: Items, table, spare: int) -> Instance:
    """Two places that could hang on a tower, and one that matters more and is paid for; so much money is left."""
    flat = _shared([1, 1, 1], 0)
    capital, running = costs(made_of, table, 1)
    cut = [2, 3]
    nodes, links, offers = (
        things(c, running=r) for c, r in zip(np.split(capital, cut), np.split(running, cut), strict=True)
    )
    return dataclasses.replace(
        flat, nodes=nodes, root=np.array([True, False]), node_mbps=np.full(2, np.inf), links=links,
        ends=np.array([[0, 1]]), link_mbps=np.full(1, np.inf), offers=offers, node=np.array([1, 1, NONE]),
        worth=np.array([[1.0], [1.0], [100.0]]), money=np.array([[int(capital[5, 0]) + spare]]),
    )  # fmt: skip


@pytest.mark.parametrize("seed", _seeds(2, range(10)))
def test_planning_again_keeps_the_most_promises(seed):
    tiny = dataclasses.replace(simple(seeded(seed)), rules=[])
    last = search(tiny, gap=0.0).solution
    promises = promises_of(posed(tiny), last)
    if promises.empty:
        pytest.skip("nothing was promised")
    poorer = dataclasses.replace(tiny, money=tiny.money // 2 // STEP_IDR * STEP_IDR)
    asked = case(posed(poorer))
    made = replan(asked, promises, nearly=0.2, last=last if seed % 2 else None)
    plans = list(every(poorer))
    most = max(worth for worth, _ in plans)
    assert asked.found.objective == pytest.approx(most, abs=CLOSE)
    assert made.objective >= 0.8 * most - 1e-5
    good = [plan for worth, plan in plans if worth >= 0.8 * most - 1e-6]
    assert made.kept == pytest.approx(max(_count(poorer, plan, promises) for plan in good), abs=CLOSE)
    assert faults(poorer, made.solution) == []
    assert (made.promises["why"] == "").tolist() == (made.promises["kept"] == "in full").tolist()


def _count(instance: Instance, plan, promises) -> float:
    serving, total = plan.serving(len(instance.years)), 0.0
    second = np.concatenate([[False], instance.place[1:] == instance.place[:-1]])
    for row in promises.itertuples():
        p, t = int(row.place[1:]), row.year - 2025
        for o in np.flatnonzero((instance.place == p) & serving[:, t]):
            total += 1.0 if (row.option == "fibre") == second[o] else OTHER_WAY
    return total


@pytest.mark.parametrize("seed", _seeds(1, range(6)))
def test_the_frontier_is_the_best_for_every_budget_and_never_falls(seed):
    tiny = dataclasses.replace(simple(seeded(seed)), rules=[])
    asked = case(posed(tiny))
    made = against_money(asked, factors=(0.0, 0.5, 1.0, 2.0), gap=0.0)
    for factor, told in zip(made.table["factor"], made.table["objective"], strict=True):
        richer = dataclasses.replace(tiny, money=np.floor(tiny.money * factor).astype(np.int64))
        lit, dark = best(richer), best(richer, dark=True)
        assert lit.objective - CLOSE <= told <= dark.objective + CLOSE
    assert all(a <= b + CLOSE for a, b in pairwise(made.table["objective"]))


def test_rules_that_conflict_are_named_when_no_plan_is_found():
    tiny = _shared([3, 3], 5)
    rules = [dataclasses.replace(_served(tiny, p, 0), key=f"plan.fair.floor.{p}") for p in (0, 1)]
    problem = posed(tiny, rules)
    with pytest.raises(NoPlanError):
        search(problem.instance, gap=0.0, seconds=20.0)
    found = conflicting(problem.ruled, seconds=20.0)
    assert set(found.keys) == {"plan.fair.floor.0", "plan.fair.floor.1", "funds.money"}
    assert conflicting(with_money(problem, np.array([[6]])).ruled, seconds=20.0) is None


def test_nobody_later_means_every_place_by_its_year():
    tiny = _shared([3, 3, 6], 6, years=2)
    plan = search(tiny, gap=0.0).solution
    rules = kept(tiny, plan)
    assert len(rules) == 3
    assert search(dataclasses.replace(tiny, rules=rules), gap=0.0).objective == objective(tiny, plan)
