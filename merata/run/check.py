"""What a region folder lacks, and what each missing thing costs in certainty."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd

from merata.access.assess import assess
from merata.errors import MissingError
from merata.region.findings import Finding
from merata.region.folder import Region
from merata.run.inputs import Inputs
from merata.run.inputs import read as read_inputs

Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Lack:
    """One thing that is missing."""

    what: str
    villages: int
    """Villages that it is missing for."""
    costs: str
    """What is assumed for want of it, and how far that can be wrong."""
    bring: str
    """A file that would mend it."""


@dataclass
class Checked:
    """The state of a region folder."""

    villages: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    findings: dict[str, int] = field(default_factory=dict)
    """How many findings of each severity."""
    unsettled: list[Finding] = field(default_factory=list)
    """Errors and open questions."""
    lacks: list[Lack] = field(default_factory=list)
    known_by: dict[str, int] = field(default_factory=dict)
    """Villages by how their service level is known, before the radio model has its say."""


@dataclass(frozen=True)
class _Wish:
    what: str
    table: str
    costs: str
    bring: str
    narrow: Callable[[pd.DataFrame], pd.DataFrame] = lambda rows: rows


def _of_kind(kind: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda rows: rows[rows["kind"] == kind]


_BY_VILLAGE = (
    _Wish("number of people", "people", "People are assumed: the regency's total shared out, else the default of region.toml. Whom a rupiah reaches is then a guess.", "statistics of the villages (XLSX, ODS, CSV), or a population raster with --as population"),
    _Wish("settlements", "settlements", "All its people are put at one point, so a valley without signal inside a served village stays unseen.", "a list of hamlets, a population raster, or OpenStreetMap"),
    _Wish("electricity", "electricity", "The chance of grid power is assumed; the plan may buy solar kits that nobody needs, or miss some.", "village statistics with a column like 'sumber listrik'"),
    _Wish("devices", "devices", "The share of households with a phone is assumed; a link may end where nobody has a device.", "village statistics with smartphones and computers"),
    _Wish("schools", "facilities", "Schools not known of are not planned for.", "a list of schools with coordinates, or OpenStreetMap", _of_kind("school")),
    _Wish("health posts", "facilities", "Health posts not known of are not planned for.", "a list of health posts with coordinates, or OpenStreetMap", _of_kind("health post")),
)  # fmt: skip

_WHOLE = (
    _Wish("towers", "sites", "No signal can be modelled: where nobody reported or measured, the service level is a bare assumption.", "the operators' tower lists, or OpenCelliD"),
    _Wish("fibre routes", "links", "Fibre is not offered to any village, although it may pass by.", "fibre routes as a map, or in the Open Fibre Data Standard"),
    _Wish("roads and rivers", "ways", "What it takes to reach a village is assumed.", "OpenStreetMap, or a road map"),
    _Wish("budgets", "budgets", "Without money nothing can be planned.", "a sheet of year, fund and amount; or [[funds]] in region.toml"),
    _Wish("prices", "prices", "Default prices are used: published ones, and assumptions.", "your own price list"),
)  # fmt: skip


def check(region: Region) -> Checked:
    """Look a region folder over.

    Raises
    ------
    SettingsError
        region.toml says something that can't be.
    """
    findings = region.findings()
    counts = {
        severity: sum(f.severity == severity for f in findings)
        for severity in ("error", "question", "repaired", "note")
    }
    result = Checked(findings=counts, unsettled=[f for f in findings if f.severity in ("error", "question")])
    try:
        inputs = read_inputs(region)
    except MissingError:
        result.lacks.append(
            Lack(
                "village borders",
                0,
                "Nothing can be placed.",
                "a map of the villages (GPKG, zipped SHP, GeoJSON, KML)",
            )
        )
        return result
    result.villages = len(inputs.tables["villages"])
    result.rows = {name: len(rows) for name, rows in inputs.tables.items() if len(rows)}
    result.lacks = _lacks(inputs)
    access = assess(inputs.tables, None, inputs.settings, inputs.date)
    result.known_by = {str(k): int(v) for k, v in access.villages["known_by"].value_counts().items()}
    return result


def _lacks(inputs: Inputs) -> list[Lack]:
    codes = set(inputs.tables["villages"]["code"])
    lacks = []
    told = _told(inputs.tables)
    if codes - told:
        lacks.append(
            Lack(
                "reports or measurements of the signal",
                len(codes - told),
                f"Their level rests on the radio model, else on the assumption that {inputs.settings.defaults.unserved_share:.0%} of them are unserved.",
                "a list of places without signal, village statistics with signal strength, a drive test, Ookla tiles",
            )
        )
    for wish in _BY_VILLAGE:
        known = set(wish.narrow(inputs.tables[wish.table])["village_code"].dropna())
        if codes - known:
            lacks.append(Lack(wish.what, len(codes - known), wish.costs, wish.bring))
    for wish in _WHOLE:
        has = len(inputs.tables[wish.table]) or (wish.table == "budgets" and inputs.settings.funds)
        if not has:
            lacks.append(Lack(wish.what, len(codes), wish.costs, wish.bring))
    if inputs.terrain is None:
        lacks.append(
            Lack(
                "terrain",
                len(codes),
                "The ground is taken as flat: valleys that stay dark look served.",
                "terrain tiles (SRTM or Copernicus GeoTIFF, HGT)",
            )
        )
    if inputs.clutter is None:
        lacks.append(
            Lack(
                "land cover",
                len(codes),
                "Forest is not reckoned with: the signal looks stronger than it is.",
                "ESA WorldCover tiles",
            )
        )
    return lacks


def _told(tables: Tables) -> set[str]:
    return set(tables["reports"]["village_code"].dropna()) | set(
        tables["measurements"]["village_code"].dropna()
    )
