"""What the readers of open data share: the region's box, placed tables with their provenance, sure sayings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from merata.region.records import Source
from merata.region.store import shaped
from merata.region.tables import TABLES

CRS = "EPSG:4326"
#: Width of the strip around the region in which sites, roads and rivers still matter, degrees: about the
#: margin of `Grid.around`, so that nothing is kept that lies on no pixel.
MARGIN_DEG = 0.05
METRES_PER_DEGREE = 111_195.0  # mean radius of the Earth, 6371 km

Box = tuple[float, float, float, float]


def box_around(border: shapely.Geometry | None, margin_deg: float = MARGIN_DEG) -> Box | None:
    """West, south, east, north of `border` with a margin, degrees; None for no border."""
    if border is None or shapely.is_empty(border):
        return None
    west, south, east, north = (float(side) for side in shapely.bounds(border))
    return (west - margin_deg, south - margin_deg, east + margin_deg, north + margin_deg)


def in_box(lon: npt.NDArray[Any], lat: npt.NDArray[Any], box: Box | None) -> npt.NDArray[np.bool_]:
    """Which places have possible coordinates and lie in the box (anywhere, for None)."""
    west, south, east, north = box or (-180.0, -90.0, 180.0, 90.0)
    inside: npt.NDArray[np.bool_] = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return inside


def points(lon: npt.NDArray[Any], lat: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """An array of points, also where there is one or none."""
    shapes: npt.NDArray[Any] = np.atleast_1d(np.asarray(shapely.points(lon, lat), dtype=object))
    return shapes


def in_border(places: npt.NDArray[Any], border: shapely.Geometry | None) -> npt.NDArray[np.bool_]:
    """Which places lie in the border (all, for None)."""
    if border is None:
        return np.ones(len(places), dtype=bool)
    shapely.prepare(border)
    inside: npt.NDArray[np.bool_] = shapely.intersects(border, places)
    return inside


def known_by(source: Source, usual: str) -> str:
    """How rows of a source are known: as its kind usually is, unless the source says that it is made up."""
    return "made up" if source.known_by == "made up" else usual


def table(
    name: str,
    columns: dict[str, Any],
    shapes: Sequence[shapely.Geometry] | npt.NDArray[Any],
    source: Source,
    usual: str,
) -> gpd.GeoDataFrame:
    """Rows of the declared table `name`, with provenance, in the order of their ids.

    `usual`: how rows of this kind are known. A `source_date` among the columns goes before the source's own.
    """
    # By position: a series may still carry the labels of the rows that it was chosen from.
    values = {name: value.array if isinstance(value, pd.Series) else value for name, value in columns.items()}
    frame = pd.DataFrame(values, index=range(len(shapes)))
    dates = frame.get("source_date", pd.Series(pd.NA, index=frame.index, dtype="string"))
    frame = frame.assign(
        source=source.file,
        source_date=dates.astype("string").fillna(source.date),
        known_by=known_by(source, usual),
    )
    placed = gpd.GeoDataFrame(frame, geometry=list(shapes), crs=CRS)
    rows: gpd.GeoDataFrame = shaped(placed.sort_values("id", kind="stable", ignore_index=True), TABLES[name])
    return rows


def metres(lon: npt.NDArray[Any], lat: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Flat metres (n, 2) east and north, true at the mean latitude: for distances within a region."""
    middle = math.radians(float(np.mean(lat))) if len(lat) else 0.0
    return np.column_stack([lon * math.cos(middle), lat]) * METRES_PER_DEGREE


def count(number: float, one: str, many: str = "") -> str:
    """'1 cell', '1,204 cells'."""
    return f"{number:,.0f} {one if round(number) == 1 else many or one + 's'}"
