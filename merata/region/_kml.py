"""Reads KML placemarks with all their attributes: extended data, schema data and tables in the description."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast
from xml.etree import ElementTree as ET

import shapely
from shapely.geometry.base import BaseGeometry

from merata.errors import FileError

_SHAPES = {"Point", "LineString", "LinearRing", "Polygon", "MultiGeometry"}
_CELLS = re.compile(
    r"<tr[^>]*>\s*<t[hd][^>]*>(.*?)</t[hd]>\s*<td[^>]*>(.*?)</td>\s*</tr>", re.IGNORECASE | re.DOTALL
)
#: One placemark or style of a real map has far fewer tags, and none of them so deep.
MAX_DEPTH, MAX_ELEMENTS = 100, 200_000

_CHUNK = 1 << 16

Placemark = tuple[str, dict[str, str], BaseGeometry | None]


def read_placemarks(path: Path, file: str) -> list[Placemark]:
    """Folder, attributes (`Name` first) and geometry (longitude, latitude; heights kept) of each placemark, in order.

    Raises
    ------
    FileError
        The file is no whole KML file, or has a document type declaration (which KML never has).
    """
    try:
        with path.open("rb") as stream:
            return list(_placemarks(stream, file))
    except ET.ParseError as error:
        raise FileError(f"{file}: not a whole KML file ({error}). Export it again, and add that.") from None


def _placemarks(stream: IO[bytes], file: str) -> Iterator[Placemark]:
    parser: Any = ET.XMLPullParser(("start", "end"))
    tail, size = b"", 0
    folders: list[str] = []
    open_tags: list[ET.Element] = []
    while chunk := stream.read(_CHUNK):
        if b"<!DOCTYPE" in tail + chunk:
            raise FileError(
                f"{file}: has a document type declaration, which no KML file needs; it was not opened"
            )
        tail = chunk[-16:]
        parser.feed(chunk)
        for event, node in parser.read_events():
            element = cast(ET.Element, node)
            if event == "start":
                open_tags.append(element)
                size += 1
                if len(open_tags) > MAX_DEPTH or size > MAX_ELEMENTS:
                    raise FileError(
                        f"{file}: no map has such an inside (nested or crowded without end). Not opened."
                    )
                if _tag(element) in ("Folder", "Document"):
                    folders.append("")
                continue
            open_tags.pop()
            parent = _tag(open_tags[-1]) if open_tags else ""
            yield from _closed(element, parent, folders)
            if parent in ("Folder", "Document", "kml"):
                open_tags[-1].remove(element)  # bounded memory however long the file
                size = 0
    parser.close()


def _closed(element: ET.Element, parent: str, folders: list[str]) -> Iterator[Placemark]:
    tag = _tag(element)
    if tag == "name" and parent in ("Folder", "Document"):
        folders[-1] = (element.text or "").strip()
    elif tag in ("Folder", "Document"):
        folders.pop()
    elif tag == "Placemark":
        yield folders[-1] if folders else "", _attributes(element), _geometry(element)


def _tag(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _attributes(placemark: ET.Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in placemark.iter():
        tag, text = _tag(element), (element.text or "").strip()
        if tag == "name":
            found.setdefault("Name", text)
        elif tag == "SimpleData":
            found.setdefault(element.get("name", ""), text)
        elif tag == "Data":
            value = next((child for child in element if _tag(child) == "value"), None)
            found.setdefault(element.get("name", ""), (value.text or "").strip() if value is not None else "")
        elif tag == "description":
            for key, cell in _CELLS.findall(text):
                found.setdefault(_text(key), _text(cell))
    return {key: value for key, value in found.items() if key and value}


def _text(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split()).rstrip(":").strip()


def _geometry(placemark: ET.Element) -> BaseGeometry | None:
    shapes = [shape for child in placemark if _tag(child) in _SHAPES for shape in _shapes(child)]
    if len(shapes) <= 1:
        return shapes[0] if shapes else None
    kinds = {shape.geom_type for shape in shapes}
    multi: dict[str, Any] = {
        "Polygon": shapely.MultiPolygon,
        "LineString": shapely.MultiLineString,
        "Point": shapely.MultiPoint,
    }
    make = (
        multi.get(kinds.pop(), shapely.GeometryCollection) if len(kinds) == 1 else shapely.GeometryCollection
    )
    made: BaseGeometry = make(shapes)
    return made


def _shapes(element: ET.Element) -> Iterator[BaseGeometry]:
    tag = _tag(element)
    if tag == "MultiGeometry":
        for child in element:
            if _tag(child) in _SHAPES:
                yield from _shapes(child)
    elif tag == "Polygon":
        rings = [_coordinates(ring) for ring in element.iter() if _tag(ring) == "LinearRing"]
        if rings and len(rings[0]) >= 3:
            yield shapely.Polygon(rings[0], [ring for ring in rings[1:] if len(ring) >= 3])
    else:
        points = _coordinates(element)
        if tag == "Point" and points:
            yield shapely.Point(points[0])
        elif tag != "Point" and len(points) >= 2:
            yield shapely.LineString(points)


def _coordinates(element: ET.Element) -> list[tuple[float, ...]]:
    text = next((child.text or "" for child in element.iter() if _tag(child) == "coordinates"), "")
    points = []
    for triple in re.sub(r"\s*,\s*", ",", text.strip()).split():
        try:
            values = tuple(float(part) for part in triple.split(",") if part)
        except ValueError:
            continue
        if len(values) >= 2:
            points.append(values[:3])
    widths = {len(point) for point in points}
    return [point[:2] for point in points] if len(widths) > 1 else points
