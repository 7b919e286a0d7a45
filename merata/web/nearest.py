"""The nearest place with a working link, as the crow flies."""

from __future__ import annotations

from collections.abc import Iterable
from math import cos, hypot, radians
from typing import Any, NamedTuple


class Working(NamedTuple):
    """A village with a working link, and how that is known; `programme`: a service point of its own is in service."""

    code: str
    name: str
    lon: float | None
    lat: float | None
    known_by: str


PROGRAMME = "programme"


def nearest(code: str, lon: float | None, lat: float | None, places: Iterable[Working]) -> dict[str, Any]:
    """The nearest of `places` but the one of `code`: its code, name, km and known_by; {} where none is known."""
    if lon is None or lat is None:
        return {}
    east = 111.32 * cos(radians(lat))
    found = [
        (hypot((place.lon - lon) * east, (place.lat - lat) * 110.57), place)
        for place in places
        if place.code != code and place.lon is not None and place.lat is not None
    ]
    if not found:
        return {}
    km, place = min(found, key=lambda pair: (pair[0], pair[1].code))
    return {"code": place.code, "name": place.name, "km": round(km, 1), "known_by": place.known_by}
