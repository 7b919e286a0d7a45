"""Measured signal set against the map: which measurements count, and what they do to the power at places."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from merata.errors import FileError
from merata.radio.against import (
    CELL_M,
    correction_of,
    features,
    heard,
    measured_against,
    read_correction,
    write_correction,
)
from merata.radio.correct import no_correction
from merata.radio.coverage_map import Coverage
from merata.region import store
from merata.region.grid import Grid
from merata.region.settings import RadioSettings
from merata.region.tables import TABLES

CRS = "EPSG:32750"
SETTINGS = RadioSettings()
SIDE = 60
EAST, NORTH, PIXEL = 500_000.0, 9_950_000.0, 500.0


def table(name, rows, east=(), north=()):
    frame = pd.DataFrame(
        [{"id": str(k), "source": "a.csv", "known_by": "measured", **row} for k, row in enumerate(rows)]
    )
    places = gpd.GeoSeries(gpd.points_from_xy(east, north), crs=CRS).to_crs(store.CRS)
    return store.shaped(gpd.GeoDataFrame(frame, geometry=places.to_numpy(), crs=store.CRS), TABLES[name])


@pytest.fixture(scope="module")
def sites():
    rng = np.random.default_rng(0)
    where = rng.uniform(0, SIDE * PIXEL, (2, 16))
    rows = [{"operator": "Satu Sel" if k % 2 else "Dua Sel", "kind": "tower"} for k in range(16)]
    return table("sites", rows, EAST + where[0], NORTH - where[1])


@pytest.fixture(scope="module")
def cover():
    return np.random.default_rng(1).choice(np.array([10, 40, 50, 0], np.uint8), (SIDE, SIDE))


@pytest.fixture(scope="module")
def a_map(sites):
    grid = Grid(CRS, EAST, NORTH, PIXEL, SIDE, SIDE)
    rows, columns = np.mgrid[:SIDE, :SIDE] + 0.5
    masts = sites.geometry.to_crs(CRS)
    away = np.hypot(
        EAST + columns[..., None] * PIXEL - masts.x.to_numpy(),
        NORTH - rows[..., None] * PIXEL - masts.y.to_numpy(),
    )
    best = away.argmin(axis=2).astype(np.int32)
    km = np.maximum(away.min(axis=2) / 1000, 0.05)
    rsrp = (-75 - 30 * np.log10(km)).astype(np.float32)
    # The north-west corner is out of reach.
    rsrp[:5, :5], best[:5, :5] = np.nan, -1
    band = np.where(best < 0, np.nan, np.where(best % 3 == 0, 1800, 900)).astype(np.float32)
    sigma = np.full(grid.shape, SETTINGS.sigma_db, np.float32)
    return Coverage(rsrp, best, grid, band_mhz=band, sigma_db=sigma)


def measured(a_map, count, wrong_db=0.0, seed=2, **more):
    """Measurements at drawn places, the map off by `wrong_db` everywhere."""
    rng = np.random.default_rng(seed)
    row, column = rng.integers(6, SIDE, (2, count))
    power = a_map.rsrp_dbm[row, column] + wrong_db + rng.normal(0, 5, count)
    east, north = EAST + (column + 0.5) * PIXEL, NORTH - (row + 0.5) * PIXEL
    rows = [
        {"signal_dbm": float(p), "technology": "4G", "source": f"{k % 6}.csv", **more}
        for k, p in enumerate(power)
    ]
    return table("measurements", rows, east, north)


def test_what_a_point_depends_on_is_that_of_its_pixel(a_map, sites, cover):
    east = [EAST + 20.5 * PIXEL, EAST + 100, EAST - 9000]
    north = [NORTH - 10.2 * PIXEL, NORTH - 100, NORTH]
    points = gpd.GeoSeries(gpd.points_from_xy(east, north), crs=CRS)
    seen = features(a_map, points, sites, cover)
    assert seen["model_dbm"][0] == pytest.approx(a_map.rsrp_dbm[10, 20])
    assert seen["site"][0] == a_map.best_site[10, 20]
    assert seen["clutter"][0] == (cover[10, 20] or -1)
    mast = sites.geometry.to_crs(CRS).iloc[a_map.best_site[10, 20]]
    assert seen["distance_km"][0] == pytest.approx(points[0].distance(mast) / 1000, rel=1e-6)
    # Out of reach, and outside of the map: nothing is said.
    assert seen.loc[[1, 2], ["model_dbm", "band_mhz", "distance_km"]].isna().all(axis=None)
    assert list(seen["site"]) == [a_map.best_site[10, 20], -1, -1]
    assert (features(a_map, points, sites, None)["clutter"] == -1).all()
    with pytest.raises(ValueError, match=r"\(3, 4\)"):
        features(a_map, points, sites, cover[:3, :4])


def test_a_map_that_is_off_is_put_right_at_places(a_map, sites, cover):
    correction, notes = correction_of(a_map, measured(a_map, 400, -9.0), sites, cover, SETTINGS)
    assert notes[0].startswith("The coverage map is corrected by signal measured at")
    place = gpd.GeoSeries(gpd.points_from_xy([EAST + 30 * PIXEL], [NORTH - 30 * PIXEL]), crs=CRS)
    before = heard(a_map, place, sites, cover, no_correction(SETTINGS.sigma_db))
    after = heard(a_map, place, sites, cover, correction)
    assert after.power_dbm[0] - before.power_dbm[0] == pytest.approx(-9, abs=2.5)
    assert after.correction_sigma_db[0] < 0.75 * before.correction_sigma_db[0]
    assert np.hypot(before.spread_db, before.correction_sigma_db)[0] == pytest.approx(9, abs=0.3)


def test_what_walls_add_to_the_error_is_not_learnt_away(a_map, sites, cover):
    sigma = np.hypot(a_map.sigma_db, 7).astype(np.float32)
    walled = Coverage(a_map.rsrp_dbm, a_map.best_site, a_map.grid, band_mhz=a_map.band_mhz, sigma_db=sigma)
    correction, _ = correction_of(a_map, measured(a_map, 300), sites, cover, SETTINGS)
    place = sites.geometry.iloc[[5]]
    outside, inside = (heard(m, place, sites, cover, correction).spread_db[0] for m in (a_map, walled))
    assert inside == pytest.approx(np.hypot(outside, 7), rel=1e-3)


def test_a_map_for_phones_indoors_is_compared_with_what_they_get_outdoors(a_map, sites, cover):
    rows = measured(a_map, 50)
    out, _ = measured_against(a_map, rows, sites, cover, SETTINGS)
    walled = RadioSettings(building="traditional")
    inside, _ = measured_against(a_map, rows, sites, cover, walled)
    assert (inside.predicted_dbm > out.predicted_dbm + 5).all()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"technology": "2G"}, "20 measurements not of 4G cannot"),
        ({"technology": "5G NR"}, "20 measurements not of 4G cannot"),
        ({"operator": "Tiga Sel"}, "20 measurements of another operator than the strongest site's cannot"),
    ],
)
def test_measurements_of_something_else_are_left_out_and_that_is_said(a_map, sites, cover, more, words):
    points, notes = measured_against(a_map, measured(a_map, 20, **more), sites, cover, SETTINGS)
    assert len(points.predicted_dbm) == 0
    assert any(words in note for note in notes)
    correction, told = correction_of(a_map, measured(a_map, 20, **more), sites, cover, SETTINGS)
    assert correction == no_correction(SETTINGS.sigma_db)
    assert told[0].startswith("No measured signal tells how far off")


def test_an_operator_however_written_is_the_same(a_map, sites, cover):
    rows = pd.concat(
        [measured(a_map, 40, operator=name, seed=s) for s, name in enumerate(("SATU-SEL", "dua sel"))]
    )
    points, notes = measured_against(a_map, gpd.GeoDataFrame(rows), sites, cover, SETTINGS)
    # Each is heard where its own sites are the strongest.
    assert 20 < len(points.predicted_dbm) < 60
    assert len(notes) == 1


def test_measurements_without_a_place_are_left_out_and_that_is_said(a_map, sites, cover):
    rows = measured(a_map, 3)
    rows.geometry = [None, *rows.geometry.iloc[1:]]
    corner = table("measurements", [{"signal_dbm": -100.0}], [EAST + 300], [NORTH - 300])
    both = gpd.GeoDataFrame(pd.concat([rows, corner], ignore_index=True))
    points, notes = measured_against(a_map, both, sites, cover, SETTINGS)
    assert len(points.predicted_dbm) == 2
    assert notes == [
        "2 measurements without a position where a site is in reach cannot correct the coverage map."
    ]


def test_a_bus_that_waits_counts_once(a_map, sites, cover):
    here = (EAST + 20 * PIXEL + CELL_M / 2, NORTH - 30 * PIXEL - CELL_M / 2)
    rows = table(
        "measurements",
        [{"signal_dbm": float(-100 + k % 3)} for k in range(99)],
        [here[0]] * 99,
        [here[1]] * 99,
    )
    points, _ = measured_against(a_map, rows, sites, cover, SETTINGS)
    assert list(points.measured_dbm) == [-99.0]


def test_rows_with_a_speed_and_no_signal_are_no_business_of_it(a_map, sites, cover):
    rows = table("measurements", [{"down_mbps": 3.0}], [EAST + 9000], [NORTH - 9000])
    points, notes = measured_against(a_map, rows, sites, cover, SETTINGS)
    assert (len(points.predicted_dbm), notes) == (0, [])


def test_a_map_without_sites_and_a_table_without_rows_correct_nothing(a_map, sites, cover):
    nothing = store.empty(TABLES["measurements"])
    assert correction_of(a_map, nothing, sites, cover, SETTINGS)[0] == no_correction(SETTINGS.sigma_db)
    silent = Coverage(np.full(a_map.grid.shape, np.nan), np.full(a_map.grid.shape, -1), a_map.grid)
    none = store.empty(TABLES["sites"])
    assert correction_of(silent, measured(a_map, 5), none, cover, SETTINGS) == (
        no_correction(SETTINGS.sigma_db),
        [],
    )


@pytest.mark.parametrize("count", [0, 4, 200])
def test_it_is_read_as_it_was_written_byte_for_byte(a_map, sites, cover, tmp_path, count):
    rows = measured(a_map, count, 4.0) if count else store.empty(TABLES["measurements"])
    made = correction_of(a_map, rows, sites, cover, SETTINGS)
    write_correction(*made, tmp_path / "correction.json")
    assert read_correction(tmp_path / "correction.json") == (made[0], made[1])
    write_correction(*correction_of(a_map, rows, sites, cover, SETTINGS), tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "correction.json").read_bytes()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"notes": [], "sigma_db": 9}', '{"notes": 3}'])
def test_a_file_that_is_no_correction_is_named(tmp_path, text):
    path = tmp_path / "correction.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileError, match=r"correction\.json.*merata run"):
        read_correction(path)
