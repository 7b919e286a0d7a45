"""A correction of the radio model by band, clutter and distance, from measured signal, that a handful cannot mislead.

The difference between measured and predicted power is taken as

    a common part + one of the band + one of the clutter + a slope by decade of distance + one of the site
    + one of the phone + the rest,

each normal about zero with a standard deviation that is declared as a share of the model's error (`radio._mixed`), so
that the whole of them is the setting `sigma_db`. Their posterior mean is the correction (ridge regression, or best
linear unbiased prediction: Henderson 1975, Biometrics 31, 423-447): without measurements it is zero, with few it is
drawn towards zero, with many it is what was measured. The parts of sites and phones are not corrected for: they only
keep a hundred points under one site from counting as a hundred, and a phone with a bad antenna from counting as a bad
model.

- **Phones see nothing below a floor.** A measurement is there because it was above it, so the measured are stronger on
  average than the truth where the prediction is near the floor. The likelihood is the truncated normal's; points that
  are said to be at or below the floor are known to be no more than that (Tobin 1958, Econometrica 26, 24-36), and when
  there are any, silence is taken to be recorded and nothing is truncated.
- **Outliers** count less from two standard deviations on (Huber 1964, Ann. Math. Statist. 35, 73-101).
- **Cross-validated by site**: the correction is made without a part of the sites and tried on them. It is used only as
  strongly as would have been best there, and less with few sites; what is not used of it stays as uncertainty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from merata.radio._mixed import (
    FLOOR_DBM,
    SHARES,
    Data,
    Floats,
    Shape,
    assumed_variance,
    design_of,
    never_seen,
    prior_variance,
    quadratic,
    shape_of,
    solve,
    validated,
)


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
        shape = Shape(self.sigma_db, self.bands_mhz, self.clutters)
        flat = design_of(shape, band.ravel(), cover.ravel(), km.ravel())
        assumed = assumed_variance(shape, flat)
        known = quadratic(flat, np.array(self.covariance_db2))
        variance = self.strength * known + (1 - self.strength) * assumed + never_seen(shape, flat)
        variance = np.maximum(variance, 0.0)
        shift = self.strength * (flat @ np.array(self.mean_db))
        return Corrected(
            predicted + shift.reshape(predicted.shape), np.sqrt(variance).reshape(predicted.shape)
        )


def no_correction(sigma_db: float) -> Correction:
    """The correction where nothing was measured: zero, as unsure as the model's error `sigma_db` says."""
    prior = np.diag(prior_variance(Shape(sigma_db, (), ())))
    spread_db = float(sigma_db * np.sqrt(SHARES["site"] + SHARES["rest"]))
    return Correction(sigma_db, covariance_db2=_rows(prior), spread_db=spread_db)


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
    shape = shape_of(data, sigma_db)
    whole = solve(data, shape)
    before_db, after_db, strength = validated(data, shape, whole)
    width = shape.width
    return Correction(
        *shape,
        mean_db=_rows(whole.mean[None, :width])[0],
        covariance_db2=_rows(whole.covariance[:width, :width]),
        strength=round(strength, 6),
        spread_db=round(float(np.hypot(whole.rest_db, whole.site_db)), 6),
        points=len(data.measured),
        sites=len(np.unique(data.site)),
        validation=Validation(before_db, after_db),
    )


def _data(points: Points, floor_dbm: float) -> Data:
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
    data = Data(predicted, measured, band, clutter, distance, site, phone, floor_dbm, silent)
    return data.part(np.isfinite(predicted) & np.isfinite(measured))


def _rows(matrix: Floats) -> tuple[tuple[float, ...], ...]:
    # Rounded, so that another order of adding up in linear algebra does not show.
    return tuple(tuple(row) for row in np.round(matrix, 6).tolist())
