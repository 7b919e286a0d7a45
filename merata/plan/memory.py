"""What one search learnt that helps the next: cuts of the network, and where the linear programme ended.

The cuts say how the network hangs together and what it can carry, nothing of money, rules or worth. So they hold for
every programme whose network is the same and that decides nothing new about it.
"""

from __future__ import annotations

import numpy as np

from merata.plan.columns import Columns
from merata.plan.instance import NONE, Instance
from merata.plan.programme import Programme
from merata.plan.relaxation import Relaxation

#: Families of columns that cuts speak of, and the rest.
_NETWORK = ("lit", "way", "extra", "starts", "serves")
_OTHER = ("again", "begun", "pays", "keeps")


class Memory:
    """Hands from one search to the next what it may keep; one for each region."""

    def __init__(self) -> None:
        self._last: Relaxation | None = None

    def relaxation(self, programme: Programme) -> Relaxation:
        """For a programme: with all cuts known that hold for it."""
        old = self._last
        to = None if old is None else _moved(old.programme, programme)
        if old is None or to is None:
            self._last = Relaxation(programme)
            return self._last
        if _same_rows(old.programme, programme):
            old.pose(programme)
            return old
        new = Relaxation(programme)
        new.learn(old, to)
        # One that decides less about the network finds cuts that hold for itself only.
        if all(np.array_equal(_there(old.programme, f), _there(programme, f)) for f in _NETWORK):
            self._last = new
        return new


def _there(programme: Programme, family: str) -> np.ndarray:
    result: np.ndarray = getattr(programme.columns, family) != NONE
    return result


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
    )


def _moved(old: Programme, new: Programme) -> np.ndarray | None:
    """The new number of every old column, NONE: there is none; None: the old cuts need not hold."""
    if not _same_network(old.instance, new.instance):
        return None
    if any((_there(new, family) & ~_there(old, family)).any() for family in _NETWORK):
        return None
    to = np.full(old.columns.count, NONE)
    for family in (*_NETWORK, *_OTHER):
        _renumber(old.columns, new.columns, family, to)
    return to


def _renumber(old: Columns, new: Columns, family: str, to: np.ndarray) -> None:
    one, other = getattr(old, family), getattr(new, family)
    common = tuple(slice(0, min(a, b)) for a, b in zip(one.shape, other.shape, strict=True))
    one, other = one[common], other[common]
    to[one[one != NONE]] = other[one != NONE]


def _same_network(old: Instance, new: Instance) -> bool:
    names = ("root", "node_mbps", "ends", "link_mbps", "place", "node", "mbps", "lasting")
    same = all(np.array_equal(getattr(old, name), getattr(new, name)) for name in names)
    return same and len(old.years) == len(new.years)
