"""The addresses of what partners bring: open pages, and those for accounts."""

from __future__ import annotations

from django.urls import URLPattern, path

from merata.web.partners import comment_pages, comment_public, offer_pages, submission_pages
from merata.web.rights import for_all

#: For everybody.
OPEN: list[URLPattern] = for_all(
    [
        path("tanggapan/", comment_public.comments, name="comments"),
        path("tanggapan/kabar/", comment_public.comment_state, name="comment_state"),
        path("tanggapan/<int:number>/", comment_public.comment_round, name="comment_round"),
        path("tanggapan/<int:number>/hasil/", comment_public.comment_summary, name="comment_summary"),
        path(
            "tanggapan/<int:number>/kecamatan/<slug:slug>/",
            comment_public.comment_district,
            name="comment_district",
        ),
        path(
            "tanggapan/<int:number>/desa/<str:code>/", comment_public.comment_village, name="comment_village"
        ),
        path("tanggapan/<int:number>/tulis/", comment_public.comment_write, name="comment_write"),
        path("tanggapan/<int:number>/tulis/<str:code>/", comment_public.comment_write, name="comment_write"),
        path("mitra/", offer_pages.partners, name="partners"),
        path("mitra/<int:pk>/", offer_pages.partner, name="partner"),
    ]
)

PAGES: list[URLPattern] = [
    *OPEN,
    path("staf/mitra/data/", submission_pages.submissions, name="submissions"),
    path("staf/data/kiriman/", submission_pages.submission_send, name="submission_send"),
    path("staf/mitra/data/<int:number>/", submission_pages.submission, name="submission"),
    path(
        "staf/mitra/data/<int:number>/putuskan/", submission_pages.submission_decide, name="submission_decide"
    ),
    path(
        "staf/mitra/data/<int:number>/tarik/",
        submission_pages.submission_withdraw,
        name="submission_withdraw",
    ),
    path("staf/mitra/tanggapan/", comment_pages.comment_rounds, name="comment_rounds"),
    path("staf/mitra/tanggapan/buka/", comment_pages.comment_open, name="comment_open"),
    path("staf/mitra/tanggapan/<int:number>/", comment_pages.comment_answers, name="comment_answers"),
    path(
        "staf/mitra/tanggapan/<int:number>/ubah/",
        comment_pages.comment_round_change,
        name="comment_round_change",
    ),
    path("staf/mitra/jawab/<int:number>/", comment_pages.comment_answer, name="comment_answer"),
    path("staf/mitra/dana/", offer_pages.offers, name="offers"),
    path("staf/mitra/dana/tawarkan/", offer_pages.offer_make, name="offer_make"),
    path("staf/mitra/dana/<int:number>/", offer_pages.offer, name="offer"),
    path("staf/mitra/dana/<int:number>/putuskan/", offer_pages.offer_decide, name="offer_decide"),
    path("staf/mitra/dana/<int:number>/diterima/", offer_pages.offer_received, name="offer_received"),
    path("staf/mitra/dana/<int:number>/tarik/", offer_pages.offer_withdraw, name="offer_withdraw"),
]
