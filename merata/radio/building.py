"""What a building's walls take from a signal: Recommendation ITU-R P.2109-2, the loss and the chance of a loss.

The Recommendation gives the loss not exceeded with a probability, over buildings and places inside of them, for two
kinds of building: `traditional`, and `thermally efficient` (coated glass, foil-backed insulation). It is meant for
0.08 to 100 GHz. No kind of a village's wooden house is among them; `traditional` is the nearest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Coefficients:
    r: float
    s: float
    t: float
    u: float
    v: float
    w: float
    x: float
    y: float
    z: float


#: Table 1 of the Recommendation.
_TABLE_1 = {
    "traditional": _Coefficients(12.64, 3.72, 0.96, 9.6, 2.0, 9.1, -3.0, 4.5, -2.0),
    "thermally efficient": _Coefficients(28.19, -3.00, 8.48, 13.5, 3.8, 27.8, -2.9, 9.4, -2.1),
}
BUILDINGS = tuple(_TABLE_1)

#: C of equation (4): what is left where neither of the two normal distributions counts, dB.
_C_DB = -3.0


def entry_loss_db(
    frequency_ghz: npt.ArrayLike,
    building: str,
    probability: npt.ArrayLike = 0.5,
    elevation_deg: npt.ArrayLike = 0.0,
) -> Floats:
    """The loss that is not exceeded with `probability` on the way into a building, dB: P.2109-2 equations (1) to (10).

    Parameters
    ----------
    frequency_ghz
        0.08 to 100.
    building
        "traditional", "thermally efficient", or "none" for outdoors (0 dB).
    probability
        More than 0, less than 1.
    elevation_deg
        Angle of the path above or below the horizon at the wall, -90 to 90.

    Returns
    -------
    An array of the shape that the arguments together have; -3 dB at the least (a path may add up inside).

    Raises
    ------
    ValueError
        An argument is outside of the Recommendation.

    """
    f, p, theta = _checked(frequency_ghz, probability, elevation_deg)
    if building == "none":
        return np.zeros(np.broadcast_shapes(f.shape, p.shape, theta.shape))
    return _loss_at(ndtri(p), *_normals(f, theta, building))


def entry_probability(
    loss_db: npt.ArrayLike, frequency_ghz: npt.ArrayLike, building: str, elevation_deg: npt.ArrayLike = 0.0
) -> Floats:
    """The chance that a building takes no more than `loss_db`, 0 to 1: the inverse of `entry_loss_db`."""
    f, _, theta = _checked(frequency_ghz, 0.5, elevation_deg)
    loss = np.asarray(loss_db, float)
    if building == "none":
        shape = np.broadcast_shapes(loss.shape, f.shape, theta.shape)
        return np.broadcast_to(np.where(loss >= 0, 1.0, 0.0), shape).copy()
    normals = _normals(f, theta, building)
    shape = np.broadcast_shapes(loss.shape, normals[0].shape)
    low, high = np.full(shape, -40.0), np.full(shape, 40.0)
    # The loss grows with the normal quantile: halving finds it to 80 / 2**60.
    for _ in range(60):
        middle = (low + high) / 2
        above = _loss_at(middle, *normals) > loss
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return np.where(np.isnan(loss), np.nan, ndtr(low))


def _normals(f_ghz: Floats, theta_deg: Floats, building: str) -> tuple[Floats, Floats, Floats, Floats]:
    """Means and standard deviations μ1, σ1, μ2, σ2: equations (5) to (10)."""
    if building not in _TABLE_1:
        raise ValueError(f"building is {building!r}; expected none, {' or '.join(BUILDINGS)}")
    k = _TABLE_1[building]
    decades = np.log10(f_ghz)
    horizontal_db = k.r + k.s * decades + k.t * decades**2
    mean_1 = horizontal_db + 0.212 * np.abs(theta_deg)
    return mean_1, k.u + k.v * decades, k.w + k.x * decades, k.y + k.z * decades


def _loss_at(quantile: Floats, mean_1: Floats, sigma_1: Floats, mean_2: Floats, sigma_2: Floats) -> Floats:
    """Equations (1) to (4), for a quantile of the standard normal distribution."""
    a_db, b_db = quantile * sigma_1 + mean_1, quantile * sigma_2 + mean_2
    total: Floats = 10 * np.log10(10 ** (0.1 * a_db) + 10 ** (0.1 * b_db) + 10 ** (0.1 * _C_DB))
    return total


def _checked(
    frequency_ghz: npt.ArrayLike, probability: npt.ArrayLike, elevation_deg: npt.ArrayLike
) -> tuple[Floats, Floats, Floats]:
    f, p, theta = (np.asarray(values, float) for values in (frequency_ghz, probability, elevation_deg))
    for name, values, good, expected in (
        ("frequency_ghz", f, (f >= 0.08) & (f <= 100), "0.08 to 100"),
        ("probability", p, (p > 0) & (p < 1), "more than 0, less than 1"),
        ("elevation_deg", theta, (theta >= -90) & (theta <= 90), "-90 to 90"),
    ):
        if not good.all():
            raise ValueError(f"{name} is {values[~good].flat[0]}; expected {expected}")
    return f, p, theta
