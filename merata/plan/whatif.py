"""What would have to change for a village to come a year earlier, what decisions cost the others, what rules cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from merata.errors import NoPlanError
from merata.plan.again import (
    Case,
    by,
    kept,
    lead_of,
    obliged,
    served_from,
    village_years,
    with_decisions,
    with_prices,
)
from merata.plan.costs import MONTHS, is_monthly
from merata.plan.frames import words
from merata.plan.instance import NONE, Instance, Solution, objective
from merata.plan.least import Short, least_money, lowest, payable, with_fund
from merata.plan.ruled import VILLAGES, relaxed
from merata.plan.search import Found, gap_of
from merata.region.settings_rules import DecideSettings

Hindrance = Literal["", "served first", "no need", "no option", "too early", "rules"]
_FORCE = "what_if.earlier"
#: Of the time of a plan, for the least money.
_SHARE_OF_TIME = 0.4


@dataclass(frozen=True)
class Change:
    """One thing that would let a village come a year earlier, checked by solving again with it.

    With `money` and `price` there is a plan (`how`) that brings it then with nobody served later or worse. With
    `neighbour` the village of that name is served over `site` by then, and the plan found under that serves this one
    too.
    """

    kind: Literal["money", "price", "neighbour"]
    idr: int = 0
    """Money: rupiah in all. Price: the price that is low enough."""
    by_year: tuple[int, ...] = ()
    """Money: in which years, (T,)."""
    at_least: int = 0
    """Money: proven that less does not do."""
    component: str = ""
    now_idr: int = 0
    """Price: what it is now."""
    neighbour: str = ""
    site: str = ""
    how: Solution | None = None
    chosen: bool = False
    """Whether the planner, solving again with this change alone, serves the village by then of itself."""
    objective: float = 0.0
    """Of the plan that was found so."""
    gap: float = 0.0
    """Of that plan."""


@dataclass(frozen=True)
class Earlier:
    """The question and its answers; `hindrance` says why there are none. Years are counted from 0, T: never."""

    village: str
    planned: int
    wanted: int
    hindrance: Hindrance
    changes: list[Change]


def earlier(case: Case, village: str, neighbours: int = 2) -> Earlier:
    """What would have to change for a village to be served one year earlier than planned.

    The least money with nobody later or worse; the price of the dearest thing in that, low enough to need no more
    money; and of so many neighbours over whose site it could be served, those that make the plan serve it. A village
    that the plan leaves out is asked about for the last year. One question takes some solves, each `soon`.
    """
    posed, instance = case.posed, case.instance
    years = len(instance.years)
    place = lead_of(posed, village)
    if place == NONE:
        return Earlier(village, years, years, "no need", [])
    planned = int(served_from(instance, case.found.solution)[place])
    wanted = planned - 1
    hindrance = _hindered(case, place, wanted)
    if hindrance:
        return Earlier(village, planned, wanted, hindrance, [])
    asked = _asked(case, instance, place, wanted)
    case.say("the least money that would do")
    around = (case.found.solution, instance.village == instance.village[place], wanted)
    short = least_money(asked, case.plan.gap, case.plan.seconds * _SHARE_OF_TIME, around, case.memory)
    changes = [] if short is None else [_money(case, place, wanted, short)]
    if short is not None and short.idr > 0 and (price := _price(case, place, wanted, short)):
        changes.append(price)
    changes += _neighbours(case, place, wanted, neighbours)
    return Earlier(village, planned, wanted, "" if changes else "rules", changes)


def _asked(case: Case, instance: Instance, place: int, wanted: int) -> Instance:
    """The place served by then, and nobody later or worse than planned."""
    rules = [*instance.rules, *kept(instance, case.found.solution), by(place, wanted, _FORCE)]
    used = case.found.solution.offer_start < len(instance.years)
    planned = np.zeros(len(instance.village))
    np.maximum.at(planned, instance.place[used], 1.0)
    np.minimum.at(planned, instance.place[used], instance.share[used])
    worse = ~used & (instance.share < planned[instance.place] - 1e-9)
    first = np.where(worse, len(instance.years), instance.offers.first)
    return replace(instance, rules=rules, offers=replace(instance.offers, first=first))


def _hindered(case: Case, place: int, wanted: int) -> Hindrance:
    first = int(case.posed.ruled.ground.earliest[place])
    if wanted < 0:
        return "served first"
    if first >= len(case.instance.years):
        return "no option"
    return "too early" if wanted < first else ""


def _chosen(case: Case, place: int, wanted: int, found: Found) -> bool:
    return bool(served_from(case.instance, found.solution)[place] <= wanted)


def _money(case: Case, place: int, wanted: int, short: Short) -> Change:
    if not short.idr:
        worth = objective(case.instance, short.solution)
        return Change("money", how=short.solution, objective=worth, gap=gap_of(worth, case.found.bound))
    rich = with_fund(case.instance, short.by_year)
    found = case.solve(rich, short.solution, soon=True)
    return Change(
        "money", short.idr, tuple(short.by_year.tolist()), short.at_least, how=short.solution,
        chosen=_chosen(case, place, wanted, found), objective=found.objective, gap=found.gap,
    )  # fmt: skip


def _price(case: Case, place: int, wanted: int, short: Short) -> Change | None:
    """The highest price of the dearest component that leaves enough money for the very same plan."""
    posed, growth = case.posed, case.plan.price_growth
    component = _dearest(case, short.solution)
    if not component:
        return None
    now = int(posed.prices["used_idr"].to_numpy()[posed.prices.index.get_loc(component)])

    case.say("the price that would do")

    def at(price: int) -> Instance:
        return with_prices(posed, {component: price}, growth).instance

    if not payable(at(0), short.solution):
        return None
    less = lowest(0, now, lambda less: payable(at(now - less), short.solution))
    found = case.solve(at(now - less), short.solution, soon=True)
    return Change(
        "price", now - less, component=component, now_idr=now, how=short.solution,
        chosen=_chosen(case, place, wanted, found), objective=found.objective, gap=found.gap,
    )  # fmt: skip


def _dearest(case: Case, how: Solution) -> str:
    """The component for which a plan pays most of what it has and the plan found has not; '' where it has nothing."""
    posed = case.posed
    years = len(case.instance.years)
    counts = _service_years(case.instance, how) - _service_years(case.instance, case.found.solution)
    items = posed.items
    monthly = is_monthly(posed.prices)
    price = posed.prices["used_idr"].to_numpy(dtype=np.float64) * np.where(monthly, MONTHS / years, 1)
    started = np.where(monthly[items.component], counts[items.thing, 1] * years, counts[items.thing, 0])
    paid = np.bincount(items.component, items.number * price[items.component] * started, minlength=len(price))
    return str(posed.prices.index[int(np.argmax(paid))]) if len(paid) and paid.max() > 0 else ""


def _service_years(instance: Instance, solution: Solution) -> np.ndarray:
    """Whether each thing is built, and for how many years it serves: nodes, links, offers, (N + E + O, 2)."""
    years = len(instance.years)
    starts = (
        np.where(instance.root, years, solution.node_start), solution.link_start, solution.offer_start,
    )  # fmt: skip
    start = np.concatenate(starts)
    end = np.concatenate([np.full(len(starts[0]) + len(starts[1]), years), solution.offer_end])
    return np.stack([start < years, np.where(start < years, end - start, 0)], axis=1).astype(float)


def _neighbours(case: Case, place: int, wanted: int, most: int) -> list[Change]:
    """Villages that, served over a site of this one by then, make the plan serve this one as well."""
    instance = case.instance
    names = words(case.posed.places["village_code"])
    sites = words(case.posed.nodes["node"])
    result = []
    for offer in _joining(case, place, wanted)[:most]:
        case.say("a neighbour that would do")
        trial = replace(instance, offers=obliged(instance.offers, offer, wanted))
        try:
            found = case.solve(trial, soon=True)
        except NoPlanError:
            continue
        if _chosen(case, place, wanted, found):
            result.append(Change(
                "neighbour", neighbour=str(names[instance.place[offer]]), site=str(sites[instance.node[offer]]),
                how=found.solution, chosen=True, objective=found.objective, gap=found.gap,
            ))  # fmt: skip
    return result


def _joining(case: Case, place: int, wanted: int) -> list[int]:
    """Offers over which lead places of other villages could hang on a site of this one by then, worthiest first."""
    instance = case.instance
    own = np.unique(instance.node[(instance.place == place) & (instance.node != NONE)])
    own = own[~instance.root[own]]
    lead = case.posed.ruled.ground.lead[instance.place]
    other = instance.village[instance.place] != instance.village[place]
    with_it = case.found.solution.offer_start <= wanted
    first = np.maximum(instance.offers.first, instance.offers.lead)
    may = lead & other & ~with_it & (first <= np.minimum(wanted, instance.offers.last))
    may &= np.isin(instance.node, own)
    offers = np.flatnonzero(may)
    worth = instance.worth[instance.place[offers]].sum(axis=1) * instance.share[offers]
    best: dict[int, int] = {}
    for o in offers[np.argsort(-worth, kind="stable")].tolist():
        best.setdefault(int(instance.village[instance.place[o]]), o)
    return list(best.values())


@dataclass(frozen=True)
class Cost:
    """What a change of the problem costs the others: the plan found under it beside the plan as it is."""

    before: float
    after: float
    gap_before: float
    gap: float
    """Of the plan found under the change."""
    found: Found
    moved: pd.DataFrame
    """Villages served otherwise: code, year_before, year_after (calendar; empty: never), moved."""

    @property
    def lost(self) -> float:
        """What the others lose in objective; below 0: they gain."""
        return self.before - self.after


def cost_of(case: Case, rows: Sequence[DecideSettings]) -> Cost:
    """What forcing, forbidding, fixing or postponing of villages, sites and options costs the others.

    Raises NoPlanError where no plan keeps them, SettingsError where they name what is not there.
    """
    return beside(case, with_decisions(case.posed, rows).instance)


def beside(case: Case, instance: Instance) -> Cost:
    """The plan for a changed problem beside the plan as it is."""
    found = case.solve(instance)
    return Cost(
        objective(case.instance, case.found.solution), objective(case.instance, found.solution),
        case.found.gap, found.gap, found, _moved(case, found.solution),
    )  # fmt: skip


def _moved(case: Case, solution: Solution) -> pd.DataFrame:
    before, after = (village_years(case.posed, s) for s in (case.found.solution, solution))
    differs = before.to_numpy() != after.to_numpy()
    a, b = before[differs], after[differs]
    calendar = [*case.instance.years, pd.NA]
    never = len(case.instance.years)
    moved = np.where(a == never, "new", np.where(b == never, "dropped", np.where(b < a, "earlier", "later")))
    return pd.DataFrame({
        "code": a.index.astype("string"),
        "year_before": pd.array([calendar[t] for t in a], dtype="Int64"),
        "year_after": pd.array([calendar[t] for t in b], dtype="Int64"),
        "moved": pd.array(moved, dtype="string"),
    })  # fmt: skip


def priced(case: Case) -> list[str]:
    """Each setting of [plan.fair] that asks for something, and `plan.villages_per_year` where it limits."""
    limited = (case.posed.ruled.base.villages_per_year != NONE).any()
    return [*case.posed.ruled.fair_settings, *([VILLAGES] if limited else [])]


def price_of_rules(case: Case) -> dict[str, Cost]:
    """What the plan would reach without each setting of [plan.fair] and `plan.villages_per_year`, by setting.

    The price of a rule is `-lost` of its cost: what taking it away gains.
    """
    costs = {}
    for key in priced(case):
        case.say(f"without {key}")
        costs[key] = beside(case, relaxed(case.posed.ruled, [key]))
    return costs
