"""Scores for who supervises: one row a point with its trend and verdict, and what does not look like measurements."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse

from merata.web.models import Excuse, Scorecard, ServicePoint, Suspicion
from merata.web.programme import filters
from merata.web.programme.frame import shown, user_of
from merata.web.programme.places import places
from merata.web.public.scores import Times, times
from merata.web.rights import needs, reach

#: Words of a verdict by which points are chosen; the last one: nothing was promised.
VERDICTS = ("missed", "unsure", "too little", "kept")
SORTS = {
    "availability": F("availability").asc(nulls_last=True),
    "-availability": F("availability").desc(nulls_last=True),
    "name": F("name").asc(),
}


@needs("see programme")
def scores(request: HttpRequest) -> HttpResponse:
    """The points within reach as a month had them, the least available ones first."""
    there = times()
    wanted = {
        n: v for n, v in filters.asked(request.GET).items() if n in ("penyedia", "kecamatan", "desa", "cara")
    }
    month, verdict = _asked(request, there)
    rows = filters.chosen(reach(user_of(request), ServicePoint.objects.all()), wanted)
    cards = Scorecard.objects.filter(of="point", period=month, point__in=rows).select_related(
        "point__provider"
    )
    sort = request.GET.get("urut", "")
    order = SORTS.get(sort, SORTS["availability"])
    page = filters.paged(_of_verdict(cards, verdict).order_by(order, "name"), request.GET.get("hal", ""))
    waiting = reach(user_of(request), Excuse.objects.filter(state="open")).count()
    return shown(
        request, "scores", page=page, waiting=waiting, times=there, month=month, verdict=verdict, verdicts=VERDICTS,
        wanted=wanted,
        before=_before(page, there, month), names=places(c.point.village_code for c in page if c.point),
        choices=filters.choices(), query=filters.query_of(wanted, bulan=month, putusan=verdict, urut=sort),
    )  # fmt: skip


def _asked(request: HttpRequest, there: Times | None) -> tuple[str, str]:
    month, verdict = request.GET.get("bulan", ""), request.GET.get("putusan", "")
    known = there.months if there else []
    return (
        month if month in known else there.latest if there else ""
    ), verdict if verdict in VERDICTS else ""


def _of_verdict(cards: QuerySet[Scorecard], verdict: str) -> QuerySet[Scorecard]:
    return cards.filter(verdict=verdict) if verdict else cards


def _before(page: Any, there: Times | None, month: str) -> dict[int, float]:
    """By point: the availability of the month before."""
    earlier = [one for one in there.months if one < month] if there else []
    if not earlier:
        return {}
    rows = Scorecard.objects.filter(
        of="point", period=earlier[-1], point__in=[card.point_id for card in page]
    )
    return {
        card.point_id: card.availability for card in rows if card.point_id and card.availability is not None
    }


@needs("see suspicions")
def suspicions(request: HttpRequest) -> HttpResponse:
    """Reasons to look: none is a verdict, and none changes a score."""
    rows = list(Suspicion.objects.all())
    points = ServicePoint.objects.filter(code__in=[row.name for row in rows if row.of == "point"])
    return shown(
        request, "suspicions", rows=rows, times=times(),
        points={row.code: row for row in points.select_related("provider")},
    )  # fmt: skip
