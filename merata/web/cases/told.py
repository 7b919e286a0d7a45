"""Who is told of a case, by what: letters, SMS to who is on duty, and the operator's own program. Each message once.

Called within the transaction that changes the case: a message is queued if and only if the change is kept.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.utils import timezone

from merata.web.cases.clocks import due
from merata.web.letters import post
from merata.web.models import Case, Organisation, Outgoing, Phone, User, VillageFacts
from merata.web.page import full_address
from merata.web.sealed import seal, unseal
from merata.web.sms.answers import short, whether_it_works
from merata.web.sms.queue import queue
from merata.web.words import Tongue, tongue

_MOST_LINES = 50


def opened(case: Case) -> None:
    """A case is there: whoever sees to it is told."""
    tell([(case, "opened", ("provider" if case.provider_id else "regency",))])


def again(case: Case) -> None:
    """It is not mended after all: who sees to it and the office are told."""
    tell([(case, "again", ("provider", "regency"))])


def closed(case: Case) -> None:
    """It is over: the operator's own program is told, nobody else needs a message."""
    _hook(case, "closed")


def ask(case: Case, round_: int = 0) -> None:
    """Ask those who reported it whether it works again: by SMS where they wrote one, else on their report's page."""
    reports = case.reports.filter(works_again=None) if round_ else case.reports.all()
    reports.update(asked_at=timezone.now(), works_again=None)
    village = place_of(case)
    for phone in Phone.objects.filter(reports__case=case, reports__works_again=None).distinct():
        report = case.reports.filter(phone=phone, works_again=None).order_by("-pk").first()
        if report is not None:
            text = whether_it_works(report.reference, case.kind, village)
            queue(f"ask {case.pk} {case.turns} {round_} {phone.pk}", unseal(phone.sealed, "phone"), text)
    _hook(case, f"mended {round_}" if round_ else "mended")


def tell(news: Sequence[tuple[Case, str, tuple[str, ...]]]) -> None:
    """Tell of cases: (case, what happened, to whom). Whoever is told of several gets one message of all of them."""
    people: dict[User, list[tuple[Case, str]]] = defaultdict(list)
    duty: dict[Organisation, list[tuple[Case, str]]] = defaultdict(list)
    for case, what, whom in news:
        for user in _people(case, whom):
            people[user].append((case, what))
        for office in _offices(case, whom):
            duty[office].append((case, what))
        _hook(case, what)
    for user, lines in people.items():
        _letter(user, lines)
    for office, lines in duty.items():
        _on_duty(office, lines)


def place_of(case: Case) -> str:
    """The name of a case's village; its code where none is known."""
    return place(case.village_code)


def place(code: str) -> str:
    """The name of the village with a code; the code where none is known."""
    found = VillageFacts.objects.filter(code=code).order_by("-pk").values_list("name", flat=True).first()
    return found or code


def _people(case: Case, whom: Iterable[str]) -> list[User]:
    """The accounts that are told; an office's where the provider has none."""
    found: dict[int, User] = {}
    for who in whom:
        rows = User.objects.filter(is_active=True, role=who).select_related("organisation")
        if who == "provider":
            rows = rows.filter(organisation=case.provider_id or 0)
            rows = rows if rows.exists() else User.objects.filter(is_active=True, role="regency")
        found |= {user.pk: user for user in rows}
    return list(found.values())


def _offices(case: Case, whom: Iterable[str]) -> list[Organisation]:
    """The organisations whose duty phone is told."""
    rows = Organisation.objects.exclude(duty_phone="")
    found: dict[int, Organisation] = {}
    for who in whom:
        chosen = rows.filter(pk=case.provider_id or 0) if who == "provider" else rows.filter(kind=who)
        found |= {row.pk: row for row in chosen}
    return list(found.values())


def _letter(user: User, lines: Sequence[tuple[Case, str]]) -> None:
    t = tongue("en" if user.language == "en" else "id")
    said = [_line(case, what, t) for case, what in lines[:_MOST_LINES]]
    if len(lines) > _MOST_LINES:
        said.append(t("case_letter_more", count=len(lines) - _MOST_LINES))
    link = full_address(t.language, "programme_cases")
    text = "\n\n".join([t("case_letter_top", count=len(lines)), *said, t("case_letter_end", link=link)])
    post(user.email, t("case_letter_subject", count=len(lines), first=lines[0][0].reference), text)


def _line(case: Case, what: str, t: Tongue) -> str:
    return t(
        f"case_told_{what.split()[0]}", reference=case.reference, kind=t.word("report", case.kind),
        village=place_of(case), point=case.point.code if case.point else "–", since=t.moment(case.since),
        due=t.moment(due(case)), link=full_address(t.language, "programme_case", case.pk),
    )  # fmt: skip


def _on_duty(office: Organisation, lines: Sequence[tuple[Case, str]]) -> None:
    case, what = lines[0]
    marks = " ".join(f"{one.pk}.{one.turns}.{one.strokes}" for one, _ in lines)
    key = f"duty {office.pk} {what} {hashlib.sha256(marks.encode()).hexdigest()[:32]}"
    queue(key, office.duty_phone, short(case, len(lines), place_of(case), due(case)))


def _hook(case: Case, what: str) -> None:
    """Queue a message to the operator's own program, where there is one; nothing in it is about a person."""
    if not settings.WAYS.hook:
        return
    by = due(case)
    told = {
        "what": what.split()[0], "case": case.reference, "village": case.village_code,
        "point": case.point.code if case.point else "", "kind": case.kind, "state": case.state, "cause": case.cause,
        "provider": case.provider.name if case.provider else "", "since": case.since.isoformat(),
        "due": by.isoformat() if by else "", "closed_by": case.closed_by,
        "link": full_address("id", "programme_case", case.pk),
    }  # fmt: skip
    key = f"hook {case.pk} {case.turns} {case.strokes} {what}"
    Outgoing.objects.get_or_create(
        key=key, defaults={"way": "hook", "sealed": seal(json.dumps(told), "message")}
    )
