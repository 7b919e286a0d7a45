"""The land of a made-up region: a river with tributaries and lakes, and heights that follow from its course."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import ndimage
from scipy.interpolate import PchipInterpolator

from merata.example.drainage import Rivers, Tree
from merata.example.grids import KM_PER_DEGREE, Floats, Frame, noise

#: Middle of every made-up region, degrees: on the equator, in the middle of UTM zone 50.
CENTRE = (117.0, -0.08)
COARSE_ARCSEC = 12
#: Share of the land that lies below a height (m), as in a real river regency; then the shape of the uplands.
HEIGHTS = ((0.0, 0.5), (0.07, 7), (0.38, 25), (0.63, 100), (0.82, 280), (0.95, 650), (0.99, 980), (1.0, 1450))
ASPECT = 1.35
#: Land with heights around the region: signals come from there too.
MARGIN_KM = 6.5


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


def frame_for(area_km2: float, resolution_m: float, east: float = 0) -> tuple[Frame, int]:
    """The coarse frame around a region, degrees `east` of the first; and fine pixels in a coarse one's side."""
    high_km = math.sqrt(area_km2 / ASPECT) * 1.28 + 18
    wide_km = high_km * ASPECT
    step = COARSE_ARCSEC / 3600
    width, height = (2 * math.ceil(km / KM_PER_DEGREE / step / 2) for km in (wide_km, high_km))
    west = round((CENTRE[0] + east) / step - width / 2) * step
    north = round(CENTRE[1] / step + height / 2) * step
    factor = min((1, 2, 3, 4, 6, 12), key=lambda f: abs(COARSE_ARCSEC / f * 30.9 - resolution_m))
    return Frame(west, north, step, width, height), factor


def make_land(area_km2: float, resolution_m: float, seed: int, east: float = 0) -> Land:
    """The land around a region of `area_km2`, from the coast in the east to the uplands in the west."""
    rng = np.random.default_rng([seed, 1])
    frame, factor = frame_for(area_km2, resolution_m, east)
    x, y = _unit(frame)
    bends = noise(frame.shape, 40 / frame.pixel_km, rng)
    coast = 0.86 + 0.025 * bends + 0.05 * np.exp(-(((y - 0.08) / 0.16) ** 2))
    sea = _largest(x > coast)
    rugged = _ruggedness(x, y, frame, rng)
    tree = Tree.grow(sea, rugged, frame, rng)
    raw = tree.ground()
    rivers = tree.rivers(frame, _bends(frame, rng), _bends(frame, rng))
    near, basin, bed = _near_river(rivers, frame)
    raw = _with_valleys(raw, near, bed)
    region = _region(sea, x, y, area_km2, frame, rng)
    lake, raw = _lakes(rivers, raw, region, frame, area_km2, rng)
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
    wide_km, high_km = frame.width * frame.pixel_km, frame.height * frame.pixel_km
    margin_km = np.minimum(np.minimum(x, 1 - x) * wide_km, (0.5 - np.abs(y)) * high_km)
    oval = np.hypot((x - 0.53) / 0.52, y / 0.5) + 0.075 * noise(frame.shape, 0.18 * frame.width, rng)
    oval = np.where(sea | (margin_km < MARGIN_KM), np.inf, oval)
    wanted = area_km2 / frame.pixel_km**2
    low, high = 0.0, 3.0
    for _ in range(24):
        middle = (low + high) / 2
        mask = _largest(oval < middle)
        low, high = (middle, high) if mask.sum() < wanted else (low, middle)
    filled = ndimage.binary_fill_holes(_largest(oval < high))
    return np.asarray(filled & ~sea)


def _near_river(rivers: Rivers, frame: Frame) -> tuple[Floats, Floats, Floats]:
    """Distance to the nearest reach (km), the basin of that reach (km²) and its height there, by coarse pixel."""
    basin, bed = np.zeros(frame.shape, np.float32), np.zeros(frame.shape, np.float32)
    for k in np.argsort(rivers.basin_km2, kind="stable").tolist():
        row, col = frame.rowcol(shapely.get_coordinates(rivers.lines[k]))
        basin[row, col] = rivers.basin_km2[k]
        bed[row, col] = rivers.heights[k]
    distance, nearest = ndimage.distance_transform_edt(basin == 0, return_indices=True)
    at = tuple(nearest)
    return np.asarray(distance * frame.pixel_km, np.float32), basin[at], bed[at]


def _with_valleys(raw: Floats, near_km: Floats, bed: Floats) -> Floats:
    """The ground led down to the river beds, which bends have moved off the lowest ground."""
    up = np.clip(near_km / 1.5, 0, 1)
    return np.asarray(bed + np.maximum(raw - bed, 0) * up + np.minimum(raw - bed, 0) * (up == 1), np.float32)


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
