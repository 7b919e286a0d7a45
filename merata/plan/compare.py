"""Two plans side by side: which villages differ, and what the plans cost and bring as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from merata.plan import words as say
from merata.plan.result import OPTIONS, Plan

_SHOWN = ("year", "option", "fund", "capex_idr", "opex_idr_per_year", "people_served", "access_then")
_LISTED = 20


@dataclass(frozen=True)
class Comparison:
    """How plan b differs from plan a."""

    villages: pd.DataFrame
    """Villages that differ in any column shown, by code: code, then each of _SHOWN with _a and _b, and `moved`:
    'new', 'dropped', 'earlier', 'later', 'other way', 'other fund' (and nothing else)."""
    totals: pd.DataFrame
    """Indexed by figure: a, b, difference (b - a)."""

    def as_json(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        rows = self.villages.astype(object).where(self.villages.notna(), None)
        return {
            "villages": [{str(k): _plain(v) for k, v in row.items()} for row in rows.to_dict("records")],
            "totals": {
                str(n): {k: _plain(v) for k, v in row.items()}
                for n, row in self.totals.to_dict("index").items()
            },
        }

    def text(
        self, first: str = "first", second: str = "second", names: Mapping[str, str] | None = None
    ) -> str:
        """What a person wants to read of it, in English; `names` are the villages' by code."""
        if self.villages.empty:
            return f"{first} and {second} plan the same for every village."
        lines = [
            f"{len(self.villages)} villages differ between {first} and {second}: {_counts(self.villages)}."
        ]
        lines += [_total(name, row) for name, row in self.totals.iterrows() if row["difference"]]
        lines += [_line(row, names or {}) for row in self.villages.head(_LISTED).to_dict("records")]
        if len(self.villages) > _LISTED:
            lines.append(f"… and {len(self.villages) - _LISTED} more (--json gives them all)")
        return "\n".join(lines)


def compare(plan_a: Plan, plan_b: Plan) -> Comparison:
    """Which villages plan b treats otherwise than plan a, with the totals of both.

    A village that only one of the plans knows counts as one that gets nothing in the other.
    """
    a, b = (plan.villages[["code", *_SHOWN]] for plan in (plan_a, plan_b))
    both = a.merge(b, on="code", how="outer", suffixes=("_a", "_b"), validate="one_to_one")
    both = both.sort_values("code", kind="stable", ignore_index=True)
    for end in ("_a", "_b"):
        for name in ("capex_idr", "opex_idr_per_year", "people_served"):
            both[name + end] = both[name + end].fillna(0)
    differs = pd.Series(False, index=both.index)
    for name in _SHOWN:
        one, other = both[f"{name}_a"], both[f"{name}_b"]
        same = (one == other).astype("boolean").fillna(False) | (one.isna() & other.isna())
        differs |= ~same.astype(bool)
    rows = both[differs].reset_index(drop=True)
    rows.insert(1, "moved", [_moved(row) for row in rows.to_dict("records")])
    return Comparison(rows, _totals(plan_a, plan_b))


def _moved(row: dict[Any, Any]) -> str:
    a, b = row["year_a"], row["year_b"]
    if pd.isna(a) or pd.isna(b):
        return "other way" if pd.isna(a) and pd.isna(b) else "new" if pd.isna(a) else "dropped"
    if a != b:
        return "earlier" if b < a else "later"
    others = [n for n in _SHOWN if n != "fund" and _differs(row[f"{n}_a"], row[f"{n}_b"])]
    return "other way" if others else "other fund"


def _differs(a: Any, b: Any) -> bool:
    return not (a == b if pd.notna(a) and pd.notna(b) else pd.isna(a) and pd.isna(b))


def _totals(plan_a: Plan, plan_b: Plan) -> pd.DataFrame:
    rows: dict[str, dict[str, Any]] = {}
    for end, plan in (("a", plan_a), ("b", plan_b)):
        last = plan.years.sort_values("year").iloc[-1]
        rows[end] = {
            "budget_idr": int(plan.years["budget_idr"].sum()),
            "spent_idr": int(plan.fund_years["spent_idr"].sum()),
            "villages_served": int(last["villages_served"]),
            "people_served": float(last["people_served"]),
            "points": len(plan.points),
            "objective": plan.objective,
            "bound": plan.bound,
        }
    figures = list(rows["a"])
    differences = [rows["b"][name] - rows["a"][name] for name in figures]
    columns = {"a": list(rows["a"].values()), "b": list(rows["b"].values()), "difference": differences}
    # Whole rupiah stay whole: a column of its own type would turn all into floats.
    return pd.DataFrame({k: pd.Series(v, index=figures, dtype=object) for k, v in columns.items()})


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def _counts(villages: pd.DataFrame) -> str:
    counts = villages["moved"].value_counts()
    order = ("new", "dropped", "earlier", "later", "other way", "other fund")
    return ", ".join(f"{counts[name]} {name}" for name in order if name in counts)


def _total(name: object, row: pd.Series) -> str:
    if str(name).endswith("_idr"):
        a, b, change = (say.money(int(row[end]), "en") for end in ("a", "b", "difference"))
    else:
        a, b, change = (f"{float(row[end]):,.1f}".removesuffix(".0") for end in ("a", "b", "difference"))
    sign = "" if change.startswith("-") else "+"
    return f"  {str(name).removesuffix('_idr').replace('_', ' ')}: {a} → {b} ({sign}{change})"


def _line(row: dict[Any, Any], names: Mapping[str, str]) -> str:
    village = f"{names[row['code']]} ({row['code']})" if row["code"] in names else str(row["code"])
    return f"  {village}, {row['moved']}: {_side(row, '_a')} → {_side(row, '_b')}"


def _side(row: dict[Any, Any], end: str) -> str:
    if pd.isna(row["year" + end]):
        return "nothing"
    option = OPTIONS[str(row["option" + end])][0]
    cost = say.money(int(row["capex_idr" + end]), "en"), say.money(int(row["opex_idr_per_year" + end]), "en")
    return f"{row['year' + end]} {option} from {row['fund' + end]} ({cost[0]} and {cost[1]} a year)"
