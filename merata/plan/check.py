"""Checks a finished plan against the rules, reckoning everything anew from its tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from merata.access.result import Access
from merata.plan import catalogue, options
from merata.plan.frames import flags, words
from merata.plan.options import Choices
from merata.plan.problem import values, weights
from merata.plan.result import Plan
from merata.plan.technology import reaches
from merata.region.settings import Settings

_SLACK = 1e-6


def violations(
    plan: Plan,
    access: Access,
    tables: Mapping[str, pd.DataFrame],
    settings: Settings,
    choices: Choices | None = None,
) -> list[str]:
    """Every rule that the plan breaks, in plain English; empty for a sound plan.

    It shares nothing with the search: money is added up year by year from the points, prices come from the catalogue
    and the options (`choices`, made anew when left out), the order of building from the points' years.
    """
    prices = catalogue.prices(tables.get("prices"), settings)
    if choices is None:
        choices = options.choices(access, tables, settings, prices)
    budgets = catalogue.budgets(tables.get("budgets"), settings)
    return [
        *_money(plan, budgets),
        *_villages(plan, access),
        *_points(plan, choices),
        *_order(plan, choices, settings),
        *_sums(plan),
        *_worth(plan, access, choices, settings),
    ]


def _money(plan: Plan, budgets: pd.DataFrame) -> Iterator[str]:
    amount = {(row["fund"], row["year"]): row["budget_idr"] for row in budgets.to_dict("records")}
    years = sorted({year for _, year in amount})
    stated = {(row["fund"], row["year"]): row for row in plan.fund_years.to_dict("records")}
    points = plan.points
    for fund in sorted(set(points["fund"]) - {fund for fund, _ in amount}):
        yield f"{fund}: pays for points but has no budget"
    for (fund, year), budget in amount.items():
        own = points[points["fund"] == fund]
        spent = int(own["capex_idr"][own["year"] == year].sum()) + int(
            own["opex_idr_per_year"][own["year"] <= year].sum()
        )
        row = stated.get((fund, year))
        if spent > budget:
            yield f"{fund}, {year}: spends {spent:,} of {budget:,} rupiah"
        if row is None or int(row["spent_idr"]) != spent or int(row["budget_idr"]) != budget:
            yield f"{fund}, {year}: the table of funds does not say what is spent ({spent:,}) and there ({budget:,})"
    for year in sorted(set(points["year"]) - set(years)):
        yield f"{year}: not a planned year"


def _villages(plan: Plan, access: Access) -> Iterator[str]:
    listed, real = sorted(words(plan.villages["code"])), sorted(words(access.villages["code"]))
    if listed != real:
        yield "not every village is in the plan's table exactly once"
    sums = plan.points.groupby("village_code")[["capex_idr", "opex_idr_per_year"]].sum()
    first = plan.points.groupby("village_code")["year"].min()
    for row in plan.villages.to_dict("records"):
        code = row["code"]
        if code not in first.index:
            if pd.notna(row["year"]) or row["capex_idr"] or row["opex_idr_per_year"]:
                yield f"{code}: has a year or costs but no point"
        elif row["year"] != first[code] or row["capex_idr"] != sums["capex_idr"][code]:
            yield f"{code}: its year or cost is not that of its points"
        elif row["opex_idr_per_year"] != sums["opex_idr_per_year"][code]:
            yield f"{code}: its running cost is not that of its points"
        if not row["reason_en"] or not row["reason_id"]:
            yield f"{code}: without a reason"


def _points(plan: Plan, choices: Choices) -> Iterator[str]:
    places = {(row["village_code"], row["place"]): row for row in choices.places.to_dict("records")}
    offers = {
        (row["village_code"], row["place"], row["option"]): row for row in choices.offers.to_dict("records")
    }
    seen: set[tuple[str, str]] = set()
    for point in plan.points.to_dict("records"):
        key = (point["village_code"], point["place"])
        name = " ".join(key)
        if key in seen:
            yield f"{name}: gets more than one option"
        seen.add(key)
        offer = offers.get((*key, point["option"]))
        if key not in places or offer is None:
            yield f"{name}: {point['option']} is no option there"
            continue
        if not reaches(str(point["level"]), places[key]["promised"]):
            yield f"{name}: {point['option']} does not reach the promise"
        if (point["capex_idr"], point["opex_idr_per_year"]) != (offer["capex_idr"], offer["opex_idr"]):
            yield f"{name}: not at the catalogue's prices"


def _order(plan: Plan, choices: Choices, settings: Settings) -> Iterator[str]:
    year = {(row["village_code"], row["place"]): int(row["year"]) for row in plan.points.to_dict("records")}
    offices = choices.places[flags(choices.places["is_office"])]
    office_year = {
        code: year.get((code, place), 10_000)
        for code, place in zip(offices["village_code"], offices["place"], strict=True)
    }
    for (code, place), built in year.items():
        if built < office_year.get(code, 0):
            yield f"{code} {place}: built in {built}, before the village office"
    limit = settings.plan.villages_per_year
    starts = plan.points.groupby("village_code")["year"].min().value_counts().sort_index()
    for start, number in starts.items():
        if limit and number > limit:
            yield f"{start}: {number} villages start, more than {limit}"


def _sums(plan: Plan) -> Iterator[str]:
    points, funds = plan.points, plan.fund_years
    start = points.groupby("village_code")["year"].min()
    for row in plan.years.to_dict("records"):
        year, running = row["year"], points[points["year"] <= row["year"]]
        expected = {
            "budget_idr": int(funds["budget_idr"][funds["year"] == year].sum()),
            "capex_idr": int(points["capex_idr"][points["year"] == year].sum()),
            "opex_idr": int(running["opex_idr_per_year"].sum()),
            "villages_served": int((start <= year).sum()),
            "points_built": int((points["year"] == year).sum()),
        }
        for name, value in expected.items():
            if int(row[name]) != value:
                yield f"{year}: {name} is {row[name]}, but the points add up to {value}"
        if abs(float(row["people_served"]) - float(running["people"].sum())) > _SLACK:
            yield f"{year}: people_served is not the sum of the points"


def _worth(plan: Plan, access: Access, choices: Choices, settings: Settings) -> Iterator[str]:
    offers = choices.offers
    keys = zip(offers["village_code"], offers["place"], offers["option"], strict=True)
    weight = dict(zip(keys, weights(choices, access, settings), strict=True))
    years = [int(year) for year in plan.years["year"]]
    value = dict(zip(years, values(len(years), settings.plan.early_discount), strict=True))
    worth = sum(
        weight.get((p["village_code"], p["place"], p["option"]), 0.0) * value.get(int(p["year"]), 0.0)
        for p in plan.points.to_dict("records")
    )
    scale = max(1.0, abs(plan.objective))
    if abs(worth - plan.objective) > _SLACK * scale:
        yield f"the objective is {plan.objective}, but the points bring {worth}"
    if plan.bound < plan.objective - _SLACK * scale:
        yield f"the bound {plan.bound} is below the objective {plan.objective}"
    gap = (plan.bound - plan.objective) / plan.bound if plan.bound > 0 else 0.0
    if not np.isclose(plan.gap, max(gap, 0.0), atol=_SLACK):
        yield f"the gap is {plan.gap}, but bound and objective give {gap}"
