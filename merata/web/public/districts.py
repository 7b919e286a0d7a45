"""The districts: how many of their villages stand where, and each one's map and villages."""

from __future__ import annotations

from collections import Counter, defaultdict

from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify

from merata.web.models import Publication, Scorecard
from merata.web.page import render
from merata.web.public.current import shown
from merata.web.public.drawing import district_map
from merata.web.public.names import names
from merata.web.public.scores import times
from merata.web.standing import STANDS, standing


@shown
def districts(request: HttpRequest, publication: Publication) -> HttpResponse:
    """All districts, one row each."""
    found = standing(publication)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    people: Counter[str] = Counter()
    for village in found.villages:
        counts[village.district][found.stands[village.code]] += 1
        people[village.district] += village.people or 0
    rows = [
        {"slug": slugify(name), "name": name, "counts": counts[name], "people": people[name]}
        for name in sorted(counts)
    ]
    return render(
        request,
        "public/districts.html.j2",
        publication=publication,
        rows=rows,
        total=found.count(),
        people=people.total(),
        words=STANDS,
    )


@shown
def district(request: HttpRequest, publication: Publication, slug: str) -> HttpResponse:
    """One district: its map, its villages."""
    name = names(publication).district(slug)
    found = standing(publication, name)
    count, people = found.count(), found.people()
    villages = sorted(found.villages, key=lambda row: (row.name, row.code))
    return render(
        request,
        "public/district.html.j2",
        publication=publication,
        name=name,
        stands=[(word, count[word], people[word]) for word in STANDS],
        people=people.total(),
        villages=[(row, found.stands[row.code]) for row in villages],
        map=district_map(publication, name),
        delivered=_delivered(name),
    )


def _delivered(name: str) -> Scorecard | None:
    """What the district's points delivered in the last whole month."""
    there = times()
    rows = Scorecard.objects.filter(of="district", name=name, period=there.latest) if there else None
    return rows.first() if rows is not None else None
