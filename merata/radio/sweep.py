"""Basic transmission loss from one site to every pixel around it, by every term of ITU-R P.1812-8, at a flat cost."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

from merata.errors import InputError
from merata.radio import _p1812_terms as terms
from merata.radio import _radial, _rays
from merata.radio._p1812_check import check_numbers, checked_frequencies, checked_profile, number
from merata.radio._survey import Air, Land
from merata.radio.land import Ground
from merata.radio.path import PathSettings

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SiteLoss:
    """Loss from one site, over the window of the grid that its radius covers."""

    loss_db: npt.NDArray[np.float32]
    """(bands, rows, columns) basic transmission loss, dB; NaN beyond the radius and where the ground is not known."""
    clear: npt.NDArray[np.bool_]
    """(rows, columns) whether ground and clutter let the site and a receiver there see each other."""
    row0: int
    """The window's first row in the grid."""
    column0: int


def radial_loss_db(
    distance_km: npt.ArrayLike,
    height_m: npt.ArrayLike,
    clutter_m: npt.ArrayLike,
    zone: npt.ArrayLike,
    tx_height_m: float,
    frequencies_mhz: Sequence[float],
    path: PathSettings,
) -> npt.NDArray[np.float64]:
    """Basic transmission loss from the first point of a profile to each of its points (ITU-R P.1812-8).

    Parameters
    ----------
    distance_km, height_m, clutter_m, zone
        (points,) the profile, as for `merata.radio.p1812.basic_transmission_loss`; the receiver stands at each point
        in turn, and what is beyond it does not count.
    tx_height_m
        Height of the transmitting antenna above ground, m.
    frequencies_mhz
        The bands, 30 to 6000 MHz.
    path
        What holds for all paths.

    Returns
    -------
    (points, bands) dB; the same within 0.01 dB as one path at a time. NaN for the first two points: a path has three.

    Raises
    ------
    InputError
        A profile or number that can't be; names the argument, the point or band and the value.

    """
    d, h, clutter, zones = checked_profile(distance_km, height_m, clutter_m, zone, "")
    check_numbers("", tx_height_m=tx_height_m, rx_height_m=path.rx_height_m)
    bands, air = bands_of(frequencies_mhz, path), air_of(path)
    land = Land(h, h + clutter, zones.astype(np.uint8), float(tx_height_m), float(path.rx_height_m))
    out = np.full((len(d), len(bands)), np.nan, np.float32)
    _radial.losses(land, _rays.steps_of(d, air), air, bands, 2, out, np.zeros(len(d), bool))
    climb_km = (h[0] + tx_height_m - h - path.rx_height_m) / 1000
    with np.errstate(divide="ignore"):
        free = 10 * np.log10(d**2 + climb_km**2)
    whole: Floats = out + free[:, None] + bands[:, 4]
    return whole


def site_loss(
    ground: Ground,
    row: float,
    column: float,
    tx_height_m: float,
    frequencies_mhz: Sequence[float],
    path: PathSettings,
    radius_km: float,
    ray_spacing: float = 1.0,
) -> SiteLoss:
    """Basic transmission loss from a site to every pixel within `radius_km` (ITU-R P.1812-8).

    Rays leave the site with points one pixel apart; each point's loss is that of P.1812 for the profile along the
    ray. A pixel takes what the ground does to the signal from the two nearest rays and distances, and free space
    from its own place.

    Parameters
    ----------
    ground
        Terrain, clutter and zones.
    row, column
        Where the site is, in pixels of the grid; whole numbers are the middles of pixels.
    tx_height_m
        Height of the antenna above ground, 1 to 3000 m.
    frequencies_mhz
        The bands, 30 to 6000 MHz.
    path
        What holds for all paths.
    radius_km
        How far to look.
    ray_spacing
        Distance between rays at the radius, in pixels; nearer they stand half as far to as far apart.

    Returns
    -------
    The losses. A ray ends at the border of the grid and at the first void that it meets: what lies behind is NaN.

    Raises
    ------
    InputError
        A number that can't be, or a site outside the grid or in a void; names the value.

    """
    _check_site(ground, row, column, radius_km, ray_spacing)
    row, column = float(row) + 0.5, float(column) + 0.5  # from here on from the grid's corner
    check_numbers("", tx_height_m=tx_height_m, rx_height_m=path.rx_height_m)
    bands, air = bands_of(frequencies_mhz, path), air_of(path)
    pixel_km = ground.grid.resolution_m / 1000
    radius = radius_km / pixel_km
    reach = np.concatenate(([0.0, 0.5], np.arange(1.0, math.ceil(radius) + 2)))
    rays, stride = _fan(reach, radius, ray_spacing)
    polar = np.full((rays, len(reach), len(bands)), np.nan, np.float32)
    sight = np.zeros((rays, len(reach)), bool)
    htg, hrg = float(tx_height_m), float(path.rx_height_m)
    steps = _rays.steps_of(reach * pixel_km, air)
    shared_out(
        rays, _rays.ray_losses, ground.heights_m, ground.clutter_m, ground.zone, row, column, htg, hrg,
        reach, stride, rays, steps, air, bands, polar, sight,
    )  # fmt: skip
    row0, row1 = _window(row, radius, ground.grid.height)
    column0, column1 = _window(column, radius, ground.grid.width)
    loss = np.full((len(bands), row1 - row0, column1 - column0), np.nan, np.float32)
    clear = np.zeros(loss.shape[1:], bool)
    hts = float(_rays.height_at(ground.heights_m, row, column)) + htg
    shared_out(
        row1 - row0, _rays.to_pixels, ground.heights_m, row, column, row0, column0, radius, pixel_km, hts, hrg,
        stride, polar, sight, np.ascontiguousarray(bands[:, 4]), loss, clear,
    )  # fmt: skip
    return SiteLoss(loss, clear, row0, column0)


def shared_out(count: int, kernel: Callable[..., None], *arguments: object) -> None:
    """Run `kernel(begin, end, *arguments)` over 0 to `count` in as many threads as Numba would use.

    Each thread writes to places of its own, so their number and order change nothing; and a caller may have threads.
    """
    threads = numba.get_num_threads()
    if threads == 1:
        kernel(0, count, *arguments)
        return
    edges = np.linspace(0, count, min(count, 4 * threads) + 1).astype(int).tolist()
    with ThreadPoolExecutor(threads) as pool:
        for part in [pool.submit(kernel, *pair, *arguments) for pair in itertools.pairwise(edges)]:
            part.result()


def _fan(reach: Floats, radius: float, spacing: float) -> tuple[int, npt.NDArray[np.int64]]:
    """How many rays, and at each point every how many of them: a power of two, so that none is further apart."""
    wanted = max(8.0, 2 * math.pi * radius / spacing)
    halvings = int(math.log2(wanted / 8))
    rays = math.ceil(wanted / 2**halvings) * 2**halvings
    apart = np.floor(np.log2(np.maximum(rays * spacing / (2 * math.pi * np.maximum(reach, 0.5)), 1)))
    return rays, 2 ** np.minimum(apart, halvings).astype(np.int64)


def _window(middle: float, radius: float, size: int) -> tuple[int, int]:
    return max(0, math.floor(middle - radius)), min(size, math.ceil(middle + radius))


def air_of(path: PathSettings) -> Air:
    """What holds for all paths alike, as the kernels have it."""
    ae, ab = terms.effective_radii(path.delta_n)
    numbers = (path.time_percent, path.n0, ae, ab, path.latitude_deg, path.coast_km)
    return Air(*(float(number) for number in numbers))


def bands_of(frequencies_mhz: Sequence[float], path: PathSettings) -> Floats:
    """A `terms.Band` in each row."""
    vertical = path.polarization == "vertical"
    return np.array([terms.band(mhz / 1000, vertical) for mhz in checked_frequencies(frequencies_mhz)])


def _check_site(ground: Ground, row: float, column: float, radius_km: float, ray_spacing: float) -> None:
    for key, value in (
        ("row", row),
        ("column", column),
        ("radius_km", radius_km),
        ("ray_spacing", ray_spacing),
    ):
        number("", key, value)
    rows, columns = ground.grid.shape
    if not (-0.5 <= row < rows - 0.5 and -0.5 <= column < columns - 0.5):
        raise InputError(
            f"the site is at row {row:g}, column {column:g}; the grid has {rows} rows and {columns} columns"
        )
    if np.isnan(ground.heights_m[math.floor(row + 0.5), math.floor(column + 0.5)]):
        raise InputError(
            f"the ground has no known height at row {row:g}, column {column:g}, where the site is"
        )
    if not (ground.grid.resolution_m / 1000 <= radius_km <= 1000):
        least = ground.grid.resolution_m / 1000
        raise InputError(f"radius_km is {radius_km:g}; expected one pixel ({least:g} km) to 1000 km")
    if not 0.1 <= ray_spacing <= 10:
        raise InputError(f"ray_spacing is {ray_spacing:g}; expected 0.1 to 10 pixels")
