"""The open pages of comments: drafts that can be commented on, their rows, the form, and what came of it."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods

from merata.errors import InputError
from merata.web.models import Comment, CommentRound, VillageFacts
from merata.web.models.partners import STANCES
from merata.web.page import open_page, render, token
from merata.web.partners.comments import (
    MOST_WORDS,
    counts,
    followed,
    moved,
    published_after,
    rows_of,
    take,
)
from merata.web.public.current import newest
from merata.web.reports import sender

#: Comments that a page shows; all of them stand in the table to download.
_MOST = 100
_LARGEST = 2**31


def _round(number: int) -> CommentRound:
    if number > _LARGEST:
        raise Http404(number)
    return get_object_or_404(CommentRound.objects.select_related("publication"), pk=number)


@open_page
def comments(request: HttpRequest) -> HttpResponse:
    """All drafts that were opened for comments, the newest first."""
    rows = CommentRound.objects.select_related("publication").annotate(count=Count("comments"))
    shown: dict[str, Any] = {} if newest() is None else {"publication": newest()}
    return render(request, "public/comments.html.j2", rows=list(rows), **shown)


@open_page
def comment_round(request: HttpRequest, number: int) -> HttpResponse:
    """One draft: what it would do, district by district."""
    row = _round(number)
    villages = row.publication.villages.only("publication_id", "district", "year")
    planned: Counter[str] = Counter(village.district for village in villages if village.year)
    every = Counter(village.district for village in villages)
    per_district = [(name, slugify(name), every[name], planned[name]) for name in sorted(every)]
    return _shown(request, "comment_round", row, districts=per_district, **counts(row))


@open_page
def comment_district(request: HttpRequest, number: int, slug: str) -> HttpResponse:
    """The villages of a district as the draft has them."""
    row = _round(number)
    names = set(row.publication.villages.order_by().values_list("district", flat=True).distinct())
    name = next((one for one in names if slugify(one) == slug), None)
    if name is None:
        raise Http404(slug)
    villages = row.publication.villages.filter(district=name).order_by("name", "code")
    light = villages.only("publication_id", "code", "name", "year", "option", "access_now")
    said = Counter(row.comments.order_by().values_list("village_code", flat=True))
    return _shown(
        request, "comment_district", row, district=name, villages=[(one, said[one.code]) for one in light]
    )


@open_page
def comment_village(request: HttpRequest, number: int, code: str) -> HttpResponse:
    """One village as the draft has it, beside the plan that holds now; what was said of it, and the answers."""
    row = _round(number)
    village = get_object_or_404(VillageFacts, publication=row.publication, code=code)
    now = newest()
    current = now.villages.filter(code=code).first() if now and now.pk != row.publication_id else None
    after = published_after(row)
    said = row.comments.filter(village_code=code)
    return _shown(
        request, "comment_village", row, village=village, current=current, rows=rows_of(row.publication, code),
        said=list(said[:_MOST]), count=said.count(), after=after, move=moved(row, after).get(code),
    )  # fmt: skip


@open_page
def comment_summary(request: HttpRequest, number: int) -> HttpResponse:
    """What came of a round: comments with their answers, and what differs between the draft and the published plan."""
    row = _round(number)
    after = published_after(row)
    answered = row.comments.exclude(outcome="").order_by("village_code", "pk")
    same = after is not None and after.pk == row.publication_id
    return _shown(
        request, "comment_summary", row, after=after, rows=followed(row, answered[:_MOST], after),
        answered=answered.count(), count=row.comments.count(), same=same, **counts(row),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def comment_write(request: HttpRequest, number: int, code: str = "") -> HttpResponse:
    """The form of a comment on a village, or on the whole draft; and what it sends."""
    row = _round(number)
    village = get_object_or_404(VillageFacts, publication=row.publication, code=code) if code else None
    if request.method == "GET":
        return _form(request, row, village, {"made_by": str(uuid.uuid4())})
    try:
        kept = take(row, {**request.POST.dict(), "village": code}, sender(request))
    except InputError as error:
        return _form(request, row, village, request.POST.dict(), str(error), 400)
    return _no_store(_shown(request, "comment_thanks", row, comment=kept, village=village))


def _form(
    request: HttpRequest, row: CommentRound, village: VillageFacts | None, given: dict[str, Any], wrong: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    code = village.code if village else ""
    return _no_store(
        _shown(
            request,
            "comment_write",
            row,
            status,
            village=village,
            rows=rows_of(row.publication, code),
            given=given,
            wrong=wrong,
            csrf=token(request),
            stances=STANCES,
            most=MOST_WORDS,
        )
    )


def comment_state(request: HttpRequest) -> HttpResponse:
    """What became of a comment, by its number: its words are not told, only who wrote it knows them."""
    asked = request.GET.get("nomor", "").replace("\0", "").strip().upper()[:12]
    found = (
        Comment.objects.filter(reference=asked).select_related("round__publication").first()
        if asked
        else None
    )
    village = VillageFacts.objects.filter(
        publication=found.round.publication_id, code=found.village_code
    ).first() if found else None  # fmt: skip
    shown: dict[str, Any] = {} if newest() is None else {"publication": newest()}
    return _no_store(
        render(
            request,
            "public/comment_state.html.j2",
            200 if found or not asked else 404,
            asked=asked,
            comment=found,
            village=village,
            **shown,
        )
    )


def _no_store(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response


def _shown(
    request: HttpRequest, name: str, row: CommentRound, status: int = 200, **values: Any
) -> HttpResponse:
    return render(request, f"public/{name}.html.j2", status, round=row, publication=row.publication, **values)
