"""When which point is excused, and why: planned work that was told in time, and what was agreed or decided."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from merata.assure.programme import Programme, read


def windows(programme: Programme) -> pd.DataFrame:
    """When which point is excused, and why: `point`, `low`, `high`, `why`."""
    rows = planned(programme)
    points = programme.points.set_index("point")
    for row in _rows(programme.majeure):
        rows += [(point, row.begins, row.until, "majeure") for point in _concerned(points, row).index]
    rows += [(row.point, row.begins, row.until, "contest") for row in _rows(programme.decided)]
    return pd.DataFrame(rows, columns=["point", "low", "high", "why"])


def planned(programme: Programme) -> list[tuple[str, float, float, str]]:
    """Planned work that was told as long before as the contract wants: point, from, until (s since 1970), why."""
    points = programme.points.set_index("point")
    notice_s = programme.promised()["notice_hours"] * 3600
    found: list[tuple[str, float, float, str]] = []
    for row in _rows(programme.maintenance):
        some = _concerned(points, row)
        told = some.index[row.noticed <= row.begins - notice_s[some.index]]
        found += [(point, row.begins, row.until, "maintenance") for point in told]
    return found


def excused_at(measurements: Path, now_s: float, after_s: float = 0) -> frozenset[str]:
    """Points at which planned work goes on, or went on until `after_s` ago.

    Raises
    ------
    MerataError
        A file of the programme says something that can't be.
    """
    stamps = tuple(path.stat().st_mtime_ns for path in sorted(measurements.glob("*.csv")))
    told = _planned(measurements, stamps)
    return frozenset(point for point, low, high, _ in told if low <= now_s < high + after_s)


@lru_cache(maxsize=2)
def _planned(measurements: Path, stamps: tuple[int, ...]) -> list[tuple[str, float, float, str]]:
    return planned(read(measurements))


def _rows(frame: pd.DataFrame) -> Any:
    return frame.rename(columns={"from": "begins"}).itertuples(index=False)


def _concerned(points: pd.DataFrame, row: Any) -> pd.DataFrame:
    """The points that a row of planned work or the like is about; it must name something."""
    mine, named = pd.Series(True, points.index), False
    for name in ("provider", "district"):
        if getattr(row, name, ""):
            mine, named = mine & (points[name] == getattr(row, name)), True
    if row.point:
        mine, named = mine & (points.index == row.point), True
    return points[mine] if named else points[:0]
