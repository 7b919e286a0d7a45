"""What happens around every request: headers, its language, and sessions that end when nobody is there."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from merata.web.api.problems import problem
from merata.web.models import User
from merata.web.page import language_of
from merata.web.sessions import device_of

Answer = Callable[[HttpRequest], HttpResponse]

#: How often a session's last use is written down, seconds: not at every click.
_NOTE_EVERY = 60
_FEATURES = ("camera", "geolocation", "microphone", "payment", "usb")


def permissions(used: str = "") -> str:
    """What a page may use of a phone: nothing but the one feature that it says."""
    return ", ".join(f"{name}={'(self)' if name == used else '()'}" for name in _FEATURES)


def language(answer: Answer) -> Answer:
    """Let Django's and the libraries' own words come in the language of the address."""

    def answered(request: HttpRequest) -> HttpResponse:
        with translation.override(language_of(request)):
            response = answer(request)
        response.headers.setdefault("Content-Language", language_of(request))
        return response

    return answered


def headers(answer: Answer) -> Answer:
    """Say to browsers what no page needs, and that no other site shows parts of it; to programs, to call by https."""

    def answered(request: HttpRequest) -> HttpResponse:
        plain = settings.SECURE and request.path_info.startswith("/api/v1/") and not request.is_secure()
        response = problem(request, 403, "problem_plain") if plain else answer(request)
        response.headers.setdefault("Permissions-Policy", permissions())
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-site")
        return response

    return answered


def sessions_end(answer: Answer) -> Answer:
    """End sessions some hours after they began, and sooner when unused. Pages that ask for no account cost nothing."""

    def answered(request: HttpRequest) -> HttpResponse:
        request.user = SimpleLazyObject(lambda: _who(request))  # type: ignore[assignment]
        return answer(request)

    return answered


def _who(request: HttpRequest) -> User | AnonymousUser:
    user = get_user(request)
    if not isinstance(user, User):
        return AnonymousUser()
    now, session = int(time.time()), request.session
    if _is_over(session.get("began", now), session.get("seen", now), now):
        session.flush()
        return AnonymousUser()
    session.setdefault("began", now)
    session.setdefault("device", device_of(request))
    if now - session.get("seen", 0) >= _NOTE_EVERY:
        session["seen"] = now
    return user


def _is_over(began: int, seen: int, now: int) -> bool:
    return now - began > settings.SESSION_COOKIE_AGE or now - seen > settings.SESSION_UNUSED_AGE
