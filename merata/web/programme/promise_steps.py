"""The life of a promise: on the way, kept with evidence, broken, or changed into a later one that says why."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from merata.web.changes import facts, keep, keep_many
from merata.web.models import Commitment, User
from merata.web.page import changed
from merata.web.programme.said import Choice, Problem, RefusedError
from merata.web.rights import may

#: States in which something is still awaited of a promise.
OPEN = ("promised", "on the way", "late")


@dataclass(frozen=True)
class Step:
    """A step of a promise: from which states, what it asks for, and whether its owner may take it alone."""

    before: tuple[str, ...]
    needs: tuple[str, ...] = ()
    owners: bool = False


#: State that a person may bring a promise into -> how. It becomes late by `merata.web.programme.promise_clock`.
STEPS: dict[str, Step] = {
    "on the way": Step(("promised",), owners=True),
    "kept": Step(OPEN, ("evidence",)),
    "broken": Step(OPEN, ("why",)),
    "changed": Step((*OPEN, "broken"), ("why",)),
}


def steps_for(row: Commitment, user: User) -> list[str]:
    """The steps that an account may take with a promise now."""
    if row.replaced_by_id or not may(user, "report promises"):
        return []
    return [
        to
        for to, step in STEPS.items()
        if row.state in step.before
        and (may(user, "change programme") or (step.owners and _is_owner(row, user)))
    ]


def _is_owner(row: Commitment, user: User) -> bool:
    return row.owner_id is not None and row.owner_id == user.organisation_id


@transaction.atomic
def take(row: Commitment, by: User, to: str, *, evidence: str = "", why: str = "") -> Commitment:
    """Bring a promise into a state: `on the way`, `kept` with evidence, `broken` with a reason.

    Raises
    ------
    RefusedError
        It is in no state for this step, the account may not take it, or what the step asks for is missing.
    """
    changed()
    there = Commitment.objects.select_for_update().get(pk=row.pk)
    _check(there, by, to, {"evidence": evidence, "why": why})
    there.state = to
    there.evidence = evidence.strip()[:500] or there.evidence
    there.reason = why.strip() or there.reason
    keep(there, by, why=why.strip())
    return there


@transaction.atomic
def replace(row: Commitment, by: User, why: str, **values: Any) -> Commitment:
    """Put a later promise in the place of one, with the reason; the earlier one stays, and says what became of it.

    Parameters
    ----------
    values
        What is promised now: `due_by`, `owner`, and of a meeting's action `action`; the rest stays as it was.

    Raises
    ------
    RefusedError
        As `take`; or nothing would be different.
    """
    changed()
    there = Commitment.objects.select_for_update().get(pk=row.pk)
    _check(there, by, "changed", {"why": why})
    later = _later(there, values)
    if all(getattr(there, name) == getattr(later, name) for name in ("due_on", "owner_id", "action")):
        raise RefusedError([Problem("promise_same")])
    batch = secrets.token_hex(16)
    later.reason = why.strip()
    keep(later, by, why=later.reason, batch=batch)
    _follow(there, later, by, batch)
    there.state, there.reason, there.replaced_by = "changed", later.reason, later
    keep(there, by, why=later.reason, batch=batch)
    return later


def _follow(earlier: Commitment, later: Commitment, by: User, batch: str) -> None:
    """Let the points that fulfil a promise fulfil the one in its place."""
    points = list(earlier.points.select_for_update().order_by("pk"))
    before = [(point, facts(point)) for point in points]
    for point in points:
        point.commitment = later
    keep_many(before, by, why=later.reason, way="form", batch=batch)


def _later(row: Commitment, values: dict[str, Any]) -> Commitment:
    names = ("publication", "meeting", "action", "village_code", "facility_key", "place", "level", "option",
             "fund", "owner", "due_by", "year")  # fmt: skip
    later = Commitment(**{**{name: getattr(row, name) for name in names}, **values})
    if later.due_by:
        later.year = later.due_by.year
    return later


def _check(row: Commitment, by: User, to: str, given: dict[str, str]) -> None:
    found = []
    if row.replaced_by_id or to not in STEPS or row.state not in STEPS[to].before:
        found.append(Problem("promise_not_from", {"state": Choice("commitment_state", row.state)}))
    elif to not in steps_for(row, by):
        found.append(Problem("promise_not_yours"))
    else:
        found = [
            Problem(f"promise_needs_{name}", at=name) for name in STEPS[to].needs if not given[name].strip()
        ]
    if found:
        raise RefusedError(found)
