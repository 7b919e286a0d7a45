"""Everything that P.1812 reads off the ground for the paths to all points of one radial, found in a few walks."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from merata.radio import _p1812_terms as terms
from merata.radio import _scans as scans
from merata.radio._compile import inlined, jitable

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]

SEA, COASTAL_LAND, INLAND = 1, 3, 4

#: Rows of `Survey.found`: heights of both ends over the smooth surface for diffraction (37), the smooth surface for
#: ducting (92), horizons (79), (82), (80), (83), share of sea, longest stretches of land and inland, and the three
#: numbers of a `terms.Edge` at the median and for beta_0. The receiver's horizon is 0 km away where both are one
#: point, whose place only ducting asks for: then the transmitter's has the length of the path.
HTE_D, HRE_D, LOW_T, LOW_R, THETA_T, THETA_R, DLT, DLR, OMEGA, DTM, DLM, ROUGH, ROUGH_B, ROWS = (
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 17,
)  # fmt: skip


class Air(NamedTuple):
    """What holds for all paths alike."""

    p: float
    """Share of the time, %."""
    n0: float
    ae: float
    """Effective Earth radius for the median, km."""
    ab: float
    """The same for beta_0."""
    latitude: float
    coast_km: float
    """Over land to the coast from an end that is not at sea."""


class Steps(NamedTuple):
    """What depends on the distances alone, and so is the same for all radials of a site."""

    d: Floats
    """Distance of each point, km; 0, and then ever larger."""
    inverse: Floats
    """1 / d."""
    drop: Floats
    """How far the Earth falls away at the median, m."""
    drop_b: Floats
    """The same for beta_0."""
    fk: Floats
    """F_k of (58)."""
    log: Floats
    """20 log10(d), dB."""
    late: Floats
    """Less than ducting's A(p) is on a path that is all inland, dB."""
    late_sea: Floats
    """The same for any path."""
    b0: Floats
    """beta_0 of a path that is all inland, %."""
    d113: Floats
    """d to the power 1.13."""
    d31: Floats
    """d to the power 3.1."""


class Land(NamedTuple):
    """One radial: the ground from the transmitter on."""

    h: Floats
    """Bare ground above sea level, m."""
    g: Floats
    """With what stands on it."""
    zone: Bytes
    htg: float
    """Transmitter above ground, m."""
    hrg: float
    """Receiver above ground, m."""


class Survey(NamedTuple):
    """Everything found along one radial."""

    found: Floats
    """(rows named above, points)."""
    lt: Ints
    """The point at the transmitter's horizon, for paths beyond it."""
    lr: Ints
    """The same of the receiver."""
    y: Floats
    """The bare ground, dropped."""
    peaks_y: scans.Peaks
    peaks_h: scans.Peaks
    """Of the bare ground as it is."""
    inland: bool
    """Whether the whole radial is inland."""


@jitable
def steps_of(d: Floats, air: Air) -> Steps:
    """Tables for the distances `d`."""
    count = len(d)
    inverse, fk, b0, log = np.zeros(count), np.zeros(count), np.zeros(count), np.zeros(count)
    drop, drop_b, late, late_sea = np.zeros(count), np.zeros(count), np.zeros(count), np.zeros(count)
    most = terms.beta0(air.latitude, 0.0, 0.0)
    for n in range(1, count):
        log[n] = 20.0 * math.log10(d[n])
        inverse[n] = 1.0 / d[n]
        drop[n], drop_b[n] = d[n] * d[n] * (500.0 / air.ae), d[n] * d[n] * (500.0 / air.ab)
        fk[n] = terms.distance_factor(d[n])
        b0[n] = terms.beta0(air.latitude, d[n], d[n])
        late[n], late_sea[n] = least_variation(air.p, b0[n], d[n]), least_variation(air.p, most, d[n])
    return Steps(d, inverse, drop, drop_b, fk, log, late, late_sea, b0, d**1.13, d**3.1)


@jitable
def least_variation(p: float, most: float, d: float) -> float:
    """Less than A(p) of (53) is for any beta up to `most` %, dB."""
    rate = 1.2 + 3.7e-3 * d
    if most >= p:
        return rate * math.log10(p / most) - 12.0
    # The exponent of (53)'s last term first grows and then falls with -log10(beta). Up to where the other term alone
    # says enough, it is as great as at one of the two ends; beyond, it is not negative.
    shortest, longest, far = -math.log10(most), 60.0, 1e-6 * d**1.13
    least = min(_exponent(p, shortest, far), _exponent(p, longest, far))
    common = math.log10(p)
    return float(min(rate * (common + shortest) + 12.0 * (10.0**least - 1.0), rate * (common + longest)))


@inlined
def _exponent(p: float, rare: float, far: float) -> float:
    """Gamma log10(p / beta) of (53) and (53a), with `rare` = -log10(beta)."""
    steep = (9.51 + 4.8 * rare + 0.198 * rare * rare) * far
    return float(1.076 * (math.log10(p) + rare) / (2.0058 + rare) ** 1.012 * math.exp(-steep))


@jitable
def survey(land: Land, steps: Steps, air: Air, first: int, shortest_edge: float) -> Survey:
    """Walk along the radial; paths to points before `first` are not asked for.

    `shortest_edge` is the least `terms.Band.edge` of all bands: what no band loses anything by is not looked for.
    """
    # Loops throughout: NumPy's whole-array steps take many times longer to compile.
    count = len(land.h)
    d, inverse = steps.d[:count], steps.inverse[:count]
    start = land.h[0] + land.htg
    least = -0.78 / shortest_edge  # (12)
    found = np.empty((ROWS, count))
    y, rx = dropped(land.h, 0.0, steps.drop), dropped(land.h, land.hrg, steps.drop)
    smooth_surfaces(land, d, inverse, first, found)
    bare = scans.look(d, inverse, y, rx, start, first, False)
    _horizons(bare, d, air.ae, first, found)
    _edges(d, inverse, dropped(land.g, 0.0, steps.drop), rx, start, first, air.ae, least, found, ROUGH)
    if air.p < 50.0:  # at half of the time nothing depends on beta_0
        g_b, rx_b = dropped(land.g, 0.0, steps.drop_b), dropped(land.h, land.hrg, steps.drop_b)
        _edges(d, inverse, g_b, rx_b, start, first, air.ab, least, found, ROUGH_B)
    inland = _zones(land.zone, d, inverse, found)
    return Survey(found, bare.top_at, bare.tangent_at, y, scans.peaks(y), scans.peaks(land.h), inland)


@jitable
def dropped(h: Floats, above: float, drop: Floats) -> Floats:
    """Heights `above` the surface `h`, less `drop`."""
    y = np.empty(len(h))
    for n in range(len(h)):
        y[n] = h[n] + above - drop[n]
    return y


@jitable
def _zones(zone: Bytes, d: Floats, inverse: Floats, found: Floats) -> bool:
    """Share of sea and longest stretches of land. Section 3.6 and table 5. Returns whether all is inland."""
    inland = True
    for n in range(len(zone)):
        inland = inland and zone[n] == INLAND
        found[OMEGA, n], found[DTM, n], found[DLM, n] = 0.0, d[n], d[n]
    if inland:
        return True
    land, dtm = scans.stretches(d, zone, COASTAL_LAND, INLAND)
    _, dlm = scans.stretches(d, zone, INLAND, INLAND)
    for n in range(len(zone)):
        found[OMEGA, n] = (d[n] - land[n]) * inverse[n]
        found[DTM, n], found[DLM, n] = dtm[n], dlm[n]
    return False


@jitable
def smooth_surfaces(land: Land, d: Floats, inverse: Floats, first: int, found: Floats) -> None:
    """Smooth surfaces of the diffraction and the ducting model. Attachment 1, (85) to (92)."""
    h0, start = land.h[0], land.h[0] + land.htg
    end = np.empty(len(d))
    for n in range(len(d)):
        end[n] = land.h[n] + land.hrg
    flat = scans.look(d, inverse, land.h, end, start, first, True)
    hst, hsr = scans.smooth_fit(d, land.h)
    for n in range(first, len(d)):
        t, r, h = hst[n], hsr[n], land.h[n]
        found[LOW_T, n], found[LOW_R, n] = min(t, h0), min(r, h)
        obt = flat.top[n] - flat.straight[n]  # (89b)
        if obt > 0.0:
            obr = flat.tangent[n] + flat.straight[n]  # (89c)
            if obr > 0.0:  # else rounding alone made something rise above the ray
                t -= flat.rise[n] * obt / (obt + obr)  # (90c), (90e)
                r -= flat.rise[n] * obr / (obt + obr)  # (90d), (90f)
        found[HTE_D, n] = start - min(t, h0)  # (91), (37a)
        found[HRE_D, n] = h + land.hrg - min(r, h)


@jitable
def _horizons(bare: scans.View, d: Floats, ae: float, first: int, found: Floats) -> None:
    """Angles theta_t and theta_r, mrad, and distances d_lt and d_lr, km. Attachment 1, (76) to (83)."""
    for n in range(first, len(d)):
        straight, top = bare.straight[n], bare.top[n]
        twice = 1000.0 / ae * d[n]  # both slopes are dropped: seen from the receiver by this much
        if top > straight:
            i, j = bare.top_at[n], bare.tangent_at[n]
            found[THETA_T, n], found[THETA_R, n] = _mrad(top), _mrad(bare.tangent[n] - twice)
            found[DLT, n], found[DLR, n] = d[min(i, j)], d[n] - d[max(i, j)]
        else:
            found[THETA_T, n], found[THETA_R, n] = _mrad(straight), _mrad(-straight - twice)
            found[DLT, n], found[DLR, n] = d[n], 0.0


@inlined
def _mrad(slope: float) -> float:
    """Angle of a slope in m/km."""
    x = slope / 1000.0
    if abs(x) > 0.05:
        return 1000.0 * math.atan(x)
    w = x * x
    return slope * (1.0 - w * (1.0 / 3.0 - w * (0.2 - w / 7.0)))


@jitable
def _edges(
    d: Floats,
    inverse: Floats,
    g: Floats,
    rx: Floats,
    start: float,
    first: int,
    ap: float,
    least: float,
    found: Floats,
    row: int,
) -> None:
    """Bullington's maxima, each where it counts, for the dropped surface `g`, into `found` from `row` on (4.3.1).

    The third is `least` or more.
    """
    seen = scans.look(d, inverse, g, rx, start, first, False)
    high, near = scans.peaks(g), 0
    for n in range(first, len(d)):
        bulge = 500.0 / ap * d[n]
        found[row, n], found[row + 1, n], found[row + 2, n] = seen.top[n] + bulge, 0.0, 0.0
        if seen.top[n] >= seen.straight[n]:
            found[row + 1, n] = seen.tangent[n] - bulge
        else:
            found[row + 2, n], near = scans.nearest_beside(
                d, g, high, n, start, seen.straight[n], least, near
            )
