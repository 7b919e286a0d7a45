"""Cuts that are found beforehand: what is paid is no more than the cheapest network costs; every plan keeps them."""

import time

import numpy as np
import pytest
from brute import best
from hypothesis import given, settings
from hypothesis import strategies as st
from steiner import Graph, as_instance, cheapest_trees, cut_off, grid, planted, sparse
from tiny import STEP_IDR, instances

from merata.plan import cuts
from merata.plan.ascent import ENDLESS, arcs_of, ascend, sets_of
from merata.plan.audit import lit
from merata.plan.programme import programme
from merata.plan.relaxation import Relaxation

graphs = st.one_of(
    st.builds(sparse, st.integers(0, 10**6), st.just(12), st.just(20), st.integers(1, 6)),
    st.builds(grid, st.integers(0, 10**6), st.just(4), st.integers(1, 6)),
)


def _least(graph: Graph, prizes: np.ndarray) -> float:
    """What the cheapest tree costs with the prizes of the terminals that it leaves out, over all sets of terminals."""
    trees = cheapest_trees(graph)
    inside = np.arange(len(trees))[:, None] >> np.arange(len(prizes)) & 1
    return float((trees + (1 - inside) @ prizes).min())


@given(graph=graphs, prizes=st.lists(st.integers(0, 30), min_size=6, max_size=6))
@settings(max_examples=60)
def test_what_is_paid_is_no_more_than_the_cheapest_network_with_the_prizes_left(graph, prizes):
    own = np.array(prizes[: len(graph.terminals)])
    found = ascend(arcs_of(as_instance(graph, 1)), graph.terminals, own * STEP_IDR)
    assert found.bound <= _least(graph, own) * STEP_IDR


@given(graph=graphs)
@settings(max_examples=30)
def test_at_any_price_it_pays_most_of_the_cheapest_tree(graph):
    endless = np.full(len(graph.terminals), ENDLESS)
    found = ascend(arcs_of(as_instance(graph, 1)), graph.terminals, endless)
    tree = cheapest_trees(graph)[-1] * STEP_IDR
    assert tree / 2 <= found.bound <= tree


@pytest.mark.parametrize("seed", range(3))
def test_for_a_planted_tree_the_price_is_nearly_all_of_it(seed):
    graph, cost = planted(seed, 200, 400)
    endless = np.full(len(graph.terminals), ENDLESS)
    found = ascend(arcs_of(as_instance(graph, cost)), graph.terminals, endless)
    assert 0.8 * cost * STEP_IDR <= found.bound <= cost * STEP_IDR


@given(instance=instances())
@settings(max_examples=60)
def test_the_best_plan_keeps_every_cut(instance):
    truth = best(instance)
    if truth is None:
        return
    sets, plan = sets_of(instance), truth.solution
    there = lit(instance, plan.node_start, plan.link_start)
    assert not sets[:, -1].any()
    assert not sets[:, :-1][:, instance.root].any()
    for inside in sets[:, :-1]:
        leads_in = inside[instance.ends].sum(axis=1) == 1
        for year in range(len(instance.years)):
            if there[inside, year].any():
                assert (plan.link_start[leads_in] <= year).any()


@pytest.mark.parametrize("seed", range(4))
def test_the_bound_is_the_one_that_maximum_flows_alone_come_to(seed, monkeypatch):
    instance = as_instance(sparse(seed, 25, 50, 8), 30, years=2)
    with_sets = Relaxation(programme(instance))
    monkeypatch.setattr(cuts, "sets_of", lambda own: np.zeros((0, len(own.root) + 1), dtype=bool))
    without = Relaxation(programme(instance))
    for one in (with_sets, without):
        one.tighten(time.monotonic() + 20, lambda bound: None)
    assert with_sets.bound == pytest.approx(without.bound, rel=2e-3)
    assert without.separator.found()[0]
    assert with_sets.separator.found()[0]


def test_a_node_that_no_way_leads_to_pays_nothing():
    graph = sparse(1, 12, 20, 3)
    alone = int(graph.terminals[0])
    found = ascend(arcs_of(cut_off(as_instance(graph, 1), alone)), np.array([alone]), np.array([ENDLESS]))
    assert found.bound == 0
    assert found.sets.tolist() == [[n == alone for n in range(13)]]
