"""Coverage maps: shares of land, classes by value, a picture that lies where the villages do."""

import base64
import re
import warnings
from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace
from unittest.mock import patch
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pytest
import shapely
from made_results import results
from rasterio.io import MemoryFile

from merata.publish import maps
from merata.publish.report import report_files
from merata.publish.signal import _SHADES, SHOWS, Layer, map_of
from merata.publish.signal_chance import shown_chance
from merata.publish.tables import villages
from merata.publish.words import Tongue
from merata.radio import coverage
from merata.radio.against import write_correction
from merata.radio.chance_map import Rows, write_chance
from merata.radio.correct import Correction, no_correction
from merata.radio.coverage_map import Coverage
from merata.region.grid import Grid

GRID = Grid("EPSG:32750", 500_000, 9_950_000, 100, 200, 100)
#: Two squares of 5 by 5 km inside the grid.
VILLAGES = gpd.GeoDataFrame(
    {"code": ["a", "b"], "district": ["D", "D"]},
    geometry=[
        shapely.box(505_000, 9_942_000, 510_000, 9_947_000),
        shapely.box(510_000, 9_942_000, 515_000, 9_947_000),
    ],
    crs=GRID.crs,
)


def drawn(values, show="strength", language="en"):
    drawing = maps.draw(VILLAGES, {}, GRID.crs)
    return drawing, map_of(
        drawing, Layer("R & D", VILLAGES, 30, show, values, GRID), Tongue(language), "A <note>."
    )


def picture(svg):
    content = base64.b64decode(re.search(r"base64,([^\"]+)", svg)[1])
    with warnings.catch_warnings(action="ignore"), MemoryFile(content) as memory, memory.open() as file:
        return file.read(1), file.colormap(1)


def test_shares_are_of_the_land_inside_the_border():
    values = np.full(GRID.shape, -85.0)
    values[:, 100:] = -115  # the eastern village
    values[:, :50] = np.nan  # west of both
    _, found = drawn(values)
    shares = {c.name: c.share for c in found.classes}
    assert shares == pytest.approx({"nowhere": 0, "0": 0, "1": 0.5, "2": 0, "3": 0, "4": 0.5, "5": 0})
    assert "50% of the land" in found.svg
    legend = re.findall(r">([^<>]*) of the land</text>", found.svg)
    assert legend == ["−90 to −80 dBm: 50%", "−120 to −110 dBm: 50%", "no tower within 30 km: 0%"]


@pytest.mark.parametrize("language", ["id", "en"])
def test_long_titles_and_notes_are_folded_not_cut(language):
    drawing = maps.draw(VILLAGES, {}, GRID.crs)
    region, nothing = "Kabupaten Penajam Paser Utara Timur", np.zeros(GRID.shape, np.uint8)
    layer = Layer(region, VILLAGES, 30, "level", nothing, GRID)
    found = map_of(drawing, layer, Tongue(language), " ".join(["kata"] * 60))
    heads = re.findall(r'class="m-head"[^>]*>([^<]*)<', found.svg)
    assert len(heads) == 2
    assert all(len(line) <= 58 for line in heads)
    notes = re.findall(r'class="m-note" x="30" y="(\d+)"', found.svg)
    assert len(notes) > 2
    height = int(re.search(r'viewBox="0 0 1600 (\d+)"', found.svg)[1])
    assert max(map(int, notes)) < height - 8


@pytest.mark.parametrize("show", list(SHOWS))
def test_a_value_on_the_edge_is_in_the_class_that_begins_there(show):
    edges = SHOWS[show].edges
    for place, edge in enumerate(edges):
        _, found = drawn(np.full(GRID.shape, edge, np.float32), show)
        assert {c.name for c in found.classes if c.share} == {str(place + 1)}


def test_levels_are_named_and_nothing_is_left_out():
    values = np.zeros(GRID.shape, np.uint8)
    values[:, 75:] = 2
    _, found = drawn(values, "level", "id")
    assert [c.words for c in found.classes] == ["tidak ada", "dasar", "layak", "baik"]
    assert [c.share for c in found.classes] == pytest.approx([0.25, 0, 0.75, 0])


def test_pixels_lie_where_the_villages_lie():
    values = np.full(GRID.shape, -115.0)
    values[:, 100:] = -85
    drawing, found = drawn(values)
    pixels, palette = picture(found.svg)
    west, east = (drawing.centres[code] for code in "ab")
    scale = pixels.shape[1] / maps.WIDTH
    at = [pixels[int(y * scale), int(x * scale)] for x, y in (west, east)]
    colors = [palette[int(value)][:3] for value in at]
    by_name = {c.name: tuple(bytes.fromhex(c.color[1:])) for c in found.classes}
    assert colors == [by_name["1"], by_name["4"]]


def test_outside_of_the_grid_the_picture_is_blank():
    far = VILLAGES.assign(
        geometry=[VILLAGES.geometry[0], shapely.box(540_000, 9_942_000, 545_000, 9_947_000)]
    )
    drawing = maps.draw(far, {}, GRID.crs)
    layer = Layer("R", VILLAGES, 30, "strength", np.full(GRID.shape, -85.0), GRID)
    found = map_of(drawing, layer, Tongue("id"), "")
    pixels, palette = picture(found.svg)
    x, y = drawing.centres["b"]
    scale = pixels.shape[1] / maps.WIDTH
    assert palette[int(pixels[int(y * scale), int(x * scale)])][:3] == (255, 255, 255)


def test_the_file_is_well_formed_small_and_the_same_each_time():
    values = np.random.default_rng(1).uniform(-130, -70, GRID.shape)
    first, second = drawn(values)[1].svg, drawn(values)[1].svg
    assert first == second
    assert len(first) < 400_000
    root = ET.fromstring(first)
    space = {"s": "http://www.w3.org/2000/svg"}
    assert root.find("s:title", space).text == "R & D — Strength of the 4G signal outdoors (RSRP)"
    assert "of the land" in root.find("s:desc", space).text


def test_shades_grow_darker_with_strength_for_every_eye():
    def lightness(color):
        rgb = np.array(list(bytes.fromhex(color[1:]))) / 255
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    light = [116 * lightness(color) ** (1 / 3) - 16 for color in _SHADES]
    assert all(a - b > 8 for a, b in pairwise(light))


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A report whose run has a coverage map: the west without signal, the east good."""
    place = tmp_path_factory.mktemp("run") / "coverage.tif"
    place.touch()
    made = results(25)
    made = replace(made, coverage_path=place)
    joined = villages(made)
    grid = Grid.around(joined, "EPSG:32750", 200)
    level = np.zeros(grid.shape, np.uint8)
    level[:, grid.width // 2 :] = 3
    strength = np.where(level == 3, -85.0, np.nan).astype(np.float32)
    with patch.object(coverage, "read", lambda _: SimpleNamespace(level=level, rsrp_dbm=strength, grid=grid)):
        return report_files(made, joined)


def test_the_report_shows_the_coverage_map_once_for_both_languages(report):
    page = report["index.html"]
    assert page.count("data:image/png;base64") == 1
    assert page.count('href="#signal-level"') == 2
    assert "Tingkat layanan dari sinyal menara" in page
    assert "Service level from the signal" in page
    shares = [int(x) for x in re.findall(r"(?:none|good): (\d+)% of the land", page)]
    assert len(shares) >= 2
    assert sum(shares[:2]) in (99, 100, 101)


def test_the_report_has_coverage_maps_as_files(report):
    assert {"map-level.svg", "map-strength.svg"} <= set(report)
    for name in ("map-level.svg", "map-strength.svg"):
        ET.fromstring(report[name])
        assert "bukan diukur" in report[name]


# --- the chance ---------------------------------------------------------------------------------------------------


def a_run_with_a_chance(folder, correction):
    """A run's folder with maps: the west at 20 % ± 10, the east at 95 % ± 2, the southernmost row out of reach."""
    made = results(25)
    grid = Grid.around(villages(made), "EPSG:32750", 200)
    chance, unsure = np.full(grid.shape, 0.2, np.float32), np.full(grid.shape, 0.1, np.float32)
    chance[:, grid.width // 2 :], unsure[:, grid.width // 2 :] = 0.95, 0.02
    chance[-1], unsure[-1] = np.nan, np.nan
    power = np.where(np.isnan(chance), np.nan, -100).astype(np.float32)
    Coverage(power, np.where(np.isnan(power), -1, 0), grid).write(folder / "coverage.tif")
    write_chance(iter([Rows(0, power, chance, unsure)]), grid, folder / "chance.tif")
    write_correction(correction, [], folder / "correction.json")
    return replace(made, coverage_path=folder / "coverage.tif")


@pytest.mark.parametrize(
    ("correction", "told"),
    [
        (no_correction(9.0), ("No measurement corrects it: an error of 9 dB", "Tidak ada pengukuran")),
        pytest.param(
            Correction(9.0, points=1234, sites=40),
            ("measured at 1,234 places under 40 sites", "di 1.234 tempat pada 40 menara"),
            marks=pytest.mark.slow,
        ),
    ],
)
def test_the_report_shows_the_chance_with_its_uncertainty_and_what_corrected_it(tmp_path, correction, told):
    made = a_run_with_a_chance(tmp_path, correction)
    found = report_files(made, villages(made))
    page = found["index.html"]
    assert page.count('href="#signal-chance"') == 2
    assert page.count('id="signal-chance"') == 1
    assert "Chance that a phone outdoors reaches the level basic" in page
    assert "Peluang telepon di luar ruangan mencapai tingkat dasar" in page
    shares = {
        words: int(part) for words, part in re.findall(r"<span>([^<]*\(± \d+\)): (\d+)% of the land", page)
    }
    assert list(shares) == ["90% and more (± 2)", "10 to 25% (± 10)"]
    assert sum(shares.values()) in (99, 100)
    assert all(words in page for words in told)
    drawn = found["map-chance.svg"]
    ET.fromstring(drawn)
    assert told[1] in drawn
    assert "10 sampai 25% (± 10)" in drawn
    assert found == report_files(made, villages(made))


@pytest.mark.slow
def test_the_chance_in_a_building_says_so(tmp_path):
    made = a_run_with_a_chance(tmp_path, no_correction(9.0))
    inside = made.settings.radio.model_copy(update={"building": "traditional"})
    shown = shown_chance(tmp_path, made.settings.model_copy(update={"radio": inside}))
    assert "inside a building" in shown.title(Tongue("en"))


@pytest.mark.slow
def test_a_run_of_an_older_version_has_no_chance_to_show(tmp_path):
    made = a_run_with_a_chance(tmp_path, no_correction(9.0))
    (tmp_path / "chance.tif").unlink()
    assert shown_chance(tmp_path, made.settings) is None
    assert "map-chance.svg" not in report_files(made, villages(made))


@pytest.mark.slow
def test_a_run_without_a_coverage_map_gives_a_report_without_one():
    made = results(25)
    page = report_files(made, villages(made))
    assert "data:image/png" not in page["index.html"]
    assert "map-level.svg" not in page
