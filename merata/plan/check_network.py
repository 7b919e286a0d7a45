"""Checks the works of a plan: they can be built, join every point to the world, and carry what hangs on them."""

from __future__ import annotations

import math
from collections import Counter, defaultdict, deque
from collections.abc import Iterator

import numpy as np
from pyproj import Transformer
from scipy.sparse import coo_array
from scipy.sparse.csgraph import maximum_flow

from merata.plan import where
from merata.plan.check_decided import Decided
from merata.plan.check_facts import Built, Facts, Row, Serving
from merata.plan.check_service import priced

_SLACK = 1e-6
_SLACK_DEGREES = 1e-7
#: Whole units that all loads together are divided into for the flow.
_FINE = 10**8


def network(facts: Facts, decided: Decided, crs: str = "") -> Iterator[str]:
    """What is wrong with the works; `crs`: projection of the supply, empty: that of region.toml or the UTM zone."""
    yield from _works(facts)
    for built in facts.built.values():
        yield from _thing(facts, built)
        yield from _when(facts, built, decided)
    yield from _positions(facts, crs)
    for t in range(len(facts.years)):
        lit = lit_in(facts, t)
        for point in facts.serving:
            if point.start == t and point.row["node"] and point.row["node"] not in lit:
                yield f"{point.name}: its node {point.row['node']} is not joined to the world in {facts.years[t]}"
        yield from _carried(facts, t, lit)
    yield from _serves(facts)


def _works(facts: Facts) -> Iterator[str]:
    for name, number in sorted(Counter(row["id"] for row in facts.told["works"]).items()):
        if number > 1:
            yield f"{name}: is built {number} times"
        if name not in facts.built:
            yield f"{name}: no such works can be built in these years"


def _thing(facts: Facts, built: Built) -> Iterator[str]:
    row, thing = built.row, built.thing
    names = ("kind", "a", "b", "length_km") if built.link else ("kind", "village_code")
    for name in (*names, "known_by", "detail_en", "detail_id"):
        own, there = row[name], thing[name]
        far = isinstance(own, float) and isinstance(there, (int, float)) and abs(own - there) > _SLACK
        if far or (not isinstance(own, float) and (own or "") != (there or "")):
            yield f"{row['id']}: {name} is {own}, but {there} in what could be built"
    if not built.link and thing["root"]:
        yield f"{row['id']}: is there already"


def _when(facts: Facts, built: Built, decided: Decided) -> Iterator[str]:
    row, name = built.row, str(built.row["id"])
    lead = decided.lead_of_work(built.thing, name)
    if built.start < lead:
        yield f"{name}: in service from {row['year']}, but would have to be paid before the plan begins"
        return
    times = 0 if name in decided.paid_works else 1
    yield from priced(facts, name, built.thing["items"], row, times, built.start - lead, built.start)
    for end in "ab" if built.link else "":
        if not _there(facts, built.thing[end], built.start):
            yield f"{name}: in service from {row['year']}, before its end {built.thing[end]}"


def _there(facts: Facts, node: str, t: int) -> bool:
    """Whether a node stands in a year."""
    built = facts.built.get(node)
    return bool(facts.nodes[node]["root"]) or (built is not None and built.start <= t)


def _positions(facts: Facts, crs: str) -> Iterator[str]:
    access = facts.access
    crs = crs or where.projection([access.facilities, access.settlements, access.villages], facts.settings)
    to_degrees = Transformer.from_crs(crs, 4326, always_xy=True)
    for built in facts.built.values():
        ends = [facts.nodes[built.thing[end]] for end in "ab"] if built.link else [built.thing]
        for node, (x, y) in zip(ends, (("lon", "lat"), ("to_lon", "to_lat")), strict=False):
            told = [math.nan if built.row[name] is None else built.row[name] for name in (x, y)]
            x_m, y_m = (math.nan if node[name] is None else node[name] for name in ("x_m", "y_m"))
            real = np.array(to_degrees.transform(x_m, y_m))
            real[~np.isfinite(real)] = np.nan
            if not np.allclose(told, real, rtol=0, atol=_SLACK_DEGREES, equal_nan=True):
                yield f"{built.row['id']}: stands at {told}, but {node['node']} at {real.tolist()}"


def lit_in(facts: Facts, t: int) -> dict[str, tuple[str, str]]:
    """Nodes that are joined to a root in a year; for each the node before it and the link between; '' at roots."""
    beside = defaultdict(list)
    for name, built in facts.built.items():
        if built.link and built.start <= t:
            a, b = built.thing["a"], built.thing["b"]
            beside[a].append((b, name))
            beside[b].append((a, name))
    found = {name: ("", "") for name, node in facts.nodes.items() if node["root"]}
    todo = deque(found)
    while todo:
        node = todo.popleft()
        for other, link in beside[node]:
            if other not in found and _there(facts, other, t):
                found[other] = (node, link)
                todo.append(other)
    return found


def _carried(facts: Facts, t: int, lit: dict[str, tuple[str, str]]) -> Iterator[str]:
    """Whether the network can bring to every node what hangs on it: a largest flow from the roots."""
    load: dict[str, float] = defaultdict(float)
    for point in facts.serving:
        if point.serves(t) and point.row["node"] in lit:
            load[point.row["node"]] += point.offer["mbps"] or 0.0
    total = sum(load.values())
    if total <= 0:
        return
    graph, wanted = _flow(facts, t, sorted(lit), load, total)
    size = graph.shape[0]
    got = maximum_flow(graph.tocsr(), size - 2, size - 1).flow_value
    if got < wanted:
        yield (
            f"in {facts.years[t]} the network carries {got / _FINE * total:g} of the {total:g} Mbit/s that hang on it"
        )


def _flow(
    facts: Facts, t: int, lit: list[str], load: dict[str, float], total: float
) -> tuple[coo_array, int]:
    """Arcs of the network with what each carries; each node is two, from its way in to its way out.

    Loads are rounded down and what is carried up, so that rounding never makes a plan wrong.
    """
    at = {name: n for n, name in enumerate(lit)}
    source, sink = 2 * len(lit), 2 * len(lit) + 1
    arcs: list[tuple[int, int, int]] = []

    def arc(a: int, b: int, mbps: float) -> None:
        arcs.append((a, b, math.ceil(min(mbps, total) / total * _FINE)))

    for name, n in at.items():
        node = facts.nodes[name]
        arc(2 * n, 2 * n + 1, math.inf if node["mbps"] is None else node["mbps"])
        if node["root"]:
            arc(source, 2 * n, math.inf)
    for built in facts.built.values():
        if built.link and built.start <= t and {built.thing["a"], built.thing["b"]} <= at.keys():
            a, b, mbps = at[built.thing["a"]], at[built.thing["b"]], built.thing["mbps"]
            arc(2 * a + 1, 2 * b, mbps)
            arc(2 * b + 1, 2 * a, mbps)
    wanted = [(2 * at[name] + 1, sink, math.floor(mbps / total * _FINE)) for name, mbps in load.items()]
    a_, b_, most = np.array([*arcs, *wanted], dtype=np.int64).T
    size = sink + 1
    return coo_array((most.astype(np.int32), (a_, b_)), shape=(size, size)), sum(w for _, _, w in wanted)


def users(facts: Facts) -> dict[str, list[Row]] | None:
    """The places that are served over each of the works at the plan's end; None where they could go several ways."""
    last = len(facts.years) - 1
    lit = lit_in(facts, last)
    links = [b for b in facts.built.values() if b.link and {b.thing["a"], b.thing["b"]} <= lit.keys()]
    if len(links) != sum(bool(before) for before, _ in lit.values()):
        return None
    found: dict[str, list[Row]] = defaultdict(list)
    for point in hanging(facts):
        node = point.row["node"]
        while node and lit.get(node, ("", ""))[0]:
            before, link = lit[node]
            found[node].append(point.place)
            found[link].append(point.place)
            node = before
    return found


def hanging(facts: Facts) -> list[Serving]:
    """The points that serve over a node at the plan's end."""
    return [point for point in facts.serving if point.row["node"] and point.end == len(facts.years)]


def _serves(facts: Facts) -> Iterator[str]:
    over = users(facts)
    for name, built in facts.built.items():
        told = built.row["serves"]
        if over is None and not 0 <= told <= len(hanging(facts)):
            yield f"{name}: {told} places are said to be served over it"
        elif over is not None and told != len(over.get(name, [])):
            yield f"{name}: {told} places are said to be served over it, but {len(over.get(name, []))} are"
