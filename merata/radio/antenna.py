"""How much weaker an antenna sends to the side than straight ahead: 3GPP's sectors, all-round antennas, makers' files.

An antenna is three tables, every quarter of a degree: loss against azimuth, and loss against elevation in front of it
and behind it. In any other direction the two are added::

    loss = horizontal(a) + (1 - |a|/180) (front(e) - front(0)) + |a|/180 (back(e) - back(0)),   at most `floor_db`

where front and back are at most `side_db`. The limits are no part of the tables: between two entries, a straight line
would cut the corner in which a curve meets its limit.

with a and e the angles from the middle of the beam. For 3GPP's patterns, alike in front and behind, that is their own
formula; for a maker's two cuts it is the usual reckoning of a three-dimensional pattern (Gil, Claro, Ferreira,
Pardelinha and Correia, "A 3D interpolation method for base-station-antenna radiation patterns", 2001), which gives
both cuts back exactly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from merata.radio._compile import kernel, lean
from merata.region.settings import RadioSettings

Floats = npt.NDArray[np.float32]

#: Entries of a table for each degree.
PER_DEGREE = 4

#: A horizontal pattern: the most that is lost in any direction and below or above, dB.
_STANDARDS = {
    # 3GPP TR 36.814 V9.2.0, table A.2.1.1-2 (macro cell of three sectors): A_m and SLA_v.
    "TR 36.814": (25.0, 20.0),
    # 3GPP TR 38.901, table 7.3-1 (one element of an antenna): A_max and SLA_V.
    "TR 38.901": (30.0, 30.0),
}


@dataclass(frozen=True, eq=False)
class Antenna:
    """The pattern of one antenna, its beam straight ahead and level: losses against the middle of the beam, dB."""

    name: str
    horizontal_db: Floats
    """1440 losses by azimuth: 0 to 359.75 degrees, clockwise from the beam."""
    front_db: Floats
    """721 losses by elevation: -90 (down) to 90 degrees from the beam, in front."""
    back_db: Floats
    """721 losses by elevation, behind."""
    floor_db: float
    """No direction is weaker than this, dB."""
    side_db: float
    """No elevation alone is weaker than this, dB."""
    gain_dbi: float
    """Gain in the middle of the beam over an antenna that sends alike everywhere, dBi."""
    built_in_tilt_deg: float = 0.0
    """How far below the horizon the beam points when the antenna hangs upright, degrees (its electrical tilt)."""

    def __post_init__(self) -> None:
        for name, size in (("horizontal_db", 1440), ("front_db", 721), ("back_db", 721)):
            table = np.ascontiguousarray(getattr(self, name), np.float32)
            if table.shape != (size,) or not np.isfinite(table).all():
                raise ValueError(f"{name} must be {size} numbers, it has the shape {table.shape}")
            object.__setattr__(self, name, table)


@lean
def pattern_db(
    horizontal_db: Floats,
    front_db: Floats,
    back_db: Floats,
    floor_db: float,
    side_db: float,
    azimuth_off_deg: float,
    elevation_off_deg: float,
) -> float:
    """The loss of an antenna's tables in one direction, dB (0 and more): the formula at the top of this module.

    `azimuth_off_deg` is any angle from the beam, clockwise; `elevation_off_deg` -90 (down) to 90. For kernels: angles
    between the entries are taken in proportion.
    """
    turn = azimuth_off_deg - 360.0 * math.floor(azimuth_off_deg / 360.0)
    at = turn * PER_DEGREE
    i = min(int(at), 1439)
    ahead = horizontal_db[i] + (at - i) * (horizontal_db[(i + 1) % 1440] - horizontal_db[i])
    up = (min(max(elevation_off_deg, -90.0), 90.0) + 90.0) * PER_DEGREE
    j = min(int(up), 719)
    front = min(front_db[j] + (up - j) * (front_db[j + 1] - front_db[j]), side_db)
    back = min(back_db[j] + (up - j) * (back_db[j + 1] - back_db[j]), side_db)
    behind = min(turn, 360.0 - turn) / 180.0
    loss = ahead + (1.0 - behind) * (front - front_db[360]) + behind * (back - back_db[360])
    return float(min(max(loss, 0.0), floor_db))


def gain_db(
    antenna: Antenna, azimuth_off_deg: npt.ArrayLike, elevation_off_deg: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """How `antenna` sends in each direction against the middle of its beam, dB: 0 there, negative elsewhere.

    Parameters
    ----------
    antenna
        The antenna.
    azimuth_off_deg
        Angles from the beam, clockwise, degrees; any value.
    elevation_off_deg
        Angles above the beam, degrees, -90 to 90: the elevation of the direction above the horizon plus the downward
        tilt of the beam (as in TR 36.814, where a tilt moves the vertical pattern).

    Returns
    -------
    An array of the shape that the two together have; NaN where an angle is not finite.

    """
    azimuth, elevation = np.broadcast_arrays(
        np.asarray(azimuth_off_deg, float), np.asarray(elevation_off_deg, float)
    )
    gain = np.empty(azimuth.size)
    tables = (antenna.horizontal_db, antenna.front_db, antenna.back_db)
    _gains(*tables, antenna.floor_db, antenna.side_db, azimuth.ravel(), elevation.ravel(), gain)
    return gain.reshape(azimuth.shape)


@kernel()
def _gains(
    horizontal_db: Floats,
    front_db: Floats,
    back_db: Floats,
    floor_db: float,
    side_db: float,
    azimuth_off_deg: npt.NDArray[np.float64],
    elevation_off_deg: npt.NDArray[np.float64],
    out: npt.NDArray[np.float64],
) -> None:
    for i in range(out.size):
        azimuth, elevation = azimuth_off_deg[i], elevation_off_deg[i]
        out[i] = math.nan
        if math.isfinite(azimuth) and math.isfinite(elevation):
            out[i] = 0.0 - pattern_db(horizontal_db, front_db, back_db, floor_db, side_db, azimuth, elevation)


def sector(
    beamwidth_deg: float = 65.0,
    vertical_beamwidth_deg: float = 10.0,
    standard: Literal["TR 36.814", "TR 38.901"] = "TR 36.814",
) -> Antenna:
    """A sector antenna of 3GPP: 12 (angle / width)² dB in both planes, each and together with a limit.

    The widths are at half power, degrees. The gain is assumed to be 32,400 / (width × width), the usual estimate for
    one main beam (Stutzman and Thiele, "Antenna theory and design", section on directivity): 17 dBi for 65° × 10°.
    """
    _width("beamwidth_deg", beamwidth_deg, 360)
    _width("vertical_beamwidth_deg", vertical_beamwidth_deg, 180)
    most_db, side_db = _STANDARDS[standard]
    azimuth = np.arange(1440) / PER_DEGREE
    azimuth = np.minimum(azimuth, 360 - azimuth)
    vertical_db = _parabola(_elevations(), vertical_beamwidth_deg)
    return Antenna(
        name=f"3GPP {standard}, {beamwidth_deg:g}° × {vertical_beamwidth_deg:g}°",
        horizontal_db=_parabola(azimuth, beamwidth_deg),
        front_db=vertical_db,
        back_db=vertical_db,
        floor_db=most_db,
        side_db=side_db,
        gain_dbi=10 * math.log10(32400 / (beamwidth_deg * vertical_beamwidth_deg)),
    )


def omni(vertical_beamwidth_deg: float = 10.0) -> Antenna:
    """An antenna that sends alike all round, with the vertical pattern of TR 36.814.

    The gain is assumed to be 101.5 / (w - 0.0027 w²) for a width of w degrees (McDonald, "Omnidirectional pattern
    directivity in the presence of minor lobes: revisited", 1999): 10.2 dBi for 10°.
    """
    _width("vertical_beamwidth_deg", vertical_beamwidth_deg, 180)
    side_db = _STANDARDS["TR 36.814"][1]
    vertical_db = _parabola(_elevations(), vertical_beamwidth_deg)
    width = vertical_beamwidth_deg
    return Antenna(
        name=f"all round, {width:g}° high",
        horizontal_db=np.zeros(1440, np.float32),
        front_db=vertical_db,
        back_db=vertical_db,
        floor_db=side_db,
        side_db=side_db,
        gain_dbi=10 * math.log10(101.5 / (width - 0.0027 * width * width)),
    )


def isotropic() -> Antenna:
    """An antenna that sends alike in every direction: 0 dBi."""
    nothing = np.zeros(721, np.float32)
    return Antenna("isotropic", np.zeros(1440, np.float32), nothing, nothing, 0.0, 0.0, 0.0)


def assumed(settings: RadioSettings, sectors: int) -> Antenna:
    """The antenna of a site whose antenna nobody told: a sector's where it has sectors, else an all-round one."""
    if sectors:
        return sector(settings.beamwidth_deg, settings.vertical_beamwidth_deg)
    return omni(settings.vertical_beamwidth_deg)


def _elevations() -> npt.NDArray[np.float64]:
    return np.arange(721) / PER_DEGREE - 90


def _parabola(angle_deg: npt.NDArray[np.float64], width_deg: float) -> Floats:
    return (12 * (angle_deg / width_deg) ** 2).astype(np.float32)


def _width(name: str, width_deg: float, most_deg: float) -> None:
    if not 0 < width_deg <= most_deg:
        raise ValueError(f"{name} is {width_deg}; expected more than 0, at most {most_deg:g} degrees")
