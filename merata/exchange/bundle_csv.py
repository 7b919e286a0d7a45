"""CSV files of a bundle: written from declared tables, and read from strangers by nothing but the declaration."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from merata.errors import FileError
from merata.region.tables import Column, Table

#: More rows than any regency has groups.
MOST_ROWS = 20_000
LONGEST_TEXT = 500
#: A spreadsheet would reckon with what begins so.
_FORMULA = ("=", "+", "-", "@", "\t")
_WHOLE = re.compile(r"0|[1-9]\d{0,14}")
_NUMBER = re.compile(r"(0|[1-9]\d{0,14})(\.\d{1,9})?")

Row = dict[str, Any]


def write(rows: Iterable[Mapping[str, Any]], table: Table) -> bytes:
    """The bytes of a table's file: UTF-8, one form for each content. None is an empty cell.

    Raises
    ------
    FileError
        A row is not as declared: it would be refused on the other side.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([column.name for column in table.columns])
    for row in rows:
        writer.writerow([_text(row.get(column.name), column) for column in table.columns])
    data = out.getvalue().encode()
    read(data, table, f"{table.name}.csv")
    return data


def _text(value: Any, column: Column) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if column.kind == "float":
        return f"{float(value):.6f}".rstrip("0").rstrip(".")
    return str(int(value)) if column.kind in ("int", "idr") else str(value)


def read(data: bytes, table: Table, file: str) -> list[Row]:
    """The rows of a file, each cell as its column declares it; empty cells are None.

    Raises
    ------
    FileError
        Anything in it is otherwise than declared: with file, row and column.
    """
    try:
        lines = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise FileError(f"{file}: is no CSV file in UTF-8 ({error!s:.80}).") from None
    names = [column.name for column in table.columns]
    if not lines or lines[0] != names:
        raise FileError(f"{file}, row 1: expected the columns {', '.join(names)}, in this order.")
    if len(lines) - 1 > MOST_ROWS:
        raise FileError(f"{file}: has more than {MOST_ROWS:,} rows. That is no table of groups.")
    rows = [_row(cells, table, file, number) for number, cells in enumerate(lines[1:], 2)]
    _check_twice(rows, table, file)
    return rows


def _row(cells: list[str], table: Table, file: str, number: int) -> Row:
    if len(cells) != len(table.columns):
        raise FileError(
            f"{file}, row {number}: has {len(cells)} cells, and {len(table.columns)} were declared."
        )
    return {
        column.name: _value(cell, column, f"{file}, row {number}, column {column.name}")
        for column, cell in zip(table.columns, cells, strict=True)
    }


def _value(cell: str, column: Column, where: str) -> Any:
    if cell == "":
        if column.required:
            raise FileError(f"{where}: is empty, and must be given.")
        return None
    wrong, value = _parsed(cell, column)
    if wrong:
        raise FileError(f"{where}: {cell[:60]!r} {wrong}.")
    return value


def _parsed(cell: str, column: Column) -> tuple[str, Any]:
    """What is wrong with a cell (empty: nothing), and its value."""
    if column.kind == "choice":
        return ("" if cell in column.choices else f"is none of {', '.join(column.choices)}"), cell
    if column.kind == "text":
        return _wrong_text(cell), cell
    if column.kind == "date":
        return wrong_date(cell), cell
    whole = column.kind in ("int", "idr")
    if not (_WHOLE if whole else _NUMBER).fullmatch(cell):
        return f"is no {'whole ' if whole else ''}number such as {'1500' if whole else '0.25'}", None
    value = int(cell) if whole else float(cell)
    low = 0 if column.minimum is None else column.minimum
    if value < low or (column.maximum is not None and value > column.maximum):
        return f"is not from {low:g} to {column.maximum:g}", None
    return "", value


def _wrong_text(cell: str) -> str:
    if len(cell) > LONGEST_TEXT:
        return f"is longer than {LONGEST_TEXT} characters"
    if cell.startswith(_FORMULA):
        return "begins as a formula of a spreadsheet does"
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for letter in cell):
        return "holds characters that can't be seen"
    return "" if cell == cell.strip() else "has spaces around it"


def wrong_date(cell: str) -> str:
    """What is wrong with an ISO date; empty: nothing."""
    try:
        return "" if dt.date.fromisoformat(cell).isoformat() == cell else "is no date such as 2026-11-30"
    except ValueError:
        return "is no date such as 2026-11-30"


def _check_twice(rows: list[Row], table: Table, file: str) -> None:
    seen: dict[tuple[Any, ...], int] = {}
    for number, row in enumerate(rows, 2):
        key = tuple(row[name] for name in table.key)
        if key in seen:
            raise FileError(
                f"{file}, row {number}: {' and '.join(table.key)} are those of row {seen[key]}. Each stands once."
            )
        seen[key] = number
