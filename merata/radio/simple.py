"""The simple radio model: free space, ground reflection and one equivalent edge, found by sweeping rays.

Loss between a site and a phone, in dB:

    free space (Friis)
    + sqrt(plane-earth excess² + edge loss²)        Blomquist and Ladell, 1974
    + clutter loss at the phone                     a setting, by land cover

- Free space: ITU-R P.525, 20 log10(4 π d / λ), d the slant distance.
- Plane-earth excess: how much 40 log10(d) - 20 log10(h1 h2) is above free space, never below 0; h1 is the antenna
  above the ground at the phone, at least above its own ground. This is what makes a link near flat ground weaker
  than free space although nothing stands in its way, from 4 π h1 h2 / λ on (2.3 km at 900 MHz from 40 m to 1.5 m).
- Edge loss: where the ground cuts the line of sight, the loss J(ν) of one knife edge (ITU-R P.526, § 4.1) at the
  place where the two horizons meet (Bullington, P.526 § 4.5.1, without its correction terms). The Earth's radius
  counts 4/3. Where nothing cuts the line of sight the edge loss is 0.

Against the measured curves of Okumura and Hata for open land (900 MHz, 40 m, 2 to 20 km) the model without clutter
is 4 to 9 dB too bright, most where it is near; the setting `sigma_db` stands for errors of that size.

The sweep: rays leave the site so densely that they are one pixel apart at the end. Along each ray the steepest
point so far is the site's horizon; the upper convex hull of the ground so far gives the phone's horizon by
bisection. So a pixel costs the same near the site and far from it.
"""

from __future__ import annotations

import math

import numba
import numpy as np
import numpy.typing as npt

#: Effective Earth radius, m: 4/3 of 6371 km.
EARTH_RADIUS_M = 4 / 3 * 6_371_000.0
#: Speed of light, m/s.
LIGHT_M_PER_S = 299_792_458.0

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]


@numba.njit(cache=True)
def knife_edge_db(nu: float) -> float:
    """The loss of one knife edge, J(ν) of ITU-R P.526 § 4.1, dB; 0 for ν of -0.78 and below."""
    if nu <= -0.78:
        return 0.0
    shifted = nu - 0.1
    return max(0.0, 6.9 + 20.0 * math.log10(math.sqrt(shifted * shifted + 1.0) + shifted))


@numba.njit(cache=True)
def free_space_db(distance_m: float, frequency_mhz: float) -> float:
    """The loss of free space between isotropic antennas (ITU-R P.525), dB."""
    wavelength_m = LIGHT_M_PER_S / (frequency_mhz * 1e6)
    return 20.0 * math.log10(4.0 * math.pi * distance_m / wavelength_m)


@numba.njit(cache=True)
def plane_earth_db(distance_m: float, height_1_m: float, height_2_m: float) -> float:
    """The loss over flat, reflecting ground far beyond the break point, dB; heights above that ground in m."""
    return 40.0 * math.log10(distance_m) - 20.0 * math.log10(height_1_m * height_2_m)


@numba.njit(cache=True)
def bullington_db(
    distance_m: float, tx_m: float, rx_m: float, tx_slope: float, rx_slope: float, wavelength_m: float
) -> float:
    """The loss of the edge where two horizons meet, dB.

    `tx_m` and `rx_m` are heights over one datum; `tx_slope` and `rx_slope` the steepest slopes (m/m) from each end
    to the ground between them, each looking towards the other end.
    """
    edge_m = (rx_m - tx_m + rx_slope * distance_m) / (tx_slope + rx_slope)
    edge_m = min(max(edge_m, 1e-3), distance_m - 1e-3)
    above_m = tx_m + tx_slope * edge_m - (tx_m * (distance_m - edge_m) + rx_m * edge_m) / distance_m
    nu = above_m * math.sqrt(2.0 * distance_m / (wavelength_m * edge_m * (distance_m - edge_m)))
    return knife_edge_db(nu)


@numba.njit(cache=True)
def ground_m(heights_m: Floats, row: float, column: float) -> float:
    """Height between pixel middles (bilinear), m; beyond the raster that of its edge, a void as 0."""
    rows, columns = heights_m.shape
    r = min(max(row, 0.0), rows - 1.0)
    c = min(max(column, 0.0), columns - 1.0)
    r0, c0 = int(r), int(c)
    r1, c1 = min(r0 + 1, rows - 1), min(c0 + 1, columns - 1)
    fr, fc = r - r0, c - c0
    upper = _solid(heights_m[r0, c0]) * (1.0 - fc) + _solid(heights_m[r0, c1]) * fc
    lower = _solid(heights_m[r1, c0]) * (1.0 - fc) + _solid(heights_m[r1, c1]) * fc
    return float(upper * (1.0 - fr) + lower * fr)


@numba.njit(cache=True)
def _solid(height_m: float) -> float:
    return 0.0 if math.isnan(height_m) else float(height_m)


@numba.njit(cache=True)
def _horizon_slope(
    x: npt.NDArray[np.float64], z: npt.NDArray[np.float64], hull: Ints, size: int, at_x: float, at_z: float
) -> float:
    """The steepest slope from a point right of an upper hull to that hull: slopes along it rise, then fall."""
    low, high = 0, size - 1
    while low < high:
        middle = (low + high) // 2
        here = (z[hull[middle]] - at_z) / (at_x - x[hull[middle]])
        after = (z[hull[middle + 1]] - at_z) / (at_x - x[hull[middle + 1]])
        if after >= here:
            low = middle + 1
        else:
            high = middle
    return float((z[hull[low]] - at_z) / (at_x - x[hull[low]]))


@numba.njit(cache=True)
def _push(x: npt.NDArray[np.float64], z: npt.NDArray[np.float64], hull: Ints, size: int, point: int) -> int:
    """The size of the upper hull once `point`, right of all its points, is taken in."""
    while size >= 2:
        a, b = hull[size - 2], hull[size - 1]
        if (z[b] - z[a]) * (x[point] - x[a]) > (z[point] - z[a]) * (x[b] - x[a]):
            break
        size -= 1
    hull[size] = point
    return size + 1


@numba.njit(cache=True)
def _sweep_ray(
    heights_m: Floats,
    row: float,
    column: float,
    angle: float,
    tx_m: float,
    rx_height_m: float,
    resolution_m: float,
    wavelength_m: float,
    out: Floats,
) -> None:
    steps = out.size
    x, z = np.empty(steps), np.empty(steps)
    hull = np.empty(steps, np.int32)
    size = 0
    steepest = -np.inf
    across, down = math.cos(angle), math.sin(angle)
    out[0] = 0.0
    for k in range(1, steps):
        x[k] = k * resolution_m
        z[k] = ground_m(heights_m, row + k * down, column + k * across) - x[k] * x[k] / (2 * EARTH_RADIUS_M)
        rx_m = z[k] + rx_height_m
        out[k] = 0.0
        if size > 0 and steepest > (rx_m - tx_m) / x[k]:
            rx_slope = _horizon_slope(x, z, hull, size, x[k], rx_m)
            out[k] = bullington_db(x[k], tx_m, rx_m, steepest, rx_slope, wavelength_m)
        steepest = max(steepest, (z[k] - tx_m) / x[k])
        size = _push(x, z, hull, size, k)


@numba.njit(cache=True, parallel=True)
def edge_loss_by_ray(
    heights_m: Floats,
    row: float,
    column: float,
    tx_m: float,
    rx_height_m: float,
    resolution_m: float,
    wavelength_m: float,
    rays: int,
    steps: int,
) -> Floats:
    """Edge loss on `rays` rays around a site, at `steps` distances of a pixel each: (rays, steps + 1), dB.

    `row` and `column` place the site in pixels (0 is the middle of the first), `tx_m` its antenna above sea level,
    `rx_height_m` the phone above its ground. Ray i leaves at the angle 2 π i / rays from east towards south.
    """
    out = np.empty((rays, steps + 1), np.float32)
    for i in numba.prange(rays):
        angle = 2.0 * math.pi * i / rays
        _sweep_ray(heights_m, row, column, angle, tx_m, rx_height_m, resolution_m, wavelength_m, out[i])
    return out


@numba.njit(cache=True)
def _between_rays(loss_db: Floats, d_row: float, d_column: float) -> float:
    """Edge loss at a pixel, bilinear in angle and distance between the swept places."""
    rays, nodes = loss_db.shape
    turn = math.atan2(d_row, d_column) / (2.0 * math.pi)
    at = (turn + (1.0 if turn < 0.0 else 0.0)) * rays
    far = min(math.sqrt(d_row * d_row + d_column * d_column), nodes - 1.0)
    i, k = int(at), int(far)
    fi, fk = at - i, far - k
    i0, i1 = i % rays, (i + 1) % rays
    k1 = min(k + 1, nodes - 1)
    near = loss_db[i0, k] * (1.0 - fi) + loss_db[i1, k] * fi
    beyond = loss_db[i0, k1] * (1.0 - fi) + loss_db[i1, k1] * fi
    return float(near * (1.0 - fk) + beyond * fk)


@numba.njit(cache=True)
def path_loss_db(
    distance_m: float,
    tx_height_m: float,
    tx_m: float,
    rx_ground_m: float,
    rx_height_m: float,
    frequency_mhz: float,
    edge_db: float,
) -> float:
    """Loss of a path without clutter, dB: see the formula at the top of this module."""
    climb_m = tx_m - rx_ground_m - rx_height_m
    slant_m = max(1.0, math.sqrt(distance_m * distance_m + climb_m * climb_m))
    friis_db = free_space_db(slant_m, frequency_mhz)
    ground_height_m = max(tx_height_m, tx_m - rx_ground_m)
    excess_db = max(0.0, plane_earth_db(max(distance_m, 1.0), ground_height_m, rx_height_m) - friis_db)
    return friis_db + math.sqrt(excess_db * excess_db + edge_db * edge_db)


@numba.njit(cache=True, parallel=True)
def keep_best(
    rsrp_dbm: Floats,
    best: Ints,
    site: int,
    heights_m: Floats,
    clutter_db: Floats,
    edge_db: Floats,
    row: float,
    column: float,
    tx_height_m: float,
    tx_m: float,
    rx_height_m: float,
    frequency_mhz: float,
    sent_dbm: float,
    resolution_m: float,
    radius_m: float,
) -> None:
    """Write a site's received power (dBm, to 0.1 dB) where it is stronger than what is there; a tie changes nothing."""
    rows, columns = rsrp_dbm.shape
    reach = radius_m / resolution_m
    first, last = max(0, math.ceil(row - reach)), min(rows - 1, math.floor(row + reach))
    for r in numba.prange(max(0, last - first + 1)):
        d_row = first + r - row
        half = math.sqrt(max(0.0, reach * reach - d_row * d_row))
        for c in range(max(0, math.ceil(column - half)), min(columns - 1, math.floor(column + half)) + 1):
            d_column = c - column
            distance_m = math.sqrt(d_row * d_row + d_column * d_column) * resolution_m
            loss_db = path_loss_db(
                distance_m,
                tx_height_m,
                tx_m,
                _solid(heights_m[first + r, c]),
                rx_height_m,
                frequency_mhz,
                _between_rays(edge_db, d_row, d_column),
            )
            power = np.float32(round((sent_dbm - loss_db - clutter_db[first + r, c]) * 10.0) / 10.0)
            if math.isnan(rsrp_dbm[first + r, c]) or power > rsrp_dbm[first + r, c]:
                rsrp_dbm[first + r, c] = power
                best[first + r, c] = site
