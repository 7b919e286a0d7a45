"""Microwave hops between sites: are they free, how high, which band and dish, how often do they fail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import KDTree

from merata.errors import InputError
from merata.radio import _hop_budget as budget
from merata.radio import _hop_kernel as kernel
from merata.radio import p530
from merata.radio.heights import said_height_m
from merata.radio.land import Ground
from merata.region.settings import RadioSettings
from merata.region.tables import KNOWN_BY, Column

Floats = npt.NDArray[np.float64]

#: Part of the first Fresnel radius that is wanted at median k (P.530 section 2.2.2.1, step a).
WANTED_MEDIAN = 1.0
#: Sites nearer to each other are at one place.
LEAST_APART_M = 50.0
#: No antenna of a hop is higher above ground, m.
MOST_HEIGHT_M = 400.0
#: How free a hop is at the antennas' own heights.
SIGHTS = ("clear", "partly", "blocked", "unknown")
#: What ends a hop's use, the most often.
LIMITS = ("obstacle", "rain", "multipath", "distance", "no terrain")

#: The table of hops: one row for each pair of sites.
COLUMNS = (
    Column("a", "text", "Site at one end", required=True),
    Column("b", "text", "Site at the other end", required=True),
    Column("distance_km", "float", "Length of the hop", unit="km", minimum=0),
    Column("sight", "choice", "How free it is at the antennas' own heights, over terrain and trees", choices=SIGHTS),
    Column("clearance", "float", "Free part of the first Fresnel radius where it is least, at median k; below 0: cut"),
    Column("clearance_low_k", "float", "The same when air bends the ray up (k exceeded for 99.9 % of the worst month)"),
    Column("worst_km", "float", "Where it is least free, from the first site", unit="km", minimum=0),
    Column("worst_cover_m", "float", "Height of trees or buildings there", unit="m", minimum=0),
    Column("lowest_a_m", "float", "Antenna at the first site for the lowest pair that clears it", unit="m", minimum=0),
    Column("lowest_b_m", "float", "Antenna at the other site", unit="m", minimum=0),
    Column("works", "bool", "Whether it carries traffic for the wanted part of the year", required=True),
    Column("raised", "bool", "Whether it needs antennas higher than the sites have", required=True),
    Column("band_ghz", "float", "Band that suits it best", unit="GHz"),
    Column("bandwidth_mhz", "float", "Width of its channel", unit="MHz"),
    Column("antenna_m", "float", "Diameter of the dish at both ends", unit="m"),
    Column("modulation", "text", "Fastest modulation that holds for the wanted part of the year"),
    Column("rate_mbps", "float", "Its rate each way", unit="Mbit/s", minimum=0),
    Column("margin_db", "float", "How much loss it bears beyond clear air", unit="dB"),
    Column("availability_year", "float", "Part of an average year that it holds", minimum=0, maximum=1),
    Column("availability_worst_month", "float", "Part of the worst month", minimum=0, maximum=1),
    Column("rain_percent", "float", "Part of the year that rain cuts it", unit="%", minimum=0, maximum=100),
    Column("multipath_percent", "float", "Part of the year that multipath cuts it", unit="%", minimum=0, maximum=100),
    Column("limit", "choice", "What stands against it most", choices=LIMITS),
    Column("known_by", "choice", "How this is known", required=True, choices=KNOWN_BY),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Hops:
    """All candidate hops, and what could not be looked at."""

    table: pd.DataFrame
    """One row for each pair, by COLUMNS, ordered as the sites are."""
    left_out: list[str]
    """Sites that can't be an end, and why, in plain English."""
    assumptions: list[str]
    """What the table rests on, in plain English."""


@dataclass(frozen=True, eq=False)
class _Sites:
    ids: npt.NDArray[np.object_]
    rows: Floats
    columns: Floats
    lat: Floats
    lon: Floats
    height_m: Floats
    assumed_heights: int


def hops(
    sites: gpd.GeoDataFrame,
    ground: Ground,
    settings: RadioSettings,
    want: budget.Want | None = None,
    pairs: Iterable[tuple[str, str]] | None = None,
    step_m: float | None = None,
) -> Hops:
    """Every hop that two of the sites could make, with its clearance and its best radio.

    Parameters
    ----------
    sites
        Points with `id` and, when known, `height_m` above ground; any projection.
    ground
        Terrain, trees and buildings.
    settings
        For what is asked of a hop (`hop`), the polarisation, the rain (`rain_mm_per_h`; 0: the map of P.837), the
        low k (`low_k`; 0: by length from P.530) and the height of a site that does not say.
    want
        What is asked of a hop, instead of what `settings.hop` says.
    pairs
        The pairs of ids to look at; None: all that are near enough, of the sites that can be an end.
    step_m
        Distance between points of a profile, m; None: a pixel.

    Returns
    -------
    Clearance is reckoned at 4/3 of the Earth's radius and at the low k of P.530; antennas of a hop that is not free
    at the sites' own heights are raised as little as can be, no higher than `want.most_height_m`. Rain, multipath
    and selective fading follow P.530; the radios are typical ones. Everything is `modelled`.

    Raises
    ------
    InputError
        A setting can't be, or `pairs` names a site that is not there or can't be an end: without a place on known
        ground, with the id of another, with a height that can't be. Without `pairs` such a site is left out, and that
        is said (`Hops.left_out`). A height that is blank or 0 is assumed.

    """
    want = want or budget.Want.of(settings.hop)
    step = float(ground.grid.resolution_m if step_m is None else step_m)
    if not 1.0 <= step <= 1000.0:
        raise InputError(f"step_m is {step:g}; expected 1 to 1000")
    known, left_out = _placed(sites, ground, settings)
    first, second = (
        _near(known, ground, settings.hop.most_km) if pairs is None else _named(known, pairs, left_out)
    )
    apart = _apart_m(known, first, second, ground) >= LEAST_APART_M
    left_out += [
        f"{known.ids[a]} and {known.ids[b]} are at one place: no hop is needed."
        for a, b in zip(first[~apart], second[~apart], strict=True)
    ]
    table = _table(known, first[apart], second[apart], ground, settings, want, step)
    return Hops(table, left_out, _assumptions(known, settings, want, table["distance_km"].max()))


def _placed(sites: gpd.GeoDataFrame, ground: Ground, settings: RadioSettings) -> tuple[_Sites, list[str]]:
    """The sites that stand on known ground, and why the others don't."""
    if sites.crs is None:
        raise InputError("sites: nobody says which projection the points are in; expected a table with a crs")
    ids = sites["id"].astype(str).to_numpy(object)
    heights, why = _antennas(sites, ids)
    points = sites.geometry
    here = (points.notna() & ~points.is_empty & (points.geom_type == "Point")).to_numpy(bool)
    why[~here] = "no point on the map"
    twice = pd.Series(ids).duplicated(keep=False).to_numpy(bool)
    why[twice] = "more than one site has this id"
    left_out = [f"{name}: {reason}; left out." for name, reason in zip(ids, why, strict=True) if reason]
    usable = why == ""
    ids, points, heights = ids[usable], points[usable], heights[usable]
    degrees, metres = points.to_crs(4326), points.to_crs(ground.grid.crs)
    lat, lon = degrees.y.to_numpy(float), degrees.x.to_numpy(float)
    places_m = metres.x.to_numpy(float), metres.y.to_numpy(float)
    rows, columns = (pixels - 0.5 for pixels in ground.grid.pixels(*places_m))
    lost = [_why_not(ground, row, column) for row, column in zip(rows, columns, strict=True)]
    left_out += [
        f"{name} ({a:.5f}, {b:.5f}) {reason}; left out."
        for name, a, b, reason in zip(ids, lat, lon, lost, strict=True)
        if reason
    ]
    good = np.array([not reason for reason in lost], bool)
    assumed = np.isnan(heights)
    heights = np.where(assumed, settings.height_m, heights)
    known = _Sites(
        ids[good], rows[good], columns[good], lat[good], lon[good], heights[good], int(assumed[good].sum())
    )
    return known, left_out


def _why_not(ground: Ground, row: float, column: float) -> str:
    if not (0 <= row <= ground.grid.height - 1 and 0 <= column <= ground.grid.width - 1):
        return "is outside of the terrain"
    return "is in a void of the terrain" if np.isnan(kernel.height_at(ground.heights_m, row, column)) else ""


def _antennas(
    sites: gpd.GeoDataFrame, ids: npt.NDArray[np.object_]
) -> tuple[Floats, npt.NDArray[np.object_]]:
    """Heights of the antennas, m, NaN where a site does not say; and what is wrong with a site that says no height."""
    cells = sites["height_m"].tolist() if "height_m" in sites else [None] * len(sites)
    heights, why = np.full(len(ids), np.nan), np.full(len(ids), "", object)
    for i, cell in enumerate(cells):
        try:
            heights[i] = said_height_m(cell, str(ids[i]), MOST_HEIGHT_M)
        except InputError as error:
            why[i] = str(error).removeprefix(f"{ids[i]}: ").rstrip(".")
    return heights, why


def _near(
    known: _Sites, ground: Ground, most_km: float
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    if len(known.ids) < 2:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    places = np.column_stack([known.rows, known.columns]) * ground.grid.resolution_m
    found = KDTree(places).query_pairs(most_km * 1000.0, output_type="ndarray").astype(np.int64)
    found = np.sort(found, axis=1)
    found = found[np.lexsort((found[:, 1], found[:, 0]))]
    return found[:, 0], found[:, 1]


def _named(
    known: _Sites, pairs: Iterable[tuple[str, str]], left_out: list[str]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    at = {name: i for i, name in enumerate(known.ids)}
    wanted = [(str(a), str(b)) for a, b in pairs]
    for name in (name for pair in wanted for name in pair):
        if name not in at:
            raise InputError(why_left_out(name, left_out) or f"{name}: there is no such site")
    ends = np.array([(at[a], at[b]) for a, b in wanted], np.int64).reshape(-1, 2)
    return ends[:, 0], ends[:, 1]


def why_left_out(name: str, left_out: Iterable[str]) -> str:
    """Why the site `name` can't be an end, of the lines of `Hops.left_out`; empty when it can."""
    own = (line for line in left_out if line.startswith((f"{name}: ", f"{name} (")))
    return next(own, "").replace("; left out", "")


def _apart_m(
    known: _Sites, first: npt.NDArray[np.int64], second: npt.NDArray[np.int64], ground: Ground
) -> Floats:
    rows = known.rows[first] - known.rows[second]
    distance: Floats = np.hypot(rows, known.columns[first] - known.columns[second]) * ground.grid.resolution_m
    return distance


def _table(
    known: _Sites,
    first: npt.NDArray[np.int64],
    second: npt.NDArray[np.int64],
    ground: Ground,
    settings: RadioSettings,
    want: budget.Want,
    step_m: float,
) -> pd.DataFrame:
    ghz = np.array([band.frequency_ghz for band in want.bands])
    distance_km = _apart_m(known, first, second, ground) / 1000.0
    antennas = np.column_stack([known.height_m[first], known.height_m[second]])
    wanted = np.column_stack([np.full(len(first), WANTED_MEDIAN), p530.low_k_clearance(distance_km)])
    most = np.maximum(antennas, want.most_height_m)
    facts, lowest = kernel.clearances(
        ground.heights_m,
        ground.clutter_m,
        float(ground.grid.resolution_m),
        step_m,
        np.column_stack([known.rows[first], known.columns[first], known.rows[second], known.columns[second]]),
        antennas,
        np.column_stack([np.full(len(first), p530.MEDIAN_K), _low_k(distance_km, settings)]),
        wanted,
        ghz,
        np.stack([np.full_like(most, want.least_height_m), most], axis=2),
    )
    rain_rate, factor = budget.climate(known.lat, known.lon, settings.rain_mm_per_h)
    paths = budget.Paths(
        distance_km=distance_km,
        ground_m=facts[:, [kernel.GROUND_A_M, kernel.GROUND_B_M]],
        own_m=antennas,
        lowest_m=lowest,
        clear=_clear(facts, wanted, ghz),
        fits=np.all(lowest <= most[:, None, :] + kernel.ROUNDING_M, axis=2),
        lat=(known.lat[first] + known.lat[second]) / 2.0,
        rain_mm_per_h=np.maximum(rain_rate[first], rain_rate[second]),
        geoclimatic=np.maximum(factor[first], factor[second]),
    )
    best = budget.best(paths, want, settings.polarization)
    return _columns(known, first, second, facts, paths, best, want)


def _low_k(distance_km: Floats, settings: RadioSettings) -> Floats:
    """The k that each hop must clear when air bends the ray up."""
    return np.full_like(distance_km, settings.low_k) if settings.low_k > 0 else p530.low_k(distance_km)


def _clear(facts: Floats, wanted: Floats, ghz: Floats) -> npt.NDArray[np.bool_]:
    """(pairs, bands): whether the hop is free at the sites' own heights."""
    root = np.sqrt(ghz)[None, :]
    with np.errstate(invalid="ignore"):
        at_median = facts[:, [kernel.MEDIAN]] * root >= wanted[:, [0]]
        at_low: npt.NDArray[np.bool_] = facts[:, [kernel.LOW]] * root >= wanted[:, [1]]
    return at_median & at_low


def _columns(
    known: _Sites,
    first: npt.NDArray[np.int64],
    second: npt.NDArray[np.int64],
    facts: Floats,
    paths: budget.Paths,
    best: budget.Best,
    want: budget.Want,
) -> pd.DataFrame:
    """The table, from what was found; clearances are said for the chosen band."""
    root = np.sqrt(np.array([band.frequency_ghz for band in want.bands]))[best.band]
    pair = np.arange(len(first))
    void = facts[:, kernel.VOIDS] > 0
    heights = np.ceil(paths.lowest_m[pair, best.band] * 10.0 - 1e-6) / 10.0
    used = best.used
    made = pd.DataFrame(
        {
            "a": known.ids[first],
            "b": known.ids[second],
            "distance_km": paths.distance_km,
            "sight": _sight(facts[:, kernel.MEDIAN], paths.clear[pair, best.band], void),
            "clearance": facts[:, kernel.MEDIAN] * root,
            "clearance_low_k": facts[:, kernel.LOW] * root,
            "worst_km": facts[:, kernel.MEDIAN_AT_KM],
            "worst_cover_m": facts[:, kernel.MEDIAN_CLUTTER_M],
            "lowest_a_m": heights[:, 0],
            "lowest_b_m": heights[:, 1],
            "works": best.works,
            "raised": best.raised,
            **budget.radio_columns(best, want),
            "availability_year": np.where(used, 1.0 - best.year_percent / 100.0, np.nan),
            "availability_worst_month": np.where(used, 1.0 - best.month_percent / 100.0, np.nan),
            "rain_percent": np.where(used, best.rain_percent, np.nan),
            "multipath_percent": np.where(used, best.multipath_percent, np.nan),
            "limit": _limit(best, void),
            "known_by": np.full(len(first), "modelled", object),
        }
    )
    text = {c.name: "str" for c in COLUMNS if c.kind in ("text", "choice")}
    return made[[c.name for c in COLUMNS]].astype(text)


def _sight(
    median: Floats, clear: npt.NDArray[np.bool_], void: npt.NDArray[np.bool_]
) -> npt.NDArray[np.object_]:
    clear_name, partly, blocked, unknown = SIGHTS
    free = np.where(median >= 0.0, partly, blocked)
    return np.where(void, unknown, np.where(clear, clear_name, free)).astype(object)


def _limit(best: budget.Best, void: npt.NDArray[np.bool_]) -> npt.NDArray[np.object_]:
    obstacle, wet, layers, distance, no_terrain = LIMITS
    fading = np.where(best.rain_percent >= best.multipath_percent, wet, layers)
    fading = np.where(best.margin_db <= 0.0, distance, fading)
    return np.where(void, no_terrain, np.where(best.used, fading, obstacle)).astype(object)


def _assumptions(known: _Sites, settings: RadioSettings, want: budget.Want, longest_km: float) -> list[str]:
    said = [
        "Hops are reckoned with typical radios and dishes, not with one maker's: sending power, noise, signal needed.",
        f"A hop works when it holds for {want.availability:.3%} of an average year.".replace("%", " %"),
        "Multipath follows P.530-17, whose maps can be passed on; rain and clearance P.530-18.",
    ]
    if settings.low_k > 0:
        said.append(f"A low k of {settings.low_k:g} is set in region.toml for hops of every length.")
    if settings.rain_mm_per_h > 0:
        said.append(f"Rain of {settings.rain_mm_per_h:g} mm/h in 0.01 % of the year is set in region.toml.")
    else:
        said.append("Rain in 0.01 % of the year is that of the map of ITU-R P.837-7.")
    if longest_km > p530.MOST_RAIN_KM:
        said.append(
            f"Rain on hops longer than {p530.MOST_RAIN_KM:g} km is reckoned beyond where the method was tried."
        )
    if known.assumed_heights:
        one = known.assumed_heights == 1
        who = "1 site does not say" if one else f"{known.assumed_heights} sites do not say"
        said.append(f"{who} how high the antennas are; {settings.height_m:g} m is assumed.")
    return said
