"""The addresses of the pages for everybody."""

from __future__ import annotations

from django.urls import URLPattern, path

from merata.web.public.budget import budget
from merata.web.public.bundled import bundle_file
from merata.web.public.calendar import calendar
from merata.web.public.compare import compare
from merata.web.public.data import compare_file, data, file, plan_file
from merata.web.public.districts import district, districts
from merata.web.public.gap import gap
from merata.web.public.home import home
from merata.web.public.logged import log, log_entry, log_file, log_of, log_proof
from merata.web.public.meetings import meeting, meeting_paper, meeting_paper_file, meetings, record
from merata.web.public.method import method
from merata.web.public.model_contests import model_contest_file, model_contests
from merata.web.public.offline import names_file
from merata.web.public.outcome import outcome
from merata.web.public.plans import plan, plan_village, plans
from merata.web.public.promises import promise, promises
from merata.web.public.providers import provider, providers
from merata.web.public.scores import point, scores
from merata.web.public.search import search
from merata.web.public.sectors import sector, sectors
from merata.web.public.slippy import map_file, moving_map
from merata.web.public.standards import standard_file
from merata.web.public.statistics import (
    catalogue_file,
    harvest_file,
    indicator,
    indicator_embed,
    statistics,
    statistics_file,
)
from merata.web.public.village import poster, village
from merata.web.rights import for_all

PAGES: list[URLPattern] = for_all(
    [
        path("", home, name="home"),
        path("cari/", search, name="search"),
        path("cari/desa.js", names_file, name="names_file"),
        path("desa/<str:code>/", village, name="village"),
        path("desa/<str:code>/qr/", poster, name="poster"),
        path("kecamatan/", districts, name="districts"),
        path("kecamatan/<slug:slug>/", district, name="district"),
        path("peta/", moving_map, name="map"),
        path("peta/desa.geojson", map_file, name="map_file"),
        path("penyedia/", providers, name="providers"),
        path("penyedia/<int:pk>/", provider, name="provider"),
        path("rapor/", scores, name="scores"),
        path("kenyataan/", outcome, name="outcome"),
        path("janji/", promises, name="promises"),
        path("janji/<int:pk>/", promise, name="promise"),
        path("janji/kantor/<int:pk>.ics", calendar, name="calendar_file"),
        path("rapat/", meetings, name="meetings"),
        path("rapat/berikutnya/", meeting_paper, name="meeting_paper"),
        path("rapat/berikutnya.pdf", meeting_paper_file, name="meeting_paper_file"),
        path("rapat/<int:pk>/", meeting, name="meeting"),
        path("rapat/<int:pk>/notulen.json", record, name="meeting_record_file"),
        path("catatan/", log, name="log"),
        path("catatan/<int:index>/", log_entry, name="log_entry"),
        path("catatan/sidik/<slug:sha256>/", log_of, name="log_of"),
        path("catatan/<int:index>/bukti.txt", log_proof, name="log_proof"),
        path("log/<path:name>", log_file, name="log_file"),
        path("rapor/<str:period>/", scores, name="scores_of"),
        path("titik/<int:pk>/", point, name="point"),
        path("rencana/", plans, name="plans"),
        path("rencana/<int:number>/", plan, name="plan"),
        path("rencana/<int:number>/desa/<str:code>/", plan_village, name="plan_village"),
        path("rencana/<int:a>/banding/<int:b>/", compare, name="compare"),
        path("anggaran/", budget, name="budget"),
        path("kesenjangan/", gap, name="gap"),
        path("bidang/", sectors, name="sectors"),
        path("bidang/<slug:slug>/", sector, name="sector"),
        path("cara/", method, name="method"),
        path("lomba/", model_contests, name="model_contests"),
        path("lomba/<slug:name>/<str:file>", model_contest_file, name="model_contest_file"),
        path("data/", data, name="data"),
        path("data/paket.zip", bundle_file, name="bundle_file"),
        path("data/standar/<slug:name>.json", standard_file, name="standard_file"),
        path("data/<slug:name>.<slug:kind>", file, name="data_file"),
        path("data/rencana/<int:number>/<slug:name>.<slug:kind>", plan_file, name="plan_file"),
        path("data/banding/<int:a>-<int:b>/<slug:name>.<slug:kind>", compare_file, name="compare_file"),
        path("statistik/", statistics, name="statistics"),
        path("statistik/<str:code>/", indicator, name="indicator"),
        path("statistik/<str:code>/sematan/", indicator_embed, name="indicator_embed"),
        path("data/statistik/<str:name>", statistics_file, name="statistics_file"),
        path("katalog.jsonld", catalogue_file, name="catalogue_file"),
        path("data.json", harvest_file, name="harvest_file"),
    ]
)
