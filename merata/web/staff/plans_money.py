"""The forms of funds and prices: rows of region.toml's [[funds]] and [prices] as fields, and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import tomlkit

from merata.region.prices import COMPONENTS, Component
from merata.region.settings import FundSettings, Settings
from merata.web.staff.plans_fields import UnreadError, fields_of, read_all, whole
from merata.web.staff.plans_toml import put

#: Settings of a fund beside its name and its years' amounts.
FUND_FIELDS = fields_of(FundSettings, "funds", leave=("name", "years"))
Typed = Mapping[str, list[str]]
Edit = Callable[[Any, Settings], None]
Unread = dict[str, UnreadError]


@dataclass(frozen=True)
class FundRow:
    """One fund as the form shows it; fields are called funds.NUMBER.NAME."""

    number: int
    name: str
    known: bool
    """It stands in region.toml already."""
    amounts: dict[int, str]
    texts: dict[str, Any]
    """By the last part of a field's name."""


def years(now: Settings) -> list[int]:
    """The years whose amounts are asked: the planned ones, and those that a fund names already."""
    named = {int(year) for fund in now.funds for year in fund.years}
    return sorted({*now.plan.years, *named})


def known_funds(totals: Mapping[str, Any] | None) -> dict[str, dict[int, int]]:
    """What the newest run knew of the funds, by fund and year: the budget's own files, where region.toml names none."""
    found: dict[str, dict[int, int]] = {}
    for row in (totals or {}).get("funds", []):
        found.setdefault(row["fund"], {})[row["year"]] = row["budget_idr"]
    return found


def fund_rows(now: Settings, known: dict[str, dict[int, int]], typed: Typed | None) -> list[FundRow]:
    """The rows of the form: funds of region.toml, else those of the newest run; and an empty one."""
    if typed is not None:
        return [_typed_fund(number, typed, now) for number in _numbers(typed)]
    funds = [(fund, True) for fund in now.funds] or [
        (FundSettings(name=name, years={str(year): amount for year, amount in amounts.items()}), False)
        for name, amounts in known.items()
    ]
    funds.append((FundSettings(name=""), False))
    return [_shown_fund(number, fund, there, now) for number, (fund, there) in enumerate(funds)]


def _shown_fund(number: int, fund: FundSettings, there: bool, now: Settings) -> FundRow:
    amounts = {year: f"{fund.years[str(year)]}" if str(year) in fund.years else "" for year in years(now)}
    texts = {field.path[-1]: field.text(getattr(fund, field.path[-1])) for field in FUND_FIELDS}
    return FundRow(number, fund.name, there, amounts, texts)


def _typed_fund(number: int, typed: Typed, now: Settings) -> FundRow:
    def given(name: str) -> str:
        return "".join(typed.get(f"funds.{number}.{name}", [])[:1])

    texts: dict[str, Any] = {}
    for field in FUND_FIELDS:
        name = field.path[-1]
        several = field.kind == "several"
        texts[name] = typed.get(f"funds.{number}.{name}", []) if several else given(name)
    amounts = {year: given(f"years.{year}") for year in years(now)}
    return FundRow(number, given("name"), number < len(now.funds), amounts, texts)


def _numbers(typed: Typed) -> list[int]:
    found = (re.fullmatch(r"funds\.(\d{1,3})\.name", key) for key in typed)
    return sorted(int(match[1]) for match in found if match)


def funds_edit(typed: Typed) -> tuple[Edit, Unread]:
    """How region.toml changes by the form of funds; and what can't be read."""
    wanted: dict[int, dict[str, Any] | None] = {}
    unread: Unread = {}
    for number in _numbers(typed):
        front = f"funds.{number}."
        name = "".join(typed[f"{front}name"][:1]).strip()
        if not name or f"{front}drop" in typed:
            wanted[number] = None
            continue
        own = {
            f"funds.{key.removeprefix(front)}": value for key, value in typed.items() if key.startswith(front)
        }
        values, wrong = read_all(FUND_FIELDS, own)
        unread |= {f"{front}{key.removeprefix('funds.')}": error for key, error in wrong.items()}
        amounts, wrong = _amounts(own)
        unread |= {f"{front}{key}": error for key, error in wrong.items()}
        wanted[number] = {
            "name": name,
            "years": amounts,
            **{field.path[-1]: value for field, value in values.items()},
        }
    return lambda document, now: _set_funds(document, wanted, now), unread


def _amounts(own: Typed) -> tuple[dict[str, int], Unread]:
    amounts: dict[str, int] = {}
    unread: Unread = {}
    for key, given in own.items():
        if (match := re.fullmatch(r"funds\.(years\.(\d{4}))", key)) and given[0].strip():
            try:
                amounts[match[2]] = whole(given[0])
            except UnreadError as error:
                unread[match[1]] = error
    return amounts, unread


def _set_funds(document: Any, wanted: Mapping[int, dict[str, Any] | None], now: Settings) -> None:
    if "funds" not in document and any(wanted.values()):
        document["funds"] = tomlkit.aot()
    there = len(now.funds)
    for number, values in sorted(wanted.items()):
        if values and number < there:
            _set_fund(document["funds"][number], values, now.funds[number])
        elif values:
            table = tomlkit.table()
            put(table, "name", values["name"])
            _set_fund(table, values, FundSettings(name=values["name"]))
            document["funds"].append(table)
    for number in sorted((n for n, values in wanted.items() if values is None and n < there), reverse=True):
        del document["funds"][number]


def _set_fund(table: Any, values: Mapping[str, Any], now: FundSettings) -> None:
    for name, value in values.items():
        if value != getattr(now, name):
            put(table, name, value)


@dataclass(frozen=True)
class PriceRow:
    """One component as the form shows it; fields are called prices.KEY.NAME."""

    component: Component
    low: str
    high: str
    basis: str


def price_rows(now: Settings, typed: Typed | None) -> list[PriceRow]:
    """The rows of the form: every component of the catalogue, with the region's own price where it has one."""
    rows = []
    for key, component in COMPONENTS.items():
        own = now.prices.get(key)
        texts = (f"{own.low_idr}", f"{own.high_idr}", own.basis) if own else ("", "", "")
        if typed is not None:
            low, high, basis = (
                "".join(typed.get(f"prices.{key}.{name}", [])[:1])
                for name in ("low_idr", "high_idr", "basis")
            )
            texts = low, high, basis
        rows.append(PriceRow(component, *texts))
    return rows


def prices_edit(typed: Typed) -> tuple[Edit, Unread]:
    """How region.toml changes by the form of prices; and what can't be read."""
    wanted: dict[str, dict[str, Any] | None] = {}
    unread: Unread = {}
    for key in COMPONENTS:
        front = f"prices.{key}."
        given = {
            name: "".join(typed.get(front + name, [])[:1]).strip()
            for name in ("low_idr", "high_idr", "basis")
        }
        if not any(given.values()):
            wanted[key] = None
            continue
        values: dict[str, Any] = {"basis": given["basis"]}
        if not given["basis"]:
            unread[f"{front}basis"] = UnreadError("set_no_basis")
        for name in ("low_idr", "high_idr"):
            try:
                values[name] = whole(given[name])
            except UnreadError as error:
                unread[front + name] = error
        wanted[key] = values
    return lambda document, now: _set_prices(document, wanted, now), unread


def _set_prices(document: Any, wanted: Mapping[str, dict[str, Any] | None], now: Settings) -> None:
    for key, values in wanted.items():
        own = now.prices.get(key)
        if values is None and own:
            del document["prices"][key]
        elif values is not None and (own is None or values != own.model_dump()):
            prices = document.setdefault("prices", tomlkit.table(is_super_table=True))
            if own is None:
                prices[key] = tomlkit.table()
            for name in ("low_idr", "high_idr", "basis"):
                if own is None or values[name] != getattr(own, name):
                    put(prices[key], name, values[name])
