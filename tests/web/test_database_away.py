"""A site's database that does not answer, or is none: commands say which one and what to do, and end with a code."""

import os
import subprocess
import sys

import pytest

from merata.errors import FileError, MissingError

pytestmark = [pytest.mark.slow, pytest.mark.apart]

#: A port at which nobody listens: a service of old that no machine offers any more.
AWAY = "postgresql://merata:rahasia-sekali@127.0.0.1:1/desa?connect_timeout=5"


def ended(region, *command, database=""):
    """The code that a command ends with, and all that it says."""
    (region / "region.toml").write_text('[region]\nname = "Kabupaten Contoh"\n', encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", *command], env={**os.environ, "MERATA_DATABASE": database}, capture_output=True,
        text=True, timeout=120,
    )  # fmt: skip
    return done.returncode, " ".join((done.stdout + done.stderr).split())


@pytest.mark.parametrize(
    "command",
    [
        ("merata.cli.main", "serve", "{region}", "--port", "8999"),
        ("merata.cli.main", "person", "{region}", "siapa@contoh.example"),
        ("merata.web.opened", "{region}", "{region}/salinan", "desa"),
        ("merata.web.inner", "{region}", "{region}/angka.json"),
    ],
    ids=["serve", "person", "opened", "inner"],
)
def test_who_starts_without_the_database_is_told_which_one_and_what_to_do(tmp_path, command):
    code, said = ended(tmp_path, *(word.format(region=tmp_path) for word in command), database=AWAY)
    assert code == MissingError.exit_code
    assert "database desa on 127.0.0.1, port 1, does not answer" in said
    assert "Start it, or correct MERATA_DATABASE" in said
    assert "rahasia" not in said
    assert "Traceback" not in said


def test_a_file_that_is_no_database_is_named(tmp_path):
    (tmp_path / "web.sqlite3").write_bytes(b"no database " * 400)
    code, said = ended(tmp_path, "merata.cli.main", "person", str(tmp_path), "siapa@contoh.example")
    assert code == FileError.exit_code
    assert f"{tmp_path / 'web.sqlite3'}: the site's database can't be opened" in said
    assert "Take it from a backup" in said
