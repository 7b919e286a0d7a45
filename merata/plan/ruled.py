"""A planning problem with its rules, each of which can be taken away: to find conflicts, and what a rule costs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from merata.plan import rule_words as say
from merata.plan.decisions import Change, Decision, Names, decisions
from merata.plan.ground import Ground, ground
from merata.plan.instance import NONE, Instance, Rule, Things
from merata.plan.rules import fair_rules, tiers
from merata.region.settings_plan import PlanSettings

MONEY = "funds.money"
"""Key of what the funds have."""
PAYS = "funds.pays"
"""Key of what the funds may pay."""
VILLAGES = "plan.villages_per_year"
ORDER = "plan.fair.order"


@dataclass(frozen=True)
class Ruled:
    """An instance without the rules of region.toml, and these rules."""

    base: Instance
    ground: Ground
    rules: list[Rule]
    """Those of [plan.fair]."""
    decided: list[Decision]
    """Those of [[plan.decide]]."""
    tier: np.ndarray

    def instance(self, without: Collection[str] = ()) -> Instance:
        """The problem under all rules, `without` those of some keys: see `relaxed`.

        What is paid already stays so without its promise: it is a fact and no rule.
        """
        left = [key for key in self.keys if not _named(key, without)]
        chosen = [decision for decision in self.decided if decision.key in left]
        facts = [c for decision in self.decided for c in decision.changes if c.paid]
        asked = [c for decision in chosen for c in decision.changes if not c.paid]
        made = _decided(self.base, [*facts, *asked])
        own = [rule for rule in self.base.rules if not _named(rule.key, without)]
        rules = [rule for rule in self.rules if rule.key in left]
        made = replace(
            made,
            rules=[*own, *rules, *(rule for decision in chosen for rule in decision.rules)],
            tier=np.zeros(0, dtype=np.int64) if _named(ORDER, without) else self.tier,
        )
        if _named(VILLAGES, without):
            made = replace(made, villages_per_year=np.full(len(made.years), NONE))
        return _rich(made, _named(MONEY, without), _named(PAYS, without))

    @property
    def keys(self) -> list[str]:
        """Keys of all rules that may make a plan impossible: each can be taken away by itself."""
        said = [*(rule.key for rule in self.base.rules), *(rule.key for rule in self.rules)]
        said += [d.key for d in self.decided if d.changes or d.rules]
        limits = [VILLAGES] if (self.base.villages_per_year != NONE).any() else []
        return [*dict.fromkeys(said), *limits, MONEY, PAYS]

    @property
    def fair_settings(self) -> list[str]:
        """Settings of [plan.fair] that ask for something, each to be taken away whole to see what it costs."""
        said = [".".join(rule.key.split(".")[:3]) for rule in self.rules]
        return list(dict.fromkeys(said)) + ([ORDER] if len(self.tier) and not len(self.base.tier) else [])

    @property
    def notes(self) -> list[say.Pair]:
        """What people should know: what can't be reached and so counts in no rule, decisions without effect."""
        told = [note for decision in self.decided for note in decision.notes]
        lead = self.ground.lead
        out = int((lead & ~self.ground.reachable).sum())
        if out and self.rules:
            told.insert(0, (
                f"Rules of fairness count only villages that some option can reach in these years; "
                f"{out} of {int(lead.sum())} in need can't be reached",
                f"Aturan keadilan hanya menghitung desa yang dapat dijangkau suatu pilihan pada tahun-tahun ini; "
                f"{out} dari {int(lead.sum())} yang membutuhkan tidak terjangkau",
            ))  # fmt: skip
        return told

    def payment_classes(self, without: Collection[str] = ()) -> np.ndarray:
        """The class of `base` that each payment class of `instance(without)` was split from, (C,)."""
        kept = [d for d in self.decided if not _named(d.key, without)]
        split = [c for d in kept for c in d.changes if c.fund != NONE]
        own: list[int] = list(range(len(self.base.ceiling)))
        for change in split:
            own += _classes(self.base, change)
        return np.array(own, dtype=np.int64)


def ruled(
    instance: Instance,
    places: pd.DataFrame,
    names: Names,
    plan: PlanSettings,
    villages: pd.DataFrame | None = None,
) -> Ruled:
    """The rules of [plan.fair] and [[plan.decide]] over an instance that has none of them yet.

    `places` and `villages` are as for `merata.plan.ground.ground`. Raises SettingsError naming what is not there.
    """
    facts = ground(instance, places, villages)
    return Ruled(
        instance,
        facts,
        fair_rules(facts, plan.fair),
        decisions(instance, facts, names, plan.decide),
        tiers(facts, plan.fair.order) if plan.fair.order else instance.tier,
    )


def relaxed(problem: Ruled, keys: Collection[str]) -> Instance:
    """The instance without the rules of these keys; a key stands for all that begin with it and a point.

    So 'plan.fair' takes away every rule of fairness, 'plan.fair.floor.2027' one floor, 'plan.decide.3' the third
    decision, 'funds' every limit of money, 'plan.villages_per_year' the limit of villages.
    """
    return problem.instance(without=keys)


def _named(key: str, keys: Collection[str]) -> bool:
    return any(key == k or key.startswith(k + ".") for k in keys)


def _decided(instance: Instance, changes: Sequence[Change]) -> Instance:
    things = {name: getattr(instance, name) for name in ("nodes", "links", "offers")}
    for change in changes:
        things[change.things] = _changed(things[change.things], change, len(instance.years))
    made = replace(instance, **things)
    for change in changes:
        if change.fund != NONE:
            made = _one_fund(made, instance, change)
    return made


def _changed(things: Things, change: Change, years: int) -> Things:
    first, last, must = things.first.copy(), things.last.copy(), things.must.copy()
    lead, capital = things.lead.copy(), things.capital.copy()
    rows = change.rows
    if change.paid:
        capital[rows], lead[rows], first[rows] = 0, 0, 0
    first[rows] = np.maximum(first[rows], change.first)
    if change.last is not None:
        last[rows] = np.minimum(last[rows], change.last)
        must[rows] = True
    return replace(things, first=first, last=last, must=must, lead=lead, capital=capital)


def _classes(base: Instance, change: Change) -> list[int]:
    """Payment classes of some offers that the fund may pay for; all of them, where it may pay for none."""
    used = np.concatenate([base.offers.capital_class[change.rows], base.offers.running_class[change.rows]])
    classes = [int(c) for c in np.unique(used)]
    return [c for c in classes if base.ceiling[c, change.fund] > 0] or classes


def _one_fund(made: Instance, base: Instance, change: Change) -> Instance:
    """Classes of their own for some offers, which only one fund pays for; what it may not pay stays as it is."""
    split = _classes(base, change)
    number = {c: len(made.ceiling) + n for n, c in enumerate(split)}
    ceiling = np.zeros((len(split), made.ceiling.shape[1]))
    ceiling[:, change.fund] = made.ceiling[split, change.fund]
    capital, running = made.offers.capital_class.copy(), made.offers.running_class.copy()
    for c, new in number.items():
        capital[change.rows] = np.where(
            base.offers.capital_class[change.rows] == c, new, capital[change.rows]
        )
        running[change.rows] = np.where(
            base.offers.running_class[change.rows] == c, new, running[change.rows]
        )
    offers = replace(made.offers, capital_class=capital, running_class=running)
    return replace(made, offers=offers, ceiling=np.concatenate([made.ceiling, ceiling]))


def _rich(instance: Instance, money: bool, pays: bool) -> Instance:
    """The instance with money for everything, and with funds that may pay for everything."""
    if not len(instance.funds) and (money or pays):
        years, classes = len(instance.years), len(instance.ceiling)
        instance = replace(
            instance, funds=["-"], money=np.zeros((1, years), dtype=np.int64),
            carry=np.zeros(1, dtype=np.int64), ceiling=np.zeros((classes, 1)),
        )  # fmt: skip
    if pays:
        instance = replace(instance, ceiling=np.ones_like(instance.ceiling))
    if money:
        instance = replace(instance, money=np.full_like(instance.money, _everything(instance)))
    return instance


def _everything(instance: Instance) -> int:
    """What everything together could cost at most, rupiah."""
    parts = (instance.nodes, instance.links, instance.offers)
    most = sum(int(t.capital.max(axis=1, initial=0).sum()) + int(t.running.sum()) for t in parts)
    return max(most, int(instance.money.max(initial=0)), 1)
