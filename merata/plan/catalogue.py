"""What things cost and what there is to spend: prices by component and budgets by fund and year.

A price comes from region.toml, else from the newest price list that names the component, else from the default of
`region.prices`; what does not come from region.toml is drawn to other regions' evidence, where some was taken. A fund's
amounts come from region.toml, else from the budgets table.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pandas as pd

from merata.plan import evidence as others
from merata.region.confidence import HELD
from merata.region.prices import COMPONENTS, Component
from merata.region.settings import FundSettings, Settings

#: Fund of budget rows that name none, unless region.toml names exactly one fund that no row names.
UNNAMED_FUND = "programme"
#: Stands in the table of budgets where no budget at all is known.
NO_FUND = "no known fund"

_MONTHS = 12


def prices(
    table: pd.DataFrame | None, settings: Settings, evidence: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The price of every component.

    Parameters
    ----------
    table : the region's table `prices` (rows without a `component` are left aside); None or empty: none.
    settings : `prices` overrides, `plan.price` says where in the range the plan reckons.
    evidence : what other regions paid (`merata.plan.evidence`); None or empty: nothing was taken.

    Returns
    -------
    DataFrame indexed by component: unit ('once', 'per month'), low_idr, high_idr, used_idr (int64, rupiah),
    known_by, basis, note (why a row of a price list was not used; empty when none was), evidence (from whom, and what
    the middle would be without; empty where there is none).

    """
    lists, told = _listed(table), others.of_kind(evidence, others.PRICE)
    rows = [
        _price(component, lists.get(key, []), settings, told.get(key))
        for key, component in COMPONENTS.items()
    ]
    return pd.DataFrame(rows).set_index("component")


def _listed(table: pd.DataFrame | None) -> dict[str, list[dict[str, Any]]]:
    """Rows of price lists by component, oldest first."""
    if table is None or "component" not in table or table.empty:
        return {}
    by = [name for name in ("source_date", "source", "source_row") if name in table]
    rows = table[table["component"].notna()].sort_values(by, kind="stable", na_position="first")
    result: dict[str, list[dict[str, Any]]] = {}
    for row in rows.to_dict("records"):
        result.setdefault(str(row["component"]), []).append({str(k): v for k, v in row.items()})
    return result


def _price(
    component: Component, rows: list[dict[str, Any]], settings: Settings, told: pd.DataFrame | None
) -> dict[str, Any]:
    notes: list[str] = []
    evidence, sites = "", 1
    of = "assumed" if component.known_by == "assumed" else "elsewhere"
    low, high, basis = component.low_idr, component.high_idr, component.basis
    known_by: str = component.known_by
    for row in rows:
        found = _range(component, row)
        if isinstance(found, str):
            notes.append(found)
        else:
            low, high, known_by, basis = *found, _text(row, "known_by") or "reported", _basis(row)
            sites = _sites(row)
            of = "fees" if sites > 1 else "list"
    if told is not None and component.key not in settings.prices:
        alone, heard = (low + high) // 2, others.price(others.Own(low, high, of, sites), told)
        # A sentence that names an own price given in confidence carries the word by which it is withheld.
        held = f" ({HELD})" if basis.startswith(HELD) else ""
        low, high, basis = heard.low_idr, heard.high_idr, f"{basis}; {others.from_whom(told)}"
        known_by = "made up" if heard.made_up or known_by == "made up" else "modelled"
        evidence = others.price_said(alone, (low + high) // 2, told, held)
    if component.key in settings.prices:
        own = settings.prices[component.key]
        low, high, known_by, basis = own.low_idr, own.high_idr, _own(settings), own.basis
    used = {"low": low, "middle": (low + high) // 2, "high": high}[settings.plan.price]
    return {
        "component": component.key,
        "about": component.about,
        "unit": component.unit,
        "low_idr": low,
        "high_idr": high,
        "used_idr": used,
        "known_by": known_by,
        "basis": basis,
        "note": "; ".join(notes),
        "evidence": evidence,
    }


def _sites(row: Mapping[str, Any]) -> int:
    """How many were bought at a row's price; 1 where it does not say."""
    value = row.get("sites")
    return 1 if value is None or pd.isna(value) else max(1, int(value))


def _own(settings: Settings) -> str:
    """How what region.toml says is known."""
    return "made up" if settings.region.made_up else "reported"


def _range(component: Component, row: Mapping[str, Any]) -> tuple[int, int] | str:
    """Low and high of a price-list row in the component's unit, or why the row can't be used."""
    given = [int(row[name]) for name in ("low_idr", "high_idr") if pd.notna(row.get(name))]
    where = f"'{_text(row, 'item')}' of {_text(row, 'source') or 'a price list'}"
    if not given:
        return f"{where} has no amount"
    unit = _text(row, "unit").casefold()
    yearly = any(word in unit for word in ("year", "tahun", "thn"))
    monthly = any(word in unit for word in ("month", "bulan", "bln"))
    if component.unit == "once" and (yearly or monthly):
        return f"{where} is priced '{unit}', but {component.key} is paid once"
    low, high = min(given), max(given)
    return (low // _MONTHS, high // _MONTHS) if yearly and not monthly else (low, high)


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return "" if value is None or pd.isna(value) else str(value)


def _basis(row: Mapping[str, Any]) -> str:
    parts = [_text(row, "basis"), _text(row, "source"), _text(row, "source_date")]
    return ", ".join(part for part in parts if part) or "price list"


def budgets(table: pd.DataFrame | None, settings: Settings) -> pd.DataFrame:
    """What each fund has in each planned year.

    A year between two known ones takes the amount before it. After the last known year of a fund the amount is
    repeated (`plan.budget_after_last = "repeat"`) or zero (`"none"`); before its first it is zero. With `"none"`
    the plan ends with the last year that any fund knows: nothing is planned, and no running cost reckoned, after it.

    Parameters
    ----------
    table : the region's table `budgets`, amounts in `granted_idr`; None or empty: none.
    settings : `funds` add to and override the table; a fund's `share` multiplies its amounts (rounded down).

    Returns
    -------
    DataFrame: fund, year, budget_idr (int64, rupiah), known_by; funds of region.toml first, then those of the table
    by name; the fund NO_FUND with zeros where nothing at all is known.

    """
    known = _known_amounts(table, settings)
    years = settings.plan.years
    if settings.plan.budget_after_last == "none":
        last = max((year for amounts in known.values() for year in amounts), default=years[-1])
        years = [year for year in years if year <= last] or years[:1]
    rows = [row for fund, amounts in known.items() for row in _filled(fund, amounts, years, settings)]
    rows = rows or _filled(NO_FUND, {}, years, settings)
    return pd.DataFrame(rows, columns=["fund", "year", "budget_idr", "known_by"])


def _filled(
    fund: str, amounts: dict[int, tuple[int, str]], years: list[int], settings: Settings
) -> list[dict[str, Any]]:
    last_known = max(amounts, default=0)
    repeat = settings.plan.budget_after_last == "repeat"
    rows = []
    for year in years:
        before = [y for y in amounts if y <= year]
        amount, known_by = amounts[max(before)] if before else (0, "assumed")
        if year not in amounts:
            known_by = "made up" if known_by == "made up" else "assumed"
            amount = amount if repeat or year < last_known else 0
        rows.append({"fund": fund, "year": year, "budget_idr": amount, "known_by": known_by})
    return rows


def _known_amounts(table: pd.DataFrame | None, settings: Settings) -> dict[str, dict[int, tuple[int, str]]]:
    """Fund -> year -> (rupiah after share, how known)."""
    listed = _table_amounts(table, settings)
    names = {fund.name.strip().casefold(): fund.name for fund in settings.funds}
    result: dict[str, dict[int, tuple[int, str]]] = {fund.name: {} for fund in settings.funds}
    for name in sorted(listed):
        result.setdefault(names.get(name.strip().casefold(), name), {}).update(listed[name])
    for fund in settings.funds:
        own = {int(year): (amount, _own(settings)) for year, amount in fund.years.items()}
        share = Fraction(str(fund.share))
        amounts = dict(sorted((result[fund.name] | own).items()))
        result[fund.name] = {year: (int(amount * share), how) for year, (amount, how) in amounts.items()}
    return result


def _table_amounts(table: pd.DataFrame | None, settings: Settings) -> dict[str, dict[int, tuple[int, str]]]:
    if table is None or "granted_idr" not in table or table.empty:
        return {}
    rows = table[table["granted_idr"].notna() & table["year"].notna()]
    unnamed = _fund_of_unnamed(rows, settings.funds)
    result: dict[str, dict[int, tuple[int, str]]] = {}
    for row in rows.to_dict("records"):
        record = {str(k): v for k, v in row.items()}
        fund = _text(record, "fund").strip() or unnamed
        how = _text(record, "known_by") or "reported"
        result.setdefault(fund, {})[int(record["year"])] = (int(record["granted_idr"]), how)
    return result


def _fund_of_unnamed(rows: pd.DataFrame, funds: list[FundSettings]) -> str:
    """Rows without a fund belong to the one fund of region.toml that has no amounts of its own."""
    named = {str(name).strip().casefold() for name in rows["fund"].dropna()} if "fund" in rows else set()
    free = [f.name for f in funds if not f.years and f.name.strip().casefold() not in named]
    return free[0] if len(free) == 1 else UNNAMED_FUND
