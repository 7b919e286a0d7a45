"""People served against money, and against equality: the plan for each budget or cap, each from those already found."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from merata.errors import NoPlanError
from merata.plan.again import Case, with_money
from merata.plan.fairness import chance_served, district_shares
from merata.plan.frames import frame, numbers
from merata.plan.instance import Instance, Solution
from merata.plan.pose import Posed
from merata.plan.rules import fair_rules
from merata.plan.search import Found, search
from merata.plan.tables import people_served
from merata.region.settings_rules import FairSettings
from merata.region.tables import Column, Table

FACTORS = (0.5, 0.6, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0)
SPREADS = (1.0, 0.5, 0.3, 0.2, 0.1)

#: Searched less closely than one plan: the whole takes about as long as two.
_GAP = 5e-3
_SHARE_OF_TIME = 0.25

FRONTIER = Table(
    "plan.frontier",
    "What a plan reaches for each budget, or for each cap on inequality",
    (
        Column("factor", "float", "Budget of every fund and year, times that of the plan", required=True),
        Column("cap", "text", "Rule of fairness that is asked for; empty: those of region.toml"),
        Column("budget_idr", "idr", "All funds and years together", unit="IDR", required=True),
        Column("possible", "bool", "Whether a plan was found that keeps every rule", required=True),
        Column("objective", "float", "Weighted years of service"),
        Column("bound", "float", "No plan for that budget brings more; proven"),
        Column("gap", "float", "(bound - objective) / bound", minimum=0),
        Column("people_served", "float", "People brought to the promise where they live by the end", unit="people"),
        Column("villages_served", "int", "Villages with a first point by the end"),
        Column("spread", "float", "Difference of the shares served of any two districts at the end"),
    ),
    key=("factor", "cap"),
)  # fmt: skip


@dataclass(frozen=True)
class Frontier:
    """The table, and the plan of each of its rows (None: there is none), in order."""

    table: pd.DataFrame
    plans: list[Solution | None]


def against_money(case: Case, factors: Sequence[float] = FACTORS, gap: float = _GAP) -> Frontier:
    """The plan for each budget: all amounts times each factor, in order of the factors.

    They are searched from the budget as it is outwards, and every cut found goes on to the next. More money
    never serves fewer: where a smaller budget's plan is better than what was found for a larger one, it is taken; no
    smaller budget brings more than a larger one's bound.
    """
    order = sorted({float(f) for f in factors})
    # The plan itself is there already.
    found: dict[float, Found | None] = {1.0: case.found} if 1.0 in order else {}
    for factor in sorted(set(order) - set(found), key=lambda f: abs(math.log(max(f, 1e-3)))):
        case.say(f"{factor:g} times the budget")
        posed = with_money(case.posed, times_of(case.posed.ruled.base.money, factor))
        found[factor] = _solved(case, posed.instance, _nearest(found, factor) or case.found.solution, gap)
    _lift(found, order)
    rows = [_row(case.posed, factor, "", found[factor], factor) for factor in order]
    return Frontier(frame(FRONTIER, rows), [_plan(found[factor]) for factor in order])


def against_equality(
    case: Case, fair: FairSettings, spreads: Sequence[float] = SPREADS, gap: float = _GAP
) -> Frontier:
    """The plan for each cap on the spread between districts, from loose to tight; other rules stay.

    `fair`: the settings of [plan.fair] that the problem was posed with. A tighter cap never reaches more: where its
    plan is better than what was found for a looser one, it is taken there.
    """
    found: dict[str, Found | None] = {}
    start, ruled = case.found.solution, case.posed.ruled
    for spread in sorted({float(s) for s in spreads}, reverse=True):
        name = f"plan.fair.spread = {spread:g}"
        case.say(name)
        rules = fair_rules(ruled.ground, fair.model_copy(update={"spread": spread}))
        posed = replace(case.posed, ruled=replace(ruled, rules=rules))
        found[name] = _solved(case, posed.instance, start, gap)
        start = _plan(found[name]) or start
    _lift(found, list(found)[::-1])
    rows = [_row(case.posed, 1.0, name, found[name], 1.0) for name in found]
    return Frontier(frame(FRONTIER, rows), [_plan(found[name]) for name in found])


def _nearest(found: Mapping[float, Found | None], factor: float) -> Solution | None:
    """The plan for the largest budget so far that is no larger than this one: it can be paid for with this one too."""
    smaller = [f for f, plan in found.items() if f <= factor and plan is not None]
    return _plan(found[max(smaller)]) if smaller else None


def times_of(money: np.ndarray, factor: float | np.ndarray) -> np.ndarray:
    """So many times the money, whole rupiah rounded down, (F, T); the factor may differ by year, (T,)."""
    result: np.ndarray = np.floor(money * factor + 1e-6).astype(np.int64)
    return result


def _solved(case: Case, instance: Instance, start: Solution, gap: float) -> Found | None:
    try:
        seconds = case.plan.seconds * _SHARE_OF_TIME
        return search(instance, max(gap, case.plan.gap), seconds, start, memory=case.memory, soon=True)
    except NoPlanError:
        return None


def _lift(found: dict[Any, Found | None], tight_to_loose: Sequence[Any]) -> None:
    """What does for a tighter problem does for a looser one."""
    best: Found | None = None
    for key in tight_to_loose:
        now = found[key]
        if best is not None and (now is None or now.objective < best.objective):
            bound = best.objective if now is None else max(now.bound, best.objective)
            now = found[key] = Found(best.solution, best.objective, bound, now is None or now.stopped_early)
        best = now if now is not None else best
    ceiling = np.inf
    for key in reversed(tight_to_loose):
        now = found[key]
        if now is not None:
            ceiling = min(ceiling, now.bound)
            found[key] = replace(now, bound=max(now.objective, ceiling))


def _plan(found: Found | None) -> Solution | None:
    return None if found is None else found.solution


def _row(posed: Posed, factor: float, cap: str, found: Found | None, times: float) -> dict[str, Any]:
    money = int(times_of(posed.ruled.base.money, times).sum())
    row: dict[str, Any] = {
        "factor": factor,
        "cap": cap or None,
        "budget_idr": money,
        "possible": found is not None,
    }
    if found is None:
        return row
    return row | {
        "objective": found.objective, "bound": found.bound, "gap": found.gap, **reached(posed, found.solution),
    }  # fmt: skip


def reached(posed: Posed, solution: Solution) -> dict[str, Any]:
    """People and villages served by the end of a plan, as its last year counts them, and the spread of districts."""
    instance, ground = posed.ruled.base, posed.ruled.ground
    chance = chance_served(instance, solution)
    shares = district_shares(ground, chance)
    last = numbers(shares[shares["year"] == instance.years[-1]]["share"])
    last = last[np.isfinite(last)]
    return {
        "people_served": float(people_served(posed, solution)[-1]),
        "villages_served": len(np.unique(instance.village[chance[:, -1] > 0])),
        "spread": float(last.max() - last.min()) if len(last) else 0.0,
    }
