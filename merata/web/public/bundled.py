"""The newest signed bundle of the region, for other regions: `merata exchange take` takes it from this address."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


def newest_bundle() -> bytes | None:
    """The archive that `merata exchange pack` made last; None where there is none."""
    from merata.exchange.packed import NEWEST

    try:
        return (Path(settings.REGION) / NEWEST).read_bytes()
    except FileNotFoundError:
        return None


@require_safe
def bundle_file(request: HttpRequest) -> HttpResponse:
    """The newest bundle as it was signed."""
    if (content := newest_bundle()) is None:
        raise Http404
    answer = HttpResponse(content, content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="paket.zip"'
    answer["Cache-Control"] = "public, max-age=60"
    return answer
