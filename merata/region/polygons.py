"""Reads map files: the villages' polygons, cleaned, and points and lines for the other tables."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from merata.region._cleaning import Shapes, gaps, only_polygons, overlaps
from merata.region._map_rows import as_points, provenance, read_attributes, read_lines, read_points
from merata.region._projection import to_degrees
from merata.region._vector import Layer, read_layers
from merata.region.findings import Finding, FindingList, Severity
from merata.region.names import fold
from merata.region.records import Source, Understood
from merata.region.spelling import name_words
from merata.region.store import CRS, shaped
from merata.region.tables import TABLES
from merata.region.values import is_blank, parse_choice, parse_code, tidy
from merata.region.vocabulary import PLACE, match_header

__all__ = ["provisional_code", "read_vector"]

#: Fields of well-known map files, where a header word alone would mislead: BIG, the statistics office, GADM.
_FIELDS = {
    "wadmkd": "name", "nmdesa": "name", "name_4": "name", "nmkel": "name",
    "wadmkc": "district", "nmkec": "district", "name_3": "district",
    "wadmkk": "regency", "nmkab": "regency", "name_2": "regency",
    "kdepum": "code", "kdebps": "other_code", "kdcpum": "", "kdpkab": "", "kdppum": "", "kdcbps": "", "kdbbps": "",
}  # fmt: skip
_WANTED = ("code", "name", "district", "regency", "kind", "other_code")
_GIVEN = {"given_code": "code", "given_village": "name", "given_district": "district"}
_SINGLY = 20
_MEND = "mend the map and add it again"


def read_vector(source: Source) -> Understood:
    """All that a map file says: villages from its polygons, other tables from its points and lines.

    Takes GeoPackage, shapefile, GeoJSON, KML, KMZ and FlatGeobuf, and ZIP files of them; every layer. Polygons
    are villages unless `source.kind` says that they are something else (then each counts as a point in it). All
    geometry comes back in EPSG:4326, polygons valid and multi-part, without heights. Overlaps and gaps between
    villages are measured and told, not changed.

    Raises
    ------
    FileError
        The file is cut short, damaged, unsafe or not what its name says, or it holds no map.
    """
    findings = FindingList(source.file)
    parts: dict[str, list[pd.DataFrame]] = {}
    with tempfile.TemporaryDirectory(prefix="merata-") as scratch:
        layers = _named_apart(read_layers(source.path, source.file, Path(scratch)))
    for layer in layers:
        for family, some in _families(layer, source, findings):
            for name, rows in _READ[family](some, source, findings).items():
                parts.setdefault(name, []).append(rows)
    tables = {
        n: frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
        for n, frames in parts.items()
    }
    if "villages" in tables:
        tables["villages"] = _together(gpd.GeoDataFrame(tables["villages"], crs=CRS), findings)
    findings[:] = [_in_sentences(finding) for finding in findings]
    return Understood(findings, tables)


def provisional_code(district: str, name: str) -> str:
    """The code of a village whose official one is not known: `n:tabang/muara-tiq`.

    It is the same whenever district and name are, so that plans and answers made with it stay valid until a map
    with official codes comes.
    """
    return f"n:{'-'.join(name_words(district))}/{'-'.join(name_words(name))}"


def _named_apart(layers: list[Layer]) -> list[Layer]:
    """Layers of one name, from several files of an archive, named by file and layer."""
    count = Counter(layer.name for layer in layers)
    return [
        replace(la, name=f"{la.file}:{la.name}") if count[la.name] > 1 and la.file else la for la in layers
    ]


def _families(layer: Layer, source: Source, findings: FindingList) -> Iterator[tuple[str, Layer]]:
    """A layer's rows with areas, lines and points apart, in EPSG:4326 and without heights."""
    brought = to_degrees(layer.shapes, layer.crs, _codes_in(layer), f"{source.file} {layer.name}")
    if brought.severity:
        findings.add(brought.severity, brought.what, brought.done, brought.settle, sheet=layer.name)
    if brought.shapes is None:
        return
    if shapely.has_z(brought.shapes).any():
        findings.add("note", "the shapes have heights", "heights were left out", _FINE, sheet=layer.name)
    layer = replace(layer, shapes=np.asarray(shapely.force_2d(brought.shapes), dtype=object))
    empty = np.array([shape is None or shape.is_empty for shape in layer.shapes], dtype=bool)
    shapeless = [(int(n), f"{_title(layer, n)} has no shape") for n in layer.rows.index[empty]]
    _each(findings, layer.name, "error", shapeless, "left out", _MEND)
    dimensions = shapely.get_dimensions(layer.shapes)
    for dimension, family in ((2, "polygon"), (1, "line"), (0, "point")):
        some = layer.only((dimensions == dimension) & ~empty)
        if len(some.rows):
            yield _as_said(family, some, source)


def _as_said(family: str, layer: Layer, source: Source) -> tuple[str, Layer]:
    """Areas that a person said are things at a place count as points."""
    table = TABLES.get(source.kind)
    if family == "point" or (family == "polygon" and table and table.geometry == "point"):
        return "point", as_points(layer)
    return family, layer


def _codes_in(layer: Layer) -> set[str]:
    codes = {parse_code(_text(cell)) for name in layer.rows for cell in layer.rows[name].head(50)}
    return {code for code in codes if code and len(code) == 13}


def _read_villages(layer: Layer, source: Source, findings: FindingList) -> dict[str, pd.DataFrame]:
    columns = _columns(layer.rows)
    rows = pd.DataFrame(
        {name: _texts(layer.rows, columns.get(name)) for name in _WANTED},
        index=layer.rows.index,
        dtype="string",
    )
    given_codes = rows["code"].copy()
    rows["code"] = [_village_code(code) for code in given_codes]
    other = _what_else(rows, given_codes)
    if other:
        findings.add(
            "error",
            f"{len(rows)} areas that are not villages: {other}",
            "left out",
            _SAY_VILLAGES,
            sheet=layer.name,
        )
        return {}
    rows = rows.assign(**provenance(layer, source), geometry=_cleaned(layer, findings))
    rows = _identified(rows, given_codes, layer.name, findings)
    rows["kind"] = [_kind(kind, code) for kind, code in zip(rows["kind"], rows["code"], strict=True)]
    tables: dict[str, pd.DataFrame] = {}
    if set(layer.rows.columns) - set(columns.values()):
        tables, found = read_attributes(layer, source, columns)
        findings += found
    return {"villages": rows.reset_index(drop=True), **tables}


_READ = {"polygon": _read_villages, "line": read_lines, "point": read_points}


def _columns(rows: pd.DataFrame) -> dict[str, str]:
    """Which field of a layer is which column of the table of villages."""
    scored: dict[str, list[tuple[float, float, int, str]]] = {}
    for at, name in enumerate(map(str, rows.columns)):
        filled = float(np.mean([bool(_text(cell)) for cell in rows[name]]))
        for column, rank in _meanings(name):
            codes = [column != "code" or _village_code(_text(cell)) is not None for cell in rows[name]]
            fits = float(np.mean(codes))
            if filled:
                scored.setdefault(column, []).append((rank - fits, -filled, at, name))
    found: dict[str, str] = {}
    for column in _WANTED:
        free = [entry for entry in sorted(scored.get(column, [])) if entry[3] not in found.values()]
        if free:
            found[column] = free[0][3]
    return found


def _meanings(field: str) -> Iterator[tuple[str, int]]:
    """The columns that a field may be, and how surely: the lower, the surer."""
    if field.lower() in _FIELDS:
        yield _FIELDS[field.lower()], 0
        return
    match = match_header((field,))
    generic = 5 if field.lower() in ("nama", "name") else 0
    for target in match.targets:
        if target.table == "villages":
            yield target.column, match.rank + 1 + generic
        elif target.table == PLACE and target.column in _GIVEN:
            yield _GIVEN[target.column], match.rank + 1


def _texts(rows: pd.DataFrame, name: str | None) -> list[str]:
    return [""] * len(rows) if name is None else [_text(cell) for cell in rows[name]]


def _text(cell: object) -> str:
    text = tidy(str(cell)) if cell is not None else ""
    return "" if is_blank(text) else text


def _village_code(text: str) -> str | None:
    code = parse_code(text)
    return code if code and len(code) == 13 else None


def _what_else(rows: pd.DataFrame, given_codes: pd.Series) -> str:
    """What a layer of areas shows if not villages; '' when it may be villages."""
    if rows["code"].notna().any():
        return ""
    lengths = {len(code) for text in given_codes if (code := parse_code(text))}
    names = [fold(name) for name in rows["name"]]
    if not any(names):
        return "they have neither codes nor names of villages"
    if lengths and max(lengths) < 13:
        return "their codes are those of districts or regencies"
    for column, what in (("district", "districts"), ("regency", "regencies")):
        folded = [fold(name) for name in rows[column]]
        if any(folded) and all(a == b for a, b in zip(names, folded, strict=True)):
            return f"they are {what}"
    if len(rows) == 1 and not rows["district"].iloc[0]:
        return f"one area called '{rows['name'].iloc[0]}', without a district"
    return ""


def _cleaned(layer: Layer, findings: FindingList) -> Shapes:
    """Valid MultiPolygons, None where nothing is left."""
    reasons = shapely.is_valid_reason(layer.shapes)
    mended = [(int(n), f"{_title(layer, n)}: {reason}") for n, reason, valid in
              zip(layer.rows.index, reasons, shapely.is_valid(layer.shapes), strict=True) if not valid]  # fmt: skip
    _each(
        findings,
        layer.name,
        "repaired",
        mended,
        "the area was rebuilt from its rings",
        "look at it on the map",
    )
    clean = np.empty(len(layer.shapes), dtype=object)
    clean[:] = [only_polygons(shape) for shape in layer.shapes]
    numbers = [int(n) for n, shape in zip(layer.rows.index, clean, strict=True) if shape is None]
    lost = [(n, f"{_title(layer, n)} has no area") for n in numbers]
    _each(findings, layer.name, "error", lost, "left out", _MEND)
    kinds = Counter(shape.geom_type for shape in layer.shapes)
    if {"Polygon", "MultiPolygon"} <= kinds.keys():
        what = f"areas of one part ({kinds['Polygon']}) and of several ({kinds['MultiPolygon']}) are mixed"
        findings.add("note", what, "all were made multi-part", _FINE, sheet=layer.name)
    return clean


def _identified(
    rows: pd.DataFrame, given_codes: pd.Series, sheet: str, findings: FindingList
) -> pd.DataFrame:
    """The rows that have an area and a code or a name; a missing name or code is made up for."""
    rows, given_codes = rows[rows.geometry.notna()], given_codes[rows.geometry.notna()]
    nameless = rows["code"].isna() & (rows["name"] == "")
    _each(findings, sheet, "error", [(int(n), "an area without a code or a name") for n in rows.index[nameless]],
          "left out", "nothing, if it is a lake or the like; else give it a name")  # fmt: skip
    rows, given_codes = rows[~nameless].copy(), given_codes[~nameless]
    odd = rows.index[rows["code"].isna() & (given_codes != "")]
    _each(findings, sheet, "note", [(int(n), f"'{given_codes[n]}' is not a village's code") for n in odd],
          "the village goes by its name", "write it like 64.02.01.2001")  # fmt: skip
    unnamed = rows.index[rows["name"] == ""]
    if len(unnamed):
        rows.loc[unnamed, "name"] = rows.loc[unnamed, "code"]
        what = f"{len(unnamed)} villages have no name"
        findings.add("note", what, "their code stands for it", _MEND, sheet=sheet)
    if (rows["district"] == "").any():
        what = f"{int((rows['district'] == '').sum())} of {len(rows)} villages have no district"
        done = "left blank; lists that name one can't be checked by it"
        findings.add("note", what, done, "add a field KECAMATAN", sheet=sheet)
    lacking = rows["code"].isna()
    if lacking.any():
        made = _provisional(rows[lacking])
        rows.loc[lacking, "code"] = made
        what = f"{len(made)} of {len(rows)} villages have no official code"
        done = f"they go by district and name, like {made[0]}, which no office's list has"
        settle = "best add a map with official codes (a field KODE DESA)"
        findings.add("note", what, done, settle, sheet=sheet)
    return rows


def _provisional(rows: pd.DataFrame) -> list[str]:
    """Provisional codes; without districts, areas of one name are different villages and get a number."""
    seen: Counter[str] = Counter()
    codes = []
    for district, name in zip(rows["district"], rows["name"], strict=True):
        code = provisional_code(district, name)
        seen[code] += 1
        codes.append(code if district or seen[code] == 1 else f"{code}~{seen[code]}")
    return codes


def _kind(given: str, code: str) -> str | None:
    known = parse_choice(given, TABLES["villages"].column("kind")) if given else None
    # In an official code the seventh digit says it: 1 kelurahan, 2 desa.
    return known or {"1": "kelurahan", "2": "desa"}.get(code[9:10] if len(code) == 13 else "")


def _together(rows: gpd.GeoDataFrame, findings: FindingList) -> pd.DataFrame:
    """One row for each village, in the order of their codes; what is wrong between them is told."""
    rows = rows.sort_values("code", kind="stable", ignore_index=True)
    folded = rows["name"].map(fold)
    first = rows["code"].map(dict(zip(rows["code"][::-1], folded[::-1], strict=True)))
    name_of = dict(zip(rows["code"][::-1], rows["name"][::-1], strict=True))
    for row in rows[folded != first].itertuples():
        what = f"the code {row.code} is that of '{name_of[row.code]}', and of '{row.name}' too"
        findings.add("error", what, f"'{row.name}' was left out", "mend the code of one of them",
                     sheet=row.sheet, row=int(row.source_row), column="code")  # fmt: skip
    villages = _joined(rows[folded == first].reset_index(drop=True), findings)
    _tell_overlaps(villages, findings)
    for column in ("regency", "other_code"):
        villages[column] = villages[column].replace("", pd.NA)
    return shaped(villages, TABLES["villages"])


def _joined(rows: gpd.GeoDataFrame, findings: FindingList) -> gpd.GeoDataFrame:
    """Several rows of one code made one."""
    several = rows.duplicated("code", keep=False)
    shapes = rows.geometry.to_numpy().copy()
    for code, same in rows[several].groupby("code", sort=True):
        what = f"{len(same)} areas belong to {code} {same['name'].iloc[0]}"
        findings.add("note", what, "taken together as one village", _FINE, sheet=same["sheet"].iloc[0],
                     row=int(same["source_row"].iloc[1]))  # fmt: skip
        shapes[same.index[0]] = only_polygons(shapely.union_all(same.geometry.to_numpy()))
    joined: gpd.GeoDataFrame = rows.set_geometry(gpd.GeoSeries(shapes, rows.index, crs=CRS)).drop_duplicates(
        "code"
    )
    return joined.reset_index(drop=True)


def _tell_overlaps(villages: gpd.GeoDataFrame, findings: FindingList) -> None:
    shapes, sheet = villages.geometry.to_numpy(), str(villages["sheet"].iloc[0])
    label = [f"{code} {name}" for code, name in zip(villages["code"], villages["name"], strict=True)]
    told = [
        (int(villages["source_row"].iloc[o.other]),
         f"{label[o.one]} and {label[o.other]} overlap by {o.area_km2:.2f} km² ({o.share:.1%} of the smaller)")
        for o in overlaps(shapes)
    ]  # fmt: skip
    _each(
        findings,
        sheet,
        "note",
        told,
        "not changed: points in it belong to both",
        "mend the border if it matters",
    )
    holes = gaps(shapes)
    if holes:
        area, longitude, latitude = holes[0]
        together = sum(hole[0] for hole in holes)
        what = (
            f"{len(holes)} gap{'s' if len(holes) > 1 else ''} between villages, {together:.2f} km² together"
        )
        done = f"not changed; the largest is {area:.2f} km² around longitude {longitude}, latitude {latitude}"
        findings.add(
            "note", what, done, "nothing, where they are lakes or belong to a neighbour", sheet=sheet
        )


def _in_sentences(finding: Finding) -> Finding:
    what, done, settle = (_sentence(text) for text in (finding.what, finding.done, finding.settle))
    return replace(finding, what=what, done=done, settle=settle)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if not text or text[-1] in ".!?…" else ".")


def _title(layer: Layer, number: int) -> str:
    """A row's name for findings: its first few words."""
    words = [_text(cell) for cell in layer.rows.loc[number]]
    return f"row {number} ({', '.join([word for word in words if word][:3])[:80]})"


def _each(
    findings: FindingList,
    sheet: str,
    severity: Severity,
    rows: Sequence[tuple[int, str]],
    done: str,
    settle: str,
) -> None:
    """A finding for each of the first rows, and one for all others."""
    for row, what in rows[:_SINGLY]:
        findings.add(severity, what, done, settle, sheet=sheet, row=row)
    rest = rows[_SINGLY:]
    if rest:
        findings.add(
            severity, f"{len(rest)} more rows like the ones before", done, settle, sheet=sheet, row=rest[0][0]
        )


_FINE = "nothing"
_SAY_VILLAGES = "add the map of the villages themselves, with a code (KODE DESA) or name (DESA) for each"
