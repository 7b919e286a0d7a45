"""The centre's own trouble: one alert of it to the office that runs it, in place of one of every point."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from merata.web.cases.alerts import hook, tongue_of
from merata.web.letters import post
from merata.web.models import Blackout, Organisation, User
from merata.web.page import changed, full_address
from merata.web.sms.answers import said
from merata.web.sms.queue import queue
from merata.web.words import Tongue, tongue

BY = "centre"
#: What is amiss, as it is kept: the centre reaches nothing outside, or no probe reaches the centre.
OUTSIDE, UNHEARD = "outside", "unheard"
#: So long after it was last seen it is shown.
KEPT = dt.timedelta(days=1)


def last() -> Blackout | None:
    """The centre's last trouble: it goes on where it is not over. `seen_at`: when it was last seen to go on."""
    return Blackout.objects.filter(by=BY).first()


def shown(now: dt.datetime) -> Blackout | None:
    """The centre's last trouble, where that was seen within a day."""
    found = last()
    return found if found and found.seen_at > now - KEPT else None


def away(why: str, since: dt.datetime, now: dt.datetime) -> None:
    """Keep that the centre is cut off, and tell of it once, whoever looks and however often."""
    with transaction.atomic():
        changed()  # in which order workers go
        going = Blackout.objects.select_for_update().filter(by=BY, over_at=None).first()
        if going is not None:
            going.seen_at = max(now, going.seen_at)
            going.save(update_fields=["seen_at"])
            return
        _tell(Blackout.objects.create(by=BY, name=why, since=since, seen_at=now))


def over(now: dt.datetime) -> None:
    """Keep that probes are heard again; those who were told are told that, too, once."""
    with transaction.atomic():
        changed()
        for going in Blackout.objects.select_for_update().filter(by=BY, over_at=None):
            going.over_at = now
            going.save(update_fields=["over_at"])
            for user in _office():
                t = tongue_of(user)
                post(user.email, t("centre_back_subject"), t("centre_back", since=t.moment(going.since)))
            _hook(going, "centre back")


def _tell(trouble: Blackout) -> None:
    for user in _office():
        post(user.email, *_text(trouble, tongue_of(user)))
    since = tongue("id").moment(trouble.since)
    for office in Organisation.objects.filter(kind="regency").exclude(duty_phone=""):
        queue(f"centre {trouble.pk} {office.pk}", office.duty_phone, said("sms_centre", since=since))
    _hook(trouble, "centre")


def _text(trouble: Blackout, t: Tongue) -> tuple[str, str]:
    since = t.moment(trouble.since)
    parts = (
        t(f"centre_{trouble.name}", since=since), t("centre_meanwhile"),
        t("dark_end", link=full_address(t.language, "programme_now")),
    )  # fmt: skip
    return t("centre_subject", since=since), "\n\n".join(parts)


def _office() -> list[User]:
    return list(User.objects.filter(is_active=True, role="regency").order_by("pk"))


def _hook(trouble: Blackout, what: str) -> None:
    told = {
        "what": what,
        "outage": trouble.pk,
        "why": trouble.name,
        "since": trouble.since.isoformat(),
        "over": trouble.over_at.isoformat() if trouble.over_at else "",
        "link": full_address("id", "programme_now"),
    }
    hook(f"hook {what} {trouble.pk}", told)
