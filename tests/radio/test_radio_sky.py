"""The sky of a place against geometry by hand, pyproj's own Earth and satellites flown one by one."""

import math

import numpy as np
import pytest
from geopandas import GeoDataFrame
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from shapely.geometry import Point

from merata.errors import InputError
from merata.radio import sky
from merata.radio.land import INLAND, Ground
from merata.region.grid import Grid

SIDE = 401
GRID = Grid("EPSG:32650", 480_000, 20_000, 100.0, SIDE, SIDE)
MIDDLE = SIDE // 2


def land(heights=0.0, trees=0.0):
    full = np.ones(GRID.shape, np.float32)
    return Ground(full * heights, full * trees, np.full(GRID.shape, INLAND, np.uint8), GRID)


def places(*at):
    points = [Point(GRID.west_m + (c + 0.5) * 100, GRID.north_m - (r + 0.5) * 100) for r, c in at]
    return GeoDataFrame({"id": [f"P{i}" for i in range(len(at))]}, geometry=points, crs=GRID.crs)


def horizon(ground, view=None):
    found, voids = sky.horizons_deg(ground, [MIDDLE], [MIDDLE], view or sky.View())
    return found[0], voids[0]


def test_open_flat_land_hides_nothing():
    row = sky.sky(places((MIDDLE, MIDDLE)), land()).table.iloc[0]
    assert row["sky_share"] == 1
    assert row["low_share"] == 1
    assert row["horizon_most_deg"] < 0
    assert row["geostationary"] == "Merah Putih 2, Merah Putih, SATRIA-1"
    assert row["void_share"] == 0


def test_a_wall_in_the_east_stands_as_high_as_it_does():
    ground = land()
    ground.heights_m[:, MIDDLE + 10 :] = 504.0
    found, _ = horizon(ground)
    bulge = 1000.0 / (2 * sky.BENT_EARTH_M)
    assert found[sky.DIRECTIONS // 4] == pytest.approx(math.degrees(math.atan(500 / 1000 - bulge)), abs=1e-6)
    assert found[sky.DIRECTIONS // 8] == pytest.approx(
        math.degrees(math.atan(500 / 1000 / math.sqrt(2))), abs=1.5
    )
    assert found[3 * sky.DIRECTIONS // 4] < 0
    row = sky.sky(places((MIDDLE, MIDDLE)), ground).table.iloc[0]
    assert row["horizon_most_at_deg"] == 90
    assert 0.5 < row["sky_share"] < 1


def test_the_direction_of_each_wall_is_its_own():
    for quarter, part in enumerate([np.s_[:190, :], np.s_[:, 212:], np.s_[212:, :], np.s_[:, :190]]):
        ground = land()
        ground.heights_m[part] = 400.0
        found, _ = horizon(ground)
        assert int(np.argmax(found)) % sky.DIRECTIONS == pytest.approx(quarter * sky.DIRECTIONS // 4, abs=3)


def test_trees_hide_the_sky_but_for_the_clearing():
    near, far = sky.View(clearing_m=50), sky.View(clearing_m=350)
    low, high = horizon(land(trees=30), far)[0], horizon(land(trees=30), near)[0]
    assert high.max() == pytest.approx(math.degrees(math.atan(26 / 100)), abs=0.01)
    assert low.max() == pytest.approx(math.degrees(math.atan(26 / 400)), abs=0.01)
    assert horizon(land(trees=30), sky.View(height_m=40))[0].max() < 0


@settings(max_examples=15)
@given(st.integers(0, 2**31 - 1), st.floats(1, 60))
def test_stopping_early_changes_nothing(seed, height_m):
    """The horizon of rays that stop is that of rays walked to their end."""
    heights = np.random.default_rng(seed).normal(700, 120, GRID.shape).astype(np.float32)
    ground = land(heights)
    found, _ = horizon(ground, sky.View(height_m=height_m, clearing_m=0))
    eye = float(heights[MIDDLE, MIDDLE]) + height_m
    north, east = heights[MIDDLE - 1 :: -1, MIDDLE], heights[MIDDLE, MIDDLE + 1 :]
    south, west = heights[MIDDLE + 1 :, MIDDLE], heights[MIDDLE, MIDDLE - 1 :: -1]
    for quarter, line in enumerate([north, east, south, west]):
        far = np.arange(1, len(line) + 1) * 100.0
        truth = np.degrees(np.arctan(((line - eye) / far - far / (2 * sky.BENT_EARTH_M)).max()))
        assert found[quarter * sky.DIRECTIONS // 4] == pytest.approx(truth, abs=1e-3)


@given(st.floats(-60, 60), st.floats(-180, 180), st.floats(-180, 180))
def test_geostationary_is_where_pyproj_sees_it(lat, lon, over):
    """The same direction from positions on pyproj's own Earth; 0.35° is what its flattening does."""
    to_space = Transformer.from_crs(4979, 4978, always_xy=True)
    eye = np.array(to_space.transform(lon, lat, 0.0))
    satellite = 42_164_000.0 * np.array([math.cos(math.radians(over)), math.sin(math.radians(over)), 0.0])
    a, b = math.radians(lat), math.radians(lon)
    east = np.array([-math.sin(b), math.cos(b), 0.0])
    north = np.array([-math.sin(a) * math.cos(b), -math.sin(a) * math.sin(b), math.cos(a)])
    up = np.array([math.cos(a) * math.cos(b), math.cos(a) * math.sin(b), math.sin(a)])
    azimuth, elevation = sky.geostationary_deg(lat, lon, over)
    seen = satellite - eye
    seen /= np.linalg.norm(seen)
    turn, rise = math.radians(float(azimuth)), math.radians(float(elevation))
    mine = math.cos(rise) * (math.sin(turn) * east + math.cos(turn) * north) + math.sin(rise) * up
    assert math.degrees(math.acos(min(1.0, float(mine @ seen)))) < 0.35


def test_geostationary_right_overhead_and_behind_the_earth():
    assert sky.geostationary_deg(0, 117, 117)[1] == pytest.approx(90)
    assert sky.geostationary_deg(0, 117, -63)[1] == pytest.approx(-90)
    azimuth, elevation = sky.geostationary_deg(np.array([0.0, 0.0]), np.array([117.0, 117.0]), 146)
    assert azimuth == pytest.approx([90, 90])
    assert elevation == pytest.approx([56.2, 56.2], abs=0.2)


@pytest.mark.parametrize("lat", [0.0, -7.0, 45.0])
@pytest.mark.slow
def test_low_satellites_are_as_many_as_when_they_are_flown(lat):
    """A shell of random orbits, each satellite placed by its own angles, and those over 25° counted."""
    shell, count = sky.Shell(53.0, 550.0, 1000), 1_000_000
    rng = np.random.default_rng(7)
    phase, node = rng.uniform(0, 2 * np.pi, (2, count))
    tilt = math.radians(shell.inclination_deg)
    x = np.cos(node) * np.cos(phase) - np.sin(node) * np.sin(phase) * math.cos(tilt)
    z = np.sin(phase) * math.sin(tilt)
    radii = 1 + shell.altitude_km / sky.EARTH_KM
    up = radii * (x * math.cos(math.radians(lat)) + z * math.sin(math.radians(lat))) - 1
    range_ = np.sqrt(1 + radii**2 - 2 * (up + 1))
    truth = shell.satellites * float((np.arcsin(up / range_) > math.radians(25)).mean())
    seen, all_of_them = sky.low_satellites(lat, np.full(sky.DIRECTIONS, -1.0), sky.View(shells=(shell,)))
    assert seen == all_of_them == pytest.approx(truth, rel=0.03)


@settings(max_examples=30)
@given(st.floats(-10, 85), st.floats(0, 20))
def test_a_higher_horizon_never_shows_more(horizon_deg, more):
    flat = np.full(sky.DIRECTIONS, horizon_deg)
    low, all_of_them = sky.low_satellites(-0.4, flat, sky.View())
    high, _ = sky.low_satellites(-0.4, flat + more, sky.View())
    assert 0 <= high <= low <= all_of_them + 1e-9


def test_a_hidden_geostationary_satellite_is_hidden():
    ground = land()
    ground.heights_m[:, MIDDLE + 2 :] = 600.0
    row = sky.sky(places((MIDDLE, MIDDLE)), ground).table.iloc[0]
    # The place lies at 117° east: the wall hides what stands east of it.
    assert row["geostationary"] == "Merah Putih 2, Merah Putih"
    assert row["geostationary_free_deg"] > 0
    only = sky.View(geostationary=(("SATRIA-1", 146.0),))
    row = sky.sky(places((MIDDLE, MIDDLE)), ground, only).table.iloc[0]
    assert row["geostationary"] == ""
    assert row["geostationary_free_deg"] < 0
    none = sky.sky(places((MIDDLE, MIDDLE)), ground, sky.View(geostationary=(), shells=())).table.iloc[0]
    assert np.isnan(none["geostationary_deg"])
    assert none["low_satellites"] == 0


def test_what_can_not_be_seen_is_named():
    ground = land()
    ground.heights_m[100:110, 100:110] = np.nan
    ground.heights_m[:, 300:302] = np.nan
    asked = places((105, 105), (-4, 3), (MIDDLE, 250))
    asked.loc[len(asked)] = ["P3", None]
    found = sky.sky(asked, ground)
    assert sorted(line[:2] for line in found.left_out) == ["P0", "P1", "P3"]
    assert found.table["id"].tolist() == ["P2"]
    assert 0 < found.table["void_share"].iloc[0] < 1
    assert found.table.columns.tolist() == [c.name for c in sky.COLUMNS]
    assert len(sky.sky(asked.iloc[:0], ground).table) == 0


def test_bad_wishes_are_named():
    with pytest.raises(InputError, match="height_m is -1"):
        sky.View(height_m=-1)
    with pytest.raises(InputError, match="no shell"):
        sky.View(shells=(sky.Shell(53, 40000, 1),))
    with pytest.raises(InputError, match="projection"):
        sky.sky(places((1, 1)).set_crs(None, allow_override=True), land())
    twice = places((1, 1), (2, 2))
    twice["id"] = "A"
    with pytest.raises(InputError, match="id A stands twice"):
        sky.sky(twice, land())
