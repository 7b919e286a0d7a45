"""The providers: their points by state, what they promised under contract, what they were paid, where they work."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from merata.web.models import Organisation, Owed, Payment, Publication, Scorecard, ServicePoint
from merata.web.models.programme import POINT_STATES
from merata.web.owed import summed
from merata.web.page import render
from merata.web.public.current import shown
from merata.web.public.names import names
from merata.web.public.scores import MONTHS_SHOWN, times

#: Villages that the page of a provider names one by one; of more it names the districts.
MOST_NAMED = 400


@shown
def providers(request: HttpRequest, publication: Publication) -> HttpResponse:
    """All providers, one row each."""
    rows = all_of_them()
    return render(request, "public/providers.html.j2", publication=publication, rows=rows)


def all_of_them() -> list[dict[str, Any]]:
    """Each provider with its points by state and what it was paid, whole rupiah; three queries."""
    counted = (
        ServicePoint.objects.exclude(provider=None)
        .values_list("provider_id", "state")
        .annotate(count=Count("pk"))
        .order_by("provider_id")
    )
    counts: dict[Any, Counter[str]] = defaultdict(Counter)
    for provider, state, count in counted:
        counts[provider][state] = count
    paid = dict(Payment.objects.order_by().values_list("contract__provider").annotate(Sum("amount_idr")))
    return [
        {"provider": row, "counts": counts[row.pk], "paid": paid.get(row.pk, 0)}
        for row in Organisation.objects.filter(kind="provider")
    ]


@shown
def provider(request: HttpRequest, publication: Publication, pk: int) -> HttpResponse:
    """One provider."""
    found = get_object_or_404(Organisation, pk=pk, kind="provider")
    points = list(found.points.values_list("village_code", "state"))
    states = Counter(state for _, state in points)
    months = (
        Payment.objects.filter(contract__provider=found)
        .order_by("month")
        .values_list("month")
        .annotate(Sum("amount_idr"), Count("pk"))
    )
    return render(
        request,
        "public/provider.html.j2",
        publication=publication,
        provider=found,
        states=[(state, states[state]) for state in POINT_STATES if states[state]],
        contracts=found.contracts.annotate(count=Count("points")),
        months=list(months),
        times=times(),
        owed=summed(Owed.objects.filter(provider=found, period__contains="-"), "period")[::-1][:MONTHS_SHOWN],
        delivered=Scorecard.objects.filter(of="provider", name=found.name, period__contains="-").order_by(
            "-period"
        )[:MONTHS_SHOWN],
        **_where(publication, {code for code, _ in points}),
    )


def _where(publication: Publication, codes: set[str]) -> dict[str, Any]:
    """The villages by district; only how many where they are too many to name."""
    known = names(publication)
    grouped: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for code in sorted(codes, key=lambda code: (known.name(code), code)):
        grouped[known.district_of(code)].append((code, known.name(code)))
    return {"districts": sorted(grouped.items()), "named": len(codes) <= MOST_NAMED}
