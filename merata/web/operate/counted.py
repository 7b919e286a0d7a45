"""Counts requests by part of the site, answer and time taken: all processes of a site together."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

from merata.web.operate import SHARED
from merata.web.rights import EVERYBODY

#: Addresses that count nothing: who watches must not be seen as a visitor.
UNCOUNTED = ("/metrics", "/sehat/")

_own = CollectorRegistry()
_requests = Counter(
    "merata_requests",
    "Requests, by part of the site and class of the answer",
    ("part", "answer"),
    registry=_own,
)
_seconds = Histogram(
    "merata_request_seconds", "How long answers took, s", ("part",), registry=_own,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)  # fmt: skip


def counted(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """The middleware that counts: the outermost, so that files and refusals are counted as well."""

    def answered(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = answer(request)
        if request.path_info not in UNCOUNTED:
            part = _part(request)
            _requests.labels(part, f"{response.status_code // 100}xx").inc()
            _seconds.labels(part).observe(time.perf_counter() - began)
        return response

    return answered


def _part(request: HttpRequest) -> str:
    """A word for where a request went: few, so that nobody makes many by asking for much."""
    if request.path_info.startswith("/api/"):
        return "api"
    found = request.resolver_match
    if found is None:
        return "files"  # files of the site, and what is nowhere
    return "open" if getattr(found.func, "right", "") == EVERYBODY else "inner"


def registry() -> CollectorRegistry:
    """What was counted: by all processes where they count together, else by this one."""
    if SHARED not in os.environ:
        return _own
    whole = CollectorRegistry()
    MultiProcessCollector(whole)  # type: ignore[no-untyped-call]
    return whole
