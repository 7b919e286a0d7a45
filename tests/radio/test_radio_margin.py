"""What a place has over a level's needs: it agrees with the map's levels, and a correction shifts what it should."""

import math

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_sites import GRID, RADIO, hills, sites_at

from merata.radio import rates
from merata.radio.coverage import coverage
from merata.radio.margin import LIMITS, Seen, margins, network
from merata.region.settings import LevelSettings, RadioSettings, Settings
from merata.region.tables import LEVELS

LTE = rates.carrier("lte", 900, 10)
CELLS = st.sampled_from([LTE, rates.carrier("nr", 3500, 40, 4), rates.carrier("lte", 2300, 20)])


@given(CELLS, st.floats(0.01, 400), st.booleans())
def test_the_ratio_that_a_rate_needs_is_the_least_that_bears_it(cell, mbps, up):
    steps = rates.up_steps(cell) if up else rates.down_steps(cell)
    needed = steps.needed_db(mbps)
    if math.isinf(needed):
        assert round(float(steps.at(60.0)), 2) < mbps
    else:
        assert round(float(steps.at(needed)), 2) >= mbps
        assert round(float(steps.at(needed - 1e-6)), 2) < mbps


def test_no_rate_needs_nothing():
    assert rates.down_steps(LTE).needed_db(0) == -math.inf


@pytest.fixture(scope="module", params=["none", "traditional"])
def made(request):
    settings = RADIO.model_copy(update={"building": request.param})
    sites = sites_at(
        (60, 80),
        (20, 20),
        (100, 150),
        (90, 30),
        bands_mhz=["900 1800", "900", "2300 3500", "900 3500"],
        technologies=["4G", None, "4G 5G", "5G"],
        eirp_dbm=[58.0, 46.0, 60.0, 58.0],
    )
    return sites, settings, coverage(sites, hills(), None, GRID, settings)


def _seen(found):
    names = ("rsrp_dbm", "sinr_db", "up_mbps", "band_mhz")
    return Seen(*(getattr(found, n).astype(float) for n in names), found.best_site.astype(np.int64))


@pytest.mark.parametrize("level", LEVELS[1:])
def test_without_a_correction_the_margin_says_what_the_map_says(made, level):
    sites, settings, found = made
    needs, seen = Settings().levels[level], _seen(found)
    least = margins(seen, seen.model_dbm, network(sites, GRID, settings), needs).least_db
    reached = found.level >= LEVELS.index(level)
    # Power and SINR are rounded to 0.1 dB in the map.
    clear = np.abs(least) > 0.06
    assert clear.mean() > 0.9
    assert (least > 0)[clear].tolist() == reached[clear].tolist()
    assert np.isnan(least).tolist() == np.isnan(found.rsrp_dbm).tolist()


def test_each_limit_is_met_somewhere(made):
    sites, settings, found = made
    seen = _seen(found)
    met = margins(seen, seen.model_dbm, network(sites, GRID, settings), Settings().levels["working"]).limit
    # A phone inside is slow before it is weak.
    assert {LIMITS[at] for at in np.unique(met)} >= {"signal", "download"}


def place(power_dbm, sinr_db, up_mbps=1.0):
    return Seen(*(np.array([x]) for x in (power_dbm, sinr_db, up_mbps, 900.0)), np.array([0]))


def _net():
    return network(sites_at((60, 80)), GRID, RADIO)


def test_a_correction_raises_the_sinr_where_noise_limits_and_not_where_others_disturb():
    noise_dbm = rates.subcarrier_noise_dbm(LTE, RADIO.noise_figure_db)
    needs = LevelSettings(down_mbps=5, up_mbps=1, signal_dbm=-110)
    shifts = []
    for seen in (place(-110.0, -110.0 - noise_dbm), place(-70.0, 5.0)):
        plain = margins(seen, seen.model_dbm, _net(), needs)
        more = margins(seen, seen.model_dbm + 8, _net(), needs)
        assert more.power_db - plain.power_db == pytest.approx(8)
        assert more.up_db - plain.up_db == pytest.approx(8)
        shifts.append(float((more.down_db - plain.down_db)[0]))
    assert shifts[0] == pytest.approx(8, abs=1e-9)
    assert 0 <= shifts[1] < 0.01


@given(st.floats(-130, -60), st.floats(-20, 30), st.floats(-15, 15), st.floats(0, 10))
def test_more_power_never_lowers_a_margin(power_dbm, sinr_db, shift_db, more_db):
    needs, seen = Settings().levels["working"], place(power_dbm, sinr_db)
    low = margins(seen, seen.model_dbm + shift_db, NET, needs).least_db
    high = margins(seen, seen.model_dbm + shift_db + more_db, NET, needs).least_db
    assert high >= low - 1e-9


NET = _net()


def test_what_is_not_known_is_not_judged():
    needs = Settings().levels["basic"]
    power = np.array([-100.0])
    assert margins(place(-100.0, -30.0), power, None, needs).least_db == pytest.approx(15)
    assert margins(place(-100.0, np.nan, np.nan), power, NET, needs).least_db == pytest.approx(15)
    other = place(-100.0, -30.0)._replace(band_mhz=np.array([2100.0]))
    assert margins(other, power, NET, needs).least_db == pytest.approx(15)
    nobody = place(np.nan, np.nan, np.nan)._replace(site=np.array([-1]))
    assert np.isnan(margins(nobody, np.array([np.nan]), NET, needs).least_db)


def test_a_rate_that_no_signal_bears_is_out_of_reach():
    needs = LevelSettings(down_mbps=500, signal_dbm=-120)
    assert margins(place(-60.0, 50.0), np.array([-60.0]), NET, needs).least_db == -math.inf


def test_a_network_without_sites_judges_by_power():
    empty = network(gpd.GeoDataFrame(sites_at((60, 80)).iloc[:0]), GRID, RadioSettings())
    found = margins(place(-100.0, -30.0), np.array([-100.0]), empty, Settings().levels["basic"])
    assert found.least_db == pytest.approx(15)
