"""The drawing of the rooms is as the code has them, and what the page says about changing things is there."""

import importlib.util
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location(
        "make_architecture", PROJECT / "tools" / "make_architecture.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_and_its_drawing_are_as_the_code_has_them(tool):
    said = []
    assert tool.main(["--check"], said.append) == 0, said


def test_every_arrow_is_an_import_and_none_goes_up(tool):
    order, arrows = tool.rooms(), tool.arrows()
    assert {"region", "plan", "web"} <= set(order)
    assert "region" in arrows["plan"]
    assert all(order.index(room) < order.index(other) for room in order for other in arrows[room])


def test_an_arrow_is_left_out_only_where_others_say_it(tool):
    arrows = {"roof": ["hall", "cellar"], "hall": ["cellar"], "cellar": []}
    assert tool.fewest(arrows) == [("roof", "hall"), ("hall", "cellar")]


def test_a_page_that_differs_is_noticed(tool, monkeypatch, tmp_path):
    other = tmp_path / "ARCHITECTURE.md"
    other.write_text(
        tool.PAGE.read_text(encoding="utf-8").replace("| `radio` |", "| `radar` |"), encoding="utf-8"
    )
    monkeypatch.setattr(tool, "PAGE", other)
    monkeypatch.setattr(tool, "PROJECT", tmp_path.parent)
    monkeypatch.setattr(tool, "page", lambda text: text.replace("radar", "radio"))
    monkeypatch.setattr(tool, "drawing", lambda: tool.DRAWING.read_text(encoding="utf-8"))
    said = []
    assert tool.main(["--check"], said.append) == 1
    assert said == [f"{tmp_path.name}/ARCHITECTURE.md: differs from the code: make reference"]


def test_every_place_that_the_page_names_is_there():
    text = (PROJECT / "ARCHITECTURE.md").read_text(encoding="utf-8").split("## How to change a thing")[1]
    named = re.findall(r"`([a-z_]+/[a-z_/*]*(?:\.py)?)`", text)
    assert len(named) >= 20
    missing = [name for name in named if not list((PROJECT / "merata").glob(name.rstrip("/")))]
    assert missing == []
