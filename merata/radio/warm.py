"""Compiles the kernels of the coverage map ahead of their first use: `python -m merata.radio.warm`."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from shapely.geometry import Point

from merata.radio.coverage import coverage
from merata.region.grid import Grid
from merata.region.settings import RadioSettings

_PIXELS = 16


def warm() -> None:
    """Make a coverage map of a flat square mile or so, so that its compiled kernels are in the cache.

    Takes some 15 s where they are not there yet, and the time to load them where they are. Nothing is raised where
    nothing can be written: each process then compiles for itself.
    """
    grid = Grid("EPSG:32750", 500_000.0, 9_900_000.0, 100.0, _PIXELS, _PIXELS)
    middle = Point(*(grid.transform @ (_PIXELS / 2, _PIXELS / 2)))
    site = gpd.GeoDataFrame({"id": ["1"]}, geometry=[middle], crs=grid.crs)
    level = np.full(grid.shape, 10, np.float32)
    coverage(site, level, None, grid, RadioSettings(radius_km=0.5))


if __name__ == "__main__":
    warm()
