"""The made-up land is a plausible river regency: heights, borders, villages on its banks, names of nothing real."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from merata.example.geography import make_places
from merata.example.people import make_people, share_out
from merata.example.surface import fine_terrain, fine_water
from merata.example.terrain import frame_for, make_land
from merata.example.ways import make_ways
from merata.example.words import FIBRE_OPERATOR, OPERATORS, Namer, is_real

SIZES = (20, 60)
AREA_KM2 = 117.0


@pytest.fixture(scope="module", params=SIZES)
def made(request):
    count = request.param
    land = make_land(AREA_KM2 * count, 200, seed=3)
    return count, land, make_places(land, count, seed=3)


def test_land_has_the_heights_of_a_river_regency(made):
    _, land, _ = made
    heights = fine_terrain(land, seed=3)
    factor = land.fine.width // land.frame.width
    inside = np.repeat(np.repeat(land.region, factor, axis=0), factor, axis=1)
    own = heights[inside]
    shares = [np.mean(own < top) for top in (7, 25, 100)]
    assert shares == pytest.approx([0.07, 0.38, 0.63], abs=0.015)
    assert own.min() >= 0
    assert 1000 < own.max() < 2000


def test_rivers_run_downhill(made):
    _, land, _ = made
    falls = []
    for line, height in zip(land.rivers.lines, land.rivers.heights, strict=True):
        assert (np.diff(height) <= 1e-9).all()
        ends = shapely.get_coordinates(line)[[0, -1]]
        above, below = land.height_m[land.frame.rowcol(ends)]
        falls.append(above - below)
    falls = np.array(falls)
    assert (falls[land.rivers.main] >= -1).all()
    assert (falls >= -1).mean() > 0.97  # a short reach may end beside a larger one's bend


def test_basins_grow_downstream(made):
    _, land, _ = made
    main = np.flatnonzero(land.rivers.main)
    by_start = {land.rivers.lines[k].coords[0]: k for k in main}
    for k in main:
        nxt = by_start.get(land.rivers.lines[k].coords[-1])
        if nxt is not None:
            assert land.rivers.basin_km2[nxt] >= land.rivers.basin_km2[k]


def test_there_are_lakes_rivers_and_sea(made):
    _, land, _ = made
    water = fine_water(land)
    assert land.lake.any()
    assert land.sea.any()
    assert water.sum() > (land.lake | land.sea).sum()


def test_area_and_number_of_villages(made):
    count, _, places = made
    geod = Geod(ellps="WGS84")
    area = sum(abs(geod.geometry_area_perimeter(g)[0]) for g in places.villages.geometry) / 1e6
    assert len(places.villages) == count
    assert area == pytest.approx(AREA_KM2 * count, rel=0.03)


def test_villages_are_a_valid_coverage(made):
    _, _, places = made
    shapes = places.villages.geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    assert places.villages.to_crs("EPSG:32750").area.min() > 1e6
    assert shapely.contains_xy(shapes, places.centres).all()


def test_districts_hang_together_and_are_about_equal(made):
    _, _, places = made
    districts = places.villages.dissolve("district")
    sizes = places.villages["district"].value_counts()
    assert sizes.max() <= 3 * sizes.min()
    for geometry in districts.geometry:
        parts = sorted(shapely.get_parts(geometry), key=lambda p: p.area)
        assert parts[-1].area > 0.97 * geometry.area  # the rest: islands


def test_most_villages_lie_on_a_bank(made):
    _, land, places = made
    assert (places.villages["river_km"] < 1).mean() >= 0.7
    nearest = shapely.STRtree(land.rivers.lines)
    _, distance = nearest.query_nearest(
        shapely.points(places.centres), return_distance=True, all_matches=False
    )
    assert np.mean(distance * 111.2 < 1.2) >= 0.6


def test_codes_are_those_of_no_province(made):
    _, _, places = made
    codes = places.villages["code"]
    assert codes.is_unique
    assert codes.str.fullmatch(r"99\.01\.\d\d\.[12]\d{3}").all()
    assert codes.is_monotonic_increasing
    kelurahan = places.villages["kind"] == "kelurahan"
    assert (codes.str[9] == "1").equals(kelurahan)


def test_some_villages_have_a_name_twice_and_some_districts_were_split(made):
    count, _, places = made
    villages = places.villages
    assert not villages.duplicated(["name", "district"]).any()
    if count >= 60:
        assert (villages["old_district"] != villages["district"]).any()


def test_people_add_up_and_three_quarters_live_in_villages(made):
    count, land, places = made
    people = make_people(land, places, make_ways(land, places, 3), 3)
    total = people.people["people"].sum()
    assert total == pytest.approx(700_000 / 230 * count, rel=0.02)
    rural = people.people.loc[(places.villages["kind"] == "desa").to_numpy(), "people"].sum()
    assert rural / total == pytest.approx(0.75, abs=0.01)
    by_village = people.settlements.groupby("village_code")["people"].sum()
    assert by_village.to_dict() == people.people.set_index("village_code")["people"].to_dict()


def test_every_settlement_and_facility_lies_in_its_village(made):
    _, land, places = made
    people = make_people(land, places, make_ways(land, places, 3), 3)
    shapes = gpd.GeoSeries(places.villages.geometry.to_numpy(), index=places.villages["code"])
    for table in (people.settlements, people.facilities):
        own = shapes.loc[table["village_code"]].to_numpy()
        assert shapely.covers(own, table.geometry.to_numpy()).all()
    offices = people.facilities[people.facilities["kind"] == "village office"]
    assert sorted(offices["village_code"]) == sorted(places.villages["code"])


def test_power_goes_where_roads_go_and_leaves_villages_out(made):
    _, land, places = made
    ways = make_ways(land, places, 3)
    assert 0.75 <= ways.grid.mean() <= 0.9
    assert not (ways.power & ~(ways.main | ways.local)).any()
    assert ways.grid[ways.edges[ways.power]].all()


@pytest.mark.parametrize("villages", [20, 230, 2000])
def test_the_frame_holds_the_region_and_steps_by_whole_arc_seconds(villages):
    frame, factor = frame_for(AREA_KM2 * villages, 100)
    assert frame.width * frame.height * frame.pixel_km**2 > 1.3 * AREA_KM2 * villages
    assert factor == 4
    assert frame.finer(factor).step * 3600 == pytest.approx(3)
    assert frame.west * 300 == pytest.approx(round(frame.west * 300))


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.lists(st.floats(0.01, 1e3), min_size=1, max_size=60))
def test_shares_add_up_and_are_within_one_of_exact(total, weights):
    shares = share_out(total, np.array(weights))
    exact = total * np.array(weights) / np.sum(weights)
    assert shares.sum() == total
    assert (np.abs(shares - exact) < 1.001).all()


@pytest.mark.slow
def test_no_name_is_that_of_a_real_village_or_district(shared_data):
    real = [gpd.read_file(shared_data / place / "villages.gpkg") for place in ("kukar", "kutai_timur")]
    taken = {str(n).lower() for table in real for n in (*table["name"], *table["district"])}
    land = make_land(AREA_KM2 * 230, 400, seed=1)
    places = make_places(land, 230, seed=1)
    ours = {n.lower() for n in (*places.villages["name"], *places.districts, places.river, places.regency)}
    assert not ours & taken


def test_names_hold_no_real_word_and_differ_by_more_than_a_clerks_slip():
    namer = Namer(np.random.default_rng(5))
    stems = [namer.stem() for _ in range(3000)]
    assert not any(is_real(stem) for stem in stems)
    folded = {s.lower().replace("'", "").replace("q", "k") for s in stems}
    assert len(folded) == len(stems)
    assert all(set(s.lower()) & set("vzfx") for s in stems)


@pytest.mark.parametrize("name", [*(o[0] for o in OPERATORS), FIBRE_OPERATOR])
def test_operators_are_no_real_companies_and_say_so(name):
    assert not is_real(name)
    assert name.endswith("Contoh")


@pytest.mark.parametrize("name", ["Muara Zavo", "Telkomsel", "Long Vexa", "Starlink Contoh"])
def test_real_words_are_known(name):
    assert is_real(name)
