"""What was delivered, by program: scorecards and outages, as measured."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field

from merata.web.api import shapes
from merata.web.api.doors import OPEN
from merata.web.api.lists import Page, Paging, Text, answer, listed, part
from merata.web.api.reading import PROBLEMS, narrowed
from merata.web.models import Excuse, Outage, Scorecard
from merata.web.public.scores import contest_of

router = Router(throttle=OPEN)


class ScoreFilter(Paging):
    """Which scorecards."""

    of: Literal["point", "village", "provider", "technology", "district", "offer"] | None = None
    name: Text | None = Field(
        None, description="Code of the point or village, name of the provider or district"
    )
    period: Text | None = Field(None, description="2026-11 or 2026")


class OutageFilter(Paging):
    """Which outages."""

    point: Text | None = Field(None, description="Code of the service point")
    village: Text | None = Field(None, description="Code of the village")
    cause: Text | None = None
    counts: Literal["down", "excused", "unknown", "up"] | None = None
    since: dt.date | None = Field(None, description="Those that ended after this day began (UTC)")


@router.get("/scores", response={200: Page[shapes.Score], **PROBLEMS}, summary="Scorecards")
def scores(request: HttpRequest, wanted: Query[ScoreFilter]) -> HttpResponse:
    """What points, villages, providers, technologies and districts delivered, by month and year."""

    def make() -> dict[str, Any]:
        rows = narrowed(Scorecard.objects.all(), wanted, of="of", name="name", period="period")
        found, total = part(rows, wanted)
        return listed(request, [shapes.told(shapes.Score, row) for row in found], total, wanted)

    return answer(request, make)


@router.get("/outages", response={200: Page[shapes.Outage], **PROBLEMS}, summary="Outages")
def outages(request: HttpRequest, wanted: Query[OutageFilter]) -> HttpResponse:
    """All that was amiss at points, by cause, with how it counts. By point and time."""

    def make() -> dict[str, Any]:
        rows = Outage.objects.select_related("point").order_by("point__code", "start", "pk")
        rows = narrowed(
            rows, wanted, point="point__code", village="point__village_code", cause="cause", counts="counts"
        )
        if wanted.since is not None:
            rows = rows.filter(end__gte=dt.datetime.combine(wanted.since, dt.time.min, dt.UTC))
        found, total = part(rows, wanted)
        contests = list(Excuse.objects.filter(kind="contest", point__in={row.point_id for row in found}))
        return listed(request, [_told(row, contests) for row in found], total, wanted)

    return answer(request, make)


def _told(row: Outage, contests: list[Excuse]) -> dict[str, Any]:
    contest = contest_of(row, (one for one in contests if one.point_id == row.point_id))
    return shapes.told(
        shapes.Outage, row, point=row.point.code, village_code=row.point.village_code,
        contest=contest.state if contest else None,
    )  # fmt: skip
