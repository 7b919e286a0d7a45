"""Counts against guessing and floods, which all processes keep together and forget by themselves."""

from __future__ import annotations

from django.core.cache import cache


def so_many(key: str) -> int:
    """How many were counted."""
    return int(cache.get(key, 0))


def one_more(key: str, seconds: int) -> int:
    """Count one; how many since there were none for so long. `incr` would keep it for the cache's usual time only."""
    count = so_many(key) + 1
    cache.set(key, count, timeout=seconds)
    return count
