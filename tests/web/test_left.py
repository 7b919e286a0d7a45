"""What processes that were killed leave behind is taken away at the next start, and nothing else is."""

import os
import subprocess
import sys

from merata.web import serve
from merata.web.left import clear
from merata.web.operate import SHARED


def dead():
    """The number of a process that is no more."""
    process = subprocess.Popen([sys.executable, "-S", "-c", ""])
    process.wait()
    return process.pid


def test_only_folders_of_processes_that_are_no_more_go(tmp_path):
    gone, living, foreign = dead(), os.getpid(), "12ab_x9"
    for name in (
        f"run-{gone}",
        f"run-{gone}-x7",
        f"run-{living}",
        f"run-{living}-x7",
        "run-1",
        f"run-{foreign}",
        "else",
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
    clear(tmp_path, "run-")
    assert sorted(place.name for place in tmp_path.iterdir()) == sorted(
        [f"run-{living}", f"run-{living}-x7", "run-1", f"run-{foreign}", "else"]
    )


def test_what_a_killed_site_counted_in_memory_goes_at_the_next_start(tmp_path, monkeypatch):
    monkeypatch.setattr(serve, "_MEMORY", tmp_path)
    monkeypatch.setenv(SHARED, "")
    killed = tmp_path / f"merata-{dead()}-abc"
    killed.mkdir()
    with serve._counting():
        (here,) = tmp_path.iterdir()  # that of the dead one is gone
        assert str(here) == os.environ[SHARED]
        with serve._counting():
            assert here.is_dir(), "the folder of a site that runs stays"
    assert not list(tmp_path.iterdir())
