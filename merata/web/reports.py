"""Reports by anybody: three taps, no account, no name; a reference number, and what became of it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.dateparse import parse_datetime
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from merata.errors import InputError
from merata.web.accounts import client_address
from merata.web.cases.clocks import due
from merata.web.cases.life import answered, can_be_answered, of_report
from merata.web.cases.numbers import is_secret_of, new_reference, secret_of
from merata.web.counts import one_more
from merata.web.models import Case, Change, Phone, Report, ServicePoint, VillageFacts
from merata.web.models.reports import KINDS
from merata.web.page import changed, render, token
from merata.web.programme.photographs import cleaned
from merata.web.programme.said import RefusedError
from merata.web.public.current import newest
from merata.web.rights import for_all
from merata.web.sms.gateway import sms_in
from merata.web.strangers import read_json

_MOST_WORDS = 500
#: Of what a script sends: a form's words in letters of four bytes, each written as \u…, and the rest of it.
_MOST_BYTES = 8000
#: So many reports are taken from one address in a quarter of an hour, and of one village in an hour.
FROM_ONE_ADDRESS, OF_ONE_VILLAGE = 10, 60
_WINDOW_S = 900


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, code: str) -> HttpResponse:
    """The form of a village, and what it sends."""
    village = village_of(code)
    if request.method == "GET":
        return _form(request, village, {"made_by": str(uuid.uuid4())})
    try:
        kept = take({**request.POST.dict(), "village": code}, sender(request))
    except InputError as error:
        return _form(request, village, request.POST.dict(), str(error), status=400)
    answer = render(
        request, "report/thanks.html.j2", report=kept, village=village, publication=village.publication,
        secret=secret_of(kept.reference), no_photo=_photo_wrong(request, kept),
    )  # fmt: skip
    answer["Cache-Control"] = "no-store"
    return answer


def _photo_wrong(request: HttpRequest, row: Report) -> bool:
    """Keep the picture that the form sent, if any; True where it is none. The report is kept all the same."""
    upload = request.FILES.get("photo")
    if not isinstance(upload, UploadedFile) or row.photo:
        return False
    try:
        _show(row, upload)
    except RefusedError:
        return True
    return False


@csrf_exempt  # it acts for nobody; other sites' forms can't send JSON
@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """The same from the script of a phone that waited for a link: JSON in, the reference and its secret out."""
    return of_script(request, _sent, "report_too_many")


def _sent(asked: dict[str, Any], sent_by: str) -> dict[str, str]:
    kept = take(asked, sent_by)
    return {"reference": kept.reference, "secret": secret_of(kept.reference)}


def of_script(
    request: HttpRequest, taken: Callable[[dict[str, Any], str], dict[str, str]], too_many: str
) -> JsonResponse:
    """Hand what a page's script sends, as JSON, to `taken`, with who sends; refuse in words that the script knows.

    Parameters
    ----------
    taken
        Answers what the script is told; raises InputError with the key of a sentence.
    too_many
        The key that says that there were too many: then it may be sent again later.
    """
    if request.content_type != "application/json":
        return JsonResponse({"error": "not_json"}, status=415)
    try:
        asked = read_json(request.body, _MOST_BYTES)
        told = taken(asked if isinstance(asked, dict) else {}, sender(request))
    except InputError as error:
        return JsonResponse({"error": str(error)}, status=429 if str(error) == too_many else 400)
    except ValueError:
        return JsonResponse({"error": "not_json"}, status=400)
    return JsonResponse(told, status=201)


@csrf_exempt  # it acts by the report's secret; other sites' forms can't send pictures as such
@require_POST
def photo(request: HttpRequest, reference: str, secret: str) -> HttpResponse:
    """The picture of a report, from the phone that made it: after the words, which are lighter and come first."""
    row = _by_secret(reference, secret)
    if request.content_type != "image/jpeg":
        return JsonResponse({"error": "not_jpeg"}, status=415)
    try:
        if not row.photo:
            _show(row, SimpleUploadedFile("photo.jpg", request.body, "image/jpeg"))
    except (RefusedError, RequestDataTooBig):
        return JsonResponse({"error": "photograph_not_one"}, status=400)
    return JsonResponse({"reference": reference}, status=201)


@require_http_methods(["GET"])
def state(request: HttpRequest) -> HttpResponse:
    """What became of a report or a case, by its number."""
    asked = request.GET.get("nomor", "").replace("\0", "").strip().upper()
    found = Report.objects.filter(reference=asked).select_related("case").first() if asked else None
    case = found.case if found else Case.objects.filter(reference=asked).first() if asked else None
    status = 200 if found or case or not asked else 404
    return _state(request, status, asked=asked, report=found, case=case)


@require_http_methods(["GET", "POST"])
def own(request: HttpRequest, reference: str, secret: str) -> HttpResponse:
    """The same for who made the report, whom it asks whether it works again; nobody else knows its address."""
    row = _by_secret(reference, secret)
    said = ""
    if request.method == "POST" and request.POST.get("works") in ("ya", "tidak"):
        done = answered(row, request.POST["works"] == "ya")
        said = "report_said" if done else "report_said_late"
        row.refresh_from_db()
    answer = _state(
        request, 200, asked=reference, report=row, case=row.case, csrf=token(request), own=True, said=said
    )
    answer["Referrer-Policy"] = "no-referrer"  # its address is a secret
    return answer


def _state(request: HttpRequest, status: int, **values: Any) -> HttpResponse:
    row = values["report"] or values["case"]
    where = VillageFacts.objects.filter(code=row.village_code).order_by("-pk").first() if row else None
    shown = {"csrf": "", "own": False, "said": "", "village": where, "times": _times(values["case"])}
    case = values["case"]
    answer = render(
        request, "report/state.html.j2", status, **{**shown, **values}, due=due(case) if case else None,
        asks=values.get("own", False) and case is not None and can_be_answered(case),
    )  # fmt: skip
    answer["Cache-Control"] = "no-store"
    return answer


def _times(case: Case | None) -> list[tuple[str, datetime]]:
    """The states that a case went through, each with its time: no word of anybody."""
    if case is None:
        return []
    notes = Change.objects.filter(model="case", key=str(case.pk)).order_by("pk")
    return [(note.after["state"], note.at) for note in notes if "state" in note.after]


def _by_secret(reference: str, secret: str) -> Report:
    """The report whose secret is shown; without it there is none."""
    row = Report.objects.filter(reference=reference).select_related("case").first()
    if row is None or not is_secret_of(reference, secret):
        raise Http404(reference)
    return row


def take(asked: dict[str, Any], sent_by: str, *, way: str = "web", phone: Phone | None = None) -> Report:
    """Keep a report once, however often it is sent, and open its case or join it.

    Raises
    ------
    InputError
        Its text is the key of the sentence that says what is wrong: no such kind, no such village, too many.
    """
    made_by, kind = str(asked.get("made_by", "")).replace("\0", "")[:40], asked.get("kind")
    if again := Report.objects.filter(made_by=made_by).first() if made_by else None:
        return again
    if kind not in KINDS:
        raise InputError("report_kind_missing")
    village = newest_village(str(asked.get("village", "")))
    not_too_many(f"reports:{sent_by}", FROM_ONE_ADDRESS, "report_too_many")
    _not_too_many_of(village.code)
    row = Report(
        reference=new_reference("L"),
        made_by=made_by or str(uuid.uuid4()),
        village_code=village.code,
        point=_only_point(village.code),
        kind=kind,
        words=str(asked.get("words", "")).replace("\0", "").strip()[:_MOST_WORDS],
        happened_at=_moment(asked.get("at")),
        way=way,
        phone=phone,
    )
    try:
        with transaction.atomic():
            row.case = of_report(row)
            row.save()
            changed()
    except IntegrityError:  # it arrived twice at once
        return Report.objects.get(made_by=row.made_by)
    return row


def _show(row: Report, upload: UploadedFile[Any]) -> None:
    """Keep the picture of a report: made anew, without place and camera."""
    row.photo.save(f"{uuid.uuid4().hex}.jpg", ContentFile(cleaned(upload)), save=False)
    row.save(update_fields=["photo"])


def _only_point(code: str) -> ServicePoint | None:
    """The village's point that works or should; none where there are several, as nobody said which."""
    points = ServicePoint.objects.filter(village_code=code, state__in=("in service", "suspended"))[:2]
    return points[0] if len(points) == 1 else None


def newest_village(code: str) -> VillageFacts:
    """A village as it was last published.

    Raises
    ------
    InputError
        No village has this code.
    """
    publication = newest()
    found = (
        publication.villages.filter(code=code).select_related("publication").first() if publication else None
    )
    if found is None:
        raise InputError("report_no_village")
    return found


def village_of(code: str) -> VillageFacts:
    """The same for an address: the page is not there when there is none."""
    try:
        return newest_village(code)
    except InputError:
        raise Http404(code) from None


def _form(
    request: HttpRequest, village: VillageFacts, given: dict[str, Any], wrong: str = "", status: int = 200
) -> HttpResponse:
    answer = render(
        request, "report/form.html.j2", status, village=village, publication=village.publication, kinds=KINDS,
        given=given, wrong=wrong, csrf=token(request), most=_MOST_WORDS,
    )  # fmt: skip
    answer["Cache-Control"] = "no-store"
    return answer


def _moment(text: Any) -> datetime | None:
    """When it happened, by the phone's clock; clocks that are off by more than a month or ahead are not believed."""
    try:
        when = parse_datetime(str(text)) if text else None
    except ValueError:
        return None
    now = timezone.now()
    if when is None or when.tzinfo is None or not now - timedelta(days=62) < when <= now + timedelta(hours=1):
        return None
    return when


def sender(request: HttpRequest) -> str:
    """Who sends, as a hash that is worth nothing tomorrow: addresses are not kept."""
    day = timezone.localdate().isoformat()
    return salted_hmac(f"reports {day}", client_address(request), algorithm="sha256").hexdigest()[:16]


def not_too_many(who: str, most: int, error: str) -> None:
    """Count one from an address; InputError with the key of a sentence where there were too many."""
    if one_more(f"{who}:{int(time.time() // _WINDOW_S)}", _WINDOW_S) > most:
        raise InputError(error)


def _not_too_many_of(code: str) -> None:
    hour_ago = timezone.now() - timedelta(hours=1)
    if Report.objects.filter(village_code=code, arrived_at__gt=hour_ago).count() >= OF_ONE_VILLAGE:
        raise InputError("report_too_many")


PAGES: list[URLPattern] = for_all(
    [
        path("lapor/kirim", send, name="report_send"),
        path("lapor/", state, name="report_state"),
        path("lapor/<str:code>/", report, name="report"),
        path("lapor/<str:reference>/<str:secret>/", own, name="report_own"),
        path("lapor/<str:reference>/<str:secret>/foto", photo, name="report_photo"),
        path("sms/masuk", sms_in, name="sms_in"),
    ]
)
