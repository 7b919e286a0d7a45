"""The rules of [plan.fair]: a plan keeps the rows exactly when it keeps what the settings say in words."""

from __future__ import annotations

import re
from fractions import Fraction
from math import floor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fair_cases import FIRST, Case, Spot, plan
from hypothesis import given, settings
from hypothesis import strategies as st

from merata.errors import SettingsError
from merata.plan.rules import fair_rules, tiers
from merata.region.settings import parse_settings
from merata.region.settings_rules import FairSettings


def keeps(rules, served) -> dict[str, bool]:
    """By key: whether all its rows hold for served[place, year]."""
    result = {}
    for rule in rules:
        total = float((rule.coefficient * served[rule.place, rule.year]).sum())
        result[rule.key] = result.get(rule.key, True) and total >= rule.least - 1e-7
    return result


def rules_of(case: Case, **fair):
    return fair_rules(case.ground(), FairSettings(**fair))


def years_served(*years, of: int = 3) -> np.ndarray:
    """Served from each year on, by place."""
    return np.arange(of) >= np.array(years)[:, None]


# Every setting against its words, told again from the tables alone


@st.composite
def cases(draw) -> tuple[Case, np.ndarray]:
    """A small region and a plan that serves, from some year on, places that can be reached by then."""
    years = draw(st.integers(1, 4))
    districts = draw(st.lists(st.sampled_from("ABC"), min_size=1, max_size=6))
    spots = []
    for n, district in enumerate(districts):
        kinds = draw(
            st.sampled_from(
                [
                    ("village office",),
                    ("people",),
                    ("village office", "people"),
                    ("school", "people", "people"),
                ]
            )
        )
        need = draw(st.integers(0, years - 1)) if draw(st.integers(0, 3)) == 0 else 0
        since = draw(st.none() | st.integers(FIRST - 6, FIRST))
        spots += [
            Spot(
                f"v{n}", district, kind, draw(st.integers(0, 9)) if kind == "people" else 0,
                earliest=draw(st.sampled_from([0, 0, 0, 1, 9])), need_from=need, since=since,
            )
            for kind in kinds
        ]  # fmt: skip
    case = Case(spots, years, gates=False)
    start = [draw(st.integers(s.earliest, years)) if s.earliest < years else years for s in spots]
    return case, years_served(*start, of=years)


class Words:
    """The same facts, by plain loops over the spots."""

    def __init__(self, case: Case, served: np.ndarray, count: str) -> None:
        self.case, self.served, self.count = case, served, count
        self.villages = {}
        for p, spot in enumerate(case.spots):
            self.villages.setdefault(spot.village, []).append(p)

    def lead(self, village: str) -> int:
        spots = self.case.spots
        inside = self.villages[village]
        reach = [p for p in inside if spots[p].earliest < self.case.years] or inside
        offices = [p for p in reach if spots[p].kind == "village office"]
        return offices[0] if offices else max(reach, key=lambda p: (spots[p].people, -p))

    def units(self, district: str, year: int) -> list[tuple[int, Fraction]]:
        """(place, what it counts) of what is in need by the year and in reach at all."""
        spots = self.case.spots
        if self.count == "villages":
            places = [(self.lead(v), Fraction(1)) for v in self.villages]
        else:
            places = [(p, Fraction(s.people)) for p, s in enumerate(spots)]
        return [
            (p, w) for p, w in places
            if w > 0
            and spots[p].district == district
            and spots[p].need_from <= year
            and spots[p].earliest < self.case.years
        ]  # fmt: skip

    def total(self, district: str, year: int) -> Fraction:
        return sum((w for _, w in self.units(district, year)), Fraction(0))

    def got(self, district: str, year: int) -> Fraction:
        return sum((w for p, w in self.units(district, year) if self.served[p, year]), Fraction(0))

    def districts(self, year: int) -> list[str]:
        return sorted({s.district for s in self.case.spots if self.total(s.district, year)})

    def share(self, district: str, year: int) -> Fraction:
        return self.got(district, year) / self.total(district, year)


@settings(max_examples=60)
@given(cases(), st.sampled_from(["villages", "people"]), st.integers(0, 10), st.data())
def test_a_floor_is_the_share_of_each_district(made, count, tenths, data):
    case, served = made
    year = data.draw(st.integers(0, case.years - 1))
    rules = rules_of(case, count=count, floor={str(FIRST + year): tenths / 10})
    words = Words(case, served, count)
    truth = all(words.share(d, year) >= Fraction(tenths, 10) for d in words.districts(year))
    assert all(keeps(rules, served).values()) == truth


@settings(max_examples=60)
@given(cases(), st.integers(1, 3))
def test_each_year_counts_up_as_far_as_there_are_any(made, each):
    case, served = made
    words = Words(case, served, "villages")
    truth = True
    for d in {s.district for s in case.spots}:
        least = 0
        for t in range(case.years):
            possible = sum(case.spots[p].earliest <= t for p, _ in words.units(d, t))
            least = min(least + each, possible)
            truth &= words.got(d, t) >= least
    assert all(keeps(rules_of(case, each_year=each), served).values()) == truth


@settings(max_examples=60)
@given(cases(), st.integers(1, 3), st.sampled_from(["villages", "people"]))
def test_the_worst_off_are_never_behind(made, k, count):
    case, served = made
    words = Words(case, served, count)
    need = {
        d: sum(s.people for s in case.spots if s.district == d) if count == "people"
        else len({s.village for s in case.spots if s.district == d})
        for d in {s.district for s in case.spots}
    }  # fmt: skip
    truth = True
    for t in range(case.years):
        there = words.districts(t)
        if len(there) < 2:
            continue
        region = sum(words.got(d, t) for d in there) / sum(words.total(d, t) for d in there)
        for d in sorted(there, key=lambda d: (-need[d], d))[:k]:
            due = words.total(d, t) * region
            if count == "villages":
                truth &= words.got(d, t) >= floor(due)
            else:
                truth &= words.got(d, t) >= due - max(w for _, w in words.units(d, t))
    assert all(keeps(rules_of(case, count=count, worst_first=k), served).values()) == truth


@settings(max_examples=60)
@given(cases(), st.integers(0, 10), st.sampled_from(["villages", "people"]))
def test_the_spread_is_between_any_two_districts_at_the_end(made, tenths, count):
    case, served = made
    words = Words(case, served, count)
    last = case.years - 1
    shares = [words.share(d, last) for d in words.districts(last)]
    truth = not shares or max(shares) - min(shares) <= Fraction(tenths, 10)
    assert all(keeps(rules_of(case, count=count, spread=tenths / 10), served).values()) == truth


@settings(max_examples=60)
@given(cases(), st.integers(0, 6), st.sampled_from(["plan", "known"]))
def test_nobody_waits_longer(made, wait, wait_from):
    case, served = made
    words = Words(case, served, "villages")
    truth = True
    for village in words.villages:
        p = words.lead(village)
        spot = case.spots[p]
        if spot.earliest >= case.years:
            continue
        due = spot.need_from + wait
        if wait_from == "known" and spot.need_from == 0 and spot.since is not None and spot.since < FIRST:
            due = max(spot.since - FIRST + wait, spot.earliest)
        truth &= due >= case.years or bool(served[p, due])
    rules = rules_of(case, longest_wait_years=wait, wait_from=wait_from)
    assert all(keeps(rules, served).values()) == truth


@settings(max_examples=60)
@given(cases(), st.integers(1, 4), st.integers(0, 4))
def test_serving_all_as_early_as_can_be_keeps_every_rule_of_each_year_spread_and_order(made, each, k):
    case, _ = made
    served = years_served(*(s.earliest for s in case.spots), of=case.years)
    kept = keeps(rules_of(case, each_year=each, spread=0.0), served)
    assert all(kept.values())


@settings(max_examples=30)
@given(st.lists(st.sampled_from("ABCD"), min_size=2, max_size=12), st.integers(1, 4))
def test_worst_first_alone_never_brings_a_plan_to_a_halt(districts, k):
    """One village a year, always the district that is furthest behind by Jefferson's method."""
    case = Case([Spot(f"v{n}", d) for n, d in enumerate(districts)], years=len(districts))
    size = {d: districts.count(d) for d in districts}
    start, done = {}, dict.fromkeys(size, 0)
    for year in range(len(districts)):
        open_ = [d for d in size if done[d] < size[d]]
        turn = max(open_, key=lambda d: (Fraction(size[d], done[d] + 1), d))
        start[[n for n, d in enumerate(districts) if d == turn][done[turn]]] = year
        done[turn] += 1
    served = years_served(*(start[n] for n in range(len(districts))), of=len(districts))
    assert all(keeps(rules_of(case, worst_first=k), served).values())


# By hand


def test_none_needed_means_no_rules():
    case = Case([Spot("a"), Spot("b", "B")])
    problem = case.ruled()
    assert problem.rules == []
    assert problem.instance().rules == []
    assert len(problem.instance().tier) == 0
    assert fair_rules(case.ground(), plan("").fair) == []


def test_a_floor_in_villages_is_rounded_up_and_told_in_both_languages():
    case = Case([Spot(f"v{n}") for n in range(4)] + [Spot("far", earliest=9)])
    (rule,) = rules_of(case, floor={"2026": 0.3})
    assert rule.key == "plan.fair.floor.2026"
    assert rule.least == 2
    assert (
        rule.about
        == "by the end of 2026 at least 30 % of what is in need and in reach in A is served: 2 of 4 villages"
    )
    assert rule.about_id == (
        "sampai akhir 2026 sedikitnya 30 % dari yang membutuhkan dan terjangkau di A terlayani: 2 dari 4 desa"
    )


def test_a_share_that_comes_out_even_asks_for_no_more():
    case = Case([Spot(f"v{n}") for n in range(10)])
    assert rules_of(case, floor={"2026": 0.3})[0].least == 3
    assert rules_of(case, floor={"2026": 0.7})[0].least == 7


def test_a_district_out_of_reach_is_asked_nothing_and_said():
    case = Case([Spot("a"), Spot("far", "B", earliest=9)])
    every = {"floor": {"2025": 1.0}, "each_year": 1, "worst_first": 2, "spread": 0.0, "longest_wait_years": 0}
    assert {p for r in rules_of(case, **every) for p in r.place.tolist()} == {0}
    problem = case.ruled("[plan.fair]\neach_year = 1")
    assert "1 of 2 in need can't be reached" in problem.notes[0][0]
    assert "1 dari 2" in problem.notes[0][1]


def test_a_place_behind_an_office_out_of_reach_is_out_of_reach():
    spots = [Spot("a", earliest=9), Spot("a", kind="school")]
    assert not Case(spots).ground().reachable.any()
    assert Case(spots, gates=False).ground().reachable.tolist() == [False, True]


def test_people_count_only_where_people_are():
    case = Case([Spot("a"), Spot("a", kind="people", people=300), Spot("b", kind="people", people=100)])
    (rule,) = rules_of(case, count="people", floor={"2026": 0.5})
    assert rule.least == 200
    served = np.zeros((3, 3), dtype=bool)
    served[2] = True
    assert not keeps([rule], served)[rule.key]
    served[1] = True
    assert keeps([rule], served)[rule.key]


def test_each_year_waits_for_lead_times_and_stops_when_all_are_served():
    case = Case([Spot("a", lead=1), Spot("b", lead=1), Spot("c", lead=1)], years=4)
    assert [(int(r.year[0]), r.least) for r in rules_of(case, each_year=2)] == [(1, 2.0), (2, 3.0), (3, 3.0)]


def test_behind_by_a_whole_village_is_behind_and_by_less_is_not():
    case = Case([Spot("a"), Spot("b"), Spot("c", "B"), Spot("d", "B")], years=1)
    (rule,) = rules_of(case, worst_first=1)
    half = {True: years_served(1, 1, 0, 0, of=1), False: years_served(1, 1, 0, 1, of=1)}
    # Half of the region is served: one of the two of A is due. A quarter: half a village is not asked for.
    assert not keeps([rule], half[True])[rule.key]
    assert keeps([rule], half[False])[rule.key]
    assert keeps([rule], years_served(0, 1, 0, 1, of=1))[rule.key]


def test_the_worst_off_are_those_with_most_of_their_villages_in_need():
    case = Case([Spot("a"), Spot("b", "B"), Spot("c", "B")])
    villages = pd.DataFrame({"code": list("abcdefg"), "district": list("ABBBBBB"), "people": [1] * 7})
    assert case.ground(villages).worst["villages"] == ["A", "B"]
    assert case.ground().worst["villages"] == ["B", "A"]


def test_a_place_that_falls_into_need_later_counts_from_then():
    case = Case([Spot("a"), Spot("b", need_from=2)])
    rules = rules_of(case, floor={"2025": 1.0, "2027": 1.0}, longest_wait_years=1)
    by_key = {(r.key, tuple(r.place.tolist())): int(r.year[0]) for r in rules}
    assert by_key == {
        ("plan.fair.floor.2025", (0,)): 0,
        ("plan.fair.floor.2027", (0, 1)): 2,
        ("plan.fair.longest_wait_years", (0,)): 1,
    }


def test_who_waited_too_long_already_comes_as_soon_as_can_be():
    case = Case([Spot("a", since=2019, lead=1), Spot("b", since=2024), Spot("c")])
    rules = rules_of(case, longest_wait_years=2, wait_from="known")
    assert [(r.place.tolist(), int(r.year[0])) for r in rules] == [([0], 1), ([1], 1), ([2], 2)]


ORDERED = [
    Spot("a"), Spot("a", kind="school", access_now="basic"), Spot("b", access_now="basic"),
    Spot("b", kind="people"), Spot("b", kind="market"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (["unserved", "weak"], [0, 1, 1, 0, 0]),
        (["weak"], [1, 0, 0, 1, 1]),
        (["village office", "school", "people"], [0, 1, 0, 2, 3]),
        (["unserved", "village office", "school"], [0, 3, 2, 1, 1]),
        (["village office", "unserved"], [0, 3, 1, 2, 2]),
    ],
)
def test_the_order_makes_tiers(order, expected):
    assert tiers(Case(ORDERED).ground(), order).tolist() == expected


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[plan.fair]\nfloor = {2031 = 0.5}", "2031 is not among the planned years 2025 to 2030"),
        ("[plan.fair]\nfloor = {2027 = 30}", "the share of 2027 is 30; expected 0 to 1"),
        ("[plan.fair]\nfloor = {soon = 0.1}", "'soon' is not a year"),
        ('[plan.fair]\norder = ["office"]', "office: expected unserved, weak, village office"),
        ('[plan.fair]\norder = ["weak", "weak"]', "weak: stands twice"),
        ("[plan.fair]\nspread = -1", "greater than or equal to 0"),
        ("[plan.fair]\nfairness = 1", "no such setting"),
        ('[[plan.decide]]\ndecision = "force"\nvillage = "a"', "reason"),
        ('[[plan.decide]]\ndecision = "force"\nvillage = "a"\nreason = " "', "the reason is empty"),
        ('[[plan.decide]]\ndecision = "force"\nreason = "x"', "name a village, place, site or option"),
        ('[[plan.decide]]\ndecision = "fix"\nvillage = "a"\nreason = "x"', "fix needs a year"),
        ('[[plan.decide]]\ndecision = "force"\noption = "leo"\nreason = "x"', "needs a village or place"),
        ('[[plan.decide]]\ndecision = "forbid"\nvillage = "a"\nplace = "b"\nreason = "x"', "names several things"),
        ('[[plan.decide]]\ndecision = "fix"\nvillage = "a"\nyear = 2040\nreason = "x"', "row 1 .* fixes 2040"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_are_named(toml, said):
    with pytest.raises(SettingsError, match=said):
        parse_settings(toml)


def test_the_settings_of_the_how_to_page_are_settings():
    text = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "fair-rules.md").read_text(
        encoding="utf-8"
    )
    blocks = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    plan = parse_settings("\n".join(blocks)).plan
    assert len(blocks) == 2
    assert plan.fair.each_year == 1
    assert [row.decision for row in plan.decide] == ["promised", "forbid", "fix"]
