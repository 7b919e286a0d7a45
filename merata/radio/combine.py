"""Adds site after site to a map: the strongest and second strongest sector of each pixel, and all power by carrier."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt

from merata.radio._compile import kernel, lean
from merata.radio._rays import height_at
from merata.radio.antenna import pattern_db
from merata.radio.losscache import NOTHING, STEP_DB, Losses, Spot
from merata.radio.transmitters import Transmitter

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Sums:
    """What each pixel of a rectangle of the map has received so far: arrays of (rows, columns)."""

    row0: int
    """Row of the map that the first row is."""
    column0: int
    best_dbm: npt.NDArray[np.float64]
    """-inf where nothing was received. All digits are kept, to be taken from `total_mw`."""
    second_dbm: npt.NDArray[np.float64]
    """From the strongest sector but one, on whichever band it is strongest."""
    site: npt.NDArray[np.int32]
    """Position of the strongest site in the table; -1 where there is none."""
    sector: npt.NDArray[np.int16]
    group: npt.NDArray[np.int16]
    """Which carrier the strongest power is on."""
    total_mw: Floats
    """(carriers, rows, columns): all power on each carrier."""

    @classmethod
    def nothing(cls, row0: int, column0: int, shape: tuple[int, int], groups: int) -> Sums:
        """Before the first site."""
        return cls(
            row0,
            column0,
            np.full(shape, -np.inf, np.float64),
            np.full(shape, -np.inf, np.float64),
            np.full(shape, -1, np.int32),
            np.full(shape, -1, np.int16),
            np.full(shape, -1, np.int16),
            np.zeros((groups, *shape), np.float32),
        )


@dataclass(frozen=True, eq=False)
class Sent:
    """What a transmitter sends on the bands of its losses."""

    bands: npt.NDArray[np.int64]
    """Which of the losses' bands each is."""
    sent_dbm: npt.NDArray[np.float64]
    """Power of one reference signal in the middle of a beam, less what a building takes, by band."""
    groups: npt.NDArray[np.int64]
    """Carrier of each band."""


def add(
    sums: Sums,
    transmitter: Transmitter,
    spot: Spot,
    losses: Losses,
    sent: Sent,
    rx_height_m: float,
    earth_radius_m: float,
    spot_row0: int,
    spot_column0: int,
) -> None:
    """Add one site to `sums`.

    `spot_row0` and `spot_column0` say which pixel of the map the first pixel of the spot's ground is. The angle
    downwards is that of the straight line to the phone over an Earth of `earth_radius_m`.
    """
    ground = spot.ground
    # Whole numbers where others are broken ones would have the kernel compiled anew.
    _add(
        sums.best_dbm, sums.second_dbm, sums.site, sums.sector, sums.group, sums.total_mw,
        losses.steps, ground.heights_m,
        spot_row0 - sums.row0, spot_column0 - sums.column0, losses.row0, losses.column0,
        float(spot.row), float(spot.column), antenna_m(spot), float(rx_height_m), float(ground.grid.resolution_m),
        0.5 / earth_radius_m, transmitter.position, np.array(transmitter.azimuths_deg, np.float64),
        float(transmitter.tilt_deg), transmitter.antenna.horizontal_db, transmitter.antenna.front_db,
        transmitter.antenna.back_db, float(transmitter.antenna.floor_db), float(transmitter.antenna.side_db),
        sent.bands, sent.sent_dbm, sent.groups,
    )  # fmt: skip


def antenna_m(spot: Spot) -> float:
    """Height of the spot's antenna above sea level, m; NaN in a void."""
    return float(height_at(spot.ground.heights_m, spot.row + 0.5, spot.column + 0.5)) + spot.tx_height_m


def sector_gains(
    transmitter: Transmitter, spot: Spot, losses: Losses, rx_height_m: float, earth_radius_m: float
) -> Floats:
    """Gain of each sector against the middle of its beam on the pixels of `losses`, dB: (sectors, rows, columns)."""
    _, rows, columns = losses.steps.shape
    gains = np.empty((len(transmitter.azimuths_deg), rows, columns), np.float32)
    _gains(
        gains, spot.ground.heights_m, losses.row0, losses.column0, float(spot.row), float(spot.column),
        antenna_m(spot), float(rx_height_m), float(spot.ground.grid.resolution_m), 0.5 / earth_radius_m,
        np.array(transmitter.azimuths_deg, np.float64), float(transmitter.tilt_deg),
        transmitter.antenna.horizontal_db, transmitter.antenna.front_db, transmitter.antenna.back_db,
        float(transmitter.antenna.floor_db), float(transmitter.antenna.side_db),
    )  # fmt: skip
    return gains


@lean
def _direction(
    east_m: float, south_m: float, above_m: float, rx_above_m: float, per_m: float
) -> tuple[float, float]:
    """Azimuth from north, clockwise, and elevation of a phone as the antenna sees it, degrees."""
    distance_m = math.hypot(east_m, south_m)
    rise_m = rx_above_m - above_m - per_m * distance_m * distance_m
    return math.degrees(math.atan2(east_m, -south_m)), math.degrees(math.atan2(rise_m, distance_m))


@kernel(parallel=True, error_model="numpy")
def _add(
    best_dbm: npt.NDArray[np.float64], second_dbm: npt.NDArray[np.float64],
    site: npt.NDArray[np.int32], sector: npt.NDArray[np.int16],
    group: npt.NDArray[np.int16], total_mw: Floats, steps: npt.NDArray[np.int16], heights_m: Floats,
    row0: int, column0: int, loss_row0: int, loss_column0: int,
    spot_row: float, spot_column: float, tx_m: float, rx_height_m: float, resolution_m: float, per_m: float,
    position: int, azimuths_deg: npt.NDArray[np.float64], tilt_deg: float,
    horizontal_db: Floats, front_db: Floats, back_db: Floats, floor_db: float, side_db: float,
    bands: npt.NDArray[np.int64], sent_dbm: npt.NDArray[np.float64], groups: npt.NDArray[np.int64],
) -> None:  # fmt: skip
    _, rows, columns = steps.shape
    sectors = azimuths_deg.size
    for i in numba.prange(rows):
        ground_row = loss_row0 + i
        r = row0 + ground_row
        if r < 0 or r >= best_dbm.shape[0]:
            continue
        for j in range(columns):
            ground_column = loss_column0 + j
            c = column0 + ground_column
            if c < 0 or c >= best_dbm.shape[1] or steps[bands[0], i, j] == NOTHING:
                continue
            azimuth, elevation = _direction(
                (ground_column - spot_column) * resolution_m, (ground_row - spot_row) * resolution_m,
                tx_m, heights_m[ground_row, ground_column] + rx_height_m, per_m,
            )  # fmt: skip
            # The band that is strongest is so in every sector: the pattern is the same on all of them.
            strongest, strongest_group = -np.inf, 0
            for b in range(bands.size):
                reached = sent_dbm[b] - STEP_DB * steps[bands[b], i, j]
                if reached > strongest:
                    strongest, strongest_group = reached, groups[b]
            gains = 0.0
            for s in range(sectors):
                gain = -pattern_db(
                    horizontal_db, front_db, back_db, floor_db, side_db,
                    azimuth - azimuths_deg[s], elevation + tilt_deg,
                )  # fmt: skip
                gains += math.exp(gain * 0.23025850929940458)
                power = strongest + gain
                if power > best_dbm[r, c] or (power == best_dbm[r, c] and position < site[r, c]):
                    second_dbm[r, c] = best_dbm[r, c]
                    best_dbm[r, c] = power
                    site[r, c], sector[r, c], group[r, c] = position, s, strongest_group
                elif power > second_dbm[r, c]:
                    second_dbm[r, c] = power
            for b in range(bands.size):
                reached = sent_dbm[b] - STEP_DB * steps[bands[b], i, j]
                total_mw[groups[b], r, c] += np.float32(gains * math.exp(reached * 0.23025850929940458))


@kernel(parallel=True, error_model="numpy")
def _gains(
    gains: Floats, heights_m: Floats, loss_row0: int, loss_column0: int,
    spot_row: float, spot_column: float, tx_m: float, rx_height_m: float, resolution_m: float, per_m: float,
    azimuths_deg: npt.NDArray[np.float64], tilt_deg: float,
    horizontal_db: Floats, front_db: Floats, back_db: Floats, floor_db: float, side_db: float,
) -> None:  # fmt: skip
    sectors, rows, columns = gains.shape
    for i in numba.prange(rows):
        for j in range(columns):
            azimuth, elevation = _direction(
                (loss_column0 + j - spot_column) * resolution_m, (loss_row0 + i - spot_row) * resolution_m,
                tx_m, heights_m[loss_row0 + i, loss_column0 + j] + rx_height_m, per_m,
            )  # fmt: skip
            for s in range(sectors):
                gains[s, i, j] = -pattern_db(
                    horizontal_db, front_db, back_db, floor_db, side_db,
                    azimuth - azimuths_deg[s], elevation + tilt_deg,
                )  # fmt: skip
