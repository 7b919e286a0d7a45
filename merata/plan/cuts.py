"""Cuts that make the linear programme of the network strong: whatever is lit is joined to a root.

For every set S of nodes without a root, every node n in S and every year, the links that carry into S are together at
least lit[n] (directed cuts; Wong 1984, "A dual ascent approach for Steiner tree problems on a directed graph"). There
are far too many to write down. Many of those that matter are around sets that dual ascent found beforehand
(`ascent`); the others that the present values break are found by maximum flows from the roots.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from merata.plan.ascent import sets_of
from merata.plan.columns import ways
from merata.plan.instance import NONE
from merata.plan.programme import Programme, Rows, until

#: Capacities are whole numbers for the maximum flow: a part of a million.
_SCALE = 1_000_000
#: So many sets at a time.
_CHUNK = 1_000


#: So many sets around one node are looked for at once.
_NESTED = 6
#: A cut is worth adding when it is broken by more than this; nodes lit less than that are not looked at.
_BROKEN, _DARK = 1e-3, 0.02
#: Cuts at a time; of links over dark nodes three times as many.
_MOST = 1_000
#: Where fewer known cuts than this are broken, others are looked for.
_FEW = 50

Dark = tuple[int, int, int]
"""Link, direction and year in which more carries than its tail is lit."""


@dataclass(frozen=True)
class Cut:
    """`inside` marks the set S of nodes; `node` of it is lit although too little carries into S."""

    inside: bytes
    node: int
    year: int


@dataclass(frozen=True)
class Sets:
    """Sets of nodes, none of which holds a root; S of them."""

    keys: list[bytes]
    into: sp.csr_array
    """Links that lead into each, (S, ways)."""
    members: np.ndarray
    """The nodes of the first set, then those of the second, and so on."""
    first: np.ndarray
    """Where the nodes of each set begin, (S,)."""

    def of(self, n: int) -> np.ndarray:
        """The nodes of a set."""
        end = self.first[n + 1] if n + 1 < len(self.first) else len(self.members)
        result: np.ndarray = self.members[self.first[n] : end]
        return result


class Separator:
    """Finds directed cuts that given values break, and writes them as rows."""

    def __init__(self, programme: Programme) -> None:
        self._programme = programme
        instance = programme.instance
        self._nodes = len(instance.nodes)
        self._link, self._towards, self._tail, self._head = ways(instance, programme.columns)
        self._seen: dict[Cut, None] = {}
        self._over: dict[Dark, None] = {}
        self._known = self._sets(sets_of(instance))

    def broken(self, values: np.ndarray) -> list[Cut]:
        """New cuts that the values of the columns break, at most about so many.

        Those around sets that are known go first; the others, the latest years first, take a maximum flow each.
        """
        found = self._new(self._known, values)
        if len(found) >= _FEW:
            return found
        for year in reversed(range(len(self._programme.instance.years))):
            found += self._in_year(values, year)
            if len(found) >= _MOST:
                break
        return found

    def found(self) -> tuple[list[Cut], list[Dark]]:
        """All that was found so far, in that order: it holds for every programme over the same network."""
        return list(self._seen), list(self._over)

    def again(self, cuts: list[Cut], dark: list[Dark]) -> list[tuple[sp.csr_matrix, np.ndarray, np.ndarray]]:
        """What was found for a programme over the same network, as rows of this one."""
        self._seen.update(dict.fromkeys(cuts))
        self._over.update(dict.fromkeys(dark))
        e, d, t = np.array(dark, dtype=np.int64).reshape(-1, 3).T
        return [self._dark_rows(e, d, t), self.rows(cuts)]

    def _in_year(self, values: np.ndarray, year: int) -> list[Cut]:
        graph = self._graph(values, year)
        lit = self._lit(values, year)
        sets: dict[bytes, np.ndarray] = {}
        for node in self._looked_at(graph, lit):
            if len(sets) >= _MOST:
                break
            for inside in self._nested(graph, node, lit[node]):
                sets[np.packbits(inside).tobytes()] = inside
        inside = np.array(list(sets.values()), dtype=bool).reshape(-1, self._nodes + 1)
        return self._new(self._sets(inside), values)

    def _graph(self, values: np.ndarray, year: int) -> sp.csr_array:
        """What can be carried from the roots (one node, the last) by the end of a year; no entry of nothing."""
        size = self._nodes + 1
        capacity = np.round(self._flow(values, year) * _SCALE).astype(np.int32)
        some = capacity > 0
        return sp.csr_array((capacity[some], (self._tail[some], self._head[some])), shape=(size, size))

    def _looked_at(self, graph: sp.csr_array, lit: np.ndarray) -> list[int]:
        """Nodes that may be joined too little, the brightest first."""
        whole = graph.copy()
        whole.data[whole.data < _SCALE] = 0
        whole.eliminate_zeros()
        # Wherever ways that carry all lead from the roots, nothing is broken.
        maybe = (lit > _DARK) & ~reached(whole, self._nodes)[:-1]
        order = np.argsort(-lit, kind="stable")
        result: list[int] = order[maybe[order]].tolist()
        return result

    def _nested(self, graph: sp.csr_array, node: int, lit: float) -> list[np.ndarray]:
        """Sets around a node into which too little carries, one within the other: cuts found are filled up."""
        found: list[np.ndarray] = []
        graph = graph.copy()
        rows = np.repeat(np.arange(graph.shape[0]), np.diff(graph.indptr))
        while len(found) < _NESTED:
            sides = _smallest(graph, self._nodes, node, lit - _BROKEN)
            if not sides:
                break
            found += sides
            for inside in sides:
                graph.data[inside[graph.indices] & ~inside[rows]] = _SCALE
        return found

    def _flow(self, values: np.ndarray, year: int) -> np.ndarray:
        """How much each link carries by the end of a year, each way."""
        way = self._programme.columns.way
        result: np.ndarray = at_values(values, way[self._link, self._towards, : year + 1]).sum(axis=1)
        return result

    def _lit(self, values: np.ndarray, year: int) -> np.ndarray:
        result: np.ndarray = at_values(values, self._programme.columns.lit[:, : year + 1]).sum(axis=1)
        return result

    def _sets(self, inside: np.ndarray) -> Sets:
        """Sets of nodes, (sets, N + 1) bool, made ready."""
        into = [
            sp.csr_array(some[:, self._head] & ~some[:, self._tail])
            for some in np.array_split(inside, 1 + len(inside) // _CHUNK)
        ]
        _, members = np.nonzero(inside[:, :-1])
        first = np.cumsum(inside[:, :-1].sum(axis=1)) - inside[:, :-1].sum(axis=1)
        return Sets(
            [row.tobytes() for row in np.packbits(inside, axis=1)], sp.vstack(into, "csr"), members, first
        )

    def _new(self, sets: Sets, values: np.ndarray) -> list[Cut]:
        """Cuts that are broken most and new: each for the brightest node of a set in a year."""
        years = len(self._programme.instance.years)
        if not len(sets.keys):
            return []
        flow = np.stack([self._flow(values, year) for year in range(years)], axis=1)
        lit = np.stack([self._lit(values, year) for year in range(years)], axis=1)
        brightest = np.maximum.reduceat(lit[sets.members], sets.first, axis=0)
        over = brightest - sets.into.astype(float) @ flow
        n, year = np.nonzero(over > _BROKEN)
        new: list[Cut] = []
        for k in np.argsort(-over[n, year], kind="stable").tolist():
            members = sets.of(int(n[k]))
            cut = Cut(sets.keys[n[k]], int(members[np.argmax(lit[members, year[k]])]), int(year[k]))
            if cut not in self._seen:
                self._seen[cut] = None
                new.append(cut)
            if len(new) >= _MOST:
                break
        return new

    def dark(self, values: np.ndarray) -> tuple[sp.csr_matrix, np.ndarray, np.ndarray]:
        """Rows that the values break of: a link carries, one way or the other, no more than its tail is lit."""
        columns, instance = self._programme.columns, self._programme.instance
        flow = np.cumsum(at_values(values, columns.way), axis=2)
        lit = np.cumsum(at_values(values, columns.lit), axis=1)
        both = flow.sum(axis=1)
        over = both[:, None, :] - lit[instance.ends[:, ::-1]]
        over[instance.root[instance.ends[:, ::-1]]] = 0.0
        e, d, t = np.nonzero(over > _BROKEN)
        order = np.argsort(-over[e, d, t], kind="stable")[: 3 * _MOST]
        e, d, t = e[order], d[order], t[order]
        self._over.update(dict.fromkeys(zip(e.tolist(), d.tolist(), t.tolist(), strict=True)))
        return self._dark_rows(e, d, t)

    def _dark_rows(
        self, e: np.ndarray, d: np.ndarray, t: np.ndarray
    ) -> tuple[sp.csr_matrix, np.ndarray, np.ndarray]:
        columns, instance = self._programme.columns, self._programme.instance
        rows = Rows()
        row = np.arange(len(e))
        parts = [(*until(columns.way[:, towards], row, e, t), 1.0) for towards in (0, 1)]
        parts.append((*until(columns.lit, row, instance.ends[e, 1 - d], t), -1.0))
        rows.at_most(parts, np.zeros(len(e)))
        return rows.built(columns.count)

    def rows(self, cuts: list[Cut]) -> tuple[sp.csr_matrix, np.ndarray, np.ndarray]:
        """The cuts as rows: least <= row <= most."""
        columns = self._programme.columns
        row, column, value = [], [], []
        for n, cut in enumerate(cuts):
            inside = np.unpackbits(np.frombuffer(cut.inside, dtype=np.uint8), count=self._nodes + 1).astype(
                bool
            )
            into = inside[self._head] & ~inside[self._tail]
            carrying = columns.way[self._link[into], self._towards[into], : cut.year + 1].ravel()
            lit = columns.lit[cut.node, : cut.year + 1]
            for family, sign in ((carrying, 1.0), (lit, -1.0)):
                there = family[family != NONE]
                row += [np.full(len(there), n)]
                column += [there]
                value += [np.full(len(there), sign)]
        shape = (len(cuts), columns.count)
        if not cuts:
            return sp.csr_matrix(shape), np.zeros(0), np.zeros(0)
        entries = (np.concatenate(value), (np.concatenate(row), np.concatenate(column)))
        return sp.coo_matrix(entries, shape=shape).tocsr(), np.zeros(len(cuts)), np.full(len(cuts), np.inf)


def at_values(values: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Values of columns; 0 where there is none."""
    result: np.ndarray = np.where(column != NONE, values[np.maximum(column, 0)], 0.0)
    return result


def _smallest(graph: sp.csr_array, source: int, node: int, enough: float) -> list[np.ndarray]:
    """The node's side of a smallest cut between the roots and the node, nearest to either; none when it is enough."""
    result = maximum_flow(graph, source, node)
    if result.flow_value >= enough * _SCALE:
        return []
    residual = left_over(graph, result.flow)
    sides = [~reached(residual, source), reached(residual.T.tocsr(), node)]
    return sides[:1] if (sides[0] == sides[1]).all() else sides


def left_over(graph: sp.csr_array, flow: sp.csr_array) -> sp.csr_array:
    """What is left of every capacity beside a flow."""
    residual = sp.csr_array(graph - flow)
    residual.data[residual.data < 0] = 0
    residual.eliminate_zeros()
    return residual


def reached(graph: sp.csr_array, start: int) -> np.ndarray:
    """Which nodes can be reached from one, (N,) bool."""
    inside = np.zeros(graph.shape[0], dtype=bool)
    inside[breadth_first_order(graph, start, return_predecessors=False)] = True
    return inside
