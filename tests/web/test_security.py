"""What an attacker tries first: headers, cookies, redirects, hosts, methods; as the site runs behind https."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from conftest import COUNTED
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.test import Client

import merata.web
from merata.web.privacy import forget


def _outside() -> dict[str, str]:
    """The environment without what the tests set for themselves."""
    return {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}


@pytest.mark.slow
@pytest.mark.apart
def test_djangos_own_check_of_a_deployed_site_finds_nothing(tmp_path):
    (tmp_path / "region.toml").write_text('[region]\nname = "Kabupaten Contoh"\n', encoding="utf-8")
    command = [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"]
    site = {
        "MERATA_REGION": str(tmp_path),
        "MERATA_SITE": "https://internet.contoh.example",
        "MERATA_DATABASE": "",
    }
    done = subprocess.run(command, env={**_outside(), **site}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_every_answer_carries_the_headers_that_protect_it(client, published):
    for path in ("/", "/desa/99.01.01.2001/", "/akun/masuk/", "/none/", "/data/desa.csv"):
        answer = client.get(path)
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer["Cross-Origin-Resource-Policy"] == "same-site"
        assert "object-src 'none'" in policy
        assert "base-uri 'none'" in policy
        assert "camera=()" in answer["Permissions-Policy"]
        assert "Access-Control-Allow-Origin" not in answer


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_logging_in_leads_to_no_other_site(client, person, elsewhere):
    user = person("reader")
    answer = client.post(
        f"/akun/masuk/?next={elsewhere}",
        {"login": user.email, "password": "sandi yang panjang", "next": elsewhere},
    )
    assert answer.status_code == 302
    assert answer["Location"].startswith("/staf/")


def test_a_name_that_is_not_the_sites_is_refused(client, published):
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.slow
@pytest.mark.apart
def test_behind_https_cookies_are_this_hosts_only_and_http_is_not_served(tmp_path):
    (tmp_path / "region.toml").write_text('[region]\nname = "Kabupaten Contoh"\n', encoding="utf-8")
    code = """
from pathlib import Path
import sys
from merata.web.start import prepare, start
start(Path(sys.argv[1]))
prepare()
from django.test import Client
plain = Client().get("/akun/masuk/", headers={"host": "internet.contoh.example"})
safe = Client().get("/akun/masuk/", headers={"host": "internet.contoh.example", "x-forwarded-proto": "https"})
print(plain.status_code, plain["Location"])
call = Client().get("/api/v1/villages", headers={"host": "internet.contoh.example"})
print(call.status_code, call["Content-Type"])
print(safe["Strict-Transport-Security"])
for cookie in safe.cookies.values():
    print(cookie.OutputString())
"""
    site = {"MERATA_SITE": "https://internet.contoh.example", "MERATA_DATABASE": ""}
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], env={**_outside(), **site}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    led, told, strict, *cookies = done.stdout.splitlines()
    assert led == "301 https://internet.contoh.example/akun/masuk/"
    assert told == "403 application/problem+json", (
        "programs are not led on: their token went in the open already"
    )
    assert strict == "max-age=31536000; includeSubDomains; preload"
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        for word in ("HttpOnly", "Path=/", "Secure", "SameSite=Lax"):
            assert word in cookie
        assert "Domain" not in cookie


def test_after_logging_out_the_session_is_void_and_the_browser_forgets_pages(client, person):
    client.force_login(person("reader"), backend="allauth.account.auth_backends.AuthenticationBackend")
    key = client.session.session_key
    answer = client.post("/akun/keluar/")
    assert answer["Clear-Site-Data"] == '"cache"'
    assert not Session.objects.filter(session_key=key).exists()


def test_logging_in_begins_another_session(client, person):
    user = person("reader")
    given = {"login": user.email, "password": "sandi yang panjang"}
    session = client.session
    session["set"] = "by an attacker"
    session.save()
    before = session.session_key
    client.post("/akun/masuk/", given)
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()
    assert len(client.session.session_key) >= 32


def test_a_fault_shows_nothing_of_the_inside(client, published, monkeypatch, caplog):
    def broken(*_):
        raise ValueError("rahasia dapur")

    monkeypatch.setattr("merata.web.reports.newest", broken)
    client.raise_request_exception = False
    answer = client.get("/lapor/99.01.01.2001/")
    assert answer.status_code == 500
    page = answer.content.decode()
    assert '<html lang="id">' in page
    assert not re.search("rahasia|Traceback|ValueError", page)
    assert "rahasia dapur" in caplog.text, "the log has it"


def test_methods_that_no_page_has_are_refused(client, published):
    assert client.generic("TRACE", "/lapor/99.01.01.2001/").status_code == 405
    assert client.delete("/api/v1/villages").status_code == 405


def test_data_are_files_and_never_pages(client, published):
    for name in ("desa.csv", "desa.geojson", "kolom.csv"):
        assert client.get(f"/data/{name}")["Content-Disposition"] == f'attachment; filename="{name}"'


def test_what_is_counted_is_counted_by_all_processes(db, settings, client, published):
    settings.CACHES = {**settings.CACHES, "default": COUNTED}
    call_command("createcachetable", verbosity=0)
    sent = {"village": "99.01.01.2002", "kind": "slow"}
    for number in range(11):
        caches["pages"].clear()
        answer = client.post(
            "/lapor/kirim", {**sent, "made_by": str(number)}, content_type="application/json"
        )
    assert answer.status_code == 429
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM web_counts")
        kept = str(cursor.fetchall())
        assert "reports" in kept
        assert "127.0.0.1" not in kept
        cursor.execute("UPDATE web_counts SET expires = '2020-01-01 00:00:00'")
        forget()
        cursor.execute("SELECT count(*) FROM web_counts")
        assert cursor.fetchone()[0] == 0


def test_behind_a_proxy_reports_are_counted_by_what_the_proxy_added(client, published, settings):
    settings.SECURE = True
    sent = {"village": "99.01.01.2002", "kind": "slow"}
    answers = [
        client.post(
            "/lapor/kirim", {**sent, "made_by": f"{number}"}, content_type="application/json",
            headers={"X-Forwarded-For": f"1.1.1.{number}, 203.0.113.{5 + number // 11}"},
        ).status_code
        for number in range(12)
    ]  # fmt: skip
    assert answers == [201] * 10 + [429, 201]


def test_a_link_to_itself_is_never_made_of_the_host_that_was_asked_for(client, person, mailoutbox):
    client.post("/akun/lupa-sandi/", {"email": person("reader").email}, headers={"host": "localhost"})
    assert "http://localhost/akun/lupa-sandi/" in mailoutbox[0].body
    refused = client.post(
        "/akun/lupa-sandi/", {"email": "a@contoh.example"}, headers={"host": "evil.example"}
    )
    assert refused.status_code == 400


def test_no_template_of_ours_lets_text_through_as_markup():
    where = Path(merata.web.__file__).parent
    texts = [path.read_text(encoding="utf-8") for path in where.rglob("*.j2")]
    assert texts
    assert not [
        text
        for text in texts
        if re.search(
            r"\|\s*safe\b|autoescape false|<script(?! (defer |\{\{ links\.scripts \}\} )src=)| on[a-z]+=| style=",
            text,
        )
    ]


def test_a_code_of_the_app_works_once_for_all_processes(client, person, settings):
    settings.CACHES = {**settings.CACHES, "default": COUNTED}
    call_command("createcachetable", verbosity=0)
    user, secret = person("reader"), generate_totp_secret()
    TOTP.activate(user, secret)
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    for lets_in in (True, False):
        caches["pages"].clear()
        browser = Client()
        browser.post("/akun/masuk/", {"login": user.email, "password": "sandi yang panjang"})
        answer = browser.post("/akun/dua-langkah/masuk/", {"code": code})
        assert (answer.status_code == 302) is lets_in


def test_a_changed_second_factor_ends_all_other_sessions(client, office):
    other = Client()
    other.force_login(office, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.post("/akun/ulangi-sandi/", {"password": "sandi yang panjang"})
    client.post("/akun/dua-langkah/lepas/")
    assert client.get("/akun/").status_code == 200
    assert other.get("/akun/").status_code == 302


@pytest.mark.parametrize(
    ("password", "taken"),
    [
        ("Merata2026Merata", False), ("diskominfo-kukar-1", False), ("internet desa 12345", False),
        ("kuda kertas baterai tujuh", True), ("desa kuda kertas baterai", True), ("ä" * 64, True),
        ("password1234", False), ("123456789012345", False), ("pendek", False),
    ],
)  # fmt: skip
def test_passwords_are_long_and_not_what_everybody_thinks_of_first(password, taken):
    if taken:
        validate_password(password)
    else:
        with pytest.raises(ValidationError):
            validate_password(password)
