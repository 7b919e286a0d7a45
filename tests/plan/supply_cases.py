"""Small made-up regions with several settlements, on flat or hilly ground, for the tests of supply."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from factory import KM, Place, Village, access, settings

from merata.access.result import Access
from merata.plan.supply import Supply, supply
from merata.radio import land
from merata.radio.land import Ground
from merata.region.grid import Grid
from merata.region.settings import Settings

CRS = "EPSG:32650"
#: Metres of the first village's settlement.
EAST_M, NORTH_M = 500_000.0, 0.0


def with_homes(region: Access, homes: list[tuple[float, float, float]], chance: float = 1.0) -> Access:
    """The region with its first settlement instead split into these: km east and north of it, people; all below."""
    first = region.settlements.iloc[[0]]
    rows = pd.concat([first] * len(homes), ignore_index=True)
    rows["id"] = [f"h{n}" for n in range(len(homes))]
    rows["people"] = [people for _, _, people in homes]
    rows["households"] = [people / 4 for _, _, people in homes]
    rows["chance_below"], rows["below"], rows["access_now"] = chance, chance >= 0.5, "none"
    points = [shapely.Point(117 + east * KM, north * KM) for east, north, _ in homes]
    made = gpd.GeoDataFrame(rows.drop(columns="geometry"), geometry=points, crs=4326)
    rest = region.settlements.iloc[1:]
    return replace(region, settlements=gpd.GeoDataFrame(pd.concat([made, rest], ignore_index=True), crs=4326))


def homes_only(homes: list[tuple[float, float, float]], chance: float = 1.0) -> Access:
    """One village of settlements, its office at its promise."""
    return with_homes(access([Village([Place(below=False)])]), homes, chance)


def ground(settings_: Settings, *, hill_km: float | None = None, hill_m: float = 300.0) -> Ground:
    """30 km east and 12 km each other way of flat land, with a ridge from north to south if asked."""
    grid = Grid(CRS, EAST_M - 12_000, NORTH_M + 12_000, 100, 420, 240)
    heights = np.full(grid.shape, 10.0, np.float32)
    if hill_km is not None:
        column = int((12 + hill_km) * 10)
        heights[:, column - 3 : column + 4] = hill_m
    cover = np.full(grid.shape, 30, np.uint8)
    return land.ground(heights, cover, grid, settings_.radio)[0]


def supplied(
    region: Access,
    tables: dict[str, pd.DataFrame] | None = None,
    config: Settings | None = None,
    **more: object,
) -> Supply:
    """The supply of a region without ground unless that is given."""
    return supply(region, tables or {}, config or settings(), CRS, **more)  # type: ignore[arg-type]
