"""The simple radio model against independent truth: formulas by hand, and a brute-force look at every path."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter
from scipy.special import fresnel

from merata.radio import simple


def exact_knife_edge_db(nu: float) -> float:
    """The Fresnel integral that J(ν) approximates (P.526 eq. 30), for ν above -0.7."""
    s, c = fresnel(nu)
    return -20 * math.log10(math.sqrt((1 - c - s) ** 2 + (c - s) ** 2) / 2)


@given(st.floats(-0.7, 10))
def test_the_edge_loss_is_that_of_the_fresnel_integral(nu):
    assert simple.knife_edge_db(nu) == pytest.approx(exact_knife_edge_db(nu), abs=0.6)


@given(st.floats(-5, 20), st.floats(0, 5))
def test_a_higher_edge_never_loses_less(nu, more):
    assert simple.knife_edge_db(nu + more) >= simple.knife_edge_db(nu) >= 0


def test_free_space_by_hand():
    # 32.45 + 20 log10(f in MHz) + 20 log10(d in km)
    assert simple.free_space_db(10_000, 900) == pytest.approx(32.45 + 20 * math.log10(900) + 20, abs=0.01)


def test_loss_over_open_ground_is_within_10_db_of_okumura_and_hata():
    """Measured curves for open land, 900 MHz, base 40 m, phone 1.5 m. The simple model is the brighter one."""
    for km in (2, 5, 10, 15, 20):
        urban = 69.55 + 26.16 * math.log10(900) - 13.82 * math.log10(40)
        urban += (44.9 - 6.55 * math.log10(40)) * math.log10(km)
        hata_db = urban - 4.78 * math.log10(900) ** 2 + 18.33 * math.log10(900) - 40.94
        assert 0 < hata_db - simple.path_loss_db(km * 1000, 40, 40, 0, 1.5, 900, 0.0) < 10


def brute_force_db(heights, row, column, tx_m, rx_height, r, c, resolution, wavelength):
    """Bullington's edge on one path, every point of it looked at from both ends."""
    d_row, d_column = r - row, c - column
    distance = math.hypot(d_row, d_column) * resolution
    steps = int(math.hypot(d_row, d_column))
    x = np.array([k * resolution for k in range(1, steps + 1) if k * resolution < distance - 1e-6])
    bulge = 2 * simple.EARTH_RADIUS_M
    unit = x / distance
    z = np.array([simple.ground_m(heights, row + u * d_row, column + u * d_column) for u in unit])
    z -= x**2 / bulge
    rx_m = simple.ground_m(heights, r, c) - distance**2 / bulge + rx_height
    if not len(x) or ((z - tx_m) / x).max() <= (rx_m - tx_m) / distance:
        return 0.0
    s_tx, s_rx = ((z - tx_m) / x).max(), ((z - rx_m) / (distance - x)).max()
    return simple.bullington_db(distance, tx_m, rx_m, s_tx, s_rx, wavelength)


@pytest.mark.parametrize("seed", range(4))
def test_the_sweep_agrees_with_looking_at_every_point_of_every_path(seed):
    rng = np.random.default_rng(seed)
    heights = gaussian_filter(rng.normal(size=(121, 121)), 6)
    heights = (heights / heights.std() * 60).astype(np.float32)
    row, column = 60 + rng.uniform(-0.5, 0.5, 2)
    tx_m = simple.ground_m(heights, row, column) + 30
    swept = simple.edge_loss_by_ray(heights, row, column, tx_m, 1.5, 100.0, 0.333, 380, 61)
    errors = []
    for r, c in rng.integers(2, 118, (300, 2)):
        if math.hypot(r - row, c - column) > 58:
            continue
        fast = simple._between_rays(swept, r - row, c - column)
        slow = brute_force_db(heights, row, column, tx_m, 1.5, r, c, 100.0, 0.333)
        errors.append(fast - slow)
    errors = np.abs(errors)
    assert len(errors) > 150
    # Where a shadow begins a pixel earlier or later, the two differ by the step of 6 dB at grazing.
    assert np.mean(errors) < 0.8
    assert np.quantile(errors, 0.9) < 2.5


@pytest.mark.parametrize("seed", range(4))
def test_on_a_ray_the_sweep_is_exact(seed):
    """No interpolation between rays: the hull and its bisection find exactly what a full search finds."""
    rng = np.random.default_rng(seed)
    heights = (rng.normal(size=(1, 200)).cumsum(axis=1) * 8).astype(np.float32)
    tx_m = float(heights[0, 0]) + 25
    swept = simple.edge_loss_by_ray(heights, 0.0, 0.0, tx_m, 1.5, 100.0, 0.333, 8, 199)
    for c in range(2, 199):
        slow = brute_force_db(heights, 0.0, 0.0, tx_m, 1.5, 0, c, 100.0, 0.333)
        assert swept[0, c] == pytest.approx(slow, abs=1e-3)


def test_one_ridge_by_hand():
    """A wall of 60 m half way on a path of 10 km: ν by hand from heights, distances and wavelength."""
    heights = np.zeros((1, 101), np.float32)
    heights[0, 50] = 60
    wavelength = 0.3333
    swept = simple.edge_loss_by_ray(heights, 0.0, 0.0, 30.0, 1.5, 100.0, wavelength, 4, 100)
    earth_m = 5000 * 5000 / (2 * simple.EARTH_RADIUS_M)
    above_m = 60 + earth_m - (30 + 1.5) / 2
    nu = above_m * math.sqrt(2 / wavelength * (1 / 5000 + 1 / 5000))
    by_hand = 6.9 + 20 * math.log10(math.sqrt((nu - 0.1) ** 2 + 1) + nu - 0.1)
    assert swept[0, 100] == pytest.approx(by_hand, abs=0.05)


def test_beyond_the_horizon_of_the_round_earth_there_is_loss_without_any_hill():
    heights = np.zeros((1, 600), np.float32)
    swept = simple.edge_loss_by_ray(heights, 0.0, 0.0, 40.0, 1.5, 100.0, 0.3333, 4, 599)
    horizon_km = (
        math.sqrt(2 * simple.EARTH_RADIUS_M * 40) + math.sqrt(2 * simple.EARTH_RADIUS_M * 1.5)
    ) / 1000
    first = np.flatnonzero(swept[0] > 0)[0] / 10
    assert first == pytest.approx(horizon_km, abs=0.3)


@settings(max_examples=50)
@given(st.floats(-500, 500), st.floats(-500, 500), st.floats(0, 1))
def test_ground_between_pixels_lies_between_them(a, b, part):
    heights = np.array([[a, b]], np.float32)
    found = simple.ground_m(heights, 0.0, part)
    assert min(a, b) - 1e-3 <= found <= max(a, b) + 1e-3


def test_a_void_is_sea_level_and_beyond_the_raster_its_edge_goes_on():
    heights = np.array([[np.nan, 10.0]], np.float32)
    assert simple.ground_m(heights, 0.0, 0.0) == 0
    assert simple.ground_m(heights, 5.0, 9.0) == 10
