"""What all pages share: their frame, addresses in both languages, and copies of open pages that never go stale."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

import brotli
import jinja2
from django.conf import settings
from django.core.cache import BaseCache, caches
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from markupsafe import Markup

from merata import __version__
from merata.publish.qr import qr as drawn
from merata.web import configure, memory
from merata.web.models import SiteVersion
from merata.web.words import Language, tongue

#: Names of addresses that answer with both languages at once.
OF_BOTH = (
    "map_file", "data_file", "plan_file", "compare_file", "names_file", "statistics_file", "catalogue_file",
    "harvest_file",
)  # fmt: skip

View = Callable[..., HttpResponse]


def environment(**options: Any) -> jinja2.Environment:
    """The templates' surroundings, as Django's Jinja2 backend asks for it."""
    options.pop("autoescape", None)  # said below, where a reader sees it
    ours = {"undefined": jinja2.StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    made = jinja2.Environment(autoescape=True, **{**options, **ours})
    made.globals |= {"version": __version__, "style": Markup(configure.style())}  # noqa: S704
    return made


def language_of(request: HttpRequest) -> Language:
    """The language that an address asks for: English under /en/, else Indonesian."""
    return "en" if request.path_info.startswith("/en/") else "id"


def address(language: Language, name: str, *args: Any, **values: Any) -> str:
    """The address of the page called `name` in a language."""
    return reverse(f"{language}:{name}", args=args or None, kwargs=values or None)


def full_address(language: Language, name: str, *args: Any) -> str:
    """The same as people type it, for letters, posters and what is shared."""
    return f"{settings.SITE}{address(language, name, *args)}"


def qr(text: str) -> Markup:
    """A text, such as an address, as a QR code in SVG."""
    return Markup(drawn(text))  # noqa: S704 — drawn by segno, which escapes what it is given


class Links:
    """Addresses as one page writes them. The static copy has its own, which lead from file to file."""

    #: Whether there is a server: forms, accounts and search by name need one.
    live = True
    #: How pages load their scripts. A browser too old for them does not know modules, and does not even read them.
    scripts = Markup('type="module"')

    def __init__(self, request: HttpRequest) -> None:
        self.language: Language = language_of(request)
        self._path = request.path

    def to(self, name: str, *args: Any, **values: Any) -> str:
        """The address of another page, in this page's language; files of data are the same for both."""
        return address("id" if name in OF_BOTH else self.language, name, *args, **values)

    def file(self, name: str) -> str:
        """The address of a file of the site: its style, its script."""
        return static(name)

    def other_language(self) -> str:
        """The same page in the other language."""
        return self._path.removeprefix("/en") if self.language == "en" else f"/en{self._path}"


def render(request: HttpRequest, template: str, status: int = 200, **values: Any) -> HttpResponse:
    """A page in the language of its address."""
    from django.template.loader import render_to_string

    links = getattr(request, "links", None) or Links(request)
    page = {
        "t": tongue(links.language),
        "to": links.to,
        "file": links.file,
        "links": links,
        "request": request,
    }
    return HttpResponse(render_to_string(template, {**page, **values}, request=request), status=status)


def token(request: HttpRequest) -> str:
    """The secret that a form sends back, so that no other site can send it."""
    return get_token(request)


def site_version() -> int:
    """How often what everybody sees has changed."""
    return SiteVersion.objects.filter(pk=1).values_list("number", flat=True).first() or 0


def changed() -> None:
    """Say that what everybody sees changes, in the transaction that changes it."""
    if not SiteVersion.objects.filter(pk=1).update(number=F("number") + 1):
        SiteVersion.objects.get_or_create(pk=1, defaults={"number": 1})


def open_page(view: View, mark: Callable[[], str] = str) -> View:
    """A page that is the same for everybody: made once, kept compressed until anything changes, asked for by its ETag.

    The count of changes is read before the page is made, so a page made while something changes is kept under the
    older count and not shown again. `mark` is what else a page changes with, such as a file beside the database.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in ("GET", "HEAD") or hasattr(request, "links"):
            return view(request, *args, **kwargs)
        # With the day: promises that were due by yesterday are late today.
        state = f"{site_version()}:{timezone.localdate()}:{mark()}"
        key = f"{state}:{hashlib.sha256(request.get_full_path().encode()).hexdigest()}"
        cache = kept_in(request)
        kept: _Kept | None = cache.get(key)
        if kept is None:
            with memory.of_state(state):
                made = view(request, *args, **kwargs)
            if made.status_code != 200 or made.streaming:
                return made
            kept = _Kept.of(made)
            cache.set(key, kept, timeout=3600)
        return kept.answer(request)

    return answer


def kept_in(request: HttpRequest) -> BaseCache:
    """Where answers to a request are kept: those with a question in their address apart, as they have no end."""
    return caches["asked" if request.META.get("QUERY_STRING") else "pages"]


#: How a page can be sent, best first: from its bytes as they are kept.
_CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda kept: kept,
    "gzip": lambda kept: gzip.compress(brotli.decompress(kept), 6, mtime=0),
    "": brotli.decompress,
}


class _Kept:
    """A page's bytes, compressed as most phones take them; the few others are served from that."""

    def __init__(self, kind: str, body: bytes, headers: dict[str, str]) -> None:
        self.kind, self.body, self.headers = kind, body, headers
        self.tag = hashlib.sha256(body).hexdigest()[:20]

    @classmethod
    def of(cls, response: HttpResponse) -> _Kept:
        headers = {name: value for name, value in response.items() if name != "Content-Type"}
        return cls(response["Content-Type"], brotli.compress(response.content, quality=5), headers)

    def answer(self, request: HttpRequest) -> HttpResponse:
        wanted = request.headers.get("Accept-Encoding", "")
        coding = next(name for name in _CODINGS if name in wanted)
        tag = f'W/"{self.tag}"'
        if request.headers.get("If-None-Match") == tag:
            response = HttpResponse(status=304)
        else:
            response = HttpResponse(_CODINGS[coding](self.body), content_type=self.kind, headers=self.headers)
            if coding:
                response["Content-Encoding"] = coding
        response["ETag"] = tag
        response["Cache-Control"] = "public, max-age=60"
        patch_vary_headers(response, ["Accept-Encoding"])
        return response
