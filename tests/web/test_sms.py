"""SMS: understood however a village is written, answered in one message, never in a circle, no number kept for long."""

import datetime as dt
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from programme_factory import Programme

from merata.errors import SettingsError
from merata.web import privacy
from merata.web.cases import life
from merata.web.cases.numbers import secret_of
from merata.web.configure_ways import ways
from merata.web.counts import one_more
from merata.web.models import Case, Outgoing, Phone, Report
from merata.web.public.names import Names, Place
from merata.web.sealed import unseal
from merata.web.sentences.cases import CASES
from merata.web.sms import answers, gateway, queue, take_in
from merata.web.sms.gsm7 import ROOM, cut, plain, septets
from merata.web.sms.numbers import alike
from merata.web.sms.understand import understand

#: A number that no network gives out.
NUMBER = "+6281200000042"


def place(code, name, district="Muara"):
    from merata.region.spelling import fold

    return Place(code, name, district, fold(name))


KNOWN = Names(
    {
        one.code: one
        for one in (
            place("64.02.01.2001", "Sungai Contoh"),
            place("64.02.01.2002", "Tanjung Rekaan II"),
            place("64.02.01.2003", "Muara"),
            place("64.02.02.2004", "Muara", "Hulu"),
        )
    },
    {"muara": "Muara", "hulu": "Hulu"},
)


@pytest.mark.parametrize(
    ("text", "code", "rest"),
    [
        ("LAPOR 64.02.01.2001 internet mati", "64.02.01.2001", "internet mati"),
        ("lapor 6402012001 mati", "64.02.01.2001", "mati"),
        ("Lapor 64 02 01 2001 2 hari mati", "64.02.01.2001", "2 hari mati"),
        ("LAPOR 6402.012001: mati", "64.02.01.2001", "mati"),
        ("LAPOR#6402012001# mati", "64.02.01.2001", "mati"),
        ("lapor6402012001 mati", "64.02.01.2001", "mati"),
        ("lapor sungai contoh mati lagi", "64.02.01.2001", "mati lagi"),
        ("LAPOR desa Sei Contoh, mati", "64.02.01.2001", "mati"),
        ("lapor tanjung rekaan 2 lambat", "64.02.01.2002", "lambat"),
        ("LAPOR\n6402012001", "64.02.01.2001", ""),
    ],
)
def test_a_village_is_known_however_it_is_written(text, code, rest):
    asked = understand(text, KNOWN)
    assert (asked.what, asked.place.code, asked.rest) == ("report", code, rest)


def test_a_name_of_two_villages_or_of_none_is_asked_again():
    asked = understand("lapor muara mati", KNOWN)
    assert asked.place is None
    assert {one.code for one in asked.may_be} == {"64.02.01.2003", "64.02.02.2004"}
    assert understand("lapor 6402019999 mati", KNOWN).may_be == []


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("internet mati", "broken"), ("", "broken"), ("lemot sekali", "slow"), ("tidak lancar", "slow"),
        ("tidak diberi kata sandi", "no password"), ("minta pasword wifi", "no password"),
        ("listrik mati", "no power"), ("mohon dipasang", "request"), ("terima kasih lancar", "praise"),
    ],
)  # fmt: skip
def test_the_kind_of_a_report_is_known_by_its_words(words, kind):
    assert understand(f"lapor 6402012001 {words}", KNOWN).kind == kind


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("YA", "yes"), ("ya sudah", "yes"), ("Tidak", "no"), ("belum pak", "no"), ("STATUS sungai contoh", "status"),
        ("status LCDFGHJK", "status"), ("", "other"), ("halo", "other"), ("\0\0", "other"),
    ],
)  # fmt: skip
def test_what_a_message_asks(text, what):
    assert understand(text, KNOWN).what == what


@given(st.text(max_size=200))
def test_whatever_comes_is_understood_somehow(text):
    assert understand(text, KNOWN).what in ("report", "status", "yes", "no", "other")
    assert understand(f"lapor {text}", KNOWN).kind


@given(st.text(max_size=400))
def test_any_text_is_made_of_letters_of_sms_and_fits(text):
    assert septets(cut(plain(text))) <= ROOM


@given(st.text(min_size=1, max_size=80), st.sampled_from([key for key in CASES if key.startswith("sms_")]))
def test_every_answer_is_one_message_however_long_the_village_is_called(village, key):
    more = dict.fromkeys(
        ("kind", "reference", "state", "since", "due", "case_state", "closed", "word", "codes", "code", "point"),
        "LCDFGHJKMN",
    )  # fmt: skip
    said = answers.said(key, village=village, count=12, **more)
    assert septets(said) <= ROOM
    assert said.startswith(answers.OURS)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0812-0000-0042", NUMBER), ("62 812 0000 0042", NUMBER), (NUMBER, NUMBER), ("1708", ""), ("TELKOMSEL", ""),
        ("+1", ""), ("", ""), ("٠٨١٢٠٠٠٠٠٠٤٢", ""), ("+" + "9" * 30, ""),
    ],
)  # fmt: skip
def test_a_number_is_written_alike_or_is_none_of_a_person(written, number):
    assert alike(written) == number


@pytest.fixture
def programme(published):
    made = Programme()
    made.here = made.point("TL-1", "in service", village="99.01.01.2001")
    return made


def said():
    """What waits to be sent, and forget it."""
    found = [json.loads(unseal(row.sealed, "message")) for row in queue.waiting("sms")]
    Outgoing.objects.filter(state="waiting").update(state="sent", sealed="")
    return found


def test_a_report_by_sms_is_kept_answered_asked_and_closed(programme, person):
    take_in.take_in("081200000042", "LAPOR 9901012001 internet mati sejak kemarin", "a")
    report = Report.objects.get()
    assert (report.kind, report.way, report.words) == ("broken", "sms", "internet mati sejak kemarin")
    [(number, text)] = said()
    assert number == NUMBER
    assert report.reference in text
    life.step(report.case, "mended", person("regency"), why="Kabel diganti")
    [(number, text)] = said()
    assert (number, "YA atau TIDAK" in text) == (NUMBER, True)
    take_in.take_in(NUMBER, "tidak", "b")
    assert Case.objects.get().state == "with provider"
    assert "diteruskan" in said()[0][1]
    life.step(report.case, "mended", person("regency"), why="Kabel diganti lagi")
    said()
    take_in.take_in(NUMBER, "YA", "c")
    assert (Case.objects.get().state, Case.objects.get().closed_by) == ("closed", "reporter")
    assert not Phone.objects.exists(), "there is nothing to ask any more"


def test_no_number_stands_in_the_database_in_the_plain_and_none_is_left(programme, person):
    from test_privacy import whole_database

    take_in.take_in(NUMBER, "LAPOR 9901012001 mati", "a")
    for part in (NUMBER, "81200000042", "081200000042"):
        assert part not in whole_database()
    case = Case.objects.get()
    life.step(case, "close", person("regency"), why="dobel")
    said()
    assert not Phone.objects.exists()
    assert not Outgoing.objects.exclude(sealed="").exists()


def test_numbers_are_forgotten_in_time_though_a_case_stays_open(programme):
    take_in.take_in(NUMBER, "LAPOR 9901012001 mati", "a")
    Phone.objects.update(added_at="2020-01-01T00:00:00Z")
    privacy.forget()
    assert not Phone.objects.exists()
    assert Report.objects.get().phone is None


def test_a_stranger_closes_nobodys_case(programme, person):
    take_in.take_in(NUMBER, "LAPOR 9901012001 mati", "a")
    report = Report.objects.get()
    life.step(report.case, "mended", person("regency"), why="x")
    said()
    take_in.take_in("+6281200000077", f"YA {report.reference}", "b")
    assert Case.objects.get().state == "mended"
    assert "tidak ada pertanyaan" in said()[0][1]


def test_the_same_message_twice_counts_once(programme):
    for _ in range(3):
        take_in.take_in(NUMBER, "LAPOR 9901012001 mati", "a")
    assert Report.objects.count() == 1
    assert len(said()) == 1


def test_status_tells_of_a_village_and_of_a_number(programme):
    take_in.take_in(NUMBER, "STATUS 9901012001", "a")
    assert "Tidak ada gangguan" in said()[0][1]
    take_in.take_in(NUMBER, "LAPOR 9901012001 mati", "b")
    said()
    take_in.take_in(NUMBER, "STATUS Tanjung Contoh 1", "c")
    text = said()[0][1]
    assert "internet mati" in text
    assert "ditangani penyedia" in text
    for reference in (Report.objects.get().reference, Case.objects.get().reference):
        take_in.take_in(NUMBER, f"STATUS {reference}", f"d{reference}")
        assert reference in said()[0][1]


@pytest.mark.parametrize("sender", ["1708", "INFO", "+6281299999999", ""])
def test_short_codes_names_and_our_own_number_get_no_answer(programme, settings, sender):
    settings.WAYS = ways({"MERATA_SMS_NUMBER": "0812 9999 9999"})
    take_in.take_in(sender, "LAPOR 9901012001 mati", "a")
    assert said() == []
    assert not Report.objects.exists()


def test_two_machines_that_answer_each_other_end_soon(programme):
    text, answered = "halo", 0
    for number in range(60):
        take_in.take_in(NUMBER, text, f"{number}")
        for _, back in said():
            answered += 1
            text = back.removeprefix("Merata: ")
    assert answered == take_in.ANSWERS_A_DAY
    take_in.take_in("+6281200000055", answers.said("sms_help", code="1"), "z")
    assert said() == [], "our own words that come round are not answered"


def test_a_flood_of_one_number_and_of_all_is_held(programme, monkeypatch):
    for number in range(take_in.TAKEN_A_DAY + 20):
        take_in.take_in(NUMBER, f"LAPOR 9901012001 mati {number}", f"{number}")
    assert Report.objects.count() <= 10
    assert Outgoing.objects.count() == take_in.TAKEN_A_DAY
    said()
    monkeypatch.setattr(take_in, "ANSWERS_AN_HOUR", take_in.ANSWERS_A_DAY + 3)
    for number in range(8):
        take_in.take_in(f"+62812000001{number:02d}", "STATUS 9901012001", f"x{number}")
    assert len(said()) == 3


@pytest.mark.django_db
def test_what_is_counted_for_a_day_is_kept_for_a_day_in_the_database_as_well(settings):
    from conftest import COUNTED
    from django.core.management import call_command
    from django.db import connection

    settings.CACHES = {**settings.CACHES, "default": COUNTED}
    call_command("createcachetable", verbosity=0)
    assert [one_more("sms:taken:x", 86_400) for _ in range(3)] == [1, 2, 3]
    with connection.cursor() as cursor:
        cursor.execute("SELECT expires FROM web_counts WHERE cache_key LIKE '%sms:taken:x'")
        [(expires,)] = cursor.fetchall()
    there = dt.datetime.fromisoformat(str(expires)).replace(tzinfo=None)
    assert there > dt.datetime.now(dt.UTC).replace(tzinfo=None) + dt.timedelta(hours=15)


SECRET = "rahasia-gateway-contoh"


@pytest.mark.parametrize("kind", ["json", "form"])
def test_the_gateways_door_opens_by_its_secret_only(client, programme, settings, kind):
    told = {"from": NUMBER, "message": "LAPOR 9901012001 mati", "id": 7}
    sent = {"data": told, "content_type": "application/json"} if kind == "json" else {"data": told}
    assert client.post("/sms/masuk", **sent).status_code == 404, "no secret is set: there is no door"
    settings.WAYS = ways({"MERATA_SMS_SECRET": SECRET})
    assert client.post("/sms/masuk", **sent).status_code == 401
    assert client.post("/sms/masuk", headers={"Authorization": "Bearer nein"}, **sent).status_code == 401
    assert not Report.objects.exists()
    for _ in range(2):
        answer = client.post("/sms/masuk", headers={"Authorization": f"Bearer {SECRET}"}, **sent)
        assert answer.status_code == 200
    assert Report.objects.count() == 1


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"from": 1}', b'{"from": [1], "text": {}}', b"\xff"])
def test_what_the_gateway_garbles_is_refused(client, programme, settings, body):
    settings.WAYS = ways({"MERATA_SMS_SECRET": SECRET})
    answer = client.post(
        "/sms/masuk", body, content_type="application/json", headers={"X-Merata-Secret": SECRET}
    )
    assert answer.status_code == 400


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_breaks_out_of_the_gateways_template(number, text):
    values = {"number": number, "text": text, "id": "1"}
    body, _ = gateway.filled('{"to": ["{number}"], "m": {"body": "{text}"}, "from": "x"}', values)
    assert json.loads(body) == {"to": [number], "m": {"body": text}, "from": "x"}


def test_a_form_is_filled_as_well():
    body, kind = gateway.filled(
        "to={number}&m={text}&user=a", {"number": "+62", "text": "a&user=b", "id": ""}
    )
    assert (body, kind) == (b"to=%2B62&m=a%26user%3Db&user=a", "application/x-www-form-urlencoded")


class _Gateway(BaseHTTPRequestHandler):
    """A gateway that says no at first."""

    taken, status = [], [503]

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.status.pop() if self.status else 200
        if status == 200:
            self.taken.append((self.headers.get("Authorization"), json.loads(body)))
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_):
        pass


def test_a_real_gateway_gets_each_message_once_though_it_said_no_at_first(programme, settings):
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Gateway)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.WAYS = ways(
        {
            "MERATA_SMS_URL": f"http://127.0.0.1:{server.server_port}/send",
            "MERATA_SMS_BODY": '{"to": "{number}", "text": "{text}"}',
            "MERATA_SMS_HEADER": "Authorization: Bearer contoh",
        }
    )
    try:
        queue.queue("k", NUMBER, "Merata: halo")
        assert queue.send_waiting() == 0
        assert queue.send_waiting() == 0, "it waits before it is tried again"
        Outgoing.objects.update(next_at=None)
        assert queue.send_waiting() == 1
        assert queue.send_waiting() == 0
    finally:
        server.shutdown()
        server.server_close()
    assert _Gateway.taken == [("Bearer contoh", {"to": NUMBER, "text": "Merata: halo"})]
    assert Outgoing.objects.get().sealed == ""


class _Elsewhere(_Gateway):
    """A gateway that sends on to another address."""

    taken: ClassVar[list] = []

    def do_POST(self):
        self.taken.append(self.path)
        self.send_response(307)
        self.send_header("Location", "/elsewhere")
        self.end_headers()


def test_a_gateway_that_sends_elsewhere_is_not_followed():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with pytest.raises(gateway.RefusedError, match="307"):
            gateway._post(
                f"http://127.0.0.1:{server.server_port}/send", b"x", {"Authorization": "Bearer contoh"}
            )
    finally:
        server.shutdown()
        server.server_close()
    assert _Elsewhere.taken == ["/send"]


class _Hook(_Gateway):
    """The operator's own program."""

    taken: ClassVar[list] = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.taken.append((self.headers["X-Merata-Signature"], body))
        self.send_response(204)
        self.end_headers()


def test_news_of_a_case_reach_the_operators_program_once_and_signed(programme, settings):
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.WAYS = ways(
        {"MERATA_HOOK": f"http://127.0.0.1:{server.server_port}/", "MERATA_HOOK_SECRET": SECRET}
    )
    try:
        take_in.take_in(NUMBER, "LAPOR 9901012001 mati", "a")
        assert [queue.send_waiting() for _ in range(3)] == [1, 0, 0]
    finally:
        server.shutdown()
        server.server_close()
    [(signature, body)] = _Hook.taken
    assert signature == "sha256=" + hmac.new(SECRET.encode(), body, "sha256").hexdigest()
    assert json.loads(body)["case"] == Case.objects.get().reference
    assert NUMBER not in body.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"SMS_URL": "http://gateway.example/", "SMS_BODY": "to={number}&t={text}"},
        {"SMS_URL": "https://gateway.example/", "SMS_BODY": "{no json {number} {text}"},
        {"SMS_URL": "https://gateway.example/", "SMS_BODY": "to={number}"},
        {"SMS_SECRET": "short"}, {"HOOK": "https://a.example/"}, {"HOOK": "ftp://a.example/", "HOOK_SECRET": "s" * 20},
    ],
)  # fmt: skip
def test_settings_that_can_not_be_are_refused(wrong):
    with pytest.raises(SettingsError, match="MERATA_"):
        ways({f"MERATA_{name}": value for name, value in wrong.items()})


def test_a_secret_of_a_link_is_no_part_of_the_reference():
    assert secret_of("L2345678") != secret_of("L2345679")
    assert len(secret_of("L2345678")) == 32
