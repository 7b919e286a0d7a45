"""Time of all hops between N sites within 60 km on made-up hills, with profiles of 30 m: python bench/links.py [N]."""

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
from merata.region.grid import Grid
from merata.region.settings import RadioSettings

RESOLUTION_M, SIDE_KM, SEED = 30.0, 164.0, 1


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    ground = _ground()
    spots = np.random.default_rng(SEED + 1).uniform(0.01, 0.99, (count, 2)) * SIDE_KM * 1000
    points = [Point(ground.grid.west_m + x, ground.grid.north_m - y) for x, y in spots]
    facts = {"id": [f"S{i}" for i in range(count)], "height_m": [40.0] * count}
    sites = gpd.GeoDataFrame(facts, geometry=points, crs=ground.grid.crs)
    for name in ("first call", "again"):
        start = time.perf_counter()
        table = hops(sites, ground, RadioSettings()).table
        seconds = time.perf_counter() - start
        samples = table["distance_km"].sum() * 1000 / RESOLUTION_M
        print(
            f"{name}: {count} sites, {len(table)} pairs, {samples / 1e6:.0f} million points, {seconds:.1f} s, "
            f"{numba.get_num_threads()} threads, {int(table['works'].sum())} hops work, "
            f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB"
        )


def _ground() -> Ground:
    pixels = int(SIDE_KM * 1000 / RESOLUTION_M)
    coarse = gaussian_filter(np.random.default_rng(SEED).normal(size=(pixels // 8 + 2,) * 2), 8)
    heights = zoom((coarse / coarse.std() * 80).astype(np.float32), 8, order=1)[:pixels, :pixels]
    grid = Grid("EPSG:32650", 400_000, 100_000, RESOLUTION_M, pixels, pixels)
    trees = np.full(grid.shape, 20, np.float32)
    return Ground(heights, trees, np.full(grid.shape, INLAND, np.uint8), grid)


if __name__ == "__main__":
    main()
