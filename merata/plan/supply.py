"""Who is to be served and by what: places, offers, and the new 4G among the nodes and links of the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from merata.access.result import Access
from merata.plan import cells, demand, offers, spots
from merata.plan.network import Network
from merata.plan.reach import reach
from merata.plan.weights import PEOPLE
from merata.radio import sky as open_sky
from merata.radio.correct import Correction
from merata.radio.land import Ground
from merata.region.settings import Settings


@dataclass(frozen=True, eq=False)
class Supply:
    """What a plan can choose from, but for fibre and hops, or with them (`with_network`)."""

    places: pd.DataFrame
    """By `demand.COLUMNS`: by village, its office first, settlements last."""
    offers: pd.DataFrame
    """By `offers.COLUMNS`: by place and preference; `place_no`: row in `places`; `node`: one of `nodes`, or empty."""
    nodes: pd.DataFrame
    """By `routes.NODE_COLUMNS`."""
    links: pd.DataFrame
    """By `routes.LINK_COLUMNS`."""
    candidates: gpd.GeoDataFrame
    """Where new towers could stand, as `network.network` takes them."""
    ends: gpd.GeoDataFrame
    """Where fibre may end, as `network.network` takes them: facilities below their promise; `id` is their place."""
    assumptions: list[str]


def supply(
    access: Access,
    tables: Mapping[str, pd.DataFrame],
    settings: Settings,
    crs: str,
    ground: Ground | None = None,
    cover: npt.NDArray[np.uint8] | None = None,
    correction: Correction | None = None,
    sky: pd.DataFrame | None = None,
) -> Supply:
    """Places below their promise, every offer for each, and the new 4G that some of them hang on.

    Parameters
    ----------
    access
        Who has which level now.
    tables
        The region's; `sites`, `links`, `ways` and `measurements` are used where they have rows.
    settings
        Levels, promises, radio, defaults, plan.
    crs
        A metric projection (`where.projection`); where there is ground, that of its grid.
    ground
        Terrain, trees and buildings (`merata.radio.land.ground`); None: no terrain is known.
    cover
        (rows, columns) classes of ESA WorldCover on the grid of `ground`; None: not known.
    correction
        Of the coverage map by measured signal; None: nothing was measured.
    sky
        A table of `merata.radio.sky` whose ids are those of facilities and settlements; None: it is made from `ground`;
        without that the sky is taken to be open.

    Raises
    ------
    InputError
        The settings name a place that is not there.
    ValueError
        `crs` is not that of the ground.

    """
    if ground is not None and ground.grid.crs != crs:
        raise ValueError(f"the projection is {crs}, the ground's {ground.grid.crs}; expected one")
    wanted = demand.demand(access, settings, crs)
    places = wanted.places
    where = spots.spots(places, tables, settings, crs, ground)
    who = reach(where.table, places, settings, ground, cover, correction)
    used = {int(n) for n in who.pairs["spot"]}
    built = cells.cells(where.table, used, access, tables, settings, crs)
    sky, seen = (sky, []) if sky is not None else _sky(places, ground)
    around = offers.context(
        places, access, tables, settings, crs, who, where.table, built.node, built.mbps, sky
    )
    made = offers.offers(places, around)
    said = [
        *wanted.assumptions, *where.assumptions, *who.assumptions, *built.assumptions, *made.assumptions, *seen,
    ]  # fmt: skip
    return Supply(
        places,
        made.table,
        built.nodes,
        built.links,
        built.candidates,
        _ends(places),
        list(dict.fromkeys(said)),
    )


def with_network(own: Supply, network: Network) -> Supply:
    """The supply with all nodes and links; offers on nodes that the network lacks are left out."""
    nodes = pd.concat([network.nodes, own.nodes], ignore_index=True)
    links = pd.concat([network.links, own.links], ignore_index=True)
    there = {"", *nodes["node"]}
    links = links[links["a"].isin(there) & links["b"].isin(there)].reset_index(drop=True)
    kept = own.offers[own.offers["node"].isin(there)].reset_index(drop=True)
    said = list(dict.fromkeys([*own.assumptions, *network.assumptions]))
    return Supply(own.places, kept, nodes, links, own.candidates, own.ends, said)


def _sky(places: pd.DataFrame, ground: Ground | None) -> tuple[pd.DataFrame | None, list[str]]:
    here = places[places["x_m"].notna()]
    if ground is None or here.empty:
        return None, []
    points = gpd.GeoDataFrame(
        {"id": here["place"]}, geometry=gpd.points_from_xy(here["x_m"], here["y_m"]), crs=ground.grid.crs
    )
    found = open_sky.sky(points, ground)
    return found.table, found.assumptions


def _ends(places: pd.DataFrame) -> gpd.GeoDataFrame:
    rows = places[(places["kind"] != PEOPLE) & places["x_m"].notna()].reset_index(drop=True)
    name = rows["name"].where(rows["name"] != "", rows["place"])
    return gpd.GeoDataFrame(
        {
            "id": rows["place"],
            "village_code": rows["village_code"],
            "known_by": rows["place_known_by"].replace("", "reported"),
            "detail_en": rows["kind"] + " " + name,
            "detail_id": name,
        },
        geometry=gpd.points_from_xy(rows["lon"], rows["lat"]),
        crs=4326,
    )
