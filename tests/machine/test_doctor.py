"""What `merata doctor` says is missing, and that it says nothing of what is there."""

import json
import os
import time

import pytest
from typer.testing import CliRunner

from merata.cli.main import app
from merata.machine import checkup, extras, variables


def of(found, name):
    return [one for one in found if one.name == name]


def states(found):
    return {one.name: one.state for one in found}


@pytest.fixture
def region(tmp_path):
    folder = tmp_path / "region"
    folder.mkdir()
    (folder / "region.toml").write_text('[region]\nname = "Kabupaten Contoh"\n', encoding="utf-8")
    return folder


def test_a_missing_library_is_trouble_only_for_the_engine(monkeypatch):
    monkeypatch.setattr(extras, "missing", lambda extra: ["numpy"] if extra == "" else ["typst"])
    found = states(checkup.machine({}))
    assert (found["libraries"], found["libraries [paper]"]) == ("trouble", "optional")


def test_every_fault_and_every_lack_says_one_thing_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(extras, "missing", lambda extra: ["numpy"])
    monkeypatch.setattr(checkup, "LEAST_MEMORY_GB", 1e9)
    monkeypatch.setattr(checkup.shutil, "which", lambda name: None)
    found = [*checkup.machine({"MERATA_DATABSE": "x"}), *checkup.folder(tmp_path, {})]
    assert [one.name for one in found if one.state != "ok" and not one.do] == []
    assert {"memory", "pg_dump", "variables", "folder"} <= {one.name for one in found if one.do}


def test_pg_dump_is_needed_only_where_the_site_is_on_postgresql(monkeypatch):
    monkeypatch.setattr(checkup.shutil, "which", lambda name: None)
    assert states(checkup.machine({}))["pg_dump"] == "optional"
    assert states(checkup.machine({"MERATA_DATABASE": "postgresql://x/y"}))["pg_dump"] == "trouble"


def test_a_misspelt_variable_is_told_with_the_one_that_was_meant():
    known = {"MERATA_MAIL": "", "MERATA_64_02_MAIL": "", "PATH": ""}
    assert list(variables.unknown(known)) == []
    (found,) = variables.unknown({"MERATA_DATABSE": "postgresql://x/y"})
    assert "MERATA_DATABASE" in found.do


def test_variables_are_read_as_systemd_reads_them(tmp_path):
    file = tmp_path / "site.env"
    file.write_text('# of the site\nMERATA_SITE=https://contoh.example\nMERATA_FROM="a@contoh.example"\n\n')
    assert variables.read(file) == {
        "MERATA_SITE": "https://contoh.example",
        "MERATA_FROM": "a@contoh.example",
    }


def test_every_variable_that_is_read_is_known():
    import re
    from pathlib import Path

    import merata

    rooms = Path(merata.__file__).parent
    asked = re.compile(r"environ(?:ment)?(?:\.get\(|\[)\s*[\"'](MERATA_[A-Z_]+)")
    read = {name for path in rooms.rglob("*.py") for name in asked.findall(path.read_text(encoding="utf-8"))}
    assert {"MERATA_DATABASE", "MERATA_SITE"} <= read <= variables.VARIABLES


def test_keys_that_others_may_read_are_trouble(region):
    key = region / ".merata" / "web" / "secret-key"
    key.parent.mkdir(parents=True)
    key.write_text("rahasia")
    key.chmod(0o640)
    assert of(checkup.folder(region, {}), "site's key")[0].do == f"chmod 600 {key}"
    key.chmod(0o600)
    assert of(checkup.folder(region, {}), "site's key")[0].state == "ok"


def test_the_logs_key_is_not_kept_where_it_is_copied_along(region):
    key = region / "log-key"
    assert of(checkup.folder(region, {"MERATA_LOG_KEY": str(key)}), "log's key")[0].state == "trouble"
    key.touch(0o600)
    (found,) = of(checkup.folder(region, {"MERATA_LOG_KEY": str(key)}), "log's key")
    assert (found.state, found.do) == ("trouble", "Move it out of there.")


def test_files_of_tomorrow_tell_a_clock_that_is_wrong(region):
    later = time.time() + 3 * 86_400
    os.utime(region / "region.toml", (later, later))
    assert of(checkup.folder(region, {}), "clock")[0].state == "trouble"


@pytest.mark.parametrize(("days", "state"), [(1, "ok"), (3, "trouble")])
def test_backups_grow_old(region, tmp_path, days, state):
    (backups := tmp_path / "backups").mkdir()
    assert states(checkup.folder(region, {"MERATA_BACKUPS": str(backups)}))["backups"] == "trouble"
    file = backups / "region.zip"
    file.touch()
    then = time.time() - days * 86_400
    os.utime(file, (then, then))
    assert states(checkup.folder(region, {"MERATA_BACKUPS": str(backups)}))["backups"] == state


def test_a_full_disk_is_trouble(region, monkeypatch):
    full = type("Usage", (), {"free": 1e8})
    monkeypatch.setattr(checkup.shutil, "disk_usage", lambda path: full)
    assert states(checkup.folder(region, {}))["disk"] == "trouble"


def test_the_command_ends_with_1_where_something_is_to_be_mended(region, tmp_path, monkeypatch):
    monkeypatch.setattr(extras, "missing", lambda extra: [extra] if extra else [])  # nor looks at the site
    well = CliRunner().invoke(app, ["doctor", str(region), "--json"])
    assert well.exit_code == 0, well.output
    assert {one["name"] for one in json.loads(well.output)} >= {"python", "folder", "disk"}
    badly = CliRunner().invoke(app, ["doctor", str(tmp_path / "nowhere")])
    assert badly.exit_code == 1
    assert "merata new" in badly.output
