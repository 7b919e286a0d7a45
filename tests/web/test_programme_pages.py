"""The programme's pages: lists, forms, photographs, the history and its undoing, the board."""

import datetime as dt
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image
from programme_factory import DAY, Programme, logged_in, picture

from merata.web.changes import keep, undo
from merata.web.models import Change, Contract, Payment, Photograph, ServicePoint, WeeklyTarget
from merata.web.programme import pace, photographs
from merata.web.programme.chart import chart
from merata.web.programme.steps import step

TODAY = dt.date(2026, 6, 10)


@pytest.fixture
def programme(published, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return Programme()


@pytest.fixture
def office(programme, person):
    return logged_in(person("regency"))


def text(client, name, *args, **query):
    return client.get(reverse(f"id:{name}", args=args), query).content.decode()


def codes(page):
    return re.findall(r">(TL-\d+)</a>", page)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["TL-1", "TL-2", "TL-3"]),
        ({"keadaan": "installed"}, ["TL-2"]),
        ({"kecamatan": "Hulu Rekaan"}, ["TL-3"]),
        ({"desa": "tanjung contoh"}, ["TL-1"]),
        ({"desa": "tl-2"}, ["TL-2"]),
        ({"cara": "fibre"}, ["TL-3"]),
        ({"terlambat": "1"}, ["TL-1"]),
        ({"urut": "-code"}, ["TL-3", "TL-2", "TL-1"]),
        ({"penyedia": "other"}, ["TL-3"]),
        ({"keadaan": "x", "penyedia": "9" * 40, "urut": "password", "hal": "x"}, ["TL-1", "TL-2", "TL-3"]),
    ],
)
def test_points_are_chosen_and_sorted_by_the_address(programme, office, query, found):
    programme.point("TL-1", due=dt.date(2026, 1, 1))
    programme.point("TL-2", "installed", village="99.01.01.2002")
    programme.point("TL-3", village="99.01.02.2001", contract=1, option="fibre")
    if query.get("penyedia") == "other":
        query = {"penyedia": str(programme.other.pk)}
    assert codes(text(office, "programme_points", **query)) == found


PAGES = (
    "programme",
    "programme_points",
    "programme_contracts",
    "programme_payments",
    "programme_commitments",
    "programme_targets",
)


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_queries_do_not_grow_with_the_rows(programme, office, name):
    def fill(numbers):
        for n in numbers:
            promise = programme.promise(f"99.01.0{n % 3 + 1}.200{n % 4 + 1}")
            point = programme.point(
                f"TL-{n}", "installed", village=promise.village_code, contract=n % 2, commitment=promise
            )
            point.note = "x"
            keep(point, None)
            programme.payment(n % 2, point=point)
            WeeklyTarget.objects.create(monday=dt.date(2026, 1, 5) + n * pace.WEEK, in_service=n)

    assert text(office, name)  # the first page of a session asks for more
    counts = []
    for numbers in (range(2), range(2, 30)):
        fill(numbers)
        with CaptureQueriesContext(connection) as queries:
            assert text(office, name)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20


@pytest.mark.slow
@pytest.mark.parametrize("prefix", ["id", "en"])
def test_a_point_tells_its_history_and_an_office_undoes_with_a_reason(programme, person, office, prefix):
    point = programme.point("TL-1")
    change = step(point, "installed", person("regency"), dt.date(2026, 3, 20), equipment="antena")
    page = office.get(reverse(f"{prefix}:programme_point", args=[point.pk])).content.decode()
    words = (
        ("dikontrak → terpasang", "kabupaten") if prefix == "id" else ("contracted → installed", "regency")
    )
    assert all(word in page for word in words)
    office.post(reverse("id:programme_undo", args=[change.pk]), {"why": ""})
    point.refresh_from_db()
    assert point.state == "installed", "not without a reason"
    office.post(reverse("id:programme_undo", args=[change.pk]), {"why": "keliru"})
    point.refresh_from_db()
    assert (point.state, point.equipment) == ("contracted", "")
    assert Change.objects.filter(undoes=change, why="keliru").exists()


def test_a_form_says_what_is_wrong_beside_its_field(programme, office):
    point = programme.point("TL-1", "installed", test_down_mbps=1, test_up_mbps=1, test_latency_ms=1)
    page = office.post(
        reverse("id:programme_point_step", args=[point.pk, "accepted"]),
        {"on": "2026-03-20", "test_down_mbps": "9", "test_up_mbps": "1", "test_latency_ms": "1"},
    ).content.decode()
    assert 'id="id_tested_on_error"' in page
    assert 'href="#id_tested_on"' in page
    assert "Perlu sedikitnya 2 foto; baru ada 0." in page
    point.refresh_from_db()
    assert point.state == "installed"


@pytest.mark.slow
def test_the_form_of_a_provider_has_its_own_fields_only(programme, person):
    client = logged_in(person("provider", organisation=programme.own))
    point = programme.point("TL-1")
    address = reverse("id:programme_point_edit", args=[point.pk])
    page = client.get(address).content.decode()
    assert 'name="equipment"' in page
    assert 'name="contract"' not in page
    client.post(
        address,
        {"equipment": "antena", "contract": programme.contracts[1].pk, "provider": programme.other.pk},
    )
    point.refresh_from_db()
    assert (point.equipment, point.contract, point.provider) == (
        "antena",
        programme.contracts[0],
        programme.own,
    )


def test_a_contract_is_entered_and_kept_consistent(programme, office):
    said = {"number": "K-9", "provider": programme.own.pk, "fund": "", "starts": "2026-01-01", "ends": "2025-01-01",
            "fee_idr_per_month": "1000000", "down_mbps": "20", "up_mbps": "5", "availability": "0.98",
            "repair_hours": "48", "notice_hours": "72", "power_by": "village"}  # fmt: skip
    page = office.post(reverse("id:programme_contract_new"), said).content.decode()
    assert 'id="id_ends_error"' in page
    office.post(reverse("id:programme_contract_new"), {**said, "ends": "2026-12-31"})
    assert Contract.objects.filter(number="K-9").exists()
    programme.point("TL-1")
    held = programme.contracts[0]
    said |= {"number": held.number, "provider": programme.other.pk, "ends": "2026-12-31"}
    page = office.post(reverse("id:programme_contract_edit", args=[held.pk]), said).content.decode()
    assert 'id="id_provider_error"' in page


def test_a_payment_is_for_a_point_of_its_contract(programme, office):
    other = programme.point("TL-2", contract=1)
    said = {
        "contract": programme.contracts[0].pk,
        "point": other.pk,
        "month": "2026-04-20",
        "amount_idr": "5",
        "paid_on": "2026-05-05",
    }
    assert 'id="id_point_error"' in office.post(reverse("id:programme_payment_new"), said).content.decode()
    office.post(reverse("id:programme_payment_new"), {**said, "point": ""})
    assert Payment.objects.get().month == dt.date(2026, 4, 1)


def test_a_second_target_of_a_week_takes_the_place_of_the_first(programme, office):
    for count in (3, 4):
        office.post(reverse("id:programme_targets"), {"monday": "2026-03-05", "in_service": count})
    assert list(WeeklyTarget.objects.values_list("monday", "in_service")) == [(dt.date(2026, 3, 2), 4)]
    assert Change.objects.filter(model="weeklytarget").count() == 2


def test_a_point_is_linked_to_a_commitment_of_its_village_only(programme, office):
    point, far = programme.point("TL-1"), programme.promise("99.01.02.2001")
    address = reverse("id:programme_fulfil", args=[point.pk])
    office.post(address, {"commitment": far.pk})
    point.refresh_from_db()
    assert point.commitment is None
    near = programme.promise()
    office.post(address, {"commitment": near.pk})
    point.refresh_from_db()
    assert point.commitment == near
    assert "TL-1" in text(office, "programme_village", point.village_code)


def add(client, point, data, name="foto.jpg", shows="antenna"):
    file = SimpleUploadedFile(name, data)
    return client.post(
        reverse("id:programme_photograph_add", args=[point.pk]), {"file": file, "shows": shows}
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photograph_is_made_anew_without_place_and_camera(programme, office, kind):
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Kamera Rahasia", "Model 9"
    exif[0x8825] = {1: "S", 2: (0.0, 25.0, 31.0), 3: "E", 4: (117.0, 8.0, 2.0)}
    data = picture((3000, 1000), kind, exif=exif)
    assert b"Kamera Rahasia" in data
    point = programme.point("TL-1")
    add(office, point, data, "../../jahat.php")
    kept = Photograph.objects.get()
    assert re.fullmatch(r"points/[0-9a-f]{32}\.jpg", kept.file.name)
    answer = office.get(reverse("id:programme_photograph", args=[kept.pk]))
    made = b"".join(answer.streaming_content)
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert "private" in answer["Cache-Control"]
    with Image.open(io.BytesIO(made)) as shown:
        assert (shown.format, shown.size) == ("JPEG", (1600, 533))
        assert not shown.getexif()
    assert b"Kamera" not in made
    assert b"Exif" not in made


@pytest.mark.parametrize(
    "data",
    [b"", b"<svg onload='alert(1)'/>", b"\xff\xd8\xff\xe0 halo", picture()[:200], picture(kind="GIF"),
     picture(kind="TIFF")],
    ids=["empty", "svg", "head only", "cut short", "gif", "tiff"],
)  # fmt: skip
def test_what_is_no_photograph_is_refused(programme, office, data):
    add(office, programme.point("TL-1"), data)
    assert not Photograph.objects.exists()


def test_a_bomb_of_pixels_and_a_heavy_file_are_refused_unread(programme, office, monkeypatch):
    monkeypatch.setattr(photographs, "MAX_PIXELS", 3000)
    point = programme.point("TL-1")
    add(office, point, picture((64, 48)))
    monkeypatch.setattr(photographs, "MAX_PIXELS", 10**9)
    monkeypatch.setattr(photographs, "MAX_BYTES", 100)
    add(office, point, picture((64, 48)))
    assert not Photograph.objects.exists()


def test_a_photograph_taken_away_comes_back_by_undoing(programme, office):
    point = programme.point("TL-1")
    add(office, point, picture())
    kept = Photograph.objects.get()
    office.post(reverse("id:programme_photograph_remove", args=[kept.pk]))
    assert not point.photographs.exists()
    office.post(reverse("id:programme_undo", args=[Change.objects.first().pk]), {"why": "keliru"})
    back = point.photographs.get()
    assert office.get(reverse("id:programme_photograph", args=[back.pk])).status_code == 200


def test_a_photograph_of_an_accepted_point_stays(programme, office):
    point = programme.point("TL-1", "accepted")
    kept = programme.photograph(point)
    office.post(reverse("id:programme_photograph_remove", args=[kept.pk]))
    assert point.photographs.exists()


def test_weeks_count_what_came_into_service_against_the_target():
    came = [dt.date(2026, 5, 26), dt.date(2026, 6, 1), dt.date(2026, 6, 9), dt.date(2026, 6, 9)]
    targets = [
        WeeklyTarget(monday=dt.date(2026, 5, 25) + n * pace.WEEK, in_service=2 * n + 1) for n in range(4)
    ]
    weeks = pace.weeks(came, targets, TODAY)
    assert [(week.came, week.in_all, week.target) for week in weeks] == [
        (1, 1, 1),
        (1, 2, 3),
        (2, 4, 5),
        (0, None, 7),
    ]
    drawn = chart(weeks)
    assert drawn["bars"].count("z") == 3
    assert drawn["marks"].count("z") == 4


@pytest.mark.parametrize(
    ("most", "top"), [(0, 2), (1, 2), (7, 8), (10, 10), (11, 12), (99, 100), (107, 120), (841, 1000)]
)
def test_the_chart_reaches_a_round_number_above_all(most, top):
    week = pace.Week(dt.date(2026, 6, 1), most, most, None)
    assert [number for _, number in chart([week])["rules"]] == [0, top // 2, top]


def test_the_pace_that_keeps_the_promise(programme):
    promises = [programme.promise(state=state) for state in ("promised", "on the way", "kept")]
    found = pace.pace(pace.weeks([], [], TODAY), promises, [], TODAY)
    assert (found.left, found.weeks_left) == (2, 30)
    assert found.needed_a_week == pytest.approx(2 / 30)
    targets = [WeeklyTarget(monday=dt.date(2026, 6, 8), in_service=9)]
    assert pace.pace(pace.weeks([TODAY], targets, TODAY), [], [TODAY], TODAY).left == 8


@pytest.mark.slow
def test_what_is_usual_is_learnt_from_those_that_went_on(programme, person):
    user = person("regency")
    points = [programme.point(f"TL-{n}", "proposed") for n in range(8)]
    for days, point in enumerate(points[:5], start=1):
        step(point, "verified", user, DAY + dt.timedelta(days=days))
    undone = step(points[5], "verified", user, DAY + dt.timedelta(days=90))
    lived = pace.life(points)
    assert lived.usual_days == {"proposed": 3.5}
    undo(undone, user, "keliru")
    points[5].refresh_from_db()
    assert pace.life(points).usual_days == {"proposed": 3.0}
    waiting = pace.stuck(points, {"proposed": 3.0}, DAY + dt.timedelta(days=4))
    assert [(one.point.code, one.days, one.turn) for one in waiting] == [
        ("TL-5", 4, "office"), ("TL-6", 4, "office"), ("TL-7", 4, "office"),
    ]  # fmt: skip


def test_a_point_came_into_service_when_it_first_did(programme, person):
    user, point = person("regency"), programme.installed_and_measured("TL-1")
    came = DAY + dt.timedelta(days=1)
    step(point, "accepted", user, came)
    step(point, "in service", user, came)
    step(point, "suspended", user, DAY + dt.timedelta(days=5))
    step(point, "in service", user, DAY + dt.timedelta(days=9))
    assert pace.life([point]).came == {point.pk: came}


@pytest.mark.slow
@pytest.mark.parametrize("role", ["regency", "provider", "village", "reader"])
def test_the_board_says_first_what_to_do_today(programme, person, role):
    programme.point("TL-1", due=dt.date(2026, 1, 1), place="Kantor yang ditunggu")
    programme.point("TL-2", "accepted", due=dt.date(2026, 1, 1), place="Kantor yang ditunggu")
    fields = {"provider": {"organisation": programme.own}, "village": {"village_code": "99.01.01.2001"}}
    page = text(logged_in(person(role, **fields.get(role, {}))), "programme")
    waits = {"provider": "1 titik macet menunggu Anda", "village": "1 titik macet menunggu Anda"}
    assert waits.get(role, "Tidak ada titik macet yang menunggu Anda") in page
    assert page.index("Hari ini") < page.index("<svg")


def test_text_of_others_is_no_markup(programme, office):
    point = programme.point("TL-1", place="<script>alert(1)</script>")
    assert "<script>alert" not in text(office, "programme_point", point.pk)
    assert "<script>alert" not in text(office, "programme_points")


@pytest.mark.slow
def test_every_number_of_a_page_is_safe_to_ask_for(office):
    assert ServicePoint.objects.count() == 0
    for query in ({"hal": "-1"}, {"hal": "9" * 400}, {"tahun": "99999"}, {"penyedia": "²"}, {"desa": "\0"}):
        for name in PAGES:
            assert office.get(reverse(f"id:{name}"), query).status_code == 200
