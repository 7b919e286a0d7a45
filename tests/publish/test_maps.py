"""Maps: small, well-formed SVG whose villages fit together, whatever their outlines."""

import re
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from made_results import results

from merata.publish import map_works, maps, plan_tables
from merata.publish.report import report_files
from merata.publish.tables import villages


@pytest.fixture(scope="module")
def made():
    return results(60)


@pytest.fixture(scope="module")
def drawing(made):
    return maps.draw(villages(made), made.tables, "EPSG:32750")


def rings(path):
    """The rings of path data as written by maps: absolute start, relative steps."""
    for start, steps in re.findall(r"M(-?\d+ -?\d+)l([^z]*)z", path):
        numbers = [int(x) for x in re.findall(r"-?\d+", steps)]
        first = np.array([int(x) for x in start.split()])
        yield np.vstack([first, first + np.cumsum(np.array(numbers).reshape(-1, 2), axis=0)])


def test_every_village_is_drawn_inside_the_picture(made, drawing):
    assert set(drawing.outlines) == set(made.access.villages["code"])
    for path in drawing.outlines.values():
        for ring in rings(path):
            assert ring.min() >= 0
            assert ring[:, 0].max() <= maps.WIDTH
            assert ring[:, 1].max() <= drawing.height


def test_neighbours_keep_their_border(made, drawing):
    drawn = [shapely.Polygon(next(rings(path))).buffer(0) for path in drawing.outlines.values()]
    whole = shapely.union_all(drawn)
    overlap = sum(shape.area for shape in drawn) - whole.area
    assert overlap < 0.002 * whole.area
    unit = drawing.km * 1000 / maps.WIDTH
    true = shapely.union_all(made.access.villages.to_crs(32750).geometry.values).area / unit**2
    assert whole.area == pytest.approx(true, rel=0.01)


def test_north_is_up(made, drawing):
    middle = made.access.villages.geometry.representative_point()
    north = made.access.villages["code"].iloc[int(np.argmax(middle.y))]
    south = made.access.villages["code"].iloc[int(np.argmin(middle.y))]
    assert drawing.centres[north][1] < drawing.centres[south][1]


@pytest.mark.slow
def test_files_are_well_formed_and_say_what_they_show(made):
    found = report_files(made, villages(made))
    names = sorted(name for name in found if name.endswith(".svg"))
    assert names == ["map-now.svg", "map-plan.svg", "map-then.svg"]
    for name in names:
        root = ET.fromstring(found[name])
        space = {"s": "http://www.w3.org/2000/svg"}
        assert root.find("s:title", space).text
        assert root.find("s:desc", space).text
        assert root.get("role") == "img"
        assert len(found[name]) < 400_000


def test_names_do_not_run_into_each_other(drawing):
    spots = [(x, y) for x, y, _ in drawing.names]
    assert len(spots) == len(set(spots)) > 3
    assert all(0 < x < maps.WIDTH and 0 < y < drawing.height for x, y in spots)


def test_works_are_drawn_each_once_where_they_stand(made, drawing):
    works = plan_tables.paid_works(made.plan)
    drawn, signs = map_works.draw(works, drawing)
    counts = {sign.key: sign.count for sign in signs}
    assert counts["work_cable"] == (works["kind"] == "fibre").sum()
    # A tower, its cell and its satellite stand at one place: one sign.
    assert (counts["work_hop"], counts["work_repeater"], counts["work_tower"]) == (1, 1, 1)
    tower = works[works["kind"] == "new tower"].iloc[0]
    x, y = drawing.centres[tower["village_code"]]
    found = re.search(r'class="m-mast" d="M(\d+) (-?\d+)l14 14', drawn)
    assert (int(found[1]), int(found[2]) + 14) == (pytest.approx(x, abs=2), pytest.approx(y, abs=2))


def test_works_off_the_map_or_nowhere_are_not_drawn(made, drawing):
    works = plan_tables.paid_works(made.plan)
    nowhere = works.assign(lon=pd.NA, lat=pd.NA, to_lon=pd.NA, to_lat=pd.NA)
    assert map_works.draw(nowhere, drawing) == ("", [])
    assert map_works.draw(works.assign(lon=10.0, to_lon=10.0), drawing) == ("", [])
    assert map_works.draw(works.iloc[:0], drawing) == ("", [])


@pytest.mark.slow
def test_signs_of_works_are_in_the_plans_map_alone_with_their_legend(made):
    found = report_files(made, villages(made))
    for name, there in (("map-plan.svg", True), ("map-now.svg", False), ("map-then.svg", False)):
        assert ('class="m-mast" d="M22 2l12' in found[name]) == there, name
        assert ("menara atau sel 4G baru: 1" in found[name]) == there, name


def around(shapes, **more):
    frame = {"code": [f"c{n}" for n in range(len(shapes))], "district": ["D"] * len(shapes)}
    return gpd.GeoDataFrame({**frame, **more}, geometry=shapes, crs=4326)


def test_odd_outlines_are_drawn_all_the_same():
    bow = shapely.Polygon([(116, 0), (116.2, 0.2), (116.2, 0), (116, 0.2)])
    flat = shapely.Polygon([(116.5, 0, 7), (116.6, 0, 7), (116.6, 0.1, 7), (116.5, 0.1, 7)])
    many = shapely.MultiPolygon([shapely.box(116.3, 0, 116.4, 0.1), shapely.box(116.3, 0.2, 116.35, 0.25)])
    holed = shapely.box(116.7, 0, 116.9, 0.2).difference(shapely.box(116.75, 0.05, 116.8, 0.1))
    rows = around([bow, flat, many, holed, shapely.Point(116.05, 0.3), None, shapely.Polygon()])
    drawing = maps.draw(rows, {})
    assert set(drawing.outlines) == {"c0", "c1", "c2", "c3", "c4"}
    assert all(drawing.outlines.values())
    assert drawing.outlines["c3"].count("M") == 2


def test_nothing_to_draw_is_no_map():
    assert maps.draw(around([None, None]), {}) is None


@pytest.mark.slow
def test_a_thousand_roads_are_simplified_until_they_fit():
    random, start = np.random.default_rng(3), np.array([116.5, 0.0])
    lines = [
        shapely.LineString(np.cumsum(random.normal(0, 0.004, (60, 2)), axis=0) + start) for _ in range(1000)
    ]
    ways = gpd.GeoDataFrame({"kind": ["road"] * 1000}, geometry=lines, crs=4326)
    drawing = maps.draw(around([shapely.box(116, -0.5, 117, 0.5)]), {"ways": ways})
    assert 0 < len(drawing.roads) <= 30_000


@given(st.floats(0.01, 5000))
def test_the_scale_bar_is_a_round_length_that_fits(km):
    bar = maps._nice(km)
    assert 0.39 * km <= bar <= km * 1.001
    assert f"{bar:.0e}"[0] in "125"
