"""Small numbers kept back: which counts of people and households leave, so that nobody can be singled out.

A count from 1 to one below `Rule.fewest` is kept back (primary suppression). As tables have sums, others have to go
with it (complementary suppression): so many, and those of least worth, that nobody who knows every number that leaves
can reckon any one that does not to within less than `Rule.width`. All tables that hang together are protected as one
system of cells and sums, so that no table gives away what another keeps back; what was kept back in an earlier
publication stays so (`kept`). For each cell one linear programme looks for the cheapest set of others that can move
with it (the heuristic of Kelly, Golden and Assad 1992, "Cell suppression: disclosure protection for sensitive tabular
data"); `bounds` is the attacker's own programme, for the tests and the audit.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize
from scipy.sparse import csr_matrix, hstack

from merata.errors import InputError
from merata.publish.small_limits import Rule

Cell = Hashable
# Its stubs know no sparse matrices, which it takes.
_linprog: Any = optimize.linprog
Floats = npt.NDArray[np.float64]
#: Of numbers reckoned in floats: what is less is nothing.
_TINY, _NEARLY = 1e-6, 1e-4


@dataclass
class System:
    """Counts that hang together: cells with their values, and which cell is the sum of which others."""

    values: dict[Cell, float]
    sums: list[tuple[Cell, tuple[Cell, ...]]] = field(default_factory=list)
    known: frozenset[Cell] | set[Cell] = frozenset()
    """Cells that everybody knows from elsewhere, such as how many live in a village: they can't be kept back."""

    @cached_property
    def cells(self) -> list[Cell]:
        """The cells in their order."""
        return list(self.values)

    @cached_property
    def place(self) -> dict[Cell, int]:
        """Cell -> its place in that order."""
        return {cell: place for place, cell in enumerate(self.cells)}

    @cached_property
    def matrix(self) -> csr_matrix:
        """A row for each sum: −1 for the sum, 1 for each part; times the values it is 0."""
        rows, columns, data = [], [], []
        for row, (total, parts) in enumerate(self.sums):
            for cell, factor in ((total, -1.0), *((part, 1.0) for part in parts)):
                rows.append(row)
                columns.append(self.place[cell])
                data.append(factor)
        return csr_matrix((data, (rows, columns)), shape=(len(self.sums), len(self.cells)))

    def check(self) -> None:
        """Raise InputError where a sum is not that of its parts: nothing could be said of such tables."""
        vector = np.fromiter(self.values.values(), float)
        for (total, _), off in zip(self.sums, self.matrix @ vector, strict=True):
            if abs(off) > 1e-3:
                raise InputError(
                    f"{total}: the parts of this sum add up to {off:g} more. Tables can't be protected."
                )

    @cached_property
    def of(self) -> dict[Cell, list[int]]:
        """Cell -> the sums that it is in."""
        found: dict[Cell, list[int]] = {}
        for row, (total, parts) in enumerate(self.sums):
            for cell in (total, *parts):
                found.setdefault(cell, []).append(row)
        return found

    def neighbourhood(self, start: Cell, steps: int) -> System:
        """What hangs together with a cell within so many steps from sum to sum; what leads beyond counts as known."""
        seen, rows, edge = {start}, set[int](), {start}
        while edge and steps:
            new = {row for cell in edge - self.known for row in self.of.get(cell, ())} - rows
            rows |= new
            edge = {cell for row in new for cell in (self.sums[row][0], *self.sums[row][1])} - seen
            seen |= edge
            steps -= 1
        beyond = {cell for cell in edge if not rows.issuperset(self.of.get(cell, ()))}
        values = {cell: value for cell, value in self.values.items() if cell in seen}
        return System(values, [self.sums[row] for row in sorted(rows)], frozenset(self.known & seen | beyond))


def protect(
    system: System, rule: Rule, kept: Iterable[Cell] = (), small: Collection[Cell] | None = None
) -> set[Cell]:
    """The cells that do not leave: the small ones, those in `kept`, and what has to go with them.

    Parameters
    ----------
    system
        All counts that leave, in whatever tables. A count stands in it once, however many tables show it.
    rule
        What is small, and how wide it has to stay.
    kept
        Cells that are kept back in any case: by another rule, or since an earlier publication.
    small
        Cells that may be small; left out: all.

    Raises
    ------
    InputError
        A sum is not that of its parts.

    """
    system.check()
    looked = system.values if small is None else {cell: system.values[cell] for cell in small}
    hidden = {cell for cell in kept if cell in system.values}
    hidden |= {cell for cell, value in looked.items() if 0 < value < rule.fewest}
    hidden -= system.known
    waiting, safe = sorted(hidden, key=system.place.__getitem__), set[Cell]()
    while waiting:
        cell = waiting.pop(0)
        if cell in safe:
            continue
        moves = _moves_with(system, cell, hidden, rule.width)
        more = set(moves) - hidden - system.known
        hidden |= more
        # Whatever moves as far along with it is as wide itself.
        safe |= {cell} | {one for one, by in moves.items() if by >= rule.width - _NEARLY}
        waiting += sorted(more, key=system.place.__getitem__)
    return hidden


#: So many steps from sum to sum are looked at first: mostly a way is found there, in a small programme.
_NEAR = 2
#: Then at all that hangs together.
_FAR = 10**9


def _moves_with(system: System, cell: Cell, hidden: set[Cell], width: float) -> dict[Cell, float]:
    """The cheapest cells that can move when this one is `width` more or less, and by how much; else all it can do."""
    for steps in (_NEAR, _FAR):
        programme = _Programme(system.neighbourhood(cell, steps), cell, hidden)
        reach = [(programme.most(way, width), way) for way in (1, -1)]
        for by, way in reach:
            if by >= width - _NEARLY:
                return programme.moved(way, width)
    # It can't be as wide, as all that it is a part of is smaller: as wide as can be, both ways.
    return {one: 0.0 for by, way in reach for one in programme.moved(way, by)}


class _Programme:
    """How cells of a system can move together: each up or down, never below 0, sums staying sums."""

    def __init__(self, system: System, cell: Cell, hidden: set[Cell]) -> None:
        self.cells, self.place = system.cells, system.place[cell]
        values = np.fromiter(system.values.values(), float)
        known = np.array([one in system.known and one != cell for one in self.cells])
        self.upper = np.where(known, 0.0, np.inf)
        self.lower = np.where(known, 0.0, np.maximum(values, 0.0))
        # What is kept back already costs nothing more; of the others small ones are the least loss.
        free = np.array([one in hidden for one in self.cells])
        self.cost = np.where(free, 0.0, 1.0 + np.log1p(np.maximum(values, 0.0)))
        self.matrix = hstack([system.matrix, -system.matrix]).tocsr()

    def most(self, way: int, width: float) -> float:
        """How much more (`way` 1) or less (−1) the cell can be, `width` at most."""
        goal = np.zeros(2 * len(self.cells))
        goal[self._at(way)] = -1.0
        found = self._solved(goal, way, 0.0, width)
        return 0.0 if found is None else float(found[self._at(way)])

    def moved(self, way: int, width: float) -> dict[Cell, float]:
        """What moves, at the least loss, when the cell is so much more or less; and by how much."""
        if width <= _NEARLY:
            return {}
        found = self._solved(np.r_[self.cost, self.cost], way, width - _TINY, width)
        if found is None:
            return {}
        moves = np.abs(found[: len(self.cells)] - found[len(self.cells) :])
        return {self.cells[i]: float(moves[i]) for i in np.flatnonzero(moves > _TINY / 2)}

    def _at(self, way: int) -> int:
        return self.place if way > 0 else len(self.cells) + self.place

    def _solved(self, goal: Floats, way: int, least: float, most: float) -> Floats | None:
        ends = np.r_[self.upper, self.lower]
        ends[self._at(way)] = min(most, ends[self._at(way)])
        ends[self._at(-way)] = 0.0
        low = np.zeros(2 * len(self.cells))
        low[self._at(way)] = min(least, ends[self._at(way)])
        zero = np.zeros(self.matrix.shape[0])
        found = _linprog(goal, A_eq=self.matrix, b_eq=zero, bounds=np.c_[low, ends], method="highs")
        return np.asarray(found.x) if found.success else None


def bounds(
    system: System, hidden: Collection[Cell], cell: Cell, also: Mapping[Cell, float] | None = None
) -> tuple[float, float]:
    """The least and the most that a cell can be, for who knows all the others that leave: the attack.

    `also` are cells that the attacker knows besides, from another table or an earlier publication.
    """
    there = system.neighbourhood(cell, _FAR)
    told = dict(also or {})
    limits = [
        (there.values[one],) * 2 if one not in hidden else (told[one],) * 2 if one in told else (0.0, None)
        for one in there.cells
    ]
    goal = np.zeros(len(there.cells))
    goal[there.place[cell]] = 1.0
    zero = np.zeros(len(there.sums))
    ends = [
        _linprog(sign * goal, A_eq=there.matrix, b_eq=zero, bounds=limits, method="highs") for sign in (1, -1)
    ]
    low, high = ends[0].fun, -ends[1].fun if ends[1].success else np.inf
    return float(low), float(high)
