"""Access as it will be once a plan is built: the places that it raises, the people whom it reaches."""

from __future__ import annotations

import numpy as np
import pandas as pd

from merata.access.columns import Floats, flags, numbers, words
from merata.access.evidence import ranks_of
from merata.access.result import Access
from merata.region.tables import LEVELS

#: `place` of a point that serves the people of a village.
PEOPLE = "people"


def after(access: Access, points: pd.DataFrame, by_year: int | None = None) -> Access:
    """Access under a plan, at the end of `by_year` (None: of the plan).

    `points` are the plan's rows (`plan.result.POINTS`), read as data: village_code, place, option, year, level, people.

    - A facility with a point has the point's level, or what it has if that is better; power and a device to share
      come with it where they are wanting. What it has then is `modelled`.
    - The `people` of all points of a village are people of its settlements that are below: their chance of being below
      falls by the part of the expected people below who are served. A settlement whose chance falls below one half
      has the promised level then.
    """
    chosen = points if by_year is None else points[numbers(points["year"]) <= by_year]
    chosen = chosen.assign(village_code=words(chosen["village_code"]), place=words(chosen["place"]))
    facilities = _raise_facilities(access.facilities.copy(), chosen)
    settlements = _reach_people(access.settlements.copy(), chosen)
    villages = _follow(access.villages.copy(), access.settlements, settlements)
    return type(access)(settlements, facilities, villages, list(access.assumptions))


def _raise_facilities(facilities: pd.DataFrame, points: pd.DataFrame) -> pd.DataFrame:
    best = points[points["place"] != PEOPLE].copy()
    best["rank"] = ranks_of(best["level"])
    best = best.sort_values(
        ["place", "rank", "year", "option"], ascending=[True, False, True, True], kind="stable"
    )
    best = best.drop_duplicates("place").set_index("place")
    place = words(facilities["id"])
    found = best.reindex(place)
    served = found["rank"].notna().to_numpy()
    rank = np.maximum(ranks_of(facilities["access_now"]), found["rank"].fillna(0).to_numpy(dtype=np.int64))
    reached = served & (rank >= ranks_of(facilities["promised"]))
    facilities["access_now"] = np.array(LEVELS, dtype=object)[rank]
    facilities["chance_below"] = np.where(reached, 0.0, numbers(facilities["chance_below"]))
    facilities["chance_pm"] = np.where(reached, 0.0, numbers(facilities["chance_pm"]))
    facilities["below"] = flags(facilities["below"]) & ~reached
    facilities["wants_link"] = flags(facilities["wants_link"]) & ~served
    facilities["wants_strength"] = facilities["below"] & ~facilities["wants_link"]
    facilities["wants_power"] = flags(facilities["wants_power"]) & ~served
    facilities["wants_device"] = flags(facilities["wants_device"]) & ~served
    facilities["known_by"] = np.where(served, "modelled", words(facilities["known_by"]))
    plan = [f"plan: {option}, {year}" for option, year in zip(found["option"], found["year"], strict=True)]
    facilities["evidence"] = np.where(served, plan, words(facilities["evidence"]))
    return facilities


def _reach_people(settlements: pd.DataFrame, points: pd.DataFrame) -> pd.DataFrame:
    served = pd.Series(numbers(points["people"]), points["village_code"]).groupby(level=0, sort=True).sum()
    code, below = words(settlements["village_code"]), flags(settlements["below"])
    chance = numbers(settlements["chance_below"])
    expected = pd.Series(numbers(settlements["people"]) * chance * below).groupby(code).transform("sum")
    reached = served.reindex(code).fillna(0.0).to_numpy()
    part = np.divide(reached, expected, out=np.zeros(len(code)), where=expected.to_numpy() > 0)
    chance = np.where(below, chance * (1 - np.clip(part, 0, 1)), chance)
    _write(settlements, chance, below & (part > 0))
    return settlements


def _write(places: pd.DataFrame, chance: Floats, touched: np.ndarray) -> None:
    """The state that follows from a new chance of being below, where `touched`."""
    below = flags(places["below"]) & ~(touched & (chance < 0.5))
    raised = flags(places["below"]) & ~below
    promised = ranks_of(places["promised"])
    rank = np.where(
        raised, np.maximum(ranks_of(places["access_now"]), promised), ranks_of(places["access_now"])
    )
    places["access_now"] = np.array(LEVELS, dtype=object)[rank]
    was = numbers(places["chance_below"])
    part = np.divide(chance, was, out=np.ones(len(was)), where=was > 0)
    # What a plan serves is sure; of the rest the chance is as unsure as before.
    places["chance_pm"] = numbers(places["chance_pm"]) * part
    places["chance_below"], places["below"] = chance, below
    places["wants_link"] = flags(places["wants_link"]) & below
    places["wants_strength"] = flags(places["wants_strength"]) & below
    places["known_by"] = np.where(touched, "modelled", words(places["known_by"]))
    text = words(places["evidence"])
    places["evidence"] = np.where(touched, "plan; " + text, text)


def _follow(villages: pd.DataFrame, before: pd.DataFrame, settlements: pd.DataFrame) -> pd.DataFrame:
    """Villages as their settlements then make them."""
    code, at = words(settlements["village_code"]), words(villages["code"])
    people, chance = numbers(settlements["people"]), numbers(settlements["chance_below"])
    expected = pd.Series(people * chance).groupby(code).sum().reindex(at).to_numpy()
    was = pd.Series(people * numbers(before["chance_below"])).groupby(code).sum().reindex(at).to_numpy()
    left = np.divide(expected, was, out=np.ones(len(at)), where=was > 0)
    villages["people_below"] = expected
    _write(villages, numbers(villages["chance_below"]) * left, left < 1)
    return villages
