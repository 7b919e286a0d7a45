"""The lines along which cable can run, flat, in metres: roads, rivers, power lines, and fibre that is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from merata.plan.frames import numbers, words
from merata.plan.where import empty

Floats = npt.NDArray[np.float64]

#: What new cable runs along; the last is a straight stretch where no way is known.
ALONG = ("road", "river", "power line", "no way")
ROAD, RIVER, POWER_LINE, NO_WAY = range(len(ALONG))
#: Fibre that is there needs no new cable: it comes before all of ALONG.
THERE = -1
_OF_WAY = {"road": ROAD, "river": RIVER, "power line": POWER_LINE}


@dataclass(frozen=True, eq=False)
class Lines:
    """Simple 2D lines of a metric projection, one a row of the arrays."""

    shapes: npt.NDArray[np.object_]
    along: npt.NDArray[np.int64]
    """Index into ALONG."""


@dataclass(frozen=True, eq=False)
class Fibre:
    """Fibre in operation, and points of presence."""

    shapes: npt.NDArray[np.object_]
    """Lines and points of a metric projection."""
    mbps: Floats
    """What each can carry; infinite where nobody says."""
    names: npt.NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.shapes)


def ways_of(tables: Mapping[str, pd.DataFrame], crs: str) -> Lines:
    """The region's roads, rivers and power lines; a row that is no line on the map is left out."""
    ways = tables.get("ways")
    if not isinstance(ways, gpd.GeoDataFrame) or ways.empty:
        return Lines(np.empty(0, object), np.empty(0, np.int64))
    kind = words(ways["kind"])
    used = ~empty(ways) & np.isin(kind, list(_OF_WAY))
    shapes, row = _simple(ways.geometry[used], crs)
    along = np.array([_OF_WAY[k] for k in kind[used]], np.int64)
    return Lines(shapes, along[row])


def fibre_of(tables: Mapping[str, pd.DataFrame], crs: str) -> Fibre:
    """Fibre that is in operation: a link whose status is blank is taken to be, as in `merata.plan.where`."""
    links = tables.get("links")
    if not isinstance(links, gpd.GeoDataFrame) or links.empty:
        return Fibre(np.empty(0, object), np.empty(0), np.empty(0, object))
    there = (words(links["status"]) != "planned") & (words(links["kind"]) == "fibre") & ~empty(links)
    rows = links[there]
    shapes, row = _simple(rows.geometry, crs)
    mbps = numbers(rows["capacity_mbps"])
    # A capacity of 0 is no fibre in operation but one that nobody has filled in.
    known = np.where(mbps > 0, mbps, np.inf)
    names = rows["name"].astype("string").fillna(rows["id"].astype("string")).fillna("").to_numpy(object)
    return Fibre(shapes, known[row], names[row])


def _simple(geometry: gpd.GeoSeries, crs: str) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.int64]]:
    """Each line by itself without heights or points that are nowhere, and the row that it came from."""
    flat = shapely.force_2d(geometry.to_crs(crs).to_numpy())
    parts, row = shapely.get_parts(flat, return_index=True)
    line = np.isin(
        shapely.get_type_id(parts), [shapely.GeometryType.LINESTRING, shapely.GeometryType.LINEARRING]
    )
    finite = np.isfinite(shapely.bounds(parts)).all(axis=1)
    good = line & finite & (shapely.length(parts) > 0)
    return parts[good], row[good]
