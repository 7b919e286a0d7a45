"""Lines made into a graph: cut where they cross, ends joined that nearly meet, points tied to the nearest spot."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod, Transformer
from scipy.spatial import Delaunay, KDTree, QhullError

from merata.plan._graph import Bools, Floats, Graph, Integers, components
from merata.plan._lines import ALONG, NO_WAY, THERE, Lines

#: Places count to this, m: ways nearer than that to each other are one.
ROUNDING_M = 0.5
#: The end of a way so near to another meets it, m.
SNAP_M = 30.0
#: No piece of a way is longer, m: straight lines to it, and fibre beside it, find a vertex so near.
LONGEST_PIECE_M = 500.0

_GEOD = Geod(ellps="WGS84")


def kilometres(xy: Floats, ends: Integers, crs: str) -> Floats:
    """Length of each straight edge on the ellipsoid, km: a projection stretches them."""
    to_degrees = Transformer.from_crs(crs, 4326, always_xy=True)
    lon, lat = to_degrees.transform(xy[:, 0], xy[:, 1])
    a, b = ends.T
    _, _, metres = _GEOD.inv(lon[a], lat[a], lon[b], lat[b])
    return np.asarray(metres, float) / 1000.0


def graph_of(lines: Lines, crs: str) -> Graph:
    """The graph of all lines, with a vertex at each bend and wherever two of them cross or meet."""
    if not len(lines.shapes):
        return Graph(np.empty((0, 2)), np.empty((0, 2), np.int64), np.empty((0, len(ALONG))))
    lines = with_ends_joined(lines)
    lines = Lines(shapely.segmentize(lines.shapes, LONGEST_PIECE_M), lines.along)
    cut = shapely.get_parts(shapely.union_all(lines.shapes, grid_size=ROUNDING_M))
    points, row = shapely.get_coordinates(cut, return_index=True)
    # Adding 0 makes -0.0 and 0.0 one number.
    xy, vertex = np.unique(points + 0.0, axis=0, return_inverse=True)
    vertex = vertex.reshape(-1)
    next_to = np.flatnonzero(row[1:] == row[:-1])
    pairs = np.sort(np.column_stack([vertex[next_to], vertex[next_to + 1]]), axis=1)
    # In one order, whatever that of the lines: it decides between equals.
    ends = np.unique(pairs, axis=0).astype(np.int64)
    return Graph(xy, ends, along(kilometres(xy, ends, crs), _along(lines, xy, ends)))


def along(km: Floats, kind: Integers | int) -> Floats:
    """Kilometres as a row with a column for each of ALONG; none along THERE."""
    table = np.zeros((len(km), len(ALONG)))
    table[np.arange(len(km)), kind] = np.where(np.equal(kind, THERE), 0.0, km)
    return table


def _along(lines: Lines, xy: Floats, ends: Integers) -> Integers:
    """What each piece runs along: fibre that is there, else the first of ALONG whose line its middle lies on."""
    middles = np.asarray(shapely.points((xy[ends[:, 0]] + xy[ends[:, 1]]) / 2))
    tree = shapely.STRtree(lines.shapes)
    piece, line = tree.query(middles, predicate="dwithin", distance=3 * ROUNDING_M)
    kind = np.full(len(ends), len(ALONG))
    np.minimum.at(kind, piece, lines.along[line])
    lost = np.flatnonzero(kind == len(ALONG))
    kind[lost] = lines.along[tree.nearest(middles[lost])] if len(lost) else 0
    return kind


def with_ends_joined(lines: Lines) -> Lines:
    """The lines, and a short one from each end that nearly meets another line: maps are drawn by hand."""
    tips = shapely.get_point(lines.shapes, [[0], [-1]]).ravel()
    own = np.tile(np.arange(len(lines.shapes)), 2)
    tree = shapely.STRtree(lines.shapes)
    tip, line = tree.query(tips, predicate="dwithin", distance=SNAP_M)
    other = line != own[tip]
    tip, line = tip[other], line[other]
    away = shapely.distance(tips[tip], lines.shapes[line])
    order = np.lexsort((line, away, tip))
    first = order[np.unique(tip[order], return_index=True)[1]]
    first = first[away[first] > ROUNDING_M / 2]
    joins = shapely.shortest_line(tips[tip[first]], lines.shapes[line[first]])
    return Lines(
        np.concatenate([lines.shapes, joins]), np.concatenate([lines.along, lines.along[own[tip[first]]]])
    )


def pieces(graph: Graph) -> npt.NDArray[np.object_]:
    """The edges as straight lines."""
    return np.asarray(shapely.linestrings(graph.xy[graph.ends]), object)


def with_spots(graph: Graph, edge: Integers, points: Floats) -> tuple[Graph, Integers]:
    """The graph with a vertex where each point is nearest to its edge, and these vertices.

    `edge`: an edge for each of `points`, (n, 2) in m. A spot at an end of the edge is that end.
    """
    a, b = graph.xy[graph.ends[edge, 0]], graph.xy[graph.ends[edge, 1]]
    ahead = b - a
    length_m = np.hypot(*ahead.T)
    share = np.clip(((points - a) * ahead).sum(axis=1) / np.maximum(length_m**2, 1e-12), 0.0, 1.0)
    spot = np.where(share * length_m <= ROUNDING_M, graph.ends[edge, 0], -1)
    spot = np.where((spot < 0) & ((1 - share) * length_m <= ROUNDING_M), graph.ends[edge, 1], spot)
    inside = np.flatnonzero(spot < 0)
    cuts, first, back = np.unique(
        np.column_stack([edge[inside], share[inside]]), axis=0, return_index=True, return_inverse=True
    )
    spot[inside] = len(graph.xy) + back.reshape(-1)
    at = inside[first]
    xy = np.concatenate([graph.xy, a[at] + share[at, None] * ahead[at]])
    return _split(graph, xy, cuts[:, 0].astype(np.int64), cuts[:, 1]), spot


def _split(graph: Graph, xy: Floats, edge: Integers, share: Floats) -> Graph:
    """Edges cut at shares of their length: `edge` and `share` in order; the new vertices are the last of `xy`."""
    if not len(edge):
        return graph
    new = len(graph.xy) + np.arange(len(edge))
    first = np.append(True, edge[1:] != edge[:-1])
    last = np.append(first[1:], True)
    begin = np.where(first, graph.ends[edge, 0], np.roll(new, 1))
    part = np.where(first, share, share - np.roll(share, 1))
    ends = np.column_stack([np.append(begin, new[last]), np.append(new, graph.ends[edge[last], 1])])
    part = np.append(part, 1 - share[last])
    km = graph.km[np.append(edge, edge[last])] * part[:, None]
    whole = np.ones(len(graph.ends), bool)
    whole[edge] = False
    rest = graph.kept(whole)
    return Graph(xy, np.concatenate([rest.ends, ends]), np.concatenate([rest.km, km]))


def straight(graph: Graph, ends: Integers, crs: str, factor: float) -> Graph:
    """Edges in a straight line where no way is known, their cable `factor` times as long."""
    return graph.with_edges(ends, along(kilometres(graph.xy, ends, crs) * factor, NO_WAY))


def between_parts(graph: Graph, useful: Bools, roots: Bools) -> Integers:
    """Pairs of vertices, (n, 2), that join all parts of the graph with a `useful` vertex, as short as can be.

    Parts with one of the `roots` count as one part.

    The shortest straight lines between the parts are edges of the Delaunay triangulation of all vertices (the
    Euclidean minimum spanning tree is part of it), and a spanning tree of the parts chooses among them.
    """
    label = components(graph)
    wanted = np.isin(label, label[useful | roots])
    label = np.where(np.isin(label, label[roots]), -1, label)
    vertices = np.flatnonzero(wanted)
    if len(np.unique(label[vertices])) < 2:
        return np.empty((0, 2), np.int64)
    pairs = vertices[_neighbours(graph.xy[vertices])]
    across = label[pairs[:, 0]] != label[pairs[:, 1]]
    pairs = pairs[across]
    away = np.hypot(*(graph.xy[pairs[:, 0]] - graph.xy[pairs[:, 1]]).T)
    order = np.lexsort((pairs[:, 1], pairs[:, 0], away))
    chosen: Integers = pairs[order[forest(label[pairs[order]])]]
    return chosen


def _neighbours(xy: Floats) -> Integers:
    """Edges of the Delaunay triangulation of places; of places in one line, each to the next."""
    distinct, index = np.unique(xy, axis=0, return_index=True)
    in_turn = np.column_stack([np.arange(len(distinct) - 1), np.arange(1, len(distinct))])
    pairs = in_turn
    if len(distinct) > 3:
        try:
            corners = Delaunay(distinct - distinct.mean(axis=0)).simplices
            pairs = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]], in_turn])
        except QhullError:
            pairs = in_turn
    elif len(distinct) == 3:
        pairs = np.array([[0, 1], [1, 2], [0, 2]])
    same = _same_place(xy)
    return np.unique(np.sort(np.concatenate([index[pairs].reshape(-1, 2), same]), axis=1), axis=0)


def _same_place(xy: Floats) -> Integers:
    """Each place that stands more than once, with the first of its kind."""
    _, index, back = np.unique(xy, axis=0, return_index=True, return_inverse=True)
    first = index[back.reshape(-1)]
    again = np.flatnonzero(first != np.arange(len(xy)))
    return np.column_stack([first[again], again]).astype(np.int64)


def forest(pairs: Integers) -> list[int]:
    """Rows of `pairs`, taken in order, that join what was apart (Kruskal)."""
    parent: dict[int, int] = {}

    def top(part: int) -> int:
        while parent.setdefault(part, part) != part:
            parent[part] = parent[parent[part]]
            part = parent[part]
        return part

    taken = []
    for row, (a, b) in enumerate(pairs.tolist()):
        a, b = top(a), top(b)
        if a != b:
            parent[b] = a
            taken.append(row)
    return taken


def nearest_points(xy: Floats, most: int) -> tuple[Integers, Floats]:
    """For each place the `most` nearest others, nearest first, and how far they are, m: (n, at most `most`)."""
    count = min(most + 1, len(xy))
    found = KDTree(xy).query(xy, k=np.arange(1, count + 1))
    away, other = (np.asarray(part).reshape(len(xy), count) for part in found)
    rows = np.arange(len(xy))[:, None]
    # Itself is usually first, but not where others are at the same place.
    own = other == rows
    own[~own.any(axis=1), -1] = True
    keep = ~own
    return other[keep].reshape(len(xy), count - 1).astype(np.int64), away[keep].reshape(len(xy), count - 1)
