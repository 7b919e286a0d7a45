"""Access under a plan: what a point raises, whom it reaches, and what stays as it was."""

import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given, settings
from hypothesis import strategies as st

from merata.access.after import after
from merata.access.inequality import inequality
from merata.plan.result import POINTS
from merata.region.store import typed
from merata.region.tables import LEVELS


def points(*rows):
    base = {
        "kind": "people",
        "option": "leo",
        "year": 2026,
        "fund": "x",
        "capex_idr": 1,
        "opex_idr_per_year": 1,
    }
    frame = pd.DataFrame([{**base, **row} for row in rows])
    return pd.DataFrame({c.name: typed(frame.get(c.name), c, frame.index) for c in POINTS.columns})


@pytest.fixture(scope="session")
def dark(land):
    """Two villages of two settlements without signal, a third that is served."""
    here = land(3)
    here.add("people", [{"village_code": c, "people": 100} for c in here.codes])
    here.add("settlements", [{"village_code": here.codes[i % 2], "people": 10 + 10 * i} for i in range(4)])
    here.add("reports", [{"village_code": c, "signal": "no signal"} for c in here.codes[:2]])
    here.add("electricity", [{"village_code": here.codes[0], "electricity": "none"}])
    return here.assess()


def village(access, number):
    return access.villages.iloc[number]


def test_no_points_no_change(dark):
    then = after(dark, points())
    for part in ("settlements", "facilities", "villages"):
        assert_geodataframe_equal(getattr(then, part), getattr(dark, part), check_dtype=False)


def test_a_facility_gets_its_point_with_power_and_device(dark):
    office = dark.facilities.iloc[0]
    assert bool(office["wants_power"])
    then = after(
        dark,
        points(
            {
                "village_code": office["village_code"],
                "place": office["id"],
                "level": "good",
                "option": "leo_solar",
            }
        ),
    )
    raised, other = then.facilities.iloc[0], then.facilities.iloc[1]
    assert (raised["access_now"], raised["chance_below"], raised["known_by"]) == ("good", 0, "modelled")
    assert raised["evidence"] == "plan: leo_solar, 2026"
    assert not raised[["below", "wants_link", "wants_strength", "wants_power", "wants_device"]].any()
    assert other["access_now"] == dark.facilities.iloc[1]["access_now"]
    assert_geodataframe_equal(then.settlements, dark.settlements, check_dtype=False)


def test_a_point_below_the_promise_leaves_the_facility_wanting_strength(dark):
    office = dark.facilities.iloc[0]
    then = after(
        dark, points({"village_code": office["village_code"], "place": office["id"], "level": "basic"})
    ).facilities.iloc[0]
    assert (then["access_now"], bool(then["below"])) == ("basic", True)
    assert (bool(then["wants_link"]), bool(then["wants_strength"])) == (False, True)


def test_people_reached_are_taken_off_the_expected(dark):
    code = dark.villages["code"].iloc[0]
    before = village(dark, 0)["people_below"]
    then = after(dark, points({"village_code": code, "place": "people", "level": "basic", "people": 20.0}))
    assert village(then, 0)["people_below"] == pytest.approx(before - 20)
    assert village(then, 1)["people_below"] == pytest.approx(village(dark, 1)["people_below"])
    everyone = after(
        dark, points({"village_code": code, "place": "people", "level": "basic", "people": before})
    )
    served = village(everyone, 0)
    assert served["people_below"] == pytest.approx(0, abs=1e-9)
    assert (served["access_now"], bool(served["below"]), bool(served["wants_link"])) == (
        "basic",
        False,
        False,
    )
    assert set(everyone.settlements.loc[everyone.settlements["village_code"] == code, "access_now"]) == {
        "basic"
    }


def test_only_what_is_built_by_the_year_counts(dark):
    office = dark.facilities.iloc[0]
    plan = points(
        {"village_code": office["village_code"], "place": office["id"], "level": "good", "year": 2028}
    )
    assert after(dark, plan, by_year=2027).facilities["access_now"].iloc[0] == "none"
    assert after(dark, plan, by_year=2028).facilities["access_now"].iloc[0] == "good"


def test_access_now_is_left_as_it_is(dark):
    before = dark.settlements.copy()
    after(
        dark,
        points(
            {
                "village_code": dark.villages["code"].iloc[0],
                "place": "people",
                "level": "good",
                "people": 50.0,
            }
        ),
    )
    assert_geodataframe_equal(before, dark.settlements)


PLAN = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.booleans(),
        st.sampled_from(LEVELS[1:]),
        st.floats(0, 300),
        st.integers(2025, 2030),
    ),
    max_size=6,
)


@settings(max_examples=8, deadline=None)
@given(PLAN)
def test_no_plan_makes_anything_worse_and_the_parts_agree(dark, rows):
    codes = list(dark.villages["code"])
    names = ("village_code", "place", "level", "people", "year")
    plan = points(*(
        dict(zip(names, (codes[v], "people" if p else f"{codes[v]}-office", *rest), strict=True))
        for v, p, *rest in rows
    ))  # fmt: skip
    then = after(dark, plan)
    order = {level: rank for rank, level in enumerate(LEVELS)}
    for part in ("settlements", "facilities", "villages"):
        now, new = getattr(dark, part), getattr(then, part)
        assert (new["access_now"].map(order) >= now["access_now"].map(order)).all()
        assert (new["chance_below"].astype(float) <= now["chance_below"].astype(float) + 1e-12).all()
        assert (new["chance_below"].astype(float) >= 0).all()
        assert (new["below"] == (new["wants_link"].astype(bool) ^ new["wants_strength"].astype(bool))).all()
        assert not (new["below"].astype(bool) & ~now["below"].astype(bool)).any()
    sums = (
        (then.settlements["people"] * then.settlements["chance_below"])
        .groupby(then.settlements["village_code"])
        .sum()
    )
    assert then.villages["people_below"].to_numpy(dtype=float) == pytest.approx(sums.to_numpy(dtype=float))
    assert inequality(dark, then)["then"]["mean"] >= inequality(dark)["now"]["mean"] - 1e-12
