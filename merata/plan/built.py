"""A plan against what is there: which promises of the years so far are kept, what is late, money, people, inequality.

Kept is a place that, as is known now, is at its promised level, by whatever means. Shared works count as there when the
table of sites or links has something of their kind within `NEAR_KM` of where they were planned: both ends of a link,
the site of a tower.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from merata.access.after import after
from merata.access.inequality import figures
from merata.access.result import Access
from merata.plan import words as say
from merata.plan.compare_words import figure, tell
from merata.plan.frames import flags, numbers, records, words
from merata.plan.result import Plan
from merata.plan.words import Language

NEAR_KM = 1.0
_KM_PER_DEGREE = 111.195
_LISTED = 30
#: Kinds of works that the table of links shows; other links have no name of their own there.
_LINKS = ("fibre", "microwave")
_SITES = ("new tower", "cell", "repeater")


@dataclass(frozen=True)
class Built:
    """What a plan promised by the end of a year, and what is there."""

    year: int
    places: pd.DataFrame
    """Places of the plan: place, village_code, village, kind, option, year, state ('there', 'late', 'ahead', 'gone';
    later promises that are not there are left out), level, known_by, evidence, capex_idr."""
    works: pd.DataFrame
    """Shared works promised by then that a table could show: id, kind, year, found."""
    totals: pd.DataFrame
    """Indexed by figure: a (promised), b (there), difference (b - a)."""

    def as_json(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        totals = {str(n): dict(row) for n, row in self.totals.to_dict("index").items()}
        return {
            "year": self.year,
            "places": records(self.places),
            "works": records(self.works),
            "totals": totals,
        }

    def text(self, run: str, date: str, language: Language = "en") -> str:
        """What a person wants to read of it."""
        number = self.places["state"].value_counts()
        there, late, gone, ahead = (int(number.get(s, 0)) for s in ("there", "late", "gone", "ahead"))
        due = there + late + gone
        lines = [
            tell("built", language, year=self.year, run=run, date=date, places=due, there=there, missing=late)
        ]
        lines += [tell("not_known", language, number=gone)] if gone else []
        lines += [tell("built_ahead", language, number=ahead)] if ahead else []
        if len(self.works):
            found = int(self.works["found"].sum())
            lines.append(tell("works_there", language, works=len(self.works), found=found, km=f"{NEAR_KM:g}"))
        lines += [f"  {figure(str(n), row['a'], row['b'], language)}" for n, row in self.totals.iterrows()]
        return "\n".join([*lines, *self._missing(language)])

    def _missing(self, language: Language) -> list[str]:
        late = self.places[self.places["state"].isin(["late", "gone"])]
        lines = [line for row in late.head(_LISTED).to_dict("records") for line in _late(row, language)]
        lost = self.works[~self.works["found"].astype(bool)].head(_LISTED) if len(self.works) else self.works
        lines += [
            f"  {tell('late_works', language, what=row['kind'], id=row['id'], year=row['year'])}"
            for row in lost.to_dict("records")
        ]
        more = max(0, len(late) - _LISTED)
        return [*lines, tell("more", language, number=more)] if more else lines


def built(plan: Plan, before: Access, now: Access, tables: Mapping[str, pd.DataFrame], year: int) -> Built:
    """What a plan promised by the end of `year`, against what is known now.

    Parameters
    ----------
    plan, before : a run's plan, and who had which level when it was made.
    now : who has which level as the region knows it today.
    tables : the region's; `sites` and `links` are used.
    year : up to which promises are due.

    """
    places = _places(plan, now, year)
    then = after(before, plan.points, year)
    due = plan.works[(plan.works["year"] <= year) & plan.works["kind"].isin([*_SITES, *_LINKS])]
    works = due[["id", "kind", "year"]].assign(found=[_seen(row, tables) for row in due.to_dict("records")])
    return Built(year, places, works.reset_index(drop=True), _totals(places, then, now))


def _places(plan: Plan, now: Access, year: int) -> pd.DataFrame:
    first = plan.points.sort_values(["year", "option"], kind="stable").drop_duplicates("place")
    known = pd.concat([_state(now.facilities), _state(now.settlements, "settlement ")])
    known = known[~known.index.duplicated()]
    there = first[["place", "village_code", "kind", "option", "year", "capex_idr"]].join(known, on="place")
    late = numbers(there["year"]) <= year
    missing = there["below"].isna().to_numpy()
    below = flags(there["below"])
    state = np.where(late & missing, "gone", np.where(late & below, "late", np.where(late, "there", "ahead")))
    rows = there.assign(state=state)[late | ~(missing | below)]
    names = dict(zip(words(now.villages["code"]), words(now.villages["name"]), strict=True))
    village = [names.get(code, code) for code in words(rows["village_code"])]
    order = ["state", "year", "village_code", "place"]
    told = rows.assign(village=village).drop(columns="below")
    result: pd.DataFrame = told.sort_values(order, kind="stable", ignore_index=True)
    return result


def _state(places: pd.DataFrame, alias: str = "") -> pd.DataFrame:
    """Level, how known, evidence and whether below, by id; `alias` stands before an id that points may call so too."""
    table = pd.DataFrame({
        "level": words(places["access_now"]), "known_by": words(places["known_by"]),
        "evidence": words(places["evidence"]), "below": flags(places["below"]),
    }, index=words(places["id"]))  # fmt: skip
    return pd.concat([table, table.rename(index=lambda name: f"{alias}{name}")]) if alias else table


def _seen(row: Mapping[Any, Any], tables: Mapping[str, pd.DataFrame]) -> bool:
    """Whether a table shows a work near where it was planned."""
    if row["kind"] in _SITES:
        sites = tables.get("sites")
        return sites is not None and _near(sites, row["lon"], row["lat"])
    links = tables.get("links")
    if links is None or links.empty:
        return False
    same = links[(links["kind"] == row["kind"]) & (links["status"].fillna("operational") == "operational")]
    ends = ((row["lon"], row["lat"]), (row["to_lon"], row["to_lat"]))
    near = [_distances_km(same, *end) <= NEAR_KM for end in ends]
    return bool((near[0] & near[1]).any())


def _near(table: pd.DataFrame, lon: float, lat: float) -> bool:
    return bool((_distances_km(table, lon, lat) <= NEAR_KM).any())


def _distances_km(table: pd.DataFrame, lon: float, lat: float) -> np.ndarray:
    """How far each shape of a table (EPSG:4326) is from a place, in km; inf where either has no position."""
    if table.empty or pd.isna(lon) or pd.isna(lat):
        return np.full(len(table), np.inf)
    squeeze = np.array([np.cos(np.radians(lat)), 1.0])
    shapes = shapely.transform(np.asarray(table["geometry"].values), lambda at: at * squeeze)
    degrees = shapely.distance(shapes, shapely.Point(lon * squeeze[0], lat))
    return np.where(np.isfinite(degrees), degrees * _KM_PER_DEGREE, np.inf)


def _totals(places: pd.DataFrame, then: Access, now: Access) -> pd.DataFrame:
    due = places[places["state"] != "ahead"]
    there = due[due["state"] == "there"]
    even = [dict(figures(access)) for access in (then, now)]
    level = [int((~flags(access.villages["below"])).sum()) for access in (then, now)]
    people = [_served(access) for access in (then, now)]
    missing = int(due[due["state"] == "late"]["capex_idr"].fillna(0).sum())
    rows: dict[str, list[Any]] = {
        "places": [len(due), len(there)], "villages": level, "people": people, "missing_idr": [0, missing],
        **{name: [side[name] for side in even] for name in ("gini", "theil", "worst_tenth", "mean")},
    }  # fmt: skip
    table = pd.DataFrame(list(rows.values()), index=list(rows), columns=["a", "b"], dtype=object)
    return table.assign(difference=[b - a for a, b in rows.values()])


def _served(access: Access) -> float:
    """People expected to be at the promise."""
    homes = access.settlements
    return float(np.nansum(numbers(homes["people"]) * (1 - numbers(homes["chance_below"]))))


def _late(row: Mapping[Any, Any], language: Language) -> list[str]:
    if row["state"] == "gone":
        return [f"  {tell('gone', language, village=row['village'], place=row['place'])}"]
    told = tell(
        "late", language, village=row["village"], kind=say.kind(row["kind"], language), year=row["year"],
        option=say.option(row["option"], language), level=say.level(row["level"], language),
        known=say.known(row["known_by"], language),
    )  # fmt: skip
    said = tell("evidence", language, evidence=row["evidence"])
    return [f"  {told}", f"    {said}"] if row["evidence"] else [f"  {told}"]
