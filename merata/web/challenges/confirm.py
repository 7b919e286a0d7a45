"""Village offices that confirm their village's sheet once a year: on a page of their account, or by one SMS."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from merata.web.challenges.facts import GOING
from merata.web.challenges.life import clocks
from merata.web.models import Challenge, Confirmation, Organisation, Publication, User, VillageFacts
from merata.web.page import changed
from merata.web.sms.numbers import alike
from merata.web.sms.queue import queue, seen


@transaction.atomic
def confirm(
    village: VillageFacts, way: str, *, by: User | None = None, organisation: Organisation | None = None
) -> Confirmation:
    """Keep a village office's word that its sheet is right but for what it challenged; the same day's word is one."""
    changed()
    organisation = organisation or (by.organisation if by else None)
    rows = Confirmation.objects.filter(village_code=village.code, publication=village.publication)
    today = timezone.localdate()
    same = [row for row in rows[:5] if timezone.localdate(row.made_at) == today]
    row = same[0] if same else Confirmation(village_code=village.code, publication=village.publication)
    row.way, row.by, row.organisation = way, by, organisation
    row.corrections = own_challenges(village.code, by, organisation)
    row.save()
    return row


def own_challenges(code: str, by: User | None, organisation: Organisation | None) -> int:
    """How many challenges of a village office about its village are going on."""
    rows = Challenge.objects.filter(village_code=code, state__in=GOING)
    if organisation is not None:
        return rows.filter(organisation=organisation).count()
    return rows.filter(by=by).count() if by else 0


def newest_word(code: str) -> Confirmation | None:
    """The last time that a village's office confirmed its sheet, where that still holds."""
    row = Confirmation.objects.filter(village_code=code).order_by("-pk").first()
    # Settings are read only where there is something to judge: every village's page asks.
    holds = row is not None and row.made_at > timezone.now() - dt.timedelta(days=clocks().confirm_days)
    return row if holds else None


def words_of(codes: Iterable[str]) -> dict[str, Confirmation]:
    """By village's code: the last time that its office confirmed its sheet, however long ago."""
    rows = Confirmation.objects.filter(village_code__in=list(codes)).order_by("pk")
    return {row.village_code: row for row in rows}


def offices() -> dict[str, Organisation]:
    """Village's code -> its office, where one with a number on record is known: by its own code, or its accounts'."""
    rows = Organisation.objects.filter(kind="village").exclude(duty_phone="").order_by("pk")
    found = {one.village_code: one for one in rows if one.village_code}
    accounts = User.objects.filter(role="village", organisation__in=rows, is_active=True).exclude(
        village_code=""
    )
    for user in accounts.select_related("organisation").order_by("pk"):
        if user.organisation is not None:
            found.setdefault(user.village_code, user.organisation)
    return found


def office_of(number: str, code: str) -> Organisation | None:
    """The village office whose number on record a message came from, where the village is its own."""
    one = offices().get(code)
    return one if one is not None and alike(one.duty_phone) == number else None


def ask(publication: Publication, codes: Iterable[str]) -> int:
    """Ask village offices with a number on record by SMS, each at most once a month; answers how many."""
    from merata.web.sms import answers

    known, month, asked = offices(), f"{timezone.localdate():%Y-%m}", 0
    for village in publication.villages.filter(code__in=known.keys() & set(codes)):
        number, key = alike(known[village.code].duty_phone), f"confirm {village.code} {month}"
        if number and not seen(key):
            queue(key, number, answers.sheet(village))
            asked += 1
    return asked
