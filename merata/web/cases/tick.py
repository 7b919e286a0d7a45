"""The clock of all cases and challenges: each minute it strikes for those whose time has come, and sends what waits.

What is due is in the rows themselves, so a worker that died or slept loses nothing: the next one strikes the newest
stroke that is due, once, and not those that it missed before it.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading

from django.db import transaction
from django.utils import timezone

from merata.web.cases import told
from merata.web.cases.clocks import CLOCKS, Stroke, time_of
from merata.web.cases.life import by_time
from merata.web.challenges import clock as challenges
from merata.web.forever import forever
from merata.web.models import Case
from merata.web.page import changed
from merata.web.sms.queue import send_waiting

_log = logging.getLogger(__name__)

EVERY_S = 60.0
#: Cases that one transaction deals with.
_AT_ONCE = 200


def strike(now: dt.datetime | None = None) -> int:
    """Strike for every case whose time has come; answers for how many. Safe in several workers at once."""
    now = now or timezone.now()
    done = 0
    while some := _some(now):
        done += some
    return done


@transaction.atomic
def _some(now: dt.datetime) -> int:
    """Strike for some cases. The rows are held, so that another worker finds them struck."""
    rows = Case.objects.filter(next_at__lte=now).exclude(state="closed")
    if not rows.exists():
        return 0
    changed()  # the order in which all who change cases wait: merata.web.cases.life
    due = list(rows.select_for_update().order_by("next_at", "pk")[:_AT_ONCE])
    news = []
    for case in due:
        stroke = _newest(case, now)
        if stroke is None:
            continue
        if stroke.closes:
            by_time(case)
        elif "reporter" in stroke.tell:
            told.ask(case, case.strokes)
        else:
            news.append((case, "reminder" if stroke.share < 1 else "late", stroke.tell))
    told.tell(news)
    return len(due)


def _newest(case: Case, now: dt.datetime) -> Stroke | None:
    """The newest stroke that is due, and set the clock to the one after it."""
    strokes, newest = CLOCKS[case.state].strokes, None
    while (at := time_of(case, case.strokes)) is not None and at <= now:
        newest = strokes[case.strokes]
        case.strokes += 1
    case.next_at = at
    # No change of the case that anybody made: the clock only ticks.
    Case.objects.filter(pk=case.pk).update(strokes=case.strokes, next_at=case.next_at)
    return newest


def run(batch: bool = False, over: threading.Event | None = None) -> None:
    """Strike and send each minute, for ever; as a batch, once."""
    forever(_all, EVERY_S, (_log, "Clocks wait"), batch=batch, over=over)


def _all() -> None:
    strike()
    challenges.strike()
    send_waiting()
