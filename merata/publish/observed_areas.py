"""What all numbers of a run share: rows of a year, the areas that they are given for, the weakest way of knowing."""

from __future__ import annotations

import pandas as pd

from merata.access.columns import words
from merata.publish.counted import district_of, region_code
from merata.publish.observed import Observation
from merata.publish.tables import Results
from merata.region.tables import KNOWN_BY

Places = list[tuple[str, list[int]]]
"""Area, and which rows of a table are in it."""


def told(indicator: str, area: str, **values: object) -> Observation:
    """A yearly number; its period is that of the run."""
    return Observation(indicator, area, "A", "", **values)  # type: ignore[arg-type]


def weakest(known: pd.Series) -> str:
    """The weakest of several ways of knowing; empty of none."""
    there = set(known.dropna())
    return next((word for word in reversed(KNOWN_BY) if word in there), "")


def region_of(results: Results) -> str:
    """Code of the whole region."""
    return region_code(results.settings, list(words(results.access.villages["code"])))


def groups(results: Results, codes: list[str]) -> Places:
    """The region and each district with the places of their rows; `codes` are the rows' villages."""
    found: dict[str, list[int]] = {region_of(results): list(range(len(codes)))}
    for place, code in enumerate(codes):
        found.setdefault(district_of(code), []).append(place)
    return list(found.items())


def each(codes: list[str]) -> Places:
    """Each village with the places of its rows."""
    found: dict[str, list[int]] = {}
    for place, code in enumerate(codes):
        found.setdefault(code, []).append(place)
    return list(found.items())
