"""What is owed, as the scorer wrote it, becomes rows that pages ask for: statements, and deductions with outages."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Case, Count, Max, QuerySet, Sum, When

from merata.web.models import Deducted, Organisation, Owed

#: By what rows that are there are known again.
_WHOSE = ("provider_id", "point_id", "contract", "period")
OWED, DEDUCTED = (*_WHOSE, "mark"), (*_WHOSE, "what", "mark")
_MONEY = ("due_idr", "deducted_idr", "owed_idr", "likely_deducted_idr")
_NUMBERS = ("sure", "likely", "low", "high", "sure_hours", "likely_hours", "evidence")
_Row = dict[str, str]


@dataclass(frozen=True)
class Whose:
    """The site's own numbers of points, by code, and of providers, by name; what is neither has no page to be on."""

    points: dict[str, int]
    providers: dict[str, int]

    @classmethod
    def known(cls, points: dict[str, int]) -> Whose:
        """Those that are there."""
        return cls(points, dict(Organisation.objects.filter(kind="provider").values_list("name", "pk")))

    def of(self, row: _Row, period: str) -> dict[str, Any] | None:
        """The fields that say whose a row is."""
        point, provider = self.points.get(row["point"]), self.providers.get(row["provider"])
        if point is None or provider is None:
            return None
        return {
            "point_id": point,
            "provider_id": provider,
            "contract": row["contract"],
            "period": row[period],
        }


def statements(rows: Iterable[_Row], whose: Whose) -> Iterator[Owed]:
    """Rows of statements.csv, not kept yet."""
    for row in rows:
        if of := whose.of(row, "period"):
            money = {name: int(row[name]) for name in _MONEY}
            values = {
                name: int(text) if name.endswith(("_idr", "days")) else text
                for name, text in row.items()
                if text and name not in (*_MONEY, "provider", "point", "contract", "period", "provisional")
            }
            told = {**money, "provisional": row["provisional"] == "true", "values": values}
            yield Owed(**of, **told, mark=_mark(told))


def deductions(rows: Iterable[_Row], outages: Iterable[_Row], whose: Whose) -> Iterator[Deducted]:
    """Rows of deductions.csv, not kept yet: outages by when they began, for numbers differ with each scoring."""
    pieces: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in outages:
        pieces[row["point"], row["outage"]].append(round(dt.datetime.fromisoformat(row["start"]).timestamp()))
    for row in rows:
        if of := whose.of(row, "month"):
            values: dict[str, Any] = {
                name: float(row[name]) for name in _NUMBERS if row[name] not in ("", "inf")
            }
            values |= {"per": row["per"], "formula": row["formula"], "likely_idr": int(row["likely_idr"])}
            values["began"] = [s for number in row["outages"].split() for s in pieces[row["point"], number]]
            told = {"amount_idr": int(row["amount_idr"]), "values": values}
            yield Deducted(**of, **told, what=row["what"], mark=_mark(told))


def _mark(told: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]


def summed(rows: QuerySet[Owed], *by: str) -> list[dict[str, Any]]:
    """Sums of money by some columns, in their order, and whether something of them is provisional."""
    soft = Max(Case(When(provisional=True, then=1), default=0), output_field=BooleanField())
    sums = {name: Sum(name) for name in _MONEY}
    return list(
        rows.order_by(*by).values(*by).annotate(**sums, soft=soft, points=Count("point", distinct=True))
    )
