"""Open data: the page of all tables with what their columns mean, and each table as CSV and GeoJSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from merata.region.formula import safe_text
from merata.web.geojson import point
from merata.web.models import Publication
from merata.web.page import render
from merata.web.public.bundled import newest_bundle
from merata.web.public.current import shown
from merata.web.public.published import published
from merata.web.public.standards import STANDARDS
from merata.web.public.tables import COMPARED, DICTIONARY, TABLES, Row, Table, dictionary


@shown
def data(request: HttpRequest, publication: Publication) -> HttpResponse:
    """The page of all tables."""
    return render(
        request,
        "public/data.html.j2",
        publication=publication,
        tables=[*TABLES.values(), *COMPARED.values()],
        standards=STANDARDS.values(),
        plans=published().only("number", "title"),
        bundle=newest_bundle() is not None,
    )


@shown
def file(request: HttpRequest, publication: Publication, name: str, kind: str) -> HttpResponse:
    """One table as it is today."""
    if (name, kind) == ("kolom", "csv"):
        return _answer(csv_text(DICTIONARY, dictionary()), name, "csv")
    return _table(TABLES.get(name), (publication,), kind)


@shown
def plan_file(
    request: HttpRequest, publication: Publication, number: int, name: str, kind: str
) -> HttpResponse:
    """One table of a published plan."""
    table = TABLES.get(name)
    found = get_object_or_404(published(), number=number)
    return _table(table if table and table.planned else None, (found,), kind)


@shown
def compare_file(
    request: HttpRequest, publication: Publication, a: int, b: int, name: str, kind: str
) -> HttpResponse:
    """One table of two plans side by side: the villages that they treat differently, their money, their people."""
    one, two = get_object_or_404(published(), number=a), get_object_or_404(published(), number=b)
    return _table(COMPARED.get(name), (one, two), kind, f"{name}-{a}-{b}")


def _table(table: Table | None, of: Sequence[Publication], kind: str, file_name: str = "") -> HttpResponse:
    write = _WRITERS.get(kind)
    if table is None or write is None or (kind == "geojson" and not table.placed):
        raise Http404(kind)
    columns = [column.name for column in table.columns]
    return _answer(write(columns, table.rows(*of)), file_name or table.name, kind)


def csv_text(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """Rows as CSV; text that a spreadsheet would take for a formula is made harmless."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(row[name]) for name in columns] for row in rows)
    return text.getvalue()


def geojson_text(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """Rows as GeoJSON (RFC 7946): points, or no geometry where the place is not known."""
    names = [name for name in columns if name not in ("lon", "lat")]
    features = [
        {
            "type": "Feature",
            "geometry": point(row["lon"], row["lat"]),
            "properties": {name: row[name] for name in names},
        }
        for row in rows
    ]
    everything = {"type": "FeatureCollection", "features": features}
    return json.dumps(everything, ensure_ascii=False, separators=(",", ":"), default=_plain)


_WRITERS: dict[str, Callable[[Sequence[str], Iterable[Row]], str]] = {
    "csv": csv_text,
    "geojson": geojson_text,
}
_TYPES = {"csv": "text/csv; charset=utf-8", "geojson": "application/geo+json"}


def _answer(text: str, name: str, kind: str) -> HttpResponse:
    """A file to keep: never shown as a page of the site."""
    told = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return HttpResponse(text, content_type=_TYPES[kind], headers=told)


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.5f}".rstrip("0").rstrip(".")
    return safe_text(value) if isinstance(value, str) else _plain(value)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
