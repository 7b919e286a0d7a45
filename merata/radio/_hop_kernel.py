"""Clearance of many hops at once over terrain and trees, and the lowest antennas that clear them: compiled kernels."""

from __future__ import annotations

import math

import numba
import numpy as np
import numpy.typing as npt

from merata.radio._compile import kernel, lean
from merata.radio._p1812_terms import EARTH_KM
from merata.radio._scans import push

Floats = npt.NDArray[np.float64]
Heights = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]

#: Columns of what `clearances` gives for each pair.
(
    DISTANCE_KM,
    GROUND_A_M,
    GROUND_B_M,
    MEDIAN,
    MEDIAN_AT_KM,
    MEDIAN_CLUTTER_M,
    LOW,
    LOW_AT_KM,
    LOW_CLUTTER_M,
    VOIDS,
) = range(10)
#: A height that passes its limit by so little keeps it.
ROUNDING_M = 1e-6
#: First Fresnel radius at 1 GHz: 17.3 √(d1 d2 / d) m (P.530 section 2.2.1).
FRESNEL_M = 17.3


@lean
def height_at(heights_m: Heights, row: float, column: float) -> float:
    """Height between the four pixels around a point, m; a corner without weight does not count; NaN in a void."""
    top = min(max(math.floor(row), 0), max(heights_m.shape[0] - 2, 0))
    left = min(max(math.floor(column), 0), max(heights_m.shape[1] - 2, 0))
    down, right = row - top, column - left
    total = 0.0
    if (1.0 - down) * (1.0 - right) > 1e-9:
        total += heights_m[top, left] * (1.0 - down) * (1.0 - right)
    if (1.0 - down) * right > 1e-9:
        total += heights_m[top, left + 1] * (1.0 - down) * right
    if down * (1.0 - right) > 1e-9:
        total += heights_m[top + 1, left] * down * (1.0 - right)
    if down * right > 1e-9:
        total += heights_m[top + 1, left + 1] * down * right
    return total


@lean
def hull_at_middle(x: Floats, y: Floats, stack: Integers) -> tuple[float, float]:
    """Ends (x = 0 and x = 1) of the line that lies over all points and is lowest at x = 0.5.

    That line holds the edge of the upper hull over the middle. `x` ascends from 0 to 1.
    """
    top = 0
    for i in range(len(x)):
        top = push(stack, top, x, y, i)
    at = 1
    while at < top - 1 and x[stack[at]] < 0.5:
        at += 1
    a, b = stack[at - 1], stack[at]
    slope = (y[b] - y[a]) / (x[b] - x[a])
    if x[b] == 0.5 and at < top - 1:
        # A corner right in the middle: every line through it between both edges is as low; the most level is best.
        c = stack[at + 1]
        slope = min(max((y[c] - y[b]) / (x[c] - x[b]), 0.0), slope)
    return y[b] - slope * x[b], y[b] + slope * (1.0 - x[b])


@lean
def other_end(x: Floats, y: Floats, known: float, at_start: bool) -> float:
    """The lowest other end of a line of which one end is `known` and that lies over all points between."""
    most = -np.inf
    for i in range(1, len(x) - 1):
        share = x[i] if at_start else 1.0 - x[i]
        most = max(most, (y[i] - (1.0 - share) * known) / share)
    return most


@lean
def lowest_heights(x: Floats, y: Floats, limits_m: Floats, stack: Integers) -> tuple[float, float]:
    """Antenna heights at both ends, m, that clear all points with the smallest sum, within the limits if it can be.

    `y` is what each point between the ends asks of the line between the antennas, over the line between the feet;
    its first and last are set here. `limits_m` is least and most for either end. The sum is a convex function of one
    end's height, so that a limit that is passed is where the best lies. Where the limits can't be kept, the heights
    without the upper ones are given.
    """
    last = len(x) - 1
    y[0], y[last] = limits_m[0, 0], limits_m[1, 0]
    start, end = hull_at_middle(x, y, stack)
    if start > limits_m[0, 1]:
        other = max(other_end(x, y, limits_m[0, 1], True), limits_m[1, 0])
        if other <= limits_m[1, 1] + ROUNDING_M:
            return limits_m[0, 1], other
    elif end > limits_m[1, 1]:
        other = max(other_end(x, y, limits_m[1, 1], False), limits_m[0, 0])
        if other <= limits_m[0, 1] + ROUNDING_M:
            return other, limits_m[1, 1]
    return start, end


@lean
def sample(
    heights_m: Heights, clutter_m: Heights, ends: Floats, x: Floats, bare: Floats, cover: Floats
) -> int:
    """Fill `bare` and `cover` (m) along the straight line between two pixels; how many points have no height.

    `ends` is row and column of the first end, then of the second; `x` goes from 0 to 1.
    """
    voids = 0
    for i in range(len(x)):
        row = ends[0] + (ends[2] - ends[0]) * x[i]
        column = ends[1] + (ends[3] - ends[1]) * x[i]
        bare[i] = height_at(heights_m, row, column)
        cover[i] = clutter_m[round(row), round(column)]
        if math.isnan(bare[i]):
            voids += 1
    return voids


@lean
def obstacles(x: Floats, bare: Floats, cover: Floats, km: float, k: float, y: Floats) -> None:
    """Fill `y`: how far ground, trees and the Earth's bulge stand over the line between the feet, m."""
    last = len(x) - 1
    for i in range(1, last):
        line = bare[0] * (1.0 - x[i]) + bare[last] * x[i]
        bulge = 1000.0 * km * km * x[i] * (1.0 - x[i]) / (2.0 * EARTH_KM * k)
        y[i] = bare[i] + cover[i] - line + bulge


@lean
def least_clearance(
    x: Floats, y: Floats, fresnel: Floats, height_a: float, height_b: float
) -> tuple[float, int]:
    """The least free part of the first Fresnel radius between the ends, and the point where it is."""
    least, at = np.inf, 0
    for i in range(1, len(x) - 1):
        free = (height_a * (1.0 - x[i]) + height_b * x[i] - y[i]) / fresnel[i]
        if free < least:
            least, at = free, i
    return least, at


@kernel(parallel=True, error_model="numpy")
def clearances(
    heights_m: Heights,
    clutter_m: Heights,
    resolution_m: float,
    step_m: float,
    ends: Floats,
    antennas_m: Floats,
    ks: Floats,
    wanted: Floats,
    frequencies_ghz: Floats,
    limits_m: Floats,
) -> tuple[Floats, Floats]:
    """Clearance of every pair of sites, and the lowest antennas for each frequency.

    Parameters
    ----------
    ends, antennas_m
        (pairs, 4) row and column of both ends, inside of the map; (pairs, 2) heights above ground, m.
    ks, wanted
        (pairs, 2) k at the median and at low k; the part of the first Fresnel radius that must be free at each.
    limits_m
        The least and the most that an antenna may be above ground, (pairs, 2, 2): end, then least and most.

    Returns
    -------
    (pairs, 10) by the column names above: clearances are parts of the first Fresnel radius at 1 GHz (multiply by
    √GHz), VOIDS the points without height (then the rest is NaN); and (pairs, frequencies, 2) heights, m.

    """
    pairs, bands = len(ends), len(frequencies_ghz)
    facts = np.full((pairs, 10), np.nan)
    lowest = np.full((pairs, bands, 2), np.nan)
    for pair in numba.prange(pairs):
        rows, columns = ends[pair, 2] - ends[pair, 0], ends[pair, 3] - ends[pair, 1]
        km = math.hypot(rows, columns) * resolution_m / 1000.0
        count = max(math.ceil(km * 1000.0 / step_m), 4) + 1
        x = np.arange(count) / (count - 1)
        bare, cover = np.empty(count), np.empty(count)
        facts[pair, DISTANCE_KM] = km
        facts[pair, VOIDS] = sample(heights_m, clutter_m, ends[pair], x, bare, cover)
        if facts[pair, VOIDS] > 0:
            continue
        facts[pair, GROUND_A_M], facts[pair, GROUND_B_M] = bare[0], bare[count - 1]
        fresnel = FRESNEL_M * np.sqrt(km * x * (1.0 - x))
        y = np.zeros((2, count))
        for j in range(2):
            obstacles(x, bare, cover, km, ks[pair, j], y[j])
            free, at = least_clearance(x, y[j], fresnel, antennas_m[pair, 0], antennas_m[pair, 1])
            facts[pair, MEDIAN + 3 * j] = free
            facts[pair, MEDIAN_AT_KM + 3 * j] = km * x[at]
            facts[pair, MEDIAN_CLUTTER_M + 3 * j] = cover[at]
        asked, stack = np.empty(count), np.empty(count, np.int64)
        for band in range(bands):
            radius = fresnel / math.sqrt(frequencies_ghz[band])
            for i in range(1, count - 1):
                asked[i] = max(y[0, i] + wanted[pair, 0] * radius[i], y[1, i] + wanted[pair, 1] * radius[i])
            lowest[pair, band] = lowest_heights(x, asked, limits_m[pair], stack)
    return facts, lowest
