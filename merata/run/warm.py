"""Compiles the kernels of a run ahead of their first use: `python -m merata.run.warm`."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import rasterio
import shapely

from merata.region import store
from merata.region.change import change
from merata.region.folder import TERRAIN, Region
from merata.region.grid import Grid
from merata.region.rasters import grid_of
from merata.region.tables import TABLES
from merata.run import engine

_SETTINGS = """
[region]
name = "Warm"
made_up = true
projection = "EPSG:32750"
[radio]
radius_km = 2
resolution_m = 200
[[funds]]
name = "Fund"
years = { 2025 = 900_000_000, 2026 = 900_000_000 }
[[funds]]
name = "Works"
years = { 2025 = 900_000_000 }
kinds = ["fibre", "microwave", "cell"]
"""


def warm() -> None:
    """Plan for a made-up village between two masts, so that what a run compiles is in the cache.

    Takes about a minute where it is not there yet, and the time to load it where it is. Nothing is raised where nothing
    can be written: each process then compiles for itself.
    """
    with tempfile.TemporaryDirectory() as folder:
        engine.run(_region(Path(folder) / "region"), until="plan")


def _region(folder: Path) -> Region:
    region = Region.start(folder, _SETTINGS)
    border, homes = shapely.box(117.0, 0.5, 117.1, 0.6), shapely.Point(117.05, 0.55)
    masts = [shapely.Point(117.03, 0.55), shapely.Point(117.07, 0.55)]
    tables = {
        "villages": _rows([{"code": "99.01.01.2001", "name": "Warm", "district": "Warm"}], [border]),
        "settlements": _rows([{"id": "homes", "people": 900}], [homes]),
        "sites": _rows(
            [
                {"id": "fibre", "kind": "point of presence", "height_m": 50.0},
                {"id": "mast", "kind": "tower", "height_m": 50.0},
            ],
            masts,
        ),
    }
    shaped = {name: store.shaped(rows, TABLES[name]) for name, rows in tables.items()}
    with change(region.path) as staged:
        store.write(staged.file("region.gpkg"), shaped)
        _flat(staged.file(TERRAIN), grid_of(shaped["villages"], region.settings))
    return region


def _flat(path: Path, grid: Grid) -> None:
    """Terrain 10 m above the sea, none of it void."""
    profile = {"width": grid.width, "height": grid.height, "count": 2, "dtype": "float32", "crs": grid.crs}
    with rasterio.open(path, "w", "GTiff", **profile, transform=grid.transform) as dataset:
        dataset.write(np.full(grid.shape, 10, np.float32), 1)


def _rows(rows: list[dict[str, Any]], shapes: Sequence[shapely.Geometry]) -> gpd.GeoDataFrame:
    facts = {"source": "warm", "source_date": "2025-01-01", "known_by": "made up"}
    return gpd.GeoDataFrame([facts | row for row in rows], geometry=shapes, crs=store.CRS)


if __name__ == "__main__":
    warm()
