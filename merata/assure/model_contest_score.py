"""How good predictions of a model contest are: proper scores, and how well they are calibrated.

A score is proper when nobody gains by saying anything else than what they believe (Gneiting and Raftery 2007, J. Am.
Stat. Assoc. 102, 359-378). Lower is better in all of them here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: What quantiles a prediction of signal gives.
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
QUANTILES = tuple(f"q{100 * level:02.0f}" for level in LEVELS)
CHANCE = ("p",)
#: A chance of 0 or 1 that is wrong would cost infinitely much: the logarithm is taken of no less than this.
LEAST_CHANCE = 1e-6


@dataclass(frozen=True)
class Target:
    """What is to be predicted: the columns of a prediction, how they are scored, and what the score is called."""

    name: str
    about: str
    columns: tuple[str, ...]
    score: str
    unit: str


TARGETS = {
    target.name: target
    for target in (
        Target(
            "signal",
            "received 4G power at a place, as its quantiles at 5, 25, 50, 75 and 95 %, dBm",
            QUANTILES,
            "CRPS by quantiles",
            "dB",
        ),
        Target(
            "level",
            "chance that a test at a place has the numbers of the level promised to people, 0 to 1",
            CHANCE,
            "Brier",
            "",
        ),
    )
}


def losses(target: str, predicted: Floats, measured: Floats) -> Floats:
    """The loss of each prediction, by which a contest ranks.

    Parameters
    ----------
    target
        A key of TARGETS.
    predicted
        (places, columns of the target).
    measured
        (places,): dBm, or 1 where the level was there and 0 where not.

    Returns
    -------
    array
        (places,). `signal`: the mean over the quantiles of twice the pinball loss, dB, which is the continuous ranked
        probability score with its integral taken over these quantiles (Gneiting and Raftery 2007, section 4.2; Laio and
        Tamea 2007). `level`: the square of chance less outcome (Brier 1950).

    """
    if target == "level":
        squares: Floats = (predicted[:, 0] - measured) ** 2
        return squares
    over = measured[:, None] - predicted
    pinball = np.maximum(np.array(LEVELS) * over, (np.array(LEVELS) - 1) * over)
    mean: Floats = 2 * pinball.mean(axis=1)
    return mean


def log_score(predicted: Floats, measured: Floats) -> float:
    """Mean of -ln of the chance that was given to what came; chances are taken as LEAST_CHANCE at least."""
    of_it = np.where(measured == 1, predicted[:, 0], 1 - predicted[:, 0])
    return float(-np.log(np.maximum(of_it, LEAST_CHANCE)).mean())


def calibration(target: str, predicted: Floats, measured: Floats) -> dict[str, float]:
    """Whether predictions mean what they say.

    `signal`: the share of places inside the intervals that should hold 50 % and 90 % of them. `level`: the mean chance
    and the share where it came so, of the lower and of the upper half of chances.
    """
    if target == "signal":
        q = dict(zip(LEVELS, predicted.T, strict=True))
        return {
            "inside_50": float(((q[0.25] <= measured) & (measured <= q[0.75])).mean()),
            "inside_90": float(((q[0.05] <= measured) & (measured <= q[0.95])).mean()),
        }
    found = {}
    for name, half in (("low", predicted[:, 0] < 0.5), ("high", predicted[:, 0] >= 0.5)):
        if half.any():
            found[f"said_{name}"] = float(predicted[half, 0].mean())
            found[f"came_{name}"] = float(measured[half].mean())
    return found
