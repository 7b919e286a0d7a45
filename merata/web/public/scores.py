"""What was delivered, as measurements tell it: scorecards by provider, technology and district; a point by month."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.text import slugify

from merata.web.memory import remembered
from merata.web.models import (
    Excuse,
    Organisation,
    Outage,
    PlannedWork,
    Publication,
    Scorecard,
    ScoreSet,
    ServicePoint,
)
from merata.web.page import render
from merata.web.public.beside import of_point
from merata.web.public.current import shown
from merata.web.public.names import names
from merata.web.public.recorded import newest_of

#: Between the provider and the technology in the name of an offer.
APART = " · "
#: Outages that pages and files have: of so many months, the newest among them.
RECENT_MONTHS = 3
_MOST_OUTAGES = 40
MONTHS_SHOWN = 13
#: What is amiss with the link as people have it.
TROUBLES = ("link", "region-wide", "power", "maintenance")


@dataclass(frozen=True)
class Times:
    """Of which months there are scores, and up to when they know anything."""

    as_of: dt.datetime
    months: list[str]

    @property
    def latest(self) -> str:
        """The last month that is over; the one that goes on where there is no other."""
        over = [month for month in self.months if end_of(month) <= self.as_of]
        return (over or self.months)[-1]

    @property
    def recent(self) -> dt.datetime:
        """Where the last months begin."""
        return begin_of(self.months[-RECENT_MONTHS:][0])


def times() -> Times | None:
    """What is there; None: nothing was scored yet."""
    return remembered("scores", _times)


def _times() -> Times | None:
    row = ScoreSet.objects.filter(pk=1).first()
    return Times(row.as_of, row.months) if row and row.months else None


def begin_of(month: str) -> dt.datetime:
    """When a month, such as 2026-11, begins where the region is."""
    return dt.datetime.fromisoformat(f"{month}-01").replace(tzinfo=ZoneInfo(settings.TIME_ZONE))


def end_of(month: str) -> dt.datetime:
    """When it is over."""
    return begin_of((begin_of(month) + dt.timedelta(days=32)).strftime("%Y-%m"))


@shown
def scores(request: HttpRequest, publication: Publication, period: str = "") -> HttpResponse:
    """The scorecards of a month; of the last whole one where none is named."""
    there = times()
    if period and (there is None or period not in there.months):
        raise Http404(period)
    month = period or (there.latest if there else "")
    rows = Scorecard.objects.filter(period=month, of__in=("offer", "technology", "district"))
    found: dict[str, list[Scorecard]] = defaultdict(list)
    for card in rows:
        found[card.of].append(card)
    return render(
        request,
        "public/scores.html.j2",
        publication=publication,
        times=there,
        month=month,
        alike=_alike(found["offer"]),
        technologies=found["technology"],
        districts=found["district"],
        slugs={name: slug for slug, name in names(publication).districts.items()},
        providers=dict(Organisation.objects.filter(kind="provider").values_list("name", "pk")),
        recorded=newest_of("score"),
    )


def _alike(cards: Iterable[Scorecard]) -> list[tuple[str, list[tuple[str, Scorecard]]]]:
    """By technology: the providers that offer it, each with its scorecard, the most available one first."""
    grouped: dict[str, list[tuple[str, Scorecard]]] = defaultdict(list)
    for card in cards:
        provider, _, option = card.name.rpartition(APART)
        grouped[option].append((provider, card))
    order = sorted(grouped.items())
    return [(option, sorted(group, key=lambda one: -(one[1].availability or -1))) for option, group in order]


@shown
def point(request: HttpRequest, publication: Publication, pk: int) -> HttpResponse:
    """A service point: what it delivered month by month, its outages, what is known and what is not."""
    found = get_object_or_404(ServicePoint.objects.select_related("provider", "contract"), pk=pk)
    there = times()
    months = list(found.scorecards.filter(period__contains="-").order_by("-period")[:MONTHS_SHOWN])
    latest = next((card for card in months if there and card.period == there.latest), None)
    outages = list(found.outages.filter(start__gte=there.recent, cause__in=TROUBLES)) if there else []
    outages.sort(key=lambda row: row.start - row.end)
    known = names(publication)
    return render(
        request,
        "public/point.html.j2",
        publication=publication,
        point=found,
        place=known.places.get(found.village_code),
        slug=slugify(known.district_of(found.village_code)),
        times=there,
        months=months,
        latest=latest,
        chart=chart(months[::-1], found.contract.availability if found.contract else None),
        outages=sorted(outages[:_MOST_OUTAGES], key=lambda row: row.start, reverse=True),
        more=len(outages) > _MOST_OUTAGES,
        contested=contests(found),
        contest_of=contest_of,
        beside=of_point(found.code, MONTHS_SHOWN),
        ours={card.period: card.availability for card in months if card.enough},
    )


def contests(point: ServicePoint) -> list[Excuse]:
    """The contests of a point's outages: that there are, and how they were decided."""
    return list(
        Excuse.objects.filter(point=point, kind="contest").only("begins", "ends", "state", "point_id")
    )


def contest_of(outage: Outage, among: Iterable[Excuse]) -> Excuse | None:
    """The contest of an outage; its edges may have moved a little since, as later deliveries told more."""
    return next((one for one in among if one.begins < outage.end and one.ends > outage.start), None)


@dataclass(frozen=True)
class Chart:
    """A little chart: of each month where its line goes from and to and its dot stands, and where the promise is."""

    marks: list[tuple[int, int, int, int]]
    """x, y of the low end, of the high end, and of the value."""
    promise: int | None
    width: int
    floor: float
    """The share at the lower edge, of 1."""


def chart(cards: list[Scorecard], promised: float | None) -> Chart | None:
    """The chart of a point's months; None where none is known."""
    known = [card for card in cards if card.availability is not None]
    if len(known) < 2:
        return None
    least = min(min(card.values.get("availability_low", 1.0) for card in known), promised or 1.0)
    floor = next(edge for edge in (0.95, 0.9, 0.75, 0.5, 0.0) if least >= edge)

    def y(share: float) -> int:
        return round(4 + 72 * (1 - share) / (1 - floor))

    marks = [
        (
            12 + 24 * place, y(card.values.get("availability_low", floor)),
            y(card.values.get("availability_high", 1.0)), y(card.availability),
        )
        for place, card in enumerate(cards)
        if card.availability is not None
    ]  # fmt: skip
    return Chart(marks, None if promised is None else y(promised), 24 * len(cards), floor)


def of_points(points: Iterable[ServicePoint]) -> dict[int, Scorecard]:
    """The last whole month's scorecard of each point that has one."""
    there = times()
    if there is None:
        return {}
    rows = Scorecard.objects.filter(point__in=[row.pk for row in points], period=there.latest)
    return {row.point_id: row for row in rows if row.point_id is not None}


def works_of(points: Iterable[ServicePoint], district: str) -> list[tuple[PlannedWork, str]]:
    """Planned work at points of a district that goes on or is to come, each with the place that it is told of."""
    there, now = list(points), timezone.now()
    if not there:
        return []
    soon = Q(
        withdrawn_at=None, ends__gt=now, begins__lt=now + dt.timedelta(days=60), district__in=("", district)
    )
    theirs = Q(point=None, provider__in=[row.provider_id for row in there if row.provider_id])
    rows = PlannedWork.objects.filter(soon, Q(point__in=[row.pk for row in there]) | theirs)
    places = {row.pk: row.place for row in there}
    return [(row, places.get(row.point_id or 0, "")) for row in rows.order_by("begins")]
