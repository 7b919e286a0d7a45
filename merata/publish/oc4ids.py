"""The programme as projects of the Open Contracting for Infrastructure Data Standard (OC4IDS) 0.9, a village each.

Standard: https://standard.open-contracting.org/infrastructure/0.9/en/ . A village is the project, for its code stays
when plans change: its status, year, money and contracts move, its identifier does not. A village's money holds its part
of works that several share, so projects' money adds up to the plan's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from merata.publish.open_contracting import Agreed, Json, Publishing, day_end, given, value

NAME = "oc4ids"
#: Where village codes come from: the Ministry of Home Affairs' codes of administrative areas.
GAZETTEER = "ID-KEMENDAGRI"
_UNDER_WAY = {"contracted", "installed", "accepted"}
_RUNS = {"in service", "suspended"}
_LOOKED_AT = {"proposed", "verified"}


@dataclass(frozen=True)
class Village:
    """A village of the programme: what is planned, how far its service points are, under which contracts."""

    code: str
    name: str
    district: str = ""
    lon: float | None = None
    lat: float | None = None
    year: int | None = None
    option: str = ""
    fund: str = ""
    capex_idr: int = 0
    opex_idr_per_year: int = 0
    people: float = 0
    """People whom the plan brings to the promise (expected number)."""
    states: Collection[str] = ()
    """States of its service points."""
    contracts: tuple[str, ...] = ()
    """Numbers of their contracts."""


def package(
    villages: Iterable[Village], contracts: Mapping[str, Agreed], publishing: Publishing, day: dt.date
) -> Json | None:
    """The project package of the villages that the programme does something for; None where there is none."""
    projects = [
        project(village, contracts, publishing, day) for village in villages if village.year or village.states
    ]
    if not projects:
        return None
    return {**publishing.head(NAME), "version": "0.9", "projects": projects}


def project(village: Village, contracts: Mapping[str, Agreed], publishing: Publishing, day: dt.date) -> Json:
    """One village's project."""
    known = [contracts[number] for number in village.contracts if number in contracts]
    roles = [
        (publishing.buyer, "publicAuthority"),
        *[(contract.provider, "supplier") for contract in known],
    ]
    where = f"{village.name}, {village.district}" if village.district else village.name
    return given(
        {
            "id": publishing.project(village.code),
            "identifiers": [{"id": village.code, "scheme": GAZETTEER}],
            "language": "id",
            "title": publishing.title(f"Internet untuk {where}"),
            "status": status(village.states),
            "sector": ["communications"],
            "purpose": "Tingkat layanan internet yang dijanjikan wilayah, bagi warga dan fasilitas desa.",
            "period": {"endDate": day_end(dt.date(village.year, 12, 31))} if village.year else None,
            "locations": [_location(village)],
            "budget": _budget(village),
            "forecasts": list(_forecasts(village)),
            "parties": publishing.parties(roles),
            "publicAuthority": publishing.reference(publishing.buyer),
            "contractingProcesses": [_process(contract, publishing, day) for contract in known],
        }
    )


def status(states: Collection[str]) -> str:
    """Status of a project by the states of its points, from OC4IDS's codelist projectStatus.

    Planned, no point: identification. Points that are looked at: preparation. As long as one is under way:
    implementation. All in service: maintenance, which the standard also calls operation. All ended: decommissioned.
    """
    there = set(states)
    if there & _UNDER_WAY:
        return "implementation"
    if there & _RUNS:
        return "implementation" if there & _LOOKED_AT else "maintenance"
    if there & _LOOKED_AT:
        return "preparation"
    return "decommissioned" if there else "identification"


def _location(village: Village) -> Json:
    known = village.lon is not None and village.lat is not None
    return given(
        {
            "id": village.code,
            "description": f"{village.name}, {village.district}".removesuffix(", "),
            "geometry": {"type": "Point", "coordinates": [village.lon, village.lat]} if known else None,
            "gazetteer": {"scheme": GAZETTEER, "identifiers": [village.code]},
        }
    )


def _budget(village: Village) -> Json | None:
    if not village.year:
        return None
    fund = f"Dana: {village.fund}. " if village.fund else ""
    running = f"Biaya berjalan Rp{village.opex_idr_per_year:,} setahun.".replace(",", ".")
    return {
        "description": f"{fund}Biaya sekali bayar menurut rencana. {running}",
        "amount": value(village.capex_idr),
    }


def _forecasts(village: Village) -> Iterable[Json]:
    """What the plan foresees: running cost a year, people reached. Modelled, not measured."""
    if not village.year:
        return
    yield {
        "id": "running-cost",
        "title": "Biaya berjalan per tahun, menurut rencana",
        "observations": [{"id": "1", "value": value(village.opex_idr_per_year)}],
    }
    yield {
        "id": "people",
        "title": "Warga yang terlayani, menurut rencana (nilai harapan)",
        "observations": [{"id": "1", "measure": str(round(village.people)), "unit": {"name": "jiwa"}}],
    }


def _process(contract: Agreed, publishing: Publishing, day: dt.date) -> Json:
    """A contract that serves the village; it may serve others too, so its value stands in its OCDS release alone."""
    ocid = publishing.ocid(contract.number)
    ended = contract.status(day) == "terminated"
    summary = {
        "ocid": ocid,
        "externalReference": contract.number,
        "title": publishing.title(f"Kontrak layanan internet {contract.number}"),
        "status": "closed" if ended else "active",
        "suppliers": [publishing.reference(contract.provider)],
        "contractPeriod": contract.period(),
    }
    return {"id": ocid, "summary": given(summary)}
