"""One path by P.1812-8: what the Recommendation promises, and that odd input is refused by name."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from merata.errors import InputError, MerataError
from merata.radio import p1812

quick = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])

#: One degree of a meridian on the Recommendation's sphere, km.
DEGREE_KM = 6371 * math.pi / 180
ENDS = {"tx_lat": -0.4, "tx_lon": 116.9, "rx_lat": -0.5, "rx_lon": 117.0}


def loss(d, h, clutter=None, zone=None, **numbers):
    given_ = {"frequency_ghz": 0.9, "tx_height_m": 40.0, "rx_height_m": 1.5, **ENDS, **numbers}
    return p1812.basic_transmission_loss(d, h, clutter, zone, **given_)


def flat(length_km, points=101, height_m=10.0):
    return np.linspace(0, length_km, points), np.full(points, height_m)


@st.composite
def hills(draw):
    """A bumpy profile without two equal points, its clutter and its zones."""
    points = draw(st.integers(5, 60))
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    d = np.concatenate(
        ([0.0], np.cumsum(rng.uniform(0.03, draw(st.sampled_from([0.1, 1.0, 5.0])), points - 1)))
    )
    h = rng.uniform(0, draw(st.sampled_from([1.0, 30.0, 600.0])), points)
    clutter = rng.choice([0.0, 4.0, 20.0], points)
    zone = rng.choice(draw(st.sampled_from([[4], [3, 4], [1, 3, 4], [1]])), points)
    return d, h, clutter, zone


frequencies = st.sampled_from([0.03, 0.45, 0.7, 0.9, 1.8, 2.6, 3.5, 6.0])
percents = st.sampled_from([1.0, 3.0, 10.0, 30.0, 49.999, 50.0])
heights = st.floats(1.0, 120.0)


# --- independent truth --------------------------------------------------------------------------------------------


def test_free_space_is_what_friis_says():
    for frequency_ghz in (0.03, 0.9, 6.0):
        found = loss(*flat(20), frequency_ghz=frequency_ghz, tx_height_m=300, rx_height_m=300)
        friis = 20 * math.log10(4 * math.pi * 20_000 * frequency_ghz * 1e9 / 299_792_458)
        assert found.terms["Lbfs"] == pytest.approx(friis, abs=0.06)


def test_a_high_clear_path_loses_no_more_than_free_space():
    found = loss(*flat(5), tx_height_m=500, rx_height_m=500, frequency_ghz=3.5)
    assert found.in_sight
    assert found.terms["Ld50"] == 0
    assert found.loss_db == pytest.approx(found.terms["Lbfs"], abs=0.001)


def test_a_ridge_that_just_touches_the_ray_costs_six_decibels():
    """The knife edge of (12) at nu = 0 is 6.0 dB: J(0) = 6.9 + 20 lg(sqrt(1.01) - 0.1)."""
    d = np.array([0, 0.001, 4.999, 5.0, 5.001, 9.999, 10.0])
    h = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    bulge_m = 500 / 8930.8 * 5.0 * 5.0  # how far the Earth rises between the ends, for a_e of delta_n 45
    h[3] = 100.0 - bulge_m
    found = loss(d, h, tx_height_m=100, rx_height_m=100, frequency_ghz=6.0)
    knife = 6.9 + 20 * math.log10(math.sqrt(1.01) - 0.1)
    expected = knife + (1 - math.exp(-knife / 6)) * (10 + 0.02 * 10)  # (21)
    assert found.terms["Ld50"] == pytest.approx(expected, abs=0.02)
    assert knife == pytest.approx(6.03, abs=0.01)


def test_zones_are_measured_half_way_to_the_neighbours():
    d = np.array([0.0, 1.0, 3.0, 4.0, 8.0, 10.0])
    found = loss(d, np.zeros(6), zone=[4, 4, 1, 1, 3, 4])
    assert found.terms["w"] == pytest.approx((6.0 - 2.0) / 10)
    assert found.terms["dtm"] == pytest.approx(10.0 - 6.0)
    assert found.terms["dlm"] == pytest.approx(2.0)


def test_the_middle_of_the_path_lies_on_the_great_circle():
    d, h = flat(111.195)
    assert loss(d, h, tx_lat=0.0, tx_lon=10.0, rx_lat=1.0, rx_lon=10.0).terms["phi"] == pytest.approx(
        0.5, abs=1e-4
    )
    across = loss(d, h, tx_lat=60.0, tx_lon=179.0, rx_lat=60.0, rx_lon=-179.0)
    same = loss(d, h, tx_lat=60.0, tx_lon=-1.0, rx_lat=60.0, rx_lon=1.0)
    assert across.terms["phi"] == pytest.approx(same.terms["phi"], abs=1e-9)
    assert across.loss_db == pytest.approx(same.loss_db, abs=1e-9)


def test_half_of_the_places_need_no_margin_and_more_need_more():
    d, h = flat(10)
    at = {q: loss(d, h, location_percent=q, location_sigma_db=5.5).loss_db for q in (5, 50, 95)}
    assert at[50] == pytest.approx(loss(d, h).loss_db, abs=1e-6)
    assert at[95] - at[50] == pytest.approx(5.5 * 1.64485, abs=0.01)
    assert at[5] < at[50]
    at_sea = np.append(np.full(100, 4), 1)
    assert loss(d, h, zone=at_sea, location_percent=95, location_sigma_db=5.5).loss_db == pytest.approx(
        loss(d, h, zone=at_sea).loss_db
    )


def test_location_sigma_follows_the_recommendation():
    assert p1812.location_sigma_db(0.9, 1.5, 20.0, 100.0) == pytest.approx((0.52 + 0.024 * 0.9) * 100**0.28)
    assert p1812.location_sigma_db(0.9, 15.0, 10.0) == pytest.approx(
        p1812.location_sigma_db(0.9, 1.5, 20.0) / 2
    )
    assert p1812.location_sigma_db(0.9, 30.0, 20.0) == 0


# --- properties ---------------------------------------------------------------------------------------------------


@quick
@given(hills(), frequencies, percents, heights, heights, st.sampled_from(["vertical", "horizontal"]))
def test_the_way_back_loses_the_same(profile, frequency_ghz, percent, tx_m, rx_m, polarization):
    d, h, clutter, zone = profile
    south, north = -1.0, -1.0 + d[-1] / DEGREE_KM
    there = loss(
        d, h, clutter, zone, frequency_ghz=frequency_ghz, time_percent=percent, tx_height_m=tx_m, rx_height_m=rx_m,
        tx_lat=south, tx_lon=117, rx_lat=north, rx_lon=117,
        polarization=polarization, tx_coast_km=2.0, rx_coast_km=9.0,
    )  # fmt: skip
    back = loss(
        d[-1] - d[::-1], h[::-1], clutter[::-1], zone[::-1], frequency_ghz=frequency_ghz, time_percent=percent,
        tx_height_m=rx_m, rx_height_m=tx_m, polarization=polarization, tx_coast_km=9.0, rx_coast_km=2.0,
        tx_lat=north, tx_lon=117, rx_lat=south, rx_lon=117,
    )  # fmt: skip
    assert back.loss_db == pytest.approx(there.loss_db, abs=1e-6)
    assert back.in_sight == there.in_sight


@quick
@given(hills(), frequencies, percents, heights)
def test_every_term_is_a_number_and_the_loss_never_undercuts_line_of_sight(
    profile, frequency_ghz, percent, tx_m
):
    found = loss(*profile, frequency_ghz=frequency_ghz, time_percent=percent, tx_height_m=tx_m)
    assert list(found.terms) == [term.name for term in p1812.TERMS]
    assert all(math.isfinite(value) for value in found.terms.values())
    assert found.loss_db >= found.terms["Lb0p"] - 1e-9
    assert found.terms["dlt"] + found.terms["dlr"] <= found.terms["d"] + 1e-9
    assert 0 <= found.terms["w"] <= 1
    assert found.terms["dlm"] <= found.terms["dtm"] <= found.terms["d"] + 1e-9


@quick
@given(hills(), frequencies)
def test_rarer_is_never_lossier(profile, frequency_ghz):
    losses = [
        loss(*profile, frequency_ghz=frequency_ghz, time_percent=p).terms["Lb0p"] for p in (1, 5, 20, 50)
    ]
    assert losses == sorted(losses)


@quick
@given(hills(), frequencies, heights)
def test_heights_above_the_sea_do_not_matter_but_for_sea_coupling(profile, frequency_ghz, tx_m):
    d, h, clutter, _ = profile
    low = loss(d, h, clutter, frequency_ghz=frequency_ghz, tx_height_m=tx_m)
    high = loss(d, h + 700, clutter, frequency_ghz=frequency_ghz, tx_height_m=tx_m)
    assert high.loss_db == pytest.approx(low.loss_db, abs=1e-6)


@quick
@given(hills(), frequencies, percents)
def test_bytes_and_integers_and_lists_are_the_same_numbers(profile, frequency_ghz, percent):
    d, h, clutter, zone = profile
    h = np.round(h)
    first = loss(d, h, clutter, zone, frequency_ghz=frequency_ghz, time_percent=percent)
    again = loss(list(d), h.astype(np.int16), clutter.astype(np.float32), zone.astype(np.uint8),
                 frequency_ghz=frequency_ghz, time_percent=percent)  # fmt: skip
    assert again == first


@pytest.mark.parametrize("frequency_ghz", [0.03, 0.45, 0.9, 2.6, 6.0])
@pytest.mark.parametrize(
    "percent", [1, *(pytest.param(percent, marks=pytest.mark.slow) for percent in (10, 50))]
)
def test_further_over_flat_land_is_never_better_in_sight_or_beyond(frequency_ghz, percent):
    """In sight, and far beyond the horizon. Between them the Recommendation itself lets the loss fall by a few dB:
    F_j (57) and F_k (58) hand over to what ducts and layers carry, which counts beyond the horizon only."""
    found = [
        loss(np.arange(n + 1) * 0.1, np.zeros(n + 1), frequency_ghz=frequency_ghz, time_percent=percent)
        for n in range(3, 1000, 7)
    ]
    far = np.array([f.terms["d"] for f in found]) > 50
    assert max(f.terms["Fj"] for f, on in zip(found, far, strict=True) if on) < 1e-6
    for side in (np.array([f.in_sight for f in found]), far):
        assert side.sum() > 10
        assert np.diff([f.loss_db for f, on in zip(found, side, strict=True) if on]).min() > -1e-9
    for term in ("Lbfs", "Lbd50", "Lbs"):
        assert np.diff([f.terms[term] for f in found]).min() > -1e-9, term


@pytest.mark.parametrize("frequency_ghz", [0.1, 0.9, 3.5])
@pytest.mark.parametrize(
    "percent", [pytest.param(1, marks=pytest.mark.slow), 20, pytest.param(50, marks=pytest.mark.slow)]
)
def test_a_growing_ridge_darkens_without_a_jump(frequency_ghz, percent):
    """In sight, grazing, far behind the ridge: each branch takes over where the other ends."""
    d = np.linspace(0, 12, 121)
    ridges = np.linspace(-20.0, 300.0, 641)
    losses = []
    for ridge_m in ridges:
        h = 20.0 + 0.01 * d**2
        h[70] = 20.0 + ridge_m
        losses.append(loss(d, h, frequency_ghz=frequency_ghz, time_percent=percent).loss_db)
    assert np.abs(np.diff(losses)).max() < 1.5
    assert losses[-1] > losses[0] + 5


def test_a_grazing_ray_is_no_division_by_zero():
    """The ray, an edge on it and nothing else: both of Bullington's slopes cancel."""
    d = np.array([0.0, 1.0, 2.0])
    bulge_m = 500 / (6371 * 157 / (157 - 45)) * 1.0 * 1.0
    with np.errstate(all="raise"):
        found = loss(d, [0.0, 50.0 - bulge_m, 0.0], tx_height_m=50, rx_height_m=50)
    assert found.terms["Ld50"] == pytest.approx(
        loss(d, [0.0, 50.001 - bulge_m, 0.0], tx_height_m=50, rx_height_m=50).terms["Ld50"], abs=0.05
    )


def test_clutter_counts_between_the_ends_only():
    d, h = flat(10)
    ends = np.zeros(101)
    ends[[0, -1]] = 25.0
    between = np.full(101, 25.0)
    between[[0, -1]] = 0
    assert loss(d, h, ends).terms == loss(d, h).terms
    assert loss(d, h, between).loss_db > loss(d, h).loss_db + 10


def test_a_terminal_at_sea_is_at_the_coast():
    d, h = flat(60, height_m=0.0)
    zone = np.ones(101)
    assert loss(d, h, zone=zone, time_percent=1).loss_db == pytest.approx(
        loss(d, h, zone=zone, time_percent=1, tx_coast_km=0, rx_coast_km=0).loss_db
    )


# --- bad input ----------------------------------------------------------------------------------------------------


def with_(array, index, value):
    changed = np.array(array, float)
    changed[index] = value
    return changed


D, H = flat(10, 11)
WRONG_PROFILES = {
    "height_m of point 4 (the first is 0) is nan": (D, with_(H, 4, np.nan)),
    "height_m of point 4 (the first is 0) is 32767": (D, with_(H, 4, 32767)),
    "height_m of point 2 (the first is 0) is -32768": (D, with_(H, 2, -32768)),
    "height_m has 10 points, distance_km has 11": (D, H[:-1]),
    "the profile has 1 point; expected 3 or more": ([0.0], [5.0]),
    "the profile has 2 points": ([0.0, 1.0], [5.0, 5.0]),
    "the profile has 0 points": ([], []),
    "distance_km of point 3 (the first is 0) is 2": (with_(D, 3, 2.0), H),
    "distance_km of point 7 (the first is 0) is 0.5": (with_(D, 7, 0.5), H),
    "distance_km begins with 1": (D + 1, H),
    "distance_km of point 10 (the first is 0) is inf": (with_(D, 10, np.inf), H),
    "distance_km of point 0 (the first is 0) is -10": (-D[::-1], H),
    "distance_km has 2 dimensions": (D[None], H),
    "height_m is not a row of numbers": (D, ["a"] * 11),
    "clutter_m of point 5 (the first is 0) is -1": (D, H, with_(np.zeros(11), 5, -1)),
    "clutter_m of point 5 (the first is 0) is nan": (D, H, with_(np.zeros(11), 5, np.nan)),
    "zone of point 5 (the first is 0) is 2": (D, H, None, with_(np.full(11, 4), 5, 2)),
    "zone has 3 points": (D, H, None, [4, 4, 4]),
}


@pytest.mark.parametrize("message", WRONG_PROFILES)
def test_a_wrong_profile_is_named(message):
    with pytest.raises(InputError) as caught:
        loss(*WRONG_PROFILES[message], name="Menara 7")
    assert str(caught.value).startswith("Menara 7: " + message)
    assert isinstance(caught.value, MerataError)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("frequency_ghz", 0.029), ("frequency_ghz", 6.01), ("frequency_ghz", 900), ("frequency_ghz", math.nan),
        ("tx_height_m", 0), ("tx_height_m", -3), ("rx_height_m", 3001), ("rx_height_m", math.inf),
        ("time_percent", 0.5), ("time_percent", 51), ("location_percent", 0), ("location_percent", 100),
        ("location_sigma_db", -1), ("delta_n", 157), ("delta_n", 0), ("n0", math.nan), ("tx_lat", 91),
        ("rx_lon", math.nan), ("tx_coast_km", -1), ("rx_height_m", None), ("rx_height_m", "high"),
        ("polarization", "circular"),
    ],
)  # fmt: skip
def test_a_wrong_number_is_named(name, value):
    with pytest.raises(InputError, match=name) as caught:
        loss(D, H, name="Menara 7", **{name: value})
    assert "Menara 7" in str(caught.value)
    assert "expected" in str(caught.value)


def test_the_limits_themselves_are_fine():
    for number in ({"frequency_ghz": 0.03}, {"frequency_ghz": 6}, {"time_percent": 1}, {"tx_height_m": 3000},
                   {"rx_height_m": 1}, {"tx_lat": 90.0}, {"delta_n": 156.9}):  # fmt: skip
        assert math.isfinite(loss(D, H, **number).loss_db)


def test_the_callers_arrays_stay_as_they_are():
    d, h, clutter, zone = D.copy(), H.copy(), np.full(11, 20.0), np.full(11, 4)
    loss(d, h, clutter, zone)
    assert (d == D).all()
    assert (h == H).all()
    assert (clutter == 20).all()
