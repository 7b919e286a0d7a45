"""How far places are from fibre and roads, and the signal measured at them."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd

from merata.plan import technology as tech
from merata.plan.frames import flags, numbers, words
from merata.region.settings import Settings

#: A measurement of signal counts for a place within this distance.
MEASURED_WITHIN_KM = 1.0


def projection(tables: list[gpd.GeoDataFrame], settings: Settings) -> str:
    """The metric projection: that of region.toml, else the UTM zone of the first table that has positions."""
    if settings.region.projection:
        return settings.region.projection
    placed = [table[~empty(table)] for table in tables if not empty(table).all()]
    return str(placed[0].estimate_utm_crs()) if placed else "EPSG:3857"


def empty(places: gpd.GeoDataFrame) -> np.ndarray:
    """Whether each row lacks a position."""
    return np.asarray(places.geometry.isna() | places.geometry.is_empty, dtype=bool)


def km_to_fibre(places: gpd.GeoDataFrame, tables: Mapping[str, pd.DataFrame], crs: str) -> np.ndarray | None:
    """Straight-line km from each place to the nearest fibre in operation or point of presence.

    A link whose status is blank is taken to be in operation. NaN where a place has no position; None where no fibre
    and no point of presence is known at all.
    """
    shapes = [*_fibre(tables.get("links")), *_presence(tables.get("sites"))]
    return _km_to_nearest(places, shapes, crs)


def km_to_road(places: gpd.GeoDataFrame, tables: Mapping[str, pd.DataFrame], crs: str) -> np.ndarray | None:
    """Straight-line km from each place to the nearest road; NaN without a position; None where no road is known."""
    return _km_to_way(places, tables, crs, "road")


def km_to_power_line(
    places: gpd.GeoDataFrame, tables: Mapping[str, pd.DataFrame], crs: str
) -> np.ndarray | None:
    """The same to the nearest power line."""
    return _km_to_way(places, tables, crs, "power line")


def _km_to_way(
    places: gpd.GeoDataFrame, tables: Mapping[str, pd.DataFrame], crs: str, kind: str
) -> np.ndarray | None:
    ways = tables.get("ways")
    if not isinstance(ways, gpd.GeoDataFrame):
        return None
    chosen = ways[(words(ways["kind"]) == kind) & ~empty(ways)]
    return _km_to_nearest(places, [chosen.geometry], crs)


def remote_shares(road_km: np.ndarray | None, count: int, assumptions: list[str]) -> np.ndarray:
    """How much of the transport each place pays: none near a road, all when remote, half when unknown."""
    if road_km is None:
        assumptions.append(
            "No road is known: half of the transport to a remote place is reckoned everywhere."
        )
        return np.full(count, tech.UNKNOWN_REMOTE_SHARE)
    share = np.where(road_km > tech.REMOTE_KM, 1.0, 0.0)
    return np.where(np.isnan(road_km), tech.UNKNOWN_REMOTE_SHARE, share)


def measured_dbm(places: gpd.GeoDataFrame, tables: Mapping[str, pd.DataFrame], crs: str) -> np.ndarray:
    """Median signal measured within MEASURED_WITHIN_KM of each place, dBm; NaN where none was."""
    none = np.full(len(places), np.nan)
    table = tables.get("measurements")
    if not isinstance(table, gpd.GeoDataFrame) or table.empty:
        return none
    found = table[~empty(table) & table["signal_dbm"].notna().to_numpy()]
    here = places[~empty(places)]
    if found.empty or here.empty:
        return none
    around = gpd.GeoDataFrame(
        {"place": np.flatnonzero(~empty(places))}, geometry=here.geometry.values, crs=here.crs
    )
    around = around.to_crs(crs).set_geometry(around.to_crs(crs).buffer(MEASURED_WITHIN_KM * 1000))
    pairs = around.sjoin(found[["signal_dbm", "geometry"]].to_crs(crs), predicate="intersects")
    median = pairs.assign(dbm=numbers(pairs["signal_dbm"])).groupby("place")["dbm"].median()
    none[median.index.to_numpy()] = median.to_numpy()
    return none


def _fibre(links: pd.DataFrame | None) -> list[gpd.GeoSeries]:
    if not isinstance(links, gpd.GeoDataFrame) or links.empty:
        return []
    there = links["status"].astype("string").fillna("operational") == "operational"
    return [links.geometry[(words(links["kind"]) == "fibre") & flags(there) & ~empty(links)]]


def _presence(sites: pd.DataFrame | None) -> list[gpd.GeoSeries]:
    if not isinstance(sites, gpd.GeoDataFrame) or sites.empty:
        return []
    return [sites.geometry[(words(sites["kind"]) == "point of presence") & ~empty(sites)]]


def _km_to_nearest(places: gpd.GeoDataFrame, shapes: list[gpd.GeoSeries], crs: str) -> np.ndarray | None:
    targets = [shape.to_crs(crs) for shape in shapes if len(shape)]
    if not targets:
        return None
    index = pd.concat(targets).reset_index(drop=True).sindex
    km = np.full(len(places), np.nan)
    here = ~empty(places)
    points = places.geometry[here].to_crs(crs)
    (rows, _), metres = index.nearest(points.values, return_all=False, return_distance=True)
    km[np.flatnonzero(here)[rows]] = metres / 1000
    return km
