"""The board: what to do today, the pace against the weekly targets, and what is stuck with whom."""

from __future__ import annotations

from collections import Counter

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from merata.web.models import Commitment, Organisation, ServicePoint, User, WeeklyTarget
from merata.web.programme import filters
from merata.web.programme.chart import chart
from merata.web.programme.frame import shown, user_of
from merata.web.programme.pace import by_group, life, pace, stuck, targets_of, weeks
from merata.web.programme.places import codes_of, places
from merata.web.programme.steps import OWN_TURN, waiting_for
from merata.web.rights import needs, reach

_TODAY, _LISTED = 5, 50


@needs("see programme")
def board(request: HttpRequest) -> HttpResponse:
    """The board of all points within reach, or of those of one provider or district."""
    user, today = user_of(request), timezone.localdate()
    wanted = {
        name: value for name, value in filters.asked(request.GET).items() if name in ("penyedia", "kecamatan")
    }
    points = list(filters.shown(filters.chosen(reach(user, ServicePoint.objects.all()), wanted)))
    lived = life(points)
    waiting = stuck(points, lived.usual_days, today)
    provider = _provider(user, wanted)
    targets = targets_of(reach(user, WeeklyTarget.objects.all()), provider)
    found = weeks(lived.came.values(), [] if "kecamatan" in wanted else targets, today)
    names = places()
    own = OWN_TURN.get(user.role, "")

    def district(point: ServicePoint) -> str:
        return names[point.village_code].district if point.village_code in names else ""

    return shown(
        request,
        "board",
        wanted=wanted,
        query=filters.query_of(wanted),
        count=Counter(point.state for point in points),
        points=len(points),
        mine=[one for one in waiting if one.turn == own][:_TODAY],
        mine_count=sum(1 for one in waiting if one.turn == own),
        my_turn=list(Counter(point.state for point in waiting_for(points, user.role)).items()),
        waiting=waiting[:_LISTED],
        waiting_count=len(waiting),
        turns=Counter(one.turn for one in waiting),
        usual=lived.usual_days,
        weeks=found,
        chart=chart(found),
        pace=pace(found, _promises(user, wanted), lived.came.values(), today),
        by_provider=by_group(points, waiting, lambda point: point.provider.name if point.provider else ""),
        by_district=by_group(points, waiting, district),
        known_providers={row.name: row.pk for row in Organisation.objects.filter(kind="provider")},
        names=names,
        choices=filters.choices(),
        today=today,
    )  # fmt: skip


def _provider(user: User, wanted: dict[str, str]) -> int | None:
    """Whose targets the board shows; None: those of all."""
    if user.role == "provider":
        return user.organisation_id or 0
    asked = wanted.get("penyedia", "")
    return int(asked) if asked.isdecimal() else None


def _promises(user: User, wanted: dict[str, str]) -> list[Commitment]:
    """The commitments of links that stand, of those within reach and asked for; not what came late after all."""
    rows: QuerySet[Commitment] = reach(user, Commitment.objects.filter(replaced_by=None)).distinct()
    rows = rows.exclude(level="").exclude(state="late", points__state="in service")
    if asked := wanted.get("penyedia", ""):
        rows = rows.filter(points__provider_id=int(asked) if asked.isdecimal() else 0)
    if district := wanted.get("kecamatan", ""):
        rows = rows.filter(village_code__in=codes_of(district))
    return list(rows)
