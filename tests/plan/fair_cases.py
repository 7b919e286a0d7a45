"""Small planning problems with districts, for the tests of rules: one offer for each place, no network."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from merata.plan.decisions import Names
from merata.plan.ground import Ground, ground
from merata.plan.instance import NONE, Instance, Things
from merata.plan.ruled import Ruled, ruled
from merata.region.settings import parse_settings
from merata.region.settings_plan import PlanSettings

FIRST = 2025


@dataclass
class Spot:
    """A place below its promise; `earliest` is the first year in which its offers may serve, from 0; big: never."""

    village: str
    district: str = "A"
    kind: str = "village office"
    people: float = 0.0
    access_now: str = "none"
    earliest: int = 0
    options: tuple[str, ...] = ("leo",)
    need_from: int = 0
    since: float | None = None
    cost: int = 1
    lead: int = 0


@dataclass
class Case:
    """Places in order, years, money by year (one fund) and the most villages a year."""

    spots: list[Spot]
    years: int = 3
    money: list[int] | None = None
    villages_per_year: int = NONE
    ceiling: float = 1.0
    gates: bool = True
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def instance(self) -> Instance:
        return make_instance(self)

    @property
    def places(self) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "village_code": [s.village for s in self.spots],
                "place": [f"{s.village}/{s.kind}/{n}" for n, s in enumerate(self.spots)],
                "kind": [s.kind for s in self.spots],
                "district": [s.district for s in self.spots],
                "access_now": [s.access_now for s in self.spots],
                "people_below": [s.people for s in self.spots],
                "is_office": [s.kind == "village office" for s in self.spots],
                "since": pd.array([s.since for s in self.spots], dtype="Float64"),
            }
        )

    def ground(self, villages: pd.DataFrame | None = None) -> Ground:
        return ground(self.instance, self.places, villages)

    def ruled(self, toml: str = "", villages: pd.DataFrame | None = None) -> Ruled:
        return ruled(self.instance, self.places, self.names, plan(toml, self.years), villages)

    @property
    def names(self) -> Names:
        return Names(
            list(self.places["place"]),
            [option for s in self.spots for option in s.options],
            ["pop", "mast"],
            ["hop"],
        )


def plan(toml: str, years: int = 3) -> PlanSettings:
    return parse_settings(f"[plan]\nfirst_year = {FIRST}\nlast_year = {FIRST + years - 1}\n{toml}").plan


def make_things(
    cost: list[int], years: int, first: list[int] | None = None, lead: list[int] | None = None
) -> Things:
    n = len(cost)
    zero = np.zeros(n, dtype=np.int64)
    leads = zero if lead is None else np.array(lead, dtype=np.int64)
    own = zero if first is None else np.array(first, dtype=np.int64).reshape(n)
    return Things(
        capital=np.repeat(np.array(cost, dtype=np.int64).reshape(n, 1), years, axis=1),
        running=np.zeros((n, years), dtype=np.int64),
        lead=leads,
        first=np.minimum(np.maximum(own, leads), years),
        last=np.full(n, years - 1),
        must=np.zeros(n, dtype=bool),
        capital_class=zero.copy(),
        running_class=zero.copy(),
    )


def make_instance(case: Case) -> Instance:
    spots, years = case.spots, case.years
    codes = sorted({s.village for s in spots})
    offers = [(p, s) for p, s in enumerate(spots) for _ in s.options]
    office = {s.village: p for p, s in enumerate(spots) if s.kind == "village office"}
    gate = [office.get(s.village, NONE) if s.kind != "village office" and case.gates else NONE for s in spots]
    money = np.array([case.money or [10**6] * years], dtype=np.int64)
    return Instance(
        years=list(range(FIRST, FIRST + years)),
        worth=np.array([[float(t >= s.need_from) for t in range(years)] for s in spots]).reshape(-1, years),
        village=np.array([codes.index(s.village) for s in spots], dtype=np.int64),
        gate=np.array(gate, dtype=np.int64),
        nodes=make_things([0, 1], years),
        root=np.array([True, False]),
        node_mbps=np.full(2, np.inf),
        links=make_things([1], years),
        ends=np.array([[0, 1]]),
        link_mbps=np.full(1, np.inf),
        offers=make_things(
            [s.cost for _, s in offers],
            years,
            [s.earliest for _, s in offers],
            [s.lead for _, s in offers],
        ),
        place=np.array([p for p, _ in offers], dtype=np.int64),
        node=np.full(len(offers), NONE),
        share=np.ones(len(offers)),
        lasting=np.ones(len(offers), dtype=bool),
        mbps=np.zeros(len(offers)),
        reuse=np.zeros(len(offers), dtype=np.int64),
        pool=np.full(len(offers), NONE),
        funds=["fund"],
        money=money,
        carry=np.zeros(1, dtype=np.int64),
        ceiling=np.full((1, 1), case.ceiling),
        villages_per_year=np.full(years, case.villages_per_year),
    )  # fmt: skip
