"""The planning problem as an integer programme.

One column says how many of a class of villages, alike in everything that counts, get an offer for one of their places
in a year from a fund. Most classes are one village; where little is known, many villages are alike, and counting them
takes away the symmetry that makes integer programmes slow. The count is exact: the k-th earliest office of a class
goes to its k-th village, and so does the k-th earliest of every other place, so no village gets one before its office.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from merata.plan.decision import NONE
from merata.plan.problem import Problem

#: HiGHS reckons in millions of rupiah; whole rupiah are checked afterwards.
MILLION = 1e6


@dataclass(frozen=True)
class Classes:
    """Villages that are alike: for each class its villages' places, `places[class][village, position]`."""

    places: list[np.ndarray]


def classes(problem: Problem) -> Classes:
    """Villages grouped by what counts: their places in order with every offer's prices and weight."""
    offers_of = _grouped(problem.place, problem.shape[0])
    groups: dict[tuple[object, ...], list[np.ndarray]] = {}
    for places in _grouped(problem.village, _number(problem.village)):
        if len(places):
            signature: list[object] = [_signature(problem, int(place), offers_of[place]) for place in places]
            if problem.villages_per_year and not has_gate(problem, places):
                # Its start is no point of its own, so the k-th earliest ones need not make up one village.
                signature.append(int(places[0]))
            groups.setdefault(tuple(signature), []).append(places)
    return Classes([np.stack(group) for group in groups.values()])


def _signature(problem: Problem, place: int, offers: np.ndarray) -> tuple[object, ...]:
    numbers = (problem.capex[offers], problem.opex[offers], problem.weight[offers])
    return (bool(problem.gate[place] == NONE), *(tuple(n.tolist()) for n in numbers))


def _number(of: np.ndarray) -> int:
    return int(of.max()) + 1 if len(of) else 0


def _grouped(of: np.ndarray, count: int) -> list[np.ndarray]:
    order = np.argsort(of, kind="stable")
    return np.split(order, np.searchsorted(of[order], np.arange(1, count))) if count else []


@dataclass
class Model:
    """The integer programme. Columns run over offers (of the first village of each class), years, funds."""

    problem: Problem
    classes: Classes
    offer: np.ndarray
    year: np.ndarray
    fund: np.ndarray
    """Of each column; offer NONE: a column that says in which year villages without an office place start."""
    number: np.ndarray
    """How many villages each column may count."""
    class_of: np.ndarray
    matrix: sp.csr_matrix
    upper: np.ndarray
    cost: np.ndarray


def model(problem: Problem) -> Model:
    """The integer programme of `problem`."""
    groups = classes(problem)
    places, years, funds = problem.shape
    first = np.full(places, NONE)
    for n, group in enumerate(groups.places):
        first[group[0]] = n
    offers = np.flatnonzero(first[problem.place] != NONE)
    offer, year, fund = (
        a.ravel() for a in np.meshgrid(offers, np.arange(years), np.arange(funds), indexing="ij")
    )
    payable = _payable(problem, offer, year, fund)
    offer, year, fund = offer[payable], year[payable], fund[payable]
    class_of = first[problem.place[offer]]
    size = np.array([len(group) for group in groups.places], dtype=np.int64)
    gateless = _gateless(problem, groups) if problem.villages_per_year else np.zeros(0, dtype=np.int64)
    start_class, start_year = (a.ravel() for a in np.meshgrid(gateless, np.arange(years), indexing="ij"))
    built = Model(
        problem,
        groups,
        np.concatenate([offer, np.full(len(start_class), NONE)]),
        np.concatenate([year, start_year]),
        np.concatenate([fund, np.full(len(start_class), NONE)]),
        size[np.concatenate([class_of, start_class])],
        np.concatenate([class_of, start_class]),
        sp.csr_matrix((0, 0)),
        np.zeros(0),
        np.concatenate([problem.weight[offer] * problem.value[year], np.zeros(len(start_class))]),
    )
    parts = [
        _budget_rows(built),
        _place_rows(built),
        _order_rows(built),
        _start_rows(built),
        _first_rows(built),
    ]
    built.matrix = sp.vstack([part[0] for part in parts], format="csr")
    built.upper = np.concatenate([part[1] for part in parts])
    return built


def _payable(problem: Problem, offer: np.ndarray, year: np.ndarray, fund: np.ndarray) -> np.ndarray:
    """Whether the fund alone could pay for the offer from the year on."""
    least = np.minimum.accumulate(problem.budget[:, ::-1], axis=1)[:, ::-1]
    running = least[fund, year] >= problem.opex[offer]
    result: np.ndarray = running & (problem.budget[fund, year] >= problem.opex[offer] + problem.capex[offer])
    return result


def _gateless(problem: Problem, groups: Classes) -> np.ndarray:
    """Classes whose villages have no office to build: the year in which they start takes its own column."""
    return np.array(
        [n for n, group in enumerate(groups.places) if not has_gate(problem, group[0])], dtype=np.int64
    )


def has_gate(problem: Problem, places: np.ndarray) -> bool:
    """Whether a village starts with a certain place: its office, or the only place that it has."""
    return len(places) == 1 or bool((problem.gate[places] != NONE).any())


def _gate_place(problem: Problem, places: np.ndarray) -> int:
    """The place with which a village starts: the office, or its only place."""
    gates = problem.gate[places]
    return int(gates.max()) if (gates != NONE).any() else int(places[0])


_Rows = tuple[sp.csr_matrix, np.ndarray]


def _rows(row: np.ndarray, column: np.ndarray, value: np.ndarray, upper: np.ndarray, columns: int) -> _Rows:
    matrix = sp.coo_matrix((value, (row, column)), shape=(len(upper), columns))
    return matrix.tocsr(), upper


def _budget_rows(m: Model) -> _Rows:
    """What each fund pays in each year is at most what it has, in millions."""
    problem = m.problem
    years = len(problem.years)
    column = np.flatnonzero(m.offer != NONE)
    row, at, value = [], [], []
    for t in range(years):
        paying = column[m.year[column] <= t]
        cost = problem.opex[m.offer[paying]] + np.where(
            m.year[paying] == t, problem.capex[m.offer[paying]], 0
        )
        row.append(m.fund[paying] * years + t)
        at.append(paying)
        value.append(cost / MILLION)
    upper = problem.budget.ravel() / MILLION
    return _rows(np.concatenate(row), np.concatenate(at), np.concatenate(value), upper, len(m.offer))


def _place_rows(m: Model) -> _Rows:
    """Each place gets at most one offer, once; each village starts at most once."""
    places = np.where(m.offer != NONE, m.problem.place[m.offer], -1 - m.class_of)
    _, first, row = np.unique(places, return_index=True, return_inverse=True)
    columns = np.arange(len(m.offer))
    return _rows(row, columns, np.ones(len(columns)), m.number[first].astype(float), len(columns))


def _order_rows(m: Model) -> _Rows:
    """By the end of each year no place of a class has been built more often than its office (or its start)."""
    problem = m.problem
    years = len(problem.years)
    columns_of = _columns_of(m)
    row, column, value, rows = [], [], [], 0
    for n, group in enumerate(m.classes.places):
        for place in group[0].tolist():
            gate = int(problem.gate[place])
            before = columns_of.get(gate if gate != NONE else -1 - n)
            after = columns_of.get(place)
            if after is None or (gate == NONE and before is None):
                continue
            for sign, columns in ((1.0, after), (-1.0, before if before is not None else after[:0])):
                late = m.year[columns][:, None] <= np.arange(years)
                which, year = np.nonzero(late)
                row.append(rows + year)
                column.append(columns[which])
                value.append(np.full(len(which), sign))
            rows += years
    if not rows:
        return _none(m)
    return _rows(
        np.concatenate(row), np.concatenate(column), np.concatenate(value), np.zeros(rows), len(m.offer)
    )


def _columns_of(m: Model) -> dict[int, np.ndarray]:
    """Columns by place, and by -1 - class for the columns of starts."""
    key = np.where(m.offer != NONE, m.problem.place[m.offer], -1 - m.class_of)
    order = np.argsort(key, kind="stable")
    keys, starts = np.unique(key[order], return_index=True)
    return dict(zip(keys.tolist(), np.split(order, starts[1:]), strict=True)) if len(key) else {}


def _start_rows(m: Model) -> _Rows:
    """In each year at most so many villages start."""
    problem = m.problem
    if not problem.villages_per_year:
        return _none(m)
    gates = [_gate_place(problem, g[0]) for g in m.classes.places if has_gate(problem, g[0])]
    starting = (m.offer == NONE) | np.isin(problem.place[m.offer], gates)
    column = np.flatnonzero(starting)
    upper = np.full(len(problem.years), float(problem.villages_per_year))
    return _rows(m.year[column], column, np.ones(len(column)), upper, len(m.offer))


def _first_rows(m: Model) -> _Rows:
    """A village without an office to build starts in a year in which it gets something."""
    years = len(m.problem.years)
    starting = np.unique(m.class_of[m.offer == NONE])
    if not len(starting):
        return _none(m)
    column = np.flatnonzero(np.isin(m.class_of, starting))
    row = np.searchsorted(starting, m.class_of[column]) * years + m.year[column]
    value = np.where(m.offer[column] == NONE, 1.0, -1.0)
    return _rows(row, column, value, np.zeros(len(starting) * years), len(m.offer))


def _none(m: Model) -> _Rows:
    return sp.csr_matrix((0, len(m.offer))), np.zeros(0)
