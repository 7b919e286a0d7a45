"""The statistics as files: CSV, workbook, Parquet, GeoPackage, SDMX, and the data package that describes them."""

# ruff: noqa: E501 — declared data: one column a line reads better than a folded one.
from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from merata import __version__
from merata.access.columns import words
from merata.publish import areas as of_areas
from merata.publish import sdmx, series
from merata.publish.areas import Area
from merata.publish.columns import Column, Sheet
from merata.publish.indicators import INDICATORS, NOT_GIVEN, TOTAL, Both, languages
from merata.publish.series import FOLDER, Point, Published
from merata.publish.small_numbers import HOUSEHOLDS, PEOPLE
from merata.publish.tables import Results
from merata.publish.workbook import OfBook, write_sheets
from merata.region.change import write_whole
from merata.region.formula import safe_text

#: Column -> type of a Table Schema (Frictionless), what it holds in Indonesian and English.
Fields = Mapping[str, tuple[str, str, str]]
_OBSERVED: dict[str, tuple[str, str, str]] = {
    "indicator": ("string", "Kode indikator", "Code of the indicator"),
    "area": ("string", "Kode wilayah, kecamatan, atau desa", "Code of the region, district or village"),
    "freq": ("string", "A tahunan, M bulanan", "A yearly, M monthly"),
    "period": ("string", "Masa: 2026 atau 2026-11", "Period: 2026 or 2026-11"),
    "level": ("string", "Tingkat layanan; _T: semua", "Service level; _T: all"),
    "sector": ("string", "Bidang; _T: semua", "Sector; _T: all"),
    "technology": ("string", "Teknologi; _T: semua", "Technology; _T: all"),
    "value": ("number", "Nilai; kosong: lihat status", "Value; empty: see status"),
    "low": ("number", "Batas bawah rentang", "Lower end of the interval"),
    "high": ("number", "Batas atas rentang", "Upper end of the interval"),
    "known_by": ("string", "Cara tahu, yang terlemah", "How it is known, the weakest"),
    "status": ("string", "A biasa, B deret terputus, P sementara, Q tidak ditampilkan, O tidak ada", "A normal, B break in series, P provisional, Q kept back, O missing"),
    "definition": ("integer", "Versi definisi", "Version of the definition"),
    "boundary": ("string", "Tanda batas wilayah: tanda lain, batas lain", "Mark of the borders: another mark, other borders"),
    "run": ("string", "Perhitungan asalnya", "The run that it comes from"),
    "published": ("date", "Tanggal terbit", "Date of publication"),
}  # fmt: skip
SERIES: dict[str, tuple[str, str, str]] = _OBSERVED | {
    "broken": ("string", "Mengapa tidak sebanding dengan masa sebelumnya", "Why it can't be compared with the period before"),
    "revised_by": ("number", "Perubahan oleh terbitan terakhir", "Change by the last publication"),
    "publications": ("integer", "Berapa kali terbit", "How often it was published"),
}  # fmt: skip
OBSERVATIONS = _OBSERVED | {"why": ("string", "Mengapa diterbitkan", "Why it was published")}
AREAS: dict[str, tuple[str, str, str]] = {
    "code": ("string", "Kode resmi", "Official code"),
    "name": ("string", "Nama", "Name"),
    "kind": ("string", "region, district, village", "region, district, village"),
    "parent": ("string", "Bagian dari", "Part of"),
}
_BILINGUAL = (
    "name", "concept", "definition", "interpretation", "formula", "measure", "source", "variables", "uncertainty",
    "office", "changed",
)  # fmt: skip
REGISTER: dict[str, tuple[str, str, str]] = {
    "code": ("string", "Kode referensi", "Reference code"),
    "group": ("string", "Kelompok", "Group"),
    "unit": ("string", "Satuan", "Unit"),
    "classes": ("string", "Klasifikasi penyajian", "Presentation classes"),
    "areas": ("string", "Level estimasi", "Level of estimation"),
    "frequency": ("string", "Frekuensi", "Frequency"),
    "composite": ("boolean", "Indikator komposit", "Composite"),
    "public": ("boolean", "Dapat diakses umum", "Open to the public"),
    "reference": ("string", "Kode di tempat lain", "Its code elsewhere"),
    "version": ("integer", "Versi definisi", "Version of the definition"),
    **{f"{name}_{language}": ("string", name, name) for name in _BILINGUAL for language in ("id", "en")},
}
#: File -> its columns and what it holds.
TABLES: dict[str, tuple[Fields, Both]] = {
    "indicators": (REGISTER, ("Daftar indikator dengan metadatanya", "The register of indicators with its metadata")),
    "areas": (AREAS, ("Wilayah, kecamatan, dan desa", "The region, districts and villages")),
    "series": (SERIES, ("Deret waktu sebagaimana berlaku sekarang", "Time series as they stand now")),
    "observations": (OBSERVATIONS, ("Semua terbitan setiap angka", "Every publication of every number")),
}  # fmt: skip


@dataclass(frozen=True)
class Statistics:
    """All that is published of a region's statistics."""

    name: str
    made_up: bool
    areas: Sequence[Area]
    rows: Sequence[Published]
    """Every publication of every number, in the order of publication."""
    licence: str = ""
    """Address of the licence that they are handed on under; empty: none is named."""

    @property
    def points(self) -> list[Point]:
        """Each number as it stands now."""
        return [point for points in series.series(self.rows).values() for point in points]

    @property
    def updated(self) -> str:
        """ISO date of the newest publication."""
        return max((row.published for row in self.rows), default="1980-01-01")


def register_rows() -> list[dict[str, Any]]:
    """The register as rows of a table."""
    made = []
    for one in INDICATORS.values():
        both = {f"{k}_{lang}": v for i, lang in enumerate(("id", "en")) for k, v in languages(one, i).items()}
        plain = {"classes": " ".join(one.classes), "areas": " ".join(one.areas)}
        made.append({name: plain.get(name, both.get(name, getattr(one, name, ""))) for name in REGISTER})
    return made


def series_rows(points: Iterable[Point]) -> list[dict[str, Any]]:
    """Numbers as they stand now, as rows of a table."""
    return [
        {
            **{name: getattr(point.row, name) for name in _OBSERVED},
            "status": point.status,
            "broken": point.broken,
            "revised_by": None if point.revised_by is None else round(point.revised_by, 6),
            "publications": 1 + len(point.before),
        }
        for point in points
    ]


def tables(of: Statistics) -> dict[str, list[dict[str, Any]]]:
    """The rows of every table by its name."""
    return {
        "indicators": register_rows(),
        "areas": [vars(area) for area in of.areas],
        "series": series_rows(of.points),
        "observations": [{name: getattr(row, name) for name in OBSERVATIONS} for row in of.rows],
    }


def write(folder: Path, of: Statistics, results: Results | None = None) -> list[Path]:
    """Write all files but observations.csv, which only grows, into the region's folder `statistics`.

    Each appears whole or not at all, and the same statistics give the same bytes. `results` bring the areas' borders;
    without them the GeoPackage is left as it is.
    """
    place = folder / FOLDER
    place.mkdir(parents=True, exist_ok=True)
    made = tables(of)
    texts = {
        f"{name}.csv": csv_text(made[name], TABLES[name][0]) for name in TABLES if name != "observations"
    }
    points = of.points
    texts["series.sdmx.csv"] = sdmx.data((point.row, point.status) for point in points)
    texts["structure.sdmx.json"] = _json(sdmx.structure(of.areas, of.rows, of.updated))
    texts["datapackage.json"] = _json(package(of))
    for name, text in texts.items():
        write_whole(place / name, text)
    written = [place / name for name in texts]
    _replaced(
        place / "series.parquet", lambda path: frame(made["series"], SERIES).to_parquet(path, index=False)
    )
    _replaced(place / "statistics.xlsx", lambda path: write_sheets(path, sheets(made), book(of)))
    written += [place / "series.parquet", place / "statistics.xlsx"]
    if results is not None:
        shapes = layers(of, results)
        _replaced(place / "statistics.gpkg", lambda path: _geopackage(path, shapes, of.updated))
        written.append(place / "statistics.gpkg")
    return written


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _replaced(path: Path, make: Any) -> None:
    with tempfile.TemporaryDirectory(dir=path.parent) as beside:
        made = Path(beside) / path.name
        make(made)
        os.replace(made, path)


def csv_text(rows: Sequence[Mapping[str, Any]], fields: Fields) -> str:
    """Rows as CSV; text that a spreadsheet would take for a formula is made harmless."""
    plain = [{name: safe_text(v) if isinstance(v, str) else v for name, v in row.items()} for row in rows]
    return series.text_of([_Row(row) for row in plain], list(fields))


class _Row:
    def __init__(self, values: Mapping[str, Any]) -> None:
        self.__dict__.update(values)


_DTYPES = {
    "string": "string",
    "number": "Float64",
    "integer": "Int64",
    "date": "string",
    "boolean": "boolean",
}


def frame(rows: Sequence[Mapping[str, Any]], fields: Fields) -> pd.DataFrame:
    """Rows as a table with the types that its columns are declared with."""
    made = pd.DataFrame(rows, columns=list(fields))
    return made.astype({name: _DTYPES[kind] for name, (kind, _, _) in fields.items()})


def layers(of: Statistics, results: Results) -> dict[str, gpd.GeoDataFrame]:
    """Districts and villages with a column for each number of their newest year: `INDICATOR` or `INDICATOR_level`."""
    villages = results.access.villages[["code", "geometry"]].copy()
    villages["code"] = words(villages["code"])
    parents = {area.code: area.parent for area in of.areas}
    districts = villages.assign(code=[parents.get(code, "") for code in villages["code"]])
    shapes = {"villages": villages, "districts": districts.dissolve("code", as_index=False)}
    newest: dict[tuple[str, str], Point] = {}
    for point in of.points:
        if point.row.freq == "A" and point.row.sector == TOTAL:
            level = "" if point.row.level == TOTAL else f"_{point.row.level}"
            newest[point.row.area, f"{point.row.indicator}{level}"] = point
    names = {area.code: area.name for area in of.areas}
    for kind, shape in shapes.items():
        there = sorted({name for area, name in newest if area in set(shape["code"])})
        shape["name"] = [names.get(code, "") for code in shape["code"]]
        for name in there:
            found = [newest.get((code, name)) for code in shape["code"]]
            shape[name] = pd.array([p.row.value if p else None for p in found], dtype="Float64")
            shape[f"{name}_status"] = pd.array([p.status if p else None for p in found], dtype="string")
        shapes[kind] = shape
    return shapes


def _geopackage(path: Path, shapes: Mapping[str, gpd.GeoDataFrame], day: str) -> None:
    from merata.publish.geopackage import write_layers

    write_layers(path, shapes, day, dict.fromkeys(shapes, "Statistics / statistik"))


def book(of: Statistics) -> OfBook:
    """What the workbook says of itself."""
    return OfBook(of.name, "statistics", __version__, of.made_up, of.updated)


_HEADS: dict[str, Both] = {
    "indicators": ("Indikator - Indicators", ""), "areas": ("Wilayah - Areas", ""),
    "series": ("Deret - Series", ""), "observations": ("Terbitan - Publications", ""),
}  # fmt: skip
_KINDS: dict[str, Any] = {"number": "decimal", "integer": "int"}


def sheets(made: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Sheet]:
    """The workbook: how to read it, and a sheet for each table."""
    found = [_notes()]
    for name, (fields, _) in TABLES.items():
        columns = [
            Column(column, said_id, said_en, _KINDS.get(kind, "text"), 14)
            for column, (kind, said_id, said_en) in fields.items()
        ]
        rows = [[_cell(row[column]) for column in fields] for row in made[name]]
        found.append(Sheet(_HEADS[name][0], columns, rows))
    return found


def _cell(value: Any) -> Any:
    return ("ya / yes" if value else "tidak / no") if isinstance(value, bool) else value


def _notes() -> Sheet:
    """What the symbols mean, what is kept back, and what is not given and why."""
    small_id = f"Penduduk di bawah {PEOPLE.fewest} dan rumah tangga di bawah {HOUSEHOLDS.fewest}, beserta angka lain yang akan membukanya, tidak ditampilkan."
    small_en = f"People below {PEOPLE.fewest} and households below {HOUSEHOLDS.fewest}, and others that would give them away, are kept back."
    rows = [[key, *said] for key, said in sdmx.STATUSES.items()]
    rows += [["Q", small_id, small_en], *([key, *said] for key, said in NOT_GIVEN.items())]
    columns = (Column("key", "Tanda", "Symbol", width=20), Column("id", "Arti", "Indonesian", width=70), Column("en", "Inggris", "Meaning", width=70))  # fmt: skip
    return Sheet("Catatan - Notes", columns, rows)


def package(of: Statistics) -> dict[str, Any]:
    """The data package (Frictionless Data Package 1, Table Schema) that describes the CSV files."""
    keys = {
        "indicators": ["code"],
        "areas": ["code"],
        "series": ["indicator", "area", "freq", "period", "level", "sector", "technology"],
    }
    links = {
        "indicator": {"resource": "indicators", "fields": "code"},
        "area": {"resource": "areas", "fields": "code"},
    }
    return {
        "profile": "tabular-data-package",
        "name": "merata-statistics",
        "title": f"Statistik akses internet {of.name} / Statistics of access to the internet, {of.name}",
        "description": "Contoh rekaan / made-up example" if of.made_up else "",
        "version": of.updated,
        **({"licenses": [{"path": of.licence}]} if of.licence else {}),
        "resources": [
            {
                "name": name,
                "path": f"{name}.csv",
                "profile": "tabular-data-resource",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "title": " / ".join(said),
                "schema": {
                    "fields": [
                        {"name": column, "type": kind, "description": f"{said_id} / {said_en}"}
                        for column, (kind, said_id, said_en) in fields.items()
                    ],
                    "missingValues": [""],
                    **({"primaryKey": keys[name]} if name in keys else {}),
                    **(
                        {"foreignKeys": [{"fields": f, "reference": r} for f, r in links.items()]}
                        if name in ("series", "observations")
                        else {}
                    ),
                },
            }
            for name, (fields, said) in TABLES.items()
        ],
    }


def of_results(folder: Path, results: Results) -> Statistics:
    """The statistics that lie in a region's folder, with the areas of a run."""
    licence = results.settings.standards.licence
    return Statistics(results.name, results.made_up, of_areas.areas(results), series.read(folder), licence)
