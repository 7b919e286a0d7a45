"""What one site of a region sends, by sector and band: the raster to see which antenna reaches where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from merata.errors import InputError, MissingError
from merata.radio.antenna_file import read_antennas
from merata.radio.coverage import SitePower, site_power
from merata.radio.transmitters import transmitters
from merata.radio.windows import from_files
from merata.region.change import PRIVATE
from merata.region.folder import Region
from merata.region.rasters import grid_of
from merata.run import inputs as run_inputs
from merata.run.radio import find_site


@dataclass(frozen=True, eq=False)
class SiteMap:
    """The power of one site, and what was assumed of it."""

    name: str
    power: SitePower
    assumptions: tuple[str, ...]
    made_up: bool

    def strongest(self) -> list[tuple[float, float, float, float]]:
        """By sector and band: direction in degrees, MHz, strongest RSRP in dBm, km² with -110 dBm and more."""
        power, pixel_km2 = self.power.power_dbm, (self.power.grid.resolution_m / 1000) ** 2
        return [
            (azimuth, mhz, float(np.nanmax(power[s, b])), float((power[s, b] >= -110).sum() * pixel_km2))
            for s, azimuth in enumerate(self.power.azimuths_deg)
            for b, mhz in enumerate(self.power.bands_mhz)
        ]


def map_of_site(
    region: Region, site: str, told: Callable[[str, int, int], None] = lambda _, __, ___: None
) -> SiteMap:
    """The power of each sector and band of a site (its id or name), on the ground and settings of the region.

    Raises
    ------
    MissingError
        There are no villages yet, no site is called so, or it sends no 4G or 5G into the map.
    InputError
        The site lies outside of the map or in a void of the terrain, or says what can't be.

    """
    read = run_inputs.read(region)
    sites = read.tables["sites"]
    row = find_site(sites, site)
    if row is None:
        raise MissingError(f"{site}: no site has this id or name.")
    place, radio = sites.geometry.iloc[row], read.settings.radio
    if place is None or place.is_empty:
        raise InputError(f"{site}: this site has no position. Give one in its source.")
    grid = grid_of(read.tables["villages"], read.settings)
    antennas = read_antennas(read.antennas)
    found, assumed = transmitters(sites.iloc[[row]], grid, radio, antennas)
    if not found:
        raise MissingError(f"{site}: this site sends no 4G or 5G, or none that reaches the map.")
    told("ground", 0, 1)
    source = from_files(read.terrain, read.clutter, grid, radio)
    told("rays", 1, 1)
    power = site_power(found[0], source, radio, cache=read.folder / PRIVATE / "cache" / "radio")
    return SiteMap(found[0].name, power, (*assumed, *source.assumptions), read.settings.region.made_up)
