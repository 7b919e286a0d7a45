"""The pages of coordination meetings for those who hold them: drafts, their actions, publishing."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from merata.web.changes import keep
from merata.web.models import Meeting, Organisation
from merata.web.programme import filters, meeting_steps
from merata.web.programme.frame import go, reached, shown, user_of, words
from merata.web.programme.history import history, told
from merata.web.programme.places import places
from merata.web.programme.promise_forms import ActionForm, MeetingForm
from merata.web.programme.said import RefusedError
from merata.web.rights import needs


@needs("change programme")
def meetings(request: HttpRequest) -> HttpResponse:
    """All meetings, drafts too."""
    page = filters.paged(Meeting.objects.select_related("host"), request.GET.get("hal", ""))
    return shown(request, "meetings", page=page)


@needs("change programme")
def meeting_new(request: HttpRequest) -> HttpResponse:
    """Begin the draft of a meeting."""
    return _form(request, Meeting(host=user_of(request).organisation), "meeting_new_title")


@needs("change programme")
def meeting_edit(request: HttpRequest, number: int) -> HttpResponse:
    """Change a draft; what was published stays."""
    found = _found(request, number)
    if found.state != "draft":
        return go(request, "programme_meeting", found.pk, say=words(request)("meeting_published"), wrong=True)
    return _form(request, found, "meeting_edit_title")


def _form(request: HttpRequest, row: Meeting, title: str) -> HttpResponse:
    t = words(request)
    form = MeetingForm(request.POST or None, instance=row, t=t)
    if form.is_valid():
        keep(form.instance, user_of(request))
        return go(request, "programme_meeting", form.instance.pk, say=t("programme_kept"))
    back = ("programme_meeting", row.pk) if row.pk else ("programme_meetings", None)
    return shown(request, "form", form=form, title=t(title), back=back)


@needs("change programme")
def meeting(request: HttpRequest, number: int) -> HttpResponse:
    """One meeting; of a draft its actions, and the form for one more."""
    return _shown(request, _found(request, number), ActionForm(t=words(request)))


@needs("change programme")
@require_POST
def meeting_action(request: HttpRequest, number: int) -> HttpResponse:
    """Put an action into a draft."""
    t, found = words(request), _found(request, number)
    form = ActionForm(request.POST, t=t)
    if form.is_valid():
        try:
            meeting_steps.add_action(found, user_of(request), form.said())
            return go(request, "programme_meeting", found.pk, say=t("programme_kept"))
        except RefusedError as refused:
            form.refuse(refused, t)
    return _shown(request, found, form)


@needs("change programme")
@require_POST
def meeting_action_drop(request: HttpRequest, number: int) -> HttpResponse:
    """Take an action out of a draft."""
    place = request.POST.get("place", "")
    at = int(place) if place.isdecimal() and len(place) < 6 else -1
    return _step(request, number, lambda found: meeting_steps.drop_action(found, user_of(request), at))


@needs("change programme")
@require_POST
def meeting_publish(request: HttpRequest, number: int) -> HttpResponse:
    """Publish a meeting: its actions become promises."""
    return _step(request, number, lambda found: meeting_steps.publish(found, user_of(request)))


def _step(request: HttpRequest, number: int, do: Any) -> HttpResponse:
    t, found = words(request), _found(request, number)
    try:
        made: Meeting = do(found)
    except RefusedError as refused:
        return go(request, "programme_meeting", found.pk, say=refused.said(t), wrong=True)
    published = t("meeting_done", count=t.number(len(made.proposed)))
    return go(
        request,
        "programme_meeting",
        found.pk,
        say=published if made.state != "draft" else t("programme_kept"),
    )


def _found(request: HttpRequest, number: int) -> Meeting:
    return reached(request, Meeting.objects.select_related("host"), number)


def _shown(request: HttpRequest, found: Meeting, form: ActionForm) -> HttpResponse:
    owners = Organisation.objects.in_bulk([one["owner_id"] for one in found.proposed])
    return shown(
        request,
        "meeting",
        meeting=found,
        form=form,
        owners=owners,
        names=places(one["village_code"] for one in found.proposed if one["village_code"]),
        lines=meeting_steps.lines,
        actions=list(found.actions.filter(replaced_by=None).select_related("owner")),
        told=told(history(found)[:100], words(request)),
    )
