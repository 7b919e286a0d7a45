"""The API's description, with the kinds of content that answers really have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from merata.web.api.problems import KIND

#: What a list of what has a place may come as beside JSON.
_GEOJSON = {
    "schema": {
        "type": "object",
        "description": "A FeatureCollection (RFC 7946); total, next and previous stand beside its features",
        "required": ["type", "features", "total", "next", "previous"],
        "properties": {"type": {"const": "FeatureCollection"}, "features": {"type": "array"}},
    }
}


class Described(NinjaAPI):
    """An API whose errors are problems and whose places come as GeoJSON too."""

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        """Its addresses; what can be read answers HEAD as well."""
        urls = super()._get_urls()
        for one in urls:
            if isinstance(one, URLPattern):
                one.callback = _with_head(one.callback)
        return urls

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The description as OpenAPI has it."""
        schema = super().get_openapi_schema(**options)
        for operation in _operations(schema):
            placed = any(parameter["name"] == "format" for parameter in operation.get("parameters", ()))
            for status, answer in operation["responses"].items():
                content = answer.get("content", {})
                if int(status) >= 400 and "application/json" in content:
                    content[KIND] = content.pop("application/json")
                elif placed and int(status) == 200:
                    content["application/geo+json"] = _GEOJSON
        return schema


def _with_head(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """HEAD as GET; the server leaves the body out."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **values: Any) -> HttpResponseBase:
        asked = request.method
        request.method = "GET" if asked == "HEAD" else asked
        try:
            return view(request, *args, **values)
        finally:
            request.method = asked

    return answer


def _operations(schema: OpenAPISchema) -> Iterator[dict[str, Any]]:
    for methods in schema["paths"].values():
        yield from methods.values()
