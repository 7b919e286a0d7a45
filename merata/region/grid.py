"""The one grid of pixels that terrain, land cover and coverage of a region share."""

from __future__ import annotations

import math
from dataclasses import dataclass

import geopandas as gpd
from rasterio.transform import Affine


@dataclass(frozen=True)
class Grid:
    """North-up square pixels in a metric projection."""

    crs: str
    """Like 'EPSG:32750'."""
    west_m: float
    north_m: float
    resolution_m: float
    width: int
    height: int

    @property
    def transform(self) -> Affine:
        """Pixel (column, row) to metres, as rasterio uses it."""
        return Affine(self.resolution_m, 0.0, self.west_m, 0.0, -self.resolution_m, self.north_m)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns, as NumPy counts."""
        return (self.height, self.width)

    @classmethod
    def around(cls, places: gpd.GeoDataFrame, crs: str, resolution_m: float, margin_m: float = 5000) -> Grid:
        """The grid that holds `places` (any projection) with a margin, its corner on a multiple of a pixel."""
        west, south, east, north = places.to_crs(crs).total_bounds
        west_m = math.floor((west - margin_m) / resolution_m) * resolution_m
        north_m = math.ceil((north + margin_m) / resolution_m) * resolution_m
        width = math.ceil((east + margin_m - west_m) / resolution_m)
        height = math.ceil((north_m - south + margin_m) / resolution_m)
        return cls(crs, west_m, north_m, resolution_m, width, height)
