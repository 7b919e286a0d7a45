"""The network that stands already, as nodes and spans of the Open Fibre Data Standard: the region's sites and links.

What was given in confidence is not among the tables that this is made of (`merata.publish.withheld.open_tables`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from merata.access.columns import numbers, words
from merata.publish.ofds import Existing
from merata.publish.open_contracting import Json, Publishing, given
from merata.region._published import metres
from merata.region.ofds import MBPS_PER_GBPS

#: Kind of site -> (how its node's name begins in plans, nodeType).
KINDS = {
    "": ("tower", "tower"), "tower": ("tower", "tower"), "repeater": ("tower", "repeaterSite"),
    "point of presence": ("presence", "pop"),
}  # fmt: skip
MEDIA = {"": "fibre", "fibre": "fibre", "microwave": "microwave"}
#: A link that ends within so much of a site ends at it.
NEAR_M = 100.0
_DIGITS = 5


def existing(tables: Mapping[str, pd.DataFrame], publishing: Publishing) -> Existing:
    """The network of a region's open tables.

    Parameters
    ----------
    tables
        `sites` and `links`, as far as they are open; any projection.
    publishing
        Names organisations as all packages do.
    """
    sites, links = _placed(tables.get("sites")), _placed(tables.get("links"))
    nodes = list(_nodes(sites, publishing)) if sites is not None else []
    spans = list(_spans(links, nodes, publishing)) if links is not None else []
    names = [name for rows in (sites, links) if rows is not None for name in words(rows["operator"]) if name]
    return Existing(nodes, spans, list(dict.fromkeys(names)))


def _placed(rows: pd.DataFrame | None) -> gpd.GeoDataFrame | None:
    if not isinstance(rows, gpd.GeoDataFrame) or rows.empty:
        return None
    there = rows[~(rows.geometry.isna() | rows.geometry.is_empty)].to_crs(4326)
    absent = {
        name: pd.NA for name in ("name", "operator", "kind", "status", "capacity_mbps") if name not in there
    }
    return there.assign(**absent).sort_values("id", kind="stable")


def _run_by(name: str, publishing: Publishing) -> list[Json] | None:
    return [publishing.reference(name)] if name else None


def _nodes(sites: gpd.GeoDataFrame, publishing: Publishing) -> Iterator[Json]:
    points = sites.geometry.representative_point()
    columns = (words(sites[name]) for name in ("id", "name", "kind", "operator"))
    for own, name, kind, operator, point in zip(*columns, points, strict=True):
        prefix, function = KINDS[kind]
        yield given({
            "id": f"{prefix}:{own}", "name": name or None, "status": "operational", "type": [function],
            "location": {"type": "Point", "coordinates": _at(point.coords[0])},
            "networkProviders": _run_by(operator, publishing),
        })  # fmt: skip


def _spans(links: gpd.GeoDataFrame, nodes: list[Json], publishing: Publishing) -> Iterator[Json]:
    found = _Ends(nodes)
    columns = (words(links[name]) for name in ("id", "name", "kind", "operator", "status"))
    for own, name, kind, operator, status, capacity, shape in zip(
        *columns, numbers(links["capacity_mbps"]), links.geometry, strict=True
    ):
        parts = [part for part in shapely.get_parts(shape) if part.geom_type == "LineString"]
        if kind not in MEDIA:
            continue  # by satellite there is no span
        for place, part in enumerate(parts, 1):
            start, end = (found.near(part.coords[at]) for at in (0, -1))
            yield given({
                "id": f"link:{own}" if len(parts) == 1 else f"link:{own} {place}", "name": name or None,
                "status": status or "operational", "start": start, "end": end if end != start else None,
                "networkProviders": _run_by(operator, publishing), "transmissionMedium": [MEDIA[kind]],
                "route": {"type": "LineString", "coordinates": [_at(point) for point in part.coords]},
                "capacity": float(capacity) / MBPS_PER_GBPS if np.isfinite(capacity) and capacity > 0 else None,
            })  # fmt: skip


class _Ends:
    """Finds the site at which a line ends."""

    def __init__(self, nodes: list[Json]) -> None:
        self._ids = [node["id"] for node in nodes]
        self._at = np.array([node["location"]["coordinates"] for node in nodes]).reshape(-1, 2)

    def near(self, point: tuple[float, ...]) -> str | None:
        """Id of the node within `NEAR_M`; None: there is none."""
        if not self._ids:
            return None
        flat = metres(*np.vstack([self._at, point[:2]]).T)
        away, which = cKDTree(flat[:-1]).query(flat[-1])
        return self._ids[int(which)] if away <= NEAR_M else None


def _at(point: Any) -> list[float]:
    return [round(float(number), _DIGITS) for number in point[:2]]
