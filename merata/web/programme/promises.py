"""The pages of commitments: all of them, those of a village and how its points fulfil them; and weekly targets."""

from __future__ import annotations

import re

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from merata.web.changes import keep
from merata.web.models import Commitment, ServicePoint, VillageFacts, WeeklyTarget
from merata.web.models.programme import COMMITMENT_STATES
from merata.web.programme import filters
from merata.web.programme.forms import TargetForm
from merata.web.programme.frame import done, go, reached, shown, user_of, words
from merata.web.programme.places import places
from merata.web.programme.steps import record
from merata.web.public.current import newest
from merata.web.rights import needs, reach


@needs("see programme")
def commitments(request: HttpRequest) -> HttpResponse:
    """The commitments that the account reaches, of a year or in a state."""
    wanted = {name: value for name in ("tahun", "janji") if (value := request.GET.get(name, "").strip()[:15])}
    rows = reach(
        user_of(request), Commitment.objects.filter(replaced_by=None).select_related("owner")
    ).distinct()
    if (year := wanted.get("tahun", "")).isdecimal() and int(year) < 10_000:
        rows = rows.filter(year=int(year))
    if wanted.get("janji") in COMMITMENT_STATES:
        rows = rows.filter(state=wanted["janji"])
    page = filters.paged(rows.order_by("year", "village_code", "pk"), request.GET.get("hal", ""))
    return shown(
        request,
        "commitments",
        page=page,
        wanted=wanted,
        query=filters.query_of(wanted),
        states=COMMITMENT_STATES,
        names=places(row.village_code for row in page),
        this_year=timezone.localdate().year,
    )


@needs("see programme")
def village(request: HttpRequest, code: str) -> HttpResponse:
    """A village's commitments, the points that fulfil each, and the points that fulfil none."""
    user = user_of(request)
    if not re.fullmatch(r"[\d.]{1,13}", code):
        raise Http404
    promised = reach(user, Commitment.objects.filter(village_code=code)).distinct()
    rows = list(promised.select_related("owner", "replaced_by").order_by("pk"))
    points = list(reach(user, ServicePoint.objects.filter(village_code=code)).select_related("provider"))
    known = reach(user, VillageFacts.objects.filter(publication=newest(), code=code)).first()
    if not rows and not points and known is None:
        raise Http404
    return shown(
        request,
        "village",
        code=code,
        place=places([code]).get(code),
        rows=[(row, [point for point in points if point.commitment_id == row.pk]) for row in rows],
        loose=[point for point in points if point.commitment_id is None],
        this_year=timezone.localdate().year,
    )


@needs("change programme")
@require_POST
def fulfil(request: HttpRequest, number: int) -> HttpResponse:
    """Say which commitment of its village a point fulfils, or none."""
    t = words(request)
    found = reached(request, ServicePoint.objects.all(), number)
    asked = request.POST.get("commitment", "")
    promise = (
        Commitment.objects.filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 16 else None
    )
    return done(
        request,
        lambda: record(found, user_of(request), {"commitment": promise}, why=request.POST.get("why", "")),
        t("programme_kept"), "programme_village", found.village_code,
    )  # fmt: skip


@needs("change programme")
def targets(request: HttpRequest) -> HttpResponse:
    """The weekly targets, and the form for one; a second one of a week takes the first one's place."""
    t = words(request)
    form = TargetForm(request.POST or None, t=t)
    if form.is_valid():
        _keep_target(request, form)
        return go(request, "programme_targets", say=t("programme_kept"))
    rows = reach(user_of(request), WeeklyTarget.objects.select_related("provider"))
    page = filters.paged(rows.order_by("-monday", "provider__name"), request.GET.get("hal", ""))
    return shown(request, "targets", form=form, page=page)


@transaction.atomic
def _keep_target(request: HttpRequest, form: TargetForm) -> None:
    said = form.cleaned_data
    row = WeeklyTarget.objects.filter(monday=said["monday"], provider=said["provider"]).first()
    row = row or WeeklyTarget(monday=said["monday"], provider=said["provider"])
    row.in_service = said["in_service"]
    keep(row, user_of(request))
