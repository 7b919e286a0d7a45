"""What a coverage map holds: for each pixel the strongest sector, its quality, rates and level."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from merata.region.grid import Grid

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Band:
    """One array of a coverage map."""

    name: str
    """The field of `Coverage`."""
    about: str
    """What it is, as the file says it."""
    dtype: Any
    nothing: float
    """Its value where no site is in reach."""


BANDS = (
    Band("rsrp_dbm", "Strongest received power of 4G or 5G (RSRP), dBm", np.float32, np.nan),
    Band("best_site", "Position of that site in the table of sites, from 0; -1: none in reach", np.int32, -1),
    Band("second_dbm", "Power received from the second strongest sector, dBm", np.float32, np.nan),
    Band("best_sector", "Position of the strongest sector among its site's, from 0; -1: none", np.int16, -1),
    Band("band_mhz", "Frequency of the strongest power, MHz", np.float32, np.nan),
    Band("sinr_db", "Power over noise and interference of the same carrier (SINR), dB", np.float32, np.nan),
    Band("down_mbps", "Download rate of a phone alone in its cell, Mbit/s", np.float32, np.nan),
    Band("up_mbps", "Upload rate of a phone alone in its cell, Mbit/s", np.float32, np.nan),
    Band("level", "Service level: 0 none, 1 basic, 2 working, 3 good", np.uint8, 0),
    Band("sigma_db", "Standard deviation of the power at a place in the pixel, dB", np.float32, np.nan),
)


def _unset() -> Any:
    return np.empty(0)


@dataclass(frozen=True, eq=False)
class Coverage:
    """A coverage map: arrays of (rows, columns) on `grid`. An array that is not given says nothing anywhere."""

    rsrp_dbm: Floats
    """Strongest received power of one reference signal (RSRP), dBm, to 0.1 dB; NaN where no site is in reach."""
    best_site: npt.NDArray[np.int32]
    """Position of that site in the table of sites; -1 where none is in reach."""
    grid: Grid
    assumptions: tuple[str, ...] = ()
    """What was assumed of sites and ground that do not say, in plain English."""
    second_dbm: Floats = field(default_factory=_unset)
    """Power from the second strongest sector, dBm."""
    best_sector: npt.NDArray[np.int16] = field(default_factory=_unset)
    """Position of the strongest sector among its site's; -1 where there is none."""
    band_mhz: Floats = field(default_factory=_unset)
    """Frequency that the strongest power is on, MHz."""
    sinr_db: Floats = field(default_factory=_unset)
    """Power over noise and interference of the same carrier, dB, to 0.1 dB."""
    down_mbps: Floats = field(default_factory=_unset)
    """Download rate of a phone alone in its cell, Mbit/s."""
    up_mbps: Floats = field(default_factory=_unset)
    """Upload rate of a phone alone in its cell, Mbit/s."""
    level: npt.NDArray[np.uint8] = field(default_factory=_unset)
    """Index of the highest service level of `region.tables.LEVELS` whose signal and rates are reached."""
    sigma_db: Floats = field(default_factory=_unset)
    """Standard deviation of the true power at a place in the pixel about `rsrp_dbm`, dB: the model's error (the
    setting `sigma_db`), no less than how places in a pixel differ (P.1812 section 4.8), and how buildings do."""

    def __post_init__(self) -> None:
        for band in BANDS:
            array = getattr(self, band.name)
            if array.size == 0 and array.shape != self.grid.shape:
                array = np.full(self.grid.shape, band.nothing, band.dtype)
            if array.shape != self.grid.shape:
                raise ValueError(f"{band.name} is {array.shape}, the grid is {self.grid.shape}")
            object.__setattr__(self, band.name, np.asarray(array, band.dtype))

    def write(self, path: Path) -> None:
        """Write a cloud-optimised GeoTIFF with one described band for each array; the same map, the same bytes."""
        from merata.radio.coverage_file import write

        write(self, path)
