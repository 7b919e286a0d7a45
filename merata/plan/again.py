"""A plan that was made, and the same problem with other money, prices or decisions, to be solved again."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from merata.access.result import Access
from merata.plan.costs import Items, costs
from merata.plan.decisions import Names, decisions
from merata.plan.frames import words
from merata.plan.instance import NONE, Instance, Rule, Solution, Things
from merata.plan.memory import Memory
from merata.plan.pose import Posed, pose
from merata.plan.search import Found, Progress, gap_of, search
from merata.plan.supply import Supply
from merata.region.settings import PlanSettings, Settings
from merata.region.settings_rules import DecideSettings


@dataclass(frozen=True, eq=False)
class Case:
    """A problem, the plan found for it, and how thoroughly to solve what is asked about it."""

    posed: Posed
    found: Found
    plan: PlanSettings
    memory: Memory = field(default_factory=Memory)
    """What earlier questions about the same region learnt; hand it on from case to case."""
    say: Callable[[str], None] = lambda _: None
    """Told in a few words what is being solved, and how near the best it is."""

    @property
    def instance(self) -> Instance:
        """The problem that the plan was found for."""
        return self.posed.instance

    def solve(self, instance: Instance, start: Solution | None = None, *, soon: bool = False) -> Found:
        """The best plan for a changed problem, found as the plan was (or `soon`), from that plan or another.

        Raises NoPlanError where no plan keeps every rule.
        """
        begin = self.found.solution if start is None else start
        near = nearness(self.say)
        return search(instance, self.plan.gap, self.plan.seconds, begin, near, self.memory, soon=soon)


def nearness(say: Callable[[str], None]) -> Progress:
    """Says how near the best a plan is that is being looked for."""

    def near(worth: float, bound: float) -> None:
        if math.isfinite(bound) and bound > 0:
            say(f"within {gap_of(worth, bound):.2%} of the best possible")

    return near


def changed(posed: Posed, access: Access, tables: Mapping[str, pd.DataFrame], settings: Settings) -> Posed:
    """The same supply under other settings: plan, funds, budgets, prices, rules, decisions; nothing is made anew.

    The settings of radio, levels and promises have to be those that the supply was made with.
    """
    nowhere = gpd.GeoDataFrame(geometry=[], crs=4326)
    supply = Supply(posed.places, posed.offers, posed.nodes, posed.links, nowhere, nowhere, posed.assumptions)
    return pose(supply, access, tables, settings)


def with_money(posed: Posed, money: np.ndarray) -> Posed:
    """The same with other amounts, rupiah by fund and year, (F, T)."""
    base = replace(posed.ruled.base, money=np.asarray(money, dtype=np.int64))
    return replace(posed, ruled=replace(posed.ruled, base=base), funds=replace(posed.funds, money=base.money))


def with_decisions(posed: Posed, rows: Sequence[DecideSettings]) -> Posed:
    """The same with more decisions, as rows of [[plan.decide]]; their keys are 'what_if.1', and so on.

    Raises SettingsError naming what is not there.
    """
    names = Names.of(posed.places, posed.offers, posed.nodes, posed.links)
    asked = decisions(posed.ruled.base, posed.ruled.ground, names, rows, "what is asked, number")
    made = []
    for n, decision in enumerate(asked, 1):
        key = f"what_if.{n}"
        rules = [replace(rule, key=key) for rule in decision.rules]
        made.append(replace(decision, key=key, rules=rules))
    return replace(posed, ruled=replace(posed.ruled, decided=[*posed.ruled.decided, *made]))


def with_prices(posed: Posed, prices: Mapping[str, int], growth: float) -> Posed:
    """The same with other prices of some components, rupiah; `growth` is `plan.price_growth`."""
    table = posed.prices.copy()
    for component, idr in prices.items():
        table.loc[component, "used_idr"] = int(idr)
    base = posed.ruled.base
    years = len(base.years)
    capital, running = costs(posed.items, table, years, growth)
    sizes = np.cumsum([len(base.nodes), len(base.links)])
    parts = zip(np.split(capital, sizes), np.split(running, sizes), strict=True)
    nodes, links, offers = (
        replace(things, capital=once, running=yearly)
        for things, (once, yearly) in zip((base.nodes, base.links, base.offers), parts, strict=True)
    )
    base = replace(base, nodes=nodes, links=links, offers=offers, reuse=_reuse(posed, table))
    return replace(posed, prices=table, ruled=replace(posed.ruled, base=base))


def _reuse(posed: Posed, prices: pd.DataFrame) -> np.ndarray:
    own = costs(Items.of(posed.offers["reuse_items"], prices), prices, 1)[0][:, 0]
    result: np.ndarray = np.where(posed.ruled.base.pool == NONE, 0, own)
    return result


def served_from(instance: Instance, solution: Solution) -> np.ndarray:
    """First year in which each place is served, T: never, (P,)."""
    result = np.full(len(instance.village), len(instance.years))
    np.minimum.at(result, instance.place, solution.offer_start)
    return result


def kept(instance: Instance, solution: Solution) -> list[Rule]:
    """Rules that nobody whom a plan serves is served later than in it."""
    first = served_from(instance, solution)
    planned = np.flatnonzero(first < len(instance.years))
    return [by(int(p), int(first[p]), "what_if.kept") for p in planned]


def by(place: int, year: int, key: str) -> Rule:
    """The rule that a place is served in a year, counted from 0."""
    about = (f"place {place} is served by year {year}", f"tempat {place} terlayani sampai tahun {year}")
    return Rule(key, about[0], np.array([place]), np.array([year]), np.ones(1), 1.0, about[1])


def obliged(things: Things, row: int, last: int) -> Things:
    """The same things, one of which has to be in service by a year."""
    must, until = things.must.copy(), things.last.copy()
    must[row], until[row] = True, min(int(until[row]), last)
    return replace(things, must=must, last=until)


def lead_of(posed: Posed, village: str) -> int:
    """The place that stands for a village; NONE where nothing there is below its promise."""
    ground = posed.ruled.ground
    there = np.flatnonzero(ground.lead & (ground.village == village))
    return int(there[0]) if len(there) else NONE


def village_years(posed: Posed, solution: Solution) -> pd.Series:
    """First year of service of each village's lead place by code, T counted from 0: never."""
    ground = posed.ruled.ground
    first = served_from(posed.ruled.base, solution)[ground.lead]
    return pd.Series(first, index=words(posed.places["village_code"])[ground.lead]).sort_index()
