"""Challenges: anybody says what is wrong, its party answers or concedes by silence, somebody else decides."""

import datetime as dt
import io
import itertools
import re

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from office import logged_in, region_at
from programme_factory import picture

from merata.region.folder import Region
from merata.web import privacy
from merata.web.challenges import clock, region_work
from merata.web.challenges.claims import Claim, checked, newest_of
from merata.web.challenges.facts import FACTS
from merata.web.challenges.life import (
    answer,
    decide,
    may_answer,
    may_decide,
    open_until,
    reverse,
    take,
    withdraw,
)
from merata.web.models import Challenge, Change, Job, Organisation, PhoneTest
from merata.web.programme.said import RefusedError

VILLAGE = "99.01.01.2002"
NUMBERS = itertools.count()


@pytest.fixture
def region(tmp_path, settings):
    settings.REGION = region_at(tmp_path / "region")
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.REGION


@pytest.fixture
def provinces(person):
    return person("province")


def said(published, **given):
    """A challenge that anybody could send."""
    values = {
        "fact": "people",
        "people": "1250",
        "evidence": "visit",
        "evidence_on": str(timezone.localdate()),
    }
    found = checked({**values, **given}, newest_of(published, VILLAGE))
    assert isinstance(found, Claim), [one.key for one in found]
    return found


def taken(published, by=None, **given):
    return take(said(published, **given), f"test {next(NUMBERS)}", way="web", by=by)


def refused(key, call, *args):
    with pytest.raises(RefusedError) as found:
        call(*args)
    assert key in [problem.key for problem in found.value.problems]


def proof():
    return SimpleUploadedFile("daftar.jpg", picture(), "image/jpeg")


# who answers, who decides


def test_the_party_answers_and_neither_party_decides(region, published, person, provinces):
    office, colleague, stranger = person("regency"), person("regency"), person("provider")
    row = taken(published)
    assert row.party == office.organisation
    assert may_answer(office, row)
    refused("challenge_not_yours", answer, row, stranger, "concede", "")
    refused("challenge_not_yours", decide, row, office, "set aside", "sebab")
    refused("challenge_needs_words", answer, row, office, "rebut", " ")
    refused("challenge_rebut_file", answer, row, office, "rebut", "Daftar kami lebih baru.")
    refused("challenge_person", answer, row, office, "rebut", "Tanya ke 0812 3456 7890")
    row = answer(row, office, "rebut", "Daftar kami lebih baru.", proof())
    assert row.state == "rebutted"
    assert not may_decide(colleague, row), "of the party's own office"
    refused("challenge_needs_reason", decide, row, provinces, "upheld", " ")
    row = decide(row, provinces, "upheld", "Suratnya lebih baru.")
    assert (row.state, row.settled_on) == ("upheld", timezone.localdate())
    refused("challenge_decided", decide, row, provinces, "rejected", "sebab")
    told = Change.objects.filter(model="challenge", key=str(row.pk)).order_by("pk")
    assert [note.after["state"] for note in told] == ["rebutted", "upheld"]
    assert Job.objects.filter(kind="correct", state="waiting").count() == 1


def test_silence_concedes_after_a_reminder_and_not_before(region, published, person, mailoutbox):
    person("regency")
    row = taken(published)
    assert (row.due_at - row.made_at).days in (30, 31)
    assert clock.strike() == 1
    assert clock.strike(row.due_at - dt.timedelta(days=8)) == 0, "told once"
    assert clock.strike(row.due_at - dt.timedelta(days=6)) == 1
    assert clock.strike(row.due_at - dt.timedelta(days=5)) == 0, "reminded once"
    assert len(mailoutbox) == 2
    assert all(row.reference in letter.body for letter in mailoutbox)
    Challenge.objects.update(due_at=timezone.now() - dt.timedelta(seconds=1))
    assert clock.strike() == 1
    row.refresh_from_db()
    assert (row.state, row.silent, row.answered_by) == ("conceded", True, None)
    assert clock.strike() == 0


def test_the_same_said_by_several_is_answered_once(region, published, person, provinces):
    office = person("regency")
    first, second, other = taken(published), taken(published), taken(published, people="900")
    assert (second.joins, other.joins) == (first, None)
    page = logged_in(office).get(f"/staf/program/koreksi/{first.pk}/").content.decode()
    assert second.reference in page
    assert other.reference not in page
    answer(second, office, "concede", "")
    assert list(Challenge.objects.order_by("pk").values_list("state", flat=True)) == [
        "conceded",
        "conceded",
        "open",
    ]
    reverse(first, provinces, "Keliru desa.")
    assert {row.state for row in (first, second) if row.refresh_from_db() is None} == {"reversed"}


def test_who_withdraws_leaves_the_others_that_say_the_same(region, published, person):
    first, second, third = (taken(published) for _ in range(3))
    withdraw(first)
    refused("challenge_decided", withdraw, first)
    second.refresh_from_db()
    third.refresh_from_db()
    assert (second.state, second.joins, third.joins) == ("open", None, second)
    answer(third, person("regency"), "concede", "")
    second.refresh_from_db()
    assert second.state == "conceded"


def test_a_decision_is_not_undone_past_its_parties(region, published, person, provinces):
    answer(taken(published), person("regency"), "concede", "")
    note = Change.objects.filter(model="challenge").latest("pk")
    way = f"/staf/program/perubahan/{note.pk}/batal/"
    assert logged_in(provinces).post(way, {"why": "x"}).status_code == 404


def test_a_provider_answers_for_its_own_points_and_an_operator_for_its_towers(region, published, providers):
    at = {"fact": "access", "level": "none"}
    village = newest_of(published, "99.01.01.2002")
    assert take(said(published, **at), "a", way="web").party == providers["PT Satu (contoh)"], village
    tower = {"fact": "tower gone", "lat": "-0.54", "lon": "117.065", "operator": "pt dua (contoh)"}
    assert take(said(published, **tower), "b", way="web").party == providers["PT Dua (contoh)"]


def test_who_said_the_same_does_not_decide_it(region, published, person, provinces):
    office = person("regency")
    row = taken(published)
    assert may_decide(provinces, row)
    taken(published, by=person("province"))
    assert not may_decide(provinces, row), "a colleague has joined it"
    Challenge.objects.update(party=None)
    row.refresh_from_db()
    assert may_answer(office, row)
    assert not may_answer(provinces, row)


def test_an_office_does_not_challenge_its_own_data(region, published, person):
    office = person("regency")
    refused("challenge_own_data", lambda: taken(published, by=office))
    assert not Challenge.objects.exists()


def test_after_the_window_nothing_is_taken(region, published):
    published.decided_at = timezone.now() - dt.timedelta(days=366)
    published.save()
    assert open_until(published) < timezone.localdate()
    refused("challenge_over", taken, published)


# what is checked


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"fact": "taste"}, "challenge_no_fact"),
        ({"evidence": "speed test"}, "challenge_no_evidence"),
        ({"people": "banyak"}, "challenge_number"),
        ({"people": ""}, "challenge_lacks"),
        ({"people": "1.000"}, "challenge_is_published"),
        ({"evidence_on": "1999-01-01"}, "challenge_old"),
        ({"evidence_on": "kemarin"}, "challenge_no_day"),
        ({"fact": "access", "level": "superb"}, "challenge_choice"),
        ({"fact": "access", "level": "none", "evidence": "speed test"}, "challenge_no_tests"),
        ({"fact": "access", "level": "none", "evidence": "measurement"}, "challenge_lacks"),
        ({"fact": "facility access", "facility": "Istana", "level": "none"}, "challenge_facility"),
        ({"fact": "place missing", "kind": "school", "name": "Pak Contoh 0812-3456-7890"}, "challenge_text"),
        ({"fact": "settlement missing", "name": "Dusun", "lat": "-0.5"}, "challenge_lacks"),
        ({"fact": "settlement missing", "name": "Dusun", "lat": "50", "lon": "8"}, "challenge_far"),
    ],
)
def test_what_is_wrong_with_a_challenge_is_said(published, given, key):
    values = {
        "fact": "people",
        "people": "1250",
        "evidence": "visit",
        "evidence_on": str(timezone.localdate()),
    }
    found = checked({**values, **given}, newest_of(published, VILLAGE))
    assert isinstance(found, list)
    assert key in [one.key for one in found]


def test_tests_that_the_centre_saw_are_evidence(published):
    for day in (1, 2):
        began = timezone.now() - dt.timedelta(days=day)
        PhoneTest.objects.create(
            made_by=f"{day}", village_code=VILLAGE, network="mobile", began=began, down_mbps=float(day)
        )
    claim = said(published, fact="access", level="none", evidence="speed test", evidence_on="")
    assert claim.measured == {"tests": 2, "days": 2, "down_mbps": 1.5}


# pages for everybody


def test_anybody_says_what_is_wrong_sees_its_state_and_withdraws(client, region, published):
    way = f"/koreksi/desa/{VILLAGE}/"
    assert "Jumlah penduduk keliru" in client.get(way).content.decode()
    page = client.get(way, {"fact": "people"}).content.decode()
    made_by = re.search('name="made_by" value="([^"]+)"', page)[1]
    sent = {
        "fact": "people", "people": "1.250", "evidence": "letter", "made_by": made_by, "words": "<b>Bu Rahasia</b>",
        "evidence_on": str(timezone.localdate()),
    }  # fmt: skip
    wrong = client.post(way, sent)
    assert wrong.status_code == 400
    assert "Pilih foto atau surat" in wrong.content.decode()
    assert "Bu Rahasia" in wrong.content.decode(), "what was written is kept"
    for _ in range(2):
        thanks = client.post(way, {**sent, "file": proof()}).content.decode()
    row = Challenge.objects.get()
    assert (row.claim["people"], row.published_as) == (1250, "1000")
    assert b"Exif" not in row.file.read()
    shown = client.get(f"/koreksi/{row.reference}/").content.decode()
    assert "1.250" in shown
    for page in (
        shown,
        client.get("/koreksi/").content.decode(),
        client.get("/data/koreksi.csv").content.decode(),
    ):
        assert row.reference in page
        assert "Rahasia" not in page
    own = re.search(f'href="(/koreksi/{row.reference}/[0-9a-f]+/)"', thanks)[1]
    assert client.post(f"/koreksi/{row.reference}/{'0' * 32}/").status_code == 404
    assert "ditarik kembali" in client.post(own).content.decode()
    assert "Koreksi yang sedang berjalan" not in client.get(f"/desa/{VILLAGE}/").content.decode()


def test_names_and_places_are_not_shown_before_they_are_accepted(client, region, published, person):
    at = {"fact": "settlement missing", "name": "Dusun Rahasia", "lat": "-0.5400", "lon": "117.0654"}
    row = taken(published, **at)
    for address in (f"/koreksi/{row.reference}/", "/data/koreksi.csv", "/api/v1/challenges"):
        page = client.get(address).content.decode()
        assert "Rahasia" not in page, address
        assert "117.065" not in page.replace(",", "."), address
    answer(row, person("regency"), "concede", "")
    assert "Dusun Rahasia" in client.get(f"/koreksi/{row.reference}/").content.decode()


def test_a_flood_from_one_address_is_refused(client, region, published):
    from merata.web.challenges import pages

    for number in range(pages.FROM_ONE_ADDRESS + 1):
        sent = {"fact": "people", "people": f"{number}", "evidence": "visit", "made_by": f"{number}",
                "evidence_on": str(timezone.localdate())}  # fmt: skip
        last = client.post(f"/koreksi/desa/{VILLAGE}/", sent)
    assert last.status_code == 400
    assert "Terlalu banyak" in last.content.decode()
    assert Challenge.objects.count() == pages.FROM_ONE_ADDRESS


def test_old_words_and_evidence_are_forgotten(region, published):
    row = take(said(published, evidence="letter", words="rahasia"), "x", way="web", upload=proof())
    Challenge.objects.update(state="rejected", made_at=timezone.now() - dt.timedelta(days=800))
    privacy.forget()
    row.refresh_from_db()
    assert (row.words, bool(row.file)) == ("", False)


# pages for accounts


def test_what_was_written_is_read_by_the_parties_and_offices_only(region, published, person):
    university, other = Organisation.objects.create(name="Kampus", kind="partner"), person("partner")
    row = taken(published, by=person("partner", organisation=university), words="kata pengaju")
    way = f"/staf/program/koreksi/{row.pk}/"
    assert "kata pengaju" in logged_in(person("partner", organisation=university)).get(way).content.decode()
    assert "kata pengaju" in logged_in(person("regency")).get(way).content.decode()
    assert logged_in(other).get(way).status_code == 404
    assert logged_in(person("provider")).get(way).status_code == 404
    assert logged_in(person("reader")).get(way).status_code == 403


def test_it_is_answered_and_decided_on_the_pages(region, published, person, provinces):
    office = logged_in(person("regency"))
    row = taken(published)
    way = f"/staf/program/koreksi/{row.pk}/"
    assert row.reference in office.get("/staf/program/koreksi/").content.decode()
    assert "koreksi menunggu" in office.get("/staf/").content.decode()
    office.post(f"{way}jawab/", {"does": "rebut", "answer": "Daftar kami.", "file": proof()})
    assert office.get(f"{way}berkas/bantahan/")["Content-Type"] == "application/octet-stream"
    assert "Benarkan koreksi" not in office.get(way).content.decode()
    other = logged_in(provinces)
    assert "Benarkan koreksi" in other.get(way).content.decode()
    other.post(f"{way}putus/", {"state": "rejected", "reason": "Bukti kantor lebih kuat."})
    page = other.get(f"/koreksi/{row.reference}/").content.decode()
    for words in ("ditolak", "Daftar kami.", "Bukti kantor lebih kuat."):
        assert words in page


def book(*rows):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        page = made.add_worksheet()
        for line, row in enumerate(rows):
            page.write_row(line, 0, row)
    return SimpleUploadedFile("koreksi.xlsx", out.getvalue())


def test_many_at_once_are_checked_row_by_row_and_never_taken_twice(region, published, person):
    client, today = logged_in(person("partner")), str(timezone.localdate())
    rows = (
        ("kode desa", "yang keliru", "penduduk", "tingkat layanan", "bukti", "tanggal bukti", "unduh"),
        ("99.01.01.2001", "penduduk", 1250, "", "dilihat sendiri", today, ""),
        ("99.01.01.2002", "internet", "", "tidak ada", "pengukuran", today, 0.4),
        ("99.01.01.2003", "penduduk", "", "", "kunjungan", today, ""),
        ("00.00.00.0000", "penduduk", 5, "", "kunjungan", today, ""),
        ("99.01.01.2001", "penduduk", 1250, "", "kunjungan", today, ""),
    )
    page = client.post("/staf/program/koreksi/massal/", {"file": book(*rows)}).content.decode()
    assert "Ambil 2 baris" in page
    for words in ("Isi “Jumlah penduduk”", "“00.00.00.0000”", "Sama dengan baris 2"):
        assert words in page
    assert not Challenge.objects.exists()
    client.post("/staf/program/koreksi/massal/ambil/")
    assert list(Challenge.objects.order_by("pk").values_list("fact", "way")) == [
        ("people", "bulk"),
        ("access", "bulk"),
    ]
    assert Challenge.objects.get(fact="access").measured == {"down_mbps": 0.4}
    page = client.post("/staf/program/koreksi/massal/", {"file": book(*rows)}).content.decode()
    assert "Ambil" not in page
    assert "sudah pernah dikirim" in page
    client.post("/staf/program/koreksi/massal/ambil/")
    assert Challenge.objects.count() == 2


def test_programs_send_many_by_token_and_read_all(client, region, published, bearer):
    rows = [
        {"village": VILLAGE, "fact": "people", "people": 1250, "evidence": "visit",
         "evidence_on": str(timezone.localdate())},
        {"village": VILLAGE, "fact": "people"},
    ]  # fmt: skip
    way = "/api/v1/programme/challenges"

    def send(headers):
        return client.post(way, {"challenges": rows}, content_type="application/json", headers=headers)

    assert send({}).status_code == 401
    assert send(bearer("partner", "read")).status_code == 403
    key = bearer("partner", "challenges")
    for outcome in ("taken", "again"):
        told = send(key).json()["rows"]
        assert [row["outcome"] for row in told] == [outcome, "wrong"]
        assert told[0]["reference"]
        assert told[1]["problems"]
    found = client.get("/api/v1/challenges", {"village": VILLAGE, "state": "open"}).json()
    assert [(row["fact"], row["claim"]) for row in found["items"]] == [("people", {"people": 1250})]


# into the region


@pytest.mark.slow
def test_what_holds_is_in_the_region_until_it_is_taken_back(tmp_path, settings, published, person, provinces):
    import geopandas as gpd
    import shapely

    rows = [
        {"code": row.code, "name": row.name, "district": row.district} for row in published.villages.all()
    ]
    shapes = [shapely.box(117 + n / 10, -0.6, 117.1 + n / 10, -0.5) for n in range(len(rows))]
    place = tmp_path / "desa.geojson"
    gpd.GeoDataFrame(rows, geometry=shapes, crs="EPSG:4326").to_file(place, driver="GeoJSON")
    region = Region.start(tmp_path / "wilayah", name="Contoh")
    people = tmp_path / "penduduk.csv"
    people.write_text(f"kode desa,penduduk,kk\n{VILLAGE},1000,250\n")
    towers = tmp_path / "menara.csv"
    towers.write_text("nama menara,operator,lintang,bujur\nA1,Satu,-0.55,117.15\n")
    region.add([place, people, towers], date="2025-06-01")
    settings.REGION = region.path
    office = person("regency")
    at = {"lat": "-0.55", "lon": "117.15"}
    claims = [
        {}, {"fact": "access", "level": "none"}, {"fact": "electricity", "electricity": "none"},
        {"fact": "place missing", "kind": "school", "name": "SD Negeri 9", **at},
        {"fact": "settlement missing", "name": "Dusun Baru", "people": "80", **at}, {"fact": "tower gone", **at},
    ]  # fmt: skip
    made = [answer(taken(published, **one), office, "concede", "") for one in claims]
    letter = take(said(published, fact="price", component="leo_monthly", idr="1.900.000", evidence="letter"), "p",
                  way="web", upload=proof())  # fmt: skip
    answer(letter, office, "concede", "")
    job = Job.objects.filter(kind="correct").latest("pk")
    region_work.correct(job, lambda *_: None)
    tables = region.tables()
    row = tables["people"].set_index("village_code").loc[VILLAGE]
    assert (row["people"], row["households"]) == (1250, 250)
    assert row["source"] == f"koreksi-{timezone.localdate()}-people.csv"
    report = tables["reports"].iloc[0]
    assert (report["village_code"], report["level"], report["who"]) == (
        VILLAGE,
        "none",
        f"koreksi {made[1].reference}",
    )
    assert list(tables["electricity"]["electricity"]) == ["none"]
    assert list(tables["facilities"]["name"]) == ["SD Negeri 9"]
    assert list(tables["settlements"]["people"]) == [80]
    assert list(tables["prices"][["component", "low_idr"]].itertuples(index=False)) == [
        ("leo_monthly", 1_900_000)
    ]
    assert not len(tables["sites"])
    assert not Challenge.objects.filter(source="").exists()
    assert region_work.correct(job, lambda *_: None)["changed"] is False
    for one in Challenge.objects.all():
        reverse(one, provinces, "Diperiksa lagi.")
    region_work.correct(job, lambda *_: None)
    assert [row.file for row in region.sources()] == ["desa.geojson", "penduduk.csv", "menara.csv"]
    assert list(region.tables()["people"]["people"]) == [1000]
    assert len(region.tables()["sites"]) == 1


def test_every_fact_says_what_it_asks_for_and_changes_a_table_or_is_followed_elsewhere():
    from merata.region.tables import TABLES
    from merata.web.challenges.records import NOW

    assert all(one.evidence and one.fields for one in FACTS.values())
    assert {name for name, one in FACTS.items() if one.table not in TABLES} == set(NOW)
    assert all((one.follows == "region") == bool(one.table) for one in FACTS.values())
