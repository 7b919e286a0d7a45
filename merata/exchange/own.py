"""What a region's own links taught it: outcomes and failures by technology, ground and provider, as files and evidence.

`merata learn` writes them, from the same groups of points that a bundle tells other regions of, so they can be shown to
everybody. `learned/about.json` says up to which month and from which scores; it is written last.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from merata.errors import FileError
from merata.exchange import bundle_csv
from merata.exchange.bundle_csv import Row
from merata.exchange.bundle_tables import FAILURES, OUTCOMES
from merata.exchange.taken import told_of
from merata.plan import likeness
from merata.plan.evidence import COLUMNS, HERE
from merata.region.change import write_whole
from merata.region.folder import Region
from merata.region.settings import Settings
from merata.region.sources import hash_file

FOLDER = "learned"
ABOUT = "about.json"
_TABLES = (OUTCOMES, FAILURES)


@dataclass(frozen=True)
class About:
    """What the files are made from."""

    until: str
    """The last month that was over, such as 2026-11."""
    scores: str
    """SHA-256 of the scores' about.json."""
    left_out: int
    """Points in groups so small that nothing is told of them."""


@dataclass(frozen=True)
class Own:
    """What was learned, with the rows of `bundle_tables.OUTCOMES` and `FAILURES`."""

    about: About
    outcomes: list[Row]
    failures: list[Row]


def write(region: Region, until: str, folder: Path | None = None) -> list[Path]:
    """Write what the scores teach up to a month that is over; nothing where it was learned already, or nothing is told.

    Parameters
    ----------
    folder
        Where to, instead of into the region.

    Raises
    ------
    MissingError, FileError
        As `gathered`.
    """
    # Each run reads what was learned, few write it: what gathers it takes a second to be imported.
    from merata.assure import score
    from merata.exchange.gathered import gathered

    place = folder or region.path / FOLDER
    before = None if folder else read(region.path)
    if before and before.about.until >= until:
        return []
    found = gathered(region)
    tables = {table.name: found.tables.get(table.name, []) for table in _TABLES}
    if not tables[OUTCOMES.name]:
        return []
    place.mkdir(parents=True, exist_ok=True)
    (place / ABOUT).unlink(missing_ok=True)  # whoever is killed now has learned nothing, and does so again
    for table in _TABLES:
        write_whole(place / f"{table.name}.csv", bundle_csv.write(tables[table.name], table).decode())
    scores = region.path / "measurements" / score.FOLDER / "all" / score.ABOUT
    about = About(until, hash_file(scores), found.left_out.get(OUTCOMES.name, 0))
    write_whole(place / ABOUT, json.dumps(asdict(about), indent=1) + "\n")
    return [place / f"{table.name}.csv" for table in _TABLES]


def read(region: Path) -> Own | None:
    """What a region has learned; None: nothing yet.

    Raises
    ------
    FileError
        A file of it can't be read.
    """
    place = region / FOLDER
    if not (place / ABOUT).exists():
        return None
    try:
        about = About(**json.loads((place / ABOUT).read_text(encoding="utf-8")))
        outcomes, failures = (
            bundle_csv.read(
                (place / f"{table.name}.csv").read_bytes(), table, str(place / f"{table.name}.csv")
            )
            for table in _TABLES
        )
    except (OSError, ValueError, TypeError) as error:
        raise FileError(
            f"{place}: can't be read as what `merata learn` wrote ({error!s:.80}). Take the folder away and learn "
            "again."
        ) from error
    return Own(about, outcomes, failures)


def evidence(
    region: Path, tables: Mapping[str, pd.DataFrame], settings: Settings, terrain: Path | None
) -> pd.DataFrame:
    """What a region learned from itself, as rows of `merata.plan.evidence.COLUMNS`; empty where it has not."""
    found = read(region)
    if found is None or tables["villages"].empty:
        return pd.DataFrame(columns=list(COLUMNS))
    ground = likeness.ground_of(gpd.GeoDataFrame(tables["villages"]), tables, settings, terrain)
    shared = {"code": HERE, "region": settings.region.name, "made_up": False, "age_years": 0.0}
    rows = [{**row, **shared} for row in told_of(found.outcomes, likeness.mix_of(ground))]
    return pd.DataFrame(rows, columns=list(COLUMNS))
