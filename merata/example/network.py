"""The mobile network of a made-up region, the signal that it truly gives, and measurements of it."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from merata.example.geography import Places
from merata.example.grids import KM_PER_DEGREE
from merata.example.people import People
from merata.example.terrain import Land
from merata.example.ways import Ways
from merata.example.words import OPERATORS

NONE_SHARE = 0.10
"""Villages without a signal, in truth."""
#: Received 4G power (dBm) from which on villagers say so.
SIGNALS = ((-90.0, "very strong"), (-105.0, "strong"), (-115.0, "weak"), (-999.0, "no signal"))
_FREQUENCIES = (900, 1800, 2100)
_FAR_KM = 30.0
_EIRP_DBM = 58.0
_CARRIER_TO_RSRP_DB = 27.8


@dataclass(frozen=True)
class Network:
    """Clean tables, named and typed as in `region.tables`."""

    sites: gpd.GeoDataFrame
    signal_dbm: NDArray[np.float64]
    """True received power at each settlement."""
    reports: pd.DataFrame
    measurements: gpd.GeoDataFrame


def make_network(land: Land, places: Places, ways: Ways, people: People, seed: int) -> Network:
    """Masts in towns and along main roads, then at the largest villages without a signal, until about 10 % are left."""
    rng = np.random.default_rng([seed, 9])
    spots = people.settlements.get_coordinates().to_numpy()
    first = np.flatnonzero(~people.settlements["village"].duplicated().to_numpy())
    heads = people.people["people"].to_numpy()
    builder = _Builder(land, places, ways, spots, rng)
    builder.start()
    while True:
        dark = np.flatnonzero(builder.best[first] < SIGNALS[2][0])
        if len(dark) <= NONE_SHARE * len(heads):
            break
        builder.add(int(dark[heads[dark].argmax()]), 1)
    sites = builder.table()
    reports = _reports(places, builder.best[first], rng)
    return Network(sites, builder.best, reports, _measurements(land, places, ways, sites, people, rng))


class _Builder:
    """Puts up masts, and keeps the best signal at each spot."""

    def __init__(
        self, land: Land, places: Places, ways: Ways, spots: NDArray[np.float64], rng: np.random.Generator
    ) -> None:
        self.land, self.places, self.ways, self.spots, self.rng = land, places, ways, spots, rng
        self.best = np.full(len(spots), -140.0)
        self.rows: list[dict[str, object]] = []

    def start(self) -> None:
        """Three operators in each kelurahan, two at each seat, one at every fourth edge of the main roads."""
        for village in np.flatnonzero(self.places.villages["town"] >= 0).tolist():
            self.add(village, 3)
        for village in sorted(set(self.ways.seats.tolist())):
            if self.places.villages["town"][village] < 0 and self.ways.grid[village]:
                self.add(village, 2)
        for k in np.flatnonzero(self.ways.main)[::4].tolist():
            village = int(self.ways.edges[k, 0])
            if self.ways.grid[village] and self.places.villages["town"][village] < 0:
                self.add(village, 1, self.ways.lines[k])

    def add(self, village: int, operators: int, line: shapely.LineString | None = None) -> None:
        """A mast near the village, or beside a road that starts there, with some operators on it."""
        middle = (
            self.places.centres[village]
            if line is None
            else np.array(line.interpolate(0.35, normalized=True).coords[0])
        )
        where = np.round(middle + self.rng.normal(0, 0.003, 2), 5)
        if not self.places.villages.geometry.iloc[village].contains(shapely.Point(where)):
            where = np.round(self.places.centres[village], 5)
        height = float(self.rng.choice([32, 42, 52, 62, 72], p=[0.2, 0.3, 0.25, 0.15, 0.1]))
        for operator in self.rng.permutation(len(OPERATORS))[:operators].tolist():
            old = operators == 2 and self.rng.random() < 0.2
            frequency = int(self.rng.choice(_FREQUENCIES[: 3 if operators == 3 else 1]))
            self._row(village, operator, where, height, frequency, old)
            if not old:
                self._cover(where, height, frequency)

    def _row(
        self,
        village: int,
        operator: int,
        where: NDArray[np.float64],
        height: float,
        frequency: int,
        old: bool,
    ) -> None:
        name = OPERATORS[operator][0]
        code = self.places.villages["code"][village]
        self.rows.append(
            {
                "id": f"{name[:3].upper()}-{len(self.rows) + 1:04d}",
                "kind": "tower",
                "operator": name,
                "height_m": height,
                "technologies": "2G" if old else ("2G 4G" if frequency < 1000 else "4G"),
                "frequency_mhz": float(frequency),
                **_sectors(len(self.rows), frequency),
                "power": "grid" if self.ways.grid[village] else "solar",
                "village_code": code,
                "village": village,
                "net": OPERATORS[operator][1],
                "lon": where[0],
                "lat": where[1],
            }
        )

    def _cover(self, where: NDArray[np.float64], height: float, frequency: int) -> None:
        near = np.flatnonzero(np.hypot(*(self.spots - where).T) * KM_PER_DEGREE < _FAR_KM)
        power = received_dbm(self.land, where, height, frequency, self.spots[near])
        self.best[near] = np.maximum(self.best[near], power)

    def table(self) -> gpd.GeoDataFrame:
        """The sites, in the order in which they went up."""
        table = pd.DataFrame(self.rows)
        points = gpd.points_from_xy(table.pop("lon"), table.pop("lat"))
        return gpd.GeoDataFrame(table, geometry=points, crs="EPSG:4326")


def _sectors(mast: int, frequency_mhz: int) -> dict[str, object]:
    """Three sectors, turned a little differently on each mast; every fourth one on two bands."""
    first = 10 * (7 * mast % 12)
    second = {900: 1800, 1800: 2100, 2100: 1800}[frequency_mhz]
    return {
        "azimuths_deg": " ".join(str((first + turn) % 360) for turn in (0, 120, 240)),
        "bands_mhz": f"{frequency_mhz} {second}" if mast % 4 == 0 else str(frequency_mhz),
        "tilt_deg": float(2 + mast % 4),
    }


def received_dbm(
    land: Land, mast: NDArray[np.float64], height_m: float, frequency_mhz: float, spots: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Received power at the spots (n, 2) in degrees: distance, the worst ridge in between, trees around the phone.

    A simple model of the example's own (free space, then a steeper law, and one knife edge as in
    Recommendation ITU-R P.526), so that what is made up does not come from the model that it is to test.
    """
    distance_km = np.maximum(np.hypot(*(spots - mast).T) * KM_PER_DEGREE, 0.05)
    steps = np.linspace(0.04, 0.96, 24)[:, None]
    points = mast + steps[..., None] * (spots - mast)
    row, col = land.frame.rowcol(points.reshape(-1, 2))
    ground = land.height_m[row, col].reshape(len(steps), -1)
    ends = [land.height_m[land.frame.rowcol(p)] for p in (mast[None], spots)]
    ray = (ends[0] + height_m) * (1 - steps) + (ends[1] + 1.5) * steps
    near, far = distance_km * steps, distance_km * (1 - steps)
    above_m = ground + near * far / 17 - ray  # over a sphere of 4/3 of the earth's radius
    wave_m = 300 / frequency_mhz
    v = (above_m * np.sqrt(2 * distance_km / (wave_m * near * far * 1000))).max(axis=0)
    edge_db = np.where(v > -0.78, 6.9 + 20 * np.log10(np.sqrt((v - 0.1) ** 2 + 1) + v - 0.1), 0)
    loss_db = (
        32.4 + 20 * np.log10(frequency_mhz * distance_km) + 15 * np.log10(np.maximum(distance_km, 1.5) / 1.5)
    )
    return np.asarray(_EIRP_DBM - _CARRIER_TO_RSRP_DB - loss_db - 8.0 - np.minimum(edge_db, 40))


def signal_word(power_dbm: float) -> str:
    """What villagers say of so strong a signal."""
    return next(word for least, word in SIGNALS if power_dbm >= least)


def _reports(places: Places, best: NDArray[np.float64], rng: np.random.Generator) -> pd.DataFrame:
    words = [signal_word(p) for p in best + rng.normal(0, 2.0, len(best))]
    return pd.DataFrame(
        {"village_code": places.villages["code"], "signal": words, "signal_dbm": best.round(1)}
    )


def _measurements(
    land: Land, places: Places, ways: Ways, sites: gpd.GeoDataFrame, people: People, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """A drive along the main roads with one phone for each operator, and a stop at some villages."""
    roads = [ways.lines[k] for k in np.flatnonzero(ways.main)]
    points = [shapely.get_coordinates(shapely.segmentize(line, 0.004))[::2] for line in roads]
    points.append(people.settlements.get_coordinates().to_numpy()[::5])
    where = np.vstack(points)
    where = where[_held(land, where)]
    frames = []
    for name, _ in OPERATORS:
        power = _best_of(land, sites[(sites["operator"] == name) & (sites["technologies"] != "2G")], where)
        frames.append(_measured(name, where, power + rng.normal(0, 6, len(where)), rng))
    table = pd.concat(frames, ignore_index=True)
    keep = (table["signal_dbm"] > -124) & (rng.random(len(table)) < 0.5)
    table = table[keep].reset_index(drop=True)
    return gpd.GeoDataFrame(
        table.drop(columns=["lon", "lat"]), geometry=gpd.points_from_xy(table.lon, table.lat), crs="EPSG:4326"
    )


def _held(land: Land, where: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray(land.region[land.frame.rowcol(where)])


def _best_of(land: Land, sites: gpd.GeoDataFrame, where: NDArray[np.float64]) -> NDArray[np.float64]:
    best = np.full(len(where), -140.0)
    masts = sites.get_coordinates().to_numpy()
    for mast, height, frequency in zip(masts, sites["height_m"], sites["frequency_mhz"], strict=True):
        near = np.flatnonzero(np.hypot(*(where - mast).T) * KM_PER_DEGREE < _FAR_KM)
        best[near] = np.maximum(best[near], received_dbm(land, mast, height, frequency, where[near]))
    return best


def _measured(
    name: str, where: NDArray[np.float64], power: NDArray[np.float64], rng: np.random.Generator
) -> pd.DataFrame:
    quality = np.clip((power + 120) / 40, 0.01, 1)
    down = 45 * quality**1.5 * rng.lognormal(0, 0.45, len(power))
    day = pd.Timestamp("2025-03-03") + pd.to_timedelta(np.arange(len(power)) // 40 % 60, unit="D")
    return pd.DataFrame(
        {
            "when": day,
            "operator": name,
            "technology": "4G",
            "signal_dbm": np.round(power, 0),
            "down_mbps": np.round(down, 1),
            "up_mbps": np.round(down * rng.uniform(0.2, 0.5, len(power)), 1),
            "latency_ms": np.round(rng.uniform(28, 60, len(power)) + 60 * (1 - quality), 0),
            "lon": np.round(where[:, 0], 5),
            "lat": np.round(where[:, 1], 5),
        }
    )
