"""The ground: clutter by land cover, what is sea and what is not, voids, windows, and what holds for every path."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st

from merata.radio import coast, land
from merata.radio.path import PathSettings, path_settings
from merata.region.grid import Grid
from merata.region.landcover import CLASSES
from merata.region.settings import ClutterSettings, RadioSettings

RADIO = RadioSettings()
TREES, WATER = 10, 80


def grid(rows: int, columns: int, resolution_m: float = 100) -> Grid:
    return Grid("EPSG:32750", 500_000, 9_950_000, resolution_m, columns, rows)


def island(rows: int = 300, columns: int = 400, sea_from: int = 250) -> tuple[np.ndarray, np.ndarray]:
    """Land in the west that rises from the coast, sea in the east: 0.5 m for each 100 m."""
    heights = np.tile(np.maximum(0, (sea_from - np.arange(columns)) * 0.5), (rows, 1)).astype(np.float32)
    cover = np.where(heights > 0, TREES, WATER).astype(np.uint8)
    return heights, cover


def zones(heights: np.ndarray | None, cover: np.ndarray | None, resolution_m: float = 100) -> np.ndarray:
    shape = (heights if heights is not None else cover).shape
    return land.ground(heights, cover, grid(*shape, resolution_m), RADIO)[0].zone


def test_every_class_of_land_cover_has_its_own_setting() -> None:
    assert land.CLUTTER.keys() == CLASSES.keys()
    assert set(land.CLUTTER.values()) | {"unknown_m"} == set(ClutterSettings.model_fields)


def test_clutter_height_is_what_the_settings_say() -> None:
    cover = np.array([[10, 20, 30, 40, 50, 60], [70, 80, 90, 95, 100, 0]], np.uint8)
    heights = np.full(cover.shape, 50, np.float32)
    radio = RadioSettings(clutter=ClutterSettings(tree_m=31, unknown_m=3))
    made, _ = land.ground(heights, cover, grid(*cover.shape), radio)
    assert made.clutter_m.tolist() == [[31, 4, 0, 2, 7, 0], [0, 0, 1, 12, 0, 3]]
    assert made.clutter_m.dtype == np.float32


def test_a_shore_is_sea_then_coastal_land_then_inland_above_100_m() -> None:
    zone = zones(*island())[150]
    # 0.5 m for each pixel: 100 m are reached 200 pixels from the coast at pixel 250.
    assert (zone[250:] == land.SEA).all()
    assert (zone[51:250] == land.COASTAL_LAND).all()
    assert (zone[:50] == land.INLAND).all()


def test_low_land_more_than_50_km_from_the_sea_is_inland() -> None:
    heights = np.full((40, 1000), 5, np.float32)
    heights[:, 900:] = 0
    cover = np.where(heights > 0, TREES, WATER).astype(np.uint8)
    zone = zones(heights, cover)[20]
    first = int(np.argmax(zone == land.COASTAL_LAND))
    assert (zone[:first] == land.INLAND).all()
    assert (900 - first) * 0.1 == pytest.approx(50, abs=0.6)


def test_low_land_behind_a_range_of_hills_is_not_reached_from_the_sea() -> None:
    heights, cover = island()
    heights[:, 200:220] = 150
    zone = zones(heights, cover)[150]
    assert (zone[220:250] == land.COASTAL_LAND).all()
    assert (zone[:200] == land.INLAND).all()


def test_rivers_and_lakes_are_land_and_clear_of_clutter() -> None:
    heights, cover = island()
    cover[100:106, :250] = WATER  # a river 600 m wide that ends in the sea
    heights[100:106, :250] = 0.5
    cover[180:260, 60:160] = WATER  # a lake of 80 km²
    heights[180:260, 60:160] = 4
    made, _ = land.ground(heights, cover, grid(*heights.shape), RADIO)
    assert made.zone[103, 150] != land.SEA
    assert made.zone[220, 100] != land.SEA
    assert made.clutter_m[103, 150] == made.clutter_m[220, 100] == 0
    assert made.zone[150, 300] == land.SEA


def test_a_lake_that_the_map_cuts_is_no_sea_where_it_lies_high() -> None:
    heights, cover = island()
    for level, expected in ((1.5, land.SEA), (35.0, land.INLAND)):
        heights[:100, :100], cover[:100, :100] = level, WATER
        zone = zones(heights, cover)
        assert (zone[20, 20] == land.SEA) == (expected == land.SEA)


def test_a_very_large_lake_is_sea_as_the_recommendation_says() -> None:
    for side_km, expected in ((85, False), (92, True)):  # 7,225 and 8,464 km²
        heights = np.full((220, 220), 900, np.float32)  # pixels of 500 m: 110 km
        cover = np.full(heights.shape, TREES, np.uint8)
        half = side_km
        cover[110 - half : 110 + half, 110 - half : 110 + half] = WATER
        assert (zones(heights, cover, 500)[110, 110] == land.SEA) == expected


def test_without_land_cover_the_sea_is_found_by_its_height() -> None:
    heights, cover = island()
    assert np.array_equal(zones(heights, None), zones(heights, cover))


def test_land_that_is_only_taken_as_flat_is_no_sea() -> None:
    made, said = land.ground(None, None, grid(200, 200), RADIO)
    assert (made.zone == land.INLAND).all()
    assert (made.heights_m == 0).all()
    assert len(said) == 2
    assert "flat" in said[0]
    assert "open" in said[1]


def test_voids_at_sea_are_sea_level_and_voids_on_land_stay() -> None:
    heights, cover = island()
    heights[10:20, 300:320] = np.nan
    heights[10:20, 100:120] = np.nan
    made, said = land.ground(heights, cover, grid(*heights.shape), RADIO)
    assert (made.heights_m[10:20, 300:320] == 0).all()
    assert np.isnan(made.heights_m[10:20, 100:120]).all()
    assert not np.isnan(made.clutter_m).any()
    assert any("no known height" in text for text in said)


def test_a_map_of_nothing_but_sea_and_one_without_any() -> None:
    sea = np.zeros((30, 40), np.float32)
    assert (zones(sea, np.full(sea.shape, WATER, np.uint8)) == land.SEA).all()
    assert (zones(sea + 3, np.full(sea.shape, TREES, np.uint8)) == land.INLAND).all()


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.sampled_from([30.0, 90.0, 100.0, 250.0]), st.integers(1, 5))
def test_windows_put_together_are_the_whole(seed: int, resolution_m: float, windows: int) -> None:
    rng = np.random.default_rng(seed)
    heights, cover = island(120, 150, 90)
    cover[rng.random(cover.shape) < 0.2] = WATER
    heights[rng.random(cover.shape) < 0.1] = np.nan
    whole_grid = grid(120, 150, resolution_m)
    whole = land.ground(heights, cover, whole_grid, RADIO)[0]
    block = coast.block_of(whole_grid)
    shore = coast.coast(coast.survey(heights, cover, block), whole_grid)
    edges = np.linspace(0, 120, windows + 1).astype(int)
    seen = land.Tally(0, 0, 0, 0, 0)
    for top, bottom in itertools.pairwise(edges):
        part = grid(bottom - top, 150, resolution_m)
        window = land.ground_within(heights[top:bottom], cover[top:bottom], part, RADIO, shore, top)
        for name in ("heights_m", "clutter_m", "zone"):
            assert np.array_equal(getattr(window, name), getattr(whole, name)[top:bottom], equal_nan=True)
        seen += land.tally(window, cover[top:bottom])
    assert seen == land.tally(whole, cover)
    assert seen.void > 0 < seen.covered


def test_a_survey_may_be_made_in_pieces() -> None:
    heights, cover = island(100, 100, 60)
    whole = coast.survey(heights, cover, 7)
    parts = [coast.survey(heights[a:b], cover[a:b], 7) for a, b in ((0, 49), (49, 100))]
    for name in ("pixels", "water", "low", "level_sum_m", "level_count"):
        together = np.concatenate([getattr(part, name) for part in parts])
        assert np.array_equal(together, getattr(whole, name))
    assert whole.pixels.sum() == 10_000


def test_wrong_arrays_are_refused_by_name() -> None:
    heights, cover = island()
    with pytest.raises(ValueError, match="heights_m is"):
        land.ground(heights[1:], cover, grid(*heights.shape), RADIO)
    with pytest.raises(ValueError, match="cover is"):
        land.ground(heights, cover[1:], grid(*heights.shape), RADIO)
    heights[3, 4] = 32767
    with pytest.raises(ValueError, match="row 3, column 4 is 32767 m"):
        land.ground(heights, cover, grid(*heights.shape), RADIO)
    with pytest.raises(ValueError, match="zone is"):
        land.Ground(heights, heights, cover[1:], grid(*heights.shape))


def test_path_settings_come_from_the_region() -> None:
    made = path_settings(RadioSettings(time_percent=10), grid(100, 100))
    assert made.time_percent == 10
    assert made.latitude_deg == pytest.approx(-0.497, abs=0.002)  # 55 km south of the equator
    assert made.rx_height_m == 1.5


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("time_percent", 0.5),
        ("latitude_deg", 95.0),
        ("delta_n", float("nan")),
        ("delta_n", 157.0),
        ("polarization", "left"),
    ],
)
def test_path_settings_outside_the_recommendation_are_refused(name: str, value: object) -> None:
    good = {
        "rx_height_m": 1.5,
        "polarization": "vertical",
        "time_percent": 50.0,
        "delta_n": 50.0,
        "n0": 370.0,
    }
    with pytest.raises(ValueError, match=name):
        PathSettings(**(good | {"latitude_deg": 0.0} | {name: value}))  # type: ignore[arg-type]


def test_real_hills_far_from_the_coast_are_inland(shared_data: Path) -> None:
    with rasterio.open(shared_data / "terrain" / "S36E149.tif") as file:
        heights = file.read(1).astype(np.float32)
    assert (zones(heights, None, 90) == land.INLAND).all()


def test_the_shore_is_told_to_the_pixel() -> None:
    for first in (251, 252, 253, 254):
        heights, cover = island(sea_from=first)
        zone = zones(heights, cover)[150]
        assert (zone[first:] == land.SEA).all()
        assert (zone[first - 20 : first] == land.COASTAL_LAND).all()


def test_a_block_is_water_from_the_half_on() -> None:
    heights, cover = island(sea_from=253)  # blocks of 5 pixels: 250 to 254 has two of sea
    shore = coast.coast(coast.survey(heights, cover, 5), grid(*heights.shape))
    assert shore.sea[30, 49:53].tolist() == [False, False, True, True]
    heights, cover = island(sea_from=252)
    shore = coast.coast(coast.survey(heights, cover, 5), grid(*heights.shape))
    assert shore.sea[30, 49:53].tolist() == [False, True, True, True]


def test_a_lagoon_inside_the_map_is_no_sea() -> None:
    heights, cover = island()
    heights[100:200, 100:200], cover[100:200, 100:200] = 0, WATER
    assert zones(heights, cover)[150, 150] == land.COASTAL_LAND


def test_water_that_only_its_height_tells_is_clear_of_clutter() -> None:
    heights, _ = island()
    radio = RadioSettings(clutter=ClutterSettings(unknown_m=5, water_m=1))
    made, _ = land.ground(heights, None, grid(*heights.shape), radio)
    assert (made.clutter_m[:, :250] == 5).all()
    assert (made.clutter_m[:, 250:] == 1).all()
