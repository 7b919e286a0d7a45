"""The province's pages: light, in both languages, closed in themselves, without a ranking; the same as the tables."""

import csv
import datetime as dt
import io
import re

import brotli
import numpy as np
import openpyxl
import provinces
import pytest

from merata.province import pages
from merata.province.columns import TABLES
from merata.province.compare import compare
from merata.province.opened import Taken
from merata.province.settings import Province
from merata.web import configure

#: What a village page weighs at most: the first round of packets over a slow link.
LIGHT = 14_000
EVIL = "<b>Kabupaten</b> =1+1"


@pytest.fixture(scope="module")
def made():
    """Ten regions of eighty villages, the last without any data."""
    taken = [_region(f"99.{number:02d}", number) for number in range(1, 10)]
    empty = provinces.region("99.10", site="https://x.example").model_copy(update={"name": EVIL})
    all_of_them = [*taken, Taken(empty, trouble="no answer <script>")]
    province = Province(
        province={"name": "Provinsi Contoh", "code": "99"}, regions=[one.region for one in all_of_them]
    )
    comparison = compare(all_of_them, province.alike, dt.date(2026, 11, 30))
    addresses = {"99.01": "https://99-01.example/"}
    return comparison, pages.pages(comparison, province, addresses, configure.style())


def _region(code, number):
    random = np.random.default_rng(number)
    rows = provinces.villages(
        code, 80, chance=random.random(80).round(3), relief=random.choice([10.0, 200.0, 800.0], 80), chance_pm=0.1,
        access_now=random.choice(["none", "basic", "working", "good"], 80),
        option=random.choice(["leo", "fibre", "cell"], 80),
        year=2027, people_served=500.0, capex_idr=random.integers(10**6, 10**8, 80), opex_idr_per_year=10**7,
        lon=117.0 + number + random.random(80), lat=random.random(80),
    )  # fmt: skip
    states = random.choice(["kept", "late"], 30)
    return provinces.taken(code, rows, komitmen=provinces.promises(code, states))


def html(made):
    return {name: content.decode() for name, content in made[1].items() if name.endswith(".html")}


def test_every_page_is_light_and_there_in_both_languages(made):
    found = html(made)
    assert len(found) == 2 * len(pages.PAGES)
    for name, text in found.items():
        assert f'lang="{"en" if name.startswith("en/") else "id"}"' in text[:60]
        assert len(brotli.compress(text.encode(), quality=5)) < LIGHT, name
        assert "<script" not in text
        assert "style=" not in text  # the security policy would drop it


def test_every_way_leads_to_a_file_of_the_province(made):
    for name, text in html(made).items():
        for way in re.findall(r'href="([^"#]+)"', text):
            if way.startswith(("data:", "https://")):
                continue
            folder = name.rpartition("/")[0]
            path = way.removeprefix("../") if way.startswith("../") else f"{folder}/{way}".lstrip("/")
            assert path in made[1], f"{name}: {way}"


def test_names_of_others_are_text_and_troubles_are_not_told(made):
    front = html(made)["index.html"]
    assert "&lt;b&gt;Kabupaten&lt;/b&gt;" in front
    assert "no answer" not in front  # why it failed is for who runs the province: it may name its machine
    assert "Belum ada datanya" in front
    assert "<b>Kabupaten" not in front
    assert "'=1+1" not in made[1]["data/regions.csv"].decode()  # no formula: it does not begin the cell


def test_regions_stand_in_the_order_of_their_codes_whatever_they_reach(made):
    for name in ("akses.html", "ketimpangan.html", "janji.html"):
        for table in re.findall(r"<table.*?</table>", html(made)[name], re.DOTALL):
            order = re.findall(r'<th scope="row">Kabupaten (99\.\d\d)', table)
            groups = re.split(r"Semua wilayah", table)
            assert order == sorted(order) or len(groups) > 2
    reached = made[0].access.set_index("region")["reached"].drop("")
    assert list(reached.index) == sorted(reached.index)
    assert not reached.is_monotonic_increasing
    assert not reached.is_monotonic_decreasing


def test_pages_say_what_the_tables_say(made):
    row = made[0].kept.set_index("region").loc["99.03"]
    text = html(made)["en/janji.html"]
    assert f"{row['kept']:.0f} of {row['due']:.0f}; {row['moved']:.0f} put off" in text
    assert f"{row['share'] * 100:.0f}%" in text


def test_csv_and_workbook_hold_the_same_and_every_column_is_explained(made):
    comparison, files = made
    book = openpyxl.load_workbook(io.BytesIO(files["data/perbandingan.xlsx"]))
    explained = {
        (row["table"], row["column"]) for row in csv.DictReader(io.StringIO(files["data/kolom.csv"].decode()))
    }
    for name, table in TABLES.items():
        rows = list(csv.DictReader(io.StringIO(files[f"data/{name}.csv"].decode())))
        assert len(rows) == len(getattr(comparison, name))
        assert {(name, column.name) for column in table.columns} <= explained
        sheet = book[table.sheet]
        head = next(
            i
            for i, line in enumerate(sheet.iter_rows(values_only=True), 1)
            if line[1] and "\n" in str(line[1])
        )
        assert sheet.max_row - head == len(rows)


def test_pages_are_the_same_bytes_again_and_only_changes_are_written(made, tmp_path):
    assert len(pages.write(tmp_path, made[1])) == len(made[1])
    assert pages.write(tmp_path, made[1]) == []
    changed = pages.write(tmp_path, {**made[1], "index.html": b"new"})
    assert [path.name for path in changed] == ["index.html"]


def test_a_province_with_nothing_yet_has_pages(tmp_path):
    province = Province(province={"name": "Provinsi Contoh", "languages": ["id"]})
    comparison = compare([], province.alike, dt.date(2026, 11, 30))
    found = pages.pages(comparison, province, {}, configure.style())
    assert "Belum ada wilayah" in found["index.html"].decode()
    assert len([name for name in found if name.endswith(".html")]) == len(pages.PAGES)
