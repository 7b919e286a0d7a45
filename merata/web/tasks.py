"""Work in the background: asked for by a page, done by the worker one piece at a time, begun again after a restart.

The queue is that of django-tasks; a `Job` is what people see of a piece of work. The engine is imported by the worker
only, when it does something: the processes that serve pages stay small.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import importlib
import logging
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from merata.errors import BusyError, MerataError, StoppedError
from merata.plan.stop import Stop, heeding
from merata.web.models import Job, User

_log = logging.getLogger(__name__)

#: Kind of job -> the function that does it, given the job and whom to tell; answers the outcome.
DOERS = {
    "preview": "merata.web.staff.data_work:preview",
    "add": "merata.web.staff.data_work:add",
    "settle": "merata.web.staff.data_work:settle",
    "check": "merata.web.staff.data_work:check",
    "run": "merata.web.staff.plans_work:run",
    "compare": "merata.web.partners.submission_work:compare",
    "correct": "merata.web.challenges.region_work:correct",
    "score": "merata.web.challenges.follow:score_anew",
    "figures": "merata.web.staff.releases_work:prepare",
    "release": "merata.web.staff.releases_work:release",
}
#: After so long without a sign of life a job counts as dead; the worker gives one every second.
SILENCE = dt.timedelta(minutes=1)
#: How long a job waits for a folder that somebody else changes, s.
PATIENCE_S = 900.0
OPEN = ("waiting", "going")
#: How far a plan is from the best possible, as the engine says it while it searches.
_NEAR = re.compile(r"within ([\d.]+)% of the best possible")
#: Points of the falling gap that are kept; beyond it every second one goes.
_GAPS = 240

Tell = Callable[[str, str, int, int], None]


def ask(kind: str, by: User | None, /, **asked: Any) -> Job:
    """Put a piece of work into the queue: the job and its place in the queue come to be together, or not at all."""
    with transaction.atomic():
        job = Job.objects.create(kind=kind, by=by, asked=asked, told_at=timezone.now())
        do_job.enqueue(job.pk)
    return job


def is_silent(job: Job) -> bool:
    """Whether a job that should be going has given no sign of life for too long."""
    return job.state == "going" and (job.told_at is None or timezone.now() - job.told_at > SILENCE)


@task()
def do_job(number: int) -> None:
    """Do the job with a number, unless it was done or given up already."""
    with _alone():
        job = Job.objects.get(pk=number)  # only now: another worker may have done it meanwhile
        if job.state not in OPEN:
            return
        Job.objects.filter(pk=number).update(state="going", began_at=timezone.now(), told_at=timezone.now())
        _done(job)


def take_up() -> int:
    """Begin again what a worker that died left behind, once; for the worker at its start. Answers how many.

    Only one worker works at a time in a region: while none does, whatever is said to be going is dead.
    """
    with _alone(wait=False) as free:
        return sum(map(_begin_again, Job.objects.filter(state__in=OPEN))) if free else 0


@transaction.atomic
def _begin_again(job: Job) -> bool:
    queued = DBTaskResult.objects.filter(task_path=do_job.module_path, args_kwargs__args=[job.pk])
    if queued.filter(status="READY").exists():
        return False
    for row in queued.filter(status="RUNNING"):
        row.set_failed(StoppedError("The worker ended in the middle of it."))
    if job.state == "going" and job.asked.get("again"):
        _end(job, "failed", {"error": "The worker ended twice in the middle of it.", "key": "job_died_twice"})
        return False
    job.asked["again"], job.state = job.state == "going", "waiting"
    job.save(update_fields=["asked", "state"])
    do_job.enqueue(job.pk)
    return True


@contextmanager
def _alone(wait: bool = True) -> Iterator[bool]:
    """Hold what only one worker in a region holds; without waiting, whether it could be had."""
    place = private() / "worker"
    with place.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True


def private() -> Path:
    """The folder in the region that the site keeps for itself; its owner's only."""
    folder: Path = Path(settings.REGION) / ".merata" / "web"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def _done(job: Job) -> None:
    room, _, name = DOERS[job.kind].partition(":")
    telling = _Telling(job)
    try:
        with telling:
            outcome = _patiently(getattr(importlib.import_module(room), name), job, telling)
    except StoppedError as error:
        _end(job, "stopped", {"error": str(error)}, telling)
    except MerataError as error:
        _end(job, "failed", {"error": str(error)}, telling)
    except Exception as error:  # a fault of ours: the job says so, the worker goes on
        _log.exception("Job %s failed", job.pk)
        _end(job, "failed", {"error": f"{type(error).__name__}: {error}", "key": "job_fault"}, telling)
    else:
        _end(job, "stopped" if outcome.get("stopped") else "done", outcome, telling)


def _patiently(do: Callable[[Job, Tell], dict[str, Any]], job: Job, telling: _Telling) -> dict[str, Any]:
    """Do it; while a command changes the folder, wait for it."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            with heeding(telling.stop):
                return do(job, telling.tell)
        except BusyError:
            if time.monotonic() > until:
                raise
            telling.tell("waiting", "folder", 0, 0)
            time.sleep(2)


def _end(job: Job, state: str, outcome: dict[str, Any], telling: _Telling | None = None) -> None:
    now = timezone.now()
    values: dict[str, Any] = {"state": state, "outcome": outcome, "ended_at": now, "told_at": now}
    if telling:
        values["progress"] = telling.progress
    Job.objects.filter(pk=job.pk).update(**values)


class _Telling:
    """Keeps what a job is at where pages see it, gives its signs of life, and hears when somebody asks it to stop.

    A thread of its own does so: the engine may compute for minutes without a word.
    """

    def __init__(self, job: Job) -> None:
        self._number = job.pk
        self._began = time.monotonic()
        self._over = threading.Event()
        self.stop = Stop()
        self.progress: dict[str, Any] = {"gaps": []}

    def tell(self, step: str, what: str, done: int, of: int) -> None:
        """What the engine says: the step, what it is at, how much is done, of how much."""
        seconds = round(time.monotonic() - self._began, 1)
        gaps = self.progress["gaps"]
        if found := _NEAR.search(what):
            gap = float(found[1]) / 100
            if not gaps or gap < gaps[-1][1]:
                gaps = [*(gaps[::2] if len(gaps) >= _GAPS else gaps), [seconds, gap]]
        self.progress = {
            "step": step, "what": what, "done": done, "of": of, "seconds": seconds, "gaps": gaps,
        }  # fmt: skip

    def __enter__(self) -> None:
        self._thread = threading.Thread(target=self._until_over, daemon=True)
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _until_over(self) -> None:
        while not self._over.wait(1):
            try:
                self._beat()
            except OperationalError:  # somebody writes for long: the next sign of life comes in a second
                _log.debug("No sign of life of job %s just now", self._number)
        connection.close()

    def _beat(self) -> None:
        mine = Job.objects.filter(pk=self._number)
        mine.update(told_at=timezone.now(), progress=self.progress)
        if mine.filter(stop=True).exists() and self.stop.searching:
            self.stop.asked = True
