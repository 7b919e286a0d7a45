"""From which chance a place counts as surely, probably or possibly below its promise."""

from __future__ import annotations

#: From which chance of being below the promise a village counts as surely, probably or possibly unserved.
SURE, PROBABLE, POSSIBLE = 0.9, 0.5, 0.1


def sureness(chance_below: float) -> str:
    """How sure it is that a village is below the promise, in one word, from its chance (0 to 1)."""
    for word, least in (("sure", SURE), ("probable", PROBABLE), ("possible", POSSIBLE)):
        if chance_below >= least:
            return word
    return "unlikely"
