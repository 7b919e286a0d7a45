"""Mends polygons, and measures where they lie over each other or leave gaps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

Shapes = npt.NDArray[np.object_]

#: An equal-area projection of the world: areas in m² everywhere.
_EQUAL_AREA = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:6933", always_xy=True)

#: From here on an overlap is told: a share of the smaller village, or km².
OVERLAP_SHARE, OVERLAP_KM2 = 0.01, 0.1
GAP_KM2 = 0.01


@dataclass(frozen=True)
class Overlap:
    """Two polygons, by their positions, that lie over each other."""

    one: int
    other: int
    area_km2: float
    share: float
    """Of the smaller one, 0 to 1."""


def only_polygons(shape: BaseGeometry | None) -> shapely.MultiPolygon | None:
    """A shape's areas as a valid MultiPolygon in two dimensions; None when it has none.

    Rings that cross themselves are mended as `shapely.make_valid` does (structure kept); points and lines that
    come out of it are dropped.
    """
    if shape is None or shape.is_empty:
        return None
    shape = shapely.force_2d(shape)
    if not shape.is_valid:
        shape = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    parts = [
        p for p in shapely.get_parts(shapely.get_parts(shape)) if p.geom_type == "Polygon" and p.area > 0
    ]
    if not parts:
        return None
    joined = parts[0] if len(parts) == 1 else shapely.union_all(parts)
    return shapely.MultiPolygon([p for p in shapely.get_parts(joined) if p.geom_type == "Polygon"])


def area_km2(shapes: Shapes) -> npt.NDArray[np.float64]:
    """Areas of shapes in EPSG:4326, km²."""
    flat = shapely.transform(shapes, lambda xy: np.column_stack(_EQUAL_AREA.transform(xy[:, 0], xy[:, 1])))
    areas: npt.NDArray[np.float64] = shapely.area(flat) / 1e6
    return areas


def overlaps(shapes: Shapes) -> list[Overlap]:
    """Pairs of polygons (EPSG:4326, valid) that share more than 1 % of the smaller one or 0.1 km², largest first."""
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    first = one < other
    one, other = one[first], other[first]
    shared = area_km2(np.asarray(shapely.intersection(shapes[one], shapes[other]), dtype=object))
    own = area_km2(shapes)
    share = shared / np.maximum(np.minimum(own[one], own[other]), 1e-12)
    told = (shared > OVERLAP_KM2) | ((share > OVERLAP_SHARE) & (shared > 1e-6))
    found = [
        Overlap(int(a), int(b), float(km2), float(part))
        for a, b, km2, part in zip(one[told], other[told], shared[told], share[told], strict=True)
    ]
    return sorted(found, key=lambda o: (-o.area_km2, o.one, o.other))


def gaps(shapes: Shapes) -> list[tuple[float, float, float]]:
    """Holes that polygons (EPSG:4326, valid) leave between them: area in km² and a point inside, largest first."""
    # Snapped to a centimetre: borders that differ by a rounding would let a hole run out between them.
    union = shapely.union_all(shapes, grid_size=1e-7)
    rings = [ring for part in shapely.get_parts(union) for ring in part.interiors]
    holes = np.array([shapely.Polygon(ring) for ring in rings], dtype=object)
    if not len(holes):
        return []
    areas = area_km2(holes)
    found = []
    for hole, area in zip(holes, areas, strict=True):
        if area >= GAP_KM2:
            point = shapely.point_on_surface(hole)
            found.append((float(area), round(point.x, 4), round(point.y, 4)))
    return sorted(found, key=lambda gap: (-gap[0], gap[1], gap[2]))
