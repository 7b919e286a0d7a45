"""The page about OWASP ASVS is true as far as a machine can tell: what it names is there, and no item stands twice."""

import os
import re
import stat
from functools import cache
from pathlib import Path

import pytest

from merata.web import configure

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "explanation" / "asvs.md").read_text(encoding="utf-8")
ROWS = [line.split(" | ") for line in PAGE.splitlines() if re.match(r"\| \d+\.\d+\.\d+", line)]


@cache
def _tests_in(path):
    # Read as text: CPython 3.11 can't make a syntax tree where the browser of other tests has a stack of its own.
    return set(re.findall(r"^(?:async )?def (\w+)", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE))


def test_all_that_the_page_names_is_there():
    tests = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)
    assert len(tests) > 100
    assert [f"{path}::{name}" for path, name in tests if name not in _tests_in(path)] == []
    modules = re.findall(r"`(merata/[\w/.]+\.py)`", PAGE)
    assert len(modules) > 30
    assert [path for path in modules if not (ROOT / path).is_file()] == []


def test_no_item_stands_twice_and_each_has_a_test():
    items = [item for row in ROWS for item in re.findall(r"\d+\.\d+\.\d+", row[0])]
    assert len(items) > 150
    assert sorted(item for item in set(items) if items.count(item) > 1) == []
    assert [row[0] for row in ROWS if len(row) != 4 or "::test_" not in row[3]] == []


def test_what_is_not_met_is_said_at_the_end_too():
    table, _, end = PAGE.partition("## What is not met")
    for line in table.splitlines():
        if "**not met**" in line or "**in part**" in line:
            items = re.findall(r"\d+\.\d+\.\d+", line.split(" | ")[0])
            assert any(item in end for item in items), line[:40]


def test_passwords_are_kept_by_scrypt():
    text = (ROOT / "merata" / "web" / "settings.py").read_text(encoding="utf-8")
    first = re.search(r"PASSWORD_HASHERS = \[\s*\"([\w.]+)\"", text)
    assert first is not None
    assert first[1].endswith("ScryptPasswordHasher")


@pytest.mark.parametrize(
    ("address", "mode"),
    [("db.example/merata", "require"), ("db.example/merata?sslmode=verify-full", "verify-full"),
     ("localhost/merata", None), ("127.0.0.1:5433/merata", None), ("%2Fvar%2Frun/merata", None)],
)  # fmt: skip
def test_a_database_on_another_machine_is_never_talked_to_in_the_plain(address, mode):
    made = configure.database(f"postgresql://merata@{address}", Path())
    assert made["OPTIONS"].get("sslmode") == mode


@pytest.mark.parametrize(
    ("address", "way"),
    [("smtps://a:b@surel.example", (False, True)), ("smtp://a:b@surel.example:587", (True, False))],
)
def test_letters_go_by_tls(address, way):
    made = configure.mail(address)
    assert (made.starttls, made.tls) == way


def test_the_sites_key_is_its_owners_only(tmp_path):
    (tmp_path / "region.toml").write_text("[region]\n", encoding="utf-8")
    key = configure.secret_key(tmp_path)
    assert configure.secret_key(tmp_path) == key
    assert len(key) > 80
    assert stat.S_IMODE(os.stat(tmp_path / configure.KEY_FILE).st_mode) == 0o600


def test_every_word_that_is_no_password_is_listed():
    from merata.web.passwords import OWN_WORDS

    assert [word for word in OWN_WORDS if word not in PAGE] == []
