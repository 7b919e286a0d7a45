"""Microwave hops that could be built between towers and points of presence: those that hold, and of them the useful."""

from __future__ import annotations

from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import KDTree

from merata.access.columns import plural
from merata.plan._spoken import hop_words
from merata.plan._ways import forest
from merata.plan.frames import flags, numbers, weakest, words
from merata.plan.routes import LINK_COLUMNS
from merata.radio import links as radio
from merata.radio.land import Ground
from merata.region.settings import RadioSettings, Settings

Integers = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

#: For each site so many of the nearest partners are looked at, those with a link of their own and others, …
NEAREST = 24
#: … and so many of those that stand highest.
HIGHEST = 8
#: Of the hops that hold, each site keeps so many of the shortest to sites with a link of their own, and to others, …
KEEP_SHORT = 4
#: … and so many of the fastest to sites with a link of their own.
KEEP_FAST = 2
#: What a hop is made of.
ITEMS = {"microwave_hop": 1.0, "microwave_monthly": 1.0}


@dataclass(frozen=True, eq=False)
class Hops:
    """Which hops could be built."""

    links: pd.DataFrame
    """By `merata.plan.routes.LINK_COLUMNS`, kind `microwave`."""
    assumptions: list[str] = field(default_factory=list)


def hops(sites: pd.DataFrame, ground: Ground | None, settings: Settings, crs: str) -> Hops:
    """The microwave hops that hold between the sites' own heights, thinned to those that a plan could want.

    Parameters
    ----------
    sites
        `node` (unique), `x_m`, `y_m` in `crs`, `height_m` (above ground; NaN: `radio.height_m`), `linked` (has a link
        of its own: an operating tower with capacity to spare), `ample` (a point of presence), `known_by`.
    ground
        Terrain, trees and buildings; None: no hop can be judged, so there are none.
    settings
        `plan.hop_km` and `radio`.
    crs
        A metric projection.

    Returns
    -------
    Looked at are, for each site without a link, its NEAREST nearest and HIGHEST highest partners within `plan.hop_km`
    and `radio.hop.most_km`, both among sites with a link and among others; for a tower with a link, points of presence
    only: a hop between two such towers brings neither more. A hop holds when `merata.radio.links` says so with antennas
    no higher than the sites are. Kept are a site's shortest (they fail least) and fastest, because all hops cost the
    same, and the shortest forest that still joins all that hops can join, so that thinning cuts no site off.
    """
    if ground is None:
        said = "No terrain is known: no microwave hop is thought of, since nobody can tell which are free."
        return Hops(_none(), [said] if len(sites) else [])
    usable, assumptions = _usable(sites, ground, settings, crs)
    most_km = min(settings.radio.hop.most_km, settings.plan.hop_km)
    first, second = _pairs(usable, ground, most_km, crs)
    if not len(first):
        return Hops(_none(), assumptions)
    table, told = _judged(usable, first, second, ground, settings, crs)
    holds = flags(table["works"]) & ~flags(table["raised"])
    good = table[holds].reset_index(drop=True)
    kept = good[worth_keeping(good, usable)].reset_index(drop=True)
    assumptions += [
        *told,
        f"Microwave hops up to {most_km:g} km: {len(table):,} were looked at, {len(good):,} hold with antennas no "
        f"higher than the towers, {len(kept):,} are offered to the plan: the shortest and fastest of each site.",
    ]
    return Hops(_links(kept, usable), assumptions)


def _none() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=object) for name in LINK_COLUMNS})


def _points(sites: pd.DataFrame, crs: str) -> gpd.GeoDataFrame:
    """The sites as the radio room wants them."""
    return gpd.GeoDataFrame(
        {"id": words(sites["node"]), "height_m": numbers(sites["height_m"])},
        geometry=gpd.points_from_xy(sites["x_m"], sites["y_m"]),
        crs=crs,
    )


def _asked(settings: Settings) -> RadioSettings:
    """What is asked of a hop: no antenna is raised above what the site has."""
    hop = settings.radio.hop
    own = hop.model_copy(update={"most_height_m": hop.least_height_m})
    return settings.radio.model_copy(update={"hop": own})


def _usable(
    sites: pd.DataFrame, ground: Ground, settings: Settings, crs: str
) -> tuple[pd.DataFrame, list[str]]:
    """The sites that stand on known ground, in order of their ids, and how many do not."""
    ordered = sites.sort_values("node", kind="stable").reset_index(drop=True)
    if ordered.empty:
        return ordered, []
    left_out = radio.hops(_points(ordered, crs), ground, _asked(settings), pairs=()).left_out
    lost = np.array([bool(radio.why_left_out(name, left_out)) for name in words(ordered["node"])], bool)
    count = plural(int(lost.sum()), "site is", "sites are")
    said = [f"{count} not on known terrain, or of no possible height: no microwave hop is thought of there."]
    return ordered[~lost].reset_index(drop=True), said if lost.any() else []


def _pairs(sites: pd.DataFrame, ground: Ground, most_km: float, crs: str) -> tuple[Integers, Integers]:
    """Rows of the two sites of each pair worth looking at."""
    if len(sites) < 2:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    xy = sites[["x_m", "y_m"]].to_numpy(float)
    pairs = KDTree(xy).query_pairs(most_km * 1000, output_type="ndarray").astype(np.int64).reshape(-1, 2)
    away_m = np.hypot(*(xy[pairs[:, 0]] - xy[pairs[:, 1]]).T)
    linked, ample = flags(sites["linked"]), flags(sites["ample"])
    there = linked | ample
    useful = (away_m >= radio.LEAST_APART_M) & ~(there[pairs].all(axis=1) & (ample[pairs].sum(axis=1) != 1))
    pairs, away_m = pairs[useful], away_m[useful]
    # Each pair as seen from either end; a point of presence wants nobody.
    own, other = np.concatenate([pairs[:, 0], pairs[:, 1]]), np.concatenate([pairs[:, 1], pairs[:, 0]])
    away_m = np.tile(away_m, 2)
    top_m = _top_m(_points(sites, crs), ground)
    near = _rank(own, there[other], away_m, other) < NEAREST
    high = _rank(own, there[other], -top_m[other], other) < HIGHEST
    chosen = (near | high) & ~ample[own]
    found = np.unique(np.sort(np.column_stack([own, other])[chosen], axis=1), axis=0)
    return found[:, 0], found[:, 1]


def _top_m(points: gpd.GeoDataFrame, ground: Ground) -> Floats:
    """Height of each site's top above the sea, m; for choosing, not for reckoning."""
    place = points.to_crs(ground.grid.crs).geometry
    rows, columns = ground.grid.pixels(place.x.to_numpy(float), place.y.to_numpy(float))
    rows = np.clip(rows.astype(int), 0, ground.grid.height - 1)
    columns = np.clip(columns.astype(int), 0, ground.grid.width - 1)
    heights = np.nan_to_num(ground.heights_m[rows, columns].astype(float))
    top: Floats = heights + np.nan_to_num(numbers(points["height_m"]))
    return top


def _rank(own: Integers, group: Bools, key: Floats, then: Integers) -> Integers:
    """Place of each row among those with the same `own` and `group`, by `key`, from 0."""
    order = np.lexsort((then, key, group, own))
    new = np.ones(len(order), bool)
    new[1:] = (own[order][1:] != own[order][:-1]) | (group[order][1:] != group[order][:-1])
    begin = np.flatnonzero(new)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order)) - np.repeat(begin, np.diff(np.append(begin, len(order))))
    return rank


def _judged(
    sites: pd.DataFrame, first: Integers, second: Integers, ground: Ground, settings: Settings, crs: str
) -> tuple[pd.DataFrame, list[str]]:
    """What the radio room says of each pair, with the rows of its sites (`first`, `second`)."""
    names = words(sites["node"])
    ends = zip(names[first].tolist(), names[second].tolist(), strict=True)
    found = radio.hops(_points(sites, crs), ground, _asked(settings), pairs=ends)
    row = {name: n for n, name in enumerate(names.tolist())}
    table = found.table.assign(first=found.table["a"].map(row), second=found.table["b"].map(row))
    return table, found.assumptions


def worth_keeping(good: pd.DataFrame, sites: pd.DataFrame) -> Bools:
    """Which hops a site wants: its shortest, its fastest, and those that keep everything joined."""
    pairs = good[["first", "second"]].to_numpy(np.int64)
    km, mbps = numbers(good["distance_km"]), numbers(good["rate_mbps"])
    linked, ample = flags(sites["linked"]), flags(sites["ample"])
    there = linked | ample
    own, other = np.concatenate([pairs[:, 0], pairs[:, 1]]), np.concatenate([pairs[:, 1], pairs[:, 0]])
    short = _rank(own, there[other], np.tile(km, 2), other) < KEEP_SHORT
    # Ranked by speed, the shorter of equals.
    speed = np.tile(np.lexsort((km, -mbps)).argsort(kind="stable"), 2).astype(float)
    fast = (_rank(own, there[other], speed, other) < KEEP_FAST) & there[other]
    wanted: Bools = np.asarray(((short | fast) & ~ample[own]).reshape(2, -1).any(axis=0))
    # All sites with a link of their own count as joined.
    part = np.where(there, -1, np.arange(len(sites)))
    order = np.lexsort((pairs[:, 1], pairs[:, 0], km))
    wanted[order[forest(part[pairs[order]])]] = True
    return wanted


def _links(kept: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    known = words(sites["known_by"])
    ways = [
        weakest(["modelled", known[a], known[b]])
        for a, b in zip(kept["first"].tolist(), kept["second"].tolist(), strict=True)
    ]
    spoken = [hop_words(row) for row in kept.to_dict("records")]
    made = pd.DataFrame(
        {
            "link": [f"hop {a} - {b}" for a, b in zip(kept["a"], kept["b"], strict=True)],
            "a": words(kept["a"]),
            "b": words(kept["b"]),
            "kind": "microwave",
            "length_km": np.round(numbers(kept["distance_km"]), 3),
            "mbps": np.round(numbers(kept["rate_mbps"]), 1),
            "items": [dict(ITEMS) for _ in range(len(kept))],
            "known_by": ways,
            "detail_en": [english for english, _ in spoken],
            "detail_id": [indonesian for _, indonesian in spoken],
        }
    )
    return made[list(LINK_COLUMNS)]
