"""Service points by program: read by everybody, and changed by token just as on the staff pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from merata.plan.options import OPTIONS
from merata.web.api import shapes
from merata.web.api.doors import BY_TOKEN, OPEN, Token, allowed
from merata.web.api.lists import (
    Id,
    Page,
    Placed,
    Text,
    answer,
    collection,
    listed,
    one_of,
    part,
    private,
    wants_geojson,
)
from merata.web.api.problems import Problem, ProblemError
from merata.web.api.reading import PROBLEMS, narrowed, of_district
from merata.web.changes import keep
from merata.web.models import (
    Commitment,
    Contract,
    FacilityFacts,
    Organisation,
    ServicePoint,
    User,
    VillageFacts,
)
from merata.web.models.programme import POINT_STATES
from merata.web.programme.steps import STEPS, new_batch, record, step
from merata.web.public.current import newest
from merata.web.rights import reach

router = Router(tags=["service points"])

#: How calls by token are refused.
REFUSALS: dict[int, Any] = {400: Problem, 401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem,
                             429: Problem}  # fmt: skip

Number = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]
Words = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x08\x0b-\x1f]*$")]
Note = Annotated[str, Field(max_length=5000, pattern=r"^[^\x00-\x08\x0b-\x1f]*$")]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,23}$")]
Option = Annotated[str, *one_of(OPTIONS)]
State = Annotated[str, *one_of(POINT_STATES)]
NextState = Annotated[str, *one_of(STEPS)]


class PointFilter(Placed):
    """Which service points."""

    state: State | None = None
    provider: Id | None = Field(None, description="Number of the provider")
    village: Text | None = Field(None, description="Code of the village")
    district: Text | None = None
    option: Option | None = None


class NewPoint(Schema):
    """A service point that is put forward."""

    model_config = ConfigDict(extra="forbid")
    code: Code
    village_code: Text
    place: Annotated[Words, Field(min_length=1, max_length=160)]
    option: Option
    kind: Annotated[Words, Field(max_length=40)] = ""
    facility_key: Text = ""
    note: Note = ""
    why: Annotated[Words, Field(max_length=200)] = Field("", description="Kept with the change")


class Patch(Schema):
    """What changes of a service point; what is not given stays. Which of it an account may set, its role says."""

    model_config = ConfigDict(extra="forbid")
    state: NextState | None = Field(None, description="Bring it on to this state")
    on: dt.date | None = Field(None, description="The day of the step; today where none is given")
    place: Annotated[Words, Field(min_length=1, max_length=160)] | None = None
    kind: Annotated[Words, Field(max_length=40)] | None = None
    option: Option | None = None
    provider_id: Id | None = None
    contract: Text | None = Field(None, description="Number of the contract")
    commitment_id: Id | None = None
    replaced_by: Text | None = Field(None, description="Code of the point that takes its place")
    fee_idr_per_month: Annotated[int, Field(ge=0, le=2**53)] | None = None
    due: dt.date | None = None
    equipment: Words | None = None
    power: Annotated[Words, Field(max_length=80)] | None = None
    in_building: Words | None = None
    tested_on: dt.date | None = None
    test_down_mbps: Number | None = None
    test_up_mbps: Number | None = None
    test_latency_ms: Number | None = None
    note: Note | None = None
    why: Words = Field("", description="Kept with the change")


@router.get(
    "/service-points", response={200: Page[shapes.Point], **PROBLEMS}, throttle=OPEN, summary="Service points"
)
def points(request: HttpRequest, wanted: Query[PointFilter]) -> HttpResponse:
    """The programme's service points. By code."""
    geojson = wants_geojson(request, wanted)

    def make() -> dict[str, Any]:
        page = _page(request, _rows(), wanted, shapes.Point)
        return collection(page, "code") if geojson else page

    return answer(request, make, geojson)


@router.get("/service-points/{code}", response={200: shapes.Point, **PROBLEMS}, throttle=OPEN,
            summary="One service point")  # fmt: skip
def point(request: HttpRequest, code: Text) -> HttpResponse:
    """A service point, as everybody sees it."""
    return answer(request, lambda: _told([_found(_rows(), code)], shapes.Point)[0])


@router.get(
    "/programme/service-points",
    response={200: Page[shapes.OwnPoint], **REFUSALS},
    auth=Token("read", "points", rights=("see programme",)),
    throttle=BY_TOKEN,
    summary="Service points within reach",
)
def own_points(request: HttpRequest, wanted: Query[PointFilter]) -> HttpResponse:
    """The service points that the token's account reaches, with equipment, power, place and notes. By code."""
    user = allowed(request, "see programme")
    page = _page(request, reach(user, _rows()), wanted, shapes.OwnPoint)
    geojson = wants_geojson(request, wanted)
    return private(collection(page, "code") if geojson else page, geojson=geojson)


@router.get(
    "/programme/service-points/{code}",
    response={200: shapes.OwnPoint, **REFUSALS},
    auth=Token("read", "points", rights=("see programme",)),
    throttle=BY_TOKEN,
    summary="One service point within reach",
)
def own_point(request: HttpRequest, code: Text) -> HttpResponse:
    """A service point that the token's account reaches."""
    user = allowed(request, "see programme")
    return private(_told([_found(reach(user, _rows()), code)], shapes.OwnPoint)[0])


@router.post(
    "/programme/service-points",
    response={201: shapes.OwnPoint, **REFUSALS},
    auth=Token("points", rights=("change programme",)),
    throttle=BY_TOKEN,
    summary="Put a service point forward",
)
def new_point(request: HttpRequest, given: NewPoint) -> HttpResponse:
    """A new point, in the state `proposed`. For offices."""
    user = allowed(request, "change programme")
    values = given.model_dump(exclude={"why"})
    if not VillageFacts.objects.filter(publication=newest(), code=given.village_code).exists():
        raise ProblemError(422, "problem_village", code=given.village_code)
    made = ServicePoint(state="proposed", since=timezone.localdate(), **values)
    keep(made, user, why=given.why, way="api")
    return private(_told([_found(_rows(), made.code)], shapes.OwnPoint)[0], 201)


@router.patch(
    "/programme/service-points/{code}",
    response={200: shapes.OwnPoint, **REFUSALS},
    auth=Token("points", rights=("step points", "record points")),
    throttle=BY_TOKEN,
    summary="Change a service point",
)
def change_point(request: HttpRequest, code: Text, given: Patch) -> HttpResponse:
    """Fields of a point, or its next step, or both at once. All of it is kept, or nothing."""
    user = allowed(request, "step points" if given.state else "record points")
    row = _found(reach(user, _rows()), code)
    with transaction.atomic():
        _change(row, user, given)
    return private(_told([_found(_rows(), code)], shapes.OwnPoint)[0])


def _change(row: ServicePoint, user: User, given: Patch) -> None:
    values = _values(given)
    asked = STEPS[given.state].asks if given.state else ()
    with_step = {name: values.pop(name) for name in asked if name in values}
    kept = {"why": given.why, "way": "api", "batch": new_batch() if given.state and values else ""}
    if values:
        record(row, user, values, **kept)
    if given.state:
        step(row, given.state, user, given.on, **kept, **with_step)


def _values(given: Patch) -> dict[str, Any]:
    """The fields that were given, with what other rows they mean."""
    values = given.model_dump(exclude_unset=True, exclude={"state", "on", "why"})
    named = {"provider_id": "provider", "commitment_id": "commitment"}
    values = {named.get(name, name): value for name, value in values.items()}
    for name in _NAMED:
        if values.get(name) is not None:
            values[name] = _meant(name, values[name])
    texts = ("place", "kind", "option", "equipment", "power", "in_building", "note")
    return {name: "" if value is None and name in texts else value for name, value in values.items()}


def _meant(name: str, key: Any) -> Any:
    rows, by = _NAMED[name]
    found = rows.objects.filter(**{by: key}).first()
    if found is None or (name == "provider" and found.kind != "provider"):
        raise ProblemError(422, "problem_other", field=name, value=key)
    return found


#: Field -> what it leads to, and what names one of those.
_NAMED: dict[str, tuple[Any, str]] = {
    "provider": (Organisation, "pk"),
    "contract": (Contract, "number"),
    "commitment": (Commitment, "pk"),
    "replaced_by": (ServicePoint, "code"),
}


def _rows() -> QuerySet[ServicePoint]:
    return ServicePoint.objects.select_related("provider", "contract", "replaced_by")


def _found(rows: QuerySet[ServicePoint], code: str) -> ServicePoint:
    row = rows.filter(code=code).first()
    if row is None:
        raise ProblemError(404, "problem_not_there")
    return row


def _page(
    request: HttpRequest, rows: QuerySet[ServicePoint], wanted: PointFilter, shape: type[shapes.Point]
) -> dict[str, Any]:
    rows = narrowed(rows, wanted, state="state", provider="provider", village="village_code", option="option")
    found, total = part(of_district(rows, newest(), wanted.district), wanted)
    return listed(request, _told(found, shape), total, wanted)


def _told(rows: list[ServicePoint], shape: type[shapes.Point]) -> list[dict[str, Any]]:
    places = _places(rows)
    told = []
    for row in rows:
        lon, lat = places.get(row.facility_key) or places.get(row.village_code) or (None, None)
        told.append(
            shapes.told(
                shape,
                row,
                provider=row.provider.name if row.provider else None,
                contract=row.contract.number if row.contract else None,
                replaced_by=row.replaced_by.code if row.replaced_by else None,
                lon=lon,
                lat=lat,
            )
        )
    return told


def _places(rows: Iterable[ServicePoint]) -> dict[str, tuple[float | None, float | None]]:
    """Keys of facilities and codes of villages -> where they lie; two queries, however many rows."""
    keys, codes = {row.facility_key for row in rows if row.facility_key}, {row.village_code for row in rows}
    publication = newest()
    villages = VillageFacts.objects.filter(publication=publication, code__in=codes)
    places = FacilityFacts.objects.filter(publication=publication, key__in=keys, lon__isnull=False)
    known = {code: (lon, lat) for code, lon, lat in villages.values_list("code", "lon", "lat")}
    return known | {key: (lon, lat) for key, lon, lat in places.values_list("key", "lon", "lat")}
