"""The land of a made-up region: a river with tributaries and lakes, and heights that follow from its course."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.transform import Affine, from_origin
from scipy import fft, ndimage
from scipy.interpolate import PchipInterpolator
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import dijkstra

KM_PER_DEGREE = 111.2
#: Middle of every made-up region, degrees: on the equator, in the middle of UTM zone 50.
CENTRE = (117.0, -0.08)
COARSE_ARCSEC = 12
#: Share of the land that lies below a height (m), as in a real river regency; then the shape of the uplands.
HEIGHTS = ((0.0, 0.5), (0.07, 7), (0.38, 25), (0.63, 100), (0.82, 280), (0.95, 650), (0.99, 980), (1.0, 1450))
ASPECT = 1.35

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Frame:
    """A north-up grid of square pixels in degrees."""

    west: float
    north: float
    step: float
    width: int
    height: int

    @property
    def transform(self) -> Affine:
        """Pixel (column, row) to degrees."""
        return from_origin(self.west, self.north, self.step, self.step)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return (self.height, self.width)

    @property
    def pixel_km(self) -> float:
        """Side of a pixel, km."""
        return self.step * KM_PER_DEGREE

    def lonlat(self, row: NDArray[np.float64], col: NDArray[np.float64]) -> NDArray[np.float64]:
        """Degrees of places given in rows and columns (centre of the first pixel: 0, 0); shape (n, 2)."""
        return np.column_stack([self.west + (col + 0.5) * self.step, self.north - (row + 0.5) * self.step])

    def rowcol(self, lonlat: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Row and column of the pixels that hold the places (n, 2), clipped to the frame."""
        col = np.floor((lonlat[:, 0] - self.west) / self.step).astype(np.int64)
        row = np.floor((self.north - lonlat[:, 1]) / self.step).astype(np.int64)
        return np.clip(row, 0, self.height - 1), np.clip(col, 0, self.width - 1)

    def finer(self, factor: int) -> Frame:
        """The same frame with `factor` pixels for one along each side."""
        return Frame(self.west, self.north, self.step / factor, self.width * factor, self.height * factor)


@dataclass(frozen=True)
class Rivers:
    """Reaches of the river and its tributaries, each from its start down to the next confluence."""

    lines: list[shapely.LineString]
    basin_km2: NDArray[np.float64]
    """Land that drains through each reach's lower end."""
    main: NDArray[np.bool_]
    """Whether the reach belongs to the main river."""


@dataclass(frozen=True)
class Land:
    """Coarse arrays (about 370 m), from which the fine terrain is made."""

    frame: Frame
    fine: Frame
    sea: NDArray[np.bool_]
    lake: NDArray[np.bool_]
    region: NDArray[np.bool_]
    raw: Floats
    """Height in units of its own: only the order counts."""
    rugged: Floats
    river_km: Floats
    """Distance to the nearest reach, km."""
    basin_km2: Floats
    """Basin of that reach."""
    height_m: Floats
    rivers: Rivers


def noise(
    shape: tuple[int, int], wave_px: float, rng: np.random.Generator, slope: float = 2.0, pad: int = 16
) -> Floats:
    """Smooth noise with mean 0 and deviation 1; no waves longer than `wave_px`, shorter ones fall off by `slope`."""
    size = (fft.next_fast_len(shape[0] + pad), fft.next_fast_len(shape[1] + pad))
    spectrum = fft.rfft2(rng.standard_normal(size, dtype=np.float32))
    frequency = np.hypot(fft.fftfreq(size[0])[:, None], fft.rfftfreq(size[1])[None, :]).astype(np.float32)
    spectrum *= 1 / (1 + (frequency * wave_px) ** 2) ** (slope / 2 + 0.25)
    spectrum[0, 0] = 0
    field = fft.irfft2(spectrum, s=size)[: shape[0], : shape[1]]
    return np.asarray((field - field.mean()) / field.std(), np.float32)


def frame_for(area_km2: float, resolution_m: float) -> tuple[Frame, int]:
    """The coarse frame around a region of `area_km2`, and how many fine pixels go into the side of a coarse one."""
    high_km = math.sqrt(area_km2 / ASPECT) * 1.30 + 8
    wide_km = high_km * ASPECT
    step = COARSE_ARCSEC / 3600
    width, height = (2 * math.ceil(km / KM_PER_DEGREE / step / 2) for km in (wide_km, high_km))
    west = round(CENTRE[0] / step - width / 2) * step
    north = round(CENTRE[1] / step + height / 2) * step
    factor = min((1, 2, 3, 4, 6, 12), key=lambda f: abs(COARSE_ARCSEC / f * 30.9 - resolution_m))
    return Frame(west, north, step, width, height), factor


def make_land(area_km2: float, resolution_m: float, seed: int) -> Land:
    """The land around a region of `area_km2`, from the coast in the east to the uplands in the west."""
    rng = np.random.default_rng([seed, 1])
    frame, factor = frame_for(area_km2, resolution_m)
    x, y = _unit(frame)
    bends = noise(frame.shape, 40 / frame.pixel_km, rng)
    coast = 0.86 + 0.025 * bends + 0.05 * np.exp(-(((y - 0.08) / 0.16) ** 2))
    sea = _largest(x > coast)
    rugged = _ruggedness(x, y, frame, rng)
    tree = _Tree.grow(sea, rugged, frame, rng)
    raw = tree.heights()
    rivers = tree.rivers(frame, _bends(frame, rng), _bends(frame, rng))
    near, basin = _near_river(rivers, frame)
    region = _region(sea, x, y, area_km2, frame, rng)
    lake, raw = _lakes(rivers, raw, region, frame, area_km2, rng)
    raw = raw * np.clip(0.25 + near / 1.6, 0.25, 1) ** 0.5
    raw = np.where(sea, -1, np.maximum(raw, 0)).astype(np.float32)
    height = np.where(sea, 0, Mapping.of(raw[region])(raw)).astype(np.float32)
    return Land(frame, frame.finer(factor), sea, lake, region, raw, rugged, near, basin, height, rivers)


def _bends(frame: Frame, rng: np.random.Generator) -> Floats:
    """How far a river is shifted off its straight course, km: wide bends, and tighter ones in them."""
    wide = noise(frame.shape, 7 / frame.pixel_km, rng)
    return np.asarray(0.55 * wide + 0.4 * noise(frame.shape, 2.2 / frame.pixel_km, rng, 3), np.float32)


def _unit(frame: Frame) -> tuple[Floats, Floats]:
    """Columns from 0 (west) to 1, rows from -0.5 (south) to 0.5."""
    x = (np.arange(frame.width, dtype=np.float32) + 0.5) / frame.width
    y = 0.5 - (np.arange(frame.height, dtype=np.float32) + 0.5) / frame.height
    return np.broadcast_to(x, frame.shape), np.broadcast_to(y[:, None], frame.shape)


def _largest(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    labels, count = ndimage.label(mask)
    if count <= 1:
        return mask
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    return np.asarray(labels == sizes.argmax())


def _ruggedness(x: Floats, y: Floats, frame: Frame, rng: np.random.Generator) -> Floats:
    """How steeply land rises away from water: hardly in the plains of the lower course, much in the west."""
    trend = 1.15 - 1.25 * x + 0.9 * np.abs(y - 0.02) ** 1.3
    field = trend + 0.16 * noise(frame.shape, 0.22 * frame.width, rng) + 0.10 * noise(frame.shape, 18, rng)
    return np.asarray(np.clip(field, 0, 1.4) ** 2 + 0.012, np.float32)


def _region(
    sea: NDArray[np.bool_], x: Floats, y: Floats, area_km2: float, frame: Frame, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """The land of the region: a ragged oval that reaches the coast."""
    margin = np.minimum(np.minimum(x, 1 - x), 0.5 - np.abs(y))
    oval = np.hypot((x - 0.53) / 0.52, y / 0.5) + 0.075 * noise(frame.shape, 0.18 * frame.width, rng)
    oval = np.where(sea | (margin < 2.5 / frame.height), np.inf, oval)
    wanted = area_km2 / frame.pixel_km**2
    low, high = 0.0, 3.0
    for _ in range(24):
        middle = (low + high) / 2
        mask = _largest(oval < middle)
        low, high = (middle, high) if mask.sum() < wanted else (low, middle)
    filled = ndimage.binary_fill_holes(_largest(oval < high))
    return np.asarray(filled & ~sea)


@dataclass
class _Tree:
    """Where every cell (two coarse pixels wide) drains to, with the land that drains through it."""

    shape: tuple[int, int]
    cell_km: float
    down: NDArray[np.int64]
    order: NDArray[np.int64]
    length: NDArray[np.float64]
    basin: NDArray[np.float64]
    rugged: Floats

    @classmethod
    def grow(cls, sea: NDArray[np.bool_], rugged: Floats, frame: Frame, rng: np.random.Generator) -> _Tree:
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
        tree = cls(sea2.shape, cell_km, down, order, length, np.full(sea2.size, cell_km**2), rugged2)
        tree._gather()
        return tree

    def _gather(self) -> None:
        basin, down = self.basin.tolist(), self.down.tolist()
        for cell in self.order[::-1].tolist():
            if down[cell] >= 0:
                basin[down[cell]] += basin[cell]
        self.basin = np.array(basin)

    def heights(self) -> Floats:
        """Heights at which every stream is as steep as its ruggedness and the inverse of its basin ask for."""
        rise = (self.length * self.rugged.ravel() / self.basin**0.42).tolist()
        down = self.down.tolist()
        height = [0.0] * len(rise)
        for cell in self.order.tolist():
            if down[cell] >= 0:
                height[cell] = height[down[cell]] + rise[cell]
        field = np.array(height, np.float32).reshape(self.shape)
        field = ndimage.gaussian_filter(field, 1.0)
        return np.asarray(ndimage.zoom(field, 2, order=1, grid_mode=True, mode="nearest"), np.float32)

    def rivers(self, frame: Frame, bend_x: Floats, bend_y: Floats, least_km2: float = 55) -> Rivers:
        """The reaches whose basin is at least `least_km2`, with bends."""
        river = (self.basin >= least_km2) & np.isin(np.arange(self.basin.size), self.order)
        feeders = np.bincount(self.down[river & (self.down >= 0)], minlength=self.basin.size)
        main = self._main_stem()
        starts = np.flatnonzero(river & (feeders != 1))
        lines, basins, mains = [], [], []
        for start in starts.tolist():
            path = [start]
            while self.down[path[-1]] >= 0 and (len(path) == 1 or feeders[path[-1]] == 1):
                path.append(int(self.down[path[-1]]))
            if len(path) > 2:
                lines.append(self._line(path, frame, bend_x, bend_y))
                basins.append(self.basin[path[-2]])
                mains.append(bool(main[path[-2]]))
        return Rivers(lines, np.array(basins), np.array(mains))

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

    def _line(self, path: list[int], frame: Frame, bend_x: Floats, bend_y: Floats) -> shapely.LineString:
        row, col = np.divmod(np.array(path), self.shape[1])
        points = _smooth(np.column_stack([2 * row + 0.5, 2 * col + 0.5]).astype(float))
        per_km = 1 / frame.pixel_km
        at = points.T
        points = points + per_km * np.column_stack(
            [ndimage.map_coordinates(b, at, order=1, mode="nearest") for b in (bend_y, bend_x)]
        )
        return shapely.LineString(np.round(frame.lonlat(points[:, 0], points[:, 1]), 6))


def _smooth(points: NDArray[np.float64], times: int = 3) -> NDArray[np.float64]:
    """Cut the corners of a line (Chaikin 1974), its ends kept."""
    for _ in range(times):
        a, b = points[:-1], points[1:]
        cut = np.stack([0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b], axis=1).reshape(-1, 2)
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


def _near_river(rivers: Rivers, frame: Frame) -> tuple[Floats, Floats]:
    """Distance to the nearest reach (km) and the basin of that reach (km²), by coarse pixel."""
    basin = np.zeros(frame.shape, np.float32)
    for k in np.argsort(rivers.basin_km2, kind="stable").tolist():
        line = shapely.segmentize(rivers.lines[k], frame.step / 2)
        row, col = frame.rowcol(shapely.get_coordinates(line))
        basin[row, col] = rivers.basin_km2[k]
    distance, nearest = ndimage.distance_transform_edt(basin == 0, return_indices=True)
    return np.asarray(distance * frame.pixel_km, np.float32), basin[tuple(nearest)]


def _lakes(
    rivers: Rivers,
    raw: Floats,
    region: NDArray[np.bool_],
    frame: Frame,
    area_km2: float,
    rng: np.random.Generator,
) -> tuple[NDArray[np.bool_], Floats]:
    """Shallow lakes beside the middle course of the main river, and the heights with their basins in."""
    main = np.vstack([shapely.get_coordinates(rivers.lines[k]) for k in np.flatnonzero(rivers.main)])
    row, col = frame.rowcol(main)
    inside = region[row, col]
    main = main[inside][np.argsort(main[inside][:, 0], kind="stable")]
    count = max(1, round(math.sqrt(area_km2 / 3000)))
    ragged = noise(frame.shape, 9 / frame.pixel_km, rng)
    lake = np.zeros(frame.shape, bool)
    rows, cols = np.indices(frame.shape, sparse=True)
    for k in range(count):
        radius_km = min(0.036 * math.sqrt(area_km2), 8.0) * rng.uniform(0.75, 1.2)
        lon, lat = main[int((0.42 + 0.34 * (k + 0.5) / count) * len(main))]
        side = radius_km * 0.8 / KM_PER_DEGREE * (1 if k % 2 else -1)
        r, c = (int(v[0]) for v in frame.rowcol(np.array([[lon, lat + side]])))
        away = np.hypot((rows - r) * 1.15, cols - c) * frame.pixel_km / radius_km
        blob = _largest((away + 0.28 * ragged < 1.0) & region)
        level = raw[frame.rowcol(np.array([[lon, lat]]))][0]
        shore = ndimage.distance_transform_edt(~blob) * frame.pixel_km
        raw = np.where(shore < 12, np.minimum(raw, level + (raw - level) * np.clip(shore / 12, 0, 1)), raw)
        raw = np.where(blob, level, raw)
        lake |= blob
    return lake, raw.astype(np.float32)


@dataclass(frozen=True)
class Mapping:
    """From raw heights to metres: linear between knots, flat outside."""

    raw: NDArray[np.float64]
    metres: NDArray[np.float64]

    @classmethod
    def of(cls, raw: Floats) -> Mapping:
        """The mapping under which the shares of HEIGHTS hold among `raw`."""
        shares, metres = np.array(HEIGHTS).T
        share = np.linspace(0, 1, 801)
        quantiles = np.quantile(raw, share).astype(float)
        return cls(np.maximum.accumulate(quantiles), PchipInterpolator(shares, metres)(share))

    def __call__(self, raw: Floats) -> Floats:
        """Metres of raw heights."""
        return np.interp(raw, self.raw, self.metres).astype(np.float32)
