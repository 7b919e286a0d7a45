"""What all lists of the API share: pages with links, GeoJSON, and answers that are asked for by their ETag."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Generic, Literal, TypeVar
from urllib.parse import urlencode

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from ninja import Schema
from pydantic import AfterValidator, Field, WithJsonSchema

from merata import __version__
from merata.web.geojson import point
from merata.web.page import kept_in, site_version
from merata.web.public.current import newest

MOST = 1000
_M = TypeVar("_M", bound=Model)
_T = TypeVar("_T")

#: Text that a filter takes: short, without control characters, which databases refuse.
Text = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f]*$")]
Year = Annotated[int, Field(ge=1900, le=2200)]
Id = Annotated[int, Field(ge=1, le=2**31 - 1)]


def one_of(choices: Iterable[str]) -> tuple[AfterValidator, WithJsonSchema]:
    """What makes a text one of the choices that are declared elsewhere."""
    known = list(choices)

    def check(value: str) -> str:
        if value not in known:
            raise ValueError(f"Expected one of: {', '.join(known)}")
        return value

    return AfterValidator(check), WithJsonSchema({"type": "string", "enum": known})


class Paging(Schema):
    """Which part of a list."""

    limit: int = Field(100, ge=1, le=MOST, description="How many at most")
    offset: int = Field(0, ge=0, le=10_000_000, description="How many to leave out first")


class Placed(Paging):
    """A list of what has a place."""

    format: Literal["json", "geojson"] = Field("json", description="geojson: a FeatureCollection (RFC 7946)")


class Page(Schema, Generic[_T]):
    """A part of a list."""

    items: list[_T]
    total: int = Field(description="How many there are in all")
    next: str | None = Field(description="Address of the next part")
    previous: str | None = Field(description="Address of the part before")
    made_up: bool = Field(description="The region is a made-up example: nothing here is real")


#: By whether it is GeoJSON.
_KINDS = {False: "application/json", True: "application/geo+json"}

Make = Callable[[], Mapping[str, Any] | None]


def answer(request: HttpRequest, make: Make, geojson: bool = False, mark: str = "") -> HttpResponse:
    """An open answer: made once, kept until anything (or `mark`) changes, 304 for who has it already."""
    # Late is what a year went by, so that a new day may change what no row says.
    seed = f"{__version__} {site_version()} {timezone.localdate()} {geojson} {mark} {request.get_full_path()}"
    name = hashlib.sha256(seed.encode()).hexdigest()[:24]
    tag = f'W/"{name}"'
    if tag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    else:
        cache = kept_in(request)
        body: bytes | None = cache.get(f"api:{name}")
        if body is None:
            body = dumped(make())
            cache.set(f"api:{name}", body, timeout=3600)
        response = HttpResponse(body, content_type=_KINDS[geojson])
    response["ETag"] = tag
    response["Cache-Control"] = "public, max-age=60"
    patch_vary_headers(response, ["Accept", "Accept-Encoding"])
    return response


def private(body: Any, status: int = 200, geojson: bool = False) -> HttpResponse:
    """An answer for one account."""
    response = HttpResponse(dumped(body), status=status, content_type=_KINDS[geojson])
    response["Cache-Control"] = "no-store, private"
    return response


def dumped(body: Any) -> bytes:
    """JSON: times as ISO 8601 in UTC."""
    return json.dumps(body, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":")).encode()


def wants_geojson(request: HttpRequest, wanted: Placed) -> bool:
    """By parameter or by Accept."""
    return wanted.format == "geojson" or "application/geo+json" in request.headers.get("Accept", "")


def part(rows: QuerySet[_M], wanted: Paging) -> tuple[list[_M], int]:
    """The rows of a part, and how many there are in all."""
    return list(rows[wanted.offset : wanted.offset + wanted.limit]), rows.count()


def listed(request: HttpRequest, items: list[dict[str, Any]], total: int, wanted: Paging) -> dict[str, Any]:
    """A part of a list with what leads on."""
    publication = newest()
    after, before = wanted.offset + wanted.limit, max(0, wanted.offset - wanted.limit)
    return {
        "items": items,
        "total": total,
        "next": _link(request, wanted, after) if after < total else None,
        "previous": _link(request, wanted, before) if wanted.offset else None,
        "made_up": bool(publication and publication.made_up),
    }


def collection(page: Mapping[str, Any], key: str) -> dict[str, Any]:
    """A part of a list as GeoJSON; what leads on stays beside it."""
    beside = {name: page[name] for name in ("total", "next", "previous", "made_up")}
    return {"type": "FeatureCollection", "features": list(_features(page["items"], key)), **beside}


def _features(items: Iterable[dict[str, Any]], key: str) -> Iterable[dict[str, Any]]:
    for item in items:
        geometry = point(item.get("lon"), item.get("lat"))
        properties = {name: value for name, value in item.items() if name not in ("lon", "lat")}
        yield {"type": "Feature", "id": item[key], "geometry": geometry, "properties": properties}


def _link(request: HttpRequest, wanted: Paging, offset: int) -> str:
    query = {name: value for name, value in request.GET.items() if name not in ("limit", "offset")}
    return f"{request.path}?{urlencode({**query, 'limit': wanted.limit, 'offset': offset})}"
