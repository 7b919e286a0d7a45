"""What went down together: one rule for outages that are reckoned afterwards and for those that are seen live."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from merata.assure.enough import WIDE_POINTS, WIDE_S, WIDE_SHARE


def together(start: Any, point: Any, group: Any, size: Any) -> npt.NDArray[np.bool_]:
    """Which outages began within minutes of those of most points of their group.

    Parameters
    ----------
    start
        When each began, s (array).
    point
        Whose it is: any whole number for each point (array).
    group
        Number of its group in `size`; -1: it is in none (array).
    size
        How many points each group has (array).
    """
    found = np.zeros(len(start), bool)
    order = np.lexsort([start, group])
    for which, low, high in _stretches(group[order]):
        count = size[which] if which >= 0 else 0
        need = max(WIDE_POINTS, int(np.ceil(WIDE_SHARE * count)))
        mine = order[low:high]
        until = np.searchsorted(start[mine], start[mine] + WIDE_S, side="right")
        # Only where so many began can so many points be among them.
        for at in np.flatnonzero(until - np.arange(len(mine)) >= need) if count >= WIDE_POINTS else ():
            some = mine[at : until[at]]
            if len(set(point[some].tolist())) >= need:
                found[some] = True
    return found


def _stretches(code: Any) -> Iterator[tuple[int, int, int]]:
    """Of sorted codes: each one, where it begins and where it ends."""
    first = np.flatnonzero(np.r_[True, code[1:] != code[:-1]][: len(code)])
    yield from zip(
        code[first].tolist(), first.tolist(), np.r_[first[1:], len(code)][: len(first)].tolist(), strict=True
    )
