"""Time of the coverage map, in microseconds per pixel, at several radii on made-up hills: python bench/radio.py."""

import time

import geopandas as gpd
import numba
import numpy as np
from scipy.ndimage import gaussian_filter
from shapely.geometry import Point

from merata.radio.coverage import coverage
from merata.region.grid import Grid
from merata.region.settings import RadioSettings

RESOLUTION_M = 100


def main() -> None:
    side = 1300
    grid = Grid("EPSG:32750", 400_000, 200_000, RESOLUTION_M, side, side)
    hills = gaussian_filter(np.random.default_rng(1).normal(size=grid.shape), 8)
    hills = (hills / hills.std() * 80).astype(np.float32)
    middle = Point(400_000 + side * RESOLUTION_M / 2, 200_000 - side * RESOLUTION_M / 2)
    facts = {
        "kind": ["tower"],
        "technologies": ["4G"],
        "height_m": [40.0],
        "frequency_mhz": [900.0],
        "eirp_dbm": [58.0],
    }
    site = gpd.GeoDataFrame(facts, geometry=[middle], crs=grid.crs)
    coverage(site, hills, None, grid, RadioSettings(radius_km=1))  # compile
    for threads in sorted({1, numba.config.NUMBA_NUM_THREADS}):
        numba.set_num_threads(threads)
        for radius_km in (10, 30, 60):
            settings = RadioSettings(radius_km=radius_km)
            seconds = min(_once(site, hills, grid, settings) for _ in range(3))
            pixels = np.pi * (radius_km * 1000 / RESOLUTION_M) ** 2
            each_us = seconds * 1e6 / pixels
            print(f"{threads} thread(s), {radius_km:2d} km: {each_us:.3f} µs a pixel, {seconds:.3f} s a site")


def _once(site: gpd.GeoDataFrame, hills: np.ndarray, grid: Grid, settings: RadioSettings) -> float:
    start = time.perf_counter()
    coverage(site, hills, None, grid, settings)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
