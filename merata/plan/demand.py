"""Who is to be served: facilities and settlements below their promise now, or from the year in which a contract ends.

How much a place needs is assumed: a facility its promised download rate, people BUSY_MBPS_PER_PERSON each in the busy
hour. Of the people of a settlement count those who are expected to be below: people times the chance of that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from merata.access.result import Access
from merata.errors import InputError
from merata.plan import where
from merata.plan.frames import flags, numbers, words
from merata.plan.weights import OFFICE, PEOPLE
from merata.region.settings import Settings

#: Load of one person in the busy hour, Mbit/s: about 4 GB a month, of which a day's busiest hour takes 7 %.
BUSY_MBPS_PER_PERSON = 0.02

#: Columns of the places. The first ones are those of `options.PLACE_COLUMNS`.
COLUMNS = (
    "village_code", "place", "kind", "promised", "access_now", "known_by", "chance_below", "village_people",
    "number_of_kind", "people_below", "is_office",
    "name", "district", "sector", "people", "households", "mbps", "growth", "from_year", "place_known_by",
    "rsrp_dbm", "wants_link", "wants_power", "wants_device", "x_m", "y_m", "lon", "lat",
)  # fmt: skip

_KIND_ORDER = {"village office": 0, "school": 1, "health post": 2, PEOPLE: 9}
_COMMUNITY = "community"


@dataclass(frozen=True, eq=False)
class Demand:
    """Places to be served.

    places: one row a place by COLUMNS, by village, its office first, settlements last. `place` is the id of the
    facility or settlement, unique in the region ('settlement ' before that of a settlement that a facility has too).
    `kind` is that of the facility or 'people'. `people`: those of the settlement, or who use the facility (its part of
    the village where nobody counts them); `people_below`: those of a settlement expected to be below, 0 for a
    facility. `mbps`: load in the busy hour. `growth` of people each year, as a share. `from_year`: the first year in
    which it is below. `wants_power` is blank where nobody knows. `x_m`, `y_m`: NaN without a position.
    """

    places: pd.DataFrame
    assumptions: list[str] = field(default_factory=list)


def demand(access: Access, settings: Settings, crs: str) -> Demand:
    """The places below their promise, and those that fall below when a contract of `plan.ending` ends.

    Parameters
    ----------
    access : who has which level now.
    settings : levels, `plan.ending`, `plan.people_growth`, the planned years.
    crs : a metric projection.

    Raises
    ------
    InputError
        `plan.ending` names a place that is no facility and no settlement.

    """
    _known(access, settings)
    of_village = _villages(access)
    rows = [
        *_facilities(access, settings, of_village, crs),
        *_settlements(access, settings, of_village, crs),
    ]
    rows.sort(key=_order)
    return Demand(pd.DataFrame(rows, columns=list(COLUMNS)), _assumptions(rows, settings))


def _order(place: Mapping[str, Any]) -> tuple[str, int, str, str]:
    rank = -1 if place["is_office"] else _KIND_ORDER.get(place["kind"], 5)
    return (place["village_code"], rank, place["kind"], place["place"])


def _known(access: Access, settings: Settings) -> None:
    everything = set(words(access.facilities["id"])) | set(words(access.settlements["id"]))
    unknown = sorted(set(settings.plan.ending) - everything)
    if unknown:
        raise InputError(
            f"region.toml: plan.ending: {', '.join(unknown)}: no facility and no settlement has this id; "
            "the ids stand in the results' tables of facilities and settlements"
        )


def _villages(access: Access) -> dict[str, tuple[str, float]]:
    """District and people of each village."""
    table = access.villages
    people = np.nan_to_num(numbers(table["people"]))
    return {
        str(code): (str(district), float(count))
        for code, district, count in zip(words(table["code"]), words(table["district"]), people, strict=True)
    }


def _below(rows: gpd.GeoDataFrame, settings: Settings) -> gpd.GeoDataFrame:
    """Rows that are below in some planned year, with `from_year`; who falls below later is so for sure then."""
    first, last = settings.plan.first_year, settings.plan.last_year
    now = flags(rows["below"])
    ending = [settings.plan.ending.get(id_) for id_ in words(rows["id"])]
    from_year = [
        first if below or end is None else max(first, end + 1) for below, end in zip(now, ending, strict=True)
    ]
    later = ~now & np.array([end is not None for end in ending], dtype=bool)
    lost = later & (np.array(from_year, dtype=np.int64) <= last)
    made = rows.assign(
        from_year=from_year,
        # What is there now is what the contract gives: nothing stays of it.
        access_now=np.where(lost, "none", words(rows["access_now"])),
        chance_below=np.where(lost, 1.0, np.nan_to_num(numbers(rows["chance_below"]))),
    )
    return made[now | lost].sort_values(["village_code", "id"], kind="stable")


def _facilities(
    access: Access, settings: Settings, of_village: Mapping[str, tuple[str, float]], crs: str
) -> Iterator[dict[str, Any]]:
    everything = access.facilities
    kinds = pd.MultiIndex.from_arrays([words(everything["village_code"]), words(everything["kind"])])
    count = kinds.value_counts().to_dict()
    below = _below(everything, settings)
    served = everything[(words(everything["kind"]) == OFFICE) & ~everything["id"].isin(below["id"])]
    with_office = set(words(served["village_code"]))
    for row in _positioned(below, crs):
        village, kind = str(row["village_code"]), str(row["kind"])
        is_office = kind == OFFICE and village not in with_office
        with_office |= {village} if is_office else set()
        number = int(count[village, kind])
        users = row["users"]
        yield {
            **_common(row, settings, of_village),
            "kind": kind,
            "sector": str(row["sector"]),
            "number_of_kind": number,
            "is_office": is_office,
            "place_known_by": "" if pd.isna(row["place_known_by"]) else str(row["place_known_by"]),
            "people": of_village.get(village, ("", 0.0))[1] / number if pd.isna(users) else float(users),
            "people_below": 0.0,
            "households": 0.0,
            "mbps": float(settings.levels[row["promised"]].down_mbps),
        }


def _settlements(
    access: Access, settings: Settings, of_village: Mapping[str, tuple[str, float]], crs: str
) -> Iterator[dict[str, Any]]:
    taken = set(words(access.facilities["id"]))
    for row in _positioned(_below(access.settlements, settings), crs):
        people = 0.0 if pd.isna(row["people"]) else float(row["people"])
        common = _common(row, settings, of_village)
        if people <= 0 or common["chance_below"] <= 0:
            continue
        yield {
            **common,
            "place": f"settlement {row['id']}" if row["id"] in taken else str(row["id"]),
            "kind": PEOPLE,
            "sector": _COMMUNITY,
            "number_of_kind": 1,
            "is_office": False,
            "place_known_by": "",
            "people": people,
            "people_below": people * common["chance_below"],
            "households": _households(row["households"], people, settings),
            "mbps": people * BUSY_MBPS_PER_PERSON,
        }


def _households(known: Any, people: float, settings: Settings) -> float:
    found = 0.0 if pd.isna(known) else float(known)
    return found if found > 0 else people / settings.defaults.people_per_household


def _common(
    row: Mapping[str, Any], settings: Settings, of_village: Mapping[str, tuple[str, float]]
) -> dict[str, Any]:
    village = str(row["village_code"])
    district, people = of_village.get(village, ("", 0.0))
    return {
        "village_code": village,
        "place": str(row["id"]),
        "promised": str(row["promised"]),
        "access_now": str(row["access_now"]),
        "known_by": str(row["known_by"]),
        "chance_below": float(row["chance_below"]),
        "village_people": people,
        "name": "" if pd.isna(row["name"]) else str(row["name"]),
        "district": district,
        "growth": settings.plan.people_growth,
        "from_year": int(row["from_year"]),
        "rsrp_dbm": float("nan") if pd.isna(row["rsrp_dbm"]) else float(row["rsrp_dbm"]),
        "wants_link": pd.notna(row["wants_link"]) and bool(row["wants_link"]),
        "wants_power": pd.NA if pd.isna(row["wants_power"]) else bool(row["wants_power"]),
        "wants_device": pd.notna(row["wants_device"]) and bool(row["wants_device"]),
        **{name: float(row[name]) for name in ("x_m", "y_m", "lon", "lat")},
    }


def _positioned(rows: gpd.GeoDataFrame, crs: str) -> Iterator[dict[str, Any]]:
    """Rows as dicts, with x_m, y_m, lon and lat; NaN without a position."""
    here = ~where.empty(rows)
    columns = {name: np.full(len(rows), np.nan) for name in ("x_m", "y_m", "lon", "lat")}
    points = rows.geometry[here].representative_point()
    metres = points.to_crs(crs)
    for name, values in (("x_m", metres.x), ("y_m", metres.y), ("lon", points.x), ("lat", points.y)):
        columns[name][here] = values.to_numpy(dtype=float)
    plain = pd.DataFrame(rows.drop(columns="geometry")).assign(**columns)
    return ({str(key): value for key, value in row.items()} for row in plain.to_dict("records"))


def _assumptions(rows: list[dict[str, Any]], settings: Settings) -> list[str]:
    said = []
    if any(row["kind"] == PEOPLE for row in rows):
        said.append(
            f"Each person loads the network with {BUSY_MBPS_PER_PERSON:g} Mbit/s in the busy hour: assumed."
        )
    if any(row["kind"] != PEOPLE for row in rows):
        said.append("A facility loads the network with the download rate that it is promised.")
    if settings.plan.people_growth:
        said.append(f"The number of people grows by {settings.plan.people_growth:.1%} each year: assumed.")
    nowhere = sum(np.isnan(row["x_m"]) for row in rows)
    if nowhere:
        said.append(
            f"{nowhere} places below their promise have no position: only satellites are offered there."
        )
    ending = sum(row["from_year"] > settings.plan.first_year for row in rows)
    if ending:
        said.append(f"{ending} places fall below their promise when their contract ends.")
    return said
