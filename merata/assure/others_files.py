"""What all readers of others' monitoring share: whose name is which point, rows as they are had, what was wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from merata.assure import programme
from merata.assure.others_tables import NAMES, VALUES
from merata.assure.programme_tables import POINTS
from merata.errors import FileError
from merata.region.findings import Finding, row_ranges
from merata.region.values import fold

LONGEST_S = 366 * 86400.0
"""A row that tells of a longer time tells of nothing."""
NAMES_FILE = "names.csv"
STEADY = 1.5
"""Looks that come so many steps apart have none missing between them."""


class Wrongs:
    """What could not be read of a file, gathered: the same wrong in many rows is one finding."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._rows: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        self._first: dict[tuple[str, str, str], str] = {}

    def row(self, number: int, column: str, why: str, value: object = "", done: str = "left out") -> None:
        """A row that is left out (or what else is done), and why; `value` is what stands there."""
        key = (column, why, done)
        self._rows[key].append(number)
        self._first.setdefault(key, str(value))

    def findings(self) -> list[Finding]:
        """One for each kind of wrong, in the order of rows."""
        made = []
        for (column, why, done), rows in self._rows.items():
            first = self._first[column, why, done]
            value = f"{first[:60]!r} {why}" if first else why
            if len(rows) > 1:
                value += f" ({len(rows)} rows: {row_ranges(rows)[:120]})"
            severity = "error" if done == "left out" else "note"
            made.append(Finding(severity, self.file, value, done, row=rows[0], column=column))  # type: ignore[arg-type]
        return sorted(made, key=lambda f: (f.row, f.column))


@dataclass
class Said:
    """What one file says: rows with point, start, end (s since 1970) and `VALUES`; and what was wrong with it."""

    rows: pd.DataFrame
    findings: list[Finding] = field(default_factory=list)
    read: int = 0
    """Rows, or samples, that the file has."""


class Names:
    """The points of the programme, by their codes and by what others call them."""

    def __init__(self, points: Iterable[str], names: dict[str, str]) -> None:
        self.points = set(points)
        self._exact = {p: p for p in self.points} | names
        self._folded = {fold(name): point for name, point in self._exact.items()}

    @classmethod
    def read(cls, measurements: Path) -> Names:
        """From points.csv and names.csv.

        Raises
        ------
        MissingError
            There is no points.csv.
        FileError
            One can't be read, or names.csv names a point that is not in points.csv: with row and column.
        """
        points = programme.table(measurements / "points.csv", POINTS)["point"]
        path = measurements / NAMES_FILE
        names = programme.table(path, NAMES)
        wrong = np.flatnonzero(~names["point"].isin(points))
        if len(wrong):
            row = int(wrong[0])
            raise FileError(
                f"{path}, row {row + 2}, column point: {names['point'][row]!r:.60} is not in points.csv. Add it there."
            )
        return cls(points, dict(zip(names["name"], names["point"], strict=True)))

    def of(self, name: str) -> str:
        """The point that is called so; '' where none is known."""
        return self._exact.get(name) or self._folded.get(fold(name), "")

    def one_of(self, names: Iterable[str]) -> str:
        """The one point that any of these names means; '' where none does, or where they mean several."""
        found = {point for name in names if (point := self.of(name))}
        return found.pop() if len(found) == 1 else ""


def rows_of(point: Sequence[str], start: Any, end: Any, **values: Any) -> pd.DataFrame:
    """A frame of rows: the values that are not given are unknown."""
    made = pd.DataFrame(
        {"point": list(point), "start": np.asarray(start, float), "end": np.asarray(end, float)}
    )
    for name in VALUES:
        made[name] = np.asarray(values.get(name, np.nan), float)
    return made


def step_s(times: Any) -> float:
    """How far apart looks are that come regularly, s; NaN where fewer than half of them come so."""
    gaps = np.diff(np.unique(np.asarray(times, float)))
    if not len(gaps):
        return np.nan
    least, counts = np.unique(np.round(gaps), return_counts=True)
    usual = float(least[np.argmax(counts)])
    return usual if (np.abs(gaps - usual) <= 0.1 * usual).mean() >= 0.5 else np.nan


def joined(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Frames of rows below each other."""
    some = [frame for frame in frames if len(frame)]
    return pd.concat(some, ignore_index=True) if some else rows_of([], [], [])
