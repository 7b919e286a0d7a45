"""What files would bring, tried out on a copy of the region: their rows, and where they differ from what is known."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd

from merata.access.files import read_access
from merata.errors import FileError, MissingError
from merata.region import tryout
from merata.region.build import Progress
from merata.region.folder import Added, Region
from merata.region.submitted import Difference, compare
from merata.run import engine


@dataclass(frozen=True)
class Compared:
    """What came of comparing files with a region; nothing was taken in."""

    added: Added
    differences: list[Difference]
    rows: dict[str, int]
    """Rows of theirs by table."""
    with_run: bool
    """Whether a finished run was there to hold claims of coverage against."""


def compared(
    region: Region,
    files: Sequence[Path],
    *,
    given_by: str,
    date: str,
    kind: str = "",
    confidential: bool = False,
    progress: Progress | None = None,
) -> Compared:
    """Compare files with a region, which stays as it is.

    Raises
    ------
    FileError
        None of the files can be read, or all were taken in before; it says why, file by file.
    """
    with tempfile.TemporaryDirectory(prefix="merata-") as scratch:
        tried = Region(tryout.copy(region.path, Path(scratch)))
        known = tried.tables()
        added = tried.add(
            files, kind=kind, date=date, given_by=given_by, confidential=confidential, progress=progress
        )
        if not added.taken:
            why = [*added.refused.values(), *(f"{name}: was taken in before." for name in added.again)]
            raise FileError(" ".join(why) or "There are no files.")
        names = [row.file for row in added.taken]
        theirs = {name: rows[rows["source"].isin(names)] for name, rows in tried.tables().items()}
    places = _places(region)
    return Compared(
        added,
        compare(theirs, known, places),
        {name: len(rows) for name, rows in theirs.items() if len(rows)},
        places is not None,
    )


def _places(region: Region) -> gpd.GeoDataFrame | None:
    """Settlements as the newest run knows them; None where there is none."""
    try:
        access = read_access(engine.find(region.path).folder)
    except (MissingError, FileNotFoundError):
        return None
    names = dict(zip(access.villages["code"], access.villages["name"], strict=True))
    found: gpd.GeoDataFrame = access.settlements.assign(village=access.settlements["village_code"].map(names))
    return found
