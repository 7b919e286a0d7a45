"""The network that could be built: nodes and links of one region, by hand, and what is missing or wrong."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from made_ways import CRS, fibre, line, points, true_km, ways

from merata.plan import technology as tech
from merata.plan.network import Network, network, node_id
from merata.plan.routes import LINK_COLUMNS, NODE_COLUMNS
from merata.publish.phrases import in_indonesian
from merata.radio.land import INLAND, Ground
from merata.region.grid import Grid
from merata.region.settings import parse_settings

SETTINGS = parse_settings("[radio]\nrain_mm_per_h = 90\n")
NO_SPARE = parse_settings("[radio]\nrain_mm_per_h = 90\n[plan]\ntower_spare_mbps = 0\n")
NOBODY = points()
ROAD = ways(line((0, 0), (20, 0)))


def land():
    grid = Grid(CRS, 535_000, 10_040_000, 100.0, 400, 400)
    full = np.full(grid.shape, 10, np.float32)
    return Ground(full, np.zeros_like(full), np.full(grid.shape, INLAND, np.uint8), grid)


def sites(kind="tower", technologies="4G", **places):
    table = points(**places).to_crs(4326)
    return table.assign(
        kind=kind,
        technologies=technologies,
        name=table["id"],
        height_m=52.0,
        known_by="reported",
        samples=pd.NA,
    )


def tables(**more):
    return {"ways": ROAD, **more}


def ids(found, kind):
    return sorted(found.nodes["node"][found.nodes["kind"] == kind])


def link_of(found, *ends):
    (row,) = [r for r in found.links.to_dict("records") if {r["a"], r["b"]} == set(ends)]
    return row


def test_a_place_on_the_road_to_a_point_of_presence():
    presence = sites(kind="point of presence", pop=(0, 0))
    found = network(points(office=(8, 0)), NOBODY, tables(sites=presence), SETTINGS, CRS, None)
    assert isinstance(found, Network)
    assert list(found.nodes) == list(NODE_COLUMNS)
    assert list(found.links) == list(LINK_COLUMNS)
    assert ids(found, "place") == ["place:office"]
    assert ids(found, "point of presence") == ["presence:pop"]
    link = link_of(found, "place:office", node_id("point of presence", "pop"))
    assert link["items"] == {"fibre_km": link["length_km"]}
    assert link["mbps"] == np.inf
    assert link["length_km"] == pytest.approx(true_km((0, 0), (8, 0)), abs=0.001)
    pop = found.nodes.set_index("node").loc["presence:pop"]
    assert pop["root"]
    assert pop["mbps"] == np.inf
    assert pop["items"] == {}
    assert not found.nodes.set_index("node").loc["place:office", "root"]


def test_a_tower_on_air_has_something_to_spare_and_cable_to_it_has_no_limit():
    towers = sites(a=(0, 0), b=(10, 0)).assign(technologies=["2G 4G", "2G"])
    found = network(NOBODY, NOBODY, tables(sites=towers), SETTINGS, CRS, None)
    nodes = found.nodes.set_index("node")
    assert ids(found, "tower") == ["spare:tower:a", "tower:a", "tower:b"]
    assert nodes.loc["spare:tower:a", "root"]
    assert nodes.loc["spare:tower:a", "mbps"] == 100
    assert not nodes.loc["tower:a", "root"]
    assert nodes.loc["tower:a", "mbps"] == np.inf
    assert link_of(found, "tower:a", "spare:tower:a")["mbps"] == 100
    assert any(
        said.startswith("1 tower of 4G or 5G is taken to have 100 Mbit/s") for said in found.assumptions
    )


def test_with_nothing_to_spare_a_tower_is_no_root():
    found = network(NOBODY, NOBODY, tables(sites=sites(a=(0, 0))), NO_SPARE, CRS, None)
    assert not found.nodes["root"].any()
    assert not any("to spare" in said for said in found.assumptions)


def test_a_repeater_is_no_node_and_a_tower_seen_by_phones_is_said():
    some = sites(a=(0, 0), b=(1, 0), c=(2, 0)).assign(
        kind=["repeater", "tower", pd.NA], samples=[pd.NA, pd.NA, 7]
    )
    found = network(NOBODY, NOBODY, tables(sites=some), SETTINGS, CRS, None)
    assert ids(found, "tower") == ["spare:tower:b", "spare:tower:c", "tower:b", "tower:c"]
    assert any(said.startswith("1 tower stands where phones") for said in found.assumptions)


def test_cable_passes_a_new_tower_that_is_not_built():
    presence = sites(kind="point of presence", pop=(0, 0))
    found = network(points(office=(8, 0)), points(hill=(4, 0)), tables(sites=presence), SETTINGS, CRS, None)
    beside = "junction:beside new tower:hill"
    assert found.nodes.set_index("node").loc["new tower:hill", "items"] == {"tower": 1.0}
    assert found.nodes.set_index("node").loc[beside, "items"] == {}
    assert link_of(found, beside, "new tower:hill")["items"] == {}
    assert {link_of(found, beside, other)["kind"] for other in ("presence:pop", "place:office")} == {"fibre"}


def test_cable_that_ends_at_a_new_tower_needs_no_junction():
    presence = sites(kind="point of presence", pop=(0, 0))
    found = network(NOBODY, points(hill=(4, 0)), tables(sites=presence), SETTINGS, CRS, None)
    assert link_of(found, "presence:pop", "new tower:hill")["kind"] == "fibre"
    assert ids(found, "junction") == []


def test_what_a_candidate_says_of_itself_is_kept():
    own = points(hill=(4, 0)).assign(
        items=[{"base_station": 1.0}], height_m=[72.0], village_code=["64.02.01.2001"], known_by=["modelled"]
    )
    found = network(NOBODY, own, tables(), SETTINGS, CRS, None)
    row = found.nodes.set_index("node").loc["new tower:hill"]
    assert row["items"] == {"base_station": 1.0}
    assert row["village_code"] == "64.02.01.2001"
    assert row["known_by"] == "modelled"
    assert row["kind"] == "new tower"


def test_hops_join_new_towers_to_towers_with_something_to_spare():
    found = network(NOBODY, points(hill=(10, 5)), tables(sites=sites(a=(2, 5))), SETTINGS, CRS, land())
    (hop,) = found.links[found.links["kind"] == "microwave"].to_dict("records")
    assert {hop["a"], hop["b"]} == {"tower:a", "new tower:hill"}
    assert hop["items"] == {"microwave_hop": 1.0, "microwave_monthly": 1.0}
    assert 0 < hop["mbps"] < np.inf
    assert hop["length_km"] == pytest.approx(8, abs=0.02)


def test_towers_at_one_place_hop_once():
    two = sites(a=(2, 5), b=(2.02, 5))
    found = network(NOBODY, points(hill=(10, 5)), tables(sites=two), SETTINGS, CRS, land())
    assert (found.links["kind"] == "microwave").sum() == 1
    joins = found.links[found.links["detail_en"] == "at one place"]
    assert joins[["a", "b"]].to_numpy().tolist() == [["tower:a", "tower:b"]]


def test_nothing_known_is_said_and_still_works():
    found = network(points(office=(8, 0)), NOBODY, {}, SETTINGS, CRS, None)
    assert ids(found, "place") == ["place:office"]
    assert found.links.empty
    assert not found.nodes["root"].any()
    assert any("new cable has nowhere to begin" in said for said in found.assumptions)
    empty = network(NOBODY, NOBODY, {}, SETTINGS, CRS, land())
    assert empty.nodes.empty
    assert empty.links.empty
    assert list(empty.nodes) == list(NODE_COLUMNS)


def test_places_without_a_position_are_said_and_ids_count_once():
    lost = pd.concat([points(office=(8, 0)), gpd.GeoDataFrame({"id": ["school"]}, geometry=[None], crs=CRS)])
    found = network(lost, NOBODY, tables(), SETTINGS, CRS, None)
    assert ids(found, "place") == ["place:office"]
    assert any(said.startswith("1 place has no position") for said in found.assumptions)
    with pytest.raises(ValueError, match="one id"):
        network(pd.concat([lost, lost]), NOBODY, tables(), SETTINGS, CRS, None)


def test_every_link_has_two_nodes_and_every_id_is_one():
    found = network(
        points(a=(3, 1), b=(9, 0.5), c=(9, 0.5), d=(15, 7)),
        points(x=(5, 5), y=(12, 3)),
        tables(sites=sites(s=(1, 1), t=(18, 2)), links=fibre(line((20, -5), (20, 5)))),
        SETTINGS,
        CRS,
        land(),
    )
    nodes = set(found.nodes["node"])
    assert len(nodes) == len(found.nodes)
    assert found.links["link"].is_unique
    assert set(found.links["a"]) | set(found.links["b"]) <= nodes
    assert set(found.links["kind"]) <= {"fibre", "microwave", "join"}
    assert (found.links["length_km"][found.links["kind"] != "join"] > 0).all()
    assert all(
        row["items"].get("fibre_km", 0) <= tech.LONGEST_FIBRE_KM for row in found.links.to_dict("records")
    )


@pytest.mark.slow
def test_the_order_of_rows_changes_nothing():
    places, candidates = points(a=(3, 1), b=(9, 0.5), d=(15, 7)), points(x=(5, 5), y=(12, 3))
    some = sites(s=(1, 1), t=(18, 2))
    one = network(places, candidates, tables(sites=some), SETTINGS, CRS, land())
    other = network(places[::-1], candidates[::-1], tables(sites=some[::-1]), SETTINGS, CRS, land())
    pd.testing.assert_frame_equal(one.nodes, other.nodes)
    pd.testing.assert_frame_equal(one.links, other.links)
    assert one.assumptions == other.assumptions


@pytest.mark.slow
def test_all_that_is_assumed_is_said_in_indonesian():
    far = points(a=(3, 1), b=(3, 25), lost=(0, 0))
    far.loc[2, "geometry"] = None
    seen = sites(a=(2, 5), b=(30, 30), c=(500, 0)).assign(
        samples=[7, 8, pd.NA], height_m=[40.0, np.nan, 40.0]
    )
    dry = parse_settings("[radio]\nlow_k = 0.7")
    said = []
    for known, some, ground in (
        ({}, None, None),
        ({"ways": ROAD}, seen, land()),
        ({"ways": ROAD}, seen[:1], None),
    ):
        more = {} if some is None else {"sites": some}
        for chosen in (SETTINGS, dry):
            said += network(far, far, {**known, **more}, chosen, CRS, ground).assumptions
    assert len(set(said)) >= 15
    assert [line for line in dict.fromkeys(said) if in_indonesian(line) is None] == []
