"""Work in the background as staff see it: how far it is, how long it takes, the gap falling; and stopping it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from merata.web.models import Job, User
from merata.web.page import address, language_of, render
from merata.web.rights import may, needs
from merata.web.staff.frame import page
from merata.web.tasks import OPEN, SILENCE, ask, is_silent
from merata.web.words import tongue

#: Kind of job -> the right by which one sees it.
SEEN_BY = {
    "preview": "see data", "add": "see data", "settle": "see data", "check": "see data", "run": "see plans",
    "correct": "see data", "compare": "decide submissions", "score": "see plans",
    "figures": "see plans", "release": "see plans",
}  # fmt: skip
#: The step that searches, which a request ends, and those after it: what is found is written and loaded.
SEARCH, AFTER_THE_SEARCH = "plan", ("publish", "load")
#: Size of the drawing of the falling gap.
WIDTH, HEIGHT = 320, 96


@needs("see plans")
def jobs(request: HttpRequest) -> HttpResponse:
    """The newest work in the background."""
    seen = [kind for kind, right in SEEN_BY.items() if may(request.user, right)]
    rows = Job.objects.filter(kind__in=seen).select_related("by")[:50]
    return page(
        request, "staff/jobs.html.j2", jobs=[Shown(job) for job in rows if _may_see(request.user, job)]
    )


@needs("see plans")
def job(request: HttpRequest, number: int) -> HttpResponse:
    """One piece of work; `?bagian` asks for what of its page changes, for the script that looks again."""
    row = get_object_or_404(Job.objects.select_related("by"), pk=number)
    if not _may_see(request.user, row):
        raise PermissionDenied(SEEN_BY[row.kind])
    values: dict[str, Any] = {
        "shown": Shown(row),
        "can_stop": may(request.user, "change plans"),
        "can_add": may(request.user, "add data"),
    }
    if "bagian" in request.GET:
        return render(request, "staff/jobs_part.html.j2", csrf="", alone=True, **values)
    return page(request, "staff/jobs_one.html.j2", alone=False, **values)


def _may_see(user: Any, job: Job) -> bool:
    """By its kind; what files given in confidence hold is for those who take them in."""
    return may(user, SEEN_BY[job.kind]) and (not job.asked.get("confidential") or may(user, "add data"))


@needs("change plans")
@require_POST
def stop(request: HttpRequest, number: int) -> HttpResponse:
    """Ask a search for a plan to end with the best so far."""
    found = Job.objects.filter(pk=number, kind="run", state__in=OPEN).update(stop=True)
    language = language_of(request)
    messages.info(request, tongue(language)("job_stop_asked" if found else "job_over"))
    return HttpResponseRedirect(address(language, "job", number))


class Shown:
    """A job as its page shows it."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.open = job.state in OPEN
        self.silent = is_silent(job)
        self.unheard = job.state == "waiting" and timezone.now() - job.asked_at > SILENCE
        self.gaps: list[list[float]] = job.progress.get("gaps", [])

    @property
    def seconds(self) -> float | None:
        """How long it has taken so far, or took."""
        if self.job.began_at is None:
            return None
        return ((self.job.ended_at or timezone.now()) - self.job.began_at).total_seconds()

    @property
    def gap(self) -> float | None:
        """How far the plan is from the best possible, at most."""
        return self.gaps[-1][1] if self.gaps else None

    @property
    def stopping(self) -> str:
        """What is still done after a request to stop, by the step that the job is at: a sentence's key."""
        step = self.job.progress.get("step", "")
        if step in AFTER_THE_SEARCH:
            return "job_stopping_last"
        return "job_stopping" if step == SEARCH else "job_stopping_first"

    @property
    def line(self) -> str:
        """The falling gap as the points of an SVG line: time to the right, the gap upwards."""
        return falling(self.gaps)


def falling(gaps: Iterable[list[float]]) -> str:
    """Points of a line that goes along WIDTH and falls from HEIGHT's top; '' where there is nothing to draw."""
    rows = list(gaps)
    if len(rows) < 2:
        return ""
    (first, top), last = rows[0], rows[-1][0]
    across = WIDTH / max(last - first, 0.1)
    return " ".join(
        f"{(seconds - first) * across:.0f},{HEIGHT - gap / (top or 1) * HEIGHT:.0f}" for seconds, gap in rows
    )


def recent(kinds: tuple[str, ...], count: int = 6) -> list[Shown]:
    """The newest jobs of some kinds."""
    return [Shown(row) for row in Job.objects.filter(kind__in=kinds).select_related("by")[:count]]


def who(request: HttpRequest) -> User:
    """The account that asks; pages that need a right have one."""
    assert isinstance(request.user, User)
    return request.user


def ask_once(kind: str, by: User) -> Job:
    """A job of a kind that is waiting already, else a new one: twice the same would only make the second wait."""
    return Job.objects.filter(kind=kind, state="waiting").first() or ask(kind, by)
