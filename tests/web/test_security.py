"""What an attacker tries first: headers, cookies, redirects, hosts, methods; as the site runs behind https."""

import os
import subprocess
import sys

import pytest
from django.urls import get_resolver

from merata.web.rights import RIGHTS


def _outside() -> dict[str, str]:
    """The environment without what the tests set for themselves."""
    return {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}


@pytest.mark.slow
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


def test_an_account_that_changes_things_sets_up_a_second_factor_first(client, person, settings):
    settings.SECOND_FACTOR = True
    client.force_login(person("regency"), backend="allauth.account.auth_backends.AuthenticationBackend")
    for path in ("/staf/data/kirim/", "/staf/program/titik/baru/", "/staf/akun/undang/"):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"]) == (302, "/akun/dua-langkah/pasang/")


def views():
    """Every page and form of staff, by its address."""
    for prefix, resolver in ((str(p.pattern), p) for p in get_resolver().url_patterns):
        if prefix:
            continue
        for pattern in resolver.url_patterns:
            if str(pattern.pattern).startswith("staf/"):
                yield str(pattern.pattern), pattern.callback


def test_every_staff_page_names_the_right_that_it_asks_for():
    found = list(views())
    assert len(found) > 30
    assert [path for path, view in found if getattr(view, "right", None) not in RIGHTS] == []
