"""Processes of their own over a region with a database of its own: what only shows there."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

from once import once

HERE = Path(__file__).resolve().parent
#: The site's database in its region's folder.
NAME = "web.sqlite3"
#: What the site serves as files, and what it remembers of having packed them.
STATIC = ".merata/web"
_BEGIN = """\
import sys
from pathlib import Path
sys.path.insert(0, {here!r})
from merata.web.start import prepare, start
start(Path({region!r}))
prepare()
"""


def _environment(region, database=""):
    own = {"MERATA_REGION": str(region), "DJANGO_SETTINGS_MODULE": "merata.web.settings"}
    return {**os.environ, **own, "OPENBLAS_NUM_THREADS": "1", "MERATA_DATABASE": database}


def run(region, code, database=""):
    """What a few lines print in a new process of the site."""
    if not database and not (region / NAME).exists():
        empty = once("site", _empty_site)
        shutil.copy(empty / NAME, region / NAME)
        shutil.copytree(empty / STATIC, region / STATIC, dirs_exist_ok=True, ignore=lambda *_: ["secret-key"])
    return _run(region, code, database)


def _empty_site(folder):
    """A region whose site has its tables and packed files, which take seconds to make, and nothing in them."""
    folder.mkdir()
    (folder / "region.toml").write_text('[region]\nname = "Kabupaten Contoh"\n', encoding="utf-8")
    _run(folder, "", "")


def _run(region, code, database):
    text = _BEGIN.format(here=str(HERE), region=str(region)) + code
    done = subprocess.run(
        [sys.executable, "-c", text],
        env=_environment(region, database),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def worker(region):
    """The worker as `merata serve` starts it, but it ends when nothing waits."""
    command = [sys.executable, "-m", "django", "work", "--no-reload", "--batch", "--no-startup-delay"]
    return subprocess.Popen(command, env=_environment(region), stderr=subprocess.PIPE, text=True)


def rows(region, query):
    """What the site's database answers, read from outside."""
    with sqlite3.connect(region / NAME, timeout=20) as database:
        return database.execute(query).fetchall()
