"""Tables of a region to and from GeoPackage, with the types and checks that `region.tables` declares."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from merata.errors import FileError
from merata.region import form
from merata.region.gdal_time import gdal_time
from merata.region.tables import TABLES, Column, Table

if TYPE_CHECKING:
    import pandera.pandas as pa

CRS = "EPSG:4326"

# Else GDAL puts what a file says of itself beside it, as .aux.xml, when it is only read: that changes no folder.
pyogrio.set_gdal_config_options({"GDAL_PAM_ENABLED": "NO"})

# Types themselves: pandas looks up their names anew for each column, which takes as long as all else.
TEXT, WHOLE, REAL, TRUTH = pd.StringDtype(), pd.Int64Dtype(), pd.Float64Dtype(), pd.BooleanDtype()
_DTYPES = {
    "text": TEXT,
    "code": TEXT,
    "date": TEXT,
    "choice": TEXT,
    "int": WHOLE,
    "idr": WHOLE,
    "float": REAL,
    "bool": TRUTH,
}
_GEOMETRIES = {"point": "Point", "line": "MultiLineString", "polygon": "MultiPolygon"}


def empty(table: Table) -> pd.DataFrame:
    """A table without rows: declared columns and types, and a geometry column where it has one."""
    return shaped(pd.DataFrame(), table)


def shaped(rows: pd.DataFrame, table: Table) -> pd.DataFrame:
    """`rows` with exactly the declared columns in order, with their types; missing ones are blank."""
    frame: pd.DataFrame = framed(rows, table.all_columns)
    if table.geometry is None:
        return frame
    geometry = (
        rows.geometry if isinstance(rows, gpd.GeoDataFrame) else gpd.GeoSeries([None] * len(rows), rows.index)
    )
    crs = geometry.crs or CRS
    with_place: pd.DataFrame = placed(frame, geometry.set_crs(crs, allow_override=True).to_crs(CRS))
    return with_place


def framed(rows: pd.DataFrame, columns: Iterable[Column]) -> pd.DataFrame:
    """The declared columns of `rows` as their types, in order; blank where there is none."""
    # As arrays: of a Series each pandas would ask whether its index is that of the others, for most of the time.
    found = {column.name: _typed(rows.get(column.name), column, len(rows)) for column in columns}
    return pd.DataFrame(found, index=rows.index)


def placed(frame: pd.DataFrame, geometry: gpd.GeoSeries) -> gpd.GeoDataFrame:
    """`frame` with `geometry`, row by row whatever its index."""
    return cast(
        gpd.GeoDataFrame, gpd.GeoDataFrame(frame.assign(geometry=geometry.values), geometry="geometry")
    )


def with_shapes(table: pd.DataFrame) -> gpd.GeoDataFrame:
    """The table itself where it has shapes, else one that has; made anew it takes as long as ten columns."""
    return table if isinstance(table, gpd.GeoDataFrame) else gpd.GeoDataFrame(table)


def _typed(values: pd.Series | None, column: Column, count: int) -> Any:
    """One column as its declared type; `count` blanks where there is none."""
    dtype: Any = _DTYPES[column.kind]
    if values is None:
        return pd.array([pd.NA] * count, dtype=dtype)
    if values.dtype == dtype:
        return values.array
    if column.kind in ("int", "idr"):
        values = pd.to_numeric(values).astype(REAL).round()
    return values.astype(dtype).array


def schema(table: Table) -> pa.DataFrameSchema:
    """The pandera schema of a declared table."""
    import pandera.pandas as pa  # here, since it takes two seconds and only `add` needs it

    return pa.DataFrameSchema(
        {c.name: _schema_of(c) for c in table.all_columns}, unique=list(table.key) or None
    )


def _schema_of(column: Column) -> pa.Column:
    import pandera.pandas as pa

    checks = []
    if column.choices:
        checks.append(pa.Check.isin(column.choices))
    if column.minimum is not None:
        checks.append(pa.Check.ge(column.minimum))
    if column.maximum is not None:
        checks.append(pa.Check.le(column.maximum))
    return pa.Column(_DTYPES[column.kind], checks, nullable=not column.required)


def faults(rows: pd.DataFrame, table: Table) -> list[tuple[int, str, str]]:
    """Where rows break the table's declaration: position of the row, column, what was expected."""
    import pandera.pandas as pa

    try:
        schema(table).validate(
            rows.reset_index(drop=True).drop(columns="geometry", errors="ignore"), lazy=True
        )
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases.dropna(subset=["index"])
        return sorted(
            {
                (int(case.index), str(case.column), str(case.check))
                for case in cases.itertuples(index=False, name="Case")
            }
        )
    return []


def write(path: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write the tables as layers of a new GeoPackage at `path`: the same rows, the same bytes."""
    path.unlink(missing_ok=True)
    with gdal_time():
        for name, table in TABLES.items():
            if name in tables and (len(tables[name]) or name == "villages"):
                _write_layer(path, table, tables[name])


def _write_layer(path: Path, table: Table, rows: pd.DataFrame) -> None:
    options: dict[str, Any] = {"layer": table.name, "driver": "GPKG", "append": path.exists()}
    if not options["append"]:
        options["dataset_metadata"] = {form.NAME: str(form.FORM)}
    if table.geometry:
        kind = _GEOMETRIES[table.geometry]
        shapes = [_multi(shape) for shape in rows.geometry] if kind.startswith("Multi") else rows.geometry
        rows = gpd.GeoDataFrame(rows.drop(columns="geometry"), geometry=shapes, crs=CRS)
        options |= {"geometry_type": kind, "promote_to_multi": False}
    pyogrio.write_dataframe(rows, path, use_arrow=True, **options)


def _multi(shape: shapely.Geometry | None) -> shapely.Geometry | None:
    if isinstance(shape, shapely.Polygon):
        return shapely.MultiPolygon([shape])
    if isinstance(shape, shapely.LineString):
        return shapely.MultiLineString([shape])
    return shape


def read(path: Path) -> dict[str, pd.DataFrame]:
    """Read all declared tables from a region.gpkg; a layer that is not there comes back empty.

    Raises
    ------
    FileError
        The file can't be read as a GeoPackage, or a newer Merata wrote it.
    """
    if not path.exists():
        return {name: empty(table) for name, table in TABLES.items()}
    try:
        layers = {str(row[0]) for row in pyogrio.list_layers(path)}
        if layers:
            _refuse_newer(path, min(layers))
        return {
            name: _read_layer(path, table) if name in layers else empty(table)
            for name, table in TABLES.items()
        }
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, OSError) as error:
        raise FileError(
            f"{path}: not a GeoPackage that can be read ({error}). `merata check --rebuild` makes it anew."
        ) from error


def _refuse_newer(path: Path, layer: str) -> None:
    """By any layer: it says this of the whole file."""
    said = pyogrio.read_info(path, layer=layer)["dataset_metadata"]
    form.refuse_newer((said or {}).get(form.NAME), str(path))


def _read_layer(path: Path, table: Table) -> pd.DataFrame:
    rows = pyogrio.read_dataframe(
        path, layer=table.name, read_geometry=table.geometry is not None, use_arrow=True
    )
    return shaped(rows, table)


def fingerprint(rows: pd.DataFrame) -> str:
    """A hash of a table's columns and rows, in order: equal tables, equal hashes, on any machine."""
    digest = hashlib.sha256()
    for name in rows.columns:
        values = rows[name]
        digest.update(name.encode() + b"\x1e")
        if name == "geometry":
            for shape in shapely.to_wkb(np.asarray(values.values)):
                digest.update(shape if shape is not None else b"\x00")
        else:
            digest.update(values.astype("string").fillna("\x00").str.cat(sep="\x1f").encode())
    return digest.hexdigest()
