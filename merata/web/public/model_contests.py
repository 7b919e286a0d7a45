"""Model contests for everybody: what is to be predicted, the open files, the board. All lies in the region's folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from merata.web.page import render
from merata.web.public.current import newest

_KINDS = {"csv": "text/csv; charset=utf-8", "json": "application/json; charset=utf-8"}


@require_safe
def model_contests(request: HttpRequest) -> HttpResponse:
    """All contests with their boards; made anew for each who asks, as a board changes without a change of the site."""
    publication = getattr(request, "publication", None) or newest()
    if publication is None:
        return render(request, "public/empty.html.j2", status=404)
    return render(request, "public/model_contests.html.j2", publication=publication, contests=_all())


def _all() -> list[dict[str, Any]]:
    from merata.assure.model_contest_files import about, board, names, open_files

    folder, today = Path(settings.REGION), timezone.localdate().isoformat()
    found = [
        {
            "said": (said := about(folder, name)),
            "board": board(folder, name),
            "files": open_files(folder, name),
            "over": today > said["until"],
        }
        for name in names(folder)
    ]
    return sorted(found, key=lambda one: one["said"]["until"], reverse=True)


@require_safe
def model_contest_file(request: HttpRequest, name: str, file: str) -> HttpResponseBase:
    """An open file of a contest; the secret part is none of these."""
    from merata.assure.model_contest_files import open_files, place_of

    folder = Path(settings.REGION)
    if file not in open_files(folder, name):
        raise Http404(file)
    answer = FileResponse(
        (place_of(folder, name) / file).open("rb"), content_type=_KINDS[file.rpartition(".")[2]]
    )
    answer["Content-Disposition"] = f'attachment; filename="{name}-{file}"'
    answer["Cache-Control"] = "public, max-age=10"
    return answer
