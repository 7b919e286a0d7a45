"""The site's addresses: Indonesian ones, and the same under /en/ in English."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from merata.web import reports
from merata.web.public import addresses as public
from merata.web.staff import addresses as staff

PAGES: list[URLPattern | URLResolver] = [*public.PAGES, *reports.PAGES, *staff.PAGES]

urlpatterns: list[URLPattern | URLResolver] = [
    path("en/", include((PAGES, "web"), namespace="en")),
    path("", include((PAGES, "web"), namespace="id")),
    path("akun/", include("allauth.urls")),
]

handler404 = "merata.web.errors.lost"
handler403 = "merata.web.errors.denied"
handler500 = "merata.web.errors.fault"
