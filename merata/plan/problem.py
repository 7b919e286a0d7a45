"""The planning problem as arrays: places, offers worth choosing, budgets, and what a year of service counts.

What is best. A place p served from year y on by an offer counts

    weight * value(y),   value(y) = sum over the years t >= y of the plan of (1 - early_discount) ** (t - first year)

so the objective is *weighted years of service*. The weight of a facility is

    its kind's weight * (1 + its share of people) / 2 * chance of being below its promise * (UNSERVED if it has nothing)

where the kind's weight is plan.office_weight, school_weight, health_post_weight or OTHER_WEIGHT, and its share of
people is the village's people over the number of such facilities there, in units of an average village: half of a
facility counts because it is there, half for those whom it is for. The weight of a village's people is the number of
people whom the offer is expected to bring to their promise, in the same unit; those with nothing count UNSERVED times.

The rules. Each place gets at most one offer. In a village whose office is below its promise, nothing is built before
its office. A point is paid wholly by one fund: its capital in the year it is built, its running cost for that year and
every later one, both in full. In no year does a fund pay more than its amount of that year; nothing is carried over.
In no year do more villages than plan.villages_per_year get their first point.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from merata.access.result import Access
from merata.plan.facilities import OFFICE
from merata.plan.frames import numbers
from merata.plan.homes import PEOPLE
from merata.plan.options import Choices
from merata.region.settings import Settings

#: How many times a place with no service at all counts beside one whose service is too weak.
UNSERVED = 3.0
#: What a facility counts that is neither office nor school nor health post.
OTHER_WEIGHT = 1.0


@dataclass(frozen=True)
class Problem:
    """Arrays of the problem. Places, years, funds and offers are counted from 0; money is whole rupiah."""

    years: list[int]
    funds: list[str]
    budget: np.ndarray
    """Rupiah by fund and year."""
    value: np.ndarray
    """What service from each year on counts."""
    village: np.ndarray
    """Village of each place, counted in the order of their codes."""
    gate: np.ndarray
    """The place that must be served no later (the village's office), -1 for none."""
    place: np.ndarray
    """Place of each offer."""
    row: np.ndarray
    """Row of each offer in Choices.offers."""
    capex: np.ndarray
    opex: np.ndarray
    """Rupiah a year."""
    weight: np.ndarray
    villages_per_year: int
    """0: no limit."""

    @property
    def shape(self) -> tuple[int, int, int]:
        """Places, years, funds."""
        return len(self.village), len(self.years), len(self.funds)


def problem(choices: Choices, access: Access, budgets: pd.DataFrame, settings: Settings) -> Problem:
    """The problem of choosing among `choices` within `budgets` (from `catalogue.budgets`)."""
    places, offers = choices.places, choices.offers
    weight = weights(choices, access, settings)
    keep = _worth_choosing(offers, weight)
    chosen = offers.iloc[keep]
    table = budgets.pivot(index="fund", columns="year", values="budget_idr")
    funds = list(dict.fromkeys(budgets["fund"]))
    years = sorted(int(year) for year in table.columns)
    codes = {code: n for n, code in enumerate(sorted(set(places["village_code"])))}
    return Problem(
        years=years,
        funds=funds,
        budget=table.loc[funds, years].to_numpy(dtype=np.int64),
        value=values(len(years), settings.plan.early_discount),
        village=places["village_code"].map(codes).to_numpy(dtype=np.int64),
        gate=_gates(places),
        place=chosen["place_no"].to_numpy(dtype=np.int64),
        row=keep,
        capex=chosen["capex_idr"].to_numpy(dtype=np.int64),
        opex=chosen["opex_idr"].to_numpy(dtype=np.int64),
        weight=weight[keep],
        villages_per_year=settings.plan.villages_per_year,
    )


def values(years: int, discount: float) -> np.ndarray:
    """What service counts that starts in each of so many years and lasts to their end."""
    return np.cumsum(((1 - discount) ** np.arange(years))[::-1])[::-1]


def weights(choices: Choices, access: Access, settings: Settings) -> np.ndarray:
    """Weight of each offer, as the head of this file defines it."""
    places = choices.places
    people = numbers(access.villages["people"])
    average = float(np.nanmean(people)) if np.isfinite(people).any() else 0.0
    average = average if average > 0 else 1.0
    share = places["village_people"] / places["number_of_kind"] / average
    unserved = np.where(places["access_now"] == "none", UNSERVED, 1.0)
    kind = places["kind"].map(lambda name: kind_weight(name, settings)).astype(float)
    facility = (kind * (1 + share) / 2 * places["chance_below"] * unserved).to_numpy(dtype=float)
    offers = choices.offers
    home = (offers["people"] + (UNSERVED - 1) * offers["people_none"]).to_numpy(dtype=float) / average
    at = offers["place_no"].to_numpy(dtype=np.int64)
    is_home = (places["kind"] == PEOPLE).to_numpy(dtype=bool)
    return np.where(is_home[at], home, facility[at]) if len(at) else np.zeros(0)


def kind_weight(kind: str, settings: Settings) -> float:
    """How much a facility of a kind counts, before people, chance and what it has now."""
    plan = settings.plan
    known = {
        OFFICE: plan.office_weight,
        "district office": plan.office_weight,
        "school": plan.school_weight,
        "health post": plan.health_post_weight,
    }
    return known.get(kind, OTHER_WEIGHT)


def _gates(places: pd.DataFrame) -> np.ndarray:
    office = places["is_office"].to_numpy(dtype=bool)
    of_village = {places["village_code"].iloc[n]: n for n in np.flatnonzero(office)}
    gate = places["village_code"].map(lambda code: of_village.get(code, -1)).to_numpy(dtype=np.int64)
    return np.where(office, -1, gate)


def _worth_choosing(offers: pd.DataFrame, weight: np.ndarray) -> np.ndarray:
    """Positions of the offers that reach the promise and that no other offer of the place is at least as good as.

    Among equals the first, which the programme prefers, stays. Dropping the others loses nothing: in any plan they
    can be swapped for the one that beats them.
    """
    capex, opex = offers["capex_idr"].to_numpy(), offers["opex_idr"].to_numpy()
    at = offers["place_no"].to_numpy(dtype=np.int64)
    keep: list[int] = []
    here: list[int] = []
    for n in np.flatnonzero(offers["reaches"].to_numpy(dtype=bool) & (weight > 0)):
        if here and at[here[0]] != at[n]:
            keep += here
            here = []
        if any(capex[k] <= capex[n] and opex[k] <= opex[n] and weight[k] >= weight[n] for k in here):
            continue
        here = [
            k for k in here if not (capex[n] <= capex[k] and opex[n] <= opex[k] and weight[n] >= weight[k])
        ]
        here.append(int(n))
    return np.array(keep + here, dtype=np.int64)
