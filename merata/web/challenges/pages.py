"""The open pages of challenges: all of them with their state, one of them, the form of a village."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from merata.errors import InputError
from merata.region.prices import COMPONENTS
from merata.web.cases.numbers import is_secret_of, secret_of
from merata.web.challenges.claims import MOST_WORDS, Claim, checked, tests_of
from merata.web.challenges.facts import FACTS, GOING, HOLDS, MEASURED, WITH_FILE, facts_of
from merata.web.challenges.follow import is_to_be_done
from merata.web.challenges.hints import complete
from merata.web.challenges.life import clocks, open_until, take, withdraw
from merata.web.challenges.records import lists
from merata.web.challenges.spoken import claim_lines, now_line, published_line
from merata.web.models import Challenge, Change, Hint, Publication, User, VillageFacts
from merata.web.models.challenges import CHALLENGE_STATES
from merata.web.page import address, language_of, render, token
from merata.web.programme.frame import go
from merata.web.programme.said import Problem, RefusedError
from merata.web.public.current import newest, shown
from merata.web.public.names import names
from merata.web.reports import not_too_many, sender, village_of
from merata.web.words import tongue

#: So many are taken from one address in a quarter of an hour, and of one village in a day.
FROM_ONE_ADDRESS, OF_ONE_VILLAGE = 5, 30
_SHOWN = 100


@dataclass(frozen=True)
class Counted:
    """How the challenges of one party's data stand."""

    name: str
    """The party; empty: an office's."""
    states: Counter[str]

    @property
    def all(self) -> int:
        """All of them, but those that were set aside or withdrawn."""
        return sum(
            self.states[state] for state in CHALLENGE_STATES if state not in ("set aside", "withdrawn")
        )


@shown
def challenges(request: HttpRequest, publication: Publication) -> HttpResponse:
    """All challenges: counted by party and state, the newest one by one."""
    rows = list(Challenge.objects.select_related("party", "organisation")[:_SHOWN])
    return render(
        request, "challenges/list.html.j2", publication=publication, rows=rows, states=CHALLENGE_STATES,
        parties=by_party(), names=names(publication), until=open_until(publication), clocks=clocks(),
        now=timezone.now(), count=Challenge.objects.count(), going=GOING, facts=FACTS,
    )  # fmt: skip


def by_party() -> list[Counted]:
    """The challenges counted by whose data it is and by their state; those whose data is challenged most first."""
    found: dict[str, Counter[str]] = {}
    counted = Challenge.objects.order_by().values("party__name", "state").annotate(count=Count("pk"))
    for row in counted:
        found.setdefault(row["party__name"] or "", Counter())[row["state"]] += row["count"]
    made = [Counted(name, states) for name, states in found.items()]
    return sorted(made, key=lambda one: (-one.all, one.name))


@shown
def challenge(request: HttpRequest, publication: Publication, reference: str) -> HttpResponse:
    """One challenge: what is said to be right, what shows it, whose turn it is, every state with its day and reason."""
    number = reference.upper()[:12]
    row = _rows().filter(reference=number).first()
    if row is None:  # what came by SMS waits under its number until somebody completes it
        hint = get_object_or_404(Hint, reference=number)
        return render(
            request, "challenges/hint.html.j2", publication=publication, row=hint,
            village=names(publication).places.get(hint.village_code),
        )  # fmt: skip
    return render(
        request, "challenges/one.html.j2", publication=publication, **_facts(request, row, publication)
    )


def _rows() -> QuerySet[Challenge]:
    return Challenge.objects.select_related("party", "organisation", "joins", "publication")


def _facts(request: HttpRequest, row: Challenge, publication: Publication) -> dict[str, Any]:
    """What everybody sees of a challenge: nobody's own words, no file, no place before it is decided."""
    t = tongue(language_of(request))
    return {
        "row": row, "village": names(publication).places.get(row.village_code),
        "says": claim_lines(row, t, whole=row.state in HOLDS), "was": published_line(row, t),
        "times": states_of(row), "now": timezone.now(), "joined": row.joined.count(), "own": False, "csrf": "",
        "holds": row.state in HOLDS, "follows": FACTS[row.fact].follows, "stands": now_line(row, t),
        "differs": is_to_be_done(row),
    }  # fmt: skip


def states_of(row: Challenge) -> list[tuple[str, datetime]]:
    """The states that a challenge went through, each with its time."""
    notes = Change.objects.filter(model="challenge", key=str(row.pk)).order_by("pk")
    return [("open", row.made_at), *((n.after["state"], n.at) for n in notes if "state" in n.after)]


@require_http_methods(["GET", "POST"])
def own(request: HttpRequest, reference: str, secret: str) -> HttpResponse:
    """The same for who made it, who may withdraw it; nobody else knows its address."""
    row = _rows().filter(reference=reference).first()
    if row is None or not is_secret_of(reference, secret):
        raise Http404(reference)
    if request.method == "POST":
        with suppress(RefusedError):  # it is over meanwhile: the page says how
            withdraw(row)
        row = _rows().get(pk=row.pk)
    answer = render(
        request, "challenges/one.html.j2", publication=row.publication,
        **{**_facts(request, row, row.publication), "own": row.state in GOING, "csrf": token(request)},
    )  # fmt: skip
    answer["Cache-Control"] = "no-store"
    answer["Referrer-Policy"] = "no-referrer"  # its address is a secret
    return answer


@require_http_methods(["GET", "POST"])
def form(request: HttpRequest, code: str) -> HttpResponse:
    """Say that a fact about a village is wrong: first what, then what is right and what shows it."""
    return form_of(request, village_of(code), address(language_of(request), "challenge_new", code))


@require_http_methods(["GET", "POST"])
def form_region(request: HttpRequest) -> HttpResponse:
    """The same of what is of no village: a promise, a provider's score, a payment, a statistic."""
    publication = newest()
    if publication is None:
        raise Http404
    return form_of(request, publication, address(language_of(request), "challenge_new_region"))


def form_of(
    request: HttpRequest,
    of: VillageFacts | Publication,
    here: str,
    by: User | None = None,
    hint: Hint | None = None,
) -> HttpResponse:
    """The form of a village, or of the region, at an address, and what it sends.

    Parameters
    ----------
    by
        The account in whose name it is sent; with a hint, who completes what came by SMS.
    """
    given = request.POST if request.method == "POST" else request.GET
    fact = given.get("fact", "")
    page: dict[str, Any] = {"here": here, "by": by, "hint": hint}
    if request.method == "GET" or fact not in FACTS:
        return _form(request, of, fact, {**request.GET.dict(), "made_by": str(uuid.uuid4())}, [], **page)
    try:
        kept = _taken(request, of, by, hint)
    except RefusedError as refused:
        return _form(request, of, fact, request.POST.dict(), refused.problems, 400, **page)
    if hint is not None:
        say = tongue(language_of(request))("hint_completed", reference=kept.reference)
        return go(request, "programme_challenge", kept.pk, say=say)
    answer = render(
        request, "challenges/thanks.html.j2", row=kept, village=_village(of), publication=kept.publication,
        secret=secret_of(kept.reference), days=clocks().days_to_answer, by=by,
    )  # fmt: skip
    answer["Cache-Control"] = "no-store"
    return answer


def _village(of: VillageFacts | Publication) -> VillageFacts | None:
    return of if isinstance(of, VillageFacts) else None


def _taken(
    request: HttpRequest, of: VillageFacts | Publication, by: User | None, hint: Hint | None
) -> Challenge:
    """Keep what the form sends; raises RefusedError with all that is wrong."""
    made_by = request.POST.get("made_by", "").replace("\0", "")[:40] or str(uuid.uuid4())
    village = _village(of)
    code = village.code if village else ""
    if again := Challenge.objects.filter(made_by=made_by, village_code=code).first():
        return again
    found = checked(request.POST.dict(), of)
    if not isinstance(found, Claim):
        raise RefusedError(found)
    given = request.FILES.get("file")
    upload = given if isinstance(given, UploadedFile) else None
    if hint is not None and by is not None:
        return complete(hint, found, by, upload)
    if by is None:
        not_flooded(sender(request), code)
    return take(found, made_by, way="sheet" if by else "web", by=by, upload=upload)


def not_flooded(who: str, code: str) -> None:
    """Count one from an address; raises RefusedError where there were too many of it or of the village."""
    try:
        not_too_many(f"challenges:{who}", FROM_ONE_ADDRESS, "challenge_too_many")
    except InputError as error:
        raise RefusedError([Problem(str(error))]) from None
    day_ago = timezone.now() - timedelta(days=1)
    if Challenge.objects.filter(village_code=code, by=None, made_at__gt=day_ago).count() >= OF_ONE_VILLAGE:
        raise RefusedError([Problem("challenge_too_many")])


def _form(
    request: HttpRequest, of: VillageFacts | Publication, fact: str, given: dict[str, Any], wrong: Iterable[Problem],
    status: int = 200, **page: Any,
) -> HttpResponse:  # fmt: skip
    t, village = tongue(language_of(request)), _village(of)
    publication = of.publication if isinstance(of, VillageFacts) else of
    until, facts = open_until(publication), facts_of("village" if village else "region")
    kinds = {one.kind for one in facts[fact].fields} if fact in facts else set()
    answer = render(
        request, "challenges/form.html.j2", status, village=village, publication=publication, facts=facts,
        fact=fact if fact in facts else "", given=given, lists=lists(kinds, village, t),
        wrong=[(one.at, one.said(t)) for one in wrong],
        csrf=token(request), most=MOST_WORDS, until=until, over=timezone.localdate() > until,
        places=list(publication.facilities.filter(village_code=village.code)) if village else [],
        components=COMPONENTS, measured=MEASURED, with_file=WITH_FILE, tests=tests_of(village.code) if village else {},
        today=timezone.localdate().isoformat(), clocks=clocks(), **page,
    )  # fmt: skip
    answer["Cache-Control"] = "no-store"
    return answer


PAGES: list[URLPattern] = [
    path("koreksi/", challenges, name="challenges"),
    path("koreksi/wilayah/", form_region, name="challenge_new_region"),
    path("koreksi/desa/<str:code>/", form, name="challenge_new"),
    path("koreksi/<str:reference>/", challenge, name="challenge"),
    path("koreksi/<str:reference>/<str:secret>/", own, name="challenge_own"),
]
