"""The network, planned and standing, as a package of the Open Fibre Data Standard (OFDS) 0.4: nodes, spans, phases.

Standard: https://standard.ofds.info/en/0__4__0/ . `merata.region.ofds` reads such packages. A span is a stretch of new
cable or a microwave hop of the plan, drawn straight between its ends, or a link that stands; a phase is a year of the
plan. An end that was given in confidence has no place here, and a span to it no route.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from merata.publish.open_contracting import Agreed, Json, Publishing, given, stable_uuid, value
from merata.region.confidence import HELD

NAME = "ofds"
SCHEMA = "https://standard.ofds.info/en/0__4__0/network-schema.json"
#: Kind of works -> transmissionMedium; what is none of these is no span.
MEDIA = {"fibre": "fibre", "microwave": "microwave"}
#: How a node's name in the plan begins -> (nodeType, status). What a plan hangs on stands already.
NODES = {
    "place": (None, "planned"),
    "new tower": ("tower", "planned"),
    "tower": ("tower", "operational"),
    "presence": ("pop", "operational"),
    "fibre": (None, "operational"),
    "junction": (None, "planned"),
}
_DIGITS = 5


@dataclass(frozen=True)
class Existing:
    """Nodes and spans that stand, and who runs them."""

    nodes: list[Json] = field(default_factory=list)
    spans: list[Json] = field(default_factory=list)
    operators: list[str] = field(default_factory=list)


NOTHING = Existing()


def package(
    works: Iterable[Mapping[str, Any]],
    contracts: Iterable[Agreed],
    publishing: Publishing,
    there: Existing = NOTHING,
) -> Json:
    """The network package of a plan's works and of what is there.

    Parameters
    ----------
    works
        Rows of `plan.works`: id, kind, a, b, length_km, year, lon, lat, to_lon, to_lat; degrees, EPSG:4326.
    contracts
        What was agreed with providers; in which year's phase each falls is not known, so none is said.
    there
        The network that stands (`ofds_existing.existing`).

    """
    spans = _unnamed([row for row in works if row["kind"] in MEDIA and row["a"] and row["b"]])
    if not (spans or there.nodes or there.spans):
        return {"networks": []}
    years = sorted({int(row["year"]) for row in spans})
    network = {
        "id": stable_uuid(publishing.code, "network"),
        "name": publishing.title(f"Jaringan {publishing.region}"),
        "links": [{"href": SCHEMA, "rel": "describedby"}],
        "publisher": {"name": publishing.buyer},
        "publicationDate": publishing.published.date().isoformat(),
        "crs": {"name": "urn:ogc:def:crs:OGC::CRS84", "uri": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"},
        "accuracyDetails": "Yang direncanakan: garis lurus, bukan jalur kabel. Yang ada: sebagaimana diketahui.",
        "language": "id",
        "organisations": list(_organisations(contracts := list(contracts), there.operators, publishing)),
        "phases": [{"id": str(year), "name": f"Tahun {year}"} for year in years],
        "nodes": list({node["id"]: node for node in (*_nodes(spans), *there.nodes)}.values()),
        "spans": [*(_span(row) for row in spans), *there.spans],
        "contracts": [_contract(contract, publishing) for contract in contracts],
    }
    return {"networks": [given(network)]}


def _organisations(contracts: list[Agreed], operators: list[str], publishing: Publishing) -> Iterator[Json]:
    found: dict[str, str] = {}
    for name in (publishing.buyer, *(contract.provider for contract in contracts), *operators):
        found.setdefault(publishing.party(name)["id"], name)
    for name in found.values():
        party = publishing.party(name)
        identifier = party.pop("identifier", None)
        own = {key: identifier[key] for key in ("scheme", "id", "legalName")} if identifier else None
        yield given({**party, "identifier": own})


def _unnamed(spans: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The spans with numbers for ends that were given in confidence: a name in the plan may hold coordinates."""
    ends = [str(row[end]) for row in spans for end in ("a", "b")]
    names = {name: name for name in ends}
    names |= {
        name: f"{HELD} {number}"
        for number, name in enumerate(dict.fromkeys(end for end in ends if HELD in end), start=1)
    }
    told: list[Mapping[str, Any]] = []
    for row in spans:
        a, b = names[str(row["a"])], names[str(row["b"])]
        told.append({**row, "a": a, "b": b, "id": f"{a} - {b}" if HELD in a + b else row["id"]})
    return told


def _nodes(spans: list[Mapping[str, Any]]) -> Iterator[Json]:
    """Every end of a span once, in the order of the plan."""
    found: dict[str, Json] = {}
    for row in spans:
        for end, lon, lat in (("a", "lon", "lat"), ("b", "to_lon", "to_lat")):
            name = str(row[end])
            kind, status = NODES.get(_prefix(name), (None, None))
            found.setdefault(
                name,
                given(
                    {
                        "id": name,
                        "status": status,
                        "phase": _phase(row) if status == "planned" else None,
                        "location": _point(name, row[lon], row[lat]),
                        "type": [kind] if kind else None,
                    }
                ),
            )
    yield from found.values()


def _span(row: Mapping[str, Any]) -> Json:
    ends = [
        _point(str(row["a"]), row["lon"], row["lat"]),
        _point(str(row["b"]), row["to_lon"], row["to_lat"]),
    ]
    at = [end["coordinates"] for end in ends if end]
    drawn = len(at) == 2 and at[0] != at[1]
    length = row["length_km"] if row["kind"] == "fibre" and _known(row["length_km"]) else 0.0
    return given(
        {
            "id": str(row["id"]),
            "phase": _phase(row),
            "status": "planned",
            "start": str(row["a"]),
            "end": str(row["b"]),
            "route": {"type": "LineString", "coordinates": at} if drawn else None,
            "transmissionMedium": [MEDIA[row["kind"]]],
            "fibreLength": length if length > 0 else None,
        }
    )


def _phase(row: Mapping[str, Any]) -> Json:
    return {"id": str(int(row["year"])), "name": f"Tahun {int(row['year'])}"}


def _contract(contract: Agreed, publishing: Publishing) -> Json:
    amount = contract.value_idr
    return given(
        {
            "id": publishing.ocid(contract.number),
            "title": publishing.title(f"Kontrak layanan internet {contract.number}"),
            "description": contract.promised,
            "value": None if amount is None else value(amount),
        }
    )


def _prefix(name: str) -> str:
    return name.partition(":")[0]


def _point(name: str, lon: Any, lat: Any) -> Json | None:
    """Where a node stands; None where that is not known, or was given in confidence."""
    if HELD in name or not (_known(lon) and _known(lat)):
        return None
    return {"type": "Point", "coordinates": [round(float(lon), _DIGITS), round(float(lat), _DIGITS)]}


def _known(number: Any) -> bool:
    return isinstance(number, (int, float)) and math.isfinite(number)  # pandas' NA is neither
