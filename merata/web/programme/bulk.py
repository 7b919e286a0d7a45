"""Many points changed in one go: chosen by filter or tick, looked at before and after, applied with a reason."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from merata.web.models import ServicePoint
from merata.web.programme import filters
from merata.web.programme.forms import BulkForm
from merata.web.programme.frame import go, shown, user_of, words
from merata.web.programme.places import places
from merata.web.programme.proposals import Proposal, apply, mark_of, of_points
from merata.web.programme.said import RefusedError
from merata.web.programme.steps import STEPS
from merata.web.rights import needs, reach

MOST = 500


@needs("change programme")
def bulk(request: HttpRequest) -> HttpResponse:
    """Choose what many points change to; see it; apply it."""
    user, t = user_of(request), words(request)
    wanted = _wanted(request)
    rows = filters.chosen(reach(user, ServicePoint.objects.all()), wanted).order_by("code")
    points = list(filters.shown(rows)[: MOST + 1])
    form = BulkForm(request.POST or None, t=t, states=STEPS)
    proposals: list[Proposal] = []
    if len(points) > MOST:
        return go(
            request,
            "programme_points",
            say=t("bulk_too_many", most=MOST),
            wrong=True,
            query=filters.query_of(wanted),
        )
    if form.is_valid():
        said = form.cleaned_data
        proposals = of_points(points, user, said["to"], said["on"], form.values())
        if "apply" in request.POST and request.POST.get("mark") == mark_of(proposals):
            return _applied(request, proposals, said["why"])
    return shown(
        request, "bulk", form=form, points=points, proposals=proposals, wanted=wanted, mark=mark_of(proposals),
        changing=sum(one.outcome == "changes" for one in proposals),
        stale="apply" in request.POST and bool(proposals),
        names=places(point.village_code for point in points),
    )  # fmt: skip


def _applied(request: HttpRequest, proposals: list[Proposal], why: str) -> HttpResponse:
    t = words(request)
    try:
        batch, count = apply(proposals, user_of(request), why=why, way="bulk")
    except RefusedError as refused:
        return go(request, "programme_points", say=refused.said(t), wrong=True)
    if not count:
        return go(request, "programme_points", say=t("programme_nothing_changed"))
    return go(request, "programme_batch", batch, say=t("programme_applied", count=count))


def _wanted(request: HttpRequest) -> dict[str, str]:
    """The filter of the address, or the points that were ticked."""
    given = request.POST if request.method == "POST" else request.GET
    if ticked := [part for part in given.getlist("pilih") if part.isdecimal()]:
        return {"titik": ",".join(ticked)}
    wanted = {name: given.get(name, "").strip()[:20_000] for name in filters.FILTERS}
    return {name: value for name, value in wanted.items() if value}
