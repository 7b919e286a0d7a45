"""Promises: agreed on, kept with evidence, late by themselves, changed in the open; letters, calendar, paper."""

import datetime as dt
import hashlib
import json

import pytest
import vobject
from django.core import mail
from django.utils import timezone
from office import logged_in

from merata.web.changes import undo
from merata.web.models import Change, Commitment, Meeting, Organisation, ServicePoint
from merata.web.programme import meeting_steps, promise_clock, promise_steps
from merata.web.programme.history import undo_batch
from merata.web.programme.promise_steps import STEPS
from merata.web.programme.said import RefusedError
from merata.web.standing import standing

TODAY = timezone.localdate()
VILLAGE = "99.01.01.2002"
DAY = dt.timedelta(days=1)


def text_of(answer):
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def owner(published):
    return Organisation.objects.create(name="PT Tiga (contoh)", kind="provider")


@pytest.fixture
def meeting(owner, person):
    """A meeting of last week, published, with two actions: of a provider, soon due, and of the regency."""
    regency = person("regency")
    row = Meeting.objects.create(
        held_on=TODAY - 7 * DAY, title="Rapat koordinasi (contoh)", host=regency.organisation, present="Dinas (contoh)",
        agenda="Listrik di menara", decisions="Semua menara diperiksa", next_on=TODAY + 20 * DAY,
    )  # fmt: skip
    for action, who, days, village in (
        ("Pasang genset", owner, 5, VILLAGE),
        ("Kirim daftar sekolah", regency.organisation, 90, ""),
    ):
        said = {"action": action, "owner_id": who.pk, "village_code": village,
                "due_by": (TODAY + days * DAY).isoformat()}  # fmt: skip
        row = meeting_steps.add_action(row, regency, said)
    return meeting_steps.publish(row, regency)


@pytest.fixture
def promise(meeting):
    return Commitment.objects.get(action="Pasang genset")


def test_a_meeting_goes_from_an_empty_form_to_the_board(client, owner, person):
    office = logged_in(person("regency"))
    said = {"held_on": "2026-03-01", "title": "Rapat Maret", "agenda": "Genset", "decisions": "",
            "host": owner.pk, "next_on": "2026-04-01"}  # fmt: skip
    assert "Rapat berikutnya sesudah" in text_of(
        office.post("/staf/program/rapat/baru/", {**said, "next_on": "2026-02-01"})
    )
    place = office.post("/staf/program/rapat/baru/", said)["Location"]
    action = {"action": "Beli genset", "owner": owner.pk, "due_by": "2026-03-20", "village_code": VILLAGE}
    assert "sebelum rapatnya" in text_of(office.post(f"{place}tindakan/", {**action, "due_by": "2026-02-28"}))
    assert "Tidak ada desa" in text_of(office.post(f"{place}tindakan/", {**action, "village_code": "1.2"}))
    assert office.post(f"{place}tindakan/", action).status_code == 302
    assert office.post(f"{place}tindakan/", {**action, "action": "Salah tulis"}).status_code == 302
    assert office.post(f"{place}tindakan/hapus/", {"place": "1"}).status_code == 302
    assert not Commitment.objects.exists()
    assert client.get("/rapat/1/").status_code == 404, "a draft is nobody's but the office's"
    assert "Beli genset" not in text_of(client.get("/janji/"))
    assert office.post(f"{place}terbit/").status_code == 302
    assert office.post(f"{place}terbit/").status_code == 302, "a second time nothing more is promised"
    [made] = Commitment.objects.all()
    assert (made.action, made.owner, made.due_on, made.year, made.state) == (
        "Beli genset", owner, dt.date(2026, 3, 20), 2026, "promised",
    )  # fmt: skip
    for path in ("/janji/", f"/rapat/{made.meeting_id}/", f"/desa/{VILLAGE}/", f"/janji/{made.pk}/"):
        assert "Beli genset" in text_of(client.get(path)), path
    record = client.get(f"/rapat/{made.meeting_id}/notulen.json").content
    assert json.loads(record)["actions"][0]["action"] == "Beli genset"
    assert hashlib.sha256(record).hexdigest() in text_of(client.get(f"/rapat/{made.meeting_id}/"))


def test_publishing_is_undone_with_all_that_was_promised(meeting, person):
    batch = Change.objects.filter(model="commitment").first().batch
    undo_batch(batch, person("regency"), "Rapat yang salah")
    meeting.refresh_from_db()
    assert (meeting.state, meeting.record, Commitment.objects.count()) == ("draft", "", 0)
    assert len(meeting.proposed) == 2


def test_the_board_is_narrowed_by_owner_state_and_meeting(client, meeting, promise, owner):
    Commitment.objects.create(village_code=VILLAGE, level="working", option="leo", year=2020, owner=owner)
    board = text_of(client.get("/janji/"))
    assert "Pasang genset" in board
    assert "Kirim daftar sekolah" in board
    of_owner = text_of(client.get(f"/janji/?kantor={owner.pk}"))
    assert "Pasang genset" in of_owner
    assert "Kirim daftar sekolah" not in of_owner
    late = text_of(client.get("/janji/?keadaan=late"))
    assert "satelit LEO" in late, "its year is over, whether the clock has struck or not"
    assert "Pasang genset" not in late
    assert "satelit LEO" not in text_of(client.get(f"/janji/?rapat={meeting.pk}"))
    for odd in ("kantor=x", "kantor=9" * 9, "keadaan=zz", "rapat=-1", "hal=99999", "kantor=%00"):
        assert client.get(f"/janji/?{odd}").status_code == 200, odd
    assert client.get("/janji/999999/").status_code == 404


@pytest.mark.parametrize("to", STEPS)
def test_what_a_step_asks_for_is_asked_for(promise, person, to):
    office = person("regency")
    if not STEPS[to].needs:
        assert promise_steps.take(promise, office, to).state == to
        return
    with pytest.raises(RefusedError) as refused:
        (
            promise_steps.replace(promise, office, " ")
            if to == "changed"
            else promise_steps.take(promise, office, to)
        )
    [problem] = refused.value.problems
    assert problem.at in STEPS[to].needs
    promise.refresh_from_db()
    assert promise.state == "promised"


def test_an_owner_says_that_it_is_on_the_way_and_only_an_office_that_it_is_kept(
    client, promise, owner, person
):
    own, other = logged_in(person("provider", organisation=owner)), logged_in(person("provider"))
    place = f"/staf/program/janji/{promise.pk}/"
    assert other.get(place).status_code == 404
    assert other.post(f"{place}langkah/on-the-way/").status_code == 404
    assert logged_in(person("reader")).post(f"{place}langkah/on-the-way/").status_code == 403
    assert "Ubah janji" not in text_of(own.get(place))
    own.post(f"{place}langkah/on-the-way/", {"evidence": "Surat pesanan 12"})
    own.post(f"{place}langkah/kept/", {"evidence": "Percayalah"})
    assert own.get(f"{place}ubah/").status_code == 403
    promise.refresh_from_db()
    assert (promise.state, promise.evidence) == ("on the way", "Surat pesanan 12")
    office = logged_in(person("regency"))
    assert "Tulis buktinya" in text_of(office.post(f"{place}langkah/kept/", {"evidence": " "}, follow=True))
    office.post(f"{place}langkah/kept/", {"evidence": "Berita acara 7"})
    page = text_of(client.get(f"/janji/{promise.pk}/"))
    assert "ditepati" in page
    assert "Berita acara 7" in page


def test_a_changed_promise_stays_to_be_seen_with_the_reason_and_is_undone(client, promise, person):
    office, user = None, person("regency")
    office = logged_in(user)
    later_on = TODAY + 40 * DAY
    place = f"/staf/program/janji/{promise.pk}/ubah/"
    point = ServicePoint.objects.create(code="T1", village_code=VILLAGE, place="Kantor", option="leo", since=TODAY,
                                        commitment=promise)  # fmt: skip
    said = {"action": promise.action, "owner": promise.owner_id, "why": "Barang belum datang"}
    assert "Tidak ada yang berbeda" in text_of(
        office.post(place, {**said, "due_by": promise.due_on.isoformat()})
    )
    assert office.post(place, {**said, "due_by": later_on.isoformat()}).status_code == 302
    promise.refresh_from_db()
    later = promise.replaced_by
    assert (promise.state, later.due_on, later.state) == ("changed", later_on, "promised")
    page = text_of(client.get(f"/janji/{later.pk}/"))
    assert "Barang belum datang" in page
    assert "Seperti dijanjikan sebelumnya" in page
    assert f"/janji/{later.pk}/" in text_of(client.get(f"/janji/{promise.pk}/"))
    assert "Barang belum datang" in text_of(client.get("/janji/"))
    point.refresh_from_db()
    assert point.commitment == later
    with pytest.raises(RefusedError):
        promise_steps.take(promise, user, "kept", evidence="x")
    undo_batch(Change.objects.filter(model="commitment", key=str(promise.pk)).first().batch, user, "Datang")
    promise.refresh_from_db()
    point.refresh_from_db()
    assert (promise.state, promise.replaced_by, point.commitment) == ("promised", None, promise)
    assert not Commitment.objects.filter(pk=later.pk).exists()


def test_the_clock_says_late_and_reminds_once_for_each_stroke(promise, owner, person):
    user = person("provider", organisation=owner)
    plan = Commitment.objects.create(village_code=VILLAGE, level="working", option="leo", year=TODAY.year + 1,
                                     owner=owner)  # fmt: skip
    assert promise_clock.strike() == (0, 1)
    assert promise_clock.strike() == (0, 0)
    [letter] = mail.outbox
    assert letter.to == [user.email]
    assert "Pasang genset" in letter.body
    assert f"/janji/{promise.pk}/" in letter.body
    late, reminded = promise_clock.strike(plan.due_on - 6 * DAY)
    assert late == 2, "the days of both actions are over by then"
    assert reminded == 1
    assert "satelit LEO" in mail.outbox[-1].body
    promise.refresh_from_db()
    assert promise.state == "late"
    change = Change.objects.filter(model="commitment", key=str(promise.pk)).first()
    assert (change.way, change.by, change.after) == ("clock", None, {"state": "late"})
    assert promise_clock.strike(plan.due_on + DAY) == (1, 0)
    assert promise_clock.strike(plan.due_on + DAY) == (0, 0)


def test_where_an_owner_has_no_account_the_regency_is_told(promise, person):
    user = person("regency")
    promise_clock.strike()
    assert user.email in [to for letter in mail.outbox for to in letter.to]


def test_an_undone_late_or_a_late_action_makes_no_village_late(published, promise, person):
    promise_clock.strike(promise.due_on + DAY)
    assert standing(published).stands[VILLAGE] != "late"
    undo(Change.objects.filter(model="commitment", way="clock").first(), person("regency"), "Salah hari")
    promise.refresh_from_db()
    assert promise.state == "promised"


def test_the_calendar_is_read_by_another_program_and_holds_no_person(client, promise, owner, person):
    user = person("provider", organisation=owner)
    for _ in range(3):
        Commitment.objects.create(village_code=VILLAGE, level="working", option="leo", year=2031, owner=owner)
    answer = client.get(f"/janji/kantor/{owner.pk}.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    text = answer.content.decode()
    assert text.count("\r\n") == text.count("\n"), "lines end as RFC 5545 has it"
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    events = {str(one.summary.value): one for one in vobject.readOne(text).vevent_list}
    assert len(events) == 3
    action = next(one for what, one in events.items() if "Pasang genset" in what)
    assert action.dtstart.value == promise.due_on
    assert action.dtend.value == promise.due_on + DAY
    assert action.url.value.endswith(f"/janji/{promise.pk}/")
    assert events["3 janji rencana: hari terakhir"].dtstart.value == dt.date(2031, 12, 31)
    assert any(one.dtstart.value == TODAY + 20 * DAY for one in events.values()), "the next meeting"
    assert user.email not in text
    assert client.get("/janji/kantor/999.ics").status_code == 404


def test_the_paper_says_what_was_agreed_what_became_of_it_and_what_is_due(client, meeting, promise, owner):
    promise_steps.take(promise, meeting_host_person(meeting), "kept", evidence="Berita acara 7")
    old = Commitment.objects.create(meeting=meeting, action="Sudah lewat", owner=owner, year=2020,
                                    due_by=dt.date(2020, 1, 31))  # fmt: skip
    page = text_of(client.get("/rapat/berikutnya/"))
    for said in ("Listrik di menara", "Semua menara diperiksa", "Berita acara 7", old.action, "1 ditepati"):
        assert said in page, said
    english = text_of(client.get("/en/rapat/berikutnya/"))
    assert "What was agreed, and what became of it" in english
    pdf = client.get("/rapat/berikutnya.pdf").content
    assert pdf.startswith(b"%PDF-")
    assert pdf == client.get("/rapat/berikutnya.pdf").content


def meeting_host_person(meeting):
    return meeting.host.users.first()


def test_promises_are_in_the_open_data_and_the_api(client, promise):
    [row] = [line for line in text_of(client.get("/data/komitmen.csv")).splitlines() if "genset" in line]
    assert promise.due_on.isoformat() in row
    [item] = [one for one in client.get("/api/v1/commitments").json()["items"] if one["id"] == promise.pk]
    assert (item["action"], item["due"]) == ("Pasang genset", promise.due_on.isoformat())
