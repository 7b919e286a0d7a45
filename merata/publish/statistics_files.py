"""The statistics as files: CSV, workbook, Parquet, GeoPackage, SDMX, and the data package that describes them."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from merata import __version__
from merata.access.columns import words
from merata.publish import areas as of_areas
from merata.publish import sdmx, series
from merata.publish.columns import Column, Sheet
from merata.publish.indicators import NOT_GIVEN, TOTAL, Both
from merata.publish.series import FOLDER, Point
from merata.publish.small_limits import HOUSEHOLDS, PEOPLE
from merata.publish.statistics_tables import SERIES, TABLES, Fields, Statistics, csv_text, package, tables
from merata.publish.tables import Results
from merata.publish.workbook import OfBook, write_sheets
from merata.region.change import write_whole


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
        if point.row.freq == "A" and point.row.sector == TOTAL and point.is_headline:
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
    small = (
        f"Penduduk di bawah {PEOPLE.fewest} dan rumah tangga di bawah {HOUSEHOLDS.fewest}, beserta angka lain yang "
        "akan membukanya, tidak ditampilkan.",
        f"People below {PEOPLE.fewest} and households below {HOUSEHOLDS.fewest}, and others that would give them "
        "away, are kept back.",
    )
    rows = [[key, *said] for key, said in (*sdmx.STATUSES.items(), ("Q", small), *NOT_GIVEN.items())]
    columns = (
        Column("key", "Tanda", "Symbol", width=24),
        Column("id", "Arti", "Indonesian", width=70),
        Column("en", "Inggris", "Meaning", width=70),
    )
    return Sheet("Catatan - Notes", columns, rows)


def of_results(folder: Path, results: Results) -> Statistics:
    """The statistics that lie in a region's folder, with the areas of a run."""
    licence = results.settings.standards.licence
    return Statistics(results.name, results.made_up, of_areas.areas(results), series.read(folder), licence)
