"""Who is to be served and by what: places, every offer for each, and what the offers hang on."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from factory import KM, Place, Village, access, lines, settings
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st
from supply_cases import CRS, ground, homes_only, supplied, with_homes

from merata.errors import InputError
from merata.plan import cells
from merata.plan import offers as offering
from merata.plan.demand import demand
from merata.plan.network import network
from merata.plan.options import OPTIONS
from merata.plan.supply import Supply, with_network
from merata.plan.technology import PERFORMANCE, reaches
from merata.publish.phrases import in_indonesian
from merata.region.prices import COMPONENTS
from merata.region.settings import parse_settings

HOMES = [(0.0, 0.0, 800.0), (2.0, 1.0, 200.0), (9.0, 0.0, 400.0)]


def sites(**more: object) -> gpd.GeoDataFrame:
    columns = {
        "id": ["T1"], "kind": ["tower"], "technologies": ["2G"], "height_m": [60.0], "known_by": ["reported"],
    } | more  # fmt: skip
    return lines("sites", [shapely.Point(117 + 3 * KM, 0.0)], **columns)


def pop(east_km: float = -2.0) -> gpd.GeoDataFrame:
    return lines(
        "sites", [shapely.Point(117 + east_km * KM, 0.0)], id=["P"], kind=["point of presence"], known_by=["reported"]
    )  # fmt: skip


def of(made: Supply, place: str) -> pd.DataFrame:
    return made.offers[made.offers["place"] == place].set_index("option")


# Places


def test_each_settlement_below_is_a_place_of_its_own_behind_the_facilities() -> None:
    region = with_homes(access([Village([Place(), Place("school")])]), HOMES, 0.75)
    places = demand(region, settings(), CRS).places
    assert places["place"].tolist() == ["f0-0", "f0-1", "h0", "h1", "h2"]
    assert places["is_office"].tolist() == [True, False, False, False, False]
    assert places["people_below"].tolist() == [0.0, 0.0, 600.0, 150.0, 300.0]
    assert places["mbps"].tolist() == [10.0, 10.0, 16.0, 4.0, 8.0]
    assert places["promised"].tolist() == ["working", "working", "basic", "basic", "basic"]


def test_an_id_that_a_facility_has_too_is_told_apart() -> None:
    region = homes_only(HOMES)
    both = region.facilities.assign(id="h0", below=True)
    places = demand(replace(region, facilities=both), settings(), CRS).places
    assert sorted(places["place"]) == ["h0", "h1", "h2", "settlement h0"]


def test_a_contract_that_ends_makes_a_place_fall_below_in_the_next_year() -> None:
    config = settings(plan='first_year = 2025\nlast_year = 2030\nending = { "f0-0" = 2027, "f0-1" = 2030 }')
    region = access([Village([Place(below=False), Place("school", below=False)])])
    made = demand(region, config, CRS)
    row = made.places.iloc[0]
    assert made.places["place"].tolist() == ["f0-0"]
    assert (row["from_year"], row["access_now"], row["chance_below"]) == (2028, "none", 1.0)
    assert any("contract ends" in said for said in made.assumptions)


def test_a_contract_of_a_place_that_is_not_there_is_an_error_that_names_it() -> None:
    with pytest.raises(InputError, match="nowhere 7"):
        demand(access([Village()]), settings(plan='ending = { "nowhere 7" = 2027 }'), CRS)


def test_nothing_below_is_nothing_to_supply() -> None:
    made = supplied(access([Village([Place(below=False)])]))
    assert [len(table) for table in (made.places, made.offers, made.nodes, made.links, made.candidates)] == [
        0
    ] * 5


# Offers


@pytest.mark.parametrize("over", [None, "flat"])
@pytest.mark.slow
def test_every_offer_says_what_it_is_made_of_and_how_surely_it_serves(over: str | None) -> None:
    config = settings()
    region = with_homes(access([Village([Place(power=False), Place("school", dbm=-108.0)])]), HOMES)
    made = supplied(
        region, {"sites": pd.concat([sites(), pop()])}, config, ground=ground(config) if over else None
    )
    table = made.offers
    assert table["offer"].is_unique
    assert set(table["option"]) <= set(OPTIONS) & set(offering.PREFERENCE) & set(PERFORMANCE)
    assert table["share"].between(0, 1, inclusive="right").all()
    assert all(set(items) <= set(COMPONENTS) and min([*items.values(), 1]) > 0 for items in table["items"])
    assert table[["detail_en", "detail_id"]].map(len).min().min() > 0
    for row in table.to_dict("records"):
        place = made.places.iloc[row["place_no"]]
        assert row["place"] == place["place"]
        assert row["reaches"] == reaches(row["level"], place["promised"])
        assert row["people"] == pytest.approx(place["people_below"] * row["share"])
        rank = [offering.PREFERENCE.index(option) for option in of(made, row["place"]).index]
        assert rank == sorted(rank)
    assert [said for said in made.assumptions if in_indonesian(said) is None] == []


def test_offers_of_one_pool_give_back_the_same() -> None:
    made = supplied(with_homes(access([Village([Place(), Place("school", power=False)])]), HOMES))
    pooled = made.offers[made.offers["pool"] != ""]
    assert {"leo", "geo"} == set(pooled["pool"])
    assert all(len({repr(items) for items in rows}) == 1 for _, rows in pooled.groupby("pool")["reuse_items"])
    assert not pooled["lasting"].any()
    assert all(
        row["items"][key] >= n for row in pooled.to_dict("records") for key, n in row["reuse_items"].items()
    )


def test_an_office_has_fibre_at_its_own_node_satellites_and_no_power_means_a_solar_kit() -> None:
    made = supplied(access([Village([Place(power=False)])]), {"sites": pop()})
    found = of(made, "f0-0")
    assert sorted(found.index) == ["fibre", "geo", "leo_solar"]
    assert found.loc["fibre", "node"] == "place:f0-0"
    assert found.loc["fibre", "items"] == {"fibre_connection": 1, "fibre_monthly": 1, "solar_kit": 1}
    assert found.loc["leo_solar", "items"]["solar_kit"] == 1
    assert not found.loc["geo", "reaches"]
    assert found["lasting"].to_dict() == {"fibre": True, "leo_solar": False, "geo": False}


def test_a_link_without_a_device_serves_nobody() -> None:
    region = with_homes(access([Village([Place(more={"wants_device": True})])]), HOMES)
    region = replace(region, settlements=region.settlements.assign(wants_device=True))
    table = supplied(region, {"sites": pop()}).offers
    devices = table["items"].map(lambda items: items.get("shared_device", 0))
    assert (devices >= 1).all()
    assert devices[table["place"] == "h0"].unique().tolist() == [4.0]  # 200 households


@pytest.mark.parametrize(("dbm", "offered"), [(-114.9, True), (-115.1, False), (None, False)])
@pytest.mark.slow
def test_fixed_wireless_from_a_present_tower_is_as_sure_as_its_signal(
    dbm: float | None, offered: bool
) -> None:
    found = of(supplied(access([Village([Place(dbm=dbm)])])), "f0-0")
    assert ("fixed_wireless" in found.index) == offered
    if offered:
        strong = of(supplied(access([Village([Place(dbm=-100.0)])])), "f0-0")
        assert 0.5 <= found.loc["fixed_wireless", "share"] < strong.loc["fixed_wireless", "share"] < 1


def test_wifi_around_the_office_is_for_those_near_it() -> None:
    made = supplied(homes_only([(0.0, 0.0, 480.0), (5.0, 0.0, 480.0)]))
    near, far = of(made, "h0"), of(made, "h1")
    assert near.loc["hotspot", "share"] == pytest.approx(0.5)  # 60 of 120 households
    assert "hotspot" not in far.index
    assert far.loc["hotspot_leo", "share"] == pytest.approx(0.5)
    assert not near.loc["hotspot", "lasting"]


def test_no_office_is_no_wifi_around_it() -> None:
    region = with_homes(access([Village([Place("school")])]), HOMES)
    assert "hotspot" not in set(supplied(region).offers["option"])


def test_a_place_without_a_position_has_satellites_only() -> None:
    region = with_homes(access([Village()]), HOMES)
    empty = [shapely.Point()] * 3
    nowhere = replace(
        region,
        facilities=region.facilities.set_geometry(empty[:1], crs=4326),
        settlements=region.settlements.set_geometry(empty, crs=4326),
    )
    made = supplied(nowhere, {"sites": pop()}, ground=ground(settings()))
    assert set(made.offers["option"]) == {"leo", "geo", "hotspot_leo"}
    assert set(made.offers["place"]) == {"f0-0", "h0", "h1", "h2"}
    assert len(made.ends) == len(made.candidates) == 0


def test_a_hidden_sky_offers_no_satellite_and_a_half_hidden_one_is_less_sure() -> None:
    sky = pd.DataFrame(
        {"id": ["f0-0", "f0-1"], "low_share": [0.0, 0.45], "geostationary": ["", "Merah Putih"]}
    )
    made = supplied(access([Village([Place(), Place("school")])]), sky=sky)
    assert len(of(made, "f0-0")) == 0
    assert of(made, "f0-1").loc["leo", "share"] == pytest.approx(0.5)
    assert "geo" in of(made, "f0-1").index


# The network


@pytest.mark.slow
def test_whatever_an_offer_or_link_names_is_there_and_lit_from_some_root() -> None:
    config = settings()
    region = with_homes(access([Village([Place()])]), HOMES)
    region = replace(region, settlements=region.settlements.assign(rsrp_dbm=-125.0))
    tables = {"sites": gpd.GeoDataFrame(pd.concat([sites(), pop()], ignore_index=True), crs=4326)}
    own = supplied(region, tables, config, ground=ground(config))
    found = network(own.ends, own.candidates, tables, config, CRS, ground(config))
    made = with_network(own, found)
    assert made.nodes["node"].is_unique
    assert made.links["link"].is_unique
    assert len(made.offers) == len(own.offers)
    assert len(made.links) == len(own.links) + len(found.links)
    lit = set(made.nodes["node"][made.nodes["root"]])
    for _ in range(len(made.links)):
        lit |= {b for a, b in zip(made.links["a"], made.links["b"], strict=True) if a in lit}
        lit |= {a for a, b in zip(made.links["a"], made.links["b"], strict=True) if b in lit}
    assert set(made.offers["node"]) <= lit | {""}
    assert {"cell", "repeater", "new tower"} <= set(made.nodes["kind"])
    assert all(set(items) <= set(COMPONENTS) for items in [*made.nodes["items"], *made.links["items"]])


def test_a_new_tower_is_paid_once_and_a_shared_one_not_at_all() -> None:
    config = settings()
    made = supplied(homes_only(HOMES), {"sites": sites()}, config, ground=ground(config))
    node = made.nodes.set_index("node")
    assert node.loc["cell:tower:T1", "items"] == {"cell": 1, "cell_monthly": 1}
    assert "tower" not in node.loc["cell:tower:T1", "items"]
    assert set(made.candidates["id"]) == {"h0", "h2"}
    assert all(items["tower"] == 1 for items in made.candidates["items"])
    assert set(made.links["b"]) >= {"cell:tower:T1", "cell:new tower:h0", "cell:new tower:h2"}


@pytest.mark.parametrize("technologies", ["4G", "2G 4G", "5G", pd.NA])
@pytest.mark.slow
def test_a_tower_with_4g_or_that_may_have_it_is_not_offered_again(technologies: object) -> None:
    made = supplied(
        homes_only(HOMES), {"sites": sites(technologies=[technologies])}, ground=ground(settings())
    )
    assert not made.nodes["node"].str.contains("T1").any()


@pytest.mark.slow
def test_equipment_without_the_grid_has_solar_power_by_its_load() -> None:
    region = homes_only(HOMES)
    dark = replace(region, villages=region.villages.assign(electricity="none"))
    dark = replace(dark, settlements=dark.settlements.assign(rsrp_dbm=-125.0))
    made = supplied(dark, {"sites": sites(power=["grid"])}, ground=ground(settings()))
    solar = made.nodes.set_index("node")["items"].map(lambda items: items.get("site_solar", 0))
    assert solar["cell:new tower:h0"] == cells.CELL_KW
    assert solar["repeater:h0"] == cells.REPEATER_KW
    assert solar["cell:tower:T1"] == 0
    far = lines("ways", [shapely.LineString([(116, 1), (118, 1)])], id=["w"], kind=["power line"])
    away = supplied(region, {"ways": far}, ground=ground(settings())).nodes
    assert all(items.get("site_solar") == 1 for items in away["items"][away["kind"] == "cell"])


@pytest.mark.slow
def test_a_repeater_needs_a_signal_to_repeat_and_serves_people_at_basic() -> None:
    silent = supplied(homes_only(HOMES), ground=ground(settings()))
    assert "repeater" not in set(silent.nodes["kind"])
    region = homes_only(HOMES)
    weak = replace(region, settlements=region.settlements.assign(rsrp_dbm=-130.0))
    made = supplied(weak, ground=ground(settings()))
    assert of(made, "h0").loc["repeater", "level"].unique().tolist() == ["basic"]
    assert made.nodes.set_index("node").loc["donor", "root"]


def test_a_settlement_larger_than_a_cell_fills_it() -> None:
    made = supplied(homes_only([(0.0, 0.0, 50_000.0)]), ground=ground(settings()))
    node = made.nodes.set_index("node")["mbps"]
    hanging = made.offers[made.offers["node"].isin(node.index)]
    assert (hanging["mbps"] <= node.reindex(hanging["node"]).to_numpy()).all()


def test_a_tower_that_can_not_be_is_left_out_and_said() -> None:
    made = supplied(homes_only(HOMES), {"sites": sites(height_m=[9999.0])}, ground=ground(settings()))
    assert not made.nodes["node"].str.contains("T1").any()
    assert [said for said in made.assumptions if "left out" in said and said.startswith("1 places")]


@pytest.mark.parametrize(
    "more",
    [
        '[radio]\nbuilding = "traditional"\nazimuths_deg = []',
        "[radio]\nfrequency_mhz = 3500\nbandwidth_mhz = 100",
        "[plan]\ntower_height_m = 300",
        "[defaults]\nhouseholds_reached_by_hotspot = 0",
        "[radio]\neirp_dbm = 0",
    ],
)
@pytest.mark.slow
def test_odd_settings_give_a_supply_all_the_same(more: str) -> None:
    made = supplied(homes_only(HOMES), config=parse_settings(more), ground=ground(settings()))
    assert len(made.places) == 3
    assert made.offers["share"].between(0, 1, inclusive="right").all()


def test_ground_in_another_projection_is_an_error() -> None:
    with pytest.raises(ValueError, match="expected one"):
        supplied(homes_only(HOMES), ground=replace_crs(ground(settings())))


def replace_crs(over):  # type: ignore[no-untyped-def]
    return replace(over, grid=replace(over.grid, crs="EPSG:32651"))


# Order does not matter


@pytest.mark.slow
@how(max_examples=6)
@given(st.permutations(range(4)), st.booleans())
def test_the_order_of_the_rows_changes_nothing(order: list[int], hilly: bool) -> None:
    homes = [*HOMES, (12.0, 3.0, 400.0)]
    over = ground(settings(), hill_km=5.0 if hilly else None)
    plain = with_homes(access([Village([Place(), Place("school")])]), homes)
    mixed = replace(
        plain,
        settlements=plain.settlements.iloc[order].reset_index(drop=True),
        facilities=plain.facilities.iloc[::-1].reset_index(drop=True),
    )
    one, other = (supplied(region, {"sites": sites()}, ground=over) for region in (plain, mixed))
    for name in ("places", "offers", "nodes", "links"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    assert one.assumptions == other.assumptions


@pytest.mark.slow
def test_another_name_for_a_village_changes_only_names() -> None:
    region = with_homes(access([Village([Place(), Place("school")])]), HOMES)
    code = region.villages["code"].iloc[0]
    renamed = replace(
        region,
        villages=region.villages.replace({"code": {code: "11.11.11.1111"}}),
        settlements=region.settlements.replace({"village_code": {code: "11.11.11.1111"}}),
        facilities=region.facilities.replace({"village_code": {code: "11.11.11.1111"}}),
    )
    one, other = (supplied(each, ground=ground(settings())) for each in (region, renamed))
    for name in ("places", "offers", "nodes", "links"):
        drop = [column for column in ("village_code",) if column in getattr(one, name)]
        pd.testing.assert_frame_equal(
            getattr(one, name).drop(columns=drop), getattr(other, name).drop(columns=drop)
        )


def test_growth_is_told_by_place() -> None:
    config = settings(plan="people_growth = 0.02")
    made = supplied(homes_only(HOMES), config=config)
    assert np.allclose(made.places["growth"], 0.02)
    assert any("grows by 2.0%" in said for said in made.assumptions)
