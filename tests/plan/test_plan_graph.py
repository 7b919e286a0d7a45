"""Graphs of cable ways: made smaller, they still have a cheapest network for every choice of places."""

from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse.csgraph import dijkstra

from merata.plan._graph import (
    Graph,
    components,
    contracted,
    matrix,
    reduced,
    shortest_of_parallel,
    simplified,
    to_roots_km,
    without_dead_ends,
    without_detours,
    without_far,
)

VERTICES = 7


def graph_of(edges, vertices=VERTICES):
    """A graph of (a, b, km)."""
    km = np.zeros((len(edges), 4))
    km[np.arange(len(edges)), np.arange(len(edges)) % 4] = [e[2] for e in edges]
    ends = np.array([e[:2] for e in edges], np.int64).reshape(-1, 2)
    return Graph(np.arange(vertices * 2.0).reshape(-1, 2), ends, km)


@st.composite
def graphs(draw, free=False):
    """A small graph, some vertices kept, some of these roots; lengths often equal."""
    vertex = st.integers(0, VERTICES - 1)
    length = st.integers(0 if free else 1, 6).map(float)
    edges = draw(st.lists(st.tuples(vertex, vertex, length), max_size=14))
    keep = np.array(draw(st.lists(st.booleans(), min_size=VERTICES, max_size=VERTICES)))
    keep[np.flatnonzero(keep)[4:]] = False
    roots = keep & np.array(draw(st.lists(st.booleans(), min_size=VERTICES, max_size=VERTICES)))
    return graph_of(edges), keep, roots


def subsets(items):
    return chain.from_iterable(combinations(items, n) for n in range(len(items) + 1))


def tree_km(graph, inside, roots):
    """Length of the cheapest tree over exactly these vertices, all roots as one; infinite when they fall apart."""
    name = {v: (-1 if roots[v] else v) for v in inside}
    parts, total, left = {n: n for n in name.values()}, 0.0, len(set(name.values())) - 1

    def top(n):
        while parts[n] != n:
            n = parts[n]
        return n

    for e in np.argsort(graph.length_km, kind="stable"):
        a, b = graph.ends[e].tolist()
        if a in name and b in name and top(name[a]) != top(name[b]):
            parts[top(name[a])] = top(name[b])
            total, left = total + graph.length_km[e], left - 1
    return total if left == 0 else np.inf


def cheapest_km(graph, wanted, roots):
    """By trying every set of vertices between."""
    others = [v for v in range(VERTICES) if v not in wanted and not roots[v]]
    all_roots = np.flatnonzero(roots).tolist()
    return min(tree_km(graph, [*wanted, *all_roots, *some], roots) for some in subsets(others))


@given(graphs())
def test_every_choice_of_places_has_as_cheap_a_network_as_before(drawn):
    graph, keep, roots = drawn
    small = reduced(graph, keep, roots)
    assert len(small.ends) <= len(graph.ends)
    for wanted in subsets(np.flatnonzero(keep & ~roots).tolist()):
        assert cheapest_km(small, wanted, roots) == pytest.approx(cheapest_km(graph, wanted, roots))


@given(graphs(free=True))
def test_stretches_without_cable_change_no_price(drawn):
    graph, keep, roots = drawn
    small = reduced(graph, keep, roots)
    for wanted in subsets(np.flatnonzero(keep & ~roots).tolist()):
        assert cheapest_km(small, wanted, roots) == pytest.approx(cheapest_km(graph, wanted, roots), abs=1e-6)


@given(graphs())
def test_the_shortest_ways_between_places_stay(drawn):
    graph, keep, _ = drawn
    small = without_detours(simplified(graph, keep))
    places = np.flatnonzero(keep)
    if len(places):
        before, after = (
            dijkstra(matrix(g), directed=False, indices=places)[:, places] for g in (graph, small)
        )
        np.testing.assert_allclose(after, before)


@given(graphs())
def test_the_shortest_way_to_a_root_stays(drawn):
    graph, _keep, roots = drawn
    small = without_far(graph, roots)
    np.testing.assert_allclose(to_roots_km(small, roots), to_roots_km(graph, roots))


@given(graphs())
def test_nothing_is_left_to_simplify(drawn):
    graph, keep, roots = drawn
    small = reduced(graph, keep, roots)
    degree = np.bincount(small.ends.ravel(), minlength=VERTICES)
    assert not ((degree > 0) & (degree <= 2) & ~keep).any()
    assert (small.ends[:, 0] != small.ends[:, 1]).all()
    assert len(np.unique(np.sort(small.ends, axis=1), axis=0)) == len(small.ends)


def test_a_chain_is_one_edge_that_keeps_what_it_runs_along():
    small = contracted(
        graph_of([(0, 1, 1.0), (1, 2, 2.0), (2, 3, 4.0)]), np.array([True, *[False] * 2, True, *[False] * 3])
    )
    assert small.ends.tolist() in ([[0, 3]], [[3, 0]])
    assert small.km.tolist() == [[1.0, 2.0, 4.0, 0.0]]


def test_dead_ends_rings_and_longer_twins_go():
    keep = np.array([True, True, *[False] * 5])
    ring = [(4, 5, 1.0), (5, 6, 1.0), (6, 4, 1.0)]
    edges = [(0, 1, 5.0), (0, 1, 4.0), (1, 2, 1.0), (2, 3, 1.0), (3, 3, 2.0), *ring]
    small = simplified(graph_of(edges), keep)
    assert small.length_km.tolist() == [4.0]
    assert len(without_dead_ends(graph_of([(0, 1, 1.0), (1, 2, 1.0)]), keep).ends) == 1


def test_of_equal_twins_the_first_stays():
    twins = graph_of([(1, 0, 3.0), (0, 1, 3.0)])
    assert shortest_of_parallel(twins).km[0].tolist() == [3.0, 0.0, 0.0, 0.0]


def test_a_free_edge_joins_its_vertices():
    label = components(graph_of([(0, 1, 0.0)]))
    assert label[0] == label[1]
    assert len(set(label.tolist())) == VERTICES - 1


def test_no_edges_are_no_trouble():
    nothing, keep = graph_of([]), np.ones(VERTICES, bool)
    assert len(reduced(nothing, keep, keep).ends) == 0
    assert np.isinf(to_roots_km(nothing, ~keep)).all()
