"""Outages that nobody answers for: contested or put forward by one person with evidence, decided by another."""

from __future__ import annotations

import datetime as dt
import secrets
import tempfile
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from merata.errors import FileError
from merata.web.changes import keep
from merata.web.models import Deducted, Excuse, Organisation, Outage, ServicePoint, User
from merata.web.page import changed
from merata.web.programme import excuse_letters
from merata.web.programme.photographs import MAX_BYTES, cleaned
from merata.web.programme.said import Choice, Problem, RefusedError
from merata.web.rights import may
from merata.web.staff.uploads import rightly_named

#: Beside pictures, which are made anew.
_TABLES = (".xlsx", ".xls", ".ods", ".csv", ".tsv", ".txt")
#: Force majeure lasts no longer in one go.
LONGEST = dt.timedelta(days=31)


@transaction.atomic
def contest(outage: Outage, by: User, words: str, upload: UploadedFile[Any] | None) -> Excuse:
    """Contest an outage of a point of one's own.

    Raises
    ------
    RefusedError
        It is another's point, does not count, or was contested before; or the file is none that is taken.
    """
    changed()
    point = ServicePoint.objects.select_for_update().get(pk=outage.point_id)
    if not may(by, "contest outages") or point.provider_id is None or point.provider_id != by.organisation_id:
        raise RefusedError([Problem("contest_not_yours")])
    if not counts_against(outage):
        raise RefusedError([Problem("contest_counts_not", {"counts": Choice("counts", outage.counts)})])
    before = Excuse.objects.filter(kind="contest", point=point, begins__lt=outage.end, ends__gt=outage.start)
    if before.exists():
        raise RefusedError([Problem("contest_twice")])
    row = Excuse(
        kind="contest", point=point, provider=point.provider, begins=outage.start, ends=outage.end, cause=outage.cause,
    )  # fmt: skip
    return _put_forward(row, by, words, upload)


def counts_against(outage: Outage) -> bool:
    """Whether it is held against the provider: as down time, or as silence that its contract deducts for."""
    if outage.counts == "unknown":
        began = round(outage.start.timestamp())
        rows = Deducted.objects.filter(point=outage.point_id, what="silence").values_list("values", flat=True)
        return any(began in values["began"] for values in rows)
    return outage.counts == "down"


@transaction.atomic
def propose(row: Excuse, by: User, words: str, upload: UploadedFile[Any] | None) -> Excuse:
    """Put force majeure forward, for a point, district or provider.

    Raises
    ------
    RefusedError
        It names nothing, another's, or a time that can't be; or the file is none that is taken.
    """
    changed()
    if wrong := _wrong(row, by):
        raise RefusedError(wrong)
    row.kind = "majeure"
    return _put_forward(row, by, words, upload)


def _wrong(row: Excuse, by: User) -> list[Problem]:
    found = []
    if not may(by, "propose majeure"):
        found.append(Problem("contest_not_yours"))
    if not (row.provider_id or row.point_id or row.district):
        found.append(Problem("majeure_names_nothing", at="provider"))
    if by.role == "provider" and (row.provider_id is None or row.provider_id != by.organisation_id):
        found.append(Problem("contest_not_yours"))
    if row.point and row.provider_id and row.point.provider_id != row.provider_id:
        found.append(Problem("point_of_other_provider", at="point"))
    if row.ends <= row.begins:
        found.append(Problem("ends_before_starts", at="ends"))
    elif row.ends - row.begins > LONGEST:
        found.append(Problem("majeure_too_long", {"days": LONGEST.days}, at="ends"))
    if row.begins > timezone.now():
        found.append(Problem("majeure_ahead", at="begins"))
    return found


def _put_forward(row: Excuse, by: User, words: str, upload: UploadedFile[Any] | None) -> Excuse:
    if not words.strip():
        raise RefusedError([Problem("contest_needs_words", at="words")])
    row.words, row.by, row.organisation = words.strip()[:2000], by, by.organisation
    if upload is not None:
        content, ending = evidence(upload)
        row.file.save(f"{secrets.token_hex(16)}{ending}", ContentFile(content), save=False)
    keep(row, by, why=row.words)
    excuse_letters.put_forward(row)
    return row


@transaction.atomic
def decide(row: Excuse, by: User, state: str, reason: str) -> Excuse:
    """Uphold or reject what another person put forward; the scores are reckoned anew by it.

    Raises
    ------
    RefusedError
        It was decided already, is one's own or of one's own provider, or no reason is given.
    """
    changed()
    there = Excuse.objects.select_for_update().get(pk=row.pk)
    if there.state != "open":
        raise RefusedError([Problem("excuse_decided", {"state": Choice("excuse_state", there.state)})])
    if not may_decide(by, there):
        raise RefusedError([Problem("excuse_not_yours")])
    if state not in ("upheld", "rejected") or not reason.strip():
        raise RefusedError([Problem("excuse_needs_reason", at="reason")])
    there.state, there.reason = state, reason.strip()[:1000]
    there.decided_by, there.decided_at = by, timezone.now()
    keep(there, by, why=there.reason)
    excuse_letters.decided(there)
    return there


def may_decide(user: User, row: Excuse) -> bool:
    """An office's person who neither put it forward nor belongs to the provider whose outage it is."""
    provider = Organisation.objects.filter(pk=user.organisation_id or 0, kind="provider").exists()
    return may(user, "decide excuses") and user.pk != row.by_id and not provider


def evidence(upload: UploadedFile[Any]) -> tuple[bytes, str]:
    """What a file of evidence holds, and its ending by that: a picture made anew, or a table.

    Raises
    ------
    RefusedError
        It is too large, or none of both.
    """
    if (upload.size or 0) > MAX_BYTES:
        raise RefusedError([Problem("photograph_too_large", {"megabytes": MAX_BYTES // 1_000_000}, "file")])
    try:
        return cleaned(upload), ".jpg"
    except RefusedError:
        upload.seek(0)
    content = upload.read()
    with tempfile.NamedTemporaryFile() as place:
        Path(place.name).write_bytes(content)
        try:
            ending = Path(rightly_named(Path(place.name), upload.name or "file")).suffix.lower()
        except FileError:
            ending = ""
    if ending not in _TABLES or not content:
        raise RefusedError([Problem("evidence_not_one", at="file")])
    return content, ending
