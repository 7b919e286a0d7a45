"""When no plan is possible: the smallest set of rules that conflict, found by asking the solver."""

from __future__ import annotations

import time

from merata.errors import NoPlanError
from merata.plan.conflict import Conflict, conflict
from merata.plan.instance import Instance
from merata.plan.least import feasible
from merata.plan.memory import Memory
from merata.plan.ruled import Ruled

#: Of the time in all, for one question at most.
_EACH = 0.2


class Oracle:
    """Whether any plan keeps all conditions of an instance, within so many seconds for all questions together."""

    def __init__(self, seconds: float = 60.0, memory: Memory | None = None) -> None:
        self._until = time.monotonic() + seconds
        self._each = seconds * _EACH
        self._memory = memory or Memory()

    def __call__(self, instance: Instance) -> bool | None:
        """None: not known in time."""
        left = self._until - time.monotonic()
        return feasible(instance, min(left, self._each), self._memory) if left > 0 else None


def conflicting(problem: Ruled, seconds: float = 60.0, memory: Memory | None = None) -> Conflict | None:
    """The smallest set of rules that no plan keeps together; None: there is a plan, or none is known to be missing."""
    return conflict(problem, Oracle(seconds, memory))


def told(problem: Ruled, error: NoPlanError, seconds: float = 60.0, language: str = "en") -> NoPlanError:
    """The error of a search that found no plan, with the conflict named where one is found."""
    found = conflicting(problem, seconds)
    return error if found is None else NoPlanError(f"{error}\n{found.told(language)}")
