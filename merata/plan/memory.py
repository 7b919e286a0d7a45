"""What one search learnt that helps the next: cuts of the network, and where the linear programme ended.

The cuts say how the network hangs together and what it can carry, nothing of money, rules or worth. So they hold for
every programme whose network is the same and that decides nothing new about it.
"""

from __future__ import annotations

import numpy as np

from merata.plan.instance import NONE
from merata.plan.programme import Programme
from merata.plan.relaxation import Relaxation

#: Families of columns of the network, of the offers that hang on it, and the rest.
_NETWORK = ("lit", "way", "extra")
_OFFERS = ("starts", "serves")
_OTHER = ("again", "begun", "pays", "keeps")
_OTHERS = -2
"""For columns that mean something else in the new programme, or nothing."""


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
        and _same(old, new, ("place", "node", "mbps", "lasting"))
        and all(np.array_equal(_there(old, f), _there(new, f)) for f in (*_NETWORK, *_OFFERS, *_OTHER))
    )


def _moved(old: Programme, new: Programme) -> np.ndarray | None:
    """The new number of every old column, NONE: never taken now, _OTHERS: its cuts are lost; None: all are."""
    if not _same(old, new, ("root", "node_mbps", "ends", "link_mbps", "years")) or _more(old, new, _NETWORK):
        return None
    to = np.full(old.columns.count, _OTHERS)
    offers = _same(old, new, ("place", "node", "mbps", "lasting")) and np.array_equal(old.copies, new.copies)
    known = _OFFERS if offers and not _more(old, new, _OFFERS) else ()
    for family in (*_NETWORK, *known):
        one, other = getattr(old.columns, family), getattr(new.columns, family)
        to[one[one != NONE]] = other[one != NONE]
    return to


def _more(old: Programme, new: Programme, families: tuple[str, ...]) -> bool:
    """Whether the new programme has decisions that the old one had not."""
    return any((_there(new, family) & ~_there(old, family)).any() for family in families)


def _same(old: Programme, new: Programme, names: tuple[str, ...]) -> bool:
    return all(np.array_equal(getattr(old.instance, n), getattr(new.instance, n)) for n in names)
