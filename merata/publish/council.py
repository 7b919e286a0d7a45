"""The page for the council and what it rests on: progress by year, what funds buy, works, notes: reckoned once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from merata.plan.promise_told import broken, counts
from merata.plan.result import Plan
from merata.publish import plan_tables
from merata.publish.view import records
from merata.publish.words import NBSP, Tongue

#: Works beyond so many are in the workbook only.
MOST_WORKS = 30
#: So many works stand on the page for the council, which is one sheet of paper.
BIGGEST = 4
#: Broken promises beyond so many are in the workbook only.
MOST_PROMISES = 60


def council(plan: Plan, villages: Mapping[str, str]) -> dict[str, Any]:
    """Everything that the council's page shows and that no language changes; `villages` are names by code."""
    rows = records(plan_tables.progress(plan))
    before = next(iter(records(plan.fairness[plan.fairness["year"].isna()])), {})
    held = [row for row in rows if row["budget_chance"] is not None and row["budget_idr"]]
    return {
        "years": rows,
        "funds": records(plan_tables.fund_spending(plan)),
        "works": _placed(records(plan_tables.biggest_works(plan, BIGGEST)), villages),
        "before": before,
        "last": rows[-1] if rows else None,
        "tightest": min(held, key=lambda row: (row["budget_chance"], row["year"])) if held else None,
        "change": _change(before.get("gini"), rows[-1]["gini"] if rows else None),
    }


def _change(before: float | None, after: float | None) -> str | None:
    """Whether inequality falls, rises or stays, as far as two decimals tell."""
    if before is None or after is None:
        return None
    difference = round(after, 2) - round(before, 2)
    return "falls" if difference < 0 else "rises" if difference > 0 else "stays"


def bought(plan: Plan) -> dict[str, Any]:
    """What funds buy: rows of `plan_tables.fund_buys` by fund, as (fund, rows, total row)."""
    rows = records(plan_tables.fund_buys(plan))
    reach = plan_tables.fund_reach(plan).reset_index()
    reached = {row["fund"]: row for row in records(reach)}
    funds = list(dict.fromkeys(row["fund"] for row in rows))
    groups = [(fund, [row for row in rows if row["fund"] == fund]) for fund in funds]
    return {"funds": [(fund, own, _sum(own) | reached.get(fund, {})) for fund, own in groups]}


def _sum(rows: list[dict[str, Any]]) -> dict[str, Any]:
    money = {name: sum(row[name] for row in rows) for name in ("capital_idr", "running_idr", "total_idr")}
    return {**money, "villages": None, "people": None}


def works(plan: Plan, villages: Mapping[str, str]) -> dict[str, Any]:
    """Shared works that cost something: `kinds`, the first `rows`, how many `more`, and how many are `free`.

    `villages` gives a village's name for its code.
    """
    paid = _placed(records(plan_tables.paid_works(plan)), villages)
    dearest = {row["id"] for row in sorted(paid, key=lambda row: -(row["capex_idr"] or 0))[:MOST_WORKS]}
    shown = [row for row in paid if row["id"] in dearest]
    return {
        "kinds": records(plan_tables.works_by_kind(plan)),
        "rows": shown,
        "count": len(paid),
        "more": len(paid) - len(shown),
        "free": len(plan.works) - len(paid),
    }


def _placed(works: list[dict[str, Any]], villages: Mapping[str, str]) -> list[dict[str, Any]]:
    for row in works:
        row["village"] = villages.get(row["village_code"] or "")
        row["details"] = {"id": row["detail_id"], "en": row["detail_en"]}
    return works


def promises(plan: Plan, villages: Mapping[str, str]) -> dict[str, Any] | None:
    """What becomes of an earlier run's promises: `run`, `total`, `counts`, the first `rows` not kept, how many `more`.

    None where the plan is no re-plan; `villages` are names by code.
    """
    if not plan.replan_of:
        return None
    rows = records(broken(plan.promises))
    for row in rows:
        row["village"] = villages.get(row["village_code"], row["village_code"])
        row["reasons"] = {"id": row["reason_id"], "en": row["reason_en"]}
    return {
        "run": plan.replan_of,
        "total": len(plan.promises),
        "counts": list(counts(plan.promises).items()),
        "rows": rows[:MOST_PROMISES],
        "more": max(0, len(rows) - MOST_PROMISES),
    }


def works_list(kinds: list[dict[str, Any]], t: Tongue) -> str:
    """'4 × new fibre cable (0.5 km), 2 × new tower': the works in a sentence."""
    return ", ".join(
        f"{t.number(row['number'])}{NBSP}×{NBSP}{t.word('works', row['kind'])}"
        + (f" ({t('km', km=t.number(row['length_km'], 1))})" if row["length_km"] else "")
        for row in kinds
    )


def ranges_about(years: list[dict[str, Any]], t: Tongue) -> str:
    """The figure of people with its ranges, read aloud."""
    return "; ".join(
        t(
            "council_range", year=row["year"], planned=t.people(row["people_served"]),
            low=t.number(row["people_low"]), high=t.number(row["people_high"]),
        )
        for row in years
    )  # fmt: skip
