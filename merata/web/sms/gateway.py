"""Any gateway of SMS that speaks HTTP: what it sends in with a secret, what is posted to it; and the hook."""

from __future__ import annotations

import hashlib
import hmac
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from merata.web.strangers import read_json

TIMEOUT_S = 20
_LARGEST = 20_000
#: What gateways call the same thing.
_FROM = ("from", "sender", "number", "phone", "msisdn")
_TEXT = ("text", "message", "body", "content")
_ID = ("id", "message_id", "messageId", "sms_id", "uuid")


class RefusedError(Exception):
    """A message was surely not taken."""


@csrf_exempt  # it acts by its secret, not by a cookie
@require_POST
def sms_in(request: HttpRequest) -> HttpResponse:
    """A message that the gateway received: JSON or a form, with the secret in a header."""
    if not settings.WAYS.sms_secret:
        raise Http404
    if not constant_time_compare(_secret(request), settings.WAYS.sms_secret):
        return JsonResponse({"error": "secret"}, status=401)
    try:
        told = _told(request)
    except ValueError:
        return JsonResponse({"error": "not_readable"}, status=400)
    number, text = _of(told, _FROM), _of(told, _TEXT)
    if not number or not text:
        return JsonResponse({"error": "from_or_text_missing"}, status=400)
    from merata.web.sms.take_in import take_in  # it asks the models of the whole site

    take_in(number, text, _of(told, _ID))
    return JsonResponse({"taken": True})


def post_sms(key: str, number: str, text: str) -> None:
    """Post a message to the gateway, as the operator's template has it.

    Raises
    ------
    RefusedError
        The gateway said no, or was not reached.
    """
    ways = settings.WAYS
    body, kind = filled(ways.sms_body, {"number": number, "text": text, "id": key})
    headers = {"Content-Type": kind}
    if ways.sms_header:
        name, _, value = ways.sms_header.partition(":")
        headers[name.strip()] = value.strip()
    _post(ways.sms_url, body, headers)


def post_hook(key: str, text: str) -> None:
    """Post news of a case to the operator's own program, signed; `id` is the same whenever it is tried again.

    Raises
    ------
    RefusedError
        It said no, or was not reached.
    """
    ways = settings.WAYS
    body = json.dumps({**json.loads(text), "id": key}).encode()
    signed = hmac.new(ways.hook_secret.encode(), body, hashlib.sha256).hexdigest()
    _post(
        ways.hook,
        body,
        {"Content-Type": "application/json", "X-Merata-Signature": f"sha256={signed}"},
    )


def filled(template: str, values: Mapping[str, str]) -> tuple[bytes, str]:
    """A template with {number}, {text} and {id} in it, as JSON or as a form; values can't break out of it."""
    if template.lstrip().startswith("{"):
        made = _filled(json.loads(template), values)
        return json.dumps(made).encode(), "application/json"
    pairs = [(name, _filled(value, values)) for name, value in parse_qsl(template)]
    return urlencode(pairs).encode(), "application/x-www-form-urlencoded"


def _filled(part: Any, values: Mapping[str, str]) -> Any:
    if isinstance(part, dict):
        return {name: _filled(value, values) for name, value in part.items()}
    if isinstance(part, list):
        return [_filled(value, values) for value in part]
    if isinstance(part, str) and part.startswith("{") and part.endswith("}") and part[1:-1] in values:
        return values[part[1:-1]]
    return part


def _post(url: str, body: bytes, headers: dict[str, str]) -> None:
    asked = urllib.request.Request(url, body, headers)  # noqa: S310 — https or this machine: configure_ways
    try:
        with urllib.request.build_opener(_NoRedirect).open(asked, timeout=TIMEOUT_S) as answer:
            answer.read(_LARGEST)
    except urllib.error.HTTPError as error:
        raise RefusedError(f"HTTP {error.code}") from None
    except urllib.error.URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise TimeoutError from None
        raise RefusedError(type(error.reason).__name__) from None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A gateway that sends elsewhere is not followed: the message and the secret are for it alone."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _secret(request: HttpRequest) -> str:
    bearer = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    return bearer or request.headers.get("X-Merata-Secret", "")


def _told(request: HttpRequest) -> dict[str, Any]:
    if request.content_type != "application/json":
        return {name: str(value) for name, value in request.POST.items()}
    told = read_json(request.body, _LARGEST)
    if not isinstance(told, dict):
        raise ValueError("no object")
    return told


def _of(told: Mapping[str, Any], names: tuple[str, ...]) -> str:
    found = next((told[name] for name in names if isinstance(told.get(name), str | int)), "")
    return str(found)[:2000]
