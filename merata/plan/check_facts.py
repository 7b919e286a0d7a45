"""What the check of a plan rests on: the region's prices, budgets and supply, and the plan's rows beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from merata.access.result import Access
from merata.plan import catalogue
from merata.plan.evidence import taught
from merata.plan.result import Plan
from merata.plan.supply import Supply
from merata.region.settings import Settings

Row = dict[str, Any]

_MONTHS = 12


def rows(table: pd.DataFrame) -> list[Row]:
    """The rows of a table; what is blank is None."""
    # A column at a time, as many checks ask for small tables: `to_dict` takes twice as long.
    values = [[None if _blank(value) else value for value in _plain(table[name])] for name in table]
    names = [str(name) for name in table.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]


def _plain(column: pd.Series) -> list[Any]:
    """The values as Python's own."""
    return column.to_numpy(dtype=object).tolist()


def _blank(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and value != value)


@dataclass(frozen=True, eq=False)
class Serving:
    """A point of the plan with the place and the offer that it stands for; years counted from 0."""

    row: Row
    place: Row
    offer: Row
    start: int
    end: int
    """The first year without it; the number of years where it stays."""

    @property
    def name(self) -> str:
        """How it is named where something is wrong."""
        return f"{self.place['village_code']} {self.place['place']}: {self.row['option']}"

    def serves(self, t: int) -> bool:
        """Whether it serves in a year."""
        return self.start <= t < self.end


@dataclass(frozen=True, eq=False)
class Built:
    """A row of the plan's works with the node or link that it stands for."""

    row: Row
    thing: Row
    link: bool
    start: int


@dataclass(frozen=True, eq=False)
class Facts:
    """The plan, and everything that is known of its region; T years."""

    plan: Plan
    access: Access
    settings: Settings
    years: list[int]
    prices: dict[str, Row]
    budgets: dict[tuple[str, int], int]
    """Rupiah by fund and calendar year."""
    places: list[Row]
    offers: list[Row]
    """Those that reach their place's promise with some chance; each has its `place`."""
    nodes: dict[str, Row]
    links: dict[str, Row]

    @cached_property
    def told(self) -> dict[str, list[Row]]:
        """The rows of the plan's tables, by name."""
        tables = {field.name: getattr(self.plan, field.name) for field in fields(self.plan)}
        return {name: rows(table) for name, table in tables.items() if isinstance(table, pd.DataFrame)}

    @cached_property
    def place(self) -> dict[str, Row]:
        """Places by id."""
        return {row["place"]: row for row in self.places}

    @cached_property
    def offer(self) -> dict[tuple[str, str, str], Row]:
        """Offers by place, option and node."""
        return {(row["place"], row["option"], row["node"] or ""): row for row in self.offers}

    @cached_property
    def villages(self) -> list[Row]:
        """The villages of the region."""
        return rows(self.access.villages.drop(columns="geometry"))

    @cached_property
    def serving(self) -> list[Serving]:
        """The points that stand for something; others are told by `check_service`."""
        return [found for found in map(self.served_by, self.told["points"]) if found]

    def served_by(self, row: Row) -> Serving | None:
        """A point of the plan beside its place and offer; None where there is no such offer, place or year."""
        offer = self.offer.get((row["place"], row["option"], row["node"] or ""))
        until = self.years[-1] if row["until"] is None else row["until"]
        if offer is None or row["year"] not in self.years or until not in self.years:
            return None
        start, end = self.years.index(row["year"]), self.years.index(until) + 1
        return Serving(row, self.place[row["place"]], offer, start, end) if start < end else None

    @cached_property
    def built(self) -> dict[str, Built]:
        """The works that stand for something, by id."""
        found = {}
        for row in self.told["works"]:
            link = row["id"] in self.links
            thing = self.links.get(row["id"]) or self.nodes.get(row["id"])
            if thing is not None and row["year"] in self.years:
                found[str(row["id"])] = Built(row, thing, link, self.years.index(row["year"]))
        return found

    @cached_property
    def office(self) -> dict[str, str]:
        """The office below its promise that goes first in each village, as a place."""
        return {row["village_code"]: row["place"] for row in self.places if row["is_office"]}

    @cached_property
    def growth(self) -> np.ndarray:
        """What prices are multiplied with in each planned year, (T,)."""
        result: np.ndarray = (1 + self.settings.plan.price_growth) ** np.arange(len(self.years))
        return result

    def lead(self, kind: str) -> int:
        """Years between paying for an option or a kind of works and its service."""
        leads = {" ".join(k.replace("_", " ").split()): n for k, n in self.settings.plan.lead_years.items()}
        return leads.get(kind.replace("_", " "), 0)

    def cost(self, items: Mapping[str, float], cost: str, t: int, column: str = "used_idr") -> int:
        """Whole rupiah of the 'capital' or a year's 'running' cost of so many components in a year."""
        total, factor = 0, float(self.growth[t])
        for component, number in items.items():
            price = self.prices[component]
            monthly = price["unit"] == "per month"
            if monthly == (cost == "running"):
                total += round(number * int(price[column]) * (_MONTHS if monthly else 1) * factor)
        return total


def facts(
    plan: Plan, access: Access, tables: Mapping[str, pd.DataFrame], settings: Settings, supply: Supply
) -> Facts:
    """Everything that a plan is checked against, from the region's tables and what could be built."""
    evidence = tables.get("evidence")
    settings = taught(settings, evidence)
    budgets = catalogue.budgets(tables.get("budgets"), settings)
    prices = catalogue.prices(tables.get("prices"), settings, evidence).reset_index()
    places = rows(supply.places)
    return Facts(
        plan=plan,
        access=access,
        settings=settings,
        years=sorted({int(year) for year in budgets["year"]}),
        prices={row["component"]: row for row in rows(prices)},
        budgets={(row["fund"], int(row["year"])): int(row["budget_idr"]) for row in rows(budgets)},
        places=places,
        offers=[
            row | {"place": places[row["place_no"]]["place"]}
            for row in rows(supply.offers)
            if row["reaches"] and (row["share"] or 0) > 0
        ],
        nodes={row["node"]: row for row in rows(supply.nodes)},
        links={row["link"]: row for row in rows(supply.links)},
    )
