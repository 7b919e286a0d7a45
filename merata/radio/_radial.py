"""P.1812's loss to every point of one radial: what the survey finds along it, put into the Recommendation's formulae.

Equal to `_p1812_terms.assemble` for each path, but for terms that are sure to change nothing: those are left out.
Losses are above free space here unless said otherwise.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from merata.radio import _p1812_terms as terms
from merata.radio import _scans as scans
from merata.radio import _survey as survey
from merata.radio._compile import inlined, kernel, lean
from merata.radio._survey import Air, Land, Steps, Survey

Floats = npt.NDArray[np.float64]
Losses = npt.NDArray[np.float32]

#: What is left out where it is sure to change the loss by less, dB.
_NEGLIGIBLE_DB = 1e-3
#: 10 log10(1 + x) / x for small x.
_TEN_LOGS = 10.0 / math.log(10.0)


class Ball(NamedTuple):
    """The round Earth below a path, for one effective radius; what the bands share of it."""

    beyond: bool
    """Whether the ends do not see each other over it."""
    radius_root: float
    """Cube root of the effective Earth radius for the first term: as it is, or (26)."""
    clear: float
    """The ray's least height over that needed at a wavelength of 1 m."""
    edge: terms.Edge
    """Bullington's maxima, where any band needs them."""


class Shared(NamedTuple):
    """What the bands share of a path, beside the path itself."""

    fi: float
    fj: float
    fk: float
    focus: float
    """Focusing for the share of the time, dB."""
    focus_b: float
    """The same for beta_0."""
    slant: float
    """Free space without the band's part, dB; then troposcatter without it, less `slant`."""
    scatter: float
    duct: float
    """What ducting costs at least, without the band's part and the horizons', dB, less `slant`."""
    duct_angle: float
    """Theta' of ducting, mrad, or less."""


@kernel(nogil=True, error_model="numpy")
def losses(
    land: Land,
    steps: Steps,
    air: Air,
    bands: Floats,
    first: int,
    out: Losses,
    sight: npt.NDArray[np.bool_],
) -> None:
    """Basic transmission loss less that in free space, dB, into `out` (points, bands), from point `first` >= 2 on.

    `bands` holds a `terms.Band` in each row. Into `sight` (points,) goes whether ground and clutter let the ends see
    each other at the median.
    """
    shortest_edge, longest_wave = bands[0, 2], bands[0, 1]
    for k in range(len(bands)):
        shortest_edge, longest_wave = min(shortest_edge, bands[k, 2]), max(longest_wave, bands[k, 1])
    seen = survey.survey(land, steps, air, first, shortest_edge)
    _along(land, seen, steps, air, bands, first, longest_wave, out, sight)


@lean
def _along(
    land: Land,
    seen: Survey,
    steps: Steps,
    air: Air,
    bands: Floats,
    first: int,
    longest_wave: float,
    out: Losses,
    sight: npt.NDArray[np.bool_],
) -> None:
    """Put what the survey has `seen` into the formulae, point by point."""
    hts, found = land.h[0] + land.htg, seen.found
    late = steps.late if seen.inland else steps.late_sea
    dct = 0.0 if land.zone[0] == survey.SEA else air.coast_km
    near = 0  # the last path's horizon, where its ends see each other
    for n in range(first, len(land.h)):
        d, hrs = steps.d[n], land.h[n] + land.hrg
        sight[n] = found[survey.ROUGH, n] < (hrs - hts) * steps.inverse[n]
        dcr = 0.0 if land.zone[n] == survey.SEA else air.coast_km
        b0 = _b0(found, steps.b0, seen.inland, air.latitude, n) if air.p < 50.0 else 0.0
        path = _path(found, n, d, hts, hrs, b0, dct, dcr)
        ball = _ball(path, steps.d, n, air.ae, longest_wave)
        ball_b = _ball(path, steps.d, n, air.ab, longest_wave) if air.p < 50.0 else ball
        shared = _shared(path, air, steps, late[n], n)
        whole, variation, ducting = path, 0.0, False
        for k in range(len(bands)):
            band = _band(bands, k)
            ldp, low = _diffraction(band, path, shared, ball, ball_b, air.p)
            lbd = shared.focus + ldp
            lbda = lbd
            if (1.0 - shared.fk) * (1.0 - shared.fj) * ldp > _NEGLIGIBLE_DB:
                if not ducting and _may_duct(band, path, shared, air.ae, steps.log[1], lbd):
                    whole, near = _with_ducting(path, found, seen, steps, land, air, n, near)
                    variation = terms.duct_coupling(whole) + _variation(whole, steps, air, n)
                    ducting = True
                if ducting:
                    lbda = _eased(band, whole, variation, shared, lbd, air.ae)
            out[n, k] = _together(band, shared, lbda, low)


# --- what the bands share -----------------------------------------------------------------------------------------


@inlined
def _b0(found: Floats, inland_b0: Floats, inland: bool, latitude: float, n: int) -> float:
    if inland:
        return float(inland_b0[n])
    return terms.beta0(latitude, found[survey.DTM, n], found[survey.DLM, n])


@inlined
def _path(
    f: Floats, n: int, d: float, hts: float, hrs: float, b0: float, dct: float, dcr: float
) -> terms.Path:
    """The path to point `n`, but for what only ducting needs: see `_with_ducting`."""
    i, j = survey.ROUGH, survey.ROUGH_B
    none = terms.Edge(0.0, 0.0, 0.0)
    return terms.Path(
        d, hts, hrs, f[survey.HTE_D, n], f[survey.HRE_D, n], hts - f[survey.LOW_T, n], hrs - f[survey.LOW_R, n], 0.0,
        f[survey.DLT, n], f[survey.DLR, n], f[survey.THETA_T, n], f[survey.THETA_R, n],
        f[survey.OMEGA, n], f[survey.DLM, n], b0, dct, dcr,
        terms.Edge(f[i, n], f[i + 1, n], f[i + 2, n]), none, terms.Edge(f[j, n], f[j + 1, n], f[j + 2, n]), none,
    )  # fmt: skip


@inlined
def _band(bands: Floats, k: int) -> terms.Band:
    return terms.Band(
        bands[k, 0], bands[k, 1], bands[k, 2], bands[k, 3], bands[k, 4],
        bands[k, 5], bands[k, 6], bands[k, 7], bands[k, 8],
    )  # fmt: skip


@inlined
def _shared(path: terms.Path, air: Air, steps: Steps, late: float, n: int) -> Shared:
    theta = terms.path_angle(path.d, path.theta_t, path.theta_r, air.ae)
    focus, focus_b, fi = 0.0, 0.0, 0.0
    if air.p < 50.0:
        focus = terms.focusing(path.dlt + path.dlr, air.p)
        focus_b = terms.focusing(path.dlt + path.dlr, path.b0)
        fi = terms.time_factor(air.p, path.b0)
    sea = -12.0 if path.omega >= 0.75 else 0.0  # the most that (49) can ease
    slant = steps.log[n] + _climb((path.hts - path.hrs) * steps.inverse[n])
    return Shared(
        fi, _angle_factor(theta), steps.fk[n], focus, focus_b, slant,
        terms.troposcatter(0.0, 1.0, theta, air.p, air.n0) + steps.log[n] - slant,
        sea + late - slant,
        1000.0 * path.d / air.ae + min(path.theta_t, 0.0) + min(path.theta_r, 0.0),
    )  # fmt: skip


@inlined
def _climb(slope: float) -> float:
    """Free space's loss for going `slope` m/km up or down, dB."""
    x = slope * slope * 1e-6
    if x > 1e-2:
        return 10.0 * terms.log10(1.0 + x)
    return x * (_TEN_LOGS - x * (_TEN_LOGS / 2.0 - x * (_TEN_LOGS / 3.0)))


@inlined
def _angle_factor(theta: float) -> float:
    """F_j of (57); its ends, as far as they change a loss."""
    if theta > 2.0:
        return 0.0
    return terms.angle_factor(theta)


# --- diffraction --------------------------------------------------------------------------------------------------


@inlined
def _ball(path: terms.Path, d: Floats, n: int, ap: float, longest_wave: float) -> Ball:
    hte, hre = path.hte_d, path.hre_d
    if well_clear(path.d, hte, hre, 500.0 / ap, longest_wave):
        return Ball(False, 1.0, math.inf, terms.Edge(0.0, 0.0, 0.0))
    if path.d >= terms.marginal_distance(hte, hre, ap):
        return Ball(True, ap ** (1.0 / 3.0), 0.0, _smooth_edge(d, n, hte, hre, ap))
    hse, needed = terms.smooth_clearance(path.d, hte, hre, ap, 1.0)
    clear = hse / needed
    if clear > math.sqrt(longest_wave):
        return Ball(False, 1.0, clear, terms.Edge(0.0, 0.0, 0.0))
    aem = 500.0 * (path.d / (math.sqrt(hte) + math.sqrt(hre))) ** 2  # (26)
    return Ball(False, aem ** (1.0 / 3.0), clear, _smooth_edge(d, n, hte, hre, ap))


@inlined
def well_clear(d: float, hte: float, hre: float, curve: float, wave: float) -> bool:
    """Whether a ray is surely higher above a smooth Earth, all along, than (25) asks for at the wavelength `wave`, m.

    With w the product of the distances to both ends, sqrt(w) <= (w / s + s) / 2 for any s. With the root of w where
    (25) is nearest over a flat Earth for s, what is left to clear is a parabola: no angles and no cosines.
    """
    needed = 17.456 * math.sqrt(wave * d * hte * hre) / (hte + hre)  # k s of that place
    a, b = hte - 0.5 * needed, hre - 0.5 * needed
    if a <= 0.0 or b <= 0.0:
        return False
    return a + b + 2.0 * math.sqrt(a * b) > (curve * d + 0.5 * 17.456**2 * wave / needed) * d


@lean
def _smooth_edge(d: Floats, n: int, hte: float, hre: float, ap: float) -> terms.Edge:
    curve = 500.0 / ap
    stim = scans.steepest_smooth(d, n, hte, curve, False)
    if stim < (hre - hte) / d[n]:
        return terms.Edge(stim, 0.0, scans.nearest_smooth(d, n, hte, hre, curve))
    return terms.Edge(stim, scans.steepest_smooth(d, n, hre, curve, True), 0.0)


@inlined
def _diffraction(
    band: terms.Band, path: terms.Path, shared: Shared, ball: Ball, ball_b: Ball, p: float
) -> tuple[float, float]:
    """L_dp of (41), and L_minb0p of (59) above free space, dB."""
    ld50 = _delta_bullington(band, path, path.rough, ball)
    if p == 50.0:
        return ld50, ld50
    ldb = _delta_bullington(band, path, path.rough_b, ball_b)
    ldp = ld50 + shared.fi * (ldb - ld50)
    low = terms.lowest_in_sight(p, path.b0, shared.fi, shared.focus, shared.focus_b, ld50, ldp, path.omega)
    return ldp, low


@inlined
def _delta_bullington(band: terms.Band, path: terms.Path, rough: terms.Edge, ball: Ball) -> float:
    """L_d of (39), dB."""
    lbulla = terms.bullington(rough, path.d, path.hts, path.hrs, band.edge)
    part = 1.0
    if not ball.beyond:
        part = 1.0 - ball.clear / math.sqrt(band.wavelength)  # (27)
        if part < 0.0:
            return lbulla
    ldsph = part * terms.first_term(band, path.d, path.hte_d, path.hre_d, ball.radius_root, path.omega)
    if ldsph <= 0.0:
        return lbulla
    lbulls = terms.bullington(ball.edge, path.d, path.hte_d, path.hre_d, band.edge)
    return lbulla + max(0.0, ldsph - lbulls)


# --- ducting, and all together ------------------------------------------------------------------------------------


@inlined
def _may_duct(
    band: terms.Band, path: terms.Path, shared: Shared, ae: float, shortest: float, lbd: float
) -> bool:
    """Whether (46) may give less than `lbd` above free space, whatever the roughness, beta_0 and the coast.

    `shortest` is 20 log10 of the first step's length.
    """
    least = band.duct_db - band.free_db + shared.duct + 5e-5 * ae * band.root * shared.duct_angle
    if least + shortest >= lbd:
        return False
    least += 20.0 * terms.log10(path.dlt + path.dlr)
    if path.dlr > 0.0:  # beyond the horizon, whose place is known
        least += terms.site_shielding(band, path.theta_t, path.dlt)
        least += terms.site_shielding(band, path.theta_r, path.dlr)
    return least < lbd


@lean
def _with_ducting(
    path: terms.Path, found: Floats, seen: Survey, steps: Steps, land: Land, air: Air, n: int, near: int
) -> tuple[terms.Path, int]:
    """The path with all that ducting needs: roughness, beta_0, and the horizon of a path in sight.

    And the point at that horizon, to be looked at first for the next path; `near` is the one before.
    """
    d, first, last = steps.d, seen.lt[n], seen.lr[n]
    if path.dlr == 0.0:
        straight = (path.hrs - path.hts) * steps.inverse[n] - 500.0 / air.ae * path.d
        _, first = scans.nearest_beside(d, seen.y, seen.peaks_y, n, path.hts, straight, -math.inf, near)
        last = near = first
    first, last = min(first, last), max(first, last)
    low_t, low_r = found[survey.LOW_T, n], found[survey.LOW_R, n]
    # Less than 10 m of roughness makes no difference (56).
    slope = (low_r - low_t) * steps.inverse[n]  # (93)
    hm = scans.highest_between(d, land.h, seen.peaks_h, first, last, low_t, slope, 10.0)
    b0 = _b0(found, steps.b0, seen.inland, air.latitude, n)
    whole = terms.Path(
        path.d, path.hts, path.hrs, path.hte_d, path.hre_d, path.hte, path.hre, hm, d[first], path.d - d[last],
        path.theta_t, path.theta_r, path.omega, path.dlm, b0, path.dct, path.dcr,
        path.rough, path.smooth, path.rough_b, path.smooth_b,
    )  # fmt: skip
    return whole, near


@inlined
def _variation(path: terms.Path, steps: Steps, air: Air, n: int) -> float:
    """A(p) of (53), with powers of the distance from the tables."""
    log_b = terms.duct_time_log(path, air.ae, steps.d31[n])
    return terms.variation_of(log_b, air.p, path.d, steps.d113[n])


@inlined
def _eased(
    band: terms.Band, path: terms.Path, variation: float, shared: Shared, lbd: float, ae: float
) -> float:
    """L_bda above free space, dB: diffraction, eased by ducting where that costs less. (60) and (61)."""
    angle = terms.duct_angle(path, ae)
    lba = terms.duct_in_band(band, path, variation, angle, ae) - band.free_db - shared.slant
    if lba >= lbd:
        return lbd
    least = terms.soft_max(lba, shared.focus)
    return least + (lbd - least) * shared.fk if least <= lbd else lbd


@inlined
def _together(band: terms.Band, shared: Shared, lbda: float, low: float) -> float:
    """L_b above free space, dB. (62), (63) and (69)."""
    loss = lbda + (low - lbda) * shared.fj
    scatter = shared.scatter + band.tropo_db - band.free_db
    if scatter - loss < 17.0:  # beyond that it adds less than counts
        loss = terms.power_sum(scatter, loss)
    return max(shared.focus, loss)
