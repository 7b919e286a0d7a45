"""One number of the statistics: what, where, when, of which class, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass

from merata.publish.indicators import TOTAL


@dataclass(frozen=True)
class Observation:
    """One number: what, where, when, of which class; and what is known of it."""

    indicator: str
    area: str
    """Official code: of the region (64.02), a district (64.02.01) or a village (64.02.01.2001)."""
    freq: str
    period: str
    """2026 or 2026-11."""
    level: str = TOTAL
    sector: str = TOTAL
    technology: str = TOTAL
    sex: str = TOTAL
    """Of SDMX CL_SEX: F women, M men."""
    value: float | None = None
    """None where it is kept back or can't be reckoned: `status` says which."""
    low: float | None = None
    high: float | None = None
    known_by: str = ""
    status: str = "A"
    """Of SDMX CL_OBS_STATUS: A normal, P provisional, Q kept back (small number), O not to be had."""
    definition: int = 1
    """Version of the indicator's definition."""
    boundary: str = ""
    """Mark of the area's borders: another mark, other borders."""
    run: str = ""
    """The run, or `scores`."""


#: What makes two rows tell of the same thing.
KEY = ("indicator", "area", "freq", "period", "level", "sector", "technology", "sex")
