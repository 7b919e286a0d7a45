"""How points stand now: one case and one alert for what went dark, however often it is looked at, and what ends it."""

import datetime as dt
import json
import time

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from programme_factory import Programme, logged_in

from merata.assure import live as judging
from merata.assure.heard import CHECKS, RECEIVER, Hearing, Word
from merata.assure.routers import FIRST
from merata.probe.messages import ON_BATTERY
from merata.web import live
from merata.web.cases import life, tick
from merata.web.cases.alerts import Backs
from merata.web.configure_ways import Ways
from merata.web.models import Blackout, Case, Outgoing, PlannedWork, PointNow, Probe, ServicePoint

MIN = 60.0


class Village:
    """A programme whose probes are heard as a test says, and the worker that looks."""

    def __init__(self, region):
        self.programme = Programme()
        self.now = time.time() - 86_400
        self.began = self.now - 3600
        folder = region / "measurements" / "spool" / "r1"
        folder.mkdir(parents=True)
        self.hearing = Hearing(folder, RECEIVER, int(self.began * 1000))
        self.numbers: dict[str, int] = {}
        self.probes: dict[str, int] = {}

    def point(self, code, contract=0, village="99.01.01.2001"):
        point = self.programme.point(code, "in service", contract=contract, village=village)
        self.enrol(point)
        return point

    def enrol(self, point):
        long_ago = timezone.now() - dt.timedelta(days=30)
        row = Probe.objects.create(
            point=point,
            code_hash=f"{point.code}{len(self.probes)}",
            code_ends_at=long_ago,
            enrolled_at=long_ago,
        )
        self.probes[point.code] = row.pk

    def beat(self, *codes, boot=1, up_min=1000, flags=0, skipped=0):
        for code in codes:
            number = self.numbers[code] = self.numbers.get(code, 0) + 1 + skipped
            at_ms = int(self.now * 1000)
            self.hearing.hear(Word(self.probes[code], number, at_ms, int(up_min * 60_000), boot, flags))

    def missed(self, code, looks):
        """What it looked at meanwhile comes in a batch: the outside was there, the centre was not."""
        said = Word(self.probes[code], self.numbers[code] - 1, int(self.now * 1000), 0, 1, 0, looks)
        self.hearing.hear(said)

    def look(self, *heard, minutes=5.0, step=1.0):
        """Some minutes go by in which the worker looks each minute; at their end some probes are heard."""
        for _ in range(int(minutes / step)):
            self.now += step * MIN
            self.hearing.there(int(self.now * 1000))
            live.look(self.now)
        self.beat(*heard)
        live.look(self.now)

    def days(self, *heard, rounds=3):
        for _ in range(rounds):
            self.look(*heard)


@pytest.fixture
def here(published, tmp_path, settings):
    settings.REGION = tmp_path
    (tmp_path / "region.toml").write_text("[measure]\noutside = []\n")
    made = Village(tmp_path)
    yield made
    made.hearing.close()


@pytest.fixture
def people(here, person):
    return {
        "own": person("provider", organisation=here.programme.own).email,
        "other": person("provider", organisation=here.programme.other).email,
        "regency": person("regency").email,
    }


def letters():
    found = sorted((one.to[0], one.subject) for one in mail.outbox)
    mail.outbox.clear()
    return [to for to, _ in found]


def states():
    return dict(PointNow.objects.values_list("point__code", "state"))


def test_one_point_that_goes_dark_is_one_case_and_one_alert_to_whom_the_contract_names(here, people):
    here.point("TL-1")
    here.point("TL-2", contract=1)
    here.days("TL-1", "TL-2")
    assert states() == {"TL-1": "up", "TL-2": "up"}
    last = here.now
    here.days("TL-2", rounds=2)
    assert letters() == []
    here.days("TL-2", rounds=10)
    [case] = Case.objects.all()
    assert (case.kind, case.cause, case.opened_by, case.point.code) == (
        "broken",
        "silent",
        "measurement",
        "TL-1",
    )
    assert abs(case.since.timestamp() - last) < 1
    [first, second] = mail.outbox
    assert {first.to[0], second.to[0]} == {people["own"], people["regency"]}
    assert "TL-1" in first.body
    assert f"/staf/program/kasus/{case.pk}/" in first.body
    assert case.reference in first.body
    assert states() == {"TL-1": "dark", "TL-2": "up"}


def test_the_alert_is_there_within_a_quarter_of_an_hour(here, people):
    here.point("TL-1")
    here.days("TL-1")
    went = here.now
    while not mail.outbox:
        here.look(minutes=0.25, step=0.25)
        assert here.now - went < 13 * MIN
    assert here.now - went > 11 * MIN


def test_what_is_heard_again_is_back_after_a_while_and_its_case_is_closed(here, people):
    here.point("TL-1")
    here.days("TL-1")
    here.look(minutes=20)
    letters()
    here.beat("TL-1", skipped=4)
    here.look("TL-1")
    assert states() == {"TL-1": "dark"}, "heard once"
    here.look("TL-1")
    assert states() == {"TL-1": "up"}
    case = Case.objects.get()
    assert (case.state, case.closed_by, case.cause) == ("closed", "measurement", "link")
    assert Blackout.objects.get().over_at
    assert letters() == []


def test_who_had_the_alert_is_told_once_that_it_is_back_and_stays_so(here, people, person):
    here.point("TL-1")
    here.point("TL-2")
    here.days("TL-1", "TL-2")
    here.days("TL-2", rounds=10)
    assert letters() == sorted([people["own"], people["regency"]])
    late = person("regency").email
    here.days("TL-1", "TL-2")
    assert states()["TL-1"] == "up"
    assert letters() == [], "it may be gone again in a moment"
    here.days("TL-1", "TL-2", rounds=60)
    assert late not in {one.to[0] for one in mail.outbox}, "who knows of no outage need not know of its end"
    assert all("TL-1" in one.body and "TL-2" not in one.body for one in mail.outbox)
    assert letters() == sorted([people["own"], people["regency"]])
    here.days("TL-1", "TL-2")
    assert letters() == []


def test_whose_machine_was_started_anew_had_a_power_cut(here, people):
    here.point("TL-1")
    here.days("TL-1")
    here.look(minutes=20)
    for _ in range(3):
        here.beat("TL-1", boot=2, up_min=1)
        here.look()
    assert Case.objects.get().cause == "power"


def test_the_last_word_on_battery_makes_it_a_power_cut_from_the_beginning(here, people):
    here.point("TL-1")
    here.days("TL-1")
    here.beat("TL-1", flags=ON_BATTERY)
    here.look(minutes=20)
    assert Case.objects.get().kind == "no power"
    assert "listriknya padam" in mail.outbox[0].body


def test_reporters_of_the_same_trouble_join_and_are_asked(here, people, client):
    point = here.point("TL-1")
    here.days("TL-1")
    here.look(minutes=20)
    sent = {"village": point.village_code, "kind": "broken", "made_by": "phone-1"}
    client.post("/lapor/kirim", sent, content_type="application/json")
    case = Case.objects.get()
    assert case.reports.count() == 1
    here.beat("TL-1")
    here.days("TL-1", rounds=2)
    case.refresh_from_db()
    assert case.state == "mended"
    assert case.reports.get().asked_at


def test_what_people_reported_first_is_the_case_of_the_outage(here, people, client):
    point = here.point("TL-1")
    here.days("TL-1")
    sent = {"village": point.village_code, "kind": "broken", "made_by": "phone-1"}
    client.post("/lapor/kirim", sent, content_type="application/json")
    letters()
    here.look(minutes=20)
    case = Case.objects.get()
    assert (case.opened_by, case.cause) == ("people", "silent")
    assert letters() == sorted([people["own"], people["regency"]])


def regional(here, count=6):
    codes = [f"TL-{n}" for n in range(count)]
    for n, code in enumerate(codes):
        here.point(code, village=f"99.01.01.200{1 + n % 4}")
    here.point("TL-9", contract=1, village="99.01.02.2001")
    here.days(*codes, "TL-9")
    return codes


def test_a_regional_outage_is_one_alert_which_grows(here, people):
    codes = regional(here)
    for n in range(5):  # heartbeats of a healthy region come one after the other
        here.look(*codes[n:], minutes=1)
    here.beat("TL-9")
    for _ in range(5):
        here.look("TL-9")
    assert letters() == sorted([people["own"], people["regency"]])
    outage = Blackout.objects.get()
    assert outage.points.count() == 6
    assert Case.objects.filter(opened_by="measurement").count() == 6
    assert {case.provider for case in Case.objects.all()} == {here.programme.own}


def test_who_goes_dark_later_joins_the_outage_and_nobody_is_told_again(here, people, person):
    codes = regional(here)
    here.days("TL-0", "TL-9", rounds=2)
    here.look("TL-9")
    assert letters() == sorted([people["own"], people["regency"]])
    outage = Blackout.objects.get()
    assert (outage.points.count(), outage.by) == (5, "both")
    here.days("TL-9", rounds=2)
    assert outage.points.count() == 6
    late = PointNow.objects.get(point__code="TL-0")
    assert late.since > outage.since
    here.days("TL-9", rounds=2)
    assert letters() == []
    assert Case.objects.filter(point__code__in=codes).count() == 6
    page = logged_in(person("regency")).get(f"/staf/program/kasus/{late.case_id}/").content.decode()
    assert f"#outage-{outage.pk}" in page


def test_those_that_fell_one_by_one_before_are_told_of_once_more_when_it_is_most(here, people):
    codes = regional(here, 5)
    here.look(*codes[1:], "TL-9")
    here.look(*codes[1:], "TL-9")
    here.days("TL-9", rounds=1)
    assert Blackout.objects.get().by == ""
    letters()
    here.days("TL-9", rounds=3)
    assert letters() == sorted([people["own"], people["regency"]])
    assert [row.points.count() for row in Blackout.objects.order_by("pk")] == [1, 4]


def test_in_an_outage_of_a_district_each_provider_is_told_of_its_own_points(here, people):
    for n in range(4):
        here.point(f"TL-{n}", contract=n % 2, village=f"99.01.01.200{n + 1}")
    for n in range(4, 12):
        here.point(f"TL-{n}", contract=n % 2, village="99.01.02.2001")
    rest = [f"TL-{n}" for n in range(4, 12)]
    here.days(*(f"TL-{n}" for n in range(12)))
    here.days(*rest, rounds=5)
    assert Blackout.objects.get().by == "district"
    by = {one.to[0]: one.body for one in mail.outbox}
    assert set(by) == {people["own"], people["other"], people["regency"]}
    assert "TL-0" in by[people["own"]]
    assert "TL-1:" not in by[people["own"]]
    assert "TL-1:" in by[people["other"]]
    assert all(f"TL-{n}:" in by[people["regency"]] for n in range(4))


def test_a_link_that_comes_and_goes_is_one_alert_and_one_case(here, people):
    here.point("TL-1")
    here.days("TL-1")
    for _ in range(4):
        here.look(minutes=20)
        here.beat("TL-1")
        here.days("TL-1", rounds=2)
    assert letters() == sorted([people["own"], people["regency"]])
    assert Blackout.objects.count() == Case.objects.count() == 1
    assert PointNow.objects.get().times == 4
    here.days("TL-1", rounds=20)
    assert len(letters()) == 2, "that it is back, once it stays so"
    here.look(minutes=20)
    assert len(letters()) == 2, "after a calm while it is a new one"
    assert Blackout.objects.count() == 2


def test_when_the_centre_reaches_nothing_it_is_the_centre(here, people, monkeypatch):
    codes = regional(here)
    reached = []
    monkeypatch.setattr(judging, "reaches_outside", lambda targets: reached.append(targets) or False)
    here.look(minutes=40)
    assert reached
    assert letters() == [people["regency"]], "one alert, of the centre"
    assert set(states().values()) == {"unknown"}
    monkeypatch.setattr(judging, "reaches_outside", lambda targets: True)
    here.days(*codes, "TL-9", rounds=2)
    assert set(states().values()) == {"up"}
    assert letters() == [people["regency"]], "that it is back"
    here.days("TL-9", rounds=4)
    assert letters() == sorted([people["own"], people["regency"]])


def test_when_nobody_reaches_the_centre_one_alert_says_so_and_none_of_any_point(here, people, person):
    """The centre reaches the world, but all probes fell silent at once, though of several providers."""
    codes = regional(here)
    here.look(minutes=5)
    here.days(rounds=6)
    [letter] = mail.outbox
    assert (letter.to, "CENTRE" in letter.subject or "PUSAT" in letter.subject) == ([people["regency"]], True)
    assert set(states().values()) == {"unknown"}
    assert not Case.objects.exists()
    page = logged_in(person("reader")).get("/staf/program/sekarang/").content.decode()
    assert "Tidak satu pun alat ukur mencapai pusat" in page
    mail.outbox.clear()
    here.days(*codes[1:], "TL-9", rounds=2)
    assert letters() == [people["regency"]], "that it is back"
    here.days(*codes[1:], "TL-9", rounds=3)
    assert {code for code, state in states().items() if state == "dark"} == {codes[0]}, "that one alone"
    assert letters() == sorted([people["own"], people["regency"]])
    assert Blackout.objects.filter(by="centre").count() == 1


def test_probes_that_tell_afterwards_that_the_outside_was_there_put_the_outage_on_the_centre(here, people):
    """Of one provider alone nobody can know at once; by what its probes bring it is known, and on no provider."""
    codes = [f"TL-{n}" for n in range(5)]
    for code in codes:
        here.point(code)
    here.days(*codes)
    here.look(minutes=40)
    assert len(letters()) == 2, "one alert of all of them"
    for code in codes:
        here.beat(code, skipped=8)
        here.missed(code, 8)
    here.look(*codes)
    here.look(*codes)
    assert [(case.state, case.cause) for case in Case.objects.all()] == [("closed", "centre")] * 5


def test_a_receiver_that_was_away_makes_nobody_dark(here, people):
    here.point("TL-1")
    here.days("TL-1")
    here.hearing.there(0)
    here.now += 3600
    live.look(here.now)
    assert states() == {"TL-1": "unknown"}
    here.hearing._since_ms = int(here.now * 1000)
    here.look(minutes=4)
    assert states() == {"TL-1": "unknown"}
    here.look("TL-1")
    assert states() == {"TL-1": "up"}
    assert not Case.objects.exists()


def test_planned_work_that_was_told_in_time_is_no_alert(here, people, tmp_path):
    here.point("TL-1")
    here.days("TL-1")
    from merata.web.measured import write

    write(tmp_path / "measurements")
    stamp = lambda seconds: dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat()  # noqa: E731
    row = f"TL-1,,{stamp(here.now)},{stamp(here.now + 3600)},{stamp(here.now - 30 * 86_400)}\n"
    path = tmp_path / "measurements" / "maintenance.csv"
    path.write_text("point,provider,from,until,noticed\n" + row)
    here.look(minutes=65)
    assert letters() == []
    here.look(minutes=15)
    assert len(letters()) == 2, "the work is over, and it is still dark"


def test_planned_work_counts_live_as_soon_as_it_is_entered_and_until_it_is_withdrawn(here, people, tmp_path):
    point = here.point("TL-1")
    here.days("TL-1")
    from merata.web.measured import write

    write(tmp_path / "measurements")
    begins, ends = (dt.datetime.fromtimestamp(here.now + s, dt.UTC) for s in (0, 7200))
    work = PlannedWork.objects.create(provider=point.provider, begins=begins, ends=ends, what="kabel")
    PlannedWork.objects.update(noticed_at=begins - dt.timedelta(days=30))
    here.look(minutes=30)
    assert letters() == [], "though no file says it yet"
    PlannedWork.objects.filter(pk=work.pk).update(withdrawn_at=begins)
    here.look(minutes=2)
    assert len(letters()) == 2


def test_a_worker_asks_for_outages_that_ended_only_when_one_may_be_due(here, people):
    here.point("TL-1")
    here.days("TL-1")
    here.look(minutes=20)
    here.days("TL-1", rounds=3)
    letters()
    backs, asked = Backs(), 0
    for _ in range(300):
        here.now += 15
        with CaptureQueriesContext(connection) as queries:
            backs.tell(dt.datetime.fromtimestamp(here.now, dt.UTC), dt.timedelta(hours=1))
        asked += bool(queries.captured_queries)
    assert len(letters()) == 2, "told once all the same"
    assert asked < 15


@pytest.mark.parametrize("what", ["suspended", "no contract", "revoked"])
def test_points_that_nobody_looks_after_make_no_alert(here, people, what):
    point = here.point("TL-1")
    here.days("TL-1")
    changes = {"suspended": {"state": "suspended"}, "no contract": {"contract": None}}.get(what)
    if changes:
        ServicePoint.objects.filter(pk=point.pk).update(**changes)
    else:
        Probe.objects.update(revoked_at=timezone.now())
    here.look(minutes=30)
    assert letters() == []
    assert states() == {"TL-1": "unknown"}


def test_a_dark_point_that_is_suspended_ends_its_outage(here, people):
    point = here.point("TL-1")
    here.days("TL-1")
    here.look(minutes=20)
    ServicePoint.objects.filter(pk=point.pk).update(state="suspended")
    here.look()
    assert states() == {"TL-1": "unknown"}
    assert Blackout.objects.get().over_at


def test_who_says_that_it_is_mended_while_it_is_dark_is_not_believed_for_ever(here, people, person):
    here.point("TL-1")
    here.days("TL-1")
    here.look(minutes=20)
    case = Case.objects.get()
    life.step(case, "mended", person("regency"), why="Katanya")
    tick.strike(timezone.now() + dt.timedelta(hours=100))
    case.refresh_from_db()
    assert (case.state, case.opened_again) == ("with provider", 1)


def test_duty_phones_and_the_operators_program_are_told_once(here, people, settings):
    settings.WAYS = Ways(hook="https://contoh.example/kait", hook_secret="sebuah rahasia panjang")
    type(here.programme.own).objects.filter(pk=here.programme.own.pk).update(duty_phone="+6281200000001")
    regional(here)
    here.days("TL-9", rounds=6)
    rows = Outgoing.objects.all()
    assert sorted(row.way for row in rows) == ["hook", "sms"]
    from merata.web.sms.queue import opened

    [sms] = [opened(row) for row in rows if row.way == "sms"]
    assert sms[0] == "+6281200000001"
    assert "6 titik" in sms[1]
    assert len(sms[1]) <= 160
    [told] = [json.loads(opened(row)[0]) for row in rows if row.way == "hook"]
    assert told["what"] == "dark"
    assert len(told["points"]) == 6
    assert "phone" not in json.dumps(told)


def test_a_worker_killed_between_alert_and_cases_opens_them_later_and_tells_nobody_again(
    here, people, monkeypatch
):
    codes = regional(here)

    def killed():
        if PointNow.objects.filter(state="dark").exists():
            raise OSError("killed")

    monkeypatch.setattr(live.dark, "open_cases", killed)
    with pytest.raises(OSError, match="killed"):
        here.days("TL-9", rounds=3)
    monkeypatch.undo()
    told = letters()
    assert not Case.objects.exists()
    live.look(here.now)
    assert Case.objects.filter(point__code__in=codes).count() == 6
    here.days("TL-9")
    assert told == sorted([people["own"], people["regency"]])
    assert letters() == []


def test_a_point_that_only_the_centres_checks_reach_goes_dark_by_them(here, people, tmp_path):
    here.programme.point("TL-7", "in service")
    path = tmp_path / "measurements" / "routers.csv"
    path.write_text("number,point,address,how\n3,TL-7,192.0.2.1,ping\n")
    (tmp_path / "measurements" / "spool" / "r2").mkdir()
    checks = Hearing(tmp_path / "measurements" / "spool" / "r2", CHECKS, int(here.began * 1000))

    def later(minutes, answers):
        for _ in range(minutes):
            here.now += MIN
            checks.there(int(here.now * 1000))
            if answers:
                checks.hear(Word(FIRST + 3, int(here.now / 60), int(here.now * 1000), 0, 0, 0))
            live.look(here.now)

    later(3, True)
    assert states() == {"TL-7": "up"}
    later(20, False)
    assert states() == {"TL-7": "dark"}
    assert "Routernya juga tidak menjawab" in mail.outbox[0].body
    later(10, True)
    assert states() == {"TL-7": "up"}
    assert Case.objects.get().closed_by == "measurement"
    checks.close()


def test_pages_are_not_made_anew_by_looking(here, people):
    from merata.web.page import site_version

    here.point("TL-1")
    here.days("TL-1")
    before = site_version()
    here.days("TL-1", rounds=5)
    assert site_version() == before


# Pages


def test_staff_see_what_is_dark_silent_and_heard(here, people, person, client):
    for n in range(3):
        here.point(f"TL-{n}")
    here.now = time.time() - 45 * MIN
    here.days("TL-0", "TL-1", "TL-2")
    here.days("TL-1", "TL-2", rounds=4)
    here.days("TL-2", rounds=1)
    here.look("TL-2", minutes=4)
    here.now = time.time()
    here.beat("TL-2")
    here.hearing.there(int(here.now * 1000))
    staff = logged_in(person("regency"))
    page = staff.get("/staf/program/sekarang/").content.decode()
    case = Case.objects.get()
    assert case.reference in page
    order = [page.index(f"n-{state}") for state in ("dark", "silent", "up")]
    assert order == sorted(order)
    dark = staff.get("/staf/program/sekarang/?kini=dark").content.decode()
    assert "TL-0" in dark
    assert ">TL-2<" not in dark
    point = ServicePoint.objects.get(code="TL-0")
    assert case.reference in staff.get(f"/staf/program/titik/{point.pk}/").content.decode()
    assert staff.get("/en/staf/program/sekarang/").status_code == 200
    other = logged_in(person("provider", organisation=here.programme.other))
    assert "TL-0" not in other.get("/staf/program/sekarang/").content.decode()


def test_the_page_says_that_nobody_listens(here, people, person):
    here.point("TL-1")
    here.hearing.there(0)
    page = logged_in(person("regency")).get("/staf/program/sekarang/").content.decode()
    assert "Tidak ada penerima yang berjalan" in page


def test_a_village_sees_whether_its_point_works(here, people, client):
    here.point("TL-1")
    address = "/desa/99.01.01.2001/"
    assert "tidak diukur" in client.get(address).content.decode()
    here.days("TL-1")
    assert "berfungsi" in client.get(address).content.decode()
    here.look(minutes=20)
    assert "<b>padam</b>" in client.get(address).content.decode()
    assert "<b>down</b>" in client.get(f"/en{address}").content.decode()


@pytest.mark.slow
@pytest.mark.apart
def test_several_workers_at_once_open_one_case_and_send_one_alert(tmp_path):
    """Over a database of their own, as on a site: all of them look at the same moment."""
    import fresh

    (tmp_path / "region.toml").write_text("[measure]\noutside = []\n")
    said = fresh.run(
        tmp_path,
        """
import threading, time
from pathlib import Path
from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from programme_factory import Programme
from merata.assure.heard import RECEIVER, Hearing, Word
from merata.web import live
from merata.web.models import Blackout, Case, PointNow, Probe, User

made, now = Programme(), time.time()
User.objects.create_user("satu@contoh.example", "sandi yang panjang", role="provider", organisation=made.own)
folder = Path(settings.REGION) / "measurements" / "spool" / "r1"
folder.mkdir(parents=True)
hearing = Hearing(folder, RECEIVER, int((now - 9000) * 1000))
hearing.there(int(now * 1000))
for n in range(5):
    point = made.point(f"TL-{n}", "in service", village=f"99.01.01.200{n}")
    at = timezone.now()
    row = Probe.objects.create(point=point, code_hash=str(n), code_ends_at=at, enrolled_at=at)
    PointNow.objects.create(point=point, state="up", since=at)
    hearing.hear(Word(row.pk, 9, int((now - 1000) * 1000), 0, 1, 0))
ready = threading.Barrier(3)

def worker():
    ready.wait()
    for _ in range(3):
        live.look()
    close_old_connections()

threads = [threading.Thread(target=worker) for _ in range(3)]
for one in threads:
    one.start()
for one in threads:
    one.join()
print(Blackout.objects.count(), Case.objects.count(), PointNow.objects.exclude(case=None).count())
print(DBTaskResult.objects.count())
""",
    )
    assert said.split() == ["1", "5", "5", "1"]
