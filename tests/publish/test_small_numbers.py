"""Small numbers stay kept back against an attacker who knows every number that leaves, and solves for the rest."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_results import made_anew
from scipy.optimize import linprog

from merata.errors import InputError
from merata.publish.counted import SETTLEMENT, counted, kept_back, open_counts, small_settlements
from merata.publish.geopackage import write_geopackage
from merata.publish.sheets import sheets
from merata.publish.small_limits import HOUSEHOLDS, PEOPLE, Rule
from merata.publish.small_numbers import System, bounds, protect
from merata.publish.tables import villages

RULE = Rule("people", fewest=10, width=10)
COUNTS = st.lists(
    st.lists(st.sampled_from([0, 0, 1, 3, 9, 10, 14, 60, 300]), min_size=3, max_size=3),
    min_size=4,
    max_size=8,
)


def system(counts, districts=2, own_known=True):
    """Villages × levels in districts, with their sums; how many live in each village is known."""
    values, sums, known = {}, [], set()
    places = {v: v % districts for v in range(len(counts))}
    for v, row in enumerate(counts):
        for level, count in enumerate(row):
            values["village", v, level] = float(count)
        values["village", v, "all"] = float(sum(row))
        known |= {("village", v, "all")} if own_known else set()
        sums.append((("village", v, "all"), tuple(("village", v, level) for level in range(len(row)))))
    for level in range(len(counts[0])):
        for d in range(districts):
            parts = tuple(("village", v, level) for v in places if places[v] == d)
            values["district", d, level] = sum(values[part] for part in parts)
            sums.append((("district", d, level), parts))
        parts = tuple(("district", d, level) for d in range(districts))
        values["region", level] = sum(values[part] for part in parts)
        sums.append((("region", level), parts))
    return System(values, sums, known)


def attacked(of, hidden, cell):
    """The attacker's programme, written here on its own: dense, every cell a variable."""
    cells = list(of.values)
    rows = np.zeros((len(of.sums), len(cells)))
    for number, (total, parts) in enumerate(of.sums):
        rows[number, cells.index(total)] = -1
        for part in parts:
            rows[number, cells.index(part)] += 1
    limits = [(0, None) if one in hidden else (of.values[one],) * 2 for one in cells]
    goal = np.array([float(one == cell) for one in cells])
    low, high = (linprog(s * goal, A_eq=rows, b_eq=np.zeros(len(rows)), bounds=limits) for s in (1, -1))
    return low.fun, np.inf if high.status == 3 else -high.fun


def room(of, cell):
    """How wide a cell can be at all, were everything kept back that is not known from elsewhere anyway."""
    low, high = attacked(of, set(of.values) - of.known, cell)
    return min(RULE.width, high - low)


@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow])
@given(COUNTS)
def test_nobody_who_knows_all_that_leaves_comes_nearer_than_the_width(counts):
    of = system(counts)
    hidden = protect(of, RULE)
    assert hidden >= {c for c, value in of.values.items() if 0 < value < RULE.fewest} - of.known
    assert not hidden & of.known
    for cell in sorted(hidden, key=str):
        low, high = attacked(of, hidden, cell)
        assert low - 1e-6 <= of.values[cell] <= high + 1e-6
        assert high - low >= room(of, cell) - 1e-3, cell
        assert bounds(of, hidden, cell) == pytest.approx((low, high), abs=1e-6)


def test_only_the_small_ones_kept_back_would_be_reckoned_to_the_last_person():
    of = system([[3, 200, 90], [60, 300, 80], [50, 120, 60], [70, 300, 14]])
    alone = {("village", 0, 0)}
    assert attacked(of, alone, ("village", 0, 0)) == pytest.approx((3, 3))
    hidden = protect(of, RULE)
    assert alone < hidden
    low, high = attacked(of, hidden, ("village", 0, 0))
    assert high - low >= RULE.width


@settings(max_examples=3, suppress_health_check=[HealthCheck.too_slow])
@given(COUNTS, st.integers(0, 3), st.integers(0, 2))
def test_two_publications_put_together_tell_no_more_than_one(counts, village, level):
    """The first publication, then a revised one of which the attacker thinks that what is hidden did not change."""
    first = system(counts)
    hidden = protect(first, RULE)
    revised = [list(row) for row in counts]
    revised[village][level] += 40
    second = system(revised)
    later = protect(second, RULE, hidden)
    # What either tells is known of both where the counts did not change; nothing hidden first is told later.
    assert hidden <= later
    for cell in hidden:
        low, high = attacked(second, later, cell)
        assert high - low >= room(second, cell) - 1e-3


def test_tables_whose_sums_are_wrong_are_refused():
    of = system([[3, 20, 9], [60, 30, 8]])
    of.values["village", 0, 0] = 4.0
    with pytest.raises(InputError, match="add up"):
        protect(of, RULE)


@pytest.fixture(scope="module")
def small():
    """Results where villages have three settlements, every third one of a few people who could be singled out."""
    made = made_anew(12, seed=7)
    one = made.access.settlements.drop_duplicates("village_code")
    parts = []
    for number, (share, level) in enumerate(((0.6, "none"), (0.4, "basic"), (0.0, "working"))):
        part = one.assign(id=one["id"] + f"-{number}", people=one["people"] * share, access_now=level)
        parts.append(part.assign(households=one["households"] * share))
    homes = pd.concat(parts, ignore_index=True)
    tiny = homes["id"].str.endswith("-2").to_numpy()
    few = np.arange(len(homes)) % 3 == 0
    homes.loc[tiny & few, ["people", "households"]] = [6.0, 2.0]
    homes.loc[tiny & ~few, ["people", "households"]] = [400.0, 100.0]
    villages_ = made.access.villages
    sums = homes.groupby("village_code")[["people", "households"]].sum().round().astype(int)
    for name in ("people", "households"):
        villages_[name] = sums[name].reindex(villages_["code"]).fillna(0).to_numpy()
    access = replace(made.access, settlements=gpd.GeoDataFrame(homes, crs="EPSG:4326"), villages=villages_)
    return replace(made, access=access)


def test_overlapping_tables_of_settlements_villages_and_districts_hold_together(small):
    there = counted(small.access, small.settings)
    hidden = kept_back(there)
    small_ones = {c for c, n in there.cells["people"].items() if 0 < n < PEOPLE.fewest}
    assert small_ones - there.known
    assert hidden >= small_ones - there.known
    assert any(of == SETTLEMENT for _, of in hidden)
    for unit, rule in (("people", PEOPLE), ("households", HOUSEHOLDS)):
        of = there.system(unit)
        for total, parts in of.sums:
            assert of.values[total] == sum(of.values[part] for part in parts)
        for cell in sorted(hidden)[::9]:
            low, high = bounds(of, hidden, cell)
            least, most = bounds(of, set(of.values) - of.known, cell)
            assert high - low >= min(rule.width, most - least) - 1e-3, (unit, cell)


def test_the_layers_that_leave_do_not_hold_the_counts_of_small_settlements(small, tmp_path):
    write_geopackage(tmp_path / "region.gpkg", small, villages(small))
    homes = gpd.read_file(tmp_path / "region.gpkg", layer="settlements").set_index("id")
    hidden = small_settlements(small.access, small.settings)
    assert hidden
    assert homes.loc[sorted(hidden), ["people", "households"]].isna().all(axis=None)
    shown = homes.drop(index=sorted(hidden))
    assert (shown["people"] >= PEOPLE.fewest - 0.5).all()
    assert homes["access_now"].notna().all()


def test_the_workbook_does_not_hold_the_people_of_small_settlements(small):
    homes = small.access.settlements
    hidden = small_settlements(small.access, small.settings)
    point = small.plan.points.iloc[:1].assign(kind="people", people=6.0)
    told = [
        point.assign(place=name) for name in (min(hidden), next(i for i in homes["id"] if i not in hidden))
    ]
    made = replace(small, plan=replace(small.plan, points=pd.concat(told, ignore_index=True)))
    [sheet] = [one for one in sheets(made, villages(made)) if one.name.startswith("Titik")]
    place, people = ([c.name for c in sheet.columns].index(name) for name in ("place", "people"))
    assert {row[place]: row[people] for row in sheet.rows} == {
        told[0]["place"].iloc[0]: None,
        told[1]["place"].iloc[0]: 6.0,
    }


def test_a_row_without_counts_is_left_as_it_is():
    rows = gpd.GeoDataFrame({"id": ["a"], "name": ["x"]}, geometry=[None])
    pd.testing.assert_frame_equal(open_counts(rows, "id", {"a"}), rows)
