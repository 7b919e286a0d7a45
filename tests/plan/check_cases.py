"""A small region with cable, cells, several funds, rules and decisions, its plan, and ways to damage the plan."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd
import shapely
from factory import KM, ROUND_PRICES, Place, Village, access, lines
from supply_cases import CRS, ground

from merata.access.result import Access
from merata.plan.check import violations
from merata.plan.instance import Solution, objective
from merata.plan.pay import payments
from merata.plan.pose import Posed, pose
from merata.plan.result import Plan
from merata.plan.search import Found
from merata.plan.solve import choices, plan_of, solve
from merata.plan.supply import Supply
from merata.plan.tables import Solved
from merata.region.settings import Settings, parse_settings

#: With cable that is cheap enough to be laid.
PRICES = ROUND_PRICES.replace("50_000_000", "2_000_000").replace("1_500_000", "300_000")

FUNDS = """
[[funds]]
name = "Province"
years = { 2025 = 900_000_000, 2026 = 300_000_000, 2027 = 300_000_000 }
carry_years = 1

[[funds]]
name = "Subscriptions"
years = { 2025 = 60_000_000, 2026 = 60_000_000, 2027 = 60_000_000 }
pays = ["running"]
villages = ["West"]

[[funds]]
name = "Works"
years = { 2025 = 900_000_000, 2026 = 500_000_000, 2027 = 500_000_000 }
kinds = ["fibre", "cell", "microwave", "new tower", "satellite"]

[[funds]]
name = "Schools"
years = { 2025 = 40_000_000, 2026 = 40_000_000, 2027 = 40_000_000 }
kinds = ["school", "village office", "people"]
ceiling = 0.4
"""

PLAN = """
first_year = 2025
last_year = 2027
price_growth = 0.05
people_growth = 0.02
villages_per_year = 2
lead_years = { "new tower" = 1 }
gap = 0.01
seconds = 20
"""

RULES = """
[plan.fair]
floor = { 2027 = 0.5 }
each_year = 1
spread = 0.5

[[plan.decide]]
decision = "forbid"
reason = "the school says no"
place = "f2-1"
option = "leo"

[[plan.decide]]
decision = "fix"
reason = "promised by the head of the district"
village = "99.01.01.2004"
year = 2026
fund = "Province"

[[plan.decide]]
decision = "fix"
reason = "the terminal is there"
place = "s0"
option = "geo"
year = 2025

[[plan.decide]]
decision = "force"
reason = "the tower is agreed"
place = "s0"
option = "cell"
year = 2026

[[plan.decide]]
decision = "fix"
reason = "takes the terminal over"
place = "s1"
option = "geo"
year = 2026
"""


class Case(NamedTuple):
    """A region with its plan."""

    region: Access
    tables: dict[str, pd.DataFrame]
    config: Settings
    supply: Supply
    plan: Plan

    def told(self, **changed: Any) -> list[str]:
        """What is wrong with the plan, some of its tables or figures being others."""
        return self.under(self.config, **changed)

    def under(self, config: Settings, **changed: Any) -> list[str]:
        """The same under other settings."""
        plan = replace(self.plan, **changed)
        return violations(plan, self.region, self.tables, config, self.supply, CRS)

    def over(self, **tables: pd.DataFrame) -> list[str]:
        """What is wrong with the plan where other things could be built."""
        supply = replace(self.supply, **tables)
        return violations(self.plan, self.region, self.tables, self.config, supply, CRS)


def changed(table: pd.DataFrame, column: str, value: Any, **where: Any) -> pd.DataFrame:
    """A table with another value in the rows where other columns are so; a function: of the old value."""
    mine = pd.Series(True, index=table.index)
    for name, wanted in where.items():
        mine &= (table[name] == wanted).fillna(False)
    assert mine.any(), where
    made = table.copy()
    for row in made.index[mine]:
        made.loc[row, column] = value(made.loc[row, column]) if callable(value) else value
    return made


def without(table: pd.DataFrame, **where: Any) -> pd.DataFrame:
    """A table without the rows where columns are so."""
    mine = pd.Series(True, index=table.index)
    for name, wanted in where.items():
        mine &= (table[name] == wanted).fillna(False)
    assert mine.any(), where
    return table[~mine].reset_index(drop=True)


def config(rules: str = RULES, plan: str = PLAN, funds: str = FUNDS) -> Settings:
    """The settings of the case, or others."""
    return parse_settings(f'[region]\nprojection = "{CRS}"\n[plan]\n{plan}\n{PRICES}\n{rules}\n{funds}')


def region() -> Access:
    """Five villages in two districts."""
    made = access(
        [
            Village([Place(), Place("school", x_km=1.0)], people=2400, people_below=True),
            Village([Place(), Place("health post", x_km=-1.0)], people=800, people_below=True),
            Village([Place(access_now="basic"), Place("school", chance=0.7)], people=600),
            Village([Place(power=False)], people=500),
            Village([Place(below=False, access_now="working")], people=400),
        ]
    )
    villages = made.villages.assign(
        district=["West", "West", "East", "East", "East"], people_below=[2400.0, 800.0, 0.0, 0.0, 0.0]
    )
    return replace(made, villages=villages)


def around() -> dict[str, pd.DataFrame]:
    """A road along the villages, a point of presence, a tower."""
    road = shapely.LineString([(117 - 2 * KM, 0.01), (117 + 85 * KM, 0.01)])
    sites = lines(
        "sites",
        [shapely.Point(117 + 2 * KM, 0.01), shapely.Point(117 + 3 * KM, 0.0)],
        id=["pop", "mast"], kind=["point of presence", "tower"], known_by=["reported"] * 2,
        technologies=[None, "4G"], name=["Pop", "Mast"], height_m=[30.0, 52.0],
    )  # fmt: skip
    ways = lines("ways", [road], id=["W"], kind=["road"], known_by=["reported"])
    return {"sites": sites, "ways": gpd.GeoDataFrame(ways)}


#: First and last year of service (None: it stays) by place, option and node: leo until there is cable, a terminal that
#: goes on from one settlement to another, a cell that waits for its tower.
POINTS = {
    ("f0-0", "leo", ""): (2025, 2025),
    ("f0-0", "fibre", "place:f0-0"): (2026, None),
    ("f0-1", "leo", ""): (2025, None),
    ("s0", "geo", ""): (2025, 2025),
    ("s0", "cell", "cell:new tower:s0"): (2026, None),
    ("f1-0", "leo", ""): (2026, None),
    ("f1-1", "fibre", "place:f1-1"): (2026, None),
    ("s1", "geo", ""): (2026, None),
    ("f2-0", "leo", ""): (2025, None),
    ("f2-1", "fibre", "place:f2-1"): (2025, None),
    ("f3-0", "fibre", "place:f3-0"): (2026, None),
}
#: First year of service of nodes and links.
WORKS = {
    "junction:503002,1106": 2025,
    "new tower:s0": 2026,
    "place:f0-0": 2026,
    "place:f0-1": 2026,
    "place:f1-0": 2025,
    "place:f1-1": 2025,
    "place:f2-0": 2025,
    "place:f2-1": 2025,
    "place:f3-0": 2026,
    "cell:new tower:s0": 2026,
    "cable junction:503002,1106 - place:f1-1": 2025,
    "cable junction:503002,1106 - presence:pop": 2025,
    "cable new tower:s0 - place:f0-0": 2026,
    "cable place:f0-0 - place:f0-1": 2026,
    "cable place:f0-1 - presence:pop": 2026,
    "cable place:f1-0 - place:f1-1": 2025,
    "cable place:f1-0 - place:f2-0": 2025,
    "cable place:f2-0 - place:f2-1": 2025,
    "cable place:f2-0 - place:f3-0": 2026,
    "join:cell:new tower:s0": 2026,
}


def by_hand(posed: Posed) -> Solution:
    """The plan of POINTS and WORKS, which no search has a part in."""
    instance = posed.instance
    made, first = Solution.nothing(instance), instance.years[0]
    for names, start in (
        (posed.nodes["node"], made.node_start),
        (posed.links["link"], made.link_start),
    ):
        for row, name in enumerate(names):
            start[row] = WORKS[name] - first if name in WORKS else start[row]
    for row, key in enumerate(zip(*(posed.offers[c] for c in ("place", "option", "node")), strict=True)):
        if key in POINTS:
            start, last = POINTS[key]
            made.offer_start[row] = start - first
            made.offer_end[row] = len(instance.years) if last is None else last - first + 1
    return made


@cache
def case() -> Case:
    """The region planned by hand; the bound is said to be a tenth above what the plan brings."""
    own, here, tables = config(), region(), around()
    supply = choices(here, tables, own, ground(own))
    posed = pose(supply, here, tables, own)
    instance, solution = posed.instance, by_hand(posed)
    paid = payments(instance, solution)
    assert paid is not None
    solved = Solved(posed, instance, solution, paid, own.plan.price_growth, CRS)
    worth = objective(instance, solution)
    plan = plan_of(solved, Found(solution, worth, 1.1 * worth, False), here, own)
    return Case(here, tables, own, supply, plan)


@cache
def searched(rules: str = RULES) -> Case:
    """The same region with the plan that the search finds."""
    own = config(rules=rules)
    plan = solve(case().region, case().tables, own, could_be=case().supply, crs=CRS)
    return case()._replace(config=own, plan=plan)
