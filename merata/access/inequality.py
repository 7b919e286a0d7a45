"""How unevenly access is spread over people: Gini index, Theil index, the worst-off tenth.

A person's access, for these figures, is the chance (0 to 1) that the promised level is reached where that person
lives. It is a chance and not a level because half of the levels are known only as chances, and because a plan that
brings the promise to part of a settlement raises the chance of its people, not its level.
"""

from __future__ import annotations

from typing import TypedDict

import numpy as np
import numpy.typing as npt

from merata.access.columns import numbers
from merata.access.result import Access

Floats = npt.NDArray[np.float64]


class Figures(TypedDict):
    """The three figures and the mean, for one state of access."""

    gini: float
    theil: float
    worst_tenth: float
    mean: float


#: What each figure means: key -> (English, Indonesian).
DEFINITIONS: dict[str, tuple[str, str]] = {
    "access": (
        "A person's access is the chance, from 0 to 1, that the promised service level is reached "
        "where that person lives.",
        "Akses seseorang adalah peluang, dari 0 sampai 1, bahwa tingkat layanan yang dijanjikan "
        "tercapai di tempat tinggalnya.",
    ),
    "gini": (
        "Gini index: 0 when everybody has the same access, near 1 when few have all of it. "
        "Half the mean difference between two people, divided by the mean.",
        "Indeks Gini: 0 bila semua orang memiliki akses yang sama, mendekati 1 bila segelintir orang "
        "memiliki semuanya. Setengah dari selisih rata-rata antara dua orang, dibagi rata-rata.",
    ),
    "theil": (
        "Theil index (T): 0 when everybody has the same access, the larger the less even. "
        "The mean of x·ln x, x being a person's access divided by the mean.",
        "Indeks Theil (T): 0 bila semua orang memiliki akses yang sama, makin besar makin timpang. "
        "Rata-rata dari x·ln x; x adalah akses seseorang dibagi rata-rata.",
    ),
    "worst_tenth": (
        "Mean access of the tenth of people who are worst off; the larger the better.",
        "Akses rata-rata sepersepuluh warga yang paling tertinggal; makin besar makin baik.",
    ),
    "mean": ("Mean access of all people.", "Akses rata-rata semua warga."),
}  # fmt: skip


def inequality(
    now: Access, then: Access | None = None
) -> dict[str, Figures | dict[str, tuple[str, str]] | None]:
    """The figures now, and `then` (None without one), and `definitions` by figure in English and Indonesian."""
    return {
        "now": figures(now),
        "then": None if then is None else figures(then),
        "definitions": dict(DEFINITIONS),
    }


def figures(access: Access) -> Figures:
    """The figures of one state of access, over the people of its settlements."""
    people = numbers(access.settlements["people"])
    have = 1.0 - numbers(access.settlements["chance_below"])
    total = people.sum()
    return {
        "gini": gini(have, people),
        "theil": theil(have, people),
        "worst_tenth": worst_tenth(have, people),
        "mean": float((have * people).sum() / total) if total > 0 else 0.0,
    }


def gini(values: npt.ArrayLike, weights: npt.ArrayLike) -> float:
    """The Gini index of `values` (≥ 0), each standing for `weights` people.

    Half the relative mean difference, from the Lorenz curve by trapezoids; 0 when all are equal, all 0 or nobody there.
    """
    value, weight = _sorted(values, weights)
    held = np.cumsum(value * weight)
    if not len(value) or held[-1] <= 0:
        return 0.0
    before = np.concatenate([[0.0], held[:-1]])
    return float(max(0.0, 1.0 - ((held + before) * weight).sum() / (weight.sum() * held[-1])))


def theil(values: npt.ArrayLike, weights: npt.ArrayLike) -> float:
    """The Theil index T of `values` (≥ 0), each standing for `weights` people; x ln x counts 0 at 0 (Theil 1967).

    0 when all are equal, all 0 or nobody there; at most the logarithm of the number of people.
    """
    value, weight = _sorted(values, weights)
    if not len(value) or (value * weight).sum() <= 0:
        return 0.0
    relative = value / ((value * weight).sum() / weight.sum())
    terms = relative * np.log(np.where(relative > 0, relative, 1.0))
    return float(max(0.0, (terms * weight).sum() / weight.sum()))


def worst_tenth(values: npt.ArrayLike, weights: npt.ArrayLike) -> float:
    """The mean of `values` over the tenth of people who have least; who straddles the border counts in part."""
    value, weight = _sorted(values, weights)
    if not len(value):
        return 0.0
    tenth = weight.sum() / 10
    before = np.cumsum(weight) - weight
    counted = np.clip(tenth - before, 0.0, weight)
    return float((value * counted).sum() / counted.sum())


def _sorted(values: npt.ArrayLike, weights: npt.ArrayLike) -> tuple[Floats, Floats]:
    value, weight = np.asarray(values, np.float64), np.asarray(weights, np.float64)
    value, weight = value[weight > 0], weight[weight > 0]
    order = np.argsort(value, kind="stable")
    return value[order], weight[order]
