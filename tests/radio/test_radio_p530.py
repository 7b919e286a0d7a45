"""Fading of a hop against P.530's own figures and equations, and against the library itur where that is right."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from itur.models import itu530

from merata.errors import InputError
from merata.radio import p530, rain

KM = st.floats(1, 60)
GHZ = st.floats(6, 80)


def test_fresnel():
    assert p530.fresnel_m(10, 10, 5) == pytest.approx(itu530.fresnel_ellipse_radius(10, 10, 5).value)
    # The middle of 36 km at 4 GHz: 17.3 √(18·18/(4·36)) m.
    assert p530.fresnel_m(18, 18, 4) == pytest.approx(25.95)


def test_low_k_rises_with_length_and_begins_at_20_km():
    k = p530.low_k(np.array([1.0, 20.0, 50.0, 100.0, 200.0]))
    assert k[0] == k[1]
    assert (np.diff(k[1:]) > 0).all()
    # Read off figure 2: about 0.8 at 50 km, 0.9 at 100 km, 1 at 200 km.
    assert k[2:] == pytest.approx([0.8, 0.9, 1.0], abs=0.03)


@pytest.mark.parametrize("fade_db", [30, 40])
def test_deep_multipath_is_as_itur_has_it(fade_db):
    lat, lon, km, ghz, a, b = -0.4, 117.0, 40.0, 7.0, 100.0, 120.0
    p0 = p530.multipath_percent_at_0_db(rain.geoclimatic_k(lat, lon), km, ghz, a, b)
    truth = itu530.multipath_loss_for_A(lat, lon, a, b, km, ghz, fade_db).value
    assert p530.multipath_percent(fade_db, p0) == pytest.approx(float(truth), rel=1e-9)


@pytest.mark.parametrize(
    ("p0", "fade_db", "percent"),
    [
        (1000, 20, 7.15126),
        (1, 10, 0.128816),
        (0.01, 5, 0.119561),
        (100, 10, 3.81743),
        (10, 3, 8.29216),
        (1, 35, 0.000316228),
    ],
)
def test_shallow_multipath_is_as_the_reference_has_it(p0, fade_db, percent):
    """Values of the open implementation of Canada's Communications Research Centre, which plots figure 3 with it."""
    assert p530.multipath_percent(fade_db, p0) == pytest.approx(percent, rel=1e-5)


@given(st.floats(1e-4, 1000), st.floats(0.05, 1))
def test_multipath_is_one_curve(p0, share):
    edge = max(25 + 1.2 * np.log10(p0), 1)
    below, above = p530.multipath_percent(np.array([edge - 1e-7, edge + 1e-7]), p0, share)
    assert below == pytest.approx(above, rel=1e-5)
    assert p530.multipath_percent(0, p0, share) == pytest.approx(63.2, abs=0.1)
    fades = p530.multipath_percent(np.linspace(0, 60, 200), p0, share)
    assert (fades >= 0).all()
    assert (np.diff(fades[100:]) <= 0).all()


@given(KM, st.floats(-300, 300), st.floats(-70, 70))
def test_the_average_year_is_milder_than_the_worst_month(km, rise_m, lat):
    share = p530.year_over_worst_month(km, 500, 500 + rise_m, lat)
    assert share >= 10 ** (-1.08) - 1e-9
    # By hand for a level path of 30 km on the equator: 10.5 − 5.6 log 2.1 − 2.7 log 30 dB.
    assert p530.year_over_worst_month(30, 0, 0, 0) == pytest.approx(
        10 ** (-(10.5 - 1.8044 - 3.9882) / 10), rel=1e-4
    )


def test_short_paths_have_no_multipath():
    p0 = p530.multipath_percent_at_0_db(1e-5, np.array([2.0, 5.0, 5.1]), 7.0, 50, 50)
    assert p0[:2].tolist() == [0, 0]
    assert p0[2] > 0
    assert p530.multipath_percent(np.array([0.0, 3, 40]), 0.0).tolist() == [0, 0, 0]
    assert p530.selective_percent(0.0, 4, 28, 20) == 0


def test_selective_fading_by_hand():
    """50 km, p0 = 20 %, 30 MHz, 20 dB: 2.15 (1 − e^(−0.2·0.2^0.75)) · 2 · 0.03 · 0.1 · 0.7²/6.3."""
    truth = 215 * (1 - np.exp(-0.2 * 0.2**0.75)) * 2 * 0.03 * 0.1 * 0.49 / 6.3
    assert p530.selective_percent(20, 50, 30, 20) == pytest.approx(truth)


@pytest.mark.parametrize("percent", [0.001, 0.01, 0.1, 1])
@pytest.mark.filterwarnings("ignore:invalid value")
def test_rain_below_10_ghz_is_as_itur_has_it(percent):
    """From 10 GHz up itur takes the power 0.8 of a logarithm, which the Recommendation has inside of it."""
    truth = itu530.rain_attenuation(0, 117, 20, 7.5, 0, percent, 90, 93.0).value
    mine = p530.rain_db(percent, p530.rain_db_at_001(20, 93, 7.5, "vertical"), 7.5)
    assert mine == pytest.approx(float(truth), rel=1e-9)


def test_rain_by_hand_on_18_ghz():
    """10 km, 93.44 mm/h, vertical: k 0.07708, α 1.0025 from the table."""
    k, alpha, km, rate, ghz = 0.07708, 1.0025, 10, 93.44, 18
    r = 1 / (0.477 * km**0.633 * rate ** (0.073 * alpha) * ghz**0.123 - 10.579 * (1 - np.exp(-0.024 * km)))
    assert p530.rain_db_at_001(km, rate, ghz) == pytest.approx(k * rate**alpha * km * r, rel=1e-3)


def test_the_distance_factor_stops_at_2_5():
    k, alpha = rain.coefficients(6.0)
    assert p530.rain_db_at_001(0.3, 100, 6.0) == pytest.approx(k * 100**alpha * 0.3 * 2.5)


@given(GHZ, st.floats(0.5, 150), st.floats(-3, 0))
def test_rain_turned_round(ghz, full_db, log_percent):
    percent = 10**log_percent
    assert p530.rain_percent(p530.rain_db(percent, full_db, ghz), full_db, ghz) == pytest.approx(
        percent, rel=1e-6
    )


@given(GHZ, KM, st.floats(0, 200))
def test_more_margin_never_fails_more(ghz, km, rate):
    margins = np.linspace(-5, 120, 300)
    failing = p530.rain_percent(margins, p530.rain_db_at_001(km, rate, ghz), ghz)
    assert (np.diff(failing) <= 1e-12).all()
    assert ((failing >= 0) & (failing <= 100)).all()
    assert rate == 0 or failing[0] == 100


def test_rain_rarer_than_the_method_is_not_believed():
    assert p530.rain_percent(1e4, 10.0, 18) == p530.LEAST_RAIN_PERCENT
    assert p530.rain_percent(10.0, 0.0, 18) == 0


def test_worst_month_is_that_of_p841():
    """P.841 says for planning everywhere: p = 0.30 p_w^1.15."""
    month = np.array([0.05, 0.1, 1.0])
    assert p530.worst_month_percent(0.30 * month**1.15) == pytest.approx(month, rel=0.02)
    assert p530.worst_month_percent(np.array([0.0, 100.0])).tolist() == [0, 100]
    assert p530.worst_month_percent(1e-9) == pytest.approx(12e-9)


def test_bad_input_is_named():
    with pytest.raises(InputError, match="rain_mm_per_h is 301"):
        p530.rain_db_at_001(10, 301, 18)
    with pytest.raises(InputError, match="percent is 2"):
        p530.rain_db(2, 10, 18)
