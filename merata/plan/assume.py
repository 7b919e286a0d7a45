"""What a plan rests on that nobody has said: one plain English sentence each, for the report's list."""

from __future__ import annotations

import pandas as pd

from merata.plan import catalogue
from merata.plan import technology as tech
from merata.plan.costs import promised_after
from merata.plan.frames import words
from merata.plan.money_words import chances_said, money_said, promised_said, safety_said
from merata.plan.offers import PREFERENCE
from merata.plan.sure import Chances, Outlook
from merata.plan.tables import Solved
from merata.region.settings import Settings

RULES = (
    "Running costs are whole years from the first year of service to the plan's last.",
    "What several places share (cable, towers, hops) is built once; its cost is shared out evenly among the places "
    "that it serves at the plan's end.",
    "Between plans that bring the same, the search decides; the same inputs give the same plan.",
)


def assumptions(solved: Solved, settings: Settings, outlook: Outlook, sure: Chances) -> list[str]:
    """Every assumption that a figure of the plan rests on, the weightiest first."""
    posed, plan = solved.posed, settings.plan
    after = promised_after(solved.instance, solved.solution, plan.contract_years, plan.price_growth)
    found = [
        *budgets_said(posed.budgets, settings),
        *money_said(posed.funds, plan),
        *prices_said(posed.prices, len(posed.offers) > 0),
        *posed.assumptions,
        *_delivery(posed.offers, posed.assumptions),
        *promised_said(after.tolist(), plan.contract_years),
        *(safety_said(solved.safe, plan.sure) if solved.safe else []),
        *chances_said(outlook, sure),
    ]
    return list(dict.fromkeys([*found, *RULES]))


def budgets_said(budgets: pd.DataFrame, settings: Settings) -> list[str]:
    """Which amounts of which funds are assumed."""
    said = []
    if list(budgets["fund"].unique()) == [catalogue.NO_FUND]:
        return ["No budget is known for any year: the plan can pay for nothing."]
    own = {fund.name for fund in settings.funds}
    for fund, rows in budgets.groupby("fund", sort=False):
        if fund not in own:
            said.append(
                f"Fund {fund}: its whole amount is taken to be for this region (`share` in region.toml)."
            )
        guessed = rows[rows["known_by"].isin(["assumed"])]
        zero = guessed[guessed["budget_idr"] == 0]["year"].tolist()
        repeated = guessed[guessed["budget_idr"] > 0]["year"].tolist()
        if repeated:
            said.append(
                f"Fund {fund}: the amount of {_list(repeated)} is not known; the last known one is repeated."
            )
        if zero:
            said.append(f"Fund {fund}: no amount is known for {_list(zero)}; it is taken to have nothing.")
    last = int(budgets["year"].max())
    if last < settings.plan.last_year:
        said.append(f"No budget is known after {last}: the plan ends there, and so do its running costs.")
    return said


def prices_said(prices: pd.DataFrame, priced: bool) -> list[str]:
    """Which prices are assumed, where anything is `priced`, and which rows of price lists were not used."""
    assumed = [str(row["about"]) for _, row in prices[prices["known_by"] == "assumed"].iterrows()]
    said = [f"Price assumed: {about}." for about in assumed] if priced else []
    said += [f"{row['about']}: {row['evidence']}." for _, row in prices[prices["evidence"] != ""].iterrows()]
    return said + [f"Price list not used: {note}." for note in prices["note"] if note]


def _delivery(offers: pd.DataFrame, before: list[str]) -> list[str]:
    """What is assumed of each option, where what could be built did not say it already."""
    said = []
    there = set(words(offers["option"]))
    for option in PREFERENCE:
        begins = f"Assumed of {option.replace('_', ' ')}: "
        if option in there and not any(sentence.startswith(begins) for sentence in before):
            has = tech.PERFORMANCE[option]
            said.append(
                f"{begins}{has.down_mbps:g} Mbit/s down, {has.up_mbps:g} up, "
                f"{has.latency_ms:g} ms, there {has.availability:.1%} of the time."
            )
    return said


def _list(years: list[int]) -> str:
    """2027-2030 where they follow each other, else 2027, 2029."""
    whole = [int(year) for year in years]
    if len(whole) > 1 and whole == list(range(whole[0], whole[-1] + 1)):
        return f"{whole[0]}-{whole[-1]}"
    return ", ".join(str(year) for year in whole)
