"""The coverage map: which sites count, what serves a pixel, what disturbs it, and that pieces make the same map."""

import hashlib
import math

import geopandas as gpd
import numba
import numpy as np
import pandas as pd
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from made_sites import GRID, RADIO, cover_of, hills, middle_of, same, sites_at
from scipy.special import ndtr
from shapely.geometry import Point

from merata.errors import FileError, InputError
from merata.radio import coverage_file, land, rates
from merata.radio.antenna import gain_db, omni, sector
from merata.radio.building import entry_loss_db
from merata.radio.chance import chance_served
from merata.radio.coverage import (
    coverage,
    read,
    sample,
    sample_table,
    site_power,
    write_coverage,
    write_site_power,
)
from merata.radio.coverage_map import BANDS
from merata.radio.finish import level_of, sinr_db
from merata.radio.path import path_settings
from merata.radio.sweep import site_loss
from merata.radio.transmitters import transmitters
from merata.radio.windows import Files, Rectangle, Whole
from merata.region.grid import Grid
from merata.region.settings import RadioSettings, Settings

ALL_ROUND = {"azimuths_deg": ["omni"]}


# --- what a pixel hears -------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_power_is_what_is_sent_less_the_loss_plus_the_pattern():
    heights = hills()
    found = coverage(sites_at((60, 80), **ALL_ROUND), heights, None, GRID, RADIO)
    ground, _ = land.ground(heights, None, GRID, RADIO)
    lost = site_loss(ground, 60.0, 80.0, 40.0, [900.0], path_settings(RADIO, GRID), 8.0)
    tx_m = heights[60, 80] + 40
    for row, column in ((60, 100), (10, 80), (90, 30), (62, 83)):
        distance_m = 100 * math.hypot(row - 60, column - 80)
        bulge_m = distance_m**2 / 2 / (6_371_000 * 157 / (157 - RADIO.delta_n))
        up_deg = math.degrees(math.atan2(heights[row, column] + 1.5 - tx_m - bulge_m, distance_m))
        gain = gain_db(omni(), 0.0, up_deg + 3.0)
        expected = 58 - 27.8 + gain - lost.loss_db[0, row - lost.row0, column - lost.column0]
        assert found.rsrp_dbm[row, column] == pytest.approx(expected, abs=0.08)
    # 0.05 dB is the rounding of the power, 0.025 that of the loss.


def test_on_flat_land_the_signal_is_alike_all_round_the_sites_own_pixel():
    found = coverage(sites_at((60, 80), **ALL_ROUND), None, None, GRID, RADIO).rsrp_dbm
    for away in (2, 20, 50):
        ring = [found[60 - away, 80], found[60 + away, 80], found[60, 80 - away], found[60, 80 + away]]
        assert max(ring) - min(ring) <= 0.1001


@pytest.mark.parametrize("place", [(0, 0), (119, 159), (119.49, 159.49), (-0.5, -0.5), (0, 159.4)])
def test_a_site_on_the_border_is_heard(place):
    assert (coverage(sites_at(place), hills(), None, GRID, RADIO).best_site == 0).sum() > 4500


def test_three_sectors_serve_their_own_thirds():
    found = coverage(sites_at((60, 80)), None, None, GRID, RADIO)
    assert found.best_sector[20, 80] == 0  # north
    assert found.best_sector[80, 115] == 1  # 120 degrees
    assert found.best_sector[80, 45] == 2
    assert (found.best_sector[found.best_site < 0] == -1).all()
    ahead, between = (
        found.rsrp_dbm[20, 80],
        found.rsrp_dbm[60 - 20, 80 + 35],
    )  # 60 degrees: between two sectors
    assert ahead - between == pytest.approx(12 * (60 / 65) ** 2, abs=0.6)


def test_the_stronger_band_serves_and_low_bands_reach_farther():
    both = coverage(sites_at((60, 80), bands_mhz=["900 1800"]), hills(), None, GRID, RADIO)
    one = coverage(sites_at((60, 80), bands_mhz=["1800"]), hills(), None, GRID, RADIO)
    reached = both.best_site >= 0
    assert (both.rsrp_dbm[reached] >= one.rsrp_dbm[reached]).all()
    assert set(np.unique(both.band_mhz[reached]).tolist()) <= {900.0, 1800.0}
    assert np.nanmedian(both.band_mhz) == 900


def test_a_hill_shadows_what_is_behind_it_and_nothing_before_it():
    wall = np.full(GRID.shape, 10, np.float32)
    wall[:, 100:103] = 160
    flat = coverage(sites_at((60, 80)), np.full(GRID.shape, 10, np.float32), None, GRID, RADIO).rsrp_dbm
    found = coverage(sites_at((60, 80)), wall, None, GRID, RADIO).rsrp_dbm
    behind = found[50:70, 104:140] - flat[50:70, 104:140]
    assert (behind < -10).all()
    np.testing.assert_allclose(found[50:70, 60:97], flat[50:70, 60:97], atol=0.1)


def test_trees_darken():
    bare = coverage(sites_at((60, 80)), hills(), np.full(GRID.shape, 30, np.uint8), GRID, RADIO).rsrp_dbm
    forest = coverage(sites_at((60, 80)), hills(), np.full(GRID.shape, 10, np.uint8), GRID, RADIO).rsrp_dbm
    assert np.nanmean(bare - forest) > 5


def test_beyond_the_radius_there_is_nothing():
    found = coverage(sites_at((60, 80)), hills(), None, GRID, RadioSettings(radius_km=3))
    reached = found.best_site == 0
    rows, columns = np.indices(GRID.shape)
    distance = np.hypot(rows - 60, columns - 80)
    assert reached[distance < 29].all()
    assert not reached[distance > 31].any()
    for band in BANDS:
        nothing = getattr(found, band.name)[~reached]
        assert np.isnan(nothing).all() if np.isnan(band.nothing) else (nothing == band.nothing).all()
        assert not np.isnan(getattr(found, band.name)[reached].astype(float)).any()


@settings(max_examples=8)
@given(
    st.lists(st.tuples(st.integers(0, 119), st.integers(0, 159)), min_size=2, max_size=5), st.integers(0, 3)
)
@pytest.mark.slow
def test_one_site_more_never_lowers_the_signal_and_never_mends_the_interference(places, seed):
    heights = hills(seed)
    few = coverage(sites_at(*places[:-1]), heights, None, GRID, RADIO)
    more = coverage(sites_at(*places), heights, None, GRID, RADIO)
    reached = few.best_site >= 0
    assert (more.rsrp_dbm[reached] >= few.rsrp_dbm[reached]).all()
    assert (more.second_dbm <= more.rsrp_dbm)[reached].all()
    still = reached & (more.best_site == few.best_site) & (more.best_sector == few.best_sector)
    assert (more.sinr_db[still] <= few.sinr_db[still] + 0.1001).all()


def test_a_higher_antenna_is_better_in_the_mean():
    means = [
        np.nanmean(coverage(sites_at((60, 80), height_m=[h]), hills(), None, GRID, RADIO).rsrp_dbm)
        for h in (15.0, 30.0, 60.0, 100.0)
    ]
    assert means == sorted(means)
    assert means[-1] > means[0] + 3


def test_inside_of_a_building_all_is_weaker_by_its_loss_and_less_sure():
    out = coverage(sites_at((60, 80)), hills(), None, GRID, RADIO)
    inside = coverage(
        sites_at((60, 80)), hills(), None, GRID, RadioSettings(radius_km=8, building="traditional")
    )
    lost = out.rsrp_dbm - inside.rsrp_dbm
    assert np.nanmax(np.abs(lost - entry_loss_db(0.9, "traditional"))) < 0.11
    assert np.nanmin(inside.sigma_db) > np.nanmax(out.sigma_db)
    reached = out.best_site >= 0
    assert (inside.up_mbps <= out.up_mbps)[reached].all()


# --- quality and rates --------------------------------------------------------------------------------------------


def test_alone_it_is_power_over_noise():
    found = coverage(sites_at((60, 80), **ALL_ROUND), hills(), None, GRID, RADIO)
    noise_dbm = -174 + 10 * math.log10(15_000) + 7
    expected = np.minimum(found.rsrp_dbm - noise_dbm, 50)
    np.testing.assert_allclose(found.sinr_db, expected, atol=0.15)


@pytest.mark.slow
def test_a_second_site_of_the_same_operator_and_carrier_disturbs_and_no_other():
    places = ((60, 60), (60, 100))
    alone = coverage(sites_at((60, 60), **ALL_ROUND), None, None, GRID, RADIO)
    two = {"azimuths_deg": ["omni"] * 2}

    def quality(**columns):
        return coverage(sites_at(*places, **two, **columns), None, None, GRID, RADIO).sinr_db[60, 72]

    assert quality(operator=["Satu", "Dua"]) == alone.sinr_db[60, 72]
    assert quality(frequency_mhz=[900.0, 1800.0]) == alone.sinr_db[60, 72]
    assert quality() < alone.sinr_db[60, 72] - 3
    assert quality(operator=[None, None]) == quality()
    half = coverage(sites_at(*places, **two), None, None, GRID, RADIO)
    none = coverage(sites_at(*places, **two), None, None, GRID, RadioSettings(radius_km=8, load=0))
    assert none.sinr_db[60, 72] == alone.sinr_db[60, 72]
    assert (none.sinr_db >= half.sinr_db)[half.best_site >= 0].all()


@given(st.lists(st.floats(-140, -50), min_size=1, max_size=8), st.floats(0, 1), st.floats(-135, -115))
def test_quality_is_strongest_over_all_others_and_noise(powers, load, noise_dbm):
    milliwatts = 10 ** (np.array(powers) / 10)
    strongest = max(powers)
    others = milliwatts.sum() - milliwatts.max()
    expected = strongest - 10 * math.log10(load * others + 10 ** (noise_dbm / 10))
    found = sinr_db(np.array([strongest]), np.array([milliwatts.sum()]), np.array([noise_dbm]), load)
    assert found[0] == pytest.approx(min(expected, 50), abs=1e-4)


def test_rates_are_those_of_the_tables():
    found = coverage(sites_at((60, 80), **ALL_ROUND), hills(), None, GRID, RADIO)
    cell = rates.carrier("lte", 900, 10, 2)
    reached = found.best_site >= 0
    np.testing.assert_allclose(
        found.down_mbps[reached], rates.down_mbps(found.sinr_db[reached], cell), atol=0.006
    )
    loss_less_gain = 58 - 27.8 - found.rsrp_dbm[60, 95]
    assert found.up_mbps[60, 95] == pytest.approx(
        rates.up_mbps(loss_less_gain, cell, omni().gain_dbi), abs=0.5
    )


def test_5g_is_taken_where_it_is_sent():
    found = coverage(sites_at((60, 80), technologies=["5G"]), hills(), None, GRID, RADIO)
    lte = coverage(sites_at((60, 80)), hills(), None, GRID, RADIO)
    assert np.nanmax(found.down_mbps) > np.nanmax(lte.down_mbps)
    made, _ = transmitters(
        sites_at((60, 80), technologies=["4G 5G"], bands_mhz=["900/1800/3500"]), GRID, RADIO
    )
    assert made[0].technologies == ("lte", "lte", "nr")


def test_a_level_takes_the_signal_and_both_rates():
    levels = Settings().levels
    signal = np.array([[-80.0, -80, -80, -120, np.nan, -112]], np.float32)
    down = np.array([[60.0, 60, 5, 60, np.nan, 60]], np.float32)
    up = np.array([[20.0, 3, 20, 20, np.nan, 20]], np.float32)
    assert level_of(signal, down, up, levels).tolist() == [[3, 2, 1, 0, 0, 1]]


# --- which sites count, and what is assumed of them ---------------------------------------------------------------


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
    silent = sites_at((60, 80), height_m=[None], frequency_mhz=[pd.NA], eirp_dbm=[None], azimuths_deg=[""],
                      tilt_deg=[None], operator=[None], antenna=["x.msi"])  # fmt: skip
    said = sites_at((60, 80))
    found = coverage(silent, None, None, GRID, RADIO)
    same(found, coverage(said, None, None, GRID, RADIO))
    text = " ".join(found.assumptions)
    for words in (
        "1 site that does not say is given 40 m of antenna height.",
        "given 900 MHz.",
        "given 58 dBm of radiated power.",
        "given sectors in the directions 0, 120, 240 degrees.",
        "given 3 degrees of downward tilt.",
        "1 site that names no operator is taken to belong to one network.",
        "1 site that names an antenna whose file is not among the sources is given an assumed one.",
    ):
        assert words in text
    assert "does not say" not in " ".join(coverage(said, None, None, GRID, RADIO).assumptions)


def test_a_table_with_no_more_than_places_will_do():
    bare = gpd.GeoDataFrame({"id": ["a", "b"]}, geometry=[middle_of(60, 80), middle_of(9, 9)], crs=GRID.crs)
    assert (coverage(bare, None, None, GRID, RADIO).best_site >= 0).any()


def test_the_named_antenna_is_used():
    narrow = sector(20, 5)
    sites = sites_at((60, 80), antenna=["K80.msi"], azimuths_deg=["0"])
    wide = coverage(sites_at((60, 80), azimuths_deg=["0"]), None, None, GRID, RADIO)
    found = coverage(sites, None, None, GRID, RADIO, antennas={"K80.msi": narrow})
    assert found.rsrp_dbm[40, 100] < wide.rsrp_dbm[40, 100] - 8
    assert not any("antenna whose file" in text for text in found.assumptions)


def test_without_sites_nobody_is_reached(tmp_path):
    found = coverage(sites_at(), None, None, GRID, RADIO)
    assert np.isnan(found.rsrp_dbm).all()
    assert (found.best_site == -1).all()
    assert found.assumptions == ()
    found.write(tmp_path / "coverage.tif")
    same(read(tmp_path / "coverage.tif"), found)


def test_a_site_without_a_position_is_left_out_and_said():
    sites = sites_at((60, 80), (20, 20))
    sites.geometry = [middle_of(60, 80), None]
    found = coverage(sites, None, None, GRID, RADIO)
    assert set(found.best_site.ravel().tolist()) <= {0, -1}
    assert any("without a position" in text for text in found.assumptions)


def test_geographic_sites_land_where_they_are():
    metric = sites_at((60, 80))
    there = coverage(metric, hills(), None, GRID, RADIO).rsrp_dbm
    found = coverage(metric.to_crs(4326), hills(), None, GRID, RADIO).rsrp_dbm
    both = ~np.isnan(there) & ~np.isnan(found)
    assert both.sum() > 0.995 * (~np.isnan(there)).sum()  # the rim may move by a hair
    assert np.quantile(np.abs(found[both] - there[both]), 0.999) < 0.25


def test_equal_sites_leave_the_first_and_share_their_loss():
    asked = []

    def counting(*arguments):
        asked.append(arguments[4])
        return site_loss(*arguments)

    found = coverage(
        sites_at((60, 80), (60, 80), bands_mhz=["900 1800", "900"]), None, None, GRID, RADIO, loss_of=counting
    )
    assert (found.best_site <= 0).all()
    assert asked == [[900.0, 1800.0]]


# --- bad input ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"frequency_mhz": [18_000.0]}, "site S0 sends on 18000 MHz"),
        ({"bands_mhz": ["900 B3"]}, "site S0: bands_mhz is '900 B3'"),
        ({"bands_mhz": ["12"]}, "site S0 sends on 12 MHz"),
        ({"azimuths_deg": ["utara"]}, "site S0: azimuths_deg is 'utara'"),
        ({"height_m": [-5.0]}, "site S0: height_m is -5"),
        ({"eirp_dbm": [math.inf]}, "site S0: eirp_dbm is inf"),
        ({"height_m": [0.4]}, "site S0: height_m is 0.4"),
        ({"height_m": ["tinggi"]}, "site S0: height_m is 'tinggi'"),
        ({"eirp_dbm": ["20 W"]}, "site S0: eirp_dbm is '20 W'"),
        ({"tilt_deg": ["x"]}, "site S0: tilt_deg is 'x'"),
        ({"frequency_mhz": [-900.0]}, "site S0 sends on -900 MHz"),
    ],
)
def test_what_can_not_be_names_the_site_and_the_value(columns, words):
    with pytest.raises(InputError, match=words):
        coverage(sites_at((60, 80), **columns), None, None, GRID, RADIO)
    found = coverage(sites_at((60, 80), **columns), None, None, GRID, RADIO, leave_out=True)
    assert np.isnan(found.rsrp_dbm).all()
    assert any("1 site is left out" in text and words in text for text in found.assumptions)


def test_a_site_outside_of_the_map_is_named_and_one_out_of_reach_is_no_matter():
    with pytest.raises(InputError, match=r"site S0 lies outside of the map, at 398050, 53950 m"):
        coverage(sites_at((60, -20)), None, None, GRID, RADIO)
    left = coverage(sites_at((60, -20), (60, 80)), None, None, GRID, RADIO, leave_out=True)
    assert set(left.best_site.ravel().tolist()) == {-1, 1}
    assert any("site S0 lies outside" in text for text in left.assumptions)
    far = coverage(sites_at((60, -2000)), None, None, GRID, RADIO)
    assert (far.best_site == -1).all()
    assert far.assumptions == ("1 site farther than 8 km from the map is out of reach and not part of it.",)


@pytest.mark.parametrize("place", [Point(0.5, 117), Point(math.inf, math.inf), Point(math.nan, 1)])
def test_a_site_that_is_nowhere_in_the_projection_is_named(place):
    sites = sites_at((60, 80)).to_crs(4326)
    sites.geometry = [place]
    with pytest.raises(
        InputError, match=f"site S0 is at {place.x:g}, {place.y:g}, which is nowhere in EPSG:32750"
    ):
        coverage(sites, None, None, GRID, RADIO)
    found = coverage(sites, None, None, GRID, RADIO, leave_out=True)
    assert "site S0 is at" in found.assumptions[0]


def test_places_of_no_known_projection_are_refused():
    nowhere = sites_at((60, 80)).set_crs(None, allow_override=True)
    with pytest.raises(InputError, match="sites: nobody says which projection"):
        coverage(nowhere, None, None, GRID, RADIO)
    with pytest.raises(InputError, match="places: nobody says which projection"):
        sample(coverage(sites_at(), None, None, GRID, RADIO), nowhere.geometry)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"radius_km": 0.05}, "radio.radius_km is 0.05"),
        ({"receiver_height_m": 0.5}, "radio.receiver_height_m is 0.5"),
    ],
)
def test_settings_that_only_fail_together_are_named(wrong, words):
    settings = RadioSettings(**{"radius_km": 8, **wrong})
    with pytest.raises(InputError, match=words):
        coverage(sites_at((60, 80)), None, None, GRID, settings)


def test_a_site_in_a_void_is_named():
    heights = hills()
    heights[55:65, 75:85] = np.nan
    with pytest.raises(InputError, match="site S0 stands where the terrain has no height"):
        coverage(sites_at((60, 80)), heights, None, GRID, RADIO)
    found = coverage(sites_at((60, 80), (20, 20)), heights, None, GRID, RADIO, leave_out=True)
    assert set(found.best_site.ravel().tolist()) == {-1, 1}
    assert np.isnan(found.rsrp_dbm[60, 80])


def test_arrays_of_another_shape_are_refused():
    with pytest.raises(ValueError, match="the grid is"):
        coverage(sites_at((60, 80)), np.zeros((3, 3), np.float32), None, GRID, RADIO)


# --- pieces, memory, files ----------------------------------------------------------------------------------------


def _files(folder, heights, cover):
    profile = {"driver": "GTiff", "width": GRID.width, "height": GRID.height, "crs": GRID.crs,
               "transform": GRID.transform}  # fmt: skip
    with rasterio.open(
        folder / "terrain.tif", "w", count=2, dtype="float32", nodata=math.nan, **profile
    ) as file:
        file.write(heights, 1)
    with rasterio.open(folder / "clutter.tif", "w", count=1, dtype="uint8", **profile) as file:
        file.write(cover, 1)
    return folder / "terrain.tif", folder / "clutter.tif"


@pytest.mark.slow
def test_in_pieces_it_is_the_same_map(tmp_path):
    heights, cover = hills(), cover_of()
    heights[:, :30], cover[:, :30] = 0, 80  # the sea
    heights[100:104, 100:104] = np.nan
    files = _files(tmp_path, heights, cover)
    sites = sites_at((60, 80), (10, 20), (100, 140), (60, 80), bands_mhz=["900 1800", "900", None, "2100"])
    whole = coverage(sites, heights, cover, GRID, RADIO)
    whole.write(tmp_path / "whole.tif")
    told = []
    for side, most in ((50, 0), (4096, 10**6)):
        path = tmp_path / f"{side}.tif"
        tell = lambda n, of: told.append((n, of))  # noqa: E731
        write_coverage(path, sites, *files, GRID, RADIO, tell, side=side, most_pixels=most)
        assert path.read_bytes() == (tmp_path / "whole.tif").read_bytes()
        assert told[-1][0] == told[-1][1]
    assert any("sea" in text for text in whole.assumptions)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "4096.tif", "50.tif", "clutter.tif", "terrain.tif", "whole.tif",
    ]  # fmt: skip


def test_windows_of_files_are_the_ground_of_the_whole(tmp_path):
    heights, cover = hills(), cover_of()
    heights[:, :40], cover[:, :40] = 0, 80
    ground, told = land.ground(heights, cover, GRID, RADIO)
    source = Files(*_files(tmp_path, heights, cover), GRID, RADIO)
    assert source.assumptions == told
    part = Rectangle(33, 21, 50, 77)
    for one, other in ((source.window(part), Whole(ground, told).window(part)),):
        np.testing.assert_array_equal(one.heights_m, other.heights_m)
        np.testing.assert_array_equal(one.clutter_m, other.clutter_m)
        np.testing.assert_array_equal(one.zone, other.zone)
        assert one.grid == other.grid


def test_terrain_of_another_grid_is_refused(tmp_path):
    files = _files(tmp_path, hills(), cover_of())
    other = Grid(GRID.crs, GRID.west_m + 100, GRID.north_m, 100, 160, 120)
    with pytest.raises(FileError, match=r"terrain\.tif: does not lie on the map's grid"):
        write_coverage(tmp_path / "c.tif", sites_at((60, 80)), *files, other, RADIO)
    elsewhere = Grid("EPSG:32749", GRID.west_m, GRID.north_m, 100, 160, 120)
    with pytest.raises(FileError, match=r"terrain\.tif: does not lie on the map's grid"):
        write_coverage(tmp_path / "c.tif", sites_at((60, 80)), *files, elsewhere, RADIO)
    files[0].write_bytes(b"II*\x00 broken")
    with pytest.raises(FileError, match=r"terrain\.tif"):
        write_coverage(tmp_path / "c.tif", sites_at((60, 80)), *files, GRID, RADIO)


@pytest.mark.parametrize("value", [-9999.0, math.inf])
def test_a_height_that_is_none_is_named_with_the_file(tmp_path, value):
    heights = hills()
    heights[70, 90] = value
    files = _files(tmp_path, heights, cover_of())
    with pytest.raises(FileError, match=rf"terrain\.tif: the height at row 70, column 90 is {value:g} m"):
        write_coverage(tmp_path / "c.tif", sites_at((60, 80)), *files, GRID, RADIO)
    assert not (tmp_path / "c.tif").exists()


def test_one_thread_and_two_give_the_same_bytes(tmp_path):
    sites, heights = sites_at((60, 80), (10, 20), (100, 140)), hills()
    digests = set()
    before = numba.get_num_threads()
    try:
        for threads in sorted({1, min(2, numba.config.NUMBA_NUM_THREADS)}):
            numba.set_num_threads(threads)
            path = tmp_path / f"{threads}.tif"
            coverage(sites, heights, None, GRID, RADIO).write(path)
            digests.add(hashlib.sha256(path.read_bytes()).hexdigest())
    finally:
        numba.set_num_threads(before)
    assert len(digests) == 1


@pytest.mark.parametrize("most_pixels", [0, 10**9])
def test_a_map_comes_back_from_its_file_as_it_was(tmp_path, monkeypatch, most_pixels):
    """Whether it is large, so that it lies in files when it is read, or not."""
    monkeypatch.setattr(coverage_file, "MOST_PIXELS", most_pixels)
    first = coverage(sites_at((60, 80), technologies=[None]), hills(), None, GRID, RadioSettings(radius_km=3))
    first.write(tmp_path / "coverage.tif")
    again = read(tmp_path / "coverage.tif")
    same(again, first)
    assert all(getattr(again, b.name).dtype == b.dtype for b in BANDS)
    assert again.grid == first.grid
    assert again.assumptions == first.assumptions


@pytest.mark.slow
def test_the_file_is_cloud_optimised_and_says_what_its_bands_are(tmp_path):
    grid = Grid("EPSG:32750", 400_000, 60_000, 100, 700, 600)
    found = coverage(sites_at((60, 80)), None, None, grid, RadioSettings(radius_km=3))
    found.write(tmp_path / "coverage.tif")
    with rasterio.open(tmp_path / "coverage.tif") as file:
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert file.overviews(1)
        assert all(file.descriptions)
        assert len(set(file.descriptions)) == len(BANDS)
    same(read(tmp_path / "coverage.tif"), found)


@pytest.mark.parametrize("content", [b"", b"not a picture", b"II*\x00"])
def test_another_file_is_refused_with_what_to_do(tmp_path, content):
    (tmp_path / "coverage.tif").write_bytes(content)
    with pytest.raises(FileError, match="merata run"):
        read(tmp_path / "coverage.tif")


def test_a_raster_that_is_no_coverage_map_is_refused(tmp_path):
    with pytest.raises(FileError, match="merata run"):
        read(_files(tmp_path, hills(), cover_of())[0])


def test_progress_tells_each_site():
    told = []
    coverage(sites_at((60, 80), (10, 20)), None, None, GRID, RADIO, lambda done, of: told.append((done, of)))
    assert told == [(1, 2), (2, 2)]


# --- one site alone -----------------------------------------------------------------------------------------------


def test_the_power_of_one_site_is_that_of_the_map(tmp_path):
    sites = sites_at((60, 80), bands_mhz=["900 1800"])
    heights = hills()
    made, _ = transmitters(sites, GRID, RADIO)
    source = Whole(*land.ground(heights, None, GRID, RADIO))
    alone = site_power(made[0], source, RADIO)
    assert alone.power_dbm.shape[:2] == (3, 2)
    found = coverage(sites, heights, None, GRID, RADIO)
    rows, columns = alone.grid.shape
    window = found.rsrp_dbm[alone.row0 : alone.row0 + rows, alone.column0 : alone.column0 + columns]
    strongest = np.nanmax(np.where(np.isnan(alone.power_dbm), -np.inf, alone.power_dbm), axis=(0, 1))
    reached = ~np.isnan(window)
    assert np.abs(strongest[reached] - window[reached]).max() <= 0.0502
    assert np.isneginf(strongest[~reached]).all()
    write_site_power(alone, tmp_path / "site.tif")
    with rasterio.open(tmp_path / "site.tif") as file:
        assert file.descriptions[5] == "Received power (RSRP) of the sector at 240 degrees on 1800 MHz, dBm"
        np.testing.assert_array_equal(file.read(6), alone.power_dbm[2, 1])
        assert file.transform.c == GRID.west_m + alone.column0 * 100


def test_the_power_of_a_site_in_a_void_is_an_error_that_names_it():
    heights = hills()
    heights[60, 80] = np.nan
    made, _ = transmitters(sites_at((60, 80)), GRID, RADIO)
    with pytest.raises(InputError, match="site S0 stands where the terrain has no height"):
        site_power(made[0], Whole(*land.ground(heights, None, GRID, RADIO)), RADIO)


# --- at places ----------------------------------------------------------------------------------------------------


def test_sampling_takes_the_middle_of_nine_pixels():
    found = coverage(sites_at((60, 80)), hills(), None, GRID, RADIO)
    points = gpd.GeoSeries([middle_of(60, 120), middle_of(-50, 0), None, middle_of(0, 0)], crs=GRID.crs)
    got = sample(found, points.to_crs(4326))
    assert got[0] == pytest.approx(np.median(found.rsrp_dbm[59:62, 119:122]), abs=1e-4)
    assert np.isnan(got[1])
    assert np.isnan(got[2])


def test_all_that_the_map_says_of_a_place_comes_from_one_pixel():
    found = coverage(sites_at((60, 80), (20, 20)), hills(), None, GRID, RADIO)
    points = gpd.GeoSeries([middle_of(60, 120), middle_of(-50, 0), None], index=[7, 3, 5], crs=GRID.crs)
    table = sample_table(found, points)
    assert table.index.tolist() == [7, 3, 5]
    assert table.columns.tolist() == [band.name for band in BANDS]
    assert table.loc[[3, 5]].isna().all(axis=None)
    at = np.argwhere(found.rsrp_dbm[59:62, 119:122] == np.float32(table.loc[7, "rsrp_dbm"]))
    assert any(
        found.sinr_db[59 + r, 119 + c] == np.float32(table.loc[7, "sinr_db"])
        and found.best_sector[59 + r, 119 + c] == table.loc[7, "best_sector"]
        for r, c in at
    )
    assert table.loc[7, "best_site"] == 0
    assert table.loc[7, "level"] in ("none", "basic", "working", "good")


def test_one_bright_pixel_in_the_dark_does_not_make_a_signal():
    found = coverage(sites_at((60, 80)), None, None, GRID, RADIO)
    found.rsrp_dbm[:] = np.nan
    found.rsrp_dbm[60, 120] = -70
    assert np.isnan(sample(found, gpd.GeoSeries([middle_of(60, 120)], crs=GRID.crs))[0])


@given(st.floats(-140, -40), st.floats(1, 20))
def test_chance_is_that_of_the_normal_distribution(rsrp_dbm, sigma_db):
    got = chance_served(np.array([rsrp_dbm]), -105, sigma_db).chance[0]
    assert got == pytest.approx(ndtr((rsrp_dbm + 105) / sigma_db), abs=1e-9)
