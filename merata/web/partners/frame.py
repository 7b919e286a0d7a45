"""What the pages of partners share: the parts that an account may open, and rows within its reach."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from merata.web.rights import may
from merata.web.staff.frame import page

#: Parts: name of the page (its words are `nav_<name>`), right that it asks for.
PARTS = (
    ("submissions", "see submissions"),
    ("comment_rounds", "answer comments"),
    ("offers", "see offers"),
)


def shown(request: HttpRequest, template: str, status: int = 200, **values: Any) -> HttpResponse:
    """A page of partners for accounts."""
    parts = [name for name, right in PARTS if may(request.user, right)]
    part = getattr(request.resolver_match, "url_name", "")
    known = {"parts": parts, "part": part, "can": lambda right: may(request.user, right)}
    return page(request, f"partners/{template}.html.j2", status, **{**known, **values})
