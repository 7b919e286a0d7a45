"""The life of a case: opened or joined, passed on, said to be mended, confirmed, closed, opened again.

Cases change here only. Each change is one transaction: the row, its note, and the messages that tell of it come to be
together or not at all. Each begins with `changed()`, which holds the row that counts changes: all who change cases go
one after the other, in one order, so none waits for another that waits for it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from merata.errors import InputError
from merata.web.cases import told
from merata.web.cases.clocks import AGAIN, CAUSES, JOIN, KINDS, wind
from merata.web.cases.numbers import new_reference
from merata.web.changes import keep
from merata.web.models import Case, Hint, Organisation, Phone, PointNow, Report, ServicePoint, User
from merata.web.page import changed
from merata.web.programme.said import Choice, Problem, RefusedError

_OFFICES = ("province", "regency")
_OPEN = ("received", "with provider", "mended")
_LIVING = ("in service", "suspended")


@dataclass(frozen=True)
class Step:
    """A step that staff take: the states that it may follow, who may take it, the state that it leads to."""

    after: tuple[str, ...]
    roles: tuple[str, ...]
    to: str


STEPS: dict[str, Step] = {
    "pass on": Step(("received", "with provider"), _OFFICES, "with provider"),
    "mended": Step(("received", "with provider"), (*_OFFICES, "provider"), "mended"),
    "works": Step(("received", "with provider", "mended"), (*_OFFICES, "district", "village"), "closed"),
    "again": Step(("mended", "closed"), (*_OFFICES, "district", "village"), "with provider"),
    "close": Step(("received", "with provider"), _OFFICES, "closed"),
}


@transaction.atomic
def of_report(report: Report) -> Case | None:
    """The case of a report that is being kept: joined where it is the same trouble, else opened; none for praise."""
    if report.kind not in KINDS:
        return None
    changed()
    now = timezone.now()
    at = min(report.happened_at or now, now)
    found = (
        _same(report.village_code, report.point, report.kind, at, now) if KINDS[report.kind].joined else None
    )
    if found is None:
        return _opened(report.village_code, report.point, report.kind, at, now, opened_by="people")
    _sign(found, at, now)
    if found.state in ("mended", "closed") and at > found.state_at:
        _again(found, None, "", "report")
    return found


@transaction.atomic
def of_measurement(
    point: ServicePoint,
    cause: str,
    since: dt.datetime,
    evidence: Mapping[str, Any],
    *,
    quiet: bool = False,
    goes_on: bool = False,
) -> Case:
    """The case of an outage that was measured at a point: joined where it is the same trouble, else opened.

    Parameters
    ----------
    cause
        A key of `CAUSES`: what failed.
    since
        When it began, UTC.
    evidence
        What shows it, as JSON: which probe, which gap, how sure.
    quiet
        Tell nobody of the opening: whoever calls tells of the outage, once for all its cases.
    goes_on
        It is so now: what was said to be mended since it began is not.

    Raises
    ------
    InputError
        Measurements of this cause make no case, or `since` lies ahead.
    """
    now = timezone.now()
    if cause not in CAUSES:
        raise InputError(f"An outage's cause is {cause!r}: expected one of {', '.join(CAUSES)}.")
    if since > now:
        raise InputError(f"An outage at {point.code} begins at {since.isoformat()}, which is yet to come.")
    changed()
    kind = CAUSES[cause]
    found = _same(point.village_code, point, kind, since, now)
    if found is None:
        return _opened(
            point.village_code, point, kind, since, now, opened_by="measurement", cause=cause,
            evidence=dict(evidence), quiet=quiet,
        )  # fmt: skip
    _sign(found, since, now)
    found.point, found.cause, found.evidence = found.point or point, cause, {**found.evidence, **evidence}
    if found.state in ("mended", "closed") and (goes_on or since > found.state_at):
        _again(found, None, "", "clock", quiet=quiet)
    else:
        keep(found, None, way="clock")
    return found


@transaction.atomic
def measured_again(
    point: ServicePoint, cause: str, evidence: Mapping[str, Any], *, found: str = ""
) -> list[Case]:
    """The open cases that a measurement says are over: closed where nobody can be asked, else its reporters are.

    `found` is what it turned out to be, where that is known only now.
    """
    changed()
    rows = Case.objects.select_for_update().filter(point=point, kind=CAUSES[cause]).exclude(state="closed")
    over = list(rows)
    for case in over:
        case.evidence, case.cause = {**case.evidence, **evidence}, found or case.cause
        if case.state == "mended" or not case.reports.exists():
            _close(case, None, "measurement", "", "clock")
        else:
            _mended(case, None, "", "clock")
    return over


@transaction.atomic
def step(case: Case, name: str, by: User, *, why: str = "", provider: Organisation | None = None) -> Case:
    """Take a step with a case.

    Raises
    ------
    RefusedError
        The step does not follow the case's state, is another's to take, or lacks its reason or provider.
    """
    changed()
    there = Case.objects.select_for_update().get(pk=case.pk)
    if wrong := _wrong(there, name, by, why, provider):
        raise RefusedError([wrong])
    if name == "pass on":
        there.provider = provider
        _go(there, "with provider", by, why, "form")
        told.opened(there)
    elif name == "mended":
        _mended(there, by, why, "form")
    elif name == "again":
        _again(there, by, why, "form")
    else:
        _close(there, by, "village" if by.role in ("village", "district") else "office", why, "form")
    return there


def possible(case: Case, by: User) -> list[str]:
    """The steps that an account may take with a case now."""
    return [name for name, one in STEPS.items() if case.state in one.after and by.role in one.roles]


@transaction.atomic
def answered(report: Report, works: bool) -> Case | None:
    """What a reporter says to the question whether it works again; None where there is nothing to say it to."""
    changed()
    case = Case.objects.select_for_update().filter(pk=report.case_id or 0).first()
    if case is None or not can_be_answered(case) or (works and case.state == "closed"):
        return None
    Report.objects.filter(pk=report.pk).update(works_again=works)
    if not works and case.state in ("mended", "closed"):
        _again(case, None, "", "report")
    elif works and (case.state == "mended" or case.reports.count() == 1):
        _close(case, None, "reporter", "", "report")
    elif works:  # one of several, and nobody else has said so: the others are asked
        _mended(case, None, "", "report")
    return case


def can_be_answered(case: Case) -> bool:
    """Whether a reporter is still heard: a case that was closed is opened again for a while."""
    return case.closed_at is None or case.closed_at > timezone.now() - AGAIN


def by_time(case: Case) -> None:
    """Close a case that is said to be mended, as nobody said otherwise in time; for the clock, which holds it.

    Where its point is dark to this moment, that says otherwise: it is opened again.
    """
    if PointNow.objects.filter(case=case, state="dark").exists():
        _again(case, None, "", "clock")
    else:
        _close(case, None, "time", "", "clock")


def open_cases() -> QuerySet[Case]:
    """Cases that are not closed."""
    return Case.objects.exclude(state="closed")


def _wrong(case: Case, name: str, by: User, why: str, provider: Organisation | None) -> Problem | None:
    one = STEPS.get(name)
    if one is None or case.state not in one.after:
        return Problem("case_not_after", {"now": Choice("case_state", case.state)})
    if by.role not in one.roles:
        return Problem("case_not_yours", {"who": tuple(Choice("role", role) for role in one.roles)})
    if name == "pass on" and (provider is None or provider.kind != "provider"):
        return Problem("case_needs_provider")
    if name in ("mended", "again", "close") and not why:
        return Problem("case_needs_why")
    return None


def _same(
    village: str, point: ServicePoint | None, kind: str, at: dt.datetime, now: dt.datetime
) -> Case | None:
    """The case of the same trouble: open, or closed a short while ago, or closed after the time that is told of."""
    rows = Case.objects.select_for_update().filter(village_code=village, kind=kind)
    still = Q(state__in=_OPEN, last_sign_at__gt=now - JOIN)
    just = Q(state="closed", closed_at__gt=now - AGAIN)
    told_late = Q(state="closed", since__lte=at, closed_at__gte=at)
    found = list(rows.filter(still | just | told_late).order_by("pk"))
    if point is not None:
        found = [case for case in found if case.point_id in (point.pk, None)]
    elif len({case.point_id for case in found if case.state != "closed"}) > 1:
        found = [case for case in found if case.point_id is None]  # which of them is meant, nobody said
    found.sort(key=lambda case: (case.state != "closed", case.point_id is not None, case.pk))
    return found[-1] if found else None


def _opened(
    village: str,
    point: ServicePoint | None,
    kind: str,
    since: dt.datetime,
    now: dt.datetime,
    *,
    quiet: bool = False,
    **fields: Any,
) -> Case:
    provider = _provider(village, point) if KINDS[kind].to == "provider" else None
    case = Case(
        reference=new_reference("K"), village_code=village, point=point, provider=provider, kind=kind, since=since,
        opened_at=now, last_sign_at=now, state="with provider" if provider else "received", turns=1, **fields,
    )  # fmt: skip
    wind(case, now)
    keep(case, None, way="report" if case.opened_by == "people" else "clock")
    if not quiet:
        told.opened(case)
    return case


def _provider(village: str, point: ServicePoint | None) -> Organisation | None:
    """Whom the contract names: the point's provider; for a whole village the only one there is."""
    if point is not None:
        return point.provider
    points = ServicePoint.objects.filter(village_code=village, state__in=_LIVING).exclude(provider=None)
    there = {row.provider_id: row.provider for row in points.select_related("provider")}
    return next(iter(there.values())) if len(there) == 1 else None


def _sign(case: Case, at: dt.datetime, now: dt.datetime) -> None:
    """Another sign of the same trouble. It is no change of the case: the report or measurement is its own record."""
    case.since, case.last_sign_at = min(case.since, at), now
    Case.objects.filter(pk=case.pk).update(since=case.since, last_sign_at=now)


def _mended(case: Case, by: User | None, why: str, way: str) -> None:
    _go(case, "mended", by, why, way)
    told.ask(case)


def _again(case: Case, by: User | None, why: str, way: str, *, quiet: bool = False) -> None:
    case.opened_again += 1
    case.closed_at, case.closed_by = None, ""
    _go(case, "with provider" if case.provider_id else "received", by, why, way)
    if not quiet:
        told.again(case)


def _close(case: Case, by: User | None, closed_by: str, why: str, way: str) -> None:
    case.closed_by, case.closed_at = closed_by, timezone.now()
    _go(case, "closed", by, why, way)
    told.closed(case)
    forget_phones()


def _go(case: Case, state: str, by: User | None, why: str, way: str) -> None:
    case.state, case.turns = state, case.turns + 1
    wind(case, timezone.now())
    keep(case, by, why=why, way=way)


def forget_phones() -> None:
    """Erase the numbers of phones that there is nothing to ask any more."""
    waiting = Report.objects.filter(case__state__in=_OPEN).exclude(phone=None)
    hints = Hint.objects.filter(state="waiting").exclude(phone=None)
    Phone.objects.exclude(pk__in=waiting.values("phone")).exclude(pk__in=hints.values("phone")).delete()
