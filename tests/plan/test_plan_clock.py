"""How long a search goes on: what the clock ended is said, and what takes long is left out where that is asked for."""

import dataclasses
import itertools
import time
from types import SimpleNamespace

import numpy as np
import pytest
from fair_cases import Case, Spot
from tiny import seeded

from merata.errors import NoPlanError
from merata.plan import search as searching
from merata.plan import solve as solving
from merata.plan.audit import faults
from merata.plan.greedy import greedy
from merata.plan.instance import Instance, Rule, Solution
from merata.plan.search import Found, search
from merata.region.settings import parse_settings


@pytest.fixture(scope="module")
def unproven() -> Instance:
    """A problem that the linear programme, the greedy plan and parts do not settle."""
    made = (dataclasses.replace(seeded(n), tier=np.zeros(0, dtype=np.int64), rules=[]) for n in range(100))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching._Run, "_steps", lambda run: [run.relax, run.anew, run.parts])
        patch.setattr(searching, "_ANEW_COLUMNS", 0)
        return next(tiny for tiny in made if search(tiny, gap=0.0).gap > 0)


@pytest.mark.parametrize(
    ("step", "share"), [("relax", "_BOUND_TIME"), ("anew", "_ANEW_TIME"), ("parts", "_PART_TIME")]
)
def test_a_search_of_which_the_clock_ended_a_step_says_so(unproven, monkeypatch, step, share):
    monkeypatch.setattr(searching, "_ANEW_COLUMNS", 0)
    steps = ["relax", step] if step != "relax" else ["relax"]
    monkeypatch.setattr(searching._Run, "_steps", lambda run: [getattr(run, name) for name in steps])
    assert not search(unproven, gap=0.0, seconds=1e4).stopped_early
    monkeypatch.setattr(searching, share, 0.0)
    assert search(unproven, gap=0.0, seconds=1e4).stopped_early


def test_soon_leaves_out_the_long_steps_where_there_is_much_to_decide_and_what_it_proves_holds(monkeypatch):
    tiny = dataclasses.replace(seeded(0), tier=np.zeros(0, dtype=np.int64), rules=[])
    best = search(tiny, gap=0.0)
    assert best.gap == 0
    assert search(tiny, gap=0.0, soon=True).gap == 0, "there is little to decide"
    monkeypatch.setattr(searching, "_ANEW_COLUMNS", 0)
    for step in ("narrow", "near", "parts", "whole"):
        monkeypatch.delattr(searching._Run, step)
    found = search(tiny, gap=0.0, soon=True)
    assert faults(tiny, found.solution) == []
    assert found.objective <= best.objective <= found.bound


def test_a_search_that_ends_otherwise_than_without_a_clock_says_so(unproven, monkeypatch):
    monkeypatch.setattr(searching, "_ANEW_COLUMNS", 0)
    whole = search(unproven, gap=0.0, seconds=1e9)
    early = []
    for seconds in (0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144):
        # A second passes whenever somebody looks at the clock: what is done in time is the same on every machine.
        with monkeypatch.context() as patch:
            patch.setattr(time, "monotonic", itertools.count(0.0).__next__)
            found = search(unproven, gap=0.0, seconds=float(seconds))
        early.append(found.stopped_early)
        assert found.stopped_early or (found.objective, found.bound) == (whole.objective, whole.bound)
    assert any(early)


def _last_first() -> Instance:
    """Two places of the same cost and money for one: the first plan serves the first, a rule wants the second."""
    base = Case([Spot("a"), Spot("b")], years=1, money=[1]).instance
    second = Rule("plan.floor", "", np.array([1]), np.array([0]), np.ones(1), 1.0)
    return dataclasses.replace(base, worth=np.array([[2.0], [1.0]]), rules=[second])


def test_what_the_first_plan_on_a_machine_takes_to_compile_is_not_taken_from_the_search(monkeypatch):
    passed = [0.0]

    def slow(instance: Instance) -> Solution:
        passed[0] += 90
        return greedy(instance)

    monkeypatch.setattr(time, "monotonic", lambda: passed[0])
    monkeypatch.setattr(searching, "greedy", slow)
    assert search(_last_first(), seconds=30.0).solution.offer_start.tolist() == [1, 0]


def test_a_search_without_any_plan_tells_the_time_that_it_was_given(monkeypatch):
    monkeypatch.setattr(searching._Run, "_steps", lambda run: [lambda: time.sleep(0.02)])
    with pytest.raises(NoPlanError, match=r"found in 0\.01 s; `plan\.seconds` gives more"):
        search(_last_first(), seconds=0.01)


def test_a_plan_with_money_set_aside_says_that_the_clock_ended_the_search_that_told_how_much(monkeypatch):
    instance = _last_first()
    plan = Solution.nothing(instance)
    found = [Found(plan, 0.0, 1.0, stopped_early=early) for early in (True, False)]

    def sure(instance, plan, outlook, wanted, again):
        return SimpleNamespace(solution=again(instance))

    monkeypatch.setattr(solving, "outlook_of", lambda posed, settings: None)
    monkeypatch.setattr(solving, "made_sure", sure)
    settings = parse_settings("[plan]\nsure = 0.9\n")
    made, _ = solving._searched(None, instance, settings, None, lambda instance, start: found.pop(0))
    assert made.stopped_early
