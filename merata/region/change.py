"""Change several files of a region folder at once, or none: whatever happens in the middle."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from merata.errors import BusyError, MissingError
from merata.region.half import refuse_half
from merata.region.locked import taken

#: What the software keeps for itself in a region folder; safe to delete when nothing runs.
PRIVATE = ".merata"
#: Beside the marker of a change that has happened: the files that go with it.
_GONE = "gone.json"


class Change:
    """New files waiting to take their places."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.staging = folder / PRIVATE / "staging"
        self.gone: list[str] = []

    def file(self, name: str) -> Path:
        """Where to write the new content of `name` (a path inside the region folder)."""
        path = self.staging / "new" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def remove(self, name: str) -> None:
        """Let the file called `name` go with the change, unless it is written anew."""
        self.gone.append(name)

    def _commit(self) -> None:
        new = self.staging / "new"
        if not new.exists() and not self.gone:
            return
        files = [path for path in sorted(new.rglob("*")) if path.is_file()]
        for path in files:
            sync(path)
        marker = self.staging / "commit.json"
        part = marker.with_suffix(".part")
        names = [str(path.relative_to(new)) for path in files]
        if gone := [name for name in self.gone if name not in names]:
            (self.staging / _GONE).write_text(json.dumps(gone), encoding="utf-8")
            sync(self.staging / _GONE)
        part.write_text(json.dumps(names), encoding="utf-8")
        sync(part)
        # From this rename on the change has happened: a crash after it is rolled forward by `_recover`.
        part.rename(marker)
        sync(self.staging)
        _roll_forward(self.folder, self.staging)


@contextmanager
def change(folder: Path) -> Iterator[Change]:
    """Stage a change; it happens whole when the block ends well, and not at all when it raises.

    Raises
    ------
    MissingError
        `folder` is not there.
    BusyError
        Another process is changing the folder.
    """
    with lock(folder, exclusive=True):
        staged = Change(folder)
        shutil.rmtree(staged.staging, ignore_errors=True)
        staged.staging.mkdir(parents=True)
        try:
            yield staged
            staged._commit()
        finally:
            if not (staged.staging / "commit.json").exists():
                shutil.rmtree(staged.staging, ignore_errors=True)


@contextmanager
def lock(folder: Path, *, exclusive: bool, wait_s: float = 0) -> Iterator[None]:
    """Hold the folder to read (with others) or to change (alone); finish a change that was cut off.

    Raises
    ------
    MissingError
        `folder` is not there, or was only half restored from a backup.
    BusyError
        Another process holds it the other way, still after `wait_s`.
    """
    if not folder.is_dir():
        raise MissingError(f"{folder}: no such folder. `merata new {folder}` makes a region folder.")
    refuse_half(folder)
    private = folder / PRIVATE
    try:
        private.mkdir(exist_ok=True)
        handle = (private / "lock").open("a")
    except PermissionError:
        if exclusive:
            raise
        yield  # a folder on a read-only stick: nobody can be changing it
        return
    with handle:
        _take(handle.fileno(), folder, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH, wait_s)
        if (private / "staging" / "commit.json").exists():
            _take(handle.fileno(), folder, fcntl.LOCK_EX)
            _roll_forward(folder, private / "staging")
            if not exclusive:
                _take(handle.fileno(), folder, fcntl.LOCK_SH)
        yield


def _take(descriptor: int, folder: Path, how: int, wait_s: float = 0) -> None:
    if not taken(descriptor, how, wait_s):
        raise BusyError(
            f"{folder}: another merata command is at work in this folder. Try again when it has finished."
        )


def _roll_forward(folder: Path, staging: Path) -> None:
    if (staging / _GONE).exists():
        for name in json.loads((staging / _GONE).read_text(encoding="utf-8")):
            (folder / name).unlink(missing_ok=True)
    for name in json.loads((staging / "commit.json").read_text(encoding="utf-8")):
        source, target = staging / "new" / name, folder / name
        if source.exists():  # else an earlier attempt has moved it
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(source, target)
            sync(target.parent)
    (staging / "commit.json").unlink()
    shutil.rmtree(staging, ignore_errors=True)


def write_whole(path: Path, text: str) -> None:
    """Write a text file anew: also after a power cut it is the old one or the new one. Others are kept from it."""
    new = path.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    sync(new)
    os.replace(new, path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Wait until a file's content, or a folder's list of names, would outlast a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
