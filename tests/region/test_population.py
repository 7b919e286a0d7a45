"""People in rasters: none is lost and none counted twice, and a settlement stands where its people are."""

import itertools
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from rasterio.transform import from_origin

from merata.errors import FileError
from merata.region import landcover, population, terrain
from merata.region.records import Source

STEP = 1 / 1200  # 3 arc-seconds, as WorldPop


def tif(path: Path, people: np.ndarray, west=117.0, north=0.5, step=STEP, crs="EPSG:4326", **more) -> Source:
    height, width = people.shape
    profile = {
        "driver": "GTiff",
        "width": width,
        "height": height,
        "count": 1,
        "dtype": people.dtype,
        "crs": crs,
    }
    with rasterio.open(path, "w", transform=from_origin(west, north, step, step), **profile | more) as out:
        out.write(people, 1)
    return Source(path.name, path, "2025-01-01")


def villages(*shapes, crs="EPSG:4326") -> gpd.GeoDataFrame:
    codes = [f"64.02.01.20{n:02d}" for n in range(1, len(shapes) + 1)]
    return gpd.GeoDataFrame({"code": codes}, geometry=list(shapes), crs=crs).to_crs("EPSG:4326")


def box(row, column, rows, columns, step=STEP):
    """The rectangle that pixels of the raster cover."""
    return shapely.box(
        117 + column * step, 0.5 - (row + rows) * step, 117 + (column + columns) * step, 0.5 - row * step
    )


def read(source: Source, of: gpd.GeoDataFrame):
    understood = population.read(source, of)
    return understood.tables.get("settlements"), understood.findings


def test_pixels_that_touch_are_one_settlement_and_others_are_not(tmp_path):
    people = np.zeros((40, 40), dtype="float32")
    people[5, 5:8], people[6, 8] = 10, 30  # a row, and a corner of it
    people[20, 20] = 7
    found, findings = read(tif(tmp_path / "idn_ppp.tif", people), villages(box(0, 0, 40, 40)))
    found = found.sort_values("people")
    assert found["people"].tolist() == [7, 60]
    assert found["known_by"].tolist() == ["modelled"] * 2
    small, large = found.geometry
    assert small.equals_exact(box(20, 20, 1, 1).centroid, 1e-9)
    assert large.equals_exact(
        box(5, 7, 1, 1).centroid, 1e-9
    )  # the middle is (5.5, 7.0): nearest pixel with people
    assert [f.severity for f in findings] == ["note", "note"]


def test_a_settlement_is_cut_where_a_village_ends(tmp_path):
    people = np.zeros((10, 10), dtype="float32")
    people[4, :] = 10
    found, _ = read(tif(tmp_path / "idn_ppp.tif", people), villages(box(0, 0, 10, 4), box(0, 4, 10, 6)))
    assert found.sort_values("village_code")[["village_code", "people"]].values.tolist() == [
        ["64.02.01.2001", 40],
        ["64.02.01.2002", 60],
    ]


def test_a_pixel_of_two_villages_is_shared_by_area_even_when_it_is_larger_than_both(tmp_path):
    people = np.full((1, 1), 1000, dtype="float32")
    step = 1 / 120
    shapes = [box(0, 0, 1, 0.25, step), box(0, 0.25, 1, 0.75, step)]
    found, _ = read(tif(tmp_path / "ghs_pop.tif", people, step=step), villages(*shapes))
    found = found.sort_values("village_code")
    assert found["people"].tolist() == pytest.approx([250, 750])
    assert all(shape.contains(point) for shape, point in zip(shapes, found.geometry, strict=True))


rasters = hnp.arrays(np.float32, (24, 24), elements=st.sampled_from([0, 0, 0, 0, 0.25, 2, 30, -99999]))
cuts = st.lists(st.floats(2, 22), min_size=0, max_size=3, unique=True).map(sorted)


@pytest.mark.slow
@settings(max_examples=40)
@given(rasters, cuts, st.sampled_from([STEP, STEP / 3, STEP * 10]))
def test_all_people_of_the_villages_are_counted_once(tmp_path_factory, people, cuts, step):
    edges = [1, *cuts, 23]
    shapes = [box(1, west, 22, east - west, step) for west, east in itertools.pairwise(edges)]
    source = tif(tmp_path_factory.mktemp("people") / "idn_ppp.tif", people, step=step, nodata=-99999)
    found, _ = read(source, villages(*shapes))
    inside = np.clip(people, 0, None).astype(float)[1:23]
    total = 0.0
    for number, (west, east) in enumerate(itertools.pairwise(edges), 1):
        part = np.clip(np.minimum(np.arange(24) + 1, east) - np.maximum(np.arange(24), west), 0, 1)
        expected = float((inside * part).sum())
        total += expected
        if found is not None:
            mine = found[found["village_code"] == f"64.02.01.20{number:02d}"]
            assert float(mine["people"].sum()) == pytest.approx(expected, rel=1e-5, abs=1e-6)
            assert all(shapes[number - 1].buffer(1e-9).contains(point) for point in mine.geometry)
    assert total == 0 or found is not None
    if found is not None:
        assert found["id"].is_unique


def test_people_in_overlapping_villages_are_counted_once(tmp_path):
    people = np.full((10, 10), 5, dtype="float32")
    found, _ = read(tif(tmp_path / "idn_ppp.tif", people), villages(box(0, 0, 10, 8), box(0, 4, 10, 6)))
    assert found["people"].sum() == pytest.approx(500)


def test_a_polygon_that_crosses_itself_or_is_missing_stops_nothing(tmp_path):
    people = np.full((10, 10), 5, dtype="float32")
    a, b, c, d = ((117 + x * STEP, 0.5 - y * STEP) for x, y in ((0, 0), (10, 10), (10, 0), (0, 10)))
    bow = shapely.Polygon([a, b, c, d])  # two triangles of a quarter of the raster each
    spike = shapely.Polygon(
        [*box(0, 0, 2, 2).exterior.coords[:2], (118, 0.5), *box(0, 0, 2, 2).exterior.coords[1:]]
    )
    found, _ = read(tif(tmp_path / "idn_ppp.tif", people), villages(bow, None, spike, shapely.Polygon()))
    assert found[found["village_code"] == "64.02.01.2001"]["people"].sum() == pytest.approx(250, rel=1e-3)


def test_scattered_people_belong_to_the_nearest_settlement_of_their_village(tmp_path):
    people = np.full((40, 40), 0.1, dtype="float32")  # as WorldPop spreads them over forest
    people[5, 5], people[30, 30] = 100, 50
    found, _ = read(tif(tmp_path / "idn_ppp.tif", people), villages(box(0, 0, 40, 20), box(0, 20, 40, 20)))
    assert sorted(found["people"]) == pytest.approx([50 + 799 * 0.1, 100 + 799 * 0.1])


def test_a_village_of_scattered_people_is_one_settlement(tmp_path):
    people = np.full((20, 20), 0.1, dtype="float32")
    found, _ = read(tif(tmp_path / "idn_ppp.tif", people), villages(box(0, 0, 20, 20)))
    assert found["people"].tolist() == pytest.approx([40])


def test_houses_of_a_hamlet_in_a_fine_raster_are_one_settlement(tmp_path):
    people = np.zeros((60, 60), dtype="float64")
    people[10:20:2, 10:20:2] = 3.5  # every other pixel of 30 m, as HRSL
    people[50, 50] = 4
    source = tif(tmp_path / "hrsl_idn_pop.tif", people, step=1 / 3600, nodata=np.nan)
    found, _ = read(source, villages(box(0, 0, 60, 60, 1 / 3600)))
    assert sorted(found["people"]) == pytest.approx([4, 87.5])
    row, column = [
        int(v)
        for v in np.floor([(0.5 - found.geometry.iloc[0].y) * 3600, (found.geometry.iloc[0].x - 117) * 3600])
    ]
    assert people[row, column] > 0  # it stands on a pixel where people live


def test_mollweide_as_ghs_pop_comes_in(tmp_path):
    people = np.zeros((200, 200), dtype="float64")
    people[100, 100], people[100, 103] = 250, 40
    west, north = 11_700_000.0, 70_000.0
    source = tif(
        tmp_path / "GHS_POP_E2025_54009_100.tif", people, west, north, 100, "ESRI:54009", nodata=-200
    )
    of = villages(shapely.box(west, north - 20_000, west + 20_000, north), crs="ESRI:54009")
    found, _ = read(source, of)
    assert sorted(found["people"]) == pytest.approx([40, 250])
    x = gpd.GeoSeries(found.geometry, crs=4326).to_crs("ESRI:54009").x
    assert sorted(x) == pytest.approx([west + 10_050, west + 10_350], abs=0.1)


def test_people_of_no_village_are_told(tmp_path):
    people = np.zeros((30, 30), dtype="float32")
    people[2, 2], people[15, 15], people[27, 2] = 100, 11, 7
    ring = box(0, 0, 30, 30).difference(box(12, 12, 6, 6)).difference(box(25, 0, 5, 30))
    _, findings = read(tif(tmp_path / "idn_ppp.tif", people), villages(ring, box(29, 20, 1, 10)))
    told = {f.severity: f.what for f in findings}
    assert told["question"].startswith("11 people between villages")
    assert findings[0].what.startswith("100 people live in the villages; 7 people more in the rectangle")


@pytest.mark.slow
def test_reading_in_strips_changes_nothing(tmp_path, monkeypatch):
    rng = np.random.default_rng(5)
    people = np.where(rng.random((50, 50)) < 0.3, rng.random((50, 50)) * 40, 0).astype("float32")
    source, of = tif(tmp_path / "idn_ppp.tif", people), villages(box(1.5, 2.5, 40, 20), box(3, 22.5, 44, 20))
    whole, _ = read(source, of)
    monkeypatch.setattr(population, "_MOST_WINDOW_PIXELS", 130)
    strips, _ = read(source, of)
    assert whole["id"].tolist() == strips["id"].tolist()
    assert strips["people"].tolist() == pytest.approx(whole["people"].tolist())


def test_a_large_country_is_read_only_around_the_region(tmp_path, monkeypatch):
    profile = {
        "driver": "GTiff",
        "width": 50_000,
        "height": 50_000,
        "count": 1,
        "dtype": "float32",
        "crs": "EPSG:4326",
    }
    path = tmp_path / "idn_ppp.tif"
    with rasterio.open(
        path, "w", transform=from_origin(100, 20, STEP, STEP), tiled=True, sparse_ok=True, **profile
    ) as out:
        window = rasterio.windows.Window(20_000, 23_000, 100, 100)
        out.write(np.full((100, 100), 3, dtype="float32"), 1, window=window)
    seen = []
    original = population._Raster.read

    def counted(self, window):
        seen.append(window.width * window.height)
        return original(self, window)

    monkeypatch.setattr(population._Raster, "read", counted)
    west, north = 100 + 20_000 * STEP, 20 - 23_000 * STEP
    found, _ = read(
        Source(path.name, path, "2025-01-01"),
        villages(shapely.box(west, north - 100 * STEP, west + 100 * STEP, north)),
    )
    assert found["people"].sum() == pytest.approx(30_000, rel=1e-6)
    assert sum(seen) < 50_000


def test_elsewhere_empty_and_nameless_are_told(tmp_path):
    source = tif(tmp_path / "idn_ppp.tif", np.ones((10, 10), dtype="float32"))
    found, findings = read(source, villages(shapely.box(0, 0, 1, 1)))
    assert found is None
    assert "does not touch" in findings[0].what
    found, findings = read(source, villages())
    assert found is None
    empty = tif(tmp_path / "empty.tif", np.full((10, 10), -99999, dtype="float32"))
    found, findings = read(empty, villages(box(0, 0, 10, 10)))
    assert found is None
    assert findings[0].severity == "error"


@pytest.mark.parametrize(
    ("name", "value", "dtype", "mine"),
    [
        ("idn_ppp_2020_UNadj.tif", 1.5, "float32", True),
        ("GHS_POP_E2025_GLOBE_R2023A_4326_3ss.tif", 1.5, "float64", True),
        ("population_idn_2018-10-01.tif", 1.5, "float64", True),
        ("penduduk.tif", 2, "int32", True),
        ("raster.tif", 1.5, "float32", False),
        ("population_dem.tif", 1.5, "float32", False),
        ("idn_ppp.tif", -5, "float32", False),
        ("idn_ppp.tif", 5, "uint8", False),
    ],
)
def test_recognises_counts_of_people(tmp_path, name, value, dtype, mine):
    made = tif(tmp_path / name, np.full((20, 20), value, dtype=dtype))
    assert population.recognises(made.path, made.file) is mine
    if mine:
        assert not terrain.recognises(made.path, made.file)
        assert not landcover.recognises(made.path, made.file)


def test_broken_files_and_impossible_numbers_are_refused(tmp_path):
    of = villages(box(0, 0, 40, 40))
    with pytest.raises(FileError, match="people in one pixel"):
        read(tif(tmp_path / "idn_ppp.tif", np.full((40, 40), 1e30, dtype="float32")), of)
    rng = np.random.default_rng(1)
    made = tif(tmp_path / "b.tif", rng.random((400, 400)).astype("float32"), compress="deflate")
    data = made.path.read_bytes()
    for keep in (3, 200, len(data) // 2, len(data) - 100):
        made.path.write_bytes(data[:keep])
        with pytest.raises(FileError, match=r"b.tif: not a whole GeoTIFF"):
            read(made, of)
        assert not population.recognises(made.path, "population.tif")


def test_a_picture_of_two_bands_is_refused(tmp_path):
    path = tmp_path / "two.tif"
    profile = {"driver": "GTiff", "width": 4, "height": 4, "count": 2, "dtype": "uint8", "crs": "EPSG:4326"}
    with rasterio.open(path, "w", transform=from_origin(117, 1, 1, 1), **profile):
        pass
    with pytest.raises(FileError, match="2 bands"):
        read(Source("two.tif", path, "2025-01-01"), villages(box(0, 0, 40, 40)))
