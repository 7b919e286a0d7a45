"""What readers hand over: rows as understood from one source, before they are matched to villages."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from merata.region.findings import FindingList

if TYPE_CHECKING:
    import pandas as pd

#: Raw words of a row that place it; `region.build` turns them into village_code and geometry, then drops them.
GIVEN = ("given_code", "given_village", "given_district", "given_x", "given_y", "given_xy")


@dataclass(frozen=True)
class Source:
    """One file in sources/."""

    file: str
    """Name in sources/, as findings and rows show it."""
    path: Path
    date: str
    """ISO date of receipt; a row's own date, where it has one, goes before it."""
    known_by: str = "reported"
    kind: str = ""
    """What a person said it is (`--as`), else empty."""


@dataclass
class Understood:
    """What one source says: rows by table, and what was found on the way.

    Each table has the declared columns (`region.tables`) with their types, those of PROVENANCE, and, for rows
    that are placed by words, the GIVEN columns as text. A point, line or polygon table that the file itself
    places (GeoPackage, OpenCelliD) is a GeoDataFrame in EPSG:4326.
    """

    findings: FindingList
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
