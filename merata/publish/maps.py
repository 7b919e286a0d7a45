"""Maps as SVG text: villages by class, with rivers, roads, towers and names; small, and the same bytes each time."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from merata.publish.map_works import swatch

#: Units across a map; a whole unit is less than half a pixel on a desk.
WIDTH = 1600
_MARGIN = 24
#: Most characters that rivers, or roads, may take; beyond it they are simplified further.
_MOST_LINE_TEXT = 30_000
_LABEL_HEIGHT = 34
_YEAR_HEIGHT = 26

Point = tuple[float, float]


@dataclass(frozen=True)
class Drawing:
    """What the maps of a region share: outlines as SVG path data, in units of a WIDTH-wide picture."""

    height: int
    outlines: dict[str, str]
    """By village code; a village without an outline is not in it."""
    centres: dict[str, Point]
    rivers: str
    roads: str
    towers: str
    borders: str
    """Between districts."""
    names: list[tuple[float, float, str]]
    """Districts' names where they do not run into each other."""
    km: float
    """How many kilometres WIDTH is."""
    crs: Any = None
    """Projection of the picture, metric."""
    corner_m: Point = (0.0, 0.0)
    """Upper left corner in that projection."""


def draw(
    villages: gpd.GeoDataFrame, tables: Mapping[str, pd.DataFrame], projection: str = "", width: int = WIDTH
) -> Drawing | None:
    """The shared parts of a region's maps; None when no village has a geometry.

    Parameters
    ----------
    villages
        With code, district and polygons (or points) in any projection.
    tables
        The region's; `ways` and `sites` are drawn when they have geometry.
    projection
        Metric, like 'EPSG:32750'; empty: the UTM zone of the villages.
    width
        Units across. The functions below that write a whole picture expect WIDTH.

    """
    placed = villages[~(villages.geometry.isna() | villages.geometry.is_empty)]
    if placed.empty:
        return None
    crs = projection or placed.estimate_utm_crs()
    metric = placed.to_crs(crs).reset_index(drop=True)
    scale = _Scale.of(metric, width)
    shapes = _simplified(metric.geometry.values, scale.m_per_unit)
    codes = [str(code) for code in metric["code"]]
    centres = {
        code: scale.to_units(shape.representative_point()) for code, shape in zip(codes, shapes, strict=True)
    }
    districts = _by_district(metric["district"], shapes)
    box = shapely.box(*scale.bounds)
    return Drawing(
        height=scale.height,
        outlines={code: _area_path(shape, scale) for code, shape in zip(codes, shapes, strict=True)},
        centres=centres,
        rivers=_lines(tables.get("ways"), "river", crs, scale),
        roads=_lines(tables.get("ways"), "road", crs, scale),
        towers=_towers(tables.get("sites"), crs, box, scale),
        borders="".join(_area_path(shape, scale) for shape in districts.values() if shape.area > 0),
        names=_district_names(districts, scale),
        km=width * scale.m_per_unit / 1000,
        crs=crs,
        corner_m=(scale.west_m, scale.north_m),
    )


@dataclass(frozen=True)
class _Scale:
    """From metres to picture units, north up."""

    west_m: float
    north_m: float
    m_per_unit: float
    height: int
    bounds: tuple[float, float, float, float]

    @classmethod
    def of(cls, metric: gpd.GeoDataFrame, width: int) -> _Scale:
        west, south, east, north = (float(edge) for edge in metric.total_bounds)
        across_m, up_m = max(east - west, 100.0), max(north - south, 100.0)
        margin = _MARGIN * width / WIDTH
        m_per_unit = max(across_m, up_m / 1.25) / (width - 2 * margin)
        height = math.ceil(up_m / m_per_unit + 2 * margin)
        spare, margin_m = (width - across_m / m_per_unit) / 2, margin * m_per_unit
        return cls(
            west - spare * m_per_unit, north + margin_m, m_per_unit, height,
            (west - spare * m_per_unit, south - margin_m, east + spare * m_per_unit, north + margin_m),
        )  # fmt: skip

    def to_units(self, point: BaseGeometry) -> Point:
        x, y = self.array(shapely.get_coordinates(point))[0]
        return float(x), float(y)

    def array(self, xy_m: np.ndarray) -> np.ndarray:
        return np.column_stack(
            ((xy_m[:, 0] - self.west_m) / self.m_per_unit, (self.north_m - xy_m[:, 1]) / self.m_per_unit)
        )


def _simplified(shapes: np.ndarray, m_per_unit: float) -> np.ndarray:
    """Neighbours keep their common border (shapely.coverage_simplify); points stay points."""
    flat = np.array(
        [_polygons(shape) for shape in shapely.force_2d(np.asarray(shapes, dtype=object))], dtype=object
    )
    areas = np.array([shape.geom_type != "Point" for shape in flat])
    if areas.any():
        flat[areas] = shapely.coverage_simplify(flat[areas], tolerance=1.6 * m_per_unit)
    return flat


def _polygons(shape: BaseGeometry) -> BaseGeometry:
    """The polygons of a shape; its middle when it has none."""
    valid = shape if shape.is_valid else shapely.make_valid(shape)
    parts = [part for part in shapely.get_parts(shapely.get_parts(valid)) if part.geom_type == "Polygon"]
    parts = [part for part in parts if part.area > 0]
    if not parts:
        return shapely.centroid(valid)
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _area_path(shape: BaseGeometry, scale: _Scale) -> str:
    if shape.geom_type == "Point":
        x, y = scale.to_units(shape)
        return f"M{x - 8:.0f} {y:.0f}a8 8 0 1 0 16 0a8 8 0 1 0-16 0z"
    rings = [
        _ring(scale.array(shapely.get_coordinates(ring)))
        for polygon in shapely.get_parts(shape)
        if polygon.geom_type == "Polygon"
        for ring in (polygon.exterior, *polygon.interiors)
    ]
    return "".join(rings)


def _ring(units: np.ndarray) -> str:
    text = _run(units[:-1])
    return f"{text}z" if text else ""


def _run(units: np.ndarray) -> str:
    """'M10 20l3 4-5 6': absolute start, then whole-unit steps; a run within one unit gives ''."""
    whole = np.rint(units).astype(int)
    steps = np.diff(whole, axis=0)
    steps = steps[(steps != 0).any(axis=1)]
    if not len(steps):
        return ""
    joined = "".join(f"{'' if number < 0 else ' '}{number}" for number in steps.ravel()).strip()
    return f"M{whole[0][0]} {whole[0][1]}l{joined}"


def _lines(table: pd.DataFrame | None, kind: str, crs: object, scale: _Scale) -> str:
    """The ways of one kind as path data, simplified until they fit in _MOST_LINE_TEXT characters."""
    if not isinstance(table, gpd.GeoDataFrame) or table.empty or "kind" not in table:
        return ""
    rows = table[(table["kind"] == kind) & ~(table.geometry.isna() | table.geometry.is_empty)]
    if rows.empty:
        return ""
    lines = shapely.get_parts(shapely.force_2d(rows.to_crs(crs).geometry.values))
    # Merged end to end, but not noded where they cross: a union of a regency's roads takes minutes.
    merged = shapely.get_parts(
        shapely.line_merge(shapely.MultiLineString([x for x in lines if x.length > 0]))
    )
    clipped = shapely.get_parts(shapely.clip_by_rect(merged, *scale.bounds))
    parts = [part for part in clipped if part.geom_type == "LineString" and part.length > 0]
    tolerance = 1.5 * scale.m_per_unit
    while True:
        runs = [
            _run(scale.array(shapely.get_coordinates(shapely.simplify(part, tolerance)))) for part in parts
        ]
        text = "".join(runs)
        if len(text) <= _MOST_LINE_TEXT:
            return text
        tolerance *= 1.6
        parts = [part for part in parts if part.length > 4 * tolerance]


def _towers(table: pd.DataFrame | None, crs: object, box: BaseGeometry, scale: _Scale) -> str:
    """A small triangle for each site; sites within a few units of each other share one."""
    if not isinstance(table, gpd.GeoDataFrame) or table.empty:
        return ""
    points = shapely.centroid(
        table[~(table.geometry.isna() | table.geometry.is_empty)].to_crs(crs).geometry.values
    )
    inside = points[shapely.intersects(box, points)]
    if not len(inside):
        return ""
    units = np.rint(scale.array(shapely.get_coordinates(inside)) / 6).astype(int) * 6
    return "".join(f"M{x} {y - 11}l8 14h-16z" for x, y in sorted({(int(x), int(y)) for x, y in units}))


def _by_district(names: pd.Series[str], shapes: np.ndarray) -> dict[str, BaseGeometry]:
    """One outline for each district, in order of name; a district of points keeps its points."""
    groups: dict[str, list[BaseGeometry]] = {}
    for name, shape in zip(names, shapes, strict=True):
        # Villages that overlap may come out of the simplifying crossed.
        groups.setdefault(str(name), []).append(shape if shape.is_valid else shapely.make_valid(shape))
    return {name: shapely.union_all(groups[name]) for name in sorted(groups)}


def _district_names(districts: Mapping[str, BaseGeometry], scale: _Scale) -> list[tuple[float, float, str]]:
    largest = sorted(districts.items(), key=lambda pair: (-pair[1].area, str(pair[0])))
    wanted = [(*scale.to_units(shape.representative_point()), str(name)) for name, shape in largest]
    return _without_overlap(wanted, _LABEL_HEIGHT, 0.56)


def _without_overlap(
    labels: Iterable[tuple[float, float, str]],
    height: float,
    width_per_letter: float,
    around: Sequence[tuple[float, float, str]] = (),
) -> list[tuple[float, float, str]]:
    """The labels that run neither into one before them nor into `around`, moved inside the picture's sides."""
    kept: list[tuple[float, float, str]] = []
    boxes = [(x, y, _half_width(text, _LABEL_HEIGHT, 0.56)) for x, y, text in around]
    for x, y, text in labels:
        half = _half_width(text, height, width_per_letter)
        x = min(max(x, half + 2), WIDTH - half - 2)
        if all(abs(x - bx) > half + bhalf or abs(y - by) > height for bx, by, bhalf in boxes):
            kept.append((x, y, text))
            boxes.append((x, y, half))
    return kept


def _half_width(text: str, height: float, width_per_letter: float) -> float:
    return len(text) * width_per_letter * height / 2 + 4


def shared_defs(drawing: Drawing | None) -> str:
    """A hidden SVG with what all maps and figures of one page use: patterns, outlines, overlay."""
    shapes = ""
    if drawing is not None:
        outlines = "".join(f'<path id="v{escape(code)}" d="{d}"/>' for code, d in drawing.outlines.items())
        shapes = f'{outlines}<g id="over">{_overlay(drawing)}</g>'
    return (
        '<svg class="defs" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
        f"{PATTERNS}{_STRIPES}{shapes}</defs></svg>"
    )


#: For bars, which stretch sideways: upright stripes stay stripes.
_STRIPES = "".join(
    f'<pattern id="{name}" width="{step}" height="10" patternUnits="userSpaceOnUse">'
    f'<path class="{name}-bg" d="M0 0h{step}v10h-{step}z"/>'
    f'<path class="{name}-ink" d="M0 0h{ink}v10h-{ink}z"/></pattern>'
    for name, step, ink in (("stripe", 1.2, 0.5), ("warm", 1.4, 0.8), ("thin", 1.8, 0.35))
)


PATTERNS = (
    '<pattern id="hatch" width="14" height="14" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<path class="p-bg" d="M0 0h14v14h-14z"/><path class="p-ink" d="M0 0h5v14h-5z"/></pattern>'
    '<pattern id="dots" width="18" height="18" patternUnits="userSpaceOnUse">'
    '<path class="d-bg" d="M0 0h18v18h-18z"/><circle class="d-ink" cx="5" cy="5" r="3"/>'
    '<circle class="d-ink" cx="14" cy="14" r="3"/></pattern>'
)


def _overlay(drawing: Drawing) -> str:
    names = "".join(
        f'<text x="{x:.0f}" y="{y + 10:.0f}">{escape(name)}</text>' for x, y, name in drawing.names
    )
    bar_km = _nice(drawing.km / 5)
    bar = bar_km / drawing.km * WIDTH
    right, low = WIDTH - 30, drawing.height - 24
    return (
        f'<path class="m-road" d="{drawing.roads}"/><path class="m-river" d="{drawing.rivers}"/>'
        f'<path class="m-border" d="{drawing.borders}"/><path class="m-tower" d="{drawing.towers}"/>'
        f'<g class="m-name">{names}</g>'
        f'<path class="m-bar m-case" d="M{right - bar:.0f} {low - 10}v10h{bar:.0f}v-10"/>'
        f'<path class="m-bar" d="M{right - bar:.0f} {low - 10}v10h{bar:.0f}v-10"/>'
        f'<text class="m-bar-text" x="{right - bar / 2:.0f}" y="{low - 12}">{bar_km:g} km</text>'
    )


def _nice(km: float) -> float:
    power = 10.0 ** math.floor(math.log10(max(km, 1e-3)))
    return max(step * power for step in (1, 2, 5) if step * power <= km * 1.0001)


def year_labels(drawing: Drawing, years: Mapping[str, int]) -> str:
    """'26 at the middle of each village that gets something, where there is room."""
    wanted = [
        (*drawing.centres[code], f"’{year % 100:02d}")
        for code, year in sorted(years.items(), key=lambda pair: (pair[1], pair[0]))
        if code in drawing.centres
    ]
    kept = _without_overlap(wanted, _YEAR_HEIGHT, 0.62, drawing.names)
    return '<g class="m-year">' + "".join(
        f'<text x="{x:.0f}" y="{y + 9:.0f}">{text}</text>' for x, y, text in kept
    ) + "</g>"  # fmt: skip


def inline_map(
    drawing: Drawing,
    classes: Mapping[str, str],
    names: Mapping[str, str],
    key: str,
    title: str,
    about: str,
    extra: str = "",
) -> str:
    """A map for the page that holds `shared_defs`: each village a link to its place in the list.

    `classes` and `names` by code; `key` makes the ids of this map unique, its first part is the language.
    """
    language = key.split("-")[0]
    groups = []
    for word in sorted(set(classes.values())):
        codes = [code for code in drawing.outlines if classes.get(code) == word]
        uses = "".join(
            f'<a href="#{language}-v{escape(code)}" tabindex="-1"><title>{escape(names[code])}</title>'
            f'<use href="#v{escape(code)}"/></a>'
            for code in codes
        )
        groups.append(f'<g class="f-{word}">{uses}</g>')
    return (
        f'<svg class="map" viewBox="0 0 {WIDTH} {drawing.height}" role="img" aria-labelledby="{key}-t {key}-d">'
        f'<title id="{key}-t">{escape(title)}</title><desc id="{key}-d">{escape(about)}</desc>'
        f'{"".join(groups)}<use href="#over"/>{extra}</svg>'
    )


def file_map(
    drawing: Drawing,
    classes: Mapping[str, str],
    legend: list[tuple[str, str]],
    heading: str,
    note: str,
    style: str,
    extra: str = "",
) -> str:
    """A map of villages as a file of its own: heading, villages, legend as (class, words), a note under it."""
    groups = [
        f'<g class="f-{word}">'
        + "".join(f'<path d="{d}"/>' for code, d in drawing.outlines.items() if classes.get(code) == word)
        + "</g>"
        for word in sorted(set(classes.values()))
    ]
    return sheet(drawing, "".join(groups), legend, heading, note, style, extra)


def sheet(
    drawing: Drawing,
    body: str,
    legend: list[tuple[str, str]],
    heading: str,
    note: str,
    style: str,
    extra: str = "",
    *,
    about: str = "",
    large: bool = False,
) -> str:
    """A map file around `body`: heading, rivers, roads, names and scale bar over it, legend and a note below.

    `about` is read aloud instead of the note. `large`: words that can be read on a phone, the legend in one column.
    """
    columns, row, letters = (1, 60, 86) if large else (2, 40, 200)
    notes = textwrap.wrap(note, letters)
    heads = textwrap.wrap(heading, 58 if large else 72)
    top = 84 + 52 * (len(heads) - 1)
    below = top + drawing.height + 20
    foot = below + row * math.ceil(len(legend) / columns)
    height = foot + 20 + 30 * len(notes) + (10 * len(notes) if large else 0)
    items = "".join(
        f'<g transform="translate({30 + 780 * (at % columns)} {below + row * (at // columns)})">'
        f"{swatch(word, row - 12)}"
        f'<text x="58" y="{(row + 6) // 2}">{escape(words)}</text></g>'
        for at, (word, words) in enumerate(legend)
    )
    said = "".join(
        f'<text class="m-note" x="30" y="{foot + 30 + (40 if large else 30) * line}">{escape(words)}</text>'
        for line, words in enumerate(notes)
    )
    titles = "".join(
        f'<text class="m-head" x="30" y="{56 + 52 * line}">{escape(words)}</text>'
        for line, words in enumerate(heads)
    )
    size = ' class="m-large"' if large else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-labelledby="t d"{size}><title id="t">{escape(heading)}</title>'
        f'<desc id="d">{escape(about or note)}</desc>'
        f"<style>{style}</style><defs>{PATTERNS}</defs>"
        f'<path fill="#fff" d="M0 0h{WIDTH}v{height}h-{WIDTH}z"/>'
        f"{titles}"
        f'<g transform="translate(0 {top})">{body}{_overlay(drawing)}{extra}</g>'
        f'<g class="m-legend">{items}</g>{said}</svg>\n'
    )
