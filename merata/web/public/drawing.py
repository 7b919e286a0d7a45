"""What the small maps are drawn from: dots as the shortest paths there are, and the part of the map to show."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from merata.web.models import Publication, VillageFacts
from merata.web.standing import STANDS, standing

_STEP = re.compile(r"([MmLlHhVvZz])|(-?\d+(?:\.\d+)?)")
_ROOM = 2
"""Units left around what is shown."""


@dataclass(frozen=True)
class Map:
    """A district's map."""

    view: str
    """The part of the region's map that it shows, as an SVG viewBox."""
    borders: str
    """The borders of its villages, one path."""
    own: str
    """The border of the village that the page is of, if it is of one."""
    dots: dict[str, str]


def district_map(publication: Publication, district: str, own: str = "") -> Map | None:
    """The map of a district, with the village `own` marked; None when its borders are not known."""
    found = standing(publication, district)
    shapes = dict(publication.villages.filter(district=district).values_list("code", "shape"))
    drawn = {code: shape for code, shape in shapes.items() if shape}
    if not drawn:
        return None
    others = "".join(shape for code, shape in drawn.items() if code != own)
    return Map(view_of(drawn.values()), others, drawn.get(own, ""), dots(found.villages, found.stands))


def dots(villages: Iterable[VillageFacts], stands: dict[str, str]) -> dict[str, str]:
    """One SVG path of dots for each word of STANDS: each a line of no length with round ends, the shortest there is."""
    places: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for village in villages:
        if village.x is not None and village.y is not None:
            places[stands[village.code]].add((village.y, village.x))
    return {word: _dotted(sorted(places[word])) for word in STANDS if places[word]}


def _dotted(places: list[tuple[int, int]]) -> str:
    text, at_x, at_y = "", 0, 0
    for y, x in places:
        text += f"m{x - at_x}{y - at_y:+d}h0" if y < at_y else f"m{x - at_x} {y - at_y}h0"
        at_x, at_y = x, y
    return text


def view_of(shapes: Iterable[str]) -> str:
    """The viewBox that holds all shapes."""
    corners = [corner for shape in shapes for corner in _corners(shape)]
    left, top = (min(axis) - _ROOM for axis in zip(*corners, strict=True))
    right, bottom = (max(axis) + _ROOM for axis in zip(*corners, strict=True))
    return f"{left:g} {top:g} {right - left:g} {bottom - top:g}"


def _corners(shape: str) -> list[tuple[float, float]]:
    """Where a path of straight lines turns."""
    corners: list[tuple[float, float]] = []
    x = y = 0.0
    command, numbers = "", list[float]()
    for letter, number in _STEP.findall(shape):
        if letter:
            command, numbers = letter, []
            continue
        numbers.append(float(number))
        if command in "HhVv":
            x, y = _along(command, numbers.pop(), x, y)
        elif len(numbers) == 2:
            x, y = (x + numbers[0], y + numbers[1]) if command.islower() else (numbers[0], numbers[1])
            numbers = []
        else:
            continue
        corners.append((x, y))
    return corners


def _along(command: str, number: float, x: float, y: float) -> tuple[float, float]:
    if command in "Hh":
        return (x + number if command == "h" else number), y
    return x, (y + number if command == "v" else number)
