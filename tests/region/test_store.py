"""Tables come back from a GeoPackage as they went in, and the same rows give the same bytes."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from merata.errors import FileError
from merata.region import store
from merata.region.tables import TABLES, Column, Table

_PROVENANCE = {"source": "a.csv", "known_by": "reported"}


def _value(column: Column) -> st.SearchStrategy[object]:
    if column.choices:
        return st.sampled_from(column.choices)
    if column.kind in ("int", "idr"):
        return st.integers(int(column.minimum or 0), int(min(column.maximum or 1e13, 1e13)))
    if column.kind == "float":
        return st.floats(column.minimum or 0, min(column.maximum or 1e9, 1e9), width=32)
    if column.kind == "bool":
        return st.booleans()
    return st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)


def _rows(table: Table) -> st.SearchStrategy[pd.DataFrame]:
    row = st.fixed_dictionaries(
        {c.name: _value(c) if c.required else st.none() | _value(c) for c in table.all_columns}
    )
    return st.lists(row, min_size=1, max_size=4).map(pd.DataFrame)


@pytest.mark.parametrize(
    "name", ["people", *(pytest.param(name, marks=pytest.mark.slow) for name in ("budgets", "reports"))]
)
def test_rows_come_back(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    table, folder = TABLES[name], tmp_path_factory.mktemp("store")

    @settings(max_examples=8)
    @given(_rows(table))
    def check(rows: pd.DataFrame) -> None:
        shaped = store.shaped(rows, table)
        store.write(folder / "region.gpkg", {name: shaped})
        pd.testing.assert_frame_equal(store.read(folder / "region.gpkg")[name], shaped)

    check()


def _sites() -> gpd.GeoDataFrame:
    rows = pd.DataFrame([{"id": "s1", "height_m": 42.0, **_PROVENANCE}, {"id": "s2", **_PROVENANCE}])
    points = [shapely.Point(116.9, -0.4), shapely.Point(117.0, 0.1)]
    return store.shaped(gpd.GeoDataFrame(rows, geometry=points, crs="EPSG:4326"), TABLES["sites"])  # type: ignore[return-value]


def test_geometry_comes_back_and_metres_become_degrees(tmp_path: Path) -> None:
    sites = _sites()
    in_metres = store.shaped(sites.to_crs("EPSG:32750"), TABLES["sites"])
    store.write(tmp_path / "region.gpkg", {"sites": in_metres})
    back = store.read(tmp_path / "region.gpkg")["sites"]
    assert isinstance(back, gpd.GeoDataFrame)
    assert back.crs == "EPSG:4326"
    assert back.geometry.geom_equals_exact(sites.geometry, 1e-9, align=False).all()
    assert pd.isna(back["height_m"][1])


def test_same_rows_same_bytes(tmp_path: Path) -> None:
    for name in ("a.gpkg", "b.gpkg"):
        store.write(tmp_path / name, {"sites": _sites()})
    assert (tmp_path / "a.gpkg").read_bytes() == (tmp_path / "b.gpkg").read_bytes()


def test_fingerprint_tells_rows_apart_and_not_their_index() -> None:
    sites = _sites()
    assert store.fingerprint(sites) == store.fingerprint(sites.set_index(pd.Index([7, 9])))
    assert store.fingerprint(sites) != store.fingerprint(sites.assign(height_m=41.0))
    assert store.fingerprint(sites) != store.fingerprint(sites.iloc[::-1])


def test_schema_refuses_what_the_declaration_forbids() -> None:
    rows = store.shaped(pd.DataFrame([{"village_code": "1", "people": -5, **_PROVENANCE}]), TABLES["people"])
    with pytest.raises(Exception, match="greater_than_or_equal_to"):
        store.schema(TABLES["people"]).validate(rows)


def test_a_broken_file_says_how_to_mend_it(tmp_path: Path) -> None:
    (tmp_path / "region.gpkg").write_bytes(b"not a database at all" * 100)
    with pytest.raises(FileError, match="--rebuild"):
        store.read(tmp_path / "region.gpkg")
