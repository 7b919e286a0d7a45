"""A graph of cable ways: vertices in metres, edges with kilometres by what they run along; cut down without loss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

#: Shortest paths are looked for from so many vertices at a time.
_CHUNK = 128
#: Two lengths that differ by less are equal, km.
_EQUAL_KM = 1e-9


@dataclass(frozen=True, eq=False)
class Graph:
    """An undirected graph without loops; V vertices, E edges."""

    xy: Floats
    """Places of the vertices, m, (V, 2)."""
    ends: Integers
    """Vertices at both ends of each edge, (E, 2)."""
    km: Floats
    """Kilometres of cable along each of `_lines.ALONG`, (E, 4)."""

    @property
    def length_km(self) -> Floats:
        """Length of each edge."""
        total: Floats = self.km.sum(axis=1)
        return total

    def kept(self, edges: npt.NDArray[np.generic]) -> Graph:
        """Only some edges (a mask or indices), all vertices."""
        return Graph(self.xy, self.ends[edges], self.km[edges])

    def with_edges(self, ends: Integers, km: Floats) -> Graph:
        """More edges between vertices that are there."""
        return Graph(self.xy, np.concatenate([self.ends, ends]), np.concatenate([self.km, km]))


def matrix(graph: Graph) -> csr_array:
    """Lengths as a symmetric sparse matrix; of parallel edges the shortest. Zero lengths count as tiny ones."""
    simple = shortest_of_parallel(graph)
    a, b = simple.ends.T
    # SciPy takes a stored zero for no edge.
    weight = np.maximum(simple.length_km, _EQUAL_KM / 1000)
    n = len(graph.xy)
    both = coo_array(
        (np.concatenate([weight, weight]), (np.concatenate([a, b]), np.concatenate([b, a]))), shape=(n, n)
    )
    return csr_array(both)


def components(graph: Graph) -> Integers:
    """The connected part that each vertex belongs to, counted from 0."""
    label: Integers = connected_components(matrix(graph), directed=False)[1].astype(np.int64)
    return label


def shortest_of_parallel(graph: Graph) -> Graph:
    """Without loops; of several edges between two vertices the shortest, the first of equals."""
    ends = np.sort(graph.ends, axis=1)
    order = np.lexsort((np.arange(len(ends)), graph.length_km, ends[:, 1], ends[:, 0]))
    ends = ends[order]
    first = np.ones(len(ends), bool)
    first[1:] = (ends[1:] != ends[:-1]).any(axis=1)
    return graph.kept(np.sort(order[first & (ends[:, 0] != ends[:, 1])]))


def without_dead_ends(graph: Graph, keep: Bools) -> Graph:
    """Without the edges that lead nowhere: to no vertex of `keep` but through themselves."""
    while True:
        degree = np.bincount(graph.ends.ravel(), minlength=len(graph.xy))
        dead = (degree == 1) & ~keep
        through = ~dead[graph.ends].any(axis=1)
        if through.all():
            return graph
        graph = graph.kept(through)


def contracted(graph: Graph, keep: Bools) -> Graph:
    """Each chain of vertices with two neighbours as one edge with the sum of its kilometres."""
    n = len(graph.xy)
    degree = np.bincount(graph.ends.ravel(), minlength=n)
    inner = (degree == 2) & ~keep
    is_inner = inner[graph.ends]
    between = is_inner.all(axis=1)
    label = components(graph.kept(between))
    chain = np.where(is_inner[:, 0], label[graph.ends[:, 0]], label[graph.ends[:, 1]])
    whole = ~is_inner.any(axis=1)
    chain = np.where(whole, n + np.arange(len(chain)), chain)
    names, chain = np.unique(chain, return_inverse=True)
    km = np.zeros((len(names), graph.km.shape[1]))
    np.add.at(km, chain, graph.km)
    outer = np.repeat(chain, 2), graph.ends.ravel()
    at_end = ~is_inner.ravel()
    chain_of, vertex = outer[0][at_end], outer[1][at_end]
    order = np.argsort(chain_of, kind="stable")
    # A ring of inner vertices alone has no ends, and leads nowhere.
    count = np.bincount(chain_of, minlength=len(names))
    ends = vertex[order].reshape(-1, 2)
    return Graph(graph.xy, ends, km[count == 2])


def simplified(graph: Graph, keep: Bools) -> Graph:
    """Dead ends, parallel edges and vertices with two neighbours gone, until none is left."""
    while True:
        before = len(graph.ends)
        graph = shortest_of_parallel(without_dead_ends(graph, keep))
        graph = contracted(graph, keep)
        if len(graph.ends) == before:
            return shortest_of_parallel(graph)


def without_detours(graph: Graph) -> Graph:
    """Without edges that are longer than another way between their ends: no cheapest tree has one.

    All can go at once, since the shortest way between two vertices has none of them.
    """
    if not len(graph.ends):
        return graph
    return graph.kept(_no_detour(_used(graph)))


def _used(graph: Graph) -> Graph:
    """The same edges, of a graph without the vertices that have none."""
    vertices, ends = np.unique(graph.ends, return_inverse=True)
    return Graph(graph.xy[vertices], ends.reshape(-1, 2).astype(np.int64), graph.km)


def _no_detour(graph: Graph) -> Bools:
    """Whether each edge is a shortest way between its ends."""
    lengths, weights = graph.length_km, matrix(graph)
    longest = np.zeros(len(graph.xy))
    np.maximum.at(longest, graph.ends[:, 0], lengths)
    sources = np.flatnonzero(longest)
    sources = sources[np.argsort(longest[sources], kind="stable")]
    by_source = np.argsort(graph.ends[:, 0], kind="stable")
    starts = graph.ends[by_source, 0]
    good = np.ones(len(graph.ends), bool)
    for at in range(0, len(sources), _CHUNK):
        some = sources[at : at + _CHUNK]
        # Near ones first: each search then goes no further than it has to.
        away = dijkstra(weights, directed=False, indices=some, limit=float(longest[some].max()))
        for row, source in enumerate(some):
            own = by_source[np.searchsorted(starts, source) : np.searchsorted(starts, source, side="right")]
            good[own] = lengths[own] <= away[row, graph.ends[own, 1]] + _EQUAL_KM
    return good


def to_roots_km(graph: Graph, roots: Bools) -> Floats:
    """Length of the shortest way from each vertex to any root; infinite where there is none."""
    sources = np.flatnonzero(roots)
    if not len(sources):
        return np.full(len(graph.xy), np.inf)
    away: Floats = dijkstra(matrix(graph), directed=False, indices=sources, min_only=True)
    return away


def without_far(graph: Graph, roots: Bools) -> Graph:
    """Without edges that are longer than the ways from both of their ends to roots.

    Take such an edge out of a tree: the part that is cut off reaches a root by itself, for less. The shortest ways to
    the roots have no such edge, so all can go at once. Right only when it is all the same to which root a place goes.
    """
    away = to_roots_km(graph, roots)[graph.ends].max(axis=1, initial=0.0)
    return graph.kept(graph.length_km <= away + _EQUAL_KM)


def without_free(graph: Graph, keep: Bools) -> Graph:
    """Each vertex not of `keep` that a stretch without cable joins to one of `keep` taken together with it."""
    kept = keep[graph.ends]
    free = np.flatnonzero((graph.length_km <= 0) & (kept.sum(axis=1) == 1))
    side = np.argmax(kept[free], axis=1)
    own, other = graph.ends[free, side], graph.ends[free, 1 - side]
    to = np.arange(len(graph.xy))
    # The last assignment counts: the first of several in order of edges.
    to[other[::-1]] = own[::-1]
    return shortest_of_parallel(Graph(graph.xy, to[graph.ends], graph.km))


def reduced(graph: Graph, keep: Bools, roots: Bools) -> Graph:
    """A smaller graph that still has a cheapest tree for every choice of vertices of `keep`, each tree with a root.

    `roots` (all in `keep`): where cable may begin, all of them as good. Without any, trees join what is chosen.

    The tests are the plainest of those for Steiner trees (Duin and Volgenant, Reduction tests for the Steiner problem
    in graphs, Networks 19, 1989): those that take for granted that a place is joined can't be used, since a plan
    chooses which are.
    """
    graph = without_free(simplified(graph, keep), keep)
    while True:
        before = len(graph.ends)
        graph = without_far(simplified(graph, keep), roots)
        graph = simplified(without_detours(simplified(graph, keep)), keep)
        if len(graph.ends) == before:
            return graph
