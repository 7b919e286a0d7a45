"""How all of it is reckoned, in plain words: levels, ways of knowing, chance, plan and proof, assumptions, sources."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from merata.publish.words import MARKS
from merata.web.models import Publication
from merata.web.page import render
from merata.web.public.current import shown


@shown
def method(request: HttpRequest, publication: Publication) -> HttpResponse:
    """The method."""
    totals = publication.totals
    return render(
        request,
        "public/method.html.j2",
        publication=publication,
        levels={name: row for name, row in totals["levels"].items() if name != "none"},
        promise=totals["promise"],
        marks=MARKS,
        summary=totals["summary"],
        assumptions=totals["assumptions"],
        sources=totals["sources"],
    )
