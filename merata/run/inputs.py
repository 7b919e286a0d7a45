"""What a run reads from a region folder, and the hashes that tell whether a step's part of it changed."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from merata.errors import MissingError
from merata.exchange import own
from merata.exchange.taken import evidence, listed
from merata.plan.promises import Promised, read_promises
from merata.region.findings import Finding
from merata.region.folder import CLUTTER, TERRAIN, Region
from merata.region.rasters import grid_of
from merata.region.settings import Settings
from merata.region.sources import FOLDER as SOURCES
from merata.region.sources import Received, hash_file
from merata.region.store import fingerprint

#: Settings of `[radio]` that only microwave hops read: no coverage map depends on them.
HOP_SETTINGS = ("hop", "low_k", "rain_mm_per_h")
#: Settings of `[plan]` that say what could be built: all others only choose among that.
SUPPLY_SETTINGS = (
    "first_year", "last_year", "people_growth", "ending", "tower_spare_mbps", "tower_height_m", "hop_km",
)  # fmt: skip


@dataclass(frozen=True)
class Inputs:
    """One consistent reading of a region folder."""

    name: str
    settings: Settings
    tables: dict[str, pd.DataFrame]
    terrain: Path | None
    clutter: Path | None
    findings: list[Finding]
    sources: list[Received]
    folder: Path = Path()
    """The region's folder."""
    antennas: dict[str, Path] = field(default_factory=dict)
    """Patterns of antennas (.msi, .pln) that lie beside the region's sources, by file name."""
    evidence: dict[str, str] = field(default_factory=dict)
    """Other regions' bundles by their code: hash and date. What they say is the table `evidence`."""
    promised: Promised | None = None
    """What an earlier run promised, where this one has to change as little of it as can be."""

    @property
    def date(self) -> dt.date:
        """The newest date of any source: 'today' for a run, so that the same folder gives the same plan tomorrow."""
        return _newest(self.sources)

    def hash_of(self, parts: Iterable[str]) -> str:
        """A hash of some inputs, like `table:villages`, `settings:radio`, `raster:terrain`, `findings`, `date`.

        `settings:hop` is what only microwave hops ask of `[radio]`; `settings:radio` is all else of it.
        `settings:supply` is what of `[plan]` says what could be built.
        """
        digest = hashlib.sha256()
        for part in sorted(parts):
            digest.update(f"{part}={self._hash(part)}\n".encode())
        return digest.hexdigest()

    def _hash(self, part: str) -> str:
        what, _, name = part.partition(":")
        if what == "table":
            return fingerprint(self.tables[name])
        if what == "settings":
            return json.dumps(self._settings(name), sort_keys=True)
        if what == "raster":
            path = self.terrain if name == "terrain" else self.clutter
            return hash_file(path) if path else "none"
        if what == "grid":
            return repr(grid_of(self.tables["villages"], self.settings))
        if what == "antennas":
            return repr({file: hash_file(path) for file, path in self.antennas.items()})
        if what == "promised":
            return self.promised.hash if self.promised else "none"
        if what == "date":
            return self.date.isoformat()
        return repr(getattr(self, what))

    def _settings(self, name: str) -> object:
        whole = self.settings.model_dump(mode="json")
        if name == "supply":
            return {key: whole["plan"][key] for key in SUPPLY_SETTINGS}
        if name not in ("radio", "hop"):
            return whole[name]
        return {
            key: value for key, value in whole["radio"].items() if (key in HOP_SETTINGS) == (name == "hop")
        }


def _newest(sources: Iterable[Received]) -> dt.date:
    return max((dt.date.fromisoformat(source.date) for source in sources), default=dt.date(2000, 1, 1))


def planning_tables(region: Region) -> dict[str, pd.DataFrame]:
    """The region's tables as plans are made from them, with the evidence of other regions and of its own links."""
    with region.reading():
        tables, terrain = region.planning_tables(), region.raster(TERRAIN)
        date = _newest(region.sources())
        tables["evidence"] = _evidence(region, tables, terrain, date)
    return tables


def _evidence(
    region: Region, tables: dict[str, pd.DataFrame], terrain: Path | None, date: dt.date
) -> pd.DataFrame:
    """What other regions' bundles teach, and what the region learned from its own links."""
    others = evidence(region.path, tables, region.settings, terrain, date)
    here = own.evidence(region.path, tables, region.settings, terrain)
    return (
        pd.concat([others, here], ignore_index=True)
        if len(others) and len(here)
        else others
        if len(others)
        else here
    )


def read(region: Region) -> Inputs:
    """Read a region folder for a run.

    Raises
    ------
    MissingError
        There are no villages yet.
    """
    with region.reading():
        tables = region.planning_tables()
        sources, terrain = region.sources(), region.raster(TERRAIN)
        if tables["villages"].empty:
            raise MissingError(
                f"{region.path}: no villages yet. Take in a map of village borders first: "
                f"merata add {region.path} FILE (GPKG, zipped SHP, GeoJSON, KML or KMZ)."
            )
        tables["evidence"] = _evidence(region, tables, terrain, _newest(sources))
        return Inputs(
            region.settings.region.name or region.path.resolve().name,
            region.settings,
            tables,
            terrain,
            region.raster(CLUTTER),
            region.findings(),
            sources,
            region.path,
            _antennas(region.path / SOURCES),
            {c: f"{one.sha256[:8]}, {one.about.date}" for c, one in listed(region.path).items() if one.here},
            read_promises(region.path),
        )


def _antennas(folder: Path) -> dict[str, Path]:
    """Antenna patterns that somebody laid beside the sources; the table of sites names them."""
    files = sorted(folder.rglob("*")) if folder.is_dir() else []
    return {path.name: path for path in files if path.suffix.lower() in (".msi", ".pln") and path.is_file()}
