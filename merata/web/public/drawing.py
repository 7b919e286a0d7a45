"""What the small maps are drawn from: dots as the shortest paths there are, and the part of the map to show."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from merata.web.memory import remembered
from merata.web.models import Publication, VillageFacts
from merata.web.standing import STANDS, standing

_STEP = re.compile(r"([MmLlHhVvZz])|(-?\d+(?:\.\d+)?)")
Corner = tuple[int, int]

#: Characters that the borders on the front page may take: about half its budget of bytes once they are compressed.
MOST_BORDERS = 10_000
_GRIDS = (2, 3, 4, 6, 8)
_FEWEST = 3
"""Corners below which a ring is not drawn."""
_WHOLE = 20
"""Dots from one that is placed from the map's corner to the next one; the others are placed from the one before."""
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
    shapes = remembered(("shapes", publication.pk), lambda: _shapes(publication))
    drawn = {row.code: shapes[row.code] for row in found.villages if row.code in shapes}
    if not drawn:
        return None
    others = "".join(shape for code, shape in drawn.items() if code != own)
    return Map(view_of(drawn.values()), others, drawn.get(own, ""), dots(found.villages, found.stands))


def _shapes(publication: Publication) -> dict[str, str]:
    return {code: shape for code, shape in publication.villages.values_list("code", "shape") if shape}


def dots(villages: Iterable[VillageFacts], stands: dict[str, str]) -> dict[str, str]:
    """One SVG path of dots for each word of STANDS: each a line of hardly any length with round or square ends."""
    places: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for village in villages:
        if village.x is not None and village.y is not None:
            places[stands[village.code]].add((village.y, village.x))
    return {word: _dotted(sorted(places[word])) for word in STANDS if places[word]}


def _dotted(places: list[tuple[int, int]]) -> str:
    # Printers leave out square ends of lines without any length. The hundredths add up until the next whole place.
    text, at_x, at_y = "", 0, 0
    for number, (y, x) in enumerate(places):
        text += f"m{x - at_x} {y - at_y}h.01" if number % _WHOLE else f"M{x} {y}h.01"
        at_x, at_y = x, y
    return text.replace(" -", "-")


def view_of(shapes: Iterable[str]) -> str:
    """The viewBox that holds all shapes."""
    corners = [corner for shape in shapes for ring in _rings(shape) for corner in ring]
    left, top = (min(axis) - _ROOM for axis in zip(*corners, strict=True))
    right, bottom = (max(axis) + _ROOM for axis in zip(*corners, strict=True))
    return f"{left} {top} {right - left} {bottom - top}"


@lru_cache(maxsize=8)
def light(borders: str) -> str:
    """Borders that take no more than MOST_BORDERS characters where a coarser grid can make them so."""
    for grid in _GRIDS:
        if len(borders) <= MOST_BORDERS:
            break
        borders = "".join(_path(ring, grid) for ring in _rings(borders))
    return borders


def _path(ring: list[Corner], grid: int) -> str:
    """A ring with its corners moved to a grid; neighbours that share a border move alike. Empty: too small to see."""
    moved = [(round(x / grid) * grid, round(y / grid) * grid) for x, y in ring]
    kept = [corner for corner, before in zip(moved, [None, *moved[:-1]], strict=True) if corner != before]
    if len(kept) < _FEWEST:
        return ""
    steps = (f"{x - a} {y - b}" for (a, b), (x, y) in pairwise(kept))
    return f"M{kept[0][0]} {kept[0][1]}l{' '.join(steps)}z".replace(" -", "-")


def _rings(shape: str) -> list[list[Corner]]:
    """The corners of each part of a path of straight lines, in whole units."""
    rings: list[list[Corner]] = []
    x = y = 0
    command, numbers = "", list[int]()
    for letter, number in _STEP.findall(shape):
        if letter:
            command, numbers = letter, []
            continue
        numbers.append(round(float(number)))
        if command in "HhVv":
            x, y = _along(command, numbers.pop(), x, y)
        elif len(numbers) == 2:
            x, y = (x + numbers[0], y + numbers[1]) if command.islower() else (numbers[0], numbers[1])
            numbers = []
        else:
            continue
        if command in "Mm" and not numbers:
            rings.append([])
            command = "L" if command == "M" else "l"  # further numbers after a move are lines
        rings[-1].append((x, y))
    return rings


def _along(command: str, number: int, x: int, y: int) -> Corner:
    if command in "Hh":
        return (x + number if command == "h" else number), y
    return x, (y + number if command == "v" else number)
