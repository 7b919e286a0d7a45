"""What is published of what was given in confidence: nothing of it itself, and what follows from it not too exactly.

Runs know such things by numbers (`merata.region.confidence`): whatever stands at one, leads to one or was measured for
one carries the word HELD, and is made open here. Published are: levels of access, and chances to the nearest
twentieth, so that nobody can reckon back a tower from how strong it is here and there; what the plan builds, in which
village, when and for how much, but of works that begin or end at something held neither place, ends, length nor
details. Withheld are the rows themselves, their names, files, findings and prices, received powers, and pictures of
coverage. Shown instead is what the open sites cover by themselves: made of the published list, it tells nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from merata.access.result import Access
from merata.plan.result import Plan
from merata.region.confidence import HELD

#: Chances are told in so many steps; a uniform step's standard deviation is its width through the root of 12.
STEPS = 20
#: A clause of evidence that rests on something held, or tells a modelled power: what stays of it.
_CLAUSES = (
    (re.compile(rf"measured: [^;]*{HELD}[^;]*"), f"measured {HELD}"),
    (re.compile(r"modelled: -?\d+ dBm"), "modelled"),
)
#: Columns of a work that begins or ends at something held: blank in what is published.
_PLACE = ("lon", "lat", "to_lon", "to_lat", "length_km")


def open_access(access: Access, files: int) -> Access:
    """Access as it is published where `files` files were given in confidence; itself where none was."""
    if not files:
        return access
    said = f"{files} file{'' if files == 1 else 's'} given in confidence: used, and not shown."
    return replace(
        access,
        settlements=_open_places(access.settlements),
        facilities=_open_places(access.facilities),
        villages=_open_places(access.villages),
        assumptions=[*_open_words(access.assumptions), said],
    )


def _open_places(places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    places = places.copy()
    chance = places["chance_below"].to_numpy(dtype=float, na_value=np.nan)
    # The middle of its twentieth: so it is at or above one half where it was.
    coarse = (np.minimum(np.floor(chance * STEPS + 1e-9), STEPS - 1) + 0.5) / STEPS
    places["chance_below"] = np.where(chance == 0, 0.0, coarse)
    unsure = places["chance_pm"].to_numpy(dtype=float, na_value=np.nan)
    unsure = np.hypot(unsure, 1 / STEPS / np.sqrt(12))
    places["chance_pm"] = np.where(chance == 0, 0.0, np.minimum(np.ceil(unsure * STEPS) / STEPS, 0.5))
    if "rsrp_dbm" in places:
        places["rsrp_dbm"] = pd.array([pd.NA] * len(places), dtype=places["rsrp_dbm"].dtype)
    if "people_below" in places:
        places["people_below"] = places["people"].astype(float) * places["chance_below"].astype(float)
    places["evidence"] = [_open_evidence(text) for text in places["evidence"]]
    return places


def _open_evidence(text: Any) -> Any:
    if not isinstance(text, str):
        return text
    for told, stays in _CLAUSES:
        text = told.sub(stays, text)
    return text


def open_plan(plan: Plan) -> Plan:
    """The plan as it is published; every rupiah stays, places and lengths of what leads to something held go."""
    works = plan.works.copy()
    held = _speaks_of(works, ("id", "a", "b"))
    names = {old: f"{HELD} {n}" for n, old in enumerate(works.loc[held, "id"].tolist(), 1)}
    for column in _PLACE:
        works.loc[held, column] = pd.NA
    works.loc[held, "detail_en"] = "leads to, or stands at, what is held in confidence"
    works.loc[held, "detail_id"] = "menuju, atau berada di, data yang dirahasiakan"
    for column in ("id", "a", "b"):
        works[column] = _renamed(works[column], names)
    return replace(
        plan,
        works=works,
        points=plan.points.assign(node=_renamed(plan.points["node"], names)),
        payments=plan.payments.assign(id=_renamed(plan.payments["id"], names)),
        assumptions=_open_words(plan.assumptions),
        notes=_open_words(plan.notes),
    )


def open_lots(works: pd.DataFrame) -> pd.DataFrame:
    """The works of lots as bidders get them: those that begin or end at something held without place and length."""
    works = works.copy()
    held = _speaks_of(works, ("id",))
    for column in ("lon", "lat", "to_lon", "to_lat"):
        works.loc[held, column] = np.nan
    works["id"] = _renamed(works["id"], {})
    return works


def _speaks_of(rows: pd.DataFrame, columns: Sequence[str]) -> pd.Series[bool]:
    found = pd.Series(False, index=rows.index)
    for column in columns:
        found |= rows[column].astype("string").str.contains(HELD, regex=False).fillna(False).astype(bool)
    return found


def _renamed(ids: pd.Series[Any], names: Mapping[str, str]) -> pd.Series[Any]:
    """Ids of works that lead to something held under numbers; of the thing itself only that it is held."""
    told = [
        names.get(name, HELD if HELD in name else name) if isinstance(name, str) else name
        for name in ids.tolist()
    ]
    return pd.Series(told, ids.index, dtype=ids.dtype)


def _open_words(sentences: Iterable[str]) -> list[str]:
    """Sentences of which none names something held: what could not be used of it is for the office alone."""
    return [text for text in sentences if HELD not in text]


def open_tables(tables: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The region's tables without the rows that are held, and without what operators claim to cover."""
    return {
        name: rows[rows["source"] != HELD].reset_index(drop=True) if "source" in rows else rows
        for name, rows in tables.items()
        if name != "claims"
    }


def open_prices(prices: pd.DataFrame) -> pd.DataFrame:
    """The catalogue without prices that are held, and without notes on such rows."""
    if prices.empty:
        return prices
    told = prices[~prices["basis"].astype("string").str.startswith(HELD).fillna(False).astype(bool)]
    return told.assign(note=["" if HELD in str(note) else note for note in told["note"]])
