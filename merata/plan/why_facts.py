"""Facts of a plan that its reasons are told from: who pays, what hangs on what, what else there was at what cost."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pandas as pd

from merata.plan.decisions import Decision
from merata.plan.frames import flags, numbers, words
from merata.plan.hindrance import Trial, Trials
from merata.plan.instance import NONE, Instance, Solution, Things
from merata.plan.pay import LINK, NODE, OFFER, Payments
from merata.plan.pose import Posed

Choice = Literal["only", "only_able", "cheapest_in_all", "cheapest_shared", "dearer"]


@dataclass(frozen=True, eq=False)
class Chosen:
    """Why an offer of the plan and no other: what it costs in all years, and the cheapest other one."""

    kind: Choice
    own_idr: int = 0
    """With its part of what it shares where the kind is `cheapest_in_all`; else what the plan would save without it."""
    part_idr: int = 0
    """Its part of shared works, each split evenly among the places on it."""
    other: Trial | None = None
    some_unable: bool = False
    """Whether some other ones can't be had in these years at all, whatever money there is."""


@dataclass(frozen=True)
class Works:
    """What is built or put to use on the way to an offer, and costs something."""

    sites: tuple[tuple[str, str], ...]
    """Kind and village code (or '') of nodes, nearest to the place first."""
    cable_km: float
    hops: int
    satellite: int
    others: int
    """Other places that hang on any of it."""

    @property
    def none(self) -> bool:
        """Whether nothing is built for it."""
        return not (self.sites or self.cable_km or self.hops or self.satellite)


class Facts:
    """Facts about one plan; offers, places, years by row, counted from 0."""

    def __init__(self, posed: Posed, instance: Instance, solution: Solution, payments: Payments) -> None:
        self.posed, self.instance, self.solution = posed, instance, solution
        self.trials = Trials(instance, solution)
        self.never = len(instance.years)
        self._paid = [payments.by_thing(instance, kind) for kind in (NODE, LINK, OFFER)]
        once = (payments.kind == OFFER) & ~payments.running
        self._capital = np.bincount(payments.thing[once], payments.amount[once], len(instance.place)).astype(
            np.int64
        )
        self._things = (instance.nodes, instance.links)
        self._start = (solution.node_start, solution.link_start)
        self._way: dict[int, tuple[list[int], list[int]]] = {}
        self._part: dict[int, float] = {}
        self._chosen: dict[int, Chosen] = {}
        self._earlier: dict[int, Trial | None] = {}
        self._least: dict[int, Trial] = {}

    @cached_property
    def places(self) -> list[dict[str, Any]]:
        """The rows of the places."""
        return [{str(k): v for k, v in row.items()} for row in self.posed.places.to_dict("records")]

    @cached_property
    def places_of(self) -> dict[str, list[int]]:
        """The places of each village, its office first."""
        found: dict[str, list[int]] = {}
        office = flags(self.posed.places["is_office"])
        for place in np.argsort(~office, kind="stable").tolist():
            found.setdefault(str(self.places[place]["village_code"]), []).append(place)
        return found

    @cached_property
    def options(self) -> list[str]:
        """The option of each offer."""
        return [str(option) for option in words(self.posed.offers["option"])]

    @cached_property
    def people(self) -> np.ndarray:
        """People whom each offer is expected to bring to the promise."""
        people: np.ndarray = np.nan_to_num(numbers(self.posed.offers["people"]))
        return people

    @cached_property
    def _named(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Kind and village of each node, kind and length of each link."""
        nodes, links = self.posed.nodes, self.posed.links
        km = np.nan_to_num(numbers(links["length_km"]))
        return words(nodes["kind"]), words(nodes["village_code"]), words(links["kind"]), km

    @cached_property
    def _decided(self) -> dict[tuple[str, int], list[Decision]]:
        found: dict[tuple[str, int], list[Decision]] = {}
        for decision in self.posed.ruled.decided:
            for change in decision.changes:
                for row in np.asarray(change.rows).tolist():
                    known = found.setdefault((change.things, int(row)), [])
                    known += [] if decision in known else [decision]
        return found

    def decisions_on(self, offer: int) -> list[Decision]:
        """The rows of [[plan.decide]] that bear on an offer."""
        return self._decided.get(("offers", offer), [])

    def decisions_near(self, offer: int) -> list[Decision]:
        """Those, and the ones that bear on what the plan lights its node over."""
        nodes, links = self.trials.tree.way(int(self.instance.node[offer]), root=True)
        on = [("offers", offer), *(("nodes", n) for n in nodes), *(("links", e) for e in links)]
        return [decision for thing in on for decision in self._decided.get(thing, [])]

    def points(self) -> list[int]:
        """The offers that serve at any time, by place and start."""
        start = self.solution.offer_start
        offers = np.flatnonzero(start < self.never)
        order = np.lexsort((start[offers], self.instance.place[offers]))
        return [int(offer) for offer in offers[order]]

    def capex(self, offer: int) -> int:
        """Rupiah that are paid once for an offer of the plan."""
        return int(self._capital[offer])

    def opex(self, offer: int) -> int:
        """Rupiah of its first year of service."""
        return int(self.instance.offers.running[offer, self.solution.offer_start[offer]])

    def funds(self, offer: int) -> list[tuple[str, float]]:
        """Who pays for an offer, the largest first, and its share of all that is paid for it."""
        return self._shares(self._paid[OFFER][offer])

    def works_funds(self, offer: int) -> list[tuple[str, float]]:
        """Who pays for the works that an offer hangs on, the largest first, and its share."""
        way = self.way(offer)
        return self._shares(self._paid[NODE][way[NODE]].sum(axis=0) + self._paid[LINK][way[LINK]].sum(axis=0))

    def _shares(self, paid: np.ndarray) -> list[tuple[str, float]]:
        order = np.argsort(-paid, kind="stable").tolist()
        return [(self.instance.funds[f], float(paid[f] / paid.sum())) for f in order if paid[f] > 0]

    def way(self, offer: int) -> tuple[list[int], list[int]]:
        """Nodes and links from an offer to its root that the plan puts in service and that cost something."""
        node = int(self.instance.node[offer])
        if node not in self._way:
            way = self.trials.tree.way(node)
            built = [[n for n in way[kind] if self._work_cost(kind, n) > 0] for kind in (NODE, LINK)]
            self._way[node] = (built[NODE], built[LINK])
        return self._way[node]

    def _work_cost(self, kind: int, row: int) -> int:
        return _cost(self._things[kind], row, int(self._start[kind][row]), self.never)

    def works(self, offer: int) -> Works:
        """What is built on the way to an offer."""
        nodes, links = self.way(offer)
        kinds, codes, link_kind, km = self._named
        of = Counter(str(link_kind[e]) for e in links)
        shared = self.trials.tree.places
        most = max([*(shared[NODE][n] for n in nodes), *(shared[LINK][e] for e in links)], default=1)
        return Works(
            tuple((str(kinds[n]), str(codes[n])) for n in nodes),
            float(sum(km[e] for e in links if link_kind[e] == "fibre")),
            of["microwave"],
            of["satellite"],
            int(most) - 1,
        )

    def part(self, offer: int) -> float:
        """Rupiah of the works on the way to an offer, each split evenly among the places on it."""
        node = int(self.instance.node[offer])
        if node not in self._part:
            way, shared = self.way(offer), self.trials.tree.places
            parts = [self._work_cost(k, n) / int(shared[k][n]) for k in (NODE, LINK) for n in way[k]]
            self._part[node] = sum(parts)
        return self._part[node]

    def place_span(self, offer: int) -> tuple[int, int]:
        """The offers that serve the same place before and after one; NONE: none."""
        row = self.trials.serving(int(self.instance.place[offer]))
        n = row.index(offer)
        return (row[n - 1] if n else NONE), (row[n + 1] if n + 1 < len(row) else NONE)

    def rivals(self, offer: int) -> list[int]:
        """The offers that could do for the same years what an offer of the plan does."""
        before, after = self.place_span(offer)
        lasting = self.instance.lasting
        others = [
            o
            for o in self.trials.offers_of(int(self.instance.place[offer]))
            if o not in (offer, before, after)
        ]
        if after != NONE:
            return [o for o in others if not lasting[o]]
        return [o for o in others if lasting[o]] if before != NONE else others

    def chosen(self, offer: int) -> Chosen:
        """Why an offer of the plan and none of its rivals."""
        if offer not in self._chosen:
            self._chosen[offer] = self._choice(offer)
        return self._chosen[offer]

    def _choice(self, offer: int) -> Chosen:
        rivals = self.rivals(offer)
        if not rivals:
            return Chosen("only")
        tried = [self.trials.instead(offer, rival, carried=False) for rival in rivals]
        able = [trial for trial in tried if trial.possible]
        if not able:
            return Chosen("only_able")
        nearest = min(able, key=lambda trial: (trial.cost_idr, trial.offer))
        cheapest = self.trials.instead(offer, nearest.offer)
        saved = self.trials.own_cost(offer)
        part = round(self.part(offer))
        alone = -self.trials.ledger.cost({(OFFER, offer): (self.never, self.never)}, {})
        if alone + part <= cheapest.cost_idr:
            return Chosen("cheapest_in_all", alone + part, part, cheapest, len(able) < len(tried))
        kind: Choice = "cheapest_shared" if saved <= cheapest.cost_idr else "dearer"
        return Chosen(kind, saved, part, cheapest, len(able) < len(tried))

    def earlier(self, offer: int) -> Trial | None:
        """An offer of the plan a year earlier."""
        if offer not in self._earlier:
            self._earlier[offer] = self.trials.earlier(offer)
        return self._earlier[offer]

    def least(self, place: int) -> Trial:
        """What an unserved place lacks least."""
        if place not in self._least:
            self._least[place] = self.trials.least(place)
        return self._least[place]

    def village_begins(self, places: list[int]) -> int:
        """With what an unserved village would begin: its office, else what lacks least."""
        if self.places[places[0]]["is_office"]:
            return places[0]
        return min(places, key=lambda p: (*self.least(p).nearness, p))


def unfit(offers: pd.DataFrame | None) -> dict[int, list[dict[str, Any]]]:
    """By place the offers of the supply that don't reach its promise."""
    found: dict[int, list[dict[str, Any]]] = {}
    if offers is not None:
        short = offers[~(flags(offers["reaches"]) & (numbers(offers["share"]) > 0))]
        for row in short.to_dict("records"):
            found.setdefault(int(row["place_no"]), []).append({str(k): v for k, v in row.items()})
    return found


def _cost(things: Things, row: int, start: int, never: int) -> int:
    """Rupiah in all years of a thing that starts in a year."""
    if start >= never:
        return 0
    return int(things.capital[row, start - int(things.lead[row])] + things.running[row, start:].sum())
