"""What an operator sent beside what is known: the same found, differing and missing rows told, each once."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from merata.region import claims, store, submitted
from merata.region.records import Source
from merata.region.tables import TABLES

WGS84 = Geod(ellps="WGS84")
EMPTY = {name: store.empty(TABLES[name]) for name in ("sites", "links", "prices", "claims")}


def sites(*rows, source="known.csv"):
    """(operator, lon, lat, height, technologies) as the table of sites."""
    facts = [
        {"id": f"{source}:{n}", "name": f"T{n}", "operator": operator, "height_m": height, "technologies": tech,
         "source": source, "source_row": n, "known_by": "reported"}
        for n, (operator, _, _, height, tech) in enumerate(rows, 2)
    ]  # fmt: skip
    places = [shapely.Point(lon, lat) for _, lon, lat, _, _ in rows]
    return store.shaped(gpd.GeoDataFrame(facts, geometry=places, crs=4326), TABLES["sites"])


def told(theirs, known, places=None, table="sites"):
    return submitted.compare(EMPTY | {table: theirs}, EMPTY | {table: known}, places)


def test_each_kind_of_difference_between_towers_is_told_with_both_sides():
    known = sites(("A", 117.0, -0.5, 40, "2G 4G"), ("B", 117.1, -0.5, 30, "4G"), ("A", 117.2, -0.5, 30, "4G"))
    theirs = sites(
        ("a ", 117.0005, -0.5, 55, "GSM"), ("A", 117.1, -0.5003, 30, "4G"), ("A", 117.3, -0.5, 72, "5G"),
        source="theirs.csv",
    )  # fmt: skip
    found = {(one.kind, one.row, one.theirs, one.known, one.known_from) for one in told(theirs, known)}
    assert found == {
        ("technologies", 2, "2G", "2G 4G", "known.csv"),
        ("height", 2, "55 m", "40 m", "known.csv"),
        ("operator", 3, "A", "B", "known.csv"),
        ("new site", 4, "A, 5G, 72 m", "", ""),
        ("not in theirs", 0, "", "A, 4G, 30 m", "known.csv"),
    }


def test_a_list_held_against_itself_differs_in_nothing():
    known = sites(("A", 117.0, -0.5, 40, "4G"), ("A", 117.0, -0.5, 20, "2G"), ("", 117.1, -0.5, None, None))
    assert told(known.assign(source="theirs.csv"), known) == []


@settings(max_examples=60)
@given(st.floats(0, 359), st.floats(1, 900), st.floats(-3, 3))
def test_how_far_apart_is_that_of_the_ellipsoid_and_decides(azimuth, metres, latitude):
    lon, lat, _ = WGS84.fwd(117.0, latitude, azimuth, metres)
    found = told(sites(("A", lon, lat, 60, "4G"), source="t.csv"), sites(("A", 117.0, latitude, 40, "4G")))
    if metres < submitted.NEAR_M * 0.99:
        [height] = found
        assert height.kind == "height"
        assert height.metres == pytest.approx(metres, rel=0.01, abs=0.1)
    elif metres > submitted.NEAR_M * 1.01:
        assert {one.kind for one in found} == {"new site", "not in theirs"}


def links(*lines, source="known.gpkg", **more):
    rows = [
        {"id": f"{source}:{n}", "name": f"R{n}", "kind": "fibre", "source": source, "source_row": n,
         "known_by": "reported", **more}
        for n in range(1, len(lines) + 1)
    ]  # fmt: skip
    return store.shaped(gpd.GeoDataFrame(rows, geometry=list(lines), crs=4326), TABLES["links"])


def test_cable_along_known_cable_is_known_and_the_rest_is_new():
    known = links(shapely.LineString([(117, 0), (117.1, 0)]))
    same = shapely.LineString([(117, 0.0002), (117.1, 0.0002)])
    half = shapely.LineString([(117.05, 0), (117.15, 0)])
    away = shapely.LineString([(117, 0.2), (117.1, 0.2)])
    found = told(links(same, half, away, source="t.gpkg", status="planned"), known, table="links")
    assert [(one.kind, one.row) for one in found] == [
        ("status", 1),
        ("partly new route", 2),
        ("new route", 3),
    ]
    length_km = WGS84.geometry_length(half) / 1000
    assert float(found[1].theirs.split()[0]) == pytest.approx(length_km, rel=0.02)
    assert float(found[1].known.split()[0]) == pytest.approx(length_km / 2, rel=0.05)


@pytest.mark.parametrize(("low", "high", "differs"), [(6_000_000, 9_000_000, False), (70_000, 80_000, True)])
def test_a_price_that_does_not_touch_what_is_reckoned_with_is_told(low, high, differs):
    row = {
        "component": "leo_terminal",
        "item": "Terminal",
        "low_idr": low,
        "high_idr": high,
        "source": "t.csv",
    }
    prices = store.shaped(pd.DataFrame([row | {"source_row": 2, "known_by": "reported"}]), TABLES["prices"])
    assert [one.kind for one in told(prices, EMPTY["prices"], table="prices")] == ["price"] * differs


def test_a_claim_over_people_who_have_nothing_is_told_by_village_and_how_that_is_known(tmp_path):
    path = tmp_path / "coverage.geojson"
    area = gpd.GeoDataFrame(
        {"Penyedia": ["A"], "Jaringan": ["4G"]}, geometry=[shapely.box(117, -1, 118, 0)], crs=4326
    )
    area.to_file(path)
    read = claims.read(Source(path.name, path, "2026-01-01")).tables["claims"]
    assert read[["operator", "technology"]].to_numpy().tolist() == [["A", "4G"]]
    assert not store.faults(read, TABLES["claims"])
    places = gpd.GeoDataFrame(
        {
            "village": ["Ampar", "Ampar", "Buluh", "Cemara", "Damar"],
            "people": [10.0, 20.0, 5.0, 7.0, 9.0],
            "access_now": ["none", "none", "none", "basic", "none"],
            "known_by": ["modelled", "modelled", "measured", "measured", "measured"],
        },
        geometry=[shapely.Point(117 + n / 10, -0.5 if n < 4 else 0.5) for n in range(5)],
        crs=4326,
    )
    found = told(read, EMPTY["claims"], places, table="claims")
    assert [(one.kind, one.name, one.theirs, one.known) for one in found] == [
        ("claims against measurement", "Buluh", "A 4G", "5"),
        ("claims against model", "Ampar", "A 4G", "30"),
    ]
    assert told(read, EMPTY["claims"], None, table="claims") == []
