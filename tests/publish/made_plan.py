"""A plausible made-up plan with all its tables, for the tests of the publish room."""

from __future__ import annotations

import numpy as np
import pandas as pd

from merata.access.result import Access
from merata.plan.fairness import DISTRICT_SHARES, FAIRNESS
from merata.plan.frames import frame
from merata.plan.result import FUND_YEARS, PAYMENTS, POINTS, VILLAGES, WORKS, YEARS, Plan

_YEARS = list(range(2025, 2031))
_BUDGET = 4_000_000_000
_FUNDS = {"APBD": 3_000_000_000, "dana desa": 1_000_000_000}


def made_plan(access: Access, random: np.random.Generator) -> Plan:
    """A plan whose tables agree with each other: points, works and every payment for them."""
    unserved = access.villages[access.villages["chance_below"] > 0.35].sort_values(
        "chance_below", ascending=False
    )
    left = {(fund, year): amount for fund, amount in _FUNDS.items() for year in _YEARS}
    rows: list[dict[str, object]] = []
    shared: list[dict[str, object]] = []
    for place, village in enumerate(unserved.to_dict("records")):
        option = (
            "base_station"
            if place == 8
            else ("leo", "fixed_wireless", "fibre", "leo_solar")[int(random.integers(0, 4))]
        )
        capex, opex = int(random.integers(5, 60)) * 1_234_567, 24_000_000
        if option == "base_station":
            capex, opex = 2_140_000_000, 304_800_000
        years = _YEARS[place * 4 // max(len(unserved), 1) :]
        chosen = next(
            (k for k in ((f, y) for y in years for f in _FUNDS) if _affordable(left, k, capex, opex)), None
        )
        if chosen is None:
            continue
        fund, year = chosen
        left[chosen] -= capex
        for later in range(year, _YEARS[-1] + 1):
            left[fund, later] -= opex
        works = _works(village, option, year, fund, capex, opex)
        shared += works
        rows.append(_point(village, option, year, fund, capex, opex, works))
        if option == "fibre" and year > _YEARS[0] and left[fund, year - 1] > 30_000_000:
            left[fund, year - 1] -= 30_000_000
            rows.append(_stop_gap(village, year - 1, fund))
    points = frame(POINTS, rows)
    works = frame(WORKS, shared)
    payments = frame(PAYMENTS, _payments(points, "point") + _payments(works, "works"))
    return Plan(
        points=points,
        villages=_plan_villages(access, points, works),
        years=_plan_years(points, payments),
        fund_years=_fund_years(payments),
        works=works,
        payments=payments,
        districts=_districts(access, points),
        fairness=_fairness(access, points),
        objective=float(len(points) * 3.2),
        bound=float(len(points) * 3.2 * 1.0007),
        gap=1 - 1 / 1.0007,
        stopped_early=False,
        assumptions=[
            "Transport to a village more than 5 km from a road is priced as remote.",
            "12 villages whose people nobody counted: 1,500 each.",
        ],
        notes=["row 3 of plan.decide: no option can serve it"],
    )


def _affordable(left: dict[tuple[str, int], int], chosen: tuple[str, int], capex: int, opex: int) -> bool:
    fund, year = chosen
    later = all(left[fund, y] >= opex for y in _YEARS if y > year)
    return left[chosen] >= capex + opex and later


def _point(
    village: dict[str, object], option: str, year: int, fund: str, capex: int, opex: int,
    works: list[dict[str, object]],
) -> dict[str, object]:  # fmt: skip
    people = option == "base_station"
    capex -= sum(int(row["capex_idr"]) for row in works)
    opex -= sum(int(row["opex_idr_per_year"]) for row in works)
    return {
        "village_code": village["code"],
        "place": f"s{village['code']}" if people else f"f0-{village['code']}",
        "kind": "people" if people else "village office",
        "option": option,
        "year": year,
        "fund": fund if capex or opex else None,
        **_money(capex, opex),
        "level": "working",
        "chance": 0.8 if people else 1.0,
        "people": village["people_below"] if people else 240.0,
        "node": works[0]["id"] if works else None,
        "price_known_by": "assumed" if option == "fibre" else "reported",
        "reason_en": "cheapest way to the promise",
        "reason_id": "cara termurah untuk mencapai janji",
    }


def _stop_gap(village: dict[str, object], year: int, fund: str) -> dict[str, object]:
    """A satellite for one year, until the fibre comes."""
    row = _point(village, "leo", year, fund, 6_000_000, 24_000_000, [])
    return {**row, "until": year, "people": 0.0}


def _money(capex: int, opex: int) -> dict[str, int]:
    return {
        "capex_idr": capex,
        "opex_idr_per_year": opex,
        "capex_low_idr": capex // 2,
        "capex_high_idr": capex * 2,
        "opex_low_idr_per_year": opex,
        "opex_high_idr_per_year": opex,
    }


def _works(
    village: dict[str, object], option: str, year: int, fund: str, capex: int, opex: int
) -> list[dict[str, object]]:
    """What is built besides: cable and a join for fibre; a tower, its cell, a hop and a satellite for a new site."""
    code, spot = village["code"], village["geometry"].representative_point()
    at = {"lon": spot.x, "lat": spot.y}
    away = {**at, "to_lon": 116.75 + (spot.x - 116.75) * 0.8, "to_lat": spot.y * 0.8}
    parts: list[tuple[str, int, int, dict[str, object]]] = []
    if option == "fibre":
        km = round(1 + spot.x % 1, 2)
        ends = {"a": f"fibre:{code}", "b": f"place:{code}"}
        parts = [("fibre", capex * 2 // 3, 0, {**away, **ends, "length_km": km}),
                 ("join", 0, 0, {**at, **ends, "to_lon": spot.x, "to_lat": spot.y, "length_km": 0.0})]  # fmt: skip
    if option == "base_station":
        back = {
            "to_lon": spot.x,
            "to_lat": spot.y,
            "a": "satellite",
            "b": f"new tower:{code}",
            "length_km": 0.0,
        }
        parts = [("cell", capex // 4, opex // 2, at), ("new tower", capex // 2, 0, at),
                 ("microwave", capex // 8, opex // 4, {**away, "length_km": 12.5, "a": "p", "b": "q"}),
                 ("repeater", capex // 16, opex // 8, at), ("satellite", capex // 16, opex // 8, back)]  # fmt: skip
    return [
        {
            "id": f"{kind}:{code}", "kind": kind, "village_code": None if "a" in where else code, "year": year,
            "fund": fund if own or running else None, **_money(own, running), "serves": 1, "known_by": "modelled",
            "detail_en": f"{kind} made up", "detail_id": f"{kind} rekaan", **where,
        }
        for kind, own, running, where in parts
    ]  # fmt: skip


def _payments(things: pd.DataFrame, what: str) -> list[dict[str, object]]:
    name, kind = ("place", "option") if what == "point" else ("id", "kind")
    rows: list[dict[str, object]] = []
    for thing in things.to_dict("records"):
        last = thing.get("until")
        end = _YEARS[-1] if last is None or pd.isna(last) else int(last)
        due = [("capital", thing["year"], thing["capex_idr"])]
        due += [("running", year, thing["opex_idr_per_year"]) for year in range(thing["year"], end + 1)]
        rows += [
            {
                "what": what, "id": thing[name], "option": thing[kind], "cost": cost, "year": year,
                "fund": thing["fund"], "money_of": year, "amount_idr": amount,
            }
            for cost, year, amount in due if amount
        ]  # fmt: skip
    return rows


def _parts(access: Access, points: pd.DataFrame, works: pd.DataFrame, column: str) -> pd.Series:
    """A village's points and its works, whose ids end in its code."""
    own = points.groupby("village_code")[column].sum()
    shared = works.assign(code=works["id"].str.split(":").str[-1]).groupby("code")[column].sum()
    return own.add(shared, fill_value=0).reindex(access.villages["code"]).fillna(0).astype("int64")


def _plan_villages(access: Access, points: pd.DataFrame, works: pd.DataFrame) -> pd.DataFrame:
    first = points.sort_values("year", kind="stable").drop_duplicates("village_code").to_dict("records")
    by_code = {row["village_code"]: row for row in first}
    people = points.groupby("village_code")["people"].sum()
    capex, opex = (_parts(access, points, works, name) for name in ("capex_idr", "opex_idr_per_year"))
    rows = []
    for village in access.villages.to_dict("records"):
        row = by_code.get(village["code"])
        fine = village["chance_below"] <= 0.35
        rows.append(
            {
                "code": village["code"],
                "year": row["year"] if row else None,
                "option": row["option"] if row else None,
                "fund": row["fund"] if row else None,
                "capex_idr": capex[village["code"]],
                "opex_idr_per_year": opex[village["code"]],
                "access_then": "working" if row else village["access_now"],
                "people_served": people[village["code"]] if row else 0.0,
                "chance_served": 0.87 if row else None,
                "reason_en": "Its office is below the promise and this is the cheapest way to serve it."
                if row
                else "It has the promised level already."
                if fine
                else "The budget does not reach it in these years; it would come next.",
                "reason_id": "Kantornya di bawah janji dan ini cara termurah untuk melayaninya."
                if row
                else "Sudah mencapai tingkat yang dijanjikan."
                if fine
                else "Anggaran tidak cukup pada tahun-tahun ini; ini giliran berikutnya.",
            }
        )
    return frame(VILLAGES, rows)


def _plan_years(points: pd.DataFrame, payments: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for year in _YEARS:
        there = points[(points["year"] <= year) & (points["until"].isna() | (points["until"] >= year))]
        due = payments[payments["year"] == year].groupby("cost")["amount_idr"].sum()
        people = float(there["people"].sum())
        rows.append(
            {
                "year": year,
                "budget_idr": _BUDGET,
                "budget_known_by": "reported" if year < 2027 else "assumed",
                "capex_idr": int(due.get("capital", 0)),
                "opex_idr": int(due.get("running", 0)),
                "people_served": people,
                "villages_served": int(points[points["year"] <= year]["village_code"].nunique()),
                "points_built": int((points["year"] == year).sum()),
                "budget_chance": 0.95 - 0.03 * (year - _YEARS[0]),
                "people_low": people * 0.8,
                "people_high": people * 1.1,
            }
        )
    return frame(YEARS, rows)


def _fund_years(payments: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for fund, budget in _FUNDS.items():
        for year in _YEARS:
            due = payments[(payments["fund"] == fund) & (payments["year"] == year)]["amount_idr"].sum()
            rows.append(
                {
                    "fund": fund, "year": year, "budget_idr": budget, "spent_idr": int(due), "kept_idr": 0,
                    "known_by": "reported" if year < 2027 else "assumed",
                }
            )  # fmt: skip
    return frame(FUND_YEARS, rows)


def _served(access: Access, points: pd.DataFrame, year: int) -> pd.Series:
    """Whether each village has a point by the end of a year, by district."""
    built = set(points[points["year"] <= year]["village_code"])
    need = access.villages[access.villages["chance_below"] > 0.35]
    return need["code"].isin(built).groupby(need["district"])


def _districts(access: Access, points: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for year in _YEARS:
        for district, served in _served(access, points, year):
            share = float(served.mean())
            rows.append({"year": year, "district": district, "in_need": len(served), "in_reach": len(served),
                         "served": int(served.sum()), "share": share})  # fmt: skip
    return frame(DISTRICT_SHARES, rows)


def _fairness(access: Access, points: pd.DataFrame) -> pd.DataFrame:
    rows = [
        {
            "year": None,
            "share": 0.0,
            "spread": 0.0,
            "gini": 0.3,
            "theil": 0.2,
            "worst_tenth": 0.1,
            "mean": 0.6,
        }
    ]
    for year in _YEARS:
        shares = _served(access, points, year).mean().sort_values(kind="stable")
        low, high = (float(shares.iloc[at]) for at in (0, -1))
        rows.append(
            {
                "year": year, "share": float(shares.mean()), "lowest_district": shares.index[0], "lowest": low,
                "highest_district": shares.index[-1], "highest": high, "spread": high - low,
                "gini": 0.3 - 0.02 * (year - 2024), "theil": 0.2, "worst_tenth": 0.1, "mean": 0.7,
            }
        )  # fmt: skip
    return frame(FAIRNESS, rows)
