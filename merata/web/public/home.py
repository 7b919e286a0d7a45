"""The front page: how many are served, promised, late, unserved; the map; the money; find my village."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse

from merata.region.tables import KNOWN_BY
from merata.web.models import Publication, VillageFacts
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
        known=known(found.villages),
        borders=light(publication.totals["map"]["borders"]),
        dots=dots(found.villages, found.stands),
        money={
            "planned": publication.totals["summary"]["spent"],
            "contracted": money.contracted().total(),
            "paid": money.paid().total(),
        },
    )


def known(villages: Iterable[VillageFacts]) -> list[tuple[str, int]]:
    """How many villages' access is known in which way, the surest way first: what the figures above it rest on."""
    count = Counter(village.known_by for village in villages)
    return [(way, count[way]) for way in KNOWN_BY if count[way]]
