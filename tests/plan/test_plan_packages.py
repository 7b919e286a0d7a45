"""Procurement lots hold every thing that a plan pays for once, with what it is made of and where it is."""

import pandas as pd
import pytest
from factory import Place, Village, access, settings

from merata.plan.packages import packages
from merata.plan.pose import pose
from merata.plan.recall import recall
from merata.plan.solve import choices, projection, solve

CONFIG = settings({"Province": {2025: 60_000_000, 2026: 60_000_000}}, "first_year = 2025\nlast_year = 2026\n")
REGION = access([
    Village([Place(), Place("school", dbm=-95.0)]), Village([Place(dbm=-95.0)], people=900), Village(people=800),
])  # fmt: skip


@pytest.fixture(scope="module")
def plan():
    return solve(REGION, {}, CONFIG)


def lots_of(plan, **limits):
    supply = choices(REGION, {}, CONFIG)
    posed = pose(supply, REGION, {}, CONFIG)
    return packages(posed, recall(plan, posed), projection(REGION, CONFIG), **limits), posed


def test_every_point_is_in_one_lot_and_the_money_is_the_plans(plan):
    lots, _ = lots_of(plan)
    assert sorted(lots.works["id"]) == sorted(plan.points["place"])
    assert lots.lots["used_idr"].sum() == plan.points["capex_idr"].sum()
    assert lots.lots["yearly_idr"].sum() == plan.points["opex_idr_per_year"].sum()
    assert lots.lots["count"].sum() == len(plan.points)
    assert lots.lots["lot"].is_unique


def test_items_times_prices_are_the_estimate(plan):
    lots, posed = lots_of(plan)
    price = lots.items["component"].map(posed.prices["used_idr"]).astype(float) * lots.items["number"]
    once = lots.items["unit"] == "once"
    by_lot = price[once].groupby(lots.items["lot"][once]).sum()
    estimate = lots.lots.set_index("lot")["used_idr"]
    assert by_lot.reindex(estimate.index).fillna(0).tolist() == estimate.tolist()
    assert 12 * price[~once].sum() == lots.lots["yearly_idr"].sum()


@pytest.mark.slow
def test_small_lots_join_and_large_ones_stay_apart(plan):
    joined, _ = lots_of(plan)
    apart, _ = lots_of(plan, small_idr=0, large_idr=0)
    assert len(apart.lots) >= len(joined.lots)
    for _, part in apart.works.groupby("lot"):
        assert part["district"].nunique() == 1


def test_places_stand_where_they_are(plan):
    lots, _ = lots_of(plan)
    truth = REGION.facilities.set_index("id").geometry
    for row in lots.works.to_dict("records"):
        assert (row["lon"], row["lat"]) == pytest.approx((truth[row["id"]].x, truth[row["id"]].y), abs=1e-6)
        assert pd.isna(row["to_lon"])


@pytest.mark.slow
def test_a_plan_that_builds_nothing_has_no_lots():
    plan = solve(REGION, {}, settings({"Province": {2025: 0}}, "first_year = 2025\nlast_year = 2026\n"))
    lots, _ = lots_of(plan)
    assert lots.lots.empty
    assert lots.works.empty
    assert lots.items.empty
