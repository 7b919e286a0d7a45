"""Tiny instances of the planning problem, of every kind, from a seed or from hypothesis."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from merata.plan.instance import NONE, Instance, Rule, Things

Pick = Callable[[int, int], int]
"""A whole number from low to high, both included."""

#: All money is in this step, so that every ceiling in use gives whole rupiah.
STEP_IDR = 20_000_000
_CEILINGS = (1.0, 1.0, 1.0, 1.0, 0.75, 0.6, 0.5, 0.0)


def _alike(offers: Things, pooled: np.ndarray) -> Things:
    """The offers of a pool have one lead and one capital class, that of the first."""
    if not pooled.any():
        return offers
    first = int(np.argmax(pooled))
    lead = np.where(pooled, offers.lead[first], offers.lead)
    return replace(
        offers,
        lead=lead,
        first=np.maximum(offers.first, lead),
        capital_class=np.where(pooled, offers.capital_class[first], offers.capital_class),
    )


def seeded(seed: int) -> Instance:
    """The tiny instance of a seed."""
    random = np.random.default_rng(seed)
    return tiny(lambda low, high: int(random.integers(low, high + 1)))


def loaded(seed: int) -> Instance:
    """A tiny instance whose links carry little, and where a second link beside each can help for its cost."""
    whole, random = seeded(seed), np.random.default_rng(seed)
    few = min(2, len(whole.links))
    twice = np.concatenate([np.arange(few), np.arange(few), np.arange(few, min(3, len(whole.links)))])
    doubled = Things(**{name: array[twice] for name, array in vars(whole.links).items()})
    offers = len(whole.place)
    nodes = len(whole.root)
    return replace(
        whole,
        links=replace(doubled, must=np.zeros(len(twice), dtype=bool)),
        ends=whole.ends[twice],
        link_mbps=5.0 * random.integers(1, 4, len(twice)),
        node_mbps=np.where(random.random(nodes) < 0.3, 5.0 * random.integers(1, 7, nodes), np.inf),
        mbps=5.0 * random.integers(0, 4, offers),
        node=np.where(whole.lasting, random.integers(0, nodes, offers), whole.node),
        money=whole.money * 2,
    )


@st.composite
def instances(draw: st.DrawFn) -> Instance:
    """Tiny instances for hypothesis."""
    return tiny(lambda low, high: draw(st.integers(low, high)))


def things(
    capital: np.ndarray,
    running: np.ndarray | int = 0,
    lead: np.ndarray | int = 0,
    first: np.ndarray | int = 0,
    last: np.ndarray | int | None = None,
    must: np.ndarray | bool = False,
    capital_class: np.ndarray | int = 0,
    running_class: np.ndarray | int = 0,
) -> Things:
    """Things of so much capital (n, T), with what else is said; whole numbers hold for all."""
    n, years = capital.shape
    each = lambda value, kind=np.int64: np.array(np.broadcast_to(value, (n,)), dtype=kind)  # noqa: E731
    lead_years = each(lead)
    return Things(
        capital=capital.astype(np.int64),
        running=np.array(np.broadcast_to(running, (n, years)), dtype=np.int64),
        lead=lead_years,
        first=np.maximum(each(first), lead_years),
        last=each(years - 1 if last is None else last),
        must=each(must, bool),
        capital_class=each(capital_class),
        running_class=each(running_class),
    )


def tiny(pick: Pick) -> Instance:
    """A tiny instance: 1 to 4 places, 1 to 3 years; up to 5 nodes and links, 2 offers a place, 2 funds, 2 classes."""
    years = pick(1, 3)
    places, classes, funds = pick(1, 4 if years < 3 else 3), pick(1, 2), pick(1, 2)
    nodes = 1 + pick(0, 6 - years if years < 3 else 3)
    ends = [[pick(0, n - 1), n] for n in range(1, nodes)]
    if nodes > 1 and pick(0, 1):
        a = pick(0, nodes - 2)
        ends.append([a, pick(a + 1, nodes - 1)])
    root = np.arange(nodes) < (2 if nodes > 2 and pick(0, 4) == 0 else 1)
    place = np.sort(np.concatenate([np.arange(places), np.flatnonzero([pick(0, 2) for _ in range(places)])]))
    offers = len(place)
    # Where there are two offers, the first is often a stop-gap.
    second = np.concatenate([[False], place[1:] == place[:-1]])
    lasting = np.array([second[o] or bool(pick(0, 1)) for o in range(offers)])
    reuse = STEP_IDR * pick(0, 2)
    pool = np.array([0 if not lasting[o] or pick(0, 2) == 0 else NONE for o in range(offers)])
    many = lambda n, low, high: np.array([pick(low, high) for _ in range(n)], dtype=np.int64)  # noqa: E731
    gates = np.full(places, NONE)
    if places > 1 and pick(0, 1):
        gates[pick(1, places - 1)] = 0
    tight = pick(0, 1) == 1
    mbps = lambda n: np.array([(5.0 * pick(1, 5)) if tight and pick(0, 1) else np.inf for _ in range(n)])  # noqa: E731
    things = _some(pick, offers, years, classes, dear=3)
    things = _alike(things, pool != NONE)
    return Instance(
        years=list(range(2025, 2025 + years)),
        worth=np.array([[pick(0, 9) for _ in range(years)] for _ in range(places)], dtype=float),
        village=many(places, 0, places - 1),
        gate=gates,
        nodes=_some(pick, nodes, years, classes, dear=2, may_must=~root),
        root=root,
        node_mbps=mbps(nodes),
        links=_some(pick, len(ends), years, classes, dear=2),
        ends=np.array(ends, dtype=np.int64).reshape(-1, 2),
        link_mbps=mbps(len(ends)),
        offers=things,
        place=place,
        node=np.array([pick(0, nodes - 1) if lasting[o] or pick(0, 3) == 0 else NONE for o in range(offers)]),
        share=(many(offers, 1, 2) + 2 * lasting) / 4,
        lasting=lasting,
        mbps=5.0 * many(offers, 0, 3),
        reuse=np.where(pool == NONE, 0, reuse),
        pool=pool,
        funds=[f"fund {f}" for f in range(funds)],
        money=STEP_IDR * many(funds * years, 0, 9).reshape(funds, years),
        carry=many(funds, 0, 2),
        ceiling=np.array([[_CEILINGS[pick(0, 7 if funds > 1 else 3)] for _ in range(funds)] for _ in range(classes)]),
        villages_per_year=np.array([NONE if pick(0, 2) else pick(min(1, pick(0, 3)), 2) for _ in range(years)]),
        rules=[_rule(pick, places, years, k) for k in range(max(0, pick(0, 4) - 2))],
        tier=many(places, 0, 1) if pick(0, 3) == 0 else np.zeros(0, dtype=np.int64),
    )  # fmt: skip


def _some(
    pick: Pick, n: int, years: int, classes: int, dear: int, may_must: np.ndarray | None = None
) -> Things:
    capital = np.array([[pick(0, dear)] * years for _ in range(n)], dtype=np.int64).reshape(n, years)
    growth = np.arange(years) * pick(0, 1)
    running = np.array([[int(pick(0, 3) == 3)] * years for _ in range(n)], dtype=np.int64)
    lead = np.array([min(years, int(pick(0, 5) == 5)) for _ in range(n)], dtype=np.int64)
    late = np.array([pick(0, years) if pick(0, 7) == 7 else 0 for _ in range(n)], dtype=np.int64)
    last = np.array([pick(0, years - 1) if pick(0, 7) == 7 else years - 1 for _ in range(n)], dtype=np.int64)
    must = np.array([pick(0, 23) == 23 for _ in range(n)], dtype=bool)
    return things(
        STEP_IDR * (capital + growth),
        running=STEP_IDR * running.reshape(n, years),
        lead=lead,
        first=late,
        last=last,
        must=must if may_must is None else must & may_must,
        capital_class=np.array([pick(0, classes - 1) for _ in range(n)], dtype=np.int64),
        running_class=np.array([pick(0, classes - 1) for _ in range(n)], dtype=np.int64),
    )  # fmt: skip


def _rule(pick: Pick, places: int, years: int, number: int) -> Rule:
    """At least so many of all in a year; or a place no later than another."""
    t = pick(0, years - 1)
    if pick(0, 1):
        everyone = np.arange(places)
        return Rule(
            f"plan.floor{number}",
            f"a place is served in year {t}",
            everyone,
            np.full(places, t),
            np.ones(places),
            1.0,
        )
    pair = np.array([pick(0, places - 1), pick(0, places - 1)])
    about = f"place {pair[0]} is served in year {t} if place {pair[1]} is"
    return Rule(f"plan.order{number}", about, pair, np.array([t, t]), np.array([1.0, -1.0]), 0.0)
