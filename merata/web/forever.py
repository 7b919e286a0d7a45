"""What goes on beside pages and jobs: done once in a while for ever, whatever troubles a single time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.db import Error, connection

from merata.web.operate.beats import beat


def forever(
    work: Callable[[], object],
    every_s: float,
    waits: tuple[logging.Logger, str],
    *,
    troubles: tuple[type[Exception], ...] = (),
    batch: bool = False,
    over: threading.Event | None = None,
) -> None:
    """Do some work every so many seconds, and note each time that it was done; as a batch, once.

    Parameters
    ----------
    waits : where, and with what words, it is told that the work waits, as the database is away.
    troubles : what else makes it wait.
    over : set, it ends.
    """
    over = over or threading.Event()
    caught: tuple[type[Exception], ...] = (Error, *troubles)
    while True:
        try:
            work()
            if not batch:
                beat(work.__module__.rpartition(".")[2])
        except caught:
            log, words = waits
            log.exception(words)
            connection.close()
        if batch or over.wait(every_s):
            return
