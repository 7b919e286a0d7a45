"""Where a hole is told: security.txt as RFC 9116 has it, with the operator's address; and no secret in errors."""

import datetime as dt
import re
import traceback

import pytest

from merata.errors import SettingsError
from merata.web import configure
from merata.web.configure_ways import contact


def test_who_finds_a_hole_finds_whom_to_tell(client, settings):
    settings.SECURITY_CONTACT = contact("keamanan@contoh.example")
    answer = client.get("/.well-known/security.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    said = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert said["Contact"] == "mailto:keamanan@contoh.example"
    assert said["Canonical"].endswith("/.well-known/security.txt")
    ends = dt.datetime.fromisoformat(said["Expires"].replace("Z", "+00:00"))
    assert dt.timedelta(days=30) < ends - dt.datetime.now(dt.UTC) < dt.timedelta(days=365)


def test_where_nobody_is_named_there_is_no_file(client, settings, db):
    settings.SECURITY_CONTACT = contact("")
    assert client.get("/.well-known/security.txt").status_code == 404


@pytest.mark.parametrize(
    "said", ["nobody", "http://x.example", "a@b.example\nExpires: never", "javascript:alert(1)"]
)
def test_what_is_no_address_is_refused(said):
    with pytest.raises(SettingsError, match="MERATA_SECURITY"):
        contact(said)
    assert contact("https://contoh.example/lapor") == "https://contoh.example/lapor"


@pytest.mark.parametrize("sign", ["/", "#", "?"])
def test_a_password_that_is_not_written_as_it_must_be_is_in_no_error(sign, tmp_path):
    secret = f"rahasia{sign}dapur"
    for read in (
        lambda: configure.database(f"postgresql://merata:{secret}@db.example/merata", tmp_path),
        lambda: configure.mail(f"smtp://merata:{secret}@mail.example:587"),
    ):
        with pytest.raises(SettingsError) as told:
            read()
        last = (
            "".join(traceback.format_exception(told.value)).replace(__file__, "").split("SettingsError")[-1]
        )
        assert not re.search("rahasia|dapur", last)
        assert told.value.__context__ is None or told.value.__suppress_context__
