"""Plans are explained, compared, written and read."""

import json
from dataclasses import asdict, fields
from functools import cache

import pandas as pd
import pytest
from factory import Place, Village, access, settings

from merata.access.result import Access
from merata.errors import MissingError
from merata.plan import words
from merata.plan.compare import compare
from merata.plan.explain import Explanation, explain
from merata.plan.files import FILES, read_plan, write_plan
from merata.plan.recall import solved_again
from merata.plan.result import Plan
from merata.plan.solve import choices, solve
from merata.plan.why_words import SENTENCES
from merata.region.settings import Settings

MILLION = 1_000_000
REGION = access(
    [
        Village([Place(), Place("school"), Place("health post", power=False)], people_below=True),
        Village([Place(dbm=-100, access_now="basic")]),
        Village([Place(below=False, access_now="working")]),
        Village([Place("village office", power=False)]),
    ]
)
CONFIG = settings({"Province": {2025: 60 * MILLION, 2026: 70 * MILLION}})
SUPPLY = cache(lambda: choices(REGION, {}, CONFIG))
PLAN = cache(lambda: solve(REGION, {}, CONFIG, could_be=SUPPLY()))


def told_of(plan: Plan, region: Access, config: Settings, code: str) -> Explanation:
    """What is said of a village."""
    supply = SUPPLY() if region is REGION else choices(region, {}, config)
    posed, solution, paid = solved_again(plan, supply, region, {}, config)
    return explain(plan, posed, solution, paid, region, code, supply.offers)


@pytest.mark.slow
def test_files_come_back_as_they_were(tmp_path) -> None:  # type: ignore[no-untyped-def]
    write_plan(PLAN(), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)
    back = read_plan(tmp_path)
    for field in fields(PLAN()):
        one, other = getattr(back, field.name), getattr(PLAN(), field.name)
        if isinstance(other, pd.DataFrame):
            # No word at all and an empty one are the same in a file.
            pd.testing.assert_frame_equal(one, other.replace("", pd.NA))
        else:
            assert one == other, field.name
    again = tmp_path / "again"
    again.mkdir()
    write_plan(back, again)
    assert all((again / name).read_bytes() == (tmp_path / name).read_bytes() for name in FILES)


def test_plan_json_has_what_was_promised(tmp_path) -> None:  # type: ignore[no-untyped-def]
    write_plan(PLAN(), tmp_path)
    content = json.loads((tmp_path / "plan.json").read_text())
    assert {"objective", "bound", "gap", "years", "stopped_early", "assumptions", "funds"} <= set(content)
    for year in content["years"]:
        assert {"year", "budget_idr", "capex_idr", "opex_idr", "people_served", "villages_served"} <= set(
            year
        )
        assert isinstance(year["capex_idr"], int)
        assert year["capex_idr"] + year["opex_idr"] <= year["budget_idr"]


@pytest.mark.slow
def test_an_empty_plan_comes_back_too(tmp_path) -> None:  # type: ignore[no-untyped-def]
    plan = solve(REGION, {}, settings({"Province": {2025: 0}}))
    write_plan(plan, tmp_path)
    pd.testing.assert_frame_equal(read_plan(tmp_path).points, plan.points)


def test_each_village_can_be_explained_in_both_languages() -> None:
    for code in REGION.villages["code"]:
        told = told_of(PLAN(), REGION, CONFIG, code)
        assert told.name in told.text_en
        assert told.name in told.text_id
        assert told.text_en != told.text_id
        assert "{" not in told.text_en + told.text_id
        json.dumps(asdict(told))


def test_the_explanation_names_what_was_weighed_and_chosen() -> None:
    told = told_of(PLAN(), REGION, CONFIG, "99.01.01.2001")
    assert {row["option"] for row in told.options} >= {
        "leo",
        "leo_solar",
        "hotspot",
        "cell",
        "fixed_wireless",
    }
    chosen = [row for row in told.options if row["chosen"]]
    built = PLAN().points[PLAN().points["village_code"] == "99.01.01.2001"]
    assert sorted((r["place"], r["option"]) for r in chosen) == sorted(
        zip(built["place"], built["option"], strict=True)
    )


@pytest.mark.slow
def test_the_money_that_would_change_it_does_change_it() -> None:
    """What lacks, added to the budget, serves the village; a rupiah less does not."""
    config = settings({"Province": {2025: 22 * MILLION, 2026: 12 * MILLION}}, "gap = 0.0")
    region = access([Village(people=2000), Village(people=1000)])
    told = told_of(solve(region, {}, config), region, config, "99.01.01.2002")
    assert "the funds are short by Rp 22 million in 2030" in told.text_en
    last = {2025: 22, 2026: 12, 2027: 12, 2028: 12, 2029: 12}
    for extra, served in ((0, True), (-1, False)):
        money = {year: amount * MILLION for year, amount in last.items()} | {2030: 34 * MILLION + extra}
        plan = solve(region, {}, settings({"Province": money}, "gap = 0.0"))
        assert plan.villages["year"].notna().tolist() == [True, served]


def test_an_unknown_village_is_told() -> None:
    with pytest.raises(MissingError, match="no village has this code"):
        told_of(PLAN(), REGION, CONFIG, "11.11.11.1111")


def test_a_plan_does_not_differ_from_itself() -> None:
    same = compare(PLAN(), PLAN())
    assert same.villages.empty
    assert (same.totals["difference"] == 0).all()
    assert "plan the same" in same.text("a", "b")


@pytest.mark.slow
def test_plans_side_by_side_say_who_moved_and_what_it_costs() -> None:
    richer = solve(REGION, {}, settings({"Province": {2025: 500 * MILLION}}))
    poorer = solve(REGION, {}, settings({"Province": {2025: 22 * MILLION}}))
    change = compare(richer, poorer)
    assert set(change.villages["moved"]) == {"dropped", "other way"}
    spent = change.totals.loc["spent_idr"]
    assert spent["difference"] == poorer.fund_years["spent_idr"].sum() - richer.fund_years["spent_idr"].sum()
    assert "dropped" in change.text("now", "half")
    told = json.loads(json.dumps(change.as_json()))
    assert told["totals"]["spent_idr"]["b"] == poorer.fund_years["spent_idr"].sum()
    back = compare(poorer, richer)
    assert set(back.villages["moved"]) == {"new", "other way"}


@pytest.mark.parametrize(
    ("amount", "english", "indonesian"),
    [
        (0, "Rp 0", "Rp0"),
        (999_999, "Rp 999,999", "Rp999.999"),
        (30_500_000, "Rp 30.5 million", "Rp30,5 juta"),
        (2_140_000_000, "Rp 2.14 billion", "Rp2,14 miliar"),
        (12_045_000_000_000, "Rp 12.045 trillion", "Rp12,045 triliun"),
        (999_999_999, "Rp 1 billion", "Rp1 miliar"),
        (-5_000_000, "-Rp 5 million", "-Rp5 juta"),
    ],
)
def test_money_as_people_say_it(amount: int, english: str, indonesian: str) -> None:
    assert words.money(amount, "en") == english
    assert words.money(amount, "id") == indonesian


def test_both_languages_fill_in_the_same_facts() -> None:
    import string

    for key, (english, indonesian) in SENTENCES.items():
        fields = [
            {name for _, name, _, _ in string.Formatter().parse(text) if name}
            for text in (english, indonesian)
        ]
        assert fields[0] == fields[1], key
