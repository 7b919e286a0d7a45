"""Where the water of a made-up region runs: every cell's way to the sea, the rivers, and heights that follow."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import dijkstra

from merata.example.grids import Floats, Frame, noise, zoom


@dataclass(frozen=True)
class Rivers:
    """Reaches of the river and its tributaries, each from its start down to the next confluence."""

    lines: list[shapely.LineString]
    heights: list[NDArray[np.float64]]
    """Height of each line's points in the same units as the ground's; it never rises."""
    basin_km2: NDArray[np.float64]
    """Land that drains through each reach's lower end."""
    main: NDArray[np.bool_]
    """Whether the reach belongs to the main river."""


@dataclass
class Tree:
    """Where every cell (two coarse pixels wide) drains to, with the land that drains through it."""

    shape: tuple[int, int]
    cell_km: float
    down: NDArray[np.int64]
    order: NDArray[np.int64]
    length: NDArray[np.float64]
    basin: NDArray[np.float64]
    height: NDArray[np.float64]
    rugged: Floats

    @classmethod
    def grow(cls, sea: NDArray[np.bool_], rugged: Floats, frame: Frame, rng: np.random.Generator) -> Tree:
        """Least-cost paths from all land to the sea, most of them to one mouth."""
        sea2 = sea[::2, ::2]
        rugged2 = np.ascontiguousarray(rugged[::2, ::2])
        cell_km = 2 * frame.pixel_km
        ease = noise(sea2.shape, 24 / cell_km, rng) * 0.75 + noise(sea2.shape, 3, rng, 1.0) * 0.45
        cost = np.exp(ease + 0.5 * np.sqrt(rugged2)).ravel()
        graph = _grid_graph(cost, sea2, cell_km)
        paths, before = dijkstra(graph, indices=np.array([sea2.size]), return_predecessors=True)
        distance = paths[0, :-1]
        order = np.argsort(distance, kind="stable")
        order = order[np.isfinite(distance[order])]
        down = before[0, :-1].astype(np.int64)
        down[(down == sea2.size) | (down < 0)] = -1
        row, col = np.divmod(np.arange(sea2.size), sea2.shape[1])
        length = np.where(down >= 0, np.hypot(row - row[down], col - col[down]) * cell_km, 0)
        tree = cls(
            sea2.shape,
            cell_km,
            down,
            order,
            length,
            np.full(sea2.size, cell_km**2),
            np.zeros(sea2.size),
            rugged2,
        )
        tree._gather()
        tree._rise()
        return tree

    def _gather(self) -> None:
        basin, down = self.basin.tolist(), self.down.tolist()
        for cell in self.order[::-1].tolist():
            if down[cell] >= 0:
                basin[down[cell]] += basin[cell]
        self.basin = np.array(basin)

    def _rise(self) -> None:
        """Heights at which every stream is as steep as its ruggedness and the inverse of its basin ask for."""
        rise = (self.length * self.rugged.ravel() / self.basin**0.42).tolist()
        down = self.down.tolist()
        height = [0.0] * len(rise)
        for cell in self.order.tolist():
            if down[cell] >= 0:
                height[cell] = height[down[cell]] + rise[cell]
        self.height = np.array(height)

    def ground(self) -> Floats:
        """Heights on the coarse grid, in units of their own."""
        field = self.height.astype(np.float32).reshape(self.shape)
        return zoom(ndimage.gaussian_filter(field, 1.0), 2)

    def rivers(self, frame: Frame, bend_x: Floats, bend_y: Floats, least_km2: float = 55) -> Rivers:
        """The reaches whose basin is at least `least_km2`, with bends."""
        river = (self.basin >= least_km2) & np.isin(np.arange(self.basin.size), self.order)
        feeders = np.bincount(self.down[river & (self.down >= 0)], minlength=self.basin.size)
        main = self._main_stem()
        starts = np.flatnonzero(river & (feeders != 1))
        lines, heights, basins, mains = [], [], [], []
        for start in starts.tolist():
            path = [start]
            while self.down[path[-1]] >= 0 and (len(path) == 1 or feeders[path[-1]] == 1):
                path.append(int(self.down[path[-1]]))
            if len(path) > 1:
                line, height = self._line(path, frame, bend_x, bend_y)
                lines.append(line)
                heights.append(height)
                basins.append(self.basin[path[-2]])
                mains.append(bool(main[path[-2]]))
        return Rivers(lines, heights, np.array(basins), np.array(mains))

    def _main_stem(self) -> NDArray[np.bool_]:
        """The cells of the river with the largest basin, from its mouth up."""
        main = np.zeros(self.basin.size, bool)
        above: dict[int, int] = {}
        for cell in self.order.tolist():
            below = int(self.down[cell])
            if below >= 0 and (below not in above or self.basin[cell] > self.basin[above[below]]):
                above[below] = cell
        outlets = self.order[self.down[self.order] < 0]
        cell = int(outlets[self.basin[outlets].argmax()])
        main[cell] = True
        while cell in above:
            cell = above[cell]
            main[cell] = True
        return main

    def _line(
        self, path: list[int], frame: Frame, bend_x: Floats, bend_y: Floats
    ) -> tuple[shapely.LineString, NDArray[np.float64]]:
        row, col = np.divmod(np.array(path), self.shape[1])
        smooth = _smooth(np.column_stack([2 * row + 0.5, 2 * col + 0.5, self.height[path]]))
        points, heights = smooth[:, :2], smooth[:, 2]
        bends = [ndimage.map_coordinates(b, points.T, order=1, mode="nearest") for b in (bend_y, bend_x)]
        points = points + np.column_stack(bends) / frame.pixel_km
        return shapely.LineString(np.round(frame.lonlat(points[:, 0], points[:, 1]), 6)), heights


def _smooth(points: NDArray[np.float64], times: int = 3) -> NDArray[np.float64]:
    """Cut the corners of a line (Chaikin 1974), its ends kept; what falls along it goes on falling."""
    for _ in range(times):
        a, b = points[:-1], points[1:]
        cut = np.stack([0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b], axis=1).reshape(-1, points.shape[1])
        points = np.vstack([points[:1], cut[1:-1], points[-1:]])
    return points


def _grid_graph(cost: NDArray[np.float64], sea: NDArray[np.bool_], cell_km: float) -> csr_matrix:
    """Eight neighbours of each land cell; one more node, the sea, joined to the coast: dearly but at the mouth."""
    index = np.arange(sea.size).reshape(sea.shape)
    rows, cols, weights = [], [], []
    for dr, dc in ((0, 1), (1, 0), (1, 1), (1, -1)):
        a = index[: sea.shape[0] - dr, max(0, -dc) : sea.shape[1] - max(0, dc)].ravel()
        b = a + dr * sea.shape[1] + dc
        land = ~(sea.ravel()[a] | sea.ravel()[b])
        a, b = a[land], b[land]
        weight = (cost[a] + cost[b]) / 2 * cell_km * math.hypot(dr, dc)
        rows += [a, b]
        cols += [b, a]
        weights += [weight, weight]
    coast = np.flatnonzero((~sea & ndimage.binary_dilation(sea)).ravel())
    away = np.abs(coast // sea.shape[1] / sea.shape[0] - 0.42)
    mouth = coast[away.argmin()]
    toll = np.where(coast == mouth, 1e-3, 0.45 * sea.shape[1] * cell_km)
    rows.append(np.full(coast.size, sea.size))
    cols.append(coast)
    weights.append(toll)
    data, i, j = np.concatenate(weights), np.concatenate(rows), np.concatenate(cols)
    return coo_matrix((data, (i, j)), shape=(sea.size + 1, sea.size + 1)).tocsr()
