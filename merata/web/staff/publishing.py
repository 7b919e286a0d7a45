"""A draft becomes a public plan: put forward by one person, decided by another; its rows become commitments."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from merata.errors import InputError
from merata.web.changes import facts, note_many
from merata.web.models import Commitment, FacilityFacts, Organisation, Publication, User
from merata.web.page import address, language_of
from merata.web.rights import may, needs
from merata.web.staff.frame import page
from merata.web.staff.jobs import who
from merata.web.words import tongue

#: Promises that a new plan may replace; what was kept or broken stays as history has it.
STANDING = ("promised", "on the way", "late")
_PROMISE = ("level", "option", "year", "fund")


class RefusedError(InputError):
    """A step that can't be taken; says the sentence that tells why."""


@dataclass
class Promises:
    """What approving a plan does to the promises."""

    new: list[Commitment] = field(default_factory=list)
    same: int = 0
    replaced: list[tuple[Commitment, Commitment]] = field(default_factory=list)
    """(earlier, later)"""
    dropped: list[Commitment] = field(default_factory=list)


@needs("see plans")
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """One publication as staff see it: what it holds, who put it forward, what approving it would promise."""
    row = get_object_or_404(Publication.objects.select_related("proposed_by", "decided_by"), pk=pk)
    others = Publication.objects.defer("totals").exclude(pk=pk).order_by("-pk")[:20]
    return page(
        request,
        "staff/publishing.html.j2",
        draft=row,
        totals=row.totals,
        promises=promises(row, None, "") if row.state in ("draft", "proposed", "refused") else None,
        owners=Organisation.objects.filter(kind__in=("province", "regency")),
        others=list(others),
        can_propose=may(request.user, "change plans") and row.state in ("draft", "refused"),
        can_decide=may(request.user, "publish") and row.state == "proposed",
        can_withdraw=may(request.user, "publish") and row.state == "published",
        mine=row.proposed_by_id == request.user.pk,
    )


@needs("change plans")
@require_POST
def propose_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a draft forward."""
    title, note = request.POST.get("title", "").strip(), request.POST.get("note", "").strip()
    return _step(request, pk, "proposed", lambda user: propose(pk, user, title, note))


@needs("publish")
@require_POST
def decide_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or refuse what another person has put forward."""
    reason = request.POST.get("reason", "").strip()
    if request.POST.get("decision") == "approve":
        owner = Organisation.objects.filter(pk=_number(request.POST.get("owner", ""))).first()
        return _step(request, pk, "published", lambda user: approve(pk, user, owner, reason))
    return _step(request, pk, "refused", lambda user: refuse(pk, user, reason))


@needs("publish")
@require_POST
def withdraw_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a published plan back; it stays readable by its number."""
    reason = request.POST.get("reason", "").strip()
    return _step(request, pk, "withdrawn", lambda user: withdraw(pk, user, reason))


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _step(request: HttpRequest, pk: int, done: str, step: Any) -> HttpResponse:
    return stepped(request, ("draft", pk), f"publish_done_{done}", step)


def stepped(request: HttpRequest, back: tuple[str, int], done: str, step: Any) -> HttpResponse:
    """Take a step as the account that asks; say that it is done, or why not, and lead back to a page of a number."""
    language = language_of(request)
    t = tongue(language)
    try:
        step(who(request))
        messages.success(request, t(done))
    except RefusedError as error:
        messages.error(request, t(str(error)))
    return HttpResponseRedirect(address(language, *back))


@transaction.atomic
def propose(pk: int, by: User, title: str, note: str) -> Publication:
    """Put a draft forward with a note on what is new in it; raises RefusedError."""
    row = _locked(pk)
    _only(row.state in ("draft", "refused"), "publish_not_draft")
    _only(bool(note), "publish_no_note")
    before = facts(row)
    row.state, row.note, row.title = "proposed", note, title[:120] or row.title
    row.proposed_by, row.proposed_at = by, timezone.now()
    row.decided_by, row.decided_at, row.reason = None, None, ""
    row.save()
    note_many([(row, before)], by, why=note, way="plan")
    return row


@transaction.atomic
def approve(pk: int, by: User, owner: Organisation | None, reason: str) -> Publication:
    """Approve what another person put forward: it gets its number, is the public plan, and makes its promises.

    Raises
    ------
    RefusedError
        It was decided already, was put forward by the same person, or nobody is named to keep its promises.
    """
    # All of them are locked, so that two approvals at once can't take the same number or promise a place twice.
    rows = {row.pk: row for row in Publication.objects.select_for_update().defer("totals").order_by("pk")}
    row = _decidable(rows.get(pk), by)
    _only(owner is not None, "publish_no_owner")
    before = facts(row)
    row.number = max((other.number or 0 for other in rows.values()), default=0) + 1
    _decide(row, "published", by, reason)
    batch = secrets.token_hex(16)
    found = promises(row, owner, row.note)
    note_many([(row, before)], by, why=reason or row.note, way="plan", batch=batch)
    _keep(found, row.note, by, batch)
    return row


@transaction.atomic
def refuse(pk: int, by: User, reason: str) -> Publication:
    """Refuse what another person put forward, and say why; raises RefusedError."""
    row = _decidable(_locked(pk), by)
    _only(bool(reason), "publish_no_reason")
    before = facts(row)
    _decide(row, "refused", by, reason)
    note_many([(row, before)], by, why=reason, way="plan")
    return row


@transaction.atomic
def withdraw(pk: int, by: User, reason: str) -> Publication:
    """Take a published plan back, and say why: the one before it is shown again; raises RefusedError."""
    row = _locked(pk)
    _only(row.state == "published", "publish_not_public")
    _only(bool(reason), "publish_no_reason")
    before = facts(row)
    row.state, row.reason = "withdrawn", reason
    row.save(update_fields=["state", "reason"])
    note_many([(row, before)], by, why=reason, way="plan")
    return row


def promises(row: Publication, owner: Organisation | None, note: str) -> Promises:
    """What the plan promises beside what is promised already: a promise for each facility that has a year.

    A promise that says the same stays as it is; one that says something else is replaced; one whose place has no year
    any more is dropped. Promises that no plan made (of a meeting, of a whole village) are left alone.
    """
    found = Promises()
    standing, kept = _standing()
    for place in row.facilities.exclude(year=None):
        earlier = standing.pop(place.key, None)
        said = _says(earlier) if earlier else kept[place.key].level if place.key in kept else None
        if said in (place.promised, (place.promised, place.option, place.year, place.fund)):
            found.same += 1
        else:
            later = _promise(row, place, owner, note if earlier else "")
            found.new.append(later)
            if earlier:
                found.replaced.append((earlier, later))
    found.dropped = list(standing.values())
    return found


def _standing() -> tuple[dict[str, Commitment], dict[str, Commitment]]:
    """Promises that plans made, by facility: those that may be replaced, and those that were kept."""
    made = Commitment.objects.filter(replaced_by=None, publication__isnull=False).exclude(facility_key="")
    rows = list(made.filter(state__in=(*STANDING, "kept")))
    return (
        {row.facility_key: row for row in rows if row.state != "kept"},
        {row.facility_key: row for row in rows if row.state == "kept"},
    )


def _says(row: Commitment) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in _PROMISE)


def _promise(row: Publication, place: FacilityFacts, owner: Organisation | None, reason: str) -> Commitment:
    return Commitment(
        publication=row,
        village_code=place.village_code,
        facility_key=place.key,
        place=place.name or place.kind,
        level=place.promised,
        option=place.option,
        year=place.year or 0,
        fund=place.fund,
        owner=owner,
        reason=reason,
    )


def _keep(found: Promises, note: str, by: User, batch: str) -> None:
    """Keep new promises, tell earlier ones what became of them, and note every change."""
    Commitment.objects.bulk_create(found.new, batch_size=200)
    changed_rows = [
        (row, facts(row)) for row in (*(earlier for earlier, _ in found.replaced), *found.dropped)
    ]
    for earlier, later in found.replaced:
        earlier.replaced_by = later
    for row, _ in changed_rows:
        row.state, row.reason = "changed", note
    Commitment.objects.bulk_update(
        [row for row, _ in changed_rows], ["state", "reason", "replaced_by"], batch_size=200
    )
    note_many([*((row, {}) for row in found.new), *changed_rows], by, why=note, way="plan", batch=batch)


def _locked(pk: int) -> Publication:
    return get_object_or_404(Publication.objects.select_for_update(), pk=pk)


def _decidable(row: Publication | None, by: User) -> Publication:
    _only(row is not None and row.state == "proposed", "publish_not_proposed")
    assert row is not None
    _only(row.proposed_by_id != by.pk, "publish_same_person")
    return row


def _decide(row: Publication, state: str, by: User, reason: str) -> None:
    row.state, row.decided_by, row.decided_at, row.reason = state, by, timezone.now(), reason
    row.save(update_fields=["number", "state", "decided_by", "decided_at", "reason"])


def _only(right: bool, key: str) -> None:
    if not right:
        raise RefusedError(key)
