"""The budget by year and fund: what there is, what is planned, what was contracted, what was paid."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from merata.web.models import Publication
from merata.web.page import render
from merata.web.public import money
from merata.web.public.current import shown


@dataclass(frozen=True)
class Line:
    """A fund in a year. Whole rupiah."""

    year: int
    fund: str
    """Empty: no fund was named."""
    known_by: str
    budget: int | None
    planned: int | None
    contracted: int
    paid: int


@shown
def budget(request: HttpRequest, publication: Publication) -> HttpResponse:
    """The budget, year by year."""
    found = lines(publication)
    years = [(year, [line for line in found if line.year == year]) for year in _years(found)]
    return render(
        request,
        "public/budget.html.j2",
        publication=publication,
        years=[(year, group, _sum(year, group)) for year, group in years],
        total=_sum(0, found),
    )


def lines(publication: Publication) -> list[Line]:
    """Every year and fund that has a budget, a contract or a payment."""
    planned = {(row["year"], row["fund"]): row for row in publication.totals["funds"]}
    contracted, paid = money.contracted(), money.paid()
    return [
        _line(key, planned.get(key, {}), contracted, paid)
        for key in sorted(planned.keys() | contracted.keys() | paid.keys())
    ]


def _line(
    key: money.YearAndFund,
    row: dict[str, Any],
    contracted: Counter[money.YearAndFund],
    paid: Counter[money.YearAndFund],
) -> Line:
    known_by = row.get("known_by") or ""
    return Line(*key, known_by, row.get("budget_idr"), row.get("spent_idr"), contracted[key], paid[key])


def _years(found: list[Line]) -> list[int]:
    return sorted({line.year for line in found})


def _sum(year: int, group: list[Line]) -> Line:
    return Line(
        year,
        "",
        "",
        sum(line.budget or 0 for line in group),
        sum(line.planned or 0 for line in group),
        sum(line.contracted for line in group),
        sum(line.paid for line in group),
    )
