"""region.gpkg: what the run found, as layers that open styled in QGIS."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from merata.publish.counted import open_counts, small_settlements
from merata.publish.plan_tables import paid_works
from merata.publish.qml import Category, Style, fill, line, marker, qml
from merata.publish.tables import VILLAGES_CSV, Results
from merata.publish.words import Tongue
from merata.region.gdal_time import gdal_time
from merata.region.settings import Settings
from merata.region.tables import LEVELS

_ID, _EN = Tongue("id"), Tongue("en")
_LEVEL_FILL = {
    "none": fill("#8c2d04", "b_diagonal"),
    "basic": fill("#b36b00", "dense6"),
    "working": fill("#a9cfe8"),
    "good": fill("#2f77b3"),
}
_LEVEL_POINT = {
    "none": ("#8c2d04", "cross_fill"),
    "basic": ("#b36b00", "triangle"),
    "working": ("#5c9ecb", "square"),
    "good": ("#0d3f73", "circle"),
}
_YEAR_COLORS = ("#0b4a59", "#16707a", "#3f959a", "#76b7b6", "#a9d3d0", "#d3e9e6")
_OPTION_POINT = {
    "fibre": ("#0b4a59", "square"),
    "fixed_wireless": ("#2f77b3", "triangle"),
    "leo": ("#7a3b8f", "diamond"),
    "leo_solar": ("#b36b00", "star"),
    "geo": ("#806040", "star"),
    "cell": ("#a63603", "pentagon"),
    "base_station": ("#8c2d04", "pentagon"),
    "repeater": ("#51626c", "cross_fill"),
    "hotspot": ("#3f959a", "circle"),
    "hotspot_leo": ("#7f7fbf", "circle"),
}
_WORK_POINT = {
    "new tower": ("#8e0152", "diamond"),
    "cell": ("#c51b7d", "pentagon"),
    "repeater": ("#8e0152", "cross_fill"),
    "satellite": ("#51626c", "star"),
}
_WORK_LINE = {
    "fibre": line("#8e0152", 1.0),
    "microwave": line("#8e0152", 0.6, "dash"),
    "satellite": line("#51626c", 0.4, "dot"),
}
_WAYS = (
    Category("road", "jalan / road", line("#6f6a60", 0.3, "dash")),
    Category("river", "sungai / river", line("#2b7bba", 0.6)),
    Category("power line", "jaringan listrik / power line", line("#b36b00", 0.3, "dot")),
)
_LINKS = (
    Category("fibre", "serat optik / fibre", line("#0b5563", 0.8)),
    Category("microwave", "sambungan microwave / microwave hop", line("#7a3b8f", 0.5, "dash")),
    Category("satellite", "satelit / satellite", line("#51626c", 0.4, "dot")),
    Category(None, "lain / other", line("#51626c", 0.4)),
)
_ABOUT = {
    "villages": "Every village: access now and what the plan brings; its row is that of villages.csv",
    "settlements": "Access where people live",
    "facilities": "Access of facilities",
    "plan_points": "What is built: where, how, when, from which fund",
    "plan_works": "What is built for several places and stands at one: towers, cells, repeaters",
    "plan_links": "Cable and hops that are built, as straight lines between their ends",
    "sites": "Places with, or for, equipment",
    "links": "Fibre routes and microwave hops",
    "ways": "Roads, rivers and power lines",
}


def write_geopackage(path: Path, results: Results, joined: gpd.GeoDataFrame) -> None:
    """Write the layers and their styles to `path`, in EPSG:4326; the same results give the same bytes.

    `joined` is `tables.villages(results)`. A layer without a row is left out. The file appears whole or not at all.
    """
    layers = _layers(results, joined)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        made = Path(folder) / path.name
        write_layers(made, layers, results.inputs_date, _ABOUT)
        _write_styles(made, _styles(results.settings, layers), results.inputs_date)
        os.replace(made, path)


def _layers(results: Results, joined: gpd.GeoDataFrame) -> dict[str, gpd.GeoDataFrame]:
    columns = [
        *VILLAGES_CSV,
        "households",
        "below",
        "wants_link",
        "wants_strength",
        "wants_power",
        "wants_device",
    ]
    small = small_settlements(results.access, results.settings)
    layers = {
        # The lowest first: QGIS draws in this order when all are added at once.
        "villages": joined[[*columns, "geometry"]],
        "ways": results.tables.get("ways"),
        "links": results.tables.get("links"),
        "settlements": open_counts(results.access.settlements, "id", small),
        "facilities": results.access.facilities,
        "sites": results.tables.get("sites"),
        "plan_links": plan_links(results),
        "plan_works": plan_works(results),
        "plan_points": open_counts(plan_places(results), "place", small),
    }
    found = {}
    for name, layer in layers.items():
        if (
            isinstance(layer, gpd.GeoDataFrame)
            and len(layer)
            and not (layer.geometry.isna() | layer.geometry.is_empty).all()
        ):
            found[name] = layer.to_crs("EPSG:4326") if layer.crs else layer.set_crs("EPSG:4326")
    return found


def plan_places(results: Results) -> gpd.GeoDataFrame:
    """The plan's points with their geometry: that of the facility or settlement, else a point inside the village."""
    access, points = results.access, results.plan.points
    homes, facilities = (
        dict(zip(table["id"], table.geometry, strict=True))
        for table in (access.settlements, access.facilities)
    )
    inside = dict(zip(access.villages["code"], access.villages.geometry.representative_point(), strict=True))
    places = [
        (homes if kind == "people" else facilities).get(place) or inside.get(code)
        for place, kind, code in zip(
            *(points[name] for name in ("place", "kind", "village_code")), strict=True
        )
    ]
    names = dict(zip(access.villages["code"], access.villages["name"], strict=True))
    rows = points.assign(village=points["village_code"].map(names))
    return gpd.GeoDataFrame(rows, geometry=gpd.GeoSeries(places, index=rows.index, crs="EPSG:4326"))


def plan_works(results: Results) -> gpd.GeoDataFrame:
    """The plan's works that cost something and stand at one place, with its geometry.

    A link of which only one end has a place, like one by satellite, stands there.
    """
    rows = paid_works(results.plan)
    start, end = rows["lon"].notna() & rows["lat"].notna(), rows["to_lon"].notna() & rows["to_lat"].notna()
    lon, lat = rows["lon"].fillna(rows["to_lon"]), rows["lat"].fillna(rows["to_lat"])
    return _placed(rows, np.asarray(shapely.points(_floats(lon), _floats(lat))), start ^ end)


def plan_links(results: Results) -> gpd.GeoDataFrame:
    """The plan's works that cost something and lie between two places, as straight lines."""
    rows = paid_works(results.plan)
    names = ("lon", "lat", "to_lon", "to_lat")
    ends = np.column_stack([_floats(rows[name]) for name in names]).reshape(-1, 2, 2)
    there = np.isfinite(ends).all(axis=(1, 2))
    return _placed(rows[there], shapely.linestrings(ends[there]), np.ones(int(there.sum()), dtype=bool))


def _placed(rows: pd.DataFrame, shapes: np.ndarray, there: Any) -> gpd.GeoDataFrame:
    own = rows.drop(columns=["lon", "lat", "to_lon", "to_lat"])
    keep = np.asarray(there, dtype=bool)
    return gpd.GeoDataFrame(own[keep], geometry=shapes[keep], crs="EPSG:4326")


def _floats(values: pd.Series[float]) -> np.ndarray:
    return values.astype("Float64").to_numpy(dtype=float, na_value=np.nan)


def write_layers(
    path: Path, layers: Mapping[str, gpd.GeoDataFrame], inputs_date: str, about: Mapping[str, str]
) -> None:
    """Write layers, with what each is `about`, into a new file; the same layers and date give the same bytes."""
    with gdal_time(inputs_date):
        for name, layer in layers.items():
            kind = _geometry_type(layer)
            pyogrio.write_dataframe(
                _writable(layer), path, layer=name, driver="GPKG", append=path.exists(),
                geometry_type=kind, promote_to_multi=kind.startswith("Multi"),
                layer_options={"DESCRIPTION": about[name], "IDENTIFIER": name, "SPATIAL_INDEX": "YES"},
            )  # fmt: skip


def _geometry_type(layer: gpd.GeoDataFrame) -> str:
    """One type for all: QGIS splits a layer of single and multi parts in two, and styles neither."""
    kinds = set(layer.geometry.dropna().geom_type)
    if len(kinds) == 1:
        return str(kinds.pop())
    family = {str(kind).removeprefix("Multi") for kind in kinds}
    return f"Multi{family.pop()}" if len(family) == 1 else "Unknown"


def _writable(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The layer with types that a GeoPackage has: true and false with gaps become 1, 0 and nothing."""
    plain = layer.reset_index(drop=True).copy()
    for name in plain.columns:
        if name == plain.geometry.name:
            continue
        if isinstance(plain[name].dtype, pd.BooleanDtype):
            plain[name] = (
                plain[name].astype("Int16") if plain[name].isna().any() else plain[name].astype(bool)
            )
        elif plain[name].dtype == object:
            plain[name] = plain[name].astype("string")
    return plain


def _styles(settings: Settings, layers: dict[str, gpd.GeoDataFrame]) -> list[tuple[str, Style]]:
    level_fill = [Category(level, _both("level", level), _LEVEL_FILL[level]) for level in LEVELS]
    level_point = [
        Category(level, _both("level", level), marker(*_LEVEL_POINT[level], 2.2)) for level in LEVELS
    ]
    option = [Category(key, _both("option", key), marker(*look, 3.2)) for key, look in _OPTION_POINT.items()]
    work = [Category(key, _both("works", key), marker(*look, 3.4)) for key, look in _WORK_POINT.items()]
    laid = [Category(key, _both("works", key), look) for key, look in _WORK_LINE.items()]
    other = "lain / other"
    whole = [*level_fill, Category(None, "lain / other", fill("#eceae3"))]
    level_words = "Tingkat layanan sekarang / service level now"
    year_words = "Tahun titik pertama / year of the first point"
    tower = [Category(None, "menara / tower", marker("#111111", "triangle", 2.6))]
    works = [*work, Category(None, other, marker("#51626c", "circle", 2.6))]
    lines = [*laid, Category(None, other, line("#51626c", 0.4))]
    works_words = "Yang dibangun / what is built"
    styles = [
        ("villages", Style("akses sekarang / access now", level_words, "fill", "access_now", whole, "name", True)),
        ("villages", Style("tahun / plan year", year_words, "fill", "year", _year_categories(settings), "name")),
        ("ways", Style("jalan, sungai / roads, rivers", "Jenis / kind", "line", "kind", _WAYS, "", True)),
        ("links", Style("tautan / links", "Media / medium", "line", "kind", _LINKS, "", True)),
        ("settlements", Style("akses / access", level_words, "marker", "access_now", level_point, "", True)),
        ("facilities", Style("akses / access", level_words, "marker", "access_now", level_point, "", True)),
        ("sites", Style("menara / sites", "Menara dan titik / towers and sites", "marker", "", tower, "", True)),
        ("plan_links", Style("bangunan / works", works_words, "line", "kind", lines, "", True)),
        ("plan_works", Style("bangunan / works", works_words, "marker", "kind", works, "", True)),
        ("plan_points", Style("pilihan / option", "Cara / means", "marker", "option", option, "village", True)),
    ]  # fmt: skip
    return [(layer, style) for layer, style in styles if layer in layers]


def _year_categories(settings: Settings) -> list[Category]:
    years = settings.plan.years
    step = (len(_YEAR_COLORS) - 1) / max(len(years) - 1, len(_YEAR_COLORS) - 1)
    dated = [Category(year, str(year), fill(_YEAR_COLORS[round(at * step)])) for at, year in enumerate(years)]
    return [
        *dated,
        Category(None, "tidak dalam rencana ini / not in this plan", fill("#eceae3", outline="#b9b4a6")),
    ]


def _both(group: str, key: str) -> str:
    return f"{_ID.word(group, key)} / {_EN.word(group, key)}"


def _write_styles(path: Path, styles: list[tuple[str, Style]], inputs_date: str) -> None:
    """The table in which QGIS looks for the styles of a GeoPackage's layers, in the form that it makes itself."""
    when = f"{inputs_date[:10]}T00:00:00.000Z"
    connection = sqlite3.connect(path)
    try:
        column = dict(
            connection.execute("SELECT table_name, column_name FROM gpkg_geometry_columns").fetchall()
        )
        connection.execute(
            'CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, "f_table_catalog" TEXT(256), '
            '"f_table_schema" TEXT(256), "f_table_name" TEXT(256), "f_geometry_column" TEXT(256), '
            '"styleName" TEXT(30), "styleQML" TEXT, "styleSLD" TEXT, "useAsDefault" BOOLEAN, '
            '"description" TEXT, "owner" TEXT(30), "ui" TEXT(30), "update_time" DATETIME)'
        )
        connection.executemany(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
            "styleQML, styleSLD, useAsDefault, description, owner, ui, update_time) "
            "VALUES ('','',?,?,?,?,'',?,?,'','',?)",
            [
                (layer, column[layer], style.name, qml(style), int(style.is_default), style.about, when)
                for layer, style in styles
            ],
        )
        connection.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) "
            "VALUES ('layer_styles', 'attributes', 'layer_styles', 'Styles of the layers, for QGIS', ?)",
            (when,),
        )
        connection.commit()
    finally:
        connection.close()
