"""Time and memory of a whole regency's coverage map: 27,000 km² at 90 m, 400 sites of 3 sectors and 3 bands, 30 km.

    python bench/coverage_map.py [sites] [radius km]

Made-up hills 800 m high, forest with rivers and villages; the sites stand in the fifth with most neighbours, as masts
do along roads. Prints what it took the first time, again with all losses remembered, after one site moved, and in
pieces of 512 pixels; and that the four maps agree. Kernels are compiled (or taken from their cache) before the clock
starts; the first line says how long that took.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import numba
import numpy as np
import rasterio
from scipy.ndimage import gaussian_filter
from shapely.geometry import Point

from merata.radio.coverage import write_coverage
from merata.region.grid import Grid
from merata.region.settings import RadioSettings

SIDE, RESOLUTION_M = 1826, 90.0
GRID = Grid("EPSG:32750", 400_000.0, 200_000.0, RESOLUTION_M, SIDE, SIDE)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    settings = RadioSettings(
        resolution_m=RESOLUTION_M, radius_km=float(sys.argv[2]) if len(sys.argv) > 2 else 30
    )
    print(f"{numba.get_num_threads()} threads, {count} sites, {settings.radius_km:g} km")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files, sites = _land(folder), _sites(count)
        small = settings.model_copy(update={"radius_km": 1.0})
        _timed("kernels ready, one small site", sites.iloc[:1], files, small, folder / "small.tif")
        whole = _timed("first time", sites, files, settings, folder / "a.tif", cache=folder / "cache")
        size = sum(path.stat().st_size for path in (folder / "cache").iterdir())
        print(f"  map {whole.stat().st_size / 1e6:.0f} MB, remembered losses {size / 1e6:.0f} MB")
        again = _timed("again", sites, files, settings, folder / "b.tif", cache=folder / "cache")
        moved = sites.copy()
        moved.loc[7, "geometry"] = Point(sites.geometry[7].x + 500, sites.geometry[7].y)
        _timed("one site moved", moved, files, settings, folder / "c.tif", cache=folder / "cache")
        pieces = _timed(
            "in pieces of 512", sites, files, settings, folder / "d.tif", cache=folder / "cache", side=512
        )
        same = whole.read_bytes() == again.read_bytes() == pieces.read_bytes()
        print("  the same bytes" if same else "  NOT the same bytes")


def _land(folder: Path) -> tuple[Path, Path]:
    rng = np.random.default_rng(1)
    rough = sum(gaussian_filter(rng.normal(size=GRID.shape), s) * s**1.9 for s in (1.5, 5, 15, 50, 120))
    heights = ((rough - rough.min()) / (rough.max() - rough.min()) * 800 + 5).astype(np.float32)
    patches = gaussian_filter(rng.normal(size=GRID.shape), 10)
    cover = np.where(patches > np.quantile(patches, 0.3), 10, 40).astype(np.uint8)
    cover[patches < np.quantile(patches, 0.03)] = 50
    profile = {"driver": "GTiff", "width": SIDE, "height": SIDE, "crs": GRID.crs, "transform": GRID.transform,
               "count": 1, "tiled": True, "compress": "deflate"}  # fmt: skip
    for file, values in (("terrain.tif", heights), ("clutter.tif", cover)):
        with rasterio.open(folder / file, "w", dtype=values.dtype, **profile) as dataset:
            dataset.write(values, 1)
    return folder / "terrain.tif", folder / "clutter.tif"


def _sites(count: int) -> gpd.GeoDataFrame:
    rng = np.random.default_rng(2)
    density = gaussian_filter(rng.normal(size=GRID.shape), 60).ravel()
    busy = np.flatnonzero(density > np.quantile(density, 0.8))
    rows, columns = np.divmod(rng.choice(busy, count, replace=False), SIDE)
    facts = {
        "id": [f"S{i}" for i in range(count)],
        "kind": "tower",
        "technologies": "4G",
        "operator": [("A", "B", "C")[i % 3] for i in range(count)],
        "height_m": rng.choice([32.0, 42.0, 52.0, 62.0, 72.0], count),
        "bands_mhz": "900 1800 2100",
        "azimuths_deg": "0 120 240",
        "tilt_deg": 3.0,
        "eirp_dbm": 58.0,
    }
    x_m, y_m = GRID.west_m + (columns + 0.3) * RESOLUTION_M, GRID.north_m - (rows + 0.6) * RESOLUTION_M
    return gpd.GeoDataFrame(facts, geometry=gpd.points_from_xy(x_m, y_m), crs=GRID.crs)


def _timed(
    what: str,
    sites: gpd.GeoDataFrame,
    files: tuple[Path, Path],
    settings: RadioSettings,
    out: Path,
    cache: Path | None = None,
    side: int = 2048,
) -> Path:
    started = time.perf_counter()
    write_coverage(out, sites, *files, GRID, settings, cache=cache, side=side)
    seconds = time.perf_counter() - started
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:30} {seconds:7.1f} s   peak so far {peak_mb:6.0f} MB", flush=True)
    return out


if __name__ == "__main__":
    main()
