"""An independent check of a plan against its instance: service, network, capacity, order, rules; money is next door.

Nothing here is shared with any search, and the money is reckoned anew (merata.plan.audit_money), so that a mistake in
the one is found by the other. The meaning of every array is that of merata.plan.instance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from merata.plan.audit_money import money_faults
from merata.plan.instance import NONE, Instance, Solution, Things

MOST_OF_A_KIND = 20
"""So many faults of one kind are told; a plan that is wrong throughout is not searched to its end."""

TOLERANCE = 1e-6
"""Mbit/s and sums of rules are compared with this slack, relative to what is compared when that is above 1."""


def faults(instance: Instance, solution: Solution, payments: np.ndarray | None = None) -> list[str]:
    """Everything that is wrong with a plan, in plain English; empty: the plan keeps every condition of the instance.

    `payments`, when given, is who pays what: whole rupiah by payment class, fund, year of the fund's money and year
    in which it is spent, (C, F, T, T). Without it the money is fine when it can be paid in any way at all.
    """
    wrong = list(_shape_faults(instance, solution))
    if wrong:
        return wrong
    checks: tuple[Callable[[Instance, Solution], Iterator[str]], ...] = (
        _node_times,
        _link_times,
        _offer_times,
        _endings,
        _overlaps,
        _served_stays,
        _gates,
        _lit_faults,
        _capacity_faults,
        _village_faults,
        _rule_faults,
    )
    for check in checks:
        wrong += _shortened(check(instance, solution))
    return wrong + _shortened(money_faults(instance, solution, payments))


def lit(instance: Instance, node_start: np.ndarray, link_start: np.ndarray) -> np.ndarray:
    """Whether each node is joined to a root over built nodes and links in each year, (N, T)."""
    years = len(instance.years)
    result = np.zeros((len(instance.root), years), dtype=bool)
    for t in range(years):
        built = instance.root | (node_start <= t)
        result[:, t] = _joined(instance, built, link_start <= t)
    return result


def _joined(instance: Instance, built: np.ndarray, linked: np.ndarray) -> np.ndarray:
    nodes = len(built)
    if nodes == 0:
        return built
    a, b = instance.ends[linked & built[instance.ends].all(axis=1)].T
    graph = csr_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(nodes, nodes))
    count, part = connected_components(graph, directed=False)
    has_root = np.zeros(count, dtype=bool)
    has_root[part[instance.root]] = True
    result: np.ndarray = has_root[part] & built
    return result


def _shortened(faults_of_a_kind: Iterator[str]) -> list[str]:
    told = list(islice(faults_of_a_kind, MOST_OF_A_KIND + 1))
    return told if len(told) <= MOST_OF_A_KIND else [*told[:-1], "… and more faults like the last"]


def _shape_faults(instance: Instance, solution: Solution) -> Iterator[str]:
    _, nodes, links, offers = instance.shape
    years = len(instance.years)
    arrays = (
        ("node_start", solution.node_start, nodes),
        ("link_start", solution.link_start, links),
        ("offer_start", solution.offer_start, offers),
        ("offer_end", solution.offer_end, offers),
    )
    for name, array, length in arrays:
        if array.shape != (length,) or not np.issubdtype(array.dtype, np.integer):
            yield f"{name} is {array.dtype} of shape {array.shape}; whole numbers of shape ({length},) are expected"
        elif length and (array.min() < 0 or array.max() > years):
            yield f"{name} lies outside 0 to {years} (the number of years: never)"


def _name(instance: Instance, t: int) -> str:
    return str(instance.years[t]) if t < len(instance.years) else "never"


def _node_times(instance: Instance, solution: Solution) -> Iterator[str]:
    start = np.where(instance.root, len(instance.years), solution.node_start)
    yield from _thing_times(instance, "node", instance.nodes, start, ~instance.root)


def _link_times(instance: Instance, solution: Solution) -> Iterator[str]:
    every = np.ones(len(instance.links), dtype=bool)
    yield from _thing_times(instance, "link", instance.links, solution.link_start, every)


def _offer_times(instance: Instance, solution: Solution) -> Iterator[str]:
    every = np.ones(len(instance.offers), dtype=bool)
    yield from _thing_times(instance, "offer", instance.offers, solution.offer_start, every)


def _thing_times(
    instance: Instance, kind: str, things: Things, start: np.ndarray, counted: np.ndarray
) -> Iterator[str]:
    """First, last, must and lead of one kind of thing; `counted`: those that have to be put in service at all."""
    years = len(instance.years)
    used = start < years
    for n in np.flatnonzero(used & (start < things.first)).tolist():
        yield f"{kind} {n} is in service from {_name(instance, int(start[n]))}, before its first year"
    for n in np.flatnonzero(used & (start < things.lead)).tolist():
        yield (
            f"{kind} {n} is in service from {_name(instance, int(start[n]))}: with a lead of {int(things.lead[n])} "
            f"years it would be paid before {instance.years[0]}"
        )
    for n in np.flatnonzero(used & (start > things.last)).tolist():
        last = _name(instance, int(things.last[n]))
        yield f"{kind} {n} is in service from {_name(instance, int(start[n]))}, after its last year {last}"
    for n in np.flatnonzero(things.must & ~used & counted).tolist():
        yield f"{kind} {n} has to be in service by {_name(instance, int(things.last[n]))} and never is"


def _endings(instance: Instance, solution: Solution) -> Iterator[str]:
    years = len(instance.years)
    start, end = solution.offer_start, solution.offer_end
    used = start < years
    for o in np.flatnonzero(used & (end <= start)).tolist():
        yield f"offer {o} ends in {_name(instance, int(end[o]))}, not after it starts in {instance.years[start[o]]}"
    ends = used & (end > start) & (end < years)
    for o in np.flatnonzero(ends & instance.lasting).tolist():
        yield f"offer {o} is lasting and ends in {instance.years[end[o]]}"
    followed = {(int(instance.place[o]), int(start[o])) for o in np.flatnonzero(used & instance.lasting)}
    for o in np.flatnonzero(ends & ~instance.lasting).tolist():
        if (int(instance.place[o]), int(end[o])) not in followed:
            yield (
                f"offer {o} of place {int(instance.place[o])} ends in {instance.years[end[o]]} "
                "and no lasting offer follows there in that year"
            )


def _counts(instance: Instance, solution: Solution) -> np.ndarray:
    """Offers that serve each place in each year, (P, T)."""
    years = len(instance.years)
    result = np.zeros((len(instance.village), years), dtype=np.int64)
    for t in range(years):
        serves = (solution.offer_start <= t) & (t < solution.offer_end)
        result[:, t] = np.bincount(instance.place[serves], minlength=len(result))
    return result


def _overlaps(instance: Instance, solution: Solution) -> Iterator[str]:
    for p, t in np.argwhere(_counts(instance, solution) > 1).tolist():
        serves = (instance.place == p) & (solution.offer_start <= t) & (t < solution.offer_end)
        numbers = ", ".join(map(str, np.flatnonzero(serves)))
        yield f"place {p} is served by several offers in {instance.years[t]}: {numbers}"


def _served_stays(instance: Instance, solution: Solution) -> Iterator[str]:
    served = _counts(instance, solution) > 0
    for p, t in np.argwhere(served[:, :-1] & ~served[:, 1:]).tolist():
        yield f"place {p} is served in {instance.years[t]} and not in {instance.years[t + 1]}"


def _gates(instance: Instance, solution: Solution) -> Iterator[str]:
    served = _counts(instance, solution) > 0
    gated = np.flatnonzero(instance.gate != NONE)
    early = served[gated] & ~served[instance.gate[gated]]
    for k in np.flatnonzero(early.any(axis=1)).tolist():
        p, t = int(gated[k]), int(early[k].argmax())
        yield f"place {p} is served in {instance.years[t]}, before its gate, place {int(instance.gate[p])}"


def _lit_faults(instance: Instance, solution: Solution) -> Iterator[str]:
    years = len(instance.years)
    lights = lit(instance, solution.node_start, solution.link_start)
    hanging = np.flatnonzero((instance.node != NONE) & (solution.offer_start < years))
    start = solution.offer_start[hanging]
    for o in hanging[~lights[instance.node[hanging], start]].tolist():
        yield (
            f"offer {o} serves from {instance.years[solution.offer_start[o]]} and its node {int(instance.node[o])} "
            "is not lit then (built and joined to a root)"
        )


def _capacity_faults(instance: Instance, solution: Solution) -> Iterator[str]:
    lights = lit(instance, solution.node_start, solution.link_start)
    for t in range(len(instance.years)):
        serves = (solution.offer_start <= t) & (t < solution.offer_end) & (instance.node != NONE)
        load = np.bincount(instance.node[serves], weights=instance.mbps[serves], minlength=len(instance.root))
        load = np.where(lights[:, t], load, 0.0)  # what hangs on a dark node is told by _lit_faults
        total, carried = float(load.sum()), _carried(instance, lights[:, t], solution.link_start <= t, load)
        short = load - carried
        if short.sum() > TOLERANCE * max(1.0, total):
            most = int(short.argmax())
            yield (
                f"in {instance.years[t]} the network carries at most {carried.sum():g} of the {total:g} Mbit/s that "
                f"hang on it; for one, node {most} lacks {short[most]:g} of its {load[most]:g} Mbit/s"
            )


def _carried(instance: Instance, lit_now: np.ndarray, linked: np.ndarray, load: np.ndarray) -> np.ndarray:
    """The most that a lit network can bring to its nodes' loads, as one flow from the roots, (N,).

    A linear program: what enters a node (over links, or from outside at a root) is at most what the node carries.
    """
    usable = np.flatnonzero(linked & lit_now[instance.ends].all(axis=1))
    tight = [instance.node_mbps[lit_now], instance.link_mbps[usable]]
    total = float(load.sum())
    if total == 0 or np.concatenate(tight).min(initial=np.inf) >= total:
        return load
    nodes, roots = len(load), np.flatnonzero(instance.root)
    a, b = instance.ends[usable].T
    into = np.concatenate([b, a, roots])
    flows, arcs = len(into), 2 * len(usable)
    column = np.arange(flows)
    enters = coo_array((np.ones(flows), (into, column)), shape=(nodes, flows + nodes))
    leaves = coo_array((np.ones(arcs), (np.concatenate([a, b]), column[:arcs])), shape=enters.shape)
    stays = coo_array((np.ones(nodes), (np.arange(nodes), flows + np.arange(nodes))), shape=enters.shape)
    limits = np.concatenate([np.tile(instance.link_mbps[usable], 2), np.full(len(roots), np.inf), load])
    limited = np.flatnonzero(np.isfinite(instance.node_mbps))
    done = linprog(  # type: ignore[call-overload]  # its stubs know no sparse matrix
        np.concatenate([np.zeros(flows), -np.ones(nodes)]),
        A_ub=enters.tocsr()[limited],
        b_ub=instance.node_mbps[limited],
        A_eq=(enters - leaves - stays).tocsr(),
        b_eq=np.zeros(nodes),
        bounds=np.column_stack([np.zeros(len(limits)), np.minimum(limits, total)]),
        method="highs",
    )
    result: np.ndarray = done.x[flows:]
    return result


def _village_faults(instance: Instance, solution: Solution) -> Iterator[str]:
    served = _counts(instance, solution) > 0
    years = len(instance.years)
    first = np.where(served.any(axis=1), served.argmax(axis=1), years)
    of_village = np.full(int(instance.village.max(initial=-1)) + 1, years)
    np.minimum.at(of_village, instance.village, first)
    for t in range(years):
        started, most = int((of_village == t).sum()), int(instance.villages_per_year[t])
        if most != NONE and started > most:
            yield f"{started} villages get their first service in {instance.years[t]}; at most {most} may"


def _rule_faults(instance: Instance, solution: Solution) -> Iterator[str]:
    served = _counts(instance, solution) > 0
    for rule in instance.rules:
        reached = float((rule.coefficient * served[rule.place, rule.year]).sum())
        if reached < rule.least - TOLERANCE * max(1.0, float(np.abs(rule.coefficient).sum())):
            yield f"{rule.key} is not kept: {rule.about} ({reached:g}, at least {rule.least:g} is asked)"
