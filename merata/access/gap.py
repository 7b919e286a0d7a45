"""The gap: who is below the promise, and for want of what, by village, district, sector or the whole region."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from merata.access.columns import Floats, flags, numbers, words
from merata.access.result import WANTS, Access

By = Literal["region", "village", "district", "sector"]

#: Standard deviations of a 95 % range of a normal distribution.
SDS_OF_95 = 1.96

COLUMNS = (
    "key", "name", "district", "unit", "total", "below", "below_share", "expected_below", "low", "high",
    *(f"wants_{want}" for want in WANTS),
)  # fmt: skip


def gap_by(access: Access, by: By) -> pd.DataFrame:
    """Who is below the promise, one row a group, in order of key.

    By village, district or region people are counted, where they live; by sector facilities. Columns:

    - `key` (code of the village, else the name), `name`, `district` (of a village), `unit`: people or facilities;
    - `total`; `below`: in places that are below as far as is known; `below_share` of the total;
    - `expected_below`: total times chance of being below; `low` and `high`: its 95 % range if the chances are right.
      What is believed of places in one village is taken to be wrong together, of different villages on its own, and
      the sum to be normal;
    - `wants_link` + `wants_strength` = `below`; `wants_power`, `wants_device`: in places that lack them, below or not.
    """
    rows = _facilities(access) if by == "sector" else _people(access, by)
    groups = rows.groupby("key", sort=True)
    table = groups[["total", "below", "expected_below", *(f"wants_{want}" for want in WANTS)]].sum()
    spread = rows.groupby(["key", "village_code"], sort=True)["sd"].sum().pow(2).groupby("key").sum().pow(0.5)
    table["low"] = (table["expected_below"] - SDS_OF_95 * spread).clip(lower=0)
    table["high"] = np.minimum(table["expected_below"] + SDS_OF_95 * spread, table["total"])
    table["below_share"] = (table["below"] / table["total"]).where(table["total"] > 0, 0.0)
    table["name"] = groups["name"].first()
    table["district"] = groups["district"].first() if by == "village" else ""
    table["unit"] = "facilities" if by == "sector" else "people"
    return table.reset_index()[list(COLUMNS)]


def _people(access: Access, by: By) -> pd.DataFrame:
    rows = _counted(access.settlements, numbers(access.settlements["people"]))
    villages = access.villages.set_index(words(access.villages["code"]))
    code = words(rows["village_code"])
    district = words(villages["district"].reindex(code))
    if by == "village":
        return rows.assign(key=code, name=words(villages["name"].reindex(code)), district=district)
    group = district if by == "district" else np.full(len(rows), "", dtype=object)
    return rows.assign(key=group, name=group, district=district)


def _facilities(access: Access) -> pd.DataFrame:
    rows = _counted(access.facilities, np.ones(len(access.facilities)))
    sector = words(access.facilities["sector"])
    return rows.assign(key=sector, name=sector, district="")


def _counted(places: pd.DataFrame, weight: Floats) -> pd.DataFrame:
    chance = numbers(places["chance_below"])
    wants = {f"wants_{want}": weight * flags(places[f"wants_{want}"]) for want in WANTS}
    return pd.DataFrame(
        {
            "village_code": words(places["village_code"]),
            "total": weight,
            "below": weight * flags(places["below"]),
            "expected_below": weight * chance,
            "sd": weight * np.sqrt(np.clip(chance * (1 - chance), 0, None)),
            **wants,
        }
    )
