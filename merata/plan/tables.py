"""A solved planning problem as the declared tables: points, works, payments, years and funds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pyproj import Transformer

from merata.plan.costs import PriceColumn, costs
from merata.plan.frames import frame, numbers, weakest, words
from merata.plan.instance import NONE, Instance, Solution, Things
from merata.plan.pay import LINK, NODE, OFFER, Payments
from merata.plan.pose import Posed
from merata.plan.result import FUND_YEARS, PAYMENTS, POINTS, WORKS, YEARS
from merata.plan.sure import Chances, Safe
from merata.plan.tidy import parents

_ENDS: tuple[tuple[str, PriceColumn], ...] = (("low", "low_idr"), ("high", "high_idr"))


@dataclass(frozen=True, eq=False)
class Solved:
    """A plan as arrays, and what it was chosen from."""

    posed: Posed
    instance: Instance
    solution: Solution
    payments: Payments
    growth: float
    """`plan.price_growth`."""
    crs: str
    """Projection of the nodes' positions."""
    safe: Safe | None = None
    """What was set aside for safety, where region.toml asks for it."""

    @property
    def years(self) -> np.ndarray:
        """The planned calendar years."""
        return np.array(self.instance.years, dtype=np.int64)


def serving(solved: Solved) -> np.ndarray:
    """Offers that serve at any time, by place and start."""
    start = solved.solution.offer_start
    offers = np.flatnonzero(start < len(solved.years))
    order = np.lexsort((start[offers], solved.instance.place[offers]))
    result: np.ndarray = offers[order]
    return result


def points(solved: Solved) -> pd.DataFrame:
    """One row an offer that serves, in the order of `serving`, without its reasons."""
    posed, instance, solution = solved.posed, solved.instance, solved.solution
    rows = serving(solved)
    offers, places = posed.offers.iloc[rows], posed.places.iloc[instance.place[rows]]
    years = solved.years
    start, end = solution.offer_start[rows], solution.offer_end[rows]
    until = pd.array(np.where(end < len(years), years[end - 1], 0), dtype="Int64")
    until[end == len(years)] = pd.NA
    return pd.DataFrame(
        {
            "village_code": words(places["village_code"]),
            "place": words(places["place"]),
            "kind": words(places["kind"]),
            "option": words(offers["option"]),
            "year": years[start],
            "until": until,
            "fund": _fund(solved, OFFER, rows),
            **_money(solved, len(posed.nodes) + len(posed.links), instance.offers, rows, start),
            "level": words(offers["level"]),
            "chance": numbers(offers["share"]),
            "people": numbers(offers["people"]),
            "node": words(offers["node"]),
            "price_known_by": _price_known_by(solved, len(posed.nodes) + len(posed.links) + rows, offers),
        }
    )


def _fund(solved: Solved, kind: int, rows: np.ndarray) -> np.ndarray:
    """Name of the fund that pays most for each thing; empty for nothing."""
    fund = solved.payments.first_fund(solved.instance, kind)[rows]
    names = np.array([*solved.instance.funds, ""], dtype=object)
    result: np.ndarray = names[fund]
    return result


def _money(
    solved: Solved, before: int, things: Things, rows: np.ndarray, start: np.ndarray
) -> dict[str, np.ndarray]:
    """Capital when it is paid, running cost of the first year of service, and both at the ends of the prices.

    What is paid already costs nothing any more, at any price.
    """
    items, prices = solved.posed.items, solved.posed.prices
    paid = start - things.lead[rows]
    due = things.capital[rows, paid] > 0
    found: dict[str, np.ndarray] = {}
    for name, column in (("", "used_idr"), *((f"_{end}", column) for end, column in _ENDS)):
        capital, running = costs(items, prices, len(solved.years), solved.growth, column)
        found[f"capex{name}_idr"] = np.where(due, capital[before + rows, paid], 0)
        found[f"opex{name}_idr_per_year"] = running[before + rows, start]
    return found


def _price_known_by(solved: Solved, things: np.ndarray, offers: pd.DataFrame) -> list[str]:
    """The weakest of the ways in which an offer's prices and whatever else it rests on are known."""
    items, known = solved.posed.items, solved.posed.prices["known_by"].to_numpy(dtype=object)
    ways: dict[int, list[str]] = {}
    inside = np.isin(items.thing, things)
    for thing, component in zip(items.thing[inside].tolist(), items.component[inside].tolist(), strict=True):
        ways.setdefault(thing, []).append(str(known[component]))
    own = words(offers["known_by"])
    return [
        weakest([*ways.get(thing, []), str(way)]) for thing, way in zip(things.tolist(), own, strict=True)
    ]


def works(solved: Solved) -> pd.DataFrame:
    """One row a node or link that is built: nodes first."""
    posed, instance, solution = solved.posed, solved.instance, solved.solution
    years = len(solved.years)
    serves = _serves(solved)
    nodes = np.flatnonzero((solution.node_start < years) & ~instance.root)
    links = np.flatnonzero(solution.link_start < years)
    lon, lat = _positions(solved)
    parts = [
        _work_rows(solved, posed.nodes, "node", NODE, nodes, solution.node_start, 0).assign(
            village_code=words(posed.nodes["village_code"].iloc[nodes]), serves=serves[0][nodes],
            lon=lon[nodes], lat=lat[nodes],
        ),
        _work_rows(solved, posed.links, "link", LINK, links, solution.link_start, len(posed.nodes)).assign(
            a=words(posed.links["a"].iloc[links]), b=words(posed.links["b"].iloc[links]),
            length_km=numbers(posed.links["length_km"].iloc[links]), serves=serves[1][links],
            lon=lon[instance.ends[links, 0]], lat=lat[instance.ends[links, 0]],
            to_lon=lon[instance.ends[links, 1]], to_lat=lat[instance.ends[links, 1]],
        ),
    ]  # fmt: skip
    return frame(WORKS, pd.concat(parts, ignore_index=True))


def _work_rows(
    solved: Solved,
    table: pd.DataFrame,
    name: str,
    kind: int,
    rows: np.ndarray,
    start: np.ndarray,
    before: int,
) -> pd.DataFrame:
    things = solved.instance.nodes if kind == NODE else solved.instance.links
    own = table.iloc[rows]
    return pd.DataFrame(
        {
            "id": words(own[name]),
            "kind": words(own["kind"]),
            "year": solved.years[start[rows]],
            "fund": _fund(solved, kind, rows),
            **_money(solved, before, things, rows, start[rows]),
            "known_by": words(own["known_by"]),
            "detail_en": words(own["detail_en"]),
            "detail_id": words(own["detail_id"]),
        }
    )


def _positions(solved: Solved) -> tuple[np.ndarray, np.ndarray]:
    """Degrees east and north of every node; NaN where it has no position."""
    nodes = solved.posed.nodes
    to_degrees = Transformer.from_crs(solved.crs, 4326, always_xy=True)
    lon, lat = to_degrees.transform(numbers(nodes["x_m"]), numbers(nodes["y_m"]))
    return np.where(np.isfinite(lon), lon, np.nan), np.where(np.isfinite(lat), lat, np.nan)


def ways(solved: Solved) -> dict[int, tuple[list[int], list[int]]]:
    """For each offer that serves at the end and hangs on a node: the built nodes and links from a root to it."""
    instance, solution = solved.instance, solved.solution
    years = len(solved.years)
    before, over = parents(instance, solution)
    found = {}
    for offer in np.flatnonzero((solution.offer_start < years) & (solution.offer_end == years)).tolist():
        node = int(instance.node[offer])
        nodes, links = [], []
        while node != NONE and not instance.root[node]:
            nodes.append(node)
            links.append(int(over[node]))
            node = int(before[node])
        if nodes:
            found[offer] = (nodes, links)
    return found


def _serves(solved: Solved) -> tuple[np.ndarray, np.ndarray]:
    """How many places are served over each node and link at the end."""
    node_count, link_count = np.zeros(len(solved.posed.nodes), int), np.zeros(len(solved.posed.links), int)
    for nodes, links in ways(solved).values():
        node_count[nodes] += 1
        link_count[[link for link in links if link != NONE]] += 1
    return node_count, link_count


def payments(solved: Solved) -> pd.DataFrame:
    """Every payment, by thing and year."""
    posed = solved.posed
    table = solved.payments.table(solved.instance)
    thing = table["thing"].to_numpy(dtype=np.int64)
    names, kinds = np.empty(len(table), dtype=object), np.empty(len(table), dtype=object)
    places = words(posed.places["place"])[solved.instance.place]
    for kind, name, what in (
        ("node", words(posed.nodes["node"]), words(posed.nodes["kind"])),
        ("link", words(posed.links["link"]), words(posed.links["kind"])),
        ("offer", places, words(posed.offers["option"])),
    ):
        mine = (table["kind"] == kind).to_numpy()
        names[mine], kinds[mine] = name[thing[mine]], what[thing[mine]]
    own = np.where(table["kind"] == "offer", "point", "works")
    return frame(PAYMENTS, table.assign(what=own, id=names, option=kinds))


def years(solved: Solved, point_rows: pd.DataFrame, sure: Chances) -> pd.DataFrame:
    """The plan by year."""
    posed, instance, paid = solved.posed, solved.instance, solved.payments
    first = point_rows.groupby("village_code")["year"].min()
    people = people_served(posed, solved.solution)
    rows = []
    for t, year in enumerate(instance.years):
        budget = posed.budgets[posed.budgets["year"] == year]
        due = paid.year == t
        rows.append(
            {
                "year": year,
                "budget_idr": int(budget["budget_idr"].sum()),
                "budget_known_by": weakest(list(budget["known_by"])),
                "capex_idr": int(paid.amount[due & ~paid.running].sum()),
                "opex_idr": int(paid.amount[due & paid.running].sum()),
                "people_served": float(people[t]),
                "villages_served": int((first <= year).sum()),
                "points_built": int((point_rows["year"] == year).sum()),
                "budget_chance": float(sure.budget[t]),
                "people_low": float(sure.people[0, t]),
                "people_high": float(sure.people[2, t]),
            }
        )
    return frame(YEARS, rows)


def people_served(posed: Posed, solution: Solution) -> np.ndarray:
    """People whom a plan has brought to the promise where they live by each year, grown until then, (T,)."""
    years = np.arange(len(posed.ruled.base.years))
    growth = (1 + numbers(posed.places["growth"]))[posed.ruled.base.place]
    people = np.nan_to_num(numbers(posed.offers["people"]))
    result: np.ndarray = (people[:, None] * growth[:, None] ** years * solution.serving(len(years))).sum(
        axis=0
    )
    return result


def fund_years(solved: Solved) -> pd.DataFrame:
    """What each fund has and pays in each year."""
    instance, paid = solved.instance, solved.payments
    spent = paid.spent(instance)
    kept = np.zeros_like(spent)
    late = paid.got < paid.year
    np.add.at(kept, (paid.fund[late], paid.year[late]), paid.amount[late])
    f, t = np.indices(spent.shape)
    rows = pd.DataFrame(
        {
            "fund": np.array(instance.funds, dtype=object)[f.ravel()],
            "year": solved.years[t.ravel()],
            "spent_idr": spent.ravel(),
            "kept_idr": kept.ravel(),
        }
    )
    return frame(FUND_YEARS, rows.merge(solved.posed.budgets, on=["fund", "year"], how="left"))


def point_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Points with the declared columns and types."""
    return frame(POINTS, rows)
