"""The clock of cases in processes of its own: several workers at once, and one that is killed, tell once."""

import shutil
import subprocess
import sys

import fresh
import pytest
from once import once

pytestmark = [pytest.mark.slow, pytest.mark.apart]

MADE = f"""
import sys
sys.path.insert(0, {str(fresh.HERE)!r})
import datetime as dt
import site_factory
from django.utils import timezone
from merata.web import reports
from merata.web.models import Case, Organisation, User
site_factory.publication()
office = Organisation.objects.create(name="Dinas (contoh)", kind="regency", duty_phone="+6281200000001")
User.objects.create_user("kantor@contoh.example", None, role="regency", organisation=office)
for number in range(30):
    reports.take({{"village": f"99.01.0{{number % 3 + 1}}.200{{number % 4 + 1}}", "kind": "request"}}, f"{{number}}")
Case.objects.update(state_at=timezone.now() - dt.timedelta(hours=400), next_at=timezone.now())
"""
STRIKE = """
from merata.web.cases import tick
print(tick.strike())
"""
KILLED = """
import os, signal
from django.db import transaction
from merata.web.cases import tick
with transaction.atomic():
    tick.strike()
    os.kill(os.getpid(), signal.SIGKILL)
"""


BEGIN = """
from pathlib import Path
from merata.web.start import start
start(Path({region!r}))
"""


def told(region):
    """Letters that wait, SMS that wait, cases whose clock struck."""
    return [
        fresh.rows(region, f"SELECT count(*) FROM {what}")[0][0]
        for what in (
            "django_tasks_database_dbtaskresult WHERE queue_name = 'letters'",
            "web_outgoing WHERE way = 'sms'",
            "web_case WHERE strokes = 1",
        )
    ]


def begun(region, code):
    text = BEGIN.format(region=str(region)) + code
    return subprocess.Popen(
        [sys.executable, "-c", text], env=fresh._environment(region), stdout=subprocess.PIPE, text=True
    )


def test_several_workers_at_once_and_one_that_is_killed_tell_once(tmp_path):
    (tmp_path / "region.toml").write_text('[region]\nname = "Kabupaten Contoh"\nmade_up = true\n')
    shutil.copy(once("site", fresh._empty_site) / fresh.NAME, tmp_path / fresh.NAME)
    assert begun(tmp_path, MADE).wait(timeout=60) == 0
    letters, sms, struck = told(tmp_path)
    assert (letters, sms, struck) == (30, 30, 0)
    killed = begun(tmp_path, KILLED)
    assert killed.wait(timeout=60) == -9
    assert told(tmp_path) == [30, 30, 0], "nothing of what was not ended is left"
    workers = [begun(tmp_path, STRIKE) for _ in range(2)]
    struck = [int(worker.communicate(timeout=60)[0].split()[-1]) for worker in workers]
    assert sorted(struck) == [0, 30]
    assert told(tmp_path) == [31, 31, 30], "one letter and one SMS tell of all thirty"


REPORTS = """
from merata.web import reports
for number in range(5):
    sent = {{"village": "99.01.01.2002", "kind": "broken", "made_by": f"{name}{{number}}"}}
    reports.take(sent, f"{name}{{number}}")
"""


def test_reports_of_one_trouble_that_arrive_at_once_open_one_case(tmp_path):
    (tmp_path / "region.toml").write_text('[region]\nname = "Kabupaten Contoh"\nmade_up = true\n')
    shutil.copy(once("site", fresh._empty_site) / fresh.NAME, tmp_path / fresh.NAME)
    assert begun(tmp_path, MADE).wait(timeout=60) == 0
    phones = [begun(tmp_path, REPORTS.format(name=name)) for name in "ab"]
    assert [phone.wait(timeout=60) for phone in phones] == [0, 0]
    assert fresh.rows(tmp_path, "SELECT count(*) FROM web_case WHERE kind = 'broken'") == [(1,)]
    assert fresh.rows(tmp_path, "SELECT count(*) FROM web_report WHERE kind = 'broken'") == [(10,)]
