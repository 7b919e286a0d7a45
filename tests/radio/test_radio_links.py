"""Hops: clearance and lowest antennas against geometry by hand and linear programming, the radio against arithmetic."""

from typing import get_args

import numpy as np
import pandas as pd
import pytest
import rasterio
from geopandas import GeoDataFrame
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.optimize import linprog
from shapely.geometry import Point, Polygon

from merata.errors import InputError
from merata.radio import _hop_budget as budget
from merata.radio import _hop_kernel as kernel
from merata.radio import between, links, p530
from merata.radio._hop_radios import BANDS, MODULATIONS
from merata.radio.land import INLAND, Ground
from merata.radio.transmitters import transmitters
from merata.region.grid import Grid
from merata.region.settings import HopBand, HopSettings, RadioSettings

RESOLUTION_M = 100.0
SIDE = 500
GRID = Grid("EPSG:32650", 500_000, 60_000, RESOLUTION_M, SIDE, SIDE)
WET = RadioSettings(rain_mm_per_h=90)


def land(heights=0.0, trees=0.0, grid=GRID):
    full = np.full(grid.shape, 1.0, np.float32)
    return Ground(full * heights, full * trees, np.full(grid.shape, INLAND, np.uint8), grid)


def sites_at(*places, heights=None, ids=None):
    """Sites at (east, south) in pixels from the middle of the first one."""
    points = [
        Point(GRID.west_m + (x + 0.5) * RESOLUTION_M, GRID.north_m - (y + 0.5) * RESOLUTION_M)
        for x, y in places
    ]
    names = ids or [f"S{i}" for i in range(len(places))]
    return GeoDataFrame(
        {"id": names, "height_m": heights or [40.0] * len(places)}, geometry=points, crs=GRID.crs
    )


def hill(height_m, column, width=0):
    ground = land()
    ground.heights_m[:, column - width : column + width + 1] = height_m
    return ground


def test_flat_open_ground_is_the_bulge_and_the_fresnel_zone():
    table = links.hops(sites_at((10, 10), (310, 10)), land(), WET).table
    row = table.iloc[0]
    x = np.arange(1, 300) / 300
    square = 30.0**2 * x * (1 - x)
    f1 = 17.3 * np.sqrt(square / 30 / row["band_ghz"])
    median = (40 - square * 1000 / (2 * 6371 * 4 / 3)) / f1
    low = (40 - square * 1000 / (2 * 6371 * p530.low_k(30.0))) / f1
    assert row["distance_km"] == pytest.approx(30)
    assert row["clearance"] == pytest.approx(median.min())
    assert row["clearance_low_k"] == pytest.approx(low.min())
    assert row["worst_km"] == pytest.approx(30 * x[median.argmin()])
    assert row["works"]


def test_lowest_antennas_on_flat_ground_are_level_and_just_clear():
    table = links.hops(sites_at((10, 10), (310, 10), heights=[10.0, 10.0]), land(), WET).table
    row = table.iloc[0]
    x = np.arange(1, 300) / 300
    square = 30.0**2 * x * (1 - x)
    f1 = 17.3 * np.sqrt(square / 30 / row["band_ghz"])
    bulge = square * 1000 / (2 * 6371)
    need = np.maximum(bulge / (4 / 3) + f1, bulge / p530.low_k(30.0) + 0.3 * f1)
    assert row["raised"]
    assert row["lowest_a_m"] == row["lowest_b_m"]
    assert need.max() <= row["lowest_a_m"] < need.max() + 0.1


def test_a_low_k_that_is_set_is_what_hops_must_clear_and_is_told():
    places = sites_at((10, 10), (310, 10), heights=[40.0, 40.0])
    found = links.hops(places, land(), WET.model_copy(update={"low_k": 0.5}))
    row = found.table.iloc[0]
    x = np.arange(1, 300) / 300
    square = 30.0**2 * x * (1 - x)
    low = (40 - square * 1000 / (2 * 6371 * 0.5)) / (17.3 * np.sqrt(square / 30 / row["band_ghz"]))
    assert row["clearance_low_k"] == pytest.approx(low.min())
    fit = links.hops(places, land(), WET).table.iloc[0]
    # The band, and with it the Fresnel radius, may be another one.
    assert row["clearance"] / row["band_ghz"] ** 0.5 == pytest.approx(
        fit["clearance"] / fit["band_ghz"] ** 0.5
    )
    assert row["clearance_low_k"] / row["band_ghz"] ** 0.5 < fit["clearance_low_k"] / fit["band_ghz"] ** 0.5
    assert any("low k of 0.5" in line for line in found.assumptions)


def test_settings_say_what_is_asked_of_a_hop():
    assert budget.Want.of(HopSettings()) == budget.Want()
    assert sorted(int(band.frequency_ghz) for band in BANDS) == sorted(get_args(HopBand))
    places = sites_at((10, 10), (160, 10), heights=[60.0] * 2)
    hop = HopSettings(
        availability=0.99999, enough_mbps=100, least_height_m=8, most_height_m=50, bands_ghz=[7, 13]
    )
    found = links.hops(places, land(), WET.model_copy(update={"hop": hop}))
    same = links.hops(
        places,
        land(),
        WET,
        budget.Want(0.99999, 100, 8, 50, tuple(b for b in BANDS if b.frequency_ghz in (7.5, 13))),
    )
    assert found.table.equals(same.table)
    assert set(found.table["band_ghz"]) <= {7.5, 13}
    assert found.table["lowest_a_m"].iloc[0] >= 8
    for wrong in ({"bands_ghz": [9]}, {"bands_ghz": []}, {"availability": 1}, {"least_height_m": 80}):
        with pytest.raises(ValidationError):
            HopSettings(**wrong)


def test_trees_count_as_obstacle_and_are_named():
    places = sites_at((10, 10), (110, 10), heights=[30.0, 30.0])
    open_row = links.hops(places, land(), WET).table.iloc[0]
    wood = links.hops(places, land(trees=25), WET).table.iloc[0]
    assert open_row["sight"] == "clear"
    assert wood["sight"] in ("partly", "blocked")
    assert (open_row["worst_cover_m"], wood["worst_cover_m"]) == (0, 25)
    assert wood["lowest_a_m"] > open_row["lowest_a_m"]


def test_a_hill_stands_where_it_stands_and_too_high_a_hill_ends_the_hop():
    places = sites_at((10, 10), (110, 10))
    low = links.hops(places, hill(60, 90), WET).table.iloc[0]
    assert low["sight"] == "blocked"
    assert low["worst_km"] == pytest.approx(8.0)
    assert low["works"]
    assert low["raised"]
    assert max(low["lowest_a_m"], low["lowest_b_m"]) <= 72
    # Nearer to the hill it takes the higher antenna: there a metre lifts the ray most.
    assert low["lowest_b_m"] > low["lowest_a_m"]
    high = links.hops(places, hill(300, 60), WET).table.iloc[0]
    assert high[["limit", "works", "raised"]].tolist() == ["obstacle", False, False]
    assert pd.isna(high["rate_mbps"])
    assert pd.isna(high["modulation"])
    assert max(high["lowest_a_m"], high["lowest_b_m"]) > 72


@settings(max_examples=80)
@given(st.lists(st.integers(-50, 90), min_size=3, max_size=25), st.integers(0, 30), st.integers(31, 80))
def test_lowest_heights_are_those_of_linear_programming(between_ends, least, most):
    n = len(between_ends) + 2
    x = np.arange(n) / (n - 1)
    y = np.array([0, *between_ends, 0.0])
    limits = np.array([[least, most], [least, most]])
    found = kernel.lowest_heights(x, y.copy(), limits, np.empty(n, np.int64))
    inner = slice(1, -1)
    rules = -np.column_stack([1 - x[inner], x[inner]])
    for top in (most, None):
        truth = linprog([1, 1], A_ub=rules, b_ub=-y[inner], bounds=[(least, top)] * 2)
        if truth.status == 0:
            break
    assert sum(found) == pytest.approx(truth.fun, abs=1e-6)
    assert (rules @ np.array(found) <= -y[inner] + 1e-6).all()


def _hills():
    rough = np.random.default_rng(3).normal(size=(SIDE // 10 + 2,) * 2)
    heights = np.kron(rough, np.ones((10, 10)))[:SIDE, :SIDE] * 30
    return land(heights.astype(np.float32), 10)


def _many(count=25):
    spots = np.random.default_rng(4).uniform(5, SIDE - 6, (count, 2))
    return sites_at(*spots, heights=list(np.random.default_rng(5).uniform(20, 60, count)))


def test_both_directions_are_one_hop_and_every_run_is_the_same():
    places, ground = _many(), _hills()
    there = links.hops(places, ground, WET).table
    again = links.hops(places, ground, WET).table
    pd.testing.assert_frame_equal(there, again)
    back = links.hops(places, ground, WET, pairs=list(zip(there["b"], there["a"], strict=True))).table
    same = ["distance_km", "clearance", "sight", "works", "rate_mbps", "availability_year", "band_ghz"]
    pd.testing.assert_frame_equal(there[same], back[same], rtol=1e-6)
    assert there["lowest_a_m"].to_numpy() == pytest.approx(back["lowest_b_m"].to_numpy(), abs=0.11)


def test_all_pairs_within_reach_and_no_other():
    places = _many()
    table = links.hops(places, _hills(), WET.model_copy(update={"hop": HopSettings(most_km=12)})).table
    xy = np.column_stack([places.geometry.x, places.geometry.y])
    far = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) / 1000
    truth = {(f"S{a}", f"S{b}") for a in range(25) for b in range(a + 1, 25) if far[a, b] <= 12}
    assert set(zip(table["a"], table["b"], strict=True)) == truth
    assert table.columns.tolist() == [c.name for c in links.COLUMNS]
    assert set(table["sight"]) <= set(links.SIGHTS)
    assert set(table["limit"]) <= set(links.LIMITS)


def test_profile_is_that_of_the_path_picture():
    """The hop's profile and the one that is drawn see the same hills."""
    ground, places = _hills(), _many(4)
    degrees = places.to_crs(4326)
    facts = zip(places["id"], degrees.geometry, places["height_m"], strict=True)
    ends = [between.End(name, point.y, point.x, height) for name, point, height in facts]
    drawn = between.profile(ground, ends[0], ends[1])
    row = links.hops(places, ground, WET, pairs=[("S0", "S1")]).table.iloc[0]
    ray = between.ray_m(drawn, ends[0], ends[1])
    top = drawn.height_m + drawn.clutter_m + between.bulge_m(drawn.distance_km, 6371 * 4 / 3)
    f1 = p530.fresnel_m(
        drawn.distance_km[1:-1], drawn.distance_km[-1] - drawn.distance_km[1:-1], row["band_ghz"]
    )
    assert row["clearance"] == pytest.approx(((ray - top)[1:-1] / f1).min(), rel=1e-3)


def test_margin_by_hand():
    """10 km at 18.7 GHz, 0.6 m, QPSK, 55 MHz: 24 + 2·38.80 − 2 − 137.89 − 1 dB of air, noise −90.6, 7 dB wanted."""
    band = next(b for b in BANDS if b.frequency_ghz == 18.7)
    margin = budget.margin_db(np.array([10.0]), band, 0.6, MODULATIONS[0], 0.1)
    assert margin == pytest.approx(24 + 77.60 - 2 - 137.89 - 1 + 90.60 - 7, abs=0.02)
    assert budget.rate_mbps(band, MODULATIONS[0]) == pytest.approx(90.2)


def test_tropical_rain_pushes_long_hops_to_low_bands():
    places = sites_at((10, 10), (60, 10), (310, 10), heights=[70.0] * 3)
    table = links.hops(places, land(), WET).table.set_index(["a", "b"])
    short, long = table.loc[("S0", "S1")], table.loc[("S0", "S2")]
    assert short["works"]
    assert long["works"]
    assert long["band_ghz"] < 13 <= short["band_ghz"]
    assert short["limit"] == "rain"


@settings(max_examples=20)
@given(st.floats(0.99, 0.99999), st.floats(10, 200))
@pytest.mark.slow
def test_more_rain_or_a_stricter_wish_never_gives_a_better_hop(availability, rain):
    places = sites_at((10, 10), (160, 10), heights=[60.0] * 2)
    mild = links.hops(
        places, land(), RadioSettings(rain_mm_per_h=rain), budget.Want(availability)
    ).table.iloc[0]
    hard = links.hops(
        places, land(), RadioSettings(rain_mm_per_h=rain * 1.4), budget.Want(availability)
    ).table.iloc[0]
    assert mild["works"] >= hard["works"]
    if hard["works"]:
        assert min(mild["rate_mbps"], 400) >= min(hard["rate_mbps"], 400)
        assert hard["availability_year"] >= availability - 1e-12
    assert mild["availability_worst_month"] <= mild["availability_year"] + 1e-12


def test_what_can_not_be_an_end_is_named():
    ground = land()
    ground.heights_m[40:60, 40:60] = np.nan
    places = sites_at((10, 10), (50, 50), (-20, 10), (200, 10), (200, 10.2), (90, 90))
    found = links.hops(places, ground, WET)
    assert [line.split(" (")[0] for line in found.left_out[:2]] == ["S1", "S2"]
    assert "void" in found.left_out[0]
    assert "outside" in found.left_out[1]
    assert found.left_out[2] == "S3 and S4 are at one place: no hop is needed."
    row = found.table.set_index(["a", "b"]).loc[("S0", "S5")]
    assert row[["sight", "limit", "works"]].tolist() == ["unknown", "no terrain", False]
    assert pd.isna(row["clearance"])


def test_odd_points_and_few_sites():
    places = sites_at((10, 10), (60, 10), (90, 10))
    places.loc[1, "geometry"] = None
    places.loc[2, "geometry"] = Polygon([(0, 0), (1, 0), (1, 1)])
    found = links.hops(places, land(), WET)
    assert len(found.table) == 0
    assert found.table.columns.tolist() == [c.name for c in links.COLUMNS]
    assert [line[:2] for line in found.left_out] == ["S1", "S2"]
    nobody = links.hops(places.iloc[:0], land(), WET)
    assert len(nobody.table) == 0


def test_the_projection_of_the_sites_does_not_matter():
    places = sites_at((10, 10), (60, 200), (310, 30))
    here = links.hops(places, _hills(), WET).table
    degrees = links.hops(places.to_crs(4326), _hills(), WET).table
    pd.testing.assert_frame_equal(here, degrees, rtol=1e-4, atol=1e-3)


def test_a_height_that_is_not_said_is_assumed_and_said():
    places = sites_at((10, 10), (60, 10), heights=[np.nan, 30.0])
    found = links.hops(places, land(), WET)
    assert any("1 site does not say" in line for line in found.assumptions)
    without = links.hops(places.drop(columns="height_m"), land(), WET)
    assert any("2 sites" in line for line in without.assumptions)


def test_hops_beyond_the_rain_method_say_so():
    far = WET.model_copy(update={"hop": HopSettings(most_km=100)})
    places = sites_at((0, 10), (499, 10), (499, 499))
    assert any("beyond" in line for line in links.hops(places, land(), far).assumptions)
    assert not any("beyond" in line for line in links.hops(places, land(), WET).assumptions)


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (-3.0, "S1: height_m is -3; expected 1 to 400 m above ground"),
        (500.0, "S1: height_m is 500; expected 1 to 400 m above ground"),
        (np.inf, "S1: height_m is inf; expected 1 to 400 m above ground"),
        ("tinggi", "S1: height_m is 'tinggi'; expected a number"),
        ("42 m", "S1: height_m is '42 m'; expected a number"),
    ],
)
@pytest.mark.slow
def test_a_height_that_can_not_be_is_named_and_the_other_hops_stay(cell, message):
    places = sites_at((10, 10), (60, 10), (110, 10), heights=[40.0, 40.0, 40.0])
    places["height_m"] = pd.Series([40.0, cell, 40.0], dtype=object)
    found = links.hops(places, land(), WET)
    assert found.left_out == [f"{message}; left out."]
    good = links.hops(places.iloc[[0, 2]].astype({"height_m": float}), land(), WET)
    pd.testing.assert_frame_equal(found.table, good.table)
    with pytest.raises(InputError, match=message):
        links.hops(places, land(), WET, pairs=[("S0", "S1")])
    assert len(links.hops(places, land(), WET, pairs=[("S0", "S2")]).table) == 1


def test_two_sites_of_one_id_can_not_be_told_apart_and_the_others_stay():
    places = sites_at((10, 10), (60, 10), (110, 10), (160, 10), ids=["A", "B", "A", "C"])
    found = links.hops(places, land(), WET)
    assert found.left_out == ["A: more than one site has this id; left out."] * 2
    assert list(zip(found.table["a"], found.table["b"], strict=True)) == [("B", "C")]
    with pytest.raises(InputError, match="A: more than one site has this id"):
        links.hops(places, land(), WET, pairs=[("A", "B")])


@pytest.mark.parametrize("cell", [None, pd.NA, np.nan, 0, 0.0, "", " ", "0"])
@pytest.mark.slow
def test_a_blank_height_is_a_blank_for_hops_and_for_coverage_alike(cell):
    places = sites_at((10, 10), (60, 10))
    places["height_m"] = pd.Series([cell, 30.0], dtype=object)
    said = sites_at((10, 10), (60, 10), heights=[WET.height_m, 30.0])
    found = links.hops(places, land(), WET)
    pd.testing.assert_frame_equal(found.table, links.hops(said, land(), WET).table)
    assert any("1 site does not say how high" in line for line in found.assumptions)
    made, told = transmitters(places, GRID, WET)
    assert [one.height_m for one in made] == [WET.height_m, 30.0]
    assert any("1 site that does not say is given" in line and "antenna height" in line for line in told)


def test_bad_wishes_are_named():
    places = sites_at((10, 10), (60, 10), (-50, 10))
    with pytest.raises(InputError, match="no such site"):
        links.hops(places, land(), WET, pairs=[("S0", "X")])
    with pytest.raises(InputError, match=r"S2 .*outside"):
        links.hops(places, land(), WET, pairs=[("S0", "S2")])
    with pytest.raises(InputError, match="projection"):
        links.hops(GeoDataFrame(places, crs=None).set_crs(None, allow_override=True), land(), WET)
    with pytest.raises(InputError, match="step_m is 0"):
        links.hops(places, land(), WET, step_m=0)
    with pytest.raises(InputError, match="availability is 1"):
        budget.Want(availability=1)
    with pytest.raises(InputError, match="heights of 90 to 72"):
        budget.Want(least_height_m=90)
    with pytest.raises(InputError, match="no band"):
        budget.Want(bands=())


@pytest.mark.slow
def test_real_hills(shared_data):
    """On the real tile, hops between summits are free more often than hops between valleys."""
    tile = shared_data / "terrain" / "S36E149.tif"
    if not tile.exists():
        pytest.skip(f"real terrain is not here: {tile}")
    with rasterio.open(tile) as source:
        heights = source.read(1)[:1200, :1200].astype(np.float32)
    grid = Grid("EPSG:32755", 600_000, 6_100_000, 30.0, heights.shape[1], heights.shape[0])
    ground = Ground(heights, np.zeros_like(heights), np.full(grid.shape, INLAND, np.uint8), grid)
    blocks = heights.reshape(12, 100, 12, 100).transpose(0, 2, 1, 3).reshape(144, -1)
    share = {}
    for name, pick in (("summits", np.argmax), ("valleys", np.argmin)):
        at = pick(blocks, axis=1)
        rows, columns = np.arange(144) // 12 * 100 + at // 100, np.arange(144) % 12 * 100 + at % 100
        x, y = grid.west_m + (columns + 0.5) * 30, grid.north_m - (rows + 0.5) * 30
        points = [Point(*place) for place in zip(x, y, strict=True)]
        places = GeoDataFrame({"id": range(144), "height_m": 30.0}, geometry=points, crs=grid.crs)
        table = links.hops(places, ground, WET.model_copy(update={"hop": HopSettings(most_km=20)})).table
        share[name] = (table["sight"] == "clear").mean()
    assert share["summits"] > 0.2
    assert share["summits"] > 3 * share["valleys"]
