"""Access as it will be once a plan is built: the facilities and settlements that it raises, and their villages."""

from __future__ import annotations

import numpy as np
import pandas as pd

from merata.access.columns import Floats, flags, numbers, words
from merata.access.evidence import ranks_of
from merata.access.result import Access
from merata.region.tables import LEVELS

#: `kind` of a point that serves a settlement.
PEOPLE = "people"
#: Stands before the id of a settlement that a facility has too.
SETTLEMENT = "settlement "


def after(access: Access, points: pd.DataFrame, by_year: int | None = None) -> Access:
    """Access under a plan, at the end of `by_year` (None: of the plan).

    `points` are the plan's rows (`plan.result.POINTS`), read as data: place, kind, option, year, until, level, chance.
    `place` is the id of a facility, or for the kind 'people' of a settlement. A point counts from its first year of
    service to its last one; a blank `chance` is 1.

    - Where a point's level reaches the promise, the place's chance of being below falls by the point's chance: what is
      left is their product. A place whose chance falls below one half has the point's level then, or what it has if
      that is better.
    - Where it does not, the place has its level if that is likelier than not, and stays below.
    - Power and a device to share come with a facility's point where they are wanting. What is there then is `modelled`.
    """
    points = _at_end(points, by_year)
    homes = words(points["kind"]) == PEOPLE
    facilities, settlements = access.facilities.copy(), access.settlements.copy()
    found = _found(words(facilities["id"]), points[~homes])
    served = found["rank"].notna().to_numpy()
    _raise(facilities, found)
    for name in ("wants_power", "wants_device"):
        facilities[name] = flags(facilities[name]) & ~served
    text = [f"plan: {option}, {year}" for option, year in zip(found["option"], found["year"], strict=True)]
    facilities["evidence"] = np.where(served, text, words(facilities["evidence"]))
    found = _found(_settlement_names(access), points[homes])
    _raise(settlements, found)
    before = words(settlements["evidence"])
    settlements["evidence"] = np.where(found["rank"].notna(), "plan; " + before, before)
    villages = _follow(access.villages.copy(), access.settlements, settlements)
    return type(access)(settlements, facilities, villages, list(access.assumptions))


def _at_end(points: pd.DataFrame, by_year: int | None) -> pd.DataFrame:
    """Points that serve at the end of a year, or of the plan."""
    until = numbers(points["until"])
    if by_year is None:
        return points[np.isnan(until)]
    return points[(numbers(points["year"]) <= by_year) & ~(until < by_year)]


def _settlement_names(access: Access) -> np.ndarray:
    """What points call each settlement."""
    ids, taken = words(access.settlements["id"]), words(access.facilities["id"])
    result: np.ndarray = np.where(np.isin(ids, taken), SETTLEMENT + ids, ids)
    return result


def _found(places: np.ndarray, points: pd.DataFrame) -> pd.DataFrame:
    """The point of each place, blank where it has none; of several the one with the best level, then chance."""
    chance = np.clip(np.nan_to_num(numbers(points["chance"]), nan=1.0), 0.0, 1.0)
    best = points.assign(place=words(points["place"]), rank=ranks_of(points["level"]), chance=chance)
    best = best.sort_values(
        ["place", "rank", "chance", "year", "option"],
        ascending=[True, False, False, True, True],
        kind="stable",
    )
    return best.drop_duplicates("place").set_index("place").reindex(places)


def _raise(places: pd.DataFrame, found: pd.DataFrame) -> None:
    """The state of places that follows from the points found for them."""
    served = found["rank"].notna().to_numpy()
    rank = found["rank"].fillna(0).to_numpy(dtype=np.int64)
    gain = np.where(served, np.nan_to_num(numbers(found["chance"])), 0.0)
    enough = served & (rank >= ranks_of(places["promised"]))
    chance = numbers(places["chance_below"]) * np.where(enough, 1 - gain, 1.0)
    raised = np.where(enough, chance < 0.5, gain > 0.5)
    below = flags(places["below"]) & ~(enough & raised)
    now = ranks_of(places["access_now"])
    _write(places, chance, below, np.where(raised, np.maximum(now, rank), now))
    places["wants_link"] = flags(places["wants_link"]) & ~raised
    strength = below & ~flags(places["wants_link"])
    places["wants_strength"] = np.where(served, strength, flags(places["wants_strength"]))
    places["known_by"] = np.where(served, "modelled", words(places["known_by"]))


def _write(places: pd.DataFrame, chance: Floats, below: np.ndarray, rank: np.ndarray) -> None:
    """Level and chance of being below; the rest of the chance is as unsure as before, what a plan serves is sure."""
    was = numbers(places["chance_below"])
    part = np.divide(chance, was, out=np.ones(len(was)), where=was > 0)
    places["access_now"] = np.array(LEVELS, dtype=object)[rank]
    places["chance_pm"] = numbers(places["chance_pm"]) * part
    places["chance_below"], places["below"] = chance, below


def _follow(villages: pd.DataFrame, before: pd.DataFrame, settlements: pd.DataFrame) -> pd.DataFrame:
    """Villages as their settlements then make them; one whose chance falls below one half has its promise."""
    code, at = words(settlements["village_code"]), words(villages["code"])
    people, chance = numbers(settlements["people"]), numbers(settlements["chance_below"])
    expected = pd.Series(people * chance).groupby(code).sum().reindex(at).to_numpy()
    was = pd.Series(people * numbers(before["chance_below"])).groupby(code).sum().reindex(at).to_numpy()
    left = np.divide(expected, was, out=np.ones(len(at)), where=was > 0)
    chance = numbers(villages["chance_below"]) * left
    now, was_below = ranks_of(villages["access_now"]), flags(villages["below"])
    below = was_below & ~((left < 1) & (chance < 0.5))
    rank = np.where(was_below & ~below, np.maximum(now, ranks_of(villages["promised"])), now)
    villages["people_below"] = expected
    _write(villages, chance, below, rank)
    for name in ("wants_link", "wants_strength"):
        villages[name] = flags(villages[name]) & below
    text = words(villages["evidence"])
    villages["known_by"] = np.where(left < 1, "modelled", words(villages["known_by"]))
    villages["evidence"] = np.where(left < 1, "plan; " + text, text)
    return villages
