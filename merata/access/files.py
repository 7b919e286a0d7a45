"""Access tables to and from files of a run."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd

from merata.access.result import Access
from merata.region.damage import RUN, sound

#: Files of the step, in the run's folder.
FILES = ("settlements.parquet", "facilities.parquet", "villages.parquet", "access.json")


def write_access(access: Access, folder: Path) -> None:
    """Write the tables as GeoParquet, and the assumptions as JSON."""
    access.settlements.to_parquet(folder / "settlements.parquet", index=False)
    access.facilities.to_parquet(folder / "facilities.parquet", index=False)
    access.villages.to_parquet(folder / "villages.parquet", index=False)
    text = json.dumps({"assumptions": access.assumptions}, ensure_ascii=False, indent=1)
    (folder / "access.json").write_text(text + "\n", encoding="utf-8")


def read_access(folder: Path) -> Access:
    """The tables that `write_access` wrote."""
    with sound(folder, RUN):
        settlements, facilities, villages = (gpd.read_parquet(folder / name) for name in FILES[:3])
        assumptions = json.loads((folder / "access.json").read_text(encoding="utf-8"))["assumptions"]
    return Access(settlements, facilities, villages, assumptions)
