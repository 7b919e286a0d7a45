"""A signal knows no borders: those of terrain tiles, the equator, and 180 degrees of longitude change nothing."""

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import rasterio
from made_sites import RADIO, cover_of, same, sites_at
from made_sites import hills as made_hills
from rasterio.transform import from_origin
from shapely.geometry import Point

from merata.radio import between, land, links
from merata.radio.coverage import coverage, write_coverage
from merata.radio.coverage_file import read
from merata.radio.path import path_settings
from merata.radio.sweep import site_loss
from merata.region import terrain
from merata.region.grid import Grid
from merata.region.records import Source

#: Points of a tile along a degree, as SRTM has them: the outermost stand on the border and in both tiles.
SIDE = 1201
#: Pixels along the side of the grids, of 90 m.
WIDE = 201
MIDDLE = WIDE // 2


def surface(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Hills of a few kilometres, the same at 180 and at -180 degrees; whole metres, as in the tiles."""
    x, y = np.radians(np.asarray(lon) % 360) * 6371, np.radians(lat) * 6371
    heights = 300 + 90 * np.sin(x / 0.6) * np.cos(y / 0.8) + 60 * np.sin((x + 2 * y) / 0.35)
    return np.round(heights)


def hgt(folder: Path, south: int, west: int) -> Source:
    at = np.linspace(0, 1, SIDE)
    heights = surface(west + at[None, :], south + 1 - at[:, None])
    name = f"{'S' if south < 0 else 'N'}{abs(south):02}{'W' if west < 0 else 'E'}{abs(west):03}.hgt"
    (folder / name).write_bytes(heights.astype(">i2").tobytes())
    return Source(name, folder / name, "2025-01-01")


def one_tile(folder: Path, south: int, west: int, rows: int, columns: int) -> Source:
    """The same points of `rows` by `columns` degrees in one file."""
    step = 1 / (SIDE - 1)
    lon = west + np.arange(columns * (SIDE - 1) + 1) * step
    lat = south + rows - np.arange(rows * (SIDE - 1) + 1) * step
    heights = surface(lon[None, :], lat[:, None]).astype("int16")
    profile = {"driver": "GTiff", "count": 1, "dtype": "int16", "crs": "EPSG:4326"}
    corner = from_origin(west - step / 2, south + rows + step / 2, step, step)
    with rasterio.open(
        folder / "dem.tif", "w", width=len(lon), height=len(lat), transform=corner, **profile
    ) as out:
        out.write(heights, 1)
    return Source("dem.tif", folder / "dem.tif", "2025-01-01")


def grid_around(lon: float, lat: float, crs: str) -> Grid:
    x, y = pyproj.Transformer.from_crs(4326, crs, always_xy=True).transform(lon, lat)
    # The border crosses a pixel beside its middle: there a tile that ends would lend its last heights.
    return Grid(crs, x - WIDE * 45 + 30, y + WIDE * 45 + 30, 90, WIDE, WIDE)


def mosaicked(folder: Path, sources: list[Source], grid: Grid) -> np.ndarray:
    terrain.mosaic(sources, grid, folder / "terrain.tif")
    heights, flags, _ = terrain.read(folder / "terrain.tif")
    assert (flags == terrain.AS_SOURCE).all()
    return heights


@pytest.mark.parametrize(
    ("tiles", "whole", "place"),
    [
        ([(0, 116), (0, 117)], (0, 116, 1, 2), (117.0, 0.5)),
        ([(-1, 117), (0, 117)], (-1, 117, 2, 1), (117.3, 0.0)),
    ],
    ids=["a border between east and west", "a border on the equator"],
)
@pytest.mark.slow
def test_two_tiles_put_together_give_the_loss_of_one_tile(tmp_path, tiles, whole, place):
    grid = grid_around(*place, "EPSG:32650")
    two = mosaicked(tmp_path, [hgt(tmp_path, *tile) for tile in tiles], grid)
    one = mosaicked(tmp_path, [one_tile(tmp_path, *whole)], grid)
    np.testing.assert_allclose(two, one, atol=0.01)
    made = []
    for heights in (two, one):
        ground, _ = land.ground(heights, None, grid, RADIO)
        made.append(site_loss(ground, MIDDLE, MIDDLE - 20, 40, (900,), path_settings(RADIO, grid), 8))
    apart = np.abs(made[0].loss_db - made[1].loss_db)
    assert np.isfinite(made[0].loss_db).sum() == np.isfinite(made[1].loss_db).sum() > 20_000
    assert np.nanmax(apart) < 0.05


@pytest.mark.parametrize("resolution_m", [30, 90, 250])
@pytest.mark.slow
def test_tiles_that_only_touch_leave_no_step(tmp_path, resolution_m):
    whole = one_tile(tmp_path, 0, 117, 1, 1)
    with rasterio.open(whole.path) as file:
        heights, to, profile = file.read(1), file.transform, file.profile
    halves = []
    for name, rows in (("dem_north.tif", slice(0, 600)), ("dem_south.tif", slice(600, None))):
        cut = heights[rows]
        profile |= {"height": len(cut), "transform": to @ to.translation(0, rows.start)}
        with rasterio.open(tmp_path / name, "w", **profile) as out:
            out.write(cut, 1)
        halves.append(Source(name, tmp_path / name, "2025-01-01"))
    around = grid_around(117.5, 0.5, "EPSG:32650")
    grid = replace(around, resolution_m=resolution_m, width=60, height=60)
    grid = replace(grid, north_m=around.north_m - WIDE * 45 + 30 * resolution_m)
    made = [mosaicked(tmp_path, sources, grid) for sources in (halves, halves[::-1], [whole])]
    np.testing.assert_array_equal(made[0], made[1])
    # In the mean over a pixel, GDAL splits what lies on the border.
    np.testing.assert_allclose(made[0], made[2], atol=0.11)


def test_tiles_on_both_sides_of_180_degrees_make_one_land(tmp_path):
    for crs in ("EPSG:32701", "EPSG:32760"):
        grid = grid_around(180.0, -16.5, crs)
        heights = mosaicked(tmp_path, [hgt(tmp_path, -17, 179), hgt(tmp_path, -17, -180)], grid)
        back = pyproj.Transformer.from_crs(crs, 4326, always_xy=True)
        at = (np.arange(WIDE) + 0.5) * 90
        truth = surface(*back.transform(*np.meshgrid(grid.west_m + at, grid.north_m - at)))
        # Whole metres, and a tile's points are 93 m apart.
        assert np.abs(heights - truth).mean() < 1.5
        assert np.abs(heights - truth).max() < 4


#: A grid on both sides of 180 degrees: its middle column stands on it.
DATELINE = replace(grid_around(180.0, -16.9, "EPSG:32701"), width=160, height=120, resolution_m=100)


def moved(sites: gpd.GeoDataFrame, grid: Grid) -> gpd.GeoDataFrame:
    """The sites at the same pixels of another grid, in degrees."""
    rows, columns = 60, np.array([40, 85, 120])[: len(sites)]
    x, y = grid.west_m + (columns + 0.5) * 100, grid.north_m - (rows + 0.5) * 100
    there = sites.set_geometry([Point(east, y) for east in x], crs=grid.crs)
    return gpd.GeoDataFrame(there.to_crs(4326))


@pytest.mark.slow
def test_sites_on_both_sides_of_180_degrees_cover_one_map(tmp_path):
    heights, cover = made_hills(), cover_of()
    sites = moved(sites_at((60, 40), (60, 85), (60, 120)), DATELINE)
    assert (sites.geometry.x > 179).sum() == 2
    assert (sites.geometry.x < -179).sum() == 1
    found = coverage(sites, heights, cover, DATELINE, RADIO)
    assert set(np.unique(found.best_site).tolist()) - {-1} == {0, 1, 2}
    # Ten degrees of longitude farther west nothing else is at hand than the same land.
    elsewhere = replace(DATELINE, crs="EPSG:32759")
    there = coverage(moved(sites, elsewhere), heights, cover, elsewhere, RADIO)
    for name in ("rsrp_dbm", "sinr_db", "down_mbps"):
        one, other = getattr(found, name), getattr(there, name)
        assert (np.isnan(one) == np.isnan(other)).mean() > 0.999
        assert np.nanquantile(np.abs(one - other), 0.999) < 0.2, name
    for site in range(3):  # each serves on its own side, and across
        assert (found.best_site == site).sum() > 1000
    write_coverage(tmp_path / "coverage.tif", sites, None, None, DATELINE, RADIO, side=64)
    same(read(tmp_path / "coverage.tif"), coverage(sites, None, None, DATELINE, RADIO))


def test_a_hop_and_a_path_cross_180_degrees():
    ground, _ = land.ground(made_hills(), None, DATELINE, RADIO)
    sites = moved(sites_at((60, 40), (60, 85), (60, 120)), DATELINE)
    table = links.hops(sites, ground, RADIO).table.set_index(["a", "b"])
    assert table.loc[("S0", "S2"), "distance_km"] == pytest.approx(8.0)
    ends = [
        between.End(row.id, row.geometry.y, row.geometry.x, 40.0) for row in sites.itertuples(index=False)
    ]
    found = between.path(ground, ends[0], ends[2], 900, path_settings(RADIO, DATELINE))
    assert found.distance_km == pytest.approx(8.0, abs=1e-3)
    assert found.block.at_km == pytest.approx(table.loc[("S0", "S2"), "worst_km"], abs=0.2)
    assert found.loss_db > found.terms["Lbfs"] - 1
