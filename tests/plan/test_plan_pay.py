"""Who pays what adds up to the rupiah, and never more than there is, than a fund may, or after its money lapsed."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from money_cases import problem, seeds
from scipy.optimize import linprog

from merata.plan.audit_money import money_faults
from merata.plan.instance import Instance, Solution, needs
from merata.plan.pay import LINK, NODE, OFFER, bills, payments
from merata.plan.purse import FINE, Purse, ceiling_idr, fractions

sizes = {
    "years": st.integers(1, 4),
    "funds": st.integers(1, 3),
    "classes": st.integers(1, 3),
    "rich": st.sampled_from([0.3, 1.0, 2.0, 6.0]),
}


@given(seed=seeds, **sizes)
@settings(max_examples=150)
def test_bills_are_what_the_problem_says_that_a_plan_costs(seed, years, funds, classes, rich):
    instance, plan = problem(seed, years=years, funds=funds, classes=classes, rich=rich)
    due = bills(instance, plan)
    assert (due.needs(classes, years) == needs(instance, plan)).all()
    assert (due.amount > 0).all()


def most_that_can_be_paid(purse: Purse, needed: np.ndarray) -> float:
    """The same question as a linear programme: payments by class, fund, year of the money, year of paying."""
    classes, years = needed.shape
    funds = len(purse.money)
    shape = (classes, funds, years, years)
    keys = list(np.ndindex(shape))
    rows, limits = [], []
    for f, a in np.ndindex(funds, years):
        rows.append([float(k[1] == f and k[2] == a) for k in keys])
        limits.append(purse.money[f, a])
    for c, t in np.ndindex(classes, years):
        rows.append([float(k[0] == c and k[3] == t) for k in keys])
        limits.append(needed[c, t])
        for f in range(funds):
            rows.append([float(k[0] == c and k[1] == f and k[3] == t) for k in keys])
            limits.append(-(-int(purse.up[c, f]) * int(needed[c, t]) // int(purse.down[c, f])))
    bounds = [(0, None if 0 <= t - a <= purse.carry[f] else 0) for c, f, a, t in keys]
    done = linprog(-np.ones(len(keys)), A_ub=np.array(rows), b_ub=limits, bounds=bounds)
    assert done.status == 0
    return -done.fun


@given(seed=seeds, **sizes)
@settings(max_examples=100)
def test_shortage_is_what_a_linear_programme_lacks(seed, years, funds, classes, rich):
    instance, plan = problem(seed, years=years, funds=funds, classes=classes, rich=rich)
    purse, needed = Purse.of(instance), needs(instance, plan)
    lacking = purse.shortage(needed)
    assert (lacking >= 0).all()
    assert (lacking <= needed).all()
    assert needed.sum() - lacking.sum() == pytest.approx(most_that_can_be_paid(purse, needed), abs=1e-6)


@given(seed=seeds, **sizes)
@settings(max_examples=150)
def test_payments_are_exact_or_the_plan_cannot_be_paid(seed, years, funds, classes, rich):
    instance, plan = problem(seed, years=years, funds=funds, classes=classes, rich=rich)
    paid = payments(instance, plan)
    faults = list(money_faults(instance, plan))
    assert (paid is None) == bool(faults)
    if paid is None:
        assert Purse.of(instance).shortage(needs(instance, plan)).any()
        return
    assert list(money_faults(instance, plan, paid.by_class(instance))) == []
    assert (paid.unspent(instance) >= 0).all()
    assert (paid.amount > 0).all()
    due = bills(instance, plan)
    billed = {
        key[:-1]: key[-1] for key in zip(due.kind, due.thing, due.running, due.year, due.amount, strict=True)
    }
    got: dict[tuple, int] = {}
    for *key, amount in zip(paid.kind, paid.thing, paid.running, paid.year, paid.amount, strict=True):
        got[tuple(key)] = got.get(tuple(key), 0) + amount
    assert got == billed
    assert paid.spent(instance).sum() == due.amount.sum()


@given(seed=seeds)
@settings(max_examples=40)
def test_the_same_plan_is_paid_the_same_way(seed):
    first, second = (payments(*problem(seed, rich=6.0)) for _ in range(2))
    assert (first is None) == (second is None)
    if first is not None:
        for name in ("kind", "thing", "fund", "got", "year", "amount"):
            assert (getattr(first, name) == getattr(second, name)).all()


@given(seed=seeds, c=st.integers(0, 1), t=st.integers(0, 2))
@settings(max_examples=40)
def test_slack_is_all_by_which_a_need_may_grow(seed, c, t):
    instance, plan = problem(seed, rich=4.0)
    purse, needed = Purse(instance.money, instance.carry, np.round(instance.ceiling)), needs(instance, plan)
    slack = purse.slack(needed)
    if not purse.holds(needed):
        assert (slack == -1).all()
        return
    more = needed.copy()
    more[c, t] += slack[c, t]
    assert purse.holds(more)
    more[c, t] += 1
    assert not purse.holds(more)


@given(
    need=st.integers(0, 10**14),
    share=st.one_of(st.floats(0, 1), st.sampled_from([0.1, 1 / 3, 0.5, 0.7, 1.0])),
)
@example(need=10**14 - 1, share=1 - 1 / FINE)
def test_a_ceiling_is_exact_and_rounded_up(need, share):
    (up,), (down,) = (x[0].tolist() for x in fractions(np.array([[share]])))
    assert ceiling_idr(need, up, down) == -(-up * need // down)


def plain(
    money: list[list[int]], carry: list[int], ceiling: list[list[float]], bills_of: list[tuple]
) -> tuple[Instance, Solution]:
    """Links with (capital, running, start, class) and nothing else."""
    years, count = len(money[0]), len(bills_of)
    instance, _ = problem(1, years=years, funds=len(money), classes=len(ceiling), count=count)
    never = np.full(count, years)
    capital, running, start, of = (np.array(x) for x in zip(*bills_of, strict=True))
    flat = replace(
        instance.links,
        capital=np.repeat(capital[:, None], years, 1), running=np.repeat(running[:, None], years, 1),
        lead=np.zeros(count, dtype=np.int64), capital_class=of, running_class=of,
    )  # fmt: skip
    instance = replace(
        instance, links=flat, money=np.array(money), carry=np.array(carry), ceiling=np.array(ceiling)
    )
    return instance, Solution(never.copy(), start, never.copy(), never.copy())


def told(instance: Instance, plan: Solution) -> list[tuple]:
    paid = payments(instance, plan)
    assert paid is not None
    rows = paid.table(instance).to_dict("records")
    return [(r["thing"], r["cost"], r["year"], r["fund"], r["money_of"], r["amount_idr"]) for r in rows]


def test_whole_things_from_one_fund_and_the_same_one_through_the_years():
    case = plain([[15, 2], [14, 4]], [0, 0], [[1.0, 1.0]], [(10, 2, 0, 0), (9, 3, 0, 0)])
    assert told(*case) == [
        (0, "capital", 2025, "fund 0", 2025, 10),
        (0, "running", 2025, "fund 0", 2025, 2),
        (0, "running", 2026, "fund 0", 2026, 2),
        (1, "capital", 2025, "fund 1", 2025, 9),
        (1, "running", 2025, "fund 1", 2025, 3),
        (1, "running", 2026, "fund 1", 2026, 3),
    ]


def test_what_no_fund_can_pay_whole_is_split_and_says_how():
    instance, plan = plain([[6], [4]], [0, 0], [[1.0, 1.0]], [(10, 0, 0, 0)])
    paid = payments(instance, plan)
    assert paid is not None
    table = paid.table(instance)
    assert table[["fund", "amount_idr", "share"]].to_numpy().tolist() == [
        ["fund 0", 6, 0.6],
        ["fund 1", 4, 0.4],
    ]
    assert paid.first_fund(instance, LINK).tolist() == [0]
    assert paid.first_fund(instance, NODE).tolist() == paid.first_fund(instance, OFFER).tolist() == [-1]


def test_two_halves_can_pay_an_odd_amount():
    instance, plan = plain([[9], [9]], [0, 0], [[0.5, 0.5]], [(7, 0, 0, 0)])
    assert [row[3:] for row in told(instance, plan)] == [("fund 0", 2025, 4), ("fund 1", 2025, 3)]


def test_money_stays_as_long_as_it_may_and_the_oldest_goes_first():
    assert told(*plain([[5, 5, 0]], [1], [[1.0]], [(8, 0, 1, 0), (2, 0, 2, 0)])) == [
        (0, "capital", 2026, "fund 0", 2025, 5),
        (0, "capital", 2026, "fund 0", 2026, 3),
        (1, "capital", 2027, "fund 0", 2026, 2),
    ]
    assert payments(*plain([[5, 5, 0]], [1], [[1.0]], [(8, 0, 1, 0), (3, 0, 2, 0)])) is None
    assert payments(*plain([[5, 0, 0]], [1], [[1.0]], [(1, 0, 2, 0)])) is None


def test_a_fund_that_may_pay_for_little_leaves_the_other_to_those_who_have_none_else():
    """Class 1 can only be paid by fund 0, which would otherwise pay for class 0 first."""
    case = plain([[10], [10]], [0, 0], [[1.0, 1.0], [1.0, 0.0]], [(9, 0, 0, 0), (8, 0, 0, 1)])
    assert [(row[0], row[3]) for row in told(*case)] == [(0, "fund 1"), (1, "fund 0")]


def test_nobody_may_pay():
    instance, plan = plain([[10]], [0], [[0.0]], [(1, 0, 0, 0)])
    assert payments(instance, plan) is None
    assert Purse.of(instance).shortage(needs(instance, plan)).tolist() == [[1]]


def test_what_lacks_lacks_in_the_later_year():
    purse = Purse(np.array([[5, 5, 5]]), np.array([2]), np.array([[1.0]]))
    assert purse.shortage(np.array([[4, 6, 6]])).tolist() == [[0, 0, 1]]
    assert purse.shortage(np.array([[6, 4, 4]])).tolist() == [[1, 0, 0]]


def test_a_plan_that_builds_nothing_costs_nothing():
    instance, _ = problem(3)
    paid = payments(instance, Solution.nothing(instance))
    assert paid is not None
    assert len(paid) == len(paid.table(instance)) == 0
    assert (paid.unspent(instance) == instance.money).all()


def test_amounts_of_a_whole_country_do_not_overflow():
    big = 4 * 10**15
    instance, plan = plain([[big], [big]], [0, 0], [[1 / 3, 2 / 3]], [(big, 0, 0, 0)])
    paid = payments(instance, plan)
    assert paid is not None
    assert paid.spent(instance)[:, 0].sum() == big
