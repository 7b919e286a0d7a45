"""A country's villages in one folder, by seed: made, taken in, checked and run, as far as it goes.

    python bench/country.py 10000 83000 --out country.jsonl
    python bench/country.py 83000 --wide

Villages of 23 km² in a square or, `--wide`, in a band as wide as Indonesia is. Simpler files than those of the worked
example, so that 83,000 are made soon: borders, one table of people, a list of masts, and terrain at 3 arc seconds in
tiles of a degree. Measured as `bench/growth.py` measures.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import growth
import numpy as np
import pandas as pd
import rasterio
import shapely
from numpy.typing import NDArray
from rasterio.transform import from_origin
from scipy import ndimage

from merata.example.grids import KM_PER_DEGREE, noise
from merata.example.words import MARK, OPERATORS, Namer

KM2, PEOPLE, PER_DISTRICT, PER_REGENCY = 23.0, 3300, 10, 84
#: Pixels of a tile's side, knots of the wide relief in a degree, and degrees from the west of Indonesia to its east.
TILE, KNOTS, WIDE_DEGREES = 1200, 20, 46.0
CENTRE = (117.0, -0.5)


def make(folder: Path, villages: int, masts: int, wide: bool, seed: int = 1) -> None:
    """Write the files of a made-up country and its region.toml; the same for the same arguments."""
    rng = np.random.default_rng([seed, villages])
    files = folder / "files"
    files.mkdir()
    polygons = _polygons(villages, WIDE_DEGREES if wide else 0.0, rng)
    table = _table(villages, rng)
    borders = gpd.GeoDataFrame(table[["KODE", "KECAMATAN", "DESA"]], geometry=polygons, crs="EPSG:4326")
    borders.to_file(files / "Batas Desa (contoh).gpkg", engine="pyogrio")
    table.to_csv(files / "Statistik Desa (contoh).csv", index=False)
    _masts(polygons, masts, rng).to_csv(files / "Data menara (contoh).csv", index=False)
    west, south, east, north = shapely.total_bounds(polygons)
    relief = noise((math.ceil(north - south + 2) * KNOTS, math.ceil(east - west + 2) * KNOTS), KNOTS, rng)
    patch = noise((TILE, TILE), 60, rng, 1.4, pad=0)
    for top in range(math.floor(south), math.ceil(north)):
        for left in range(math.floor(west), math.ceil(east)):
            _tile(files, relief, patch, left, top, (math.floor(west), math.ceil(north)))
    (folder / "region.toml").write_text(
        f'# {MARK}\n[region]\nname = "Negeri (contoh)"\nmade_up = true\nprojection = "EPSG:32750"\n'
    )


def _polygons(villages: int, wide_degrees: float, rng: np.random.Generator) -> NDArray[np.object_]:
    """Quadrangles that share their corners, each bent a little."""
    side = math.sqrt(KM2) / KM_PER_DEGREE
    columns = round(wide_degrees / side) or math.ceil(math.sqrt(villages))
    rows = math.ceil(villages / columns)
    y, x = np.mgrid[: rows + 1, : columns + 1].astype(float)
    x, y = (np.round((v + rng.uniform(-0.3, 0.3, v.shape)) * side, 6) for v in (x, y))
    corners = np.stack([x - columns * side / 2 + CENTRE[0], y - rows * side / 2 + CENTRE[1]], -1)
    rings = np.stack([corners[:-1, :-1], corners[:-1, 1:], corners[1:, 1:], corners[1:, :-1]], axis=2)
    return np.asarray(shapely.polygons(rings.reshape(-1, 4, 2)[:villages]), object)


def _table(villages: int, rng: np.random.Generator) -> pd.DataFrame:
    """People and what they have by village; a name in four is that of another village too."""
    namer, k = Namer(rng), np.arange(villages)
    stems = np.array([namer.stem() for _ in range(max(20, villages * 3 // 4))])
    district, heads = (
        k // PER_DISTRICT,
        rng.lognormal(math.log(PEOPLE) - 0.18, 0.6, villages).round().astype(int),
    )
    grid = rng.random(villages) < 0.9
    codes = [
        f"99.{1 + d // PER_REGENCY:02d}.{1 + d % PER_REGENCY:02d}.{2001 + n:04d}"
        for d, n in zip(district.tolist(), (k % PER_DISTRICT).tolist(), strict=True)
    ]
    return pd.DataFrame(
        {
            "KODE": codes,
            "KECAMATAN": [f"{stems[d % len(stems)]} Hulu" for d in district.tolist()],
            "DESA": stems[rng.integers(0, len(stems), villages)],
            "Jumlah Penduduk": heads,
            "Jumlah KK": (heads / 3.9).round().astype(int),
            "Sumber Listrik": np.where(grid, "PLN", "PLTS"),
            "Kekuatan Sinyal": rng.choice(["kuat", "lemah", "tidak ada"], villages, p=[0.7, 0.2, 0.1]),
        }
    )


def _masts(polygons: NDArray[np.object_], count: int, rng: np.random.Generator) -> pd.DataFrame:
    at = shapely.get_coordinates(shapely.centroid(polygons[rng.choice(len(polygons), count, replace=False)]))
    operators = [OPERATORS[k % len(OPERATORS)][0] for k in range(count)]
    return pd.DataFrame(
        {
            "ID": [f"M{k + 1:06d}" for k in range(count)],
            "Operator": operators,
            "Tinggi (m)": rng.choice([32, 42, 52, 62, 72], count),
            "Teknologi": "4G",
            "Frekuensi (MHz)": rng.choice([900, 1800, 2100], count),
            "Lintang": at[:, 1].round(5),
            "Bujur": at[:, 0].round(5),
        }
    )


def _tile(
    folder: Path,
    relief: NDArray[np.float32],
    patch: NDArray[np.float32],
    west: int,
    south: int,
    corner: tuple[int, int],
) -> None:
    """Heights in whole metres of a square degree; neighbours go on where it ends."""
    steps = (np.arange(TILE) + 0.5) / TILE * KNOTS
    rows, columns = steps + (corner[1] - south - 1) * KNOTS, steps + (west - corner[0]) * KNOTS
    knots = np.stack(np.meshgrid(rows, columns, indexing="ij"))
    wide = ndimage.map_coordinates(relief, knots, order=1, mode="nearest")
    heights = np.clip(150 + 150 * wide + 30 * patch, 1, None).round().astype(np.int16)
    name = f"DEM_{'S' if south < 0 else 'N'}{abs(south):02d}E{west:03d}_contoh.tif"
    with rasterio.open(
        folder / name, "w", driver="GTiff", width=TILE, height=TILE, count=1, dtype="int16", crs="EPSG:4326",
        transform=from_origin(west, south + 1, 1 / TILE, 1 / TILE), compress="deflate", predictor=2, tiled=True,
    ) as out:  # fmt: skip
        out.write(heights, 1)


def commands(folder: Path, villages: int, asked: argparse.Namespace) -> Iterator[tuple[str, list[object]]]:
    region = folder / "region"
    merata: list[object] = [sys.executable, "-m", "merata.cli.main"]
    only = ["--only-make", folder, "--masts", asked.masts, *(["--wide"] if asked.wide else [])]
    yield "make", [sys.executable, __file__, villages, *only]
    yield "new", [*merata, "new", region, "--name", "bench", "--settings", folder / "region.toml"]
    yield "add", [*merata, "add", region, *sorted((folder / "files").iterdir())]
    yield "check", [*merata, "check", region]
    for step in ("coverage", "access", "options"):
        yield step, [*merata, "run", region, "--until", step]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sizes", nargs="*", type=int)
    parser.add_argument("--wide", action="store_true")
    parser.add_argument("--masts", type=int, default=200)
    parser.add_argument("--start", default="", help="the first step, where --folder has those before it")
    parser.add_argument("--until", default="access", help="the last step")
    parser.add_argument("--out", type=Path, default=Path("country.jsonl"))
    parser.add_argument("--folder", type=Path, help="where to work, and leave what was made")
    parser.add_argument("--only-make", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--most-gb", type=float, default=6)
    parser.add_argument("--most-seconds", type=float, default=3600, help="processor seconds of a step")
    asked = parser.parse_args()
    if asked.only_make:
        return make(asked.only_make, asked.sizes[0], asked.masts, asked.wide)
    for villages in asked.sizes:
        with tempfile.TemporaryDirectory() as temporary:
            folder = (asked.folder or Path(temporary)) / f"country-{villages}"
            folder.mkdir(parents=True, exist_ok=bool(asked.start))
            for row in growth.steps(commands(folder, villages, asked), folder, asked):
                row = {"villages": villages, **row}
                with asked.out.open("a") as file:
                    file.write(json.dumps(row) + "\n")
                print(row, flush=True)
    growth.show([json.loads(line) for line in asked.out.read_text().splitlines()])
    return None


if __name__ == "__main__":
    main()
