"""The pages that say what went wrong and where to go on."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from merata.web.page import render
from merata.web.security import tell


def lost(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """404: no such page."""
    return render(request, "error.html.j2", status=404, what="lost")


def denied(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """403: not yours."""
    tell("refused", request, request.user, bad=True, path=request.path)
    return render(request, "error.html.j2", status=403, what="denied")


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form that was not of this site, or of a session that is over."""
    tell("form refused", request, request.user, bad=True, path=request.path)
    return render(request, "error.html.j2", status=403, what="denied")


def fault(request: HttpRequest) -> HttpResponse:
    """500: a fault of the site."""
    return render(request, "error.html.j2", status=500, what="fault")
