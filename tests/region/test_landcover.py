"""Land cover: each pixel gets the class that most of it has, counted here by hand."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from rasterio.transform import from_origin

from merata.errors import FileError
from merata.region import landcover, population, terrain
from merata.region.grid import Grid
from merata.region.records import Source

GRID = Grid("EPSG:32650", 500_000, 60_000, 100, 12, 8)
CODES = list(landcover.CLASSES)


def tif(
    path: Path, classes: np.ndarray, west=500_000.0, north=60_000.0, step=20.0, crs="EPSG:32650", **more
) -> Source:
    height, width = classes.shape
    profile = {
        "driver": "GTiff",
        "width": width,
        "height": height,
        "count": 1,
        "dtype": classes.dtype,
        "crs": crs,
    }
    with rasterio.open(path, "w", transform=from_origin(west, north, step, step), **profile | more) as out:
        out.write(classes, 1)
    return Source(path.name, path, "2025-01-01")


def run(folder: Path, sources: list[Source], grid: Grid = GRID):
    found = landcover.mosaic(sources, grid, folder / "clutter.tif")
    classes, back = landcover.read(folder / "clutter.tif")
    assert back == grid
    assert classes.dtype == np.uint8
    return classes, found


@settings(max_examples=25)
@given(hnp.arrays(np.uint8, (40, 60), elements=st.sampled_from([0, *CODES])))
def test_each_pixel_gets_a_commonest_class_of_it(tmp_path_factory, source):
    folder = tmp_path_factory.mktemp("cover")
    classes, _ = run(folder, [tif(folder / "cover.tif", source)])
    for row in range(GRID.height):
        for column in range(GRID.width):
            block = source[5 * row : 5 * row + 5, 5 * column : 5 * column + 5]
            counts = {code: int((block == code).sum()) for code in CODES}
            most = max(counts.values())
            assert classes[row, column] in ([code for code in CODES if counts[code] == most] if most else [0])


def test_a_tile_in_degrees_comes_onto_the_grid(tmp_path):
    columns = np.where(np.arange(1200) < 600, 10, 80).astype("uint8")
    source = tif(
        tmp_path / "ESA_WorldCover_10m_2021.tif",
        np.tile(columns, (1200, 1)),
        116.95,
        0.6,
        1 / 12000,
        "EPSG:4326",
    )
    classes, _ = run(tmp_path, [source], Grid("EPSG:32650", 498_000, 60_000, 100, 40, 20))
    assert (classes[:, :19] == 10).all()  # 117 E is the middle of the zone: x = 500 000
    assert (classes[:, 21:] == 80).all()


def test_the_finer_source_wins_and_blanks_are_filled_by_the_coarser(tmp_path):
    fine = np.full((40, 60), 10, dtype="uint8")
    fine[:, 30:] = 0
    coarse = np.full((8, 12), 50, dtype="uint8")
    sources = [tif(tmp_path / "b.tif", coarse, step=100), tif(tmp_path / "a.tif", fine)]
    for order in (sources, sources[::-1]):
        classes, _ = run(tmp_path, order)
        assert (classes[:, :6] == 10).all()
        assert (classes[:, 6:] == 50).all()


def test_the_same_input_gives_the_same_bytes_and_parts_change_nothing(tmp_path, monkeypatch):
    rng = np.random.default_rng(3)
    grid = Grid("EPSG:32650", 500_000, 60_000, 100, 150, 140)
    source = tif(tmp_path / "a.tif", rng.choice(CODES, (700, 750)).astype("uint8"))
    run(tmp_path, [source], grid)
    first = (tmp_path / "clutter.tif").read_bytes()
    monkeypatch.setattr(landcover, "_SIDE", 64)
    classes, _ = run(tmp_path, [source], grid)
    monkeypatch.undo()
    assert np.array_equal(classes, run(tmp_path, [source], grid)[0])
    assert (tmp_path / "clutter.tif").read_bytes() == first


def test_what_is_unknown_is_told(tmp_path):
    half = np.full((20, 60), 40, dtype="uint8")
    classes, found = run(tmp_path, [tif(tmp_path / "a.tif", half)])
    assert (classes[4:] == landcover.UNKNOWN).all()
    assert "50.0 % of the map's 1 km²" in found[-1].what
    _, found = run(tmp_path, [tif(tmp_path / "b.tif", half, west=900_000)])
    assert [f.severity for f in found] == ["note", "error"]
    _, found = run(tmp_path, [tif(tmp_path / "c.tif", np.full((40, 60), 17, dtype="uint8"))])
    assert "no class of WorldCover" in found[1].what


@pytest.mark.parametrize(
    ("name", "values", "dtype", "mine"),
    [
        ("ESA_WorldCover_10m_2021_v200_N00E117_Map.tif", [10, 80], "uint8", True),
        ("map.tif", [10, 40, 80], "uint8", True),
        ("map.tif", [10, 80], "uint8", False),
        ("map.tif", [0], "uint8", False),
        ("hillshade.tif", list(range(1, 200)), "uint8", False),
        ("worldcover.tif", [10, 11], "uint8", False),
        ("worldcover.tif", [10, 80], "int16", False),
    ],
)
def test_recognises_its_classes(tmp_path, name, values, dtype, mine):
    pixels = np.resize(np.array(values, dtype=dtype), (100, 100))
    made = tif(tmp_path / name, pixels)
    assert landcover.recognises(made.path, made.file) is mine
    assert not population.recognises(made.path, made.file)
    if mine:
        assert not terrain.recognises(made.path, made.file)


def test_files_that_are_no_land_cover_are_refused(tmp_path):
    rng = np.random.default_rng(1)
    with pytest.raises(FileError, match="one band of bytes"):
        run(tmp_path, [tif(tmp_path / "f.tif", rng.normal(size=(40, 60)).astype("float32"))])
    made = tif(tmp_path / "t.tif", rng.choice(CODES, (400, 600)).astype("uint8"), compress="deflate")
    made.path.write_bytes(made.path.read_bytes()[:-2000])
    with pytest.raises(FileError, match=r"t.tif: not a whole GeoTIFF"):
        run(tmp_path, [made])
    assert not landcover.recognises(tmp_path / "f.tif", "f.tif")
    (tmp_path / "x.tif").write_bytes(b"II*\x00rubbish")
    assert not landcover.recognises(tmp_path / "x.tif", "x.tif")
