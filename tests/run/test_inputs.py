"""What a run reads: antenna patterns that lie beside the sources count, and a changed one is noticed."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import shapely

from merata.region import store
from merata.region.change import change
from merata.region.folder import Region
from merata.region.tables import TABLES
from merata.run import inputs


def test_patterns_beside_the_sources_are_found_and_a_change_is_noticed(tmp_path: Path) -> None:
    region = Region.start(tmp_path / "r", name="Example")
    row = {"code": "99.01.01.2001", "name": "A", "district": "B", "source": "a", "known_by": "made up"}
    villages = gpd.GeoDataFrame([row], geometry=[shapely.box(117, 0, 117.1, 0.1)], crs="EPSG:4326")
    with change(region.path) as staged:
        store.write(staged.file("region.gpkg"), {"villages": store.shaped(villages, TABLES["villages"])})
    none = inputs.read(region)
    assert none.antennas == {}
    sources = region.path / "sources"
    sources.mkdir(exist_ok=True)
    (sources / "K80.MSI").write_text("NAME K80\n")
    (sources / "notes.txt").write_text("not an antenna\n")
    found = inputs.read(region)
    assert found.folder == region.path
    assert found.antennas == {"K80.MSI": sources / "K80.MSI"}
    before = found.hash_of(["antennas"])
    assert before != none.hash_of(["antennas"])
    (sources / "K80.MSI").write_text("NAME K81\n")
    assert inputs.read(region).hash_of(["antennas"]) != before
    assert inputs.read(region).hash_of(["date"]) == found.hash_of(["date"])
