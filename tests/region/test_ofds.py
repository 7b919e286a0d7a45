"""Open Fibre Data Standard: spans and nodes come in from a package and from GeoJSON alike."""

import json
from pathlib import Path

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from within import processor_seconds

from merata.errors import FileError
from merata.region import ofds
from merata.region.records import Source

BORDER = shapely.box(116.0, -1.0, 117.0, 1.0)


def node(id_="1", lon=116.1, lat=0.1, **more):
    return {"id": id_, "name": f"Node {id_}", "status": "operational", "type": ["pop"],
            "location": {"type": "Point", "coordinates": [lon, lat]}} | more  # fmt: skip


def span(id_="1", start="1", end="2", route=((116.1, 0.1), (116.3, 0.2)), **more):
    shape = {"type": "LineString", "coordinates": [list(place) for place in route]} if route else None
    return {"id": id_, "name": f"Span {id_}", "status": "operational", "start": start, "end": end, "route": shape,
            "transmissionMedium": ["fibre"]} | more  # fmt: skip


def package(nodes, spans, **network):
    return {"networks": [{"id": "a096", "name": "Jaringan", "nodes": nodes, "spans": spans} | network]}


def read(tmp_path: Path, content, border=BORDER, name="network.json"):
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return ofds.read(Source(name, path, "2025-04-01"), border)


def test_a_package_gives_links_and_sites(tmp_path):
    owner, provider = {"id": "O1", "name": "FibreCo"}, {"id": "P1", "name": "FastWeb"}
    content = package(
        [
            node("1", physicalInfrastructureProvider=owner),
            node("2", 116.3, 0.2, networkProviders=[provider], power=False),
        ],
        [span(capacity=4.976, physicalInfrastructureProvider=owner, networkProviders=[provider])],
        collectionDate="2021-09-30",
    )
    tables = read(tmp_path, content).tables
    link = tables["links"].iloc[0]
    assert link[["id", "kind", "name", "operator", "status"]].tolist() == [
        "ofds/a096/span/1", "fibre", "Span 1", "FibreCo", "operational",
    ]  # fmt: skip
    assert link["capacity_mbps"] == pytest.approx(4976)
    assert link[["source_date", "known_by"]].tolist() == ["2021-09-30", "reported"]
    assert link.geometry.equals(shapely.LineString([(116.1, 0.1), (116.3, 0.2)]))
    sites = tables["sites"]
    assert sites[["id", "kind", "operator"]].values.tolist() == [
        ["ofds/a096/node/1", "point of presence", "FibreCo"],
        ["ofds/a096/node/2", "point of presence", "FastWeb"],
    ]
    assert sites["power"].fillna("?").tolist() == ["?", "none"]


def test_the_geojson_made_of_a_package_says_the_same(tmp_path):
    spans = [span(capacity=10, physicalInfrastructureProvider={"id": "O1", "name": "FibreCo"})]
    nodes = [node("1"), node("2", 116.3, 0.2)]
    expected = read(tmp_path, package(nodes, spans)).tables

    def feature(said, shape, kind):
        return {
            "type": "Feature",
            "geometry": said.pop(shape),
            "properties": said | {"featureType": kind, "network": {"id": "a096"}},
        }

    both = [feature(dict(s), "route", "span") for s in spans] + [
        feature(dict(n), "location", "node") for n in nodes
    ]
    found = read(tmp_path, {"type": "FeatureCollection", "features": both}).tables
    for name in ("links", "sites"):
        assert found[name].equals(expected[name])


@pytest.mark.parametrize(
    ("status", "expected"),
    [("operational", "operational"), ("underConstruction", "planned"), ("planned", "planned"), ("proposed", "planned"),
     ("decommissioned", None), ("inactive", None), (None, "")],
)  # fmt: skip
def test_status_of_a_span(tmp_path, status, expected):
    understood = read(tmp_path, package([], [span(status=status)]))
    if expected is None:
        assert "links" not in understood.tables
        assert any("inactive or decommissioned" in f.what for f in understood.findings)
    else:
        assert understood.tables["links"]["status"].fillna("").tolist() == [expected]


@pytest.mark.parametrize(
    ("media", "kind"),
    [
        (["fibre"], "fibre"),
        (["microwave"], "microwave"),
        (["copper", "fibre"], "fibre"),
        (None, "fibre"),
        (["copper"], None),
        (["coaxial"], None),
    ],
)
def test_medium_of_a_span(tmp_path, media, kind):
    tables = read(tmp_path, package([], [span(transmissionMedium=media)])).tables
    assert (tables["links"]["kind"].tolist() if kind else tables) == ([kind] if kind else {})


@pytest.mark.parametrize(
    ("types", "access", "kind"),
    [(["pop"], None, "point of presence"), (["tower"], None, "tower"), (["repeaterSite"], None, "repeater"),
     (["tower", "pop"], None, "point of presence"), ("pop", None, "point of presence"),
     (["borderCrossing"], None, None), (None, None, None), (None, True, "point of presence")],
)  # fmt: skip
def test_kind_of_a_node(tmp_path, types, access, kind):
    tables = read(tmp_path, package([node(type=types, accessPoint=access)], [span()])).tables
    assert (tables["sites"]["kind"].tolist() if "sites" in tables else None) == ([kind] if kind else None)


def test_a_planned_node_is_no_site_yet(tmp_path):
    understood = read(tmp_path, package([node(status="planned")], [span()]))
    assert "sites" not in understood.tables
    assert "1 node planned or under construction." in [f.what for f in understood.findings]


def test_a_span_without_a_route_is_drawn_straight_and_told(tmp_path):
    content = package([node("1"), node("2", 116.3, 0.2)], [span(route=None), span("2", "1", "9", route=None)])
    understood = read(tmp_path, content)
    links = understood.tables["links"]
    assert links.geometry.iloc[0].equals(shapely.LineString([(116.1, 0.1), (116.3, 0.2)]))
    assert {f.severity: f.what for f in understood.findings if f.severity != "note"} == {
        "repaired": "1 span without a route.",
        "error": "1 span or node without possible coordinates.",
    }


def test_providers_are_looked_up_by_their_id(tmp_path):
    content = package(
        [],
        [span(physicalInfrastructureProvider={"id": "O1"})],
        organisations=[{"id": "O1", "name": "FibreCo"}],
    )
    assert read(tmp_path, content).tables["links"]["operator"].tolist() == ["FibreCo"]


def test_only_what_touches_the_region_comes_in(tmp_path):
    far = ((110.0, -7.0), (111.0, -7.0))
    through = ((115.0, 0.0), (118.0, 0.0))
    understood = read(tmp_path, package([node(lon=110)], [span("1", route=far), span("2", route=through)]))
    assert understood.tables["links"]["id"].tolist() == ["ofds/a096/span/2"]
    assert understood.tables["links"].geometry.iloc[0].length == pytest.approx(3)
    nothing = read(tmp_path, package([node(lon=110)], [span(route=far)]))
    assert nothing.tables == {}
    assert nothing.findings[-1].severity == "error"
    assert len(read(tmp_path, package([node(lon=110)], [span(route=far)]), border=None).tables) == 2


places = st.tuples(st.floats(116, 117), st.floats(-1, 1))


@settings(max_examples=40)
@given(st.lists(st.lists(places, min_size=2, max_size=6), min_size=1, max_size=6), st.floats(0.001, 1000))
def test_every_route_comes_back_as_it_was(tmp_path_factory, routes, capacity):
    spans = [span(str(n), route=route, capacity=capacity) for n, route in enumerate(routes)]
    links = read(tmp_path_factory.mktemp("ofds"), package([], spans)).tables["links"]
    assert sorted(map(list, (shapely.get_coordinates(g).tolist() for g in links.geometry))) == sorted(
        [list(place) for place in route] for route in routes
    )
    assert links["capacity_mbps"].tolist() == pytest.approx([capacity * 1000] * len(routes))


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers(-200, 200),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(
        st.sampled_from(["id", "type", "coordinates", "location", "route", "status", "start", "end", "power",
                         "capacity", "networkProviders", "physicalInfrastructureProvider", "transmissionMedium",
                         "name"]),
        inner, max_size=5,
    ),
    max_leaves=20,
)  # fmt: skip


@pytest.mark.slow
@settings(max_examples=60)
@given(st.lists(anything, max_size=3), st.lists(anything, max_size=3), st.booleans())
def test_nothing_odd_in_a_file_stops_the_reader(tmp_path_factory, nodes, spans, as_features):
    content = {"features": [*nodes, *spans]} if as_features else package(nodes, spans)
    assert read(tmp_path_factory.mktemp("odd"), content).findings  # whatever is in it, something is said


@pytest.mark.parametrize(
    ("content", "mine"),
    [
        (package([node()], [span()]), True),
        (
            {
                "type": "FeatureCollection",
                "features": [{"type": "Feature", "properties": {"featureType": "span"}}],
            },
            True,
        ),
        (
            {
                "type": "FeatureCollection",
                "features": [{"type": "Feature", "properties": {"desa": "Tabang"}}],
            },
            False,
        ),
        ({"networks": "no"}, False),
        ([1, 2], False),
        ("", False),
        ("\x00\x01", False),
        ("\ufeff" + json.dumps(package([node()], [])), True),
    ],
)
def test_recognises_its_own(tmp_path, content, mine):
    path = tmp_path / "x.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content, indent=2), encoding="utf-8")
    assert ofds.recognises(path, "x.json") is mine


@pytest.mark.parametrize("content", ["", "{", '{"networks": [{"id"', "[1]", '{"a":' * 100_000, '"text"'])
def test_broken_json_is_refused(tmp_path, content):
    with pytest.raises(FileError, match=r"network.json"):
        read(tmp_path, content)


def test_a_giant_is_refused_at_once(tmp_path):
    path = tmp_path / "giant.json"
    with path.open("wb") as out:
        out.write(b'{"networks": [')
        out.truncate(2_000_000_000)
    with processor_seconds(30), pytest.raises(FileError, match="larger than 100 MB"):
        ofds.read(Source("giant.json", path, "2025-01-01"), BORDER)
