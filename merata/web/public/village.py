"""A village's page: are we connected, when will we be, by what, who is responsible, why not earlier."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import slugify

from merata.web.cases.clocks import due
from merata.web.challenges.confirm import newest_word
from merata.web.challenges.facts import GOING
from merata.web.memory import remembered
from merata.web.models import (
    Case,
    Challenge,
    Commitment,
    FacilityFacts,
    Publication,
    Report,
    ServicePoint,
    VillageFacts,
)
from merata.web.nearest import PROGRAMME, Working, nearest
from merata.web.page import full_address, language_of, qr, render
from merata.web.phone_tests import told_of
from merata.web.public.current import shown
from merata.web.public.drawing import district_map
from merata.web.public.published import numbers
from merata.web.public.recorded import recorded
from merata.web.public.scores import of_points, times, works_of
from merata.web.standing import is_late, of_village

#: What a code may look like; anything else is not asked of the database, some of which refuse it.
_CODE = re.compile(r"[\w.-]{1,20}")
#: Open troubles that a village's page shows.
_MOST_CASES = 8


@shown
def village(request: HttpRequest, publication: Publication, code: str) -> HttpResponse:
    """The page of the village with a code."""
    row = of(publication, code)
    points = list(
        ServicePoint.objects.filter(village_code=code).select_related("provider", "contract", "now")
    )
    promises = list(
        Commitment.objects.filter(village_code=code).select_related("owner", "publication", "replaced_by")
    )
    return render(
        request,
        "public/village.html.j2",
        publication=publication,
        village=row,
        slug=slugify(row.district),
        stands=of_village(row, points, promises),
        sectors=by_sector(publication, code),
        points=points,
        works=any(point.state == "in service" for point in points),
        promises=promises,
        responsible=_responsible(row, points, promises),
        cases=_cases(code),
        times=times(),
        delivered=of_points(points),
        works_planned=works_of(points, row.district),
        reports=Report.objects.filter(village_code=code).count(),
        phone_tests=told_of(code),
        recorded=recorded("commitment", [promise.pk for promise in promises]),
        confirmed=newest_word(code),
        challenged=Challenge.objects.filter(village_code=code, state__in=GOING).count(),
        nearest=_nearest(publication, row, points),
        late={promise.pk for promise in promises if is_late(promise, timezone.localdate())},
        map=district_map(publication, row.district, code),
        address=full_address(language_of(request), "village", code),
        earlier=[number for number in numbers() if number != publication.number],
    )


def _cases(code: str) -> list[tuple[Case, Any]]:
    """Open troubles of a village, the oldest first, each with the time by which its step is to be done."""
    rows = Case.objects.filter(village_code=code).exclude(state="closed").exclude(kind="request")
    return [(case, due(case)) for case in rows.select_related("point").order_by("since", "pk")[:_MOST_CASES]]


@shown
def poster(request: HttpRequest, publication: Publication, code: str) -> HttpResponse:
    """A sheet to print and hang up: the village's name, its page's address and the same as a QR code."""
    row = of(publication, code)
    text = full_address(language_of(request), "village", code)
    return render(
        request,
        "public/poster.html.j2",
        publication=publication,
        village=row,
        slug=slugify(row.district),
        address=text,
        code=qr(text),
    )


def of(publication: Publication, code: str) -> VillageFacts:
    """The village with a code as a publication has it; the page is not there when there is none."""
    row = publication.villages.filter(code=code).first() if _CODE.fullmatch(code) else None
    if row is None:
        raise Http404(code)
    return row


def by_sector(publication: Publication, code: str) -> list[tuple[str, list[FacilityFacts]]]:
    """The facilities of a village by sector."""
    rows = sorted(publication.facilities.filter(village_code=code), key=lambda row: row.sector)
    return [(sector, list(group)) for sector, group in groupby(rows, key=lambda row: row.sector)]


def _responsible(
    row: VillageFacts, points: list[ServicePoint], promises: list[Commitment]
) -> list[tuple[str, Any]]:
    """Who answers for the village's link, as (kind, who): providers of its points, owners of promises, or the fund."""
    working = {p.provider_id: ("provider", p.provider) for p in points if p.provider and _lives(p)}
    if working:
        return list(working.values())
    owners = {p.owner_id: ("owner", p.owner) for p in promises if p.owner and p.replaced_by_id is None}
    return list(owners.values()) or ([("fund", row.fund)] if row.fund else [])


def _nearest(publication: Publication, row: VillageFacts, points: list[ServicePoint]) -> dict[str, Any]:
    """The nearest place with a working link: of the plan's data, or where a service point is in service by now."""
    if here := next((point for point in points if point.state == "in service"), None):
        return {"here": here.place, "known_by": PROGRAMME}
    if row.access_now in ("working", "good"):
        return {"here": "", "known_by": row.known_by}
    live = nearest(
        row.code, row.lon, row.lat, remembered(("in service", publication.pk), lambda: _live(publication))
    )
    found = [one for one in (live, row.nearest) if one]
    return min(found, key=lambda one: float(one["km"])) if found else {}


def _live(publication: Publication) -> list[Working]:
    """The villages with a service point in service."""
    codes = ServicePoint.objects.filter(state="in service").values("village_code")
    rows = publication.villages.filter(code__in=codes).values_list("code", "name", "lon", "lat")
    return [Working(*row, PROGRAMME) for row in rows]


def _lives(point: ServicePoint) -> bool:
    return point.state not in ("replaced", "ended")
