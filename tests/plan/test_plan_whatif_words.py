"""Sentences of what would have to change, and of what a change costs: true by construction, in both languages."""

import dataclasses
import re

import numpy as np
import pytest
from again_cases import case, posed, simple
from brute import best
from hypothesis import example, given
from hypothesis import strategies as st
from tiny import seeded

from merata.plan import outcome
from merata.plan.again import with_decisions, with_money
from merata.plan.whatif import Change, Earlier, beside
from merata.plan.whatif_words import SENTENCES, Spoken, gap_said, told
from merata.region.settings_rules import DecideSettings

YEARS = [2025, 2026, 2027]
SPOKEN = Spoken({"v0": "Tabang", "v1": "Muara"}, {"tower": ("tower", "menara")})
LANGUAGES = ("en", "id")
SCALES = {
    "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "juta": 1e6, "miliar": 1e9, "triliun": 1e12,
}  # fmt: skip


def said(
    *changes: Change, planned: int = 2, hindrance: str = "", first: int = 0, language: str = "en"
) -> str:
    answer = Earlier("v0", planned, planned - 1, hindrance, list(changes))
    return "\n".join(told(answer, YEARS, first, SPOKEN, language))


def rupiah(text: str) -> list[float]:
    """The amounts that a text tells, in order."""
    found = re.findall(rf"Rp ?([\d.,]*\d)(?: ({'|'.join(SCALES)}))?", text)
    return [float(number.replace(",", "")) * SCALES.get(scale, 1) for number, scale in found]


@given(st.integers(1, 10**13), st.integers(0, 10**13))
def test_money_told_is_enough_and_what_is_proven_is_no_more_than_is_proven(idr, less):
    at_least = min(idr, less)
    text = said(Change("money", idr, (0, idr, 0), at_least))
    amounts = rupiah(text)
    assert idr <= amounts[0] <= idr * 1.001 + 1
    assert amounts[1] == amounts[0]
    if "that less than" in text:
        assert at_least * 0.999 - 1 <= amounts[2] <= at_least < idr
    else:
        assert ("less does not do" in text) == (at_least >= idr - 5)


@given(st.integers(0, 10**10))
@example(999_500_000)
def test_a_price_told_is_low_enough(idr):
    amount, now = rupiah(said(Change("price", idr, component="tower", now_idr=10**11)))
    assert idr * 0.999 - 1 <= amount <= idr
    assert now == 10**11


@given(st.floats(1e-8, 1))
def test_a_gap_told_is_no_smaller_than_it_is(gap):
    percent = float(re.search(r"([\d.]+)%", gap_said(gap, "en")).group(1))
    assert gap * 100 - 1e-6 <= percent <= gap * 100 + 0.0101


def test_a_change_says_whether_the_planner_would_do_it_of_itself():
    for kind in ("money", "price"):
        change = Change(kind, 7_000_000, (0, 7_000_000, 0), 0, "tower", 9_000_000, gap=0.01)
        texts = [said(dataclasses.replace(change, chosen=chosen)) for chosen in (True, False)]
        assert "of itself (a plan within 1.00%" in texts[0]
        assert "not of itself" in texts[1]
        assert "`force`" in texts[1]
    assert "none is missing" in said(Change("money", 0, (0, 0, 0), 0))


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_and_years_are_those_that_were_asked(language):
    neighbour = said(Change("neighbour", neighbour="v1", site="n7", chosen=True), language=language)
    assert "Muara (v1)" in neighbour
    assert "n7" in neighbour
    assert "Tabang (v0)" in neighbour.splitlines()[0]
    assert "2026" in neighbour.splitlines()[0]
    assert "2027" in neighbour.splitlines()[0]
    never = said(Change("money", 5, (0, 0, 5), 5), planned=3, language=language)
    assert "2027" in never.splitlines()[0]
    price = said(Change("price", 1, component="tower", now_idr=2), language=language)
    assert ("menara" if language == "id" else "tower") in price


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("hindrance", ["served first", "no need", "no option", "too early", "rules"])
def test_every_hindrance_is_told_and_nothing_is_left_open(hindrance, language):
    planned, first = {"served first": (0, 0), "too early": (2, 2), "no option": (3, 3)}.get(hindrance, (2, 0))
    lines = said(planned=planned, hindrance=hindrance, first=first, language=language).splitlines()
    assert len(lines) == 2
    assert "{" not in "".join(lines)
    wanted = {"served first": "2025", "too early": "2027"}.get(hindrance, "")
    assert wanted in lines[1]


def test_both_languages_name_the_same_facts():
    for sentences in (SENTENCES, outcome.SENTENCES):
        for key, pair in sentences.items():
            english, indonesian = (set(re.findall(r"{(\w+)}", text)) for text in pair)
            assert english == indonesian, key
            assert len(set(pair)) == 2 or not re.search("[a-z]{3}", re.sub("{.*?}", "", pair[0])), key


@pytest.mark.parametrize("seed", range(4))
def test_the_true_cost_of_a_decision_lies_between_what_is_told(seed):
    tiny = dataclasses.replace(simple(seeded(seed)), rules=[])
    asked = case(posed(tiny))
    village = str(asked.posed.places["village_code"].iloc[0])
    rows = [DecideSettings(decision="forbid", village=village, reason="what if")]
    changed = with_decisions(asked.posed, rows).instance
    answer = outcome.told(asked, changed, beside(asked, changed))
    truth = best(tiny).objective - best(changed).objective
    assert answer.at_least - 1e-6 <= truth <= answer.at_most + 1e-6
    assert answer.lost == pytest.approx(truth, abs=1e-6)
    assert answer.before.spent_idr <= answer.before.budget_idr == int(tiny.money.sum())
    assert sum(answer.counts().values()) == len(answer.moved)


def test_half_the_money_is_told_with_who_moves():
    tiny = dataclasses.replace(simple(seeded(1)), rules=[])
    asked = case(posed(tiny))
    poor = with_money(asked.posed, np.zeros_like(tiny.money)).instance
    answer = outcome.told(asked, poor, beside(asked, poor))
    assert answer.after.spent_idr == answer.after.budget_idr == 0
    for language, word in (("en", "costs"), ("id", "mengurangi")):
        lines = answer.text(SPOKEN, language)
        assert (word in lines[0]) == (answer.lost > 1e-6)
        moved = [line for line in lines if "→" in line and any(code in line for code in answer.moved["code"])]
        assert len(moved) == len(answer.moved)
    assert {row["code"] for row in answer.as_json()["moved"]} == set(answer.moved["code"])
    same = outcome.told(asked, asked.instance, beside(asked, asked.instance))
    assert same.text(SPOKEN, "en")[0].startswith("It costs nothing")
    assert same.text(SPOKEN, "en")[-1] == "No village comes earlier or later."
