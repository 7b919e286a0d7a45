"""Stretches of time as arrays of (start, end): joined, cut, taken from each other, measured."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Spans = npt.NDArray[np.float64]
NONE: Spans = np.zeros((0, 2))


def joined(*parts: Any) -> Spans:
    """All of them, sorted, those that touch made one."""
    rows = np.concatenate([NONE, *(np.asarray(p, float).reshape(-1, 2) for p in parts)])
    rows = rows[rows[:, 1] > rows[:, 0]]
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    if not len(rows):
        return NONE
    ends = np.maximum.accumulate(rows[:, 1])
    new = np.r_[True, rows[1:, 0] > ends[:-1]]
    return np.column_stack([rows[new, 0], ends[np.r_[np.flatnonzero(new)[1:] - 1, len(rows) - 1]]])


def outside(spans: Spans, low: float = -1e15, high: float = 1e15) -> Spans:
    """What of a stretch of time is in none of joined spans."""
    return joined(np.column_stack([np.r_[low, spans[:, 1]], np.r_[spans[:, 0], high]]))


def both(a: Spans, b: Spans) -> Spans:
    """What is in joined spans `a` and in joined spans `b`."""
    return outside(joined(outside(a), outside(b)))


def minus(a: Spans, b: Spans) -> Spans:
    """What is in joined spans `a` and not in joined spans `b`."""
    return both(a, outside(b))


def within(spans: Spans, low: float, high: float) -> Spans:
    """What lies between two times."""
    return joined(np.clip(spans, low, high))


def seconds(spans: Spans) -> float:
    """How long they are together."""
    return float((spans[:, 1] - spans[:, 0]).sum())


def inside(spans: Spans, times: Any) -> npt.NDArray[np.bool_]:
    """Which times lie in one of joined spans."""
    at = np.searchsorted(spans[:, 0], times, side="right") - 1
    found: npt.NDArray[np.bool_] = at >= 0
    found[found] = np.asarray(times)[found] < spans[at[found], 1]
    return found
