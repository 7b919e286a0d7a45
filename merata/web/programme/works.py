"""Planned work: told beforehand by the provider or an office, noticed when it is entered, never backdated."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from merata.web.changes import keep
from merata.web.models import PlannedWork, User
from merata.web.page import changed
from merata.web.programme import filters
from merata.web.programme.frame import done, go, reached, shown, user_of, words
from merata.web.programme.measured_forms import WorkForm
from merata.web.programme.said import Problem, RefusedError
from merata.web.rights import may, needs, reach

#: One work lasts no longer, and is told no earlier.
LONGEST, EARLIEST = dt.timedelta(hours=72), dt.timedelta(days=366)


@transaction.atomic
def enter(row: PlannedWork, by: User) -> PlannedWork:
    """Keep planned work; it counts as told from now on.

    Raises
    ------
    RefusedError
        It has begun, lasts too long, or is not of whoever enters it.
    """
    changed()
    if wrong := _wrong(row, by):
        raise RefusedError(wrong)
    row.by = by
    keep(row, by, why=row.what)
    return row


def _wrong(row: PlannedWork, by: User) -> list[Problem]:
    found, now = [], timezone.now()
    if not may(by, "plan work") or (by.role == "provider" and row.provider_id != by.organisation_id):
        found.append(Problem("work_not_yours"))
    provider: int | None = row.provider_id  # a form may leave it out
    if provider is None:
        found.append(Problem("work_needs_provider", at="provider"))
    elif row.point and row.point.provider_id != provider:
        found.append(Problem("point_of_other_provider", at="point"))
    if row.begins <= now:
        found.append(Problem("work_has_begun", at="begins"))
    elif row.begins > now + EARLIEST:
        found.append(Problem("work_too_early", at="begins"))
    if row.ends <= row.begins:
        found.append(Problem("ends_before_starts", at="ends"))
    elif row.ends - row.begins > LONGEST:
        found.append(Problem("work_too_long", {"hours": round(LONGEST.total_seconds() / 3600)}, at="ends"))
    return found


@transaction.atomic
def withdraw(row: PlannedWork, by: User) -> None:
    """Take planned work back, before it begins.

    Raises
    ------
    RefusedError
        It has begun, or was withdrawn.
    """
    changed()
    there = PlannedWork.objects.select_for_update().get(pk=row.pk)
    if there.withdrawn_at or there.begins <= timezone.now():
        raise RefusedError([Problem("work_has_begun")])
    there.withdrawn_at = timezone.now()
    keep(there, by)


@needs("see programme")
def works(request: HttpRequest) -> HttpResponse:
    """Planned work within reach, the latest first."""
    rows = reach(user_of(request), PlannedWork.objects.select_related("provider", "point"))
    page = filters.paged(rows.order_by("-begins", "-pk"), request.GET.get("hal", ""))
    return shown(request, "works", page=page, now=timezone.now())


@needs("plan work")
def work_new(request: HttpRequest) -> HttpResponse:
    """Enter planned work."""
    t, user = words(request), user_of(request)
    form = WorkForm(request.POST or None, t=t, user=user)
    if form.is_valid():
        try:
            enter(form.row(), user)
            return go(request, "programme_works", say=t("programme_kept"))
        except RefusedError as refused:
            form.refuse(refused, t)
    return shown(request, "form", form=form, title=t("work_new_title"), back=("programme_works", None))


@needs("plan work")
@require_POST
def work_withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Take planned work back."""
    row, t = reached(request, PlannedWork.objects.all(), number), words(request)
    return done(request, lambda: withdraw(row, user_of(request)), t("programme_kept"), "programme_works")
