"""A whole site at once is as exact as one path at a time, wherever the site stands."""

import math
from dataclasses import replace

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from merata.errors import InputError
from merata.radio import p1812
from merata.radio._p1812_profile import share
from merata.radio.land import Ground
from merata.radio.path import PathSettings
from merata.radio.sweep import radial_loss_db, site_loss
from merata.region.grid import Grid

PATH = PathSettings(1.5, "vertical", 50.0, 45.0, 325.0, -0.4)
BANDS = (700, 1800)


def alone_db(
    d: np.ndarray,
    h: np.ndarray,
    clutter: np.ndarray,
    zone: np.ndarray,
    tx_m: float,
    mhz: float,
    path: PathSettings,
) -> float:
    half = math.degrees(d[-1] / 2 / 6371)  # a path to the north whose middle has the latitude of the map
    return p1812.basic_transmission_loss(
        d, h, clutter, zone, frequency_ghz=mhz / 1000, tx_height_m=tx_m, rx_height_m=path.rx_height_m,
        polarization=path.polarization, tx_lat=path.latitude_deg - half, tx_lon=0,
        rx_lat=path.latitude_deg + half, rx_lon=0,
        time_percent=path.time_percent, delta_n=path.delta_n, n0=path.n0,
        tx_coast_km=path.coast_km, rx_coast_km=path.coast_km,
    ).loss_db  # fmt: skip


def hills(shape: tuple[int, ...], seed: int = 1, rough_m: float = 80.0) -> np.ndarray:
    """Smooth hills from a few random waves."""
    random = np.random.default_rng(seed)
    y, x = np.indices(shape) if len(shape) == 2 else (np.zeros(shape), np.arange(shape[0]))
    waves = [
        np.sin(random.normal() * 0.2 * y + random.normal() * 0.2 * x + random.uniform(0, 6))
        for _ in range(12)
    ]
    return (np.sum(waves, axis=0) * rough_m / 3 + 300).astype(np.float32)


def ground_of(heights: np.ndarray, clutter: float | np.ndarray = 0.0, zone: int = 4, **grid: float) -> Ground:
    facts = {"west_m": 400_000, "north_m": 10_000_000, "resolution_m": 90} | grid
    shape = heights.shape
    return Ground(
        heights.astype(np.float32),
        np.broadcast_to(np.float32(clutter), shape),
        np.full(shape, zone, np.uint8),
        Grid(crs="EPSG:32750", width=shape[1], height=shape[0], **facts),
    )


@settings(max_examples=40)
@given(
    seed=st.integers(0, 10**6),
    rough=st.sampled_from([0.0, 3.0, 30.0, 300.0]),
    step_km=st.sampled_from([0.03, 0.1, 1.0, 4.0]),
    p=st.sampled_from([50.0, 49.0, 10.0, 1.0]),
    mhz=st.sampled_from([30, 450, 900, 3500, 6000]),
    coast_km=st.sampled_from([0.5, 500.0]),
    ends=st.sampled_from([(40.0, 1.5), (2.0, 1.0), (300.0, 100.0), (3000.0, 3000.0)]),
    wet=st.sampled_from(["inland", "mixed", "sea"]),
)
def test_every_point_of_a_radial_has_the_loss_of_its_own_path(
    seed: int,
    rough: float,
    step_km: float,
    p: float,
    mhz: int,
    coast_km: float,
    ends: tuple[float, float],
    wet: str,
) -> None:
    random = np.random.default_rng(seed)
    count = 60
    d = np.arange(count) * step_km
    zone = np.full(count, {"inland": 4, "sea": 1}.get(wet, 3))
    if wet == "mixed":
        zone = random.choice([1, 1, 3, 4], 12).repeat(5)
    h = np.clip(np.cumsum(random.normal(size=count)) * rough, -400, 8000)
    clutter = 15.0 * (random.random(count) < random.choice([0.0, 0.3, 1.0]))
    polarization = ("vertical", "horizontal")[seed % 2]
    path = replace(
        PATH, time_percent=p, rx_height_m=ends[1], coast_km=coast_km, polarization=polarization,
        delta_n=random.choice([45.0, 70.0]),
    )  # fmt: skip
    together = radial_loss_db(d, h, clutter, zone, ends[0], (mhz, 900), path)
    assert np.isnan(together[:2]).all()
    for n in [*range(2, 8), *random.integers(8, count, 10)]:
        m = n + 1
        if abs(share(d[:m], zone[:m] == 1) - 0.75) < 1e-9:
            continue  # here the Recommendation steps, and rounding decides to which side
        alone = alone_db(d[:m], h[:m], clutter[:m], zone[:m], ends[0], mhz, path)
        assert together[n, 0] == pytest.approx(alone, abs=0.01)


def test_bands_do_not_depend_on_each_other() -> None:
    h = hills((300,))
    d, trees, zone = np.arange(300) * 0.09, np.full(300, 20.0), np.full(300, 4)
    both = radial_loss_db(d, h, trees, zone, 40, (450, 3500), PATH)
    for k, mhz in enumerate((450, 3500)):
        one = radial_loss_db(d, h, trees, zone, 40, (mhz,), PATH)
        assert both[2:, [k]] == pytest.approx(one[2:], abs=1e-3)


def test_a_long_radial_of_the_real_terrain(shared_data: object) -> None:
    import rasterio

    with rasterio.open(f"{shared_data}/terrain/S36E149.tif") as tile:
        heights = tile.read(1).astype(float)
    for line in (heights[200, :700], heights[:700, 250], heights[np.arange(600), np.arange(600)]):
        h = np.maximum(line, 0)
        d, zone = np.arange(len(h)) * 0.09, np.full(len(h), 4)
        trees = np.where(np.arange(len(h)) % 50 < 30, 20.0, 0.0)
        together = radial_loss_db(d, h, trees, zone, 40, (900,), PATH)
        for n in range(2, len(h), 37):
            alone = alone_db(d[: n + 1], h[: n + 1], trees[: n + 1], zone[: n + 1], 40, 900, PATH)
            assert together[n, 0] == pytest.approx(alone, abs=0.01)


def test_along_the_axes_of_the_raster_the_map_is_the_radial() -> None:
    ground = ground_of(hills((81, 81)), clutter=12.0)
    made = site_loss(ground, 40, 40, 35, BANDS, PATH, 3.4)
    assert (made.row0, made.column0, made.loss_db.shape) == (2, 2, (2, 77, 77))
    for away in (2, 9, 30):
        # The ray's profile has one more point, half a pixel from the site.
        d = np.array([0, 0.5, *range(1, away + 1)]) * 0.09
        h = ground.heights_m[40, 40 : 41 + away].astype(float)
        h = np.concatenate(([h[0], h[:2].mean()], h[1:]))
        for k, mhz in enumerate(BANDS):
            alone = alone_db(d, h, np.full(len(d), 12.0), np.full(len(d), 4), 35, mhz, PATH)
            assert made.loss_db[k, 38, 38 + away] == pytest.approx(alone, abs=0.01)


def test_flat_land_is_round() -> None:
    loss = site_loss(ground_of(np.full((101, 101), 50.0)), 50, 50, 40, BANDS, PATH, 4.4).loss_db
    for turned in (loss[:, ::-1], loss[:, :, ::-1], loss.transpose(0, 2, 1)):
        assert np.nan_to_num(turned) == pytest.approx(np.nan_to_num(loss), abs=0.01)
    straight, slanted = loss[0, 49, 49 + 40], loss[0, 49 + 24, 49 + 32]  # both 40 pixels away
    assert slanted == pytest.approx(straight, abs=0.02)
    assert (np.diff(loss[0, 49, 50:]) > 0)[:-1].all()


def test_the_radius_ends_the_map_and_nothing_else_is_missing() -> None:
    made = site_loss(ground_of(hills((60, 60))), 30.2, 29.7, 40, BANDS, PATH, 2.0)
    rows, columns = np.indices(made.loss_db.shape[1:])
    away = np.hypot(rows + made.row0 - 30.2, columns + made.column0 - 29.7) * 0.09
    assert (np.isfinite(made.loss_db[0]) == (away <= 2.0)).all()
    assert not made.clear[away > 2.0].any()


def test_a_border_cuts_the_map_and_changes_nothing_inside() -> None:
    whole = ground_of(hills((80, 120)))
    cut = ground_of(whole.heights_m[:, 50:], west_m=400_000 + 50 * 90)
    one = site_loss(whole, 40, 60, 40, BANDS, PATH, 3.0)
    part = site_loss(cut, 40, 10, 40, BANDS, PATH, 3.0)
    assert part.column0 == 0
    same = one.loss_db[:, :, 50 - one.column0 :]
    assert np.isfinite(part.loss_db).sum() == np.isfinite(same).sum()
    # But for pixels at the very edge, whose height is no longer mixed with their neighbour's.
    np.testing.assert_allclose(part.loss_db[:, :, 2:], same[:, :, 2:], atol=0.01)


def test_a_site_in_the_very_corner() -> None:
    made = site_loss(ground_of(hills((40, 40))), -0.4, -0.4, 40, BANDS, PATH, 2.0)
    assert (made.row0, made.column0) == (0, 0)
    assert np.isfinite(made.loss_db[:, :15, :15]).all()


def test_behind_a_void_nothing_is_said() -> None:
    heights = hills((61, 61))
    heights[25:36, 40] = np.nan
    made = site_loss(ground_of(heights), 30, 30, 40, BANDS, PATH, 2.5)
    row, column = 30 - made.row0, 40 - made.column0
    assert np.isnan(made.loss_db[:, row, column:]).all()
    assert np.isfinite(made.loss_db[:, row, column - 9 : column]).all()
    assert np.isfinite(made.loss_db[:, row, 1:column]).all()


def test_a_hill_hides_what_lies_behind() -> None:
    heights = np.full((61, 61), 10.0)
    heights[:, 40] = 200
    made = site_loss(ground_of(heights), 30, 30, 40, BANDS, PATH, 2.5)
    middle = 30 - made.row0
    behind, before = middle + 14, middle - 14
    assert made.loss_db[0, middle, behind] > made.loss_db[0, middle, before] + 25
    assert made.clear[middle, before]
    assert not made.clear[middle, behind]
    # In this model a longer wave bends further around the hill.
    assert made.loss_db[1, middle, behind] > made.loss_db[0, middle, behind] + 20 * math.log10(1800 / 700)


def test_trees_cost_and_hide() -> None:
    flat = np.full((61, 61), 10.0)
    bare, wood = (site_loss(ground_of(flat, trees), 30, 30, 40, BANDS, PATH, 2.5) for trees in (0.0, 20.0))
    rows, columns = np.indices(bare.loss_db.shape[1:])
    away = np.hypot(rows + bare.row0 - 30, columns + bare.column0 - 30)
    inside = (away > 2.3) & (away < 27)  # nearer, the mast stands above what the trees hide
    assert (wood.loss_db[:, inside] > bare.loss_db[:, inside] + 5).all()
    assert bare.clear[inside].all()
    assert not wood.clear[inside].any()


def test_the_sea_carries_further_than_land() -> None:
    flat, path = np.zeros((121, 121)), replace(PATH, time_percent=1.0)
    land, sea = (
        site_loss(ground_of(flat, zone=zone, resolution_m=500), 60, 60, 30, (700,), path, 29)
        for zone in (4, 1)
    )
    row, column = 60 - sea.row0, 60 - sea.column0 + 50  # 25 km away
    assert sea.loss_db[0, row, column] < land.loss_db[0, row, column] - 10


@pytest.mark.parametrize("north_m", [9_999_950.0, 10_000_000.0 + 3000, 3000.0])
def test_where_on_the_earth_the_grid_lies_changes_nothing(north_m: float) -> None:
    # Across the equator in a projection of the south or of the north, and, for EPSG:32760, across the antimeridian.
    here = site_loss(ground_of(hills((50, 50))), 25, 25, 40, BANDS, PATH, 2.0)
    grid = Grid("EPSG:32760", 830_000, north_m, 90, 50, 50)
    ground = ground_of(hills((50, 50)))
    there = site_loss(replace(ground, grid=grid), 25, 25, 40, BANDS, PATH, 2.0)
    np.testing.assert_array_equal(here.loss_db, there.loss_db)


def test_the_same_bytes_for_any_number_of_threads() -> None:
    ground, threads = ground_of(hills((70, 70)), 10.0), numba.get_num_threads()
    try:
        numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)
        many = site_loss(ground, 35, 35, 40, BANDS, PATH, 3.0)
        numba.set_num_threads(1)
        one = site_loss(ground, 35, 35, 40, BANDS, PATH, 3.0)
    finally:
        numba.set_num_threads(threads)
    assert many.loss_db.tobytes() == one.loss_db.tobytes()
    assert many.clear.tobytes() == one.clear.tobytes()


def test_the_pixel_of_the_site_and_its_neighbours_are_near_free_space() -> None:
    made = site_loss(ground_of(np.full((21, 21), 10.0)), 10, 10, 40, (900,), PATH, 0.8)
    row, column = 10 - made.row0, 10 - made.column0
    here = 92.4 + 20 * math.log10(0.9 * math.hypot(0.38 * 0.09, 0.0385))
    assert made.loss_db[0, row, column] == pytest.approx(here, abs=1)
    assert made.loss_db[0, row, column + 1] > made.loss_db[0, row, column]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"row": 99.0}, "row 99"),
        ({"row": math.nan}, "row nan"),
        ({"column": -0.6}, "column -0.6"),
        ({"row": 3.2, "column": 2.9}, "no known height at row 3.2"),
        ({"tx_height_m": 0.0}, "tx_height_m is 0"),
        ({"tx_height_m": math.nan}, "tx_height_m is nan"),
        ({"tx_height_m": "40 m"}, "tx_height_m is '40 m'; expected a number"),
        ({"frequencies_mhz": (900, 7000)}, r"frequencies_mhz of band 1 .* is 7000; expected 30 to 6000 MHz"),
        ({"frequencies_mhz": (math.nan, 900)}, "frequencies_mhz of band 0 .* is nan"),
        ({"frequencies_mhz": ()}, "frequencies_mhz is empty"),
        ({"frequencies_mhz": 900}, "frequencies_mhz has 0 dimensions; expected one number for each band"),
        ({"frequencies_mhz": ("low",)}, "frequencies_mhz is not a row of numbers"),
        ({"row": "3a"}, "row is '3a'; expected a number"),
        ({"radius_km": 0.0}, "radius_km is 0"),
        ({"radius_km": math.inf}, "radius_km is inf"),
        ({"ray_spacing": 0.0}, "ray_spacing is 0"),
        ({"path": replace(PATH, rx_height_m=0.5)}, "rx_height_m is 0.5"),
    ],
)
def test_what_cannot_be_is_an_error_that_says_the_value(change: dict[str, object], says: str) -> None:
    heights = hills((40, 40))
    heights[3, 3] = np.nan
    good = {
        "row": 20.0,
        "column": 20.0,
        "tx_height_m": 40.0,
        "frequencies_mhz": BANDS,
        "path": PATH,
        "radius_km": 1.0,
    }
    with pytest.raises(InputError, match=says):
        site_loss(ground_of(heights), **(good | change))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"distance_km": [0, 1]}, "height_m has 3 points, distance_km has 2"),
        ({"distance_km": [0, 1, 1]}, r"distance_km of point 2 \(the first is 0\) is 1; expected more"),
        ({"distance_km": [0, 2, 1]}, "distance_km of point 2 .* is 1; expected more than the point before"),
        ({"distance_km": [0, math.nan, 2]}, "distance_km of point 1 .* is nan"),
        ({"distance_km": [0, 1, math.inf]}, "distance_km of point 2 .* is inf; expected 0 to 3000 km"),
        ({"distance_km": [1, 2, 3]}, "distance_km begins with 1; expected 0"),
        ({"distance_km": ["a", 1, 2]}, "distance_km is not a row of numbers"),
        ({"height_m": [0, np.nan, 0]}, "height_m of point 1 .* is nan"),
        ({"height_m": [0, 0, -9000]}, "height_m of point 2 .* is -9000; expected -500 to 9000 m"),
        ({"clutter_m": [0, -1, 0]}, "clutter_m of point 1 .* is -1"),
        ({"zone": [4, 2, 4]}, r"zone of point 1 .* is 2; expected 1 \(sea\)"),
        ({"zone": [4, 4, 4.7]}, "zone of point 2 .* is 4.7"),
        ({"zone": [260, 4, 4]}, "zone of point 0 .* is 260"),
        ({"frequencies_mhz": (900, 29)}, "frequencies_mhz of band 1 .* is 29"),
        ({"tx_height_m": math.inf}, "tx_height_m is inf; expected 1 to 3000 m above ground"),
    ],
)
def test_a_profile_that_cannot_be_is_an_error(change: dict[str, object], says: str) -> None:
    good = {"distance_km": [0, 1, 2], "height_m": [0, 0, 0], "clutter_m": [0, 0, 0], "zone": [4, 4, 4]}
    rest = {"tx_height_m": 40, "frequencies_mhz": BANDS, "path": PATH}
    with pytest.raises(InputError, match=says):
        radial_loss_db(**(good | rest | change))


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("heights_m", -9000, "height_m at row 2, column 3 of the ground is -9000; expected -500 to 9000 m"),
        ("heights_m", math.inf, "height_m at row 2, column 3 .* is inf"),
        ("clutter_m", -1, "clutter_m at row 2, column 3 .* is -1; expected 0 to 1000 m"),
        ("clutter_m", math.nan, "clutter_m at row 2, column 3 .* is nan; expected 0 to 1000 m"),
        ("zone", 2, "zone at row 2, column 3 .* is 2; expected 1"),
        ("zone", 4.7, "zone at row 2, column 3 .* is 4.7"),
        ("zone", 260, "zone at row 2, column 3 .* is 260"),
    ],
)
def test_a_pixel_that_cannot_be_is_an_error_that_names_it(name: str, value: float, says: str) -> None:
    flat = ground_of(np.full((9, 9), 5.0))
    layer = getattr(flat, name).astype(float)
    layer[2, 3] = value
    with pytest.raises(InputError, match=says):
        replace(flat, **{name: layer})
