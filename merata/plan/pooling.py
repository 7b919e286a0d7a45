"""How much other regions' figures move one's own: partial pooling that no neighbour can mislead far.

The model is the normal one of random effects. Each region's true figure (the logarithm of a price, say) is drawn around
a common one with the variance `between`; what is known of it is drawn around the truth with a variance of its own. Of
other regions that is the variance of their mean, plus what figures drift in their age. A figure from unlike ground
speaks less: its `between` is divided by the likeness. `between` is what the other regions' disagreement among each
other shows (DerSimonian and Laird 1986, "Meta-analysis in clinical trials"), and never less than what is assumed. The
own figure is then drawn towards the others by as much as it is the less sure (empirical Bayes: Efron and Morris 1975,
"Data analysis using Stein's estimator"), but by no more than `MOST` of its own standard errors (limited translation:
Efron and Morris 1971, "Limiting the risk of Bayes and empirical Bayes estimators"): no neighbour can do more harm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

#: The own figure moves by at most so many of its standard errors.
MOST = 1.0
#: Variance that a year of age adds to the logarithm of a price: 10 % in the first year, 20 % in four (assumed).
YEARLY = 0.1**2


@dataclass(frozen=True)
class Figure:
    """What one other region says."""

    mean: float
    variance: float
    """Of the mean, with its age."""
    likeness: float = 1.0
    """How well it speaks for here, above 0 to 1."""


@dataclass(frozen=True)
class Pooled:
    """The own figure after the others were heard."""

    mean: float
    variance: float
    pull: float
    """How far it was drawn to the others' mean, 0 to 1."""
    between: float
    """Variance between regions that was reckoned with."""
    limited: bool
    """Whether the others would have drawn it farther than is allowed."""


def pool(mean: float, variance: float, others: Sequence[Figure], between: float) -> Pooled:
    """The own figure with the others' evidence.

    Parameters
    ----------
    mean, variance
        The own figure and how unsure it is.
    others
        What other regions say; none: the own figure stays.
    between
        Variance between regions that is assumed; more where they disagree by more.
    """
    if not others or variance <= 0:
        return Pooled(mean, variance, 0.0, between, False)
    means = np.array([one.mean for one in others])
    spread = np.array([one.variance for one in others])
    found = max(between, disagreement(means, spread))
    likeness = np.array([one.likeness for one in others])
    weight = 1 / (spread + found / likeness)
    centre, unsure = float(weight @ means / weight.sum()), float(1 / weight.sum())
    pull = variance / (variance + unsure + found)
    shift, most = pull * (centre - mean), MOST * variance**0.5
    kept = min(max(shift, -most), most)
    return Pooled(mean + kept, (1 - pull) * variance, pull, found, abs(shift) > most)


def joined(mean: float, variance: float, seen: Figure) -> tuple[float, float]:
    """A figure that was assumed with what was seen of the very same thing, each as heavy as it is sure: mean, variance.

    What was seen at few points hardly moves it, what was seen at many takes its place.
    """
    weights = 1 / variance, 1 / max(seen.variance, 1e-12)
    return (weights[0] * mean + weights[1] * seen.mean) / sum(weights), 1 / sum(weights)


def disagreement(means: np.ndarray, variances: np.ndarray) -> float:
    """The variance between regions that their figures show beyond their own uncertainty (DerSimonian and Laird)."""
    weight = 1 / np.maximum(variances, 1e-12)
    centre = float(weight @ means / weight.sum())
    off = float(weight @ (means - centre) ** 2) - (len(means) - 1)
    scale = float(weight.sum() - (weight**2).sum() / weight.sum())
    # Of one region alone the scale is nothing but the rounding of its own weight.
    return max(0.0, off / scale) if len(means) > 1 else 0.0
