"""The two clocks: one that goes on, through sleep and whatever anybody sets; and the wall's, which may say anything."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from pathlib import Path

#: The wall clock must run off by so much between two looks to count as a jump, s.
JUMP_S = 30


class Clock:
    """The machine's clocks. Tests hand in others with the same methods."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.boot, self._which = _boot()

    def up_ms(self) -> int:
        """Milliseconds of the clock that goes on, through sleep too where the system has such a clock."""
        return int(self.seconds() * 1000)

    def seconds(self) -> float:
        """The same in seconds, for measuring."""
        return time.monotonic() if self._which is None else time.clock_gettime(self._which)

    def wall_s(self) -> int:
        """What the wall clock says, s since 1970; never below 0, and 0 when it says nonsense."""
        now = time.time()
        return int(now) if 0 <= now < 2**32 else 0

    def wait(self, seconds: float) -> bool:
        """Sleep; False when told to stop. In slices, for sleeping stands still while the machine sleeps."""
        until = self.seconds() + seconds
        while (left := until - self.seconds()) > 0:
            if self.stop.wait(min(left, 30)):
                return False
        return not self.stop.is_set()


def _boot() -> tuple[int, int | None]:
    """Number of the run that `up_ms` belongs to, and the clock: the machine's run where it can be told, else ours."""
    which = getattr(time, "CLOCK_BOOTTIME", None)
    try:
        name = Path("/proc/sys/kernel/random/boot_id").read_bytes().strip()
        if which is not None:
            time.clock_gettime(which)
            return int.from_bytes(hashlib.sha256(b"merata" + name).digest()[:4], "big"), which
    except OSError:
        pass
    return int.from_bytes(os.urandom(4), "big"), None


class Jumps:
    """Notices when the wall clock jumps against the one that goes on."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ahead_s = self._ahead()
        self._nonsense = clock.wall_s() == 0

    def _ahead(self) -> float:
        return self._clock.wall_s() - self._clock.up_ms() / 1000

    def jumped_s(self) -> int:
        """By how many seconds it jumped since the last look; 0 when it did not."""
        before, self._ahead_s = self._ahead_s, self._ahead()
        was_nonsense, self._nonsense = self._nonsense, self._clock.wall_s() == 0
        by = 0 if was_nonsense and self._nonsense else round(self._ahead_s - before)
        return by if abs(by) >= JUMP_S else 0
