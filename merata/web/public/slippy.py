"""The map that moves and zooms, for who asks for it: Leaflet over the borders of the villages."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse

from merata.web.geojson import point
from merata.web.models import Publication
from merata.web.page import render
from merata.web.public.current import shown
from merata.web.public.names import names
from merata.web.standing import STANDS, standing

#: Leaflet and its style, compressed.
_LEAFLET_KB = 45


@shown
def moving_map(request: HttpRequest, publication: Publication) -> HttpResponse:
    """The page of the map. It fetches nothing big before somebody asks for the map itself."""
    known = names(publication)
    return render(
        request,
        "public/map.html.j2",
        publication=publication,
        stands=STANDS,
        districts=list(known.districts.items()),
        kb=_LEAFLET_KB + len(known.places) // 8,
    )


@shown
def map_file(request: HttpRequest, publication: Publication) -> HttpResponse:
    """The villages' borders, names and where they stand, as GeoJSON (RFC 7946)."""
    found = standing(publication)
    rows = publication.villages.values_list("code", "border", "lon", "lat")
    shapes = {code: border or point(lon, lat) for code, border, lon, lat in rows}
    features = [
        {
            "type": "Feature",
            "id": row.code,
            "geometry": shapes[row.code],
            "properties": {"name": row.name, "district": row.district, "stands": found.stands[row.code]},
        }
        for row in found.villages
    ]
    text = json.dumps(
        {"type": "FeatureCollection", "features": features}, ensure_ascii=False, separators=(",", ":")
    )
    return HttpResponse(text, content_type="application/geo+json")
