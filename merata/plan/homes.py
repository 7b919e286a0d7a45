"""People below their promise where they live: Wi-Fi around the village office, a repeater, a new base station."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from merata.access.result import Access
from merata.plan import technology as tech
from merata.plan import where
from merata.plan.facilities import OFFICE, Built, remote_shares
from merata.plan.frames import flags, numbers, words
from merata.region.settings import Settings
from merata.region.tables import LEVELS

PEOPLE = "people"


@dataclass(frozen=True)
class _Village:
    """Where people of one village live who are below their promise."""

    place: dict[str, Any]
    below: float
    """People in settlements below."""
    expected: float
    """The same times the chance of being below."""
    expected_none: float
    """Of these, in settlements that have nothing at all."""
    near: float
    """Expected people within reach of a cell at the largest settlement."""
    near_none: float
    reached_by_hotspot: float
    """People within reach of one hotspot; 0 without an office."""
    dbm: float
    """The strongest 4G signal in the village."""
    remote_share: float


def build(
    access: Access, tables: Mapping[str, pd.DataFrame], settings: Settings, bill: tech.Bill, crs: str
) -> Built:
    """For each village with people below their promise: its people as one place, and the offers for them."""
    built = Built()
    for village in _villages(access, tables, settings, crs, built.assumptions):
        built.places.append(village.place)
        built.offers += _offers(village, settings, bill)
    return built


def _villages(
    access: Access,
    tables: Mapping[str, pd.DataFrame],
    settings: Settings,
    crs: str,
    assumptions: list[str],
) -> Iterator[_Village]:
    homes = _homes(access.settlements, crs)
    below = homes[homes["below"] & (homes["expected"] > 0)]
    if below.empty:
        return
    main = homes.sort_values(["village_code", "people", "id"], ascending=[True, False, True], kind="stable")
    main = main.drop_duplicates("village_code").set_index("village_code")
    main = main.loc[sorted(set(below["village_code"]))]
    centres = access.settlements.iloc[main["row"].to_numpy()]
    remote = remote_shares(where.km_to_road(centres, tables, crs), len(main), assumptions)
    reach = _hotspot_people(access, settings)
    strongest = _strongest_dbm(access)
    of_village = access.villages.set_index(words(access.villages["code"]))
    by_village = {str(code): rows for code, rows in below.groupby("village_code")}
    for (code, centre), share in zip(main.iterrows(), remote, strict=True):
        yield _village(str(code), by_village[str(code)], centre, of_village, reach, strongest, float(share))


def _homes(settlements: gpd.GeoDataFrame, crs: str) -> pd.DataFrame:
    """Settlements as a plain table in metres: row, village_code, id, people, expected, below, none, x, y."""
    points = settlements.geometry.to_crs(crs)
    people = np.nan_to_num(numbers(settlements["people"]))
    return pd.DataFrame(
        {
            "row": np.arange(len(settlements)),
            "village_code": words(settlements["village_code"]),
            "id": words(settlements["id"]),
            "people": people,
            "expected": people * np.nan_to_num(numbers(settlements["chance_below"])),
            "below": flags(settlements["below"]),
            "access_now": words(settlements["access_now"]),
            "promised": words(settlements["promised"]),
            "known_by": words(settlements["known_by"]),
            "x": points.x.to_numpy(),
            "y": points.y.to_numpy(),
        }
    )


def _village(
    code: str,
    below: pd.DataFrame,
    centre: pd.Series,
    villages: pd.DataFrame,
    reach: Mapping[str, float],
    strongest: Mapping[str, float],
    remote_share: float,
) -> _Village:
    none = below["access_now"] == "none"
    away_m = np.hypot(below["x"] - centre["x"], below["y"] - centre["y"])
    near = (away_m <= tech.CELL_RADIUS_KM * 1000) | (below["row"] == centre["row"])
    largest = below.sort_values(["people", "id"], ascending=[False, True], kind="stable").iloc[0]
    expected = float(below["expected"].sum())
    people = float(below["people"].sum())
    total = villages["people"].get(code, pd.NA)
    place = {
        "village_code": code,
        "place": PEOPLE,
        "kind": PEOPLE,
        "promised": max(below["promised"], key=LEVELS.index),
        "access_now": str(largest["access_now"]),
        "known_by": str(largest["known_by"]),
        "chance_below": expected / people,
        "village_people": 0.0 if pd.isna(total) else float(total),
        "number_of_kind": 1,
        "people_below": expected,
        "is_office": False,
    }
    return _Village(
        place,
        people,
        expected,
        float(below["expected"][none].sum()),
        float(below["expected"][near].sum()),
        float(below["expected"][near & none].sum()),
        reach.get(code, 0.0),
        strongest.get(code, float("nan")),
        remote_share,
    )


def _hotspot_people(access: Access, settings: Settings) -> dict[str, float]:
    """People that one hotspot reaches, by village with a village office."""
    offices = set(words(access.facilities["village_code"])[words(access.facilities["kind"]) == OFFICE])
    people = np.nan_to_num(numbers(access.villages["people"]))
    households = np.nan_to_num(numbers(access.villages["households"]))
    default = settings.defaults.people_per_household
    size = np.divide(
        people, households, out=np.full(len(people), default), where=(households > 0) & (people > 0)
    )
    reached = size * settings.defaults.households_reached_by_hotspot
    return {
        str(code): float(number)
        for code, number in zip(words(access.villages["code"]), reached, strict=True)
        if code in offices
    }


def _strongest_dbm(access: Access) -> dict[str, float]:
    """The strongest modelled signal at a settlement or facility, by village; no entry without any."""
    codes = np.concatenate([words(t["village_code"]) for t in (access.settlements, access.facilities)])
    dbm = np.concatenate([numbers(t["rsrp_dbm"]) for t in (access.settlements, access.facilities)])
    best = pd.Series(dbm, index=codes).dropna().groupby(level=0).max()
    return {str(code): float(value) for code, value in best.items()}


def _offers(village: _Village, settings: Settings, bill: tech.Bill) -> Iterator[dict[str, Any]]:
    guessed = village.remote_share == tech.UNKNOWN_REMOTE_SHARE
    for option, items, people, people_none in _possible(village, settings):
        level = tech.level_of(option, settings)
        if people > 0:
            yield {
                "village_code": village.place["village_code"],
                "place": PEOPLE,
                "option": option,
                "level": level,
                "reaches": tech.reaches(level, village.place["promised"]),
                **bill.priced(items, ["assumed"] if guessed and "remote_transport" in items else []),
                "people": people,
                "people_none": people_none,
                "detail_en": f"reaches {people:,.0f} people",
                "detail_id": f"menjangkau {people:,.0f} warga".replace(",", "."),
            }


def _possible(village: _Village, settings: Settings) -> Iterator[tuple[str, dict[str, float], float, float]]:
    """Option, components, expected people brought to the promise, and of them those with nothing now."""
    part = min(1.0, village.reached_by_hotspot / village.below)
    yield "hotspot", {"wifi_hotspot": 1.0}, village.expected * part, village.expected_none * part
    donor_dbm = settings.levels["basic"].signal_dbm - tech.REPEATER_GAIN_DB
    transport = {"remote_transport": village.remote_share}
    if village.dbm >= donor_dbm:
        items = {"repeater": 1.0, "repeater_monthly": 1.0, **transport}
        yield "repeater", items, village.near, village.near_none
    items = {"base_station": 1.0, "base_station_monthly": 1.0, **transport}
    yield "base_station", items, village.near, village.near_none
