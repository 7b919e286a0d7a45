"""The tables of the statistics, declared once: their columns, their rows, and the data package that describes them."""

# ruff: noqa: E501 — declared data: one column a line reads better than a folded one.
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from merata.publish import series
from merata.publish.areas import Area
from merata.publish.indicators import INDICATORS, Both, languages
from merata.publish.series import Point, Published
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
    "sex": ("string", "Jenis kelamin: F perempuan, M laki-laki; _T: semua", "Sex: F women, M men; _T: all"),
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


def csv_text(rows: Sequence[Mapping[str, Any]], fields: Fields) -> str:
    """Rows as CSV; text that a spreadsheet would take for a formula is made harmless."""
    plain = [{name: safe_text(v) if isinstance(v, str) else v for name, v in row.items()} for row in rows]
    return series.text_of([_Row(row) for row in plain], list(fields))


class _Row:
    def __init__(self, values: Mapping[str, Any]) -> None:
        self.__dict__.update(values)


def package(of: Statistics) -> dict[str, Any]:
    """The data package (Frictionless Data Package 1, Table Schema) that describes the CSV files."""
    keys = {
        "indicators": ["code"],
        "areas": ["code"],
        "series": ["indicator", "area", "freq", "period", "level", "sector", "technology", "sex"],
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
