"""The addresses of the pages for everybody."""

from __future__ import annotations

from django.urls import URLPattern, path

from merata.web.public.home import home
from merata.web.public.village import village

PAGES: list[URLPattern] = [
    path("", home, name="home"),
    path("desa/<str:code>/", village, name="village"),
]
