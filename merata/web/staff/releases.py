"""Releases of the statistics: announced by day, prepared by one person, released by another; never by the same."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from merata.publish.indicators import INDICATORS
from merata.web import statistics as published
from merata.web.changes import facts, keep, note_many
from merata.web.models import Job, Release, User
from merata.web.page import address, language_of
from merata.web.rights import may, needs
from merata.web.staff import releases_work
from merata.web.staff.frame import page
from merata.web.staff.jobs import recent, who
from merata.web.staff.publishing import RefusedError, stepped
from merata.web.tasks import OPEN, ask
from merata.web.words import tongue

JOBS = ("figures", "release")


@needs("see plans")
def releases(request: HttpRequest) -> HttpResponse:
    """The calendar of releases, what is being prepared, and what was released."""
    return page(
        request,
        "staff/releases.html.j2",
        rows=Release.objects.select_related("prepared_by", "decided_by")[:60],
        can_change=may(request.user, "change plans"),
        today=timezone.localdate().isoformat(),
        work=recent(JOBS, 3),
    )


@needs("see plans")
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """One release: who prepared it, what would be new and revised, and the decision."""
    row = get_object_or_404(Release.objects.select_related("prepared_by", "decided_by"), pk=pk)
    found = releases_work.content(row) if row.state in ("prepared", "approved") else None
    return page(
        request,
        "staff/releases_one.html.j2",
        row=row,
        shown=found["shown"] if found else [],
        indicators=INDICATORS,
        place={"id": 0, "en": 1}[language_of(request)],
        can_prepare=may(request.user, "change plans") and row.state != "released",
        can_decide=may(request.user, "publish") and row.state == "prepared",
        mine=row.prepared_by_id == request.user.pk,
        stale=row.state in ("prepared", "approved") and (found is None or row.base != published.stamp()),
        work=[shown for shown in recent(JOBS, 10) if shown.job.asked.get("release") == pk][:3],
    )


@needs("change plans")
@require_POST
def plan(request: HttpRequest) -> HttpResponse:
    """Announce a release."""
    language = language_of(request)
    title = request.POST.get("title", "").strip()[:120]
    due = _day(request.POST.get("due_on", ""))
    if not title or due is None:
        messages.error(request, tongue(language)("release_incomplete"))
        return HttpResponseRedirect(address(language, "releases"))
    row = Release(title=title, due_on=due, why=request.POST.get("why", "").strip()[:200])
    keep(row, who(request), why=title)
    messages.success(request, tongue(language)("release_done_planned"))
    return HttpResponseRedirect(address(language, "release", row.pk))


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


@needs("change plans")
@require_POST
def prepare_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the worker reckon the numbers; who asks is who prepares."""
    return _step(request, pk, "preparing", lambda user: prepare(pk, user))


@needs("publish")
@require_POST
def decide_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Release, or send back, what another person prepared."""
    reason = request.POST.get("reason", "").strip()[:200]
    if request.POST.get("decision") == "approve":
        return _step(request, pk, "approved", lambda user: approve(pk, user, reason))
    return _step(request, pk, "refused", lambda user: refuse(pk, user, reason))


def _step(request: HttpRequest, pk: int, done: str, step: Any) -> HttpResponse:
    return stepped(request, ("release", pk), f"release_done_{done}", step)


@transaction.atomic
def prepare(pk: int, by: User) -> Job:
    """Ask for the numbers of a release; raises RefusedError."""
    row = get_object_or_404(Release.objects.select_for_update(), pk=pk)
    _only(row.state != "released", "release_over")
    _only(not Job.objects.filter(kind__in=JOBS, state__in=OPEN).exists(), "release_busy")
    return ask("figures", by, release=pk)


@transaction.atomic
def approve(pk: int, by: User, reason: str) -> Job:
    """Release what another person prepared, to the number; raises RefusedError."""
    row = _decidable(pk, by)
    whole = releases_work.content(row) is not None and row.base == published.stamp()
    _only(whole, "release_stale")
    _decide(row, "approved", by, reason)
    return ask("release", by, release=pk)


@transaction.atomic
def refuse(pk: int, by: User, reason: str) -> None:
    """Send back what another person prepared, and say why; raises RefusedError."""
    row = _decidable(pk, by)
    _only(bool(reason), "publish_no_reason")
    _decide(row, "planned", by, reason)


def _decidable(pk: int, by: User) -> Release:
    row = get_object_or_404(Release.objects.select_for_update(), pk=pk)
    _only(row.state == "prepared", "release_not_prepared")
    _only(row.prepared_by_id != by.pk, "release_mine")
    return row


def _decide(row: Release, state: str, by: User, reason: str) -> None:
    before = facts(row)
    row.state, row.decided_by, row.decided_at, row.reason = state, by, timezone.now(), reason
    row.save()
    note_many([(row, before)], by, why=reason or row.title, way="plan")


def _only(holds: bool, why: str) -> None:
    if not holds:
        raise RefusedError(why)
