"""The money of a plan, reckoned anew and in whole rupiah: what each class needs, and whether the funds can pay it.

Who may pay what is a flow: from a fund's money of a year, over the years for which it stays, to the classes' needs of
each year, each fund within its ceiling. The largest such flow in whole numbers is found by the method of Dinitz
(E. A. Dinic, Soviet Mathematics Doklady 11, 1970), so there is no rounding and no tolerance. A ceiling that is a
part of a rupiah is rounded up.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

import numpy as np

from merata.plan.instance import NONE, Instance, Solution, Things

Needs = dict[tuple[int, int], int]
"""Whole rupiah by payment class and year, both counted from 0."""

_FINE = 10**9


def class_needs(instance: Instance, solution: Solution) -> Needs:
    """What each payment class needs in each year (only where it is not 0), after what comes back in each pool."""
    never = len(instance.years)
    table = np.zeros((len(instance.ceiling), never), dtype=np.int64)
    nodes = np.where(instance.root, never, solution.node_start)
    _bills(table, instance.nodes, nodes, np.full(len(nodes), never))
    _bills(table, instance.links, solution.link_start, np.full(len(instance.links), never))
    _bills(table, instance.offers, solution.offer_start, solution.offer_end)
    for o, rupiah in _handed_on(instance, solution).items():
        table[instance.offers.capital_class[o], solution.offer_start[o] - instance.offers.lead[o]] -= rupiah
    return {(c, t): int(table[c, t]) for c, t in np.argwhere(table).tolist()}


def money_faults(instance: Instance, solution: Solution, payments: np.ndarray | None = None) -> Iterator[str]:
    """What the funds cannot pay; with `payments` (C, F, T, T: see merata.plan.audit), what is wrong with these."""
    needed = class_needs(instance, solution)
    short = _unpaid(instance, needed)
    if short:
        total, (c, t) = sum(short.values()), max(short, key=lambda key: (short[key], key))
        yield (
            f"the funds cannot pay the plan: Rp {total:,} are missing however it is shared out; for one, class {c} "
            f"needs Rp {needed[c, t]:,} in {instance.years[t]} and lacks Rp {short[c, t]:,}"
        )
    if payments is not None:
        yield from _payment_faults(instance, needed, payments)


def _bills(table: np.ndarray, things: Things, start: np.ndarray, end: np.ndarray) -> None:
    """Add the capital of what is put in service, and its running cost of each year, to (C, T)."""
    never = table.shape[1]
    used = np.flatnonzero((start < never) & (start >= things.lead))
    paid = start[used] - things.lead[used]
    np.add.at(table, (things.capital_class[used], paid), things.capital[used, paid])
    for t in range(never):
        runs = np.flatnonzero((start <= t) & (t < end))
        np.add.at(table[:, t], things.running_class[runs], things.running[runs, t])


def _handed_on(instance: Instance, solution: Solution) -> dict[int, int]:
    """Rupiah that each offer need not pay because it takes over what an ended offer of its pool leaves.

    In order of time, an offer that starts takes what came back first; offers that start in one year, in their order.
    """
    never = len(instance.years)
    pooled = (instance.pool != NONE) & (solution.offer_start < never)
    order = sorted(np.flatnonzero(pooled).tolist(), key=lambda o: (int(solution.offer_start[o]), o))
    back: dict[int, list[int]] = defaultdict(list)
    for o in order:
        if solution.offer_end[o] < never:
            back[int(instance.pool[o])].append(int(solution.offer_end[o]))
    waiting = {pool: deque(sorted(ends)) for pool, ends in back.items()}
    result = {}
    for o in order:
        left = waiting.get(int(instance.pool[o]))
        start, lead = int(solution.offer_start[o]), int(instance.offers.lead[o])
        if left and left[0] <= start and lead <= start:
            left.popleft()
            result[o] = min(int(instance.reuse[o]), int(instance.offers.capital[o, start - lead]))
    return result


def _ceiling(instance: Instance, c: int, f: int, needed: int) -> int:
    share = Fraction(float(instance.ceiling[c, f])).limit_denominator(_FINE)
    return min(needed, -((-share * needed).__floor__()))


def _unpaid(instance: Instance, needed: Needs) -> Needs:
    """What stays unpaid of each need when the funds pay as much as they can in all."""
    flow = _Flow()
    years = len(instance.years)
    for f in range(len(instance.funds)):
        for t in range(years):
            flow.arc("source", ("got", f, t), int(instance.money[f, t]))
            for spent in range(t, min(years, t + int(instance.carry[f]) + 1)):
                flow.arc(("got", f, t), ("pays", f, spent), int(instance.money[f, t]))
        for (c, t), rupiah in needed.items():
            flow.arc(("pays", f, t), ("need", c, t), _ceiling(instance, c, f, rupiah))
    for (c, t), rupiah in needed.items():
        flow.arc(("need", c, t), "sink", rupiah)
    flow.largest("source", "sink")
    left = {key: flow.room[("need", *key)]["sink"] for key in needed}
    return {key: rupiah for key, rupiah in left.items() if rupiah > 0}


class _Flow:
    """The largest flow in whole numbers, by blocking flows over shortest paths."""

    def __init__(self) -> None:
        self.room: dict[object, dict[object, int]] = defaultdict(dict)

    def arc(self, a: object, b: object, most: int) -> None:
        if most > 0:
            self.room[a][b] = self.room[a].get(b, 0) + most
            self.room[b].setdefault(a, 0)
        elif b == "sink":
            self.room[a].setdefault(b, 0)

    def largest(self, source: object, sink: object) -> None:
        while sink in (level := self._levels(source)):
            todo = {node: list(self.room[node]) for node in level}
            while self._push(source, sink, level, todo):
                pass

    def _levels(self, source: object) -> dict[object, int]:
        level, queue = {source: 0}, deque([source])
        while queue:
            node = queue.popleft()
            for other, room in self.room[node].items():
                if room > 0 and other not in level:
                    level[other] = level[node] + 1
                    queue.append(other)
        return level

    def _push(
        self, source: object, sink: object, level: dict[object, int], todo: dict[object, list[object]]
    ) -> int:
        """Send as much as fits along one shortest path; 0 when none is left."""
        path = [source]
        while path and path[-1] != sink:
            node = path[-1]
            while todo[node] and not self._forward(node, todo[node][-1], level):
                todo[node].pop()
            if todo[node]:
                path.append(todo[node][-1])
            else:
                path.pop()
                if path:
                    todo[path[-1]].pop()
        steps = list(pairwise(path))
        sent = min((self.room[a][b] for a, b in steps), default=0)
        for a, b in steps:
            self.room[a][b] -= sent
            self.room[b][a] += sent
        return sent

    def _forward(self, node: object, other: object, level: dict[object, int]) -> bool:
        return self.room[node][other] > 0 and level.get(other) == level[node] + 1


def _payment_faults(instance: Instance, needed: Needs, payments: np.ndarray) -> Iterator[str]:
    classes, funds = instance.ceiling.shape
    years = len(instance.years)
    if payments.shape != (classes, funds, years, years) or not np.issubdtype(payments.dtype, np.integer):
        yield f"payments are {payments.dtype} of shape {payments.shape}; whole rupiah (C, F, T, T) are expected"
        return
    for c, f, got, spent in np.argwhere(payments < 0).tolist():
        yield f"{_payment(instance, c, f, got, spent)}: Rp {int(payments[c, f, got, spent]):,} is below 0"
    span = np.arange(years)[None, :] - np.arange(years)[:, None]
    allowed = (span >= 0) & (span <= instance.carry[:, None, None])
    for c, f, got, spent in np.argwhere((payments != 0) & ~allowed).tolist():
        yield f"{_payment(instance, c, f, got, spent)}: that fund's money stays {int(instance.carry[f])} years"
    for c, t in np.ndindex(classes, years):
        due, paid = needed.get((c, t), 0), int(payments[c, :, :, t].sum())
        if due != paid:
            yield f"class {c} needs Rp {due:,} in {instance.years[t]} and is paid Rp {paid:,}"
        for f in range(funds):
            part, most = int(payments[c, f, :, t].sum()), _ceiling(instance, c, f, due)
            if part > most:
                yield (
                    f"fund {instance.funds[f]} pays Rp {part:,} of class {c} in {instance.years[t]}, "
                    f"above its ceiling of Rp {most:,}"
                )
    for f, t in np.ndindex(funds, years):
        spent_in_all, has = int(payments[:, f, t, :].sum()), int(instance.money[f, t])
        if spent_in_all > has:
            yield f"fund {instance.funds[f]} has Rp {has:,} in {instance.years[t]} and spends Rp {spent_in_all:,} of it"


def _payment(instance: Instance, c: int, f: int, got: int, spent: int) -> str:
    return (
        f"class {c} in {instance.years[spent]} from fund {instance.funds[f]}'s money of {instance.years[got]}"
    )
