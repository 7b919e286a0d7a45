"""Cases: joined where it is the same trouble, sent to whom the contract names, once, and closed by who knows."""

import datetime as dt
import itertools
import json

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone
from programme_factory import Programme, logged_in, picture

from merata.errors import InputError
from merata.web.cases import life, tick
from merata.web.cases.clocks import AGAIN, CLOCKS, JOIN, due
from merata.web.cases.numbers import is_secret_of, secret_of
from merata.web.configure_ways import Ways
from merata.web.models import Case, Change, Outgoing, Report
from merata.web.programme.said import RefusedError

VILLAGE, OTHER = "99.01.01.2001", "99.01.01.2002"
HOUR = dt.timedelta(hours=1)
NUMBERS = itertools.count(1)


@pytest.fixture
def programme(published):
    made = Programme()
    made.here = made.point("TL-1", "in service", village=VILLAGE)
    made.there = made.point("TL-2", "in service", contract=1, village=OTHER)
    return made


@pytest.fixture
def people(programme, person):
    return {
        "provider": person("provider", organisation=programme.own),
        "other": person("provider", organisation=programme.other),
        "regency": person("regency"),
        "province": person("province"),
        "village": person("village", village_code=VILLAGE),
        "district": person("district", district="Muara Contoh"),
    }


def report(client, village=VILLAGE, kind="broken", **more):
    sent = {"village": village, "kind": kind, "made_by": f"phone-{next(NUMBERS)}", **more}
    answer = client.post("/lapor/kirim", sent, content_type="application/json")
    assert answer.status_code == 201, answer.content
    return Report.objects.get(reference=answer.json()["reference"])


def letters():
    """Who got a letter and what stands in it, and forget them."""
    found = [(one.to[0], one.body) for one in mail.outbox]
    mail.outbox.clear()
    return found


def later(hours):
    return tick.strike(timezone.now() + hours * HOUR)


def test_reports_of_one_trouble_are_one_case_sent_once_to_whom_the_contract_names(client, programme, people):
    first, second = report(client), report(client)
    assert first.case == second.case
    assert (first.case.provider, first.case.state) == (programme.own, "with provider")
    assert first.case.hours == programme.contracts[0].repair_hours
    told = letters()
    assert [to for to, _ in told] == [people["provider"].email]
    assert first.case.reference in told[0][1]


@pytest.mark.parametrize("other", [{"kind": "slow"}, {"village": OTHER}])
def test_another_trouble_is_another_case(client, programme, other):
    assert report(client).case != report(client, **other).case


def test_praise_is_no_case_and_each_wish_is_its_own(client, programme, people):
    assert report(client, kind="praise").case is None
    assert report(client, kind="request").case != report(client, kind="request").case
    assert {to for to, _ in letters()} == {people["regency"].email}


def test_after_the_declared_time_it_is_another_case(client, programme):
    old = report(client).case
    Case.objects.filter(pk=old.pk).update(last_sign_at=timezone.now() - JOIN - HOUR)
    assert report(client).case != old


def test_a_village_of_two_providers_goes_to_the_office(client, programme, people):
    programme.point("TL-3", "in service", contract=1, village=VILLAGE)
    case = report(client).case
    assert (case.provider, case.state) == (None, "received")
    life.step(case, "pass on", people["regency"], provider=programme.other)
    case.refresh_from_db()
    assert (case.provider, case.state) == (programme.other, "with provider")
    assert people["other"].email in {to for to, _ in letters()}


def test_the_clock_reminds_then_escalates_each_once(client, programme, people):
    report(client)
    letters()
    assert later(23) == 0
    told = []
    for hours in (25, 25, 49, 49, 97, 97, 193, 193, 1000):
        later(hours)
        told.append(sorted(to for to, _ in letters()))
    own, office, above = (people[name].email for name in ("provider", "regency", "province"))
    assert told == [
        [own], [], sorted([own, office]), [], sorted([own, office]), [], sorted([office, above]), [], [],
    ]  # fmt: skip


def test_a_worker_that_slept_tells_of_what_is_due_now_and_not_of_what_it_missed(client, programme, people):
    report(client)
    letters()
    assert later(500) == 1
    assert sorted(to for to, _ in letters()) == sorted([people["regency"].email, people["province"].email])


def test_who_is_told_of_many_cases_gets_one_letter(client, programme, people):
    for kind in ("broken", "slow", "no password"):
        report(client, kind=kind)
    letters()
    later(25)
    [(to, text)] = letters()
    assert to == people["provider"].email
    assert all(case.reference in text for case in Case.objects.all())


def test_what_is_undone_in_the_middle_is_told_again_and_what_is_kept_is_not(client, programme, people):
    report(client)
    letters()
    queued = Outgoing.objects.count()
    with transaction.atomic():
        assert later(25) == 1
        transaction.set_rollback(True)
    letters()  # in tests letters leave at once; on a site they are rows of the same transaction
    assert Case.objects.get().strokes == 0
    assert Outgoing.objects.count() == queued
    assert later(25) == 1
    assert later(25) == 0


def test_the_reporter_is_asked_and_closes_it(client, programme, people):
    made = report(client)
    life.step(made.case, "mended", people["provider"], why="Kabel diganti")
    address = f"/lapor/{made.reference}/{secret_of(made.reference)}/"
    assert "Apakah sudah beres?" in client.get(address).content.decode()
    assert "Apakah sudah beres?" not in client.get(f"/lapor/?nomor={made.reference}").content.decode()
    client.post(address, {"works": "ya"})
    case = Case.objects.get()
    assert (case.state, case.closed_by) == ("closed", "reporter")
    assert case.next_at is None


def test_the_reporter_says_no_and_it_is_opened_again(client, programme, people):
    made = report(client)
    life.step(made.case, "mended", people["provider"], why="Kabel diganti")
    letters()
    client.post(f"/lapor/{made.reference}/{secret_of(made.reference)}/", {"works": "tidak"})
    case = Case.objects.get()
    assert (case.state, case.opened_again) == ("with provider", 1)
    assert {to for to, _ in letters()} == {people["provider"].email, people["regency"].email}
    assert due(case) > timezone.now() + 47 * HOUR


def test_a_reporter_opens_again_what_was_closed_by_time_but_not_for_ever(client, programme, people):
    made = report(client)
    life.step(made.case, "works", people["regency"])
    address = f"/lapor/{made.reference}/{secret_of(made.reference)}/"
    page = client.get(address).content.decode()
    assert 'value="tidak"' in page
    assert 'value="ya"' not in page
    Case.objects.update(closed_at=timezone.now() - AGAIN - HOUR)
    assert 'value="tidak"' not in client.get(address).content.decode()
    assert "sudah ditutup" in client.post(address, {"works": "tidak"}).content.decode()
    Case.objects.update(closed_at=timezone.now() - HOUR)
    client.post(address, {"works": "tidak"})
    assert Case.objects.get().state == "with provider"


def test_without_its_secret_nobody_answers_for_a_reporter(client, programme, people):
    made, other = report(client), report(client, village=OTHER)
    for secret in ("x", secret_of(other.reference), ""):
        assert client.post(f"/lapor/{made.reference}/{secret}/", {"works": "ya"}).status_code == 404
    assert is_secret_of(made.reference, secret_of(made.reference))
    assert Case.objects.filter(state="closed").count() == 0


def test_where_nobody_says_otherwise_it_closes_by_time(client, programme, people):
    made = report(client)
    life.step(made.case, "mended", people["provider"], why="Kabel diganti")
    later(CLOCKS["mended"].hours + 1)
    case = Case.objects.get()
    assert (case.state, case.closed_by) == ("closed", "time")


def test_a_new_sign_opens_it_again_and_an_old_one_does_not(client, programme, people):
    case = report(client).case
    happened = (timezone.now() - HOUR).isoformat()
    life.step(case, "works", people["regency"])
    assert report(client, at=happened).case == case, "a phone that had no link tells of it late"
    case.refresh_from_db()
    assert case.state == "closed"
    assert report(client).case == case
    case.refresh_from_db()
    assert (case.state, case.opened_again) == ("with provider", 1)
    life.step(case, "works", people["regency"])
    Case.objects.update(closed_at=timezone.now() - AGAIN - HOUR)
    assert report(client).case != case


def test_an_outage_that_was_measured_opens_joins_and_closes(client, programme, people):
    began = timezone.now() - HOUR
    case = life.of_measurement(programme.here, "link", began, {"probe": "p1"})
    assert (case.opened_by, case.provider, case.kind) == ("measurement", programme.own, "broken")
    assert life.of_measurement(programme.here, "link", began, {"gap_s": 900}) == case
    assert Case.objects.get().evidence == {"probe": "p1", "gap_s": 900}
    assert len(letters()) == 1
    assert life.measured_again(programme.here, "link", {"up": True}) == [case]
    assert (Case.objects.get().state, Case.objects.get().closed_by) == ("closed", "measurement")


def test_what_people_said_is_asked_of_them_though_it_was_measured(client, programme, people):
    made = report(client)
    assert life.of_measurement(programme.here, "link", timezone.now() - HOUR, {}) == made.case
    life.measured_again(programme.here, "link", {})
    assert Case.objects.get().state == "mended"
    life.measured_again(programme.here, "link", {})
    assert Case.objects.get().closed_by == "measurement"


def test_a_quiet_opening_tells_nobody_and_what_can_not_be_is_refused(programme, people):
    life.of_measurement(programme.here, "power", timezone.now(), {}, quiet=True)
    assert letters() == []
    with pytest.raises(InputError, match="expected one of link"):
        life.of_measurement(programme.here, "aliens", timezone.now(), {})
    with pytest.raises(InputError, match="yet to come"):
        life.of_measurement(programme.here, "link", timezone.now() + HOUR, {})


@pytest.mark.parametrize("role", ["provider", "other", "village", "district", "regency"])
def test_each_role_takes_its_own_steps_with_its_own_cases(client, programme, people, role):
    case = report(client).case
    staff = logged_in(people[role])
    reaches = role != "other"
    assert staff.get(f"/staf/program/kasus/{case.pk}/").status_code == (200 if reaches else 404)
    assert (case.reference in staff.get("/staf/program/kasus/").content.decode()) == reaches
    before = Change.objects.count()
    for step in life.STEPS:
        with transaction.atomic():
            sent = {"step": step, "why": "sebab", "provider": str(programme.other.pk)}
            answer = staff.post(f"/staf/program/kasus/{case.pk}/langkah/", sent)
            one = life.STEPS[step]
            may = reaches and people[role].role in one.roles and case.state in one.after
            assert answer.status_code == (302 if reaches else 404)
            assert (Change.objects.count() > before) == may, step
            transaction.set_rollback(True)


def test_a_step_without_its_reason_is_refused(client, programme, people):
    case = report(client).case
    with pytest.raises(RefusedError, match="what was done"):
        life.step(case, "mended", people["provider"])
    with pytest.raises(RefusedError, match="choose the provider"):
        life.step(case, "pass on", people["regency"], why="x")


def test_what_everybody_sees_of_a_case_has_no_word_of_anybody(client, programme, people):
    made = report(client, words="Telepon 0812 milik Rahasia")
    life.step(made.case, "mended", people["provider"], why="Catatan dapur")
    for path in (
        f"/desa/{VILLAGE}/",
        f"/lapor/?nomor={made.reference}",
        f"/lapor/?nomor={made.case.reference}",
    ):
        page = client.get(path).content.decode()
        assert "dinyatakan selesai" in page, path
        for word in ("Rahasia", "dapur", people["provider"].email):
            assert word not in page, path


def test_the_weeks_worst_is_in_order(client, programme, people):
    bad, fine = report(client).case, report(client, village=OTHER).case
    Case.objects.filter(pk=bad.pk).update(since=timezone.now() - 90 * HOUR)
    page = logged_in(people["regency"]).get("/staf/program/kasus/terburuk/").content.decode()
    assert page.index(bad.reference) < page.index(fine.reference)
    assert ">90<" in page


def test_the_file_for_the_national_system_has_its_columns_and_no_words(client, programme, people):
    made = report(client, words="=HYPERLINK(rahasia)")
    text = logged_in(people["regency"]).get("/staf/program/kasus/sp4n-lapor.csv").content.decode()
    head, row = text.splitlines()
    assert head.startswith("klasifikasi_laporan,judul_laporan,isi_laporan,tanggal_kejadian,lokasi_kejadian")
    assert row.startswith("Pengaduan,")
    assert made.case.reference in row
    assert "rahasia" not in row


def test_news_go_to_the_operators_own_program_once(client, programme, people, settings):
    settings.WAYS = Ways(hook="https://program.example/", hook_secret="s" * 20)
    report(client)
    report(client)
    row = Outgoing.objects.get(way="hook")
    from merata.web.sealed import unseal

    told = json.loads(unseal(row.sealed, "message"))
    assert (told["what"], told["point"], told["kind"]) == ("opened", "TL-1", "broken")


def test_a_photograph_comes_after_its_report_once_and_without_its_place(
    client, programme, people, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    made = report(client)
    address = f"/lapor/{made.reference}/{secret_of(made.reference)}/foto"
    exif = b"Exif\0\0" + b"rahasia-tempat"
    sent = picture((2000, 1500), exif=exif)
    assert b"rahasia" in sent
    for _ in range(2):
        assert client.post(address, sent, content_type="image/jpeg").status_code == 201
    [file] = (tmp_path / "reports").iterdir()
    assert b"rahasia" not in file.read_bytes()
    assert client.post(f"/lapor/{made.reference}/x/foto", sent, content_type="image/jpeg").status_code == 404
    path = f"/staf/program/laporan/{made.pk}/foto/"
    assert logged_in(people["provider"]).get(path).status_code == 200
    assert logged_in(people["other"]).get(path).status_code == 404
    assert client.get(path).status_code == 302


@pytest.mark.parametrize("sent", [b"GIF89a", b"\xff\xd8\xff" + b"x" * 3000])
def test_what_is_no_picture_is_refused_and_the_report_stays(client, programme, settings, tmp_path, sent):
    settings.MEDIA_ROOT = tmp_path
    made = report(client)
    address = f"/lapor/{made.reference}/{secret_of(made.reference)}/foto"
    assert client.post(address, sent, content_type="image/jpeg").status_code == 400
    made.refresh_from_db()
    assert not made.photo
