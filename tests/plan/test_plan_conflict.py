"""Rules that contradict each other: found, as few as can be, named, with what would free them."""

from __future__ import annotations

import dataclasses
from itertools import combinations, product

import numpy as np
import pytest
from brute import best
from fair_cases import Case, Spot
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tiny import instances, seeded

from merata.errors import SettingsError
from merata.plan.conflict import conflict, irreducible, plain_conflicts, smallest_conflict
from merata.plan.instance import NONE, Rule
from merata.plan.plain import attainable, impossible
from merata.plan.ruled import MONEY, PAYS, VILLAGES, relaxed


def feasible(instance) -> bool:
    return best(instance) is not None


def quick(instance) -> bool:
    """Whether any plan exists, by trying every start of every place of a `Case` without sites."""
    years = len(instance.years)
    starts = []
    for p in range(len(instance.village)):
        own = [
            (o, s)
            for o in np.flatnonzero(instance.place == p)
            for s in range(max(instance.offers.first[o], instance.offers.lead[o]), years)
            if s <= instance.offers.last[o]
        ]
        must = [o for o in np.flatnonzero(instance.place == p) if instance.offers.must[o]]
        starts.append([way for way in own if set(must) <= {way[0]}] + ([] if must else [(NONE, years)]))
    return any(_fits(instance, ways) for ways in product(*starts))


def _fits(instance, ways) -> bool:
    years = len(instance.years)
    start = np.array([s for _, s in ways])
    served = start[:, None] <= np.arange(years)
    gated = instance.gate != NONE
    spent = np.zeros((len(instance.ceiling), years))
    for o, s in ways:
        if o != NONE:
            paid = s - instance.offers.lead[o]
            spent[instance.offers.capital_class[o], paid] += instance.offers.capital[o, paid]
    may = instance.ceiling[:, 0] >= 1
    begun = [start[instance.village == v].min() for v in np.unique(instance.village)]
    return (
        bool((start[instance.gate[gated]] <= start[gated]).all())
        and not spent[~may].any()
        and bool((spent.sum(axis=0) <= instance.money[0]).all())
        and all(m == NONE or begun.count(t) <= m for t, m in enumerate(instance.villages_per_year))
        and all((r.coefficient * served[r.place, r.year]).sum() >= r.least - 1e-9 for r in instance.rules)
    )


def fewest(problem) -> int:
    """How many rules the smallest conflict has, by trying all sets of them."""
    keys = problem.keys
    for size in range(len(keys) + 1):
        for kept in combinations(keys, size):
            if not quick(relaxed(problem, [k for k in keys if k not in kept])):
                return size
    raise AssertionError("no conflict")


DECISIONS = st.sampled_from(
    [
        'decision = "force"\nvillage = "v0"\nyear = 2025',
        'decision = "forbid"\nvillage = "v0"\noption = "leo"',
        'decision = "postpone"\noption = "leo"\nyear = 2026',
        'decision = "fix"\nvillage = "v1"\nyear = 2026',
        'decision = "promised"\nvillage = "v1"\nyear = 2025',
        'decision = "forbid"\noption = "leo"',
    ]
)
FAIR = st.sampled_from(
    [
        "floor = {2025 = 0.5}", "floor = {2025 = 0.4, 2026 = 1.0}", "each_year = 1", "spread = 0.2",
        "worst_first = 1", "longest_wait_years = 0", "longest_wait_years = 1\nspread = 0.0",
    ]
)  # fmt: skip


@settings(max_examples=40)
@given(
    st.lists(st.sampled_from("AB"), min_size=2, max_size=3),
    FAIR,
    st.lists(DECISIONS, max_size=2, unique=True),
    st.lists(st.integers(0, 2), min_size=2, max_size=2),
    st.sampled_from([NONE, 0, 1]),
    st.sampled_from([1.0, 1.0, 0.5]),
)
def test_the_smallest_conflict_is_as_small_as_trying_all_says(districts, fair, rows, money, most, ceiling):
    spots = [Spot(f"v{n}", d) for n, d in enumerate(districts)]
    case = Case(spots, years=2, money=money, villages_per_year=most, ceiling=ceiling)
    toml = f"[plan.fair]\n{fair}\n" + "".join(f"[[plan.decide]]\nreason = 'r'\n{row}\n" for row in rows)
    try:
        problem = case.ruled(toml)
    except SettingsError:
        assume(False)
    found = conflict(problem, quick, calls=500)
    if quick(problem.instance()):
        assert found is None
        assert plain_conflicts(problem) == []
        return
    assert found is not None
    kept = lambda keys: relaxed(problem, [k for k in problem.keys if k not in keys])  # noqa: E731
    assert not quick(kept(found.keys))
    for key in found.keys:
        assert quick(kept([k for k in found.keys if k != key])), "any one of them dropped, there is a way"
    assert found.smallest
    assert len(found.keys) == fewest(problem)
    assert len(found.asks) == len(found.frees) == len(found.keys)


@settings(max_examples=60)
@given(instances())
def test_what_looks_impossible_is(instance):
    if impossible(instance):
        assert best(instance) is None


def test_a_look_finds_some_of_what_is_impossible():
    seen = [impossible(seeded(seed)) for seed in range(60)]
    assert any(seen)
    assert not all(seen)


@given(st.sets(st.frozensets(st.integers(0, 6), min_size=1, max_size=4), min_size=1, max_size=4))
def test_smallest_sets_over_plain_sets(bad):
    """Impossible is whatever holds one of some bad sets."""
    keys = [str(n) for n in range(7)]
    asked = []

    def possible(kept):
        asked.append(frozenset(kept))
        return not any({str(n) for n in one} <= set(kept) for one in bad)

    found, proven = smallest_conflict(keys, possible, 1000)
    assert proven
    assert len(found) == min(map(len, bad))
    assert not possible(found)
    some = irreducible(keys, possible)
    assert all(possible([k for k in some if k != key]) for key in some)


def test_an_answer_that_is_not_known_proves_nothing():
    found, proven = smallest_conflict(list("abc"), lambda kept: False if len(kept) == 3 else None, 100)
    assert (found, proven) == (list("abc"), False)
    case = Case([Spot("a")], money=[0, 0, 0])
    assert conflict(case.ruled(), lambda _: None) is None


def test_no_money_and_a_floor_are_named_with_what_would_free_them():
    problem = Case([Spot("a"), Spot("b")], money=[0, 0, 0]).ruled("[plan.fair]\nfloor = {2026 = 0.5}")
    found = conflict(problem, feasible)
    assert found.plain
    assert set(found.keys) == {"plan.fair.floor.2026", MONEY}
    english, indonesian = found.told("en"), found.told("id")
    assert "by the end of 2026 at least 50 %" in english
    assert "more money" in english
    assert "sampai akhir 2026" in indonesian
    assert "dana lebih banyak" in indonesian


def test_too_little_money_says_how_much_more_would_do():
    spots = [Spot("a", cost=100), Spot("b", cost=100), Spot("c", "B", cost=100)]
    problem = Case(spots, money=[160, 80, 100]).ruled("[plan.fair]\nlongest_wait_years = 1")
    found = conflict(problem, feasible)
    assert found.keys == ("plan.fair.longest_wait_years", MONEY)
    assert not found.plain
    assert found.smallest
    # Two in the first year and one in the second: the second has 80 and needs 100, a quarter more.
    assert "; 25 % more in every year would do" in found.told("en")


def test_only_the_rows_that_matter_are_told():
    spots = [Spot("a"), Spot("b"), Spot("c", "B"), Spot("d", "C")]
    problem = Case(spots, years=2, money=[9, 9]).ruled(
        "[plan.fair]\nfloor = {2025 = 1.0}\n[[plan.decide]]\ndecision = 'postpone'\nvillage = 'c'\n"
        "year = 2026\nreason = 'no road'"
    )  # fmt: skip
    found = conflict(problem, feasible)
    assert found.plain
    assert set(found.keys) == {"plan.fair.floor.2025", "plan.decide.1"}
    english = found.told("en")
    assert " in B " in english
    assert " in A " not in english
    assert "no road" in english


def test_force_and_forbid_of_a_place_in_a_village():
    toml = (
        '[[plan.decide]]\ndecision = "force"\nvillage = "a"\nreason = "one"\n'
        '[[plan.decide]]\ndecision = "forbid"\nplace = "a/village office/0"\nreason = "two"\n'
    )
    found = conflict(Case([Spot("a")]).ruled(toml), feasible)
    assert found.keys == ("plan.decide.1", "plan.decide.2")
    assert "one" in found.asks[0][0]
    assert "two" in found.asks[1][1]


def test_a_wait_shorter_than_the_lead_time_stands_alone():
    found = conflict(Case([Spot("a", lead=1)]).ruled("[plan.fair]\nlongest_wait_years = 0"), feasible)
    assert found.plain
    assert found.keys == ("plan.fair.longest_wait_years",)
    assert "this rule" in found.told("en")
    assert "nobody waits longer than 0 years. What would free it: allow a longer wait." in found.told("en")


def test_a_must_that_no_fund_may_pay_for():
    toml = '[[plan.decide]]\ndecision = "force"\nsite = "mast"\nreason = "agreed"\n'
    found = conflict(Case([Spot("a")], ceiling=0.5).ruled(toml), feasible)
    assert found.plain
    assert set(found.keys) == {"plan.decide.1", PAYS}


def test_more_villages_asked_for_than_may_be_started():
    spots = [Spot(v) for v in "abcd"]
    problem = Case(spots, years=2, villages_per_year=1).ruled(
        "[plan.fair]\nlongest_wait_years = 1\nfloor = {2026 = 0.9}"
    )
    found = conflict(problem, quick)
    assert found.plain
    assert found.keys == ("plan.fair.longest_wait_years", VILLAGES) or found.keys == (
        "plan.fair.floor.2026",
        VILLAGES,
    )
    assert "2 would do" in found.told("en")


def test_two_conflicts_that_share_nothing_are_both_found():
    toml = (
        '[plan.fair]\nlongest_wait_years = 0\n[[plan.decide]]\ndecision = "force"\nvillage = "b"\nreason = "x"\n'
        '[[plan.decide]]\ndecision = "forbid"\nplace = "b/village office/1"\nreason = "y"\n'
    )
    found = plain_conflicts(Case([Spot("a", lead=1), Spot("b")]).ruled(toml))
    assert sorted(f.keys for f in found) == [
        ("plan.decide.1", "plan.decide.2"), ("plan.fair.longest_wait_years",),
    ]  # fmt: skip


def test_what_must_be_and_cannot_without_any_rule():
    case = Case([Spot("a")])
    base = case.instance
    nodes = dataclasses.replace(base.nodes, must=np.array([False, True]), first=np.array([0, 3]))
    problem = dataclasses.replace(case.ruled(), base=dataclasses.replace(base, nodes=nodes))
    found = conflict(problem, feasible)
    assert found.keys == ()
    assert "even without any rule" in found.told("en")


@pytest.mark.parametrize("key", ["plan.fair", "plan.fair.floor", "plan.fair.floor.2026"])
def test_rules_are_taken_away_by_key_or_the_start_of_it(key):
    problem = Case([Spot("a")]).ruled("[plan.fair]\nfloor = {2026 = 0.5}\norder = ['weak']")
    assert [r.key for r in problem.instance().rules] == ["plan.fair.floor.2026"]
    assert problem.fair_settings == ["plan.fair.floor", "plan.fair.order"]
    assert relaxed(problem, [key]).rules == []
    assert len(relaxed(problem, [key]).tier) == (0 if key == "plan.fair" else 1)


def test_taking_money_limits_away_even_where_there_is_no_fund():
    case = Case([Spot("a")])
    base = dataclasses.replace(
        case.instance, funds=[], money=np.zeros((0, 3), dtype=np.int64), carry=np.zeros(0, dtype=np.int64),
        ceiling=np.zeros((1, 0)),
    )  # fmt: skip
    problem = dataclasses.replace(case.ruled("[plan.fair]\nlongest_wait_years = 0"), base=base)
    assert not feasible(problem.instance())
    assert feasible(relaxed(problem, ["funds"]))
    keys = conflict(problem, feasible).keys
    assert keys[0] == "plan.fair.longest_wait_years"
    assert keys[1:] in ((MONEY,), (PAYS,))


def test_what_a_rule_could_reach():
    rule = Rule("k", "", np.array([0, 1, 2]), np.array([1, 1, 1]), np.array([1.0, 2.0, -1.0]), 1.0)
    assert attainable(rule, np.array([0, 2, 0])) == 1.0
