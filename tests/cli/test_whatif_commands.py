"""Questions that solve again, through the command line: earlier, what a change costs, the frontier."""

from __future__ import annotations

import csv
import json
import shutil
import zipfile
from pathlib import Path

import pytest
from in_process import change_settings, merata

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("whatif_commands")]


@pytest.fixture(scope="module")
def ruled(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small example with three years and a rule of fairness, so that answers come soon."""
    folder = tmp_path_factory.mktemp("what if") / "region"
    region = Path(shutil.copytree(demo / "region", folder, symlinks=True))
    plan = {"last_year": 2027, "gap": 0.1, "fair": {"spread": 0.3}, "villages_per_year": 4}
    change_settings(region, "plan", **plan)
    merata("run", region)
    return region


def files(region: Path) -> dict[str, bytes]:
    return {str(p.relative_to(region)): p.read_bytes() for p in sorted(region.rglob("*")) if p.is_file()}


def answer(*arguments: object) -> dict:
    return json.loads(merata(*arguments, "--json").stdout)


def rows(region: Path, name: str, run: str = "latest") -> list[dict[str, str]]:
    """A table of a run."""
    with (region / "runs" / run / name).open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def years(region: Path) -> dict[str, int]:
    """First year of service by village, in the plan."""
    return {row["code"]: int(row["year"]) for row in rows(region, "plan_villages.csv") if row["year"]}


def waiting(region: Path) -> list[str]:
    """Villages that the plan leaves out for want of money."""
    said = "even what lacks least"
    return [r["code"] for r in rows(region, "plan_villages.csv") if not r["year"] and said in r["reason_en"]]


@pytest.fixture(scope="module")
def earlier(ruled: Path) -> tuple[str, dict]:
    """A village that waits, and what would bring it earlier."""
    code = waiting(ruled)[0]
    return code, answer("explain", ruled, code, "--earlier")["earlier"]


def test_what_would_bring_a_village_earlier_is_told_below_the_explanation(
    ruled: Path, earlier: tuple[str, dict]
) -> None:
    code, asked = earlier
    plain = merata("explain", ruled, code).stdout
    before = files(ruled)
    whole = merata("explain", ruled, code, "--earlier").stdout
    assert whole.startswith(plain.strip())
    assert asked["notes"] == []
    assert (asked["planned"], asked["wanted"]) == (None, 2027)
    assert all(line in whole for line in asked["text_en"])
    money = next(c for c in asked["changes"] if c["kind"] == "money")
    assert sum(money["by_year"].values()) == money["idr"] >= money["at_least"]
    indonesian = merata("explain", ruled, code, "--earlier", "--language", "id").stdout
    assert all(line in indonesian for line in asked["text_id"])
    assert files(ruled) == before


def test_money_told_for_a_village_is_enough_when_it_is_decided_so(
    ruled: Path, earlier: tuple[str, dict], tmp_path: Path
) -> None:
    """The answer is followed: more money and the decision, and the village is in the plan."""
    code, asked = earlier
    money = next(c for c in asked["changes"] if c["kind"] == "money")
    region = Path(shutil.copytree(ruled, tmp_path / "region", symlinks=True))
    with (region / "region.toml").open("a") as handle:
        amounts = ", ".join(f"{year} = {idr}" for year, idr in money["by_year"].items())
        handle.write(f'\n[[funds]]\nname = "more"\nyears = {{ {amounts} }}\n')
        handle.write(
            f'\n[[plan.decide]]\ndecision = "force"\nvillage = "{code}"\nyear = 2027\nreason = "asked"\n'
        )
    made = answer("run", region, "--until", "plan")["id"]
    assert code in {row["village_code"] for row in rows(region, "plan.csv", made)}


def test_a_village_of_the_first_year_can_not_come_earlier(ruled: Path) -> None:
    code = next(code for code, year in years(ruled).items() if year == 2025)
    asked = answer("explain", ruled, code, "--earlier")["earlier"]
    assert (asked["hindrance"], asked["changes"]) == ("served first", [])


def test_decisions_cost_what_is_told_and_change_nothing(ruled: Path) -> None:
    before, known = files(ruled), years(ruled)
    code = next(code for code, year in known.items() if year == 2025)
    told = answer("whatif", ruled, "--postpone", f"village={code},year=2026")
    moves = {row["code"]: row for row in told["moved"]}
    assert moves[code]["moved"] in ("later", "dropped")
    assert moves[code]["year_before"] == 2025
    assert moves[code]["year_after"] in (2026, 2027, None)
    assert told["lost"] == pytest.approx(told["before"]["objective"] - told["after"]["objective"])
    assert told["at_least"] <= told["lost"] <= told["at_most"]
    text = merata("whatif", ruled, "--postpone", f"village={code},year=2026").stdout
    assert code in text
    assert files(ruled) == before


def test_half_the_money_never_reaches_more(ruled: Path) -> None:
    half = answer("whatif", ruled, "--budget", "0.5")
    assert half["after"]["budget_idr"] == pytest.approx(half["before"]["budget_idr"] / 2, abs=10)
    assert half["after"]["spent_idr"] <= half["after"]["budget_idr"]
    assert half["at_most"] > 0
    later = answer("whatif", ruled, "--budget", "0.5", "--budget-from", 2026)
    assert half["before"]["budget_idr"] > later["after"]["budget_idr"] > half["after"]["budget_idr"]
    assert half["after"]["objective"] <= later["before"]["objective"] + later["at_most"]


def test_rules_are_priced_alone_and_left_out_together(ruled: Path) -> None:
    prices = answer("whatif", ruled, "--rules")["rules"]
    assert set(prices) == {"plan.fair.spread", "plan.villages_per_year"}
    free = answer("whatif", ruled, "--without", "spread", "--without", "villages_per_year")
    for told in (*prices.values(), free):
        assert told["at_least"] <= 1e-6, "without a rule no plan is worse"
    assert "Tanpa plan.fair.spread" in merata("whatif", ruled, "--rules", "--language", "id").stdout
    missing = merata("whatif", ruled, "--without", "floor", code=5).stderr
    assert "plan.fair.spread" in missing


def test_a_decision_that_no_plan_keeps_names_what_stands_against_it(ruled: Path) -> None:
    codes = [*years(ruled), *waiting(ruled)][:5]
    forced = [part for code in codes for part in ("--force", f"village={code},year=2025")]
    text = " ".join(merata("whatif", ruled, *forced, code=8).stderr.split())
    assert "plan.villages_per_year" in text or "funds.money" in text


def test_wrong_questions_say_what_is_expected(ruled: Path) -> None:
    assert "--budget" in merata("whatif", ruled, code=2).stderr
    assert "vilage" in merata("whatif", ruled, "--force", "vilage=1", code=2).stderr
    assert "year" in merata("whatif", ruled, "--postpone", "option=leo", code=2).stderr
    assert "nowhere" in merata("whatif", ruled, "--forbid", "site=nowhere", code=4).stderr
    assert "2025 to 2027" in merata("whatif", ruled, "--budget", 2, "--budget-from", 2040, code=5).stderr
    assert ".csv" in merata("frontier", ruled, "--out", "x.doc", code=2).stderr


def test_the_frontier_rises_with_money_and_is_written_as_asked(ruled: Path, tmp_path: Path) -> None:
    found = answer("frontier", ruled, "--out", tmp_path / "f.csv")["frontier"]
    assert [row["factor"] for row in found][0::8] == [0.5, 2.0]
    reached = [row["objective"] for row in found if row["possible"]]
    assert reached == sorted(reached)
    assert all(row["objective"] <= row["bound"] for row in found if row["possible"])
    last = json.loads((ruled / "runs" / "latest" / "plan.json").read_text())["years"][-1]
    own = next(row for row in found if row["factor"] == 1)
    for figure in ("people_served", "villages_served"):
        assert own[figure] == last[figure], "one meaning everywhere"
    with (tmp_path / "f.csv").open(encoding="utf-8-sig", newline="") as handle:
        written = list(csv.DictReader(handle))
    assert [float(row["budget_idr"]) for row in written] == [row["budget_idr"] for row in found]
    text = merata("frontier", ruled, "--equality", "--out", tmp_path / "f.xlsx").stdout
    assert "spread = 0.1" in text
    assert zipfile.is_zipfile(tmp_path / "f.xlsx")


def test_after_a_change_of_the_region_answers_are_about_the_plan_as_it_would_be(
    ruled: Path, tmp_path: Path
) -> None:
    region = Path(shutil.copytree(ruled, tmp_path / "region", symlinks=True))
    change_settings(region, "plan", villages_per_year=1)
    told = answer("whatif", region, "--without", "villages_per_year")
    assert "has changed since run" in told["notes"][0]
    assert told["before"]["villages_served"] <= 3


def test_a_run_without_a_plan_leaves_the_last_plan_to_be_asked_about(ruled: Path, tmp_path: Path) -> None:
    region = Path(shutil.copytree(ruled, tmp_path / "region", symlinks=True))
    village = next(iter(years(region)))
    before = merata("explain", region, village).stdout
    change_settings(region, "promise", people="working")
    said = merata("run", region, "--until", "access").stdout
    assert f"runs/latest stays at run {(region / 'runs' / 'latest').resolve().name}" in said
    assert merata("explain", region, village).stdout == before
    assert answer("compare", region, "latest", "--built")["run"] == (ruled / "runs" / "latest").resolve().name


def test_a_plan_that_was_stopped_by_hand_is_searched_on_before_it_is_asked_about(
    ruled: Path, tmp_path: Path
) -> None:
    region = Path(shutil.copytree(ruled, tmp_path / "region", symlinks=True))
    path = region / "runs" / "latest" / "plan.json"
    plan = json.loads(path.read_text())
    path.write_text(
        json.dumps(plan | {"stopped_early": True, "stopped_by": "hand", "bound": 2 * plan["bound"]})
    )
    told = answer("whatif", region, "--budget", "1.1")
    assert ["was stopped by hand" in note for note in told["notes"]] == [True]
    assert told["gap_before"] <= 0.2
