"""How evenly a plan serves: shares of districts, the gap between them, and inequality over people, year by year."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from merata.access.inequality import gini, theil, worst_tenth
from merata.plan.frames import frame, numbers, words
from merata.plan.ground import Ground
from merata.plan.instance import Instance, Solution
from merata.region.tables import Column, Table

DISTRICT_SHARES = Table(
    "plan.district_shares",
    "What is served of what is in need, by year and district",
    (
        Column("year", "int", "Year, at its end", required=True),
        Column("district", "text", "District", required=True),
        Column("in_need", "float", "Villages or people below their promise", required=True),
        Column("in_reach", "float", "Of these, what some option can reach in the planned years", required=True),
        Column("served", "float", "Of these, what the plan serves", required=True),
        Column("share", "float", "Served of what is in reach, 0 to 1; empty where nothing is", minimum=0, maximum=1),
    ),
    key=("year", "district"),
)  # fmt: skip

FAIRNESS = Table(
    "plan.fairness",
    "How evenly access is spread, before the plan (without a year) and at the end of each year",
    (
        Column("year", "int", "Year, at its end; empty: before the plan"),
        Column("share", "float", "Served of what is in need and in reach", required=True, minimum=0, maximum=1),
        Column("lowest_district", "text", "District with the smallest share"),
        Column("lowest", "float", "Its share", minimum=0, maximum=1),
        Column("highest_district", "text", "District with the largest share"),
        Column("highest", "float", "Its share", minimum=0, maximum=1),
        Column("spread", "float", "Difference of the two", required=True, minimum=0, maximum=1),
        Column("gini", "float", "Gini index of people's access", required=True, minimum=0, maximum=1),
        Column("theil", "float", "Theil index of people's access", required=True, minimum=0),
        Column("worst_tenth", "float", "Mean access of the tenth worst off", required=True, minimum=0, maximum=1),
        Column("mean", "float", "Mean access of all people", required=True, minimum=0, maximum=1),
    ),
)  # fmt: skip


def chance_served(instance: Instance, solution: Solution) -> np.ndarray:
    """The chance that each place is served in each year, (P, T): the share of the offer that serves it."""
    serving = solution.serving(len(instance.years)) * instance.share[:, None]
    result = np.zeros((len(instance.village), len(instance.years)))
    np.maximum.at(result, instance.place, serving)
    return result


def district_shares(ground: Ground, chance: np.ndarray, count: str = "villages") -> pd.DataFrame:
    """`DISTRICT_SHARES`: by year and district, in villages (by their lead) or people, as the rules count them.

    chance : of service, by place and year, (P, T); whatever is above 0 is served.
    """
    need = ground.lead.astype(float) if count == "villages" else ground.people
    weight = ground.weight(count)
    rows = [
        _share_row(name, year, ground, need, weight, chance[:, t] > 0)
        for t, year in enumerate(ground.years)
        for name in ground.districts()
    ]
    return frame(DISTRICT_SHARES, rows)


def _share_row(
    name: str, year: int, ground: Ground, need: np.ndarray, weight: np.ndarray, served: np.ndarray
) -> dict[str, Any]:
    here = (ground.district == name) & (ground.need_from <= ground.years.index(year))
    reach = float(weight[here].sum())
    got = float(weight[here & served].sum())
    return {
        "year": year, "district": name, "in_need": float(need[here].sum()), "in_reach": reach, "served": got,
        "share": min(1.0, got / reach) if reach > 0 else None,
    }  # fmt: skip


def fairness(
    ground: Ground, chance: np.ndarray, villages: pd.DataFrame, count: str = "villages"
) -> pd.DataFrame:
    """`FAIRNESS`: one row before the plan and one for each year.

    A person's access is the chance that the promise is reached where the person lives: 1 for those who have it now
    (people less people_below), and for those below it the chance of service of their village's people, each place by
    its people. Indices as in merata.access.inequality.

    chance : of service, by place and year, (P, T).
    villages : code, people, people_below of all villages (like Access.villages).
    """
    shares = district_shares(ground, chance, count)
    none = np.zeros(len(ground.village))
    rows = [{"year": None, "share": 0.0, "spread": 0.0, **_over_people(ground, none, villages)}]
    for t, year in enumerate(ground.years):
        own = shares[(shares["year"] == year) & (shares["in_reach"] > 0)]
        rows.append({"year": year, **_districts(own), **_over_people(ground, chance[:, t], villages)})
    return frame(FAIRNESS, rows)


def _districts(shares: pd.DataFrame) -> dict[str, Any]:
    if shares.empty:
        return {"share": 0.0, "spread": 0.0}
    share = numbers(shares["share"])
    names = words(shares["district"])
    low, high = int(np.argmin(share)), int(np.argmax(share))
    return {
        "share": min(1.0, float(shares["served"].sum() / shares["in_reach"].sum())),
        "lowest_district": names[low], "lowest": share[low],
        "highest_district": names[high], "highest": share[high], "spread": share[high] - share[low],
    }  # fmt: skip


def _over_people(ground: Ground, chance: np.ndarray, villages: pd.DataFrame) -> dict[str, float]:
    """Figures over all people of the region, for the chances of one year."""
    values, people = _people(ground, chance, villages)
    total = people.sum()
    return {
        "gini": gini(values, people),
        "theil": theil(values, people),
        "worst_tenth": worst_tenth(values, people),
        "mean": min(1.0, float((values * people).sum() / total)) if total > 0 else 0.0,
    }


def _people(ground: Ground, chance: np.ndarray, villages: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Access and number of groups of people: of each village those who have the promise and those below it."""
    people = np.nan_to_num(numbers(villages["people"]))
    below = np.minimum(np.nan_to_num(numbers(villages["people_below"])), people)
    reached = np.array(list(_reached(ground, chance, words(villages["code"]))), dtype=float)
    return np.concatenate([np.ones(len(people)), reached]), np.concatenate([people - below, below])


def _reached(ground: Ground, chance: np.ndarray, codes: np.ndarray) -> Iterator[float]:
    """The chance of the people below the promise in each village; 0 where none of them has a place in the plan."""
    table = pd.DataFrame({"code": ground.village, "people": ground.people, "got": ground.people * chance})
    sums = table.groupby("code")[["people", "got"]].sum()
    share = (sums["got"] / sums["people"].where(sums["people"] > 0)).fillna(0.0)
    known = {str(code): float(value) for code, value in share.items()}
    for code in codes.tolist():
        yield known.get(code, 0.0)
