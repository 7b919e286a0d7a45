"""Ookla's tiles: the quadkey mathematics against its own definition, and only the region's tiles come in."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from merata.errors import FileError
from merata.region import ookla
from merata.region.records import Source

BORDER = shapely.box(116.0, -0.5, 116.5, 0.5)  # across the equator, where quadkeys share no first digit
NAME = "2025-07-01_performance_mobile_tiles.parquet"


def square(quadkey: str) -> shapely.Polygon:
    """The tile of a quadkey by halving the web Mercator square digit by digit: independent of the module."""
    west, east, south, north = -math.pi, math.pi, -math.pi, math.pi
    for digit in quadkey:
        x, y = (west + east) / 2, (south + north) / 2
        west, east = (x, east) if digit in "13" else (west, x)
        south, north = (south, y) if digit in "23" else (y, north)

    def latitude(y: float) -> float:
        return math.degrees(2 * math.atan(math.exp(y)) - math.pi / 2)

    return shapely.box(math.degrees(west), latitude(south), math.degrees(east), latitude(north))


def tile(lon: float, lat: float, **more: object) -> dict[str, object]:
    quadkey = ookla.quadkey_of(lon, lat)
    values = {"avg_d_kbps": 5123, "avg_u_kbps": 1200, "avg_lat_ms": 48, "tests": 7, "devices": 3}
    return {"quadkey": quadkey, "tile": square(quadkey).wkt, **values, **more}


def source(tmp_path: Path, tiles: list[dict[str, object]], name: str = NAME, rows: int = 100_000) -> Source:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pandas(pd.DataFrame(tiles), preserve_index=False), path, row_group_size=rows)
    return Source(path.name, path, "2026-01-15")


quadkeys = st.text("0123", min_size=ookla.ZOOM, max_size=ookla.ZOOM)


@given(quadkeys)
def test_the_centre_of_a_tile_lies_in_the_middle_of_its_square(quadkey):
    lon, lat = ookla.centre_of(*ookla.tile_of(np.array([quadkey])), ookla.ZOOM)
    box = square(quadkey)
    west, south, east, north = box.bounds
    assert lon[0] == pytest.approx((west + east) / 2, abs=1e-9)
    assert south < lat[0] < north


@given(quadkeys)
def test_a_quadkey_comes_back_from_its_centre(quadkey):
    lon, lat = ookla.centre_of(*ookla.tile_of(np.array([quadkey])), ookla.ZOOM)
    assert ookla.quadkey_of(lon[0], lat[0]) == quadkey


def test_the_example_of_the_tile_systems_own_description():
    """Bing Maps tile system: tile (3, 5) of level 3 has the quadkey 213."""
    assert [int(value[0]) for value in ookla.tile_of(np.array(["213"]))] == [3, 5]
    assert square("213").bounds == pytest.approx((-45, -66.51326044311186, 0, -40.97989806962013))
    assert ookla.quadkey_of(-44.9, -41.0, zoom=3) == "213"


def test_the_tiles_of_the_region_become_measurements(tmp_path):
    rows = ookla.read(source(tmp_path, [tile(116.2, 0.1), tile(118, 0.1), tile(116.3, -0.2)]), BORDER)
    found = rows.tables["measurements"].set_index("source_row")
    assert sorted(found.index) == [1, 3]
    first = found.loc[1]
    assert first[["technology", "when", "source_date", "known_by"]].tolist() == [
        "mobile",
        "2025-07-01",
        "2025-07-01",
        "measured",
    ]
    assert first[["down_mbps", "up_mbps", "latency_ms", "tests"]].tolist() == [5.123, 1.2, 48, 7]
    assert square(ookla.quadkey_of(116.2, 0.1)).contains(first.geometry)


places = st.tuples(st.floats(115, 117.5), st.floats(-1.5, 1.5))


@settings(max_examples=30)
@given(st.lists(places, min_size=1, max_size=60), st.integers(1, 20), st.booleans())
def test_skipping_parts_of_the_file_loses_nothing(tmp_path_factory, where, rows, in_order):
    keys = list({ookla.quadkey_of(*place) for place in where})
    keys = sorted(keys) if in_order else keys
    tiles = [{**tile(0, 0), "quadkey": key} for key in keys]
    found = ookla.read(source(tmp_path_factory.mktemp("tiles"), tiles, rows=rows), BORDER).tables.get(
        "measurements"
    )
    expected = [key for key in keys if shapely.intersects(BORDER, _middle(key))]
    assert sorted(expected) == ([] if found is None else sorted(found["id"].str[-16:]))


def _middle(quadkey: str) -> shapely.Point:
    lon, lat = ookla.centre_of(*ookla.tile_of(np.array([quadkey])), ookla.ZOOM)
    return shapely.Point(lon[0], lat[0])


def test_parts_of_elsewhere_are_not_read(tmp_path):
    tiles = sorted((tile(-100 + n / 100, 40) for n in range(500)), key=lambda t: t["quadkey"])
    path = source(tmp_path, tiles, rows=100).path
    with pq.ParquetFile(path) as parquet:
        assert list(ookla._batches(parquet, BORDER.bounds)) == []
        assert len(list(ookla._batches(parquet, None))) == 5


@pytest.mark.parametrize(
    ("name", "kind", "network", "quarter"),
    [
        (NAME, "", "mobile", "2025-07-01"),
        ("2024-10-01_performance_fixed_tiles.parquet", "", "fixed", "2024-10-01"),
        ("type=fixed/year=2020/quarter=2/tiles.parquet", "", "fixed", "2020-04-01"),
        ("tiles.parquet", "ookla mobile", "mobile", None),
        ("tiles-2025-08-03.parquet", "", None, None),
        ("immobile_tiles.parquet", "", None, None),
    ],
)
def test_network_and_quarter_come_from_the_published_names(name, kind, network, quarter):
    named = Source(Path(name).name, Path(name), "2026-01-01", kind=kind)
    assert (ookla.network_of(named), ookla.quarter_of(named)) == (network, quarter)


def test_what_a_name_does_not_say_is_blank_and_told(tmp_path):
    understood = ookla.read(source(tmp_path, [tile(116.2, 0.1)], name="tiles.parquet"), BORDER)
    row = understood.tables["measurements"].iloc[0]
    assert pd.isna(row["technology"])
    assert pd.isna(row["when"])
    assert row["source_date"] == "2026-01-15"
    assert {"mobile or fixed", "which quarter"} <= {
        w for f in understood.findings for w in ("mobile or fixed", "which quarter") if w in f.what
    }


def test_impossible_tiles_are_told_and_left_out(tmp_path):
    bad = [
        {**tile(116.2, 0.1), "quadkey": "12"},
        {**tile(116.2, 0.1), "quadkey": "4" * 16},
        tile(116.21, 0.1, avg_d_kbps=-1),
        tile(116.22, 0.1, tests=0),
    ]
    understood = ookla.read(source(tmp_path, [*bad, tile(116.3, 0.1)]), BORDER)
    assert len(understood.tables["measurements"]) == 1
    assert "4 tiles with an impossible" in understood.findings[0].what


def test_a_tile_given_twice_counts_once(tmp_path):
    tiles = [
        tile(116.2, 0.1, tests=3),
        tile(116.3, 0.1, tests=4),
        tile(116.2, 0.1, tests=5),
        tile(116.4, 0.1, tests=6),
    ]
    found = ookla.read(source(tmp_path, tiles), BORDER).tables["measurements"]
    assert sorted(found["tests"]) == [4, 5, 6]
    assert found["down_mbps"].notna().all()


def test_a_file_of_elsewhere_gives_nothing_and_says_so(tmp_path):
    understood = ookla.read(source(tmp_path, [tile(-100, 40)]), BORDER)
    assert understood.tables == {}
    assert understood.findings[0].what == "None of its 1 tile has its centre in the region."


def test_recognises_by_content(tmp_path):
    assert ookla.recognises(source(tmp_path, [tile(116, 0)], name="anything.bin").path, "anything.bin")
    pq.write_table(pa.table({"a": [1]}), tmp_path / NAME)
    assert not ookla.recognises(tmp_path / NAME, NAME)
    for content in (b"", b"PAR1", b"PAR1" + b"\xff" * 100, b"nama;desa"):
        (tmp_path / NAME).write_bytes(content)
        assert not ookla.recognises(tmp_path / NAME, NAME)


@pytest.mark.parametrize("cut", [10, 200, 3000])
def test_a_truncated_or_damaged_file_is_refused(tmp_path, cut):
    tiles = [tile(116 + n / 500, 0.1, avg_d_kbps=n * 7919 % 50021) for n in range(200)]
    whole = source(tmp_path, tiles)
    data = whole.path.read_bytes()
    for broken in (data[:-cut], data[:4] + b"\x00" * (len(data) - 300) + data[-296:]):
        whole.path.write_bytes(broken)
        with pytest.raises(FileError, match="not a whole Parquet file"):
            ookla.read(whole, BORDER)
