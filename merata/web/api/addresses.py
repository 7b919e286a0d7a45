"""Where the API is, its description, and the page that shows it with examples that run."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path

from merata import __version__
from merata.web.api.challenges import router as challenges
from merata.web.api.described import Described
from merata.web.api.doors import BY_TOKEN, OPEN
from merata.web.api.lists import MOST
from merata.web.api.measured import router as measured
from merata.web.api.points import router as points
from merata.web.api.problems import handle, lost
from merata.web.api.reading import router as reading
from merata.web.api.statistics import router as statistics
from merata.web.page import open_page, render
from merata.web.rights import for_all

api = Described(
    title="Merata",
    version="1",
    description="Reading is open; writing needs a token. Money is whole rupiah, times are UTC, places WGS 84.",
    urls_namespace="api-1",
    docs_url=None,
    openapi_extra={"info": {"x-software": f"Merata {__version__}"}},
)
api.add_router("", reading, tags=["open data"])
api.add_router("", measured, tags=["measured"])
api.add_router("", points)
api.add_router("", statistics, tags=["statistics"])
api.add_router("", challenges)
handle(api)

#: What the page lists: address, key of its words, filters that are worth a try.
_SHOWN = (
    ("villages", "api_villages", "?stands=late"),
    ("facilities", "api_facilities", "?sector=education&level=none"),
    ("service-points", "api_points", "?state=in+service&format=geojson"),
    ("commitments", "api_commitments", "?open=true"),
    ("plans", "api_plans", ""),
    ("budget", "api_budget", ""),
    ("contracts", "api_contracts", ""),
    ("providers", "api_providers", ""),
    ("scores", "api_scores", "?of=offer"),
    ("outages", "api_outages", "?cause=link"),
    ("indicators", "api_indicators", ""),
    ("indicators/PEOPLE_PROMISED/series", "api_series", "?period=2026"),
    ("challenges", "api_challenges", "?state=open"),
)


@open_page
def about(request: HttpRequest) -> HttpResponse:
    """The page about the API, with calls to copy."""
    site = f"{settings.SITE}/api/v1"
    limits = {"most": MOST, "open_limit": OPEN.most, "token_limit": BY_TOKEN.most}
    return render(request, "api/about.html.j2", site=site, shown=_SHOWN, **limits)


PAGES: list[URLPattern] = for_all([path("api/v1/", about, name="api")])
#: Without a language of its own: the same addresses for all programs.
CALLS: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    *for_all([path("api/v1/<path:rest>", lost)]),
]
