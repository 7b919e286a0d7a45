"""What is gone takes the rows away that it means, and no others."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from merata.region import gone

HERE = shapely.Point(117.05, 0.05)


def _frame(*rows: dict) -> gpd.GeoDataFrame:
    """Rows with what all tables have."""
    made = [{"name": pd.NA, "source_date": "2025-02-01", "geometry": None, **row} for row in rows]
    return gpd.GeoDataFrame(made, geometry="geometry", crs="EPSG:4326")


def _tables(**said: object) -> dict[str, pd.DataFrame]:
    """Towers, a school in each of two villages, an office without a name, a settlement; one of them is gone."""
    one = {
        "village_code": "99.01.01.2001", "called": pd.NA, "run_by": pd.NA, "source": "gone.csv", "source_row": 2,
        "source_date": "2025-03-01", **said,
    }  # fmt: skip
    at = "99.01.01.2001"
    return {
        "sites": _frame(
            {"id": "a", "operator": "PT Satu", "geometry": HERE},
            {"id": "b", "operator": "PT Dua", "geometry": shapely.Point(117.0515, 0.05)},
            {"id": "c", "operator": pd.NA, "geometry": shapely.Point(117.06, 0.05)},
        ),
        "facilities": _frame(
            {"id": "s", "village_code": at, "kind": "school", "name": "SD Negeri 1"},
            {"id": "t", "village_code": "99.01.01.2002", "kind": "school", "name": "SD Negeri 1"},
            {"id": "o", "village_code": at, "kind": "village office"},
        ),
        "settlements": _frame({"id": "d", "village_code": at, "name": "Dusun Hilir"}),
        "gone": _frame(one),
    }


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ({"what": "tower", "geometry": HERE}, {"sites": ["c"]}),
        ({"what": "tower", "geometry": HERE, "run_by": "pt. satu"}, {"sites": ["b", "c"]}),
        ({"what": "tower"}, {}),
        ({"what": "school", "called": "sd negeri 1"}, {"facilities": ["t", "o"]}),
        ({"what": "school"}, {}),
        ({"what": "market", "called": "SD Negeri 1"}, {}),
        ({"what": "village office", "called": "village office"}, {"facilities": ["s", "t"]}),
        ({"what": "settlement", "called": "dusun hilir"}, {"settlements": []}),
        ({"what": "settlement", "called": "dusun hilir", "source_date": "2025-01-31"}, {}),
    ],
)
def test_what_is_gone_takes_older_rows_away_and_says_so(said: dict, left: dict) -> None:
    before = _tables(**said)
    after, (finding,) = gone.taken_away(before)
    for name in ("sites", "facilities", "settlements"):
        assert list(after[name]["id"]) == left.get(name, list(before[name]["id"])), name
    assert finding.done.startswith("Left out of") == bool(left)
    assert (finding.file, finding.row) == ("gone.csv", 2)


def test_without_anything_gone_all_stays() -> None:
    tables = _tables(what="tower")
    tables["gone"] = tables["gone"].iloc[:0]
    assert gone.taken_away(tables) == (tables, [])
