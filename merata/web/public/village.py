"""A village's page: are we connected, when will we be, by what, who is responsible, why not earlier."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from merata.web.models import Commitment, Publication, Report, ServicePoint, VillageFacts
from merata.web.page import render
from merata.web.public.current import shown
from merata.web.standing import of_village, standing


@shown
def village(request: HttpRequest, publication: Publication, code: str) -> HttpResponse:
    """The page of the village with a code."""
    row = publication.villages.filter(code=code).first()
    if row is None:
        raise Http404(code)
    points = list(ServicePoint.objects.filter(village_code=code).select_related("provider", "contract"))
    promises = list(Commitment.objects.filter(village_code=code).select_related("owner"))
    return render(
        request,
        "public/village.html.j2",
        publication=publication,
        village=row,
        stands=of_village(row, points, promises),
        facilities=list(publication.facilities.filter(village_code=code)),
        points=points,
        promises=promises,
        reports=Report.objects.filter(village_code=code).count(),
        around=_around(publication, row),
    )


def _around(publication: Publication, here: VillageFacts) -> list[tuple[VillageFacts, str]]:
    """The villages of the same district with their borders, and where each stands."""
    found = standing(publication, here.district)
    shapes = dict(publication.villages.filter(district=here.district).values_list("code", "shape"))
    for row in found.villages:
        row.shape = shapes.get(row.code, "")
    return [(row, found.stands[row.code]) for row in found.villages if row.shape]
