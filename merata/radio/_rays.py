"""The rays of a site over a raster: ground along each, and from the rays' losses back to pixels. Compiled kernels.

Distances are in pixels from the site, rows and columns in pixels from the upper left corner of the raster: the middle
of the first pixel is at 0.5. Rays are numbered clockwise from north.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from merata.radio import _radial
from merata.radio import _survey as survey
from merata.radio._compile import inlined, jitable, kernel
from merata.radio._survey import Air, Land, Steps

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

#: Where the pixel of the site itself counts as being, in pixels: the mean distance of its points from its middle.
_OWN_PIXEL = 0.38


@kernel(nogil=True)
def steps_of(d: Floats, air: Air) -> Steps:
    """Tables for the distances `d`, km."""
    return survey.steps_of(d, air)


@kernel(nogil=True, error_model="numpy")
def ray_losses(
    begin: int,
    end: int,
    heights: Singles,
    clutter: Singles,
    zone: Bytes,
    row: float,
    column: float,
    htg: float,
    hrg: float,
    reach: Floats,
    stride: Ints,
    rays: int,
    steps: Steps,
    air: Air,
    bands: Floats,
    out: Singles,
    sight: Bools,
) -> None:
    """Losses above free space along the rays `begin` to `end` - 1 into `out` (rays, points, bands), dB.

    What is in `out` stays where a ray has ended. `rays` is how many there are all around, `reach` the distance of each
    point in pixels; at point n only every `stride[n]`-th ray is asked.
    """
    for ray in range(begin, end):
        angle = 2.0 * math.pi * ray / rays
        land = _land(heights, clutter, zone, row, column, -math.cos(angle), math.sin(angle), reach, htg, hrg)
        first = 2
        while first < len(reach) and ray % stride[first] != 0:
            first += 1
        if first < len(land.h):
            _radial.losses(land, steps, air, bands, first, out[ray], sight[ray])


@jitable
def _land(
    heights: Singles,
    clutter: Singles,
    zone: Bytes,
    row: float,
    column: float,
    down: float,
    right: float,
    reach: Floats,
    htg: float,
    hrg: float,
) -> Land:
    """The ground along one ray, until the raster or what is known of it ends."""
    rows, columns = heights.shape
    h, g = np.empty(len(reach)), np.empty(len(reach))
    zones = np.empty(len(reach), np.uint8)
    count = 0
    for n in range(len(reach)):
        y, x = row + down * reach[n], column + right * reach[n]
        if y < 0.0 or x < 0.0 or y >= rows or x >= columns:
            break
        i, j = int(y), int(x)
        if math.isnan(heights[i, j]):
            break
        h[n] = height_at(heights, y, x)
        g[n] = h[n] + clutter[i, j]
        zones[n] = zone[i, j]
        count += 1
    return Land(h[:count], g[:count], zones[:count], htg, hrg)


@inlined
def height_at(heights: Singles, y: float, x: float) -> float:
    """Height between the middles of four pixels; of the nearest one where one of them is not known."""
    rows, columns = heights.shape
    v, u = y - 0.5, x - 0.5
    i, j = math.floor(v), math.floor(u)
    v, u = v - i, u - j
    i0, i1 = max(i, 0), min(i + 1, rows - 1)
    j0, j1 = max(j, 0), min(j + 1, columns - 1)
    upper = heights[i0, j0] * (1.0 - u) + heights[i0, j1] * u
    lower = heights[i1, j0] * (1.0 - u) + heights[i1, j1] * u
    height = upper * (1.0 - v) + lower * v
    if math.isnan(height):
        return float(heights[int(y), int(x)])
    return float(height)


@kernel(nogil=True, error_model="numpy")
def to_pixels(
    begin: int,
    end: int,
    heights: Singles,
    row: float,
    column: float,
    row0: int,
    column0: int,
    radius: float,
    pixel_km: float,
    hts: float,
    hrg: float,
    stride: Ints,
    polar: Singles,
    sight: Bools,
    free_db: Floats,
    out: Singles,
    clear: Bools,
) -> None:
    """Losses of the rays as a raster, dB: rows `begin` to `end` - 1 of `out` (bands, rows, columns).

    `out` begins at pixel (`row0`, `column0`) of `heights`.

    What the ground does to a signal is taken from the two nearest rays and distances, free space from the pixel's own
    distance and height. `sight` is taken from the nearest point of the nearest ray.
    """
    bands, _, width = out.shape
    rays = polar.shape[0]
    places, weights = np.empty((4, 2), np.int64), np.empty(4)
    for i in range(begin, end):
        down = row0 + i + 0.5 - row
        for j in range(width):
            right = column0 + j + 0.5 - column
            away = math.sqrt(down * down + right * right)
            h = heights[row0 + i, column0 + j]
            if away > radius or math.isnan(h):
                continue
            turn = math.atan2(right, -down) / (2.0 * math.pi)
            around = (turn if turn >= 0.0 else turn + 1.0) * rays
            _corners(around, away, rays, stride, places, weights)
            if not _known(polar, places, weights):
                continue
            near = int(weights.argmax())
            clear[i, j] = sight[places[near, 0], places[near, 1]]
            d, climb = max(away, _OWN_PIXEL) * pixel_km, (hts - h - hrg) / 1000.0
            free = 10.0 * math.log10(d * d + climb * climb)
            for k in range(bands):
                loss = 0.0
                for c in range(4):
                    if weights[c] > 0.0:
                        loss += weights[c] * polar[places[c, 0], places[c, 1], k]
                out[k, i, j] = loss + free + free_db[k]


@inlined
def _corners(around: float, away: float, rays: int, stride: Ints, places: Ints, weights: Floats) -> None:
    """The four places (ray, point) about a pixel, and how much each counts. Point n >= 2 is n - 1 pixels away."""
    distance = max(away, 1.0)
    inner = int(distance)
    part = distance - inner
    for c in range(2):
        n = inner + 1 + c
        share = part if c == 1 else 1.0 - part
        apart = stride[n]
        ray = around / apart
        left = int(ray)
        over = ray - left
        places[2 * c, 0], places[2 * c, 1], weights[2 * c] = (left * apart) % rays, n, share * (1.0 - over)
        places[2 * c + 1, 0], places[2 * c + 1, 1] = ((left + 1) * apart) % rays, n
        weights[2 * c + 1] = share * over


@inlined
def _known(polar: Singles, places: Ints, weights: Floats) -> bool:
    """Leave out places that no ray has reached; whether what is left counts for half at least."""
    total = 0.0
    for c in range(4):
        if math.isnan(polar[places[c, 0], places[c, 1], 0]):
            weights[c] = 0.0
        total += weights[c]
    if total < 0.5:
        return False
    for c in range(4):
        weights[c] /= total
    return True
