"""How much the ground rises and falls around places: highest less lowest within three kilometres."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import rasterio

RADIUS_M = 3000.0
"""As Karagulle et al. (2017, doi:10.1111/tgis.12265) take it for their map of the world's landforms."""

Floats = npt.NDArray[np.float64]


def relief_m(terrain: Path, places: gpd.GeoSeries) -> Floats:
    """Local relief at each place, m; NaN where the terrain is not known.

    Parameters
    ----------
    terrain
        Heights on a grid in metres, as a region's `terrain.tif`.
    places
        Points, in any projection.
    """
    with rasterio.open(terrain) as file:
        points = places.to_crs(file.crs)
        side = abs(file.transform.a)
        reach = int(RADIUS_M // side)
        heights = file.read(1, masked=True).filled(np.nan).astype(np.float32)
        here = [
            file.index(p.x, p.y) if p is not None and not p.is_empty else (-(10**9), -(10**9)) for p in points
        ]
    across = np.arange(-reach, reach + 1) * side
    circle = np.hypot(across[:, None], across[None, :]) <= RADIUS_M
    return np.array([_at(heights, int(row), int(column), reach, circle) for row, column in here], float)


def _at(
    heights: npt.NDArray[np.float32], row: int, column: int, reach: int, circle: npt.NDArray[np.bool_]
) -> float:
    if not (0 <= row < heights.shape[0] and 0 <= column < heights.shape[1]):
        return np.nan
    top, left = max(0, row - reach), max(0, column - reach)
    there = heights[top : row + reach + 1, left : column + reach + 1]
    cut = circle[top - row + reach :, left - column + reach :][: there.shape[0], : there.shape[1]]
    known = there[cut & np.isfinite(there)]
    return float(known.max() - known.min()) if known.size else np.nan
