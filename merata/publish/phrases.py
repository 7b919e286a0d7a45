"""Indonesian for the English sentences that the engine itself writes: evidence, assumptions, bases of prices."""

from __future__ import annotations

import re

#: Pattern of an English sentence -> Indonesian, with \1 … for what the pattern caught.
PHRASES: tuple[tuple[str, str], ...] = ()


def in_indonesian(text: str) -> str | None:
    """The sentence in Indonesian; None when it is not one that is declared here."""
    for pattern, indonesian in _COMPILED:
        match = pattern.fullmatch(text)
        if match:
            return match.expand(indonesian)
    return None


_COMPILED = [(re.compile(pattern), indonesian) for pattern, indonesian in PHRASES]
