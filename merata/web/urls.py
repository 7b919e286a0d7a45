"""The site's addresses: Indonesian ones, and the same under /en/ in English."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from merata.web import phone_tests, probes, reports, security_txt
from merata.web.api import addresses as api
from merata.web.challenges import addresses as challenges
from merata.web.operate import addresses as operate
from merata.web.partners import addresses as partners
from merata.web.programme import addresses as programme
from merata.web.public import addresses as public
from merata.web.rights import for_all
from merata.web.staff import addresses as staff
from merata.web.staff.accounts_pages import PAGES as OF_ACCOUNTS

PAGES: list[URLPattern | URLResolver] = [
    *public.PAGES,
    *reports.PAGES,
    *phone_tests.PAGES,
    *challenges.PAGES,
    *staff.PAGES,
    *programme.PAGES,
    *partners.PAGES,
    *api.PAGES,
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("en/", include((PAGES, "web"), namespace="en")),
    path("", include((PAGES, "web"), namespace="id")),
    *api.CALLS,
    *for_all(probes.CALLS),
    *security_txt.PAGES,
    *operate.CALLS,
    # allauth knows its pages by bare names; which language is meant, the language of the asking page says.
    *i18n_patterns(path("akun/", include(OF_ACCOUNTS)), prefix_default_language=False),
]

handler404 = "merata.web.errors.lost"
handler403 = "merata.web.errors.denied"
handler429 = "merata.web.accounts.too_many"  # allauth asks for this one
handler500 = "merata.web.errors.fault"
