"""The lock of an open file: the kernel lets it go when the process ends, however it ends."""

from __future__ import annotations

import fcntl
import time
from typing import IO

_LOOK_S = 0.02


def taken(file: IO[str] | int, how: int, wait_s: float = 0) -> bool:
    """Take the lock of a file (open, or its descriptor); False: others hold it, still after `wait_s`.

    Parameters
    ----------
    how
        `fcntl.LOCK_EX`: alone; `fcntl.LOCK_SH`: with others who take it so.
    """
    until = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(file, how | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
        time.sleep(_LOOK_S)
