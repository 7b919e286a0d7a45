"""Stretches of a point's life, as its changes tell them: under which contract it was, and when its service rested."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from merata.web.models import Change, Contract, ServicePoint


@dataclass(frozen=True)
class Rest:
    """A time in which the service of a point was suspended, from day to day."""

    point: str
    begins: dt.date
    until: dt.date | None
    """The first day on which it was not any more; None: it goes on."""
    why: str
    entry: str

    @property
    def last(self) -> dt.date | None:
        """The last day on which it was; None: it goes on."""
        return self.until - dt.timedelta(days=1) if self.until else None


@dataclass(frozen=True)
class Stretch:
    """A time in which a point was under a contract."""

    point: str
    contract: str
    fee_idr: int | None
    """Its own a month, where it is not the contract's."""
    begins: dt.date | None
    until: dt.date | None


def rests() -> Iterator[Rest]:
    """Every time in which service was suspended by a step, by point; steps that were undone never were."""
    codes = dict(ServicePoint.objects.values_list("pk", "code"))
    rested: dict[int, list[list[Any]]] = defaultdict(list)
    for change in _changes(Q(after__has_key="state")):
        day, mine = _day(change, "since"), rested[int(change.key)]
        if mine and mine[-1][1] is None:
            mine[-1][1] = day
        if change.after["state"] == "suspended":
            mine.append([day, None, change.why, str(change.pk)])
    for row in ServicePoint.objects.filter(state="suspended"):
        if not rested[row.pk]:  # taken in with a file, or made up: no step led here
            rested[row.pk].append([row.since, None, "", row.code])
    for key in sorted(rested.keys() & codes.keys(), key=lambda key: codes[key]):
        for begins, until, why, entry in rested[key]:
            if until is None or until > begins:
                yield Rest(codes[key], begins, until, why, entry)


def _changes(where: Q) -> QuerySet[Change]:
    """Changes of points that were not undone, the first one first."""
    return Change.objects.filter(where, model="servicepoint", undoes=None, undone_by=None).order_by("pk")


def _day(change: Change, name: str) -> dt.date:
    """A day that a change tells; that of the change itself where it tells none."""
    told = change.after.get(name)
    return dt.date.fromisoformat(told) if told else timezone.localdate(change.at)


_FEE = "fee_idr_per_month"
_UNTOLD = -1


@dataclass
class _Under:
    """A contract as it was entered at a point."""

    contract: int
    entered: dt.date
    fee_idr: int | None = _UNTOLD
    """Its own a month; `_UNTOLD`: as the next one's, for nothing changed it."""
    told: dt.date | None = None
    """Since when it stands, if that was said."""


def stretches() -> Iterator[Stretch]:
    """Of each point that was under several contracts: which one when, by point and time.

    A contract stands from the day that was said with it; else from its first day, or where the one before had not run
    out by then, from the day on which it was entered. What was entered and then put back never stood.
    """
    contracts = {row.pk: row for row in Contract.objects.all()}
    points = ServicePoint.objects.in_bulk()
    entered = _entered()
    for key in sorted(entered.keys() & points.keys(), key=lambda key: points[key].code):
        begun, point = _begun(entered[key], contracts), points[key]
        ends = [begins for _, begins in begun[1:]] + [None]
        for (one, begins), until in zip(begun, ends, strict=True) if len(begun) > 1 else ():
            fee = point.fee_idr_per_month if until is None or one.fee_idr == _UNTOLD else one.fee_idr
            yield Stretch(point.code, contracts[one.contract].number, fee, begins, until)


def _entered() -> dict[int, list[_Under]]:
    """By point: its contracts in the order in which they were entered, each once."""
    found: dict[int, list[_Under]] = defaultdict(list)
    told = Q(after__has_key="contract_id") | Q(after__has_key="contract_from") | Q(after__has_key=_FEE)
    for change in _changes(told):
        mine, after = found[int(change.key)], change.after
        if not mine and change.before.get("contract_id"):
            mine.append(_Under(change.before["contract_id"], dt.date.min))
        if _FEE in change.before:
            for one in mine:
                one.fee_idr = change.before[_FEE] if one.fee_idr == _UNTOLD else one.fee_idr
        if contract := after.get("contract_id"):
            _enter(mine, contract, timezone.localdate(change.at))
        if mine and _FEE in after:
            mine[-1].fee_idr = after[_FEE]
        if mine and after.get("contract_from"):
            mine[-1].told = dt.date.fromisoformat(after["contract_from"])
    return found


def _enter(mine: list[_Under], contract: int, day: dt.date) -> None:
    """Put a contract last; one that was there already stands on, and what came between never stood."""
    at = next((i for i, one in enumerate(mine) if one.contract == contract), None)
    if at is None:
        mine.append(_Under(contract, day, mine[-1].fee_idr if mine else _UNTOLD))
    else:
        del mine[at + 1 :]


def _begun(entered: list[_Under], contracts: dict[int, Contract]) -> list[tuple[_Under, dt.date | None]]:
    """Each contract with the day from which it stood; those that another one took the place of at once are left out."""
    known = [one for one in entered if one.contract in contracts]
    begun: list[tuple[_Under, dt.date | None]] = [(one, None) for one in known[:1]]
    for before, one in pairwise(known):
        first, last = contracts[one.contract].starts, contracts[before.contract].ends
        begins = one.told or (first if last < first else max(first, one.entered))
        while begun and (begun[-1][1] or dt.date.min) >= begins:
            begun.pop()
        begun.append((one, begins if begun else None))
    return begun
