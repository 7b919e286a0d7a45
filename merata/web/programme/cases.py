"""The pages of cases: what is open, the week's worst, one with its steps, who is on duty, SP4N-LAPOR!'s file."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from merata.web.cases.clocks import due
from merata.web.cases.lapor import COLUMNS, rows_of
from merata.web.cases.life import possible, step
from merata.web.changes import note
from merata.web.models import Blackout, Case, Organisation, PointNow, Report
from merata.web.models.cases import CASE_STATES
from merata.web.page import address, language_of
from merata.web.programme import filters
from merata.web.programme.frame import go, reached, shown, user_of, words
from merata.web.programme.history import history
from merata.web.programme.places import places
from merata.web.programme.said import RefusedError
from merata.web.public.data import csv_text
from merata.web.rights import needs, reach
from merata.web.sms.numbers import alike

WEEK = dt.timedelta(days=7)
_MOST_WORST, _MOST_WHY = 20, 300


@needs("answer reports")
def cases(request: HttpRequest) -> HttpResponse:
    """The cases within reach: open ones first, the one whose time is up the longest first of all."""
    state = request.GET.get("keadaan", "")
    rows = reach(user_of(request), _with_reports())
    rows = rows.filter(state=state) if state in CASE_STATES else rows.exclude(state="closed")
    page = filters.paged(rows.order_by("-closed_at", "state_at", "pk"), request.GET.get("hal", ""))
    return _list(request, "cases", page, query=filters.query_of({"keadaan": state}), state=state, page=page)


@needs("answer reports")
def worst(request: HttpRequest) -> HttpResponse:
    """The week's worst: what was open in the last seven days, by hours open, times opened again and reports."""
    now = timezone.now()
    rows = reach(user_of(request), _with_reports()).exclude(kind="request")
    there = rows.exclude(state="closed") | rows.filter(closed_at__gt=now - WEEK)
    order = sorted(there.distinct(), key=lambda case: (-_badness(case, now), case.pk))[:_MOST_WORST]
    return _list(request, "cases_worst", order, hours={case.pk: _hours(case, now) for case in order})


@needs("answer reports")
def case(request: HttpRequest, number: int) -> HttpResponse:
    """One case: its reports, its clock, what was done, and the steps that the account may take."""
    found = reached(request, Case.objects.select_related("point", "provider"), number)
    user = user_of(request)
    providers = Organisation.objects.filter(kind="provider") if user.role in ("province", "regency") else []
    return shown(
        request, "case", case=found, place=places([found.village_code]).get(found.village_code), due=due(found),
        late=_late(found), outage=_outage(found), steps=possible(found, user), providers=providers, most=_MOST_WHY,
        reports=found.reports.order_by("pk"),
        changes=[one for one in history(found) if "state" in one.after],
    )  # fmt: skip


@needs("answer reports")
@require_POST
def case_step(request: HttpRequest, number: int) -> HttpResponse:
    """Take a step with a case."""
    found, t = reached(request, Case.objects.all(), number), words(request)
    chosen = request.POST.get("provider", "")
    provider = (
        Organisation.objects.filter(pk=chosen).first() if chosen.isdecimal() and len(chosen) < 16 else None
    )
    why = request.POST.get("why", "").replace("\0", "").strip()[:_MOST_WHY]
    try:
        step(found, request.POST.get("step", ""), user_of(request), why=why, provider=provider)
    except RefusedError as refused:
        return go(request, "programme_case", number, say=refused.said(t), wrong=True)
    if not reach(user_of(request), Case.objects.filter(pk=number)).exists():
        return go(request, "programme_cases", say=t("case_kept", reference=found.reference))
    return go(request, "programme_case", number, say=t("case_kept", reference=found.reference))


@needs("answer reports")
def report_photo(request: HttpRequest, number: int) -> HttpResponse:
    """The picture of a report, for accounts that reach it; never for everybody."""
    found = reached(request, Report.objects.all(), number)
    try:
        stream = found.photo.open("rb")
    except (FileNotFoundError, ValueError):
        raise Http404 from None
    answer = FileResponse(stream, content_type="image/jpeg")
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Disposition"] = "inline"
    return answer  # type: ignore[return-value]  # a streaming answer, which Django takes as well


@needs("change programme")
def lapor_file(request: HttpRequest) -> HttpResponse:
    """The cases of the last year in the columns of SP4N-LAPOR!'s form, without the words of anybody."""
    since = timezone.now() - dt.timedelta(days=365)
    rows = _with_reports().filter(opened_at__gt=since).order_by("pk")
    text = csv_text(COLUMNS, rows_of(rows))
    told = {"Content-Disposition": 'attachment; filename="sp4n-lapor.csv"'}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=told)


@needs("change programme")
@require_http_methods(["GET", "POST"])
def duty(request: HttpRequest) -> HttpResponse:
    """To which phone of each office and provider SMS about cases go."""
    t = words(request)
    rows = Organisation.objects.filter(kind__in=("province", "regency", "provider", "village"))
    if request.method != "POST":
        return shown(request, "cases_duty", rows=rows)
    row = (
        rows.filter(pk=request.POST.get("office", "")[:15]).first()
        if request.POST.get("office", "").isdecimal()
        else None
    )
    given = request.POST.get("phone", "").strip()
    if row is None or (given and not alike(given)):
        messages.error(request, t("duty_wrong"))
        return HttpResponseRedirect(address(language_of(request), "programme_duty"))
    with transaction.atomic():
        Organisation.objects.filter(pk=row.pk).update(duty_phone=alike(given))
        note(
            "organisation",
            str(row.pk),
            {},
            {"duty_phone": "set" if given else "taken away"},
            user_of(request),
        )
    return go(request, "programme_duty", say=t("duty_kept", name=row.name))


def _with_reports() -> QuerySet[Case]:
    return Case.objects.select_related("point", "provider").annotate(said=Count("reports"))


def _list(request: HttpRequest, template: str, rows: Any, **values: Any) -> HttpResponse:
    found = list(rows)
    return shown(
        request, template, rows=found, names=places(row.village_code for row in found), states=CASE_STATES,
        due={row.pk: due(row) for row in found}, late={row.pk for row in found if _late(row)}, **values,
    )  # fmt: skip


def _outage(case: Case) -> Blackout | None:
    """The outage of several points that a case belongs to, while its point is dark."""
    row = PointNow.objects.filter(case=case, state="dark").select_related("outage").first()
    return row.outage if row and row.outage and row.outage.by else None


def _late(case: Case) -> bool:
    by = due(case)
    return by is not None and by < timezone.now() and case.state != "mended"


def _hours(case: Case, now: dt.datetime) -> float:
    return ((case.closed_at or now) - case.since).total_seconds() / 3600


def _badness(case: Case, now: dt.datetime) -> float:
    """Hours open; each time that it was opened again counts as a day, each report after the first as six hours."""
    more = max(0, getattr(case, "said", 1) - 1)
    return _hours(case, now) + 24 * case.opened_again + 6 * more
