"""Styles as QGIS keeps them (QML): categorised by a column, told apart by pattern as well as colour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from xml.etree import ElementTree as ET

Shape = Literal["fill", "line", "marker"]
Layers = Sequence[tuple[str, Mapping[str, str]]]
"""Symbol layers from the lowest up: QGIS class and its options."""

#: QGIS 3.28 LTR: the oldest whose symbols have the Option form that is written here.
QGIS_VERSION = "3.28.0"


@dataclass(frozen=True)
class Category:
    """One class of a style: the value in the column (None: all others), its words, its symbol."""

    value: str | int | None
    label: str
    layers: Layers


@dataclass(frozen=True)
class Style:
    """A style of one layer."""

    name: str
    about: str
    shape: Shape
    column: str
    """Column that tells the classes apart; empty: one symbol for all."""
    categories: Sequence[Category]
    label: str = ""
    """Column written beside each feature when zoomed in; empty: none."""
    is_default: bool = field(default=False)


def fill(color: str, pattern: str = "solid", outline: str = "#ffffff", width_mm: float = 0.2) -> Layers:
    """A filled area; a pattern other than 'solid' (like 'b_diagonal') lies over a pale ground of its colour."""
    edge = {"outline_color": _rgba(outline), "outline_width": f"{width_mm:g}", "outline_width_unit": "MM"}
    if pattern == "solid":
        return [("SimpleFill", {"color": _rgba(color), "style": "solid", "outline_style": "solid", **edge})]
    ground = {"color": _rgba(color, 70), "style": "solid", "outline_style": "solid", **edge}
    return [
        ("SimpleFill", ground),
        ("SimpleFill", {"color": _rgba(color), "style": pattern, "outline_style": "no", **edge}),
    ]


def line(color: str, width_mm: float, style: str = "solid") -> Layers:
    """A line; `style` is Qt's: solid, dash, dot."""
    options = {"line_color": _rgba(color), "line_width": f"{width_mm:g}", "line_width_unit": "MM"}
    return [("SimpleLine", {**options, "line_style": style, "capstyle": "round", "joinstyle": "round"})]


def marker(color: str, name: str, size_mm: float) -> Layers:
    """A point symbol of QGIS's own: circle, square, triangle, diamond, star, cross_fill."""
    options = {"color": _rgba(color), "name": name, "size": f"{size_mm:g}", "size_unit": "MM"}
    edge = {"outline_color": _rgba("#ffffff"), "outline_style": "solid", "outline_width": "0.2"}
    return [("SimpleMarker", {**options, **edge, "outline_width_unit": "MM"})]


def qml(style: Style) -> str:
    """The style as the text of a QML document."""
    root = ET.Element(
        "qgis",
        version=QGIS_VERSION,
        styleCategories="Symbology|Labeling",
        labelsEnabled=_flag(bool(style.label)),
    )
    kind = "categorizedSymbol" if style.column else "singleSymbol"
    renderer = ET.SubElement(
        root, "renderer-v2", type=kind, forceraster="0", symbollevels="0", enableorderby="0"
    )
    if style.column:
        renderer.set("attr", style.column)
        _add_categories(renderer, style.categories)
    symbols = ET.SubElement(renderer, "symbols")
    for place, category in enumerate(style.categories):
        _add_symbol(symbols, str(place), style.shape, category.layers)
    if style.label:
        _add_labels(root, style)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n{text}\n"


def _add_categories(renderer: ET.Element, categories: Iterable[Category]) -> None:
    parent = ET.SubElement(renderer, "categories")
    for place, category in enumerate(categories):
        kind = "integer" if isinstance(category.value, int) else "string"
        value = "" if category.value is None else str(category.value)
        ET.SubElement(
            parent, "category", type=kind, value=value, label=category.label, symbol=str(place), render="true"
        )


def _add_symbol(parent: ET.Element, name: str, shape: Shape, layers: Layers) -> None:
    symbol = ET.SubElement(
        parent, "symbol", name=name, type=shape, alpha="1", clip_to_extent="1", force_rhr="0"
    )
    for kind, options in layers:
        layer = ET.SubElement(symbol, "layer", {"class": kind, "enabled": "1", "locked": "0", "pass": "0"})
        table = ET.SubElement(layer, "Option", type="Map")
        for key, value in sorted(options.items()):
            ET.SubElement(table, "Option", name=key, value=value, type="QString")


def _add_labels(root: ET.Element, style: Style) -> None:
    labeling = ET.SubElement(root, "labeling", type="simple")
    settings = ET.SubElement(labeling, "settings", calloutType="simple")
    words = {"fieldName": style.label, "isExpression": "0", "fontSize": "8", "fontSizeUnit": "Point"}
    text = ET.SubElement(settings, "text-style", {**words, "textColor": _rgba("#12222b"), "textOpacity": "1"})
    halo = {"bufferDraw": "1", "bufferSize": "0.8", "bufferSizeUnits": "MM", "bufferColor": _rgba("#ffffff")}
    ET.SubElement(text, "text-buffer", {**halo, "bufferOpacity": "1"})
    # 4 is "horizontal" for areas, 0 "around the point" for points.
    ET.SubElement(
        settings, "placement", placement="4" if style.shape == "fill" else "0", dist="1", distUnits="MM"
    )
    ET.SubElement(settings, "rendering", drawLabels="1", scaleVisibility="1", scaleMin="0", scaleMax="400000")


def _rgba(color: str, alpha: int = 255) -> str:
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return f"{red},{green},{blue},{alpha}"


def _flag(value: bool) -> str:
    return "1" if value else "0"
