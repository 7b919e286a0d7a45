"""Tells the rows of a table apart: data, totals, district headings, notes and signatures."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from merata.region.findings import Finding, Severity
from merata.region.spreadsheets import Cell, Grid
from merata.region.values import fold, parse_code, parse_number, tidy
from merata.region.vocabulary import NUMBERING, PLACE, match_header

_TOTAL = re.compile(
    r"^(sub ?|grand ?)?(jumlah|total|rata rata|average|sum)"
    r"( (jumlah|total|umum|akhir|seluruh\w*|keseluruhan|semua|desa|kelurahan|penduduk|[ivx]+|\d+)"
    r"| (kecamatan|kabupaten|kec|kab|kota)\b.*)*$"
)
_SECTION = re.compile(r"^(?:[ivx]+|[a-z]|\d+)?[\s.)]*(?:kecamatan|kec|district)\b[\s.:]*(.+)$", re.IGNORECASE)
_ENUMERATOR = re.compile(r"^(?:[ivxlc]+|[a-z]|\d+)[.)]?$", re.IGNORECASE)
_NOTE = re.compile(
    r"^(?:(?:sumber|sumber data|source|catatan|notes?|keterangan|ket)\s*[:.]|\*|\(?ttd\b"
    r"|(?:mengetahui|menyetujui|dibuat oleh|dicetak|tanggal cetak|nip)\b"
    r"|(?:plt\.? |an\.? |a\.n\.? )?(?:kepala|sekretaris|camat|bupati|kabid|kasi|lurah)\b"
    r"|[a-z .]{3,30},\s*(?:\d{1,2}|\.{2,}|…)?\s*[a-z]{3,10}\s*20\d\d$)",
    re.IGNORECASE,
)
_A_FEW = 2


@dataclass
class RawTable:
    """A table as it stands in a sheet: header words and cells, nothing understood yet."""

    sheet: str
    columns: list[str]
    """Header of each column; several header rows joined by a space. Never empty: `column D` where there is none."""
    rows: list[list[Cell]]
    row_numbers: list[int]
    """Number of each row in the file's own program."""
    title: str = ""
    """What stands above the header."""
    parts: list[tuple[str, ...]] = field(default_factory=list)
    """Header of each column from the top row to the bottom one."""
    header_row: int = 0
    findings: list[Finding] = field(default_factory=list)
    """What was skipped or filled in while the table was found."""


def texts_of(row: list[Cell]) -> list[str]:
    """The filled cells of a row as tidy text."""
    return [text for cell in row if (text := tidy(cell))]


class TableReader:
    """Reads the table whose header is in rows `span[0]` to `span[1]` of a grid (from 0), up to row `span[2]`."""

    def __init__(
        self, grid: Grid, file: str, span: tuple[int, int, int], parts: list[tuple[str, ...]], title: str
    ) -> None:
        self.grid, self.file = grid, file
        top, self.bottom, self.end = span
        bottom, end, width = self.bottom, self.end, len(parts)
        body = range(bottom + 1, end)
        self.kept = [n for n in range(width) if parts[n] or any(grid.rows[r][n] is not None for r in body)]
        self.parts = [parts[n] for n in self.kept]
        places = [{t.column for t in match_header(p).targets if t.table == PLACE} for p in self.parts]
        self.number = _first(places, NUMBERING)
        self.village = _first(places, "given_village")
        self.district = _first(places, "given_district")
        self.code = _first(places, "given_code")
        columns = [
            " ".join(tidy(part) for part in p) or f"column {_letter(n)}"
            for p, n in zip(self.parts, self.kept, strict=True)
        ]
        self.result = RawTable(grid.sheet, columns, [], [], title, self.parts, grid.first_row + top)
        self.section = _section_in_title(grid, top)
        self.sections: dict[int, str] = {}
        self.totals: list[int] = []
        self.notes: list[tuple[int, str]] = []

    def table(self) -> RawTable:
        """The table, its districts filled in, with findings of what was left out."""
        body = {n: [self.grid.rows[n][c] for c in self.kept] for n in range(self.bottom + 1, self.end)}
        self._fill_merged(body)
        for n, cells in body.items():
            if not (n == self.bottom + 1 and _is_numbering(cells)):
                self._take(n, cells)
        self._fill_districts()
        self._report_skipped()
        return self.result

    def _take(self, n: int, cells: list[Cell]) -> None:
        number = self.grid.first_row + n
        texts = texts_of(cells)
        if not texts:
            return
        if self._is_note(cells, texts):
            self.notes.append((number, texts[0]))
        elif (district := self._section_name(cells)) is not None:
            self.section = district
        elif self._is_total(cells):
            self.totals.append(number)
        else:
            if self.section:
                self.sections[number] = self.section
            self.result.rows.append(cells)
            self.result.row_numbers.append(number)

    def _is_note(self, cells: list[Cell], texts: list[str]) -> bool:
        """Whether a row of one or two words is a note or part of a signature, and not a row of data."""
        if len(texts) > _A_FEW or len(texts) == len(self.parts) or self._is_keyed(cells):
            return False
        if any(
            cell is not None and (not isinstance(cell, str) or parse_number(cell) is not None)
            for cell in cells
        ):
            return False
        if any(_NOTE.match(text) for text in texts) or (self.notes and len(self.parts) > _A_FEW):
            return True
        is_lone = len(texts) == 1 and len(self.parts) > _A_FEW and not self._has_key(cells)
        return is_lone and bool(self.result.rows) and not self.section and not _SECTION.match(texts[0])

    def _is_keyed(self, cells: list[Cell]) -> bool:
        """Whether a row has what makes it one of data: a code, or a village and its district (or another word)."""
        if self.code is not None and parse_code(cells[self.code]):
            return True
        if self.village is None or cells[self.village] is None or _NOTE.match(tidy(cells[self.village])):
            return False
        return cells[self.district] is not None if self.district is not None else len(texts_of(cells)) > 1

    def _has_key(self, cells: list[Cell]) -> bool:
        keys = [n for n in (self.village, self.code) if n is not None] or [0]
        return any(cells[n] is not None for n in keys)

    def _section_name(self, cells: list[Cell]) -> str | None:
        """The district that a row of its own names for the villages below it."""
        if self.village is None:
            return None
        words = list(itertools.islice(_words(cells), 2))
        if len(words) != 1:
            return None
        at, text = words[0]
        match = _SECTION.match(text)
        if match and (at != self.district or cells[self.village] is None):
            return match[1].strip()
        alone = len(texts_of(cells)) == 1 and self.district is None and at != self.village
        if alone and (self.section or not self.result.rows) and not _TOTAL.match(fold(text)):
            return text
        return None

    def _is_total(self, cells: list[Cell]) -> bool:
        if self.number is not None and parse_number(cells[self.number]) is not None:
            return False
        if self.code is not None and parse_code(cells[self.code]):
            return False
        return any(_TOTAL.match(fold(text)) for _, text in itertools.islice(_words(cells), 2))

    def _fill_merged(self, body: dict[int, list[Cell]]) -> None:
        """Words in a cell merged over several rows stand for each of them; numbers don't."""
        filled: set[int] = set()
        for first, left, last, right in self.grid.merges:
            if first not in body or last == first or left != right or left not in self.kept:
                continue
            column, value = self.kept.index(left), self.grid.rows[first][left]
            if not isinstance(value, str):
                continue
            for n in range(first + 1, min(last + 1, self.end)):
                if body[n][column] is None and any(cell is not None for cell in body[n]):
                    body[n][column] = value
                    filled.add(column)
        for column in sorted(filled):
            self._report_filled(column, "stands once in a cell merged over several rows")

    def _fill_districts(self) -> None:
        if self.sections:
            self._fill_from_sections()
        elif self.district is not None and self._is_in_blocks(self.district):
            above: Cell = None
            for row in self.result.rows:
                above = row[self.district] = row[self.district] if row[self.district] is not None else above
            self._report_filled(self.district, "stands only in the first row of a block of villages")

    def _fill_from_sections(self) -> None:
        if self.district is None:
            self.district = len(self.result.columns)
            self.result.columns.append("Kecamatan")
            self.result.parts.append(("Kecamatan",))
            for row in self.result.rows:
                row.append(None)
        blank = False
        for number, row in zip(self.result.row_numbers, self.result.rows, strict=True):
            if row[self.district] is None and number in self.sections:
                row[self.district], blank = self.sections[number], True
        if blank:
            self._report_filled(self.district, "stands above its villages, not beside them")

    def _is_in_blocks(self, column: int) -> bool:
        """Whether a column names each value once, in the first row of its block."""
        values = [row[column] for row in self.result.rows]
        filled = [fold(value) for value in values if value is not None]
        if not filled or len(filled) == len(values) or values[0] is None:
            return False
        return all(a != b for a, b in itertools.pairwise(filled)) and len(filled) * 4 <= len(values) * 3

    def _report_filled(self, column: int, how: str) -> None:
        name = self.result.columns[column]
        what, done = f"'{name}' {how}.", "It was given to each row that it stands for."
        self._add("repaired", what, done, "Nothing, if that is what was meant.", self.result.header_row, name)

    def _report_skipped(self) -> None:
        settle = "If one is a row of data, give it a number or a code."
        if self.totals:
            what, done = (
                f"Totals in {rows_text(self.totals)}.",
                "They were left out: totals are reckoned anew.",
            )
            self._add("note", what, done, settle, self.totals[0])
        if self.notes:
            rows = rows_text([number for number, _ in self.notes])
            what = f"Notes or signatures in {rows}, from '{self.notes[0][1][:60]}'."
            self._add("note", what, "They were left out.", settle, self.notes[0][0])

    def _add(self, severity: Severity, what: str, done: str, settle: str, row: int, column: str = "") -> None:
        self.result.findings.append(
            Finding(severity, self.file, what, done, settle, self.result.sheet, row, column)
        )


def _words(cells: list[Cell]) -> Iterator[tuple[int, str]]:
    """The cells of a row that hold words, not numbers or what counts rows (`II.`), with their positions."""
    for n, cell in enumerate(cells):
        if isinstance(cell, str) and parse_number(cell) is None:
            text = tidy(cell)
            if text and not _ENUMERATOR.match(text):
                yield n, text


def _first(places: list[set[str]], wanted: str) -> int | None:
    return next((n for n, columns in enumerate(places) if wanted in columns), None)


def rows_text(numbers: list[int]) -> str:
    """Row numbers for people: `rows 5, 9 and 3 more`."""
    shown = ", ".join(str(n) for n in numbers[:8])
    more = f" and {len(numbers) - 8} more" if len(numbers) > 8 else ""
    return f"row{'s' if len(numbers) > 1 else ''} {shown}{more}"


def _letter(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _is_numbering(cells: list[Cell]) -> bool:
    """Whether a row under the header only counts its columns: 1 2 3, (1) (2) (3)."""
    filled = [tidy(cell).strip("()[]. ") for cell in cells if tidy(cell)]
    if len(filled) < 3 or len(filled) * 10 < len(cells) * 7:
        return False
    return all(re.match(rf"{n}(?!\d|[.,]\d)", text) for n, text in enumerate(filled, start=1))


def _section_in_title(grid: Grid, top: int) -> str:
    """The district of the whole table where it stands above the header: `Kecamatan : Foo`."""
    for row in grid.rows[max(0, top - 8) : top]:
        texts = texts_of(row)
        match = re.match(r"^kec(?:amatan|\.)?\s*:\s*(.+)$", " ".join(texts), re.IGNORECASE)
        if match and len(texts) <= 3:
            return match[1].strip(" :")
    return ""
