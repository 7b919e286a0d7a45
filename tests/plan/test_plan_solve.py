"""The plan is the best there is, keeps to every rule, and says the same every time."""

import dataclasses
import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from brute import best
from factory import KM, Place, Village, access, lines, settings
from hypothesis import assume, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from merata.access.result import Access
from merata.plan.check import violations
from merata.plan.fairness import DISTRICT_SHARES, FAIRNESS
from merata.plan.files import write_plan
from merata.plan.instance import Instance
from merata.plan.pose import pose
from merata.plan.result import FUND_YEARS, PAYMENTS, POINTS, VILLAGES, WORKS, YEARS, Plan
from merata.plan.solve import choices, solve
from merata.region.settings import Settings

MILLION = 1_000_000
YEARS_2 = "first_year = 2025\nlast_year = 2026\ngap = 0.0\n"

KINDS = ("school", "health post", "market")

places = st.builds(
    Place,
    kind=st.sampled_from(KINDS),
    access_now=st.sampled_from(["none", "basic"]),
    chance=st.sampled_from([0.5, 0.8, 1.0]),
    dbm=st.sampled_from([None, -100.0]),
    power=st.booleans(),
)
offices = st.builds(
    Place,
    access_now=st.sampled_from(["none", "basic"]),
    below=st.sampled_from([True, True, False]),
    chance=st.sampled_from([0.5, 1.0]),
    dbm=st.sampled_from([None, -100.0]),
    power=st.booleans(),
)


@st.composite
def villages(draw: st.DrawFn, most_places: int) -> list[Village]:
    made, left = [], most_places
    for _ in range(draw(st.integers(1, 3))):
        others = draw(st.lists(places, max_size=min(2, max(0, left - 1))))
        made.append(
            Village(
                [draw(offices), *others],
                people=draw(st.sampled_from([300, 1000, 2500])),
                people_below=left - len(others) > 1 and draw(st.booleans()),
            )
        )
        left -= 1 + len(others) + made[-1].people_below
        if left <= 0:
            break
    return made


amounts = st.integers(0, 12).map(lambda n: n * 6 * MILLION)


def budgets(years: list[int], most: int = 2) -> st.SearchStrategy[dict[str, dict[int, int]]]:
    one = st.fixed_dictionaries(dict.fromkeys(years, amounts))
    return st.dictionaries(st.sampled_from(["a", "b"][:most]), one, min_size=1, max_size=most)


def presence(east_km: float) -> dict[str, gpd.GeoDataFrame]:
    """A point of presence so far from the first office."""
    point = shapely.Point(117 + east_km * KM, 0.01)
    return {
        "sites": lines("sites", [point], id=["P"], kind=["point of presence"], known_by=["reported"]),
    }


def posed(region: Access, tables: dict[str, gpd.GeoDataFrame], config: Settings) -> Instance:
    return pose(choices(region, tables, config), region, tables, config).instance


def soon_tried(instance: Instance) -> bool:
    """Whether everything can be tried within seconds, not minutes."""
    years = len(instance.years)
    ways = [1 + years * int((instance.place == p).sum()) for p in range(len(instance.village))]
    shared = int((~instance.root).sum()) + len(instance.links)
    return (years + 1) ** shared <= 7_000 and math.prod(ways) <= 20_000


def agrees(plan: Plan, instance: Instance) -> None:
    """The plan is as good as the best of what is lit as soon as it is built, and none may be better than of all."""
    lit, dark = best(instance), best(instance, dark=True)
    assert lit is not None
    assert dark is not None
    assert lit.objective - 1e-6 <= plan.objective <= dark.objective + 1e-6
    assert plan.bound >= lit.objective - 1e-6
    assert plan.gap <= 1e-6


def wrong(plan: Plan, region: Access, config: Settings) -> list[str]:
    """Every rule that a plan breaks, with what could be built made anew."""
    return violations(plan, region, {}, config, choices(region, {}, config))


@pytest.mark.slow
@given(
    villages(3),
    budgets([2025, 2026]),
    st.integers(0, 2),
    st.sampled_from([{}, presence(0.3), presence(19.0)]),
)
@hypothesis(max_examples=10)
def test_small_cases_agree_with_trying_everything(made, money, limit, tables) -> None:  # type: ignore[no-untyped-def]
    region = access(made)
    config = settings(money, YEARS_2 + f"villages_per_year = {limit}")
    instance = posed(region, tables, config)
    assume(len(instance.village) and soon_tried(instance))
    plan = solve(region, tables, config)
    agrees(plan, instance)
    assert violations(plan, region, tables, config, choices(region, tables, config)) == []


@pytest.mark.parametrize(
    ("made", "money", "tables"),
    [
        ([Village([Place(), Place("school")]), Village()], {"a": {2025: 44 * MILLION}}, {}),
        pytest.param(
            [Village([Place(dbm=-100.0)], people_below=True)],
            {"a": {2025: 60 * MILLION}},
            {},
            marks=pytest.mark.slow,
        ),
        pytest.param(
            [Village([Place(), Place("school")])],
            {"a": {2025: 51 * MILLION, 2026: 40 * MILLION}},
            presence(0.3),
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_small_case_agrees_with_trying_everything(made, money, tables) -> None:  # type: ignore[no-untyped-def]
    region, config = access(made), settings(money, YEARS_2)
    plan = solve(region, tables, config)
    assert plan.objective > 0
    agrees(plan, posed(region, tables, config))


@pytest.mark.slow
@given(villages(9), budgets([2025, 2026, 2028]), st.integers(0, 2), st.sampled_from(["repeat", "none"]))
@hypothesis(max_examples=12)
def test_no_plan_breaks_a_rule(made, money, limit, after) -> None:  # type: ignore[no-untyped-def]
    region = access(made)
    config = settings(money, f'villages_per_year = {limit}\nbudget_after_last = "{after}"')
    plan = solve(region, {}, config)
    assert wrong(plan, region, config) == []
    assert (plan.fund_years["spent_idr"] <= plan.fund_years["budget_idr"]).all()
    assert plan.villages["code"].tolist() == region.villages["code"].tolist()
    assert 0 <= plan.gap <= 1


@pytest.mark.slow
@given(villages(6), amounts, amounts, st.integers(0, 3).map(lambda n: n * 5 * MILLION))
@hypothesis(max_examples=6)
def test_more_money_never_brings_less(made, first, second, more) -> None:  # type: ignore[no-untyped-def]
    region = access(made)
    plan = "first_year = 2025\nlast_year = 2027\ngap = 0.0"
    less = solve(region, {}, settings({"a": {2025: first, 2026: second}}, plan))
    richer = solve(region, {}, settings({"a": {2025: first + more, 2026: second + more}}, plan))
    # Both are proven to within their gap; that of these small ones is nothing.
    assert richer.objective >= less.objective * (1 - less.gap - richer.gap) - 1e-9


@pytest.mark.slow
def test_the_office_comes_first_even_when_a_school_counts_more() -> None:
    region = access([Village([Place(power=False), Place("school")], people=1000)])
    money = {"a": {2025: 22 * MILLION, 2026: 60 * MILLION}}
    plan = solve(region, {}, settings(money, "school_weight = 100.0\nfirst_year = 2025\nlast_year = 2026"))
    year = plan.points.set_index("kind")["year"]
    # The school (Rp 22 million) would fit into 2025, its office with solar power (Rp 42 million) does not.
    assert year["village office"] == 2026
    assert "school" not in year or year["school"] >= 2026


@pytest.mark.slow
def test_an_office_at_its_promise_holds_nothing_back() -> None:
    region = access([Village([Place(below=False, access_now="working"), Place("school")])])
    plan = solve(region, {}, settings({"a": {2025: 22 * MILLION}}))
    assert plan.points["kind"].tolist() == ["school"]
    assert plan.villages["access_then"].tolist() == ["working"]


@pytest.mark.slow
def test_who_has_nothing_goes_before_who_has_too_little() -> None:
    region = access([Village([Place(access_now="basic")]), Village([Place(access_now="none")])])
    plan = solve(region, {}, settings({"a": {2025: 22 * MILLION}}))
    assert plan.points["village_code"].tolist() == ["99.01.01.2002"]


@pytest.mark.slow
def test_a_budget_is_used_to_the_last_rupiah_and_not_one_beyond() -> None:
    region = access([Village(), Village()])
    exact = solve(region, {}, settings({"a": {2025: 44 * MILLION}}))
    short = solve(region, {}, settings({"a": {2025: 44 * MILLION - 1}}))
    assert exact.points["year"].tolist() == [2025, 2025]
    assert int(exact.years["capex_idr"].iloc[0] + exact.years["opex_idr"].iloc[0]) == 44 * MILLION
    assert sorted(short.points["year"].tolist()) == [2025, 2026]


@pytest.mark.slow
def test_running_costs_are_paid_to_the_end_or_nothing_is_built() -> None:
    region = access([Village()])
    plan = solve(region, {}, settings({"a": {2025: 100 * MILLION, 2026: 11 * MILLION}}))
    # LEO runs at Rp 12 million a year, which no year from 2026 on has.
    assert plan.points.empty
    assert "lacks" in plan.villages["reason_en"].iloc[0]


@pytest.mark.slow
def test_what_no_fund_can_pay_alone_two_pay_together() -> None:
    region = access([Village()])
    halves = {"a": {2025: 11 * MILLION}, "b": {2025: 11 * MILLION}}
    plan = solve(region, {}, settings(halves))
    paid = plan.payments[plan.payments["year"] == 2025].groupby("fund")["amount_idr"].sum()
    assert paid.to_dict() == {"a": 11 * MILLION, "b": 11 * MILLION}
    assert solve(region, {}, settings(halves | {"b": {2025: 11 * MILLION - 1}})).points["year"].tolist() != [
        2025
    ]


@pytest.mark.parametrize(
    "money", [None, *(pytest.param({"a": {year: 0}}, marks=pytest.mark.slow) for year in (2025, 2030))]
)
def test_without_money_every_village_is_told_so(money) -> None:  # type: ignore[no-untyped-def]
    region = access([Village(), Village([Place("village office"), Place("school")], people_below=True)])
    plan = solve(region, {}, settings(money))
    assert plan.points.empty
    assert (plan.objective, plan.bound, plan.gap) == (0, 0, 0)
    assert plan.villages["reason_en"].str.contains("no budget in any year").all()
    assert plan.villages["reason_id"].str.contains("tidak ada anggaran").all()
    assert plan.villages["year"].isna().all()


@pytest.mark.slow
def test_a_village_with_all_it_was_promised_is_told_so() -> None:
    region = access([Village([Place(below=False, access_now="working")])])
    plan = solve(region, {}, settings({"a": {2025: 900 * MILLION}}))
    assert plan.points.empty
    assert "Nothing is planned" in plan.villages["reason_en"].iloc[0]


@pytest.mark.slow
def test_a_promise_that_nothing_reaches_is_told() -> None:
    region = access([Village([Place(more={"promised": "good"})])])
    plan = solve(region, {}, settings({"a": {2025: 900 * MILLION}}))
    assert plan.points.empty
    assert "no option reaches 'good'" in plan.villages["reason_en"].iloc[0]


@pytest.mark.slow
def test_a_limit_of_villages_a_year_spreads_them() -> None:
    region = access([Village() for _ in range(5)])
    plan = solve(region, {}, settings({"a": {2025: 900 * MILLION}}, "villages_per_year = 2"))
    assert sorted(plan.villages["year"].tolist()) == [2025, 2025, 2026, 2026, 2027]
    late = plan.villages[plan.villages["year"] == 2027]["reason_en"].iloc[0]
    assert "the limit of 2 villages a year is used up" in late


@pytest.mark.slow
def test_the_limit_counts_villages_whose_office_is_served_already() -> None:
    served = Place(below=False, access_now="working")
    region = access([Village([served, Place("school"), Place("health post")]) for _ in range(3)])
    config = settings({"a": {2025: 900 * MILLION}}, "villages_per_year = 1\nlast_year = 2026\ngap = 0.0")
    plan = solve(region, {}, config)
    assert sorted(plan.villages["year"].dropna().tolist()) == [2025, 2026]
    assert wrong(plan, region, config) == []


@pytest.mark.slow
@pytest.mark.parametrize("count", [3, 12])
def test_the_same_twice_is_the_same_bytes(tmp_path, count) -> None:  # type: ignore[no-untyped-def]
    made = [
        Village([Place(dbm=-100 if n % 3 else None), Place("school")], people=500 + 91 * n)
        for n in range(count)
    ]
    config = settings({"a": {2025: 90 * MILLION, 2026: 200 * MILLION}, "b": {2025: 50 * MILLION}})
    written = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_plan(solve(access(made), {}, config), tmp_path / name)
        written.append({path.name: path.read_bytes() for path in sorted((tmp_path / name).iterdir())})
    assert written[0] == written[1]
    assert len(written[0]) == 5


@pytest.mark.slow
def test_villages_that_are_all_alike_are_proven_at_once() -> None:
    """Where nothing is known every village is the same; the solver must not drown in their order."""
    region = access([Village([Place(), Place("school")], people_below=True) for _ in range(120)])
    config = settings({"a": {2025: 1000 * MILLION, 2026: 800 * MILLION}, "b": {2025: 400 * MILLION}})
    plan = solve(region, {}, config)
    assert not plan.stopped_early
    assert plan.gap <= 0.001


@pytest.mark.slow
def test_alike_villages_go_in_the_order_of_their_codes() -> None:
    """Where nothing that is shared tells them apart."""
    region = access([Village([Place(), Place("school")]) for _ in range(60)])
    plan = solve(region, {}, settings({"a": {2025: 500 * MILLION, 2026: 400 * MILLION}}))
    built = plan.villages["year"].dropna().tolist()
    assert plan.gap <= 0.001
    assert not plan.stopped_early
    assert built == sorted(built)
    assert plan.villages["year"].isna().tolist() == sorted(plan.villages["year"].isna())
    assert len(set(built)) > 1
    assert 0 < len(built) < 60


@pytest.mark.slow
def test_the_tables_are_as_declared() -> None:
    plan = solve(access([Village()]), {}, settings({"a": {2025: 50 * MILLION}}))
    declared = (
        (plan.points, POINTS),
        (plan.villages, VILLAGES),
        (plan.years, YEARS),
        (plan.fund_years, FUND_YEARS),
        (plan.works, WORKS),
        (plan.payments, PAYMENTS),
        (plan.districts, DISTRICT_SHARES),
        (plan.fairness, FAIRNESS),
    )
    for table, spec in declared:
        assert list(table.columns) == [c.name for c in spec.columns]
        for column in spec.columns:
            values = table[column.name]
            assert not (column.required and values.isna().any()), column.name
            if column.choices:
                assert set(values.dropna()) <= set(column.choices)
            if column.kind == "idr":
                assert pd.api.types.is_integer_dtype(values.dtype)


@pytest.mark.slow
def test_nothing_at_all_to_plan_for() -> None:
    region = access([Village([])])
    plan = solve(region, {}, settings({"a": {2025: 50 * MILLION}}))
    assert plan.points.empty
    assert len(plan.villages) == 1
    assert plan.gap == 0


@pytest.mark.slow
def test_what_counts_is_what_the_documentation_says() -> None:
    region = access([Village([Place(access_now="none", chance=0.8)], people=3000), Village([], people=1000)])
    plan = solve(region, {}, settings({"a": {2025: 22 * MILLION, 2026: 12 * MILLION}}))
    share = 3000 / 2000
    weight = 4 * (1 + share) / 2 * 0.8 * 3
    assert plan.objective == pytest.approx(weight * math.fsum(0.9**t for t in range(6)))


@pytest.mark.slow
def test_out_of_time_the_plan_is_sound_and_says_so() -> None:
    made = [
        Village([Place(dbm=-100 if n % 3 else None), Place("school")], people=500 + 91 * n) for n in range(40)
    ]
    region = access(made)
    money = {"a": {2025: 300 * MILLION, 2026: 500 * MILLION}, "b": {2025: 111 * MILLION}}
    config = settings(money, "seconds = 0.001")
    hurried, whole = solve(region, {}, config), solve(region, {}, settings(money, "gap = 0.05"))
    assert hurried.stopped_early
    assert not whole.stopped_early
    assert wrong(hurried, region, config) == []
    assert hurried.objective <= whole.bound + 1e-6
    assert hurried.bound >= whole.objective - 1e-6


def mixed_region() -> Access:
    return access(
        [Village([Place(), Place("school")], people=700 + 131 * n, people_below=n % 2 == 0) for n in range(6)]
    )


@pytest.mark.slow
def test_the_order_of_rows_changes_nothing() -> None:
    region, config = mixed_region(), settings({"a": {2025: 120 * MILLION, 2026: 150 * MILLION}})
    turned = Access(region.settlements[::-1], region.facilities[::-1], region.villages, [])
    one, other = solve(region, {}, config), solve(turned, {}, config)
    for field in dataclasses.fields(one):
        mine, its = getattr(one, field.name), getattr(other, field.name)
        if isinstance(mine, pd.DataFrame):
            pd.testing.assert_frame_equal(mine, its)
        else:
            assert mine == its, field.name


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_other_codes_for_the_same_villages_change_nothing_that_counts(seed: int) -> None:
    region = mixed_region()
    config = settings({"a": {2025: 120 * MILLION, 2026: 150 * MILLION}}, "gap = 0.0")
    codes = region.villages["code"].tolist()
    other = dict(zip(codes, np.random.default_rng(seed).permutation(codes).tolist(), strict=True))
    renamed = Access(
        region.settlements.assign(village_code=region.settlements["village_code"].map(other)),
        region.facilities.assign(village_code=region.facilities["village_code"].map(other)),
        region.villages.assign(code=region.villages["code"].map(other)).sort_values(
            "code", ignore_index=True
        ),
        [],
    )
    one, two = solve(region, {}, config), solve(renamed, {}, config)
    assert max(one.gap, two.gap) <= 1e-9
    assert two.objective == pytest.approx(one.objective, rel=1e-9)
    assert wrong(two, renamed, config) == []
