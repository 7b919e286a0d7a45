"""One promise as staff see it: what holds, every change, and the steps that one may take."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from merata.web.models import Commitment
from merata.web.programme import promise_steps
from merata.web.programme.frame import done, go, reached, shown, user_of, words
from merata.web.programme.history import history, told
from merata.web.programme.places import places
from merata.web.programme.promise_forms import ChangePromiseForm
from merata.web.programme.said import RefusedError
from merata.web.rights import may, needs


@needs("see programme")
def promise(request: HttpRequest, number: int) -> HttpResponse:
    """A promise, its changes and the steps that the account may take."""
    found = _found(request, number)
    user = user_of(request)
    return shown(
        request,
        "promise",
        row=found,
        place=places([found.village_code]).get(found.village_code),
        points=list(found.points.select_related("provider")),
        steps=promise_steps.steps_for(found, user),
        needs={to: step.needs for to, step in promise_steps.STEPS.items()},
        told=told(history(found)[:100], words(request)) if may(user, "see changes") else [],
    )


@needs("report promises")
@require_POST
def promise_step(request: HttpRequest, number: int, to: str) -> HttpResponse:
    """Bring a promise into a state."""
    t, found = words(request), _found(request, number)
    given = {name: request.POST.get(name, "")[:500] for name in ("evidence", "why")}
    return done(
        request, lambda: promise_steps.take(found, user_of(request), to.replace("-", " "), **given),
        t("programme_kept"), "programme_promise", found.pk,
    )  # fmt: skip


@needs("change programme")
def promise_change(request: HttpRequest, number: int) -> HttpResponse:
    """Put a later promise in its place, with the reason."""
    t, found = words(request), _found(request, number)
    form = ChangePromiseForm(request.POST or None, row=found, t=t)
    if form.is_valid():
        try:
            later = promise_steps.replace(found, user_of(request), form.cleaned_data["why"], **form.values())
            return go(request, "programme_promise", later.pk, say=t("programme_kept"))
        except RefusedError as refused:
            form.refuse(refused, t)
    title = t("promise_change_title")
    return shown(request, "form", form=form, title=title, back=("programme_promise", found.pk))


def _found(request: HttpRequest, number: int) -> Commitment:
    rows = Commitment.objects.select_related("owner", "publication", "meeting", "replaced_by")
    return reached(request, rows, number)
