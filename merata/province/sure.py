"""The statistics of the comparison: standardised shares, ratios, funnels, each with how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

Floats = npt.NDArray[np.float64]
Z = 1.959963984540054


class Interval(NamedTuple):
    """A value and the ends of its interval at 95 %; NaN where nothing can be said."""

    value: float
    low: float
    high: float


NOTHING = Interval(np.nan, np.nan, np.nan)


class Standardised(NamedTuple):
    """A region's share as if its people lived in the kinds of place that the province has."""

    interval: Interval
    covered: float
    """Share of the province's weight that lies in kinds of place which the region has."""


def share_known(weight: Any, chance: Any) -> Interval:
    """The share of `weight` (people by village) that has something, of each village's `chance` (0 to 1) to have it.

    The interval says how sure the knowledge is, not what a sample left out, for all villages are there: what is
    believed of a village is wrong as a whole, of different villages on its own, as in `merata.access.gap`.
    """
    weight, chance = np.asarray(weight, float), np.asarray(chance, float)
    total = weight.sum()
    if total <= 0:
        return NOTHING
    value = float((weight * chance).sum() / total)
    sd = float(np.sqrt((weight**2 * np.clip(chance * (1 - chance), 0, None)).sum()) / total)
    return Interval(value, max(0.0, value - Z * sd), min(1.0, value + Z * sd))


def share_counted(hits: int, cases: int) -> Interval:
    """The share of cases that hit, with Wilson's interval (1927)."""
    if cases <= 0:
        return NOTHING
    found = stats.binomtest(hits, cases).proportion_ci(0.95, method="wilson")
    return Interval(hits / cases, float(found.low), float(found.high))


def standardised(
    shares: Mapping[str, Interval], weights: Mapping[str, float], least_cover: float
) -> Standardised:
    """Direct standardisation: Σ wₖ rₖ / Σ wₖ over the kinds k that the region has (Breslow and Day 1987, chapter 2).

    Parameters
    ----------
    shares
        The region's share by kind; those with NaN are left out.
    weights
        The province's weight of every kind.
    least_cover
        With less of the province's weight covered nothing is said: the region has no places like the province's.
    """
    there = [
        kind for kind, share in shares.items() if share.value == share.value and weights.get(kind, 0) > 0
    ]
    total, mine = sum(weights.values()), sum(weights[kind] for kind in there)
    covered = mine / total if total > 0 else 0.0
    if not there or covered < least_cover:
        return Standardised(NOTHING, covered)
    value = sum(weights[kind] * shares[kind].value for kind in there) / mine
    below = (
        sum((weights[kind] * (shares[kind].value - shares[kind].low)) ** 2 for kind in there) ** 0.5 / mine
    )
    above = (
        sum((weights[kind] * (shares[kind].high - shares[kind].value)) ** 2 for kind in there) ** 0.5 / mine
    )
    return Standardised(Interval(value, max(0.0, value - below), min(1.0, value + above)), covered)


def ratio(amounts: Any, people: Any) -> Interval:
    """Amount for each person, Σa / Σp, with the interval of a ratio of sums over villages (Cochran 1977, chapter 6)."""
    amounts, people = np.asarray(amounts, float), np.asarray(people, float)
    n, total = len(amounts), people.sum()
    if n < 2 or total <= 0:
        return NOTHING
    value = float(amounts.sum() / total)
    residual = amounts - value * people
    se = float(np.sqrt(n / (n - 1) * (residual**2).sum()) / total)
    reach = float(stats.t.ppf(0.975, n - 1)) * se
    return Interval(value, max(0.0, value - reach), value + reach)


def funnel(centre: float, cases: int, coverage: float) -> tuple[float, float]:
    """Between which shares a region with so many cases lies by chance alone, were it as all are (Spiegelhalter 2005).

    Limits of the binomial distribution, interpolated between its steps as there in appendix A; `coverage`: 0.95, 0.998.
    """
    if cases <= 0 or centre != centre:
        return np.nan, np.nan
    low, high = (_between_steps((1 + side * coverage) / 2, cases, centre) for side in (-1, 1))
    return max(0.0, low / cases), min(1.0, high / cases)


def _between_steps(chance: float, cases: int, centre: float) -> float:
    at = float(stats.binom.ppf(chance, cases, centre))
    step = float(stats.binom.pmf(at, cases, centre))
    return at - (float(stats.binom.cdf(at, cases, centre)) - chance) / step if step > 0 else at


def drawn(chance: pd.Series, spread: pd.Series, draws: int, seed: int) -> Floats:
    """Chances as they could be, by their own uncertainty, kept within 0 and 1; draws × villages."""
    random = np.random.default_rng(seed)
    noise = random.standard_normal((draws, len(chance)))
    return np.clip(chance.to_numpy(float) + spread.fillna(0).to_numpy(float) * noise, 0, 1)
