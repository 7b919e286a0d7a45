"""A plan beside what is there: kept, late, ahead, gone; works by where they stand; people as promised."""

import string

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from factory import Place, Village, access, settings

from merata.plan.built import NEAR_KM, _seen, built
from merata.plan.compare_words import FIGURES, MOVED, SENTENCES
from merata.plan.solve import solve

CONFIG = settings({"Province": {2025: 24_000_000, 2026: 46_000_000}}, "first_year = 2025\nlast_year = 2026\n")
BEFORE = [Village(people_below=True), Village(people=900)]
SERVED = Place(access_now="working", below=False, chance=0.0)


@pytest.fixture(scope="module")
def plan():
    return solve(access(BEFORE), {}, CONFIG)


def beside(plan, now, year):
    return built(plan, access(BEFORE), access(now), {}, year)


def test_nothing_built_is_late_and_everything_built_is_there(plan):
    due = plan.points.drop_duplicates("place")
    assert len(due)
    none = beside(plan, BEFORE, 2026)
    assert set(none.places["state"]) == {"late"}
    assert none.totals.loc["places", "a"] == len(due)
    assert none.totals.loc["missing_idr", "b"] == none.places["capex_idr"].sum() > 0
    done = beside(plan, [Village([SERVED]), Village([SERVED], people=900)], 2026)
    assert set(done.places[done.places["kind"] != "people"]["state"]) == {"there"}


def test_what_is_promised_for_later_is_not_due_but_counts_when_it_is_there(plan):
    first = plan.points["year"].min()
    early = beside(plan, BEFORE, int(first) - 1)
    assert early.places.empty
    assert early.totals.loc["people", "difference"] == 0
    served = beside(plan, [Village([SERVED]), Village([SERVED], people=900)], int(first) - 1)
    assert set(served.places["state"]) == {"ahead"}


def test_a_place_that_nobody_lists_any_more_is_told(plan):
    fewer = beside(plan, BEFORE[:1], 2026)
    gone = fewer.places[fewer.places["state"] == "gone"]["place"].tolist()
    assert gone == sorted(p for p in set(plan.points["place"]) if p.startswith("f1"))
    assert all(name in fewer.text("abc", "2026-01-01", "id") for name in gone)


@pytest.mark.parametrize(("away_km", "seen"), [(0.9 * NEAR_KM, True), (1.1 * NEAR_KM, False)])
def test_works_are_seen_near_where_they_were_planned(away_km, seen):
    degrees = away_km / 111.195
    sites = gpd.GeoDataFrame({"id": ["t"]}, geometry=[shapely.Point(117, -1 + degrees)], crs=4326)
    tower = {"kind": "new tower", "lon": 117.0, "lat": -1.0}
    assert _seen(tower, {"sites": sites}) is seen
    line = shapely.LineString([(117, -1 + degrees), (117.2, -1 + degrees)])
    links = gpd.GeoDataFrame({"kind": ["fibre"], "status": ["operational"]}, geometry=[line], crs=4326)
    cable = {"kind": "fibre", "lon": 117.0, "lat": -1.0, "to_lon": 117.1, "to_lat": -1.0}
    assert _seen(cable, {"links": links}) is seen
    assert not _seen(cable, {"links": links.assign(status="planned")})
    assert not _seen({**tower, "lon": pd.NA}, {"sites": sites})


def test_both_languages_fill_in_the_same_facts():
    for key, (english, indonesian) in {**SENTENCES, **MOVED, **FIGURES}.items():
        facts = [
            {name for _, name, _, _ in string.Formatter().parse(t) if name} for t in (english, indonesian)
        ]
        assert facts[0] == facts[1], key
