"""The people of a made-up region: how many, in which hamlets, with which facilities, power and devices."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import ndimage

from merata.example.geography import Places
from merata.example.terrain import Land
from merata.example.ways import Ways
from merata.example.words import Namer

PEOPLE_PER_VILLAGE = 700_000 / 230
TOWN_SHARE = 0.25
PEOPLE_PER_HOUSEHOLD = 3.7
_CARDINALS = ("Hilir", "Hulu", "Tengah", "Darat", "Seberang", "Ujung")


@dataclass(frozen=True)
class People:
    """Clean tables, named and typed as in `region.tables`."""

    people: pd.DataFrame
    settlements: gpd.GeoDataFrame
    facilities: gpd.GeoDataFrame
    electricity: pd.DataFrame
    devices: pd.DataFrame


def make_people(land: Land, places: Places, ways: Ways, seed: int) -> People:
    """Who lives where; 25 % in towns."""
    rng = np.random.default_rng([seed, 6])
    villages = places.villages
    people = _counts(villages, rng)
    households = np.maximum(
        1, np.round(people / PEOPLE_PER_HOUSEHOLD * rng.normal(1, 0.04, len(people)))
    ).astype(int)
    counts = pd.DataFrame(
        {"village_code": villages["code"], "people": people, "households": households, "year": 2024}
    )
    settlements = _settlements(land, places, people, households, np.random.default_rng([seed, 7]))
    facilities = _facilities(places, ways, people, settlements, np.random.default_rng([seed, 8]))
    electricity = _electricity(villages, ways, rng)
    devices = _devices(villages, households, ways, rng)
    return People(counts, settlements, facilities, electricity, devices)


def share_out(total: int, weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """Whole numbers in proportion to the weights that add up to `total` (largest remainders)."""
    exact = total * weights / weights.sum()
    whole: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    short = total - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:short]] += 1
    return whole


def _counts(villages: gpd.GeoDataFrame, rng: np.random.Generator) -> NDArray[np.int64]:
    total = round(PEOPLE_PER_VILLAGE * len(villages))
    town = villages["town"].to_numpy() >= 0
    basin = villages["basin_km2"].to_numpy().astype(float)
    height = villages["height_m"].to_numpy().astype(float)
    weight = (
        rng.lognormal(0, 0.45, len(villages)) * (0.5 + (basin / basin.max()) ** 0.25) / (1 + height / 200)
    )
    weight = np.where(town & (villages["town"].to_numpy() == 0), weight * 1.6, weight)
    in_towns = round(TOWN_SHARE * total)
    people = np.empty(len(villages), np.int64)
    people[town] = share_out(in_towns, weight[town])
    people[~town] = share_out(total - in_towns, weight[~town])
    return people


def _settlements(
    land: Land,
    places: Places,
    people: NDArray[np.int64],
    households: NDArray[np.int64],
    rng: np.random.Generator,
) -> gpd.GeoDataFrame:
    """One to six hamlets a village: the first at its middle, the others on its water or not far off."""
    namer = Namer(rng)
    boxes = ndimage.find_objects(places.labels + 1)
    rows: list[dict[str, object]] = []
    where: list[NDArray[np.float64]] = []
    for k, code in enumerate(places.villages["code"]):
        count = int(np.clip(round(people[k] / 750), 1, 6))
        spots = _spots(land, places, k, boxes[k], count, rng)
        weights = np.sort(rng.uniform(0.5, 2.0, len(spots)))[::-1]
        heads, homes = share_out(int(people[k]), weights), share_out(int(households[k]), weights)
        where.append(spots)
        for n in range(len(spots)):
            name = f"{namer.stem()} {_CARDINALS[n % 6]}" if n % 3 == 2 else namer.stem()
            rows.append(
                {
                    "id": f"{code}/{n + 1}",
                    "village_code": code,
                    "name": name,
                    "people": float(heads[n]),
                    "households": float(homes[n]),
                    "village": k,
                }
            )
    village = np.repeat(np.arange(len(where)), [len(spots) for spots in where])
    points = _inside(places, village, np.vstack(where).round(5), places.centres[village])
    return gpd.GeoDataFrame(pd.DataFrame(rows), geometry=gpd.points_from_xy(*points.T), crs="EPSG:4326")


def _spots(
    land: Land, places: Places, k: int, box: tuple[slice, ...], count: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    centre: NDArray[np.float64] = places.centres[k]
    # One pixel inside, because borders are smoothed.
    inner = ndimage.binary_erosion(np.pad(places.labels[box] == k, 1), np.ones((3, 3), bool))[1:-1, 1:-1]
    own = np.argwhere(inner & ~land.lake[box]) + np.array([s.start for s in box])
    if not len(own):
        return np.asarray(centre[None])
    row, col = land.frame.rowcol(centre[None])
    away = np.hypot(own[:, 0] - row[0], own[:, 1] - col[0]) * land.frame.pixel_km
    water, height = land.river_km[tuple(own.T)], land.height_m[tuple(own.T)]
    weight = np.exp(-water / 1.2 - away / 4.5 - np.abs(height - height[away.argmin()]) / 80) * (away > 0.9)
    more = min(count - 1, int((weight > 1e-9).sum()))
    if more <= 0:
        return np.asarray(centre[None])
    picked = own[rng.choice(len(own), more, replace=False, p=weight / weight.sum())]
    points = land.frame.lonlat(*(picked + rng.uniform(-0.3, 0.3, picked.shape)).T)
    return np.asarray(np.vstack([centre, points]))


def _facilities(
    places: Places,
    ways: Ways,
    people: NDArray[np.int64],
    settlements: gpd.GeoDataFrame,
    rng: np.random.Generator,
) -> gpd.GeoDataFrame:
    spots = settlements.get_coordinates().to_numpy()
    of = [np.flatnonzero(settlements["village"] == k) for k in range(len(people))]
    rows: list[tuple[int, str, str, int, NDArray[np.float64]]] = []
    seats = set(ways.seats.tolist())
    numbers: dict[str, int] = {}
    for k, (name, district, kind) in enumerate(
        places.villages[["name", "district", "kind"]].itertuples(index=False)
    ):
        at = spots[of[k]]
        rows.append(
            (
                k,
                "village office",
                f"Kantor {'Desa' if kind == 'desa' else 'Kelurahan'} {name}",
                int(rng.integers(8, 25)),
                at[0],
            )
        )
        if k in seats:
            rows.append((k, "district office", f"Kantor Camat {district}", int(rng.integers(20, 60)), at[0]))
            rows.append((k, "health post", f"Puskesmas {district}", int(rng.integers(60, 160)), at[0]))
        elif rng.random() < 0.8:
            rows.append((k, "health post", f"Pustu {name}", int(rng.integers(10, 40)), at[0]))
        schools = max(1, round(people[k] / 1300))
        for n in range(schools):
            level = "SDN" if n % 3 < 2 else "SMPN"
            numbers[district + level] = numbers.get(district + level, 0) + 1
            pupils = int(np.clip(people[k] * 0.17 / schools * rng.uniform(0.8, 1.2), 25, 900))
            rows.append(
                (k, "school", f"{level} {numbers[district + level]:03d} {district}", pupils, at[n % len(at)])
            )
        for chance, what, words, low, high in (
            (0.18, "market", f"Pasar {name}", 80, 400),
            (0.15, "small-business centre", f"BUMDes {name}", 10, 60),
            (0.04, "creative hub", f"Rumah Kreatif {name}", 10, 50),
        ):
            if rng.random() < chance * (3 if kind == "kelurahan" else 1):
                rows.append((k, what, words, int(rng.integers(low, high)), at[0]))
    points = np.array([r[4] for r in rows]) + rng.normal(0, 0.0011, (len(rows), 2))
    points = _inside(places, np.array([r[0] for r in rows]), points, np.array([r[4] for r in rows]))
    codes = places.villages["code"].to_numpy()
    table = pd.DataFrame(
        {
            "village_code": [codes[r[0]] for r in rows],
            "kind": [r[1] for r in rows],
            "name": [r[2] for r in rows],
            "users": [r[3] for r in rows],
            "village": [r[0] for r in rows],
        }
    )
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(*np.round(points, 5).T), crs="EPSG:4326")


def _inside(
    places: Places, village: NDArray[np.int64], points: NDArray[np.float64], fallback: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The points, or where they left their village the place that they belong to."""
    polygons = gpd.GeoSeries(places.villages.geometry.to_numpy()[village], crs="EPSG:4326")
    held = polygons.contains(gpd.GeoSeries(gpd.points_from_xy(*points.T), crs="EPSG:4326")).to_numpy()
    return np.where(held[:, None], points, fallback)


def _electricity(villages: gpd.GeoDataFrame, ways: Ways, rng: np.random.Generator) -> pd.DataFrame:
    other = rng.choice(["solar", "generator", "none"], len(villages), p=[0.4, 0.45, 0.15])
    source = np.where(ways.grid, "grid", other)
    hours = {"grid": 24, "solar": 12, "generator": 6, "none": 0}
    return pd.DataFrame(
        {"village_code": villages["code"], "electricity": source, "hours_per_day": [hours[s] for s in source]}
    )


def _devices(
    villages: gpd.GeoDataFrame, households: NDArray[np.int64], ways: Ways, rng: np.random.Generator
) -> pd.DataFrame:
    town = villages["town"].to_numpy() >= 0
    phone = np.clip(
        np.where(town, 0.92, 0.76) - 0.30 * ~ways.grid + rng.normal(0, 0.07, len(town)), 0.1, 0.98
    )
    computer = np.clip(
        np.where(town, 0.38, 0.12) - 0.07 * ~ways.grid + rng.normal(0, 0.04, len(town)), 0.0, 0.7
    )
    return pd.DataFrame(
        {
            "village_code": villages["code"],
            "households_with_smartphone": np.round(households * phone).astype(int),
            "households_with_computer": np.round(households * computer).astype(int),
        }
    )
