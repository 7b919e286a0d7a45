"""Access under a plan: what a point raises, whom it reaches, and what stays as it was."""

import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given, settings
from hypothesis import strategies as st

from merata.access.after import after
from merata.access.inequality import inequality
from merata.access.result import Access
from merata.plan.result import POINTS
from merata.region.store import framed
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
    return framed(frame, POINTS.columns)


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
                "kind": office["kind"],
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
        dark,
        points(
            {
                "village_code": office["village_code"],
                "place": office["id"],
                "kind": office["kind"],
                "level": "basic",
            }
        ),
    ).facilities.iloc[0]
    assert (then["access_now"], bool(then["below"])) == ("basic", True)
    assert (bool(then["wants_link"]), bool(then["wants_strength"])) == (False, True)


def below(dark):
    """Rows of the settlements, those that are below first."""
    return dark.settlements.sort_values("below", ascending=False, kind="stable").index


def home(dark, number, **more):
    """A point at a settlement; those that are below come first."""
    row = dark.settlements.loc[below(dark)[number]]
    return {"village_code": row["village_code"], "place": row["id"], "level": "basic", **more}


def test_the_chance_of_a_settlement_falls_by_that_of_its_point(dark):
    row = below(dark)[0]
    there = dark.settlements.loc[row]
    in_village = dark.settlements["village_code"] == there["village_code"]
    at = int(dark.villages.index[dark.villages["code"] == there["village_code"]][0])
    then = after(dark, points(home(dark, 0, chance=0.3)))
    raised = then.settlements.loc[row]
    assert raised["chance_below"] == pytest.approx(0.7 * there["chance_below"])
    assert raised["chance_pm"] == pytest.approx(0.7 * there["chance_pm"])
    assert raised["known_by"] == "modelled"
    assert raised["evidence"] == f"plan; {there['evidence']}"
    # Other settlements, and other villages, are as they were.
    others = then.settlements.drop(row), dark.settlements.drop(row)
    assert_geodataframe_equal(*others, check_dtype=False)
    lost = 0.3 * there["people"] * there["chance_below"]
    assert village(then, at)["people_below"] == pytest.approx(village(dark, at)["people_below"] - lost)
    assert village(then, 1 - at)["people_below"] == pytest.approx(village(dark, 1 - at)["people_below"])
    assert_geodataframe_equal(then.facilities, dark.facilities, check_dtype=False)
    everyone = after(
        dark, points(*(home(dark, n) for n, at_row in enumerate(below(dark)) if in_village[at_row]))
    )
    served = village(everyone, at)
    assert served["people_below"] == pytest.approx(0, abs=1e-9)
    assert (served["access_now"], bool(served["below"]), bool(served["wants_link"])) == (
        "basic",
        False,
        False,
    )
    assert set(everyone.settlements.loc[in_village, "access_now"]) == {"basic"}


@pytest.mark.parametrize(("chance", "level"), [(0.2, "none"), (0.9, "working")])
def test_a_place_has_what_is_likelier_than_not(dark, chance, level):
    row = below(dark)[0]
    assert dark.settlements["chance_below"].loc[row] > 0.7
    raised = after(dark, points(home(dark, 0, chance=chance, level="working"))).settlements.loc[row]
    assert raised["access_now"] == level
    assert bool(raised["below"]) == bool(raised["wants_link"]) == (level == "none")


def test_a_facility_s_chance_falls_by_that_of_its_point_too(dark):
    office = dark.facilities.iloc[0]
    row = {"village_code": office["village_code"], "place": office["id"], "kind": office["kind"]}
    unlikely = after(dark, points({**row, "level": "good", "chance": 0.25})).facilities.iloc[0]
    assert unlikely["chance_below"] == pytest.approx(0.75 * office["chance_below"])
    assert (unlikely["access_now"], bool(unlikely["below"])) == (office["access_now"], True)
    likely = after(dark, points({**row, "level": "good", "chance": 0.8})).facilities.iloc[0]
    assert likely["chance_below"] == pytest.approx(0.2 * office["chance_below"])
    assert (likely["access_now"], bool(likely["below"]), bool(likely["wants_link"])) == ("good", False, False)


def test_a_stop_gap_counts_until_something_better_follows(dark):
    plan = points(
        home(dark, 0, option="geo", chance=0.4, year=2026, until=2027),
        home(dark, 0, option="cell", chance=0.9, year=2028, level="working"),
    )
    row = below(dark)[0]
    was = dark.settlements["chance_below"].loc[row]
    for year, left in ((2025, 1.0), (2026, 0.6), (2027, 0.6), (2028, 0.1), (None, 0.1)):
        then = after(dark, plan, by_year=year).settlements.loc[row]
        assert then["chance_below"] == pytest.approx(left * was), year
    gone = points(home(dark, 0, option="geo", year=2026, until=2027))
    assert after(dark, gone).settlements["chance_below"].loc[row] == was


def test_a_settlement_and_a_facility_of_one_id_are_not_mixed_up(dark):
    twin = dark.facilities.copy()
    first = below(dark)[0]
    twin.loc[0, "id"] = dark.settlements["id"].loc[first]
    both = Access(dark.settlements, twin, dark.villages, [])
    row = home(both, 0)
    of_home = after(both, points({**row, "place": f"settlement {row['place']}"}))
    assert of_home.settlements["chance_below"].loc[first] == 0
    assert_geodataframe_equal(of_home.facilities, both.facilities, check_dtype=False)
    of_facility = after(both, points({**row, "kind": "village office", "level": "good"}))
    assert_geodataframe_equal(of_facility.settlements, both.settlements, check_dtype=False)
    assert of_facility.facilities["chance_below"].iloc[0] == 0


def test_only_what_is_built_by_the_year_counts(dark):
    office = dark.facilities.iloc[0]
    plan = points(
        {
            "village_code": office["village_code"],
            "place": office["id"],
            "kind": office["kind"],
            "level": "good",
            "year": 2028,
        }
    )
    assert after(dark, plan, by_year=2027).facilities["access_now"].iloc[0] == "none"
    assert after(dark, plan, by_year=2028).facilities["access_now"].iloc[0] == "good"


def test_access_now_is_left_as_it_is(dark):
    before, offices = dark.settlements.copy(), dark.facilities.copy()
    after(dark, points(home(dark, 0, level="good"), home(dark, 1, chance=0.4)))
    assert_geodataframe_equal(before, dark.settlements)
    assert_geodataframe_equal(offices, dark.facilities)


PLAN = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.booleans(),
        st.sampled_from(LEVELS[1:]),
        st.one_of(st.none(), st.floats(0, 1)),
        st.integers(2025, 2030),
    ),
    max_size=6,
)


@settings(max_examples=8)
@given(PLAN)
def test_no_plan_makes_anything_worse_and_the_parts_agree(dark, rows):
    plan = points(*(
        {
            "village_code": there["village_code"], "place": there["id"], "kind": there.get("kind", "people"),
            "level": level, "chance": chance, "year": year,
        }
        for number, at_home, level, chance, year in rows
        for there in [(dark.settlements if at_home else dark.facilities).iloc[number]]
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
