"""What can be seen to be impossible in a planning problem without solving it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from merata.plan.columns import reach
from merata.plan.ground import earliest, room_of
from merata.plan.instance import NONE, Instance, Rule, Things

_SLIP = 1e-6


def impossible(instance: Instance) -> bool:
    """Whether a look at single things, rules and limits shows that no plan exists; False proves nothing.

    Seen are: things that have to be in service before they can be, or that nobody may or can pay for; rules that ask
    for more than could be served by then, were every place served as early as it can be; more villages asked for than
    may be started.
    """
    return _late(instance) or _unpaid(instance) or _unattainable(instance) or _too_many(instance)


def _late(instance: Instance) -> bool:
    """Something has to be in service before it can be."""
    lit = reach(instance)
    hangs = np.append(lit, 0)[instance.node]
    ends = lit[instance.ends].max(axis=1, initial=0)
    kinds = (
        (instance.nodes, np.where(instance.root, 0, lit)),
        (instance.links, ends),
        (instance.offers, hangs),
    )
    return any(
        bool((things.must & (_first(things, least) > np.minimum(things.last, len(instance.years) - 1))).any())
        for things, least in kinds
    )


def _first(things: Things, least: np.ndarray) -> np.ndarray:
    result: np.ndarray = np.maximum(np.maximum(things.first, things.lead), least)
    return result


def _unpaid(instance: Instance) -> bool:
    """Something that has to be in service costs more than its funds have by then, by itself."""
    if not len(instance.ceiling):
        return False
    room = np.stack([room_of(instance, c) for c in range(len(instance.ceiling))])
    spare = np.where(instance.pool == NONE, 0, instance.reuse)
    kinds = (
        (instance.nodes, ~instance.root, np.zeros(len(instance.nodes))),
        (instance.links, np.ones(len(instance.links), dtype=bool), np.zeros(len(instance.links))),
        (instance.offers, np.ones(len(instance.offers), dtype=bool), spare),
    )
    return any(
        not _affordable(instance, things, n, float(less[n]), room)
        for things, counted, less in kinds
        for n in np.flatnonzero(things.must & counted).tolist()
    )


def _affordable(instance: Instance, things: Things, n: int, less: float, room: np.ndarray) -> bool:
    """Whether a thing can be paid by itself for any start that is in time."""
    lead = int(things.lead[n])
    capital, running = room[things.capital_class[n]], room[things.running_class[n]]
    starts = range(max(int(things.first[n]), lead), min(int(things.last[n]), len(instance.years) - 1) + 1)
    return any(
        things.capital[n, s - lead] - less <= capital[s - lead] and things.running[n, s] <= running[s]
        for s in starts
    )


def _unattainable(instance: Instance) -> bool:
    first = earliest(instance, paid=True)
    return any(attainable(rule, first) < rule.least - _SLIP for rule in instance.rules)


def attainable(rule: Rule, first: np.ndarray) -> float:
    """The most that a rule's sum could be, were each place served exactly when that helps; `first`: see `earliest`."""
    can = first[rule.place] <= rule.year
    return float(rule.coefficient[can & (rule.coefficient > 0)].sum())


def _too_many(instance: Instance) -> bool:
    """More villages are asked for by a year than may be started until then."""
    limits = instance.villages_per_year
    if (limits == NONE).any():
        return False
    allowed = np.cumsum(limits)
    asked: dict[tuple[str, int], float] = {}
    for key, year, least in _villages_asked(instance):
        asked[key, year] = asked.get((key, year), 0.0) + least
    return any(least > allowed[year] + _SLIP for (_, year), least in asked.items())


def _villages_asked(instance: Instance) -> Iterator[tuple[str, int, float]]:
    """Setting, year and number of villages, where the rules of a setting ask for disjoint sets of them."""
    seen: dict[tuple[str, int], set[int]] = {}
    for rule in instance.rules:
        villages = instance.village[rule.place]
        plain = len(rule.place) > 0 and (rule.coefficient == 1).all() and (rule.year == rule.year[0]).all()
        if not plain or len(np.unique(villages)) < len(villages):
            continue
        known = seen.setdefault((rule.key, int(rule.year[0])), set())
        if known.isdisjoint(villages.tolist()):
            known.update(villages.tolist())
            yield rule.key, int(rule.year[0]), rule.least
