"""Places, sites and candidates for towers as nodes that the network could reach."""

from __future__ import annotations

import re
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from merata.access.columns import plural
from merata.plan.frames import numbers, words
from merata.plan.where import empty
from merata.radio.transmitters import FOURTH
from merata.region.settings import Settings

#: What stands before an id to make the id of a node.
PREFIX = {
    "place": "place:",
    "tower": "tower:",
    "point of presence": "presence:",
    "new tower": "new tower:",
}
_FIFTH = re.compile(r"(?i)(?<!\d)5\s?G|\bNR\b")


def node_id(kind: str, name: object) -> str:
    """The id of the node of a place, site or candidate: `kind` is a key of PREFIX."""
    return PREFIX[kind] + str(name)


def nothing(count: int) -> list[Any]:
    """So many nodes or links that are made of nothing: free."""
    return [{} for _ in range(count)]


def given(
    points: gpd.GeoDataFrame, kind: str, crs: str, said: list[str], height_m: float = float("nan")
) -> pd.DataFrame:
    """The nodes of places or candidates, with `height_m`, `linked` and `ample` beside the columns of a node."""
    ids = words(points["id"])
    if len(set(ids)) < len(ids):
        raise ValueError(f"two rows for a {kind} have one id; expected each once")
    here = ~empty(points)
    if not here.all():
        count = plural(int((~here).sum()), f"{kind} has", f"{kind}s have")
        said.append(f"{count} no position: nothing can be built there.")
    own = points[here].reset_index(drop=True)
    place = own.geometry.to_crs(crs).representative_point()
    none: dict[str, float] = {} if kind == "place" else {"tower": 1.0}
    return pd.DataFrame(
        {
            "node": [node_id(kind, name) for name in ids[here]],
            "kind": kind,
            "village_code": _column(own, "village_code", ""),
            "x_m": place.x.to_numpy(float),
            "y_m": place.y.to_numpy(float),
            "root": False,
            "mbps": np.inf,
            "items": own["items"].tolist() if "items" in own else [dict(none) for _ in range(len(own))],
            "known_by": _column(own, "known_by", "assumed"),
            "detail_en": _column(own, "detail_en", kind),
            "detail_id": _column(own, "detail_id", "tempat" if kind == "place" else "menara baru"),
            "height_m": _heights(own, height_m),
            "linked": False,
            "ample": False,
        }
    )


def _column(table: pd.DataFrame, name: str, default: str) -> npt.NDArray[np.object_]:
    if name not in table:
        return np.full(len(table), default, object)
    return table[name].astype("string").fillna(default).to_numpy(object)


def _heights(table: pd.DataFrame, default: float) -> npt.NDArray[np.float64]:
    given = numbers(table["height_m"]) if "height_m" in table else np.full(len(table), np.nan)
    # A height of 0 or less is one that nobody has filled in.
    return np.where(given > 0, given, default)


def sites_of(table: pd.DataFrame | None, settings: Settings, crs: str, said: list[str]) -> pd.DataFrame:
    """The nodes of the region's towers and points of presence."""
    if not isinstance(table, gpd.GeoDataFrame):
        table = gpd.GeoDataFrame({"id": [], "kind": [], "technologies": []}, geometry=[], crs=4326)
    used = table[(words(table["kind"]) != "repeater") & ~table["id"].duplicated().to_numpy(bool)]
    made = given(used, "tower", crs, said)
    used = used[~empty(used)]
    presence = words(used["kind"]) == "point of presence"
    on_air = words(used["technologies"])
    newer = np.array([not t or bool(FOURTH.search(t) or _FIFTH.search(t)) for t in on_air], bool)
    crowd = int(used["samples"].notna().sum()) if "samples" in used else 0
    if crowd:
        count = plural(crowd, "tower stands", "towers stand")
        said.append(f"{count} where phones have sighted them: maybe some kilometres off.")
    kind = np.where(presence, "point of presence", "tower")
    names = [node_id(k, name) for k, name in zip(kind, words(used["id"]), strict=True)]
    title = _column(used, "name", "")
    title = np.where(title == "", words(used["id"]), title)
    return made.assign(
        node=names,
        kind=kind,
        root=presence,
        items=nothing(len(names)),
        detail_en=[f"{k} {name}" for k, name in zip(kind, title, strict=True)],
        detail_id=[
            f"{'titik kehadiran' if p else 'menara'} {name}" for p, name in zip(presence, title, strict=True)
        ],
        linked=newer & ~presence & (settings.plan.tower_spare_mbps > 0),
        ample=presence,
    )
