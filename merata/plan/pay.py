"""Who pays what: every bill of a plan, to the rupiah, from a fund and from that fund's money of a year.

A bill is the capital of a thing, or its running cost in one year. In order of the year in which a thing is first paid
for (dearer ones first), its capital goes to the first fund, in the order of the funds, that can pay it whole while all
other bills stay payable; its running costs to one fund for all years, that of the capital first, else year by year. A
bill that no fund can pay whole is split. Whatever is shared out, the rest stays payable: see `merata.plan.purse`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from merata.plan.instance import NONE, Instance, Solution, Things
from merata.plan.purse import Integers, Network, Purse, bring, need_spot, opened, payment_arc, spend_spot
from merata.radio._compile import jitable, kernel

#: Kinds of thing, as `Bills.kind` and `Payments.kind` number them.
KINDS = ("node", "link", "offer")
NODE, LINK, OFFER = range(3)

#: More than any fund has.
_ANY = 2**62


@dataclass(frozen=True)
class Bills:
    """What a plan has to pay: parallel arrays, a thing's capital first, then its running costs in order of years."""

    kind: Integers
    thing: Integers
    """Row among the things of its kind."""
    running: npt.NDArray[np.bool_]
    year: Integers
    """Year in which it is due, counted from 0."""
    payment_class: Integers
    amount: Integers
    """Rupiah, above 0."""

    def __len__(self) -> int:
        return len(self.amount)

    def needs(self, classes: int, years: int) -> np.ndarray:
        """Rupiah by payment class and year, (C, T): the same as `merata.plan.instance.needs`."""
        result = np.zeros((classes, years), dtype=np.int64)
        np.add.at(result, (self.payment_class, self.year), self.amount)
        return result


@dataclass(frozen=True)
class Payments:
    """Payments in order of their bills: parallel arrays; a bill that is split has several."""

    kind: Integers
    thing: Integers
    running: npt.NDArray[np.bool_]
    year: Integers
    """Year in which it is paid."""
    payment_class: Integers
    fund: Integers
    got: Integers
    """Year whose money of the fund it is."""
    amount: Integers
    """Rupiah, above 0."""

    def __len__(self) -> int:
        return len(self.amount)

    def by_class(self, instance: Instance) -> np.ndarray:
        """Rupiah by payment class, fund, year of the money and year of paying, (C, F, T, T): what the checker reads."""
        years = len(instance.years)
        result = np.zeros((*instance.ceiling.shape, years, years), dtype=np.int64)
        np.add.at(result, (self.payment_class, self.fund, self.got, self.year), self.amount)
        return result

    def spent(self, instance: Instance) -> np.ndarray:
        """What each fund pays in each year, (F, T)."""
        result = np.zeros(instance.money.shape, dtype=np.int64)
        np.add.at(result, (self.fund, self.year), self.amount)
        return result

    def unspent(self, instance: Instance) -> np.ndarray:
        """What stays of each fund's money of each year when all is paid, (F, T)."""
        result = instance.money.astype(np.int64)
        np.subtract.at(result, (self.fund, self.got), self.amount)
        return result

    def by_thing(self, instance: Instance, kind: int) -> np.ndarray:
        """Rupiah that each fund pays for each thing of a kind in all years, (n, F)."""
        result = np.zeros((instance.shape[1 + kind], len(instance.funds)), dtype=np.int64)
        mine = self.kind == kind
        np.add.at(result, (self.thing[mine], self.fund[mine]), self.amount[mine])
        return result

    def first_fund(self, instance: Instance, kind: int) -> np.ndarray:
        """The fund that pays most of each thing of a kind, the first of equals; NONE where nothing is paid, (n,)."""
        paid = self.by_thing(instance, kind)
        if not paid.size:
            return np.full(len(paid), NONE)
        return np.where(paid.any(axis=1), paid.argmax(axis=1), NONE)

    def table(self, instance: Instance) -> pd.DataFrame:
        """A row for each payment: kind, thing, cost ('capital', 'running'), year, fund, money_of, amount_idr, share.

        `share` is the part of the bill, 1 where one payment is all of it.
        """
        years = np.array(instance.years)
        table = pd.DataFrame(
            {
                "kind": np.array(KINDS)[self.kind],
                "thing": self.thing,
                "cost": np.where(self.running, "running", "capital"),
                "year": years[self.year],
                "fund": np.array(instance.funds, dtype=object)[self.fund],
                "money_of": years[self.got],
                "amount_idr": self.amount,
            }
        )
        whole = table.groupby(["kind", "thing", "cost", "year"])["amount_idr"].transform("sum")
        return table.assign(share=table["amount_idr"] / whole)


def bills(instance: Instance, solution: Solution) -> Bills:
    """Every bill of a plan above 0, by kind, thing, capital before running, year."""
    never = len(instance.years)
    nodes = np.where(instance.root, never, solution.node_start)
    parts = [
        *_of(NODE, instance.nodes, nodes, np.full(len(nodes), never)),
        *_of(LINK, instance.links, solution.link_start, np.full(len(instance.links), never)),
        *_of(OFFER, instance.offers, solution.offer_start, solution.offer_end, _back(instance, solution)),
    ]
    kind, thing, running, year, classes, amount = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    order = np.lexsort((year, running, thing, kind))
    order = order[amount[order] > 0]
    return Bills(kind[order], thing[order], running[order] == 1, year[order], classes[order], amount[order])


def _of(
    kind: int, things: Things, start: np.ndarray, end: np.ndarray, back: np.ndarray | None = None
) -> list[tuple[np.ndarray, ...]]:
    """Columns of `Bills` for capital and for running costs; `back`: what need not be paid of each capital."""
    never = things.running.shape[1]
    built = np.flatnonzero(start < never)
    paid = start[built] - things.lead[built]
    capital = things.capital[built, paid] - (0 if back is None else back[built])
    serves = (start[:, None] <= np.arange(never)) & (np.arange(never) < end[:, None])
    runs, year = np.nonzero(serves)
    return [
        (np.full(len(n), kind), n, np.full(len(n), part), t, of_class[n], amount.astype(np.int64))
        for part, n, t, of_class, amount in (
            (0, built, paid, things.capital_class, capital),
            (1, runs, year, things.running_class, things.running[runs, year]),
        )
    ]


def _back(instance: Instance, solution: Solution) -> np.ndarray:
    """Rupiah that each offer takes over from one of its pool that has ended: the earliest for the earliest, (O,)."""
    never = len(instance.years)
    result = np.zeros(instance.shape[3], dtype=np.int64)
    pooled = np.flatnonzero((instance.pool != NONE) & (solution.offer_start < never))
    ends: dict[int, list[int]] = {}
    for o in pooled[np.argsort(-solution.offer_end[pooled], kind="stable")].tolist():
        if solution.offer_end[o] < never:
            ends.setdefault(int(instance.pool[o]), []).append(int(solution.offer_end[o]))
    for o in pooled[np.argsort(solution.offer_start[pooled], kind="stable")].tolist():
        waiting, start = ends.get(int(instance.pool[o])), int(solution.offer_start[o])
        if waiting and waiting[-1] <= start:
            waiting.pop()
            capital = int(instance.offers.capital[o, start - instance.offers.lead[o]])
            result[o] = min(int(instance.reuse[o]), capital)
    return result


def payments(instance: Instance, solution: Solution) -> Payments | None:
    """Who pays what of a plan; None when the funds can't pay it (`Purse.shortage` then says what lacks).

    Deterministic. Ceilings hold for the cost of a payment class in a year, not for each bill.
    """
    due = bills(instance, solution)
    purse = Purse.of(instance)
    needed = due.needs(len(instance.ceiling), len(instance.years))
    order, ends, things = _groups(due)
    shared, short = _assign(
        purse.money, purse.carry, purse.up, purse.down, needed, ends, things,
        due.payment_class[order], due.year[order], due.amount[order],
    )  # fmt: skip
    if short:
        return None
    paid = np.empty_like(shared)
    paid[order] = shared
    return _dated(due, paid, purse)


def _groups(due: Bills) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The order in which bills are given to funds; where each group ends (one thing's capital, or its running)."""
    key = due.kind * (int(due.thing.max(initial=0)) + 1) + due.thing
    _, of = np.unique(key, return_inverse=True)
    first = np.full(int(of.max(initial=-1)) + 1, _ANY)
    np.minimum.at(first, of, due.year)
    largest = np.zeros(len(first), dtype=np.int64)
    np.maximum.at(largest, of, due.amount)
    order = np.lexsort((np.arange(len(due)), -largest[of], first[of]))
    group = 2 * of[order] + due.running[order]
    ends = np.append(np.flatnonzero(np.diff(group)) + 1, len(order)) if len(order) else np.zeros(0, np.int64)
    return order, ends.astype(np.int64), of[order].astype(np.int64)


@kernel()
def _assign(
    money: Integers,
    carry: Integers,
    up: Integers,
    down: Integers,
    needs: Integers,
    ends: Integers,
    things: Integers,
    classes: Integers,
    years: Integers,
    amounts: Integers,
) -> tuple[Integers, bool]:
    """What each fund pays of each bill, (bills, F), and whether that is less than all."""
    network = opened(money, carry, up, down, needs)
    room = np.empty((2, len(network[0])), np.int64)
    paid = np.zeros((len(amounts), money.shape[0]), np.int64)
    for t in range(needs.shape[1]):
        for c in range(needs.shape[0]):
            if bring(network, 0, need_spot(money, c, t), needs[c, t], room[0], room[1]) < needs[c, t]:
                return paid, True
    most = np.zeros((needs.shape[0], money.shape[0], needs.shape[1]), np.int64)
    for c in range(needs.shape[0]):
        for f in range(money.shape[0]):
            for t in range(needs.shape[1]):
                most[c, f, t] = _ANY if up[c, f] > 0 else 0
    start, friend = 0, -1
    for end in ends:
        if start > 0 and things[start] != things[start - 1]:
            friend = -1
        fund = _whole(network, money, most, start, end, friend, classes, years, amounts, room)
        if fund >= 0:
            for bill in range(start, end):
                paid[bill, fund] = amounts[bill]
            friend = fund
        else:
            for bill in range(start, end):
                friend = _one_bill(network, money, most, bill, friend, classes, years, amounts, room, paid)
        start = end
    return paid, False


@jitable
def _whole(
    network: Network,
    money: Integers,
    most: Integers,
    start: int,
    end: int,
    friend: int,
    classes: Integers,
    years: Integers,
    amounts: Integers,
    room: Integers,
) -> int:
    """The fund that takes all bills from `start` to before `end`; `friend` is asked first. -1: none can."""
    for asked in range(-1, money.shape[0]):
        f = friend if asked < 0 else asked
        if f < 0 or (asked == friend and asked >= 0):
            continue
        fits = True
        for bill in range(start, end):
            fits = fits and amounts[bill] <= most[classes[bill], f, years[bill]]
        bill = start
        while fits and bill < end:
            c, t = classes[bill], years[bill]
            can = _uncommitted(network, money, c, f, t, amounts[bill], room)
            fits = can >= amounts[bill]
            if fits:
                _commit(network, money, most, c, f, t, amounts[bill])
                bill += 1
            elif bill == start:  # nothing on trial: so much is all that it can ever take
                most[c, f, t] = can
        if fits:
            return f
        for back in range(start, bill):
            _commit(network, money, most, classes[back], f, years[back], -amounts[back])
    return -1


@jitable
def _one_bill(
    network: Network,
    money: Integers,
    most: Integers,
    bill: int,
    friend: int,
    classes: Integers,
    years: Integers,
    amounts: Integers,
    room: Integers,
    paid: Integers,
) -> int:
    """Give one bill to a fund, or share it out; returns the fund that took most of it."""
    fund = _whole(network, money, most, bill, bill + 1, friend, classes, years, amounts, room)
    if fund >= 0:
        paid[bill, fund] = amounts[bill]
        return fund
    c, t, rest = classes[bill], years[bill], amounts[bill]
    largest = -1
    for asked in range(-1, money.shape[0]):
        f = friend if asked < 0 else asked
        if f < 0 or (asked == friend and asked >= 0) or most[c, f, t] == 0:
            continue
        part = min(rest, _uncommitted(network, money, c, f, t, rest, room))
        _commit(network, money, most, c, f, t, part)
        paid[bill, f] = part
        rest -= part
        largest = f if largest < 0 or part > paid[bill, largest] else largest
    return largest


@jitable
def _uncommitted(network: Network, money: Integers, c: int, f: int, t: int, want: int, room: Integers) -> int:
    """Turn payments of class c in year t to fund f until `want` of them can be committed; returns how many can."""
    left = network[3]
    arc = payment_arc(network, c, f, t)
    pays = left[arc ^ 1]
    lacks = min(want - pays, left[arc])
    if lacks > 0:
        left[arc ^ 1] = 0  # what f pays already must not be turned into itself
        turned = bring(network, need_spot(money, c, t), spend_spot(money, f, t), lacks, room[0], room[1])
        left[arc] -= turned
        left[arc ^ 1] = pays + turned
    return int(left[arc ^ 1])


@jitable
def _commit(network: Network, money: Integers, most: Integers, c: int, f: int, t: int, amount: int) -> None:
    """Fix so much of what fund f pays class c in year t: no later search takes it away."""
    network[3][payment_arc(network, c, f, t) ^ 1] -= amount
    if most[c, f, t] < _ANY:
        most[c, f, t] -= amount


def _dated(due: Bills, paid: np.ndarray, purse: Purse) -> Payments:
    """Each fund pays from the oldest of its money that is left, the bills of a year in their order."""
    rows = [_fund_rows(due, paid[:, f], f, purse) for f in range(len(purse.money))]
    bill, fund, got, amount = (
        np.concatenate([np.zeros(0, dtype=np.int64), *column]) for column in zip(*rows, strict=True)
    ) if rows else (np.zeros(0, dtype=np.int64),) * 4  # fmt: skip
    order = np.lexsort((got, fund, bill))
    bill, fund, got, amount = bill[order], fund[order], got[order], amount[order]
    return Payments(
        due.kind[bill], due.thing[bill], due.running[bill], due.year[bill], due.payment_class[bill],
        fund, got, amount,
    )  # fmt: skip


def _fund_rows(due: Bills, paid: np.ndarray, f: int, purse: Purse) -> tuple[np.ndarray, ...]:
    """Bill, fund, year of the money, rupiah of each payment of fund f."""
    years = purse.money.shape[1]
    left = purse.money[f].tolist()
    rows = []
    for t in range(years):
        mine = np.flatnonzero((due.year == t) & (paid > 0))
        total = int(paid[mine].sum())
        used = np.zeros(years, dtype=np.int64)
        for a in range(max(0, t - int(purse.carry[f])), t + 1):
            used[a] = min(left[a], total - int(used.sum()))
            left[a] -= int(used[a])
        ends = np.cumsum(paid[mine])
        spent = np.cumsum(used)
        cuts = np.unique(np.concatenate([ends, spent[used > 0]]))
        amount = np.diff(cuts, prepend=0)
        rows.append((mine[np.searchsorted(ends, cuts)], np.searchsorted(spent, cuts), amount))
    bill, got, amount = (np.concatenate(column) for column in zip(*rows, strict=True))
    return bill, np.full(len(bill), f), got, amount
