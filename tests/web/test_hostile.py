"""What a stranger may send: questions without end, JSON that breaks its reader, files that are bombs."""

import io
import logging
import re
import threading
import zipfile

import pytest
from asking import address, browser, whole_site
from django.contrib.auth.models import AnonymousUser
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import SkipFile, StopUpload
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from programme_factory import picture

from merata.web.entrances import entrances
from merata.web.logs import Harmless
from merata.web.rights import RIGHTS
from merata.web.staff import uploads
from merata.web.strangers import SENDING, THREADS, bodies, read_json

pytestmark = pytest.mark.django_db
ALL = entrances()
OPEN = [one for one in ALL if one.open]
#: Queries that a page may need at most, whatever is asked of it.
MOST_QUERIES = 25
ASKED = ("q", "hal", "page", "urut", "nomor", "tahun", "janji", "penyedia", "kecamatan", "desa", "keadaan", "bulan",
         "masa", "fakta", "bagian", "limit", "offset", "next")  # fmt: skip


@pytest.fixture(scope="module")
def whole(django_db_setup, django_db_blocker, tmp_path_factory):
    with whole_site(django_db_blocker, tmp_path_factory.mktemp("berkas")) as people:
        yield people


def test_no_question_makes_an_open_page_ask_the_database_without_end(whole):
    client = Client()
    for one in OPEN:
        for said in ("9" * 25, "' OR 1=1 --" + "a" * 3000):
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(address(one), dict.fromkeys(ASKED, said))
            assert answer.status_code < 500, (one.route, said[:30])
            assert len(queries) <= MOST_QUERIES, (one.route, said[:30], len(queries))


DOORS = [one for one in OPEN if getattr(one.view, "csrf_exempt", False)]
DEEP = b"[" * 4000
BODIES = (
    DEEP,
    b'{"village": ' + DEEP,
    b'{"village": "99.01.01.2001", "kind": ["slow"], "made_by": {"a": 1}}',
    b'{"village": "\\ud800", "kind": "slow"}',
    b'{"village": "99.01.01.2001", "network": "mobile", "down": "00000000-0000-4000-8000-000000000000", "lon": 1'
    + b"0" * 400
    + b', "lat": 1}',
    b'{"village": "99.01.01.2001", "network": "mobile", "down": "00000000-0000-4000-8000-000000000001", "lon": NaN, '
    b'"lat": Infinity}',
    b"\xff\xfe\x00",
    b"",
    b'{"code": ' + b"9" * 900 + b"}",
    b"x" * 3_000_000,
)


def test_json_is_read_within_bounds():
    assert read_json(b'{"a": 1}', 100) == {"a": 1}
    for body in (DEEP, b"x", b'"' + b"a" * 100 + b'"'):
        with pytest.raises(ValueError, match=r"."):
            read_json(body, 4000 if body is DEEP else 100)


def test_no_body_breaks_what_strangers_post_to(whole, settings):
    settings.WAYS = settings.WAYS.__class__(sms_secret="made-up secret of sixteen")
    client = Client(headers={"X-Merata-Secret": "made-up secret of sixteen"})
    assert len(DOORS) >= 5
    for one in DOORS:
        for body in BODIES:
            for kind in (
                "application/json",
                "image/jpeg",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
            ):
                answer = client.post(address(one), body, content_type=kind)
                assert answer.status_code < 500, (one.route, kind, body[:60])


# Files


def zipped(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/"), data)
    return out.getvalue()


def link():
    out, entry = io.BytesIO(), zipfile.ZipInfo("desa.shp")
    entry.external_attr = 0o120777 << 16
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(entry, "/etc/hostname")
    return out.getvalue()


def claims_to_be_huge():
    """A picture of a few bytes that says that it is of 60,000 by 60,000 pixels."""
    whole = bytearray(picture(kind="PNG"))
    whole[16:24] = (60_000).to_bytes(4, "big") * 2
    return bytes(whole)


ENTITIES = '<!DOCTYPE x [<!ENTITY a "{}"><!ENTITY b "{}">]>'.format("x" * 99, "&a;" * 99)
FILES = {
    "script.jpg": b"<script>alert(1)</script>",
    "both.jpg": picture() + b"<script>alert(1)</script>",
    "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "huge.png": claims_to_be_huge(),
    "../../climbs.csv": b"kode,nama\n1,x\n",
    "c:\\x\u202egpj.exe": b"MZ\x90\x00",
    "bomb.xlsx": zipped(xl__workbook="0" * 30_000_000),
    "entities.xlsx": zipped(xl__workbook=ENTITIES + "<x>&b;</x>"),
    "entities.kml": (ENTITIES + "<kml>&b;</kml>").encode(),
    "climbs.zip": zipped(**{"..__..__climbs.shp": "x"}),
    "link.zip": link(),
    "endless.csv": b"a," * 400_000,
    "": b"",
}


#: What the forms want beside the file, all of it at once: each takes what is its own.
FIELDS = {
    "kind": "slow", "words": "contoh", "why": "contoh", "level": "none", "evidence": "photo", "shows": "antenna",
    "evidence_on": timezone.localdate().isoformat(), "date": "2026-03-02", "given_by": "Dinas (contoh)",
    "answer": "contoh", "do": "rebut", "number": "1",
}  # fmt: skip


def forms_with_files(client, pages):
    """Address and fields of each form that takes a file, as the pages of an account have them."""
    for one in pages:
        answer = client.get(address(one, 1), {"fakta": "access", "fact": "access"})
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            for attributes, inside in re.findall(
                r"<form([^>]*)>(.*?)</form>", answer.content.decode(), re.DOTALL
            ):
                names = re.findall(r'<input(?=[^>]*type="file")[^>]*\bname="(\w+)"', inside)
                action = re.search(r'action="([^"]*)"', attributes)
                fields = dict(re.findall(r'type="hidden"[^>]*name="(\w+)"[^>]*value="([^"]*)"', inside))
                for name in names:
                    yield (action[1] if action and action[1] else address(one, 1)), name, fields


def test_no_file_breaks_a_door_and_nothing_of_it_is_kept_as_it_came(whole, tmp_path, settings):
    settings.REGION = tmp_path
    (tmp_path / "region.toml").write_text('[region]\nname = "Kabupaten Contoh"\n', encoding="utf-8")
    doors = {}
    clients = [(Client(), OPEN)]
    for role, before in (("regency", ()), ("provider", ("regency",))):
        own = [
            one
            for one in ALL
            if one.right in RIGHTS and role in one.roles and not set(before) & set(one.roles)
        ]
        clients.append((browser(whole[1][role]), own))
    for client, pages in clients:
        for action, name, fields in forms_with_files(client, pages):
            doors.setdefault((re.sub(r"\d", "", action), name), (client, action, fields))
    assert len(doors) >= 8
    for (_, name), (client, action, fields) in doors.items():
        for file, data in FILES.items():
            caches["default"].clear()
            with transaction.atomic():
                answer = client.post(
                    action, {**fields, **FIELDS, name: SimpleUploadedFile(file or "x", data)}
                )
                transaction.set_rollback(True)
            assert answer.status_code < 500, (action, file)
    kept = [path for top in (tmp_path, settings.MEDIA_ROOT) for path in top.rglob("*") if path.is_file()]
    assert any(path.suffix == ".jpg" for path in kept), "what is a picture too is kept, made anew"
    for path in kept:
        start = path.read_bytes()
        assert b"<script" not in start, path
        assert not start.startswith((b"MZ", b"<")), path
        assert ".." not in path.name
        assert "\u202e" not in path.name


# What takes its time, and what has no end


class Slow(io.RawIOBase):
    """A body that does not come before it may."""

    def __init__(self):
        self.may, self.asked = threading.Event(), threading.Event()

    def read(self, *_):
        self.asked.set()
        self.may.wait(10)
        return b""


def test_who_sends_slowly_keeps_nobody_from_reading():
    made, asked = RequestFactory(), bodies(lambda request: HttpResponse("read"))
    slow = [Slow() for _ in range(SENDING)]
    sent = [
        made.generic("POST", "/lapor/kirim", content_type="application/json", CONTENT_LENGTH=9) for _ in slow
    ]
    for request, body in zip(sent, slow, strict=True):
        request._stream = body
    threads = [threading.Thread(target=asked, args=(request,)) for request in sent]
    for thread, body in zip(threads, slow, strict=True):
        thread.start()
        assert body.asked.wait(10)
    busy = asked(made.post("/lapor/kirim", b"{}", content_type="application/json"))
    assert (busy.status_code, busy["Retry-After"]) == (503, "10")
    assert asked(made.get("/")).status_code == 200
    for thread, body in zip(threads, slow, strict=True):
        body.may.set()
        thread.join(10)
    assert asked(made.post("/lapor/kirim", b"{}", content_type="application/json")).status_code == 200
    assert SENDING < THREADS


def received(user, *, files, megabytes):
    """How many MB of so many files, each so large, are taken of somebody before the end is made."""
    request, taken = RequestFactory().post("/staf/data/kirim/"), 0
    request.user = user
    capped, piece = uploads.Capped(request), b"a" * 1_000_000
    for _ in range(files):
        for start in range(0, megabytes * len(piece), len(piece)):
            try:
                capped.receive_data_chunk(piece, start)
            except SkipFile:
                break
            except StopUpload:
                return taken
            taken += 1
    return taken


def test_without_an_account_no_more_is_received_than_one_file_may_have(person):
    office = person("regency")
    assert [received(user, files=1, megabytes=400) for user in (AnonymousUser(), office)] == [20, 300]
    assert [received(user, files=30, megabytes=10) for user in (AnonymousUser(), office)] == [20, 300]


def test_no_secret_of_an_address_stands_in_the_log():
    """Every address whose parameters are secrets, found by their names."""
    secret = "RAHASIA-rahasia_12345"
    found = [one.route for one in ALL if re.search(r"secret|\(\?P<key>", one.route)]
    assert len(found) >= 4
    for route in found:
        path = re.sub(r"<str:secret>|\(\?P<key>[^)]*\)", secret, route)
        path = re.sub(r"\(\?P<uidb36>[^)]*\)", "1", re.sub(r"<str:reference>", "TAAAAAAA", path))
        record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Not Found: /%s", (path,), None)
        Harmless().filter(record)
        assert "12345" not in record.getMessage(), path
