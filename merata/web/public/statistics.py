"""The statistics, for everybody: the register, each indicator with its series and revisions, its files, an embed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby

from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_exempt

from merata.publish import dcat
from merata.publish.indicators import INDICATORS, NOT_GIVEN, TOTAL, Indicator
from merata.publish.series import Point
from merata.publish.small_limits import HOUSEHOLDS, PEOPLE
from merata.publish.statistics_tables import SERIES, csv_text, series_rows
from merata.publish.words import Tongue
from merata.region.settings import load_settings
from merata.region.tables import LEVELS
from merata.web import statistics as published
from merata.web.configure import security_policy
from merata.web.models import Publication, Release
from merata.web.page import View, full_address, language_of, open_page, render
from merata.web.public.current import of_newest
from merata.web.public.standards import STANDARDS
from merata.web.public.tables import TABLES

_PLACE = {"id": 0, "en": 1}
_METADATA = (
    "concept", "definition", "interpretation", "formula", "measure", "variables", "source", "uncertainty", "office",
)  # fmt: skip


def _told(view: View) -> View:
    """An open page that changes with the site and with the statistics."""
    return open_page(of_newest(view), published.stamp)


@_told
def statistics(request: HttpRequest, publication: Publication) -> HttpResponse:
    """The register with the newest figures of the whole region, what is not given and why, and the files."""
    there = published.read()
    groups = [
        (group, [(one, there.newest(one, there.region.code) if there else None) for one in found])
        for group, found in groupby(INDICATORS.values(), key=lambda one: one.group)
    ]
    return render(
        request, "public/statistics.html.j2", publication=publication, there=there, groups=groups, said=said,
        interval=interval, not_given=NOT_GIVEN, files=[name for name in published.FILES if _is_there(name)],
        small={"people": PEOPLE.fewest, "households": HOUSEHOLDS.fewest}, place=_PLACE[language_of(request)],
        announced=list(Release.objects.exclude(state="released").order_by("due_on", "pk")[:12]),
        by_two={str(day) for day in Release.objects.exclude(released_on=None).values_list("released_on", flat=True)},
        today=timezone.localdate(),
    )  # fmt: skip


@_told
def indicator(request: HttpRequest, publication: Publication, code: str) -> HttpResponse:
    """One indicator: its series, districts, publications, metadata, files and embed."""
    one, there = _known(code), published.read()
    region = there.region.code if there else ""
    own = there.of(code, region, **one.headline) if there else []
    return render(
        request, "public/indicator.html.j2", publication=publication, one=one, there=there, said=said,
        interval=interval, place=_PLACE[language_of(request)], metadata=_METADATA, levels=LEVELS, total=TOTAL,
        times=_times(there, one, region) if there else [], districts=_districts(there, one) if there else [],
        parts=[(name, _told_by(there, one, region, name)) for name in one.parts] if there else [],
        publications=published.publications(own)[:60], period=own[-1].row.period if own else "",
        embed=full_address(language_of(request), "indicator_embed", code), classes=_row_classes(one),
    )  # fmt: skip


@xframe_options_exempt
@csp_replace({**security_policy(), "frame-ancestors": ["*"]})
@_told
def indicator_embed(request: HttpRequest, publication: Publication, code: str) -> HttpResponse:
    """One figure, to stand in a frame of another site; this page alone may be framed."""
    one, there = _known(code), published.read()
    return render(
        request, "public/indicator_embed.html.j2", publication=publication, one=one, there=there, said=said,
        point=there.newest(one, there.region.code) if there else None, interval=interval,
        place=_PLACE[language_of(request)],
    )  # fmt: skip


@_told
def statistics_file(request: HttpRequest, publication: Publication, name: str) -> HttpResponse:
    """A file of the statistics, or an indicator's own series: PEOPLE_LEVEL.csv."""
    there, code = published.read(), name.removesuffix(".csv")
    if there and published.known(code) and name.endswith(".csv"):
        text = csv_text(series_rows(there.points.get(code, [])), SERIES)
        return _kept(HttpResponse(text, content_type="text/csv; charset=utf-8"), name)
    if name not in published.FILES or not _is_there(name):
        raise Http404(name)
    kind = dcat.FORMATS[name.rpartition(".")[2]][0]
    content = (published.folder() / name).read_bytes()
    return _kept(HttpResponse(content, content_type=kind), name)


def _kept(answer: HttpResponse, name: str) -> HttpResponse:
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@_told
def catalogue_file(request: HttpRequest, publication: Publication) -> HttpResponse:
    """The catalogue of all open data as DCAT in JSON-LD."""
    text = json.dumps(dcat.json_ld(_catalogue(publication)), ensure_ascii=False, indent=1)
    return HttpResponse(text, content_type="application/ld+json; charset=utf-8")


@_told
def harvest_file(request: HttpRequest, publication: Publication) -> HttpResponse:
    """The same as data.json, which CKAN harvests."""
    text = json.dumps(dcat.data_json(_catalogue(publication)), ensure_ascii=False, indent=1)
    return HttpResponse(text, content_type="application/json; charset=utf-8")


def said(t: Tongue, point: Point | None) -> str:
    """A number as its unit is written, with its symbols."""
    from merata.publish.yearbook import said as written

    return written(point, t)


def interval(t: Tongue, point: Point | None) -> str:
    """From low to high."""
    from merata.publish.yearbook import interval as written

    return written(point, t)


def _is_there(name: str) -> bool:
    return (published.folder() / name).is_file()


def _known(code: str) -> Indicator:
    one = published.known(code)
    if one is None:
        raise Http404(code)
    return one


def _row_classes(one: Indicator) -> list[dict[str, str]]:
    """What stands in the columns of an indicator's tables: each level and all, else the one number."""
    if "level" in one.classes:
        return [{"level": level} for level in (*LEVELS, TOTAL)]
    return [one.headline]


def _times(there: published.Read, one: Indicator, area: str) -> list[tuple[str, list[Point | None]]]:
    """Periods, the newest first, with a number for each class."""
    found = [{p.row.period: p for p in there.of(one.code, area, **classes)} for classes in _row_classes(one)]
    if "sector" in one.classes and "level" not in one.classes:
        return _told_by(there, one, area, "sector")
    periods = sorted({period for points in found for period in points}, reverse=True)
    return [(period, [points.get(period) for points in found]) for period in periods]


def _told_by(
    there: published.Read, one: Indicator, area: str, name: str
) -> list[tuple[str, list[Point | None]]]:
    """The newest number of each word of a class: sector, technology, sex."""
    found = (getattr(p.row, name) for p in there.points.get(one.code, ()) if p.row.area == area)
    return [(word, [there.newest(one, area, **{name: word})]) for word in sorted({*found} - {TOTAL})]


def _districts(there: published.Read, one: Indicator) -> list[tuple[str, list[Point | None]]]:
    if "district" not in one.areas:
        return []
    districts = [area for area in there.areas.values() if area.kind == "district"]
    rows = [
        (area.name, [there.newest(one, area.code, **classes) for classes in _row_classes(one)])
        for area in districts
    ]
    return [(name, points) for name, points in rows if any(points)]


def _catalogue(publication: Publication) -> dcat.Catalogue:
    told = load_settings(settings.REGION / "region.toml").standards
    return dcat.Catalogue(
        settings.SITE.rstrip("/"),
        publication.region,
        told.buyer or publication.region,
        told.licence,
        [*_statistics(), *_tables(publication)],
    )


def _statistics() -> Iterator[dcat.Dataset]:
    there = published.read()
    if there is None:
        return
    files = [
        dcat.File(full_address("id", "statistics_file", name), (name, name))
        for name in published.FILES
        if _is_there(name)
    ]
    about = (
        "Daftar indikator dan deret waktunya, dengan rentang, perbaikan, dan pemutusan deret.",
        "The register of indicators and their time series, with intervals, revisions and breaks.",
    )
    title = ("Statistik akses internet", "Statistics of access to the internet")
    page = full_address("id", "statistics")
    yield dcat.Dataset("statistik", title, about, page, files, there.updated, "A")


def _tables(publication: Publication) -> Iterator[dcat.Dataset]:
    page, day = full_address("id", "data"), publication.inputs_date.isoformat()
    for table in TABLES.values():
        if table.name == "rencana":
            continue  # there is one for each plan
        kinds = ("csv", "geojson") if table.placed else ("csv",)
        about = (table.about_id, table.about_en)
        files = [dcat.File(full_address("id", "data_file", table.name, kind), about) for kind in kinds]
        yield dcat.Dataset(table.name, about, about, f"{page}#{table.name}", files, day)
    for standard in STANDARDS.values():
        about = (standard.about_id, standard.about_en)
        files = [dcat.File(full_address("id", "standard_file", standard.name), about)]
        yield dcat.Dataset(standard.name, about, about, f"{page}#standar", files, day)
