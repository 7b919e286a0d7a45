"""What many open pages need alike, worked out once for all pages made under one count of changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

_T = TypeVar("_T")

#: What the page that is being made may remember by; none: it remembers nothing (pages of staff, programs).
_now: ContextVar[dict[Any, Any] | None] = ContextVar("memory", default=None)
#: The newest state of the site that pages were made of, and what they remember of it.
_newest: tuple[str, dict[Any, Any]] = ("", {})


@contextmanager
def of_state(state: str) -> Iterator[None]:
    """Let what is made in the block share its facts with all else that is made of the same state of the site."""
    global _newest
    if _newest[0] != state:
        _newest = (state, {})
    token = _now.set(_newest[1])
    try:
        yield
    finally:
        _now.reset(token)


def forget() -> None:
    """Remember nothing: for a database that was exchanged while the process runs."""
    global _newest
    _newest = ("", {})


def remembers() -> bool:
    """Whether what is made now shares its facts with other pages: then all are asked for at once, else only some."""
    return _now.get() is not None


def remembered(key: Any, make: Callable[[], _T]) -> _T:
    """What `make` gives, worked out at most once a state; each time where nothing is remembered.

    Nobody may change what it gives.
    """
    memory = _now.get()
    if memory is None:
        return make()
    if key not in memory:
        memory[key] = make()
    found: _T = memory[key]
    return found
