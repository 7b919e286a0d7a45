"""Serves the site: web server processes, and one that does the work in the background."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

#: How long the worker may take to end by itself, s.
PATIENCE_S = 5


def serve(host: str, port: int, processes: int) -> None:
    """Serve until stopped; the worker in the background ends with it."""
    from granian.constants import Interfaces
    from granian.server import Server

    with _worker():
        Server(
            "merata.web.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=processes,
            blocking_threads=4,
            backlog=1024,
            log_access=False,
            respawn_failed_workers=True,
            process_name=None,
        ).serve()


@contextmanager
def _worker() -> Iterator[None]:
    """The process that runs plans and reads files; what it has not finished is taken up at the next start."""
    command = [sys.executable, "-m", "django", "work", "--no-reload"]
    with subprocess.Popen(command) as worker:  # noqa: S603 — our own command
        try:
            yield
        finally:
            worker.terminate()
            try:
                worker.wait(timeout=PATIENCE_S)
            except subprocess.TimeoutExpired:
                worker.kill()  # in the middle of a run: nothing is half done, and the next start takes it up
