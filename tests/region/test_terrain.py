"""Terrain: a known surface comes back from every format; the finer tile wins; voids are filled, flagged and told."""

import zipfile
from pathlib import Path

import numpy as np
import pyproj
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.transform import from_origin
from within import processor_seconds

from merata.errors import FileError
from merata.region import _rasters, landcover, population, terrain
from merata.region.grid import Grid
from merata.region.records import Source

GRID = Grid("EPSG:32650", 500_000, 60_000, 200, 120, 100)  # 24 x 20 km, just north of the equator at 117 E
TO_DEGREES = pyproj.Transformer.from_crs("EPSG:32650", "EPSG:4326", always_xy=True)


def slope(lon, lat):
    """A plane: interpolating or averaging it must give it back."""
    return 300 + 400 * (lon - 117) + 250 * lat


def expected(grid: Grid) -> np.ndarray:
    x = grid.west_m + (np.arange(grid.width) + 0.5) * grid.resolution_m
    y = grid.north_m - (np.arange(grid.height) + 0.5) * grid.resolution_m
    return slope(*TO_DEGREES.transform(*np.meshgrid(x, y)))


def source(path: Path) -> Source:
    return Source(path.name, path, "2025-01-01")


def hgt(
    folder: Path, name: str = "N00E117.hgt", side: int = 1201, hole: tuple[slice, slice] | None = None
) -> Source:
    at = np.linspace(0, 1, side)
    heights = np.round(slope(117 + at[None, :], 1 - at[:, None])).astype(">i2")
    if hole:
        heights[hole] = -32768
    (folder / name).write_bytes(heights.tobytes())
    return source(folder / name)


def tif(
    path: Path, heights: np.ndarray, west=117.0, north=0.6, step=1 / 1200, crs="EPSG:4326", **more
) -> Source:
    height, width = heights.shape
    profile = {
        "driver": "GTiff",
        "width": width,
        "height": height,
        "count": 1,
        "dtype": heights.dtype,
        "crs": crs,
    }
    with rasterio.open(path, "w", transform=from_origin(west, north, step, step), **profile | more) as out:
        out.write(heights, 1)
    return source(path)


def plane(rows=720, columns=400, west=117.0, north=0.6, step=1 / 1200, add=0.0) -> np.ndarray:
    lon = west + (np.arange(columns) + 0.5) * step
    lat = north - (np.arange(rows) + 0.5) * step
    return (slope(lon[None, :], lat[:, None]) + add).astype("float32")


def run(tmp_path: Path, sources: list[Source], grid: Grid = GRID):
    found = terrain.mosaic(sources, grid, tmp_path / "terrain.tif")
    heights, flags, back = terrain.read(tmp_path / "terrain.tif")
    assert back == grid
    assert heights.shape == flags.shape == grid.shape
    assert np.array_equal(np.isnan(heights), flags == terrain.MISSING)
    return heights, flags, found


@pytest.mark.parametrize("resolution_m", [30, 90, 200, 500])
def test_a_plane_comes_back_from_an_hgt_tile_at_any_resolution(tmp_path, resolution_m):
    grid = Grid("EPSG:32650", 500_000, 60_000, resolution_m, 6000 // resolution_m, 6000 // resolution_m)
    heights, flags, _ = run(tmp_path, [hgt(tmp_path)], grid)
    assert (flags == terrain.AS_SOURCE).all()
    assert np.abs(heights - expected(grid)).max() < 1.0  # whole metres in the file


@pytest.mark.slow
def test_a_tile_of_one_arc_second_and_a_zipped_one(tmp_path):
    fine = hgt(tmp_path, side=3601)
    packed = tmp_path / "N00E117.SRTMGL1.hgt.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(fine.path, "N00E117.hgt")
    plain, _, _ = run(tmp_path, [fine])
    zipped, _, _ = run(tmp_path, [source(packed)])
    assert np.array_equal(plain, zipped)
    assert np.abs(plain - expected(GRID)).max() < 1.0


def test_geotiffs_side_by_side_leave_no_seam(tmp_path):
    left, right = plane(columns=120), plane(columns=280, west=117.1)
    sources = [tif(tmp_path / "dem_a.tif", left), tif(tmp_path / "dem_b.tif", right, west=117.1)]
    heights, flags, _ = run(tmp_path, sources)
    assert (flags == terrain.AS_SOURCE).all()
    assert np.abs(heights - expected(GRID)).max() < 0.2


def test_a_tile_in_a_metric_projection(tmp_path):
    x, y = 499_000 + 50.0 * np.arange(600), 61_000 - 50.0 * np.arange(500)
    heights = slope(*TO_DEGREES.transform(*np.meshgrid(x + 25, y - 25))).astype("float32")
    made = tif(tmp_path / "dem.tif", heights, 499_000, 61_000, 50, "EPSG:32650")
    found, flags, _ = run(tmp_path, [made])
    assert (flags == 0).all()
    assert np.abs(found - expected(GRID)).max() < 0.2


@pytest.mark.parametrize("order", [1, -1])
def test_the_finer_tile_wins_wherever_it_has_a_height(tmp_path, order):
    fine = plane(columns=120, add=1000)
    fine[200:260, 30:60] = np.nan
    sources = [tif(tmp_path / "dem_fine.tif", fine), hgt(tmp_path, side=1201)]
    sources[1] = tif(tmp_path / "dem_coarse.tif", plane(72, 40, step=1 / 120), step=1 / 120)
    heights, flags, _ = run(tmp_path, sources[::order])
    above = heights - expected(GRID)
    assert (flags == 0).all()
    assert (np.round(above[:, :50]) == 1000).mean() > 0.8
    assert np.abs(above[:, 60:]).max() < 1  # beyond the fine tile's eastern edge
    assert (np.abs(above[:, :50]) < 1).sum() > 100  # in its hole


def test_voids_are_filled_from_around_and_flagged(tmp_path):
    heights, flags, found = run(tmp_path, [hgt(tmp_path, hole=(slice(700, 720), slice(60, 80)))])
    filled = flags == terrain.FILLED
    assert 40 < filled.sum() < 90  # 1.8 km square in pixels of 200 m
    assert np.abs(heights[filled] - expected(GRID)[filled]).max() < 8
    assert not (flags == terrain.MISSING).any()
    assert "% " in found[-1].what
    assert f"{filled.sum() * 0.04:,.1f} km²" in found[-1].what


def test_the_middle_of_a_large_void_stays_missing_and_is_told_by_tile_and_area(tmp_path):
    _, flags, found = run(tmp_path, [hgt(tmp_path, hole=(slice(600, 800), slice(40, 200)))])
    missing = flags == terrain.MISSING
    assert missing.any()
    assert (flags == terrain.FILLED).any()
    told = found[-1]
    assert f"No heights for {missing.sum() * 0.04:,.1f} km²" in told.what
    assert "N00E117" in told.settle


@pytest.mark.parametrize("absurd", [-32768, -9999, -500, 9500, 32767])
def test_absurd_heights_are_voids_whatever_the_file_declares(tmp_path, absurd):
    heights = np.round(plane()).astype("int16")
    heights[120:130, 100:110] = absurd
    found, flags, _ = run(tmp_path, [tif(tmp_path / "dem.tif", heights)])
    assert (flags == terrain.FILLED).sum() > 4
    assert np.abs(found - expected(GRID)).max() < 20


def test_the_same_input_gives_the_same_bytes(tmp_path):
    made = hgt(tmp_path, hole=(slice(700, 720), slice(60, 80)))
    run(tmp_path, [made])
    first = (tmp_path / "terrain.tif").read_bytes()
    run(tmp_path, [made])
    assert (tmp_path / "terrain.tif").read_bytes() == first


def test_working_in_parts_changes_nothing(tmp_path, monkeypatch):
    made = hgt(tmp_path, hole=(slice(600, 800), slice(40, 200)))
    whole, whole_flags, _ = run(tmp_path, [made])
    monkeypatch.setattr(terrain, "_SIDE", 64)
    parts, part_flags, _ = run(tmp_path, [made])
    assert np.array_equal(whole_flags, part_flags)
    # Warping is exact to an eighth of a source pixel, so that the parts may differ by a little of the slope.
    assert np.nanmax(np.abs(whole - parts)) <= 0.2


@settings(max_examples=15)
@given(
    st.lists(st.tuples(st.integers(610, 780), st.integers(20, 240), st.integers(1, 40)), max_size=6),
)
def test_only_void_pixels_are_flagged(tmp_path_factory, holes):
    folder = tmp_path_factory.mktemp("holes")
    heights = np.round(plane(1200, 1200, north=1.0)).astype("int16")
    for row, column, side in holes:
        heights[row : row + side, column : column + side] = -32768
    found, flags, _ = run(folder, [tif(folder / "dem.tif", heights, north=1.0, nodata=-32768)])
    kept = flags == terrain.AS_SOURCE
    assert np.abs(found - expected(GRID))[kept].max(initial=0) < 3
    assert (flags != 0).sum() <= sum((side + 3) ** 2 for _, _, side in holes)


def test_a_tile_of_elsewhere_is_told_and_the_map_is_blank(tmp_path):
    _, flags, found = run(tmp_path, [hgt(tmp_path, "S36E149.hgt")])
    assert (flags == terrain.MISSING).all()
    assert [f.severity for f in found] == ["note", "error"]
    assert "does not touch the region" in found[0].what
    assert "N00E117" in found[1].settle
    _, flags, found = run(tmp_path, [])
    assert (flags == terrain.MISSING).all()


@pytest.mark.parametrize(
    ("corner", "name"),
    [((0, 117), "N00E117"), ((-1, 116), "S01E116"), ((-36, 149), "S36E149"), ((5, -3), "N05W003")],
)
def test_tiles_are_named_as_they_are_published(corner, name):
    assert terrain.tile_name(*corner) == name


def test_a_real_tile(tmp_path, shared_data):
    path = shared_data / "terrain" / "S36E149.tif"
    grid = Grid("EPSG:32755", 690_000, 6_110_000, 100, 400, 400)
    heights, flags, found = run(tmp_path, [source(path)], grid)
    assert (flags == 0).all()
    with rasterio.open(path) as dataset:
        x = grid.west_m + (np.arange(grid.width) + 0.5) * 100
        y = grid.north_m - (np.arange(grid.height) + 0.5) * 100
        lon, lat = pyproj.Transformer.from_crs(grid.crs, 4326, always_xy=True).transform(*np.meshgrid(x, y))
        rows, columns = rasterio.transform.rowcol(dataset.transform, lon.ravel(), lat.ravel())
        nearest = dataset.read(1)[rows, columns].reshape(grid.shape)
    difference = heights - nearest
    assert abs(difference.mean()) < 0.5
    assert np.abs(difference).mean() < 8  # half a pixel away on a hillside
    assert [f.severity for f in found] == ["note"]


# What is terrain, and what is not


def test_recognises_terrain_and_nothing_else(tmp_path, shared_data):
    real = shared_data / "terrain" / "S36E149.tif"
    assert terrain.recognises(real, real.name)
    assert not landcover.recognises(real, real.name)
    assert not population.recognises(real, real.name)


@pytest.mark.parametrize(
    ("name", "dtype", "mine"),
    [
        ("Copernicus_DSM_COG_10_N00_00_E117_00_DEM.tif", "float32", True),
        ("DEMNAS_1915-13_v1.0.tif", "float32", True),
        ("N00E117.tif", "int16", True),
        ("srtm_60_12.tif", "int16", True),
        ("slope_dem.tif", "float32", False),
        ("raster.tif", "float32", False),
        ("idn_ppp_2020.tif", "float32", False),
        ("dem.tif", "uint8", False),
    ],
)
def test_a_geotiff_is_terrain_when_name_and_values_say_so(tmp_path, name, dtype, mine):
    made = tif(tmp_path / name, (plane(100, 100) / 3).astype(dtype))
    assert terrain.recognises(made.path, made.file) is mine


def test_values_that_are_no_heights_are_not_terrain(tmp_path):
    made = tif(tmp_path / "dem.tif", plane(100, 100) * 1000)
    assert not terrain.recognises(made.path, made.file)


# Files that are not what they claim


@pytest.mark.parametrize("cut", [1, 1000, 2_000_000])
def test_a_short_hgt_tile_is_refused(tmp_path, cut):
    made = hgt(tmp_path)
    made.path.write_bytes(made.path.read_bytes()[:-cut])
    with pytest.raises(FileError, match=r"N00E117.hgt: a whole HGT tile has"):
        terrain.mosaic([made], GRID, tmp_path / "out.tif")


def test_an_hgt_tile_without_its_name_is_refused(tmp_path):
    with pytest.raises(FileError, match="placed by its name"):
        terrain.mosaic([hgt(tmp_path, "tile.hgt")], GRID, tmp_path / "out.tif")


def test_a_damaged_or_wrong_archive_is_refused(tmp_path):
    fine = hgt(tmp_path)
    packed = tmp_path / "N00E117.hgt.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(fine.path, "N00E117.hgt")
    data = bytearray(packed.read_bytes())
    data[len(data) // 2] ^= 0xFF
    for content in (data, data[: len(data) // 2], b"PK\x03\x04", b""):
        packed.write_bytes(content)
        with pytest.raises(FileError, match=r"N00E117.hgt.zip"):
            terrain.mosaic([source(packed)], GRID, tmp_path / "out.tif")
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("readme.txt", "no tile")
    with pytest.raises(FileError, match="holds 0"):
        terrain.mosaic([source(packed)], GRID, tmp_path / "out.tif")


def test_a_truncated_geotiff_is_refused(tmp_path):
    rng = np.random.default_rng(1)
    made = tif(
        tmp_path / "dem.tif", (plane() + rng.normal(size=(720, 400))).astype("float32"), compress="deflate"
    )
    data = made.path.read_bytes()
    for keep in (100, len(data) // 3, len(data) - 500):
        made.path.write_bytes(data[:keep])
        with pytest.raises(FileError, match=r"dem.tif: not a whole GeoTIFF"):
            terrain.mosaic([made], GRID, tmp_path / "out.tif")


def test_a_geotiff_without_projection_is_refused(tmp_path):
    with pytest.raises(FileError, match="no projection"):
        terrain.mosaic([tif(tmp_path / "dem.tif", plane(), crs=None)], GRID, tmp_path / "out.tif")


def test_a_giant_of_one_block_is_refused_at_once(tmp_path):
    path = tmp_path / "dem.tif"
    profile = {
        "driver": "GTiff",
        "width": 60_000,
        "height": 60_000,
        "count": 1,
        "dtype": "float32",
        "crs": "EPSG:4326",
    }
    with rasterio.open(
        path,
        "w",
        transform=from_origin(117, 1, 1e-5, 1e-5),
        sparse_ok=True,
        tiled=True,
        blockxsize=16384,
        blockysize=16384,
        **profile,
    ):
        pass
    with processor_seconds(30):
        assert not terrain.recognises(path, "dem.tif")
        with pytest.raises(FileError, match="built of blocks"):
            terrain.mosaic([source(path)], GRID, tmp_path / "out.tif")


def test_windows_never_leave_the_raster():
    transform = from_origin(100, 10, 0.1, 0.1)
    assert _rasters.window_of((200, 0, 201, 1), transform, 50, 50) is None
    assert _rasters.window_of((float("inf"), 0, 201, 1), transform, 50, 50) is None
    window = _rasters.window_of((99, 9, 101, 11), transform, 50, 50, pad=3)
    assert (window.col_off, window.row_off, window.width, window.height) == (0, 0, 13, 13)
