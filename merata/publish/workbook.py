"""plan.xlsx: a sheet for each question, in Indonesian and English, ready to filter and to print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import pandas as pd
import xlsxwriter

from merata.publish.columns import Column, Formula, Kinded, Sheet
from merata.publish.sheets import sheets
from merata.publish.tables import Results, cell
from merata.publish.words import Tongue
from merata.region.formula import is_formula

_FORMATS: dict[str, dict[str, Any]] = {
    "text": {"text_wrap": True, "valign": "top"},
    "int": {"num_format": "#,##0", "valign": "top"},
    "decimal": {"num_format": "#,##0.00", "valign": "top"},
    "idr": {"num_format": "#,##0", "valign": "top"},
    "share": {"num_format": "0%", "valign": "top"},
    "percent": {"num_format": "0.00%", "valign": "top"},
    "year": {"num_format": "0", "valign": "top", "align": "center"},
    "degrees": {"num_format": "0.00000", "valign": "top"},
    "fill": {
        "num_format": "#,##0",
        "valign": "top",
        "bg_color": "#FFF7D6",
        "border": 1,
        "border_color": "#C9B458",
    },
}
_INK, _DEEP, _WARN = "#1B2A33", "#0B5563", "#5B1A00"


class About(Protocol):
    """What every workbook says of itself."""

    @property
    def name(self) -> str:
        """Of the region."""

    @property
    def run_id(self) -> str: ...  # noqa: D102

    @property
    def version(self) -> str: ...  # noqa: D102

    @property
    def made_up(self) -> bool: ...  # noqa: D102

    @property
    def inputs_date(self) -> str:
        """ISO date that the file carries, so that the same run has the same bytes."""


def write_workbook(path: Path, results: Results, joined: pd.DataFrame) -> None:
    """Write the workbook; the same results give the same bytes. `joined` is `tables.villages(results)`."""
    write_sheets(path, sheets(results, joined), results)


@dataclass(frozen=True)
class OfBook:
    """The same where there is no view of a run to say it."""

    name: str
    run_id: str
    version: str
    made_up: bool
    inputs_date: str


def write_sheets(to: Path | BinaryIO, made: Sequence[Sheet], about: About) -> None:
    """Write a workbook of these sheets; the same sheets give the same bytes."""
    book = xlsxwriter.Workbook(
        str(to) if isinstance(to, Path) else to,
        # Village names may begin with '=' or look like links: text stays text.
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    book.set_properties(
        {
            "title": f"Merata: {about.name}",
            "comments": f"run {about.run_id}, Merata {about.version}",
            "created": datetime.fromisoformat(about.inputs_date[:10]),
        }
    )
    writer = _Writer.of(book)
    for sheet in made:
        _add(book, writer, sheet, about)
    book.close()


@dataclass(frozen=True)
class _Writer:
    """The formats of one workbook."""

    kinds: dict[str, Any]
    quoted: Any
    bold: Any
    head: Any
    warn: Any
    note: Any
    total: dict[str, Any]

    @classmethod
    def of(cls, book: Any) -> _Writer:
        return cls(
            kinds={kind: book.add_format(look) for kind, look in _FORMATS.items()},
            quoted=book.add_format({**_FORMATS["text"], "quote_prefix": True}),
            bold=book.add_format({**_FORMATS["text"], "bold": True}),
            head=book.add_format(
                {
                    "bold": True, "text_wrap": True, "valign": "bottom", "font_color": "#FFFFFF",
                    "bg_color": _DEEP, "border": 1, "border_color": "#FFFFFF",
                }
            ),
            warn=book.add_format({"bold": True, "font_color": "#FFFFFF", "bg_color": _WARN}),
            note=book.add_format({"italic": True}),
            total={
                kind: book.add_format({**look, "bold": True, "top": 1, "top_color": _INK})
                for kind, look in _FORMATS.items()
            },
        )  # fmt: skip


def _add(book: Any, writer: _Writer, sheet: Sheet, about: About) -> None:
    page = book.add_worksheet(sheet.name)
    top = _banner(page, writer, sheet, about)
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width)
        page.write_string(top, place, f"{column.head_id}\n{column.head_en}", writer.head)
    page.set_row(top, 46)
    for line, row in enumerate(sheet.rows, start=top + 1):
        _row(page, line, row, sheet.columns, writer, bold=sheet.name.startswith("Ringkasan"))
    last = top + len(sheet.rows)
    if sheet.total and sheet.rows:
        _total(page, writer, sheet, top, last)
    if sheet.rows and sheet.filters:
        page.autofilter(top, 0, last, len(sheet.columns) - 1)
    page.freeze_panes(top + 1, sheet.frozen)
    _print_setup(page, sheet, about, top, last + bool(sheet.total))


def _banner(page: Any, writer: _Writer, sheet: Sheet, about: About) -> int:
    """Rows above the head: that all is made up, and the sheet's note. Returns the row of the head."""
    top = 0
    if about.made_up:
        words = " · ".join(Tongue(language)("made_up_strip") for language in ("id", "en"))
        for place in range(len(sheet.columns)):
            page.write_blank(0, place, None, writer.warn)
        page.write_string(0, 0, words, writer.warn)
        top = 1
    for line in filter(None, sheet.note):
        page.write_string(top, 0, line, writer.note)
        top += 1
    return top


def _row(
    page: Any, line: int, row: Sequence[Any], columns: Sequence[Column], writer: _Writer, bold: bool
) -> None:
    for place, (value, column) in enumerate(zip(row, columns, strict=True)):
        kind = column.kind
        if isinstance(value, Kinded):
            value, kind = value.value, value.kind
        if isinstance(value, Formula):
            page.write_formula(line, place, value.text.format(row=line + 1), writer.kinds[kind], value.value)
            continue
        plain = cell(value, quote=False)
        if kind == "fill" and plain is None:
            page.write_blank(line, place, None, writer.kinds[kind])
        if plain is None or plain == "":
            continue
        if isinstance(plain, str):
            look = (
                writer.quoted
                if is_formula(plain)
                else writer.bold
                if bold and place < 2
                else writer.kinds["text"]
            )
            page.write_string(line, place, plain, look)
        elif isinstance(plain, bool):
            page.write_string(line, place, "ya / yes" if plain else "tidak / no", writer.kinds["text"])
        else:
            page.write_number(line, place, plain, writer.kinds[kind])


def _total(page: Any, writer: _Writer, sheet: Sheet, top: int, last: int) -> None:
    """A row of SUBTOTALs under the table: it follows the filters, and carries the sum for who does not reckon."""
    line = last + 1
    for place, column in enumerate(sheet.columns):
        look = writer.total[column.kind]
        if place == 0:
            page.write_string(line, 0, "JUMLAH / TOTAL", writer.total["text"])
        elif column.name in sheet.total:
            letter = xlsxwriter.utility.xl_col_to_name(place)
            values = (row[place] for row in sheet.rows)
            plain = [v.value or None if isinstance(v, Formula) else cell(v) for v in values]
            total = sum(value for value in plain if value is not None)
            page.write_formula(
                line, place, f"=SUBTOTAL(109,{letter}{top + 2}:{letter}{last + 1})", look, total
            )
        else:
            page.write_blank(line, place, None, look)


def _print_setup(page: Any, sheet: Sheet, about: About, top: int, last: int) -> None:
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(top)
    page.print_area(0, 0, last, len(sheet.columns) - 1)
    page.set_margins(left=0.4, right=0.4, top=0.75, bottom=0.6)
    name = about.name.replace("&", "&&")[:60]
    made_up = f" — {Tongue('id')('made_up_strip')}" if about.made_up else ""
    page.set_header(f"&L&B{name}{made_up}&R{sheet.name}")
    page.set_footer(f"&LMerata {about.version} · run {about.run_id}&R&P / &N")
