"""The addresses of the staff pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from merata.web.staff.frame import desk

PAGES: list[URLPattern] = [
    path("staf/", desk, name="desk"),
]
