"""The front page: how many are served, promised, late, unserved; the map; the money; find my village."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse

from merata.web.models import Contract, Payment, Publication, ServicePoint, VillageFacts
from merata.web.page import render
from merata.web.public.current import shown
from merata.web.standing import STANDS, standing


@shown
def home(request: HttpRequest, publication: Publication) -> HttpResponse:
    """The front page."""
    found = standing(publication)
    count, people = found.count(), found.people()
    return render(
        request,
        "public/home.html.j2",
        publication=publication,
        stands=[(word, count[word], people[word]) for word in STANDS],
        count=len(found.villages),
        people=sum(people.values()),
        dots=dots(found.villages, found.stands),
        money=_money(publication),
    )


def dots(villages: Iterable[VillageFacts], stands: dict[str, str]) -> dict[str, str]:
    """One SVG path of dots for each word of STANDS: each a line of no length with round ends, the shortest there is."""
    places: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for village in villages:
        if village.x is not None and village.y is not None:
            places[stands[village.code]].add((village.y, village.x))
    return {word: _dotted(sorted(places[word])) for word in STANDS if places[word]}


def _dotted(places: list[tuple[int, int]]) -> str:
    text, at_x, at_y = "", 0, 0
    for y, x in places:
        text += f"m{x - at_x}{y - at_y:+d}h0" if y < at_y else f"m{x - at_x} {y - at_y}h0"
        at_x, at_y = x, y
    return text


def _money(publication: Publication) -> dict[str, int]:
    """Whole rupiah: planned over all years, contracted for the points under contract, paid."""
    contracted = 0
    fees = ServicePoint.objects.exclude(contract=None).exclude(
        state__in=("proposed", "verified", "replaced", "ended")
    )
    points = fees.values_list("contract_id", "fee_idr_per_month")
    contracts = {row.pk: row for row in Contract.objects.all()}
    for contract_id, own_fee in points:
        contract = contracts[contract_id]
        contracted += (own_fee or contract.fee_idr_per_month) * months(contract)
    paid = Payment.objects.aggregate(sum=Sum("amount_idr"))["sum"] or 0
    return {"planned": publication.totals["summary"]["spent"], "contracted": contracted, "paid": paid}


def months(contract: Contract) -> int:
    """Whole months that a contract goes over, at least one."""
    across = (contract.ends.year - contract.starts.year) * 12 + contract.ends.month - contract.starts.month
    return max(1, across + 1)
