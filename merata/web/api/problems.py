"""Errors of the API as RFC 9457 has them: what is wrong, where, and what to do."""

from __future__ import annotations

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import ValidationError as ModelError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from pydantic import Field

from merata.web.programme.said import RefusedError
from merata.web.security import tell
from merata.web.words import Tongue, tongue

KIND = "application/problem+json"
_REFUSED = (401, 403, 429)


class Wrong(Schema):
    """One thing that is wrong."""

    field: str = Field(description="The parameter or field; empty where it is none of them")
    detail: str


class Problem(Schema):
    """An error, as RFC 9457 has it."""

    type: str = Field(description="about:blank: the status says which kind it is")
    title: str
    status: int
    detail: str = Field(
        description="What is wrong and what to do; Indonesian with Accept-Language: id, else English"
    )
    errors: list[Wrong] = Field(description="One by one, where there are several")


class ProblemError(Exception):
    """Ends a call with a problem: a status and the key of its sentence."""

    def __init__(self, status: int, key: str, **values: Any) -> None:
        super().__init__(key)
        self.status, self.key, self.values = status, key, values


def spoken(request: HttpRequest) -> Tongue:
    """The language that a program asks for; English where it asks for none."""
    return tongue("id" if request.headers.get("Accept-Language", "").lower().startswith("id") else "en")


def problem(
    request: HttpRequest, status: int, key: str, errors: Iterable[tuple[str, str]] = (), **values: Any
) -> HttpResponse:
    """The answer that says what is wrong; who is refused stands in the log."""
    if status in _REFUSED:
        tell(
            "call refused",
            request,
            getattr(request, "user", None),
            bad=True,
            status=status,
            path=request.path,
        )
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": spoken(request)(key, **values),
        "errors": [{"field": field, "detail": detail} for field, detail in errors],
    }
    answer = HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=KIND)
    answer["Cache-Control"] = "no-store"
    if status == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = "Bearer"
    return answer


def lost(request: HttpRequest, rest: str = "") -> HttpResponse:
    """404 for addresses that the API does not have."""
    return problem(request, 404, "problem_no_address")


def handle(api: NinjaAPI) -> None:
    """Let an API answer with problems."""
    answers: dict[type[Exception], Any] = {
        ProblemError: _stopped,
        Http404: lambda request, _: problem(request, 404, "problem_not_there"),
        ValidationError: _invalid,
        HttpError: _by_status,
        RefusedError: _refused,
        ModelError: _of_fields,
    }
    for kind, answer in answers.items():
        api.add_exception_handler(kind, answer)


def _stopped(request: HttpRequest, stop: ProblemError) -> HttpResponse:
    return problem(request, stop.status, stop.key, **stop.values)


_BY_STATUS = {400: "problem_body", 401: "problem_token", 403: "problem_right", 429: "problem_many"}


def _by_status(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(request, error.status_code, _BY_STATUS.get(error.status_code, "problem_invalid"))


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """What pydantic found, by parameter or field; its own words are English."""
    errors = [(_field(one.get("loc", ())), str(one.get("msg", ""))) for one in error.errors]
    return problem(request, 422, "problem_invalid", errors)


def _field(where: Iterable[Any]) -> str:
    names = [str(name) for name in where if name not in ("query", "path", "body", "wanted", "given")]
    return ".".join(names)


def _refused(request: HttpRequest, refused: RefusedError) -> HttpResponse:
    errors = [(one.at, one.said(spoken(request))) for one in refused.problems]
    return problem(request, 409, "problem_refused", errors)


def _of_fields(request: HttpRequest, error: ModelError) -> HttpResponse:
    found = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    errors = [
        ("" if name == NON_FIELD_ERRORS else name, message)
        for name, many in found.items()
        for message in many
    ]
    return problem(request, 422, "problem_invalid", errors)
