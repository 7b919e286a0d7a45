"""Turns the points and lines of a map layer, and attributes of polygons, into rows of the declared tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from merata.region._table_rows import RawTable
from merata.region._typed import ColumnReader
from merata.region._vector import Layer
from merata.region.findings import FindingList
from merata.region.recognise import OF_A_VILLAGE
from merata.region.records import Source
from merata.region.spreadsheets import Cell
from merata.region.store import CRS, shaped
from merata.region.tables import TABLES, Column, Table
from merata.region.understand import understand
from merata.region.values import fold, is_blank, parse_choice
from merata.region.vocabulary import PLACE, Target, match_header

_KIND = "jenis"
_HEADERS = {"code": "Kode Desa", "name": "Desa", "district": "Kecamatan"}
_PLACED = ("given_x", "given_y", "given_xy")
_SAY = (
    "say what it is with --as KIND, where KIND is one of {}; or give its columns headers that the docs list"
)


def read_points(layer: Layer, source: Source, findings: FindingList) -> dict[str, pd.DataFrame]:
    """The tables that a layer of points feeds; those with a geometry as GeoDataFrames in EPSG:4326.

    `layer` has points in EPSG:4326, counted from 1 by its index. Which table it is comes from `source.kind`, its
    columns, else its name. A layer that is not recognised is a finding.
    """
    points = [(shape.x, shape.y) for shape in layer.shapes]
    places = {"longitude": [f"{x:.7f}" for x, _ in points], "latitude": [f"{y:.7f}" for _, y in points]}
    named = _kind_in_name(layer, source, ("facilities", "sites"))
    plain = _raw(layer, {})
    if any(_kinds(plain, TABLES[name].column("kind")) for name in ("facilities", "sites")):
        named = {}
    for constant in (named, {}) if named else ({},):
        raw = _raw(layer, {**places, **constant}, drop=_PLACED)
        understood = understand(raw, source)
        if understood is not None:
            findings += understood.findings
            return {name: _with_points(rows, layer, name) for name, rows in understood.tables.items()}
    _not_recognised(layer, findings, "points", [n for n, t in TABLES.items() if t.geometry == "point"])
    return {}


def read_lines(layer: Layer, source: Source, findings: FindingList) -> dict[str, pd.DataFrame]:
    """The tables that a layer of lines feeds (`ways` or `links`), as GeoDataFrames in EPSG:4326."""
    names = [name for name, table in TABLES.items() if table.geometry == "line"]
    if source.kind in names:
        names = [source.kind]
    constant = _kind_in_name(layer, source, names)
    for name in names:
        raw, table = _raw(layer, {}), TABLES[name]
        if not _kinds(raw, table.column("kind")) and constant.get(_KIND):
            raw = _raw(layer, constant)
        if _kinds(raw, table.column("kind")) or source.kind == name:
            return {name: _lines(raw, layer, source, table, findings)}
    _not_recognised(layer, findings, "lines", names)
    return {}


def read_attributes(
    layer: Layer, source: Source, columns: Mapping[str, str]
) -> tuple[dict[str, pd.DataFrame], FindingList]:
    """What the attributes of village polygons say of people, devices, electricity and signal, if anything.

    `columns`: the fields that are the villages' own code, name and district.
    """
    headers = {columns[name]: header for name, header in _HEADERS.items() if name in columns}
    taken = [field for name, field in columns.items() if name not in _HEADERS]
    raw = _raw(replace(layer, rows=layer.rows.drop(columns=taken).rename(columns=headers)), {}, drop=_PLACED)
    understood = understand(raw, replace(source, kind=""))
    tables = (
        {} if understood is None else {n: rows for n, rows in understood.tables.items() if n in OF_A_VILLAGE}
    )
    found = FindingList(source.file)
    if understood is not None and tables:
        found += [f for f in understood.findings if "Columns that nothing is read from" not in f.what]
    return tables, found


def _raw(layer: Layer, more: dict[str, Any], drop: Sequence[str] = ()) -> RawTable:
    """A layer's attributes as a table of a spreadsheet, so that one reader understands both."""
    columns = [str(name) for name in layer.rows.columns if not _stands_for(str(name), drop)]
    cells = [[_cell(value) for value in layer.rows[name]] for name in columns]
    cells += [
        list(values) if not isinstance(values, str) else [values] * len(layer.rows)
        for values in more.values()
    ]
    columns += list(more)
    rows = [list(row) for row in zip(*cells, strict=True)] if cells else [[] for _ in range(len(layer.rows))]
    numbers = [int(number) for number in layer.rows.index]
    return RawTable(layer.name, columns, rows, numbers, parts=[(name,) for name in columns])


def _stands_for(header: str, places: Sequence[str]) -> bool:
    return any(Target(PLACE, place) in match_header((header,)).targets for place in places)


def _cell(value: object) -> Cell:
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or (not isinstance(value, (list, dict, np.ndarray)) and pd.isna(value)):  # type: ignore[call-overload]
        return None
    if isinstance(value, (int, float, bool)):
        return value
    return None if is_blank(str(value)) else str(value)


def _with_points(rows: pd.DataFrame, layer: Layer, name: str) -> pd.DataFrame:
    if TABLES[name].geometry != "point":
        plain: pd.DataFrame = rows.drop(columns=[column for column in _PLACED if column in rows])
        return plain
    shape_of = dict(zip(layer.rows.index, layer.shapes, strict=True))
    shapes = [shape_of[int(number)] for number in rows["source_row"]]
    placed: pd.DataFrame = gpd.GeoDataFrame(rows.drop(columns=list(_PLACED)), geometry=shapes, crs=CRS)
    return placed


def _kinds(raw: RawTable, column: Column) -> bool:
    """Whether the layer says of at least half of its rows what kind they are."""
    target = [n for n, name in enumerate(raw.columns) if _is_kind(name, column)]
    return any(
        sum(parse_choice(row[n], column) is not None for row in raw.rows) * 2 >= len(raw.rows) for n in target
    )


def _is_kind(header: str, column: Column) -> bool:
    return any(target.column == column.name for target in match_header((header,)).targets)


def _kind_in_name(layer: Layer, source: Source, tables: Sequence[str]) -> dict[str, str]:
    """A column of kinds from the name of the layer or file: `jalan_2023.shp` holds roads."""
    words = f" {fold(f'{layer.name} {layer.file} {source.file}')} "
    found = [
        (len(word), word)
        for name in tables
        for word in TABLES[name].column("kind").words
        if len(word) > 2 and f" {fold(word)} " in words
    ]
    return {_KIND: max(found)[1]} if found else {}


def _lines(
    raw: RawTable, layer: Layer, source: Source, table: Table, findings: FindingList
) -> gpd.GeoDataFrame:
    reader = ColumnReader(raw, findings, set())
    data: dict[str, Any] = {}
    for column in table.columns:
        at = _column_of(raw, table, column)
        data[column.name] = [None] * len(raw.rows) if at is None else list(reader.values(at, column))
    data["id"] = [f"{source.file}:{raw.sheet}:{number}" for number in raw.row_numbers]
    data |= provenance(layer, source)
    frame = gpd.GeoDataFrame(pd.DataFrame(data), geometry=list(layer.shapes), crs=CRS)
    lacking = [c.name for c in table.columns if c.required and frame[c.name].isna().any()]
    for name in lacking:
        what = f"{int(frame[name].isna().sum())} of {len(frame)} lines have no {name} that is known"
        settle = f"give each its {name} ({', '.join(table.column(name).choices)})"
        findings.add("note", what, "left out", settle, sheet=raw.sheet, column=name)
    kept = frame.dropna(subset=lacking) if lacking else frame
    rows: gpd.GeoDataFrame = shaped(kept.reset_index(drop=True), table)
    return rows


def provenance(layer: Layer, source: Source) -> dict[str, Any]:
    """The columns that say where each row of a layer comes from."""
    return {
        "source": source.file,
        "sheet": layer.name,
        "source_row": [int(number) for number in layer.rows.index],
        "source_date": source.date,
        "known_by": source.known_by,
    }


def _column_of(raw: RawTable, table: Table, column: Column) -> int | None:
    found = [
        (match.rank, n)
        for n, name in enumerate(raw.columns)
        if Target(table.name, column.name) in (match := match_header((name,))).targets
    ]
    return min(found)[1] if found else None


def _not_recognised(layer: Layer, findings: FindingList, what: str, kinds: Sequence[str]) -> None:
    columns = ", ".join(f"'{name}'" for name in list(layer.rows.columns)[:8]) or "none"
    findings.add(
        "error", f"a layer of {len(layer.rows)} {what} was not recognised; its columns are {columns}", "left out",
        _SAY.format(", ".join(kinds)), sheet=layer.name,
    )  # fmt: skip


def as_points(layer: Layer) -> Layer:
    """The layer with a point on each shape."""
    return replace(layer, shapes=np.asarray(shapely.point_on_surface(layer.shapes), dtype=object))
