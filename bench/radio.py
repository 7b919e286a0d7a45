"""Speed and exactness of a whole site's loss map, on real terrain where it is there: python bench/radio.py.

1. Time a point and band along one radial, by radius and latitude, as one of a site's rays, which share the tables of
   their distances; against the project's own single path (and Py1812, an implementation of the ITU-R study group, if
   it can be imported): processor time of one thread.
2. Time of a site's map, one thread and all.
3. Difference between the map and P.1812 for the very path to a pixel, by the distance between rays.
"""

import itertools
import math
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numba
import numpy as np
import rasterio

from merata.radio import p1812
from merata.radio._radial import losses
from merata.radio._rays import height_at, steps_of
from merata.radio._survey import Land
from merata.radio.land import Ground
from merata.radio.path import PathSettings
from merata.radio.sweep import air_of, bands_of, site_loss
from merata.region.grid import Grid

TILE = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "terrain" / "S36E149.tif"
PIXEL_KM = 0.09  # the tile's three seconds of arc, taken as squares
LATITUDE = -35.5
SETTINGS = PathSettings(1.5, "vertical", 50.0, 45.0, 325.0, LATITUDE)
BANDS_MHZ = (700, 900, 1800)
TREES_M = 15.0


def main() -> None:
    heights = terrain()
    ground = ground_of(heights)
    site_loss(ground, 20, 20, 40, BANDS_MHZ, SETTINGS, 1)  # compile
    along_a_radial(heights)
    a_site(ground)
    against_exact_paths(ground)


def terrain() -> np.ndarray:
    if not TILE.exists():
        print(f"{TILE} is not there: made-up waves of hills instead")
        y, x = np.indices((1201, 1201)) / 12
        return (300 + 80 * np.sin(x) * np.cos(y / 1.7) + 40 * np.sin(y * 3.1 + x * 2)).astype(np.float32)
    with rasterio.open(TILE) as tile:
        return np.maximum(tile.read(1), 0).astype(np.float32)


def ground_of(heights: np.ndarray) -> Ground:
    trees = np.where(
        (np.indices(heights.shape).sum(axis=0) // 25) % 3 < 2, TREES_M, 0
    )  # two thirds under trees
    grid = Grid("EPSG:32755", 500_000, 6_000_000, PIXEL_KM * 1000, *heights.shape[::-1])
    return Ground(heights, trees, np.full(heights.shape, 4, np.uint8), grid)


def along_a_radial(heights: np.ndarray) -> None:
    print(
        "\nAlong one ray of a site, 30 m steps, time percentage 50, trees on two thirds; µs a point, one thread"
    )
    for latitude, radius_km in itertools.product((LATITUDE, -3.0), (10, 30, 100)):
        radials = [profile(heights, radius_km, 0.03, seed) for seed in range(8)]
        one, three = (a_point(radials, bands, latitude) for bands in (BANDS_MHZ[1:2], BANDS_MHZ))
        print(
            f"  sweep, {radius_km:3d} km, latitude {latitude:g}: one band {one:.3f}, three bands {three / 3:.3f} each"
        )
    for radius_km in (10, 30, 100):
        one = profile(heights, radius_km, 0.03, 0)
        print(f"  single path, {radius_km:3d} km:       {spent(lambda r=one: single(*r)) * 1e6:8.1f} µs")
        reference(one, radius_km)


def a_point(radials: list[tuple[np.ndarray, ...]], bands_mhz: tuple[int, ...], latitude: float) -> float:
    """Time a point of all bands, µs."""
    settings = replace(SETTINGS, latitude_deg=latitude)
    air, bands, distances = air_of(settings), bands_of(bands_mhz, settings), radials[0][0]
    steps = steps_of(distances, air)
    lands = [Land(h, h + trees, zone, 40.0, settings.rx_height_m) for _, h, trees, zone in radials]
    out, sight = np.empty((len(distances), len(bands)), np.float32), np.empty(len(distances), bool)
    seconds = spent(lambda: [losses(land, steps, air, bands, 2, out, sight) for land in lands])
    return seconds / len(lands) / len(distances) * 1e6


def profile(heights: np.ndarray, radius_km: float, step_km: float, seed: int) -> tuple[np.ndarray, ...]:
    """A straight line over the tile, there and back where it is too short."""
    random = np.random.default_rng(seed)
    d = np.arange(round(radius_km / step_km) + 1) * step_km
    angle, (row, column) = random.uniform(0, 2 * math.pi), random.uniform(200, 1000, 2)
    y, x = (
        folded(at + turn(angle) * d / PIXEL_KM, size)
        for at, turn, size in zip((row, column), (math.cos, math.sin), heights.shape, strict=True)
    )
    h = np.array([height_at(heights, *place) for place in zip(y, x, strict=True)])
    return d, h, np.where(np.arange(len(d)) % 75 < 50, TREES_M, 0.0), np.full(len(d), 4, np.uint8)


def folded(at: np.ndarray, size: int) -> np.ndarray:
    return np.clip(np.abs((at % (2 * size)) - size), 0.5, size - 0.5)


def single(d: np.ndarray, h: np.ndarray, clutter: np.ndarray, zone: np.ndarray, mhz: float = 900) -> float:
    half = math.degrees(d[-1] / 2 / 6371)
    return p1812.basic_transmission_loss(
        d, h, clutter, zone, frequency_ghz=mhz / 1000, tx_height_m=40, rx_height_m=1.5,
        tx_lat=LATITUDE - half, tx_lon=149.5, rx_lat=LATITUDE + half, rx_lon=149.5,
    ).loss_db  # fmt: skip


def reference(one: tuple[np.ndarray, ...], radius_km: float) -> None:
    try:
        from Py1812 import P1812
    except ImportError:
        return
    d, h, clutter, zone = one
    half = math.degrees(d[-1] / 2 / 6371)
    ends = (LATITUDE - half, LATITUDE + half, 149.5, 149.5)
    options = {"DN": 45.0, "N0": 325.0}

    def once() -> float:
        return float(P1812.bt_loss(0.9, 50, d, h, clutter, zone, 40, 1.5, 2, *ends, **options)[0])

    seconds = spent(once)
    print(f"  Py1812, {radius_km:3d} km:            {seconds * 1e6:8.1f} µs, {once() - single(*one):+.4f} dB")


def a_site(ground: Ground) -> None:
    print(f"\nA site's map, 90 m pixels, {len(BANDS_MHZ)} bands")
    everything = numba.get_num_threads()
    for threads, radius_km in itertools.product(sorted({1, everything}), (10, 30, 50)):
        numba.set_num_threads(threads)
        seconds, busy, made = math.inf, math.inf, None
        for _ in range(4):
            start, start_busy = time.perf_counter(), time.process_time()
            made = site_loss(ground, 600, 600, 40, BANDS_MHZ, SETTINGS, radius_km)
            seconds, busy = (
                min(seconds, time.perf_counter() - start),
                min(busy, time.process_time() - start_busy),
            )
        each = busy / np.isfinite(made.loss_db).sum() * 1e6
        print(
            f"  {threads} thread(s), {radius_km} km: {seconds:.3f} s ({busy:.3f} s of processor time, "
            f"{each:.3f} µs a pixel and band)"
        )
    numba.set_num_threads(everything)


def against_exact_paths(ground: Ground) -> None:
    print(
        "\nThe map against P.1812 for the path to the middle of a pixel: difference in dB at 600 pixels of 4 sites"
    )
    for spacing in (2.0, 1.0, 0.5):
        apart = np.concatenate([differences(ground, row, spacing) for row in (400, 520, 640, 760)])
        middle, most = np.percentile(np.abs(apart), (50, 95))
        print(
            f"  rays {spacing:g} pixel(s) apart: median {middle:.2f}, 95 % {most:.2f}, mean {apart.mean():+.2f}"
        )


def differences(ground: Ground, row: int, spacing: float, count: int = 150) -> np.ndarray:
    column, radius_km = row + 37, 25
    made = site_loss(ground, row, column, 40, (900,), SETTINGS, radius_km, spacing)
    random = np.random.default_rng(row)
    away = np.sqrt(random.uniform(0.02, 1, count)) * radius_km * 0.99 / PIXEL_KM  # evenly over the area
    angle = random.uniform(0, 2 * math.pi, count)
    i, j = np.rint(row + away * np.cos(angle)).astype(int), np.rint(column + away * np.sin(angle)).astype(int)
    exact = [single(*path_to(ground, row, column, *place)) for place in zip(i, j, strict=True)]
    return made.loss_db[0, i - made.row0, j - made.column0] - np.array(exact)


def path_to(ground: Ground, row: int, column: int, i: int, j: int) -> tuple[np.ndarray, ...]:
    length = math.hypot(i - row, j - column)
    part = np.linspace(0, 1, math.ceil(length) + 1)
    y, x = row + 0.5 + part * (i - row), column + 0.5 + part * (j - column)
    h = np.array([height_at(ground.heights_m, *place) for place in zip(y, x, strict=True)])
    return (
        part * length * PIXEL_KM,
        h,
        ground.clutter_m[y.astype(int), x.astype(int)].astype(float),
        np.full(len(h), 4),
    )


def spent(work: Callable[[], object]) -> float:
    """Least processor time of one run, s."""
    work()
    best = math.inf
    for _ in range(5):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


if __name__ == "__main__":
    main()
