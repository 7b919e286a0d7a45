"""The addresses for who runs the site: /sehat/ says whether it is well, /metrics has the numbers for Prometheus."""

from __future__ import annotations

import hmac
import ipaddress

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from merata.web.operate import health
from merata.web.rights import for_all

#: What a proxy adds to what it passes on: that did not come from this machine itself.
_PASSED_ON = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via")


@never_cache
@require_safe
def well(request: HttpRequest) -> HttpResponse:
    """200 where pages can be served, else 503; and what is well. Words only: who asks may be anybody."""
    state = health.state()
    ready = health.ready(state)
    worst = "ok" if all(state.values()) else "degraded" if ready else "down"
    return JsonResponse(
        {"status": worst, "checks": {name: "ok" if fine else "trouble" for name, fine in state.items()}},
        status=200 if ready else 503,
    )


@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers at all, whatever else is away."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The numbers, for who has the token; without one set, for this machine itself."""
    if not _may(request):
        return HttpResponseForbidden(
            "Set MERATA_METRICS_TOKEN and send it as a bearer token.\n", "text/plain"
        )
    from merata.web.operate.metrics import exposed

    return HttpResponse(exposed(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _may(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        wanted = f"Bearer {settings.METRICS_TOKEN}"
        return hmac.compare_digest(request.headers.get("Authorization", "").encode(), wanted.encode())
    return _is_here(request.META.get("REMOTE_ADDR", "")) and not any(
        name in request.headers for name in _PASSED_ON
    )


def _is_here(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


CALLS: list[URLPattern] = for_all(
    [
        path("sehat/", well, name="well"),
        path("sehat/hidup/", alive, name="alive"),
        path("metrics", metrics, name="metrics"),
    ]
)
