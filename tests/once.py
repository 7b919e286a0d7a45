"""What is made once for all processes of a test run."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest

_shared: list[Path] = []


def share(factory: pytest.TempPathFactory) -> None:
    """Where it lies: above the folders that each process has for itself."""
    own = factory.getbasetemp()
    _shared[:] = [own.parent if "PYTEST_XDIST_WORKER" in os.environ else own]


def once(name: str, make: Callable[[Path], object]) -> Path:
    """The folder `name`, which `make` fills when it is first asked for; the other processes wait. Nobody changes it."""
    folder = _shared[0] / "made once" / name
    folder.parent.mkdir(exist_ok=True)
    made = folder.with_name(f"{name}.made")
    with folder.with_name(f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            make(folder)
            made.touch()
    return folder
