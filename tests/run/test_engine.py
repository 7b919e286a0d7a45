"""A run appears whole or not at all, and computes only what its inputs changed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from merata.errors import FileError, MissingError
from merata.region import store
from merata.region.change import change
from merata.region.folder import Region
from merata.region.tables import TABLES
from merata.run import engine
from merata.run.inputs import Inputs
from merata.run.steps import STEPS, Progress, Step


def _region(folder: Path) -> Region:
    region = Region.start(folder, name="Example")
    row = {"code": "99.01.01.2001", "name": "A", "district": "B", "source": "a", "known_by": "made up"}
    villages = gpd.GeoDataFrame([row], geometry=[shapely.box(117, 0, 117.1, 0.1)], crs="EPSG:4326")
    with change(folder) as staged:
        store.write(staged.file("region.gpkg"), {"villages": store.shaped(villages, TABLES["villages"])})
    return region


class Counted:
    """Steps that count how often they were done."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.fails = False
        self.stopped_by = ""

    def first(self, inputs: Inputs, folder: Path, progress: Progress) -> None:
        self.done.append("first")
        (folder / "first.txt").write_text(str(inputs.settings.radio.height_m))

    def second(self, inputs: Inputs, folder: Path, progress: Progress) -> str:
        self.done.append("second")
        if self.fails:
            raise RuntimeError("out of memory, say")
        (folder / "deep").mkdir()
        (folder / "deep" / "second.txt").write_text(
            (folder / "first.txt").read_text() + str(inputs.settings.plan.gap) + self.stopped_by
        )
        return self.stopped_by

    def third(self, inputs: Inputs, folder: Path, progress: Progress) -> None:
        self.done.append("third")
        (folder / "third.txt").write_text(folder.name + (folder / "deep" / "second.txt").read_text())


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Counted:
    counted = Counted()
    two = (
        Step("first", "", ("settings:radio",), (), counted.first),
        Step("second", "", ("settings:plan",), ("first",), counted.second),
    )
    monkeypatch.setattr(engine, "STEPS", two)
    return counted


@pytest.fixture
def three(monkeypatch: pytest.MonkeyPatch, steps: Counted) -> Counted:
    third = Step("third", "", (), ("first", "second"), steps.third)
    monkeypatch.setattr(engine, "STEPS", (*engine.STEPS, third))
    return steps


def _set(region: Region, text: str) -> Region:
    (region.path / "region.toml").write_text(text)
    return Region(region.path)


def test_the_same_folder_is_the_same_run(tmp_path: Path, steps: Counted) -> None:
    region = _region(tmp_path / "r")
    first, again = engine.run(region), engine.run(region)
    assert steps.done == ["first", "second"]
    assert first.id == again.id
    assert (tmp_path / "r" / "runs" / "latest" / "deep" / "second.txt").exists()
    assert engine.find(region.path).id == first.id


def test_a_setting_reruns_only_what_reads_it_and_what_follows(tmp_path: Path, steps: Counted) -> None:
    region = _region(tmp_path / "r")
    first = engine.run(region)
    later = engine.run(_set(region, "[plan]\ngap = 0.02\n"))
    assert steps.done == ["first", "second", "second"]
    assert [step.taken_from for step in later.steps] == [first.id, ""]
    engine.run(_set(region, "[radio]\nheight_m = 50\n"))
    assert steps.done[3:] == ["first", "second"]
    back = engine.run(_set(region, ""))
    assert steps.done[5:] == []
    assert back.id == first.id
    assert engine.find(region.path).id == first.id


def test_a_run_that_fails_leaves_nothing_and_the_latest_stays(tmp_path: Path, steps: Counted) -> None:
    region = _region(tmp_path / "r")
    first = engine.run(region)
    steps.fails = True
    with pytest.raises(RuntimeError):
        engine.run(_set(region, "[plan]\ngap = 0.02\n"))
    assert engine.find(region.path).id == first.id
    assert sorted(p.name for p in (region.path / "runs").iterdir()) == sorted([first.id, "latest"])
    assert not list((region.path / ".merata").glob("run-*"))


def test_until_stops_there_and_the_rest_takes_it_over(tmp_path: Path, steps: Counted) -> None:
    region = _region(tmp_path / "r")
    part = engine.run(region, until="first")
    assert steps.done == ["first"]
    whole = engine.run(region)
    assert steps.done == ["first", "second"]
    assert whole.steps[0].taken_from == part.id
    with pytest.raises(MissingError, match="first, second"):
        engine.run(region, until="third")


def test_what_was_stopped_by_hand_is_a_run_of_its_own_that_no_other_takes_over(
    tmp_path: Path, three: Counted
) -> None:
    region = _region(tmp_path / "r")
    three.stopped_by = "hand"
    stopped = engine.run(region)
    assert [step.stopped_by for step in stopped.steps] == ["", "hand", ""]
    assert json.loads((stopped.folder / "run.json").read_text())["stopped_by"] == "hand"
    assert (stopped.folder / "third.txt").read_text().startswith(stopped.id), "its report knows its name"
    assert engine.find(region.path).id == stopped.id
    assert engine.is_current(region, stopped, "first")
    assert not engine.is_current(region, stopped, "second")
    three.stopped_by = ""
    whole = engine.run(region)
    assert [step.taken_from for step in whole.steps] == [stopped.id, "", ""]
    assert three.done == ["first", "second", "third", "second", "third"]
    assert engine.find(region.path).id == whole.id != stopped.id
    assert [step.taken_from for step in engine.run(region).steps] == [whole.id] * 3
    alone = engine.run(_region(tmp_path / "r2"))
    assert alone.id == whole.id, "what was stopped left no trace in the run that went to its end"


def test_what_the_clock_stopped_is_taken_over_and_says_so(tmp_path: Path, three: Counted) -> None:
    region = _region(tmp_path / "r")
    three.stopped_by = "clock"
    first = engine.run(region, until="second")
    whole = engine.run(region)
    assert three.done == ["first", "second", "third"]
    assert [(step.taken_from, step.stopped_by) for step in whole.steps[:2]] == [
        (first.id, ""),
        (first.id, "clock"),
    ]


def test_a_run_that_ends_earlier_does_not_hide_one_that_went_further(tmp_path: Path, three: Counted) -> None:
    region = _region(tmp_path / "r")
    assert engine.run(region, until="first").latest == engine.find(region.path).id
    whole = engine.run(region)
    assert engine.find(region.path).id == whole.id == whole.latest
    changed = _set(region, "[radio]\nheight_m = 50\n")
    part = engine.run(changed, until="second")
    assert (part.latest, engine.find(region.path).id) == (whole.id, whole.id)
    assert engine.knowing(changed, "first").id == part.id, "what it knows is there for who needs no more"
    assert engine.knowing(_set(region, ""), "first").id == whole.id
    assert engine.find(region.path, part.id).id == part.id
    again = engine.run(_set(region, "[radio]\nheight_m = 50\n"))
    assert engine.find(region.path).id == again.id != whole.id


@pytest.mark.parametrize("file", ["first.txt", "deep/second.txt", "run.json"])
def test_a_run_that_something_else_damaged_is_made_again_and_nothing_is_taken_from_it(
    tmp_path: Path, steps: Counted, file: str
) -> None:
    region = _region(tmp_path / "region")
    run = engine.run(region)
    before, damaged = (run.folder / "deep" / "second.txt").read_text(), run.folder / file
    damaged.write_text(damaged.read_text()[:-2] + "x")
    again = engine.run(region)
    assert again.id == run.id
    assert (again.folder / "deep" / "second.txt").read_text() == before
    assert steps.done[2:] == {"first.txt": ["first"], "run.json": ["first", "second"]}.get(file, ["second"])
    assert engine.find(region.path).id == run.id


def test_notes_of_a_run_that_are_damaged_are_told_with_what_to_do(tmp_path: Path, steps: Counted) -> None:
    run = engine.run(_region(tmp_path / "region"))
    (run.folder / "run.json").write_text('{"steps": [{"name":')
    with pytest.raises(FileError, match=r"run.json: is damaged .* Take away the folder of this run"):
        engine.load(run.folder)


def test_where_the_latest_run_is_gone_any_takes_its_place(tmp_path: Path, three: Counted) -> None:
    region = _region(tmp_path / "r")
    shutil.rmtree(engine.run(region).folder)
    part = engine.run(region, until="first")
    assert engine.find(region.path).id == part.id


def test_where_there_are_no_links_a_text_file_points_to_the_latest(
    tmp_path: Path, steps: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise OSError("no symbolic links on this file system")

    monkeypatch.setattr(Path, "symlink_to", no_links)
    region = _region(tmp_path / "r")
    done = engine.run(region)
    assert (region.path / "runs" / "latest.txt").read_text().strip() == done.id
    assert engine.find(region.path).id == done.id


def test_a_run_is_found_by_the_beginning_of_its_name(tmp_path: Path, steps: Counted) -> None:
    region = _region(tmp_path / "r")
    done = engine.run(region)
    assert engine.find(region.path, done.id[:4]).id == done.id
    with pytest.raises(MissingError, match=done.id):
        engine.find(region.path, "zz")


def test_the_note_says_what_the_run_was_made_from(tmp_path: Path, steps: Counted) -> None:
    region = _region(tmp_path / "r")
    done = engine.run(region)
    note = json.loads((done.folder / "run.json").read_text())
    assert note["id"] == done.id
    assert note["settings"]["plan"]["first_year"] == 2025
    assert [step["name"] for step in note["steps"]] == ["first", "second"]


def test_steps_read_only_what_there_is() -> None:
    known = {f"table:{name}" for name in TABLES} | {f"settings:{name}" for name in store_settings()}
    known |= {"raster:terrain", "raster:clutter", "grid", "antennas", "findings", "sources", "date", "name"}
    known |= {"promised", "table:evidence"}
    # Parts of settings:radio that no coverage map reads, and of settings:plan that say what could be built.
    known |= {"settings:hop", "settings:supply"}
    for place, step in enumerate(STEPS):
        assert set(step.reads) <= known, step.name
        assert set(step.after) <= {earlier.name for earlier in STEPS[:place]}, step.name


def store_settings() -> set[str]:
    from merata.region.settings import Settings

    return set(Settings.model_fields)


def test_hash_follows_content_not_row_labels(tmp_path: Path) -> None:
    region = _region(tmp_path / "r")
    from merata.run.inputs import read

    inputs = read(region)
    before = inputs.hash_of(["table:villages"])
    inputs.tables["villages"] = inputs.tables["villages"].set_index(pd.Index([5]))
    assert inputs.hash_of(["table:villages"]) == before
    inputs.tables["villages"]["name"] = "C"
    assert inputs.hash_of(["table:villages"]) != before
