"""What small numbers are: declared here once for every table that leaves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """What may not be told, declared here once for every table that leaves."""

    unit: str
    fewest: int
    """Counts below this, but 0, are kept back. A 0 tells of nobody."""
    width: int
    """Nobody may come nearer to what is kept back than this, from the least to the most that it can be."""


#: Five households are the fewest that the region's tables tell of; ten people are about as many as live in three.
PEOPLE = Rule("people", fewest=10, width=10)
HOUSEHOLDS = Rule("households", fewest=5, width=5)
