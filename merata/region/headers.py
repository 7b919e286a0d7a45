"""Finds the tables in a sheet: where headers are, how many rows they take, and what stands above them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

from merata.region._table_rows import RawTable, TableReader, texts_of
from merata.region.spreadsheets import Cell, Grid
from merata.region.values import parse_number, tidy
from merata.region.vocabulary import NUMBERING, PLACE, is_header_word, match_header

__all__ = ["RawTable", "find_tables"]

_MAX_HEADER_ROWS = 4


def find_tables(grid: Grid, file: str) -> list[RawTable]:
    """The tables of a sheet, from top to bottom; empty when it has none.

    Title rows, numbering rows under a header, repeated headers, blank rows, totals, notes and signatures are
    left out (the last three with a finding). A district that stands once for several villages, in a merged cell, in a
    cell that is blank below or in a row of its own, is given to each of them, with a finding.

    Parameters
    ----------
    grid
        The sheet.
    file
        The file's name, for findings.

    """
    starts = _header_rows(grid)
    tables: list[RawTable] = []
    done = 0
    for n, (top, bottom) in enumerate(starts):
        end = _end_of_body(grid, bottom + 1, starts[n + 1][0]) if n + 1 < len(starts) else len(grid.rows)
        parts = _header_parts(grid, top, bottom)
        table = TableReader(grid, file, (top, bottom, end), parts, _title(grid, done, top)).table()
        if tables and table.parts == tables[-1].parts and not table.title:
            _append(tables[-1], table)
        else:
            tables.append(table)
        done = end
    return tables


def _append(first: RawTable, more: RawTable) -> None:
    """A header that is printed again on the next page goes on with the same table."""
    first.rows += more.rows
    first.row_numbers += more.row_numbers
    said = {(finding.column, finding.what) for finding in first.findings}
    first.findings += [f for f in more.findings if (f.column, f.what) not in said]


def _end_of_body(grid: Grid, start: int, following: int) -> int:
    """Where a table ends, when the header of the next one, under a title of its own, is at row `following`."""
    width = len(texts_of(grid.rows[start - 1]))
    end = following
    while end > start and len(texts_of(grid.rows[end - 1])) <= 1:
        end -= 1
    lone = [n for n in range(end, following) if texts_of(grid.rows[n])]
    if not lone:
        return following
    if width <= 2:  # a row with one word may be one of data: only what stands after a blank row is a title
        blank = [n for n in range(end, following) if not texts_of(grid.rows[n])]
        return blank[0] if blank else following
    return end


def _title(grid: Grid, start: int, end: int) -> str:
    texts = [tidy(cell) for row in grid.rows[start:end] for cell in row if tidy(cell)]
    return " / ".join(dict.fromkeys(texts))[:500]


def _header_rows(grid: Grid) -> list[tuple[int, int]]:
    """First and last row (from 0) of every header in the sheet."""
    found: list[tuple[int, int]] = []
    row = 0
    while row < len(grid.rows):
        if _header_score(grid.rows[row]) >= 2:
            span = _span(grid, row, found[-1][1] + 1 if found else 0)
            found.append(span)
            row = span[1]
        row += 1
    if not found:
        weak = _weak_header(grid)
        found = [] if weak is None else [_span(grid, weak, 0)]
    return found


def _header_score(row: list[Cell]) -> int:
    """How many cells are header words; 0 for a row that can't be a header."""
    filled = [cell for cell in row if cell is not None]
    if len(filled) < 2 or not any(isinstance(c, str) and is_header_word(c) for c in filled[:4]):
        return 0
    if any(not _is_label(cell) for cell in filled):
        return 0
    known = [cell for cell in filled if isinstance(cell, str) and is_header_word(cell)]
    return len(known) if len(known) * 4 >= len(filled) or len(known) >= 3 else 0


def _is_label(cell: Cell) -> bool:
    """Whether a cell may stand in a header: words, or a year."""
    if isinstance(cell, str):
        number = parse_number(cell)
        return number is None or _is_year(number)
    return not isinstance(cell, bool) and isinstance(cell, (int, float)) and _is_year(cell)


def _is_year(number: float) -> bool:
    return 1990 <= number <= 2100 and float(number).is_integer()


def _weak_header(grid: Grid) -> int | None:
    """The likeliest header of a sheet that has no row with two header words: with one, else a row of words."""
    best: int | None = None
    for n, row in enumerate(grid.rows[:50]):
        filled = [cell for cell in row if cell is not None]
        if not filled or any(not _is_label(cell) for cell in filled) or not _has_rows(grid, n, len(filled)):
            continue
        if any(isinstance(cell, str) and is_header_word(cell) for cell in filled):
            return n
        if best is None and len(filled) >= 2:
            best = n
    return best


def _has_rows(grid: Grid, header: int, width: int) -> bool:
    """Whether the row below has at least half as many cells as a header of `width`."""
    for row in grid.rows[header + 1 : header + 4]:
        if texts := texts_of(row):
            return len(texts) * 2 >= width
    return False


def _span(grid: Grid, row: int, earliest: int) -> tuple[int, int]:
    """First and last row of the header that `row` belongs to."""
    top = row - 1 if row > earliest and _is_group_row(grid, row) else row
    bottom = row
    for first, _, last, _ in grid.merges:
        if top <= first <= row < last < row + _MAX_HEADER_ROWS:
            bottom = max(bottom, last)
    while bottom - top + 1 < _MAX_HEADER_ROWS and _is_sub_header(grid, top, bottom):
        bottom += 1
    return top, bottom


def _is_group_row(grid: Grid, row: int) -> bool:
    """Whether the row above a full header row groups some of its columns (`Jumlah` above `KK` and `Jiwa`)."""
    above, header = grid.rows[row - 1], grid.rows[row]
    filled = [n for n, cell in enumerate(above) if cell is not None]
    first = next(n for n, cell in enumerate(header) if cell is not None)
    if not filled or filled[0] <= first or not all(_is_label(above[n]) for n in filled):
        return False
    if any(first_row == row - 1 and right > left for first_row, left, _, right in grid.merges):
        return True
    return len(filled) >= 2 or (
        all(header[n] is not None for n in filled) and len(tidy(above[filled[0]])) <= 40
    )


def _is_sub_header(grid: Grid, top: int, bottom: int) -> bool:
    """Whether the row below the header so far goes on with it."""
    if bottom + 1 >= len(grid.rows):
        return False
    below = grid.rows[bottom + 1]
    filled = [n for n, cell in enumerate(below) if cell is not None]
    if not filled or not all(_is_label(below[n]) for n in filled):
        return False
    last = grid.rows[bottom]
    grouped = {
        n
        for first, left, end, right in grid.merges
        if first <= bottom == end and right > left
        for n in range(left, right + 1)
    }
    opens = [
        n for n in filled if last[n] is None and not any(row[n] is not None for row in grid.rows[top:bottom])
    ]
    if not opens and not grouped & set(filled):
        return False
    keys = {n for n, cell in enumerate(last) if _is_key(cell)} - grouped
    known = sum(1 for n in filled if isinstance(below[n], str) and is_header_word(str(below[n])))
    return not keys & set(filled) and (bool(grouped) or known > 0 or bool(keys))


def _is_key(cell: Cell) -> bool:
    """Whether a header cell heads a column that every row of data fills."""
    if not isinstance(cell, str) or not is_header_word(cell):
        return False
    places = {t.column for t in match_header((cell,)).targets if t.table == PLACE}
    return bool(places & {"given_village", "given_code", NUMBERING})


def _header_parts(grid: Grid, top: int, bottom: int) -> list[tuple[str, ...]]:
    """The header of each column from top to bottom, with cells merged or left blank under a group filled in."""
    rows = [list(row) for row in grid.rows[top : bottom + 1]]
    spans = [m for m in grid.merges if top <= m[0] <= bottom]
    for first, left, last, right in spans:
        for r in range(first, min(last, bottom) + 1):
            for c in range(left, min(right + 1, len(rows[0]))):
                rows[r - top][c] = grid.rows[first][left]
    if not any(right > left for _, left, _, right in spans):
        for upper, lower in itertools.pairwise(rows):
            _spread(upper, lower)
    return [tuple(_distinct(row[c] for row in rows)) for c in range(len(rows[0]))]


def _spread(upper: list[Cell], lower: list[Cell]) -> None:
    """A group's name goes on over the blank cells right of it that have a header below."""
    group: Cell = None
    for c, cell in enumerate(upper):
        if cell is not None:
            group = cell if lower[c] is not None else None
        elif lower[c] is not None and group is not None:
            upper[c] = group
        else:
            group = None


def _distinct(cells: Iterable[Cell]) -> Iterator[str]:
    last = ""
    for cell in cells:
        text = tidy(cell)
        if text and text != last:
            yield text
            last = text
