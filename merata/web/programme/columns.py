"""Reads the rows of an office's or provider's spreadsheet by declared columns, whatever their order and spelling."""
# ruff: noqa: E501 (declared data: one row a line reads better than a folded one)

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from rapidfuzz import fuzz

from merata.errors import FileError
from merata.region.formula import plain_text
from merata.region.headers import RawTable, find_tables
from merata.region.spreadsheets import Cell, read_grids
from merata.region.tables import Column
from merata.region.values import (
    NumberStyle,
    is_blank,
    number_style,
    parse_choice,
    parse_code,
    parse_date,
    parse_number,
    tidy,
)
from merata.region.vocabulary import key_of
from merata.web.models.programme import POINT_STATES
from merata.web.programme.said import Key, Problem

MAX_BYTES = 5_000_000
MAX_ROWS = 5_000
_ALIKE, _LONG_ENOUGH = 88, 5

#: What a provider's weekly spreadsheet may say of its points. `name` is the field of the point, or where it lies.
POINTS = (
    Column("code", "text", "The point's own code", headers=("kode titik", "id titik", "titik", "code", "point code", "point id", "service point", "kode layanan", "sid")),
    Column("village", "text", "Village", headers=("desa", "nama desa", "desa kelurahan", "kelurahan", "nama desa kelurahan", "village", "village name", "kampung")),
    Column("village_code", "code", "Its official code", headers=("kode desa", "kode wilayah", "kode kemendagri", "village code", "kode desa kelurahan")),
    Column("district", "text", "District", headers=("kecamatan", "nama kecamatan", "district", "kec")),
    Column("place", "text", "Whose place it is", headers=("tempat", "lokasi", "nama lokasi", "place", "location", "instansi", "nama instansi", "titik layanan", "nama titik", "site name", "nama tempat")),
    Column("state", "choice", "State it came into", choices=POINT_STATES, headers=("keadaan", "status", "state", "status titik", "progres", "progress", "status pekerjaan", "tahap"), words={
        "diusulkan": "proposed", "usulan": "proposed", "diperiksa": "verified", "terverifikasi": "verified", "verifikasi": "verified", "survei": "verified", "survey": "verified",
        "dikontrak": "contracted", "kontrak": "contracted", "terkontrak": "contracted", "belum terpasang": "contracted", "belum dipasang": "contracted",
        "terpasang": "installed", "sudah terpasang": "installed", "dipasang": "installed", "instalasi": "installed", "selesai pasang": "installed", "sudah dipasang": "installed",
        "diterima": "accepted", "serah terima": "accepted", "bast": "accepted", "uji terima": "accepted",
        "beroperasi": "in service", "menyala": "in service", "aktif": "in service", "online": "in service", "on air": "in service", "berfungsi": "in service", "active": "in service", "layanan aktif": "in service",
        "terhenti": "suspended", "berhenti sementara": "suspended", "mati": "suspended", "offline": "suspended", "gangguan": "suspended", "isolir": "suspended",
        "diganti": "replaced", "berakhir": "ended", "selesai kontrak": "ended", "dicabut": "ended",
    }),
    Column("on", "date", "Day of that step", headers=("tanggal", "tgl", "date", "tanggal pasang", "tanggal instalasi", "tgl pasang", "tanggal status", "tanggal keadaan", "install date")),
    Column("equipment", "text", "Equipment", headers=("perangkat", "alat", "peralatan", "equipment", "jenis perangkat", "merk perangkat", "device")),
    Column("power", "text", "Power", headers=("listrik", "catu daya", "sumber listrik", "power", "daya")),
    Column("in_building", "text", "The room", headers=("ruangan", "letak", "letak di bangunan", "posisi", "room", "letak antena")),
    Column("tested_on", "date", "Day of the test", headers=("tanggal uji", "tgl uji", "tested on", "test date", "tanggal tes", "tanggal pengujian")),
    Column("test_down_mbps", "float", "Down", minimum=0, headers=("unduh", "download", "kecepatan unduh", "down", "hasil unduh", "uji unduh", "test down", "dl")),
    Column("test_up_mbps", "float", "Up", minimum=0, headers=("unggah", "upload", "kecepatan unggah", "up", "hasil unggah", "uji unggah", "test up", "ul")),
    Column("test_latency_ms", "float", "Latency", minimum=0, headers=("latensi", "latency", "ping", "waktu tunda", "delay", "uji latensi")),
    Column("note", "text", "Notes", headers=("catatan", "keterangan", "notes", "note", "remarks", "ket", "kendala")),
)  # fmt: skip

#: What a list of payments may say.
PAYMENTS = (
    Column("contract", "text", "Number of the contract", required=True, headers=("nomor kontrak", "no kontrak", "kontrak", "contract", "contract number")),
    Column("code", "text", "The point's code", headers=("kode titik", "titik", "point", "point code")),
    Column("month", "date", "Month", required=True, headers=("bulan", "month", "bulan layanan", "periode")),
    Column("amount_idr", "idr", "Whole rupiah", required=True, headers=("jumlah", "nilai", "jumlah rp", "nilai rp", "amount", "pembayaran", "jumlah dibayar", "nilai pembayaran")),
    Column("fund", "text", "Fund", headers=("sumber dana", "dana", "fund", "anggaran")),
    Column("paid_on", "date", "Day of payment", required=True, headers=("tanggal bayar", "tgl bayar", "dibayar tanggal", "paid on", "tanggal pembayaran", "tanggal sp2d")),
    Column("reference", "text", "Reference", headers=("nomor bukti", "no bukti", "sp2d", "nomor sp2d", "reference", "bukti", "referensi")),
)  # fmt: skip


@dataclass
class Row:
    """One row of a file: what stands in it by column, and what of it can't be read."""

    number: int
    cells: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)


@dataclass
class Sheet:
    """The rows of a file, and the headers that stand for none of the columns."""

    rows: list[Row]
    unknown: list[str]


def read(upload: UploadedFile[Any], columns: Sequence[Column]) -> Sheet:
    """The rows of an uploaded spreadsheet.

    Raises
    ------
    FileError
        It is no spreadsheet that can be read, too large, or has no table with such columns.
    """
    name = Path(upload.name or "").name
    if (upload.size or 0) > MAX_BYTES:
        raise FileError(
            f"{name}: a file of at most {MAX_BYTES // 1_000_000} MB is taken here. Keep only the sheet that matters."
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"sheet{Path(name).suffix.lower()}"
        path.write_bytes(upload.read())
        grids = read_grids(path, name)
    tables = [table for grid in grids for table in find_tables(grid, name)]
    read_ones = [_rows(table, columns) for table in tables]
    rows = [row for sheet in read_ones for row in sheet.rows]
    if not rows:
        known = ", ".join(column.headers[0] for column in columns)
        raise FileError(f"{name}: there is no table in it with columns such as {known}.")
    if len(rows) > MAX_ROWS:
        raise FileError(f"{name}: {len(rows)} rows; at most {MAX_ROWS} are taken in one go. Split it.")
    unknown = [head for sheet in read_ones if sheet.rows for head in sheet.unknown]
    return Sheet(rows, list(dict.fromkeys(unknown)))


def _rows(table: RawTable, columns: Sequence[Column]) -> Sheet:
    found = [
        column_of(parts or (head,), columns) for parts, head in zip(table.parts, table.columns, strict=True)
    ]
    places: dict[str, int] = {}
    for at, column in enumerate(found):
        if column and column.name not in places:
            places[column.name] = at
    if len(places) < 2 or any(column.required and column.name not in places for column in columns):
        return Sheet([], [])
    kinds = {column.name: column for column in columns}
    styles = {name: number_style([row[at] for row in table.rows]) or "id" for name, at in places.items()}
    rows = [
        _row(number, {name: cells[at] for name, at in places.items()}, kinds, styles)
        for number, cells in zip(table.row_numbers, table.rows, strict=True)
    ]
    return Sheet(
        [row for row in rows if row.cells or row.problems],
        [h for h, c in zip(table.columns, found, strict=True) if c is None],
    )


def column_of(parts: Sequence[str], columns: Sequence[Column]) -> Column | None:
    """The column that a header stands for: word for word in any order, else the one that it must be misspelt from."""
    for text in (" ".join(parts), parts[-1], _without_unit(" ".join(parts))):
        key = key_of(text)
        for column in columns:
            if key in {key_of(head) for head in (column.name, *column.headers)}:
                return column
    key = key_of(_without_unit(" ".join(parts)))
    scored = [
        (fuzz.ratio(key, key_of(head)), column)
        for column in columns
        for head in column.headers
        if len(head) >= _LONG_ENOUGH
    ]
    best, column = max(scored, key=lambda pair: pair[0])
    return column if best >= _ALIKE and len(key) >= _LONG_ENOUGH else None


def _without_unit(text: str) -> str:
    plain = text.partition("(")[0]
    return " ".join(word for word in plain.split() if word.casefold() not in ("mbps", "ms", "rp", "idr"))


def _row(number: int, cells: dict[str, Cell], kinds: dict[str, Column], styles: dict[str, Any]) -> Row:
    row = Row(number, {})
    for name, cell in cells.items():
        if isinstance(cell, str):
            cell = plain_text(cell)
        if is_blank(cell):
            continue
        value = _value(cell, kinds[name], styles[name])
        if value is None:
            row.problems.append(
                Problem("cell_not_read", {"column": Key(f"column_{name}"), "cell": tidy(cell)[:80]})
            )
        else:
            row.cells[name] = value
    return row


def _value(cell: Cell, column: Column, style: NumberStyle) -> str | float | int | None:
    """A cell as its column has it, in what JSON holds; None where it can't be read."""
    if column.kind == "date":
        day = parse_date(cell)
        return day.isoformat() if day and day >= dt.date(2000, 1, 1) else None
    if column.kind in ("float", "idr"):
        number = parse_number(cell, "whole" if column.kind == "idr" else style)
        if (
            number is None
            or not -1e15 < number < 1e15
            or (column.minimum is not None and number < column.minimum)
        ):
            return None
        return round(number) if column.kind == "idr" else number
    if column.kind == "choice":
        return parse_choice(tidy(cell), column)
    if column.kind == "code":
        return parse_code(cell) or tidy(cell)
    return tidy(cell)[:2000]
