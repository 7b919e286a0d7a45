"""Serves the site: web server processes, and one that does work in the background; made anew one by one at SIGHUP."""

from __future__ import annotations

import logging
import multiprocessing
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from granian.constants import Interfaces
from granian.server.mp import MPServer

from merata.web.left import clear
from merata.web.operate import SHARED
from merata.web.rehearse import ready
from merata.web.strangers import THREADS

_log = logging.getLogger(__name__)

#: How long the worker may take to end by itself, s.
PATIENCE_S = 5
#: How long answers may take that are on their way when a process is to end, s; a large file over a weak link.
LAST_ANSWERS_S = 30
#: How long a new process has for its start before the old one ends anyway, s.
START_S = 120.0
#: A worker that was killed is started again after so long, s.
AGAIN_S = 4.0
#: How often it is looked whether to end meanwhile, s.
LOOK_S = 0.2
#: Where a folder of its own is made that lies in memory, and how its name begins.
_MEMORY, _COUNTS = Path("/dev/shm"), "merata-"  # noqa: S108


def serve(host: str, port: int, processes: int) -> None:
    """Serve until stopped; the worker in the background ends with it.

    At SIGHUP first a process of its own brings the tables up to the version that is installed then, and makes a page
    by it. Only where that went well, one server process after the other is made anew, and the worker at the end: no
    request is refused.
    """
    with _counting(), _Worker() as worker:
        _Door(
            worker,
            "merata.web.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=processes,
            blocking_threads=THREADS,
            backlog=1024,
            log_access=False,
            respawn_failed_workers=True,
            workers_kill_timeout=LAST_ANSWERS_S,
            process_name=None,
        ).serve()


class _Door(MPServer):
    """A server whose processes listen at one socket, which stays open while they come and go.

    By itself each would have a socket of its own at the port; what waits in that of a process that ends is refused.
    """

    def __init__(self, worker: _Worker, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._worker = worker

    def _init_shared_socket(self) -> None:
        super()._init_shared_socket()  # type: ignore[no-untyped-call]
        self._shd, self._ssp = self._ssp.build(), None  # type: ignore[attr-defined]
        self._sfd = self._shd.get_fd()  # type: ignore[attr-defined]
        self._sso = socket.socket(fileno=self._sfd)  # by which a process that is no copy of this one gets it
        self._sso.set_inheritable(True)

    def _reload(self, *args: Any) -> None:
        if self._rehearsed():
            # From now on no copies of this process, which knows the old version, but new ones, which read the new.
            multiprocessing.set_start_method("spawn", force=True)
            super()._reload(*args)  # type: ignore[no-untyped-call]
            self._worker.anew()
        else:
            self.reload_signal = False
            self.main_loop_interrupt.clear()
            if self.interrupt_signal:
                self.main_loop_interrupt.set()

    def _respawn_workers(self, workers: Sequence[int], target: Any, loader: Any, delay: float = 0) -> None:
        """Make processes anew one by one: an old one goes when the new one has made its first page."""
        for number in workers:
            self.respawned_wrks[number] = time.monotonic()
            old: Any = self.wrks[number]
            new: Any = self._spawn_worker(number, target, loader)
            self.wrks[number] = new
            new.start()
            self._wait_for(new)
            old.terminate()
            old.join(LAST_ANSWERS_S)
            if old.is_alive():
                old.kill()
                old.join()

    def _wait_for(self, process: Any) -> None:
        marked, until = ready(os.environ[SHARED], process._id()), time.monotonic() + START_S
        while not marked.exists() and process.is_alive() and not self.interrupt_signal:
            if time.monotonic() > until:
                _log.error("A new process was not ready after %.0f s", START_S)
                return
            time.sleep(LOOK_S)

    def _rehearsed(self) -> bool:
        """Whether the version that is installed now would serve: tried in a process of its own, until we are to end."""
        with subprocess.Popen([sys.executable, "-m", "merata.web.rehearse"]) as tried:
            while tried.poll() is None and not self.interrupt_signal:
                with suppress(subprocess.TimeoutExpired):
                    tried.wait(LOOK_S)
            tried.terminate()
        if tried.returncode:
            _log.error("The new version does not serve (see above). The processes stay as they are.")
        return not tried.returncode


class _Worker:
    """The process that runs plans and reads files; what it has not finished is taken up at the next start.

    When something kills it, as the system does that has no memory left, another one is started.
    """

    _command = (sys.executable, "-m", "django", "work", "--no-reload")

    def __init__(self) -> None:
        self._process = self._started()
        self._over, self._alone = threading.Event(), threading.Lock()

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command)  # noqa: S603 — our own command

    def __enter__(self) -> _Worker:
        threading.Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        with self._alone:
            self._end()

    def anew(self) -> None:
        """Make it anew: one at a time, for both would take up the same."""
        with self._alone:
            self._end()
            self._process = self._started()

    def _watch(self) -> None:
        while not self._over.wait(AGAIN_S):
            with self._alone:
                if not self._over.is_set() and self._process.poll() is not None:
                    _log.error("The worker ended (%s). Another one is started.", self._process.returncode)
                    self._process = self._started()

    def _end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()  # in the middle of a run: nothing is half done, and the next start takes it up
            self._process.wait()


@contextmanager
def _counting() -> Iterator[None]:
    """A folder in which the processes count requests together. In memory: a full disk must not end them."""
    place = _MEMORY if os.access(_MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    clear(place, _COUNTS)  # of sites that were killed
    folder = tempfile.mkdtemp(prefix=f"{_COUNTS}{os.getpid()}-", dir=place)
    os.environ[SHARED] = folder
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)
