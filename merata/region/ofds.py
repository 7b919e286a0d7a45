"""Reads fibre networks in the Open Fibre Data Standard: network packages (JSON), and its GeoJSON of spans or nodes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from merata.errors import FileError
from merata.region._published import box_around, count, table
from merata.region.findings import FindingList
from merata.region.records import Source, Understood

#: Code of spanStatus and nodeStatus -> status of a link; None: not there (any more).
STATUS: dict[str, str | None] = {
    "operational": "operational", "underConstruction": "planned", "planned": "planned", "proposed": "planned",
    "inactive": None, "decommissioned": None,
}  # fmt: skip
#: Code of nodeType -> kind of site. Places where cables merely meet or end are points to connect to, too.
NODE_KINDS = {
    "tower": "tower", "repeaterSite": "repeater", "pop": "point of presence", "exchange": "point of presence",
    "dataCentre": "point of presence", "ixp": "point of presence", "cabinet": "point of presence",
    "aggregationPoint": "point of presence", "addDropSite": "point of presence", "cableLanding": "point of presence",
}  # fmt: skip
#: transmissionMedium -> kind of link; copper and coaxial cables carry no village.
MEDIA = {"fibre": "fibre", "microwave": "microwave"}
MBPS_PER_GBPS = 1000

_MOST_GBPS = 1e6
_MOST_BYTES = 100_000_000
_HEAD_BYTES = 1 << 16
_SPAN_WORDS = (
    "transmissionMedium",
    "fibreCount",
    "darkFibre",
    "physicalInfrastructureProvider",
    "transmissionMediumOwner",
)


def recognises(path: Path, file: str) -> bool:
    """Whether a file begins like a network package, or like the GeoJSON made of one."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES).decode("utf-8-sig", "replace").lstrip()
    if not head.startswith("{"):
        return False
    if re.search(r'"networks"\s*:\s*\[', head):
        return bool(re.search(r'"(nodes|spans|phases|organisations|links|crs)"\s*:', head))
    if not re.search(r'"type"\s*:\s*"FeatureCollection"', head):
        return False
    marked = re.search(r'"featureType"\s*:\s*"(span|node)"', head)
    return bool(marked) or any(f'"{word}"' in head for word in _SPAN_WORDS)


def read(source: Source, border: shapely.Geometry | None) -> Understood:
    """Links and sites of the networks in a file.

    Table `links`: spans of fibre or microwave that touch the region's box (0.05 degrees wider than the region),
    whole. Table `sites`: nodes in it that are more than a bend or a border. What is decommissioned or inactive is
    left out, and told.

    Parameters
    ----------
    source
        A network package or a GeoJSON file of OFDS 0.1 to 0.4.
    border
        The region's outline, EPSG:4326. None: everything.

    Raises
    ------
    FileError
        The file is no such file, is cut short, or is larger than a network can be.

    """
    findings = FindingList(source.file)
    content = _Content(findings)
    for item in _items(_parsed(source)):
        content.add(item)
    box = box_around(border)
    area = None if box is None else shapely.box(*box)
    tables = {"links": _links(content, area, source), "sites": _sites(content, area, source)}
    found = {name: rows for name, rows in tables.items() if len(rows)}
    content.tell()
    if found:
        parts = ", ".join(f"{len(rows):,} {name}" for name, rows in found.items())
        findings.add(
            "note", f"In or near the region: {parts}, of {count(len(content.spans), 'span')}.", "Used."
        )
    else:
        findings.add(
            "error",
            "No span or node of it lies in the region.",
            "The file is not used.",
            "Take the region's network.",
        )
    return Understood(findings, found)


def _parsed(source: Source) -> dict[str, Any]:
    if source.path.stat().st_size > _MOST_BYTES:
        raise FileError(
            f"{source.file}: larger than {_MOST_BYTES / 1e6:,.0f} MB, too large for one network. Cut it to the region"
        )
    try:
        content = json.loads(source.path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise FileError(f"{source.file}: not whole JSON ({str(error)[:160]}). Fetch it again") from None
    if not isinstance(content, dict):
        raise FileError(f"{source.file}: expected a network package or a FeatureCollection of spans or nodes")
    return content


@dataclass(frozen=True)
class _Item:
    """A span or node: what is said of it, its network and its shape."""

    is_span: bool
    said: dict[str, Any]
    network: str
    date: str | None
    shape: Any
    """GeoJSON geometry, as it stands in the file."""


def _items(content: dict[str, Any]) -> Iterator[_Item]:
    """All spans and nodes; nodes first, as spans may be drawn between them."""
    if isinstance(content.get("networks"), list):
        for network in _dicts(content["networks"]):
            yield from _of_network(network)
    elif isinstance(content.get("features"), list):
        items = [_of_feature(feature) for feature in _dicts(content["features"])]
        yield from sorted(items, key=lambda item: item.is_span)


def _of_network(network: dict[str, Any]) -> Iterator[_Item]:
    names, date = _organisations(network), _date(network)
    for kind, shape in (("nodes", "location"), ("spans", "route")):
        for said in _dicts(network.get(kind)):
            yield _Item(
                kind == "spans",
                said | {"organisations": names},
                _text(network.get("id")),
                date,
                said.get(shape),
            )


def _of_feature(feature: dict[str, Any]) -> _Item:
    said, shape = feature.get("properties"), feature.get("geometry")
    said = said if isinstance(said, dict) else {}
    network = (_dicts([said.get("network")]) or [{}])[0]
    kind = said.get("featureType")
    is_span = kind == "span" if kind in ("span", "node") else _is_line(shape) or "start" in said
    return _Item(is_span, said, _text(network.get("id")), _date(network), shape)


def _is_line(shape: Any) -> bool:
    return isinstance(shape, dict) and str(shape.get("type", "")).endswith("LineString")


def _dicts(values: Any) -> list[dict[str, Any]]:
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


def _text(value: Any) -> str:
    return str(value).strip() if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""


def _organisations(network: dict[str, Any]) -> dict[str, str]:
    return {_text(of.get("id")): _text(of.get("name")) for of in _dicts(network.get("organisations"))}


def _date(network: dict[str, Any]) -> str | None:
    """The day that the network was surveyed, else published."""
    for name in ("collectionDate", "publicationDate"):
        if found := re.match(r"\d{4}-\d{2}-\d{2}", _text(network.get(name))):
            return found.group(0)
    return None


@dataclass
class _Content:
    """Spans and nodes that can be used, and what is to be said of the others."""

    findings: FindingList
    spans: list[tuple[_Item, shapely.Geometry]] = field(default_factory=list)
    nodes: list[tuple[_Item, shapely.Geometry]] = field(default_factory=list)
    places: dict[tuple[str, str], shapely.Geometry] = field(default_factory=dict)
    straight: int = 0
    shapeless: int = 0
    gone: int = 0
    other_media: int = 0
    planned: int = 0

    def add(self, item: _Item) -> None:
        shape = _shape(item.shape, item.is_span)
        if not item.is_span and shape is not None:
            self.places[item.network, _text(item.said.get("id"))] = shape
        if STATUS.get(_text(item.said.get("status")), "") is None:
            self.gone += 1
        elif item.is_span and _kind(item.said) is None:
            self.other_media += 1
        elif shape is None and (not item.is_span or (shape := self._between(item)) is None):
            self.shapeless += 1
        elif not item.is_span and STATUS.get(_text(item.said.get("status"))) == "planned":
            self.planned += 1
        else:
            (self.spans if item.is_span else self.nodes).append((item, shape))

    def _between(self, item: _Item) -> shapely.Geometry | None:
        """A straight line between the nodes of a span that is not drawn."""
        ends = [self._end(item, name) for name in ("start", "end")]
        if ends[0] is None or ends[1] is None or shapely.equals(ends[0], ends[1]):
            return None
        self.straight += 1
        line: shapely.Geometry = shapely.linestrings([shapely.get_coordinates(end)[0] for end in ends])
        return line

    def _end(self, item: _Item, name: str) -> shapely.Geometry | None:
        node = item.said.get(name)
        if isinstance(node, dict):
            return _shape(node.get("location"), is_span=False) or self.places.get(
                (item.network, _text(node.get("id")))
            )
        return self.places.get((item.network, _text(node)))

    def tell(self) -> None:
        add = self.findings.add
        if self.straight:
            add(
                "repaired",
                f"{count(self.straight, 'span')} without a route.",
                "Drawn straight between their nodes.",
            )
        if self.shapeless:
            add(
                "error",
                f"{count(self.shapeless, 'span or node', 'spans or nodes')} without possible coordinates.",
                "Not used.",
                "Ask the publisher where they lie.",
            )
        if self.gone:
            add(
                "note",
                f"{count(self.gone, 'span or node', 'spans or nodes')} inactive or decommissioned.",
                "Not used.",
            )
        if self.planned:
            add(
                "note",
                f"{count(self.planned, 'node')} planned or under construction.",
                "Not used: no site stands there yet.",
            )
        if self.other_media:
            add("note", f"{count(self.other_media, 'span')} of copper or coaxial cable.", "Not used.")


def _shape(shape: Any, is_span: bool) -> shapely.Geometry | None:
    """A line or point in degrees; None for anything else."""
    if not isinstance(shape, dict) or not isinstance(shape.get("coordinates"), list):
        return None
    kinds = ("LineString", "MultiLineString") if is_span else ("Point",)
    if shape.get("type") not in kinds:
        return None
    try:
        made = shapely.force_2d(shapely.geometry.shape(shape))
    except (ValueError, TypeError, IndexError, shapely.errors.ShapelyError):
        return None
    at = shapely.get_coordinates(made)
    possible = len(at) and np.isfinite(at).all() and (np.abs(at) <= (180, 90)).all()
    return made if possible else None


def _kind(said: dict[str, Any]) -> str | None:
    """Kind of link of a span, fibre where nothing is said; None for what carries no village."""
    media = said.get("transmissionMedium")
    codes = [_text(code) for code in media] if isinstance(media, list) else [_text(media)] if media else []
    if not codes:
        return "fibre"
    return next((MEDIA[code] for code in ("fibre", "microwave") if code in codes), None)


def _operator(said: dict[str, Any]) -> str | None:
    """Who to ask about a span or node: who owns its infrastructure, else its first network provider."""
    names = said.get("organisations") or {}
    owners = [said.get(key) for key in ("physicalInfrastructureProvider", "transmissionMediumOwner")]
    for of in [*_dicts(owners), *_dicts(said.get("networkProviders"))]:
        if name := _text(of.get("name")) or names.get(_text(of.get("id")), ""):
            return str(name)
    return None


def _capacity_mbps(said: dict[str, Any]) -> float | None:
    """Equipped capacity of a span; the standard gives it in Gbit/s."""
    value = said.get("capacity")
    if value is None and isinstance(said.get("capacityDetails"), dict):
        value = said["capacityDetails"].get("capacity")
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < _MOST_GBPS:
        return None
    return float(value) * MBPS_PER_GBPS


def _id(item: _Item, index: int) -> str:
    kind = "span" if item.is_span else "node"
    return f"ofds/{item.network or 'network'}/{kind}/{_text(item.said.get('id')) or index}"


def _links(content: _Content, area: shapely.Geometry | None, source: Source) -> Any:
    kept = [
        (index, item, shape)
        for index, (item, shape) in enumerate(content.spans)
        if area is None or shapely.intersects(area, shape)
    ]
    columns = {
        "id": [_id(item, index) for index, item, _ in kept],
        "kind": [_kind(item.said) for _, item, _ in kept],
        "name": [_text(item.said.get("name")) or None for _, item, _ in kept],
        "operator": [_operator(item.said) for _, item, _ in kept],
        "capacity_mbps": [_capacity_mbps(item.said) for _, item, _ in kept],
        "status": [STATUS.get(_text(item.said.get("status"))) for _, item, _ in kept],
        "source_date": [item.date for _, item, _ in kept],
    }
    return table("links", columns, [shape for _, _, shape in kept], source, "reported")


def _sites(content: _Content, area: shapely.Geometry | None, source: Source) -> Any:
    kept = [
        (index, item, shape)
        for index, (item, shape) in enumerate(content.nodes)
        if _site_kind(item.said) and (area is None or shapely.intersects(area, shape))
    ]
    columns = {
        "id": [_id(item, index) for index, item, _ in kept],
        "kind": [_site_kind(item.said) for _, item, _ in kept],
        "name": [_text(item.said.get("name")) or None for _, item, _ in kept],
        "operator": [_operator(item.said) for _, item, _ in kept],
        "power": ["none" if item.said.get("power") is False else None for _, item, _ in kept],
        "source_date": [item.date for _, item, _ in kept],
    }
    return table("sites", columns, [shape for _, _, shape in kept], source, "reported")


def _site_kind(said: dict[str, Any]) -> str | None:
    """Kind of site of a node; None for one that is only a bend, a joint or a border."""
    types = said.get("type")
    codes = [_text(code) for code in types] if isinstance(types, list) else [_text(types)]
    kinds = [NODE_KINDS[code] for code in codes if code in NODE_KINDS]
    if not kinds:
        return "point of presence" if said.get("accessPoint") is True else None
    return "point of presence" if "point of presence" in kinds else kinds[0]
