"""Roads, power lines and fibre of a made-up region, along the borders that its villages share."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree

from merata.example.geography import Places
from merata.example.grids import KM_PER_DEGREE
from merata.example.terrain import Land

GRID_SHARE = 0.87
"""Villages that the power grid reaches."""
ROAD_KM = 45.0
"""A village whose cheapest way to its neighbours costs more than so many kilometres of plain road has none."""


@dataclass(frozen=True)
class Span:
    """A stretch of fibre between two points of presence, named by their villages."""

    start: int
    end: int
    line: shapely.LineString
    planned: bool


@dataclass(frozen=True)
class Ways:
    """Edges are pairs of neighbouring villages, by position."""

    edges: NDArray[np.int64]
    lines: list[shapely.LineString]
    main: NDArray[np.bool_]
    """A main road runs along the edge."""
    local: NDArray[np.bool_]
    """A smaller road runs along the edge."""
    power: NDArray[np.bool_]
    grid: NDArray[np.bool_]
    """By village: the power grid reaches it."""
    seats: NDArray[np.int64]
    """Village that each district's office stands in."""
    spans: list[Span]

    @property
    def pops(self) -> list[int]:
        """Villages with a point of presence."""
        return sorted({v for span in self.spans for v in (span.start, span.end)})


def make_ways(land: Land, places: Places, seed: int) -> Ways:
    """Roads between towns and district seats, then to most villages; power along the roads; fibre between towns."""
    rng = np.random.default_rng([seed, 5])
    edges, count = places.neighbours, len(places.villages)
    cost = _costs(land, places.centres, edges)
    seats = _seats(places)
    towns = _town_middles(places)
    stops = np.unique(np.concatenate([seats, towns]))
    paths = _joined(_graph(edges, cost, count), stops)
    index = {(int(a), int(b)): k for k, (a, b) in enumerate(edges)}
    main = np.zeros(len(edges), bool)
    for path in paths:
        main[[index[min(p), max(p)] for p in pairwise(path)]] = True
    local = _local_roads(edges, cost, main, count)
    grid, power = _power(places, edges, cost, main | local, towns, count)
    lines = [_line(places.centres[a], places.centres[b], rng) for a, b in edges]
    spans = _fibre(places, paths, index, lines, cost, towns)
    return Ways(edges, lines, main, local, power, grid, seats, spans)


def _costs(land: Land, centres: NDArray[np.float64], edges: NDArray[np.int64]) -> NDArray[np.float64]:
    """Kilometres of plain road that each edge costs as much as: hills and lakes are dear."""
    steps = np.linspace(0, 1, 17)[:, None, None]
    points = centres[edges[:, 0]] * (1 - steps) + centres[edges[:, 1]] * steps
    row, col = land.frame.rowcol(points.reshape(-1, 2))
    height = land.height_m[row, col].reshape(17, -1)
    wet = (land.lake | land.sea)[row, col].reshape(17, -1).mean(axis=0)
    climb = np.abs(np.diff(height, axis=0)).sum(axis=0)
    length = np.hypot(*(centres[edges[:, 0]] - centres[edges[:, 1]]).T) * KM_PER_DEGREE
    return np.asarray(length * (1 + 25 * wet) + climb * 0.06 + length * height.max(axis=0) / 500)


def _graph(edges: NDArray[np.int64], cost: NDArray[np.float64], count: int) -> csr_matrix:
    return coo_matrix((cost, tuple(edges.T)), shape=(count, count)).tocsr()


def _seats(places: Places) -> NDArray[np.int64]:
    """The village that bears its district's name, else the one on the largest river."""
    table = places.villages.reset_index(drop=True)
    best = table.assign(own=table.name == table.district)
    order = best.sort_values(["district", "own", "basin_km2", "code"], ascending=[True, False, False, True])
    first = order.groupby("district").head(1)
    return np.sort(first.index.to_numpy())


def _town_middles(places: Places) -> NDArray[np.int64]:
    town = places.villages["town"].to_numpy()
    return np.array([np.flatnonzero(town == k)[0] for k in range(town.max() + 1)])


def _joined(graph: csr_matrix, stops: NDArray[np.int64]) -> list[list[int]]:
    """Paths (lists of villages) that join all stops at the least length."""
    if len(stops) < 2:
        return []
    distance, before = dijkstra(graph, directed=False, indices=stops, return_predecessors=True)
    tree = minimum_spanning_tree(distance[:, stops]).tocoo()
    paths = []
    for a, b in sorted(zip(tree.row.tolist(), tree.col.tolist(), strict=True)):
        path = [int(stops[b])]
        while path[-1] != stops[a]:
            path.append(int(before[a, path[-1]]))
        paths.append(path[::-1])
    return paths


def _local_roads(
    edges: NDArray[np.int64], cost: NDArray[np.float64], main: NDArray[np.bool_], count: int
) -> NDArray[np.bool_]:
    """The cheapest tree that takes in all villages on top of the main roads, without its dear edges."""
    weight = np.where(main, 1e-6, cost)
    tree = minimum_spanning_tree(_graph(edges, weight, count)).tocoo()
    kept = set(zip(tree.row.tolist(), tree.col.tolist(), strict=True))
    chosen = np.array([(a, b) in kept for a, b in edges.tolist()])
    return chosen & ~main & (cost < ROAD_KM)


def _power(
    places: Places,
    edges: NDArray[np.int64],
    cost: NDArray[np.float64],
    road: NDArray[np.bool_],
    towns: NDArray[np.int64],
    count: int,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """The grid grows from the towns along the roads and stops before the farthest and highest villages."""
    height = places.villages["height_m"].to_numpy()[edges].max(axis=1)
    weight = cost[road] * (1 + height[road] / 120)
    distance, before, _ = dijkstra(
        _graph(edges[road], weight, count),
        directed=False,
        indices=towns,
        return_predecessors=True,
        min_only=True,
    )
    order = np.argsort(distance, kind="stable")[: round(GRID_SHARE * count)]
    grid = np.zeros(count, bool)
    grid[order] = np.isfinite(distance[order])
    fed = {
        (min(v, int(before[v])), max(v, int(before[v])))
        for v in np.flatnonzero(grid).tolist()
        if before[v] >= 0
    }
    return grid, np.array([(a, b) in fed for a, b in edges.tolist()])


def _line(a: NDArray[np.float64], b: NDArray[np.float64], rng: np.random.Generator) -> shapely.LineString:
    """A winding line from a to b."""
    points = np.array([a, b])
    for _ in range(4):
        middle = (points[1:] + points[:-1]) / 2
        across = (points[1:] - points[:-1])[:, ::-1] * [1, -1]
        middle = middle + across * rng.normal(0, 0.11, (len(middle), 1))
        points = np.insert(points, np.arange(1, len(points)), middle, axis=0)
    return shapely.LineString(np.round(points, 6))


def _fibre(
    places: Places,
    paths: list[list[int]],
    index: dict[tuple[int, int], int],
    lines: list[shapely.LineString],
    cost: NDArray[np.float64],
    towns: NDArray[np.int64],
) -> list[Span]:
    """Fibre along the main roads: what lies on the way between towns, and the nearer half of the other seats."""
    ends = [(path[0], path[-1]) for path in paths]
    length = [sum(cost[index[min(p), max(p)]] for p in pairwise(q)) for q in paths]
    tree = coo_matrix(
        (length, tuple(np.array(ends).reshape(-1, 2).T)), shape=(len(places.villages),) * 2
    ).tocsr()
    distance, before = dijkstra(tree, directed=False, indices=towns[0], return_predecessors=True)
    stops = sorted({v for e in ends for v in e}, key=lambda v: (distance[v], v))
    reached: set[int] = set()
    for stop in [*towns.tolist(), *stops[: max(2, (len(stops) + 1) // 2)]]:
        while stop >= 0 and stop not in reached:
            reached.add(int(stop))
            stop = int(before[stop])
    spans = []
    for path, (a, b) in zip(paths, ends, strict=True):
        if a in reached and b in reached:
            planned = distance[[a, b]].max() > 0.92 * max(distance[v] for v in reached)
            spans.append(Span(a, b, _chain(path, index, lines), bool(planned) and len(reached) > 3))
    return spans


def _chain(
    path: list[int], index: dict[tuple[int, int], int], lines: list[shapely.LineString]
) -> shapely.LineString:
    points: list[NDArray[np.float64]] = []
    for a, b in pairwise(path):
        xy = shapely.get_coordinates(lines[index[min(a, b), max(a, b)]])
        points.append(xy if a < b else xy[::-1])
    return shapely.LineString(np.vstack([points[0], *(p[1:] for p in points[1:])]))
