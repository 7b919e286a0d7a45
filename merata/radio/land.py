"""The ground that a signal crosses: height of the land and of what stands on it, and where the sea is, by pixel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from merata.region.grid import Grid

#: Radio-meteorological zones of ITU-R P.1812 (section 3.2): sea, land near the sea, other land.
SEA, COASTAL_LAND, INLAND = 1, 3, 4


@dataclass(frozen=True, eq=False)
class Ground:
    """Terrain, clutter and zone of each pixel of `grid`: arrays of (rows, columns), contiguous."""

    heights_m: npt.NDArray[np.float32]
    """Height of the bare ground above sea level, m; NaN where no source says (a void)."""
    clutter_m: npt.NDArray[np.float32]
    """Representative height of trees or buildings above the ground, m; never NaN, 0 in the open."""
    zone: npt.NDArray[np.uint8]
    """SEA, COASTAL_LAND or INLAND."""
    grid: Grid

    def __post_init__(self) -> None:
        for name, dtype in (("heights_m", np.float32), ("clutter_m", np.float32), ("zone", np.uint8)):
            array = getattr(self, name)
            if array.shape != self.grid.shape:
                raise ValueError(f"{name} is {array.shape}, the grid is {self.grid.shape}")
            object.__setattr__(self, name, np.ascontiguousarray(array, dtype))
