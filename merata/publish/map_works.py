"""What the plan builds, drawn over its map: cable, hops, towers, repeaters, each told apart by shape."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pyproj import Transformer

if TYPE_CHECKING:
    from merata.publish.maps import Drawing

Point = tuple[float, float]

#: Each sign: class in map.css, sentence, kinds of works, and its picture in a legend's box of 44 by 28 units.
_SIGNS: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    ("m-cable", "work_cable", ("fibre",), "M2 14h40"),
    ("m-hop", "work_hop", ("microwave",), "M2 14h40"),
    ("m-repeater", "work_repeater", ("repeater",), "M14 6l16 16M30 6l-16 16"),
    ("m-mast", "work_tower", ("new tower", "cell", "satellite"), "M22 2l12 12-12 12-12-12z"),
)
#: Pictures of the signs by class, for legends.
_PICTURES = {word: picture for word, _, _, picture in _SIGNS}
#: Works that are smaller than this on the map still show as a stroke of so many units.
_SHORTEST = 6


@dataclass(frozen=True)
class Sign:
    """One kind of works on the map."""

    word: str
    """Class in map.css."""
    key: str
    """Key of its sentence."""
    count: int
    """How many are drawn."""
    path: str
    """Its picture in a legend's box of 44 by 28 units."""


def draw(works: pd.DataFrame, drawing: Drawing) -> tuple[str, list[Sign]]:
    """The works as SVG text, and the signs that it shows; ('', []) when there is nothing to draw.

    `works` are rows of plan.works; those without a position on the map are left out. A tower and its cell at one place
    are one sign.
    """
    shapes: tuple[Callable[[pd.DataFrame, Drawing], list[str]], ...] = (_lines, _lines, _crosses, _diamonds)
    pieces, signs = [], []
    for (word, key, kinds, picture), shape in zip(_SIGNS, shapes, strict=True):
        drawn = shape(works[works["kind"].isin(kinds)], drawing)
        if drawn:
            path = "".join(drawn)
            pieces.append(f'<path class="{word} m-case" d="{path}"/><path class="{word}" d="{path}"/>')
            signs.append(Sign(word, key, len(drawn), picture))
    return ("".join(pieces), signs)


def _units(lon: pd.Series, lat: pd.Series, drawing: Drawing) -> list[Point | None]:
    """Positions in picture units; None where there is none on the picture."""
    from merata.publish.maps import WIDTH

    to_metres = Transformer.from_crs(4326, drawing.crs, always_xy=True)
    east, north = (column.astype("Float64").to_numpy(dtype=float, na_value=np.nan) for column in (lon, lat))
    x_m, y_m = to_metres.transform(east, north)
    m_per_unit = drawing.km * 1000 / WIDTH
    x, y = (x_m - drawing.corner_m[0]) / m_per_unit, (drawing.corner_m[1] - y_m) / m_per_unit
    inside = (x >= 0) & (x <= WIDTH) & (y >= 0) & (y <= drawing.height)
    return [(float(a), float(b)) if here else None for a, b, here in zip(x, y, inside.tolist(), strict=True)]


def _lines(rows: pd.DataFrame, drawing: Drawing) -> list[str]:
    starts, ends = _units(rows["lon"], rows["lat"], drawing), _units(rows["to_lon"], rows["to_lat"], drawing)
    return [_stroke(a, b) for a, b in zip(starts, ends, strict=True) if a and b]


def _stroke(a: Point, b: Point) -> str:
    across, down = b[0] - a[0], b[1] - a[1]
    long = float(np.hypot(across, down))
    if long < _SHORTEST:
        across, down = (across / long * _SHORTEST, down / long * _SHORTEST) if long else (_SHORTEST, 0.0)
    return f"M{a[0]:.0f} {a[1]:.0f}l{across:.0f} {down:.0f}"


def _crosses(rows: pd.DataFrame, drawing: Drawing) -> list[str]:
    return [f"M{x - 9} {y - 9}l18 18m0-18l-18 18" for x, y in _spots(rows, drawing)]


def _diamonds(rows: pd.DataFrame, drawing: Drawing) -> list[str]:
    return [f"M{x} {y - 14}l14 14-14 14-14-14z" for x, y in _spots(rows, drawing)]


def _spots(rows: pd.DataFrame, drawing: Drawing) -> Iterable[tuple[int, int]]:
    """Where points stand, each place once: nodes, and links of which only one end has a position."""
    lone = rows["to_lon"].isna() | rows["lon"].isna()
    own = rows[lone]
    lon, lat = own["lon"].fillna(own["to_lon"]), own["lat"].fillna(own["to_lat"])
    return sorted({(round(p[0]), round(p[1])) for p in _units(lon, lat, drawing) if p})


def swatch(word: str, height: int) -> str:
    """A legend's box: the picture of a sign of works, else a field of the class."""
    picture = _PICTURES.get(word)
    if picture is None:
        return f'<path class="f-{word}" d="M0 0h44v{height}h-44z"/>'
    return f'<path class="{word}" d="{picture}"/>'
