"""The coverage map: which sites count, what hills and trees do, and that it is the same on any number of cores."""

import hashlib
import math

import geopandas as gpd
import numba
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter
from scipy.stats import norm
from shapely.geometry import Point

from merata.errors import FileError
from merata.radio.coverage import chance_at_least, coverage, read, sample
from merata.region.grid import Grid
from merata.region.settings import RadioSettings

GRID = Grid("EPSG:32750", 400_000, 60_000, 100, 160, 120)
RADIO = RadioSettings(radius_km=8)


def middle_of(row, column):
    return Point(GRID.west_m + (column + 0.5) * 100, GRID.north_m - (row + 0.5) * 100)


def sites_at(*places, **columns):
    n = len(places)
    facts = {
        "kind": ["tower"] * n,
        "technologies": ["2G 4G"] * n,
        "height_m": [40.0] * n,
        "frequency_mhz": [900.0] * n,
        "eirp_dbm": [58.0] * n,
        **columns,
    }
    return gpd.GeoDataFrame(facts, geometry=[middle_of(*place) for place in places], crs=GRID.crs)


def hills(seed=0, sd_m=60):
    rough = gaussian_filter(np.random.default_rng(seed).normal(size=GRID.shape), 6)
    return (rough / rough.std() * sd_m).astype(np.float32)


def test_near_a_site_in_the_open_it_is_free_space():
    found = coverage(sites_at((60, 80)), None, None, GRID, RADIO)
    for pixels in (1, 5, 20):  # the ground reflection counts from 4 π 40·1.5 / λ = 2.3 km on
        slant = math.hypot(pixels * 100, 40 - 1.5)
        friis = 32.45 + 20 * math.log10(900) + 20 * math.log10(slant / 1000)
        assert found.rsrp_dbm[60, 80 + pixels] == pytest.approx(58 - 27.8 - friis, abs=0.1)


def test_far_over_flat_ground_power_falls_with_the_fourth_power_of_distance():
    found = coverage(sites_at((60, 10)), None, None, GRID, RADIO).rsrp_dbm
    assert found[60, 40] - found[60, 70] == pytest.approx(40 * math.log10(2), abs=0.15)


def test_a_hill_shadows_what_is_behind_it_and_nothing_before_it():
    wall = np.zeros(GRID.shape, np.float32)
    wall[:, 100:103] = 150
    flat = coverage(sites_at((60, 80)), None, None, GRID, RADIO).rsrp_dbm
    found = coverage(sites_at((60, 80)), wall, None, GRID, RADIO).rsrp_dbm
    assert (found[50:70, 104:] < flat[50:70, 104:] - 10).all()
    np.testing.assert_allclose(found[50:70, 60:97], flat[50:70, 60:97], atol=0.05)


def test_trees_and_buildings_cost_their_settings():
    cover = np.full(GRID.shape, 30, np.uint8)
    cover[:, :50], cover[:, 50:60], cover[:, 60:70] = 10, 95, 50
    bare = coverage(sites_at((60, 80)), None, None, GRID, RADIO).rsrp_dbm
    found = coverage(sites_at((60, 80)), None, cover, GRID, RADIO).rsrp_dbm
    lost = bare - found
    assert lost[60, 30] == pytest.approx(12, abs=0.11)
    assert lost[60, 55] == pytest.approx(12, abs=0.11)
    assert lost[60, 65] == pytest.approx(6, abs=0.11)
    assert lost[60, 90] == 0


def test_beyond_the_radius_there_is_nothing():
    found = coverage(sites_at((60, 80)), None, None, GRID, RadioSettings(radius_km=3))
    reached = ~np.isnan(found.rsrp_dbm)
    rows, columns = np.indices(GRID.shape)
    assert (reached == (np.hypot(rows - 60, columns - 80) <= 30)).all()
    assert ((found.best_site == 0) == reached).all()
    assert (found.best_site[~reached] == -1).all()


@settings(max_examples=8, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 119), st.integers(0, 159)), min_size=2, max_size=5), st.integers(0, 3)
)
def test_one_site_more_never_lowers_the_signal(places, seed):
    land = hills(seed)
    few = coverage(sites_at(*places[:-1]), land, None, GRID, RADIO).rsrp_dbm
    more = coverage(sites_at(*places), land, None, GRID, RADIO).rsrp_dbm
    reached = ~np.isnan(few)
    assert (more[reached] >= few[reached]).all()


def test_a_higher_antenna_is_better_in_the_mean_and_nowhere_darkens_much():
    land = hills()
    means = [
        np.nanmean(coverage(sites_at((60, 80), height_m=[h]), land, None, GRID, RADIO).rsrp_dbm)
        for h in (15.0, 30.0, 60.0, 100.0)
    ]
    assert means == sorted(means)
    assert means[-1] > means[0] + 3


def test_only_4g_and_5g_towers_and_repeaters_count():
    words = ["2G", "3G", "GSM", "2G3G4G", "5G", "LTE 900", "NR", None, "4G", "4G"]
    kinds = ["tower"] * 8 + ["point of presence", "repeater"]
    places = [(60, 10 + 15 * i) for i in range(10)]
    found = coverage(
        sites_at(*places, technologies=words, kind=kinds), None, None, GRID, RadioSettings(radius_km=0.3)
    )
    assert sorted(set(found.best_site.ravel().tolist()) - {-1}) == [3, 4, 5, 6, 7, 9]
    assert any("1 site that names no technology is taken as 4G" in text for text in found.assumptions)


def test_what_a_site_does_not_say_comes_from_the_settings_and_is_said():
    silent = sites_at((60, 80), height_m=[None], frequency_mhz=[pd.NA], eirp_dbm=[None])
    said = sites_at((60, 80))
    found = coverage(silent, None, None, GRID, RADIO)
    np.testing.assert_array_equal(found.rsrp_dbm, coverage(said, None, None, GRID, RADIO).rsrp_dbm)
    text = " ".join(found.assumptions)
    assert "40 m of antenna height" in text
    assert "900 MHz" in text
    assert "58 dBm" in text
    assert not any("does not say" in line for line in coverage(said, None, None, GRID, RADIO).assumptions)


def test_without_sites_nobody_is_reached():
    found = coverage(sites_at(), None, None, GRID, RADIO)
    assert np.isnan(found.rsrp_dbm).all()
    assert (found.best_site == -1).all()


def test_a_site_without_a_position_is_left_out_and_said():
    sites = sites_at((60, 80), (20, 20))
    sites.geometry = [middle_of(60, 80), None]
    found = coverage(sites, None, None, GRID, RADIO)
    assert set(found.best_site.ravel().tolist()) <= {0, -1}
    assert any("without a position" in text for text in found.assumptions)


def test_a_site_outside_the_map_shines_into_it():
    found = coverage(sites_at((60, -20)), None, None, GRID, RADIO)
    assert found.best_site[60, 5] == 0
    far = coverage(sites_at((60, -2000)), None, None, GRID, RADIO)
    assert (far.best_site == -1).all()


def test_geographic_sites_land_where_they_are():
    metric = sites_at((60, 80))
    there = coverage(metric, None, None, GRID, RADIO).rsrp_dbm
    found = coverage(metric.to_crs(4326), None, None, GRID, RADIO).rsrp_dbm
    both = ~np.isnan(there) & ~np.isnan(found)
    assert both.sum() > 0.995 * (~np.isnan(there)).sum()  # the rim may move by a hair
    np.testing.assert_allclose(found[both], there[both], atol=0.1001)


def test_equal_sites_leave_the_first():
    assert (coverage(sites_at((60, 80), (60, 80)), None, None, GRID, RADIO).best_site <= 0).all()


def test_arrays_of_another_shape_are_refused():
    with pytest.raises(ValueError, match="the grid is"):
        coverage(sites_at((60, 80)), np.zeros((3, 3), np.float32), None, GRID, RADIO)


def test_one_thread_and_two_give_the_same_bytes(tmp_path):
    sites, land = sites_at((60, 80), (10, 20), (100, 140)), hills()
    digests = set()
    before = numba.get_num_threads()
    try:
        for threads in sorted({1, min(2, numba.config.NUMBA_NUM_THREADS)}):
            numba.set_num_threads(threads)
            path = tmp_path / f"{threads}.tif"
            coverage(sites, land, None, GRID, RADIO).write(path)
            digests.add(hashlib.sha256(path.read_bytes()).hexdigest())
    finally:
        numba.set_num_threads(before)
    assert len(digests) == 1


def test_a_map_comes_back_from_its_file_as_it_was(tmp_path):
    sites = sites_at((60, 80), technologies=[None])
    first = coverage(sites, hills(), None, GRID, RadioSettings(radius_km=3))
    first.write(tmp_path / "coverage.tif")
    again = read(tmp_path / "coverage.tif")
    np.testing.assert_array_equal(again.rsrp_dbm, first.rsrp_dbm)
    np.testing.assert_array_equal(again.best_site, first.best_site)
    assert again.grid == first.grid
    assert again.assumptions == first.assumptions


@pytest.mark.parametrize("content", [b"", b"not a picture", b"II*\x00"])
def test_another_file_is_refused_with_what_to_do(tmp_path, content):
    (tmp_path / "coverage.tif").write_bytes(content)
    with pytest.raises(FileError, match="merata run"):
        read(tmp_path / "coverage.tif")


def test_progress_tells_each_site():
    told = []
    coverage(sites_at((60, 80), (10, 20)), None, None, GRID, RADIO, lambda done, of: told.append((done, of)))
    assert told == [(1, 2), (2, 2)]


def test_sampling_takes_the_middle_of_nine_pixels():
    found = coverage(sites_at((60, 80)), None, None, GRID, RADIO)
    points = gpd.GeoSeries([middle_of(60, 120), middle_of(-50, 0), None, middle_of(0, 0)], crs=GRID.crs)
    got = sample(found, points.to_crs(4326))
    assert got[0] == pytest.approx(np.median(found.rsrp_dbm[59:62, 119:122]), abs=1e-4)
    assert np.isnan(got[1])
    assert np.isnan(got[2])


def test_one_bright_pixel_in_the_dark_does_not_make_a_signal():
    found = coverage(sites_at((60, 80)), None, None, GRID, RADIO)
    found.rsrp_dbm[:] = np.nan
    found.rsrp_dbm[60, 120] = -70
    assert np.isnan(sample(found, gpd.GeoSeries([middle_of(60, 120)], crs=GRID.crs))[0])


@given(st.floats(-140, -40), st.floats(1, 20))
def test_chance_is_that_of_the_normal_distribution(rsrp_dbm, sigma_db):
    got = chance_at_least(np.array([rsrp_dbm]), -105, sigma_db)[0]
    assert got == pytest.approx(norm.cdf(rsrp_dbm, -105, sigma_db), abs=1e-9)
