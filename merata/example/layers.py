"""The map layers, terrain and open data of a made-up region, with their dirt."""

from __future__ import annotations

import json
import math
import tempfile
import uuid
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import rasterio
import shapely
from numpy.typing import NDArray

from merata.example.dirt import DirtList, rows_of
from merata.example.grids import Frame
from merata.example.terrain import Land
from merata.example.words import DATE, FIBRE_OPERATOR, MARK
from merata.region.gdal_time import gdal_time

VOID = -32768


def borders(path: Path, villages: gpd.GeoDataFrame, dirt: DirtList) -> Path:
    """Batas desa: crossing rings, heights, a village in two rows, small overlaps."""
    layer = gpd.GeoDataFrame(
        {
            "NAMOBJ": villages["name"],
            "KDEPUM": villages["code"],
            "WADMKC": villages["district"],
            "WADMKK": villages["regency"],
            "JENIS": villages["kind"],
            "CATATAN": "data buatan / made up",
        },
        geometry=villages.geometry.to_numpy(),
        crs=villages.crs,
    )
    shapes = list(layer.geometry)
    chosen = list(dirt.some(len(shapes), 0.03, 3))
    for n, k in enumerate(chosen):
        if n % 3 == 0:
            shapes[k] = _spike(shapes[k])
        elif n % 3 == 1:
            shapes[k] = shapes[k].buffer(0.0004, join_style="mitre")
        dirt.note(
            ("invalid ring", "overlap", "village in two rows")[n % 3],
            path.name,
            row=k + 1,
            truth=str(villages["code"].iloc[k]),
        )
    layer = layer.set_geometry(gpd.GeoSeries(shapes, crs=villages.crs))
    layer = _two_rows(layer, chosen[2::3])
    layer = layer.set_geometry(shapely.force_3d(layer.geometry.to_numpy(), 0.0)).set_crs(
        "EPSG:4326", allow_override=True
    )
    dirt.note("z values", path.name)
    with gdal_time(DATE):
        path.unlink(missing_ok=True)
        layer.to_file(path, layer="batas_desa_contoh", driver="GPKG", engine="pyogrio", promote_to_multi=True)
    return path


def _spike(polygon: shapely.Geometry) -> shapely.Geometry:
    """The polygon with two neighbouring corners in the wrong order, so that its ring crosses itself."""
    part = max(shapely.get_parts(polygon), key=lambda p: p.area)
    ring = shapely.get_coordinates(part.exterior)
    for k in range(2, len(ring) - 3):
        tried = ring.copy()
        tried[[k, k + 1]] = tried[[k + 1, k]]
        crossed = shapely.Polygon(tried, part.interiors)
        if not crossed.is_valid:
            return crossed
    return polygon


def _two_rows(layer: gpd.GeoDataFrame, rows: list[int]) -> gpd.GeoDataFrame:
    """Villages that are cut in two along their middle, the second half at the end of the layer."""
    halves = []
    for k in rows:
        polygon = layer.geometry.iloc[k]
        west, south, east, north = polygon.bounds
        middle = round((west + east) / 2, 5)
        right = polygon.intersection(shapely.box(middle, south - 1, east + 1, north + 1))
        half = layer.iloc[[k]].copy()
        half = half.set_geometry([right], crs=layer.crs)
        halves.append(half)
        shapes = list(layer.geometry)
        shapes[k] = polygon.intersection(shapely.box(west - 1, south - 1, middle, north + 1))
        layer = layer.set_geometry(gpd.GeoSeries(shapes, index=layer.index, crs=layer.crs))
    return gpd.GeoDataFrame(pd.concat([layer, *halves], ignore_index=True), crs=layer.crs)


def roads(path: Path, ways: gpd.GeoDataFrame, dirt: DirtList) -> Path:
    """Jalan: a zipped shapefile in UTM."""
    own = ways[ways["kind"] == "road"]
    layer = gpd.GeoDataFrame(
        {"NAMA": own["name"], "JENIS": "jalan", "KELAS": own["grade"]}, geometry=own.geometry, crs="EPSG:4326"
    ).to_crs("EPSG:32750")
    dirt.note("other projection", path.name)
    with tempfile.TemporaryDirectory() as folder, gdal_time(DATE):
        layer.to_file(
            Path(folder) / "jalan_contoh.shp",
            engine="pyogrio",
            encoding="utf-8",
            layer_options={"DBF_DATE_LAST_UPDATE": DATE},
        )
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(Path(folder).iterdir()):
                info = zipfile.ZipInfo(part.name, (2025, 6, 1, 0, 0, 0))
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, part.read_bytes())
    return path


def rivers(path: Path, ways: gpd.GeoDataFrame) -> Path:
    """Sungai: GeoJSON."""
    own = ways[ways["kind"] == "river"]
    layer = gpd.GeoDataFrame(
        {"nama sungai": own["name"], "jenis": "sungai", "catatan": "data buatan / made up"},
        geometry=own.geometry,
        crs="EPSG:4326",
    )
    layer.to_file(path, driver="GeoJSON", engine="pyogrio")
    return path


def power_lines(path: Path, ways: gpd.GeoDataFrame) -> Path:
    """Jaringan listrik: GeoPackage."""
    own = ways[ways["kind"] == "power line"]
    layer = gpd.GeoDataFrame(
        {"jenis": "jaringan listrik", "kelas": own["grade"], "nama": own["name"]},
        geometry=own.geometry,
        crs="EPSG:4326",
    )
    with gdal_time(DATE):
        path.unlink(missing_ok=True)
        layer.to_file(path, layer="jaringan_listrik_contoh", driver="GPKG", engine="pyogrio")
    return path


def fibre(path: Path, links: gpd.GeoDataFrame, pops: gpd.GeoDataFrame, seed: int) -> Path:
    """A network package of the Open Fibre Data Standard 0.3."""
    provider = {"id": "MADE-UP-1", "name": FIBRE_OPERATOR}
    nodes = [
        {
            "id": str(p.id),
            "name": p.name,
            "status": "operational",
            "location": {"type": "Point", "coordinates": [p.geometry.x, p.geometry.y]},
            "type": ["pop"],
            "accessPoint": True,
            "power": True,
            "physicalInfrastructureProvider": provider,
        }
        for p in rows_of(pops)
    ]
    spans = [
        {
            "id": str(s.id),
            "name": s.name,
            "status": s.status,
            "start": str(s.start),
            "end": str(s.end),
            "directed": False,
            "route": {"type": "LineString", "coordinates": [list(c) for c in s.geometry.coords]},
            "physicalInfrastructureProvider": provider,
            "transmissionMedium": ["fibre"],
            "deployment": ["aboveGround"],
            "capacity": s.capacity_mbps / 1000,
        }
        for s in rows_of(links)
    ]
    schema = "https://raw.githubusercontent.com/Open-Telecoms-Data/open-fibre-data-standard/0__3__0/schema/network-schema.json"
    network = {
        "id": str(uuid.UUID(bytes=np.random.default_rng([seed, 20]).bytes(16), version=4)),
        "name": f"{FIBRE_OPERATOR}: {MARK}",
        "nodes": nodes,
        "spans": spans,
        "organisations": [{**provider, "roles": ["physicalInfrastructureProvider"]}],
        "publicationDate": DATE,
        "crs": {"name": "urn:ogc:def:crs:OGC::CRS84", "uri": "http://www.opengis.net/def/crs/OGC/1.3/CRS84"},
        "language": "en",
        "links": [{"rel": "describedby", "href": schema}],
    }
    path.write_text(
        json.dumps({"networks": [network]}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    return path


def cells(path: Path, sites: gpd.GeoDataFrame, seed: int) -> Path:
    """Cells as OpenCelliD publishes them: positions a few hundred metres off."""
    rng = np.random.default_rng([seed, 21])
    own = sites.sample(frac=0.7, random_state=seed).sort_index()
    count = len(own)
    moved = own.get_coordinates().to_numpy() + rng.normal(0, 0.003, (count, 2))
    created = 1_600_000_000 + rng.integers(0, 90_000_000, count)
    table = pd.DataFrame(
        {
            "radio": np.where(own["technologies"].str.contains("4G"), "LTE", "GSM"),
            "mcc": 999,
            "net": own["net"].to_numpy(),
            "area": 40_000 + rng.integers(0, 200, count),
            "cell": 1_000_000 + 256 * np.arange(count) + rng.integers(0, 3, count),
            "unit": 0,
            "lon": moved[:, 0].round(6),
            "lat": moved[:, 1].round(6),
            "range": rng.integers(1000, 12_000, count),
            "samples": rng.integers(1, 400, count),
            "changeable": 1,
            "created": created,
            "updated": created + rng.integers(0, 60_000_000, count),
            "averageSignal": 0,
        }
    )
    table.to_csv(path, index=False, lineterminator="\n")
    return path


def speed_tiles(
    path: Path, settlements: gpd.GeoDataFrame, signal_dbm: NDArray[np.float64], seed: int
) -> Path:
    """Tiles as Ookla publishes them, where people have a signal to test with."""
    rng = np.random.default_rng([seed, 22])
    chance = np.clip((signal_dbm + 118) / 40, 0, 0.9) * np.clip(
        settlements["people"].to_numpy() / 900, 0.15, 1
    )
    own = np.flatnonzero(rng.random(len(settlements)) < chance)
    keys = [quadkey(*xy) for xy in settlements.get_coordinates().to_numpy()[own]]
    quality = np.clip((signal_dbm[own] + 120) / 40, 0.03, 1)
    down = (22_000 * quality**1.3 * rng.lognormal(0, 0.4, len(own))).astype(np.int64)
    table = pd.DataFrame(
        {
            "quadkey": keys,
            "tile": [tile(key).wkt for key in keys],
            "avg_d_kbps": down,
            "avg_u_kbps": (down * rng.uniform(0.25, 0.5, len(own))).astype(np.int64),
            "avg_lat_ms": (28 + 60 * (1 - quality) + rng.uniform(0, 20, len(own))).astype(np.int64),
            "tests": rng.integers(1, 60, len(own)),
            "devices": rng.integers(1, 20, len(own)),
        }
    )
    table = table.drop_duplicates("quadkey").sort_values("quadkey").reset_index(drop=True)
    pq.write_table(pa.Table.from_pandas(table, preserve_index=False), path, compression="snappy")
    return path


def quadkey(lon: float, lat: float, zoom: int = 16) -> str:
    """The quadkey of the web-Mercator tile that holds a place."""
    n = 2**zoom
    x = int((lon + 180) / 360 * n)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n)
    return "".join(str((x >> k & 1) + 2 * (y >> k & 1)) for k in range(zoom - 1, -1, -1))


def tile(key: str) -> shapely.Polygon:
    """The square of a quadkey, degrees."""
    n = 2 ** len(key)
    x = sum((int(d) & 1) << k for k, d in enumerate(reversed(key)))
    y = sum((int(d) >> 1) << k for k, d in enumerate(reversed(key)))
    north, south = (math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * v / n)))) for v in (y, y + 1))
    return shapely.box(x / n * 360 - 180, south, (x + 1) / n * 360 - 180, north)


def terrain_tiles(folder: Path, heights: NDArray[np.int16], land: Land, dirt: DirtList) -> list[Path]:
    """Terrain as GeoTIFF, cut along whole degrees, with a few voids in the hills."""
    frame = land.fine
    heights = heights.copy()
    high = np.argwhere(land.region & (land.height_m > 120))
    factor = frame.width // land.frame.width
    rows, cols = np.indices((12 * factor, 12 * factor)) - 6 * factor
    blob = np.hypot(rows, cols * 1.6) < 3.5 * factor
    files: list[Path] = []
    for k in dirt.some(len(high), 0.0, 4):
        top, left = np.clip(high[k] * factor - 6 * factor, 0, np.array(frame.shape) - 12 * factor)
        window = heights[top : top + 12 * factor, left : left + 12 * factor]
        window[blob] = VOID
    for south in range(math.floor(frame.north - frame.height * frame.step), math.ceil(frame.north)):
        for west in range(math.floor(frame.west), math.ceil(frame.west + frame.width * frame.step)):
            files += _terrain_tile(folder, heights, frame, west, south, dirt)
    return files


def _terrain_tile(
    folder: Path, heights: NDArray[np.int16], frame: Frame, west: int, south: int, dirt: DirtList
) -> list[Path]:
    def pixels(degrees: float) -> int:
        return round(degrees / frame.step)

    top, bottom = (max(0, pixels(frame.north - d)) for d in (south + 1, south))
    left, right = (max(0, pixels(d - frame.west)) for d in (west, west + 1))
    part = heights[top:bottom, left:right]
    if min(part.shape) < 2:
        return []
    name = f"DEM_{'S' if south < 0 else 'N'}{abs(south):02d}E{west:03d}_contoh.tif"
    where = Frame(
        frame.west + left * frame.step,
        frame.north - top * frame.step,
        frame.step,
        part.shape[1],
        part.shape[0],
    )
    _write_tif(folder / name, part, where, VOID, "elevation, m; made up", predictor=2)
    if (part == VOID).any():
        dirt.note("void", name)
    return [folder / name]


def land_cover(path: Path, classes: NDArray[np.uint8], frame: Frame) -> Path:
    """Land cover with the classes of ESA WorldCover."""
    _write_tif(path, classes, frame, 0, "ESA WorldCover classes; made up", predictor=1)
    return path


def _write_tif(
    path: Path, values: NDArray[np.generic], frame: Frame, nodata: int, about: str, predictor: int
) -> None:
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=frame.width,
        height=frame.height,
        count=1,
        dtype=values.dtype,
        crs="EPSG:4326",
        transform=frame.transform,
        nodata=nodata,
        compress="deflate",
        predictor=predictor,
        zlevel=4,
        tiled=min(frame.shape) >= 256,
    ) as out:
        out.write(values, 1)
        out.update_tags(TIFFTAG_IMAGEDESCRIPTION=f"{about} ({MARK})")
