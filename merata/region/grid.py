"""The one grid of pixels that terrain, land cover and coverage of a region share."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeVar

import geopandas as gpd
import numpy.typing as npt
from rasterio.transform import Affine

_Metres = TypeVar("_Metres", float, npt.NDArray[Any])


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

    def pixels(self, x_m: _Metres, y_m: _Metres) -> tuple[_Metres, _Metres]:
        """Rows and columns of places in the grid's projection, counted from its north-west corner, in pixels.

        Rounded down they are the pixel that holds the place; less a half, whole numbers are the middles of pixels.
        """
        return (self.north_m - y_m) / self.resolution_m, (x_m - self.west_m) / self.resolution_m

    @classmethod
    def around(cls, places: gpd.GeoDataFrame, crs: str, resolution_m: float, margin_m: float = 5000) -> Grid:
        """The grid that holds `places` (any projection) with a margin, its corner on a multiple of a pixel."""
        west, south, east, north = places.to_crs(crs).total_bounds
        west_m = math.floor((west - margin_m) / resolution_m) * resolution_m
        north_m = math.ceil((north + margin_m) / resolution_m) * resolution_m
        width = math.ceil((east + margin_m - west_m) / resolution_m)
        height = math.ceil((north_m - south + margin_m) / resolution_m)
        return cls(crs, west_m, north_m, resolution_m, width, height)
