"""What an earlier version wrote is opened by this one, and what a later one wrote is refused with a reason."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from in_process import merata

from merata import __version__
from merata.assure import index, tables
from merata.assure.compact import compact
from merata.backup import unpack
from merata.errors import FileError
from merata.exchange.log import Log
from merata.region import form
from merata.region.folder import Region
from merata.region.settings import parse_settings

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
VERSIONS = sorted(path.stem for path in HERE.glob("*.zip"))
#: What a process of the site says of a database that it brought up to this version: columns that differ, a page.
LOOK = """
import json, sys
from pathlib import Path
from merata.errors import FileError
from merata.web.start import start, tables
start(Path(sys.argv[1]))
tables()
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client
from merata.web.models import Publication, User
plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
wrong = {}
with connection.cursor() as cursor:
    there = set(connection.introspection.table_names(cursor))
    for model in apps.get_models(include_auto_created=True):
        table, wanted = model._meta.db_table, {field.column for field in model._meta.local_concrete_fields}
        described = connection.introspection.get_table_description(cursor, table) if table in there else ()
        if model._meta.managed and (differ := {column.name for column in described} ^ wanted):
            wrong[table] = sorted(differ)
answer = Client(headers={"host": "127.0.0.1"}).get("/kecamatan/")
found = {"wrong": wrong, "publications": Publication.objects.count(), "users": User.objects.count(),
    "page": answer.status_code, "says": "Muara Contoh" in answer.content.decode()}
with connection.cursor() as cursor:
    cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('web', '9999_later', '2030-01-01')")
try:
    tables()
except FileError as error:
    found["later"] = "brought to a newer Merata (9999_later)" in str(error)
print(json.dumps(found))
"""


def freeze():
    spec = importlib.util.spec_from_file_location("freeze", PROJECT / "tools" / "freeze.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def look(region: Path) -> subprocess.CompletedProcess:
    own = {
        name: value for name, value in os.environ.items() if name not in ("MERATA_DATABASE", "MERATA_REGION")
    }
    return subprocess.run(
        [sys.executable, "-c", LOOK, str(region)], env=own, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module", params=VERSIONS)
def old(request, tmp_path_factory) -> Path:
    """The region that a version wrote."""
    place = tmp_path_factory.mktemp("upgrade") / "region"
    unpack.unpack(HERE / f"{request.param}.zip", place, keys=None, tell=lambda *_: None)
    return place


def test_there_is_a_region_of_each_version_and_none_is_large():
    assert sorted(json.loads((HERE / "frozen.json").read_text())) == VERSIONS
    assert max(path.stat().st_size for path in HERE.glob("*.zip")) <= 200_000


def test_a_region_of_an_earlier_version_is_understood(old):
    region = Region(old)
    assert list(region.tables()["villages"]["name"]) == ["Alfaro", "Betuma", "Cegoda", "Dilune"]
    assert [source.given_by for source in region.sources()] == ["Kantor Contoh"]
    assert "villages" in json.loads(merata("check", old, "--json").stdout)["rows"]


def test_measurements_of_an_earlier_version_go_on(old):
    before = sum(part.rows for part in index.load(old / "measurements").parts if part.table in tables.TABLES)
    done = compact(old / "measurements")
    after = sum(part.rows for part in index.load(old / "measurements").parts if part.table in tables.TABLES)
    assert before > 0
    assert (done.rows > 0, done.unreadable, after) == (True, 0, before + done.rows)


def test_the_log_of_an_earlier_version_is_whole(old):
    log = Log(old / "log")
    log.reader().audit()
    assert log.checkpoint().size == log.head()[0] == 1


@pytest.mark.slow
@pytest.mark.apart
def test_the_database_of_an_earlier_version_is_brought_up_and_served_and_that_of_a_later_one_refused(old):
    """Every column of today is there, no other, and the pages show what was there."""
    done = look(old)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "wrong": {}, "publications": 1, "users": 1, "page": 200, "says": True, "later": True,
    }, "models have changed: after a release that needs a new migration; before, `make freeze` again"  # fmt: skip


def test_released_migrations_never_change():
    freezing = freeze()
    frozen = json.loads(freezing.FROZEN.read_text())
    assert freezing.changed(frozen, freezing.hashes(), __version__) == []


def test_a_released_migration_that_was_changed_or_taken_away_is_noticed():
    changed, frozen = (
        freeze().changed,
        {"1.0": {"0001_initial": "a"}, "1.1": {"0001_initial": "a", "0002_more": "b"}},
    )
    assert changed(frozen, {"0001_initial": "a", "0002_more": "b"}, "1.2") == []
    assert changed(frozen, {"0001_initial": "a", "0002_other": "b"}, "1.2") == ["0002_more"]
    assert changed(frozen, {"0001_initial": "x", "0002_more": "b"}, "1.2") == ["0001_initial"]
    assert changed(frozen, {"0001_initial": "a", "0002_more": "not out yet"}, "1.1") == []


def test_files_of_a_newer_form_are_refused(tmp_path, monkeypatch):
    with pytest.raises(FileError, match="written by a newer Merata"):
        parse_settings("[region]\nform = 2\nsomething_new = 1\n")
    region = Region.start(tmp_path / "region", name="Contoh")
    assert region.settings.region.form == form.FORM
    borders = tmp_path / "borders.geojson"
    borders.write_text(json.dumps(_VILLAGE))
    monkeypatch.setattr(form, "FORM", 2)
    region.add([borders], date="2025-01-01")
    monkeypatch.undo()
    with pytest.raises(FileError, match=r"region.gpkg: was written by a newer Merata \(form 2"):
        region.tables()


_VILLAGE = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"code": "99.01.01.2001", "name": "Alfaro", "district": "Utara"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[117, 0], [117.1, 0], [117.1, 0.1], [117, 0.1], [117, 0]]],
            },
        }
    ],
}
