"""The catalogue of the open data: DCAT 2 as JSON-LD, and the data.json that CKAN and others harvest.

W3C Data Catalog Vocabulary (DCAT) 2 with what DCAT-AP 2.1 demands of a catalogue, dataset and distribution;
`data.json` in the form of Project Open Data 1.1 (DCAT-US 1.1), which ckanext-dcat and ckanext-datajson read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from merata.publish.indicators import Both

_FREQUENCY = "http://publications.europa.eu/resource/authority/frequency/"
_FILE_TYPE = "http://publications.europa.eu/resource/authority/file-type/"
_THEMES = "http://publications.europa.eu/resource/authority/data-theme"
_LANGUAGE = "http://publications.europa.eu/resource/authority/language/"
#: End of a file's name -> media type (IANA), name of the format, its code in the EU's list of file types.
FORMATS: dict[str, tuple[str, str, str]] = {
    "csv": ("text/csv", "CSV", "CSV"),
    "geojson": ("application/geo+json", "GeoJSON", "GEOJSON"),
    "json": ("application/json", "JSON", "JSON"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX", "XLSX"),
    "parquet": ("application/vnd.apache.parquet", "Parquet", "PARQUET"),
    "gpkg": ("application/geopackage+sqlite3", "GeoPackage", "GPKG"),
}
#: Often data is made anew -> code of the EU's list, ISO 8601 repeating interval as Project Open Data has it.
_EVERY = {"A": ("ANNUAL", "R/P1Y"), "M": ("MONTHLY", "R/P1M"), "": ("IRREG", "irregular")}
_KEYWORDS = (("internet", "internet"), ("konektivitas", "connectivity"), ("desa", "villages"))
_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@dataclass(frozen=True)
class File:
    """A file of a dataset: its address and what it is."""

    address: str
    title: Both

    @property
    def ending(self) -> str:
        """Of its name."""
        return self.address.rpartition(".")[2]


@dataclass(frozen=True)
class Dataset:
    """What belongs together: its name in addresses, what it holds, its files, and when it changed."""

    name: str
    title: Both
    description: Both
    page: str
    """Address of the page about it."""
    files: Sequence[File]
    modified: str
    """ISO date."""
    every: str = ""
    """A yearly, M monthly, '' when something changes."""


@dataclass(frozen=True)
class Catalogue:
    """Whose data it is, and all of it."""

    site: str
    """Address of the site, without a slash at the end."""
    region: str
    publisher: str
    licence: str
    """Address; empty: none is named."""
    datasets: Sequence[Dataset]

    @property
    def title(self) -> Both:
        """Its name."""
        return f"Data terbuka {self.region}", f"Open data of {self.region}"


def json_ld(of: Catalogue) -> dict[str, Any]:
    """The catalogue as JSON-LD, with its context inside."""
    return {
        "@context": _CONTEXT,
        "@id": f"{of.site}/data/",
        "@type": "dcat:Catalog",
        "dct:title": _said(of.title),
        "dct:description": _said(_about(of)),
        "dct:publisher": _publisher(of),
        "dct:language": [
            {"@id": f"{_LANGUAGE}{code}", "@type": "dct:LinguisticSystem"} for code in ("IND", "ENG")
        ],
        "foaf:homepage": {"@id": f"{of.site}/", "@type": "foaf:Document"},
        "dct:modified": _date(max((one.modified for one in of.datasets), default="1980-01-01")),
        **_licence(of),
        "dcat:themeTaxonomy": {
            "@id": _THEMES,
            "@type": "skos:ConceptScheme",
            "dct:title": {"@language": "en", "@value": "Data theme"},
        },
        "dct:spatial": _place(of),
        "dcat:dataset": [_dataset(of, one) for one in of.datasets],
    }


def _about(of: Catalogue) -> Both:
    return (
        f"Akses internet, rencana, program, dan statistik {of.region}: semua yang ditampilkan situs.",
        f"Access to the internet, plans, programme and statistics of {of.region}: all that the site shows.",
    )


def _said(text: Both) -> list[dict[str, str]]:
    return [
        {"@language": language, "@value": value} for language, value in zip(("id", "en"), text, strict=True)
    ]


def _date(day: str) -> dict[str, str]:
    return {"@type": "xsd:date", "@value": day}


def _publisher(of: Catalogue) -> dict[str, Any]:
    return {"@id": f"{of.site}/#publisher", "@type": "foaf:Agent", "foaf:name": of.publisher}


def _licence(of: Catalogue) -> dict[str, Any]:
    return {"dct:license": {"@id": of.licence, "@type": "dct:LicenseDocument"}} if of.licence else {}


def _place(of: Catalogue) -> dict[str, Any]:
    return {"@id": f"{of.site}/#region", "@type": "dct:Location", "skos:prefLabel": of.region}


def _dataset(of: Catalogue, one: Dataset) -> dict[str, Any]:
    return {
        "@id": f"{of.site}/data/#{one.name}",
        "@type": "dcat:Dataset",
        "dct:identifier": f"{of.site}/data/#{one.name}",
        "dct:title": _said(one.title),
        "dct:description": _said(one.description),
        "dct:publisher": _publisher(of),
        "dcat:contactPoint": {
            "@id": f"{of.site}/#contact",
            "@type": ["vcard:Organization", "vcard:Kind"],
            "vcard:fn": of.publisher,
            "vcard:hasURL": {"@id": f"{of.site}/"},
        },
        "dcat:keyword": [word for pair in _KEYWORDS for word in _said(pair)[len(set(pair)) == 1 :]],
        # Science and technology: where the European list of themes has the internet.
        "dcat:theme": {
            "@id": f"{_THEMES}/TECH",
            "@type": "skos:Concept",
            "skos:prefLabel": {"@language": "en", "@value": "Science and technology"},
        },
        "dct:spatial": _place(of),
        "dct:modified": _date(one.modified),
        "dct:accrualPeriodicity": {"@id": _FREQUENCY + _EVERY[one.every][0], "@type": "dct:Frequency"},
        "dcat:landingPage": {"@id": one.page, "@type": "foaf:Document"},
        "dcat:distribution": [_distribution(of, one, file) for file in one.files],
    }


def _distribution(of: Catalogue, one: Dataset, file: File) -> dict[str, Any]:
    kind, _, code = FORMATS[file.ending]
    return {
        "@id": file.address,
        "@type": "dcat:Distribution",
        "dct:title": _said(file.title),
        "dct:description": _said(one.description),
        "dcat:accessURL": {"@id": file.address},
        "dcat:downloadURL": {"@id": file.address},
        "dcat:mediaType": {
            "@id": f"https://www.iana.org/assignments/media-types/{kind}",
            "@type": "dct:MediaType",
        },
        "dct:format": {"@id": f"{_FILE_TYPE}{code}", "@type": "dct:MediaTypeOrExtent"},
        **_licence(of),
    }


def data_json(of: Catalogue) -> dict[str, Any]:
    """The catalogue as data.json (Project Open Data 1.1): in English, with the Indonesian beside it."""
    return {
        "@context": "https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld",
        "@id": f"{of.site}/data.json",
        "@type": "dcat:Catalog",
        "conformsTo": "https://project-open-data.cio.gov/v1.1/schema",
        "describedBy": "https://project-open-data.cio.gov/v1.1/schema/catalog.json",
        "dataset": [_harvested(of, one) for one in of.datasets],
    }


def _harvested(of: Catalogue, one: Dataset) -> dict[str, Any]:
    return {
        "@type": "dcat:Dataset",
        "identifier": f"{of.site}/data/#{one.name}",
        "title": " / ".join(one.title),
        "description": " / ".join(one.description),
        "keyword": [word for pair in _KEYWORDS for word in dict.fromkeys(pair)],
        "modified": one.modified,
        "publisher": {"@type": "org:Organization", "name": of.publisher},
        "contactPoint": {"@type": "vcard:Contact", "fn": of.publisher, "hasURL": f"{of.site}/"},
        "accessLevel": "public",
        **({"license": of.licence} if of.licence else {}),
        "language": ["id", "en"],
        "accrualPeriodicity": _EVERY[one.every][1],
        "landingPage": one.page,
        "spatial": of.region,
        "distribution": [
            {
                "@type": "dcat:Distribution",
                "title": " / ".join(dict.fromkeys(file.title)),
                "downloadURL": file.address,
                "mediaType": FORMATS[file.ending][0],
                "format": FORMATS[file.ending][1],
            }
            for file in one.files
        ],
    }
