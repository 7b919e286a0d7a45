"""Two plans side by side: which villages differ, and what the plans cost and bring as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from merata.plan import words as say
from merata.plan.compare_words import MOVED, figure, tell
from merata.plan.frames import records
from merata.plan.result import Plan
from merata.plan.words import Language, in_language

_SHOWN = ("year", "option", "fund", "capex_idr", "opex_idr_per_year", "people_served", "access_then")
_LISTED = 20


#: Figures of the last year's row of plan.fairness that are set side by side.
_EVEN = ("gini", "worst_tenth", "lowest")


@dataclass(frozen=True)
class Cause:
    """Something that two runs were made from otherwise: a setting, a file, a table or the program."""

    what: str
    a: str
    b: str
    """As written; empty: not there."""


@dataclass(frozen=True)
class Comparison:
    """How plan b differs from plan a."""

    villages: pd.DataFrame
    """Villages that differ in any column shown, by code: code, then each of _SHOWN with _a and _b, and `moved`:
    'new', 'dropped', 'earlier', 'later', 'other way', 'other fund' (and nothing else); `why_en` and `why_id`: what plan
    b says of the village."""
    totals: pd.DataFrame
    """Indexed by figure: a, b, difference (b - a)."""
    causes: Sequence[Cause] = ()
    """What the runs were made from otherwise, where that is known."""

    def as_json(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "villages": records(self.villages),
            "totals": {
                str(n): {k: _plain(v) for k, v in row.items()}
                for n, row in self.totals.to_dict("index").items()
            },
            "causes": [vars(cause) for cause in self.causes],
        }

    def text(
        self,
        first: str = "first",
        second: str = "second",
        names: Mapping[str, str] | None = None,
        language: Language = "en",
    ) -> str:
        """What a person wants to read of it; `names` are the villages' by code."""
        runs = {"a": first, "b": second}
        lines = self._causes(runs, language)
        if self.villages.empty:
            return "\n".join([tell("same", language, **runs), *lines])
        counts = _counts(self.villages, language)
        lines.insert(0, tell("differ", language, number=len(self.villages), counts=counts, **runs))
        lines += [
            f"  {figure(str(name), row['a'], row['b'], language)}"
            for name, row in self.totals.iterrows()
            if row["difference"] or name in _EVEN[:1]
        ]
        for row in self.villages.head(_LISTED).to_dict("records"):
            lines += _lines(row, names or {}, language)
        if len(self.villages) > _LISTED:
            lines.append(tell("more", language, number=len(self.villages) - _LISTED))
        return "\n".join([*lines, tell("why_all", language, **runs)])

    def _causes(self, runs: Mapping[str, str], language: Language) -> list[str]:
        if not self.causes:
            return []
        told = [f"  {cause.what}: {cause.a or '–'} → {cause.b or '–'}" for cause in self.causes[:_LISTED]]
        more = len(self.causes) - len(told)
        return [
            tell("causes", language, **runs),
            *told,
            *([tell("more", language, number=more)] if more else []),
        ]


def compare(plan_a: Plan, plan_b: Plan, causes: Sequence[Cause] = ()) -> Comparison:
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
    reasons = plan_b.villages.set_index("code")
    for language in ("en", "id"):
        rows[f"why_{language}"] = rows["code"].map(reasons[f"reason_{language}"])
    return Comparison(rows, _totals(plan_a, plan_b), causes)


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
            **_even(plan),
        }
    figures = list(rows["a"])
    differences = [rows["b"][name] - rows["a"][name] for name in figures]
    columns = {"a": list(rows["a"].values()), "b": list(rows["b"].values()), "difference": differences}
    # Whole rupiah stay whole: a column of its own type would turn all into floats.
    return pd.DataFrame({k: pd.Series(v, index=figures, dtype=object) for k, v in columns.items()})


def _even(plan: Plan) -> dict[str, float]:
    """How evenly access is spread at the end of a plan; nothing where no people are known."""
    rows = plan.fairness.dropna(subset=["year"]).sort_values("year")
    last: Mapping[Any, Any] = dict(rows.iloc[-1]) if len(rows) else {}
    return {name: 0.0 if pd.isna(last.get(name)) else float(last[name]) for name in _EVEN}


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def _counts(villages: pd.DataFrame, language: Language) -> str:
    counts = villages["moved"].value_counts()
    return ", ".join(
        f"{counts[name]} {in_language(MOVED[name], language)}" for name in MOVED if name in counts
    )


def _lines(row: dict[Any, Any], names: Mapping[str, str], language: Language) -> list[str]:
    """A village that moved, and why."""
    village = f"{names[row['code']]} ({row['code']})" if row["code"] in names else str(row["code"])
    sides = {end: _side(row, f"_{end}", language) for end in ("a", "b")}
    moved = in_language(MOVED[row["moved"]], language)
    told = [f"  {tell('village', language, village=village, moved=moved, **sides)}"]
    reason = row[f"why_{language}"]
    return told if pd.isna(reason) else [*told, f"    {tell('why', language, reason=reason)}"]


def _side(row: dict[Any, Any], end: str, language: Language) -> str:
    if pd.isna(row["year" + end]):
        return tell("nothing", language)
    fund = row["fund" + end]
    return tell(
        "point", language, year=row["year" + end], option=say.option(str(row["option" + end]), language),
        fund="" if pd.isna(fund) or not fund else tell("from", language, fund=fund),
        capex=say.money(int(row["capex_idr" + end]), language),
        opex=say.money(int(row["opex_idr_per_year" + end]), language),
    )  # fmt: skip
