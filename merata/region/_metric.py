"""Whether a projection counts in metres: what a region's grid needs, said in words where it does not."""

from __future__ import annotations

import functools


@functools.lru_cache(maxsize=64)
def why_not_metric(projection: str) -> str:
    """Why `projection` (like EPSG:32750) has no flat coordinates in metres; empty when it has."""
    from pyproj import CRS  # the settings are read by commands that need no map
    from pyproj.exceptions import CRSError

    try:
        crs = CRS.from_user_input(projection)
    except CRSError:
        return "is no projection that PROJ knows"
    if crs.is_geographic:
        return f"is longitude and latitude in degrees ({crs.name})"
    if not crs.is_projected:
        return f"is no map projection ({crs.name})"
    odd = [axis.unit_name for axis in crs.axis_info if axis.unit_conversion_factor != 1]
    return f"counts in {odd[0]}, not in metres ({crs.name})" if odd else ""
