"""Fills a plan up: year by year the step that brings most for a rupiah, as long as the funds can pay for it; compiled.

A step is one offer for one place, or the lighting of a node over the cheapest new way to it with all that then hangs on
that way. What a step brings is reckoned to the plan's end, and so is what it costs; what the plan has later anyway may
come earlier, for what that costs more. Rules, capacities and what has to be there are not looked at.
"""

from __future__ import annotations

import heapq
from typing import NamedTuple

import numpy as np

from merata.plan.board import Board, Bools, Floats, Integers, Kind, State, charge
from merata.plan.purse import shortage
from merata.radio._compile import jitable, kernel, lean

_NONE = -1
#: A way of no cost still is a way: rupiah that stand for it.
_LITTLE = 1.0


class Taste(NamedTuple):
    """What a filling is led by."""

    lean: float
    """How far ways bend towards what is of worth beside them: 0 not at all, 1 as far as it is worth the money."""
    price: float
    """Rupiah that a unit of worth is taken to be worth there."""
    offers: Floats
    """By how much each offer seems better than it is, a factor, (O,)."""
    nodes: Floats
    """The same for nodes by year, (N, T)."""
    links: Floats
    """By how much ways over each link seem longer than they are, a factor, (E,)."""
    failures: int
    """Steps that can't be paid are tried again only in the next year; so many end a year."""


class _Values(NamedTuple):
    """What every offer would bring and cost if it started this year, and what hangs on every node in all."""

    gain: Floats
    cost: Floats
    worth: Floats
    dear: Floats


class _Ways(NamedTuple):
    """The cheapest ways to every node from those that are lit."""

    before: Integers
    over: Integers
    own: Floats
    """Rupiah of a node with the link to it."""
    far: Floats
    """How far each node is, 0: lit, inf: there is no way."""


@kernel()
def fill(board: Board, state: State, taste: Taste) -> None:
    """Fill up a plan in place."""
    offers, nodes = len(board.place), len(board.on_first) - 1
    values = _Values(np.zeros(offers), np.zeros(offers), np.zeros(nodes), np.zeros(nodes))
    for year in range(state.needs.shape[1]):
        _value(board, state, values, year)
        _fill_year(board, state, taste, values, year)


@jitable
def _fill_year(board: Board, state: State, taste: Taste, values: _Values, year: int) -> None:
    failures = 0
    dark = np.zeros(len(state.node_start), np.bool_)
    ways = _ways(board, state, taste, values, year)
    singles = [(0.0, 0)]
    singles.pop()
    for offer in range(len(board.place)):
        _note(board, state, taste, values, singles, offer, year)
    node, node_rate = _best_node(taste, values, ways, dark, year)
    while failures < taste.failures:
        single, rate = _best_offer(taste, values, singles)
        # What a node brings only grows less by what is started elsewhere: it is looked at anew when its turn comes.
        if node_rate >= rate and node_rate > 0.0:
            again, now = _best_node(taste, values, ways, dark, year)
            if again != node or now != node_rate:
                node, node_rate = again, now
                continue
            done, nodes, started = _light(board, state, taste, values, ways, node, year)
            dark[node] = not done
            node, node_rate = _best_node(taste, values, ways, dark, year)
        elif single == _NONE:
            return
        else:
            heapq.heappop(singles)
            nodes, started = np.empty(0, np.int64), np.array([single])
            done = _start(board, state, values, nodes, nodes, started, year)
        failures += not done
        if done:
            _note_all(board, state, taste, values, singles, nodes, started, year)


@jitable
def _value(board: Board, state: State, values: _Values, year: int) -> None:
    values.worth[:] = 0.0
    values.dear[:] = 0.0
    values.gain[:] = 0.0
    for place in range(len(board.gate)):
        _value_place(board, state, values, place, year)


@lean
def _value_place(board: Board, state: State, values: _Values, place: int, year: int) -> None:
    """What the offers of one place would bring now, and what hangs on their nodes."""
    gate = board.gate[place]
    is_open = gate == _NONE or state.served[gate] <= year
    for k in range(board.of_first[place], board.of_first[place + 1]):
        offer = board.of_offer[k]
        node = board.node[offer]
        if node >= 0 and values.gain[offer] > 0:
            values.worth[node] -= values.gain[offer]
            values.dear[node] -= values.cost[offer]
        gain, cost = 0.0, 0.0
        if is_open:
            gain, cost = _step(board, state, offer, year)
        values.gain[offer], values.cost[offer] = gain, cost
        if node >= 0 and gain > 0:
            values.worth[node] += gain
            values.dear[node] += cost


@lean
def _step(board: Board, state: State, offer: int, year: int) -> tuple[float, float]:
    """What an offer would bring and cost over what its place has, from a year on; nothing where it may not start."""
    cost, place = board.offers.cost[offer, year], board.place[offer]
    if not np.isfinite(cost):
        return 0.0, 0.0
    now = state.current[place]
    if now == _NONE:
        return board.onwards[offer, year], cost
    start = state.offer_start[now]
    if start > year:
        if now != offer or state.served[place] < start:
            return 0.0, 0.0
        return board.onwards[offer, year] - board.onwards[offer, start], cost - board.offers.cost[
            offer, start
        ]
    if board.lasting[now] or not board.lasting[offer]:
        return 0.0, 0.0
    saved = 0
    for later in range(year, board.onwards.shape[1]):
        saved += board.offers.running[now, later]
    return max(0.0, board.onwards[offer, year] - board.onwards[now, year]), cost - saved


@lean
def _rate(taste: Taste, values: _Values, offer: int) -> float:
    """What an offer seems to bring for a rupiah."""
    return float(taste.offers[offer] * values.gain[offer] / max(values.cost[offer], 1.0))


@jitable
def _note(
    board: Board,
    state: State,
    taste: Taste,
    values: _Values,
    singles: list[tuple[float, int]],
    offer: int,
    year: int,
) -> None:
    """Note an offer over what is lit, where it brings something."""
    node = board.node[offer]
    if values.gain[offer] > 0.0 and (node < 0 or state.node_start[node] <= year):
        heapq.heappush(singles, (-_rate(taste, values, offer), offer))


@jitable
def _best_offer(taste: Taste, values: _Values, singles: list[tuple[float, int]]) -> tuple[int, float]:
    """The offer noted that brings most for a rupiah, which then stands first; those that are outdated are dropped."""
    while len(singles):
        rate, offer = singles[0]
        now = _rate(taste, values, offer)
        if now == -rate and now > 0.0:
            return offer, now
        heapq.heappop(singles)
        if now > 0.0 and now < -rate:
            heapq.heappush(singles, (-now, offer))
    return _NONE, 0.0


@jitable
def _note_all(
    board: Board,
    state: State,
    taste: Taste,
    values: _Values,
    singles: list[tuple[float, int]],
    nodes: Integers,
    started: Integers,
    year: int,
) -> None:
    """Note what can be offered now: over nodes that became lit, and at places whose gate or stop-gap has started."""
    for node in nodes:
        for k in range(board.on_first[node], board.on_first[node + 1]):
            _note(board, state, taste, values, singles, board.on_offer[k], year)
    for offer in started:
        place = board.place[offer]
        for k in range(board.of_first[place], board.of_first[place + 1]):
            _note(board, state, taste, values, singles, board.of_offer[k], year)
        for k in range(board.behind_first[place], board.behind_first[place + 1]):
            behind = board.behind[k]
            for m in range(board.of_first[behind], board.of_first[behind + 1]):
                _note(board, state, taste, values, singles, board.of_offer[m], year)


@lean
def _added(kind: Kind, start: Integers, n: int, year: int) -> float:
    """What a thing costs from a year on over what is planned."""
    if start[n] <= year:
        return 0.0
    later = kind.cost[n, start[n]] if start[n] < kind.cost.shape[1] else 0.0
    return float(max(kind.cost[n, year] - later, 0.0) if np.isfinite(later) else kind.cost[n, year])


@jitable
def _ways(board: Board, state: State, taste: Taste, values: _Values, year: int) -> _Ways:
    """The ways of a year, which bend as taste has it."""
    size = len(state.node_start)
    ways = _Ways(np.full(size, _NONE), np.full(size, _NONE), np.zeros(size), np.full(size, np.inf))
    _spread(board, state, taste, values, ways, np.flatnonzero(state.node_start <= year), year)
    return ways


@jitable
def _spread(
    board: Board, state: State, taste: Taste, values: _Values, ways: _Ways, nodes: Integers, year: int
) -> None:
    """Nearer ways from nodes that have become lit."""
    heap = [(0.0, 0)]
    heap.pop()
    for node in nodes:
        ways.far[node] = 0.0
        heap.append((0.0, node))
    while len(heap):
        near, node = heapq.heappop(heap)
        if near > ways.far[node]:
            continue
        for k in range(board.out_first[node], board.out_first[node + 1]):
            head, link = board.out_head[k], board.out_link[k]
            if near >= ways.far[head]:
                continue
            own = _added(board.nodes, state.node_start, head, year)
            own += _added(board.links, state.link_start, link, year)
            bent = own - taste.lean * min(own, taste.price * max(values.worth[head], 0.0))
            bent = taste.links[link] * bent + _LITTLE
            if near + bent < ways.far[head]:
                ways.far[head] = near + bent
                ways.before[head], ways.over[head], ways.own[head] = node, link, own
                heapq.heappush(heap, (ways.far[head], head))


@jitable
def _best_node(taste: Taste, values: _Values, ways: _Ways, dark: Bools, year: int) -> tuple[int, float]:
    """The dark node that brings most for a rupiah, with all that hangs on the way to it."""
    size = len(dark)
    worth, cost = np.zeros(size), np.zeros(size)
    best, most = _NONE, 0.0
    for node in np.argsort(ways.far, kind="mergesort"):
        if ways.far[node] == 0.0:
            continue
        if ways.far[node] == np.inf:
            break
        before = ways.before[node]
        worth[node] = worth[before] + max(values.worth[node], 0.0)
        cost[node] = cost[before] + ways.own[node] + values.dear[node]
        rate = taste.nodes[node, year] * worth[node] / max(cost[node], 1.0)
        if rate > most and not dark[node] and values.worth[node] > 1e-9:
            best, most = node, rate
    return best, most


@jitable
def _light(
    board: Board, state: State, taste: Taste, values: _Values, ways: _Ways, node: int, year: int
) -> tuple[bool, Integers, Integers]:
    """Light a node and start what hangs on the way, best first, as much as can be paid; nothing when not one can.

    Returns whether that was done, the nodes and the offers.
    """
    many, at = 0, node
    while state.node_start[at] > year:
        many += 1
        at = ways.before[at]
    nodes, links = np.empty(many, np.int64), np.empty(many, np.int64)
    at = node
    for k in range(many):
        nodes[k], links[k] = at, ways.over[at]
        at = ways.before[at]
    links = links[state.link_start[links] > year]
    wanted = _wanted(board, taste, values, nodes)
    many = len(wanted)
    while many:
        if _start(board, state, values, nodes, links, wanted[:many], year):
            _spread(board, state, taste, values, ways, nodes, year)
            return True, nodes, wanted[:many]
        many //= 2
    return False, nodes, wanted[:0]


@jitable
def _wanted(board: Board, taste: Taste, values: _Values, nodes: Integers) -> Integers:
    """The best offer of each place on some nodes, best first."""
    most = 0
    for node in nodes:
        most += board.on_first[node + 1] - board.on_first[node]
    found, rate, count = np.empty(most, np.int64), np.empty(most), 0
    for node in nodes:
        for k in range(board.on_first[node], board.on_first[node + 1]):
            offer = board.on_offer[k]
            if values.gain[offer] > 0.0:
                found[count] = offer
                rate[count] = -taste.offers[offer] * values.gain[offer] / max(values.cost[offer], 1.0)
                count += 1
    found = found[:count][np.argsort(rate[:count], kind="mergesort")]
    seen, kept = np.zeros(len(board.gate), np.bool_), 0
    for offer in found:
        place = board.place[offer]
        if not seen[place]:
            seen[place] = True
            found[kept] = offer
            kept += 1
    return found[:kept]


@jitable
def _start(
    board: Board, state: State, values: _Values, nodes: Integers, links: Integers, offers: Integers, year: int
) -> bool:
    """Put things in service in a year, unless the funds or the number of villages forbid it."""
    years = state.needs.shape[1]
    needs = state.needs.copy()
    for node in nodes:
        _move(needs, board.nodes, node, state.node_start[node], year)
    for link in links:
        _move(needs, board.links, link, state.link_start[link], year)
    for offer in offers:
        now = state.current[board.place[offer]]
        _move(needs, board.offers, offer, state.offer_start[offer], year)
        if now >= 0 and now != offer:
            charge(needs, board.offers, now, state.offer_start[now], years, -1)
            if state.offer_start[now] < year:
                charge(needs, board.offers, now, state.offer_start[now], year, 1)
    if not _villages_allow(board, state, offers, year):
        return False
    if shortage(board.money, board.carry, board.up, board.down, needs).any():
        return False
    state.needs[:] = needs
    state.node_start[nodes] = year
    state.link_start[links] = year
    for offer in offers:
        _serve(board, state, offer, year)
        place = board.place[offer]
        _value_place(board, state, values, place, year)
        for k in range(board.behind_first[place], board.behind_first[place + 1]):
            _value_place(board, state, values, board.behind[k], year)
    return True


@lean
def _serve(board: Board, state: State, offer: int, year: int) -> None:
    place, years = board.place[offer], state.needs.shape[1]
    now = state.current[place]
    if now >= 0 and now != offer:
        state.offer_end[now] = year
        if state.offer_start[now] >= year:
            state.offer_start[now] = state.offer_end[now] = years
    state.offer_start[offer], state.offer_end[offer] = year, years
    state.current[place] = offer
    state.served[place] = min(state.served[place], year)


@lean
def _move(needs: Integers, kind: Kind, n: int, planned: int, year: int) -> None:
    """What a thing needs that starts in a year instead of when it was planned."""
    years = needs.shape[1]
    if planned < years:
        charge(needs, kind, n, planned, years, -1)
    charge(needs, kind, n, year, years, 1)


@jitable
def _villages_allow(board: Board, state: State, offers: Integers, year: int) -> bool:
    """Whether a year has no more new villages than it may, once some offers start in it."""
    limit = board.most_villages[year]
    if limit < 0:
        return True
    years = state.needs.shape[1]
    first = np.full(board.village.max() + 1, years)
    for place in range(len(board.village)):
        first[board.village[place]] = min(first[board.village[place]], state.served[place])
    new = 0
    for offer in offers:
        village = board.village[board.place[offer]]
        if first[village] > year:
            first[village] = year
            new += 1
    return new == 0 or (first == year).sum() <= limit
