"""One path between two places: what lies on it, what takes the signal, and clear errors."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_sites import GRID as MADE
from made_sites import RADIO, hills, sites_at
from pyproj import Transformer

from merata.errors import InputError
from merata.radio import between
from merata.radio._p1812_terms import effective_radii
from merata.radio.antenna import isotropic, sector
from merata.radio.between import End
from merata.radio.coverage import coverage
from merata.radio.land import INLAND, Ground
from merata.radio.path import PathSettings
from merata.radio.transmitters import Transmitter, transmitters
from merata.region.grid import Grid
from merata.region.settings import RadioSettings, Settings
from merata.region.tables import LEVELS

GRID = Grid("EPSG:32750", 500_000, 9_950_000, 100, 121, 81)
SETTINGS = PathSettings(1.5, "vertical", 50, 50, 370, -0.5)
TO_DEGREES = Transformer.from_crs(GRID.crs, 4326, always_xy=True)


def ground(heights=None, clutter=None) -> Ground:
    heights = np.full(GRID.shape, 50.0) if heights is None else heights
    clutter = np.zeros(GRID.shape) if clutter is None else clutter
    return Ground(heights, clutter, np.full(GRID.shape, INLAND), GRID)


def end(row: float, column: float, height_m: float = 30.0, name: str = "mast") -> End:
    x, y = GRID.west_m + (column + 0.5) * 100, GRID.north_m - (row + 0.5) * 100
    lon, lat = TO_DEGREES.transform(x, y)
    return End(name, lat, lon, height_m)


WEST, EAST = end(40, 10, 40, "west"), end(40, 110, 1.5, "east")


def test_a_plane_is_read_as_a_straight_line_at_equal_steps():
    rows, columns = np.mgrid[: GRID.height, : GRID.width]
    found = between.profile(ground(200 + 2.0 * columns - rows), end(70.3, 5.2), end(12.6, 99.9))
    steps = np.diff(found.distance_km)
    assert steps == pytest.approx(np.full(len(steps), steps[0]))
    assert steps[0] <= 0.1
    expected = np.linspace(200 + 2 * 5.2 - 70.3, 200 + 2 * 99.9 - 12.6, len(found.height_m))
    assert found.height_m == pytest.approx(expected, abs=0.01)
    assert found.distance_km[-1] == pytest.approx(np.hypot(57.7, 94.7) / 10, abs=1e-3)


def test_the_way_back_is_the_same_ground():
    random = np.random.default_rng(5)
    land = ground(random.uniform(0, 300, GRID.shape), random.uniform(0, 20, GRID.shape))
    there, back = between.profile(land, WEST, EAST), between.profile(land, EAST, WEST)
    assert there.height_m == pytest.approx(back.height_m[::-1], abs=1e-6)
    assert there.clutter_m == pytest.approx(back.clutter_m[::-1])


@given(st.integers(0, 10_000), st.floats(0, 200), st.floats(0, 30), st.sampled_from([450.0, 900.0, 2600.0]))
@settings(max_examples=30)
def test_the_causes_add_up_to_the_loss(seed, roughness_m, trees_m, mhz):
    random = np.random.default_rng(seed)
    land = ground(
        random.uniform(0, roughness_m + 1, GRID.shape), random.uniform(0, trees_m + 0.1, GRID.shape)
    )
    found = between.path(land, WEST, EAST, mhz, SETTINGS)
    assert set(found.causes) == set(between.CAUSES)
    assert sum(found.causes.values()) == pytest.approx(found.loss_db, abs=1e-9)
    assert found.causes["distance"] == pytest.approx(92.45 + 20 * np.log10(mhz / 1000 * 10), abs=0.1)


def test_over_open_flat_land_nothing_but_distance_and_the_earth_takes_signal():
    high = [End(e.name, e.lat_deg, e.lon_deg, 80.0) for e in (WEST, EAST)]
    found = between.path(ground(), *high, 1800, SETTINGS)
    assert found.causes["hills"] == found.causes["cover"] == 0
    assert found.reason == "distance"
    assert found.block.free_share > 1
    low = between.path(ground(), WEST, EAST, 900, SETTINGS)
    assert low.reason == "earth"


def test_a_ridge_is_found_where_it_stands():
    heights = np.full(GRID.shape, 50.0)
    heights[:, 60] = 250
    found = between.path(ground(heights), WEST, EAST, 900, SETTINGS)
    assert found.reason == "hills"
    assert found.causes["hills"] > 15
    assert found.block.at_km == pytest.approx(5.0, abs=0.05)
    # 250 m and 1.3 m of bulge against a line from 90 m down to 51.5 m, half of the way.
    bulge = 1000 * 5 * 5 / (2 * effective_radii(50)[0])
    assert found.block.clearance_m == pytest.approx(70.75 - 250 - bulge, abs=0.1)
    assert found.block.fresnel_m == pytest.approx(17.32 * np.sqrt(25 / (0.9 * 10)), rel=0.01)


def test_a_forest_is_the_reason_when_only_trees_are_in_the_way():
    trees = np.zeros(GRID.shape)
    trees[:, 80:105] = 25
    found = between.path(ground(clutter=trees), WEST, EAST, 900, SETTINGS)
    assert found.reason == "cover"
    assert found.block.cover_m == 25
    assert found.block.clearance_m < 0


def test_trees_at_the_ends_do_not_stand_between_the_antennas():
    trees = np.zeros(GRID.shape)
    trees[40, [10, 110]] = 25
    found = between.path(ground(clutter=trees), WEST, EAST, 900, SETTINGS)
    assert found.causes["cover"] == pytest.approx(0, abs=1e-9)


def test_errors_name_the_place_and_the_value():
    with pytest.raises(InputError, match=r"far \(-?\d.*outside of the region's map"):
        between.profile(ground(), WEST, end(40, 140, name="far"))
    with pytest.raises(InputError, match="west and again are at one place"):
        between.profile(ground(), WEST, End("again", WEST.lat_deg, WEST.lon_deg, 10))
    heights = np.full(GRID.shape, 50.0)
    heights[:, 50:53] = np.nan
    with pytest.raises(InputError, match=r"west to east: the terrain has a void at 4\.0 km"):
        between.path(ground(heights), WEST, EAST, 900, SETTINGS)
    with pytest.raises(InputError, match=r"west to east.*7.*6 GHz"):
        between.path(ground(), WEST, EAST, 7000, SETTINGS)


def test_a_void_beside_the_path_does_not_matter():
    heights = np.full(GRID.shape, 50.0)
    heights[39, 50] = heights[41, 60] = np.nan
    assert np.isfinite(between.path(ground(heights), WEST, EAST, 900, SETTINGS).loss_db)


def sender(azimuths_deg=(90.0,), tilt_deg=0.0, antenna=None) -> Transmitter:
    return Transmitter(
        0, "west", 40, 10, 40, 58.0, azimuths_deg, tilt_deg, (900.0,), ("lte",), "", antenna or sector()
    )


def test_what_a_phone_receives_follows_from_power_loss_and_pattern():
    found = between.path(ground(), WEST, EAST, 900, SETTINGS)
    radio = RadioSettings()
    ahead, beam = between.received_dbm(found, sender(antenna=isotropic()), radio, from_a=True)
    assert ahead == pytest.approx(58 - radio.carrier_to_rsrp_db - found.loss_db)
    assert beam == 90
    straight, _ = between.received_dbm(found, sender(), radio, from_a=True)
    assert straight == pytest.approx(ahead, abs=0.1)
    behind, _ = between.received_dbm(found, sender((270.0,)), radio, from_a=True)
    assert straight - behind == pytest.approx(25, abs=0.1)
    # 12 (5 / 10)² dB for a beam that points half of its width too low.
    low, _ = between.received_dbm(found, sender(tilt_deg=5.22), radio, from_a=True)
    assert straight - low == pytest.approx(3, abs=0.1)
    _, best = between.received_dbm(found, sender((330.0, 80.0, 200.0)), radio, from_a=True)
    assert best == 80


def test_a_site_at_the_far_end_sends_as_well():
    there = between.path(ground(), WEST, EAST, 900, SETTINGS)
    back = between.path(ground(), EAST, WEST, 900, SETTINGS)
    radio, mast = RadioSettings(), sender((90.0, 270.0), tilt_deg=4)
    assert between.received_dbm(back, mast, radio, from_a=False) == pytest.approx(
        between.received_dbm(there, mast, radio, from_a=True), abs=0.01
    )


@pytest.mark.parametrize("up_mbps", [2.0, 15.0])
def test_the_level_of_a_path_is_that_of_the_map_where_one_sector_is_alone(up_mbps):
    levels = Settings().levels
    levels = levels | {"working": levels["working"].model_copy(update={"up_mbps": up_mbps})}
    sites = sites_at((60, 80), azimuths_deg=["omni"])
    made = coverage(sites, hills(), None, MADE, RADIO, levels=levels)
    mast = transmitters(sites, MADE, RADIO)[0][0]
    reached = made.best_site == 0
    powers, of = np.unique(made.rsrp_dbm[reached], return_inverse=True)
    said = [between.level_alone(float(power), 900.0, mast, RADIO, levels) for power in powers]
    mapped = made.level[reached]
    found = np.array([LEVELS.index(level) for level in said])[of]
    # The map's upload rate is that of the power before it is rounded: it may fall to the other side of a step.
    assert (found == mapped).mean() > 0.99
    assert len(set(found.tolist())) == 4
    by_power = np.searchsorted([-115, -105, -90], made.rsrp_dbm[reached], side="right")
    assert (found <= by_power).all()
    assert (found < by_power).any()


def test_a_band_of_5g_has_its_own_rates_and_a_band_that_is_not_sent_those_of_the_lowest():
    levels = Settings().levels
    both = replace(sender(), bands_mhz=(900.0, 3500.0), technologies=("lte", "nr"))
    lte = replace(sender(), bands_mhz=(3500.0,), technologies=("lte",))
    asked = levels | {"good": levels["good"].model_copy(update={"down_mbps": 60.0, "up_mbps": 5.0})}
    assert between.level_alone(-70.0, 3500.0, both, RADIO, asked) == "good"
    assert between.level_alone(-70.0, 3500.0, lte, RADIO, asked) == "working"
    assert between.level_alone(-70.0, 3400.0, both, RADIO, asked) == "working"
