"""The rows of [[plan.decide]]: each changes what it says and nothing else; wrong ones are named."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from brute import best
from fair_cases import Case, Spot, plan

from merata.errors import SettingsError
from merata.plan.audit import faults
from merata.plan.conflict import plain_conflicts
from merata.plan.ruled import relaxed, ruled
from merata.region.settings import parse_settings


def row(**parts) -> str:
    lines = [f"{k} = {v!r}" if isinstance(v, str) else f"{k} = {str(v).lower()}" for k, v in parts.items()]
    return "\n".join(["[[plan.decide]]", "reason = 'said so'", *lines, ""])


def two(**more) -> Case:
    """Two villages, money for one place a year, two ways each."""
    spots = [Spot("a", options=("leo", "fibre")), Spot("b", options=("leo", "fibre"))]
    return Case(spots, **{"money": [1, 1, 1], **more})


def served(case: Case, toml: str):
    """Year (from 0) and option by place in the best plan under the settings; None: no plan."""
    instance = case.ruled(toml).instance()
    found = best(instance)
    if found is None:
        return None
    assert faults(instance, found.solution) == []
    start = found.solution.offer_start
    on = np.flatnonzero(start < len(instance.years))
    return {int(instance.place[o]): (int(start[o]), case.names.options[o]) for o in on}


def when(case: Case, toml: str):
    got = served(case, toml)
    return None if got is None else {p: year for p, (year, _) in sorted(got.items())}


def test_without_decisions_all_are_served():
    assert when(two(), "") == {0: 0, 1: 1} or when(two(), "") == {0: 1, 1: 0}


def test_force_serves_by_the_year():
    assert when(two(), row(decision="force", village="b", year=2025)) == {0: 1, 1: 0}
    assert when(two(money=[1, 0, 0]), row(decision="force", village="b")) == {1: 0}


def test_force_with_an_option_is_served_through_it():
    got = served(two(), row(decision="force", village="b", option="fibre", year=2025))
    assert got[1] == (0, "fibre")


def test_force_of_an_option_that_may_be_had_in_several_ways():
    case = two()
    case.spots[1].options = ("leo", "fibre", "fibre")
    case.spots[1].earliest = 1
    assert served(case, row(decision="force", village="b", option="fibre", year=2026))[1] == (1, "fibre")
    assert served(case, row(decision="force", village="b", option="fibre", year=2025)) is None


def test_forbid_a_village_a_place_an_option_and_both():
    assert when(two(), row(decision="forbid", village="a")) == {1: 0}
    assert when(two(), row(decision="forbid", place="b/village office/1")) == {0: 0}
    got = served(two(), row(decision="forbid", option="leo"))
    assert [option for _, option in got.values()] == ["fibre", "fibre"]
    got = served(two(), row(decision="forbid", village="a", option="leo"))
    assert got[0][1] == "fibre"


def test_postpone_until_a_year_and_beyond_the_plan():
    assert when(two(), row(decision="postpone", village="a", year=2027)) == {0: 2, 1: 0}
    assert when(two(), row(decision="postpone", village="a", year=2030)) == {1: 0}
    assert (
        when(
            two(), row(decision="postpone", option="leo", year=2030) + row(decision="forbid", option="fibre")
        )
        == {}
    )


def test_fix_is_neither_earlier_nor_later():
    rich = two(money=[9, 9, 9])
    assert when(rich, row(decision="fix", village="a", year=2026)) == {0: 1, 1: 0}
    got = served(rich, row(decision="fix", place="a/village office/0", option="fibre", year=2027))
    assert got[0] == (2, "fibre")


def test_fix_from_a_fund_takes_the_money_of_that_fund_alone():
    case = two()
    instance = dataclasses.replace(
        case.instance,
        funds=["fund", "other"],
        money=np.array([[1, 1, 1], [0, 2, 0]]),
        carry=np.zeros(2, dtype=np.int64),
        ceiling=np.ones((1, 2)),
    )
    problem = _problem(case, instance, row(decision="fix", village="a", year=2025, fund="other"))
    assert best(problem.instance()) is None
    problem = _problem(case, instance, row(decision="fix", village="a", year=2026, fund="other"))
    made = problem.instance()
    assert best(made) is not None
    assert made.ceiling.tolist() == [[1, 1], [0, 1]]
    assert made.offers.capital_class.tolist() == [1, 1, 0, 0]
    assert problem.payment_classes().tolist() == [0, 0]


def _problem(case, instance, toml):
    return ruled(instance, case.places, case.names, plan(toml, case.years))


def test_promised_by_the_year_at_the_latest_and_paid_already():
    case = two(money=[0, 1, 0])
    promise = row(decision="promised", place="b/village office/1", option="leo", year=2024)
    assert served(case, promise) is None
    assert when(case, promise + "paid = true") == {0: 1, 1: 0}
    assert when(case, row(decision="promised", village="b", year=2026)) == {1: 1}


def test_what_is_paid_stays_paid_without_its_promise():
    case = two(money=[0, 0, 0])
    problem = case.ruled(
        row(decision="promised", place="b/village office/1", option="leo", year=2025, paid=True)
    )
    free = relaxed(problem, ["plan.decide"])
    assert not free.offers.must.any()
    assert free.offers.capital[2].tolist() == [0, 0, 0]


def test_sites_and_links_are_built_or_not():
    problem = two().ruled(row(decision="force", site="mast", year=2026) + row(decision="forbid", site="hop"))
    made = problem.instance()
    assert (made.nodes.must.tolist(), made.nodes.last.tolist()) == ([False, True], [2, 1])
    assert made.links.first.tolist() == [3]
    rows = row(decision="postpone", site="hop", year=2026)
    rows += row(decision="fix", site="mast", year=2027)
    made = two().ruled(rows).instance()
    assert made.links.first.tolist() == [1]
    assert (int(made.nodes.first[1]), int(made.nodes.last[1]), bool(made.nodes.must[1])) == (2, 2, True)


def test_what_has_no_effect_is_said():
    case = two()
    names = dataclasses.replace(case.names, villages=["a", "b", "c"])
    rows = row(decision="force", village="c")
    rows += row(decision="promised", village="a", year=2031)
    rows += row(decision="forbid", site="pop")
    problem = ruled(case.instance, case.places, names, plan(rows))
    said = [en for en, _ in problem.notes]
    assert said == [
        "row 1 of plan.decide: nothing there is below its promise",
        "row 2 of plan.decide: only due after the planned years",
        "row 3 of plan.decide: it is lit already: nothing to decide",
    ]


def test_unknown_names_are_told_all_at_once_with_near_ones():
    rows = row(decision="force", village="aa")
    rows += row(decision="force", site="mats")
    rows += row(decision="fix", village="a", year=2025, fund="funds")
    with pytest.raises(SettingsError) as caught:
        two().ruled(rows)
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("region.toml: plan.decide: row 1: no village 'aa'")
    assert "row 2: no site 'mats' in the plan; did you mean mast?" in lines[1]
    assert "row 3: no fund 'funds' in the plan; did you mean fund?" in lines[2]


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ({"decision": "force"}, {"decision": "forbid"}, "the other forbids it"),
        ({"decision": "force", "option": "leo"}, {"decision": "forbid"}, "the other forbids it"),
        (
            {"decision": "promised", "year": 2026},
            {"decision": "postpone", "year": 2027},
            "postpones it to 2027",
        ),
        (
            {"decision": "fix", "year": 2026},
            {"decision": "fix", "year": 2027},
            "the one fixes 202",
        ),
        ({"decision": "promised", "year": 2025}, {"decision": "fix", "year": 2027}, "asks for it by 2025"),
    ],
)
def test_rows_that_contradict_each_other_are_named(first, second, said):
    for a, b in ((first, second), (second, first)):
        with pytest.raises(SettingsError, match=r"rows 1 and 2 of plan.decide contradict") as caught:
            parse_settings(row(village="v", **a) + row(village="v", **b))
        assert said in str(caught.value)
        assert "said so" in str(caught.value)


def test_rows_that_only_seem_to_contradict_are_fine():
    fine = [
        row(decision="force", village="v") + row(decision="forbid", village="v", option="leo"),
        row(decision="force", village="v") + row(decision="forbid", village="w"),
        row(decision="promised", village="v", year=2027) + row(decision="postpone", village="v", year=2026),
    ]
    for toml in fine:
        assert len(parse_settings(toml).plan.decide) == 2


def test_what_no_option_can_serve_is_said_and_is_a_conflict_of_its_own():
    case = two()
    case.spots[0].options = ()
    problem = case.ruled(row(decision="force", village="a"))
    assert problem.notes == [
        (
            "row 1 of plan.decide: no option can serve it",
            "baris 1 plan.decide: tidak ada pilihan yang dapat melayaninya",
        )
    ]
    assert best(problem.instance()) is None
    assert [found.keys for found in plain_conflicts(problem)] == [("plan.decide.1",)]
