"""Turns the cells of one column into values of its declared kind, with a finding for each that is none."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from merata.region.findings import FindingList
from merata.region.headers import RawTable
from merata.region.spreadsheets import Cell
from merata.region.tables import Column
from merata.region.values import (
    NumberStyle,
    is_ambiguous,
    is_blank,
    number_style,
    parse_choice,
    parse_code,
    parse_date,
    parse_number,
    tidy,
)

#: Findings of one column that are listed one by one; the rest are counted in one.
MAX_FINDINGS = 100
#: Beyond this a spreadsheet's numbers are no longer exact.
_LARGEST = 2**53
SETTLE = "Mend the cell, or write - where nothing is known, and add the file again."

_SCALE = re.compile(
    r"\b(ribu(?:an)?|thousands?|juta(?:an)?|jt|millions?|mil[iy]ar(?:an)?|billions?)\b", re.IGNORECASE
)
_SCALES = {"r": 1_000, "t": 1_000, "j": 1_000_000, "m": 1_000_000, "b": 1_000_000_000}


class ColumnReader:
    """Reads columns of one raw table."""

    def __init__(self, raw: RawTable, findings: FindingList, places: set[int]) -> None:
        self.raw, self.findings = raw, findings
        #: The style of the whole table, without coordinates: those come out of instruments.
        self.style = number_style(
            row[n] for row in raw.rows for n in range(len(raw.columns)) if n not in places
        )
        self.rows_with_errors: set[int] = set()
        self._known: dict[tuple[int, Column], list[Any]] = {}

    def values(self, n: int, column: Column) -> list[Any]:
        """The values of the raw column at `n` as `column` declares them; None where there is none."""
        key = (n, _hashable(column))
        if key not in self._known:
            self._known[key] = self._read(n, column)
        return self._known[key]

    def _read(self, n: int, column: Column) -> list[Any]:
        cells = [row[n] for row in self.raw.rows]
        parse = self._parser(n, column, cells)
        values: list[Any] = []
        bad: list[tuple[int, Cell]] = []
        for number, cell in zip(self.raw.row_numbers, cells, strict=True):
            value = None if is_blank(cell) else parse(cell)
            values.append(value)
            if value is None and not is_blank(cell):
                bad.append((number, cell))
        self._report(self.raw.columns[n], column, bad)
        return values

    def _report(self, header: str, column: Column, bad: list[tuple[int, Cell]]) -> None:
        self.rows_with_errors |= {number for number, _ in bad}
        where: dict[str, object] = {"sheet": self.raw.sheet, "column": header}
        for number, cell in bad[:MAX_FINDINGS]:
            what = f"'{tidy(cell)[:60]}' is not {expected(column)}."
            self.findings.add("error", what, "The cell was left blank.", SETTLE, row=number, **where)
        if more := bad[MAX_FINDINGS:]:
            what = (
                f"{len(more)} more cells are not {expected(column)}, from row {more[0][0]} to {more[-1][0]}."
            )
            self.findings.add("error", what, "The cells were left blank.", SETTLE, row=more[0][0], **where)

    def _parser(self, n: int, column: Column, cells: Sequence[Cell]) -> Callable[[Cell], Any]:
        if column.kind in ("int", "float", "idr"):
            return self._number_parser(n, column, cells)
        if column.kind == "choice":
            return lambda cell: parse_choice(cell, column)
        if column.kind == "code":
            return parse_code
        if column.kind == "date":
            return lambda cell: date.isoformat() if (date := parse_date(cell)) else None
        return tidy

    def _number_parser(self, n: int, column: Column, cells: Sequence[Cell]) -> Callable[[Cell], float | None]:
        scale = self._scale(n, column)
        style = self._style(n, column, cells, scale)

        def parse(cell: Cell) -> float | None:
            number = parse_number(cell, style)
            return None if number is None else _checked(round(number * scale, 6), column)

        return parse

    def _scale(self, n: int, column: Column) -> int:
        """What a header multiplies its numbers with: `Anggaran (juta Rp)`."""
        match = _SCALE.search(self.raw.columns[n])
        if not match or column.kind not in ("int", "idr"):
            return 1
        word = match[1].casefold()
        scale = 1_000_000_000 if word.startswith("mil") and not word.startswith("mill") else _SCALES[word[0]]
        self.findings.add(
            "repaired", f"The header says that numbers are in '{match[1]}'.", f"They were multiplied by {scale:,}.",
            sheet=self.raw.sheet, row=self.raw.header_row, column=self.raw.columns[n],
        )  # fmt: skip
        return scale

    def _style(self, n: int, column: Column, cells: Sequence[Cell], scale: int) -> NumberStyle:
        own = number_style(cells)
        unclear = [cell for cell in cells if is_ambiguous(cell)]
        if own or not unclear:
            return own or "id"
        counts = column.kind in ("int", "idr") or column.unit in ("people", "households")
        if counts and scale == 1:
            return "whole"
        if self.style:
            return self.style
        as_decimal: NumberStyle = "en" if "." in tidy(unclear[0]) else "id"
        as_thousands: NumberStyle = "id" if as_decimal == "en" else "en"
        if not all(_is_within(parse_number(cell, as_thousands), column) for cell in unclear):
            return as_decimal
        # Nobody writes all amounts in millions with three decimals; instruments do.
        style, other = (as_thousands, as_decimal) if counts else (as_decimal, as_thousands)
        taken, else_ = parse_number(unclear[0], style), parse_number(unclear[0], other)
        self.findings.add(
            "question", f"'{tidy(unclear[0])}' may be {taken:g} or {else_:g}: nothing else in the table tells.",
            f"It was taken as {taken:g}, and others like it too.",
            "If that is wrong, write the numbers without marks, and add the file again.",
            sheet=self.raw.sheet, row=self.raw.header_row, column=self.raw.columns[n],
        )  # fmt: skip
        return style


def expected(column: Column) -> str:
    """What a column takes, for people."""
    if column.kind == "choice":
        return f"one of {', '.join(column.choices)}"
    words = {"int": "a whole number", "float": "a number", "idr": "an amount in rupiah", "date": "a date",
             "code": "an official code like 64.02.01.2001"}  # fmt: skip
    text = words.get(column.kind, "text")
    unit = f" ({column.unit})" if column.unit and column.kind in ("int", "float") else ""
    if column.minimum is not None and column.maximum is not None:
        return f"{text}{unit} from {column.minimum:g} to {column.maximum:g}"
    if column.minimum is not None:
        return f"{text}{unit} of at least {column.minimum:g}"
    return text + unit


def _checked(number: float, column: Column) -> float | None:
    if not abs(number) <= _LARGEST:  # also what is no number at all
        return None
    if column.kind == "int" and abs(number - round(number)) > 1e-6:
        return None
    if column.kind in ("int", "idr"):
        number = round(number)
    return number if _is_within(number, column) else None


def _is_within(number: float | None, column: Column) -> bool:
    if number is None:
        return True
    low = column.minimum is None or number >= column.minimum
    return low and (column.maximum is None or number <= column.maximum)


def _hashable(column: Column) -> Any:
    """A column as the key of a dictionary: its words are no part of a hash."""
    return (column.name, column.kind, column.choices, column.minimum, column.maximum)
