"""A first plan, quickly: what brings most for a rupiah first (`fill`); ways bend to what lies near, more or less.

Rules and what has to be there are not looked at here (see `search`): this plan is a start, not an answer.
"""

from __future__ import annotations

import numpy as np

from merata.plan.board import Board
from merata.plan.fill import Taste, fill
from merata.plan.instance import Instance, Solution, objective
from merata.plan.layout import board, plan_of, state

#: Steps that were not affordable are tried again only in the next year; so many failures end a year.
FAILURES = 60
#: How far ways bend towards what is of worth beside them.
LEANS = (0.0, 0.5, 1.0)


def greedy(instance: Instance) -> Solution:
    """A first plan that keeps within the money, the network and the order of places; not the rules, not the musts."""
    made = board(instance)
    best = _filled(instance, made, LEANS[0])
    price = price_of(instance, best)
    for lean in LEANS[1:]:
        other = _filled(instance, made, lean, price)
        best = max(best, other, key=lambda plan: objective(instance, plan))
    return best


def price_of(instance: Instance, plan: Solution) -> float:
    """Rupiah of all money for a unit of what a plan brings; 0 where it brings nothing."""
    worth = objective(instance, plan)
    return float(instance.money.sum()) / worth if worth > 0 else 0.0


def _filled(instance: Instance, made: Board, lean: float, price: float = 0.0) -> Solution:
    filled = state(instance, made, Solution.nothing(instance))
    fill(made, filled, plain(made, lean, price))
    return plan_of(filled)


def plain(made: Board, lean: float, price: float) -> Taste:
    """What a filling is led by that sees everything as it is."""
    years = made.money.shape[1]
    nodes, links = np.ones((len(made.on_first) - 1, years)), np.ones(len(made.links.lead))
    return Taste(lean, price, np.ones(len(made.place)), nodes, links, FAILURES)
