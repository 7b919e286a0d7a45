"""The planning problem as arrays: places to serve, offers, the network that they hang on, money, rules.

Everything is counted from 0; T is the number of years, and a year T means 'never'. Money is whole rupiah (int64).

What is best. A place p served in year t through offer o counts `worth[p, t] * share[o]`; the objective is the sum over
places and years. Shared things (nodes and links of the network) are paid for once, whoever uses them.

What a plan is. Each place is served in each year through at most one offer, and once served stays served. An offer
that is not `lasting` (a satellite terminal as a stop-gap) may give way to a lasting one; no lasting offer ever ends.
An offer that hangs on a node needs that node *lit*: built, and joined to a root by built links over lit nodes. Nodes
and links once built stay. A link may be used either way.

What it costs. A thing (node, link, offer) that is in service from year s is paid for in year s - lead[thing]:
capital[thing, s - lead], and running[thing, t] in every year t from s on (an offer: while it serves). The part `reuse`
of an offer's capital comes back when it ends: an offer of the same `pool` that starts in that year or later need not
pay that part of its own (each part comes back once). All offers of a pool have the same `reuse`, lead and capital
class. Every cost belongs to a payment class; `ceiling[class, fund]` says which share of a class's cost in a year the
fund may pay at most. A fund's money of year a may be spent in the years a to a + carry[fund].
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

NONE = -1


@dataclass(frozen=True)
class Things:
    """What can be put in service and what that costs: rows of nodes, links or offers (n of them)."""

    capital: np.ndarray
    """Rupiah when paid in each year, (n, T)."""
    running: np.ndarray
    """Rupiah in each year of service, (n, T)."""
    lead: np.ndarray
    """Years between paying and being in service, (n,)."""
    first: np.ndarray
    """First year in which it may be in service (T: forbidden), at least its lead, (n,)."""
    last: np.ndarray
    """Last year in which its service may start (T - 1: any); with `must`, by when it has to."""
    must: np.ndarray
    """Whether it has to be in service by `last`: what is built, promised or forced, (n,) bool."""
    capital_class: np.ndarray
    running_class: np.ndarray
    """Payment classes, (n,)."""

    def __len__(self) -> int:
        return len(self.lead)


@dataclass(frozen=True)
class Rule:
    """A rule that every plan has to keep: sum of coefficient * served[place, year] >= least (served: 0 or 1)."""

    key: str
    """The setting it comes from, like 'plan.floor'; rules of one key are kept or dropped together."""
    about: str
    """What it says, in plain English, with its place and year."""
    place: np.ndarray
    year: np.ndarray
    coefficient: np.ndarray
    least: float
    about_id: str = ""
    """The same in Indonesian."""


@dataclass(frozen=True)
class Instance:
    """One planning problem. P places, N nodes, E links, O offers, F funds, C payment classes, T years."""

    years: list[int]
    # Places.
    worth: np.ndarray
    """What service in a year counts, (P, T), at least 0."""
    village: np.ndarray
    """Village of each place, counted from 0, (P,)."""
    gate: np.ndarray
    """The place that must be served no later (the village's office); NONE: none, (P,)."""
    # The network.
    nodes: Things
    root: np.ndarray
    """Whether a node is lit from the start at no cost, (N,)."""
    node_mbps: np.ndarray
    """What a node can carry for all that hangs on it and beyond it, Mbit/s (inf: enough), (N,)."""
    links: Things
    ends: np.ndarray
    """Nodes at the two ends of each link, (E, 2)."""
    link_mbps: np.ndarray
    # Offers.
    offers: Things
    place: np.ndarray
    """Place of each offer, (O,)."""
    node: np.ndarray
    """The node that it hangs on; NONE: on none, (O,)."""
    share: np.ndarray
    """Part of the place's worth that it brings: the chance that it serves, 0 to 1, (O,)."""
    lasting: np.ndarray
    mbps: np.ndarray
    """What it loads its node with, Mbit/s, (O,)."""
    reuse: np.ndarray
    """Rupiah of its capital that come back when it ends, (O,)."""
    pool: np.ndarray
    """Offers of one pool can take over each other's `reuse`; NONE: no pool, (O,)."""
    # Money.
    funds: list[str]
    money: np.ndarray
    """Rupiah by fund and year, (F, T)."""
    carry: np.ndarray
    """Years for which a fund's money stays, (F,)."""
    ceiling: np.ndarray
    """Largest share of a class's cost in a year that a fund may pay, 0 to 1, (C, F)."""
    # Rules.
    villages_per_year: np.ndarray
    """Most villages that may get their first service in a year, (T,); NONE: no limit."""
    rules: list[Rule] = field(default_factory=list)
    tier: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Order in which places go first: all that can be had for tier 0 before any for tier 1; empty: one tier."""

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Places, nodes, links, offers."""
        return len(self.village), len(self.nodes), len(self.links), len(self.offers)


@dataclass
class Solution:
    """One plan: from which year each node and link is in service, and when each offer serves.

    An offer serves in the years start <= t < end; start T: never. A node or link has a start only.
    """

    node_start: np.ndarray
    link_start: np.ndarray
    offer_start: np.ndarray
    offer_end: np.ndarray

    @classmethod
    def nothing(cls, instance: Instance) -> Solution:
        """The plan that builds nothing; roots are lit."""
        years = len(instance.years)
        _, nodes, links, offers = instance.shape
        return cls(
            np.where(instance.root, 0, np.full(nodes, years)),
            np.full(links, years),
            np.full(offers, years),
            np.full(offers, years),
        )

    def copy(self) -> Solution:
        """An independent copy."""
        return Solution(
            self.node_start.copy(), self.link_start.copy(), self.offer_start.copy(), self.offer_end.copy()
        )

    def serving(self, years: int) -> np.ndarray:
        """Whether each offer serves in each year, (O, T)."""
        t = np.arange(years)
        result: np.ndarray = (self.offer_start[:, None] <= t) & (t < self.offer_end[:, None])
        return result


def objective(instance: Instance, solution: Solution) -> float:
    """What the plan brings: worth times share, over the places and the years in which they are served."""
    serving = solution.serving(len(instance.years))
    return float((serving * instance.worth[instance.place] * instance.share[:, None]).sum())


def needs(instance: Instance, solution: Solution) -> np.ndarray:
    """Rupiah that each payment class needs in each year, (C, T)."""
    years = len(instance.years)
    result = np.zeros((len(instance.ceiling), years), dtype=np.int64)
    nodes = np.where(instance.root, years, solution.node_start)
    _add_costs(result, instance.nodes, nodes, np.full(len(nodes), years))
    _add_costs(result, instance.links, solution.link_start, np.full(len(instance.links), years))
    _add_costs(result, instance.offers, solution.offer_start, solution.offer_end)
    take_over(result, instance, solution)
    return result


def take_over(needed: np.ndarray, instance: Instance, solution: Solution) -> None:
    """Of what a plan needs (C, T), all offers bought anew, take away what others leave that end."""
    for pool in np.unique(instance.pool[instance.pool != NONE]):
        _take_over(needed, instance, solution, np.flatnonzero(instance.pool == pool))


def _add_costs(needed: np.ndarray, things: Things, start: np.ndarray, end: np.ndarray) -> None:
    years = needed.shape[1]
    for n in np.flatnonzero(start < years).tolist():
        paid = int(start[n] - things.lead[n])
        needed[things.capital_class[n], paid] += things.capital[n, paid]
        needed[things.running_class[n], start[n] : end[n]] += things.running[n, start[n] : end[n]]


def _take_over(needed: np.ndarray, instance: Instance, solution: Solution, pool: np.ndarray) -> None:
    """What comes back of offers that end goes to those of the pool that start then or later, in order of time."""
    years = needed.shape[1]
    started = pool[solution.offer_start[pool] < years]
    ended = sorted(int(solution.offer_end[o]) for o in started if solution.offer_end[o] < years)
    for start, offer in sorted((int(solution.offer_start[o]), int(o)) for o in started):
        if ended and ended[0] <= start:
            ended.pop(0)
            things = instance.offers
            paid = start - int(things.lead[offer])
            needed[things.capital_class[offer], paid] -= min(
                int(instance.reuse[offer]), int(things.capital[offer, paid])
            )
