"""Time series of the indicators, as a file that only grows: every publication of every number, with its date and why.

`statistics/observations.csv` in the region's folder has a line for each publication of a number. Published again is
only what changed: so the file tells what was revised, when, by how much and why. A series breaks where the borders of
its area or the definition of its indicator are others than in the period before; what lies on both sides is never
joined without a mark.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from merata.errors import FileError, InputError
from merata.publish.indicators import INDICATORS, TOTAL
from merata.publish.observed import KEY, Observation
from merata.region.change import change

FOLDER = "statistics"
FILE = "observations.csv"
#: Why a number is published, where nobody said it in words.
FIRST, NEW_RUN, DEFINITION, BOUNDARY, STATUS = "first", "new data", "new definition", "new borders", "status"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_NUMBERS, _WHOLE = ("value", "low", "high"), ("definition",)
COLUMNS = (*(one.name for one in fields(Observation)), "published", "why")
#: As they were before numbers were told by sex: such a file is read, and gets the column with its next publication.
OLDER = tuple(name for name in COLUMNS if name != "sex")
_SEX = COLUMNS.index("sex")
_OWN = {one.name for one in fields(Observation)} - {"run"}

Key = tuple[str, ...]


@dataclass(frozen=True)
class Published(Observation):
    """A number as it was published: when, and why then."""

    published: str = ""
    """ISO date."""
    why: str = FIRST

    @property
    def key(self) -> Key:
        """What it tells of."""
        return tuple(getattr(self, name) for name in KEY)

    @property
    def series(self) -> Key:
        """The series that it belongs to: all but the period."""
        return tuple(getattr(self, name) for name in KEY if name != "period")


def read(folder: Path) -> list[Published]:
    """All publications of a region's numbers, in the order in which they were made; none where there is no file.

    Raises
    ------
    FileError
        The file is not as it was written: which line and column, and what was expected.

    """
    path = folder / FOLDER / FILE
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows: Iterator[list[str]] = csv.reader(file)
        head = next(rows, [])
        if tuple(head) == OLDER:
            rows = ([*cells[:_SEX], TOTAL, *cells[_SEX:]] for cells in rows)
        elif tuple(head) != COLUMNS:
            raise FileError(f"{path}: expected the columns {', '.join(COLUMNS)}; found {', '.join(head)}.")
        return [_row(path, number, cells) for number, cells in enumerate(rows, start=2)]


def _row(path: Path, line: int, cells: list[str]) -> Published:
    if len(cells) != len(COLUMNS):
        raise FileError(f"{path}, line {line}: expected {len(COLUMNS)} cells, found {len(cells)}.")
    values: dict[str, Any] = dict(zip(COLUMNS, cells, strict=True))
    for name in _NUMBERS:
        values[name] = _number(path, line, name, values[name])
    for name in _WHOLE:
        values[name] = int(_number(path, line, name, values[name]) or 1)
    if values["indicator"] not in INDICATORS:
        raise FileError(f"{path}, line {line}, indicator: {values['indicator']!r} is not in the register.")
    if not _DAY.fullmatch(values["published"]):
        raise FileError(f"{path}, line {line}, published: expected a date like 2026-01-31.")
    return Published(**values)


def _number(path: Path, line: int, name: str, text: str) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        raise FileError(f"{path}, line {line}, {name}: expected a number, found {text!r}.") from None


def publish(folder: Path, now: Iterable[Observation], day: str, why: str = "") -> list[Published]:
    """Add what changed to the file, whole or not at all; what is there stays. The same numbers again add nothing.

    Parameters
    ----------
    folder
        The region's folder.
    now
        The numbers as they are now.
    day
        ISO date of the publication.
    why
        Why numbers were revised, in words; left out, what changed says it.

    Returns
    -------
    What was added.

    Raises
    ------
    InputError
        `day` is no date, or lies before an earlier publication; a number is there twice.

    """
    with change(folder) as staged:
        rows = added(folder, now, day, why)
        if rows:
            path = folder / FOLDER / FILE
            old = path.read_bytes() if path.exists() else text_of([], COLUMNS).encode()
            if old.startswith(f"{','.join(OLDER)}\n".encode()):
                old = text_of(read(folder), COLUMNS).encode()
            staged.file(f"{FOLDER}/{FILE}").write_bytes(old + _lines(rows, COLUMNS).encode())
    return rows


def date_of(day: str) -> dt.date:
    """The date that an ISO text says.

    Raises
    ------
    InputError
        It says none.
    """
    try:
        return dt.date.fromisoformat(day)
    except ValueError:
        raise InputError(f"{day!r} is not a date like 2026-01-31.") from None


def _check_day(day: str, there: Sequence[Published]) -> None:
    date_of(day)
    if there and day < (last := max(row.published for row in there)):
        raise InputError(
            f"{day}: numbers were published on {last} already. A publication can't lie before it."
        )


def added(folder: Path, now: Iterable[Observation], day: str, why: str = "") -> list[Published]:
    """What `publish` would add, without writing anything."""
    there = read(folder)
    _check_day(day, there)
    return _added(there, list(now), day, why)


def _added(there: Sequence[Published], now: list[Observation], day: str, why: str) -> list[Published]:
    last = newest(there)
    found: dict[Key, Published] = {}
    for one in now:
        plain = {each.name: getattr(one, each.name) for each in fields(Observation)}
        row = Published(**plain, published=day)
        if row.key in found:
            raise InputError(f"{' '.join(row.key)}: this number is there twice. This is a fault in Merata.")
        found[row.key] = row
    return [
        Published(**{**vars(row), "why": FIRST if before is None else why or _why(before, row)})
        for key, row in found.items()
        if (before := last.get(key)) is None or _differs(before, row)
    ]


def _differs(before: Published, row: Published) -> bool:
    return any(getattr(before, name) != getattr(row, name) for name in _OWN)


def _why(before: Published, row: Published) -> str:
    if before.definition != row.definition:
        return DEFINITION
    if before.boundary != row.boundary:
        return BOUNDARY
    return STATUS if before.value == row.value and before.status != row.status else NEW_RUN


def newest(rows: Iterable[Published]) -> dict[Key, Published]:
    """What holds now: of each number its last publication."""
    return {row.key: row for row in rows}


@dataclass(frozen=True)
class Point:
    """A period of a series as it stands now, with its earlier publications."""

    row: Published
    before: tuple[Published, ...] = ()
    """Earlier publications of it, the oldest first."""
    broken: str = ""
    """What makes it incomparable with the period before: `new definition`, `new borders`; empty: nothing."""

    @property
    def status(self) -> str:
        """Of SDMX CL_OBS_STATUS: B where the series breaks here, else that of the number."""
        return "B" if self.broken and self.row.status in ("A", "P") else self.row.status

    @property
    def is_headline(self) -> bool:
        """Whether it is none of the parts by technology or sex that its indicator's one number is told in."""
        wanted = {"technology": TOTAL, "sex": TOTAL, **INDICATORS[self.row.indicator].headline}
        return all(getattr(self.row, name) == word for name, word in wanted.items())

    @property
    def revised_by(self) -> float | None:
        """By how much the last publication changed it; None where it was not, or one of the two is kept back."""
        if not self.before or self.row.value is None or self.before[-1].value is None:
            return None
        return self.row.value - self.before[-1].value


def series(rows: Iterable[Published]) -> dict[Key, list[Point]]:
    """By series its periods in order, each with its revisions, and marked where it breaks."""
    by: dict[Key, dict[str, list[Published]]] = {}
    for row in rows:
        by.setdefault(row.series, {}).setdefault(row.period, []).append(row)
    found: dict[Key, list[Point]] = {}
    for key, periods in by.items():
        points: list[Point] = []
        for period in sorted(periods):
            *before, row = periods[period]
            points.append(Point(row, tuple(before), _broken(points[-1].row, row) if points else ""))
        found[key] = points
    return found


def _broken(earlier: Published, row: Published) -> str:
    if earlier.definition != row.definition:
        return DEFINITION
    return BOUNDARY if earlier.boundary != row.boundary else ""


def kept_back(rows: Iterable[Published]) -> set[tuple[str, str]]:
    """Cells (area, level) that any publication kept back: they stay so, or two publications would tell of them."""
    return {(row.area, row.level) for row in rows if row.status == "Q" and row.level != TOTAL}


def text_of(rows: Iterable[Any], columns: Sequence[str]) -> str:
    """Rows as CSV with their head: UTF-8, comma, dot, LF; nothing for None."""
    return ",".join(columns) + "\n" + _lines(rows, columns)


def _lines(rows: Iterable[Any], columns: Sequence[str]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in rows:
        writer.writerow(plain(getattr(row, name)) for name in columns)
    return out.getvalue()


def plain(value: Any) -> Any:
    """A value as files have it: whole numbers without a point, all others in full, nothing for None."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else repr(float(value))
    return "" if value is None else value
