"""What a plan's money rests on: one plain English sentence each, for the report's list of assumptions."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from merata.plan.funds import Funds
from merata.plan.sure import Chances, Outlook, Safe
from merata.region.settings import PlanSettings


def money_said(funds: Funds, plan: PlanSettings) -> list[str]:
    """What holds of the funds and of prices over the years, as region.toml says it; nothing of what is not set."""
    said = []
    for terms, carry in zip(funds.terms, funds.carry.tolist(), strict=True):
        if carry:
            said.append(
                f"Fund {terms.name}: what it has left in a year can still be spent in the {carry} years after it."
            )
        if terms.ceiling < 1:
            said.append(
                f"Fund {terms.name}: it pays at most {terms.ceiling:.0%} of what things that the same funds may pay "
                "for cost in a year."
            )
    if funds.carry.any():
        others = [
            terms.name for terms, carry in zip(funds.terms, funds.carry.tolist(), strict=True) if not carry
        ]
        said += [f"Fund {name}: what it has left in a year is lost." for name in others]
    else:
        said.append("What a fund has left in a year is not carried over to the next.")
    if plan.price_growth:
        said.append(f"All prices change by {plan.price_growth:.1%} a year after {plan.first_year}.")
    return said


def promised_said(rupiah: Iterable[int], contract_years: int) -> list[str]:
    """What the last contracts bind after the plan (`merata.plan.costs.promised_after`); nothing where that is 0."""
    total = int(sum(rupiah))
    if not total:
        return []
    return [
        f"Subscriptions are contracted for {contract_years} years: the last contracts bind another Rp {total:,} after "
        "the plan's last year."
    ]


def chances_said(outlook: Outlook, found: Chances) -> list[str]:
    """How the chances were reckoned."""
    return [
        f"How sure the plan is was drawn {found.draws:,} times: each price between its low and its high one, "
        f"likeliest in the middle, {outlook.together:.0%} of its deviation the same in the whole region.",
        "Points on the same equipment are taken to work or fail together by half.",
    ]


def safety_said(safe: Safe, sure: float) -> list[str]:
    """What was set aside for safety, and whether that is enough."""
    aside = int(np.asarray(safe.aside).sum())
    least = float(np.asarray(safe.chances.budget).min(initial=1.0))
    if safe.reached and not aside:
        return [f"Each year's budget holds with a chance of {sure:.0%} and more: nothing is set aside."]
    if safe.reached:
        return [f"Rp {aside:,} are set aside so that each year's budget holds with a chance of {sure:.0%}."]
    return [
        f"Rp {aside:,} are set aside, but a year's budget holds with a chance of {least:.0%} only, not {sure:.0%}."
    ]
