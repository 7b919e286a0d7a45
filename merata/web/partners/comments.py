"""Comments on a draft plan: taken from anybody until a day, looked at, answered; and what changed since."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from merata.errors import InputError
from merata.web.cases.numbers import new_reference
from merata.web.changes import keep
from merata.web.models import Comment, CommentRound, Publication, User, VillageFacts
from merata.web.models.partners import LOOKS, OUTCOMES, STANCES
from merata.web.page import changed
from merata.web.programme.said import Problem, RefusedError
from merata.web.public.compare import HOW, Move, moves
from merata.web.reports import FROM_ONE_ADDRESS, not_too_many
from merata.web.rights import may

#: A round lasts at least so many days: people have to hear of it.
LEAST_DAYS = 7
MOST_WORDS = 1000
#: So many comments are taken of one village, or of the whole plan, in an hour.
OF_ONE_PLACE = 60
#: Publications that can be opened for comments: those that nothing was promised by yet.
OPENABLE = ("draft", "proposed", "refused")


@transaction.atomic
def open_round(publication: Publication, by: User, ends: str, words: str) -> CommentRound:
    """Open a draft for comments until a day.

    Raises
    ------
    RefusedError
        The account may not, the plan is no draft or was opened before, or the day is too near or none.
    """
    if not may(by, "answer comments"):
        raise RefusedError([Problem("comments_not_yours")])
    if publication.state not in OPENABLE or CommentRound.objects.filter(publication=publication).exists():
        raise RefusedError([Problem("comments_not_draft")])
    row = CommentRound(
        publication=publication, opened_by=by, ends=_day(ends), words=words.replace("\0", "").strip()[:2000]
    )
    keep(row, by, why=row.words)
    return row


def _day(text: str, after: dt.date | None = None) -> dt.date:
    least = after or timezone.localdate() + dt.timedelta(days=LEAST_DAYS)
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = dt.date.min
    if not least <= day <= least + dt.timedelta(days=366):
        raise RefusedError([Problem("comments_day", {"days": LEAST_DAYS}, "ends")])
    return day


@transaction.atomic
def put_off(row: CommentRound, by: User, ends: str) -> CommentRound:
    """Give people more days; never fewer. Raises RefusedError."""
    if not may(by, "answer comments"):
        raise RefusedError([Problem("comments_not_yours")])
    row.ends = _day(ends, row.ends)
    keep(row, by)
    return row


@transaction.atomic
def summed_up(row: CommentRound, by: User, words: str) -> CommentRound:
    """Keep what came of a round, in the office's words; raises RefusedError."""
    if not may(by, "answer comments"):
        raise RefusedError([Problem("comments_not_yours")])
    row.summary = words.replace("\0", "").strip()[:4000]
    keep(row, by)
    return row


def take(row: CommentRound, asked: dict[str, Any], sent_by: str) -> Comment:
    """Keep a comment once, however often it is sent.

    Raises
    ------
    InputError
        Its text is the key of the sentence that says what is wrong: closed, no such village or row, nothing said, too
        many.
    """
    made_by = str(asked.get("made_by", "")).replace("\0", "")[:40]
    if again := Comment.objects.filter(made_by=made_by).first() if made_by else None:
        return again
    if not row.is_open:
        raise InputError("comments_closed")
    code, about = str(asked.get("village", ""))[:13], str(asked.get("row", "")).replace("\0", "")[:300]
    words = str(asked.get("words", "")).replace("\0", "").strip()[:MOST_WORDS]
    if asked.get("stance") not in STANCES:
        raise InputError("comment_stance_missing")
    if not words and asked["stance"] in ("change", "question"):
        raise InputError("comment_words_missing")
    _is_there(row.publication, code, about)
    not_too_many(f"comments:{sent_by}", FROM_ONE_ADDRESS, "report_too_many")
    hour_ago = timezone.now() - dt.timedelta(hours=1)
    if row.comments.filter(village_code=code, arrived_at__gt=hour_ago).count() >= OF_ONE_PLACE:
        raise InputError("report_too_many")
    made = Comment(
        round=row, reference=new_reference("T"), made_by=made_by or str(uuid.uuid4()), village_code=code, row=about,
        stance=asked["stance"], words=words,
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save()
            changed()
    except IntegrityError:  # it arrived twice at once
        return Comment.objects.get(made_by=made.made_by)
    return made


def _is_there(publication: Publication, code: str, about: str) -> None:
    if code and not publication.villages.filter(code=code).exists():
        raise InputError("report_no_village")
    if about and about not in {name for name, _ in rows_of(publication, code)}:
        raise InputError("comment_no_row")


def rows_of(publication: Publication, code: str) -> list[tuple[str, Any]]:
    """(name, row) of what the draft plans in a village, which a comment can be about: facilities, shared works."""
    if not code:
        return []
    facilities = publication.facilities.filter(village_code=code).exclude(year=None)
    works = publication.works.filter(village_code=code, capex_idr__gt=0)
    return [
        *((f"facility:{row.key}"[:300], row) for row in facilities),
        *((f"works:{row.key}"[:300], row) for row in works),
    ]


@transaction.atomic
def answer(row: Comment, by: User, *, look: str, words: str, outcome: str) -> Comment:
    """Say that a comment's words were looked at, and answer it.

    Raises
    ------
    RefusedError
        The account may not, nobody says whether its words can be shown, or an answer says nothing of what came of it.
    """
    if not may(by, "answer comments"):
        raise RefusedError([Problem("comments_not_yours")])
    if look not in LOOKS[1:]:
        raise RefusedError([Problem("comment_needs_look", at="look")])
    words = words.replace("\0", "").strip()[:MOST_WORDS]
    if bool(words) != (outcome in OUTCOMES):
        raise RefusedError([Problem("comment_needs_both", at="answer")])
    row.look = look
    if words != row.answer or outcome != row.outcome:
        row.answer, row.outcome = words, outcome if words else ""
        row.answered_at = timezone.now() if words else None
    keep(row, by, why=words)
    return row


def published_after(row: CommentRound) -> Publication | None:
    """The first plan that was published after a draft was opened: the draft itself, or what replaced it."""
    later = Publication.objects.filter(decided_at__gt=row.opened_at).exclude(number=None)
    return later.order_by("number").first()


@dataclass(frozen=True)
class Followed:
    """A comment, and what became of its village between the draft and the published plan."""

    comment: Comment
    village: VillageFacts | None
    move: Move | None
    """None: its village is as it was, or nothing was published since."""


def followed(row: CommentRound, comments: Iterable[Comment], after: Publication | None) -> list[Followed]:
    """Comments with what changed in their villages; three queries however many there are."""
    changed_villages = moved(row, after)
    asked = list(comments)
    codes = {comment.village_code for comment in asked} - {""}
    light = row.publication.villages.filter(code__in=codes).only(
        "publication_id", "code", "name", "district", "year", "option"
    )
    villages = {village.code: village for village in light}
    return [
        Followed(one, villages.get(one.village_code), changed_villages.get(one.village_code)) for one in asked
    ]


def moved(row: CommentRound, after: Publication | None) -> dict[str, Move]:
    """By village what differs between the draft and the published plan."""
    if after is None or after.pk == row.publication_id:
        return {}
    return {move.code: move for move in moves(row.publication, after)}


def counts(row: CommentRound) -> dict[str, Any]:
    """How many comments of which stance there are, how many are answered in which way, and how villages moved."""
    rows = row.comments.values_list("stance", "outcome")
    stances, outcomes = Counter(one for one, _ in rows), Counter(one for _, one in rows if one)
    how = Counter(move.how for move in moved(row, published_after(row)).values())
    return {
        "stances": [(one, stances[one]) for one in STANCES],
        "outcomes": [(one, outcomes[one]) for one in OUTCOMES if outcomes[one]],
        "moves": [(one, how[one]) for one in HOW if how[one]],
    }


def forget_words(before: dt.datetime) -> int:
    """Erase the words of old comments, and the answers to them; how many were."""
    old = Comment.objects.filter(arrived_at__lt=before).exclude(words="", answer="")
    return old.update(words="", answer="")
