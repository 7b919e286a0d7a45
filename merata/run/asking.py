"""Questions about a finished run that are answered by solving again; nothing is written."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from merata.access.files import read_access
from merata.errors import MissingError, NoPlanError
from merata.plan import conflicts, frontier, outcome, whatif, whatif_words
from merata.plan.again import Case, lead_of, with_decisions, with_money
from merata.plan.audit import faults
from merata.plan.files import read_plan
from merata.plan.frontier import times_of
from merata.plan.instance import NONE, Solution
from merata.plan.memory import Memory
from merata.plan.outcome import Told
from merata.plan.pose import Posed, pose
from merata.plan.recall import recall
from merata.plan.ruled import relaxed
from merata.plan.search import Found
from merata.plan.stop import HAND
from merata.plan.supply_files import read_supply
from merata.plan.whatif import Earlier
from merata.plan.whatif_words import Spoken
from merata.plan.words import Language
from merata.publish.choices import CHOICES
from merata.region.folder import Region
from merata.region.settings import Settings
from merata.region.settings_rules import DecideSettings
from merata.run import engine
from merata.run.engine import Run
from merata.run.inputs import planning_tables

Say = Callable[[str], None]
LANGUAGES: tuple[Language, ...] = ("en", "id")

CHANGED = (
    "The region has changed since run {run}: this is about the plan as it would be now.",
    "Wilayah telah berubah sejak perhitungan {run}: ini tentang rencana seperti bila dibuat sekarang.",
)
STOPPED = (
    "The search of run {run} was stopped by hand: this is about the plan that is found when it goes on to its end.",
    "Pencarian perhitungan {run} dihentikan dengan tangan: ini tentang rencana yang ditemukan bila dicari terus.",
)
PROMISES = (
    "Run {run} keeps promises of an earlier one; this is about plans that are free of them.",
    "Perhitungan {run} menjaga janji dari yang terdahulu; ini tentang rencana yang bebas darinya.",
)
SAFETY = (
    "Run {run} sets money aside for safety (plan.sure); this is about plans that do not.",
    "Perhitungan {run} menyisihkan uang untuk keamanan (plan.sure); ini tentang rencana yang tidak demikian.",
)


@dataclass(frozen=True)
class Asked:
    """A run to ask about: its problem and plan, how things are called, and what to know of the answers."""

    case: Case
    spoken: Spoken
    notes: list[tuple[str, str]]
    """In English and Indonesian."""
    settings: Settings

    @property
    def years(self) -> list[int]:
        """The planned calendar years."""
        return self.case.instance.years


def ask(region: Region, run: Run, say: Say | None = None) -> Asked:
    """A run as a case to ask about.

    Where the region has changed since, or the run was stopped by hand, keeps promises or sets money aside, the plan is
    found again without these, so that what is asked is weighed against a plan of the same kind; `notes` say so.

    Raises
    ------
    MissingError
        The run has no plan.
    NoPlanError
        The region has changed so that no plan keeps every rule.
    """
    tell = say or (lambda _: None)
    plan, access, tables = read_plan(run.folder), read_access(run.folder), planning_tables(region)
    settings = region.settings
    posed = pose(read_supply(run.folder)[0], access, tables, settings)
    solution = recall(plan, posed)
    by_hand = plan.stopped_by == HAND
    found = Found(solution, plan.objective, plan.bound, plan.stopped_early, by_hand)
    notes = [
        (note[0].format(run=run.id), note[1].format(run=run.id))
        for note, holds in (
            (STOPPED, by_hand),
            (CHANGED, not by_hand and _changed(region, run, posed, solution)),
            (PROMISES, bool(plan.replan_of)),
            (SAFETY, settings.plan.sure > 0),
        )
        if holds
    ]
    case = Case(posed, found, settings.plan, Memory(), tell)
    if notes:
        tell("the plan as it would be now")
        case = dataclasses.replace(case, found=_solved(case, posed))
    villages = access.villages
    names = dict(zip(villages["code"], villages["name"], strict=True))
    components = {key: (english, own) for key, (own, english) in CHOICES["component"].items()}
    return Asked(case, Spoken(names, components), notes, settings)


def _changed(region: Region, run: Run, posed: Posed, solution: Solution) -> bool:
    return not engine.is_current(region, run, "plan") or bool(faults(posed.instance, solution))


def earlier(asked: Asked, village: str) -> tuple[Earlier, list[str], list[str]]:
    """What would have to change for a village (its code) to come a year earlier; and sentences, English, Indonesian."""
    answer = whatif.earlier(asked.case, village)
    place = lead_of(asked.case.posed, village)
    first = len(asked.years) if place == NONE else int(asked.case.posed.ruled.ground.earliest[place])
    said = [whatif_words.told(answer, asked.years, first, asked.spoken, language) for language in LANGUAGES]
    return answer, said[0], said[1]


@dataclass(frozen=True)
class Change:
    """What is to be otherwise."""

    decisions: Sequence[DecideSettings] = ()
    budget: float = 1.0
    """All money of all funds is so many times what it is."""
    budget_from: int = 0
    """From this year on."""
    without: Sequence[str] = ()
    """Keys of rules that are left out, like 'plan.fair.spread', 'spread', 'plan.decide.2'."""


def what_if(asked: Asked, change: Change) -> Told:
    """What a change costs: the plan found under it beside the plan as it is.

    Raises
    ------
    NoPlanError
        No plan keeps every rule then; the rules that conflict are named.
    SettingsError
        It names a village, site or option that is not there.
    MissingError
        It leaves out a rule, or begins in a year, that is not there.
    """
    posed = changed(asked, change)
    instance = relaxed(posed.ruled, rule_keys(asked, change.without))
    asked.case.say("the plan if it were so")
    try:
        return outcome.told(asked.case, instance, whatif.beside(asked.case, instance))
    except NoPlanError as error:
        asked.case.say("no plan keeps every rule: which of them conflict")
        raise conflicts.told(posed.ruled, error, asked.case.plan.seconds) from error


def changed(asked: Asked, change: Change) -> Posed:
    """The problem with other money and more decisions."""
    years = asked.years
    if change.budget_from and change.budget_from not in years:
        raise MissingError(
            f"{change.budget_from} is not a planned year; planned are {years[0]} to {years[-1]}."
        )
    posed = with_decisions(asked.case.posed, change.decisions)
    times = np.where(np.array(years) >= change.budget_from, change.budget, 1.0)
    return with_money(posed, times_of(posed.ruled.base.money, times))


def rule_keys(asked: Asked, names: Sequence[str]) -> list[str]:
    """The rules of the problem that are called so, each by its key or the last word of it; raises MissingError."""
    there = rules(asked)
    found = []
    for name in names:
        fronts = ("", "plan.", "plan.fair.")
        known = [key for key in there if any(f"{key}.".startswith(f"{front}{name}.") for front in fronts)]
        if not known:
            raise MissingError(
                f"{name}: no such rule in region.toml. The rules are {', '.join(there) or 'none'}."
            )
        found += known
    return found


def rules(asked: Asked) -> list[str]:
    """The rules that region.toml sets: those of fairness as a whole each, the limit of villages, decisions."""
    ruled = asked.case.posed.ruled
    return list(dict.fromkeys([*whatif.priced(asked.case), *(d.key for d in ruled.decided)]))


def prices_of_rules(asked: Asked) -> dict[str, Told]:
    """What the plan would reach without each rule of fairness, and without the limit of villages, by setting."""
    ruled = asked.case.posed.ruled
    return {
        key: outcome.told(asked.case, relaxed(ruled, [key]), cost)
        for key, cost in whatif.price_of_rules(asked.case).items()
    }


def frontiers(asked: Asked, equality: bool = False) -> pd.DataFrame:
    """People served against money, or against caps on inequality: see `merata.plan.frontier`."""
    if equality:
        return frontier.against_equality(asked.case, asked.settings.plan.fair).table
    return frontier.against_money(asked.case).table


def _solved(case: Case, posed: Posed) -> Found:
    """The plan for a problem, or the rules that conflict."""
    try:
        return case.solve(posed.instance)
    except NoPlanError as error:
        case.say("no plan keeps every rule: which of them conflict")
        raise conflicts.told(posed.ruled, error, case.plan.seconds) from error
