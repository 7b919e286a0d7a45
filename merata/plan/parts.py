"""Parts of a problem that are decided anew together: nodes near one another in the network, with what hangs on them."""

from __future__ import annotations

import numpy as np

from merata.plan.instance import NONE, Instance

#: The share of all places that is drawn into a part by lot.
_PLACES = 0.04


def part(instance: Instance, random: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """So many nodes near one another, (N,) bool, and places, (P,) bool: those of these nodes, and some drawn by lot."""
    size = len(instance.nodes)
    nodes = np.zeros(size, dtype=bool)
    if size:
        nodes[near(instance.ends, int(random.integers(size)), count)] = True
    places = random.random(len(instance.village)) < _PLACES
    on = instance.node != NONE
    places[instance.place[on][nodes[instance.node[on]]]] = True
    return nodes, places


def near(ends: np.ndarray, node: int, count: int) -> list[int]:
    """So many nodes around one, nearest by number of links, (E, 2), first."""
    inside, border = [node], {node}
    seen = {node}
    while border and len(inside) < count:
        touching = ends[np.isin(ends, list(border)).any(axis=1)]
        border = set(touching.ravel().tolist()) - seen
        seen |= border
        inside += sorted(border)
    return inside[:count]
