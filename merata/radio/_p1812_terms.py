"""The formulae of Recommendation ITU-R P.1812-8: plain numbers in, plain numbers out, for one path or inside a kernel.

How a path's parameters are found differs (`_p1812_profile` looks at one profile, `_radial` walks along a whole
radial); what follows from them is here, once. The symbols are the Recommendation's, in small letters; distances
are in km, heights in m, angles in mrad, frequencies in GHz, losses in dB, percentages in %. Each function names
its section and equations. Functions marked `lean` run as plain Python, and compiled inside the kernels.
"""

from __future__ import annotations

import math

from merata.radio._compile import lean
from merata.radio._p1812_types import Band as Band
from merata.radio._p1812_types import Edge as Edge
from merata.radio._p1812_types import Losses as Losses
from merata.radio._p1812_types import Path as Path

EARTH_KM = 6371.0
_LIGHT = 0.2998  # wavelength in m times frequency in GHz, as ITU-R rounds it
_LN_10 = math.log(10.0)
_LEAST_GAIN = 10.0**0.1  # 2 dB


@lean
def log10(x: float) -> float:
    """The common logarithm, to the last digit or two; the natural one is computed in half the time."""
    return math.log(x) * (1.0 / _LN_10)


@lean
def power_of_10(x: float) -> float:
    """10 to the power `x`, to the last digits; as an exponential in a third of the time."""
    return math.exp(x * _LN_10)


# --- 3.5, 3.6: the atmosphere -------------------------------------------------------------------------------------


@lean
def effective_radii(delta_n: float) -> tuple[float, float]:
    """Effective Earth radius a_e for the median and a_beta for beta_0 of the time, km. Section 3.5, (6) and (7)."""
    return EARTH_KM * 157.0 / (157.0 - delta_n), EARTH_KM * 3.0


@lean
def inland_factor(dlm: float) -> float:
    """How far the path is from the sea, tau: 0 to 1, of the longest inland stretch in km. Section 3.6, (3)."""
    return 1.0 - math.exp(-4.12e-4 * dlm**2.41)


@lean
def beta0(latitude: float, dtm: float, dlm: float) -> float:
    """Share of the time with more than 100 N-units/km in the lowest 100 m, %. Section 3.6, (2) to (5).

    `latitude` of the path's middle in degrees; `dtm` and `dlm` the longest stretch of land and of inland, km.
    """
    tau = inland_factor(dlm)
    mu1 = power_of_10(-dtm / (16.0 - 6.6 * tau)) + power_of_10(-5.0 * (0.496 + 0.354 * tau))
    log_mu1 = min(0.2 * log10(mu1), 0.0)  # (2)
    phi = abs(latitude)
    if phi <= 70.0:
        return power_of_10(-0.015 * phi + 1.67 + log_mu1 * (1.0 + (-0.935 + 0.0176 * phi)))  # (4), (5)
    return 4.17 * power_of_10(1.3 * log_mu1)


# --- 4.2: line of sight -------------------------------------------------------------------------------------------


@lean
def band(frequency_ghz: float, vertical: bool) -> Band:
    """Everything that depends on frequency and polarisation alone."""
    f = frequency_ghz
    wavelength = _LIGHT / f
    log_f = log10(f)
    alf = 45.375 - 137.0 * f + 92.5 * f * f if f < 0.5 else 0.0  # (47a)
    return Band(
        f,
        wavelength,
        math.sqrt(0.002 / wavelength),
        f ** (1.0 / 3.0),
        92.4 + 20.0 * log_f,
        25.0 * log_f - 2.5 * log10(f / 2.0) ** 2,
        102.45 + 20.0 * log_f + alf,
        _admittance(f, 22.0, 0.003, vertical),
        _admittance(f, 80.0, 5.0, vertical),
    )


@lean
def _admittance(f: float, permittivity: float, conductivity: float, vertical: bool) -> float:
    """K of (29) without the Earth's radius. Section 4.3.3; conductivity in S/m."""
    loss2 = (18.0 * conductivity / f) ** 2
    k = 0.036 * f ** (-1.0 / 3.0) * ((permittivity - 1.0) ** 2 + loss2) ** -0.25  # (29a)
    if vertical:
        k *= math.sqrt(permittivity**2 + loss2)  # (29b)
    return float(k)


@lean
def free_space(free_db: float, d: float, hts: float, hrs: float) -> float:
    """Loss in free space, dB: `free_db` of the band, and the slant distance. Section 4.2, (8) and (8a)."""
    climb_km = (hts - hrs) / 1000.0
    return free_db + 10.0 * log10(d * d + climb_km * climb_km)


@lean
def focusing(horizons_km: float, percent: float) -> float:
    """Enhancement by multipath and focusing, dB (0 or less); `horizons_km` is dlt + dlr. Section 4.2, (9)."""
    if percent == 50.0:
        return 0.0
    return 2.6 * (1.0 - math.exp(-0.1 * horizons_km)) * log10(percent / 50.0)


# --- 4.3: diffraction ---------------------------------------------------------------------------------------------


@lean
def knife_edge(nu: float) -> float:
    """Loss over one edge, dB. Section 4.3, (12)."""
    if nu <= -0.78:
        return 0.0
    return 6.9 + 20.0 * log10(math.sqrt((nu - 0.1) ** 2 + 1.0) + nu - 0.1)


@lean
def bullington(edge: Edge, d: float, hts: float, hrs: float, to_nu: float) -> float:
    """Bullington part of the diffraction loss, dB; `to_nu` is the band's `edge`. Section 4.3.1, (14) to (21)."""
    str_ = (hrs - hts) / d  # (14)
    if edge.stim < str_:
        nu = edge.worst * to_nu  # (15)
    else:
        # (18) and (19) in one: the Bullington point's distance cancels, and a ray that grazes divides nothing by 0.
        nu = to_nu * math.sqrt(max(0.0, d * (edge.stim - str_) * (edge.srim + str_)))
    luc = knife_edge(nu)  # (16), (20)
    if luc == 0.0:
        return 0.0
    return luc + (1.0 - math.exp(-luc / 6.0)) * (10.0 + 0.02 * d)  # (21)


@lean
def spherical_earth(band: Band, d: float, hte: float, hre: float, ap: float, omega: float) -> float:
    """Diffraction loss over a smooth round Earth of effective radius `ap`, dB. Section 4.3.2, (22) to (27).

    `hte` and `hre` are heights above the smooth surface, m; `omega` the share of sea.
    """
    if d >= marginal_distance(hte, hre, ap):
        return first_term(band, d, hte, hre, ap ** (1.0 / 3.0), omega)
    hse, hreq = smooth_clearance(d, hte, hre, ap, band.wavelength)
    if hse > hreq:
        return 0.0
    aem = 500.0 * (d / (math.sqrt(hte) + math.sqrt(hre))) ** 2  # (26)
    ldft = max(0.0, first_term(band, d, hte, hre, aem ** (1.0 / 3.0), omega))
    return (1.0 - hse / hreq) * ldft  # (27)


@lean
def marginal_distance(hte: float, hre: float, ap: float) -> float:
    """How far apart two antennas just see each other over a smooth Earth, km. Section 4.3.2, (22)."""
    return math.sqrt(2.0 * ap) * (math.sqrt(0.001 * hte) + math.sqrt(0.001 * hre))


@lean
def smooth_clearance(d: float, hte: float, hre: float, ap: float, wavelength: float) -> tuple[float, float]:
    """Least height of the ray above a smooth Earth and the height for no loss, m. Section 4.3.2, (23) to (25)."""
    c = (hte - hre) / (hte + hre)  # (24d)
    m = 250.0 * d * d / (ap * (hte + hre))  # (24e)
    bent = 1.5 * c * math.sqrt(3.0 * m / (m + 1.0) ** 3)
    # By the formula's design at most 1; rounding may step over it.
    third = math.acos(min(1.0, max(-1.0, bent))) / 3.0
    b = 2.0 * math.sqrt((m + 1.0) / (3.0 * m)) * math.cos(math.pi / 3.0 + third)  # (24c)
    dse1 = d / 2.0 * (1.0 + b)  # (24a)
    dse2 = d - dse1  # (24b)
    curve = 500.0 / ap
    hse = ((hte - curve * dse1 * dse1) * dse2 + (hre - curve * dse2 * dse2) * dse1) / d  # (23)
    return hse, 17.456 * math.sqrt(dse1 * dse2 * wavelength / d)  # (25)


@lean
def first_term(band: Band, d: float, hte: float, hre: float, radius_root: float, omega: float) -> float:
    """First term of the diffraction over a round Earth, land and sea, dB. Section 4.3.3, (28).

    `radius_root` is the cube root of the effective radius a_dft in km.
    """
    if omega <= 0.0:
        return _first_term_over(band.land, band.root, d, hte, hre, radius_root)
    sea = _first_term_over(band.sea, band.root, d, hte, hre, radius_root)
    return omega * sea + (1.0 - omega) * _first_term_over(band.land, band.root, d, hte, hre, radius_root)


@lean
def _first_term_over(
    admittance: float, root: float, d: float, hte: float, hre: float, radius_root: float
) -> float:
    """Over one kind of ground. Section 4.3.3, (29) to (36); `root` is the cube root of the frequency."""
    k = admittance / radius_root
    k2 = k * k
    beta = (1.0 + 1.6 * k2 + 0.67 * k2 * k2) / (1.0 + 4.5 * k2 + 1.53 * k2 * k2)  # (30)
    x = 21.88 * beta * root / (radius_root * radius_root) * d  # (31)
    y = 0.9575 * beta * root * root / radius_root  # (32), per metre
    log_x = log10(x)
    fx = (
        11.0 + 10.0 * log_x - 17.6 * x if x >= 1.6 else -20.0 * log_x - 5.6488 * power_of_10(1.425 * log_x)
    )  # (33)
    return -fx - _height_gain(beta * y * hte, k) - _height_gain(beta * y * hre, k)  # (36)


@lean
def _height_gain(b: float, k: float) -> float:
    """G(Y) of the normalised height B = beta Y, dB, never below 2 + 20 log10 K. Section 4.3.3, (34) and (35)."""
    if b <= 2.0:
        return 20.0 * log10(max(b + 0.1 * b * b * b, _LEAST_GAIN * k))
    gain = 17.6 * math.sqrt(b - 1.1) - 5.0 * log10(b - 1.1) - 8.0  # 8.9 and more
    return gain if k < 2.0 else max(gain, 20.0 * log10(_LEAST_GAIN * k))


@lean
def delta_bullington(
    band: Band, path: Path, rough: Edge, smooth: Edge, ap: float
) -> tuple[float, float, float, float]:
    """Diffraction loss of the general path for the effective Earth radius `ap`. Section 4.3.4, (37) to (39).

    Returns L_d, L_bulla, L_bulls and L_dsph, dB. `rough` and `smooth` are the maxima for this radius.
    """
    lbulla = bullington(rough, path.d, path.hts, path.hrs, band.edge)
    lbulls = bullington(smooth, path.d, path.hte_d, path.hre_d, band.edge)
    ldsph = spherical_earth(band, path.d, path.hte_d, path.hre_d, ap, path.omega)
    return lbulla + max(0.0, ldsph - lbulls), lbulla, lbulls, ldsph  # (39)


@lean
def time_factor(p: float, b0: float) -> float:
    """F_i: 1 at beta_0 and rarer, 0 at half of the time. Section 4.3.5, (40)."""
    if p <= b0:
        return 1.0
    return inverse_normal(p / 100.0) / inverse_normal(b0 / 100.0)


# --- 4.4: troposcatter --------------------------------------------------------------------------------------------


@lean
def troposcatter(tropo_db: float, d: float, theta: float, p: float, n0: float) -> float:
    """Loss by scatter in the troposphere, dB; `tropo_db` of the band, `theta` of (84) in mrad. Section 4.4, (44)."""
    rare = 10.125 * log10(50.0 / p) ** 0.7 if p < 50.0 else 0.0
    return float(190.1 + tropo_db + 20.0 * log10(d) + 0.573 * theta - 0.15 * n0 - rare)


# --- 4.5: ducting and layer reflection ----------------------------------------------------------------------------


@lean
def ducting(band: Band, path: Path, p: float, ae: float) -> float:
    """Loss while a duct or layer carries the signal, L_ba, dB. Section 4.5, (46)."""
    shared = duct_coupling(path) + duct_variation(path, p, ae)
    return duct_in_band(band, path, shared, duct_angle(path, ae), ae)


@lean
def duct_in_band(band: Band, path: Path, shared: float, angle: float, ae: float) -> float:
    """The loss (46) in one band, dB, of what all bands share: `duct_coupling` + `duct_variation`, and `duct_angle`."""
    shielding = site_shielding(band, path.theta_t, path.dlt) + site_shielding(band, path.theta_r, path.dlr)
    return band.duct_db + shared + shielding + 5e-5 * ae * band.root * angle  # (47), (50), (51)


@lean
def duct_coupling(path: Path) -> float:
    """What the bands share of A_f, the losses between the antennas and the duct, dB. Section 4.5, (47) and (49)."""
    sea = 0.0
    if path.omega >= 0.75:
        sea = _sea_coupling(path.dct, path.dlt, path.hts) + _sea_coupling(path.dcr, path.dlr, path.hrs)
    return 20.0 * log10(path.dlt + path.dlr) + sea


@lean
def site_shielding(band: Band, theta: float, horizon_km: float) -> float:
    """A_st or A_sr, dB. Section 4.5, (48)."""
    above = theta - 0.1 * horizon_km  # (48a)
    if above <= 0.0:
        return 0.0
    return 20.0 * log10(1.0 + 0.361 * above * math.sqrt(band.f * horizon_km)) + 0.264 * above * band.root


@lean
def _sea_coupling(coast_km: float, horizon_km: float, height_m: float) -> float:
    """A_ct or A_cr of a path mostly over the sea, dB (0 or less). Section 4.5, (49)."""
    if coast_km > 5.0 or coast_km > horizon_km:
        return 0.0
    return -3.0 * math.exp(-0.25 * coast_km * coast_km) * (1.0 + math.tanh(0.07 * (50.0 - height_m)))


@lean
def duct_angle(path: Path, ae: float) -> float:
    """Angle theta' between the horizon rays as the duct sees it, mrad. Section 4.5, (52)."""
    theta_t = min(path.theta_t, 0.1 * path.dlt)  # (52a)
    theta_r = min(path.theta_r, 0.1 * path.dlr)
    return 1000.0 * path.d / ae + theta_t + theta_r


@lean
def duct_variation(path: Path, p: float, ae: float) -> float:
    """A(p): losses along the duct by the share of the time, dB. Section 4.5, (53) to (56)."""
    return variation_of(duct_time_log(path, ae, path.d**3.1), p, path.d, path.d**1.13)


@lean
def variation_of(log_b: float, p: float, d: float, d113: float) -> float:
    """A(p) of the common logarithm of beta, dB. Section 4.5, (53) and (53a); `d113` is d to the power 1.13."""
    steep = (9.51 - 4.8 * log_b + 0.198 * log_b * log_b) * 1e-6 * d113
    gamma = 1.076 * math.exp(-1.012 * math.log(2.0058 - log_b) - steep)  # (53a)
    ratio = log10(p) - log_b
    return -12.0 + (1.2 + 3.7e-3 * d) * ratio + 12.0 * power_of_10(ratio * gamma)  # (53)


@lean
def duct_time_log(path: Path, ae: float, d31: float) -> float:
    """Common logarithm of beta, the share of the time with a duct along this path, %. Section 4.5, (54) to (56).

    A product of small numbers that may be smaller than a computer can tell from 0; `d31` is d to the power 3.1.
    """
    alpha = max(-3.4, -0.6 - 3.5e-9 * d31 * inland_factor(path.dlm))  # (55a)
    heights = math.sqrt(path.hte) + math.sqrt(path.hre)
    log_mu2 = min(0.0, alpha * log10(500.0 / ae * path.d * path.d / (heights * heights)))  # (55)
    log_mu3 = 0.0
    if path.hm > 10.0:
        between = min(path.d - path.dlt - path.dlr, 40.0)  # (56a)
        log_mu3 = -4.6e-5 / _LN_10 * (path.hm - 10.0) * (43.0 + 6.0 * between)  # (56)
    # The floor keeps what follows within numbers that a computer can tell apart.
    return max(log10(path.b0) + log_mu2 + log_mu3, -280.0)  # (54)


# --- 4.6: all together --------------------------------------------------------------------------------------------


@lean
def path_angle(d: float, theta_t: float, theta_r: float, ae: float) -> float:
    """Angle between the two horizon rays, mrad. Attachment 1, (84)."""
    return 1000.0 * d / ae + theta_t + theta_r


@lean
def angle_factor(theta: float) -> float:
    """F_j: 1 for a path in sight, 0 for one far beyond the horizon. Section 4.6, (57)."""
    return 1.0 - 0.5 * (1.0 + math.tanh(3.0 * 0.8 * (theta - 0.3) / 0.3))


@lean
def distance_factor(d: float) -> float:
    """F_k: 1 for a short path, 0 for a long one. Section 4.6, (58)."""
    return 1.0 - 0.5 * (1.0 + math.tanh(3.0 * 0.5 * (d - 20.0) / 20.0))


@lean
def soft_max(lba: float, lb0p: float) -> float:
    """L_minbap: the greater of the two, dB, rounded where they meet. Section 4.6, (60)."""
    return max(lba, lb0p) + 2.5 * math.log(1.0 + math.exp(-abs(lba - lb0p) / 2.5))


@lean
def power_sum(lbs: float, lbam: float) -> float:
    """L_bc: the two ways' power added, dB. Section 4.6, (63)."""
    return min(lbs, lbam) - 5.0 * log10(1.0 + power_of_10(-0.2 * abs(lbs - lbam)))


@lean
def assemble(band: Band, path: Path, p: float, n0: float, ae: float, ab: float) -> Losses:
    """Loss not exceeded for `p` % of the time, L_bc, and all terms on the way. Sections 4.2 to 4.6."""
    fi = time_factor(p, path.b0)
    lbfs = free_space(band.free_db, path.d, path.hts, path.hrs)
    lb0p = lbfs + focusing(path.dlt + path.dlr, p)  # (10)
    lb0b = lbfs + focusing(path.dlt + path.dlr, path.b0)  # (11)
    ld50, _, _, _ = delta_bullington(band, path, path.rough, path.smooth, ae)
    ldb, lbulla, lbulls, ldsph = delta_bullington(band, path, path.rough_b, path.smooth_b, ab)
    ldp = ld50 + fi * (ldb - ld50)  # (41)
    lbd50 = lbfs + ld50  # (42)
    lbd = lb0p + ldp  # (43)
    lba = ducting(band, path, p, ae)
    theta = path_angle(path.d, path.theta_t, path.theta_r, ae)
    lbs = troposcatter(band.tropo_db, path.d, theta, p, n0)
    lminb0p = lowest_in_sight(p, path.b0, fi, lb0p, lb0b, lbd50, ldp, path.omega)
    fj, fk = angle_factor(theta), distance_factor(path.d)
    lminbap = soft_max(lba, lb0p)
    lbda = lminbap + (lbd - lminbap) * fk if lminbap <= lbd else lbd  # (61)
    lbam = lbda + (lminb0p - lbda) * fj  # (62)
    lbc = power_sum(lbs, lbam)
    return Losses(
        fi, fj, fk, lbfs, lb0p, lb0b, lbulla, lbulls, ldsph, ld50, ldb, ldp, lbd50, lbd,
        lminb0p, lba, lminbap, lbda, lbam, lbs, lbc,
    )  # fmt: skip


@lean
def lowest_in_sight(
    p: float, b0: float, fi: float, lb0p: float, lb0b: float, lbd50: float, ldp: float, omega: float
) -> float:
    """L_minb0p: the notional least loss in sight and over sea, dB. Section 4.6, (59)."""
    if p < b0:
        return lb0p + (1.0 - omega) * ldp
    return lbd50 + (lb0b + (1.0 - omega) * ldp - lbd50) * fi


# --- 4.7 to 4.9: places -------------------------------------------------------------------------------------------


@lean
def location_sigma(frequency_ghz: float, height_m: float, clutter_m: float, width_m: float) -> float:
    """Standard deviation of the loss between places outdoors within a square of `width_m`, dB. Section 4.8, (64).

    `height_m` of the antenna and `clutter_m` of its surroundings above ground; 0 well above the clutter, (66).
    """
    covered = min(1.0, max(0.0, 1.0 - (height_m - clutter_m) / 10.0))
    return float((0.52 + 0.024 * frequency_ghz) * width_m**0.28 * covered)


@lean
def final_loss(lb0p: float, lbc: float, location_percent: float, sigma_db: float, at_sea: bool) -> float:
    """L_b: loss not exceeded at `location_percent` of the places either, dB. Sections 4.7 to 4.9, (67) and (69)."""
    lloc = 0.0
    if not at_sea and sigma_db > 0.0:
        lloc = -inverse_normal(location_percent / 100.0) * sigma_db
    return max(lb0p, lbc + lloc)


# --- Attachment 2 -------------------------------------------------------------------------------------------------


@lean
def inverse_normal(x: float) -> float:
    """Deviation that the normal distribution exceeds with the chance `x` (0 to 1). Attachment 2, (96) and (97)."""
    x = min(0.999999, max(0.000001, x))
    t = math.sqrt(-2.0 * math.log(x if x <= 0.5 else 1.0 - x))  # (97a)
    c = ((0.010328 * t + 0.802853) * t + 2.515516698) / (
        ((0.001308 * t + 0.189269) * t + 1.432788) * t + 1.0
    )  # (97b)
    return t - c if x <= 0.5 else c - t
