"""`django work`: the worker of the background. Takes up what died before, then works through the queue for ever."""

from __future__ import annotations

import os
from typing import Any

from django_tasks_db.management.commands.db_worker import Command as Worker

from merata.web.tasks import take_up

#: How far the worker stands back behind the processes that serve pages.
NICE = 10


class Command(Worker):
    """The library's worker with low priority, which begins again what a worker left unfinished."""

    help = "Do the work in the background: read files, run plans"

    def handle(self, **options: Any) -> None:
        """Work until stopped."""
        os.nice(NICE)
        take_up()
        super().handle(**options)
