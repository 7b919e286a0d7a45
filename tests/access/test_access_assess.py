"""Access now: whose word counts, how sure it is, and what is said to be assumed."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from merata.access.evidence import RELIABLE, SUREST
from merata.access.result import FACILITIES, SETTLEMENTS, VILLAGES
from merata.errors import MissingError
from merata.region.settings import DefaultSettings, PromiseSettings, Settings
from merata.region.tables import KNOWN_BY, LEVELS


def row(frame, key, value):
    found = frame[frame[key] == value]
    assert len(found) == 1
    return found.iloc[0]


def test_without_anything_but_villages_everything_is_assumed_and_said(land):
    access = land(3).assess()
    assert list(access.villages["code"]) == ["64.02.01.2001", "64.02.01.2002", "64.02.01.2003"]
    for table in (access.villages, access.settlements, access.facilities):
        assert set(table["known_by"]) == {"assumed"}
        np.testing.assert_allclose(table["chance_below"].astype(float), 0.2)
        assert not table["below"].any()
    assert set(access.villages["people"]) == {1500}
    assert set(access.facilities["kind"]) == {"village office"}
    text = "\n".join(access.assumptions)
    for words in (
        "1,500 each",
        "no known school",
        "no known health post",
        "known office",
        "electricity",
        "smartphone",
    ):
        assert words in text


def test_the_tables_are_as_declared(land, flat):
    access = land().assess(flat(-100.0))
    for frame, table in (
        (access.settlements, SETTLEMENTS),
        (access.facilities, FACILITIES),
        (access.villages, VILLAGES),
    ):
        assert [c for c in frame.columns if c != "geometry"] == [c.name for c in table.columns]
        assert frame.crs.to_epsg() == 4326
        for column in table.columns:
            if column.required:
                assert frame[column.name].notna().all(), column.name
            if column.choices:
                assert set(frame[column.name].dropna()) <= set(column.choices), column.name


def test_no_villages_is_an_error_that_says_what_to_do(land):
    with pytest.raises(MissingError, match="merata add"):
        land(0).assess()


# --- people ---------------------------------------------------------------------------------------------------


def test_the_newest_count_goes_before_settlements_totals_and_defaults(land):
    here = land(2)
    here.add("people", [
        {"village_code": here.codes[0], "people": 900, "households": 250, "source_date": "2020-01-01"},
        {"village_code": here.codes[0], "people": 1000, "households": 260, "source_date": "2024-01-01"},
        {"village_code": here.codes[0], "people": 800, "households": 240, "source_date": "2010-01-01"},
    ])  # fmt: skip
    here.add(
        "settlements",
        [{"village_code": here.codes[0], "people": 30}, {"village_code": here.codes[0], "people": 10}],
    )
    here.add("totals", [{"regency_code": "64.02", "people": 1700}])
    access = here.assess()
    assert row(access.villages, "code", here.codes[0])["people"] == 1000
    assert row(access.villages, "code", here.codes[0])["people_known_by"] == "reported"
    assert row(access.villages, "code", here.codes[1])["people"] == 700
    assert row(access.villages, "code", here.codes[1])["people_known_by"] == "assumed"
    assert sorted(access.settlements["people"].astype(float)) == [250, 700, 750]


@pytest.mark.slow
@given(
    st.lists(st.one_of(st.none(), st.integers(0, 5000)), min_size=3, max_size=3),
    st.lists(st.tuples(st.integers(0, 2), st.one_of(st.none(), st.integers(0, 900))), max_size=8),
    st.integers(0, 20_000),
)
@settings(max_examples=6)
def test_people_of_settlements_add_up_to_their_village(land, counts, hamlets, total):
    here = land(3)
    here.add(
        "people",
        [{"village_code": c, "people": n} for c, n in zip(here.codes, counts, strict=True) if n is not None],
    )
    here.add("settlements", [{"village_code": here.codes[v], "people": n} for v, n in hamlets])
    here.add("totals", [{"regency_code": "6402", "people": total}])
    access = here.assess()
    sums = access.settlements.groupby("village_code")["people"].sum().astype(float)
    for code, count in zip(here.codes, counts, strict=True):
        village = row(access.villages, "code", code)
        assert sums[code] == pytest.approx(village["people"], abs=0.51)
        assert count is None or village["people"] == count
        assert 0 <= village["people_below"] <= village["people"] + 0.51


def test_a_total_is_shared_out_to_the_last_person(land):
    here = land(3)
    here.add("totals", [{"regency_code": "64.02", "people": 1000}])
    assert sorted(here.assess().villages["people"]) == [333, 333, 334]


def test_a_total_that_is_less_than_its_villages_is_not_used_and_that_is_said(land):
    here = land(2)
    here.add("people", [{"village_code": here.codes[0], "people": 5000}])
    here.add("totals", [{"regency_code": "64.02", "people": 4000}])
    access = here.assess()
    assert row(access.villages, "code", here.codes[1])["people"] == 1500
    assert any("the total is not used" in text for text in access.assumptions)


def test_rows_of_no_village_are_left_out_and_said(land):
    here = land(1)
    here.add(
        "settlements", [{"village_code": "64.02.99.2001", "people": 5}, {"village_code": None, "people": 5}]
    )
    here.add("facilities", [{"village_code": None, "kind": "school"}], [here.place()])
    access = here.assess()
    assert len(access.settlements) == 1
    assert any("2 settlements belong to no known village" in text for text in access.assumptions)
    assert any("1 facility belongs to no known village" in text for text in access.assumptions)


# --- facilities -----------------------------------------------------------------------------------------------


def test_a_known_office_is_not_doubled_and_schools_are_not_invented(land):
    here = land(2)
    here.add("facilities", [
        {"village_code": here.codes[0], "kind": "village office", "name": "Kantor"},
        {"village_code": here.codes[0], "kind": "school", "name": "SDN 1", "users": 120},
    ], [here.place(), here.place(east=0.06)])  # fmt: skip
    access = here.assess()
    assert sorted(access.facilities["kind"]) == ["school", "village office", "village office"]
    assert row(access.facilities, "name", "Kantor")["place_known_by"] == "reported"
    assert row(access.facilities, "village_code", here.codes[1])["place_known_by"] == "assumed"
    assert row(access.facilities, "kind", "school")["sector"] == "education"
    assert row(access.facilities, "kind", "school")["promised"] == "working"
    assert any("1 village has no known school" in text for text in access.assumptions)


def test_an_assumed_office_stands_at_the_largest_settlement(land):
    here = land(1)
    here.add(
        "settlements",
        [{"village_code": here.codes[0], "people": n} for n in (10, 90)],
        [here.place(), here.place(east=0.02)],
    )
    office = here.assess().facilities.iloc[0]
    assert office.geometry.equals(here.place(east=0.02))


# --- the model and the assumption -----------------------------------------------------------------------------


@pytest.mark.slow
def test_the_model_gives_the_level_that_its_power_reaches(land, flat):
    for dbm, level in ((-80.0, "good"), (-100.0, "working"), (-110.0, "basic"), (-130.0, "none")):
        access = land().assess(flat(dbm))
        assert set(access.settlements["access_now"]) == {level}
        assert set(access.settlements["known_by"]) == {"modelled"}
        assert access.settlements["evidence"].str.contains(f"{dbm:.0f} dBm").all()


def test_at_the_threshold_the_model_is_in_two_minds(land, flat):
    access = land().assess(flat(-115.0))
    np.testing.assert_allclose(access.settlements["chance_below"].astype(float), 0.5, atol=1e-6)


@pytest.mark.slow
def test_the_model_is_never_quite_sure(land, flat):
    for dbm in (-40.0, np.nan):
        chance = land().assess(flat(dbm)).settlements["chance_below"].astype(float)
        assert ((chance - 0.5).abs() <= SUREST - 0.5 + 1e-9).all()


@pytest.mark.slow
def test_no_site_in_reach_wants_a_link_and_a_weak_one_wants_strength(land, flat):
    nothing = land().assess(flat(np.nan)).settlements
    weak = land().assess(flat(-122.0)).settlements
    assert nothing["wants_link"].all()
    assert not nothing["wants_strength"].any()
    assert weak["wants_strength"].all()
    assert not weak["wants_link"].any()


def test_a_map_without_any_site_says_nothing(land, flat):
    empty = flat(np.nan)
    empty.best_site[:] = -1
    access = land().assess(empty)
    assert set(access.villages["known_by"]) == {"assumed"}
    assert any("no site is known" in text for text in access.assumptions)


# --- reports --------------------------------------------------------------------------------------------------


def test_bayes_by_hand_for_a_report_of_this_day(land):
    here = land(2)
    here.add("reports", [{"village_code": here.codes[0], "signal": "no signal"}])
    access = here.assess()
    by_hand = 0.2 * RELIABLE / (0.2 * RELIABLE + 0.8 * (1 - RELIABLE) / 3)
    for frame, key in (
        (access.settlements, "village_code"),
        (access.facilities, "village_code"),
        (access.villages, "code"),
    ):
        found = row(frame, key, here.codes[0])
        assert found["chance_below"] == pytest.approx(by_hand)
        assert found["access_now"] == "none"
        assert found["known_by"] == "reported"
        assert bool(found["below"])
        assert bool(found["wants_link"])
        assert "no signal (reports.csv, 2025)" in found["evidence"]
        assert row(frame, key, here.codes[1])["known_by"] == "assumed"


@pytest.mark.slow
@given(st.sampled_from(["no signal", "weak", "strong", "very strong"]), st.integers(0, 200))
@settings(max_examples=6)
def test_a_report_counts_less_the_older_it_is_and_never_turns_round(land, signal, months):
    here = land(3)
    days = [dt.date(2025, 12, 31) - dt.timedelta(days=30 * m) for m in (0, months, months + 12)]
    here.add("reports", [
        {"village_code": code, "signal": signal, "source_date": day.isoformat()}
        for code, day in zip(here.codes, days, strict=True)
    ])  # fmt: skip
    fresh, old, older = (here.assess().settlements["chance_below"].astype(float) - 0.2).abs()
    assert fresh >= old - 1e-9 >= older - 2e-9


def test_the_newest_report_counts(land):
    here = land(1)
    here.add("reports", [
        {"village_code": here.codes[0], "signal": "no signal", "source_date": "2019-01-01"},
        {"village_code": here.codes[0], "signal": "strong", "source_date": "2025-01-01"},
        {"village_code": here.codes[0], "level": "none", "source_date": "2018-01-01"},
    ])  # fmt: skip
    assert here.assess().settlements["access_now"].iloc[0] == "basic"


@pytest.mark.slow
def test_a_list_that_carries_its_year_is_of_that_year_though_it_came_today(land):
    def chance(who):
        here = land(1)
        here.add("reports", [{"village_code": here.codes[0], "signal": "no signal", "who": who}])
        return here.assess().settlements.iloc[0]

    assert chance("ministry 2015")["chance_below"] < chance("ministry")["chance_below"]
    assert "2015" in chance("ministry 2015")["evidence"]


def test_a_note_that_it_has_been_served_since_is_heard(land):
    here = land(1)
    here.add("reports", [{"village_code": here.codes[0], "signal": "no signal", "note": "served since 2021"}])
    found = here.assess().settlements.iloc[0]
    assert found["access_now"] == "basic"
    assert not found["below"]
    assert "served since" in found["evidence"]


def test_a_report_that_names_a_place_speaks_for_that_place_only(land):
    here = land(1)
    here.add(
        "settlements",
        [{"village_code": here.codes[0], "name": n, "people": 10} for n in ("Dusun Hulu", "Dusun Hilir")],
    )
    here.add("reports", [{"village_code": here.codes[0], "place": "DUSUN  hulu", "signal": "no signal"}])
    access = here.assess()
    assert row(access.settlements, "name", "Dusun Hulu")["below"]
    assert row(access.settlements, "name", "Dusun Hilir")["known_by"] == "assumed"
    assert access.facilities["known_by"].iloc[0] == "assumed"


def test_a_report_of_the_village_office_by_its_indonesian_word(land):
    here = land(1)
    here.add("reports", [{"village_code": here.codes[0], "place": "Kantor Desa", "level": "none"}])
    access = here.assess()
    assert access.facilities["known_by"].iloc[0] == "reported"
    assert access.settlements["known_by"].iloc[0] == "assumed"


def test_a_report_of_a_place_that_nobody_knows_counts_half_for_its_village(land):
    def chance(place):
        here = land(1)
        here.add("reports", [{"village_code": here.codes[0], "place": place, "signal": "no signal"}])
        return float(here.assess().settlements["chance_below"].iloc[0])

    assert 0.2 < chance("RT 09") < chance(None)


def test_a_report_that_says_nothing_changes_nothing(land):
    here = land(1)
    here.add(
        "reports",
        [{"village_code": here.codes[0], "note": "ditinjau"}, {"village_code": None, "signal": "weak"}],
    )
    assert here.assess().settlements["known_by"].iloc[0] == "assumed"


def test_weak_signal_wants_strength(land):
    here = land(1)
    here.add("reports", [{"village_code": here.codes[0], "signal": "weak"}])
    found = here.assess().settlements.iloc[0]
    assert (bool(found["wants_strength"]), bool(found["wants_link"])) == (True, False)


# --- measurements ---------------------------------------------------------------------------------------------


def measured(here, n=10, east=0.05, **values):
    facts = dict(village_code=here.codes[0], when="2025-12-31", tests=1, known_by="measured", **values)
    return here.add("measurements", [facts] * n, [here.place(east=east)] * n)


def homes_at(here, east=0.05):
    return here.add("settlements", [{"village_code": here.codes[0], "people": 10}], [here.place(east=east)])


def test_measurements_go_before_reports_and_the_model(land, flat):
    here = measured(homes_at(land(1)), down_mbps=12.0, up_mbps=3.0, latency_ms=60)
    here.add("reports", [{"village_code": here.codes[0], "signal": "no signal"}])
    found = here.assess(flat(-130.0, 1)).settlements.iloc[0]
    assert (found["access_now"], found["known_by"], bool(found["below"])) == ("working", "measured", False)
    assert found["evidence"].startswith(
        "measured: 10 tests, median 12.0 Mbit/s down (measurements.csv, 2025); reported:"
    )
    assert "modelled: -130 dBm" in found["evidence"]


def test_the_mean_of_tests_with_two_of_prior_by_hand(land):
    here = measured(homes_at(land(1)), n=8, down_mbps=0.2)
    found = here.assess().settlements.iloc[0]
    assert found["chance_below"] == pytest.approx((2 * 0.2 + 8) / 10)
    assert bool(found["wants_strength"])


@pytest.mark.parametrize(
    ("values", "level"),
    [
        ({"down_mbps": 60.0, "up_mbps": 20.0, "latency_ms": 30}, "good"),
        ({"down_mbps": 60.0, "up_mbps": 20.0, "latency_ms": 120}, "working"),
        ({"down_mbps": 60.0, "up_mbps": 0.5, "latency_ms": 30}, "basic"),
        ({"down_mbps": 60.0}, "good"),
        ({"down_mbps": 0.5, "signal_dbm": -70}, "none"),
        ({"signal_dbm": -70}, "good"),
        ({"signal_dbm": -110}, "basic"),
        ({"signal_dbm": -70, "technology": "2G"}, "none"),
        ({"signal_dbm": -70, "technology": "3G"}, "basic"),
        ({"signal_dbm": -70, "technology": "2G/3G/4G"}, "good"),
    ],
)
@pytest.mark.slow
def test_the_level_that_a_measurement_meets(land, values, level):
    assert measured(homes_at(land(1)), n=20, **values).assess().settlements["access_now"].iloc[0] == level


def test_a_measurement_beyond_three_km_says_nothing(land):
    assert (
        measured(homes_at(land(1), 0.01), east=0.09, down_mbps=9).assess().settlements["known_by"].iloc[0]
        == "assumed"
    )


def test_a_measurement_next_door_counts_across_the_border(land):
    here = land(2)
    here.add("settlements", [{"village_code": here.codes[1], "people": 10}], [here.place(1, east=0.001)])
    measured(here, east=0.099, down_mbps=20.0)
    assert row(here.assess().settlements, "village_code", here.codes[1])["known_by"] == "measured"


def test_without_a_position_a_measurement_speaks_for_its_village(land):
    here = homes_at(land(2))
    here.add("measurements", [{"village_code": here.codes[0], "down_mbps": 20.0, "known_by": "measured"}] * 3)
    access = here.assess()
    assert row(access.settlements, "village_code", here.codes[0])["known_by"] == "measured"
    assert row(access.settlements, "village_code", here.codes[1])["known_by"] == "assumed"


def test_a_measurement_of_nothing_says_nothing(land):
    assert measured(homes_at(land(1)), latency_ms=30).assess().settlements["known_by"].iloc[0] == "assumed"


def test_a_thousand_tests_of_one_row_are_not_a_thousand_households(land):
    here = homes_at(land(1))
    facts = {"village_code": here.codes[0], "known_by": "measured", "when": "2025-12-31"}
    rows = [dict(tests=1000, down_mbps=20.0, **facts), *([dict(tests=20, down_mbps=0.1, **facts)] * 2)]
    here.add("measurements", rows, [here.place()] * 3)
    assert here.assess().settlements["chance_below"].iloc[0] == pytest.approx((2 * 0.2 + 40) / 62)


def test_the_link_of_a_facility_says_nothing_of_those_around_it(land):
    here = homes_at(land(1))
    kinds = ("village office", "school", "health post")
    rows = [{"village_code": here.codes[0], "kind": kind, "name": f"Milik {kind}"} for kind in kinds]
    here.add("facilities", rows, [here.place()] * 3)
    own = {"village_code": here.codes[0], "down_mbps": 20.0, "tests": 20, "known_by": "measured"}
    here.add(
        "measurements",
        [{**own, "place": "Kantor desa"}, {**own, "place": "milik SCHOOL"}],
        [here.place()] * 2,
    )
    access = here.assess()
    assert access.settlements["known_by"].iloc[0] == "assumed"
    known = dict(zip(access.facilities["kind"], access.facilities["known_by"], strict=True))
    assert known == {"village office": "measured", "school": "measured", "health post": "assumed"}


def test_a_link_that_is_often_down_is_not_of_the_level_of_its_rate(land):
    here = homes_at(land(1))
    own = {
        "village_code": here.codes[0],
        "down_mbps": 90.0,
        "tests": 20,
        "known_by": "measured",
        "place": "kantor desa",
    }
    levels = []
    for works in (None, 0.995, 0.98, 0.92, 0.5):
        here.add("measurements", [{**own, "availability": works}] * 3)
        levels.append(here.assess().facilities["access_now"].iloc[0])
    assert levels == ["good", "good", "working", "basic", "none"]


# --- made up, power, devices, villages ------------------------------------------------------------------------


@pytest.mark.slow
def test_what_rests_on_made_up_rows_says_so(land, flat):
    here = land(1)
    here.add("sites", [{"kind": "tower", "known_by": "made up"}], [here.place()])
    assert here.assess(flat(-100.0, 1)).settlements["known_by"].iloc[0] == "made up"
    here.add("reports", [{"village_code": here.codes[0], "signal": "weak", "known_by": "made up"}])
    assert here.assess(flat(-100.0, 1)).settlements["known_by"].iloc[0] == "made up"
    here.add("reports", [{"village_code": here.codes[0], "signal": "weak"}])
    assert here.assess(flat(-100.0, 1)).settlements["known_by"].iloc[0] == "reported"
    measured(homes_at(here), down_mbps=1.0)
    assert here.assess(flat(-100.0, 1)).settlements["known_by"].iloc[0] == "measured"


@pytest.mark.parametrize(
    ("facts", "wants", "source"),
    [
        ({"electricity": "none"}, True, "none"),
        ({"electricity": "generator", "hours_per_day": 6}, True, "generator"),
        ({"electricity": "solar", "hours_per_day": 24}, False, "solar"),
        ({"electricity": "grid"}, False, "grid"),
        ({"hours_per_day": 0}, True, "none"),
        ({"hours_per_day": 6}, True, "grid"),
    ],
)
@pytest.mark.slow
def test_power(land, facts, wants, source):
    here = land(2)
    here.add("electricity", [dict(village_code=here.codes[0], **facts)])
    access = here.assess()
    for frame, key in (
        (access.settlements, "village_code"),
        (access.facilities, "village_code"),
        (access.villages, "code"),
    ):
        assert bool(row(frame, key, here.codes[0])["wants_power"]) == wants
    village = row(access.villages, "code", here.codes[0])
    assert (village["electricity"], village["electricity_known_by"]) == (source, "reported")
    assert row(access.villages, "code", here.codes[1])["electricity_known_by"] == "assumed"


def test_devices(land):
    here = land(2)
    here.add("people", [{"village_code": c, "people": 400, "households": 100} for c in here.codes])
    here.add("devices", [
        {"village_code": here.codes[0], "households_with_smartphone": 49, "shared_devices": 0},
        {"village_code": here.codes[1], "households_with_smartphone": 50, "shared_devices": 2},
    ])  # fmt: skip
    access = here.assess()
    assert list(access.settlements["wants_device"]) == [True, False]
    assert list(access.facilities["wants_device"]) == [True, False]
    assert list(access.villages["wants_device"]) == [True, False]
    assert not access.settlements["below"].any()


def test_a_village_is_as_most_of_its_people_are(land):
    here = land(1)
    here.add("settlements", [
        {"village_code": here.codes[0], "name": "A", "people": 70},
        {"village_code": here.codes[0], "name": "B", "people": 30},
    ])  # fmt: skip
    here.add("reports", [
        {"village_code": here.codes[0], "place": "A", "signal": "no signal"},
        {"village_code": here.codes[0], "place": "B", "level": "good", "id": "b"},
    ])  # fmt: skip
    access = here.assess()
    village, homes = access.villages.iloc[0], access.settlements
    assert (village["access_now"], village["known_by"]) == ("none", "reported")
    assert "no signal" in village["evidence"]
    expected = (homes["people"] * homes["chance_below"]).sum()
    assert village["people_below"] == pytest.approx(expected)
    assert village["chance_below"] == pytest.approx(expected / homes["people"].sum())


SIGNALS = st.sampled_from([None, "very strong", "strong", "weak", "no signal"])
LEVEL = st.sampled_from([None, *LEVELS])
RATE = st.one_of(st.none(), st.floats(0, 200))
DBM = st.one_of(st.none(), st.floats(-150, -40))


@given(
    st.lists(st.tuples(st.integers(0, 2), SIGNALS, LEVEL, st.integers(2000, 2025)), max_size=6),
    st.lists(st.tuples(st.floats(-0.1, 0.4), RATE, DBM), max_size=6),
    st.sampled_from(LEVELS),
    st.one_of(st.none(), st.floats(-140, -50)),
)  # fmt: skip
@settings(max_examples=6)
@pytest.mark.slow
def test_level_and_chance_never_contradict_each_other(land, flat, reports, tests, promised, dbm):
    here = land(3)
    here.add(
        "reports",
        [
            {"village_code": here.codes[v], "signal": s, "level": lvl, "source_date": f"{y}-06-01"}
            for v, s, lvl, y in reports
        ],
    )
    here.add(
        "measurements",
        [
            {"village_code": here.codes[0], "down_mbps": d, "signal_dbm": s, "known_by": "measured"}
            for _, d, s in tests
        ],
        [here.place(east=e) for e, _, _ in tests],
    )
    wanted = Settings(promise=PromiseSettings(people=promised, school=promised))
    access = here.assess(None if dbm is None else flat(dbm, 3), wanted)
    order = {level: rank for rank, level in enumerate(LEVELS)}
    for frame in (access.settlements, access.facilities, access.villages):
        chance = frame["chance_below"].astype(float)
        assert chance.between(0, 1).all()
        below = frame["access_now"].map(order) < frame["promised"].map(order)
        firm = (chance - 0.5).abs() > 1e-9
        assert (frame["below"] == below)[firm].all()
        assert (frame["below"] == (chance >= 0.5)).all()
        assert (frame["below"] == (frame["wants_link"] ^ frame["wants_strength"])).all()
        assert set(frame["known_by"]) <= set(KNOWN_BY)


def test_a_village_without_a_polygon_or_people_still_has_its_row(land, flat):
    here = land(2)
    here.tables["villages"].geometry = [None, box(116.1, 0, 116.2, 0.1)]
    here.add("people", [{"village_code": here.codes[1], "people": 0}])
    access = here.assess(flat(-100.0))
    assert len(access.villages) == 2
    assert row(access.villages, "code", here.codes[0])["known_by"] == "assumed"
    empty = row(access.villages, "code", here.codes[1])
    assert (empty["people"], empty["people_below"]) == (0, 0)
    assert empty["access_now"] == "working"


def test_settings_rule_what_is_assumed(land):
    sad = Settings(defaults=DefaultSettings(unserved_share=0.7, smartphone_share=0.3, grid_share=0.2))
    access = land(1).assess(settings=sad)
    found = access.settlements.iloc[0]
    assert bool(found["below"])
    assert bool(found["wants_link"])
    assert bool(found["wants_power"])
    assert bool(found["wants_device"])


@pytest.mark.slow
def test_the_same_rows_in_another_order_give_the_same_access(land, flat):
    here = land(2)
    here.add(
        "settlements",
        [{"village_code": here.codes[i % 2], "people": 10 + i} for i in range(6)],
        [here.place(i % 2, 0.01 * i + 0.01) for i in range(6)],
    )
    here.add(
        "reports", [{"village_code": here.codes[0], "signal": s} for s in ("weak", "strong", "no signal")]
    )
    here.add(
        "measurements",
        [{"down_mbps": float(i), "known_by": "measured", "village_code": here.codes[1]} for i in range(4)],
        [here.place(1, 0.02 * i) for i in range(4)],
    )
    first = here.assess(flat(-104.0))
    for name in ("settlements", "reports", "measurements", "villages"):
        here.tables[name] = here.tables[name].iloc[::-1].reset_index(drop=True)
    again = here.assess(flat(-104.0))
    for part in ("settlements", "facilities", "villages"):
        assert_geodataframe_equal(getattr(first, part), getattr(again, part), check_less_precise=True)


def test_the_real_list_of_villages_without_signal(land, shared_data):
    """The published list, four of whose villages were served since: they are not below, the others are."""
    listed = pd.read_csv(shared_data / "kukar" / "no_signal_villages.csv")
    here = land(len(listed))
    here.add("reports", [
        {"village_code": code, "signal": "no signal", "who": r["list"], "note": r["note"], "source_date": "2025-11-10"}
        for code, r in zip(here.codes, listed.to_dict("records"), strict=True)
    ])  # fmt: skip
    access = here.assess(today=dt.date(2025, 11, 10))
    since = listed["note"].notna().to_numpy()
    assert since.sum() == 4
    assert (access.villages["below"].to_numpy(dtype=bool) == ~since).all()
    offices = access.facilities.sort_values("village_code")["below"].to_numpy(dtype=bool)
    assert (offices == ~since).all()
