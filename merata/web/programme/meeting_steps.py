"""A coordination meeting: a draft that its host fills in, then a record; its actions become promises."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from django.db import transaction
from django.utils import timezone

from merata.web.changes import keep, note_many
from merata.web.models import Commitment, Meeting, Organisation, User
from merata.web.page import changed
from merata.web.programme.said import Problem, RefusedError


@transaction.atomic
def add_action(meeting: Meeting, by: User, action: dict[str, Any]) -> Meeting:
    """Put an action into a draft: `action`, `owner_id`, `village_code`, `due_by` (2026-03-31); raises RefusedError."""
    there = _draft(meeting)
    if dt.date.fromisoformat(action["due_by"]) < there.held_on:
        raise RefusedError([Problem("action_before_meeting", at="due_by")])
    there.proposed = [*there.proposed, action]
    keep(there, by)
    return there


@transaction.atomic
def drop_action(meeting: Meeting, by: User, place: int) -> Meeting:
    """Take an action out of a draft; raises RefusedError."""
    there = _draft(meeting)
    if not 0 <= place < len(there.proposed):
        raise RefusedError([Problem("action_gone")])
    there.proposed = [one for at, one in enumerate(there.proposed) if at != place]
    keep(there, by)
    return there


@transaction.atomic
def publish(meeting: Meeting, by: User) -> Meeting:
    """Publish a meeting: its record is fixed, and each of its actions becomes a promise.

    Raises
    ------
    RefusedError
        It was published already, says nothing, or an owner of an action is gone.
    """
    changed()
    there = _draft(meeting)
    if not (there.agenda.strip() or there.decisions.strip() or there.proposed):
        raise RefusedError([Problem("meeting_empty")])
    owners = Organisation.objects.in_bulk([one["owner_id"] for one in there.proposed])
    if any(one["owner_id"] not in owners for one in there.proposed):
        raise RefusedError([Problem("action_owner_gone")])
    batch = secrets.token_hex(16)
    made = [_promise(there, one) for one in there.proposed]
    Commitment.objects.bulk_create(made)
    note_many([(row, {}) for row in made], by, why=there.title, way="form", batch=batch)
    there.record = record_of(there, made, owners)
    there.state, there.published_at = "published", timezone.now()
    keep(there, by, batch=batch)
    return there


def record_of(meeting: Meeting, actions: list[Commitment], owners: dict[int, Organisation]) -> str:
    """What was agreed, as canonical JSON (RFC 8785): the same meeting gives the same bytes."""
    from merata.exchange.canonical import canonical

    said = {
        "form": 1, "held_on": meeting.held_on.isoformat(), "title": meeting.title, "host": meeting.host.name,
        "present": lines(meeting.present), "agenda": lines(meeting.agenda), "decisions": lines(meeting.decisions),
        "next_on": meeting.next_on.isoformat() if meeting.next_on else None,
        "actions": [
            {
                "commitment": row.pk, "action": row.action, "owner": owners[row.owner_id or 0].name,
                "village": row.village_code, "due": row.due_on.isoformat(),
            }
            for row in actions
        ],
    }  # fmt: skip
    return canonical(said).decode()


def lines(text: str) -> list[str]:
    """The lines of a text that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _promise(meeting: Meeting, said: dict[str, Any]) -> Commitment:
    due_by = dt.date.fromisoformat(said["due_by"])
    return Commitment(
        meeting=meeting, action=said["action"], owner_id=said["owner_id"], village_code=said["village_code"],
        due_by=due_by, year=due_by.year,
    )  # fmt: skip


def _draft(meeting: Meeting) -> Meeting:
    there = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if there.state != "draft":
        raise RefusedError([Problem("meeting_published")])
    return there
