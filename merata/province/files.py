"""The comparison as files: a CSV for each table, one workbook, and the meaning of every column."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import numpy as np

from merata import __version__
from merata.province.columns import TABLES
from merata.province.compare import Comparison
from merata.publish.columns import Sheet
from merata.publish.tables import cell
from merata.publish.workbook import OfBook, write_sheets

WORKBOOK = "perbandingan.xlsx"
DICTIONARY = "kolom.csv"


def files(comparison: Comparison, name: str) -> dict[str, bytes]:
    """The files by name; `name` is the province's. The same comparison gives the same bytes."""
    made = {f"{table}.csv": _csv(_rows(comparison, table)) for table in TABLES}
    return {**made, DICTIONARY: _csv(_dictionary()), WORKBOOK: workbook(comparison, name)}


def workbook(comparison: Comparison, name: str) -> bytes:
    """All tables as sheets."""
    about = OfBook(name, "province", __version__, comparison.made_up, comparison.on.isoformat())
    sheets = [
        Sheet(
            table.sheet,
            table.columns,
            [list(row) for row in list(_rows(comparison, key))[1:]],
            note=(table.about_id, table.about_en),
        )
        for key, table in TABLES.items()
    ]
    out = io.BytesIO()
    write_sheets(out, sheets, about)
    return out.getvalue()


def records(comparison: Comparison, table: str) -> list[dict[str, Any]]:
    """A table's rows as plain values; None for what is not known, `inf` as text for more than was seen."""
    frame = getattr(comparison, table)
    return [{str(name): plain(value) for name, value in row.items()} for row in frame.to_dict("records")]


def plain(value: Any) -> Any:
    """A cell as plain Python: whole numbers whole, infinity as the word `inf`."""
    if isinstance(value, float | np.floating):
        if np.isinf(value):
            return "inf"
        if np.isfinite(value) and float(value).is_integer():
            return int(value)
    return cell(value, quote=False)


def _rows(comparison: Comparison, table: str) -> Iterator[list[Any]]:
    names = [column.name for column in TABLES[table].columns]
    yield names
    yield from ([row[name] for name in names] for row in records(comparison, table))


def _dictionary() -> Iterator[list[str]]:
    yield ["table", "column", "id", "en"]
    for key, table in TABLES.items():
        for column in table.columns:
            yield [key, column.name, column.about_id or column.head_id, column.about_en or column.head_en]


def _csv(rows: Iterator[list[Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in rows:
        writer.writerow([_written(value) for value in row])
    return out.getvalue().encode()


def _written(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.5f}".rstrip("0").rstrip(".")
    return cell(value)
