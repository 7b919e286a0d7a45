"""The open data: each table says what its columns mean, files hold what pages show, nothing harmful, no secrets."""

import csv
import datetime as dt
import io
import json
import re
from html.parser import HTMLParser

import partners_factory
import pytest
import score_factory
import site_factory

from merata.web.models import (
    Challenge,
    Commitment,
    Contract,
    Organisation,
    Payment,
    Publication,
    Report,
    ServicePoint,
    VillageFacts,
)
from merata.web.page import changed
from merata.web.public.tables import COMPARED, TABLES

CODE = "99.01.01.2002"
#: What leads away from open pages, pages of a draft, files, and the paper for a meeting, whose tables are no data of
#: their own; and the statistics, which have files of their own kinds (test_statistics_pages.py).
OTHER = ("/staf", "/akun", "/static", "/en/static", "/api", "/data/", "/en/staf",
         "/rapat/berikutnya", "/en/rapat/berikutnya", "/statistik", "/en/statistik", "/katalog.jsonld", "/data.json",
         )  # fmt: skip
#: Tables that no page shows, or none before somebody brought something.
UNSHOWN = {"rencana", "dana", "komitmen", "koreksi", "lembar-desa", "tanggapan", "medan", "penyambungan"}
WANTING = ("expected_below", "low", "high", "wants_link", "wants_strength", "wants_power", "wants_device")


def rows_of(answer):
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


@pytest.fixture
def filled(published):
    """A row in every table."""
    provider = Organisation.objects.create(name="PT Contoh", kind="provider")
    contract = Contract.objects.create(
        number="=K-1", provider=provider, fund="Dana", starts=dt.date(2025, 1, 1), ends=dt.date(2025, 12, 31),
        fee_idr_per_month=1_000_000, down_mbps=50, up_mbps=10,
    )  # fmt: skip
    promise = Commitment.objects.create(village_code=CODE, level="working", option="leo", year=2026)
    point = ServicePoint.objects.create(
        code="T-1", village_code=CODE, facility_key=f"{CODE}-school", place="SD", option="leo", provider=provider,
        contract=contract, commitment=promise, state="contracted", since=dt.date(2025, 1, 1), note="hanya petugas",
        in_building="lemari",
    )  # fmt: skip
    Payment.objects.create(
        contract=contract, month=dt.date(2025, 1, 1), amount_idr=5, paid_on=dt.date(2025, 2, 1)
    )
    partners_factory.everything()
    published.totals |= {
        "districts": [
            {
                "district": "Muara Contoh",
                "villages": 4,
                "people": 4000,
                "people_below": 5.5,
                "villages_served": 1,
                "points": 2,
                "capex_idr": 5,
                "opex_idr_per_year": 6,
                "not_planned": 1,
            }
        ],
        "sectors": [{**dict.fromkeys(WANTING, 3.0), "key": "education", "total": 24.0, "below": 18.0}],
        "services": [
            {
                "key": "messages",
                "name": "Send messages",
                "share_now": 0.5,
                "sector": "education",
                "now": 0.5,
                "then": 0.6,
                "names": {"id": "Pesan", "en": "Messages"},
                "needs": {"id": "butuh", "en": "needs"},
            }
        ],
        "inequality": [
            {"key": "gini", "now": 0.14, "then": 0.13, "meanings": {"id": "arti", "en": "meaning"}}
        ],
        "levels": {"basic": {"down_mbps": 1.0, "up_mbps": 0.25, "latency_ms": 700.0, "availability": 0.9}},
    }
    published.save()
    published.works.create(key="w", kind="fibre", year=2026, length_km=3.25)
    score_factory.scores([point])
    score_factory.phone_tests(published, CODE)
    Challenge.objects.create(
        reference="T1", made_by="x", publication=published, village_code=CODE, fact="people", claim={"people": 5},
        about="x", evidence="visit", evidence_on=dt.date(2026, 11, 1), words="isi koreksi",
    )  # fmt: skip
    Report.objects.create(reference="R1", made_by="x", village_code=CODE, kind="broken", words="isi laporan")
    changed()
    return point


def address_of(table):
    return f"/data/rencana/1/{table.name}" if table.name == "rencana" else f"/data/{table.name}"


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_a_table_has_rows_and_every_column_says_what_it_means(client, filled, table):
    answer = client.get(f"{address_of(table)}.csv")
    assert answer["Content-Type"].startswith("text/csv")
    rows = rows_of(answer)
    assert rows
    assert list(rows[0]) == [column.name for column in table.columns]
    assert all(column.about_id and column.about_en for column in table.columns)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_what_has_a_place_is_there_as_geojson_too(client, filled, table):
    answer = client.get(f"{address_of(table)}.geojson")
    assert answer.status_code == (200 if table.placed else 404)
    if table.placed:
        everything = json.loads(answer.content)
        first = everything["features"][0]
        assert everything["type"] == "FeatureCollection"
        assert set(first["properties"]) == {c.name for c in table.columns} - {"lon", "lat"}
        lon, lat = first["geometry"]["coordinates"]
        assert 90 < lon < 145
        assert -12 < lat < 8


class Tables(HTMLParser):
    """The tables of a page: how many rows of data each has, and the files that are named between it and the next."""

    def __init__(self, page):
        super().__init__()
        self.found, self._inside = [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag == "table":
            self.found.append({"rows": -1, "files": []})  # its head is no row of data
        elif tag == "tr" and told.get("class") not in ("part", "sum"):
            self.found[-1]["rows"] += 1
        elif tag == "p":
            self._inside = told.get("class", "")
        elif tag == "a" and self._inside == "files" and self.found and told["href"].startswith("/data/"):
            self.found[-1]["files"].append(told["href"])


@pytest.mark.slow
def test_every_table_of_every_open_page_has_its_files_beside_it(client, filled):
    second = site_factory.publication(number=2, run_id="second")
    second.totals = Publication.objects.get(number=1).totals
    second.save()
    second.villages.filter(code=CODE).update(year=2029)
    second.works.create(key="w", kind="fibre", year=2026, length_km=3.25)
    changed()
    tables, seen, waiting = {}, set(), ["/", "/en/"]
    while waiting:
        path = waiting.pop()
        if path in seen or path.startswith(OTHER) or re.match(r"(/en)?/tanggapan/\d", path):
            continue
        seen.add(path)
        page = client.get(path).content.decode()
        tables[path] = Tables(page).found
        waiting += re.findall(r'href="(/[^"#?]*)', page)
    beside = set()
    for path, found in tables.items():
        for table in found:
            file = next((name for name in table["files"] if name.endswith(".csv")), None)
            assert file, f"{path}: a table without its CSV"
            name = file.rpartition("/")[2].removesuffix(".csv")
            placed = file.replace(".csv", ".geojson") in table["files"]
            assert placed == (TABLES | COMPARED)[name].placed, (path, name)
            beside.add(file)
            assert len(rows_of(client.get(file))) >= table["rows"] > 0, (path, file)
    named = {path.rpartition("/")[2].removesuffix(".csv") for path in beside}
    assert named >= {*TABLES, *COMPARED} - UNSHOWN
    assert "/data/rencana/1/rencana-kecamatan.csv" in beside


def test_counts_of_facilities_and_what_is_wanting_are_the_pages_own(client, published):
    assert {"sector": "education", "facilities": "12", "below": "9", "planned": "6"} in rows_of(
        client.get("/data/fasilitas-bidang.csv")
    )
    school = {"sector": "education", "kind": "school", "none": "6", "basic": "3", "working": "3", "good": "0"}
    assert {**school, "facilities": "12"} in rows_of(client.get("/data/fasilitas-jenis.csv"))
    first = rows_of(client.get("/data/fasilitas-kecamatan.csv"))[0]
    assert (first["sector"], first["district"], first["facilities"]) == ("education", "Hulu Rekaan", "4")
    assert (first["lon"], first["lat"]) == ("117.0775", "-0.56")
    assert {"want": "link", "villages": "9", "people_below": "8160"} in rows_of(
        client.get("/data/kekurangan.csv")
    )


def test_the_gap_over_time_has_a_row_of_each_plan(client, published):
    site_factory.publication(number=2, run_id="second")
    rows = rows_of(client.get("/data/kesenjangan.csv"))
    assert [(row["plan"], row["date"], row["villages_below"]) for row in rows] == [
        ("1", "2025-06-01", "9"),
        ("2", "2025-06-01", "9"),
    ]


def test_the_file_and_the_page_say_the_same(client, published):
    rows = {row["code"]: row for row in rows_of(client.get("/data/desa.csv"))}
    assert len(rows) == 12
    assert rows[CODE]["stands"] == "promised"
    assert rows[CODE]["year"] == "2026"
    assert rows["99.01.01.2004"]["year"] == ""


def test_districts_are_counted_by_where_their_villages_stand(client, published):
    first = rows_of(client.get("/data/kecamatan.csv"))[0]
    assert first["district"] == "Hulu Rekaan"
    assert [first[word] for word in ("villages", "served", "promised", "late", "unserved")] == [
        "4",
        "1",
        "2",
        "0",
        "1",
    ]


def test_cells_that_a_spreadsheet_would_run_are_made_harmless(client, filled):
    VillageFacts.objects.filter(code=CODE).update(name='=HYPERLINK("http://contoh.example")')
    changed()
    row = next(row for row in rows_of(client.get("/data/desa.csv")) if row["code"] == CODE)
    assert row["name"].startswith("'=")
    assert rows_of(client.get("/data/kontrak.csv"))[0]["number"] == "'=K-1"


def test_numbers_stay_numbers(client, published):
    VillageFacts.objects.filter(code=CODE).update(lat=-0.51234, people_below=1234.5)
    changed()
    row = next(row for row in rows_of(client.get("/data/desa.csv")) if row["code"] == CODE)
    assert (row["lat"], row["people_below"]) == ("-0.51234", "1234.5")


def test_nobodys_words_and_no_notes_of_staff_are_in_the_data(client, filled):
    for table in TABLES.values():
        content = client.get(f"{address_of(table)}.csv").content.decode()
        assert not re.search("hanya petugas|lemari|isi laporan|isi koreksi", content), table.name


def test_the_page_and_the_dictionary_hold_every_column(client, published):
    page = client.get("/en/data/").content.decode()
    told = {(row["table"], row["column"]) for row in rows_of(client.get("/data/kolom.csv"))}
    for table in TABLES.values():
        assert table.about_en.replace("'", "&#39;") in page
        for column in table.columns:
            assert (table.name, column.name) in told
            assert f"<code>{column.name}</code>" in page


def test_who_has_the_data_already_is_told_so(client, published):
    tag = client.get("/data/desa.csv")["ETag"]
    assert client.get("/data/desa.csv", headers={"If-None-Match": tag}).status_code == 304
    VillageFacts.objects.filter(code=CODE).update(people=77)
    changed()
    assert client.get("/data/desa.csv", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/data/orang.csv", "/data/desa.xlsx", "/data/kontrak.geojson", "/data/rencana/1/titik.csv",
        "/data/kolom.geojson", "/data/rencana/9/rencana.csv",
        "/data/rencana/1/kecamatan.csv", "/data/banding/1-9/banding-desa.csv", "/data/banding/1-1/desa.csv",
        "/data/banding/1-1/banding-dana.geojson", "/data/..%2Fdesa.csv",
    ],
)  # fmt: skip
def test_what_is_not_there_is_said_not_to_be(client, published, path):
    assert client.get(path).status_code == 404
