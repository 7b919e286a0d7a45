"""No secret of the environment stands in what the site and its commands print, whatever goes wrong. All are made up."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SECRETS = {
    "MERATA_MAIL": "smtp://pengirim:SEKRET-mail-0001@127.0.0.1:9",
    "MERATA_SMS_URL": "http://127.0.0.1:9/",
    "MERATA_SMS_BODY": '{"to": "{number}", "text": "{text}"}',
    "MERATA_SMS_HEADER": "Authorization: Bearer SEKRET-keluar-0002",
    "MERATA_SMS_SECRET": "SEKRET-masuk-000003",
    "MERATA_HOOK": "http://127.0.0.1:9/",
    "MERATA_HOOK_SECRET": "SEKRET-hook-0000004",
    "MERATA_METRICS_TOKEN": "SEKRET-metrik-00005",
}

#: Logs in wrongly, asks for letters that no server takes, sends with right and wrong secrets, and breaks a page.
SITE = """
import sys
from pathlib import Path
from merata.web.start import prepare, start
start(Path(sys.argv[1]))
prepare()
from django.test import Client
from merata.web import reports, letters
from merata.web.models import User
User.objects.create_user("a@contoh.example", "SEKRET-sandi-0006", role="reader")
client = Client(headers={"host": "127.0.0.1"}, raise_request_exception=False)
client.post("/akun/masuk/", {"login": "a@contoh.example", "password": "SEKRET-salah-0007"})
client.post("/akun/masuk/", {"login": "SEKRET-sandi-di-surel-0008", "password": "x"})
client.get("/akun/undangan/SEKRET-undangan-0009/")
client.get("/lapor/LAAAAAAA/SEKRET-lapor-0010/")
client.get("/koreksi/TAAAAAAA/SEKRET-koreksi-0011/")
client.get("/api/v1/programme/service-points", headers={"authorization": "Bearer merata_SEKRET-token-0012"})
client.get("/metrics", headers={"authorization": "Bearer SEKRET-metrik-00013"})
sent = b'{"from": "+6281200000000", "text": "LAPOR"}'
for secret in ("SEKRET-masuk-000003", "SEKRET-tebakan-0014"):
    client.post("/sms/masuk", sent, content_type="application/json", headers={"x-merata-secret": secret})
def broken(*_):
    raise RuntimeError("a fault")
reports.newest = broken
print(client.get("/lapor/99.01.01.2001/").content.decode())
from merata.web.sms.gateway import post_sms, post_hook
for work in (lambda: post_sms("k", "+6281200000000", "x"), lambda: post_hook("k", "{}")):
    try:
        work()
    except Exception:
        import traceback
        traceback.print_exc()
from django.core.mail import send_mail
try:
    send_mail("x", "y", None, ["a@contoh.example"])
except Exception:
    import traceback
    traceback.print_exc()
"""


def printed(command, folder, **more):
    """All that a process prints, with how it ended."""
    (folder / "region.toml").write_text('[region]\nname = "Kabupaten Contoh"\n', encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MERATA_", "DJANGO_"))}
    done = subprocess.run(
        command, env={**kept, **SECRETS, **more}, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.apart
def test_the_site_prints_no_secret_whatever_goes_wrong(tmp_path):
    ended, said = printed([sys.executable, "-c", SITE, str(tmp_path)], tmp_path)
    assert ended == 0, said
    for told in ("wrong password", "call refused", "a fault", "RefusedError", "ConnectionRefusedError"):
        assert told in said, "it went wrong as it was meant to"
    assert "SEKRET" not in said


@pytest.mark.slow
@pytest.mark.apart
def test_a_command_whose_database_is_away_prints_no_secret_even_when_asked_for_all(tmp_path):
    merata = Path(sys.executable).parent / "merata"
    away = "postgresql://merata:SEKRET-basis-0015@127.0.0.1:9/merata"
    command = [merata, "--verbose", "person", tmp_path, "a@contoh.example"]
    ended, said = printed(command, tmp_path, MERATA_DATABASE=away)
    assert ended != 0
    assert "127.0.0.1" in said
    assert "SEKRET" not in said
