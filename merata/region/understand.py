"""Turns raw tables of spreadsheets into rows of the declared tables, each with its source and how it is known."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from typing import Any

import pandas as pd

from merata.region import _special
from merata.region._table_rows import rows_text
from merata.region._typed import ColumnReader
from merata.region._wide import years_down
from merata.region.findings import FindingList
from merata.region.headers import RawTable, find_tables
from merata.region.recognise import OF_A_VILLAGE, Feed, Recognised, recognise
from merata.region.records import GIVEN, Source, Understood
from merata.region.spreadsheets import Cell, read_grids
from merata.region.tables import TABLES, Column, Table
from merata.region.values import find_date, is_blank, parse_date, tidy
from merata.region.vocabulary import AS_OF, year_in

__all__ = ["read_spreadsheet", "understand"]

_DTYPES = {"int": "Int64", "idr": "Int64", "float": "Float64", "bool": "boolean"}
_MADE_UP = "made up"


def read_spreadsheet(source: Source) -> Understood:
    """All that a spreadsheet file says: the rows of every sheet that is recognised, and findings for the rest.

    Raises
    ------
    FileError
        The file can't be read safely, or is not what its ending claims (see `spreadsheets.read_grids`).

    """
    result = Understood(FindingList(source.file))
    parts: dict[str, list[pd.DataFrame]] = {}
    for grid in read_grids(source.path, source.file):
        raws = find_tables(grid, source.file)
        if not raws:
            _report_no_table(result.findings, grid.sheet)
        for raw in raws:
            understood = understand(raw, source)
            if understood is None:
                _report_unknown(result.findings, raw, source)
                continue
            result.findings += understood.findings
            for name, frame in understood.tables.items():
                parts.setdefault(name, []).append(frame)
    result.tables = {name: pd.concat(frames, ignore_index=True) for name, frames in parts.items()}
    return result


def understand(raw: RawTable, source: Source) -> Understood | None:
    """The rows of the declared tables that a raw table feeds; None when it is not recognised.

    Each table has its declared columns with pandas' nullable types, those of PROVENANCE, and, where its rows are
    placed by words, the GIVEN columns as text just as found. Cells and rows that can't be used are findings.
    Strength of signal alone sets no service level: `level` is given only where the source gives one, and on lists
    of villages without signal.
    """
    if source.kind in ("", "budgets"):
        raw = years_down(raw, source.file)
    found = recognise(raw, source.file, source.kind)
    if found is None:
        return None
    result = Understood(FindingList(source.file, raw.findings))
    reader = _TableReader(raw, source, found, result.findings)
    for feed in found.feeds:
        frame = reader.frame(feed)
        if len(frame):
            result.tables[feed.table] = frame
    reader.report()
    return result


class _TableReader:
    """Reads the rows of one raw table for each table that it feeds."""

    def __init__(self, raw: RawTable, source: Source, found: Recognised, findings: FindingList) -> None:
        self.raw, self.source, self.found, self.findings = raw, source, found, findings
        self.columns = ColumnReader(raw, findings, set(found.places.values()))
        self.dates = self._dates()
        self.unplaced: set[int] = set()

    def frame(self, feed: Feed) -> pd.DataFrame:
        table = TABLES[feed.table]
        data: dict[str, Any] = {}
        for column in table.columns:
            n = feed.columns.get(column.name)
            data[column.name] = (
                [None] * len(self.raw.rows) if n is None else list(self.columns.values(n, column))
            )
        self._provenance(data, table)
        _special.complete(data, feed, self.raw, self.findings)
        keep = self._usable(data, feed, table)
        return _frame(data, table, keep)

    def _provenance(self, data: dict[str, Any], table: Table) -> None:
        size = len(self.raw.rows)
        if any(column.name == "id" for column in table.columns):
            data["id"] = [
                _row_id(self.source.file, self.raw.sheet, number) for number in self.raw.row_numbers
            ]
        if _is_placed(table):
            for name in GIVEN:
                n = self.found.places.get(name)
                data[name] = [None if n is None else _as_found(row[n], name) for row in self.raw.rows]
        measured = table.name == "measurements" and self.source.known_by != _MADE_UP
        data["source"] = [self.source.file] * size
        data["sheet"] = [self.raw.sheet] * size
        data["source_row"] = list(self.raw.row_numbers)
        data["source_date"] = list(self.dates)
        data["known_by"] = ["measured" if measured else self.source.known_by] * size

    def _dates(self) -> list[str]:
        """The date of each row: its own, else the title's, else the year that the title or a column gives."""
        date = _date_of_title(self.raw.title, self.source.date)
        dates = [date] * len(self.raw.rows)
        n = self.found.places.get(AS_OF)
        if n is not None:
            for at, row in enumerate(self.raw.rows):
                own = parse_date(row[n])
                dates[at] = own.isoformat() if own else dates[at]
        return dates

    def _usable(self, data: dict[str, Any], feed: Feed, table: Table) -> list[int]:
        """Positions of the rows that say something about something; the others are findings."""
        unplaced, empty, keep = [], [], []
        for at, number in enumerate(self.raw.row_numbers):
            if _is_placed(table) and not _has_place(data, table, at):
                unplaced.append(number)
            elif not _says_something(data, feed, table, at):
                empty.append(number)
            else:
                keep.append(at)
        self._report_unplaced(unplaced, table)
        if empty:
            needed = ", ".join(
                column.name for column in table.columns if column.required and column.name != "id"
            )
            what = f"Nothing about {table.name} in {rows_text(empty)}" + (
                f" (needed: {needed})." if needed else "."
            )
            self.findings.add(
                "note", what, f"No row of the table {table.name} was made of it.",
                "Fill in what is known, if anything is.",
                sheet=self.raw.sheet, row=empty[0],
            )  # fmt: skip
        return keep

    def _report_unplaced(self, rows: list[int], table: Table) -> None:
        lacking = "coordinates" if table.name == "sites" else "village or code"
        if table.by_village and table.geometry:
            lacking = "village, code or coordinates"
        for number in rows:
            what = f"The row names no {lacking}."
            if not any(
                f.row == number and f.what == what and f.sheet == self.raw.sheet for f in self.findings
            ):
                self.findings.add(
                    "error", what, "The row is not used.", f"Give its {lacking}, and add the file again.",
                    sheet=self.raw.sheet, row=number,
                )  # fmt: skip

    def report(self) -> None:
        """Findings about whole columns."""
        names = [f"'{self.raw.columns[n]}'" for n in self.found.unknown]
        if names:
            self.findings.add(
                "note", f"Columns that nothing is read from: {', '.join(names)}.", "They were left out.",
                "If one matters, give it a header that the docs list (reference, tables).",
                sheet=self.raw.sheet, row=self.raw.header_row,
            )  # fmt: skip
        for column, chosen, others in self.found.doubts:
            rivals = ", ".join(f"'{self.raw.columns[n]}'" for n in others)
            self.findings.add(
                "question", f"Several columns may be '{column}': '{self.raw.columns[chosen]}', {rivals}.",
                f"'{self.raw.columns[chosen]}' was read.",
                "If that is the wrong one, remove it and add the file again.",
                sheet=self.raw.sheet, row=self.raw.header_row, column=self.raw.columns[chosen],
            )  # fmt: skip


def _is_placed(table: Table) -> bool:
    return table.by_village or table.geometry == "point"


def _has_place(data: dict[str, Any], table: Table, at: int) -> bool:
    at_point = data["given_xy"][at] is not None or (
        data["given_x"][at] is not None and data["given_y"][at] is not None
    )
    in_village = data["given_code"][at] is not None or data["given_village"][at] is not None
    return (table.geometry == "point" and at_point) or (table.by_village and in_village)


def _says_something(data: dict[str, Any], feed: Feed, table: Table, at: int) -> bool:
    required = [c.name for c in table.columns if c.required and c.name not in ("id", "village_code")]
    if any(data[name][at] is None for name in required):
        return False
    needed = OF_A_VILLAGE.get(table.name) or _special.ANY_OF.get(table.name)
    return needed is None or any(data[name][at] is not None for name in needed)


def _frame(data: dict[str, Any], table: Table, keep: list[int]) -> pd.DataFrame:
    columns = {column.name: _DTYPES.get(column.kind, "string") for column in table.all_columns}
    columns |= {name: "string" for name in data if name not in columns}
    return pd.DataFrame(
        {name: pd.Series([data[name][at] for at in keep], dtype=dtype) for name, dtype in columns.items()}
    )


def _as_found(cell: Cell, name: str) -> str | None:
    """A place's words or numbers as text, not a digit lost."""
    is_word = name in ("given_village", "given_district") and tidy(cell).isalpha()
    if is_blank(cell) and not is_word:  # a village may be called Na
        return None
    if isinstance(cell, (dt.date, dt.datetime)):
        return tidy(cell)
    return cell if isinstance(cell, str) else repr(cell)


def _row_id(file: str, sheet: str, row: int) -> str:
    """A name for a row that stays the same as long as the file's name, the sheet's and the row's number do."""
    short = file if len(file) <= 40 else f"{file[:32]}~{hashlib.sha256(file.encode()).hexdigest()[:7]}"
    return ":".join(part for part in (short, sheet, str(row)) if part)


def _date_of_title(title: str, received: str) -> str:
    """The date that a title gives (`per 10 November 2025`, `Tahun 2024`), unless it is after the receipt."""
    date = find_date(title)
    if date is None and re.search(r"\b(tahun|year|keadaan|posisi|per|status)\b", title, re.IGNORECASE):
        year = year_in(title)
        date = dt.date(year, 1, 1) if year else None
    text = date.isoformat() if date else received
    return min(text, received) if received else text


def _report_no_table(findings: FindingList, sheet: str) -> None:
    findings.add(
        "note", f"{_named(sheet)} holds no table: no row looks like a header.", "It was left out.",
        "If it does hold a table, give its columns headers, and add the file again.", sheet=sheet,
    )  # fmt: skip


def _report_unknown(findings: FindingList, raw: RawTable, source: Source) -> None:
    headers = ", ".join(f"'{name}'" for name in raw.columns[:8])
    what = f"{_named(raw.sheet)} was not recognised: its columns are {headers}."
    if source.kind:
        what = f"{_named(raw.sheet)} has nothing of the table {source.kind}: its columns are {headers}."
    findings.add("error", what, "It was left out.", _advice(source.kind), sheet=raw.sheet, row=raw.header_row)


def _named(sheet: str) -> str:
    return f"Sheet '{sheet}'" if sheet else "The table"


def _advice(kind: str) -> str:
    if kind in TABLES:
        return f"Expected columns such as {_examples(TABLES[kind])}."
    return (
        "Expected columns such as Kode Desa, Desa, Kecamatan with Jumlah Penduduk, Sinyal, Listrik, or Lintang and "
        f"Bujur; say what it is with --as KIND, where KIND is one of {', '.join(TABLES)}."
    )


def _examples(table: Table) -> str:
    named: list[Column] = [column for column in table.columns if column.headers]
    place = (
        ["Desa, Kecamatan"] if table.by_village else ["Lintang, Bujur"] if table.geometry == "point" else []
    )
    return ", ".join(place + [column.headers[0] for column in named])
