"""The sectors, such as education and health: their facilities now and by the year in which they are planned."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import slugify

from merata.publish.sureness import PROBABLE
from merata.region.tables import LEVELS
from merata.web.models import Publication
from merata.web.page import render
from merata.web.public.current import shown
from merata.web.public.names import names

_BELOW = Count("pk", filter=Q(chance_below__gte=PROBABLE))
_PLANNED = Count("pk", filter=Q(year__isnull=False))
_Rows = Any  # what values_list gives: rows of the columns that are asked for


@shown
def sectors(request: HttpRequest, publication: Publication) -> HttpResponse:
    """All sectors, one row each."""
    counted = _counted(publication.facilities.all(), "sector")
    rows = [(slugify(sector), sector, *figures) for sector, *figures in counted]
    return render(request, "public/sectors.html.j2", publication=publication, rows=rows)


@shown
def sector(request: HttpRequest, publication: Publication, slug: str) -> HttpResponse:
    """One sector: its facilities by kind and level, by year, by district; the digital services it needs."""
    name = _named(publication, slug)
    rows = publication.facilities.filter(sector=name)
    return render(
        request,
        "public/sector.html.j2",
        publication=publication,
        sector=name,
        levels=LEVELS,
        kinds=_by_level(rows),
        years=list(rows.order_by("year").values_list("year").annotate(Count("pk")).exclude(year=None)),
        districts=_by_district(publication, rows),
        services=[row for row in publication.totals["services"] if row["sector"] == name],
    )


def _named(publication: Publication, slug: str) -> str:
    all_of_them = publication.facilities.order_by("sector").values_list("sector", flat=True).distinct()
    found = next((sector for sector in all_of_them if slugify(sector) == slug), None)
    if found is None:
        raise Http404(slug)
    return found


def _counted(rows: Any, by: str) -> _Rows:
    return list(rows.order_by(by).values_list(by).annotate(count=Count("pk"), below=_BELOW, planned=_PLANNED))


def _by_level(rows: Any) -> list[tuple[str, Counter[str]]]:
    """(kind, facilities by level now)."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for kind, level, count in rows.order_by("kind").values_list("kind", "access_now").annotate(Count("pk")):
        counts[kind][level] = count
    return list(counts.items())


def _by_district(publication: Publication, rows: Any) -> list[tuple[str, str, int, int, int]]:
    """(slug, district, facilities, probably below, planned)."""
    known = names(publication)
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for code, *figures in _counted(rows, "village_code"):
        sums[known.district_of(code)] = [
            sum(pair) for pair in zip(sums[known.district_of(code)], figures, strict=True)
        ]
    return [
        (slugify(name), name, all_, below, planned) for name, (all_, below, planned) in sorted(sums.items())
    ]
