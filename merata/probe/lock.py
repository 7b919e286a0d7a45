"""One probe process at a time in a folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from merata.probe.errors import ProbeError


class Lock:
    """Held from the making until the process ends; the system lets go of it however that happens."""

    def __init__(self, folder: Path) -> None:
        self._file: Any = open(folder / "lock", "a+b")  # noqa: SIM115
        try:
            _take(self._file.fileno())
        except OSError:
            self._file.close()
            raise ProbeError("busy", folder=folder) from None

    def close(self) -> None:
        """Let go."""
        self._file.close()


if sys.platform == "win32":
    import msvcrt

    def _take(fd: int) -> None:
        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(fd: int) -> None:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
