"""What one search learnt that helps the next: cuts of the network, and where the linear programme ended.

The cuts say how the network hangs together, nothing of money, rules or worth. So they hold for every programme over the
same network, whatever else it decides.
"""

from __future__ import annotations

import numpy as np

from merata.plan.columns import Columns
from merata.plan.cuts import Cut, Dark
from merata.plan.instance import NONE
from merata.plan.programme import Programme
from merata.plan.relaxation import Relaxation


class Memory:
    """Hands from one search to the next what it may keep; one for each region."""

    def __init__(self) -> None:
        self._last: Relaxation | None = None
        self._cuts: dict[Cut, None] = {}
        self._dark: dict[Dark, None] = {}

    def relaxation(self, programme: Programme) -> Relaxation:
        """For a programme: with all cuts known that hold for it."""
        old = self._last
        if old is not None:
            if _same_rows(old.programme, programme):
                old.pose(programme)
                return old
            self._keep(old, programme)
        new = self._last = Relaxation(programme)
        new.learn(list(self._cuts), list(self._dark))
        return new

    def _keep(self, old: Relaxation, programme: Programme) -> None:
        """What the last one found, where the next has the same network; else nothing at all."""
        if not _same(old.programme, programme, ("root", "ends", "years")):
            self._cuts, self._dark = {}, {}
            return
        cuts, dark = old.separator.found()
        self._cuts.update(dict.fromkeys(cuts))
        self._dark.update(dict.fromkeys(dark))


def _same_rows(old: Programme, new: Programme) -> bool:
    """Whether only bounds of rows and worths differ."""
    a, b = old.matrix, new.matrix
    return (
        a.shape == b.shape
        and np.array_equal(a.indptr, b.indptr)
        and np.array_equal(a.indices, b.indices)
        and np.array_equal(a.data, b.data)
        and np.array_equal(old.upper, new.upper)
        and np.array_equal(old.lower, new.lower)
        and _same_columns(old.columns, new.columns)
        and _same(old, new, ("root", "ends", "node_mbps", "link_mbps", "place", "node", "mbps", "lasting"))
    )


def _same_columns(old: Columns, new: Columns) -> bool:
    names = ("lit", "way", "extra", "starts", "serves", "again", "begun", "pays", "keeps")
    return all(np.array_equal(getattr(old, name) != NONE, getattr(new, name) != NONE) for name in names)


def _same(old: Programme, new: Programme, names: tuple[str, ...]) -> bool:
    return all(np.array_equal(getattr(old.instance, n), getattr(new.instance, n)) for n in names)
