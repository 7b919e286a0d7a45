"""An attack on what was given in confidence: marked, planned with, and looked for in everything that leaves."""

import re
import shutil
import sqlite3
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from django.test import Client
from django.utils import timezone
from in_process import merata

from merata.radio import coverage_file
from merata.region import confidence
from merata.region.folder import Region
from merata.run import engine
from merata.web import export
from merata.web.load import load
from merata.web.page import changed

pytestmark = [pytest.mark.slow, pytest.mark.engine]

NAMES = ("Ampar", "Buluh", "Cemara", "Damar")
#: What is held: names, an operator, a basis, the files' names; prices; and where it stands.
TOKENS = ("ZQX", "zqx")
PRICES = ("5123457", "7654321", "5.123.457", "7.654.321", "5,123,457", "7,654,321")
PLACES = ((117.131739, -0.451237), (117.281373, -0.463917), (117.291731, -0.437913))
FIBRE = shapely.LineString([(117.291731, -0.437913), (117.318377, -0.437913)])
#: Nothing that leaves may lie nearer to one of these places than a chance neighbour would.
NEAR_DEGREES = 0.0008


TOML = (
    '[region]\nname = "Kabupaten Uji"\n[radio]\nresolution_m = 1000\nradius_km = 8\n'
    "[plan]\nfirst_year = 2026\nlast_year = 2027\nseconds = 2\n"
)


def given(folder: Path) -> tuple[list[Path], list[Path]]:
    """Files of the office, and files of an operator in confidence."""
    folder.mkdir()
    codes = [f"64.02.01.200{n}" for n in range(1, 5)]
    boxes = [shapely.box(117 + 0.08 * n, -0.5, 117.08 + 0.08 * n, -0.42) for n in range(4)]
    rows = {"kode": codes, "desa": NAMES, "kecamatan": ["Hulu"] * 4}
    gpd.GeoDataFrame(rows, geometry=boxes, crs=4326).to_file(folder / "desa.gpkg")
    head = "nama site,operator,latitude,longitude,tinggi (m),teknologi,band\n"
    texts = {
        "penduduk.csv": "kode desa,desa,kecamatan,penduduk\n"
        + "".join(f"{code},{name},Hulu,{900 + len(name)}\n" for code, name in zip(codes, NAMES, strict=True)),
        "menara.csv": head + "TERBUKA-1,Operator A,-0.46,117.02,40,4G,900\n",
        "anggaran.csv": "tahun,sumber dana,pagu\n" + "".join(f"{y},APBD,40000000000\n" for y in (2026, 2027)),
        "zqx-menara.csv": head
        + "ZQXTOWER,Operator ZQXOP,-0.451237,117.131739,41,4G,900\n"
        + "ZQXBARE,Operator ZQXOP,-0.463917,117.281373,42,2G,900\n"
        + "ZQXWRONG,Operator ZQXOP,-0.463917,117.271373,43,4G,zqxband\n"
        + "ZQXNOWHERE,Operator ZQXOP,,,43,4G,900\n",
        "zqx-harga.csv": "uraian,harga terendah,harga tertinggi,satuan,dasar\n"
        "terminal leo,5123457,7654321,sekali,ZQXBASIS\n",
        "zqx-ukur.csv": "desa,kecamatan,tanggal ukur,unduh (mbps),unggah (mbps),operator\n"
        "Cemara,Hulu,2026-01-05,7.13,1.9,ZQXOP\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    fibre = {"nama ruas": ["ZQXFIBRE"], "media": ["fibre"], "operator": ["ZQXOP"]}
    gpd.GeoDataFrame(fibre, geometry=[FIBRE], crs=4326).to_file(folder / "zqx-kabel.gpkg")
    files = sorted(folder.iterdir())
    return [f for f in files if "zqx" not in f.name], [f for f in files if "zqx" in f.name]


@pytest.fixture
def region(tmp_path):
    made = Region.start(tmp_path / "r", TOML)
    office, operator = given(tmp_path / "in")
    assert made.add(office, date="2026-01-01", given_by="Dinas Uji").refused == {}
    taken = made.add(operator, date="2026-02-01", given_by="Operator A", confidential=True)
    assert taken.refused == {}
    refuses(made, tmp_path)
    return made


def refuses(made, folder):
    """What every page shows can't be held, nor what was taken in openly before; the region stays as it is."""
    (folder / "jiwa.csv").write_text("kode desa,desa,kecamatan,penduduk\n64.02.01.2001,Ampar,Hulu,900\n")
    before = made.sources()
    files = [folder / "jiwa.csv", folder / "in" / "menara.csv"]
    refused = made.add(files, date="2026-03-01", given_by="Operator A", confidential=True).refused
    assert "people" in refused["jiwa.csv"]
    assert "openly" in refused["menara.csv"]
    assert made.sources() == before


def everything_that_leaves(region, run, copy):
    """(where, text) of all that is published: files of the run, the static copy, programs' answers."""
    files = [run.folder / name for name in ("villages.csv", "plan.xlsx", "region.gpkg")]
    files += [path for path in (run.folder / "report").rglob("*") if path.is_file()]
    files += [path for path in copy.rglob("*") if path.is_file()]
    for path in files:
        yield path.name, path.read_bytes().decode("utf-8", "replace")
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as book:
                for name in book.namelist():
                    yield f"{path.name}:{name}", book.read(name).decode("utf-8", "replace")
    # Not what the text of a database's file happens to be cut into, but all its cells.
    with sqlite3.connect(run.folder / "region.gpkg") as layers:
        yield "region.gpkg cells", "\n".join(layers.iterdump())
    client = Client()
    for way in ("/api/v1/villages", "/api/v1/openapi.json", "/cari/?q=Cemara"):
        yield way, client.get(way).content.decode("utf-8", "replace")


def test_nothing_given_in_confidence_leaves_though_the_plan_is_made_with_it(region, tmp_path, db, settings):
    settings.REGION = region.path
    run = engine.run(region)
    publication = load(region.path)
    publication.number, publication.state = 1, "published"
    publication.decided_at = timezone.now()
    publication.save()
    changed()
    copy = tmp_path / "copy"
    export.export(region.path, copy / "site")
    merata("standards", region.path, "--out", copy / "standards")
    merata("indicators", region.path)
    shutil.copytree(region.path / "statistics", copy / "statistics")
    told = list(everything_that_leaves(region, run, copy))
    assert len(told) > 60
    for where, text in told:
        assert not [t for t in (*TOKENS, *PRICES) if t in text.replace("\xa0", ".")], where
        assert not near(text), where
    for layer, _ in pyogrio.list_layers(run.folder / "region.gpkg"):
        if layer != "layer_styles":
            assert_no_shape_there(gpd.read_file(run.folder / "region.gpkg", layer=layer), layer)
    assert_the_picture_is_of_what_is_open(run, tmp_path)
    # It is not that nothing was used: the plan hangs on what is held, and says only that.
    assert confidence.HELD in (run.folder / "plan_works.csv").read_text()
    works = gpd.pd.read_csv(run.folder / "plan_works.csv")
    assert works["id"].str.contains(confidence.HELD).any()
    used = publication.villages.get(name="Buluh")
    assert used.access_now != "none"
    assert "dBm" not in used.evidence
    assert "7.1" not in publication.villages.get(name="Cemara").evidence
    assert [row["file"] for row in publication.totals["sources"]].count(confidence.HELD) == 4


def assert_the_picture_is_of_what_is_open(run, tmp_path):
    """The map of the signal that is shown is that of a region that was never given anything in confidence."""
    alone = Region.start(tmp_path / "alone", TOML)
    alone.add(
        sorted(p for p in (tmp_path / "in").iterdir() if "zqx" not in p.name),
        date="2026-01-01",
        given_by="Dinas Uji",
    )
    never = coverage_file.read(engine.run(alone, until="coverage").folder / "coverage.tif")
    shown = coverage_file.read(run.folder / "coverage_open.tif")
    used = coverage_file.read(run.folder / "coverage.tif")
    for band in ("rsrp_dbm", "level"):
        assert (getattr(shown, band) == getattr(never, band)).sum() == (
            getattr(never, band) == getattr(never, band)
        ).sum()
        assert not np.array_equal(getattr(shown, band), getattr(used, band), equal_nan=True)
    report = (run.folder / "report" / "index.html").read_text(encoding="utf-8")
    assert "Only towers that everybody may know of are drawn" in report


def near(text):
    """Numbers of a text that follow each other like the longitude and latitude of a held place, also rounded."""
    found = []
    for lon, lat in PLACES:
        for digits in (3, 4, 5, 6):
            east, north = (f"{abs(round(value, digits)):.{digits}f}" for value in (lon, lat))
            close = re.search(rf"{re.escape(east)}\d{{0,9}}\D{{1,12}}-?{re.escape(north)}", text)
            found += [close[0]] if close else []
    return found


def assert_no_shape_there(layer, name):
    corners = shapely.get_coordinates(layer.geometry.values)
    for lon, lat in PLACES:
        off = abs(corners - (lon, lat)).max(axis=1) if len(corners) else []
        assert not len(off) or off.min() > NEAR_DEGREES, name


def test_the_attack_would_find_what_is_open(tmp_path):
    """The same searches find a place and a name that are not held: they can fail."""
    assert near('{"coordinates":[117.1317,-0.4512]}')
    assert near("117.132,-0.451")
    layer = gpd.GeoDataFrame({"id": [1]}, geometry=[shapely.Point(*PLACES[1])], crs=4326)
    with pytest.raises(AssertionError):
        assert_no_shape_there(layer, "sites")
