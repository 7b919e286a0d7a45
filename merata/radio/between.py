"""One path between two places of a map: what lies on it, its loss by ITU-R P.1812, and what causes that."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from pyproj import Geod, Transformer

from merata.errors import InputError
from merata.radio import _hop_kernel as kernel
from merata.radio import p1812, rates
from merata.radio.antenna import gain_db
from merata.radio.finish import level_of, sinr_db
from merata.radio.land import Ground
from merata.radio.path import PathSettings
from merata.radio.transmitters import Transmitter
from merata.region.settings import LevelSettings, RadioSettings
from merata.region.tables import LEVELS

Floats = npt.NDArray[np.float64]

#: What takes the signal, in the order in which a path's loss is taken apart; the parts add up to the whole.
CAUSES = ("distance", "earth", "hills", "cover")

#: A path of fewer points says nothing of what lies between its ends.
_LEAST_POINTS = 5


@dataclass(frozen=True)
class End:
    """One end of a path."""

    name: str
    lat_deg: float
    lon_deg: float
    height_m: float
    """Height of the antenna above ground, m."""


@dataclass(frozen=True, eq=False)
class Profile:
    """What lies between two places, at equal steps: arrays of one length."""

    distance_km: Floats
    height_m: Floats
    """Bare ground above sea level, m."""
    clutter_m: Floats
    """Trees or buildings above the ground, m."""
    zone: npt.NDArray[np.int64]
    """1 sea, 3 coastal land, 4 inland."""


@dataclass(frozen=True)
class Block:
    """The place of a path that is most in the way: where least of the first Fresnel zone is free."""

    at_km: float
    clearance_m: float
    """From the top of what stands there up to the ray, m; below zero: the ray is cut."""
    cover_m: float
    """How much of what stands there is trees or buildings, m."""
    fresnel_m: float
    """Radius of the first Fresnel zone there, m."""

    @property
    def free_share(self) -> float:
        """Clearance as a part of the first Fresnel zone's radius; 0.6 and more is as good as free."""
        return self.clearance_m / self.fresnel_m


@dataclass(frozen=True, eq=False)
class Path:
    """A path with its loss and its reasons."""

    a: End
    b: End
    frequency_mhz: float
    profile: Profile
    settings: PathSettings
    loss_db: float
    """Basic transmission loss, dB."""
    terms: dict[str, float]
    """Every term of the Recommendation, named as in its validation results."""
    causes: dict[str, float]
    """dB by CAUSES: free space; flat land (low antennas, the curved Earth); hills; trees and buildings: each on top of
    those before it. Their sum is `loss_db`."""
    block: Block

    @property
    def distance_km(self) -> float:
        """Length of the path, km."""
        return float(self.profile.distance_km[-1])

    @property
    def reason(self) -> str:
        """The cause beside distance that takes most, or 'distance' where none takes 6 dB."""
        beside = {name: db for name, db in self.causes.items() if name != "distance"}
        worst = max(beside, key=lambda name: beside[name])
        return worst if beside[worst] >= 6.0 else "distance"


def profile(ground: Ground, a: End, b: End) -> Profile:
    """What `ground` says between two places, at steps of about a pixel, along the straight line of its projection.

    Heights are interpolated between the four pixels around a point; clutter and zone are those of its pixel.

    Raises
    ------
    InputError
        An end is outside of the map, both are at one place, or a part of the path has no height.

    """
    row, column = _pixels(ground, a, b)
    length_m = math.hypot(row[1] - row[0], column[1] - column[0]) * ground.grid.resolution_m
    if length_m < 1.0:
        raise InputError(f"{a.name} and {b.name} are at one place: there is no path between them.")
    points = max(math.ceil(length_m / ground.grid.resolution_m) + 1, _LEAST_POINTS)
    share = np.linspace(0.0, 1.0, points)
    rows, columns = row[0] + (row[1] - row[0]) * share, column[0] + (column[1] - column[0]) * share
    bare, cover = np.empty(points), np.empty(points)
    # What the hops see (`radio.links`), by the same function: a picture of a hop shows the hop's own ground.
    ends = np.array([row[0], column[0], row[1], column[1]])
    kernel.sample(ground.heights_m, ground.clutter_m, ends, share, bare, cover)
    _no_void(bare, share * length_m / 1000, a, b)
    near = np.rint(rows).astype(int), np.rint(columns).astype(int)
    return Profile(share * length_m / 1000, bare, cover, ground.zone[near].astype(np.int64))


def _pixels(ground: Ground, a: End, b: End) -> tuple[Floats, Floats]:
    """Rows and columns of both ends; whole numbers are the middles of pixels."""
    grid = ground.grid
    to_grid = Transformer.from_crs(4326, grid.crs, always_xy=True)
    x_m, y_m = to_grid.transform([a.lon_deg, b.lon_deg], [a.lat_deg, b.lat_deg])
    row, column = (pixels - 0.5 for pixels in grid.pixels(np.asarray(x_m), np.asarray(y_m)))
    for end, r, c in zip((a, b), row, column, strict=True):
        if not (0 <= r <= grid.height - 1 and 0 <= c <= grid.width - 1):
            raise InputError(
                f"{end.name} ({end.lat_deg:.5f}, {end.lon_deg:.5f}) is outside of the region's map. "
                "Expected a place in the region or within 5 km of its villages."
            )
    return row, column


def _no_void(heights: Floats, distance_km: Floats, a: End, b: End) -> None:
    voids = np.flatnonzero(np.isnan(heights))
    if len(voids):
        raise InputError(
            f"{a.name} to {b.name}: the terrain has a void at {distance_km[voids[0]]:.1f} km "
            f"({len(voids)} of {len(heights)} points). `merata add` a terrain that has no voids there."
        )


def path(ground: Ground, a: End, b: End, frequency_mhz: float, settings: PathSettings) -> Path:
    """The path from `a` to `b`: its profile, its loss by P.1812, the causes of it and what is most in the way.

    The loss is taken apart by leaving out one thing after the other: as it is, without trees and buildings, without
    hills (the ground a straight line between the ends), in free space. The receiver's height of `settings` does not
    count, the ends' own do.

    Raises
    ------
    InputError
        A place is outside of the map or in a void, or a value is outside of the Recommendation.

    """
    between = profile(ground, a, b)
    bare = np.zeros_like(between.clutter_m)
    flat = np.linspace(between.height_m[0], between.height_m[-1], len(bare))
    whole = _loss(between, between.height_m, between.clutter_m, a, b, frequency_mhz, settings)
    no_cover = _loss(between, between.height_m, bare, a, b, frequency_mhz, settings)
    no_hills = _loss(between, flat, bare, a, b, frequency_mhz, settings)
    terms = {str(name): float(value) for name, value in whole.terms.items()}
    free_db = terms["Lbfs"]
    causes = {
        "distance": free_db,
        "earth": no_hills.loss_db - free_db,
        "hills": no_cover.loss_db - no_hills.loss_db,
        "cover": whole.loss_db - no_cover.loss_db,
    }
    block = blocking(between, a, b, frequency_mhz, settings.earth_km)
    return Path(a, b, frequency_mhz, between, settings, float(whole.loss_db), terms, causes, block)


def _loss(
    between: Profile,
    height_m: Floats,
    clutter_m: Floats,
    a: End,
    b: End,
    frequency_mhz: float,
    settings: PathSettings,
) -> Any:
    return p1812.basic_transmission_loss(
        between.distance_km,
        height_m,
        clutter_m,
        between.zone,
        frequency_ghz=frequency_mhz / 1000,
        tx_height_m=a.height_m,
        rx_height_m=b.height_m,
        polarization=settings.polarization,
        tx_lat=a.lat_deg,
        tx_lon=a.lon_deg,
        rx_lat=b.lat_deg,
        rx_lon=b.lon_deg,
        time_percent=settings.time_percent,
        delta_n=settings.delta_n,
        n0=settings.n0,
        tx_coast_km=settings.coast_km,
        rx_coast_km=settings.coast_km,
        name=f"{a.name} to {b.name}",
    )


def bulge_m(distance_km: Floats, radius_km: float) -> Floats:
    """How far the ground rises over the straight line between the ends because the Earth is round, m."""
    far: Floats = 1000.0 * distance_km * (distance_km[-1] - distance_km) / (2.0 * radius_km)
    return far


def fresnel_m(distance_km: Floats, frequency_mhz: float) -> Floats:
    """Radius of the first Fresnel zone at each point, m (Recommendation ITU-R P.526, equation (2), n = 1)."""
    rest = distance_km[-1] - distance_km
    radius: Floats = 550.0 * np.sqrt(distance_km * rest / (distance_km[-1] * frequency_mhz))
    return radius


def ray_m(between: Profile, a: End, b: End) -> Floats:
    """Height of the straight line between the antennas above sea level at each point, m."""
    start, end = between.height_m[0] + a.height_m, between.height_m[-1] + b.height_m
    line: Floats = start + (end - start) * between.distance_km / between.distance_km[-1]
    return line


def blocking(between: Profile, a: End, b: End, frequency_mhz: float, radius_km: float) -> Block:
    """What is most in the way, the ends themselves left out: trees at an end are not between the antennas."""
    inner = slice(1, -1)
    zone_m = fresnel_m(between.distance_km, frequency_mhz)[inner]
    top = between.height_m + between.clutter_m + bulge_m(between.distance_km, radius_km)
    clearance = (ray_m(between, a, b) - top)[inner]
    at = int(np.argmin(clearance / zone_m))
    return Block(
        float(between.distance_km[inner][at]),
        float(clearance[at]),
        float(between.clutter_m[inner][at]),
        float(zone_m[at]),
    )


def received_dbm(
    found: Path, sender: Transmitter, settings: RadioSettings, *, from_a: bool
) -> tuple[float, float]:
    """What a phone outdoors at the other end gets from a site's best sector: (RSRP in dBm, direction of the sector).

    RSRP = radiated power - `carrier_to_rsrp_db` - loss + what the antenna's pattern leaves in that direction, of the
    sector that gives most. The site is at end a of the path where `from_a`, else at b.
    """
    site, phone = (found.a, found.b) if from_a else (found.b, found.a)
    azimuth, _, _ = Geod(ellps="WGS84").inv(site.lon_deg, site.lat_deg, phone.lon_deg, phone.lat_deg)
    rise_m = ray_m(found.profile, found.a, found.b)[[-1, 0]] @ np.array([1.0, -1.0]) * (1 if from_a else -1)
    elevation = math.degrees(math.atan2(rise_m, found.distance_km * 1000))
    gains = [
        float(gain_db(sender.antenna, azimuth - beam, elevation + sender.tilt_deg))
        for beam in sender.azimuths_deg
    ]
    best = int(np.argmax(gains))
    rsrp_dbm = sender.eirp_dbm - settings.carrier_to_rsrp_db - found.loss_db + gains[best]
    return rsrp_dbm, sender.azimuths_deg[best]


def level_alone(
    rsrp_dbm: float,
    frequency_mhz: float,
    sender: Transmitter,
    settings: RadioSettings,
    levels: Mapping[Any, LevelSettings],
) -> str:
    """The service level that a phone gets from a site when no other sector disturbs it: by power and rates.

    It is what the coverage map (`radio.finish`) says of a pixel with that power where no other sector sends on the
    site's carrier; where one does, the map may say a lower level. A frequency that the site does not send on is taken
    to carry what its lowest band does.
    """
    carried = dict(zip(sender.bands_mhz, sender.technologies, strict=True))
    technology = carried.get(frequency_mhz, sender.technologies[0])
    cell = rates.carrier(technology, frequency_mhz, settings.bandwidth_mhz, settings.layers)
    best, noise_dbm = np.array([rsrp_dbm]), rates.subcarrier_noise_dbm(cell, settings.noise_figure_db)
    sinr = sinr_db(best, 10 ** (best / 10), np.array([noise_dbm]), settings.load)
    up = rates.up_mbps(
        sender.eirp_dbm - settings.carrier_to_rsrp_db - best,
        cell,
        sender.antenna.gain_dbi,
        settings.phone_dbm,
        settings.site_noise_figure_db,
        settings.load,
    )
    # Rounded as the map's numbers are, so that both fall to the same side of a limit.
    down = rates.down_mbps(np.round(sinr, 1).astype(np.float32), cell)
    rank = level_of(np.round(best, 1).astype(np.float32), np.round(down, 2), np.round(up, 2), levels)
    return LEVELS[int(rank[0])]
