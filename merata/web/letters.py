"""Letters: put into the queue by pages, sent by the worker, so that no page waits for the mail server."""

from __future__ import annotations

import datetime as dt
import json
import logging
import time

from django.core.mail import send_mail
from django.db import Error, connection
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks import task
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from merata.web.sealed import seal, unseal

_log = logging.getLogger(__name__)

#: The queue of letters, which is a way of its own beside that of jobs: a letter waits for no plan.
QUEUE = "letters"
#: How long to wait after each time that the mail server did not take a letter.
AGAIN = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120))
#: A letter that was dealt with stays in the queue, sealed, so long.
_KEPT = dt.timedelta(hours=1)
_INTERVAL_S = 2.0


def post(to: str, subject: str, text: str) -> None:
    """Put a letter into the queue. It is sealed: what it links to opens accounts. To nobody: it is dropped there."""
    send_sealed.enqueue(seal(json.dumps([to, subject, text]), "letter"))


@task(queue_name=QUEUE, backend="letters")
def send_sealed(sealed: str, tried: int = 0) -> None:
    """Send a letter; where the mail server does not take it, again later."""
    to, subject, text = json.loads(unseal(sealed, "letter"))
    forget()
    if not to:
        return
    try:
        send_mail(subject, text, None, [to])
    except OSError as error:
        _log.error("The mail server did not take a letter, try %s: %s", tried + 1, type(error).__name__)
        if tried < len(AGAIN):
            later = send_sealed.using(run_after=timezone.now() + AGAIN[tried])
            later.enqueue(sealed, tried + 1)


def forget() -> None:
    """Take letters that were dealt with out of the queue."""
    done = DBTaskResult.objects.finished().filter(queue_name=QUEUE)
    done.filter(finished_at__lt=timezone.now() - _KEPT).delete()


def deliver(batch: bool = False) -> None:
    """Send what is in the queue, for ever; as a batch, until it is empty."""
    while True:
        try:
            _worker(batch).run()
        except Error:  # the database is away for a while
            _log.exception("Letters wait")
            connection.close()
            time.sleep(_INTERVAL_S)
        if batch:
            return


def _worker(batch: bool) -> Worker:
    return Worker(
        queue_names=[QUEUE], interval=_INTERVAL_S, batch=batch, backend_name="letters", startup_delay=False,
        max_tasks=None, worker_id=get_random_string(32), excluded_queue_names=[],
    )  # fmt: skip
