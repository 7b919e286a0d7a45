"""Tests that share what takes long to make stay in one process."""

import os
import subprocess
import sys

import pytest

TESTS = """
import os
import pytest

@pytest.mark.xdist_group("shared")
@pytest.mark.parametrize("number", range(6))
def test_number(number, tmp_path_factory):
    (tmp_path_factory.getbasetemp().parent / os.environ["PYTEST_XDIST_WORKER"]).touch()
"""


@pytest.mark.slow
def test_a_group_is_kept_together(tmp_path):
    (tmp_path / "test_group.py").write_text(TESTS)
    options = "-m pytest -p no:cacheprovider --numprocesses 2 --dist loadgroup --basetemp"
    command = [sys.executable, *options.split(), tmp_path / "base"]
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    done = subprocess.run(command, cwd=tmp_path, env=own, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert len(list((tmp_path / "base").glob("gw*"))) == 1
