"""Time of all hops between N sites within 60 km, and of their sky, on made-up hills at 30 m: python bench/links.py [N].

First the sites lie all over a regency of 27,000 km², then so near together that every pair is within 60 km.
"""

import resource
import sys
import time

import geopandas as gpd
import numba
import numpy as np
from scipy.ndimage import gaussian_filter, zoom
from shapely.geometry import Point

from merata.radio.land import INLAND, Ground
from merata.radio.links import hops
from merata.radio.sky import sky
from merata.region.grid import Grid
from merata.region.settings import RadioSettings

RESOLUTION_M, SIDE_KM, SEED = 30.0, 164.0, 1


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    ground = _ground()
    for name, side_km in (("all over, first call", SIDE_KM), ("all over", SIDE_KM), ("near together", 42.0)):
        sites = _sites(count, side_km, ground.grid)
        start = time.perf_counter()
        table = hops(sites, ground, RadioSettings()).table
        seconds = time.perf_counter() - start
        samples = table["distance_km"].sum() * 1000 / RESOLUTION_M
        print(
            f"{name}: {count} sites, {len(table)} pairs, {samples / 1e6:.0f} million points, {seconds:.1f} s, "
            f"{int(table['works'].sum())} hops work"
        )
    for name in ("sky, first call", "sky"):
        start = time.perf_counter()
        found = sky(_sites(count, SIDE_KM, ground.grid), ground)
        print(f"{name}: {len(found.table)} places, {time.perf_counter() - start:.2f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{numba.get_num_threads()} threads, peak {peak:.2f} GiB")


def _sites(count: int, side_km: float, grid: Grid) -> gpd.GeoDataFrame:
    spots = np.random.default_rng(SEED + 1).uniform(0.01, 0.99, (count, 2)) * side_km * 1000
    points = [Point(grid.west_m + x, grid.north_m - y) for x, y in spots]
    facts = {"id": [f"S{i}" for i in range(count)], "height_m": [40.0] * count}
    return gpd.GeoDataFrame(facts, geometry=points, crs=grid.crs)


def _ground() -> Ground:
    pixels = int(SIDE_KM * 1000 / RESOLUTION_M)
    coarse = gaussian_filter(np.random.default_rng(SEED).normal(size=(pixels // 8 + 2,) * 2), 8)
    heights = zoom((coarse / coarse.std() * 80).astype(np.float32), 8, order=1)[:pixels, :pixels]
    grid = Grid("EPSG:32650", 400_000, 100_000, RESOLUTION_M, pixels, pixels)
    trees = np.full(grid.shape, 20, np.float32)
    return Ground(heights, trees, np.full(grid.shape, INLAND, np.uint8), grid)


if __name__ == "__main__":
    main()
