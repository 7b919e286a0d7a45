"""Writes one table in every dialect of spreadsheets that offices use, for tests of what reads them."""

import codecs
import csv
import datetime as dt
from pathlib import Path

import openpyxl
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252")
SEPARATORS = (",", ";", "\t", "|")
WORKBOOKS = (".xlsx", ".xls", ".ods")


def write_xlsx(path: Path, sheets: dict[str, list[list]], merges=(), hidden=()) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for r, row in enumerate(rows, 1):
            for c, cell in enumerate(row, 1):
                if cell is not None:
                    written = sheet.cell(r, c, cell)
                    if isinstance(cell, str):
                        written.data_type = "s"  # text that starts with = is text
        for first, left, last, right in merges:
            sheet.merge_cells(
                start_row=first + 1, start_column=left + 1, end_row=last + 1, end_column=right + 1
            )
        sheet.sheet_state = "hidden" if name in hidden else "visible"
    book.save(path)
    return path


def write_xls(path: Path, sheets: dict[str, list[list]]) -> Path:
    book = xlwt.Workbook()
    date = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if isinstance(cell, dt.date):
                    sheet.write(r, c, cell, date)
                elif cell is not None:
                    sheet.write(r, c, cell)
    book.save(str(path))
    return path


def write_ods(path: Path, sheets: dict[str, list[list]]) -> Path:
    book = OpenDocumentSpreadsheet()
    for name, rows in sheets.items():
        table = Table(name=name)
        for row in rows:
            line = TableRow()
            for cell in row:
                line.addElement(_ods_cell(cell))
            table.addElement(line)
        # What spreadsheet programs write to the end of a sheet: a million empty rows.
        rest = TableRow(numberrowsrepeated=1_048_576 - len(rows))
        rest.addElement(TableCell(numbercolumnsrepeated=16_384))
        table.addElement(rest)
        book.spreadsheet.addElement(table)
    book.save(str(path))
    return path


def _ods_cell(cell) -> TableCell:
    if cell is None:
        return TableCell()
    if isinstance(cell, dt.date):
        return TableCell(valuetype="date", datevalue=cell.isoformat())
    if isinstance(cell, (int, float)):
        return TableCell(valuetype="float", value=repr(cell))
    made = TableCell(valuetype="string")
    made.addElement(P(text=cell))
    return made


def write_csv(path: Path, rows: list[list], separator=",", encoding="utf-8", ending="\r\n") -> Path:
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.writer(stream, delimiter=separator, lineterminator=ending)
        writer.writerows([["" if cell is None else cell for cell in row] for row in rows])
    assert encoding != "utf-16" or path.read_bytes().startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return path


def write(path: Path, rows: list[list], separator=",", encoding="utf-8") -> Path:
    """One sheet in the dialect that the path's ending names."""
    if path.suffix == ".csv":
        return write_csv(path, rows, separator, encoding)
    return {".xlsx": write_xlsx, ".xls": write_xls, ".ods": write_ods}[path.suffix](path, {"Data": rows})


def number(value, style: str) -> str:
    """A number as people type it: 1.234,5 (id), 1,234.5 (en) or 1234.5 (plain)."""
    text = f"{value:,}" if style != "plain" else f"{value}"
    return text.translate(str.maketrans(",.", ".,")) if style == "id" else text
