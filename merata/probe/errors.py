"""The one error that ends a command: a sentence that a person can act on, in both languages."""

from __future__ import annotations

from typing import Any

from merata.probe.sentences import say


class ProbeError(Exception):
    """Something a person can mend: `key` of a sentence, and what to put into it."""

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(say("en", key, **values))
        self.key, self.values = key, values

    def said(self, language: str) -> str:
        """The sentence in a language: id or en."""
        return say(language, self.key, **self.values)
