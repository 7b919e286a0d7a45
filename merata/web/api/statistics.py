"""The statistics by program: the register of indicators, and each indicator's series with every publication."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from merata.publish.series import Point, Published
from merata.publish.statistics_tables import register_rows
from merata.web import statistics as published
from merata.web.api.doors import OPEN
from merata.web.api.lists import Page, Paging, Text, answer, listed
from merata.web.api.problems import Problem, ProblemError

router = Router(throttle=OPEN)
PROBLEMS: dict[int, Any] = {304: None, 404: Problem, 422: Problem, 429: Problem}


class IndicatorShape(Schema):
    """An indicator with its metadata: texts end in _id (Indonesian) and _en (English)."""

    code: str
    group: str
    unit: str
    classes: str = Field(description="What it is broken down by: level, sector, technology, sex")
    areas: str = Field(description="Places that it is given for: region, district, village")
    frequency: str = Field(description="A yearly, M monthly")
    composite: bool
    reference: str = Field(description="Its code elsewhere, such as in the SDGs")
    version: int = Field(description="Of its definition; a new one breaks the series")
    name_id: str
    name_en: str
    concept_id: str
    concept_en: str
    definition_id: str
    definition_en: str
    interpretation_id: str
    interpretation_en: str
    formula_id: str
    formula_en: str
    measure_id: str
    measure_en: str
    source_id: str
    source_en: str
    variables_id: str
    variables_en: str
    uncertainty_id: str
    uncertainty_en: str
    office_id: str
    office_en: str


class Earlier(Schema):
    """An earlier publication of a number."""

    published: str
    value: float | None
    status: str
    why: str


class Number(Schema):
    """A number as it stands now, with its earlier publications."""

    area: str
    period: str
    level: str
    sector: str
    technology: str
    sex: str
    value: float | None = Field(description="None: kept back or not to be had, see status")
    low: float | None
    high: float | None
    known_by: str
    status: str = Field(
        description="A normal, B break, P provisional, Q kept back, O missing (SDMX CL_OBS_STATUS)"
    )
    broken: str = Field(description="Why it can't be compared with the period before; empty: it can")
    definition: int
    boundary: str
    published: str
    why: str
    before: list[Earlier]


class SeriesFilter(Paging):
    """Which numbers."""

    area: Text | None = Field(None, description="Code of the region, a district or a village")
    period: Text | None = Field(None, description="2026 or 2026-11")
    level: Text | None = None
    sector: Text | None = None
    technology: Text | None = None
    sex: Literal["F", "M", "_T"] | None = None
    status: Literal["A", "B", "P", "Q", "O"] | None = None


@router.get("/indicators", response={200: Page[IndicatorShape], **PROBLEMS}, url_name="indicators")
def indicators(request: HttpRequest, wanted: Query[Paging]) -> HttpResponse:
    """The register of indicators."""

    def make() -> dict[str, Any]:
        rows = [
            {name: row[name] for name in IndicatorShape.model_fields}
            for row in register_rows()
            if row["public"]
        ]
        return listed(request, rows[wanted.offset : wanted.offset + wanted.limit], len(rows), wanted)

    return answer(request, make)


@router.get("/indicators/{code}/series", response={200: Page[Number], **PROBLEMS}, url_name="series")
def series(request: HttpRequest, code: str, wanted: Query[SeriesFilter]) -> HttpResponse:
    """An indicator's numbers, each with its revisions; none where nothing was published yet."""
    if published.known(code) is None:
        raise ProblemError(404, "problem_not_there")

    def make() -> dict[str, Any]:
        there = published.read()
        rows = [point for point in (there.points.get(code, []) if there else []) if _is_wanted(point, wanted)]
        part = rows[wanted.offset : wanted.offset + wanted.limit]
        return listed(request, [_number(point) for point in part], len(rows), wanted)

    return answer(request, make, mark=published.stamp())


def _is_wanted(point: Point, wanted: SeriesFilter) -> bool:
    asked = {
        name: getattr(wanted, name) for name in ("area", "period", "level", "sector", "technology", "sex")
    }
    own = all(word is None or getattr(point.row, name) == word for name, word in asked.items())
    return own and wanted.status in (None, point.status)


def _number(point: Point) -> dict[str, Any]:
    own = {"status": point.status, "broken": point.broken, "before": [_earlier(row) for row in point.before]}
    return {name: own[name] if name in own else getattr(point.row, name) for name in Number.model_fields}


def _earlier(row: Published) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Earlier.model_fields}
