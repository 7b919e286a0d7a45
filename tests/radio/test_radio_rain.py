"""Rain and air against the values that the Recommendations and their validation examples print."""

import math
import subprocess
import sys

import numpy as np
import pytest

from merata.errors import InputError
from merata.radio import rain

# P.838-3 table 5: GHz, k and α horizontal, k and α vertical.
TABLE_5 = [
    (1, 0.0000259, 0.9691, 0.0000308, 0.8592),
    (6, 0.0007056, 1.5900, 0.0004878, 1.5728),
    (10, 0.01217, 1.2571, 0.01129, 1.2156),
    (12, 0.02386, 1.1825, 0.02455, 1.1216),
    (15, 0.04481, 1.1233, 0.05008, 1.0440),
    (18, 0.07078, 1.0818, 0.07708, 1.0025),
    (20, 0.09164, 1.0568, 0.09611, 0.9847),
    (25, 0.1571, 0.9991, 0.1533, 0.9491),
    (30, 0.2403, 0.9485, 0.2291, 0.9129),
    (40, 0.4431, 0.8673, 0.4274, 0.8421),
    (50, 0.6600, 0.8084, 0.6472, 0.7871),
    (100, 1.3671, 0.6815, 1.3680, 0.6765),
]


@pytest.mark.parametrize(("ghz", "k_h", "alpha_h", "k_v", "alpha_v"), TABLE_5)
def test_coefficients_are_those_of_the_table(ghz, k_h, alpha_h, k_v, alpha_v):
    assert rain.coefficients(ghz, "horizontal") == pytest.approx((k_h, alpha_h), rel=2e-3)
    assert rain.coefficients(ghz, "vertical") == pytest.approx((k_v, alpha_v), rel=2e-3)


@pytest.mark.parametrize(
    ("elevation_deg", "rate", "loss_db_per_km"),
    [(31.07699124, 26.48052, 1.58130839), (40.232036, 33.936232, 2.06173213), (46.35969261, 27.13586832, 1.5920842)],
)  # fmt: skip
def test_specific_attenuation_of_the_validation_examples(elevation_deg, rate, loss_db_per_km):
    """Slant paths at 14.25 GHz, horizontal: the examples mix both polarisations by equations (4) and (5)."""
    k_h, a_h = rain.coefficients(14.25, "horizontal")
    k_v, a_v = rain.coefficients(14.25, "vertical")
    mix = math.cos(math.radians(elevation_deg)) ** 2
    k = (k_h + k_v + (k_h - k_v) * mix) / 2
    alpha = (k_h * a_h + k_v * a_v + (k_h * a_h - k_v * a_v) * mix) / (2 * k)
    assert k * rate**alpha == pytest.approx(loss_db_per_km, rel=1e-6)


def test_rain_rate_of_the_validation_examples():
    """P.837-7: the places of the examples, from Kuala Lumpur to London."""
    lat = np.array([3.133, 22.9, 23, 25.78, 28.717, 33.94, 41.9, 51.5])
    lon = np.array([101.7, -43.23, 30, -80.22, 77.3, 18.43, 12.49, -0.14])
    rates = [99.1481136, 50.639304, 0, 78.2982928, 63.5972464, 27.1349664, 33.936232, 26.48052]
    assert rain.rate_mm_per_h(lat, lon) == pytest.approx(rates, abs=1e-6)
    assert float(rain.rate_mm_per_h(3.133, 101.7)) == pytest.approx(99.1481136)
    assert float(rain.rate_mm_per_h(3.133, 101.7 - 360)) == pytest.approx(99.1481136)


@pytest.mark.parametrize(
    ("ghz", "db_per_km"),
    [(6, 0.009458784), (12, 0.018233652), (20, 0.108930855), (60, 14.77831664), (90, 0.380843105)],
)
def test_air_of_the_validation_examples(ghz, db_per_km):
    """P.676 at 1013.25 hPa of dry air, 288.15 K, 7.5 g/m³."""
    whole_hpa = 1013.25 + 7.5 * 288.15 / 216.7
    assert rain.air_db_per_km(float(ghz), whole_hpa, 288.15, 7.5) == pytest.approx(db_per_km, rel=1e-3)


def test_geoclimatic_factor_by_hand():
    """P.530-17 (4) with what the maps say of the Himalaya (28° N 85° E): −205.334 N-units, 1468.8 m; and of Borneo."""
    mountains = 10 ** (-4.4 + 0.0027 * 205.3341) * (10 + 1468.8) ** -0.46
    lowland = 10 ** (-4.4 + 0.0027 * 185.6496) * (10 + 66.02) ** -0.46
    found = rain.geoclimatic_k(np.array([28.0, -0.4]), np.array([85.0, 117.0]))
    assert found == pytest.approx([mountains, lowland], rel=1e-3)
    west = rain.geoclimatic_k(np.array([-4.0, -4.0]), np.array([-63.0, 297.0]))
    assert west[0] == west[1] > 0


def test_no_input_is_changed():
    lat, lon = np.array([-0.5, 0.5]), np.array([-243.0, 117.0])
    rain.rate_mm_per_h(lat, lon), rain.geoclimatic_k(lat, lon)
    assert lon.tolist() == [-243.0, 117.0]


@pytest.mark.parametrize("ghz", [0.5, 101, float("nan"), -3])
def test_frequency_outside_is_named(ghz):
    with pytest.raises(InputError, match=f"frequency_ghz is {ghz:g}"):
        rain.coefficients(ghz)


def test_other_bad_input_is_named():
    with pytest.raises(InputError, match="circular"):
        rain.coefficients(18, "circular")
    with pytest.raises(InputError, match="91, 117 is no place"):
        rain.rate_mm_per_h(np.array([0.0, 91.0]), np.array([117.0, 117.0]))
    with pytest.raises(InputError, match="nan"):
        rain.geoclimatic_k(float("nan"), 117.0)


@pytest.mark.slow
def test_the_maps_need_no_network():
    """Nothing is fetched, neither on import nor by asking."""
    code = (
        "import socket\n"
        "def refuse(*a, **k): raise SystemExit('the network was asked')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "from merata.radio import rain\n"
        "print(float(rain.rate_mm_per_h(-0.4, 117.0)) > 50, float(rain.geoclimatic_k(-0.4, 117.0)) > 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["True", "True"], done.stderr
