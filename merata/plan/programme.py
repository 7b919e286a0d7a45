"""The planning problem as a linear programme over `columns`: its rows, what counts, and how a plan reads as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from merata.plan.columns import Columns, columns, open_villages, village_leads
from merata.plan.instance import NONE, Instance, Things

Entries = tuple[np.ndarray, np.ndarray, np.ndarray | float]
"""Rows from 0, columns (NONE: left out) and values of some entries, alike in shape."""
Parts = list[Entries]

#: Money is reckoned in millions of rupiah; whole rupiah are checked afterwards.
MILLION = 1e6


class Rows:
    """Rows of a sparse matrix that grow part by part: least <= row <= most."""

    def __init__(self) -> None:
        self._row: list[np.ndarray] = []
        self._column: list[np.ndarray] = []
        self._value: list[np.ndarray] = []
        self._least: list[np.ndarray] = []
        self._most: list[np.ndarray] = []
        self.count = 0

    def add(self, parts: Sequence[Entries], least: np.ndarray, most: np.ndarray) -> None:
        """New rows: `parts` are (row from 0, column, value); entries whose column is NONE are left out."""
        for row, column, value in parts:
            row, column, value = np.broadcast_arrays(row, column, value)
            there = column.ravel() != NONE
            self._row.append(row.ravel()[there] + self.count)
            self._column.append(column.ravel()[there])
            self._value.append(value.ravel()[there].astype(float))
        self._least.append(np.broadcast_to(least, most.shape).astype(float))
        self._most.append(most.astype(float))
        self.count += len(most)

    def at_most(self, parts: Sequence[Entries], most: np.ndarray) -> None:
        """New rows without a least value."""
        self.add(parts, np.full(len(most), -np.inf), most)

    def built(self, width: int) -> tuple[sp.csr_matrix, np.ndarray, np.ndarray]:
        """The matrix, the least and the most of every row; rows that can't be broken are dropped."""
        if not self._row:
            return sp.csr_matrix((0, width)), np.zeros(0), np.zeros(0)
        entries = (np.concatenate(self._value), (np.concatenate(self._row), np.concatenate(self._column)))
        matrix = sp.coo_matrix(entries, shape=(self.count, width)).tocsr()
        least, most = np.concatenate(self._least), np.concatenate(self._most)
        kept = (np.diff(matrix.indptr) > 0) | (least > 0) | (most < 0)
        return matrix[kept], least[kept], most[kept]


@dataclass(frozen=True)
class Programme:
    """A linear programme: maximise worth @ x with least <= matrix @ x <= most, 0 <= x <= upper."""

    instance: Instance
    copies: np.ndarray
    """How many places each place stands for: its columns count up to so many, (P,)."""
    columns: Columns
    worth: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    matrix: sp.csr_matrix
    least: np.ndarray
    most: np.ndarray


@dataclass(frozen=True)
class Floor:
    """What a plan has to bring at least, as for earlier tiers: `worth` (P, T) of places, `least` of it in all."""

    worth: np.ndarray
    least: float
    share: np.ndarray | None = None
    """Part that each offer brings, (O,); None: the instance's own."""


def programme(
    instance: Instance, floors: Sequence[Floor] = (), copies: np.ndarray | None = None
) -> Programme:
    """The linear programme of an instance, without the rows that `cuts` adds; `floors` are kept as well."""
    at = columns(instance)
    copies = np.ones(len(instance.village), dtype=np.int64) if copies is None else copies
    rows = Rows()
    _places(instance, at, rows, copies)
    for part in (
        _gates,
        _offers_on_nodes,
        _network,
        _needs,
        _funds,
        _villages,
        _rules,
        _musts,
    ):
        part(instance, at, rows)
    _stop_gaps(instance, at, rows, copies)
    for floor in floors:
        share = instance.share if floor.share is None else floor.share
        worth = _worth(replace(instance, share=share), at, floor.worth)
        column = np.flatnonzero(worth)
        row = np.zeros(len(column), dtype=np.int64)
        rows.add([(row, column, worth[column])], np.array([floor.least]), np.array([np.inf]))
    matrix, least, most = rows.built(at.count)
    upper = np.full(at.count, np.inf)
    upper[: at.whole] = 1.0
    for family in (at.starts, at.serves, at.again):
        o, t = np.nonzero(family != NONE)
        upper[family[o, t]] = copies[instance.place[o]]
    return Programme(
        instance,
        copies,
        at,
        _worth(instance, at, instance.worth),
        np.zeros(at.count),
        upper,
        matrix,
        least,
        most,
    )


def _worth(instance: Instance, at: Columns, worth: np.ndarray) -> np.ndarray:
    """What each column counts: a lasting offer for all years from its start, one that may end for each of its years."""
    result = np.zeros(at.count)
    each = worth[instance.place] * instance.share[:, None]
    onwards = np.cumsum(each[:, ::-1], axis=1)[:, ::-1]
    lasting = (at.starts != NONE) & instance.lasting[:, None]
    result[at.starts[lasting]] = onwards[lasting]
    result[at.serves[at.serves != NONE]] = each[at.serves != NONE]
    return result


def _grid(first: int, second: int) -> tuple[np.ndarray, np.ndarray]:
    a, b = np.meshgrid(np.arange(first), np.arange(second), indexing="ij")
    return a.ravel(), b.ravel()


def until(
    family: np.ndarray, row: np.ndarray, which: np.ndarray, year: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(row, column) of all that started up to a year: `family[which, s]` for s <= year, in `row`."""
    count = year + 1
    again = np.repeat(np.arange(len(which)), count)
    s = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return row[again], family[which[again], s]


def _offers_of(instance: Instance, place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(which of `place`, offer) pairs: the offers of each of these places."""
    order = np.argsort(instance.place, kind="stable")
    of_place = instance.place[order]
    low, high = np.searchsorted(of_place, place), np.searchsorted(of_place, place, side="right")
    count = high - low
    which = np.repeat(np.arange(len(place)), count)
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return which, order[np.repeat(low, count) + offset]


def _served(
    instance: Instance, at: Columns, place: np.ndarray, year: np.ndarray, value: np.ndarray, row: np.ndarray
) -> Parts:
    """Entries of 'place is served in year' times value, in `row`."""
    which, offer = _offers_of(instance, place)
    lasts = instance.lasting[offer]
    own, column = until(at.starts, which[lasts], offer[lasts], year[which[lasts]])
    ends = which[~lasts]
    return [
        (row[own], column, value[own]),
        (row[ends], at.serves[offer[~lasts], year[ends]], value[ends]),
    ]


def _places(instance: Instance, at: Columns, rows: Rows, copies: np.ndarray) -> None:
    """Each place is served through at most one offer at a time, and once served stays served."""
    years = len(instance.years)
    ending = np.zeros(len(instance.village), dtype=bool)
    ending[instance.place[~instance.lasting]] = True
    # Where nothing ever ends, the last year says it all.
    place, year = _grid(len(ending), years)
    kept = ending[place] | (year == years - 1)
    place, year = place[kept], year[kept]
    one = np.ones(len(place))
    rows.at_most(_served(instance, at, place, year, one, np.arange(len(place))), copies[place].astype(float))
    stays = ending[place] & (year < years - 1)
    place, year = place[stays], year[stays]
    one, row = np.ones(len(place)), np.arange(len(place))
    now = _served(instance, at, place, year, one, row)
    rows.at_most([*now, *_served(instance, at, place, year + 1, -one, row)], np.zeros(len(place)))


def _gates(instance: Instance, at: Columns, rows: Rows) -> None:
    """A place is served no earlier than its gate."""
    gated = np.flatnonzero(instance.gate != NONE)
    which, year = _grid(len(gated), len(instance.years))
    place = gated[which]
    one, row = np.ones(len(place)), np.arange(len(place))
    own = _served(instance, at, place, year, one, row)
    before = _served(instance, at, instance.gate[place], year, -one, row)
    rows.at_most([*own, *before], np.zeros(len(place)))


def _offers_on_nodes(instance: Instance, at: Columns, rows: Rows) -> None:
    """An offer that hangs on a node serves only while that is lit; the offers of one place on a node together."""
    on = np.flatnonzero((instance.node != NONE) & ~instance.root[np.maximum(instance.node, 0)])
    if not len(on):
        return
    years = len(instance.years)
    pairs, group = np.unique(np.stack([instance.place[on], instance.node[on]]), axis=1, return_inverse=True)
    n, t = _grid(len(on), years)
    row = group.ravel()[n] * years + t
    lasts = instance.lasting[on[n]]
    pair, year = _grid(pairs.shape[1], years)
    parts = [
        (*until(at.starts, row[lasts], on[n[lasts]], t[lasts]), 1.0),
        (row[~lasts], at.serves[on[n[~lasts]], t[~lasts]], 1.0),
        (*until(at.lit, pair * years + year, pairs[1][pair], year), -1.0),
    ]
    rows.at_most(parts, np.zeros(len(pair)))


def _network(instance: Instance, at: Columns, rows: Rows) -> None:
    """A node becomes lit in the year in which exactly one link starts to carry into it.

    That a link carries away from lit nodes only is left to `cuts`: few of those rows are ever needed.
    """
    years = len(instance.years)
    e, d, t = np.nonzero(at.way != NONE)
    node, year = _grid(len(instance.nodes), years)
    lit = (node * years + year, at.lit[node, year], -1.0)
    zero = np.zeros(len(node))
    rows.add([(instance.ends[e, d] * years + t, at.way[e, d, t], 1.0), lit], zero, zero)
    node = np.flatnonzero((at.lit != NONE).any(axis=1))
    row, year = _grid(len(node), years)
    rows.at_most([(row, at.lit[node[row], year], 1.0)], np.ones(len(node)))
    link = np.flatnonzero((at.extra != NONE).any(axis=1))
    row, year = _grid(len(link), years)
    families = (at.way[:, 0], at.way[:, 1], at.extra)
    rows.at_most([(row, family[link[row], year], 1.0) for family in families], np.ones(len(link)))
    for end in (0, 1):
        # A link is in service between lit nodes only.
        e, t = np.nonzero((at.extra != NONE) & ~instance.root[instance.ends[:, end]][:, None])
        row = np.arange(len(e))
        there = until(at.lit, row, instance.ends[e, end], t)
        rows.at_most([(*until(at.extra, row, e, t), 1.0), (*there, -1.0)], np.zeros(len(e)))


def _stop_gaps(instance: Instance, at: Columns, rows: Rows, copies: np.ndarray) -> None:
    """An offer that may end starts when it serves and did not before; what is left behind can be taken over."""
    o, t = np.nonzero(at.serves != NONE)
    row = np.arange(len(o))
    before = np.where(t > 0, at.serves[o, np.maximum(t - 1, 0)], NONE)
    started = [(row, at.serves[o, t], 1.0), (row, before, -1.0), (row, at.starts[o, t], -1.0)]
    rows.at_most(started, np.zeros(len(o)))
    rows.at_most([(row, at.starts[o, t], 1.0), (row, at.serves[o, t], -1.0)], np.zeros(len(o)))
    rows.at_most([(row, at.starts[o, t], 1.0), (row, before, 1.0)], copies[instance.place[o]].astype(float))
    _give_way(instance, at, rows)
    o, t = np.nonzero(at.again != NONE)
    row = np.arange(len(o))
    rows.at_most([(row, at.again[o, t], 1.0), (row, at.starts[o, t], -1.0)], np.zeros(len(o)))
    years = len(instance.years)
    for pool in np.unique(instance.pool[instance.pool != NONE]).tolist():
        members = np.flatnonzero(instance.pool == pool)
        member, year = _grid(len(members), years)
        which = members[member]
        ends = ~instance.lasting[which]
        parts = [
            (*until(at.again, year, which, year), 1.0),
            (*until(at.starts, year[ends], which[ends], year[ends]), -1.0),
            (year[ends], at.serves[which[ends], year[ends]], 1.0),
        ]
        rows.at_most(parts, np.zeros(years))


def _give_way(instance: Instance, at: Columns, rows: Rows) -> None:
    """What ends gives way to something lasting at its place: as many end as lasting offers start there, at most."""
    years = len(instance.years)
    o, t = np.nonzero(at.serves != NONE)
    row = instance.place[o] * years + t
    before = np.where(t > 0, at.serves[o, np.maximum(t - 1, 0)], NONE)
    ended: Parts = [(row, before, 1.0), (row, at.starts[o, t], 1.0), (row, at.serves[o, t], -1.0)]
    q, u = np.nonzero((at.starts != NONE) & instance.lasting[:, None])
    # Where nothing ever ends there is nothing to say.
    ends = np.isin(instance.place[q], instance.place[~instance.lasting])
    q, u = q[ends], u[ends]
    follows: Entries = (instance.place[q] * years + u, at.starts[q, u], -1.0)
    rows.at_most([*ended, follows], np.zeros(len(instance.village) * years))


def _costs(instance: Instance, at: Columns, things: Things, family: np.ndarray) -> Parts:
    """(class * T + year, column, millions) of things that start in a year and run to the end."""
    years = len(instance.years)
    n, t = np.nonzero(family != NONE)
    paid = t - things.lead[n]
    capital = (things.capital_class[n] * years + paid, family[n, t], things.capital[n, paid] / MILLION)
    count = years - t
    again = np.repeat(np.arange(len(n)), count)
    year = t[again] + np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    running = things.running[n[again], year] / MILLION
    return [capital, (things.running_class[n[again]] * years + year, family[n[again], t[again]], running)]


def _needs(instance: Instance, at: Columns, rows: Rows) -> None:
    """What each class needs in each year is paid by funds, each within its ceiling."""
    classes, funds = instance.ceiling.shape
    years = len(instance.years)
    offers = instance.offers
    costs = [
        *_costs(instance, at, instance.nodes, at.lit),
        *_costs(instance, at, instance.links, at.way[:, 0]),
        *_costs(instance, at, instance.links, at.way[:, 1]),
        *_costs(instance, at, instance.links, at.extra),
        *_costs(instance, at, offers, np.where(instance.lasting[:, None], at.starts, NONE)),
    ]
    o, t = np.nonzero(at.serves != NONE)
    paid = t - offers.lead[o]
    capital, running = offers.capital[o, paid], offers.running[o, t]
    costs.append((offers.capital_class[o] * years + paid, at.starts[o, t], capital / MILLION))
    costs.append((offers.running_class[o] * years + t, at.serves[o, t], running / MILLION))
    o, t = np.nonzero(at.again != NONE)
    paid = t - offers.lead[o]
    saved = np.minimum(instance.reuse[o], offers.capital[o, paid]) / MILLION
    costs.append((offers.capital_class[o] * years + paid, at.again[o, t], -saved))
    c, f, t = (x.ravel() for x in np.indices((classes, funds, years)))
    rows.at_most([*costs, (c * years + t, at.pays[c, f, t], -1.0)], np.zeros(classes * years))
    for cls, fund in np.argwhere((instance.ceiling > 0) & (instance.ceiling < 1)).tolist():
        own = [_of_class(entries, cls, years, -float(instance.ceiling[cls, fund])) for entries in costs]
        rows.at_most([*own, (np.arange(years), at.pays[cls, fund], 1.0)], np.zeros(years))


def _of_class(entries: Entries, cls: int, years: int, factor: float) -> Entries:
    """The entries of one class, scaled, in rows by year."""
    row, column, value = (np.broadcast_to(x, entries[0].shape) for x in entries)
    own = row // years == cls
    return row[own] % years, column[own], factor * value[own]


def _funds(instance: Instance, at: Columns, rows: Rows) -> None:
    """What a fund pays in a year comes out of the money of that year or what it kept; it has no more than it has."""
    classes, funds = instance.ceiling.shape
    years = len(instance.years)
    c, f, t = (x.ravel() for x in np.indices((classes, funds, years)))
    fund, a, u = (x.ravel() for x in np.indices((funds, years, years)))
    keeps = at.keeps[fund, a, u]
    spent = [(f * years + t, at.pays[c, f, t], 1.0), (fund * years + u, keeps, -1.0)]
    rows.at_most(spent, np.zeros(funds * years))
    rows.at_most([(fund * years + a, keeps, 1.0)], (instance.money / MILLION).ravel())


def _villages(instance: Instance, at: Columns, rows: Rows) -> None:
    """In each year at most so many villages get their first service."""
    limited = np.flatnonzero(instance.villages_per_year != NONE)
    if not len(limited):
        return
    leads = village_leads(instance)
    for t in limited.tolist():
        one, row = np.ones(len(leads)), np.zeros(len(leads), dtype=np.int64)
        parts = _served(instance, at, leads, np.full(len(leads), t), one, row)
        if t:
            parts += _served(instance, at, leads, np.full(len(leads), t - 1), -one, row)
        parts.append((np.zeros(len(at.begun), dtype=np.int64), at.begun[:, t], 1.0))
        rows.at_most(parts, np.array([float(instance.villages_per_year[t])]))
    _begun(instance, at, rows)


def _begun(instance: Instance, at: Columns, rows: Rows) -> None:
    """A village has begun when any of its places is served, and only then."""
    years = len(instance.years)
    place, year = _grid(len(instance.village), years)
    inside = np.isin(instance.village[place], open_villages(instance))
    place, year = place[inside], year[inside]
    one, row = np.ones(len(place)), np.arange(len(place))
    begun = (*until(at.begun, row, instance.village[place], year), -1.0)
    rows.at_most([*_served(instance, at, place, year, one, row), begun], np.zeros(len(place)))
    village, t = _grid(len(at.begun), years)
    any_served = _served(instance, at, place, year, -one, instance.village[place] * years + year)
    rows.at_most(
        [(*until(at.begun, village * years + t, village, t), 1.0), *any_served], np.zeros(len(village))
    )
    rows.at_most([(village, at.begun[village, t], 1.0)], np.ones(len(at.begun)))


def _rules(instance: Instance, at: Columns, rows: Rows) -> None:
    """The rules that every plan has to keep."""
    for rule in instance.rules:
        row = np.zeros(len(rule.place), dtype=np.int64)
        parts = _served(instance, at, rule.place, rule.year, rule.coefficient.astype(float), row)
        rows.add(parts, np.array([rule.least]), np.array([np.inf]))


def _musts(instance: Instance, at: Columns, rows: Rows) -> None:
    """What has to be in service by its last year."""
    years = len(instance.years)
    families = (
        (instance.nodes, [at.lit], ~instance.root),
        (instance.links, [at.way[:, 0], at.way[:, 1], at.extra], np.ones(len(instance.links), dtype=bool)),
        (instance.offers, [at.starts], np.ones(len(instance.place), dtype=bool)),
    )
    for things, kinds, there in families:
        must = np.flatnonzero(things.must & there)
        last = np.minimum(things.last[must], years - 1)
        parts = [(*until(kind, np.arange(len(must)), must, last), 1.0) for kind in kinds]
        rows.add(parts, np.ones(len(must)), np.full(len(must), np.inf))
