"""Brings shapes to degrees (EPSG:4326) and sees through a projection that is missing or wrongly declared."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from merata.region.findings import Severity

Shapes = npt.NDArray[np.object_]

#: West and east end of each province of Indonesia by its code, whole degrees outwards (geographic fact).
PROVINCES = {
    "11": (94, 99), "12": (96, 101), "13": (98, 102), "14": (99, 104), "15": (100, 105), "16": (101, 107),
    "17": (100, 104), "18": (103, 107), "19": (104, 109), "21": (103, 110), "31": (106, 107), "32": (106, 109),
    "33": (108, 112), "34": (109, 111), "35": (110, 117), "36": (105, 107), "51": (114, 116), "52": (115, 120),
    "53": (118, 126), "61": (108, 115), "62": (110, 116), "63": (114, 118), "64": (113, 120), "65": (114, 119),
    "71": (123, 128), "72": (119, 125), "73": (117, 123), "74": (120, 126), "75": (121, 124), "76": (117, 120),
    "81": (124, 136), "82": (124, 130), "91": (137, 141), "92": (129, 135), "93": (137, 141), "94": (134, 138),
    "95": (137, 141), "96": (129, 133),
}  # fmt: skip

_DEGREES = pyproj.CRS(4326)


@dataclass(frozen=True)
class Brought:
    """Shapes in degrees, None where nothing tells their projection; and what had to be supposed."""

    shapes: Shapes | None
    severity: Severity | None = None
    what: str = ""
    done: str = ""
    settle: str = ""


def to_degrees(shapes: Shapes, crs: pyproj.CRS | None, codes: Iterable[str], words: str) -> Brought:
    """Shapes in longitude and latitude.

    Parameters
    ----------
    shapes
        Shapes in `crs`, or in what their numbers show when that can't be.
    crs
        What the file declares; None when it declares nothing.
    codes
        Official village codes in the layer: their province tells the UTM zone.
    words
        Names of the file and layer, which may name the zone (`desa_utm50s`).

    """
    bounds = shapely.total_bounds(shapes)
    if not np.isfinite(bounds).all():
        return Brought(shapes)
    looks_like_degrees = bool(np.abs(bounds).max() <= 180.5)
    if crs is not None and crs.is_geographic == looks_like_degrees:
        return _turned(shapes, bounds) if crs.equals(_DEGREES, True) else Brought(_project(shapes, crs))
    said = "declares no projection" if crs is None else f"declares the projection '{crs.name}'"
    if looks_like_degrees:
        what = (
            f"the layer {said}, but its numbers are degrees"
            if crs
            else f"the layer {said}; its numbers are degrees"
        )
        turned = _turned(shapes, bounds)
        return Brought(
            turned.shapes,
            "repaired",
            what,
            f"read as longitude and latitude (WGS 84). {turned.done}".strip(),
            _CHECK,
        )
    code = _utm(bounds, codes, words)
    if code is None:
        what = f"the layer {said}, and its numbers are metres of an unknown zone"
        return Brought(
            None,
            "error",
            what,
            "left out",
            "save it with its projection (.prj), or in EPSG:4326, and add it again",
        )
    crs = pyproj.CRS(code)
    return Brought(
        _project(shapes, crs),
        "repaired",
        f"the layer {said}, but its numbers are metres",
        f"read as {crs.name} (EPSG:{code})",
        _CHECK,
    )


_CHECK = (
    "look at the map whether the villages lie where they should; if not, save the file with its projection"
)


def _turned(shapes: Shapes, bounds: npt.NDArray[np.float64]) -> Brought:
    """Shapes whose first number is the latitude, turned round: a longitude beyond 90 can't be a latitude."""
    if max(abs(bounds[1]), abs(bounds[3])) <= 90.5 or max(abs(bounds[0]), abs(bounds[2])) > 90.5:
        return Brought(shapes)
    turned = shapely.transform(shapes, lambda xy: xy[:, ::-1])
    return Brought(
        turned, "repaired", "latitude stands before longitude in the layer", "turned round", _CHECK
    )


def _project(shapes: Shapes, crs: pyproj.CRS) -> Shapes:
    transformer = pyproj.Transformer.from_crs(crs, _DEGREES, always_xy=True)
    moved: Shapes = shapely.transform(
        shapes, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))
    )
    return moved


def _utm(bounds: npt.NDArray[np.float64], codes: Iterable[str], words: str) -> int | None:
    """EPSG code of the UTM zone that metres are in, when the names or the codes tell it."""
    west, south, east, north = bounds
    if not (west >= 0 and east <= 1_200_000 and south >= -2_000_000 and north <= 10_100_000):
        return None
    base = 32700 if south > 5_000_000 else 32600
    named = re.search(r"(?<!\d)([1-5]?\d|60)\s?_?-?([ns])(?![a-z])", words.lower())
    if named and 1 <= int(named[1]) <= 60:
        return (32700 if named[2] == "s" else 32600) + int(named[1])
    provinces = {code[:2] for code in codes} & PROVINCES.keys()
    if len(provinces) != 1:
        return None
    first, last = PROVINCES[provinces.pop()]
    fitting = []
    for zone in range((first + 180) // 6 + 1, (last + 180) // 6 + 2):
        longitudes, _ = pyproj.Transformer.from_crs(base + zone, 4326, always_xy=True).transform(
            [west, east], [south, north]
        )
        if first - 0.5 <= min(longitudes) and max(longitudes) <= last + 0.5:
            fitting.append(base + zone)
    return fitting[0] if len(fitting) == 1 else None
