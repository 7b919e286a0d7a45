"""The network that could be built: places, towers and forks of ways, joined by new cable and microwave hops."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from merata.access.columns import plural
from merata.plan._ends import given, nothing, sites_of
from merata.plan._ends import node_id as node_id
from merata.plan.frames import words
from merata.plan.hops import hops
from merata.plan.routes import LINK_COLUMNS, NODE_COLUMNS, routes
from merata.radio.land import Ground
from merata.radio.links import LEAST_APART_M
from merata.region.settings import Settings


@dataclass(frozen=True, eq=False)
class Network:
    """What could be built between places, towers and the world."""

    nodes: pd.DataFrame
    """One row a node, by `merata.plan.routes.NODE_COLUMNS`, in order of their ids."""
    links: pd.DataFrame
    """One row a link, by `merata.plan.routes.LINK_COLUMNS`, in order of their ids."""
    assumptions: list[str] = field(default_factory=list)


def network(
    places: gpd.GeoDataFrame,
    candidates: gpd.GeoDataFrame,
    tables: Mapping[str, pd.DataFrame],
    settings: Settings,
    crs: str,
    ground: Ground | None,
) -> Network:
    """All nodes and links that a plan could choose from.

    Parameters
    ----------
    places
        Points with `id` (unique), where fibre may end: offices, schools … Optional: `village_code`, `known_by`,
        `detail_en`, `detail_id`.
    candidates
        Points with `id` (unique) where a new tower could stand. Optional: `height_m` (else `plan.tower_height_m`),
        `items` (what it is made of; else one `tower`) and the optional columns of places.
    tables
        The region's: `ways`, `links`, `sites`.
    settings
        `plan.tower_spare_mbps`, `plan.tower_height_m`, `plan.hop_km`, `radio`.
    crs
        A metric projection (`merata.plan.where.projection`).
    ground
        Terrain, trees and buildings (`merata.radio.land.ground`); None without a terrain: then there are no hops.

    Returns
    -------
    Nodes, by kind:

    - `place` (id `node_id("place", id)`), free: the link to it is the cable alone; what is installed is the offer's.
    - `tower` and `point of presence`: the sites of the region, but for repeaters. A point of presence is a root. What a
      tower of 4G or 5G (or of nothing said, as in the coverage map) has to spare is a root of its own (`spare:…`) with
      `plan.tower_spare_mbps`, joined to the tower: cable or a hop to the tower is not limited by it.
    - `new tower`, with its items. Cable that only passes there needs no tower: where it may, a `junction` is beside it.
    - `fibre` (a spot on fibre in operation, a root) and `junction`: see `merata.plan.routes`.

    Links are of the kinds `fibre` (new cable), `microwave` (see `merata.plan.hops`) and `join` (nothing to build).
    A place, site or candidate without a position is no node, and that is said.

    Raises
    ------
    ValueError
        Two places, or two candidates, have one id.
    """
    said: list[str] = []
    parts = [
        given(places, "place", crs, said),
        sites_of(tables.get("sites"), settings, crs, said),
        given(candidates, "new tower", crs, said, settings.plan.tower_height_m),
    ]
    ends = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    found = routes(ends[["node", "x_m", "y_m", "root"]], tables, crs)
    sites = ends[ends["kind"] != "place"]
    spare = _spare(sites, settings, said)
    grouped, joins = _one_place(sites, crs)
    flown = hops(grouped, ground, settings, crs)
    beside, cable = _beside(found.links, ends)
    nodes = pd.concat([ends[list(NODE_COLUMNS)], found.nodes, spare[0], beside], ignore_index=True)
    links = pd.concat([cable, flown.links, spare[1], joins], ignore_index=True)
    said += [*found.assumptions, *flown.assumptions]
    return Network(_typed(nodes, NODE_COLUMNS, "node"), _typed(links, LINK_COLUMNS, "link"), said)


def _spare(sites: pd.DataFrame, settings: Settings, said: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A root for what each tower in operation has to spare, and the link that joins the two."""
    mbps = settings.plan.tower_spare_mbps
    own = sites[sites["linked"].to_numpy(bool)].reset_index(drop=True)
    if len(own):
        count = plural(len(own), "tower of 4G or 5G is", "towers of 4G or 5G are")
        said.append(f"{count} taken to have {mbps:g} Mbit/s to spare each: nobody has said how much.")
    tower = words(own["node"])
    english = f"{mbps:g} Mbit/s that the tower's present link is taken to have to spare"
    indonesian = f"{mbps:g} Mbit/s yang dianggap tersisa dari sambungan menara saat ini"
    nodes = own.assign(
        node=["spare:" + name for name in tower],
        root=True,
        mbps=float(mbps),
        items=nothing(len(tower)),
        known_by="assumed",
        detail_en=english,
        detail_id=indonesian,
    )
    links = _free_links(np.column_stack([tower, words(nodes["node"])]), english, indonesian, float(mbps))
    return nodes[list(NODE_COLUMNS)], links


def _free_links(
    ends: npt.NDArray[Any], english: str, indonesian: str, mbps: float = float("inf")
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "link": [f"join {a} - {b}" for a, b in ends.tolist()],
            "a": ends[:, 0],
            "b": ends[:, 1],
            "kind": "join",
            "length_km": 0.0,
            "mbps": mbps,
            "items": nothing(len(ends)),
            "known_by": "assumed",
            "detail_en": english,
            "detail_id": indonesian,
        }
    )


def _one_place(sites: pd.DataFrame, crs: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Of sites that stand together one, with the highest of their heights, and the links that join the others to it.

    New towers stay apart: they do not stand yet.
    """
    ordered = sites.assign(_new=sites["kind"] == "new tower", _low=-sites["ample"].astype(int))
    ordered = ordered.sort_values(["_new", "_low", "node"], kind="stable").reset_index(drop=True)
    standing = ordered[~ordered["_new"]]
    n = len(standing)
    if n < 2:
        return ordered, _free_links(np.empty((0, 2), object), "", "")
    pairs = KDTree(standing[["x_m", "y_m"]].to_numpy(float)).query_pairs(LEAST_APART_M, output_type="ndarray")
    near = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    label = connected_components(near, directed=False)[1]
    chief = np.unique(label, return_index=True)[1][label]
    names = words(standing["node"])
    others = chief != np.arange(n)
    joins = _free_links(
        np.column_stack([names[chief[others]], names[others]]), "at one place", "di satu tempat"
    )
    together = standing.groupby(label)
    highest, linked = together["height_m"].transform("max"), together["linked"].transform("any")
    chiefs = standing.assign(height_m=highest, linked=linked)[~others]
    return pd.concat([chiefs, ordered[ordered["_new"]]], ignore_index=True), joins


def _beside(links: pd.DataFrame, ends: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Junctions beside new towers that cable may pass by, and the links with these junctions at their ends."""
    new = ends[ends["kind"] == "new tower"]
    degree = pd.concat([links["a"], links["b"]]).value_counts()
    passed = new[new["node"].map(degree).fillna(0).to_numpy() > 1].reset_index(drop=True)
    spots = {name: f"junction:beside {name}" for name in words(passed["node"]).tolist()}
    nodes = passed.assign(
        node=[spots[name] for name in words(passed["node"])],
        kind="junction",
        items=nothing(len(passed)),
        detail_en="where cable passes a new tower",
        detail_id="tempat kabel melewati menara baru",
    )
    moved = links.assign(a=links["a"].replace(spots), b=links["b"].replace(spots))
    ends_of = np.array([[spot, name] for name, spot in spots.items()], object).reshape(-1, 2)
    joins = _free_links(ends_of, "cable into the tower", "kabel masuk ke menara")
    return nodes[list(NODE_COLUMNS)], pd.concat([moved, joins], ignore_index=True)


def _typed(table: pd.DataFrame, columns: tuple[str, ...], key: str) -> pd.DataFrame:
    """In order of ids, numbers as numbers and words as words."""
    made = table[list(columns)].sort_values(key, kind="stable").reset_index(drop=True)
    numeric = {name: float for name in ("x_m", "y_m", "mbps", "length_km") if name in columns}
    text = {name: "str" for name in columns if name not in (*numeric, "root", "items")}
    made = made.astype({**numeric, **text})
    return made.astype({"root": bool}) if "root" in columns else made
