"""The desk says what waits for each role; reports are answered by whom they reach, and the answer is seen."""

import datetime as dt

import pytest

from merata.web.models import Change, Organisation, Report, ServicePoint

VILLAGE = "99.01.01.2002"


@pytest.fixture
def point(published):
    provider = Organisation.objects.create(name="Satu (contoh)", kind="provider")
    return ServicePoint.objects.create(
        code="TL-1", village_code=VILLAGE, place="Kantor Desa", option="leo", provider=provider, state="suspended",
        since=dt.date(2026, 1, 5),
    )  # fmt: skip


@pytest.fixture
def sent(client, point):
    report = {"village": VILLAGE, "kind": "broken", "made_by": "a", "words": "Mati"}
    client.post("/lapor/kirim", report, content_type="application/json")
    return Report.objects.get()


def logged_in(client, user):
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_a_report_goes_to_the_only_point_of_its_village(sent, point):
    assert sent.point == point


@pytest.mark.parametrize(
    ("role", "fields", "reaches"),
    [
        ("regency", {}, True),
        ("village", {"village_code": VILLAGE}, True),
        ("village", {"village_code": "99.01.01.2001"}, False),
        ("district", {"district": "Muara Contoh"}, True),
        ("district", {"district": "Hulu Rekaan"}, False),
        ("provider", {"own": True}, True),
        ("provider", {"own": False}, False),
    ],
)
def test_who_reaches_a_report_answers_it_and_nobody_else(
    client, person, sent, point, role, fields, reaches, settings
):
    settings.SECOND_FACTOR = False
    if fields.pop("own", None):
        fields["organisation"] = point.provider
    staff = logged_in(client, person(role, **fields))
    assert ("Mati" in staff.get("/staf/program/laporan/").content.decode()) == reaches
    answer = staff.post(f"/staf/program/laporan/{sent.pk}/", {"answer": "Sudah diperbaiki."})
    assert answer.status_code == (302 if reaches else 404)
    sent.refresh_from_db()
    assert sent.state == ("answered" if reaches else "new")
    assert Change.objects.filter(model="report").exists() == reaches


def test_the_answer_is_seen_by_who_has_the_number(client, person, sent, settings):
    settings.SECOND_FACTOR = False
    logged_in(client, person("regency")).post(
        f"/staf/program/laporan/{sent.pk}/", {"answer": "Sudah diperbaiki."}
    )
    client.logout()
    assert "Sudah diperbaiki." in client.get("/lapor/", {"nomor": sent.reference}).content.decode()


def test_the_desk_says_what_waits(client, person, sent, point, settings):
    settings.SECOND_FACTOR = False
    page = logged_in(client, person("regency")).get("/staf/").content.decode()
    assert "laporan warga belum dijawab" in page
    own = logged_in(client, person("provider", organisation=point.provider)).get("/staf/").content.decode()
    assert "titik menunggu langkah dari Anda" in own
    nobody = logged_in(client, person("reader")).get("/staf/").content.decode()
    assert "Tidak ada yang menunggu Anda." in nobody
