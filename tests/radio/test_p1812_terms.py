"""The formulae of P.1812: compiled and plain give the same, branches meet, and each holds what it is known for."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from merata.radio import _p1812_profile as profile
from merata.radio import _p1812_terms as terms
from merata.radio._compile import kernel

quick = settings(max_examples=80)


@kernel(error_model="numpy")
def compiled(frequency_ghz, vertical, path, p, n0, ae, ab):
    return terms.assemble(terms.band(frequency_ghz, vertical), path, p, n0, ae, ab)


def some_path(seed):
    rng = np.random.default_rng(seed)
    points = int(rng.integers(4, 200))
    d = np.concatenate(([0.0], np.cumsum(rng.uniform(0.03, 1.0, points - 1))))
    h = rng.uniform(0, rng.choice([2.0, 50.0, 900.0]), points)
    zone = rng.choice([1, 3, 4] if seed % 2 else [4], points)
    ae, ab = terms.effective_radii(45.0)
    clutter = rng.choice([0.0, 20.0], points)
    traced = profile.trace(d, h, clutter, zone, 35.0, 1.5, -0.5, ae, ab, 3.0, 500.0)
    return traced.path, ae, ab


@pytest.mark.parametrize("frequency_ghz", [0.03, 0.9, 6.0])
def test_compiled_and_plain_give_the_same(frequency_ghz):
    for seed in range(60):
        path, ae, ab = some_path(seed)
        for p, vertical in ((1.0, True), (10.0, False), (50.0, True)):
            plain = terms.assemble(terms.band(frequency_ghz, vertical), path, p, 325.0, ae, ab)
            fast = compiled(frequency_ghz, vertical, path, p, 325.0, ae, ab)
            np.testing.assert_allclose(fast, plain, rtol=0, atol=1e-9)


@quick
@given(st.floats(1e-6, 1 - 1e-6))
def test_the_inverse_normal_is_good_to_half_a_thousandth(x):
    assert terms.inverse_normal(x) == pytest.approx(-ndtri(x), abs=5e-4)
    assert terms.inverse_normal(1 - x) == pytest.approx(-terms.inverse_normal(x), abs=1e-3)


def test_the_inverse_normal_is_clipped_at_one_in_a_million():
    assert terms.inverse_normal(0.0) == terms.inverse_normal(1e-6)
    assert terms.inverse_normal(1.0) == terms.inverse_normal(1 - 1e-6)


def test_standard_refraction_is_four_thirds():
    ae, ab = terms.effective_radii(157 / 4)
    assert ae == pytest.approx(4 / 3 * 6371)
    assert ab == 3 * 6371


@quick
@given(st.floats(0, 90), st.floats(0, 500), st.floats(0, 1))
def test_beta0_is_a_share_below_half_and_the_same_north_and_south(latitude, dtm, inland):
    north = terms.beta0(latitude, dtm, dtm * inland)
    assert 0 < north < 50
    assert north == terms.beta0(-latitude, dtm, dtm * inland)
    assert terms.time_factor(50.0, north) == pytest.approx(0, abs=1e-6)
    assert terms.time_factor(north, north) == 1


@quick
@given(st.floats(1, 100), st.floats(-50, 50), st.floats(0.001, 300), st.floats(0.001, 300), st.floats(0, 500))
def test_bullington_in_one_step_is_bullington_by_its_point(d, str_, over_t, over_r, hts):
    """(18) to (21) as they stand, against the form in which the Bullington point's distance cancels."""
    hrs = hts + str_ * d
    stim, srim = str_ + over_t, over_r - str_
    dbp = (hrs - hts + srim * d) / (stim + srim)
    nu = (hts + stim * dbp - (hts * (d - dbp) + hrs * dbp) / d) * math.sqrt(
        0.002 * d / (0.33 * dbp * (d - dbp))
    )
    luc = terms.knife_edge(nu)
    expected = luc + (1 - math.exp(-luc / 6)) * (10 + 0.02 * d)
    edge = terms.Edge(stim, srim, -math.inf)
    assert terms.bullington(edge, d, hts, hrs, math.sqrt(0.002 / 0.33)) == pytest.approx(expected, abs=1e-4)


@quick
@given(
    st.floats(2, 400),
    st.floats(2, 400),
    st.sampled_from([0.03, 0.45, 0.9, 2.6, 6.0]),
    st.booleans(),
    st.floats(0, 1),
)
def test_the_round_earth_joins_at_the_horizon(hte, hre, frequency_ghz, vertical, omega):
    band = terms.band(frequency_ghz, vertical)
    radius = 8500.0
    horizon = terms.marginal_distance(hte, hre, radius)
    before = terms.spherical_earth(band, horizon * (1 - 1e-7), hte, hre, radius, omega)
    after = terms.spherical_earth(band, horizon * (1 + 1e-7), hte, hre, radius, omega)
    # (27) cuts the first term at 0 in sight, (22) does not beyond.
    assert before == pytest.approx(max(after, 0), abs=0.01)


def test_branches_meet():
    assert terms.knife_edge(-0.78 + 1e-9) == pytest.approx(0, abs=0.01)
    assert terms._height_gain(2 + 1e-9, -99.0) == pytest.approx(terms._height_gain(2.0, -99.0), abs=0.03)
    band = terms.band(0.9, True)
    near, far = (terms.first_term(band, d, 40.0, 1.5, 8500.0 ** (1 / 3), 0.0) for d in (31.9, 32.1))
    assert far == pytest.approx(near, abs=0.3)
    assert terms.band(0.5 - 1e-12, True).duct_db == pytest.approx(terms.band(0.5, True).duct_db, abs=0.01)


@quick
@given(st.floats(0, 100), st.floats(1e-3, 1e3))
def test_no_antenna_gains_less_by_its_height_than_the_ground_lets_it(b, k):
    """(35): G(Y) never falls below 2 + 20 lg K, on either side of B = 2."""
    assert terms._height_gain(b, k) == pytest.approx(max(terms._height_gain(b, 1e-9), 2 + 20 * math.log10(k)))


def test_height_gains_by_hand():
    """(35): up to B = 2, with it, 20 lg(B + 0.1 B³); above it 17.6 √(B − 1.1) − 5 lg(B − 1.1) − 8."""
    assert terms._height_gain(2.0, 1e-9) == pytest.approx(20 * math.log10(2.8))
    assert terms._height_gain(2.1, 1e-9) == pytest.approx(17.6 - 8)
    assert terms._height_gain(11.1, 1e-9) == pytest.approx(17.6 * math.sqrt(10) - 5 - 8)


@quick
@given(st.floats(2, 400), st.floats(2, 400), st.floats(0.1, 200))
def test_the_smooth_clearance_is_the_lowest_point_of_the_ray(hte, hre, d):
    radius = 8500.0
    assume(d < terms.marginal_distance(hte, hre, radius))
    hse, _ = terms.smooth_clearance(d, hte, hre, radius, 0.3)
    x = np.linspace(0, d, 20001)[1:-1]
    above = (hte * (d - x) + hre * x) / d - 500 / radius * x * (d - x)
    # (23) takes where the clearance in Fresnel zones is least; the height there is no less than the least of all.
    assert hse >= above.min() - 1e-6
    zones = above / np.sqrt(x * (d - x))
    assert hse == pytest.approx(above[zones.argmin()], abs=0.05 + 0.002 * (hte + hre))


@pytest.mark.parametrize("stretch_km", [0.0, 5.0, 40.0, 400.0])
def test_ducts_are_as_frequent_on_both_sides_of_70_degrees_and_the_same_beyond(stretch_km):
    """(4) and (5) give two formulae each; the Recommendation's own numbers meet to within a few per cent."""
    south, north, pole = (terms.beta0(latitude, stretch_km, stretch_km) for latitude in (70.0, 70.001, 90.0))
    assert north == pytest.approx(south, rel=0.04)
    assert pole == north


def test_a_short_path_has_as_many_ducts_as_the_place_itself():
    """Without land mu_1 is 1, its most: (5) alone is left, 10^1.67 % at the equator, 4.17 % near the poles."""
    assert terms.beta0(0.0, 0.0, 0.0) == pytest.approx(46.77, abs=0.01)
    assert terms.beta0(80.0, 0.0, 0.0) == pytest.approx(4.17)


@pytest.mark.parametrize(
    ("coast_km", "horizon_km", "height_m", "gain_db"),
    [
        (0.0, 10.0, 50.0, 3.0), (0.0, 10.0, 500.0, 0.0), (0.0, 0.0, 50.0, 3.0), (2.0, 10.0, 50.0, 3.0 / math.e),
        (4.9, 4.8, 50.0, 0.0), (5.0, 10.0, -40.0, 0.01158), (5.1, 10.0, -40.0, 0.0),
    ],
)  # fmt: skip
def test_what_a_duct_over_the_sea_takes_up(coast_km, horizon_km, height_m, gain_db):
    """(49): 3 dB at the coast 50 m up, twice as much far below, nothing high up, behind the horizon or inland."""
    assert -terms._sea_coupling(coast_km, horizon_km, height_m) == pytest.approx(gain_db, abs=1e-4)


def test_coupling_over_the_sea_is_each_ends_own_from_three_quarters_of_sea_on():
    path, _, _ = some_path(2)
    path = path._replace(omega=0.75, dct=0.0, dcr=2.0, hts=50.0, hrs=50.0, dlt=30.0, dlr=70.0)
    over = terms.duct_coupling(path)
    assert over == pytest.approx(20 * 2 - 3 - 3 / math.e)
    assert terms.duct_coupling(path._replace(omega=0.7499)) == pytest.approx(40)
    assert terms.duct_coupling(path._replace(dcr=31.0, dct=31.0)) == pytest.approx(40)


def test_places_vary_as_the_recommendation_says():
    """(64) at 1 GHz in squares of 100 m: 0.544 times 100^0.28; none from 10 m over the roofs on, half at 5 m."""
    whole = 0.544 * 100**0.28
    for height_m, share in ((1.5, 1.0), (20.0, 1.0), (25.0, 0.5), (30.0, 0.0), (45.0, 0.0)):
        assert terms.location_sigma(1.0, height_m, 20.0, 100.0) == pytest.approx(share * whole)
    assert terms.final_loss(100.0, 120.0, 15.8655, 6.0, False) == pytest.approx(114.0, abs=0.01)
    assert terms.final_loss(117.0, 120.0, 15.8655, 6.0, False) == 117.0, "never less than in sight"
    assert terms.final_loss(100.0, 120.0, 84.1345, 6.0, False) == pytest.approx(126.0, abs=0.01)
    assert terms.final_loss(100.0, 120.0, 84.1345, 6.0, True) == 120.0, "all places at sea are alike"


def test_sums_of_ways_stay_finite_however_large():
    assert terms.power_sum(9000.0, 8000.0) == 8000
    assert terms.power_sum(100.0, 100.0) == pytest.approx(100 - 5 * math.log10(2))
    assert terms.soft_max(5000.0, 120.0) == 5000
    assert terms.soft_max(120.0, 120.0) == pytest.approx(120 + 2.5 * math.log(2))


def test_coupling_over_the_sea_needs_sea_and_a_near_coast():
    path, ae, _ = some_path(2)
    band = terms.band(0.9, True)
    sea = path._replace(omega=0.9, dct=0.0, dcr=0.0, hts=20.0, hrs=20.0)
    assert terms.ducting(band, sea, 1.0, ae) < terms.ducting(band, sea._replace(omega=0.7), 1.0, ae)
    far = sea._replace(dct=6.0, dcr=6.0)
    assert terms.ducting(band, far, 1.0, ae) == terms.ducting(band, far._replace(omega=0.7), 1.0, ae)
