"""How much sky a place sees over hills and trees: low satellites in view, and whether geostationary ones are hidden."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import NamedTuple

import geopandas as gpd
import numba
import numpy as np
import numpy.typing as npt
import pandas as pd

from merata.errors import InputError
from merata.radio._compile import kernel, lean
from merata.radio._hop_kernel import height_at
from merata.radio._p1812_terms import EARTH_KM
from merata.radio.land import Ground
from merata.region.tables import KNOWN_BY, Column

Floats = npt.NDArray[np.float64]

#: Radius of the geostationary orbit over that of the Earth.
GEOSTATIONARY_RADII = 42164.0 / EARTH_KM
#: Rays near the horizon bend as on an Earth of 4/3 the radius.
BENT_EARTH_M = EARTH_KM * 1000.0 * 4.0 / 3.0
#: Directions in which the horizon is looked for.
DIRECTIONS = 72
_ELEVATION_STEP_DEG = 0.5


class Shell(NamedTuple):
    """Low satellites that fly alike."""

    inclination_deg: float
    altitude_km: float
    satellites: int


#: Shells of the first generation of Starlink as licensed by the FCC in 2021 (assumed to be complete).
SHELLS = (
    Shell(53.0, 550.0, 1584),
    Shell(53.2, 540.0, 1584),
    Shell(70.0, 570.0, 720),
    Shell(97.6, 560.0, 520),
)
#: Geostationary satellites of Indonesia with internet service, and their place over the equator, degrees east.
GEOSTATIONARY = {"SATRIA-1": 146.0, "Merah Putih": 108.0, "Merah Putih 2": 113.0}

#: The table of sky: one row for each place.
COLUMNS = (
    Column("id", "text", "The place", required=True),
    Column("horizon_mean_deg", "float", "Mean height of the horizon of hills and trees", unit="degrees"),
    Column("horizon_most_deg", "float", "Its highest point", unit="degrees"),
    Column("horizon_most_at_deg", "float", "Direction of that point, from north", unit="degrees"),
    Column("sky_share", "float", "Part of the sky in use (from 25 degrees up) that is open", minimum=0, maximum=1),
    Column("low_satellites", "float", "Low satellites in view on the average", minimum=0),
    Column("low_share", "float", "Part of the low satellites that hills and trees leave", minimum=0, maximum=1),
    Column("geostationary", "text", "Geostationary satellites that are in view, the highest first; empty: none"),
    Column("geostationary_deg", "float", "Elevation of the freest one", unit="degrees"),
    Column("geostationary_free_deg", "float", "How far over the horizon; below 0: hidden", unit="degrees"),
    Column("void_share", "float", "Part of the directions in which the terrain has a void", minimum=0, maximum=1),
    Column("known_by", "choice", "How this is known", required=True, choices=KNOWN_BY),
)  # fmt: skip


@dataclass(frozen=True)
class View:
    """How a dish stands and what it looks for."""

    height_m: float = 4.0
    """Of the dish above the ground: on a roof."""
    clearing_m: float = 50.0
    """Trees and buildings nearer than this do not hide the sky: who puts up a dish looks for a clearing."""
    least_low_deg: float = 25.0
    """Low satellites serve from this elevation up."""
    least_geostationary_deg: float = 10.0
    """A geostationary satellite is of use from this elevation up."""
    reach_km: float = 40.0
    """How far hills are looked for."""
    shells: tuple[Shell, ...] = SHELLS
    geostationary: tuple[tuple[str, float], ...] = tuple(GEOSTATIONARY.items())

    def __post_init__(self) -> None:
        limits = {
            "height_m": (0.0, 400.0),
            "clearing_m": (0.0, 1000.0),
            "least_low_deg": (0.0, 85.0),
            "least_geostationary_deg": (0.0, 85.0),
            "reach_km": (0.1, 300.0),
        }
        for name, (least, most) in limits.items():
            if not least <= getattr(self, name) <= most:
                raise InputError(f"{name} is {getattr(self, name)}; expected {least:g} to {most:g}")
        for shell in self.shells:
            if not (0.0 < shell.inclination_deg < 180.0 and 100.0 < shell.altitude_km < 36000.0):
                raise InputError(f"{shell} is no shell of low satellites")


@dataclass(frozen=True, eq=False)
class Sky:
    """The sky of all places, and what could not be looked at."""

    table: pd.DataFrame
    """One row for each place, by COLUMNS, in the order of the places."""
    left_out: list[str]
    assumptions: list[str]


def sky(places: gpd.GeoDataFrame, ground: Ground, view: View | None = None) -> Sky:
    """What of the sky each place sees over terrain, trees and buildings.

    Parameters
    ----------
    places
        Points with `id`; any projection.
    ground
        Terrain, trees and buildings.
    view
        How the dish stands; None: `View()`.

    Returns
    -------
    A table by COLUMNS, all of it `modelled`. Low satellites are reckoned by how often those of each shell are over
    each latitude, not by the orbits of one day.

    Raises
    ------
    InputError
        Two places have one id.

    """
    view = view or View()
    if places.crs is None:
        raise InputError(
            "places: nobody says which projection the points are in; expected a table with a crs"
        )
    ids = places["id"].astype(str).to_numpy(object)
    if len(set(ids)) < len(ids):
        raise InputError(f"places: the id {places['id'][places['id'].duplicated()].iloc[0]} stands twice")
    points = places.geometry
    usable = (points.notna() & ~points.is_empty & (points.geom_type == "Point")).to_numpy(bool)
    left_out = [f"{name}: no point on the map; left out." for name in ids[~usable]]
    degrees, metres = points[usable].to_crs(4326), points[usable].to_crs(ground.grid.crs)
    places_m = metres.x.to_numpy(float), metres.y.to_numpy(float)
    rows, columns = (pixels - 0.5 for pixels in ground.grid.pixels(*places_m))
    horizon, voids = horizons_deg(ground, rows, columns, view)
    known = ~np.isnan(horizon).any(axis=1)
    left_out += [
        f"{name}: outside of the terrain, or in a void of it; left out." for name in ids[usable][~known]
    ]
    table = _table(
        ids[usable][known],
        degrees.y.to_numpy(float)[known],
        degrees.x.to_numpy(float)[known],
        horizon[known],
        voids[known],
        view,
    )
    return Sky(table, left_out, _assumptions(view))


def horizons_deg(ground: Ground, rows: Floats, columns: Floats, view: View) -> tuple[Floats, Floats]:
    """Elevation of the horizon, degrees, (places, DIRECTIONS) from grid north clockwise; and how many voids it crossed.

    `rows` and `columns` are whole numbers in the middles of pixels. NaN for a place outside of the map or in a void.
    """
    return _horizons(
        ground.heights_m,
        ground.clutter_m,
        float(ground.grid.resolution_m),
        np.asarray(rows, float),
        np.asarray(columns, float),
        float(view.height_m),
        float(view.clearing_m),
        view.reach_km * 1000.0,
        float(np.nanmax(ground.heights_m + ground.clutter_m, initial=-1000.0)),
        DIRECTIONS,
    )


@lean
def _ray(
    heights_m: npt.NDArray[np.float32],
    clutter_m: npt.NDArray[np.float32],
    resolution_m: float,
    start: tuple[float, float],
    way: tuple[float, float],
    eye_m: float,
    clearing_m: float,
    reach_m: float,
    highest_m: float,
) -> tuple[float, int]:
    """Tangent of the horizon along one direction, and the voids on the way; stops where nothing can stand higher."""
    most, voids, step = -np.inf, 0, 1
    while True:
        far_m = step * resolution_m
        row, column = start[0] + way[0] * step, start[1] + way[1] * step
        inside = 0.0 <= row <= heights_m.shape[0] - 1 and 0.0 <= column <= heights_m.shape[1] - 1
        drop = far_m / (2.0 * BENT_EARTH_M)
        if far_m > reach_m or not inside or (highest_m - eye_m) / far_m - drop < most:
            return most, voids
        height = height_at(heights_m, row, column)
        if math.isnan(height):
            voids += 1
        else:
            if far_m >= clearing_m:
                height += clutter_m[round(row), round(column)]
            most = max(most, (height - eye_m) / far_m - drop)
        step += 1


@kernel(parallel=True, error_model="numpy")
def _horizons(
    heights_m: npt.NDArray[np.float32],
    clutter_m: npt.NDArray[np.float32],
    resolution_m: float,
    rows: Floats,
    columns: Floats,
    height_m: float,
    clearing_m: float,
    reach_m: float,
    highest_m: float,
    directions: int,
) -> tuple[Floats, Floats]:
    found = np.full((len(rows), directions), np.nan)
    voids = np.zeros((len(rows), directions))
    for place in numba.prange(len(rows)):
        row, column = rows[place], columns[place]
        if not (0.0 <= row <= heights_m.shape[0] - 1 and 0.0 <= column <= heights_m.shape[1] - 1):
            continue
        eye_m = height_at(heights_m, row, column) + height_m
        if math.isnan(eye_m):
            continue
        for j in range(directions):
            angle = 2.0 * math.pi * j / directions
            way = (-math.cos(angle), math.sin(angle))
            tangent, holes = _ray(
                heights_m, clutter_m, resolution_m, (row, column), way, eye_m, clearing_m, reach_m, highest_m
            )
            found[place, j] = math.degrees(math.atan(tangent)) if tangent > -1.0 else 0.0
            voids[place, j] = holes
    return found, voids


def geostationary_deg(
    lat_deg: float | Floats, lon_deg: float | Floats, satellite_deg: float
) -> tuple[Floats, Floats]:
    """Direction from north and elevation, degrees, of a geostationary satellite over `satellite_deg` east.

    On a round Earth; bending by air, below 0.1° from 8° up, is left out. Below the horizon the elevation is negative.
    """
    lat = np.radians(np.asarray(lat_deg, float))
    away = np.radians(satellite_deg - np.asarray(lon_deg, float))
    east = np.sin(away)
    north = -np.sin(lat) * np.cos(away)
    up = np.cos(lat) * np.cos(away) - 1.0 / GEOSTATIONARY_RADII
    azimuth = np.degrees(np.arctan2(east, north)) % 360.0
    return azimuth, np.degrees(np.arctan2(up, np.hypot(east, north)))


@functools.lru_cache(maxsize=256)
def _in_view(lat_deg: float, least_deg: float, shells: tuple[Shell, ...]) -> Floats:
    """(DIRECTIONS, elevations) satellites on the average in each piece of the sky from `least_deg` up.

    A satellite on a round orbit of inclination i is found over latitude φ as often, by area of its shell, as
    1 / (2 π² √(sin² i − sin² φ)).
    """
    edges = np.radians(_edges_deg(least_deg))
    azimuth = np.arange(DIRECTIONS) * 2.0 * math.pi / DIRECTIONS
    lat = math.radians(lat_deg)
    total = np.zeros((DIRECTIONS, len(edges) - 1))
    for shell in shells:
        radii = 1.0 + shell.altitude_km / EARTH_KM
        away = np.arccos(np.cos(edges) / radii) - edges
        area = (np.cos(away[1:]) - np.cos(away[:-1])) * 2.0 * math.pi / DIRECTIONS
        middle = (away[1:] + away[:-1]) / 2.0
        sine = math.sin(lat) * np.cos(middle) + math.cos(lat) * np.sin(middle) * np.cos(azimuth)[:, None]
        room = math.sin(math.radians(shell.inclination_deg)) ** 2 - sine**2
        density = np.where(room > 0.0, 1.0 / (2.0 * math.pi**2 * np.sqrt(np.maximum(room, 1e-4))), 0.0)
        total += shell.satellites * density * area
    return total


def _edges_deg(least_deg: float) -> Floats:
    return np.linspace(least_deg, 90.0, math.ceil((90.0 - least_deg) / _ELEVATION_STEP_DEG) + 1)


def low_satellites(lat_deg: float, horizon_deg: Floats, view: View) -> tuple[float, float]:
    """Low satellites in view on the average, and how many there would be with no hills and trees.

    `horizon_deg` is by direction, (DIRECTIONS,).
    """
    pieces = _in_view(round(lat_deg, 1), view.least_low_deg, view.shells)
    return float((pieces * _open(horizon_deg, view.least_low_deg)).sum()), float(pieces.sum())


def _open(horizon_deg: Floats, least_deg: float) -> Floats:
    """(DIRECTIONS, elevations): the part of each piece of the sky over the horizon."""
    edges = _edges_deg(least_deg)
    part: Floats = np.clip((edges[1:] - horizon_deg[:, None]) / np.diff(edges), 0.0, 1.0)
    return part


def _sky_share(horizon_deg: Floats, least_deg: float) -> float:
    """Part of the solid angle above `least_deg` that is above the horizon."""
    seen = 1.0 - np.sin(np.radians(np.maximum(horizon_deg, least_deg)))
    return min(float(seen.mean() / (1.0 - math.sin(math.radians(least_deg)))), 1.0)


def _table(
    ids: npt.NDArray[np.object_], lat: Floats, lon: Floats, horizon: Floats, voids: Floats, view: View
) -> pd.DataFrame:
    rows = [_row(*facts, view) for facts in zip(lat, horizon, strict=True)]
    made = pd.DataFrame(rows, columns=[c.name for c in COLUMNS[1:7]])
    fixed = _geostationary(lat, lon, horizon, view)
    made = pd.concat([pd.DataFrame({"id": ids}), made, fixed], axis=1)
    made["void_share"] = (voids > 0).mean(axis=1)
    made["known_by"] = "modelled"
    return made[[c.name for c in COLUMNS]].astype({"id": "str", "geostationary": "str", "known_by": "str"})


def _row(lat: float, horizon: Floats, view: View) -> tuple[float, ...]:
    seen, all_of_them = low_satellites(lat, horizon, view)
    at = int(np.argmax(horizon))
    return (
        float(horizon.mean()),
        float(horizon[at]),
        at * 360.0 / DIRECTIONS,
        _sky_share(horizon, view.least_low_deg),
        seen,
        seen / all_of_them if all_of_them > 0 else math.nan,
    )


def _geostationary(lat: Floats, lon: Floats, horizon: Floats, view: View) -> pd.DataFrame:
    names = [name for name, _ in view.geostationary]
    elevation = np.full((len(lat), len(names)), np.nan)
    free = elevation.copy()
    for j, (_, over) in enumerate(view.geostationary):
        azimuth, elevation[:, j] = geostationary_deg(lat, lon, over)
        free[:, j] = elevation[:, j] - _horizon_at(horizon, azimuth)
    shown = (free > 0.0) & (elevation >= view.least_geostationary_deg)
    order = np.argsort(-elevation, axis=1, kind="stable")
    text = [", ".join(names[j] for j in order[i] if shown[i, j]) for i in range(len(lat))]
    if not names:
        none = np.full(len(lat), np.nan)
        return pd.DataFrame(
            {"geostationary": text, "geostationary_deg": none, "geostationary_free_deg": none}
        )
    best = np.argmax(np.where(elevation >= view.least_geostationary_deg, free, free - 1000.0), axis=1)
    pick = np.arange(len(lat)), best
    return pd.DataFrame(
        {"geostationary": text, "geostationary_deg": elevation[pick], "geostationary_free_deg": free[pick]}
    )


def _horizon_at(horizon: Floats, azimuth_deg: Floats) -> Floats:
    """The higher of the two directions beside `azimuth_deg`."""
    left = np.floor(azimuth_deg * DIRECTIONS / 360.0).astype(int) % DIRECTIONS
    place = np.arange(len(horizon))
    higher: Floats = np.maximum(horizon[place, left], horizon[place, (left + 1) % DIRECTIONS])
    return higher


def _assumptions(view: View) -> list[str]:
    return [
        f"A dish stands {view.height_m:g} m above ground in a clearing of {view.clearing_m:g} m.",
        f"Low satellites serve from {view.least_low_deg:g} degrees up; {sum(s.satellites for s in view.shells)} are "
        "assumed, as licensed; how many of them serve the region is not known.",
        f"Hills are looked for up to {view.reach_km:g} km, and no farther than the map.",
    ]
