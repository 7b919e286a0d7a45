"""The gap: its parts add up, and its range holds the truth as often as it says."""

import numpy as np
import pandas as pd
import pytest

from merata.access.gap import COLUMNS, gap_by


@pytest.fixture
def access(land):
    here = land(4)
    here.add(
        "people",
        [{"village_code": c, "people": n} for c, n in zip(here.codes, (100, 200, 300, 400), strict=True)],
    )
    here.add("reports", [
        {"village_code": here.codes[0], "signal": "no signal"},
        {"village_code": here.codes[1], "signal": "weak"},
    ])  # fmt: skip
    here.add("electricity", [{"village_code": here.codes[2], "electricity": "none"}])
    here.add("facilities", [{"village_code": here.codes[0], "kind": "school"}], [here.place()])
    return here.assess()


@pytest.mark.parametrize("by", ["region", "village", "district", "sector"])
def test_the_parts_add_up(access, by):
    table = gap_by(access, by)
    assert list(table.columns) == list(COLUMNS)
    assert (table["wants_link"] + table["wants_strength"] == table["below"]).all()
    assert (table["low"] <= table["expected_below"] + 1e-9).all()
    assert (table["expected_below"] <= table["high"] + 1e-9).all()
    assert table["low"].min() >= 0
    assert (table["high"] <= table["total"] + 1e-9).all()
    assert table["key"].is_monotonic_increasing
    people = access.villages["people"].sum()
    assert table["total"].sum() == (len(access.facilities) if by == "sector" else people)


def test_who_wants_for_what(access):
    table = gap_by(access, "district").set_index("key")
    assert list(table.index) == ["Kec 0", "Kec 1"]
    assert list(table["below"]) == [300, 0]
    assert list(table["wants_link"]) == [100, 0]
    assert list(table["wants_strength"]) == [200, 0]
    assert list(table["wants_power"]) == [0, 300]
    assert list(table["below_share"]) == [1, 0]
    sectors = gap_by(access, "sector").set_index("key")
    assert sectors.loc["education", "total"] == 1
    assert sectors.loc["public service", "below"] == 2
    villages = gap_by(access, "village")
    assert list(villages["key"]) == sorted(access.villages["code"])
    assert list(villages["district"]) == ["Kec 0", "Kec 0", "Kec 1", "Kec 1"]


def test_the_range_holds_the_number_that_comes_out_nineteen_times_in_twenty(land):
    """Draw each village below or not, by its chance, many times, and count."""
    here = land(60)
    people = np.random.default_rng(1).integers(200, 3000, 60)
    here.add(
        "people", [{"village_code": c, "people": int(n)} for c, n in zip(here.codes, people, strict=True)]
    )
    here.add("reports", [{"village_code": c, "signal": "no signal"} for c in here.codes[:25]])
    access = here.assess()
    row = gap_by(access, "region").iloc[0]
    chance = access.settlements["chance_below"].to_numpy(dtype=float)
    size = access.settlements["people"].to_numpy(dtype=float)
    drawn = (np.random.default_rng(2).random((4000, 60)) < chance) @ size
    inside = ((drawn >= row["low"]) & (drawn <= row["high"])).mean()
    assert drawn.mean() == pytest.approx(row["expected_below"], rel=0.02)
    assert 0.93 < inside < 0.97


@pytest.mark.slow
def test_a_village_where_nobody_lives_has_no_share(land):
    here = land(1)
    here.add("people", [{"village_code": here.codes[0], "people": 0}])
    assert gap_by(here.assess(), "village")["below_share"].tolist() == [0.0]
    assert isinstance(gap_by(here.assess(), "region"), pd.DataFrame)
