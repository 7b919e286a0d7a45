"""The plan: what could be built, prices, funds and rules put together, solved, checked, and told as tables."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from merata.access.result import Access
from merata.errors import NoPlanError, StoppedError
from merata.plan import conflicts, fairness, stop, where
from merata.plan import tables as told
from merata.plan.again import Case, nearness, with_money
from merata.plan.assume import assumptions
from merata.plan.check import violations
from merata.plan.frames import frame, numbers, words
from merata.plan.instance import Instance, Solution
from merata.plan.memory import Memory
from merata.plan.network import network
from merata.plan.pay import payments
from merata.plan.pose import Posed, pose
from merata.plan.promise_told import promise_rows
from merata.plan.promises import Promised
from merata.plan.replan import fates, keep, only_used
from merata.plan.result import PROMISES, Plan
from merata.plan.search import Found, search
from merata.plan.supply import Supply, supply, with_network
from merata.plan.sure import Outlook, Safe, chances, made_sure
from merata.plan.tables import Solved
from merata.plan.tidy import tidy
from merata.plan.villages import villages
from merata.plan.why import Why
from merata.radio.correct import Correction
from merata.radio.land import Ground
from merata.region.settings import Settings

Say = Callable[[str], None]


def choices(
    access: Access,
    tables: Mapping[str, pd.DataFrame],
    settings: Settings,
    ground: Ground | None = None,
    cover: npt.NDArray[np.uint8] | None = None,
    correction: Correction | None = None,
    progress: Say | None = None,
) -> Supply:
    """Everything that could be built, with the network.

    Parameters
    ----------
    access : who has which level now.
    tables : the region's tables by name, as `region.tables` declares them; any may be missing or empty.
    settings : region.toml.
    ground, cover, correction : terrain, land cover and what measurements say of the coverage map, where known: see
        `merata.plan.supply.supply`.
    progress : is told in a few words what is being done.

    """
    say = progress or (lambda _: None)
    crs = projection(access, settings, ground)
    say("who could be served by what")
    own = supply(access, tables, settings, crs, ground, cover, correction)
    say("cable and hops")
    return with_network(own, network(own.ends, own.candidates, tables, settings, crs, ground))


def projection(access: Access, settings: Settings, ground: Ground | None = None) -> str:
    """The metric projection of a region's supply: the ground's, where there is one."""
    if ground is not None:
        return str(ground.grid.crs)
    return where.projection([access.facilities, access.settlements, access.villages], settings)


def solve(
    access: Access,
    tables: Mapping[str, pd.DataFrame],
    settings: Settings,
    progress: Say | None = None,
    could_be: Supply | None = None,
    crs: str = "",
    promised: Promised | None = None,
) -> Plan:
    """The plan that serves best within the budgets, with a proof of how much better any could be.

    Parameters
    ----------
    access, tables, settings : as for `choices`.
    progress : is told in a few words what is being done.
    could_be : what `choices` gave; None: it is made here, without terrain.
    crs : the projection of `could_be`; empty: see `projection`.
    promised : what an earlier run promised; the plan then changes as little of it as can be, and tells what it does.

    Raises
    ------
    NoPlanError
        No plan keeps every rule of region.toml; the rules that stand against each other are named.
    StoppedError
        It was asked to stop (see `merata.plan.stop`) before it found any plan.

    """
    say = progress or (lambda _: None)
    if could_be is None:
        could_be = choices(access, tables, settings, progress=progress)
    posed = pose(could_be, access, tables, settings)
    say(f"{len(posed.places):,} places below their promise, {len(posed.offers):,} ways to serve them")
    crs = crs or projection(access, settings)
    solved, found = solved_of(posed, settings, crs, say, promised=promised)
    say("reasons, and how sure it is")
    plan = plan_of(solved, found, access, settings, could_be.offers, promised)
    broken = violations(plan, access, tables, settings, could_be, crs)
    if broken:
        raise AssertionError("the plan breaks its own rules; please report it: " + "; ".join(broken[:5]))
    return plan


def solved_of(
    posed: Posed,
    settings: Settings,
    crs: str,
    say: Say,
    start: Solution | None = None,
    promised: Promised | None = None,
) -> tuple[Solved, Found]:
    """The problem solved, tidied, and paid for."""
    instance = posed.instance
    try:
        with stop.searching():
            found, safe = _till_stopped(
                lambda: _searched(posed, instance, settings, start, _finder(posed, settings, say, promised))
            )
    except NoPlanError as error:
        say("no plan keeps every rule: which of them conflict")
        raise conflicts.told(posed.ruled, error, settings.plan.seconds) from error
    # A promise is of one option: another that serves as well for less would break it.
    solution = tidy(only_used(instance, [found.solution]) if promised else instance, found.solution)
    paid = payments(instance, solution)
    if paid is None:
        raise NoPlanError("the plan can't be paid: this is a mistake of Merata; please report it")
    return Solved(posed, instance, solution, paid, settings.plan.price_growth, crs, safe), found


def _till_stopped(search: Callable[[], tuple[Found, Safe | None]]) -> tuple[Found, Safe | None]:
    """What a search finds until it ends, or somebody ends it."""
    try:
        found, safe = search()
    except NoPlanError as error:
        if stop.asked():
            raise StoppedError("Stopped before any plan was found that keeps every rule.") from error
        raise
    return (dataclasses.replace(found, stopped_early=True, by_hand=True) if stop.asked() else found), safe


_Find = Callable[[Instance, Solution | None], Found]


def _finder(posed: Posed, settings: Settings, say: Say, promised: Promised | None) -> _Find:
    """How the plan for a problem with more or less money is found: the best, or near it with most promises kept."""
    plan = settings.plan

    def find(instance: Instance, start: Solution | None) -> Found:
        memory = Memory()
        found = search(instance, plan.gap, plan.seconds, start, nearness(say), memory)
        if promised is None:
            return found
        say("as few changed promises as can be")
        made = keep(_case(posed, instance, found, settings, memory), promised.rows, plan.promise_share)
        return dataclasses.replace(
            found,
            solution=made.solution,
            objective=made.objective,
            stopped_early=found.stopped_early or made.stopped_early,
        )

    return find


def _case(
    posed: Posed, instance: Instance, found: Found, settings: Settings, memory: Memory | None = None
) -> Case:
    return Case(with_money(posed, instance.money), found, settings.plan, memory or Memory())


def _searched(
    posed: Posed, instance: Instance, settings: Settings, start: Solution | None, find: _Find
) -> tuple[Found, Safe | None]:
    """The search; with money set aside until the budgets hold with the chance that is asked for."""
    found = find(instance, start)
    if not settings.plan.sure:
        return found, None

    def again(tighter: Instance) -> Solution:
        nonlocal found
        before, found = found, find(tighter, None)
        # What is set aside follows from the plans before: one that the clock ended makes all of it the clock's.
        found = dataclasses.replace(found, stopped_early=found.stopped_early or before.stopped_early)
        return found.solution

    safe = made_sure(instance, found.solution, outlook_of(posed, settings), settings.plan.sure, again)
    return dataclasses.replace(found, solution=safe.solution), safe


def plan_of(
    solved: Solved,
    found: Found,
    access: Access,
    settings: Settings,
    offers: pd.DataFrame | None = None,
    promised: Promised | None = None,
) -> Plan:
    """A solved problem as the plan that is shown; `offers`: all of the supply, also those below the promise."""
    why = Why(solved.posed, solved.instance, solved.solution, solved.payments, access, found.gap, offers)
    points = told.points(solved)
    points["reason_en"], points["reason_id"] = why.of_points("en"), why.of_points("id")
    works = told.works(solved)
    codes = [str(code) for code in words(access.villages["code"])]
    reasons = {language: [why.of_village(code, language) for code in codes] for language in ("en", "id")}
    outlook = outlook_of(solved.posed, settings)
    sure = chances(solved.instance, solved.solution, outlook)
    facts, served = solved.posed.ruled.ground, fairness.chance_served(solved.instance, solved.solution)
    count = settings.plan.fair.count
    return Plan(
        points=told.point_table(points),
        villages=villages(solved, access, points, works, reasons, sure.village_any),
        years=told.years(solved, points, sure),
        fund_years=told.fund_years(solved),
        works=works,
        payments=told.payments(solved),
        districts=fairness.district_shares(facts, served, count),
        fairness=fairness.fairness(facts, served, access.villages, count),
        objective=found.objective,
        bound=found.bound,
        gap=found.gap,
        stopped_early=found.stopped_early,
        stopped_by=found.stopped_by,
        assumptions=assumptions(solved, settings, outlook, sure),
        notes=[english for english, _ in solved.posed.ruled.notes],
        replan_of="" if promised is None else promised.run,
        promises=frame(PROMISES, [])
        if promised is None
        else _promises(solved, found, settings, why, promised),
    )


def _promises(solved: Solved, found: Found, settings: Settings, why: Why, promised: Promised) -> pd.DataFrame:
    case = _case(solved.posed, solved.instance, found, settings)
    return promise_rows(fates(case, solved.solution, promised.rows), why, promised.rows)


def outlook_of(posed: Posed, settings: Settings) -> Outlook:
    """What may turn out otherwise than planned."""
    people = np.nan_to_num(numbers(posed.offers["people"]) / np.maximum(numbers(posed.offers["share"]), 1e-9))
    return Outlook(posed.items, posed.prices, people, settings.plan.price_growth)
