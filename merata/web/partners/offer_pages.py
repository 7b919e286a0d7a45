"""The pages of offers: partners offer money and see what came of it, the office decides; what everybody sees."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from merata.errors import BusyError
from merata.web.models import FundOffer, Organisation, Publication
from merata.web.page import render
from merata.web.partners.frame import shown as framed
from merata.web.partners.offers import KINDS, PAYS, achieved, decide, make, received, withdraw
from merata.web.programme.frame import LARGEST_NUMBER, done, go, reached, user_of, words
from merata.web.programme.said import Problem, RefusedError
from merata.web.public.current import shown
from merata.web.rights import may, needs, reach

_MOST = 100


@needs("see offers")
def offers(request: HttpRequest) -> HttpResponse:
    """Offers within reach, the newest first; the form for those who may offer."""
    return _list(request)


def _list(
    request: HttpRequest, status: int = 200, problems: Sequence[Problem] = (), **given: object
) -> HttpResponse:
    rows = reach(user_of(request), FundOffer.objects.select_related("organisation"))
    year = timezone.localdate().year
    values = {
        "fund": "", "first_year": year, "last_year": year, "idr_per_year": "", "villages": "", "kinds": [],
        "pays": list(PAYS), "ceiling_percent": 100, "words": "",
    }  # fmt: skip
    known = {"problems": problems, "all_kinds": KINDS, "all_pays": PAYS, "given": {**values, **given}}
    return framed(request, "offers", status, rows=list(rows[:_MOST]), **known)


@needs("offer funds")
@require_POST
def offer_make(request: HttpRequest) -> HttpResponse:
    """Take an offer."""
    post, t = request.POST, words(request)
    given = {**post.dict(), "kinds": post.getlist("kinds"), "pays": post.getlist("pays")}
    try:
        row = make(user_of(request), given)
    except RefusedError as error:
        return _list(request, 400, error.problems, **given)
    return go(request, "offer", row.pk, say=t("offer_kept"))


@needs("see offers")
def offer(request: HttpRequest, number: int) -> HttpResponse:
    """One offer."""
    row = reached(request, FundOffer.objects.select_related("organisation", "decided_by"), number)
    user = user_of(request)
    decides = may(user, "decide offers") and row.organisation_id != user.organisation_id
    return framed(
        request, "offer", row=row, decides=decides, mine=row.organisation_id == user.organisation_id
    )


@needs("decide offers")
@require_POST
def offer_decide(request: HttpRequest, number: int) -> HttpResponse:
    """Accept it, or refuse it."""
    row, post, t = reached(request, FundOffer.objects.all(), number), request.POST, words(request)
    accepts, reason = post.get("decision") == "accept", post.get("reason", "")
    try:
        return done(
            request, lambda: decide(row.pk, user_of(request), accepts, reason), t("submission_decision_kept"), "offer",
            number,
        )  # fmt: skip
    except BusyError:
        return go(request, "offer", number, say=t("offer_meanwhile"), wrong=True)


@needs("decide offers")
@require_POST
def offer_received(request: HttpRequest, number: int) -> HttpResponse:
    """Note what came."""
    row, post, t = reached(request, FundOffer.objects.all(), number), request.POST, words(request)
    year, amount = post.get("year", ""), post.get("amount", "")
    return done(
        request, lambda: received(row.pk, user_of(request), year, amount), t("comments_kept"), "offer", number
    )


@needs("offer funds")
@require_POST
def offer_withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Take one's own back."""
    row, t = reached(request, FundOffer.objects.all(), number), words(request)
    return done(request, lambda: withdraw(row.pk, user_of(request)), t("offer_withdrawn"), "offer", number)


@shown
def partners(request: HttpRequest, publication: Publication) -> HttpResponse:
    """Everybody whose money was accepted, with what was achieved with it."""
    rows = FundOffer.objects.filter(state="accepted").select_related("organisation")
    found = [(row, achieved(row)) for row in rows[:_MOST]]
    return render(request, "public/partners.html.j2", publication=publication, rows=found)


@shown
def partner(request: HttpRequest, publication: Publication, pk: int) -> HttpResponse:
    """One partner: each of its funds, what was promised, given, spent and achieved."""
    if pk > LARGEST_NUMBER:
        raise Http404(pk)
    found = get_object_or_404(Organisation.objects.filter(offers__state="accepted").distinct(), pk=pk)
    rows = FundOffer.objects.filter(organisation=found, state="accepted").order_by("first_year", "pk")
    funds = [(row, achieved(row)) for row in rows]
    return render(request, "public/partner.html.j2", publication=publication, partner=found, funds=funds)
