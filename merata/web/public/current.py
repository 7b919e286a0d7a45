"""The publication that pages show."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from merata.web.memory import remembered
from merata.web.models import Publication
from merata.web.page import open_page, render


def newest() -> Publication | None:
    """The publication that was published last."""
    return remembered("newest", _newest)


def _newest() -> Publication | None:
    return Publication.objects.filter(state="published").order_by("-number").first()


def shown(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """An open page of the newest publication, which the view is given; a page that says so where there is none."""
    return open_page(of_newest(view))


def of_newest(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that is given the newest publication; without one, a page that says so."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        publication = getattr(request, "publication", None) or newest()
        if publication is None:
            return render(request, "public/empty.html.j2", status=404)
        return view(request, publication, *args, **kwargs)

    return answer
