"""The province's drawings as light SVG: intervals, funnels, and a map of outlines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

import numpy as np
import pandas as pd
import shapely
from markupsafe import Markup

from merata.province.sure import Interval, funnel

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 360, 220, 34, 196, 10


def interval(of: Interval, most: float, reference: float) -> Markup:
    """A line from the low to the high end with a mark at the value, on a scale from 0 to `most`; empty: nothing known.

    `reference` is drawn as a thin line across. It is for the eye only: the numbers stand beside it.
    """
    if of.value != of.value or most <= 0 or math.isinf(of.value):
        return Markup()
    low, value, high = (min(100.0, 100 * end / most) for end in (of.low, of.value, of.high))
    ref = f'<path class="ref" d="M{100 * reference / most:.1f} 0v12"/>' if 0 <= reference <= most else ""
    return Markup(  # noqa: S704 — numbers only
        '<svg class="iv" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">'
        f'<path class="ax" d="M0 6h100"/>{ref}<path class="ln" d="M{low:.1f} 6H{high:.1f}"/>'
        f'<path class="at" d="M{value:.1f} 1v10"/></svg>'
    )


def funnel_plot(regions: Sequence[tuple[str, int, float]], centre: float, about: str, axis: str) -> Markup:
    """Shares over the number of cases, with the limits within which chance alone leaves 95 % and 99.8 %.

    Parameters
    ----------
    regions
        Label, number of cases, share of each; at most so many that labels can be read.
    centre
        The share of all together.
    """
    most = max((n for _, n, _ in regions), default=0) * 1.15
    if not most or centre != centre:
        return Markup()
    steps = sorted({max(1, round(n)) for n in np.geomspace(max(2.0, most / 60), most, 40)})
    curves = "".join(
        _curve(name, [(_x(n, most), _y(funnel(centre, n, share)[end])) for n in steps])
        for name, share in (("f95", 0.95), ("f998", 0.998))
        for end in (0, 1)
    )
    marks = "".join(
        f'<circle cx="{_x(n, most):.0f}" cy="{_y(share):.0f}" r="3"/><text x="{_x(n, most):.0f}" '
        f'y="{_y(share) + (14 if share > 0.93 else -6):.0f}" text-anchor="middle">{escape(label)}</text>'
        for label, n, share in regions
    )
    ticks = "".join(
        f'<text x="{_LEFT - 4}" y="{_y(share) + 4:.0f}" text-anchor="end">{100 * share:.0f}%</text>'
        for share in (0, 0.5, 1)
    )
    return Markup(  # noqa: S704 — numbers, and texts that are escaped
        f'<svg class="funnel" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(about)}">'
        f'<path class="ax" d="M{_LEFT} {_TOP}V{_BOTTOM}H{_WIDTH}"/>'
        f'<path class="ref" d="M{_LEFT} {_y(centre):.0f}H{_WIDTH}"/>{curves}{ticks}{marks}'
        f'<text x="{_WIDTH}" y="{_HEIGHT - 8}" text-anchor="end">{escape(axis)}: {most / 1.15:.0f}</text></svg>'
    )


def _curve(name: str, points: Sequence[tuple[float, float]]) -> str:
    return f'<path class="{name}" d="M{" ".join(f"{x:.0f} {y:.0f}" for x, y in points)}"/>'


def _x(cases: float, most: float) -> float:
    return _LEFT + (_WIDTH - _LEFT) * cases / most


def _y(share: float) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * share


def outlines(villages: pd.DataFrame, about: str) -> Markup:
    """Each region as an outline around its villages' middles, with its code: not its border, which was not taken."""
    places = villages.dropna(subset=["lon", "lat"])
    if places.empty:
        return Markup()
    squeeze = math.cos(math.radians(float(places["lat"].mean())))
    x, y = places["lon"].to_numpy(float) * squeeze, -places["lat"].to_numpy(float)
    left, top = x.min(), y.min()
    span = max(float(np.ptp(x)), 1e-6)
    scale = min(320 / span, 300 / max(float(np.ptp(y)), 1e-6))
    points = shapely.points(20 + (x - left) * scale, 20 + (y - top) * scale)
    height = 40 + float(np.ptp(y)) * scale
    pieces = [
        _outline(points[(places["region"] == code).to_numpy()], str(code))
        for code in sorted(places["region"].unique())
    ]
    return Markup(  # noqa: S704 — numbers, and names that are escaped
        f'<svg class="prov" viewBox="0 0 360 {height:.0f}" role="img" aria-label="{escape(about)}">'
        f"{''.join(pieces)}</svg>"
    )


def _outline(points: np.ndarray, name: str) -> str:
    hull = shapely.concave_hull(shapely.multipoints(points), ratio=0.4)
    shape = shapely.simplify(shapely.buffer(hull, 6, quad_segs=2), 1.5)
    ring = shapely.get_coordinates(shapely.get_exterior_ring(shape))[:-1]
    middle = shapely.get_coordinates(shapely.centroid(shape))[0]
    path = "M" + " ".join(f"{px:.0f} {py:.0f}" for px, py in ring) + "z"
    return f'<path d="{path}"/><text x="{middle[0]:.0f}" y="{middle[1]:.0f}" text-anchor="middle">{escape(name)}</text>'
