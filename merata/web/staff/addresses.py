"""The addresses of the staff pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from merata.web.rights import ONESELF, for_all
from merata.web.staff import data, jobs, plans, publishing, regions, releases, tokens
from merata.web.staff.accounts import account, accounts
from merata.web.staff.accounts_invite import invite, take_up, withdraw
from merata.web.staff.accounts_own import end_sessions, own, own_data
from merata.web.staff.accounts_pages import log_out
from merata.web.staff.desk import desk

PAGES: list[URLPattern] = [
    path("staf/", desk, name="desk"),
    path("staf/akun/", accounts, name="accounts"),
    path("staf/akun/<int:number>/", account, name="accounts_one"),
    path("staf/akun/undang/", invite, name="accounts_invite"),
    path("staf/akun/undangan/<int:number>/tarik/", withdraw, name="accounts_withdraw"),
    path("staf/token/", tokens.tokens, name="tokens"),
    path("staf/token/<int:number>/tarik/", tokens.withdraw, name="tokens_withdraw"),
    *for_all(
        [
            path("akun/", own, name="account"),
            path("akun/data/", own_data, name="account_data"),
            path("akun/sesi/", end_sessions, name="account_sessions"),
        ],
        ONESELF,
    ),
    *for_all(
        [
            path("akun/keluar/", log_out, name="logout"),
            path("akun/undangan/<str:secret>/", take_up, name="take_up"),
        ]
    ),
    path("staf/data/", data.data, name="sources"),
    path("staf/data/kirim/", data.send, name="data_send"),
    path("staf/data/periksa/", data.look, name="data_look"),
    path("staf/data/temuan/", data.found, name="data_findings"),
    path("staf/data/jawab/", data.settle, name="data_settle"),
    path("staf/data/<int:number>/ambil/", data.take, name="data_take"),
    path("staf/data/<int:number>/buang/", data.drop, name="data_drop"),
    path("staf/kerja/", jobs.jobs, name="jobs"),
    path("staf/kerja/<int:number>/", jobs.job, name="job"),
    path("staf/kerja/<int:number>/henti/", jobs.stop, name="job_stop"),
    path("staf/rencana/", plans.planning, name="planning"),
    path("staf/rencana/hitung/", plans.run, name="plan_run"),
    path("staf/rencana/aturan/", plans.rules, name="rules"),
    path("staf/rencana/dana/", plans.funds, name="funds"),
    path("staf/rencana/keputusan/", plans.decide, name="decide"),
    path("staf/rencana/harga/", plans.prices, name="prices"),
    path("staf/rencana/banding/", plans.compare, name="plan_compare"),
    path("staf/rencana/<int:pk>/", publishing.draft, name="draft"),
    path("staf/rencana/<int:pk>/ajukan/", publishing.propose_page, name="draft_propose"),
    path("staf/rencana/<int:pk>/putuskan/", publishing.decide_page, name="draft_decide"),
    path("staf/rencana/<int:pk>/tarik/", publishing.withdraw_page, name="draft_withdraw"),
    path("staf/wilayah/", regions.regions, name="regions"),
    path("staf/statistik/", releases.releases, name="releases"),
    path("staf/statistik/baru/", releases.plan, name="release_plan"),
    path("staf/statistik/<int:pk>/", releases.release, name="release"),
    path("staf/statistik/<int:pk>/siapkan/", releases.prepare_page, name="release_prepare"),
    path("staf/statistik/<int:pk>/putuskan/", releases.decide_page, name="release_decide"),
]
