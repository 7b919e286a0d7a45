"""A model contest of a region: measured places split into what may be learned from and what is to be predicted.

Places are split by squares, never one by one: a place beside one that was learned from is no test of a model (Roberts
et al. 2017, Ecography 40, 913-929). Which squares are held out follows from a secret seed, so that nobody can work it
out, and the same seed gives the same contest.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import KDTree
from scipy.stats import norm

from merata.assure.model_contest_score import LEVELS, QUANTILES, TARGETS, Floats
from merata.errors import MissingError
from merata.radio import against, correct
from merata.radio.coverage_map import Coverage
from merata.region.confidence import HELD
from merata.region.settings import Settings

#: Side of the squares, km; the share of them that is held out; how near to a held-out place nothing is learned from.
BLOCK_KM = 5.0
HELD_OUT, MOST_HELD_OUT = 0.4, 0.5
APART_KM = 1.0
#: Fewer held-out places or squares than these rank nothing.
LEAST_PLACES, LEAST_BLOCKS = 20, 4
#: Coordinates are told to some 1.1 km, as a test is made where somebody is; times by month.
DEGREES = 2
FEATURES = (
    "id", "lon", "lat", "month", "operator", "technology", "clutter", "distance_km", "band_mhz", "model_dbm",
)  # fmt: skip
#: What `FEATURES` mean, for the file that explains a contest.
ABOUT = {
    "id": "Number of the place in this contest",
    "lon": "Degrees east, to two decimals",
    "lat": "Degrees north, to two decimals",
    "month": "Month of the test",
    "operator": "Network",
    "technology": "Technology, as the test has it; empty: not said",
    "clutter": "Class of land cover of ESA WorldCover at the place; -1: not known",
    "distance_km": "To the site that is strongest by Merata's map, to 0.1 km; empty: that site was given in confidence",
    "band_mhz": "Its band, MHz; empty: as before",
    "model_dbm": "Power by Merata's map before any correction by measurements, dBm, to 1 dB; empty: as before",
}


@dataclass(frozen=True)
class Contest:
    """The parts of a contest, tables with an `id`."""

    target: str
    train: pd.DataFrame
    """FEATURES and `measured`."""
    ask: pd.DataFrame
    """FEATURES of the held-out places."""
    answers: pd.DataFrame
    """`id`, `measured` and `block` of the held-out places: the secret part."""
    baseline: pd.DataFrame
    """What Merata's model predicts for them: `id`, the target's columns; corrected by the training part alone."""
    level: str
    """The level that `level` is about."""
    apart: int
    """Measured places that are in neither part, as they lie too near to a held-out one."""


def make(
    target: str,
    tables: Mapping[str, Any],
    coverage: Coverage,
    cover: npt.NDArray[np.uint8] | None,
    settings: Settings,
    seed: bytes,
) -> Contest:
    """Split the measured places of a region.

    Parameters
    ----------
    target
        A key of `model_contest_score.TARGETS`.
    tables
        The region's as its runs get them (`Region.planning_tables`): `measurements` and `sites`. Nothing measured in
        confidence is used, and no place tells of a site that was given in confidence.
    coverage, cover
        The map of a run before correction, and the land cover on its grid.
    settings
        Of the region.
    seed
        The secret; whoever has it knows which squares are held out.

    Raises
    ------
    MissingError
        Too few places were measured.

    """
    level = settings.promise.people
    rows = _measured(target, tables["measurements"], settings, level)
    known = against.features(coverage, rows.geometry, tables["sites"], cover)
    rows, known = rows[known["model_dbm"].notna().to_numpy()], known[known["model_dbm"].notna()]
    blocks = _blocks(known)
    out = held_out(blocks, seed)
    near = _near(known, out)
    if (
        out.sum() < LEAST_PLACES
        or len(set(blocks[out])) < LEAST_BLOCKS
        or (~out & ~near).sum() < LEAST_PLACES
    ):
        raise MissingError(
            f"{len(rows)} measured places with a prediction, {int(out.sum())} of them in "
            f"{len(set(blocks[out]))} held-out squares: too few to rank anything. At least {LEAST_PLACES} in "
            f"{LEAST_BLOCKS} squares are needed, and as many places to learn from. `merata add` more measurements."
        )
    table = _table(rows, known, tables["sites"], seed)
    train = ~out & ~near
    return Contest(
        target,
        _sorted(table[train]),
        _sorted(table[out].drop(columns="measured")),
        _sorted(table[out].assign(block=_named(blocks[out]))[["id", "measured", "block"]]),
        _sorted(_baseline(target, table, known, train, out, settings, level)),
        level,
        int(near.sum()),
    )


def held_out(blocks: npt.NDArray[np.str_], seed: bytes) -> npt.NDArray[np.bool_]:
    """Which places lie in a held-out square: squares by their keyed hash, until they hold HELD_OUT of the places.

    A square that would bring them above MOST_HELD_OUT is passed over.
    """
    size = Counter(blocks.tolist())
    chosen: set[str] = set()
    for name in sorted(size, key=lambda name: hmac.new(seed, name.encode(), hashlib.sha256).digest()):
        held = sum(size[one] for one in chosen)
        if held < HELD_OUT * len(blocks) and held + size[name] <= MOST_HELD_OUT * len(blocks):
            chosen.add(name)
    return np.array([block in chosen for block in blocks.tolist()], bool)


def _measured(target: str, rows: gpd.GeoDataFrame, settings: Settings, level: str) -> gpd.GeoDataFrame:
    """Rows with a place and an outcome; not of one facility's own link, nor given in confidence."""
    open_ = (rows["source"] != HELD) & rows.geometry.notna() & rows["place"].isna()
    name = "signal_dbm" if target == "signal" else "down_mbps"
    rows = rows[(open_ & rows[name].notna()).to_numpy(bool)]
    values = rows[name].to_numpy(float)
    if target == "level":
        wanted = settings.levels[level]  # type: ignore[index]
        up = rows["up_mbps"].fillna(wanted.up_mbps).to_numpy(float)
        latency = rows["latency_ms"].fillna(wanted.latency_ms).to_numpy(float)
        good = (values >= wanted.down_mbps) & (up >= wanted.up_mbps) & (latency <= wanted.latency_ms)
        values = good.astype(float)
    kept: gpd.GeoDataFrame = rows.assign(measured=values).reset_index(drop=True)
    return kept


def _blocks(known: pd.DataFrame) -> npt.NDArray[np.str_]:
    side = BLOCK_KM * 1000
    east, north = (np.floor(known[name].to_numpy() / side).astype(int) for name in ("east_m", "north_m"))
    return np.array([f"{e}/{n}" for e, n in zip(east, north, strict=True)], str)


def _near(known: pd.DataFrame, out: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Places that are not held out, but nearer than APART_KM to one that is."""
    at = known[["east_m", "north_m"]].to_numpy(float)
    if not out.any():
        return np.zeros(len(at), bool)
    away, _ = KDTree(at[out]).query(at)
    near: npt.NDArray[np.bool_] = ~out & (away < APART_KM * 1000)
    return near


def _table(rows: gpd.GeoDataFrame, known: pd.DataFrame, sites: gpd.GeoDataFrame, seed: bytes) -> pd.DataFrame:
    """FEATURES and `measured`, coarse; ids say nothing of the order of the rows they come from."""
    order = [
        hmac.new(seed, f"id {name}".encode(), hashlib.sha256).digest() for name in rows["id"].astype(str)
    ]
    number = np.empty(len(rows), int)
    number[np.array(sorted(range(len(rows)), key=order.__getitem__), int)] = np.arange(1, len(rows) + 1)
    told = (sites["source"] != HELD).to_numpy(bool)[known["site"].to_numpy()]
    return pd.DataFrame(
        {
            "id": number,
            "lon": rows.geometry.x.round(DEGREES).to_numpy(),
            "lat": rows.geometry.y.round(DEGREES).to_numpy(),
            "month": rows["when"].astype("string").str[:7].fillna("").to_numpy(),
            "operator": rows["operator"].fillna("").to_numpy(),
            "technology": rows["technology"].fillna("").to_numpy(),
            "clutter": known["clutter"].to_numpy(),
            "distance_km": known["distance_km"].round(1).where(told).to_numpy(),
            "band_mhz": known["band_mhz"].where(told).to_numpy(),
            "model_dbm": known["model_dbm"].round().where(told).to_numpy(),
            "measured": rows["measured"].to_numpy(),
        }
    )


def _named(blocks: npt.NDArray[np.str_]) -> list[int]:
    """Squares as numbers that say nothing of where they are."""
    number = {name: at for at, name in enumerate(dict.fromkeys(blocks.tolist()), start=1)}
    return [number[name] for name in blocks.tolist()]


def _baseline(
    target: str,
    table: pd.DataFrame,
    known: pd.DataFrame,
    train: npt.NDArray[np.bool_],
    out: npt.NDArray[np.bool_],
    settings: Settings,
    level: str,
) -> pd.DataFrame:
    """What Merata's radio model says of the held-out places, corrected by the signal of the training part alone."""
    fitted = correct.no_correction(settings.radio.sigma_db)
    if target == "signal":
        rows = known[train]
        points = correct.Points(
            rows["model_dbm"], table.loc[train, "measured"], rows["band_mhz"], rows["clutter"], rows["distance_km"],
            rows["site"],
        )  # fmt: skip
        fitted = correct.fit(points, settings.radio.sigma_db)
    asked = known[out]
    power, sigma = fitted.apply(asked["model_dbm"], asked["band_mhz"], asked["clutter"], asked["distance_km"])
    spread = np.hypot(sigma, fitted.spread_db or settings.radio.sigma_db)
    return pd.DataFrame(
        {"id": table.loc[out, "id"].to_numpy()} | _predicted(target, power, spread, settings, level)
    )


def _predicted(
    target: str, power: Floats, spread: Floats, settings: Settings, level: str
) -> dict[str, Floats]:
    if target == "signal":
        return {
            name: np.round(power + spread * norm.ppf(share), 2)
            for name, share in zip(QUANTILES, LEVELS, strict=True)
        }
    needed = settings.levels[level].signal_dbm  # type: ignore[index]
    return {TARGETS[target].columns[0]: np.round(norm.cdf((power - needed) / spread), 4)}


def _sorted(table: pd.DataFrame) -> pd.DataFrame:
    return table.sort_values("id", ignore_index=True)
