"""Reads OpenStreetMap (.osm.pbf): roads, rivers, power lines, facilities, masts and hamlets of the region."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyogrio
import shapely

from merata.errors import FileError
from merata.region import _pbf
from merata.region._published import Box, box_around, count, in_border, table
from merata.region.findings import FindingList
from merata.region.records import Source, Understood

#: Roads, from the greatest to the least that a car or lorry can use.
ROADS = (
    "motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary", "secondary_link",
    "tertiary", "tertiary_link", "unclassified", "residential", "living_street", "road", "service", "track",
)  # fmt: skip
RIVERS = ("river", "canal")
POWER_LINES = ("line", "minor_line")
FACILITIES = {
    "school": "school", "kindergarten": "school", "college": "school", "university": "school",
    "hospital": "health post", "clinic": "health post", "doctors": "health post", "health_post": "health post",
    "marketplace": "market", "townhall": "other",
}  # fmt: skip
PLACES = ("hamlet", "village", "isolated_dwelling")
MASTS = ("mast", "tower", "communications_tower")
#: Kind of `telecom` -> kind of site.
TELECOM = {
    "exchange": "point of presence", "central_office": "point of presence", "data_center": "point of presence",
    "data_centre": "point of presence", "distribution_point": "point of presence",
    "connection_point": "point of presence", "service_device": "point of presence", "remote_digital_terminal":
    "point of presence", "antenna": "tower",
}  # fmt: skip
GENERATION = {
    "communication:gsm": "2G", "communication:umts": "3G", "communication:3g": "3G", "communication:lte": "4G",
    "communication:4g": "4G", "communication:nr": "5G", "communication:5g": "5G",
}  # fmt: skip

_MOST_FEATURES = 500_000
_COLUMNS = {
    "points": ["osm_id", "name", "ref", "place", "man_made", "other_tags"],
    "lines": ["osm_id", "name", "highway", "waterway", "man_made", "other_tags"],
    "multipolygons": [
        "osm_id", "osm_way_id", "name", "amenity", "boundary", "man_made", "office", "place", "other_tags",
    ],
}  # fmt: skip
_PAIR = re.compile(r'"((?:[^"\\]|\\.)*)"=>"((?:[^"\\]|\\.)*)"')
_HEIGHT = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*(m|metres?|meters?|ft|feet|')?\s*", re.IGNORECASE)
_METRES = {"f": 0.3048, "'": 0.3048}
_GDAL_ERRORS = (
    pyogrio.errors.FeatureError,
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
)
_UNSORTED = "OSM_USE_CUSTOM_INDEXING=NO"


def recognises(path: Path, file: str) -> bool:
    """Whether a file begins like an OpenStreetMap PBF file."""
    return _pbf.begins_like_pbf(path)


def read(source: Source, border: shapely.Geometry | None) -> Understood:
    """What OpenStreetMap knows of the region.

    Tables `ways` (roads, rivers, power lines; cut at the region's box) and `sites` (communication masts,
    exchanges) reach 0.05 degrees beyond the region; `facilities` (schools, health posts, markets, offices) and
    `settlements` (named places, without people) lie in it.

    Parameters
    ----------
    source
        The file; of any size: it is read as a stream, with the places of its nodes kept on disk.
    border
        The region's outline, EPSG:4326. None: everything in the file.

    Raises
    ------
    FileError
        The file is no OpenStreetMap file, is cut short or damaged, or holds more than can be meant.

    """
    findings = FindingList(source.file)
    _pbf.check(source.path, source.file)
    box = box_around(border)
    lines = _layer(source, "lines", _lines_wanted(), box)
    places = _places(source, lines[lines["man_made"].isin(MASTS)], box)
    tables = {
        "ways": _ways(lines, box, source),
        "facilities": _facilities(places, border, source, findings),
        "sites": _sites(places, source),
        "settlements": _settlements(places, border, source),
    }
    found = {name: rows for name, rows in tables.items() if len(rows)}
    _tell(found, findings)
    return Understood(findings, found)


def tags_of(text: str | None) -> dict[str, str]:
    """The tags in GDAL's `other_tags`: '"power"=>"line","voltage"=>"20000"'."""
    return {_plain(key): _plain(value) for key, value in _PAIR.findall(text or "")}


def metres_of(text: str | None) -> float | None:
    """A height as mappers write it ('45', '45 m', '150 ft'), in metres; None where it is none or absurd."""
    found = _HEIGHT.fullmatch(text or "")
    if found is None:
        return None
    metres = float(found[1].replace(",", ".")) * _METRES.get((found[2] or "m")[0].lower(), 1.0)
    return round(metres, 1) if 0 < metres <= 400 else None


def office_kind(name: str | None) -> str:
    """Whether an office is a village's or a district's, as its name tells."""
    words = (name or "").lower()
    if re.search(r"\b(camat|kecamatan)\b", words):
        return "district office"
    if re.search(r"\b(desa|kelurahan|lurah|kampung|balai ?desa|village)\b", words):
        return "village office"
    return "other"


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _any_of(column: str, values: Iterable[str]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def _tagged(key: str, values: Iterable[str]) -> str:
    """A filter on tags that have no column of their own."""
    return " OR ".join(f"""other_tags LIKE '%"{key}"=>"{value}"%'""" for value in values)


def _lines_wanted() -> str:
    """Ways, and the footprints of masts, which GDAL takes for lines."""
    ways = [_any_of("highway", ROADS), _any_of("waterway", RIVERS), _tagged("power", POWER_LINES)]
    return " OR ".join([*ways, _any_of("man_made", MASTS)])


def _points_wanted(layer: str) -> str:
    amenity = _any_of("amenity", FACILITIES) if layer == "multipolygons" else _tagged("amenity", FACILITIES)
    office = "office = 'government'" if layer == "multipolygons" else _tagged("office", ["government"])
    telecom = """other_tags LIKE '%"telecom"=>%'"""
    return " OR ".join([_any_of("place", PLACES), _any_of("man_made", MASTS), amenity, office, telecom])


def _layer(source: Source, layer: str, where: str, box: Box | None) -> gpd.GeoDataFrame:
    """Features of one of GDAL's layers that pass the filter and touch the box."""
    for in_order in (True, False):
        try:
            return _through_gdal(source, layer, where, box, in_order)
        except (*_GDAL_ERRORS, OSError) as error:
            # GDAL has a fast way for files in the usual order, and says so when a file is not.
            if not (in_order and _UNSORTED in str(error)):
                words = " ".join(str(error).split())[:160]
                raise FileError(f"{source.file}: damaged ({words}). Fetch it again") from None
    raise AssertionError("the second way either gives rows or an error")


def _through_gdal(
    source: Source, layer: str, where: str, box: Box | None, in_order: bool
) -> gpd.GeoDataFrame:
    options = {"OSM_USE_CUSTOM_INDEXING": "YES" if in_order else "NO", "CPL_TMPDIR": tempfile.gettempdir()}
    pyogrio.set_gdal_config_options(options)
    try:
        # Not through Arrow, which ends quietly where a file is damaged (GDAL 3.12).
        rows = pyogrio.read_dataframe(
            source.path,
            layer=layer,
            where=where,
            bbox=box,
            columns=_COLUMNS[layer],
            max_features=_MOST_FEATURES,
            use_arrow=False,
        )
    finally:
        pyogrio.set_gdal_config_options(dict.fromkeys(options))
    if len(rows) >= _MOST_FEATURES:
        raise FileError(
            f"{source.file}: {_MOST_FEATURES:,} features or more. Add the map of the region's villages first, so "
            "that only its own are read"
        )
    return rows


def _ways(lines: gpd.GeoDataFrame, box: Box | None, source: Source) -> gpd.GeoDataFrame:
    power = lines["other_tags"].astype("string").str.extract(r'"power"=>"(\w+)"')[0]
    grades = {
        "road": lines["highway"].where(lines["highway"].isin(ROADS)),
        "river": lines["waterway"].where(lines["waterway"].isin(RIVERS)),
        "power line": power.where(power.isin(POWER_LINES)),
    }
    kind, grade = (pd.Series(pd.NA, index=lines.index, dtype="string") for _ in range(2))
    for name, values in grades.items():
        new = kind.isna() & values.notna()
        kind[new], grade[new] = name, values[new].astype("string")
    rows = pd.DataFrame({"id": "osm/way/" + lines["osm_id"].astype("string"), "kind": kind, "grade": grade})
    rows["name"] = lines["name"]
    rows, shapes = rows[kind.notna()], lines.geometry.to_numpy()[kind.notna()]
    shapes = shapes if box is None else shapely.clip_by_rect(shapes, *box)
    parts, index = shapely.get_parts(shapes, return_index=True)
    kept = (shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING) & ~shapely.is_empty(parts)
    rows = rows.iloc[index[kept]].reset_index(drop=True)
    nth = rows.groupby("id").cumcount()
    rows["id"] = rows["id"].where(nth == 0, rows["id"] + "/" + (nth + 1).astype("string"))
    return table("ways", _columns(rows), parts[kept], source, "reported")


def _columns(rows: pd.DataFrame) -> dict[str, Any]:
    return {str(name): values for name, values in rows.items()}


def _places(source: Source, footprints: gpd.GeoDataFrame, box: Box | None) -> gpd.GeoDataFrame:
    """Points, and points inside of areas, that are wanted: columns id, tags, area (or None), geometry."""
    points = _layer(source, "points", _points_wanted("points"), box)
    areas = _layer(source, "multipolygons", _points_wanted("multipolygons"), box)
    parts = [
        _gathered(points, lambda row: f"osm/node/{row['osm_id']}", is_area=False),
        _gathered(areas, _area_id, is_area=True),
        _gathered(footprints, lambda row: f"osm/way/{row['osm_id']}", is_area=False),
    ]
    return pd.concat(parts, ignore_index=True)


def _area_id(row: dict[str, Any]) -> str:
    """The way that draws an area, else the relation."""
    way = row.get("osm_way_id")
    return f"osm/way/{way}" if isinstance(way, str) and way else f"osm/relation/{row['osm_id']}"


def _gathered(
    rows: gpd.GeoDataFrame, named: Callable[[dict[str, Any]], str], is_area: bool
) -> gpd.GeoDataFrame:
    shapes = rows.geometry.to_numpy()
    attributes = rows.drop(columns="geometry").to_dict("records")
    ids, tags = [], []
    for row in attributes:
        ids.append(named(row))
        own = {key: value for key, value in row.items() if isinstance(value, str) and key != "other_tags"}
        tags.append(own | tags_of(row["other_tags"] if isinstance(row["other_tags"], str) else None))
    where = shapely.point_on_surface(shapes) if len(shapes) else shapes
    columns = {"id": ids, "tags": tags, "area": list(shapes) if is_area else [None] * len(ids)}
    return gpd.GeoDataFrame(columns, geometry=list(where), crs=4326)


def _facilities(
    places: gpd.GeoDataFrame, border: shapely.Geometry | None, source: Source, findings: FindingList
) -> gpd.GeoDataFrame:
    kinds = [_facility_kind(tags) for tags in places["tags"]]
    rows = places.assign(kind=pd.Series(kinds, index=places.index, dtype="string"))
    rows = rows[rows["kind"].notna().to_numpy() & in_border(places.geometry.to_numpy(), border)]
    twice = _drawn_twice(rows)
    if twice.any():
        findings.add(
            "note",
            f"Mapped twice, as a point and as the area around it: {count(int(twice.sum()), 'facility', 'facilities')}.",
            "The area counts.",
        )
    rows = rows[~twice]
    names = [tags.get("name") for tags in rows["tags"]]
    columns = {"id": rows["id"].to_numpy(), "kind": rows["kind"].to_numpy(), "name": names}
    return table("facilities", columns, rows.geometry.to_numpy(), source, "reported")


def _facility_kind(tags: dict[str, str]) -> str | None:
    amenity = tags.get("amenity", "")
    if amenity == "townhall" or (tags.get("office") == "government" and amenity not in FACILITIES):
        return office_kind(tags.get("name"))
    return FACILITIES.get(amenity)


def _drawn_twice(rows: gpd.GeoDataFrame) -> npt.NDArray[np.bool_]:
    """Points that lie in an area of the same kind."""
    twice = np.zeros(len(rows), dtype=bool)
    is_area = rows["area"].notna().to_numpy()
    for kind in sorted(rows["kind"].unique()):
        same = (rows["kind"] == kind).to_numpy()
        nodes, areas = np.flatnonzero(same & ~is_area), np.flatnonzero(same & is_area)
        if len(nodes) and len(areas):
            tree = shapely.STRtree(rows["area"].to_numpy()[areas])
            inside = tree.query(rows.geometry.to_numpy()[nodes], predicate="within")[0]
            twice[nodes[np.unique(inside)]] = True
    return twice


def _sites(places: gpd.GeoDataFrame, source: Source) -> gpd.GeoDataFrame:
    kinds = pd.Series([_site_kind(tags) for tags in places["tags"]], index=places.index, dtype="string")
    rows = places[kinds.notna().to_numpy()]
    tags = list(rows["tags"])
    columns = {
        "id": rows["id"].to_numpy(),
        "name": [tag.get("name") or tag.get("ref") for tag in tags],
        "kind": kinds[rows.index].to_numpy(),
        "operator": [tag.get("operator") for tag in tags],
        "height_m": pd.array([metres_of(tag.get("height")) for tag in tags], dtype="Float64"),
        "technologies": [_technologies(tag) for tag in tags],
    }
    return table("sites", columns, rows.geometry.to_numpy(), source, "reported")


def _site_kind(tags: dict[str, str]) -> str | None:
    if tags.get("man_made") in MASTS and _communicates(tags):
        return "tower"
    return TELECOM.get(tags.get("telecom", ""))


def _communicates(tags: dict[str, str]) -> bool:
    said = any(key.startswith("communication:") and value != "no" for key, value in tags.items())
    return said or tags["man_made"] == "communications_tower" or tags.get("tower:type") == "communication"


def _technologies(tags: dict[str, str]) -> str | None:
    found = {GENERATION[key] for key, value in tags.items() if key in GENERATION and value != "no"}
    return " ".join(sorted(found)) or None


def _settlements(
    places: gpd.GeoDataFrame, border: shapely.Geometry | None, source: Source
) -> gpd.GeoDataFrame:
    """Named places. The outline of an administrative village is none: its middle may be forest."""
    wanted = [tags.get("place") in PLACES and "boundary" not in tags for tags in places["tags"]]
    rows = places[np.asarray(wanted, dtype=bool) & in_border(places.geometry.to_numpy(), border)]
    columns = {"id": rows["id"].to_numpy(), "name": [tags.get("name") for tags in rows["tags"]]}
    return table("settlements", columns, rows.geometry.to_numpy(), source, "reported")


def _tell(found: dict[str, gpd.GeoDataFrame], findings: FindingList) -> None:
    if not found:
        findings.add(
            "error",
            "Nothing of it lies in the region.",
            "The file is not used.",
            "Fetch the extract that the region lies in (Kalimantan, Sulawesi …).",
        )
        return
    parts = ", ".join(f"{len(rows):,} {name}" for name, rows in found.items())
    findings.add(
        "note", f"In or near the region: {parts}.", "Taken as reported by the mappers of OpenStreetMap."
    )
