"""Now: the outages that go on, and how each point stands, the dark ones first."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from merata.assure import heard, live
from merata.web.cases import centre
from merata.web.live import Look, measurements, standing, taken
from merata.web.models import Blackout, PointNow, ServicePoint
from merata.web.programme import filters
from merata.web.programme.frame import shown, user_of
from merata.web.programme.places import places
from merata.web.rights import needs, reach

_ORDER = {state: at for at, state in enumerate((live.DARK, live.SILENT, live.UNKNOWN, live.UP))}


class Line(NamedTuple):
    """A point as it stands now."""

    point: ServicePoint
    state: str
    since: dt.datetime | None
    """Since when; of one that is up, unknown or never heard: none."""
    heard: dt.datetime | None
    row: PointNow | None
    checked: bool
    """Whether the centre looks at a router of it."""


@needs("see programme")
def now(request: HttpRequest) -> HttpResponse:
    """The points in service within reach, as they stand now."""
    wanted = {
        name: value for name, value in filters.asked(request.GET).items() if name in ("penyedia", "kecamatan")
    }
    state = request.GET.get("kini", "")
    rows = filters.shown(
        filters.chosen(reach(user_of(request), ServicePoint.objects.filter(state="in service")), wanted)
    )
    lines, listening = lines_of(list(rows.select_related("now__case", "now__outage")))
    lines.sort(key=lambda one: (_ORDER[one.state], one.since.timestamp() if one.since else 0, one.point.code))
    page = filters.paged([one for one in lines if state in ("", one.state)], request.GET.get("hal", ""))
    return shown(
        request, "now", count=Counter(one.state for one in lines), states=list(_ORDER), state=state, page=page,
        outages=_outages(lines), names=places(one.point.village_code for one in lines), listening=listening,
        away=centre.shown(timezone.now()), wanted=wanted,
        query=filters.query_of({**wanted, "kini": state}), of_state=filters.query_of(wanted),
        choices=filters.choices(),
    )  # fmt: skip


def lines_of(points: Sequence[ServicePoint]) -> tuple[list[Line], bool]:
    """How points stand now, and whether anybody listens."""
    ears, now_s = heard.ears(measurements()), time.time()
    listening = heard.listening_since(ears, heard.RECEIVER, now_s) is not None
    rows = ServicePoint.objects.filter(pk__in=[point.pk for point in points])
    at = taken(ears, now_s, rows) if ears else None
    was = standing([row for point in points if (row := getattr(point, "now", None))])
    stands = at.stands(was) if at else {}
    return [_line(point, stands.get(point.code), at) for point in points], listening


def _line(point: ServicePoint, one: live.Stands | None, at: Look | None) -> Line:
    row: PointNow | None = getattr(point, "now", None)
    seen = at.seen.get(point.code) if at else None
    state = one.state if one else live.UNKNOWN
    if state == live.DARK and not (row and row.is_dark):
        state = live.SILENT  # the worker has not looked yet, or it is planned work
    if row and row.is_dark:
        state = live.DARK
    since = row.since if row and state != live.UNKNOWN else _moment(one.since_s) if one else None
    if state == live.SILENT and one:
        since = _moment(one.since_s)
    return Line(
        point, state, since if state != live.UNKNOWN else None, _moment(seen.heard_s) if seen else None, row,
        bool(seen and seen.routers),
    )  # fmt: skip


def _outages(lines: Sequence[Line]) -> list[tuple[Blackout, list[Line]]]:
    """The outages that go on, with those of their points that are shown, the largest first."""
    found: dict[int, tuple[Blackout, list[Line]]] = {}
    for one in lines:
        if one.state == live.DARK and one.row and one.row.outage:
            found.setdefault(one.row.outage.pk, (one.row.outage, []))[1].append(one)
    return sorted(found.values(), key=lambda pair: (-len(pair[1]), pair[0].since))


def _moment(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
