"""What the coverage of very many sites would cost, estimated from measured slices of a region's sites.

    python bench/slices.py REGION --slices 5 --sites 40 --of 500000

Slices lie side by side from west to east, so that hills and plains are in different ones; each is a process of its own
with one thread. Computed first, then again with all losses remembered, then one site alone: the differences are what a
site's losses cost, what adding them to a map costs, and what a pixel costs whatever the sites.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

#: Land of Indonesia, km²: what a map of the country has pixels of.
LAND_KM2 = 1_900_000


def one(folder: Path, first: int, count: int) -> dict[str, float]:
    """Processor seconds and bytes of a slice: sites `first` and on, from west to east."""
    from merata.radio.coverage import write_coverage
    from merata.region.folder import Region
    from merata.region.rasters import grid_of
    from merata.region.settings import RadioSettings

    region = Region(folder)
    settings, villages, sites = region.settings, region.tables()["villages"], region.tables()["sites"]
    settings = settings.model_copy(update={"radio": settings.radio.model_copy(update={"radius_km": 30.0})})
    grid = grid_of(villages, settings)
    sites = sites[(sites["kind"] == "tower") & sites["technologies"].str.contains("4G")]
    if len(sites) < first + count:
        sys.exit(
            f"{folder}: {len(sites)} sites on 4G, not {first + count}: ask for fewer, or smaller, slices."
        )
    sites = sites.iloc[np.argsort(sites.geometry.x.to_numpy(), kind="stable")][first : first + count]
    with tempfile.TemporaryDirectory() as name:
        cache = Path(name) / "losses"

        def seconds(some: pd.DataFrame, radio: RadioSettings) -> float:
            began = time.process_time()
            write_coverage(
                Path(name) / "map.tif", some, folder / "terrain.tif", folder / "clutter.tif", grid, radio,
                levels=settings.levels, cache=cache, leave_out=True, most_pixels=0,
            )  # fmt: skip
            return time.process_time() - began

        seconds(sites[:1], settings.radio.model_copy(update={"radius_km": 1.0}))  # kernels are ready
        small = set(cache.iterdir())
        cold, held = seconds(sites, settings.radio), set(cache.iterdir()) - small
        warm, alone = seconds(sites, settings.radio), seconds(sites[:1], settings.radio)
        size = sum(path.stat().st_size for path in held)
        written = (Path(name) / "map.tif").stat().st_size
    return {
        "sites": len(sites),
        "bands": len(held),
        "losses_s": (cold - warm) / len(sites),
        "adding_s": (warm - alone) / (len(sites) - 1),
        "pixel_us": alone / (grid.width * grid.height) * 1e6,
        "losses_kb": size / len(sites) / 1e3,
        "pixel_bytes": written / (grid.width * grid.height),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def estimate(slices: pd.DataFrame, of: int, resolution_m: float = 100) -> None:
    """Mean and 95 % interval (Student's, between slices) of each figure, and what follows for all sites."""
    for name in slices.columns:
        low, high = _interval(slices[name])
        print(f"{name:<12} {slices[name].mean():10.3f}   {low:.3f} to {high:.3f}")
    pixels = LAND_KM2 * 1e6 / resolution_m**2
    hours = pd.DataFrame(
        {
            "losses": slices["losses_s"] * of / 3600,
            "adding": slices["adding_s"] * of / 3600,
            "pixels": slices["pixel_us"] * pixels / 3.6e9,
        }
    )
    hours["all"] = hours.sum(axis=1)
    print(f"\n{of:,} sites and {pixels / 1e6:,.0f} million pixels, core hours:")
    for name in hours.columns:
        low, high = _interval(hours[name])
        print(f"{name:<12} {hours[name].mean():10.1f}   {low:.1f} to {high:.1f}")
    print(f"losses kept: {slices['losses_kb'].mean() * of / 1e6:,.0f} GB")


def _interval(values: pd.Series) -> tuple[float, float]:
    half = stats.t.ppf(0.975, len(values) - 1) * values.std() / math.sqrt(len(values))
    return values.mean() - half, values.mean() + half


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("region", type=Path)
    parser.add_argument("--slices", type=int, default=5)
    parser.add_argument("--sites", type=int, default=40)
    parser.add_argument("--of", type=int, default=500_000)
    parser.add_argument("--first", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.first is not None:
        print(json.dumps(one(asked.region, asked.first, asked.sites)))
        return
    rows = []
    for k in range(asked.slices):
        command = [sys.executable, __file__, asked.region, "--sites", asked.sites, "--first", k * asked.sites]
        environment = {**os.environ, "NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        said = subprocess.run(
            [*map(str, command)], env=environment, check=True, capture_output=True, text=True
        )
        rows.append(json.loads(said.stdout))
        print(rows[-1], flush=True)
    estimate(pd.DataFrame(rows), asked.of)


if __name__ == "__main__":
    main()
