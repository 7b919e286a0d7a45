"""Reads spreadsheet files (XLSX, XLS, ODS, CSV) into plain grids of cells, safely and with true row numbers."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import python_calamine

from merata.errors import FileError
from merata.region._extents import MAX_COLUMNS, MAX_ROWS, check_extents, check_size
from merata.region.archives import check_zip

Cell = str | int | float | bool | dt.date | dt.datetime | None
#: First row, first column, last row, last column of a merged range, counted from 0 in the grid's own rows.
Merge = tuple[int, int, int, int]

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")
TEXTS = (".csv", ".tsv", ".txt")
MAX_BYTES = 200_000_000
MAX_EXPANDED_BYTES = 600_000_000
MAX_EXPANSION = 400.0
MAX_LINE_BYTES = 10_000_000
MAX_CELL_CHARACTERS = 131_072

_SEPARATORS = (";", "\t", "|", ",")
_SAMPLE_ROWS = 200
_CHUNK = 1 << 20
_XLS_START = b"\xd0\xcf\x11\xe0"
_SAVE_ANEW = "Open it in the program that made it, save it as XLSX, and add that."


@dataclass(frozen=True)
class Grid:
    """The cells of one sheet; empty rows and columns at its end are cut off."""

    sheet: str
    """Name of the sheet; empty for a text file."""
    rows: list[list[Cell]]
    first_row: int = 1
    """Number that the first of `rows` has in the file's own program."""
    merges: tuple[Merge, ...] = ()


def read_grids(path: Path, file: str) -> list[Grid]:
    """The visible sheets of a spreadsheet file that hold anything, in the file's order.

    Parameters
    ----------
    path
        Where the file lies.
    file
        Its name as people know it; its ending says what it should be.

    Raises
    ------
    FileError
        The file is too large, cut short, locked, or not what its ending claims. Sizes are checked before
        anything is parsed, so that a bomb is refused within seconds and bounded memory.

    """
    ending = Path(file).suffix.lower()
    refuse_by_size(path, file)
    _check_start(path, file, ending)
    grids = _read_workbook(path, file) if ending in WORKBOOKS else [_read_text(path, file)]
    return [grid for grid in grids if grid.rows]


def refuse_by_size(path: Path, file: str) -> None:
    """Refuse a spreadsheet whose size alone says that it can't be read; raises FileError."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise FileError(
            f"{file}: {size / 1e6:,.0f} MB; a spreadsheet of at most {MAX_BYTES / 1e6:,.0f} MB is read. "
            "Split it, or keep only the sheets that matter."
        )
    if size == 0:
        raise FileError(f"{file}: the file is empty. Ask for it again.")


def _check_start(path: Path, file: str, ending: str) -> None:
    """A file's first bytes must be those of what its ending claims."""
    with path.open("rb") as stream:
        start = stream.read(512)
    looks = _looks_like(start)
    if looks == "xls" and ending != ".xls" and _is_locked(path):
        raise _locked(file)
    expected = {".xlsx": "zip", ".xlsm": "zip", ".ods": "zip", ".xls": "xls"}.get(ending, "text")
    if looks == expected:
        return
    names = {"zip": "an XLSX or ODS workbook", "xls": "an old Excel workbook (XLS)", "text": "text",
             "html": "a web page", "pdf": "a PDF"}  # fmt: skip
    advice = {
        "zip": "Rename it to end in .xlsx (or .ods), and add it again.",
        "xls": "Rename it to end in .xls, and add it again.",
        "text": "If it is a table as text, rename it to end in .csv; else ask for the file again.",
    }.get(looks, _SAVE_ANEW)
    raise FileError(f"{file}: expected {names[expected]}, but it is {names[looks]}. {advice}")


def _looks_like(start: bytes) -> str:
    if start.startswith(b"PK\x03\x04"):
        return "zip"
    if start.startswith(_XLS_START):
        return "xls"
    if start.startswith(b"%PDF"):
        return "pdf"
    head = start.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    return "html" if head.startswith((b"<html", b"<!doctype html", b"<table", b"<?xml")) else "text"


def _read_workbook(path: Path, file: str) -> list[Grid]:
    if not file.lower().endswith(".xls"):
        check_zip(path, file, max_total_bytes=MAX_EXPANDED_BYTES, max_ratio=MAX_EXPANSION)
        check_extents(path, file)
    try:
        with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
            return [
                _sheet_grid(book.get_sheet_by_name(sheet.name), file)
                for sheet in book.sheets_metadata
                if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
                and sheet.visible == python_calamine.SheetVisibleEnum.Visible
            ]
    except FileError:
        raise
    except python_calamine.PasswordError:
        raise FileError(f"{file}: locked with a password. Save it without one, and add it again.") from None
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise _broken(file, error) from None
    except BaseException as error:
        # A panic in the reader's Rust is no Exception; anything else that is none goes on its way.
        if type(error).__name__ != "PanicException":
            raise
        raise _broken(file, error) from None


def _is_locked(path: Path) -> bool:
    """Whether an old Office file is the wrapping of a newer workbook with a password."""
    with path.open("rb") as stream:
        return "EncryptedPackage".encode("utf-16-le") in stream.read(MAX_LINE_BYTES)


def _locked(file: str) -> FileError:
    return FileError(f"{file}: locked with a password. Save it without one, and add it again.")


def _broken(file: str, error: BaseException) -> FileError:
    ending = Path(file).suffix.lower()
    return FileError(
        f"{file}: not a whole {ending[1:].upper()} workbook ({error}). It may be cut short or made by an unusual "
        f"program: ask for it again, or {_SAVE_ANEW[0].lower()}{_SAVE_ANEW[1:]}"
    )


def _sheet_grid(sheet: python_calamine.CalamineSheet, file: str) -> Grid:
    if sheet.start is None:
        return Grid(sheet.name, [])
    check_size(sheet.height, sheet.width, file, sheet.name)
    top, left = sheet.start
    rows = _trimmed([[_plain(value) for value in row] for row in sheet.to_python()])
    merges = tuple(
        (first[0] - top, first[1] - left, last[0] - top, last[1] - left)
        for first, last in sheet.merged_cell_ranges or ()
        if first[0] >= top and first[1] >= left
    )
    return Grid(sheet.name, rows, top + 1, tuple(sorted(merges)))


def _plain(value: object) -> Cell:
    """A cell as the rest of Merata takes it: whole floats are integers, empty text is None."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, (bool, int, float, dt.date)):
        return value
    return None if value is None else str(value)


def _trimmed(rows: list[list[Cell]]) -> list[list[Cell]]:
    """Rows of equal length without empty columns and rows at the end."""
    width = max((n + 1 for row in rows for n, cell in enumerate(row) if cell is not None), default=0)
    while rows and all(cell is None for cell in rows[-1]):
        rows.pop()
    return [(row + [None] * (width - len(row)))[:width] for row in rows]


def _read_text(path: Path, file: str) -> Grid:
    encoding = _encoding_of(path, file)
    separator, skip = _separator_of(path, file, encoding)
    rows: list[list[Cell]] = []
    with path.open(encoding=encoding, newline="") as stream:
        for row in _records(itertools.islice(stream, skip, None), separator, file):
            rows.append([field if field.strip() else None for field in row])
            if len(rows) > MAX_ROWS or len(row) > MAX_COLUMNS:
                check_size(len(rows), len(row), file)
    return Grid("", _trimmed(rows))


def _encoding_of(path: Path, file: str) -> str:
    """The encoding of a text file, found by reading it once in pieces; also refuses endless lines and NULs."""
    with path.open("rb") as stream:
        start = stream.read(4)
        stream.seek(0)
        wide = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        encodings = (
            ["utf-16"]
            if wide
            else ["utf-8-sig"]
            if start.startswith(codecs.BOM_UTF8)
            else ["utf-8", "cp1252"]
        )
        decoders = {name: codecs.getincrementaldecoder(name)() for name in encodings}
        line = 0
        while piece := stream.read(_CHUNK):
            line = _check_piece(piece, line, file, wide)
            for name in list(decoders):
                try:
                    decoders[name].decode(piece)
                except UnicodeDecodeError:
                    del decoders[name]
    for name, decoder in decoders.items():
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return name
    raise FileError(
        f"{file}: text in an encoding that is not UTF-8, UTF-16 or Windows-1252. "
        "Open it in a spreadsheet program, save it as 'CSV UTF-8', and add that."
    )


def _check_piece(piece: bytes, line_bytes: int, file: str, wide: bool) -> int:
    """The length of the line that is still open at the end of `piece`."""
    if not wide and b"\0" in piece:
        raise FileError(
            f"{file}: expected text, but it holds NUL bytes, so it is something else or damaged. "
            "Open it in a spreadsheet program, save it as 'CSV UTF-8', and add that."
        )
    lines = piece.replace(b"\r", b"\n").split(b"\n")
    lengths = [line_bytes + len(lines[0]), *(len(line) for line in lines[1:])]
    if max(lengths) > MAX_LINE_BYTES:
        raise FileError(
            f"{file}: a single line is longer than {MAX_LINE_BYTES / 1e6:.0f} MB, so it is no table with one row a "
            "line. Ask for the file again."
        )
    return lengths[-1]


def _separator_of(path: Path, file: str, encoding: str) -> tuple[str, int]:
    """The separator, and how many lines at the top only name it (Excel's `sep=;`)."""
    with path.open(encoding=encoding, newline="") as stream:
        sample = list(itertools.islice(stream, _SAMPLE_ROWS))
    first = sample[0].strip().lower() if sample else ""
    if first.startswith("sep=") and len(first) == 5:
        return first[4], 1
    return max(_SEPARATORS, key=lambda separator: _consistency(sample, separator)), 0


def _consistency(sample: list[str], separator: str) -> tuple[int, int]:
    """How many rows the separator splits into the same number of fields, and into how many."""
    widths: dict[int, int] = {}
    reader = csv.reader(sample, delimiter=separator)
    try:
        for row in reader:
            if len(row) > 1 and any(field.strip() for field in row):
                widths[len(row)] = widths.get(len(row), 0) + 1
    except csv.Error:
        return (0, 0)
    if not widths:
        return (0, 0)
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return count, width


def _records(lines: Iterator[str], separator: str, file: str) -> Iterator[list[str]]:
    """The rows of a text file, one for each that a spreadsheet program would show."""
    raw: list[str] = []
    csv.field_size_limit(MAX_CELL_CHARACTERS)  # which is one for all, and some libraries lift it
    reader = csv.reader(_remembering(lines, raw), delimiter=separator)
    number = 0
    try:
        for row in reader:
            number += 1
            # A quote that is never closed swallows the rest of the file into one cell.
            if len(raw) > 1 and "".join(raw).count('"') % 2:
                raise FileError(
                    f'{file}, row {number}: a quote (") is opened and never closed. Close it, and add the file again.'
                )
            raw.clear()
            yield row
    except csv.Error as error:
        raise FileError(
            f"{file}, row {number + 1}: can't be read as a row of cells ({error}). "
            "Open it in a spreadsheet program, save it as 'CSV UTF-8', and add that."
        ) from None


def _remembering(lines: Iterator[str], raw: list[str]) -> Iterator[str]:
    for line in lines:
        raw.append(line)
        yield line
