"""What could be built, to and from the files of a run."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd

from merata.plan.supply import Supply
from merata.region.damage import RUN, sound

_TABLES = ("places", "offers", "nodes", "links")
#: Columns that hold a mapping of component to number: written as text.
_ITEMS = ("items", "reuse_items")


def write_supply(supply: Supply, crs: str, folder: Path) -> None:
    """Write the tables as Parquet (`options_places.parquet` …), projection and assumptions as `options.json`."""
    for name in _TABLES:
        table = pd.DataFrame(getattr(supply, name))
        text = {c: table[c].map(_as_text) for c in _ITEMS if c in table}
        table.assign(**text).to_parquet(folder / f"options_{name}.parquet", index=False)
    content = {"crs": crs, "assumptions": supply.assumptions}
    text_ = json.dumps(content, ensure_ascii=False, indent=1)
    (folder / "options.json").write_text(text_ + "\n", encoding="utf-8")


def read_supply(folder: Path) -> tuple[Supply, str]:
    """The supply that `write_supply` wrote, without its candidates, and its projection."""
    with sound(folder, RUN):
        return _supply(folder)


def _supply(folder: Path) -> tuple[Supply, str]:
    tables = {}
    for name in _TABLES:
        table = pd.read_parquet(folder / f"options_{name}.parquet")
        tables[name] = table.assign(**{c: table[c].map(json.loads) for c in _ITEMS if c in table})
    content = json.loads((folder / "options.json").read_text(encoding="utf-8"))
    none = gpd.GeoDataFrame({"id": []}, geometry=[], crs=content["crs"])
    supply = Supply(**tables, candidates=none, ends=none.copy(), assumptions=list(content["assumptions"]))
    return supply, str(content["crs"])


def _as_text(items: dict[str, float]) -> str:
    return json.dumps(items, sort_keys=True)
