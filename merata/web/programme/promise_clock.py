"""The clock of promises: it reminds the owner's organisation before the last day, and says late when that is over."""

from __future__ import annotations

import datetime as dt
import logging
import secrets
import threading
from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from merata.web.changes import facts, keep_many
from merata.web.forever import forever
from merata.web.letters import post
from merata.web.models import Commitment, User
from merata.web.page import changed, full_address
from merata.web.programme.places import places
from merata.web.standing import due_before
from merata.web.words import Tongue, tongue

EVERY_S = 300.0
#: How many days before the last one its owner is reminded, in their order. What was missed before the newest is not.
STROKES = (30, 7)
#: Promises that one transaction deals with.
_AT_ONCE = 500
#: Promises that a letter names one by one.
_MOST_LINES = 30
_AWAITED = ("promised", "on the way")

_log = logging.getLogger(__name__)


def run(batch: bool = False, over: threading.Event | None = None) -> None:
    """Strike for ever; as a batch, once."""
    forever(strike, EVERY_S, (_log, "The clock of promises waits"), batch=batch, over=over)


def strike(today: dt.date | None = None) -> tuple[int, int]:
    """Say late of what is overdue, and remind of what soon is: how many of each. Safe in several workers at once."""
    today = today or timezone.localdate()
    late = reminded = 0
    while some := _late(today):
        late += some
    for number, days in reversed(list(enumerate(STROKES, start=1))):
        reminded += _remind(today, number, days)
    return late, reminded


@transaction.atomic
def _late(today: dt.date) -> int:
    rows = _awaited().filter(due_before(today))
    if not rows.exists():
        return 0
    changed()
    found = list(rows.select_for_update().order_by("pk")[:_AT_ONCE])
    before = [(row, facts(row)) for row in found]
    for row in found:
        row.state = "late"
    return keep_many(before, None, way="clock", batch=secrets.token_hex(16))


@transaction.atomic
def _remind(today: dt.date, number: int, days: int) -> int:
    """Remind of those whose last day is within so many days and that were not reminded so often yet."""
    soon = _awaited().filter(due_before(today + dt.timedelta(days=days + 1)), reminders__lt=number)
    rows = soon.exclude(due_before(today)).exclude(owner=None)
    found = list(rows.select_for_update(of=("self",)).select_related("owner").order_by("owner_id", "pk"))
    # No change of the promise that anybody made: the clock only ticks.
    for at in range(0, len(found), _AT_ONCE):
        Commitment.objects.filter(pk__in=[row.pk for row in found[at : at + _AT_ONCE]]).update(
            reminders=number
        )
    _tell(found)
    return len(found)


def _awaited() -> QuerySet[Commitment]:
    return Commitment.objects.filter(replaced_by=None, state__in=_AWAITED)


def _tell(found: Iterable[Commitment]) -> None:
    """One letter to each account of an owner, of all its promises; the regency's where the owner has none."""
    by_owner: dict[int | None, list[Commitment]] = defaultdict(list)
    for row in found:
        by_owner[row.owner_id].append(row)
    for owner, rows in by_owner.items():
        there = User.objects.filter(is_active=True)
        people = list(there.filter(organisation=owner)) or list(there.filter(role="regency"))
        for user in people:
            _letter(user, sorted(rows, key=lambda row: (row.due_on, row.pk)))


def _letter(user: User, rows: list[Commitment]) -> None:
    t = tongue("en" if user.language == "en" else "id")
    names = {code: place.name for code, place in places(row.village_code for row in rows).items()}
    said = [_line(row, names.get(row.village_code, row.village_code), t) for row in rows[:_MOST_LINES]]
    if len(rows) > _MOST_LINES:
        said.append(t("promise_letter_more", count=t.number(len(rows) - _MOST_LINES)))
    first = t.day(rows[0].due_on.isoformat())
    owner = rows[0].owner.name if rows[0].owner else "–"
    link = full_address(t.language, "promises")
    text = [t("promise_letter_top", owner=owner, count=t.number(len(rows))), *said,
            t("promise_letter_end", link=f"{link}?kantor={rows[0].owner_id}")]  # fmt: skip
    post(user.email, t("promise_letter_subject", count=t.number(len(rows)), date=first), "\n\n".join(text))


def _line(row: Commitment, village: str, t: Tongue) -> str:
    what = row.action or t(
        "promise_short", place=row.place or t("village_whole"), option=t.word("option", row.option)
    )
    where = f" ({village})" if village else ""
    due = t.day(row.due_on.isoformat())
    return t(
        "promise_letter_line",
        what=f"{what}{where}",
        date=due,
        link=full_address(t.language, "promise", row.pk),
    )
