"""The ground that a signal crosses: height of the land and of what stands on it, and where the sea is, by pixel."""

from __future__ import annotations

from dataclasses import astuple, dataclass

import numpy as np
import numpy.typing as npt

from merata.errors import InputError
from merata.radio import coast
from merata.radio._p1812_check import LIMITS, check_pixels
from merata.region.grid import Grid
from merata.region.settings import ClutterSettings, RadioSettings

#: Radio-meteorological zones of ITU-R P.1812 (section 3.2): sea, land near the sea, other land.
SEA, COASTAL_LAND, INLAND = 1, 3, 4

#: Class of ESA WorldCover -> the setting in `[radio.clutter]` with its height.
CLUTTER = {
    10: "tree_m",
    20: "shrub_m",
    30: "grass_m",
    40: "crop_m",
    50: "built_m",
    60: "bare_m",
    70: "bare_m",
    80: "water_m",
    90: "wetland_m",
    95: "mangrove_m",
    100: "bare_m",
}

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Ground:
    """Terrain, clutter and zone of each pixel of `grid`: arrays of (rows, columns), contiguous.

    InputError where an array has not the grid's shape, or holds what can't be: it names the pixel and its value.
    """

    heights_m: Floats
    """Height of the bare ground above sea level, m; NaN where no source says (a void)."""
    clutter_m: Floats
    """Representative height of trees or buildings above the ground, m; never NaN, 0 in the open."""
    zone: Bytes
    """SEA, COASTAL_LAND or INLAND."""
    grid: Grid

    def __post_init__(self) -> None:
        for name in ("heights_m", "clutter_m", "zone"):
            _same_shape(name, getattr(self, name), self.grid)
        check_pixels(self.heights_m, self.clutter_m, self.zone)
        for name, dtype in (("heights_m", np.float32), ("clutter_m", np.float32), ("zone", np.uint8)):
            object.__setattr__(self, name, np.ascontiguousarray(getattr(self, name), dtype))


def ground(
    heights_m: Floats | None, cover: Bytes | None, grid: Grid, settings: RadioSettings
) -> tuple[Ground, list[str]]:
    """The ground of a whole region, and what was assumed about it, in plain English.

    Parameters
    ----------
    heights_m
        (rows, columns) heights above sea level, m, NaN where no source says; None: flat land at sea level.
    cover
        (rows, columns) classes of ESA WorldCover, 0 where unknown; None: unknown everywhere.
    grid
        The pixels.
    settings
        For the height of trees and buildings by class (`settings.clutter`).

    Returns
    -------
    The ground and the assumptions. A void at sea counts as sea level; any other stays NaN. See `merata.radio.coast`
    for what counts as sea.

    Raises
    ------
    InputError
        An array has not the grid's shape, or a height that can't be.

    """
    shore = coast.coast(surveyed(heights_m, cover, grid), grid)
    made = ground_within(heights_m, cover, grid, settings, shore)
    return made, assumptions(tally(made, cover), heights_m is not None, cover is not None)


def surveyed(heights_m: Floats | None, cover: Bytes | None, grid: Grid) -> coast.Survey:
    """What each block of a map, or of a window that begins at a multiple of a block, holds: where the sea may be."""
    wet = _wet_cover(heights_m, cover, grid)
    return coast.survey(_heights(heights_m, grid), wet, coast.block_of(grid))


def ground_within(
    heights_m: Floats | None,
    cover: Bytes | None,
    grid: Grid,
    settings: RadioSettings,
    shore: coast.Coast,
    row0: int = 0,
    column0: int = 0,
) -> Ground:
    """The ground of a window of a larger map whose coast is known.

    `grid` is the window's own, and its arrays the window's; its first pixel is (`row0`, `column0`) of the map that
    `shore` tells of. Put together, the windows of a map are the same as `ground` of the whole.
    """
    land = _heights(heights_m, grid)
    if cover is not None:
        _same_shape("cover", cover, grid)
    wet = coast.water(land, _wet_cover(heights_m, cover, grid))
    zone = _zones(land, wet, shore, row0, column0)
    land = np.where(np.isnan(land) & (zone == SEA), np.float32(0), land)
    return Ground(land, clutter_m(cover, wet, settings.clutter), zone, grid)


def clutter_m(cover: Bytes | None, wet: npt.NDArray[np.bool_], settings: ClutterSettings) -> Floats:
    """Height of what stands on each pixel, m, by its class of land cover; `wet` pixels of unknown class are water."""
    by_class = np.full(256, settings.unknown_m, np.float32)
    for number, name in CLUTTER.items():
        by_class[number] = getattr(settings, name)
    height = by_class[np.zeros(wet.shape, np.uint8) if cover is None else cover.astype(np.uint8)]
    unknown = np.ones(wet.shape, bool) if cover is None else cover == coast.UNKNOWN
    height[wet & unknown] = settings.water_m
    return height


@dataclass(frozen=True)
class Tally:
    """How many pixels of a map rest on an assumption; those of its windows add up."""

    pixels: int
    void: int
    unknown: int
    """Of unknown land cover, without the sea."""
    covered: int
    """With trees or buildings."""
    sea: int

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


def tally(made: Ground, cover: Bytes | None) -> Tally:
    """What the assumptions about a ground, or a window of it, rest on."""
    sea = made.zone == SEA
    return Tally(
        pixels=sea.size,
        void=int(np.isnan(made.heights_m).sum()),
        unknown=0 if cover is None else int(((cover == coast.UNKNOWN) & ~sea).sum()),
        covered=int((made.clutter_m > 0).sum()),
        sea=int(sea.sum()),
    )


def assumptions(seen: Tally, heights_known: bool, cover_known: bool) -> list[str]:
    """What a ground assumes, in plain English; nothing of what no pixel needs."""
    said = []
    if not heights_known:
        said.append("The land is taken as flat for the coverage map: no terrain was given.")
    elif seen.void:
        share = _percent(seen.void / seen.pixels)
        said.append(f"{share} of the map has no known height.")
    if not cover_known:
        said.append("The land is taken as open for the coverage map: no land cover was given.")
    elif seen.unknown:
        share = _percent(seen.unknown / seen.pixels)
        said.append(f"{share} of the map has no known land cover and gets the height of unknown land.")
    if heights_known and seen.covered:
        said.append(
            "Trees and buildings have one height for each class of land cover, added to the terrain; a terrain model "
            "that was measured from above may hold part of them already, and hills with trees are then too high."
        )
    if seen.sea:
        said.append(
            "Water counts as sea where it is wider than 3 km and leaves the map at sea level, or covers 7,800 km² or "
            "more; other water is land."
        )
    return said


def _percent(share: float) -> str:
    return "Less than 1 %" if share < 0.01 else f"{share:.0%}".replace("%", " %")


def _same_shape(name: str, array: npt.NDArray[np.generic], grid: Grid) -> None:
    if array.shape != grid.shape:
        raise InputError(f"{name} is {array.shape}, the grid is {grid.shape}")


def impossible(heights_m: Floats) -> npt.NDArray[np.bool_]:
    """Which heights, m, are none on Earth: below -500, above 9000, infinite. NaN, a void, is not among them."""
    least, most, *_ = LIMITS["height_m"]
    with np.errstate(invalid="ignore"):
        wrong: npt.NDArray[np.bool_] = (heights_m < least) | (heights_m > most)
    return wrong


def _heights(heights_m: Floats | None, grid: Grid) -> Floats:
    if heights_m is None:
        return np.zeros(grid.shape, np.float32)
    _same_shape("heights_m", heights_m, grid)
    wrong = impossible(heights_m)
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise InputError(
            f"the height at row {row}, column {column} is {heights_m[row, column]:g} m; expected -500 to 9000, or NaN"
        )
    return np.ascontiguousarray(heights_m, np.float32)


def _wet_cover(heights_m: Floats | None, cover: Bytes | None, grid: Grid) -> Bytes | None:
    """Land cover to find water by: flat land that is only assumed must not pass for the sea."""
    if cover is not None:
        _same_shape("cover", cover, grid)
    if heights_m is not None:
        return cover
    bare = np.uint8(60)
    return np.full(grid.shape, bare) if cover is None else np.where(cover == coast.UNKNOWN, bare, cover)


def _zones(land: Floats, wet: npt.NDArray[np.bool_], shore: coast.Coast, row0: int, column0: int) -> Bytes:
    rows = (np.arange(land.shape[0]) + row0) // shore.block
    columns = (np.arange(land.shape[1]) + column0) // shore.block
    at = np.ix_(rows, columns)
    zone = np.full(land.shape, INLAND, np.uint8)
    with np.errstate(invalid="ignore"):
        low = ~(land >= coast.COASTAL_M)
    # The blocks beside the sea hold its shore: their water is sea too, their land coastal.
    zone[(shore.coastal | shore.sea)[at] & low] = COASTAL_LAND
    zone[shore.beside[at] & wet] = SEA
    return zone
