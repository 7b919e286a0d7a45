"""The regions of a province side by side, from inside: counts that each region's site told the province's own site."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from merata.province.office import VARIABLE
from merata.web.inner import FIGURES
from merata.web.rights import needs
from merata.web.staff.frame import page


@needs("see data")
def regions(request: HttpRequest) -> HttpResponse:
    """Every region with its figures, its owner and how old that is; there on a province's own site alone."""
    place = os.environ.get(VARIABLE, "")
    if not place:
        raise Http404("regions")
    return page(request, "staff/regions.html.j2", rows=_told(Path(place)), figures=FIGURES)


def _told(place: Path) -> list[dict[str, Any]]:
    """In order of code; a file that can't be read is left out, as it is being written anew."""
    found = []
    for path in sorted(place.glob("*.json")):
        try:
            found.append(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            continue
    return sorted(found, key=lambda row: row["code"])
