"""A grid counts in metres, and its north is north: a projection that can't give that is an error that says so."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from merata.errors import InputError, SettingsError
from merata.region.grid import Grid
from merata.region.rasters import grid_of
from merata.region.settings import Settings, parse_settings

KUTAI = gpd.GeoDataFrame(geometry=[shapely.box(116, -1, 117, 0.5)], crs=4326)
#: A region on both sides of 180 degrees, as its villages stand in a file: east of it longitudes are negative.
STRADDLING = gpd.GeoDataFrame(
    geometry=[shapely.box(179.9, -17, 180, -16.9), shapely.box(-180, -17, -179.9, -16.9)], crs=4326
)


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("EPSG:4326", r"longitude and latitude in degrees \(WGS 84\)"),
        ("EPSG:4978", "no map projection"),
        ("EPSG:2225", "counts in US survey foot, not in metres"),
        ("+proj=merc +units=km", "counts in kilometre"),
        ("EPSG:999999", "no projection that PROJ knows"),
        ("UTM 50", "no projection that PROJ knows"),
    ],
)
def test_a_projection_that_is_not_in_metres_is_refused_with_what_is_expected(given: str, why: str) -> None:
    with pytest.raises(SettingsError, match=why) as error:
        parse_settings(f'[region]\nprojection = "{given}"\n', "kukar/region.toml")
    text = str(error.value)
    assert text.startswith(f"kukar/region.toml: region.projection: '{given}'")
    assert "expected a projection in metres, like EPSG:32750, or nothing for the UTM zone" in text
    with pytest.raises(InputError, match=why):
        Grid(given, 0, 0, 100, 10, 10)
    with pytest.raises(InputError, match=why):
        Grid.around(KUTAI, given, 100)


@pytest.mark.parametrize(
    "given", ["EPSG:32750", "EPSG:23847", "+proj=utm +zone=50 +south", "EPSG:32750+5773"]
)
def test_any_projection_in_metres_that_fits_the_region_is_taken(given: str) -> None:
    made = grid_of(KUTAI, parse_settings(f'[region]\nprojection = " {given} "\n'))
    assert made.crs == given
    assert made.width == pytest.approx(1214, rel=0.15)  # 111.3 km and the margins


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("EPSG:32731", "lie nowhere"),  # the other half of the Earth
        ("EPSG:32753", "a kilometre of the projection EPSG:32753 is 9.. m to the east"),
        ("ESRI:54009", "1,111 m to the east and 894 m to the north"),
        ("EPSG:3413", "its north points to"),
    ],
)
def test_a_projection_of_elsewhere_is_named_with_what_its_kilometre_is(given: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        Grid.around(KUTAI, given, 100)


def test_a_region_on_both_sides_of_180_degrees_needs_its_projection_and_then_is_small() -> None:
    with pytest.raises(InputError, match="UTM zone of the region's middle, as a region on both sides of 180"):
        grid_of(STRADDLING, Settings())
    for zone in ("EPSG:32701", "EPSG:32760"):
        made = grid_of(STRADDLING, parse_settings(f'[region]\nprojection = "{zone}"\n'))
        assert made.width == pytest.approx(213 + 100, abs=4)
        assert made.height == pytest.approx(111 + 100, abs=6)


def test_a_place_that_is_nowhere_is_said() -> None:
    lost = gpd.GeoDataFrame(geometry=[shapely.Point(117, 0), shapely.Point(200, 95)], crs=4326)
    with pytest.raises(InputError, match="lie nowhere"):
        Grid.around(lost, "EPSG:32750", 100)
    with pytest.raises(InputError, match=r"5,000 km"):
        Grid.around(STRADDLING, "EPSG:3857", 100)
