"""The picture of one radio path: ground, trees, the Earth's curve, Fresnel zone, ray, and what takes the signal."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from merata.publish.words import Language, Tongue
from merata.radio import between
from merata.radio.between import CAUSES, Path
from merata.radio.land import SEA

if TYPE_CHECKING:
    from matplotlib.figure import Figure  # an extra: only who draws needs it

#: Colours that people who see no red or no green tell apart (Okabe and Ito 2008), and a pattern or a line each.
_GROUND, _TREES, _SEA = "#c9b79c", "#009e73", "#56b4e9"
_RAY, _ZONE, _BLOCK, _INK, _FAINT = "#000000", "#0072b2", "#d55e00", "#1b2a33", "#6b7a83"
_OF_CAUSE = {"distance": "#999999", "earth": "#0072b2", "hills": "#a0764a", "cover": "#009e73"}
_HATCHES = {"distance": "", "earth": "..", "hills": "//", "cover": "xx"}

#: Width and height in pixels, by where the picture is looked at. Words stay 12 to 15 pixels high on both.
SIZES: Mapping[str, tuple[int, int]] = {"desk": (1000, 640), "phone": (390, 800)}
Screen = Literal["desk", "phone"]
Kind = Literal["svg", "png"]

#: Points of a drawn outline at most: more can't be seen, and would only make the file larger.
_MOST_POINTS = 600


@dataclass(frozen=True)
class Received:
    """What arrives at the far end from a sector's antenna."""

    rsrp_dbm: float
    level: str
    """Best of region.tables.LEVELS that this is enough for."""


def picture(
    path: Path,
    language: Language,
    *,
    screen: Screen = "desk",
    kind: Kind = "svg",
    received: Received | None = None,
    made_up: bool = False,
) -> bytes:
    """The picture as a file's content: SVG with real text, or PNG at twice the size; the same path, the same bytes."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    t = Tongue(language)
    width, height = SIZES[screen]
    style: Any = {
        "svg.hashsalt": "merata",
        "svg.fonttype": "none",
        "font.family": "sans-serif",
        "font.sans-serif": ["DejaVu Sans", "Noto Sans", "Liberation Sans"],
        "font.size": 9.0,
        "hatch.linewidth": 0.6,
        "hatch.color": "#ffffff",
    }
    with mpl.rc_context(style):
        figure = Figure(figsize=(width / 100, height / 100), dpi=100)
        _fill(figure, path, t, screen, received, made_up)
        return _saved(figure, kind, path, t, received)


def _saved(figure: Figure, kind: Kind, path: Path, t: Tongue, received: Received | None) -> bytes:
    buffer = io.BytesIO()
    if kind == "png":
        figure.savefig(buffer, format="png", dpi=200, metadata={"Software": None})
        return buffer.getvalue()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": "Merata"})
    text = buffer.getvalue().decode()
    told = escape("\n".join(lines(path, t.language, received)))
    head, rest = text.split("<svg ", 1)
    opening, rest = rest.split(">", 1)
    spoken = f'<title id="t">{escape(_title(path, t))}</title><desc id="d">{told}</desc>'
    labelled = f'<svg lang="{t.language}" role="img" aria-labelledby="t d" '
    return f"{head}{labelled}{opening}>{spoken}{rest}".encode()


def lines(path: Path, language: Language, received: Received | None = None) -> list[str]:
    """What the picture says, in words: length and frequency, loss, what is received, what is in the way, the reason."""
    t = Tongue(language)
    said = [_about(path, t), f"{t('path_loss', db=t.number(path.loss_db, 1))}."]
    if received is not None:
        said.append(f"{_received(received, t)}.")
    said += [_in_the_way(path, t), _worst(path, t)]
    said.append(t("path_model", percent=t.number(path.settings.time_percent)))
    return said


def _title(path: Path, t: Tongue) -> str:
    return t("path_title", a=path.a.name, b=path.b.name)


def _about(path: Path, t: Tongue) -> str:
    return t(
        "path_about",
        km=t.number(path.distance_km, 2 if path.distance_km < 10 else 1),
        mhz=t.number(path.frequency_mhz),
        high_a=_height(path.a.height_m, t),
        high_b=_height(path.b.height_m, t),
    )


def _height(height_m: float, t: Tongue) -> str:
    return t.number(height_m, 0 if height_m == round(height_m) else 1)


def _received(received: Received, t: Tongue) -> str:
    none = received.level == "none"
    level = t("path_no_level") if none else t("path_level", level=t.word("level", received.level))
    return t("path_received", dbm=t.number(received.rsrp_dbm), level=level)


def _in_the_way(path: Path, t: Tongue) -> str:
    block = path.block
    tall = block.cover_m >= 1
    what = t("path_trees", m=t.number(block.cover_m)) if tall else t("path_ground")
    km = t.number(block.at_km, 1)
    if block.clearance_m < 0:
        return t("path_cut", km=km, what=what, m=t.number(max(-block.clearance_m, 1)))
    if block.free_share < 0.6:
        return t("path_narrow", km=km, what=what, share=t.share(block.free_share))
    return t("path_free")


def _worst(path: Path, t: Tongue) -> str:
    if path.reason == "distance":
        return t("path_only_distance")
    db = t.number(path.causes[path.reason])
    return {
        "earth": t("path_worst_earth", db=db),
        "hills": t("path_worst_hills", db=db),
        "cover": t("path_worst_cover", db=db),
    }[path.reason]


def _cause(name: str, t: Tongue) -> str:
    return {
        "distance": t("path_cause_distance"),
        "earth": t("path_cause_earth"),
        "hills": t("path_cause_hills"),
        "cover": t("path_cause_cover"),
    }[name]


# The picture


def _fill(
    figure: Figure, path: Path, t: Tongue, screen: Screen, received: Received | None, made_up: bool
) -> None:
    """Head, profile, key, bars and a note, each in its place: fractions of the picture."""
    phone = screen == "phone"
    _head(figure, path, t, phone, received)
    axes = figure.add_axes((0.115, 0.49, 0.855, 0.25) if phone else (0.065, 0.42, 0.92, 0.40))
    _draw_profile(axes, path, t)
    _key(figure, axes, phone)
    bars = figure.add_axes((0.03, 0.075, 0.84, 0.165) if phone else (0.25, 0.085, 0.70, 0.165))
    _draw_causes(bars, path, t, phone)
    note = t("path_model", percent=t.number(path.settings.time_percent))
    note = f"{t('made_up_strip')} · {note}" if made_up else note
    style: dict[str, Any] = {"size": 7.2 if phone else 8, "color": _FAINT, "va": "bottom"}
    _words(figure, 0.02, 0.012, note, 62 if phone else 170, **style)


def _head(figure: Figure, path: Path, t: Tongue, phone: bool, received: Received | None) -> None:
    letters = 50 if phone else 140
    at = 0.985
    unit = 1.0 / (SIZES["phone"][1] if phone else SIZES["desk"][1])
    at -= unit * 22 * _words(figure, 0.02, at, _title(path, t), 36 if phone else 90, size=12.5, weight="bold")
    loss = t("path_loss", db=t.number(path.loss_db, 1))
    told = loss if received is None else f"{loss} · {_received(received, t)}"
    for text, color in (
        (_about(path, t), _FAINT),
        (told, _INK),
        (f"{_in_the_way(path, t)} {_worst(path, t)}", _INK),
    ):
        at -= unit * 16 * _words(figure, 0.02, at, text, letters, size=9, color=color)


def _words(figure: Figure, x: float, y: float, text: str, letters: int, **style: Any) -> int:
    """Text folded at `letters`; how many lines it took."""
    folded = _fold(text, letters)
    looks: dict[str, Any] = {"ha": "left", "va": "top", "color": _INK, "linespacing": 1.25} | style
    figure.text(x, y, "\n".join(folded), **looks)
    return len(folded)


def _fold(text: str, letters: int) -> list[str]:
    rows = [""]
    for word in text.split(" "):
        if rows[-1] and len(rows[-1]) + 1 + len(word) > letters:
            rows.append(word)
        else:
            rows[-1] = f"{rows[-1]} {word}".strip()
    return rows


def _draw_profile(axes: Any, path: Path, t: Tongue) -> None:
    profile = path.profile
    km = profile.distance_km
    radius_km = path.settings.earth_km
    bulge = between.bulge_m(km, radius_km)
    ground = profile.height_m + bulge
    top = ground + profile.clutter_m
    ray, zone = _ray_and_zone(path, km)
    floor = _floor(profile.height_m, ray - zone)
    kept = _kept(top, len(km))
    axes.fill_between(
        km[kept], ground[kept], top[kept], facecolor=_TREES, lw=0, hatch="|||", edgecolor="#ffffff",
        label=t("path_legend_trees"),
    )  # fmt: skip
    axes.fill_between(km[kept], floor, ground[kept], color=_GROUND, lw=0, label=t("path_legend_ground"))
    if (profile.zone == SEA).any():
        axes.fill_between(
            km, floor, ground, where=profile.zone == SEA, facecolor=_SEA, lw=0, hatch="--", edgecolor="#ffffff",
            label=t("path_legend_sea"),
        )  # fmt: skip
    axes.plot(km[kept], ground[kept], color="#5d4a2f", lw=0.9)
    axes.plot(km[kept], floor + bulge[kept], color=_INK, lw=0.9, ls=(0, (2, 2)), label=t("path_legend_bulge"))
    _draw_ray(axes, path, t)
    _masts(axes, path, ground)
    _mark_block(axes, path, top, t)
    _limits(axes, path, t, floor, float(max(top.max(), (ray + zone).max())))


def _ray_and_zone(path: Path, km: Any) -> tuple[Any, Any]:
    """Height of the line between the antennas, and the radius of the first Fresnel zone, at places, m."""
    ends = between.ray_m(path.profile, path.a, path.b)[[0, -1]]
    ray = ends[0] + (ends[1] - ends[0]) * km / path.distance_km
    return ray, between.fresnel_m(km, path.frequency_mhz)


def _draw_ray(axes: Any, path: Path, t: Tongue) -> None:
    # Closer together near the ends, where the zone's outline bends most.
    km = path.distance_km * (1 - np.cos(np.linspace(0, np.pi, 61))) / 2
    ray, zone = _ray_and_zone(path, km)
    axes.fill_between(
        km, ray - zone, ray + zone, color=_ZONE, alpha=0.22, lw=0, label=t("path_legend_fresnel")
    )
    outline = np.concatenate([km, km[::-1]]), np.concatenate([ray - zone, (ray + zone)[::-1]])
    axes.plot(*outline, color=_ZONE, lw=0.9)
    axes.plot(km[[0, -1]], ray[[0, -1]], color=_RAY, lw=1.3, ls=(0, (6, 2)), label=t("path_legend_ray"))


def _kept(top: Any, count: int) -> Any:
    """Places to draw: all, or of each stretch the highest and its first, so that no ridge is lost."""
    if count <= _MOST_POINTS:
        return np.arange(count)
    edges = np.linspace(0, count, _MOST_POINTS // 2 + 1).astype(int)
    peaks = [start + int(np.argmax(top[start:stop])) for start, stop in pairwise(edges)]
    return np.unique(np.concatenate([edges[:-1], peaks, [count - 1]]))


def _floor(heights: Any, low_zone: Any) -> float:
    lowest = float(min(heights.min(), 0.0 if heights.min() < 30 else heights.min(), low_zone.min()))
    span = max(float(heights.max()) - lowest, 20.0)
    return lowest - 0.12 * span


def _masts(axes: Any, path: Path, ground: Any) -> None:
    for km, foot, end in ((0.0, ground[0], path.a), (path.distance_km, ground[-1], path.b)):
        axes.plot(
            [km, km], [foot, foot + end.height_m], color=_RAY, lw=2.6, solid_capstyle="butt", clip_on=False
        )
        axes.plot([km], [foot + end.height_m], "^", color=_RAY, ms=5, clip_on=False)


def _mark_block(axes: Any, path: Path, top: Any, t: Tongue) -> None:
    if path.block.free_share >= 0.6:
        return
    at = int(np.argmin(np.abs(path.profile.distance_km - path.block.at_km)))
    axes.plot(
        [path.block.at_km], [top[at]], "v", color=_BLOCK, mec="#ffffff", mew=0.8, ms=10, zorder=6,
        label=t("path_legend_block"),
    )  # fmt: skip


def _limits(axes: Any, path: Path, t: Tongue, floor: float, high: float) -> None:
    axes.set_xlim(0, path.distance_km)
    axes.set_ylim(floor, high + 0.08 * (high - floor))
    axes.set_xlabel(t("path_axis_km", a=_short(path.a.name)), color=_INK, labelpad=2)
    axes.set_title(t("path_axis_m"), fontsize=8.5, color=_FAINT, loc="left", pad=4)
    axes.xaxis.set_major_formatter(lambda value, _: t.number(value, 0 if path.distance_km > 8 else 1))
    axes.yaxis.set_major_formatter(lambda value, _: t.number(value))
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(length=3, color=_FAINT, labelcolor=_INK)


def _short(name: str) -> str:
    return name if len(name) <= 24 else f"{name[:23]}…"


def _key(figure: Figure, axes: Any, phone: bool) -> None:
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="upper left", bbox_to_anchor=(0.02, 0.433) if phone else (0.05, 0.345),
        ncols=1 if phone else 4, frameon=False, fontsize=8.5, handlelength=1.8, columnspacing=1.2,
        labelspacing=0.35, borderaxespad=0,
    )  # fmt: skip


def _draw_causes(axes: Any, path: Path, t: Tongue, phone: bool) -> None:
    """One bar a cause, each beginning where the one above it ends: together they are the path's loss."""
    at, far = 0.0, 0.0
    for row, name in enumerate(CAUSES):
        db = path.causes[name]
        bar = axes.barh(
            row, db, left=at, color=_OF_CAUSE[name], hatch=_HATCHES[name], height=0.46 if phone else 0.72
        )
        bar.patches[0].set(edgecolor="#ffffff", linewidth=0.5)
        right = max(at, at + db)
        amount = f"{'+' if db >= 0 and name != 'distance' else ''}{t.number(db, 1)}"
        _beside(axes, amount, right, row, 4)
        if phone:
            _beside(axes, _cause(name, t), 0.0, row - 0.46, 0)
        at, far = at + db, max(far, right)
    axes.set_yticks(range(len(CAUSES)), ["" if phone else _cause(name, t) for name in CAUSES])
    axes.set_ylim(len(CAUSES) - 0.5, -0.8 if phone else -0.5)
    axes.set_xlim(0, 1.08 * far)
    axes.spines[["top", "right", "left", "bottom"]].set_visible(False)
    axes.tick_params(axis="y", length=0, labelcolor=_INK, labelsize=8.5)
    axes.set_xticks([])
    axes.set_title(t("path_of_what", db=t.number(path.loss_db, 1)), fontsize=9, color=_INK, loc="left", pad=4)


def _beside(axes: Any, text: str, x: float, row: float, points: int) -> None:
    place = {"xytext": (points, 0), "textcoords": "offset points"}
    axes.annotate(text, (x, row), va="center", fontsize=8.5, color=_INK, annotation_clip=False, **place)
