"""The mixed model behind a correction: its columns, its posterior, and how it does on sites left out."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.special import log_ndtr

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

#: Shares of the variance sigma_db² that each part has before anything is measured; they add up to 1. Assumed.
SHARES = {"common": 0.20, "band": 0.05, "clutter": 0.10, "site": 0.20, "rest": 0.45}
#: Variance of the slope by decade of distance, as a share of sigma_db². Assumed.
SLOPE_SHARE = 0.05
#: Distance at which the slope does nothing, km.
PIVOT_KM = 5.0
#: Decades of distance to either side beyond which the slope is not followed.
DECADES = 1.0
#: Standard deviation between phones, dB. Assumed: 3GPP TS 36.133 § 9.1.2 lets a phone be 6 dB off, taken as two of it.
PHONE_DB = 3.0
#: Degrees of freedom of the phones' distribution (Student's): few are far off, and those are not believed.
PHONE_FREEDOM = 4.0
#: Power below which a phone sees no network, dBm.
FLOOR_DBM = -125.0
#: Standard deviations from which on a measurement counts less.
HUBER = 2.0
#: Measurements, sites and phones that the assumed standard deviations count as.
PRIOR_POINTS, PRIOR_GROUPS = 20.0, 8.0
#: Sites that the assumption "no correction is needed" counts as when it is decided how much of one is used.
PRIOR_SITES = 2.0
#: Parts that the sites are split into for cross-validation, at most.
FOLDS = 10
#: Mean of min(z², HUBER²) of a standard normal z: what a clipped square is short of (Huber's proposal 2).
_HUBER_SQUARE = 0.9205
_STRENGTHS = np.linspace(0.0, 1.0, 41)
_LARGE = 200_000
_ROUNDS, _FOLD_ROUNDS, _STEP_DB = 60, 12, 1e-3


class Shape(NamedTuple):
    """Which columns there are: a common one, the slope, then these bands and classes of clutter."""

    sigma_db: float
    bands_mhz: tuple[float, ...]
    clutters: tuple[int, ...]

    @property
    def width(self) -> int:
        """How many columns."""
        return 2 + len(self.bands_mhz) + len(self.clutters)


# --- data and design ----------------------------------------------------------------------------------------------


class Data(NamedTuple):
    predicted: Floats
    measured: Floats
    band: Floats
    clutter: Floats
    distance: Floats
    site: Ints
    phone: Ints
    floor: float
    silent: npt.NDArray[np.bool_]
    """At or below the floor."""

    def part(self, keep: npt.NDArray[np.bool_]) -> Data:
        """Some of the points."""
        reals = (self.predicted, self.measured, self.band, self.clutter, self.distance)
        predicted, measured, band, clutter, distance = (x[keep] for x in reals)
        site, phone, silent = self.site[keep], self.phone[keep], self.silent[keep]
        return Data(predicted, measured, band, clutter, distance, site, phone, self.floor, silent)


def shape_of(data: Data, sigma_db: float) -> Shape:
    """The columns that the data can tell of."""
    bands = tuple(np.unique(data.band[np.isfinite(data.band)]).tolist())
    clutters = tuple(int(c) for c in np.unique(data.clutter[data.clutter >= 0]))
    return Shape(sigma_db, bands, clutters)


def design_of(shape: Shape, band: Floats, clutter: Floats, distance_km: Floats) -> Floats:
    """(places, columns): 1, decades of distance from the pivot, and which band and clutter it is."""
    with np.errstate(invalid="ignore", divide="ignore"):
        decades = np.clip(np.log10(distance_km / PIVOT_KM), -DECADES, DECADES)
    return np.column_stack(
        [
            np.ones(len(band)),
            np.nan_to_num(decades, nan=0.0),
            *(band == b for b in shape.bands_mhz),
            *(clutter == c for c in shape.clutters),
        ]
    ).astype(np.float64)


def prior_variance(shape: Shape) -> Floats:
    shares = [SHARES["common"], SLOPE_SHARE]
    shares += [SHARES["band"]] * len(shape.bands_mhz) + [SHARES["clutter"]] * len(shape.clutters)
    return np.array(shares) * shape.sigma_db**2


def assumed_variance(shape: Shape, design: Floats) -> Floats:
    return np.asarray(design**2 @ prior_variance(shape), np.float64)


def never_seen(shape: Shape, design: Floats) -> Floats:
    """Variance of the parts of a band or clutter that was never measured."""
    bands = 2 + len(shape.bands_mhz)
    missing = SHARES["band"] * (design[:, 2:bands].sum(axis=1) == 0)
    missing = missing + SHARES["clutter"] * (design[:, bands:].sum(axis=1) == 0)
    return np.asarray(missing * shape.sigma_db**2, np.float64)


def quadratic(rows: Floats, matrix: Floats) -> Floats:
    """The product x' M x of each row x."""
    return np.asarray(((rows @ matrix) * rows).sum(axis=1), np.float64)


# --- the posterior ------------------------------------------------------------------------------------------------


class Posterior(NamedTuple):
    mean: Floats
    covariance: Floats
    rest_db: float
    site_db: float


def solve(data: Data, shape: Shape, known: Posterior | None = None, rounds: int = _ROUNDS) -> Posterior:
    """Posterior of all parts, with the standard deviations of sites and the rest, or those `known`."""
    design, sites = _whole_design(data, shape)
    width = shape.width
    rest = known.rest_db if known else shape.sigma_db * np.sqrt(SHARES["rest"])
    site = known.site_db if known else shape.sigma_db * np.sqrt(SHARES["site"])
    mean = np.zeros(design.shape[1])
    phone = np.full(design.shape[1] - width - sites, PHONE_DB**2)
    covariance: Floats = np.eye(design.shape[1])
    for _ in range(rounds):
        prior = np.concatenate([prior_variance(shape), np.full(sites, site**2), phone])
        score, bend, weight, square, count = _likelihood(data, design @ mean, rest)
        covariance = np.asarray(
            np.linalg.inv(_square(design, weight / rest**2) + np.diag(1 / prior)), np.float64
        )
        slope = design.T @ score / rest**2 - mean / prior
        # The curvature is nowhere more than `bend`, so a step never goes too far.
        step = np.linalg.solve(_square(design, bend / rest**2) + np.diag(1 / prior), slope)
        mean = mean + step
        own = (mean**2 + np.diag(covariance))[width + sites :]
        phone = (PHONE_FREEDOM * PHONE_DB**2 + own) / (PHONE_FREEDOM + 1)
        if known is None:
            rest, site = _variances(shape, mean, covariance, design, weight, square, count, (width, sites))
        if np.abs(step).max() < _STEP_DB:
            break
    return Posterior(mean, covariance, float(rest), float(site))


def _whole_design(data: Data, shape: Shape) -> tuple[Any, int]:
    """The places' design with one more column for each site, then for each phone; and how many sites."""
    sites, phones = np.unique(data.site), np.unique(data.phone)
    columns = [
        design_of(shape, data.band, data.clutter, data.distance),
        (data.site[:, None] == sites).astype(np.float64),
        (data.phone[:, None] == phones).astype(np.float64),
    ]
    whole = np.hstack(columns)
    # Most of it is zeros: each point has one site and one phone. Where it is large, that saves nearly all of the work.
    return (sparse.csr_array(whole) if whole.size > _LARGE else whole), len(sites)


def _square(design: Any, weight: Floats) -> Floats:
    """The product D' W D with the weights as the diagonal of W."""
    if not isinstance(design, np.ndarray):
        return np.asarray((design.T @ (sparse.diags_array(weight) @ design)).toarray(), np.float64)
    return np.asarray((design.T * weight) @ design, np.float64)


class _Likelihood(NamedTuple):
    score: Floats
    """Slope of the log-likelihood times the variance of the rest, dB."""
    bend: Floats
    """What its curvature times that variance is at most, and …"""
    weight: Floats
    """… what it is here: how much the point tells."""
    square: Floats
    """What the point adds to the sum of squares, dB², and …"""
    number: Floats
    """… to the number of points that the variance of the rest is the mean of."""


def _likelihood(data: Data, shift: Floats, rest: float) -> _Likelihood:
    """What each point tells, by a normal density with Huber's tails: beyond HUBER it falls by that much a deviation."""
    error = data.measured - data.predicted - shift
    room = (data.floor - data.predicted - shift) / rest
    outlying = np.minimum(1.0, HUBER * rest / np.maximum(np.abs(error), 1e-9))
    # Above a floor that hides the rest: λ = φ/(1 - Φ) at the floor. Said to be below it: φ/Φ.
    hidden = np.zeros_like(room) if data.silent.any() else np.minimum(_mills(room), HUBER)
    below = np.minimum(_mills(-room), HUBER)
    lost = np.where(hidden < HUBER, hidden * (hidden - room), 0.0)
    score = np.where(data.silent, -rest * below, outlying * error - rest * hidden)
    bend = np.where(data.silent, 1.0, outlying)
    weight = np.where(data.silent, np.where(below < HUBER, below * (below + room), 0.0), outlying - lost)
    most = HUBER**2 / _HUBER_SQUARE
    square = np.where(
        data.silent, np.minimum(1 - room * below, most), (outlying * error / rest) ** 2 / _HUBER_SQUARE
    )
    # So far below the floor a point tells nothing of how wide the errors are.
    telling = hidden < HUBER
    count = np.where(data.silent, 1.0, np.maximum(1.0 + room * hidden, 0.0)) * telling
    return _Likelihood(score, bend, np.maximum(weight, 0.0), rest**2 * square * telling, count)


def _log_tail(x: Floats) -> Floats:
    """The logarithm of 1 - Φ(x), with Huber's tail."""
    return np.asarray(log_ndtr(-np.minimum(x, HUBER)) - HUBER * np.maximum(x - HUBER, 0.0), np.float64)


def _mills(x: Floats) -> Floats:
    """φ(x) / (1 - Φ(x)), exact far out too."""
    x = np.clip(x, -30.0, 1e4)
    return np.asarray(np.exp(-0.5 * x * x - 0.5 * np.log(2 * np.pi) - log_ndtr(-x)), np.float64)


def _variances(
    shape: Shape,
    mean: Floats,
    covariance: Floats,
    design: Any,
    weight: Floats,
    square: Floats,
    count: Floats,
    sizes: tuple[int, int],
) -> tuple[float, float]:
    """Standard deviations of the rest and of sites: one round of EM, the assumed ones counting as some points."""
    width, sites = sizes
    fitted = weight * np.asarray((design * (design @ covariance)).sum(axis=1))
    assumed = SHARES["rest"] * shape.sigma_db**2
    rest = (PRIOR_POINTS * assumed + (square + fitted).sum()) / (PRIOR_POINTS + count.sum())
    part = slice(width, width + sites)
    own = (mean[part] ** 2 + np.diag(covariance)[part]).sum()
    assumed = SHARES["site"] * shape.sigma_db**2
    site = (PRIOR_GROUPS * assumed + own) / (PRIOR_GROUPS + sites)
    return float(np.sqrt(rest)), float(np.sqrt(site))


# --- cross-validation ---------------------------------------------------------------------------------------------


def validated(data: Data, shape: Shape, whole: Posterior) -> tuple[float | None, float | None, float]:
    """How it does on sites left out, and how much of it to use."""
    sites = np.unique(data.site)
    belief = len(sites) / (len(sites) + PRIOR_SITES)
    spread = float(np.hypot(whole.rest_db, whole.site_db))
    none = np.zeros(len(data.site))
    before = _off(data, none, spread)
    if len(sites) < 3 or before is None:
        return before, None, belief
    shift = _left_out(data, shape, whole, sites)
    # Each site counts the same: one with a thousand points must not decide alone.
    _, group, count = np.unique(data.site, return_inverse=True, return_counts=True)
    likely = [float(np.sum(_log_likelihood(data, g * shift, spread) / count[group])) for g in _STRENGTHS]
    strength = belief * float(_STRENGTHS[int(np.argmax(likely))])
    return before, _off(data, strength * shift, spread), strength


def _off(data: Data, shift: Floats, spread: float) -> float | None:
    """Root mean square of measured power less what a phone that hears something is expected to read, dB."""
    heard = ~data.silent
    if not heard.any():
        return None
    expected = data.predicted + shift
    if heard.all():
        expected = expected + spread * _mills((data.floor - expected) / spread)
    return round(float(np.sqrt(np.mean((data.measured - expected)[heard] ** 2))), 6)


def _log_likelihood(data: Data, shift: Floats, spread: float) -> Floats:
    """Of each point, by a normal of `spread` dB with the floor, and Huber's loss for outliers."""
    error = np.abs(data.measured - data.predicted - shift) / spread
    room = (data.floor - data.predicted - shift) / spread
    loss = np.where(error <= HUBER, 0.5 * error**2, HUBER * error - 0.5 * HUBER**2)
    hidden = np.zeros_like(room) if data.silent.any() else _log_tail(room)
    return np.asarray(np.where(data.silent, _log_tail(-room), -loss - hidden), np.float64)


def _left_out(data: Data, shape: Shape, whole: Posterior, sites: Ints) -> Floats:
    """The correction of each point, dB, as made without its site."""
    fold = np.searchsorted(sites, data.site) % min(FOLDS, len(sites))
    width = shape.width
    shift = np.zeros(len(data.site))
    design = design_of(shape, data.band, data.clutter, data.distance)
    for k in np.unique(fold):
        rest = solve(data.part(fold != k), shape, whole, _FOLD_ROUNDS)
        shift[fold == k] = design[fold == k] @ rest.mean[:width]
    return shift
