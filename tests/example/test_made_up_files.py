"""The worked example comes as office files: dirty where it says so, marked as made up, the same each time."""

import csv
import hashlib
import io
import json
import tomllib

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pyogrio
import pytest
import rasterio
import shapely

from merata.errors import MerataError
from merata.example.dirt import DIRT, date_words, dms, dotted, misspell, rupiah
from merata.example.layers import VOID, quadkey, tile
from merata.example.make import make
from merata.example.network import received_dbm, signal_word
from merata.example.terrain import make_land
from merata.example.words import MARK
from merata.region.settings import parse_settings
from merata.region.tables import TABLES

SIZE, SEED = 60, 5


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make(tmp_path_factory.mktemp("office") / "dari kantor", villages=SIZE, seed=SEED, resolution_m=200)


def file_of(made, start):
    return next(f for f in made.files if f.name.startswith(start))


def dirty(made, kind, start=""):
    return [d for d in made.dirt if d.kind == kind and d.file.startswith(start)]


def cell(made, place):
    path = next(f for f in made.files if f.name == place.file)
    sheet = openpyxl.load_workbook(path)[place.sheet]
    return sheet, next(sheet.iter_rows(place.row, place.row, values_only=True))


def digests(files):
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


@pytest.mark.slow
@pytest.mark.parametrize("villages", [20, 31])
def test_same_seed_same_bytes_another_seed_another_region(tmp_path, villages):
    first = make(tmp_path / "a b", villages=villages, seed=2, resolution_m=400)
    again = make(tmp_path / "c", villages=villages, seed=2, resolution_m=400)
    other = make(tmp_path / "d", villages=villages, seed=4, resolution_m=400)
    assert digests(first.files) == digests(again.files)
    assert first.region_toml == again.region_toml
    assert first.dirt == again.dirt
    same = {f.name for f in first.files if digests([f]).items() <= digests(other.files).items()}
    assert {name.split()[0] for name in same} == {"Anggaran", "Daftar"}  # money depends on the size only


@pytest.mark.slow
def test_only_the_named_files_are_written_and_each_says_that_it_is_made_up(made):
    folder = made.files[0].parent
    assert sorted(folder.iterdir()) == sorted(made.files)
    assert all("contoh" in f.name for f in made.files)


def test_settings_are_valid_and_say_made_up(made):
    settings = parse_settings(made.region_toml)
    assert settings.region.made_up
    assert settings.region.code == "99.01"
    assert settings.region.projection == "EPSG:32750"
    assert MARK in made.region_toml
    assert "contoh" in tomllib.loads(made.region_toml)["region"]["name"]


@pytest.mark.parametrize("villages", [0, 19, 10_001])
def test_a_size_out_of_range_is_refused(tmp_path, villages):
    with pytest.raises(MerataError, match="20 to 10,000"):
        make(tmp_path, villages=villages)


@pytest.mark.parametrize("kind", DIRT)
def test_every_kind_of_dirt_is_there(made, kind):
    assert dirty(made, kind)


@pytest.mark.parametrize(
    "seed", [1, pytest.param(2, marks=pytest.mark.slow), pytest.param(3, marks=pytest.mark.slow)]
)
def test_every_kind_of_dirt_is_in_the_smallest_region_too(tmp_path, seed):
    small = make(tmp_path, villages=20, seed=seed, resolution_m=400)
    assert {d.kind for d in small.dirt} == set(DIRT)


def test_truth_fits_the_tables(made):
    codes = set(made.truth["villages"]["code"])
    for name, table in made.truth.items():
        declared = {c.name: c for c in TABLES[name].columns}
        for column in declared.keys() & set(table.columns):
            choices = declared[column].choices
            if choices:
                assert set(table[column].dropna()) <= set(choices), (name, column)
        if "village_code" in table:
            assert set(table["village_code"].dropna()) <= codes


def test_polygons_are_dirty_where_said_and_nowhere_else(made):
    layer = pyogrio.read_dataframe(file_of(made, "Batas Desa"))
    truth = made.truth["villages"].set_index("code").geometry
    assert layer.has_z.all()
    twice = {d.truth for d in dirty(made, "village in two rows")}
    assert set(layer.loc[layer["KDEPUM"].duplicated(), "KDEPUM"]) == twice
    crossed = {d.truth for d in dirty(made, "invalid ring")}
    assert set(layer.loc[~layer.is_valid, "KDEPUM"]) == crossed
    grown = {d.truth for d in dirty(made, "overlap")}
    for code, geometry in zip(layer["KDEPUM"], shapely.force_2d(layer.geometry.to_numpy()), strict=True):
        if code in grown:
            assert 0 < geometry.area / truth[code].area - 1 < 0.2
        elif code not in twice | crossed:
            assert geometry.equals(truth[code])


def test_statistics_hold_the_truth_under_their_dirt(made):
    sheets = openpyxl.load_workbook(file_of(made, "Statistik Desa")).worksheets
    assert sheets[-1].title == "Catatan"
    people = made.truth["people"].merge(made.truth["villages"], left_on="village_code", right_on="code")
    by_code = people.set_index("village_code")["people"].to_dict()
    by_place = people.set_index(["district", "name"])["people"].to_dict()
    found = 0
    for sheet in sheets[:-1]:
        assert MARK in str(sheet["A3"].value)
        for row in sheet.iter_rows(8, values_only=True):
            if row[0] is None:
                continue
            text = str(row[1] or "")
            code = text if "." in text or not text else f"{text[:2]}.{text[2:4]}.{text[4:6]}.{text[6:]}"
            truth = (
                by_code[code] if code else by_place[row[2], row[3].replace("Ds. ", "").replace("\u00a0", "")]
            )
            assert int(str(row[4]).replace(".", "")) == truth
            found += 1
    assert found == SIZE


def test_a_misspelt_village_keeps_its_code(made):
    """Spelt otherwise, yet there is a way to tell: what is lost altogether would be no fair test of a reader."""
    for place in dirty(made, "misspelt village", "Statistik"):
        _, row = cell(made, place)
        assert row[1] is not None
        assert row[3] not in set(made.truth["villages"]["name"])


def test_total_rows_are_right(made):
    sheet = openpyxl.load_workbook(file_of(made, "Statistik Desa")).worksheets[0]
    running = 0
    for row in sheet.iter_rows(8, values_only=True):
        if row[2] == "JUMLAH":
            assert row[4] == running
            running = 0
        else:
            running += int(str(row[4]).replace(".", ""))


def test_blank_spots_are_windows_1252_and_under_the_districts_of_then(made):
    path = file_of(made, "daftar blank spot")
    with pytest.raises(UnicodeDecodeError):
        path.read_bytes().decode("utf-8")
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode("cp1252")), delimiter=";"))
    villages = made.truth["villages"]
    moved = villages[villages["district"] != villages["old_district"]].set_index("code")
    for place in dirty(made, "old district"):
        row = rows[place.row - 1]
        assert moved.loc[place.truth, "old_district"] in row[1]
        assert row[1].removeprefix("Kec. ") != moved.loc[place.truth, "district"]
    dark = made.truth["reports"]["signal"].eq("no signal").sum()
    assert sum(row[3] == "tidak ada" for row in rows[3:]) == dark


@pytest.mark.parametrize(
    "kind",
    [
        "decimal comma",
        "degrees minutes seconds",
        "swapped coordinates",
        "lost minus",
        "utm",
        "no coordinates",
    ],
)
def test_mast_coordinates_are_as_dirty_as_said(made, kind):
    for place in dirty(made, kind, "Data menara"):
        _, row = cell(made, place)
        lat, lon = map(float, place.truth.split())
        first, second = row[5], row[6]
        if kind == "decimal comma":
            assert (float(first.replace(",", ".")), float(second.replace(",", "."))) == (lat, lon)
        elif kind == "degrees minutes seconds":
            assert first.endswith("LS" if lat < 0 else "LU")
            assert second.endswith("BT")
        elif kind == "swapped coordinates":
            assert (first, second) == (lon, lat)
        elif kind == "lost minus":
            assert lat < 0 < first == -lat
        elif kind == "utm":
            east, north = gpd.GeoSeries([shapely.Point(lon, lat)], crs=4326).to_crs(32750)[0].coords[0]
            assert (second, first) == pytest.approx((east, north), abs=0.06)
        else:
            assert (first, second) == ("-", "-")


def test_all_masts_are_listed_once(made):
    book = openpyxl.load_workbook(file_of(made, "Data menara"))
    listed = [row[1] for sheet in book for row in sheet.iter_rows(5, values_only=True)]
    masts = made.truth["sites"].query("kind == 'tower'")
    assert sorted(listed) == sorted(masts["id"])
    assert masts["operator"].nunique() == 3


def test_some_village_offices_are_not_in_the_list(made):
    sheet = openpyxl.load_workbook(file_of(made, "Sekolah"))["Kantor dan usaha"]
    offices = sum(row[2] == "Kantor Desa" for row in sheet.iter_rows(5, values_only=True))
    assert SIZE * 0.8 < offices < SIZE


def test_hamlets_come_in_utf8_with_a_mark_and_tabs(made):
    raw = file_of(made, "Data Dusun").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig")), delimiter="\t"))
    assert sum(int(r["Jumlah Jiwa"].replace(".", "")) for r in rows) == made.truth["people"]["people"].sum()


def test_measurements_are_split_over_two_files_and_agree_with_the_truth(made):
    listed = pd.read_csv(file_of(made, "Uji kecepatan"))
    sheet = openpyxl.load_workbook(file_of(made, "Uji sinyal"))["Hasil"]
    rows = list(sheet.iter_rows(5, values_only=True))
    assert len(listed) + len(rows) == len(made.truth["measurements"])
    assert all(45_000 < row[1] < 47_000 for row in rows)
    assert listed["Tanggal"].str.fullmatch(r"\d+ (Maret|April|Mei) 2025").all()


def test_budgets_cannot_pay_for_everything_and_add_up(made):
    sheet = openpyxl.load_workbook(file_of(made, "Anggaran"))["Anggaran"]
    amounts = [row[3] for row in sheet.iter_rows(5, values_only=True)]
    numbers = [int(a.removeprefix("Rp ").removesuffix(",-").replace(".", "")) for a in amounts]
    assert numbers[-1] == sum(numbers[:-1]) == made.truth["budgets"]["granted_idr"].sum()
    assert set(made.truth["budgets"]["year"]) == set(range(2025, 2031))


def test_terrain_tiles_meet_and_have_voids(made):
    tiles = [f for f in made.files if f.name.startswith("DEM_")]
    boxes, voids = [], 0
    for path in tiles:
        with rasterio.open(path) as tif:
            assert tif.crs.to_epsg() == 4326
            assert tif.nodata == VOID
            assert tif.dtypes == ("int16",)
            voids += int((tif.read(1) == VOID).sum())
            boxes.append(shapely.box(*tif.bounds))
    assert len(tiles) >= 4
    assert voids > 0
    assert sum(b.area for b in boxes) == pytest.approx(shapely.union_all(boxes).area)
    land = shapely.union_all(made.truth["villages"].geometry.to_numpy())
    assert shapely.union_all(boxes).covers(land.buffer(0.045))  # 5 km, which coverage looks at


def test_land_cover_has_forest_water_and_what_people_built(made):
    with rasterio.open(file_of(made, "WorldCover")) as tif:
        values, counts = np.unique(tif.read(1), return_counts=True)
    share = dict(zip(values.tolist(), counts / counts.sum(), strict=True))
    assert set(share) <= {10, 20, 30, 40, 50, 80, 90, 95}
    assert share[10] > 0.4
    assert min(share[80], share[50], share[40], share[90]) > 0


def test_line_layers_read_back(made):
    ways = made.truth["ways"]
    roads = gpd.read_file(file_of(made, "Jalan"))
    assert roads.crs.to_epsg() == 32750
    assert len(roads) == (ways["kind"] == "road").sum()
    rivers = gpd.read_file(file_of(made, "Sungai"))
    assert len(rivers) == (ways["kind"] == "river").sum()
    assert len(gpd.read_file(file_of(made, "Jaringan"))) == (ways["kind"] == "power line").sum()


def test_fibre_is_a_network_package_whose_spans_join_its_nodes(made):
    network = json.loads(file_of(made, "fibre").read_text("utf-8"))["networks"][0]
    nodes = {n["id"]: n["location"]["coordinates"] for n in network["nodes"]}
    assert network["spans"]
    for span in network["spans"]:
        route = span["route"]["coordinates"]
        assert route[0] == pytest.approx(nodes[span["start"]], abs=1e-5)
        assert route[-1] == pytest.approx(nodes[span["end"]], abs=1e-5)


def test_cells_and_tiles_have_their_published_shape(made):
    cells = pd.read_csv(file_of(made, "opencellid"))
    assert list(cells) == [
        "radio",
        "mcc",
        "net",
        "area",
        "cell",
        "unit",
        "lon",
        "lat",
        "range",
        "samples",
        "changeable",
        "created",
        "updated",
        "averageSignal",
    ]
    assert set(cells["mcc"]) == {999}
    tiles = pq.read_table(file_of(made, "2025-01-01")).to_pandas()
    assert {"quadkey", "tile", "avg_d_kbps", "avg_u_kbps", "avg_lat_ms", "tests", "devices"} == set(tiles)
    assert tiles["quadkey"].is_unique
    assert tiles["quadkey"].str.fullmatch("[0-3]{16}").all()


@pytest.mark.parametrize(("lon", "lat"), [(117.0, -0.1), (116.2, 0.4), (-73.9, 40.7), (0.0, 0.0)])
def test_a_quadkey_names_the_tile_around_its_place(lon, lat):
    assert tile(quadkey(lon, lat)).buffer(1e-9).covers(shapely.Point(lon, lat))


def test_a_known_quadkey():
    """Bing Maps Tile System: tile x 3, y 5 at zoom 3 has quadkey 213."""
    middle = tile("213").centroid
    assert quadkey(middle.x, middle.y, zoom=3) == "213"
    assert middle.x == pytest.approx(-180 + 3.5 * 45)


def test_signals_are_as_the_issue_has_them(made):
    share = made.truth["reports"]["signal"].value_counts(normalize=True)
    assert 0.05 <= share["no signal"] <= 0.2
    assert 0.1 <= share["weak"] <= 0.4
    reports = made.truth["reports"]
    near = reports["signal"].map(lambda w: ["no signal", "weak", "strong", "very strong"].index(w))
    assert np.corrcoef(near, reports["signal_dbm"].clip(-130))[0, 1] > 0.8


def test_power_falls_with_distance_and_behind_a_ridge():
    land = make_land(117 * 20, 400, seed=1)
    flat = type(land)(**{**land.__dict__, "height_m": np.zeros_like(land.height_m)})
    mast = np.array([117.0, -0.05])
    spots = mast + np.array([[0.02, 0], [0.05, 0], [0.1, 0]])
    power = received_dbm(flat, mast, 42, 900, spots)
    assert (np.diff(power) < 0).all()
    ridge = flat.height_m.copy()
    _, col = flat.frame.rowcol(mast[None] + [[0.06, 0]])
    ridge[:, col[0] - 1 : col[0] + 2] = 300
    behind = received_dbm(type(land)(**{**land.__dict__, "height_m": ridge}), mast, 42, 900, spots)
    assert behind[2] < power[2] - 15
    assert behind[0] == pytest.approx(power[0])
    assert signal_word(-80) == "very strong"
    assert signal_word(-139) == "no signal"


def test_dirt_as_offices_write_it():
    assert rupiah(12_500_000_000) == "Rp 12.500.000.000,-"
    assert dotted(1234) == "1.234"
    assert dms(-0.42013889, north=True) == "0°25'12.5\" LS"
    assert dms(117.5, north=False) == "117°30'00.0\" BT"
    assert date_words(15, 5, 2025) == "15 Mei 2025"


@pytest.mark.parametrize("name", ["Kabbava", "Zollaq", "Lovi'e", "Davo Ulu", "Xe"])
def test_a_misspelling_is_another_spelling(name):
    rng = np.random.default_rng(1)
    assert all(misspell(name, rng) != name for _ in range(20))
