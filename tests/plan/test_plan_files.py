"""A plan written to files comes back as it was, whatever its words and numbers; the same plan, the same bytes."""

import csv
import dataclasses
import json

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from merata.errors import FileError, MissingError
from merata.plan.fairness import DISTRICT_SHARES, FAIRNESS
from merata.plan.files import FILES, read_plan, write_plan
from merata.plan.frames import frame
from merata.plan.result import FUND_YEARS, PAYMENTS, POINTS, PROMISES, VILLAGES, WORKS, YEARS, Plan
from merata.region.tables import Column, Table

TABLES = {
    "points": POINTS, "villages": VILLAGES, "years": YEARS, "fund_years": FUND_YEARS, "works": WORKS,
    "payments": PAYMENTS, "districts": DISTRICT_SHARES, "fairness": FAIRNESS,
    "promises": PROMISES,
}  # fmt: skip
#: A spreadsheet's formulas, words that readers take for blanks, quotes, breaks.
TEXT = st.one_of(
    st.sampled_from(
        ["=1+1", "@x", "-1", "'=a", "''", "NA", "nan", "None", "null", "a,b", 'a"b', "a\nb", " a "]
    ),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1),
)


def values(column: Column) -> st.SearchStrategy[object]:
    kinds: dict[str, st.SearchStrategy[object]] = {
        "text": TEXT,
        "code": st.from_regex(r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}\.[0-9]{4}", fullmatch=True),
        "int": st.integers(-(10**6), 10**6),
        "idr": st.integers(0, 10**14),
        "float": st.floats(0, 1e9, allow_subnormal=False),
        "choice": st.sampled_from(column.choices) if column.choices else TEXT,
    }
    there = kinds[column.kind]
    return there if column.required else st.none() | there


def rows(table: Table) -> st.SearchStrategy[pd.DataFrame]:
    row = st.fixed_dictionaries({c.name: values(c) for c in table.columns})
    return st.lists(row, max_size=3).map(lambda made: frame(table, made))


PLANS = st.builds(
    Plan,
    **{name: rows(table) for name, table in TABLES.items()},
    objective=st.floats(0, 1e9),
    bound=st.floats(0, 1e9),
    gap=st.floats(0, 1),
    stopped_early=st.booleans(),
    assumptions=st.lists(TEXT, max_size=2),
    notes=st.lists(TEXT, max_size=2),
    replan_of=TEXT,
    stopped_by=st.sampled_from(["", "clock", "hand"]),
)


def plan() -> Plan:
    """A small plan with a point, works and two payments."""
    made = {name: frame(table, []) for name, table in TABLES.items()}
    point = {
        "village_code": "99.01.01.2001", "place": "=f1", "kind": "school", "option": "fibre", "year": 2026,
        "fund": "@dana", "capex_idr": 5, "opex_idr_per_year": 7, "level": "working", "node": "place:f1",
    }  # fmt: skip
    made["points"] = frame(POINTS, [point])
    made["works"] = frame(
        WORKS,
        [{"id": "c", "kind": "fibre", "year": 2026, "capex_idr": 9, "opex_idr_per_year": 0, "serves": 1}],
    )
    paid = [("point", "=f1", "fibre", "running", 7), ("works", "c", "fibre", "capital", 9)]
    made["payments"] = frame(PAYMENTS, [
        {"what": what, "id": name, "option": option, "cost": cost, "year": 2026, "fund": "@dana", "money_of": 2025,
         "amount_idr": amount} for what, name, option, cost, amount in paid
    ])  # fmt: skip
    made["years"] = frame(YEARS, [{"year": 2026, "budget_idr": 20, "capex_idr": 9, "opex_idr": 7, "people_served": 3.5,
                                   "villages_served": 1, "points_built": 1, "budget_chance": 0.9}])  # fmt: skip
    made["fairness"] = frame(
        FAIRNESS, [{"share": 0, "spread": 0, "gini": 0.5, "theil": 0.7, "worst_tenth": 0, "mean": 0.5}]
    )
    return Plan(
        **made, objective=3.0, bound=4.0, gap=0.25, stopped_early=False, assumptions=["a"], notes=["n"]
    )


def assert_same(a: Plan, b: Plan) -> None:
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(a, name), getattr(b, name))
    rest = [field.name for field in dataclasses.fields(Plan) if field.name not in TABLES]
    assert {name: getattr(a, name) for name in rest} == {name: getattr(b, name) for name in rest}


@settings(max_examples=3, suppress_health_check=list(HealthCheck))
@given(PLANS)
@pytest.mark.slow
def test_a_plan_comes_back_as_it_was_and_again_the_same_bytes(tmp_path_factory, made):
    assert_comes_back(tmp_path_factory, made)


@pytest.mark.slow
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(PLANS)
def test_any_plan_comes_back_as_it_was_and_again_the_same_bytes(tmp_path_factory, made):
    assert_comes_back(tmp_path_factory, made)


def assert_comes_back(tmp_path_factory, made):
    folder = tmp_path_factory.mktemp("plan")
    write_plan(made, folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
    back = read_plan(folder)
    assert_same(back, made)
    again = folder / "again"
    again.mkdir()
    write_plan(back, again)
    assert all((again / name).read_bytes() == (folder / name).read_bytes() for name in FILES)


def test_every_field_of_a_plan_is_kept():
    assert {field.name for field in dataclasses.fields(Plan)} - set(TABLES) == {
        "objective", "bound", "gap", "stopped_early", "stopped_by", "assumptions", "notes", "replan_of",
    }  # fmt: skip


def test_plan_json_has_what_was_promised(tmp_path):
    write_plan(plan(), tmp_path)
    content = json.loads((tmp_path / "plan.json").read_text("utf-8"))
    assert set(content) >= {
        "objective", "bound", "gap", "stopped_early", "years", "funds", "districts", "fairness", "notes", "assumptions",
    }  # fmt: skip
    (year,) = content["years"]
    assert set(year) >= {"year", "budget_idr", "capex_idr", "opex_idr", "people_served", "villages_served"}
    assert (year["capex_idr"], year["opex_idr"]) == (9, 7)
    assert isinstance(year["capex_idr"], int)
    assert content["fairness"][0]["year"] is None


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".csv")])
@pytest.mark.slow
def test_no_cell_of_a_csv_file_is_a_formula(tmp_path, name):
    made = plan()
    nasty = {
        field: table.assign(
            **{c: "=cmd|'/C calc'!A1" for c in table.columns if pd.api.types.is_string_dtype(table[c])}
        )
        for field, table in ((field, getattr(made, field)) for field in ("points", "works", "payments"))
    }
    write_plan(dataclasses.replace(made, **nasty), tmp_path)
    with (tmp_path / name).open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert not any(cell.startswith(("=", "+", "@")) for cell in cells)


def test_a_plan_of_nothing_comes_back_too(tmp_path):
    empty = dataclasses.replace(plan(), **{name: frame(table, []) for name, table in TABLES.items()})
    write_plan(empty, tmp_path)
    assert_same(read_plan(tmp_path), empty)


def test_a_missing_or_broken_plan_is_told(tmp_path):
    with pytest.raises(MissingError, match="merata run"):
        read_plan(tmp_path)
    write_plan(plan(), tmp_path)
    works = (tmp_path / "plan_works.csv").read_text("utf-8")
    (tmp_path / "plan_works.csv").unlink()
    with pytest.raises(MissingError, match=r"plan_works\.csv"):
        read_plan(tmp_path)
    (tmp_path / "plan_works.csv").write_text(works, encoding="utf-8")
    (tmp_path / "plan.csv").write_text("a,b\n1,2\n")
    with pytest.raises(FileError, match=r"plan\.csv lacks the column village_code"):
        read_plan(tmp_path)
    (tmp_path / "plan.json").write_text("{")
    with pytest.raises(FileError, match="merata run"):
        read_plan(tmp_path)


def test_a_plan_of_an_older_version_is_told_and_not_half_read(tmp_path):
    write_plan(plan(), tmp_path)
    content = json.loads((tmp_path / "plan.json").read_text("utf-8"))
    del content["fairness"]
    (tmp_path / "plan.json").write_text(json.dumps(content))
    with pytest.raises(FileError, match="merata run"):
        read_plan(tmp_path)
