"""The sheet of a village that its office confirms once a year, and the planner's list of who has not."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from merata.web.challenges.confirm import ask, confirm, newest_word, offices, own_challenges, words_of
from merata.web.challenges.life import clocks
from merata.web.challenges.pages import form_of
from merata.web.models import User, VillageFacts
from merata.web.page import address, language_of
from merata.web.programme.frame import go, shown, user_of, words
from merata.web.public.current import newest
from merata.web.public.village import by_sector
from merata.web.rights import may, needs, reach


def own_village(user: User) -> VillageFacts | None:
    """The village of a village office's account, as it was last published."""
    publication = newest()
    if publication is None or not user.village_code:
        return None
    return publication.villages.filter(code=user.village_code).select_related("publication").first()


def waits_for(user: User) -> int:
    """1 where the account's village waits to be confirmed."""
    if not may(user, "confirm village") or own_village(user) is None:
        return 0
    return int(newest_word(user.village_code) is None)


@needs("confirm village")
def sheet(request: HttpRequest) -> HttpResponse:
    """What is published about one's own village, each line with a way to correct it."""
    user = user_of(request)
    village = own_village(user)
    return shown(
        request, "village_sheet", village=village, word=newest_word(user.village_code),
        mine=own_challenges(user.village_code, user, user.organisation),
        sectors=by_sector(village.publication, village.code) if village else [],
    )  # fmt: skip


@needs("confirm village")
def sheet_correct(request: HttpRequest) -> HttpResponse:
    """Correct a line of the sheet: the form for everybody, in the office's name."""
    user = user_of(request)
    village = own_village(user)
    if village is None:
        return go(request, "programme_sheet_own", say=words(request)("sheet_own_none"), wrong=True)
    return form_of(request, village, address(language_of(request), "programme_sheet_correct"), user)


@needs("confirm village")
@require_POST
def sheet_confirm(request: HttpRequest) -> HttpResponse:
    """Say that it is right."""
    user, t = user_of(request), words(request)
    village = own_village(user)
    if village is None:
        return go(request, "programme_sheet_own", say=t("sheet_own_none"), wrong=True)
    confirm(village, "account", by=user)
    return go(request, "programme_sheet_own", say=t("sheet_own_kept"))


@needs("see confirmations")
def confirmed(request: HttpRequest) -> HttpResponse:
    """Villages and when their office last confirmed their sheet: those that did not come first."""
    user, publication = user_of(request), newest()
    rows = list(reach(user, VillageFacts.objects.filter(publication=publication)).order_by("code"))
    said, days = words_of(row.code for row in rows), clocks().confirm_days
    since = timezone.now() - dt.timedelta(days=days)
    holds = {code for code, word in said.items() if word.made_at > since}
    phones = offices()
    rows.sort(key=lambda row: (row.code in holds, row.district, row.code))
    return shown(
        request, "confirmed", rows=rows, words=said, holds=holds, phones=phones, days=days, done=len(holds),
        askable=sum(row.code in phones and row.code not in holds for row in rows),
    )  # fmt: skip


@needs("change programme")
@require_POST
def confirmed_ask(request: HttpRequest) -> HttpResponse:
    """Ask by SMS the offices that have not confirmed and whose number is on record."""
    t, publication = words(request), newest()
    if publication is None:
        return go(request, "programme_confirmed")
    since = timezone.now() - dt.timedelta(days=clocks().confirm_days)
    codes = list(publication.villages.values_list("code", flat=True))
    said = words_of(codes)
    asked = ask(publication, [code for code in codes if code not in said or said[code].made_at <= since])
    return go(request, "programme_confirmed", say=t("confirmed_asked", count=t.number(asked)))
