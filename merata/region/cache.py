"""Remembers what each source was understood to say, so that a large file is read once."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd

from merata.region import findings
from merata.region.change import PRIVATE
from merata.region.code import hash_of_rooms
from merata.region.findings import FindingList
from merata.region.records import Understood


def remembered(folder: Path, parts: tuple[str, ...], file: str, read: Callable[[], Understood]) -> Understood:
    """What `read` says, from `folder`'s memory when it was asked the same before.

    `parts` is all that the answer depends on, beside the readers' code. The memory may be deleted at any time;
    a broken one is made anew.
    """
    key = hashlib.sha256("\x1f".join((hash_of_rooms("region"), *parts)).encode()).hexdigest()[:24]
    place = folder / PRIVATE / "cache" / key
    if (place / "findings.csv").exists():
        try:
            return _load(place, file)
        except (OSError, ValueError, KeyError):
            shutil.rmtree(place, ignore_errors=True)
    understood = read()
    _save(place, understood)
    return understood


def _load(place: Path, file: str) -> Understood:
    tables: dict[str, pd.DataFrame] = {}
    for path in sorted(place.glob("*.parquet")):
        name = path.stem
        tables[name.removeprefix("map-")] = (
            gpd.read_parquet(path) if name.startswith("map-") else pd.read_parquet(path)
        )
    rows = findings.from_csv((place / "findings.csv").read_text(encoding="utf-8"))
    return Understood(FindingList(file, rows), tables)


def _save(place: Path, understood: Understood) -> None:
    part = place.with_name(f"{place.name}.{os.getpid()}.part")
    try:
        part.mkdir(parents=True)
        for name, rows in understood.tables.items():
            prefix = "map-" if isinstance(rows, gpd.GeoDataFrame) else ""
            rows.to_parquet(part / f"{prefix}{name}.parquet")
        (part / "findings.csv").write_text(findings.to_csv(understood.findings), encoding="utf-8")
        part.rename(place)
    except OSError:
        shutil.rmtree(part, ignore_errors=True)  # no room, or somebody was faster: nothing is lost
