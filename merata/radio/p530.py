"""How often a hop fades: Recommendation ITU-R P.530, each function beside its section.

Rain and clearance are as in P.530-18. Multipath is as in P.530-17, because the maps that -18 wants instead (log K and
dN75) can't be passed on; those of -17 can. All functions take numbers or arrays that fit each other.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from merata.errors import InputError
from merata.radio import rain

Floats = npt.NDArray[np.float64]
Number = float | Floats

#: k of a standard atmosphere, the median of time.
MEDIAN_K = 4.0 / 3.0
#: Section 2.3: shorter paths have no multipath worth reckoning, km.
LEAST_MULTIPATH_KM = 5.0
#: Section 2.4.1: the rain method holds from 0.001 to 1 % of the year; a rarer outage is not believed.
LEAST_RAIN_PERCENT = 0.001
#: Section 2.4.1: and for paths up to this, km.
MOST_RAIN_KM = 60.0
#: Section 2.3.4: ΔG is no larger, dB.
MOST_DELTA_G_DB = 10.8
#: Section 5.1: reference delay of a receiver's signature, ns.
REFERENCE_DELAY_NS = 6.3


def fresnel_m(distance_a_km: Number, distance_b_km: Number, frequency_ghz: Number) -> Floats:
    """Radius of the first Fresnel ellipsoid, m, that far from both ends (section 2.2.1, equation (2))."""
    a, b = np.asarray(distance_a_km, float), np.asarray(distance_b_km, float)
    radius: Floats = 17.3 * np.sqrt(a * b / (np.asarray(frequency_ghz) * (a + b)))
    return radius


def low_k(distance_km: Number) -> Floats:
    """The k that is exceeded for 99.9 % of the worst month (section 2.2.2, figure 2; a fit: 157/(144 + 2670/d)).

    The figure begins at 20 km; shorter paths count as 20 km, since what bends a ray down is as likely there.
    """
    distance = np.maximum(np.asarray(distance_km, float), 20.0)
    fit: Floats = 157.0 / (144.0 + 2670.0 / distance)
    return fit


def low_k_clearance(distance_km: Number) -> Floats:
    """Free part of the first Fresnel radius that is wanted at low k in the tropics (section 2.2.2.1, step c).

    0.6 on paths longer than 30 km; on shorter ones 0.3, as for a wide obstacle.
    """
    wanted: Floats = np.where(np.asarray(distance_km) > 30.0, 0.6, 0.3)
    return wanted


def multipath_percent_at_0_db(
    k: Number,
    distance_km: Number,
    frequency_ghz: Number,
    height_a_m: Number,
    height_b_m: Number,
) -> Floats:
    """Occurrence factor p0 of multipath in the average worst month, % (section 2.3.1, equations (5) and (7), at 0 dB).

    `k` is the geoclimatic factor (`rain.geoclimatic_k`); heights are those of the antennas above sea level. Paths of
    5 km and less have none.
    """
    distance = np.asarray(distance_km, float)
    tilt_mrad = np.abs(np.asarray(height_a_m, float) - height_b_m) / distance
    lower_m = np.minimum(height_a_m, height_b_m)
    percent = (
        k
        * distance**3.4
        * (1.0 + tilt_mrad) ** -1.03
        * np.asarray(frequency_ghz, float) ** 0.8
        * 10.0 ** (-0.00076 * lower_m)
    )
    none: Floats = np.where(distance > LEAST_MULTIPATH_KM, percent, 0.0)
    return none


def year_over_worst_month(
    distance_km: Number, height_a_m: Number, height_b_m: Number, lat_deg: Number
) -> Floats:
    """Part of the worst month's multipath that the average year has (section 2.3.4)."""
    distance = np.asarray(distance_km, float)
    lat = np.abs(np.asarray(lat_deg, float))
    sign = np.where(lat <= 45.0, 1.0, -1.0)
    tilt_mrad = np.abs(np.asarray(height_a_m, float) - height_b_m) / distance
    bend = np.abs(np.cos(2.0 * np.radians(lat))) ** 0.7
    gap_db = 10.5 - 5.6 * np.log10(1.1 + sign * bend) - 2.7 * np.log10(distance)
    share: Floats = 10.0 ** (-np.minimum(gap_db + 1.7 * np.log10(1.0 + tilt_mrad), MOST_DELTA_G_DB) / 10.0)
    return share


def multipath_percent(fade_db: Number, p0_percent: Number, share: Number = 1.0) -> Floats:
    """Part of the time that multipath takes more than `fade_db`, % (section 2.3.2, equations (12) to (18)).

    `share` 1 gives the average worst month, `year_over_worst_month` the average year. No fade (0 dB and less) is
    exceeded for 63 % of the time, as the Recommendation's shallow end has it, unless there is no multipath at all.
    """
    fade, p0, part = np.broadcast_arrays(np.asarray(fade_db, float), p0_percent, share)
    fade, known = np.maximum(fade, 0.0), p0 > 0.0
    p0 = np.where(known, p0, 1.0)
    edge_db = np.maximum(25.0 + 1.2 * np.log10(p0), 1.0)
    deep = part * p0 * 10.0 ** (-fade / 10.0)
    shallow = _shallow_percent(fade, edge_db, part * p0 * 10.0 ** (-edge_db / 10.0))
    percent: Floats = np.where(known, np.where(fade >= edge_db, deep, shallow), 0.0)
    return np.minimum(percent, 100.0)


def _shallow_percent(fade_db: Floats, edge_db: Floats, edge_percent: Floats) -> Floats:
    """Equations (13) to (18): from the deep tail at `edge_db` down to 0 dB."""
    at_edge = -20.0 / edge_db * np.log10(-np.log1p(-np.minimum(edge_percent, 99.0) / 100.0))
    bend = (1.0 + 0.3 * 10.0 ** (-edge_db / 20.0)) * 10.0 ** (-0.016 * edge_db)
    q_t = (at_edge - 2.0) / bend - 4.3 * (10.0 ** (-edge_db / 20.0) + edge_db / 800.0)
    bend = (1.0 + 0.3 * 10.0 ** (-fade_db / 20.0)) * 10.0 ** (-0.016 * fade_db)
    q_a = 2.0 + bend * (q_t + 4.3 * (10.0 ** (-fade_db / 20.0) + fade_db / 800.0))
    percent: Floats = -100.0 * np.expm1(-(10.0 ** (-q_a * fade_db / 20.0)))
    return percent


def selective_percent(
    p0_percent: Number, distance_km: Number, bandwidth_mhz: Number, signature_db: float
) -> Floats:
    """Outage because the echoes tear a wide channel apart, worst month, % (section 5.1, steps 1 to 3).

    `signature_db` is the depth of the notch that the receiver just bears, over the width of the channel, alike for
    minimum and non-minimum phase.
    """
    delay_ns = 0.7 * (np.asarray(distance_km, float) / 50.0) ** 1.3
    activity = 1.0 - np.exp(-0.2 * (np.asarray(p0_percent, float) / 100.0) ** 0.75)
    width_ghz = np.asarray(bandwidth_mhz, float) / 1000.0
    notch = 2.0 * width_ghz * 10.0 ** (-signature_db / 20.0) * delay_ns**2 / REFERENCE_DELAY_NS
    percent: Floats = np.minimum(100.0 * 2.15 * activity * notch, 100.0)
    return percent


def rain_db_at_001(
    distance_km: Number,
    rain_mm_per_h: Number,
    frequency_ghz: float,
    polarization: rain.Polarization = "vertical",
) -> Floats:
    """Rain's loss on a hop exceeded for 0.01 % of an average year, dB (section 2.4.1, steps 2 to 4)."""
    distance, rate = np.asarray(distance_km, float), np.asarray(rain_mm_per_h, float)
    if not ((rate >= 0.0) & (rate <= 300.0)).all():
        raise InputError(f"rain_mm_per_h is {rain_mm_per_h}; expected 0 to 300")
    k, alpha = rain.coefficients(frequency_ghz, polarization)
    inverse = 0.477 * distance**0.633 * rate ** (0.073 * alpha) * frequency_ghz**0.123
    inverse = inverse - 10.579 * (1.0 - np.exp(-0.024 * distance))
    loss: Floats = k * rate**alpha * distance / np.maximum(inverse, 0.4)
    return loss


def _rain_powers(frequency_ghz: float) -> tuple[float, float, float]:
    """C1, C2, C3 of section 2.4.1, step 5."""
    c0 = 0.12 + (0.4 * 0.8 * np.log10(frequency_ghz / 10.0) if frequency_ghz >= 10.0 else 0.0)
    return 0.07**c0 * 0.12 ** (1.0 - c0), 0.855 * c0 + 0.546 * (1.0 - c0), 0.139 * c0 + 0.043 * (1.0 - c0)


def rain_db(percent: Number, at_001_db: Number, frequency_ghz: float) -> Floats:
    """Rain's loss exceeded for `percent` (0.001 to 1) of an average year, dB (section 2.4.1, step 5, equation (34))."""
    share = np.asarray(percent, float)
    if not ((share >= LEAST_RAIN_PERCENT) & (share <= 1.0)).all():
        raise InputError(
            f"percent is {percent}; rain is reckoned from {LEAST_RAIN_PERCENT} to 1 % of the year"
        )
    c1, c2, c3 = _rain_powers(frequency_ghz)
    loss: Floats = np.asarray(at_001_db) * c1 * share ** -(c2 + c3 * np.log10(share))
    return loss


def rain_percent(loss_db: Number, at_001_db: Number, frequency_ghz: float) -> Floats:
    """Part of an average year in which rain takes more than `loss_db`, %: `rain_db` turned round.

    Never below 0.001 %, where the method ends; above 1 % its curve is carried on, at most to 100 %.
    """
    c1, c2, c3 = _rain_powers(frequency_ghz)
    loss, full = np.broadcast_arrays(np.asarray(loss_db, float), np.asarray(at_001_db, float))
    wet = full > 0.0
    ratio = np.log10(np.maximum(loss, 1e-9) / np.where(wet, full * c1, 1.0))
    root = np.sqrt(np.maximum(c2 * c2 - 4.0 * c3 * ratio, 0.0))
    percent = 10.0 ** np.minimum((root - c2) / (2.0 * c3), 2.0)
    percent = np.where(loss > 0.0, percent, 100.0)
    held: Floats = np.where(wet, np.maximum(percent, LEAST_RAIN_PERCENT), np.where(loss >= 0, 0.0, 100.0))
    return held


def worst_month_percent(year_percent: Number) -> Floats:
    """Part of the average worst month for a part of the average year, % (P.841, global values: 2.85 and 0.13)."""
    share = np.maximum(np.asarray(year_percent, float), 1e-12)
    ratio = np.clip(2.85 * share**-0.13, 1.0, 12.0)
    percent: Floats = np.where(np.asarray(year_percent) > 0.0, np.minimum(share * ratio, 100.0), 0.0)
    return percent
