"""The front page: how many are served, promised, late, unserved; the map; the money; find my village."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from merata.web.models import Publication
from merata.web.page import render
from merata.web.public import money
from merata.web.public.current import shown
from merata.web.public.drawing import dots, light
from merata.web.standing import STANDS, standing


@shown
def home(request: HttpRequest, publication: Publication) -> HttpResponse:
    """The front page."""
    found = standing(publication)
    count, people = found.count(), found.people()
    return render(
        request,
        "public/home.html.j2",
        publication=publication,
        stands=[(word, count[word], people[word]) for word in STANDS],
        count=len(found.villages),
        people=sum(people.values()),
        borders=light(publication.totals["map"]["borders"]),
        dots=dots(found.villages, found.stands),
        money={
            "planned": publication.totals["summary"]["spent"],
            "contracted": money.contracted().total(),
            "paid": money.paid().total(),
        },
    )
