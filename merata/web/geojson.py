"""Places as GeoJSON writes them (RFC 7946)."""

from __future__ import annotations

from typing import Any


def point(lon: float | None, lat: float | None) -> dict[str, Any] | None:
    """A point, WGS 84; none where the place is not known."""
    return None if lon is None or lat is None else {"type": "Point", "coordinates": [lon, lat]}
