"""What can be done at a place, what it costs, and who is reached."""

import geopandas as gpd
import pytest
import shapely
from factory import KM, Place, Village, access, lines, settings

from merata.access.result import Access
from merata.plan import catalogue, technology
from merata.plan.options import choices
from merata.region.settings import Settings, parse_settings

MILLION = 1_000_000


def offers(region: Access, tables: dict[str, gpd.GeoDataFrame] | None = None, config: Settings | None = None):  # type: ignore[no-untyped-def]
    config = config or settings()
    made = choices(region, tables or {}, config, catalogue.prices(None, config))
    return made, made.offers.set_index(["place", "option"])


def fibre(at_km: float, status: str = "operational") -> dict[str, gpd.GeoDataFrame]:
    line = shapely.LineString([(117 + at_km * KM, -0.2), (117 + at_km * KM, 0.2)])
    return {"links": lines("links", [line], kind=["fibre"], status=[status])}


def test_leo_is_everywhere_and_takes_solar_where_there_is_no_power() -> None:
    _, found = offers(access([Village([Place(), Place("school", power=False)])]))
    leo, solar = found.loc["f0-0", "leo"], found.loc["f0-1", "leo_solar"]
    assert (leo["capex_idr"], leo["opex_idr"]) == (10 * MILLION, 12 * MILLION)
    assert (solar["capex_idr"], solar["opex_idr"]) == (30 * MILLION, 12 * MILLION)
    assert (leo["capex_low_idr"], leo["capex_high_idr"]) == (8 * MILLION, 12 * MILLION)
    assert ("f0-1", "leo") not in found.index


@pytest.mark.parametrize(("away_km", "cable_km"), [(0.05, 0.0), (2.0, 2.6), (20.0, 26.0)])
def test_fibre_is_priced_by_the_cable_that_is_new(away_km: float, cable_km: float) -> None:
    _, found = offers(access([Village()]), fibre(away_km))
    offer = found.loc["f0-0", "fibre"]
    assert offer["capex_idr"] == pytest.approx((3 + 50 * cable_km) * MILLION, rel=0.01)
    assert offer["opex_idr"] == 18 * MILLION
    assert offer["level"] == "good"


@pytest.mark.parametrize("tables", [fibre(25.0), fibre(1.0, "planned"), {}])
def test_no_fibre_where_it_is_too_far_or_planned_or_unknown(tables: dict[str, gpd.GeoDataFrame]) -> None:
    made, found = offers(access([Village()]), tables)
    assert ("f0-0", "fibre") not in found.index
    unknown = not tables or tables["links"]["status"].iloc[0] == "planned"
    assert any("No fibre route" in said for said in made.assumptions) == unknown


def test_a_point_of_presence_is_fibre_too() -> None:
    pop = lines("sites", [shapely.Point(117 + 1 * KM, 0.01)], kind=["point of presence"])
    _, found = offers(access([Village()]), {"sites": pop})
    assert found.loc["f0-0", "fibre"]["capex_idr"] == pytest.approx(68 * MILLION, rel=0.01)


@pytest.mark.parametrize(("dbm", "offered"), [(-114.9, True), (-115.1, False), (None, False)])
def test_fixed_wireless_needs_a_signal_that_a_mast_can_lift(dbm: float | None, offered: bool) -> None:
    _, found = offers(access([Village([Place(dbm=dbm)])]))
    assert (("f0-0", "fixed_wireless") in found.index) == offered


def test_a_measurement_beside_the_place_overrules_the_model() -> None:
    near = lines("measurements", [shapely.Point(117, 0.011)], signal_dbm=[-125.0])
    _, found = offers(access([Village([Place(dbm=-80.0)])]), {"measurements": near})
    assert ("f0-0", "fixed_wireless") not in found.index


def test_a_report_of_no_signal_overrules_the_model() -> None:
    _, found = offers(access([Village([Place(dbm=-80.0, more={"wants_link": True})])]))
    assert ("f0-0", "fixed_wireless") not in found.index


@pytest.mark.parametrize(("road_km", "share"), [(1.0, 0.0), (5.0, 1.0), (None, 0.5)])
def test_transport_is_paid_where_no_road_goes(road_km: float | None, share: float) -> None:
    config = parse_settings(
        "[prices]\nleo_terminal = { low_idr = 0, high_idr = 0 }\n"
        "terminal_transport = { low_idr = 4_000_000, high_idr = 4_000_000 }"
    )
    line = shapely.LineString([(117 + (road_km or 0) * KM, -0.2), (117 + (road_km or 0) * KM, 0.2)])
    tables = {"ways": lines("ways", [line], kind=["road"])} if road_km else {}
    made, found = offers(access([Village()]), tables, config)
    assert found.loc["f0-0", "leo"]["capex_idr"] == 4 * MILLION * share
    assert any("No road is known" in said for said in made.assumptions) == (road_km is None)


def test_a_place_at_its_promise_is_no_place_to_plan_for() -> None:
    made, _ = offers(access([Village([Place(below=False), Place("school")])]))
    assert made.places["kind"].tolist() == ["school"]
    assert not made.places["is_office"].any()


def test_a_hotspot_reaches_so_many_households_and_no_more_than_there_are() -> None:
    small, large = Village(people=100, people_below=True), Village(people=4000, people_below=True)
    _, found = offers(access([small, large]))
    # 60 households of 4 people.
    assert found.loc["people", "hotspot"]["people"].tolist() == [100, 240]
    assert (found.loc["people", "base_station"]["people"]).tolist() == [100, 4000]


def test_no_hotspot_without_an_office_to_hang_it_on() -> None:
    _, found = offers(access([Village([], people_below=True)]))
    assert ("people", "hotspot") not in found.index
    assert ("people", "base_station") in found.index


def test_a_repeater_needs_something_to_repeat() -> None:
    _, found = offers(access([Village([Place(dbm=-130.0)], people_below=True)]))
    _, other = offers(access([Village([Place(dbm=-140.0)], people_below=True)]))
    assert ("people", "repeater") in found.index
    assert ("people", "repeater") not in other.index


@pytest.mark.parametrize(
    ("option", "level"),
    [
        ("fibre", "good"),
        ("fixed_wireless", "working"),
        ("leo", "working"),
        ("hotspot", "basic"),
        ("base_station", "working"),
    ],
)
def test_levels_of_options_under_the_default_numbers(option: str, level: str) -> None:
    assert technology.level_of(option, Settings()) == level


def test_levels_follow_the_numbers_of_region_toml() -> None:
    strict = parse_settings(
        "[levels.working]\ndown_mbps = 80\nup_mbps = 20\nlatency_ms = 50\navailability = 0.99"
    )
    assert technology.level_of("leo", strict) == "basic"
    assert technology.level_of("fibre", strict) == "good"


def test_places_without_a_position_still_get_leo() -> None:
    region = access([Village()])
    region.facilities["geometry"] = gpd.GeoSeries([shapely.Point()], crs="EPSG:4326")
    _, found = offers(region, fibre(1.0))
    assert ("f0-0", "leo") in found.index
    assert ("f0-0", "fibre") not in found.index
