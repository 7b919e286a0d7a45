"""What the plan's own tables say of works, of money and of fairness: one table for each question."""

from __future__ import annotations

import numpy as np
import pandas as pd

from merata.plan.result import Plan


def paid_works(plan: Plan) -> pd.DataFrame:
    """The works that cost something, by year, kind and id."""
    works = plan.works
    cost = works["capex_idr"].fillna(0) + works["opex_idr_per_year"].fillna(0)
    return works[cost > 0].sort_values(["year", "kind", "id"], kind="stable").reset_index(drop=True)


def works_by_kind(plan: Plan) -> pd.DataFrame:
    """kind, number, length_km, capex_idr and opex_idr_per_year of the works that cost something, dearest first."""
    by = paid_works(plan).groupby("kind", sort=True)
    table = pd.DataFrame(
        {
            "number": by.size(),
            "length_km": by["length_km"].sum(),
            "capex_idr": by["capex_idr"].sum(),
            "opex_idr_per_year": by["opex_idr_per_year"].sum(),
        }
    )
    named = table.rename_axis("kind").reset_index()
    return named.sort_values(["capex_idr", "kind"], ascending=[False, True], kind="stable").reset_index(
        drop=True
    )


def year_column(year: int) -> str:
    """The column of `fund_buys` that holds what is paid in a year."""
    return f"in_{year}"


def fund_buys(plan: Plan) -> pd.DataFrame:
    """What each fund buys: one row for each fund and kind of thing, funds in the plan's order, dearest first.

    Columns: fund, bought ('point' or 'works' and the option or kind: a key of the words' group 'bought'), things
    (places or works that it pays for, in whole or in part), villages and people (of its points, which these bring to
    the promise; blank for works, which serve through points), capital_idr, running_idr, total_idr, and `year_column`
    of every planned year. All money together is every payment of the plan.
    """
    paid = _told_payments(plan)
    years = [int(year) for year in plan.years["year"]]
    keys = ["fund", "bought"]
    by = paid.groupby(keys, sort=True)
    table = pd.DataFrame({"things": by["id"].nunique()})
    reached = _reached(plan, paid, keys)
    for cost in ("capital", "running"):
        table[f"{cost}_idr"] = paid[paid["cost"] == cost].groupby(keys)["amount_idr"].sum()
    table["total_idr"] = by["amount_idr"].sum()
    for year in years:
        table[year_column(year)] = paid[paid["year"] == year].groupby(keys)["amount_idr"].sum()
    whole = table.fillna(0).astype("int64").join(reached).reset_index()
    funds = list(dict.fromkeys(plan.fund_years["fund"]))
    rank = whole["fund"].map({fund: place for place, fund in enumerate(funds)}).fillna(len(funds))
    order = np.lexsort((whole["bought"], -whole["total_idr"], whole["fund"], rank))
    return whole.iloc[order].reset_index(drop=True)


def _told_payments(plan: Plan) -> pd.DataFrame:
    return plan.payments.assign(bought=plan.payments["what"] + " " + plan.payments["option"])


def _reached(plan: Plan, paid: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Villages and people of the points that are paid for, by `keys`: each point once, whoever else pays for it."""
    points = plan.points[["place", "option", "village_code", "people"]]
    points = points.drop_duplicates(["place", "option"]).rename(columns={"place": "id"})
    own = paid[paid["what"] == "point"].drop_duplicates([*keys, "id", "option"])
    by = own.merge(points, on=["id", "option"], how="left").groupby(keys, sort=True)
    return pd.DataFrame(
        {"villages": by["village_code"].nunique().astype("Int64"), "people": by["people"].sum()}
    )


def fund_reach(plan: Plan) -> pd.DataFrame:
    """Villages and people of all points that each fund pays for, indexed by fund."""
    return _reached(plan, _told_payments(plan), ["fund"])


def biggest_works(plan: Plan, most: int) -> pd.DataFrame:
    """So many of the dearest shared works to build, dearest first."""
    dear = paid_works(plan).sort_values(["capex_idr", "id"], ascending=[False, True], kind="stable")
    return dear.head(most).reset_index(drop=True)


def fund_spending(plan: Plan) -> pd.DataFrame:
    """Rupiah by fund (a row) and year (`year_column`): what is paid, total_idr and budget_idr."""
    rows = plan.fund_years
    table = rows.pivot_table(index="fund", columns="year", values="spent_idr", aggfunc="sum", sort=False)
    table = table.fillna(0).astype("int64")
    total, budget = table.sum(axis=1), rows.groupby("fund", sort=False)["budget_idr"].sum()
    table.columns = pd.Index([year_column(int(year)) for year in table.columns])
    return table.assign(total_idr=total, budget_idr=budget).reset_index()


def funds(plan: Plan) -> pd.DataFrame:
    """plan.fund_years with left_idr: what of the year's money no payment of the plan takes, then or later."""
    taken = plan.payments.groupby(["fund", "money_of"])["amount_idr"].sum()
    rows = plan.fund_years
    own = taken.reindex(pd.MultiIndex.from_frame(rows[["fund", "year"]])).fillna(0).to_numpy(dtype="int64")
    return rows.assign(left_idr=rows["budget_idr"] - own)


def by_year(plan: Plan) -> pd.DataFrame:
    """plan.years with left_idr, as `funds` has it, all funds together."""
    left = funds(plan).groupby("year")["left_idr"].sum()
    amount = left.reindex(plan.years["year"]).to_numpy(dtype="float64", na_value=0.0)
    return plan.years.assign(left_idr=pd.array(amount, dtype="Float64").astype("Int64"))


def progress(plan: Plan) -> pd.DataFrame:
    """The plan by year with how evenly it serves: the columns of plan.years and of plan.fairness, and spent_idr."""
    even = plan.fairness[plan.fairness["year"].notna()]
    rows = by_year(plan).merge(even, on="year", how="left", validate="one_to_one")
    return rows.assign(spent_idr=rows["capex_idr"] + rows["opex_idr"])


def district_years(plan: Plan) -> pd.DataFrame:
    """Share served by district: one row a district, columns in_need, in_reach and `year_column` of each year."""
    rows = plan.districts
    if rows.empty:
        return pd.DataFrame(columns=["district", "in_need", "in_reach"])
    # A district's need may grow over the years, as contracts end: shown as it is in the last year.
    last = rows[rows["year"] == rows["year"].max()].set_index("district")
    shares = rows.pivot(index="district", columns="year", values="share")
    shares.columns = pd.Index([year_column(int(year)) for year in shares.columns])
    table = last[["in_need", "in_reach"]].join(shares, how="outer").sort_index()
    named: pd.DataFrame = table.rename_axis("district").reset_index()
    return named


def totals(plan: Plan) -> dict[str, int | None]:
    """Whole rupiah of points and works together: building at low and high prices, running a year after the plan."""
    lasting = plan.points[plan.points["until"].isna()]
    return {
        "capex_low": _both(plan, "capex_low_idr"),
        "capex_high": _both(plan, "capex_high_idr"),
        "opex_after": sum(int(table["opex_idr_per_year"].fillna(0).sum()) for table in (lasting, plan.works)),
    }


def _both(plan: Plan, column: str) -> int | None:
    """Sum over points and works; None when nothing has a figure."""
    values = [table[column].dropna() for table in (plan.points, plan.works)]
    return sum(int(part.sum()) for part in values) if any(len(part) for part in values) else None
