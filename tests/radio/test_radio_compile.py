"""Compiled kernels: they are kept, found again, and thrown away when a formula that they took in has changed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from merata.radio import _compile

SCRIPT = """
from pathlib import Path
from merata.radio._compile import jitable, kernel

@jitable
def half(x):
    return x / 2

@kernel()
def quarter(x):
    return half(half(x))

assert half(3.0) == 1.5
assert quarter(3.0) == 0.75
print(sum(quarter.stats.cache_hits.values()), quarter.stats.cache_path)
"""


@pytest.fixture(autouse=True)
def _fresh_folders():
    _compile.cache_folder.cache_clear()
    yield
    _compile.cache_folder.cache_clear()


def run(script: Path, **environment: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    hits, path = done.stdout.split(maxsplit=1)
    return int(hits), path.strip()


@pytest.mark.slow
def test_a_second_process_finds_the_machine_code(tmp_path):
    script = tmp_path / "kernels.py"
    script.write_text(SCRIPT)
    cache = str(tmp_path / "cache")
    hits, path = run(script, MERATA_CACHE=cache)
    assert hits == 0
    assert path.startswith(cache)
    assert run(script, MERATA_CACHE=cache) == (1, path)
    assert run(script, MERATA_CACHE="", XDG_CACHE_HOME=cache)[1].startswith(cache + "/merata/numba/kernels/")


@pytest.mark.slow
def test_nowhere_to_write_is_no_error(tmp_path):
    script = tmp_path / "kernels.py"
    script.write_text(SCRIPT)
    (tmp_path / "file").write_text("")
    hits, path = run(script, MERATA_CACHE=str(tmp_path / "file"))
    assert hits == 0
    assert not path.startswith(str(tmp_path / "file"))


def test_the_folder_follows_every_file_that_is_imported(tmp_path, monkeypatch):
    monkeypatch.setenv("MERATA_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(_compile, "_ROOT", tmp_path)
    room = tmp_path / "merata" / "radio"
    room.mkdir(parents=True)
    for name, text in {
        "_kernels": "from merata.radio import _formulae",
        "_formulae": "import numpy\nfrom merata.radio._constants import LIGHT",
        "_constants": "LIGHT = 1",
        "_other": "x = 1",
    }.items():
        (room / f"{name}.py").write_text(text)

    def folder():
        _compile.cache_folder.cache_clear()
        return _compile.cache_folder(room / "_kernels.py")

    before = folder()
    assert before is not None
    assert before.is_dir()
    assert folder() == before
    (room / "_other.py").write_text("x = 2")
    assert folder() == before
    (room / "_constants.py").write_text("LIGHT = 2")
    after = folder()
    assert after != before
    (room / "_constants.py").write_text("LIGHT = 1")
    assert folder() == before


def test_only_the_newest_versions_are_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("MERATA_CACHE", str(tmp_path / "cache"))
    module = tmp_path / "_kernels.py"
    made = []
    for version in range(6):
        module.write_text(f"x = {version}")
        _compile.cache_folder.cache_clear()
        folder = _compile.cache_folder(module)
        os.utime(folder, ns=(version * 10**9, version * 10**9))
        made.append(folder)
    assert sorted(made[0].parent.iterdir()) == sorted(made[-_compile.KEEP :])


def test_other_peoples_kernels_stay_where_they_were():
    before = numba.config.CACHE_DIR

    @_compile.kernel()
    def twice(x: float) -> float:
        return 2 * x

    after = numba.config.CACHE_DIR
    assert after == before
    assert twice(2.0) == 4.0
