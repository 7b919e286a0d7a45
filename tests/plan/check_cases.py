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
from merata.plan.check2 import violations
from merata.plan.result import Plan
from merata.plan.solve2 import choices, solve
from merata.plan.supply import Supply
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


@cache
def case() -> Case:
    """The region planned."""
    own, here, tables = config(), region(), around()
    supply = choices(here, tables, own, ground(own))
    return Case(here, tables, own, supply, solve(here, tables, own, could_be=supply, crs=CRS))
