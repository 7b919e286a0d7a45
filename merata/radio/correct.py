"""A correction of the radio model by band, clutter and distance, from measured signal, that a handful cannot mislead.

The difference between measured and predicted power is taken as

    a common part + one of the band + one of the clutter + a slope by decade of distance + one of the site
    + one of the phone + the rest,

each normal about zero with a standard deviation that is declared here as a share of the model's error (`SHARES`), so
that the whole of them is the setting `sigma_db`. Their posterior mean is the correction (ridge regression, or best
linear unbiased prediction: Henderson 1975, Biometrics 31, 423-447): without measurements it is zero, with few it is
drawn towards zero, with many it is what was measured. The parts of sites and phones are not corrected for: they only
keep a hundred points under one site from counting as a hundred, and a phone with a bad antenna from counting as a bad
model.

- **Phones see nothing below a floor.** A measurement is there because it was above it, so the measured are stronger on
  average than the truth where the prediction is near the floor. The likelihood is the truncated normal's; points that
  are said to be at or below the floor are known to be no more than that (Tobin 1958, Econometrica 26, 24-36), and when
  there are any, silence is taken to be recorded and nothing is truncated.
- **Outliers** count less from `HUBER` standard deviations on (Huber 1964, Ann. Math. Statist. 35, 73-101).
- **Cross-validated by site**: the correction is made without a part of the sites and tried on them. It is used only as
  strongly as would have been best there, and less with few sites; what is not used of it stays as uncertainty.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
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
#: Standard deviation between phones, dB. Assumed: 3GPP TS 36.133 § 9.1.2 lets a phone be 6 dB off, taken as two of them.
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
#: A measurement never counts less than so, or a step could run away.
_LEAST_WEIGHT = 0.05
#: Mean of min(z², HUBER²) of a standard normal z: what a clipped square is short of (Huber's proposal 2).
_HUBER_SQUARE = 0.9205
_STRENGTHS = np.linspace(0.0, 1.0, 41)
_ROUNDS, _STEP_DB = 60, 1e-4


@dataclass(frozen=True, eq=False)
class Points:
    """Places where the power was measured and is predicted; arrays of one length."""

    predicted_dbm: npt.ArrayLike
    measured_dbm: npt.ArrayLike
    """At or below the floor: nothing was received there."""
    band_mhz: npt.ArrayLike
    """NaN: not known."""
    clutter: npt.ArrayLike
    """Class of land cover; negative: not known."""
    distance_km: npt.ArrayLike
    """From the predicted site; NaN: not known."""
    site: npt.ArrayLike
    """Which site is predicted to serve: any whole number."""
    phone: npt.ArrayLike | None = None
    """Which phone or campaign measured: any whole number; None: one for all."""


class Corrected(NamedTuple):
    """A corrected prediction, one for each place."""

    power_dbm: Floats
    sigma_db: Floats
    """Standard deviation of the correction, dB: what more measurements would take away."""


class Validation(NamedTuple):
    """How the correction did on sites that it had not seen."""

    before_db: float | None = None
    """Root mean square of measured power less what a phone there is expected to read, dB; None: nothing was heard."""
    after_db: float | None = None
    """The same with the correction that is used; None: there were too few sites to try."""


@dataclass(frozen=True)
class Correction:
    """What is added to a prediction, and how sure that is. Plain numbers: equal corrections are equal objects."""

    sigma_db: float
    """The model's error as assumed, dB."""
    bands_mhz: tuple[float, ...] = ()
    clutters: tuple[int, ...] = ()
    mean_db: tuple[float, ...] = (0.0, 0.0)
    """Common part, slope by decade, then one for each band and each class of clutter, dB."""
    covariance_db2: tuple[tuple[float, ...], ...] = ()
    strength: float = 0.0
    """How much of the posterior mean is used, 0 to 1."""
    spread_db: float = 0.0
    """Standard deviation of places about their corrected prediction, dB."""
    points: int = 0
    sites: int = 0
    validation: Validation = Validation()  # noqa: RUF009 — a tuple does not change

    def apply(
        self,
        predicted_dbm: npt.ArrayLike,
        band_mhz: npt.ArrayLike,
        clutter: npt.ArrayLike,
        distance_km: npt.ArrayLike,
    ) -> Corrected:
        """The corrected power at places, dBm, and the correction's standard deviation, dB.

        Parameters
        ----------
        predicted_dbm
            Predicted power, dBm; NaN stays NaN.
        band_mhz, clutter, distance_km
            As in `Points`; what is unknown or was never measured gets what all places share, and is less sure.

        """
        predicted, band, cover, km = np.broadcast_arrays(
            *(np.asarray(x, np.float64) for x in (predicted_dbm, band_mhz, clutter, distance_km))
        )
        flat = _design(self, band.ravel(), cover.ravel(), km.ravel())
        assumed = _assumed_variance(self, flat)
        known = _quadratic(flat, np.array(self.covariance_db2))
        variance = self.strength * known + (1 - self.strength) * assumed + _never_seen(self, flat)
        variance = np.maximum(variance, 0.0)
        shift = self.strength * (flat @ np.array(self.mean_db))
        return Corrected(
            predicted + shift.reshape(predicted.shape), np.sqrt(variance).reshape(predicted.shape)
        )


def no_correction(sigma_db: float) -> Correction:
    """The correction where nothing was measured: zero, as unsure as the model's error `sigma_db` says."""
    blank = Correction(sigma_db)
    prior = np.diag(_prior_variance(blank))
    return replace(blank, covariance_db2=_rows(prior), spread_db=_assumed_spread(sigma_db))


def _assumed_spread(sigma_db: float) -> float:
    return float(sigma_db * np.sqrt(SHARES["site"] + SHARES["rest"]))


def fit(points: Points, sigma_db: float, floor_dbm: float = FLOOR_DBM) -> Correction:
    """The correction that measurements tell of, cross-validated by site.

    Parameters
    ----------
    points
        Measured and predicted power; points without one of the two are not used.
    sigma_db
        The model's error as assumed before measurements, dB, above 0.
    floor_dbm
        Power below which a phone sees nothing, dBm.

    Raises
    ------
    ValueError
        The arrays differ in length, or `sigma_db` is not above 0.

    """
    if not sigma_db > 0:
        raise ValueError(f"a model's error of {sigma_db} dB; it must be above 0")
    data = _data(points, floor_dbm)
    if not len(data.measured):
        return no_correction(sigma_db)
    shape = _shape(data, sigma_db)
    whole = _solve(data, shape)
    validation, strength = _validated(data, shape, whole)
    width = len(shape.mean_db)
    return replace(
        shape,
        mean_db=_rows(whole.mean[None, :width])[0],
        covariance_db2=_rows(whole.covariance[:width, :width]),
        strength=round(strength, 6),
        spread_db=round(float(np.hypot(whole.rest_db, whole.site_db)), 6),
        points=len(data.measured),
        sites=len(np.unique(data.site)),
        validation=validation,
    )


# --- data and design ----------------------------------------------------------------------------------------------


class _Data(NamedTuple):
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

    def part(self, keep: npt.NDArray[np.bool_]) -> _Data:
        """Some of the points."""
        reals = (self.predicted, self.measured, self.band, self.clutter, self.distance)
        predicted, measured, band, clutter, distance = (x[keep] for x in reals)
        site, phone, silent = self.site[keep], self.phone[keep], self.silent[keep]
        return _Data(predicted, measured, band, clutter, distance, site, phone, self.floor, silent)


def _data(points: Points, floor_dbm: float) -> _Data:
    predicted, measured, band, clutter, distance = (
        np.atleast_1d(np.asarray(getattr(points, name), np.float64))
        for name in ("predicted_dbm", "measured_dbm", "band_mhz", "clutter", "distance_km")
    )
    site = np.atleast_1d(np.asarray(points.site, np.int64))
    phone = np.zeros_like(site) if points.phone is None else np.atleast_1d(np.asarray(points.phone, np.int64))
    lengths = {len(x) for x in (predicted, measured, band, clutter, distance, site, phone)}
    if len(lengths) > 1:
        raise ValueError(f"points of different lengths: {sorted(lengths)}")
    silent = measured <= floor_dbm
    data = _Data(predicted, measured, band, clutter, distance, site, phone, floor_dbm, silent)
    return data.part(np.isfinite(predicted) & np.isfinite(measured))


def _shape(data: _Data, sigma_db: float) -> Correction:
    """A correction with the columns that the data can tell of, nothing in them yet."""
    bands = tuple(np.unique(data.band[np.isfinite(data.band)]).tolist())
    clutters = tuple(int(c) for c in np.unique(data.clutter[data.clutter >= 0]))
    width = 2 + len(bands) + len(clutters)
    return Correction(sigma_db, bands, clutters, mean_db=(0.0,) * width)


def _design(shape: Correction, band: Floats, clutter: Floats, distance_km: Floats) -> Floats:
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


def _prior_variance(shape: Correction) -> Floats:
    shares = [SHARES["common"], SLOPE_SHARE]
    shares += [SHARES["band"]] * len(shape.bands_mhz) + [SHARES["clutter"]] * len(shape.clutters)
    return np.array(shares) * shape.sigma_db**2


def _assumed_variance(shape: Correction, design: Floats) -> Floats:
    return np.asarray(design**2 @ _prior_variance(shape), np.float64)


def _never_seen(shape: Correction, design: Floats) -> Floats:
    """Variance of the parts of a band or clutter that was never measured."""
    bands = 2 + len(shape.bands_mhz)
    missing = SHARES["band"] * (design[:, 2:bands].sum(axis=1) == 0)
    missing = missing + SHARES["clutter"] * (design[:, bands:].sum(axis=1) == 0)
    return np.asarray(missing * shape.sigma_db**2, np.float64)


def _quadratic(rows: Floats, matrix: Floats) -> Floats:
    """The product x' M x of each row x."""
    return np.asarray(((rows @ matrix) * rows).sum(axis=1), np.float64)


def _rows(matrix: Floats) -> tuple[tuple[float, ...], ...]:
    # Rounded, so that another order of adding up in linear algebra does not show.
    return tuple(tuple(row) for row in np.round(matrix, 6).tolist())


# --- the posterior ------------------------------------------------------------------------------------------------


class _Posterior(NamedTuple):
    mean: Floats
    covariance: Floats
    rest_db: float
    site_db: float


def _solve(
    data: _Data, shape: Correction, known: _Posterior | None = None, rounds: int = _ROUNDS
) -> _Posterior:
    """Posterior of all parts, with the standard deviations of sites and the rest, or those `known`."""
    design, sites = _whole_design(data, shape)
    width = len(shape.mean_db)
    rest = known.rest_db if known else shape.sigma_db * np.sqrt(SHARES["rest"])
    site = known.site_db if known else shape.sigma_db * np.sqrt(SHARES["site"])
    mean = np.zeros(design.shape[1])
    phone = np.full(design.shape[1] - width - sites, PHONE_DB**2)
    covariance = np.eye(design.shape[1])
    for _ in range(rounds):
        prior = np.concatenate([_prior_variance(shape), np.full(sites, site**2), phone])
        score, weight, square, count = _likelihood(data, design @ mean, rest)
        precision = (design.T * weight) @ design / rest**2 + np.diag(1 / prior)
        covariance = np.linalg.inv(precision)
        step = covariance @ (design.T @ score / rest**2 - mean / prior)
        mean = mean + step
        own = (mean**2 + np.diag(covariance))[width + sites :]
        phone = (PHONE_FREEDOM * PHONE_DB**2 + own) / (PHONE_FREEDOM + 1)
        if known is None:
            rest, site = _variances(shape, mean, covariance, design, weight, square, count, (width, sites))
        if np.abs(step).max() < _STEP_DB:
            break
    return _Posterior(mean, covariance, float(rest), float(site))


def _whole_design(data: _Data, shape: Correction) -> tuple[Floats, int]:
    """The places' design with one more column for each site, then for each phone; and how many sites."""
    sites, phones = np.unique(data.site), np.unique(data.phone)
    columns = [
        _design(shape, data.band, data.clutter, data.distance),
        (data.site[:, None] == sites).astype(np.float64),
        (data.phone[:, None] == phones).astype(np.float64),
    ]
    return np.hstack(columns), len(sites)


def _likelihood(data: _Data, shift: Floats, rest: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Score (dB) and weight of each point, and what it adds to the square sum (dB²) and the count for the variance."""
    error = data.measured - data.predicted - shift
    room = (data.floor - data.predicted - shift) / rest
    outlying = np.minimum(1.0, HUBER * rest / np.maximum(np.abs(error), 1e-9))
    # Above a floor that hides the rest: λ = φ/(1 - Φ) at the floor. Said to be below it: h = φ/Φ.
    hidden = np.zeros_like(room) if data.silent.any() else _mills(room)
    below = _mills(-room)
    score = np.where(data.silent, -rest * below, outlying * error - rest * hidden)
    weight = np.where(data.silent, below * (below + room), outlying - hidden * (hidden - room))
    square = np.where(data.silent, rest**2 * (1 - room * below), (outlying * error) ** 2 / _HUBER_SQUARE)
    count = np.where(data.silent, 1.0, 1.0 + room * hidden)
    return score, np.maximum(weight, _LEAST_WEIGHT), square, np.maximum(count, _LEAST_WEIGHT)


def _mills(x: Floats) -> Floats:
    """φ(x) / (1 - Φ(x)), exact far out too."""
    return np.asarray(np.exp(-0.5 * x * x - 0.5 * np.log(2 * np.pi) - log_ndtr(-x)), np.float64)


def _variances(
    shape: Correction,
    mean: Floats,
    covariance: Floats,
    design: Floats,
    weight: Floats,
    square: Floats,
    count: Floats,
    sizes: tuple[int, int],
) -> tuple[float, float]:
    """Standard deviations of the rest and of sites: one round of EM, the assumed ones counting as some points."""
    width, sites = sizes
    fitted = weight * _quadratic(design, covariance)
    assumed = SHARES["rest"] * shape.sigma_db**2
    rest = (PRIOR_POINTS * assumed + (square + fitted).sum()) / (PRIOR_POINTS + count.sum())
    part = slice(width, width + sites)
    own = (mean[part] ** 2 + np.diag(covariance)[part]).sum()
    assumed = SHARES["site"] * shape.sigma_db**2
    site = (PRIOR_GROUPS * assumed + own) / (PRIOR_GROUPS + sites)
    return float(np.sqrt(rest)), float(np.sqrt(site))


# --- cross-validation ---------------------------------------------------------------------------------------------


def _validated(data: _Data, shape: Correction, whole: _Posterior) -> tuple[Validation, float]:
    """How it does on sites left out, and how much of it to use."""
    sites = np.unique(data.site)
    belief = len(sites) / (len(sites) + PRIOR_SITES)
    spread = float(np.hypot(whole.rest_db, whole.site_db))
    none = np.zeros(len(data.site))
    before = _off(data, none, spread)
    if len(sites) < 3 or before is None:
        return Validation(before), belief
    shift = _left_out(data, shape, whole, sites)
    # Each site counts the same: one with a thousand points must not decide alone.
    _, group, count = np.unique(data.site, return_inverse=True, return_counts=True)
    likely = [float(np.sum(_log_likelihood(data, g * shift, spread) / count[group])) for g in _STRENGTHS]
    strength = belief * float(_STRENGTHS[int(np.argmax(likely))])
    return Validation(before, _off(data, strength * shift, spread)), strength


def _off(data: _Data, shift: Floats, spread: float) -> float | None:
    """Root mean square of measured power less what a phone that hears something is expected to read, dB."""
    heard = ~data.silent
    if not heard.any():
        return None
    expected = data.predicted + shift
    if heard.all():
        expected = expected + spread * _mills((data.floor - expected) / spread)
    return round(float(np.sqrt(np.mean((data.measured - expected)[heard] ** 2))), 6)


def _log_likelihood(data: _Data, shift: Floats, spread: float) -> Floats:
    """Of each point, by a normal of `spread` dB with the floor, and Huber's loss for outliers."""
    error = np.abs(data.measured - data.predicted - shift) / spread
    room = (data.floor - data.predicted - shift) / spread
    loss = np.where(error <= HUBER, 0.5 * error**2, HUBER * error - 0.5 * HUBER**2)
    hidden = np.zeros_like(room) if data.silent.any() else log_ndtr(-room)
    return np.asarray(np.where(data.silent, log_ndtr(room), -loss - hidden), np.float64)


def _left_out(data: _Data, shape: Correction, whole: _Posterior, sites: Ints) -> Floats:
    """The correction of each point, dB, as made without its site."""
    fold = np.searchsorted(sites, data.site) % min(FOLDS, len(sites))
    width = len(shape.mean_db)
    shift = np.zeros(len(data.site))
    design = _design(shape, data.band, data.clutter, data.distance)
    for k in np.unique(fold):
        rest = _solve(data.part(fold != k), shape, whole)
        shift[fold == k] = design[fold == k] @ rest.mean[:width]
    return shift
