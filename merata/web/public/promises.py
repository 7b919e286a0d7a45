"""The board of all that was promised, for everybody; and one promise with what it was before, why, and its proof."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from merata.web.models import Commitment, LogEntry, Meeting, Organisation, Publication
from merata.web.models.programme import COMMITMENT_STATES
from merata.web.page import render
from merata.web.programme.promise_steps import OPEN
from merata.web.public.current import shown
from merata.web.public.names import names
from merata.web.public.recorded import recorded
from merata.web.standing import due_before

Promises = QuerySet[Commitment]
PER_PAGE = 40
_LONGEST_NUMBER = 15


def _number(rows: Promises, name: str, value: str) -> Promises:
    known = value.isdecimal() and len(value) <= _LONGEST_NUMBER
    return rows.filter(**{name: int(value)}) if known else rows.none()


def _state(rows: Promises, value: str) -> Promises:
    """Those in a state; what is overdue is late, whether the clock has struck already or not."""
    late = due_before(timezone.localdate())
    if value == "late":
        return rows.filter(state__in=OPEN).filter(late) | rows.filter(state="late")
    return rows.filter(state=value).exclude(late) if value in OPEN else rows.filter(state=value)


@dataclass(frozen=True)
class Board:
    """What the board shows: the promises asked for, and how many there are in each state."""

    wanted: dict[str, str]
    rows: Promises
    counts: list[tuple[str, int]] = field(default_factory=list)


def board_of(query: Mapping[str, str]) -> Board:
    """The promises that an address asks for: of an owner (`kantor`), in a state (`keadaan`), of a meeting (`rapat`)."""
    wanted = {
        name: value for name in ("kantor", "keadaan", "rapat") if (value := query.get(name, "").strip()[:20])
    }
    rows = Commitment.objects.all()
    if "kantor" in wanted:
        rows = _number(rows, "owner", wanted["kantor"])
    if "rapat" in wanted:
        rows = _number(rows, "meeting", wanted["rapat"])
    counts = [(state, _state(rows, state).count()) for state in COMMITMENT_STATES]
    if wanted.get("keadaan") in COMMITMENT_STATES:
        rows = _state(rows, wanted["keadaan"])
    else:
        wanted.pop("keadaan", None)
        rows = rows.exclude(state="changed")
    # A promise of a year is due on its last day: after those that have a day in it.
    ordered = rows.order_by("year", F("due_by").asc(nulls_last=True), "pk")
    return Board(wanted, ordered, [(state, count) for state, count in counts if count])


def stands_as(row: Commitment, today: dt.date) -> str:
    """The state of a promise today."""
    return "late" if row.state in OPEN and row.due_on < today else row.state


@shown
def promises(request: HttpRequest, publication: Publication) -> HttpResponse:
    """The board."""
    found, today = board_of(request.GET), timezone.localdate()
    related = ("owner", "publication", "meeting", "replaces", "replaced_by")
    page = Paginator(found.rows.select_related(*related), PER_PAGE).get_page(request.GET.get("hal", ""))
    return render(
        request,
        "public/promises.html.j2",
        publication=publication,
        board=found,
        page=page,
        total=sum(count for _, count in found.counts),
        states=COMMITMENT_STATES,
        owners=list(_owners()),
        meetings=list(Meeting.objects.filter(state="published").only("pk", "title", "held_on")[:100]),
        owner=_chosen(found.wanted.get("kantor", "")),
        known=names(publication).places,
        today=today,
        stands_as=stands_as,
    )


def _chosen(value: str) -> Organisation | None:
    known = value.isdecimal() and len(value) <= _LONGEST_NUMBER
    return Organisation.objects.filter(pk=int(value)).first() if known else None


def _owners() -> QuerySet[Organisation]:
    return Organisation.objects.annotate(count=Count("commitments")).filter(count__gt=0).order_by("name")


@shown
def promise(request: HttpRequest, publication: Publication, pk: int) -> HttpResponse:
    """One promise: what holds, what it was before and why it was changed, its points, and since when it stands."""
    rows = Commitment.objects.select_related("owner", "publication", "meeting", "replaced_by", "replaces")
    found = get_object_or_404(rows, pk=pk)
    earlier = list(_earlier(found))
    entries = LogEntry.objects.filter(kind="commitment", of__in=[str(row.pk) for row in (found, *earlier)])
    return render(
        request,
        "public/promise.html.j2",
        publication=publication,
        row=found,
        place=names(publication).places.get(found.village_code),
        earlier=earlier,
        points=list(found.points.select_related("provider")),
        entries=list(entries.order_by("index")),
        today=timezone.localdate(),
        stands_as=stands_as,
        recorded=recorded("commitment", [found.pk]).get(str(found.pk)),
    )


def _earlier(row: Commitment) -> Iterator[Commitment]:
    """What a promise was before, the newest first."""
    found: Any = row
    while found := Commitment.objects.filter(replaced_by=found).select_related("owner").first():
        yield found
