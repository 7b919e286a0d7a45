"""From files to report through the command line, as a planner does it."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from in_process import NEAR_ENOUGH, change_settings, merata

from merata.example.make import DATE, make
from merata.region.folder import Region

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("end_to_end")]

VILLAGES_CSV = (
    "code,name,district,people,access_now,known_by,year,option,fund,"
    "capex_idr,opex_idr_per_year,access_then,reason"
)
PLAN_JSON = {"objective", "bound", "gap", "years"}
PLAN_YEAR = {"year", "budget_idr", "capex_idr", "opex_idr", "people_served", "villages_served"}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def test_demo_says_where_the_report_is_and_runs_twice(demo: Path) -> None:
    first = (demo / "region" / "runs" / "latest").resolve()
    done = merata("demo", demo, "--villages", 20, "--no-serve")
    assert "was here before; nothing changed" in done.stdout
    assert "report/index.html" in done.stdout.replace("\\", "/")
    assert (demo / "region" / "runs" / "latest").resolve() == first
    assert (first / "report" / "index.html").stat().st_size > 10_000


def test_the_command_itself_starts_and_ends(demo: Path) -> None:
    """Once in a process of its own: what a script gets is JSON and nothing else."""
    command = [sys.executable, "-m", "merata.cli.main", "run", str(demo / "region"), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert json.loads(done.stdout)["steps"][0]["taken_from"]


def test_every_village_is_in_the_table_once_with_a_reason(demo: Path) -> None:
    path = demo / "region" / "runs" / "latest" / "villages.csv"
    assert path.read_text(encoding="utf-8-sig").splitlines()[0].startswith(VILLAGES_CSV)
    rows = _rows(path)
    assert len({row["code"] for row in rows}) == len(rows) == 20
    assert all(row["reason"] for row in rows)
    assert any(row["year"] for row in rows)
    assert all(row["access_now"] in ("none", "basic", "working", "good") and row["known_by"] for row in rows)


def test_no_year_spends_more_than_it_has(demo: Path) -> None:
    plan = json.loads((demo / "region" / "runs" / "latest" / "plan.json").read_text())
    assert set(plan) >= PLAN_JSON
    assert [year["year"] for year in plan["years"]] == list(range(2025, 2031))
    for year in plan["years"]:
        assert set(year) >= PLAN_YEAR
        assert year["capex_idr"] + year["opex_idr"] <= year["budget_idr"]
    assert plan["bound"] >= plan["objective"] > 0
    assert plan["gap"] <= NEAR_ENOUGH


def test_same_files_same_bytes(demo: Path, tmp_path: Path) -> None:
    """Up to what could be built; the rest of a run, from there on, is tried in test_stopping.py."""
    made = make(tmp_path / "files", villages=20, seed=1)
    for file in made.files:
        assert file.read_bytes() == (demo / "files" / file.relative_to(tmp_path / "files")).read_bytes(), (
            file.name
        )
    region = Region.start(tmp_path / "region", made.region_toml)
    region.add(made.files, date=DATE, given_by="made-up office")
    merata("run", region.path, "--until", "options")
    for name in ("coverage.tif", "villages.parquet", "settlements.parquet", "options_offers.parquet"):
        first, again = (folder / "runs" / "latest" / name for folder in (demo / "region", region.path))
        assert first.read_bytes() == again.read_bytes(), name


def test_after_a_change_of_a_budget_only_the_plan_is_made_anew(region: Path) -> None:
    toml = region / "region.toml"
    toml.write_text(toml.read_text() + '\n[[funds]]\nname = "extra"\nyears = { 2027 = 900000000 }\n')
    steps = {s["name"]: s["taken_from"] for s in json.loads(merata("run", region, "--json").stdout)["steps"]}
    assert steps["coverage"]
    assert steps["access"]
    assert not steps["plan"]
    assert not steps["publish"]


def test_adding_a_file_twice_changes_nothing(region: Path, demo: Path) -> None:
    before = {p: p.read_bytes() for p in region.iterdir() if p.is_file()}
    files = sorted(p for p in (demo / "files").iterdir() if p.is_file())
    answer = json.loads(merata("add", region, *files, "--json").stdout)
    assert not answer["taken"]
    assert {p: p.read_bytes() for p in region.iterdir() if p.is_file()} == before


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("cut.xlsx", b"PK\x03\x04" + b"\x00" * 200, "cut.xlsx"),
        ("letter.docx", b"anything", "not a kind of file"),
        ("empty.csv", b"", "empty"),
        ("borders.gpkg", b"SQLite format 3\x00" + b"\x01" * 500, "borders.gpkg"),
        ("map.geojson", b'{"type": "FeatureCollection", "features": [', "map.geojson"),
        ("wide.csv", b"a" * 11_000_000, "wide.csv"),
    ],
)
def test_a_file_that_is_not_what_it_claims_leaves_the_region_as_it_was(
    region: Path, tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    before = {p: p.read_bytes() for p in region.rglob("*") if p.is_file() and ".merata" not in p.parts}
    (tmp_path / name).write_bytes(content)
    done = merata("add", region, tmp_path / name, code=3)
    assert says in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert {
        p: p.read_bytes() for p in region.rglob("*") if p.is_file() and ".merata" not in p.parts
    } == before


def test_good_files_enter_beside_a_bad_one(region: Path, tmp_path: Path) -> None:
    (tmp_path / "cut.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    (tmp_path / "prices.csv").write_text(
        "item,low,high,unit,basis\nLEO terminal with installation,1,2,IDR once,x\n"
    )
    answer = json.loads(
        merata("add", region, tmp_path / "cut.xlsx", tmp_path / "prices.csv", "--json", code=3).stdout
    )
    assert [row["file"] for row in answer["taken"]] == ["prices.csv"]
    assert "cut.xlsx" in answer["refused"]


def test_a_question_is_settled_for_good(region: Path, tmp_path: Path) -> None:
    villages = _rows(region / "runs" / "latest" / "villages.csv")
    (tmp_path / "list.csv").write_text(
        f"kecamatan;desa;sinyal\n{villages[0]['district']};Zzyzx Qwfp;tidak ada\n"
    )
    merata("add", region, tmp_path / "list.csv")
    questions = json.loads(merata("settle", region, "--json").stdout)
    mine = [q for q in questions if q["file"] == "list.csv"]
    assert len(mine) == 1
    merata("settle", region, mine[0]["id"], villages[0]["code"])
    assert villages[0]["code"] in (region / "answers.csv").read_text()
    assert not [q for q in json.loads(merata("settle", region, "--json").stdout) if q["file"] == "list.csv"]
    (tmp_path / "later.csv").write_text(
        f"kecamatan,desa,sinyal\n{villages[0]['district']},ZZYZX QWFP,lemah\n"
    )
    answer = json.loads(merata("add", region, tmp_path / "later.csv", "--json").stdout)
    assert not [f for f in answer["findings"] if f["severity"] == "question"]


def test_errors_say_what_to_do_and_set_the_exit_code(region: Path, tmp_path: Path) -> None:
    assert "merata new" in merata("run", tmp_path / "nowhere", code=5).stderr
    merata("new", tmp_path / "fresh", "--name", "Fresh")
    assert "map of village borders" in merata("run", tmp_path / "fresh", code=5).stderr
    assert "Nearest" in merata("explain", region, "Zzyzx Qwfp", code=5).stderr
    (region / "region.toml").write_text("[plan]\nfirst_year = 'soon'\n")
    assert "plan.first_year" in merata("run", region, code=4).stderr


def test_explain_check_and_compare_answer(region: Path) -> None:
    village = _rows(region / "runs" / "latest" / "villages.csv")[0]
    text = merata("explain", region, village["code"]).stdout
    assert village["name"] in text
    assert json.loads(merata("check", region, "--json").stdout)["villages"] == 20
    first = (region / "runs" / "latest").resolve().name
    change_settings(region, "plan", villages_per_year=1)
    merata("run", region)
    assert first in merata("compare", region, first).stdout
    assert json.loads(merata("compare", region, first, "--json").stdout)["first"] == first


def test_a_dearer_price_is_planned_again_let_and_compared(region: Path, tmp_path: Path) -> None:
    first = (region / "runs" / "latest").resolve().name
    before = _rows(region / "runs" / "latest" / "plan.csv")
    price = {"low_idr": 2_500_000, "high_idr": 3_500_000, "basis": "offers"}
    change_settings(region, "prices", leo_monthly=price)
    again = json.loads(merata("replan", region, first, "--json").stdout)
    assert again["replan_of"] == first
    assert sum(again["counts"].values()) == len({row["place"] for row in before}) == len(again["promises"])
    broken = [row for row in again["promises"] if row["kept"] in ("later", "dropped")]
    assert broken
    assert all(row["why"] and row["reason_en"] and row["reason_id"] for row in broken)
    # The promises are an input of the folder: an ordinary run is the same re-plan.
    assert json.loads(merata("run", region, "--json").stdout)["id"] == again["id"]
    plan = json.loads((region / "runs" / again["id"] / "plan.json").read_text())
    assert (plan["replan_of"], len(plan["promises"])) == (first, len(again["promises"]))
    page = (region / "runs" / again["id"] / "report" / "index.html").read_text()
    assert all(row["reason_id"].split(";")[0] in page for row in broken)
    assert f"Re-plan of run {first}" in merata("replan", region).stdout

    lots = json.loads(merata("packages", region, "--out", tmp_path / "lots.xlsx", "--json").stdout)["lots"]
    points = _rows(region / "runs" / again["id"] / "plan.csv")
    works = _rows(region / "runs" / again["id"] / "plan_works.csv")
    assert sum(lot["used_idr"] for lot in lots) >= sum(int(row["capex_idr"]) for row in [*points, *works])
    assert (tmp_path / "lots.xlsx").stat().st_size > 5_000

    told = json.loads(merata("compare", region, first, "--json").stdout)
    assert {"what": "prices.leo_monthly.basis", "a": "", "b": "offers"} in told["causes"]
    assert "gini" in told["totals"]
    assert all(row["why_en"] and row["why_id"] for row in told["villages"])
    assert "desa berbeda" in merata("compare", region, first, "--language", "id").stdout
    built = json.loads(merata("compare", region, first, "--built", "--year", 2026, "--json").stdout)
    due = {row["place"] for row in before if int(row["year"]) <= 2026}
    assert {row["place"] for row in built["places"] if row["state"] == "late"} == due
    assert "promised" in merata("compare", region, first, "--built", "--year", 2026).stdout

    merata("replan", region, "--forget")
    assert not (region / "promises.csv").exists()
    assert "No promises" in merata("replan", region, "--forget").stdout


def test_real_files_give_a_plan_that_says_what_was_assumed(shared_data: Path, tmp_path: Path) -> None:
    """The real villages with the few facts known: everything else is assumed, and says so."""
    region = tmp_path / "kukar"
    merata(
        "new", region, "--name", "Kutai Kartanegara", "--villages", shared_data / "kukar" / "villages.gpkg"
    )
    files = [
        shared_data / n
        for n in ("kukar/no_signal_villages.csv", "programme/costs.csv", "programme/budget.csv")
    ]
    answer = json.loads(merata("add", region, *files, "--json").stdout)
    assert answer["rows"]["reports"] == 23
    assert not [
        f for f in answer["findings"] if f["severity"] == "question" and f["file"] == "no_signal_villages.csv"
    ]
    change_settings(region, "plan", gap=0.02)
    merata("run", region)
    rows = _rows(region / "runs" / "latest" / "villages.csv")
    assert len({row["code"] for row in rows}) == len(rows) == 237
    reported = {row["name"] for row in rows if row["known_by"] == "reported"}
    assert {"Muara Tubo", "Sallo Cela", "Suka Bumi", "Benua Baru", "Wonosari"} <= reported
    assert len(reported) == 23
    assert all(row["known_by"] == "assumed" for row in rows if row["name"] not in reported)
    assert {row["people_known_by"] for row in rows} == {"assumed"}
    plan = json.loads((region / "runs" / "latest" / "plan.json").read_text())
    assert plan["gap"] <= 0.02
    assert all(row["reason"] for row in rows)
    assert {y["year"]: y["budget_idr"] for y in plan["years"]}[2026] == 8_000_000_000
    assert any("2027" in text for text in plan["assumptions"])
    page = (region / "runs" / "latest" / "report" / "index.html").read_text(encoding="utf-8")
    assert "Muara Tubo" in page
