"""Questions about finished runs: why this village, and what villages are called."""

from __future__ import annotations

import pandas as pd

from merata.access.files import read_access
from merata.errors import MissingError
from merata.plan import explain as plan_explain
from merata.plan.files import read_plan
from merata.plan.recall import solved_again
from merata.plan.supply_files import read_supply
from merata.region.folder import Region
from merata.region.names import VillageIndex
from merata.run.engine import Run
from merata.run.inputs import planning_tables


def explain(region: Region, run: Run, village: str, district: str = "") -> plan_explain.Explanation:
    """Why a village gets what the run's plan gives it; `village` is a code, or a name as it is spoken.

    Raises
    ------
    MissingError
        No village, or more than one, is called so; the candidates are named.
    """
    tables = planning_tables(region)
    code = village_code(tables["villages"], village, district)
    plan, access = read_plan(run.folder), read_access(run.folder)
    supply, _ = read_supply(run.folder)
    posed, solution, paid = solved_again(plan, supply, access, tables, region.settings)
    return plan_explain.explain(plan, posed, solution, paid, access, code, supply.offers)


def village_code(villages: pd.DataFrame, village: str, district: str = "") -> str:
    """The code of a village that is called by its code, or by its name as it is spoken; raises MissingError."""
    name, code = (None, village) if village[:1].isdigit() else (village, None)
    match = VillageIndex(villages, {}).match(name, district or None, code)
    if match.code and match.sure:
        return match.code
    near = "; ".join(f"{code} {name} ({place})" for code, name, place, _ in match.candidates[:5])
    raise MissingError(
        f"{village}: not the name of exactly one village. Give its code, or --district. "
        f"Nearest: {near or 'none like it'}"
    )


def names(run: Run) -> dict[str, str]:
    """The villages' names by code, as the run knew them."""
    villages = read_access(run.folder).villages
    return dict(zip(villages["code"], villages["name"], strict=True))
