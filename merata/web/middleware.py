"""What happens around every request: its language, and sessions that end when nobody is there."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from merata.web.page import language_of

Answer = Callable[[HttpRequest], HttpResponse]


def language(answer: Answer) -> Answer:
    """Let Django's and the libraries' own words come in the language of the address."""

    def answered(request: HttpRequest) -> HttpResponse:
        with translation.override(language_of(request)):
            response = answer(request)
        response.headers.setdefault("Content-Language", language_of(request))
        return response

    return answered
