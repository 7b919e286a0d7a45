"""The gap: who is below what is promised, for want of what; how even it is; over the publications."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify

from merata.access.result import WANTS
from merata.publish.sureness import PROBABLE
from merata.web.models import Publication
from merata.web.page import render
from merata.web.public.current import shown
from merata.web.public.published import published


@shown
def gap(request: HttpRequest, publication: Publication) -> HttpResponse:
    """The gap by district, by what is wanting, by sector; inequality; digital services."""
    return render(
        request,
        "public/gap.html.j2",
        publication=publication,
        totals=publication.totals,
        summary=publication.totals["summary"],
        wants=wants(publication),
        districts=[{**row, "slug": slugify(row["district"])} for row in publication.totals["districts"]],
        over_time=over_time(),
    )


def wants(publication: Publication) -> list[tuple[str, int, float]]:
    """(what is wanting, villages that probably want for it, people expected to be below there)."""
    rows = list(publication.villages.filter(chance_below__gte=PROBABLE).values_list("wants", "people_below"))
    found = []
    for want in WANTS:
        below = [people for said, people in rows if want in said.split()]
        found.append((want, len(below), sum(below)))
    return found


def over_time() -> list[dict[str, Any]]:
    """What each plan that was ever published said of its day, the oldest first."""
    return [_then(row) for row in published().order_by("number")]


def _then(publication: Publication) -> dict[str, Any]:
    """What a publication said of its day."""
    summary = publication.totals["summary"]
    indices = {row["key"]: row for row in publication.totals["inequality"]}
    return {
        "plan": publication.number,
        "date": publication.inputs_date.isoformat(),
        "villages_below": summary.get("below"),
        "people_below": summary.get("people_below"),
        "gini": indices.get("gini", {}).get("now"),
        "gini_then": indices.get("gini", {}).get("then"),
    }
