"""What stands in the way of a place, and the least that would have to change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from merata.plan.decision import NONE, Decision

Hindrance = Literal["", "no option", "office first", "villages a year", "money"]


@dataclass(frozen=True)
class Change:
    """The least money that would let a place be served, everything else staying as planned.

    `hindrance` says what stands in the way: '' when nothing does, `money` when only `lacking` (rupiah by year, from one
    fund) is missing.
    """

    hindrance: Hindrance
    offer: int = NONE
    year: int = NONE
    fund: int = NONE
    lacking: tuple[int, ...] = ()

    @property
    def lacking_idr(self) -> int:
        """Rupiah over all years."""
        return sum(self.lacking)


def least_change(decision: Decision, place: int, year: int | None = None) -> Change:
    """The least change for `place` to be served (in `year`, where given), everything else as in `decision`.

    A place that is served already is looked at as if it were not, its money free.
    """
    own = decision.copy()
    if own.offer[place] != NONE:
        own.take(place)
    problem = own.problem
    offers = np.flatnonzero(problem.place == place)
    if not len(offers):
        return Change("no option")
    allowed = np.flatnonzero(own.years_allowed(place))
    allowed = allowed if year is None else allowed[allowed == year]
    if not len(allowed):
        return Change(_rule(own, place, year))
    found = []
    for offer in offers.tolist():
        for at in allowed.tolist():
            missing = own.missing(offer, at)
            fund = int(np.argmin(missing.sum(axis=1)))
            found.append((int(missing[fund].sum()), at, own.cost(offer, at), offer, fund))
    lacking, at, _, offer, fund = min(found)
    years = tuple(int(n) for n in own.missing(offer, at)[fund])
    return Change("money" if lacking else "", offer, at, fund, years)


def _rule(decision: Decision, place: int, year: int | None) -> Hindrance:
    gate = int(decision.problem.gate[place])
    last = len(decision.problem.years) - 1
    waits = gate != NONE and int(decision.year[gate]) > (last if year is None else year)
    return "office first" if waits else "villages a year"
