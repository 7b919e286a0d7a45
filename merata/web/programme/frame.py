"""What all pages of the programme share: their frame, words, and objects found by number within one's reach."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404

from merata.errors import MerataError
from merata.web.models import User
from merata.web.page import address, language_of
from merata.web.programme.said import RefusedError
from merata.web.rights import may, reach
from merata.web.staff.frame import page
from merata.web.words import Tongue, tongue

_M = TypeVar("_M", bound=Model)

#: Pages of the programme: name, right that it asks for. Their words are `nav_<name>`.
TABS = (
    ("programme", "see programme"),
    ("programme_now", "see programme"),
    ("programme_points", "see programme"),
    ("programme_scores", "see programme"),
    ("programme_contracts", "see programme"),
    ("programme_statements", "see programme"),
    ("programme_payments", "see programme"),
    ("programme_commitments", "see programme"),
    ("programme_meetings", "change programme"),
    ("programme_targets", "change programme"),
    ("programme_sheet", "record points"),
    ("programme_cases", "answer reports"),
    ("programme_reports", "answer reports"),
    ("programme_challenges", "challenge"),
    ("programme_sheet_own", "confirm village"),
    ("programme_confirmed", "see confirmations"),
)
LARGEST_NUMBER = 2**62


def user_of(request: HttpRequest) -> User:
    """The account that asks; pages are for accounts only."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def words(request: HttpRequest) -> Tongue:
    """The words of the page's language."""
    return tongue(language_of(request))


def shown(request: HttpRequest, template: str, status: int = 200, **values: Any) -> HttpResponse:
    """A page of the programme."""
    tabs = [name for name, right in TABS if may(request.user, right)]
    known = {
        "tabs": tabs,
        "tab": getattr(request.resolver_match, "url_name", ""),
        "can": lambda right: may(request.user, right),
    }
    return page(request, f"programme/{template}.html.j2", status, **{**known, **values})


def reached(request: HttpRequest, rows: QuerySet[_M], number: int) -> _M:
    """The row of a number, if the account reaches it; else it is as if there were none."""
    if number > LARGEST_NUMBER:
        raise Http404
    return get_object_or_404(reach(user_of(request), rows).distinct(), pk=number)


def go(
    request: HttpRequest, name: str, *args: Any, say: str = "", wrong: bool = False, query: str = ""
) -> HttpResponse:
    """Go on to another page, which says what was just done."""
    if say:
        messages.add_message(request, messages.ERROR if wrong else messages.SUCCESS, say)
    to = address(language_of(request), name, *args)
    return HttpResponseRedirect(f"{to}?{query}" if query else to)


def done(request: HttpRequest, work: Callable[[], object], say: str, name: str, *args: Any) -> HttpResponse:
    """Do some work and go on to a page, which says that it is done, or why it was refused."""
    try:
        work()
    except RefusedError as refused:
        return go(request, name, *args, say=refused.said(words(request)), wrong=True)
    return go(request, name, *args, say=say)


def why_not(error: MerataError, t: Tongue, otherwise: str) -> str:
    """Why something was refused, in a language; `otherwise` is the sentence for what only English has words for."""
    return error.said(t) if isinstance(error, RefusedError) else t(otherwise)
