"""What Recommendation ITU-R P.1812-8 reads off one path profile: zones, smooth surfaces, horizons, Bullington's edges.

Plain NumPy over the whole profile, to be read beside Attachment 1. Distances `d` are in km from the transmitter,
heights in m above sea level: `h` of the bare ground, `g` with what stands on it. Point 0 is the transmitter, the
last the receiver.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from merata.radio._p1812_terms import EARTH_KM, Edge, Path, beta0

SEA, COASTAL_LAND, INLAND = 1, 3, 4

Floats = npt.NDArray[np.float64]
Zones = npt.NDArray[np.int64]


class Traced(NamedTuple):
    """A path as the formulae take it, and what was found on the way."""

    path: Path
    dtm: float
    """The longest stretch of land, km."""
    hst: float
    """Height of the smooth surface at the transmitter, m (87)."""
    hsr: float
    """The same at the receiver, m (88)."""
    in_sight: bool
    """Whether the bare ground lets the two ends see each other at the median refraction (76)."""


class Horizons(NamedTuple):
    """What each end sees, and between which points the roughness is looked at."""

    theta_t: float
    theta_r: float
    lt: int
    lr: int
    in_sight: bool


def trace(
    d: Floats,
    h: Floats,
    clutter: Floats,
    zone: Zones,
    htg: float,
    hrg: float,
    latitude: float,
    ae: float,
    ab: float,
    dct: float,
    dcr: float,
) -> Traced:
    """All that the formulae need of a profile. `htg` and `hrg` are heights above ground, `ae` and `ab` radii in km.

    A terminal at sea is at the coast whatever `dct` or `dcr` says (section 3.2).
    """
    length = float(d[-1])
    hts, hrs = float(h[0]) + htg, float(h[-1]) + hrg
    g = with_clutter(h, clutter)
    hst, hsr = smooth_surface(d, h)
    hstd, hsrd = diffraction_surface(d, h, hts, hrs, hst, hsr)
    low_t, low_r = min(hst, float(h[0])), min(hsr, float(h[-1]))  # (92)
    seen = horizons(d, h, hts, hrs, ae)
    dtm = longest(d, zone != SEA)
    dlm = longest(d, zone == INLAND)
    flat = np.zeros_like(g)
    path = Path(
        d=length,
        hts=hts,
        hrs=hrs,
        hte_d=hts - hstd,  # (37a)
        hre_d=hrs - hsrd,  # (37b)
        hte=hts - low_t,  # (94a)
        hre=hrs - low_r,  # (94b)
        hm=roughness(d, h, low_t, low_r, seen.lt, seen.lr),
        dlt=float(d[seen.lt]),  # (80)
        dlr=length - float(d[seen.lr]),  # (83)
        theta_t=seen.theta_t,
        theta_r=seen.theta_r,
        omega=share(d, zone == SEA),
        dlm=dlm,
        b0=beta0(latitude, dtm, dlm),
        dct=0.0 if zone[0] == SEA else dct,
        dcr=0.0 if zone[-1] == SEA else dcr,
        rough=edge(d, g, hts, hrs, ae),
        smooth=edge(d, flat, hts - hstd, hrs - hsrd, ae),
        rough_b=edge(d, g, hts, hrs, ab),
        smooth_b=edge(d, flat, hts - hstd, hrs - hsrd, ab),
    )
    return Traced(path, dtm, hst, hsr, seen.in_sight)


def with_clutter(h: Floats, clutter: Floats) -> Floats:
    """Heights with what stands on the ground, but for the two ends. Section 3.2, (1)."""
    g = h + clutter
    g[[0, -1]] = h[[0, -1]]
    return g


# --- 3.6 and table 5: zones ---------------------------------------------------------------------------------------


def _widths(d: Floats) -> Floats:
    """The stretch that each point stands for, km: half way to either neighbour."""
    middles = (d[1:] + d[:-1]) / 2
    return np.diff(np.concatenate(([d[0]], middles, [d[-1]])))


def share(d: Floats, inside: npt.NDArray[np.bool_]) -> float:
    """The share of the path that `inside` marks, 0 to 1; omega when it marks the sea."""
    return min(1.0, float(_widths(d)[inside].sum() / d[-1]))


def longest(d: Floats, inside: npt.NDArray[np.bool_]) -> float:
    """The longest unbroken stretch that `inside` marks, km; d_tm and d_lm of section 3.6."""
    total = np.concatenate(([0.0], np.cumsum(_widths(d))))
    change = np.diff(np.concatenate(([0], inside.astype(np.int8), [0])))
    starts, ends = np.flatnonzero(change == 1), np.flatnonzero(change == -1)
    return float((total[ends] - total[starts]).max(initial=0.0))


def middle_latitude(tx_lat: float, tx_lon: float, rx_lat: float, rx_lon: float, length_km: float) -> float:
    """Latitude half the path's length from the transmitter along the great circle, degrees. Section 3.6."""
    t, r, east = np.radians([tx_lat, rx_lat, rx_lon - tx_lon])
    north = np.cos(t) * np.sin(r) - np.sin(t) * np.cos(r) * np.cos(east)
    bearing = np.arctan2(np.cos(r) * np.sin(east), north)
    half = length_km / 2 / EARTH_KM
    sine = np.sin(t) * np.cos(half) + np.cos(t) * np.sin(half) * np.cos(bearing)
    return float(np.degrees(np.arcsin(np.clip(sine, -1.0, 1.0))))


# --- Attachment 1: smooth surfaces, horizons, roughness -----------------------------------------------------------


def smooth_surface(d: Floats, h: Floats) -> tuple[float, float]:
    """Heights at both ends of the line that fits the ground best, m. Attachment 1, (85) to (88)."""
    step, length = np.diff(d), d[-1]
    v1 = (step * (h[1:] + h[:-1])).sum()  # (85)
    v2 = (step * (h[1:] * (2 * d[1:] + d[:-1]) + h[:-1] * (d[1:] + 2 * d[:-1]))).sum()  # (86)
    return float((2 * v1 * length - v2) / length**2), float((v2 - v1 * length) / length**2)  # (87), (88)


def diffraction_surface(
    d: Floats, h: Floats, hts: float, hrs: float, hst: float, hsr: float
) -> tuple[float, float]:
    """Heights of the diffraction model's smooth surface, h_std and h_srd, m. Attachment 1, (89) to (91)."""
    length, inner = d[-1], d[1:-1]
    above = h[1:-1] - (hts * (length - inner) + hrs * inner) / length  # (89d)
    hobs = above.max()  # (89a)
    if hobs > 0:
        obt, obr = (above / inner).max(), (above / (length - inner)).max()  # (89b), (89c)
        hst -= hobs * obt / (obt + obr)  # (90c), (90e)
        hsr -= hobs * obr / (obt + obr)  # (90d), (90f)
    return min(float(hst), float(h[0])), min(float(hsr), float(h[-1]))  # (91)


def horizons(d: Floats, h: Floats, hts: float, hrs: float, ae: float) -> Horizons:
    """Elevation of each end's horizon, mrad, and the points where they are. Attachment 1, (76) to (83).

    In sight both are the point nearest to the ray by (81), of equal ones the last; beyond the horizon, of equal ones
    the first seen from either end.
    """
    length, inner = d[-1], d[1:-1]
    seen_t = _elevation(h[1:-1] - hts, inner, ae)  # (77)
    straight_t = float(_elevation(hrs - hts, length, ae))  # (78)
    theta_t = float(seen_t.max())  # (76)
    if theta_t > straight_t:
        seen_r = _elevation(h[1:-1] - hrs, length - inner, ae)  # (82)
        lt, lr = 1 + int(seen_t.argmax()), len(d) - 2 - int(seen_r[::-1].argmax())
        # Of points on one straight ray, rounding may pick the further one from both ends.
        return Horizons(theta_t, float(seen_r.max()), min(lt, lr), max(lt, lr), False)
    nearest = len(d) - 2 - int(_clearances(d, h, hts, hrs, ae)[::-1].argmax())
    return Horizons(straight_t, float(_elevation(hts - hrs, length, ae)), nearest, nearest, True)  # (81)


def _elevation(above_m: Floats | float, distance_km: Floats | float, ae: float) -> Floats:
    """Angle at which something `above_m` higher is seen over a round Earth, mrad."""
    return 1000 * np.arctan(np.asarray(above_m) / (1000 * distance_km) - distance_km / (2 * ae))


def roughness(d: Floats, h: Floats, low_t: float, low_r: float, lt: int, lr: int) -> float:
    """h_m: how far the ground between the horizons rises over the smooth surface, m. Attachment 1, (93) and (95)."""
    slope = (low_r - low_t) / d[-1]  # (93)
    return float((h[lt : lr + 1] - (low_t + slope * d[lt : lr + 1])).max())


# --- 4.3.1: Bullington --------------------------------------------------------------------------------------------


def edge(d: Floats, g: Floats, hts: float, hrs: float, ap: float) -> Edge:
    """The maxima for Bullington's construction over `g`, Earth radius `ap` km. Section 4.3.1, (13) to (17)."""
    length, inner = d[-1], d[1:-1]
    bulged = g[1:-1] + 500 / ap * inner * (length - inner)
    return Edge(
        stim=float(((bulged - hts) / inner).max()),  # (13)
        srim=float(((bulged - hrs) / (length - inner)).max()),  # (17)
        worst=float(_clearances(d, g, hts, hrs, ap).max()),  # (15)
    )


def _clearances(d: Floats, g: Floats, hts: float, hrs: float, ap: float) -> Floats:
    """Height of each point above the ray over the width of the Fresnel zones there, without the wavelength. (15)."""
    length, inner = d[-1], d[1:-1]
    above = g[1:-1] + 500 / ap * inner * (length - inner) - (hts * (length - inner) + hrs * inner) / length
    scaled: Floats = above * np.sqrt(length / (inner * (length - inner)))
    return scaled
