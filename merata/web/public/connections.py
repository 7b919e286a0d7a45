"""When each service point came under contract and first into service, as its changes tell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from merata.web.models import Change, ServicePoint

#: In these states a point has no contract yet.
_BEFORE = ("proposed", "verified")
#: In these states a point will not come into service any more.
_OVER = ("replaced", "ended")


class Connection(NamedTuple):
    """A point's way from contract to service; a day that is not known is None."""

    point: str
    village_code: str
    option: str
    contracted_on: dt.date | None
    connected_on: dt.date | None
    known_until: dt.date | None
    """Of a point that never came into service: until when that is known."""


def connections(today: dt.date) -> Iterator[Connection]:
    """Every point that is or was under contract, in order of code; two queries."""
    first = _first_days()
    for point in ServicePoint.objects.order_by("code"):
        days = dict(first.get(point.pk, {}))
        days.setdefault(point.state, point.since)
        contracted, served = days.get("contracted"), days.get("in service")
        if contracted or served or point.state not in (*_BEFORE, *_OVER):
            until = None if served else point.since if point.state in _OVER else today
            yield Connection(point.code, point.village_code, point.option, contracted, served, until)


def _first_days() -> dict[int, dict[str, dt.date]]:
    """Point -> state -> the day on which it first came into it, by changes that were not undone."""
    rows = Change.objects.filter(model="servicepoint", undone_by=None, undoes=None, after__has_key="state")
    since: dict[int, str] = {}
    found: dict[int, dict[str, dt.date]] = {}
    for key, before, after in rows.order_by("pk").values_list("key", "before", "after"):
        number = int(key)
        # A change holds only what differs: the day stays where two steps fell on one.
        day = since[number] = after.get("since") or since.get(number) or before.get("since") or ""
        if day:
            found.setdefault(number, {}).setdefault(after["state"], dt.date.fromisoformat(day))
    return found
