"""A re-plan changes as few promises as can be, and says which, why, what keeping them would cost, and who comes."""

import dataclasses
import string

import pytest
from factory import Place, Village, access, settings

from merata.errors import FileError
from merata.plan.check import violations
from merata.plan.promise_told import broken, counts
from merata.plan.promise_words import SENTENCES
from merata.plan.promises import FILE, Promised, promises_text, read_promises
from merata.plan.solve import choices, solve

#: LEO costs Rp 10 million and Rp 12 million a year: 2025 and 2026 pay for two villages, then all is spent on running.
FULL = settings({"Province": {2025: 46_000_000, 2026: 24_000_000}}, "first_year = 2025\nlast_year = 2026\n")
POOR = settings({"Province": {2025: 24_000_000, 2026: 14_000_000}}, "first_year = 2025\nlast_year = 2026\n")
REGION = access([Village(), Village(people=900), Village(people=800)])


@pytest.fixture(scope="module")
def first():
    return solve(REGION, {}, FULL)


@pytest.fixture(scope="module")
def again(first):
    return solve(REGION, {}, POOR, promised=Promised.by(first, "abc123"))


def test_promises_are_the_places_that_a_plan_serves(first):
    promised = Promised.by(first, "abc123")
    assert sorted(promised.rows["place"]) == sorted(set(first.points["place"]))
    assert set(promised.rows["run"]) == {"abc123"}
    assert len(promised.rows) == 2


@pytest.mark.slow
def test_with_nothing_changed_every_promise_is_kept(first):
    same = solve(REGION, {}, FULL, promised=Promised.by(first, "abc123"))
    assert counts(same.promises) == {"in full": 2}
    assert same.objective == pytest.approx(first.objective)
    assert same.promises["reason_en"].isna().all()


def test_with_less_money_what_is_broken_is_told_with_its_cost(again):
    assert again.replan_of == "abc123"
    assert counts(again.promises) == {"in full": 1, "dropped": 1}
    row = broken(again.promises).iloc[0]
    # Either village could be served, but not both: Rp 44 and 24 million are due, Rp 24 and 14 million are there.
    assert row["why"] == "others first"
    assert row["keep_idr"] == 34_000_000
    assert row["lacking_idr"] == 20_000_000 + 10_000_000
    assert "Rp 34 million" in row["reason_en"]
    assert "Rp34 juta" in row["reason_id"]


def test_the_checker_finds_a_promise_that_is_told_wrongly(again):
    could_be = choices(REGION, {}, POOR)
    assert violations(again, REGION, {}, POOR, could_be) == []
    wrong = again.promises.assign(kept="in full")
    told = violations(dataclasses.replace(again, promises=wrong), REGION, {}, POOR, could_be)
    assert any("expected dropped" in text for text in told)


@pytest.mark.slow
def test_a_place_that_no_longer_needs_service_is_no_broken_promise(first):
    served = access(
        [Village([Place(access_now="good", below=False)]), Village(people=900), Village(people=800)]
    )
    plan = solve(served, {}, FULL, promised=Promised.by(first, "abc123"))
    assert counts(plan.promises) == {"in full": 1, "not needed": 1}
    assert broken(plan.promises).empty


def test_promises_come_back_from_their_file(first, tmp_path):
    promised = Promised.by(first, "abc123")
    rows = promised.rows.assign(place=["=f1", "@f2"])
    (tmp_path / FILE).write_text(promises_text(Promised("abc123", rows)), encoding="utf-8")
    back = read_promises(tmp_path)
    assert back.run == "abc123"
    assert back.hash == Promised("abc123", rows).hash
    assert read_promises(tmp_path / "nowhere") is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("run,place\nr,f\n", "lacks the column"),
        ("run,place,village_code,kind,option,year\nr,f,99.01.01.2001,school,leo,\n", "year has blanks"),
        (
            "run,place,village_code,kind,option,year\nr,f,99.01.01.2001,school,leo,2025\n"
            "s,g,99.01.01.2001,school,leo,2025\n",
            "one run",
        ),
    ],
)
def test_a_file_of_promises_that_says_nothing_clear_is_refused(tmp_path, text, says):
    (tmp_path / FILE).write_text(text)
    with pytest.raises(FileError, match=says):
        read_promises(tmp_path)


def test_both_languages_fill_in_the_same_facts():
    for key, (english, indonesian) in SENTENCES.items():
        facts = [
            {name for _, name, _, _ in string.Formatter().parse(text) if name}
            for text in (english, indonesian)
        ]
        assert facts[0] == facts[1], key
