"""What scores take for granted, declared once: how often probes look, how much evidence is enough, how sure is sure."""

from __future__ import annotations

from dataclasses import dataclass

PERIOD_S = 300.0
"""A probe looks at its link so often."""
NEXT_S = 330.0
"""After a look the next one comes within so long: the period, and both looks early or late by 15 s."""
SOON_S = 60.0
"""A probe that begins to run looks within so long."""
BROKEN_S = 450.0
"""Looks further apart than this do not vouch for the time between them."""
SLOW_S = 750.0
"""But for looks of one unbroken run of the probe, of which none is missing: those may be slow for so long."""

UNSURE_S = 86_400.0
"""Looks whose time is not known better than this (±) tell of no time: what they would tell of is unknown."""

UTC_OFFSET_H = 8
"""Months and hours of the day are those of WITA."""
ASSUMED_BUSY = (19, 20, 21, 22)
"""Busy hours of the day where nobody counts the use."""

SURE = 0.95
"""Chance that an interval holds what it is said to be of."""
Z = 1.959963984540054

WIDE_SHARE = 0.6
"""An outage is region-wide when so many of the points of a provider, a district or both went down together …"""
WIDE_POINTS = 4
"""… and they are at least so many …"""
WIDE_S = 900.0
"""… and so close to each other."""
CENTRE_SHARE = 0.5
"""It was the centre that was away when so many of the probes that reached the outside did not reach it."""


@dataclass(frozen=True)
class Enough:
    """Less than this, and the score says "too little" and no verdict."""

    known_share: float = 0.8
    """Of the time that could count, so much must be known."""
    days: float = 3.0
    """Of evidence, at least."""
    tests: int = 10
    """Speed tests at the busy hour."""
    beats: int = 288
    """Heartbeats that reached the centre, for the latency."""
    repairs: int = 5
    """Outages that were seen, for the time to repair."""
    use_days: float = 7.0
    """Days of counted use, for saying which hours are busy."""
    peers: int = 5
    """Points to compare one with."""


ENOUGH = Enough()

#: What a comparison with a promise can say.
VERDICTS = {
    "kept": "the whole interval keeps the promise",
    "missed": "the whole interval misses the promise",
    "unsure": "the promise lies within the interval",
    "too little": "there is too little evidence to say",
    "": "nothing was promised",
}


def verdict(
    low: float, high: float, promised: float, *, enough: bool = True, more_is_better: bool = True
) -> str:
    """What an interval says of a promise: a word of `VERDICTS`. NaN as promised: nothing was."""
    if promised != promised:
        return ""
    if not enough or low != low or high != high:
        return "too little"
    if not more_is_better:
        low, high, promised = -high, -low, -promised
    return "kept" if low >= promised else "missed" if high < promised else "unsure"
