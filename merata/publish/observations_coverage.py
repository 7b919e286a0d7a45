"""Who lives within range of a mobile network, by its technology; what the forms of villages ask of signal and towers.

The propagation model is of 4G and newer. Of other generations the list of sites tells where they are on air. How far
they reach is taken from the region itself: the chance of a 4G signal falls with the distance to the nearest such site,
by isotonic regression over all settlements, and other generations are taken to reach alike at the same distance. That
is assumed, not modelled: the interval is wider by what follows if they reach two thirds as far, or half as far again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.optimize import isotonic_regression
from scipy.spatial import cKDTree
from scipy.stats import norm

from merata.access.columns import Floats, numbers, words
from merata.access.gap import SDS_OF_95
from merata.publish.indicators import TECHNOLOGIES
from merata.publish.observed import Observation
from merata.publish.observed_areas import each, groups, told, weakest
from merata.publish.tables import Results
from merata.radio.transmitters import RADIATING
from merata.region._published import metres
from merata.region.submitted import generations

#: How much shorter and farther another generation may reach than 4G.
RANGES = (1.5, 1.0, 1 / 1.5)
MODELLED = "4G"


@dataclass(frozen=True)
class Reached:
    """Chance that each settlement is in range, and if its sites reach less far or farther."""

    chance: Floats
    low: Floats
    high: Floats


def of_coverage(results: Results) -> Iterator[Observation]:
    """SDG 9.c.1 by technology, the signal in each village, and its towers; nothing where no power was modelled."""
    found = reached(results)
    for technology, one in found.items():
        yield from _shares(results, technology, one)
    yield from _signal(results, found)
    yield from _towers(results)


def reached(results: Results) -> dict[str, Reached]:
    """By technology, with what is newer: the chance of each settlement to be in range; only what can be told."""
    homes, settings = results.access.settlements, results.settings
    power = numbers(homes["rsrp_dbm"])
    if not np.isfinite(power).any() and results.coverage_path is None:
        return {}
    threshold = settings.levels["basic"].signal_dbm
    # Without a site in reach there is no power: that is no signal.
    chance = np.where(np.isfinite(power), norm.cdf((power - threshold) / settings.radio.sigma_db), 0.0)
    return {**_others(homes, chance, _radiating(results.tables)), MODELLED: Reached(chance, chance, chance)}


def _radiating(tables: Mapping[str, pd.DataFrame]) -> gpd.GeoDataFrame | None:
    """The sites that send, with a place; None: there is no list."""
    sites = tables.get("sites")
    if not isinstance(sites, gpd.GeoDataFrame) or sites.empty:
        return None
    sends = np.isin(words(sites["kind"]), ["", *RADIATING]) & ~(
        sites.geometry.isna() | sites.geometry.is_empty
    )
    return sites[sends].to_crs(4326)


def _on_air(sites: gpd.GeoDataFrame) -> list[set[str]]:
    """Generations of each site; one that says none is taken to be of 4G, as the propagation model does."""
    if "technologies" not in sites:
        return [{MODELLED}] * len(sites)
    return [generations(text) or {MODELLED} for text in words(sites["technologies"])]


def _others(homes: gpd.GeoDataFrame, chance: Floats, sites: gpd.GeoDataFrame | None) -> dict[str, Reached]:
    if sites is None or sites.empty:
        return {}
    air, at = _on_air(sites), _flat(homes, sites)
    away = {name: _away(at, air, TECHNOLOGIES[place:]) for place, name in enumerate(TECHNOLOGIES)}
    near = away[MODELLED]
    if not np.isfinite(near).all():
        return {}
    curve = _curve(near, chance)
    found = {}
    for name in TECHNOLOGIES:
        if name != MODELLED and any(name in there for there in air):
            low, middle, high = (_reach(name, chance, near, away[name], curve, by) for by in RANGES)
            found[name] = Reached(middle, low, high)
    return found


def _flat(homes: gpd.GeoDataFrame, sites: gpd.GeoDataFrame) -> tuple[Floats, Floats]:
    """Settlements and sites on one plane, m."""
    points = [rows.to_crs(4326).geometry.representative_point() for rows in (homes, sites)]
    both = metres(
        *(np.concatenate([getattr(some, axis).to_numpy() for some in points]) for axis in ("x", "y"))
    )
    return both[: len(homes)], both[len(homes) :]


def _away(at: tuple[Floats, Floats], air: list[set[str]], wanted: tuple[str, ...]) -> Floats:
    """From each settlement to the nearest site of any wanted generation, m; infinite where there is none."""
    homes, sites = at
    mine = [place for place, there in enumerate(air) if there & set(wanted)]
    return np.asarray(cKDTree(sites[mine]).query(homes)[0]) if mine else np.full(len(homes), np.inf)


def _curve(away: Floats, chance: Floats) -> tuple[Floats, Floats]:
    """Distances, m, and the chance of a signal there, which only falls with distance."""
    order = np.argsort(away, kind="stable")
    return away[order], np.asarray(isotonic_regression(chance[order], increasing=False).x)


def _reach(
    name: str, chance: Floats, near: Floats, away: Floats, curve: tuple[Floats, Floats], by: float
) -> Floats:
    """The chance of a generation: what the model says where its nearest site has 4G too, else by distance."""
    by_distance = np.interp(away * by, *curve)
    if name < MODELLED:
        return np.where(away < near, np.maximum(chance, by_distance), chance)
    return np.where(away > near, np.minimum(chance, by_distance), chance)


def _shares(results: Results, technology: str, one: Reached) -> Iterator[Observation]:
    homes = results.access.settlements
    people, codes = numbers(homes["people"]), list(words(homes["village_code"]))
    for area, rows in [*groups(results, codes), *each(codes)]:
        if (total := people[rows].sum()) <= 0:
            continue
        middle, low, high = (
            float((people[rows] * end[rows]).sum() / total) for end in (one.chance, one.low, one.high)
        )
        spread = SDS_OF_95 * _together_wrong(people[rows], one.chance[rows], [codes[i] for i in rows]) / total
        ends = {"low": max(0.0, low - spread), "high": min(1.0, high + spread)}
        known = "modelled" if technology == MODELLED else "assumed"
        yield told("SDG_9C1", area, technology=technology, value=middle, known_by=known, **ends)


def _together_wrong(weight: Floats, chance: Floats, codes: list[str]) -> float:
    """Standard deviation of a sum whose parts in one village are wrong together: as `access.gap` has it."""
    sd = pd.Series(weight * np.sqrt(np.clip(chance * (1 - chance), 0, None))).groupby(np.array(codes)).sum()
    return float(np.sqrt((sd**2).sum()))


def _signal(results: Results, found: Mapping[str, Reached]) -> Iterator[Observation]:
    """Whether most of a village's people are in range of the oldest generation that can be told."""
    if not found:
        return
    oldest = min(found)
    homes = results.access.settlements
    people, codes = numbers(homes["people"]), list(words(homes["village_code"]))
    shares = {
        code: (people[rows] * found[oldest].chance[rows]).sum() / people[rows].sum()
        for code, rows in each(codes)
        if people[rows].sum() > 0
    }
    known = "modelled" if oldest == MODELLED else "assumed"
    yield from _of_villages(
        "INDEX_SIGNAL", results, {code: share >= 0.5 for code, share in shares.items()}, known
    )


def _towers(results: Results) -> Iterator[Observation]:
    """Whether a site of the list stands in each village; nothing without a list, or where something is held."""
    sites = _radiating(results.tables)
    if sites is None or sites.empty or not reached(results):
        return
    villages = results.access.villages
    tree = shapely.STRtree(sites.geometry.representative_point().to_numpy())
    inside = set(tree.query(villages.geometry.to_numpy(), predicate="intersects")[0].tolist())
    have = {code: place in inside for place, code in enumerate(words(villages["code"]))}
    known = weakest(sites["known_by"]) if "known_by" in sites else "reported"
    yield from _of_villages("INDEX_BTS", results, have, known)


def _of_villages(
    indicator: str, results: Results, have: Mapping[str, bool], known: str
) -> Iterator[Observation]:
    codes = list(have)
    answers = np.array([have[code] for code in codes], dtype=float)
    for area, rows in [*groups(results, codes), *each(codes)]:
        if rows:
            yield told(indicator, area, value=float(answers[rows].mean()), known_by=known)
