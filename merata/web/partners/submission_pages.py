"""The pages of submissions: operators send and see their own, the office sees the differences and decides."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from merata.region.kinds import DIFFERENCES
from merata.web.models import Submission
from merata.web.partners.frame import shown
from merata.web.partners.submission_rows import MOST, rows_of
from merata.web.partners.submissions import OPEN, decide, kinds, own_findings, send, withdraw
from merata.web.programme.frame import done, go, reached, user_of, words
from merata.web.programme.said import RefusedError
from merata.web.rights import may, needs, reach
from merata.web.staff.uploads import too_large

_MOST = 100


@needs("see submissions")
def submissions(request: HttpRequest) -> HttpResponse:
    """Submissions within reach, the newest first; the form for those who may send."""
    return _list(request)


def _list(request: HttpRequest, status: int = 200, **given: object) -> HttpResponse:
    rows = reach(user_of(request), Submission.objects.select_related("organisation", "taken"))
    values = {
        "problems": [], "refused": {}, "kind": "", "date": timezone.localdate().isoformat(), "words": "",
        "confidential": True,
    }  # fmt: skip
    return shown(
        request, "submissions", status, rows=list(rows[:_MOST]), kinds=kinds(), today=timezone.localdate().isoformat(),
        **{**values, **given},
    )  # fmt: skip


@needs("submit data")
@require_POST
def submission_send(request: HttpRequest) -> HttpResponse:
    """Take files to compare."""
    t, post = words(request), request.POST
    given = {
        "kind": post.get("kind", ""), "date": post.get("date", ""), "words": post.get("words", ""),
        "confidential": post.get("confidential") != "open",
    }  # fmt: skip
    refused = {name: t("data_too_large") for name in too_large(request)}
    try:
        row, more = send(user_of(request), request.FILES.getlist("files"), **given)  # type: ignore[arg-type]
    except RefusedError as error:
        return _list(request, 400, problems=error.problems, refused=refused, **given)
    say = (
        t("submission_kept")
        if not (refused or more)
        else f"{t('data_refused_title')} {', '.join(refused | more)}"
    )
    return go(request, "submission", row.pk, say=say)


@needs("see submissions")
def submission(request: HttpRequest, number: int) -> HttpResponse:
    """One submission: to its sender how far it is and what is wrong in its files; to the office what differs."""
    rows = Submission.objects.select_related("organisation", "compared", "taken", "decided_by")
    row = reached(request, rows, number)
    user = user_of(request)
    decides = may(user, "decide submissions") and row.organisation_id != user.organisation_id
    outcome = row.compared.outcome if row.compared else {}
    return shown(
        request, "submission", row=row, outcome=outcome, decides=decides, open=row.state in OPEN,
        mine=row.organisation_id == user.organisation_id, findings=own_findings(row),
        rows=rows_of(row) if decides else [], most=MOST, left=[one for one in row.decisions if not one["taken"]],
        kinds=[(kind, outcome["counts"][kind]) for kind in DIFFERENCES if outcome.get("counts", {}).get(kind)],
    )  # fmt: skip


@needs("decide submissions")
@require_POST
def submission_decide(request: HttpRequest, number: int) -> HttpResponse:
    """Take it in whole (`accept`), as chosen row by row (`chosen`), or refuse it."""
    row, t, post = reached(request, Submission.objects.all(), number), words(request), request.POST
    does, reason = post.get("decision", ""), post.get("reason", "")
    chosen = post.dict() if does == "chosen" else None
    return done(
        request, lambda: decide(row.pk, user_of(request), does in ("accept", "chosen"), reason, chosen),
        t("submission_decision_kept"), "submission", number,
    )  # fmt: skip


@needs("submit data")
@require_POST
def submission_withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Take one's own back."""
    row, t = reached(request, Submission.objects.all(), number), words(request)
    return done(
        request, lambda: withdraw(row.pk, user_of(request)), t("submission_withdrawn"), "submission", number
    )
