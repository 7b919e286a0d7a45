"""The villages and districts of a made-up region: where they lie, their borders, names and codes."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from rasterio.features import shapes
from scipy import ndimage
from scipy.spatial import cKDTree
from shapely.geometry import shape

from merata.example.grids import Frame, noise
from merata.example.naming import DistrictNames, village_names
from merata.example.terrain import Land
from merata.example.words import Namer

VILLAGES_PER_DISTRICT = 11.5
#: Districts that one regency's codes have room for; a larger made-up region goes on with the next regency code.
DISTRICTS_PER_CODE = 90
BANK_KM = 0.6


@dataclass(frozen=True)
class Places:
    """Villages in the order of their codes, and where they are on the coarse grid."""

    villages: gpd.GeoDataFrame
    """Polygons; code, name, district, regency, kind, old_district, town (-1: none), river_km, height_m, basin_km2."""
    centres: NDArray[np.float64]
    """Middle of each village's main settlement, degrees; shape (n, 2)."""
    labels: NDArray[np.int32]
    """Coarse pixel -> position of its village, -1 outside."""
    neighbours: NDArray[np.int64]
    """Pairs of villages that share a border; shape (m, 2), each once."""
    regency: str
    river: str
    districts: list[str]


def make_places(land: Land, count: int, seed: int, regency_code: int = 1) -> Places:
    """`count` villages on the land: most of them on a river bank, several kelurahan in each town."""
    rng = np.random.default_rng([seed, 3])
    pixels, town = _centres(land, count, rng)
    labels = _territories(land, pixels, rng)
    pairs = _borders(labels)
    district = _districts(land, pixels, pairs, max(1, round(count / VILLAGES_PER_DISTRICT)))
    district = _along_the_river(land, pixels, district)
    order = np.lexsort((pixels[:, 1], -pixels[:, 1] // 40, town < 0, district))
    rank = np.empty(count, np.int64)
    rank[order] = np.arange(count)
    labels = np.where(labels >= 0, rank[labels], -1).astype(np.int32)
    pixels, town, district = pixels[order], town[order], district[order]
    namer = Namer(np.random.default_rng([seed, 4]))
    regency, river = namer.stem(), namer.stem()
    names = DistrictNames.make(namer, district, np.sort(rank[pairs], axis=1), rng)
    table = pd.DataFrame(
        {
            "code": _codes(district, town, regency_code),
            "name": village_names(namer, names.name, district, town, rng),
            "district": [names.name[d] for d in district],
            "regency": f"Kabupaten {regency} (contoh)",
            "kind": np.where(town >= 0, "kelurahan", "desa"),
            "old_district": [names.old[d] for d in district],
            "town": town,
            "river_km": _water_km(land)[tuple(pixels.T)].round(3),
            "height_m": land.height_m[tuple(pixels.T)].round(1),
            "basin_km2": land.basin_km2[tuple(pixels.T)].round(),
        }
    )
    polygons = np.array(_polygons(labels, count, land.frame))
    centres = np.round(land.frame.lonlat(pixels[:, 0].astype(float), pixels[:, 1].astype(float)), 5)
    # A smoothed border may leave a middle outside.
    held = shapely.contains_xy(polygons, centres)
    centres = np.where(held[:, None], centres, shapely.get_coordinates(shapely.point_on_surface(polygons)))
    villages = gpd.GeoDataFrame(table, geometry=polygons, crs="EPSG:4326")
    return Places(villages, centres, labels, np.sort(rank[pairs], axis=1), regency, river, names.name)


def _water_km(land: Land) -> NDArray[np.float32]:
    """Distance to the nearest river or lake, km."""
    lake = ndimage.distance_transform_edt(~land.lake) * land.frame.pixel_km if land.lake.any() else np.inf
    return np.asarray(np.minimum(land.river_km, lake), np.float32)


def _centres(land: Land, count: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Coarse pixels of the villages, and the town that each belongs to (-1: none). The capital is town 0."""
    water_km = _water_km(land)
    inner = ndimage.binary_erosion(land.region, iterations=2) & ~land.lake
    bank = np.argwhere(inner & (water_km <= BANK_KM))
    away = np.argwhere(inner & (water_km > 2.0))[::7]
    towns = _towns(land, bank, max(1, round(count / 45)))
    space = _spacing(land, count) / land.frame.pixel_km
    first, town = _town_villages(bank, towns, count, land.frame.pixel_km)
    inland = round(0.17 * count)
    most = _filled(bank[rng.permutation(len(bank))], space, first, count - inland, 1.6)
    both = _filled(away[rng.permutation(len(away))], space, most, count, 1.6)
    return both, np.concatenate([town, np.full(count - len(town), -1)])


def _spacing(land: Land, count: int) -> NDArray[np.float32]:
    """How far apart villages are, km: close along the lower river, far in the uplands."""
    mean_km = np.sqrt(land.region.sum() * land.frame.pixel_km**2 / count)
    low = np.clip(land.height_m / 150, 0, 1)
    big = np.clip(land.basin_km2 / land.basin_km2.max(), 0, 1) ** 0.25
    return np.asarray(mean_km * (0.62 + 0.5 * low - 0.22 * big), np.float32)


def _towns(land: Land, bank: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Where the towns are: far from one another, low, on large rivers; the first, the capital, on the lower river."""
    value = np.sqrt(land.basin_km2[tuple(bank.T)]) / (1 + land.height_m[tuple(bank.T)] / 60)
    best = bank[np.argsort(-value, kind="stable")][: max(50, len(bank) // 3)]
    east = np.quantile(np.argwhere(land.region)[:, 1], 0.72)
    lower = best[:40] if len(best) < 80 else best[: len(best) // 8]
    towns = [lower[np.abs(lower[:, 1] - east).argmin()]]
    distance = np.full(len(best), np.inf)
    for _ in range(count - 1):
        distance = np.minimum(distance, np.hypot(*(best - towns[-1]).T))
        towns.append(best[distance.argmax()])
    return np.array(towns)


def _town_villages(
    bank: NDArray[np.int64], towns: NDArray[np.int64], count: int, pixel_km: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The kelurahan: on the banks next to each town's middle, at least 2.2 km from one another."""
    chosen: list[NDArray[np.int64]] = []
    town: list[int] = []
    closed = np.zeros(bank.max(axis=0) + 1, bool)
    for k, middle in enumerate(towns):
        away = np.hypot(*(bank - middle).T)
        size = _town_size(k, len(towns), count)
        own: list[NDArray[np.int64]] = []
        for pixel in bank[np.argsort(away, kind="stable")[:6000]]:
            if not closed[tuple(pixel)]:
                own.append(pixel)
                _close(closed, tuple(pixel.tolist()), 2.2 / pixel_km)
            if len(own) == size:
                break
        chosen += own
        town += [k] * len(own)
    return np.array(chosen), np.array(town)


def _town_size(k: int, towns: int, count: int) -> int:
    """Kelurahan in town `k`: the capital has about twice as many as the others."""
    return max(2, round(count * 0.13 * (2 if k == 0 else 1) / (towns + 1)))


def _filled(
    candidates: NDArray[np.int64],
    space_px: NDArray[np.float32],
    first: NDArray[np.int64],
    count: int,
    scale: float,
) -> NDArray[np.int64]:
    """`first`, and candidates in turn unless one taken is too near, until there are `count`: nearer if need be."""
    while True:
        taken = _thrown(candidates, space_px * scale, first, count)
        if len(taken) == count:
            return taken
        scale *= 0.92


def _thrown(
    candidates: NDArray[np.int64], space_px: NDArray[np.float32], first: NDArray[np.int64], count: int
) -> NDArray[np.int64]:
    closed = np.zeros(space_px.shape, bool)
    taken: list[tuple[int, int]] = []
    for pixel in map(tuple, [*first.tolist(), *candidates.tolist()]):
        if len(taken) == count:
            break
        if len(taken) < len(first) or not closed[pixel]:
            taken.append(pixel)
            _close(closed, pixel, float(space_px[pixel]))
    return np.array(taken, np.int64)


def _close(closed: NDArray[np.bool_], pixel: tuple[int, int], radius: float) -> None:
    """Mark all pixels within `radius` of one."""
    reach = int(radius) + 1
    top, left = max(0, pixel[0] - reach), max(0, pixel[1] - reach)
    window = closed[top : pixel[0] + reach + 1, left : pixel[1] + reach + 1]
    row, col = np.ogrid[: window.shape[0], : window.shape[1]]
    window |= (row + top - pixel[0]) ** 2 + (col + left - pixel[1]) ** 2 < radius**2


def _territories(land: Land, pixels: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int32]:
    """Each pixel of the region goes to the nearest centre, in a plane bent by noise so that borders are wiggly."""
    shape_, km = land.frame.shape, 1 / land.frame.pixel_km
    bend = (
        np.stack([2.2 * noise(shape_, 9 * km, rng) + 0.35 * noise(shape_, 2 * km, rng) for _ in range(2)])
        * km
    )
    inside = np.argwhere(land.region)
    tree = cKDTree(pixels + bend[:, pixels[:, 0], pixels[:, 1]].T)
    _, nearest = tree.query(inside + bend[:, inside[:, 0], inside[:, 1]].T)
    # Around each middle, what is plainly nearest to it is its own, however the plane is bent there.
    plain_px, plainly = cKDTree(pixels).query(inside, distance_upper_bound=1.2 * km)
    nearest = np.where(np.isfinite(plain_px), plainly, nearest)
    labels = np.full(shape_, -1, np.int32)
    labels[tuple(inside.T)] = nearest
    labels = _whole(labels, pixels)
    return np.where(land.region, labels, -1).astype(np.int32)


def _whole(labels: NDArray[np.int32], pixels: NDArray[np.int64]) -> NDArray[np.int32]:
    """Specks and what is cut off from its own village's middle go to the neighbour with the longest border."""
    labels = np.pad(labels, 1, constant_values=-1)
    for _ in range(4):
        moved = 0
        for k, box in enumerate(ndimage.find_objects(labels + 1)):
            pieces, many = ndimage.label(labels[box] == k)
            home = pieces[pixels[k][0] + 1 - box[0].start, pixels[k][1] + 1 - box[1].start]
            for piece in set(range(1, many + 1)) - {home}:
                _give_away(labels, np.argwhere(pieces == piece) + np.array([s.start for s in box]), k)
                moved += 1
        if not moved:
            break
    return np.asarray(labels[1:-1, 1:-1])


def _give_away(labels: NDArray[np.int32], piece: NDArray[np.int64], own: int) -> None:
    steps = np.array([[0, 1], [0, -1], [1, 0], [-1, 0]])
    beside = labels[tuple((piece[:, None] + steps).reshape(-1, 2).T)]
    beside = beside[(beside >= 0) & (beside != own)]
    if len(beside):
        labels[tuple(piece.T)] = np.bincount(beside).argmax()


def _borders(labels: NDArray[np.int32]) -> NDArray[np.int64]:
    sides = [np.stack([labels[:, :-1], labels[:, 1:]], -1), np.stack([labels[:-1], labels[1:]], -1)]
    pairs = np.concatenate([s.reshape(-1, 2) for s in sides])
    pairs = pairs[(pairs[:, 0] != pairs[:, 1]) & (pairs.min(axis=1) >= 0)]
    return np.unique(np.sort(pairs, axis=1), axis=0).astype(np.int64)


def _polygons(labels: NDArray[np.int32], count: int, frame: Frame) -> list[shapely.Geometry]:
    """A valid coverage: neighbours share their border exactly."""
    parts: list[list[shapely.Geometry]] = [[] for _ in range(count)]
    for polygon, value in shapes(labels, mask=labels >= 0, connectivity=4):
        parts[int(value)].append(shape(polygon))
    whole = [shapely.multipolygons(p) if len(p) > 1 else p[0] for p in parts]
    # Every pixel corner is a vertex, so that where three villages meet all three have one.
    corners = shapely.transform(shapely.segmentize(np.array(whole, object), 1.0), np.round)
    smooth = shapely.coverage_simplify(corners, 1.3)

    def degrees(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.round(xy * [frame.step, -frame.step] + [frame.west, frame.north], 6)

    return list(shapely.transform(smooth, degrees))


def _districts(
    land: Land, pixels: NDArray[np.int64], pairs: NDArray[np.int64], count: int
) -> NDArray[np.int64]:
    """Contiguous districts of about equal size that keep to their valleys: the smallest takes the next neighbour."""
    steps = np.linspace(0, 1, 9)[:, None, None]
    along = np.round(pixels[pairs[:, 0]] * (1 - steps) + pixels[pairs[:, 1]] * steps).astype(int)
    over_m = np.maximum(
        0,
        land.height_m[along[..., 0], along[..., 1]].max(axis=0)
        - land.height_m[tuple(pixels[pairs].transpose(2, 0, 1))].max(axis=1),
    )
    weight = np.hypot(*(pixels[pairs[:, 0]] - pixels[pairs[:, 1]]).T) * (1 + over_m / 80)
    near: list[list[tuple[int, float]]] = [[] for _ in pixels]
    for (a, b), w in zip(pairs.tolist(), weight.tolist(), strict=True):
        near[a].append((b, w))
        near[b].append((a, w))
    seeds = _seeds(near, count)
    for _ in range(5):
        owner = _grow(near, seeds)
        seeds = [_middle(pixels, np.flatnonzero(owner == k)) for k in range(count)]
    return owner


def _middle(pixels: NDArray[np.int64], members: NDArray[np.int64]) -> int:
    own = pixels[members]
    return int(members[np.hypot(*(own - own.mean(axis=0)).T).argmin()])


def _reach(near: list[list[tuple[int, float]]], start: int) -> NDArray[np.float64]:
    distance = np.full(len(near), np.inf)
    distance[start] = 0
    heap = [(0.0, start)]
    while heap:
        d, v = heapq.heappop(heap)
        if d > distance[v]:
            continue
        for w, weight in near[v]:
            if d + weight < distance[w]:
                distance[w] = d + weight
                heapq.heappush(heap, (d + weight, w))
    return distance


def _seeds(near: list[list[tuple[int, float]]], count: int) -> list[int]:
    """Villages far from one another; the first is the capital."""
    seeds = [0]
    distance = _reach(near, 0)
    while len(seeds) < count:
        seeds.append(int(np.where(np.isfinite(distance), distance, -1).argmax()))
        distance = np.minimum(distance, _reach(near, seeds[-1]))
    return seeds


def _grow(near: list[list[tuple[int, float]]], seeds: list[int]) -> NDArray[np.int64]:
    owner = np.full(len(near), -1)
    heaps: list[list[tuple[float, int]]] = [[(0.0, s)] for s in seeds]
    turn = [(0, k) for k in range(len(seeds))]
    while turn:
        size, k = heapq.heappop(turn)
        while heaps[k] and owner[heaps[k][0][1]] >= 0:
            heapq.heappop(heaps[k])
        if not heaps[k]:
            continue
        d, v = heapq.heappop(heaps[k])
        owner[v] = k
        for w, weight in near[v]:
            if owner[w] < 0:
                heapq.heappush(heaps[k], (d + weight, w))
        heapq.heappush(turn, (size + 1, k))
    return np.where(owner < 0, 0, owner)


def _along_the_river(land: Land, pixels: NDArray[np.int64], district: NDArray[np.int64]) -> NDArray[np.int64]:
    """Districts numbered from the coast inland."""
    east = np.array([pixels[district == k, 1].mean() for k in range(district.max() + 1)])
    rank = np.empty(len(east), np.int64)
    rank[np.argsort(-east, kind="stable")] = np.arange(len(east))
    return rank[district]


def _codes(district: NDArray[np.int64], town: NDArray[np.int64], regency: int) -> list[str]:
    """Codes as the home ministry gives them; kelurahan from 1001, desa from 2001 in each district."""
    counts: dict[tuple[int, int], int] = {}
    codes = []
    for d, t in zip(district.tolist(), town.tolist(), strict=True):
        base = 2000 if t < 0 else 1000
        counts[d, base] = counts.get((d, base), 0) + 1
        codes.append(
            f"99.{regency + d // DISTRICTS_PER_CODE:02d}.{1 + d % DISTRICTS_PER_CODE:02d}.{base + counts[d, base]}"
        )
    return codes
