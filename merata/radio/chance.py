"""The chance that a place is served, and how sure that chance is: from the model's error, some of which can be learnt.

What the model says at a place is off by two kinds of error. The *spread* is what stays however much one measures: this
site is not as its list says, this clearing is no forest. The *correction's uncertainty* is what all places alike share
and measurements would tell: the model is off in forest, or at 1800 MHz, or far away. With both normal and independent,

    chance = Φ(h),  h = (power - threshold) / sqrt(spread² + correction²)

is the chance on average, and what one would call it if the correction were known is Φ((power + δ - threshold) /
spread) with δ normal of standard deviation `correction`. Its standard deviation is the ± of "78 % ± 9".
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, owens_t

from merata.radio.p1812 import location_sigma_db

#: Height of a phone above ground, m.
PHONE_M = 1.5

Floats = npt.NDArray[np.float64]


class Chance(NamedTuple):
    """A chance and its standard uncertainty, both 0 to 1, one for each place."""

    chance: Floats
    uncertainty: Floats


def chance_served(
    power_dbm: npt.ArrayLike,
    threshold_dbm: float,
    spread_db: npt.ArrayLike,
    correction_sigma_db: npt.ArrayLike = 0.0,
) -> Chance:
    """The chance that the true power at a place is at least `threshold_dbm`, with its own uncertainty.

    Parameters
    ----------
    power_dbm
        Predicted (and corrected) power, dBm; NaN, no site in reach, stays NaN.
    threshold_dbm
        Power at which the level is reached, dBm.
    spread_db
        Standard deviation of a place about a prediction that has no common error, dB, above 0.
    correction_sigma_db
        Standard deviation of the common error, dB; 0: it is known.

    Notes
    -----
    The variance is Φ₂(h, h; ρ) - Φ(h)² with ρ = correction² / (spread² + correction²), and the bivariate normal of
    equal arguments is Φ(h) - 2 T(h, sqrt((1 - ρ) / (1 + ρ))) by Owen (1956), Ann. Math. Statist. 27, 1075-1090.

    Raises
    ------
    ValueError
        A spread is not above 0, or an uncertainty is below 0.

    """
    power, spread, common = np.broadcast_arrays(
        *(np.asarray(x, np.float64) for x in (power_dbm, spread_db, correction_sigma_db))
    )
    if np.any(spread <= 0):
        raise ValueError(f"a spread of {np.min(spread)} dB; it must be above 0")
    if np.any(common < 0):
        raise ValueError(f"an uncertainty of {np.min(common)} dB; it must not be below 0")
    total = spread**2 + common**2
    h = (power - threshold_dbm) / np.sqrt(total)
    shared = common**2 / total
    chance = np.asarray(ndtr(h), np.float64)
    variance = chance * (1 - chance) - 2 * owens_t(h, np.sqrt((1 - shared) / (1 + shared)))
    return Chance(chance, np.sqrt(np.clip(variance, 0.0, None)))


def place_spread_db(spread_db: npt.ArrayLike, frequency_mhz: npt.ArrayLike, width_m: float) -> Floats:
    """The spread of a place about its prediction, dB, never less than the variability within one pixel.

    A model's error against measurements holds the location variability already, so it is not added again; but nobody
    is surer than Recommendation ITU-R P.1812-8 § 4.8 (equation 64) lets them be within a pixel of `width_m`.

    Parameters
    ----------
    spread_db
        Standard deviation about the prediction, as assumed or measured, dB.
    frequency_mhz
        Frequency, MHz; NaN where nothing is received: no variability is known there.
    width_m
        Side of a pixel, m.

    """
    spread, frequency = np.broadcast_arrays(*(np.asarray(x, np.float64) for x in (spread_db, frequency_mhz)))
    out = spread.copy()
    for mhz in np.unique(frequency[np.isfinite(frequency)]):
        here = frequency == mhz
        # A phone no higher than what stands around it varies most (66); it is the surer side to err on.
        within = location_sigma_db(mhz / 1000.0, PHONE_M, PHONE_M, width_m)
        out[here] = np.maximum(out[here], within)
    return out
