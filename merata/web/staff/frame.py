"""The frame of all staff pages: where one can go by one's rights, what was just done."""

from __future__ import annotations

import os
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from merata.province.office import VARIABLE
from merata.web.page import render, token
from merata.web.rights import may

#: Where staff can go: name of the page (its words are `staff_<name>`), right that it asks for.
PLACES = (
    ("desk", "see programme"),
    ("programme", "see programme"),
    ("sources", "see data"),
    ("submissions", "see submissions"),
    ("planning", "see plans"),
    ("releases", "see plans"),
    ("regions", "see data"),
    ("jobs", "see plans"),
    ("accounts", "invite"),
    ("tokens", "make tokens"),
)


def _is_here(name: str) -> bool:
    """All places are on every site, but the one of a province's own."""
    return name != "regions" or bool(os.environ.get(VARIABLE))


def page(request: HttpRequest, template: str, status: int = 200, **values: Any) -> HttpResponse:
    """A staff page with its frame."""
    places = [name for name, right in PLACES if may(request.user, right) and _is_here(name)]
    said = list(messages.get_messages(request))
    return render(request, template, status, places=places, said=said, csrf=token(request), **values)
