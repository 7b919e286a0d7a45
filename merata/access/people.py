"""How many people live in each village and settlement, and how that is known.

A village's people come from the first of these that is there:

1. its newest count (table `people`);
2. the sum of its settlements, where they say how many live there;
3. what is left of the regency's total (table `totals`) in equal parts; `assumed`;
4. the setting `people_per_village`; `assumed`.

A village's settlements share its people in proportion to what is known of them; one that says nothing gets the mean
of those that do. A village without a settlement gets one in its middle; its place is then `assumed`.
"""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd

from merata.access.columns import newest, numbers, plural, words
from merata.region.settings import DefaultSettings
from merata.region.store import CRS, with_shapes


def villages_people(
    tables: Mapping[str, pd.DataFrame], defaults: DefaultSettings, assumptions: list[str]
) -> pd.DataFrame:
    """By village code: people (float, whole), households (float), people_known_by. Adds to `assumptions`."""
    codes = pd.Index(tables["villages"]["code"].astype("string"), name="code")
    counts = newest(tables["people"], "village_code").reindex(codes)
    people = pd.Series(numbers(counts["people"]), codes)
    known_by = pd.Series(words(counts["known_by"]), codes).where(people.notna(), "")
    settled = _settlement_sums(tables["settlements"]).reindex(codes)
    fill = people.isna() & settled["people"].notna()
    people = people.mask(fill, settled["people"].round())
    known_by = known_by.mask(fill, settled["known_by"])
    for code, number in _from_totals(people, tables["totals"], assumptions).items():
        people[code], known_by[code] = number, "assumed"
    missing = people.isna()
    if missing.any():
        assumptions.append(
            f"{plural(int(missing.sum()), 'village', 'villages')} whose people nobody counted: "
            f"{defaults.people_per_village:,} each."
        )
    people, known_by = people.fillna(defaults.people_per_village), known_by.mask(missing, "assumed")
    households = pd.Series(numbers(counts["households"]), codes).fillna(settled["households"])
    silent = households.isna()
    if silent.any():
        assumptions.append(
            f"{plural(int(silent.sum()), 'village', 'villages')} without a count of households: "
            f"{defaults.people_per_household:g} people in each."
        )
    households = households.fillna((people / defaults.people_per_household).round())
    return pd.DataFrame({"people": people, "households": households, "people_known_by": known_by})


def _settlement_sums(settlements: pd.DataFrame) -> pd.DataFrame:
    """By village: people, households and known_by of its settlements; a village where one is silent has none."""
    rows = pd.DataFrame(
        {
            "code": words(settlements["village_code"]),
            "people": numbers(settlements["people"]),
            "households": numbers(settlements["households"]),
            "known_by": words(settlements["known_by"]),
        }
    )
    groups = rows.groupby("code", sort=True)
    numeric = groups[["people", "households"]]
    silent = numeric.count().ne(groups.size(), axis=0)
    return numeric.sum().mask(silent).assign(known_by=groups["known_by"].last())


def _from_totals(people: pd.Series, totals: pd.DataFrame, assumptions: list[str]) -> dict[str, float]:
    """What is left of each regency's total in equal whole parts for its villages without a count."""
    known = newest(totals, "regency_code")
    by_regency = dict(zip((_digits(c)[:4] for c in known.index), numbers(known["people"]), strict=True))
    regency = pd.Series([_digits(code)[:4] for code in people.index], people.index)
    found: dict[str, float] = {}
    for key in sorted(set(regency[people.isna()]) & set(by_regency)):
        mine = people[regency == key]
        blank = sorted(mine.index[mine.isna()])
        left = int(by_regency[key] - mine.sum())
        if left < len(blank):
            assumptions.append(
                f"The regency's total of {by_regency[key]:,.0f} people leaves nobody for "
                f"{plural(len(blank), 'village', 'villages')} without a count: the total is not used."
            )
            continue
        each, more = divmod(left, len(blank))
        found |= {code: float(each + (place < more)) for place, code in enumerate(blank)}
        assumptions.append(
            f"{plural(len(blank), 'village', 'villages')} without a count of people: equal parts of the "
            f"{left:,} that the regency's total leaves, {each:,} each."
        )
    return found


def _digits(code: object) -> str:
    return "".join(letter for letter in str(code) if letter.isdigit())


def settlements(
    tables: Mapping[str, pd.DataFrame], villages: pd.DataFrame, assumptions: list[str]
) -> gpd.GeoDataFrame:
    """Where people live: id, village_code, name, people, households, people_known_by, placed, geometry.

    `villages` is what `villages_people` gave. `placed` is False where the place is the village's middle. Villages
    are all there, each with at least one settlement, and their people add up to the village's.
    """
    known = _known_settlements(tables, villages, assumptions)
    rows = pd.concat([known, _middles(tables["villages"], known, assumptions)], ignore_index=True)
    rows = rows.sort_values(["village_code", "id"], kind="stable", ignore_index=True)
    weight = rows["weight"].fillna(rows.groupby("village_code")["weight"].transform("mean")).fillna(1.0)
    total = weight.groupby(rows["village_code"]).transform("sum")
    count = rows.groupby("village_code")["id"].transform("size")
    share = (weight / total).where(total > 0, 1 / count)
    of_village = villages.reindex(rows["village_code"])
    rows["people"] = share * of_village["people"].to_numpy()
    rows["households"] = share * of_village["households"].to_numpy()
    rows["people_known_by"] = of_village["people_known_by"].to_numpy()
    return gpd.GeoDataFrame(rows.drop(columns="weight"), geometry="geometry", crs=CRS)


def _known_settlements(
    tables: Mapping[str, pd.DataFrame], villages: pd.DataFrame, assumptions: list[str]
) -> pd.DataFrame:
    table = with_shapes(tables["settlements"])
    rows = pd.DataFrame(
        {
            "id": words(table["id"]),
            "village_code": words(table["village_code"]),
            "name": words(table["name"]),
            "weight": numbers(table["people"]),
            "geometry": table.geometry.to_numpy(),
        }
    )
    homeless = ~rows["village_code"].isin(villages.index)
    if homeless.any():
        assumptions.append(
            f"{plural(int(homeless.sum()), 'settlement belongs', 'settlements belong')} to no known village "
            "and is left out."
        )
    rows = rows[~homeless].drop_duplicates("id")
    points = gpd.GeoSeries(rows["geometry"], crs=CRS)
    rows["placed"] = ~(points.isna() | points.is_empty).to_numpy()
    middle = _middle(tables["villages"])
    lost = ~rows["placed"]
    rows.loc[lost, "geometry"] = rows.loc[lost, "village_code"].map(middle)
    return rows


def _middles(villages: pd.DataFrame, known: pd.DataFrame, assumptions: list[str]) -> pd.DataFrame:
    """One settlement in the middle of each village that has none."""
    codes = words(villages["code"])
    bare = ~np.isin(codes.astype(str), known["village_code"].astype(str).to_numpy())
    if bare.any():
        assumptions.append(
            f"{plural(int(bare.sum()), 'village', 'villages')} without a known settlement: "
            "everybody is taken to live at the middle of its polygon."
        )
    middle = _middle(villages)
    names = dict(zip(codes, words(villages["name"]), strict=True))
    return pd.DataFrame(
        {
            "id": [f"{code}-middle" for code in codes[bare]],
            "village_code": codes[bare],
            "name": [names[code] for code in codes[bare]],
            "weight": np.nan,
            "geometry": [middle[code] for code in codes[bare]],
            "placed": False,
        }
    )


def _middle(villages: pd.DataFrame) -> dict[str, object]:
    """By village: a point inside its polygon, None where it has none."""
    shapes = with_shapes(villages).geometry
    blank = shapes.isna() | shapes.is_empty
    points = [None if no else shape.representative_point() for shape, no in zip(shapes, blank, strict=True)]
    return dict(zip(words(villages["code"]), points, strict=True))
