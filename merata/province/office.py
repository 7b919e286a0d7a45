"""The province's own site, with accounts of its own, and the figures of each region that it holds for them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from merata.exchange.written import alone, settle
from merata.province.settings import OneRegion, Province

#: Folder of the site in that of the province, its label in host names, and the folder of the regions' figures.
FOLDER, LABEL, INNER = "office", "kantor", "inner"
#: Says to the site where the figures are.
VARIABLE = "MERATA_REGIONS"


def started(province: Path) -> bool:
    """Whether the province has a site of its own."""
    return (province / FOLDER / "region.toml").is_file()


def start(folder: Path, province: Province) -> Path:
    """The folder of the province's own site; made where there is none yet."""
    import tomlkit

    place = folder / FOLDER
    if not started(folder):
        place.mkdir(mode=0o700, exist_ok=True)
        about = {"name": province.province.name, "made_up": province.province.made_up}
        settle(place / "region.toml", tomlkit.dumps({"region": about}).encode())
    return place


def keep(
    folder: Path, region: OneRegion, address: str, on: str, figures: dict[str, int] | None, trouble: str
) -> None:
    """Keep what a region's site told of itself; where it told nothing, what it told last stays, with why."""
    place = folder / INNER
    place.mkdir(mode=0o700, exist_ok=True)
    path = place / f"{region.label}.json"
    with alone(place / ".lock", str(place)):
        told = {"code": region.code, "name": region.name, "owner": region.owner, "address": address}
        last = {"on": on, "figures": figures} if figures is not None else _last(path)
        settle(path, json.dumps({**told, **last, "trouble": trouble}).encode(), 0o600)


def _last(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {"on": found["on"], "figures": found["figures"]}
    except (OSError, ValueError, KeyError):
        return {"on": "", "figures": {}}
