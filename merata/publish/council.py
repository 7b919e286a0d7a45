"""The page for the council and what it rests on: progress by year, what funds buy, works, notes: reckoned once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from merata.plan.result import Plan
from merata.publish import plan_tables
from merata.publish.view import records
from merata.publish.words import NBSP, Tongue

#: Works beyond so many are in the workbook only.
MOST_WORKS = 30


def council(plan: Plan) -> dict[str, Any]:
    """Everything that the council's page shows and that no language changes."""
    rows = records(plan_tables.progress(plan))
    before = next(iter(records(plan.fairness[plan.fairness["year"].isna()])), {})
    held = [row for row in rows if row["budget_chance"] is not None and row["budget_idr"]]
    return {
        "years": rows,
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
    """What funds buy: `years`, and rows of `plan_tables.fund_buys` by fund as (fund, rows, total row)."""
    rows = records(plan_tables.fund_buys(plan))
    years = [int(year) for year in plan.years["year"]]
    funds = list(dict.fromkeys(row["fund"] for row in rows))
    groups = [(fund, [row for row in rows if row["fund"] == fund]) for fund in funds]
    return {"years": years, "funds": [(fund, own, _sum(own, years)) for fund, own in groups]}


def _sum(rows: list[dict[str, Any]], years: list[int]) -> dict[str, int]:
    names = ["total_idr", *(plan_tables.year_column(year) for year in years)]
    return {name: sum(row[name] for row in rows) for name in names}


def works(plan: Plan, villages: Mapping[str, str]) -> dict[str, Any]:
    """Shared works that cost something: `kinds`, the first `rows`, how many `more`, and how many are `free`.

    `villages` gives a village's name for its code.
    """
    paid = records(plan_tables.paid_works(plan))
    for row in paid:
        row["village"] = villages.get(row["village_code"] or "")
        row["details"] = {"id": row["detail_id"], "en": row["detail_en"]}
    dearest = {row["id"] for row in sorted(paid, key=lambda row: -(row["capex_idr"] or 0))[:MOST_WORKS]}
    shown = [row for row in paid if row["id"] in dearest]
    return {
        "kinds": records(plan_tables.works_by_kind(plan)),
        "rows": shown,
        "count": len(paid),
        "more": len(paid) - len(shown),
        "free": len(plan.works) - len(paid),
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
