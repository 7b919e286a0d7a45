"""What a run leaves as files, all together."""

import json

import pytest
from made_results import made_anew, results

from merata.plan.files import FILES
from merata.publish.publish import Results, publish

WRITTEN = {
    *FILES, "villages.csv", "plan.xlsx", "region.gpkg", "report/index.html", "report/map-now.svg",
    "report/map-plan.svg", "report/map-then.svg",
}  # fmt: skip


def files(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.slow
def test_all_files_are_written_and_twice_the_same(tmp_path):
    made, told = results(25), []
    assert isinstance(made, Results)
    written = publish(tmp_path / "a", made, told.append)
    first = files(tmp_path / "a")
    assert set(first) == WRITTEN == {str(path.relative_to(tmp_path / "a")) for path in written}
    assert "report" in told
    publish(tmp_path / "a", made)
    publish(tmp_path / "b", made_anew(25))
    assert files(tmp_path / "a") == files(tmp_path / "b") == first


@pytest.mark.slow
def test_a_plan_that_the_plan_step_wrote_is_left_alone(tmp_path):
    made = results(25)
    publish(tmp_path, made)
    (tmp_path / "plan.json").write_text("mine")
    publish(tmp_path, made)
    assert (tmp_path / "plan.json").read_text() == "mine"


@pytest.mark.slow
def test_plan_json_says_what_the_report_says(tmp_path):
    made = results(25)
    publish(tmp_path, made)
    plan = json.loads((tmp_path / "plan.json").read_text("utf-8"))
    assert plan["objective"] == made.plan.objective
    built = made.plan.points["capex_idr"].sum() + made.plan.works["capex_idr"].sum()
    assert sum(year["capex_idr"] for year in plan["years"]) == built
    assert {"districts", "fairness", "notes"} <= set(plan)
