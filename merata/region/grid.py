"""The one grid of pixels that terrain, land cover and coverage of a region share."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeVar

import geopandas as gpd
import numpy as np
import numpy.typing as npt
from pyproj import Geod, Transformer
from rasterio.transform import Affine

from merata.errors import InputError
from merata.region._metric import why_not_metric

#: No region is as wide or high, m.
MOST_M = 5_000_000.0
#: A kilometre of a projection that is good for a region is no longer or shorter than this by, m.
MOST_OFF_M_PER_KM = 50.0
#: Sectors point to true north, pixels to the grid's: they may differ by this, degrees.
MOST_TURNED_DEG = 20.0

_ELSE = (
    "Correct the places; or set `projection` in region.toml to the UTM zone of the region's middle, as a region "
    "on both sides of 180 degrees of longitude must."
)

_Metres = TypeVar("_Metres", float, npt.NDArray[Any])


@dataclass(frozen=True)
class Grid:
    """North-up square pixels in a metric projection; InputError when its numbers are no metres."""

    crs: str
    """Like 'EPSG:32750'."""
    west_m: float
    north_m: float
    resolution_m: float
    width: int
    height: int

    def __post_init__(self) -> None:
        why = why_not_metric(self.crs)
        if why:
            raise InputError(
                f"the grid's projection {self.crs} {why}; expected one in metres, like EPSG:32750."
            )

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
        """The grid that holds `places` (any projection) with a margin, its corner on a multiple of a pixel.

        Raises InputError when `crs` is not in metres, or is that of another part of the Earth.
        """
        why = why_not_metric(crs)
        if why:
            raise InputError(f"the projection {crs} {why}; expected one in metres, like EPSG:32750.")
        edges = places.to_crs(crs).total_bounds
        _check_near(edges, crs)
        west, south, east, north = edges
        west_m = math.floor((west - margin_m) / resolution_m) * resolution_m
        north_m = math.ceil((north + margin_m) / resolution_m) * resolution_m
        width = math.ceil((east + margin_m - west_m) / resolution_m)
        height = math.ceil((north_m - south + margin_m) / resolution_m)
        return cls(crs, west_m, north_m, resolution_m, width, height)


def _check_near(edges: npt.NDArray[np.float64], crs: str) -> None:
    """Raise InputError where the projection's metres are none, or its north is not north."""
    west, south, east, north = edges
    x, y = (west + east) / 2, (south + north) / 2
    to_degrees = Transformer.from_crs(crs, 4326, always_xy=True)
    lon, lat = (np.array(degrees) for degrees in to_degrees.transform([x, x + 1000, x], [y, y, y + 1000]))
    wide = max(east - west, north - south) > MOST_M
    if wide or not (np.isfinite(edges).all() and np.isfinite([lon, lat]).all()):
        raise InputError(
            f"in the projection {crs} the places of the region lie nowhere, or more than {MOST_M / 1000:,.0f} km "
            f"apart. {_ELSE}"
        )
    azimuth, _, metres = Geod(ellps="WGS84").inv(lon[[0, 0]], lat[[0, 0]], lon[1:], lat[1:])
    if np.abs(metres - 1000).max() > MOST_OFF_M_PER_KM or abs(azimuth[1]) > MOST_TURNED_DEG:
        raise InputError(
            f"at the region's middle ({lat[0]:.3f}, {lon[0]:.3f}) a kilometre of the projection {crs} is "
            f"{metres[0]:,.0f} m to the east and {metres[1]:,.0f} m to the north, and its north points to "
            f"{round(azimuth[1]) % 360} degrees: it is not meant for there. {_ELSE}"
        )
