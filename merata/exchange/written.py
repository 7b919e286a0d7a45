"""Files that outlast a power cut: whole, or as they were before."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from merata.errors import BusyError
from merata.region.change import sync
from merata.region.locked import taken

_TEMPORARY = ".new"
WAIT_S = 10.0
#: So many files are waited for at once: the disk puts what waits together into one turn.
_AT_ONCE = 8


def write(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a file whole and make sure that it is on disk; its folder is synced by `settle`."""
    new = path.with_name(path.name + _TEMPORARY)
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fdatasync(file.fileno())
        new.rename(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise


def settle(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Write a file whole; when this returns, it is there after a power cut."""
    folders(path.parent)
    write(path, data, mode)
    sync(path.parent)


def together(files: Mapping[Path, bytes]) -> None:
    """Write files whole; when this returns, all are there after a power cut, and before that any of them may be.

    Raises
    ------
    OSError
        One could not be written; others may have been.
    """
    made = {path.parent for path in files}
    for folder in made:
        folders(folder)
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        list(threads.map(write, files.keys(), files.values()))
        list(threads.map(sync, made))


def folders(folder: Path) -> None:
    """Make a folder and those above it, for good."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        sync(each.parent)


@contextmanager
def alone(path: Path, what: str, wait_s: float | None = None) -> Iterator[None]:
    """Hold a lock; the kernel lets it go when the process ends, however it ends.

    Raises
    ------
    BusyError
        Another holds it, and did not let it go in time.
    """
    folders(path.parent)
    with path.open("a") as lock:
        if not taken(lock, fcntl.LOCK_EX, WAIT_S if wait_s is None else wait_s):
            raise BusyError(f"{what}: somebody else writes there. Try again when that is done.")
        yield
