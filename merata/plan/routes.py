"""Where new fibre can be laid: along roads, rivers and power lines, from fibre that is there to places and towers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from merata.access.columns import plural
from merata.plan import _ways
from merata.plan import technology as tech
from merata.plan._graph import Bools, Floats, Graph, Integers, reduced, to_roots_km
from merata.plan._lines import NO_WAY, THERE, Fibre, Lines, fibre_of, ways_of
from merata.plan._spoken import cable_words
from merata.plan.frames import weakest, words
from merata.region.confidence import HELD

#: A place or tower may be tied to a way of each kind that is so near, whichever is nearest, km.
TIED_WITHIN_KM = 1.0
#: Neighbours that a place far from all ways may be tied to in a straight line.
NEIGHBOURS = 3
#: Fibre with at least this capacity, Mbit/s, is as good as any other to begin new cable at.
AMPLE_MBPS = 1000.0
#: The columns of the tables of nodes and of links.
NODE_COLUMNS = (
    "node", "kind", "village_code", "x_m", "y_m", "root", "mbps", "items", "known_by", "detail_en", "detail_id",
)  # fmt: skip
LINK_COLUMNS = (
    "link", "a", "b", "kind", "length_km", "mbps", "items", "known_by", "detail_en", "detail_id",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Routes:
    """What fibre could be laid."""

    nodes: pd.DataFrame
    """Spots on fibre that is there (`fibre`, roots) and forks (`junction`), by NODE_COLUMNS."""
    links: pd.DataFrame
    """Stretches of new cable between these nodes and the given ends, by LINK_COLUMNS."""
    assumptions: list[str] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class _Net:
    graph: Graph
    end: Integers
    """Row of the given end that each vertex is; -1: none."""
    mbps: Floats
    """What a vertex on fibre that is there can carry; 0: it is on none."""

    @property
    def keep(self) -> Bools:
        kept: Bools = (self.end >= 0) | (self.mbps > 0)
        return kept


def routes(ends: pd.DataFrame, tables: Mapping[str, pd.DataFrame], crs: str) -> Routes:
    """All stretches of new cable that a cheapest network to some of the `ends` could need.

    Parameters
    ----------
    ends
        Places, towers and points of presence: `node` (unique), `x_m` and `y_m` in `crs`, `root` (has all the capacity
        that is wanted: a point of presence).
    tables
        The region's: `ways` (roads, rivers, power lines) and `links` (fibre).
    crs
        A metric projection.

    Returns
    -------
    Ways are cut where they cross; an end within `_ways.SNAP_M` of another way meets it. Whatever lies within that of
    fibre in operation (blank counts as in operation) is a root: fibre is taken to be joined to the world, as in
    `merata.plan.where`. An end is tied to the nearest way, and to the nearest road, river, power line and fibre within
    TIED_WITHIN_KM, by a straight stretch whose cable is `technology.ROAD_FACTOR` times as long, and none at all up to
    `technology.FIBRE_AT_THE_DOOR_KM`, which the price of a connection covers. To neighbours that are nearer than any
    way it is tied as well, and parts that no way joins are joined by the shortest straight lines; no stretch without a
    way is longer than `technology.LONGEST_FIBRE_KM` of cable. Of all that, what no cheapest network needs is left out
    (see `_graph.reduced`).
    """
    ways, fibre = ways_of(tables, crs), fibre_of(tables, crs)
    xy = ends[["x_m", "y_m"]].to_numpy(float).reshape(-1, 2)
    if not np.isfinite(xy).all():
        raise ValueError("an end has no position; expected finite x_m and y_m")
    lines = Lines(
        np.concatenate([ways.shapes, fibre.shapes]),
        np.concatenate([ways.along, np.full(len(fibre), THERE)]),
    )
    net = _tied(_ways.graph_of(lines, crs), xy, fibre, crs)
    origin = np.zeros(len(net.end), bool)
    origin[net.end >= 0] = ends["root"].to_numpy(bool)[net.end[net.end >= 0]]
    net = _with_straights(net, origin | (net.mbps > 0), crs)
    ample = origin | (net.mbps >= AMPLE_MBPS)
    small = _Net(reduced(net.graph, net.keep, ample), net.end, net.mbps)
    names = _names(small, ends, fibre)
    nodes = _nodes(small, names, fibre, tables)
    links = _links(small.graph, names, tables)
    return Routes(nodes, links, _assumptions(small, origin, len(ways.shapes), len(ends)))


def _tied(graph: Graph, xy: Floats, fibre: Fibre, crs: str) -> _Net:
    """The graph with the ends, each tied to the ways near it, and the vertices that are on fibre."""
    which, edge = _ties(graph, xy)
    graph, spot = _ways.with_spots(graph, edge, xy[which])
    before = len(graph.xy)
    mbps = np.concatenate([_on_fibre(graph.xy, fibre), np.zeros(len(xy))])
    graph = Graph(np.concatenate([graph.xy, xy]), graph.ends, graph.km)
    # Between two spots on fibre nobody needs new cable.
    graph = graph.kept(np.flatnonzero(~(mbps[graph.ends] > 0).all(axis=1)))
    ends = np.column_stack([before + which, spot]).astype(np.int64)
    end = np.concatenate([np.full(before, -1), np.arange(len(xy))])
    return _Net(_with_cable(graph, ends, crs), end, mbps)


def _ties(graph: Graph, xy: Floats) -> tuple[Integers, Integers]:
    """Rows of `xy`, and an edge for each to be tied to: the nearest of all, and the near ones of each kind."""
    found: list[npt.NDArray[np.int64]] = [np.empty((0, 2), np.int64)]
    if len(graph.ends) and len(xy):
        points, shapes = shapely.points(xy), _ways.pieces(graph)
        longest_m = tech.LONGEST_FIBRE_KM / tech.ROAD_FACTOR * 1000
        kinds = [graph.km.sum(axis=1) == 0, *(graph.km > 0).T]
        near = [(kind, TIED_WITHIN_KM * 1000) for kind in kinds]
        for chosen, most_m in ((np.ones(len(shapes), bool), longest_m), *near):
            edges = np.flatnonzero(chosen)
            if len(edges):
                tree = shapely.STRtree(shapes[edges])
                rows, piece = tree.query_nearest(points, max_distance=most_m, all_matches=False)
                found.append(np.column_stack([rows, edges[piece]]))
    pairs = np.unique(np.concatenate(found), axis=0)
    return pairs[:, 0], pairs[:, 1]


def _on_fibre(xy: Floats, fibre: Fibre) -> Floats:
    """What the fibre near each place can carry, Mbit/s; 0 where there is none."""
    mbps = np.zeros(len(xy))
    if len(fibre) and len(xy):
        tree = shapely.STRtree(fibre.shapes)
        place, line = tree.query(shapely.points(xy), predicate="dwithin", distance=_ways.SNAP_M)
        np.maximum.at(mbps, place, fibre.mbps[line])
    return mbps


def _with_cable(graph: Graph, ends: Integers, crs: str) -> Graph:
    """Straight stretches between vertices; those too long are not there, those at the door need no cable."""
    straight_km = _ways.kilometres(graph.xy, ends, crs)
    cable_km = np.where(straight_km <= tech.FIBRE_AT_THE_DOOR_KM, 0.0, straight_km * tech.ROAD_FACTOR)
    sensible = cable_km <= tech.LONGEST_FIBRE_KM
    return graph.with_edges(ends[sensible], _ways.along(cable_km[sensible], NO_WAY))


def _with_straights(net: _Net, roots: Bools, crs: str) -> _Net:
    """Straight lines where no way is known: to neighbours nearer than any way, and between parts."""
    graph, ends = net.graph, np.flatnonzero(net.end >= 0)
    if len(ends) > 1:
        other, away_m = _ways.nearest_points(graph.xy[ends], NEIGHBOURS)
        own_m = np.full(len(graph.xy), np.inf)
        stretch = graph.ends[(net.end[graph.ends] >= 0).any(axis=1)]
        stretch_m = np.hypot(*(graph.xy[stretch[:, 0]] - graph.xy[stretch[:, 1]]).T)
        np.minimum.at(own_m, stretch.ravel(), np.repeat(stretch_m, 2))
        row, column = np.nonzero(away_m < own_m[ends, None])
        pairs = np.sort(np.column_stack([ends[row], ends[other[row, column]]]), axis=1)
        graph = _with_cable(graph, np.unique(pairs, axis=0), crs)
    pairs = _ways.between_parts(graph, net.end >= 0, roots)
    return _Net(_with_cable(graph, pairs, crs), net.end, net.mbps)


def _names(net: _Net, ends: pd.DataFrame, fibre: Fibre) -> npt.NDArray[np.object_]:
    """The node that each vertex is; by place, so that the same spot has the same name in the next plan.

    A spot on fibre that is held in confidence says so: its place is withheld from what is published.
    """
    given = words(ends["node"])
    names = np.full(len(net.end), "", object)
    names[net.end >= 0] = given[net.end[net.end >= 0]]
    used = np.zeros(len(net.end), bool)
    used[net.graph.ends.ravel()] = True
    taken: dict[str, int] = {}
    own = np.flatnonzero(used & (net.end < 0))
    order = own[np.lexsort(net.graph.xy[own].T)]
    route = _route_names(net.graph.xy[order], fibre)
    for vertex, on in zip(order.tolist(), route.tolist(), strict=True):
        held = f"{HELD} " if net.mbps[vertex] > 0 and str(on).startswith(HELD) else ""
        kind = f"{held}fibre" if net.mbps[vertex] > 0 else "junction"
        x_m, y_m = net.graph.xy[vertex]
        name = f"{kind}:{x_m:.0f},{y_m:.0f}"
        taken[name] = taken.get(name, 0) + 1
        names[vertex] = name if taken[name] == 1 else f"{name}#{taken[name]}"
    return names


def _nodes(
    net: _Net, names: npt.NDArray[np.object_], fibre: Fibre, tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    own = np.flatnonzero((net.end < 0) & (names != ""))
    own = own[np.argsort(names[own], kind="stable")]
    root = net.mbps[own] > 0
    route = _route_names(net.graph.xy[own[root]], fibre)
    known = {True: _known(tables, "links"), False: _known(tables, "ways")}
    made = pd.DataFrame(
        {
            "node": names[own],
            "kind": np.where(root, "fibre", "junction"),
            "village_code": "",
            "x_m": net.graph.xy[own, 0],
            "y_m": net.graph.xy[own, 1],
            "root": root,
            "mbps": np.where(root, net.mbps[own], np.inf),
            "items": [{} for _ in own],
            "known_by": [known[bool(r)] for r in root],
            "detail_en": "a fork of the way",
            "detail_id": "percabangan jalur",
        }
    )
    made.loc[root, "detail_en"] = [f"on the fibre {name}".strip() for name in route]
    made.loc[root, "detail_id"] = [f"pada jalur fiber {name}".strip() for name in route]
    return made[list(NODE_COLUMNS)]


def _route_names(xy: Floats, fibre: Fibre) -> npt.NDArray[np.object_]:
    if not len(fibre) or not len(xy):
        return np.full(len(xy), "", object)
    return fibre.names[shapely.STRtree(fibre.shapes).nearest(shapely.points(xy))]


def _links(graph: Graph, names: npt.NDArray[np.object_], tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    ends = np.sort(names[graph.ends].astype(str), axis=1)
    order = np.lexsort((ends[:, 1], ends[:, 0]))
    ends, km = ends[order], graph.km[order]
    total = np.round(km.sum(axis=1), 3)
    known = _known(tables, "ways")
    spoken = [cable_words(row.tolist()) for row in km]
    made = pd.DataFrame(
        {
            "link": [f"cable {a} - {b}" for a, b in ends.tolist()],
            "a": ends[:, 0].astype(object),
            "b": ends[:, 1].astype(object),
            "kind": np.where(total > 0, "fibre", "join"),
            "length_km": total,
            "mbps": np.inf,
            "items": [{"fibre_km": t} if t > 0 else {} for t in total.tolist()],
            "known_by": np.where(km[:, NO_WAY] > 0, weakest([known, "assumed"]), known),
            "detail_en": [english for english, _ in spoken],
            "detail_id": [indonesian for _, indonesian in spoken],
        }
    )
    return made[list(LINK_COLUMNS)]


def _known(tables: Mapping[str, pd.DataFrame], name: str) -> str:
    """How lengths along a table's lines are known: modelled from them, and no surer than they are."""
    table = tables.get(name)
    rows = [] if table is None or "known_by" not in table else sorted(set(words(table["known_by"])) - {""})
    return weakest(["modelled", *rows])


def _assumptions(net: _Net, origin: Bools, ways: int, ends: int) -> list[str]:
    said = []
    if not ways:
        said.append("No road, river or power line is known: new cable is reckoned in straight lines.")
    roots = origin | (net.mbps > 0)
    if not roots.any():
        said.append("No fibre route and no point of presence is known: new cable has nowhere to begin.")
    elif ends:
        away = to_roots_km(net.graph, roots)[net.end >= 0]
        lost = int(np.isinf(away).sum())
        if lost:
            count = plural(lost, "place or tower", "places or towers")
            said.append(
                f"{count} would need more than {tech.LONGEST_FIBRE_KM:g} km of cable where no way is known: no fibre "
                "is thought of there."
            )
    said.append(
        f"Where no way is known cable is {tech.ROAD_FACTOR:g} times as long as the straight line, and "
        f"{tech.LONGEST_FIBRE_KM:g} km at most."
    )
    said.append("Along a road, a river or a power line new cable costs the same for each kilometre.")
    return said
