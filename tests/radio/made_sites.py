"""A small made-up country with hills, and sites on it, for the tests of the coverage map."""

import geopandas as gpd
import numpy as np
from scipy.ndimage import gaussian_filter
from shapely.geometry import Point

from merata.radio.coverage_map import BANDS
from merata.region.grid import Grid
from merata.region.settings import RadioSettings

GRID = Grid("EPSG:32750", 400_000, 60_000, 100, 160, 120)
RADIO = RadioSettings(radius_km=8)


def middle_of(row, column):
    return Point(GRID.west_m + (column + 0.5) * 100, GRID.north_m - (row + 0.5) * 100)


def sites_at(*places, **columns):
    n = len(places)
    facts = {
        "id": [f"S{i}" for i in range(n)],
        "kind": ["tower"] * n,
        "technologies": ["2G 4G"] * n,
        "operator": ["Satu"] * n,
        "height_m": [40.0] * n,
        "frequency_mhz": [900.0] * n,
        "bands_mhz": [None] * n,
        "eirp_dbm": [58.0] * n,
        "azimuths_deg": ["0 120 240"] * n,
        "tilt_deg": [3.0] * n,
        "antenna": [None] * n,
        **columns,
    }
    return gpd.GeoDataFrame(facts, geometry=[middle_of(*place) for place in places], crs=GRID.crs)


def hills(seed=0, sd_m=60, shape=GRID.shape):
    rough = gaussian_filter(np.random.default_rng(seed).normal(size=shape), 6)
    return (rough / rough.std() * sd_m + 250).astype(np.float32)


def cover_of(seed=0):
    return np.random.default_rng(seed).choice([10, 30, 40, 50, 80], GRID.shape).astype(np.uint8)


def same(one, other):
    for band in BANDS:
        np.testing.assert_array_equal(getattr(one, band.name), getattr(other, band.name), err_msg=band.name)
