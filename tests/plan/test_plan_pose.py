"""What could be built at what price: the posed problem of small regions, reckoned by hand."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from factory import KM, Place, Village, access, lines, settings

from merata.access.result import Access
from merata.plan import technology
from merata.plan.pose import Posed, pose
from merata.plan.solve import choices, solve
from merata.region.settings import Settings, parse_settings

MILLION = 1_000_000
Tables = dict[str, gpd.GeoDataFrame]


def posed(region: Access, tables: Tables | None = None, config: Settings | None = None) -> Posed:
    config = config or settings()
    return pose(choices(region, tables or {}, config), region, tables or {}, config)


def offers(region: Access, tables: Tables | None = None, config: Settings | None = None) -> pd.DataFrame:
    """Offers by place and option, with what they cost in the first year."""
    found = posed(region, tables, config)
    costs = found.instance.offers
    table = found.offers.assign(capital=costs.capital[:, 0], running=costs.running[:, 0])
    return table.set_index(["place", "option"])


def fibre(at_km: float, status: str = "operational") -> Tables:
    line = shapely.LineString([(117 + at_km * KM, -0.2), (117 + at_km * KM, 0.2)])
    return {"links": lines("links", [line], kind=["fibre"], status=[status])}


def new_cable(found: Posed) -> tuple[float, int]:
    """Length and price of all new cable that could be: of the only office, there is one way out of it or none."""
    cable = (found.links["kind"] == "fibre").to_numpy()
    assert cable.sum() <= 1
    return float(found.links["length_km"][cable].sum()), int(found.instance.links.capital[cable, 0].sum())


@pytest.mark.slow
def test_leo_is_everywhere_and_takes_solar_where_there_is_no_power() -> None:
    region = access([Village([Place(), Place("school", power=False)])])
    found = offers(region)
    leo, solar = found.loc[("f0-0", "leo")], found.loc[("f0-1", "leo_solar")]
    assert (leo["capital"], leo["running"]) == (10 * MILLION, 12 * MILLION)
    assert (solar["capital"], solar["running"]) == (30 * MILLION, 12 * MILLION)
    assert ("f0-1", "leo") not in found.index
    point = solve(region, {}, settings({"a": {2025: 900 * MILLION}})).points.set_index("option").loc["leo"]
    assert (point["capex_low_idr"], point["capex_high_idr"]) == (8 * MILLION, 12 * MILLION)


@pytest.mark.parametrize(
    ("away_km", "cable_km"),
    [
        pytest.param(0.05, 0.0, marks=pytest.mark.slow),
        (2.0, 2.6),
        pytest.param(20.0, 26.0, marks=pytest.mark.slow),
    ],
)
def test_fibre_is_priced_by_the_cable_that_is_new(away_km: float, cable_km: float) -> None:
    tables = fibre(away_km)
    length_km, capital = new_cable(posed(access([Village()]), tables))
    assert length_km == pytest.approx(cable_km, rel=0.01)
    assert capital == pytest.approx(50 * cable_km * MILLION, rel=0.01)
    offer = offers(access([Village()]), tables).loc[("f0-0", "fibre")]
    assert (offer["capital"], offer["running"], offer["level"]) == (3 * MILLION, 18 * MILLION, "good")


@pytest.mark.parametrize("tables", [fibre(1.0, "planned"), {}])
@pytest.mark.slow
def test_no_fibre_where_it_is_planned_only_or_unknown(tables: Tables) -> None:
    found = posed(access([Village()]), tables)
    assert "fibre" not in set(found.offers["option"])
    assert any("nowhere to begin" in said for said in found.assumptions)


def test_a_point_of_presence_is_fibre_too() -> None:
    pop = lines("sites", [shapely.Point(117 + 1 * KM, 0.01)], kind=["point of presence"])
    _, capital = new_cable(posed(access([Village()]), {"sites": pop}))
    assert capital == pytest.approx(65 * MILLION, rel=0.01)


@pytest.mark.slow
def test_a_measurement_beside_the_place_overrules_the_model() -> None:
    weak = {"measurements": lines("measurements", [shapely.Point(117, 0.011)], signal_dbm=[-125.0])}
    strong = {"measurements": lines("measurements", [shapely.Point(117, 0.011)], signal_dbm=[-80.0])}
    assert ("f0-0", "fixed_wireless") not in offers(access([Village([Place(dbm=-80.0)])]), weak).index
    assert ("f0-0", "fixed_wireless") in offers(access([Village([Place(dbm=-130.0)])]), strong).index


@pytest.mark.slow
def test_a_report_of_no_signal_overrules_the_model() -> None:
    region = access([Village([Place(dbm=-80.0, more={"wants_link": True})])])
    assert ("f0-0", "fixed_wireless") not in offers(region).index
    assert ("f0-0", "fixed_wireless") in offers(access([Village([Place(dbm=-80.0)])])).index


@pytest.mark.parametrize(
    ("road_km", "share"),
    [
        pytest.param(1.0, 0.0, marks=pytest.mark.slow),
        (5.0, 1.0),
        pytest.param(None, 0.5, marks=pytest.mark.slow),
    ],
)
def test_transport_is_paid_where_no_road_goes(road_km: float | None, share: float) -> None:
    config = parse_settings(
        "[prices]\nleo_terminal = { low_idr = 0, high_idr = 0 }\n"
        "terminal_transport = { low_idr = 4_000_000, high_idr = 4_000_000 }"
    )
    line = shapely.LineString([(117 + (road_km or 0) * KM, -0.2), (117 + (road_km or 0) * KM, 0.2)])
    tables = {"ways": lines("ways", [line], kind=["road"])} if road_km else {}
    region = access([Village()])
    assert offers(region, tables, config).loc[("f0-0", "leo"), "capital"] == 4 * MILLION * share
    said = posed(region, tables, config).assumptions
    assert any("No road" in sentence for sentence in said) == (road_km is None)


@pytest.mark.parametrize(
    ("option", "level"),
    [
        ("fibre", "good"),
        ("fixed_wireless", "working"),
        ("leo", "working"),
        ("geo", "basic"),
        ("hotspot", "basic"),
        ("repeater", "basic"),
        ("cell", "working"),
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


def test_only_what_reaches_the_promise_is_posed() -> None:
    """A geostationary link is too slow for an office, not for a home."""
    found = offers(access([Village([Place()], people_below=True)]))
    assert "geo" not in found.loc["f0-0"].index
    assert "geo" in found.loc["s0"].index
    assert found["reaches"].all()
