"""A planning problem and its plans, laid out as the arrays of `board` for compiled code, and back."""

from __future__ import annotations

import numpy as np

from merata.plan.board import Board, Integers, Kind, State, bill
from merata.plan.instance import NONE, Instance, Solution, Things, take_over
from merata.plan.lighting import payable
from merata.plan.purse import Purse


def board(instance: Instance) -> Board:
    """The arrays of a problem."""
    nodes, places = len(instance.root), len(instance.village)
    tail, head = np.concatenate([instance.ends, instance.ends[:, ::-1]]).T
    out_first, order = _by(tail, nodes)
    purse = Purse.of(instance)
    onwards = np.cumsum(instance.worth[:, ::-1], axis=1)[:, ::-1][instance.place] * instance.share[:, None]
    of_node, of_place = _by(instance.node, nodes), _by(instance.place, places)
    behind = _by(instance.gate, places)
    return Board(
        nodes=_kind(instance, instance.nodes),
        links=_kind(instance, instance.links),
        offers=_kind(instance, instance.offers),
        out_first=out_first,
        out_head=_whole(head[order]),
        out_link=_whole(np.tile(np.arange(len(instance.links)), 2)[order]),
        on_first=of_node[0],
        on_offer=of_node[1],
        of_first=of_place[0],
        of_offer=of_place[1],
        behind_first=behind[0],
        behind=behind[1],
        place=_whole(instance.place),
        node=_whole(instance.node),
        lasting=np.array(instance.lasting, dtype=np.bool_),
        onwards=np.array(onwards, dtype=np.float64, order="C"),
        gate=_whole(instance.gate),
        village=_whole(instance.village),
        most_villages=_whole(instance.villages_per_year),
        money=_whole(purse.money),
        carry=_whole(purse.carry),
        up=_whole(purse.up),
        down=_whole(purse.down),
    )


def state(instance: Instance, made: Board, plan: Solution) -> State:
    """The arrays of a plan, which they share nothing with; `made`: those of its problem."""
    years = len(instance.years)
    current, served = np.full(len(instance.village), NONE), np.full(len(instance.village), years)
    started = np.flatnonzero(plan.offer_start < years)
    last = started[plan.offer_end[started] == years]
    current[instance.place[last]] = last
    np.minimum.at(served, instance.place[started], plan.offer_start[started])
    nodes, links = _whole(plan.node_start), _whole(plan.link_start)
    starts, ends = _whole(plan.offer_start), _whole(plan.offer_end)
    needed = bill(made, np.array(instance.root, dtype=np.bool_), nodes, links, starts, ends, years)
    take_over(needed, instance, plan)
    return State(nodes, links, starts, ends, _whole(current), _whole(served), needed)


def plan_of(filled: State) -> Solution:
    """The plan that arrays stand for."""
    return Solution(filled.node_start, filled.link_start, filled.offer_start, filled.offer_end)


def _kind(instance: Instance, things: Things) -> Kind:
    n, years = len(things), len(instance.years)
    start = np.arange(years)
    paid = np.maximum(start - things.lead[:, None], 0)
    onwards = np.cumsum(things.running[:, ::-1], axis=1)[:, ::-1]
    cost = (np.take_along_axis(things.capital, paid, axis=1) + onwards).astype(float).reshape(n, years)
    first = np.maximum(things.first, things.lead)[:, None]
    may = (first <= start) & (start <= things.last[:, None]) & payable(instance, things)[:, None]
    return Kind(
        _whole(things.capital), _whole(things.running), _whole(things.lead),
        _whole(things.capital_class), _whole(things.running_class), np.where(may, cost, np.inf),
    )  # fmt: skip


def _by(of: np.ndarray, count: int) -> tuple[Integers, Integers]:
    """Where the rows of each number from 0 on begin, (count + 1,), and the rows in that order; NONE is left out."""
    order = np.argsort(of, kind="stable")
    order = order[of[order] != NONE]
    return _whole(np.searchsorted(of[order], np.arange(count + 1))), _whole(order)


def _whole(numbers: np.ndarray) -> Integers:
    """An array of its own: compiled code is compiled anew for one that may not be written to."""
    return np.array(numbers, dtype=np.int64, order="C")
