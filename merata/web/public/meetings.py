"""Coordination meetings for everybody: what was agreed and what became of it, the record, the paper for the next."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from merata.publish.meeting import document
from merata.publish.meeting_files import meeting_body, meeting_pdf
from merata.web.logged_things import document_name, fingerprint
from merata.web.meeting_paper import paper
from merata.web.models import Meeting, Publication
from merata.web.page import language_of, render
from merata.web.programme.meeting_steps import lines
from merata.web.public.current import shown
from merata.web.public.names import names
from merata.web.public.promises import stands_as
from merata.web.public.recorded import recorded


@shown
def meetings(request: HttpRequest, publication: Publication) -> HttpResponse:
    """All meetings that were published, the newest first."""
    rows = Meeting.objects.filter(state="published").select_related("host")
    return render(request, "public/meetings.html.j2", publication=publication, meetings=list(rows))


@shown
def meeting(request: HttpRequest, publication: Publication, pk: int) -> HttpResponse:
    """One meeting."""
    found = _found(pk)
    actions = found.actions.filter(replaced_by=None).select_related("owner", "replaces")
    return render(
        request,
        "public/meeting.html.j2",
        publication=publication,
        meeting=found,
        lines=lines,
        actions=list(actions.order_by("due_by", "pk")),
        known=names(publication).places,
        hash=fingerprint(found),
        recorded=recorded("document", [document_name(found)]).get(document_name(found)),
        today=timezone.localdate(),
        stands_as=stands_as,
    )


@shown
def record(request: HttpRequest, publication: Publication, pk: int) -> HttpResponse:
    """A meeting's record as it was published: the bytes whose SHA-256 stands in the log."""
    told = {"Content-Disposition": f'attachment; filename="meeting-{pk}.json"'}
    return HttpResponse(_found(pk).record, content_type="application/json", headers=told)


@shown
def meeting_paper(request: HttpRequest, publication: Publication) -> HttpResponse:
    """The paper for the next meeting as a page, to be read or printed."""
    made = paper(language_of(request))
    return render(
        request,
        "public/meeting_paper.html.j2",
        publication=publication,
        title=document(made)["title"],
        body=meeting_body(made),
    )


@shown
def meeting_paper_file(request: HttpRequest, publication: Publication) -> HttpResponse:
    """The same as PDF."""
    made = paper(language_of(request))
    told = {"Content-Disposition": f'attachment; filename="{made.file_name}.pdf"'}
    return HttpResponse(meeting_pdf(made), content_type="application/pdf", headers=told)


def _found(pk: int) -> Meeting:
    return get_object_or_404(Meeting.objects.select_related("host"), pk=pk, state="published")
