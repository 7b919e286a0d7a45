"""A provider's own monitoring as a spreadsheet: points, times, and whether links were up, in Indonesian or English."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from merata.assure.others_files import LONGEST_S, Names, Said, Wrongs, joined, rows_of, step_s
from merata.assure.others_tables import COLUMNS, MONTH, STATE, TIME, VALUES
from merata.assure.others_times import moment, month
from merata.errors import FileError
from merata.region.spreadsheets import Cell, Grid, read_grids
from merata.region.tables import Column
from merata.region.values import (
    NumberStyle,
    fold,
    is_ambiguous,
    is_blank,
    number_style,
    parse_choice,
    parse_number,
    tidy,
)
from merata.region.vocabulary import key_of

_HEADER_WITHIN = 30
_DAY_S = 86400.0
_READ = (*(c for c in COLUMNS if c.name not in ("source", "kind")), TIME, MONTH, STATE)
_SHARES = ("availability", "loss")
_SCALES = {"kbps": 1e-3, "kbit": 1e-3, "gbps": 1e3, "gbit": 1e3, "bps": 1e-6}
_UNITS = re.compile(
    r"[(\[{][^)\]}]*[)\]}]?|%|\b(persen|percent|[kmg]?bps|[kmg]bit(/s)?|ms|detik|milidetik|utc|wita|wib|wit)\b"
)


def _keys() -> dict[str, Column]:
    return {key_of(word): c for c in reversed(_READ) for word in (c.name, *c.headers)}


_BY_HEADER = _keys()


@dataclass
class _Header:
    """The header of a sheet: at which row of the grid, which column is where, and which stand for nothing."""

    row: int
    at: dict[str, int]
    unknown: list[str]


def read(path: Path, names: Names, ahead_h: float) -> Said:
    """What a spreadsheet (CSV, XLSX, ODS, XLS) says; rows that can't be used are findings.

    Raises
    ------
    FileError
        It is no spreadsheet, or no sheet has the columns that are needed.
    """
    found = [(grid, header) for grid in read_grids(path, path.name) if (header := _header(grid))]
    if not found:
        raise FileError(
            f"{path.name}: no sheet has a header with a point, a time and what was seen. Expected columns such as "
            "point (titik), time (waktu) or from and until (mulai, selesai) or month (bulan), and status, availability "
            "(ketersediaan), latency (latensi), loss, download or upload."
        )
    parts = [_Sheet(path.name, grid, header, names, ahead_h).said() for grid, header in found]
    return Said(
        joined([p.rows for p in parts]), [f for p in parts for f in p.findings], sum(p.read for p in parts)
    )


def _column_of(text: str) -> Column | None:
    whole = fold(text.replace("%", " persen "))
    plain = _UNITS.sub(" ", text.casefold().replace("_", " "))
    return _BY_HEADER.get(key_of(plain)) or _BY_HEADER.get(key_of(whole))


def _header(grid: Grid) -> _Header | None:
    for row, cells in enumerate(grid.rows[:_HEADER_WITHIN]):
        at: dict[str, int] = {}
        unknown = []
        for n, cell in enumerate(cells):
            column = _column_of(cell) if isinstance(cell, str) else None
            if column is None or column.name in at:
                unknown += [tidy(cell)] if tidy(cell) else []
            else:
                at[column.name] = n
        if _enough(at):
            return _Header(row, at, unknown)
    return None


def _enough(at: dict[str, int]) -> bool:
    timed = "time" in at or "month" in at or {"start", "end"} <= at.keys()
    return "point" in at and timed and bool(at.keys() & {*VALUES, "state"})


class _Sheet:
    """One sheet, read column by column; a row that is wrong in one is left out."""

    def __init__(self, file: str, grid: Grid, header: _Header, names: Names, ahead_h: float) -> None:
        self.header, self.names, self.ahead_h = header, names, ahead_h
        body = list(enumerate(grid.rows[header.row + 1 :], grid.first_row + header.row + 1))
        self.rows = [(n, row) for n, row in body if _says_something(row)]
        self.headings = [tidy(cell) for cell in grid.rows[header.row]]
        self.wrongs = Wrongs(f"{file}, {grid.sheet}" if grid.sheet else file)
        self.good = np.ones(len(self.rows), bool)

    def said(self) -> Said:
        for heading in self.header.unknown:
            self.wrongs.row(0, heading, "is no column that is known", heading, "not read")
        points = self._points()
        start, end = self._times(points)
        values = {name: self._numbers(name) for name in VALUES if name in self.header.at}
        values |= self._states(values)
        unknown = np.isnan(np.array(list(values.values()))).all(axis=0)
        self._refuse(unknown, "", "says nothing of the link")
        made = rows_of(points, start, end, **values)
        return Said(made[self.good].reset_index(drop=True), self.wrongs.findings(), len(self.rows))

    def _cells(self, name: str) -> list[Cell]:
        at = self.header.at[name]
        return [row[at] if at < len(row) else None for _, row in self.rows]

    def _refuse(self, wrong: np.ndarray, name: str, why: str, done: str = "left out") -> None:
        """Leave rows out, each for the first reason that is found."""
        column = self.headings[self.header.at[name]] if name else ""
        for n in np.flatnonzero(wrong & self.good):
            number, row = self.rows[n]
            self.wrongs.row(number, column, why, tidy(row[self.header.at[name]]) if name else "", done)
        self.good &= ~wrong

    def _points(self) -> list[str]:
        cells = self._cells("point")
        called = {cell: self.names.of(_name(cell)) for cell in set(cells)}
        found = [called[cell] for cell in cells]
        self._refuse(
            np.array([not p for p in found], bool),
            "point",
            "is no point in points.csv and no name in names.csv",
        )
        return found

    def _times(self, points: list[str]) -> tuple[np.ndarray, np.ndarray]:
        at = self.header.at
        if {"start", "end"} <= at.keys():
            (start, _), (end, days) = self._moments("start"), self._moments("end")
            end = np.where(days, end + _DAY_S, end)
        elif "time" in at:
            start, days = self._moments("time")
            end = np.where(days, start + _DAY_S, self._ends(points, start, days))
        else:
            spans = [month(cell, self.ahead_h) or (np.nan, np.nan) for cell in self._cells("month")]
            start, end = np.array(spans, float).reshape(-1, 2).T
            self._refuse(np.isnan(start), "month", "is no month such as 2026-11")
        with np.errstate(invalid="ignore"):
            length = end - start
            self._refuse(length <= 0, "end" if "end" in at else "", "is not later than the beginning")
            self._refuse(
                length > LONGEST_S, "end" if "end" in at else "", "is more than a year after the beginning"
            )
        return start, end

    def _moments(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        found = [moment(cell, self.ahead_h) for cell in self._cells(name)]
        self._refuse(np.array([m is None for m in found], bool), name, "is no time such as 2026-11-30 16:00")
        return (
            np.array([m.at_s if m else np.nan for m in found], float),
            np.array([bool(m and m.day) for m in found], bool),
        )

    def _ends(self, points: list[str], start: np.ndarray, days: np.ndarray) -> np.ndarray:
        """Until when what was seen at one moment holds: for a step where looks are regular, else until the next."""
        end = np.full(len(start), np.nan)
        mine = pd.Series(np.flatnonzero(self.good & ~days))
        for _, rows in mine.groupby(np.array(points, object)[mine.to_numpy()]):
            times = np.unique(start[rows])
            step = step_s(times)
            after = np.append(times[1:], np.nan)
            until = after if np.isnan(step) else np.fmin(after, times + step)
            end[rows] = until[np.searchsorted(times, start[rows])]
        lone = np.isnan(end) & ~days
        self._refuse(lone, "time", "is the last or only look at its point: until when it holds is not known")
        return end

    def _numbers(self, name: str) -> np.ndarray:
        cells = self._cells(name)
        style = number_style(cells) or "en"
        found: np.ndarray = np.array([_number(cell, style, name in _SHARES) for cell in cells], float)
        blank = np.array([is_blank(cell) for cell in cells], bool)
        found = found * self._scale(name, cells, found)
        self._refuse(np.isnan(found) & ~blank, name, "is no number")
        self._refuse(found < 0, name, "is below 0")
        if name in _SHARES:
            self._refuse(found > 1.0000001, name, "is more than all")
            found = found.clip(max=1)
        return found

    def _scale(self, name: str, cells: list[Cell], found: np.ndarray) -> np.ndarray:
        """By what numbers are to be multiplied, as the header's unit says, or their size."""
        heading = self.headings[self.header.at[name]].casefold()
        marked = np.array([isinstance(cell, str) and "%" in cell for cell in cells], bool)
        if name in _SHARES:
            said = bool(re.search(r"%|persen|percent", heading))
            percent = said or bool((found[~marked] > 1).any())
            if not percent and name == "loss" and (found[~marked] > 0).any():
                self.wrongs.row(
                    0,
                    self.headings[self.header.at[name]],
                    "has no % and no number above 1",
                    "",
                    "read as shares: 1 is all",
                )
            return np.where(marked | (not percent), 1.0, 0.01)
        if name == "latency_ms":
            seconds = re.search(r"\((s|detik|sec|seconds?)\)", heading)
            return np.full(len(cells), 1000.0 if seconds else 1.0)
        unit = re.search(r"\b(kbps|kbit|gbps|gbit|bps)", heading)
        return np.full(len(cells), _SCALES[unit[1]] if unit else 1.0)

    def _states(self, values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Availability by state, where a row gives no number."""
        if "state" not in self.header.at:
            return {}
        cells = self._cells("state")
        said = {cell: parse_choice(cell, STATE) for cell in set(cells) if not is_blank(cell)}
        found = [said.get(cell) for cell in cells]
        wrong = [cell in said and f is None for f, cell in zip(found, cells, strict=True)]
        self._refuse(np.array(wrong, bool), "state", "is neither up (aktif) nor down (putus)")
        by_state = np.array([{"up": 1.0, "down": 0.0}.get(f or "", np.nan) for f in found], float)
        number = values.get("availability", np.full(len(cells), np.nan))
        return {"availability": np.where(np.isnan(number), by_state, number)}


def _says_something(row: list[Cell]) -> bool:
    """Whether a row has two cells that are not blank: one alone is a note."""
    return next(itertools.islice((c for c in row if not is_blank(c)), 1, None), None) is not None


def _name(cell: Cell) -> str:
    return tidy(int(cell)) if isinstance(cell, float) and cell.is_integer() else tidy(cell)


def _number(cell: Cell, style: NumberStyle, share: bool) -> float:
    if share and isinstance(cell, str) and is_ambiguous(cell):  # shares have no thousands: 99,500 is 99.5
        cell, style = cell.replace(",", "."), "en"
    found = parse_number(cell, style)
    return np.nan if found is None else found
