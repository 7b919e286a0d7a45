"""Whom to tell of a hole in the site: /.well-known/security.txt as RFC 9116 has it, where the operator says so."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_safe

from merata.web.rights import for_all

_ADDRESS = ".well-known/security.txt"
#: The file says that it holds so long; who reads a copy that is older asks again.
_HOLDS = dt.timedelta(days=90)


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """The address that reports go to, from MERATA_SECURITY; 404 where none is set."""
    if not settings.SECURITY_CONTACT:
        raise Http404(_ADDRESS)
    ends = timezone.now().astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0) + _HOLDS
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {ends:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: id, en",
        f"Canonical: {settings.SITE}/{_ADDRESS}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


PAGES: list[URLPattern] = for_all([path(_ADDRESS, security_txt, name="security_txt")])
