"""The Steiner cases that the search is held to are right themselves."""

from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import linprog
from steiner import Graph, as_instance, cheapest_trees, grid, most_prize, planted, sparse

from merata.plan.audit import faults
from merata.plan.instance import Solution, objective


def _by_counting(graph: Graph, chosen: int) -> float:
    """The cheapest set of links that joins the root with the chosen terminals, among all sets."""
    wanted = {0, *(int(t) for k, t in enumerate(graph.terminals) if chosen >> k & 1)}
    least = np.inf
    for size in range(len(graph.ends) + 1):
        for links in combinations(range(len(graph.ends)), size):
            joined, before = {0}, 0
            while len(joined) > before:
                before = len(joined)
                for a, b in graph.ends[list(links)].tolist():
                    if a in joined or b in joined:
                        joined |= {a, b}
            if wanted <= joined:
                least = min(least, graph.cost[list(links)].sum())
    return float(least)


@pytest.mark.parametrize("seed", range(3))
def test_the_cheapest_trees_are_those_of_all_sets_of_links(seed):
    graph = sparse(seed, 6, 9, 3)
    trees = cheapest_trees(graph)
    assert [trees[chosen] for chosen in range(8)] == [_by_counting(graph, chosen) for chosen in range(8)]


@pytest.mark.parametrize("seed", range(6))
def test_a_planted_tree_costs_what_the_cheapest_tree_costs(seed):
    graph, cost = planted(seed, 16, 30)
    if len(graph.terminals) <= 9:
        assert cheapest_trees(graph)[-1] == cost
    assert _directed_cut_bound(graph) == pytest.approx(cost)


def _directed_cut_bound(graph: Graph) -> float:
    """Least cost of directed links, in parts, that carry one unit to each terminal on its own: a bound from below."""
    arcs = np.concatenate([graph.ends, graph.ends[:, ::-1]])
    cost = np.concatenate([graph.cost, graph.cost])
    count, wanted = len(arcs), len(graph.terminals)
    balance = np.zeros((graph.nodes, count))
    balance[arcs[:, 1], np.arange(count)] += 1
    balance[arcs[:, 0], np.arange(count)] -= 1
    equal = np.zeros((wanted * graph.nodes, count * (wanted + 1)))
    right = np.zeros(wanted * graph.nodes)
    upper = np.zeros((wanted * count, count * (wanted + 1)))
    for k, terminal in enumerate(graph.terminals.tolist()):
        rows, flow = slice(k * graph.nodes, (k + 1) * graph.nodes), slice((k + 1) * count, (k + 2) * count)
        equal[rows, flow] = balance
        right[k * graph.nodes + terminal] += 1
        right[k * graph.nodes] -= 1
        upper[k * count : (k + 1) * count, flow] = np.eye(count)
        upper[k * count : (k + 1) * count, :count] = -np.eye(count)
    done = linprog(
        np.concatenate([cost, np.zeros(count * wanted)]), upper, np.zeros(len(upper)), equal, right
    )
    return float(done.fun)


def test_a_planted_tree_is_a_plan_that_spends_the_whole_budget():
    graph, cost = planted(1, 200, 400)
    instance = as_instance(graph, cost)
    solution = Solution.nothing(instance)
    solution.node_start[:] = 0
    solution.link_start[: graph.nodes - 1] = 0
    solution.offer_start[:] = 0
    assert faults(instance, solution) == []
    assert objective(instance, solution) == graph.prize.sum()
    assert "Rp 20,000,000 are missing" in faults(as_instance(graph, cost - 1), solution)[0]


def test_the_most_prize_grows_with_the_budget():
    graph = grid(1, 4, 5)
    trees = cheapest_trees(graph)
    prizes = [most_prize(graph, trees, budget) for budget in range(int(trees[-1]) + 1)]
    assert prizes == sorted(prizes)
    assert (prizes[0], prizes[-1]) == (0, graph.prize.sum())
