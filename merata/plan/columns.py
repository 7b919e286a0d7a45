"""The columns of the planning problem as a linear programme: which number stands for which decision.

Every family is an array of column numbers, with NONE where there is no such decision: too early, forbidden, or of no
use to anyone. `lit[n, t]`: node n becomes lit in year t. `way[e, d, t]`: link e starts to carry towards `ends[e, d]` in
year t. `extra[e, t]`: link e is built in year t for its capacity, beside those over which its nodes are lit.
`starts[o, t]`: offer o starts to serve in year t. `serves[o, t]`: an offer that may end serves in year t.
`again[o, t]`: an offer starts in year t and takes over what another left. `begun[v, t]`: village v gets its first
service in year t, for villages of `open_villages`. `pays[c, f, t]`: millions that fund f pays for class c in year t.
`keeps[f, a, t]`: millions of its year a that fund f spends in year t.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from merata.plan.instance import NONE, Instance, Things
from merata.plan.load import limited


@dataclass(frozen=True)
class Columns:
    """Column numbers of every family, and how many there are."""

    lit: np.ndarray
    way: np.ndarray
    extra: np.ndarray
    starts: np.ndarray
    serves: np.ndarray
    again: np.ndarray
    begun: np.ndarray
    pays: np.ndarray
    keeps: np.ndarray
    count: int
    whole: int
    """The first so many are whole numbers; the rest is money."""

    def following(self, few: bool = False) -> np.ndarray:
        """Which columns follow from others: money, villages begun, terminals taken over; a new array, (count,) bool.

        `few`: without the terminals, of which there may be very many: a plan may do without taking them over.
        """
        result = np.zeros(self.count, dtype=bool)
        result[self.whole :] = True
        for family in (self.begun,) if few else (self.again, self.begun):
            result[family[family != NONE]] = True
        return result

    def of(self, offers: np.ndarray, nodes: np.ndarray, links: np.ndarray) -> np.ndarray:
        """Which columns decide about some offers, nodes and links, each told by number or bool; (count,) bool."""
        result = np.zeros(self.count, dtype=bool)
        for family in (
            self.starts[offers],
            self.serves[offers],
            self.lit[nodes],
            self.way[links],
            self.extra[links],
        ):
            result[family[family != NONE]] = True
        return result


def ways(instance: Instance, at: Columns) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Every way that can carry at all: its link, towards which end, and from and to which node; N stands for all roots.

    Returns
    -------
    Link, towards, tail and head, (A,) each.
    """
    link, towards = np.nonzero((at.way != NONE).any(axis=2))
    count = len(instance.root)
    node = np.where(instance.root, count, np.arange(count))
    return link, towards, node[instance.ends[link, 1 - towards]], instance.ends[link, towards]


def any_of(family: np.ndarray, which: np.ndarray) -> np.ndarray:
    """Which things of a family have any of the columns that `which` marks, (n,) bool."""
    there = (family != NONE) & which[np.maximum(family, 0)]
    result: np.ndarray = there.any(axis=tuple(range(1, family.ndim)))
    return result


def columns(instance: Instance) -> Columns:
    """Numbers for every decision that can be of use."""
    lit, way = _network(instance)
    extra = _extra(instance)
    alone = [_payable(instance, things) for things in (instance.nodes, instance.links, instance.offers)]
    lit, way, extra = lit & alone[0], way & alone[1][:, None], extra & alone[1]
    starts = _starting(instance, lit) & alone[2]
    serves = np.logical_or.accumulate(starts, axis=1) & ~instance.lasting[:, None]
    again = starts & (instance.pool != NONE)[:, None] & (instance.reuse > 0)[:, None]
    begun = np.zeros((int(instance.village.max(initial=NONE)) + 1, len(instance.years)), dtype=bool)
    if (instance.villages_per_year != NONE).any():
        begun[open_villages(instance)] = True
    decisions = (lit, way, extra, starts, serves, again, begun)
    money = _money(instance)
    whole = sum(int(family.sum()) for family in decisions)
    count = whole + sum(int(family.sum()) for family in money)
    lit, way, extra, starts, serves, again, begun, pays, keeps = _numbered(*decisions, *money)
    return Columns(lit, way, extra, starts, serves, again, begun, pays, keeps, count, whole)


def _numbered(*there: np.ndarray) -> Iterator[np.ndarray]:
    """The members of the families numbered, one family after the other."""
    first = 0
    for family in there:
        numbers = np.full(family.shape, NONE)
        size = int(family.sum())
        numbers[family] = np.arange(first, first + size)
        first += size
        yield numbers


def _from(first: np.ndarray, years: int) -> np.ndarray:
    """Whether each year is at or after the first, (n, T)."""
    result: np.ndarray = np.arange(years) >= first[:, None]
    return result


def _network(instance: Instance) -> tuple[np.ndarray, np.ndarray]:
    """Which nodes can be lit and which links can carry which way, by year: only what can be reached from a root."""
    years = len(instance.years)
    reachable = reach(instance)
    last = np.where(instance.nodes.must, years - 1, instance.nodes.last)
    lit = _from(reachable, years) & ~instance.root[:, None] & (np.arange(years) <= last[:, None])
    usable = np.maximum(instance.links.first, instance.links.lead)
    way = np.zeros((len(instance.links), 2, years), dtype=bool)
    for towards in (0, 1):
        head, tail = instance.ends[:, towards], instance.ends[:, 1 - towards]
        first = np.maximum(np.maximum(usable, reachable[head]), reachable[tail])
        way[:, towards] = _from(first, years) & ~instance.root[head][:, None]
        way[:, towards] &= np.arange(years) <= instance.links.last[:, None]
    return lit, way


def _payable(instance: Instance, things: Things) -> np.ndarray:
    """Whether the funds could pay for each thing, were it alone, when its service starts in each year, (n, T)."""
    years = len(instance.years)
    a, t = np.indices((years, years))
    kept = (a <= t) & (t <= a + instance.carry[:, None, None])
    money = (instance.money[:, :, None] * kept).sum(axis=1)
    paid = np.maximum(np.arange(years) - things.lead[:, None], 0)
    capital = np.take_along_axis(things.capital, paid, axis=1)
    able = _paid(instance, things.capital_class, capital, money[:, paid])
    able &= _paid(instance, things.running_class, things.running, money[:, np.arange(years)[None, :]])
    return able


def _paid(instance: Instance, classes: np.ndarray, amount: np.ndarray, money: np.ndarray) -> np.ndarray:
    """Whether amounts (n, T) are within what all funds together may pay of them; `money` (F, n or 1, T)."""
    share = instance.ceiling.T[:, classes, None]
    result: np.ndarray = np.minimum(money, np.ceil(share * amount)).sum(axis=0) >= amount
    return result


def _extra(instance: Instance) -> np.ndarray:
    """Which links can be built for their capacity, by year: any, where anything has one."""
    years = len(instance.years)
    first = np.maximum(instance.links.first, instance.links.lead)
    first = np.maximum(first, reach(instance)[instance.ends].max(axis=1, initial=0))
    there = _from(first, years) & (np.arange(years) <= instance.links.last[:, None])
    # A link that has to be there may be one that nothing is lit over.
    result: np.ndarray = there & (limited(instance) | instance.links.must[:, None])
    return result


def reach(instance: Instance) -> np.ndarray:
    """The first year in which each node could be lit at all, T for never, (N,)."""
    years = len(instance.years)
    own = np.where(instance.root, 0, np.maximum(instance.nodes.first, instance.nodes.lead))
    first = np.where(instance.root, 0, years)
    usable = np.maximum(instance.links.first, instance.links.lead)
    while True:
        at = first[instance.ends]
        new = first.copy()
        for towards in (0, 1):
            head = instance.ends[:, towards]
            through = np.maximum(np.maximum(at[:, 1 - towards], usable), own[head])
            np.minimum.at(new, head, through)
        if (new == first).all():
            return first
        first = new


def village_leads(instance: Instance) -> np.ndarray:
    """For each village that starts with a certain place, that place: its gate, or its only place."""
    gates = np.unique(instance.gate[instance.gate != NONE])
    villages, first, count = np.unique(instance.village, return_index=True, return_counts=True)
    size = dict(zip(villages.tolist(), count.tolist(), strict=True))
    gated = np.bincount(
        instance.village[instance.gate != NONE], minlength=int(villages.max(initial=NONE)) + 1
    )
    # A gate leads its village only where everything else there waits for it.
    leading = [g for g in gates.tolist() if gated[instance.village[g]] + 1 == size[int(instance.village[g])]]
    leading = [
        g
        for g in leading
        if (instance.gate[instance.village == instance.village[g]] != NONE).sum()
        == gated[instance.village[g]]
    ]
    single = (
        first[(count == 1) & ~np.isin(villages, instance.village[leading])] if leading else first[count == 1]
    )
    return np.concatenate([np.array(leading, dtype=np.int64), single])


def open_villages(instance: Instance) -> np.ndarray:
    """Villages that may start with any of several places."""
    return np.setdiff1d(np.unique(instance.village), instance.village[village_leads(instance)])


def _starting(instance: Instance, lit: np.ndarray) -> np.ndarray:
    """Which offers can start in which years and are of use then."""
    years = len(instance.years)
    there = _from(np.maximum(instance.offers.first, instance.offers.lead), years)
    there &= np.arange(years) <= instance.offers.last[:, None]
    on = instance.node != NONE
    hangs = np.ones_like(there)
    hangs[on] = (
        np.logical_or.accumulate(lit, axis=1)[instance.node[on]] | instance.root[instance.node[on]][:, None]
    )
    result: np.ndarray = there & hangs
    return result


def _money(instance: Instance) -> tuple[np.ndarray, np.ndarray]:
    """Which fund can pay for which class in which year, and which year's money can be spent when."""
    years = len(instance.years)
    pays = np.repeat((instance.ceiling > 0)[:, :, None], years, axis=2)
    a, t = np.meshgrid(np.arange(years), np.arange(years), indexing="ij")
    late = t - a
    keeps = (late >= 0) & (late <= instance.carry[:, None, None]) & (instance.money > 0)[:, :, None]
    return pays, keeps
