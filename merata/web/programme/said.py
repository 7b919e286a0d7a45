"""What is wrong with a change, said in the language of whoever reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from merata.errors import InputError
from merata.web.words import Tongue, tongue


class Key(str):
    """A value that is itself the key of a sentence, so that it is said in the reader's language."""


class Choice(NamedTuple):
    """A value that is a choice of a group, said in the reader's language."""

    group: str
    key: str


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: the key of its sentence, what fills it, and the field that it stands beside."""

    key: str
    values: dict[str, Any] = field(default_factory=dict)
    at: str = ""

    def said(self, t: Tongue) -> str:
        """The sentence in a language."""
        return t(self.key, **{name: _plain(value, t) for name, value in self.values.items()})


class RefusedError(InputError):
    """A change of the programme that can't be; `problems` says why, one by one."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__(" ".join(problem.said(tongue("en")) for problem in problems))

    def said(self, t: Tongue) -> str:
        """All that is wrong, in a language."""
        return " ".join(problem.said(t) for problem in self.problems)


def _plain(value: Any, t: Tongue) -> Any:
    if isinstance(value, Choice):
        return t.word(value.group, value.key)
    if isinstance(value, tuple):
        return ", ".join(str(_plain(part, t)) for part in value)
    if isinstance(value, Key):
        return t(str(value))
    return t.number(value, 1) if isinstance(value, float) else value
