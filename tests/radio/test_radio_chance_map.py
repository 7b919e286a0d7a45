"""The map of the chance: what it says of a pixel is what is said of a place there, and its file is one."""

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from made_sites import GRID, RADIO, cover_of, hills, middle_of, sites_at

from merata.errors import FileError
from merata.radio import chance_map
from merata.radio.against import heard
from merata.radio.chance import chance_served
from merata.radio.chance_map import chance_rows, read_chance, write_chance
from merata.radio.correct import Points, fit, no_correction
from merata.radio.coverage import coverage
from merata.radio.coverage_map import BANDS, Coverage
from merata.radio.margin import network
from merata.region.settings import Settings

LEVELS = Settings().levels
SITES = sites_at((60, 80), (20, 20), bands_mhz=["900 1800", "900"], eirp_dbm=[58.0, 50.0])
NET = network(SITES, GRID, RADIO)
COVER = np.kron(cover_of()[:40, :54], np.ones((3, 3), np.uint8))[:, :160]


@pytest.fixture(scope="module")
def a_map():
    """A map whose pixels are alike in squares of nine, so that the middle one of nine is the pixel itself."""
    found = coverage(SITES, hills(), None, GRID, RADIO)
    arrays = {
        band.name: np.kron(getattr(found, band.name)[1::3, 1::3], np.ones((3, 3)))[:, :160] for band in BANDS
    }
    # The last column of squares is not whole.
    arrays = {name: np.pad(a, ((0, 0), (0, 160 - a.shape[1])), mode="edge") for name, a in arrays.items()}
    return Coverage(grid=GRID, **arrays)


@pytest.fixture(scope="module")
def correction():
    rng = np.random.default_rng(4)
    predicted, site = rng.uniform(-110, -70, 300), rng.integers(0, 30, 300)
    return fit(
        Points(
            predicted,
            predicted + 6 + rng.normal(0, 5, 300),
            rng.choice([900.0, 1800.0], 300),
            rng.choice([10, 30], 300),
            rng.uniform(0.5, 8, 300),
            site,
            np.arange(300) % 9,
        ),
        9.0,
    )


def whole(a_map, correction, level="basic", **more):
    parts = list(
        chance_rows(a_map, correction, LEVELS[level], SITES, **({"cover": COVER, "net": NET} | more))
    )
    return {name: np.concatenate([getattr(p, name) for p in parts]) for name in parts[0]._fields[1:]}


@pytest.mark.parametrize("level", ["basic", "good"])
def test_a_pixel_says_what_is_said_of_a_place_there(a_map, correction, level):
    found = whole(a_map, correction, level)
    rng = np.random.default_rng(5)
    at = np.column_stack([rng.integers(0, 40, 200) * 3 + 1, rng.integers(0, 53, 200) * 3 + 1])
    points = gpd.GeoSeries([middle_of(*place) for place in at], crs=GRID.crs)
    told = heard(a_map, points, SITES, COVER, correction, LEVELS, NET)
    rank = list(LEVELS).index(level)
    chance = chance_served(told.margins_db[:, rank], 0.0, told.spread_db, told.correction_sigma_db)
    here = tuple(at.T)
    np.testing.assert_allclose(found["power_dbm"][here], told.power_dbm, atol=0.0051)
    np.testing.assert_allclose(found["chance"][here], chance.chance, atol=0.0051)
    np.testing.assert_allclose(found["uncertainty"][here], chance.uncertainty, atol=0.0051)


def test_it_is_a_chance_where_a_site_is_in_reach_and_nothing_elsewhere(a_map, correction):
    found = whole(a_map, correction)
    out_of_reach = np.isnan(a_map.rsrp_dbm)
    assert 0 < out_of_reach.sum() < out_of_reach.size
    for name in ("power_dbm", "chance", "uncertainty"):
        assert np.isnan(found[name]).tolist() == out_of_reach.tolist()
    chance, uncertainty = found["chance"][~out_of_reach], found["uncertainty"][~out_of_reach]
    assert ((chance >= 0) & (chance <= 1)).all()
    # No chance is less sure than a toss of its coin.
    assert (uncertainty <= np.sqrt(chance * (1 - chance)) + 0.011).all()


def test_a_higher_level_is_never_likelier_and_rates_never_make_one(a_map, correction):
    basic, good = (whole(a_map, correction, level)["chance"] for level in ("basic", "good"))
    by_power = whole(a_map, correction, "good", net=None)["chance"]
    known = ~np.isnan(basic)
    assert (good <= basic)[known].all()
    assert (good <= by_power)[known].all()
    assert (good < by_power)[known].any()


def test_measurements_make_it_surer(a_map, correction):
    plain = whole(a_map, no_correction(9.0))
    mended = whole(a_map, correction)
    assert np.nanmedian(mended["uncertainty"]) < np.nanmedian(plain["uncertainty"]) / 1.5
    # They were 6 dB stronger than predicted; of what was never measured, other cover, less is believed.
    assert 3 < np.nanmedian(mended["power_dbm"] - plain["power_dbm"]) < 7


def test_the_rows_at_once_do_not_show(a_map, correction, monkeypatch):
    first = whole(a_map, correction)
    monkeypatch.setattr(chance_map, "_ROWS", 7)
    second = whole(a_map, correction)
    for name, values in first.items():
        np.testing.assert_array_equal(values, second[name])


def test_land_cover_of_another_size_is_refused(a_map, correction):
    with pytest.raises(ValueError, match=r"\(3, 160\)"):
        whole(a_map, correction, cover=COVER[:3])


def test_the_file_is_cloud_optimised_and_comes_back(a_map, correction, tmp_path):
    for name in ("chance.tif", "again.tif"):
        rows = chance_rows(a_map, correction, LEVELS["basic"], SITES, COVER, NET)
        write_chance(rows, GRID, tmp_path / name)
    assert (tmp_path / "chance.tif").read_bytes() == (tmp_path / "again.tif").read_bytes()
    with rasterio.open(tmp_path / "chance.tif") as file:
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert ["Chance" in about or "uncertainty" in about for about in file.descriptions] == [True, True]
    back, found = read_chance(tmp_path / "chance.tif"), whole(a_map, correction)
    assert back.grid == GRID
    np.testing.assert_array_equal(back.chance, found["chance"])
    np.testing.assert_array_equal(back.uncertainty, found["uncertainty"])
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["again.tif", "chance.tif"]


@pytest.mark.parametrize("content", [b"", b"II*\x00not a raster"])
def test_another_file_is_refused(content, tmp_path):
    (tmp_path / "chance.tif").write_bytes(content)
    with pytest.raises(FileError, match="merata run"):
        read_chance(tmp_path / "chance.tif")


def test_another_raster_is_refused(a_map, tmp_path):
    a_map.write(tmp_path / "chance.tif")
    with pytest.raises(FileError, match="other ones"):
        read_chance(tmp_path / "chance.tif")
