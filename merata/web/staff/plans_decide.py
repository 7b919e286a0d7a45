"""The form of decisions that are taken already: rows of region.toml's [[plan.decide]] as fields, and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import tomlkit

from merata.plan.options import OPTIONS
from merata.region.settings import Settings
from merata.region.settings_rules import DecideSettings, unknown
from merata.web.models import FacilityFacts, Publication
from merata.web.public.names import Names, names
from merata.web.public.search import exact, find
from merata.web.staff.plans_fields import Field, UnreadError, fields_of, read_all
from merata.web.staff.plans_toml import put

Typed = Mapping[str, list[str]]
Edit = Callable[[Any, Settings], None]
Unread = dict[str, UnreadError]

#: Villages that are named where a name may mean several.
_NAMED = 5
_DECLARED = {field.path[-1]: field for field in fields_of(DecideSettings, "decide", leave=("paid",))}
#: What a row asks first, and what only few rows need.
FIRST = tuple(_DECLARED[name] for name in ("decision", "village", "option", "year", "reason"))
MORE = tuple(_DECLARED[name] for name in ("place", "site", "fund"))
FIELDS = (*FIRST, *MORE)
_CHOICES = {"option": ("", *OPTIONS)}


@dataclass(frozen=True)
class DecisionRow:
    """One decision as the form shows it; fields are called decide.NUMBER.NAME."""

    number: int
    known: bool
    """It stands in region.toml already."""
    texts: dict[str, str]
    """By the last part of a field's name."""
    paid: bool
    village: str
    """The name of the village with the code that stands there; empty: none, or not known."""


@dataclass(frozen=True)
class Places:
    """What decisions can be about, as the newest run knows it. Without a run nothing is known to be missing."""

    names: Names | None
    facilities: frozenset[str] = frozenset()
    funds: tuple[str, ...] = ()

    @classmethod
    def of_newest(cls, now: Settings) -> Places:
        """Of the newest publication, a draft too; with the funds of the settings where they name some."""
        newest = Publication.objects.order_by("-pk").first()
        funds = {row["fund"]: None for row in (newest.totals if newest else {}).get("funds", [])}
        own = tuple(fund.name for fund in now.funds) or tuple(funds)
        if newest is None:
            return cls(None, funds=own)
        keys = FacilityFacts.objects.filter(publication=newest).values_list("key", flat=True)
        return cls(names(newest), frozenset(keys), own)

    def name(self, code: str) -> str:
        """The village's name and district; empty where the code is not known."""
        place = self.names.places.get(code) if self.names else None
        return f"{place.name}, {place.district}" if place else ""

    def code(self, said: str) -> str:
        """The code of the village that somebody named, by code or name as spoken.

        Raises
        ------
        UnreadError
            None has that name, or several may have; says which.
        """
        if not said or self.names is None or said in self.names.places:
            return said
        hits = find(self.names, said)
        sure = [hit for hit in hits if exact(hit, said)]
        if len(sure) == 1:
            return sure[0].code
        if hits:
            which = "; ".join(f"{hit.code} {hit.name} ({hit.district})" for hit in (sure or hits)[:_NAMED])
            raise UnreadError("decide_which_village", text=said, which=which)
        raise UnreadError("wrong_words", words=unknown("village", said, set(self.names.places)))


def choices_of(field: Field, places: Places) -> tuple[str, ...]:
    """What a field offers to choose from; () where one types."""
    name = field.path[-1]
    if name == "fund":
        return ("", *places.funds)
    return _CHOICES.get(name, field.choices)


def rows_of(now: Settings, places: Places, typed: Typed | None) -> list[DecisionRow]:
    """The rows of the form: those of region.toml, and an empty one."""
    there = len(now.plan.decide)
    if typed is not None:
        return [_typed_row(number, typed, places, number < there) for number in _numbers(typed)]
    shown = [_shown_row(number, row, places) for number, row in enumerate(now.plan.decide)]
    empty = {field.path[-1]: "" for field in FIELDS}
    return [*shown, DecisionRow(there, False, empty, False, "")]


def _shown_row(number: int, row: DecideSettings, places: Places) -> DecisionRow:
    texts = {field.path[-1]: str(field.text(getattr(row, field.path[-1]))) for field in FIELDS}
    return DecisionRow(number, True, texts, row.paid, places.name(row.village))


def _typed_row(number: int, typed: Typed, places: Places, known: bool) -> DecisionRow:
    texts = {name: "".join(typed.get(f"decide.{number}.{name}", [])[:1]) for name in _DECLARED}
    return DecisionRow(
        number, known, texts, f"decide.{number}.paid" in typed, places.name(texts["village"].strip())
    )


def _numbers(typed: Typed) -> list[int]:
    found = (re.fullmatch(r"decide\.(\d{1,4})\.decision", key) for key in typed)
    return sorted(int(match[1]) for match in found if match)


def decide_edit(typed: Typed, places: Places) -> tuple[Edit, Unread]:
    """How region.toml changes by the form of decisions; and what can't be read."""
    wanted: dict[int, dict[str, Any] | None] = {}
    unread: Unread = {}
    for number in _numbers(typed):
        own = _own(number, typed)
        if _gone(own):
            wanted[number] = None
            continue
        wanted[number], wrong = _read(own, places)
        unread |= {f"decide.{number}.{name}": error for name, error in wrong.items()}
    return lambda document, now: _set_rows(document, wanted, now), unread


def _read(own: Typed, places: Places) -> tuple[dict[str, Any], Unread]:
    """One row's values by name, and what can't be read of it."""
    told = {f"decide.{name}": value for name, value in own.items()}
    read, wrong = read_all(FIELDS, told)
    values: dict[str, Any] = {field.path[-1]: value for field, value in read.items()}
    unread = {name.removeprefix("decide."): error for name, error in wrong.items()}
    values["paid"] = "paid" in own
    if not values.get("decision"):
        unread["decision"] = UnreadError("decide_no_decision")
    try:
        values["village"] = places.code(values["village"])
    except UnreadError as error:
        unread["village"] = error
    for name, there in (("option", set(OPTIONS)), ("fund", set(places.funds))):
        if values[name] and there and values[name] not in there:
            unread[name] = UnreadError("wrong_words", words=unknown(name, values[name], there))
    return values, unread


def kept(typed: Typed) -> list[int]:
    """The numbers of the rows that stay, in the order in which they will stand in region.toml."""
    return [number for number in _numbers(typed) if not _gone(_own(number, typed))]


def _own(number: int, typed: Typed) -> Typed:
    """What was typed into one row, by the last part of each field's name."""
    front = f"decide.{number}."
    return {key.removeprefix(front): value for key, value in typed.items() if key.startswith(front)}


def _gone(own: Typed) -> bool:
    """Whether a row is to be taken away, or says nothing at all."""
    return "drop" in own or not any(text.strip() for value in own.values() for text in value)


def _set_rows(document: Any, wanted: Mapping[int, dict[str, Any] | None], now: Settings) -> None:
    there = now.plan.decide
    for number, values in sorted(wanted.items()):
        if values is None:
            continue
        if number < len(there):
            _set_row(document["plan"]["decide"][number], values, there[number].model_dump())
        else:
            _append(document, values)
    gone = [number for number, values in wanted.items() if values is None and number < len(there)]
    for number in sorted(gone, reverse=True):
        del document["plan"]["decide"][number]


def _append(document: Any, values: Mapping[str, Any]) -> None:
    plan = document.setdefault("plan", tomlkit.table())
    rows = plan.setdefault("decide", tomlkit.aot())
    row: Any = tomlkit.table() if isinstance(rows, tomlkit.items.AoT) else tomlkit.inline_table()
    _set_row(row, values, {})
    rows.append(row)


def _set_row(row: Any, values: Mapping[str, Any], before: Mapping[str, Any]) -> None:
    """Set what differs; what says nothing is taken out, not written empty."""
    for name, value in values.items():
        if value != before.get(name) and (value or name in row):
            put(row, name, value or None)
