"""Plans that are filled up step by step: within the money and the network, the books right, and never worse anew."""

import dataclasses
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny import instances, seeded

from merata.plan.anew import Anew
from merata.plan.audit import faults
from merata.plan.fill import fill
from merata.plan.greedy import LEANS, greedy, plain
from merata.plan.instance import Instance, Solution, needs, objective
from merata.plan.layout import board, plan_of, state


def _free(instance: Instance) -> Instance:
    """Without what filling does not look at: rules, capacities, what has to be there."""
    kinds = ("nodes", "links", "offers")
    things = {
        k: dataclasses.replace(getattr(instance, k), must=getattr(instance, k).must & False) for k in kinds
    }
    wide = {name: getattr(instance, name) + np.inf for name in ("node_mbps", "link_mbps")}
    return dataclasses.replace(instance, rules=[], tier=np.zeros(0, np.int64), **things, **wide)


@given(instance=instances())
@settings(max_examples=60)
def test_a_first_plan_keeps_to_money_network_and_order(instance):
    free = _free(instance)
    assert faults(free, greedy(free)) == []


@given(instance=instances(), lean=st.sampled_from(LEANS), price=st.integers(0, 10**8))
@settings(max_examples=60)
def test_what_is_to_be_paid_is_what_the_plan_needs(instance, lean, price):
    free = _free(instance)
    made = board(free)
    filled = state(free, made, Solution.nothing(free))
    fill(made, filled, plain(made, lean, float(price)))
    own = dataclasses.replace(free, reuse=np.zeros_like(free.reuse))
    assert (filled.needs == needs(own, plan_of(filled))).all()
    assert (state(own, made, plan_of(filled)).needs == filled.needs).all()


@given(instance=instances())
@settings(max_examples=20)
def test_a_plan_made_anew_keeps_everything_and_is_no_worse(instance):
    free = _free(instance)
    first = greedy(free)
    anew = Anew(free, first, lambda plan: not faults(free, plan), np.random.default_rng(1))
    anew.go(20, time.monotonic() + 60)
    assert faults(free, anew.best) == []
    assert anew.worth == pytest.approx(objective(free, anew.best))
    assert anew.worth >= objective(free, first)


def test_the_same_steps_lead_to_the_same_plan():
    free = _free(seeded(5))
    plans = []
    for _ in range(2):
        anew = Anew(
            free, Solution.nothing(free), lambda plan: not faults(free, plan), np.random.default_rng(1)
        )
        anew.go(30, time.monotonic() + 60)
        plans.append(anew.best)
    assert all((vars(plans[0])[name] == vars(plans[1])[name]).all() for name in vars(plans[0]))
    assert objective(free, plans[0]) > 0
