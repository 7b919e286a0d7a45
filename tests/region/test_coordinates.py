"""Coordinates written in any way come back as the place; what can't be settled is said."""

import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from within import processor_seconds

from merata.region.coordinates import parse, place, place_rows, utm_zones

GEOD = pyproj.Geod(ellps="WGS84")
BORDER = shapely.box(115.2, -1.2, 117.7, 1.6)
VILLAGE = shapely.box(116.9, -0.5, 117.0, -0.35)

latitudes = st.floats(-1.19, 1.59).map(lambda v: round(v, 6))
longitudes = st.floats(115.21, 117.69).map(lambda v: round(v, 6))


def letters(value: float, axis: str, style: str) -> str:
    pairs = {"id": {"lat": ("LU", "LS"), "lon": ("BT", "BB")}, "en": {"lat": ("N", "S"), "lon": ("E", "W")}}
    return pairs[style][axis][value < 0]


def dms(value: float, marks: str, comma: bool) -> str:
    """Degrees, minutes and seconds to a hundredth."""
    total = round(abs(value) * 360_000)
    degrees, minutes, seconds = total // 360_000, total // 6_000 % 60, total % 6_000 / 100
    text = marks.format(d=degrees, m=minutes, s=f"{seconds:05.2f}")
    return text.replace(".", ",") if comma else text


MARKS = [
    "{d}°{m}'{s}\"", "{d}° {m}' {s}''", "{d}º{m}′{s}″", "{d} {m} {s}", "{d}:{m}:{s}", "{d}°{m:02}’{s}”", "{d}-{m}-{s}",
    "{d}d{m}m{s}s",
]  # fmt: skip


@st.composite
def one_axis(draw, value: float, axis: str) -> str:
    style = draw(st.sampled_from(["plain", "comma", "letter", "dms", "minutes"]))
    letter = letters(value, axis, draw(st.sampled_from(["id", "en"])))
    if style in ("plain", "comma"):
        return f"{value:.6f}".replace(".", "," if style == "comma" else ".")
    if style == "letter":
        return draw(st.sampled_from(["{v} {l}", "{l} {v}", "{v}°{l}", "{v}{l}"])).format(
            v=f"{abs(value):.6f}", l=letter
        )
    if style == "minutes":
        return f"{int(abs(value))}° {abs(value) % 1 * 60:.4f}' {letter}"
    marks = draw(st.sampled_from(MARKS))
    text = dms(value, marks, draw(st.booleans()))
    if draw(st.booleans()) and "-" not in marks:
        return ("-" if value < 0 else "") + text
    return draw(st.sampled_from([f"{text} {letter}", f"{letter} {text}"]))


def away_m(placed, longitude: float, latitude: float) -> float:
    return GEOD.inv(placed.longitude, placed.latitude, longitude, latitude)[2]


@settings(max_examples=300)
@given(longitudes, latitudes, st.data())
def test_two_columns_in_any_dialect(longitude, latitude, data):
    x, y = data.draw(one_axis(longitude, "lon")), data.draw(one_axis(latitude, "lat"))
    placed = place(x, y, border=BORDER)
    assert placed, (x, y)
    assert placed.certain
    assert placed.how == "as written"
    assert away_m(placed, longitude, latitude) < 2, (x, y)


@settings(max_examples=200)
@given(longitudes, latitudes, st.data())
def test_swapped_columns(longitude, latitude, data):
    x, y = data.draw(one_axis(latitude, "lat")), data.draw(one_axis(longitude, "lon"))
    placed = place(x, y, border=BORDER)
    assert placed, (x, y)
    assert (placed.certain, placed.how) == (True, "swapped")
    assert away_m(placed, longitude, latitude) < 2, (x, y)


@settings(max_examples=300)
@given(
    longitudes, latitudes, st.sampled_from([", ", "; ", ";", " / ", "\t", " ", ","]), st.booleans(), st.data()
)
def test_one_column(longitude, latitude, mark, longitude_first, data):
    style = data.draw(st.sampled_from(["point", "comma", "dms", "letters"]))
    letter_style = data.draw(st.sampled_from(["id", "en"]))
    halves = []
    for value, axis in ((latitude, "lat"), (longitude, "lon")):
        letter = letters(value, axis, letter_style)
        halves.append(
            {
                "point": f"{value:.6f}",
                "comma": f"{value:.6f}".replace(".", ","),
                "dms": f"{dms(value, MARKS[0], False)} {letter}",
                "letters": f"{abs(value):.6f} {letter}".replace(".", ","),
            }[style]
        )
    text = mark.join(reversed(halves) if longitude_first else halves)
    placed = place(None, None, text, border=BORDER)
    assert placed, text
    assert placed.certain, text
    assert placed.how in ("as written", "longitude first")
    assert away_m(placed, longitude, latitude) < 2, text


def separated(value: float, style: str) -> str:
    return {
        "bare": f"{value:.0f}", "decimal": f"{value:.2f}", "en": f"{value:,.2f}",
        "id": f"{value:,.0f}".replace(",", "."),
        "spaces": f"{value:,.0f}".replace(",", " "), "comma": f"{value:.2f}".replace(".", ","), "m": f"{value:.1f} m",
    }[style]  # fmt: skip


@settings(max_examples=200)
@given(
    longitudes,
    latitudes.filter(lambda v: abs(v) > 0.01),
    st.sampled_from(["bare", "decimal", "id", "en", "spaces", "comma", "m"]),
    st.booleans(),
)
def test_metres_of_the_zone(longitude, latitude, style, other_way_round):
    code = 32750 if latitude < 0 else 32650
    easting, northing = pyproj.Transformer.from_crs(4326, code, always_xy=True).transform(longitude, latitude)
    words = separated(easting, style), separated(northing, style)
    village = shapely.Point(longitude, latitude).buffer(0.01)
    placed = place(*(reversed(words) if other_way_round else words), border=BORDER, village=village)
    assert placed, words
    assert placed.certain, words
    assert placed.how.startswith("UTM 50S" if latitude < 0 else "UTM 50N")
    assert away_m(placed, longitude, latitude) < 2, words


@settings(max_examples=200)
@given(longitudes, latitudes.filter(lambda v: abs(v) > 0.02), st.booleans())
def test_a_lost_minus_sign_is_restored_when_the_village_settles_it(longitude, latitude, swapped):
    words = f"{longitude:.6f}", f"{abs(latitude):.6f}"
    village = shapely.Point(longitude, latitude).buffer(0.005)
    placed = place(*(reversed(words) if swapped else words), border=BORDER, village=village)
    assert placed
    assert placed.certain
    assert away_m(placed, longitude, latitude) < 2
    assert ("minus sign restored" in placed.how) == (latitude < 0)


@pytest.mark.parametrize(
    ("words", "how"),
    [
        (("116.59.30,5", "-0.25.12", None), "as written"),
        (("BT 116,98", "L.S. 0,42", None), "as written"),
        (("1.1698e+02", "-4.2e-01", None), "as written"),
        ((None, None, "Lat: -0.42 Long: 116.98"), "as written"),
        ((None, None, "Lintang Selatan 0,42 Bujur Timur 116,98"), "as written"),
        ((None, None, "0° 25' 12\" LS - 116° 58' 48\" BT"), "as written"),
        ((None, None, "(−0.42, 116.98)"), "as written"),
        ((None, None, "-0,42,116,98"), "as written"),
        ((None, None, "https://www.google.com/maps/@-0.42,116.98,15z"), "as written"),
        ((None, None, "https://maps.google.com/?q=-0.42,116.98"), "as written"),
        ((None, None, "POINT(116.98 -0.42)"), "longitude first"),
        ((None, None, "50S 497774 9953576"), "UTM 50S"),
        ((None, None, "UTM 50 M 497774 9953576"), "UTM 50S"),
        (("497774 mE", "9953576 mU", None), "UTM 50S"),
        (("497774", "-46424", None), "UTM 50N"),
        (("116980000", "-420123", None), "decimal mark restored"),
        (("116.980.000", "-0,42", None), "decimal mark restored"),
        (("116.98", "0.42 LU", None), "sign changed"),
    ],
)
def test_other_ways_that_people_write(words, how):
    placed = place(*words, village=VILLAGE, border=BORDER)
    assert placed
    assert (placed.how, placed.certain, placed.in_village) == (how, True, True)
    assert away_m(placed, 116.98, -0.42) < 1500


@pytest.mark.parametrize(
    "words",
    [
        ("0", "0"),
        ("0,0", "0.00"),
        ("", ""),
        (None, None),
        ("abc", "-0.42"),
        ("116.98", None),
        ("116°75'00\"", "0°10'"),
    ],
)
def test_what_is_no_coordinate(words):
    assert place(*words, border=BORDER) is None


@settings(max_examples=300)
@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=40))
def test_any_text_is_taken(x, y, xy):
    for readings in (parse(x, y, None, (50,)), parse(None, None, xy, (50,))):
        for reading in readings:
            assert abs(reading.longitude) <= 180.001 or reading.how.startswith("UTM")
            assert not math.isnan(reading.latitude)


def test_as_written_wins_inside_the_border_and_inside_the_village():
    assert place("116.98", "0.42", border=BORDER).how == "as written"
    assert (
        place("116.98", "0.42", border=BORDER, village=shapely.box(116.9, -0.5, 117, 0.5)).how == "as written"
    )


def test_outside_of_its_village_but_in_the_region_it_stays_as_written():
    placed = place("116.0", "1.0", border=BORDER, village=VILLAGE)
    assert (placed.longitude, placed.latitude, placed.how, placed.in_village) == (116, 1, "as written", False)


def test_two_repairs_that_fit_alike_are_not_certain():
    placed = place("11698123", "-0.42", border=shapely.box(110, -1.2, 118, 1.6))
    assert placed.certain
    lost = place("116.98", "-42123", border=shapely.box(115, -6, 118, 1))  # -4.2123 or -0.42123?
    assert not lost.certain
    assert place("116.98", "-42123", border=shapely.box(115, -6, 118, 1), village=VILLAGE).certain


def test_zones_come_from_the_region():
    assert utm_zones(BORDER) == (50,)
    assert utm_zones(shapely.box(119.5, -1, 121, 1)) == (50, 51)
    assert utm_zones(shapely.box(179.5, -1, 180, 1)) == (1, 60)
    assert utm_zones(None) == ()


def villages():
    return gpd.GeoDataFrame(
        {"code": ["99.01.01.2001", "99.01.01.2002"]},
        geometry=[VILLAGE, shapely.box(116.0, 0.1, 116.2, 0.3)],
        crs="EPSG:4326",
    )


def test_rows_are_placed_and_what_was_done_is_said():
    rows = pd.DataFrame(
        [
            ("116.98", "-0.42", pd.NA, "99.01.01.2001"),
            ("-0.42", "116.95", pd.NA, "99.01.01.2001"),
            ("-0.41", "116.95", pd.NA, "99.01.01.2001"),
            ("116.95", "0.41", pd.NA, "99.01.01.2001"),
            ("10.5", "50.2", pd.NA, "99.01.01.2001"),
            ("0", "0", pd.NA, "99.01.01.2001"),
            (pd.NA, pd.NA, pd.NA, "99.01.01.2001"),
            ("116.1", "0.2", pd.NA, "99.01.01.2001"),
            (pd.NA, pd.NA, "0,2 LU 116,1 BT", pd.NA),
            ("belum diukur", "-", pd.NA, pd.NA),
        ],
        columns=["given_x", "given_y", "given_xy", "village_code"],
        dtype="string",
        index=range(20, 30),
    ).assign(source_row=range(3, 13), sheet="Lembar1")
    points, findings = place_rows(rows, villages(), "a.xlsx")
    assert points.crs == "EPSG:4326"
    assert list(points.index) == list(rows.index)
    assert [p is not None for p in points] == [True] * 4 + [False] * 3 + [True] * 2 + [False]
    assert np.allclose(points.x[:4], [116.98, 116.95, 116.95, 116.95])
    assert np.allclose(points.y[:4], [-0.42, -0.42, -0.41, -0.41])
    said = {(f.severity, f.row): f for f in findings}
    assert set(said) == {
        ("repaired", 4),
        ("repaired", 6),
        ("error", 7),
        ("note", 8),
        ("note", 10),
        ("error", 12),
    }
    assert "2 rows (rows 4–5)" in said["repaired", 4].what
    assert "swapped" in said["repaired", 4].done
    assert "outside of the region" in said["error", 7].what
    assert "stand for none" in said["note", 8].what
    distance_km = float(said["note", 10].what.split(" lie ")[1].split(" km")[0])
    assert 100 < distance_km < 110
    assert "can't be read" in said["error", 12].what


def test_rows_without_villages_or_columns():
    rows = pd.DataFrame({"given_x": ["116.98"], "given_y": ["-0.42"]})
    points, findings = place_rows(rows, villages().iloc[:0], "a.csv")
    assert (points.iloc[0].x, points.iloc[0].y, findings) == (116.98, -0.42, [])
    points, findings = place_rows(pd.DataFrame({"id": ["a"]}), villages(), "a.csv")
    assert points.iloc[0] is None
    assert findings == []
    points, findings = place_rows(rows.iloc[:0], villages(), "a.csv")
    assert len(points) == len(findings) == 0


def test_many_rows_that_fail_alike_do_not_flood_the_findings():
    rows = pd.DataFrame({"given_x": ["10"] * 500, "given_y": ["50"] * 500, "source_row": range(2, 502)})
    _, findings = place_rows(rows, villages(), "a.csv")
    assert len(findings) == 21
    assert "480 more rows" in findings[-1].what


@pytest.mark.slow
def test_real_villages_find_their_own_points_again(shared_data):
    real = gpd.read_file(shared_data / "kukar" / "villages.gpkg")
    inner = real.representative_point()
    many = pd.DataFrame({"village_code": list(real["code"]) * 60})
    x, y = np.tile(inner.x, 60), np.tile(inner.y, 60)
    # Half of the rows are swapped, and every third has lost its minus sign.
    lost = np.where(np.arange(len(many)) % 3 == 0, np.abs(y), y)
    swap = np.arange(len(many)) % 2 == 0
    many["given_x"] = [f"{v:.6f}" for v in np.where(swap, lost, x)]
    many["given_y"] = [f"{v:.6f}" for v in np.where(swap, x, lost)]
    with processor_seconds(30):
        points, _ = place_rows(many, real, "a.csv")
    right = (np.abs(points.x - x) < 1e-5) & (np.abs(points.y - y) < 1e-5)
    # On the equator a village may hold both the place and its mirror image.
    near_equator = np.abs(y) < 0.1
    assert right[~near_equator].all()
