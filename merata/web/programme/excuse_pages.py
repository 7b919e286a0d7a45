"""The pages of contests and force majeure: what was put forward, its evidence, and the decision of another person."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from merata.web.models import Excuse, Outage, ScoreSet, ServicePoint
from merata.web.models.measured import EXCUSE_STATES
from merata.web.programme import filters
from merata.web.programme.excuses import contest, decide, may_decide, propose
from merata.web.programme.frame import done, go, reached, shown, user_of, words
from merata.web.programme.history import history
from merata.web.programme.measured_forms import ContestForm, MajeureForm
from merata.web.programme.places import places
from merata.web.programme.said import RefusedError
from merata.web.public.scores import TROUBLES, contest_of, contests, times
from merata.web.rights import may, needs, reach

_LATEST = 2**34
#: Outages that the page of a point's outages shows.
_MOST = 200


@needs("see programme")
def outages(request: HttpRequest, number: int) -> HttpResponse:
    """The outages of a point, the newest first; its provider contests one from here."""
    point = reached(request, ServicePoint.objects.select_related("provider"), number)
    user = user_of(request)
    rows = point.outages.filter(cause__in=TROUBLES).order_by("-start")[:_MOST]
    return shown(
        request, "outages", point=point, place=places([point.village_code]).get(point.village_code), rows=list(rows),
        contested=contests(point), contest_of=contest_of, times=times(),
        mine=may(user, "contest outages") and point.provider_id == user.organisation_id,
    )  # fmt: skip


@needs("contest outages")
def contest_page(request: HttpRequest, number: int, start: int) -> HttpResponse:
    """The form that contests one outage, and what it sends."""
    point = reached(request, ServicePoint.objects.all(), number)
    if start > _LATEST:
        raise Http404(start)
    began = dt.datetime.fromtimestamp(start, dt.UTC)
    outage = get_object_or_404(Outage, point=point, start=began, cause__in=(*TROUBLES, "unknown"))
    t = words(request)
    form = ContestForm(request.POST or None, request.FILES or None, t=t)
    if form.is_valid():
        try:
            row = contest(outage, user_of(request), form.cleaned_data["words"], _file(request))
            return go(request, "programme_excuse", row.pk, say=t("contest_kept"))
        except RefusedError as refused:
            form.refuse(refused, t)
    title = t("contest_title", code=point.code, when=t.moment(outage.start))
    return shown(request, "form", form=form, title=title, back=("programme_outages", number), files=True)


@needs("see programme")
def excuses(request: HttpRequest) -> HttpResponse:
    """Contests and force majeure within reach: what is not decided first."""
    state = request.GET.get("keadaan", "")
    rows = reach(user_of(request), Excuse.objects.select_related("provider", "point", "organisation"))
    if state in EXCUSE_STATES:
        rows = rows.filter(state=state)
    page = filters.paged(rows.order_by("decided_at", "-pk"), request.GET.get("hal", ""))
    query = filters.query_of({"keadaan": state})
    return shown(request, "excuses", page=page, query=query, state=state, states=EXCUSE_STATES)


@needs("see programme")
def excuse(request: HttpRequest, number: int) -> HttpResponse:
    """One of them: what was put forward and by whom, its evidence, its decision, every change."""
    row = reached(request, Excuse.objects.select_related("provider", "point", "organisation", "by"), number)
    user = user_of(request)
    scored = ScoreSet.objects.filter(pk=1).first()
    return shown(
        request, "excuse", row=row, may_decide=row.state == "open" and may_decide(user, row), changes=history(row),
        counted=bool(row.decided_at and scored and scored.taken_at > row.decided_at),
    )  # fmt: skip


@needs("decide excuses")
@require_POST
def excuse_decide(request: HttpRequest, number: int) -> HttpResponse:
    """Uphold or reject it, with a reason."""
    row, t = reached(request, Excuse.objects.all(), number), words(request)
    state, reason = request.POST.get("state", ""), request.POST.get("reason", "").replace("\0", "")
    return done(
        request,
        lambda: decide(row, user_of(request), state, reason),
        t("excuse_kept"),
        "programme_excuse",
        number,
    )


@needs("propose majeure")
def majeure_new(request: HttpRequest) -> HttpResponse:
    """Put force majeure forward."""
    t, user = words(request), user_of(request)
    form = MajeureForm(request.POST or None, request.FILES or None, t=t, user=user)
    if form.is_valid():
        try:
            row = propose(form.row(), user, form.cleaned_data["words"], _file(request))
            return go(request, "programme_excuse", row.pk, say=t("contest_kept"))
        except RefusedError as refused:
            form.refuse(refused, t)
    return shown(
        request, "form", form=form, title=t("majeure_new_title"), back=("programme_excuses", None), files=True
    )  # fmt: skip


@needs("see programme")
def excuse_file(request: HttpRequest, number: int) -> HttpResponse:
    """The evidence, as a file to keep: never shown as a page of the site."""
    row = reached(request, Excuse.objects.all(), number)
    try:
        stream = row.file.open("rb")
    except (FileNotFoundError, ValueError):
        raise Http404(number) from None
    ending = str(row.file.name).rpartition(".")[2]
    answer = FileResponse(stream, content_type="application/octet-stream")
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Disposition"] = f'attachment; filename="{number}.{ending}"'
    return answer  # type: ignore[return-value]  # a streaming answer, which Django takes as well


def _file(request: HttpRequest) -> UploadedFile[Any] | None:
    found = request.FILES.get("file")
    return found if isinstance(found, UploadedFile) else None
