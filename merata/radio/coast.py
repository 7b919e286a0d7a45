"""Where the sea begins: water that runs out of the map at sea level, or is very large; rivers and lakes are land.

Recommendation ITU-R P.1812 (section 3.2) knows three zones: the sea and other large bodies of water, land near it
("coastal": lower than 100 m and less than 50 km from the sea), and other land. Which pixel is which is told here by
the block, a square of pixels about 500 m wide, so that a region too large for memory can be looked at in pieces:

- A block is water when at least half of it is. Where land cover is known that is permanent water; where it is not,
  land at or below sea level.
- A body of water is what hangs together wider than 3 km: narrower arms are rivers and straits.
- A body is sea when it runs out of the map no more than 2 m above sea level, or when it covers 7,800 km² or more
  (what P.1812 calls a large body of inland water). All others, lakes and lagoons inside the map, count as land.
- Coastal land is reached from the sea over blocks with land below 100 m, and lies within 50 km of the sea.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from merata.region.grid import Grid

#: Class of permanent water, and the mark of an unknown class, in ESA WorldCover.
WATER, UNKNOWN = 80, 0
#: Narrower water than this is a river or a strait, m.
NARROW_M = 3000.0
#: The surface of the sea is no higher than this where it runs out of the map, m: tides and errors of terrain models.
SEA_LEVEL_M = 2.0
#: A body of water of this size is sea wherever it lies, km² (ITU-R P.1812 section 3.2).
LARGE_KM2 = 7800.0
#: Coastal land is lower than this, m, and no farther from the sea than this, km (ITU-R P.1812 table 1).
COASTAL_M, COASTAL_KM = 100.0, 50.0

_BLOCK_M = 500.0
_AROUND = np.ones((3, 3), bool)

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Survey:
    """What each block of a raster holds: arrays of (block rows, block columns), counted in pixels."""

    pixels: npt.NDArray[np.int64]
    water: npt.NDArray[np.int64]
    low: npt.NDArray[np.int64]
    """Pixels below 100 m, or of unknown height; lakes and rivers too, which count as land."""
    level_sum_m: npt.NDArray[np.float64]
    """Sum of the heights of the water pixels whose height is known."""
    level_count: npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Coast:
    """Which blocks are sea and which hold coastal land: arrays of (block rows, block columns)."""

    sea: Bools
    beside: Bools
    """Sea and the blocks around it: water in them is sea."""
    coastal: Bools
    block: int
    """Pixels along a block's side."""


def block_of(grid: Grid) -> int:
    """Pixels along the side of a block of `grid`."""
    return max(1, round(_BLOCK_M / grid.resolution_m))


def water(heights_m: npt.NDArray[np.float32], cover: npt.NDArray[np.uint8] | None) -> Bools:
    """Which pixels are water: by land cover where that is known, else those at or below sea level."""
    with np.errstate(invalid="ignore"):
        at_sea_level: Bools = heights_m <= 0
    if cover is None:
        return at_sea_level
    wet: Bools = (cover == WATER) | ((cover == UNKNOWN) & at_sea_level)
    return wet


def survey(heights_m: npt.NDArray[np.float32], cover: npt.NDArray[np.uint8] | None, block: int) -> Survey:
    """Count what each block of `block` × `block` pixels holds; those at the right and lower edge may be smaller.

    Windows that begin at multiples of `block` may be surveyed one by one and put together.
    """
    wet = water(heights_m, cover)
    known = ~np.isnan(heights_m)
    with np.errstate(invalid="ignore"):
        low = ~(heights_m >= COASTAL_M)
    level_m = np.where(wet & known, heights_m, 0)
    return Survey(
        pixels=_by_block(np.broadcast_to(True, wet.shape), block, np.int64),
        water=_by_block(wet, block, np.int64),
        low=_by_block(low, block, np.int64),
        level_sum_m=_by_block(level_m, block, np.float64),
        level_count=_by_block(wet & known, block, np.int64),
    )


def coast(seen: Survey, grid: Grid) -> Coast:
    """The sea and the coastal land of the whole map that `seen` counts."""
    block = block_of(grid)
    block_m = block * grid.resolution_m
    sea = _sea(seen, block_m)
    if not sea.any():
        return Coast(sea, sea, sea, block)
    reached = ndimage.binary_propagation(sea, structure=_AROUND, mask=sea | (seen.low > 0))
    near = ndimage.distance_transform_edt(~sea) * block_m <= COASTAL_KM * 1000
    beside = ndimage.binary_dilation(sea, structure=_AROUND)
    return Coast(sea, beside, reached & near & ~sea, block)


def _by_block(values: npt.NDArray[Any], block: int, dtype: type) -> npt.NDArray[Any]:
    first, second = (np.arange(0, size, block) for size in values.shape)
    rows = np.add.reduceat(values, first, axis=0, dtype=dtype)
    summed: npt.NDArray[Any] = np.add.reduceat(rows, second, axis=1)
    return summed


def _sea(seen: Survey, block_m: float) -> Bools:
    wet = 2 * seen.water >= seen.pixels
    # Away from the shore by half the width that makes a river, and back again: what is narrower is gone.
    reach = NARROW_M / 2 / block_m
    bodies, count = ndimage.label(_distance(wet) > reach, structure=_AROUND)
    sea = np.zeros(wet.shape, bool)
    for number in range(1, count + 1):
        core = bodies == number
        body = wet & (_distance(~core) <= reach)
        if _runs_out(body, seen) or body.sum() * block_m * block_m / 1e6 >= LARGE_KM2:
            sea |= body
    return sea


def _distance(inside: Bools) -> npt.NDArray[np.float64]:
    """Blocks from each block inside to the nearest one outside; beyond the map lies more of the same."""
    if inside.all():
        return np.full(inside.shape, np.inf)
    distance: npt.NDArray[np.float64] = ndimage.distance_transform_edt(inside)
    return distance


def _runs_out(body: Bools, seen: Survey) -> bool:
    """Whether a body of water reaches the edge of the map at sea level; an unknown level counts as sea level."""
    edge = body[0].any() or body[-1].any() or body[:, 0].any() or body[:, -1].any()
    count = seen.level_count[body].sum()
    level_m = seen.level_sum_m[body].sum() / count if count else 0.0
    return bool(edge and abs(level_m) <= SEA_LEVEL_M)
