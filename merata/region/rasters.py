"""Terrain and land cover of the whole region: put together from their sources, again only when those change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd

from merata.region import findings as findings_file
from merata.region import landcover, terrain
from merata.region.change import Change
from merata.region.code import hash_of_rooms
from merata.region.findings import Finding
from merata.region.grid import Grid
from merata.region.records import Source
from merata.region.settings import Settings

#: Room around the villages in which towers outside of the region still matter.
MARGIN_M = 5000.0

_MOSAICS: dict[str, tuple[str, Callable[[list[Source], Grid, Path], list[Finding]]]] = {
    "terrain": ("terrain.tif", terrain.mosaic),
    "landcover": ("clutter.tif", landcover.mosaic),
}


def grid_of(villages: gpd.GeoDataFrame, settings: Settings) -> Grid:
    """The region's grid: its villages with a margin, in its projection, at the coverage map's resolution."""
    return Grid.around(villages, projection_of(villages, settings), settings.radio.resolution_m, MARGIN_M)


def projection_of(villages: gpd.GeoDataFrame, settings: Settings) -> str:
    """The metric projection of region.toml, else the UTM zone of the region's middle."""
    return settings.region.projection or str(villages.estimate_utm_crs())


def stage(
    staged: Change,
    sources: dict[str, list[tuple[Source, str]]],
    villages: gpd.GeoDataFrame,
    settings: Settings,
) -> list[Finding]:
    """Stage terrain.tif and clutter.tif where their sources, grid or code changed; what was found either way.

    `sources` gives for "terrain" and "landcover" each source with its hash.
    """
    found: list[Finding] = []
    if villages.empty:
        return found
    grid = grid_of(villages, settings)
    for name, (file, mosaic) in _MOSAICS.items():
        if not sources[name]:
            continue
        key = _key(grid, [sha256 for _, sha256 in sources[name]])
        memory = f".merata/{name}.json"
        known = staged.folder / memory
        if (staged.folder / file).exists() and known.exists() and json.loads(known.read_text())["key"] == key:
            found += findings_file.from_csv(json.loads(known.read_text())["findings"])
            continue
        made = mosaic([source for source, _ in sources[name]], grid, staged.file(file))
        text = json.dumps({"key": key, "findings": findings_file.to_csv(made)})
        staged.file(memory).write_text(text, encoding="utf-8")
        found += made
    return found


def _key(grid: Grid, hashes: list[str]) -> str:
    return hashlib.sha256(repr((hash_of_rooms("region"), grid, hashes)).encode()).hexdigest()
