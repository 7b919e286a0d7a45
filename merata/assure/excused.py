"""Which points planned work excuses at a moment: by the programme's files and what was told since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from merata.assure.programme import read
from merata.assure.windows import planned


class Work(NamedTuple):
    """Planned work that a site knows, as a row of maintenance.csv: times in s since 1970, `entry` its number there."""

    point: str
    provider: str
    district: str
    begins: float
    until: float
    noticed: float
    entry: str


def excused_at(
    measurements: Path, now_s: float, after_s: float = 0, works: Sequence[Work] = ()
) -> frozenset[str]:
    """Points at which planned work goes on, or went on until `after_s` ago.

    Parameters
    ----------
    works
        All that the site knows of now: they stand for what of the file came from the site, an older state of the same.

    Raises
    ------
    MerataError
        A file of the programme says something that can't be.
    """
    stamps = tuple(path.stat().st_mtime_ns for path in sorted(measurements.glob("*.csv")))
    told = _planned(measurements, stamps, tuple(works))
    return frozenset(point for point, low, high, _ in told if low <= now_s < high + after_s)


@lru_cache(maxsize=2)
def _planned(
    measurements: Path, stamps: tuple[int, ...], works: tuple[Work, ...]
) -> list[tuple[str, float, float, str]]:
    programme = read(measurements)
    by_hand = programme.maintenance[programme.maintenance["entry"] == ""]
    told = pd.DataFrame(works, columns=Work._fields).rename(columns={"begins": "from"})
    known = pd.concat([by_hand, told], ignore_index=True) if works else by_hand
    return planned(replace(programme, maintenance=known))
