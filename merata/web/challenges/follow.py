"""What comes of a challenge that holds, or that holds no more, where its fact is none of the region's tables.

Nothing here writes what is measured or reckoned: a score is reckoned anew from the measurements; the board says of a
promise what was decided, with the reason; a list of payments or a publication of statistics is mended by whose it is.
Until then the challenge's page says beside each other what is right and what stands there.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from merata.web import scores, tasks
from merata.web.challenges.facts import FACTS, HOLDS
from merata.web.challenges.records import NOW, agrees
from merata.web.changes import keep
from merata.web.models import Challenge, Commitment, Job, User
from merata.web.tasks import Tell


def follow(row: Challenge, by: User | None) -> None:
    """Do what comes of a challenge whose state has just become one that holds, or `reversed`."""
    _FOLLOWS[FACTS[row.fact].follows](row, by)


def ask_once(kind: str, by: User | None) -> None:
    """Let the worker do a kind of work, unless it is about to."""
    if not Job.objects.filter(kind=kind, state="waiting").exists():
        tasks.ask(kind, by)


def _promise(row: Challenge, by: User | None) -> None:
    """The board says what the promise is: not kept after all, or kept; taken back, what it said before."""
    there = Commitment.objects.select_for_update().get(pk=row.claim["promise"])
    kept, holds = row.claim["really"] == "kept", row.state in HOLDS
    if there.replaced_by_id or ((there.state == "kept") == kept) == holds:
        return  # it says so already, or has gone on meanwhile: what came later stands
    new = _right(there, kept) if holds else row.published_as
    there.state, there.reason = new, _why(row)
    if new == "kept" and not there.evidence:
        there.evidence = row.reference
    keep(there, by, why=there.reason, way="form" if by else "clock")


def _right(there: Commitment, kept: bool) -> str:
    if kept:
        return "kept"
    return "late" if there.due_on < timezone.localdate() else "promised"


def _why(row: Challenge) -> str:
    return f"{row.reference}: {row.reason or row.answer}".rstrip(": ")


def _score(row: Challenge, by: User | None) -> None:
    ask_once("score", by)


def _payment(row: Challenge, by: User | None) -> None:
    """What is owed is reckoned anew; what was paid is a list that its office mends."""
    if row.claim["sum"] == "owed":
        ask_once("score", by)


def _region(row: Challenge, by: User | None) -> None:
    ask_once("correct", by)


def _nothing(row: Challenge, by: User | None) -> None:
    """The next publication of the statistics brings it."""


_FOLLOWS: dict[str, Callable[[Challenge, User | None], None]] = {
    "region": _region, "promise": _promise, "score": _score, "payment": _payment, "statistic": _nothing,
}  # fmt: skip


def stands_now(row: Challenge) -> str:
    """What stands there now of a fact that the site reckons or keeps itself; '' of others, and where nothing does."""
    return NOW[row.fact](row.claim, row.village_code) if row.fact in NOW else ""


def is_to_be_done(row: Challenge) -> bool:
    """Whether a challenge holds and what stands there is still something else."""
    if row.state not in HOLDS or row.fact not in NOW:
        return False
    now = stands_now(row)
    return bool(now) and not agrees(row.fact, row.claim, now)


def to_be_done() -> list[Challenge]:
    """Challenges that hold while what stands there is still something else, the oldest first."""
    rows = Challenge.objects.filter(state__in=HOLDS, fact__in=tuple(NOW), joins=None)
    return [row for row in rows.order_by("pk") if is_to_be_done(row)]


def score_anew(job: Job, tell: Tell) -> dict[str, Any]:
    """Reckon the scores anew from all measurements, and take them in; the worker's."""
    measurements = Path(settings.REGION) / "measurements"
    if not (measurements / "index.json").exists():
        return {"changed": False}
    tell("scoring", "", 0, 0)
    scores.score(measurements)
    return {"changed": scores.take(measurements)}
