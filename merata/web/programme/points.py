"""The pages of service points: their list, one with its history, and the forms that change it or bring it on."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from merata.web.changes import keep
from merata.web.models import ServicePoint
from merata.web.models.programme import PHOTOGRAPHS
from merata.web.programme import filters
from merata.web.programme.forms import NewPointForm, PointForm, StepForm
from merata.web.programme.frame import go, reached, shown, user_of, words
from merata.web.programme.history import history, told
from merata.web.programme.now import lines_of
from merata.web.programme.places import places
from merata.web.programme.said import RefusedError
from merata.web.programme.steps import STEPS, fields_of, possible, problems, record, step, turn
from merata.web.rights import may, needs, reach

_NEWEST_CHANGES = 100


@needs("see programme")
def points(request: HttpRequest) -> HttpResponse:
    """The points that the account reaches, chosen, sorted and paged by the address."""
    wanted = filters.asked(request.GET)
    sort = request.GET.get("urut", "")
    rows = filters.chosen(reach(user_of(request), ServicePoint.objects.all()), wanted)
    page = filters.paged(filters.shown(filters.in_order(rows, sort)), request.GET.get("hal", ""))
    return shown(
        request,
        "points",
        page=page,
        wanted=wanted,
        sort=sort,
        query=filters.query_of(wanted),
        sorted_query=filters.query_of(wanted, urut=sort),
        names=places(point.village_code for point in page),
        choices=filters.choices(),
        sorts=filters.SORTS,
        today=timezone.localdate(),
        settled=filters.SETTLED,
    )


def one(request: HttpRequest, number: int) -> ServicePoint:
    """The point of a number within the account's reach."""
    return reached(
        request,
        ServicePoint.objects.select_related("provider", "contract", "commitment", "now__case"),
        number,
    )


@needs("see programme")
def point(request: HttpRequest, number: int) -> HttpResponse:
    """A point: where it stands, what may be done next, photographs, every change."""
    found, user, t = one(request, number), user_of(request), words(request)
    changes = history(found)[:_NEWEST_CHANGES] if may(user, "see changes") else []
    today = timezone.localdate()
    return shown(
        request,
        "point",
        point=found,
        place=places([found.village_code]).get(found.village_code),
        steps=[(to, problems(found, to, user, today, {})) for to in possible(found, user)],
        turn=turn(found),
        may_change=bool(fields_of(found, user)),
        photographs=list(found.photographs.all()),
        kinds=PHOTOGRAPHS,
        probes=list(found.probes.all()),
        line=lines_of([found])[0][0] if found.state == "in service" else None,
        payments=list(found.payments.all()[:50]),
        told=told(changes, t),
        today=today,
        now=timezone.now(),
        settled=filters.SETTLED,
    )


@needs("record points")
def point_edit(request: HttpRequest, number: int) -> HttpResponse:
    """Change the fields of a point that go without a step."""
    found, user, t = one(request, number), user_of(request), words(request)
    form = PointForm(request.POST or None, instance=one(request, number))
    form.keep_fields(fields_of(found, user), t)
    if form.is_valid():
        try:
            record(found, user, form.changed_values(), why=form.cleaned_data["why"])
            return go(request, "programme_point", number, say=t("programme_kept"))
        except RefusedError as refused:
            form.refuse(refused, t)
    return shown(
        request,
        "form",
        form=form,
        title=t("point_edit_title", code=found.code),
        back=("programme_point", number),
    )


@needs("step points")
def point_step(request: HttpRequest, number: int, to: str) -> HttpResponse:
    """The form of one step, and the step itself."""
    found, user, t = one(request, number), user_of(request), words(request)
    if to not in STEPS or (request.method != "POST" and to not in possible(found, user)):
        raise Http404
    form = StepForm(request.POST or None, instance=one(request, number))
    form.keep_fields(STEPS[to].asks, t)
    if form.is_valid():
        try:
            step(found, to, user, form.cleaned_data["on"], why=form.cleaned_data["why"], **form.given())
            return go(request, "programme_point", number, say=t("stepped", to=t.word("point_state", to)))
        except RefusedError as refused:
            form.refuse(refused, t)
        except ValidationError as error:
            form.add_error(None, error.messages)
    title = t("step_title", code=found.code, to=t.word("point_state", to))
    return shown(request, "form", form=form, title=title, back=("programme_point", number))


@needs("change programme")
def point_new(request: HttpRequest) -> HttpResponse:
    """Put a point forward by hand."""
    t = words(request)
    made = ServicePoint(since=timezone.localdate(), state="proposed")
    form = NewPointForm(request.POST or None, instance=made, t=t)
    if form.is_valid():
        keep(form.instance, user_of(request))
        return go(request, "programme_point", form.instance.pk, say=t("programme_kept"))
    return shown(request, "form", form=form, title=t("point_new_title"), back=("programme_points", None))
