"""The radio commands as an engineer uses them, from the command line to the files and exit codes."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import tomlkit
from in_process import merata
from pyproj import Transformer
from rasterio.transform import from_origin
from shapely.geometry import Point, box

from merata.example.make import DATE, make
from merata.region import store
from merata.region.change import change
from merata.region.folder import Region
from merata.region.rasters import grid_of
from merata.region.tables import TABLES

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("radio_commands")]

# Validation


@pytest.fixture
def cases(shared_data: Path, tmp_path: Path) -> Path:
    """A copy of two of the Recommendation's validation profiles with their results."""
    source = shared_data / "p1812"
    for name in ("rburg", "b2iseac_rural_land_10km"):
        for kind, pattern in (("profiles", f"{name}.csv"), ("results", f"{name}_[0-9].csv")):
            (tmp_path / kind).mkdir(exist_ok=True)
            for file in (source / kind).glob(pattern):
                shutil.copy(file, tmp_path / kind)
    return tmp_path


def test_validation_prints_every_term_and_ends_well(cases):
    said, _ = merata("radio", "validate", cases)
    assert "Lb (dB)" in said
    assert "6 cases" in said
    answer = json.loads(merata("radio", "validate", cases, "--json")[0])
    assert answer["passed"] is True
    assert answer["worst"] <= 0.01
    assert {d["term"] for d in answer["differences"]} >= {"Lbfs", "Ldp", "Lba", "Lbs", "Lbc", "Lb"}


def test_validation_fails_above_the_limit_and_says_where(cases):
    """A result that says 0.02 dB more than the model finds is above the limit, and is named."""
    file = cases / "results" / "rburg_1.csv"
    lines = file.read_text().splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("Lb (dB)"))
    cells = lines[at].split(",")
    cells[3] = str(float(cells[3]) + 0.02)
    file.write_text("\n".join([*lines[:at], ",".join(cells), *lines[at + 1 :]]))
    said, _ = merata("radio", "validate", cases, code=1)
    assert "ABOVE THE LIMIT" in said
    assert "rburg_1" in said
    merata("radio", "validate", cases, "--limit", "0.05")
    answer = json.loads(merata("radio", "validate", cases, "--json", code=1)[0])
    assert answer["passed"] is False
    assert answer["worst"] == pytest.approx(0.02, abs=1e-4)


def test_validation_of_nothing_or_of_a_damaged_folder_is_told(cases, tmp_path):
    (tmp_path / "empty").mkdir()
    _, wrong = merata("radio", "validate", tmp_path / "empty", code=5)
    assert "results/*.csv" in wrong
    (cases / "profiles" / "rburg.csv").unlink()
    _, wrong = merata("radio", "validate", cases, code=3)
    assert "rburg" in wrong


# A region


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small worked example in a path with a space, taken in but not run."""
    folder = tmp_path_factory.mktemp("a b")
    made = make(folder / "files", villages=20, seed=1)
    settings = tomlkit.parse(made.region_toml)
    settings.setdefault("radio", tomlkit.table()).update(radius_km=8, resolution_m=200)
    started = Region.start(folder / "region", tomlkit.dumps(settings))
    started.add(made.files, date=DATE, given_by="made-up office")
    return folder / "region"


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Commands write into the folder where they are called."""
    place = tmp_path / "desk"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


def named(region: Path) -> tuple[pd.Series, pd.Series]:
    """A mast that says its height, and a village."""
    tables = Region(region).tables()
    sites = tables["sites"]
    return sites[sites["height_m"].notna() & sites["name"].notna()].iloc[0], tables["villages"].iloc[5]


def test_a_profile_is_drawn_and_explained(region, desk):
    site, village = named(region)
    said, _ = merata("radio", "profile", region, site["id"], village["code"], "--language", "en")
    assert f"→ {village['name']}" in said
    assert "Path loss" in said
    assert "Lbfs: free space" in said
    files = list(desk.glob("*.svg"))
    assert len(files) == 1
    assert files[0].name in said
    assert "MADE-UP EXAMPLE" in files[0].read_text(encoding="utf-8")
    assert ET.parse(files[0]).getroot().tag.endswith("svg")


def test_a_profile_as_json_adds_up(region, desk):
    site, village = named(region)
    answer = json.loads(
        merata("radio", "profile", region, site["name"].lower(), village["code"], "--out", "p.png", "--json")[
            0
        ]
    )
    assert answer["a"]["height_m"] == site["height_m"]
    assert answer["b"]["height_m"] == 1.5
    assert sum(answer["causes_db"].values()) == pytest.approx(answer["loss_db"])
    assert answer["terms"]["Lb"] == pytest.approx(answer["loss_db"])
    assert answer["known_by"] == "made up"
    assert answer["received"]["level"] in ("none", "basic", "working", "good")
    assert 0 <= 58 - 27.8 - answer["loss_db"] - answer["received"]["rsrp_dbm"] <= 35
    assert (desk / "p.png").read_bytes()[:4] == b"\x89PNG"
    again = json.loads(
        merata("radio", "profile", region, site["name"], village["code"], "--mhz", 2600, "--height-b", 10,
               "--out", "p.svg", "--phone", "--json")[0]
    )  # fmt: skip
    assert again["frequency_mhz"] == 2600
    assert again["b"]["height_m"] == 10
    assert again["loss_db"] != answer["loss_db"]


def test_a_profile_between_two_positions_takes_phones_and_says_so(region):
    site, _ = named(region)
    point = site.geometry
    a, b = f"{point.y},{point.x}", f"{point.y + 0.05}, {point.x}"
    answer = json.loads(merata("radio", "profile", region, "--json", a, b)[0])
    assert answer["a"]["height_m"] == answer["b"]["height_m"] == 1.5
    assert answer["distance_km"] == pytest.approx(0.05 * 110.57, rel=0.01)
    assert answer["received"] is None
    assert any("900 MHz" in line for line in answer["assumptions"])


def test_a_profile_of_what_is_not_there_is_told(region):
    site, village = named(region)
    name = site["name"]
    _, wrong = merata("radio", "profile", region, name, "Nowhere at all", code=5)
    assert "Nowhere at all: no site and not exactly one village is called so" in wrong
    _, wrong = merata("radio", "profile", region, name, "45.0,9.0", code=7)
    assert "outside of the region's map" in wrong
    _, wrong = merata("radio", "profile", region, name, "116.9,-0.4", code=7)
    assert "Expected latitude,longitude" in wrong
    _, wrong = merata("radio", "profile", region, name, name, code=7)
    assert "at one place" in wrong
    _, wrong = merata("radio", "profile", region, name, village["code"], "--mhz", 20, code=7)
    assert f"{name} to {village['name']}" in wrong
    assert "0.02" in wrong
    _, wrong = merata("radio", "profile", region, name, village["code"], "--out", "p.gif", code=2)
    assert ".svg or .png" in wrong
    _, wrong = merata("radio", "profile", region, name, village["code"], "--out", "no/such/p.svg", code=2)
    assert "no folder" in wrong
    _, wrong = merata("radio", "profile", region / "nothing", name, village["code"], code=5)
    assert "not a region folder" in wrong


def test_hops_between_the_sites_are_told_and_kept(region, desk):
    said, _ = merata("radio", "links", region, "--km", 25)
    assert "hops work" in said
    assert "Assumed: Rain" in said
    table = pd.read_csv(desk / "hops.csv", encoding="utf-8-sig")
    assert table["distance_km"].between(0.05, 25).all()
    assert table["works"].any()
    assert not table["works"].all()
    works = table[table["works"]]
    assert (works["rate_mbps"] > 0).all()
    assert works["availability_year"].between(0.99, 1).all()
    assert (works["availability_worst_month"] <= works["availability_year"]).all()
    site, _ = named(region)
    answer = json.loads(
        merata("radio", "links", region, "--site", site["name"], "--json", "--out", "one.csv")[0]
    )
    assert answer["hops"]
    assert all(site["id"] in (hop["a"], hop["b"]) for hop in answer["hops"])
    assert all(hop["known_by"] == "modelled" for hop in answer["hops"])
    _, wrong = merata("radio", "links", region, "--site", "nobody's", code=5)
    assert "no site has this id or name" in wrong
    _, wrong = merata("radio", "links", region, "--out", "hops.xlsx", code=2)
    assert ".csv" in wrong


def test_the_map_needs_a_run_and_then_shows_it(region, desk):
    _, wrong = merata("radio", "map", region, code=5)
    assert "merata run" in wrong
    merata("run", region, "--until", "coverage")
    for show in ("level", "strength", "quality", "speed"):
        answer = json.loads(merata("radio", "map", region, "--show", show, "--json")[0])
        assert sum(c["share"] for c in answer["classes"]) == pytest.approx(1)
        assert ET.parse(desk / f"map-{show}.svg").getroot().tag.endswith("svg")
    _, wrong = merata("radio", "map", region, "--show", "chance", code=5)
    assert "made with access" in wrong
    merata("run", region, "--until", "access")
    answer = json.loads(merata("radio", "map", region, "--show", "chance", "--json")[0])
    assert sum(c["share"] for c in answer["classes"]) == pytest.approx(1)
    assert any(c["plus_minus"] for c in answer["classes"])
    assert "chance.tif" in merata("radio", "map", region, "--show", "chance")[0]
    said, _ = merata("radio", "map", region, "--language", "id", "--show", "strength", "--out", "peta.svg")
    assert "Kuat sinyal" in said
    assert "dBm" in said
    text = (desk / "peta.svg").read_text(encoding="utf-8")
    assert "CONTOH REKAAN" in text
    assert "bukan diukur" in text
    _, wrong = merata("radio", "map", region, "--out", "peta.png", code=2)
    assert ".svg" in wrong
    _, wrong = merata("radio", "map", region, "--run", "zzz", code=5)
    assert "zzz" in wrong


# The sky


def places(*rows: dict[str, object]) -> gpd.GeoDataFrame:
    """Rows with a point, or none, under the equator's village of `valley`."""
    points = [Point(*row["at"]) if row["at"] else None for row in rows]
    common = {"village_code": "99.01.01.2001", "source": "a", "known_by": "reported"}
    facts = [common | {key: value for key, value in row.items() if key != "at"} for row in rows]
    return gpd.GeoDataFrame(facts, geometry=points, crs="EPSG:4326")


@pytest.fixture
def valley(tmp_path: Path) -> Path:
    """A village on a plain with a wall 1.9 km high, 500 m north of its school; a hamlet lives 5 km from the wall."""
    region = Region.start(tmp_path / "valley", "[radio]\nresolution_m = 100\n")
    village = {"code": "99.01.01.2001", "name": "A", "district": "B", "source": "a", "known_by": "reported"}
    tables = {
        "villages": gpd.GeoDataFrame([village], geometry=[box(117, 0, 117.1, 0.1)], crs="EPSG:4326"),
        "facilities": places(
            {"id": "1", "kind": "school", "name": "=SD 1", "at": (117.05, 0.05)},
            {"id": "2", "kind": "health post", "at": None},
        ),
        "settlements": places({"id": "1", "at": (117.05, 0.01)}),
    }
    shaped = {name: store.shaped(table, TABLES[name]) for name, table in tables.items()}
    grid = grid_of(shaped["villages"], region.settings)
    _, y = Transformer.from_crs(4326, grid.crs, always_xy=True).transform(117.05, 0.05)
    heights = np.full((2, *grid.shape), 100.0, np.float32)
    heights[1] = 0
    wall = int((grid.north_m - y) / 100) - 5
    heights[0, wall - 3 : wall + 1] = 2000
    profile = {"width": grid.width, "height": grid.height, "count": 2, "dtype": "float32", "crs": grid.crs}
    with change(region.path) as staged:
        store.write(staged.file("region.gpkg"), shaped)
        with rasterio.open(
            staged.file("terrain.tif"), "w", "GTiff", **profile,
            transform=from_origin(grid.west_m, grid.north_m, 100, 100),
        ) as dataset:  # fmt: skip
            dataset.write(heights)
    return region.path


def test_the_sky_behind_a_wall_is_half_and_on_the_plain_whole(valley, desk):
    said, _ = merata("radio", "sky", valley)
    assert "Least sky: 1 of 1" in said
    assert "facility 2: no point on the map" in said
    assert "pixels of 100 m" in said
    table = pd.read_csv(desk / "sky.csv", encoding="utf-8-sig", dtype={"id": str})
    assert list(zip(table["what"], table["id"], strict=True)) == [("facility", "1"), ("settlement", "1")]
    school, hamlet = table.iloc[0], table.iloc[1]
    assert school["name"] == "'=SD 1"
    assert hamlet["name"] == "A"
    # The wall's first pixel lies 450 to 550 m away, and is met at a whole step of 100 m at the latest.
    steepest, flattest = (math.degrees(math.atan(1896 / far_m)) for far_m in (450, 600))
    assert flattest - 0.1 <= school["horizon_most_deg"] <= steepest
    assert min(school["horizon_most_at_deg"], 360 - school["horizon_most_at_deg"]) <= 5
    assert 0.45 < school["low_share"] < 0.65
    assert 0.45 < school["sky_share"] < 0.65
    assert hamlet["low_share"] == 1
    assert hamlet["horizon_most_deg"] == pytest.approx(math.degrees(math.atan(1896 / 4950)), abs=1)
    assert "Merah Putih" in hamlet["geostationary"]
    assert set(table["known_by"]) == {"modelled"}


def test_the_sky_as_json_is_the_table_and_a_higher_dish_sees_more(valley, desk):
    low = json.loads(merata("radio", "sky", valley, "--json", "--out", "low.csv")[0])
    high = json.loads(merata("radio", "sky", valley, "--json", "--height", 300, "--out", "high.csv")[0])
    assert [place["id"] for place in low["places"]] == ["1", "1"]
    assert low["table"] == "low.csv"
    assert low["left_out"] == ["facility 2: no point on the map; left out."]
    assert any("300 m above ground" in line for line in high["assumptions"])
    assert high["places"][0]["low_satellites"] > low["places"][0]["low_satellites"]
    assert (desk / "low.csv").read_bytes() != (desk / "high.csv").read_bytes()
    again = merata("radio", "sky", valley, "--json", "--out", "low2.csv")[0]
    assert json.loads(again)["places"] == low["places"]
    assert (desk / "low.csv").read_bytes() == (desk / "low2.csv").read_bytes()


def test_a_sky_that_can_not_be_told_says_why(valley, desk, tmp_path):
    _, wrong = merata("radio", "sky", valley, "--out", "sky.xlsx", code=2)
    assert ".csv" in wrong
    Region.start(tmp_path / "bare", name="Bare")
    _, wrong = merata("radio", "sky", tmp_path / "bare", code=5)
    assert "no villages yet" in wrong
    with change(valley) as staged:
        store.write(staged.file("region.gpkg"), {"villages": Region(valley).tables()["villages"]})
    _, wrong = merata("radio", "sky", valley, code=5)
    assert "no facility and no settlement" in wrong
    assert not list(desk.iterdir())


def test_what_is_asked_of_hops_overrules_region_toml_and_what_can_not_be_is_told(valley, desk):
    _, wrong = merata("radio", "links", valley, "--ghz", "7,9", code=7)
    assert "bands_ghz.1" in wrong
    assert "6, 7, 11" in wrong
    _, wrong = merata("radio", "links", valley, "--ghz", "seven", code=2)
    assert "7,15,18" in wrong
    _, wrong = merata("radio", "links", valley, "--least-height", 90, code=7)
    assert "least_height_m is above most_height_m" in wrong
    said, _ = merata("radio", "links", valley, "--availability", 0.999)
    assert "99.900 % of an average year" in said
    (valley / "region.toml").write_text("[radio.hop]\navailability = 0.995\n")
    assert "99.500 %" in merata("radio", "links", valley)[0]
    assert "99.900 %" in merata("radio", "links", valley, "--availability", 0.999)[0]


def test_what_one_site_sends_is_written_by_sector_and_band(region, desk):
    site = named(region)[0]["id"]
    answer = json.loads(merata("radio", "map", region, "--site", site, "--json", "--out", "one.tif")[0])
    with rasterio.open(desk / "one.tif") as file:
        assert file.count == len(answer["sectors"]) >= 1
        for index, sector in enumerate(answer["sectors"], 1):
            assert (
                f"{sector['azimuth_deg']:g} degrees on {sector['frequency_mhz']:g} MHz"
                in file.descriptions[index - 1]
            )
            assert np.nanmax(file.read(index)) == pytest.approx(sector["strongest_dbm"])
    assert answer["known_by"] == "made up"
    said, _ = merata("radio", "map", region, "--site", site)
    assert "Raster: map-" in said
    _, wrong = merata("radio", "map", region, "--site", "nobody's", code=5)
    assert "no site has this id or name" in wrong
    _, wrong = merata("radio", "map", region, "--site", site, "--out", "one.svg", code=2)
    assert ".tif" in wrong
    _, wrong = merata("radio", "map", region, "--site", site, "--out", "none/one.tif", code=2)
    assert "no folder" in wrong


def with_sites(folder: Path, *heights_m: float | None) -> None:
    """Put sites A, B, … 2 km apart into the plain of `valley`, with these heights."""
    tables = Region(folder).tables()
    rows = [
        {"id": chr(65 + i), "kind": "tower", "height_m": height, "source": "a", "known_by": "reported"}
        for i, height in enumerate(heights_m)
    ]
    points = [Point(117.01 + 0.018 * i, 0.01) for i in range(len(rows))]
    sites = store.shaped(gpd.GeoDataFrame(rows, geometry=points, crs="EPSG:4326"), TABLES["sites"])
    with change(folder) as staged:
        store.write(staged.file("region.gpkg"), tables | {"sites": sites})


def test_one_wrong_height_leaves_the_other_hops_and_a_question_about_it_is_refused(valley, desk):
    with_sites(valley, 40.0, 500.0, 0.0, None)
    answer = json.loads(merata("radio", "links", valley, "--json")[0])
    assert [(hop["a"], hop["b"]) for hop in answer["hops"]] == [("A", "C"), ("A", "D"), ("C", "D")]
    assert answer["left_out"] == ["B: height_m is 500; expected 1 to 400 m above ground; left out."]
    assert any("2 sites do not say how high" in line for line in answer["assumptions"])
    assert "B: height_m is 500" in merata("radio", "links", valley)[0]
    _, wrong = merata("radio", "links", valley, "--site", "B", code=7)
    assert "B: height_m is 500; expected 1 to 400 m above ground." in wrong
    said, _ = merata("radio", "profile", valley, "A", "C")
    assert "C does not say its antenna's height: 40 m" in said
    with_sites(valley, 40.0, -5.0)
    _, wrong = merata("radio", "profile", valley, "A", "B", code=7)
    assert "B: height_m is -5" in wrong
    merata("radio", "profile", valley, "A", "B", "--height-b", 30)


def test_a_profile_says_the_level_by_power_and_rates_and_what_of_it_the_map_counts_otherwise(valley):
    with_sites(valley, 40.0)
    mine = ("radio", "profile", valley, "A", "-0.0,117.02", "--json")
    answer = json.loads(merata(*mine)[0])
    assert answer["received"]["rsrp_dbm"] > -90
    assert answer["received"]["level"] == "good"
    assert any("as if no other sector disturbed it" in line for line in answer["assumptions"])
    (valley / "region.toml").write_text("[levels.good]\nup_mbps = 500\nsignal_dbm = -90\n")
    answer = json.loads(merata(*mine)[0])
    assert answer["received"]["rsrp_dbm"] > -90
    assert answer["received"]["level"] == "working"
    (valley / "region.toml").write_text("")
    answer = json.loads(merata("radio", "profile", valley, "0.01,117.01", "0.01,117.02", "--json")[0])
    assert answer["received"] is None
    assert not any("no other sector" in line for line in answer["assumptions"])


def test_a_raster_of_one_site_refuses_what_it_has_no_use_for(valley, desk):
    with_sites(valley, 40.0)
    for options in (("--show", "level"), ("--run", "latest"), ("--language", "id")):
        _, wrong = merata("radio", "map", valley, "--site", "A", *options, code=2)
        assert f"{options[0]}: not with --site" in wrong
    _, wrong = merata("radio", "map", valley, "--site", "A", "--language", "en", "--show", "speed", code=2)
    assert "--show, --language: not with --site" in wrong
    assert not list(desk.iterdir())
    assert "Raster: map-a.tif" in merata("radio", "map", valley, "--site", "A")[0]
