"""How evenly a plan serves: shares of districts and inequality over people, reckoned by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from fair_cases import Case, Spot
from hypothesis import given, settings
from hypothesis import strategies as st

from merata.plan.fairness import DISTRICT_SHARES, FAIRNESS, chance_served, district_shares, fairness
from merata.plan.instance import Solution


def region() -> tuple[Case, pd.DataFrame]:
    """A: two villages in need, one out of reach; B: one in need. Each has 100 people, 50 of them below."""
    spots = [
        Spot("a", kind="people", people=50),
        Spot("b", kind="people", people=50),
        Spot("far", kind="people", people=50, earliest=9),
        Spot("c", "B", kind="people", people=50),
    ]
    villages = pd.DataFrame(
        {
            "code": ["a", "b", "far", "c"],
            "district": ["A", "A", "A", "B"],
            "people": [100] * 4,
            "people_below": [50.0] * 4,
        }
    )
    return Case(spots, years=2), villages


#: Village c from the first year on, a from the second with a chance of one half.
CHANCE = np.array([[0, 0.5], [0, 0], [0, 0], [1, 1]])


def test_shares_of_districts_are_of_what_is_in_reach():
    case, _ = region()
    table = district_shares(case.ground(), CHANCE)
    assert list(table.columns) == [c.name for c in DISTRICT_SHARES.columns]
    assert table.astype(object).values.tolist() == [
        [2025, "A", 3.0, 2.0, 0.0, 0.0], [2025, "B", 1.0, 1.0, 1.0, 1.0],
        [2026, "A", 3.0, 2.0, 1.0, 0.5], [2026, "B", 1.0, 1.0, 1.0, 1.0],
    ]  # fmt: skip
    people = district_shares(case.ground(), CHANCE, "people")
    assert people["served"].tolist() == [0, 50, 50, 50]


def test_the_table_has_a_row_before_the_plan_and_one_for_each_year():
    case, villages = region()
    table = fairness(case.ground(), CHANCE, villages)
    assert list(table.columns) == [c.name for c in FAIRNESS.columns]
    assert table["year"].isna().tolist() == [True, False, False]
    assert table["spread"].tolist() == [0, 1, 0.5]
    assert table["share"].tolist() == pytest.approx([0, 1 / 3, 2 / 3])
    assert table["lowest_district"].tolist()[1:] == ["A", "A"]
    assert table["highest_district"].tolist()[1:] == ["B", "B"]
    assert table["mean"].tolist() == pytest.approx([200 / 400, 250 / 400, 275 / 400])
    # Half have all, half nothing: the Gini index is one half and the Theil index the logarithm of 2.
    assert table["gini"].iloc[0] == pytest.approx(0.5)
    assert table["theil"].iloc[0] == pytest.approx(np.log(2))
    assert table["worst_tenth"].tolist() == [0, 0, 0]
    assert table["gini"].is_monotonic_decreasing


def test_everybody_served_is_no_inequality():
    spots = [Spot("a", kind="people", people=100), Spot("b", "B", kind="people", people=100)]
    villages = pd.DataFrame({"code": ["a", "b"], "people": [100, 100], "people_below": [100.0, 100.0]})
    last = fairness(Case(spots, years=1).ground(), np.ones((2, 1)), villages).iloc[-1]
    assert [last[k] for k in ("share", "spread", "gini", "theil", "worst_tenth", "mean")] == [
        1,
        0,
        0,
        0,
        1,
        1,
    ]


def test_a_region_where_nothing_is_in_need_or_in_reach():
    villages = pd.DataFrame({"code": ["a"], "people": [10], "people_below": [0.0]})
    table = fairness(Case([Spot("a", earliest=9)], years=1).ground(), np.zeros((1, 1)), villages)
    assert table["mean"].tolist() == [1, 1]
    assert table["lowest_district"].isna().all()
    shares = district_shares(Case([Spot("a", earliest=9)], years=1).ground(), np.zeros((1, 1)))
    assert shares["share"].isna().all()


def test_the_chance_is_the_share_of_the_offer_that_serves():
    case = Case([Spot("a", options=("leo", "fibre"))])
    instance = case.instance
    instance.share[:] = [0.5, 1.0]
    plan = Solution.nothing(instance)
    plan.offer_start[:], plan.offer_end[:] = [0, 2], [2, 3]
    assert chance_served(instance, plan).tolist() == [[0.5, 0.5, 1.0]]


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.sampled_from("AB"), st.integers(1, 99), st.integers(0, 3)), min_size=1, max_size=6)
)
def test_serving_more_people_never_lowers_the_mean_or_the_worst_off(rows):
    spots = [Spot(f"v{n}", d, kind="people", people=people) for n, (d, people, _) in enumerate(rows)]
    villages = pd.DataFrame(
        {
            "code": [s.village for s in spots],
            "people": [100] * len(spots),
            "people_below": [s.people for s in spots],
        }
    )
    chance = (np.arange(3) >= np.array([[start] for _, _, start in rows])).astype(float)
    table = fairness(Case(spots).ground(), chance, villages, "people")
    assert table["mean"].is_monotonic_increasing
    assert table["worst_tenth"].is_monotonic_increasing
    assert table["spread"].between(0, 1).all()
