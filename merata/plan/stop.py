"""Ending the search for a plan on request: it hands back the best plan so far; asked once more, everything ends.

Requests are signals and come at any moment. HiGHS works for long without Python, and loses an exception that a signal
raises in the middle of it. So while a solver works a request is only noted; the solver asks for it, and what has to be
raised is raised after it. Other libraries lose one too, while they are imported or between two calls of compiled code:
that everything has to end is noted as well, and raised again at the next step. Whoever handles signals says so with
`heeding`: without that all is as Python has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

HAND, CLOCK = "hand", "clock"
"""What ended a search before its time: somebody, or `plan.seconds`."""


class Stop:
    """Takes requests to stop, as the handler of a signal.

    The first one while a plan is searched ends the search, and `told` is called. Any other ends everything, with
    KeyboardInterrupt.
    """

    def __init__(self, told: Callable[[], None] = lambda: None) -> None:
        self.asked = False
        """Whether the search was asked to end."""
        self.leaving = False
        """Whether all ends when the solver, told to hurry, comes back."""
        self.ending = False
        """Whether all was told to end."""
        self.searching = self.solving = False
        self._told = told

    def __call__(self, *_: object) -> None:
        """A request: arguments are those of a signal's handler."""
        if self.searching and not self.asked:
            self.asked = True
            self._told()
        elif self.solving:
            self.leaving = True
        else:
            self.ending = True
            raise KeyboardInterrupt


_heeded: ContextVar[Stop | None] = ContextVar("stop", default=None)


@contextmanager
def heeding(stop: Stop) -> Iterator[None]:
    """Searches and solvers within are ended by `stop`."""
    token = _heeded.set(stop)
    try:
        yield
    finally:
        _heeded.reset(token)


def heeded() -> bool:
    """Whether anybody takes requests."""
    return _heeded.get() is not None


def asked() -> bool:
    """Whether to end at the next chance."""
    stop = _heeded.get()
    return stop is not None and (stop.leaving or (stop.searching and stop.asked))


def end_if_told() -> None:
    """Raise KeyboardInterrupt where one was raised already, but lost on its way."""
    stop = _heeded.get()
    if stop is not None and stop.ending:
        raise KeyboardInterrupt


@contextmanager
def searching() -> Iterator[None]:
    """While a plan is searched, whose best so far is of use: the first request ends only this."""
    end_if_told()
    stop = _heeded.get() or Stop()
    stop.searching, stop.asked = True, False
    try:
        yield
    finally:
        stop.searching = False


@contextmanager
def solving() -> Iterator[None]:
    """While a solver works, which asks `asked` itself; raises KeyboardInterrupt after it where all has to end."""
    end_if_told()
    stop = _heeded.get() or Stop()
    stop.solving = True
    try:
        yield
    finally:
        stop.solving = False
    if stop.leaving:
        stop.leaving, stop.ending = False, True
        raise KeyboardInterrupt
