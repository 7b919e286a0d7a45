"""The arrays of a planning problem on which compiled code fills a plan, those of a plan, and what one costs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from merata.radio._compile import kernel, lean

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class Kind(NamedTuple):
    """Nodes, links or offers: what `instance.Things` says of them, and what each costs in all."""

    capital: Integers
    running: Integers
    lead: Integers
    capital_class: Integers
    running_class: Integers
    cost: Floats
    """Rupiah to the plan's end by the year in which it starts; inf where it can't, (n, T)."""


class Board(NamedTuple):
    """A problem. Rows of things that belong to one node or place lie one behind the other from its `first` on."""

    nodes: Kind
    links: Kind
    offers: Kind
    out_first: Integers
    out_head: Integers
    out_link: Integers
    """Links by the node that they lead away from, either way."""
    on_first: Integers
    on_offer: Integers
    """Offers by node."""
    of_first: Integers
    of_offer: Integers
    """Offers by place."""
    behind_first: Integers
    behind: Integers
    """Places by their gate."""
    place: Integers
    node: Integers
    lasting: Bools
    onwards: Floats
    """What an offer brings from each year on, (O, T)."""
    gate: Integers
    village: Integers
    most_villages: Integers
    money: Integers
    carry: Integers
    up: Integers
    down: Integers


class State(NamedTuple):
    """A plan that is being filled."""

    node_start: Integers
    link_start: Integers
    offer_start: Integers
    offer_end: Integers
    current: Integers
    """The offer by which each place is served in the end, NONE: by none, (P,)."""
    served: Integers
    """The first year in which each place is served, T: never, (P,)."""
    needs: Integers
    """What is to be paid, (C, T)."""


@kernel()
def bill(
    made: Board,
    root: Bools,
    node_start: Integers,
    link_start: Integers,
    offer_start: Integers,
    offer_end: Integers,
    years: int,
) -> Integers:
    """What a plan needs where nothing that ends is taken over, (C, T)."""
    result = np.zeros((len(made.up), years), np.int64)
    for node in range(len(root)):
        if node_start[node] < years and not root[node]:
            charge(result, made.nodes, node, node_start[node], years, 1)
    for link in range(len(link_start)):
        if link_start[link] < years:
            charge(result, made.links, link, link_start[link], years, 1)
    for offer in range(len(offer_start)):
        if offer_start[offer] < years:
            charge(result, made.offers, offer, offer_start[offer], offer_end[offer], 1)
    return result


@lean
def charge(needs: Integers, kind: Kind, n: int, start: int, end: int, times: int) -> None:
    """Add so many times what a thing needs that is in service from one year to before another."""
    paid = start - kind.lead[n]
    needs[kind.capital_class[n], paid] += times * kind.capital[n, paid]
    for year in range(start, end):
        needs[kind.running_class[n], year] += times * kind.running[n, year]
