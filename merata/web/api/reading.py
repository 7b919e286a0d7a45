"""What everybody may read by program: villages, facilities, commitments, plans, budget, contracts, providers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeVar

from django.db.models import Count, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from merata.web.api import shapes
from merata.web.api.doors import OPEN
from merata.web.api.lists import (
    Id,
    Page,
    Paging,
    Placed,
    Text,
    Year,
    answer,
    collection,
    listed,
    part,
    wants_geojson,
)
from merata.web.api.problems import Problem, ProblemError
from merata.web.models import Commitment, Contract, FacilityFacts, Organisation, Publication, VillageFacts
from merata.web.public import budget as of_budget
from merata.web.public.current import newest
from merata.web.public.published import published
from merata.web.standing import standing

router = Router(throttle=OPEN)
#: What every call may answer beside what was asked for.
PROBLEMS: dict[int, Any] = {304: None, 404: Problem, 422: Problem, 429: Problem}

_M = TypeVar("_M", bound=Model)
Level = Literal["none", "basic", "working", "good"]


class VillageFilter(Placed):
    """Which villages."""

    plan: Id | None = Field(None, description="Number of a published plan; the newest where none is given")
    district: Text | None = None
    name: Text | None = Field(None, description="Part of the name")
    stands: Literal["served", "promised", "late", "unserved"] | None = None
    level: Level | None = Field(None, description="Service level now")
    year: Year | None = Field(None, description="Planned year")
    option: Text | None = None


class FacilityFilter(Placed):
    """Which facilities."""

    plan: Id | None = Field(None, description="Number of a published plan; the newest where none is given")
    village: Text | None = Field(None, description="Code of the village")
    district: Text | None = None
    kind: Text | None = None
    sector: Text | None = None
    level: Level | None = Field(None, description="Service level now")
    year: Year | None = Field(None, description="Planned year")


class CommitmentFilter(Paging):
    """Which commitments."""

    plan: Id | None = None
    village: Text | None = Field(None, description="Code of the village")
    district: Text | None = None
    state: Text | None = None
    year: Year | None = None
    fund: Text | None = None
    open: bool | None = Field(None, description="true: without those that a later one replaced")


class ContractFilter(Paging):
    """Which contracts."""

    provider: Id | None = Field(None, description="Number of the provider")
    fund: Text | None = None


class BudgetFilter(Paging):
    """Which lines of the budget."""

    fund: Text | None = None
    year: Year | None = None


@router.get("/villages", response={200: Page[shapes.Village], **PROBLEMS}, summary="Villages")
def villages(request: HttpRequest, wanted: Query[VillageFilter]) -> HttpResponse:
    """Villages of a published plan: where each stands, how that is known, what is planned. By code."""

    def make(publication: Publication) -> tuple[list[dict[str, Any]], int]:
        rows = narrowed(publication.villages.all(), wanted, district="district", level="access_now", year="year",
                         option="option", name="name__icontains")  # fmt: skip
        if wanted.stands:
            stands = standing(publication).stands
            rows = rows.filter(code__in=[code for code, word in stands.items() if word == wanted.stands])
        found, total = part(rows, wanted)
        stands = standing(publication, codes=[row.code for row in found]).stands
        return [shapes.told(shapes.Village, row, stands=stands[row.code]) for row in found], total

    return _of_plan(request, wanted, make, "code")


@router.get("/villages/{code}", response={200: shapes.Village, **PROBLEMS}, summary="One village")
def village(request: HttpRequest, code: Text) -> HttpResponse:
    """A village of the newest plan."""

    def make() -> dict[str, Any]:
        publication = newest()
        row = VillageFacts.objects.filter(publication=publication, code=code).first()
        if publication is None or row is None:
            raise ProblemError(404, "problem_not_there")
        return shapes.told(shapes.Village, row, stands=standing(publication, codes=[code]).stands[code])

    return answer(request, make)


@router.get("/facilities", response={200: Page[shapes.Facility], **PROBLEMS}, summary="Facilities")
def facilities(request: HttpRequest, wanted: Query[FacilityFilter]) -> HttpResponse:
    """Offices, schools, health posts and other facilities of a published plan. By village."""

    def make(publication: Publication) -> tuple[list[dict[str, Any]], int]:
        rows: QuerySet[FacilityFacts] = publication.facilities.all()
        rows = narrowed(rows, wanted, village="village_code", kind="kind", sector="sector", level="access_now",
                         year="year")  # fmt: skip
        found, total = part(of_district(rows, publication, wanted.district), wanted)
        return [shapes.told(shapes.Facility, row) for row in found], total

    return _of_plan(request, wanted, make, "key")


@router.get("/commitments", response={200: Page[shapes.Commitment], **PROBLEMS}, summary="Commitments")
def commitments(request: HttpRequest, wanted: Query[CommitmentFilter]) -> HttpResponse:
    """What was promised, by whom, for when; replaced ones stay. By village."""

    def make() -> dict[str, Any]:
        rows = Commitment.objects.select_related("publication", "owner")
        rows = narrowed(rows, wanted, plan="publication__number", village="village_code", state="state",
                         year="year", fund="fund")  # fmt: skip
        if wanted.open is not None:
            rows = rows.filter(replaced_by__isnull=wanted.open)
        found, total = part(of_district(rows, newest(), wanted.district), wanted)
        items = [
            shapes.told(
                shapes.Commitment,
                row,
                plan=row.publication.number if row.publication else None,
                meeting=row.meeting_id,
                due=row.due_on,
                owner=row.owner.name if row.owner else None,
            )
            for row in found
        ]
        return listed(request, items, total, wanted)

    return answer(request, make)


@router.get("/plans", response={200: Page[shapes.Plan], **PROBLEMS}, summary="Published plans")
def plans(request: HttpRequest, wanted: Query[Paging]) -> HttpResponse:
    """Every plan that was published, newest first."""

    def make() -> dict[str, Any]:
        found, total = part(published().defer("totals"), wanted)
        return listed(request, [shapes.told(shapes.Plan, row) for row in found], total, wanted)

    return answer(request, make)


@router.get("/plans/{number}", response={200: shapes.WholePlan, **PROBLEMS}, summary="One published plan")
def plan(request: HttpRequest, number: Id) -> HttpResponse:
    """A published plan with its figures by year, fund, way, district and sector."""

    def make() -> dict[str, Any]:
        row = _plan(number)
        figures = {name: value for name, value in row.totals.items() if name != "map"}
        return shapes.told(shapes.WholePlan, row, totals=figures)

    return answer(request, make)


@router.get("/budget", response={200: Page[shapes.Money], **PROBLEMS}, summary="Budget")
def budget(request: HttpRequest, wanted: Query[BudgetFilter]) -> HttpResponse:
    """By year and fund: what there is, what is planned, contracted and paid."""

    def make() -> dict[str, Any]:
        publication = newest()
        lines = of_budget.lines(publication) if publication else []
        chosen = [
            {
                "year": line.year, "fund": line.fund, "budget_idr": line.budget, "known_by": line.known_by,
                "planned_idr": line.planned or 0, "contracted_idr": line.contracted, "paid_idr": line.paid,
            }
            for line in lines
            if wanted.fund in (None, line.fund) and wanted.year in (None, line.year)
        ]  # fmt: skip
        shown = chosen[wanted.offset : wanted.offset + wanted.limit]
        return listed(request, shown, len(chosen), wanted)

    return answer(request, make)


@router.get("/contracts", response={200: Page[shapes.Contract], **PROBLEMS}, summary="Contracts")
def contracts(request: HttpRequest, wanted: Query[ContractFilter]) -> HttpResponse:
    """What providers owe and are owed for. By number."""

    def make() -> dict[str, Any]:
        rows = Contract.objects.select_related("provider").annotate(count=Count("points"))
        found, total = part(narrowed(rows, wanted, provider="provider", fund="fund"), wanted)
        items = [
            shapes.told(shapes.Contract, row, provider=row.provider.name, points=vars(row)["count"])
            for row in found
        ]
        return listed(request, items, total, wanted)

    return answer(request, make)


@router.get("/providers", response={200: Page[shapes.Provider], **PROBLEMS}, summary="Providers")
def providers(request: HttpRequest, wanted: Query[Paging]) -> HttpResponse:
    """The providers and how many service points each has. By name."""

    def make() -> dict[str, Any]:
        rows = Organisation.objects.filter(kind="provider").annotate(
            count=Count("points"), working=Count("points", filter=Q(points__state="in service"))
        )
        found, total = part(rows, wanted)
        items = [
            shapes.told(shapes.Provider, row, points=vars(row)["count"], in_service=vars(row)["working"])
            for row in found
        ]
        return listed(request, items, total, wanted)

    return answer(request, make)


_Make = Callable[[Publication], tuple[list[dict[str, Any]], int]]


def _of_plan(
    request: HttpRequest, wanted: VillageFilter | FacilityFilter, make: _Make, key: str
) -> HttpResponse:
    """A list of what a published plan has, as JSON or GeoJSON."""
    geojson = wants_geojson(request, wanted)

    def made() -> dict[str, Any]:
        publication = _plan(wanted.plan) if wanted.plan else newest()
        items, total = make(publication) if publication else ([], 0)
        page = listed(request, items, total, wanted)
        return collection(page, key) if geojson else page

    return answer(request, made, geojson)


def _plan(number: int) -> Publication:
    row = published().filter(number=number).first()
    if row is None:
        raise ProblemError(404, "problem_not_there")
    return row


def narrowed(rows: QuerySet[_M], wanted: Schema, **fields: str) -> QuerySet[_M]:
    """The rows that have what is wanted; a filter that is not given leaves them."""
    asked = {field: getattr(wanted, name) for name, field in fields.items()}
    return rows.filter(**{field: value for field, value in asked.items() if value is not None})


def of_district(rows: QuerySet[_M], publication: Publication | None, district: str | None) -> QuerySet[_M]:
    """The rows of a district's villages; all where none is given."""
    if district is None:
        return rows
    codes = VillageFacts.objects.filter(publication=publication, district=district).values("code")
    return rows.filter(village_code__in=codes)
