"""How long a search goes on: what the clock ended is said, and what takes long is left out where that is asked for."""

import dataclasses

import numpy as np
import pytest
from tiny import seeded

from merata.plan import search as searching
from merata.plan.audit import faults
from merata.plan.instance import Instance
from merata.plan.search import search


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
