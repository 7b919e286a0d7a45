"""Reads areas that an operator says it covers: a map of polygons with the operator and the technology.

A claim is compared with what is modelled and measured (`merata.region.submitted`); it gives nobody a service level.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from merata.errors import FileError
from merata.region._cleaning import only_polygons
from merata.region._map_rows import provenance
from merata.region._projection import to_degrees
from merata.region._vector import Layer, read_layers
from merata.region.findings import FindingList
from merata.region.records import Source, Understood
from merata.region.store import CRS, placed, shaped
from merata.region.tables import TABLES
from merata.region.values import fold, is_blank, tidy


def read(source: Source) -> Understood:
    """The claims in a map file: GeoPackage, shapefile, GeoJSON, KML and the ZIP files of them; all polygons of it.

    Raises
    ------
    FileError
        The file can't be read as a map, or there is no area in it.
    """
    findings = FindingList(source.file)
    with tempfile.TemporaryDirectory(prefix="merata-") as scratch:
        layers = read_layers(source.path, source.file, Path(scratch))
    parts = [rows for layer in layers if len(rows := _rows(layer, source, findings))]
    if not parts:
        raise FileError(
            f"{source.file}: there is no area in it. Expected polygons of what is covered, with the operator and the "
            "technology; towers go as --as sites, cables as --as links."
        )
    return Understood(findings, {"claims": pd.concat(parts, ignore_index=True)})


def _rows(layer: Layer, source: Source, findings: FindingList) -> pd.DataFrame:
    brought = to_degrees(layer.shapes, layer.crs, (), f"{source.file} {layer.name}")
    if brought.severity:
        findings.add(brought.severity, brought.what, brought.done, brought.settle, sheet=layer.name)
    if brought.shapes is None:
        return pd.DataFrame()
    areas = np.array([only_polygons(shape) for shape in brought.shapes], dtype=object)
    without = np.array([area is None for area in areas], dtype=bool)
    for number in layer.rows.index[without]:
        findings.add(
            "error", "The row has no area.", "The row is not used.", "Draw the area that is covered.",
            sheet=layer.name, row=int(number),
        )  # fmt: skip
    own = layer.only(~without)
    table = TABLES["claims"]
    facts = {
        "id": [f"{source.file}:{layer.name}:{number}" for number in own.rows.index],
        **{name: _texts(own, table.column(name).headers) for name in ("operator", "technology")},
        **provenance(own, source),
    }
    rows = pd.DataFrame(facts, index=own.rows.index)
    return shaped(placed(rows, gpd.GeoSeries(list(areas[~without]), crs=CRS)), table)


def _texts(layer: Layer, headers: tuple[str, ...]) -> list[str | None]:
    """The field whose name is one of the header words, as text; nothing where there is none."""
    known = {fold(word) for word in headers}
    name = next((name for name in layer.rows if fold(str(name)) in known), None)
    if name is None:
        return [None] * len(layer.rows)
    return [None if cell is None or is_blank(str(cell)) else tidy(str(cell)) for cell in layer.rows[name]]
