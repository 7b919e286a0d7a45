"""From received power to what a phone gets: interference, rates of 4G and 5G, the service level, and how sure it is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from merata.radio import p1812, rates
from merata.radio.building import entry_loss_db
from merata.radio.combine import Sums
from merata.radio.coverage_map import BANDS, Coverage
from merata.radio.land import SEA, Ground
from merata.radio.rates import Carrier
from merata.radio.transmitters import Technology, Transmitter
from merata.region.grid import Grid
from merata.region.settings import LevelSettings, RadioSettings
from merata.region.tables import LEVELS

Floats = npt.NDArray[np.float32]

#: No signal is told to be better, dB: what a transmitter adds of its own is about as strong, and no rate needs more.
MOST_DB = 50.0
#: Rows that are finished at once: the numbers in between are many.
_ROWS = 256
#: Standard deviations that the 84th percentile of a normal distribution lies above its middle.
_ONE_SIGMA = 0.8413447460685429


@dataclass(frozen=True)
class Group:
    """A carrier of one network: its sectors disturb each other, and no others."""

    operator: str
    mhz: float
    technology: Technology


@dataclass(frozen=True, eq=False)
class Rules:
    """All that turns power into levels."""

    groups: tuple[Group, ...]
    carriers: tuple[Carrier, ...]
    """By group."""
    settings: RadioSettings
    levels: Mapping[Any, LevelSettings]
    sent_dbm: npt.NDArray[np.float64]
    """By position of a site: power of one reference signal in the middle of its beams."""
    gain_dbi: npt.NDArray[np.float64]
    """By position of a site: gain of its antennas."""


def rules(made: Sequence[Transmitter], settings: RadioSettings, levels: Mapping[Any, LevelSettings]) -> Rules:
    """The carriers of some transmitters, in the order of operator and frequency, and what they send."""
    groups = sorted(
        {
            Group(t.operator, mhz, technology)
            for t in made
            for mhz, technology in zip(t.bands_mhz, t.technologies, strict=True)
        },
        key=lambda group: (group.operator, group.mhz, group.technology),
    )
    carriers = [rates.carrier(g.technology, g.mhz, settings.bandwidth_mhz, settings.layers) for g in groups]
    size = max((t.position for t in made), default=-1) + 1
    sent_dbm, gain_dbi = np.full(size, np.nan), np.full(size, np.nan)
    for transmitter in made:
        sent_dbm[transmitter.position] = transmitter.eirp_dbm - settings.carrier_to_rsrp_db
        gain_dbi[transmitter.position] = transmitter.antenna.gain_dbi
    return Rules(tuple(groups), tuple(carriers), settings, levels, sent_dbm, gain_dbi)


def building_db(mhz: float, settings: RadioSettings) -> float:
    """What half of the buildings of the setting take at most, dB; 0 outdoors."""
    return float(entry_loss_db(mhz / 1000, settings.building))


def finished(sums: Sums, ground: Ground, grid: Grid, rules: Rules, assumptions: tuple[str, ...]) -> Coverage:
    """The coverage of a rectangle of the map.

    `ground` is that of the rectangle, `grid` its own grid.
    """
    pieces = [
        _rows(sums, slice(row, row + _ROWS), ground, rules) for row in range(0, max(grid.height, 1), _ROWS)
    ]
    arrays = {band.name: np.concatenate([piece[band.name] for piece in pieces]) for band in BANDS}
    return Coverage(grid=grid, assumptions=assumptions, **arrays)


def _rows(sums: Sums, rows: slice, ground: Ground, rules: Rules) -> dict[str, npt.NDArray[Any]]:
    best = sums.best_dbm[rows].copy()
    site, group = sums.site[rows], sums.group[rows]
    reached = site >= 0
    best[~reached] = np.nan
    total_mw = np.take_along_axis(sums.total_mw[:, rows], np.maximum(group, 0)[None].astype(np.int64), 0)[0] \
        if len(rules.groups) else np.zeros(best.shape)  # fmt: skip
    sinr = _to(sinr_db(best, total_mw, _by(group, _noise_dbm(rules)), rules.settings.load), 1)
    rsrp = _to(best, 1)
    down, up = _rates(best, sinr, site, group, rules)
    second = np.where(np.isneginf(sums.second_dbm[rows]), np.nan, sums.second_dbm[rows])
    return {
        "rsrp_dbm": rsrp,
        "best_site": site,
        "second_dbm": _to(second, 1),
        "best_sector": sums.sector[rows],
        "band_mhz": _by(group, [g.mhz for g in rules.groups]).astype(np.float32),
        "sinr_db": sinr,
        "down_mbps": down,
        "up_mbps": up,
        "level": level_of(rsrp, down, up, rules.levels),
        "sigma_db": _sigma_db(group, ground, rows, rules),
    }


def sinr_db(
    best_dbm: npt.NDArray[np.float64],
    total_mw: npt.NDArray[Any],
    noise_dbm: npt.NDArray[np.float64],
    load: float,
) -> npt.NDArray[np.float64]:
    """Power of the strongest over noise and what the carrier's other sectors send in the mean, dB.

    `total_mw` is the power of all sectors of the carrier, the strongest among them; the others send for the share
    `load` of the time. NaN where `best_dbm` is.
    """
    best_mw = 10 ** (best_dbm / 10)
    others_mw = np.maximum(total_mw - best_mw, 0.0)
    ratio: npt.NDArray[np.float64] = 10 * np.log10(best_mw / (load * others_mw + 10 ** (noise_dbm / 10)))
    return np.minimum(ratio, MOST_DB)


def level_of(rsrp_dbm: Floats, down: Floats, up: Floats, levels: Mapping[Any, LevelSettings]) -> Any:
    """The index in LEVELS of the highest level whose signal and both rates are reached, uint8; 0 where NaN."""
    level = np.zeros(rsrp_dbm.shape, np.uint8)
    for rank, name in enumerate(LEVELS[1:], 1):
        needs = levels[name]
        with np.errstate(invalid="ignore"):
            level[(rsrp_dbm >= needs.signal_dbm) & (down >= needs.down_mbps) & (up >= needs.up_mbps)] = rank
    return level


def _noise_dbm(rules: Rules) -> list[float]:
    return [rates.subcarrier_noise_dbm(cell, rules.settings.noise_figure_db) for cell in rules.carriers]


def _rates(
    best: npt.NDArray[np.float64], sinr: Floats, site: Any, group: Any, rules: Rules
) -> tuple[Floats, Floats]:
    down, up = np.full(best.shape, np.nan, np.float32), np.full(best.shape, np.nan, np.float32)
    # What is lost on the way is the same both ways; a rounded power must not cost a step of the rate.
    loss_db = _by(site, rules.sent_dbm) - best
    gain_dbi = _by(site, rules.gain_dbi)
    settings = rules.settings
    for cell in sorted(set(rules.carriers), key=repr):
        own = np.isin(group, [n for n, carrier in enumerate(rules.carriers) if carrier == cell])
        down[own] = rates.down_mbps(sinr[own], cell)
        up[own] = rates.up_mbps(
            loss_db[own],
            cell,
            gain_dbi[own],
            settings.phone_dbm,
            settings.site_noise_figure_db,
            settings.load,
        )
    return _to(down, 2), _to(up, 2)


def _sigma_db(group: Any, ground: Ground, rows: slice, rules: Rules) -> Floats:
    """The deviation of the power at a place, dB.

    The model's error against measurements holds how places in a pixel differ already, but is no smaller than that
    (P.1812 section 4.8, on land); how buildings differ comes on top.
    """
    settings = rules.settings
    clutter, place = np.unique(ground.clutter_m[rows], return_inverse=True)
    width_m, rx_m = ground.grid.resolution_m, settings.receiver_height_m
    variance = np.full(group.shape, np.nan)
    on_land = ground.zone[rows] != SEA
    for number, each in enumerate(rules.groups):
        own = group == number
        if not own.any():
            continue
        ghz = each.mhz / 1000
        by_clutter = [p1812.location_sigma_db(ghz, max(rx_m, 1.0), float(c), width_m) for c in clutter]
        places = np.where(on_land, np.asarray(by_clutter)[place.reshape(group.shape)], 0.0)
        outdoors = np.maximum(settings.sigma_db, places[own]) ** 2
        variance[own] = outdoors + _building_sigma_db(each.mhz, settings) ** 2
    return _to(np.sqrt(variance), 1)


def _building_sigma_db(mhz: float, settings: RadioSettings) -> float:
    low, high = entry_loss_db(mhz / 1000, settings.building, [1 - _ONE_SIGMA, _ONE_SIGMA])
    return float(high - low) / 2


def _by(number: Any, values: Sequence[float] | npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The value of each number; NaN where it is negative."""
    if not len(values):
        return np.full(number.shape, math.nan)
    return np.where(number >= 0, np.asarray(values, float)[np.maximum(number, 0)], math.nan)


def _to(values: npt.NDArray[Any], digits: int) -> Floats:
    rounded: Floats = np.round(values, digits).astype(np.float32)
    return rounded
