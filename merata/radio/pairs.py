"""Basic transmission loss between many pairs of a site and a place, by every term of ITU-R P.1812-8, a path each."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from merata.radio import _radial
from merata.radio import _survey as survey
from merata.radio._compile import kernel
from merata.radio._rays import height_at
from merata.radio._survey import Air, Land
from merata.radio.land import Ground
from merata.radio.path import PathSettings
from merata.radio.sweep import air_of, bands_of, shared_out

Floats = npt.NDArray[np.float64]

#: Points of a path, at least, but for the one beyond the place.
_LEAST_STEPS = 4
#: Nobody lives in the tower: a place is at least so far from a site, pixels.
_LEAST_PIXELS = 0.5


class PairLoss(NamedTuple):
    """What lies between the ends of pairs; NaN across a void, or where an end is outside of the map."""

    loss_db: Floats
    """Basic transmission loss, dB: the middle one of the place and a pixel nearer and farther on the path."""
    from_m: Floats
    """Ground at the site above sea level, m."""
    to_m: Floats
    """Ground at the place, m."""
    km: Floats


def pair_losses(
    ground: Ground,
    site: tuple[npt.ArrayLike, npt.ArrayLike],
    height_m: npt.ArrayLike,
    place: tuple[npt.ArrayLike, npt.ArrayLike],
    frequency_mhz: float,
    path: PathSettings,
) -> PairLoss:
    """Basic transmission loss from sites to places (ITU-R P.1812-8), one for each pair.

    Parameters
    ----------
    ground
        Terrain, clutter and zones.
    site, place
        Rows and columns of the two ends of each pair, in pixels; whole numbers are the middles of pixels.
    height_m
        Of the site's antenna above ground, 1 to 3000 m.
    frequency_mhz
        30 to 6000 MHz.
    path
        What holds for all paths; its `rx_height_m` is that of the places.

    Returns
    -------
    Heights between pixels are interpolated; clutter and zone are those of the pixel. A path's points are a pixel apart
    or less.

    """
    ends = np.broadcast_arrays(*(np.asarray(x, np.float64) for x in (*site, *place, height_m)))
    pairs = np.ascontiguousarray(np.column_stack([end.ravel() for end in ends]))
    bands = bands_of([frequency_mhz], path)
    out = np.full((len(pairs), 4), np.nan)
    if len(pairs):
        shared_out(
            len(pairs), _losses, ground.heights_m, ground.clutter_m, ground.zone, pairs,
            ground.grid.resolution_m / 1000, float(path.rx_height_m), air_of(path), bands, out,
        )  # fmt: skip
    return PairLoss(*out.T)


@kernel(nogil=True, error_model="numpy")
def _losses(
    begin: int,
    end: int,
    heights: npt.NDArray[np.float32],
    clutter: npt.NDArray[np.float32],
    zone: npt.NDArray[np.uint8],
    pairs: Floats,
    pixel_km: float,
    hrg: float,
    air: Air,
    bands: Floats,
    out: Floats,
) -> None:
    """Into `out` (pairs, 4) the fields of `PairLoss`, for the pairs `begin` to `end` - 1."""
    rows, columns = heights.shape
    for i in range(begin, end):
        row, column, to_row, to_column, htg = pairs[i]
        here = -0.5 <= row < rows - 0.5 and -0.5 <= column < columns - 0.5
        there = -0.5 <= to_row < rows - 0.5 and -0.5 <= to_column < columns - 0.5
        if not (here and there):
            continue
        down, right = to_row - row, to_column - column
        length = math.sqrt(down * down + right * right)
        if length < _LEAST_PIXELS:
            down, right, length = 0.0, _LEAST_PIXELS, _LEAST_PIXELS
        steps = max(math.ceil(length), _LEAST_STEPS)
        count = steps + 2
        d, h, g = np.empty(count), np.empty(count), np.empty(count)
        kind = np.empty(count, np.uint8)
        for n in range(count):
            # The point beyond the place may be beyond the map as well: there the last pixel goes on.
            r = min(max(row + down * n / steps, 0.0), rows - 1.0)
            c = min(max(column + right * n / steps, 0.0), columns - 1.0)
            d[n] = length * n / steps * pixel_km
            h[n] = height_at(heights, r + 0.5, c + 0.5)
            g[n] = h[n] + clutter[round(r), round(c)]
            kind[n] = zone[round(r), round(c)]
        if np.isnan(h[: count - 1]).any():
            continue
        if math.isnan(h[count - 1]):
            h[count - 1], g[count - 1] = h[count - 2], g[count - 2]
        found = np.empty((count, 1), np.float32)
        land = Land(h, g, kind, htg, hrg)
        first = count - 3
        _radial.losses(land, survey.steps_of(d, air), air, bands, first, found, np.empty(count, np.bool_))
        three = np.empty(3)
        for k in range(3):
            n = first + k
            climb_km = (h[0] + htg - h[n] - hrg) / 1000.0
            three[k] = found[n, 0] + 10.0 * math.log10(d[n] ** 2 + climb_km**2) + bands[0, 4]
        out[i, 0] = np.median(three)
        out[i, 1], out[i, 2], out[i, 3] = h[0], h[steps], d[steps]
