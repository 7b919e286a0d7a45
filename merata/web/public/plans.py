"""The plans: every one that was published, readable for ever; what it builds, and the proof of how good it is."""

from __future__ import annotations

from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from merata.web.models import Publication
from merata.web.page import render
from merata.web.public.current import shown
from merata.web.public.published import published
from merata.web.public.recorded import recorded
from merata.web.public.tables import TABLES
from merata.web.public.village import by_sector, of


@shown
def plans(request: HttpRequest, publication: Publication) -> HttpResponse:
    """The list of published plans."""
    return render(request, "public/plans.html.j2", publication=publication, plans=list(published()))


@shown
def plan(request: HttpRequest, publication: Publication, number: int) -> HttpResponse:
    """One published plan."""
    found = get_object_or_404(published(), number=number)
    works = (
        found.works.order_by("year", "kind")
        .values_list("year", "kind")
        .annotate(Count("pk"), Sum("length_km"), Sum("capex_idr"))
    )
    return render(
        request,
        "public/plan.html.j2",
        publication=found,
        newest=publication,
        totals=found.totals,
        summary=found.totals["summary"],
        works=list(works),
        tables=[table for table in TABLES.values() if table.planned],
        recorded=recorded("plan", [number]).get(str(number)),
        others=[row for row in published().only("number", "title") if row.number != number],
    )


@shown
def plan_village(request: HttpRequest, publication: Publication, number: int, code: str) -> HttpResponse:
    """One village as a plan had it when it was published."""
    found = get_object_or_404(published(), number=number)
    return render(
        request,
        "public/plan_village.html.j2",
        publication=found,
        newest=publication,
        village=of(found, code),
        sectors=by_sector(found, code),
    )
