"""The log of security: who came in, who was refused, what was changed; no secret stands in any log."""

import datetime as dt
import logging
import subprocess
import sys

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.utils import timezone

from merata.web.logs import Harmless
from merata.web.models import ApiToken

PASSWORD = "sandi yang panjang"


@pytest.fixture
def told(caplog):
    """What the log of security says, line by line."""
    caplog.set_level(logging.INFO, "merata.web.security")
    return lambda: [r.getMessage() for r in caplog.records if r.name == "merata.web.security"]


def test_coming_in_and_failing_to_are_told_by_number_and_never_by_what_was_typed(client, person, told):
    user = person("reader")
    client.post("/akun/masuk/", {"login": user.email, "password": "salah sekali saja"})
    client.post("/akun/masuk/", {"login": "kata.sandi.di.kolom@salah.example", "password": "x"})
    client.post("/akun/masuk/", {"login": user.email, "password": PASSWORD})
    client.post("/akun/keluar/")
    assert told() == [
        f"wrong password account={user.pk} from=127.0.0.1",
        "wrong password account=- from=127.0.0.1",
        f"logged in account={user.pk} from=127.0.0.1 factors=1",
        f"logged out account={user.pk} from=127.0.0.1",
    ]


def test_a_wrong_code_and_being_locked_out_are_told(client, person, told):
    user = person("reader")
    TOTP.activate(user, generate_totp_secret())
    client.post("/akun/masuk/", {"login": user.email, "password": PASSWORD})
    client.post("/akun/dua-langkah/masuk/", {"code": "000000"})
    client.post("/akun/keluar/")
    for _ in range(8):
        client.post("/akun/masuk/", {"login": user.email, "password": "salah sekali saja"})
    said = "\n".join(told())
    assert f"wrong code account={user.pk}" in said
    assert "locked out" in said


def test_a_changed_role_and_a_new_token_are_told_without_secrets(client, office, person, told):
    other = person("reader")
    client.post(
        f"/staf/akun/{other.pk}/", {"do": "role", "role": "regency", "organisation_new": "Dinas Contoh"}
    )
    soon = timezone.localdate() + dt.timedelta(days=30)
    made = client.post("/staf/token/", {"name": "uji", "scopes": ["read"], "ends_on": soon.isoformat()})
    said = "\n".join(told())
    assert f"user {other.pk} changed account={office.pk}" in said
    assert "role=reader>regency" in said
    assert f"apitoken {ApiToken.objects.get().pk} changed" in said
    assert "merata_" in made.content.decode()
    assert "merata_" not in said


def test_what_is_refused_is_told(client, person, told):
    user = person("village", village_code="99.01.01.2001")
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/staf/akun/").status_code == 403
    assert told()[-1] == f"refused account={user.pk} from=127.0.0.1 path=/staf/akun/"


def test_a_form_of_another_site_is_told_and_answered_in_our_words(db, told):
    answer = Client(enforce_csrf_checks=True).post("/akun/masuk/", {"login": "a@contoh.example"})
    assert answer.status_code == 403
    assert '<html lang="id">' in answer.content.decode()
    assert "form refused" in told()[-1]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Not Found: /akun/undangan/abcDEF-_0123456789/", "Not Found: /akun/undangan/…/"),
        ("Gone: /en/akun/lupa-sandi/1a-c0ffee-0123456789abcdef/", "Gone: /en/akun/lupa-sandi/1a-…/"),
        ("Not Found: /lapor/L2CDFGHJ/0123456789abcdef0123/", "Not Found: /lapor/L2CDFGHJ/…/"),
        ("token merata_abcdefghijklmnopqrstuvwxyz", "token merata_…"),
        ("a\nb\x1b[2J", "a�b�[2J"),
    ],
)
def test_no_secret_and_no_second_line_stands_in_the_log(said, kept):
    record = logging.LogRecord("x", logging.INFO, "", 0, "%s", (said,), None)
    assert Harmless().filter(record)
    assert record.getMessage() == kept


def test_every_line_of_the_site_goes_through_what_keeps_secrets_out(settings):
    assert settings.LOGGING["handlers"]["screen"]["filters"] == ["harmless"]
    assert "%z" in settings.LOGGING["formatters"]["plain"]["datefmt"]


def test_what_codes_are_made_of_is_not_readable_in_the_database(person):
    user, secret = person("reader"), generate_totp_secret()
    TOTP.activate(user, secret)
    assert secret not in str(Authenticator.objects.get().data)


@pytest.mark.slow
@pytest.mark.apart
@pytest.mark.parametrize("verbose", [False, True])
def test_each_line_comes_once_also_where_a_command_started_the_site(tmp_path, verbose):
    (tmp_path / "region.toml").write_text('[region]\nname = "Kabupaten Contoh"\n', encoding="utf-8")
    lines = f"""\
import logging
from pathlib import Path
from merata.cli import screen
from merata.web.start import start
screen.set_up_log({verbose})
start(Path({str(tmp_path)!r}))
for name in ("merata.web.live", "django.request", "library.of.others"):
    logging.getLogger(name).error("from %s", name)
logging.getLogger("merata.web.live").debug("what only --verbose tells")
"""
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=True)
    said = [line.partition(" ")[2] for line in done.stderr.splitlines()]
    assert said == [
        *(
            f"ERROR {name}: from {name}"
            for name in ("merata.web.live", "django.request", "library.of.others")
        ),
        *(["DEBUG merata.web.live: what only --verbose tells"] if verbose else []),
    ]
