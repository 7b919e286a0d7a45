"""The spreadsheets and lists of a made-up region's offices, with their dirt."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import xlsxwriter
from pyproj import Transformer

from merata.example.dirt import DirtList, date_words, dms, dotted, misspell, rupiah
from merata.example.words import MARK

Truth = dict[str, pd.DataFrame]
Cell = str | int | float | None
_SIGNAL = {"very strong": "sangat kuat", "strong": "kuat", "weak": "lemah", "no signal": "tidak ada"}
_POWER = {"grid": "PLN", "solar": "PLTS", "generator": "genset", "none": "tidak ada"}
_CREATED = datetime(2025, 6, 1)


@dataclass
class Book:
    """A workbook that is the same, byte for byte, whenever it is written."""

    path: Path

    def __post_init__(self) -> None:
        self._book = xlsxwriter.Workbook(self.path, {"constant_memory": False})
        self._book.set_properties({"title": f"{self.path.stem} – {MARK}", "created": _CREATED})
        self._bold = self._book.add_format(
            {"bold": True, "align": "center", "valign": "vcenter", "border": 1}
        )
        self._title = self._book.add_format({"bold": True, "font_size": 13})

    def sheet(self, name: str, titles: Sequence[str]) -> xlsxwriter.worksheet.Worksheet:
        """A new sheet with title rows at its top."""
        sheet = self._book.add_worksheet(name)
        sheet.set_column(1, 12, 18)
        for row, text in enumerate(titles):
            sheet.write(row, 0, text, self._title)
        return sheet

    def header(self, sheet: xlsxwriter.worksheet.Worksheet, row: int, words: Sequence[str]) -> None:
        """One header row."""
        for column, word in enumerate(words):
            sheet.write(row, column, word, self._bold)

    def merged(
        self, sheet: xlsxwriter.worksheet.Worksheet, row: int, words: Sequence[tuple[str, ...]]
    ) -> None:
        """Two header rows: (word,) spans both, (above, below, below …) stands over its own columns."""
        column = 0
        for above, *below in words:
            if not below:
                sheet.merge_range(row, column, row + 1, column, above, self._bold)
            else:
                sheet.merge_range(row, column, row, column + len(below) - 1, above, self._bold)
            for k, word in enumerate(below):
                sheet.write(row + 1, column + k, word, self._bold)
            column += max(1, len(below))

    def close(self) -> Path:
        """Write the file."""
        self._book.close()
        return self.path


def _write_row(sheet: xlsxwriter.worksheet.Worksheet, row: int, cells: Sequence[Cell]) -> None:
    for column, cell in enumerate(cells):
        if isinstance(cell, str):
            sheet.write_string(row, column, cell)
        elif cell is not None:
            sheet.write_number(row, column, cell)


def statistics(path: Path, truth: Truth, dirt: DirtList) -> Path:
    """Statistik Desa: people, devices, power and signal by village, a sheet for every seven districts."""
    villages = truth["villages"]
    table = villages[["code", "name", "district"]].copy()
    for name, columns in (("people", ["people", "households"]), ("devices", ["households_with_smartphone", "households_with_computer"]), ("electricity", ["electricity"]), ("reports", ["signal"])):  # fmt: skip
        table = table.merge(truth[name][["village_code", *columns]], left_on="code", right_on="village_code").drop(columns="village_code")  # fmt: skip
    given = _dirty_statistics(table, dirt, path.name)
    book = Book(path)
    districts = list(dict.fromkeys(villages["district"]))
    for number, start in enumerate(range(0, len(districts), 7), 1):
        chosen = districts[start : start + 7]
        _statistics_sheet(
            book,
            f"Wilayah {number}",
            given[given["_district"].isin(chosen)],
            dirt,
            str(villages["regency"].iloc[0]),
        )
    notes = book.sheet("Catatan", [MARK])
    dirt.note("sheet without data", path.name, sheet="Catatan")
    for row, text in enumerate(("Semua angka di buku ini dibuat-buat / every figure here is made up.", "KK = kepala keluarga", "Sinyal menurut perangkat desa"), 2):  # fmt: skip
        notes.write(row, 0, text)
    return book.close()


def _dirty_statistics(table: pd.DataFrame, dirt: DirtList, file: str) -> pd.DataFrame:
    """Cells as typed, in columns of objects; `_marks` holds the kinds of dirt of each row by column."""
    count = len(table)
    given = pd.DataFrame(
        {
            "kode": table["code"].to_numpy(object),
            "kecamatan": table["district"].to_numpy(object),
            "desa": table["name"].to_numpy(object),
            "penduduk": table["people"].to_numpy(object),
            "kk": table["households"].to_numpy(object),
            "smartphone": table["households_with_smartphone"].to_numpy(object),
            "komputer": table["households_with_computer"].to_numpy(object),
            "listrik": table["electricity"].map(_POWER).to_numpy(object),
            "sinyal": table["signal"].map(_SIGNAL).to_numpy(object),
        },
        dtype=object,
    )
    given["_district"], given["_marks"] = table["district"].to_numpy(), [{} for _ in range(count)]

    def change(kind: str, column: str, share: float, how: object) -> None:
        for k in dirt.some(count, share):
            if column not in given.at[k, "_marks"]:
                given.at[k, column] = how(given.at[k, column])  # type: ignore[operator]
                given.at[k, "_marks"][column] = kind

    change("code as number", "kode", 0.2, lambda code: int(code.replace(".", "")))
    change("misspelt village", "desa", 0.04, lambda name: misspell(name, dirt.rng))
    change("non-breaking space", "desa", 0.04, lambda name: f"{name}\u00a0")
    change("prefixed village", "desa", 0.08, lambda name: f"Ds. {name}")
    change("number as text", "penduduk", 0.15, dotted)
    change("non-breaking space", "kk", 0.03, lambda n: f"{dotted(n)}\u00a0")
    change("blank mark", "komputer", 0.04, lambda _: "-")
    change("blank mark", "smartphone", 0.03, lambda _: "n/a")
    change("blank mark", "sinyal", 0.03, lambda _: "-")
    # A village whose code is there can be misspelt safely; one whose code is missing must be found by its name.
    for k in dirt.some(count, 0.08):
        if "desa" not in given.at[k, "_marks"]:
            given.at[k, "kode"] = None
    return given


def _statistics_sheet(book: Book, name: str, given: pd.DataFrame, dirt: DirtList, regency: str) -> None:
    file = book.path.name
    sheet = book.sheet(name, ["STATISTIK DESA DAN KELURAHAN TAHUN 2024", regency.upper(), MARK])
    header = (("No",), ("Kode Desa",), ("Kecamatan",), ("Desa/Kelurahan",), ("Jumlah", "Penduduk", "KK"), ("KK Memiliki", "Smartphone", "Komputer"), ("Sumber Listrik",), ("Kekuatan Sinyal",))  # fmt: skip
    book.merged(sheet, 4, header)
    _write_row(sheet, 6, [f"({k})" for k in range(1, 11)])
    for kind, at in (("title rows", 1), ("two-row header", 5), ("numbering row", 7)):
        dirt.note(kind, file, sheet=name, row=at)
    columns = ["kode", "kecamatan", "desa", "penduduk", "kk", "smartphone", "komputer", "listrik", "sinyal"]
    row, number = 7, 0
    for _, block in given.groupby("_district", sort=False):
        for cells, marks in zip(block[columns].to_numpy(object).tolist(), block["_marks"], strict=True):
            number += 1
            _write_row(sheet, row, [number, *cells])
            for column, kind in marks.items():
                dirt.note(kind, file, sheet=name, row=row + 1, column=column)
            row += 1
        people = sum(int(str(v).replace(".", "")) for v in block["penduduk"])
        _write_row(sheet, row, [None, None, "JUMLAH", None, people])
        dirt.note("total row", file, sheet=name, row=row + 1)
        row += 1


def blank_spots(path: Path, truth: Truth, dirt: DirtList) -> Path:
    """Daftar blank spot of 2021: villages without a signal then, under the districts of then."""
    villages = truth["villages"].merge(truth["reports"], left_on="code", right_on="village_code")
    moved = villages["old_district"] != villages["district"]
    dark = villages["signal"] == "no signal"
    weak = np.flatnonzero(villages["signal"] == "weak")[::9]
    since = np.isin(np.arange(len(villages)), [*weak, *np.flatnonzero(moved)[:2]]) & ~dark.to_numpy()
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([f"DAFTAR DESA BLANK SPOT 2021 ({MARK})"])
    writer.writerow([])
    writer.writerow(["No", "Kecamatan", "Desa", "Kondisi Sinyal", "Sumber", "Keterangan"])
    dirt.note("windows-1252", path.name)
    dirt.note("title rows", path.name, row=1)
    listed = villages[dark | since]
    for number, village in enumerate(listed.itertuples(), 1):
        row = number + 3
        name, district = (
            _listed_name(str(village.name), number, row, path.name, dirt),
            str(village.old_district),
        )
        if village.old_district != village.district:
            dirt.note("old district", path.name, row=row, column="Kecamatan", truth=str(village.code))
        served = bool(since[village.Index])
        note = "sudah terlayani sejak 2023 – dicek 2024" if served else ""
        signal = "lemah" if served else "tidak ada"
        writer.writerow([number, f"Kec. {district}" if number % 3 == 1 else district, name, signal, "Diskominfo 2021 (contoh)", note])  # fmt: skip
    path.write_bytes(out.getvalue().encode("cp1252"))
    return path


def _listed_name(name: str, number: int, row: int, file: str, dirt: DirtList) -> str:
    if number % 4 == 2:
        dirt.note("prefixed village", file, row=row, column="Desa", truth=name)
        return f"Ds. {name}"
    if number % 5 == 3:
        dirt.note("misspelt village", file, row=row, column="Desa", truth=name)
        return misspell(name, dirt.rng)
    return name.upper() if number % 6 == 5 else name


_UTM = Transformer.from_crs("EPSG:4326", "EPSG:32750", always_xy=True)


def _coordinates(lon: float, lat: float, kind: str) -> tuple[Cell, Cell]:
    """Latitude and longitude as they are typed for a kind of dirt."""
    east, north = _UTM.transform(lon, lat)
    ways: dict[str, tuple[Cell, Cell]] = {
        "": (lat, lon),
        "decimal comma": (f"{lat:.5f}".replace(".", ","), f"{lon:.5f}".replace(".", ",")),
        "degrees minutes seconds": (dms(lat, True), dms(lon, False)),
        "swapped coordinates": (lon, lat),
        "lost minus": (abs(lat), lon),
        "utm": (round(float(north), 1), round(float(east), 1)),
        "no coordinates": ("-", "-"),
    }
    return ways[kind]


def _coordinate_kinds(places: gpd.GeoDataFrame, dirt: DirtList) -> list[str]:
    """The dirt of each place's coordinates; every kind at least once, where there is room."""
    lat = places.geometry.y.to_numpy()
    kinds = [""] * len(places)
    for kind, share in (("lost minus", 0.04), ("decimal comma", 0.2), ("degrees minutes seconds", 0.12), ("swapped coordinates", 0.05), ("utm", 0.05), ("no coordinates", 0.015)):  # fmt: skip
        free = np.flatnonzero(
            [not k and (kind != "lost minus" or y < -0.03) for k, y in zip(kinds, lat, strict=True)]
        )
        for k in dirt.some(len(free), share) if len(free) else ():
            kinds[free[k]] = kind
    return kinds


def masts(path: Path, truth: Truth, dirt: DirtList) -> Path:
    """Data menara: a sheet from each operator, each with its own headings."""
    sites = (
        truth["sites"]
        .drop(columns="name")
        .merge(truth["villages"][["code", "name", "district"]], left_on="village_code", right_on="code")
    )
    book = Book(path)
    headings = (
        ("No", "ID Menara", "Operator", "Desa", "Kecamatan", "Lintang", "Bujur", "Tinggi Menara (m)", "Teknologi", "Frekuensi (MHz)", "Catu Daya"),
        ("No", "Site ID", "Provider", "Desa", "Kecamatan", "Latitude", "Longitude", "Height", "Technology", "Frequency", "Power"),
        ("No", "Nama Site", "Penyelenggara", "Kelurahan", "Kec", "Lintang", "Bujur", "Tinggi (m)", "Jaringan", "Frekuensi", "Sumber Listrik"),
    )  # fmt: skip
    sites["dirt"] = _coordinate_kinds(gpd.GeoDataFrame(sites, geometry="geometry"), dirt)
    for words, (operator, own) in zip(headings, sites.groupby("operator", sort=True), strict=False):
        name = str(operator).split()[0]
        sheet = book.sheet(name, [f"DATA MENARA {str(operator).upper()}", MARK])
        book.header(sheet, 3, words)
        dirt.note("title rows", path.name, sheet=name, row=1)
        for number, site in enumerate(own.itertuples(), 1):
            kind = str(site.dirt)
            first, second = _coordinates(site.geometry.x, site.geometry.y, kind)
            power = _POWER[str(site.power)]
            _write_row(sheet, number + 3, [number, site.id, site.operator, site.name, site.district, first, second, float(site.height_m), site.technologies, float(site.frequency_mhz), power])  # fmt: skip
            if kind:
                dirt.note(kind, path.name, sheet=name, row=number + 4, column=words[5], truth=f"{site.geometry.y} {site.geometry.x}")  # fmt: skip
    return book.close()


_FACILITY_SHEETS = {
    "Sekolah": (("school",), ("No", "Nama Sekolah", "Jenis", "Desa", "Kecamatan", "Koordinat", "Jumlah Murid")),
    "Kesehatan": (("health post",), ("No", "Nama Fasilitas", "Jenis", "Desa", "Kecamatan", "Koordinat", "Jumlah Pengguna")),
    "Kantor dan usaha": (
        ("village office", "district office", "market", "creative hub", "small-business centre"),
        ("No", "Nama Fasilitas", "Jenis Fasilitas", "Desa", "Kecamatan", "Koordinat", "Jumlah Pengguna"),
    ),
}  # fmt: skip
_KIND_WORDS = {"village office": "Kantor Desa", "district office": "Kantor Camat", "market": "Pasar", "creative hub": "Rumah Kreatif", "small-business centre": "BUMDes"}  # fmt: skip


def facilities(path: Path, truth: Truth, dirt: DirtList) -> Path:
    """Sekolah dan Puskesmas: coordinates in one column; every seventh village office is not in it."""
    every = truth["facilities"].merge(truth["villages"][["code", "name", "district"]], left_on="village_code", right_on="code", suffixes=("", "_village"))  # fmt: skip
    book = Book(path)
    for name, (kinds, words) in _FACILITY_SHEETS.items():
        own = every[every["kind"].isin(kinds)].reset_index(drop=True)
        own = own[~((own["kind"] == "village office") & (own.groupby("kind").cumcount() % 7 == 3))]
        sheet = book.sheet(name, [f"DATA {name.upper()}", MARK])
        book.header(sheet, 3, words)
        dirt.note("one-column coordinates", path.name, sheet=name, column="Koordinat")
        blank = set(dirt.some(len(own), 0.02))
        for number, place in enumerate(own.itertuples(), 1):
            where = _one_column(place.geometry.y, place.geometry.x, number - 1 in blank, number)
            if number - 1 in blank:
                dirt.note("no coordinates", path.name, sheet=name, row=number + 4, column="Koordinat")
            elif number % 9 == 4:
                dirt.note(
                    "degrees minutes seconds", path.name, sheet=name, row=number + 4, column="Koordinat"
                )
            word = _KIND_WORDS.get(str(place.kind)) or str(place.name).split()[0]
            _write_row(sheet, number + 3, [number, place.name, word, place.name_village, place.district, where, place.users])  # fmt: skip
    return book.close()


def _one_column(lat: float, lon: float, blank: bool, number: int) -> str:
    if blank:
        return "-"
    if number % 9 == 4:
        return f"{dms(lat, True)} {dms(lon, False)}"
    return f"{lat:.5f}, {lon:.5f}"


def hamlets(path: Path, truth: Truth, dirt: DirtList) -> Path:
    """Data dusun: a tab-separated list in UTF-8 with a mark."""
    table = truth["settlements"].merge(truth["villages"][["code", "name", "district"]], left_on="village_code", right_on="code", suffixes=("", "_village"))  # fmt: skip
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\r\n")
    writer.writerow(
        ["Kecamatan", "Desa", "Nama Dusun", "Lintang", "Bujur", "Jumlah Jiwa", "KK", "Keterangan"]
    )
    for row, place in enumerate(table.itertuples(), 2):
        people = dotted(int(place.people)) if place.people >= 1000 else int(place.people)
        if place.people >= 1000:
            dirt.note(
                "number as text", path.name, row=row, column="Jumlah Jiwa", truth=str(int(place.people))
            )
        writer.writerow([place.district, place.name_village, place.name, place.geometry.y, place.geometry.x, people, int(place.households), "data buatan" if row == 2 else ""])  # fmt: skip
    path.write_bytes(out.getvalue().encode("utf-8-sig"))
    return path


def speed_list(path: Path, truth: Truth, dirt: DirtList) -> Path:
    """Uji kecepatan: four fifths of the measurements, as CSV with dates in words."""
    table = truth["measurements"]
    table = table[np.arange(len(table)) % 5 != 2]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["Tanggal", "Operator", "Teknologi", "RSRP (dBm)", "Unduh (Mbps)", "Unggah (Mbps)", "Latensi (ms)", "Lintang", "Bujur"])  # fmt: skip
    for m in table.itertuples():
        writer.writerow([date_words(m.when.day, m.when.month, m.when.year), m.operator, m.technology, m.signal_dbm, m.down_mbps, m.up_mbps, m.latency_ms, m.geometry.y, m.geometry.x])  # fmt: skip
    dirt.note("date in words", path.name, row=2, column="Tanggal")
    path.write_bytes(out.getvalue().encode())
    return path


def signal_book(path: Path, truth: Truth, dirt: DirtList) -> Path:
    """Uji sinyal: the other fifth, as a workbook with dates as its numbers."""
    table = truth["measurements"]
    table = table[np.arange(len(table)) % 5 == 2]
    book = Book(path)
    sheet = book.sheet("Hasil", ["HASIL UJI SINYAL 2025", MARK])
    book.header(sheet, 3, ["No", "Tanggal", "Operator", "Jaringan", "RSRP", "Download (Mbps)", "Upload (Mbps)", "Ping (ms)", "Lintang", "Bujur"])  # fmt: skip
    dirt.note("date as serial", path.name, sheet="Hasil", row=5, column="Tanggal")
    for number, m in enumerate(table.itertuples(), 1):
        serial = (m.when - pd.Timestamp("1899-12-30")).days
        _write_row(sheet, number + 3, [number, serial, m.operator, m.technology, m.signal_dbm, m.down_mbps, m.up_mbps, m.latency_ms, m.geometry.y, m.geometry.x])  # fmt: skip
    return book.close()


def budget_book(path: Path, truth: Truth, dirt: DirtList) -> Path:
    """Anggaran: amounts as offices write them."""
    book = Book(path)
    sheet = book.sheet("Anggaran", ["ANGGARAN INTERNET DESA 2025-2030", MARK])
    book.header(sheet, 3, ["No", "Tahun Anggaran", "Sumber Dana", "Pagu (Rp)", "Keterangan"])
    for number, b in enumerate(truth["budgets"].itertuples(), 1):
        _write_row(sheet, number + 3, [number, int(b.year), b.fund, rupiah(int(b.granted_idr)), b.note])
        dirt.note("amount in words", path.name, sheet="Anggaran", row=number + 4, column="Pagu (Rp)", truth=str(b.granted_idr))  # fmt: skip
    total = int(truth["budgets"]["granted_idr"].sum())
    _write_row(sheet, len(truth["budgets"]) + 4, [None, None, "JUMLAH", rupiah(total)])
    dirt.note("total row", path.name, sheet="Anggaran", row=len(truth["budgets"]) + 5)
    return book.close()


def price_book(path: Path, truth: Truth) -> Path:
    """Daftar harga."""
    book = Book(path)
    sheet = book.sheet("Harga", ["DAFTAR HARGA SATUAN 2025", MARK])
    book.header(sheet, 3, ["No", "Uraian", "Satuan", "Harga Terendah", "Harga Tertinggi", "Dasar"])
    for number, p in enumerate(truth["prices"].itertuples(), 1):
        _write_row(sheet, number + 3, [number, p.item, p.unit, int(p.low_idr), int(p.high_idr), p.basis])
    return book.close()
