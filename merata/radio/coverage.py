"""The coverage map: the strongest 4G power (RSRP) that a phone outdoors receives in each pixel, and from which site."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import rasterio
from scipy.special import ndtr

from merata.errors import FileError
from merata.radio import simple
from merata.region.grid import Grid
from merata.region.settings import RadioSettings

#: ESA WorldCover classes whose loss is the setting `forest_db`: tree cover and mangroves.
FOREST = (10, 95)
#: ESA WorldCover class whose loss is the setting `built_db`.
BUILT = (50,)
#: Kinds of site that radiate; one that does not say counts as a tower.
RADIATING = ("tower", "repeater")
#: Words of `technologies` that carry 4G or 5G.
_FOURTH = r"(?i)(?<!\d)[45]\s?G|\bLTE|\bNR\b"

_TAG = "MERATA_COVERAGE"


@dataclass(frozen=True)
class Coverage:
    """Received power by pixel. Two maps are equal when their arrays and grid are."""

    rsrp_dbm: npt.NDArray[np.float32]
    """(rows, columns): strongest received power, dBm, to 0.1 dB; NaN where no site is in reach."""
    best_site: npt.NDArray[np.int32]
    """(rows, columns): position of that site in the table of sites; -1 where none is in reach."""
    grid: Grid
    assumptions: tuple[str, ...] = ()
    """What was assumed of sites that do not say, in plain English."""

    def write(self, path: Path) -> None:
        """Write a GeoTIFF: band 1 received power, band 2 the site's position; the same map gives the same bytes."""
        write(self, path)


@dataclass(frozen=True)
class _Site:
    position: int
    row: float
    column: float
    height_m: float
    frequency_mhz: float
    sent_dbm: float


def coverage(
    sites: gpd.GeoDataFrame,
    heights_m: npt.NDArray[np.float32] | None,
    cover: npt.NDArray[np.uint8] | None,
    grid: Grid,
    settings: RadioSettings,
    progress: Callable[[int, int], None] | None = None,
) -> Coverage:
    """The strongest received power in each pixel of `grid`, by the model of `merata.radio.simple`.

    Parameters
    ----------
    sites
        The table `sites`, any projection. Towers and repeaters on 4G or 5G count; points of presence do not radiate.
    heights_m
        (rows, columns) heights above sea level; None: flat, and no hill shadows anything.
    cover
        (rows, columns) classes of ESA WorldCover; None: open land.
    grid
        The pixels.
    settings
        The model's settings, and what is assumed of a site that does not say.
    progress
        Called with (sites done, sites in all) after each site.

    Raises
    ------
    ValueError
        An array has not the grid's shape.

    """
    ground = _ground(heights_m, grid)
    clutter_db = _clutter_db(cover, grid, settings)
    chosen, assumptions = _radiating(sites, grid, settings)
    rsrp_dbm = np.full(grid.shape, np.nan, np.float32)
    best = np.full(grid.shape, -1, np.int32)
    for done, site in enumerate(chosen, 1):
        _add(site, rsrp_dbm, best, ground, clutter_db, grid, settings)
        if progress is not None:
            progress(done, len(chosen))
    if heights_m is None and chosen:
        assumptions.append("The land is taken as flat for the coverage map: no terrain was given.")
    if cover is None and chosen:
        assumptions.append("The land is taken as open for the coverage map: no land cover was given.")
    return Coverage(rsrp_dbm, best, grid, tuple(assumptions))


def _add(
    site: _Site,
    rsrp_dbm: simple.Floats,
    best: simple.Ints,
    ground: simple.Floats,
    clutter_db: simple.Floats,
    grid: Grid,
    settings: RadioSettings,
) -> None:
    radius_m = settings.radius_km * 1000
    steps = math.ceil(radius_m / grid.resolution_m) + 1
    rays = max(8, math.ceil(2 * math.pi * radius_m / grid.resolution_m))
    tx_m = simple.ground_m(ground, site.row, site.column) + site.height_m
    wavelength_m = simple.LIGHT_M_PER_S / (site.frequency_mhz * 1e6)
    edge_db = simple.edge_loss_by_ray(
        ground,
        site.row,
        site.column,
        tx_m,
        settings.receiver_height_m,
        grid.resolution_m,
        wavelength_m,
        rays,
        steps,
    )
    simple.keep_best(
        rsrp_dbm,
        best,
        site.position,
        ground,
        clutter_db,
        edge_db,
        site.row,
        site.column,
        site.height_m,
        tx_m,
        settings.receiver_height_m,
        site.frequency_mhz,
        site.sent_dbm,
        grid.resolution_m,
        radius_m,
    )


def _ground(heights_m: npt.NDArray[np.float32] | None, grid: Grid) -> simple.Floats:
    if heights_m is None:
        return np.zeros(grid.shape, np.float32)
    if heights_m.shape != grid.shape:
        raise ValueError(f"heights are {heights_m.shape}, the grid is {grid.shape}")
    return np.ascontiguousarray(heights_m, np.float32)


def _clutter_db(cover: npt.NDArray[np.uint8] | None, grid: Grid, settings: RadioSettings) -> simple.Floats:
    if cover is None:
        return np.zeros(grid.shape, np.float32)
    if cover.shape != grid.shape:
        raise ValueError(f"land cover is {cover.shape}, the grid is {grid.shape}")
    by_class = np.zeros(256, np.float32)
    by_class[list(FOREST)] = settings.forest_db
    by_class[list(BUILT)] = settings.built_db
    return by_class[cover.astype(np.uint8)]


def _radiating(sites: gpd.GeoDataFrame, grid: Grid, settings: RadioSettings) -> tuple[list[_Site], list[str]]:
    """The sites that count and reach the grid, in the table's order, and what was assumed of them."""
    used, assumptions = _on_air(sites)
    values = {}
    for name, default, unit in (
        ("height_m", settings.height_m, "m of antenna height"),
        ("frequency_mhz", settings.frequency_mhz, "MHz"),
        ("eirp_dbm", settings.eirp_dbm, "dBm of radiated power"),
    ):
        values[name], missing = _known_or(sites[name], default, zero_is_blank=name != "eirp_dbm")
        if (missing & used).any():
            count = _sites(int((missing & used).sum()), "that does not say is", "that do not say are")
            assumptions.append(f"{count} given {default:g} {unit}.")
    points = sites.geometry.to_crs(grid.crs)
    chosen = []
    for i in np.flatnonzero(used):
        point = points.iloc[i].representative_point()
        row = (grid.north_m - point.y) / grid.resolution_m - 0.5
        column = (point.x - grid.west_m) / grid.resolution_m - 0.5
        sent_dbm = values["eirp_dbm"][i] - settings.carrier_to_rsrp_db
        site = _Site(int(i), row, column, values["height_m"][i], values["frequency_mhz"][i], sent_dbm)
        if _reaches(site, grid, settings):
            chosen.append(site)
    return chosen, assumptions


def _on_air(sites: gpd.GeoDataFrame) -> tuple[npt.NDArray[np.bool_], list[str]]:
    """Which sites radiate 4G or 5G, and what was assumed to say so."""
    kind = sites["kind"].astype("string")
    words = sites["technologies"].astype("string").fillna("").str.strip()
    silent = (words == "").to_numpy(dtype=bool)
    fourth = words.str.contains(_FOURTH, regex=True).to_numpy(dtype=bool)
    radiates = (kind.isna() | kind.isin(RADIATING)).to_numpy(dtype=bool)
    placed = ~(sites.geometry.is_empty | sites.geometry.isna()).to_numpy(dtype=bool)
    used = radiates & (silent | fourth) & placed
    assumptions = []
    if (silent & used).any():
        count = _sites(
            int((silent & used).sum()), "that names no technology is", "that name no technology are"
        )
        assumptions.append(f"{count} taken as 4G.")
    if (radiates & ~placed).any():
        count = _sites(int((radiates & ~placed).sum()), "without a position is", "without a position are")
        assumptions.append(f"{count} left out of the coverage map.")
    return used, assumptions


def _known_or(
    column: pd.Series, default: float, zero_is_blank: bool
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """The column with its gaps filled, and where they were. A height of 0 m is an empty cell, not a mast."""
    given = pd.to_numeric(column, errors="coerce").astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    missing = np.isnan(given) | (zero_is_blank & (given <= 0))
    return np.where(missing, default, given), missing


def _sites(count: int, one: str, many: str) -> str:
    return f"1 site {one}" if count == 1 else f"{count} sites {many}"


def _reaches(site: _Site, grid: Grid, settings: RadioSettings) -> bool:
    reach = settings.radius_km * 1000 / grid.resolution_m
    rows = max(0.0, -site.row, site.row - (grid.height - 1))
    columns = max(0.0, -site.column, site.column - (grid.width - 1))
    return math.hypot(rows, columns) <= reach


def write(coverage: Coverage, path: Path) -> None:
    """Write `coverage` as a GeoTIFF (deflate, tiled); the same map gives the same bytes."""
    grid = coverage.grid
    profile = {
        "driver": "GTiff",
        "dtype": "float32",
        "count": 2,
        "width": grid.width,
        "height": grid.height,
        "crs": grid.crs,
        "transform": grid.transform,
        "nodata": math.nan,
        "compress": "deflate",
        "predictor": 3,
        "tiled": True,
        "blockxsize": 256,
        "blockysize": 256,
        "num_threads": 1,
    }
    with rasterio.open(path, "w", **profile) as file:
        file.write(coverage.rsrp_dbm, 1)
        file.write(coverage.best_site.astype(np.float32), 2)
        file.set_band_description(1, "Strongest received power of 4G outdoors (RSRP), dBm")
        file.set_band_description(2, "Position of that site in the table of sites; -1: none in reach")
        facts = {
            "crs": grid.crs,
            "resolution_m": grid.resolution_m,
            "assumptions": list(coverage.assumptions),
        }
        file.update_tags(**{_TAG: json.dumps(facts)})


def read(path: Path) -> Coverage:
    """The coverage map that `write` wrote; raises FileError when the file is not one."""
    try:
        with rasterio.open(path) as file:
            facts = json.loads(file.tags()[_TAG])
            rsrp_dbm, best = file.read(1), file.read(2).astype(np.int32)
            west_m, north_m = file.transform.c, file.transform.f
    except (rasterio.errors.RasterioError, KeyError, IndexError, ValueError) as error:
        raise FileError(
            f"{path}: not a coverage map of Merata ({error}). `merata run` makes a new one."
        ) from error
    rows, columns = rsrp_dbm.shape
    grid = Grid(facts["crs"], west_m, north_m, facts["resolution_m"], columns, rows)
    return Coverage(rsrp_dbm, best, grid, tuple(facts["assumptions"]))


def sample(coverage: Coverage, points: gpd.GeoSeries) -> npt.NDArray[np.float64]:
    """Received power at each point, dBm: the middle value of the nine pixels around it.

    People live around a point, not on it, and the point itself is rough: the middle value (median) is not swayed
    by one lucky hilltop. A pixel without a site in reach counts as the weakest. NaN: no site in reach, the point is
    outside the map, or there is no point.
    """
    grid = coverage.grid
    here = ~(points.is_empty | points.isna()).to_numpy()
    out = np.full(len(points), np.nan)
    if not here.any():
        return out
    placed = points[here].to_crs(grid.crs)
    row = np.floor((grid.north_m - placed.y.to_numpy()) / grid.resolution_m).astype(int)
    column = np.floor((placed.x.to_numpy() - grid.west_m) / grid.resolution_m).astype(int)
    inside = (row >= 0) & (row < grid.height) & (column >= 0) & (column < grid.width)
    around = np.array([(r, c) for r in (-1, 0, 1) for c in (-1, 0, 1)])
    rows = np.clip(row[:, None] + around[:, 0], 0, grid.height - 1)
    columns = np.clip(column[:, None] + around[:, 1], 0, grid.width - 1)
    values = np.where(inside[:, None], coverage.rsrp_dbm[rows, columns], np.nan).astype(float)
    middle = np.sort(np.where(np.isnan(values), -np.inf, values), axis=1)[:, 4]
    out[here] = np.where(np.isfinite(middle), middle, np.nan)
    return out


def chance_at_least(
    rsrp_dbm: npt.NDArray[np.float64], threshold_dbm: float, sigma_db: float
) -> npt.NDArray[np.float64]:
    """The chance that the true power is at least `threshold_dbm` where the model says `rsrp_dbm`.

    The model's error is taken as normal with standard deviation `sigma_db`: Φ((rsrp - threshold) / σ). NaN stays NaN.
    """
    chance: npt.NDArray[np.float64] = ndtr((np.asarray(rsrp_dbm, float) - threshold_dbm) / sigma_db)
    return chance
