"""Make a made-up region and write it as the files that its offices would have."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from rasterio.features import rasterize
from scipy import ndimage

from merata.errors import MerataError
from merata.example import layers, lists, sheets
from merata.example.dirt import DirtList, Dirty
from merata.example.geography import DISTRICTS_PER_CODE, Places, make_places
from merata.example.grids import KM_PER_DEGREE, noise
from merata.example.network import Network, make_network
from merata.example.people import People, make_people
from merata.example.statistics import statistics
from merata.example.surface import fine_terrain, fine_water
from merata.example.terrain import Land, make_land
from merata.example.ways import Ways, make_ways
from merata.example.words import DATE, FIBRE_OPERATOR, MARK
from merata.region.prices import COMPONENTS

__all__ = ["DATE", "Made", "make"]

KM2_PER_VILLAGE = 117.0
LEAST, MOST = 20, 10_000
#: How far east of the first each regency of a made-up province lies, degrees; all in one zone of UTM.
_EAST = (0.0, 1.4, -1.4)
YEARS = range(2025, 2031)
#: Rupiah in each year for a region of 230 villages: far less than all that is wanting costs.
FUNDS = {
    "Program internet desa provinsi (contoh)": (1500, 900, 1500, 1800, 2100, 2400),
    "APBD kabupaten (contoh)": (700, 600, 900, 1100, 1300, 1500),
    "Dana desa (contoh)": (400, 400, 500, 600, 700, 800),
}
_TREES, _SHRUB, _GRASS, _CROPS, _BUILT, _WATER, _WETLAND, _MANGROVE = 10, 20, 30, 40, 50, 80, 90, 95


@dataclass(frozen=True)
class Made:
    """What has been made."""

    files: list[Path]
    """The office files, in the order in which an office would hand them over: village polygons first."""
    region_toml: str
    """Text of the region's settings."""
    truth: dict[str, pd.DataFrame]
    """The region as it is, by table of `region.tables` (places as GeoDataFrames); not in any file."""
    dirt: list[Dirty] = field(default_factory=list)
    """Where the files are dirty, and how."""


def make(
    folder: Path, *, villages: int = 230, seed: int = 1, resolution_m: float = 100, regency: int = 1
) -> Made:
    """Write the files of a made-up region of 20 to 10,000 villages into `folder`; the same for the same arguments.

    A village has 117 km² and 3,043 people on average; `resolution_m` is the side of a terrain pixel (about 93 m
    for 100). `regency` 2 and 3 lie beside the first, with codes 99.02 and 99.03: a province of them. Raises
    MerataError when one of these is out of range.
    """
    if not LEAST <= villages <= MOST:
        raise MerataError(f"villages: {villages}; a made-up region has {LEAST} to {MOST:,d} villages.")
    if not 1 <= regency <= len(_EAST):
        raise MerataError(f"regency: {regency}; a made-up province has 1 to {len(_EAST)}.")
    if not 25 <= resolution_m <= 400:
        raise MerataError(f"resolution_m: {resolution_m}; 25 to 400 m.")
    folder.mkdir(parents=True, exist_ok=True)
    land = make_land(KM2_PER_VILLAGE * villages, resolution_m, seed, _EAST[regency - 1])
    places = make_places(land, villages, seed, regency)
    ways = make_ways(land, places, seed)
    people = make_people(land, places, ways, seed)
    network = make_network(land, places, ways, people, seed)
    truth = _truth(land, places, ways, people, network)
    dirt = DirtList(np.random.default_rng([seed, 30]))
    files = _write(folder, truth, network, places, dirt, seed)
    files += layers.terrain_tiles(folder, fine_terrain(land, seed), land, dirt)
    cover = _cover(land, people.settlements, seed)
    files.append(layers.land_cover(folder / "WorldCover_2021_contoh.tif", cover, land.fine))
    return Made(files, _toml(places, regency), truth, dirt.places)


def _write(
    folder: Path, truth: dict[str, pd.DataFrame], network: Network, places: Places, dirt: DirtList, seed: int
) -> list[Path]:
    villages, ways = (gpd.GeoDataFrame(truth[t], geometry="geometry") for t in ("villages", "ways"))
    sites = gpd.GeoDataFrame(truth["sites"], geometry="geometry")
    pops = sites[sites["kind"] == "point of presence"]
    links = gpd.GeoDataFrame(truth["links"], geometry="geometry")
    masts = {**truth, "sites": sites[sites["kind"] == "tower"]}
    settlements = gpd.GeoDataFrame(truth["settlements"], geometry="geometry")
    return [
        layers.borders(folder / f"Batas Desa {places.regency} (contoh).gpkg", villages, dirt),
        statistics(folder / "Statistik Desa 2024 (contoh).xlsx", truth, dirt),
        lists.hamlets(folder / "Data Dusun (contoh).csv", truth, dirt),
        lists.blank_spots(folder / "daftar blank spot (contoh).csv", truth, dirt),
        sheets.masts(folder / "Data menara (contoh).xlsx", masts, dirt),
        sheets.facilities(folder / "Sekolah dan Puskesmas (contoh).xlsx", truth, dirt),
        lists.speed_list(folder / "Uji kecepatan (contoh).csv", truth, dirt),
        sheets.signal_book(folder / "Uji sinyal 2025 (contoh).xlsx", truth, dirt),
        sheets.budget_book(folder / "Anggaran 2025-2030 (contoh).xlsx", truth, dirt),
        sheets.price_book(folder / "Daftar harga (contoh).xlsx", truth),
        layers.roads(folder / "Jalan (contoh).zip", ways, dirt),
        layers.rivers(folder / "Sungai (contoh).geojson", ways),
        layers.power_lines(folder / "Jaringan listrik (contoh).gpkg", ways),
        layers.fibre(folder / "fibre_ofds_contoh.json", links, pops, seed),
        layers.cells(folder / "opencellid_999_contoh.csv", masts["sites"], seed),
        layers.speed_tiles(
            folder / "2025-01-01_performance_mobile_tiles_contoh.parquet",
            settlements,
            network.signal_dbm,
            seed,
        ),
    ]


def _truth(
    land: Land, places: Places, ways: Ways, people: People, network: Network
) -> dict[str, pd.DataFrame]:
    return {
        "villages": places.villages,
        "people": people.people,
        "settlements": people.settlements,
        "facilities": people.facilities,
        "sites": _sites(places, ways, network),
        "links": _links(places, ways),
        "reports": network.reports,
        "measurements": network.measurements,
        "devices": people.devices,
        "electricity": people.electricity,
        "ways": _way_table(land, places, ways),
        "budgets": _budgets(len(places.villages)),
        "prices": _prices(),
    }


def _sites(places: Places, ways: Ways, network: Network) -> gpd.GeoDataFrame:
    """The masts, then the points of presence of the fibre."""
    pops = ways.pops
    villages = places.villages
    table = pd.DataFrame(
        {
            "id": [f"POP-{k + 1:03d}" for k in range(len(pops))],
            "name": [f"PoP {villages['name'].iloc[v]}" for v in pops],
            "kind": "point of presence",
            "operator": FIBRE_OPERATOR,
            "power": ["grid" if ways.grid[v] else "solar" for v in pops],
            "village_code": [villages["code"].iloc[v] for v in pops],
            "village": pops,
        }
    )
    points = gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(*places.centres[pops].T), crs="EPSG:4326")
    return gpd.GeoDataFrame(pd.concat([network.sites, points], ignore_index=True), crs="EPSG:4326")


def _links(places: Places, ways: Ways) -> gpd.GeoDataFrame:
    name = places.villages["name"].to_numpy()
    number = {v: f"POP-{k + 1:03d}" for k, v in enumerate(ways.pops)}
    table = pd.DataFrame(
        {
            "id": [f"SPAN-{k + 1:03d}" for k in range(len(ways.spans))],
            "kind": "fibre",
            "name": [f"{name[s.start]} – {name[s.end]}" for s in ways.spans],
            "operator": FIBRE_OPERATOR,
            "capacity_mbps": 10_000.0,
            "status": ["planned" if s.planned else "operational" for s in ways.spans],
            "start": [number[s.start] for s in ways.spans],
            "end": [number[s.end] for s in ways.spans],
        }
    )
    return gpd.GeoDataFrame(table, geometry=[s.line for s in ways.spans], crs="EPSG:4326")


def _way_table(land: Land, places: Places, ways: Ways) -> gpd.GeoDataFrame:
    """Roads, power lines, then the reaches of rivers within the region."""
    name = places.villages["name"].to_numpy()
    rows: list[tuple[str, str, str, shapely.LineString]] = []
    for k, (a, b) in enumerate(ways.edges.tolist()):
        if ways.main[k] or ways.local[k]:
            rows.append(
                ("road", f"Jalan {name[a]} – {name[b]}", "utama" if ways.main[k] else "lokal", ways.lines[k])
            )
    for k, (a, b) in enumerate(ways.edges.tolist()):
        if ways.power[k]:
            rows.append(("power line", f"{name[a]} – {name[b]}", "20 kV", ways.lines[k]))
    for line, main, basin in zip(land.rivers.lines, land.rivers.main, land.rivers.basin_km2, strict=True):
        row, col = land.frame.rowcol(shapely.get_coordinates(line))
        if land.region[row, col].any():
            rows.append(("river", f"Sungai {places.river}" if main else "", f"{basin:.0f} km2", line))
    table = pd.DataFrame([r[:3] for r in rows], columns=["kind", "name", "grade"])
    return gpd.GeoDataFrame(table, geometry=[r[3] for r in rows], crs="EPSG:4326")


def _budgets(villages: int) -> pd.DataFrame:
    """The funds, in proportion to the villages, in whole millions."""
    rows = [
        (
            year,
            fund,
            round(amount * villages / 230) * 1_000_000,
            "dipotong tengah tahun" if year == 2026 else "",
        )
        for fund, amounts in FUNDS.items()
        for year, amount in zip(YEARS, amounts, strict=True)
    ]
    return pd.DataFrame(rows, columns=["year", "fund", "granted_idr", "note"])


def _prices() -> pd.DataFrame:
    """A price list about as high as the catalogue's defaults."""
    units = {"once": "Rp sekali", "per month": "Rp/bulan"}
    rows = [
        (c.key, c.words[-1].capitalize(), c.low_idr, c.high_idr, units[c.unit], "harga contoh, data buatan")
        for c in COMPONENTS.values()
    ]
    return pd.DataFrame(rows, columns=["component", "item", "low_idr", "high_idr", "unit", "basis"])


def _cover(land: Land, settlements: gpd.GeoDataFrame, seed: int) -> NDArray[np.uint8]:
    """Land cover on the fine frame: forest, but for water, swamps, fields near people and what is built."""
    rng = np.random.default_rng([seed, 10])
    factor = land.fine.width // land.frame.width
    shape = land.frame.shape
    people = np.zeros(shape, np.float32)
    np.add.at(
        people, land.frame.rowcol(settlements.get_coordinates().to_numpy()), settlements["people"].to_numpy()
    )
    crowd = ndimage.gaussian_filter(people, 2.5 / land.frame.pixel_km / 2) * (2.5 / land.frame.pixel_km) ** 2
    patch = noise(shape, 6 / land.frame.pixel_km, rng)
    coarse = np.full(shape, _TREES, np.uint8)
    coarse[(patch > 1.2) & (land.height_m < 400)] = _SHRUB
    coarse[(patch < -1.5) & (land.height_m < 150)] = _GRASS
    coarse[(crowd * np.exp(0.8 * patch) > 350) & (land.height_m < 160)] = _CROPS
    shore = ndimage.distance_transform_edt(~(land.lake | (land.height_m < 3))) * land.frame.pixel_km
    coarse[(shore < 1.5) & (patch > -0.3) & (land.height_m < 25)] = _WETLAND
    coast = ndimage.distance_transform_edt(~land.sea) * land.frame.pixel_km
    coarse[(coast < 5) & (land.height_m < 4) & (patch > -0.8)] = _MANGROVE
    cover = np.repeat(np.repeat(coarse, factor, axis=0), factor, axis=1)
    cover[fine_water(land)] = _WATER
    radius = np.sqrt(settlements["people"].to_numpy() / 3500 / np.pi) / KM_PER_DEGREE
    discs = shapely.buffer(settlements.geometry.to_numpy(), radius)
    built = rasterize(discs, land.fine.shape, transform=land.fine.transform, dtype="uint8", all_touched=True)
    cover[(built == 1) & (cover != _WATER)] = _BUILT
    return cover


def _toml(places: Places, regency: int) -> str:
    districts = len(places.districts)
    code = f"99.{regency:02d}" if districts <= DISTRICTS_PER_CODE else ""
    return (
        f"# {MARK}: nothing in this region is real.\n\n[region]\n"
        f'name = "Kabupaten {places.regency} (contoh)"\ncode = "{code}"\nprojection = "EPSG:32750"\n'
        'languages = ["id", "en"]\nmade_up = true\n\n'
        "# Levels, promises and prices: the defaults. Funds: those of the budget file.\n"
        "[plan]\nfirst_year = 2025\nlast_year = 2030\n"
    )
