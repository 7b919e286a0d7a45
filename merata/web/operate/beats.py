"""When each part of the background worker last did its work well, where all processes see it."""

from __future__ import annotations

import time

from django.core.cache import cache

#: The worker's parts, by the module that has each.
PARTS = ("tick", "promise_clock", "measured", "live", "scores", "logged")
#: A worker of whose parts none has been heard for so long is taken for dead, s; the most frequent beats every 15 s.
SILENT_S = 180.0
#: A part that has not done its work for so long fails again and again, s; the rarest works every ten minutes.
LATE_S = 3600.0
_KEPT_S = 30 * 86_400


def beat(part: str) -> None:
    """Note that a part did its work just now."""
    cache.set(_key(part), time.time(), _KEPT_S)


def ages_s() -> dict[str, float]:
    """Part -> how long ago it last did its work, s; without those that were never heard."""
    found = cache.get_many([_key(part) for part in PARTS])
    now = time.time()
    return {part: max(0.0, now - found[_key(part)]) for part in PARTS if _key(part) in found}


def _key(part: str) -> str:
    return f"beat:{part}"
