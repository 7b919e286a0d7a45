"""Facilities below their promise: fibre, 4G fixed wireless or a LEO terminal, with solar power where there is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from merata.access.result import Access
from merata.plan import technology as tech
from merata.plan import where
from merata.plan.frames import flags, numbers, words
from merata.region.settings import Settings

OFFICE = "village office"


@dataclass
class Built:
    """Places, their offers and what was assumed for them."""

    places: list[dict[str, Any]] = field(default_factory=list)
    offers: list[dict[str, Any]] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Around:
    """What lies around one facility."""

    fibre_km: float
    remote_share: float
    dbm: float
    no_link: bool
    no_power: bool
    no_device: bool
    place_known_by: str


def build(
    access: Access, tables: Mapping[str, pd.DataFrame], settings: Settings, bill: tech.Bill, crs: str
) -> Built:
    """The facilities below their promise and the offers for each."""
    rows = access.facilities[flags(access.facilities["below"])]
    rows = rows.sort_values(["village_code", "id"], kind="stable")
    built = Built(places=list(_places(rows, access)))
    if not built.places:
        return built
    around = _around(rows, tables, settings, crs, built.assumptions)
    for place, here in zip(built.places, around, strict=True):
        built.offers += _offers(place, here, settings, bill)
    return built


def _places(rows: gpd.GeoDataFrame, access: Access) -> Iterator[dict[str, Any]]:
    """One place a facility. The office of a village is its first one below, unless it has one at its promise."""
    everything = access.facilities
    of_kind = (
        everything.groupby([words(everything["village_code"]), words(everything["kind"])]).size().to_dict()
    )
    served = everything[(words(everything["kind"]) == OFFICE) & ~flags(everything["below"])]
    with_office = set(words(served["village_code"]))
    people = dict(zip(words(access.villages["code"]), numbers(access.villages["people"]), strict=True))
    for row in rows.drop(columns="geometry").to_dict("records"):
        village, kind = str(row["village_code"]), str(row["kind"])
        is_office = kind == OFFICE and village not in with_office
        with_office |= {village} if is_office else set()
        yield {
            "village_code": village,
            "place": str(row["id"]),
            "kind": kind,
            "promised": str(row["promised"]),
            "access_now": str(row["access_now"]),
            "known_by": str(row["known_by"]),
            "chance_below": float(row["chance_below"]),
            "village_people": float(np.nan_to_num(people.get(village, 0.0))),
            "number_of_kind": int(of_kind[village, kind]),
            "people_below": 0.0,
            "is_office": is_office,
        }


def _around(
    rows: gpd.GeoDataFrame,
    tables: Mapping[str, pd.DataFrame],
    settings: Settings,
    crs: str,
    assumptions: list[str],
) -> Iterator[_Around]:
    unknown = np.full(len(rows), np.nan)
    fibre_km = where.km_to_fibre(rows, tables, crs)
    if fibre_km is None:
        assumptions.append(
            "No fibre route and no point of presence is known: fibre is not offered anywhere, though it may be there."
        )
    measured = where.measured_dbm(rows, tables, crs)
    modelled = numbers(rows["rsrp_dbm"])
    if np.isnan(measured).all() and np.isnan(modelled).all():
        assumptions.append(
            "No 4G signal is known at any of these places: 4G fixed wireless is not offered anywhere."
        )
    power_unknown = int(rows["wants_power"].isna().sum())
    if power_unknown:
        assumptions.append(
            f"{power_unknown} facilities whose electricity is unknown are priced without solar power."
        )
    remote = remote_shares(where.km_to_road(rows, tables, crs), len(rows), assumptions)
    columns = (
        unknown if fibre_km is None else fibre_km,
        remote,
        np.where(np.isnan(measured), modelled, measured),
        flags(rows["wants_link"]) & np.isnan(measured),
        flags(rows["wants_power"]),
        flags(rows["wants_device"]),
        words(rows["place_known_by"]),
    )
    return (_Around(*values) for values in zip(*columns, strict=True))


def remote_shares(road_km: np.ndarray | None, count: int, assumptions: list[str]) -> np.ndarray:
    """How much of the transport each place pays: none near a road, all when remote, half when unknown."""
    if road_km is None:
        assumptions.append(
            "No road is known: half of the transport to a remote place is reckoned everywhere."
        )
        return np.full(count, tech.UNKNOWN_REMOTE_SHARE)
    share = np.where(road_km > tech.REMOTE_KM, 1.0, 0.0)
    return np.where(np.isnan(road_km), tech.UNKNOWN_REMOTE_SHARE, share)


def _offers(
    place: Mapping[str, Any], here: _Around, settings: Settings, bill: tech.Bill
) -> Iterator[dict[str, Any]]:
    extra = {"solar_kit": float(here.no_power), "shared_device": float(here.no_device)}
    ways = [here.place_known_by] if here.place_known_by else []
    ways += ["assumed"] if here.remote_share == tech.UNKNOWN_REMOTE_SHARE else []
    for option, items, english, indonesian in _possible(here, settings):
        level = tech.level_of(option, settings)
        solar = here.no_power and option != "leo_solar"
        yield {
            "village_code": place["village_code"],
            "place": place["place"],
            "option": option,
            "level": level,
            "reaches": tech.reaches(level, place["promised"]),
            **bill.priced({**items, **extra}, ways),
            "people": 0.0,
            "people_none": 0.0,
            "detail_en": english + (", with solar power" if solar else ""),
            "detail_id": indonesian + (", dengan tenaga surya" if solar else ""),
        }


def _possible(here: _Around, settings: Settings) -> Iterator[tuple[str, dict[str, float], str, str]]:
    """Option, components, and what is particular about it here in English and Indonesian."""
    cable_km = here.fibre_km * tech.ROAD_FACTOR
    if cable_km <= tech.LONGEST_FIBRE_KM:
        new_km = 0.0 if here.fibre_km <= tech.FIBRE_AT_THE_DOOR_KM else round(cable_km, 3)
        items = {"fibre_connection": 1.0, "fibre_km": new_km, "fibre_monthly": 1.0}
        comma = f"{new_km:.1f}".replace(".", ",")
        yield "fibre", items, f"{new_km:.1f} km of new cable", f"{comma} km kabel baru"
    needed_dbm = settings.levels["working"].signal_dbm - tech.TERMINAL_GAIN_DB
    if here.dbm >= needed_dbm and not here.no_link:
        items = {
            "fixed_wireless_terminal": 1.0,
            "fixed_wireless_monthly": 1.0,
            "terminal_transport": here.remote_share,
        }
        signal = f"{here.dbm:.0f} dBm"
        yield "fixed_wireless", items, f"4G signal of {signal}", f"sinyal 4G {signal}"
    items = {"leo_terminal": 1.0, "leo_monthly": 1.0, "terminal_transport": here.remote_share}
    option = "leo_solar" if here.no_power else "leo"
    yield option, items, "open sky assumed", "dengan asumsi langit terbuka"
