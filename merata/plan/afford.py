"""A plan that costs a little more than there is, made payable: what brings least waits a year or is left out.

The solver reckons in millions with a tolerance, and it lets whom it likes take over what a terminal leaves, not whoever
comes first (`merata.plan.instance.needs`). So its plans may lack some rupiah of what there is. Good plans are not lost
for that.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np

from merata.plan.audit import faults
from merata.plan.instance import NONE, Instance, Solution, needs
from merata.plan.ledger import Changes, Ledger, starts
from merata.plan.pay import OFFER
from merata.plan.purse import Purse
from merata.plan.tidy import tidy

#: So many changes are tried for one step, those that lose least first, and so many steps are taken.
_TRIED = 400
_STEPS = 8


def affordable(instance: Instance, plan: Solution) -> Solution:
    """A plan that brings hardly less and can be paid; the same plan where it can be paid, or where none is found.

    A plan that breaks any other condition is left as it is.
    """
    purse, needed = Purse.of(instance), needs(instance, plan)
    if purse.holds(needed):
        return plan
    rich = dataclasses.replace(instance, money=np.full_like(instance.money, max(1, int(needed.sum()))))
    if faults(rich, plan):
        return plan
    made = tidy(rich, plan)
    for _ in range(_STEPS):
        if purse.holds(needs(instance, made)):
            return made
        step = _step(instance, rich, purse, made)
        if step is None:
            return plan
        made = step
    return made if purse.holds(needs(instance, made)) else plan


def _step(instance: Instance, rich: Instance, purse: Purse, plan: Solution) -> Solution | None:
    """The plan with one change: what loses least and is enough, else what saves most for its loss."""
    ledger = Ledger(instance, plan)
    lacks = int(purse.shortage(ledger.needs).sum())
    less: list[tuple[float, Solution]] = []
    for loss, changes in sorted(_changes(instance, plan), key=lambda one: one[0])[:_TRIED]:
        saved = lacks - int(purse.shortage(ledger.needs_with(changes)).sum())
        if saved <= 0:
            continue
        made = starts(instance, plan, changes)
        if saved < lacks:
            less.append((loss / saved, made))
        elif not faults(rich, made):
            return made
    for _, made in sorted(less, key=lambda one: one[0]):
        if not faults(rich, made):
            return made
    return None


def _changes(instance: Instance, plan: Solution) -> Iterator[tuple[float, Changes]]:
    """What each place could do without, and what that loses: a year of it, a lasting offer for a stop-gap's, or all."""
    never = len(instance.years)
    waited = np.bincount(instance.gate[instance.gate != NONE], minlength=len(instance.village))
    before = {
        (int(instance.place[o]), int(plan.offer_end[o])): int(o)
        for o in np.flatnonzero(plan.offer_end < never)
    }
    must = instance.offers.must
    for offer in np.flatnonzero((plan.offer_start < never) & (plan.offer_end == never)).tolist():
        start, place = int(plan.offer_start[offer]), int(instance.place[offer])
        first = before.get((place, start), NONE)
        onwards = instance.worth[place, start:] * instance.share[offer]
        later = (start + 1, never) if start + 1 < never else (never, never)
        if first == NONE:
            if start + 1 < never or not (must[offer] or waited[place]):
                yield float(onwards[0]), {(OFFER, offer): later}
            if start + 1 < never and not (must[offer] or waited[place]):
                yield float(onwards.sum()), {(OFFER, offer): (never, never)}
            continue
        own, less = int(plan.offer_start[first]), instance.share[first] / instance.share[offer]
        yield float(onwards[0] * (1 - less)), {(OFFER, offer): later, (OFFER, first): (own, start + 1)}
        if start + 1 < never and not must[offer]:
            whole: Changes = {(OFFER, offer): (never, never), (OFFER, first): (own, never)}
            yield float(onwards.sum() * (1 - less)), whole
