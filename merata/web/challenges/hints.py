"""What comes by SMS to be wrong: kept in waiting, until an office or the village completes it to a challenge.

An SMS names a village and says in a few words what is wrong. A challenge says which fact, what is right and what shows
it. Who completes it asks or looks, and writes down; the challenge is the sender's, of the same number, and who
completed it does not decide it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from merata.errors import InputError
from merata.web.cases.life import forget_phones
from merata.web.cases.numbers import new_reference
from merata.web.challenges.claims import Claim, tells_of_a_person
from merata.web.challenges.life import take
from merata.web.changes import keep
from merata.web.models import Challenge, Hint, Phone, User
from merata.web.page import changed
from merata.web.programme.said import Choice, Problem, RefusedError
from merata.web.rights import may, reach
from merata.web.sealed import unseal
from merata.web.sms import answers
from merata.web.sms.queue import queue

#: Of one village in a day, of all phones; the phone's own limits are those of every SMS.
OF_ONE_VILLAGE = 20
MOST_WORDS, MOST_REASON = 500, 300


@transaction.atomic
def kept(code: str, words: str, phone: Phone) -> Hint:
    """Keep what an SMS says of a village.

    Raises
    ------
    InputError
        Too many came of this village today.
    """
    day_ago = timezone.now() - timedelta(days=1)
    if Hint.objects.filter(village_code=code, made_at__gt=day_ago).count() >= OF_ONE_VILLAGE:
        raise InputError("Too many of this village today.")
    changed()
    return Hint.objects.create(
        reference=new_reference("T"),
        village_code=code,
        words=words.replace("\0", "")[:MOST_WORDS],
        phone=phone,
    )


def waiting(user: User) -> QuerySet[Hint]:
    """Those that an account may complete, the oldest first."""
    if not may(user, "complete hints"):
        return Hint.objects.none()
    return reach(user, Hint.objects.filter(state="waiting")).order_by("pk")


@transaction.atomic
def complete(row: Hint, claim: Claim, by: User, upload: UploadedFile[Any] | None) -> Challenge:
    """Make the challenge that an SMS meant, in the sender's name: a resident's.

    Raises
    ------
    RefusedError
        It is over, it is about another village, or `take` refuses it.
    """
    changed()
    there = _open(row)
    if claim.code != there.village_code:
        raise RefusedError([Problem("hint_other_village")])
    made = take(
        claim, f"hint {there.pk}", way="sms", upload=upload, reference=there.reference, completed_by=by
    )
    _ended(there, by, "completed")
    return made


@transaction.atomic
def set_aside(row: Hint, by: User, reason: str) -> None:
    """Say why nothing can be made of it; its sender hears that.

    Raises
    ------
    RefusedError
        It is over, or no reason is given, or one that tells of a person.
    """
    changed()
    there, text = _open(row), reason.replace("\0", "").strip()[:MOST_REASON]
    if not text or tells_of_a_person(text):
        raise RefusedError([Problem("challenge_person" if text else "challenge_needs_reason", at="reason")])
    there.reason = text
    _ended(there, by, "set aside")


def _open(row: Hint) -> Hint:
    there = Hint.objects.select_for_update().get(pk=row.pk)
    if there.state != "waiting":
        raise RefusedError([Problem("challenge_decided", {"state": Choice("hint_state", there.state)})])
    return there


def _ended(row: Hint, by: User, state: str) -> None:
    """Keep it as over, tell its sender by one SMS, and forget the number where nothing else waits for it."""
    row.state, row.by, row.ended_at = state, by, timezone.now()
    if row.phone is not None:
        key = "sms_hint_completed" if state == "completed" else "sms_hint_set_aside"
        text = answers.said(key, reference=row.reference, reason=row.reason)
        queue(f"hint {row.pk}", unseal(row.phone.sealed, "phone"), text)
    row.phone = None
    keep(row, by, why=row.reason)
    forget_phones()
