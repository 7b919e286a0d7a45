"""region.gpkg: layers that any reader opens, with a style for each that QGIS would read, the same bytes."""

import sqlite3
from dataclasses import replace
from xml.etree import ElementTree as ET

import geopandas as gpd
import pyogrio
import pytest
import shapely
from made_results import results

from merata.publish.geopackage import write_geopackage
from merata.publish.qml import Category, Style, fill, qml
from merata.publish.tables import villages


@pytest.fixture(scope="module")
def made():
    return results(25)


@pytest.fixture(scope="module")
def path(made, tmp_path_factory):
    path = tmp_path_factory.mktemp("layers") / "region.gpkg"
    write_geopackage(path, made, villages(made))
    return path


@pytest.fixture(scope="module")
def styles(path):
    with sqlite3.connect(path) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute("SELECT * FROM layer_styles ORDER BY id")]


def test_all_layers_are_there_and_read_back(made, path):
    names = {name for name, _ in pyogrio.list_layers(path)}
    assert names >= {
        "villages",
        "settlements",
        "facilities",
        "sites",
        "links",
        "ways",
        "plan_points",
        "plan_works",
        "plan_links",
    }
    read = gpd.read_file(path, layer="villages")
    assert list(read["code"]) == sorted(made.access.villages["code"])
    assert read.crs == "EPSG:4326"
    assert read["capex_idr"].sum() == made.plan.points["capex_idr"].sum() + made.plan.works["capex_idr"].sum()


def test_each_point_of_the_plan_lies_in_its_village(made, path):
    points = gpd.read_file(path, layer="plan_points")
    assert len(points) == len(made.plan.points)
    outline = made.access.villages.set_index("code").geometry
    assert all(
        outline[code].covers(place)
        for code, place in zip(points["village_code"], points.geometry, strict=True)
    )


def test_people_are_served_where_their_settlement_is(made, path):
    points = gpd.read_file(path, layer="plan_points")
    homes = made.access.settlements.set_index("id").geometry
    people = points[points["kind"] == "people"]
    assert len(people)
    assert all(homes[place].equals(at) for place, at in zip(people["place"], people.geometry, strict=True))


def test_works_that_cost_something_are_there_once_as_points_or_lines(made, path):
    works = made.plan.works
    paid = works[works["capex_idr"] + works["opex_idr_per_year"] > 0].set_index("id")
    at, between = (gpd.read_file(path, layer=name) for name in ("plan_works", "plan_links"))
    assert sorted([*at["id"], *between["id"]]) == sorted(paid.index)
    assert set(at["kind"]) == {"cell", "new tower", "repeater", "satellite"}
    assert set(between["kind"]) == {"fibre", "microwave"}
    for row in between.itertuples():
        (x, y), (to_x, to_y) = row.geometry.coords
        assert (x, y, to_x, to_y) == pytest.approx(
            tuple(paid.loc[row.id, ["lon", "lat", "to_lon", "to_lat"]])
        )


def test_every_layer_has_one_default_style_and_villages_a_second(path, styles):
    default = [style["f_table_name"] for style in styles if style["useAsDefault"]]
    layers = [name for name, kind in pyogrio.list_layers(path) if kind]
    assert sorted(default) == sorted(layers)
    assert sorted(s["useAsDefault"] for s in styles if s["f_table_name"] == "villages") == [0, 1]


def test_styles_are_found_where_qgis_looks(path, styles):
    with sqlite3.connect(path) as connection:
        columns = dict(connection.execute("SELECT table_name, column_name FROM gpkg_geometry_columns"))
        kind = connection.execute(
            "SELECT data_type FROM gpkg_contents WHERE table_name = 'layer_styles'"
        ).fetchone()
    assert kind == ("attributes",)
    for style in styles:
        assert (style["f_table_catalog"], style["f_table_schema"]) == ("", "")
        assert style["f_geometry_column"] == columns[style["f_table_name"]]
        assert len(style["styleName"]) <= 30
        assert style["description"]


def test_styles_are_whole(path, styles):
    geometry = {"fill": "Polygon", "line": "Line", "marker": "Point"}
    for style in styles:
        root = ET.fromstring(style["styleQML"])
        renderer = root.find("renderer-v2")
        symbols = {symbol.get("name"): symbol for symbol in renderer.find("symbols")}
        attr = renderer.get("attr")
        fields = pyogrio.read_info(path, layer=style["f_table_name"])
        assert attr is None or attr in fields["fields"]
        for category in renderer.iter("category"):
            assert category.get("symbol") in symbols
            assert category.get("label")
        for symbol in symbols.values():
            assert geometry[symbol.get("type")] in fields["geometry_type"]
            for layer in symbol.findall("layer"):
                assert {option.get("type") for option in layer.find("Option")} == {"QString"}
        label = root.find("labeling/settings/text-style")
        assert label is None or label.get("fieldName") in fields["fields"]


def test_every_value_in_the_layer_has_a_class(path, styles):
    for style in styles:
        root = ET.fromstring(style["styleQML"])
        attr = root.find("renderer-v2").get("attr")
        if attr:
            values = {category.get("value") for category in root.iter("category")}
            there = gpd.read_file(path, layer=style["f_table_name"], ignore_geometry=True)[attr]
            kinds = {str(int(v)) if isinstance(v, float) else str(v) for v in there.dropna()}
            assert kinds <= values, style["styleName"]
            assert "" in values or there.notna().all()


def test_what_was_given_is_escaped_in_a_style():
    style = Style("s", "a", "fill", "name", [Category('<&">', "<script>", fill("#112233"))])
    assert ET.fromstring(qml(style)).find(".//category").get("value") == '<&">'


def test_a_layer_without_rows_is_left_out(made, tmp_path):
    bare = replace(
        made,
        tables={},
        plan=replace(made.plan, points=made.plan.points.iloc[:0], works=made.plan.works.iloc[:0]),
    )
    write_geopackage(tmp_path / "region.gpkg", bare, villages(bare))
    names = {name for name, kind in pyogrio.list_layers(tmp_path / "region.gpkg") if kind}
    assert names == {"villages", "settlements", "facilities"}


@pytest.mark.slow
def test_the_same_results_give_the_same_bytes(made, path, tmp_path):
    write_geopackage(tmp_path / "region.gpkg", made, villages(made))
    assert (tmp_path / "region.gpkg").read_bytes() == path.read_bytes()
    assert [file.name for file in tmp_path.iterdir()] == ["region.gpkg"]


def test_single_and_multi_parts_share_one_layer_of_one_type(made, tmp_path):
    outlines = made.access.villages.geometry.copy()
    outlines.iloc[0] = shapely.MultiPolygon([outlines.iloc[0]])
    mixed = replace(made, access=replace(made.access, villages=made.access.villages.set_geometry(outlines)))
    write_geopackage(tmp_path / "region.gpkg", mixed, villages(mixed))
    assert pyogrio.read_info(tmp_path / "region.gpkg", layer="villages")["geometry_type"] == "MultiPolygon"
