"""The pages of challenges for accounts: what waits for one, the answer, the decision, evidence, many at once."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from merata.errors import FileError
from merata.web.challenges.bulk import CHALLENGES, MOST, Row, looked_at, take_all
from merata.web.challenges.claims import newest_of
from merata.web.challenges.facts import GOING, HOLDS
from merata.web.challenges.follow import is_to_be_done, to_be_done
from merata.web.challenges.hints import set_aside, waiting
from merata.web.challenges.life import (
    MOST_REASON,
    answer,
    decide,
    may_answer,
    may_decide,
    reverse,
)
from merata.web.challenges.pages import form_of
from merata.web.challenges.spoken import claim_lines, measured_lines, now_line, published_line
from merata.web.models import Challenge, Hint, Publication, User
from merata.web.models.challenges import CHALLENGE_STATES
from merata.web.page import address, language_of
from merata.web.programme import filters
from merata.web.programme.columns import read
from merata.web.programme.frame import done, go, reached, shown, user_of, words
from merata.web.programme.history import history
from merata.web.programme.places import places
from merata.web.programme.said import Problem
from merata.web.public.current import newest
from merata.web.rights import may, needs, reach

_KEPT = "challenges_bulk"
#: Words by SMS that the list shows; the oldest first, so that none is passed over.
_HINTS = 50


@needs("challenge")
def challenges(request: HttpRequest) -> HttpResponse:
    """The challenges within reach: those whose turn is the account's first."""
    state, user = request.GET.get("keadaan", ""), user_of(request)
    rows = in_turn(user)
    if state in CHALLENGE_STATES:
        rows = rows.filter(state=state)
    page = filters.paged(rows, request.GET.get("hal", ""))
    hints = list(waiting(user)[:_HINTS])
    return shown(
        request, "challenges", page=page, query=filters.query_of({"keadaan": state}), state=state, hints=hints,
        states=CHALLENGE_STATES, names=places(row.village_code for row in (*page, *hints)), now=timezone.now(),
        going=GOING, mine={row.pk for row in page if is_turn(user, row)},
    )  # fmt: skip


def in_turn(user: User) -> QuerySet[Challenge]:
    """The challenges that an account reaches: what goes on first, the one that is due first of all."""
    order = Case(
        *(When(state=state, then=Value(n)) for n, state in enumerate(GOING)),
        default=Value(len(GOING)),
        output_field=IntegerField(),
    )
    rows = reach(user, Challenge.objects.select_related("party", "organisation"))
    return rows.annotate(turn=order).order_by("turn", "due_at", "-pk").distinct()


def is_turn(user: User, row: Challenge) -> bool:
    """Whether the next word is the account's; who joined another waits with it."""
    if row.joins_id is not None:
        return False
    return may_answer(user, row) or (row.state == "rebutted" and may_decide(user, row))


def waiting_for(user: User) -> int:
    """How many wait for an account."""
    if not may(user, "answer challenges"):
        return 0
    rows = reach(user, Challenge.objects.filter(state__in=GOING, joins=None))
    return sum(
        is_turn(user, row)
        for row in rows.only("state", "by", "answered_by", "party", "organisation", "joins")
    )


@needs("complete hints")
def hint(request: HttpRequest, number: int) -> HttpResponse:
    """What came by SMS, and the form that makes a challenge of it."""
    user = user_of(request)
    row = reached(request, Hint.objects.filter(state="waiting"), number)
    village = newest_of(newest(), row.village_code)
    if village is None:
        raise Http404(row.village_code)
    return form_of(request, village, address(language_of(request), "programme_hint", number), user, row)


@needs("complete hints")
@require_POST
def hint_set_aside(request: HttpRequest, number: int) -> HttpResponse:
    """Nothing can be made of it; its sender hears why."""
    row, reason = reached(request, Hint.objects.all(), number), request.POST.get("reason", "")
    t = words(request)
    return done(
        request, lambda: set_aside(row, user_of(request), reason), t("challenge_kept"), "programme_challenges"
    )


def to_follow(user: User) -> int:
    """How many hold while what stands there is still something else: whose data it is has to mend it."""
    return len(to_be_done()) if may(user, "decide challenges") else 0


@needs("challenge")
def challenge(request: HttpRequest, number: int) -> HttpResponse:
    """One of them whole: what was said with what shows it, the answer, the decision, every change."""
    rows = Challenge.objects.select_related("party", "organisation", "publication", "joins")
    row, user, t = reached(request, rows, number), user_of(request), words(request)
    return shown(
        request, "challenge", row=row, place=places([row.village_code]).get(row.village_code),
        says=claim_lines(row, t, whole=True), was=published_line(row, t), measured=measured_lines(row, t),
        stands=now_line(row, t), differs=is_to_be_done(row),
        may_answer=may_answer(user, row) and row.joins_id is None, going=row.state in GOING,
        may_decide=may_decide(user, row) and row.joins_id is None, holds=row.state in HOLDS,
        changes=history(row), most=MOST_REASON, joined=list(row.joined.order_by("pk")),
    )  # fmt: skip


@needs("answer challenges")
@require_POST
def challenge_answer(request: HttpRequest, number: int) -> HttpResponse:
    """Concede or rebut it."""
    row, t = reached(request, Challenge.objects.all(), number), words(request)
    upload = request.FILES.get("file")
    given = (request.POST.get("does", ""), request.POST.get("answer", ""))
    file = upload if isinstance(upload, UploadedFile) else None
    return done(
        request,
        lambda: answer(row, user_of(request), *given, file),
        t("challenge_kept"),
        "programme_challenge",
        number,
    )


@needs("decide challenges")
@require_POST
def challenge_decide(request: HttpRequest, number: int) -> HttpResponse:
    """Uphold, reject, set aside or take it back, with a reason."""
    row, t = reached(request, Challenge.objects.all(), number), words(request)
    state, reason = request.POST.get("state", ""), request.POST.get("reason", "")

    def decided() -> None:
        if state == "reversed":
            reverse(row, user_of(request), reason)
        else:
            decide(row, user_of(request), state, reason)

    return done(request, decided, t("challenge_kept"), "programme_challenge", number)


@needs("challenge")
def challenge_file(request: HttpRequest, number: int, which: str) -> HttpResponse:
    """The evidence of either side, as a file to keep: never shown as a page of the site."""
    row = reached(request, Challenge.objects.all(), number)
    file = {"bukti": row.file, "bantahan": row.answer_file}.get(which)
    if not file:
        raise Http404(which)
    try:
        stream = file.open("rb")
    except FileNotFoundError:
        raise Http404(number) from None
    ending = str(file.name).rpartition(".")[2]
    told = FileResponse(stream, content_type="application/octet-stream")
    told.headers["X-Content-Type-Options"] = "nosniff"
    told.headers["Content-Disposition"] = f'attachment; filename="{row.reference}-{which}.{ending}"'
    return told  # type: ignore[return-value]  # a streaming answer, which Django takes as well


@needs("challenge")
def challenges_bulk(request: HttpRequest) -> HttpResponse:
    """Send a list of challenges in; what each row would do is shown before anything is kept."""
    t, publication = words(request), newest()
    upload = request.FILES.get("file")
    if publication is None or request.method != "POST" or not isinstance(upload, UploadedFile):
        request.session.pop(_KEPT, None)
        wrong = (t("programme_file_lacks"), t.language) if request.method == "POST" else None
        return _bulk(request, 400 if wrong else 200, wrong=wrong)
    try:
        sheet = read(upload, CHALLENGES)
        if len(sheet.rows) > MOST:
            raise FileError(
                f"{upload.name}: {len(sheet.rows)} rows; at most {MOST} are taken in one go. Split it."
            )
    except FileError as error:
        return _bulk(request, 400, wrong=t.phrase(error))
    rows = looked_at(
        [(row.number, row.cells, row.problems) for row in sheet.rows], publication, user_of(request)
    )
    cells = {row.number: row.cells for row in sheet.rows}
    good = [{"number": one.number, "cells": cells[one.number]} for one in rows if one.outcome == "good"]
    request.session[_KEPT] = {"rows": good, "publication": publication.pk}
    return _bulk(request, 200, rows=rows, good=len(good), unknown=sheet.unknown)


def _bulk(request: HttpRequest, status: int, **values: Any) -> HttpResponse:
    told: dict[str, Any] = {
        "wrong": None,
        "rows": None,
        "good": 0,
        "unknown": [],
        "columns": CHALLENGES,
        "most": MOST,
    }
    return shown(request, "challenges_bulk", status, **{**told, **values})


@needs("challenge")
@require_POST
def challenges_bulk_take(request: HttpRequest) -> HttpResponse:
    """Keep the rows that were shown to be good; those that are not so any more are told."""
    t, kept = words(request), request.session.pop(_KEPT, None)
    publication = Publication.objects.filter(pk=kept["publication"]).first() if kept else None
    if kept is None or publication is None:
        return go(request, "programme_challenges_bulk")
    user = user_of(request)
    given: list[tuple[int, dict[str, Any], list[Problem]]] = [
        (one["number"], one["cells"], []) for one in kept["rows"]
    ]
    rows: list[Row] = take_all(looked_at(given, publication, user), user, "bulk")
    taken = sum(one.outcome == "taken" for one in rows)
    if taken == len(rows):
        return go(request, "programme_challenges", say=t("cbulk_done", count=t.number(taken)))
    return _bulk(request, 200, rows=rows)
