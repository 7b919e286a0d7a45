"""Which settlements are within reach of community Wi-Fi around the office of their village."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from merata.access.result import Access
from merata.plan import where
from merata.plan.frames import numbers, words
from merata.plan.weights import OFFICE, PEOPLE
from merata.region.settings import Settings

Floats = npt.NDArray[np.float64]

#: Settlements so near to the office, and the nearest of all, are within reach of Wi-Fi around it, km.
HOTSPOT_KM = 1.0


def hotspots(places: pd.DataFrame, access: Access, settings: Settings, crs: str) -> dict[int, float]:
    """By place: share of a settlement's households that Wi-Fi around its village's office reaches.

    Of all settlements of the village, below or not, those within HOTSPOT_KM of the office and the nearest one share the
    households that one hotspot reaches.
    """
    offices = access.facilities[words(access.facilities["kind"]) == OFFICE].sort_values("id", kind="stable")
    offices = offices[~where.empty(offices)].drop_duplicates("village_code")
    homes = access.settlements[~where.empty(access.settlements)]
    homes = homes[homes["village_code"].isin(offices["village_code"])].reset_index(drop=True)
    if homes.empty:
        return {}
    at = offices.set_index("village_code").geometry.to_crs(crs)
    metres = homes.geometry.to_crs(crs).distance(
        at.reindex(homes["village_code"]).set_axis(homes.index), align=False
    )
    codes = words(homes["village_code"])
    near = pd.DataFrame({"code": codes, "m": metres.to_numpy(), "id": words(homes["id"])})
    first = near.sort_values(["code", "m", "id"], kind="stable").drop_duplicates("code").index
    reached = (near["m"] <= HOTSPOT_KM * 1000) | near.index.isin(first)
    households = _households(homes, settings)
    total = pd.Series(np.where(reached, households, 0.0)).groupby(codes).transform("sum")
    reach_of = settings.defaults.households_reached_by_hotspot
    share = np.where(reached & (total > 0), np.minimum(1.0, reach_of / np.maximum(total, 1e-9)), 0.0)
    by_id = dict(zip(near["id"], share.tolist(), strict=True))
    people = np.flatnonzero((places["kind"] == PEOPLE).to_numpy(dtype=bool))
    own = [str(place).removeprefix("settlement ") for place in places["place"]]
    return {int(n): by_id.get(own[n], 0.0) for n in people if by_id.get(own[n], 0.0) > 0}


def _households(homes: gpd.GeoDataFrame, settings: Settings) -> Floats:
    known, people = np.nan_to_num(numbers(homes["households"])), np.nan_to_num(numbers(homes["people"]))
    found: Floats = np.where(known > 0, known, people / settings.defaults.people_per_household)
    return found
