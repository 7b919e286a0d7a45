"""Checks a finished plan from the region alone: everything is reckoned anew, and nothing is shared with the search.

Each of the modules beside it checks one side of the plan's tables: `check_service` the points and what they bring,
`check_network` the works, `check_money` the payments, `check_decided` and `check_fair` the rules of region.toml,
`check_sums` the tables that add up the others, `check_promises` what becomes of the promises of an earlier plan.
`check_facts` and `check_need` hold what they all rest on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

import pandas as pd

from merata.access.result import Access
from merata.plan.check_decided import Decided
from merata.plan.check_facts import facts
from merata.plan.check_fair import fair
from merata.plan.check_money import money
from merata.plan.check_need import Need
from merata.plan.check_network import network
from merata.plan.check_promises import promises
from merata.plan.check_service import service
from merata.plan.check_sums import sums
from merata.plan.result import Plan
from merata.plan.supply import Supply
from merata.region.settings import Settings

#: So many faults of one side of a plan are told.
MOST_OF_A_KIND = 50


def violations(
    plan: Plan,
    access: Access,
    tables: Mapping[str, pd.DataFrame],
    settings: Settings,
    supply: Supply,
    crs: str = "",
) -> list[str]:
    """Everything that is wrong with a plan, in plain English; empty for a sound plan.

    Parameters
    ----------
    plan : its tables, as `merata.plan.result` declares them.
    access : who has which level now.
    tables : the region's; `prices` and `budgets` are used.
    settings : region.toml.
    supply : what could be built, with the network.
    crs : projection of the supply; empty: that of region.toml or the UTM zone (`merata.plan.where.projection`).

    """
    known = facts(plan, access, tables, settings, supply)
    need = Need(known)
    decided = Decided(known, need)
    sides = (
        service(known, need, decided),
        network(known, decided, crs),
        money(known, decided),
        decided.faults(),
        fair(known, need),
        sums(known),
        promises(known),
    )
    return [fault for side in sides for fault in _shortened(side)]


def _shortened(faults: Iterator[str]) -> list[str]:
    told = list(islice(faults, MOST_OF_A_KIND + 1))
    return told if len(told) <= MOST_OF_A_KIND else [*told[:-1], "… and more like these"]
