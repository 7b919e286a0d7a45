"""The independent check of a plan: it finds every kind of fault, and nothing in a plan that is good."""

import dataclasses
from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from brute import best
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from tiny import instances, loaded, seeded, things

from merata.plan.audit import faults
from merata.plan.audit_money import class_needs, money_faults
from merata.plan.instance import NONE, Instance, Rule, Solution, Things, needs, objective

MILLION = 1_000_000
YEARS = 4


def _cost(*millions: int) -> np.ndarray:
    return np.repeat(np.array(millions)[:, None], YEARS, axis=1) * MILLION


def instance() -> Instance:
    """An office (place 0, node 1), a school behind it (place 1: a stop-gap, then node 2), a house with a terminal.

    The school's terminal (offer 1) goes to the house (offer 3). Class 0 is capital, class 1 is running cost.
    """
    inf = np.inf
    return Instance(
        years=[2026, 2027, 2028, 2029],
        worth=np.ones((3, YEARS)),
        village=np.array([0, 0, 1]),
        gate=np.array([NONE, 0, NONE]),
        nodes=things(_cost(0, 10, 10), running_class=1),
        root=np.array([True, False, False]),
        node_mbps=np.array([inf, 30.0, inf]),
        links=things(_cost(5, 20), lead=np.array([1, 0]), running_class=1),
        ends=np.array([[0, 1], [1, 2]]),
        link_mbps=np.array([30.0, 10.0]),
        offers=things(
            _cost(2, 6, 2, 6, 50), running=_cost(1, 3, 1, 3, 1), must=np.array([1, 0, 0, 0, 0]),
            last=np.array([2, 3, 3, 3, 3]), running_class=1,
        ),
        place=np.array([0, 1, 1, 2, 2]),
        node=np.array([1, NONE, 2, NONE, NONE]),
        share=np.array([1.0, 0.5, 1.0, 0.5, 1.0]),
        lasting=np.array([True, False, True, False, True]),
        mbps=np.array([20.0, 5.0, 10.0, 5.0, 0.0]),
        reuse=np.array([0, 4, 0, 4, 0]) * MILLION,
        pool=np.array([NONE, 0, NONE, 0, NONE]),
        funds=["province", "village"],
        money=np.array([[20, 20, 40, 0], [0, 8, 8, 8]]) * MILLION,
        carry=np.array([1, 0]),
        ceiling=np.array([[1.0, 0.0], [0.5, 1.0]]),
        villages_per_year=np.array([NONE, 1, 1, 1]),
        rules=[Rule("plan.floor", "the school is served in 2027", np.array([1]), np.array([1]), np.array([1.0]), 1.0)],
    )  # fmt: skip


def good() -> Solution:
    """Needs of class 0: 5, 10 + 2 + 6, 10 + 20 + 2 + (6 − 4), 0; of class 1: 0, 1 + 3, 1 + 1 + 3, the same."""
    return Solution(
        node_start=np.array([0, 1, 2]),
        link_start=np.array([1, 2]),
        offer_start=np.array([1, 1, 2, 2, 4]),
        offer_end=np.array([4, 2, 4, 4, 4]),
    )


def test_a_good_plan_has_no_faults_and_costs_what_was_reckoned_by_hand():
    assert faults(instance(), good()) == []
    million = {key: rupiah / MILLION for key, rupiah in class_needs(instance(), good()).items()}
    assert million == {(0, 0): 5, (0, 1): 18, (0, 2): 34, (1, 1): 4, (1, 2): 5, (1, 3): 5}


def _at(name: str, index: int, value: int) -> Callable[[Solution], None]:
    return lambda solution: getattr(solution, name).__setitem__(index, value)


def _all(*changes: Callable[[Solution], None]) -> Callable[[Solution], None]:
    def change(solution: Solution) -> None:
        for each in changes:
            each(solution)

    return change


def _shape(solution: Solution) -> None:
    solution.offer_end = solution.offer_end[:-1]


def _kind(solution: Solution) -> None:
    solution.node_start = solution.node_start.astype(float)


BROKEN_PLANS = {
    "an array too short": (_shape, "offer_end is int64 of shape (4,)"),
    "times that are no whole numbers": (_kind, "node_start is float64"),
    "a time after the end": (_at("link_start", 0, 5), "link_start lies outside 0 to 4"),
    "a time below 0": (_at("offer_start", 0, -1), "offer_start lies outside 0 to 4"),
    "two offers at once": (_at("offer_start", 4, 3), "place 2 is served by several offers in 2029: 3, 4"),
    "a lasting offer ends": (_at("offer_end", 0, 3), "offer 0 is lasting and ends in 2029"),
    "served, then not": (_at("offer_end", 3, 3), "place 2 is served in 2028 and not in 2029"),
    "a stop-gap gives way to nothing": (_at("offer_end", 3, 3), "no lasting offer follows there in that year"),
    "an end before the start": (_at("offer_end", 3, 2), "offer 3 ends in 2028, not after it starts in 2028"),
    "before its gate": (_at("offer_start", 0, 2), "place 1 is served in 2027, before its gate, place 0"),
    "never what has to be": (_at("offer_start", 0, 4), "offer 0 has to be in service by 2028 and never is"),
    "too late": (_at("offer_start", 0, 3), "offer 0 is in service from 2029, after its last year 2028"),
    "before its lead": (_at("link_start", 0, 0), "it would be paid before 2026"),
    "before its first year": (_at("link_start", 0, 0), "link 0 is in service from 2026, before its first year"),
    "a node that is not built": (_at("node_start", 1, 4), "its node 1 is not lit then"),
    "a link that is not built": (_at("link_start", 1, 3), "offer 2 serves from 2028 and its node 2 is not lit"),
    "a node behind a dark one": (_at("node_start", 1, 2), "offer 0 serves from 2027 and its node 1 is not lit"),
    "a rule": (_all(_at("offer_start", 1, 4), _at("offer_end", 1, 4)), "plan.floor is not kept: the school"),
    "too many villages": (_at("offer_start", 3, 1), "2 villages get their first service in 2027; at most 1 may"),
    "money": (
        _all(_at("offer_start", 4, 2), _at("offer_start", 3, 4)),
        "the funds cannot pay the plan: Rp 25,000,000 are missing",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN_PLANS)
def test_every_way_to_break_a_plan_is_found(name):
    breaks, expected = BROKEN_PLANS[name]
    solution = good()
    breaks(solution)
    found = faults(instance(), solution)
    assert any(expected in fault for fault in found), found


def _but(part: str, **changes: np.ndarray) -> dict[str, Things]:
    """The instance's nodes or links, but for some of their arrays."""
    return {part: dataclasses.replace(getattr(instance(), part), **changes)}


#: What each fund pays in the good plan, to the rupiah.
EXACT_MONEY = np.array([[5, 18, 34, 0], [0, 4, 5, 5]]) * MILLION

BROKEN_INSTANCES = {
    "a node carries too little": (
        {"node_mbps": np.array([np.inf, 29.0, np.inf])},
        "in 2028 the network carries at most 29 of the 30",
    ),
    "a link carries too little": ({"link_mbps": np.array([30.0, 9.0])}, "node 2 lacks 1 of its 10 Mbit/s"),
    "a root carries too little": (
        {"node_mbps": np.array([25.0, 30.0, np.inf])},
        "carries at most 25 of the 30",
    ),
    "money that does not stay": (
        {"carry": np.array([0, 0]), "money": np.array([[20, 37, 17, 0], [0, 4, 5, 5]]) * MILLION},
        "Rp 17,000,000 are missing",
    ),
    "a ceiling": ({"ceiling": np.array([[1.0, 0.0], [0.5, 0.2]])}, "Rp 4,200,000 are missing"),
    "a fund that pays nothing": (
        {"ceiling": np.array([[0.0, 0.0], [0.5, 1.0]])},
        "Rp 57,000,000 are missing",
    ),
    "reuse that is not there": ({"pool": np.full(5, NONE), "money": EXACT_MONEY}, "Rp 4,000,000 are missing"),
    "a forbidden node": (_but("nodes", first=np.array([0, 0, 4])), "node 2 is in service from 2028, before"),
    "a node too late": (_but("nodes", last=np.array([3, 3, 1])), "node 2 is in service from 2028, after its"),
    "a link too late": (_but("links", last=np.array([0, 3])), "link 0 is in service from 2027, after its"),
}


@pytest.mark.parametrize("name", BROKEN_INSTANCES)
def test_what_no_longer_holds_is_found(name):
    changes, expected = BROKEN_INSTANCES[name]
    changed = dataclasses.replace(instance(), **changes)
    found = faults(changed, good())
    assert any(expected in fault for fault in found), found


def test_a_plan_that_spends_every_rupiah_is_good_and_one_rupiah_less_is_not():
    exact = dataclasses.replace(instance(), money=EXACT_MONEY.copy())
    assert faults(exact, good()) == []
    exact.money[1, 3] -= 1
    assert [fault for fault in faults(exact, good()) if "Rp 1 are missing" in fault]


def test_a_ceiling_is_rounded_up_to_a_rupiah():
    half = dataclasses.replace(instance(), ceiling=np.array([[0.5, 0.5], [1.0, 1.0]]))
    half.money[:] = 100 * MILLION
    half.offers.capital[0] += 1
    assert faults(half, good()) == []


def test_a_long_list_of_faults_is_shortened():
    many = dataclasses.replace(
        instance(), rules=[Rule("k", "never", np.array([0]), np.array([0]), np.array([1.0]), 1.0)] * 50
    )
    told = faults(many, good())
    assert len(told) == 21
    assert told[-1] == "… and more faults like the last"


def payments() -> np.ndarray:
    """The province pays all capital, 9 of its 2028 from the year before, and half of what the classes run."""
    paid = np.zeros((2, 2, YEARS, YEARS), dtype=np.int64)
    paid[0, 0, 0, 0], paid[0, 0, 1, 1], paid[0, 0, 2, 2] = 5 * MILLION, 18 * MILLION, 34 * MILLION
    paid[1, 1, 1, 1], paid[1, 1, 2, 2], paid[1, 1, 3, 3] = 4 * MILLION, 5 * MILLION, 4 * MILLION
    paid[1, 0, 2, 3] = MILLION
    return paid


@pytest.mark.parametrize(
    ("where", "amount", "expected"),
    [
        ((0, 0, 0, 0), 6, "class 0 needs Rp 5,000,000 in 2026 and is paid Rp 6,000,000"),
        ((1, 0, 2, 3), -1, "Rp -1,000,000 is below 0"),
        ((0, 0, 0, 2), 1, "that fund's money stays 1 years"),
        ((0, 0, 3, 2), 1, "that fund's money stays 1 years"),
        (
            (1, 0, 2, 3),
            3,
            "fund province pays Rp 3,000,000 of class 1 in 2029, above its ceiling of Rp 2,500,000",
        ),
        ((0, 1, 2, 2), 1, "fund village pays Rp 1,000,000 of class 0 in 2028, above its ceiling of Rp 0"),
        ((1, 1, 3, 3), 9, "fund village has Rp 8,000,000 in 2029 and spends Rp 9,000,000"),
    ],
)
def test_payments_are_checked(where, amount, expected):
    assert faults(instance(), good(), payments()) == []
    wrong = payments()
    wrong[where] = amount * MILLION
    assert any(expected in fault for fault in faults(instance(), good(), wrong))


def test_payments_that_are_no_whole_rupiah_are_refused():
    assert "whole rupiah" in faults(instance(), good(), payments() / 2)[0]


@settings(max_examples=40)
@given(instances())
def test_the_best_plan_has_no_faults(tiny):
    found = best(tiny)
    if found is not None:
        assert faults(tiny, found.solution) == []
        assert objective(tiny, found.solution) == pytest.approx(found.objective)


@pytest.mark.slow
def test_the_best_plan_has_no_faults_where_several_links_share_a_load():
    """The cuts of the brute force against the linear programme of the audit."""
    for seed in range(40):
        tight = loaded(seed)
        found = best(tight)
        if found is not None:
            assert faults(tight, found.solution) == []
            wide = dataclasses.replace(
                tight, link_mbps=np.full(len(tight.ends), np.inf), node_mbps=np.full(len(tight.root), np.inf)
            )
            free = best(wide)
            assert free is not None
            if free.by_tier > found.by_tier:
                assert faults(tight, free.solution) != []


@settings(max_examples=40)
@given(instances(), st.randoms(use_true_random=False))
def test_a_plan_without_faults_is_never_better_than_the_best(tiny, random):
    """Each thing of the best plan is moved at random: what the check lets pass, the brute force must have tried."""
    found = best(tiny, dark=True)
    years = len(tiny.years)
    for _ in range(4):
        solution = (found.solution if found else Solution.nothing(tiny)).copy()
        for array in (solution.node_start, solution.link_start, solution.offer_start, solution.offer_end):
            for n in range(len(array)):
                if random.random() < 0.25:
                    array[n] = random.randint(0, years)
        if not faults(tiny, solution):
            assert found is not None
            by_tier = np.zeros(len(found.by_tier))
            tier = tiny.tier if len(tiny.tier) else np.zeros(len(tiny.village), dtype=int)
            worth = solution.serving(years) * tiny.worth[tiny.place] * tiny.share[:, None]
            np.add.at(by_tier, tier[tiny.place], worth.sum(axis=1))
            assert tuple(by_tier.round(9)) <= found.by_tier


def _everything(tiny: Instance) -> float | None:
    """The best objective over every solution that has no faults at all, by nothing but counting."""
    years = len(tiny.years)
    starts = range(years + 1)
    most = None
    _, nodes, links, offers = tiny.shape
    for start in product(starts, repeat=nodes + links + 2 * offers):
        node, link, begin, end = np.split(np.array(start), [nodes, nodes + links, nodes + links + offers])
        solution = Solution(node, link, begin, end)
        if most is None or objective(tiny, solution) > most:
            most = objective(tiny, solution) if not faults(tiny, solution) else most
    return most


def _countable(seed: int) -> bool:
    """Whether an instance has few enough solutions to look at each."""
    tiny = seeded(seed)
    _, nodes, links, offers = tiny.shape
    return bool((len(tiny.years) + 1) ** (nodes + links + 2 * offers) <= 600)


COUNTABLE = [seed for seed in range(300) if _countable(seed)][:20]


@pytest.mark.parametrize(
    "seed", [*COUNTABLE[:6], *(pytest.param(s, marks=pytest.mark.slow) for s in COUNTABLE[6:])]
)
def test_the_brute_force_agrees_with_plain_counting(seed):
    tiny = dataclasses.replace(seeded(seed), tier=np.zeros(0, dtype=np.int64))
    found = best(tiny, dark=True)
    counted = _everything(tiny)
    assert (found is None) == (counted is None)
    if found is not None:
        assert found.objective == pytest.approx(counted)


@settings(max_examples=40)
@given(instances())
def test_needs_are_those_of_the_contract(tiny):
    found = best(tiny, dark=True)
    if found is not None:
        table = needs(tiny, found.solution)
        assert {(c, t): int(table[c, t]) for c, t in np.argwhere(table).tolist()} == class_needs(
            tiny, found.solution
        )


@settings(max_examples=40)
@given(instances(), st.integers(0, 3))
def test_what_can_be_paid_is_what_a_linear_programme_finds(tiny, scale):
    """Any choice of offers, with money that may or may not do: the whole-rupiah flow against HiGHS."""
    solution = Solution.nothing(tiny)
    years = len(tiny.years)
    solution.offer_start = np.where(
        tiny.offers.first < years, np.maximum(tiny.offers.first, tiny.offers.lead), years
    )
    poor = dataclasses.replace(tiny, money=tiny.money * scale // 2)
    assert (list(money_faults(poor, solution)) == []) == _can_pay(poor, class_needs(poor, solution))


def _can_pay(tiny: Instance, needed: dict[tuple[int, int], int]) -> bool:
    funds, years = tiny.money.shape
    pays = [
        (f, a, c, t)
        for (c, t) in needed
        for f in range(funds)
        for a in range(t + 1)
        if t <= a + tiny.carry[f]
    ]
    if not needed:
        return True
    if not pays:
        return False
    rows = {("money", f, a): tiny.money[f, a] for f in range(funds) for a in range(years)}
    rows |= {("top", f, c, t): tiny.ceiling[c, f] * r for (c, t), r in needed.items() for f in range(funds)}
    number = {key: k for k, key in enumerate(rows)}
    upper, equal = np.zeros((len(rows), len(pays))), np.zeros((len(needed), len(pays)))
    for k, (f, a, c, t) in enumerate(pays):
        upper[number["money", f, a], k] = upper[number["top", f, c, t], k] = 1
        equal[list(needed).index((c, t)), k] = 1
    unit = 1e7
    done = linprog(
        np.zeros(len(pays)),
        upper,
        np.array(list(rows.values())) / unit,
        equal,
        np.array(list(needed.values())) / unit,
    )
    return bool(done.status == 0)
