"""Takes an SMS in: understood, kept, answered once; not too many, and never in a circle."""

from __future__ import annotations

import hashlib
import time

from django.db import transaction

from merata.errors import InputError
from merata.web import reports
from merata.web.cases.clocks import due
from merata.web.cases.life import answered, forget_phones, open_cases
from merata.web.cases.told import place
from merata.web.challenges.confirm import confirm, office_of
from merata.web.challenges.hints import kept
from merata.web.counts import one_more
from merata.web.models import Case, Challenge, Commitment, Hint, Phone, Publication, Report, ServicePoint
from merata.web.models.cases import CASE_KINDS
from merata.web.public.current import newest
from merata.web.public.names import Names, Place, names
from merata.web.sealed import seal
from merata.web.sms import answers
from merata.web.sms.numbers import alike, hash_of, hash_today, is_own
from merata.web.sms.queue import mark, queue, seen
from merata.web.sms.understand import Asked, understand
from merata.web.standing import of_village
from merata.web.words import tongue

#: Of one number a day; beyond it messages are taken unanswered, then not at all.
ANSWERS_A_DAY, TAKEN_A_DAY = 10, 30
#: To all numbers together.
ANSWERS_AN_HOUR = 600
_DAY_S, _HOUR_S = 86_400, 3600
#: Gateways that give no number to a message try again within so many seconds.
_AGAIN_S = 600
#: Fewer letters than this say nothing of what is wrong.
_SAYS_SOMETHING = 4
_T = tongue("id")


def take_in(sender: str, text: str, source: str = "") -> None:
    """Take a message in. `source` is the same where it is the same message: it counts once, and is answered once.

    Who sends from a short code, a name or the centre's own number is no person and gets no answer: adverts, networks,
    our own messages that came round.
    """
    number = alike(sender)
    if not number or is_own(number) or text.lstrip().startswith(answers.OURS):
        return
    today = hash_today(number)
    taken = one_more(f"sms:taken:{today}", _DAY_S)
    if taken > TAKEN_A_DAY:
        return
    keys = _keys(number, text, source)
    with transaction.atomic():
        if any(map(seen, keys)):
            return
        said = _answer(number, text, keys[0])
        if said and _may_answer(today):
            queue(keys[0], number, said)
        else:
            mark(keys[0])


def _keys(number: str, text: str, source: str) -> list[str]:
    """By what a message is known again: its number at the gateway, or who, what, and about when."""
    window = int(time.time() // _AGAIN_S)
    marks = [source] if source else [f"{window}", f"{window - 1}"]
    return [
        "in " + hashlib.sha256("\0".join((hash_of(number), text, one)).encode()).hexdigest()[:36]
        for one in marks
    ]


def _may_answer(today: str) -> bool:
    return (
        one_more(f"sms:answers:{today}", _DAY_S) <= ANSWERS_A_DAY
        and one_more(f"sms:answers:{int(time.time() // _HOUR_S)}", _HOUR_S) <= ANSWERS_AN_HOUR
    )


def _answer(number: str, text: str, key: str) -> str:
    """What a message gets to hear; '' for nothing."""
    publication = newest()
    known = names(publication) if publication else Names({}, {})
    asked = understand(text, known)
    if asked.what in ("yes", "no"):
        return _to_question(number, asked)
    if asked.what == "status" and asked.reference:
        return _state_of(asked.reference)
    if asked.what in ("report", "wrong", "status", "confirm") and asked.place is None:
        return answers.which(asked.rest, asked.may_be, asked.what)
    if asked.what == "report":
        return _report(number, asked, key)
    if asked.what == "wrong":
        return _wrong(number, asked)
    if asked.what == "status" and asked.place is not None and publication is not None:
        return _status(publication, asked.place)
    if asked.what == "confirm" and asked.place is not None and publication is not None:
        return _confirm(number, publication, asked.place)
    example = next(iter(known.places), "6402012001").replace(".", "")
    return answers.said("sms_help", code=example)


def _report(number: str, asked: Asked, key: str) -> str:
    assert asked.place is not None
    given = {"village": asked.place.code, "kind": asked.kind, "words": asked.rest, "made_by": key}
    phone = _phone(number) if asked.kind in CASE_KINDS else None
    try:
        kept = reports.take(given, hash_today(number), way="sms", phone=phone)
    except InputError:
        forget_phones()
        return answers.said("sms_too_many")
    return answers.said(
        "sms_taken", reference=kept.reference, kind=_word(kept.kind), village=asked.place.name
    )


def _wrong(number: str, asked: Asked) -> str:
    """What is said to be wrong waits for somebody who completes it."""
    assert asked.place is not None
    code = asked.place.code.replace(".", "")
    if len(asked.rest) < _SAYS_SOMETHING:
        return answers.said("sms_hint_empty", code=code)
    try:
        row = kept(asked.place.code, asked.rest, _phone(number))
    except InputError:
        forget_phones()
        return answers.said("sms_too_many")
    return answers.said("sms_hint", reference=row.reference, village=asked.place.name)


def _phone(number: str) -> Phone:
    sealed = seal(number, "phone")
    return Phone.objects.get_or_create(hash=hash_of(number), defaults={"sealed": sealed})[0]


def _word(kind: str) -> str:
    return _T.word("report", kind)


def _to_question(number: str, asked: Asked) -> str:
    """Yes or no: to the question that the number was asked last, or to the one of the report that it names."""
    rows = Report.objects.filter(phone__hash=hash_of(number)).exclude(asked_at=None).select_related("case")
    if asked.reference:
        rows = rows.filter(reference=asked.reference)
    report = rows.order_by("-asked_at", "-pk").first()
    case = answered(report, asked.what == "yes") if report is not None else None
    if report is None or case is None:
        return answers.said("sms_nothing_asked")
    key = "sms_thanks_yes" if asked.what == "yes" else "sms_thanks_no"
    return answers.said(key, reference=report.reference)


def _state_of(reference: str) -> str:
    """Of a report, a case or a correction by its number."""
    if reference.startswith("T"):
        return _correction(reference)
    report = Report.objects.filter(reference=reference).select_related("case").first()
    case = report.case if report else Case.objects.filter(reference=reference).first()
    row = report or case
    if row is None:
        return answers.said("sms_no_number", reference=reference)
    return answers.of_case(reference, case, row.kind, place(row.village_code), due(case) if case else None)


def _correction(reference: str) -> str:
    found = Challenge.objects.filter(reference=reference).first()
    if found is not None:
        state = _T.word("challenge_state", found.state)
        return answers.said(
            "sms_correction", reference=reference, village=place(found.village_code), state=state
        )
    hint = Hint.objects.filter(reference=reference).first()
    if hint is None:
        return answers.said("sms_no_number", reference=reference)
    state = _T.word("hint_state", hint.state)
    return answers.said("sms_correction", reference=reference, village=place(hint.village_code), state=state)


def _confirm(number: str, publication: Publication, where: Place) -> str:
    """The word of a village office, from its number on record, that its sheet is right."""
    office = office_of(number, where.code)
    if office is None:
        return answers.said("sms_confirm_unknown")
    confirm(publication.villages.get(code=where.code), "sms", organisation=office)
    return answers.confirmed(where.name)


def _status(publication: Publication, where: Place) -> str:
    village = publication.villages.get(code=where.code)
    points = ServicePoint.objects.filter(village_code=where.code)
    stands = of_village(village, points, Commitment.objects.filter(village_code=where.code))
    cases = list(open_cases().filter(village_code=where.code).exclude(kind="request").order_by("since"))
    return answers.of_village(where.name, stands, cases, due(cases[0]) if cases else None)
