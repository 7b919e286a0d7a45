"""From signal quality to Mbit/s: what one phone, alone in its cell, gets down and sends up over 4G (LTE) or 5G (NR).

    rate = bits per symbol that the signal bears (3GPP's tables) × symbols per second × layers × (1 - overhead)

**Which scheme the signal bears** no standard says: phones differ. `_NEEDED_DB` is assumed: the SINR by CQI at which
one block in ten is lost, as LTE planning commonly takes it (for one, the QualMob project of VSB, Technical University
of Ostrava: -6.7 dB for CQI 1 to 22.7 dB for CQI 15). It lies 2.8 to 6.1 dB above the bound of Shannon; a scheme of
another table needs the bound plus the gap interpolated at its efficiency.

**Layers**: with r of them each gets 1/r of the power; the number that gives most is taken. That streams do not
disturb one another is assumed, so two of them are an upper bound in open land.

**Up**: a phone has a fixed power, so it takes fewer resource blocks where it is far, each stronger; the number that
gives most is taken. All up to the carrier's may be its own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from merata.radio._compile import lean
from merata.radio._schemes import LTE_BLOCKS, NR_BLOCKS, SCHEMES

Floats = npt.NDArray[np.float64]

#: SINR that each CQI of TS 36.213 table 7.2.3-1 needs, dB; assumed, see the top of this module.
_NEEDED_DB = (-6.7, -4.7, -2.3, 0.2, 2.4, 4.3, 5.9, 8.1, 10.3, 11.7, 14.1, 16.3, 18.7, 21.0, 22.7)
#: Symbols of one resource block in a second with 15 kHz between subcarriers: 12 subcarriers × 14 × 1000.
_SYMBOLS = 168_000
#: Thermal noise at 290 K, dBm in 1 Hz.
THERMAL_DBM_HZ = -174.0
#: Share of the symbols that carry no message. LTE: pilots of two antennas, two or three control symbols,
#: synchronisation (TS 36.211), and pilots and control upwards: assumed. NR: TS 38.306 section 4.1.2, up to 6 GHz.
_OVERHEAD = {"lte": (0.25, 0.20), "nr": (0.14, 0.08)}
#: From here on one frequency is shared in time by both directions (bands 40, 41, n40, n41, n77, n78), MHz.
SHARED_FROM_MHZ = 2300.0
#: The part of the time that then goes down, and up; guard times go to neither. Assumed.
_SHARED = (0.74, 0.23)


@dataclass(frozen=True)
class Carrier:
    """One carrier of a cell."""

    technology: Literal["lte", "nr"]
    bandwidth_mhz: float
    blocks: int
    """Resource blocks."""
    spacing_khz: int
    """Between subcarriers."""
    layers: int
    """Data streams at once to one phone, at most; up it is one."""
    down_share: float
    """Share of the time that goes down."""
    up_share: float
    table: str
    """Of `merata.radio._schemes.SCHEMES`, down; up it is "cqi 64qam"."""

    @property
    def block_hz(self) -> float:
        """Width of a resource block."""
        return 12_000.0 * self.spacing_khz

    @property
    def subcarriers(self) -> int:
        """How many the carrier has: its power over that of one is 10 log10 of it."""
        return 12 * self.blocks


@dataclass(frozen=True, eq=False)
class RateSteps:
    """A rate that rises in steps with a ratio in dB."""

    from_db: Floats
    """Where each step begins, rising."""
    mbps: Floats
    """The rate from there on; 0 below the first."""

    def at(self, ratio_db: npt.ArrayLike) -> npt.NDArray[np.float32]:
        """The rate at each ratio, Mbit/s; NaN where the ratio is NaN."""
        ratio = np.asarray(ratio_db)
        rates = np.append(0.0, self.mbps).astype(np.float32)
        out: npt.NDArray[np.float32] = rates[np.searchsorted(self.from_db, ratio, side="right")]
        return np.where(np.isnan(ratio), np.float32(np.nan), out)

    def needed_db(self, mbps: float) -> float:
        """The least ratio that bears a rate, dB; -inf for no rate at all, inf for one that no ratio bears.

        Rates count to a hundredth of a Mbit/s, as in the coverage map.
        """
        if mbps <= 0:
            return -math.inf
        step = int(np.searchsorted(np.round(self.mbps, 2), mbps))
        return float(self.from_db[step]) if step < len(self.from_db) else math.inf


@lean
def step_rate(from_db: Floats, mbps: Floats, ratio_db: float) -> float:
    """`RateSteps.at` of one ratio, for kernels; 0 where it is NaN."""
    low, high = 0, from_db.size
    while low < high:
        middle = (low + high) // 2
        if from_db[middle] <= ratio_db:
            low = middle + 1
        else:
            high = middle
    return float(mbps[low - 1]) if low > 0 else 0.0


def carrier(
    technology: Literal["lte", "nr"], frequency_mhz: float, bandwidth_mhz: float, layers: int = 2
) -> Carrier:
    """The carrier of a cell, by 3GPP's tables of resource blocks.

    A bandwidth that no table has counts as the next narrower, and one below all as the narrowest one's part. NR has
    30 kHz between its subcarriers from 2300 MHz on, 15 kHz below. From there on time is shared (TDD). LTE is taken
    with 64QAM, NR with 256QAM, as phones of the last ten years have it.

    Raises
    ------
    ValueError
        An argument can't be.

    """
    if technology not in _OVERHEAD:
        raise ValueError(f"technology is {technology!r}; expected 'lte' or 'nr'")
    if not (bandwidth_mhz > 0 and math.isfinite(bandwidth_mhz)):
        raise ValueError(f"bandwidth_mhz is {bandwidth_mhz}; expected more than 0")
    if not 1 <= layers <= 8:
        raise ValueError(f"layers is {layers}; expected 1 to 8")
    shared = frequency_mhz >= SHARED_FROM_MHZ
    spacing = 30 if technology == "nr" and shared else 15
    down, up = _SHARED if shared else (1.0, 1.0)
    return Carrier(
        technology=technology,
        bandwidth_mhz=bandwidth_mhz,
        blocks=_blocks(LTE_BLOCKS if technology == "lte" else NR_BLOCKS[spacing], bandwidth_mhz),
        spacing_khz=spacing,
        layers=layers,
        down_share=down,
        up_share=up,
        table="cqi 64qam" if technology == "lte" else "cqi 256qam",
    )


def _blocks(by_bandwidth: dict[float, int], bandwidth_mhz: float) -> int:
    fitting = [blocks for width, blocks in by_bandwidth.items() if width <= bandwidth_mhz]
    if fitting:
        return max(fitting)
    narrowest = min(by_bandwidth)
    return max(1, round(by_bandwidth[narrowest] * bandwidth_mhz / narrowest))


@cache
def needed_sinr_db(table: str) -> tuple[float, ...]:
    """The SINR that each scheme of a table needs, dB; assumed, see the top of this module."""
    base = np.array([scheme.efficiency for scheme in SCHEMES["cqi 64qam"]])
    gap = np.array(_NEEDED_DB) - _shannon_db(base)
    efficiency = np.array([scheme.efficiency for scheme in SCHEMES[table]])
    return tuple((_shannon_db(efficiency) + np.interp(efficiency, base, gap)).tolist())


def _shannon_db(efficiency: Floats) -> Floats:
    """The least signal over noise at which so many bits per symbol can be sent at all (Shannon, 1948)."""
    least: Floats = 10 * np.log10(2**efficiency - 1)
    return least


@cache
def down_steps(cell: Carrier) -> RateSteps:
    """The download rate of a phone alone in a cell, by SINR of the whole carrier power, up to `cell.layers` layers."""
    overhead = _OVERHEAD[cell.technology][0]
    whole = _symbols_per_block(cell) * cell.blocks * (1 - overhead) * cell.down_share / 1e6
    needed = np.array(needed_sinr_db(cell.table))
    efficiency = np.array([scheme.efficiency for scheme in SCHEMES[cell.table]])
    layers = np.arange(1, cell.layers + 1)[:, None]
    return _steps(needed + 10 * np.log10(layers), efficiency * layers * whole)


@cache
def up_steps(cell: Carrier) -> RateSteps:
    """The upload rate of a phone alone in a cell, by the signal over noise that it has when it sends on one block."""
    overhead = _OVERHEAD[cell.technology][1]
    one = _symbols_per_block(cell) * (1 - overhead) * cell.up_share / 1e6
    needed = np.array(needed_sinr_db("cqi 64qam"))
    efficiency = np.array([scheme.efficiency for scheme in SCHEMES["cqi 64qam"]])
    blocks = np.arange(1, cell.blocks + 1)[:, None]
    return _steps(needed + 10 * np.log10(blocks), efficiency * blocks * one)


def _symbols_per_block(cell: Carrier) -> float:
    return _SYMBOLS * cell.spacing_khz / 15


def _steps(from_db: npt.NDArray[Any], mbps: npt.NDArray[Any]) -> RateSteps:
    """The best of all choices: from each ratio on, the highest rate that it or a lower one bears."""
    order = np.lexsort((mbps.ravel(), from_db.ravel()))
    ratio, best = from_db.ravel()[order], np.maximum.accumulate(mbps.ravel()[order])
    rises = np.append(True, np.diff(best) > 0)
    return RateSteps(ratio[rises], best[rises])


def down_mbps(sinr_db: npt.ArrayLike, cell: Carrier) -> npt.NDArray[np.float32]:
    """The download rate of a phone alone in a cell at each SINR, Mbit/s; NaN stays NaN."""
    return down_steps(cell).at(sinr_db)


def up_mbps(
    loss_db: npt.ArrayLike,
    cell: Carrier,
    site_gain_dbi: npt.ArrayLike,
    phone_dbm: float = 23.0,
    noise_figure_db: float = 3.0,
    load: float = 0.5,
) -> npt.NDArray[np.float32]:
    """The upload rate of a phone alone in a cell, Mbit/s; NaN stays NaN.

    Parameters
    ----------
    loss_db
        Loss between the two antennas, with that of a building where the phone is inside of one, dB.
    cell
        The carrier.
    site_gain_dbi
        Gain of the site's antenna in the phone's direction, dBi; the phone's own is taken as 0 dBi.
    phone_dbm
        Sending power of the phone (3GPP power class 3: 23 dBm).
    noise_figure_db
        Of the site's receiver.
    load
        Share of the time that phones of other cells send, 0 to 1: raises the noise by 1 / (1 - load), at most 10 dB;
        the usual estimate of the noise rise in a link budget.

    """
    return up_steps(cell).at(on_one_block_db(loss_db, cell, site_gain_dbi, phone_dbm, noise_figure_db, load))


def on_one_block_db(
    loss_db: npt.ArrayLike,
    cell: Carrier,
    site_gain_dbi: npt.ArrayLike,
    phone_dbm: float = 23.0,
    noise_figure_db: float = 3.0,
    load: float = 0.5,
) -> Floats:
    """Signal over noise at the site when a phone sends on one block alone, dB; parameters as of `up_mbps`."""
    noise_dbm = block_noise_dbm(cell, noise_figure_db) - 10 * math.log10(1 - min(max(load, 0.0), 0.9))
    return np.asarray(phone_dbm + np.asarray(site_gain_dbi) - np.asarray(loss_db) - noise_dbm, np.float64)


def block_noise_dbm(cell: Carrier, noise_figure_db: float) -> float:
    """Noise in one resource block, dBm."""
    return THERMAL_DBM_HZ + 10 * math.log10(cell.block_hz) + noise_figure_db


def subcarrier_noise_dbm(cell: Carrier, noise_figure_db: float) -> float:
    """Noise in one subcarrier, dBm: RSRP over it (and what others send there) is the SINR."""
    return THERMAL_DBM_HZ + 10 * math.log10(1000.0 * cell.spacing_khz) + noise_figure_db


def assumptions(cell: Carrier) -> list[str]:
    """What the rates of a carrier assume, in plain English."""
    name = "4G (LTE)" if cell.technology == "lte" else "5G (NR)"
    said = [
        f"Rates are those of {name} with {cell.bandwidth_mhz:g} MHz and up to {cell.layers} layers for a phone alone "
        "in its cell; the signal quality that each rate needs is the one commonly taken in LTE planning."
    ]
    if cell.down_share < 1:
        said.append(
            f"From {SHARED_FROM_MHZ:g} MHz on, {cell.down_share:.0%} of the time is taken to go down and "
            f"{cell.up_share:.0%} up.".replace("%", " %")
        )
    return said
