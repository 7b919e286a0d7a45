"""Alerts: who is told that points went dark, once for an outage, of those points alone that are theirs to see to."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction

from merata.web.cases.clocks import due
from merata.web.cases.told import place
from merata.web.letters import post
from merata.web.models import Blackout, Case, Organisation, Outgoing, PointNow, User
from merata.web.page import full_address
from merata.web.sealed import seal
from merata.web.sms.answers import dark
from merata.web.sms.queue import queue
from merata.web.words import Language, Tongue, tongue

_MOST_LINES = 50
#: In the list of those who were told of an outage: that they were told of its end, too.
_BACK = "back"
#: Of an outage that was over so long ago nobody is told any more: the worker was away.
_NEWS = dt.timedelta(days=1)


def alert(outage: Blackout, rows: Sequence[PointNow], *, routers: bool = False) -> None:
    """Tell of points that went dark whoever was not told of their outage yet; in the transaction that keeps it.

    Parameters
    ----------
    rows
        The points that went dark now.
    routers
        Whether the centre looks at routers of theirs too, which were silent as well.
    """
    said = _Said(outage, routers)
    for user in _people(rows):
        said.once(
            f"user {user.pk}",
            _of(rows, user.organisation if user.role == "provider" else None),
            said.letter(user),
        )
    for office in _offices(rows):
        said.once(
            f"office {office.pk}", _of(rows, office if office.kind == "provider" else None), said.sms(office)
        )
    if settings.WAYS.hook:
        said.once("hook", rows, said.hook)
    outage.save(update_fields=["told"])


class Backs:
    """Tells whoever had an alert that its points work again, once they have done so for a while; for the clock.

    An alert by letter is answered by a letter, so that nobody goes out for nothing. SMS cost too much for it. When the
    next one may be due is remembered, so that a look at points seldom asks for it: what ends later is due later.
    """

    #: Asked again after so long in any case: the settings may have changed.
    LONGEST = dt.timedelta(minutes=10)

    def __init__(self) -> None:
        self._next: dt.datetime | None = None

    def tell(self, now: dt.datetime, calm: dt.timedelta) -> None:
        """Tell of those outages that have been over for so long, once."""
        if self._next is not None and self._next - self.LONGEST <= now < self._next:
            return
        over = Blackout.objects.filter(over_at__gt=now - calm - _NEWS).exclude(by="centre")
        untold = [one for one in over if _BACK not in one.told]
        for outage in untold:
            if outage.over_at and outage.over_at <= now - calm:
                _back(outage)
        later = [one.over_at + calm for one in untold if one.over_at and one.over_at > now - calm]
        self._next = min(now + self.LONGEST, now + calm, *later)


def _back(outage: Blackout) -> None:
    with transaction.atomic():
        there = Blackout.objects.select_for_update().get(pk=outage.pk)
        if _BACK in there.told or there.over_at is None:  # another worker did, or it went on
            return
        rows = list(there.points.select_related("point").filter(state="up"))
        for user in _people(rows):
            own = _of(rows, user.organisation if user.role == "provider" else None)
            if own and f"user {user.pk}" in there.told:
                post(user.email, *_back_text(there, own, tongue_of(user)))
        there.told.append(_BACK)
        there.save(update_fields=["told"])


def tongue_of(user: User) -> Tongue:
    """The language that somebody is written to in."""
    return tongue("en" if user.language == "en" else "id")


def hook(key: str, told: Mapping[str, Any]) -> None:
    """Queue a message to the operator's own program, where there is one; a second one with the same key is none."""
    if settings.WAYS.hook:
        sealed = seal(json.dumps(told), "message")
        Outgoing.objects.get_or_create(key=key, defaults={"way": "hook", "sealed": sealed})


def _back_text(outage: Blackout, rows: Sequence[PointNow], t: Tongue) -> tuple[str, str]:
    key = "back_subject" if len(rows) == 1 else "back_subject_many"
    subject = t(key, count=len(rows), first=rows[0].point.code, village=place(rows[0].point.village_code))
    link = full_address(t.language, "programme_now")
    top = t("back_top", since=t.moment(outage.since))
    return subject, "\n\n".join([top, _lines("back_line", rows, t), t("dark_end", link=link)])


def _lines(key: str, rows: Sequence[PointNow], t: Tongue) -> str:
    """A line for each point, up to as many as a letter may have."""
    lines = [
        t(key, point=row.point.code, place=row.point.place, village=place(row.point.village_code),
          since=t.moment(row.since))
        for row in rows[:_MOST_LINES]
    ]  # fmt: skip
    if len(rows) > _MOST_LINES:
        lines.append(t("case_letter_more", count=len(rows) - _MOST_LINES))
    return "\n".join(lines)


class _Said:
    """What is said of one outage, and to whom it was."""

    def __init__(self, outage: Blackout, routers: bool) -> None:
        self.outage, self.routers = outage, routers

    def once(self, who: str, rows: Sequence[PointNow], say: Callable[[Sequence[PointNow]], None]) -> None:
        if rows and who not in self.outage.told:
            say(rows)
            self.outage.told.append(who)

    def letter(self, user: User) -> Callable[[Sequence[PointNow]], None]:
        return lambda rows: post(user.email, *self._text(rows, tongue_of(user)))

    def sms(self, office: Organisation) -> Callable[[Sequence[PointNow]], None]:
        def say(rows: Sequence[PointNow]) -> None:
            first = rows[0].point
            text = dark(len(rows), first.code, place(first.village_code), self._case(rows), rows[0].since)
            queue(f"dark {self.outage.pk} {office.pk}", office.duty_phone, text)

        return say

    def hook(self, rows: Sequence[PointNow]) -> None:
        case = rows[0].case
        by = due(case) if case else None
        told = {
            "what": "dark", "outage": self.outage.pk, "by": self.outage.by, "since": self.outage.since.isoformat(),
            "points": [
                {"point": row.point.code, "village": row.point.village_code, "since": row.since.isoformat()}
                for row in rows
            ],
            "case": self._case(rows), "cause": rows[0].cause, "due": by.isoformat() if by else "",
            "link": self._link(rows, "id"),
        }  # fmt: skip
        hook(f"hook dark {self.outage.pk}", told)

    def _text(self, rows: Sequence[PointNow], t: Tongue) -> tuple[str, str]:
        case: Case | None = rows[0].case if len(rows) == 1 else None
        parts = [
            t("dark_top" if len(rows) == 1 else "dark_top_many", count=len(rows), together=self._together(t)),
            _lines("dark_line", rows, t),
            self._known(rows, t),
            t("dark_due", reference=case.reference, due=t.moment(due(case))) if case else "",
            t("dark_end", link=self._link(rows, t.language)),
        ]
        first = rows[0].point
        subject = t(
            "dark_subject" if len(rows) == 1 else "dark_subject_many", count=len(rows), first=first.code,
            village=place(first.village_code), since=t.moment(self.outage.since),
        )  # fmt: skip
        return subject, "\n\n".join(part for part in parts if part)

    def _together(self, t: Tongue) -> str:
        return t(f"dark_by_{self.outage.by}", name=self.outage.name) if self.outage.by else ""

    def _known(self, rows: Sequence[PointNow], t: Tongue) -> str:
        battery = any(row.cause == "power" for row in rows)
        known = t("dark_battery" if battery else "dark_unknown")
        return f"{known} {t('dark_routers')}" if self.routers else known

    def _case(self, rows: Sequence[PointNow]) -> str:
        return rows[0].case.reference if len(rows) == 1 and rows[0].case else ""

    def _link(self, rows: Sequence[PointNow], spoken: Language) -> str:
        if len(rows) == 1 and rows[0].case:
            return full_address(spoken, "programme_case", rows[0].case.pk)
        return f"{full_address(spoken, 'programme_now')}#outage-{self.outage.pk}"


def _of(rows: Sequence[PointNow], provider: Organisation | None) -> Sequence[PointNow]:
    """The points that somebody is told of: a provider's own, an office all."""
    return [row for row in rows if provider is None or row.point.provider_id == provider.pk]


def _people(rows: Sequence[PointNow]) -> list[User]:
    """The accounts of the points' providers, and of the regency's office, which oversees the programme."""
    there = User.objects.filter(is_active=True).select_related("organisation")
    return [
        *there.filter(role="provider", organisation__in=_providers(rows)).order_by("pk"),
        *there.filter(role="regency").order_by("pk"),
    ]


def _offices(rows: Sequence[PointNow]) -> list[Organisation]:
    """The providers and offices with a phone on duty."""
    there = Organisation.objects.exclude(duty_phone="")
    return [*there.filter(kind="provider", pk__in=_providers(rows)), *there.filter(kind="regency")]


def _providers(rows: Sequence[PointNow]) -> list[int]:
    return sorted({row.point.provider_id for row in rows if row.point.provider_id})
