"""Messages that wait to be sent, each once: handed to the gateway, to the operator's own program, or to `merata sms`.

A message is marked as handed over before it leaves. A process that dies between the two has perhaps sent it; it is then
not sent again, as two answers are worse than none.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections.abc import Callable
from http.client import HTTPException

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from merata.web.models import Outgoing
from merata.web.sealed import seal, unseal
from merata.web.sms.gateway import RefusedError, post_hook, post_sms

_log = logging.getLogger(__name__)

#: How long to wait after each time that a message was not taken.
AGAIN = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120))
#: A message that could not be sent for so long is told to nobody any more.
STALE = dt.timedelta(days=2)


def queue(key: str, number: str, text: str) -> None:
    """Put an SMS into the queue; a second one about the same is none."""
    sealed = seal(json.dumps([number, text]), "message")
    Outgoing.objects.get_or_create(key=key[:120], defaults={"way": "sms", "sealed": sealed})


def seen(key: str) -> bool:
    """Whether what a key stands for was dealt with, whether it was answered or not."""
    return Outgoing.objects.filter(key=key).exists()


def mark(key: str) -> None:
    """Say that what a key stands for was dealt with, without an answer."""
    Outgoing.objects.get_or_create(key=key, defaults={"way": "sms", "state": "sent"})


def waiting(way: str) -> list[Outgoing]:
    """The messages whose turn it is, the oldest first; what is stale is given up."""
    now = timezone.now()
    old = Outgoing.objects.filter(way=way, state__in=("waiting", "handed"), made_at__lt=now - STALE)
    old.update(state="failed", sealed="")
    rows = Outgoing.objects.filter(way=way, state="waiting")
    return list(rows.filter(Q(next_at=None) | Q(next_at__lte=now))[:200])


def claim(row: Outgoing) -> bool:
    """Take a message to send it; False where another process has it."""
    return bool(Outgoing.objects.filter(pk=row.pk, state="waiting").update(state="handed"))


def opened(row: Outgoing) -> list[str]:
    """What a message holds: the number and the text, or the one text of a hook."""
    text = unseal(row.sealed, "message")
    return list(json.loads(text)) if row.way == "sms" else [text]


def done(row: Outgoing) -> None:
    """Say that a message was sent: nothing of it is kept but its key."""
    Outgoing.objects.filter(pk=row.pk).update(state="sent", sealed="")


def refused(row: Outgoing) -> None:
    """Say that a message was surely not taken: it is tried again later, or given up."""
    if row.tries >= len(AGAIN):
        Outgoing.objects.filter(pk=row.pk).update(state="failed", sealed="")
        return
    next_at = timezone.now() + AGAIN[row.tries]
    Outgoing.objects.filter(pk=row.pk).update(state="waiting", tries=row.tries + 1, next_at=next_at)


def send_waiting() -> int:
    """Send what waits by the ways that are set; answers how many were sent. For the worker."""
    ways: dict[str, Callable[..., None]] = {}
    if settings.WAYS.hook:
        ways["hook"] = post_hook
    if settings.WAYS.sms_url:
        ways["sms"] = post_sms
    return sum(_send(row, post) for way, post in ways.items() for row in waiting(way))


def _send(row: Outgoing, post: Callable[..., None]) -> bool:
    if not claim(row):
        return False
    try:
        post(row.key, *opened(row))
    except (RefusedError, OSError, HTTPException) as error:
        _log.error("A message was not taken, try %s: %s", row.tries + 1, error or type(error).__name__)
        # An SMS that may have been taken is not sent twice; who gets the hook's messages knows them by their id.
        if isinstance(error, RefusedError) or row.way == "hook":
            refused(row)
            return False
    done(row)
    return True


def forget(before: dt.datetime) -> None:
    """Forget messages that were dealt with before a time."""
    Outgoing.objects.filter(made_at__lt=before).exclude(state="waiting").delete()
