"""What the page and the workbook say, reckoned once for both languages: summary, lists and shares."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from merata.access.result import WANTS
from merata.publish.plan_tables import totals
from merata.publish.sureness import POSSIBLE, PROBABLE, SURE
from merata.publish.tables import Results, is_true
from merata.publish.words import LANGUAGES, Tongue
from merata.region.tables import KNOWN_BY

#: A plan within this share of its bound is called the best: nobody can tell the difference.
PROVEN_WITHIN = 1e-6


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as plain dicts: NA, NaN and None all as None, numbers as Python's own, no geometry."""
    columns = [name for name in table.columns if name != "geometry"]
    plain = [[_plain(value) for value in table[name]] for name in columns]
    return [dict(zip(columns, row, strict=True)) for row in zip(*plain, strict=True)]


def _plain(value: Any) -> Any:
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value


def summary(results: Results, joined: pd.DataFrame) -> dict[str, Any]:
    """The figures of the first page. Money in whole rupiah, chances and shares 0 to 1."""
    plan, points = results.plan, results.plan.points
    chance = joined["chance_below"]
    sureness = joined["sureness"].value_counts()
    years = records(plan.years)
    first = next((row for row in years if row["villages_served"]), None)
    capex, opex = _total(plan.years, "capex_idr"), _total(plan.years, "opex_idr")
    return {
        "villages": len(joined),
        "below": int(joined["below"].fillna(False).astype(bool).sum()),
        "sure": int((chance >= SURE).sum()),
        "possible_or_more": int((chance >= POSSIBLE).sum()),
        "sureness": [
            (word, int(sureness.get(word, 0))) for word in ("sure", "probable", "possible", "unlikely")
        ],
        "people": int(joined["people"].sum()),
        "people_below": float(joined["people_below"].sum()),
        "access_known": _weakest(joined["known_by"]),
        "served": int(joined["year"].notna().sum()),
        "people_served": years[-1]["people_served"] if years else 0,
        "people_low": years[-1]["people_low"] if years else None,
        "people_high": years[-1]["people_high"] if years else None,
        "budget_chance": min(
            (c for c in (row["budget_chance"] for row in years) if c is not None), default=None
        ),
        "first_built": first["year"] if first else None,
        "first_villages": first["villages_served"] if first else 0,
        "not_planned": int((joined["year"].isna() & (chance >= PROBABLE)).sum()),
        "budget": _total(plan.years, "budget_idr"),
        "capex": capex,
        "opex": opex,
        "spent": capex + opex,
        **totals(plan),
        "price_known": _weakest(points["price_known_by"]),
        "points": len(points),
        "stopped_early": plan.stopped_early,
        "stopped_by": plan.stopped_by,
        **_proof(plan.objective, plan.bound),
    }


def _total(table: pd.DataFrame, column: str) -> int:
    return int(table[column].fillna(0).sum())


def _weakest(words: pd.Series[str]) -> str | None:
    there = set(words.dropna())
    return next((word for word in reversed(KNOWN_BY) if word in there), None)


def _proof(objective: float, bound: float) -> dict[str, Any]:
    """How much more than this plan any plan can bring: a share of the plan, rounded up, never down."""
    worth = {"objective": objective, "bound": bound, "gap_text": {}, "gap_share": None}
    if not np.isfinite(bound) or not np.isfinite(objective) or (objective <= 0 < bound):
        return {**worth, "more_share": None, "more_text": {}, "proven": False}
    share = max(0.0, bound / objective - 1) if objective > 0 else 0.0
    missed = max(0.0, 1 - objective / bound) if bound > 0 else 0.0
    return {
        **worth,
        "more_share": share,
        "more_text": _upwards(share),
        "gap_text": _upwards(missed),
        "gap_share": missed,
        "proven": share <= PROVEN_WITHIN,
    }


def _upwards(share: float) -> dict[str, str]:
    """A share by language, rounded up: what is claimed to be missed at most is never too little."""
    digits = 2 if share < 0.01 else 1
    upwards = np.ceil(share * 100 * 10**digits - 1e-9) / 10**digits / 100
    return {language: Tongue(language).share(upwards, digits) for language in LANGUAGES}


def by_district(joined: pd.DataFrame, points: pd.DataFrame) -> list[dict[str, Any]]:
    """Districts by name, each with its villages by name: what is built by year and option, and why."""
    built = _built(points)
    rows = sorted(
        records(joined), key=lambda row: (folded(row["district"]), folded(row["name"]), row["code"])
    )
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        row["built"] = built.get(row["code"], [])
        row["is_below"] = is_true(row["below"]) or row["chance_below"] >= PROBABLE
        row["reasons"] = {"id": row["reason"], "en": row["reason_en"]}
        groups.setdefault(str(row["district"]), []).append(row)
    return [{"name": name, "rows": group} for name, group in groups.items()]


def _built(points: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """By village: year, option, last year if it ends, kinds as (kind, count), level, in order of year."""
    found: dict[str, dict[tuple[int, str, int | None], dict[str, Any]]] = {}
    for row in sorted(records(points), key=lambda r: (r["village_code"], r["year"], r["option"], r["place"])):
        group = found.setdefault(row["village_code"], {}).setdefault(
            (row["year"], row["option"], row["until"]), {"kinds": {}, "levels": set()}
        )
        group["kinds"][row["kind"]] = group["kinds"].get(row["kind"], 0) + 1
        group["levels"].add(row["level"])
    return {
        code: [
            {
                "year": year,
                "option": option,
                "until": until,
                "kinds": list(group["kinds"].items()),
                "level": next(iter(group["levels"])) if len(group["levels"]) == 1 else None,
            }
            for (year, option, until), group in groups.items()
        ]
        for code, groups in found.items()
    }


def folded(name: Any) -> str:
    """A name as it sorts: without accents, case and apostrophes."""
    text = unicodedata.normalize("NFKD", str(name)).casefold()
    return "".join(letter for letter in text if letter.isalnum() or letter == " ")


def index_by_letter(joined: pd.DataFrame) -> list[tuple[str, list[tuple[str, str]]]]:
    """(letter, [(code, name)]) of all villages; equal names carry their district."""
    rows = sorted(records(joined), key=lambda row: (folded(row["name"]), row["code"]))
    times = joined["name"].value_counts()
    letters: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        letter = folded(row["name"]).strip()[:1].upper() or "–"
        name = f"{row['name']} ({row['district']})" if times[row["name"]] > 1 else str(row["name"])
        letters.setdefault(letter, []).append((row["code"], name))
    return list(letters.items())


#: Columns of the gap tables after their key; `expected_below` is people (or facilities) times chance.
GAP_COLUMNS = ("total", "below", "expected_below", *(f"wants_{want}" for want in WANTS))


def gap_parts(results: Results) -> list[dict[str, Any]]:
    """The gap by what is wanting, by sector and by district: by, columns, rows with key, name, share (0 to 1)."""
    parts = [_gap_by_want(results.gap["district"])]
    for by in ("sector", "district"):
        rows = records(results.gap[by])
        for row in rows:
            row["share"] = row["below_share"]
        parts.append({"by": by, "columns": GAP_COLUMNS, "rows": rows})
    return parts


def _gap_by_want(districts: pd.DataFrame) -> dict[str, Any]:
    total = float(districts["total"].sum())
    rows = []
    for want in WANTS:
        people = float(districts[f"wants_{want}"].sum())
        rows.append({"key": want, "name": want, "people": people, "share": people / total if total else 0.0})
    return {"by": "want", "columns": ("people",), "rows": rows}


def service_rows(results: Results) -> list[dict[str, Any]]:
    """Each digital service: names and needs by language, sector, where, now and then (shares of people), source."""
    rows = records(results.services)
    for row in rows:
        row["names"] = {"id": row["name_id"], "en": row["name"]}
        row["needs"] = {language: _needs(row, Tongue(language)) for language in LANGUAGES}
        row["now"], row["then"] = row["share_now"], row["share_then"]
    return rows


def _needs(row: Mapping[str, Any], t: Tongue) -> str:
    parts = {
        "down": t.number(row["down_mbps"], _digits(row["down_mbps"])),
        "up": t.number(row["up_mbps"], _digits(row["up_mbps"])),
        "latency": t.number(row["latency_ms"]),
        "device": t.word("device", row["device"]),
    }
    users = row["users_at_once"] or 1
    text = t("service_needs", **parts) + (t("service_users", users=t.number(users)) if users > 1 else "")
    level = t("service_level", level=t.word("level", row["level"])) if row["level"] else t("service_no_level")
    return f"{text}. {level}"


def _digits(rate_mbps: float) -> int:
    """As many decimals as the rate has, at most two."""
    return next((digits for digits in (0, 1) if abs(rate_mbps - round(rate_mbps, digits)) < 1e-9), 2)


def inequality_rows(results: Results) -> list[dict[str, Any]]:
    """Each measure of inequality: key, now, then (None without), meanings by language."""
    now, then = results.inequality["now"], results.inequality["then"] or {}
    definitions = results.inequality["definitions"]
    return [
        {
            "key": key,
            "now": now[key],
            "then": then.get(key),
            "meanings": {"en": definitions[key][0], "id": definitions[key][1]},
        }
        for key in ("gini", "theil", "worst_tenth", "mean")
    ]


def rate(t: Tongue, value: float) -> str:
    """A number with as many decimals as it needs, at most two."""
    return t.number(value, _digits(value))
