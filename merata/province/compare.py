"""Regions side by side: their open data put together, each village given its kind, and all measures reckoned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from merata.exchange.bundle import Bundle
from merata.province import handed, measures
from merata.province.alike import with_kinds
from merata.province.columns import shaped
from merata.province.opened import Taken, blank
from merata.province.settings import AlikeSettings


@dataclass(frozen=True)
class Comparison:
    """All tables of the comparison; `region` in them is a code, empty for all regions together."""

    on: dt.date
    regions: pd.DataFrame
    """Every region of the province: code, name, owner, taken_on, dated, stale, villages, people."""
    villages: pd.DataFrame
    """Every village taken, with its region, terrain, remoteness and kind: what the others are made from."""
    access: pd.DataFrame
    kinds: pd.DataFrame
    inequality: pd.DataFrame
    cost: pd.DataFrame
    connect: pd.DataFrame
    repair: pd.DataFrame
    kept: pd.DataFrame
    bundles: pd.DataFrame
    outcomes: pd.DataFrame
    made_up: bool


def compare(
    taken: Sequence[Taken], settings: AlikeSettings, on: dt.date, bundles: Sequence[Bundle] = ()
) -> Comparison:
    """The comparison of what regions have published, as of a day. The same data and day give the same tables.

    `bundles` are of regions that handed on what came of their points, by mail or on a stick.
    """
    ordered = sorted(taken, key=lambda one: one.region.code)
    villages = with_kinds(_villages(ordered), settings)
    known = villages.set_index("code")[["terrain", "remoteness", "kind"]]
    there = {
        name: _of_places(_together(ordered, name), known)
        for name in ("penyambungan", "titik", "gangguan", "komitmen")
    }
    outages = there["gangguan"].merge(
        there["titik"][["region", "code", "option"]].rename(columns={"code": "point"}),
        on=["region", "point"],
        how="left",
    )
    return Comparison(
        on=on,
        regions=_regions(ordered, villages),
        villages=villages,
        access=shaped("access", measures.access(villages, settings)),
        kinds=shaped("kinds", measures.access_by_kind(villages, settings)),
        inequality=shaped("inequality", measures.inequality(villages)),
        cost=shaped("cost", measures.cost(villages)),
        connect=shaped("connect", measures.connected(there["penyambungan"], on)),
        repair=shaped("repair", measures.repaired(outages.fillna({"option": ""}))),
        kept=shaped("kept", measures.kept(there["komitmen"], settings, on)),
        bundles=shaped("bundles", handed.bundles(bundles, on)),
        outcomes=shaped("outcomes", handed.outcomes(bundles)),
        made_up=any(one.made_up for one in ordered) or any(one.about.made_up for one in bundles),
    )


def _together(taken: Sequence[Taken], name: str) -> pd.DataFrame:
    frames = [
        one.tables[name].assign(region=one.region.code)
        for one in taken
        if one.tables and len(one.tables[name])
    ]
    if frames:
        return pd.concat(frames, ignore_index=True)
    return blank(name).assign(region=pd.Series(dtype="str"))


def _villages(taken: Sequence[Taken]) -> pd.DataFrame:
    rows = _together(taken, "desa")
    relief = _together(taken, "medan").drop_duplicates("village_code").set_index("village_code")["relief_m"]
    return rows.assign(relief_m=rows["code"].map(relief).astype(float))


def _of_places(rows: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Rows of villages with their village's kind; of a village that the plan does not know, unknown."""
    found = known.reindex(rows["village_code"]).reset_index(drop=True)
    found.index = rows.index
    return rows.join(found.fillna({"terrain": "unknown", "remoteness": "unknown", "kind": "unknown unknown"}))


def _regions(taken: Sequence[Taken], villages: pd.DataFrame) -> pd.DataFrame:
    counted = villages.groupby("region").agg(villages=("code", "size"), people=("people", "sum"))
    rows = [
        {
            "code": one.region.code, "name": one.region.name, "owner": one.region.owner, "taken_on": one.on,
            "dated": one.dated, "stale": bool(one.trouble),
        }
        for one in taken
    ]  # fmt: skip
    made = pd.DataFrame(rows, columns=["code", "name", "owner", "taken_on", "dated", "stale"])
    return shaped("regions", made.join(counted, on="code").fillna({"villages": 0, "people": 0}))
