"""The paper for the next meeting, gathered from what the site keeps of meetings and promises."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.db.models import Count, F, QuerySet
from django.utils import timezone

from merata.publish.meeting import Agreed, Paper, Promise
from merata.region.settings import load_settings
from merata.web.logged_things import document_name, fingerprint
from merata.web.models import Commitment, Meeting
from merata.web.page import full_address
from merata.web.programme.meeting_steps import lines
from merata.web.programme.places import places
from merata.web.programme.promise_steps import OPEN
from merata.web.public.current import newest
from merata.web.public.recorded import recorded
from merata.web.standing import due_before
from merata.web.words import Language, Tongue, tongue

#: So long ahead it looks where no next meeting is known.
AHEAD = dt.timedelta(days=31)


def paper(language: Language, next_on: dt.date | None = None, today: dt.date | None = None) -> Paper:
    """What the next meeting needs: of the last published one, and of all that is open.

    Parameters
    ----------
    next_on
        The day of the next meeting; left out: as the last one said, if that is still to come.
    """
    today, t = today or timezone.localdate(), tongue(language)
    last = Meeting.objects.filter(state="published").first()
    if next_on is None and last and last.next_on and last.next_on >= today:
        next_on = last.next_on
    until = next_on or today + AHEAD
    publication = newest()
    plans = _open(publication__isnull=False)
    actions = _open(publication=None)
    board = full_address(language, "promises")
    agreed = _agreed(last, today, t) if last else None
    proof = (
        board if agreed is None or agreed.entry is None else full_address(language, "log_entry", agreed.entry)
    )
    # What the last meeting agreed stands there already; promises of plans are many, and are told by their number.
    others = actions.exclude(meeting=last) if last else actions
    return Paper(
        language=language,
        region=publication.region if publication else _region(),
        made_up=bool(publication and publication.made_up),
        as_of=today,
        until=until,
        next_on=next_on,
        board=board,
        proof=proof,
        last=agreed,
        earlier=_told(others.exclude(due_before(today)).exclude(_until(until)), today, t),
        overdue=_told(actions.filter(due_before(today)), today, t),
        due=_told(actions.exclude(due_before(today)).filter(_until(until)), today, t),
        plans=_plans(plans, today, t),
    )


def _region() -> str:
    """The region's name, where no plan that says it was published yet."""
    return load_settings(Path(settings.REGION) / "region.toml").region.name


def _open(**which: object) -> QuerySet[Commitment]:
    rows = Commitment.objects.filter(replaced_by=None, state__in=OPEN, **which)
    return rows.select_related("owner", "replaces").order_by("year", F("due_by").asc(nulls_last=True), "pk")


def _until(day: dt.date) -> object:
    return due_before(day + dt.timedelta(days=1))


def _agreed(last: Meeting, today: dt.date, t: Tongue) -> Agreed:
    entry = recorded("document", [document_name(last)]).get(document_name(last))
    # An action that was changed shows what holds now, and what it was.
    rows = last.actions.filter(replaced_by=None).select_related("owner", "replaces").order_by("due_by", "pk")
    return Agreed(
        title=last.title, held_on=last.held_on, agenda=lines(last.agenda), decisions=lines(last.decisions),
        actions=_told(rows, today, t), sha256=fingerprint(last),
        entry=entry.index if entry else None, since=entry.date if entry else None,
    )  # fmt: skip


def _told(rows: Iterable[Commitment], today: dt.date, t: Tongue) -> list[Promise]:
    found = list(rows)
    names = {code: place.name for code, place in places(row.village_code for row in found).items()}
    return [_promise(row, names.get(row.village_code, row.village_code), today, t) for row in found]


def _promise(row: Commitment, village: str, today: dt.date, t: Tongue) -> Promise:
    late = row.state in OPEN and row.due_on < today
    before = getattr(row, "replaces", None)
    return Promise(
        number=row.pk, what=f"{row.action} ({village})" if village else row.action,
        owner=row.owner.name if row.owner else "", due=row.due_on,
        state=t.word("commitment_state", "late" if late else row.state), evidence=row.evidence, reason=row.reason,
        was_due=before.due_on if before and before.due_on != row.due_on else None,
    )  # fmt: skip


def _plans(rows: QuerySet[Commitment], today: dt.date, t: Tongue) -> list[tuple[int, str, int]]:
    counted = rows.order_by("year", "state").values_list("year", "state").annotate(Count("pk"))
    return [
        (year, t.word("commitment_state", "late" if year < today.year else state), count)
        for year, state, count in counted
        if year <= today.year + 1
    ]
