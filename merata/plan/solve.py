"""The plan: prices, budgets, choices and the search put together, and its result as the declared tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from merata.access.result import Access
from merata.plan import catalogue, check, options
from merata.plan.assume import assumptions
from merata.plan.decision import NONE, Decision
from merata.plan.facilities import OFFICE
from merata.plan.frames import frame, weakest, words
from merata.plan.options import Choices
from merata.plan.problem import Problem, problem
from merata.plan.reasons import Reasons
from merata.plan.result import FUND_YEARS, POINTS, VILLAGES, YEARS, Plan
from merata.plan.search import Found, search
from merata.plan.technology import COSTS
from merata.region.settings import Settings
from merata.region.tables import LEVELS


@dataclass(frozen=True)
class Setting:
    """What a plan is chosen from."""

    access: Access
    settings: Settings
    prices: pd.DataFrame
    budgets: pd.DataFrame
    choices: Choices
    problem: Problem


def prepare(access: Access, tables: Mapping[str, pd.DataFrame], settings: Settings) -> Setting:
    """Prices, budgets, places, offers and the problem of choosing among them."""
    prices = catalogue.prices(tables.get("prices"), settings)
    budgets = catalogue.budgets(tables.get("budgets"), settings)
    choices = options.choices(access, tables, settings, prices)
    return Setting(access, settings, prices, budgets, choices, problem(choices, access, budgets, settings))


def solve(
    access: Access,
    tables: Mapping[str, pd.DataFrame],
    settings: Settings,
    progress: Callable[[str], None] | None = None,
) -> Plan:
    """The plan that serves best within the budgets, with a proof of how much better any could be.

    Parameters
    ----------
    access : who has which level now.
    tables : the region's tables by name, as `region.tables` declares them; any may be missing or empty.
    settings : region.toml. `plan` says for which years and what counts; see `merata.plan.problem` for what is best
        and which rules hold.
    progress : is told in a few words what is being done.

    Returns
    -------
    Plan with money in whole rupiah; no fund ever pays more than it has in a year.

    """
    say = progress or (lambda _: None)
    say("options and prices")
    setting = prepare(access, tables, settings)
    say(f"{len(setting.choices.places):,} places below their promise")
    found = search(setting.problem, settings.plan.gap, settings.plan.seconds, progress)
    result = _plan(setting, found)
    broken = check.violations(result, access, tables, settings, setting.choices)
    if broken:
        raise AssertionError("the plan breaks its own rules; please report it: " + "; ".join(broken[:5]))
    return result


def decision_of(plan: Plan, setting: Setting) -> Decision:
    """The decision that a plan's points stand for; points that can't be chosen any more are left out."""
    problem, choices = setting.problem, setting.choices
    decision = Decision(problem)
    chosen = choices.offers.iloc[problem.row]
    offer_of = {
        key: n
        for n, key in enumerate(zip(chosen["village_code"], chosen["place"], chosen["option"], strict=True))
    }
    years = {year: n for n, year in enumerate(problem.years)}
    funds = {fund: n for n, fund in enumerate(problem.funds)}
    for row in plan.points.to_dict("records"):
        offer = offer_of.get((row["village_code"], row["place"], row["option"]))
        if offer is not None and row["year"] in years and row["fund"] in funds:
            decision.put(int(problem.place[offer]), offer, years[row["year"]], funds[row["fund"]])
    return decision


def _plan(setting: Setting, found: Found) -> Plan:
    points = _points(setting, found.decision)
    reasons = Reasons(setting.choices, setting.problem, found.decision, setting.access)
    points["reason_en"], points["reason_id"] = reasons.of_points("en"), reasons.of_points("id")
    years, fund_years = _years(setting, points)
    return Plan(
        points=frame(POINTS, points),
        villages=_villages(setting, points, reasons),
        years=years,
        fund_years=fund_years,
        objective=found.decision.objective,
        bound=found.bound,
        gap=found.gap,
        stopped_early=found.stopped_early,
        assumptions=assumptions(setting.choices, setting.prices, setting.budgets, setting.settings),
    )


def _points(setting: Setting, decision: Decision) -> pd.DataFrame:
    """One row a built place, by village, office first."""
    problem, choices = setting.problem, setting.choices
    built = np.flatnonzero(decision.offer != NONE)
    places = choices.places.iloc[built].reset_index(drop=True)
    offers = choices.offers.iloc[problem.row[decision.offer[built]]].reset_index(drop=True)
    costs = {name: offers[name] for name in COSTS}
    return pd.DataFrame(
        {
            "village_code": places["village_code"],
            "place": places["place"],
            "kind": places["kind"],
            "option": offers["option"],
            "year": np.array(problem.years, dtype=np.int64)[decision.year[built]],
            "fund": np.array(problem.funds, dtype=object)[decision.fund[built]],
            "level": offers["level"],
            "people": offers["people"],
            "price_known_by": offers["price_known_by"],
            **{
                name.replace("_idr", "_idr_per_year") if name.startswith("opex") else name: costs[name]
                for name in COSTS
            },
        }
    )


def _villages(setting: Setting, points: pd.DataFrame, reasons: Reasons) -> pd.DataFrame:
    codes = [str(code) for code in words(setting.access.villages["code"])]
    first = (
        points.sort_values("year", kind="stable").drop_duplicates("village_code").set_index("village_code")
    )
    sums = points.groupby("village_code")[["capex_idr", "opex_idr_per_year", "people"]].sum()
    then = _office_levels(setting.access, points)
    rows = pd.DataFrame({"code": codes})
    for name in ("year", "option", "fund"):
        rows[name] = first[name].reindex(codes).to_numpy()
    for name, column in (("capex_idr",) * 2, ("opex_idr_per_year",) * 2, ("people_served", "people")):
        rows[name] = sums[column].reindex(codes).fillna(0).to_numpy()
    rows["access_then"] = [then.get(code) for code in codes]
    rows["reason_en"] = [reasons.of_village(code, "en") for code in codes]
    rows["reason_id"] = [reasons.of_village(code, "id") for code in codes]
    return frame(VILLAGES, rows)


def _office_levels(access: Access, points: pd.DataFrame) -> dict[str, str]:
    """Level of the village office at the end, by village: the best of its offices; without any, that of the village."""
    villages = access.villages
    levels: dict[str, str] = dict(zip(words(villages["code"]), words(villages["access_now"]), strict=True))
    offices = access.facilities[words(access.facilities["kind"]) == OFFICE]
    built = dict(zip(zip(points["village_code"], points["place"], strict=True), points["level"], strict=True))
    of_offices: dict[str, str] = {}
    columns = (offices[name] for name in ("village_code", "id", "access_now"))
    for code, place, now in zip(*(words(column) for column in columns), strict=True):
        level = max(built.get((code, place), now), now, key=LEVELS.index)
        of_offices[code] = max(of_offices.get(code, "none"), level, key=LEVELS.index)
    return levels | of_offices


def _years(setting: Setting, points: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The plan by year, and by fund and year."""
    rows, funds = [], []
    start = points.groupby("village_code")["year"].min()
    for year in setting.problem.years:
        budget = setting.budgets[setting.budgets["year"] == year]
        new, running = points[points["year"] == year], points[points["year"] <= year]
        rows.append(
            {
                "year": year,
                "budget_idr": int(budget["budget_idr"].sum()),
                "budget_known_by": weakest(list(budget["known_by"])),
                "capex_idr": int(new["capex_idr"].sum()),
                "opex_idr": int(running["opex_idr_per_year"].sum()),
                "people_served": float(running["people"].sum()),
                "villages_served": int((start <= year).sum()),
                "points_built": len(new),
            }
        )
        capex = new.groupby("fund")["capex_idr"].sum()
        opex = running.groupby("fund")["opex_idr_per_year"].sum()
        spent = [int(capex.get(fund, 0)) + int(opex.get(fund, 0)) for fund in budget["fund"]]
        funds.append(budget.assign(spent_idr=spent))
    order = {fund: n for n, fund in enumerate(setting.problem.funds)}
    fund_years = pd.concat(funds).sort_values(
        ["fund", "year"], key=lambda c: c.map(order) if c.name == "fund" else c
    )
    return frame(YEARS, rows), frame(FUND_YEARS, fund_years)
