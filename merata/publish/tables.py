"""What the report, the workbook and the layers are made from: results joined into one table per question."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from merata.access.result import WANTS, Access
from merata.plan.result import Plan
from merata.publish.sureness import PROBABLE, sureness
from merata.region.findings import SEVERITIES, Finding
from merata.region.formula import safe_text
from merata.region.settings import Settings
from merata.region.tables import KNOWN_BY

#: Columns of villages.csv, in order; the first thirteen are promised to whoever reads it.
VILLAGES_CSV = (
    "code", "name", "district", "people", "access_now", "known_by", "year", "option", "fund", "capex_idr",
    "opex_idr_per_year", "access_then", "reason", "reason_en", "chance_below", "promised", "people_below",
    "people_served", "people_known_by", "electricity", "electricity_known_by", "price_known_by", "wants",
    "evidence", "chance_pm", "chance_served",
)  # fmt: skip


@dataclass(frozen=True)
class Results:
    """All that one run found, as the rooms below hand it on."""

    settings: Settings
    name: str
    """Name of the region."""
    access: Access
    access_then: Access | None
    """Access once the plan is built; None when it was not reckoned."""
    plan: Plan
    gap: Mapping[str, pd.DataFrame]
    """By 'village', 'district' and 'sector': merata.access.gap.gap_by."""
    services: pd.DataFrame
    """Which digital services are usable where: merata.access.services.usable."""
    inequality: Mapping[str, Any]
    """'now' and 'then' with gini, theil and worst_tenth, and their definitions: merata.access.inequality."""
    prices: pd.DataFrame
    """The catalogue that the plan reckoned with: merata.plan.catalogue."""
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    """The region's own tables by name: sites, links, ways …"""
    coverage_path: Path | None = None
    open_coverage_path: Path | None = None
    """What open sites alone cover, where others were given in confidence and `coverage_path` is not told."""
    findings: Sequence[Finding] = ()
    sources: Sequence[Mapping[str, Any]] = ()
    """file, date, given_by, kind of each source."""
    run_id: str = ""
    version: str = ""
    made_up: bool = False
    inputs_date: str = "1980-01-01"
    """ISO date of the newest input: the files carry it as their own, so that the same run has the same bytes."""


def villages(results: Results) -> gpd.GeoDataFrame:
    """Every village once, access and plan side by side, in order of code; geometry in EPSG:4326.

    The columns are those of VILLAGES_CSV and `below`, `wants_*`, `households`, `points` (how many places of
    the village get something) and `sureness` ('sure', 'probable', 'possible', 'unlikely').
    """
    now = results.access.villages
    plan = results.plan.villages.rename(columns={"reason_id": "reason"})
    joined = now.merge(plan, on="code", how="left", validate="one_to_one").sort_values("code", kind="stable")
    points = results.plan.points
    count = points.groupby("village_code", sort=True).size()
    joined["fund"] = _funds(joined, results.plan)
    joined["points"] = joined["code"].map(count).fillna(0).astype(int)
    joined["price_known_by"] = joined["code"].map(_weakest(points, "price_known_by"))
    joined["wants"] = [_wants(row) for row in joined.to_dict("records")]
    joined["sureness"] = [sureness(chance) for chance in joined["chance_below"]]
    for column in VILLAGES_CSV:
        if column not in joined:
            joined[column] = pd.NA
    return joined.reset_index(drop=True)


def _funds(joined: pd.DataFrame, plan: Plan) -> pd.Series[str]:
    """The fund of each village's first point; where that costs nothing itself, the fund of the works it hangs on."""
    pays = dict(zip(plan.works["id"], plan.works["fund"], strict=True))
    first = plan.points.sort_values("year", kind="stable").drop_duplicates("village_code")
    node = dict(zip(first["village_code"], first["node"], strict=True))
    blank = joined["fund"].isna() | (joined["fund"] == "")
    shared = joined["code"].map(node).map(pays).astype("string")
    return joined["fund"].astype("string").mask(blank, shared)


def _weakest(rows: pd.DataFrame, column: str) -> dict[str, str]:
    rank = {word: place for place, word in enumerate(KNOWN_BY)}
    weakest: dict[str, str] = {}
    for code, word in zip(rows["village_code"], rows[column], strict=True):
        if pd.notna(word) and rank[word] >= rank.get(weakest.get(code, ""), -1):
            weakest[code] = word
    return weakest


def _wants(row: Mapping[Any, Any]) -> str:
    return " ".join(want for want in WANTS if is_true(row.get(f"wants_{want}")))


def is_true(value: Any) -> bool:
    """True for a true value; False for a false one, None and NA."""
    return bool(pd.notna(value) and value)


def unserved(joined: pd.DataFrame) -> pd.DataFrame:
    """The villages that are probably below the promise: surest first, then the most people."""
    rows = joined[joined["chance_below"] >= PROBABLE]
    return rows.sort_values(
        ["chance_below", "people", "code"], ascending=[False, False, True], kind="stable"
    ).reset_index(drop=True)


def plan_by_district(joined: pd.DataFrame, points: pd.DataFrame) -> pd.DataFrame:
    """What each district gets: villages, people, below, served, points, capex_idr, opex_idr_per_year."""
    district = joined.set_index("code")["district"]
    built = points.assign(district=points["village_code"].map(district)).groupby("district", sort=True)
    # The villages' money holds their part of what they share with others; that of the points does not.
    by = joined.assign(
        served=joined["year"].notna(), unplanned=joined["year"].isna() & (joined["chance_below"] >= PROBABLE)
    ).groupby("district", sort=True)
    table = pd.DataFrame(
        {
            "villages": by.size(),
            "people": by["people"].sum(),
            "people_below": by["people_below"].sum(),
            "villages_served": by["served"].sum(),
            "people_served": by["people_served"].sum(),
            "not_planned": by["unplanned"].sum(),
            "points": built.size(),
            "capex_idr": by["capex_idr"].sum(),
            "opex_idr_per_year": by["opex_idr_per_year"].sum(),
        }
    )
    whole = ["points", "capex_idr", "opex_idr_per_year", "villages_served", "not_planned"]
    table[whole] = table[whole].fillna(0).astype("int64")
    return table.rename_axis("district").reset_index()


def plan_by_option(points: pd.DataFrame) -> pd.DataFrame:
    """Points, villages, capex_idr and opex_idr_per_year by option, dearest first."""
    by = points.groupby("option", sort=True)
    table = pd.DataFrame(
        {
            "points": by.size(),
            "villages": by["village_code"].nunique(),
            "capex_idr": by["capex_idr"].sum(),
            "opex_idr_per_year": by["opex_idr_per_year"].sum(),
        }
    )
    return (
        table.rename_axis("option")
        .reset_index()
        .sort_values(["capex_idr", "points", "option"], ascending=[False, False, True], kind="stable")
        .reset_index(drop=True)
    )


def how_known(results: Results) -> pd.DataFrame:
    """How many figures are known in which way: one row for each kind of figure, one column for each way."""
    access, plan = results.access, results.plan
    kinds = {
        "people": access.villages["people_known_by"],
        "access_villages": access.villages["known_by"],
        "access_settlements": access.settlements["known_by"],
        "access_facilities": access.facilities["known_by"],
        "electricity": access.villages["electricity_known_by"],
        "prices": results.prices["known_by"] if "known_by" in results.prices else pd.Series(dtype="str"),
        "budgets": plan.fund_years["known_by"],
    }
    rows = []
    for kind, words in kinds.items():
        counts = words.dropna().value_counts()
        rows.append({"figure": kind, **{word: int(counts.get(word, 0)) for word in KNOWN_BY}})
    return pd.DataFrame(rows, columns=["figure", *KNOWN_BY])


def sorted_findings(findings: Sequence[Finding]) -> list[Finding]:
    """Questions first, then errors, repairs and notes; within each by file and row."""
    order = ("question", *(word for word in SEVERITIES if word != "question"))
    return sorted(findings, key=lambda f: (order.index(f.severity), f.file, f.sheet, f.row, f.column, f.what))


def cell(value: Any, quote: bool = True) -> Any:
    """A value as plain Python, NA as None; with `quote`, text is made safe for a spreadsheet."""
    if isinstance(value, str):
        return safe_text(value) if quote else value
    if value is None or value is pd.NA or (isinstance(value, float | np.floating) and not np.isfinite(value)):
        return None
    if isinstance(value, np.generic):
        return value.item()
    return value


def villages_csv(joined: pd.DataFrame) -> str:
    """The text of villages.csv: the columns of VILLAGES_CSV, every village once; UTF-8, comma, dot, LF."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(VILLAGES_CSV)
    for row in joined[list(VILLAGES_CSV)].itertuples(index=False, name=None):
        writer.writerow(_csv_cell(name, value) for name, value in zip(VILLAGES_CSV, row, strict=True))
    return out.getvalue()


_DECIMALS = {"chance_below": 3, "chance_pm": 3, "people_below": 1, "people_served": 1, "chance_served": 3}


def _csv_cell(name: str, value: Any) -> Any:
    plain = cell(value)
    if plain is None:
        return ""
    if name in _DECIMALS:
        return round(float(plain), _DECIMALS[name])
    if isinstance(plain, float) and plain.is_integer():
        return int(plain)
    return plain
