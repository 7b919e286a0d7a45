"""Bounds what a piece of a test may cost, by processor time: what else the machine does then makes no test fail."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def processor_seconds(most: float) -> Iterator[None]:
    """What is done in the block takes this process, and those that it waited for, less than so many seconds."""
    begun = _used()
    yield
    used = _used() - begun
    assert used < most, f"{used:.1f} seconds of the processor"


def _used() -> float:
    return sum(os.times()[:4])
