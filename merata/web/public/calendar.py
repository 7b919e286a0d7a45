"""Last days of promises and the next meeting as a calendar (RFC 5545), for each organisation that promised."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from icalendar import Calendar, Event

from merata.web.models import Commitment, Meeting, Organisation, Publication
from merata.web.page import full_address, language_of
from merata.web.programme.places import places
from merata.web.public.current import shown
from merata.web.words import Tongue, tongue

#: So far back it reaches.
BACK = dt.timedelta(days=400)
_DAY = dt.timedelta(days=1)
_STATUS = {"changed": "CANCELLED", "broken": "CANCELLED"}


@shown
def calendar(request: HttpRequest, publication: Publication, pk: int) -> HttpResponse:
    """The calendar of an organisation. Nothing in it is about a person."""
    owner = get_object_or_404(Organisation, pk=pk)
    made = calendar_of(owner, tongue(language_of(request)))
    return HttpResponse(made, content_type="text/calendar; charset=utf-8")


def calendar_of(owner: Organisation, t: Tongue) -> bytes:
    """An organisation's calendar: each action of a meeting, promises of plans by their year, and the next meeting."""
    made = Calendar()
    made.add("prodid", "-//Merata//Promises//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", t("calendar_name", owner=owner.name))
    rows = Commitment.objects.filter(owner=owner).order_by("pk")
    since = dt.date.today() - BACK
    actions = [row for row in rows.exclude(meeting=None) if row.due_on >= since]
    names = {code: place.name for code, place in places(row.village_code for row in actions).items()}
    for row in actions:
        made.add_component(_action(row, names.get(row.village_code, ""), t))
    for event in _plans(owner, since.year, t):
        made.add_component(event)
    for meeting in Meeting.objects.filter(state="published", next_on__gte=since):
        made.add_component(_meeting(meeting, t))
    return bytes(made.to_ical())


def _action(row: Commitment, village: str, t: Tongue) -> Event:
    what = t("calendar_action", what=f"{row.action} ({village})" if village else row.action)
    state = t.word("commitment_state", row.state)
    event = _event(
        f"promise-{row.pk}", what, row.due_on, row.made_at, full_address(t.language, "promise", row.pk)
    )
    event.add("description", f"{state}. {row.reason}".strip())
    event.add("status", _STATUS.get(row.state, "CONFIRMED"))
    return event


def _plans(owner: Organisation, first: int, t: Tongue) -> list[Event]:
    """Promises of plans are due on the last day of their year, all of them: one event a year."""
    rows = Commitment.objects.filter(owner=owner, meeting=None, replaced_by=None, year__gte=first)
    found = list(rows.exclude(state__in=("kept", "changed", "broken")))
    newest = {
        year: max(row.made_at for row in found if row.due_on == year) for year in {r.due_on for r in found}
    }
    link = f"{full_address(t.language, 'promises')}?kantor={owner.pk}"
    return [
        _event(
            f"plans-{owner.pk}-{day.isoformat()}",
            t("calendar_plan", count=t.number(count)),
            day,
            newest[day],
            link,
        )
        for day, count in sorted(Counter(row.due_on for row in found).items())
    ]


def _meeting(meeting: Meeting, t: Tongue) -> Event:
    what = t("calendar_meeting", title=meeting.title)
    assert meeting.next_on is not None
    assert meeting.published_at is not None
    link = full_address(t.language, "meeting", meeting.pk)
    return _event(f"meeting-{meeting.pk}", what, meeting.next_on, meeting.published_at, link)


def _event(name: str, what: str, day: dt.date, stamp: dt.datetime, link: str) -> Event:
    event = Event()
    event.add("uid", f"{name}@{urlsplit(settings.SITE).hostname}")
    event.add("summary", what)
    event.add("dtstart", day)
    event.add("dtend", day + _DAY)
    event.add("dtstamp", stamp.astimezone(dt.UTC))
    event.add("url", link)
    event.add("transp", "TRANSPARENT")
    return event
