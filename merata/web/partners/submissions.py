"""The life of a submission: sent by an operator, compared, and taken in or refused by the office."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from merata.errors import FileError
from merata.region.kinds import KINDS
from merata.web.changes import keep
from merata.web.letters import post
from merata.web.models import Submission, User
from merata.web.page import full_address
from merata.web.partners.submission_rows import decided, rows_of
from merata.web.programme.said import Choice, Problem, RefusedError
from merata.web.rights import may
from merata.web.staff.uploads import MOST_FILES, Waiting
from merata.web.tasks import ask
from merata.web.words import tongue

#: What an operator can say that its files are: what can be held in confidence, and networks in their standards.
OFFERED = ("sites", "links", "claims", "prices", "measurements", "opencellid", "ofds")
#: So many submissions of one organisation wait at a time: each costs the worker minutes.
MOST_WAITING = 5
OPEN = ("comparing", "waiting")
#: Rows that the letter to the sender names.
_MOST_LINES = 50


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
def decide(
    number: int, by: User, accepted: bool, reason: str, rows: Mapping[str, str] | None = None
) -> Submission:
    """Take a submission in, whole or but for some of its rows, or refuse it; with a reason.

    Parameters
    ----------
    rows
        What a form says of the rows that differ, by `does-N` and `why-N`; None: all of theirs are taken, and all that
        is known stays.

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
    if not accepted:
        _forget_files(row)
        return _ended(row, by, "refused", reason)
    made = decided(rows_of(row), rows) if rows is not None else []
    row.decisions = [one.kept(takes, why) for one, takes, why in made if one.is_theirs or takes]
    row.taken = ask(
        "add", by, token=row.token, given_by=row.organisation.name, kind=row.kind, date=str(row.date),
        confidential=row.confidential, why=reason,
        leave_out=[out for one, takes, _ in made for out in one.out(takes, row.confidential)],
    )  # fmt: skip
    left = any(one.is_theirs and not takes for one, takes, _ in made)
    return _ended(row, by, "partly" if left else "accepted", reason)


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
    if state != "withdrawn":
        _tell(row)
    return row


def _tell(row: Submission) -> None:
    """Write to who sent it what was decided, and of which rows; nothing of what others gave."""
    t = tongue("en" if row.by.language == "en" else "id")
    state = t.word("submission_state", row.state)
    left = [one for one in row.decisions if one["row"] and not one["taken"]]
    lines = [
        t("submission_letter_row", file=one["file"], row=one["row"], name=one["name"], why=one["why"] or "–")
        for one in left[:_MOST_LINES]
    ]
    top = t("submission_letter", number=row.pk, state=state, reason=row.reason, left=len(left))
    link = full_address(t.language, "submission", row.pk)
    post(
        row.by.email,
        t("submission_letter_subject", number=row.pk, state=state),
        "\n".join([top, *lines, "", link]),
    )


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
