"""The office's pages of comments: open a draft, look at what people wrote, answer it, sum up."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from merata.web.models import Comment, CommentRound, Publication, VillageFacts
from merata.web.models.partners import LOOKS, OUTCOMES
from merata.web.partners.comments import OPENABLE, answer, open_round, put_off, rows_of, summed_up
from merata.web.partners.frame import shown
from merata.web.programme import filters
from merata.web.programme.frame import LARGEST_NUMBER, done, go, user_of, words
from merata.web.programme.said import RefusedError
from merata.web.rights import needs


@needs("answer comments")
def comment_rounds(request: HttpRequest) -> HttpResponse:
    """All rounds, and the drafts that could be opened."""
    rounds = CommentRound.objects.select_related("publication")
    drafts = (
        Publication.objects.defer("totals").filter(state__in=OPENABLE, comment_round=None).order_by("-pk")
    )
    listed = [(row, row.comments.count(), row.comments.filter(look="new").count()) for row in rounds]
    return shown(request, "comment_rounds", rounds=listed, drafts=list(drafts[:20]))


@needs("answer comments")
@require_POST
def comment_open(request: HttpRequest) -> HttpResponse:
    """Open a draft for comments."""
    post, t = request.POST, words(request)
    publication = _row(Publication, post.get("publication", ""))
    try:
        row = open_round(publication, user_of(request), post.get("ends", ""), post.get("words", ""))
    except RefusedError as error:
        return go(request, "comment_rounds", say=error.said(t), wrong=True)
    return go(request, "comment_answers", row.pk, say=t("comments_opened"))


def _row(model: Any, number: str | int) -> Any:
    text = str(number)
    found = (
        model.objects.filter(pk=int(text)).first() if text.isdigit() and int(text) < LARGEST_NUMBER else None
    )
    if found is None:
        raise Http404(number)
    return found


@needs("answer comments")
def comment_answers(request: HttpRequest, number: int) -> HttpResponse:
    """The comments of a round: those that nobody has looked at first."""
    row = _row(CommentRound, number)
    look = request.GET.get("dilihat", "")
    rows = row.comments.order_by("answered_at", "pk")
    if look in LOOKS:
        rows = rows.filter(look=look)
    listed = filters.paged(rows, request.GET.get("hal", ""))
    codes = {one.village_code for one in listed}
    names = dict(
        VillageFacts.objects.filter(publication=row.publication, code__in=codes).values_list("code", "name")
    )
    return shown(
        request, "comment_answers", round=row, page=listed, look=look, looks=LOOKS, names=names, outcomes=OUTCOMES,
        query=filters.query_of({"dilihat": look}), about=_about(row, listed),
    )  # fmt: skip


def _about(row: CommentRound, listed: Any) -> dict[int, Any]:
    """By comment the row of the draft that it is about."""
    found: dict[int, Any] = {}
    for one in listed:
        if one.row:
            found[one.pk] = dict(rows_of(row.publication, one.village_code)).get(one.row)
    return found


@needs("answer comments")
@require_POST
def comment_answer(request: HttpRequest, number: int) -> HttpResponse:
    """Look at a comment, and answer it."""
    row, post, t = _row(Comment, number), request.POST, words(request)
    given = {
        "look": post.get("look", ""),
        "words": post.get("answer", ""),
        "outcome": post.get("outcome", ""),
    }
    kept = t("reports_kept", reference=row.reference)
    return done(
        request, lambda: answer(row, user_of(request), **given), kept, "comment_answers", row.round_id
    )


@needs("answer comments")
@require_POST
def comment_round_change(request: HttpRequest, number: int) -> HttpResponse:
    """Give people more days, or keep the office's summary."""
    row, post, t = _row(CommentRound, number), request.POST, words(request)

    def change() -> None:
        if "ends" in post:
            put_off(row, user_of(request), post["ends"])
        else:
            summed_up(row, user_of(request), post.get("summary", ""))

    return done(request, change, t("comments_kept"), "comment_answers", number)
