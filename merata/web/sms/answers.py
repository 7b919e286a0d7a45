"""The answers by SMS: each one message, however long a village's name is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from merata.web.models import Case, VillageFacts
from merata.web.public.names import Place
from merata.web.sms.gsm7 import ROOM, cut, plain, septets
from merata.web.words import tongue

#: SMS are written in Indonesian: nobody chose a language by sending one.
_T = tongue("id")
#: How a message of ours begins, by which it is known when it comes round.
OURS = "Merata:"


def said(key: str, **values: Any) -> str:
    """A sentence that fits into one message: the village's name is shortened first."""
    text = plain(_T(key, **values))
    name = str(values.get("village", ""))
    while septets(text) > ROOM and len(name) > 5:
        name = name[:-1]
        text = plain(_T(key, **{**values, "village": f"{name.rstrip()}."}))
    return cut(text)


def whether_it_works(reference: str, kind: str, village: str) -> str:
    """The question to who reported a trouble that is said to be mended."""
    return said("sms_ask", reference=reference, kind=_T.word("report", kind), village=village)


def short(case: Case, count: int, village: str, due: dt.datetime | None) -> str:
    """What the phone of who is on duty is told of cases, the first of them by name."""
    return said(
        "sms_duty", count=count, reference=case.reference, kind=_T.word("report", case.kind), village=village,
        due=_when(due),
    )  # fmt: skip


def dark(count: int, point: str, village: str, reference: str, since: dt.datetime) -> str:
    """What the phone of who is on duty is told of points that went dark, the first of them by name."""
    key = "sms_dark" if count == 1 else "sms_dark_many"
    return said(key, count=count, point=point, village=village, reference=reference, since=_when(since))


def of_village(village: str, stands: str, cases: Sequence[Case], due: dt.datetime | None) -> str:
    """The state of a village, and its oldest open case."""
    state = _T.word("sms_stands", stands)
    if not cases:
        return said("sms_status", village=village, state=state)
    first = cases[0]
    return said(
        "sms_status_case", village=village, state=state, count=len(cases), kind=_T.word("report", first.kind),
        since=_when(first.since), due=_when(due), case_state=_T.word("case_state", first.state),
    )  # fmt: skip


def of_case(reference: str, case: Case | None, kind: str, village: str, due: dt.datetime | None) -> str:
    """What became of a report or case."""
    kind = _T.word("report", kind)
    if case is None:
        return said("sms_report_state", reference=reference, kind=kind, village=village)
    key = "sms_case_closed" if case.state == "closed" else "sms_case_state"
    return said(
        key, reference=reference, kind=kind, village=village, state=_T.word("case_state", case.state), due=_when(due),
        closed=_when(case.closed_at),
    )  # fmt: skip


def which(asked: str, may_be: Sequence[Place], what: str) -> str:
    """Which village is meant, where a name is not one, or none."""
    word = {"report": "LAPOR", "wrong": "SALAH", "confirm": "BENAR"}.get(what, "STATUS")
    if not may_be:
        return said("sms_no_village", word=word)
    codes = ", ".join(f"{place.code.replace('.', '')} ({place.district})" for place in may_be[:3])
    return said("sms_which", word=word, count=len(may_be), codes=codes)


def confirmed(village: str) -> str:
    """What a village office hears that confirmed its sheet."""
    return said("sms_confirmed", village=village, date=_when(timezone.now())[:-6])


def sheet(village: VillageFacts) -> str:
    """What a village office is asked to confirm."""
    return said(
        "sms_confirm_ask", village=village.name, people=_T.number(village.people),
        power=_T.word("electricity", village.electricity or None), level=_T.word("level", village.access_now),
        code=village.code.replace(".", ""),
    )  # fmt: skip


def _when(at: dt.datetime | None) -> str:
    """29 Nov 14.05, which is in WITA."""
    if at is None:
        return "-"
    from merata.web.words import WITA

    there = at.astimezone(WITA)
    month = _T.day(there.date().isoformat()).replace("\N{NO-BREAK SPACE}", " ").split()[1][:3]
    return f"{there.day} {month} {there:%H.%M}"
