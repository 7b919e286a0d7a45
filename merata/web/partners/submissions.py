"""The life of a submission: sent by an operator, compared, and taken in or refused by the office."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from merata.errors import FileError
from merata.region.kinds import KINDS
from merata.web.changes import keep
from merata.web.models import Submission, User
from merata.web.programme.said import Choice, Problem, RefusedError
from merata.web.rights import may
from merata.web.staff.uploads import MOST_FILES, Waiting
from merata.web.tasks import ask

#: What an operator can say that its files are: what can be held in confidence, and networks in their standards.
OFFERED = ("sites", "links", "claims", "prices", "measurements", "opencellid", "ofds")
#: So many submissions of one organisation wait at a time: each costs the worker minutes.
MOST_WAITING = 5
OPEN = ("comparing", "waiting")


def send(
    by: User, files: Iterable[UploadedFile[bytes]], *, kind: str, date: str, confidential: bool, words: str
) -> tuple[Submission, dict[str, str]]:
    """Keep files and have them compared; with those that are of no use, and why.

    Raises
    ------
    RefusedError
        The account has no organisation, a field can't be, nothing is left to compare, or too many wait.
    """
    chosen = list(files)
    _may_send(by, kind, date, len(chosen))
    waiting, refused = Waiting.keep(chosen)
    names = [path.name for path in waiting.files()]
    if not names:
        raise RefusedError([Problem("submission_refused", {"why": " ".join(refused.values())}, "files")])
    with transaction.atomic():
        row = Submission(
            organisation=by.organisation, by=by, token=waiting.token, files=names, kind=kind, date=date,
            confidential=confidential, words=words.replace("\0", "").strip()[:500],
        )  # fmt: skip
        keep(row, by)
        _compared_anew(row, by)
    return row, refused


def _may_send(by: User, kind: str, date: str, count: int) -> None:
    problems = []
    if not may(by, "submit data") or by.organisation is None:
        raise RefusedError([Problem("submission_not_yours")])
    if kind and kind not in OFFERED:
        problems.append(Problem("data_no_kind", at="kind"))
    try:
        ahead = dt.date.fromisoformat(date) > timezone.localdate()
    except ValueError:
        ahead = True
    if ahead:
        problems.append(Problem("submission_date", at="date"))
    if not 0 < count <= MOST_FILES:
        problems.append(Problem("data_no_files" if not count else "data_many_files", at="files"))
    if Submission.objects.filter(organisation=by.organisation, state__in=OPEN).count() >= MOST_WAITING:
        problems.append(Problem("submission_many", {"most": MOST_WAITING}))
    if problems:
        raise RefusedError(problems)


def _compared_anew(row: Submission, by: User) -> None:
    row.compared = ask(
        "compare", by, submission=row.pk, token=row.token, given_by=row.organisation.name, kind=row.kind,
        date=str(row.date), confidential=row.confidential,
    )  # fmt: skip
    Submission.objects.filter(pk=row.pk).update(compared=row.compared)


@transaction.atomic
def decide(number: int, by: User, accepted: bool, reason: str) -> Submission:
    """Take a submission in, or refuse it with a reason.

    Raises
    ------
    RefusedError
        The account may not, it does not wait for a decision, it is of the account's own organisation, or no reason is
        given.
    """
    row = Submission.objects.select_for_update().get(pk=number)
    if not may(by, "decide submissions") or row.organisation_id == by.organisation_id:
        raise RefusedError([Problem("submission_not_yours")])
    if row.state not in OPEN or (accepted and row.state != "waiting"):
        raise RefusedError([Problem("submission_decided", {"state": Choice("submission_state", row.state)})])
    if not reason.strip():
        raise RefusedError([Problem("submission_needs_reason", at="reason")])
    if accepted:
        row.taken = ask(
            "add", by, token=row.token, given_by=row.organisation.name, kind=row.kind, date=str(row.date),
            confidential=row.confidential, why=reason,
        )  # fmt: skip
    else:
        _forget_files(row)
    return _ended(row, by, "accepted" if accepted else "refused", reason)


@transaction.atomic
def withdraw(number: int, by: User) -> Submission:
    """Take one's own submission back while nobody has decided on it; raises RefusedError."""
    row = Submission.objects.select_for_update().get(pk=number)
    if row.organisation_id != by.organisation_id or row.state not in OPEN:
        raise RefusedError([Problem("submission_decided", {"state": Choice("submission_state", row.state)})])
    _forget_files(row)
    return _ended(row, by, "withdrawn", "")


def _ended(row: Submission, by: User, state: str, reason: str) -> Submission:
    row.state, row.reason = state, reason.replace("\0", "").strip()[:500]
    row.decided_by, row.decided_at = by, timezone.now()
    keep(row, by, why=row.reason)
    return row


def _forget_files(row: Submission) -> None:
    """Its files go once the decision is kept: whatever interrupts it, none is lost before."""
    try:
        waiting = Waiting(row.token)
    except FileError:
        return
    transaction.on_commit(waiting.forget)


def kinds() -> list[str]:
    """What the form offers to say that files are."""
    return [kind for kind in KINDS if kind in OFFERED]


def own_findings(row: Submission) -> list[dict[str, Any]]:
    """What was found in its files that its sender should know: no word of anybody else's data."""
    job = row.compared
    return list(job.outcome.get("own_findings", [])) if job else []
