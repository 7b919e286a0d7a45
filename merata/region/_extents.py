"""How far the cells of an XLSX or ODS file reach, found by streaming: a tiny file can claim 17 billion cells."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from merata.errors import FileError

MAX_ROWS = 2_000_000
MAX_COLUMNS = 2_000
#: Readers lay a sheet out as a full rectangle; this many cells take about 1 GB.
MAX_CELLS = 20_000_000

_CHUNK = 1 << 20
_LONGEST_TAG = 1 << 16

# A self-closed cell is empty and takes no room.
_XLSX_CELL = re.compile(rb"""<(?:\w+:)?c\b[^>]*?\br=["']([A-Za-z]{1,3})(\d{1,7})["'][^>]*(?<!/)>""")
_ODS_TAG = re.compile(rb"<(/?)table:(table|table-row|table-cell|covered-table-cell)(?=[\s/>])([^>]*)>")
_ODS_REPEAT = re.compile(rb"""table:number-(?:columns|rows)-repeated=["'](\d{1,12})""")


def check_extents(path: Path, file: str) -> None:
    """Refuse a zipped workbook whose sheets reach further than can be held in memory.

    Raises
    ------
    FileError
        A sheet reaches beyond `MAX_ROWS`, `MAX_COLUMNS` or `MAX_CELLS` (its rows times its columns).

    """
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            name = member.filename
            if name.lower().endswith("content.xml"):
                extents = _ods_extents(_tags(archive, name))
            elif name.lower().endswith(".xml"):
                extents = iter([_xlsx_extent(_tags(archive, name))])
            else:
                continue
            for rows, columns in extents:
                check_size(rows, columns, file)


def check_size(rows: int, columns: int, file: str, sheet: str = "") -> None:
    """Refuse a sheet of so many rows and columns when it is too large; raises FileError."""
    if rows <= MAX_ROWS and columns <= MAX_COLUMNS and rows * columns <= MAX_CELLS:
        return
    where = f"{file}, sheet {sheet!r}" if sheet else file
    raise FileError(
        f"{where}: a sheet reaches over {rows:,} rows and {columns:,} columns; at most {MAX_ROWS:,} rows, "
        f"{MAX_COLUMNS:,} columns and {MAX_CELLS:,} cells are read. Look for a stray cell far from the table, "
        "delete it, and add the file again."
    )


def _tags(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The text of a member in pieces that end with a whole tag."""
    rest = b""
    with archive.open(name) as stream:
        while piece := stream.read(_CHUNK):
            piece = rest + piece
            cut = piece.rfind(b"<")
            rest = piece[cut:][:_LONGEST_TAG] if cut >= 0 else b""
            yield piece[:cut] if cut >= 0 else piece
    yield rest


def _xlsx_extent(pieces: Iterable[bytes]) -> tuple[int, int]:
    rows = columns = 0
    for piece in pieces:
        for match in _XLSX_CELL.finditer(piece):
            rows = max(rows, int(match[2]))
            columns = max(columns, _column_number(match[1]))
    return rows, columns


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _ods_extents(pieces: Iterable[bytes]) -> Iterator[tuple[int, int]]:
    """Rows and columns up to the last cell with content, of every table."""
    rows = last_row = columns = width = last_column = repeat = 0
    for piece in pieces:
        for closing, what, attributes in _ODS_TAG.findall(piece):
            if what == b"table" and closing:
                yield last_row, columns
                rows = last_row = columns = 0
            elif what == b"table-row":
                if not closing:
                    width, last_column, repeat = 0, 0, _repeat(attributes)
                if closing or attributes.endswith(b"/"):
                    rows += repeat
                    last_row = rows if last_column else last_row
                    columns = max(columns, last_column)
            elif what.endswith(b"cell") and not closing:
                width += _repeat(attributes)
                last_column = last_column if _is_empty_cell(attributes) else width
    yield last_row, columns


def _repeat(attributes: bytes) -> int:
    match = _ODS_REPEAT.search(attributes)
    return int(match[1]) if match else 1


def _is_empty_cell(attributes: bytes) -> bool:
    return attributes.endswith(b"/") and b"office:value" not in attributes
