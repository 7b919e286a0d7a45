"""Village statistics as a statistics office has them: several sheets, merged headers, totals, and their dirt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from merata.example.books import POWER_WORDS, SIGNAL_WORDS, Book, Cell, Truth, write_row
from merata.example.dirt import DirtList, dotted, misspell, rows_of
from merata.example.words import MARK

_DISTRICTS_PER_SHEET = 7
_HEADER = (
    ("No",),
    ("Kode Desa",),
    ("Kecamatan",),
    ("Desa/Kelurahan",),
    ("Jumlah", "Penduduk", "KK"),
    ("KK Memiliki", "Smartphone", "Komputer"),
    ("Sumber Listrik",),
    ("Kekuatan Sinyal",),
)
_NOTES = (
    "Semua angka di buku ini dibuat-buat / every figure here is made up.",
    "KK = kepala keluarga",
    "Sinyal menurut perangkat desa",
)


@dataclass
class _Row:
    """One village: its cells by column as typed, and the dirt in them."""

    district: str
    people: int
    cells: dict[str, Cell]
    marks: dict[str, str] = field(default_factory=dict)


def statistics(path: Path, truth: Truth, dirt: DirtList) -> Path:
    """Statistik Desa: people, devices, power and signal by village, a sheet for every seven districts."""
    rows = list(_rows(truth))
    _soil(rows, dirt)
    book = Book(path)
    regency = str(truth["villages"]["regency"].iloc[0])
    blocks = [list(block) for _, block in groupby(rows, key=lambda row: row.district)]
    for number, start in enumerate(range(0, len(blocks), _DISTRICTS_PER_SHEET), 1):
        _sheet(book, f"Wilayah {number}", blocks[start : start + _DISTRICTS_PER_SHEET], dirt, regency)
    notes = book.sheet("Catatan", [MARK])
    dirt.note("sheet without data", path.name, sheet="Catatan")
    for row, text in enumerate(_NOTES, 2):
        notes.write(row, 0, text)
    return book.close()


def _rows(truth: Truth) -> Iterator[_Row]:
    table = truth["villages"].rename(columns={"code": "village_code"})
    for name in ("people", "devices", "electricity", "reports"):
        table = table.merge(truth[name], on="village_code")
    for v in rows_of(table):
        cells: dict[str, Cell] = {
            "kode": str(v.village_code),
            "kecamatan": str(v.district),
            "desa": str(v.name),
            "penduduk": int(v.people),
            "kk": int(v.households),
            "smartphone": int(v.households_with_smartphone),
            "komputer": int(v.households_with_computer),
            "listrik": POWER_WORDS[v.electricity],
            "sinyal": SIGNAL_WORDS[v.signal],
        }
        yield _Row(str(v.district), int(v.people), cells)


def _soil(rows: list[_Row], dirt: DirtList) -> None:
    """Make cells dirty, each at most once."""

    def change(kind: str, column: str, share: float, how: Callable[[str], Cell]) -> None:
        free = [row for row in rows if column not in row.marks]
        for k in dirt.some(len(free), share):
            free[k].cells[column] = how(str(free[k].cells[column]))
            free[k].marks[column] = kind

    change("code as number", "kode", 0.2, lambda code: int(code.replace(".", "")))
    change("misspelt village", "desa", 0.04, lambda name: misspell(name, dirt.rng))
    change("non-breaking space", "desa", 0.04, lambda name: f"{name}\u00a0")
    change("prefixed village", "desa", 0.08, lambda name: f"Ds. {name}")
    change("number as text", "penduduk", 0.15, lambda number: dotted(int(number)))
    change("non-breaking space", "kk", 0.03, lambda number: f"{dotted(int(number))}\u00a0")
    change("blank mark", "komputer", 0.04, lambda _: "-")
    change("blank mark", "smartphone", 0.03, lambda _: "n/a")
    change("blank mark", "sinyal", 0.03, lambda _: "-")
    # Some have lost their code, and must be found by their name; never one whose name is dirty as well.
    for k in dirt.some(len(rows), 0.08):
        if not {"desa", "kode"} & rows[k].marks.keys():
            rows[k].cells["kode"] = None


def _sheet(book: Book, name: str, blocks: list[list[_Row]], dirt: DirtList, regency: str) -> None:
    file = book.path.name
    sheet = book.sheet(name, ["STATISTIK DESA DAN KELURAHAN TAHUN 2024", regency.upper(), MARK])
    book.merged(sheet, 4, _HEADER)
    write_row(sheet, 6, [f"({k})" for k in range(1, 11)])
    for kind, at in (("title rows", 1), ("two-row header", 5), ("numbering row", 7)):
        dirt.note(kind, file, sheet=name, row=at)
    at, number = 7, 0
    for block in blocks:
        for row in block:
            number += 1
            write_row(sheet, at, [number, *row.cells.values()])
            for column, kind in row.marks.items():
                dirt.note(kind, file, sheet=name, row=at + 1, column=column)
            at += 1
        write_row(sheet, at, [None, None, "JUMLAH", None, sum(row.people for row in block)])
        dirt.note("total row", file, sheet=name, row=at + 1)
        at += 1
