"""The lists of a made-up region's offices that are text files, with their dirt."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np

from merata.example.books import Truth, measured_cells, split_measurements, with_village
from merata.example.dirt import DirtList, date_words, dotted, misspell, rows_of
from merata.example.words import MARK


def blank_spots(path: Path, truth: Truth, dirt: DirtList) -> Path:
    """Daftar blank spot of 2021: villages without a signal then, under the districts of then."""
    villages = truth["villages"].merge(truth["reports"], left_on="code", right_on="village_code")
    moved = villages["old_district"] != villages["district"]
    dark = villages["signal"] == "no signal"
    weak = np.flatnonzero(villages["signal"] == "weak")[::9]
    villages["since"] = np.isin(np.arange(len(villages)), [*weak, *np.flatnonzero(moved)[:2]]) & ~dark
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([f"DAFTAR DESA BLANK SPOT 2021 ({MARK})"])
    writer.writerow([])
    writer.writerow(["No", "Kecamatan", "Desa", "Kondisi Sinyal", "Sumber", "Keterangan"])
    dirt.note("windows-1252", path.name)
    dirt.note("title rows", path.name, row=1)
    for number, village in enumerate(rows_of(villages[dark | villages["since"]]), 1):
        row = number + 3
        name = _listed_name(str(village.name), number, row, path.name, dirt)
        if village.old_district != village.district:
            dirt.note("old district", path.name, row=row, column="Kecamatan", truth=str(village.code))
        district = f"Kec. {village.old_district}" if number % 3 == 1 else village.old_district
        said = ("lemah", "sudah terlayani sejak 2023 – dicek 2024") if village.since else ("tidak ada", "")
        writer.writerow([number, district, name, said[0], "Diskominfo 2021 (contoh)", said[1]])
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


def hamlets(path: Path, truth: Truth, dirt: DirtList) -> Path:
    """Data dusun: a tab-separated list in UTF-8 with a mark."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\r\n")
    headings = "Kecamatan", "Desa", "Nama Dusun", "Lintang", "Bujur", "Jumlah Jiwa", "KK", "Keterangan"
    writer.writerow(headings)
    for row, place in enumerate(rows_of(with_village(truth["settlements"], truth)), 2):
        people = str(int(place.people))
        if place.people >= 1000:
            dirt.note("number as text", path.name, row=row, column="Jumlah Jiwa", truth=people)
            people = dotted(int(place.people))
        note = MARK if row == 2 else ""
        where = (place.geometry.y, place.geometry.x)
        writer.writerow(
            [place.district, place.village_name, place.name, *where, people, int(place.households), note]
        )
    path.write_bytes(out.getvalue().encode("utf-8-sig"))
    return path


def speed_list(path: Path, truth: Truth, dirt: DirtList) -> Path:
    """Uji kecepatan: four fifths of the measurements, as CSV with dates in words."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    headings = "Operator", "Teknologi", "RSRP (dBm)", "Unduh (Mbps)", "Unggah (Mbps)", "Latensi (ms)"
    writer.writerow(["Tanggal", *headings, "Lintang", "Bujur"])
    for m in rows_of(split_measurements(truth)[0]):
        writer.writerow([date_words(m.when.day, m.when.month, m.when.year), *measured_cells(m)])
    dirt.note("date in words", path.name, row=2, column="Tanggal")
    path.write_bytes(out.getvalue().encode())
    return path
