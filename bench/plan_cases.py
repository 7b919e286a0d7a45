"""Made-up planning problems by seed, from 237 villages to a province of 5,000 candidate sites and 100,000 settlements.

Settlements lie along rivers in clusters, candidate sites (a tower with 4G equipment) at settlements, a few points of
presence in the towns. Sites are joined by microwave hops and by fibre; free junctions lie on the rivers. A site serves
the settlements within a few kilometres, the nearer the surer; most can be served by several. A satellite terminal can
serve any. Prices are of the order of the catalogue's: site Rp 1–2.5 billion, hop 0.1–0.3, fibre Rp 45–90 million a
kilometre, terminal Rp 6 million and 24 million a year. One fund, and money for about half of everything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial import cKDTree

from merata.plan.instance import NONE, Instance, Things

MILLION = 1_000_000
GROWTH = 1.03
"""Prices and people grow by 3 and 1.5 % a year."""
PEOPLE_GROWTH = 1.015


@dataclass(frozen=True)
class Case:
    """A planning problem and where its nodes and places are."""

    name: str
    instance: Instance
    node_km: np.ndarray
    """(N, 2): roots, then sites, then junctions."""
    place_km: np.ndarray


@dataclass(frozen=True)
class Size:
    """How large a case is and what it has."""

    places: int
    sites: int
    roots: int
    years: int
    side_km: float
    reach_km: tuple[float, float]
    """A site's reach lies between these."""
    terminals: bool = True
    """Whether a satellite terminal can serve a place."""
    stop_gaps: bool = False
    """Whether terminals may give way to a site and serve elsewhere; else they are for good."""
    capacity: bool = False
    """Whether hops and nodes carry only so much."""
    part: float = 0.3
    """Money in all, as part of what it costs to build every site and run it to the end."""


SIZES = {
    "compact": Size(237, 237, 3, 6, 165.0, (1.5, 4.0), part=0.22),
    "sites": Size(500, 500, 5, 1, 240.0, (1.5, 4.0), terminals=False, part=0.15),
    "regency": Size(20_000, 1_000, 10, 6, 330.0, (3.0, 6.0)),
    "province": Size(100_000, 5_000, 30, 6, 700.0, (3.0, 6.0)),
}


def case(name: str, seed: int = 1, stop_gaps: bool = False, capacity: bool = False) -> Case:
    """The case of a name in SIZES; of 237 villages or more when the name is one."""
    size = SIZES[name]
    changed = Size(**{**size.__dict__, "stop_gaps": stop_gaps, "capacity": capacity})
    return made(name, changed, np.random.default_rng(seed))


def made(name: str, size: Size, random: np.random.Generator) -> Case:
    """A case of any size."""
    rivers = _rivers(random, size)
    one_each = size.places == size.sites
    centres = _along(random, rivers, max(size.roots + 1, size.places if one_each else size.places // 20), 1.5)
    spread = np.zeros(2) if one_each else random.normal(0, 2.0, (size.places, 2))
    place_km = centres[np.arange(size.places) % len(centres)] + spread
    people = np.round(random.lognormal(np.log(1500 if one_each else 220), 0.8, size.places)) + 10
    where = place_km if one_each else place_km[random.choice(size.places, size.sites, replace=False)]
    roots = _apart(random, where, size.roots) + random.normal(0, 1.0, (size.roots, 2))
    junctions = _along(random, rivers, size.sites // 10, 0.2)
    node_km = np.concatenate([roots, where, junctions])
    nodes = _nodes(random, size, len(junctions))
    links, ends, link_mbps = _links(random, size, node_km)
    offers = _offers(random, size, node_km, place_km, people)
    years = np.arange(size.years)
    root = np.arange(len(node_km)) < size.roots
    is_site = ~root & (np.arange(len(node_km)) < size.roots + size.sites)
    everything = _everything(nodes, links, ends, root, is_site)
    yearly = np.full((1, size.years), round(everything * size.part / size.years), dtype=np.int64)
    instance = Instance(
        years=list(range(2025, 2025 + size.years)),
        worth=people[:, None] * PEOPLE_GROWTH**years,
        village=np.arange(size.places) % len(centres),
        gate=np.full(size.places, NONE),
        nodes=nodes,
        root=root,
        node_mbps=np.where(root | (not size.capacity), np.inf, 2_000.0),
        links=links,
        ends=ends,
        link_mbps=link_mbps,
        funds=["budget"],
        money=yearly,
        carry=np.array([1]),
        ceiling=np.ones((1, 1)),
        villages_per_year=np.full(size.years, NONE),
        **offers,
    )
    return Case(name, instance, node_km, place_km)


def without_network(
    sites: int = 200, places: int = 4_000, part: float = 0.2, seed: int = 1
) -> tuple[Case, int]:
    """One year, every site joined for nothing, all of one price, money for `part` of them: and for how many that is.

    This is the maximal covering location problem (Church & ReVelle, Papers of the Regional Science Association 32,
    1974): the special case that general location libraries can express.
    """
    size = Size(places, sites, 1, 1, 120.0, (3.0, 6.0), terminals=False)
    full = made("covering", size, np.random.default_rng(seed))
    whole, price = full.instance, 1_000 * MILLION
    many = int(part * sites)
    nodes = _priced(np.where(np.arange(len(whole.root)) <= sites, price, 0) * ~whole.root, 0, 1)
    ends = np.stack([np.zeros(sites, dtype=np.int64), 1 + np.arange(sites)], axis=1)
    instance = Instance(
        **{
            **whole.__dict__,
            "nodes": nodes,
            "links": _priced(np.zeros(sites), 0, 1),
            "ends": ends,
            "link_mbps": np.full(sites, np.inf),
            "share": np.ones(len(whole.share)),
            "money": np.array([[many * price]]),
        }
    )
    return Case("covering", instance, full.node_km, full.place_km), many


def _rivers(random: np.random.Generator, size: Size) -> list[np.ndarray]:
    """Winding lines through the square, of points 1 km apart."""
    count = max(3, round(size.side_km / 15))
    rivers = []
    for _ in range(count):
        length = int(size.side_km * random.uniform(0.7, 1.4))
        turn = np.cumsum(random.normal(0, 0.12, length)) + random.uniform(0, 2 * np.pi)
        steps = np.stack([np.cos(turn), np.sin(turn)], axis=1)
        line = random.uniform(0, size.side_km, 2) + np.cumsum(steps, axis=0)
        # At the edge of the region the river turns back inside.
        rivers.append(size.side_km - np.abs(size.side_km - np.mod(line, 2 * size.side_km)))
    return rivers


def _along(random: np.random.Generator, rivers: list[np.ndarray], count: int, off_km: float) -> np.ndarray:
    points = np.concatenate(rivers)
    return points[random.integers(0, len(points), count)] + random.normal(0, off_km, (count, 2))


def _apart(random: np.random.Generator, points: np.ndarray, count: int) -> np.ndarray:
    """So many of the points, each the farthest from those before it among a few at random."""
    chosen = [int(random.integers(len(points)))]
    for _ in range(count - 1):
        some = random.choice(len(points), min(20, len(points)), replace=False)
        far = np.linalg.norm(points[some][:, None] - points[chosen][None], axis=2).min(axis=1)
        chosen.append(int(some[far.argmax()]))
    return points[chosen]


def _priced(capital: np.ndarray, running: np.ndarray | float, years: int) -> Things:
    """Things of so much capital and yearly running cost at the prices of the first year, in rupiah."""
    grown = GROWTH ** np.arange(years)
    count = len(capital)
    zero = np.zeros(count, dtype=np.int64)

    def rupiah(first: np.ndarray | float) -> np.ndarray:
        grown_price = np.broadcast_to(first, (count,))[:, None] * grown
        return (np.round(grown_price / 1000) * 1000).astype(np.int64)

    return Things(
        rupiah(capital), rupiah(running), zero, zero.copy(), np.full(count, years - 1), np.zeros(count, dtype=bool),
        zero.copy(), zero.copy(),
    )  # fmt: skip


def _nodes(random: np.random.Generator, size: Size, junctions: int) -> Things:
    nothing = [np.zeros(size.roots)], [np.zeros(junctions)]
    capital = np.concatenate([*nothing[0], random.uniform(1_000, 2_500, size.sites), *nothing[1]]) * MILLION
    running = np.concatenate([*nothing[0], random.uniform(96, 190, size.sites), *nothing[1]]) * MILLION
    return _priced(capital, running, size.years)


def _links(
    random: np.random.Generator, size: Size, node_km: np.ndarray
) -> tuple[Things, np.ndarray, np.ndarray]:
    """Hops to some of the nearest eight, where there is a view; fibre to the nearest four, and a tree of it."""
    far, pairs = _near(node_km, 8)
    junction = (pairs >= size.roots + size.sites).any(axis=1)
    holds = ~junction & (far < 45) & (random.random(len(far)) < 0.8 * np.exp(-((far / 45) ** 2)))
    hop_km, hops = far[holds], pairs[holds]
    fibre_km, fibres = _near(node_km, 4)
    spanning = _spanning(node_km)
    fibres = np.unique(np.concatenate([fibres, spanning]), axis=0)
    fibre_km = 1.25 * np.linalg.norm(node_km[fibres[:, 0]] - node_km[fibres[:, 1]], axis=1)
    capital = np.concatenate(
        [
            100 + 200 * np.minimum(1, hop_km / 45 * random.uniform(0.6, 1.2, len(hops))),
            0.1 + fibre_km * random.uniform(45, 90, len(fibres)),
        ]
    )
    running = np.concatenate([np.full(len(hops), 6.0), 0.02 * capital[len(hops) :]])
    carries = np.concatenate(
        [np.full(len(hops), 1_000.0 if size.capacity else np.inf), np.full(len(fibres), np.inf)]
    )
    return _priced(capital * MILLION, running * MILLION, size.years), np.concatenate([hops, fibres]), carries


def _near(node_km: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of each node and its nearest so many, each once: kilometres, (E, 2)."""
    _, near = cKDTree(node_km).query(node_km, k=min(count + 1, len(node_km)))
    pairs = np.stack([np.repeat(np.arange(len(node_km)), near.shape[1]), near.ravel()], axis=1)
    pairs = np.unique(np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1), axis=0)
    return np.linalg.norm(node_km[pairs[:, 0]] - node_km[pairs[:, 1]], axis=1), pairs


def _spanning(node_km: np.ndarray) -> np.ndarray:
    """The shortest tree over pairs of near nodes; parts that are far from all others are joined in order."""
    far, pairs = _near(node_km, 16)
    chain = np.stack([np.arange(len(node_km) - 1), np.arange(1, len(node_km))], axis=1)
    long_way = np.linalg.norm(node_km[chain[:, 0]] - node_km[chain[:, 1]], axis=1)
    ends = np.concatenate([pairs, chain])
    cost = np.concatenate([far, 1e4 + long_way]) + 1e-6
    ends, first = np.unique(ends, axis=0, return_index=True)
    tree = minimum_spanning_tree(
        coo_array((cost[first], (ends[:, 0], ends[:, 1])), shape=(len(node_km),) * 2).tocsr()
    ).tocoo()
    return np.sort(np.stack([tree.row, tree.col], axis=1).astype(np.int64), axis=1)


def _offers(
    random: np.random.Generator, size: Size, node_km: np.ndarray, place_km: np.ndarray, people: np.ndarray
) -> dict[str, np.ndarray | Things]:
    """What each site serves, then a terminal for each place."""
    reach = random.uniform(*size.reach_km, size.sites)
    inside = cKDTree(place_km).query_ball_point(node_km[size.roots : size.roots + size.sites], reach)
    counts = np.array([len(those) for those in inside])
    site = np.repeat(np.arange(size.sites), counts)
    place = np.concatenate([np.sort(those) for those in inside]).astype(np.int64)
    away = np.linalg.norm(node_km[size.roots + site] - place_km[place], axis=1) / reach[site]
    share = np.round(0.97 - 0.5 * away**2, 3)
    extra = size.places if size.terminals else 0
    terminals = np.clip(np.ceil(people / 500), 1, 8)[:extra]
    by_terminal = np.round(np.clip(60 * terminals / people[:extra], 0.05, 0.6), 3)
    cost = np.concatenate([np.zeros(len(place)), 6 * terminals]) * MILLION
    running = np.concatenate([np.zeros(len(place)), 24 * terminals]) * MILLION
    is_terminal = np.arange(len(cost)) >= len(place)
    of_place = np.concatenate([place, np.arange(extra)])
    pooled = is_terminal & size.stop_gaps
    return {
        "offers": _priced(cost, running, size.years),
        "place": of_place,
        "node": np.concatenate([size.roots + site, np.full(extra, NONE)]),
        "share": np.concatenate([share, by_terminal]),
        "lasting": ~pooled,
        "mbps": np.where(is_terminal, 0.0, np.round(0.01 * people[of_place], 1)),
        "reuse": np.where(pooled, 4 * MILLION, 0),
        "pool": np.where(pooled, 0, NONE),
    }


def _everything(
    nodes: Things, links: Things, ends: np.ndarray, root: np.ndarray, is_site: np.ndarray
) -> float:
    """Rupiah to build all sites in the first year, each with the cheapest tree of links, and run them to the end."""
    cost = links.capital[:, 0] + links.running.sum(axis=1) + 1.0
    order = np.lexsort((cost, ends[:, 1], ends[:, 0]))
    pairs, first = np.unique(ends[order], axis=0, return_index=True)
    graph = coo_array((cost[order][first], (pairs[:, 0], pairs[:, 1])), shape=(len(root),) * 2).tocsr()
    tree = minimum_spanning_tree(graph).sum()
    return float(nodes.capital[is_site, 0].sum() + nodes.running[is_site].sum() + tree)


CASES: dict[str, Callable[[], Case]] = {name: (lambda name=name: case(name)) for name in SIZES}  # type: ignore[misc]
