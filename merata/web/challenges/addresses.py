"""The addresses of challenges: open ones, and those of accounts."""

from __future__ import annotations

from django.urls import URLPattern, path

from merata.web.challenges import pages, sheets, staff
from merata.web.rights import for_all

_P = "staf/program"

PAGES: list[URLPattern] = [
    *for_all(pages.PAGES),
    path(f"{_P}/koreksi/", staff.challenges, name="programme_challenges"),
    path(f"{_P}/koreksi/massal/", staff.challenges_bulk, name="programme_challenges_bulk"),
    path(f"{_P}/koreksi/massal/ambil/", staff.challenges_bulk_take, name="programme_challenges_bulk_take"),
    path(f"{_P}/koreksi/<int:number>/", staff.challenge, name="programme_challenge"),
    path(f"{_P}/koreksi/<int:number>/jawab/", staff.challenge_answer, name="programme_challenge_answer"),
    path(f"{_P}/koreksi/<int:number>/putus/", staff.challenge_decide, name="programme_challenge_decide"),
    path(f"{_P}/koreksi/sms/<int:number>/", staff.hint, name="programme_hint"),
    path(f"{_P}/koreksi/sms/<int:number>/kesamping/", staff.hint_set_aside, name="programme_hint_set_aside"),
    path(
        f"{_P}/koreksi/<int:number>/berkas/<str:which>/",
        staff.challenge_file,
        name="programme_challenge_file",
    ),
    path(f"{_P}/lembar-desa/", sheets.sheet, name="programme_sheet_own"),
    path(f"{_P}/lembar-desa/koreksi/", sheets.sheet_correct, name="programme_sheet_correct"),
    path(f"{_P}/lembar-desa/benar/", sheets.sheet_confirm, name="programme_sheet_confirm"),
    path(f"{_P}/lembar-desa/semua/", sheets.confirmed, name="programme_confirmed"),
    path(f"{_P}/lembar-desa/minta/", sheets.confirmed_ask, name="programme_confirmed_ask"),
]
