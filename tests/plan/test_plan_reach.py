"""Whom a new cell reaches: over flat ground and hills, held against the coverage map, and by the rule of thumb."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from factory import settings
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st
from supply_cases import CRS, EAST_M, NORTH_M, ground, homes_only

from merata.access.evidence import SUREST
from merata.plan import technology as tech
from merata.plan.demand import demand
from merata.plan.reach import LEAST_CHANCE, RULE_CHANCE, reach
from merata.plan.spots import COLUMNS, spots
from merata.radio import coverage, land
from merata.radio.correct import Correction
from merata.region.grid import Grid

CONFIG = settings()
FLAT = ground(CONFIG)


def spot(height_m: float = 52.0, east_km: float = 0.0) -> pd.DataFrame:
    row = {
        "spot": "new tower:x", "kind": "new tower", "tower": "new tower:x", "name": "x", "village_code": "1",
        "place": "x", "x_m": EAST_M + 1000 * east_km, "y_m": NORTH_M, "lon": 117.0, "lat": 0.0,
        "height_m": height_m, "eirp_dbm": 58.0, "power": "", "known_by": "assumed",
    }  # fmt: skip
    return pd.DataFrame([row], columns=list(COLUMNS))


def homes(*east_km: float, rsrp_dbm: float = float("nan")) -> pd.DataFrame:
    region = homes_only([(km, 0.0, 100.0) for km in east_km])
    places = demand(region, CONFIG, CRS).places
    return places.assign(rsrp_dbm=rsrp_dbm)


def chance(km: float, height_m: float = 52.0, over: land.Ground = FLAT, **more: float) -> float:
    found = reach(spot(height_m), homes(km, **more), CONFIG, over).pairs
    return float(found["chance"].iloc[0]) if len(found) else 0.0


KM_AWAY = st.lists(st.floats(0.0, 14.5), min_size=2, max_size=12)


def chances(east_km: list[float], height_m: float = 52.0) -> np.ndarray:
    """Chance at each distance, 0 for no pair."""
    found = reach(spot(height_m), homes(*east_km), CONFIG, FLAT).pairs
    by_place = pd.Series(0.0, index=range(len(east_km)))
    by_place[found["place_no"].to_numpy()] = found["chance"].to_numpy()
    return by_place.sort_index().to_numpy()


@how(max_examples=8)
@given(KM_AWAY)
@pytest.mark.slow
def test_farther_away_over_flat_ground_is_never_surer(east_km: list[float]) -> None:
    # Places are in the order of their ids: up to ten of them as they are given.
    found = chances(sorted(east_km[:10]))
    assert (np.diff(found) <= 1e-9).all()


@how(max_examples=8)
@given(KM_AWAY, st.floats(10.0, 100.0), st.floats(10.0, 100.0))
@pytest.mark.slow
def test_a_higher_tower_over_flat_ground_never_reaches_less(
    east_km: list[float], one: float, other: float
) -> None:
    low, high = sorted((one, other))
    away = [max(1.0, km) for km in east_km[:10]]
    assert (chances(away, high) >= chances(away, low) - 1e-9).all()


def test_a_hill_between_takes_the_signal() -> None:
    assert chance(8.0, over=ground(CONFIG, hill_km=4.0)) < chance(8.0) - 0.3


def test_a_chance_is_never_above_what_the_model_is_surest_of_and_small_ones_are_no_pairs() -> None:
    found = reach(spot(), homes(*np.linspace(0, 14.9, 12)), CONFIG, FLAT).pairs
    assert found["chance"].between(LEAST_CHANCE, SUREST).all()
    assert found["chance"].iloc[0] == SUREST


def test_nobody_beyond_the_reach_or_outside_of_the_map_is_a_pair() -> None:
    assert len(reach(spot(), homes(15.5, 29.9), CONFIG, FLAT).pairs) == 0
    assert len(reach(spot(east_km=-9.0), homes(-12.4), CONFIG, FLAT).pairs) == 0


def test_what_is_heard_now_disturbs_the_new_cell() -> None:
    region = homes(6.0, rsrp_dbm=-70.0).assign(promised="working")
    quiet = region.assign(rsrp_dbm=float("nan"))
    loud, calm = (reach(spot(), places, CONFIG, FLAT).pairs["chance"].max() for places in (region, quiet))
    assert not loud > calm - 0.05


def test_measured_signal_corrects_the_power() -> None:
    up = Correction(9.0, (), (), (10.0, 0.0), ((0.0, 0.0), (0.0, 0.0)), 1.0, 8.0)
    plain = reach(spot(), homes(9.0), CONFIG, FLAT).pairs["dbm"].iloc[0]
    corrected = reach(spot(), homes(9.0), CONFIG, FLAT, correction=up).pairs["dbm"].iloc[0]
    assert corrected == pytest.approx(plain + 10.0)


def test_without_terrain_the_rule_of_thumb_is_used_and_said() -> None:
    found = reach(spot(), homes(1.0, tech.CELL_RADIUS_KM - 0.1, tech.CELL_RADIUS_KM + 0.1), CONFIG, None)
    assert found.pairs["chance"].tolist() == [RULE_CHANCE, RULE_CHANCE]
    assert found.known_by == "assumed"
    assert any("No terrain" in said for said in found.assumptions)


def test_no_spot_and_no_place_are_no_pairs() -> None:
    assert len(reach(spot().iloc[:0], homes(1.0), CONFIG, FLAT).pairs) == 0
    assert len(reach(spot(), homes(1.0).iloc[:0], CONFIG, FLAT).pairs) == 0


def test_a_void_between_is_no_pair_and_is_said() -> None:
    heights = FLAT.heights_m.copy()
    heights[:, 140:145] = np.nan
    holed = land.Ground(heights, FLAT.clutter_m, FLAT.zone, FLAT.grid)
    found = reach(spot(), homes(1.0, 6.0), CONFIG, holed)
    assert found.pairs["km"].round(1).tolist() == [1.0]
    assert any("void" in said for said in found.assumptions)


def test_the_power_is_that_of_a_coverage_map_of_the_same_site() -> None:
    """Independent of the path's own sampling: the swept map of one site over rough ground, nine pixels a place."""
    grid = Grid(CRS, EAST_M - 8_000, NORTH_M + 8_000, 100, 240, 160)
    y, x = np.mgrid[0:160, 0:240] / 10.0
    rough = (60 + 30 * np.sin(x * 1.7 + y) + 25 * np.cos(y * 1.1 - x / 2)).astype(np.float32)
    cover = np.where((x // 3 + y // 3) % 2 == 0, 10, 30).astype(np.uint8)
    over, _ = land.ground(rough, cover, grid, CONFIG.radio)
    east = np.linspace(1.0, 14.0, 14)
    found = reach(spot(), homes(*east), CONFIG, over, cover).pairs
    site = gpd.GeoDataFrame(
        {"id": ["x"], "kind": ["tower"], "technologies": ["4G"], "height_m": [52.0]},
        geometry=gpd.points_from_xy([EAST_M], [NORTH_M]), crs=CRS,
    )  # fmt: skip
    whole = coverage.coverage(site, rough, cover, grid, CONFIG.radio)
    places = homes(*east).iloc[found["place_no"]]
    points = gpd.GeoSeries(gpd.points_from_xy(places["x_m"], places["y_m"]), crs=CRS)
    off_db = found["dbm"].to_numpy(float) - coverage.sample(whole, points)
    assert len(found) > 8
    assert abs(np.median(off_db)) < 1.0
    assert np.abs(off_db).max() < 5.0


@how(max_examples=12)
@given(
    st.lists(st.tuples(st.floats(-10, 25), st.floats(-10, 10), st.integers(1, 3000)), min_size=1, max_size=12)
)
@pytest.mark.slow
def test_every_settlement_below_has_a_spot_in_reach(at: list[tuple[float, float, float]]) -> None:
    places = demand(homes_only(at), CONFIG, CRS).places
    chosen = spots(places, {}, CONFIG, CRS, FLAT).table
    away_m = np.hypot(
        places["x_m"].to_numpy()[:, None] - chosen["x_m"].to_numpy(float),
        places["y_m"].to_numpy()[:, None] - chosen["y_m"].to_numpy(float),
    )
    assert (away_m.min(axis=1) <= tech.CELL_RADIUS_KM * 1000).all()
    largest = places.sort_values(["people_below", "place"], ascending=[False, True])["people_below"].iloc[0]
    at_spots = places.set_index("place").loc[chosen["place"], "people_below"]
    assert largest in at_spots.to_numpy()


def test_between_equals_the_higher_ground_then_the_id_decides() -> None:
    region = homes_only([(0.0, 0.0, 500.0), (3.0, 0.0, 500.0), (1.5, 0.0, 100.0)])
    places = demand(region, CONFIG, CRS).places
    hilly = ground(CONFIG, hill_km=3.0)
    assert spots(places, {}, CONFIG, CRS, hilly).table["place"].tolist() == ["h1"]
    assert spots(places, {}, CONFIG, CRS, FLAT).table["place"].tolist() == ["h0"]
