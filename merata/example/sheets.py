"""The other workbooks of a made-up region's offices: masts, facilities, signal, budgets, prices."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pyproj import Transformer

from merata.example.books import (
    POWER_WORDS,
    Book,
    Cell,
    Truth,
    measured_cells,
    split_measurements,
    with_village,
    write_row,
)
from merata.example.dirt import DirtList, dms, rows_of, rupiah
from merata.example.words import MARK

#: Share of the masts whose coordinates have a kind of dirt.
_COORDINATE_DIRT = {
    "lost minus": 0.04,
    "decimal comma": 0.2,
    "degrees minutes seconds": 0.12,
    "swapped coordinates": 0.05,
    "utm": 0.05,
    "no coordinates": 0.015,
}
_MAST_HEADINGS = (
    "No;ID Menara;Operator;Desa;Kecamatan;Lintang;Bujur;Tinggi Menara (m);Teknologi;Frekuensi (MHz);Catu Daya",
    "No;Site ID;Provider;Desa;Kecamatan;Latitude;Longitude;Height;Technology;Frequency;Power",
    "No;Nama Site;Penyelenggara;Kelurahan;Kec;Lintang;Bujur;Tinggi (m);Jaringan;Frekuensi;Sumber Listrik",
)
#: What each operator tells beyond that: column of the truth by its heading.
_MAST_EXTRAS: tuple[dict[str, str], ...] = (
    {"Arah Sektor": "azimuths_deg"},
    {"Azimuth": "azimuths_deg", "Band (MHz)": "bands_mhz", "Downtilt": "tilt_deg"},
    {},
)
#: Sheet -> kinds of facility on it, and its headings for name, kind and users.
_FACILITY_SHEETS = {
    "Sekolah": (("school",), ("Nama Sekolah", "Jenis", "Jumlah Murid")),
    "Kesehatan": (("health post",), ("Nama Fasilitas", "Jenis", "Jumlah Pengguna")),
    "Kantor dan usaha": (
        ("village office", "district office", "market", "creative hub", "small-business centre"),
        ("Nama Fasilitas", "Jenis Fasilitas", "Jumlah Pengguna"),
    ),
}
_KIND_WORDS = {
    "village office": "Kantor Desa",
    "district office": "Kantor Camat",
    "market": "Pasar",
    "creative hub": "Rumah Kreatif",
    "small-business centre": "BUMDes",
}
_UTM = Transformer.from_crs("EPSG:4326", "EPSG:32750", always_xy=True)


def masts(path: Path, truth: Truth, dirt: DirtList) -> Path:
    """Data menara: a sheet from each operator, each with its own headings."""
    sites = with_village(truth["sites"], truth)
    sites["dirt"] = _coordinate_kinds(sites.geometry.y.to_numpy(), dirt)
    book = Book(path)
    lines = zip(_MAST_HEADINGS, _MAST_EXTRAS, strict=True)
    for (line, extras), (operator, own) in zip(lines, sites.groupby("operator", sort=True), strict=False):
        words = [*line.split(";"), *extras]
        name = str(operator).split()[0]
        sheet = book.sheet(name, [f"DATA MENARA {str(operator).upper()}", MARK])
        book.header(sheet, 3, words)
        dirt.note("title rows", path.name, sheet=name, row=1)
        for number, site in enumerate(rows_of(own), 1):
            where = _coordinates(site.geometry.x, site.geometry.y, site.dirt)
            place = (site.id, site.operator, site.village_name, site.district, *where)
            equipment = (site.height_m, site.technologies, site.frequency_mhz, POWER_WORDS[site.power])
            told = [getattr(site, column) for column in extras.values()]
            write_row(sheet, number + 3, [number, *place, *equipment, *told])
            if site.dirt:
                truly = f"{site.geometry.y} {site.geometry.x}"
                dirt.note(site.dirt, path.name, sheet=name, row=number + 4, column=words[5], truth=truly)
    return book.close()


def _coordinate_kinds(lat: NDArray[np.float64], dirt: DirtList) -> list[str]:
    """The dirt of each place's coordinates, empty for most; every kind at least once, where there is room."""
    kinds = [""] * len(lat)
    for kind, share in _COORDINATE_DIRT.items():
        southern = kind == "lost minus"
        free = [k for k, y in enumerate(lat) if not kinds[k] and (not southern or y < -0.03)]
        for k in dirt.some(len(free), share):
            kinds[free[k]] = kind
    return kinds


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


def facilities(path: Path, truth: Truth, dirt: DirtList) -> Path:
    """Sekolah dan Puskesmas: coordinates in one column; every seventh village office is not in it."""
    every = with_village(truth["facilities"], truth)
    book = Book(path)
    for name, (kinds, (named, kind, users)) in _FACILITY_SHEETS.items():
        own = every[every["kind"].isin(kinds)]
        own = own[~((own["kind"] == "village office") & (own.groupby("kind").cumcount() % 7 == 3))]
        sheet = book.sheet(name, [f"DATA {name.upper()}", MARK])
        book.header(sheet, 3, ["No", named, kind, "Desa", "Kecamatan", "Koordinat", users])
        dirt.note("one-column coordinates", path.name, sheet=name, column="Koordinat")
        blank = set(dirt.some(len(own), 0.02))
        for number, place in enumerate(rows_of(own), 1):
            soiled, where = _one_column(place.geometry.y, place.geometry.x, number - 1 in blank, number)
            if soiled:
                dirt.note(soiled, path.name, sheet=name, row=number + 4, column="Koordinat")
            word = _KIND_WORDS.get(place.kind) or place.name.split()[0]
            cells = [number, place.name, word, place.village_name, place.district, where, int(place.users)]
            write_row(sheet, number + 3, cells)
    return book.close()


def _one_column(lat: float, lon: float, blank: bool, number: int) -> tuple[str, str]:
    """The dirt, if any, and both coordinates as typed into one cell."""
    if blank:
        return "no coordinates", "-"
    if number % 9 == 4:
        return "degrees minutes seconds", f"{dms(lat, True)} {dms(lon, False)}"
    if number % 27 == 7 and lat < -0.03:
        return "lost minus", f"{-lat:.5f}, {lon:.5f}"
    return "", f"{lat:.5f}, {lon:.5f}"


def signal_book(path: Path, truth: Truth, dirt: DirtList) -> Path:
    """Uji sinyal: a fifth of the measurements, with dates as a workbook's numbers."""
    book = Book(path)
    sheet = book.sheet("Hasil", ["HASIL UJI SINYAL 2025", MARK])
    words = "No;Tanggal;Operator;Jaringan;RSRP;Download (Mbps);Upload (Mbps);Ping (ms);Lintang;Bujur"
    book.header(sheet, 3, words.split(";"))
    dirt.note("date as serial", path.name, sheet="Hasil", row=5, column="Tanggal")
    for number, m in enumerate(rows_of(split_measurements(truth)[1]), 1):
        serial = (m.when - pd.Timestamp("1899-12-30")).days
        write_row(sheet, number + 3, [number, serial, *measured_cells(m)])
    return book.close()


def budget_book(path: Path, truth: Truth, dirt: DirtList) -> Path:
    """Anggaran: amounts as offices write them."""
    book = Book(path)
    sheet = book.sheet("Anggaran", ["ANGGARAN INTERNET DESA 2025-2030", MARK])
    book.header(sheet, 3, ["No", "Tahun Anggaran", "Sumber Dana", "Pagu (Rp)", "Keterangan"])
    budgets = truth["budgets"]
    for number, b in enumerate(rows_of(budgets), 1):
        write_row(sheet, number + 3, [number, int(b.year), b.fund, rupiah(int(b.granted_idr)), b.note])
        where = {"sheet": "Anggaran", "row": number + 4, "column": "Pagu (Rp)"}
        dirt.note("amount in words", path.name, **where, truth=str(b.granted_idr))
    last = len(budgets) + 4
    write_row(sheet, last, [None, None, "JUMLAH", rupiah(int(budgets["granted_idr"].sum()))])
    dirt.note("total row", path.name, sheet="Anggaran", row=last + 1)
    return book.close()


def price_book(path: Path, truth: Truth) -> Path:
    """Daftar harga."""
    book = Book(path)
    sheet = book.sheet("Harga", ["DAFTAR HARGA SATUAN 2025", MARK])
    book.header(sheet, 3, ["No", "Uraian", "Satuan", "Harga Terendah", "Harga Tertinggi", "Dasar"])
    for number, p in enumerate(rows_of(truth["prices"]), 1):
        write_row(sheet, number + 3, [number, p.item, p.unit, int(p.low_idr), int(p.high_idr), p.basis])
    return book.close()
