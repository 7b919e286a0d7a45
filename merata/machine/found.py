"""What was found on a machine, and the one thing to do where something is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

State = Literal["ok", "optional", "trouble"]


@dataclass(frozen=True)
class Found:
    """One thing that was looked at."""

    name: str
    state: State
    """ok; optional: missing, but only something needs it; trouble: mend it."""
    told: str
    do: str = ""
    """The one thing to do; empty where all is well."""

    def facts(self) -> dict[str, str]:
        """As a script reads it."""
        return asdict(self)


def ok(name: str, told: str) -> Found:
    """It is well."""
    return Found(name, "ok", told)


def optional(name: str, told: str, do: str) -> Found:
    """It is missing, and only something needs it."""
    return Found(name, "optional", told, do)


def trouble(name: str, told: str, do: str) -> Found:
    """It is to be mended."""
    return Found(name, "trouble", told, do)


def is_trouble(found: Iterable[Found]) -> bool:
    """Whether anything is to be mended."""
    return any(one.state == "trouble" for one in found)
