"""What people reported, for who answers it: the open ones first, an answer that everybody can read."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from merata.web.changes import keep
from merata.web.models import Report, User
from merata.web.models.reports import STATES
from merata.web.page import address, language_of
from merata.web.programme import filters
from merata.web.programme.frame import reached, shown, user_of, words
from merata.web.programme.places import places
from merata.web.rights import needs, reach

MOST_WORDS = 500


@needs("answer reports")
def reports(request: HttpRequest) -> HttpResponse:
    """The reports within reach."""
    state = request.GET.get("keadaan", "")
    rows = in_turn(user_of(request))
    if state in STATES:
        rows = rows.filter(state=state)
    page = filters.paged(rows, request.GET.get("hal", ""))
    return shown(
        request,
        "reports",
        page=page,
        query=filters.query_of({"keadaan": state}),
        state=state,
        states=STATES,
        names=places(row.village_code for row in page),
        most=MOST_WORDS,
    )


def in_turn(user: User) -> QuerySet[Report]:
    """The reports that an account reaches: those without an answer first, the oldest of them first of all."""
    place = Case(
        *(When(state=state, then=Value(n)) for n, state in enumerate(STATES)), output_field=IntegerField()
    )
    rows = reach(user, Report.objects.select_related("point"))
    return rows.annotate(turn=place).order_by("turn", "pk").distinct()


@needs("answer reports")
@require_POST
def answer(request: HttpRequest, number: int) -> HttpResponse:
    """Answer a report, or say that it was passed on."""
    row, said = reached(request, Report.objects.all(), number), request.POST.get("answer", "").strip()
    t = words(request)
    if said:
        row.state, row.answer, row.answered_at = "answered", said[:MOST_WORDS], timezone.now()
    elif request.POST.get("do") == "pass" and row.state == "new":
        row.state = "passed on"
    else:
        messages.error(request, t("reports_no_answer"))
        return _back(request)
    keep(row, user_of(request))
    messages.success(request, t("reports_kept", reference=row.reference))
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(address(language_of(request), "programme_reports"))
