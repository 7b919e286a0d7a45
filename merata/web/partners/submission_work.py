"""What the worker does with a submission: holds it against the region as it is, on a copy."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from merata.errors import FileError
from merata.region.folder import Region
from merata.web.models import Job, Submission
from merata.web.page import changed
from merata.web.partners.submission_rows import MOST
from merata.web.staff.data_work import LISTED, finding_facts
from merata.web.staff.uploads import Waiting
from merata.web.tasks import Tell

if TYPE_CHECKING:
    from merata.region.findings import Finding


def compare(job: Job, tell: Tell) -> dict[str, Any]:
    """Compare the files of a submission, which then waits for the office; what can't be read is refused, and why."""
    from merata.run.submitted import compared

    asked = job.asked
    region = Region(Path(settings.REGION))
    known = [row.file for row in region.sources()]
    try:
        found = compared(
            region, Waiting(asked["token"]).files(), given_by=asked["given_by"], date=asked["date"],
            kind=asked["kind"], confidential=asked["confidential"],
            progress=lambda what, done, of: tell("reading", what, done, of),
        )  # fmt: skip
    except FileError as error:
        _moved(asked["submission"], "refused", str(error)[:500])
        raise
    _moved(asked["submission"], "waiting")
    files = [row.file for row in found.added.taken]
    shas = {row.file: row.sha256 for row in (*region.sources(), *found.added.taken)}
    return {
        "theirs": found.rows,
        "not_read": found.added.refused,
        "again": found.added.again,
        "with_run": found.with_run,
        "counts": dict(Counter(one.kind for one in found.differences)),
        "differences": [
            {**asdict(one), "sha": shas.get(one.file, ""), "known_sha": shas.get(one.known_from, "")}
            for one in found.differences[:MOST]
        ],
        "own_findings": [
            finding_facts(one) for one in found.added.new_findings if _is_own(one, files, known)
        ][:LISTED],
    }


def _moved(number: int, state: str, reason: str = "") -> None:
    """On to the next state, unless its sender has taken it back meanwhile."""
    Submission.objects.filter(pk=number, state="comparing").update(state=state, reason=reason)
    changed()


def _is_own(one: Finding, files: list[str], known: list[str]) -> bool:
    """Whether a finding is about a file of the submission, and names none that others gave."""
    text = f"{one.what} {one.done} {one.settle} {one.candidates}"
    return one.file in files and not any(name in text for name in known)
