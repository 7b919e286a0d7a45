"""Posed problems around instances made by hand, so that their reasons can be told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import pandas as pd
from factory import Place, Village, access

from merata.access.result import Access
from merata.plan import catalogue
from merata.plan.costs import Items
from merata.plan.instance import NONE, Instance, Rule, Solution, objective
from merata.plan.pay import payments
from merata.plan.pose import Posed
from merata.plan.result import Plan
from merata.plan.why import Why
from merata.region.settings import Settings

PRICES = catalogue.prices(None, Settings())
OPTIONS = ("leo", "fibre", "fixed_wireless", "cell")
KINDS = ("village office", "school", "health post", "people")


@dataclass
class Decided:
    """Stands for `merata.plan.ruled.Ruled`: an instance, and what was decided about it."""

    made: Instance
    decided: list[Any] = field(default_factory=list)

    def instance(self) -> Instance:
        return self.made


def village_code(number: int) -> str:
    return f"99.01.01.{2001 + number}"


def posed(
    instance: Instance,
    options: list[str] | None = None,
    kinds: list[str] | None = None,
    node_kinds: list[str] | None = None,
    link_kinds: list[str] | None = None,
    length_km: list[float] | None = None,
    decided: list[Any] | None = None,
) -> Posed:
    """The tables of an instance, with what is not said made up."""
    places, nodes, links, offers = instance.shape
    kind = kinds or [KINDS[0] if instance.gate[p] == NONE else KINDS[1] for p in range(places)]
    option = options or [OPTIONS[o % len(OPTIONS)] for o in range(offers)]
    codes = [village_code(int(v)) for v in instance.village]
    return Posed(
        places=pd.DataFrame(
            {
                "village_code": codes, "place": [f"p{p}" for p in range(places)], "kind": kind,
                "name": [f"Kantor {p}" for p in range(places)], "promised": "working", "access_now": "none",
                "known_by": "reported", "is_office": [k == "village office" for k in kind], "x_m": 0.0,
            }
        ),
        nodes=pd.DataFrame(
            {
                "node": [f"n{n}" for n in range(nodes)], "kind": node_kinds or ["new tower"] * nodes,
                "village_code": [codes[0]] * nodes,
            }
        ),
        links=pd.DataFrame(
            {
                "link": [f"l{e}" for e in range(links)], "kind": link_kinds or ["fibre"] * links,
                "length_km": length_km or [1.5] * links,
            }
        ),
        offers=pd.DataFrame(
            {
                "place_no": instance.place, "offer": [f"o{o}" for o in range(offers)],
                "village_code": [codes[p] for p in instance.place], "place": [f"p{p}" for p in instance.place],
                "option": option, "node": ["" if n == NONE else f"n{n}" for n in instance.node], "level": "good",
                "reaches": True, "items": [{"leo_terminal": 1.0}] * offers, "share": instance.share,
                "mbps": instance.mbps, "lasting": instance.lasting, "people": 100 * instance.share,
                "people_none": 0.0, "pool": "",
                "reuse_items": [{}] * offers, "known_by": "assumed", "detail_en": "as made up", "detail_id": "rekaan",
            }
        ),
        prices=PRICES,
        budgets=pd.DataFrame(),
        funds=cast(Any, None),
        items=Items.of([], PRICES),
        ruled=cast(Any, Decided(instance, decided or [])),
        assumptions=[],
    )  # fmt: skip


def region(instance: Instance) -> Access:
    """The access tables of an instance's villages, and of one more where all is well."""
    return access([Village([Place()]) for _ in range(int(instance.village.max(initial=-1)) + 2)])


def why(instance: Instance, solution: Solution, gap: float = 0.0, **more: Any) -> Why:
    """The reasons of a plan."""
    offers = more.pop("offers", None)
    paid = payments(instance, solution)
    assert paid is not None, "the plan can't be paid"
    return Why(posed(instance, **more), instance, solution, paid, region(instance), gap, offers)


def plan_of(instance: Instance, solution: Solution, gap: float) -> Plan:
    """What an explanation reads of a plan."""
    worth = objective(instance, solution)
    empty = {name: pd.DataFrame() for name in Plan.__dataclass_fields__}
    own: dict[str, Any] = {
        "objective": worth,
        "bound": worth / (1 - gap),
        "gap": gap,
        "assumptions": ["made up"],
    }
    return Plan(**{**empty, "stopped_early": False, **own})


def rule(about: str, place: list[int], year: list[int], least: float, key: str = "plan.fair.floor.1") -> Rule:
    """At least so many of these places in these years."""
    return Rule(key, about, np.array(place), np.array(year), np.ones(len(place)), least, f"{about} (id)")
