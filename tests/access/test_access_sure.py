"""How sure the chance of being below is: by the model, by an assumption, by reports and by measurements."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merata.access.after import after
from merata.access.files import read_access, write_access
from merata.plan.result import POINTS
from merata.publish.phrases import in_indonesian
from merata.radio.chance import chance_served
from merata.radio.correct import Points, fit, no_correction
from merata.radio.coverage_map import Coverage
from merata.region.store import framed

MARGINS = (-112.0, -115.0, -118.0)


def one(access, table="settlements"):
    return getattr(access, table).iloc[0]


def measured_correction(error_db, sites=40):
    """What eight hundred measurements under forty sites tell of a map that is off by so much everywhere."""
    rng = np.random.default_rng(1)
    site = np.repeat(np.arange(sites), 20)
    n = len(site)
    truth = -90 + error_db + rng.normal(0, 3, sites)[site] + rng.normal(0, 5, n)
    unknown = np.full(n, np.nan)
    return fit(
        Points(np.full(n, -90.0), truth, unknown, np.full(n, -1), unknown, site, np.arange(n) % 9), 9.0
    )


@pytest.mark.parametrize("dbm", MARGINS)
@pytest.mark.slow
def test_unmeasured_it_is_the_model_s_whole_error_of_which_a_part_could_be_learnt(land, flat, dbm):
    found = one(land(1).assess(flat(dbm, 1)))
    nothing = no_correction(9.0)
    common = nothing.apply(dbm, np.nan, -1, np.nan).sigma_db
    told = chance_served(dbm, -115.0, nothing.spread_db, common)
    assert found["chance_below"] == pytest.approx(1 - told.chance, abs=1e-6)
    assert found["chance_pm"] == pytest.approx(told.uncertainty, abs=1e-6)
    assert found["chance_pm"] > 0.15


@pytest.mark.parametrize("dbm", MARGINS)
@pytest.mark.slow
def test_measured_signal_makes_the_chance_surer_and_moves_it(land, flat, dbm):
    here = land(1)
    before = one(here.assess(flat(dbm, 1)))
    # None of the measurements is near: they tell of the model, not of the place.
    after_ = one(here.assess(flat(dbm, 1), correction=measured_correction(-10.0)))
    assert after_["chance_pm"] < 0.8 * before["chance_pm"]
    assert after_["chance_below"] > before["chance_below"] + 0.1
    assert after_["rsrp_dbm"] == pytest.approx(dbm - 10, abs=2)
    assert f"modelled: {after_['rsrp_dbm']:.0f} dBm" in after_["evidence"]


@pytest.mark.slow
def test_what_is_said_of_the_correction_is_among_the_assumptions(land, flat):
    here = land(1)
    told = {"correction": measured_correction(-10.0), "notes": ["It is corrected."]}
    assert "It is corrected." in here.assess(flat(-115.0, 1), **told).assumptions
    assert "It is corrected." not in here.assess(None, **told).assumptions


def test_an_assumption_is_as_sure_as_two_tests(land):
    found = one(land(1).assess())
    assert found["chance_pm"] == pytest.approx(np.sqrt(0.2 * 0.8 / 3))


@pytest.mark.slow
def test_a_report_that_agrees_makes_surer_and_one_that_does_not_makes_less_sure(land, flat):
    strong = flat(-103.0, 1)
    plain = one(land(1).assess(strong))
    agrees, differs = land(1), land(1)
    agrees.add("reports", [{"village_code": agrees.codes[0], "level": "basic"}])
    differs.add("reports", [{"village_code": differs.codes[0], "signal": "no signal"}])
    assert one(agrees.assess(strong))["chance_pm"] < plain["chance_pm"]
    assert one(differs.assess(strong))["chance_pm"] > plain["chance_pm"]


@pytest.mark.slow
def test_many_tests_at_a_place_leave_little_open(land, flat):
    sizes = []
    for rows in (0, 1, 5, 40):
        here = land(1)
        tests = [
            {
                "village_code": here.codes[0],
                "down_mbps": 3.0,
                "up_mbps": 1.0,
                "tests": 10,
                "when": "2025-12-01",
            }
        ]
        if rows:
            here.add("measurements", tests * rows, [here.place()] * rows)
        sizes.append(one(here.assess(flat(-115.0, 1)))["chance_pm"])
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] < 0.02 < 0.15 < sizes[0]


def test_a_village_is_no_surer_than_its_places_are_together(land, flat):
    here = land(1)
    here.add(
        "settlements",
        [{"village_code": here.codes[0], "people": p} for p in (70, 30)],
        [here.place(), here.place(east=0.02)],
    )
    access = here.assess(flat(-115.0, 1))
    shares = access.settlements["people"] / access.settlements["people"].sum()
    assert one(access, "villages")["chance_pm"] == pytest.approx(
        (shares * access.settlements["chance_pm"]).sum()
    )


def test_what_a_plan_serves_is_sure(land, flat):
    now = land(1).assess(flat(-117.0, 1))
    office = one(now, "facilities")
    rows = [
        {"village_code": here["village_code"], "place": here["id"], "kind": here.get("kind", "people")}
        for here in (office, one(now))
    ]
    frame = pd.DataFrame(
        [
            {
                "option": "leo",
                "level": "good",
                "chance": 1.0,
                "year": 2026,
                "fund": "x",
                "capex_idr": 1,
                "opex_idr_per_year": 1,
                **row,
            }
            for row in rows
        ]
    )
    then = after(now, framed(frame, POINTS.columns))
    for table in ("settlements", "facilities", "villages"):
        assert one(now, table)["chance_pm"] > 0.1
        assert one(then, table)["chance_pm"] == 0


@given(
    st.one_of(st.none(), st.floats(-150, -50)),
    st.sampled_from(["", "no signal", "weak", "strong", "very strong"]),
    st.lists(st.tuples(st.floats(-135, -60), st.integers(1, 50)), max_size=3),
    st.floats(-20, 20),
)
@settings(max_examples=12)
@pytest.mark.slow
def test_no_chance_is_less_sure_than_a_toss_that_comes_out_so(land, flat, dbm, said, tests, error_db):
    here = land(1)
    if said:
        here.add("reports", [{"village_code": here.codes[0], "signal": said}])
    if tests:
        rows = [{"signal_dbm": s, "tests": n, "technology": "4G", "when": "2025-06-01"} for s, n in tests]
        here.add("measurements", rows, [here.place()] * len(rows))
    access = here.assess(None if dbm is None else flat(dbm, 1), correction=measured_correction(error_db, 4))
    for table in (access.settlements, access.facilities, access.villages):
        chance, pm = table["chance_below"].to_numpy(float), table["chance_pm"].to_numpy(float)
        assert np.isfinite(pm).all()
        assert (pm >= 0).all()
        assert (pm**2 <= np.maximum(chance * (1 - chance), 0.02 * 0.98) + 1e-9).all()


def test_it_is_read_as_it_was_written(land, flat, tmp_path):
    access = land(1).assess(flat(-115.0, 1))
    write_access(access, tmp_path)
    assert list(read_access(tmp_path).settlements["chance_pm"]) == list(access.settlements["chance_pm"])


def _said_by_a_map(land, flat, **more):
    """A village whose map says more than power, and a site that serves it."""
    here = land(1)
    here.add(
        "sites", [{"kind": "tower", "technologies": "4G", "frequency_mhz": 900}], [here.place(east=0.01)]
    )
    plain = flat(-85.0, 1)
    arrays = {name: np.full(plain.grid.shape, value) for name, value in more.items()}
    return one(
        here.assess(
            Coverage(
                plain.rsrp_dbm,
                plain.best_site,
                plain.grid,
                band_mhz=np.full(plain.grid.shape, 900.0),
                **arrays,
            )
        )
    )


def test_a_strong_signal_that_is_too_slow_is_below_and_wants_strength(land, flat):
    fast = _said_by_a_map(land, flat, sinr_db=20.0, up_mbps=20.0)
    slow = _said_by_a_map(land, flat, sinr_db=-15.0, up_mbps=20.0)
    assert fast["access_now"] == "working"
    assert fast["evidence"] == "modelled: -85 dBm"
    assert slow["access_now"] == "none"
    assert slow["evidence"] == "modelled: -85 dBm, too slow a download"
    assert in_indonesian(slow["evidence"]) == "dimodelkan: -85 dBm, unduhnya terlalu lambat"
    assert slow["wants_strength"]
    assert not slow["wants_link"]


def test_a_chance_rises_smoothly_with_the_signal_quality(land, flat):
    """One village for each quality, from west to east, on one map."""
    qualities_db = np.arange(-20.0, 10.0, 1.0)
    here = land(len(qualities_db))
    here.add(
        "sites", [{"kind": "tower", "technologies": "4G", "frequency_mhz": 900}], [here.place(east=0.01)]
    )
    plain = flat(-85.0, len(qualities_db))
    middles = gpd.GeoSeries([here.place(n) for n in range(len(qualities_db))], crs=4326)
    where = middles.to_crs(plain.grid.crs)
    _, columns = plain.grid.pixels(where.x.to_numpy(), where.y.to_numpy())
    sinr_db = np.empty(plain.grid.shape)
    sinr_db[:] = qualities_db[np.abs(columns[:, None] - np.arange(plain.grid.width)).argmin(axis=0)]
    band_mhz = np.full(plain.grid.shape, 900.0)
    access = here.assess(
        Coverage(plain.rsrp_dbm, plain.best_site, plain.grid, band_mhz=band_mhz, sinr_db=sinr_db)
    )
    below = access.settlements["chance_below"].to_numpy(float)
    assert len(below) == len(qualities_db)
    steps = -np.diff(below)
    assert (steps >= -1e-9).all()
    # No step of the rates shows: half a standard deviation never moves it by more than a bell curve allows.
    assert steps.max() < 0.05
    assert below[0] - below[-1] > 0.8
