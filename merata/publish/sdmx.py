"""The statistics as SDMX: the structure (SDMX-JSON 2.0 structure message) and the data (SDMX-CSV 2.0).

Statistical Data and Metadata eXchange, ISO 17369, version 3.0: a data structure with its concepts and code lists, a
dataflow, and observations with attributes. Codes of status and frequency are those of the cross-domain lists
CL_OBS_STATUS, CL_CONF_STATUS and CL_FREQ.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from merata.publish.areas import Area
from merata.publish.choices import CHOICES
from merata.publish.indicators import INDICATORS, TOTAL, Both
from merata.publish.observed import Observation
from merata.publish.series import Published, plain
from merata.region.tables import KNOWN_BY, LEVELS

AGENCY, FLOW, STRUCTURE, SCHEME, VERSION = "MERATA", "DF_INTERNET", "DSD_INTERNET", "CS_INTERNET", "1.0.0"
_ARTEFACT = "urn:sdmx:org.sdmx.infomodel"
#: Words of statuses, as the cross-domain code list has them and in Indonesian.
STATUSES: dict[str, Both] = {
    "A": ("Angka biasa", "Normal value"),
    "B": ("Deret terputus: tidak sebanding dengan masa sebelumnya", "Time series break"),
    "P": ("Angka sementara", "Provisional value"),
    "Q": ("Tidak ditampilkan: angka kecil", "Missing value; suppressed"),
    "O": ("Tidak ada datanya", "Missing value"),
}
_FREQUENCIES: dict[str, Both] = {"A": ("Tahunan", "Annual"), "M": ("Bulanan", "Monthly")}
_CONFIDENTIAL: dict[str, Both] = {
    "F": ("Bebas", "Free (free for publication)"),
    "C": ("Rahasia statistik", "Confidential statistical information"),
}
_TOTAL: dict[str, Both] = {TOTAL: ("Jumlah", "Total")}
_UNITS: dict[str, Both] = {
    "people": ("jiwa", "people"),
    "households": ("rumah tangga", "households"),
    "villages": ("desa", "villages"),
    "facilities": ("fasilitas", "facilities"),
    "points": ("titik layanan", "service points"),
    "share": ("proporsi, 0 sampai 1", "proportion, 0 to 1"),
    "index": ("indeks", "index"),
    "Mbit_s": ("Mbit/s", "Mbit/s"),
    "ms": ("milidetik", "milliseconds"),
    "IDR": ("rupiah", "Indonesian rupiah"),
}


@dataclass(frozen=True)
class _Component:
    """A dimension or attribute: its name, what it is, the code list of its values."""

    name: str
    said: Both
    codes: str = ""
    field: str = ""
    """Of an observation."""
    mandatory: bool = True


DIMENSIONS = (
    _Component("FREQ", ("Frekuensi", "Frequency"), "CL_FREQ", "freq"),
    _Component("REF_AREA", ("Wilayah rujukan", "Reference area"), "CL_AREA", "area"),
    _Component("INDICATOR", ("Indikator", "Indicator"), "CL_INDICATOR", "indicator"),
    _Component("SERVICE_LEVEL", ("Tingkat layanan", "Service level"), "CL_LEVEL", "level"),
    _Component("SECTOR", ("Bidang", "Sector"), "CL_SECTOR", "sector"),
    _Component("TECHNOLOGY", ("Teknologi", "Technology"), "CL_TECHNOLOGY", "technology"),
    _Component("SEX", ("Jenis kelamin", "Sex"), "CL_SEX", "sex"),
)
TIME = _Component("TIME_PERIOD", ("Masa", "Time period"), field="period")
VALUE = _Component("OBS_VALUE", ("Nilai", "Observation value"), field="value")
ATTRIBUTES = (
    _Component("LOWER", ("Batas bawah", "Lower end of the interval"), field="low", mandatory=False),
    _Component("UPPER", ("Batas atas", "Upper end of the interval"), field="high", mandatory=False),
    _Component("UNIT_MEASURE", ("Satuan", "Unit of measure"), "CL_UNIT"),
    _Component("OBS_STATUS", ("Status", "Observation status"), "CL_OBS_STATUS", "status"),
    _Component("CONF_STATUS", ("Kerahasiaan", "Confidentiality"), "CL_CONF_STATUS"),
    _Component("KNOWN_BY", ("Cara tahu", "How it is known"), "CL_KNOWN_BY", "known_by", mandatory=False),
    _Component("DEFINITION", ("Versi definisi", "Version of the definition"), field="definition"),
    _Component(
        "BOUNDARY", ("Tanda batas wilayah", "Mark of the area's borders"), field="boundary", mandatory=False
    ),
    _Component("PUBLISHED", ("Tanggal terbit", "Date of publication"), field="published"),
)
_ALL = (*DIMENSIONS, TIME, VALUE, *ATTRIBUTES)


def code(text: str) -> str:
    """A value as an SDMX code: letters, digits, `_` and `-`, so that the area 64.02 is 64-02."""
    return text.replace(" ", "_").replace("/", "_").replace(".", "-")


def data(rows: Iterable[tuple[Published, str]]) -> str:
    """The observations as SDMX-CSV 2.0: a row each, with its status as the series has it (`series.Point.status`)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["STRUCTURE", "STRUCTURE_ID", "ACTION", *(one.name for one in _ALL)])
    for row, status in rows:
        writer.writerow(
            ["dataflow", f"{AGENCY}:{FLOW}({VERSION})", "I", *(_cell(row, status, one) for one in _ALL)]
        )
    return out.getvalue()


def _cell(row: Published, status: str, component: _Component) -> str:
    own = {
        "UNIT_MEASURE": code(INDICATORS[row.indicator].unit),
        "OBS_STATUS": status,
        "CONF_STATUS": "C" if status == "Q" else "F",
    }
    if component.name in own:
        return own[component.name]
    value = getattr(row, component.field)
    if value is None:
        return ""
    return code(str(value)) if component.codes else str(plain(value))


def structure(areas: Iterable[Area], rows: Iterable[Observation], prepared: str) -> dict[str, Any]:
    """The structure of the data as an SDMX-JSON 2.0 structure message, to be written as JSON.

    Parameters
    ----------
    areas
        The region, its districts and villages.
    rows
        The observations: sectors and technologies that there are.
    prepared
        ISO date of the newest publication.

    """
    lists = [_code_list(name, said, values) for name, said, values in _lists(areas, list(rows))]
    return {
        "meta": {
            "id": f"{AGENCY}_{FLOW}",
            "schema": "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/develop/structure-message/tools/schemas/2.0.0/sdmx-json-structure-schema.json",
            "prepared": f"{prepared}T00:00:00Z",
            "test": False,
            "contentLanguages": ["id", "en"],
            "sender": {"id": AGENCY},
        },
        "data": {
            "codelists": lists,
            "conceptSchemes": [_concepts()],
            "dataStructures": [_structure()],
            "dataflows": [
                {
                    **_named(FLOW, ("Akses internet wilayah", "The region's access to the internet")),
                    "structure": f"{_ARTEFACT}.datastructure.DataStructure={AGENCY}:{STRUCTURE}({VERSION})",
                }
            ],
        },
    }


def _lists(areas: Iterable[Area], rows: list[Observation]) -> Iterator[tuple[str, Both, Mapping[str, Both]]]:
    sectors = sorted({row.sector for row in rows} - {TOTAL})
    technologies = sorted({row.technology for row in rows} - {TOTAL})
    said = {name: (name, name) for name in technologies}
    yield "CL_FREQ", ("Frekuensi", "Frequency"), _FREQUENCIES
    yield "CL_AREA", ("Wilayah", "Areas"), {area.code: (area.name, area.name) for area in areas}
    yield "CL_INDICATOR", ("Indikator", "Indicators"), {name: one.name for name, one in INDICATORS.items()}
    yield (
        "CL_LEVEL",
        ("Tingkat layanan", "Service levels"),
        _TOTAL | {level: CHOICES["level"][level] for level in LEVELS},
    )
    yield "CL_SECTOR", ("Bidang", "Sectors"), _TOTAL | {s: CHOICES["sector"].get(s, (s, s)) for s in sectors}
    yield "CL_TECHNOLOGY", ("Teknologi", "Technologies"), _TOTAL | said
    yield "CL_SEX", ("Jenis kelamin", "Sex"), _TOTAL | CHOICES["sex"]
    yield "CL_UNIT", ("Satuan", "Units"), _UNITS
    yield "CL_OBS_STATUS", ("Status", "Status"), STATUSES
    yield "CL_CONF_STATUS", ("Kerahasiaan", "Confidentiality"), _CONFIDENTIAL
    yield "CL_KNOWN_BY", ("Cara tahu", "How known"), {way: CHOICES["known"][way] for way in KNOWN_BY}


def _named(name: str, said: Both) -> dict[str, Any]:
    return {
        "id": name,
        "version": VERSION,
        "agencyID": AGENCY,
        "name": said[1],
        "names": {"id": said[0], "en": said[1]},
    }


def _item(name: str, said: Both) -> dict[str, Any]:
    return {"id": name, "name": said[1], "names": {"id": said[0], "en": said[1]}}


def _code_list(name: str, said: Both, values: Mapping[str, Both]) -> dict[str, Any]:
    return {**_named(name, said), "codes": [_item(code(key), words) for key, words in values.items()]}


def _concepts() -> dict[str, Any]:
    said = ("Konsep statistik akses internet", "Concepts of the statistics of access to the internet")
    return {**_named(SCHEME, said), "concepts": [_item(one.name, one.said) for one in _ALL]}


def _concept(component: _Component) -> str:
    return f"{_ARTEFACT}.conceptscheme.Concept={AGENCY}:{SCHEME}({VERSION}).{component.name}"


def _representation(component: _Component) -> dict[str, Any]:
    if component.codes:
        return {"enumeration": f"{_ARTEFACT}.codelist.Codelist={AGENCY}:{component.codes}({VERSION})"}
    kinds = {"OBS_VALUE": "Double", "LOWER": "Double", "UPPER": "Double", "DEFINITION": "Integer"}
    return {"format": {"dataType": kinds.get(component.name, "String")}}


def _structure() -> dict[str, Any]:
    said = ("Struktur statistik akses internet", "Structure of the statistics of access to the internet")
    dimensions = [
        {
            "id": one.name,
            "position": place,
            "conceptIdentity": _concept(one),
            "localRepresentation": _representation(one),
        }
        for place, one in enumerate(DIMENSIONS)
    ]
    attributes: list[dict[str, Any]] = [
        {
            "id": one.name,
            "usage": "mandatory" if one.mandatory else "optional",
            "attributeRelationship": {"observation": {}},
            "conceptIdentity": _concept(one),
            "localRepresentation": _representation(one),
        }
        for one in ATTRIBUTES
    ]
    time = {
        "id": TIME.name,
        "conceptIdentity": _concept(TIME),
        "localRepresentation": {"format": {"dataType": "ObservationalTimePeriod"}},
    }
    measure = {
        "id": VALUE.name,
        "usage": "optional",
        "conceptIdentity": _concept(VALUE),
        "localRepresentation": _representation(VALUE),
    }
    return {
        **_named(STRUCTURE, said),
        "dataStructureComponents": {
            "dimensionList": {
                "id": "DimensionDescriptor",
                "dimensions": dimensions,
                "timeDimension": time,
            },
            "measureList": {"id": "MeasureDescriptor", "measures": [measure]},
            "attributeList": {"id": "AttributeDescriptor", "attributes": attributes},
        },
    }
