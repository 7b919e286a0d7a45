"""What P.1812 asks of every path along one radial, carried on from point to point at a flat cost.

A path from the transmitter to point n of a radial sees the points 1 to n - 1. Each surface (bare ground or ground with
clutter, for one effective Earth radius) is given *dropped*: y = height - curve d^2, with curve = 500 / radius in m/km^2
(0 for a flat Earth). A ray is then a straight line, whatever the Earth's radius, and everything asked of the profile
is a question about points and lines:

- the steepest line from the transmitter is a running maximum;
- the steepest line from the receiver touches the upper hull of the points before it, which grows like a stack;
- the point nearest to a ray is looked for in blocks that their highest point cannot rule out.

Distances are in km, heights in m, slopes in m/km.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from merata.radio._compile import inlined, jitable, lean

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]

BLOCK = 16  # points of a block; a big block is as many blocks


class View(NamedTuple):
    """What both ends see of one surface, for the path to each point (the arrays' index); from index 2 on."""

    straight: Floats
    """Slope of the ray from end to end."""
    top: Floats
    """Steepest slope from the transmitter to a point between."""
    top_at: Ints
    """That point; of equal ones the first."""
    tangent: Floats
    """Steepest slope from the receiver (counted towards the transmitter); only where top >= straight."""
    tangent_at: Ints
    """That point; of equal ones the last."""
    rise: Floats
    """Height of the highest point above the ray; only where top >= straight, and where asked for."""


@jitable
def look(
    d: Floats, inverse: Floats, y: Floats, end: Floats, start: float, first: int, with_rise: bool
) -> View:
    """Look at the dropped surface `y` from both ends of each path.

    `inverse` is 1 / d, `start` the transmitter's height and `end` the dropped height of a receiver at each point;
    paths to points before `first` are not asked for.
    """
    count = len(y)
    seen = _new_view(count, with_rise)
    hull = np.empty(count, np.int32)
    size = 0
    best, best_at = -math.inf, 0
    for n in range(1, count):
        straight = (end[n] - start) * inverse[n]
        seen.straight[n], seen.top[n], seen.top_at[n] = straight, best, best_at
        if n >= first and best >= straight:
            i = hull[_touch(hull, size, d, y, d[n], end[n])]
            seen.tangent[n], seen.tangent_at[n] = (y[i] - end[n]) / (d[n] - d[i]), i
            if with_rise:
                i = hull[_furthest(hull, size, d, y, straight)]
                seen.rise[n] = y[i] - start - straight * d[i]
        slope = (y[n] - start) * inverse[n]
        if slope > best:
            best, best_at = slope, n
        size = push(hull, size, d, y, n)
    return seen


@jitable
def _new_view(count: int, with_rise: bool) -> View:
    return View(
        np.empty(count),
        np.empty(count),
        np.empty(count, np.int32),
        np.empty(count),
        np.empty(count, np.int32),
        np.empty(count if with_rise else 0),
    )


# --- the upper hull -----------------------------------------------------------------------------------------------


@inlined
def push(hull: npt.NDArray[np.integer[Any]], size: int, d: Floats, y: Floats, n: int) -> int:
    """Add point `n`, to the right of all others; returns the new size."""
    while size >= 2:
        a, b = hull[size - 2], hull[size - 1]
        if (y[b] - y[a]) * (d[n] - d[b]) > (y[n] - y[b]) * (d[b] - d[a]):
            break
        size -= 1
    hull[size] = n
    return size + 1


@inlined
def _touch(hull: Ints, size: int, d: Floats, y: Floats, x: float, height: float) -> int:
    """Place in the hull of the point with the steepest line from (`x`, `height`), which is to the right of all.

    The search begins at the right in steps that double: most receivers are held up by something near.
    """
    high, step = size - 1, 1
    if high == 0 or not _over(hull, high, d, y, x, height):
        return high
    low = high - step
    while low > 0 and _over(hull, low, d, y, x, height):
        step *= 2
        high, low = low, low - step
    low = max(low, 0)
    while low < high - 1:
        middle = (low + high) // 2
        if _over(hull, middle, d, y, x, height):
            high = middle
        else:
            low = middle
    return low


@inlined
def _over(hull: Ints, k: int, d: Floats, y: Floats, x: float, height: float) -> bool:
    """Whether (`x`, `height`) lies over the hull's edge that ends at place `k`, drawn on."""
    a, b = hull[k - 1], hull[k]
    return bool((height - y[b]) * (d[b] - d[a]) > (y[b] - y[a]) * (x - d[b]))


@inlined
def _furthest(hull: Ints, size: int, d: Floats, y: Floats, slope: float) -> int:
    """Place in the hull of the point highest above any line of this `slope`."""
    low, high = 0, size - 1
    while low < high:
        middle = (low + high) // 2
        a, b = hull[middle], hull[middle + 1]
        if y[b] - y[a] > slope * (d[b] - d[a]):
            low = middle + 1
        else:
            high = middle
    return low


# --- blocks -------------------------------------------------------------------------------------------------------


class Peaks(NamedTuple):
    """The highest point of each block, and of each big block."""

    small: Floats
    big: Floats


@jitable
def peaks(y: Floats) -> Peaks:
    """Highest `y` of each block of points."""
    small = _block_peaks(y)
    return Peaks(small, _block_peaks(small))


@jitable
def _block_peaks(y: Floats) -> Floats:
    highest = np.empty((len(y) + BLOCK - 1) // BLOCK)
    for i in range(len(y)):
        k = i // BLOCK
        highest[k] = y[i] if i % BLOCK == 0 else max(highest[k], y[i])
    return highest


@lean
def nearest(
    d: Floats, y: Floats, high: Peaks, n: int, start: float, straight: float, least: float
) -> tuple[float, int]:
    """The largest of (15) without the wavelength on the path to `n`, and its point; of equal ones the last.

    That is (y - ray) sqrt(d / (d_i (d - d_i))), for a ray from `start` with the slope `straight`. What is not above
    `least` is not looked for: then `least` and point 0.
    """
    best, at = least, 0
    last = n - 1
    while last >= 1:  # towards the transmitter: mostly the neighbourhood of the receiver decides
        big = last // (BLOCK * BLOCK)
        first = max(1, big * BLOCK * BLOCK)
        if _may_exceed(d, high.big[big], first, last, d[n], start, straight, best):
            best, at = _nearest_in_big(d, y, high.small, first, last, d[n], start, straight, best, at)
        last = first - 1
    return best, at


@lean
def nearest_beside(
    d: Floats, y: Floats, high: Peaks, n: int, start: float, straight: float, least: float, guess: int
) -> tuple[float, int]:
    """As `nearest`, sooner where the point `guess` is nearly it, as the neighbouring path's mostly is."""
    if 0 < guess < n:
        known = _scaled(d, y, guess, d[n], start, straight)
        # A little less, so that this very point is found, and of equal ones still the last.
        least = max(least, known - 1e-9 * abs(known) - 1e-12)
    return nearest(d, y, high, n, start, straight, least)


@inlined
def _scaled(d: Floats, y: Floats, i: int, length: float, start: float, straight: float) -> float:
    """Height over the ray, times the root of the path's length over the product of the distances to both ends."""
    above = y[i] - start - straight * d[i]
    return float(above * math.sqrt(length / (d[i] * (length - d[i]))))


@lean
def _nearest_in_big(
    d: Floats,
    y: Floats,
    high: Floats,
    first: int,
    last: int,
    length: float,
    start: float,
    straight: float,
    best: float,
    at: int,
) -> tuple[float, int]:
    while last >= first:
        block = last // BLOCK
        begin = max(first, block * BLOCK)
        if _may_exceed(d, high[block], begin, last, length, start, straight, best):
            for i in range(last, begin - 1, -1):
                if _exceeds(y[i] - start - straight * d[i], length, d[i] * (length - d[i]), best):
                    scaled = _scaled(d, y, i, length, start, straight)
                    if scaled > best:
                        best, at = scaled, i
        last = begin - 1
    return best, at


@inlined
def _may_exceed(
    d: Floats, peak: float, first: int, last: int, length: float, start: float, straight: float, best: float
) -> bool:
    """Whether `nearest` may find more than `best` in the points `first` to `last`, the highest of which is `peak`."""
    above = peak - start - min(straight * d[first], straight * d[last])
    # Below the ray the least scale counts: that of the point nearest to the middle.
    middle = min(max(length / 2.0, d[first]), d[last])
    return _exceeds(above, length, middle * (length - middle), best)


@inlined
def _exceeds(above: float, length: float, parts: float, best: float) -> bool:
    """Whether `above` sqrt(`length` / `parts`) may be more than `best`: a test without roots."""
    return above >= 0.0 or (best < 0.0 and above * above * length < best * best * parts)


@lean
def highest_between(
    d: Floats, y: Floats, high: Peaks, first: int, last: int, start: float, slope: float, least: float
) -> float:
    """Height of the point highest above a line from `start` with `slope`, of `first` to `last`; `least` or more."""
    best = least
    while last >= first:
        big = last // (BLOCK * BLOCK)
        begin = max(first, big * BLOCK * BLOCK)
        if high.big[big] - start - min(slope * d[begin], slope * d[last]) > best:
            best = _highest_in_big(d, y, high.small, begin, last, start, slope, best)
        last = begin - 1
    return best


@lean
def _highest_in_big(
    d: Floats, y: Floats, high: Floats, first: int, last: int, start: float, slope: float, best: float
) -> float:
    while last >= first:
        block = last // BLOCK
        begin = max(first, block * BLOCK)
        if high[block] - start - min(slope * d[begin], slope * d[last]) > best:
            for i in range(begin, last + 1):
                best = max(best, y[i] - start - slope * d[i])
        last = begin - 1
    return best


# --- sums ---------------------------------------------------------------------------------------------------------


@jitable
def smooth_fit(d: Floats, h: Floats) -> tuple[Floats, Floats]:
    """Heights h_st and h_sr of the straight line that fits each path's ground. Attachment 1, (85) to (88)."""
    count = len(h)
    hst, hsr = np.empty(count), np.empty(count)
    hst[0] = hsr[0] = h[0]
    v1 = v2 = 0.0
    for n in range(1, count):
        a, b, step = d[n - 1], d[n], d[n] - d[n - 1]
        v1 += step * (h[n] + h[n - 1])  # (85)
        v2 += step * (h[n] * (2.0 * b + a) + h[n - 1] * (b + 2.0 * a))  # (86)
        hst[n] = (2.0 * v1 * b - v2) / (b * b)  # (87)
        hsr[n] = (v2 - v1 * b) / (b * b)  # (88)
    return hst, hsr


@jitable
def stretches(d: Floats, zone: Bytes, least: int, most: int) -> tuple[Floats, Floats]:
    """The whole and the longest unbroken length of each path in the zones `least` to `most`, km. 3.6 and table 5.

    Each point stands for the path half way to its neighbours.
    """
    count = len(zone)
    whole, longest = np.zeros(count), np.zeros(count)
    total = run = best = 0.0
    before = least <= zone[0] <= most
    for n in range(1, count):
        half, now = (d[n] - d[n - 1]) / 2.0, least <= zone[n] <= most
        grown = (half if before else 0.0) + (half if now else 0.0)
        total += grown
        run = run + grown if before else grown
        best = max(best, run)
        whole[n], longest[n] = total, best
        if not now:
            run = 0.0
        before = now
    return whole, longest


# --- the smooth path ----------------------------------------------------------------------------------------------


@inlined
def sample_before(d: Floats, n: int, x: float) -> int:
    """The last point of 1 to n - 1 that is not beyond `x` km; 1 if there is none. Steps are mostly alike."""
    i = min(max(int(x / d[n] * n), 1), n - 1)
    while i < n - 1 and d[i + 1] <= x:
        i += 1
    while i > 1 and d[i] > x:
        i -= 1
    return i


@lean
def steepest_smooth(d: Floats, n: int, height: float, curve: float, from_far_end: bool) -> float:
    """S_tim (13) or, from the far end, S_rim (17) over a bare round Earth seen from `height` m: one of two points."""
    x = math.sqrt(height / curve)
    length = d[n]
    i = sample_before(d, n, length - x if from_far_end else x)
    j = min(i + 1, n - 1)
    one, other = (length - d[i], length - d[j]) if from_far_end else (d[i], d[j])
    return float(curve * length - min(curve * one + height / one, curve * other + height / other))


@lean
def nearest_smooth(d: Floats, n: int, hte: float, hre: float, curve: float) -> float:
    """The largest of (15), without the wavelength, over a bare round Earth that both ends see each other over.

    With u = sqrt(d_i / (d - d_i)) the function has one maximum; Newton's method comes near it, and the points beside
    decide.
    """
    length = d[n]
    u = _nearest_root(length, hte, hre, curve)
    i = sample_before(d, n, length * u * u / (1.0 + u * u))
    best = _scaled_smooth(d[i], length, hte, hre, curve)
    for way in (1, -1):
        j = i + way
        while 1 <= j < n:
            value = _scaled_smooth(d[j], length, hte, hre, curve)
            if value <= best:
                break
            best = value
            j += way
    return best


@lean
def _nearest_root(length: float, hte: float, hre: float, curve: float) -> float:
    u = math.sqrt(hte / hre)
    k = curve * length * length
    for _ in range(8):
        w = u * u
        t = 1.0 / (1.0 + w)
        bulge = k * u * t * t
        force = hte / u - hre * u - bulge * (w - 1.0)
        slope = -hte / u - hre * u - bulge * t * (6.0 * w - w * w - 1.0)
        step = min(0.7, max(-0.5, -force / slope)) if slope < 0.0 else 0.0
        u *= 1.0 + step
        if abs(step) < 1e-3:
            break
    return u


@inlined
def _scaled_smooth(x: float, length: float, hte: float, hre: float, curve: float) -> float:
    w = x * (length - x)
    return (curve * w - (hte * (length - x) + hre * x) / length) * math.sqrt(length / w)
