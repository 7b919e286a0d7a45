"""What stands in the way of serving a place by an offer from a year on, everything else as planned: exact tests.

A trial takes an offer and the cheapest way to light its node, and asks in this order: may it start then, is there a
way, may somebody pay for it, does no decision ask for what goes, is its office served, may one more village start, does
every rule still hold, is the money there, can the network carry it. The first that says no is the hindrance. Where it
is money, just so much lacks: with exactly that much more, in these years and for these costs, it can be paid, and
with a rupiah less it can't.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from merata.plan.instance import NONE, Instance, Rule, Solution
from merata.plan.ledger import Changes, Ledger, starts
from merata.plan.lighting import Tree, Ways, payable
from merata.plan.load import carries, limited
from merata.plan.pay import LINK, NODE, OFFER
from merata.plan.purse import Purse

Kind = Literal[
    "", "no option", "no need", "lead", "decided", "no way", "no fund", "must", "office first", "villages a year",
    "rule", "money", "capacity",
]  # fmt: skip

#: Sums of rules are compared with this slack, as in the audit.
_SLACK = 1e-6
#: Of several hindrances of a place, the first here is told: the one that most would do something about.
_NEAREST: tuple[Kind, ...] = (
    "", "money", "office first", "villages a year", "rule", "capacity", "must", "no fund", "decided", "lead",
    "no way", "no need", "no option",
)  # fmt: skip
#: Hindrances with which an option is none at all in that year, whatever money there is.
_UNABLE: tuple[Kind, ...] = ("no option", "lead", "decided", "no way", "no fund", "no need")


@dataclass(frozen=True, eq=False)
class Trial:
    """What would be if an offer served from a year on."""

    kind: Kind
    """What stands in the way; '': nothing."""
    offer: int = NONE
    year: int = NONE
    cost_idr: int = 0
    """What it adds to the plan's costs in all years, the way to its node included; 0 where there is none."""
    lacking: np.ndarray | None = None
    """Rupiah that lack, by payment class and year, (C, T), where the kind is money."""
    rule: Rule | None = None
    """The rule that would be broken."""
    changes: Changes = field(default_factory=dict)
    """What would differ from the plan; empty where the offer can't be had then at all."""

    @property
    def lacking_idr(self) -> int:
        """Rupiah that lack in all years."""
        return 0 if self.lacking is None else int(self.lacking.sum())

    @property
    def possible(self) -> bool:
        """Whether money, order, rules or capacity alone could let it be: what it costs is known."""
        return self.kind not in _UNABLE

    @property
    def nearness(self) -> tuple[int, int, int, int, int]:
        """The smaller, the less is in the way."""
        return _NEAREST.index(self.kind), self.lacking_idr, self.year, self.cost_idr, self.offer


class Trials:
    """Trials over one plan."""

    def __init__(self, instance: Instance, solution: Solution) -> None:
        self.instance, self.solution = instance, solution
        self.never = len(instance.years)
        self.ledger = Ledger(instance, solution)
        self.tree = Tree(instance, solution)
        self.purse = Purse.of(instance)
        self._ways = Ways(instance, solution)
        self._ways_without: dict[int, Ways] = {}
        self._payable = payable(instance, instance.offers)
        self._offers = _grouped(instance.place, len(instance.village))
        self._places = _grouped(instance.village, int(instance.village.max(initial=NONE)) + 1)
        first = np.full(len(instance.village), self.never)
        np.minimum.at(first, instance.place, solution.offer_start)
        self.first: np.ndarray = first
        """First year of service of each place, T: never, (P,)."""
        self._begun = np.bincount(
            [self._village_first(v) for v in range(len(self._places))], minlength=self.never + 1
        )
        self._rules = _rules_of(instance)
        self._reached = self._rule_sums()
        self._limited = limited(instance)

    def offers_of(self, place: int) -> list[int]:
        """The offers of a place."""
        return self._offers[place]

    def serving(self, place: int) -> list[int]:
        """The offers that serve a place, in order of time."""
        mine = [o for o in self._offers[place] if self.solution.offer_start[o] < self.never]
        return sorted(mine, key=lambda o: int(self.solution.offer_start[o]))

    def without(self, offer: int) -> Changes:
        """The plan without an offer, and without the works that no other needs and that need not be there."""
        changes: Changes = {(OFFER, offer): (self.never, self.never)}
        alone = self._alone(offer)
        for kind, row in [*alone, *self._beside(alone)]:
            changes[kind, row] = (self.never, self.never)
        return changes

    def _beside(self, works: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Other links at nodes that go: a second cable beside the first, say."""
        nodes = [row for kind, row in works if kind == NODE]
        if not nodes:
            return []
        there = np.isin(self.instance.ends, nodes).any(axis=1) & (self.solution.link_start < self.never)
        return [(LINK, int(row)) for row in np.flatnonzero(there)]

    def _alone(self, offer: int) -> list[tuple[int, int]]:
        """Works of a plan on which this offer alone hangs."""
        way = self.tree.way(int(self.instance.node[offer]))
        things = (self.instance.nodes, self.instance.links)
        start = (self.solution.node_start, self.solution.link_start)
        return [
            (kind, row)
            for kind in (NODE, LINK)
            for row in way[kind]
            if self.tree.offers[kind][row] == 1
            and not things[kind].must[row]
            and start[kind][row] < self.never
        ]

    def own_cost(self, offer: int) -> int:
        """Rupiah in all years that the plan would save without an offer and the works that it alone needs."""
        return -self.ledger.cost(self.without(offer), {})

    def earlier(self, offer: int) -> Trial | None:
        """An offer of the plan a year earlier; None where it comes in the first year."""
        start = int(self.solution.offer_start[offer])
        if start == 0:
            return None
        out = self.without(offer)
        before = [
            o for o in self.serving(int(self.instance.place[offer])) if self.solution.offer_start[o] < start
        ]
        for old in before:
            begun = int(self.solution.offer_start[old])
            out[OFFER, old] = (begun, start - 1) if begun < start - 1 else (self.never, self.never)
        return self.trial(offer, start - 1, int(self.solution.offer_end[offer]), out, offer)

    def instead(self, offer: int, other: int, *, carried: bool = True) -> Trial:
        """Another offer of the same place for the same years; `carried` as for `trial`."""
        span = int(self.solution.offer_start[offer]), int(self.solution.offer_end[offer])
        return self.trial(other, *span, self.without(offer), offer, carried=carried)

    def least(self, place: int, offer: int | None = None) -> Trial:
        """The trial of an unserved place that lacks least money, or what stands in the way of all of them."""
        offers = self._offers[place] if offer is None else [offer]
        tried = [self.trial(o, t, self.never, carried=False) for o in offers for t in range(self.never)]
        for trial in sorted(tried, key=lambda t: t.nearness):
            if trial.kind not in ("", "money") or self._carried(trial, {}, NONE):
                return trial
        return replace(min(tried, key=lambda t: t.nearness), kind="capacity") if tried else Trial("no option")

    def trial(
        self,
        offer: int,
        start: int,
        end: int,
        out: Changes | None = None,
        left: int = NONE,
        *,
        carried: bool = True,
    ) -> Trial:
        """What would be if an offer served in start <= t < end, over a plan with the changes `out`.

        `left`: the offer whose works `out` takes away. `carried`: ask too whether the network can carry it.
        """
        over = out or {}
        kind = self._when(offer, start)
        way = None if kind else self._ways_over(over, left).to(int(self.instance.node[offer]), start)
        if kind or way is None:
            return Trial(kind or "no way", offer, start)
        changes = {**over, **way, (OFFER, offer): (start, end)}
        cost = self.ledger.cost(changes, over)
        if not self._payable[offer]:
            return Trial("no fund", offer, start, cost)
        kind, rule = self._orderly(int(self.instance.place[offer]), changes)
        kind = "must" if self._forced_out(changes) else kind
        if kind:
            return Trial(kind, offer, start, cost, rule=rule, changes=changes)
        lacking = self.purse.shortage(self.ledger.needs_with(changes))
        if lacking.any():
            return Trial("money", offer, start, cost, lacking, changes=changes)
        free = Trial("", offer, start, cost, changes=changes)
        full = carried and not self._carried(free, over, left)
        return replace(free, kind="capacity") if full else free

    def _when(self, offer: int, start: int) -> Kind:
        offers = self.instance.offers
        if start < offers.lead[offer]:
            return "lead"
        if not offers.first[offer] <= start <= offers.last[offer]:
            return "decided"
        counts = self.instance.worth[self.instance.place[offer], start] * self.instance.share[offer]
        return "" if counts > 0 else "no need"

    def _forced_out(self, changes: Changes) -> bool:
        """Whether an offer goes, or comes too late, that has to be there."""
        offers = self.instance.offers
        return any(
            kind == OFFER and bool(offers.must[row]) and start > offers.last[row]
            for (kind, row), (start, _) in changes.items()
        )

    def _ways_over(self, out: Changes, left: int) -> Ways:
        """Ways over the plan that the changes leave; most leave all of its works."""
        if all(kind == OFFER for kind, _ in out):
            return self._ways
        if left not in self._ways_without:
            self._ways_without = {
                left: Ways(self.instance, starts(self.instance, self.solution, self.without(left)))
            }
        return self._ways_without[left]

    def _orderly(self, place: int, changes: Changes) -> tuple[Kind, Rule | None]:
        """Whether order, number of villages and rules allow it."""
        spans = [self.ledger.service(OFFER, o, changes)[0] for o in self._offers[place]]
        now = min(spans, default=self.never)
        gate = int(self.instance.gate[place])
        if gate != NONE and self.first[gate] > now:
            return "office first", None
        village = int(self.instance.village[place])
        was = self._village_first(village)
        then = min([now, *(int(self.first[p]) for p in self._places[village] if p != place)])
        if then != was and self._full(then):
            return "villages a year", None
        broken = self._broken(place, now)
        return ("rule" if broken else ""), broken

    def _full(self, year: int) -> bool:
        """Whether no more villages may get their first service in a year."""
        most = NONE if year == self.never else int(self.instance.villages_per_year[year])
        return most != NONE and int(self._begun[year]) >= most

    def _village_first(self, village: int) -> int:
        return min((int(self.first[p]) for p in self._places[village]), default=self.never)

    def _rule_sums(self) -> list[float]:
        result = []
        for rule in self.instance.rules:
            served = self.first[rule.place] <= rule.year
            result.append(float((rule.coefficient * served).sum()))
        return result

    def _broken(self, place: int, now: int) -> Rule | None:
        """The first rule that is broken when a place is served from `now` on."""
        for n in self._rules.get(place, []):
            rule = self.instance.rules[n]
            mine = rule.place == place
            change = (now <= rule.year[mine]).astype(float) - (self.first[place] <= rule.year[mine])
            reached = self._reached[n] + float((rule.coefficient[mine] * change).sum())
            if reached < rule.least - _slack(rule):
                return rule
        return None

    def rules_on(self, place: int) -> list[tuple[int, float]]:
        """The rules in which a place stands, and by how much each is kept with more than it asks."""
        rules = self.instance.rules
        return [(n, max(0.0, self._reached[n] - rules[n].least)) for n in self._rules.get(place, [])]

    def leaning(self, place: int) -> list[Rule]:
        """The rules that would not be kept if a served place were not served."""
        found = []
        for n in self._rules.get(place, []):
            rule = self.instance.rules[n]
            mine = (rule.place == place) & (self.first[rule.place] <= rule.year)
            if self._reached[n] - float(rule.coefficient[mine].sum()) < rule.least - _slack(rule):
                found.append(rule)
        return found

    def _carried(self, trial: Trial, out: Changes, left: int) -> bool:
        """Whether the network carries a trial over a plan with the changes `out` in every year."""
        node, mbps = int(self.instance.node[trial.offer]), float(self.instance.mbps[trial.offer])
        if not self._limited or node == NONE or mbps <= 0:
            return True
        start, end = self.ledger.service(OFFER, trial.offer, trial.changes)
        ways = self._ways_over(out, left)
        path = ways.path(node, start)
        if path and ways.carries(path, mbps) and self.tree.spare(path[0][-1], start, end) >= mbps:
            return True
        plan = starts(self.instance, self.solution, trial.changes)
        return all(carries(self.instance, plan, t) for t in range(start, end))

    def funds_for(self, lacking: np.ndarray) -> list[int]:
        """The funds that may pay for what lacks (C, T)."""
        classes = lacking.any(axis=1)
        return np.flatnonzero((self.instance.ceiling[classes] > 0).any(axis=0)).tolist()


def _slack(rule: Rule) -> float:
    return _SLACK * max(1.0, float(np.abs(rule.coefficient).sum()))


def _grouped(of: np.ndarray, count: int) -> list[list[int]]:
    result: list[list[int]] = [[] for _ in range(count)]
    for row, group in enumerate(of.tolist()):
        result[group].append(row)
    return result


def _rules_of(instance: Instance) -> dict[int, list[int]]:
    """The rules in which each place stands."""
    result: dict[int, list[int]] = {}
    for n, rule in enumerate(instance.rules):
        for place in np.unique(rule.place).tolist():
            result.setdefault(place, []).append(n)
    return result
