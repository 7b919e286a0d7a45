"""What anybody may send: no more threads wait for it than can be spared, and JSON is read within bounds."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse

#: Threads of a server process, and how many of them may wait for what is being sent: the others answer who reads.
THREADS, SENDING = 8, 4


def bodies(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Whoever sends slowly, or never ends, keeps others from sending at worst, and nobody from reading.

    The server hands a request over once its head is there, and a thread then waits for its body as long as it takes.
    A proxy that waits for whole bodies itself spares the site that; not every site has one.
    """
    slots = threading.BoundedSemaphore(SENDING)

    def answered(request: HttpRequest) -> HttpResponse:
        if not _sends(request):
            return answer(request)
        if not slots.acquire(blocking=False):
            return HttpResponse("Busy. Try again.\n", "text/plain", 503, headers={"Retry-After": "10"})
        try:
            if request.content_type == "multipart/form-data":  # read piece by piece, by whoever wants it
                return answer(request)
            _received(request)
        finally:
            slots.release()
        return answer(request)

    return answered


def _sends(request: HttpRequest) -> bool:
    return (
        request.META.get("CONTENT_LENGTH") not in (None, "", "0") or "HTTP_TRANSFER_ENCODING" in request.META
    )


def _received(request: HttpRequest) -> None:
    """Wait for the whole body; what is too large is left where it is, for the page to refuse in its own words."""
    with suppress(RequestDataTooBig):
        request.body  # noqa: B018 — Django keeps what it has read


def read_json(body: bytes, most: int) -> Any:
    """What `body` says, of `most` bytes at most.

    Raises
    ------
    ValueError
        It is longer, or no JSON; or it is nested so deeply that reading it would break off.
    """
    if len(body) > most:
        raise ValueError(f"longer than {most} bytes")
    try:
        return json.loads(body)
    except RecursionError:
        raise ValueError("nested too deeply") from None
