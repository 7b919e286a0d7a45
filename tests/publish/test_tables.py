"""villages.csv and the joined tables: every village once, sums that agree, nothing that a spreadsheet would run."""

import csv
import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_results import results

from merata.publish.plan_tables import works_by_kind
from merata.publish.sureness import SURE, sureness
from merata.publish.tables import (
    VILLAGES_CSV,
    how_known,
    plan_by_district,
    plan_by_option,
    unserved,
    villages,
    villages_csv,
)
from merata.region.formula import safe_text

PROMISED = [
    "code", "name", "district", "people", "access_now", "known_by", "year", "option", "fund", "capex_idr",
    "opex_idr_per_year", "access_then", "reason",
]  # fmt: skip


@pytest.fixture(scope="module")
def made():
    return results(40)


@pytest.fixture(scope="module")
def joined(made):
    return villages(made)


def rows_of(joined):
    return list(csv.DictReader(io.StringIO(villages_csv(joined))))


def test_every_village_is_in_it_once_and_in_order(made, joined):
    codes = [row["code"] for row in rows_of(joined)]
    assert codes == sorted(made.access.villages["code"])
    assert len(set(codes)) == len(codes)


def test_it_begins_with_the_promised_columns(joined):
    assert villages_csv(joined).splitlines()[0].split(",")[:13] == PROMISED
    assert list(VILLAGES_CSV[:13]) == PROMISED


def test_who_gets_nothing_has_no_year_but_a_reason_and_who_gets_something_has_all(made, joined):
    planned = set(made.plan.points["village_code"])
    for row in rows_of(joined):
        assert row["reason"]
        assert row["reason_en"]
        assert bool(row["year"]) == bool(row["option"]) == bool(row["fund"]) == (row["code"] in planned)


def test_money_and_years_are_whole_numbers_that_add_up_to_the_plan(made, joined):
    rows = rows_of(joined)
    for name in ("capex_idr", "opex_idr_per_year"):
        assert (
            sum(int(row[name]) for row in rows) == made.plan.points[name].sum() + made.plan.works[name].sum()
        )
    assert all(2025 <= int(row["year"]) <= 2030 for row in rows if row["year"])
    assert sum(int(row["people"]) for row in rows) == made.access.villages["people"].sum()


def test_districts_and_options_add_up_to_the_plan(made, joined):
    points = made.plan.points
    districts, options, works = (
        plan_by_district(joined, points),
        plan_by_option(points),
        works_by_kind(made.plan),
    )
    assert districts["points"].sum() == options["points"].sum() == len(points)
    for name in ("capex_idr", "opex_idr_per_year"):
        assert options[name].sum() == points[name].sum()
        assert works[name].sum() == made.plan.works[name].sum() > 0
        assert districts[name].sum() == options[name].sum() + works[name].sum()
    assert districts["villages"].sum() == len(joined)
    assert districts["villages_served"].sum() == points["village_code"].nunique()


def test_a_point_that_costs_nothing_itself_names_the_fund_of_what_it_hangs_on(made, joined):
    free = made.plan.points[made.plan.points["fund"].isna()]
    pays = made.plan.works.set_index("id")["fund"]
    row = {row["code"]: row for row in rows_of(joined)}
    assert len(free)
    for code, node in zip(free["village_code"], free["node"], strict=True):
        assert row[code]["fund"] == pays[node]


def test_the_unserved_come_surest_first(joined):
    rows = unserved(joined)
    assert rows["chance_below"].is_monotonic_decreasing
    assert set(rows["code"]) == set(joined.loc[joined["chance_below"] >= 0.5, "code"])


def test_all_figures_are_counted_by_how_they_are_known(made):
    table = how_known(made).set_index("figure")
    assert table.loc["people"].sum() == len(made.access.villages)
    assert table.loc["prices"].sum() == len(made.prices)
    assert table.loc["budgets"].sum() == len(made.plan.fund_years)


def test_a_village_without_a_row_in_the_plan_is_still_listed(made):
    plan = made.plan
    short = type(plan)(**{**vars(plan), "villages": plan.villages.iloc[1:]})
    joined = villages(type(made)(**{**vars(made), "plan": short}))
    assert len(joined) == len(made.access.villages)
    assert rows_of(joined)[0]["year"] == ""


def test_an_empty_plan_gives_a_list_all_the_same(made):
    plan = made.plan
    nothing = plan.villages.assign(year=pd.NA, option=pd.NA, fund=pd.NA, capex_idr=0, opex_idr_per_year=0)
    bare = {"points": plan.points.iloc[:0], "works": plan.works.iloc[:0], "payments": plan.payments.iloc[:0]}
    empty = type(plan)(**{**vars(plan), **bare, "villages": nothing})
    joined = villages(type(made)(**{**vars(made), "plan": empty}))
    assert all(row["year"] == "" for row in rows_of(joined))
    assert plan_by_district(joined, empty.points)["capex_idr"].sum() == 0


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u00a0=1", "＝1"])
def test_a_formula_is_neutralised(text):
    assert safe_text(text) == f"'{text}"


@given(st.text())
def test_no_text_starts_like_a_formula_and_nothing_is_lost(text):
    safe = safe_text(text)
    assert safe.endswith(text)
    assert safe.lstrip(" \u00a0")[:1] not in tuple("=+-@\t\r\n")


@given(st.floats(0, 1))
def test_sureness_follows_the_chance(chance):
    assert (sureness(chance) == "sure") == (chance >= SURE)
