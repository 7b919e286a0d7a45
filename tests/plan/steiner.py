"""Steiner-tree cases with a known answer, as planning instances: small ones solved exactly, larger ones planted.

The cheapest tree for every set of terminals is found by dynamic programming (Dreyfus & Wagner, Networks 1, 1971), so
the best set of prizes that a budget can buy is known. A planted tree is the cheapest by a certificate: every link
outside it costs at least as much as the way down the tree, from where the two ends' ways to the root part, to either
end. Then the tree's own links, as weights of the sets below them, are a feasible dual of the directed cut relaxation
(Wong, Mathematical Programming 28, 1984) of the same value as the tree.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from tiny import STEP_IDR, things

from merata.plan.instance import NONE, Instance


@dataclass(frozen=True)
class Graph:
    """Links with whole costs (in steps of money), a root (node 0) and prizes at some nodes."""

    nodes: int
    ends: np.ndarray
    cost: np.ndarray
    terminals: np.ndarray
    prize: np.ndarray


def as_instance(graph: Graph, budget: int, years: int = 1) -> Instance:
    """Serve the terminals by lighting their nodes, all within one budget (in steps), given in the first year."""
    offers = len(graph.terminals)
    money = np.zeros((1, years), dtype=np.int64)
    money[0, 0] = budget * STEP_IDR
    costs = np.repeat(graph.cost[:, None], years, axis=1) * STEP_IDR
    return Instance(
        years=list(range(2025, 2025 + years)),
        worth=np.repeat(graph.prize[:, None].astype(float), years, axis=1),
        village=np.arange(offers),
        gate=np.full(offers, NONE),
        nodes=things(np.zeros((graph.nodes, years))),
        root=np.arange(graph.nodes) == 0,
        node_mbps=np.full(graph.nodes, np.inf),
        links=things(costs),
        ends=graph.ends,
        link_mbps=np.full(len(graph.ends), np.inf),
        offers=things(np.zeros((offers, years))),
        place=np.arange(offers),
        node=graph.terminals,
        share=np.ones(offers),
        lasting=np.ones(offers, dtype=bool),
        mbps=np.zeros(offers),
        reuse=np.zeros(offers, dtype=np.int64),
        pool=np.full(offers, NONE),
        funds=["one"],
        money=money,
        carry=np.full(1, years),
        ceiling=np.ones((1, 1)),
        villages_per_year=np.full(years, NONE),
    )


def sparse(seed: int, nodes: int, links: int, terminals: int) -> Graph:
    """A random connected graph with whole costs of 1 to 10, as in the B class of the OR-Library."""
    random = np.random.default_rng(seed)
    order = random.permutation(nodes)
    ends = {tuple(sorted((int(order[random.integers(k)]), int(order[k])))) for k in range(1, nodes)}
    while len(ends) < links:
        a, b = random.choice(nodes, 2, replace=False).tolist()
        ends.add((min(a, b), max(a, b)))
    pairs = np.array(sorted(ends))
    chosen = 1 + random.choice(nodes - 1, terminals, replace=False)
    return Graph(
        nodes, pairs, random.integers(1, 11, len(pairs)), np.sort(chosen), random.integers(1, 20, terminals)
    )


def grid(seed: int, side: int, terminals: int) -> Graph:
    """A square grid with costs of 1 to 3: very many trees of equal cost."""
    random = np.random.default_rng(seed)
    at = np.arange(side * side).reshape(side, side)
    right = np.stack([at[:, :-1].ravel(), at[:, 1:].ravel()], axis=1)
    down = np.stack([at[:-1].ravel(), at[1:].ravel()], axis=1)
    ends = np.concatenate([right, down])
    chosen = 1 + random.choice(side * side - 1, terminals, replace=False)
    return Graph(
        side * side, ends, random.integers(1, 4, len(ends)), np.sort(chosen), random.integers(1, 9, terminals)
    )


def cheapest_trees(graph: Graph) -> np.ndarray:
    """The least cost of a tree of the root and each set of terminals, by the set's bits, (2 ** terminals,)."""
    far = _distances(graph)
    sets = 1 << len(graph.terminals)
    tree = np.full((sets, graph.nodes), np.inf)
    tree[0] = 0
    for chosen in range(1, sets):
        if chosen & (chosen - 1) == 0:
            tree[chosen] = far[graph.terminals[chosen.bit_length() - 1]]
            continue
        part = (chosen - 1) & chosen
        while part:
            np.minimum(tree[chosen], tree[part] + tree[chosen ^ part], out=tree[chosen])
            part = (part - 1) & chosen
        tree[chosen] = (tree[chosen][None, :] + far).min(axis=1)
    return tree[:, 0]


def cut_off(instance: Instance, node: int) -> Instance:
    """The instance without the links at a node."""
    away = (instance.ends != node).all(axis=1)
    return replace(
        instance,
        ends=instance.ends[away],
        links=replace(instance.links, **{name: array[away] for name, array in vars(instance.links).items()}),
        link_mbps=instance.link_mbps[away],
    )


def most_prize(graph: Graph, trees: np.ndarray, budget: float) -> int:
    """The most that the prizes of a set can come to whose tree is within the budget."""
    inside = np.arange(len(trees))[:, None] >> np.arange(len(graph.prize)) & 1
    prizes = inside @ graph.prize
    return int(prizes[trees <= budget].max())


def _distances(graph: Graph) -> np.ndarray:
    far = np.full((graph.nodes, graph.nodes), np.inf)
    np.fill_diagonal(far, 0)
    for (a, b), cost in zip(graph.ends.tolist(), graph.cost.tolist(), strict=True):
        far[a, b] = far[b, a] = min(far[a, b], cost)
    for k in range(graph.nodes):
        far = np.minimum(far, far[:, k, None] + far[k])
    return far


def planted(seed: int, nodes: int, extra: int) -> tuple[Graph, int]:
    """A graph around a planted tree that is the cheapest to join all its leaves to the root; and what that costs."""
    random = np.random.default_rng(seed)
    parent = np.array([0, *(random.integers(max(0, k - 12), k) for k in range(1, nodes))])
    cost = np.concatenate([[0], random.integers(1, 11, nodes - 1)])
    depth = np.zeros(nodes, dtype=np.int64)
    for k in range(1, nodes):
        depth[k] = depth[parent[k]] + cost[k]
    ends, costs = [(int(parent[k]), k) for k in range(1, nodes)], cost[1:].tolist()
    for _ in range(extra):
        a, b = random.choice(nodes, 2, replace=False).tolist()
        meet = _meet(parent, a, b)
        ends.append((a, b))
        costs.append(int(max(depth[a], depth[b]) - depth[meet]) + int(random.integers(0, 2)))
    leaves = np.setdiff1d(np.arange(1, nodes), parent)
    shuffled = np.concatenate([[0], 1 + random.permutation(nodes - 1)])
    graph = Graph(
        nodes,
        shuffled[np.array(ends)],
        np.array(costs),
        shuffled[leaves],
        random.integers(1, 20, len(leaves)),
    )
    return graph, int(cost.sum())


def _meet(parent: np.ndarray, a: int, b: int) -> int:
    while a != b:  # a parent's number is below its child's
        a, b = (int(parent[a]), b) if a > b else (a, int(parent[b]))
    return a
