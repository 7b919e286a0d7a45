"""Facilities: those that sources name, and the office that every village has."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd

from merata.access.columns import numbers, plural, words
from merata.region.settings import PromiseSettings
from merata.region.store import CRS, with_shapes
from merata.region.tables import SECTOR_OF_FACILITY

OFFICE = "village office"


def facilities(
    tables: Mapping[str, pd.DataFrame],
    settlements: gpd.GeoDataFrame,
    promise: PromiseSettings,
    assumptions: list[str],
) -> gpd.GeoDataFrame:
    """Facilities: id, village_code, kind, name, sector, users, place_known_by, promised, placed, geometry.

    Every village has an office: where none is known it is taken to stand at the largest settlement. Schools and
    health posts that nobody names are not invented; `assumptions` says how many villages have none known.
    """
    centres = _centres(settlements)
    known = _known(tables["facilities"], centres, assumptions)
    rows = pd.concat([known, _offices(known, centres, tables["villages"], assumptions)], ignore_index=True)
    for kind, many in (("school", "school"), ("health post", "health post")):
        without = len(centres) - rows.loc[rows["kind"] == kind, "village_code"].nunique()
        if without:
            assumptions.append(
                f"{plural(without, 'village has', 'villages have')} no known {many}: none is planned for there."
            )
    rows["sector"] = rows["kind"].map(SECTOR_OF_FACILITY)
    rows["promised"] = [promise.of_facility(kind) for kind in rows["kind"]]
    rows = rows.sort_values("id", kind="stable", ignore_index=True)
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS)


def _centres(settlements: gpd.GeoDataFrame) -> pd.DataFrame:
    """By village: the largest settlement's place, and whether that is known."""
    order = settlements.sort_values(["people", "id"], ascending=[False, True], kind="stable")
    rows = pd.DataFrame(order.drop_duplicates("village_code")).set_index("village_code")
    return rows[["geometry", "placed"]].sort_index()


def _known(table: pd.DataFrame, centres: pd.DataFrame, assumptions: list[str]) -> pd.DataFrame:
    rows = pd.DataFrame(
        {
            "id": words(table["id"]),
            "village_code": words(table["village_code"]),
            "kind": words(table["kind"]),
            "name": words(table["name"]),
            "users": numbers(table["users"]),
            "place_known_by": words(table["known_by"]),
            "geometry": with_shapes(table).geometry.to_numpy(),
        }
    )
    homeless = ~rows["village_code"].isin(centres.index)
    if homeless.any():
        assumptions.append(
            f"{plural(int(homeless.sum()), 'facility belongs', 'facilities belong')} to no known village "
            "and is left out."
        )
    rows = rows[~homeless].drop_duplicates("id")
    points = gpd.GeoSeries(rows["geometry"], crs=CRS)
    rows["placed"] = ~(points.isna() | points.is_empty).to_numpy()
    lost = ~rows["placed"]
    if lost.any():
        rows.loc[lost, "geometry"] = rows.loc[lost, "village_code"].map(centres["geometry"])
        rows.loc[lost, "placed"] = rows.loc[lost, "village_code"].map(centres["placed"]).astype(bool)
        assumptions.append(
            f"{plural(int(lost.sum()), 'facility', 'facilities')} without a position: taken to stand at the "
            "largest settlement of the village."
        )
    return rows


def _offices(
    known: pd.DataFrame, centres: pd.DataFrame, villages: pd.DataFrame, assumptions: list[str]
) -> pd.DataFrame:
    bare = centres[~centres.index.isin(known.loc[known["kind"] == OFFICE, "village_code"])]
    if len(bare):
        assumptions.append(
            f"{plural(len(bare), 'village', 'villages')} without a known office: taken to stand at the largest "
            "settlement."
        )
    names = dict(zip(words(villages["code"]), words(villages["name"]), strict=True))
    return pd.DataFrame(
        {
            "id": [f"{code}-office" for code in bare.index],
            "village_code": bare.index.to_numpy(),
            "kind": OFFICE,
            "name": [names[code] for code in bare.index],
            "users": np.nan,
            "place_known_by": "assumed",
            "geometry": bare["geometry"].to_numpy(),
            "placed": bare["placed"].to_numpy(dtype=bool),
        }
    )
