"""Whether the funds can pay what a plan needs, in whole rupiah: exact, and quick enough for a search to ask often.

Money flows from a fund's amount of a year, over the years for which it stays, to the needs of the payment classes in
each year, each fund within its ceiling. The largest flow is found by shortest augmenting paths (J. Edmonds and
R. M. Karp, Journal of the ACM 19, 1972) on whole numbers, so there is no rounding and no tolerance. A ceiling that
ends in a part of a rupiah is rounded up: two funds of one half each can pay an odd amount.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

from merata.plan.instance import Instance
from merata.radio._compile import jitable, kernel

Integers = npt.NDArray[np.int64]

#: A ceiling is taken as the nearest fraction whose denominator is at most this.
FINE = 10**9
#: Rupiah that no fund has.
_PLENTY = 2**62

Network = tuple[Integers, Integers, Integers, Integers, Integers]
"""First arc of each spot, the next arc after each arc, the spot where each arc ends, the room that it has left; and the
first of the arcs on which fund f pays class c, one for each year, (C, F), -1 where it may not pay.

Arc e and arc e ^ 1 are the two directions of one. Spots: 0 the source, then what each fund got in each year (f, a),
what each fund spends in each year (f, t), what each class needs in each year (c, t).
"""


class Purse:
    """The funds' money, made ready for questions. F funds, T years, C payment classes; all of it int64.

    money: rupiah by fund and year, (F, T). carry: years for which it stays, (F,). up, down: each ceiling as a
    fraction up / down, (C, F).
    """

    def __init__(self, money: np.ndarray, carry: np.ndarray, ceiling: np.ndarray) -> None:
        self.money: Integers = np.ascontiguousarray(money, dtype=np.int64)
        self.carry: Integers = np.ascontiguousarray(carry, dtype=np.int64)
        self.up, self.down = fractions(ceiling)

    @classmethod
    def of(cls, instance: Instance) -> Purse:
        """The purse of a problem."""
        return cls(instance.money, instance.carry, instance.ceiling)

    def shortage(self, needs: np.ndarray) -> np.ndarray:
        """Rupiah that stay unpaid of `needs` (C, T) when earlier years are paid first, (C, T); all 0: payable.

        What a year lacks is never taken from a later one: it stays unpaid, and the later years are judged without it.
        """
        result: np.ndarray = shortage(
            self.money, self.carry, self.up, self.down, np.ascontiguousarray(needs, np.int64)
        )
        return result

    def holds(self, needs: np.ndarray) -> bool:
        """Whether all of `needs` (C, T) can be paid."""
        return not self.shortage(needs).any()

    def slack(self, needs: np.ndarray) -> np.ndarray:
        """By how many rupiah each single need could grow, all others as they are, (C, T); -1 where `needs` lack money.

        Found by halving, so it costs some forty questions for each class and year.
        """
        if not self.holds(needs):
            return np.full(needs.shape, -1, dtype=np.int64)
        return np.array(
            [[self._room(needs, c, t) for t in range(needs.shape[1])] for c in range(needs.shape[0])],
            dtype=np.int64,
        ).reshape(needs.shape)

    def _room(self, needs: np.ndarray, c: int, t: int) -> int:
        low, high = 0, int(self.money[:, : t + 1].sum()) + 1
        while high - low > 1:
            middle = (low + high) // 2
            more = needs.astype(np.int64)
            more[c, t] += middle
            low, high = (middle, high) if self.holds(more) else (low, middle)
        return low


def fractions(ceiling: np.ndarray) -> tuple[Integers, Integers]:
    """Ceilings (C, F), 0 to 1, as whole numbers above and below the line."""
    exact = [Fraction(float(share)).limit_denominator(FINE) for share in ceiling.ravel()]
    up = np.array([f.numerator for f in exact], dtype=np.int64).reshape(ceiling.shape)
    down = np.array([f.denominator for f in exact], dtype=np.int64).reshape(ceiling.shape)
    return up, down


@kernel()
def shortage(money: Integers, carry: Integers, up: Integers, down: Integers, needs: Integers) -> Integers:
    """See `Purse.shortage`; to be called from compiled code as well."""
    classes, years = needs.shape
    if classes == 1 and _undivided(up, down):
        return _one_class(money, carry, up, needs)
    network = opened(money, carry, up, down, needs)
    parent, queue = np.empty(len(network[0]), np.int64), np.empty(len(network[0]), np.int64)
    lacking = np.zeros((classes, years), np.int64)
    for t in range(years):
        for c in range(classes):
            spot = need_spot(money, c, t)
            lacking[c, t] = needs[c, t] - bring(network, 0, spot, needs[c, t], parent, queue)
    return lacking


@jitable
def _undivided(up: Integers, down: Integers) -> bool:
    """Whether each fund may pay all or nothing of the only class."""
    shared = 0
    for f in range(up.shape[1]):
        shared += 0 < up[0, f] < down[0, f]
    return shared == 0


@jitable
def _one_class(money: Integers, carry: Integers, up: Integers, needs: Integers) -> Integers:
    """One class without shared ceilings: pay each year from the money that lapses first."""
    years = needs.shape[1]
    lapsing = np.zeros(years, np.int64)
    lacking = np.zeros((1, years), np.int64)
    for t in range(years):
        for f in range(money.shape[0]):
            if up[0, f]:
                lapsing[min(t + carry[f], years - 1)] += money[f, t]
        due = needs[0, t]
        for last in range(t, years):
            pays = min(due, lapsing[last])
            lapsing[last] -= pays
            due -= pays
        lacking[0, t] = due
    return lacking


@jitable
def need_spot(money: Integers, c: int, t: int) -> int:
    """The spot of what class c needs in year t."""
    return int(1 + 2 * money.size + c * money.shape[1] + t)


@jitable
def spend_spot(money: Integers, f: int, t: int) -> int:
    """The spot of what fund f spends in year t."""
    return int(1 + money.size + f * money.shape[1] + t)


@jitable
def payment_arc(network: Network, c: int, f: int, t: int) -> int:
    """The arc on which fund f pays class c in year t, -1: it may not; its other direction's room is what it pays."""
    base = network[4][c, f]
    return int(base + 2 * t if base >= 0 else -1)


@jitable
def opened(money: Integers, carry: Integers, up: Integers, down: Integers, needs: Integers) -> Network:
    """The network before its first rupiah."""
    (funds, years), classes = money.shape, needs.shape[0]
    pairs = 0
    for c in range(classes):
        for f in range(funds):
            pairs += up[c, f] > 0
    arcs = 2 * (pairs * years + money.size + money.size * years)
    first = np.full(1 + 2 * money.size + classes * years, -1, np.int64)
    after, to, room = np.empty(arcs, np.int64), np.empty(arcs, np.int64), np.empty(arcs, np.int64)
    base = np.full((classes, funds), -1, np.int64)
    network = (first, after, to, room, base)
    arc = 0
    for c in range(classes):
        for f in range(funds):
            if up[c, f] > 0:
                base[c, f] = arc
                for t in range(years):
                    most = ceiling_idr(needs[c, t], up[c, f], down[c, f])
                    arc = _join(network, arc, spend_spot(money, f, t), need_spot(money, c, t), most)
    for f in range(funds):
        # The arc that is joined last is tried first: older money goes before newer.
        for a in range(years - 1, -1, -1):
            got = 1 + f * years + a
            arc = _join(network, arc, 0, got, money[f, a])
            for t in range(a, min(years, a + carry[f] + 1)):
                arc = _join(network, arc, got, spend_spot(money, f, t), _PLENTY)
    return network


@jitable
def _join(network: Network, arc: int, start: int, end: int, most: int) -> int:
    """Add the two directions of an arc as `arc` and `arc` + 1; returns the next free number."""
    first, after, to, room, _ = network
    to[arc], to[arc + 1] = end, start
    room[arc], room[arc + 1] = most, 0
    after[arc], after[arc + 1] = first[start], first[end]
    first[start], first[end] = arc, arc + 1
    return arc + 2


@jitable
def ceiling_idr(need_idr: int, up: int, down: int) -> int:
    """`need_idr` times up / down, rounded up to a whole rupiah, without a number beyond 64 bits."""
    whole, rest = need_idr // down, need_idr % down
    return whole * up + (rest * up + down - 1) // down


@jitable
def bring(network: Network, source: int, spot: int, want: int, parent: Integers, queue: Integers) -> int:
    """Bring up to `want` rupiah more from `source` to `spot`; returns how many came.

    What others get may come from elsewhere then, but none of them gets less, except what `source` itself gives.
    """
    brought = 0
    while brought < want and _found(network, source, spot, parent, queue):
        brought += _send(network, source, spot, want - brought, parent)
    return brought


@jitable
def _found(network: Network, source: int, spot: int, parent: Integers, queue: Integers) -> bool:
    """Whether `source` still reaches `spot`; `parent` then holds the arc that leads on from each spot on the way."""
    first, after, to, room, _ = network
    for at in range(len(parent)):
        parent[at] = -1
    parent[spot] = len(to)
    queue[0] = spot
    head, tail = 0, 1
    while head < tail:
        arc = first[queue[head]]
        head += 1
        while arc >= 0:
            before = to[arc]
            if parent[before] < 0 and room[arc ^ 1] > 0:
                parent[before] = arc ^ 1
                if before == source:
                    return True
                queue[tail] = before
                tail += 1
            arc = after[arc]
    return False


@jitable
def _send(network: Network, source: int, spot: int, want: int, parent: Integers) -> int:
    """Send as much of `want` as fits along the way that was found."""
    _, _, to, room, _ = network
    amount, here = want, source
    while here != spot:
        amount = min(amount, room[parent[here]])
        here = to[parent[here]]
    here = source
    while here != spot:
        arc = parent[here]
        room[arc] -= amount
        room[arc ^ 1] += amount
        here = to[arc]
    return amount
