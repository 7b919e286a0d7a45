"""The sectors, such as education and health: their facilities now and by the year in which they are planned."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
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
#: Facilities, those probably below their promise, those planned.
_Figures = tuple[int, int, int]


@shown
def sectors(request: HttpRequest, publication: Publication) -> HttpResponse:
    """All sectors, one row each."""
    rows = [(slugify(sector), sector, *figures) for sector, *figures in by_sector(publication)]
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
        kinds=[(kind, counts) for (_, kind), counts in by_level(rows).items()],
        years=list(rows.order_by("year").values_list("year").annotate(Count("pk")).exclude(year=None)),
        districts=[
            (slugify(district), district, *figures)
            for (_, district), figures in by_district(publication, rows).items()
        ],
        services=[row for row in publication.totals["services"] if row["sector"] == name],
    )


def _named(publication: Publication, slug: str) -> str:
    all_of_them = publication.facilities.order_by("sector").values_list("sector", flat=True).distinct()
    found = next((sector for sector in all_of_them if slugify(sector) == slug), None)
    if found is None:
        raise Http404(slug)
    return found


def by_sector(publication: Publication) -> list[tuple[str, int, int, int]]:
    """(sector, facilities, probably below their promise, planned)."""
    return [(sector, *figures) for (sector,), figures in _counted(publication.facilities.all(), "sector")]


def by_level(rows: Any) -> dict[tuple[str, str], Counter[str]]:
    """(sector, kind) -> facilities by their level now."""
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    asked = rows.order_by("sector", "kind").values_list("sector", "kind", "access_now").annotate(Count("pk"))
    for sector, kind, level, count in asked:
        counts[sector, kind][level] = count
    return dict(counts)


def by_district(publication: Publication, rows: Any) -> dict[tuple[str, str], _Figures]:
    """(sector, district) -> facilities, probably below their promise, planned."""
    known = names(publication)
    sums: dict[tuple[str, str], _Figures] = defaultdict(lambda: (0, 0, 0))
    for (sector, code), figures in _counted(rows, "sector", "village_code"):
        key = (sector, known.district_of(code))
        count, below, planned = (sum(pair) for pair in zip(sums[key], figures, strict=True))
        sums[key] = (count, below, planned)
    return dict(sorted(sums.items()))


def _counted(rows: Any, *by: str) -> Iterator[tuple[tuple[str, ...], _Figures]]:
    asked = rows.order_by(*by).values_list(*by).annotate(count=Count("pk"), below=_BELOW, planned=_PLANNED)
    for row in asked:
        yield row[: len(by)], row[len(by) :]
