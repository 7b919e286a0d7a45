"""Measured signal set against the coverage map, and the map corrected by it at places: power, and how sure it is.

A measurement is used when it is of 4G, or does not say of what, lies where a site is in reach, and is of the operator
of the strongest site there or does not say whose it is. It is taken to be made outdoors: where the map is for phones
inside buildings, what a building takes is left out of the comparison. Of one phone or campaign (a source and an
operator), measurements in the same square of `CELL_M` under the same site count as one, at their median: a bus that
waits is not a survey.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from merata.errors import FileError
from merata.radio._mixed import Floats
from merata.radio.chance import place_spread_db
from merata.radio.correct import Correction, Points, Validation, fit, no_correction
from merata.radio.coverage_map import Coverage
from merata.radio.finish import building_db
from merata.radio.margin import Network, Seen, margins
from merata.radio.sampling import Pixels, middle_of, pixels_of, power_at, table_at
from merata.radio.transmitters import FOURTH
from merata.region.settings import LevelSettings, RadioSettings, Settings
from merata.region.tables import LEVELS

#: Side of the square within which measurements of one phone count as one, m.
CELL_M = 250.0
#: A phone is never nearer to a site than this when its distance is reckoned with, km.
NEAREST_KM = 0.05


class Heard(NamedTuple):
    """The power at places, one row each."""

    power_dbm: Floats
    """Predicted and corrected, dBm; NaN: no site in reach."""
    spread_db: Floats
    """Standard deviation of a place about it that no measurement elsewhere would take away, dB."""
    correction_sigma_db: Floats
    """Standard deviation of the correction, dB."""
    margins_db: Floats
    """(places, levels): what a place has over what a level needs (`merata.radio.margin`); NaN: no site in reach."""
    limits: npt.NDArray[np.int64]
    """(places, levels): what that least margin is of, as a position in `margin.LIMITS`."""


def features(
    coverage: Coverage, points: gpd.GeoSeries, sites: gpd.GeoDataFrame, cover: npt.NDArray[np.uint8] | None
) -> pd.DataFrame:
    """What a correction depends on at each point: one row each, in order.

    Parameters
    ----------
    coverage
        The coverage map.
    points
        Points in any projection; an empty one gets a row that says nothing.
    sites
        The table `sites` that the map was made from.
    cover
        (rows, columns) classes of ESA WorldCover on the map's grid; None: not known.

    Returns
    -------
    pandas.DataFrame
        `model_dbm` of the pixel (NaN: no site in reach), `band_mhz`, `clutter` (-1: not known), `distance_km` to the
        strongest site, `site` (its position, -1: none), `sigma_db` of the map, `east_m` and `north_m`.

    Raises
    ------
    ValueError
        The land cover has not the map's shape.

    """
    return _features(coverage, pixels_of(coverage.grid, points), len(points), sites, cover)


def _features(
    coverage: Coverage,
    at: Pixels,
    count: int,
    sites: gpd.GeoDataFrame,
    cover: npt.NDArray[np.uint8] | None,
) -> pd.DataFrame:
    """`features` of `count` points whose pixels are known."""
    if cover is not None and cover.shape != coverage.grid.shape:
        raise ValueError(f"land cover is {cover.shape}, the map is {coverage.grid.shape}")
    r, c, east, north = at.rows, at.columns, at.east_m, at.north_m
    site = coverage.best_site[r, c].astype(np.int64)
    values = {
        "model_dbm": coverage.rsrp_dbm[r, c],
        "band_mhz": coverage.band_mhz[r, c],
        "distance_km": distance_km(site, east, north, sites.geometry.to_crs(coverage.grid.crs)),
        "sigma_db": coverage.sigma_db[r, c],
        "east_m": east,
        "north_m": north,
        "clutter": np.full(len(r), -1) if cover is None else cover_class(cover[r, c]),
        "site": site,
    }
    row = {}
    for name, column in values.items():
        whole = np.full(count, -1) if name in ("clutter", "site") else np.full(count, np.nan)
        whole[at.here] = column
        row[name] = whole
    return pd.DataFrame(row)


def cover_class(cover: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Classes of land cover as `Points` has them."""
    # 0 is unknown in the land cover of a region.
    return np.where(cover == 0, -1, cover.astype(np.int64))


def distance_km(site: npt.NDArray[np.int64], east: Floats, north: Floats, masts: gpd.GeoSeries) -> Floats:
    """From places to their site, km; NaN where they have none.

    `site` are positions in `masts`, which are in the projection that `east` and `north` are metres of.
    """
    out = np.full(len(site), np.nan)
    known = (site >= 0) & (site < len(masts))
    if known.any():
        middle = masts.representative_point()
        x, y = middle.x.to_numpy(), middle.y.to_numpy()
        metres = np.hypot(east[known] - x[site[known]], north[known] - y[site[known]])
        out[known] = np.maximum(metres / 1000, NEAREST_KM)
    return out


def measured_against(
    coverage: Coverage,
    measurements: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    cover: npt.NDArray[np.uint8] | None,
    settings: RadioSettings,
) -> tuple[Points, list[str]]:
    """Measured power with what the map predicts there, and which measurements were not used and why.

    Parameters
    ----------
    coverage, sites, cover
        As for `features`.
    measurements
        The table `measurements`, any projection.
    settings
        For the building that the map is for.

    """
    told = measurements["signal_dbm"].notna().to_numpy(dtype=bool)
    rows = gpd.GeoDataFrame(measurements[told].reset_index(drop=True))
    seen = features(coverage, rows.geometry, sites, cover)
    walls = {mhz: building_db(mhz, settings) for mhz in seen["band_mhz"].dropna().unique()}
    seen["model_dbm"] += seen["band_mhz"].map(walls).fillna(0.0)
    seen["measured_dbm"] = rows["signal_dbm"].astype(float)
    campaign = rows["source"].astype("string").fillna("") + "\x1f" + _folded(rows["operator"])
    seen["phone"] = pd.factorize(campaign, sort=True)[0]
    technology = rows["technology"].astype("string").fillna("").str.strip()
    reasons = {
        "not of 4G": (technology != "") & ~technology.str.contains(FOURTH, regex=True),
        "without a position where a site is in reach": seen["model_dbm"].isna() | (seen["site"] < 0),
        "of another operator than the strongest site's": _other(rows, seen["site"], sites),
    }
    used = np.ones(len(rows), dtype=bool)
    notes = []
    for reason, applies in reasons.items():
        left = used & applies.to_numpy(dtype=bool)
        used &= ~left
        if left.any():
            what = "1 measurement" if left.sum() == 1 else f"{left.sum():,} measurements"
            notes.append(f"{what} {reason} cannot correct the coverage map.")
    return _thinned(seen[used]), notes


def _folded(names: pd.Series) -> pd.Series:
    return pd.Series(
        ["".join(re.findall(r"\w+", name.casefold())) for name in names.astype("string").fillna("")],
        names.index,
        dtype="string",
    )


def _other(rows: gpd.GeoDataFrame, site: pd.Series, sites: gpd.GeoDataFrame) -> pd.Series:
    """Where the measured network and that of the strongest site are both named, and differ."""
    owners = _folded(sites["operator"]).to_numpy(dtype=object)
    place = site.to_numpy()
    known = (place >= 0) & (place < len(owners))
    owner = np.full(len(rows), "", dtype=object)
    owner[known] = owners[place[known]]
    measured = _folded(rows["operator"]).to_numpy(dtype=object)
    return pd.Series((owner != "") & (measured != "") & (owner != measured), rows.index)


def _thinned(seen: pd.DataFrame) -> Points:
    """One point for all of a phone's in one square under one site, at their median."""
    cells = seen.assign(
        cell_east=np.floor(seen["east_m"] / CELL_M), cell_north=np.floor(seen["north_m"] / CELL_M)
    )
    keys = ["site", "phone", "cell_east", "cell_north", "clutter", "band_mhz"]
    groups = cells.groupby(keys, sort=True, dropna=False)
    one = groups[["model_dbm", "measured_dbm", "distance_km"]].median().reset_index()
    return Points(
        one["model_dbm"].to_numpy(float),
        one["measured_dbm"].to_numpy(float),
        one["band_mhz"].to_numpy(float),
        one["clutter"].to_numpy(np.int64),
        one["distance_km"].to_numpy(float),
        one["site"].to_numpy(np.int64),
        one["phone"].to_numpy(np.int64),
    )


def correction_of(
    coverage: Coverage,
    measurements: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    cover: npt.NDArray[np.uint8] | None,
    settings: RadioSettings,
) -> tuple[Correction, list[str]]:
    """The correction of the map that measurements tell of (`merata.radio.correct`), and what is to be said about it.

    Parameters as of `measured_against`; `settings.sigma_db` is the model's error as assumed.
    """
    if not (coverage.best_site >= 0).any():
        return no_correction(settings.sigma_db), []
    points, notes = measured_against(coverage, measurements, sites, cover, settings)
    correction = fit(points, settings.sigma_db)
    return correction, [*_said(correction), *notes]


def _said(correction: Correction) -> list[str]:
    if not correction.points:
        return [
            "No measured signal tells how far off the coverage map is: "
            f"an error of {correction.sigma_db:g} dB (standard deviation) is assumed."
        ]
    where = "1 place" if correction.points == 1 else f"{correction.points:,} places"
    under = "1 site" if correction.sites == 1 else f"{correction.sites:,} sites"
    tried = correction.validation
    if tried.before_db is None or tried.after_db is None:
        told = "too few to try it on sites left out"
    else:
        told = f"on sites left out the error was {tried.before_db:.1f} dB without and {tried.after_db:.1f} dB with it"
    return [
        f"The coverage map is corrected by signal measured at {where} under {under}; "
        f"{told}; {correction.strength:.0%} of it is used."
    ]


def heard(
    coverage: Coverage,
    points: gpd.GeoSeries,
    sites: gpd.GeoDataFrame,
    cover: npt.NDArray[np.uint8] | None,
    correction: Correction,
    levels: Mapping[Any, LevelSettings] | None = None,
    net: Network | None = None,
) -> Heard:
    """The corrected power at places where people are, what it has over each level's needs, and how sure it is.

    Parameters
    ----------
    coverage, points, sites, cover
        As of `features`. The prediction is that of the middle one of the pixels around a place (`coverage.sample`).
    correction
        Of the map.
    levels
        What the levels need; None: as the settings have them when nobody changes them.
    net
        The map's sites, for rates; None: levels are judged by power alone.

    """
    pixels = pixels_of(coverage.grid, points)
    middle = middle_of(coverage, pixels)
    at = _features(coverage, pixels, len(points), sites, cover)
    power, sigma = correction.apply(
        power_at(coverage, middle, len(points)), at["band_mhz"], at["clutter"], at["distance_km"]
    )
    seen = _seen(table_at(coverage, middle, points.index))
    needs: Mapping[Any, LevelSettings] = Settings().levels if levels is None else levels
    each = [margins(seen, power, net, needs[level]) for level in LEVELS]
    return Heard(
        power,
        spread_at(at["band_mhz"], at["sigma_db"], correction, coverage.grid.resolution_m),
        sigma,
        np.stack([one.least_db for one in each], axis=-1),
        np.stack([one.limit for one in each], axis=-1),
    )


def _seen(said: pd.DataFrame) -> Seen:
    names = ("rsrp_dbm", "sinr_db", "up_mbps", "band_mhz")
    model, sinr, up, band = (said[name].to_numpy(np.float64) for name in names)
    return Seen(model, sinr, up, band, said["best_site"].fillna(-1).to_numpy(np.int64))


def spread_at(
    band_mhz: npt.ArrayLike, sigma_db: npt.ArrayLike, correction: Correction, width_m: float
) -> Floats:
    """The spread of places about their corrected power, dB: by the map's band and sigma there, and its pixels."""
    # What the map adds to the model's error, for walls, is not the correction's to know.
    more = np.nan_to_num(np.asarray(sigma_db, np.float64) ** 2 - correction.sigma_db**2, nan=0.0)
    spread = np.sqrt(correction.spread_db**2 + np.maximum(more, 0.0))
    return place_spread_db(spread, band_mhz, width_m)


def write_correction(correction: Correction, notes: list[str], path: Path) -> None:
    """Write a correction and what is to be said about it as JSON; the same correction gives the same bytes."""
    facts = asdict(correction) | {"validation": correction.validation._asdict(), "notes": notes}
    path.write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_correction(path: Path) -> tuple[Correction, list[str]]:
    """What `write_correction` wrote; raises FileError when the file is not that."""
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        notes = [str(note) for note in facts.pop("notes")]
        facts["validation"] = Validation(**facts["validation"])
        for name in ("bands_mhz", "clutters", "mean_db"):
            facts[name] = tuple(facts[name])
        facts["covariance_db2"] = tuple(tuple(row) for row in facts["covariance_db2"])
        return Correction(**facts), notes
    except (OSError, ValueError, TypeError, LookupError, AttributeError) as error:
        raise FileError(
            f"{path}: not a correction of this version of Merata ({error}). `merata run` makes a new one."
        ) from error
