"""Who has which service level now: every settlement, facility and village, each with how it is known.

Where people live and which facilities there are: `merata.access.people` and `merata.access.places`. What is
believed about the link at each of them: `merata.access.evidence`. Here it comes together.

`below` is about the link alone. Access also takes power and a device; `wants_power` and `wants_device` say so beside
it, whether or not the link is below:

- power is wanting where the village has no electricity or less than 12 hours of it a day;
- a device is wanting for people where fewer than half of the households have a smartphone, and for a facility where
  the village's shared devices were counted and there is none.

What nobody says about power or devices is assumed from the settings, and `assumptions` says so.

A village's belief is that of its settlements, weighted by people: its level is that of most of its people, and its
`people_below` is what `below` would be on average if the chances are right.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from merata.access import measured
from merata.access.columns import Bools, Floats, Words, newest, numbers, plural, shaped, words
from merata.access.evidence import Belief, believe, ranks_of
from merata.access.people import settlements as _settlements
from merata.access.people import villages_people
from merata.access.places import facilities as _facilities
from merata.access.result import FACILITIES, SETTLEMENTS, VILLAGES, Access
from merata.errors import MissingError
from merata.radio.against import Heard
from merata.radio.against import heard as heard_at
from merata.radio.correct import Correction, no_correction
from merata.radio.coverage_map import Coverage
from merata.radio.margin import Network, network
from merata.region.settings import DefaultSettings, Settings
from merata.region.store import with_shapes
from merata.region.tables import KNOWN_BY, LEVELS

#: Hours of electricity a day below which power is wanting.
HOURS_ENOUGH = 12.0


def assess(
    tables: Mapping[str, pd.DataFrame],
    coverage: Coverage | None,
    settings: Settings,
    today: dt.date,
    *,
    correction: Correction | None = None,
    notes: Sequence[str] = (),
    cover: npt.NDArray[np.uint8] | None = None,
    net: Network | None = None,
) -> Access:
    """Who has which service level on the day `today`.

    Parameters
    ----------
    tables
        The region's tables by name (`region.tables`), rows matched to villages, geometry in EPSG:4326.
    coverage
        The coverage map; None: nothing is modelled.
    settings
        The region's settings: levels, promises, defaults, sigma of the radio model.
    today
        The day from which the age of reports and measurements counts.
    correction
        The correction of the map by measured signal; None: nothing was measured.
    notes
        What is to be said about the correction, in plain English.
    cover
        (rows, columns) classes of ESA WorldCover on the map's grid, for the correction; None: not known.
    net
        What the map's sites send and hear; None: as the table of sites says, without makers' antenna patterns.

    Raises
    ------
    MissingError
        There are no villages.

    """
    if tables["villages"].empty:
        raise MissingError("there are no villages: take in a map of village borders first (merata add)")
    assumptions = [*coverage.assumptions, *notes] if coverage is not None else []
    villages = villages_people(tables, settings.defaults, assumptions)
    homes = _settlements(tables, villages, assumptions)
    homes["promised"], homes["kind"] = settings.promise.people, ""
    rooms = _facilities(tables, homes, settings.promise, assumptions)
    power = _power(tables["electricity"], villages.index, settings.defaults, assumptions)
    devices = _devices(tables["devices"], villages, settings.defaults, assumptions)
    # Together, so that a report that names a settlement is not taken for one of an unknown facility.
    places = gpd.GeoDataFrame(pd.concat([homes, rooms], ignore_index=True))
    corrected = correction or no_correction(settings.radio.sigma_db)
    heard = _heard(places, coverage, tables, cover, corrected, settings, net)
    homes["rsrp_dbm"], rooms["rsrp_dbm"] = heard.power_dbm[: len(homes)], heard.power_dbm[len(homes) :]
    belief = _believe(places, heard, coverage, tables, settings, today)
    at_home = belief.of(slice(0, len(homes)))
    _settle(homes, at_home, power, devices["households_want"])
    _settle(rooms, belief.of(slice(len(homes), None)), power, devices["facilities_want"])
    _tell(belief, coverage, settings, assumptions)
    whole = _villages(tables["villages"], villages, homes, at_home, power, settings)
    return Access(
        shaped(homes, homes.geometry, SETTLEMENTS),
        shaped(rooms, rooms.geometry, FACILITIES),
        shaped(whole, with_shapes(tables["villages"]).geometry, VILLAGES),
        assumptions,
    )


def _believe(
    places: gpd.GeoDataFrame,
    heard: Heard,
    coverage: Coverage | None,
    tables: Mapping[str, pd.DataFrame],
    settings: Settings,
    today: dt.date,
) -> Belief:
    points = places.geometry
    here = ~(points.isna() | points.is_empty).to_numpy()
    counts = measured.count(places, tables["measurements"], settings, today)
    return believe(places, heard, counts, here & _tells(coverage), tables, settings, today)


def _tells(coverage: Coverage | None) -> bool:
    """A map without any site says that no site is known, not that there is no signal."""
    return coverage is not None and bool((coverage.best_site >= 0).any())


def _heard(
    places: gpd.GeoDataFrame,
    coverage: Coverage | None,
    tables: Mapping[str, pd.DataFrame],
    cover: npt.NDArray[np.uint8] | None,
    correction: Correction,
    settings: Settings,
    net: Network | None,
) -> Heard:
    if coverage is None or not _tells(coverage):
        silent, by_level = np.full(len(places), np.nan), (len(places), len(LEVELS))
        spread, sure = np.full(len(places), correction.spread_db), np.zeros(len(places))
        return Heard(silent, spread, sure, np.full(by_level, np.nan), np.zeros(by_level, np.int64))
    sites = with_shapes(tables["sites"])
    net = net or network(sites, coverage.grid, settings.radio)
    return heard_at(coverage, places.geometry, sites, cover, correction, settings.levels, net)


def _settle(places: gpd.GeoDataFrame, belief: Belief, power: pd.DataFrame, no_device: pd.Series) -> None:
    """Write the columns of a place's state that the contract declares."""
    promised = ranks_of(places["promised"])
    chance = belief.chance_below(promised)
    level, below = belief.level, chance >= 0.5
    strength = below & ((level > 0) | belief.some_signal)
    codes = places["village_code"]
    places["access_now"] = np.array(LEVELS, dtype=object)[level]
    places["known_by"], places["evidence"] = belief.known_by, belief.text
    places["chance_below"], places["below"] = chance, below
    places["chance_pm"] = belief.uncertainty(promised)
    places["wants_link"], places["wants_strength"] = below & ~strength, strength
    places["wants_power"] = power["wants"].reindex(codes).to_numpy(dtype=bool)
    places["wants_device"] = no_device.reindex(codes).to_numpy(dtype=bool)


def _power(
    table: pd.DataFrame, codes: pd.Index, defaults: DefaultSettings, assumptions: list[str]
) -> pd.DataFrame:
    """By village: electricity, electricity_known_by, wants."""
    rows = newest(table, "village_code").reindex(codes)
    source, known_by, hours = (
        words(rows["electricity"]),
        words(rows["known_by"]),
        numbers(rows["hours_per_day"]),
    )
    # Hours without a source still say that there is electricity.
    silent = source == ""
    known_by = np.where(silent & np.isnan(hours), "assumed", known_by)
    likely = "grid" if defaults.grid_share >= 0.5 else "none"
    source = np.where(silent, np.where(hours == 0, "none", likely), source)
    unknown = int((known_by == "assumed").sum())
    if unknown:
        assumptions.append(
            f"{plural(unknown, 'village', 'villages')} whose electricity nobody says: taken as "
            f"{'having the grid' if likely == 'grid' else 'without'} (chance of the grid {defaults.grid_share:.0%})."
        )
    with np.errstate(invalid="ignore"):
        wants = (source == "none") | (hours < HOURS_ENOUGH)
    return pd.DataFrame({"electricity": source, "electricity_known_by": known_by, "wants": wants}, codes)


def _devices(
    table: pd.DataFrame, villages: pd.DataFrame, defaults: DefaultSettings, assumptions: list[str]
) -> pd.DataFrame:
    """By village: households_want and facilities_want."""
    rows = newest(table, "village_code").reindex(villages.index)
    smartphones = numbers(rows["households_with_smartphone"])
    households = villages["households"].to_numpy(dtype=float)
    share = np.divide(smartphones, households, out=np.full(len(rows), np.nan), where=households > 0)
    silent = np.isnan(share)
    if silent.any():
        assumptions.append(
            f"{plural(int(silent.sum()), 'village', 'villages')} whose smartphones nobody counted: "
            f"{defaults.smartphone_share:.0%} of households have one."
        )
    share = np.where(silent, defaults.smartphone_share, share)
    shared = numbers(rows["shared_devices"])
    if np.isnan(shared).any():
        assumptions.append(
            f"{plural(int(np.isnan(shared).sum()), 'village', 'villages')} whose shared devices nobody counted: "
            "its facilities are taken to have one."
        )
    return pd.DataFrame({"households_want": share < 0.5, "facilities_want": shared == 0}, villages.index)


def _villages(
    table: pd.DataFrame,
    people: pd.DataFrame,
    homes: gpd.GeoDataFrame,
    belief: Belief,
    power: pd.DataFrame,
    settings: Settings,
) -> pd.DataFrame:
    codes = words(table["code"])
    position = {code: at for at, code in enumerate(codes)}
    at = homes["village_code"].map(position).to_numpy(dtype=np.int64)
    weight = _shares(at, homes["people"].to_numpy(dtype=float), len(codes))
    columns = [np.bincount(at, weight * chance, len(codes)) for chance in belief.chances.T]
    chances = np.column_stack(columns).astype(np.float64)
    # Places in one village are taken to be wrong together, as everywhere.
    columns = [np.bincount(at, weight * sd, len(codes)) for sd in belief.spread.T]
    spread = np.column_stack(columns).astype(np.float64)
    known_by, speaker = _spokesman(homes, at, weight, len(codes))
    whole = Belief(
        chances, spread, known_by, _most(at, weight * belief.some_signal, len(codes)), belief.text[speaker]
    )
    rows = pd.DataFrame({"code": codes, "name": words(table["name"]), "district": words(table["district"])})
    of_village = people.reindex(codes)
    rows["people"] = np.rint(of_village["people"].to_numpy())
    rows["households"] = np.rint(of_village["households"].to_numpy())
    rows["people_known_by"] = of_village["people_known_by"].to_numpy()
    rows["village_code"], rows["promised"] = codes, settings.promise.people
    _settle_village(rows, whole, power, _most(at, weight * homes["wants_device"].to_numpy(), len(codes)))
    expected = homes["people"].to_numpy(dtype=float) * homes["chance_below"].to_numpy(dtype=float)
    rows["people_below"] = np.bincount(at, expected, len(codes))
    return rows


def _settle_village(rows: pd.DataFrame, whole: Belief, power: pd.DataFrame, no_device: Bools) -> None:
    of_village = power.reindex(rows["code"])
    rows["electricity"] = of_village["electricity"].to_numpy()
    rows["electricity_known_by"] = of_village["electricity_known_by"].to_numpy()
    _settle(rows, whole, power, pd.Series(no_device, rows["code"]))


def _shares(at: np.ndarray, people: Floats, n: int) -> Floats:
    """Each settlement's share of its village's people; equal shares where nobody lives."""
    total, count = np.bincount(at, people, n)[at], np.bincount(at, minlength=n)[at]
    return np.asarray(np.divide(people, total, out=1.0 / count, where=total > 0), np.float64)


def _most(at: np.ndarray, weight: Floats, n: int) -> Bools:
    return np.asarray(np.bincount(at, weight, n) > 0.5, dtype=bool)


def _spokesman(homes: gpd.GeoDataFrame, at: np.ndarray, weight: Floats, n: int) -> tuple[Words, np.ndarray]:
    """How most of a village's people are known about (the weaker of equals), and the largest settlement so known."""
    rank = {word: place for place, word in enumerate(KNOWN_BY)}
    rows = pd.DataFrame(
        {"at": at, "how": homes["known_by"].map(rank), "weight": weight, "row": np.arange(len(at))}
    )
    sums = rows.groupby(["at", "how"], sort=True)["weight"].sum().round(9).reset_index()
    sums = sums.sort_values(["at", "weight", "how"], ascending=[True, False, False], kind="stable")
    how = sums.drop_duplicates("at").set_index("at")["how"].reindex(range(n)).to_numpy(dtype=np.int64)
    rows = rows[rows["how"].to_numpy() == how[rows["at"]]]
    rows = rows.sort_values(["at", "weight", "row"], ascending=[True, False, True], kind="stable")
    speaker = rows.drop_duplicates("at")["row"].to_numpy(dtype=np.int64)
    return np.array(KNOWN_BY, dtype=object)[how], speaker


def _tell(belief: Belief, coverage: Coverage | None, settings: Settings, assumptions: list[str]) -> None:
    count = int((belief.known_by == "assumed").sum())
    if not count:
        return
    why = (
        "no site is known, so no coverage is modelled" if coverage is not None else "no coverage was modelled"
    )
    assumptions.append(
        f"{plural(count, 'settlement or facility', 'settlements and facilities')} about which nothing is known "
        f"({why}): a chance of {settings.defaults.unserved_share:.0%} of being below the promise."
    )
