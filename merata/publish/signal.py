"""Coverage maps: level, strength, quality or speed of the known towers' signal, pixel by pixel, with shares of land."""

from __future__ import annotations

import base64
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
from rasterio.errors import NotGeoreferencedWarning
from rasterio.features import geometry_mask
from rasterio.io import MemoryFile

from merata.publish import maps
from merata.publish.words import Tongue
from merata.radio.coverage_map import Coverage
from merata.region.grid import Grid
from merata.region.tables import LEVELS

#: Pixels across the picture at most.
_ACROSS = 1000
#: In the report, which holds it beside everything else.
_ACROSS_PAGE = 640
_OUTSIDE = 255

#: From weak to strong, darker with strength: all eyes tell them apart, in grey too (cividis, Nuñez et al. 2018).
_SHADES = ("#fff3b0", "#dcc85d", "#a69d75", "#7b7b78", "#4f5b6e", "#1d3a70", "#00173d")
_NOWHERE = "#ffffff"
_BY_LEVEL = {"none": "#f1ece3", "basic": "#f2c45f", "working": "#7db8dc", "good": "#1f5f99"}

#: Over pixels, rivers and roads must not look like a class of the map.
_STYLE = (
    ".m-river{stroke:#fff;stroke-width:2.6;opacity:.9}.m-road{stroke:#3b3b3b;stroke-width:1.3;opacity:.7}"
    ".s-village{fill:none;stroke:#fff;stroke-width:1;opacity:.45}.m-legend path{stroke:#777;stroke-width:1}"
    ".m-large .m-legend text{font-size:42px}.m-large .m-note{font-size:34px}.m-large .m-bar-text{font-size:38px}"
    ".m-large .m-name text{font-size:38px}.m-large .m-head{font-size:46px}"
)


@dataclass(frozen=True)
class Show:
    """What a map may show: an array of the coverage, or of the map of the chance; its unit; where its classes begin."""

    array: str
    title: str
    unit: str
    edges: tuple[float, ...]


SHOWS: Mapping[str, Show] = {
    "level": Show("level", "signal_level", "", ()),
    "strength": Show("rsrp_dbm", "signal_strength", "dBm", (-120, -110, -100, -90, -80)),
    "quality": Show("sinr_db", "signal_quality", "dB", (-5, 0, 5, 13, 20)),
    "chance": Show("chance", "signal_chance", "%", (10, 25, 50, 75, 90)),
    "speed": Show("down_mbps", "signal_down", "Mbit/s", (1, 5, 10, 20, 50, 100)),
}


@dataclass(frozen=True)
class Class:
    """One class of a map."""

    name: str
    words: str
    color: str
    share: float
    """Part of the region's land, 0 to 1."""
    plus_minus: float | None = None
    """How unsure the middle one of its pixels on land is, in the map's unit; None: the map does not say."""


@dataclass(frozen=True, eq=False)
class SignalMap:
    """A finished map: a file of its own, or a figure for a page."""

    svg: str
    title: str
    classes: tuple[Class, ...]
    shown: tuple[Class, ...]
    """Those that the picture has, from strong to weak."""


@dataclass(frozen=True, eq=False)
class Layer:
    """What a map shows."""

    region: str
    """Name of the region."""
    villages: gpd.GeoDataFrame
    """Its villages' polygons: the land that the shares are of."""
    radius_km: float
    """How far towers were looked for."""
    show: str
    """Key of SHOWS."""
    values: npt.NDArray[Any]
    """(rows, columns) of `grid`: the array that `SHOWS[show]` names; NaN, or level 0, where nothing reaches."""
    grid: Grid
    heading: str = ""
    """What it shows; of SHOWS when left out."""
    plus_minus: npt.NDArray[Any] | None = None
    """(rows, columns): how unsure each value is; the legend tells it by class."""

    def title(self, t: Tongue) -> str:
        """What the map shows."""
        return self.heading or t(SHOWS[self.show].title)


def layer_of(
    coverage: Coverage, show: str, region: str, villages: gpd.GeoDataFrame, radius_km: float
) -> Layer:
    """The layer `show` of a coverage map."""
    return Layer(region, villages, radius_km, show, getattr(coverage, SHOWS[show].array), coverage.grid)


def map_of(drawing: maps.Drawing, layer: Layer, t: Tongue, note: str) -> SignalMap:
    """A coverage map of a region as a file of its own; `drawing` is of its villages, `note` the line under the map."""
    place, classes, shown = _classified(layer, t)
    words = [(f"s-{c.name}", t("signal_share", words=c.words, share=share(c.share, t))) for c in shown]
    title = f"{layer.region} — {layer.title(t)}"
    style = (files("merata.publish") / "templates" / "map.css").read_text(encoding="utf-8")
    colors = "".join(f".f-s-{c.name}{{fill:{c.color}}}" for c in classes)
    outlines = f'<path class="s-village" d="{"".join(drawing.outlines.values())}"/>'
    body = _image(_on_picture(place, layer.grid, drawing), drawing, [c.color for c in classes]) + outlines
    about = _about(layer.region, shown, t)
    svg = maps.sheet(drawing, body, words, title, note, style + _STYLE + colors, about=about, large=True)
    return SignalMap(svg, title, classes, shown)


def figure_of(drawing: maps.Drawing, layer: Layer, t: Tongue) -> SignalMap:
    """The same map as a figure of the page that holds `maps.shared_defs` and `picture_def`."""
    _, classes, shown = _classified(layer, t)
    title, key = layer.title(t), f"{t.language}-map-{layer.show}"
    svg = (
        f'<svg class="map" viewBox="0 0 {maps.WIDTH} {drawing.height}" role="img" aria-labelledby="{key}-t {key}-d">'
        f'<title id="{key}-t">{escape(title)}</title><desc id="{key}-d">{escape(_about(layer.region, shown, t))}</desc>'
        f'<use href="#signal-{layer.show}"/><use href="#over"/></svg>'
    )
    return SignalMap(svg, title, classes, shown)


def picture_def(drawing: maps.Drawing, values: npt.NDArray[Any], grid: Grid, show: str) -> str:
    """The pixels of a figure, once for all languages of a page, hidden: `<use href="#signal-…">` shows them."""
    colors = [color for _, _, color in _legend(show, Tongue("en"), 0)]
    image = _image(_on_picture(_classes_of(values, show), grid, drawing, _ACROSS_PAGE), drawing, colors)
    return (
        '<svg class="defs" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
        f'<g id="signal-{show}">{image}</g></defs></svg>'
    )


def _about(region: str, shown: Sequence[Class], t: Tongue) -> str:
    parts = "; ".join(t("signal_share", words=c.words, share=share(c.share, t)) for c in shown)
    return t("signal_about", region=region, parts=parts)


def _classified(
    layer: Layer, t: Tongue
) -> tuple[npt.NDArray[np.uint8], tuple[Class, ...], tuple[Class, ...]]:
    """The class of each pixel; all classes; those that the map has, from strong to weak."""
    place, inside = _classes_of(layer.values, layer.show), _inside(layer.villages, layer.grid)
    parts = _legend(layer.show, t, layer.radius_km)
    shares = _shares(place, inside, len(parts))
    unsure: list[float | None] = [None] * len(parts)
    if layer.plus_minus is not None:
        unsure = [_typical(layer.plus_minus[inside & (place == at)]) for at in range(len(parts))]
    classes = tuple(
        Class(name, words if pm is None else t("signal_pm", words=words, pm=_whole(pm, t)), color, part, pm)
        for (name, words, color), part, pm in zip(parts, shares, unsure, strict=True)
    )
    return place, classes, tuple(classes[at] for at in sorted(np.unique(place).tolist(), reverse=True))


def _typical(values: npt.NDArray[Any]) -> float | None:
    known = values[~np.isnan(values)]
    return round(float(np.median(known)), 1) if known.size else None


def _whole(plus_minus: float, t: Tongue) -> str:
    # As `Tongue.chance` has it: what is unsure at all is never told as ± 0.
    return t.number(max(plus_minus, 1.0))


def note(t: Tongue, *, date: str, run_id: str, version: str, made_up: bool) -> str:
    """The line under a map: how it is known, when, from which run, and that an example is made up."""
    said = t("signal_note", date=t.day(date), version=version, run=run_id)
    return f"{t('made_up_strip')} · {said}" if made_up else said


def share(part: float, t: Tongue) -> str:
    """A share of the land: to a tenth of a percent where it is small."""
    return t.share(part, 1 if 0 < part < 0.1 else 0)


def _classes_of(values: npt.NDArray[Any], show: str) -> npt.NDArray[np.uint8]:
    """The class of each pixel: a level's position; or 0 nowhere, 1 below the first edge, and so on."""
    if show == "level":
        return values.astype(np.uint8)
    known = ~np.isnan(values)
    place = np.digitize(np.where(known, values, 0.0), SHOWS[show].edges).astype(np.uint8) + np.uint8(1)
    return np.where(known, place, np.uint8(0)).astype(np.uint8)


def _legend(show: str, t: Tongue, radius_km: float) -> list[tuple[str, str, str]]:
    """(name, words, colour) by class."""
    if show == "level":
        return [(level, t.word("level", level), _BY_LEVEL[level]) for level in LEVELS]
    edges, unit = SHOWS[show].edges, SHOWS[show].unit
    shades = [_SHADES[round(i)] for i in np.linspace(0, len(_SHADES) - 1, len(edges) + 1)]
    nowhere = ("nowhere", t("signal_nowhere", km=t.number(radius_km)), _NOWHERE)
    names = [f"{place}" for place in range(len(edges) + 1)]
    return [nowhere, *zip(names, _ranges(edges, unit, t), shades, strict=True)]


def _ranges(edges: Sequence[float], unit: str, t: Tongue) -> Iterator[str]:
    numbers, tail = [t.number(edge) for edge in edges], unit if unit == "%" else f" {unit}"
    yield t("signal_below", high=numbers[0] + tail)
    for low, high in pairwise(numbers):
        yield t("signal_between", low=low, high=high + tail)
    yield t("signal_from", low=numbers[-1] + tail)


def _inside(villages: gpd.GeoDataFrame, grid: Grid) -> npt.NDArray[np.bool_]:
    """Pixels whose middle is in a village."""
    shapes = [shape for shape in villages.to_crs(grid.crs).geometry if shape is not None and shape.area > 0]
    if not shapes:
        return np.ones(grid.shape, bool)
    inside: npt.NDArray[np.bool_] = geometry_mask(shapes, grid.shape, grid.transform, invert=True)
    return inside


def _shares(place: npt.NDArray[np.uint8], inside: npt.NDArray[np.bool_], classes: int) -> list[float]:
    counts = np.bincount(place[inside], minlength=classes)[:classes]
    return [float(count) / max(int(counts.sum()), 1) for count in counts]


def _on_picture(
    place: npt.NDArray[np.uint8], grid: Grid, drawing: maps.Drawing, across: int = _ACROSS
) -> npt.NDArray[np.uint8]:
    """The classes on the picture's own pixels: of each the class at its middle; _OUTSIDE beyond the grid."""
    unit_m = drawing.km * 1000 / maps.WIDTH
    step_m = maps.WIDTH * unit_m / across
    x_m = drawing.corner_m[0] + (np.arange(across) + 0.5) * step_m
    y_m = drawing.corner_m[1] - (np.arange(round(drawing.height * unit_m / step_m)) + 0.5) * step_m
    rows, columns = grid.pixels(x_m, y_m)
    row, column = np.floor(rows).astype(int), np.floor(columns).astype(int)
    beyond = ((row < 0) | (row >= grid.height))[:, None] | ((column < 0) | (column >= grid.width))[None, :]
    seen = place[np.clip(row, 0, grid.height - 1)][:, np.clip(column, 0, grid.width - 1)]
    return np.where(beyond, np.uint8(_OUTSIDE), seen).astype(np.uint8)


def _image(picture: npt.NDArray[np.uint8], drawing: maps.Drawing, colors: Sequence[str]) -> str:
    """The picture's pixels as a PNG of a few colours inside the SVG."""
    palette = {place: (*bytes.fromhex(color[1:]), 255) for place, color in enumerate(colors)}
    palette[_OUTSIDE] = (255, 255, 255, 255)
    rows, columns = picture.shape
    with MemoryFile() as memory, warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)  # a picture lies nowhere on the Earth
        with memory.open(driver="PNG", width=columns, height=rows, count=1, dtype="uint8", zlevel=9) as file:
            file.write(picture, 1)
            file.write_colormap(1, palette)
        content = base64.b64encode(memory.read()).decode()
    return (
        f'<image width="{maps.WIDTH}" height="{drawing.height}" preserveAspectRatio="none" '
        f'style="image-rendering:pixelated" href="data:image/png;base64,{content}"/>'
    )
