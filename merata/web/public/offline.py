"""What the static copy's search looks through: the names of all villages as a script."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse

from merata.web.models import Publication
from merata.web.public.current import shown
from merata.web.standing import standing


@shown
def names_file(request: HttpRequest, publication: Publication) -> HttpResponse:
    """Code, name, district and where it stands, of every village; a page from a stick may load scripts, but no data."""
    found = standing(publication)
    rows = [[row.code, row.name, row.district, found.stands[row.code]] for row in found.villages]
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return HttpResponse(f"var merataVillages={text};\n", content_type="text/javascript; charset=utf-8")
