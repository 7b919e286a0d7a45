"""The compact single-commodity flow model of a planning problem, as one would write it down first, solved by HiGHS.

Every lit node takes one unit of a flow that comes from the roots; a link carries at most as many units as there are
nodes once it is built (big M). With limits on capacity the flow is in Mbit/s. Terminals that may be replaced are kept
for good here, so that with stop-gaps the bound holds for less than the whole problem.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import highspy
import numpy as np
from scipy.sparse import coo_array

from merata.plan.instance import NONE, Instance, Solution, Things

MILLION = 1e6
SMALL_MBPS = 0.0001
"""What a lit node takes when the flow is in Mbit/s, so that it has to be joined."""
Entry = tuple[np.ndarray, np.ndarray, np.ndarray | float]


class _Quiet(highspy.Highs):
    """A solver that does not print its name among the rows of the table."""

    def enableCallbacks(self) -> None:  # noqa: N802 — the name in highspy; its constructor calls it
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()


class _Model:
    def __init__(self) -> None:
        self.count, self.rows = 0, 0
        self._entries: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self._least: list[np.ndarray] = []
        self._most: list[np.ndarray] = []
        self.upper: list[np.ndarray] = []
        self.whole: list[np.ndarray] = []

    def columns(self, shape: tuple[int, ...], upper: float, whole: bool) -> np.ndarray:
        new = np.arange(self.count, self.count + int(np.prod(shape)))
        self.count += len(new)
        self.upper.append(np.full(len(new), upper))
        self.whole.append(np.full(len(new), whole))
        return new.reshape(shape)

    def add(self, count: int, entries: Sequence[Entry], least: float, most: float | np.ndarray) -> None:
        for row, column, value in entries:
            r, c, v = np.broadcast_arrays(row, column, value)
            self._entries.append((r.ravel() + self.rows, c.ravel(), v.ravel().astype(float)))
        self._least.append(np.full(count, least))
        self._most.append(np.broadcast_to(np.asarray(most, dtype=float), (count,)))
        self.rows += count

    def highs(self, worth: np.ndarray) -> highspy.HighsLp:
        row, column, value = (np.concatenate(x) for x in zip(*self._entries, strict=True))
        matrix = coo_array((value, (row, column)), shape=(self.rows, self.count)).tocsr()
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = self.count, self.rows
        lp.sense_ = highspy.ObjSense.kMaximize
        lp.col_cost_ = worth
        lp.col_lower_, lp.col_upper_ = np.zeros(self.count), np.concatenate(self.upper)
        lp.row_lower_, lp.row_upper_ = np.concatenate(self._least), np.concatenate(self._most)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = (
            matrix.indptr,
            matrix.indices,
            matrix.data,
        )
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(w)] for w in np.concatenate(self.whole)]
        return lp


def compact(instance: Instance, gap: float, seconds: float, threads: int = 1) -> tuple[Solution, float]:
    """The plan that HiGHS finds, and its bound on the objective."""
    if len(instance.funds) != 1 or (instance.ceiling < 1).any() or instance.rules or len(instance.tier):
        raise ValueError("The compact model is written for one fund that pays all, and no rules.")
    if (instance.villages_per_year != NONE).any() or (instance.gate != NONE).any():
        raise ValueError("The compact model knows no gates and no limit of villages a year.")
    useful = useful_links(instance)
    solution, bound = _solved(_only(instance, useful), gap, seconds, threads)
    link_start = np.full(len(instance.links), len(instance.years))
    link_start[useful] = solution.link_start
    return Solution(solution.node_start, link_start, solution.offer_start, solution.offer_end), bound


def useful_links(instance: Instance) -> np.ndarray:
    """Links but those that are dearer than another of the same two nodes and carry no more."""
    pairs, links = np.sort(instance.ends, axis=1), instance.links
    total = links.capital.sum(axis=1) + links.running.sum(axis=1)
    order = np.lexsort((np.arange(len(links)), total, -instance.link_mbps, pairs[:, 1], pairs[:, 0]))
    kept: list[int] = []
    for e in order.tolist():
        other = kept[-1] if kept and (pairs[kept[-1]] == pairs[e]).all() else NONE
        if other == NONE or not _as_good(instance, other, e):
            kept.append(e)
    return np.sort(np.array(kept, dtype=np.int64))


def _as_good(instance: Instance, one: int, other: int) -> bool:
    """Whether the one link does all that the other does, at no more cost."""
    links = instance.links
    return bool(
        (links.capital[one] <= links.capital[other]).all()
        and (links.running[one] <= links.running[other]).all()
        and links.first[one] <= links.first[other]
        and links.lead[one] == links.lead[other]
        and not links.must[other]
        and instance.link_mbps[one] >= instance.link_mbps[other]
    )


def _only(instance: Instance, links: np.ndarray) -> Instance:
    fewer = Things(**{name: array[links] for name, array in vars(instance.links).items()})
    return replace(instance, links=fewer, ends=instance.ends[links], link_mbps=instance.link_mbps[links])


def _solved(instance: Instance, gap: float, seconds: float, threads: int) -> tuple[Solution, float]:
    years, model = len(instance.years), _Model()
    _, nodes, links, offers = instance.shape
    lit = model.columns((nodes, years), 1, True)
    built = model.columns((links, years), 1, True)
    serves = model.columns((offers, years), 1, True)
    flow = model.columns((2 * links, years), np.inf, False)
    enters = model.columns((nodes, years), np.inf, False)
    keeps = model.columns((years, years), np.inf, False)
    _order(model, instance, lit, built, serves)
    _flow(model, instance, lit, built, serves, flow, enters)
    _money(model, instance, (lit, built, serves), keeps)
    _times(model, instance.nodes, lit, ~instance.root)
    _times(model, instance.links, built, np.ones(links, dtype=bool))
    _times(model, instance.offers, serves, np.ones(offers, dtype=bool))
    worth = np.zeros(model.count)
    worth[serves] = instance.worth[instance.place] * instance.share[:, None]
    highs = _Quiet()
    for name, value in (
        ("mip_rel_gap", gap),
        ("time_limit", seconds),
        ("threads", threads),
    ):
        highs.setOptionValue(name, value)
    highs.passModel(model.highs(worth))
    highs.run()
    info = highs.getInfo()
    solution = Solution.nothing(instance)
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        values = np.array(highs.getSolution().col_value)
        solution = _plan(instance, values[lit], values[built], values[serves])
    return solution, float(info.mip_dual_bound)


def _order(model: _Model, instance: Instance, lit: np.ndarray, built: np.ndarray, serves: np.ndarray) -> None:
    """What is in service stays so; one offer a place; an offer needs its node."""
    years = len(instance.years)
    for family in (lit, built, serves):
        now, then = family[:, :-1].ravel(), family[:, 1:].ravel()
        row = np.arange(len(now))
        model.add(len(now), [(row, now, 1.0), (row, then, -1.0)], -np.inf, 0.0)
    t = np.arange(years)
    model.add(
        len(instance.village) * years, [(instance.place[:, None] * years + t, serves, 1.0)], -np.inf, 1.0
    )
    on = np.flatnonzero(instance.node != NONE)
    row = np.arange(len(on) * years).reshape(len(on), years)
    model.add(row.size, [(row, serves[on], 1.0), (row, lit[instance.node[on]], -1.0)], -np.inf, 0.0)


def _times(model: _Model, things: Things, family: np.ndarray, counted: np.ndarray) -> None:
    """Not before its first year, not begun after its last, there by its last when it must be."""
    years = family.shape[1]
    t, first = np.arange(years), np.maximum(things.first, things.lead)
    n, year = np.nonzero((t < first[:, None]) & counted[:, None])
    model.add(len(n), [(np.arange(len(n)), family[n, year], 1.0)], 0.0, 0.0)
    n = np.flatnonzero(counted & (things.last < years - 1))
    row = np.arange(len(n))
    model.add(len(n), [(row, family[n, -1], 1.0), (row, family[n, things.last[n]], -1.0)], -np.inf, 0.0)
    n = np.flatnonzero(counted & things.must)
    model.add(len(n), [(np.arange(len(n)), family[n, things.last[n]], 1.0)], 1.0, 1.0)


def _flow(
    model: _Model, instance: Instance, lit: np.ndarray, built: np.ndarray, serves: np.ndarray,
    flow: np.ndarray, enters: np.ndarray,
) -> None:  # fmt: skip
    """Each lit node takes its part of the flow; a link carries only when it is built."""
    years, (nodes, links) = len(instance.years), (len(instance.root), len(instance.links))
    limited = bool(np.isfinite(instance.link_mbps).any() or np.isfinite(instance.node_mbps).any())
    at = np.arange(nodes * years).reshape(nodes, years)
    a, b = instance.ends.T
    into = [(at[b], flow[:links], 1.0), (at[a], flow[links:], 1.0)]
    out = [(at[a], flow[:links], -1.0), (at[b], flow[links:], -1.0)]
    takes: list[Entry] = [(at, lit, -SMALL_MBPS if limited else -1.0)]
    if limited:
        on = np.flatnonzero(instance.node != NONE)
        takes.append((at[instance.node[on]], serves[on], -instance.mbps[on][:, None]))
    roots = np.flatnonzero(instance.root)
    model.add(at.size, [*into, *out, *takes, (at[roots], enters[roots], 1.0)], 0.0, 0.0)
    most = SMALL_MBPS * nodes + float(instance.mbps.sum()) if limited else float(nodes)
    carries = np.minimum(instance.link_mbps + SMALL_MBPS * nodes, most) if limited else np.full(links, most)
    row = np.arange(links * years).reshape(links, years)
    for end in (a, b):
        model.add(row.size, [(row, built, 1.0), (row, lit[end], -1.0)], -np.inf, 0.0)
    both: list[Entry] = [(row, flow[:links], 1.0), (row, flow[links:], 1.0), (row, built, -carries[:, None])]
    model.add(row.size, both, -np.inf, 0.0)
    tight = np.flatnonzero(np.isfinite(instance.node_mbps))
    if len(tight):
        of = [(r.ravel(), c.ravel(), 1.0) for r, c, _ in [*into, (at[roots], enters[roots], 1.0)]]
        inside = np.isin(np.arange(nodes), tight)
        small = [(r[inside[r // years]], c[inside[r // years]], v) for r, c, v in of]
        model.add(at.size, small, -np.inf, np.repeat(instance.node_mbps + SMALL_MBPS * nodes, years))


def _money(model: _Model, instance: Instance, families: tuple[np.ndarray, ...], keeps: np.ndarray) -> None:
    """What is spent in a year is kept from the money of that year and those before, for as long as it stays."""
    years = len(instance.years)
    costs: list[Entry] = []
    for things, family in zip((instance.nodes, instance.links, instance.offers), families, strict=True):
        paying = ~instance.root if things is instance.nodes else np.ones(len(things), dtype=bool)
        costs += _costs(things, family, paying)
    a, t = np.nonzero(
        (np.arange(years) >= np.arange(years)[:, None])
        & (np.arange(years) - np.arange(years)[:, None] <= instance.carry[0])
    )
    model.add(years, [*costs, (t, keeps[a, t], -1.0)], -np.inf, 0.0)
    model.add(years, [(a, keeps[a, t], 1.0)], -np.inf, instance.money[0] / MILLION)


def _costs(things: Things, family: np.ndarray, paying: np.ndarray) -> list[Entry]:
    years = family.shape[1]
    entries: list[Entry] = []
    for t in range(years):
        entries.append(
            (np.full(int(paying.sum()), t), family[paying, t], things.running[paying, t] / MILLION)
        )
        can = paying & (things.lead <= t) & (things.first <= t)
        paid = t - things.lead[can]
        capital = things.capital[can, paid] / MILLION
        entries.append((paid, family[can, t], capital))
        if t:
            entries.append((paid, family[can, t - 1], -capital))
    return entries


def _plan(instance: Instance, lit: np.ndarray, built: np.ndarray, serves: np.ndarray) -> Solution:
    years = len(instance.years)
    start = [np.where((x > 0.5).any(axis=1), (x > 0.5).argmax(axis=1), years) for x in (lit, built, serves)]
    node_start = np.where(instance.root, 0, start[0])
    return Solution(node_start, start[1], start[2], np.full(len(serves), years))
