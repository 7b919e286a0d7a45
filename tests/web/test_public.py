"""The open pages: a search that forgives, what each page says, plans that stay, few bytes and few queries."""

import datetime as dt
import html
import re
from itertools import pairwise

import pytest
import site_factory
from django.db import connection
from django.test.utils import CaptureQueriesContext

from merata.web.models import (
    Commitment,
    Contract,
    FacilityFacts,
    Organisation,
    Payment,
    Publication,
    ServicePoint,
    VillageFacts,
)
from merata.web.page import changed
from merata.web.public.drawing import view_of
from merata.web.public.money import months_by_year
from merata.web.public.names import names
from merata.web.public.search import find

PATHS = (
    "/", "/cari/", "/cari/?q=tanjung", "/desa/99.01.01.2002/", "/desa/99.01.01.2002/qr/", "/kecamatan/",
    "/kecamatan/muara-contoh/", "/penyedia/", "/rencana/", "/rencana/1/", "/rencana/1/desa/99.01.01.2002/",
    "/anggaran/", "/kesenjangan/", "/bidang/", "/bidang/education/", "/cara/", "/data/", "/rencana/1/banding/2/",
)  # fmt: skip


def text_of(answer):
    """What a person reads of a page, without its marks."""
    plain = re.sub(r"<(style|svg)\b.*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", plain))).replace("\u00a0", " ")


@pytest.fixture
def two_plans(published):
    """A second plan, in which one village comes later and another has left the plan."""
    second = site_factory.publication(number=2, run_id="second")
    second.villages.filter(code="99.01.01.2002").update(year=2029)
    second.villages.filter(code="99.01.01.2003").update(year=None, option="")
    changed()
    return second


@pytest.fixture
def programme(published):
    """A provider under contract, with a point at an office and a month that was paid."""
    provider = Organisation.objects.create(
        name="PT Contoh Sinyal", kind="provider", contact="layanan@contoh.example"
    )
    contract = Contract.objects.create(
        number="K-7/2025", provider=provider, fund="APBD (contoh)", starts=dt.date(2025, 11, 1),
        ends=dt.date(2026, 2, 28), fee_idr_per_month=2_000_000, down_mbps=50, up_mbps=10,
    )  # fmt: skip
    point = ServicePoint.objects.create(
        code="T-1", village_code="99.01.01.2002", place="Kantor Desa", option="leo", provider=provider,
        contract=contract, state="in service", since=dt.date(2025, 11, 3), test_down_mbps=42.5, note="rahasia kantor",
    )  # fmt: skip
    Payment.objects.create(
        contract=contract, month=dt.date(2025, 11, 1), amount_idr=1_500_000, paid_on=dt.date(2025, 12, 20)
    )
    changed()
    return point


# search


@pytest.mark.parametrize(
    "asked",
    [
        "Kota Bangun",
        "kotabangun",
        "Desa Kota Bangun",
        "Qota Bangoen",
        "kota bngun",
        "KOTA  BANGUN, Hulu Rekaan",
    ],
)
def test_a_village_is_found_by_its_name_as_it_is_spoken(client, published, asked):
    VillageFacts.objects.filter(code="99.01.02.2001").update(name="Kota Bangun")
    found = client.get("/cari/", {"q": asked}, follow=True)
    assert "Kota Bangun" in text_of(found)
    assert "Hulu Rekaan" in text_of(found)


def test_one_exact_hit_leads_straight_to_the_village(client, published):
    VillageFacts.objects.filter(code="99.01.02.2001").update(name="Kota Bangun")
    assert client.get("/cari/?q=kota+bangun")["Location"] == "/desa/99.01.02.2001/"
    assert client.get("/en/cari/?q=99.01.02.2001")["Location"] == "/en/desa/99.01.02.2001/"


def test_several_hits_are_listed_with_their_district_and_where_they_stand(client, published):
    page = text_of(client.get("/cari/?q=tanjung"))
    assert "Tanjung Contoh 1 , Muara Contoh" in page
    assert "sudah terlayani" in page


def test_a_name_that_no_village_has_is_said_to_be_so(client, published):
    page = client.get('/cari/?q=<u>"zzzzqq')
    assert page.status_code == 200
    assert "Tidak ada desa yang namanya mirip" in text_of(page)
    assert "<u>" not in page.content.decode()


def test_no_more_than_twelve_are_shown(published):
    VillageFacts.objects.bulk_create(
        VillageFacts(publication=published, code=f"99.02.01.{2001 + n}", name=f"Rawa {n}", district="Rawa")
        for n in range(40)
    )
    assert len(find(names(published), "rawa")) == 12
    assert len(find(names(published), "99.02")) == 12


@pytest.mark.parametrize("asked", ["", "   ", "%", "'", "a" * 5000, "\x00", "日本", ".."])
def test_whatever_is_asked_the_search_answers(client, published, asked):
    assert client.get("/cari/", {"q": asked}).status_code == 200


# a village


def test_a_village_says_who_is_responsible_and_how_it_was_tested(client, programme):
    page = text_of(client.get("/desa/99.01.01.2002/"))
    assert (
        "Penyedia yang memasang dan menjalankan tautannya: PT Contoh Sinyal (layanan@contoh.example)" in page
    )
    assert "beroperasi" in page
    assert "unduh 42,5 Mbit/s" in page
    assert "rahasia" not in page


def test_without_a_point_who_promised_is_responsible_else_the_fund(client, published):
    assert "Pengelola dana APBD (contoh)" in text_of(client.get("/desa/99.01.01.2002/"))
    office = Organisation.objects.create(name="Dinas Contoh", kind="regency")
    Commitment.objects.create(
        village_code="99.01.01.2002", level="working", option="leo", year=2099, owner=office
    )
    changed()
    assert "Yang berjanji: Dinas Contoh" in text_of(client.get("/desa/99.01.01.2002/"))
    assert "Belum ada yang ditunjuk" in text_of(client.get("/desa/99.01.01.2004/"))


def test_a_promise_that_was_replaced_is_struck_through_and_says_why(client, published):
    later = Commitment.objects.create(
        village_code="99.01.01.2002", level="working", option="leo", year=2099, reason="jalan terputus banjir"
    )
    Commitment.objects.create(
        village_code="99.01.01.2002",
        level="working",
        option="leo",
        year=2026,
        replaced_by=later,
        state="changed",
    )
    changed()
    page = client.get("/desa/99.01.01.2002/").content.decode()
    assert re.search(r"<del>[^<]*2026[^<]*</del>[^<]*jalan terputus banjir", page)


def test_the_evidence_is_said_in_the_language_of_the_page(client, published):
    assert "dimodelkan: -113 dBm" in text_of(client.get("/desa/99.01.01.2002/"))
    assert "modelled: -113 dBm" in text_of(client.get("/en/desa/99.01.01.2002/"))


def test_the_map_shows_the_district_and_not_the_whole_region(client, published):
    page = client.get("/desa/99.01.01.2002/").content.decode()
    left, top, width, height = map(float, re.search(r'class="map" viewBox="([^"]+)"', page)[1].split())
    assert (left, top) == (38, 38)
    assert (width, height) == (99, 20)


def test_the_view_of_shapes_follows_every_kind_of_step():
    assert view_of(["M10 10h20v16h-20z", "m100 100l5-5 0 20V50H2"]) == "0 8 107 109"


def test_the_poster_has_a_code_of_the_pages_whole_address(client, published, settings):
    settings.SITE = "https://internet.contoh.example"
    page = client.get("/en/desa/99.01.01.2002/qr/").content.decode()
    assert "https://internet.contoh.example/en/desa/99.01.01.2002/" in page
    assert "<svg" in page
    assert "style=" not in page.split("<body", 1)[-1]


# where the money goes


def test_the_budget_sets_contracts_and_payments_beside_the_plan(client, programme):
    page = text_of(client.get("/anggaran/"))
    row_2025 = re.search(r"2025 Rp 2,00 miliar Rp 1,80 miliar (Rp \S+ \S+) (Rp \S+ \S+)", page)
    assert row_2025.groups() == ("Rp 4,00 juta", "Rp 1,50 juta")
    assert "Rp 8,00 juta Rp 1,50 juta" in page


def test_months_of_a_contract_by_year():
    assert list(months_by_year(dt.date(2025, 11, 30), dt.date(2027, 1, 1))) == [
        (2025, 2),
        (2026, 12),
        (2027, 1),
    ]


def test_a_provider_shows_points_contracts_payments_and_villages(client, programme):
    page = text_of(client.get(f"/penyedia/{programme.provider.pk}/"))
    assert "beroperasi 1" in page
    assert "K-7/2025" in page
    assert "unduh 50 Mbit/s, unggah 10, beroperasi 98,0% waktu, diperbaiki dalam 48 jam" in page
    assert "November 2025 1 Rp 1,50 juta" in page
    assert "Sungai Contoh 2" in page
    assert "PT Contoh Sinyal" in text_of(client.get("/penyedia/"))


def test_an_office_is_no_provider(client, published):
    office = Organisation.objects.create(name="Dinas Contoh", kind="regency")
    assert client.get(f"/penyedia/{office.pk}/").status_code == 404


# plans


def test_an_older_plan_stays_readable_and_says_that_it_is_old(client, two_plans):
    page = text_of(client.get("/rencana/1/"))
    assert "Ini rencana lama" in page
    assert "tidak ada rencana yang bisa menghasilkan lebih dari 0,4%" in page
    assert "Tahun 2026: satelit LEO." in text_of(client.get("/rencana/1/desa/99.01.01.2002/"))
    assert "Tahun 2029: satelit LEO." in text_of(client.get("/desa/99.01.01.2002/"))


@pytest.mark.parametrize("state", ["draft", "proposed", "refused"])
def test_what_was_never_published_is_no_plan_that_is_shown(client, published, state):
    site_factory.publication(state=state, number=None, run_id="other")
    Publication.objects.filter(run_id="other").update(number=9)
    for path in ("/rencana/9/", "/rencana/1/banding/9/", "/data/rencana/9/rencana.csv"):
        assert client.get(path).status_code == 404


def test_two_plans_compared_say_who_moved(client, two_plans):
    page = text_of(client.get("/rencana/1/banding/2/"))
    assert "2 desa berubah" in page
    assert "Sungai Contoh 2 Muara Contoh lebih lambat 2026, satelit LEO 2029, satelit LEO" in page
    assert "Tanjung Contoh 3 Muara Contoh keluar dari rencana 2028, satelit LEO –" in page
    rows = client.get("/data/banding/1-2/banding-desa.csv").content.decode().splitlines()
    assert rows[1:] == [
        "99.01.01.2002,Sungai Contoh 2,Muara Contoh,later,2026,leo,2029,leo,117.065,-0.54",
        "99.01.01.2003,Tanjung Contoh 3,Muara Contoh,dropped,2028,leo,,,117.09,-0.54",
    ]


# districts and sectors


def test_districts_and_sectors_count_what_is_theirs(client, published):
    assert "Muara Contoh 1 2 0 1 4.000" in text_of(client.get("/kecamatan/"))
    assert "pendidikan 12 9 6" in text_of(client.get("/bidang/"))
    assert "sekolah 6 3 3 0 12" in text_of(client.get("/bidang/education/"))


@pytest.mark.parametrize(
    "path", ["/kecamatan/tidak-ada/", "/bidang/tidak-ada/", "/penyedia/999/", "/rencana/7/", "/desa/%00/"]
)
def test_what_is_not_there_is_said_not_to_be(client, published, path):
    assert client.get(path).status_code == 404


# all pages


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_page_is_there_in_both_languages_and_its_links_lead_somewhere(client, two_plans, path, prefix):
    page = client.get(prefix + path)
    assert page.status_code == 200
    text = page.content.decode()
    assert text.count("<h1") == 1
    assert re.search(r"\sstyle=|<script>", text) is None
    headings = [int(level) for level in re.findall(r"<h([1-6])", text)]
    assert all(after <= before + 1 for before, after in pairwise(headings))
    for table in re.findall(r"<th\b[^>]*>", text):
        assert "scope=" in table


@pytest.mark.slow
def test_all_that_the_open_pages_lead_to_is_there(client, two_plans, programme):
    seen, waiting = set(), ["/", "/en/"]
    while waiting:
        path = waiting.pop()
        if path in seen or path.startswith(("/staf", "/akun", "/static")):
            continue
        seen.add(path)
        answer = client.get(path)
        assert answer.status_code == 200, path
        if answer["Content-Type"].startswith("text/html"):
            waiting += map(html.unescape, re.findall(r'href="(/[^"#?]*)', answer.content.decode()))
    assert len(seen) > 100


@pytest.mark.parametrize("path", [*PATHS, "/data/desa.csv", "/data/fasilitas.geojson"])
def test_queries_do_not_grow_with_the_villages(client, db, path):
    def queries():
        changed()
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        return len(asked)

    site_factory.publication(number=1, districts=2)
    site_factory.publication(number=2, districts=2, run_id="two")
    few = queries()
    for number in (1, 2):
        publication = Publication.objects.get(number=number)
        extra = [_village(publication, n) for n in range(60)]
        VillageFacts.objects.bulk_create(extra)
        FacilityFacts.objects.bulk_create(_school(row) for row in extra)
    assert queries() <= few <= 18


def test_queries_do_not_grow_with_the_programme(client, programme):
    pages = ("anggaran/", "penyedia/", f"penyedia/{programme.provider.pk}/", "desa/99.01.01.2002/")
    files = ("data/titik.csv", "data/pembayaran.csv", "data/komitmen.csv")

    def queries():
        changed()
        found = []
        for path in (*pages, *files):
            with CaptureQueriesContext(connection) as asked:
                assert client.get(f"/{path}").status_code == 200
            found.append(len(asked))
        return found

    Commitment.objects.create(village_code="99.01.01.2002", level="basic", option="leo", year=2025)
    queries()
    few = queries()
    for n in range(20):
        contract = Contract.objects.create(
            number=f"K-{n}", provider=programme.provider, starts=dt.date(2025, 1, 1), ends=dt.date(2025, 12, 31),
            fee_idr_per_month=1, down_mbps=1, up_mbps=1,
        )  # fmt: skip
        ServicePoint.objects.create(
            code=f"X-{n}", village_code="99.01.01.2002", place="SD", option="leo", provider=programme.provider,
            contract=contract, since=dt.date(2025, 1, 1), state="installed",
        )  # fmt: skip
        Payment.objects.create(
            contract=contract, month=dt.date(2025, 1, 1), amount_idr=1, paid_on=dt.date(2025, 2, 1)
        )
        Commitment.objects.create(
            village_code="99.01.01.2002", level="basic", option="leo", year=2030, owner=programme.provider
        )
    assert queries() == few


def _village(publication, n):
    return VillageFacts(
        publication=publication, code=f"99.01.01.{2500 + n}", name=f"Rawa Tambahan {n}", district="Muara Contoh",
        people=500, access_now="none", promised="basic", known_by="modelled", chance_below=0.9, year=2027,
        option="leo", x=50 + n, y=60, shape="M40 40h20v16h-20z",
    )  # fmt: skip


def _school(row):
    return FacilityFacts(
        publication=row.publication, key=f"{row.code}-school", village_code=row.code, name="SDN Contoh", kind="school",
        sector="education", access_now="none", promised="working", known_by="modelled", chance_below=0.9,
    )  # fmt: skip
