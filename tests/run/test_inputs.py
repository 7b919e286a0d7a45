"""What a run reads: antenna patterns that lie beside the sources count, and a changed one is noticed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from merata.region import store
from merata.region.change import change
from merata.region.folder import Region
from merata.region.settings import ClutterSettings, HopSettings, RadioSettings
from merata.region.tables import TABLES
from merata.run import engine, inputs
from merata.run.steps import STEPS


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


def a_region(folder: Path, settings: str = "") -> Region:
    """A region of one village, and a site in it."""
    region = Region.start(folder, settings or "[radio]\nresolution_m = 1000\nradius_km = 3\n")
    facts = {"source": "a", "known_by": "made up"}
    row = {"code": "99.01.01.2001", "name": "A", "district": "B"} | facts
    tables = {
        "villages": gpd.GeoDataFrame([row], geometry=[shapely.box(117, 0, 117.1, 0.1)], crs=4326),
        "sites": gpd.GeoDataFrame([{"id": "S"} | facts], geometry=[shapely.Point(117.05, 0.05)], crs=4326),
    }
    with change(region.path) as staged:
        shaped = {name: store.shaped(table, TABLES[name]) for name, table in tables.items()}
        store.write(staged.file("region.gpkg"), shaped)
    return region


@pytest.mark.slow
@pytest.mark.parametrize(
    "setting", ["low_k = 0.8", "rain_mm_per_h = 90", "[radio.hop]\navailability = 0.999"]
)
def test_what_only_hops_ask_leaves_the_coverage_as_it_is(tmp_path: Path, setting: str) -> None:
    region = a_region(tmp_path / "r")
    first = engine.run(region, until="coverage")
    head = (region.path / "region.toml").read_text()
    (region.path / "region.toml").write_text(f"{head}{setting}\n")
    changed = inputs.read(Region(region.path))
    assert changed.hash_of(["settings:hop"]) != inputs.read(region).hash_of(["settings:hop"])
    again = engine.run(Region(region.path), until="coverage")
    assert again.id == first.id
    assert again.steps[0].taken_from == first.id
    (region.path / "region.toml").write_text(f"{head}height_m = 50\n")
    assert engine.run(Region(region.path), until="coverage").steps[0].taken_from == ""
    options = next(step for step in STEPS if step.name == "options")
    assert "settings:hop" in options.reads


def test_every_setting_of_radio_is_read_by_a_hash_and_only_by_one(tmp_path: Path) -> None:
    read = inputs.read(a_region(tmp_path / "r"))
    for name, value in read.settings.radio.model_dump().items():
        other = {"hop": HopSettings(most_km=9), "clutter": ClutterSettings(tree_m=3)}.get(name)
        other = other or (
            [7.0] if isinstance(value, list) else f"{value}x" if isinstance(value, str) else value + 1
        )
        radio = RadioSettings().model_copy(update=dict(read.settings.radio) | {name: other})
        changed = replace(read, settings=read.settings.model_copy(update={"radio": radio}))
        parts = ("settings:radio", "settings:hop")
        different = [part for part in parts if changed.hash_of([part]) != read.hash_of([part])]
        assert different == ["settings:hop" if name in inputs.HOP_SETTINGS else "settings:radio"], name
