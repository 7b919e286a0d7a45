"""`django work`: the worker of the background. Takes up what died before, works through the queue, letters, clocks."""

from __future__ import annotations

import os
import threading
from typing import Any

from django_tasks_db.management.commands.db_worker import Command as Worker

from merata.web.cases.tick import run as clocks
from merata.web.letters import deliver
from merata.web.live import run as live
from merata.web.logged import run as logged
from merata.web.measured import run as measured
from merata.web.programme.promise_clock import run as promises
from merata.web.scores import run as scores
from merata.web.tasks import take_up

#: How far the worker stands back behind the processes that serve pages.
NICE = 10
#: What goes on beside the queue, each in a thread of its own.
_PARTS = (clocks, promises, deliver, measured, live, scores, logged)


class Command(Worker):
    """The library's worker with low priority, which begins again what a worker left unfinished."""

    help = "Do the work in the background: read files, run plans"

    def handle(self, **options: Any) -> None:
        """Work until stopped."""
        os.nice(NICE)
        take_up()
        if options["batch"]:
            for part in _PARTS:
                part(batch=True)
        else:
            for part in _PARTS:
                threading.Thread(target=part, daemon=True).start()
        super().handle(**options)
