"""The planning problem of a region posed: what could be built, prices, funds and rules put together as an instance.

What is best. A place that is served in a year counts

    weight * chance of being below its promise * (UNSERVED if it has nothing now) * (1 - early_discount) ** year

with years from 0. The weight of a facility is its kind's (plan.office_weight, school_weight, health_post_weight or
OTHER_WEIGHT) times (1 + its share of people) / 2: half of it counts because it is there, half for those whom it is for;
its share is the village's people over the number of such facilities there, in units of an average village. The weight
of a settlement is the people of it who are below their promise, in the same unit. Both grow with the people. What an
offer serves with some chance only, or for some of the households only, counts by that share.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from merata.access.result import Access
from merata.plan import catalogue
from merata.plan.costs import Items, costs, lead_years
from merata.plan.decisions import Names
from merata.plan.evidence import leads_said, taught
from merata.plan.frames import flags, numbers, words
from merata.plan.funds import Funds, SupplyClasses, funds_of, supply_classes
from merata.plan.instance import NONE, Instance, Things
from merata.plan.ruled import Ruled, ruled
from merata.plan.supply import Supply
from merata.plan.weights import PEOPLE, UNSERVED, kind_weight
from merata.region.settings import Settings


@dataclass(frozen=True, eq=False)
class Posed:
    """A planning problem and the tables that its arrays stand for, row by row."""

    places: pd.DataFrame
    nodes: pd.DataFrame
    links: pd.DataFrame
    offers: pd.DataFrame
    """Those of the supply that reach their place's promise: the offers of the instance."""
    prices: pd.DataFrame
    budgets: pd.DataFrame
    funds: Funds
    items: Items
    """What all things are made of: nodes, then links, then offers."""
    ruled: Ruled
    assumptions: list[str]

    @property
    def instance(self) -> Instance:
        """The problem under all rules of region.toml."""
        return self.ruled.instance()


def pose(supply: Supply, access: Access, tables: Mapping[str, pd.DataFrame], settings: Settings) -> Posed:
    """The planning problem of a region.

    Parameters
    ----------
    supply : what could be built, with the network.
    access : who has which level now, and how many people there are.
    tables : the region's; `prices` and `budgets` are used, and `evidence` of other regions.
    settings : region.toml.

    """
    evidence = tables.get("evidence")
    said = leads_said(evidence, settings)
    settings = taught(settings, evidence)
    prices = catalogue.prices(tables.get("prices"), settings, evidence)
    budgets = catalogue.budgets(tables.get("budgets"), settings)
    funds = funds_of(budgets, settings, access.villages)
    useful = flags(supply.offers["reaches"]) & (numbers(supply.offers["share"]) > 0)
    offers = supply.offers[useful].reset_index(drop=True)
    classes = supply_classes(funds, supply.nodes, supply.links, offers, supply.places)
    parts = [Items.of(table["items"], prices) for table in (supply.nodes, supply.links, offers)]
    instance = _instance(supply, offers, access, settings, prices, funds, classes, parts)
    names = Names.of(supply.places, offers, supply.nodes, supply.links, access.villages)
    rules = ruled(instance, supply.places, names, settings.plan, access.villages)
    return Posed(
        supply.places,
        supply.nodes,
        supply.links,
        offers,
        prices,
        budgets,
        funds,
        Items.joined(parts),
        rules,
        [*supply.assumptions, *said],
    )


def _instance(
    supply: Supply,
    offers: pd.DataFrame,
    access: Access,
    settings: Settings,
    prices: pd.DataFrame,
    funds: Funds,
    classes: SupplyClasses,
    items: list[Items],
) -> Instance:
    plan, places = settings.plan, supply.places
    years = funds.years
    nodes, links, own = (
        _things(made_of, prices, kinds, capital, running, settings, len(years))
        for made_of, kinds, capital, running in (
            (items[0], supply.nodes["kind"], classes.node_capital, classes.node_running),
            (items[1], supply.links["kind"], classes.link_capital, classes.link_running),
            (items[2], offers["option"], classes.offer_capital, classes.offer_running),
        )
    )
    position = pd.Series(np.arange(len(supply.nodes)), index=words(supply.nodes["node"]))
    ends = np.stack([position.loc[words(supply.links[end])].to_numpy() for end in "ab"], axis=1)
    node = position.reindex(words(offers["node"])).fillna(NONE).to_numpy(dtype=np.int64)
    lasting = flags(offers["lasting"])
    pools = sorted({str(pool) for pool in offers["pool"] if pool})
    pool = np.array([pools.index(str(p)) if p else NONE for p in offers["pool"]], dtype=np.int64)
    reuse = costs(Items.of(offers["reuse_items"], prices), prices, 1)[0][:, 0]
    limit = plan.villages_per_year or NONE
    return Instance(
        years=years,
        worth=worth(places, access, settings, years),
        village=_numbered(places["village_code"]),
        gate=_gates(places),
        nodes=nodes,
        root=flags(supply.nodes["root"]),
        node_mbps=numbers(supply.nodes["mbps"]),
        links=links,
        ends=ends.reshape(-1, 2),
        link_mbps=numbers(supply.links["mbps"]),
        offers=own,
        place=offers["place_no"].to_numpy(dtype=np.int64),
        node=node,
        share=numbers(offers["share"]),
        lasting=lasting,
        mbps=numbers(offers["mbps"]),
        reuse=np.where(pool == NONE, 0, reuse),
        pool=pool,
        funds=funds.names,
        money=funds.money,
        carry=funds.carry,
        ceiling=classes.ceiling,
        villages_per_year=np.full(len(years), limit),
    )


def _things(
    items: Items,
    prices: pd.DataFrame,
    kinds: pd.Series,
    capital_class: np.ndarray,
    running_class: np.ndarray,
    settings: Settings,
    years: int,
) -> Things:
    capital, running = costs(items, prices, years, settings.plan.price_growth)
    lead = lead_years(words(kinds), settings.plan)
    return Things(
        capital,
        running,
        lead,
        lead.copy(),
        np.full(len(lead), years - 1),
        np.zeros(len(lead), dtype=bool),
        capital_class,
        running_class,
    )


def worth(places: pd.DataFrame, access: Access, settings: Settings, years: list[int]) -> np.ndarray:
    """What serving each place in each year counts, as the head of this file defines it, (P, T)."""
    people = numbers(access.villages["people"])
    average = float(np.nanmean(people)) if np.isfinite(people).any() else 0.0
    average = average if average > 0 else 1.0
    share = numbers(places["village_people"]) / np.maximum(numbers(places["number_of_kind"]), 1) / average
    kind = places["kind"].map(lambda name: kind_weight(name, settings)).to_numpy(dtype=float)
    facility = kind * (1 + np.nan_to_num(share)) / 2 * numbers(places["chance_below"])
    home = np.nan_to_num(numbers(places["people_below"])) / average
    weight = np.where(words(places["kind"]) == PEOPLE, home, facility)
    weight = weight * np.where(words(places["access_now"]) == "none", UNSERVED, 1.0)
    t = np.arange(len(years))
    growth = (1 + numbers(places["growth"])[:, None]) ** t
    below = np.array(years) >= numbers(places["from_year"])[:, None]
    result: np.ndarray = weight[:, None] * growth * (1 - settings.plan.early_discount) ** t * below
    return result


def _numbered(codes: pd.Series) -> np.ndarray:
    return np.unique(words(codes), return_inverse=True)[1].astype(np.int64)


def _gates(places: pd.DataFrame) -> np.ndarray:
    """The village's office, which no other place of the village goes before; NONE where it needs none."""
    office = flags(places["is_office"])
    of_village = dict(zip(words(places["village_code"])[office], np.flatnonzero(office), strict=True))
    gate = np.array([of_village.get(code, NONE) for code in words(places["village_code"])], dtype=np.int64)
    return np.where(office, NONE, gate)
