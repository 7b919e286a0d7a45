"""The life of a challenge: taken, conceded or rebutted, decided by somebody else, taken back.

Challenges change here only. Each change is one transaction and begins with `changed()`, which holds the row that counts
changes: all who change challenges go one after the other.
"""

from __future__ import annotations

import datetime as dt
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from merata.region.settings import ChallengeSettings, load_settings
from merata.region.values import fold
from merata.web.cases.numbers import new_reference
from merata.web.challenges.claims import Claim, published_as, tells_of_a_person
from merata.web.challenges.facts import FACTS, GOING, HOLDS, WITH_FILE
from merata.web.challenges.follow import follow
from merata.web.changes import keep
from merata.web.models import Challenge, Commitment, Organisation, Publication, ServicePoint, User
from merata.web.page import changed
from merata.web.programme.excuses import evidence
from merata.web.programme.said import Choice, Problem, RefusedError
from merata.web.rights import may

MOST_REASON = 500


def clocks() -> ChallengeSettings:
    """How long each step may take, by the region's settings."""
    return load_settings(Path(settings.REGION) / "region.toml").challenge


def open_until(publication: Publication) -> dt.date:
    """The last day on which what was published may be challenged."""
    published = publication.decided_at or publication.loaded_at
    return timezone.localdate(published) + dt.timedelta(days=clocks().days_open)


@transaction.atomic
def take(
    claim: Claim,
    made_by: str,
    *,
    way: str,
    by: User | None = None,
    upload: UploadedFile[Any] | None = None,
    reference: str = "",
    completed_by: User | None = None,
) -> Challenge:
    """Keep a challenge once, however often it is sent, and give it to the party whose data it is.

    One that says the same of the same thing as another that is going on joins it: the two are answered together.

    Parameters
    ----------
    made_by
        By what a repeated sending is known.
    way, by, upload
        How it came, from whose account, with which file.
    reference
        The number that its sender knows already.
    completed_by
        Who wrote down what somebody without an account said; they don't decide it.

    Raises
    ------
    RefusedError
        The window is over, it is one's own data, its evidence is a file that is not there, or none that is taken.
    """
    changed()
    if again := Challenge.objects.filter(made_by=made_by).first():
        return again
    publication, until = claim.publication, open_until(claim.publication)
    if timezone.localdate() > until:
        raise RefusedError([Problem("challenge_over", {"number": publication.number or 0})])
    if claim.evidence in WITH_FILE and upload is None:
        raise RefusedError([Problem("challenge_needs_file", at="file")])
    party = party_of(claim)
    if by and party and by.organisation_id == party.pk:
        raise RefusedError([Problem("challenge_own_data")])
    row = Challenge(
        reference=reference or new_reference("T"), completed_by=completed_by, made_by=made_by,
        publication=publication, village_code=claim.code,
        fact=claim.fact, claim=claim.says, about=claim.about, evidence=claim.evidence, evidence_on=claim.on,
        published_as=published_as(claim), measured=claim.measured,
        words=claim.words, way=way, by=by, organisation=by.organisation if by else None,
        party=party, joins=_same(claim.about),
    )  # fmt: skip
    if upload is not None:
        content, ending = evidence(upload)
        row.file.save(f"{secrets.token_hex(16)}{ending}", ContentFile(content), save=False)
    row.due_at = _in_days(clocks().days_to_answer)
    if row.joins:
        row.state, row.due_at, row.party = row.joins.state, row.joins.due_at, row.joins.party
    row.save()
    return row


def _same(about: str) -> Challenge | None:
    return Challenge.objects.filter(about=about, joins=None, state="open").order_by("pk").first()


def party_of(claim: Claim) -> Organisation | None:
    """Whose data it is: the provider that serves there, the operator that is named, else the regency's office."""
    kind = FACTS[claim.fact].party
    if kind == "provider":
        points = ServicePoint.objects.filter(village_code=claim.code, state__in=("in service", "suspended"))
        if key := claim.says.get("facility"):
            points = points.filter(facility_key=key)
        found = {point.provider_id: point.provider for point in points.select_related("provider")}
        if len(found) == 1 and None not in found:
            return next(iter(found.values()))
    elif kind == "owner" and (owner := _owner(claim)):
        return owner
    elif kind == "operator" and claim.says.get("operator"):
        wanted = fold(claim.says["operator"])
        for one in Organisation.objects.filter(kind="provider"):
            if fold(one.name) == wanted:
                return one
    return Organisation.objects.filter(kind="regency").order_by("pk").first()


def _owner(claim: Claim) -> Organisation | None:
    row = Commitment.objects.filter(pk=claim.says["promise"]).select_related("owner").first()
    return row.owner if row else None


def may_answer(user: User, row: Challenge) -> bool:
    """Whether somebody speaks for the party whose data it is."""
    if not may(user, "answer challenges") or row.state != "open":
        return False
    if row.party_id is None:
        return may(user, "decide challenges") and not _brought(user, row)
    return user.organisation_id == row.party_id


def may_decide(user: User, row: Challenge) -> bool:
    """Whether somebody belongs to an office and to neither of the two parties."""
    if not may(user, "decide challenges") or user.pk == row.answered_by_id or _brought(user, row):
        return False
    return user.organisation_id is None or user.organisation_id != row.party_id


def _brought(user: User, row: Challenge) -> bool:
    """Whether somebody, or somebody's organisation, brought a challenge or one that joined it, or wrote it down."""
    mine = Q(by=user) | Q(completed_by=user)
    if user.organisation_id:
        mine |= Q(organisation=user.organisation_id)
    return Challenge.objects.filter(Q(pk=row.pk) | Q(joins=row.pk), mine).exists()


@transaction.atomic
def answer(
    row: Challenge, by: User, does: str, words: str, upload: UploadedFile[Any] | None = None
) -> Challenge:
    """Concede, or rebut with words and evidence.

    Raises
    ------
    RefusedError
        It is another's to answer, its time is over, or a rebuttal says nothing or tells of a person.
    """
    there = _held(row)
    if not may_answer(by, there):
        raise RefusedError([Problem("challenge_not_yours")])
    there.answered_by, there.answered_at, there.answer = by, timezone.now(), _said(words)
    if does == "concede":
        return _settled(there, "conceded", by)
    if does != "rebut" or not there.answer:
        raise RefusedError([Problem("challenge_needs_words", at="answer")])
    if upload is None:
        raise RefusedError([Problem("challenge_rebut_file", at="file")])
    content, ending = evidence(upload)
    there.answer_file.save(f"{secrets.token_hex(16)}{ending}", ContentFile(content), save=False)
    return _moved(there, "rebutted", by, _in_days(clocks().days_to_decide))


@transaction.atomic
def concede_by_silence(row: Challenge) -> Challenge | None:
    """What the clock does when nobody answered in time; None where somebody did meanwhile."""
    there = _held(row)
    if there.state != "open" or there.due_at is None or there.due_at > timezone.now():
        return None
    there.silent = True
    return _settled(there, "conceded", None)


@transaction.atomic
def decide(row: Challenge, by: User, state: str, reason: str) -> Challenge:
    """Uphold or reject a challenge that was rebutted, or set aside what is none; each with a reason.

    Raises
    ------
    RefusedError
        It is not to be decided now, or by one of the two parties, or without a reason.
    """
    there = _held(row)
    if there.state not in ({"set aside": GOING}.get(state, ("rebutted",))):
        raise RefusedError([Problem("challenge_decided", {"state": Choice("challenge_state", there.state)})])
    if not may_decide(by, there):
        raise RefusedError([Problem("challenge_not_yours")])
    there.reason = _said(reason)
    if state not in ("upheld", "rejected", "set aside") or not there.reason:
        raise RefusedError([Problem("challenge_needs_reason", at="reason")])
    there.decided_by, there.decided_at = by, timezone.now()
    if state == "upheld":
        return _settled(there, state, by)
    return _moved(there, state, by, None)


@transaction.atomic
def reverse(row: Challenge, by: User, reason: str) -> Challenge:
    """Take back what holds: all is as it was without it.

    Raises
    ------
    RefusedError
        It does not hold, or it is one of the two parties who asks, or no reason is given.
    """
    there = _held(row)
    if there.state not in HOLDS:
        raise RefusedError([Problem("challenge_decided", {"state": Choice("challenge_state", there.state)})])
    if not may_decide(by, there):
        raise RefusedError([Problem("challenge_not_yours")])
    there.reason = _said(reason)
    if not there.reason:
        raise RefusedError([Problem("challenge_needs_reason", at="reason")])
    there.decided_by, there.decided_at = by, timezone.now()
    done = _moved(there, "reversed", by, None)
    follow(done, by)
    return done


@transaction.atomic
def withdraw(row: Challenge) -> Challenge:
    """What only who made it may do; what goes on in others that joined it goes on with the first of them.

    Raises
    ------
    RefusedError
        It is over.
    """
    changed()
    there = Challenge.objects.select_for_update().get(pk=row.pk)
    if there.state not in GOING:
        raise RefusedError([Problem("challenge_decided", {"state": Choice("challenge_state", there.state)})])
    rest = list(there.joined.order_by("pk"))
    for one in rest:
        one.joins = rest[0] if one is not rest[0] else None
        for name in ("answer", "answer_file", "answered_by", "answered_at"):
            setattr(one, name, getattr(there, name))
        one.save()
    there.state, there.due_at, there.joins = "withdrawn", None, None
    keep(there, None, way="report")
    return there


def _settled(row: Challenge, state: str, by: User | None) -> Challenge:
    row.settled_on = timezone.localdate()
    done = _moved(row, state, by, None)
    follow(done, by)
    return done


_SHARED = (
    "state", "due_at", "silent", "answer", "answer_file", "answered_by", "answered_at", "reason", "decided_by",
    "decided_at",
)  # fmt: skip


def _moved(row: Challenge, state: str, by: User | None, due_at: dt.datetime | None) -> Challenge:
    """Keep a challenge in a new state, and those that joined it with it."""
    row.state, row.due_at, row.told = state, due_at, 0
    way = "form" if by else "clock"
    keep(row, by, why=row.reason or row.answer, way=way)
    for one in row.joined.filter(state__in=(*GOING, *HOLDS)):
        for name in _SHARED:
            setattr(one, name, getattr(row, name))
        keep(one, by, way=way)
    return row


def _held(row: Challenge) -> Challenge:
    """The challenge that leads, under a lock."""
    changed()
    return Challenge.objects.select_for_update().get(pk=row.joins_id or row.pk)


def _said(words: str) -> str:
    """A text for everybody.

    Raises
    ------
    RefusedError
        It holds a number or an address by which a person is reached.
    """
    text = words.replace("\0", "").strip()[:MOST_REASON]
    if tells_of_a_person(text):
        raise RefusedError([Problem("challenge_person")])
    return text


def _in_days(days: int) -> dt.datetime:
    """The end of the day so many days from now, so that nobody counts hours."""
    day = timezone.localdate() + dt.timedelta(days=days)
    return timezone.make_aware(dt.datetime.combine(day, dt.time(23, 59, 59)))
