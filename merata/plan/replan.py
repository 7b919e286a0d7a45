"""Planning again after prices, delays and works came in: as good as can be, and as few promises changed as possible.

First the best plan under what is now known. Then, of all plans that bring nearly as much, the one that keeps most of
what the last plan promised: a place served no later than promised counts in full with the promised option, and
`OTHER_WAY` with another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from merata.plan.again import Case, by, served_from
from merata.plan.audit import faults
from merata.plan.frames import words
from merata.plan.greedy import greedy
from merata.plan.instance import NONE, Instance, Solution, Things, objective
from merata.plan.least import feasible
from merata.plan.lighting import Ways
from merata.plan.pose import Posed
from merata.plan.programme import Floor
from merata.plan.ruled import MONEY
from merata.plan.search import Found, search

OTHER_WAY = 0.75
"""What a promise counts that is kept in time with another option."""
NEARLY = 0.01
"""Share of the best objective that may be given up to keep promises."""
#: Of the time, for a plan of what promises and the best plan are made of, and of everything.
_FEW_TIME, _ALL_TIME = 0.3, 0.5
#: All of the objective together counts less than this share of one promise: it decides between plans that keep alike.
_TIE = 0.1
#: What a place counts more that is to be served before all others.
_FIRST = 1e6
#: Of the time of a plan, for whether one promise can be kept.
_WHY_TIME = 0.1

KEPT = ("in full", "not needed")
"""What becomes of a promise that is not broken."""
Why = Literal["", "no option", "too early", "rule", "money", "others first"]


@dataclass(frozen=True)
class Kept:
    """The new plan and what it gives up for promises."""

    solution: Solution
    objective: float
    best: Found
    """The best plan, promises aside."""
    kept: float
    """Promises kept, by their counts."""
    most: float
    """Proven: no plan within what may be given up keeps more."""
    stopped_early: bool
    """The time limit ended the search for promises."""


@dataclass(frozen=True)
class Replanned(Kept):
    """The same, and what becomes of each promise."""

    promises: pd.DataFrame
    """place, village_code, promised_option, promised_year, year, option (empty: dropped), kept (as
    `merata.plan.result.PROMISES` says), why (why it was not kept, empty: it was)."""


def promises_of(posed: Posed, solution: Solution) -> pd.DataFrame:
    """What a plan promises: place, village_code, option, year, of every place that it serves, at first service."""
    instance = posed.ruled.base
    first = served_from(instance, solution)
    used = np.flatnonzero(solution.offer_start < len(instance.years))
    opening = used[solution.offer_start[used] == first[instance.place[used]]]
    opening = opening[np.argsort(instance.place[opening], kind="stable")]
    place = instance.place[opening]
    years = np.array(instance.years)
    return pd.DataFrame({
        "place": pd.array(words(posed.places["place"])[place], dtype="string"),
        "village_code": pd.array(words(posed.places["village_code"])[place], dtype="string"),
        "option": pd.array(words(posed.offers["option"])[opening], dtype="string"),
        "year": years[first[place]].astype(np.int64),
    })  # fmt: skip


def replan(
    case: Case,
    promises: pd.DataFrame,
    nearly: float = NEARLY,
    weight: np.ndarray | None = None,
    last: Solution | None = None,
) -> Replanned:
    """`keep`, and what becomes of each promise."""
    made = keep(case, promises, nearly, weight, last)
    return Replanned(**vars(made), promises=fates(case, made.solution, promises, weight))


def keep(
    case: Case,
    promises: pd.DataFrame,
    nearly: float = NEARLY,
    weight: np.ndarray | None = None,
    last: Solution | None = None,
) -> Kept:
    """A plan for the case's problem that changes as few of the last plan's promises as possible.

    Parameters
    ----------
    case : the problem as it is now known (prices, money, and as decisions what was built or is delayed), with the best
        plan for it: `merata.plan.search.search`.
    promises : of the last plan: `promises_of`. Promises of places that no longer need service are kept by themselves.
    nearly : share of the best objective that may be given up.
    weight : of each promise, (rows,); None: 1 each.
    last : the last plan, where nodes, links and offers are the same: what it and the best plan use is tried first.

    """
    instance = case.instance
    given = _Given.of(case.posed, promises, weight)
    found = case.found
    floor = Floor(instance.worth, objective(instance, found.solution) * (1 - nearly) - 1e-6, instance.share)
    asked = _for_promises(instance, given)
    gap, seconds, start = min(case.plan.gap, _smallest(given)), case.plan.seconds, found.solution
    # Of all that could be built, what promises and the best plan are made of is nearly always enough.
    few = _likely(asked, given, start) if last is None else only_used(asked, (last, start))
    start = search(few, gap, seconds * _FEW_TIME, start, floors=[floor]).solution
    second = search(asked, gap, seconds * _ALL_TIME, start, memory=case.memory, floors=[floor])
    kept = _kept(instance, second.solution, given)
    tie = second.objective - kept
    most = max(kept, second.bound - min(tie, 0.0))
    return Kept(
        second.solution, objective(instance, second.solution), found, kept, most, second.stopped_early
    )  # fmt: skip


def fates(
    case: Case, solution: Solution, promises: pd.DataFrame, weight: np.ndarray | None = None
) -> pd.DataFrame:
    """What becomes of each promise under a plan for the case's problem: see `Replanned.promises`."""
    return _told(case, solution, _Given.of(case.posed, promises, weight), promises)


@dataclass(frozen=True)
class _Given:
    """Promises as rows of the problem: place (NONE: no longer in need), year from 0, option, weight."""

    place: np.ndarray
    year: np.ndarray
    option: np.ndarray
    weight: np.ndarray
    same: np.ndarray
    """Whether each offer is of the option promised to its place, (O,)."""

    @classmethod
    def of(cls, posed: Posed, promises: pd.DataFrame, weight: np.ndarray | None) -> _Given:
        instance = posed.ruled.base
        number = {name: n for n, name in enumerate(words(posed.places["place"]).tolist())}
        place = np.array(
            [number.get(name, NONE) for name in words(promises["place"]).tolist()], dtype=np.int64
        )
        year = np.maximum(promises["year"].to_numpy(dtype=np.int64) - instance.years[0], 0)
        option = words(promises["option"])
        promised = np.full(len(instance.village), "", dtype=object)
        promised[place[place != NONE]] = option[place != NONE]
        same = words(posed.offers["option"]) == promised[instance.place]
        own = np.ones(len(place)) if weight is None else np.asarray(weight, dtype=float)
        return cls(place, year, option, own, same)

    @property
    def counted(self) -> np.ndarray:
        """Promises that service in the planned years can keep or break."""
        return np.flatnonzero(self.place != NONE)


def _for_promises(instance: Instance, given: _Given) -> Instance:
    """The same problem, where what counts is which promises are kept, and the old worth decides between equals."""
    most = float(instance.worth.sum())
    tie = _TIE * _smallest(given) / most if most > 0 else 0.0
    worth = instance.worth * tie
    for k in given.counted.tolist():
        if given.year[k] < len(instance.years):
            worth[given.place[k], given.year[k]] += given.weight[k]
    share = np.where(given.same, 1.0, OTHER_WAY)
    return replace(instance, worth=worth, share=share, tier=np.zeros(0, dtype=np.int64))


def only_used(instance: Instance, plans: Sequence[Solution]) -> Instance:
    """The problem with only those things that some of the plans use, or that have to be there."""
    never = len(instance.years)

    def only(things: Things, starts: list[np.ndarray]) -> Things:
        used = np.any([start < never for start in starts], axis=0) | things.must
        return replace(things, first=np.where(used, things.first, never))

    return replace(
        instance,
        nodes=only(instance.nodes, [p.node_start for p in plans]),
        links=only(instance.links, [p.link_start for p in plans]),
        offers=only(instance.offers, [p.offer_start for p in plans]),
    )


def _likely(instance: Instance, given: _Given, best: Solution) -> Instance:
    """The problem with only what the best plan uses, what was promised, and the cheapest ways to light that."""
    never = len(instance.years)
    ways = Ways(instance, best)
    like = best.copy()
    like.offer_start[given.same & (best.offer_start >= never)] = 0
    nodes = np.unique(instance.node[given.same & (instance.node != NONE)])
    for node in nodes.tolist():
        path = ways.path(node, never - 1)
        if path is not None:
            like.node_start[path[0]] = np.minimum(like.node_start[path[0]], 0)
            like.link_start[path[1]] = np.minimum(like.link_start[path[1]], 0)
    return only_used(instance, [like])


def _smallest(given: _Given) -> float:
    """The least that a promise more or less makes, as a share of all; the search has to be closer than that."""
    weight = given.weight[given.counted]
    return float(weight[weight > 0].min(initial=1.0)) * (1 - OTHER_WAY)


def _kept(instance: Instance, solution: Solution, given: _Given) -> float:
    serving = solution.serving(len(instance.years))
    total = 0.0
    for k in given.counted.tolist():
        if given.year[k] < len(instance.years):
            offers = np.flatnonzero((instance.place == given.place[k]) & serving[:, given.year[k]])
            total += float(given.weight[k] * np.where(given.same[offers], 1.0, OTHER_WAY).sum())
    return total


def _told(case: Case, solution: Solution, given: _Given, promises: pd.DataFrame) -> pd.DataFrame:
    columns = [
        "place", "village_code", "promised_option", "promised_year", "year", "option", "kept", "why",
    ]  # fmt: skip
    rows = [_row(case, solution, given, k, row) for k, row in enumerate(promises.to_dict("records"))]
    return pd.DataFrame(rows, columns=columns).astype({"year": "Int64"})


def _row(case: Case, solution: Solution, given: _Given, k: int, row: dict[Any, Any]) -> dict[str, Any]:
    instance = case.instance
    years = len(instance.years)
    p, due = int(given.place[k]), int(given.year[k])
    start = years if p == NONE else int(served_from(instance, solution)[p])
    option = ""
    if start < years:
        # Which option serves when it is due, or from when it comes.
        serving = solution.serving(years)[:, max(start, min(due, years - 1))]
        option = str(words(case.posed.offers["option"])[(instance.place == p) & serving][0])
    state = _state(p, start, due, option == row["option"], years)
    return {
        "place": row["place"], "village_code": row["village_code"], "promised_option": row["option"],
        "promised_year": row["year"], "year": instance.years[start] if start < years else pd.NA, "option": option,
        "kept": state, "why": _why(case, p, due, given, state),
    }  # fmt: skip


def _state(place: int, start: int, due: int, same: bool, years: int) -> str:
    if place == NONE:
        return "not needed"
    if start >= years:
        return "in full" if due >= years else "dropped"
    if start > due:
        return "later"
    return "in full" if same else "other way"


def _why(case: Case, place: int, due: int, given: _Given, state: str) -> Why:
    """What keeps a promise from being kept, were it the only one; others first: nothing does."""
    if state in KEPT:
        return ""
    instance, ground = case.instance, case.posed.ruled.ground
    offers = (instance.place == place) & (given.same if state == "other way" else True)
    may = np.maximum(instance.offers.first, instance.offers.lead)[offers]
    if not len(may) or may.min() >= len(instance.years):
        return "no option"
    if min(int(ground.earliest[place]), 10**6) > due or may.min() > due:
        return "too early"
    if _possible(case, instance, place, due, offers) is not False:
        return "others first"
    rich = case.posed.ruled.instance(without=[MONEY])
    return "money" if _possible(case, rich, place, due, offers) else "rule"


def _possible(case: Case, instance: Instance, place: int, due: int, offers: np.ndarray) -> bool | None:
    """Whether any plan keeps a promise with all rules; None: not known after some time."""
    asked = _alone(instance, place, due, offers)
    # Most often it is enough to serve this place, and what goes before it, before all others.
    first = asked.worth.copy()
    first[[p for p in (place, int(instance.gate[place])) if p != NONE]] *= _FIRST
    if not faults(asked, greedy(replace(asked, worth=first))):
        return True
    return feasible(asked, case.plan.seconds * _WHY_TIME, case.memory)


def _alone(instance: Instance, place: int, due: int, offers: np.ndarray) -> Instance:
    """The problem with this one promise as a rule."""
    others = (instance.place == place) & ~offers
    first = np.where(others, len(instance.years), instance.offers.first)
    return replace(
        instance,
        rules=[*instance.rules, by(place, due, "promise")],
        offers=replace(instance.offers, first=first),
    )
