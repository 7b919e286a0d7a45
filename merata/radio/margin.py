"""How much a place has over what a service level needs, dB: the least of its margins in power, download and upload.

A level is reached where the power is at least its `signal_dbm` and both rates are at least its `down_mbps` and
`up_mbps`. Rates rise in steps, so a rate is told as what it takes: the least SINR that bears the download rate, and the
least power at the site that bears the upload rate (`radio.rates`). Then all three are in dB and one error can be held
against the least of them: the chance of the level is smooth.

A correction of the power shifts them all: the way up has the same loss, and the SINR rises by it where noise limits and
stays where interference does, for what disturbs comes the same way over the same ground.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, cast

import geopandas as gpd
import numpy as np
import numpy.typing as npt

from merata.radio import finish, rates
from merata.radio.antenna import Antenna
from merata.radio.rates import Carrier
from merata.radio.transmitters import Technology, transmitters
from merata.region.grid import Grid
from merata.region.settings import LevelSettings, RadioSettings

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

#: What may keep a place from a level, in the order of `Margins`.
LIMITS = ("signal", "download", "upload")


class Seen(NamedTuple):
    """What a coverage map says at places, arrays of one shape."""

    model_dbm: Floats
    """Power; NaN: no site in reach."""
    sinr_db: Floats
    """NaN: the map does not say."""
    up_mbps: Floats
    """NaN: the map does not say."""
    band_mhz: Floats
    site: npt.NDArray[np.int64]
    """Position in the table of sites."""

    def at(self, places: Bools) -> Seen:
        """What it says at some of the places."""
        model, sinr, up, band = (values[places] for values in self[:4])
        return Seen(model, sinr, up, band, self.site[places])


class Margins(NamedTuple):
    """What places have over a level's needs, dB; below 0: they lack it; NaN: not known, or no site in reach."""

    power_db: Floats
    down_db: Floats
    up_db: Floats

    @property
    def least_db(self) -> Floats:
        """The least of those that are known; NaN where no site is in reach."""
        least = np.fmin(np.fmin(self.power_db, self.down_db), self.up_db)
        return np.where(np.isnan(self.power_db), np.nan, least)

    @property
    def limit(self) -> npt.NDArray[np.int64]:
        """Which of them is the least, as a position in LIMITS."""
        known = np.where(np.isnan(self), np.inf, self)
        return np.asarray(np.argmin(known, axis=0), np.int64)


@dataclass(frozen=True, eq=False)
class Network:
    """What the sites of a coverage map send and hear, by their position in the table of sites."""

    settings: RadioSettings
    sent_dbm: Floats
    """Power of one reference signal in the middle of a beam."""
    gain_dbi: Floats
    fifth: Mapping[float, Bools]
    """By frequency, MHz: whether a site carries 5G on it."""

    def carriers(self, seen: Seen) -> Iterator[tuple[Carrier, Bools]]:
        """Each carrier that is the strongest somewhere, and where."""
        known = (seen.site >= 0) & (seen.site < len(self.sent_dbm))
        site = np.where(known, seen.site, 0)
        for mhz in np.unique(seen.band_mhz[known & np.isfinite(seen.band_mhz)]):
            if float(mhz) not in self.fifth:
                continue
            here, fifth = known & (seen.band_mhz == mhz), self.fifth[float(mhz)][site]
            for technology, own in (("lte", here & ~fifth), ("nr", here & fifth)):
                if own.any():
                    yield self._carrier(cast("Technology", technology), float(mhz)), own

    def _carrier(self, technology: Technology, mhz: float) -> Carrier:
        return rates.carrier(technology, mhz, self.settings.bandwidth_mhz, self.settings.layers)


def network(
    sites: gpd.GeoDataFrame,
    grid: Grid,
    settings: RadioSettings,
    antennas: Mapping[str, Antenna] | None = None,
) -> Network:
    """The network of a coverage map, of what the map itself was made from (`coverage.write_coverage`)."""
    made, _ = transmitters(sites, grid, settings, antennas, leave_out=True)
    how = finish.rules(made, settings, {})
    fifth: dict[float, Bools] = {}
    for transmitter in made:
        for mhz, technology in zip(transmitter.bands_mhz, transmitter.technologies, strict=True):
            # As the map rounds it.
            carried = fifth.setdefault(float(np.float32(mhz)), np.zeros(len(how.sent_dbm), bool))
            carried[transmitter.position] = technology == "nr"
    return Network(settings, how.sent_dbm, how.gain_dbi, fifth)


def margins(seen: Seen, power_dbm: Floats, net: Network | None, needs: LevelSettings) -> Margins:
    """What places have over what a level needs.

    Parameters
    ----------
    seen
        What the map says there.
    power_dbm
        The corrected power there, dBm; `seen.model_dbm` where nothing corrects it.
    net
        The map's sites; None: only the power is judged.
    needs
        The level.

    """
    power = np.asarray(power_dbm, np.float64)
    down, up = np.full(power.shape, np.nan), np.full(power.shape, np.nan)
    if net is not None:
        for cell, own in net.carriers(seen):
            part = seen.at(own)
            down[own] = _sinr_db(part, power[own], cell, net.settings) - rates.down_steps(cell).needed_db(
                needs.down_mbps
            )
            on_block = _on_one_block_db(part, power[own], cell, net) - rates.up_steps(cell).needed_db(
                needs.up_mbps
            )
            up[own] = np.where(np.isnan(part.up_mbps), np.nan, on_block)
    return Margins(power - needs.signal_dbm, down, up)


def _sinr_db(seen: Seen, power_dbm: Floats, cell: Carrier, settings: RadioSettings) -> Floats:
    """The SINR when signal and interference are corrected alike, and noise is what it is."""
    shift_db = power_dbm - seen.model_dbm
    noise_mw = 10 ** (rates.subcarrier_noise_dbm(cell, settings.noise_figure_db) / 10)
    others_mw = np.maximum(10 ** ((seen.model_dbm - seen.sinr_db) / 10) - noise_mw, 0.0)
    louder = (others_mw * 10 ** (shift_db / 10) + noise_mw) / (others_mw + noise_mw)
    return np.asarray(seen.sinr_db + shift_db - 10 * np.log10(louder), np.float64)


def _on_one_block_db(seen: Seen, power_dbm: Floats, cell: Carrier, net: Network) -> Floats:
    """Signal over noise at the site of a phone that sends on one block: the way up has the loss of the way down."""
    settings = net.settings
    return rates.on_one_block_db(
        net.sent_dbm[seen.site] - power_dbm,
        cell,
        net.gain_dbi[seen.site],
        settings.phone_dbm,
        settings.site_noise_figure_db,
        settings.load,
    )
