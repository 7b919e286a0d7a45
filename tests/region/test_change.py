"""A change of a region folder happens whole or not at all."""

import json
import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from merata.errors import BusyError, MissingError
from merata.region.change import change, lock


def _content(folder: Path) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): p.read_text()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and ".merata" not in p.parts
    }


def _write(folder: Path, text: str) -> None:
    with change(folder) as staged:
        for name in ("a.txt", "b/c.txt", "d.txt"):
            staged.file(name).write_text(text)


def test_all_files_change_together(tmp_path: Path) -> None:
    _write(tmp_path, "old")
    _write(tmp_path, "new")
    assert _content(tmp_path) == {"a.txt": "new", "b/c.txt": "new", "d.txt": "new"}


def test_an_error_in_the_middle_leaves_everything_as_it_was(tmp_path: Path) -> None:
    _write(tmp_path, "old")

    def fill_the_disk() -> None:
        with change(tmp_path) as staged:
            staged.file("a.txt").write_text("new")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fill_the_disk()
    assert set(_content(tmp_path).values()) == {"old"}
    assert not (tmp_path / ".merata" / "staging").exists()


def _die(folder: Path, moves: int) -> None:
    """Change the folder, and be killed after `moves` files took their places (-1: just before the commit)."""
    count = 0
    replace = os.replace

    def counted(source: object, target: object) -> None:
        nonlocal count
        if count == moves:
            os.kill(os.getpid(), signal.SIGKILL)
        count += 1
        replace(source, target)  # type: ignore[arg-type]

    os.replace = counted  # type: ignore[assignment]
    if moves < 0:
        with change(folder) as staged:
            staged.file("a.txt").write_text("new")
            os.kill(os.getpid(), signal.SIGKILL)
    _write(folder, "new")


@pytest.mark.parametrize("moves", [-1, 0, 1, 2])
def test_killed_at_any_moment_it_is_whole_afterwards(tmp_path: Path, moves: int) -> None:
    _write(tmp_path, "old")
    process = multiprocessing.get_context("fork").Process(target=_die, args=(tmp_path, moves))
    process.start()
    process.join(30)
    assert process.exitcode == -signal.SIGKILL
    with lock(tmp_path, exclusive=False):
        assert set(_content(tmp_path).values()) == ({"old"} if moves < 0 else {"new"})


def test_two_at_once_are_told_apart(tmp_path: Path) -> None:
    with change(tmp_path), pytest.raises(BusyError, match="at work in this folder"), change(tmp_path):
        pass


def test_readers_share_and_keep_writers_out(tmp_path: Path) -> None:
    with (
        lock(tmp_path, exclusive=False),
        lock(tmp_path, exclusive=False),
        pytest.raises(BusyError),
        change(tmp_path),
    ):
        pass


def test_no_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="merata new"), lock(tmp_path / "none", exclusive=False):
        pass


def test_marker_lists_what_moves(tmp_path: Path) -> None:
    staging = tmp_path / ".merata" / "staging"
    (staging / "new").mkdir(parents=True)
    (staging / "new" / "a.txt").write_text("new")
    (staging / "commit.json").write_text(json.dumps(["a.txt", "gone.txt"]))
    with lock(tmp_path, exclusive=True):
        assert _content(tmp_path) == {"a.txt": "new"}
