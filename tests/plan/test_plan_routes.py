"""Where new fibre can be laid: lengths against the ellipsoid, ways as people draw them, and what is not known."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_ways import CRS, away_km, ends, fibre, line, multi, table, true_km, ways
from shapely.geometry import LineString, Point

from merata.plan import technology as tech
from merata.plan.routes import LINK_COLUMNS, NODE_COLUMNS, routes

ROAD = ways(line((0, 0), (10, 0)))


def made(given_ends, lines=None, cables=None):
    tables = {name: t for name, t in (("ways", lines), ("links", cables)) if t is not None}
    return routes(given_ends, tables, CRS)


def km_between(given_ends, a, b, lines=None, cables=None):
    return away_km(made(given_ends, lines, cables), given_ends, a).get(b, np.inf)


def test_a_place_on_the_road_is_as_far_as_the_road_is_long():
    two = ends({"pop": (0, 0), "office": (8, 0)}, roots=["pop"])
    found = made(two, ROAD)
    (link,) = found.links.to_dict("records")
    assert {link["a"], link["b"]} == {"pop", "office"}
    assert link["kind"] == "fibre"
    assert link["known_by"] == "modelled"
    assert link["mbps"] == np.inf
    assert link["length_km"] == pytest.approx(true_km((0, 0), (8, 0)), abs=0.001)
    assert link["items"] == {"fibre_km": link["length_km"]}
    assert link["detail_en"] == "8.0 km of new cable along a road"
    assert link["detail_id"] == "8,0 km kabel baru di tepi jalan"
    assert found.nodes.empty
    assert list(found.nodes) == list(NODE_COLUMNS)
    assert list(found.links) == list(LINK_COLUMNS)


def test_a_bent_way_has_its_true_length_on_the_ellipsoid():
    bends = [(0, 0), (3, 4), (9, 4), (9, 30)]
    two = ends({"pop": (0, 0), "office": (9, 30)}, roots=["pop"])
    assert km_between(two, "pop", "office", ways(line(*bends))) == pytest.approx(true_km(*bends), abs=0.002)


def test_a_projection_that_stretches_does_not_stretch_the_cable():
    two = gpd.GeoSeries([Point(0, 60), Point(1, 60)], crs=4326).to_crs(3857)
    given_ends = pd.DataFrame({"node": ["pop", "office"], "x_m": two.x, "y_m": two.y, "root": [True, False]})
    lines = gpd.GeoDataFrame(
        {"id": ["a"], "kind": ["road"], "known_by": ["reported"]},
        geometry=[LineString([(0, 60), (0.5, 60), (1, 60)])],
        crs=4326,
    )
    found = routes(given_ends, {"ways": lines}, "EPSG:3857")
    # 111.32 km on the web map's sphere at the equator, half of that at 60° north.
    assert found.links["length_km"].sum() == pytest.approx(55.8, abs=0.1)


def test_a_place_off_the_road_needs_more_cable_than_the_straight_line():
    two = ends({"pop": (0, 0), "office": (8, 2)}, roots=["pop"])
    straight = tech.ROAD_FACTOR * true_km((8, 0), (8, 2))
    found = made(two, ROAD)
    assert found.links["length_km"].sum() == pytest.approx(true_km((0, 0), (8, 0)) + straight, abs=0.002)
    assert found.links["known_by"].tolist() == ["assumed"]
    assert found.links["detail_en"].tolist() == [
        "10.6 km of new cable: 8.0 km along a road, 2.6 km where no way is known"
    ]


def test_at_the_door_no_cable_is_needed():
    near = ends({"pop": (0, 0), "office": (8, tech.FIBRE_AT_THE_DOOR_KM * 0.9)}, roots=["pop"])
    assert km_between(near, "pop", "office", ROAD) == pytest.approx(true_km((0, 0), (8, 0)), abs=0.001)


def test_ways_are_cut_where_they_cross_and_forks_are_shared():
    lines = ways(line((0, 0), (10, 0)), line((5, -5), (5, 5)), kind=["road", "river"])
    three = ends({"pop": (0, 0), "a": (5, 4), "b": (5, -4)}, roots=["pop"])
    found = made(three, lines)
    assert found.nodes["kind"].tolist() == ["junction"]
    assert sorted(found.links["length_km"].round(1)) == [4.0, 4.0, 5.0]
    assert not found.nodes["root"].any()


def test_a_way_that_crosses_itself_has_a_short_cut():
    loop = line((0, 0), (10, 0), (10, 5), (5, 5), (5, -5))
    two = ends({"pop": (0, 0), "office": (5, -5)}, roots=["pop"])
    assert km_between(two, "pop", "office", ways(loop)) == pytest.approx(
        true_km((0, 0), (5, 0), (5, -5)), abs=0.002
    )


def test_lines_drawn_twice_heights_and_parts_change_nothing():
    two = ends({"pop": (0, 0), "office": (8, 0)}, roots=["pop"])
    plain = made(two, ROAD)
    for lines in (
        ways(line((0, 0), (10, 0)), line((0, 0), (10, 0))),
        ways(line((10, 0), (0, 0))),
        ways(line((0, 0), (10, 0), z=True)),
        ways(multi(line((0, 0), (4, 0)), line((4, 0), (10, 0)))),
        ways(line((0, 0), (6, 0)), line((3, 0), (10, 0))),
    ):
        assert made(two, lines).links["length_km"].sum() == pytest.approx(
            plain.links["length_km"].sum(), abs=0.002
        )


def test_rows_that_are_no_line_are_left_out():
    odd = table(
        [
            line((0, 0), (10, 0)),
            None,
            LineString(),
            Point(*line((1, 1), (2, 2)).coords[0]),
            line((2, 0), (2, 0)),
        ],
        kind=["road", "road", "river", "road", "road"],
    )
    two = ends({"pop": (0, 0), "office": (8, 0)}, roots=["pop"])
    assert made(two, odd).links["length_km"].round(2).tolist() == [8.0]


def test_an_end_that_nearly_meets_a_way_meets_it():
    gap = ways(line((0, 0), (10, 0)), line((5, 0.02), (5, 5)))
    two = ends({"pop": (0, 0), "office": (5, 5)}, roots=["pop"])
    found = made(two, gap)
    assert found.links["detail_en"].tolist() == ["10.0 km of new cable along a road"]
    assert found.links["length_km"].sum() == pytest.approx(10, abs=0.01)


def test_parts_that_no_way_joins_are_joined_by_the_shortest_straight_line():
    apart = ways(line((0, 0), (10, 0)), line((5, 2), (5, 5)))
    two = ends({"pop": (0, 0), "office": (5, 5)}, roots=["pop"])
    shortest = true_km((0, 0), (5, 0)) + tech.ROAD_FACTOR * true_km((5, 0), (5, 2)) + true_km((5, 2), (5, 5))
    # A straight line meets a road at one of its vertices, which are half a kilometre apart at most.
    assert km_between(two, "pop", "office", apart) == pytest.approx(shortest, abs=0.25)


def test_fibre_that_is_there_costs_nothing_and_is_a_root():
    cable = fibre(line((4, 0), (4, 30)), capacity=[2000])
    one = ends({"office": (8, 0)})
    found = made(one, ROAD, cable)
    assert found.links["length_km"].round(2).tolist() == [4.0]
    (spot,) = found.nodes.to_dict("records")
    assert spot["kind"] == "fibre"
    assert spot["root"]
    assert spot["mbps"] == 2000
    assert spot["detail_en"] == "on the fibre F0"
    assert spot["items"] == {}


def test_planned_fibre_is_none_and_a_blank_status_is():
    one = ends({"office": (8, 0)})
    planned = made(one, ROAD, fibre(line((4, 0), (4, 30)), status=["planned"]))
    assert planned.links.empty
    assert any("nowhere to begin" in said for said in planned.assumptions)
    assert len(made(one, ROAD, fibre(line((4, 0), (4, 30)), status=["operational"])).links) == 1


def test_fibre_beside_the_road_is_reached_without_walking_to_a_crossing():
    one = ends({"office": (5, 0)})
    along = fibre(line((0, 0.2), (10, 0.2)))
    assert made(one, ROAD, along).links["length_km"].tolist() == pytest.approx(
        [tech.ROAD_FACTOR * 0.2], abs=0.002
    )


def test_a_place_on_fibre_is_joined_for_nothing():
    found = made(ends({"office": (5, 0.05)}), None, fibre(line((0, 0), (10, 0))))
    assert found.links["kind"].tolist() == ["join"]
    assert found.links["items"].tolist() == [{}]


def test_without_ways_cable_goes_from_neighbour_to_neighbour():
    places = {"pop": (0, 0), "a": (5, 0), "b": (10, 0.1), "c": (15, 0)}
    row = ends(places, roots=["pop"])
    found = made(row)
    assert any("No road, river or power line is known" in said for said in found.assumptions)
    assert away_km(found, row, "pop")["c"] == pytest.approx(
        tech.ROAD_FACTOR * true_km((0, 0), (15, 0)), abs=0.02
    )
    assert set(found.links["known_by"]) == {"assumed"}


def test_beyond_the_longest_stretch_nothing_is_thought_of():
    far = ends({"pop": (0, 0), "office": (tech.LONGEST_FIBRE_KM / tech.ROAD_FACTOR + 1, 0)}, roots=["pop"])
    found = made(far)
    assert found.links.empty
    assert any(said.startswith("1 place or tower would") for said in found.assumptions)


def test_nothing_at_all_is_no_trouble():
    found = made(ends({}))
    assert found.nodes.empty
    assert found.links.empty
    one = made(ends({"pop": (0, 0)}, roots=["pop"]))
    assert one.nodes.empty
    assert one.links.empty


def test_places_at_one_spot_and_in_one_line_are_joined():
    same = ends({"pop": (0, 0), "a": (5, 5), "b": (5, 5), "c": (5, 5)}, roots=["pop"])
    away = away_km(made(same), same, "pop")
    straight = tech.ROAD_FACTOR * true_km((0, 0), (5, 5))
    assert away == pytest.approx({"pop": 0, "a": straight, "b": straight, "c": straight}, abs=0.002)


def test_a_place_nowhere_is_an_error():
    lost = ends({"office": (0, 0)}).assign(x_m=np.nan)
    with pytest.raises(ValueError, match="no position"):
        made(lost)


def test_the_order_of_rows_changes_nothing():
    lines = ways(line((0, 0), (10, 0)), line((5, -5), (5, 5)), line((2, -3), (2, 3), (7, 3)))
    places = ends({"pop": (0, 0), "a": (5, 4), "b": (5, -4), "c": (2.5, 2.8), "d": (9, 1)}, roots=["pop"])
    one, other = made(places, lines), made(places[::-1], lines[::-1])
    pd.testing.assert_frame_equal(one.links, other.links)
    pd.testing.assert_frame_equal(one.nodes, other.nodes)


_KM = st.integers(0, 8).map(float)
_POINT = st.tuples(_KM, _KM)


@settings(max_examples=40)
@given(
    st.lists(st.lists(_POINT, min_size=2, max_size=4), max_size=6),
    st.lists(_POINT, min_size=1, max_size=5),
    st.lists(st.lists(_POINT, min_size=2, max_size=3), max_size=2),
)
def test_every_place_is_joined_and_none_nearer_than_it_is(roads, places, cables):
    lines = ways(*(line(*road) for road in roads)) if roads else None
    there = fibre(*(line(*cable) for cable in cables)) if cables else None
    given_ends = ends({"pop": (4.5, 4.5), **{f"p{n}": p for n, p in enumerate(places)}}, roots=["pop"])
    found = made(given_ends, lines, there)
    roots = ["pop", *found.nodes["node"][found.nodes["root"]]]
    away = [away_km(found, given_ends, root) for root in roots]
    for n, place in enumerate(places):
        km = min(from_root.get(f"p{n}", np.inf) for from_root in away)
        nearest = min([LineString([(4.5, 4.5)] * 2).distance(Point(place)), *_to_cables(place, cables)])
        assert np.isfinite(km)
        assert km >= nearest * 0.995 - 2 * tech.FIBRE_AT_THE_DOOR_KM * (len(places) + 1)
    known = set(given_ends["node"]) | set(found.nodes["node"])
    assert set(found.links["a"]) | set(found.links["b"]) <= known
    assert found.links["link"].is_unique
    assert found.nodes["node"].is_unique
    assert (found.links["a"] != found.links["b"]).all()


def _to_cables(place, cables):
    return [LineString(cable).distance(Point(place)) for cable in cables]
