"""How sure a plan is: prices and service drawn many times over; money set aside so that each year's budget holds.

Prices. The price of a component at a thing is `together` times a price that is drawn once for the whole region plus
(1 - `together`) times one that is drawn for the thing alone, both from the triangle between the catalogue's low and
high price whose top is in the middle (D. Johnson, The Statistician 46, 1997: a stand-in where only a range is known).
Where in the range the plan reckons makes no difference to what prices turn out to be. A price stays as drawn in all
years, and grows as planned. Costs of things without items are taken as certain.

Service. An offer really serves with its `share`. Offers on the same node stand or fall together by half: a normal
variable of the node and one of the offer, of equal weight, are added (D. X. Li, Journal of Fixed Income 9, 2000).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.special import ndtri

from merata.errors import InputError
from merata.plan.costs import MONTHS, Items, growth_factors, is_monthly
from merata.plan.instance import NONE, Instance, Solution, objective
from merata.plan.pay import Bills, Payments, bills, payments
from merata.plan.purse import Integers, Purse, shortage
from merata.radio._compile import kernel

Floats = npt.NDArray[np.float64]

#: So many numbers are drawn at a time.
_CHUNK = 4_000_000
#: Ends of the ranges that are given: 10 and 90 %.
LOW, HIGH = 0.1, 0.9


@dataclass(frozen=True)
class Outlook:
    """What may turn out otherwise than planned."""

    items: Items
    """What all things are made of: nodes, then links, then offers; {} for a thing whose cost is certain."""
    prices: pd.DataFrame
    """`merata.plan.catalogue.prices`."""
    people: Floats
    """People whom each offer serves, (O,)."""
    growth: float = 0.0
    """`plan.price_growth`."""
    together: float = 0.5
    """Part of a price's deviation that all things of the region share, 0 to 1."""
    draws: int = 2000
    seed: int = 0


@dataclass(frozen=True)
class Chances:
    """How sure a plan is. T years, V villages; chances from 0 to 1, as shares of `draws` draws."""

    budget: Floats
    """That what is due in a year can be paid; what earlier years lacked is not taken from it, (T,)."""
    budgets_all: float
    """That all years can be paid."""
    need: Integers
    """What is due in each year: 10 %, middle and 90 %, rupiah, (3, T)."""
    village_any: Floats
    """That at least one of the village's places that are planned to be served at the end really is; 0: none, (V,)."""
    village_all: Floats
    """That all of them are; 0 where none is planned, (V,)."""
    people: Floats
    """People really served in each year: 10 %, middle and 90 %, (3, T)."""
    people_planned: Floats
    """People of all offers that serve in each year, (T,)."""
    draws: int
    seed: int


def chances(instance: Instance, solution: Solution, outlook: Outlook) -> Chances:
    """How sure a plan is, by drawing prices and service `outlook.draws` times; the same for the same seed."""
    drawn = needs_drawn(instance, solution, outlook)
    holds = _holding(instance, drawn)
    due = drawn.sum(axis=1)
    any_, all_, people = _served(instance, solution, outlook)
    ends = (LOW, 0.5, HIGH)
    serving = solution.serving(len(instance.years))
    return Chances(
        budget=holds.mean(axis=0),
        budgets_all=float(holds.all(axis=1).mean()),
        need=np.rint(np.quantile(due, ends, axis=0)).astype(np.int64),
        village_any=any_,
        village_all=all_,
        people=np.quantile(people, ends, axis=0),
        people_planned=outlook.people @ serving,
        draws=outlook.draws,
        seed=outlook.seed,
    )


def needs_drawn(instance: Instance, solution: Solution, outlook: Outlook) -> Integers:
    """What each payment class needs in each year, in each draw, whole rupiah, (draws, C, T)."""
    due = bills(instance, solution)
    planned = due.needs(len(instance.ceiling), len(instance.years))
    used, weight = _weights(instance, due, outlook)
    rng = np.random.default_rng([outlook.seed, 1])
    low, span, planned_idr = _ranges(outlook.prices)
    component = outlook.items.component[used]
    # The common part of all components is drawn first, so that two plans see the same prices.
    common = low + span * _triangles(rng, (outlook.draws, len(low))) - planned_idr
    alike = sparse.csr_array(
        (np.ones(len(used)), (component, np.arange(len(used)))), shape=(len(low), len(used))
    )
    moved = outlook.together * (common @ (alike @ weight).toarray())
    step = max(1, _CHUNK // max(1, len(used)))
    for first in range(0, outlook.draws, step):
        shape = (min(step, outlook.draws - first), len(used))
        own = low[component] + span[component] * _triangles(rng, shape) - planned_idr[component]
        moved[first : first + step] += (1 - outlook.together) * (weight.T @ own.T).T
    moved = moved.reshape(outlook.draws, *planned.shape)
    result: Integers = np.maximum(0, planned + np.rint(moved).astype(np.int64))
    return result


def _ranges(prices: pd.DataFrame) -> tuple[Floats, Floats, Floats]:
    """Low price, width of the range and planned price of each component, rupiah."""
    low, high, used = (
        prices[name].to_numpy(dtype=np.float64) for name in ("low_idr", "high_idr", "used_idr")
    )
    return low, high - low, used


def _triangles(rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Numbers from 0 to 1, likeliest in the middle: the mean of two even ones has just that distribution."""
    result: Floats = (rng.random(shape) + rng.random(shape)) / 2
    return result


def _weights(instance: Instance, due: Bills, outlook: Outlook) -> tuple[Integers, sparse.csr_array]:
    """Items that are paid for, and how many of each in each class and year: (items,), (items, C * T)."""
    items, (classes, _), years = outlook.items, instance.ceiling.shape, len(instance.years)
    _, nodes, links, offers = instance.shape
    if items.count != nodes + links + offers:
        raise InputError(
            f"items of {items.count} things are given; the problem has {nodes + links + offers} nodes, links and offers"
        )
    thing = due.thing + np.array([0, nodes, nodes + links])[due.kind]
    order = np.argsort(items.thing, kind="stable")
    first = np.searchsorted(items.thing[order], np.arange(items.count + 1))
    # Every pair of a bill and an item of its thing.
    counts = first[thing + 1] - first[thing]
    bill = np.repeat(np.arange(len(due)), counts)
    item = order[first[thing][bill] + np.arange(len(bill)) - np.repeat(np.cumsum(counts) - counts, counts)]
    monthly = is_monthly(outlook.prices)[items.component[item]]
    low, span, planned_idr = _ranges(outlook.prices)
    unsure = ((span > 0) | (low != planned_idr))[items.component[item]]
    mine = (monthly == due.running[bill]) & (items.number[item] > 0) & unsure
    bill, item, monthly = bill[mine], item[mine], monthly[mine]
    t = due.year[bill]
    number = items.number[item] * np.where(monthly, MONTHS, 1) * growth_factors(years, outlook.growth)[t]
    number *= np.where(monthly, 1.0, _net(instance, due)[bill])
    used, row = np.unique(item, return_inverse=True)
    column = due.payment_class[bill] * years + t
    weight = sparse.csr_array((number, (row, column)), shape=(len(used), classes * years))
    return used, weight


def _net(instance: Instance, due: Bills) -> Floats:
    """Which part of its capital each bill is: below 1 where something was taken over; 1 for running costs."""
    gross = np.array(due.amount, dtype=np.float64)
    for kind, things in enumerate((instance.nodes, instance.links, instance.offers)):
        mine = (due.kind == kind) & ~due.running
        gross[mine] = things.capital[due.thing[mine], due.year[mine]]
    result: Floats = due.amount / gross
    return result


def _holding(instance: Instance, drawn: Integers) -> npt.NDArray[np.bool_]:
    """Whether each year can be paid in each draw, (draws, T)."""
    purse = Purse.of(instance)
    asked = np.flatnonzero(drawn.any(axis=(0, 2)))
    if not len(asked):
        return np.ones((len(drawn), drawn.shape[2]), dtype=bool)
    lacking = _lacking(
        purse.money, purse.carry, purse.up[asked], purse.down[asked], np.ascontiguousarray(drawn[:, asked])
    )
    return np.asarray(lacking == 0, dtype=bool)


@kernel()
def _lacking(money: Integers, carry: Integers, up: Integers, down: Integers, drawn: Integers) -> Integers:
    """What each year lacks in each draw, (draws, T)."""
    result = np.zeros((drawn.shape[0], drawn.shape[2]), np.int64)
    for draw in range(drawn.shape[0]):
        result[draw] = shortage(money, carry, up, down, drawn[draw]).sum(axis=0)
    return result


def _served(instance: Instance, solution: Solution, outlook: Outlook) -> tuple[Floats, Floats, Floats]:
    """Chance that any and that all planned places of each village are served, (V,) each; people served, (draws, T)."""
    years = len(instance.years)
    serving = solution.serving(years)
    used = np.flatnonzero(serving.any(axis=1))
    village = instance.village[instance.place[used]]
    used = used[np.argsort(village, kind="stable")]
    village = np.sort(village, kind="stable")
    last = np.flatnonzero(serving[used, years - 1])
    known, starts = np.unique(village[last], return_index=True)
    people = outlook.people[used][:, None] * serving[used]
    any_, all_ = np.zeros((2, int(instance.village.max(initial=-1)) + 1))
    served = np.zeros((outlook.draws, years))
    rng = np.random.default_rng([outlook.seed, 2])
    step = max(1, _CHUNK // max(1, len(used)))
    for first in range(0, outlook.draws, step):
        works = _working(rng, min(step, outlook.draws - first), instance, used)
        served[first : first + step] = works @ people
        if len(known):
            any_[known] += np.logical_or.reduceat(works[:, last], starts, axis=1).sum(axis=0)
            all_[known] += np.logical_and.reduceat(works[:, last], starts, axis=1).sum(axis=0)
    return any_ / outlook.draws, all_ / outlook.draws, served


def _working(
    rng: np.random.Generator, draws: int, instance: Instance, used: np.ndarray
) -> npt.NDArray[np.bool_]:
    """Whether each of the offers really serves, (draws, offers)."""
    nodes, on = np.unique(instance.node[used], return_inverse=True)
    of_node = rng.standard_normal((draws, len(nodes)))[:, on]
    own = rng.standard_normal((draws, len(used)))
    z = np.where(instance.node[used] == NONE, own, (of_node + own) / np.sqrt(2))
    result: npt.NDArray[np.bool_] = z < ndtri(instance.share[used])
    return result


def reserve(instance: Instance, solution: Solution, outlook: Outlook, sure: float) -> Integers:
    """Money to set aside so that a plan like this one keeps each year's budget with chance `sure`, (F, T).

    In each year it is by how much the costs are dearer than planned in all but a share of 1 - sure of the draws; it is
    taken from the funds, and from their money of those years, that pay what is uncertain in that year.

    Raises
    ------
    InputError
        The plan can't be paid even when everything costs what is planned; or `sure` is no chance.

    """
    if not 0 < sure < 1:
        raise InputError(f"sure is {sure:g}; expected more than 0 and less than 1")
    paid = payments(instance, solution)
    if paid is None:
        raise InputError("the plan can't be paid at planned prices: nothing can be set aside for it")
    dearer = needs_drawn(instance, solution, outlook) - bills(instance, solution).needs(
        len(instance.ceiling), len(instance.years)
    )
    wanted = np.maximum(0, np.ceil(np.quantile(dearer.sum(axis=1), sure, axis=0, method="higher")))
    return _shared_out(instance, paid, wanted, dearer.std(axis=0))


def _shared_out(instance: Instance, paid: Payments, wanted: Floats, spread: Floats) -> Integers:
    """The wanted rupiah of each year (T,) by fund and year of the money, as classes vary (C, T) and funds pay them."""
    by_class = paid.by_class(instance).astype(np.float64)
    part = spread / np.maximum(spread.sum(axis=0), 1e-300)
    payers = by_class / np.maximum(by_class.sum(axis=(1, 2), keepdims=True), 1)
    share = np.einsum("t,ct,cfat->fa", wanted, part, payers)
    return np.asarray(np.minimum(np.ceil(share), instance.money), dtype=np.int64)


def set_aside(instance: Instance, rupiah: np.ndarray) -> Instance:
    """The same problem with so much less money, (F, T)."""
    return replace(instance, money=np.maximum(0, instance.money - rupiah))


@dataclass(frozen=True)
class Safe:
    """A plan that holds when prices turn out otherwise, and what that safety costs."""

    solution: Solution
    chances: Chances
    """Against all the money, what is set aside included."""
    aside: Integers
    """Rupiah that the plan was made without, by fund and year, (F, T)."""
    price: float
    """By how much the objective is below that of the plan that sets nothing aside."""
    rounds: int
    """How often a plan was made anew."""
    reached: bool
    """Whether each year's budget holds with the wanted chance."""


def made_sure(
    instance: Instance,
    solution: Solution,
    outlook: Outlook,
    sure: float,
    solve: Callable[[Instance], Solution | None],
    rounds: int = 4,
) -> Safe:
    """Set money aside and plan again, until each year's budget holds with chance `sure`.

    Parameters
    ----------
    instance : the problem with all its money.
    solution : its plan that sets nothing aside.
    outlook : what may turn out otherwise.
    sure : `plan.sure`, above 0 and below 1.
    solve : plans a problem with less money; None where there is no plan. Warm starts are its own affair.
    rounds : at most so many new plans; each one that still falls short sets aside a half more in the years that failed.

    The last plan that could be made is returned; `reached` says whether it is sure enough.

    """
    best, found, aside = solution, chances(instance, solution, outlook), np.zeros_like(instance.money)
    made = 0
    while made < rounds and found.budget.min(initial=1.0) < sure:
        more = np.maximum(aside, reserve(instance, best, outlook, sure))
        if made:
            more = np.where(found.budget < sure, np.minimum(instance.money, more + more // 2), more)
        plan = solve(set_aside(instance, more))
        made += 1
        if plan is None:
            break
        best, found, aside = plan, chances(instance, plan, outlook), more
    return Safe(
        best, found, aside, objective(instance, solution) - objective(instance, best), made,
        bool(found.budget.min(initial=1.0) >= sure),
    )  # fmt: skip
